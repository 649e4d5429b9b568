/* test_news.c — what a commit tells: lines in order, payloads of a bounded size, and what reads them again. */
#include "runtime/news.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct order {
    char key[40];
    bool rests;
};

static bool
rests(const void *row)
{
    return ((const struct order *)row)->rests;
}

static const struct column columns[] = { { .name = "rests", .type = COLUMN_BOOL, .bytes = 1 } };
static const struct row_type types[] = {
    ROW_TYPE(order, "order", key, ROW_BY_VERSION, columns, "", ""),
};
static const struct news news = { .channel = "orders", .row_type = 0, .is_at_rest = rests };
static const struct service service = {
    .name = "probe", .rows = types, .row_type_count = 1, .news = &news
};

static struct arena *arena;
static struct view view;
static struct news_payloads told;

static void
set_up(void)
{
    arena = arena_new(4096);
    view_init(&view, &service, arena, (struct domain_settings){ 0 });
}

static void
tear_down(void)
{
    arena_free(arena);
}

TestSuite(news, .init = set_up, .fini = tear_down);

static struct order *
load(const char *key)
{
    struct row *row = view_add_row(&view, 0, 1);
    struct order *order = row->data;

    snprintf(order->key, sizeof order->key, "%s", key);
    view_loaded(&view, 0, row);
    return order;
}

static void
write_with(const struct store_move *moves, uint32_t count)
{
    news_write(&service,
               &(struct store_commit){ .view = &view, .moves = moves, .move_count = count }, arena,
               &told);
}

Test(news, tells_changed_rows_and_then_how_far_it_has_read)
{
    const struct store_move moves[] = {
        { .name = "OrderPaid", .partition = 3, .expected = 10, .next_offset = 12 },
        { .name = "OrderCreated", .partition = 1, .expected = 5, .next_offset = 5 },
        { .name = SOURCE_TIMER, .partition = 1, .expected = 1, .next_offset = 2 },
    };

    load("same");
    load("ended")->rests = true;
    write_with(moves, 3);
    cr_assert_eq(told.count, 1);
    cr_expect_str_eq(told.at[0], "ended rest\nOrderPaid 3 12\n");
}

Test(news, tells_nothing_where_nothing_changed)
{
    load("same");
    write_with(NULL, 0);
    cr_expect_eq(told.count, 0);
}

Test(news, a_large_commit_is_told_in_payloads_of_a_bounded_size_and_the_offsets_come_last)
{
    const struct store_move move = { .name = "OrderPaid", .partition = 0, .next_offset = 7 };
    uint32_t rows = 0;

    for (int i = 0; i < 1000; i++) {
        char key[40];
        snprintf(key, sizeof key, "01890000-0000-7000-8000-%012d", i);
        load(key)->rests = true;
    }
    write_with(&move, 1);
    cr_assert_gt(told.count, 1);
    for (uint32_t i = 0; i < told.count; i++) {
        const char *at = told.at[i];
        struct news_line line;
        cr_expect_leq(strlen(at), NEWS_BYTES_MAX);
        while ((line = news_next(&at)).kind == NEWS_ROW)
            rows++;
        cr_expect_eq(line.kind, i + 1 == told.count ? NEWS_POSITION : NEWS_NONE);
    }
    cr_expect_eq(rows, 1000);
}

Test(news, more_than_can_be_told_is_left_out)
{
    for (int i = 0; i < NEWS_PAYLOADS_MAX * 200; i++) {
        char key[40];
        snprintf(key, sizeof key, "01890000-0000-7000-8000-%012d", i);
        load(key)->rests = true;
    }
    write_with(NULL, 0);
    cr_expect_eq(told.count, NEWS_PAYLOADS_MAX);
}

Test(news, is_read_line_by_line_and_what_is_not_understood_is_passed_over)
{
    const char *at = "a moving\nsomething newer with more words\nOrderPaid -1 5\n"
                     "NoEvent 1 5\n\nb rest\n"
                     "OrderPaid 2 9007199254740993\nOrderPaid 2 x\nb resting";
    struct news_line line = news_next(&at);

    cr_assert_eq(line.kind, NEWS_ROW);
    cr_expect_str_eq(line.key, "a");
    cr_expect(!line.is_at_rest);
    line = news_next(&at);
    cr_assert_eq(line.kind, NEWS_ROW);
    cr_expect_str_eq(line.key, "b");
    cr_expect(line.is_at_rest);
    line = news_next(&at);
    cr_assert_eq(line.kind, NEWS_POSITION);
    cr_expect_eq(line.type, EV_ORDER_PAID);
    cr_expect_eq(line.partition, 2);
    cr_expect_eq(line.next_offset, INT64_C(9007199254740993));
    cr_expect_eq(news_next(&at).kind, NEWS_NONE);
    cr_expect_eq(news_next(&at).kind, NEWS_NONE);
}

Test(news, a_line_of_any_length_is_survived)
{
    char long_line[1000];
    const char *at = long_line;

    memset(long_line, 'x', sizeof long_line);
    memcpy(long_line + sizeof long_line - 9, "\nc rest\n", 9);
    cr_expect_str_eq(news_next(&at).key, "c");
}
