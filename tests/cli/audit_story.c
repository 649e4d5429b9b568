/* audit_story.c — the healthy history, and the words to tell others.  Contract: audit_story.h */
#include "tests/cli/audit_story.h"
#include <string.h>

const struct said healthy[] = {
    { EV_STOCK_REPLENISHED, REPLENISHED("r1", "10") },
    { EV_COUPON_ISSUED, ISSUED("C", ",\"customer_id\":\"kim\"") },
    { EV_COUPON_ISSUED, ISSUED("D", "") },
    { EV_BALANCE_CREDITED, CREDITED("k1", "kim", "10000") },
    { EV_BALANCE_CREDITED, CREDITED("l1", "lee", "10000") },

    { EV_ORDER_REQUESTED, REQUESTED(A, "kim", "2") },
    { EV_STOCK_RESERVED, RESERVED(A, "kim", "2", "2000") },
    { EV_COUPON_APPLIED, APPLIED(A, "kim", "C") },
    { EV_ORDER_CREATED, CREATED(A, "kim", "2", WON("2000", "200", "1800")) },
    { EV_PAYMENT_COMPLETED, CAPTURED(A, "kim", "1", "1800") },
    { EV_ORDER_PAID, PAID(A, "kim", "2", WON("2000", "200", "1800"), CODE("C")) },
    { EV_PARTNER_ORDER, SENT(A, "kim", "1", "2", WON("2000", "200", "1800"), CODE("C")) },

    { EV_ORDER_REQUESTED, REQUESTED(B, "lee", "3") },
    { EV_STOCK_RESERVED, RESERVED(B, "lee", "3", "3000") },
    { EV_COUPON_APPLIED, APPLIED(B, "lee", "D") },
    { EV_ORDER_CREATED, CREATED(B, "lee", "3", WON("3000", "200", "2800")) },
    { EV_PAYMENT_FAILED, FAILED(B, "lee", "1") },
    { EV_PAYMENT_COMPLETED, CAPTURED(B, "lee", "2", "2800") },
    { EV_ORDER_CANCELLED, CANCELLED(B, "lee", "1", "\"D\"") },
    { EV_STOCK_RELEASED, RELEASED(B, "lee", "3") },
    { EV_COUPON_RESTORED, RESTORED(B, "lee", "D") },
    { EV_PAYMENT_REFUNDED, REFUNDED(B, "lee", "2800") },

    { EV_ORDER_REQUESTED, REQUESTED(S, "lee", "99") },
    { EV_STOCK_REJECTED, REJECTED(S, "lee", "SOLD_OUT") },

    { EV_ORDER_REQUESTED, REQUESTED(O, "lee", "1") },
    { EV_STOCK_RESERVED, RESERVED(O, "lee", "1", "1000") },
    { EV_ORDER_CREATED, CREATED(O, "lee", "1", WON("1000", "0", "1000")) },

    { EV_ORDER_REQUESTED, REQUESTED(R, "lee", "1") },
    { EV_STOCK_RESERVED, RESERVED(R, "lee", "1", "1000") },
    { EV_ORDER_CANCELLED, CANCELLED(R, "lee", "0", "") },
    { EV_STOCK_RELEASED, RELEASED(R, "lee", "1") },

    { EV_ORDER_REQUESTED, REQUESTED(V, "lee", "1") },
    { EV_STOCK_RESERVED, RESERVED(V, "lee", "1", "1000") },
    { EV_ORDER_CREATED, CREATED(V, "lee", "1", WON("1000", "0", "1000")) },
    { EV_ORDER_CANCELLED, CANCELLED(V, "lee", "1", "") },
    { EV_STOCK_RELEASED, RELEASED(V, "lee", "1") },
    { EV_PAYMENT_VOIDED, VOIDED(V, "lee") },
};

const size_t healthy_count = sizeof healthy / sizeof *healthy;

struct audit audit;
struct order_counts counts;
static int64_t next_offset;
bool all_past = true, all_settled = true, all_parked;

void
say_at(enum event_type type, const char *json, int32_t partition)
{
    static struct event event;
    struct event_error wrong = { .code = "" };
    struct arena *arena = arena_new(1 << 16);
    bool is_event = event_decode(arena, type, json, strlen(json), &event, &wrong);
    cr_assert(is_event, "%s %s: %s %s", topics[type].name, json, wrong.pointer, wrong.detail);
    event.source = (struct source){ type, partition, next_offset++ };
    audit_fold(&audit, &event, all_settled);
    arena_free(arena);
}

void
say(enum event_type type, const char *json)
{
    say_at(type, json, 0);
}

static bool
past(void *context, enum party party, enum event_type type, int32_t partition, int64_t offset)
{
    (void)context, (void)party, (void)type, (void)partition, (void)offset;
    return all_past;
}

static bool
parked(void *context, struct uuid order_id)
{
    (void)context, (void)order_id;
    return all_parked;
}

void
judge(void)
{
    const struct audit_context context = { NULL, past, parked };
    audit_judge(&audit, &context, &counts);
}

void
given_all_but(enum event_type type, const char *left_out)
{
    for (size_t i = 0; i < healthy_count; i++)
        if (healthy[i].type != type || strcmp(healthy[i].json, left_out) != 0)
            say(healthy[i].type, healthy[i].json);
}

const struct finding *
find(enum promise promise, const char *key, const char *text)
{
    for (uint32_t i = 0; i < audit.findings.kept; i++) {
        const struct finding *finding = &audit.findings.items[i];
        if (finding->promise == promise && strcmp(finding->key, key) == 0 &&
            strstr(finding->text, text))
            return finding;
    }
    return NULL;
}

void
expect_finding(enum promise promise, const char *key, const char *text)
{
    cr_expect(find(promise, key, text), "not found: %s %s %s", promise_names[promise], key, text);
}

void
expect_nothing(void)
{
    for (uint32_t i = 0; i < audit.findings.kept; i++)
        cr_expect(false, "%s %s: %s", promise_names[audit.findings.items[i].promise],
                  audit.findings.items[i].key, audit.findings.items[i].text);
}
