"""The operator's side by HTTP: jobs, dead letters, cancels; each recorded with who and why, as the same done by the command line is."""
import contextlib
import os
import signal
import unittest

from support import (SHIPPING, at_rest, audit, bodies, call, events_of, jumun, new_id, place, publish_raw, quiesce, seed, sql,
                     wait_until)
from test_dead_letters import admin
from test_kills import pid_of


def start(**body):
    status, answer, headers = call("POST", "/v1/admin/jobs", body)
    assert status == 202, (status, answer)
    assert headers["Location"] == "/v1/admin/jobs/" + answer["job_id"]
    return answer["job_id"]


def job(job_id):
    status, answer, _ = call("GET", "/v1/admin/jobs/" + job_id)
    assert status == 200, (status, answer)
    return answer


def ended(job_id):
    return wait_until("job %s to end" % job_id, lambda: job(job_id)["state"] != "RUNNING" and job(job_id))


def actions(target, kind=None):
    """Newest first."""
    status, answer, _ = call("GET", "/v1/admin/actions?target=" + target)
    assert status == 200, (status, answer)
    return [row for row in answer["actions"] if kind in (None, row["kind"])]


@contextlib.contextmanager
def stopped(service):
    """It stands still."""
    pid = pid_of(service)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


class Jobs(unittest.TestCase):
    def test_an_audit_is_green_and_tells_how_far_it_is(self):
        customer, product = new_id("c-"), new_id("p-")
        seed(products=[(product, 100, 10)], credits=[(customer, 1000)])
        at_rest(place(customer, [(product, 1)], shipping=SHIPPING, auto_pay=True), "PAID")
        quiesce()
        done = ended(start(kind="audit", by="kim", reason="야간 점검"))
        self.assertEqual((done["state"], done["exit_status"], done["by"], done["reason"]), ("DONE", 0, "kim", "야간 점검"), done)
        self.assertEqual(done["command"], "jumun audit --by=kim --reason='야간 점검'")
        ways = {line["way"]: line for line in done["lines"]}
        self.assertEqual(set(ways), {"tables", "topics", "difference"})
        self.assertTrue(all(count == 0 for line in ways.values() for count in line["broken"].values()))
        self.assertGreater(ways["topics"]["orders"], 0)
        self.assertGreater(done["progress"]["total"], 0)
        self.assertEqual(done["progress"]["done"], done["progress"]["total"])

    def test_a_rebuild_is_compared(self):
        quiesce()
        done = ended(start(kind="rebuild_compare", by="kim", service="coupon"))
        self.assertEqual((done["state"], [line["outcome"] for line in done["lines"]]), ("DONE", ["the same"]), done)
        kept = actions("coupon", "rebuild")[0]
        self.assertEqual((kept["by"], kept["why"], kept["outcome"], kept["arguments"][0]), ("kim", None, "done", "rebuild"))


class DeadLetters(unittest.TestCase):
    """An order that `order` cannot carry out, by a constraint that names its customer (see test_dead_letters.py)."""

    def setUp(self):
        self.good, self.bad, self.product, self.poison = new_id("c-"), new_id("c-bad-"), new_id("p-"), new_id("poison_")
        seed(products=[(self.product, 100, 100)], credits=[(self.good, 10_000)])
        admin("ALTER TABLE jumun_order.orders ADD CONSTRAINT %s CHECK (customer_id <> '%s') NOT VALID" % (self.poison, self.bad))
        self.addCleanup(self.mend)

    def mend(self):
        admin("ALTER TABLE jumun_order.orders DROP CONSTRAINT IF EXISTS %s" % self.poison)

    def parked(self):
        order = place(self.bad, [(self.product, 1)])
        wait_until("it to be parked", lambda: sql("SELECT 1 FROM jumun_order.parked WHERE key = '%s'" % order))
        at_rest(place(self.good, [(self.product, 1)], shipping=SHIPPING, auto_pay=True), "PAID")
        return order

    def preview(self, order):
        status, answer, _ = call("GET", "/v1/admin/parked/order/" + order)
        self.assertEqual((status, answer["truncated"]), (200, False))
        return answer["events"]

    def test_from_the_list_to_done_with_who_and_why(self):
        order = self.parked()
        status, listed, _ = call("GET", "/v1/admin/dead-letters?service=order&sqlstate=23514&limit=500")
        self.assertEqual(status, 200)
        self.assertIn(order, [row["key"] for row in listed["dead_letters"]])
        events = self.preview(order)
        self.assertEqual([(row["key"], row["topic"], row["reason"]) for row in events], [(order, "StockReserved", "23514")])

        dry = ended(start(kind="redrive", by="kim", key=order, dry_run=True))
        self.assertEqual((dry["state"], [line["topic"] for line in dry["lines"]]), ("DONE", ["StockReserved"]), dry)
        self.assertEqual(len(self.preview(order)), 1, "nothing was asked")

        failed = ended(start(kind="redrive", by="kim", key=order, reason="too early"))
        self.assertEqual((failed["state"], failed["lines"][-1]["outcome"]), ("FOUND", "failed"), failed)

        self.mend()
        why = "constraint mended; $(true) '#481'"
        done = ended(start(kind="redrive", by="이 서준", key=order, reason=why))
        self.assertEqual((done["state"], done["lines"][-1]["outcome"]), ("DONE", "done"), done)
        self.assertEqual(done["lines"][-1]["job"], done["redrive_id"])
        self.assertEqual((done["progress"]["done"], done["progress"]["total"]), (1, 1))
        self.assertEqual(self.preview(order), [])
        at_rest(order, "RESERVED")

        told = [(row["by"], row["why"], row["outcome"]) for row in actions(order, "redrive")]
        self.assertEqual(told, [("이 서준", why, "done"), ("kim", "too early", "found"), ("kim", None, "done")])
        status, history, _ = call("GET", "/v1/admin/dead-letters/history?about=" + order)
        self.assertEqual([(row["action"], row["by"]) for row in history["history"]],
                         [("asked", "kim"), ("failed", "kim"), ("asked", "이 서준"), ("handed_back", "이 서준"), ("done", "이 서준")])
        self.assertEqual(history["history"][-1]["job"], done["redrive_id"])
        quiesce()
        audit()

    def test_a_redrive_is_stopped_where_it_runs(self):
        """While its owner stands still, the key waits: the stop reaches the service's database, and is recorded."""
        order = self.parked()
        self.mend()
        with stopped("order"):
            job_id = start(kind="redrive", by="kim", key=order, reason="to be stopped")
            wait_until("its id", lambda: job(job_id)["redrive_id"])
            status, _, _ = call("DELETE", "/v1/admin/jobs/%s?by=lee&reason=wrong+one" % job_id)
            self.assertEqual(status, 202)
            done = ended(job_id)
        self.assertEqual(done["state"], "STOPPED")
        kept = actions(done["redrive_id"], "stop")[0]
        self.assertEqual((kept["by"], kept["why"], kept["outcome"]), ("lee", "wrong one", "done"))
        self.assertEqual(len(self.preview(order)), 1, "still parked")
        self.assertEqual(ended(start(kind="redrive", by="kim", key=order, reason="now"))["state"], "DONE")
        at_rest(order, "RESERVED")

    def test_a_letter_is_shown(self):
        quiesce()
        letters = [row for row in call("GET", "/v1/admin/dead-letters?limit=500")[1]["dead_letters"] if row["kind"] == "letter"]
        if not letters:
            publish_raw("OrderRequested", new_id("bad-"), b"no json")
            letters = wait_until("a letter", lambda: [row for row in call("GET", "/v1/admin/dead-letters?limit=500")[1]["dead_letters"]
                                                      if row["kind"] == "letter"])
        place_of = "%d/%d" % (letters[-1]["partition"], letters[-1]["offset"])
        status, letter, _ = call("GET", "/v1/admin/dead-letters/" + place_of)
        self.assertEqual((status, letter["offset"]), (200, letters[-1]["offset"]))
        self.assertEqual(call("GET", "/v1/admin/dead-letters/0/999999999")[0], 404)


