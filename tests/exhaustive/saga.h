/* saga.h — everything that can be true of one or two orders at one moment, as plain bytes.
 *
 * Every topic is an append-only log per order.  Each (topic, consumer) route of the services' own tables
 * has a position: first deliveries come in order, routes are not ordered against each other.  At any
 * time any event that was delivered on a route may come again, any number of times.
 * A request topic has one consumer and no precondition, so publishing a request and its first delivery
 * are one action; only ShippingSubmitted of worlds with two revisions is kept in flight.
 *
 * Shapes   saga: rows by number (steps.h), logs of event numbers, positions.  All zero at first; equal
 *          bytes are the same state.
 *          world: what shoppers, strangers and other orders may do.  action: one of these, or a delivery.
 * Threads  none. */
#pragma once
#include "exhaustive/steps.h"

#define ORDERS_MAX 2
#define LOG_MAX    4
#define TOPICS     (EV_PARTNER_ORDER + 1)
#define ROUTES_MAX 32
#define LIST_MAX   16
#define UNSENT_MAX 8

struct order_log {
    rows_no rows[DOMAINS];
    event_no log[TOPICS][LOG_MAX];
    uint8_t count[TOPICS];
    uint8_t seen[ROUTES_MAX];
    uint8_t refused_at_click[3]; /* codes known to be refused when the revision was submitted */
    uint8_t deadline_passed;
    uint8_t dead_letters; /* dead_letter_bit of each topic that had one */
    uint8_t unused[3];
    struct unsent { /* last: only in worlds with crashes; what a service has committed and not published */
        event_no at[DOMAINS][UNSENT_MAX];
        uint8_t count[DOMAINS];
        uint8_t unused[3];
    } unsent;
};

struct saga {
    rows_no shared[DOMAINS];
    uint8_t overflow; /* a log holds more than anything could say once */
    uint8_t credits;
    uint8_t others_hold, others_spent; /* units, thousands of won */
    uint8_t others_use;                /* codes */
    uint8_t unused[3];
    struct order_log order[ORDERS_MAX];
};

/* How an order is placed. */
enum {
    PLACE_SHIPPING = 4,
    PLACE_AUTO_PAY = 8,
    PLACE_CONTINUE = 16,
    PLACE_FAIL_CANCELS = 32,
    PLACE_EXPECTS = 64, /* expected_amount: the price with a coupon */
};

struct list {
    uint8_t count;
    uint8_t at[LIST_MAX];
};

struct world {
    const char *name, *text;
    uint8_t orders, stock, balance, credits; /* balance in thousands of won */
    struct list place;
    uint8_t codes;            /* that may be selected */
    uint8_t others_codes;     /* that others may use and give back */
    struct list ship1, ship2; /* the code that each revision may name (0: none) */
    uint8_t attempts;
    bool cancel, deadline, stranger, others, reorder;
    bool expects; /* a click may name the price with a coupon */
    bool crashes; /* of one order: services die at every crash point, and nothing is published for certain */
};

enum action_kind {
    ACT_DELIVER, /* route */
    ACT_REPEAT,  /* route, position */
    ACT_PLACE,   /* PLACE_* and codes */
    ACT_SELECT,  /* code */
    ACT_SHIP,    /* revision, code */
    ACT_PAY,     /* attempt, revision */
    ACT_CANCEL,
    ACT_DEADLINE,
    ACT_CREDIT,
    ACT_OTHERS, /* what another order does */
    ACT_PUBLISH, /* domain: the first event that it committed and has not published, by whoever owns it now */
};

/* Where a service dies, or loses its database, while it handles a message. */
enum crash_point {
    LIVES,
    DIES_BEFORE_LOAD,
    DIES_AFTER_DECIDE,
    COMMIT_LOST,      /* no answer, and it did not happen */
    COMMIT_APPLIED,   /* no answer, and it did */
    DIES_UNPUBLISHED, /* after the commit, before the first event is out */
    DIES_PUBLISHING,  /* + n: after n + 1 events, with one at least to go */
};

enum others_do { TAKE_UNIT, GIVE_UNIT, USE_CODE, FREE_CODE, SPEND, GET_BACK, OTHERS_DEEDS };

#define BY_STRANGER 0x80 /* in a request's first number */
#define EXPECTS     0x04 /* in the revision of a click on pay: the price with a coupon */

struct action {
    uint8_t kind, order, a, b;
    uint8_t crash; /* a crash point; of deliveries, repeats and deadlines */
};

#define ACTIONS_MAX 512

struct route_of {
    enum event_type topic;
    enum domain domain;
};

extern struct route_of routes[ROUTES_MAX];
extern uint32_t route_count;
extern const struct world *world;

void saga_find_routes(void); /* from the services' tables */
/* The first state of a world. */
void saga_start(const struct world *world, struct saga *saga);
size_t saga_bytes(void); /* of the orders that take part */
uint32_t saga_actions(const struct saga *saga, struct action *actions);
void saga_apply(struct saga *saga, struct action action);
/* What the event at this position of its topic does to the rows as they are. */
const struct step *saga_step(const struct saga *saga, int number, uint32_t route, int position);
/* A repeat that says nothing and changes nothing, what nearly all are, or a crash before anything was committed:
 * found without a copy. */
bool saga_is_idle(const struct saga *saga, struct action action);
bool saga_is_quiet(const struct order_log *order);
bool saga_is_published(const struct saga *saga); /* nothing is unsent */
/* As if every service had published what it committed. */
void saga_publish_all(struct saga *saga);
int highest_revision(const struct order_log *order);

/* requests.c: what a shopper or a stranger asks for, and the catalogue's facts. */
event_no request_event(struct action action);
event_no credit_event(uint8_t number, int64_t amount);
event_no coupon_event(uint8_t code);
event_no product_event(void);
event_no units_event(uint8_t quantity);

/* others.c: any number of other orders that use what is shared, at any time. */
bool others_can(const struct saga *saga, enum others_do deed, uint8_t code);
void others_apply(struct saga *saga, enum others_do deed, uint8_t code);

/* Properties: NULL, or what is wrong. */
const char *safety_breach(const struct saga *saga);
const char *rest_breach(const struct saga *saga, int order);
bool compensation_is_complete(const struct order_log *order);

/* projections.c: rows as small integers. */
enum order_is { NOTHING, RESERVED, PENDING, PAID, CANCELLED, SOLD_OUT, ORDER_STATES };
extern const char *const order_is_names[];
enum order_is order_state_of(const struct order_log *order);
/* What order's row tells people of the compensation. */
struct told {
    bool stock_released, payment_refunded;
    uint8_t restored; /* codes */
};
struct told order_tells(const struct order_log *order);
bool order_knows_deadline(const struct order_log *order); /* the timer would find it */
bool order_holds(const struct order_log *order);
uint8_t codes_used_by(const struct order_log *order);

struct shop {
    int64_t available_units, held_units, replenished_units;
    uint8_t used; /* codes */
};
struct shop shop_of(const struct saga *saga);
int64_t balance_of(const struct saga *saga);

struct money {
    int captures, refunds;
    int64_t captured, refunded;
};
struct money money_of(const struct order_log *order);

/* Questions to a log. */
const struct facts *said_at(const struct order_log *order, enum event_type topic, int position);
bool is_by_coupon(const struct facts *rejection);
