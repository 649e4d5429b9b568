/* story.c — figures for people, and the shortest story of a breach.  See search.h */
#include "exhaustive/search.h"
#include <stdio.h>
#include <string.h>

static void
print_code(uint8_t bits)
{
    if (bits & (C1 | C2))
        printf(" %s", code_text(bits & (C1 | C2)));
}

static void
print_event(event_no number)
{
    const struct facts *facts = facts_of(number);
    printf("%s", topics[facts->type].name);
    print_code(facts->code);
    if (facts->revision > 0)
        printf(" revision %d", facts->revision);
    if (facts->attempt > 0)
        printf(" attempt %d", facts->attempt);
    if (facts->type == EV_COUPON_REJECTED)
        printf(" %s by %s", coupon_rejected_reason_names[facts->reason],
               domain_names[facts->producer]);
    if (facts->type == EV_PAYMENT_FAILED)
        printf(" %s", payment_failed_reason_names[facts->reason]);
    if (facts->type == EV_ORDER_CANCELLED)
        printf(" %s", order_cancelled_reason_names[facts->reason]);
    if (facts->stranger)
        printf(" of a stranger");
}

static void
print_placing(uint8_t how)
{
    printf("the shopper orders");
    print_code(how);
    printf("%s%s%s%s%s", (how & PLACE_SHIPPING) ? " +shipping" : "",
           (how & PLACE_AUTO_PAY) ? " +auto_pay" : "", (how & PLACE_CONTINUE) ? " +continue" : "",
           (how & PLACE_FAIL_CANCELS) ? " +cancel on failure" : "",
           (how & PLACE_EXPECTS) ? " +expected amount" : "");
}

static void
print_delivery(const struct saga *saga, struct action action)
{
    const struct order_log *order = &saga->order[action.order];
    struct route_of route = routes[action.a];
    int position = action.kind == ACT_REPEAT ? action.b : order->seen[action.a];
    printf("%s sees ", domain_names[route.domain]);
    print_event(order->log[route.topic][position]);
    printf("%s", action.kind == ACT_REPEAT ? " AGAIN" : "");
}

static void
print_crash(uint8_t crash)
{
    static const char *const told[] = {
        [LIVES] = "",
        [DIES_BEFORE_LOAD] = ", dies before it loads",
        [DIES_AFTER_DECIDE] = ", dies before it commits",
        [COMMIT_LOST] = ", its commit is lost",
        [COMMIT_APPLIED] = ", its commit's answer is lost",
        [DIES_UNPUBLISHED] = ", commits and dies",
    };
    if (crash >= DIES_PUBLISHING)
        printf(", dies after %d events", crash - DIES_PUBLISHING + 1);
    else
        printf("%s", told[crash]);
}

static void
print_action(const struct saga *saga, struct action action)
{
    static const char *const deeds[] = { "takes a unit", "gives a unit back", "uses", "gives back",
                                         "spends",       "gets back" };
    switch ((enum action_kind)action.kind) {
    case ACT_DELIVER:
    case ACT_REPEAT:
        print_delivery(saga, action);
        return;
    case ACT_PLACE:
        print_placing(action.a);
        return;
    case ACT_SELECT:
    case ACT_SHIP:
    case ACT_PAY:
    case ACT_CANCEL:
        printf("asked for: ");
        print_event(request_event(action));
        return;
    case ACT_DEADLINE:
        printf("the deadline passes");
        return;
    case ACT_CREDIT:
        printf("the balance is credited");
        return;
    case ACT_PUBLISH:
        printf("%s publishes what it had committed", domain_names[action.a]);
        return;
    case ACT_OTHERS:
        printf("another order %s", deeds[action.a]);
        if (action.a == USE_CODE || action.a == FREE_CODE)
            print_code(action.b);
        return;
    }
}

static void
print_said(const struct saga *before, const struct saga *after)
{
    for (int order = 0; order < world->orders; order++)
        for (int topic = EV_STOCK_RESERVED; topic < TOPICS; topic++)
            for (int i = before->order[order].count[topic]; i < after->order[order].count[topic];
                 i++) {
                printf("  → ");
                print_event(after->order[order].log[topic][i]);
            }
}

void
story_print(const struct search *search)
{
    struct saga saga;
    saga_start(search->world, &saga);
    for (uint32_t i = 0; i < search->story_length; i++) {
        struct saga before = saga;
        printf("  %2u ", i + 1);
        if (world->orders > 1)
            printf("order %d: ", search->story[i].order + 1);
        print_action(&saga, search->story[i]);
        print_crash(search->story[i].crash);
        saga_apply(&saga, search->story[i]);
        print_said(&before, &saga);
        printf("\n");
    }
    for (int i = 0; i < world->orders; i++)
        printf("  => order %d is %s, stock %s, coupons %d, captured %lld, refunded %lld\n", i + 1,
               order_is_names[order_state_of(&saga.order[i])],
               order_holds(&saga.order[i]) ? "held" : "not held", codes_used_by(&saga.order[i]),
               (long long)money_of(&saga.order[i]).captured,
               (long long)money_of(&saga.order[i]).refunded);
}

void
search_print(const struct search *search)
{
    printf("%-9s %-7s %9llu states %10llu transitions  depth %2u  %6u decisions  %5.1f s",
           search->world->name,
           search->breach != NULL ? "BREACH"
           : search->cut          ? "CUT"
                                  : "holds",
           (unsigned long long)search->states, (unsigned long long)search->transitions,
           search->depth, search->steps, search->seconds);
    if (search->crashes > 0)
        printf("  %llu crashes", (unsigned long long)search->crashes);
    for (int i = NOTHING + 1; i < ORDER_STATES && search->breach == NULL; i++)
        printf("  %s %llu", order_is_names[i], (unsigned long long)search->rested[i]);
    printf("\n");
    if (search->breach == NULL)
        return;
    printf("  %s\n", search->breach);
    story_print(search);
}
