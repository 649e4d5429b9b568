/* sometimes.h — what has to happen in some of the worlds, or they prove little.
 *
 * Use      SOMETIMES(ZOMBIE_FENCED); counts it for the world that runs.  The table of a run tells each with
 *          the number of worlds that reached it; a big run that never reached one fails. */
#pragma once
#include <stdint.h>

/* clang-format off */
#define SOMETIMES_LIST(X)                                                                          \
    X(ORDER_PAID,               "an order was paid")                                               \
    X(ORDER_SOLD_OUT,           "an order found too little stock")                                 \
    X(CANCELLED_BY_CUSTOMER,    "a customer's cancel won")                                         \
    X(CANCELLED_BY_OPERATOR,    "an operator's cancel won")                                        \
    X(CANCELLED_BY_FAILURE,     "a failed payment cancelled its order")                            \
    X(CANCELLED_BY_DEADLINE,    "a deadline won")                                                  \
    X(CANCEL_LOST_TO_PAYMENT,   "a cancel came after the payment: ALREADY_PAID")                   \
    X(CANCEL_LOST_TO_CANCEL,    "a cancel came after another: ALREADY_CANCELLED")                  \
    X(PAID_AFTER_CANCEL,        "a capture lost against a cancel and was refunded")                \
    X(PAYMENT_VOIDED,           "a cancel found nothing captured")                                 \
    X(RETRY_PAID,               "a second attempt succeeded after a failure")                      \
    X(ALREADY_PAID,             "a second click on pay found it paid")                             \
    X(AMOUNT_CHANGED,           "nobody was charged another amount than expected")                 \
    X(UNKNOWN_CUSTOMER,         "a customer without a balance paid")                               \
    X(COUPON_APPLIED,           "a coupon was applied")                                            \
    X(COUPON_RACED,             "two orders raced for one coupon")                                 \
    X(COUPON_RESTORED,          "a coupon came back")                                              \
    X(COUPON_REUSED,            "a coupon that came back was used again")                          \
    X(COUPON_TOO_LATE,          "a coupon was selected too late")                                  \
    X(COUPON_SECOND,            "a second coupon was refused")                                     \
    X(STOCK_REUSED,             "stock that came back was sold again")                             \
    X(SECOND_REVISION,          "an order was created again with a newer revision")                \
    X(STRANGER_REFUSED,         "a stranger's request became a dead letter")                       \
    X(BAD_RECORD_REFUSED,       "a record that is no event became a dead letter")                  \
    X(EXPORTED,                 "the partner acknowledged an order")                               \
    X(CRASHED,                  "a process was killed at a fault point")                           \
    X(CRASHED_UNPUBLISHED,      "a process was killed between commit and publishing")              \
    X(CRASHED_FROZEN,           "a frozen process was killed")                                     \
    X(FROZEN_IN_STEP,           "a process froze in the middle of a step")                         \
    X(INTERLEAVED,              "others ran in the middle of a step")                              \
    X(REBALANCED,               "partitions moved to another member")                              \
    X(ZOMBIE_FENCED,            "a commit of a former owner was fenced")                           \
    X(ZOMBIE_PUBLISHED,         "records of a former owner's producer arrived late")               \
    X(VERSION_LOST,             "two members raced for one row, and one tried again")              \
    X(LOCK_AWAITED,             "a row was locked by another transaction")                         \
    X(TRANSACTION_KILLED,       "the server ended a frozen process's transaction")                 \
    X(COMMIT_UNKNOWN_APPLIED,   "a commit whose answer was lost had happened")                     \
    X(COMMIT_UNKNOWN_LOST,      "a commit whose answer was lost had not happened")                 \
    X(COMMIT_LATE,              "a commit was done after its client had gone")                         \
    X(COMMIT_LATE_REFUSED,      "a commit came too late and was refused")                              \
    X(STORE_AWAY,               "the database was away for a while")                               \
    X(ACKNOWLEDGEMENT_LOST,     "a record arrived but its acknowledgement did not")                \
    X(SEND_FAILED,              "a record did not arrive")                                         \
    X(PUBLISHED_AGAIN,          "a committed event was published again")                           \
    X(DUPLICATE_CONSUMED,       "a repeated record was appended")                                  \
    X(FOREIGN_PARTITION,        "a client with another partitioner published")                     \
    X(GAP_CROSSED,              "a topic had a gap in its offsets")                                \
    X(RECORD_SKIPPED,           "a reader skipped a record")                                       \
    X(READING_FAILED,           "a poll failed")                                                   \
    X(EVENT_PARKED,             "an event that cannot be handled was parked")                      \
    X(EVENT_PARKED_BEHIND,      "an event was parked behind another")                              \
    X(EVENT_REDRIVEN,           "a parked event was handed back and handled")                      \
    X(OUTBOX_PRUNED,            "published outbox rows were forgotten")                            \
    X(STOPPED_GRACEFULLY,       "a process drained and left its group")                            \
    X(REQUEST_WAITED,           "a cancel came before its order, waited and won")
/* clang-format on */

#define SOMETIMES_NAME(name, text) SOMETIMES_##name,
enum sometimes { SOMETIMES_LIST(SOMETIMES_NAME) SOMETIMES_COUNT };
#undef SOMETIMES_NAME

extern uint64_t sometimes_seen[SOMETIMES_COUNT]; /* times in the world that runs */
extern const char *const sometimes_names[SOMETIMES_COUNT];
extern const char *const sometimes_texts[SOMETIMES_COUNT];

#define SOMETIMES(name) (sometimes_seen[SOMETIMES_##name]++)
