/* service_main.c — the main function of every consumer.  Contract: service_main.h
 *
 *   settings   from the environment; --help, --version
 *   start      topics as they must be (waits for the broker), then log, store, loop, admin server
 *   stop       SIGTERM, SIGINT: what is begun is finished; an alarm makes sure of the 10 s */
#include "runtime/service_main.h"
#include "base/instant.h"
#include "base/settings.h"
#include "runtime/admin.h"
#include "runtime/fault.h"
#include "runtime/log_kafka.h"
#include "runtime/loop.h"
#include "runtime/store_pg.h"
#include "runtime/topics.h"
#include "runtime/world_real.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef JUMUN_VERSION
#define JUMUN_VERSION "0.1.0"
#endif

#define STOP_S_MAX     9
#define DRAIN_US_MAX   (6 * INT64_C(1000000))
#define START_AGAIN_US 1000000

/* jemalloc reads it.  Few arenas: what one thread of librdkafka takes another gives back. */
extern const char *malloc_conf;
const char *malloc_conf = "narenas:2,dirty_decay_ms:2000,muzzy_decay_ms:0";

static volatile sig_atomic_t stop_asked;

/* ---- signals --------------------------------------------------------------------------------------- */

static void
on_stop(int signal_number)
{
    (void)signal_number;
    if (stop_asked)
        _exit(1); /* asked twice: at once; what is committed is safe */
    stop_asked = 1;
    alarm(STOP_S_MAX);
}

static void
on_alarm(int signal_number)
{
    static const char text[] = "jumun: a server does not answer; leaving without goodbye\n";

    (void)signal_number;
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(0);
}

