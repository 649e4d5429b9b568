/* waits.c — jumun waits ORDER: what an order that is not over waits for, and where that one stands.
 *
 *   open      what the read model says is open of it
 *   answers   which events can come next, of which service, caused by which: waits_open.c
 *   place     where that service stands in the topic of the cause
 *   telling   waits_tell.c */
#include "base/instant.h"
#include "cli/positions.h"
#include "cli/waits.h"
#include "jumun_cli_sql.h"
#include <string.h>

enum column {
    STATUS, AT_REST, COUPON_OPEN, SHIPPING_OPEN, PAYMENT_OPEN, CANCEL_OPEN, STOCK_BACK, COUPON_BACK,
    PAYMENT_BACK, EXPORT, DEADLINE
};

/* ---- open ------------------------------------------------------------------------------------ */

static struct order_open
open_of(struct cli *cli, const struct pg_result *row)
{
    if (row->row_count == 0) /* only requests were seen: stock has not answered */
        return (struct order_open){ .status = "REQUESTED", .export = "NONE" };
    return (struct order_open){
        .status = arena_printf(cli->arena, "%s", pg_text(row, 0, STATUS)),
        .export = arena_printf(cli->arena, "%s", pg_text(row, 0, EXPORT)),
        .is_at_rest = pg_bool(row, 0, AT_REST),
        .coupon = pg_bool(row, 0, COUPON_OPEN),
        .shipping = pg_bool(row, 0, SHIPPING_OPEN),
        .payment = pg_bool(row, 0, PAYMENT_OPEN),
        .cancel = pg_bool(row, 0, CANCEL_OPEN),
        .stock_back = pg_bool(row, 0, STOCK_BACK),
        .coupon_back = pg_bool(row, 0, COUPON_BACK),
        .payment_back = pg_bool(row, 0, PAYMENT_BACK),
        .deadline_us = pg_is_null(row, 0, DEADLINE) ? 0 : pg_time(row, 0, DEADLINE),
    };
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
    waits->open = open_of(cli, &row);
    waits_find(waits, cli->arena, instant_now_us());
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

/* ---- the command ---------------------------------------------------------------------------- */

static enum cli_status
run_waits(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    struct waits waits = { 0 };
    bool is_known = trace_read(cli, args->words[0], &waits.trace, &err);
    bool is_good = is_known && find_answers(cli, &waits, &err) &&
                   find_places(cli, &waits, &err) && waits_tell(cli, &waits, &err);

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
               "the shopper's step is awaited.  --json: one object, also for an order that waits\n"
               "for nothing, with whether it is at rest.\n\n"
               "Examples:\n  jumun waits 0190f3c2-0000-7000-8000-000000000000",
    .flags = no_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_waits,
};
