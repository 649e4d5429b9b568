#!/usr/bin/env python3
"""Bad input to a running bridge: each case gets its precise refusal, publishes nothing, and disturbs nobody."""
import json
import threading
import time
import unittest

from http_client import ADDRESS, JSON, Wire, call, metric, new_id, request, send

ORDERS = "/v1/orders"
GOOD = {"customer_id": "c-1", "items": [{"product_id": "sku-1", "quantity": 1}]}


def order(**changes):
    return json.dumps({**GOOD, **changes}, ensure_ascii=False).encode()


def with_quantity(text):
    return b'{"customer_id":"c-1","items":[{"product_id":"sku-1","quantity":%s}]}' % text.encode()


class NothingChanges(unittest.TestCase):
    """After every test of the catalogue not one event more has been published, and the bridge is well."""

    @classmethod
    def setUpClass(cls):
        cls.published = metric("jumun_bridge_published_total")

    @classmethod
    def tearDownClass(cls):
        assert metric("jumun_bridge_published_total") == cls.published, "a refused request was published"
        assert call("GET", "/healthz").status == 200

    def refused(self, answer, status, code):
        self.assertIsNotNone(answer, "the connection was closed without an answer")
        self.assertEqual((answer.status, answer.code), (status, code), answer)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        body = answer.json()
        self.assertEqual(body["status"], status)
        self.assertTrue(body["title"] and body["detail"] and body["type"].endswith(code))
        if status in (429, 503):
            self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
        return body


class Json(NothingChanges):
    def test_what_is_not_rfc_8259_is_invalid_json(self):
        inside = b'{"customer_id":"%s","items":[{"product_id":"sku-1","quantity":1}]}'
        for name, body in {
            "nothing": b"", "white space": b"  ", "half": order()[:-1], "trailing bytes": order() + b"x",
            "two values": order() + order(), "byte order mark": b"\xef\xbb\xbf" + order(),
            "single quotes": b"{'customer_id':'c-1'}", "NaN": with_quantity("NaN"), "infinity": with_quantity("Infinity"),
            "leading zero": with_quantity("01"), "plus": with_quantity("+1"), "dot": with_quantity("1."),
            "hex": with_quantity("0x10"), "comment": b"/* */" + order(), "trailing comma": b'{"customer_id":"c-1",}',
            "raw control": inside % b"a\x01", "raw newline": inside % b"a\n", "NUL": inside % b"a\x00",
            "overlong": inside % b"\xc0\xaf", "overlong NUL": inside % b"\xc0\x80", "surrogate": inside % b"\xed\xa0\x80",
            "beyond Unicode": inside % b"\xf4\x90\x80\x80", "cut character": inside % b"\xe2\x82",
            "lone high": inside % b"\\ud800", "lone low": inside % b"\\udc00", "bad escape": inside % b"\\x41",
            "duplicate name": b'{"customer_id":"c-1","customer_id":"c-1","items":[]}',
            "duplicate by escape": b'{"customer_id":"c-1","customer\\u005fid":"c-1","items":[]}',
            "duplicate deep": b'{"customer_id":"c-1","items":[{"product_id":"a","product_id":"a","quantity":1}]}',
            "depth 17": b"[" * 17 + b"]" * 17, "depth 10,000": b"[" * 10000 + b"]" * 10000,
        }.items():
            with self.subTest(name):
                self.refused(call("POST", ORDERS, body), 400, "invalid_json")

    def test_json_that_is_no_object_is_an_invalid_request(self):
        for body in (b"[]", b"null", b'"x"', b"7", b"true", b"[" * 16 + b"]" * 16):
            with self.subTest(body):
                found = self.refused(call("POST", ORDERS, body), 400, "invalid_request")
                self.assertEqual(found["errors"], [{"pointer": "", "code": "type"}])


