-- Who may do what in the schema :"schema" of the role :"schema"; run again after every migration.
-- The tables belong to the administrator: a service reads and writes rows, and changes no definition.

GRANT USAGE ON SCHEMA :"schema" TO :"schema", jumun_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA :"schema" TO :"schema";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA :"schema" TO :"schema";
REVOKE INSERT, UPDATE, DELETE ON :"schema".schema_migration FROM :"schema";
GRANT SELECT ON ALL TABLES IN SCHEMA :"schema" TO jumun_operator;

-- An operator asks for parked events to be handled again, and may stop that; the service does it.  Nobody
-- writes the history but the triggers that tell it.
SELECT format(grants, :'schema')
  FROM (VALUES ('redrive_request', 'GRANT INSERT ON %I.redrive_request TO jumun_operator'),
               ('redrive_job', 'GRANT INSERT ON %I.redrive_job TO jumun_operator'),
               ('redrive_job', 'GRANT EXECUTE ON FUNCTION %I.redrive_stop TO jumun_operator'),
               ('redrive_history', 'REVOKE INSERT, UPDATE, DELETE ON %1$I.redrive_history FROM %1$I'))
       AS needs (name, grants)
 WHERE to_regclass(:'schema' || '.' || name) IS NOT NULL
\gexec

-- The bridge reads the read model.
SELECT format(grants, :'schema')
  FROM unnest(ARRAY['GRANT USAGE ON SCHEMA %I TO jumun_bridge',
                    'GRANT SELECT ON ALL TABLES IN SCHEMA %I TO jumun_bridge']) AS grants
 WHERE :'schema' = 'jumun_timeline'
\gexec
