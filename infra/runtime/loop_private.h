/* loop_private.h — what the files of the loop share.  One struct, one owner for each part of it.
 *
 *   position.c     sources: where each partition stands in the store, in reading, in publishing
 *   assignment.c   taking partitions over: epoch, positions, checks, publishing again
 *   batch.c        collecting records; record.c understands one
 *   work.c         one attempt: load, decide, commit; and what follows from its outcome
 *   poison.c       which event is to blame
 *   parking.c      events that wait behind one that failed, and handing them back
 *   frame.c        events as they stand in the outbox;  headers.c, dead_letter.c, base64.c
 *   publisher.c    sending, delivery reports, units of what is not acknowledged
 *   timers.c       deadlines
 *   telemetry.c    metrics and status
 *   loop.c         the order in which all this happens
 *
 * Threads  one, but for telemetry's status. */
#pragma once
#include "base/arena.h"
#include "runtime/cloudevents.h"
#include "runtime/loop.h"
#include "runtime/telemetry.h"

#define RETRY_US_FIRST        5000
#define RETRY_US_MAX          (2 * INT64_C(1000000))
#define RETRY_US_PAUSE        100000 /* longer waits pause the partitions and poll */
#define PUBLISHED_ALONE_US    200000 /* published_next is written alone when no batch comes */
#define OWNED_US              5000000 /* an owner with nothing to write looks so often whether it still is one */
#define HINT_US               500000 /* committed offsets are a hint: no more often than this */
#define REPORTS_COME_US       500000 /* without a report for so long: they do not come */
#define SILENCE_US            5000000 /* without a report: the broker is said to be away */
#define SHOW_US               1000000
#define GAPS_REAL_MIN         3  /* from then on, gaps in mid-stream are believed */
#define GAPS_KEPT             16
#define BACKLOG_EVENTS        32 /* a batch of so many: more are waited for, a transaction costs much the same */
#define BACKLOG_WAIT_FACTOR   5  /* … for so many times as long as the last batch took to decide and commit */
#define BACKLOG_WAIT_US_MAX   100000
#define BACKLOG_AGE_SHARE     4  /* … and no longer than a fourth of what the events are late anyway */
#define MAY_WAIT_US           16000 /* a batch of nothing but events that may wait for company */
#define REPORT_WAIT_MS        5 /* reports are looked for so often while some are due */
#define BATCH_BYTES_MAX       (4u << 20)
#define BATCH_READ_MAX_FACTOR 8 /* of batch_max: records read in one batch, dropped ones included */
#define UNPUBLISHED_AHEAD     1500    /* events: beyond, the next batch waits for reports, while they come */
#define UNPUBLISHED_MAX       50000   /* beyond, nothing is read */
#define UNPUBLISHED_BYTES_MAX (64u << 20)
#define POSITIONS_MAX         (EV_COUNT * 1024)
#define ARENA_KEEP_BYTES      (32u << 20) /* one chunk, kept: giving it back each time tears the heap */
#define LANES_MAX             1024

/* ---- positions ------------------------------------------------------------------------------------ */

struct unit; /* publisher.c: one outbox row that is on its way */

struct position {
    const char *name;      /* in the store: the event's name, or SOURCE_TIMER, SOURCE_REDRIVE */
    const char *topic;     /* in Kafka; NULL: no topic */
    enum event_type type;  /* EV_NONE: no topic */
    int32_t partition;
    int64_t next_offset;      /* as committed in the store */
    int64_t read_next;        /* as collected; back to next_offset when a batch is dropped */
    int64_t polled_next;      /* as taken from the log: with what was read ahead */
    int64_t published_stored; /* published_next as the store has it */
    int64_t hinted;           /* as told to Kafka */
    uint32_t gaps;            /* that proved real: such a topic has them by nature */
    bool flows;               /* a record was taken since reading (re)started */
    int64_t end_seen;         /* everything below has been handed out */
    int64_t end_polled;       /* the same, with what was read ahead */
    struct unit *oldest, *newest; /* not acknowledged, in order */
    struct metric *lag, *at;
};

/* A partition number: the partitions of that number of all topics, timers and redrives. */
struct lane {
    int32_t partition;
    struct position *timer, *redrive; /* NULL: this member does not own them */
    bool is_whole;                    /* every input topic's partition of that number is ours */
    int64_t next_deadline_us;         /* 0: none known */
    int64_t ask_at_us;                /* monotonic: not before */
    bool is_dirty;                    /* something may have set an earlier deadline */
    int64_t armed_us;                 /* 0: no fence; else deadlines up to here may fire */
    uint32_t due_max;
    int64_t ends[EV_COUNT]; /* of the fence */
};

/* ---- records --------------------------------------------------------------------------------------- */

struct trace {
    uint8_t id[16];
    uint8_t flags;
};