static void
catch_signals(void)
{
    struct sigaction stop = { .sa_handler = on_stop }, late = { .sa_handler = on_alarm };
    struct sigaction ignore = { .sa_handler = SIG_IGN };

    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGALRM, &late, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

/* ---- one service ----------------------------------------------------------------------------------- */

struct process {
    const struct service *service;
    char name[64], schema[64], group[160];
    struct settings settings;
    struct kafka_settings kafka;
    const char **topics;
    const char **published;
    uint32_t topic_count;
    struct log_kafka *log;
    struct store_pg *store;
    struct loop *loop;
    struct admin *admin;
};

static void
check_health(void *context, struct health *out)
{
    const struct process *process = context;

    loop_status(process->loop, out->reason, sizeof out->reason);
    out->healthy = out->reason[0] == '\0';
}

static void
name_process(struct process *process)
{
    const char *name = process->service->name;

    snprintf(process->name, sizeof process->name, "jumun-%s", name);
    snprintf(process->schema, sizeof process->schema, "jumun_%s", name);
    snprintf(process->group, sizeof process->group, "%sjumun-%s", process->settings.topic_prefix,
             name);
    process->kafka = (struct kafka_settings){ .bootstrap = process->settings.kafka,
                                              .config_file = process->settings.kafka_config,
                                              .client_id = process->name,
                                              .partitions =
                                                  (uint32_t)process->settings.partitions };
}

/* Waits for the broker; what is there and differs stops the start. */
static bool
ensure_topics(struct process *process, struct error *err)
{
    struct topic_plan *plans = memory_new(sizeof *plans * EV_COUNT);
    uint32_t count = topics_plan(plans, EV_COUNT, process->settings.topic_prefix,
                                 (int32_t)process->settings.partitions,
                                 (int32_t)process->settings.replication);
    bool ok = false;

    while (!stop_asked && !ok) {
        *err = (struct error){ 0 };
        ok = topics_ensure(&process->kafka, plans, count, err);
        if (ok || err->class != ERROR_RETRY)
            break;
        log_failure(LOG_WARN, "waiting for the broker", err);
        usleep(START_AGAIN_US);
    }
    memory_free(plans);
    return ok || stop_asked;
}

static bool
open_process(struct process *process, struct error *err)
{
    struct pg_settings pg = { .conninfo = process->settings.pg, .search_path = process->schema,
                              .application = process->name };
    struct loop_settings loop = {
        .service = process->service,
        .group = process->group,
        .topic_prefix = process->settings.topic_prefix,
        .batch_max = (uint32_t)process->settings.batch_max,
        .outbox_keep_us = process->settings.outbox_hours * INT64_C(3600000000),
        .domain = { .order_deadline_us = process->settings.order_deadline_s * INT64_C(1000000) },
    };

    process->topic_count =
        loop_topics_new(process->service, process->settings.topic_prefix, &process->topics);
    process->kafka.publish_count = loop_published_new(
        process->service, process->settings.topic_prefix, &process->published);
    process->kafka.publishes = process->published;
    process->log = log_kafka_new(&process->kafka, process->group, process->topics,
                                 process->topic_count, err);
    if (!process->log)
        return false;
    process->store = store_pg_new(&pg, process->service);
    process->loop = loop_new(&loop, log_kafka_seam(process->log), store_pg_seam(process->store),
                             world_real());
    return admin_start(process->settings.metrics, check_health, process, &process->admin, err);
}

static void
close_process(struct process *process)
{
    if (process->admin)
        admin_stop(process->admin);
    loop_free(process->loop);
    log_kafka_free(process->log);
    store_pg_free(process->store);
    loop_topics_free(process->topics, process->topic_count);
    loop_topics_free(process->published, process->kafka.publish_count);
}

static bool
run(struct process *process, struct error *err)
{
    int64_t give_up_us = INT64_MAX;

    while (!loop_is_drained(process->loop) && monotonic_now_us() < give_up_us) {
        if (stop_asked && give_up_us == INT64_MAX) {
            log_info("stopping");
            loop_stop(process->loop);
            give_up_us = monotonic_now_us() + DRAIN_US_MAX;
        }
        if (loop_step(process->loop, err) == LOOP_FAILED)
            return false;
    }
    return true;
}

static int
serve(struct process *process)
{
    struct error err = { 0 };
    bool ok = ensure_topics(process, &err);

    if (ok && !stop_asked)
        ok = open_process(process, &err) && run(process, &err);
    if (!ok)
        log_failure(LOG_ERROR, "stopped: a person has to look", &err);
    close_process(process);
    log_info(ok ? "stopped" : "failed");
    log_flush();
    return ok ? 0 : 1;
}

/* ---- options --------------------------------------------------------------------------------------- */

static void
print_help(const char *program, const struct config *config)
{
    printf(
        "%s: consumes events from Kafka, keeps its rows in PostgreSQL, publishes what follows.\n\n"
        "usage: %s [--help | --version | --fault-points]\n\nSettings, from the environment:\n",
        program, program);
    config_print_help(config, stdout);
}

int
service_main(const struct service *service, int argc, char **argv)
{
    static struct process process;
    struct error err = { 0 };
    bool is_stock = strcmp(service->name, "stock") == 0;
    struct config config = settings_config(
        service->name, SETTINGS_SERVICE | (is_stock ? SETTINGS_DEADLINE : 0u));

    process.service = service;
    name_process(&process);
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return print_help(process.name, &config), 0;
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return printf("%s %s\n", process.name, JUMUN_VERSION), 0;
    if (argc == 2 && strcmp(argv[1], "--fault-points") == 0)
        return fault_option(process.name);
    if (argc != 1) {
        fprintf(stderr, "%s: unknown argument '%s'; try --help\n", process.name, argv[1]);
        return 2;
    }
    if (!settings_load(&config, &process.settings, &err) ||
        !fault_arm(getenv("JUMUN_FAULT"), &err)) {
        fprintf(stderr, "%s: %s\n", process.name, err.message);
        return 2;
    }
    name_process(&process);
    log_init(process.name, (enum log_level)process.settings.log_level,
             (enum log_format)process.settings.log_format);
    settings_log(&config, &process.settings);
    catch_signals();
    return serve(&process);
}
