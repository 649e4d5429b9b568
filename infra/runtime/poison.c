/* poison.c — a transaction failed by its content: which event is to blame.
 *
 * Halve until one is left; that one is the culprit and is parked.  Two culprits of different keys in a row,
 * with the same code and constraint and nothing decided in between, are no culprits: something is wrong
 * with all of them, and only a person can say what.
 * Contract  loop_private.h */
#include "base/logger.h"
#include "runtime/loop_private.h"
#include <stdio.h>
#include <string.h>

static bool
is_second_alike(const struct culprit *last, const struct record *record, const struct error *err)
{
    bool is_same_key = last->kind == record->kind && strcmp(last->key, record->key) == 0;

    return last->is_last && !is_same_key && strcmp(last->sqlstate, err->sqlstate) == 0 &&
           strcmp(last->constraint, err->constraint) == 0;
}

static void
remember(struct culprit *culprit, const struct record *record, const struct error *err)
{
    culprit->kind = record->kind;
    snprintf(culprit->key, sizeof culprit->key, "%s", record->key);
    memcpy(culprit->sqlstate, err->sqlstate, sizeof culprit->sqlstate);
    memcpy(culprit->constraint, err->constraint, sizeof culprit->constraint);
    culprit->is_last = true;
}

static bool
convict(struct loop *loop, struct record *record, struct error *err)
{
    const char *cause = record_cause(loop, record, loop->batch.arena);

    if (record->is_culprit || record->refusal) {
        err->class = ERROR_FATAL;
        return error_wrap(err, "%s cannot even be set aside", cause);
    }
    if (loop->batch.kind == BATCH_REDRIVE)
        return parking_fail(loop, record, err);
    if (is_second_alike(&loop->culprit, record, err)) {
        err->class = ERROR_FATAL;
        return error_wrap(err, "two events in a row fail alike, so neither is to blame; second %s",
                          cause);
    }
    remember(&loop->culprit, record, err);
    log_error("an event cannot be handled: its key is parked until a redrive",
              F_STR("record", cause), F_STR("event", topics[record->event.type].name),
              F_STR("key", record->key), F_STR("sqlstate", err->sqlstate),
              F_STR("constraint", err->constraint), F_STR("error", err->message));
    record->is_culprit = true;
    loop->batch.culprit_error = *err;
    loop->batch.suspect_end = 0;
    return true;
}

bool
poison_handle(struct loop *loop, struct error *err)
{
    struct batch *batch = &loop->batch;
    uint32_t count = batch->limit - batch->done;

    metric_add(loop->telemetry->poisoned, 1);
    if (count == 1)
        return convict(loop, batch->records[batch->done], err);
    log_warn("a transaction fails by its content: looking for the culprit", F_INT("events", count),
             F_STR("sqlstate", err->sqlstate), F_STR("constraint", err->constraint));
    batch->suspect_end = batch->limit;
    batch->limit = batch->done + count / 2;
    return true;
}
