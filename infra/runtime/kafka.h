/* kafka.h — everything jumun asks of Apache Kafka; kafka_*.c and topics.c alone see librdkafka.
 *
 * Shapes     consumer: a member of a group, or (kafka_reader_new) a plain reader without membership.
 *            producer: idempotent, acks=all; every send gets exactly one report, success or not.
 *            record: borrowed from the library until kafka_record_release.
 * Units      *_ms milliseconds; offsets as Kafka counts them; record time stamps in ms since 1970.
 * Topics     named as in Kafka, prefix included.  They are never created by consuming or producing.
 * Errors     RETRY: the broker cannot be reached or asks to try again.  FATAL: a person has to look.
 * Threads    one thread per consumer and per producer; different handles are independent.
 *            kafka_producer_send may be called from any thread, kafka_producer_poll from one.
 * Source     architecture.md sections 3 and 7: why each setting is what it is. */
#pragma once
#include "base/error.h"

struct kafka_settings {
    const char *bootstrap;   /* JUMUN_KAFKA */
    const char *config_file; /* JUMUN_KAFKA_CONFIG: lines of name=value for librdkafka; NULL or "": none */
    const char *client_id;
    uint32_t prefetch_kbytes; /* readers: at most so much lies ready; 0: the default */
    uint32_t linger_ms;       /* producers: so long an event may wait for others, and one thread alone
                                 sends and polls; 0: not at all */
    const char *const *publishes; /* producers: topics whose leaders are asked for before the first event */
    uint32_t publish_count;
    uint32_t partitions;      /* of each topic; 0: not known */
    uint32_t topic_count;     /* members: set by kafka_consumer_new */
};

struct kafka_header {
    const char *name;
    const char *value; /* NULL is allowed and is not "" */
    uint32_t value_bytes;
};

#define KAFKA_HEADERS_MAX 64 /* more are neither read nor sent */

struct kafka_record {
    const char *topic; /* one pointer per topic and handle: may be compared as such */
    int32_t partition;
    int64_t offset;
    int64_t at_ms;   /* record time stamp: the broker's clock (LogAppendTime) */
    const char *key; /* NULL: none */
    uint32_t key_bytes;
    const char *value; /* NULL: none (a tombstone) */
    uint32_t value_bytes;
    void *handle; /* for kafka_record_headers and _release */
};

struct kafka_partition {
    const char *topic;
    int32_t partition;
    int64_t offset; /* what it means says each function; KAFKA_OFFSET_NONE: unknown */
};

#define KAFKA_OFFSET_NONE  (-1001)
#define KAFKA_OFFSET_END   (-1)
#define KAFKA_OFFSET_FIRST (-2)

/* ---- consumers ---------------------------------------------------------------------------- */

struct kafka_consumer;

enum kafka_polled {
    KAFKA_NOTHING, /* nothing within wait_ms, or the assignment changed: look at the generation */
    KAFKA_RECORD,
    KAFKA_END,    /* all of out->topic/partition before out->offset has been handed out */
    KAFKA_FAILED, /* err is filled: RETRY means keep polling */
};

/* Joins the group (range assignor).  What is assigned stays paused until kafka_consumer_start.  topics: in
 * the order of the saga, which decides what is read first when much lies ready; they must outlive it. */
struct kafka_consumer *kafka_consumer_new(const struct kafka_settings *settings, const char *group,
                                          const char *const *topics, uint32_t topic_count,
                                          struct error *err);
/* Leaves the group (waits for it) and frees. */
void kafka_consumer_free(struct kafka_consumer *consumer);
/* Rebalances happen in here, and only in here. */
enum kafka_polled kafka_consumer_poll(struct kafka_consumer *consumer, int wait_ms,
                                      struct kafka_record *out, struct error *err);
/* Grows with every assignment and every revocation: records of an older one are void. */
uint64_t kafka_consumer_generation(const struct kafka_consumer *consumer);
/* What is assigned now; valid until the next poll. */
uint32_t kafka_consumer_assignment(const struct kafka_consumer *consumer,
                                   const struct kafka_partition **out);
/* The group has assigned (perhaps nothing) since it last revoked. */
bool kafka_consumer_is_joined(const struct kafka_consumer *consumer);
/* Assigns again, with these offsets, and lets records flow.  Never a seek. */
bool kafka_consumer_start(struct kafka_consumer *consumer, const struct kafka_partition *at,
                          uint32_t count, struct error *err) MUST_USE;
