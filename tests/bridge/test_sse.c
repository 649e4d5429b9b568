/* Rows of order_events as server-sent events. */
#include "bridge/sse.h"
#include <criterion/criterion.h>
#include <stdio.h>

static const char *
shown(const char *events, int64_t last_seq, int64_t *seq, bool *ok)
{
    static char copy[4096];
    struct arena *arena = arena_new(1024);
    struct text text = { .arena = arena };
    *seq = last_seq;
    *ok = sse_append(&text, events, strlen(events), seq);
    snprintf(copy, sizeof copy, "%.*s", (int)text.length, text.length ? text.bytes : "");
    arena_free(arena);
    return copy;
}

Test(sse, each_member_becomes_an_event_with_its_seq_as_id)
{
    int64_t seq;
    bool ok;
    const char *text = shown("[{\"seq\":1,\"event\":\"A\",\"data\":{\"x\":[1,2]}},{\"seq\":2,"
                             "\"event\":\"B\",\"data\":{}}]",
                             0, &seq, &ok);
    cr_expect(ok);
    cr_expect_eq(seq, 2);
    cr_expect_str_eq(text,
                     "id: 1\nevent: A\ndata: {\"seq\":1,\"event\":\"A\",\"data\":{\"x\":[1,2]}}\n\n"
                     "id: 2\nevent: B\ndata: {\"seq\":2,\"event\":\"B\",\"data\":{}}\n\n");
}

Test(sse, what_was_seen_is_not_told_again)
{
    int64_t seq;
    bool ok;
    const char *text =
        shown("[{\"seq\":1,\"event\":\"A\"},{\"seq\":2,\"event\":\"B\"}]", 1, &seq, &ok);
    cr_expect(ok);
    cr_expect_str_eq(text, "id: 2\nevent: B\ndata: {\"seq\":2,\"event\":\"B\"}\n\n");
    cr_expect_str_eq(shown("[{\"seq\":1,\"event\":\"A\"}]", 7, &seq, &ok), "");
    cr_expect(ok && seq == 7);
}

Test(sse, brackets_and_commas_in_text_part_nothing_and_line_breaks_become_blanks)
{
    int64_t seq;
    bool ok;
    const char *text =
        shown("[{\"seq\":1,\"event\":\"A\",\"data\":{\"t\":\"]},\\\"{[\\\\\"},\n\r\"u\":1}]", 0,
              &seq, &ok);
    cr_expect(ok);
    cr_expect_str_eq(
        text, "id: 1\nevent: A\ndata: "
              "{\"seq\":1,\"event\":\"A\",\"data\":{\"t\":\"]},\\\"{[\\\\\"},  \"u\":1}\n\n");
}

Test(sse, what_is_not_such_a_row_is_refused)
{
    static const char *const bad[] = { "",
                                       "{}",
                                       "[",
                                       "[{\"seq\":1}]",
                                       "[{\"seq\":\"1\",\"event\":\"A\"}]",
                                       "[{\"seq\":1,\"event\":\"A\"}" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t seq;
        bool ok;
        shown(bad[i], 0, &seq, &ok);
        cr_expect_not(ok, "%s", bad[i]);
    }
}
