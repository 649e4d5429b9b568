"""The audit's SQL against a real server: a healthy shop has no finding, and every way to break one is found.

JUMUN_PG_ADMIN and JUMUN_KAFKA as `. JUMUN_RUN/env` sets them; JUMUN_PROGRAM is the command line.
"""
import json
import unittest

from support import ROOT, Place

place = None
SQL = ROOT / "producers/cli/sql"
STATEMENTS = sorted(SQL.glob("audit_*.sql"))
PROOFS = [file for file in STATEMENTS if file.stem not in ("audit_counts", "audit_same_server")]

PAID = "00000000-0000-7000-8000-00000000000a"
BACK = "00000000-0000-7000-8000-00000000000b"   # captured, cancelled, refunded
SOLD_OUT = "00000000-0000-7000-8000-00000000000c"
OPEN = "00000000-0000-7000-8000-00000000000d"
NOWHERE = "00000000-0000-7000-8000-0000000000ff"

FREE = """
DO $$ DECLARE x record; BEGIN
    FOR x IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
              WHERE connamespace::regnamespace::text LIKE 'jumun\\_%' AND contype <> 'p' LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', x.t, x.conname);
    END LOOP;
    FOR x IN SELECT c.oid::regclass AS t, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
              WHERE c.relnamespace::regnamespace::text LIKE 'jumun\\_%' AND c.relkind = 'r' AND a.attnum > 0
                AND a.attnotnull AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
                                                    AND a.attnum = ANY (i.indkey::int2[])) LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', x.t, x.attname);
    END LOOP;
END $$;
DROP INDEX jumun_coupon.coupon_one_per_order;
"""


def lines(quantity):
    return '[{"product_id": "tea", "quantity": %d, "unit_price": 1000}]' % quantity


HEALTHY = f"""
INSERT INTO jumun_stock.product (product_id, version, listed, revision, unit_price, replenished_units,
                                 available_units, held_units) VALUES ('tea', 1, true, 1, 1000, 10, 7, 3);
INSERT INTO jumun_stock.replenishment VALUES ('r1', 1, 'tea', 4, now()), ('r2', 1, 'tea', 6, now());
INSERT INTO jumun_stock.hold (order_id, version, customer_id, state, reason, items, subtotal) VALUES
    ('{PAID}', 1, 'kim', 'HELD', 'NONE', '{lines(2)}', 2000),
    ('{BACK}', 2, 'lee', 'RELEASED', 'NONE', '{lines(3)}', 3000),
    ('{SOLD_OUT}', 1, 'lee', 'REFUSED', 'SOLD_OUT', '[]', 0),
    ('{OPEN}', 1, 'lee', 'HELD', 'NONE', '{lines(1)}', 1000);
INSERT INTO jumun_coupon.coupon (coupon_code, version, state, customer_id, revision, discount, percent,
                                 minimum_amount, used_by) VALUES
    ('C', 2, 'USED', 'kim', 1, 200, 0, 0, '{PAID}'),
    ('D', 3, 'AVAILABLE', NULL, 1, 200, 0, 0, NULL);
INSERT INTO jumun_coupon.order_coupon VALUES
    ('{PAID}', 1, 'kim', false, '[{{"coupon_code": "C", "outcome": "APPLIED", "reason": "OTHER", "discount": 200}}]'),
    ('{BACK}', 2, 'lee', true, '[{{"coupon_code": "D", "outcome": "RESTORED", "reason": "OTHER", "discount": 200}}]');
INSERT INTO jumun_order.orders (order_id, version, customer_id, state, items, subtotal, discount, amount, coupon_code,
                                created_revision) VALUES
    ('{PAID}', 1, 'kim', 'PAID', '{lines(2)}', 2000, 200, 1800, 'C', 1),
    ('{BACK}', 1, 'lee', 'CANCELLED', '{lines(3)}', 3000, 200, 2800, 'D', 1),
    ('{SOLD_OUT}', 1, 'lee', 'SOLD_OUT', NULL, 0, 0, 0, NULL, 0),
    ('{OPEN}', 1, 'lee', 'PENDING', '{lines(1)}', 1000, 0, 1000, NULL, 1),
    ('{NOWHERE}', 1, NULL, 'NONE', NULL, 0, 0, 0, NULL, 0);
INSERT INTO jumun_payment.balance VALUES ('kim', 1, true, 8200, 10000, 1800), ('lee', 2, true, 10000, 10000, 0);
INSERT INTO jumun_payment.credit VALUES ('k1', 1, 'kim', 4000, now()), ('k2', 1, 'kim', 6000, now()),
                                        ('l1', 1, 'lee', 10000, now());
INSERT INTO jumun_payment.payment (order_id, version, customer_id, state, revision, amount, captured_attempt,
                                   captured_amount, refunded_amount) VALUES
    ('{PAID}', 2, 'kim', 'CAPTURED', 1, 1800, 1, 1800, 0),
    ('{BACK}', 3, 'lee', 'REFUNDED', 1, 2800, 2, 2800, 2800),
    ('{OPEN}', 1, 'lee', 'OPEN', 1, 1000, 0, 0, 0);
INSERT INTO jumun_export.feed VALUES ('0', 1, 1);
INSERT INTO jumun_export.export (order_id, version, customer_id, state, feed, feed_sequence, amount, partner) VALUES
    ('{PAID}', 2, 'kim', 'ACKNOWLEDGED', '0', 1, 1800, 'example-partner');
INSERT INTO jumun_partner.entry (order_id, version, customer_id, state, feed, feed_sequence, amount) VALUES
    ('{PAID}', 1, 'kim', 'ACCEPTED', '0', 1, 1800);
INSERT INTO jumun_timeline.order_view (order_id, version, status) VALUES
    ('{PAID}', 1, 'PAID'), ('{BACK}', 1, 'CANCELLED'), ('{SOLD_OUT}', 1, 'SOLD_OUT'), ('{OPEN}', 1, 'PENDING'),
    ('{NOWHERE}', 1, 'UNKNOWN');
"""

