-- load_orders: orders; what is only shown stays where it is.
-- $1 text[] keys
-- → version bigint, order_id uuid, customer_id text, created_at timestamptz, request_digest text,
--   status text, fold bytea, codes json, shown text, items json, shipping json,
--   rejection_lines json
SELECT version, order_id, customer_id, created_at, request_digest, status, fold, codes, NULL::text,
       NULL::json, NULL::json, NULL::json
  FROM order_view
 WHERE order_id = ANY ($1::text[]::uuid[])
