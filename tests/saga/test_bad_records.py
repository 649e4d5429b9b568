"""Bad records published straight to the topics: each becomes a DeadLetter with its original bytes, changes nothing, blocks nobody."""
import base64
import json
import subprocess
import unittest

from support import KAFKA, SHIPPING, at_rest, audit, new_id, order_id, place, publish, publish_raw, quiesce, read_topic, run, seed, wait_until

LINE = '"items":[{"product_id":"p","quantity":1}]'


class BadRecords(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rich, cls.product = new_id("c-"), new_id("p-")
        seed(products=[(cls.product, 100, 1000)], credits=[(cls.rich, 100_000)])

    def letters(self, key, topic):
        return [json.loads(r["payload"]) for r in read_topic("DeadLetter") if r["key"] == key and json.loads(r["payload"])["topic"] == topic]

    def refused(self, why, value, topic="OrderRequested", key=None):
        """Publishes the bytes; every consumer of the topic writes one letter that holds them."""
        key = key or order_id()
        publish_raw(topic, key, value.replace(b"ID", key.encode()))
        letter = wait_until("dead letter: " + why, lambda: self.letters(key, topic))[0]
        self.assertEqual(base64.b64decode(letter["value"]), value.replace(b"ID", key.encode()), why)
        self.assertEqual(base64.b64decode(letter["key"]), key.encode(), why)
        self.assertTrue(letter["reason"] and letter["detail"], (why, letter))
        return letter

    def test_what_cannot_be_read_is_a_dead_letter_with_its_bytes(self):
        good = '{"order_id":"ID","customer_id":"c",%s}' % LINE
        cases = {
            "not json": b"hello", "cut off": good[:-1].encode(), "trailing bytes": good.encode() + b" x",
            "missing field": b'{"order_id":"ID","customer_id":"c"}',
            "another type's body": b'{"order_id":"ID","customer_id":"c","attempt":1,"revision":1}',
            "wrong type": good.replace('"quantity":1', '"quantity":"1"').encode(),
            "fraction": good.replace('"quantity":1', '"quantity":1.5').encode(),
            "zero": good.replace('"quantity":1', '"quantity":0').encode(),
            "negative": good.replace('"quantity":1', '"quantity":-1').encode(),
            "2^63": good.replace('"quantity":1', '"quantity":9223372036854775808').encode(),
            "1e400": good.replace('"quantity":1', '"quantity":1e400').encode(),
            "NaN": good.replace('"quantity":1', '"quantity":NaN').encode(),
            "duplicate name": good.replace('"customer_id":"c"', '"customer_id":"c","customer_id":"d"').encode(),
            "overlong utf-8": good.encode().replace(b'"c"', b'"\xc0\xaf"'),
            "lone surrogate": good.replace('"c"', '"\\ud800"').encode(),
            "NUL": good.replace('"c"', '"a\\u0000"').encode(),
            "deep": good.replace('"c"', "[" * 5000 + "]" * 5000).encode(),
            "product twice": good.replace(LINE, '"items":[{"product_id":"p","quantity":1},{"product_id":"p","quantity":1}]').encode(),
        }
        for why, value in cases.items():
            with self.subTest(why):
                self.refused(why, value)

    def test_a_key_that_differs_from_its_body_is_a_dead_letter(self):
        key, other = order_id(), order_id()
        publish_raw("OrderRequested", key, ('{"order_id":"%s","customer_id":"c",%s}' % (other, LINE)).encode())
        letter = wait_until("dead letter", lambda: self.letters(key, "OrderRequested"))[0]
        self.assertIn("key", letter["reason"])
        self.assertIn(other, letter["detail"])

    def test_empty_value_and_null_key_block_nobody(self):
        before = len(read_topic("DeadLetter"))
        subprocess.run(["kcat", "-b", KAFKA, "-P", "-t", "OrderRequested", "-p", "0"], input=b"no key here\n", check=True)
        key = order_id()
        run(["kcat", "-b", KAFKA, "-P", "-t", "OrderRequested", "-K", "\t", "-Z"], key + "\t\n")
        wait_until("both are dead letters of both consumers", lambda: len(read_topic("DeadLetter")) >= before + 4)
        order = place(self.rich, [(self.product, 1)], shipping=SHIPPING, auto_pay=True)
        at_rest(order, "PAID")

    def test_unknown_fields_of_a_later_version_are_ignored(self):
        order = order_id()
        publish("OrderRequested", {"order_id": order, "customer_id": self.rich, "items": [{"product_id": self.product, "quantity": 1, "x": {}}],
                                   "shipping": {**SHIPPING, "floor": 3}, "auto_pay": True, "from_the_future": [1, 2]})
        at_rest(order, "PAID")

    def test_records_without_headers_and_with_odd_ones_are_accepted(self):
        order = order_id()
        publish("OrderRequested", {"order_id": order, "customer_id": self.rich, "items": [{"product_id": self.product, "quantity": 1}],
                                   "shipping": SHIPPING}, headers=["ce_id=not-a-uuid", "ce_time=yesterday", "traceparent=garbage", "x="])
        at_rest(order, "PENDING")

    def test_every_record_carries_cloudevents_headers(self):
        order = place(self.rich, [(self.product, 1)], shipping=SHIPPING, auto_pay=True)
        at_rest(order, "PAID")
        quiesce()
        for topic, source in (("OrderRequested", "bridge"), ("StockReserved", "stock"), ("OrderCreated", "order"),
                              ("PaymentCompleted", "payment"), ("OrderPaid", "order"), ("PartnerOrder", "export")):
            headers = [r["headers"] for r in read_topic(topic) if r["key"] == order][0]
            self.assertEqual(headers["ce_specversion"], "1.0")
            self.assertEqual(headers["ce_type"], topic)
            self.assertEqual(headers["ce_source"], "/jumun/" + source)
            self.assertEqual(headers["ce_subject"], order)
            self.assertEqual(headers["content-type"], "application/json")
            self.assertRegex(headers["ce_time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertRegex(headers["traceparent"], r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
            if source != "bridge":
                self.assertRegex(headers["jumun-cause"], r"^[A-Za-z]+/\d+/\d+$")

    @classmethod
    def tearDownClass(cls):
        quiesce()
        audit()


if __name__ == "__main__":
    unittest.main()
