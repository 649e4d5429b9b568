-- Ends what a job has not handed back yet.  $1 text: its id.  $2 text by whom.  $3 text why.
-- Shape: keys bigint.
SELECT redrive_stop($1::uuid, $2, $3)
