/* loop.c — the order in which everything happens.  Contract: loop.h
 *
 *   making     loop_new, loop_free, loop_stop
 *   advance    one piece of work: the first that is due, from the most to the least urgent
 *   failures   what each class asks for
 *   waiting    short waits wait, long ones pause the partitions and keep polling */
#include "base/logger.h"
#include "runtime/fault.h"
#include "runtime/loop_private.h"
#include <stdio.h>
#include <string.h>

#define REJOIN_US_MAX 2000000
#define PRUNE_US      5000000

/* ---- making ----------------------------------------------------------------------------------------- */

struct loop *
loop_new(const struct loop_settings *settings, struct log log, struct store store,
         struct world world)
{
    struct loop *loop = memory_new(sizeof *loop);

    memset(loop, 0, sizeof *loop);
    loop->settings = *settings;
    if (loop->settings.batch_max == 0)
        loop->settings.batch_max = 1000;
    loop->log = log;
    loop->store = store;
    loop->world = world;
    loop->prefix_bytes = strlen(settings->topic_prefix);
    loop->work = arena_new(1 << 20);
    loop->batch.arena = arena_new(1 << 20);
    loop->ahead.arena = arena_new(1 << 20);
    loop->telemetry = telemetry_new(settings->service->name);
    loop->topic_count = loop_topics_new(settings->service, settings->topic_prefix, &loop->topics);
    log.ops->on_report(log.self, publisher_report, loop);
    telemetry_set_status(loop->telemetry, "waiting for partitions");
    return loop;
}

void
loop_free(struct loop *loop)
{
    if (!loop)
        return;
    struct error ignored;

    assignment_lost(loop);
    if (loop->publisher.in_flight > 0) /* their reports bring the memory back */
        (void)!loop->log.ops->rebirth(loop->log.self, &ignored);
    loop->log.ops->on_report(loop->log.self, NULL, NULL);
    loop_topics_free(loop->topics, loop->topic_count);
    arena_free(loop->work);
    arena_free(loop->batch.arena);
    arena_free(loop->ahead.arena);
    telemetry_free(loop->telemetry);
    memory_free(loop);
}

void
loop_stop(struct loop *loop)
{
    loop->is_stopping = true;
}

bool
loop_is_drained(const struct loop *loop)
{
    return loop->is_drained;
}

void
loop_status(const struct loop *loop, char *out, size_t out_bytes)
{
    telemetry_get_status(loop->telemetry, out, out_bytes);
}

/* ---- between batches --------------------------------------------------------------------------------- */

static bool
prune(struct loop *loop, struct error *err)
{
    uint32_t deleted = 0;

    if (now_us(loop) - loop->pruned_at_us < PRUNE_US)
        return true;
    loop->pruned_at_us = now_us(loop);
    arena_reset(loop->work, ARENA_KEEP_BYTES);
    struct store_position *at = arena_take(loop->work, sizeof *at * (loop->position_count + 1));
    uint32_t count = positions_for_store(loop, at);
    for (uint32_t i = 0; i < count; i++)
        at[i].published_next = loop->positions[i].published_stored;
    TRY(loop->store.ops->prune(loop->store.self, at, count, loop->settings.outbox_keep_us, &deleted,
                               err));
    if (deleted > 0)
        loop->pruned_at_us -= PRUNE_US - 100000; /* there may be more */
    return true;
}

/* A broker that takes nothing is no failure of any step: it is only silent. */
static void
show_silence(struct loop *loop)
{
    bool is_silent = loop->publisher.outstanding > 0 &&
                     now_us(loop) - loop->publisher.report_at_us > SILENCE_US;

    if (is_silent != loop->was_silent)
        telemetry_set_status(loop->telemetry,
                             is_silent ? "the broker does not acknowledge what is published" : "");
    loop->was_silent = is_silent;
}

static bool
keep_house(struct loop *loop, struct error *err)
{
    int64_t now = now_us(loop);

    if (now - loop->moved_at_us >= PUBLISHED_ALONE_US)
        TRY(positions_write_published(loop, err));
    if (now - loop->shown_at_us >= SHOW_US) {
        positions_show(loop);
        show_silence(loop);
    }
    if (now - loop->hinted_at_us >= HINT_US)
        TRY(positions_hint(loop, false, err));
    return prune(loop, err);
}

