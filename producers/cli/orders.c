/* orders.c — order, show, watch, cancel: through the bridge, as any shopper's program would. */
#include "cli/action.h"
#include "cli/cancel.h"
#include "cli/http.h"
#include "cli/order_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_S 5

static enum cli_status
tell_answer(struct cli *cli, const struct http_answer *answer)
{
    bool ends_line = answer->body_bytes && answer->body[answer->body_bytes - 1] == '\n';
    if (cli->json)
        printf("%.*s%s", (int)answer->body_bytes, answer->body, ends_line ? "" : "\n");
    else if (!order_text_answer(cli, answer->body, answer->body_bytes))
        printf("done\n");
    return CLI_DONE;
}

static enum cli_status
call_and_tell(struct cli *cli, const struct http_call *call)
{
    struct error err = { 0 };
    struct http_answer answer = { 0 };
    if (!http_call(cli, call, &answer, &err))
        return cli_fail(cli, &err);
    return tell_answer(cli, &answer);
}

/* An order's id goes into a path: nothing but what an id may hold. */
static bool
is_order_id(const char *text)
{
    static const char allowed[] = "0123456789abcdef-";
    return strlen(text) == 36 && text[strspn(text, allowed)] == '\0';
}

static enum cli_status
not_an_order(const struct cli *cli, const char *text)
{
    return cli_misused(cli, "%.60s is not an order's id (36 characters, lower case)", text);
}

/* ---- placing -------------------------------------------------------------------------------- */

/* --item tea:2; the last colon, for an id may hold colons itself. */
static bool
put_item(struct cli *cli, struct json_writer *json, const char *item, struct error *err)
{
    int64_t quantity = 1;
    const char *colon = strrchr(item, ':');
    size_t bytes = colon ? (size_t)(colon - item) : strlen(item);
    if (colon)
        TRY(text_to_integer("the quantity in --item", colon + 1, 1, QUANTITY_MAX, &quantity, err));
    json_begin_object(json);
    TRY(cli_put_text(json, "product_id", arena_text(cli->arena, item, bytes), err));
    json_name(json, "quantity");
    json_integer(json, quantity);
    json_end_object(json);
    return true;
}

static bool
put_items(struct cli *cli, struct json_writer *json, const struct args *args, struct error *err)
{
    json_name(json, "items");
    json_begin_array(json);
    const char *item;
    for (uint32_t i = 0; (item = args_text_at(args, "item", i)); i++)
        TRY(put_item(cli, json, item, err));
    json_end_array(json);
    return true;
}

static bool
put_shipping(struct json_writer *json, const struct args *args, struct error *err)
{
    static const char *const parts[] = { "recipient", "address", "contact" };
    uint32_t given = 0;
    for (uint32_t i = 0; i < 3; i++)
        given += args_has(args, parts[i]);
    if (given == 0)
        return true;
    if (given < 3)
        return error_set(err, ERROR_REFUSED, "--recipient, --address and --contact go together");
    json_name(json, "shipping");
    json_begin_object(json);
    for (uint32_t i = 0; i < 3; i++)
        TRY(cli_put_text(json, parts[i], args_text(args, parts[i]), err));
    json_end_object(json);
    return true;
}

static bool
put_optional(struct json_writer *json, const struct args *args, const char *flag, const char *name,
             struct error *err)
{
    return !args_has(args, flag) || cli_put_text(json, name, args_text(args, flag), err);
}

static bool
put_number(struct json_writer *json, const struct args *args, const char *flag, const char *name,
           struct error *err)
{
    int64_t value = 0;
    if (!args_has(args, flag))
        return true;
    TRY(args_integer(args, flag, 0, MONEY_MAX_WON, &value, err));
    json_name(json, name);
    json_integer(json, value);
    return true;
}

static bool
build_order(struct cli *cli, struct json_writer *json, const struct args *args, struct error *err)
{
    json_begin_object(json);
    TRY(cli_put_text(json, "customer_id", args_text(args, "customer"), err));
    TRY(put_items(cli, json, args, err));
    TRY(put_optional(json, args, "coupon", "coupon_code", err));
    TRY(put_shipping(json, args, err));
    if (args_has(args, "pay")) {
        json_name(json, "auto_pay");
        json_bool(json, true);
    }
    TRY(put_optional(json, args, "on-coupon-rejected", "on_coupon_rejected", err));
    TRY(put_optional(json, args, "on-payment-failure", "on_payment_failure", err));
    TRY(put_number(json, args, "expected-amount", "expected_amount", err));
    TRY(put_number(json, args, "pay-within-s", "pay_within_s", err));
    json_end_object(json);
    return true;
}

static bool
wait_of(const struct args *args, int64_t *wait_s, struct error *err)
{
    *wait_s = WAIT_S;
    TRY(args_integer(args, "wait-s", 0, 30, wait_s, err));
    if (args_has(args, "no-wait"))
        *wait_s = -1;
    return true;
}

static enum cli_status
run_order(struct cli *cli, const struct args *args)
{
    struct json_writer json;
    struct error err = { 0 };
    struct http_call call = { .method = "POST", .path = "/v1/orders" };
    if (!args_has(args, "customer") || !args_has(args, "item"))
        return cli_misused(cli, "--customer and at least one --item are needed");
    json_writer_init(&json, cli->arena, 512);
    if (!build_order(cli, &json, args, &err) || !wait_of(args, &call.wait_s, &err))
        return cli_misused(cli, "%s", err.message);
    call.body = arena_text(cli->arena, json.bytes, json.length);
    call.idempotency_key = args_text(args, "key");
    return call_and_tell(cli, &call);
}

