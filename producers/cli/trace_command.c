/* trace_command.c — jumun trace ORDER: the raw events of an order, each with its place and its cause. */
#include "cli/positions.h"
#include "cli/trace.h"
#include <string.h>

#define SOURCE_OURS "/jumun/"

/* ---- telling -------------------------------------------------------------------------------- */

static const char *
service_of(const struct traced *event)
{
    size_t prefix = strlen(SOURCE_OURS);
    return event->source && strncmp(event->source, SOURCE_OURS, prefix) == 0
               ? event->source + prefix
               : NULL;
}

static void
put_number(struct json_writer *json, const char *name, bool is_known, int64_t number)
{
    json_name(json, name);
    is_known ? json_integer(json, number) : json_null(json);
}

static bool
put_optional(struct json_writer *json, const char *name, const char *text, struct error *err)
{
    if (text)
        return cli_put_text(json, name, text, err);
    json_name(json, name);
    json_null(json);
    return true;
}

bool
trace_put(struct json_writer *json, struct cli *cli, const struct traced *event, struct error *err)
{
    json_begin_object(json);
    json_name(json, "event");
    json_text(json, topics[event->type].name);
    TRY(cli_put_text(json, "event_id", event->event_id, err));
    TRY(cli_put_text(json, "at", event->at, err));
    put_number(json, "seq", true, event->seq);
    TRY(put_optional(json, "service", service_of(event), err));
    TRY(put_optional(json, "topic", event->is_found ? cli_topic(cli, event->type) : NULL, err));
    put_number(json, "partition", event->is_found, event->partition);
    put_number(json, "offset", event->is_found, event->offset);
    TRY(put_optional(json, "cause", event->cause, err));
    put_number(json, "attempt", event->attempt > 0, event->attempt);
    json_name(json, "data");
    event->data ? json_raw(json, event->data, event->data_bytes) : json_null(json);
    json_end_object(json);
    return true;
}

static bool
tell_json(struct cli *cli, const struct traced *event, struct error *err)
{
    struct json_writer json;

    json_writer_init(&json, cli->arena, 1024);
    TRY(trace_put(&json, cli, event, err));
    cli_json_line(&json);
    return true;
}

static void
tell_people(struct cli *cli, const struct traced *event)
{
    const char *place = event->is_found
                            ? arena_printf(cli->arena, "%s/%d/%lld", topics[event->type].name,
                                           event->partition, (long long)event->offset)
                            : "not found in its topic";
    printf("%3lld  %s  %-34s %-10s caused by %s\n", (long long)event->seq, cli_safe(cli, event->at),
           place, service_of(event) ? cli_safe(cli, service_of(event)) : "-",
           event->cause ? cli_safe(cli, event->cause) : "whoever asked");
}

static bool
tell(struct cli *cli, const struct trace *trace, struct error *err)
{
    for (uint32_t i = 0; i < trace->count; i++)
        if (trace->items[i].type == EV_NONE)
            continue;
        else if (!cli->json)
            tell_people(cli, &trace->items[i]);
        else
            TRY(tell_json(cli, &trace->items[i], err));
    return true;
}

/* ---- the command ---------------------------------------------------------------------------- */

static bool
trace_order(struct cli *cli, const char *order_id, struct error *err)
{
    bool wanted[EV_COUNT] = { false };
    struct reading reading = { 0 };
    struct trace trace;

    TRY(trace_read(cli, order_id, &trace, err));
    trace_types(&trace, wanted);
    TRY(reading_open(cli, wanted, &reading, err));
    bool is_good = trace_find(cli, &trace, &reading, err);
    reading_close(&reading);
    return is_good && tell(cli, &trace, err);
}

static enum cli_status
run_trace(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    bool is_good = trace_order(cli, args->words[0], &err);

    services_close();
    if (!is_good && err.class == ERROR_REFUSED)
        return cli_refuse(cli, "order_not_found", "%s", err.message);
    return is_good ? CLI_DONE : cli_fail(cli, &err);
}

const struct command trace_command = {
    .name = "trace",
    .words = "ORDER",
    .summary = "where each event of an order lies, and what caused it",
    .details = "The story is the read model's; the places are found in the topics, by time and\n"
               "id.\n\n"
               "Examples:\n  jumun trace 0190f3c2-0000-7000-8000-000000000000\n"
               "  jumun trace 0190f3c2-0000-7000-8000-000000000000 --json",
    .flags = no_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_trace,
};
