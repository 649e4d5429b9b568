/* topics.c — what topics must look like, made and checked through the admin API.  Contract: topics.h
 *
 *   plans    from the contract's table
 *   create   what is missing
 *   check    partition counts by metadata, time stamp type by DescribeConfigs */
#include "runtime/topics.h"
#include "base/instant.h"
#include "events.h"
#include "runtime/kafka_private.h"
#include <stdio.h>
#include <string.h>

#define ADMIN_MS 15000

/* ---- plans -------------------------------------------------------------------------------------- */

uint32_t
topics_plan(struct topic_plan *out, uint32_t capacity, const char *prefix, int32_t partitions,
            int32_t replication)
{
    uint32_t count = 0;

    for (unsigned type = 0; type < EV_COUNT; type++) {
        if (!topics[type].has_topic || count == capacity)
            continue;
        struct topic_plan *plan = &out[count++];
        snprintf(plan->name, sizeof plan->name, "%s%s", prefix, topics[type].name);
        plan->partitions = partitions;
        plan->replication = replication;
        plan->message_bytes_max = type == EV_DEAD_LETTER ? TOPIC_DEAD_LETTER_BYTES_MAX
                                                         : TOPIC_MESSAGE_BYTES_MAX;
    }
    return count;
}

/* ---- asking the admin API ------------------------------------------------------------------------ */

struct asking {
    rd_kafka_t *rk;
    rd_kafka_queue_t *queue;
    rd_kafka_AdminOptions_t *options;
};

static bool
asking_open(struct asking *admin, const struct kafka_settings *settings, rd_kafka_admin_op_t op,
           struct error *err)
{
    char reason[256];

    *admin = (struct asking){ 0 };
    admin->rk =
        kafka_handle_new(kafka_conf_new(settings, KAFKA_ADMIN, NULL, err), KAFKA_ADMIN, err);
    if (!admin->rk)
        return false;
    admin->queue = rd_kafka_queue_new(admin->rk);
    admin->options = rd_kafka_AdminOptions_new(admin->rk, op);
    rd_kafka_AdminOptions_set_request_timeout(admin->options, ADMIN_MS, reason, sizeof reason);
    if (op == RD_KAFKA_ADMIN_OP_CREATETOPICS)
        rd_kafka_AdminOptions_set_operation_timeout(admin->options, ADMIN_MS, reason,
                                                    sizeof reason);
    return true;
}

static void
asking_close(struct asking *admin)
{
    if (!admin->rk)
        return;
    rd_kafka_AdminOptions_destroy(admin->options);
    rd_kafka_queue_destroy(admin->queue);
    rd_kafka_destroy(admin->rk);
}

#define ASKING __attribute__((cleanup(asking_close)))

/* ---- create -------------------------------------------------------------------------------------- */

static rd_kafka_NewTopic_t *
new_topic(const struct topic_plan *plan)
{
    char reason[256], bytes[24];
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(plan->name, plan->partitions,
                                                       plan->replication, reason, sizeof reason);

    if (!topic)
        return NULL;
    snprintf(bytes, sizeof bytes, "%lld", (long long)plan->message_bytes_max);
    rd_kafka_NewTopic_set_config(topic, "cleanup.policy", "delete");
    rd_kafka_NewTopic_set_config(topic, "retention.ms", "-1");
    rd_kafka_NewTopic_set_config(topic, "retention.bytes", "-1");
    rd_kafka_NewTopic_set_config(topic, "message.timestamp.type", "LogAppendTime");
    rd_kafka_NewTopic_set_config(topic, "max.message.bytes", bytes);
    if (plan->replication >= 3) {
        rd_kafka_NewTopic_set_config(topic, "min.insync.replicas", "2");
        rd_kafka_NewTopic_set_config(topic, "unclean.leader.election.enable", "false");
    }
    return topic;
}

static bool
take_created(rd_kafka_event_t *event, struct error *err)
{
    size_t count;

    if (rd_kafka_event_error(event))
        return kafka_error(err, rd_kafka_event_error(event), "create topics",
                           rd_kafka_event_error_string(event));
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
        if (!code || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            continue;
        kafka_error(err, code, rd_kafka_topic_result_name(results[i]),
                    rd_kafka_topic_result_error_string(results[i]));
        if (code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR ||
            code == RD_KAFKA_RESP_ERR_INVALID_PARTITIONS)
            err->class = ERROR_REFUSED;
        return error_wrap(err, "create topic");
    }
    return true;
}

static bool
create(const struct kafka_settings *settings, const struct topic_plan *plans, uint32_t count,
       struct error *err)
{
    struct asking admin ASKING = { 0 };

