#!/usr/bin/env python3
"""Storefront, console and their files as a browser gets them from a running bridge (JUMUN_HTTP)."""
import glob
import os
import unittest

from http_client import call, send

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WEB = os.path.join(ROOT, "producers", "web")
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
         "svg": "image/svg+xml", "png": "image/png", "ico": "image/vnd.microsoft.icon", "woff2": "font/woff2",
         "json": "application/json", "webmanifest": "application/manifest+json"}
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
          "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
FROM_ELSEWHERE = ("Sec-Fetch-Site", "cross-site")


def files():
    """path → bytes of everything that a page may ask for."""
    found = {}
    for folder in ("store", "console", "common"):
        for path in glob.glob(os.path.join(WEB, folder, "**", "*"), recursive=True):
            if os.path.isfile(path) and path.rsplit(".", 1)[-1] in TYPES:
                with open(path, "rb") as file:
                    found[os.path.relpath(path, WEB)] = file.read()
    return found


class Pages(unittest.TestCase):
    def test_every_file_is_served_as_it_is(self):
        for path, content in files().items():
            with self.subTest(path):
                answer = call("GET", "/assets/" + path)
                self.assertEqual((answer.status, answer.body), (200, content))
                self.assertEqual(answer.headers["content-type"], TYPES[path.rsplit(".", 1)[1]])

    def test_every_address_shows_its_page(self):
        pages = {"store": ("/", "/?lang=en&x=y", "/cart", "/checkout", "/orders", "/orders/01900000-0000-7000-8000-000000000001"),
                 "console": ("/console", "/console/", "/console/orders/abc?status=PAID&a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q")}
        for folder, addresses in pages.items():
            content = files()[folder + "/index.html"]
            for address in addresses:
                with self.subTest(address):
                    wanted = 404 if address == "/console/" else 200
                    answer = send("GET", address, [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")])
                    self.assertEqual(answer.status, wanted, answer)
                    if wanted == 200:
                        self.assertEqual(answer.body, content)

    def test_nothing_else_is_served(self):
        for target in ("/assets/store/none.js", "/assets/store", "/assets/", "/assets", "/assets/../bridge/bridge.c",
                       "/assets/store/../../bridge/bridge.c", "/assets/store/%2e%2e/%2e%2e/bridge/bridge.c", "/assets/store%2Findex.html",
                       "/assets//store/index.html", "/assets/store/index.html/", "/assets/STORE/index.html", "/index.html", "/favicon.ico"):
            with self.subTest(target):
                answer = call("GET", target)
                self.assertEqual((answer.status, answer.code), (404, "not_found"))
                self.assertEqual(answer.headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'")

    def test_a_page_bears_its_policy(self):
        for target in ("/", "/console", "/assets/store/index.html"):
            headers = call("GET", target).headers
            self.assertEqual(headers["content-security-policy"], POLICY)
            self.assertEqual(headers["x-content-type-options"], "nosniff")
            self.assertEqual(headers["referrer-policy"], "no-referrer")
            self.assertEqual(headers["cross-origin-opener-policy"], "same-origin")
            self.assertEqual(headers["cache-control"], "no-cache")

    def test_a_copy_is_revalidated(self):
        first = call("GET", "/")
        etag = first.headers["etag"]
        self.assertRegex(etag, '^"[0-9a-f]{32}"$')
        again = call("GET", "/", headers=[("If-None-Match", '"x", %s' % etag)])
        self.assertEqual((again.status, again.body, again.headers["etag"]), (304, b"", etag))
        self.assertEqual(again.headers["cache-control"], "no-cache")
        self.assertEqual(call("GET", "/", headers=[("If-None-Match", '"x"')]).status, 200)
        head = send("HEAD", "/")
        self.assertEqual((head.status, head.headers["etag"], int(head.headers["content-length"])), (200, etag, len(first.body)))

    def test_only_reading_is_allowed(self):
        for method in ("POST", "PUT", "DELETE"):
            answer = send(method, "/")
            self.assertEqual((answer.status, answer.headers["allow"]), (405, "GET, HEAD, OPTIONS"))

    def test_another_site_may_link_and_nothing_else(self):
        visit = [FROM_ELSEWHERE, ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")]
        self.assertEqual(call("GET", "/orders/x", headers=visit).status, 200)
        self.assertEqual(call("GET", "/v1/products", headers=visit).code, "forbidden_origin")
        framed = [FROM_ELSEWHERE, ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")]
        self.assertEqual(call("GET", "/console", headers=framed).code, "forbidden_origin")
        self.assertEqual(call("GET", "/assets/store/index.html", headers=[FROM_ELSEWHERE]).code, "forbidden_origin")
        self.assertEqual(send("GET", "/", host="evil.example").code, "forbidden_origin")
        self.assertEqual(send("POST", "/", visit).code, "forbidden_origin")


if __name__ == "__main__":
    unittest.main()
