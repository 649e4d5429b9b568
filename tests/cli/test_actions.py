"""The operator's log, as the command line writes and shows it, against a real database; and the operator's cancel while no service runs.

JUMUN_PG_ADMIN and JUMUN_KAFKA as `. JUMUN_RUN/env` sets them; JUMUN_PROGRAM is the command line.
"""
import json
import os
import signal
import subprocess
import time
import unittest
import uuid

from support import Place

place = None
AWAY = "host=127.0.0.1 port=1 dbname=jumun connect_timeout=2"


def setUpModule():
    global place
    place = Place("actions_test")
    place.make_database()
    made = place.jumun("topics", "create")
    assert made.returncode == 0, made.stderr


def tearDownModule():
    place.drop_database()


def jumun(*words, **more):
    return place.jumun(*words, **more)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def actions(*words):
    done = jumun("actions", "--json", *words)
    assert done.returncode == 0, done.stderr
    return lines(done.stdout)


def publish(topic, body, key="order_id"):
    subprocess.run(["kcat", "-b", os.environ["JUMUN_KAFKA"], "-P", "-t", "%s.%s" % (place.name, topic), "-K", "\t"],
                   input="%s\t%s\n" % (body[key], json.dumps(body)), text=True, check=True)


def cancels(order):
    done = subprocess.run(["kcat", "-b", os.environ["JUMUN_KAFKA"], "-C", "-q", "-e", "-J", "-t", place.name + ".CancelRequested"],
                          capture_output=True, text=True, check=True)
    return [record for record in map(json.loads, done.stdout.splitlines()) if record["key"] == order]


def requested(customer="kim", order=None):
    order = order or str(uuid.uuid4())
    publish("OrderRequested", {"order_id": order, "customer_id": customer, "items": [{"product_id": "tea", "quantity": 1}]})
    return order


