/* The audit's fold and judge: a healthy history has no finding, and every way to break a promise is found. */
#include "tests/cli/audit_story.h"
#include <stdio.h>
#include <string.h>

/* ---- a healthy history ---------------------------------------------------------------------- */

Test(audit, a_healthy_history_has_no_finding)
{
    given_all_but(EV_NONE, NULL);
    judge();
    expect_nothing();
    cr_expect_eq(counts.seen, 6);
    cr_expect_eq(counts.paid, 1);
    cr_expect_eq(counts.cancelled, 3);
    cr_expect_eq(counts.refused, 1);
    cr_expect_eq(counts.open, 1);
    cr_expect_eq(counts.flying, 0);
    cr_expect_eq((int64_t)audit.product_sums[1].replenished, 10);
    cr_expect_eq((int64_t)audit.product_sums[1].held, 3);
    const struct audit_customer *kim = &audit.customer_sums[names_find(&audit.customers, "kim")];
    cr_expect_eq((int64_t)(kim->credited - kim->captured + kim->refunded), 8200);
}

Test(audit, everything_twice_is_the_same)
{
    given_all_but(EV_NONE, NULL);
    given_all_but(EV_NONE, NULL);
    judge();
    expect_nothing();
    cr_expect_eq(audit.repeats, healthy_count - 2); /* coupons may be issued again */
    cr_expect_eq((int64_t)audit.product_sums[1].held, 3);
}

Test(audit, the_order_of_arrival_does_not_matter)
{
    for (size_t i = healthy_count; i-- > 0;)
        say(healthy[i].type, healthy[i].json);
    judge();
    expect_nothing();
    cr_expect_eq(counts.paid, 1);
}

Test(audit, what_is_under_way_is_counted_and_not_judged)
{
    all_past = false;
    for (size_t i = 0; i < healthy_count; i++)
        if (healthy[i].type != EV_PARTNER_ORDER && healthy[i].type != EV_STOCK_RELEASED &&
            healthy[i].type != EV_COUPON_RESTORED && healthy[i].type != EV_PAYMENT_REFUNDED)
            say(healthy[i].type, healthy[i].json);
    judge();
    expect_nothing();
    cr_expect_eq(counts.flying, 4); /* A, B, R and V */
}

Test(audit, what_a_service_keeps_aside_is_not_judged)
{
    all_parked = true;
    given_all_but(EV_STOCK_RELEASED, RELEASED(B, "lee", "3"));
    judge();
    expect_nothing();
    cr_expect_eq(counts.parked, 6);
}

Test(audit, an_effect_whose_cause_may_lie_beyond_the_end_is_not_judged)
{
    all_settled = false;
    say(EV_STOCK_RELEASED, RELEASED(N, "lee", "1"));
    say(EV_ORDER_PAID, PAID(A, "kim", "2", WON("2000", "200", "1800"), CODE("C")));
    say(EV_PARTNER_ORDER, SENT(B, "kim", "7", "2", WON("2000", "200", "1800"), CODE("C")));
    judge();
    cr_expect_eq(audit.findings.counts[PROMISE_STOCK], 0);
    cr_expect_eq(audit.findings.counts[PROMISE_MONEY], 0);
    cr_expect_null(find(PROMISE_EXPORT, B, "not paid"));
    cr_expect_null(find(PROMISE_EXPORT, "0", "missing"));
}

Test(audit, units_on_their_way_back_may_be_taken_by_the_next_order)
{
    all_past = false;
    say(EV_STOCK_REPLENISHED, REPLENISHED("r1", "3"));
    say(EV_ORDER_REQUESTED, REQUESTED(B, "lee", "3"));
    say(EV_STOCK_RESERVED, RESERVED(B, "lee", "3", "3000"));
    say(EV_ORDER_CANCELLED, CANCELLED(B, "lee", "0", ""));
    say(EV_ORDER_REQUESTED, REQUESTED(A, "kim", "3"));
    say(EV_STOCK_RESERVED, RESERVED(A, "kim", "3", "3000"));
    judge();
    expect_nothing();
}

/* ---- what is missing ------------------------------------------------------------------------ */

struct missing {
    struct said left_out;
    enum promise promise;
    const char *key, *text;
};

