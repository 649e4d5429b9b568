-- $1 text schema → one row: is it there, and migrated?
SELECT to_regclass($1::text || '.consumer_position') IS NOT NULL
