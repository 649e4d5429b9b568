/* Text in and out: numbers, widths, base64, addresses of letters, server-sent events. */
#include "cli/cli.h"
#include "cli/letters.h"
#include "cli/sse.h"
#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static struct cli
new_cli(void)
{
    return (struct cli){ .arena = arena_new(1 << 12) };
}

Test(text, numbers_are_grouped_by_thousands)
{
    struct cli cli = new_cli();
    cr_expect_str_eq(cli_number(&cli, 0), "0");
    cr_expect_str_eq(cli_number(&cli, 999), "999");
    cr_expect_str_eq(cli_number(&cli, 1000), "1,000");
    cr_expect_str_eq(cli_number(&cli, -123456), "-123,456");
    cr_expect_str_eq(cli_number(&cli, INT64_MIN), "-9,223,372,036,854,775,808");
    arena_free(cli.arena);
}

Test(text, what_comes_from_outside_cannot_disturb_the_terminal)
{
    struct cli cli = new_cli();
    cr_expect_str_eq(cli_safe(&cli, "a\x1b[31m\nb"), "a\\x1b[31m\\x0ab");
    cr_expect_str_eq(cli_safe(&cli, "주문 \xe2\x80\xae x"), "주문 \\u202e x");
    cr_expect_str_eq(cli_safe(&cli, "\xff"), "\\xff");
    cr_expect_str_eq(cli_safe_bytes(&cli, "abcdef", 6, 3), "abc…");
    arena_free(cli.arena);
}

Test(text, hangul_takes_two_columns)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    cr_expect_eq(cli_width("tea"), 3);
    cr_expect_eq(cli_width("녹차"), 4);
}

Test(text, bad_utf8_never_reaches_the_writer)
{
    struct cli cli = new_cli();
    struct json_writer json;
    struct error err = { 0 };
    json_writer_init(&json, cli.arena, 64);
    json_begin_object(&json);
    cr_expect_not(cli_put_text(&json, "name", "a\xc0\xaf", &err));
    cr_expect(strstr(err.message, "name is not valid UTF-8"));
    arena_free(cli.arena);
}

Test(base64, is_decoded_or_refused)
{
    char out[64];
    cr_expect_eq(base64_decode("", 0, out), 0);
    cr_expect_eq(base64_decode("YQ==", 4, out), 1);
    cr_expect_eq(out[0], 'a');
    cr_expect_eq(base64_decode("YWI=", 4, out), 2);
    cr_expect_eq(base64_decode("YWJj", 4, out), 3);
    cr_expect_eq(memcmp(out, "abc", 3), 0);
    cr_expect_eq(base64_decode("/+8A", 4, out), 3);
    cr_expect_eq(memcmp(out, "\xff\xef\x00", 3), 0);
    cr_expect_eq(base64_decode("Y", 1, out), SIZE_MAX);
    cr_expect_eq(base64_decode("Y*==", 4, out), SIZE_MAX);
}

Test(letters, an_address_is_partition_slash_offset)
{
    int32_t partition = 0;
    int64_t offset = 0;
    cr_expect(letter_address("3/4711", &partition, &offset));
    cr_expect_eq(partition, 3);
    cr_expect_eq(offset, 4711);
    static const char *const others[] = { "",     "3",    "3/",
                                          "/3",   "a/1",  "3/1x",
                                          "-1/2", "3/-1", "00000000-0000-7000-8000-00000000000a" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_expect_not(letter_address(others[i], &partition, &offset), "%s", others[i]);
}

/* ---- server-sent events --------------------------------------------------------------------- */

static struct sse sse;
static char seen[1024];

static bool
keep(void *context, const char *data, size_t bytes)
{
    (void)context;
    size_t used = strlen(seen);
    snprintf(seen + used, sizeof seen - used, "%.*s|", (int)bytes, data);
    return strcmp(data, "stop") != 0;
}

static bool
feed(const char *text)
{
    return sse_feed(&sse, text, strlen(text), keep, NULL);
}

Test(sse, an_event_ends_with_a_blank_line)
{
    sse_init(&sse);
    feed("id: 7\nevent: x\ndata: {\"a\":1}\n");
    cr_expect_str_eq(seen, "");
    feed("\n: heartbeat\n\ndata: b\n\n");
    cr_expect_str_eq(seen, "{\"a\":1}|b|");
    cr_expect_str_eq(sse.last_id, "7");
}

Test(sse, bytes_may_come_one_by_one_and_lines_end_in_any_way)
{
    static const char text[] = "id:1\r\ndata:a\r\ndata: b\r\n\r\ndata:c\r\rdata:d\n\n";
    sse_init(&sse);
    for (size_t i = 0; i < sizeof text - 1; i++)
        sse_feed(&sse, text + i, 1, keep, NULL);
    cr_expect_str_eq(seen, "a\nb|c|d|");
}

Test(sse, a_cut_event_is_asked_for_again)
{
    sse_init(&sse);
    feed("id: 1\ndata: a\n\nid: 2\ndata: b\n");
    sse_reset(&sse);
    cr_expect_str_eq(sse.last_id, "1");
    feed("id: 2\ndata: b\n\n");
    cr_expect_str_eq(seen, "a|b|");
    cr_expect_str_eq(sse.last_id, "2");
}

Test(sse, the_reader_can_stop_the_stream)
{
    sse_init(&sse);
    cr_expect_not(feed("data: stop\n\ndata: more\n\n"));
    cr_expect_str_eq(seen, "stop|");
}

Test(sse, an_event_that_is_too_long_is_dropped_and_the_next_one_is_whole)
{
    static char text[SSE_BYTES_MAX + 100];
    memset(text, 'x', sizeof text - 1);
    sse_init(&sse);
    feed("data: ");
    feed(text);
    feed("\n\ndata: after\n\n");
    cr_expect_str_eq(seen, "after|");
}
