#!/usr/bin/env python3
"""Jobs as processes: how many, how long, stopped, orphaned; with the real command line, which a lock in the database holds up.

Needs a broker (JUMUN_KAFKA) and a migrated database (JUMUN_PG), of which JUMUN_PG_ADMIN is the administrator.
"""
import json
import os
import signal
import subprocess
import unittest

import stack
from test_process import call

AUDIT = json.dumps({"kind": "audit", "by": "kim", "reason": "test", "only": "tables"})


def admin(text):
    done = subprocess.run(["psql", os.environ["JUMUN_PG"] + " user=jumun_admin", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Lock:
    """No table of `stock` can be read while it lasts: an audit waits."""

    def __enter__(self):
        self.psql = subprocess.Popen(["psql", os.environ["JUMUN_PG"] + " user=jumun_admin", "-XAtq"], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)
        self.psql.stdin.write("BEGIN; LOCK TABLE jumun_stock.product IN ACCESS EXCLUSIVE MODE; SELECT 'locked';\n")
        self.psql.stdin.flush()
        assert self.psql.stdout.readline() == "locked\n"

    def __exit__(self, *_):
        self.psql.communicate("ROLLBACK;\n")


def children_of(pid):
    """Processes that say that this one is their parent, whoever has adopted them since."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            with open("/proc/%s/environ" % entry, "rb") as file:
                if entry.isdigit() and b"JUMUN_PARENT=%d\0" % pid in file.read():
                    found.append(int(entry))
        except OSError:
            pass
    return found


class Jobs(unittest.TestCase):
    def setUp(self):
        subprocess.run([os.path.join(stack.BIN, "jumun"), "topics", "create"], check=True, stdout=subprocess.DEVNULL)
        self.bridge = stack.Bridge()
        self.addCleanup(lambda: self.bridge.process.poll() is None and self.bridge.kill())

    def call(self, method, path, body=None):
        return call(self.bridge.address, method, path, body)

    def begin(self):
        status, body, headers = self.call("POST", "/v1/admin/jobs", AUDIT)
        self.assertEqual(status, 202, body)
        self.assertEqual(headers["Location"], "/v1/admin/jobs/" + body["job_id"])
        return body["job_id"]

    def job(self, job_id):
        status, body, _ = self.call("GET", "/v1/admin/jobs/" + job_id)
        self.assertEqual(status, 200)
        return body

    def ended(self, job_id, state):
        stack.wait_for("job to end", lambda: self.job(job_id)["state"] != "RUNNING")
        job = self.job(job_id)
        self.assertEqual(job["state"], state, job)
        self.assertGreaterEqual(job["ended_at"], job["started_at"])
        return job

    def waits(self, count):
        """So many audits stand at the lock; where services run, they may stand there as well."""
        return int(admin("SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted"
                         " AND relation = 'jumun_stock.product'::regclass AND usename = 'jumun_operator'")) == count

    def actions(self, target):
        return self.call("GET", "/v1/admin/actions?target=" + target)[1]["actions"]

    def test_a_fifth_at_once_is_refused_and_looking_goes_on(self):
        with Lock():
            running = [self.begin() for _ in range(4)]
            status, problem, headers = self.call("POST", "/v1/admin/jobs", AUDIT)
            self.assertEqual((status, problem["code"]), (429, "too_many_requests"))
            self.assertGreaterEqual(int(headers["Retry-After"]), 1)
            self.assertEqual(self.call("GET", "/v1/admin/actions?limit=1")[0], 200, "jobs take no room from calls")
            self.assertEqual([job["state"] for job in self.call("GET", "/v1/admin/jobs")[1]["jobs"]], ["RUNNING"] * 4)
        for job_id in running:
            self.assertEqual(self.ended(job_id, "DONE")["exit_status"], 0)
        self.ended(self.begin(), "DONE")
        self.assertEqual(self.bridge.stop(), 0)

    def test_a_job_is_stopped_and_it_is_kept_by_whom(self):
        with Lock():
            job_id = self.begin()
            stack.wait_for("the audit to stand at the lock", lambda: self.waits(1))
            status, body, _ = self.call("DELETE", "/v1/admin/jobs/%s?by=lee&reason=takes%%20too%%20long" % job_id)
            self.assertEqual((status, body["job_id"]), (202, job_id))
            self.ended(job_id, "STOPPED")
            note = self.actions(job_id)[0]
            self.assertEqual((note["kind"], note["by"], note["why"], note["outcome"]), ("note", "lee", "takes too long", "done"))
            self.assertEqual(note["arguments"][-1], "stopped: jumun audit --tables --by=kim --reason=test")
            self.assertEqual(self.call("DELETE", "/v1/admin/jobs/" + job_id)[1]["state"], "STOPPED", "again changes nothing")
            stack.wait_for("the server to notice that nobody waits", lambda: self.waits(0))

    def test_sigterm_ends_the_bridge_and_its_children_in_time(self):
        with Lock():
            self.begin()
            stack.wait_for("the audit to stand at the lock", lambda: self.waits(1))
            children = children_of(self.bridge.process.pid)
            self.assertEqual(len(children), 1)
            self.assertEqual(self.bridge.stop(), 0)
            self.assertEqual(children_of(self.bridge.process.pid), [])

    def test_a_killed_bridge_leaves_no_child(self):
        with Lock():
            self.begin()
            stack.wait_for("the audit to stand at the lock", lambda: self.waits(1))
            pid = self.bridge.process.pid
            self.assertEqual(len(children_of(pid)), 1)
            self.bridge.process.send_signal(signal.SIGKILL)
            self.bridge.process.wait()
            stack.wait_for("its child to be gone", lambda: not children_of(pid), 30)

    def test_what_would_be_an_option_a_line_or_a_novel_is_refused_or_stays_text(self):
        for field, values in (("by", ("", " ", "a\nb", "a\0b", "\x1b[31m", "x" * 10_000, 5, None, ["a"])),
                              ("reason", ("", "\t", "a\r\nb", "x" * 10_000, "\u202egnp", False))):
            for value in values:
                with self.subTest(field=field, value=str(value)[:20]):
                    body = {"kind": "audit", "by": "kim", "only": "tables", field: value}
                    if value is None and field == "by":
                        del body["by"]
                    status, problem, _ = self.call("POST", "/v1/admin/jobs", json.dumps(body))
                    self.assertEqual((status, problem["code"]), (400, "invalid_request"))
                    self.assertEqual([error["pointer"] for error in problem["errors"]], ["/" + field])
        for key in ("--all", "-x", "--"):  # an id may look like an option, and is none
            with self.subTest(key=key):
                body = json.dumps({"kind": "redrive", "by": "--help", "reason": "--all; $(true) 'x' \"y\"", "key": key})
                job = self.ended(self.call("POST", "/v1/admin/jobs", body)[1]["job_id"], "FOUND")
                self.assertEqual([line["error"] for line in job["lines"]], ["nothing_parked"])
                kept = self.actions(key)[0]
                self.assertEqual((kept["by"], kept["why"], kept["target"]), ("--help", "--all; $(true) 'x' \"y\"", key))
        for body in ({"key": "a b"}, {"key": "x" * 65}, {"key": "../x"}, {"sqlstate": "--"}, {"event": "a b/0/1"}, {"since": "-1h"},
                     {"key": "a", "all": True}, {}, {"service": "bridge", "all": True}, {"limit": 0, "all": True}):
            with self.subTest(body=body):
                status, problem, _ = self.call("POST", "/v1/admin/jobs", json.dumps({"kind": "redrive", "by": "k", "reason": "r", **body}))
                self.assertEqual((status, problem["code"]), (400, "invalid_request"))
        self.assertEqual(self.call("GET", "/v1/admin/parked/order/..%2f..")[0], 404)
        self.assertEqual(self.call("GET", "/v1/admin/parked/nobody/x")[0], 404)
        self.assertEqual(self.call("GET", "/v1/admin/dead-letters/0/-1")[0], 404)

    def test_another_sites_page_starts_nothing(self):
        for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}):
            with self.subTest(headers):
                self.assertEqual(call(self.bridge.address, "POST", "/v1/admin/jobs", AUDIT, headers)[0], 403)
                self.assertEqual(call(self.bridge.address, "GET", "/v1/admin/actions", None, headers)[0], 403)
        self.assertEqual(self.call("GET", "/v1/admin/jobs")[1]["jobs"], [])

    def test_servers_that_are_away_are_said_and_the_bridge_stays(self):
        away = "host=127.0.0.1 port=%d dbname=jumun connect_timeout=2" % stack.free_port()
        bridge = stack.Bridge(JUMUN_PG=away)
        self.addCleanup(bridge.kill)
        for path in ("/v1/admin/dead-letters", "/v1/admin/actions", "/v1/admin/parked/order/x"):
            with self.subTest(path):
                status, problem, headers = call(bridge.address, "GET", path)
                self.assertEqual((status, problem["code"]), (503, "server_unavailable"))
                self.assertIn("database of", problem["detail"])
                self.assertIn("Retry-After", headers)
        order = "01a20454-b840-776c-955e-%012x" % os.getpid()
        subprocess.run(["kcat", "-b", os.environ["JUMUN_KAFKA"], "-P", "-t", "OrderRequested", "-K", "\t"], text=True, check=True,
                       input="%s\t%s\n" % (order, json.dumps({"order_id": order, "customer_id": "c-1",
                                                               "items": [{"product_id": "sku-none", "quantity": 1}]})))
        status, body, _ = call(bridge.address, "POST", "/v1/admin/orders/%s/cancel" % order, json.dumps({"by": "kim", "reason": "x"}))
        self.assertEqual((status, body), (202, {"order_id": order, "status": None, "recorded": False, "action_id": None}))

    def test_a_command_that_is_not_there_is_said(self):
        bridge = stack.Bridge(JUMUN_COMMAND=__file__)  # it can be read, and not be run
        self.addCleanup(bridge.kill)
        for method, path, body in (("POST", "/v1/admin/jobs", AUDIT), ("GET", "/v1/admin/actions", None)):
            status, problem, _ = call(bridge.address, method, path, body)
            self.assertEqual((status, problem["code"]), (503, "server_unavailable"))
            self.assertIn("Permission denied", problem["detail"])


if __name__ == "__main__":
    unittest.main()
