/* cancel.c — finds whose order it is, publishes, waits for its rest.  Contract: cancel.h */
#include "cli/cancel.h"
#include "base/instant.h"
#include "cli/action.h"
#include "cli/facts.h"
#include "cli/positions.h"
#include "cli/reading.h"
#include "jumun_cli_sql.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FRESH_US_MAX  (2 * INT64_C(1000000)) /* as long as the bridge waits before it says "there is none" */
#define LOOK_AGAIN_MS 50
#define POLL_MS       200

enum column { CUSTOMER, STATUS, AT_REST };

struct target {
    const char *order_id;
    char customer[65]; /* "": not known yet */
    char status[16];   /* "": not known */
    bool at_rest, is_known; /* to the read model */
    bool is_named_twice;    /* OrderRequested names several customers, and stock has not said whose it is */
};

/* ---- the read model ----------------------------------------------------------------------------- */

static bool
look_up(struct cli *cli, struct target *target, struct error *err)
{
    struct pg *pg;
    struct pg_params params;
    PG_RESULT struct pg_result rows = { 0 };
    TRY(service_connect(cli, (uint32_t)service_index("timeline"), &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, target->order_id);
    TRY(pg_run(pg, SQL_CANCEL_ORDER, &params, PG_ROW_OR_NONE, &rows, err));
    target->is_known = rows.row_count == 1;
    if (!target->is_known)
        return true;
    if (*pg_text(&rows, 0, CUSTOMER))
        snprintf(target->customer, sizeof target->customer, "%s", pg_text(&rows, 0, CUSTOMER));
    snprintf(target->status, sizeof target->status, "%s", pg_text(&rows, 0, STATUS));
    target->at_rest = pg_bool(&rows, 0, AT_REST);
    return true;
}

/* What it has not read yet begins where it stands. */
static bool
is_past(struct cli *cli, struct reading *reading, bool *past, struct error *err)
{
    uint32_t timeline = (uint32_t)service_index("timeline");
    struct positions positions = { 0 };
    *past = true;
    TRY(positions_read(cli, timeline, &positions, err));
    for (uint32_t i = 0; i < reading->count; i++) {
        struct reading_partition *at = &reading->items[i];
        const struct position *position =
            positions_find(&positions, timeline, at->type, at->partition);
        if (position && position->next_offset > at->first)
            at->next = position->next_offset;
        if (at->type == EV_ORDER_REQUESTED && at->next < at->end)
            *past = false;
    }
    return true;
}

/* *past: all that was asked for before this command began is known to the read model. */
static bool
await_fresh(struct cli *cli, struct reading *reading, bool *past, struct error *err)
{
    int64_t until_us = monotonic_now_us() + FRESH_US_MAX;
    for (;;) {
        struct arena_mark mark = arena_mark(cli->arena);
        TRY(is_past(cli, reading, past, err));
        arena_rewind(cli->arena, mark);
        if (*past || monotonic_now_us() > until_us || cli_stopped())
            return true;
        nanosleep(&(struct timespec){ .tv_nsec = LOOK_AGAIN_MS * 1000000L }, NULL);
    }
}

/* ---- the topics --------------------------------------------------------------------------------- */

/* Whom stock has named it belongs to; before that, who asked for it, if that was only one. */
static void
take_name(struct target *target, const struct event *event, bool *is_sure)
{
    const char *name = event->type == EV_STOCK_RESERVED ? event->as.stock_reserved.customer_id.text
                       : event->type == EV_STOCK_REJECTED
                           ? event->as.stock_rejected.customer_id.text
                           : event->as.order_requested.customer_id.text;
    if (*is_sure)
        return;
    *is_sure = event->type != EV_ORDER_REQUESTED;
    target->is_named_twice = !*is_sure && target->customer[0] != '\0' &&
                             (target->is_named_twice || strcmp(target->customer, name) != 0);
    snprintf(target->customer, sizeof target->customer, "%s", name);
}

static void
take_record(struct cli *cli, struct target *target, const struct kafka_record *record,
            enum event_type type, bool *is_sure)
{
    static struct event event;
    struct event_error wrong;
    size_t bytes = strlen(target->order_id);
    if (record->key_bytes != bytes || memcmp(record->key, target->order_id, bytes) != 0)
        return;
    struct arena_mark mark = arena_mark(cli->arena);
    if (record->value &&
        event_decode(cli->arena, type, record->value, record->value_bytes, &event, &wrong)) {
        event.type = type;
        if (strcmp(event_key(&event), target->order_id) == 0)
            take_name(target, &event, is_sure);
    }
    arena_rewind(cli->arena, mark);
}

static bool
search_topics(struct cli *cli, struct reading *reading, struct target *target, struct error *err)
{
    struct kafka_record record;
    enum event_type type = EV_NONE;
    bool is_sure = false;
    TRY(reading_start(cli, reading, err));
    while (!reading_is_done(reading)) {
        if (cli_stopped())
            return error_set(err, ERROR_REFUSED, "stopped: nothing was asked");
        enum kafka_polled polled = reading_poll(cli, reading, POLL_MS, &record, &type, err);
        if (polled == KAFKA_FAILED && err->class != ERROR_RETRY)
            return false;
        if (polled != KAFKA_RECORD)
            continue;
        take_record(cli, target, &record, type, &is_sure);
        kafka_record_release(&record);
    }
    return true;
}

/* Closing a reader that has read may hang (docs/decisions/0007): it is left to the end of the process. */
static void
leave(struct reading *reading)
{
    struct error ignored = { 0 };
    if (reading->reader)
        (void)!kafka_consumer_start(reading->reader, NULL, 0, &ignored);
}

static bool
find_in_topics(struct cli *cli, struct target *target, bool has_database, struct error *err)
{
    static const bool wanted[EV_COUNT] = { [EV_ORDER_REQUESTED] = true,
                                           [EV_STOCK_RESERVED] = true,
                                           [EV_STOCK_REJECTED] = true };
    struct error away = { 0 };
    struct reading reading;
    bool past = false;
    TRY(reading_open(cli, wanted, &reading, err));
    if (has_database && await_fresh(cli, &reading, &past, &away) && past)
        past = look_up(cli, target, &away);
    bool ok = (past && target->customer[0] == '\0' && !target->is_known) || target->customer[0] ||
              search_topics(cli, &reading, target, err);
    leave(&reading);
    return ok;
}

/* ---- the command -------------------------------------------------------------------------------- */

static bool
find(struct cli *cli, const struct args *args, struct target *target, struct error *err)
{
    struct error away = { 0 };
    const char *given = args_text(args, "customer");
    bool has_database = look_up(cli, target, &away);
    if (target->customer[0] == '\0' && given)
        snprintf(target->customer, sizeof target->customer, "%.64s", given);
    return target->customer[0] || find_in_topics(cli, target, has_database, err);
}

/* A terminal status is never stale; everything else is for the service order to decide. */
static enum cli_status
judge(struct cli *cli, const struct target *target)
{
    if (strcmp(target->status, "PAID") == 0)
        return cli_refuse(cli, "already_paid", "order %s is paid", target->order_id);
    if (strcmp(target->status, "CANCELLED") == 0)
        return cli_refuse(cli, "already_cancelled", "order %s is cancelled", target->order_id);
    if (strcmp(target->status, "SOLD_OUT") == 0)
        return cli_refuse(cli, "wrong_step", "order %s was sold out", target->order_id);
    if (target->customer[0] == '\0')
        return cli_refuse(cli, "order_not_found", "there is no order %s", target->order_id);
    if (target->is_named_twice)
        return cli_refuse(cli, "customer_unknown",
                          "several customers asked for order %s, and whose it is cannot be seen "
                          "now: --customer ID",
                          target->order_id);
    return CLI_DONE;
}

static bool
publish(struct cli *cli, const struct target *target, struct error *err)
{
    struct json_writer json;
    struct fact fact;
    struct facts facts = { 0 };
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    TRY(cli_put_text(&json, "order_id", target->order_id, err));
    TRY(cli_put_text(&json, "customer_id", target->customer, err));
    json_name(&json, "reason");
    json_text(&json, "OPERATOR");
    json_end_object(&json);
    TRY(fact_make(cli, EV_CANCEL_REQUESTED, json.bytes, json.length, NULL, &fact, err));
    facts_add(cli, &facts, &fact);
    TRY(facts_publish(cli, &facts, err));
    action_took_effect();
    return true;
}

/* Best effort: it is accepted, whatever can be seen of it. */
static void
await_rest(struct cli *cli, struct target *target, int64_t wait_s)
{
    struct error away = { 0 };
    int64_t until_us = monotonic_now_us() + wait_s * INT64_C(1000000);
    while (monotonic_now_us() < until_us && !cli_stopped() && look_up(cli, target, &away)) {
        bool is_over = strcmp(target->status, "PAID") == 0 ||
                       strcmp(target->status, "SOLD_OUT") == 0 ||
                       strcmp(target->status, "CANCELLED") == 0;
        if (is_over && target->at_rest)
            return;
        nanosleep(&(struct timespec){ .tv_nsec = LOOK_AGAIN_MS * 1000000L }, NULL);
    }
}

static void
tell(struct cli *cli, const struct target *target)
{
    struct json_writer json;
    if (!cli->json) {
        printf("order %s: cancel accepted%s%s%s\n", target->order_id,
               target->status[0] ? "; it is " : "", target->status,
               target->status[0] && !target->at_rest ? ", under way" : "");
        return;
    }
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    json_name(&json, "order_id");
    json_text(&json, target->order_id);
    json_name(&json, "status");
    if (target->status[0])
        json_text(&json, target->status);
    else
        json_null(&json);
    json_name(&json, "recorded");
    json_bool(&json, action_id() > 0);
    json_name(&json, "action_id");
    if (action_id() > 0)
        json_integer(&json, action_id());
    else
        json_null(&json);
    json_end_object(&json);
    cli_json_line(&json);
}

enum cli_status
cancel_as_operator(struct cli *cli, const struct args *args, int64_t wait_s)
{
    struct error err = { 0 };
    struct target target = { .order_id = args->words[0] };
    action_begin(cli, args, "cancel", target.order_id);
    if (!find(cli, args, &target, &err))
        return cli_fail(cli, &err);
    enum cli_status status = judge(cli, &target);
    if (status != CLI_DONE)
        return status;
    if (!publish(cli, &target, &err))
        return cli_fail(cli, &err);
    await_rest(cli, &target, wait_s);
    tell(cli, &target);
    services_close();
    return CLI_DONE;
}