class Fields(NothingChanges):
    def refused_at(self, body, pointer, code, path=ORDERS, method="POST"):
        found = self.refused(call(method, path, body), 400, "invalid_request")
        self.assertIn({"pointer": pointer, "code": code}, found["errors"])

    def test_amounts_and_quantities(self):
        quantity = "/items/0/quantity"
        for text, code in {"0": "range", "-1": "range", "-0": "range", "1000001": "range", "2147483648": "range",
                           "9007199254740992": "range", "9223372036854775807": "range"}.items():
            with self.subTest(text):
                self.refused_at(with_quantity(text), quantity, code)
        for text in ("9223372036854775808", "1e400", "1.5", "1.0", "1e2", "1E0", "100000000000000000000000"):
            with self.subTest(text):
                found = self.refused(call("POST", ORDERS, with_quantity(text)), 400, "invalid_request")
                self.assertEqual(found["errors"][0]["pointer"], quantity)
                self.assertIn(found["errors"][0]["code"], ("not_an_integer", "range"))
        for text in ('"12"', "null", "true", "[]", "{}"):
            with self.subTest(text):
                self.refused_at(with_quantity(text), quantity, "type")
        for amount in (-1, 2 ** 53, 2 ** 63 - 1):
            with self.subTest(amount):
                self.refused_at(order(expected_amount=amount), "/expected_amount", "range")
        self.refused_at(order(pay_within_s=0), "/pay_within_s", "range")

    def test_text(self):
        shipping = {"recipient": "a", "address": "b", "contact": "c"}
        for field, most in (("recipient", 100), ("address", 500), ("contact", 50)):
            at = "/shipping/" + field
            for text, code in (("", "blank"), (" \t\u3000", "blank"), ("가" * (most + 1), "too_long"),
                               ("a\u0301" * most, "too_long"), ("a\u0000b", "contains_nul")):
                with self.subTest((field, text[:3])):
                    found = self.refused(call("POST", ORDERS, order(shipping={**shipping, field: text})), 400, "invalid_request")
                    self.assertEqual(found["errors"][0]["pointer"], at)
                    self.assertIn(found["errors"][0]["code"], (code, "too_short", "missing") if text == "" else (code,))
        marks = json.dumps({**GOOD, "shipping": {**shipping, "address": "a" + "\u0301" * 30000}}, ensure_ascii=False).encode()
        self.refused_at(marks, "/shipping/address", "too_long")

    def test_ids(self):
        for text in ("", "a" * 65, "a b", "a/b", "한글", "a\u0000", "a\n", "\u202ea"):
            with self.subTest(text):
                found = self.refused(call("POST", ORDERS, order(customer_id=text)), 400, "invalid_request")
                self.assertEqual(found["errors"][0]["pointer"], "/customer_id")

    def test_items(self):
        line = {"product_id": "a", "quantity": 1}
        self.refused_at(order(items=[]), "/items", "too_few_items")
        self.refused_at(order(items=[{**line, "product_id": "p%d" % i} for i in range(101)]), "/items", "too_many_items")
        self.refused_at(order(items=[line, line]), "/items/1", "duplicate_item")
        self.refused_at(order(items=[{"product_id": "a"}]), "/items/0/quantity", "missing")
        self.refused_at(order(items=[7]), "/items/0", "type")

    def test_unknown_fields_are_all_named(self):
        found = self.refused(call("POST", ORDERS, order(cupon_code="X", order_id="Y", shiping={})), 400, "invalid_request")
        self.assertEqual({(e["pointer"], e["code"]) for e in found["errors"]},
                         {("/cupon_code", "unknown_field"), ("/order_id", "unknown_field"), ("/shiping", "unknown_field")})
        self.refused_at(b'{"reason":"OPERATOR"}', "/reason", "unknown_field", ORDERS + "/%s/cancel" % ("0" * 8 + "-0000-0000-0000-" + "0" * 12))

    def test_credits(self):
        path = "/v1/customers/c-1/credits"
        for amount in (-1, 2 ** 53, 2 ** 63):
            with self.subTest(amount):
                found = self.refused(call("POST", path, {"amount": amount}), 400, "invalid_request")
                self.assertEqual(found["errors"][0]["pointer"], "/amount")
        self.refused_at({"amount": "1"}, "/amount", "type", path)
        self.refused_at({}, "/amount", "missing", path)
        self.refused(call("POST", "/v1/customers/a%20b/credits", {"amount": 1}), 404, "customer_not_found")

    def test_query(self):
        for query, pointer, code in (
                ("", "?customer_id", "missing"), ("?customer_id=", "?customer_id", "pattern"),
                ("?customer_id=a%20b", "?customer_id", "pattern"), ("?customer_id=a&limit=0", "?limit", "range"),
                ("?customer_id=a&limit=101", "?limit", "range"), ("?customer_id=a&limit=x", "?limit", "not_an_integer"),
                ("?customer_id=a&limit=-1", "?limit", "not_an_integer"), ("?customer_id=a&after=x", "?after", "pattern"),
                ("?customer_id=a&limt=1", "?limt", "unknown_parameter"), ("?customer_id=a&customer_id=b", "?customer_id", "repeated")):
            with self.subTest(query):
                found = self.refused(call("GET", ORDERS + query), 400, "invalid_request")
                self.assertIn({"pointer": pointer, "code": code}, found["errors"])
        for query in ("?customer_id=%", "?customer_id=%zz", "?customer_id=%00", "?customer_id=%ff", "?" + "&".join("a%d=1" % i for i in range(9))):
            with self.subTest(query):
                self.refused(call("GET", ORDERS + query), 400, "invalid_request")


