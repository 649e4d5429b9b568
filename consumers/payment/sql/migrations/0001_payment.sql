-- 0001_payment: balances, what was captured for orders, and what was credited.

CREATE TABLE balance (
    customer_id text COLLATE "C" PRIMARY KEY,
    version     bigint  NOT NULL,
    known       boolean NOT NULL,
    balance     bigint  NOT NULL,
    credited    bigint  NOT NULL,
    captured    bigint  NOT NULL,
    CONSTRAINT balance_not_negative CHECK (balance >= 0),
    CONSTRAINT balance_captured_not_negative CHECK (captured >= 0),
    CONSTRAINT balance_credited_is_money CHECK (credited BETWEEN 0 AND 9007199254740991),
    CONSTRAINT balance_money_conserved CHECK (credited = balance + captured)
) WITH (fillfactor = 50);  -- updated again and again: leave room on the page
COMMENT ON TABLE balance IS 'credited = balance + captured at every commit; captured is what stands: refunds are taken off';

CREATE TABLE payment (
    order_id         uuid PRIMARY KEY,
    version          bigint  NOT NULL,
    customer_id      text COLLATE "C",
    state            text COLLATE "C" NOT NULL,
    revision         integer NOT NULL,
    amount           bigint  NOT NULL,
    captured_attempt integer NOT NULL,
    captured_amount  bigint  NOT NULL,
    refunded_amount  bigint  NOT NULL,
    decided          bytea   NOT NULL,
    waiting          jsonb,
    CONSTRAINT payment_state_known CHECK (state IN ('NONE', 'OPEN', 'CAPTURED', 'REFUNDED', 'VOIDED', 'FENCED')),
    CONSTRAINT payment_owner_known CHECK (state = 'NONE' OR customer_id IS NOT NULL),
    CONSTRAINT payment_amounts_are_money CHECK (
        amount BETWEEN 0 AND 9007199254740991 AND captured_amount BETWEEN 0 AND 9007199254740991),
    CONSTRAINT payment_captured_is_the_amount CHECK (
        (state IN ('CAPTURED', 'REFUNDED')) = (captured_attempt > 0) AND (captured_attempt = 0 OR captured_amount = amount)),
    CONSTRAINT payment_refunded_at_most_once CHECK (
        refunded_amount = CASE WHEN state = 'REFUNDED' THEN captured_amount ELSE 0 END)
);
COMMENT ON COLUMN payment.decided IS 'bit set of the attempts that have their outcome';
COMMENT ON COLUMN payment.waiting IS 'requests that wait for OrderCreated of their revision';

CREATE TABLE credit (
    credit_id   text COLLATE "C" PRIMARY KEY,
    version     bigint NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    amount      bigint NOT NULL,
    credited_at timestamptz NOT NULL,
    CONSTRAINT credit_is_money CHECK (amount BETWEEN 0 AND 9007199254740991)
);
