/* audit_topics.c — asking where everything stands, reading, folding.  Contract: audit_topics.h */
#include "cli/audit_topics.h"
#include "base/instant.h"
#include "jumun_cli_sql.h"
#include "json/json_read.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS     200
#define ARENA_KEPT  (1u << 20)
#define PLACE_BYTES 64

/* ---- where everything stands ---------------------------------------------------------------- */

static bool
ask_parked(struct cli *cli, uint32_t service, struct names *parked, struct error *err)
{
    struct pg *pg;
    PG_RESULT struct pg_result rows = { 0 };
    TRY(service_connect(cli, service, &pg, err));
    TRY(pg_run(pg, SQL_PARKED_KEYS, NULL, PG_ROWS, &rows, err));
    for (uint32_t i = 0; i < rows.row_count; i++)
        names_index(parked, pg_text(&rows, i, 0));
    return true;
}

static void
place_positions(struct topics_proof *proof, uint32_t service, const struct positions *positions)
{
    struct reading *reading = &proof->reading;
    for (uint32_t i = 0; i < positions->count; i++) {
        const struct position *at = &positions->items[i];
        struct reading_partition *partition = reading_find(reading, at->topic, at->partition);
        if (!partition)
            continue;
        uint32_t cell = service * reading->count + (uint32_t)(partition - reading->items);
        proof->past[cell] = at->published_next;
        proof->next[cell] = at->next_offset;
    }
}

static bool
ask_services(struct cli *cli, struct topics_proof *proof, struct error *err)
{
    size_t cells = (size_t)SERVICE_COUNT * proof->reading.count;
    proof->past = arena_take(cli->arena, cells * sizeof *proof->past);
    proof->next = arena_take(cli->arena, cells * sizeof *proof->next);
    for (uint32_t service = 0; service < SERVICE_COUNT; service++) {
        struct positions positions = { 0 };
        TRY(positions_read(cli, service, &positions, err));
        TRY(ask_parked(cli, service, &proof->parked, err));
        place_positions(proof, service, &positions);
    }
    return true;
}

static bool
ask_ends(struct cli *cli, struct topics_proof *proof, struct error *err)
{
    struct reading *reading = &proof->reading;
    struct kafka_partition *at = arena_take(cli->arena, (reading->count + 1) * sizeof *at);
    for (uint32_t i = 0; i < reading->count; i++)
        at[i] = (struct kafka_partition){ cli_topic(cli, reading->items[i].type),
                                          reading->items[i].partition, KAFKA_OFFSET_NONE };
    TRY(kafka_offsets(reading->reader, KAFKA_OFFSET_END, at, reading->count, err));
    for (uint32_t i = 0; i < reading->count; i++)
        reading->items[i].end = at[i].offset;
    return true;
}

/* Nothing came in between, and every consumer has handled and published all there is. */
static bool
is_quiet(const struct topics_proof *proof)
{
    for (uint32_t i = 0; i < proof->reading.count; i++) {
        const struct reading_partition *at = &proof->reading.items[i];
        if (proof->settled[i] != at->end)
            return false;
        for (uint32_t service = 0; service < SERVICE_COUNT; service++) {
            bool consumes = topics[at->type].consumers & services[service].party;
            if (consumes && proof->past[service * proof->reading.count + i] < at->end &&
                at->end > at->first)
                return false;
        }
    }
    return true;
}

/* Topics are kept for ever; of one whose start is gone nothing can be proven. */
static bool
check_starts(const struct reading *reading, struct error *err)
{
    for (uint32_t i = 0; i < reading->count; i++)
        if (reading->items[i].first > 0 && reading->items[i].type != EV_DEAD_LETTER)
            return error_set(
                err, ERROR_REFUSED,
                "the start of %s/%d is gone (it begins at %lld): nothing can be proven from it",
                topics[reading->items[i].type].name, reading->items[i].partition,
                (long long)reading->items[i].first);
    return true;
}

