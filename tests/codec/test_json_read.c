/* The strict reader: what it refuses and where, what it makes of the rest, and that it is quick to say no. */
#include "json/json_read.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTILE_BYTES (4u << 20)
#define TEXT(literal) literal, sizeof(literal) - 1

struct refusal {
    const char *bytes;
    size_t length;
    enum json_status status;
    uint32_t offset;
};

static const struct refusal refusals[] = {
    { TEXT(""), JSON_SYNTAX, 0 },
    { TEXT(" \n"), JSON_SYNTAX, 2 },
    { TEXT("\xef\xbb\xbf{}"), JSON_SYNTAX, 0 },
    { TEXT("nul"), JSON_SYNTAX, 0 },
    { TEXT("True"), JSON_SYNTAX, 0 },
    { TEXT("NaN"), JSON_SYNTAX, 0 },
    { TEXT("Infinity"), JSON_SYNTAX, 0 },
    { TEXT("[-Infinity]"), JSON_SYNTAX, 1 },
    { TEXT("'a'"), JSON_SYNTAX, 0 },
    { TEXT("{'a':1}"), JSON_SYNTAX, 1 },
    { TEXT("{a:1}"), JSON_SYNTAX, 1 },
    { TEXT("[1,]"), JSON_SYNTAX, 3 },
    { TEXT("[,1]"), JSON_SYNTAX, 1 },
    { TEXT("[1 2]"), JSON_SYNTAX, 3 },
    { TEXT("[1"), JSON_SYNTAX, 2 },
    { TEXT("[1}"), JSON_SYNTAX, 2 },
    { TEXT("{\"a\":1,}"), JSON_SYNTAX, 7 },
    { TEXT("{\"a\" 1}"), JSON_SYNTAX, 5 },
    { TEXT("{\"a\":}"), JSON_SYNTAX, 5 },
    { TEXT("{\"a\":1"), JSON_SYNTAX, 6 },
    { TEXT("{\"a\":1]"), JSON_SYNTAX, 6 },
    { TEXT("{1:1}"), JSON_SYNTAX, 1 },
    { TEXT("{"), JSON_SYNTAX, 1 },
    { TEXT("\"abc"), JSON_SYNTAX, 4 },
    { TEXT("01"), JSON_SYNTAX, 0 },
    { TEXT("-"), JSON_SYNTAX, 0 },
    { TEXT("+1"), JSON_SYNTAX, 0 },
    { TEXT(".5"), JSON_SYNTAX, 0 },
    { TEXT("1."), JSON_SYNTAX, 0 },
    { TEXT("1e"), JSON_SYNTAX, 0 },
    { TEXT("1e+"), JSON_SYNTAX, 0 },
    { TEXT("-01"), JSON_SYNTAX, 0 },
    { TEXT("0x10"), JSON_TRAILING_BYTES, 1 },
    { TEXT("1 2"), JSON_TRAILING_BYTES, 2 },
    { TEXT("{}{}"), JSON_TRAILING_BYTES, 2 },
    { TEXT("{}\0"), JSON_TRAILING_BYTES, 2 },
    { TEXT("{} // end"), JSON_TRAILING_BYTES, 3 },
    { TEXT("/**/{}"), JSON_SYNTAX, 0 },
    { TEXT("[1\f]"), JSON_SYNTAX, 2 },
    { TEXT("\"a\nb\""), JSON_CONTROL_CHARACTER, 2 },
    { TEXT("\"0123456789\tb\""), JSON_CONTROL_CHARACTER, 11 },
    { TEXT("\"\0\""), JSON_CONTROL_CHARACTER, 1 },
    { TEXT("\"\x80\""), JSON_BAD_UTF8, 1 },
    { TEXT("\"\xc0\x80\""), JSON_BAD_UTF8, 1 },
    { TEXT("\"\xc1\xbf\""), JSON_BAD_UTF8, 1 },
    { TEXT("\"\xe0\x9f\xbf\""), JSON_BAD_UTF8, 1 },
    { TEXT("\"\xf0\x8f\xbf\xbf\""), JSON_BAD_UTF8, 1 },
    { TEXT("\"\xed\xa0\x80\""), JSON_BAD_UTF8, 1 },
    { TEXT("\"\xed\xbf\xbf\""), JSON_BAD_UTF8, 1 },
    { TEXT("\"\xf4\x90\x80\x80\""), JSON_BAD_UTF8, 1 },
    { TEXT("\"\xf5\x80\x80\x80\""), JSON_BAD_UTF8, 1 },
    { TEXT("\"\xff\""), JSON_BAD_UTF8, 1 },
    { TEXT("\"abcdefgh\xea\xb0\""), JSON_BAD_UTF8, 9 },
    { TEXT("\"\xea\xb0"), JSON_BAD_UTF8, 1 },
    { TEXT("\"\xf0\x9f\x98"), JSON_BAD_UTF8, 1 },
    { TEXT("\"\\x41\""), JSON_BAD_ESCAPE, 1 },
    { TEXT("\"\\"), JSON_BAD_ESCAPE, 1 },
    { TEXT("\"\\\0\""), JSON_BAD_ESCAPE, 1 },
    { TEXT("\"\\u12\""), JSON_BAD_ESCAPE, 1 },
    { TEXT("\"\\u12g4\""), JSON_BAD_ESCAPE, 1 },
    { TEXT("\"\\ud800\""), JSON_BAD_ESCAPE, 1 },
    { TEXT("\"a\\udc00\""), JSON_BAD_ESCAPE, 2 },
    { TEXT("\"\\ud800\\u0041\""), JSON_BAD_ESCAPE, 1 },
    { TEXT("\"\\ud800\\ud800\""), JSON_BAD_ESCAPE, 1 },
    { TEXT("{\"a\":1,\"a\":1}"), JSON_DUPLICATE_NAME, 8 },
    { TEXT("{\"a\":1,\"\\u0061\":1}"), JSON_DUPLICATE_NAME, 8 },
    { TEXT("{\"\":1,\"\":2}"), JSON_DUPLICATE_NAME, 7 },
    { TEXT("[{\"b\":{\"c\":1,\"d\":2,\"c\":3}}]"), JSON_DUPLICATE_NAME, 20 },
};

