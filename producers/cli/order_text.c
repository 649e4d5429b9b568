/* order_text.c — an order and its events as lines for people.  Contract: order_text.h */
#include "cli/order_text.h"
#include "json/json_read.h"
#include <stdio.h>
#include <string.h>

#define LINE_TEXT_MAX 400

/* ---- reading what the bridge says ----------------------------------------------------------- */

struct tree {
    struct cli *cli;
    struct json_doc doc;
};

static const char *
text_of(const struct tree *tree, uint32_t at)
{
    if (at == JSON_NONE)
        return "-";
    const struct json_node *node = &tree->doc.nodes[at];
    if (node->type == JSON_NULL)
        return "-";
    if (node->type == JSON_STRING)
        return cli_safe_bytes(tree->cli, node->text, node->text_bytes, LINE_TEXT_MAX);
    return cli_safe_bytes(tree->cli, tree->doc.bytes + node->start, node->bytes, LINE_TEXT_MAX);
}

static const char *
member(const struct tree *tree, uint32_t object, const char *name)
{
    bool is_object = object != JSON_NONE && tree->doc.nodes[object].type == JSON_OBJECT;
    return is_object ? text_of(tree, json_member(&tree->doc, object, name)) : "-";
}

static uint32_t
child(const struct tree *tree, uint32_t object, const char *name)
{
    bool is_object = object != JSON_NONE && tree->doc.nodes[object].type == JSON_OBJECT;
    return is_object ? json_member(&tree->doc, object, name) : JSON_NONE;
}

static bool
is_there(const struct tree *tree, uint32_t at)
{
    return at != JSON_NONE && tree->doc.nodes[at].type != JSON_NULL;
}

static const char *
won(const struct tree *tree, uint32_t object, const char *name)
{
    uint32_t at = child(tree, object, name);
    if (!is_there(tree, at) || tree->doc.nodes[at].type != JSON_INTEGER)
        return "-";
    return cli_number(tree->cli, tree->doc.nodes[at].integer);
}

static bool
parse(struct cli *cli, const char *bytes, size_t count, struct tree *out)
{
    struct json_error wrong;
    out->cli = cli;
    return json_parse(cli->arena, bytes, count, &out->doc, &wrong) &&
           out->doc.nodes[0].type == JSON_OBJECT;
}

/* ---- showing an order ----------------------------------------------------------------------- */

typedef void show_element(const struct tree *tree, uint32_t at);

static void
for_each(const struct tree *tree, uint32_t list, show_element *show)
{
    if (!is_there(tree, list) || tree->doc.nodes[list].type != JSON_ARRAY)
        return;
    for (uint32_t n = 0, at = list + 1; n < tree->doc.nodes[list].count; n++) {
        show(tree, at);
        at = tree->doc.nodes[at].next;
    }
}

static void
show_item(const struct tree *tree, uint32_t at)
{
    printf("            %s × %s at %s\n", member(tree, at, "product_id"),
           member(tree, at, "quantity"), won(tree, at, "unit_price"));
}

static void
show_short_line(const struct tree *tree, uint32_t at)
{
    printf("            %s: %s requested, %s available\n", member(tree, at, "product_id"),
           member(tree, at, "requested"), member(tree, at, "available"));
}