/* Nothing new; what is out there is waited for, then written down. */
static bool
drain(struct loop *loop, struct error *err)
{
    if (loop->publisher.outstanding > 0) {
        loop->log.ops->reports(loop->log.self, LOOP_WAIT_MS_MAX / 2);
        return true;
    }
    TRY(positions_write_published(loop, err));
    TRY(positions_hint(loop, true, err));
    loop->is_drained = true;
    return true;
}

/* Too much is committed and not acknowledged: nothing is read until half of it is through. */
static bool
wait_for_publisher(struct loop *loop, struct error *err)
{
    bool got;

    if (!loop->is_log_paused)
        log_warn("reading is paused: the broker does not take what is to be published",
                 F_INT("events", loop->publisher.outstanding));
    if (!loop->is_log_paused)
        loop->log.ops->pause(loop->log.self);
    loop->is_log_paused = true;
    loop->log.ops->reports(loop->log.self, LOOP_WAIT_MS_MAX / 2);
    return batch_poll(loop, 0, &got, err);
}

static void
resume(struct loop *loop)
{
    if (!loop->is_log_paused)
        return;
    loop->log.ops->resume(loop->log.self);
    loop->is_log_paused = false;
}

static bool
next_batch(struct loop *loop, bool *worked, struct error *err)
{
    TRY(timers_step(loop, worked, err));
    if (!*worked)
        TRY(parking_redrive(loop, worked, err));
    if (*worked)
        return true;
    TRY(keep_house(loop, err));
    if (publisher_is_full(loop))
        return wait_for_publisher(loop, err);
    if (publisher_is_ahead(loop)) {
        loop->log.ops->reports(loop->log.self, REPORT_WAIT_MS);
        return true;
    }
    resume(loop);
    TRY(batch_collect(loop, err));
    *worked = batch_is_pending(loop);
    return true;
}

/* ---- advance ------------------------------------------------------------------------------------------ */

static bool
idle(struct loop *loop, struct error *err)
{
    bool got;

    if (loop->is_stopping)
        loop->is_drained = true;
    return batch_poll(loop, LOOP_WAIT_MS_MAX / 2, &got, err);
}

static bool
rejoin(struct loop *loop, struct error *err)
{
    if (now_us(loop) < loop->rejoin_at_us)
        return idle(loop, err);
    TRY(loop->log.ops->rejoin(loop->log.self, err));
    loop->rejoin_at_us = 0;
    log_info("joining the group again");
    return true;
}

static bool
handle_batch(struct loop *loop, struct error *err)
{
    if (loop->is_outcome_unknown)
        return assignment_settle_unknown(loop, err);
    return work_attempt(loop, err);
}

static bool
advance(struct loop *loop, bool *worked, struct error *err)
{
    if (loop->publish_again || loop->log.ops->is_broken(loop->log.self))
        return assignment_publish_again(loop, err);
    if (loop->rejoin_at_us)
        return rejoin(loop, err);
    if (loop->state == ASSIGNMENT_NONE || (loop->is_stopping && loop->state == ASSIGNMENT_PENDING))
        return idle(loop, err);
    *worked = true;
    if (loop->state == ASSIGNMENT_PENDING)
        return assignment_take(loop, err);
    if (batch_is_pending(loop) || loop->is_outcome_unknown)
        return handle_batch(loop, err);
    if (loop->restart_reading)
        return assignment_restart_reading(loop, err);
    if (loop->is_stopping)
        return drain(loop, err);
    *worked = false;
    return next_batch(loop, worked, err);
}

/* ---- failures ----------------------------------------------------------------------------------------- */

static void
retry_later(struct loop *loop, const struct error *err)
{
    int64_t delay_us = RETRY_US_FIRST << (loop->failures < 9 ? loop->failures : 9);

    if (delay_us > RETRY_US_MAX)
        delay_us = RETRY_US_MAX;
    delay_us += loop->world.ops->random(loop->world.self, (uint32_t)delay_us / 4 + 1);
    loop->failures++;
    loop->retry_at_us = now_us(loop) + delay_us;
    metric_add(loop->telemetry->retries, 1);
    log_failure(loop->failures > 1 ? LOG_WARN : LOG_INFO, "trying again", err);
    if (loop->failures > 4)
        telemetry_set_status(loop->telemetry, err->message);
}

