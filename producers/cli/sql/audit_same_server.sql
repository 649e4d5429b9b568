-- Which database this is: equal texts, equal database.  Shape: text.
SELECT current_database() || ' ' || pg_postmaster_start_time() || ' ' || inet_server_port()
