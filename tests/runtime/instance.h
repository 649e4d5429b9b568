/* instance.h — one member of the probe's group, whose log and store can be made to fail.
 *
 * Shapes   trap: at the nth call of one of the seam's functions, fail in one of three ways.
 * Threads  none: instances are stepped by the test, one after the other. */
#pragma once
#include "runtime/log_kafka.h"
#include "runtime/loop.h"
#include "runtime/stage.h"
#include "runtime/store_pg.h"

#define INSTANCE_UNPUBLISHED_MAX 200

enum trap_at {
    TRAP_NONE,
    TRAP_OPEN,
    TRAP_TAKE,
    TRAP_BEGIN,
    TRAP_COMMIT_BEFORE, /* the transaction never happened */
    TRAP_COMMIT_AFTER,  /* it did, but the answer is lost */
    TRAP_COMMIT_CUT,    /* the connection is gone and nothing was committed */
    TRAP_SEND,
    TRAP_SEND_OPEN, /* a send fails, and then the store cannot be opened, once */
    TRAP_REPORT, /* one delivery report says no */
    TRAP_UNPUBLISHED,
    TRAP_OFFSETS,
    TRAP_COUNT
};

struct instance {
    struct stage *stage;
    struct log_kafka *log;
    struct store_pg *store;
    struct log log_seam;
    struct store store_seam;
    struct loop *loop;
    const char **topics;
    uint32_t topic_count;
    struct error err;
    bool failed;

    enum trap_at trap;
    int trap_after;     /* calls until it snaps; −1: never */
    uint32_t snapped;
    bool holds_reports; /* the broker seems silent */
    int64_t hidden_offset; /* of PaymentVoided, partition 0: not handed out so many times */
    uint32_t hidden_times;
    bool is_away;       /* the store cannot be opened, once */
    bool is_cut;        /* the store says it is closed until opened again */
    uint32_t commits;   /* that succeeded */
    uint32_t largest_commit;
    kafka_report *report;
    void *report_context;
};

/* traps.c: self is the instance. */
extern const struct store_ops store_traps;
extern const struct log_ops log_traps;

void instance_open(struct instance *instance, struct stage *stage, uint32_t batch_max);
/* Stops in order: drains, leaves the group. */
void instance_stop(struct instance *instance);
/* As kill −9 does: nothing is flushed, nothing written; the group notices by its time-out or at once. */
void instance_kill(struct instance *instance);
void instance_set_trap(struct instance *instance, enum trap_at at, int after);
void instance_step(struct instance *instance);
/* Steps until the query gives the number, for at most 30 s; returns whether it did. */
bool instance_until(struct instance *instance, const char *sql, int64_t wanted);
bool instances_until(struct instance **instances, uint32_t count, const char *sql, int64_t wanted);
/* Everything consumed that was fed (count over all input topics) and all of it acknowledged. */
bool instance_rest(struct instance *instance, int64_t fed);