struct record {
    struct position *position; /* whose offset it moves */
    int64_t offset;            /* in that position */
    const char *cause;         /* "topic/partition/offset" of the message itself; made when needed */
    const struct route *route; /* NULL: nothing to decide */
    const char *refusal;       /* not NULL: a dead letter for this reason */
    const char *refusal_detail;
    enum key_kind kind;
    const char *key; /* the event's; NULL where there is none */
    bool is_parked;  /* waits behind another: set by the first round trip */
    bool is_culprit; /* its transaction fails: to be parked */
    const struct store_parked *parked; /* not NULL: handed back from there */
    struct trace trace;
    struct kafka_record raw; /* handle NULL: not from the log */
    struct event event;      /* last: in a batch only as long as need be, see record_keep */
};

/* A gap in the offsets of a topic that was asked about. */
struct gap {
    enum event_type type;
    int32_t partition;
    int64_t at;
    uint32_t asked;
};

enum batch_kind { BATCH_LOG, BATCH_TIMER, BATCH_REDRIVE };

struct batch {
    enum batch_kind kind;
    struct arena *arena;     /* records, events */
    struct record **records; /* in order of arrival; only those with something to do */
    uint32_t count, capacity;
    uint32_t done;      /* committed so far (bisecting) */
    uint32_t limit;     /* the next attempt takes records [done, limit) */
    uint32_t suspect_end; /* > done: somewhere in [done, suspect_end) is a culprit */
    uint32_t read;      /* records polled, dropped ones included */
    uint32_t bytes;
    uint64_t generation;
    int64_t begun_us;
    struct store_redrive redrive; /* BATCH_REDRIVE */
    struct error culprit_error;   /* what the culprit's transaction said */
};

/* ---- publishing ------------------------------------------------------------------------------------ */

struct frame {
    uint32_t seq; /* order of decision within its batch */
    int64_t at_us;
    struct uuid id;
    struct trace trace;
    int32_t partition;
    enum event_type type;
    const char *cause;
    uint32_t cause_bytes;
    const char *key; /* NULL: none */
    uint32_t key_bytes;
    const char *value;
    uint32_t value_bytes;
};

struct publisher {
    uint64_t generation; /* units of an older one touch nothing any more */
    uint64_t outstanding;       /* events sent and not reported */
    uint64_t outstanding_bytes;
    uint64_t in_flight; /* events the producer holds, of former generations too */
    int64_t report_at_us; /* last report, or when there was nothing to report */
};

/* ---- the loop -------------------------------------------------------------------------------------- */

enum assignment_state { ASSIGNMENT_NONE, ASSIGNMENT_PENDING, ASSIGNMENT_READY };

struct culprit {
    char sqlstate[6];
    char constraint[64];
    enum key_kind kind;
    char key[65]; /* its own: read again before it could be parked, it is no second culprit */
    bool is_last; /* nothing was decided and committed since */
};

struct loop {
    struct loop_settings settings;
    struct log log;
    struct store store;
    struct world world;
    const char **topics; /* read, prefix included */
    uint32_t topic_count;
    size_t prefix_bytes;

    /* assignment */
    enum assignment_state state;
    uint64_t generation;
    struct uuid epoch, epoch_next; /* next: on its way, for an unknown outcome */
    bool has_epoch_next;
    struct position *positions;
    uint32_t position_count;
    struct position **by_type; /* [type * lane_span + partition] */
    uint32_t lane_span;
    struct lane *lanes;
    uint32_t lane_count;
    bool is_identified;
    int64_t rejoin_at_us; /* 0: no */
    bool restart_reading; /* assign again at read_next */
    struct gap gaps[GAPS_KEPT];
    uint32_t gap_count;
    bool is_log_paused;
    struct { const char *topic; enum event_type type; } topic_cache[EV_COUNT];
    uint32_t topic_cache_count;

    /* the batch in hand */
    struct batch batch;
    struct batch ahead;       /* the next one, begun while the answer of a commit was on its way */
    bool is_reading_ahead;
    struct error ahead_failure; /* FATAL, told when the next batch is collected */
    struct record reading;    /* the one that is being read: kept in the batch when there is something to do */
    struct arena *work; /* of one attempt */
    struct attempt *attempt; /* in work; NULL: none that may have been committed */
    uint32_t last_count;
    int64_t last_work_us; /* what the last attempt took */
    bool is_outcome_unknown;
    struct culprit culprit;

    struct publisher publisher;
    bool publish_again; /* the producer broke: everything unacknowledged goes out again */

    /* waiting */
    uint32_t failures;
    int64_t retry_at_us;
    int64_t moved_at_us;  /* positions or published_next were last written */
    int64_t owned_at_us;  /* the store last took something from us */
    int64_t hinted_at_us;
    int64_t pruned_at_us;
    int64_t shown_at_us;
    int64_t redrive_asked_us;
    uint32_t redriven_in_burst; /* keys, since the last pause */
    bool is_stopping, is_drained, was_ready, was_silent;
    struct telemetry *telemetry;
};

static inline int64_t
now_us(const struct loop *loop)
{
    return loop->world.ops->monotonic_us(loop->world.self);
}

