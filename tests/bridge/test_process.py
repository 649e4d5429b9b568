#!/usr/bin/env python3
"""The bridge as a process: how it starts, refuses to start, stops, and what it says while a server is away.

Needs a broker with topics or the right to make them (JUMUN_KAFKA, JUMUN_BIN) and a migrated database (JUMUN_PG).
"""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import unittest

import stack

GOOD = json.dumps({"customer_id": "c-1", "items": [{"product_id": "sku-none", "quantity": 1}]})
ORDER = "/v1/orders/01a20454-b840-776c-955e-3292021cb439"


def call(address, method, path, body=None, headers=None, timeout=20):
    conn = http.client.HTTPConnection(address, timeout=timeout)
    conn.request(method, path, body, {"Content-Type": "application/json", **(headers or {})} if body else headers or {})
    answer = conn.getresponse()
    raw = answer.read()
    conn.close()
    return answer.status, json.loads(raw) if raw else None, answer.headers


def run(*arguments, **settings):
    return subprocess.run([os.path.join(stack.BIN, "jumun-bridge"), *arguments], env={**os.environ, "JUMUN_LOG": "error", **settings},
                          capture_output=True, text=True, timeout=30)


class Proxy:
    """Passes bytes through to a server until told to hold them back: a server that is there and says nothing."""

    def __init__(self, target):
        host, port = target.rsplit(":", 1)
        self.target, self.open = (host, int(port)), threading.Event()
        self.open.set()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.server.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.pass_on, args=(source, sink), daemon=True).start()

    def pass_on(self, source, sink):
        try:
            while data := source.recv(65536):
                self.open.wait()
                sink.sendall(data)
        except OSError:
            pass
        sink.close()


