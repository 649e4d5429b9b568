/* trace.c — reading the story, finding its events in their topics.  Contract: trace.h */
#include "cli/trace.h"
#include "base/instant.h"
#include "base/uuid.h"
#include "cli/positions.h"
#include "json/json_read.h"
#include "jumun_cli_sql.h"
#include <string.h>

#define POLL_MS 100

/* ---- the story ------------------------------------------------------------------------------ */

static const char *
text_of(struct cli *cli, const struct json_doc *doc, uint32_t object, const char *name)
{
    uint32_t at = json_member(doc, object, name);
    return at == JSON_NONE || doc->nodes[at].type != JSON_STRING
               ? ""
               : arena_text(cli->arena, doc->nodes[at].text, doc->nodes[at].text_bytes);
}

static int64_t
number_of(const struct json_doc *doc, uint32_t object, const char *name)
{
    uint32_t at = object == JSON_NONE ? JSON_NONE : json_member(doc, object, name);
    return at == JSON_NONE || doc->nodes[at].type != JSON_INTEGER ? 0 : doc->nodes[at].integer;
}

static void
take_event(struct cli *cli, const struct json_doc *doc, uint32_t object, struct traced *out)
{
    uint32_t data = json_member(doc, object, "data");
    bool has_data = data != JSON_NONE && doc->nodes[data].type == JSON_OBJECT;
    *out = (struct traced){ .type = event_type_of(text_of(cli, doc, object, "event")),
                            .seq = number_of(doc, object, "seq"),
                            .attempt = number_of(doc, has_data ? data : JSON_NONE, "attempt"),
                            .event_id = text_of(cli, doc, object, "event_id"),
                            .at = text_of(cli, doc, object, "at") };
    if (!instant_parse(out->at, strlen(out->at), &out->at_us))
        out->at_us = 0;
    if (has_data)
        out->data = arena_text(cli->arena, doc->bytes + doc->nodes[data].start,
                               out->data_bytes = doc->nodes[data].bytes);
}

static bool
take_row(struct cli *cli, struct pg_bytes events, struct trace *out, struct error *err)
{
    struct json_doc doc;
    struct json_error wrong;
    if (!json_parse(cli->arena, events.bytes, events.count, &doc, &wrong) ||
        doc.nodes[0].type != JSON_ARRAY)
        return error_set(err, ERROR_FATAL, "the story of %s cannot be read", out->order_id);
    uint32_t at = 1;
    for (uint32_t i = 0; i < doc.nodes[0].count && out->count < TRACE_EVENTS_MAX; i++) {
        if (doc.nodes[at].type == JSON_OBJECT)
            take_event(cli, &doc, at, &out->items[out->count++]);
        at = doc.nodes[at].next;
    }
    return true;
}