static const struct missing missing[] = {
    { { EV_STOCK_REJECTED, REJECTED(S, "lee", "SOLD_OUT") },
      PROMISE_END,
      S,
      "stock never answered" },
    { { EV_STOCK_RELEASED, RELEASED(B, "lee", "3") }, PROMISE_STOCK, B, "not given back" },
    { { EV_STOCK_RELEASED, RELEASED(R, "lee", "1") }, PROMISE_STOCK, R, "not given back" },
    { { EV_COUPON_RESTORED, RESTORED(B, "lee", "D") },
      PROMISE_COUPON,
      B,
      "coupon was not given back" },
    { { EV_PAYMENT_REFUNDED, REFUNDED(B, "lee", "2800") }, PROMISE_MONEY, B, "not refunded" },
    { { EV_PAYMENT_VOIDED, VOIDED(V, "lee") }, PROMISE_MONEY, V, "neither refunded nor voided" },
    { { EV_ORDER_PAID, PAID(A, "kim", "2", WON("2000", "200", "1800"), CODE("C")) },
      PROMISE_END,
      A,
      "neither paid nor cancelled" },
    { { EV_ORDER_PAID, PAID(A, "kim", "2", WON("2000", "200", "1800"), CODE("C")) },
      PROMISE_EXPORT,
      A,
      "not paid" },
    { { EV_PARTNER_ORDER, SENT(A, "kim", "1", "2", WON("2000", "200", "1800"), CODE("C")) },
      PROMISE_EXPORT,
      A,
      "not sent" },
    { { EV_ORDER_REQUESTED, REQUESTED(A, "kim", "2") }, PROMISE_END, A, "never requested" },
    { { EV_STOCK_RESERVED, RESERVED(A, "kim", "2", "2000") }, PROMISE_STOCK, A, "never reserved" },
    { { EV_STOCK_RESERVED, RESERVED(B, "lee", "3", "3000") },
      PROMISE_STOCK,
      B,
      "released, but never reserved" },
    { { EV_ORDER_CREATED, CREATED(A, "kim", "2", WON("2000", "200", "1800")) },
      PROMISE_MONEY,
      A,
      "never pending" },
    { { EV_ORDER_CREATED, CREATED(A, "kim", "2", WON("2000", "200", "1800")) },
      PROMISE_END,
      A,
      "never pending" },
    { { EV_PAYMENT_COMPLETED, CAPTURED(A, "kim", "1", "1800") },
      PROMISE_MONEY,
      A,
      "nothing was captured" },
    { { EV_PAYMENT_COMPLETED, CAPTURED(B, "lee", "2", "2800") },
      PROMISE_MONEY,
      B,
      "refunded, but never captured" },
    { { EV_ORDER_CANCELLED, CANCELLED(B, "lee", "1", "\"D\"") },
      PROMISE_STOCK,
      B,
      "released, but not cancelled" },
    { { EV_ORDER_CANCELLED, CANCELLED(B, "lee", "1", "\"D\"") },
      PROMISE_COUPON,
      B,
      "not cancelled" },
    { { EV_ORDER_CANCELLED, CANCELLED(B, "lee", "1", "\"D\"") },
      PROMISE_MONEY,
      B,
      "refunded, but not cancelled" },
    { { EV_COUPON_APPLIED, APPLIED(A, "kim", "C") }, PROMISE_COUPON, A, "not the one applied" },
    { { EV_COUPON_APPLIED, APPLIED(B, "lee", "D") }, PROMISE_COUPON, B, "never had" },
    { { EV_COUPON_ISSUED, ISSUED("D", "") }, PROMISE_COUPON, B, "never issued" },
    { { EV_STOCK_REPLENISHED, REPLENISHED("r1", "10") },
      PROMISE_STOCK,
      "tea",
      "0 replenished, but 3 held" },
    { { EV_BALANCE_CREDITED, CREDITED("k1", "kim", "10000") },
      PROMISE_MONEY,
      "kim",
      "0 credited, but 1800 taken" },
};

Test(audit, whatever_is_missing_is_found_and_named)
{
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        given_all_but(missing[i].left_out.type, missing[i].left_out.json);
        judge();
        expect_finding(missing[i].promise, missing[i].key, missing[i].text);
        audit_free(&audit);
    }
}

/* ---- what is too much ----------------------------------------------------------------------- */

struct extra {
    struct said said;
    enum promise promise;
    const char *key, *text;
};

