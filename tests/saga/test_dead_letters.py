"""Orders that a service cannot carry out: parked, looked at, handed back as a job, never in a loop, and all of it on record.

A named constraint makes every order of one customer fail in `order`, by its content; dropping it mends the cause. Each poisoned order is
followed by one that succeeds: two that fail alike in a row would rightly stop the service.
"""
import base64
import json
import os
import signal
import unittest

from support import (PG, SHIPPING, at_rest, audit, bodies, cancel, get, jumun, new_id, order_id, place, publish, publish_raw, quiesce, run,
                     seed, ship, sql, wait_until)
from test_kills import pid_of, up

ATTEMPTS_MAX = 5


def admin(text):
    run(["psql", PG + " user=jumun_admin", "-XAtq", "-v", "ON_ERROR_STOP=1"], text)


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


class DeadLetters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.good, cls.product = new_id("c-"), new_id("p-")
        seed(products=[(cls.product, 100, 1000)], credits=[(cls.good, 100_000)])

    @classmethod
    def tearDownClass(cls):
        quiesce()
        audit()

    def setUp(self):
        self.bad, self.poison = new_id("c-bad-"), new_id("poison_")
        self.since = sql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")[0][0]
        admin("ALTER TABLE jumun_order.orders ADD CONSTRAINT %s CHECK (customer_id <> '%s') NOT VALID" % (self.poison, self.bad))
        self.addCleanup(self.mend)
        self.selection = ("--service", "order", "--topic", "StockReserved", "--sqlstate", "23514", "--since", self.since)

    def mend(self):
        admin("ALTER TABLE jumun_order.orders DROP CONSTRAINT IF EXISTS %s" % self.poison)

    def parked(self, order):
        return [tuple(row) for row in sql("SELECT topic, reason, attempts FROM jumun_order.parked WHERE key = '%s' ORDER BY seq" % order)]

    def poisoned(self):
        """An order whose StockReserved fails, and the shopper's shipping and cancel behind it."""
        order = place(self.bad, [(self.product, 1)])
        wait_until("order %s to be parked" % order, lambda: self.parked(order))
        wait_until("the read model", lambda: get(order)["status"] == "RESERVED")
        ship(order)
        wait_until("shipping behind it", lambda: len(self.parked(order)) == 2)
        cancel(order)
        self.assertEqual(wait_until("cancel behind it", lambda: len(self.parked(order)) == 3 and self.parked(order)),
                         [("StockReserved", "23514", "1"), ("ShippingSubmitted", "behind", "0"), ("CancelRequested", "behind", "0")])
        at_rest(place(self.good, [(self.product, 1)], shipping=SHIPPING, auto_pay=True), "PAID")
        return order

    def letters(self, *words, status=0):
        done = jumun("dead-letters", *words, "--json", check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return lines(done)

    def progress(self, job):
        return lines(jumun("dead-letters", "job", job, "--json", check=False))[0]

    def everything(self):
        return sql("SELECT * FROM jumun_order.parked ORDER BY seq; SELECT * FROM jumun_order.redrive_request ORDER BY id;"
                   "SELECT * FROM jumun_order.redrive_job ORDER BY id; SELECT * FROM jumun_order.redrive_history ORDER BY id")

    def expect_preview(self, orders):
        shown = self.letters("preview", *self.selection)
        self.assertEqual([(row["key"], row["order"], row["topic"]) for row in shown],
                         [(order, n + 1, topic) for order in orders
                          for n, topic in enumerate(("StockReserved", "ShippingSubmitted", "CancelRequested"))])
        for row in shown[::3]:
            self.assertEqual(json.loads(base64.b64decode(row["record_value"]))["order_id"], row["key"])
            self.assertEqual(base64.b64decode(row["record_key"]).decode(), row["key"])
            self.assertIn(self.poison, row["detail"])
            self.assertEqual((row["attempts"], row["attempts_max"]), (1, ATTEMPTS_MAX))
            self.assertIn("ce_id", [header["name"] for header in row["record_headers"]])

    def expect_handed_back_in_order(self, order):
        """Shipping before the cancel: the order was PENDING, so its cancel names the revision; the other way round it would be 0.

        Who was killed between sending and knowing that it is sent sends again: one event, perhaps twice in the topic."""
        at_rest(order, "CANCELLED")
        self.assertEqual({event["revision"] for event in bodies("OrderCancelled", order)}, {1})
        self.assertEqual([row[0] for row in sql("SELECT topic FROM jumun_order.redrive_history WHERE key = '%s' AND action = 'handed_back'"
                                                " ORDER BY id" % order)], ["StockReserved", "ShippingSubmitted", "CancelRequested"])

    def test_a_selection_is_handed_back_as_a_job_though_its_owner_is_killed(self):
        orders = [self.poisoned() for _ in range(3)]
        self.expect_preview(orders)
        before = self.everything()
        dry = jumun("dead-letters", "redrive", *self.selection, "--dry-run")
        self.assertIn("9 events of 3 keys would run", dry.stderr)
        self.assertEqual(self.everything(), before, "a dry run changes nothing")
        self.mend()
        asked = self.letters("redrive", *self.selection, "--reason", "constraint dropped", "--by", "kim", "--per-second", "1", "--no-wait")
        job = asked[0]["job"]
        self.assertEqual([row["key"] for row in asked], orders)
        wait_until("the first key to be handed back", lambda: self.progress(job)["handed_back"] >= 1)
        os.kill(pid_of("order"), signal.SIGKILL)
        self.assertGreater(self.progress(job)["waiting"], 0, "killed in the middle")
        up()
        done = wait_until("the job to end", lambda: self.progress(job)["finished_at"] and self.progress(job))
        self.assertEqual({name: done[name] for name in ("keys", "waiting", "handed_back", "failed_again", "given_up", "events_handled")},
                         {"keys": 3, "waiting": 0, "handed_back": 3, "failed_again": 0, "given_up": 0, "events_handled": 9})
        for order in orders:
            self.expect_handed_back_in_order(order)
            told = self.letters("history", order)
            self.assertEqual([row["action"] for row in told], ["asked", "handed_back", "handed_back", "handed_back", "done"])
            self.assertEqual({(row["by"], row["why"], row["job"]) for row in told}, {("kim", "constraint dropped", job)})
            self.assertTrue(all(row["at"] > self.since for row in told))
        self.letters("preview", *self.selection, status=1)

    def test_what_fails_again_stays_parked_is_counted_and_ends_at_the_limit(self):
        order = self.poisoned()
        for attempts in range(2, ATTEMPTS_MAX + 1):
            self.assertEqual([row["outcome"] for row in self.letters("redrive", order, "--reason", "again", status=1)], ["failed"])
            self.assertEqual(self.parked(order), [("StockReserved", "23514", str(attempts)), ("ShippingSubmitted", "behind", "0"),
                                                  ("CancelRequested", "behind", "0")])
        self.mend()
        refused = self.letters("redrive", order, "--reason", "mended", status=1)
        self.assertEqual([row["outcome"] for row in refused], ["given_up"])
        self.assertIn("--force", refused[0]["detail"])
        self.assertEqual(len(self.parked(order)), 3, "nothing was tried")
        self.assertEqual([row["outcome"] for row in self.letters("redrive", order, "--reason", "mended", "--force")], ["done"])
        self.expect_handed_back_in_order(order)
        actions = [row["action"] for row in self.letters("history", order)]
        self.assertEqual(actions, ["asked", "failed"] * 4 + ["asked", "given_up", "asked"] + ["handed_back"] * 3 + ["done"])

    def test_a_stranger_who_waited_is_shown_with_the_bytes_that_he_sent(self):
        """The letter holds them encoded anew, for rows keep no bytes of strangers; its place leads to them."""
        order = order_id()
        sent = ('{ "attempt": 1, "revision":1,"from_afar": [1, 2], "customer_id":"stranger",  "order_id":"%s"}' % order).encode()
        publish_raw("PaymentRequested", order, sent)
        wait_until("it to wait", lambda: sql("SELECT 1 FROM jumun_payment.payment WHERE order_id = '%s' AND waiting IS NOT NULL" % order))
        publish("OrderRequested", {"order_id": order, "customer_id": self.good, "items": [{"product_id": self.product, "quantity": 1}],
                                   "shipping": SHIPPING})
        at_rest(order, "PENDING")
        letter = wait_until("its letter", lambda: [row for row in lines(jumun("dead-letters", "list", "--service", "payment", "--json"))
                                                   if row["kind"] == "letter" and base64.b64decode(row["letter"]["key"]).decode() == order])[0]
        self.assertNotEqual(base64.b64decode(letter["letter"]["value"]), sent, "encoded anew")
        where = "%d/%d" % (letter["partition"], letter["offset"])
        self.assertEqual(jumun("dead-letters", "show", where, "--value").stdout.encode(), sent)
        self.assertIn(sent.decode(), jumun("dead-letters", "show", where).stdout)
        refused = jumun("dead-letters", "redrive", where, "--reason", "x", check=False)
        self.assertEqual((refused.returncode, "belongs to another customer" in refused.stderr), (1, True))


if __name__ == "__main__":
    unittest.main()