/* In this order, see audit_judge.h: ends, positions, ends. */
static bool
look_around(struct cli *cli, struct topics_proof *proof, struct error *err)
{
    bool wanted[EV_COUNT];
    for (unsigned type = 0; type < EV_COUNT; type++)
        wanted[type] = topics[type].has_topic;
    TRY(reading_open(cli, wanted, &proof->reading, err));
    TRY(check_starts(&proof->reading, err));
    proof->settled = arena_take(cli->arena, (proof->reading.count + 1) * sizeof *proof->settled);
    for (uint32_t i = 0; i < proof->reading.count; i++)
        proof->settled[i] = proof->reading.items[i].end;
    TRY(ask_services(cli, proof, err));
    TRY(ask_ends(cli, proof, err));
    proof->is_quiet = is_quiet(proof);
    return true;
}

/* ---- dead letters --------------------------------------------------------------------------- */

/* The service whose refusal means that the event counts nowhere. */
static const char *
owner_of(enum event_type type)
{
    if (type == EV_BALANCE_CREDITED)
        return "payment";
    if (type == EV_STOCK_REPLENISHED || type == EV_ORDER_REQUESTED)
        return "stock";
    return type == EV_COUPON_ISSUED ? "coupon" : NULL;
}

static void
place_text(char out[PLACE_BYTES], enum event_type type, int64_t partition, int64_t offset)
{
    snprintf(out, PLACE_BYTES, "%d/%lld/%lld", (int)type, (long long)partition, (long long)offset);
}

static bool
integer_member(const struct json_doc *doc, const char *name, int64_t *out)
{
    uint32_t at = json_member(doc, 0, name);
    if (at == JSON_NONE || doc->nodes[at].type != JSON_INTEGER)
        return false;
    *out = doc->nodes[at].integer;
    return true;
}

static const char *
text_member(struct arena *arena, const struct json_doc *doc, const char *name)
{
    uint32_t at = json_member(doc, 0, name);
    bool is_text = at != JSON_NONE && doc->nodes[at].type == JSON_STRING;
    return is_text ? arena_text(arena, doc->nodes[at].text, doc->nodes[at].text_bytes) : "";
}

static bool
ends_in(const char *text, const char *end)
{
    size_t bytes = strlen(text), end_bytes = strlen(end);
    return bytes >= end_bytes && strcmp(text + bytes - end_bytes, end) == 0;
}

static void
keep_letter(struct cli *cli, struct arena *arena, const struct kafka_record *record,
            struct topics_proof *proof)
{
    struct json_doc doc;
    struct json_error wrong;
    int64_t partition, offset;
    char place[PLACE_BYTES];
    proof->dead_letters++;
    if (!record->value || !json_parse(arena, record->value, record->value_bytes, &doc, &wrong) ||
        doc.nodes[0].type != JSON_OBJECT)
        return;
    enum event_type type = cli_event_of(cli, text_member(arena, &doc, "topic"));
    const char *owner = owner_of(type);
    bool is_owners =
        owner && ends_in(text_member(arena, &doc, "group"), arena_printf(arena, "jumun-%s", owner));
    if (!is_owners || !integer_member(&doc, "partition", &partition) ||
        !integer_member(&doc, "offset", &offset))
        return;
    place_text(place, type, partition, offset);
    names_index(&proof->refused, place);
}

/* ---- reading -------------------------------------------------------------------------------- */

typedef void each_record(struct cli *cli, struct arena *arena, const struct kafka_record *record,
                         enum event_type type, struct topics_proof *proof);

static void
on_letter(struct cli *cli, struct arena *arena, const struct kafka_record *record,
          enum event_type type, struct topics_proof *proof)
{
    (void)type;
    keep_letter(cli, arena, record, proof);
}

/* A record without a body that decodes, or with another key than its body, is no event: it became a
 * dead letter, and counts nowhere. */
static bool
is_event(struct arena *arena, const struct kafka_record *record, enum event_type type,
         struct event *event)
{
    struct event_error wrong;
    if (!record->value ||
        !event_decode(arena, type, record->value, record->value_bytes, event, &wrong))
        return false;
    const char *key = event_key(event);
    return record->key && strlen(key) == record->key_bytes &&
           memcmp(key, record->key, record->key_bytes) == 0;
}