static const struct extra extras[] = {
    { { EV_STOCK_RESERVED, RESERVED(A, "kim", "3", "3000") }, PROMISE_ONCE, A, "two different" },
    { { EV_PAYMENT_REFUNDED, REFUNDED(B, "lee", "2799") }, PROMISE_ONCE, B, "two different" },
    { { EV_ORDER_CANCELLED, CANCELLED(B, "lee", "2", "\"D\"") }, PROMISE_ONCE, B, "two different" },
    { { EV_STOCK_RELEASED, RELEASED(A, "kim", "2") },
      PROMISE_STOCK,
      A,
      "released, but not cancelled" },
    { { EV_STOCK_RELEASED, RELEASED(N, "kim", "2") }, PROMISE_STOCK, N, "never reserved" },
    { { EV_STOCK_REJECTED, REJECTED(A, "kim", "SOLD_OUT") }, PROMISE_END, A, "paid and rejected" },
    { { EV_STOCK_REJECTED, REJECTED(O, "lee", "SOLD_OUT") },
      PROMISE_END,
      O,
      "reserved and rejected" },
    { { EV_STOCK_RESERVED, RESERVED(N, "lee", "9", "9000") },
      PROMISE_STOCK,
      "tea",
      "10 replenished, but 12 held" },
    { { EV_STOCK_RESERVED, RESERVED(N, "lee", "1", "1001") }, PROMISE_MONEY, N, "not the sum" },
    { { EV_COUPON_APPLIED, APPLIED(O, "lee", "D") }, PROMISE_COUPON, NULL, NULL },
    { { EV_COUPON_APPLIED, APPLIED(O, "kim", "C") },
      PROMISE_COUPON,
      "C",
      "more than one live order" },
    { { EV_COUPON_APPLIED, APPLIED(O, "lee", "C") },
      PROMISE_COUPON,
      O,
      "another customer's coupon" },
    { { EV_COUPON_APPLIED, APPLIED(A, "kim", "D") }, PROMISE_COUPON, A, "more than one coupon" },
    { { EV_COUPON_REJECTED, COUPON_NO(A, "kim", "C") }, PROMISE_COUPON, A, "applied and rejected" },
    { { EV_COUPON_RESTORED, RESTORED(A, "kim", "C") }, PROMISE_COUPON, A, "not cancelled" },
    { { EV_COUPON_RESTORED, RESTORED(V, "lee", "C") }, PROMISE_COUPON, V, "never had" },
    { { EV_PAYMENT_COMPLETED, CAPTURED(A, "kim", "2", "1800") },
      PROMISE_MONEY,
      A,
      "captured twice" },
    { { EV_PAYMENT_COMPLETED, CAPTURED(B, "lee", "1", "2800") },
      PROMISE_MONEY,
      B,
      "both completed and failed" },
    { { EV_PAYMENT_COMPLETED, CAPTURED(V, "lee", "1", "1000") },
      PROMISE_MONEY,
      V,
      "voided, but captured" },
    { { EV_PAYMENT_COMPLETED, CAPTURED(O, "lee", "1", "999") },
      PROMISE_MONEY,
      O,
      "not the amount" },
    { { EV_PAYMENT_COMPLETED, CAPTURED(O, "lee", "1", "1000") },
      PROMISE_END,
      O,
      "neither paid nor cancelled" },
    { { EV_PAYMENT_COMPLETED, CAPTURED(S, "lee", "1", "9000") },
      PROMISE_MONEY,
      S,
      "never pending" },
    { { EV_PAYMENT_REFUNDED, REFUNDED(A, "kim", "1800") }, PROMISE_MONEY, A, "not what was paid" },
    { { EV_PAYMENT_REFUNDED, REFUNDED(V, "lee", "1000") },
      PROMISE_MONEY,
      V,
      "refunded and voided" },
    { { EV_PAYMENT_VOIDED, VOIDED(B, "lee") }, PROMISE_MONEY, B, "refunded and voided" },
    { { EV_ORDER_CANCELLED, CANCELLED(A, "kim", "1", "\"C\"") },
      PROMISE_END,
      A,
      "paid and cancelled" },
    { { EV_ORDER_CANCELLED, CANCELLED(S, "lee", "0", "") },
      PROMISE_END,
      S,
      "cancelled and rejected" },
    { { EV_ORDER_PAID, PAID(O, "lee", "1", WON("1000", "0", "1000"), "") },
      PROMISE_MONEY,
      O,
      "nothing was captured" },
    { { EV_ORDER_PAID, PAID(O, "kim", "1", WON("1000", "0", "1000"), "") },
      PROMISE_END,
      O,
      "another customer's" },
    { { EV_ORDER_CREATED,
        "{" ORDER(A, "kim") ",\"revision\":2,\"items\":[" PRICED("2") "]," WON(
            "2000", "0",
            "2000") "," SHIPPING
                    ",\"auto_pay\":false,\"on_payment_failure\":\"wait\",\"deadline_at\":" AT "}" },
      PROMISE_MONEY,
      A,
      "changed after the first" },
    { { EV_ORDER_CREATED, CREATED(R, "lee", "1", WON("1000", "1", "1000")) },
      PROMISE_MONEY,
      R,
      "not subtotal less discount" },
    { { EV_PARTNER_ORDER, SENT(B, "lee", "2", "3", WON("3000", "200", "2800"), CODE("D")) },
      PROMISE_EXPORT,
      B,
      "not paid" },
    { { EV_PARTNER_ORDER, SENT(B, "lee", "1", "3", WON("3000", "200", "2800"), CODE("D")) },
      PROMISE_EXPORT,
      B,
      "belongs to another order" },
    { { EV_PARTNER_ORDER, SENT(B, "lee", "3", "3", WON("3000", "200", "2800"), CODE("D")) },
      PROMISE_EXPORT,
      "0",
      "number 2 is missing" },
    { { EV_PARTNER_ORDER, SENT(A, "kim", "2", "2", WON("2000", "200", "1800"), CODE("C")) },
      PROMISE_EXPORT,
      A,
      "sent twice with different content" },
};

