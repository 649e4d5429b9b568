"""Every SQL statement of the tree against a real server: prepared, planned by index, its rows round-tripped.

JUMUN_PG_ADMIN is the administrator's connection string without a database, as `. JUMUN_RUN/env` sets it; SQL_RANDOM
and SQL_DRIVEN are the two programs of this folder.
"""
import json
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADMIN = os.environ.get("JUMUN_PG_ADMIN")
SERVICES = ("stock", "coupon", "order", "payment", "export", "timeline", "partner")
PREFIX = "sql_test_%d_" % os.getpid()


def conninfo(user, database):
    return re.sub(r"user=\S+", "user=" + user, ADMIN) + " dbname=" + database


def psql(text, database, user="jumun_admin"):
    done = subprocess.run(["psql", conninfo(user, database), "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-"], input=text,
                          capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr.strip() + "\n" + text[:2000])
    return done.stdout.strip()


def make_database(name):
    subprocess.run([ROOT / "infra/postgres/migrate"], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "JUMUN_PG_DATABASE": name})


def drop_database(name):
    psql('DROP DATABASE IF EXISTS "%s"' % name, "postgres")


def run(program, database):
    base = re.sub(r"user=\S+ ?", "", ADMIN) + " dbname=" + database
    return subprocess.run([os.environ[program], base], capture_output=True, text=True)


def statements():
    """(role, file) of every statement that a program prepares."""
    for service in SERVICES:
        for file in sorted((ROOT / "infra/runtime/sql").glob("*.sql")):
            yield "jumun_" + service, file
        for file in sorted((ROOT / "consumers" / service / "sql").glob("*.sql")):
            yield "jumun_" + service, file
    for file in sorted((ROOT / "producers/bridge/sql").glob("*.sql")):
        yield "jumun_bridge", file


def parameter_count(text):
    code = re.sub(r"--[^\n]*", "", text)
    return max([int(n) for n in re.findall(r"\$(\d+)", code)], default=0)


def relations_scanned(plan):
    """Tables read as a whole, anywhere in the plan."""
    if isinstance(plan, dict):
        if plan.get("Node Type") == "Seq Scan":
            yield plan["Relation Name"]
        for value in plan.values():
            yield from relations_scanned(value)
    elif isinstance(plan, list):
        for value in plan:
            yield from relations_scanned(value)


class Server(unittest.TestCase):
    def setUp(self):
        self.assertTrue(ADMIN, "no server: `infra/dev up --only servers`, then `. .run/env`")

    def database(self, name):
        self.addCleanup(drop_database, PREFIX + name)
        make_database(PREFIX + name)
        return PREFIX + name


class Statements(Server):
    # rows of these are few by their nature: one per partition, or one at all
    SMALL = {"consumer_position", "batch_counter", "cluster_identity", "redrive_request"}

    def plan(self, role, file, database):
        text = file.read_text()
        given = ", ".join(["NULL"] * parameter_count(text))
        out = psql("PREPARE s AS\n%s;\nSET plan_cache_mode = force_generic_plan;\nEXPLAIN (FORMAT JSON) EXECUTE s%s;" %
                   (text.rstrip().rstrip(";"), "(%s)" % given if given else ""), database, role)
        return json.loads(out)

    def test_every_statement_is_prepared_and_planned_by_index_while_tables_are_empty(self):
        database = self.database("plans")
        seen = 0
        for role, file in statements():
            with self.subTest(role=role, file=str(file.relative_to(ROOT))):
                scanned = set(relations_scanned(self.plan(role, file, database))) - self.SMALL
                self.assertEqual(scanned, set(), "read as a whole although an index is wanted")
                seen += 1
        self.assertGreater(seen, 100)

    def test_a_scan_would_be_seen(self):
        """The check itself: a statement that no index serves is found out."""
        database = self.database("scan")
        out = psql("PREPARE s AS SELECT * FROM order_view WHERE discount = $1;"
                   "EXPLAIN (FORMAT JSON) EXECUTE s(1);", database, "jumun_timeline")
        self.assertEqual(list(relations_scanned(json.loads(out))), ["order_view"])


class RoundTrips(Server):
    FREE = """
        DO $$ DECLARE x record; BEGIN
            FOR x IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
                      WHERE connamespace::regnamespace::text LIKE 'jumun\\_%' AND contype <> 'p' LOOP
                EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', x.t, x.conname);
            END LOOP;
            FOR x IN SELECT c.oid::regclass AS t, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                      WHERE c.relnamespace::regnamespace::text LIKE 'jumun\\_%' AND c.relkind = 'r' AND a.attnum > 0
                        AND a.attnotnull AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid
                            AND i.indisprimary AND a.attnum = ANY (i.indkey)) LOOP
                EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', x.t, x.attname);
            END LOOP;
        END $$"""

    def test_random_rows_come_back_as_they_were_and_stale_ones_are_refused(self):
        database = self.database("random")
        psql(self.FREE, database)
        done = run("SQL_RANDOM", database)
        self.assertEqual(done.returncode, 0, done.stderr)
        for service in SERVICES:
            self.assertRegex(done.stdout, "(?m)^%s " % service)

    def test_the_saga_runs_over_the_statements_alone(self):
        database = self.database("driven")
        done = run("SQL_DRIVEN", database)
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = psql("SELECT right(order_id::text, 1), status, at_rest, is_over, payment_status, export, "
                     "compensation_stock, compensation_coupon, compensation_payment, "
                     "items->0->>'unit_price', shipping->>'address', rejection_reason, cancel_reason, next "
                     "FROM order_shown ORDER BY order_id", database, "jumun_bridge")
        self.assertEqual(shown.splitlines(), EXPECTED, "\n" + shown + "\n" + done.stdout)
        self.assertEqual(psql("SELECT count(*) FROM (SELECT order_id, first_seq, "
                              "lag(last_seq, 1, 0) OVER (PARTITION BY order_id ORDER BY first_seq) AS before "
                              "FROM order_events) e WHERE first_seq <> before + 1", database, "jumun_bridge"), "0")
        self.assertEqual(psql("SELECT count(*) FROM order_view v WHERE last_seq <> (SELECT sum(json_array_length(events::json)) "
                              "FROM order_events e WHERE e.order_id = v.order_id)", database, "jumun_bridge"), "0")
        self.assertEqual(psql("SELECT available FROM product_view", database, "jumun_bridge"),
                         psql("SELECT available_units FROM product", database, "jumun_stock"))
        self.assertEqual(psql("SELECT customer_id, balance FROM customer_view WHERE known ORDER BY 1", database, "jumun_bridge"),
                         psql("SELECT customer_id, balance FROM balance ORDER BY 1", database, "jumun_payment"))


EXPECTED = []

if __name__ == "__main__":
    unittest.main()
