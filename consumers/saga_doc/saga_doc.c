/* saga_doc.c — the services' tables as a page for people.  Contract: saga_doc.h
 *
 * Contents   the page · one service · checks against the choreography */
#include "saga_doc/saga_doc.h"
#include "coupon/coupon.h"
#include "export/export.h"
#include "order/order.h"
#include "partner/partner.h"
#include "payment/payment.h"
#include "stock/stock.h"
#include "timeline/timeline.h"
#include <string.h>

struct chapter {
    const struct service *service;
    const char *text;
};

/* clang-format off */
static const struct chapter chapters[] = {
    { &stock_service,
      "Takes units for an order under a lock, gives them back, and counts them. The machine is that "
      "of an order's *hold*." },
    { &coupon_service,
      "Applies coupons to orders and gives them back. The machine is that of a *coupon*." },
    { &order_service,
      "Decides, alone, pay against cancel against deadline, which coupon may still be tried, and "
      "when an order is PENDING. The machine is that of an *order*." },
    { &payment_service,
      "Debits balances, at most one standing capture per order, and gives back what lost against a "
      "cancel. The machine is that of an order's *payment*." },
    { &export_service,
      "Hands every paid order to the partner platform, numbered without gaps. The machine is that "
      "of an order's *export*." },
    { &partner_service,
      "The example partner platform: keeps a ledger and acknowledges. The machine is that of a "
      "ledger *entry*." },
    { &timeline_service,
      "The read model: folds every event into what people are shown. It decides nothing, so it has "
      "no machine." },
};
/* clang-format on */

static const char *const party_names[] = { "stock",    "coupon",  "order",  "payment", "export",
                                           "timeline", "partner", "bridge", "cli",     "operator" };

/* ---- the page */

static void
print_parties(FILE *out, uint32_t parties)
{
    const char *separator = "";
    for (uint32_t i = 0; i < COUNT_OF(party_names); i++)
        if (parties & 1u << i) {
            fprintf(out, "%s%s", separator, party_names[i]);
            separator = ", ";
        }
}

static const char *
key_text(enum key_kind key)
{
    switch (key) {
    case KEY_ORDER:
        return "order_id";
    case KEY_PRODUCT:
        return "product_id";
    case KEY_COUPON:
        return "coupon_code";
    case KEY_CUSTOMER:
        return "customer_id";
    case KEY_ORIGINAL:
        return "of the original";
    }
    return "";
}

static void
print_choreography(FILE *out)
{
    fprintf(out, "## The choreography\n\n"
                 "| topic | key | published by | consumed by |\n|---|---|---|---|\n");
    for (int type = 1; type < EV_COUNT; type++) {
        if (!topics[type].has_topic)
            continue;
        fprintf(out, "| %s | %s | ", topics[type].name, key_text(topics[type].key));
        print_parties(out, topics[type].producers);
        fprintf(out, " | ");
        print_parties(out, topics[type].consumers);
        fprintf(out, " |\n");
    }
    fprintf(out, "\n");
}

/* ---- one service */

static const char *
kind_text(enum transition_kind kind)
{
    switch (kind) {
    case TRANSITION_MOVES:
        return "moves";
    case TRANSITION_WAITS:
        return "waits";
    case TRANSITION_ANSWERED:
        return "answered";
    case TRANSITION_REPEATED:
        return "repeated";
    case TRANSITION_RECORDED:
        return "recorded";
    }
    return "";
}

/* One arrow per pair of states: the events that lead there, each once. */
static void
print_arrow(FILE *out, const struct service *service, uint8_t from, uint8_t to)
{
    uint64_t named = 0;
    for (uint32_t i = 0; i < service->transition_count; i++) {
        const struct transition *row = &service->transitions[i];
        if (row->kind != TRANSITION_MOVES || row->from != from || row->to != to ||
            (named >> row->on & 1))
            continue;
        if (named == 0)
            fprintf(out, "    %s --> %s: ", service->state_names[from], service->state_names[to]);
        fprintf(out, "%s%s", named == 0 ? "" : "<br>", topics[row->on].name);
        named |= UINT64_C(1) << row->on;
    }
    if (named != 0)
        fprintf(out, "\n");
}

