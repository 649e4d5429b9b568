/* mutant.h — deliberate defects, one at a time, that the simulation has to find (docs/proof.md).
 *
 * Use      MUTANT(REFUND_TWICE, amount, 2 * amount): in every build that ships it is the first of the two and
 *          nothing else.  Built with -DJUMUN_MUTANTS it is the second while mutant_active says so.
 * Threads  set before the first loop is made. */
#pragma once

/* clang-format off */
#define MUTANT_LIST(X)                                                                                       \
    X(EPOCH_SHARED,         "every member has the same epoch")                                              \
    X(PUBLISH_FIRST,        "events go out before their transaction")                                       \
    X(OFFSETS_AHEAD,        "a part of a batch moves the positions of all of it")                           \
    X(AHEAD_HANDLED,        "what was read ahead counts as handled")                                        \
    X(UNKNOWN_IS_DONE,      "a commit without an answer counts as done")                                    \
    X(UNSENT_FORGOTTEN,     "a producer made anew while the store is away forgets what it held")            \
    X(PUBLISHED_TOO_EARLY,  "published_next passes what is on its way")                                     \
    X(PUBLISHED_AT_ONCE,    "a commit counts its own events as published")                                  \
    X(NOT_PUBLISHED_AGAIN,  "a new owner does not publish again")                                           \
    X(PUBLISHED_BACKWARDS,  "publishing again reverses a batch")                                            \
    X(PARKED_PASSED,        "an event overtakes a parked one of its key")                                   \
    X(DEADLINE_UNFENCED,    "deadlines do not wait for what lies unread")                                   \
    X(REDRIVEN_KEPT,        "what was handed back stays parked")                                            \
    X(LETTER_CUT,           "a dead letter lacks the last byte")                                            \
    X(ID_FROM_CHANCE,       "ids do not follow from their cause")                                           \
    X(TIME_FROM_CLOCK,      "now is the service's clock")                                                   \
    X(CAUSE_FORGOTTEN,      "a deadline's cause is kept where a second attempt overwrites it")              \
    X(RELEASE_FORGOTTEN,    "a cancel gives no stock back")                                                 \
    X(OVERSOLD,             "one unit more is sold than there is")                                          \
    X(INT32_PRICE,          "prices are told in 32 bits")                                                   \
    X(DEADLINE_HALVED,      "half of the time to pay is given")                                             \
    X(COUPON_UNFENCED,      "coupon ignores that the order was cancelled")                                  \
    X(COUPON_KEPT,          "a cancel does not give the coupon back")                                       \
    X(PENDING_TOO_SOON,     "an order is PENDING while a coupon's outcome is open")                         \
    X(CHARGED_ANYWAY,       "auto_pay charges another amount than was expected")                            \
    X(EARLY_FORGOTTEN,      "requests that came before their order are lost")                               \
    X(STRANGER_PAYS,        "payment takes a stranger's request")                                           \
    X(ATTEMPT_AGAIN,        "an attempt is decided as often as it comes")                                   \
    X(EXPECTED_IGNORED,     "a payment ignores the expected amount")                                        \
    X(REFUND_TWICE,         "a refund adds twice what was captured")                                        \
    X(INT32_CAPTURE,        "a capture debits in 32 bits")                                                  \
    X(FEED_GAP,             "the feed skips a number")
/* clang-format on */

#ifdef JUMUN_MUTANTS
#define MUTANT_NAME(name, text) MUTANT_##name,
enum mutant { MUTANT_NONE, MUTANT_LIST(MUTANT_NAME) MUTANT_COUNT };
#undef MUTANT_NAME
extern enum mutant mutant_active;
#define MUTANT(name, good, bad) (mutant_active == MUTANT_##name ? (bad) : (good))
#else
#define MUTANT(name, good, bad) (good)
#endif