Test(audit, whatever_is_too_much_is_found_and_named)
{
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
        given_all_but(EV_NONE, NULL);
        say(extras[i].said.type, extras[i].said.json);
        judge();
        if (extras[i].key)
            expect_finding(extras[i].promise, extras[i].key, extras[i].text);
        else
            expect_nothing();
        audit_free(&audit);
    }
}

Test(audit, a_repeat_in_another_feed_is_found)
{
    given_all_but(EV_NONE, NULL);
    say_at(EV_PARTNER_ORDER, SENT(A, "kim", "1", "2", WON("2000", "200", "1800"), CODE("C")), 1);
    judge();
    expect_finding(PROMISE_EXPORT, A, "sent to two feeds");
}

Test(audit, what_was_sent_must_be_what_was_paid)
{
    given_all_but(EV_PARTNER_ORDER,
                  SENT(A, "kim", "1", "2", WON("2000", "200", "1800"), CODE("C")));
    say(EV_PARTNER_ORDER, SENT(A, "kim", "1", "1", WON("2000", "200", "1800"), CODE("C")));
    judge();
    expect_finding(PROMISE_EXPORT, A, "not what was paid");
}

Test(audit, what_was_released_must_be_what_was_reserved)
{
    given_all_but(EV_STOCK_RELEASED, RELEASED(B, "lee", "3"));
    say(EV_STOCK_RELEASED, RELEASED(B, "lee", "2"));
    judge();
    expect_finding(PROMISE_STOCK, B, "not what was reserved");
}

Test(audit, what_was_refunded_must_be_what_was_captured)
{
    given_all_but(EV_PAYMENT_REFUNDED, REFUNDED(B, "lee", "2800"));
    say(EV_PAYMENT_REFUNDED, REFUNDED(B, "lee", "2700"));
    judge();
    expect_finding(PROMISE_MONEY, B, "not what was captured");
}

Test(audit, a_cancel_that_stock_saw_first_is_no_contradiction)
{
    given_all_but(EV_NONE, NULL);
    say(EV_ORDER_REQUESTED, REQUESTED(N, "lee", "1"));
    say(EV_ORDER_CANCELLED, CANCELLED(N, "lee", "0", ""));
    say(EV_STOCK_REJECTED, REJECTED(N, "lee", "CANCELLED"));
    judge();
    expect_nothing();
}

Test(audit, findings_beyond_the_limit_are_still_counted)
{
    struct findings findings = { 0 };
    for (int i = 0; i < FINDINGS_KEPT_MAX + 7; i++)
        findings_add(&findings, PROMISE_STOCK, SUBJECT_ORDER, A, "%d", i);
    cr_expect_eq(findings.kept, FINDINGS_KEPT_MAX);
    cr_expect_eq(findings_total(&findings), FINDINGS_KEPT_MAX + 7);
    findings_free(&findings);
}

Test(names, an_index_is_given_once_and_found_again)
{
    struct names names = { 0 };
    char text[32];
    for (uint32_t i = 1; i <= 5000; i++) {
        snprintf(text, sizeof text, "name-%u", i);
        cr_assert_eq(names_index(&names, text), i);
    }
    cr_expect_eq(names_index(&names, "name-77"), 77);
    cr_expect_eq(names_find(&names, "name-5000"), 5000);
    cr_expect_eq(names_find(&names, "nobody"), 0);
    cr_expect_str_eq(names_text(&names, 4321), "name-4321");
    names_free(&names);
}

Test(marks, what_was_added_is_there_and_nothing_else)
{
    struct marks marks = { 0 };
    cr_expect_not(marks_has(&marks, 2));
    for (uint64_t i = 0; i < 5000; i++)
        marks_add(&marks, i * 2);
    marks_add(&marks, 4);
    cr_expect_eq(marks.count, 5000);
    for (uint64_t i = 0; i < 5000; i++)
        cr_assert(marks_has(&marks, i * 2));
    cr_expect_not(marks_has(&marks, 10000));
    marks_free(&marks);
}
