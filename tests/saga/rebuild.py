"""Databases are lost under load, and come back from the topics: nobody's last unit, coupon or money changes hands.

What is stopped here is started again by infra/dev up; load is the steady crowd of test_kills.
"""
import ctypes
import json
import os
import signal
import subprocess
import unittest

from support import (BIN, KAFKA, PG, SHIPPING, at_rest, audit, cancel, jumun, new_id, order_id, place, publish, quiesce,
                     run, seed, sql, wait_until)
from test_kills import RUN, Crowd, expect_paid, up

SERVICES = ("stock", "coupon", "order", "payment", "export", "partner", "timeline")


def instances(service):
    return [n for n in os.listdir(os.path.join(RUN, "procs")) if n == service or n.startswith(service + "-")]


def pids(services):
    found = []
    for service in services:
        for name in instances(service):
            with open(os.path.join(RUN, "procs", name), encoding="ascii") as file:
                found.append(int(file.read().split()[0]))
    return found


def is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as file:
            return file.read().split()[2] != "Z"
    except FileNotFoundError:
        return False


def kill(services):
    """As in a crash; returns when they are gone, which their groups learn later."""
    victims = pids(services)
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    wait_until("the processes to be gone", lambda: not any(is_alive(pid) for pid in victims))


def as_admin(text):
    run(["psql", PG + " user=jumun_admin", "-XAtq", "-v", "ON_ERROR_STOP=1"], text)


def drop(services):
    as_admin("".join("DROP SCHEMA jumun_%s CASCADE;" % service for service in services))


def rebuild(*args):
    return jumun("rebuild", *args, check=False)


def swap(what):
    """Members that were killed are in their groups until their sessions end: refused until then."""
    said = []

    def done():
        last = rebuild(what, "--swap")
        said.append(last.stdout + last.stderr)
        assert last.returncode == 0 or "running member" in last.stderr, said[-1]
        return last.returncode == 0
    wait_until("rebuild %s --swap" % what, done, 120)
    return said[-1]


def read_again():
    """A service that was rebuilt reads its inputs from the start: that takes as long as there is much of it."""
    def nothing_left():
        rows = [json.loads(line) for line in jumun("lag", "--json", check=False).stdout.splitlines()]
        return len(rows) == len(SERVICES) and all(row["messages"] == 0 for row in rows)
    wait_until("everything to be read again", nothing_left, 300)


def decided():
    """Who got what, as the services themselves hold it."""
    return (sql("select order_id, state from jumun_stock.hold where state = 'REFUSED' order by 1"),
            sql("select order_id, state, captured_amount from jumun_payment.payment where state <> 'NONE' order by 1"),
            sql("select feed, feed_sequence, order_id from jumun_export.export order by 1, 2"),
            sql("select order_id, tries from jumun_coupon.order_coupon where tries is not null order by 1"),
            sql("select order_id, state, amount, cancel_reason from jumun_order.orders order by 1"))


