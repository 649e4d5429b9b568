/* auditor.c — identity and order of events: P2, P8, P12; and who audits what.  Contract: auditor.h
 *
 *   decided     each ce_id once; it follows from its cause
 *   published   only what is decided, byte for byte, first occurrences in the order of decision */
#include "base/uuid.h"
#include "sim/auditor_private.h"
#include "sim/story.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct auditor *
auditor_new(struct arena *arena, const struct auditor_settings *settings)
{
    struct auditor *auditor = arena_take(arena, sizeof *auditor);

    auditor->arena = arena;
    auditor->settings = *settings;
    return auditor;
}

void
auditor_fail(struct auditor *auditor, const char *invariant, const char *format, ...)
{
    va_list arguments;

    if (auditor->invariant)
        return; /* the first one counts */
    auditor->invariant = invariant;
    va_start(arguments, format);
    vsnprintf(auditor->text, sizeof auditor->text, format, arguments);
    va_end(arguments);
}

const char *
auditor_invariant(const struct auditor *auditor)
{
    return auditor->invariant;
}

const char *
auditor_text(const struct auditor *auditor)
{
    return auditor->text;
}

uint64_t
auditor_sagas(const struct auditor *auditor)
{
    return auditor->sagas;
}

uint64_t
auditor_events(const struct auditor *auditor)
{
    return auditor->events;
}

/* ---- books ------------------------------------------------------------------------------------------- */

uint32_t
hash_of(struct text text, uint32_t seed)
{
    uint32_t hash = 2166136261u ^ seed;

    for (uint32_t i = 0; i < text.bytes; i++)
        hash = (hash ^ (uint8_t)text.at[i]) * 16777619u;
    return hash ^ hash >> 15;
}

struct audited_order *
order_named(struct auditor *auditor, struct text id)
{
    for (uint32_t i = 0; i < auditor->order_count; i++)
        if (text_is(id, auditor->orders[i].id))
            return &auditor->orders[i];
    if (!id.at || auditor->order_count == AUDITED_ORDERS)
        return NULL;
    struct audited_order *order = &auditor->orders[auditor->order_count++];
    text_copy(id, order->id, sizeof order->id);
    return order;
}

struct text
member(const struct decision *decision, const char *name)
{
    return reader_member(decision->frame.value, name);
}

int64_t
number(const struct decision *decision, const char *name)
{
    return text_number(member(decision, name));
}

/* ---- records ----------------------------------------------------------------------------------------- */

struct audited_record *
record_at(struct auditor *auditor, struct text topic, int64_t partition, int64_t offset)
{
    uint32_t bucket = hash_of(topic, (uint32_t)(partition * 7919 + offset)) % AUDITED_BUCKETS;

    for (struct audited_record *at = auditor->records[bucket]; at; at = at->next)
        if (at->seen.offset == offset && at->seen.partition == partition &&
            text_is(topic, at->seen.topic))
            return at;
    return NULL;
}

static struct audited_record *
add_record(struct auditor *auditor, const struct seen_record *seen)
{
    struct audited_record *record = arena_take(auditor->arena, sizeof *record);
    uint32_t bucket =
        hash_of(text_of(seen->topic), (uint32_t)(seen->partition * 7919 + seen->offset)) %
        AUDITED_BUCKETS;

    record->seen = *seen;
    record->next = auditor->records[bucket];
    auditor->records[bucket] = record;
    return record;
}

/* An event is known by its source and its ce_id, as CloudEvents says: coupon and order may both say
 * CouponRejected because of one StockReserved. */

/* ---- decided ----------------------------------------------------------------------------------------- */

static struct audited_event *
event_of(struct auditor *auditor, const char *service, const char *ce_id)
{
    struct audited_event *event =
        auditor->events_by_id[hash_of(text_of(ce_id), 0) % AUDITED_BUCKETS];

    while (event && (strcmp(event->ce_id, ce_id) != 0 || strcmp(event->service, service) != 0))
        event = event->next;
    return event;
}

static struct audited_chain *
chain_of(struct auditor *auditor, const char *service, struct text topic, struct text key)
{
    uint32_t bucket = hash_of(key, hash_of(topic, (uint32_t)service[0])) % AUDITED_BUCKETS;
    struct audited_chain *chain = auditor->chains[bucket];

    while (chain && !(strcmp(chain->service, service) == 0 && text_equals(chain->topic, topic) &&
                      text_equals(chain->key, key)))
        chain = chain->next;
    if (chain)
        return chain;
    chain = arena_take(auditor->arena, sizeof *chain);
    *chain = (struct audited_chain){ service, topic, key, 0, 0, -1, auditor->chains[bucket] };
    auditor->chains[bucket] = chain;
    return chain;
}

