"""infra/postgres/migrate against a real server: once, together, refused, undone; and what each role may not do.

JUMUN_PG_ADMIN is the administrator's connection string without a database, as `. JUMUN_RUN/env` sets it.
"""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADMIN = os.environ.get("JUMUN_PG_ADMIN")
DATABASE = "migrate_test_%d" % os.getpid()
SERVICES = ("stock", "coupon", "order", "payment", "export", "timeline", "partner")


def psql(text, user="jumun_admin", database=DATABASE, check=True):
    target = ADMIN.replace("user=jumun_admin", "user=" + user) + " dbname=" + database
    done = subprocess.run(["psql", target, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text], capture_output=True, text=True)
    if check and done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout.strip() if check else done


class Migrate(unittest.TestCase):
    def setUp(self):
        self.assertTrue(ADMIN, "no server: `infra/dev up --only servers`, then `. .run/env`")
        self.tree = pathlib.Path(tempfile.mkdtemp(prefix="jumun-migrate-"))
        self.addCleanup(shutil.rmtree, self.tree)
        self.addCleanup(psql, "DROP DATABASE IF EXISTS " + DATABASE, database="postgres")
        self.write("infra/runtime", "0001_runtime.sql", "CREATE TABLE redrive_request (key text);")
        for service in SERVICES:
            self.write("consumers/" + service, "0001_own.sql", "CREATE TABLE own (id int PRIMARY KEY);")

    def write(self, folder, name, text):
        path = self.tree / folder / "sql" / "migrations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def begin(self):
        return subprocess.Popen([ROOT / "infra/postgres/migrate"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env={**os.environ, "JUMUN_MIGRATIONS": str(self.tree), "JUMUN_PG_DATABASE": DATABASE})

    def migrate(self):
        running = self.begin()
        out, err = running.communicate()
        return running.returncode, out, err

    def applied(self, service="stock"):
        return psql("SELECT string_agg(name, ' ' ORDER BY name) FROM jumun_%s.schema_migration" % service)

    def test_applies_each_file_once_in_every_schema(self):
        code, out, err = self.migrate()
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(len(out.splitlines()), 2 * len(SERVICES))
        for service in SERVICES:
            self.assertEqual(self.applied(service), "0001_own.sql 0001_runtime.sql")
        self.assertEqual(self.migrate(), (0, "", ""))

    def test_several_at_once_do_the_work_of_one(self):
        self.write("consumers/stock", "0002_slow.sql", "SELECT pg_sleep(0.3); CREATE TABLE slow (id int);")
        running = [self.begin() for _ in range(4)]
        outs = [process.communicate() for process in running]
        self.assertEqual([process.returncode for process in running], [0] * 4, outs)
        self.assertEqual(len("".join(out for out, _ in outs).splitlines()), 2 * len(SERVICES) + 1)

    def test_refuses_a_changed_file_by_name_and_applies_nothing(self):
        self.assertEqual(self.migrate()[0], 0)
        self.write("consumers/order", "0001_own.sql", "CREATE TABLE own (id bigint PRIMARY KEY);")
        self.write("consumers/stock", "0002_new.sql", "CREATE TABLE new_one (id int);")
        code, _, err = self.migrate()
        self.assertNotEqual(code, 0)
        self.assertIn("consumers/order/sql/migrations/0001_own.sql was applied and has changed since", err)
        self.assertEqual(self.applied(), "0001_own.sql 0001_runtime.sql")

    def test_a_file_that_fails_leaves_nothing_and_can_be_mended(self):
        self.write("consumers/stock", "0002_half.sql", "CREATE TABLE half (id int);\nSELECT 1 / 0;")
        self.assertNotEqual(self.migrate()[0], 0)
        self.assertEqual(psql("SELECT to_regclass('jumun_stock.half')"), "")
        self.write("consumers/stock", "0002_half.sql", "CREATE TABLE half (id int);")
        self.assertEqual(self.migrate()[0], 0)
        self.assertEqual(psql("SELECT to_regclass('jumun_stock.half')"), "jumun_stock.half")

    def test_roles_have_no_more_rights_than_they_need(self):
        self.assertEqual(self.migrate()[0], 0)
        allowed = (("jumun_stock", "INSERT INTO own VALUES (1); UPDATE own SET id = 2; DELETE FROM own"),
                   ("jumun_bridge", "SELECT * FROM own"),
                   ("jumun_operator", "SELECT * FROM jumun_payment.own; INSERT INTO jumun_stock.redrive_request VALUES ('o')"))
        refused = (("jumun_stock", "CREATE TABLE more (id int)"), ("jumun_stock", "DROP TABLE own"),
                   ("jumun_stock", "SELECT * FROM jumun_coupon.own"), ("jumun_stock", "DELETE FROM schema_migration"),
                   ("jumun_stock", "CREATE TEMP TABLE t (id int)"), ("jumun_stock", "CREATE TABLE public.t (id int)"),
                   ("jumun_bridge", "START TRANSACTION READ WRITE; DELETE FROM own"),
                   ("jumun_bridge", "SELECT * FROM jumun_stock.own"),
                   ("jumun_operator", "DELETE FROM jumun_stock.own"), ("jumun_operator", "INSERT INTO jumun_stock.own VALUES (1)"))
        for user, text in allowed:
            with self.subTest(user=user, text=text):
                psql(text, user)
        for user, text in refused:
            with self.subTest(user=user, text=text):
                self.assertRegex(psql(text, user, check=False).stderr, "permission denied|must be owner")

    def test_the_log_of_actions_is_only_added_to(self):
        own = ROOT / "infra/postgres/operator/migrations"
        shutil.copytree(own, self.tree / "infra/postgres/operator/migrations")
        self.assertEqual(self.migrate()[0], 0)
        begin = "INSERT INTO jumun_operator.action (kind, by_whom, target, arguments%s) VALUES ('cancel', 'kim', 'o', '{cancel,o}'%s)"
        end = "INSERT INTO jumun_operator.action_outcome (action_id, outcome, exit_status, detail) VALUES (1, 'done', 0, '')"
        psql(begin % ("", ""), "jumun_operator")
        psql(end, "jumun_operator")
        self.assertEqual(psql("SELECT database_role FROM jumun_operator.action", "jumun_operator"), "jumun_operator")
        for text in (begin % (", at", ", '2020-01-01'"), begin % (", database_role", ", 'postgres'"),
                     "UPDATE jumun_operator.action SET by_whom = 'lee'", "DELETE FROM jumun_operator.action_outcome",
                     "TRUNCATE jumun_operator.action CASCADE", "CREATE TABLE jumun_operator.more (id int)"):
            with self.subTest(text=text):
                self.assertIn("permission denied", psql(text, "jumun_operator", check=False).stderr)
        for text in ("UPDATE jumun_operator.action SET by_whom = 'lee'", "DELETE FROM jumun_operator.action_outcome",
                     "TRUNCATE jumun_operator.action CASCADE"):
            with self.subTest(administrator=text):
                self.assertIn("only added to", psql(text, check=False).stderr)
        self.assertIn("duplicate key", psql(end, "jumun_operator", check=False).stderr, "one outcome, for good")
        for user in ("jumun_stock", "jumun_bridge"):
            self.assertIn("permission denied", psql("SELECT * FROM jumun_operator.action", user, check=False).stderr)

    def test_a_service_never_scans_where_there_is_an_index(self):
        self.assertEqual(self.migrate()[0], 0)
        self.assertEqual(psql("SHOW enable_seqscan; SHOW search_path; SHOW idle_in_transaction_session_timeout", "jumun_order"),
                         "off\njumun_order\n10s")
        self.assertIn("Index", psql("EXPLAIN SELECT * FROM own WHERE id = ANY('{1,2}')", "jumun_order"))


if __name__ == "__main__":
    unittest.main()
