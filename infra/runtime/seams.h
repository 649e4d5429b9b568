/* seams.h — the three things the loop cannot do by itself: a log, a store, a clock.
 *
 * Shapes     tables of functions with a self.  In production: log_kafka.c, store_pg.c, world_real.c; a
 *            simulation brings its own and runs the very same loop.
 * Errors     as the classes say: RETRY, POISON, FENCED, FATAL.
 * Threads    all are called by the one loop, from loop_step.
 * Source     architecture.md section 3; faults.md section 2 (deterministic simulation). */
#pragma once
#include "base/uuid.h"
#include "runtime/kafka.h"
#include "runtime/service.h"

/* ---- the log -------------------------------------------------------------------------------------- */

struct log_ops {
    /* Consuming: as kafka.h says.  Rebalances happen inside poll and show in the generation. */
    enum kafka_polled (*poll)(void *self, int wait_ms, struct kafka_record *out, struct error *err);
    uint32_t (*headers)(void *self, const struct kafka_record *record, struct kafka_header *out);
    void (*release)(void *self, struct kafka_record *record);
    uint64_t (*generation)(void *self);
    uint32_t (*assignment)(void *self, const struct kafka_partition **out);
    bool (*is_joined)(void *self);
    bool (*start)(void *self, const struct kafka_partition *at, uint32_t count, struct error *err);
    void (*pause)(void *self);
    void (*resume)(void *self);
    /* Leaves the group and joins it again, as a new member. */
    bool (*rejoin)(void *self, struct error *err);

    bool (*offsets)(void *self, int64_t which, struct kafka_partition *at, uint32_t count,
                    struct error *err);
    int64_t (*known_end)(void *self, const char *topic, int32_t partition);
    bool (*committed)(void *self, struct kafka_partition *at, uint32_t count, struct error *err);
    bool (*commit)(void *self, const struct kafka_partition *at, uint32_t count, bool wait,
                   struct error *err);
    bool (*cluster_id)(void *self, char *out, size_t out_bytes, struct error *err);

    /* Producing.  Reports go to whoever was named last with on_report. */
    void (*on_report)(void *self, kafka_report *report, void *context);
    bool (*send)(void *self, const struct kafka_outgoing *out, struct error *err);
    /* A batch of events is complete: it goes out now. */
    void (*sent)(void *self);
    uint32_t (*reports)(void *self, int wait_ms);
    bool (*is_broken)(void *self);
    bool (*rebirth)(void *self, struct error *err);
};

struct log {
    const struct log_ops *ops;
    void *self;
};

/* ---- the store ------------------------------------------------------------------------------------ */

/* Names of sources that are no topic. */
#define SOURCE_TIMER   "$timer"
#define SOURCE_REDRIVE "$redrive"

struct store_position {
    const char *name; /* of the event, without prefix; or SOURCE_… */
    int32_t partition;
    int64_t next_offset;
    int64_t published_next;
};

/* One row of the outbox. */
struct store_outbox {
    const char *name;
    int32_t partition;
    int64_t first_offset, last_offset;
    int64_t batch_no; /* read only: the store counts per partition number */
    uint32_t event_count;
    const char *frames;
    uint32_t frames_bytes;
};

struct store_parked {
    int64_t seq; /* read only */
    enum key_kind kind;
    const char *key;
    const char *name; /* of the source: the event's name, or SOURCE_TIMER */
    int32_t partition;
    int64_t offset;
    int64_t at_us;
    const char *headers; /* JSON */
    uint32_t headers_bytes;
    const char *record_key; /* NULL: none */
    uint32_t record_key_bytes;
    const char *record_value; /* NULL: none */
    uint32_t record_value_bytes;
    const char *reason, *detail;
};

/* Which events of a batch are parked behind another one of their key. */
struct store_waiting {
    const char *const *keys;
    const enum key_kind *kinds;
    uint32_t count;
    bool *is_parked; /* out */
};

struct store_move {
    const char *name;
    int32_t partition;
    int64_t expected; /* next_offset as the loop knows it */
    int64_t next_offset;
    int64_t published_next;
};

enum redrive_outcome { REDRIVE_OPEN, REDRIVE_DONE, REDRIVE_FAILED, REDRIVE_NOTHING_PARKED,
                       REDRIVE_GIVEN_UP };