    TRY(asking_open(&admin, settings, RD_KAFKA_ADMIN_OP_CREATETOPICS, err));
    rd_kafka_NewTopic_t **list = memory_new(sizeof *list * count);
    for (uint32_t i = 0; i < count; i++)
        list[i] = new_topic(&plans[i]);
    rd_kafka_CreateTopics(admin.rk, list, count, admin.options, admin.queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(admin.queue, ADMIN_MS * 2);
    bool ok = event ? take_created(event, err)
                    : kafka_error(err, RD_KAFKA_RESP_ERR__TIMED_OUT, "create topics", NULL);
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_NewTopic_destroy_array(list, count);
    memory_free(list);
    return ok;
}

/* ---- check --------------------------------------------------------------------------------------- */

/* missing[i] is set for topics that are not there. */
static bool
check_partitions(struct kafka_consumer *reader, const struct topic_plan *plans, uint32_t count,
                 bool *missing, struct error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        int32_t partitions;
        TRY(kafka_partition_count(reader, plans[i].name, &partitions, err));
        missing[i] = partitions == 0;
        if (partitions != 0 && partitions != plans[i].partitions)
            return error_set(err, ERROR_REFUSED,
                             "topic %s has %d partitions, JUMUN_PARTITIONS wants %d", plans[i].name,
                             (int)partitions, (int)plans[i].partitions);
    }
    return true;
}

static bool
check_config(const rd_kafka_ConfigResource_t *resource, struct error *err)
{
    size_t count;
    const char *name = rd_kafka_ConfigResource_name(resource);
    rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(resource);

    if (code)
        return kafka_error(err, code, name, rd_kafka_ConfigResource_error_string(resource));
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &count);
    for (size_t i = 0; i < count; i++) {
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), "message.timestamp.type") == 0 &&
            (!value || strcmp(value, "LogAppendTime") != 0))
            return error_set(err, ERROR_REFUSED,
                             "topic %s has message.timestamp.type=%s, it must be LogAppendTime",
                             name, value ? value : "(unset)");
    }
    return true;
}

static bool
take_configs(rd_kafka_event_t *event, struct error *err)
{
    size_t count;

    if (rd_kafka_event_error(event))
        return kafka_error(err, rd_kafka_event_error(event), "describe topics",
                           rd_kafka_event_error_string(event));
    const rd_kafka_ConfigResource_t **resources = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event), &count);
    for (size_t i = 0; i < count; i++)
        TRY(check_config(resources[i], err));
    return true;
}

static bool
check_configs(const struct kafka_settings *settings, const struct topic_plan *plans, uint32_t count,
              struct error *err)
{
    struct asking admin ASKING = { 0 };

    TRY(asking_open(&admin, settings, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, err));
    rd_kafka_ConfigResource_t **list = memory_new(sizeof *list * count);
    for (uint32_t i = 0; i < count; i++)
        list[i] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, plans[i].name);
    rd_kafka_DescribeConfigs(admin.rk, list, count, admin.options, admin.queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(admin.queue, ADMIN_MS * 2);
    bool ok = event ? take_configs(event, err)
                    : kafka_error(err, RD_KAFKA_RESP_ERR__TIMED_OUT, "describe topics", NULL);
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_ConfigResource_destroy_array(list, count);
    memory_free(list);
    return ok;
}

/* Fills missing; its array of topics that are there is the caller's business. */
static bool
find_missing(const struct kafka_settings *settings, const struct topic_plan *plans, uint32_t count,
             bool *missing, struct error *err)
{
    struct kafka_consumer *reader = kafka_reader_new(settings, NULL, err);

    if (!reader)
        return false;
    bool ok = check_partitions(reader, plans, count, missing, err);
    kafka_consumer_free(reader);
    return ok;
}

bool
topics_check(const struct kafka_settings *settings, const struct topic_plan *plans, uint32_t count,
             struct error *err)
{
    bool *missing = memory_new(count);
    bool ok = find_missing(settings, plans, count, missing, err);

    for (uint32_t i = 0; ok && i < count; i++)
        if (missing[i])
            ok = error_set(err, ERROR_RETRY, "topic %s is not there yet", plans[i].name);
    memory_free(missing);
    return ok && check_configs(settings, plans, count, err);
}

/* A topic just made shows up in the metadata of all brokers a moment later. */
bool
topics_ensure(const struct kafka_settings *settings, const struct topic_plan *plans, uint32_t count,
              struct error *err)
{
    bool *missing = memory_new(count);
    struct topic_plan *wanted = memory_new(sizeof *wanted * count);
    uint32_t wanted_count = 0;
    bool ok = find_missing(settings, plans, count, missing, err);

    for (uint32_t i = 0; ok && i < count; i++)
        if (missing[i])
            wanted[wanted_count++] = plans[i];
    ok = ok && (wanted_count == 0 || create(settings, wanted, wanted_count, err));
    memory_free(wanted);
    memory_free(missing);
    int64_t give_up_us = monotonic_now_us() + ADMIN_MS * INT64_C(1000);
    while (ok && !topics_check(settings, plans, count, err)) {
        ok = err->class == ERROR_RETRY && monotonic_now_us() < give_up_us;
        if (ok)
            *err = (struct error){ 0 };
    }
    return ok;
}
