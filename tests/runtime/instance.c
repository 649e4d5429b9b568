/* instance.c — see instance.h */
#include "runtime/instance.h"
#include "base/instant.h"
#include "runtime/postgres.h"
#include "runtime/probe.h"
#include "runtime/world_real.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define UNTIL_US (40 * INT64_C(1000000))

/* ---- life ------------------------------------------------------------------------------------------ */

void
instance_open(struct instance *instance, struct stage *stage, uint32_t batch_max)
{
    struct pg_settings pg = { .conninfo = stage->conninfo, .search_path = stage->schema,
                              .application = stage->schema };
    struct loop_settings settings = { .service = &probe_service, .group = "jumun-probe",
                                      .topic_prefix = "", .batch_max = batch_max,
                                      .outbox_keep_us = INT64_C(3600000000),
                                      .unpublished_max = INSTANCE_UNPUBLISHED_MAX };

    memset(instance, 0, sizeof *instance);
    instance->stage = stage;
    instance->trap_after = -1;
    instance->topic_count = loop_topics_new(&probe_service, "", &instance->topics);
    instance->log = log_kafka_new(&stage->kafka, settings.group, instance->topics,
                                  instance->topic_count, &instance->err);
    cr_assert_not_null(instance->log, "%s", instance->err.message);
    instance->store = store_pg_new(&pg, &probe_service);
    instance->loop = loop_new(&settings, (struct log){ &log_traps, instance },
                              (struct store){ &store_traps, instance }, world_real());
}

static void
free_all(struct instance *instance)
{
    loop_free(instance->loop);
    log_kafka_free(instance->log);
    store_pg_free(instance->store);
    loop_topics_free(instance->topics, instance->topic_count);
    instance->loop = NULL;
}

void
instance_stop(struct instance *instance)
{
    int64_t give_up_us = monotonic_now_us() + UNTIL_US;

    loop_stop(instance->loop);
    while (!loop_is_drained(instance->loop) && !instance->failed && monotonic_now_us() < give_up_us)
        instance_step(instance);
    cr_assert(loop_is_drained(instance->loop) || instance->failed, "did not drain");
    free_all(instance);
}

void
instance_kill(struct instance *instance)
{
    free_all(instance);
}

void
instance_set_trap(struct instance *instance, enum trap_at at, int after)
{
    instance->trap = at;
    instance->trap_after = after;
}

void
instance_step(struct instance *instance)
{
    if (!instance->failed)
        instance->failed = loop_step(instance->loop, &instance->err) == LOOP_FAILED;
}

bool
instances_until(struct instance **instances, uint32_t count, const char *sql, int64_t wanted)
{
    int64_t give_up_us = monotonic_now_us() + UNTIL_US;

    while (monotonic_now_us() < give_up_us) {
        for (uint32_t i = 0; i < count; i++)
            for (int steps = 0; steps < 3; steps++)
                instance_step(instances[i]);
        if (stage_number(instances[0]->stage, sql) == wanted)
            return true;
        if (count == 1 && instances[0]->failed)
            return false;
    }
    return false;
}

bool
instance_until(struct instance *instance, const char *sql, int64_t wanted)
{
    return instances_until(&instance, 1, sql, wanted);
}

bool
instance_rest(struct instance *instance, int64_t fed)
{
    return instance_until(
        instance,
        "SELECT sum(next_offset)::bigint + CASE WHEN bool_and(published_next = next_offset) "
        "THEN 0 ELSE -1000000 END FROM consumer_position WHERE topic NOT LIKE '$%'",
        fed);
}
