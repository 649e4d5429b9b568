/* waits.c — jumun waits ORDER: what an order that is not over waits for, and where that one stands.
 *
 *   answers   which events can come next, of which service, caused by which: from what the read model says is open
 *   place     where that service stands in the topic of the cause
 *   says      not_read | read | parked | no_members | shopper */
#include "base/instant.h"
#include "cli/positions.h"
#include "cli/trace.h"
#include "jumun_cli_sql.h"
#include <string.h>

#define WAITS_MAX 8
#define NAMES_MAX 3

enum column {
    STATUS, AT_REST, COUPON_OPEN, SHIPPING_OPEN, PAYMENT_OPEN, CANCEL_OPEN, STOCK_BACK, COUPON_BACK,
    PAYMENT_BACK, EXPORT, DEADLINE
};

/* EV_NONE ends a list. */
struct answer {
    const char *service;
    enum event_type events[NAMES_MAX], causes[NAMES_MAX];
};

static const struct answer ANSWERS[] = {
    { "stock", { EV_STOCK_RESERVED, EV_STOCK_REJECTED }, { EV_ORDER_REQUESTED } },
    { "order",
      { EV_COUPON_REQUESTED, EV_COUPON_REJECTED },
      { EV_COUPON_SELECTED, EV_STOCK_RESERVED } },
    { "coupon", { EV_COUPON_APPLIED, EV_COUPON_REJECTED }, { EV_COUPON_REQUESTED } },
    { "order",
      { EV_ORDER_CREATED },
      { EV_SHIPPING_SUBMITTED, EV_COUPON_APPLIED, EV_COUPON_REJECTED } },
    { "payment",
      { EV_PAYMENT_COMPLETED, EV_PAYMENT_FAILED },
      { EV_PAYMENT_REQUESTED, EV_ORDER_CREATED } },
    { "order", { EV_ORDER_PAID }, { EV_PAYMENT_COMPLETED } },
    { "order", { EV_ORDER_CANCELLED, EV_CANCEL_REFUSED }, { EV_CANCEL_REQUESTED } },
    { "stock", { EV_STOCK_RELEASED }, { EV_ORDER_CANCELLED } },
    { "coupon", { EV_COUPON_RESTORED }, { EV_ORDER_CANCELLED } },
    { "payment", { EV_PAYMENT_VOIDED, EV_PAYMENT_REFUNDED }, { EV_ORDER_CANCELLED } },
    { "export", { EV_PARTNER_ORDER }, { EV_ORDER_PAID } },
    { "partner", { EV_EXPORT_ACKNOWLEDGED }, { EV_PARTNER_ORDER } },
};

enum waited {
    STOCK, COUPON_ASKED, COUPON, CREATED, PAYMENT, PAID, CANCELLED, STOCK_GIVEN_BACK,
    COUPON_GIVEN_BACK, PAYMENT_GIVEN_BACK, EXPORTED, ACKNOWLEDGED
};

struct wait {
    const struct answer *answer; /* NULL: the shopper */
    const struct traced *cause;  /* NULL: not seen */
    int64_t next_offset, end_offset, members; /* −1: not told */
    bool is_parked;
};

struct waits {
    struct trace trace;
    struct wait items[WAITS_MAX];
    uint32_t count;
    bool is_over;
    int64_t deadline_us;
};

/* ---- answers -------------------------------------------------------------------------------- */

static const struct traced *
latest(const struct trace *trace, const enum event_type *types)
{
    const struct traced *found = NULL;
    for (uint32_t i = 0; i < trace->count; i++)
        for (uint32_t t = 0; t < NAMES_MAX && types[t] != EV_NONE; t++)
            if (trace->items[i].type == types[t] &&
                (!found || trace->items[i].at_us >= found->at_us))
                found = &trace->items[i];
    return found;
}

