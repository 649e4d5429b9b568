#!/usr/bin/env python3
"""The bridge as its callers see it: what is accepted is published once, shown, awaited and streamed.

Runs against JUMUN_HTTP with every service up; places its own products, customers and coupons.
"""
import json
import threading
import time
import unittest

from http_client import SHIPPING, JSON, Wire, call, metric, new_id, publish, request, send

ORDERS = "/v1/orders"
PRICE = 12900


def wait_until(what, condition, timeout_s=30):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("waited %d s for %s" % (timeout_s, what))


class Shop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.product, cls.customer = new_id("sku-"), new_id("c-")
        publish("ProductListed", cls.product, {"product_id": cls.product, "name": "상품", "unit_price": PRICE})
        publish("StockReplenished", cls.product, {"replenishment_id": new_id("r-"), "product_id": cls.product, "quantity": 10000})
        assert call("POST", "/v1/customers/%s/credits" % cls.customer, {"amount": 10 ** 9}).status == 202
        wait_until("the product", lambda: call("GET", "/v1/products/" + cls.product).status == 200
                   and call("GET", "/v1/products/" + cls.product).json()["available"] == 10000)
        wait_until("the credit", lambda: call("GET", "/v1/customers/" + cls.customer).status == 200)
        # stock may be behind the read model: the first order that is reserved says that it is not
        wait_until("stock", lambda: cls.place(headers=[("Prefer", "wait=10")]).json().get("status") == "RESERVED")

    @classmethod
    def basket(cls, **more):
        return {"customer_id": cls.customer, "items": [{"product_id": cls.product, "quantity": 1}], **more}

    @classmethod
    def place(cls, headers=(), **more):
        return call("POST", ORDERS, cls.basket(**more), headers)

    def placed(self, headers=(), **more):
        answer = self.place(headers, **more)
        self.assertEqual(answer.status, 202, answer)
        return answer.json()["order_id"]

    def show(self, order, wait_s=0):
        answer = call("GET", ORDERS + "/" + order, headers=[("Prefer", "wait=%d" % wait_s)] if wait_s else [])
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def at(self, status, wait_s=10, **more):
        """An order that was just placed, at rest in that status."""
        answer = self.place([("Prefer", "wait=%d" % wait_s)], **more)
        self.assertEqual((answer.status, answer.json().get("status")), (200, status), answer)
        return answer.json()["order_id"]

    def coupon(self, **more):
        code = new_id("k-")
        publish("CouponIssued", code, {"coupon_code": code, "discount": 1000, **more})
        return code