class Starting(unittest.TestCase):
    def refuses(self, status, *words, **settings):
        done = run(**settings)
        lines = done.stderr.strip().split("\n")
        self.assertEqual((done.returncode, len(lines)), (status, 1), done.stderr)
        for word in words:
            self.assertIn(word, lines[0])

    def test_a_taken_port_is_one_clear_line_and_status_3(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            self.refuses(3, "JUMUN_HTTP=" + address, "taken", JUMUN_HTTP=address)

    def test_any_address_but_loopback_is_refused(self):
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:8080"):
            with self.subTest(address):
                self.refuses(2, "JUMUN_HTTP=" + address, "loopback", JUMUN_HTTP=address)

    def test_a_bad_setting_is_named(self):
        for name, value in (("JUMUN_HTTP", "nonsense"), ("JUMUN_HTTP", "127.0.0.1:99999"), ("JUMUN_HTTP_HOSTS", "a b"),
                            ("JUMUN_PARTITIONS", "none"), ("JUMUN_LOG", "loud"), ("JUMUN_KAFKA", "nowhere")):
            with self.subTest((name, value)):
                self.refuses(2, name, **{"JUMUN_HTTP": "127.0.0.1:0", name: value})

    def test_help_and_version_and_nothing_else(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        for name in ("JUMUN_HTTP", "JUMUN_HTTP_HOSTS", "JUMUN_KAFKA", "JUMUN_PG"):
            self.assertIn(name, done.stdout)
        self.assertRegex(run("--version").stdout, r"^jumun-bridge \d+\.\d+\.\d+$")
        self.assertEqual(run("--verbose").returncode, 2)

    def test_both_kinds_of_loopback_are_served(self):
        if not socket.has_ipv6:
            self.skipTest("no IPv6 here")
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("no IPv6 loopback here")
        address = "[::1]:%d" % stack.free_port()
        program = stack.Program("bridge", JUMUN_HTTP=address)
        try:
            stack.wait_for("the bridge", lambda: program.process.poll() is not None or stack.answers(address, "/healthz") == 200)
            self.assertIsNone(program.process.poll(), program.text())
        finally:
            program.stop()


class Away(unittest.TestCase):
    """One bridge each; the server that is away is a port where nobody listens, or one that holds its tongue."""

    def setUp(self):
        subprocess.run([os.path.join(stack.BIN, "jumun"), "topics", "create"], check=True, stdout=subprocess.DEVNULL)

    def bridge(self, **settings):
        bridge = stack.Bridge(**settings)

        def end():
            if bridge.process.poll() is None:
                bridge.kill()
            elif bridge.process.returncode != 0:
                raise AssertionError("the bridge ended with %d:\n%s" % (bridge.process.returncode, bridge.text()[-4000:]))
        self.addCleanup(end)
        return bridge

    def nowhere(self):
        return "127.0.0.1:%d" % stack.free_port()

    def test_orders_are_accepted_while_the_database_is_away(self):
        host, port = self.nowhere().split(":")
        bridge = self.bridge(JUMUN_PG="host=%s port=%s dbname=jumun" % (host, port))
        stack.wait_for("the broker", lambda: call(bridge.address, "POST", "/v1/orders", GOOD)[0] == 202)
        for headers in ({}, {"Idempotency-Key": "k"}, {"Idempotency-Key": "k"}):
            began = time.monotonic()
            self.assertEqual(call(bridge.address, "POST", "/v1/orders", GOOD, headers)[0], 202)
            self.assertLess(time.monotonic() - began, 3)
        status, body, headers = call(bridge.address, "POST", "/v1/orders", GOOD, {"Prefer": "wait=1"})
        self.assertEqual((status, body["status"]), (202, "REQUESTED"))
        for method, path in (("GET", ORDER), ("GET", "/v1/products"), ("GET", "/v1/orders?customer_id=c-1"), ("POST", ORDER + "/cancel"),
                             ("GET", ORDER + "/events"), ("GET", "/readyz")):
            with self.subTest(path):
                status, body, headers = call(bridge.address, method, path)
                self.assertEqual((status, body["code"]), (503, "read_model_unavailable"))
                self.assertGreaterEqual(int(headers["Retry-After"]), 1)
        self.assertEqual(call(bridge.address, "GET", "/healthz")[0], 200)
        self.assertEqual(bridge.stop(), 0)

    def test_a_database_that_says_nothing_delays_no_order_and_no_other_call_for_long(self):
        proxy = Proxy("127.0.0.1:" + [w for w in os.environ["JUMUN_PG"].split() if w.startswith("port=")][0][5:])
        bridge = self.bridge(JUMUN_PG="host=127.0.0.1 port=%s dbname=jumun" % proxy.address.split(":")[1])
        stack.wait_for("readiness", lambda: call(bridge.address, "GET", "/readyz")[0] == 200)
        proxy.open.clear()
        for headers in ({}, {"Idempotency-Key": "silent-1"}):
            began = time.monotonic()
            self.assertEqual(call(bridge.address, "POST", "/v1/orders", GOOD, headers)[0], 202)
            self.assertLess(time.monotonic() - began, 3)
        began = time.monotonic()
        status, body, _ = call(bridge.address, "GET", ORDER)
        self.assertEqual((status, body["code"]), (503, "read_model_unavailable"))
        self.assertLess(time.monotonic() - began, 4)
        proxy.open.set()
        stack.wait_for("readiness again", lambda: call(bridge.address, "GET", "/readyz")[0] == 200)
        self.assertEqual(call(bridge.address, "GET", "/v1/products")[0], 200)
        self.assertEqual(bridge.stop(), 0)

    def test_without_a_broker_an_order_is_refused_in_time_and_says_when_to_come_back(self):
        bridge = self.bridge(JUMUN_KAFKA=self.nowhere())
        began = time.monotonic()
        status, body, headers = call(bridge.address, "POST", "/v1/orders", GOOD)
        self.assertEqual((status, body["code"]), (503, "broker_unavailable"))
        self.assertGreaterEqual(int(headers["Retry-After"]), 1)
        self.assertLess(time.monotonic() - began, 8)
        status, body, _ = call(bridge.address, "GET", "/readyz")
        self.assertEqual((status, body["code"]), (503, "broker_unavailable"))
        status, body, _ = call(bridge.address, "GET", ORDER)
        self.assertEqual((status, body["code"]), (503, "read_model_unavailable"), "404 cannot be said without the broker")
        self.assertEqual(call(bridge.address, "GET", "/v1/products")[0], 200)
        self.assertEqual(bridge.stop(), 0)

    def test_what_was_refused_for_lack_of_a_broker_never_comes_to_life_later(self):
        topic = "OrderRequested"

        def ends():
            out = subprocess.run(["kcat", "-b", os.environ["JUMUN_KAFKA"], "-C", "-t", topic, "-e", "-q", "-f", "%k\n"],
                                 capture_output=True, text=True).stdout
            return out.split()
        port = stack.free_port()
        bridge = self.bridge(JUMUN_KAFKA="127.0.0.1:%d" % port)
        status, _, _ = call(bridge.address, "POST", "/v1/orders", GOOD, {"Idempotency-Key": "never"})
        self.assertEqual(status, 503)
        before = len(ends())
        listener = Proxy(os.environ["JUMUN_KAFKA"].split(",")[0])  # the broker is back, behind the port that was silent
        listener.server.close()
        listener.server = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=listener.accept, daemon=True).start()
        stack.wait_for("an order to be accepted", lambda: call(bridge.address, "POST", "/v1/orders", GOOD, {"Idempotency-Key": "now"})[0] == 202)
        keys = ends()[before:]
        self.assertEqual(len(set(keys)), 1, "only the one that was accepted: %r" % keys)
        bridge.stop()


class Reading(unittest.TestCase):
    def test_a_connection_string_that_asks_for_a_server_that_takes_writes_is_understood(self):
        """As services want it; the bridge's own role may only read, which looks to the client library like a server that does."""
        plain = os.environ["JUMUN_PG"]
        host, port, database = (re.search(name + r"=(\S+)", plain).group(1) for name in ("host", "port", "dbname"))
        for given in (plain + " target_session_attrs=read-write",
                      "postgresql://jumun_bridge@%s:%s/%s?target_session_attrs=read-write" % (host, port, database)):
            with self.subTest(given):
                bridge = stack.Bridge(JUMUN_PG=given)
                self.addCleanup(lambda: bridge.process.poll() is None and bridge.kill())
                stack.wait_for("readiness", lambda: call(bridge.address, "GET", "/readyz")[0] == 200, 20)
                self.assertEqual(bridge.stop(), 0)


class Stopping(unittest.TestCase):
    def test_sigterm_answers_what_is_in_flight_and_ends_with_0(self):
        with stack.Stack():
            bridge = ready_bridge()
            found = []

            def shop():
                while True:
                    try:
                        found.append(call(bridge.address, "POST", "/v1/orders", GOOD)[0])
                    except (ConnectionError, http.client.HTTPException):
                        return
            threads = [threading.Thread(target=shop) for _ in range(4)]
            for thread in threads:
                thread.start()
            stack.wait_for("some orders", lambda: len(found) > 50)
            began = time.monotonic()
            bridge.process.send_signal(signal.SIGTERM)
            self.assertEqual(bridge.process.wait(12), 0)
            self.assertLess(time.monotonic() - began, 11)
            for thread in threads:
                thread.join()
            self.assertEqual(set(found), {202})

    def test_a_stream_is_ended_in_time(self):
        with stack.Stack():
            bridge = ready_bridge()
            path, found = stack_order(bridge.address) + "/events", []
            reader = threading.Thread(target=lambda: found.append(get(bridge.address, path)[0]))
            reader.start()
            stack.wait_for("the stream", lambda: b"jumun_http_streams 1\n" in get(bridge.address, "/metrics")[1])
            began = time.monotonic()
            self.assertEqual(bridge.stop(), 0)
            self.assertLess(time.monotonic() - began, 5)
            reader.join()
            self.assertEqual(found, [200])


class Instances(unittest.TestCase):
    """What one bridge accepted another knows, from the read model."""

    def test_a_key_used_on_one_bridge_is_known_on_another(self):
        with stack.Stack() as whole:
            key = {"Idempotency-Key": "shared-%d" % time.time_ns()}
            status, body, _ = call(whole.address, "POST", "/v1/orders", GOOD, {**key, "Prefer": "wait=10"})
            self.assertEqual((status, body["status"]), (200, "SOLD_OUT"))
            bridge = ready_bridge()
            other = GOOD.replace('"quantity": 1', '"quantity": 2')
            status, problem, _ = call(bridge.address, "POST", "/v1/orders", other, key)
            self.assertEqual((status, problem["code"]), (422, "idempotency_key_reused"))
            status, again, _ = call(bridge.address, "POST", "/v1/orders", GOOD, key)
            self.assertEqual((status, again["order_id"]), (202, body["order_id"]))
            bridge.stop()

    def test_shipping_clicked_on_two_bridges_is_one_revision(self):
        """While order stands still, a revision stays in flight."""
        with stack.Stack() as whole:
            service = whole.program("order")
            if service is None:
                self.skipTest("these services are somebody else's")
            bridge, order = ready_bridge(), stack_order(whole.address)
            shipping = {"recipient": "a", "address": "b", "contact": "c"}
            service.process.send_signal(signal.SIGSTOP)
            try:
                revisions = [call(address, "PUT", order + "/shipping", json.dumps(shipping))[1]["revision"]
                             for address in (whole.address, bridge.address, bridge.address, whole.address)]
                self.assertEqual(revisions, [1, 1, 1, 1])
                other = json.dumps({**shipping, "address": "d"})
                self.assertEqual([call(a, "PUT", order + "/shipping", other)[1]["revision"] for a in (bridge.address, whole.address)], [2, 2])
            finally:
                service.process.send_signal(signal.SIGCONT)
            stack.wait_for("revision 2", lambda: call(bridge.address, "GET", order)[1]["revision"] == 2)
            self.assertEqual(call(bridge.address, "GET", order)[1]["shipping"]["address"], "d")
            bridge.stop()

    def test_what_cannot_be_known_is_not_denied(self):
        """While timeline stands still, an order that may be there is not said to be none."""
        with stack.Stack() as whole:
            timeline = whole.program("timeline")
            if timeline is None:
                self.skipTest("these services are somebody else's")
            timeline.process.send_signal(signal.SIGSTOP)
            try:
                order = call(whole.address, "POST", "/v1/orders", GOOD)[1]["order_id"]
                began = time.monotonic()
                status, problem, headers = call(whole.address, "GET", "/v1/orders/" + order)
                self.assertEqual((status, problem["code"]), (503, "read_model_unavailable"))
                self.assertGreaterEqual(int(headers["Retry-After"]), 1)
                self.assertTrue(1.5 < time.monotonic() - began < 4)
                status, body, _ = call(whole.address, "POST", "/v1/orders", GOOD, {"Prefer": "wait=1"})
                self.assertEqual((status, body["status"]), (202, "REQUESTED"))
            finally:
                timeline.process.send_signal(signal.SIGCONT)
            stack.wait_for("the order", lambda: call(whole.address, "GET", "/v1/orders/" + order)[0] == 200)


def ready_bridge():
    bridge = stack.Bridge()
    stack.wait_for("readiness", lambda: call(bridge.address, "GET", "/readyz")[0] == 200)
    return bridge


def get(address, path):
    """Status and body, to the end of whatever comes."""
    conn = http.client.HTTPConnection(address, timeout=60)
    conn.request("GET", path)
    answer = conn.getresponse()
    body = answer.read()
    conn.close()
    return answer.status, body


def stack_order(address):
    """An order that is at rest and not over: RESERVED, or any that the read model knows."""
    product = "sku-%d" % stack.free_port()
    for topic, body in (("ProductListed", {"product_id": product, "name": "x", "unit_price": 1}),
                        ("StockReplenished", {"replenishment_id": "r-" + product, "product_id": product, "quantity": 100000})):
        subprocess.run(["kcat", "-b", os.environ["JUMUN_KAFKA"], "-P", "-t", topic, "-K", "\t"],
                       input="%s\t%s\n" % (product, json.dumps(body)), text=True, check=True)
    body = json.dumps({"customer_id": "c-1", "items": [{"product_id": product, "quantity": 1}]})
    found = {}

    def reserved():
        status, answer, _ = call(address, "POST", "/v1/orders", body, {"Prefer": "wait=10"})
        found.update(answer)
        return status == 200 and answer["status"] == "RESERVED"
    stack.wait_for("a reserved order", reserved)
    return "/v1/orders/" + found["order_id"]


if __name__ == "__main__":
    unittest.main()
