-- 0001_export: what was sent to the partner platform, and the counter of each feed.

CREATE TABLE feed (
    feed          text COLLATE "C" PRIMARY KEY,
    version       bigint NOT NULL,
    last_sequence bigint NOT NULL,
    CONSTRAINT feed_is_a_partition CHECK (feed ~ '^[0-9]+$'),
    CONSTRAINT feed_counts_from_one CHECK (last_sequence >= 1)
) WITH (fillfactor = 50);  -- updated once per batch: leave room on the page
COMMENT ON TABLE feed IS 'one feed per partition of OrderPaid; its orders go to the same partition of PartnerOrder';

CREATE TABLE export (
    order_id        uuid PRIMARY KEY,
    version         bigint NOT NULL,
    customer_id     text COLLATE "C" NOT NULL,
    state           text COLLATE "C" NOT NULL,
    feed            text COLLATE "C" NOT NULL,
    feed_sequence   bigint NOT NULL,
    amount          bigint NOT NULL,
    sent_at         timestamptz NOT NULL,
    acknowledged_at timestamptz,
    partner         text COLLATE "C",
    CONSTRAINT export_state_known CHECK (state IN ('SENT', 'ACKNOWLEDGED')),
    CONSTRAINT export_acknowledged_by_someone CHECK ((state = 'ACKNOWLEDGED') = (acknowledged_at IS NOT NULL AND partner IS NOT NULL)),
    CONSTRAINT export_amount_is_money CHECK (amount BETWEEN 0 AND 9007199254740991),
    CONSTRAINT export_numbered_from_one CHECK (feed_sequence >= 1),
    CONSTRAINT export_numbered_once UNIQUE (feed, feed_sequence)
) WITH (fillfactor = 45);  -- each is updated once, many of a page at once: leave room for a second version
