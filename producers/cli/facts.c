/* facts.c — making, sending, awaiting, telling.  Contract: facts.h */
#include "cli/facts.h"
#include "base/instant.h"
#include "cli/positions.h"
#include "runtime/cloudevents.h"
#include <stdio.h>
#include <string.h>

#define CE_SOURCE "/jumun/cli"
#define POLL_MS   50

/* ---- making --------------------------------------------------------------------------------- */

static bool
is_new_every_time(const struct fact *fact, const char *which)
{
    return !which && (fact->type == EV_PRODUCT_LISTED || fact->type == EV_COUPON_ISSUED);
}

static struct uuid
identity_of(struct cli *cli, const struct fact *fact, const char *which)
{
    if (is_new_every_time(fact, which))
        return uuid_v7(instant_now_us());
    const char *type = topics[fact->type].name;
    if (!which)
        which = "";
    size_t key_bytes = strlen(fact->key) + 1, type_bytes = strlen(type) + 1;
    size_t which_bytes = strlen(which) + 1;
    size_t bytes = key_bytes + type_bytes + which_bytes + fact->value_bytes;
    char *name = arena_take_raw(cli->arena, bytes);
    memcpy(name, fact->key, key_bytes);
    memcpy(name + key_bytes, type, type_bytes);
    memcpy(name + key_bytes + type_bytes, which, which_bytes);
    memcpy(name + bytes - fact->value_bytes, fact->value, fact->value_bytes);
    return uuid_v5(UUID_NAMESPACE_INTENT, name, bytes);
}

bool
fact_make(struct cli *cli, enum event_type type, const char *json, size_t bytes, const char *which,
          struct fact *out, struct error *err)
{
    struct event_error wrong = { .code = "" };
    static struct event event; /* large, and needed only until the key is known */
    if (!event_decode(cli->arena, type, json, bytes, &event, &wrong))
        return error_set(err, ERROR_REFUSED, "%s%s%s: %s (%s)", topics[type].name,
                         wrong.pointer[0] ? " " : "", wrong.pointer, wrong.detail, wrong.code);
    const char *key = event_key(&event);
    *out = (struct fact){ .type = type,
                          .key = arena_text(cli->arena, key, strlen(key)),
                          .value = json,
                          .value_bytes = (uint32_t)bytes,
                          .to_partition = -1,
                          .offset = -1 };
    out->ce_id = identity_of(cli, out, which);
    return true;
}

struct fact *
facts_add(struct cli *cli, struct facts *facts, const struct fact *fact)
{
    if (facts->count == facts->capacity) {
        uint32_t capacity = facts->capacity ? facts->capacity * 2 : 8;
        struct fact *items = arena_take_raw(cli->arena, capacity * sizeof *items);
        if (facts->count)
            memcpy(items, facts->items, facts->count * sizeof *items);
        facts->items = items;
        facts->capacity = capacity;
    }
    facts->items[facts->count] = *fact;
    return &facts->items[facts->count++];
}

/* ---- sending -------------------------------------------------------------------------------- */

struct sending {
    uint32_t reported;
    bool refused;
    char why[256];
};

static void
on_report(void *context, const struct kafka_delivery *delivery)
{
    struct sending *sending = context;
    struct fact *fact = delivery->opaque;
    sending->reported++;
    fact->partition = delivery->partition;
    fact->offset = delivery->ok ? delivery->offset : -1;
    if (!delivery->ok && !sending->refused) {
        sending->refused = true;
        snprintf(sending->why, sizeof sending->why, "%s: %s", delivery->topic, delivery->reason);
    }
}

static bool
send_one(struct cli *cli, struct kafka_producer *producer, struct fact *fact, struct error *err)
{
    struct cloudevent_headers headers;
    const struct cloudevent event = { .id = fact->ce_id,
                                      .type = topics[fact->type].name,
                                      .source = CE_SOURCE,
                                      .at_us = instant_now_us(),
                                      .subject = fact->key,
                                      .subject_bytes = (uint32_t)strlen(fact->key) };

    cloudevent_headers(&event, &headers);
    const struct kafka_outgoing out = {
        .topic = cli_topic(cli, fact->type),
        .partition = fact->to_partition,
        .key = fact->key,
        .key_bytes = (uint32_t)strlen(fact->key),
        .value = fact->value,
        .value_bytes = fact->value_bytes,
        .headers = headers.at,
        .header_count = headers.count,
        .opaque = fact,
    };
    while (!kafka_producer_send(producer, &out, err)) {
        if (err->class != ERROR_RETRY || cli_stopped())
            return false;
        kafka_producer_poll(producer, POLL_MS); /* the local queue is full: reports make room */
    }
    return true;
}