# What is broken by one statement, which file finds it, whom it names, and what it says.
BROKEN = [
    ("UPDATE jumun_stock.product SET available_units = 8", "audit_stock", "tea", "10 replenished, but 8 available"),
    ("UPDATE jumun_stock.product SET available_units = -1, replenished_units = 2", "audit_stock", "tea", "-1 available"),
    ("UPDATE jumun_stock.product SET held_units = 4, available_units = 6", "audit_stock", "tea", "3 held in single rows"),
    ("DELETE FROM jumun_stock.replenishment WHERE replenishment_id = 'r2'", "audit_stock", "tea", "4 replenished"),
    ("DELETE FROM jumun_stock.product", "audit_stock", "tea", "product says 0 and 0"),
    (f"UPDATE jumun_stock.hold SET state = 'RELEASED' WHERE order_id = '{OPEN}'", "audit_stock", "tea", "2 held in single"),
    (f"UPDATE jumun_stock.hold SET subtotal = 1 WHERE order_id = '{BACK}'", "audit_stock", BACK, "sum of its lines"),
    (f"UPDATE jumun_stock.hold SET state = 'RELEASED' WHERE order_id = '{PAID}'", "audit_stock_across", PAID, "RELEASED"),
    (f"UPDATE jumun_stock.hold SET state = 'HELD' WHERE order_id = '{BACK}'", "audit_stock_across", BACK, "HELD"),
    (f"DELETE FROM jumun_stock.hold WHERE order_id = '{OPEN}'", "audit_stock_across", OPEN, "not held"),
    (f"UPDATE jumun_order.orders SET subtotal = 1 WHERE order_id = '{OPEN}'", "audit_stock_across", OPEN, "subtotals"),
    (f"UPDATE jumun_order.orders SET items = '{lines(9)}' WHERE order_id = '{PAID}'", "audit_stock_across", PAID, "lines"),
    ("UPDATE jumun_coupon.coupon SET state = 'AVAILABLE', used_by = NULL WHERE coupon_code = 'C'", "audit_coupon", "C",
     "it says AVAILABLE"),
    (f"UPDATE jumun_coupon.coupon SET used_by = '{OPEN}' WHERE coupon_code = 'C'", "audit_coupon", "C", "no redemption"),
    (f"UPDATE jumun_coupon.coupon SET state = 'USED', used_by = '{BACK}' WHERE coupon_code = 'D'", "audit_coupon", "D",
     "no redemption"),
    ("UPDATE jumun_coupon.order_coupon SET tries = replace(tries::text, '\"D\"', '\"C\"')::jsonb;"
     "UPDATE jumun_coupon.order_coupon SET tries = replace(tries::text, 'RESTORED', 'APPLIED')::jsonb", "audit_coupon",
     "C", "on 2 live orders"),
    ("UPDATE jumun_coupon.order_coupon SET tries = replace(tries::text, 'RESTORED', 'APPLIED')::jsonb", "audit_coupon",
     BACK, "still applied"),
    ("UPDATE jumun_coupon.order_coupon SET tries = tries || replace(tries::text, '\"C\"', '\"D\"')::jsonb", "audit_coupon",
     PAID, "has 2 coupons"),
    ("UPDATE jumun_coupon.coupon SET customer_id = 'lee' WHERE coupon_code = 'C'", "audit_coupon", PAID, "customer lee"),
    ("DELETE FROM jumun_coupon.coupon WHERE coupon_code = 'C'", "audit_coupon", "C", "nothing"),
    (f"DELETE FROM jumun_coupon.order_coupon WHERE order_id = '{PAID}'", "audit_coupon_across", PAID, "coupon has none"),
    ("UPDATE jumun_coupon.order_coupon SET tries = replace(tries::text, '200', '199')::jsonb", "audit_coupon_across", PAID,
     "199"),
    ("UPDATE jumun_coupon.order_coupon SET tries = replace(tries::text, 'RESTORED', 'APPLIED')::jsonb",
     "audit_coupon_across", BACK, "still on it"),
    ("UPDATE jumun_payment.balance SET balance = 8201 WHERE customer_id = 'kim'", "audit_money", "kim", "8201 left"),
    ("UPDATE jumun_payment.balance SET balance = -1, credited = 1799 WHERE customer_id = 'kim'", "audit_money", "kim",
     "-1 left"),
    ("UPDATE jumun_payment.balance SET captured = 1900, balance = 8100 WHERE customer_id = 'kim'", "audit_money", "kim",
     "1800 captured in single rows"),
    ("DELETE FROM jumun_payment.credit WHERE credit_id = 'k1'", "audit_money", "kim", "6000 credited"),
    ("DELETE FROM jumun_payment.balance WHERE customer_id = 'kim'", "audit_money", "kim", "says 0 and 0"),
    (f"UPDATE jumun_payment.payment SET captured_amount = 1700 WHERE order_id = '{PAID}'", "audit_money", PAID, "1700"),
    (f"UPDATE jumun_payment.payment SET refunded_amount = 2700 WHERE order_id = '{BACK}'", "audit_money", BACK, "2700"),
    (f"UPDATE jumun_payment.payment SET captured_amount = 5 WHERE order_id = '{OPEN}'", "audit_money", OPEN, "OPEN"),
    (f"UPDATE jumun_payment.payment SET refunded_amount = 1800 WHERE order_id = '{PAID}'", "audit_money_across", PAID,
     "1800 is due, 0 stands"),
    (f"UPDATE jumun_payment.payment SET refunded_amount = 0 WHERE order_id = '{BACK}'", "audit_money_across", BACK,
     "0 is due, 2800 stands"),
    (f"UPDATE jumun_payment.payment SET state = 'OPEN' WHERE order_id = '{BACK}'", "audit_money_across", BACK, "OPEN"),
    (f"DELETE FROM jumun_payment.payment WHERE order_id = '{PAID}'", "audit_money_across", PAID, "0 stands"),
    (f"DELETE FROM jumun_order.orders WHERE order_id = '{PAID}'", "audit_money_across", PAID, "NONE: 0 is due"),
    (f"UPDATE jumun_payment.payment SET customer_id = 'lee' WHERE order_id = '{PAID}'", "audit_money_across", PAID, "lee paid"),
    (f"UPDATE jumun_order.orders SET discount = 100 WHERE order_id = '{PAID}'", "audit_money_across", PAID, "less discount"),
    (f"UPDATE jumun_order.orders SET state = 'NONE' WHERE order_id = '{OPEN}'", "audit_end_across", OPEN, "does not know"),
    (f"DELETE FROM jumun_order.orders WHERE order_id = '{SOLD_OUT}'", "audit_end_across", SOLD_OUT, "does not know"),
    (f"UPDATE jumun_order.orders SET state = 'RESERVED' WHERE order_id = '{SOLD_OUT}'", "audit_end_across", SOLD_OUT,
     "stock says REFUSED"),
    (f"UPDATE jumun_order.orders SET state = 'SOLD_OUT' WHERE order_id = '{PAID}'", "audit_end_across", PAID, "stock says HELD"),
    (f"UPDATE jumun_timeline.order_view SET status = 'PENDING' WHERE order_id = '{PAID}'", "audit_end_across", PAID,
     "read model shows PENDING"),
    (f"DELETE FROM jumun_timeline.order_view WHERE order_id = '{OPEN}'", "audit_end_across", OPEN, "shows nothing"),
    ("UPDATE jumun_export.feed SET last_sequence = 2", "audit_export", "0", "counter says 2"),
    ("UPDATE jumun_export.export SET feed_sequence = 2", "audit_export", "0", "numbered 2 to 2"),
    ("DELETE FROM jumun_export.export", "audit_export", "0", "0 orders"),
    ("DELETE FROM jumun_export.export", "audit_export_across", PAID, "not sent"),
    (f"UPDATE jumun_order.orders SET state = 'CANCELLED' WHERE order_id = '{PAID}'", "audit_export_across", PAID, "but sent"),
    ("UPDATE jumun_export.export SET amount = 1", "audit_export_across", PAID, "sent as 1"),
    ("UPDATE jumun_partner.entry SET feed_sequence = 2", "audit_export_across", PAID, "partner has 0/2"),
    (f"UPDATE jumun_partner.entry SET order_id = '{OPEN}'", "audit_export_across", OPEN, "partner has"),
    ("DELETE FROM jumun_partner.entry", "audit_export_across", PAID, "does not have it"),
]


