"""kill -9 of each process while orders flow: what was accepted comes to rest, the books add up, nothing is stuck.

Orders are placed by a steady crowd; each kill waits until orders are in flight, each restart is infra/dev up. Broker and database
are killed too. What the shoppers were promised (a 202) is checked order by order.
"""
import os
import signal
import subprocess
import threading
import unittest

from support import (ROOT, SHIPPING, TERMINAL, audit, call, hang_up, new_id, place, quiesce, seed, sql, wait_until)

RUN = os.environ.get("JUMUN_RUN", os.path.join(ROOT, ".run"))
ORDERS_BETWEEN_KILLS = 30


def pid_of(name):
    with open(os.path.join(RUN, "procs", name), encoding="ascii") as file:
        return int(file.read().split()[0])


def up():
    """Until infra/dev says that everything is well: after a kill of the broker its patience may end before theirs."""
    args = [os.path.join(ROOT, "infra", "dev"), "up", *os.environ.get("JUMUN_UP", "").split()]
    wait_until("everything to be up", lambda: subprocess.run(args, capture_output=True).returncode == 0, 150)


class Crowd:
    """Shoppers who place one order after another, and remember what they were promised."""

    def __init__(self, customer, product, shoppers=6, **more):
        self.customer, self.product, self.more = customer, product, more
        self.promised, self.lock, self.enough = [], threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.shop, daemon=True) for _ in range(shoppers)]
        for thread in self.threads:
            thread.start()

    def shop(self):
        try:
            self.buy_until_enough()
        finally:
            hang_up()

    def buy_until_enough(self):
        while not self.enough.is_set():
            try:
                order = place(self.customer, [(self.product, 1)], shipping=SHIPPING, auto_pay=True,
                              headers={"Idempotency-Key": new_id()}, **self.more)
            except (OSError, AssertionError):  # refused with a 503, or the bridge was killed: nothing was promised
                self.enough.wait(0.05)
                continue
            with self.lock:
                self.promised.append(order)

    def more_orders(self, count=ORDERS_BETWEEN_KILLS):
        goal = len(self.promised) + count
        wait_until("%d more accepted orders" % count, lambda: len(self.promised) >= goal, 120)

    def stop(self):
        self.enough.set()
        for thread in self.threads:
            thread.join(60)


def expect_paid(test, promised):
    """Orders placed in one call, with enough money."""
    rows = sql("select order_id, status from jumun_timeline.order_shown where order_id in (%s)"
               % ",".join("'%s'" % order for order in promised))
    test.assertEqual(len(rows), len(promised), "every promised order is known")
    stuck = [row for row in rows if row[1] not in TERMINAL]
    test.assertEqual(stuck, [], "an order placed in one call with enough money ends")
    test.assertEqual({row[1] for row in rows}, {"PAID"})


class Kills(unittest.TestCase):
    def test_killed_while_orders_flow_everything_accepted_comes_to_rest(self):
        customer, product = new_id("c-"), new_id("p-")
        seed(products=[(product, 10, 1_000_000)], credits=[(customer, 1_000_000_000)])
        crowd = Crowd(customer, product)
        victims = ["stock", "coupon", "order", "payment", "export", "timeline", "partner", "bridge", "broker", "database"]
        killed = []
        try:
            for victim in victims:
                crowd.more_orders()
                with self.subTest(victim):
                    os.kill(self.main_process(victim), signal.SIGKILL)
                    killed.append(victim)
                    if victim not in ("bridge", "broker"):
                        crowd.more_orders(5)  # orders are accepted whatever consumer, or the database, is down
                    up()
            crowd.more_orders()
        finally:
            crowd.stop()
        self.assertEqual(killed, victims)
        up()
        quiesce()
        expect_paid(self, crowd.promised)
        audit()

    @staticmethod
    def main_process(victim):
        return pid_of(victim)


class WithoutTheDatabase(unittest.TestCase):
    def test_orders_are_accepted_while_the_database_is_away_and_finish_when_it_is_back(self):
        customer, product = new_id("c-"), new_id("p-")
        seed(products=[(product, 10, 1000)], credits=[(customer, 1_000_000)])
        os.kill(pid_of("database"), signal.SIGQUIT)  # immediate shutdown, as in a crash
        wait_until("the read model is away", lambda: call("GET", "/readyz")[0] == 503)
        orders = [place(customer, [(product, 1)], shipping=SHIPPING, auto_pay=True) for _ in range(10)]
        up()
        quiesce()
        for order in orders:
            self.assertEqual(call("GET", "/v1/orders/" + order)[1]["status"], "PAID")


if __name__ == "__main__":
    unittest.main()
