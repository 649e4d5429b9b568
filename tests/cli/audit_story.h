/* audit_story.h — orders told as events, for the audit's tests.
 *
 * The healthy history: 10 pieces of tea, coupons C (kim's) and D, customers kim and lee with 10,000 won each.
 *   A  kim, 2 teas with coupon C for 1,800: paid, sent as number 1 of feed 0
 *   B  lee, 3 teas with coupon D: pending, captured, cancelled, given back, refunded
 *   S  lee, 99 teas: sold out
 *   O  lee, 1 tea: pending, the shopper's turn
 *   R  lee, 1 tea: reserved, cancelled before it was pending: no word from payment is due
 *   V  lee, 1 tea: pending, cancelled unpaid: payment says voided
 *
 * Shapes   said: one event as JSON.  One fold at a time, in `audit`; judge() fills `counts`.
 * Errors   a JSON that is no event fails the test.
 * Threads  none. */
#pragma once
#include "cli/audit_judge.h"
#include <criterion/criterion.h>

#define A "00000000-0000-7000-8000-00000000000a"
#define B "00000000-0000-7000-8000-00000000000b"
#define S "00000000-0000-7000-8000-00000000000c"
#define O "00000000-0000-7000-8000-00000000000d"
#define R "00000000-0000-7000-8000-00000000000e"
#define V "00000000-0000-7000-8000-00000000000f"
#define N "00000000-0000-7000-8000-0000000000ff" /* an order that is nowhere */

#define ORDER(id, customer) "\"order_id\":\"" id "\",\"customer_id\":\"" customer "\""
#define LINE(quantity)      "{\"product_id\":\"tea\",\"quantity\":" quantity "}"
#define PRICED(quantity)    "{\"product_id\":\"tea\",\"quantity\":" quantity ",\"unit_price\":1000}"
#define SHIPPING            "\"shipping\":{\"recipient\":\"r\",\"address\":\"a\",\"contact\":\"c\"}"
#define AT                  "\"2026-11-22T09:00:00.000Z\""
#define WON(s, d, a)        "\"subtotal\":" s ",\"discount\":" d ",\"amount\":" a

#define REQUESTED(id, who, n) "{" ORDER(id, who) ",\"items\":[" LINE(n) "]}"
#define RESERVED(id, who, n, sum)                                                                  \
    "{" ORDER(id, who) ",\"items\":[" PRICED(n) "],\"subtotal\":" sum ",\"deadline_at\":" AT "}"
#define RELEASED(id, who, n) "{" ORDER(id, who) ",\"items\":[" LINE(n) "]}"
#define CREATED(id, who, n, won)                                                                   \
    "{" ORDER(id, who) ",\"revision\":1,\"items\":[" PRICED(                                       \
        n) "]," won "," SHIPPING                                                                   \
           ",\"auto_pay\":false,\"on_payment_failure\":\"wait\",\"deadline_at\":" AT "}"
#define APPLIED(id, who, code)  "{" ORDER(id, who) ",\"coupon_code\":\"" code "\",\"discount\":200}"
#define RESTORED(id, who, code) "{" ORDER(id, who) ",\"coupon_code\":\"" code "\"}"
#define COUPON_NO(id, who, code)                                                                   \
    "{" ORDER(id, who) ",\"coupon_code\":\"" code "\",\"reason\":\"EXPIRED\"}"
#define CAPTURED(id, who, attempt, amount)                                                         \
    "{" ORDER(id, who) ",\"attempt\":" attempt ",\"revision\":1,\"amount\":" amount "}"
#define FAILED(id, who, attempt)                                                                   \
    "{" ORDER(id, who) ",\"attempt\":" attempt                                                     \
                       ",\"revision\":1,\"reason\":\"INSUFFICIENT_BALANCE\"}"
#define REFUNDED(id, who, amount)                                                                  \
    "{" ORDER(id, who) ",\"amount\":" amount ",\"reason\":\"CUSTOMER\"}"
#define VOIDED(id, who) "{" ORDER(id, who) "}"
#define PAID(id, who, n, won, coupon)                                                              \
    "{" ORDER(id, who) ",\"revision\":1,\"items\":[" PRICED(n) "]," won coupon "," SHIPPING        \
                                                               ",\"paid_at\":" AT "}"
#define SENT(id, who, number, n, won, coupon)                                                      \
    "{" ORDER(id, who) ",\"feed_sequence\":" number                                                \
                       ",\"items\":[" PRICED(n) "]," won ",\"currency\":\"KRW\"" coupon            \
                                                "," SHIPPING ",\"paid_at\":" AT "}"
#define CANCELLED(id, who, revision, codes)                                                        \
    "{" ORDER(id, who) ",\"reason\":\"CUSTOMER\",\"revision\":" revision                           \
                       ",\"coupon_codes\":[" codes "]}"
#define CODE(code) ",\"coupon_code\":\"" code "\""
#define REPLENISHED(id, n)                                                                         \
    "{\"replenishment_id\":\"" id "\",\"product_id\":\"tea\",\"quantity\":" n "}"
#define CREDITED(id, who, amount)                                                                  \
    "{\"credit_id\":\"" id "\",\"customer_id\":\"" who "\",\"amount\":" amount "}"
#define ISSUED(code, more) "{\"coupon_code\":\"" code "\",\"discount\":200" more "}"
#define REJECTED(id, who, reason)                                                                  \
    "{" ORDER(id, who) ",\"reason\":\"" reason                                                     \
                       "\",\"lines\":[{\"product_id\":\"tea\",\"requested\":99,\"available\":5}]}"

struct said {
    enum event_type type;
    const char *json;
};

extern const struct said healthy[];
extern const size_t healthy_count;

extern struct audit audit;
extern struct order_counts counts;
/* What the judge is told; all services are past everything, and nothing is parked, unless a test says so. */
extern bool all_past, all_settled, all_parked;

void say(enum event_type type, const char *json);
void say_at(enum event_type type, const char *json, int32_t partition);
/* The healthy history, but for what is left out (EV_NONE: nothing). */
void given_all_but(enum event_type type, const char *left_out);
void judge(void);
const struct finding *find(enum promise promise, const char *key, const char *text);
void expect_finding(enum promise promise, const char *key, const char *text);
void expect_nothing(void);