struct store_commit {
    const struct view *view; /* its changed rows are saved; NULL: none */
    struct uuid epoch;
    const struct store_move *moves;
    uint32_t move_count;
    const struct store_outbox *outbox;
    uint32_t outbox_count;
    const struct store_parked *parked;
    uint32_t parked_count;
    const int64_t *unparked; /* seq of parked events that are handled by this commit */
    uint32_t unparked_count;
    /* NULL, or to be called while the answer is on its way; returns after how many milliseconds again, −1: no
     * more. */
    int (*meanwhile)(void *self);
    void *meanwhile_self;
};

struct store_due {
    char order_id[UUID_TEXT_BYTES];
    int64_t deadline_us;
};

struct store_redrive {
    int64_t id;
    enum key_kind kind;
    char key[65];
    int32_t partition; /* of the first event that is parked; −1: nothing is */
    int64_t seq;       /* of that event */
    int32_t attempts;  /* of that event: how often it failed */
    int32_t begun_count; /* this request, this time included, since anything of it was handed back */
    bool is_forced;
    bool was_handled;   /* something of it was handed back before */
    int32_t per_second; /* keys; 0: as the owner likes */
};

struct store_redrive_end {
    int64_t id;
    enum redrive_outcome outcome;
    const char *detail;
    int64_t seq;          /* the parked event that failed, to be counted; 0: none */
    const char *sqlstate; /* that it failed with; "": not known */
};

struct store_ops {
    /* Connects and prepares every statement.  Does nothing when connected. */
    bool (*open)(void *self, struct error *err);
    bool (*is_open)(void *self);
    /* Writes who we are at the first start; later FATAL where it differs. */
    bool (*identify)(void *self, const char *cluster_id, const char *topic_prefix,
                     struct error *err);

    /* Takes positions over: sets epoch, waiting for a transaction of the former owner to end, and fills
     * next_offset and published_next.  A row that is missing is made with next_offset as given.
     * mine (NULL: whoever holds them): FENCED unless every row still has this epoch (or already the new
     * one). */
    bool (*take)(void *self, const struct uuid *mine, struct uuid epoch,
                 struct store_position *positions, uint32_t count, struct error *err);
    /* Every outbox row of these positions with last_offset ≥ published_next, by batch_no. */
    bool (*unpublished)(void *self, const struct store_position *positions, uint32_t count,
                        bool (*each)(void *context, const struct store_outbox *row,
                                     struct error *err),
                        void *context, struct error *err);

    /* First round trip: begins, loads the rows of keys into view, says what is parked. */
    bool (*begin)(void *self, const struct keys *keys, struct view *view,
                  struct store_waiting *waiting, struct error *err);
    /* Second round trip: all of it or nothing.  With begin or, for moves alone, without.  A failure that
     * leaves the store closed means that the outcome is unknown. */
    bool (*commit)(void *self, const struct store_commit *commit, struct error *err);
    void (*abandon)(void *self);

    /* *out_us 0: none. */
    bool (*next_deadline)(void *self, const struct timer *timer, int32_t partition, int64_t *out_us,
                          struct error *err);
    bool (*due)(void *self, const struct timer *timer, int32_t partition, int64_t until_us,
                struct store_due *out, uint32_t capacity, uint32_t *count, struct error *err);

    /* Begins the oldest open request; *found false: none.  Only for these partition numbers (or for
     * nothing). */
    bool (*redrive_request)(void *self, const int32_t *partitions, uint32_t count,
                            struct store_redrive *out, bool *found, struct error *err);
    /* Parked events of a key, in order, copied into arena. */
    bool (*parked)(void *self, enum key_kind kind, const char *key, struct arena *arena,
                   struct store_parked *out, uint32_t capacity, uint32_t *count, struct error *err);
    bool (*redrive_close)(void *self, const struct store_redrive_end *end, struct error *err);
    /* Forgets published outbox rows older than that, a few at once. */
    bool (*prune)(void *self, const struct store_position *positions, uint32_t count,
                  int64_t older_than_us, uint32_t *deleted, struct error *err);
};

struct store {
    const struct store_ops *ops;
    void *self;
};

/* ---- the world ------------------------------------------------------------------------------------ */

struct world_ops {
    int64_t (*monotonic_us)(void *self); /* for waiting */
    int64_t (*wall_us)(void *self);      /* for "has a deadline passed" alone; never a decision's now */
    struct uuid (*uuid)(void *self);     /* epochs */
    uint32_t (*random)(void *self, uint32_t below);
};

struct world {
    const struct world_ops *ops;
    void *self;
};