class Rebuild(unittest.TestCase):
    def setUp(self):
        up()
        self.customer, self.product = new_id("c-"), new_id("p-")
        self.coupon, self.scarce = new_id("k-"), new_id("s-")
        seed(products=[(self.product, 10, 1_000_000), (self.scarce, 10, 1)], credits=[(self.customer, 1_000_000_000)],
             coupons=[{"coupon_code": self.coupon, "discount": 3}])
        self.addCleanup(up)

    def settled_orders(self):
        """Paid with the one coupon; refused it; cancelled; the last unit; without the last unit."""
        first = place(self.customer, [(self.product, 2)], shipping=SHIPPING, auto_pay=True, coupon_code=self.coupon)
        at_rest(first, "PAID")
        second = place(self.customer, [(self.product, 1)], shipping=SHIPPING, auto_pay=True, coupon_code=self.coupon,
                       on_coupon_rejected="continue")
        at_rest(second, "PAID")
        third = place(self.customer, [(self.product, 1)], shipping=SHIPPING)
        cancel(third)
        at_rest(third, "CANCELLED")
        at_rest(place(self.customer, [(self.scarce, 1)], shipping=SHIPPING, auto_pay=True), "PAID")
        at_rest(place(self.customer, [(self.scarce, 1)], shipping=SHIPPING, auto_pay=True), "SOLD_OUT")
        return [first, second]

    def test_all_databases_are_lost_under_load_and_every_order_ends(self):
        self.settled_orders()
        quiesce()
        before = decided()
        crowd = Crowd(self.customer, self.product, shoppers=2)
        try:
            crowd.more_orders()
            kill(SERVICES)
            drop(SERVICES)
            crowd.more_orders(5)  # they are accepted: the bridge needs no database for that
            said = swap("all")
            up()
            crowd.more_orders()
        finally:
            crowd.stop()
        self.assertRegex(said, r"messages, \d+/s")
        read_again()
        quiesce()
        for was, now in zip(before, decided()):
            self.assertEqual(set(map(tuple, was)) - set(map(tuple, now)), set(), "what was decided stays")
        expect_paid(self, crowd.promised)
        audit()
        done = rebuild("all", "--compare")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_live_system_is_what_its_topics_say_and_an_edited_row_is_named(self):
        self.settled_orders()
        quiesce()
        done = rebuild("all", "--compare")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        edit = "update jumun_stock.product set available_units = available_units %s 1, replenished_units =" \
               " replenished_units %s 1 where product_id = '" + self.scarce + "'"
        as_admin(edit % ("+", "+"))
        done = rebuild("stock", "--compare")
        as_admin(edit % ("-", "-"))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("product %s, available_units" % self.scarce, done.stdout)

    def early_requests(self, order):
        """Everything a shopper may ask for; by clients that are nobody's bridge, so without ce_id."""
        mine = {"order_id": order, "customer_id": self.customer}
        publish("CouponSelected", {**mine, "coupon_code": self.coupon})
        publish("ShippingSubmitted", {**mine, "shipping": SHIPPING, "revision": 1})
        publish("PaymentRequested", {**mine, "attempt": 1, "revision": 1}, {**mine, "attempt": 2, "revision": 1})
        publish("CancelRequested", {**mine, "reason": "CUSTOMER"})

    def test_requests_that_came_before_their_order_are_compared_as_well(self):
        """One whose order comes late, one whose order never comes, and a stranger's."""
        late, never, anothers = order_id(), order_id(), order_id()
        for order in (late, never, anothers):
            self.early_requests(order)
        quiesce()
        for order, customer in ((late, self.customer), (anothers, new_id("c-"))):
            publish("OrderRequested", {"order_id": order, "customer_id": customer,
                                       "items": [{"product_id": self.product, "quantity": 1}]})
        at_rest(late, "CANCELLED")
        quiesce()
        self.assertEqual(sql("select count(*) from jumun_timeline.order_early where order_id = '%s'"
                             " and json_array_length(intents) = 5" % never), [["1"]])
        done = rebuild("all", "--compare")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def dry_run(self, service):
        """(lines about tables by table, the last line)"""
        done = rebuild(service, "--dry-run", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {line["table"]: line for line in lines if "table" in line}, lines[-1]

    def test_a_dry_run_tells_what_would_change_and_changes_nothing(self):
        self.settled_orders()
        quiesce()
        before = decided()
        tables, told = self.dry_run("stock")
        for name, line in tables.items():
            rows = sql("select count(*) from jumun_stock." + name)[0][0]
            self.assertEqual((str(line["same"]), line["changed"], line["added"], line["gone"]), (rows, 0, 0, 0), name)
        self.assertEqual(set(tables), {"hold", "product", "replenishment"})
        self.assertEqual(told["differences"], 0)
        edit = "update jumun_stock.product set listed = not listed where product_id = '" + self.scarce + "'"
        lose = "delete from jumun_stock.replenishment where product_id = '" + self.scarce + "'"
        kept = "create table jumun_stock.kept as select * from jumun_stock.replenishment where product_id = '%s'"
        as_admin(kept % self.scarce + ";" + edit + ";" + lose)
        tables, told = self.dry_run("stock")
        as_admin(edit + "; insert into jumun_stock.replenishment select * from jumun_stock.kept;"
                 " drop table jumun_stock.kept")
        self.assertEqual((tables["product"]["changed"], tables["replenishment"]["added"]), (1, 1))
        self.assertEqual(told["differences"], 2)
        self.assertEqual(decided(), before)

    def test_a_dry_run_of_what_is_gone_tells_the_rows_that_a_swap_writes(self):
        """Facts alone: a row that is OPEN, or FENCED by a cancel that came first, was said by nobody and is read again."""
        self.settled_orders()
        quiesce()
        said = sql("select count(*) from jumun_payment.payment where state in ('CAPTURED', 'REFUNDED', 'VOIDED')")[0][0]
        kill(["payment"])
        drop(["payment"])
        tables, told = self.dry_run("payment")
        swapped = swap("payment")
        up()
        quiesce()
        self.assertGreaterEqual(tables["payment"]["added"], int(said))
        self.assertEqual(sum(line["added"] for line in tables.values()), told["rows"])
        self.assertRegex(swapped.replace(",", ""), r"(?m)^payment: rebuilt %d rows from" % told["rows"])
        for line in tables.values():
            self.assertEqual((line["same"], line["changed"], line["gone"]), (0, 0, 0), line["table"])

    def test_a_swap_is_refused_while_the_group_has_members(self):
        done = rebuild("stock", "--swap")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"jumun-stock has \d+ running member")

    def test_one_service_is_rebuilt_while_the_others_run(self):
        self.settled_orders()
        crowd = Crowd(self.customer, self.product, shoppers=2)
        try:
            crowd.more_orders()
            kill(["payment"])
            drop(["payment"])
            swap("payment")
            up()
            crowd.more_orders()
        finally:
            crowd.stop()
        read_again()
        quiesce()
        expect_paid(self, crowd.promised)
        audit()
        done = rebuild("payment", "--compare")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class CutOff(unittest.TestCase):
    def test_a_topic_whose_start_is_cut_off_is_named_and_nothing_is_rebuilt(self):
        """Under a prefix of its own: what is cut off there is missed by nobody."""
        prefix = new_id("cut-") + "."
        env = {**os.environ, "JUMUN_TOPIC_PREFIX": prefix}
        binary = os.path.join(os.environ["JUMUN_BIN"], "jumun")
        subprocess.run([binary, "topics", "create"], env=env, check=True, capture_output=True)
        topic = prefix + "StockReserved"
        run(["kcat", "-b", KAFKA, "-P", "-t", topic, "-p", "0"], "a\nb\n")
        self.cut(topic, 0, 2)
        done = subprocess.run([binary, "rebuild", "stock", "--dry-run"], env=env, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("the start of StockReserved/0 is cut off (it begins at 2)", done.stderr)

    @staticmethod
    def cut(topic, partition, before):
        """Deletes what lies below `before`, as a broker whose retention has passed would."""
        kafka, wrong = ctypes.CDLL("librdkafka.so.1"), ctypes.create_string_buffer(256)
        for name in ("conf_new", "new", "topic_partition_list_new", "topic_partition_list_add", "DeleteRecords_new",
                     "queue_new", "queue_poll"):
            getattr(kafka, "rd_kafka_" + name).restype = ctypes.c_void_p
        conf = ctypes.c_void_p(kafka.rd_kafka_conf_new())
        kafka.rd_kafka_conf_set(conf, b"bootstrap.servers", KAFKA.encode(), wrong, 256)
        client = ctypes.c_void_p(kafka.rd_kafka_new(0, conf, wrong, 256))
        where = ctypes.c_void_p(kafka.rd_kafka_topic_partition_list_new(1))
        kafka.rd_kafka_topic_partition_list_add(where, topic.encode(), partition)
        kafka.rd_kafka_topic_partition_list_set_offset(where, topic.encode(), partition, ctypes.c_int64(before))
        plan = (ctypes.c_void_p * 1)(kafka.rd_kafka_DeleteRecords_new(where))
        queue = ctypes.c_void_p(kafka.rd_kafka_queue_new(client))
        kafka.rd_kafka_DeleteRecords(client, plan, ctypes.c_size_t(1), None, queue)
        event = ctypes.c_void_p(kafka.rd_kafka_queue_poll(queue, 30000))
        assert event.value and kafka.rd_kafka_event_error(event) == 0, "the broker deleted nothing"


if __name__ == "__main__":
    unittest.main()
