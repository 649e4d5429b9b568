-- Handing parked events back as a job: who asked and why, how far it is, how often each event was tried, and a
-- history that nobody can rewrite.  Reasons: docs/decisions (redrive).  Run with search_path set to the schema.

-- attempts: how often it was tried and failed, the first time included; 0: it waits behind another.
ALTER TABLE parked
    ADD COLUMN attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    ADD COLUMN tried_at timestamptz;
UPDATE parked SET attempts = 1, tried_at = parked_at WHERE reason <> 'behind';

-- One wish of one person.  The same id stands in every service that the selection reaches.
CREATE TABLE redrive_job (
    id           uuid PRIMARY KEY,
    requested_by text NOT NULL CHECK (requested_by ~ '\S'),
    why          text NOT NULL CHECK (why ~ '\S'),
    selection    jsonb NOT NULL, -- see redrive_selected
    command      text NOT NULL,  -- the command line that does the same
    per_second   integer NOT NULL CHECK (per_second BETWEEN 1 AND 1000), -- keys, each process of the service
    is_forced    boolean NOT NULL, -- beyond the limit of attempts, once
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- begun_count: how often an owner began without handing anything back since; a request that ends its owner
-- each time is given up.
ALTER TABLE redrive_request
    ADD COLUMN job_id uuid REFERENCES redrive_job,
    ADD COLUMN begun_count integer NOT NULL DEFAULT 0,
    ADD COLUMN begun_at timestamptz,
    ADD COLUMN events_asked bigint,
    ADD COLUMN events_handled bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT redrive_request_outcome_check,
    ADD CONSTRAINT redrive_request_outcome_check
        CHECK (outcome IN ('done', 'failed', 'nothing_parked', 'given_up', 'stopped'));
UPDATE redrive_request AS later
   SET finished_at = clock_timestamp(), outcome = 'stopped', detail = 'asked for twice'
 WHERE finished_at IS NULL
   AND EXISTS (SELECT FROM redrive_request AS r WHERE r.key = later.key AND r.key_kind = later.key_kind
                  AND r.finished_at IS NULL AND r.id < later.id);
CREATE UNIQUE INDEX redrive_request_once ON redrive_request (key, key_kind) WHERE finished_at IS NULL;
CREATE INDEX redrive_request_key ON redrive_request (key, key_kind, id);
CREATE INDEX redrive_request_job ON redrive_request (job_id);

-- ---- history ---------------------------------------------------------------------------------------

-- Written by triggers alone, in the transaction of what it tells.
-- action: asked, done, failed, given_up, nothing_parked, stopped: of a key.  handed_back: of one event.
--         removed: an event was taken out by hand.
CREATE TABLE redrive_history (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    action        text NOT NULL,
    job_id        uuid,
    request_id    bigint,
    by_whom       text NOT NULL,
    why           text NOT NULL,
    database_role text NOT NULL DEFAULT session_user,
    key_kind      text NOT NULL,
    key           text NOT NULL,
    topic         text, -- of the event that was handed back, or that stands first
    partition     integer,
    record_offset bigint,
    attempts      integer,
    reason        text,
    detail        text
);
CREATE INDEX redrive_history_key ON redrive_history (key, id);
CREATE INDEX redrive_history_job ON redrive_history (job_id, id);

CREATE FUNCTION redrive_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of redrives is only added to';
END $$;
CREATE TRIGGER redrive_history_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON redrive_history
    FOR EACH STATEMENT EXECUTE FUNCTION redrive_history_stays();

-- What stays for good holds no row of a customer.
CREATE FUNCTION redrive_told(detail text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT split_part(detail, '; Failing row contains', 1)
$$;

CREATE FUNCTION redrive_record_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO redrive_history (action, job_id, request_id, by_whom, why, key_kind, key, topic, partition,
                                 record_offset, attempts, reason, detail)
    SELECT coalesce(NEW.outcome, 'asked'), NEW.job_id, NEW.id, NEW.requested_by,
           coalesce((SELECT j.why FROM redrive_job AS j WHERE j.id = NEW.job_id), 'not said'),
           NEW.key_kind, NEW.key, p.topic, p.partition, p.record_offset, p.attempts, p.reason,
           redrive_told(coalesce(NEW.detail, p.detail))
      FROM (SELECT) AS always
      LEFT JOIN LATERAL (SELECT * FROM parked WHERE key = NEW.key AND key_kind = NEW.key_kind
                          ORDER BY seq LIMIT 1) AS p ON true;
    RETURN NULL;
END $$;
CREATE TRIGGER redrive_request_asked AFTER INSERT ON redrive_request
    FOR EACH ROW EXECUTE FUNCTION redrive_record_request();
CREATE TRIGGER redrive_request_ended AFTER UPDATE ON redrive_request
    FOR EACH ROW WHEN (OLD.outcome IS DISTINCT FROM NEW.outcome) EXECUTE FUNCTION redrive_record_request();

-- Events leave parked in the transaction of their effects: what is counted and told here has happened.
CREATE FUNCTION redrive_record_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO redrive_history (action, job_id, request_id, by_whom, why, key_kind, key, topic, partition,
                                 record_offset, attempts, reason, detail)
    SELECT CASE WHEN r.id IS NULL THEN 'removed' ELSE 'handed_back' END, r.job_id, r.id,
           coalesce(r.requested_by, session_user), coalesce(j.why, 'not said'), g.key_kind, g.key, g.topic,
           g.partition, g.record_offset, g.attempts, g.reason, redrive_told(g.detail)
      FROM gone AS g
      LEFT JOIN LATERAL (SELECT * FROM redrive_request
                          WHERE key = g.key AND key_kind = g.key_kind AND begun_at IS NOT NULL
                            AND (finished_at IS NULL OR outcome = 'stopped')
                          ORDER BY id DESC LIMIT 1) AS r ON true
      LEFT JOIN redrive_job AS j ON j.id = r.job_id
     ORDER BY g.seq;
    UPDATE redrive_request AS r
       SET events_handled = r.events_handled + g.events, begun_count = 0
      FROM (SELECT key, key_kind, count(*) AS events FROM gone GROUP BY key, key_kind) AS g
     WHERE r.key = g.key AND r.key_kind = g.key_kind AND r.finished_at IS NULL AND r.begun_at IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER parked_handed_back AFTER DELETE ON parked REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION redrive_record_events();

-- ---- looking ---------------------------------------------------------------------------------------

-- One row per key: the event that stands first, which is the one that failed, and how many there are.
CREATE VIEW parked_head AS
SELECT DISTINCT ON (p.key_kind, p.key)
       p.key_kind, p.key, p.seq, p.topic, p.partition, p.record_offset, p.recorded_at, p.reason, p.detail,
       p.attempts, p.tried_at, p.parked_at, count(*) OVER (PARTITION BY p.key_kind, p.key) AS events,
       r.id AS request_id, r.job_id
  FROM parked AS p
  LEFT JOIN redrive_request AS r ON r.key = p.key AND r.key_kind = p.key_kind AND r.finished_at IS NULL
 ORDER BY p.key_kind, p.key, p.seq;

-- Keys are chosen by the event that stands first; all of a key is handed back, in its order.  Members, each
-- may be missing: key; topic ('$timer': deadlines); sqlstate, whole or its class; since, until: when it was
-- parked; event: TOPIC/PARTITION/OFFSET of any event of the key.
CREATE FUNCTION redrive_selected(selection jsonb) RETURNS SETOF parked_head LANGUAGE sql STABLE AS $$
    SELECT k.*
      FROM parked_head AS k
     WHERE (NOT selection ? 'key' OR k.key = selection ->> 'key')
       AND (NOT selection ? 'topic' OR k.topic = selection ->> 'topic')
       AND (NOT selection ? 'sqlstate' OR starts_with(k.reason, selection ->> 'sqlstate'))
       AND (NOT selection ? 'since' OR k.parked_at >= (selection ->> 'since')::timestamptz)
       AND (NOT selection ? 'until' OR k.parked_at < (selection ->> 'until')::timestamptz)
       AND (NOT selection ? 'event' OR EXISTS (
               SELECT FROM parked AS e
                WHERE e.key = k.key AND e.key_kind = k.key_kind
                  AND format('%s/%s/%s', e.topic, e.partition, e.record_offset) = selection ->> 'event'))
     ORDER BY k.seq
$$;

CREATE VIEW redrive_progress AS
SELECT j.id, j.requested_by, j.why, j.requested_at, j.command, j.selection, j.per_second, j.is_forced,
       count(*) AS keys,
       count(*) FILTER (WHERE r.finished_at IS NULL) AS waiting,
       count(*) FILTER (WHERE r.outcome = 'done') AS handed_back,
       count(*) FILTER (WHERE r.outcome = 'failed') AS failed_again,
       count(*) FILTER (WHERE r.outcome = 'given_up') AS given_up,
       count(*) FILTER (WHERE r.outcome = 'stopped') AS stopped,
       count(*) FILTER (WHERE r.outcome = 'nothing_parked') AS nothing_parked,
       coalesce(sum(r.events_asked), 0)::bigint AS events_asked,
       sum(r.events_handled)::bigint AS events_handled,
       CASE WHEN count(*) = count(r.finished_at) THEN max(r.finished_at) END AS finished_at
  FROM redrive_job AS j
  JOIN redrive_request AS r ON r.job_id = j.id
 GROUP BY j.id;

-- Ends what a job has not begun or not finished; what is already handed back stays so.
CREATE FUNCTION redrive_stop(job uuid, by_whom text, why text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH ended AS (
        UPDATE redrive_request AS r
           SET finished_at = clock_timestamp(), outcome = 'stopped', detail = format('by %s: %s', by_whom, why)
         WHERE r.job_id = job AND r.finished_at IS NULL
        RETURNING 1)
    SELECT count(*) FROM ended
$$;
REVOKE ALL ON FUNCTION redrive_stop(uuid, text, text) FROM PUBLIC;
