-- Who may do what in the schema :"schema" of the role :"schema"; run again after every migration.
-- The tables belong to the administrator: a service reads and writes rows, and changes no definition.

GRANT USAGE ON SCHEMA :"schema" TO :"schema", jumun_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA :"schema" TO :"schema";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA :"schema" TO :"schema";
REVOKE INSERT, UPDATE, DELETE ON :"schema".schema_migration FROM :"schema";
GRANT SELECT ON ALL TABLES IN SCHEMA :"schema" TO jumun_operator;

-- An operator asks for parked events to be handled again; the service does it.
SELECT format('GRANT INSERT ON %I.redrive_request TO jumun_operator', :'schema')
 WHERE to_regclass(:'schema' || '.redrive_request') IS NOT NULL
\gexec

-- The bridge reads the read model.
SELECT format(grants, :'schema')
  FROM unnest(ARRAY['GRANT USAGE ON SCHEMA %I TO jumun_bridge',
                    'GRANT SELECT ON ALL TABLES IN SCHEMA %I TO jumun_bridge']) AS grants
 WHERE :'schema' = 'jumun_timeline'
\gexec