bool
trace_read(struct cli *cli, const char *order_id, struct trace *out, struct error *err)
{
    PG_RESULT struct pg_result rows = { 0 };
    struct pg_params params;
    struct uuid id;
    struct pg *pg;

    *out = (struct trace){ .order_id = order_id };
    out->items = arena_take(cli->arena, TRACE_EVENTS_MAX * sizeof *out->items);
    if (!uuid_parse(order_id, strlen(order_id), &id))
        return error_set(err, ERROR_REFUSED, "an order's id is a UUID in lower case");
    TRY(service_connect(cli, (uint32_t)service_index("timeline"), &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, order_id);
    TRY(pg_run(pg, SQL_TRACE_EVENTS, &params, PG_ROWS, &rows, err));
    for (uint32_t i = 0; i < rows.row_count; i++)
        TRY(take_row(cli, pg_bytes(&rows, i, 0), out, err));
    return out->count > 0 ||
           error_set(err, ERROR_REFUSED, "the read model does not know %s", order_id);
}

void
trace_types(const struct trace *trace, bool wanted[EV_COUNT])
{
    for (uint32_t i = 0; i < trace->count; i++)
        if (trace->items[i].type != EV_NONE && topics[trace->items[i].type].has_topic)
            wanted[trace->items[i].type] = true;
}

/* ---- their places --------------------------------------------------------------------------- */

/* One event of each type at a time: those of one type may lie minutes apart. */
struct pass {
    struct traced *sought[EV_COUNT];
    uint32_t open;
};

static bool
seek(struct cli *cli, struct reading *reading, const struct traced *event, struct error *err)
{
    uint32_t first = reading->first_of[event->type], count = reading->partitions_of[event->type];
    struct kafka_partition *at = arena_take(cli->arena, (count + 1) * sizeof *at);

    for (uint32_t p = 0; p < count; p++)
        at[p] = (struct kafka_partition){ cli_topic(cli, event->type), (int32_t)p, 0 };
    TRY(kafka_offsets(reading->reader, event->at_us / 1000, at, count, err));
    for (uint32_t p = 0; p < count; p++)
        reading->items[first + p].next =
            at[p].offset < 0 ? reading->items[first + p].end : at[p].offset;
    return true;
}

static bool
begin_pass(struct cli *cli, struct trace *trace, struct reading *reading, struct pass *pass,
           bool *tried, struct error *err)
{
    *pass = (struct pass){ .open = 0 };
    for (uint32_t i = 0; i < reading->count; i++)
        reading->items[i].next = reading->items[i].end;
    for (uint32_t i = 0; i < trace->count; i++) {
        struct traced *event = &trace->items[i];
        bool can_be = event->type != EV_NONE && reading->partitions_of[event->type] > 0;
        if (tried[i] || !can_be || pass->sought[event->type])
            continue;
        tried[i] = true;
        pass->sought[event->type] = event;
        pass->open++;
        TRY(seek(cli, reading, event, err));
    }
    return true;
}

static const struct kafka_header *
header_named(const struct kafka_header *headers, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(headers[i].name, name) == 0 && headers[i].value)
            return &headers[i];
    return NULL;
}

static const char *
header_text(struct cli *cli, const struct kafka_header *header)
{
    return header ? arena_text(cli->arena, header->value, header->value_bytes) : NULL;
}

static void
meet(struct cli *cli, const struct trace *trace, struct pass *pass,
     const struct kafka_record *record, enum event_type type)
{
    struct traced *event = type == EV_NONE ? NULL : pass->sought[type];
    struct kafka_header headers[KAFKA_HEADERS_MAX];

    if (!event || !record->key || record->key_bytes != strlen(trace->order_id) ||
        memcmp(record->key, trace->order_id, record->key_bytes) != 0)
        return;
    uint32_t count = kafka_record_headers(record, headers);
    const struct kafka_header *id = header_named(headers, count, "ce_id");
    if (record->at_ms != event->at_us / 1000 ||
        (id && (id->value_bytes != strlen(event->event_id) ||
                memcmp(id->value, event->event_id, id->value_bytes) != 0)))
        return;
    event->is_found = true;
    event->partition = record->partition;
    event->offset = record->offset;
    event->source = header_text(cli, header_named(headers, count, "ce_source"));
    event->cause = header_text(cli, header_named(headers, count, "jumun-cause"));
    pass->sought[type] = NULL;
    pass->open--;
}

static bool
run_pass(struct cli *cli, const struct trace *trace, struct reading *reading, struct pass *pass,
         struct error *err)
{
    int64_t until_us = monotonic_now_us() + TRACE_WAIT_MS * INT64_C(1000);
    uint32_t records = 0;

    TRY(reading_start(cli, reading, err));
    while (pass->open > 0 && !reading_is_done(reading) && records < TRACE_RECORDS_MAX &&
           monotonic_now_us() < until_us && !cli_stopped()) {
        struct kafka_record record;
        enum event_type type = EV_NONE;
        enum kafka_polled polled = reading_poll(cli, reading, POLL_MS, &record, &type, err);
        if (polled == KAFKA_FAILED && err->class != ERROR_RETRY)
            return false;
        if (polled != KAFKA_RECORD)
            continue;
        records++;
        meet(cli, trace, pass, &record, type);
        kafka_record_release(&record);
    }
    return true;
}

bool
trace_find(struct cli *cli, struct trace *trace, struct reading *reading, struct error *err)
{
    bool *tried = arena_take(cli->arena, trace->count * sizeof *tried + 1);
    struct pass pass;

    for (;;) {
        TRY(begin_pass(cli, trace, reading, &pass, tried, err));
        if (pass.open == 0) /* all were tried */
            return true;
        TRY(run_pass(cli, trace, reading, &pass, err));
    }
}