void kafka_consumer_pause(struct kafka_consumer *consumer);
void kafka_consumer_resume(struct kafka_consumer *consumer);
/* Records that lie ready, of a member. */
size_t kafka_consumer_ready(const struct kafka_consumer *consumer);
/* Writes committed offsets (offset = next to be read); wait = false: no answer is awaited.  On a
 * reader it sets the offsets of its group, which must have no members. */
bool kafka_commit(struct kafka_consumer *consumer, const struct kafka_partition *at, uint32_t count,
                  bool wait, struct error *err);

/* A reader never joins.  group (NULL: none) is the one whose committed offsets it may read and set. */
struct kafka_consumer *kafka_reader_new(const struct kafka_settings *settings, const char *group,
                                        struct error *err);
/* Reads from these offsets (KAFKA_OFFSET_FIRST, KAFKA_OFFSET_END are allowed) with
 * kafka_consumer_start, _poll, _free; KAFKA_END is told once per end reached. */

void kafka_record_release(struct kafka_record *record);
/* Fills out with at most KAFKA_HEADERS_MAX headers, borrowed from the record; returns their number. */
uint32_t kafka_record_headers(const struct kafka_record *record, struct kafka_header *out);

/* ---- questions (any consumer or reader) --------------------------------------------------- */

#define KAFKA_ASK_MS 5000 /* each of these waits at most so long, then RETRY */

/* which: KAFKA_OFFSET_FIRST or KAFKA_OFFSET_END; fills offset of each, in one request per broker. */
bool kafka_offsets(struct kafka_consumer *consumer, int64_t which, struct kafka_partition *at,
                   uint32_t count, struct error *err) MUST_USE;
/* The end of a partition as the last answer to a fetch told it, without asking; KAFKA_OFFSET_NONE: none. */
int64_t kafka_known_end(struct kafka_consumer *consumer, const char *topic, int32_t partition);
/* Fills offset with what the group has committed, KAFKA_OFFSET_NONE where nothing. */
bool kafka_committed(struct kafka_consumer *consumer, struct kafka_partition *at, uint32_t count,
                     struct error *err) MUST_USE;
/* Number of partitions, 0: no such topic. */
bool kafka_partition_count(struct kafka_consumer *consumer, const char *topic, int32_t *out,
                           struct error *err) MUST_USE;
bool kafka_group_members(struct kafka_consumer *consumer, const char *group, uint32_t *out,
                         struct error *err) MUST_USE;
bool kafka_cluster_id(struct kafka_consumer *consumer, char *out, size_t out_bytes,
                      struct error *err) MUST_USE;
/* Every record of a topic from its start to the ends at the time of the call, partition by partition as
 * they come; stops early when each returns false.  Records are released by this function. */
bool kafka_read_topic(struct kafka_consumer *reader, const char *topic,
                      bool (*each)(void *context, const struct kafka_record *record), void *context,
                      struct error *err) MUST_USE;

/* ---- producer ------------------------------------------------------------------------------ */

struct kafka_producer;

struct kafka_delivery {
    bool ok;
    int code; /* rd_kafka_resp_err_t */
    const char *reason;
    const char *topic;
    int32_t partition;
    int64_t offset; /* ok only */
    void *opaque;
};

/* Called from kafka_producer_poll, _rebirth and _free. */
typedef void kafka_report(void *context, const struct kafka_delivery *delivery);

struct kafka_outgoing {
    const char *topic;
    int32_t partition; /* −1: by key, murmur2_random */
    const char *key;
    uint32_t key_bytes;
    const char *value;
    uint32_t value_bytes;
    const struct kafka_header *headers;
    uint32_t header_count;
    void *opaque;
};

struct kafka_producer *kafka_producer_new(const struct kafka_settings *settings,
                                          kafka_report *report, void *context, struct error *err);
/* Purges what is queued and in flight (reported as not ok) and frees. */
void kafka_producer_free(struct kafka_producer *producer);
/* Bytes are copied.  RETRY: the local queue is full, poll and send again. */
bool kafka_producer_send(struct kafka_producer *producer, const struct kafka_outgoing *out,
                         struct error *err) MUST_USE;
/* With linger_ms: a batch of events is complete and need not wait for more.  Takes a millisecond at most. */
void kafka_producer_sent(struct kafka_producer *producer);
/* Delivers reports; waits up to wait_ms for the first.  Returns how many were delivered. */
uint32_t kafka_producer_poll(struct kafka_producer *producer, int wait_ms);
/* After an error report or a fatal error nothing more may be sent until the rebirth. */
bool kafka_producer_is_broken(const struct kafka_producer *producer);
/* Purges queue and in-flight, destroys the handle, makes a new one. */
bool kafka_producer_rebirth(struct kafka_producer *producer, struct error *err) MUST_USE;
