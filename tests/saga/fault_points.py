"""Every process dies at every fault point it passes, while orders flow: what was accepted comes to rest and the books add up.

Needs programs with fault points (cmake --preset faults; `infra/dev test faults` does all that).  For each point all processes
are started with JUMUN_FAULT, and whichever dies is started again without it, until all that pass there have died by it.
That it was the point and no accident is what the log of each says.
"""
import json
import os
import signal
import subprocess
import time
import unittest

from support import ROOT, audit, get, new_id, place, quiesce, seed, wait_until
from test_kills import Crowd, expect_paid, pid_of

RUN = os.environ.get("JUMUN_RUN", os.path.join(ROOT, ".run"))
BIN = os.environ["JUMUN_BIN"]
SERVICES = ["timeline", "partner", "export", "payment", "order", "coupon", "stock"]  # downstream first

# Who passes where; everything else is passed by every service.
ONLY = {
    "timers_fired": ["order"],
    "request_sent": ["bridge"],
    "request_acknowledged": ["bridge"],
    "event_sent": [name for name in SERVICES if name != "timeline"],
}
# The first time, but for an event: those behind it are not sent then.
PASS = {"event_sent": 2}


def is_alive(name):
    try:
        with open("/proc/%d/stat" % pid_of(name), encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError, ValueError):
        return False


def up(**more):
    return subprocess.run([os.path.join(ROOT, "infra", "dev"), "up"], capture_output=True, text=True,
                          env={**os.environ, **more}).returncode == 0


def deaths(name, point):
    """How often the log of a process says that it died at the point."""
    found = 0
    with open(os.path.join(RUN, "logs", name + ".log"), encoding="utf-8", errors="replace") as file:
        for line in file:
            if '"fault point"' in line:
                found += json.loads(line)["point"] == point
    return found


def points():
    out = subprocess.run([os.path.join(BIN, "jumun-order"), "--fault-points"], capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    return [line.split()[0] for line in out.stdout.splitlines()]


class FaultPoints(unittest.TestCase):
    def setUp(self):
        customer, product = new_id("c-"), new_id("p-")
        seed(products=[(product, 10, 1_000_000)], credits=[(customer, 1_000_000_000)])
        self.customer, self.product, self.abandoned = customer, product, []
        # a code that nobody issued: coupon has an answer to give, and the order goes on without it
        self.crowd = Crowd(customer, product, shoppers=3, coupon_code="nobody-issued-this", on_coupon_rejected="continue")
        self.addCleanup(self.crowd.stop)

    def stop(self, names):
        """One after another, so that each finds something to do when it is started again.  Without a bridge nobody orders."""
        for name in names:
            os.kill(pid_of(name), signal.SIGTERM)
            if name != "bridge":
                self.crowd.more_orders(3)
        wait_until("the processes to stop", lambda: not any(is_alive(name) for name in names), 30)

    def die_at(self, point):
        victims = ONLY.get(point, SERVICES)
        before = {name: deaths(name, point) for name in victims}
        self.stop(victims)
        up(JUMUN_FAULT="%s:kill:%d" % (point, PASS.get(point, 1)))  # may say that one did not start: it was killed
        end = time.monotonic() + 90
        while any(deaths(name, point) == before[name] for name in victims):
            self.assertLess(time.monotonic(), end, "%s: not passed by %s" % (
                point, [name for name in victims if deaths(name, point) == before[name]]))
            if not all(is_alive(name) for name in victims):
                up()  # the dead ones, without a fault
            if point == "timers_fired":
                self.abandon()
            time.sleep(0.2)
        wait_until("everything to be up", up, 120)

    def abandon(self):
        """An order that its shopper forgets: its deadline fires."""
        try:
            self.abandoned.append(place(self.customer, [(self.product, 1)], pay_within_s=1, headers={"Idempotency-Key": new_id()}))
        except (OSError, AssertionError):
            pass  # not accepted: nothing was promised

    def test_each_process_dies_at_each_point_and_nothing_is_lost(self):
        for point in points():
            with self.subTest(point):
                began = time.monotonic()
                self.die_at(point)
                self.crowd.more_orders(10)
                print("%s: %.0f s" % (point, time.monotonic() - began), flush=True)
        self.crowd.stop()
        quiesce()
        expect_paid(self, self.crowd.promised)
        for order in self.abandoned:
            self.assertEqual(get(order)["status"], "CANCELLED")
        audit()


if __name__ == "__main__":
    unittest.main()