static void
add(struct waits *waits, enum waited which)
{
    const struct answer *answer = &ANSWERS[which];
    waits->items[waits->count++] = (struct wait){ .answer = answer,
                                                  .cause = latest(&waits->trace, answer->causes),
                                                  .next_offset = -1,
                                                  .end_offset = -1,
                                                  .members = -1 };
}

static bool
is_after(const struct trace *trace, enum event_type one, enum event_type other)
{
    const struct traced *a = latest(trace, (const enum event_type[NAMES_MAX]){ one });
    const struct traced *b = latest(trace, (const enum event_type[NAMES_MAX]){ other });
    return a && (!b || a->at_us >= b->at_us);
}

/* A coupon is asked for by its shopper, then by order, which the coupon service answers. */
static void
add_forward(struct waits *waits, const struct pg_result *row)
{
    const struct trace *trace = &waits->trace;
    bool is_open = strcmp(pg_text(row, 0, STATUS), "PAID") != 0 &&
                   strcmp(pg_text(row, 0, STATUS), "CANCELLED") != 0;

    if (strcmp(pg_text(row, 0, STATUS), "REQUESTED") == 0)
        add(waits, STOCK);
    else if (is_open && pg_bool(row, 0, COUPON_OPEN))
        add(waits,
            is_after(trace, EV_COUPON_REQUESTED, EV_COUPON_SELECTED) ? COUPON : COUPON_ASKED);
    else if (is_open && pg_bool(row, 0, SHIPPING_OPEN))
        add(waits, CREATED);
    else if (is_open && pg_bool(row, 0, PAYMENT_OPEN))
        add(waits, is_after(trace, EV_PAYMENT_COMPLETED, EV_PAYMENT_REQUESTED) ? PAID : PAYMENT);
    if (pg_bool(row, 0, CANCEL_OPEN))
        add(waits, CANCELLED);
}

static void
add_backward(struct waits *waits, const struct pg_result *row)
{
    if (pg_bool(row, 0, STOCK_BACK))
        add(waits, STOCK_GIVEN_BACK);
    if (pg_bool(row, 0, COUPON_BACK))
        add(waits, COUPON_GIVEN_BACK);
    if (pg_bool(row, 0, PAYMENT_BACK))
        add(waits, PAYMENT_GIVEN_BACK);
    if (strcmp(pg_text(row, 0, STATUS), "PAID") == 0 &&
        strcmp(pg_text(row, 0, EXPORT), "ACKNOWLEDGED") != 0)
        add(waits, is_after(&waits->trace, EV_PARTNER_ORDER, EV_ORDER_PAID) ? ACKNOWLEDGED
                                                                            : EXPORTED);
}

