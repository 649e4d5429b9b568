/* waits.h — what an order waits for, and how it is told.
 *
 * Shapes   wait: one answer that has not come, its cause, and where the service that owes it stands.
 *          waits: all of one order, at most WAITS_MAX: three give back after a cancel, one more answer may be open.
 * States   at rest: as the read model says it; such an order may still wait for its shopper, its deadline or the
 *          partner.  over: nothing more can come.
 * Says     parked | no_members | read | not_read (the first that applies) | shopper.
 * Errors   what lies in the read model may not be text: ERROR_REFUSED.
 * Threads  none.
 * Source   schemas/openapi.yaml, OrderWaits. */
#pragma once
#include "cli/trace.h"

#define WAITS_MAX 8
#define NAMES_MAX 4

/* EV_NONE ends a list. */
struct answer {
    const char *service;
    enum event_type events[NAMES_MAX], causes[NAMES_MAX];
};

struct wait {
    const struct answer *answer; /* NULL: the shopper */
    const struct traced *cause;  /* NULL: not seen */
    int64_t since_us;            /* 0: not known */
    int64_t next_offset, end_offset, members; /* −1: not told */
    bool is_parked;
};

/* What the read model says is open. */
struct order_open {
    const char *status, *export; /* as the API names them */
    bool is_at_rest;
    bool coupon, shipping, payment, cancel;     /* asked for, not answered */
    bool stock_back, coupon_back, payment_back; /* not given back yet */
    int64_t deadline_us;                        /* 0: none */
};

struct waits {
    struct trace trace;
    struct order_open open;
    struct wait items[WAITS_MAX];
    uint32_t count;
    bool is_over; /* nothing more can come */
};

/* From trace and open; the places are told by the broker.  arena: to read what an event says. */
void waits_find(struct waits *waits, struct arena *arena, int64_t now_us);
/* Messages until the service comes to the cause; 0: it has read it; −1: not known. */
int64_t wait_behind(const struct wait *wait);
const char *wait_says(const struct wait *wait);
bool waits_put(struct json_writer *json, struct cli *cli, const struct waits *waits,
               struct error *err) MUST_USE;
bool waits_tell(struct cli *cli, const struct waits *waits, struct error *err) MUST_USE;
