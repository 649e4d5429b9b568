"""The read model tells the bridge what it has committed; who waits is answered all the same when that is not heard."""
import subprocess
import threading
import unittest
import urllib.request

from support import HTTP, PG, SHIPPING, at_rest, audit, call, new_id, place, run, seed, wait_until

ORDERS = 10


def hears():
    with urllib.request.urlopen("http://" + HTTP + "/metrics", timeout=10) as answer:
        return "jumun_bridge_hears_news 1" in answer.read().decode().splitlines()


def cut_listeners():
    done = run(["psql", PG + " user=jumun_admin", "-XAtq", "-v", "ON_ERROR_STOP=1"],
               "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jumun-bridge-subscriber'")
    return done.stdout.split()


class News(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.customer, cls.product = new_id("c-"), new_id("p-")
        seed(products=[(cls.product, 1000, 100)], credits=[(cls.customer, 1_000_000)])
        cls.addClassCleanup(audit)
        wait_until("the bridge to listen", hears)

    def buy(self):
        status, answer, _ = call("POST", "/v1/orders", {
            "customer_id": self.customer, "items": [{"product_id": self.product, "quantity": 1}],
            "shipping": SHIPPING, "auto_pay": True, "expected_amount": 1000}, {"Prefer": "wait=20"})
        self.assertEqual((status, answer["status"]), (200, "PAID"), answer)

    def test_a_commit_tells_the_order_that_it_changed_and_how_far_it_has_read(self):
        with subprocess.Popen(["psql", PG + " user=jumun_operator", "-Xq"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as listener:
            listener.stdin.write("LISTEN jumun_timeline;\n\\echo listens\n")
            listener.stdin.flush()
            self.assertEqual(listener.stdout.readline().strip(), "listens")
            order = place(self.customer, [(self.product, 1)])
            at_rest(order, "RESERVED")
            said, _ = listener.communicate("SELECT 1;\n")
        self.assertIn("Asynchronous notification \"jumun_timeline\"", said)
        self.assertIn(order + " rest\n", said)
        self.assertRegex(said, r"(?m)^(.* \")?OrderRequested \d \d+$")

    def test_whoever_waits_is_answered_while_the_listening_connection_is_cut_again_and_again(self):
        stop, cut = threading.Event(), []

        def cut_again():
            while not stop.wait(0.05):
                cut.extend(cut_listeners())

        cutting = threading.Thread(target=cut_again)
        cutting.start()
        try:
            for _ in range(ORDERS):
                self.buy()
        finally:
            stop.set()
            cutting.join()
        self.assertTrue(cut)
        wait_until("the bridge to listen again", hears)
        self.buy()
