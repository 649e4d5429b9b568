"""What an operator looks at: orders searched and paged, figures, lag, topics, and the stream that tells of all of it."""
import http.client
import json
import os
import re
import unittest
import urllib.parse

from support import (HTTP, ROOT, SHIPPING, at_rest, call, cancel, get, new_id, order_id, place, seed, sql,
                     wait_until)

QUERIES = os.path.join(ROOT, "producers/bridge/sql")
JOINS = ("nestloop", "hashjoin", "mergejoin")


def found(**asked):
    status, answer, _ = call("GET", "/v1/admin/orders?" + urllib.parse.urlencode(asked))
    assert status == 200, (status, answer)
    return answer


def ids(**asked):
    return [order["order_id"] for order in found(**asked)["orders"]]


def stats():
    status, answer, _ = call("GET", "/v1/admin/stats")
    assert status == 200, (status, answer)
    return answer


class AskedTogether(unittest.TestCase):
    """Many requests share one question (together.h): its rows come in the order in which they asked, however they are joined."""

    def test_rows_come_in_the_order_of_those_who_asked(self):
        customer, product = new_id("c-"), new_id("p-")
        seed(products=[(product, 100, 1000)])
        orders = [place(customer, [(product, 1)]) for _ in range(12)]
        for order in orders:
            at_rest(order, "RESERVED")
        asked = "ARRAY[%s]::uuid[]" % ",".join(f"'{order}'" for order in reversed(orders))
        seen = "array_fill(0, ARRAY[12])"
        for name in ("at_rest", "events_of_many"):
            with open(os.path.join(QUERIES, name + ".sql"), encoding="utf-8") as file:
                query = re.sub(r"--.*", "", file.read())
            query = query.replace("$1::uuid[]", asked).replace("$2::integer[]", seen).replace("$3", "100")
            for join in ("nestloop", "hashjoin", "mergejoin"):
                off = "".join(f"SET enable_{one} = off; " for one in JOINS if one != join)
                places = [int(row[0]) for row in sql(f"SET search_path = jumun_timeline; {off} {query};")]
                self.assertEqual(sorted(set(places)), list(range(1, 13)), (name, join))
                self.assertEqual(places, sorted(places), (name, join))


