/* The writer: commas, escapes, numbers, times; and what it writes the reader takes back. */
#include "json/json_read.h"
#include "json/json_write.h"
#include <criterion/criterion.h>
#include <string.h>

static const char label[JSON_LABEL_BYTES] = ",\"c\":";

static struct arena *arena;
static struct json_writer out;

static void
begin(void)
{
    arena = arena_new(4096);
    json_writer_init(&out, arena, 1);
}

static void
end(void)
{
    arena_free(arena);
}

TestSuite(json_write, .init = begin, .fini = end);

static void
assert_written(const char *expected)
{
    cr_assert_eq(out.length, strlen(expected), "%.*s", (int)out.length, out.bytes);
    cr_assert_eq(memcmp(out.bytes, expected, out.length), 0, "%.*s", (int)out.length, out.bytes);
}

Test(json_write, puts_commas_where_they_belong)
{
    json_begin_object(&out);
    json_name(&out, "a");
    json_begin_array(&out);
    json_integer(&out, 1);
    json_begin_object(&out);
    json_end_object(&out);
    json_begin_array(&out);
    json_end_array(&out);
    json_null(&out);
    json_end_array(&out);
    json_name(&out, "b");
    json_bool(&out, true);
    json_label(&out, label, 5);
    json_bool(&out, false);
    json_name(&out, "d");
    json_raw(&out, "{\"x\":1}", 7);
    json_end_object(&out);
    assert_written("{\"a\":[1,{},[],null],\"b\":true,\"c\":false,\"d\":{\"x\":1}}");
}

Test(json_write, a_label_that_comes_first_has_no_comma)
{
    json_begin_object(&out);
    json_label(&out, label, 5);
    json_text(&out, "");
    json_end_object(&out);
    assert_written("{\"c\":\"\"}");
}

Test(json_write, escapes_what_must_be_and_nothing_else)
{
    json_text_bytes(&out, "a\"b\\c\b\f\n\r\t\x01\x1f\0/\x7f 가😀", 23);
    assert_written("\"a\\\"b\\\\c\\b\\f\\n\\r\\t\\u0001\\u001f\\u0000/\x7f 가😀\"");
}

Test(json_write, writes_integers_in_full)
{
    json_begin_array(&out);
    json_integer(&out, 0);
    json_integer(&out, -1);
    json_integer(&out, 9007199254740991);
    json_integer(&out, INT64_MAX);
    json_integer(&out, INT64_MIN);
    json_end_array(&out);
    assert_written("[0,-1,9007199254740991,9223372036854775807,-9223372036854775808]");
}

Test(json_write, writes_times_in_milliseconds)
{
    json_instant(&out, 1795338000123456);
    assert_written("\"2026-11-22T09:00:00.123Z\"");
}

Test(json_write, what_it_writes_is_read_back_byte_by_byte)
{
    char text[512];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i % 128);
    for (size_t start = 0; start < 128; start++) {
        struct json_doc doc;
        struct json_error err;
        json_writer_init(&out, arena, 1);
        json_text_bytes(&out, text + start, sizeof(text) - start);
        cr_assert(json_parse(arena, out.bytes, out.length, &doc, &err));
        cr_assert_eq(doc.nodes[0].text_bytes, sizeof(text) - start);
        cr_assert_eq(memcmp(doc.nodes[0].text, text + start, sizeof(text) - start), 0);
    }
}

Test(json_write, gives_the_rest_of_its_buffer_back)
{
    size_t used = arena_used_bytes(arena);
    json_writer_init(&out, arena, 2000);
    json_text(&out, "abc");
    json_writer_finish(&out);
    cr_assert_eq(arena_used_bytes(arena), used + 16 + ARENA_GAP_BYTES);
    assert_written("\"abc\"");
}

Test(json_write, grows_while_others_use_the_arena)
{
    json_begin_array(&out);
    for (int i = 0; i < 5000; i++) {
        json_integer(&out, i % 10);
        if (i % 100 == 0)
            memset(arena_take_raw(arena, 100), 0xff, 100);
    }
    json_end_array(&out);
    cr_assert_eq(out.length, 10001);
    for (uint32_t i = 1; i < out.length; i += 2)
        cr_assert_eq(out.bytes[i], '0' + (char)(i / 2 % 10));
}
