/* catalogue.c — product, stock, coupon, credit: the facts that a shop begins with.
 *
 * Each command builds its events as JSON from what was given, has them checked against the schema, and
 * publishes them; then it waits until they have taken effect. */
#include "base/instant.h"
#include "cli/action.h"
#include "cli/facts.h"
#include <stdio.h>
#include <string.h>

#define WAIT_FLAGS                                                                                 \
    { "no-wait", NULL, "return as soon as Kafka has it", false },                                  \
    {                                                                                              \
        "wait-s", "SECONDS", "wait at most this long (30)", false                                  \
    },                                                                                             \
    ACTION_FLAGS

/* ---- building ------------------------------------------------------------------------------- */

static struct json_writer *
begin(struct cli *cli)
{
    struct json_writer *json = arena_take(cli->arena, sizeof *json);
    json_writer_init(json, cli->arena, 256);
    json_begin_object(json);
    return json;
}

static void
put_integer(struct json_writer *json, const char *name, int64_t value)
{
    json_name(json, name);
    json_integer(json, value);
}

/* which: what makes the fact this one fact, see facts.h. */
static bool
finish(struct cli *cli, struct json_writer *json, enum event_type type, const char *which,
       struct facts *facts, struct error *err)
{
    struct fact fact;
    json_end_object(json);
    TRY(fact_make(cli, type, json->bytes, json->length, which, &fact, err));
    facts_add(cli, facts, &fact);
    return true;
}

/* The id given with --<flag>, or a new one. */
static const char *
id_or_new(struct cli *cli, const struct args *args, const char *flag)
{
    const char *given = args_text(args, flag);
    if (given)
        return given;
    char *id = arena_take(cli->arena, UUID_TEXT_BYTES);
    uuid_format(uuid_v7(instant_now_us()), id);
    return id;
}

static bool
put_revision(struct json_writer *json, const struct args *args, struct error *err)
{
    int64_t revision = 0;
    TRY(args_integer(args, "revision", 0, MONEY_MAX_WON, &revision, err));
    if (args_has(args, "revision"))
        put_integer(json, "revision", revision);
    return true;
}

static enum cli_status
publish(struct cli *cli, const struct args *args, struct facts *facts)
{
    struct error err = { 0 };
    int64_t wait_s = FACTS_WAIT_S;
    bool awaits = !args_has(args, "no-wait");
    if (!args_integer(args, "wait-s", 0, 3600, &wait_s, &err))
        return cli_misused(cli, "%s", err.message);
    if (!facts_publish(cli, facts, &err))
        return cli_fail(cli, &err);
    action_took_effect();
    action_begin(cli, args, cli->command, args->words[0]);
    bool is_done = !awaits || facts_await(cli, facts, wait_s, &err);
    facts_tell(cli, facts, awaits && is_done);
    return is_done ? CLI_DONE : cli_fail(cli, &err);
}

/* ---- product and stock ---------------------------------------------------------------------- */

static bool
replenish(struct cli *cli, const struct args *args, const char *product, int64_t quantity,
          struct facts *facts, struct error *err)
{
    struct json_writer *json = begin(cli);
    const char *id = id_or_new(cli, args, "replenishment-id");
    TRY(cli_put_text(json, "replenishment_id", id, err));
    TRY(cli_put_text(json, "product_id", product, err));
    put_integer(json, "quantity", quantity);
    return finish(cli, json, EV_STOCK_REPLENISHED, id, facts, err);
}

static bool
list_product(struct cli *cli, const struct args *args, struct facts *facts, struct error *err)
{
    struct json_writer *json = begin(cli);
    int64_t price = 0, stock = 0;
    TRY(args_integer(args, "price", 0, MONEY_MAX_WON, &price, err));
    TRY(args_integer(args, "stock", 1, QUANTITY_MAX, &stock, err));
    TRY(cli_put_text(json, "product_id", args->words[0], err));
    TRY(cli_put_text(json, "name", args_text(args, "name"), err));
    put_integer(json, "unit_price", price);
    TRY(put_revision(json, args, err));
    TRY(finish(cli, json, EV_PRODUCT_LISTED, args_text(args, "revision"), facts, err));
    return !stock || replenish(cli, args, args->words[0], stock, facts, err);
}

static enum cli_status
run_product(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    struct facts facts = { 0 };
    if (!args_has(args, "name") || !args_has(args, "price"))
        return cli_misused(cli, "--name and --price are needed");
    if (!list_product(cli, args, &facts, &err))
        return cli_misused(cli, "%s", err.message);
    return publish(cli, args, &facts);
}

static enum cli_status
run_stock(struct cli *cli, const struct args *args)
{
    int64_t quantity = 0;
    struct error err = { 0 };
    struct facts facts = { 0 };
    if (!args_has(args, "add"))
        return cli_misused(cli, "--add is needed");
    if (!args_integer(args, "add", 1, QUANTITY_MAX, &quantity, &err) ||
        !replenish(cli, args, args->words[0], quantity, &facts, &err))
        return cli_misused(cli, "%s", err.message);
    return publish(cli, args, &facts);
}

/* ---- coupon and credit ---------------------------------------------------------------------- */