class Headers(NothingChanges):
    def test_lengths_that_smuggle_are_refused_and_the_connection_closed(self):
        body = order()
        for name, headers, status, code in (
                ("two lengths", [("Content-Length", len(body)), ("Content-Length", 0)], 400, "invalid_header"),
                ("the same twice", [("Content-Length", len(body)), ("content-length", len(body))], 400, "invalid_header"),
                ("length and chunked", [("Content-Length", len(body)), ("Transfer-Encoding", "chunked")], 411, "length_required"),
                ("chunked and length", [("Transfer-Encoding", "chunked"), ("Content-Length", len(body))], 411, "length_required"),
                ("chunked", [("Transfer-Encoding", "chunked")], 411, "length_required"),
                ("odd coding", [("Transfer-Encoding", "x, chunked")], 411, "length_required")):
            with self.subTest(name), Wire() as wire:
                wire.send(request("POST", ORDERS, [JSON, *headers], body, length=False) + request("GET", "/healthz"))
                self.refused(wire.answer(), status, code)
                self.assertIsNone(wire.answer(), "what follows must not be read as a request")

    def test_length_is_required_and_bounded(self):
        self.refused(send("POST", ORDERS, [JSON], b"", length=False), 411, "length_required")
        self.refused(call("POST", ORDERS, b" " * (64 * 1024) + order()), 413, "payload_too_large")
        self.refused(call("POST", ORDERS, b" " * (10 << 20)), 413, "payload_too_large")
        self.assertEqual(call("POST", ORDERS, b" " * (64 * 1024)).status, 400)
        with Wire() as wire:
            wire.send(request("POST", ORDERS, [JSON, ("Content-Length", 1 << 40)], b"", length=False))
            self.refused(wire.answer(), 413, "payload_too_large")
        with Wire() as wire:
            wire.send(request("POST", ORDERS, [JSON, ("Content-Length", 1 << 20), ("Expect", "100-continue")], b"", length=False))
            self.refused(wire.answer(), 413, "payload_too_large")

    def test_malformed_lengths_are_refused(self):
        for text, status in (("-1", 400), ("abc", 400), ("1 2", 400), ("0x10", 400), ("9" * 40, 413), ("", 400), ("+5", 400)):
            with self.subTest(text):
                answer = send("POST", ORDERS, [JSON, ("Content-Length", text)], b"", length=False)
                self.assertIsNotNone(answer)
                self.assertIn(answer.status, (status, 400))

    def test_headers_are_bounded(self):
        self.refused(call("GET", "/v1/products", headers=[("X-Long", "x" * (16 * 1024))]), 431, "headers_too_large")
        for name, headers in (("10,000", [("X-%d" % i, "y") for i in range(10000)]), ("one of 1 MiB", [("X", "y" * (1 << 20))])):
            with self.subTest(name), Wire() as wire:
                wire.send(request("GET", "/v1/products", headers))
                answer = wire.answer()
                self.assertIsNotNone(answer)
                self.assertEqual(answer.status, 431)
        with Wire() as wire:
            wire.send(request("GET", "/" + "a" * (1 << 20)))
            self.assertIn(wire.answer().status, (404, 414, 431))

    def test_callers_from_elsewhere_are_refused(self):
        for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:%s" % ADDRESS.split(":")[1], "169.254.169.254", ""):
            with self.subTest(host):
                self.refused(send("GET", "/healthz", host=host), 403, "forbidden_origin")
        for headers in ([("Origin", "http://evil.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")],
                        [("Origin", "http://localhost:1")]):
            with self.subTest(headers):
                self.refused(call("POST", ORDERS, order(), headers), 403, "forbidden_origin")
        self.refused(send("GET", "/healthz", [("Host", "evil.example")]), 400, "invalid_header")
        self.assertEqual(send("GET", "/healthz", host=None).status, 400)
        self.assertEqual(send("GET", "/healthz", [("Origin", "http://" + ADDRESS), ("Sec-Fetch-Site", "same-origin")]).status, 200)
        self.assertEqual(send("GET", "/healthz", host="localhost:" + ADDRESS.split(":")[1]).status, 200)

    def test_types(self):
        for headers in ([], [("Content-Type", "text/plain")], [("Content-Type", "application/x-www-form-urlencoded")],
                        [("Content-Type", "application/json; charset=euc-kr")], [JSON, ("Content-Encoding", "gzip")]):
            with self.subTest(headers):
                self.refused(send("POST", ORDERS, headers, order()), 415, "unsupported_media_type")
        for accept in ("text/html", "application/json;q=0", "image/*"):
            with self.subTest(accept):
                self.refused(call("GET", "/v1/products", headers=[("Accept", accept)]), 406, "not_acceptable")
        self.refused(call("GET", ORDERS + "/x/events", headers=[("Accept", "application/json")]), 406, "not_acceptable")

    def test_idempotency_keys(self):
        for key in ("", "a b", '""', "k" * 256, "k\x80", "\t"):
            with self.subTest(key):
                self.refused(call("POST", ORDERS, order(), [("Idempotency-Key", key)]), 400, "invalid_header")
        self.refused(call("POST", ORDERS, order(), [("Idempotency-Key", "a"), ("Idempotency-Key", "a")]), 400, "invalid_header")

    def test_last_event_ids(self):
        for text in ("x", "-1", "1.5", "99999999999999999999"):
            with self.subTest(text):
                answer = call("GET", ORDERS + "/01a20454-b840-776c-955e-3292021cb439/events", headers=[("Last-Event-ID", text)])
                self.refused(answer, 400, "invalid_header")

    def test_methods_and_paths(self):
        for method, target, allow in (("DELETE", ORDERS, "POST, GET, HEAD, OPTIONS"), ("PATCH", ORDERS + "/x", "GET, HEAD, OPTIONS"),
                                      ("TRACE", "/healthz", "GET, HEAD, OPTIONS"), ("FOO", "/v1/products", "GET, HEAD, OPTIONS"),
                                      ("GET", ORDERS + "/x/cancel", "POST, OPTIONS"), ("POST", ORDERS + "/x/shipping", "PUT, OPTIONS")):
            with self.subTest((method, target)):
                answer = send(method, target)
                self.refused(answer, 405, "method_not_allowed")
                self.assertEqual(answer.headers["allow"], allow)
        for target in ("/v1", "/v2/orders", "/v1/orders/", "/v1/orders/a%2Fb", "/v1/orders/%00", "/v1/orders/%zz", "/../etc/passwd",
                       "//v1/orders", "/v1/orders/x/y", "http://%s/v1/products" % ADDRESS):
            with self.subTest(target):
                self.refused(send("GET", target), 404, "not_found")

    def test_ids_that_can_be_none_are_not_found(self):
        for text in ("x", "01A20454-B840-776C-955E-3292021CB439", "01a20454b840776c955e3292021cb439", "%E2%80%AE"):
            for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/cancel"), ("POST", "/payment")):
                with self.subTest((text, path)):
                    self.refused(send(method, ORDERS + "/" + text + path), 404, "order_not_found")
        self.refused(call("GET", "/v1/products/a%20b"), 404, "product_not_found")
        self.refused(call("GET", "/v1/products/" + new_id("none-")), 404, "product_not_found")
        self.refused(call("GET", "/v1/customers/" + new_id("none-")), 404, "customer_not_found")

    def test_what_is_not_http_gets_no_service(self):
        for data in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 1000, b"\x00" * 4096,
                     b"GET /healthz HTTP/1.1\r\nHost : " + ADDRESS.encode() + b"\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n"):
            with self.subTest(data[:20]), Wire(timeout=3) as wire:
                wire.send(data)
                try:
                    answer = wire.answer()
                except TimeoutError:
                    answer = None  # it waits for more, until its deadline
                self.assertTrue(answer is None or answer.status >= 400, answer)


