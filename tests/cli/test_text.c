/* Text in and out: numbers, widths, selections, addresses of letters, server-sent events. */
#include "cli/cli.h"
#include "cli/letters.h"
#include "cli/selection.h"
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

Test(selection, takes_an_instant_or_how_long_ago)
{
    const int64_t now_us = INT64_C(1000000000) * 1000000, second_us = 1000000;
    int64_t at_us = 0;
    cr_expect(selection_time("2001-09-09T01:46:40Z", 0, &at_us) && at_us == now_us);
    cr_expect(selection_time("90s", now_us, &at_us) && at_us == now_us - 90 * second_us);
    cr_expect(selection_time("30m", now_us, &at_us) && at_us == now_us - 1800 * second_us);
    cr_expect(selection_time("2h", now_us, &at_us) && at_us == now_us - 7200 * second_us);
    cr_expect(selection_time("3d", now_us, &at_us) && at_us == now_us - 259200 * second_us);
    static const char *const wrong[] = { "", "2", "h", "-1h", "2hh", "2w", "long ago", "999999d" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(selection_time(wrong[i], now_us, &at_us), "%s", wrong[i]);
}

static struct args
parsed(const char *const *words, int count)
{
    struct args args;
    struct error err = { 0 };
    cr_assert(args_parse(&args, dead_letters_command.flags, count,
                         (char *const *)(uintptr_t)words, &err), "%s", err.message);
    return args;
}

Test(selection, says_the_command_line_that_does_the_same)
{
    struct cli cli = new_cli();
    const char *words[] = { "redrive", "k-1", "--reason", "kim's $mend", "--dry-run", "--force",
                            "--no-wait", "--since=2h" };
    const struct args args = parsed(words, 8);
    cli.command = "dead-letters";
    cr_expect_str_eq(selection_command(&cli, &args),
                     "jumun dead-letters redrive k-1 --reason 'kim'\\''s $mend' --force "
                     "--since 2h");
    arena_free(cli.arena);
}

Test(selection, becomes_what_the_database_is_asked_for)
{
    struct cli cli = new_cli();
    struct args args;
    struct error err = { 0 };
    struct selection selection;
    const char *words[] = { "redrive", "k-1", "--topic", "OrderCreated", "--sqlstate", "23" };
    const char *none[] = { "redrive", "--service", "order" };
    const char *bad[] = { "redrive", "--topic", "Nothing" };
    args = parsed(words, 6);
    cr_assert(selection_read(&cli, &args, &selection, &err));
    cr_expect_str_eq(selection.json,
                     "{\"key\":\"k-1\",\"topic\":\"OrderCreated\",\"sqlstate\":\"23\"}");
    cr_expect_not(selection.is_empty);
    args = parsed(none, 3);
    cr_assert(selection_read(&cli, &args, &selection, &err));
    cr_expect(selection.is_empty, "a service alone selects every key of it");
    args = parsed(bad, 3);
    cr_expect_not(selection_read(&cli, &args, &selection, &err));
    arena_free(cli.arena);
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
