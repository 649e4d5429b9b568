"""Many customers at a time through the bridge, and the load generator that plays them."""
import json
import os
import subprocess
import unittest

from support import BIN, audit, new_id, quiesce

LOAD = os.path.join(BIN, "jumun-load")
SHOP = ("--customers", "100", "--products", "10", "--coupon-percent", "30")


def load(command, run, *options):
    short = () if "--short-percent" in options else ("--short-percent", "10")
    done = subprocess.run([LOAD, command, "--run", run, *SHOP, *short, *options], capture_output=True, text=True, timeout=120)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


class Load(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.run_name = new_id("load-")[:24]
        status, catalogue, why = load("catalogue", cls.run_name, "--orders", "1000")
        assert status == 0, why
        assert catalogue["records"] >= 120 + 200
        quiesce()

    def test_everybody_who_waits_is_told_the_end_of_their_order(self):
        """200 at once wait for one another's events: each gets its own end, whole, however it ends."""
        status, told, why = load("post", self.run_name, "--orders", "400", "--connections", "200", "--wait", "30")
        self.assertEqual((status, told and told["orders"], told and told["errors"]), (0, 400, 0), why)
        quiesce()
        audit()

    def test_orders_begin_when_they_are_due(self):
        status, told, why = load("post", self.run_name, "--first", "400", "--orders", "100", "--connections", "100", "--rate", "50", "--wait", "30")
        self.assertEqual((status, told and told["orders"]), (0, 100), why)
        self.assertGreaterEqual(told["took_ms"], 99 * 1000 // 50)  # the last one is due then

    def test_only_accepted(self):
        status, told, why = load("post", self.run_name, "--first", "500", "--orders", "200", "--connections", "32")
        self.assertEqual((status, told and told["orders"]), (0, 200), why)
        quiesce()

    def test_each_of_many_streams_tells_all_of_its_order(self):
        rich = (new_id("rich-")[:24], "--orders", "100", "--short-percent", "0")
        for prepared in ("catalogue", "waiting"):
            status, _, why = load(prepared, *rich)
            self.assertEqual(status, 0, why)
            quiesce()
        status, told, why = load("streams", *rich, "--rate", "100")
        self.assertEqual((status, told and (told["opened"], told["finished"], told["errors"])), (0, (100, 100, 0)), why)
        # ShippingSubmitted, PaymentRequested, OrderCreated, PaymentCompleted, OrderPaid, PartnerOrder, ExportAcknowledged
        self.assertEqual(told["events"], 7 * 100)

    def test_what_it_is_asked_wrongly(self):
        for options, status, says in (
                (["post", "--connections", "0"], 2, "--connections takes a number from 1 to 4096, not '0'"),
                (["post", "--rate=x"], 2, "--rate takes a number from 0 to 1000000, not 'x'"),
                (["post", "--run", "a b"], 2, "--run takes 1 to 32 letters"),
                (["post", "--orders"], 2, "--orders lacks its value"),
                (["post", "--speed", "9"], 2, "there is no option '--speed'"),
                (["streams", "--orders", "10"], 1, "--rate"),
                (["dance"], 2, "there is no command 'dance'")):
            done = subprocess.run([LOAD, *options], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, status, (options, done.stderr))
            self.assertIn(says, done.stderr.splitlines()[0], options)
