"""The flows of the contract's section 1, as a shopper walks them through the HTTP API."""
import unittest

from support import (SHIPPING, at_rest, audit, bodies, call, cancel, get, new_id, order_id, pay, place, publish, quiesce, seed,
                     select_coupon, ship, wait_until)


class Flows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.customer, cls.poor, cls.product, cls.rare = new_id("c-"), new_id("c-"), new_id("p-"), new_id("p-")
        cls.coupon, cls.expired = new_id("COUPON-"), new_id("OLD-")
        seed(products=[(cls.product, 12900, 1000), (cls.rare, 5000, 1)],
             coupons=[{"coupon_code": cls.coupon, "customer_id": cls.customer, "discount": 3000},
                      {"coupon_code": cls.expired, "discount": 1000, "expires_at": "2020-01-01T00:00:00.000Z"}],
             credits=[(cls.customer, 10_000_000), (cls.poor, 100)])

    def test_completes_step_by_step_with_a_coupon(self):
        order = place(self.customer, [(self.product, 2)])
        self.assertEqual(at_rest(order, "RESERVED")["next"], ["coupon", "shipping", "cancel"])
        select_coupon(order, self.coupon)
        view = wait_until("coupon applied", lambda: (v := get(order))["coupon"] and v["coupon"]["status"] == "APPLIED" and v)
        self.assertEqual((view["status"], view["discount"]), ("RESERVED", 3000))
        ship(order)
        view = at_rest(order, "PENDING")
        self.assertEqual((view["subtotal"], view["discount"], view["amount"]), (25800, 3000, 22800))
        pay(order, expected_amount=22800)
        view = at_rest(order, "PAID")
        self.assertEqual(view["payment"], {"status": "COMPLETED", "attempt": 1, "reason": None})
        self.assertEqual(view["shipping"], SHIPPING)
        wait_until("acknowledged by the partner", lambda: get(order)["export"] == "ACKNOWLEDGED")
        seqs = [e["seq"] for e in get(order)["timeline"]]
        self.assertEqual(seqs, list(range(1, len(seqs) + 1)))

    def test_places_pays_and_waits_in_one_call(self):
        status, body, _ = call("POST", "/v1/orders", {
            "customer_id": self.customer, "items": [{"product_id": self.product, "quantity": 1}],
            "shipping": SHIPPING, "auto_pay": True, "expected_amount": 12900}, {"Prefer": "wait=20"})
        self.assertEqual((status, body["status"], body["at_rest"]), (200, "PAID", True))

    def test_tells_sold_out_with_what_is_left(self):
        order = place(self.customer, [(self.rare, 2)])
        view = at_rest(order, "SOLD_OUT")
        self.assertEqual(view["rejection"], {"reason": "SOLD_OUT", "lines": [
            {"product_id": self.rare, "requested": 2, "available": 1}]})
        self.assertEqual(view["next"], [])

    def test_goes_on_without_a_refused_coupon(self):
        order = place(self.customer, [(self.product, 1)])
        at_rest(order, "RESERVED")
        select_coupon(order, self.expired)
        view = wait_until("coupon refused", lambda: (v := get(order))["coupon"] and v["coupon"]["status"] == "REJECTED" and v)
        self.assertEqual(view["coupon"]["reason"], "EXPIRED")
        ship(order)
        self.assertEqual(at_rest(order, "PENDING")["amount"], 12900)
        cancel(order)
        at_rest(order, "CANCELLED")

    def test_failed_payment_is_retried_after_a_top_up(self):
        order = place(self.poor, [(self.product, 1)])
        at_rest(order, "RESERVED")
        ship(order)
        at_rest(order, "PENDING")
        pay(order)
        failed = wait_until("payment failed", lambda: (v := get(order))["payment"] and v["payment"]["status"] == "FAILED" and v)
        self.assertEqual(failed["payment"]["reason"], "INSUFFICIENT_BALANCE")
        status, _, _ = call("POST", "/v1/customers/%s/credits" % self.poor, {"amount": 20000}, {"Idempotency-Key": new_id()})
        self.assertEqual(status, 202)
        wait_until("the credit is seen", lambda: call("GET", "/v1/customers/" + self.poor)[1]["balance"] >= 20000)
        quiesce()
        self.assertEqual(ship(order, recipient="이주문"), 2)
        at_rest(order, "PENDING")
        self.assertEqual(pay(order), 2)
        view = at_rest(order, "PAID")
        self.assertEqual((view["payment"]["attempt"], view["shipping"]["recipient"], view["revision"]), (2, "이주문", 2))

    def test_cancel_gives_coupon_and_stock_back(self):
        code, customer, product = new_id("BACK-"), new_id("c-"), new_id("p-")
        seed(products=[(product, 7000, 3)], coupons=[{"coupon_code": code, "percent": 10}], credits=[(customer, 1)])
        order = place(customer, [(product, 3)], coupon_code=code, shipping=SHIPPING, auto_pay=True, on_payment_failure="cancel")
        view = at_rest(order, "CANCELLED")
        self.assertEqual(view["cancel_reason"], "PAYMENT_FAILED")
        # nothing was captured: there is no payment to compensate
        self.assertEqual(view["compensation"], {"stock": "DONE", "coupon": "DONE", "payment": "NONE"})
        self.assertEqual(view["coupon"]["status"], "RESTORED")
        self.assertEqual(call("GET", "/v1/products/" + product)[1]["available"], 3)
        again = place(customer, [(product, 1)], coupon_code=code)
        view = wait_until("the coupon is used again", lambda: (v := get(again))["coupon"] and v["coupon"]["status"] == "APPLIED" and v)
        self.assertEqual(view["discount"], 700)

    def test_left_alone_it_is_cancelled_at_its_deadline(self):
        order = place(self.customer, [(self.product, 1)], shipping=SHIPPING, pay_within_s=1)
        view = at_rest(order, "CANCELLED")
        self.assertEqual((view["cancel_reason"], view["compensation"]["stock"]), ("DEADLINE", "DONE"))

    def test_facts_and_requests_published_by_another_client_work_the_same(self):
        order = order_id()
        publish("OrderRequested", {"order_id": order, "customer_id": self.customer,
                                   "items": [{"product_id": self.product, "quantity": 1}]})
        publish("ShippingSubmitted", {"order_id": order, "customer_id": self.customer, "shipping": SHIPPING, "revision": 1})
        publish("PaymentRequested", {"order_id": order, "customer_id": self.customer, "attempt": 1, "revision": 1})
        self.assertEqual(at_rest(order, "PAID")["amount"], 12900)
        self.assertEqual(len(bodies("PartnerOrder", order)), 1)

    @classmethod
    def tearDownClass(cls):
        quiesce()
        audit()


if __name__ == "__main__":
    unittest.main()
