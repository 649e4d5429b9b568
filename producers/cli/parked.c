/* parked.c — what is parked, event by event: bytes, order, why it failed, how often it was tried.
 * Contract: dead_letters.h */
#include "cli/dead_letters.h"
#include "jumun_cli_sql.h"
#include "runtime/base64.h"
#include "runtime/redrive.h"
#include <string.h>

#define VALUE_MAX 2000

enum column {
    KEY_KIND, KEY, NTH, EVENTS, TOPIC, PARTITION, OFFSET, RECORDED_AT, HEADERS, RECORD_KEY, VALUE,
    REASON, DETAIL, ATTEMPTS, TRIED_AT, PARKED_AT
};

static struct preview *shown; /* of this run */

/* ---- for people ----------------------------------------------------------------------------- */

static void
tell_key(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    int32_t attempts = pg_int32(rows, i, ATTEMPTS);
    printf("%s %s of %s: %lld events, the first tried %d of %d times%s\n",
           pg_text(rows, i, KEY_KIND), cli_safe(cli, pg_text(rows, i, KEY)), services[service].name,
           (long long)pg_int64(rows, i, EVENTS), attempts, REDRIVE_ATTEMPTS_MAX,
           attempts >= REDRIVE_ATTEMPTS_MAX ? ": not without --force" : "");
}

static void
tell_event(struct cli *cli, const struct pg_result *rows, uint32_t i)
{
    struct pg_bytes value = pg_bytes(rows, i, VALUE);
    printf("%4lld  %s/%d/%lld  of %s  parked %s  tried %d\n      %s: %s\n      %s\n",
           (long long)pg_int64(rows, i, NTH), pg_text(rows, i, TOPIC), pg_int32(rows, i, PARTITION),
           (long long)pg_int64(rows, i, OFFSET), at_text(cli, pg_time(rows, i, RECORDED_AT)),
           at_text(cli, pg_time(rows, i, PARKED_AT)), pg_int32(rows, i, ATTEMPTS),
           cli_safe(cli, pg_text(rows, i, REASON)), cli_safe(cli, pg_text(rows, i, DETAIL)),
           value.bytes ? cli_safe_bytes(cli, value.bytes, value.count, VALUE_MAX) : "(no value)");
}

/* ---- for programs --------------------------------------------------------------------------- */

static void
put_base64(struct cli *cli, struct json_writer *json, const char *name, struct pg_bytes bytes)
{
    json_name(json, name);
    if (!bytes.bytes) {
        json_null(json);
        return;
    }
    char *text = arena_take(cli->arena, BASE64_BYTES((size_t)bytes.count) + 1);
    json_text_bytes(json, text, base64_encode(bytes.bytes, bytes.count, text));
}

static void
put_text(struct json_writer *json, const char *name, const char *text)
{
    json_name(json, name);
    json_text(json, text);
}

static void
put_number(struct json_writer *json, const char *name, int64_t number)
{
    json_name(json, name);
    json_integer(json, number);
}

static void
put_place(struct json_writer *json, const struct pg_result *rows, uint32_t i)
{
    put_number(json, "order", pg_int64(rows, i, NTH));
    put_text(json, "topic", pg_text(rows, i, TOPIC));
    put_number(json, "partition", pg_int32(rows, i, PARTITION));
    put_number(json, "offset", pg_int64(rows, i, OFFSET));
    json_name(json, "at");
    json_instant(json, pg_time(rows, i, RECORDED_AT));
}

static void
put_failure(struct json_writer *json, const struct pg_result *rows, uint32_t i)
{
    json_name(json, "parked_at");
    json_instant(json, pg_time(rows, i, PARKED_AT));
    put_text(json, "reason", pg_text(rows, i, REASON));
    put_text(json, "detail", pg_text(rows, i, DETAIL));
    put_number(json, "attempts", pg_int32(rows, i, ATTEMPTS));
    put_number(json, "attempts_max", REDRIVE_ATTEMPTS_MAX);
    json_name(json, "tried_at");
    if (pg_is_null(rows, i, TRIED_AT))
        json_null(json);
    else
        json_instant(json, pg_time(rows, i, TRIED_AT));
}

static void
tell_event_json(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    struct json_writer json;
    struct pg_bytes value = pg_bytes(rows, i, VALUE), headers = pg_bytes(rows, i, HEADERS);
    json_writer_init(&json, cli->arena, 1024);
    json_begin_object(&json);
    put_text(&json, "service", services[service].name);
    put_text(&json, "key_kind", pg_text(rows, i, KEY_KIND));
    put_text(&json, "key", pg_text(rows, i, KEY));
    put_place(&json, rows, i);
    put_failure(&json, rows, i);
    put_text(&json, "value", cli_safe_bytes(cli, value.bytes, value.count, VALUE_MAX));
    put_base64(cli, &json, "record_key", pg_bytes(rows, i, RECORD_KEY));
    put_base64(cli, &json, "record_value", value);
    json_name(&json, "record_headers");
    json_raw(&json, headers.bytes, headers.count);
    json_end_object(&json);
    cli_json_line(&json);
}

/* ---- looking -------------------------------------------------------------------------------- */

static void
count_and_tell(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    bool is_first = pg_int64(rows, i, NTH) == 1;
    shown->events++;
    shown->keys += is_first;
    shown->beyond += is_first && pg_int32(rows, i, ATTEMPTS) >= REDRIVE_ATTEMPTS_MAX;
    if (cli->json) {
        tell_event_json(cli, service, rows, i);
        return;
    }
    if (is_first)
        tell_key(cli, service, rows, i);
    tell_event(cli, rows, i);
}

static bool
tell_service(struct cli *cli, const struct args *args, uint32_t service, struct error *err)
{
    struct pg *pg;
    struct pg_params params;
    PG_RESULT struct pg_result rows = { 0 };
    (void)args;
    TRY(service_connect(cli, service, &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, shown->selection.json);
    pg_param_int64(&params, shown->limit);
    TRY(pg_run(pg, SQL_PARKED_SHOW, &params, PG_ROWS, &rows, err));
    for (uint32_t i = 0; i < rows.row_count; i++)
        count_and_tell(cli, service, &rows, i);
    return true;
}

bool
preview_tell(struct cli *cli, const struct args *args, struct preview *preview, struct error *err)
{
    shown = preview;
    return each_service(cli, args, tell_service, err);
}

enum cli_status
run_preview(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    struct preview preview = { .limit = REDRIVE_KEYS_DEFAULT };
    if (!selection_read(cli, args, &preview.selection, &err) ||
        !args_integer(args, "limit", 1, REDRIVE_KEYS_MAX, &preview.limit, &err))
        return cli_misused(cli, "%s", err.message);
    if (!preview_tell(cli, args, &preview, &err))
        return cli_fail(cli, &err);
    if (preview.events == 0)
        return cli_refuse(cli, "nothing_parked", "nothing is parked%s",
                          preview.selection.is_empty ? "" : " that is like this");
    return CLI_DONE;
}
