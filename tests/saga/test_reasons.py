"""Every reason of the contract that shoppers and clients can reach, on the real broker and database, seen in its topic.

StockRejected CANCELLED is the one that cannot be reached from outside (order waits for StockReserved before it cancels);
the unit and exhaustive tests hold it.
"""
import unittest

from support import (SHIPPING, at_rest, audit, bodies, cancel, dead_letters_of, new_id, pay, place, publish,
                     quiesce, seed, select_coupon, ship, wait_until)

MONEY_MAX = 9_007_199_254_740_991


def answered(topic, order, **fields):
    """Waits for the event and checks the fields."""
    def seen():
        return [b for b in bodies(topic, order) if all(b.get(k) == v for k, v in fields.items())]
    return wait_until("%s of %s with %r" % (topic, order, fields), seen)[0]


class Reasons(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rich, cls.poor, cls.nobody = new_id("c-"), new_id("c-"), new_id("c-nobody-")
        cls.product, cls.dear, cls.gone = new_id("p-"), new_id("p-dear-"), new_id("p-gone-")
        cls.first, cls.second, cls.foreign = new_id("K1-"), new_id("K2-"), new_id("K3-")
        cls.expired, cls.big = new_id("K4-"), new_id("K5-")
        seed(products=[(cls.product, 1000, 10000), (cls.dear, MONEY_MAX, 1000), (cls.gone, 10, 0)],
             coupons=[{"coupon_code": cls.first, "discount": 100}, {"coupon_code": cls.second, "percent": 100},
                      {"coupon_code": cls.foreign, "customer_id": "somebody-else", "discount": 1},
                      {"coupon_code": cls.expired, "discount": 1, "expires_at": "2001-01-01T00:00:00Z"},
                      {"coupon_code": cls.big, "discount": 1, "minimum_amount": 1001}],
             credits=[(cls.rich, 1_000_000), (cls.poor, 1)])

    def pending(self, customer=None, **more):
        order = place(customer or self.rich, [(self.product, 1)], shipping=SHIPPING, **more)
        at_rest(order, "PENDING")
        return order

    def test_stock_refusals(self):
        unknown = place(self.rich, [("no-such-product", 1), (self.product, 1)])
        self.assertEqual(answered("StockRejected", unknown, reason="UNKNOWN_PRODUCT")["lines"],
                         [{"product_id": "no-such-product", "requested": 1, "available": 0}])
        answered("StockRejected", place(self.rich, [(self.dear, 2)]), reason="AMOUNT_TOO_LARGE")
        answered("StockRejected", place(self.rich, [(self.gone, 1)]), reason="SOLD_OUT")

    def test_coupon_refusals(self):
        for code, reason in (("NO-SUCH-CODE", "UNKNOWN"), (self.foreign, "NOT_YOURS"), (self.expired, "EXPIRED"), (self.big, "BELOW_MINIMUM")):
            order = place(self.rich, [(self.product, 1)], coupon_code=code)
            answered("CouponRejected", order, coupon_code=code, reason=reason)
            cancel(order)
        used = place(self.rich, [(self.product, 1)], coupon_code=self.first)
        answered("CouponApplied", used, discount=100)
        other = place(self.rich, [(self.product, 1)], coupon_code=self.first)
        answered("CouponRejected", other, coupon_code=self.first, reason="ALREADY_USED")
        publish("CouponSelected", {"order_id": used, "customer_id": self.rich, "coupon_code": self.second})
        answered("CouponRejected", used, coupon_code=self.second, reason="ANOTHER_APPLIED")
        cancel(used)
        at_rest(used, "CANCELLED")
        publish("CouponSelected", {"order_id": used, "customer_id": self.rich, "coupon_code": self.big})
        answered("CouponRejected", used, coupon_code=self.big, reason="CANCELLED")
        late = self.pending()
        publish("CouponSelected", {"order_id": late, "customer_id": self.rich, "coupon_code": self.second})
        answered("CouponRejected", late, coupon_code=self.second, reason="TOO_LATE")

    def test_payment_refusals(self):
        short = self.pending(self.poor)
        pay(short)
        answered("PaymentFailed", short, reason="INSUFFICIENT_BALANCE", amount=1000)
        unknown = self.pending(self.nobody)
        pay(unknown)
        answered("PaymentFailed", unknown, reason="UNKNOWN_CUSTOMER")
        changed = self.pending()
        pay(changed, expected_amount=999)
        answered("PaymentFailed", changed, reason="AMOUNT_CHANGED", amount=1000)
        at_rest(changed, "PENDING")
        pay(changed)
        at_rest(changed, "PAID")
        publish("PaymentRequested", {"order_id": changed, "customer_id": self.rich, "attempt": 7, "revision": 1})
        answered("PaymentFailed", changed, attempt=7, reason="ALREADY_PAID")
        dead = self.pending()
        cancel(dead)
        at_rest(dead, "CANCELLED")
        publish("PaymentRequested", {"order_id": dead, "customer_id": self.rich, "attempt": 1, "revision": 1})
        answered("PaymentFailed", dead, attempt=1, reason="CANCELLED")

    def test_cancel_reasons_and_refusals(self):
        by_customer = self.pending()
        cancel(by_customer)
        answered("OrderCancelled", by_customer, reason="CUSTOMER", revision=1)
        answered("PaymentVoided", by_customer)
        by_operator = self.pending()
        publish("CancelRequested", {"order_id": by_operator, "customer_id": self.rich, "reason": "OPERATOR"})
        answered("OrderCancelled", by_operator, reason="OPERATOR")
        answered("OrderCancelled", place(self.poor, [(self.product, 1)], shipping=SHIPPING, auto_pay=True, on_payment_failure="cancel"),
                 reason="PAYMENT_FAILED")
        late = place(self.rich, [(self.product, 1)], pay_within_s=1)
        answered("OrderCancelled", late, reason="DEADLINE", revision=0)
        for order, reason in ((late, "ALREADY_CANCELLED"), (self.paid(), "ALREADY_PAID"), (self.sold_out(), "SOLD_OUT")):
            publish("CancelRequested", {"order_id": order, "customer_id": self.rich, "reason": "CUSTOMER"})
            answered("CancelRefused", order, reason=reason)

    def paid(self):
        order = self.pending(auto_pay=False)
        pay(order)
        at_rest(order, "PAID")
        return order

    def sold_out(self):
        order = place(self.rich, [(self.gone, 1)])
        at_rest(order, "SOLD_OUT")
        return order

    def test_another_customers_request_is_a_dead_letter_and_changes_nothing(self):
        order = self.pending()
        for topic, more in (("CancelRequested", {"reason": "CUSTOMER"}), ("CouponSelected", {"coupon_code": self.second}),
                            ("ShippingSubmitted", {"shipping": SHIPPING, "revision": 2}), ("PaymentRequested", {"attempt": 1, "revision": 1})):
            publish(topic, {"order_id": order, "customer_id": "stranger", **more})
            letter = wait_until("dead letter of %s" % topic, lambda t=topic: [d for d in dead_letters_of(order) if d["topic"] == t])[0]
            self.assertIn("customer", letter["reason"])
        self.assertEqual(at_rest(order)["status"], "PENDING")

    @classmethod
    def tearDownClass(cls):
        quiesce()
        audit()


if __name__ == "__main__":
    unittest.main()