/* The contract: version 5 of the cause's id, the event's type, and its ordinal. */
static void
check_identity(const struct decision *decision)
{
    const struct frame_seen *frame = &decision->frame;
    struct audited_record *cause = record_of_cause(decision->auditor, frame->cause);
    struct uuid of;
    char name[80], expected[UUID_TEXT_BYTES];

    if (!cause || !cause->seen.ce_id || !uuid_parse(cause->seen.ce_id, 36, &of))
        return;
    for (int ordinal = 0; ordinal < 24; ordinal++) {
        int bytes = snprintf(name, sizeof name, "%.*s/%d", (int)frame->topic.bytes, frame->topic.at,
                             ordinal);
        uuid_format(uuid_v5(of, name, (size_t)bytes), expected);
        if (strcmp(expected, frame->ce_id) == 0)
            return;
    }
    FAIL(decision, "P2", "the ce_id of a %.*s does not follow from its cause %.*s",
         (int)frame->topic.bytes, frame->topic.at, (int)frame->cause.bytes, frame->cause.at);
}

static void
check_time(const struct decision *decision)
{
    struct audited_record *cause = record_of_cause(decision->auditor, decision->frame.cause);

    if (cause && cause->seen.at_us != decision->frame.at_us)
        FAIL(decision, "P2", "a %.*s is not of the time of its cause",
             (int)decision->frame.topic.bytes, decision->frame.topic.at);
}

/* What one partition holds of a key is handled in its order, parked or not. */
static void
check_sequence(const struct decision *decision)
{
    const struct frame_seen *frame = &decision->frame;
    struct audited_record *cause = record_of_cause(decision->auditor, frame->cause);
    struct text place = frame->cause;

    while (place.bytes > 0 && place.at[place.bytes - 1] != '/')
        place.bytes--;
    if (!cause)
        return;
    struct audited_chain *chain = chain_of(decision->auditor, decision->service, place,
                                           (struct text){ cause->seen.key, cause->seen.key_bytes });
    if (cause->seen.offset < chain->handled)
        FAIL(decision, "P9", "%s handled %.*s after number %lld of the same key", decision->service,
             (int)frame->cause.bytes, frame->cause.at, (long long)chain->handled);
    chain->handled = cause->seen.offset;
}

static void
book(struct decision *decision)
{
    struct auditor *auditor = decision->auditor;
    const struct frame_seen *frame = &decision->frame;
    uint32_t bucket = hash_of(text_of(frame->ce_id), 0) % AUDITED_BUCKETS;

    if (event_of(auditor, decision->service, frame->ce_id)) {
        FAIL(decision, "P2", "%s decided the %.*s %s twice", decision->service,
             (int)frame->topic.bytes, frame->topic.at, frame->ce_id);
        return;
    }
    struct audited_event *event = arena_take(auditor->arena, sizeof *event);
    event->chain = chain_of(auditor, decision->service, frame->topic, frame->key);
    memcpy(event->ce_id, frame->ce_id, sizeof event->ce_id);
    event->service = decision->service;
    event->topic = frame->topic;
    event->key = frame->key;
    event->value = frame->value;
    event->partition = frame->partition;
    event->place = event->chain->decided++;
    event->next = auditor->events_by_id[bucket];
    auditor->events_by_id[bucket] = event;
}

static const struct {
    const char *service;
    void (*decided)(struct decision *decision);
    void (*rows)(struct auditor *auditor, const struct rows *rows);
} audits[] = {
    { "stock", on_stock_decided, check_stock_rows },
    { "coupon", on_coupon_decided, check_coupon_rows },
    { "order", on_order_decided, NULL },
    { "payment", on_payment_decided, check_payment_rows },
    { "export", on_export_decided, NULL },
    { "partner", on_partner_decided, NULL },
};

/* What comes behind a parked event of its key waits for it. */
static void
check_waiting(const struct decision *decision, const struct rows *rows)
{
    struct audited_record *cause = record_of_cause(decision->auditor, decision->frame.cause);

    if (cause && rows && !decision->frame.is_handed_back &&
        rows_is_parked(rows, cause->seen.key, cause->seen.key_bytes))
        FAIL(decision, "P9", "%s decided %.*s, of whose key an event is parked", decision->service,
             (int)decision->frame.cause.bytes, decision->frame.cause.at);
}