class Cancel(unittest.TestCase):
    def setUp(self):
        self.customer, self.product = new_id("c-"), new_id("p-")
        seed(products=[(self.product, 100, 10)], credits=[(self.customer, 1000)])

    def cancel(self, order, **body):
        return call("POST", "/v1/admin/orders/%s/cancel" % order, {"by": "kim", "reason": "전화 요청", **body})

    def test_it_is_compensated_and_kept_by_both_doors_alike(self):
        for door in ("http", "command line"):
            with self.subTest(door):
                order = place(self.customer, [(self.product, 2)], shipping=SHIPPING)
                at_rest(order, "PENDING")
                if door == "http":
                    status, answer, _ = self.cancel(order)
                    self.assertEqual((status, answer["order_id"], answer["recorded"]), (202, order, True))
                else:
                    jumun("cancel", order, "--by", "kim", "--reason", "전화 요청")
                shown = at_rest(order, "CANCELLED")
                self.assertEqual((shown["cancel_reason"], shown["compensation"]["stock"]), ("OPERATOR", "DONE"))
                self.assertEqual(bodies("CancelRequested", order), [{"order_id": order, "customer_id": self.customer, "reason": "OPERATOR"}])
                self.assertEqual([(row["kind"], row["by"], row["why"], row["outcome"]) for row in actions(order)],
                                 [("cancel", "kim", "전화 요청", "done")])

    def test_an_order_is_cancelled_the_moment_it_is_placed(self):
        order = place(self.customer, [(self.product, 1)])
        self.assertEqual(self.cancel(order)[0], 202)
        self.assertEqual(at_rest(order, "CANCELLED")["cancel_reason"], "OPERATOR")

    def test_what_is_over_is_refused_and_the_try_is_kept(self):
        order = place(self.customer, [(self.product, 1)], shipping=SHIPPING, auto_pay=True)
        at_rest(order, "PAID")
        status, problem, _ = self.cancel(order)
        self.assertEqual((status, problem["code"]), (409, "already_paid"))
        self.assertNotIn("CancelRequested", events_of(order))
        self.assertEqual([row["outcome"] for row in actions(order)], ["found"])
        sold_out = place(self.customer, [(self.product, 1000)])
        at_rest(sold_out, "SOLD_OUT")
        self.assertEqual(self.cancel(sold_out)[1]["code"], "wrong_step")

    def test_there_is_none(self):
        for order, code in (("01a20454-b840-776c-955e-3292021cb439", 404), ("nonsense", 404), ("01A20454-B840-776C-955E-3292021CB439", 404)):
            with self.subTest(order):
                status, problem, _ = self.cancel(order)
                self.assertEqual((status, problem["code"]), (code, "order_not_found"))

    def test_who_and_why_are_asked_for(self):
        order = place(self.customer, [(self.product, 1)])
        for body, pointers in (({"by": None}, ["/by"]), ({"reason": " "}, ["/reason"]), ({"reason": "a\nb", "by": ""}, ["/reason", "/by"]),
                               ({"force": True}, ["/force"])):
            with self.subTest(body):
                status, problem, _ = self.cancel(order, **body)
                self.assertEqual((status, [error["pointer"] for error in problem["errors"]]), (400, pointers))
        at_rest(order, "RESERVED")


if __name__ == "__main__":
    unittest.main()