/* position.c */
bool positions_build(struct loop *loop, struct error *err);
void positions_drop(struct loop *loop);
struct position *position_of(const struct loop *loop, enum event_type type, int32_t partition);
struct lane *lane_of(const struct loop *loop, int32_t partition);
/* Lowest source offset whose events are not all acknowledged. */
int64_t position_published_next(const struct position *position);
/* Moves of these positions alone, or (only_changed) of all whose published_next is not written yet. */
uint32_t positions_published_moves(struct loop *loop, struct store_move *out);
bool positions_write_published(struct loop *loop, struct error *err);
bool positions_hint(struct loop *loop, bool wait, struct error *err);
/* Lag and position of every partition, without asking anyone. */
void positions_show(struct loop *loop);
uint32_t positions_for_store(struct loop *loop, struct store_position *out);

/* assignment.c */
bool assignment_take(struct loop *loop, struct error *err);
bool assignment_settle_unknown(struct loop *loop, struct error *err);
bool assignment_publish_again(struct loop *loop, struct error *err);
bool assignment_restart_reading(struct loop *loop, struct error *err);
void assignment_lost(struct loop *loop);

/* record.c */
/* All but the event's own struct.  raw is taken over. */
void record_begin(struct record *record, struct position *position, const struct kafka_record *raw);
/* A copy, no longer than what was read. */
struct record *record_keep(struct arena *arena, const struct record *read);
enum event_type record_type(struct loop *loop, const struct kafka_record *raw);
/* Understands raw: identity, trace, event or refusal, route.  Returns whether there is anything to do. */
bool record_read(struct loop *loop, struct arena *arena, struct record *record);
/* "topic/partition/offset", kept in the record: the arena is the one that the record lies in. */
const char *record_cause(struct loop *loop, struct record *record, struct arena *arena);
uint32_t record_headers(struct loop *loop, const struct record *record, struct kafka_header *out);

/* batch.c */
/* Polls once; a record that is ours joins the batch. */
bool batch_poll(struct loop *loop, int wait_ms, bool *got, struct error *err);
bool batch_collect(struct loop *loop, struct error *err);
void batch_add(struct batch *batch, struct record *record);
void batch_drop(struct loop *loop);
/* Reads what lies ready into the next batch, if this one is one of many; self: the loop. */
void batch_read_ahead(struct loop *loop);
/* Forgets what was read ahead: it will be read again. */
void batch_drop_ahead(struct loop *loop);
void batch_begin(struct loop *loop, enum batch_kind kind);
bool batch_is_pending(const struct loop *loop);

/* work.c */
struct attempt; /* what one transaction is to hold, and what to do once it does */
bool work_attempt(struct loop *loop, struct error *err);
/* By the positions as the store has them: was the attempt committed?  FENCED: neither yes nor no. */
bool work_settle(struct loop *loop, const struct store_position *stored, struct error *err);

/* poison.c */
bool poison_handle(struct loop *loop, struct error *err);

/* parking.c */
void parking_row(struct loop *loop, struct record *record, struct store_parked *out,
                 struct arena *arena);
bool parking_redrive(struct loop *loop, bool *worked, struct error *err);
bool parking_fail(struct loop *loop, const struct record *culprit, struct error *err);

/* timers.c */
void timer_fill(struct record *record, const char *order_id, int64_t deadline_us,
                struct arena *arena);
bool timers_step(struct loop *loop, bool *worked, struct error *err);

/* frame.c */
void frame_from(struct loop *loop, struct frame *out, const struct emitted *item, uint32_t seq,
                struct arena *arena);
size_t frame_bytes(const struct frame *frame);
char *frame_write(const struct frame *frame, char *at);
/* Reads one frame at *at and moves *at behind it; false: the bytes are no frames. */
bool frame_read(struct frame *out, const char **at, const char *end);

/* headers.c */
struct header_room { /* text that the headers point to */
    char source[64], trace[TRACEPARENT_TEXT_BYTES], cause[CLOUDEVENT_CAUSE_BYTES];
};
void headers_write(const struct loop *loop, const struct frame *frame,
                   struct cloudevent_headers *out, struct header_room *room);
struct trace headers_trace(const struct kafka_header *headers, uint32_t count, struct uuid id);

/* dead_letter.c */
struct json_writer;
void dead_letter_write(struct loop *loop, struct record *record, const char *reason,
                       const char *detail, struct arena *arena, struct frame *out);
void headers_to_json(struct json_writer *out, const struct kafka_header *headers, uint32_t count);
uint32_t headers_from_json(const char *json, size_t bytes, struct kafka_header *out,
                           struct arena *arena);

/* publisher.c */
void publisher_report(void *context, const struct kafka_delivery *delivery);
struct unit *publisher_unit(struct loop *loop, struct position *position, int64_t first,
                            int64_t last, uint32_t events);
bool publisher_send(struct loop *loop, const struct frame *frame, struct unit *unit);
void publisher_reset(struct loop *loop);
bool publisher_is_full(const struct loop *loop);
/* Far ahead of a broker that does acknowledge: a larger lead gains nothing and costs memory. */
bool publisher_is_ahead(const struct loop *loop);
