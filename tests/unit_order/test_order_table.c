/* test_order_table.c — every state × every event, and every row of the table shown. */
#include "unit_order/order_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A step taken in a state: which kind of row it shows, and where it leads. */
struct journey {
    const char *given, *step;
    enum transition_kind kind;
    enum order_state to;
};

/* clang-format off */
#define KNOWS_A  "applied A 1; "
#define NONE     ""
#define RESERVED "reserve code=A"
#define PENDING  "reserve ship code=A; applied A 1"
#define PAID     PENDING "; paid"
#define CANCEL   "reserve code=A; cancel"
#define SOLD_OUT "reject"
#define MOVED    TRANSITION_MOVES
#define WAITED   TRANSITION_WAITS
#define ANSWER   TRANSITION_ANSWERED
#define REPEAT   TRANSITION_REPEATED
#define RECORD   TRANSITION_RECORDED

static const struct journey journeys[] = {
    { NONE,     "reserve",                MOVED,  ORDER_RESERVED  },
    { NONE,     "reject",                 MOVED,  ORDER_SOLD_OUT  },
    { NONE,     "select A",               WAITED, ORDER_NONE      },
    { NONE,     "ship 1",                 WAITED, ORDER_NONE      },
    { NONE,     "cancel",                 WAITED, ORDER_NONE      },
    { NONE,     "applied A",              RECORD, ORDER_NONE      },
    { NONE,     "refused A",              RECORD, ORDER_NONE      },
    { NONE,     "paid",                   REPEAT, ORDER_NONE      },
    { NONE,     "failed",                 REPEAT, ORDER_NONE      },
    { NONE,     "released",               RECORD, ORDER_NONE      },
    { KNOWS_A,  "restored A",             RECORD, ORDER_NONE      },
    { NONE,     "refunded",               RECORD, ORDER_NONE      },
    { NONE,     "deadline",               REPEAT, ORDER_NONE      },

    { NONE,     "reserve ship",           MOVED,  ORDER_PENDING   }, /* by way of RESERVED */
    { "cancel", "reserve ship",           MOVED,  ORDER_CANCELLED },
    { RESERVED, "reserve code=A",         REPEAT, ORDER_RESERVED  },
    { RESERVED, "reject",                 REPEAT, ORDER_RESERVED  },
    { "reserve", "select B",              ANSWER, ORDER_RESERVED  },
    { RESERVED, "select B",               WAITED, ORDER_RESERVED  },
    { RESERVED, "ship 1",                 WAITED, ORDER_RESERVED  },
    { "reserve", "ship 1",                MOVED,  ORDER_PENDING   },
    { RESERVED, "cancel",                 MOVED,  ORDER_CANCELLED },
    { RESERVED, "applied A",              RECORD, ORDER_RESERVED  },
    { RESERVED "; ship 1", "applied A",   MOVED,  ORDER_PENDING   },
    { RESERVED, "refused A",              RECORD, ORDER_RESERVED  },
    { RESERVED "; ship 1", "refused A",   MOVED,  ORDER_PENDING   },
    { RESERVED, "paid",                   REPEAT, ORDER_RESERVED  },
    { RESERVED, "failed",                 REPEAT, ORDER_RESERVED  },
    { RESERVED, "released",               RECORD, ORDER_RESERVED  },
    { RESERVED, "restored A",             RECORD, ORDER_RESERVED  },
    { RESERVED, "refunded",               RECORD, ORDER_RESERVED  },
    { RESERVED, "deadline",               MOVED,  ORDER_CANCELLED },

    { PENDING,  "reserve ship",           REPEAT, ORDER_PENDING   },
    { PENDING,  "reject",                 REPEAT, ORDER_PENDING   },
    { PENDING,  "select B",               ANSWER, ORDER_PENDING   },
    { PENDING,  "ship 2",                 ANSWER, ORDER_PENDING   },
    { PENDING,  "cancel",                 MOVED,  ORDER_CANCELLED },
    { PENDING,  "applied A",              REPEAT, ORDER_PENDING   },
    { PENDING,  "refused A",              REPEAT, ORDER_PENDING   },
    { PENDING,  "paid",                   MOVED,  ORDER_PAID      },
    { PENDING,  "failed",                 REPEAT, ORDER_PENDING   },
    { "reserve ship cancel", "failed",    MOVED,  ORDER_CANCELLED },
    { PENDING,  "released",               RECORD, ORDER_PENDING   },
    { PENDING,  "restored A",             RECORD, ORDER_PENDING   },
    { PENDING,  "refunded",               RECORD, ORDER_PENDING   },
    { PENDING,  "deadline",               MOVED,  ORDER_CANCELLED },

    { PAID,     "reserve ship",           REPEAT, ORDER_PAID      },
    { PAID,     "reject",                 REPEAT, ORDER_PAID      },
    { PAID,     "select B",               ANSWER, ORDER_PAID      },
    { PAID,     "ship 2 code=B",          ANSWER, ORDER_PAID      },
    { PAID,     "cancel",                 ANSWER, ORDER_PAID      },
    { PAID,     "applied A",              REPEAT, ORDER_PAID      },
    { PAID,     "refused A",              REPEAT, ORDER_PAID      },
    { PAID,     "paid 2",                 REPEAT, ORDER_PAID      },
    { PAID,     "failed",                 REPEAT, ORDER_PAID      },
    { PAID,     "released",               RECORD, ORDER_PAID      },
    { PAID,     "restored A",             RECORD, ORDER_PAID      },
    { PAID,     "refunded",               RECORD, ORDER_PAID      },
    { PAID,     "deadline",               REPEAT, ORDER_PAID      },

    { CANCEL,   "reserve code=A",         REPEAT, ORDER_CANCELLED },
    { CANCEL,   "reject",                 REPEAT, ORDER_CANCELLED },
    { CANCEL,   "select B",               ANSWER, ORDER_CANCELLED },
    { CANCEL,   "ship 1 code=B",          ANSWER, ORDER_CANCELLED },
    { CANCEL,   "cancel OPERATOR",        ANSWER, ORDER_CANCELLED },
    { CANCEL,   "applied A",              RECORD, ORDER_CANCELLED },
    { CANCEL,   "refused A",              RECORD, ORDER_CANCELLED },
    { CANCEL,   "paid",                   REPEAT, ORDER_CANCELLED },
    { CANCEL,   "failed",                 REPEAT, ORDER_CANCELLED },
    { CANCEL,   "released",               RECORD, ORDER_CANCELLED },
    { CANCEL,   "restored A",             RECORD, ORDER_CANCELLED },
    { CANCEL,   "refunded",               RECORD, ORDER_CANCELLED },
    { CANCEL,   "deadline",               REPEAT, ORDER_CANCELLED },

    { SOLD_OUT, "reserve",                REPEAT, ORDER_SOLD_OUT  },
    { SOLD_OUT, "reject",                 REPEAT, ORDER_SOLD_OUT  },
    { SOLD_OUT, "select B",               REPEAT, ORDER_SOLD_OUT  },
    { SOLD_OUT, "ship 1 code=B",          REPEAT, ORDER_SOLD_OUT  },
    { SOLD_OUT, "cancel",                 ANSWER, ORDER_SOLD_OUT  },
    { KNOWS_A SOLD_OUT, "applied A",      REPEAT, ORDER_SOLD_OUT  },
    { KNOWS_A SOLD_OUT, "refused A",      REPEAT, ORDER_SOLD_OUT  },
    { SOLD_OUT, "paid",                   REPEAT, ORDER_SOLD_OUT  },
    { SOLD_OUT, "failed",                 REPEAT, ORDER_SOLD_OUT  },
    { SOLD_OUT, "released",               RECORD, ORDER_SOLD_OUT  },
    { KNOWS_A SOLD_OUT, "restored A",     RECORD, ORDER_SOLD_OUT  },
    { SOLD_OUT, "refunded",               RECORD, ORDER_SOLD_OUT  },
    { SOLD_OUT, "deadline",               REPEAT, ORDER_SOLD_OUT  },
};
/* clang-format on */

