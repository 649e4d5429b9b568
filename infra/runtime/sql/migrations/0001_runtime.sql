-- What the loop keeps in every service's schema: positions, outbox, parked events.  Run with search_path
-- set to that schema.  Reasons: architecture.md section 3.

-- Which cluster these positions belong to.  One row, written at the first start.
CREATE TABLE cluster_identity (
    only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    cluster_id   text NOT NULL,
    topic_prefix text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row per source partition.  topic is the event's name without prefix, or '$timer', '$redrive'.
--   epoch           random, new with every assignment: whoever holds another one commits nothing
--   next_offset     moved in the same transaction as the effects of everything below it
--   published_next  every event caused below it has been acknowledged by the broker
CREATE TABLE consumer_position (
    topic          text    NOT NULL,
    partition      integer NOT NULL CHECK (partition >= 0),
    epoch          uuid    NOT NULL,
    next_offset    bigint  NOT NULL CHECK (next_offset >= 0),
    published_next bigint  NOT NULL CHECK (published_next >= 0),
    CHECK (published_next <= next_offset),
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Counts the batches of a partition number: the order in which a new owner publishes again.
CREATE TABLE batch_counter (
    partition integer PRIMARY KEY,
    batch_no  bigint NOT NULL
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- One row per batch and source partition that caused events.  events: frames, see outbox_frames.
CREATE TABLE outbox (
    topic        text    NOT NULL,
    partition    integer NOT NULL,
    first_offset bigint  NOT NULL,
    last_offset  bigint  NOT NULL,
    batch_no     bigint  NOT NULL,
    written_at   timestamptz NOT NULL DEFAULT transaction_timestamp(),
    event_count  integer NOT NULL,
    events       bytea   NOT NULL,
    CHECK (first_offset <= last_offset),
    PRIMARY KEY (topic, partition, last_offset)
);
-- One value holds a batch's events, which are much alike: a fifth of the bytes is written, in a fifth of the pieces.
ALTER TABLE outbox ALTER COLUMN events SET COMPRESSION lz4;

-- Events whose transaction failed, and everything of the same key behind them.
-- topic '$timer': a deadline; recorded_at is the record's time stamp, or the deadline.
-- headers: [{"name": …, "value": base64 or null}, …]
CREATE TABLE parked (
    seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_kind      text    NOT NULL CHECK (key_kind IN ('order', 'product', 'coupon', 'customer')),
    key           text    NOT NULL,
    topic         text    NOT NULL,
    partition     integer NOT NULL,
    record_offset bigint  NOT NULL,
    recorded_at   timestamptz NOT NULL,
    headers       jsonb   NOT NULL,
    record_key    bytea,
    record_value  bytea,
    reason        text    NOT NULL, -- SQLSTATE of the culprit; 'behind' for what queues behind it
    detail        text    NOT NULL,
    parked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (topic, partition, record_offset)
);
CREATE INDEX parked_key ON parked (key, key_kind, seq);
-- A deadline stays due while its order is parked: it queues once.
CREATE UNIQUE INDEX parked_timer ON parked (key, recorded_at) WHERE topic = '$timer';

-- A person asks that the parked events of one key be handled again, in place and in order.
CREATE TABLE redrive_request (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_kind     text NOT NULL CHECK (key_kind IN ('order', 'product', 'coupon', 'customer')),
    key          text NOT NULL,
    requested_by text NOT NULL DEFAULT current_user,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at  timestamptz,
    outcome      text CHECK (outcome IN ('done', 'failed', 'nothing_parked')),
    detail       text,
    CHECK ((finished_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX redrive_request_open ON redrive_request (id) WHERE finished_at IS NULL;

-- Raises JM001 when a set of rows could not be written as a whole: another batch was faster.
CREATE FUNCTION expect_rows(actual bigint, expected bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF actual IS DISTINCT FROM expected THEN
        RAISE EXCEPTION 'lost version: % of % rows written', actual, expected USING ERRCODE = 'JM001';
    END IF;
    RETURN actual;
END $$;

-- Raises JM002 when a position has another epoch or another offset than its owner thinks.
CREATE FUNCTION fence(moved bigint, expected bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF moved IS DISTINCT FROM expected THEN
        RAISE EXCEPTION 'fenced: % of % positions are ours', moved, expected USING ERRCODE = 'JM002';
    END IF;
    RETURN moved;
END $$;

CREATE FUNCTION frame_integer(bytes bytea, at integer, width integer) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT ('x' || lpad(encode(substr(bytes, at, width), 'hex'), 16, '0'))::bit(64)::bigint
$$;

-- Takes the frames of an outbox row apart.  A frame, big-endian: length of the rest u32, seq u32,
-- at_us i64, ce_id 16, trace_id 16, trace flags u8, partition i32, bytes of topic u8, of cause u16,
-- of key u32 (all ones: no key), of value u32; then topic, cause, key, value.
CREATE FUNCTION outbox_frames(events bytea)
RETURNS TABLE (seq bigint, at timestamptz, ce_id uuid, topic text, cause text, key bytea, value bytea)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    frame      integer := 1;
    topic_size integer;
    cause_size integer;
    key_size   bigint;
    value_size integer;
    body       integer;
BEGIN
    WHILE frame < length(events) LOOP
        topic_size := frame_integer(events, frame + 53, 1);
        cause_size := frame_integer(events, frame + 54, 2);
        key_size   := frame_integer(events, frame + 56, 4);
        value_size := frame_integer(events, frame + 60, 4);
        seq   := frame_integer(events, frame + 4, 4);
        at    := 'epoch'::timestamptz + frame_integer(events, frame + 8, 8) * interval '1 microsecond';
        ce_id := encode(substr(events, frame + 16, 16), 'hex')::uuid;
        body  := frame + 64;
        topic := convert_from(substr(events, body, topic_size), 'UTF8');
        cause := convert_from(substr(events, body + topic_size, cause_size), 'UTF8');
        body  := body + topic_size + cause_size;
        IF key_size = 4294967295 THEN
            key := NULL;
            key_size := 0;
        ELSE
            key := substr(events, body, key_size::integer);
        END IF;
        value := substr(events, body + key_size::integer, value_size);
        RETURN NEXT;
        frame := frame + 4 + frame_integer(events, frame, 4)::integer;
    END LOOP;
END $$;

-- Single events, for people: what this service said, because of what, and whether it is out.
CREATE VIEW outbox_event AS
SELECT o.topic AS cause_topic, o.partition AS cause_partition, f.cause, o.batch_no, f.seq, f.at,
       f.ce_id, f.topic, encode(f.key, 'escape') AS key,
       CASE WHEN f.topic = 'DeadLetter' THEN to_jsonb(encode(f.value, 'escape'))
            ELSE convert_from(f.value, 'UTF8')::jsonb END AS value,
       o.last_offset < p.published_next AS is_published
FROM outbox o
CROSS JOIN LATERAL outbox_frames(o.events) f
LEFT JOIN consumer_position p ON p.topic = o.topic AND p.partition = o.partition;