static void
print_machine(FILE *out, const struct service *service)
{
    fprintf(out, "```mermaid\nstateDiagram-v2\n    [*] --> %s\n", service->state_names[0]);
    for (uint8_t from = 0; service->state_names[from] != NULL; from++)
        for (uint8_t to = 0; service->state_names[to] != NULL; to++)
            print_arrow(out, service, from, to);
    fprintf(out, "```\n\n| state | event | what happens | to | because |\n|---|---|---|---|---|\n");
    for (uint8_t from = 0; service->state_names[from] != NULL; from++)
        for (uint32_t i = 0; i < service->transition_count; i++) {
            const struct transition *row = &service->transitions[i];
            if (row->from == from)
                fprintf(out, "| %s | %s | %s | %s | %s |\n", service->state_names[from],
                        topics[row->on].name, kind_text(row->kind),
                        row->kind == TRANSITION_MOVES ? service->state_names[row->to] : "",
                        row->because);
        }
    fprintf(out, "\n");
}

static const char *
guard_text(const struct row_type *type)
{
    if (type->has_no_table)
        return "brought into other tables";
    switch (type->guard) {
    case ROW_BY_VERSION:
        return "by its version";
    case ROW_BY_LOCK:
        return "locked in key order";
    case ROW_APPENDED:
        return "only appended";
    }
    return "";
}

static void
print_rows(FILE *out, const struct service *service)
{
    fprintf(out, "| row | guarded | columns |\n|---|---|---|\n");
    for (uint32_t i = 0; i < service->row_type_count; i++) {
        const struct row_type *type = &service->rows[i];
        fprintf(out, "| %s | %s | ", type->name, guard_text(type));
        for (uint32_t c = 0; c < type->column_count; c++)
            fprintf(out, "%s%s", c == 0 ? "" : ", ", type->columns[c].name);
        fprintf(out, " |\n");
    }
    fprintf(out, "\n");
}

static void
print_published(FILE *out, enum party party)
{
    const char *separator = "Publishes: ";
    for (int type = 1; type < EV_COUNT; type++)
        if ((topics[type].producers & (uint32_t)party) && type != EV_DEAD_LETTER) {
            fprintf(out, "%s%s", separator, topics[type].name);
            separator = ", ";
        }
    if (separator[0] == ',')
        fprintf(out, ".\n\n");
}

static void
print_chapter(FILE *out, const struct chapter *chapter)
{
    const struct service *service = chapter->service;
    fprintf(out, "## %s\n\n%s\n\n", service->name, chapter->text);
    if (service->transition_count > 0)
        print_machine(out, service);
    fprintf(out, "Consumes:");
    for (uint32_t i = 0; i < service->route_count; i++) {
        const struct route *route = &service->routes[i];
        fprintf(out, "%s %s%s", i == 0 ? "" : ",", topics[route->type].name,
                !topics[route->type].has_topic ? " (from its timer)"
                : route->wants != NULL         ? " (only what it can use)"
                                               : "");
    }
    fprintf(out, ".\n\n");
    print_published(out, chapter->service->party);
    print_rows(out, service);
}

void
saga_doc_print(FILE *out)
{
    fprintf(out,
            "# The saga, as it runs\n\n"
            "Printed by `jumun-saga-doc` from the tables of the services themselves; a test holds "
            "this page to them. What an event does in a state:\n\n"
            "- **moves**: the state changes, through the one function that may change it;\n"
            "- **waits**: it came early and is kept in the row until what it needs is known;\n"
            "- **answered**: it is refused, by an event or a dead letter;\n"
            "- **repeated**: its effect is done; nothing happens;\n"
            "- **recorded**: it fills its part of the row.\n\n");
    print_choreography(out);
    for (size_t i = 0; i < COUNT_OF(chapters); i++)
        print_chapter(out, &chapters[i]);
}

/* ---- checks against the choreography */

static uint32_t
check_service(const struct chapter *chapter, FILE *complaints)
{
    uint32_t wrong = 0;
    for (int type = 1; type < EV_COUNT; type++) {
        if (!topics[type].has_topic)
            continue;
        bool should = (topics[type].consumers & (uint32_t)chapter->service->party) != 0;
        bool does = service_route(chapter->service, (enum event_type)type) != NULL;
        if (should == does)
            continue;
        fprintf(complaints, "%s %s %s\n", chapter->service->name,
                should ? "should consume but has no route for" : "has a route but no part in",
                topics[type].name);
        wrong++;
    }
    return wrong;
}

static uint32_t
check_machine(const struct service *service, FILE *complaints)
{
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < service->transition_count; i++)
        if (service_route(service, service->transitions[i].on) == NULL) {
            fprintf(complaints, "%s has a transition but no route for %s\n", service->name,
                    topics[service->transitions[i].on].name);
            wrong++;
        }
    return wrong;
}

uint32_t
saga_doc_check(FILE *complaints)
{
    uint32_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(chapters); i++) {
        wrong += check_service(&chapters[i], complaints);
        wrong += check_machine(chapters[i].service, complaints);
    }
    return wrong;
}
