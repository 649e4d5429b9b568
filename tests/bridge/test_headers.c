/* Parsers of single headers, each as an aligned table. */
#include "bridge/headers.h"
#include "runtime/cloudevents.h"
#include <criterion/criterion.h>
#include <string.h>

Test(headers, an_idempotency_key_is_the_same_bare_or_quoted)
{
    static const struct {
        const char *text, *key; /* NULL: refused */
    } table[] = {
        {"k1",        "k1"  },
        { "\"k1\"",   "k1"  },
        { "\"a\"b\"", "a\"b"},
        { "!~",       "!~"  },
        { "\"",       NULL  },
        { "\"#a",     NULL  },
        { "a\"",      "a\"" },
        { "",         NULL  },
        { "\"\"",     NULL  },
        { "a b",      NULL  },
        { "\"a b\"",  NULL  },
        { "키",      NULL  },
        { "a\tb",     NULL  },
        { "a\x7f",    NULL  },
    };
    char key[IDEMPOTENCY_KEY_BYTES_MAX + 1];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        bool ok = header_idempotency_key(table[i].text, key);
        cr_expect_eq(ok, table[i].key != NULL, "%s", table[i].text);
        if (ok && table[i].key)
            cr_expect_str_eq(key, table[i].key);
    }
}

Test(headers, an_idempotency_key_has_at_most_255_characters)
{
    char text[IDEMPOTENCY_KEY_BYTES_MAX + 4], key[IDEMPOTENCY_KEY_BYTES_MAX + 1];
    memset(text, 'k', sizeof text);
    text[255] = 0;
    cr_expect(header_idempotency_key(text, key));
    cr_expect_eq(strlen(key), 255);
    text[255] = 'k';
    text[256] = 0;
    cr_expect_not(header_idempotency_key(text, key));
    text[0] = text[256] = '"';
    text[257] = 0;
    cr_expect(header_idempotency_key(text, key), "quotes do not count");
}

Test(headers, wait_is_found_among_other_preferences)
{
    static const struct {
        const char *prefer;
        int seconds;
    } table[] = {
        {NULL,                                            -1},
        { "",                                             -1},
        { "wait=5",                                       5 },
        { "WAIT=5",                                       5 },
        { "wait=\"5\"",                                   5 },
        { "respond-async, wait=10",                       10},
        { "wait=0",                                       0 },
        { "wait=30",                                      30},
        { "wait=31",                                      30},
        { "wait=9999999999999999",                        30},
        { "wait=-1",                                      -1},
        { "wait=1.5",                                     -1},
        { "wait=",                                        -1},
        { "wait",                                         -1},
        { "waiting=5",                                    -1},
        { "wait=5;foo=bar",                               5 },
        { "return=minimal;x=\"wait=3\", handling=strict", -1},
        { "wait=99999999999999999999",                    -1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(header_wait_s(table[i].prefer), table[i].seconds, "%s", table[i].prefer);
}

Test(headers, the_closest_media_range_decides)
{
    static const struct {
        const char *accept;
        bool json;
    } table[] = {
        {NULL,                                   true },
        { "",                                    true },
        { "*/*",                                 true },
        { "application/*",                       true },
        { "application/json",                    true },
        { "Application/JSON",                    true },
        { "text/html",                           false},
        { "text/html, */*;q=0.1",                true },
        { "*/*;q=0",                             false},
        { "*/*, application/json;q=0",           false},
        { "application/json;q=0.0, */*",         false},
        { "*/*;q=0, application/json",           true },
        { "application/*;q=0, application/json", true },
        { "text/*",                              false},
        { "application/jsonp",                   false},
        { "application/json;charset=utf-8;q=1",  true },
        { "image/png,application/problem+json",  false},
        { " , ,",                                true },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(header_accepts(table[i].accept, "application/json"), table[i].json, "%s",
                     table[i].accept);
}

Test(headers, json_is_application_json_in_utf_8)
{
    static const struct {
        const char *type;
        bool json;
    } table[] = {
        {NULL,                                  false},
        { "",                                   false},
        { "application/json",                   true },
        { "APPLICATION/JSON",                   true },
        { "application/json; charset=utf-8",    true },
        { "application/json;charset=\"UTF-8\"", true },
        { "application/json; charset=latin1",   false},
        { "application/json; charset=",         false},
        { "text/json",                          false},
        { "application/jsonx",                  false},
        { "application/vnd.api+json",           false},
        { "application/json; profile=x",        true },
        { "text/plain; application/json",       false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(header_is_json(table[i].type), table[i].json, "%s", table[i].type);
}

Test(headers, entity_tags_are_compared_weakly)
{
    cr_expect(header_matches_etag("\"a\"", "\"a\""));
    cr_expect(header_matches_etag("W/\"a\"", "\"a\""));
    cr_expect(header_matches_etag("\"b\", \"a\"", "\"a\""));
    cr_expect(header_matches_etag("*", "\"a\""));
    cr_expect_not(header_matches_etag(NULL, "\"a\""));
    cr_expect_not(header_matches_etag("\"b\"", "\"a\""));
    cr_expect_not(header_matches_etag("a", "\"a\""));
    cr_expect_not(header_matches_etag("\"a", "\"a\""));
}

Test(headers, last_event_id_is_a_seq)
{
    int64_t seq;
    cr_expect(header_last_event_id(NULL, &seq) && seq == 0);
    cr_expect(header_last_event_id("", &seq) && seq == 0);
    cr_expect(header_last_event_id("17", &seq) && seq == 17);
    cr_expect(header_last_event_id("2147483647", &seq) && seq == 2147483647);
    cr_expect_not(header_last_event_id("2147483648", &seq));
    cr_expect_not(header_last_event_id("-1", &seq));
    cr_expect_not(header_last_event_id("1x", &seq));
    cr_expect_not(header_last_event_id("99999999999999999999", &seq));
}

Test(headers, a_trace_parent_is_taken_only_when_it_is_one)
{
    cr_expect(traceparent_is_valid("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
    cr_expect_not(traceparent_is_valid(NULL));
    cr_expect_not(traceparent_is_valid("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
    cr_expect_not(traceparent_is_valid("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"));
    cr_expect_not(traceparent_is_valid("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"));
    cr_expect_not(traceparent_is_valid("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
    cr_expect_not(traceparent_is_valid("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"));
}

Test(headers, lines_of_a_list_are_joined_and_others_counted)
{
    struct arena *arena = arena_new(1024);
    struct headers headers = { .total_bytes = 0 };
    headers_add(&headers, arena, "accept", 6, "text/html", 9);
    headers_add(&headers, arena, "ACCEPT", 6, "application/json", 16);
    headers_add(&headers, arena, "X-Other", 7, "y", 1);
    cr_expect_str_eq(headers.value[HEADER_ACCEPT], "text/html, application/json");
    cr_expect_null(headers_repeated(&headers));
    headers_add(&headers, arena, "host", 4, "a", 1);
    headers_add(&headers, arena, "Host", 4, "b", 1);
    cr_expect_str_eq(headers_repeated(&headers), "Host");
    cr_expect_str_eq(headers.value[HEADER_HOST], "a");
    arena_free(arena);
}