static bool
put_terms(struct json_writer *json, const struct args *args, struct error *err)
{
    int64_t discount = 0, percent = 0, minimum = 0;
    TRY(args_integer(args, "discount", 0, MONEY_MAX_WON, &discount, err));
    TRY(args_integer(args, "percent", 1, 100, &percent, err));
    TRY(args_integer(args, "minimum", 0, MONEY_MAX_WON, &minimum, err));
    if (percent)
        put_integer(json, "percent", percent);
    else
        put_integer(json, "discount", discount);
    if (args_has(args, "minimum"))
        put_integer(json, "minimum_amount", minimum);
    if (args_has(args, "customer"))
        TRY(cli_put_text(json, "customer_id", args_text(args, "customer"), err));
    if (args_has(args, "expires"))
        TRY(cli_put_text(json, "expires_at", args_text(args, "expires"), err));
    return put_revision(json, args, err);
}

static enum cli_status
run_coupon(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    struct facts facts = { 0 };
    struct json_writer *json = begin(cli);
    if (args_has(args, "discount") == args_has(args, "percent"))
        return cli_misused(cli, "either --discount or --percent is needed");
    if (!cli_put_text(json, "coupon_code", args->words[0], &err) || !put_terms(json, args, &err) ||
        !finish(cli, json, EV_COUPON_ISSUED, args_text(args, "revision"), &facts, &err))
        return cli_misused(cli, "%s", err.message);
    return publish(cli, args, &facts);
}

static bool
credit(struct cli *cli, const struct args *args, struct facts *facts, struct error *err)
{
    int64_t amount = 0;
    struct json_writer *json = begin(cli);
    const char *id = id_or_new(cli, args, "credit-id");
    TRY(text_to_integer("AMOUNT", args->words[1], 1, MONEY_MAX_WON, &amount, err));
    TRY(cli_put_text(json, "credit_id", id, err));
    TRY(cli_put_text(json, "customer_id", args->words[0], err));
    put_integer(json, "amount", amount);
    return finish(cli, json, EV_BALANCE_CREDITED, id, facts, err);
}

static enum cli_status
run_credit(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    struct facts facts = { 0 };
    if (!credit(cli, args, &facts, &err))
        return cli_misused(cli, "%s", err.message);
    return publish(cli, args, &facts);
}

/* ---- the commands --------------------------------------------------------------------------- */

static const struct flag product_flags[] = {
    { "name", "NAME", "what shoppers read", false },
    { "price", "WON", "price of one piece", false },
    { "stock", "N", "also replenish so many pieces", false },
    { "revision", "N", "a higher revision wins; default: the later listing", false },
    { "replenishment-id", "ID", "counted once, however often it is sent; default: a new one",
      false },
    WAIT_FLAGS,
    { NULL, NULL, NULL, false },
};

const struct command product_command = {
    .name = "product",
    .words = "ID",
    .summary = "list a product, or change its name or price",
    .details = "Publishes ProductListed, and with --stock StockReplenished.\n\nExamples:\n"
               "  jumun product tea --name '녹차' --price 12900\n"
               "  jumun product tea --name '녹차' --price 12900 --stock 100",
    .flags = product_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_product,
};

static const struct flag stock_flags[] = {
    { "add", "N", "pieces that arrived", false },
    { "replenishment-id", "ID", "counted once, however often it is sent; default: a new one",
      false },
    WAIT_FLAGS,
    { NULL, NULL, NULL, false },
};

const struct command stock_command = {
    .name = "stock",
    .words = "ID",
    .summary = "replenish a product",
    .details = "Publishes StockReplenished.\n\nExamples:\n"
               "  jumun stock tea --add 50\n"
               "  jumun stock tea --add 50 --replenishment-id delivery-2026-11-22",
    .flags = stock_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_stock,
};

static const struct flag coupon_flags[] = {
    { "discount", "WON", "takes off this amount", false },
    { "percent", "P", "or this part of the subtotal, 1 to 100", false },
    { "customer", "ID", "only for this customer; default: for anyone", false },
    { "minimum", "WON", "only from this subtotal on", false },
    { "expires", "TIME", "not from this time on (RFC 3339)", false },
    { "revision", "N", "a higher revision wins; default: the later issue", false },
    WAIT_FLAGS,
    { NULL, NULL, NULL, false },
};

const struct command coupon_command = {
    .name = "coupon",
    .words = "CODE",
    .summary = "issue a coupon, or change one that nobody has used",
    .details = "Publishes CouponIssued.\n\nExamples:\n"
               "  jumun coupon WELCOME-3000 --discount 3000 --minimum 10000\n"
               "  jumun coupon KIM-10 --percent 10 --customer kim --expires 2027-01-01T00:00:00Z",
    .flags = coupon_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_coupon,
};

static const struct flag credit_flags[] = {
    { "credit-id", "ID", "counted once, however often it is sent; default: a new one", false },
    WAIT_FLAGS,
    { NULL, NULL, NULL, false },
};

const struct command credit_command = {
    .name = "credit",
    .words = "CUSTOMER AMOUNT",
    .summary = "add to a customer's balance",
    .details = "Publishes BalanceCredited.\n\nExamples:\n"
               "  jumun credit kim 50000\n"
               "  jumun credit kim 50000 --credit-id transfer-4711",
    .flags = credit_flags,
    .words_min = 2,
    .words_max = 2,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_credit,
};
