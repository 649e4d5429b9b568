"""Shoppers at both bridges while everything fails: they retry, click twice, change their minds and vanish.

A shopper remembers what was promised: every 202, with its order and what was asked for.  An answer that
never came is no promise, whatever became of the request.
"""
import collections
import http.client
import json
import random
import threading
import time
import uuid

PATIENCE_S = 45     # for one step, through any number of retries
ANSWER_S = 10
THINKS_S = 0.4      # at most, between two orders
SHIPPING = {"recipient": "김주문", "address": "서울시 중구 세종대로 110", "contact": "010-1234-5678"}
Promise = collections.namedtuple("Promise", "order kind number")  # kind: order, payment, shipping, cancel, coupon


class History:
    """What all shoppers were promised."""

    def __init__(self):
        self.turn = threading.Lock()
        self.promises, self.keys, self.broken = [], {}, []
        self.statuses = collections.Counter()

    def promise(self, order, kind, number=0):
        with self.turn:
            self.promises.append(Promise(order, kind, number))

    def accepted(self, key, order):
        """One idempotency key, one order, however often and wherever it was asked."""
        with self.turn:
            known = self.keys.setdefault(key, order)
            if known != order:
                self.broken.append((order, "the same Idempotency-Key was order %s before" % known))
            else:
                self.promises.append(Promise(order, "order", 0))

    def count(self, status):
        with self.turn:
            self.statuses[status] += 1

    def orders(self):
        with self.turn:
            return {promise.order for promise in self.promises}


class Shop:
    """What there is to buy, with what money, and where."""

    def __init__(self, bridges, chance):
        tag = "%08x" % chance.getrandbits(32)
        self.bridges = bridges
        self.plenty, self.scarce = "p-plenty-" + tag, "p-scarce-" + tag
        self.rich = ["c-rich-%d-%s" % (n, tag) for n in range(20)]
        self.poor = ["c-poor-%d-%s" % (n, tag) for n in range(5)]
        self.coupons = ["CODE-%d-%s" % (n, tag) for n in range(40)]

    def facts(self):
        """By topic: what an operator publishes before the doors open."""
        return {
            "ProductListed": [{"product_id": p, "name": "상품 " + p, "unit_price": 1000}
                              for p in (self.plenty, self.scarce)],
            "StockReplenished": [{"replenishment_id": "r-" + p, "product_id": p, "quantity": n}
                                 for p, n in ((self.plenty, 1_000_000), (self.scarce, 60))],
            "CouponIssued": [{"coupon_code": c, "discount": 100} for c in self.coupons],
            "BalanceCredited": [{"credit_id": "cr-" + c, "customer_id": c, "amount": a}
                                for c, a in [(c, 1_000_000_000) for c in self.rich]
                                + [(c, 2500) for c in self.poor]],
        }


