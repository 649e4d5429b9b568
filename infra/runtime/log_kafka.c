/* log_kafka.c — kafka.h behind the loop's seam.  Contract: log_kafka.h */
#include "runtime/log_kafka.h"

#define LINGER_MS 50 /* an event waits for the rest of its batch, which is told with sent, and no longer */

struct log_kafka {
    struct kafka_settings settings;
    const char *group;
    const char *const *topic_names;
    uint32_t topic_count;
    struct kafka_consumer *consumer;
    uint64_t generation_base; /* generations of consumers before this one */
    struct kafka_producer *producer;
    kafka_report *report;
    void *report_context;
};

static void
forward(void *context, const struct kafka_delivery *delivery)
{
    struct log_kafka *log = context;
    if (log->report)
        log->report(log->report_context, delivery);
}

static bool
join(struct log_kafka *log, struct error *err)
{
    log->consumer =
        kafka_consumer_new(&log->settings, log->group, log->topic_names, log->topic_count, err);
    return log->consumer != NULL;
}

struct log_kafka *
log_kafka_new(const struct kafka_settings *settings, const char *group,
              const char *const *topic_names, uint32_t topic_count, struct error *err)
{
    struct log_kafka *log = memory_new(sizeof *log);

    *log = (struct log_kafka){ .settings = *settings, .group = group, .topic_names = topic_names,
                               .topic_count = topic_count };
    log->settings.linger_ms = LINGER_MS;
    log->producer = kafka_producer_new(&log->settings, forward, log, err);
    if (log->producer && join(log, err))
        return log;
    log_kafka_free(log);
    return NULL;
}

void
log_kafka_free(struct log_kafka *log)
{
    if (!log)
        return;
    kafka_producer_free(log->producer);
    kafka_consumer_free(log->consumer);
    memory_free(log);
}

/* ---- consuming ------------------------------------------------------------------------------------- */

static enum kafka_polled
poll_one(void *self, int wait_ms, struct kafka_record *out, struct error *err)
{
    return kafka_consumer_poll(((struct log_kafka *)self)->consumer, wait_ms, out, err);
}

static uint32_t
headers(void *self, const struct kafka_record *record, struct kafka_header *out)
{
    (void)self;
    return kafka_record_headers(record, out);
}

static void
release(void *self, struct kafka_record *record)
{
    (void)self;
    kafka_record_release(record);
}

static uint64_t
generation(void *self)
{
    struct log_kafka *log = self;
    return log->generation_base + kafka_consumer_generation(log->consumer);
}

static uint32_t
assignment(void *self, const struct kafka_partition **out)
{
    return kafka_consumer_assignment(((struct log_kafka *)self)->consumer, out);
}

static bool
is_joined(void *self)
{
    return kafka_consumer_is_joined(((struct log_kafka *)self)->consumer);
}

static bool
start(void *self, const struct kafka_partition *at, uint32_t count, struct error *err)
{
    return kafka_consumer_start(((struct log_kafka *)self)->consumer, at, count, err);
}

static void
pause_reading(void *self)
{
    kafka_consumer_pause(((struct log_kafka *)self)->consumer);
}

static void
resume_reading(void *self)
{
    kafka_consumer_resume(((struct log_kafka *)self)->consumer);
}

static bool
rejoin(void *self, struct error *err)
{
    struct log_kafka *log = self;
    struct kafka_consumer *former = log->consumer;
    uint64_t base = generation(log) + 1;

    if (!join(log, err)) {
        log->consumer = former;
        return false;
    }
    log->generation_base = base;
    kafka_consumer_free(former);
    return true;
}

static bool
offsets(void *self, int64_t which, struct kafka_partition *at, uint32_t count, struct error *err)
{
    return kafka_offsets(((struct log_kafka *)self)->consumer, which, at, count, err);
}

static int64_t
known_end(void *self, const char *topic, int32_t partition)
{
    return kafka_known_end(((struct log_kafka *)self)->consumer, topic, partition);
}

static bool
committed(void *self, struct kafka_partition *at, uint32_t count, struct error *err)
{
    return kafka_committed(((struct log_kafka *)self)->consumer, at, count, err);
}

static bool
commit(void *self, const struct kafka_partition *at, uint32_t count, bool wait, struct error *err)
{
    return kafka_commit(((struct log_kafka *)self)->consumer, at, count, wait, err);
}

static bool
cluster_id(void *self, char *out, size_t out_bytes, struct error *err)
{
    return kafka_cluster_id(((struct log_kafka *)self)->consumer, out, out_bytes, err);
}

/* ---- producing ------------------------------------------------------------------------------------- */

static void
on_report(void *self, kafka_report *report, void *context)
{
    struct log_kafka *log = self;
    log->report = report;
    log->report_context = context;
}

static bool
send(void *self, const struct kafka_outgoing *out, struct error *err)
{
    return kafka_producer_send(((struct log_kafka *)self)->producer, out, err);
}

static void
sent(void *self)
{
    kafka_producer_sent(((struct log_kafka *)self)->producer);
}

static uint32_t
reports(void *self, int wait_ms)
{
    return kafka_producer_poll(((struct log_kafka *)self)->producer, wait_ms);
}

static bool
is_broken(void *self)
{
    return kafka_producer_is_broken(((struct log_kafka *)self)->producer);
}

static bool
rebirth(void *self, struct error *err)
{
    return kafka_producer_rebirth(((struct log_kafka *)self)->producer, err);
}

struct log
log_kafka_seam(struct log_kafka *log)
{
    static const struct log_ops ops = {
        .poll = poll_one,
        .headers = headers,
        .release = release,
        .generation = generation,
        .assignment = assignment,
        .is_joined = is_joined,
        .start = start,
        .pause = pause_reading,
        .resume = resume_reading,
        .rejoin = rejoin,
        .offsets = offsets,
        .known_end = known_end,
        .committed = committed,
        .commit = commit,
        .cluster_id = cluster_id,
        .on_report = on_report,
        .send = send,
        .sent = sent,
        .reports = reports,
        .is_broken = is_broken,
        .rebirth = rebirth,
    };
    return (struct log){ &ops, log };
}
