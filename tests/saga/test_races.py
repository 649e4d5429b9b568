"""Many at once: the last units, one coupon, pay against cancel, double clicks, any order of arrival."""
import collections
import concurrent.futures
import threading
import time
import unittest

from support import (ORDER_TOPICS, SHIPPING, at_rest, audit, bodies, call, get, hang_up, new_id, order_id, place, publish, publish_raw, quiesce,
                     read_topic, seed, sql, wait_until)

PAY_AGAINST_CANCEL_ORDERS = 500


def at_once(jobs):
    """Runs the jobs side by side, released together."""
    gate = threading.Barrier(min(len(jobs), 50))

    def go(index):
        if index < gate.parties:
            gate.wait()
        try:
            return jobs[index]()
        finally:
            hang_up()
    with concurrent.futures.ThreadPoolExecutor(gate.parties) as pool:
        return list(pool.map(go, range(len(jobs))))


class Races(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rich, cls.product = new_id("c-"), new_id("p-")
        seed(products=[(cls.product, 100, 100_000)], credits=[(cls.rich, 1_000_000_000)])

    def test_200_shoppers_on_the_last_10_units(self):
        product = new_id("p-last-")
        seed(products=[(product, 100, 10)])
        orders = at_once([lambda n=n: place("shopper-%d" % n, [(product, 1)]) for n in range(200)])
        quiesce()
        seen = collections.Counter(get(o)["status"] for o in orders)
        self.assertEqual(seen, {"RESERVED": 10, "SOLD_OUT": 190})
        self.assertEqual(call("GET", "/v1/products/" + product)[1]["available"], 0)

    def test_one_coupon_on_50_orders_at_once(self):
        code = new_id("ONE-")
        seed(coupons=[{"coupon_code": code, "discount": 10}])
        orders = at_once([lambda: place(self.rich, [(self.product, 1)], coupon_code=code) for _ in range(50)])
        quiesce()
        seen = collections.Counter(get(o)["coupon"]["status"] for o in orders)
        self.assertEqual(seen, {"APPLIED": 1, "REJECTED": 49})

    def test_double_click_without_and_with_a_key(self):
        key = new_id("click-")
        with_key = at_once([lambda: place(self.rich, [(self.product, 1)], headers={"Idempotency-Key": key}) for _ in range(8)])
        self.assertEqual(len(set(with_key)), 1)
        quoted = place(self.rich, [(self.product, 1)], headers={"Idempotency-Key": '"%s"' % key})
        self.assertEqual(quoted, with_key[0])
        status, body, _ = call("POST", "/v1/orders", {"customer_id": self.rich, "items": [{"product_id": self.product, "quantity": 2}]},
                               {"Idempotency-Key": key})
        self.assertEqual((status, body["code"]), (422, "idempotency_key_reused"))
        without = at_once([lambda: place(self.rich, [(self.product, 1)]) for _ in range(2)])
        self.assertEqual(len(set(without)), 2)
        quiesce()
        self.assertEqual(len(bodies("StockReserved", with_key[0])), 1)

    def test_a_second_click_on_pay_gets_the_same_attempt(self):
        order = place(self.rich, [(self.product, 1)], shipping=SHIPPING)
        at_rest(order, "PENDING")
        attempts = at_once([lambda: call("POST", "/v1/orders/%s/payment" % order, {}) for _ in range(4)])
        given = {body["attempt"] for status, body, _ in attempts if status == 202}
        self.assertEqual(given, {1})
        self.assertTrue(all(status in (202, 409) for status, _, _ in attempts), attempts)
        at_rest(order, "PAID")
        self.assertEqual(len(bodies("PaymentCompleted", order)), 1)

    def test_pay_and_cancel_at_once(self):
        """500 orders and more until a paid one, a cancelled one and a refunded one were seen; each has one winner."""
        seen, head_start_s, tried = collections.Counter(), 0.0, 0
        while tried < PAY_AGAINST_CANCEL_ORDERS or not {"PAID", "CANCELLED", "REFUNDED"} <= set(seen):
            self.assertLess(tried, 10 * PAY_AGAINST_CANCEL_ORDERS, seen)
            orders = [place(self.rich, [(self.product, 1)], shipping=SHIPPING) for _ in range(25)]
            for order in orders:
                at_rest(order, "PENDING")
            at_once([job for order in orders for job in self.pay_then_cancel(order, head_start_s)])
            ends = [at_rest(order, "PAID", "CANCELLED") for order in orders]
            for view in ends:
                seen[view["status"]] += 1
                seen["REFUNDED"] += bool(view["payment"] and view["payment"]["status"] == "REFUNDED")
            paid = sum(view["status"] == "PAID" for view in ends)
            head_start_s = max(0.0, min(0.2, head_start_s + (0.002 if paid < len(ends) / 2 else -0.002)))
            tried += len(orders)
        self.assertGreaterEqual(tried, PAY_AGAINST_CANCEL_ORDERS)

    @staticmethod
    def pay_then_cancel(order, head_start_s):
        def pay():
            call("POST", "/v1/orders/%s/payment" % order, {})

        def cancel():
            time.sleep(head_start_s)  # the head start moves until both win sometimes
            call("POST", "/v1/orders/%s/cancel" % order, {})
        return pay, cancel

    def test_requests_that_overtake_their_order(self):
        """CancelRequested before OrderRequested, PaymentRequested before OrderCreated, shipping and coupon before the stock."""
        code = new_id("EARLY-")
        seed(coupons=[{"coupon_code": code, "discount": 30}])
        cancelled, paid = order_id(), order_id()
        publish("CancelRequested", {"order_id": cancelled, "customer_id": self.rich, "reason": "CUSTOMER"})
        publish("PaymentRequested", {"order_id": paid, "customer_id": self.rich, "attempt": 1, "revision": 1})
        publish("ShippingSubmitted", {"order_id": paid, "customer_id": self.rich, "shipping": SHIPPING, "revision": 1, "coupon_code": code})
        quiesce()
        for order in (cancelled, paid):
            publish("OrderRequested", {"order_id": order, "customer_id": self.rich, "items": [{"product_id": self.product, "quantity": 1}]})
        self.assertEqual(at_rest(cancelled, "CANCELLED")["cancel_reason"], "CUSTOMER")
        self.assertEqual(at_rest(paid, "PAID")["amount"], 70)

    def test_every_event_published_twice_changes_nothing(self):
        orders = [place(self.rich, [(self.product, 1)], shipping=SHIPPING, auto_pay=True) for _ in range(3)]
        orders += [place(self.rich, [(self.product, 1)], shipping=SHIPPING, pay_within_s=1) for _ in range(3)]
        for order in orders:
            at_rest(order, "PAID", "CANCELLED")
        quiesce()
        views, before = {order: get(order) for order in orders}, self.everything_of(orders)
        for topic, record in [(t, r) for t in ORDER_TOPICS for r in read_topic(t) if r["key"] in views]:
            headers = ["%s=%s" % item for item in record["headers"].items()]
            publish_raw(topic, record["key"], record["payload"].encode(), partition=record["partition"], headers=headers)
        quiesce()
        self.assertEqual({order: get(order) for order in orders}, views)
        self.assertEqual(self.everything_of(orders), before)

    @staticmethod
    def everything_of(orders):
        """What was ever said about these orders, repeats left out: id and bytes."""
        return {(t, r["headers"].get("ce_id"), r["payload"]) for t in ORDER_TOPICS for r in read_topic(t) if r["key"] in orders}

    def test_any_partitioner_may_publish(self):
        """Each record of an order lies in another partition: correctness does not depend on it."""
        orders = [order_id() for _ in range(40)]
        partitions = int(sql("select count(*) from jumun_stock.consumer_position where topic = 'OrderRequested'")[0][0])
        for n, order in enumerate(orders):
            where = [(n + k) % partitions for k in range(3)]
            publish("PaymentRequested", {"order_id": order, "customer_id": self.rich, "attempt": 1, "revision": 1}, partition=where[0])
            publish("OrderRequested", {"order_id": order, "customer_id": self.rich,
                                       "items": [{"product_id": self.product, "quantity": 1}]}, partition=where[1])
            publish("ShippingSubmitted", {"order_id": order, "customer_id": self.rich, "shipping": SHIPPING, "revision": 1}, partition=where[2])
        for order in orders:
            at_rest(order, "PAID")

    @classmethod
    def tearDownClass(cls):
        quiesce()
        audit()


if __name__ == "__main__":
    unittest.main()
