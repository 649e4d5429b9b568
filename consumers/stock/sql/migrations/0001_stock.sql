-- 0001_stock: units on hand, units held per order, and what was replenished.

CREATE TABLE product (
    product_id        text COLLATE "C" PRIMARY KEY,
    version           bigint  NOT NULL,
    listed            boolean NOT NULL,
    revision          bigint  NOT NULL,
    unit_price        bigint  NOT NULL,
    replenished_units bigint  NOT NULL,
    available_units   bigint  NOT NULL,
    held_units        bigint  NOT NULL,
    CONSTRAINT product_price_is_money CHECK (unit_price BETWEEN 0 AND 9007199254740991),
    CONSTRAINT product_available_not_negative CHECK (available_units >= 0),
    CONSTRAINT product_held_not_negative CHECK (held_units >= 0),
    CONSTRAINT product_units_within_limit CHECK (replenished_units BETWEEN 0 AND 9007199254740991),
    CONSTRAINT product_units_conserved CHECK (replenished_units = available_units + held_units)
) WITH (fillfactor = 50);  -- updated once per batch: leave room on the page
COMMENT ON TABLE product IS 'replenished = available + held at every commit; what is paid stays held';
COMMENT ON COLUMN product.listed IS 'false: replenished before it was listed, unknown to orders';

CREATE TABLE hold (
    order_id    uuid PRIMARY KEY,
    version     bigint NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    state       text COLLATE "C" NOT NULL,
    reason      text COLLATE "C" NOT NULL,
    items       jsonb,
    subtotal    bigint NOT NULL,
    deadline_at timestamptz,
    CONSTRAINT hold_state_known CHECK (state IN ('HELD', 'REFUSED', 'RELEASED', 'FENCED')),
    CONSTRAINT hold_reason_known CHECK (reason IN ('NONE', 'CANCELLED', 'UNKNOWN_PRODUCT', 'AMOUNT_TOO_LARGE', 'SOLD_OUT')),
    CONSTRAINT hold_reason_when_refused CHECK ((state = 'REFUSED') = (reason <> 'NONE')),
    CONSTRAINT hold_items_when_taken CHECK ((state IN ('HELD', 'RELEASED')) = (items IS NOT NULL)),
    CONSTRAINT hold_subtotal_is_money CHECK (subtotal BETWEEN 0 AND 9007199254740991)
);
COMMENT ON TABLE hold IS 'one row per order that stock has decided; RELEASED keeps its items as what was given back';

CREATE TABLE replenishment (
    replenishment_id text COLLATE "C" PRIMARY KEY,
    version          bigint NOT NULL,
    product_id       text COLLATE "C" NOT NULL,
    quantity         integer NOT NULL,
    counted_at       timestamptz NOT NULL,
    CONSTRAINT replenishment_quantity_positive CHECK (quantity BETWEEN 1 AND 1000000)
);

-- For people and for `jumun audit`: one row per line of a hold.
CREATE VIEW hold_line AS
SELECT hold.order_id, hold.customer_id, hold.state,
       line ->> 'product_id' AS product_id,
       (line ->> 'quantity')::bigint AS quantity,
       (line ->> 'unit_price')::bigint AS unit_price
  FROM hold CROSS JOIN jsonb_array_elements(hold.items) AS line;
