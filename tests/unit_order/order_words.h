/* order_words.h — the words of the tests of order.
 *
 * Steps   reserve [code=A] [ship] [auto] [continue] [cancel] [expect=N] [price=N]
 *         reject [REASON] · select A · ship REVISION [code=A] · cancel [OPERATOR]
 *         applied A [WON] · refused A [REASON] · restored A · released
 *         paid [ATTEMPT] · failed [REASON] · refunded · deadline [MICROSECONDS after it]
 *         Each takes by=CUSTOMER; otherwise it is the owner's, c-1.  The order is number 1.
 * Said    CouponRequested(A subtotal) · CouponRejected(A REASON) ·
 *         OrderCreated(revision amount code [auto]) · OrderPaid(revision amount code) ·
 *         OrderCancelled(REASON revision codes…) · CancelRefused(REASON)
 * Threads none. */
#pragma once
#include "order/order.h"
#include "support/play.h"
#include "support/table.h"
#include "support/vocabulary.h"

#define SUBTOTAL        INT64_C(25800)
#define DEADLINE_US     (WORLD_NOW_US + 900000000)
#define RESERVED_BEFORE "reserve; "

extern const struct language order_language;

const struct order *order_row(struct play *play);
const struct early *early_row(struct play *play);
enum order_state state_of(struct play *play);

/* A case: what was told before, the step that is decided, what it says, and the state after it. */
struct order_case {
    const char *name, *given, *when, *says;
    enum order_state state;
};
void expect_cases(const struct order_case *cases, size_t count);
#define EXPECT_CASES(cases) expect_cases(cases, sizeof(cases) / sizeof(cases)[0])
/* The same for one story without a name. */
void expect_said(const char *given, const char *when, const char *says);