static bool
find_answers(struct cli *cli, struct waits *waits, struct error *err)
{
    PG_RESULT struct pg_result row = { 0 };
    struct pg_params params;
    struct pg *pg;

    TRY(service_connect(cli, (uint32_t)service_index("timeline"), &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, waits->trace.order_id);
    TRY(pg_run(pg, SQL_WAITS_ORDER, &params, PG_ROW_OR_NONE, &row, err));
    if (row.row_count == 0) /* only requests were seen: stock has not answered */
        return add(waits, STOCK), true;
    add_forward(waits, &row);
    add_backward(waits, &row);
    waits->deadline_us = pg_is_null(&row, 0, DEADLINE) ? 0 : pg_time(&row, 0, DEADLINE);
    const char *status = pg_text(&row, 0, STATUS);
    waits->is_over = waits->count == 0 && strcmp(status, "RESERVED") != 0 &&
                     strcmp(status, "PENDING") != 0;
    if (waits->count == 0 && !waits->is_over)
        waits->items[waits->count++] = (struct wait){ .members = -1 };
    return true;
}

/* ---- place ---------------------------------------------------------------------------------- */

static bool
is_parked(struct cli *cli, uint32_t service, const char *order_id, bool *out, struct error *err)
{
    PG_RESULT struct pg_result row = { 0 };
    struct pg_params params;
    struct pg *pg;

    TRY(service_connect(cli, service, &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, order_id);
    TRY(pg_run(pg, SQL_PARKED_HERE, &params, PG_ROWS, &row, err));
    *out = row.row_count == 1 && pg_bool(&row, 0, 0);
    return true;
}

static bool
find_place(struct cli *cli, struct reading *reading, const struct waits *waits, struct wait *wait,
           struct error *err)
{
    uint32_t service = (uint32_t)service_index(wait->answer->service), members = 0;
    struct positions positions = { 0 };
    struct error not_told = { 0 };

    TRY(is_parked(cli, service, waits->trace.order_id, &wait->is_parked, err));
    TRY(positions_read(cli, service, &positions, err));
    if (kafka_group_members(reading->reader,
                            arena_printf(cli->arena, "%sjumun-%s", cli->settings.topic_prefix,
                                         wait->answer->service),
                            &members, &not_told))
        wait->members = members;
    if (!wait->cause || !wait->cause->is_found)
        return true;
    const struct reading_partition *at =
        reading_find(reading, wait->cause->type, wait->cause->partition);
    const struct position *position =
        positions_find(&positions, service, wait->cause->type, wait->cause->partition);
    wait->end_offset = at ? at->end : -1;
    wait->next_offset = position ? position->next_offset : at ? at->first : -1;
    return true;
}

static bool
find_places(struct cli *cli, struct waits *waits, struct error *err)
{
    bool wanted[EV_COUNT] = { false };
    struct reading reading = { 0 };
    bool is_good = true;

    trace_types(&waits->trace, wanted);
    TRY(reading_open(cli, wanted, &reading, err));
    is_good = trace_find(cli, &waits->trace, &reading, err);
    for (uint32_t i = 0; is_good && i < waits->count; i++)
        if (waits->items[i].answer)
            is_good = find_place(cli, &reading, waits, &waits->items[i], err);
    reading_close(&reading);
    return is_good;
}

/* ---- telling -------------------------------------------------------------------------------- */

/* Messages until the service comes to the cause; 0: it has read it; −1: not known. */
static int64_t
behind(const struct wait *wait)
{
    if (wait->next_offset < 0 || !wait->cause || !wait->cause->is_found)
        return -1;
    int64_t to_go = wait->cause->offset - wait->next_offset + 1;
    return to_go > 0 ? to_go : 0;
}

static const char *
says(const struct wait *wait)
{
    if (!wait->answer)
        return "shopper";
    if (wait->is_parked)
        return "parked";
    if (wait->members == 0)
        return "no_members";
    return behind(wait) == 0 ? "read" : "not_read";
}

static void
put_number(struct json_writer *json, const char *name, int64_t number)
{
    json_name(json, name);
    number < 0 ? json_null(json) : json_integer(json, number);
}

static void
put_text(struct json_writer *json, const char *name, const char *text)
{
    json_name(json, name);
    text ? json_text(json, text) : json_null(json);
}

static bool
put_cause(struct json_writer *json, const struct traced *cause, struct error *err)
{
    json_name(json, "since");
    cause ? json_instant(json, cause->at_us) : json_null(json);
    json_name(json, "caused_by");
    if (!cause) {
        json_null(json);
        return true;
    }
    json_begin_object(json);
    put_text(json, "event", topics[cause->type].name);
    put_text(json, "topic", cause->is_found ? topics[cause->type].name : NULL);
    put_number(json, "partition", cause->is_found ? cause->partition : -1);
    put_number(json, "offset", cause->is_found ? cause->offset : -1);
    TRY(cli_put_text(json, "event_id", cause->event_id, err));
    json_end_object(json);
    return true;
}

static void
put_position(struct json_writer *json, const struct wait *wait)
{
    json_name(json, "position");
    json_begin_object(json);
    put_number(json, "next_offset", wait->next_offset);
    put_number(json, "end_offset", wait->end_offset);
    put_number(json, "behind", behind(wait));
    put_number(json, "members", wait->members);
    json_end_object(json);
}

static void
put_answers(struct json_writer *json, const struct answer *answer)
{
    put_text(json, "event", answer ? topics[answer->events[0]].name : NULL);
    json_name(json, "events");
    json_begin_array(json);
    for (uint32_t i = 0; answer && i < NAMES_MAX && answer->events[i] != EV_NONE; i++)
        json_text(json, topics[answer->events[i]].name);
    json_end_array(json);
    put_text(json, "service", answer ? answer->service : NULL);
}

static bool
tell_json(struct cli *cli, const struct waits *waits, const struct wait *wait, struct error *err)
{
    struct json_writer json;

    json_writer_init(&json, cli->arena, 512);
    json_begin_object(&json);
    put_answers(&json, wait->answer);
    put_text(&json, "group",
             wait->answer ? arena_printf(cli->arena, "%sjumun-%s", cli->settings.topic_prefix,
                                         wait->answer->service)
                          : NULL);
    put_text(&json, "says", says(wait));
    json_name(&json, "parked");
    json_bool(&json, wait->is_parked);
    TRY(put_cause(&json, wait->cause, err));
    if (wait->answer)
        put_position(&json, wait);
    else
        put_text(&json, "position", NULL);
    json_name(&json, "deadline_at");
    waits->deadline_us ? json_instant(&json, waits->deadline_us) : json_null(&json);
    json_end_object(&json);
    cli_json_line(&json);
    return true;
}

static void
tell_people(struct cli *cli, const struct waits *waits, const struct wait *wait)
{
    char deadline[INSTANT_TEXT_BYTES] = "none";
    if (waits->deadline_us)
        instant_format(waits->deadline_us, deadline);
    if (!wait->answer) {
        printf("for its shopper, until %s\n", deadline);
        return;
    }
    printf("for %s", topics[wait->answer->events[0]].name);
    for (uint32_t i = 1; i < NAMES_MAX && wait->answer->events[i] != EV_NONE; i++)
        printf(" or %s", topics[wait->answer->events[i]].name);
    printf(" of %s: %s", wait->answer->service, says(wait));
    if (wait->cause && wait->cause->is_found)
        printf("; its cause is %s/%d/%lld, it stands at %s", topics[wait->cause->type].name,
               wait->cause->partition, (long long)wait->cause->offset,
               wait->next_offset < 0 ? "?" : cli_number(cli, wait->next_offset));
    printf("\n");
}

static bool
tell(struct cli *cli, const struct waits *waits, struct error *err)
{
    for (uint32_t i = 0; i < waits->count; i++)
        if (cli->json)
            TRY(tell_json(cli, waits, &waits->items[i], err));
        else
            tell_people(cli, waits, &waits->items[i]);
    if (waits->is_over && !cli->json)
        printf("for nothing: it is over\n");
    return true;
}

/* ---- the command ---------------------------------------------------------------------------- */

static enum cli_status
run_waits(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    struct waits waits = { 0 };
    bool is_known = trace_read(cli, args->words[0], &waits.trace, &err);
    bool is_good = is_known && find_answers(cli, &waits, &err) &&
                   find_places(cli, &waits, &err) && tell(cli, &waits, &err);

    services_close();
    if (!is_known && err.class == ERROR_REFUSED)
        return cli_refuse(cli, "order_not_found", "%s", err.message);
    return is_good ? CLI_DONE : cli_fail(cli, &err);
}

const struct command waits_command = {
    .name = "waits",
    .words = "ORDER",
    .summary = "what an order that is not over waits for, and where that one stands",
    .details = "not_read: the service has not come to the cause yet.  read: it has, and its\n"
               "answer is on its way, or it stands still.  parked: it could not handle it (jumun\n"
               "dead-letters preview).  no_members: it is not running.  shopper: nothing is open,\n"
               "the shopper's step is awaited.\n\n"
               "Examples:\n  jumun waits 0190f3c2-0000-7000-8000-000000000000",
    .flags = no_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_waits,
};