#define JOURNEYS (sizeof journeys / sizeof journeys[0])

/* ---- what a row's kind promises */

static bool
is_as_promised(const struct world *world, const struct journey *journey)
{
    bool speaks = world_said_count(world) > 0, changes = world_changed_rows(world) > 0;
    switch (journey->kind) {
    case TRANSITION_MOVES:
    case TRANSITION_RECORDED:
        return changes;
    case TRANSITION_WAITS:
        return changes && !speaks;
    case TRANSITION_ANSWERED:
        return speaks;
    case TRANSITION_REPEATED:
        return !changes && !speaks;
    }
    return false;
}

static bool
show(bool *shown, uint8_t from, enum event_type on, uint8_t to, enum transition_kind kind)
{
    for (uint32_t i = 0; i < order_service.transition_count; i++) {
        const struct transition *row = &order_service.transitions[i];
        if (row->from == from && row->on == on && row->to == to && row->kind == kind)
            return shown[i] = true;
    }
    return false;
}

/* A reservation may lead through RESERVED in one step. */
static bool
show_journey(bool *shown, uint8_t from, enum event_type on, const struct journey *journey)
{
    uint8_t to = (uint8_t)journey->to;
    if (show(shown, from, on, to, journey->kind))
        return true;
    return show(shown, from, on, ORDER_RESERVED, TRANSITION_MOVES) &&
           show(shown, ORDER_RESERVED, on, to, TRANSITION_MOVES);
}

