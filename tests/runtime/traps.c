/* traps.c — the seams of an instance, made to fail where its test says.  See instance.h */
#include "runtime/instance.h"
#include <stdio.h>
#include <string.h>

/* ---- traps ----------------------------------------------------------------------------------------- */

static bool
snaps(struct instance *instance, enum trap_at at)
{
    if (instance->trap != at || instance->trap_after < 0)
        return false;
    if (instance->trap_after-- > 0)
        return false;
    instance->snapped++;
    return true;
}

static bool
fail(struct error *err, const char *where)
{
    return error_set(err, ERROR_RETRY, "trap: %s", where);
}

#define INNER_STORE (store_pg_seam(((struct instance *)self)->store))
#define INNER_LOG   (log_kafka_seam(((struct instance *)self)->log))

static bool
trap_open(void *self, struct error *err)
{
    struct instance *instance = self;
    if (instance->is_away || snaps(instance, TRAP_OPEN)) {
        instance->is_away = false;
        return fail(err, "open");
    }
    instance->is_cut = false;
    return INNER_STORE.ops->open(INNER_STORE.self, err);
}

static bool
trap_is_open(void *self)
{
    return !((struct instance *)self)->is_cut && INNER_STORE.ops->is_open(INNER_STORE.self);
}

static bool
trap_identify(void *self, const char *cluster_id, const char *prefix, struct error *err)
{
    return INNER_STORE.ops->identify(INNER_STORE.self, cluster_id, prefix, err);
}

static bool
trap_take(void *self, const struct uuid *mine, struct uuid epoch, struct store_position *positions,
          uint32_t count, struct error *err)
{
    if (snaps(self, TRAP_TAKE))
        return fail(err, "take");
    return INNER_STORE.ops->take(INNER_STORE.self, mine, epoch, positions, count, err);
}

static bool
trap_unpublished(void *self, const struct store_position *positions, uint32_t count,
                 bool (*each)(void *, const struct store_outbox *, struct error *), void *context,
                 struct error *err)
{
    if (snaps(self, TRAP_UNPUBLISHED))
        return fail(err, "unpublished");
    return INNER_STORE.ops->unpublished(INNER_STORE.self, positions, count, each, context, err);
}

static bool
trap_begin(void *self, const struct keys *keys, struct view *view, struct store_waiting *waiting,
           struct error *err)
{
    if (snaps(self, TRAP_BEGIN))
        return fail(err, "begin");
    return INNER_STORE.ops->begin(INNER_STORE.self, keys, view, waiting, err);
}

static bool
trap_commit(void *self, const struct store_commit *commit, struct error *err)
{
    struct instance *instance = self;

    if (commit->view && snaps(instance, TRAP_COMMIT_BEFORE))
        return fail(err, "before commit");
    if (commit->view && snaps(instance, TRAP_COMMIT_CUT)) {
        INNER_STORE.ops->abandon(INNER_STORE.self);
        instance->is_cut = true;
        return fail(err, "cut before commit");
    }
    bool ok = INNER_STORE.ops->commit(INNER_STORE.self, commit, err);
    if (ok && commit->view) {
        instance->commits++;
        if (commit->outbox_count > instance->largest_commit)
            instance->largest_commit = commit->outbox_count;
    }
    if (ok && commit->view && snaps(instance, TRAP_COMMIT_AFTER)) {
        instance->is_cut = true;
        return fail(err, "after commit");
    }
    return ok;
}

static void
trap_abandon(void *self)
{
    INNER_STORE.ops->abandon(INNER_STORE.self);
}

static bool
trap_next_deadline(void *self, const struct timer *timer, int32_t partition, int64_t *out_us,
                   struct error *err)
{
    return INNER_STORE.ops->next_deadline(INNER_STORE.self, timer, partition, out_us, err);
}

static bool
trap_due(void *self, const struct timer *timer, int32_t partition, int64_t until_us,
         struct store_due *out, uint32_t capacity, uint32_t *count, struct error *err)
{
    return INNER_STORE.ops->due(INNER_STORE.self, timer, partition, until_us, out, capacity, count,
                                err);
}

static bool
trap_redrive_request(void *self, const int32_t *partitions, uint32_t count,
                     struct store_redrive *out, bool *found, struct error *err)
{
    return INNER_STORE.ops->redrive_request(INNER_STORE.self, partitions, count, out, found, err);
}

static bool
trap_parked(void *self, enum key_kind kind, const char *key, struct arena *arena,
            struct store_parked *out, uint32_t capacity, uint32_t *count, struct error *err)
{
    return INNER_STORE.ops->parked(INNER_STORE.self, kind, key, arena, out, capacity, count, err);
}

static bool
trap_redrive_close(void *self, const struct store_redrive_end *end, struct error *err)
{
    return INNER_STORE.ops->redrive_close(INNER_STORE.self, end, err);
}

static bool
trap_prune(void *self, const struct store_position *positions, uint32_t count,
           int64_t older_than_us, uint32_t *deleted, struct error *err)
{
    return INNER_STORE.ops->prune(INNER_STORE.self, positions, count, older_than_us, deleted, err);
}

const struct store_ops store_traps = {
    .open = trap_open, .is_open = trap_is_open, .identify = trap_identify, .take = trap_take,
    .unpublished = trap_unpublished, .begin = trap_begin, .commit = trap_commit,
    .abandon = trap_abandon, .next_deadline = trap_next_deadline, .due = trap_due,
    .redrive_request = trap_redrive_request, .parked = trap_parked,
    .redrive_close = trap_redrive_close, .prune = trap_prune,
};

