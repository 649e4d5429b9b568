-- $1 bigint the action's id  $2 text outcome  $3 integer exit status  $4 text detail.  Shape: id bigint.
INSERT INTO action_outcome (action_id, outcome, exit_status, detail)
VALUES ($1, $2, $3, $4)
RETURNING action_id