static void
take(const struct journey *journey, bool *shown, bool taken[][EV_COUNT])
{
    struct play *play = play_new(&order_language);
    (void)play_tell(play, journey->given);
    uint8_t from = (uint8_t)state_of(play);
    (void)play_tell(play, journey->step);
    enum event_type on = play_last(play)->type;

    taken[from][on] = true;
    cr_expect_eq(state_of(play), journey->to, "%s; %s", journey->given, journey->step);
    cr_expect(is_as_promised(play_world(play), journey), "%s; %s: not as promised", journey->given,
              journey->step);
    cr_expect(show_journey(shown, from, on, journey), "%s; %s: no such row", journey->given,
              journey->step);
    play_drop(play);
}

Test(order_table, every_state_takes_every_event_as_its_table_says_and_every_row_is_shown)
{
    static bool shown[256], taken[8][EV_COUNT];
    for (size_t i = 0; i < JOURNEYS; i++)
        take(&journeys[i], shown, taken);
    for (uint32_t i = 0; i < order_service.transition_count; i++) {
        const struct transition *row = &order_service.transitions[i];
        cr_expect(shown[i], "%s × %s: “%s” is never shown", order_service.state_names[row->from],
                  topics[row->on].name, row->because);
    }
    for (uint32_t state = 0; state < service_state_count(&order_service); state++)
        for (uint32_t i = 0; i < order_service.route_count; i++)
            cr_expect(taken[state][order_service.routes[i].type], "%s × %s",
                      order_service.state_names[state], topics[order_service.routes[i].type].name);
}

Test(order_table, every_pair_of_state_and_event_has_a_row)
{
    cr_expect_eq(table_missing(&order_service, KEY_ORDER), 0);
    for (uint32_t i = 0; i < order_service.route_count; i++)
        cr_expect_eq(topics[order_service.routes[i].type].key, KEY_ORDER);
}

/* ---- the table's shape */

Test(order_table, nothing_leaves_a_state_that_ends)
{
    for (uint32_t i = 0; i < order_service.transition_count; i++) {
        const struct transition *row = &order_service.transitions[i];
        bool ends =
            row->from == ORDER_PAID || row->from == ORDER_CANCELLED || row->from == ORDER_SOLD_OUT;
        cr_expect_not(ends && row->kind == TRANSITION_MOVES, "%s → %s",
                      order_service.state_names[row->from], order_service.state_names[row->to]);
    }
}
