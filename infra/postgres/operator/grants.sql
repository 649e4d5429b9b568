-- Who may do what in the schema :"schema" of the operator; run again after every migration.  When, and as which role,
-- is the database's to say: neither can be given.

GRANT USAGE ON SCHEMA :"schema" TO jumun_operator;
GRANT SELECT ON ALL TABLES IN SCHEMA :"schema" TO jumun_operator;
GRANT INSERT (kind, by_whom, why, target, arguments) ON :"schema".action TO jumun_operator;
GRANT INSERT (action_id, outcome, exit_status, detail) ON :"schema".action_outcome TO jumun_operator;