/* Another member has our partitions: what the producer holds are repeats of what is committed, but it is
 * not for us to send them. */
static void
fenced(struct loop *loop, const struct error *err)
{
    log_failure(LOG_WARN, "fenced: another member holds our partitions", err);
    metric_add(loop->telemetry->fenced, 1);
    assignment_lost(loop);
    loop->publish_again = true;
    loop->rejoin_at_us =
        now_us(loop) + 1 + loop->world.ops->random(loop->world.self, REJOIN_US_MAX);
}

static bool
handle_failure(struct loop *loop, struct error *err)
{
    switch (err->class) {
    case ERROR_RETRY:
        retry_later(loop, err);
        return true;
    case ERROR_POISON:
        if (batch_is_pending(loop) && poison_handle(loop, err))
            return true;
        if (err->class == ERROR_RETRY) {
            retry_later(loop, err);
            return true;
        }
        return false;
    case ERROR_FENCED:
        fenced(loop, err);
        return true;
    case ERROR_NONE:
    case ERROR_REFUSED:
    case ERROR_FATAL:
        return false;
    }
    return false;
}

/* ---- waiting ------------------------------------------------------------------------------------------- */

static void
see_generation(struct loop *loop, struct error *err, bool *ok)
{
    uint64_t generation = loop->log.ops->generation(loop->log.self);

    if (generation == loop->generation)
        return;
    metric_add(loop->telemetry->rebalances, 1);
    assignment_lost(loop);
    loop->generation = generation;
    loop->failures = 0;
    loop->retry_at_us = 0;
    *ok = positions_build(loop, err);
    loop->state = loop->position_count > 0 ? ASSIGNMENT_PENDING : ASSIGNMENT_NONE;
    log_info("assignment", F_INT("partitions", loop->position_count),
             F_INT("generation", generation));
    FAULT_POINT("rebalanced");
}

static bool
wait_for_retry(struct loop *loop, struct error *err)
{
    int64_t left_us = loop->retry_at_us - now_us(loop);
    int wait_ms = (int)(left_us / 1000) + 1;
    bool got;

    if (wait_ms > LOOP_WAIT_MS_MAX)
        wait_ms = LOOP_WAIT_MS_MAX;
    if (left_us < RETRY_US_PAUSE && !loop->is_log_paused) {
        loop->log.ops->reports(loop->log.self, wait_ms);
        return true;
    }
    if (!loop->is_log_paused && loop->state == ASSIGNMENT_READY) {
        loop->log.ops->pause(loop->log.self);
        loop->is_log_paused = true;
    }
    return batch_poll(loop, wait_ms, &got, err);
}

static void
succeeded(struct loop *loop)
{
    /* more members than partitions: in the group, with nothing to do */
    bool is_spare = loop->state == ASSIGNMENT_NONE && loop->log.ops->is_joined(loop->log.self);

    if (loop->failures > 0)
        log_info("going on", F_INT("failures", loop->failures));
    if (loop->failures > 0 || loop->state != ASSIGNMENT_READY || !loop->was_ready)
        telemetry_set_status(loop->telemetry, loop->state == ASSIGNMENT_READY || is_spare
                                                  ? "" : "waiting for partitions");
    loop->was_ready = loop->state == ASSIGNMENT_READY;
    loop->failures = 0;
    loop->retry_at_us = 0;
}

enum loop_progress
loop_step(struct loop *loop, struct error *err)
{
    bool worked = false, ok = true;

    *err = (struct error){ 0 };
    loop->log.ops->reports(loop->log.self, 0);
    see_generation(loop, err, &ok);
    if (!ok)
        return LOOP_FAILED;
    if (now_us(loop) < loop->retry_at_us)
        return wait_for_retry(loop, err) ? LOOP_IDLE : LOOP_FAILED;
    if (advance(loop, &worked, err)) {
        succeeded(loop);
        return worked ? LOOP_WORKED : LOOP_IDLE;
    }
    return handle_failure(loop, err) ? LOOP_WORKED : LOOP_FAILED;
}