static struct arena *arena;
static struct json_doc doc;
static struct json_error err;

static void
open_arena(void)
{
    arena = arena_new(4096);
}

static void
close_arena(void)
{
    arena_free(arena);
}

TestSuite(json_read, .init = open_arena, .fini = close_arena);

/* From memory that ends where the text ends, so that a sanitizer sees a byte too many. */
static bool
parse(const char *bytes, size_t length)
{
    static char *exact;
    free(exact);
    exact = malloc(length + 1);
    memcpy(exact + 1, bytes, length);
    return json_parse(arena, exact + 1, length, &doc, &err);
}

static const struct json_node *
root_of(const char *text)
{
    cr_assert(parse(text, strlen(text)), "%s: %s at %u", text, json_status_text(err.status),
              err.offset);
    return doc.nodes;
}

Test(json_read, says_what_is_wrong_and_where)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        const struct refusal *refusal = &refusals[i];
        cr_assert_not(parse(refusal->bytes, refusal->length), "%zu: %s", i, refusal->bytes);
        cr_assert_eq(err.status, refusal->status, "%zu: %s: %s", i, refusal->bytes,
                     json_status_text(err.status));
        cr_assert_eq(err.offset, refusal->offset, "%zu: %s: at %u", i, refusal->bytes, err.offset);
    }
}

Test(json_read, refuses_every_prefix_of_a_document)
{
    const char *text = "{\"a\":[1,-2.5e3,true,false,null,\"x\\u00e9\\ud83d\\ude00가\"],\"b\":{}}";
    for (size_t bytes = 0; bytes < strlen(text); bytes++)
        cr_assert_not(parse(text, bytes), "%zu bytes", bytes);
    cr_assert(parse(text, strlen(text)));
}