def setUpModule():
    global place
    place = Place("audit_test")
    place.make_database()
    place.psql(FREE)
    place.psql(HEALTHY)


def tearDownModule():
    place.drop_database()


def psql(text, user="jumun_admin"):
    return place.psql(text, user)


class Statements(unittest.TestCase):
    def test_an_operator_may_run_them_all_and_a_healthy_shop_has_no_finding(self):
        for file in STATEMENTS:
            with self.subTest(file=file.name):
                found = psql(file.read_text(), "jumun_operator")
                if file in PROOFS:
                    self.assertEqual(found, "")

    def test_figures_count_what_is_there(self):
        self.assertEqual(psql((SQL / "audit_counts.sql").read_text(), "jumun_operator"), "4|1|1|1|1|0|1|2|2|1")

    def test_every_proof_is_broken_by_something(self):
        self.assertEqual({file.stem for file in PROOFS}, {stem for _, stem, _, _ in BROKEN})

    def test_whatever_breaks_a_promise_is_found_and_named(self):
        for broken, stem, key, says in BROKEN:
            with self.subTest(broken=broken):
                found = psql("BEGIN;\n%s;\n%s;\nROLLBACK;" % (broken, (SQL / (stem + ".sql")).read_text()))
                named = [line for line in found.splitlines() if line.split("|")[1] == key]
                self.assertTrue(any(says in line for line in named), found or "nothing was found")

    def test_an_order_that_a_service_keeps_aside_is_not_judged_across_services(self):
        park = ("INSERT INTO jumun_order.parked (key_kind, key, topic, partition, record_offset, recorded_at, headers,"
                " reason, detail) VALUES ('order', '%s', 'OrderPaid', 0, 0, now(), '[]', 'x', 'x')")
        for broken, stem, key, says in BROKEN:
            if not stem.endswith("_across") or not broken.startswith("DELETE"):
                continue
            with self.subTest(broken=broken):
                found = psql("BEGIN;\n%s;\n%s;\n%s;\nROLLBACK;" % (
                    broken, park % key, (SQL / (stem + ".sql")).read_text()))
                self.assertFalse([line for line in found.splitlines() if says in line], found)


