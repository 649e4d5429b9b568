-- 0001_partner: the ledger of the example partner, and the holes it has seen in its feeds.

CREATE TABLE feed (
    feed          text COLLATE "C" PRIMARY KEY,
    version       bigint NOT NULL,
    next_sequence bigint NOT NULL,
    gap_count     bigint NOT NULL,
    CONSTRAINT feed_is_a_partition CHECK (feed ~ '^[0-9]+$'),
    CONSTRAINT feed_expects_from_one CHECK (next_sequence >= 1),
    CONSTRAINT feed_gaps_not_negative CHECK (gap_count >= 0)
) WITH (fillfactor = 50);  -- updated once per batch: leave room on the page

CREATE TABLE entry (
    order_id      uuid PRIMARY KEY,
    version       bigint NOT NULL,
    customer_id   text COLLATE "C" NOT NULL,
    state         text COLLATE "C" NOT NULL,
    feed          text COLLATE "C" NOT NULL,
    feed_sequence bigint NOT NULL,
    amount        bigint NOT NULL,
    digest        bytea NOT NULL,
    received_at   timestamptz NOT NULL,
    CONSTRAINT entry_state_known CHECK (state = 'ACCEPTED'),
    CONSTRAINT entry_amount_is_money CHECK (amount BETWEEN 0 AND 9007199254740991),
    CONSTRAINT entry_numbered_from_one CHECK (feed_sequence >= 1),
    CONSTRAINT entry_numbered_once UNIQUE (feed, feed_sequence)
);
COMMENT ON COLUMN entry.digest IS 'of the bytes received: a repeat must be identical';

CREATE TABLE feed_gap (
    feed          text COLLATE "C" NOT NULL,
    first_missing bigint NOT NULL,
    last_missing  bigint NOT NULL,
    seen_at       timestamptz NOT NULL,
    PRIMARY KEY (feed, first_missing),
    CONSTRAINT feed_gap_not_empty CHECK (first_missing <= last_missing)
);
COMMENT ON TABLE feed_gap IS 'numbers that were skipped; entries that came later fill them, the row stays';