class Placing(Shop):
    def test_an_order_is_accepted_with_its_place(self):
        answer = self.place()
        self.assertEqual(answer.status, 202)
        self.assertEqual(answer.json(), {"order_id": answer.json()["order_id"], "status": "REQUESTED"})
        self.assertEqual(answer.headers["location"], ORDERS + "/" + answer.json()["order_id"])
        self.assertEqual(answer.headers["cache-control"], "no-store")
        self.assertEqual(answer.headers["x-content-type-options"], "nosniff")

    def test_a_key_makes_one_order_bare_or_quoted_however_often(self):
        key = new_id("k-")
        first = self.placed([("Idempotency-Key", key)])
        self.assertEqual(self.placed([("Idempotency-Key", '"%s"' % key)]), first)
        again = []
        threads = [threading.Thread(target=lambda: again.append(self.placed([("Idempotency-Key", key)]))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(set(again), {first})
        events = [e["event"] for e in self.show(first, 10)["timeline"]]
        self.assertEqual(events.count("OrderRequested"), 1)
        self.assertEqual(events.count("StockReserved"), 1)

    def test_a_key_with_another_body_is_refused(self):
        key = [("Idempotency-Key", new_id("k-"))]
        first = self.placed(key)
        for changes in ({"items": [{"product_id": self.product, "quantity": 2}]}, {"auto_pay": True}, {"pay_within_s": 60}):
            answer = self.place(key, **changes)
            self.assertEqual((answer.status, answer.code), (422, "idempotency_key_reused"))
        self.assertEqual(self.placed(key, auto_pay=False), first, "a default said is the same request")

    def test_the_same_key_of_another_customer_is_another_order(self):
        key = [("Idempotency-Key", new_id("k-"))]
        self.assertNotEqual(self.placed(key), self.placed(key, customer_id=new_id("c-")))

    def test_everything_in_one_call_is_paid(self):
        order = self.show(self.at("PAID", shipping=SHIPPING, auto_pay=True, expected_amount=PRICE))
        self.assertEqual((order["amount"], order["payment"]["status"], order["revision"]), (PRICE, "COMPLETED", 1))
        self.assertEqual(set(order), {
            "order_id", "customer_id", "status", "items", "subtotal", "discount", "amount", "currency", "coupon", "shipping",
            "revision", "payment", "compensation", "export", "rejection", "cancel_reason", "deadline_at", "at_rest", "next", "timeline"})
        self.assertEqual([e["seq"] for e in order["timeline"]], list(range(1, len(order["timeline"]) + 1)))

    def test_what_is_sold_out_is_told_with_what_was_there(self):
        order = self.show(self.at("SOLD_OUT", items=[{"product_id": self.product, "quantity": 1000000}]))
        self.assertEqual(order["rejection"]["reason"], "SOLD_OUT")
        self.assertEqual(order["rejection"]["lines"][0]["requested"], 1000000)

    def test_a_credit_counts_once_per_key(self):
        customer, key = new_id("c-"), [("Idempotency-Key", new_id("k-"))]
        path = "/v1/customers/%s/credits" % customer
        answers = [call("POST", path, {"amount": 700}, key) for _ in range(3)]
        self.assertEqual({a.status for a in answers}, {202})
        self.assertEqual(len({a.json()["credit_id"] for a in answers}), 1)
        self.assertEqual(call("POST", path, {"amount": 701}, key).code, "idempotency_key_reused")
        self.assertEqual(call("POST", path, {"amount": 1}).status, 202)
        wait_until("both credits", lambda: call("GET", "/v1/customers/" + customer).status == 200
                   and call("GET", "/v1/customers/" + customer).json()["balance"] == 701)


class Steps(Shop):
    def test_step_by_step_without_a_pause_to_paid(self):
        order = self.at("RESERVED")
        code = self.coupon(customer_id=self.customer)
        wait_until("the coupon", lambda: call("GET", "%s/%s/coupon-check?coupon_code=%s" % (ORDERS, order, code)).json()["valid"])
        wait = [("Prefer", "wait=10")]
        answer = call("PUT", "%s/%s/coupon" % (ORDERS, order), {"coupon_code": code}, wait)
        self.assertEqual(answer.json()["coupon"], {"coupon_code": code, "status": "APPLIED", "reason": None}, answer)
        answer = call("PUT", "%s/%s/shipping" % (ORDERS, order), SHIPPING, wait)
        self.assertEqual((answer.json()["status"], answer.json()["amount"]), ("PENDING", PRICE - 1000))
        answer = send("POST", "%s/%s/payment" % (ORDERS, order), wait)
        self.assertEqual((answer.status, answer.json()["status"]), (200, "PAID"))
        self.assertEqual(answer.headers["preference-applied"], "wait=10")

    def test_a_call_right_after_another_sees_it(self):
        for _ in range(20):
            order = self.placed()
            self.assertEqual(call("GET", ORDERS + "/" + order).status, 200, "read your writes")
            self.assertEqual(call("POST", "%s/%s/cancel" % (ORDERS, order)).status, 202)

    def test_a_coupon_selected_a_moment_ago_is_awaited_by_shipping(self):
        order = self.at("RESERVED")
        code = self.coupon()
        wait_until("the coupon", lambda: call("GET", "%s/%s/coupon-check?coupon_code=%s" % (ORDERS, order, code)).json()["valid"])
        self.assertEqual(call("PUT", "%s/%s/coupon" % (ORDERS, order), {"coupon_code": code}).status, 202)
        answer = call("PUT", "%s/%s/shipping" % (ORDERS, order), SHIPPING, [("Prefer", "wait=10")])
        self.assertEqual(answer.json()["coupon"]["status"], "APPLIED", answer)
        self.assertEqual(answer.json()["amount"], PRICE - 1000)

    def test_a_double_click_on_shipping_makes_one_revision(self):
        for _ in range(5):
            order, found = self.at("RESERVED"), []

            def click():
                found.append(call("PUT", "%s/%s/shipping" % (ORDERS, order), SHIPPING))
            threads = [threading.Thread(target=click) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            accepted = [a.json()["revision"] for a in found if a.status == 202]
            self.assertEqual(set(accepted), {1}, found)
            shown = self.show(order, 10)
            self.assertEqual((shown["status"], shown["revision"]), ("PENDING", 1))

    def test_another_address_is_another_revision(self):
        order = self.at("PENDING", shipping=SHIPPING)
        for revision in (2, 3):
            answer = call("PUT", "%s/%s/shipping" % (ORDERS, order), {**SHIPPING, "address": "부산 %d" % revision})
            self.assertEqual((answer.status, answer.json().get("revision")), (202, revision), answer)
        shown = self.show(order, 10)
        self.assertEqual((shown["revision"], shown["shipping"]["address"]), (3, "부산 3"))

    def test_a_double_click_on_pay_is_one_attempt_and_a_retry_the_next(self):
        customer = new_id("c-")
        self.assertEqual(call("POST", "/v1/customers/%s/credits" % customer, {"amount": 1}).status, 202)
        order = self.at("PENDING", customer_id=customer, shipping=SHIPPING)
        pay = "%s/%s/payment" % (ORDERS, order)
        self.assertEqual([send("POST", pay).json()["attempt"] for _ in range(2)], [1, 1])
        shown = self.show(order, 10)
        self.assertEqual((shown["payment"]["status"], shown["payment"]["attempt"], shown["payment"]["reason"]),
                         ("FAILED", 1, "INSUFFICIENT_BALANCE"))
        self.assertEqual(call("POST", "/v1/customers/%s/credits" % customer, {"amount": PRICE}).status, 202)
        wait_until("the balance", lambda: call("GET", "/v1/customers/" + customer).json()["balance"] > PRICE)
        self.assertEqual(call("PUT", "%s/%s/shipping" % (ORDERS, order), SHIPPING).json()["revision"], 2)
        answer = call("POST", pay, {"expected_amount": PRICE}, [("Prefer", "wait=10")])
        self.assertEqual((answer.json()["status"], answer.json()["payment"]["attempt"], answer.json()["revision"]), ("PAID", 2, 2))

    def test_an_amount_that_is_not_expected_charges_nobody(self):
        order = self.at("PENDING", shipping=SHIPPING)
        answer = call("POST", "%s/%s/payment" % (ORDERS, order), {"expected_amount": 1}, [("Prefer", "wait=10")])
        self.assertEqual(answer.json()["payment"], {"status": "FAILED", "attempt": 1, "reason": "AMOUNT_CHANGED"})

    def test_a_cancel_awaited_is_compensated(self):
        order = self.at("PENDING", shipping=SHIPPING)
        answer = send("POST", "%s/%s/cancel" % (ORDERS, order), [("Prefer", "wait=10")])
        self.assertEqual((answer.json()["status"], answer.json()["cancel_reason"]), ("CANCELLED", "CUSTOMER"))
        self.assertEqual(answer.json()["compensation"]["stock"], "DONE")

    def test_the_wrong_step_is_refused_in_the_order_of_precedence(self):
        paid = self.at("PAID", shipping=SHIPPING, auto_pay=True)
        gone = self.at("PENDING", shipping=SHIPPING)
        send("POST", "%s/%s/cancel" % (ORDERS, gone), [("Prefer", "wait=10")])
        sold_out = self.at("SOLD_OUT", items=[{"product_id": new_id("none-"), "quantity": 1}])
        reserved = self.at("RESERVED")
        pending = self.at("PENDING", shipping=SHIPPING)
        calls = {"coupon": ("PUT", {"coupon_code": "X"}), "shipping": ("PUT", SHIPPING), "payment": ("POST", {}), "cancel": ("POST", {})}
        for order, code, steps in ((paid, "already_paid", calls), (gone, "already_cancelled", calls), (sold_out, "wrong_step", calls),
                                   (reserved, "wrong_step", ["payment"]), (pending, "wrong_step", ["coupon"])):
            for step in steps:
                with self.subTest((code, step)):
                    method, body = calls[step]
                    answer = call(method, "%s/%s/%s" % (ORDERS, order, step), body)
                    self.assertEqual((answer.status, answer.code), (409, code), answer)

    def test_an_order_that_is_none_is_not_found_once_that_is_certain(self):
        began = time.monotonic()
        answer = call("GET", ORDERS + "/01a20454-b840-776c-955e-3292021cb439")
        self.assertEqual((answer.status, answer.code), (404, "order_not_found"))
        self.assertLess(time.monotonic() - began, 3)

    def test_a_coupon_check_tells_the_first_reason(self):
        order, paid = self.at("RESERVED"), self.at("PAID", shipping=SHIPPING, auto_pay=True)
        codes = {"valid": self.coupon(), "NOT_YOURS": self.coupon(customer_id="other"), "BELOW_MINIMUM": self.coupon(minimum_amount=10 ** 6),
                 "EXPIRED": self.coupon(expires_at="2020-01-01T00:00:00.000Z"), "UNKNOWN": new_id("none-")}

        def check(target, code):
            return call("GET", "%s/%s/coupon-check?coupon_code=%s" % (ORDERS, target, code)).json()
        wait_until("the coupons", lambda: check(order, codes["EXPIRED"])["reason"] == "EXPIRED")
        self.assertEqual(check(order, codes.pop("valid")), {"valid": True, "discount": 1000, "reason": None})
        for reason, code in codes.items():
            with self.subTest(reason):
                self.assertEqual(check(order, code), {"valid": False, "discount": None, "reason": reason})
        self.assertEqual(check(paid, codes["EXPIRED"])["reason"], "TOO_LATE")


class Showing(Shop):
    def test_an_order_that_did_not_change_is_not_sent_again(self):
        order = self.at("RESERVED")
        first = call("GET", ORDERS + "/" + order)
        tag = first.headers["etag"]
        for sent in (tag, "W/" + tag, '"x", ' + tag, "*"):
            answer = call("GET", ORDERS + "/" + order, headers=[("If-None-Match", sent)])
            self.assertEqual((answer.status, answer.body, answer.headers["etag"]), (304, b"", tag))
        self.assertEqual(call("GET", ORDERS + "/" + order, headers=[("If-None-Match", '"x"')]).status, 200)
        send("POST", "%s/%s/cancel" % (ORDERS, order), [("Prefer", "wait=10")])
        answer = call("GET", ORDERS + "/" + order, headers=[("If-None-Match", tag)])
        self.assertEqual((answer.status, answer.json()["status"]), (200, "CANCELLED"))

    def test_a_customers_orders_come_newest_first_page_by_page(self):
        customer = new_id("c-")
        placed = [self.placed(customer_id=customer) for _ in range(5)]
        wait_until("five orders", lambda: len(call("GET", "%s?customer_id=%s" % (ORDERS, customer)).json()["orders"]) == 5)
        found, after = [], ""
        for size in (2, 2, 1):
            page = call("GET", "%s?customer_id=%s&limit=2%s" % (ORDERS, customer, after)).json()
            self.assertEqual(len(page["orders"]), size)
            found += [o["order_id"] for o in page["orders"]]
            after = "&after=%s" % page["next"]
        self.assertIsNone(page["next"])
        self.assertEqual(sorted(found), sorted(placed))
        whole = call("GET", "%s?customer_id=%s" % (ORDERS, customer)).json()["orders"]
        self.assertEqual([o["order_id"] for o in whole], found)
        self.assertEqual(call("GET", "%s?customer_id=%s" % (ORDERS, new_id("c-"))).json(), {"orders": [], "next": None})

    def test_products_and_customers(self):
        product = call("GET", "/v1/products/" + self.product).json()
        self.assertEqual((product["product_id"], product["name"], product["unit_price"]), (self.product, "상품", PRICE))
        self.assertIn(self.product, [p["product_id"] for p in call("GET", "/v1/products").json()])
        self.assertEqual(len(call("GET", "/v1/products?limit=1").json()), 1)
        code = self.coupon(customer_id=self.customer, minimum_amount=5)
        wait_until("the coupon", lambda: {"coupon_code": code, "status": "AVAILABLE", "discount": 1000, "minimum_amount": 5}
                   in call("GET", "/v1/customers/" + self.customer).json()["coupons"])

    def test_head_and_options(self):
        answer = send("HEAD", "/v1/products/" + self.product)
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertGreater(int(answer.headers["content-length"]), 10)
        answer = send("OPTIONS", ORDERS)
        self.assertEqual((answer.status, answer.headers["allow"]), (204, "POST, GET, HEAD, OPTIONS"))

    def test_operations(self):
        self.assertEqual(call("GET", "/healthz").json(), {"status": "ok"})
        self.assertEqual(call("GET", "/readyz").json(), {"ready": True, "broker": True, "read_model": True})
        self.assertEqual(call("GET", "/version").json()["name"], "jumun-bridge")
        self.assertTrue(call("GET", "/openapi.yaml").body.startswith(b"openapi: 3.1"))
        before = metric("jumun_http_answers_total")
        self.assertGreater(metric("jumun_http_answers_total"), before)

    def test_requests_sent_one_behind_the_other_are_answered_in_order(self):
        with Wire() as wire:
            body = json.dumps(self.basket()).encode()
            wire.send(request("POST", ORDERS, [JSON], body) + request("GET", "/healthz") + request("POST", ORDERS, [JSON], body))
            self.assertEqual([wire.answer().status for _ in range(3)], [202, 200, 202])


class Waiting(Shop):
    def test_nothing_to_wait_for_is_answered_at_once(self):
        order, began = self.at("RESERVED"), time.monotonic()
        self.assertTrue(self.show(order, 20)["at_rest"])
        self.assertLess(time.monotonic() - began, 2)

    def test_the_time_being_over_is_answered_with_what_is_known(self):
        """A payment for a revision that never comes keeps the order from resting."""
        order = self.at("PENDING", shipping=SHIPPING)
        publish("PaymentRequested", order, {"order_id": order, "customer_id": self.customer, "attempt": 1, "revision": 900})
        wait_until("the request", lambda: not self.show(order)["at_rest"])
        began = time.monotonic()
        answer = call("GET", ORDERS + "/" + order, headers=[("Prefer", "wait=1")])
        self.assertTrue(0.9 < time.monotonic() - began < 3)
        self.assertEqual((answer.status, answer.json()["at_rest"], answer.headers["preference-applied"]), (200, False, "wait=1"))

    def test_a_caller_who_leaves_is_forgotten(self):
        order = self.at("PENDING", shipping=SHIPPING)
        publish("PaymentRequested", order, {"order_id": order, "customer_id": self.customer, "attempt": 1, "revision": 900})
        wait_until("the request", lambda: not self.show(order)["at_rest"])
        for _ in range(20):
            with Wire() as wire:
                wire.send(request("GET", ORDERS + "/" + order, [("Prefer", "wait=2")]))
        self.assertEqual(call("GET", "/healthz").status, 200)
        wait_until("no watch left", lambda: metric("jumun_bridge_watches") == 0)


class Stream(Wire):
    """An event stream; events() yields (id, event, data) until it ends."""

    def __init__(self, order, last=None, timeout=30):
        super().__init__(timeout)
        self.send(request("GET", "%s/%s/events" % (ORDERS, order), [("Last-Event-ID", last)] if last is not None else []))
        head = self.until(b"\r\n\r\n").decode()
        self.status, self.head = int(head.split(" ")[1]), head

    def text(self):
        """Chunks as they come."""
        while True:
            size = self.until(b"\r\n")
            if size is None or int(size, 16) == 0:
                return
            yield self.exactly(int(size, 16) + 2)[:-2]

    def events(self):
        held = b""
        for piece in self.text():
            held += piece
            while b"\n\n" in held:
                block, held = held.split(b"\n\n", 1)
                fields = dict(line.split(": ", 1) for line in block.decode().split("\n") if ": " in line and line[0] != ":")
                if "data" in fields:
                    yield int(fields["id"]), fields["event"], json.loads(fields["data"])


class Streaming(Shop):
    def test_a_stream_tells_what_the_timeline_holds_and_ends(self):
        order = self.at("PAID", shipping=SHIPPING, auto_pay=True)
        with Stream(order) as stream:
            self.assertEqual(stream.status, 200)
            self.assertIn("text/event-stream", stream.head)
            events = list(stream.events())
        timeline = self.show(order)["timeline"]
        self.assertEqual([e[2] for e in events], timeline)
        self.assertEqual([e[0] for e in events], [t["seq"] for t in timeline])
        self.assertEqual(events[-1][1], "ExportAcknowledged")

    def test_a_stream_goes_on_where_another_ended(self):
        order = self.at("PAID", shipping=SHIPPING, auto_pay=True)
        with Stream(order) as stream:
            events = list(stream.events())
        for last in (1, len(events) - 1):
            with Stream(order, last) as stream:
                self.assertEqual(list(stream.events()), events[last:])
        with Stream(order, len(events)) as stream:
            self.assertEqual(stream.status, 204)

    def test_what_happens_is_told_as_it_happens(self):
        order = self.at("RESERVED")
        with Stream(order) as stream:
            events = stream.events()
            self.assertEqual([next(events)[1] for _ in range(2)], ["OrderRequested", "StockReserved"])
            began = time.monotonic()
            call("PUT", "%s/%s/shipping" % (ORDERS, order), SHIPPING)
            self.assertEqual({next(events)[1], next(events)[1]}, {"ShippingSubmitted", "OrderCreated"})
            send("POST", "%s/%s/cancel" % (ORDERS, order))
            rest = [e[1] for e in events]
            self.assertLess(time.monotonic() - began, 10)
        self.assertTrue({"CancelRequested", "OrderCancelled", "StockReleased", "PaymentVoided"} <= set(rest), rest)

    def test_streams_that_are_read_together_tell_each_its_own_order(self):
        orders, told = [self.at("PENDING", shipping=SHIPPING) for _ in range(12)], {}

        def follow(order, place):
            with Stream(order) as stream:
                told[order, place] = [e[2] for e in stream.events()]
        threads = [threading.Thread(target=follow, args=(order, place)) for order in orders for place in range(8)]
        for thread in threads:
            thread.start()
        for order in orders:
            send("POST", "%s/%s/payment" % (ORDERS, order))
        for thread in threads:
            thread.join()
        self.assertEqual(len(told), len(threads))
        for order in orders:
            timeline = self.show(order)["timeline"]
            self.assertTrue(all(told[order, place] == timeline for place in range(8)), order)

    def test_many_streams_of_one_order_tell_the_same(self):
        order, told = self.at("PENDING", shipping=SHIPPING), []

        def follow():
            with Stream(order) as stream:
                told.append([e[:2] for e in stream.events()])
        threads = [threading.Thread(target=follow) for _ in range(20)]
        for thread in threads:
            thread.start()
        send("POST", "%s/%s/payment" % (ORDERS, order))
        for thread in threads:
            thread.join()
        self.assertEqual(len(told), 20)
        self.assertTrue(all(t == told[0] for t in told))
        wait_until("no stream left", lambda: metric("jumun_http_streams") == 0, 5)

    def test_a_quiet_stream_has_a_heartbeat(self):
        order = self.at("RESERVED")
        with Stream(order, 2, timeout=25) as stream:
            began = time.monotonic()
            for piece in stream.text():
                if piece.startswith(b":"):
                    break
            self.assertTrue(10 < time.monotonic() - began < 20, "%.1f s" % (time.monotonic() - began))


if __name__ == "__main__":
    unittest.main()