static void
on_event(struct cli *cli, struct arena *arena, const struct kafka_record *record,
         enum event_type type, struct topics_proof *proof)
{
    static struct event event;
    char place[PLACE_BYTES];
    (void)cli;
    proof->records++;
    if (!is_event(arena, record, type, &event)) {
        proof->not_events++;
        return;
    }
    event.source = (struct source){ type, record->partition, record->offset };
    if (proof->refused.count && owner_of(type)) {
        place_text(place, type, record->partition, record->offset);
        if (names_find(&proof->refused, place))
            return;
    }
    const struct reading_partition *at = reading_find(&proof->reading, type, record->partition);
    audit_fold(&proof->audit, &event, record->offset < proof->settled[at - proof->reading.items]);
}

static int64_t
left(const struct reading *reading)
{
    int64_t records = 0;
    for (uint32_t i = 0; i < reading->count; i++)
        records += reading->items[i].end - reading->items[i].next;
    return records;
}

/* Reads what is below the ends, of dead letters only or of everything else. */
static bool
read_through(struct cli *cli, struct topics_proof *proof, bool letters, each_record *each,
             struct error *err)
{
    struct kafka_record record;
    enum event_type type = EV_NONE;
    struct arena *arena = arena_new(ARENA_KEPT);
    for (uint32_t i = 0; i < proof->reading.count; i++) {
        struct reading_partition *at = &proof->reading.items[i];
        at->next = (at->type == EV_DEAD_LETTER) == letters ? at->first : at->end;
    }
    progress_begin(&proof->progress, letters ? "letters" : "topics", "records",
                   left(&proof->reading));
    bool is_good = reading_start(cli, &proof->reading, err);
    while (is_good && !reading_is_done(&proof->reading)) {
        enum kafka_polled polled = reading_poll(cli, &proof->reading, POLL_MS, &record, &type, err);
        is_good =
            polled != KAFKA_FAILED && (!cli_stopped() || error_set(err, ERROR_REFUSED, "stopped"));
        if (polled != KAFKA_RECORD)
            continue;
        const struct reading_partition *at = reading_find(&proof->reading, type, record.partition);
        if (at && record.offset < at->end && (type == EV_DEAD_LETTER) == letters)
            each(cli, arena, &record, type, proof);
        kafka_record_release(&record);
        arena_reset(arena, ARENA_KEPT);
        progress_add(cli, &proof->progress, 1);
    }
    progress_end(cli, &proof->progress);
    arena_free(arena);
    return is_good;
}

/* ---- judging -------------------------------------------------------------------------------- */

static bool
is_past(void *context, enum party party, enum event_type type, int32_t partition, int64_t offset)
{
    struct topics_proof *proof = context;
    const struct reading_partition *at = reading_find(&proof->reading, type, partition);
    for (uint32_t service = 0; at && service < SERVICE_COUNT; service++)
        if (services[service].party == (uint32_t)party)
            return proof->past[service * proof->reading.count +
                               (uint32_t)(at - proof->reading.items)] > offset;
    return false;
}

static bool
is_parked(void *context, struct uuid order_id)
{
    struct topics_proof *proof = context;
    char text[UUID_TEXT_BYTES];
    if (proof->parked.count == 0)
        return false;
    uuid_format(order_id, text);
    return names_find(&proof->parked, text) != 0;
}

bool
topics_prove(struct cli *cli, struct topics_proof *proof, struct error *err)
{
    const struct audit_context context = { proof, is_past, is_parked };
    int64_t began_us = monotonic_now_us();
    TRY(look_around(cli, proof, err));
    TRY(read_through(cli, proof, true, on_letter, err));
    TRY(read_through(cli, proof, false, on_event, err));
    audit_judge(&proof->audit, &context, &proof->orders);
    proof->seconds = (double)(monotonic_now_us() - began_us) / 1e6;
    return true;
}

void
topics_proof_free(struct topics_proof *proof)
{
    reading_close(&proof->reading);
    audit_free(&proof->audit);
    names_free(&proof->parked);
    names_free(&proof->refused);
}
