/* test_payment_table.c — every row of the state machine happens, and nothing happens that has no row. */
#include "unit_payment/payment_words.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(payment_table, .init = words_setup, .fini = words_teardown);

struct table_case {
    enum payment_state from;
    const char *given;
    enum event_type on;
    const char *step;
    enum payment_state to;
    enum transition_kind kind;
};

/* clang-format off */
static const struct table_case cases[] = {
    { PAYMENT_NONE,     "",                                                      EV_ORDER_CREATED,     "created 1 500",      PAYMENT_OPEN,     TRANSITION_MOVES    },
    { PAYMENT_NONE,     "credit 500",                                            EV_PAYMENT_REQUESTED, "pay 1 1",            PAYMENT_NONE,     TRANSITION_WAITS    },
    { PAYMENT_NONE,     "",                                                      EV_ORDER_CANCELLED,   "cancelled 1",        PAYMENT_VOIDED,   TRANSITION_MOVES    },
    { PAYMENT_NONE,     "",                                                      EV_ORDER_CANCELLED,   "cancelled 0",        PAYMENT_FENCED,   TRANSITION_MOVES    },
    { PAYMENT_OPEN,     "created 1 500",                                         EV_ORDER_CREATED,     "created 2 500",      PAYMENT_OPEN,     TRANSITION_RECORDED },
    { PAYMENT_OPEN,     "credit 500; created 1 500; pay 1 2",                    EV_ORDER_CREATED,     "created 2 500",      PAYMENT_CAPTURED, TRANSITION_MOVES    },
    { PAYMENT_OPEN,     "credit 500; created 1 500",                             EV_PAYMENT_REQUESTED, "pay 1 1",            PAYMENT_CAPTURED, TRANSITION_MOVES    },
    { PAYMENT_OPEN,     "created 1 500",                                         EV_PAYMENT_REQUESTED, "pay 1 1",            PAYMENT_OPEN,     TRANSITION_ANSWERED },
    { PAYMENT_OPEN,     "created 1 500",                                         EV_PAYMENT_REQUESTED, "pay 1 2",            PAYMENT_OPEN,     TRANSITION_WAITS    },
    { PAYMENT_OPEN,     "created 1 500",                                         EV_ORDER_CANCELLED,   "cancelled 1",        PAYMENT_VOIDED,   TRANSITION_MOVES    },
    { PAYMENT_CAPTURED, "credit 500; created 1 500; pay 1 1",                    EV_ORDER_CREATED,     "created 2 500",      PAYMENT_CAPTURED, TRANSITION_RECORDED },
    { PAYMENT_CAPTURED, "credit 500; created 1 500; pay 1 1",                    EV_PAYMENT_REQUESTED, "pay 2 1",            PAYMENT_CAPTURED, TRANSITION_ANSWERED },
    { PAYMENT_CAPTURED, "credit 500; created 1 500; pay 1 1",                    EV_ORDER_CANCELLED,   "cancelled 1",        PAYMENT_REFUNDED, TRANSITION_MOVES    },
    { PAYMENT_REFUNDED, "credit 500; created 1 500; pay 2 1; cancelled 1",       EV_ORDER_CREATED,     "created 2 500 auto", PAYMENT_REFUNDED, TRANSITION_ANSWERED },
    { PAYMENT_REFUNDED, "credit 500; created 1 500; pay 2 1; cancelled 1",       EV_PAYMENT_REQUESTED, "pay 1 1",            PAYMENT_REFUNDED, TRANSITION_ANSWERED },
    { PAYMENT_REFUNDED, "credit 500; created 1 500; pay 2 1; cancelled 1",       EV_ORDER_CANCELLED,   "cancelled 1",        PAYMENT_REFUNDED, TRANSITION_REPEATED },
    { PAYMENT_VOIDED,   "cancelled 1",                                           EV_ORDER_CREATED,     "created 1 500 auto", PAYMENT_VOIDED,   TRANSITION_ANSWERED },
    { PAYMENT_VOIDED,   "cancelled 1",                                           EV_PAYMENT_REQUESTED, "pay 1 1",            PAYMENT_VOIDED,   TRANSITION_ANSWERED },
    { PAYMENT_VOIDED,   "cancelled 1",                                           EV_ORDER_CANCELLED,   "cancelled 1",        PAYMENT_VOIDED,   TRANSITION_REPEATED },
    { PAYMENT_FENCED,   "cancelled 0",                                           EV_ORDER_CREATED,     "created 1 500 auto", PAYMENT_FENCED,   TRANSITION_ANSWERED },
    { PAYMENT_FENCED,   "cancelled 0",                                           EV_PAYMENT_REQUESTED, "pay 1 1",            PAYMENT_FENCED,   TRANSITION_ANSWERED },
    { PAYMENT_FENCED,   "cancelled 0",                                           EV_ORDER_CANCELLED,   "cancelled 0",        PAYMENT_FENCED,   TRANSITION_REPEATED },
};
/* clang-format on */

