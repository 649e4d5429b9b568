-- $1 text kind  $2 text by whom  $3 text why, NULL: not said  $4 text target  $5 text[] arguments.
-- Shape: id bigint.
INSERT INTO action (kind, by_whom, why, target, arguments)
VALUES ($1, $2, $3, $4, $5)
RETURNING id
