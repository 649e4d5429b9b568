"""The commands that speak to Kafka and PostgreSQL, against real ones and without any service.

JUMUN_PG_ADMIN and JUMUN_KAFKA as `. JUMUN_RUN/env` sets them; JUMUN_PROGRAM is the command line.
"""
import base64
import json
import os
import subprocess
import threading
import time
import unittest

from support import Place

place = None


def setUpModule():
    global place
    place = Place("cli_test")
    place.make_database()
    made = place.jumun("topics", "create")
    assert made.returncode == 0, made.stderr


def tearDownModule():
    place.drop_database()


def jumun(*words, **more):
    return place.jumun(*words, **more)


def records(topic):
    """All records of a topic as kcat shows them."""
    done = subprocess.run(["kcat", "-b", os.environ["JUMUN_KAFKA"], "-C", "-q", "-e", "-J", "-t", "%s.%s" % (place.name, topic)],
                          capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def headers(record):
    return dict(zip(record["headers"][::2], record["headers"][1::2]))


def rows(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def stand(service, topic, next_offset, published_next=None):
    """Every partition of a topic has been consumed up to next_offset."""
    place.psql("INSERT INTO jumun_%s.consumer_position SELECT '%s', p, gen_random_uuid(), %d, %d FROM generate_series(0, 3) p"
               % (service, topic, next_offset, next_offset if published_next is None else published_next))


class Publishing(unittest.TestCase):
    def tearDown(self):
        for service in ("stock", "timeline", "payment"):
            place.psql("DELETE FROM jumun_%s.consumer_position" % service)

    def test_a_fact_carries_cloudevents_headers_and_its_key(self):
        done = jumun("coupon", "H1", "--percent", "10", "--customer", "kim", "--minimum", "100", "--no-wait", "--json")
        told = rows(done)[0]
        record = [r for r in records("CouponIssued") if r["key"] == "H1"][0]
        self.assertEqual(json.loads(record["payload"]),
                         {"coupon_code": "H1", "percent": 10, "minimum_amount": 100, "customer_id": "kim"})
        named = headers(record)
        self.assertEqual((named["ce_specversion"], named["ce_type"], named["ce_source"], named["ce_subject"],
                          named["content-type"]), ("1.0", "CouponIssued", "/jumun/cli", "H1", "application/json"))
        self.assertEqual(named["ce_id"], told["event_id"])
        self.assertRegex(named["traceparent"], r"^00-[0-9a-f]{32}-[0-9a-f]{16}-01$")
        self.assertRegex(named["ce_time"], r"^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual((told["partition"], told["offset"]), (record["partition"], record["offset"]))

    def test_a_fact_with_its_own_id_is_a_repeat_when_it_is_sent_again(self):
        for _ in range(2):
            self.assertEqual(jumun("stock", "p1", "--add", "5", "--replenishment-id", "r1", "--no-wait").returncode, 0)
        first, second = [r for r in records("StockReplenished") if r["key"] == "p1"]
        self.assertEqual(headers(first)["ce_id"], headers(second)["ce_id"])
        self.assertEqual(first["payload"], second["payload"])

    def test_a_listing_without_a_revision_is_never_a_repeat(self):
        for _ in range(2):
            self.assertEqual(jumun("product", "p2", "--name", "찻잔", "--price", "5", "--no-wait").returncode, 0)
        first, second = [r for r in records("ProductListed") if r["key"] == "p2"]
        self.assertNotEqual(headers(first)["ce_id"], headers(second)["ce_id"])

    def test_without_the_services_the_wait_ends_with_1_and_names_who_is_missing(self):
        done = jumun("product", "p3", "--name", "tea", "--price", "5", "--wait-s", "1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("jumun-stock has not reached ProductListed/", done.stderr)

    def test_the_wait_ends_when_every_consumer_is_past(self):
        stand("stock", "ProductListed", 1000)
        late = threading.Timer(1.0, stand, ("timeline", "ProductListed", 1000))
        late.start()
        began = time.monotonic()
        done = jumun("product", "p4", "--name", "tea", "--price", "5")
        late.join()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("in effect", done.stdout)
        self.assertGreater(time.monotonic() - began, 0.9)

    def test_of_a_piece_with_a_bad_line_nothing_is_published(self):
        good = '{"credit_id":"%s","customer_id":"park","amount":5}\n'
        done = jumun("publish", "BalanceCredited", "--no-wait", stdin=good % "a" + "\n" + good.replace("5", "-5") % "b")
        self.assertEqual(done.returncode, 1)
        self.assertIn("line 3: BalanceCredited /amount", done.stderr)
        self.assertEqual([r for r in records("BalanceCredited") if r["key"] == "park"], [])

    def test_lines_are_published_as_they_are_and_where_they_should(self):
        line = '{"customer_id":"choi", "amount":5, "credit_id":"c1", "from_the_future":[1]}'
        done = jumun("publish", "BalanceCredited", "--no-wait", "--partition", "3", stdin=line + "\r\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        record = [r for r in records("BalanceCredited") if r["key"] == "choi"][0]
        self.assertEqual((record["payload"], record["partition"]), (line, 3))

    def test_topics_of_another_shape_are_refused_with_both_numbers(self):
        done = jumun("topics", "check", JUMUN_PARTITIONS="5")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "(?s)4.*5|5.*4")

    def test_a_missing_topic_is_named_with_what_to_do(self):
        done = jumun("credit", "kim", "5", "--no-wait", topics="elsewhere.")
        self.assertEqual(done.returncode, 1)
        self.assertIn("elsewhere.BalanceCredited: run `jumun topics create`", done.stderr)


class Looking(unittest.TestCase):
    def test_tail_shows_an_orders_events_by_time(self):
        order = "00000000-0000-7000-8000-0000000000aa"
        for topic, more in (("PaymentVoided", {}), ("CancelRequested", {"reason": "OPERATOR"})):
            body = {"order_id": order, "customer_id": "a\u202eb".replace("\u202e", "-"), **more}
            self.assertEqual(jumun("publish", topic, "--no-wait", stdin=json.dumps(body)).returncode, 0)
        seen = rows(jumun("tail", "--once", "--order", order, "--json"))
        self.assertEqual([event["event"] for event in seen], ["PaymentVoided", "CancelRequested"])
        self.assertEqual(seen[1]["data"]["reason"], "OPERATOR")
        text = jumun("tail", "CancelRequested", "--once", "--order", order).stdout
        self.assertRegex(text, r"^2\S+Z %s CancelRequested +\d/0 .*reason=OPERATOR\n$" % order)

    def test_tail_follows_what_comes(self):
        tail = subprocess.Popen([os.environ["JUMUN_PROGRAM"], "tail", "StockReplenished", "--from-beginning", "--json"],
                                env=place.environment(), stdout=subprocess.PIPE, text=True)
        self.addCleanup(tail.wait)
        self.addCleanup(tail.terminate)
        self.assertEqual(jumun("stock", "followed", "--add", "1", "--no-wait").returncode, 0)
        for line in tail.stdout:
            if json.loads(line)["key"] == "followed":
                break
        tail.terminate()
        self.assertEqual(tail.wait(timeout=10), 0)
        tail.stdout.close()

    def test_what_could_disturb_a_terminal_is_escaped(self):
        subprocess.run(["kcat", "-b", os.environ["JUMUN_KAFKA"], "-P", "-t", place.name + ".PaymentVoided", "-k", "esc"],
                       input=b"\x1b[2J not json \xff", check=True)
        text = jumun("tail", "PaymentVoided", "--once", "--order", "esc").stdout
        self.assertIn("(not a JSON object) \\x1b[2J not json \\xff", text)

    def test_lag_counts_messages_seconds_and_what_is_not_out_yet(self):
        for number in range(3):
            self.assertEqual(jumun("credit", "lagging", "5", "--no-wait").returncode, 0)
        place.psql("INSERT INTO jumun_payment.consumer_position SELECT 'BalanceCredited', p, gen_random_uuid(), 1, 0"
                   " FROM generate_series(0, 3) p")
        self.addCleanup(place.psql, "DELETE FROM jumun_payment.consumer_position")
        credits = records("BalanceCredited")
        payment = [row for row in rows(jumun("lag", "--partitions", "--json")) if row["group"].endswith("jumun-payment")]
        for row in payment:
            if row["topic"] == "BalanceCredited":
                there = sum(r["partition"] == row["partition"] for r in credits)
                self.assertEqual((row["messages"], row["unpublished"]), (max(there - 1, 0), 1), row)
                self.assertEqual(row["seconds"] > 0, row["messages"] > 0, row)
        total = [row for row in rows(jumun("lag", "--json")) if row["group"].endswith("jumun-payment")][0]
        self.assertEqual(total["messages"], sum(row["messages"] for row in payment))
        self.assertEqual(total["unpublished"], 4)

    def test_a_database_that_is_away_leaves_the_others_shown(self):
        done = jumun("lag", "--json", JUMUN_PG_COUPON="host=127.0.0.1 port=1 connect_timeout=2")
        self.assertEqual(done.returncode, 3)
        shown = {row["group"].rsplit("-", 1)[1]: row for row in map(json.loads, done.stdout.splitlines())}
        self.assertIsNone(shown["coupon"]["messages"])
        self.assertIsNotNone(shown["stock"]["messages"])


class DeadLetters(unittest.TestCase):
    ORDER = "00000000-0000-7000-8000-0000000000dd"

    def park(self, seq, topic, value):
        place.psql("INSERT INTO jumun_payment.parked (key_kind, key, topic, partition, record_offset, recorded_at, headers,"
                   " record_key, record_value, reason, detail, attempts) VALUES ('order', '%s', '%s', 1, %d, now(), '[]', '%s',"
                   " '%s', '%s', 'because', %d)" % (self.ORDER, topic, seq, self.ORDER, value, "22003" if seq == 7 else "behind", seq == 7))

    def setUp(self):
        self.park(7, "OrderCreated", '{"first": 1}')
        self.park(8, "OrderCancelled", '{"second": 2}')
        self.addCleanup(place.psql, "TRUNCATE jumun_payment.parked, jumun_payment.redrive_request, jumun_payment.redrive_job")
        self.told_before = place.psql("SELECT count(*) FROM jumun_payment.redrive_history")

    def letter(self, value):
        body = {"topic": "OrderRequested", "partition": 2, "offset": 5, "group": place.name + ".jumun-stock",
                "reason": "invalid_json", "detail": "no", "key": base64.b64encode(b"k").decode(),
                "headers": [{"name": "ce_id", "value": base64.b64encode(b"x\x1b").decode()}],
                "value": base64.b64encode(value).decode(), "truncated": False}
        subprocess.run(["kcat", "-b", os.environ["JUMUN_KAFKA"], "-P", "-t", place.name + ".DeadLetter", "-p", "2"],
                       input=json.dumps(body).encode(), check=True)

    def test_list_shows_what_is_parked_and_the_letters(self):
        self.letter(b"{")
        shown = rows(jumun("dead-letters", "list", "--json"))
        parked = [row for row in shown if row["kind"] == "parked"]
        self.assertEqual([(p["service"], p["key"], p["events"], p["reason"]) for p in parked],
                         [("payment", self.ORDER, 2, "22003")])
        self.assertIn("invalid_json", [row["letter"]["reason"] for row in shown if row["kind"] == "letter"])
        self.assertEqual([row for row in rows(jumun("dead-letters", "list", "--service", "order", "--json"))], [])
        self.assertTrue(rows(jumun("dead-letters", "list", "--service", "stock", "--json")))

    def test_a_letter_is_shown_with_its_original_bytes_made_safe(self):
        self.letter(b"\x00\xff abc")
        last = [row for row in rows(jumun("dead-letters", "list", "--json")) if row["kind"] == "letter"][-1]
        done = jumun("dead-letters", "show", "%d/%d" % (last["partition"], last["offset"]))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("value     \\x00\\xff abc", done.stdout)
        self.assertIn("ce_id: x\\x1b", done.stdout)
        self.assertEqual(jumun("dead-letters", "show", "2/99999").returncode, 1)

    def test_parked_events_are_shown_in_the_order_in_which_they_will_run(self):
        done = jumun("dead-letters", "show", self.ORDER, "--json")
        self.assertEqual([row["topic"] for row in rows(done)], ["OrderCreated", "OrderCancelled"])

    def requests(self):
        return int(place.psql("SELECT count(*) FROM jumun_payment.redrive_request"))

    def test_a_preview_tells_bytes_order_why_and_how_often(self):
        first, second = rows(jumun("dead-letters", "preview", "--sqlstate", "22", "--json"))
        self.assertEqual([first["order"], second["order"]], [1, 2])
        self.assertEqual([first["attempts"], first["attempts_max"], second["attempts"]], [1, 5, 0])
        self.assertEqual((first["reason"], first["detail"], second["reason"]), ("22003", "because", "behind"))
        self.assertEqual(base64.b64decode(first["record_value"]), b'{"first": 1}')
        self.assertEqual(base64.b64decode(first["record_key"]).decode(), self.ORDER)
        self.assertEqual(jumun("dead-letters", "preview", "--sqlstate", "23").returncode, 1)

    def test_a_selection_goes_by_what_failed_first_and_takes_all_of_its_key(self):
        for flags, selected in ((("--topic", "OrderCreated"), 2), (("--topic", place.name + ".OrderCreated"), 2),
                                (("--topic", "OrderCancelled"), 0), (("--event", "OrderCancelled/1/8"), 2),
                                (("--since", "1h"), 2), (("--until", "1h"), 0), (("--service", "payment"), 2),
                                (("--service", "stock"), 0), (("--topic", "OrderCreated", "--until", "1h"), 0)):
            with self.subTest(flags):
                done = jumun("dead-letters", "preview", *flags, "--json")
                self.assertEqual((len(done.stdout.splitlines()), done.returncode), (selected, 0 if selected else 1))
        self.assertEqual(jumun("dead-letters", "preview", "--topic", "Nothing").returncode, 2)
        self.assertEqual(jumun("dead-letters", "preview", "--since", "yesterday").returncode, 2)

    def test_a_dry_run_asks_nothing(self):
        done = jumun("dead-letters", "redrive", self.ORDER, "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2 events of 1 keys would run", done.stderr)
        self.assertEqual(self.requests(), 0)
        self.assertEqual(place.psql("SELECT count(*) FROM jumun_payment.redrive_history"), self.told_before)

    def test_a_redrive_says_why(self):
        self.assertEqual(jumun("dead-letters", "redrive", self.ORDER).returncode, 2)
        self.assertEqual(jumun("dead-letters", "redrive", self.ORDER, "--reason", " ").returncode, 2)
        self.assertEqual(self.requests(), 0)

    def owner_says(self, outcome, asked):
        for _ in range(400):
            done = place.psql("UPDATE jumun_payment.redrive_request SET finished_at = now(), outcome = '%s', detail = 'x'"
                              " WHERE finished_at IS NULL RETURNING key, requested_by" % outcome)
            if done:
                asked.append(done)
                return
            time.sleep(0.02)

    def test_redrive_asks_the_owner_and_tells_what_became_of_it(self):
        for outcome, status in (("done", 0), ("failed", 1), ("given_up", 1)):
            asked = []
            thread = threading.Thread(target=self.owner_says, args=(outcome, asked))
            thread.start()
            done = jumun("dead-letters", "redrive", self.ORDER, "--reason", "it's mended", "--by", "kim", "--json")
            thread.join()
            self.assertEqual(done.returncode, status, done.stderr)
            told = json.loads(done.stdout)
            self.assertEqual((told["outcome"], told["detail"]), (outcome, "x"))
            self.assertEqual(asked, [self.ORDER + "|kim"])
            looked = jumun("dead-letters", "job", told["job"], "--json")
            self.assertEqual(looked.returncode, status)
            seen = json.loads(looked.stdout)
            self.assertEqual((seen["by"], seen["why"], seen["keys"], seen["waiting"]), ("kim", "it's mended", 1, 0))
            self.assertEqual(seen["command"], "jumun dead-letters redrive %s --reason 'it'\\''s mended' --by kim" % self.ORDER)
            history = rows(jumun("dead-letters", "history", told["job"], "--json"))
            self.assertEqual([h["action"] for h in history], ["asked", outcome])
            self.assertEqual({(h["by"], h["why"], h["database_role"]) for h in history[:1]}, {("kim", "it's mended", "jumun_operator")})

    def test_redrive_of_what_is_not_parked_is_refused(self):
        self.assertEqual(jumun("dead-letters", "redrive", "nobody", "--reason", "x").returncode, 1)
        self.assertEqual(jumun("dead-letters", "redrive", self.ORDER, "--service", "stock", "--reason", "x").returncode, 1)
        self.assertEqual(self.requests(), 0)

    def test_a_letter_cannot_be_redriven_and_it_is_said_why(self):
        self.letter(b"{not json")
        last = [row for row in rows(jumun("dead-letters", "list", "--json")) if row["kind"] == "letter"][-1]
        where = "%d/%d" % (last["partition"], last["offset"])
        done = jumun("dead-letters", "redrive", where, "--reason", "x")
        self.assertEqual(done.returncode, 1)
        self.assertIn("parked nothing", done.stderr)
        self.assertIn("it is no JSON", done.stderr)
        self.assertEqual(self.requests(), 0)
        shown = jumun("dead-letters", "show", where).stdout
        self.assertIn("jumun publish OrderRequested", shown)
        self.assertEqual(jumun("dead-letters", "show", where, "--value").stdout, "{not json")

    def test_all_with_no_wait_only_asks_and_a_key_is_asked_for_once(self):
        done = jumun("dead-letters", "redrive", "--all", "--no-wait", "--reason", "x", "--json")
        self.assertEqual([(row["key"], row["outcome"]) for row in rows(done)], [(self.ORDER, "asked")])
        again = jumun("dead-letters", "redrive", "--all", "--no-wait", "--reason", "x")
        self.assertEqual(again.returncode, 1)
        self.assertIn("another job", again.stderr)
        self.assertEqual(self.requests(), 1)
        job = rows(done)[0]["job"]
        listed = [row for row in rows(jumun("dead-letters", "list", "--service", "payment", "--json")) if row["kind"] == "parked"]
        self.assertEqual(listed[0]["job"], job)
        self.assertEqual(jumun("dead-letters", "stop", job).returncode, 2, "it is said why")
        stopped = jumun("dead-letters", "stop", job, "--reason", "too early", "--by", "lee", "--json")
        self.assertEqual(stopped.returncode, 0, stopped.stderr)
        self.assertEqual([(row["stopped"], row["waiting"]) for row in rows(stopped)], [(1, 0)])
        self.assertIn("by lee: too early", jumun("dead-letters", "history", self.ORDER).stdout)
        self.assertEqual(jumun("dead-letters", "stop", job, "--reason", "again").returncode, 1)

    def test_a_job_that_does_not_exist_is_refused(self):
        self.assertEqual(jumun("dead-letters", "job", "0190f3c2-0000-7000-8000-000000000000").returncode, 1)
        self.assertEqual(jumun("dead-letters", "job", "no-uuid").returncode, 2)


if __name__ == "__main__":
    unittest.main()
