/* telemetry.c — the metrics of a loop, registered by name once.  Contract: telemetry.h */
#include "runtime/telemetry.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t status_lock = PTHREAD_MUTEX_INITIALIZER;

static struct metric *
counter(const char *service, const char *name, const char *help)
{
    return metric_counter(name, help, LABELS({ "service", service }));
}

static struct metric *
gauge(const char *service, const char *name, const char *help)
{
    return metric_gauge(name, help, LABELS({ "service", service }));
}

static struct metric *
seconds(const char *service, const char *name, const char *help)
{
    return metric_histogram(name, help, LABELS({ "service", service }), METRIC_BOUNDS_LATENCY_US);
}

static void
register_by_type(struct telemetry *out, const char *service)
{
    for (unsigned type = 0; type < EV_COUNT; type++) {
        const struct metric_label *labels =
            LABELS({ "service", service }, { "event", topics[type].name });
        out->consumed[type] = metric_counter("jumun_events_consumed_total",
                                             "events decided and committed, by type", labels);
        out->emitted[type] =
            metric_counter("jumun_events_emitted_total", "events committed to the outbox", labels);
        out->parked[type] = metric_counter("jumun_events_parked_total",
                                           "events parked: their key waits for a redrive", labels);
    }
}

struct telemetry *
telemetry_new(const char *service)
{
    struct telemetry *out = memory_new(sizeof *out);

    memset(out, 0, sizeof *out);
    register_by_type(out, service);
    out->dead_letters =
        counter(service, "jumun_dead_letters_total", "records that became dead letters");
    out->dropped = counter(service, "jumun_events_not_wanted_total",
                           "events that this service has no use for");
    out->batch_events = metric_histogram("jumun_batch_events", "events in a committed batch",
                                         LABELS({ "service", service }), METRIC_BOUNDS_COUNT);
    out->batch_seconds = seconds(service, "jumun_batch_seconds", "first record to commit");
    out->load_seconds = seconds(service, "jumun_batch_load_seconds", "first round trip");
    out->decide_seconds = seconds(service, "jumun_batch_decide_seconds", "decisions, encoding");
    out->commit_seconds = seconds(service, "jumun_batch_commit_seconds", "second round trip");
    out->retries = counter(service, "jumun_retries_total", "attempts that failed and are repeated");
    out->fenced = counter(service, "jumun_fenced_total", "commits refused: another owner");
    out->rebalances = counter(service, "jumun_rebalances_total", "assignments and revocations");
    out->rebirths = counter(service, "jumun_producer_rebirths_total", "producers made anew");
    out->unknown_commits =
        counter(service, "jumun_unknown_commits_total", "connections lost during COMMIT");
    out->poisoned = counter(service, "jumun_poisoned_batches_total", "transactions that failed by"
                                                                     " their content");
    out->unpublished = gauge(service, "jumun_unpublished_events", "committed, not acknowledged");
    out->unpublished_bytes = gauge(service, "jumun_unpublished_bytes", "the same in bytes");
    out->republished = counter(service, "jumun_events_republished_total", "events sent again");
    out->partitions = gauge(service, "jumun_partitions", "partitions assigned");
    out->redriven = counter(service, "jumun_events_redriven_total", "parked events handled");
    return out;
}

void
telemetry_free(struct telemetry *telemetry)
{
    memory_free(telemetry);
}

void
telemetry_set_status(struct telemetry *telemetry, const char *status)
{
    pthread_mutex_lock(&status_lock);
    snprintf(telemetry->status, sizeof telemetry->status, "%.*s",
             (int)sizeof telemetry->status - 1, status);
    pthread_mutex_unlock(&status_lock);
}

void
telemetry_get_status(const struct telemetry *telemetry, char *out, size_t out_bytes)
{
    pthread_mutex_lock(&status_lock);
    snprintf(out, out_bytes, "%s", telemetry->status);
    pthread_mutex_unlock(&status_lock);
}