class Log(unittest.TestCase):
    def test_a_fact_is_kept_with_who_why_and_how(self):
        done = jumun("product", "tea", "--name", "it's 'tea'", "--price", "5", "--no-wait", "--by", "kim", "--reason", "새 상품; $(id)")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        kept = actions("--target", "tea")[0]
        self.assertEqual({name: kept[name] for name in ("kind", "by", "why", "target", "outcome", "exit_status", "database_role")},
                         {"kind": "product", "by": "kim", "why": "새 상품; $(id)", "target": "tea", "outcome": "done", "exit_status": 0,
                          "database_role": "jumun_operator"})
        self.assertEqual(kept["arguments"], ["product", "--name=it's 'tea'", "--price=5", "--no-wait", "--by=kim", "--reason=새 상품; $(id)", "tea"])
        again = subprocess.run(["bash", "-c", "printf '%s\\n' " + kept["command"]], capture_output=True, text=True, check=True)
        self.assertEqual(again.stdout.splitlines(), ["jumun"] + kept["arguments"], "the line means the same to a shell")

    def test_what_looks_like_options_stays_text(self):
        jumun("product", "tea", "--name", "t", "--price", "5", "--no-wait", "--by=--json", "--reason=--help")
        kept = actions("--limit", "1")[0]
        self.assertEqual((kept["by"], kept["why"]), ("--json", "--help"))

    def test_a_refusal_and_a_server_that_is_away_are_outcomes_too(self):
        self.assertEqual(jumun("audit", "--topics", "--reason", "nightly", JUMUN_PG_STOCK=AWAY).returncode, 3)
        kept = actions("--limit", "1")[0]
        self.assertEqual((kept["kind"], kept["why"], kept["outcome"], kept["exit_status"]), ("audit", "nightly", "failed", 3))
        self.assertIn("database of stock", kept["detail"])
        self.assertEqual(jumun("dead-letters", "redrive", "nobody", "--dry-run").returncode, 1)
        kept = actions("--limit", "1")[0]
        self.assertEqual((kept["kind"], kept["target"], kept["outcome"]), ("redrive", "nobody", "found"))

    def test_usage_that_is_wrong_is_not_kept(self):
        before = actions("--limit", "1")
        self.assertEqual(jumun("dead-letters", "redrive", "--all").returncode, 2)
        self.assertEqual(jumun("publish", "ProductListed", "--check", stdin="").returncode, 0)
        self.assertEqual(actions("--limit", "1"), before)

    def test_pages_follow_one_another(self):
        for n in range(3):
            self.assertEqual(jumun("actions", "note", "n%d" % n, "--by", "kim", "--target", "pages").returncode, 0)
        first = actions("--limit", "2", "--target", "pages")
        second = actions("--limit", "2", "--target", "pages", "--before", str(first[-1]["id"]))
        self.assertEqual([row["arguments"][-1] for row in first + second], ["n2", "n1", "n0"])

    def test_a_run_that_is_killed_stays_without_outcome_and_one_that_is_stopped_has_one(self):
        for runs, (number, outcome) in enumerate(((signal.SIGKILL, None), (signal.SIGTERM, "stopped")), 1):
            with self.subTest(number):
                running = subprocess.Popen([os.environ["JUMUN_PROGRAM"], "product", "slow", "--name", "s", "--price", "1"],
                                           env=place.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                # it waits for services of which none runs
                end = time.monotonic() + 30
                while len(actions("--target", "slow")) < runs:
                    self.assertLess(time.monotonic(), end)
                running.send_signal(number)
                running.wait(20)
                self.assertEqual(actions("--limit", "1", "--target", "slow")[0]["outcome"], outcome)

    def test_a_database_that_is_away_is_said_and_hinders_nothing(self):
        done = jumun("credit", "kim", "5", "--no-wait", "--json", JUMUN_PG_OPERATOR=AWAY)
        self.assertEqual(done.returncode, 0)
        self.assertEqual([line["warning"] for line in lines(done.stderr)], ["not_recorded"])


class Cancel(unittest.TestCase):
    """No service runs: whose order it is, only the topics know."""

    def tearDown(self):
        place.psql("DELETE FROM jumun_timeline.consumer_position")

    def test_an_order_is_cancelled_that_no_table_knows_and_no_database_answers(self):
        for more in ({}, {"JUMUN_PG": AWAY}):
            with self.subTest(more):
                order = requested("lee")
                done = jumun("cancel", order, "--reason", "by phone", "--by", "kim", "--no-wait", "--json", **more)
                self.assertEqual(done.returncode, 0, done.stderr)
                answer = json.loads(done.stdout)
                self.assertEqual((answer["order_id"], answer["recorded"]), (order, not more))
                self.assertEqual("not_recorded" in done.stderr, bool(more), done.stderr)
                self.assertEqual(json.loads(cancels(order)[0]["payload"]), {"order_id": order, "customer_id": "lee", "reason": "OPERATOR"})

    def test_it_is_kept_under_the_order(self):
        order = requested()
        answer = json.loads(jumun("cancel", order, "--reason", "by phone", "--by", "kim", "--no-wait", "--json").stdout)
        kept = actions("--target", order)
        self.assertEqual([(row["id"], row["kind"], row["by"], row["why"], row["outcome"]) for row in kept],
                         [(answer["action_id"], "cancel", "kim", "by phone", "done")])

    def test_the_same_again_is_a_repeat(self):
        order = requested()
        for _ in range(2):
            self.assertEqual(jumun("cancel", order, "--reason", "x", "--no-wait").returncode, 0)
        ids = [dict(zip(record["headers"][::2], record["headers"][1::2]))["ce_id"] for record in cancels(order)]
        self.assertEqual((len(ids), len(set(ids))), (2, 1))

    def test_whose_it_is_must_be_clear(self):
        order = requested("lee")
        requested("kim", order)
        done = jumun("cancel", order, "--reason", "x", "--no-wait", "--json")
        self.assertEqual((done.returncode, json.loads(done.stderr)["error"]), (1, "customer_unknown"))
        self.assertEqual(cancels(order), [])
        self.assertEqual(jumun("cancel", order, "--reason", "x", "--no-wait", "--customer", "lee").returncode, 0)
        self.assertEqual(json.loads(cancels(order)[0]["payload"])["customer_id"], "lee")

    def test_stock_says_whose_it_is(self):
        order = requested("lee")
        requested("kim", order)
        publish("StockReserved", {"order_id": order, "customer_id": "kim", "items": [{"product_id": "tea", "quantity": 1, "unit_price": 5}],
                                  "subtotal": 5, "deadline_at": "2030-01-01T00:00:00.000Z", "auto_pay": False,
                                  "on_coupon_rejected": "wait", "on_payment_failure": "wait"})
        self.assertEqual(jumun("cancel", order, "--reason", "x", "--no-wait").returncode, 0)
        self.assertEqual(json.loads(cancels(order)[0]["payload"])["customer_id"], "kim")

    def test_there_is_none(self):
        done = jumun("cancel", str(uuid.uuid4()), "--reason", "x", "--json")
        self.assertEqual((done.returncode, json.loads(done.stderr)["error"]), (1, "order_not_found"))


class Progress(unittest.TestCase):
    def test_every_piece_of_work_is_told_as_json(self):
        done = jumun("audit", "--json")
        told = [line["progress"] for line in lines(done.stderr)]
        self.assertEqual({line["text"].split(":")[0] for line in told}, {"tables", "letters", "topics"})
        for line in told:
            self.assertLessEqual(line["done"], line["total"])
            self.assertGreaterEqual(line["per_second"], 0)
        self.assertTrue(all("progress" not in line for line in lines(done.stdout)), "results alone")


if __name__ == "__main__":
    unittest.main()