/* ---- looking, following, cancelling --------------------------------------------------------- */

static enum cli_status
run_show(struct cli *cli, const struct args *args)
{
    if (!is_order_id(args->words[0]))
        return not_an_order(cli, args->words[0]);
    return call_and_tell(cli, &(struct http_call){
                                  .method = "GET",
                                  .path = arena_printf(cli->arena, "/v1/orders/%s", args->words[0]),
                                  .wait_s = -1,
                              });
}

static enum cli_status
run_cancel(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    struct http_call call = { .method = "POST", .body = "{}" };
    if (!is_order_id(args->words[0]))
        return not_an_order(cli, args->words[0]);
    if (!wait_of(args, &call.wait_s, &err))
        return cli_misused(cli, "%s", err.message);
    if (args_has(args, "reason"))
        return cancel_as_operator(cli, args, call.wait_s);
    if (args_has(args, "by") || args_has(args, "customer"))
        return cli_misused(cli, "why? --reason TEXT: an operator's cancel is kept with its reason");
    call.path = arena_printf(cli->arena, "/v1/orders/%s/cancel", args->words[0]);
    return call_and_tell(cli, &call);
}

static bool
watch_one(void *context, const char *data, size_t bytes)
{
    struct cli *cli = context;
    if (cli->json || !order_text_event(cli, data, bytes))
        printf("%.*s\n", (int)bytes, cli->json ? data : cli_safe_bytes(cli, data, bytes, bytes));
    fflush(stdout);
    return !ferror(stdout);
}

static enum cli_status
run_watch(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    if (!is_order_id(args->words[0]))
        return not_an_order(cli, args->words[0]);
    const char *path = arena_printf(cli->arena, "/v1/orders/%s/events", args->words[0]);
    return http_follow(cli, path, watch_one, cli, &err) ? CLI_DONE : cli_fail(cli, &err);
}

/* ---- the commands --------------------------------------------------------------------------- */

static const struct flag order_flags[] = {
    { "customer", "ID", "who orders", false },
    { "item", "PRODUCT[:N]", "what, and how many (1)", true },
    { "coupon", "CODE", "a coupon", false },
    { "recipient", "NAME", "with --address and --contact: where to", false },
    { "address", "TEXT", "", false },
    { "contact", "TEXT", "", false },
    { "pay", NULL, "charge as soon as the order is PENDING", false },
    { "expected-amount", "WON", "charge nothing but this", false },
    { "on-coupon-rejected", "wait|continue", "wait for the shopper (default), or at full price",
      false },
    { "on-payment-failure", "wait|cancel", "wait for the shopper (default), or cancel", false },
    { "pay-within-s", "SECONDS", "cancelled when unpaid for so long", false },
    { "key", "KEY", "Idempotency-Key: the same order, however often it is sent", false },
    { "wait-s", "SECONDS", "wait for it to come to rest, at most so long (5, up to 30)", false },
    { "no-wait", NULL, "return as soon as it is accepted", false },
    { NULL, NULL, NULL, false },
};

const struct command order_command = {
    .name = "order",
    .summary = "place an order",
    .details =
        "Examples:\n"
        "  jumun order --customer kim --item tea:2\n"
        "  jumun order --customer kim --item tea:2 --item cup --coupon WELCOME-3000 --pay \\\n"
        "    --recipient '김하나' --address '서울시 종로구 1' --contact 010-0000-0000",
    .flags = order_flags,
    .groups = SETTINGS_HTTP,
    .run = run_order,
};

const struct command show_command = {
    .name = "show",
    .words = "ORDER",
    .summary = "look at an order and its timeline",
    .details = "Examples:\n  jumun show 0190f3c2-0000-7000-8000-000000000000",
    .flags = no_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_HTTP,
    .run = run_show,
};

const struct command watch_command = {
    .name = "watch",
    .words = "ORDER",
    .summary = "follow an order until nothing more can come",
    .details = "Examples:\n  jumun watch 0190f3c2-0000-7000-8000-000000000000 --json",
    .flags = no_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_HTTP,
    .run = run_watch,
};

static const struct flag cancel_flags[] = {
    ACTION_FLAGS,
    { "customer", "ID", "with --reason: whose order it is, where no server can tell", false },
    { "wait-s", "SECONDS", "wait for it to come to rest, at most so long (5, up to 30)", false },
    { "no-wait", NULL, "return as soon as it is accepted", false },
    { NULL, NULL, NULL, false },
};

const struct command cancel_command = {
    .name = "cancel",
    .words = "ORDER",
    .summary = "cancel an order that is not paid",
    .details =
        "Without --reason as the shopper does it, through the bridge.  With --reason as an\n"
        "operator: what was taken is given back (stock, coupon, money), the order has the reason\n"
        "OPERATOR, and jumun actions tells who and why.  That needs no bridge, and goes on while\n"
        "the database is away: then it is accepted, and said that it is not recorded.\n\n"
        "Examples:\n  jumun cancel 0190f3c2-0000-7000-8000-000000000000\n"
        "  jumun cancel 0190f3c2-0000-7000-8000-000000000000 --reason 'by phone' --by kim",
    .flags = cancel_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_HTTP | SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_cancel,
};