/* What heads the screen already, or is of no interest to people. */
static bool
is_left_out(const char *name)
{
    static const char *const names[] = { "order_id", "customer_id", "shipping", "request_digest" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* tea×2 cup×1 */
static void
show_short_items(const struct tree *tree, uint32_t list)
{
    for (uint32_t n = 0, at = list + 1; n < tree->doc.nodes[list].count; n++) {
        printf(" %s×%s", member(tree, at, "product_id"), member(tree, at, "quantity"));
        at = tree->doc.nodes[at].next;
    }
}

static void
show_data(const struct tree *tree, uint32_t data)
{
    if (!is_there(tree, data) || tree->doc.nodes[data].type != JSON_OBJECT)
        return;
    for (uint32_t n = 0, at = data + 1; n < tree->doc.nodes[data].count; n++) {
        uint32_t value = tree->doc.nodes[at].next;
        const char *name = text_of(tree, at);
        bool is_list = tree->doc.nodes[value].type == JSON_ARRAY;
        if (strcmp(name, "items") == 0 && is_list)
            show_short_items(tree, value);
        else if (!is_left_out(name))
            printf(" %s=%s", name, text_of(tree, value));
        at = tree->doc.nodes[value].next;
    }
}

static void
show_event(const struct tree *tree, uint32_t at)
{
    printf("  %3s  %s  %-18s", member(tree, at, "seq"), member(tree, at, "at"),
           member(tree, at, "event"));
    show_data(tree, child(tree, at, "data"));
    putchar('\n');
}

static void
show_money(const struct tree *tree)
{
    uint32_t coupon = child(tree, 0, "coupon"), payment = child(tree, 0, "payment");
    if (is_there(tree, child(tree, 0, "amount")))
        printf("amount      %s = %s − %s %s\n", won(tree, 0, "amount"), won(tree, 0, "subtotal"),
               won(tree, 0, "discount"), member(tree, 0, "currency"));
    if (is_there(tree, coupon))
        printf("coupon      %s %s %s\n", member(tree, coupon, "coupon_code"),
               member(tree, coupon, "status"), member(tree, coupon, "reason"));
    if (is_there(tree, payment))
        printf("payment     %s, attempt %s %s\n", member(tree, payment, "status"),
               member(tree, payment, "attempt"), member(tree, payment, "reason"));
}

static void
show_ends(const struct tree *tree)
{
    uint32_t shipping = child(tree, 0, "shipping"), back = child(tree, 0, "compensation");
    uint32_t rejection = child(tree, 0, "rejection");
    if (is_there(tree, shipping))
        printf("shipping    %s, %s, %s (revision %s)\n", member(tree, shipping, "recipient"),
               member(tree, shipping, "address"), member(tree, shipping, "contact"),
               member(tree, 0, "revision"));
    if (is_there(tree, rejection)) {
        printf("rejected    %s\n", member(tree, rejection, "reason"));
        for_each(tree, child(tree, rejection, "lines"), show_short_line);
    }
    if (is_there(tree, child(tree, 0, "cancel_reason")))
        printf("cancelled   %s; given back: stock %s, coupon %s, payment %s\n",
               member(tree, 0, "cancel_reason"), member(tree, back, "stock"),
               member(tree, back, "coupon"), member(tree, back, "payment"));
    printf("export      %s\ndeadline    %s\nnext        %s\n", member(tree, 0, "export"),
           member(tree, 0, "deadline_at"), member(tree, 0, "next"));
}

static void
show_order(const struct tree *tree)
{
    printf("order       %s\ncustomer    %s\nstatus      %s%s\nitems\n", member(tree, 0, "order_id"),
           member(tree, 0, "customer_id"), member(tree, 0, "status"),
           strcmp(member(tree, 0, "at_rest"), "false") == 0 ? " (on its way)" : "");
    for_each(tree, child(tree, 0, "items"), show_item);
    show_money(tree);
    show_ends(tree);
    printf("timeline\n");
    for_each(tree, child(tree, 0, "timeline"), show_event);
}

bool
order_text_answer(struct cli *cli, const char *json, size_t bytes)
{
    struct tree tree;
    if (!parse(cli, json, bytes, &tree))
        return false;
    if (is_there(&tree, child(&tree, 0, "timeline")))
        show_order(&tree);
    else
        printf("%s accepted\n", member(&tree, 0, "order_id"));
    return true;
}

bool
order_text_event(struct cli *cli, const char *json, size_t bytes)
{
    struct tree tree;
    if (!parse(cli, json, bytes, &tree))
        return false;
    show_event(&tree, 0);
    return true;
}
