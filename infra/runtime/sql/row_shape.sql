-- row_shape: how the server has a table's rows, so that a whole row can be given as one value.
-- $1 text table, found by the role's search path
-- → record_oid bigint, records_oid bigint (its array), attribute text, attribute_oid bigint; in the table's order
SELECT c.reltype::bigint AS record_oid, t.typarray::bigint AS records_oid, a.attname::text AS attribute,
       a.atttypid::bigint AS attribute_oid
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_type AS t ON t.oid = c.reltype
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.oid = to_regclass($1::text)
 ORDER BY a.attnum
