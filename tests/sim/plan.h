/* plan.h — which world is run: its seed, and what was taken away from it to tell its failure shorter.
 *
 * Swarm    a seed draws which faults and which acts of shoppers there are, and how often. */
#pragma once
#include "sim/chance.h"

/* clang-format off */
#define FAULT_LIST(X)                                                                              \
    X(CRASH,      "crash")         /* a process is killed at a fault point, and started anew */    \
    X(FREEZE,     "freeze")        /* it stops in the middle of a step, for long */                \
    X(INTERLEAVE, "interleave")    /* others run in the middle of a step */                        \
    X(REBALANCE,  "rebalance")     /* members come and go */                                       \
    X(DUPLICATE,  "duplicate")     /* any record is appended once more */                          \
    X(UNKNOWN,    "unknown")       /* the answer of a commit is lost */                            \
    X(RETRY,      "retry")         /* the database asks to try again */                            \
    X(AWAY,       "away")          /* the database is away for a while */                          \
    X(LOST_ACK,   "lost-ack")      /* a record arrives, its acknowledgement does not */            \
    X(SEND,       "send")          /* a record does not arrive */                                  \
    X(SLOW,       "slow")          /* records stay long on their way */                            \
    X(GAP,        "gap")           /* offsets that no record has */                                \
    X(SKIP,       "skip")          /* a reader skips a record */                                   \
    X(POLL,       "poll")          /* reading fails */                                             \
    X(POISON,     "poison")        /* a transaction fails by its content until it is repaired */   \
    X(BAD,        "bad")           /* records that are no events */                                \
    X(FOREIGN,    "foreign")       /* clients with another partitioner */                          \
    X(PRUNE,      "prune")         /* published outbox rows are forgotten soon */

#define ACT_LIST(X)                                                                                \
    X(COUPON_AT_ONCE,   "coupon-at-once")                                                          \
    X(COUPON_LATER,     "coupon-later")                                                            \
    X(SHIPPING_AT_ONCE, "shipping-at-once")                                                        \
    X(AUTO_PAY,         "auto-pay")                                                                \
    X(RETRY,            "pay-again")                                                               \
    X(CANCEL,           "cancel")                                                                  \
    X(OPERATOR_CANCEL,  "operator-cancel")                                                         \
    X(DOUBLE_CLICK,     "double-click")                                                            \
    X(VANISH,           "vanish")                                                                  \
    X(TOP_UP,           "top-up")                                                                  \
    X(EXPECTED_AMOUNT,  "expected-amount")                                                         \
    X(SHORT_DEADLINE,   "short-deadline")                                                          \
    X(BLIND,            "blind")          /* acts without waiting for what came before */          \
    X(STRANGER,         "stranger")       /* someone else acts on the order */                     \
    X(REPLENISH,        "replenish")                                                               \
    X(FINISH,           "finish")         /* waits for the end, then clicks once more */
/* clang-format on */

#define FAULT_NAME(name, text) FAULT_##name,
enum fault { FAULT_LIST(FAULT_NAME) FAULT_COUNT };
#undef FAULT_NAME
#define ACT_NAME(name, text) ACT_##name,
enum act { ACT_LIST(ACT_NAME) ACT_COUNT };
#undef ACT_NAME

extern const char *const fault_names[FAULT_COUNT];
extern const char *const act_names[ACT_COUNT];

struct plan {
    uint64_t seed;
    uint64_t salt;          /* another schedule of the same world */
    uint32_t faults_off;    /* bit per enum fault */
    uint32_t acts_off;      /* bit per enum act */
    uint32_t orders_off;    /* bit per order */
    uint32_t instances_max; /* 0: as drawn */
    uint32_t calm_after;    /* step; 0: as drawn */
    bool with_timeline;     /* in every world, not in some */
    struct tape *tape;      /* of who is next, what goes wrong, what shoppers do; NULL: chance alone */
};

#define SWARM_ORDERS_MAX    24
#define SWARM_INSTANCES_MAX 4
#define SWARM_PRODUCTS_MAX  3
#define SWARM_COUPONS_MAX   3
#define SWARM_CUSTOMERS_MAX 4

struct swarm {
    uint32_t partitions, orders, products, coupons, customers;
    uint32_t instances[8]; /* per service */
    uint32_t batch_max;
    uint32_t unpublished_max;
    uint32_t per_mille[FAULT_COUNT]; /* 0: not in this world */
    uint32_t acts;                   /* bit per enum act */
    uint32_t steps_max;              /* faults stop then at the latest */
    bool has_timeline;
};

struct swarm swarm_of(const struct plan *plan);
static inline bool
swarm_acts(const struct swarm *swarm, enum act act)
{
    return swarm->acts >> act & 1;
}
