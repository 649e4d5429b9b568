-- Login roles, once per server; run again they change nothing.  No passwords: the private cluster trusts
-- loopback, elsewhere the operator sets them.  What each may do is in grants.sql.

SELECT format('CREATE ROLE %I LOGIN', role)
  FROM unnest(ARRAY['jumun_stock', 'jumun_coupon', 'jumun_order', 'jumun_payment', 'jumun_export',
                    'jumun_timeline', 'jumun_partner', 'jumun_bridge', 'jumun_operator']) AS role
 WHERE role NOT IN (SELECT rolname FROM pg_roles)
\gexec

-- A service sees its own schema.  A plan that was cached while a table was empty must not become a scan
-- of a large one, and a frozen process must not keep its row locks for good.
SELECT format('ALTER ROLE jumun_%1$s SET search_path = jumun_%1$s', service),
       format('ALTER ROLE jumun_%s SET enable_seqscan = off', service),
       format('ALTER ROLE jumun_%s SET idle_in_transaction_session_timeout = ''10s''', service)
  FROM unnest(ARRAY['stock', 'coupon', 'order', 'payment', 'export', 'timeline', 'partner']) AS service
\gexec

-- A proof that nobody waits for any more does not go on in the server.
ALTER ROLE jumun_operator SET client_connection_check_interval = '5s';

ALTER ROLE jumun_bridge SET search_path = jumun_timeline;
ALTER ROLE jumun_bridge SET enable_seqscan = off;
ALTER ROLE jumun_bridge SET default_transaction_read_only = on;
