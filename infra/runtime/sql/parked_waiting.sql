-- Which of these keys have events parked, so that what comes next waits behind them.
-- $1 text[] key  $2 text[] key_kind  → position in the arrays, from 1
SELECT k.at
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (key, kind, at)
WHERE EXISTS (SELECT 1 FROM parked)
  AND EXISTS (SELECT 1 FROM parked AS p WHERE p.key = k.key AND p.key_kind = k.kind)