class Shopper(threading.Thread):
    def __init__(self, shop, history, seed, enough):
        super().__init__(daemon=True)
        self.shop, self.history, self.enough = shop, history, enough
        self.chance, self.connection, self.at = random.Random(seed), None, None

    # ---- one call ----------------------------------------------------------------------------

    def call(self, method, path, body=None, key=None):
        """(status, decoded body); (0, None) when there was no answer."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            if self.connection is None:
                self.at = self.chance.choice(self.shop.bridges)
                self.connection = http.client.HTTPConnection(self.at, timeout=ANSWER_S)
            self.connection.request(method, path, data, headers)
            answer = self.connection.getresponse()
            said = answer.read()
            kind = answer.headers.get("Content-Type", "")
            status, told = answer.status, json.loads(said) if said and "json" in kind else None
        except (OSError, http.client.HTTPException, ValueError):
            status, told = 0, None
            self.hang_up()
        self.history.count(status)
        return status, told

    def hang_up(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def insist(self, method, path, body=None, key=None):
        """Again and again until it is accepted or refused for good."""
        end = time.monotonic() + PATIENCE_S
        while True:
            status, told = self.call(method, path, body, key)
            if status in (200, 202) or 400 <= status < 500 and status not in (404, 408, 429):
                return status, told
            if time.monotonic() > end:
                return 0, None
            time.sleep(self.chance.uniform(0.05, 0.5))
            if self.chance.random() < 0.3:
                self.hang_up()  # perhaps the other bridge is better off

    # ---- steps -------------------------------------------------------------------------------

    def place(self, **more):
        """The order's id once it is accepted, or None."""
        key = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        body = {"customer_id": self.chance.choice(self.shop.rich),
                "items": [{"product_id": self.shop.plenty, "quantity": self.chance.randint(1, 3)}], **more}
        clicks = 2 if self.chance.random() < 0.2 else 1
        order = None
        for _ in range(clicks):
            status, told = self.insist("POST", "/v1/orders", body, key)
            if status == 202:
                order = told["order_id"]
                self.history.accepted(key, order)
        return order

    def wait_for(self, order, *statuses):
        """True when the order was seen like that, False when it will not be or patience is over."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and not self.enough.is_set():
            status, told = self.call("GET", "/v1/orders/" + order)
            if status == 200 and told["status"] in statuses:
                return True
            if status == 200 and told["status"] in ("PAID", "CANCELLED", "SOLD_OUT"):
                return False
            time.sleep(self.chance.uniform(0.05, 0.3))
        return False

    def ship(self, order):
        status, told = self.insist("PUT", "/v1/orders/%s/shipping" % order, SHIPPING)
        if status == 202:
            self.history.promise(order, "shipping", told["revision"])

    def pay(self, order):
        for _ in range(2 if self.chance.random() < 0.4 else 1):  # a double click
            status, told = self.insist("POST", "/v1/orders/%s/payment" % order, {})
            if status == 202:
                self.history.promise(order, "payment", told["attempt"])

    def cancel(self, order):
        status, _ = self.insist("POST", "/v1/orders/%s/cancel" % order, {})
        if status == 202:
            self.history.promise(order, "cancel")

    # ---- ways to shop ------------------------------------------------------------------------

    def at_once(self):
        self.place(shipping=SHIPPING, auto_pay=True)

    def at_once_with_coupon(self):
        self.place(shipping=SHIPPING, auto_pay=True, coupon_code=self.chance.choice(self.shop.coupons),
                   on_coupon_rejected=self.chance.choice(("continue", "wait")))

    def step_by_step(self):
        order = self.place()
        if order and self.wait_for(order, "RESERVED"):
            self.ship(order)
            if self.wait_for(order, "PENDING"):
                self.pay(order)

    def pay_or_cancel(self):
        """Pays, and changes their mind at once."""
        order = self.place(shipping=SHIPPING)
        if order and self.wait_for(order, "PENDING"):
            self.pay(order)
            self.cancel(order)

    def change_of_mind(self):
        order = self.place(shipping=SHIPPING, coupon_code=self.chance.choice(self.shop.coupons),
                           on_coupon_rejected="continue", pay_within_s=120)
        if order:
            time.sleep(self.chance.uniform(0, 0.5))
            self.cancel(order)

    def forgotten(self):
        self.place(shipping=SHIPPING, pay_within_s=self.chance.randint(1, 8))

    def without_money(self):
        self.place(customer_id=self.chance.choice(self.shop.poor), shipping=SHIPPING, auto_pay=True,
                   on_payment_failure=self.chance.choice(("wait", "cancel")))

    def the_last_ones(self):
        self.place(items=[{"product_id": self.shop.scarce, "quantity": 1}], pay_within_s=20)

    def unheard(self):
        """Asks and is gone before the answer: nothing was promised."""
        self.hang_up()
        body = {"customer_id": self.chance.choice(self.shop.rich), "shipping": SHIPPING, "auto_pay": True,
                "items": [{"product_id": self.shop.plenty, "quantity": 1}]}
        try:
            gone = http.client.HTTPConnection(self.chance.choice(self.shop.bridges), timeout=ANSWER_S)
            gone.request("POST", "/v1/orders", json.dumps(body).encode(), {"Content-Type": "application/json"})
            gone.close()
        except OSError:
            pass

    WAYS = ((at_once, 30), (at_once_with_coupon, 15), (step_by_step, 15), (pay_or_cancel, 12),
            (change_of_mind, 10), (forgotten, 6), (without_money, 6), (the_last_ones, 4), (unheard, 2))

    def run(self):
        ways, weights = zip(*self.WAYS)
        while not self.enough.is_set():
            self.chance.choices(ways, weights)[0](self)
            self.enough.wait(self.chance.uniform(0, THINKS_S))
        self.hang_up()


class Crowd:
    def __init__(self, shop, history, seed, count):
        self.enough = threading.Event()
        self.shoppers = [Shopper(shop, history, "%d shopper %d" % (seed, n), self.enough) for n in range(count)]

    def start(self):
        for shopper in self.shoppers:
            shopper.start()

    def stop(self):
        self.enough.set()
        for shopper in self.shoppers:
            shopper.join(2 * PATIENCE_S)