class Search(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.customer, cls.product, cls.code = new_id("c-"), new_id("p-"), new_id("k-")
        seed(products=[(cls.product, 100, 1000)], credits=[(cls.customer, 100_000)],
             coupons=[{"coupon_code": cls.code, "discount": 10, "expires_at": "2099-01-01T00:00:00Z"}])
        cls.paid = place(cls.customer, [(cls.product, 1)], shipping=SHIPPING, auto_pay=True)
        at_rest(cls.paid, "PAID")
        cls.cancelled = place(cls.customer, [(cls.product, 1)], coupon_code=cls.code)
        at_rest(cls.cancelled, "RESERVED")
        cancel(cls.cancelled)
        wait_until("the cancel", lambda: get(cls.cancelled)["status"] == "CANCELLED")
        cls.open = place(cls.customer, [(cls.product, 1)])
        at_rest(cls.open, "RESERVED")
        cls.all = [cls.open, cls.cancelled, cls.paid]  # newest first

    def test_by_customer_newest_first_and_turned_round(self):
        self.assertEqual(ids(customer_id=self.customer), self.all)
        self.assertEqual(ids(customer_id=self.customer, oldest="true"), self.all[::-1])
        self.assertEqual(ids(customer_id=new_id("c-")), [])

    def test_by_status_and_coupon(self):
        self.assertEqual(ids(customer_id=self.customer, status="PAID"), [self.paid])
        self.assertEqual(ids(customer_id=self.customer, status="CANCELLED"), [self.cancelled])
        self.assertEqual(ids(coupon_code=self.code), [self.cancelled])
        self.assertEqual(ids(coupon_code=self.code, status="PAID"), [])

    def test_by_time(self):
        since = found(customer_id=self.customer, status="CANCELLED")["orders"][0]["created_at"]
        self.assertEqual(ids(customer_id=self.customer, **{"from": since}), self.all[:2])
        self.assertEqual(ids(customer_id=self.customer, to=since), [self.paid])

    def test_one_word_is_an_order_the_start_of_one_a_customer_or_a_coupon(self):
        for word, expected in ((self.paid, [self.paid]), (self.customer, self.all), (self.code, [self.cancelled])):
            self.assertEqual(ids(q=word), expected, word)
        self.assertIn(self.paid, ids(q=self.paid[:8]))
        self.assertEqual(ids(q=order_id()), [])

    def test_pages_hold_every_order_once(self):
        seen, asked = [], {"customer_id": self.customer, "limit": 1}
        for _ in range(10):
            page = found(**asked)
            seen += [order["order_id"] for order in page["orders"]]
            if page["next"] is None:
                break
            asked["after"] = page["next"]
        self.assertEqual(seen, self.all)

    def test_a_row_tells_what_the_order_tells(self):
        for row in found(customer_id=self.customer)["orders"]:
            order = get(row["order_id"])
            for name in ("customer_id", "status", "at_rest", "amount", "cancel_reason", "export"):
                self.assertEqual(row[name], order[name], name)

    def test_what_cannot_be_asked_is_refused_by_name(self):
        for query, name in (("status=LOST", "?status"), ("limit=0", "?limit"), ("from=yesterday", "?from"), ("nothing=1", "?nothing")):
            status, answer, _ = call("GET", "/v1/admin/orders?" + query)
            self.assertEqual((status, answer["errors"][0]["pointer"]), (400, name), query)


class Figures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.customer, cls.product = new_id("c-"), new_id("p-")
        seed(products=[(cls.product, 100, 1000)], credits=[(cls.customer, 100_000)])

    def test_counts_are_exact_as_soon_as_the_read_model_is(self):
        before = stats()["orders"]["PAID"]
        for _ in range(3):
            at_rest(place(self.customer, [(self.product, 1)], shipping=SHIPPING, auto_pay=True), "PAID")
        wait_until("the count", lambda: stats()["orders"]["PAID"] == before + 3)

    def test_lag_names_every_group_and_what_is_up(self):
        status, answer, _ = call("GET", "/v1/admin/lag")
        self.assertEqual(status, 200)
        groups = {group["service"]: group for group in answer["groups"]}
        self.assertEqual(set(groups), {"stock", "coupon", "order", "payment", "export", "partner", "timeline"})
        self.assertTrue(all(group["group"] == "jumun-" + service for service, group in groups.items()))

    def test_topics_are_told_with_their_fields_and_ends(self):
        status, answer, _ = call("GET", "/v1/admin/topics")
        self.assertEqual((status, len(answer["topics"]), answer["truncated"]), (200, 27, False))
        topics = {topic["event"]: topic for topic in answer["topics"]}
        listed = topics["ProductListed"]
        self.assertEqual((listed["key"], listed["consumed_by"]), ("product_id", ["stock", "timeline"]))
        field = {field["name"]: field for field in listed["fields"]}["product_id"]
        self.assertTrue(field.pop("description"))
        self.assertEqual(field, {"name": "product_id", "type": "product_id", "json": "string", "required": True})
        self.assertGreaterEqual(sum(partition["end_offset"] for partition in listed["partitions"]), 1)

    def test_the_stream_tells_figures_lag_and_jobs(self):
        conn = http.client.HTTPConnection(HTTP, timeout=30)
        self.addCleanup(conn.close)
        conn.request("GET", "/v1/admin/stream")
        answer = conn.getresponse()
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/event-stream"))
        status, started, _ = call("POST", "/v1/admin/jobs", {"kind": "audit", "by": "test", "reason": "to be told of it"})
        self.assertEqual(status, 202, started)
        name, told = None, {}
        while not {"stats", "lag"} <= set(told) or told.get("job", {}).get("state", "RUNNING") == "RUNNING":
            line = answer.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: ") and (name != "job" or started["job_id"] in line):
                told[name] = json.loads(line[6:])
        self.assertIn("PAID", told["stats"]["orders"])
        self.assertEqual(len(told["lag"]["groups"]), 7)
        self.assertEqual(told["job"]["kind"], "audit")


if __name__ == "__main__":
    unittest.main()