Test(json_read, keeps_integers_that_fit_and_only_those)
{
    static const struct {
        const char *text;
        enum json_type type;
        int64_t value;
    } cases[] = {
        { "0", JSON_INTEGER, 0 },
        { "-0", JSON_INTEGER, 0 },
        { "9007199254740993", JSON_INTEGER, 9007199254740993 },
        { "9223372036854775807", JSON_INTEGER, INT64_MAX },
        { "-9223372036854775808", JSON_INTEGER, INT64_MIN },
        { "9223372036854775808", JSON_NUMBER, 0 },
        { "-9223372036854775809", JSON_NUMBER, 0 },
        { "18446744073709551617", JSON_NUMBER, 0 },
        { "1.0", JSON_NUMBER, 0 },
        { "1e2", JSON_NUMBER, 0 },
        { "1E-2", JSON_NUMBER, 0 },
        { "1e400", JSON_NUMBER, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct json_node *node = root_of(cases[i].text);
        cr_assert_eq(node->type, cases[i].type, "%s", cases[i].text);
        cr_assert_eq(node->integer, cases[i].value, "%s", cases[i].text);
        cr_assert_eq(node->bytes, strlen(cases[i].text));
    }
}

Test(json_read, unescapes_and_counts_code_points)
{
    static const struct {
        const char *json, *text;
        uint32_t bytes, code_points;
    } cases[] = {
        { "\"\"", "", 0, 0 },
        { "\"plain ascii, longer than eight\"", "plain ascii, longer than eight", 30, 30 },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8, 8 },
        { "\"\\u0041\\u00e9\\uac00\\ud83d\\ude00\"", "Aé가😀", 10, 4 },
        { "\"가나다 é 😀 ~\x7f\"", "가나다 é 😀 ~\x7f", 20, 10 },
        { "\"a\\u0000b\"", "a\0b", 3, 3 },
        { "\"\xf4\x8f\xbf\xbf\xee\x80\x80\xed\x9f\xbf\"",
          "\xf4\x8f\xbf\xbf\xee\x80\x80\xed\x9f\xbf",
          10, 3 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct json_node *node = root_of(cases[i].json);
        cr_assert_eq(node->type, JSON_STRING);
        cr_assert_eq(node->text_bytes, cases[i].bytes, "%s", cases[i].json);
        cr_assert_eq(memcmp(node->text, cases[i].text, cases[i].bytes), 0, "%s", cases[i].json);
        cr_assert_eq(node->code_points, cases[i].code_points, "%s", cases[i].json);
    }
}

Test(json_read, marks_texts_and_documents_that_hold_nul)
{
    cr_assert(root_of("[\"a\\u0000\"]")[1].has_nul);
    cr_assert(doc.has_nul);
    cr_assert_not(root_of("[\"a\\u0001\"]")[1].has_nul);
    cr_assert_not(doc.has_nul);
    (void)root_of("{\"a\\u0000\":1}");
    cr_assert(doc.has_nul);
}

Test(json_read, marks_documents_with_numbers_no_decimal_store_takes)
{
    static const char *const wide[] = { "1e1000", "1E-1000", "[1e99999999999999999999]",
                                        "1.5e+04000" };
    static const char *const usual[] = { "1e999", "1e-0099", "12345678901234567890", "0.1" };
    for (size_t i = 0; i < 4; i++) {
        (void)root_of(wide[i]);
        cr_assert(doc.has_wide_number, "%s", wide[i]);
        (void)root_of(usual[i]);
        cr_assert_not(doc.has_wide_number, "%s", usual[i]);
    }
    char digits[400];
    memset(digits, '7', sizeof(digits));
    cr_assert(parse(digits, sizeof(digits)));
    cr_assert(doc.has_wide_number);
}

Test(json_read, indexes_the_whole_tree)
{
    const struct json_node *nodes = root_of(" { \"a\" : [ 1 , { } , [ ] ] , \"bb\" : \"x\" } ");
    cr_assert_eq(doc.node_count, 8);
    cr_assert_eq(nodes[0].type, JSON_OBJECT);
    cr_assert_eq(nodes[0].count, 2);
    cr_assert_eq(nodes[0].next, 8);
    cr_assert_eq(nodes[0].start, 1);
    cr_assert_eq(nodes[0].bytes, 40);
    cr_assert_eq(nodes[2].type, JSON_ARRAY);
    cr_assert_eq(nodes[2].count, 3);
    cr_assert_eq(nodes[2].next, 6);
    cr_assert_eq(json_member(&doc, 0, "a"), 2);
    cr_assert_eq(json_member(&doc, 0, "bb"), 7);
    cr_assert_eq(json_member(&doc, 0, "b"), JSON_NONE);
    cr_assert_eq(json_member(&doc, 2, "a"), JSON_NONE);
    cr_assert_eq(json_member(&doc, JSON_NONE, "a"), JSON_NONE);
    cr_assert(root_of("\t\r\n true \n")->type == JSON_TRUE);
}

Test(json_read, accepts_16_levels_and_not_17)
{
    char text[2 * 17];
    for (size_t depth = 16; depth <= 17; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        cr_assert_eq(parse(text, 2 * depth), depth == 16);
    }
    cr_assert_eq(err.status, JSON_TOO_DEEP);
    cr_assert_eq(err.offset, 16);
    cr_assert(parse(TEXT("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]")),
              "width is not depth");
}

/* {"n0":0,"n1":0,…}, and the last name again when asked for. */
static size_t
many_names(char *out, unsigned names, bool repeat)
{
    size_t bytes = 0, room = HOSTILE_BYTES;
    for (unsigned i = 0; i < names; i++)
        bytes += (size_t)snprintf(out + bytes, room - bytes, "%c\"n%u\":0", i == 0 ? '{' : ',', i);
    if (repeat)
        bytes += (size_t)snprintf(out + bytes, room - bytes, ",\"n%u\":0", names / 2);
    out[bytes++] = '}';
    return bytes;
}

Test(json_read, finds_a_duplicate_among_few_and_among_many_names, .timeout = 20)
{
    char *text = malloc(HOSTILE_BYTES);
    for (unsigned names = 1; names <= 100000; names = names < 80 ? names + 1 : names * 5) {
        cr_assert(parse(text, many_names(text, names, false)), "%u names", names);
        cr_assert_eq(doc.nodes[0].count, names);
        size_t bytes = many_names(text, names, true);
        cr_assert_not(parse(text, bytes), "%u names", names);
        cr_assert_eq(err.status, JSON_DUPLICATE_NAME);
        cr_assert_gt(err.offset, bytes - 14, "the later one is named");
    }
    free(text);
}

/* Not a benchmark: a quadratic search would take minutes, a copy of each level seconds. */
Test(json_read, is_quick_to_refuse_hostile_input, .timeout = 20)
{
    size_t length = (size_t)10 << 20;
    char *text = malloc(length);
    memset(text, '[', length);
    cr_assert_not(json_parse(arena, text, length, &doc, &err));
    cr_assert_eq(err.status, JSON_TOO_LARGE);
    cr_assert_not(json_parse(arena, text, 10000, &doc, &err));
    cr_assert_eq(err.status, JSON_TOO_DEEP);
    cr_assert_lt(arena_used_bytes(arena), 1u << 20, "and without memory for what comes after");
    for (size_t i = 0; i + 1 < JSON_BYTES_MAX; i += 2)
        memcpy(text + i, i == 0 ? "[1" : ",1", 2);
    cr_assert_not(json_parse(arena, text, JSON_BYTES_MAX, &doc, &err));
    cr_assert_eq(err.status, JSON_TOO_LARGE);
    cr_assert_lt(arena_used_bytes(arena), 128u << 20);
    free(text);
}

Test(json_read, every_status_has_a_text)
{
    for (int status = JSON_OK; status <= JSON_TOO_LARGE; status++)
        cr_assert_str_neq(json_status_text((enum json_status)status), "unknown status");
    cr_assert_str_eq(json_status_text((enum json_status)99), "unknown status");
}
