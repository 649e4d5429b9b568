/* test_service.c — the tables of a service, and the one door of its state machine. */
#include "example.h"
#include <criterion/criterion.h>
#include <signal.h>

static void
no_keys(const struct event *in, struct keys *keys)
{
    (void)in;
    (void)keys;
}

static void
no_decision(struct view *view, const struct event *in, struct emitter *out)
{
    (void)view;
    (void)in;
    (void)out;
}

static const struct column box_columns[] = { COLUMN(box, box_id, COLUMN_TEXT, true),
                                             COLUMN(box, content, COLUMN_INT64, true) };
static const struct column note_columns[] = { COLUMN(note, note_id, COLUMN_TEXT, true),
                                              COLUMN(note, number, COLUMN_INT32, true) };
static const struct row_type rows[] = {
    [ROW_BOX] = {"box",   sizeof(struct box),  offsetof(struct box,  box_id),  65, ROW_BY_VERSION,
                 box_columns,  2, "", ""},
    [ROW_NOTE] = { "note", sizeof(struct note), offsetof(struct note, note_id), 65, ROW_APPENDED,
                 note_columns, 2, "", ""},
};
static const struct route routes[] = {
    {EV_STOCK_REPLENISHED, no_keys, no_decision, NULL},
    { EV_PRODUCT_LISTED,   no_keys, no_decision, NULL},
};
static const char *const state_names[] = { "EMPTY", "FULL", NULL };
static const struct transition transitions[] = {
    {BOX_EMPTY, EV_STOCK_REPLENISHED, BOX_FULL, TRANSITION_MOVES,    "something is put in"},
    { BOX_FULL, EV_STOCK_REPLENISHED, BOX_FULL, TRANSITION_REPEATED, "it is full"         },
};

const struct service example_service = {
    .name = "example",
    .rows = rows,
    .row_type_count = 2,
    .routes = routes,
    .route_count = 2,
    .state_names = state_names,
    .transitions = transitions,
    .transition_count = 2,
};

Test(service, finds_the_route_of_an_event)
{
    cr_assert_eq(service_route(&example_service, EV_PRODUCT_LISTED), &routes[1]);
    cr_assert_null(service_route(&example_service, EV_ORDER_PAID));
}

Test(service, allows_a_move_that_its_table_holds)
{
    service_check_move(&example_service, BOX_EMPTY, EV_STOCK_REPLENISHED, BOX_FULL);
}

Test(service, aborts_on_a_move_that_its_table_does_not_hold, .signal = SIGABRT)
{
    service_check_move(&example_service, BOX_FULL, EV_STOCK_REPLENISHED, BOX_EMPTY);
}

Test(service, a_row_that_is_not_a_move_opens_no_door, .signal = SIGABRT)
{
    service_check_move(&example_service, BOX_FULL, EV_STOCK_REPLENISHED, BOX_FULL);
}