class Program(unittest.TestCase):
    """The whole way, with topics of its own that are empty."""

    def jumun(self, *words):
        return place.jumun(*words)

    @classmethod
    def setUpClass(cls):
        made = place.jumun("topics", "create")
        assert made.returncode == 0, made.stderr

    def broken(self, statement, undo):
        psql(statement)
        self.addCleanup(psql, undo)

    def test_a_healthy_shop_ends_with_0(self):
        done = self.jumun("audit", "--tables")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertIn("4 orders: 1 paid, 1 cancelled, 1 refused, 1 open", done.stdout)

    def test_what_one_service_breaks_ends_with_1_and_is_named(self):
        self.broken("UPDATE jumun_stock.product SET available_units = 8",
                    "UPDATE jumun_stock.product SET available_units = 7")
        done = self.jumun("audit", "--tables")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"P3 stock +✗ BROKEN 1×")
        self.assertRegex(done.stdout, r"tables +P3 stock +product +tea +10 replenished, but 8 available")

    def test_what_two_services_break_is_looked_at_twice_and_named(self):
        self.broken("DELETE FROM jumun_export.export; DELETE FROM jumun_export.feed; DELETE FROM jumun_partner.entry",
                    "INSERT INTO jumun_export.feed VALUES ('0', 1, 1);"
                    "INSERT INTO jumun_export.export (order_id, version, customer_id, state, feed, feed_sequence, amount,"
                    f" partner) VALUES ('{PAID}', 2, 'kim', 'ACKNOWLEDGED', '0', 1, 1800, 'example-partner');"
                    "INSERT INTO jumun_partner.entry (order_id, version, customer_id, state, feed, feed_sequence, amount)"
                    f" VALUES ('{PAID}', 1, 'kim', 'ACCEPTED', '0', 1, 1800)")
        done = self.jumun("audit", "--tables", "--json")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('"finding":"P7","way":"tables","subject":"order","key":"%s"' % PAID, done.stdout)

    def test_a_service_that_stands_still_leaves_it_unproven(self):
        self.broken("UPDATE jumun_order.orders SET state = 'RESERVED' WHERE order_id = '%s';"
                    "INSERT INTO jumun_order.consumer_position VALUES"
                    " ('StockReserved', 0, gen_random_uuid(), 5, 4)" % SOLD_OUT,
                    "UPDATE jumun_order.orders SET state = 'SOLD_OUT' WHERE order_id = '%s';"
                    "DELETE FROM jumun_order.consumer_position" % SOLD_OUT)
        done = self.jumun("audit", "--tables", "--wait-s", "1")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"P6 one end +\? not proven")
        self.assertNotIn("BROKEN", done.stdout)

    def test_tables_and_topics_that_differ_are_told(self):
        """Nothing is in the topics: they prove nothing wrong, but the tables say otherwise."""
        done = self.jumun("audit")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"differ +P3 stock +product +tea +replenished: 10 in the tables, 0 from the topics")
        self.assertRegex(done.stdout, r"differ +P5 money +customer +kim +credited: 10000 in the tables, 0 from the topics")
        self.assertRegex(done.stdout, r"differ +P4 coupons +coupon +C +used by %s in the tables, by nobody" % PAID)
        self.assertRegex(done.stdout, r"differ +P6 one end +order +%s +PAID in the tables, unknown" % PAID)