static void
audit_one(struct decision *decision, const struct rows *rows)
{
    decision->auditor->events++;
    if (story_is_told)
        story_write(decision->frame.at_us, "%-8s decides %.*s because of %.*s: %.*s",
                    decision->service, (int)decision->frame.topic.bytes, decision->frame.topic.at,
                    (int)decision->frame.cause.bytes, decision->frame.cause.at,
                    (int)decision->frame.value.bytes, decision->frame.value.at);
    decision->order = order_named(decision->auditor, member(decision, "order_id"));
    book(decision);
    check_cause(decision);
    check_time(decision);
    if (text_is(decision->frame.topic, "DeadLetter")) {
        on_letter_decided(decision);
        return;
    }
    check_identity(decision);
    check_sequence(decision);
    check_waiting(decision, rows);
    for (size_t i = 0; i < sizeof audits / sizeof *audits; i++)
        if (strcmp(audits[i].service, decision->service) == 0)
            audits[i].decided(decision);
}

/* The events of a transaction in the order they were decided, whatever row holds them. */
#define DECIDED_MAX 512

static uint32_t
collect(const struct decided_frames *decided, uint32_t count, struct frame_seen *out)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct text rest = { decided[i].bytes, decided[i].count };
        while (found < DECIDED_MAX && reader_frame(&rest, &out[found]))
            out[found++].is_handed_back = decided[i].is_handed_back;
    }
    for (uint32_t i = 1; i < found; i++)
        for (uint32_t j = i; j > 0 && out[j - 1].seq > out[j].seq; j--) {
            struct frame_seen swapped = out[j];
            out[j] = out[j - 1];
            out[j - 1] = swapped;
        }
    return found;
}

void
auditor_committed(struct auditor *auditor, const char *service,
                  const struct decided_frames *decided, uint32_t count, const struct rows *rows)
{
    struct frame_seen frames[DECIDED_MAX];
    uint32_t found = collect(decided, count, frames);

    for (uint32_t i = 0; i < found && !auditor->invariant; i++)
        audit_one(&(struct decision){ auditor, service, frames[i], NULL }, rows);
    for (size_t i = 0; rows && i < sizeof audits / sizeof *audits; i++)
        if (audits[i].rows && strcmp(audits[i].service, service) == 0)
            audits[i].rows(auditor, rows);
}

/* ---- published --------------------------------------------------------------------------------------- */

static void
check_published(struct auditor *auditor, const struct seen_record *record)
{
    struct audited_event *event =
        record->ce_id ? event_of(auditor, record->from, record->ce_id) : NULL;
    struct text key = { record->key, record->key_bytes };
    struct text value = { record->value, record->value_bytes };

    if (!event) {
        auditor_fail(auditor, "P12", "%s published a %s that no transaction decided", record->from,
                     record->topic);
        return;
    }
    if (!text_is(event->topic, record->topic) || !text_equals(event->value, value) ||
        (event->key.at && !text_equals(event->key, key))) {
        auditor_fail(auditor, "P12", "%s published a %s otherwise than it was decided",
                     record->from, record->topic);
        return;
    }
    if (event->is_published)
        return;
    event->is_published = true;
    bool is_letter = text_is(event->topic, "DeadLetter"); /* its key is no order's */
    if (auditor->settings.keeps_order && !is_letter && event->place != event->chain->published)
        auditor_fail(auditor, "P8", "%s: %s number %u of %.*s was published as number %u",
                     record->from, record->topic, event->place, (int)key.bytes, key.at,
                     event->chain->published);
    event->chain->published++;
}

static bool
is_by_service(const struct seen_record *record)
{
    return strcmp(record->from, "shopper") != 0 && strcmp(record->from, "nemesis") != 0;
}

void
auditor_expect_bad(struct auditor *auditor, uint32_t consumers)
{
    auditor->bad_due = consumers;
}

void
auditor_appended(struct auditor *auditor, const struct seen_record *seen)
{
    struct audited_record *record = add_record(auditor, seen);

    record->letters_due = auditor->bad_due;
    record->is_bad = auditor->bad_due > 0;
    auditor->bad_due = 0;
    if (record->is_bad)
        return;
    if (is_by_service(seen))
        check_published(auditor, seen);
    take_fact(auditor, seen);
    take_seen(auditor, seen);
}
