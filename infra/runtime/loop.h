/* loop.h — the one loop: reads a batch, decides it, commits it, publishes it.
 *
 * Shapes     loop: one member of one service's group.  loop_step does the next small piece of work and
 *            waits at most LOOP_WAIT_MS_MAX; whoever calls it decides when, which is how a simulation
 *            runs many of them.
 * Invariant  offsets, rows, outbox and parked events move in one transaction; only what is committed is
 *            published; a loop whose epoch is gone commits nothing.
 * Errors     RETRY, POISON and FENCED are dealt with inside.  LOOP_FAILED: FATAL, err says why; stop.
 * Threads    one; loop_status and the metrics may be read from any.
 * Source     architecture.md section 3. */
#pragma once
#include "runtime/seams.h"

#define LOOP_WAIT_MS_MAX 100

struct loop_settings {
    const struct service *service;
    const char *group;        /* prefix included */
    const char *topic_prefix; /* "" */
    uint32_t batch_max;
    int64_t outbox_keep_us;
    struct domain_settings domain;
    uint32_t unpublished_max;        /* events; 0: the default */
    uint32_t unpublished_bytes_max;  /* 0: the default */
};

enum loop_progress {
    LOOP_IDLE,   /* nothing to do; has waited */
    LOOP_WORKED,
    LOOP_FAILED, /* FATAL */
};

struct loop;

struct loop *loop_new(const struct loop_settings *settings, struct log log, struct store store,
                      struct world world);
void loop_free(struct loop *loop);
enum loop_progress loop_step(struct loop *loop, struct error *err);
/* From now on no new batch is begun; loop_step goes on with what is begun and with publishing. */
void loop_stop(struct loop *loop);
/* Nothing is begun, nothing unpublished, positions and committed offsets are written. */
bool loop_is_drained(const struct loop *loop);
/* What the loop waits for, for /healthz and people: "" when it runs. Any thread. */
void loop_status(const struct loop *loop, char *out, size_t out_bytes);
/* Topics that a service reads: names of its routes' events, with prefix.  The caller gives the memory back
 * with loop_topics_free. */
uint32_t loop_topics_new(const struct service *service, const char *prefix, const char ***out);
/* Topics that it publishes to; freed alike. */
uint32_t loop_published_new(const struct service *service, const char *prefix, const char ***out);
void loop_topics_free(const char **topics, uint32_t count);