class Topics(unittest.TestCase):
    """Real topics with a history told by hand, and positions that say who has seen it."""

    def jumun(self, *words, stdin=""):
        return place.jumun(*words, topics="told.", stdin=stdin)

    def say(self, topic, **fields):
        done = self.jumun("publish", topic, "--no-wait", stdin=json.dumps(fields))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_missing_effects_are_found_when_their_service_is_past_and_contradictions_at_once(self):
        self.assertEqual(self.jumun("topics", "create").returncode, 0)
        order = {"order_id": PAID, "customer_id": "kim"}
        self.say("OrderRequested", **order, items=[{"product_id": "tea", "quantity": 2}])
        self.say("StockReserved", **order, items=json.loads(lines(2)), subtotal=2000, deadline_at="2026-11-22T09:00:00Z")
        self.say("OrderCancelled", **order, reason="CUSTOMER", revision=0, coupon_codes=[])
        self.say("StockReplenished", replenishment_id="r", product_id="tea", quantity=1)

        done = self.jumun("audit", "--topics")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("1 orders: 0 paid, 0 cancelled, 0 refused, 0 open; 1 on their way", done.stdout)

        psql("INSERT INTO jumun_stock.consumer_position SELECT topic, partition, gen_random_uuid(), 9, 9"
             "  FROM unnest(ARRAY['OrderRequested', 'OrderCancelled']) AS topic, generate_series(0, 3) AS partition")
        self.addCleanup(psql, "DELETE FROM jumun_stock.consumer_position")
        done = self.jumun("audit", "--topics")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"topics +P3 stock +order +%s +cancelled, but its stock was not given back" % PAID)
        self.assertRegex(done.stdout, r"topics +P3 stock +product +tea +1 replenished, but 2 held")

        self.say("StockReleased", **order, items=[{"product_id": "tea", "quantity": 2}])
        self.assertEqual(self.jumun("audit", "--topics").returncode, 0)
        self.say("StockRejected", **order, reason="SOLD_OUT", lines=[{"product_id": "tea", "requested": 2, "available": 1}])
        done = self.jumun("audit", "--topics")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"topics +P6 one end +order +%s +both reserved and rejected" % PAID)


if __name__ == "__main__":
    unittest.main()