class Slowness(NothingChanges):
    def drip(self, start, piece, took):
        """A byte a second until the connection is cut; how long that took."""
        began = time.monotonic()
        with Wire(timeout=1) as wire:
            wire.send(start)
            while time.monotonic() - began < 40:
                try:
                    if not wire.send(piece) or not wire.fill():
                        break
                except TimeoutError:
                    continue
        took.append(time.monotonic() - began)

    def test_a_byte_a_second_is_cut_off_though_it_is_never_idle(self):
        header = b"POST /v1/orders HTTP/1.1\r\nHost: " + ADDRESS.encode() + b"\r\nX-Slow: "
        body = request("POST", ORDERS, [JSON, ("Content-Length", 1000)], b"{", length=False)
        took = []
        threads = [threading.Thread(target=self.drip, args=(start, piece, took)) for start, piece in ((header, b"a"), (body, b" "))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for seconds in took:
            self.assertTrue(15 < seconds < 35, "%.1f s" % seconds)

    def test_connections_that_say_nothing_or_never_read_disturb_nobody(self):
        silent = [Wire() for _ in range(200)]
        deaf = [Wire() for _ in range(50)]
        for wire in deaf:
            wire.sock.settimeout(0.5)
            try:
                for _ in range(200):
                    wire.sock.sendall(request("GET", "/openapi.yaml"))
            except (TimeoutError, OSError):
                pass  # its own fault: it does not read
        try:
            for _ in range(50):
                began = time.monotonic()
                self.assertEqual(call("GET", "/healthz").status, 200)
                self.assertLess(time.monotonic() - began, 1)
        finally:
            for wire in silent + deaf:
                wire.sock.close()

    def test_memory_stays_flat_under_bad_input(self):
        def burst(count):
            bodies = (b"[" * 60000, order() + b"x" * 60000, order(items=[{"product_id": "p%d" % i, "quantity": 0} for i in range(100)]))
            for i in range(count):
                self.assertEqual(call("POST", ORDERS, bodies[i % 3]).status, 400)
        burst(300)
        before = metric("process_resident_memory_bytes")
        threads = [threading.Thread(target=burst, args=(300,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLess(metric("process_resident_memory_bytes") - before, 16 << 20)


if __name__ == "__main__":
    unittest.main()