/* What the kinds promise to a reader of the table. */
static void
expect_kind(const struct table_case *c, const char *says)
{
    bool speaks = says[0] != '\0';
    bool writes = world_changed_rows(play_world(play)) > 0;
    switch (c->kind) {
    case TRANSITION_MOVES:
        cr_expect_neq(c->from, c->to, "%s; %s", c->given, c->step);
        break;
    case TRANSITION_WAITS:
    case TRANSITION_RECORDED:
        cr_expect(writes && !speaks, "%s; %s: %s", c->given, c->step, says);
        break;
    case TRANSITION_ANSWERED:
        cr_expect(speaks, "%s; %s", c->given, c->step);
        break;
    case TRANSITION_REPEATED:
        cr_expect(!writes && !speaks, "%s; %s: %s", c->given, c->step, says);
        break;
    }
}

static bool
is_row(const struct transition *row, const struct table_case *c)
{
    return row->from == c->from && row->on == c->on && row->kind == c->kind &&
           (row->to == c->to || row->kind != TRANSITION_MOVES);
}

Test(payment_table, every_state_answers_every_event_as_its_row_says)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct table_case *c = &cases[i];
        said(c->given);
        cr_expect_eq(payment_row()->state, c->from, "%s", c->given);
        const char *says = said(c->step);
        cr_expect_eq(payment_row()->state, c->to, "%s; %s: %s", c->given, c->step,
                     payment_service.state_names[payment_row()->state]);
        expect_kind(c, says);
        expect_money_conserved(c->given);
        anew();
    }
}

/* OPEN → CAPTURED by OrderCreated is entered from NONE too: the first OrderCreated with auto_pay. */
Test(payment_table, every_row_of_the_table_is_shown_by_a_case_and_every_case_has_its_row)
{
    for (uint32_t t = 0; t < payment_service.transition_count; t++) {
        bool is_shown = false;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
            is_shown = is_shown || is_row(&payment_service.transitions[t], &cases[i]);
        cr_expect(is_shown, "row %u: %s", t, payment_service.transitions[t].because);
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool has_row = false;
        for (uint32_t t = 0; t < payment_service.transition_count; t++)
            has_row = has_row || is_row(&payment_service.transitions[t], &cases[i]);
        cr_expect(has_row, "%s; %s", cases[i].given, cases[i].step);
    }
    cr_expect_eq(table_missing(&payment_service, KEY_ORDER), 0);
}

Test(payment_table, what_is_shown_of_a_capture_follows_the_state)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        said(cases[i].given);
        said(cases[i].step);
        const struct payment *row = payment_row();
        bool was_captured = row->state == PAYMENT_CAPTURED || row->state == PAYMENT_REFUNDED;
        cr_expect_eq(row->captured_attempt > 0, was_captured, "%s", cases[i].step);
        cr_expect_eq(row->refunded_amount,
                     row->state == PAYMENT_REFUNDED ? row->captured_amount : 0);
        anew();
    }
}
