"""Every SQL statement of the tree against a real server: prepared, planned by index, its rows round-tripped.

JUMUN_PG_ADMIN is the administrator's connection string without a database, as `. JUMUN_RUN/env` sets it; SQL_RANDOM,
SQL_DRIVEN and SAGA_BENCH are the programs of this folder.
"""
import json
import os
import pathlib
import re
import subprocess
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
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


def run(program, database, *arguments):
    base = re.sub(r"user=\S+ ?", "", ADMIN) + " dbname=" + database
    return subprocess.run([os.environ[program], base, *arguments], capture_output=True, text=True)


def statements():
    """role → files of all statements that a program of that role prepares."""
    runtime = sorted((ROOT / "infra/runtime/sql").glob("*.sql"))
    files = {"jumun_" + service: runtime + sorted((ROOT / "consumers" / service / "sql").glob("*.sql"))
             for service in SERVICES}
    files["jumun_bridge"] = sorted((ROOT / "producers/bridge/sql").glob("*.sql"))
    return files


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
    # rows of these are few by their nature: one per partition or shard, or one at all
    SMALL = {"consumer_position", "batch_counter", "cluster_identity", "redrive_request", "order_count"}

    def script(self, files):
        """Each statement prepared, its generic plan told, and taken back; answers stand behind a line with its file."""
        yield "SET plan_cache_mode = force_generic_plan;"
        for file in files:
            text = file.read_text()
            given = ", ".join(["NULL"] * parameter_count(text))
            yield "\\echo @@ %s\nPREPARE s AS\n%s;\nEXPLAIN (FORMAT JSON) EXECUTE s%s;\nDEALLOCATE s;" % (
                file.relative_to(ROOT), text.rstrip().rstrip(";"), "(%s)" % given if given else "")

    def answers(self, role, files, database):
        done = subprocess.run(["psql", conninfo(role, database), "-XAtq", "-f", "-"], input="\n".join(self.script(files)),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for part in done.stdout.split("@@ ")[1:]:
            yield part.split("\n", 1)

    def test_every_statement_is_prepared_and_planned_by_index_while_tables_are_empty(self):
        database = self.database("plans")
        for role, files in statements().items():
            answers = list(self.answers(role, files, database))
            self.assertEqual(len(answers), len(files), role)
            for name, answer in answers:
                with self.subTest(role=role, file=name):
                    self.assertTrue(answer.startswith("["), answer)
                    scanned = set(relations_scanned(json.loads(answer))) - self.SMALL
                    self.assertEqual(scanned, set(), "read as a whole although an index is wanted")

    def test_a_scan_would_be_seen(self):
        """The check itself: a statement that no index serves is found out."""
        database = self.database("scan")
        out = psql("PREPARE s AS SELECT * FROM order_view WHERE status = $1;"
                   "EXPLAIN (FORMAT JSON) EXECUTE s('PAID');", database, "jumun_timeline")
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
        self.assertIn(" 4 dead letters", done.stdout, "a stranger's four requests")
        self.assertEqual(shown.splitlines(), EXPECTED, "\n" + shown + "\n" + done.stdout)
        self.assertEqual(psql("SELECT count(*) FROM (SELECT order_id, first_seq, "
                              "lag(last_seq, 1, 0) OVER (PARTITION BY order_id ORDER BY first_seq) AS before "
                              "FROM order_events) e WHERE first_seq <> before + 1", database, "jumun_bridge"), "0")
        self.assertEqual(psql("SELECT count(*) FROM order_events "
                              "WHERE json_array_length(events::json) <> last_seq - first_seq + 1", database, "jumun_bridge"), "0")
        self.assertEqual(psql("SELECT available FROM product_view", database, "jumun_bridge"),
                         psql("SELECT available_units FROM product", database, "jumun_stock"))
        self.assertEqual(psql("SELECT customer_id, balance FROM customer_view WHERE known ORDER BY 1", database, "jumun_bridge"),
                         psql("SELECT customer_id, balance FROM balance ORDER BY 1", database, "jumun_payment"))
        self.assertEqual(psql((HERE / "places.sql").read_text(), database, "jumun_bridge"), "", "places and orders differ")
        self.assertEqual(psql("SELECT sum(paid), sum(cancelled), sum(moving) FROM order_count", database, "jumun_bridge"), "2|3|0")


    def test_the_ceiling_that_the_benchmark_tells_is_of_orders_that_end(self):
        database = self.database("ceiling")
        done = run("SAGA_BENCH", database, "400", "100")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(told["orders"], 400)
        self.assertGreater(told["us_per_order"], sum(told[service + "_us"] for service in SERVICES) * 0.99)
        self.assertEqual(psql("SELECT DISTINCT status, at_rest FROM order_shown ORDER BY 1", database, "jumun_bridge"),
                         "CANCELLED|t\nPAID|t")
        self.assertEqual(psql("SELECT count(*) FROM order_shown", database, "jumun_bridge"), "400")
        self.assertEqual(psql("SELECT sum(event_count) > 400 FROM outbox", database, "jumun_order"), "t")


# completed with a coupon · cancelled by a failed payment · cancelled before it was known · another amount than expected ·
# sold out · abandoned · refused coupon, failed payment, paid at the second attempt
EXPECTED = [
    "1|PAID|t|t|COMPLETED|ACKNOWLEDGED|NONE|NONE|NONE|1000|Seoul 1|||[]",
    "2|CANCELLED|t|t|FAILED|NONE|DONE|DONE|NONE|1000|Seoul 1||PAYMENT_FAILED|[]",
    "3|CANCELLED|t|t||NONE|DONE|NONE|NONE|1000|||CUSTOMER|[]",
    '4|PENDING|t|f|FAILED|NONE|NONE|NONE|NONE|1000|Seoul 1|||["payment","shipping","cancel"]',
    "5|SOLD_OUT|t|t||NONE|NONE|NONE|NONE||Seoul 1|SOLD_OUT||[]",
    "6|CANCELLED|t|t||NONE|DONE|NONE|NONE|1000|Seoul 1||DEADLINE|[]",
    "7|PAID|t|t|COMPLETED|ACKNOWLEDGED|NONE|NONE|NONE|1000|Seoul 1|||[]",
]

if __name__ == "__main__":
    unittest.main()
