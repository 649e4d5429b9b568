-- The operator's log: who did what, to what, why, when, and what came of it.  Written by the command line itself
-- (producers/cli/action.c), so that the console and the command line are recorded alike.  Two tables that are only
-- added to: what has begun and has no outcome is under way, or its program was killed.

CREATE TABLE action (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind          text NOT NULL CHECK (kind ~ '^[a-z][a-z-]{0,31}$'),
    by_whom       text NOT NULL CHECK (by_whom ~ '\S' AND length(by_whom) <= 100),
    why           text CHECK (why ~ '\S' AND length(why) <= 1000), -- NULL: not said
    target        text NOT NULL CHECK (length(target) <= 200),     -- an order, a service, a topic …; '': everything
    arguments     text[] NOT NULL,                                 -- of the command line that did it
    database_role text NOT NULL DEFAULT session_user
);

CREATE TABLE action_outcome (
    action_id   bigint PRIMARY KEY REFERENCES action,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    outcome     text NOT NULL CHECK (outcome IN ('done', 'found', 'failed', 'stopped')),
    exit_status integer NOT NULL,
    detail      text NOT NULL CHECK (length(detail) <= 1000)       -- what was said last when it was not done
);

-- Nobody rewrites it: no role may, and the administrator is stopped from doing it by mistake.
CREATE FUNCTION action_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of actions is only added to';
END $$;
CREATE TRIGGER action_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON action
    FOR EACH STATEMENT EXECUTE FUNCTION action_stays();
CREATE TRIGGER action_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON action_outcome
    FOR EACH STATEMENT EXECUTE FUNCTION action_stays();
