/* stage.c — see stage.h */
#include "runtime/stage.h"
#include "base/instant.h"
#include "runtime/postgres.h"
#include "runtime/probe.h"
#include <criterion/criterion.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- opening -------------------------------------------------------------------------------------- */

static void
open_cluster(struct stage *stage)
{
    char reason[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    static const enum event_type used[] = { EV_PAYMENT_VOIDED,  EV_COUPON_RESTORED,
                                            EV_STOCK_RESERVED,  EV_CANCEL_REFUSED,
                                            EV_ORDER_CANCELLED, EV_DEAD_LETTER };

    rd_kafka_conf_set(conf, "client.id", "MOCK", reason, sizeof reason);
    rd_kafka_t *owner = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
    cr_assert_not_null(owner, "%s", reason);
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(owner, 1);
    cr_assert_not_null(cluster);
    for (size_t i = 0; i < sizeof used / sizeof *used; i++)
        cr_assert_eq(rd_kafka_mock_topic_create(cluster, topics[used[i]].name, STAGE_PARTITIONS, 1),
                     0);
    snprintf(stage->bootstrap, sizeof stage->bootstrap, "%s",
             rd_kafka_mock_cluster_bootstraps(cluster));
    stage->owner = owner;
    stage->cluster = cluster;
    stage->kafka = (struct kafka_settings){ .bootstrap = stage->bootstrap, .client_id = "test" };
}

static char *
read_text(const char *path)
{
    static char text[65536];
    FILE *file = fopen(path, "re");

    cr_assert_not_null(file, "%s", path);
    size_t bytes = fread(text, 1, sizeof text - 1, file);
    text[bytes] = '\0';
    fclose(file);
    return text;
}

#define MIGRATIONS JUMUN_SOURCE_DIR "/infra/runtime/sql/migrations/"

static const char *const migrations[] = { MIGRATIONS "0001_runtime.sql",
                                          MIGRATIONS "0002_redrive.sql" };

static void
open_schema(struct stage *stage)
{
    struct error err = { 0 };
    char create[256];

    snprintf(stage->schema, sizeof stage->schema, "probe_%d", (int)getpid());
    struct pg_settings settings = { .conninfo = postgres_conninfo(), .search_path = stage->schema,
                                    .application = "test" };
    stage->pg = pg_new(&settings);
    cr_assert(pg_open(stage->pg, &err), "%s", err.message);
    snprintf(create, sizeof create, "CREATE SCHEMA %s; CREATE ROLE %s LOGIN SUPERUSER",
             stage->schema, stage->schema);
    snprintf(stage->conninfo, sizeof stage->conninfo, "%s user=%s", postgres_conninfo(),
             stage->schema);
    cr_assert(pg_run_script(stage->pg, create, &err), "%s", err.message);
    for (size_t i = 0; i < sizeof migrations / sizeof *migrations; i++)
        cr_assert(pg_run_script(stage->pg, read_text(migrations[i]), &err), "%s", err.message);
    cr_assert(pg_run_script(stage->pg, probe_tables, &err), "%s", err.message);
}

static void
count_report(void *context, const struct kafka_delivery *delivery)
{
    struct stage *stage = context;
    stage->reports++;
    stage->failures += !delivery->ok;
}

void
stage_open(struct stage *stage)
{
    struct error err = { 0 };

    memset(stage, 0, sizeof *stage);
    open_cluster(stage);
    open_schema(stage);
    stage->producer = kafka_producer_new(&stage->kafka, count_report, stage, &err);
    cr_assert_not_null(stage->producer, "%s", err.message);
}

void
stage_close(struct stage *stage)
{
    kafka_producer_free(stage->producer);
    pg_free(stage->pg);
    rd_kafka_mock_cluster_destroy(stage->cluster);
    rd_kafka_destroy(stage->owner);
}

/* ---- publishing ------------------------------------------------------------------------------------ */

void
stage_send(struct stage *stage, enum event_type type, int32_t partition, const char *key,
           const char *value, const struct kafka_header *headers, uint32_t header_count)
{
    struct error err = { 0 };
    uint32_t before = stage->reports;
    struct kafka_outgoing out = {
        .topic = topics[type].name, .partition = partition,
        .key = key, .key_bytes = key ? (uint32_t)strlen(key) : 0,
        .value = value, .value_bytes = value ? (uint32_t)strlen(value) : 0,
        .headers = headers, .header_count = header_count,
    };
    cr_assert(kafka_producer_send(stage->producer, &out, &err), "%s", err.message);
    for (int i = 0; stage->reports == before && i < 300; i++)
        kafka_producer_poll(stage->producer, 100);
    cr_assert_gt(stage->reports, before);
    cr_assert_eq(stage->failures, 0);
}

const char *
stage_order(int order)
{
    static char text[UUID_TEXT_BYTES];
    snprintf(text, sizeof text, "00000000-0000-7000-8000-%012d", order);
    return text;
}

void
stage_voided(struct stage *stage, int order, const char *customer)
{
    char value[256];
    snprintf(value, sizeof value, "{\"order_id\":\"%s\",\"customer_id\":\"%s\"}",
             stage_order(order), customer);
    stage_send(stage, EV_PAYMENT_VOIDED, -1, stage_order(order), value, NULL, 0);
}

void
stage_restored(struct stage *stage, int order, const char *customer)
{
    char value[256];
    snprintf(value, sizeof value,
             "{\"order_id\":\"%s\",\"customer_id\":\"%s\",\"coupon_code\":\"c\"}",
             stage_order(order), customer);
    stage_send(stage, EV_COUPON_RESTORED, -1, stage_order(order), value, NULL, 0);
}

void
stage_reserved(struct stage *stage, int order, const char *customer, int64_t deadline_us)
{
    char value[1024], deadline[INSTANT_TEXT_BYTES];

    instant_format(deadline_us, deadline);
    snprintf(value, sizeof value,
             "{\"order_id\":\"%s\",\"customer_id\":\"%s\",\"items\":[{\"product_id\":\"p\","
             "\"quantity\":1,\"unit_price\":1}],\"subtotal\":1,\"deadline_at\":\"%s\","
             "\"shipping\":{\"recipient\":\"김\",\"address\":\"서울\",\"contact\":\"0\"},"
             "\"auto_pay\":false,\"on_coupon_rejected\":\"wait\",\"on_payment_failure\":\"wait\"}",
             stage_order(order), customer, deadline);
    stage_send(stage, EV_STOCK_RESERVED, -1, stage_order(order), value, NULL, 0);
}

/* ---- reading --------------------------------------------------------------------------------------- */

static void
keep_header(struct said *said, const struct kafka_header *header)
{
    static const struct {
        const char *name;
        size_t offset, bytes;
    } kept[] = {
        { "ce_id", offsetof(struct said, id), sizeof said->id },
        { "jumun-cause", offsetof(struct said, cause), sizeof said->cause },
        { "traceparent", offsetof(struct said, traceparent), sizeof said->traceparent },
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strcmp(header->name, kept[i].name) == 0)
            snprintf((char *)said + kept[i].offset, kept[i].bytes, "%.*s",
                     (int)header->value_bytes, header->value);
}

static bool
keep(void *context, const struct kafka_record *record)
{
    struct said_list *list = context;
    struct kafka_header headers[KAFKA_HEADERS_MAX];
    uint32_t count = kafka_record_headers(record, headers);

    cr_assert_lt(list->count, STAGE_SAID_MAX);
    struct said *said = &list->at[list->count++];
    snprintf(said->key, sizeof said->key, "%.*s", (int)record->key_bytes, record->key);
    said->value = strndup(record->value, record->value_bytes);
    said->partition = record->partition;
    for (uint32_t i = 0; i < count; i++)
        keep_header(said, &headers[i]);
    return true;
}

struct said_list *
stage_said(struct stage *stage, enum event_type type)
{
    struct error err = { 0 };
    struct said_list *list = calloc(1, sizeof *list);
    struct kafka_consumer *reader = kafka_reader_new(&stage->kafka, NULL, &err);

    cr_assert_not_null(reader, "%s", err.message);
    cr_assert(kafka_read_topic(reader, topics[type].name, keep, list, &err), "%s", err.message);
    kafka_consumer_free(reader);
    return list;
}

void
stage_forget(struct said_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        free(list->at[i].value);
    free(list);
}

uint32_t
said_distinct(const struct said_list *list)
{
    uint32_t distinct = 0;

    for (uint32_t i = 0; i < list->count; i++) {
        bool is_new = true;
        for (uint32_t j = 0; j < i && is_new; j++)
            is_new = strcmp(list->at[i].id, list->at[j].id) != 0;
        distinct += is_new;
    }
    return distinct;
}

uint32_t
said_of_key(const struct said_list *list, const char *key)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++)
        count += strcmp(list->at[i].key, key) == 0;
    return count;
}

/* ---- SQL ------------------------------------------------------------------------------------------- */

int64_t
stage_number(struct stage *stage, const char *sql)
{
    struct error err = { 0 };
    struct pg_result row PG_RESULT = { 0 };

    cr_assert(pg_open(stage->pg, &err), "%s", err.message);
    cr_assert(pg_run(stage->pg, sql, NULL, PG_ROW, &row, &err), "%s", err.message);
    return pg_int64(&row, 0, 0);
}

void
stage_run(struct stage *stage, const char *sql)
{
    struct error err = { 0 };

    cr_assert(pg_open(stage->pg, &err), "%s", err.message);
    cr_assert(pg_run_script(stage->pg, sql, &err), "%s", err.message);
}
