/* What a run of the command line prints becomes an answer: only what is JSON, bounded, page by page. */
#include "bridge/look.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct look
new_look(void)
{
    return (struct look){ .lines.arena = arena_new(1 << 12) };
}

static void
say(struct look *look, const char *line)
{
    look_take(look, line, strlen(line), false, false);
}

static const char *
list_of(const struct look *look)
{
    struct json_writer json;
    json_writer_init(&json, look->lines.arena, 64);
    look_put_list(look, "things", &json);
    return arena_printf(look->lines.arena, "%.*s", (int)json.length, json.bytes);
}

static const char *
page_of(const struct look *look, int64_t limit)
{
    struct json_writer json;
    json_writer_init(&json, look->lines.arena, 64);
    if (!look_put_page(look, "things", limit, &json))
        return NULL;
    return arena_printf(look->lines.arena, "%.*s", (int)json.length, json.bytes);
}

Test(look, lines_that_are_objects_become_a_list_and_others_are_left_out)
{
    struct look look = new_look();

    cr_expect_str_eq(list_of(&look), "{\"things\":[],\"truncated\":false}");
    say(&look, "{\"a\":1}");
    say(&look, "not JSON");
    say(&look, "[1]");
    say(&look, "{\"a\":1,\"a\":2}");
    say(&look, "{\"b\":\"가\"}");
    cr_expect_str_eq(list_of(&look), "{\"things\":[{\"a\":1},{\"b\":\"가\"}],\"truncated\":false}");
    arena_free(look.lines.arena);
}

Test(look, a_line_that_was_cut_ends_the_list_and_says_so)
{
    struct look look = new_look();

    say(&look, "{\"a\":1}");
    look_take(&look, "{\"b\":", 5, false, true);
    say(&look, "{\"c\":1}");
    cr_expect_str_eq(list_of(&look), "{\"things\":[{\"a\":1}],\"truncated\":true}");
    cr_expect_null(page_of(&look, 10), "a page that is not whole has no next one");
    arena_free(look.lines.arena);
}

Test(look, no_more_is_kept_than_an_answer_may_hold)
{
    enum { LINE_BYTES = 1 << 20 };
    struct look look = new_look();
    char *line = malloc(LINE_BYTES);

    memset(line, ' ', LINE_BYTES);
    memcpy(line, "{}", 2);
    for (int i = 0; i < LOOK_BYTES_MAX / LINE_BYTES + 1; i++)
        look_take(&look, line, LINE_BYTES, false, false);
    cr_expect(look.is_truncated);
    cr_expect_leq(look.lines.length, LOOK_BYTES_MAX);
    free(line);
    arena_free(look.lines.arena);
}

Test(look, an_error_is_kept_by_its_code_and_is_no_part_of_the_list)
{
    struct look look = new_look();
    const char *error = "{\"error\":\"nothing_parked\",\"detail\":\"Nothing is parked\"}";

    look_take(&look, error, strlen(error), true, false);
    look_take(&look, "{\"level\":\"info\"}", 16, true, false);
    cr_expect_str_eq(look.code, "nothing_parked");
    cr_expect_str_eq(look.detail, "Nothing is parked");
    cr_expect_eq(look.line_count, 0);
    arena_free(look.lines.arena);
}

Test(look, a_page_names_the_next_one_only_where_more_was_printed)
{
    struct look look = new_look();

    cr_expect_str_eq(page_of(&look, 2), "{\"things\":[],\"next\":null}");
    say(&look, "{\"id\":9}");
    say(&look, "{\"id\":7,\"of\":{\"id\":1}}");
    cr_expect_str_eq(page_of(&look, 2),
                     "{\"things\":[{\"id\":9},{\"id\":7,\"of\":{\"id\":1}}],\"next\":null}");
    say(&look, "{\"id\":3}");
    cr_expect_str_eq(page_of(&look, 2),
                     "{\"things\":[{\"id\":9},{\"id\":7,\"of\":{\"id\":1}}],\"next\":\"7\"}");
    arena_free(look.lines.arena);
}