static bool
await_reports(const struct cli *cli, struct kafka_producer *producer, const struct sending *sending,
              uint32_t count, struct error *err)
{
    int64_t give_up_us = monotonic_now_us() + FACTS_ANSWER_S * INT64_C(1000000);
    uint32_t before = sending->reported;
    while (sending->reported < count && !sending->refused && !cli_stopped()) {
        kafka_producer_poll(producer, POLL_MS);
        if (sending->reported > before) { /* it moves: wait on */
            before = sending->reported;
            give_up_us = monotonic_now_us() + FACTS_ANSWER_S * INT64_C(1000000);
        }
        if (monotonic_now_us() > give_up_us)
            return error_set(err, ERROR_RETRY, "Kafka at %s does not acknowledge",
                             cli->settings.kafka);
    }
    if (sending->refused)
        return error_set(err, ERROR_REFUSED, "not published: %s", sending->why);
    return sending->reported == count ||
           error_set(err, ERROR_REFUSED, "stopped before all was sent");
}

static bool
send_all(struct cli *cli, struct kafka_producer *producer, struct sending *sending,
         struct facts *facts, struct error *err)
{
    for (uint32_t i = 0; i < facts->count; i++)
        TRY(send_one(cli, producer, &facts->items[i], err));
    return await_reports(cli, producer, sending, facts->count, err);
}

/* A producer waits for ever for a broker that is away: so it is asked first. */
static bool
check_topics(struct cli *cli, const struct facts *facts, struct error *err)
{
    bool checked[EV_COUNT] = { false }, is_good = true;
    struct kafka_settings kafka = cli_kafka(cli);
    struct kafka_consumer *reader = kafka_reader_new(&kafka, NULL, err);
    if (!reader)
        return false;
    for (uint32_t i = 0; i < facts->count && is_good; i++) {
        enum event_type type = facts->items[i].type;
        int32_t partitions = 1;
        if (!checked[type])
            is_good = kafka_partition_count(reader, cli_topic(cli, type), &partitions, err);
        if (is_good && partitions == 0)
            is_good =
                error_set(err, ERROR_REFUSED, "there is no topic %s: run `jumun topics create`",
                          cli_topic(cli, type));
        checked[type] = true;
    }
    kafka_consumer_free(reader);
    return is_good;
}

bool
facts_publish(struct cli *cli, struct facts *facts, struct error *err)
{
    struct sending sending = { 0 };
    struct kafka_settings kafka = cli_kafka(cli);
    TRY(check_topics(cli, facts, err));
    struct kafka_producer *producer = kafka_producer_new(&kafka, on_report, &sending, err);
    if (!producer)
        return false;
    bool is_sent = send_all(cli, producer, &sending, facts, err);
    kafka_producer_free(producer);
    return is_sent;
}

/* ---- awaiting and telling ------------------------------------------------------------------- */

bool
facts_await(struct cli *cli, const struct facts *facts, int64_t wait_s, struct error *err)
{
    struct goals goals = { 0 };
    for (uint32_t i = 0; i < facts->count; i++)
        goals_add(cli, &goals, facts->items[i].type, facts->items[i].partition,
                  facts->items[i].offset + 1);
    return goals_await(cli, &goals, wait_s, err);
}

static void
tell_json(struct cli *cli, const struct fact *fact, bool awaited)
{
    struct json_writer json;
    char id[UUID_TEXT_BYTES];
    uuid_format(fact->ce_id, id);
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    json_name(&json, "event");
    json_text(&json, topics[fact->type].name);
    json_name(&json, "key");
    json_text(&json, fact->key);
    json_name(&json, "event_id");
    json_text(&json, id);
    json_name(&json, "partition");
    json_integer(&json, fact->partition);
    json_name(&json, "offset");
    json_integer(&json, fact->offset);
    json_name(&json, "consumed");
    json_bool(&json, awaited);
    json_name(&json, "data");
    json_raw(&json, fact->value, fact->value_bytes);
    json_end_object(&json);
    cli_json_line(&json);
}

void
facts_tell(struct cli *cli, const struct facts *facts, bool awaited)
{
    for (uint32_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->items[i];
        if (cli->json)
            tell_json(cli, fact, awaited);
        else
            printf("%s %s  %s/%d/%lld%s\n", topics[fact->type].name, cli_safe(cli, fact->key),
                   cli_topic(cli, fact->type), fact->partition, (long long)fact->offset,
                   awaited ? "  in effect" : "");
    }
}