/* The log's functions that have no trap go straight through: self of the inner log is swapped in. */
static enum kafka_polled
log_poll(void *self, int wait_ms, struct kafka_record *out, struct error *err)
{
    struct instance *instance = self;
    enum kafka_polled polled = INNER_LOG.ops->poll(INNER_LOG.self, wait_ms, out, err);
    bool is_hidden = polled == KAFKA_RECORD && strcmp(out->topic, "PaymentVoided") == 0 &&
                     out->partition == 0 && out->offset == instance->hidden_offset;

    if (!is_hidden || instance->hidden_times == 0)
        return polled;
    instance->hidden_times--;
    INNER_LOG.ops->release(INNER_LOG.self, out);
    return KAFKA_NOTHING;
}

static uint32_t
log_headers(void *self, const struct kafka_record *record, struct kafka_header *out)
{
    return INNER_LOG.ops->headers(INNER_LOG.self, record, out);
}

static void
log_release(void *self, struct kafka_record *record)
{
    INNER_LOG.ops->release(INNER_LOG.self, record);
}

static uint64_t
log_generation(void *self)
{
    return INNER_LOG.ops->generation(INNER_LOG.self);
}

static uint32_t
log_assignment(void *self, const struct kafka_partition **out)
{
    return INNER_LOG.ops->assignment(INNER_LOG.self, out);
}

static bool
log_is_joined(void *self)
{
    return INNER_LOG.ops->is_joined(INNER_LOG.self);
}

static bool
log_start(void *self, const struct kafka_partition *at, uint32_t count, struct error *err)
{
    return INNER_LOG.ops->start(INNER_LOG.self, at, count, err);
}

static void
log_pause(void *self)
{
    INNER_LOG.ops->pause(INNER_LOG.self);
}

static void
log_resume(void *self)
{
    INNER_LOG.ops->resume(INNER_LOG.self);
}

static bool
log_rejoin(void *self, struct error *err)
{
    return INNER_LOG.ops->rejoin(INNER_LOG.self, err);
}

static bool
log_offsets(void *self, int64_t which, struct kafka_partition *at, uint32_t count,
            struct error *err)
{
    if (snaps(self, TRAP_OFFSETS))
        return fail(err, "offsets");
    return INNER_LOG.ops->offsets(INNER_LOG.self, which, at, count, err);
}

static int64_t
log_known_end(void *self, const char *topic, int32_t partition)
{
    return INNER_LOG.ops->known_end(INNER_LOG.self, topic, partition);
}

static bool
log_committed(void *self, struct kafka_partition *at, uint32_t count, struct error *err)
{
    return INNER_LOG.ops->committed(INNER_LOG.self, at, count, err);
}

static bool
log_commit(void *self, const struct kafka_partition *at, uint32_t count, bool wait,
           struct error *err)
{
    return INNER_LOG.ops->commit(INNER_LOG.self, at, count, wait, err);
}

static bool
log_cluster_id(void *self, char *out, size_t out_bytes, struct error *err)
{
    return INNER_LOG.ops->cluster_id(INNER_LOG.self, out, out_bytes, err);
}

static void
bend_report(void *context, const struct kafka_delivery *delivery)
{
    struct instance *instance = context;
    struct kafka_delivery bent = *delivery;

    if (bent.ok && snaps(instance, TRAP_REPORT)) {
        bent.ok = false;
        bent.reason = "trap: report";
    }
    if (instance->report)
        instance->report(instance->report_context, &bent);
}

static void
log_on_report(void *self, kafka_report *report, void *context)
{
    struct instance *instance = self;
    instance->report = report;
    instance->report_context = context;
    INNER_LOG.ops->on_report(INNER_LOG.self, bend_report, instance);
}

static bool
log_send(void *self, const struct kafka_outgoing *out, struct error *err)
{
    struct instance *instance = self;

    if (snaps(instance, TRAP_SEND))
        return fail(err, "send");
    instance->is_away = snaps(instance, TRAP_SEND_OPEN);
    if (instance->is_away)
        return fail(err, "send, and the store is away");
    return INNER_LOG.ops->send(INNER_LOG.self, out, err);
}

static uint32_t
log_reports(void *self, int wait_ms)
{
    if (((struct instance *)self)->holds_reports)
        return 0;
    return INNER_LOG.ops->reports(INNER_LOG.self, wait_ms);
}

static bool
log_is_broken(void *self)
{
    return INNER_LOG.ops->is_broken(INNER_LOG.self);
}

static bool
log_rebirth(void *self, struct error *err)
{
    return INNER_LOG.ops->rebirth(INNER_LOG.self, err);
}

static void
log_sent(void *self)
{
    INNER_LOG.ops->sent(INNER_LOG.self);
}

const struct log_ops log_traps = {
    .poll = log_poll,
    .headers = log_headers,
    .release = log_release,
    .generation = log_generation,
    .assignment = log_assignment,
    .is_joined = log_is_joined,
    .start = log_start,
    .pause = log_pause,
    .resume = log_resume,
    .rejoin = log_rejoin,
    .offsets = log_offsets,
    .known_end = log_known_end,
    .committed = log_committed,
    .commit = log_commit,
    .cluster_id = log_cluster_id,
    .on_report = log_on_report,
    .send = log_send,
    .sent = log_sent,
    .reports = log_reports,
    .is_broken = log_is_broken,
    .rebirth = log_rebirth,
};
