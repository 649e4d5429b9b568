"""What an order waits for, and where its events lie, as an operator asks it by HTTP and by the command line."""
import json
import unittest

from support import (SHIPPING, at_rest, call, cancel, events_of, get, jumun, new_id, order_id, place, seed, ship, wait_until)
from test_dead_letters import admin
from test_operator import stopped


def told(order):
    status, answer, _ = call("GET", "/v1/admin/orders/%s/waits" % order)
    assert status == 200, (status, answer)
    return answer


def waits(order):
    return told(order)["waits_for"]


def trace(order):
    status, answer, _ = call("GET", "/v1/admin/orders/%s/events" % order)
    assert status == 200, (status, answer)
    return answer["events"]


class Waits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.customer, cls.product = new_id("c-"), new_id("p-")
        seed(products=[(cls.product, 100, 1000)], credits=[(cls.customer, 100_000)])

    def place(self, **more):
        return place(self.customer, [(self.product, 1)], **more)

    def test_an_order_of_which_nothing_is_open_waits_for_its_shopper(self):
        order = self.place()
        at_rest(order, "RESERVED")
        [wait] = waits(order)
        self.assertEqual((wait["says"], wait["events"], wait["position"]), ("shopper", [], None))
        self.assertEqual(wait["deadline_at"], get(order)["deadline_at"])
        self.assertEqual((told(order)["order_id"], told(order)["at_rest"]), (order, True))

    def test_a_service_that_stands_still_is_named_with_the_place_where_it_stands(self):
        with stopped("payment"):
            order = self.place(shipping=SHIPPING, auto_pay=True)
            wait_until("the order to be sent to payment", lambda: "OrderCreated" in events_of(order))
            [wait] = waits(order)
            self.assertEqual((wait["service"], wait["group"], wait["events"]),
                             ("payment", "jumun-payment", ["PaymentCompleted", "PaymentFailed"]))
            self.assertIn(wait["says"], ("not_read", "no_members"))  # its group has let it go, after six seconds
            cause, position = wait["caused_by"], wait["position"]
            [created] = [event for event in trace(order) if event["event"] == "OrderCreated"]
            self.assertEqual({name: created[name] for name in cause}, cause)
            self.assertEqual(position["behind"], cause["offset"] - position["next_offset"] + 1)
            self.assertGreaterEqual(position["end_offset"], cause["offset"] + 1)
            [line] = jumun("waits", order, "--json").stdout.splitlines()
            said = json.loads(line)
            self.assertEqual((said["order_id"], said["at_rest"]), (order, False))
            self.assertEqual([(one["service"], one["caused_by"]) for one in said["waits_for"]], [("payment", cause)])
        at_rest(order, "PAID")
        wait_until("the partner", lambda: get(order)["export"] == "ACKNOWLEDGED")
        over = {"order_id": order, "at_rest": True, "waits_for": []}
        self.assertEqual(told(order), over)
        self.assertEqual(json.loads(jumun("waits", order, "--json").stdout), over)

    def test_a_coupon_ordered_with_is_owed_by_coupon_and_one_selected_later_by_order(self):
        selected = self.place()
        at_rest(selected, "RESERVED")
        with stopped("coupon"), stopped("order"):
            ordered = self.place(coupon_code=new_id("none-"))
            wait_until("the reservation", lambda: get(ordered)["status"] == "RESERVED")
            status, answer, _ = call("PUT", "/v1/orders/%s/coupon" % selected, {"coupon_code": new_id("none-")})
            self.assertEqual(status, 202, answer)
            wait_until("the code", lambda: "CouponSelected" in events_of(selected))
            for order, service, cause in ((ordered, "coupon", "StockReserved"), (selected, "order", "CouponSelected")):
                [wait] = waits(order)
                self.assertEqual((wait["service"], wait["caused_by"]["event"]), (service, cause))
        at_rest(ordered, "RESERVED")
        at_rest(selected, "RESERVED")

    def test_an_order_placed_with_its_shipping_waits_for_order_and_says_since_when(self):
        with stopped("order"):
            order = self.place(shipping=SHIPPING)
            wait_until("the reservation", lambda: get(order)["status"] == "RESERVED")
            [wait] = waits(order)
            self.assertEqual((wait["events"], wait["service"]), (["OrderCreated"], "order"))
            [reserved] = [event for event in trace(order) if event["event"] == "StockReserved"]
            self.assertEqual((wait["caused_by"]["offset"], wait["since"]), (reserved["offset"], reserved["at"]))
        at_rest(order, "PENDING")

    def test_a_deadline_that_nobody_heeds_is_owed_by_order(self):
        with stopped("order"):
            order = self.place(pay_within_s=1)
            wait_until("the reservation", lambda: get(order)["status"] == "RESERVED")
            [wait] = wait_until("its deadline", lambda: [w for w in waits(order) if w["says"] != "shopper"])
            self.assertEqual((wait["events"], wait["service"]), (["OrderCancelled"], "order"))
            self.assertEqual(wait["since"], get(order)["deadline_at"])
            self.assertTrue(told(order)["at_rest"])
        wait_until("the cancel", lambda: get(order)["status"] == "CANCELLED")

    def test_a_paid_order_waits_for_its_partner(self):
        with stopped("partner"):
            order = self.place(shipping=SHIPPING, auto_pay=True)
            at_rest(order, "PAID")
            wait_until("the export", lambda: "PartnerOrder" in events_of(order))
            [wait] = waits(order)
            self.assertEqual((wait["service"], wait["event"], told(order)["at_rest"]),
                             ("partner", "ExportAcknowledged", True))
        wait_until("the partner", lambda: waits(order) == [])

    def test_compensations_are_waited_for_one_by_one(self):
        order = self.place(shipping=SHIPPING)
        at_rest(order, "PENDING")
        with stopped("stock"), stopped("payment"):
            cancel(order)
            wait_until("the cancel", lambda: get(order)["status"] == "CANCELLED")
            self.assertEqual({(wait["service"], tuple(wait["events"])) for wait in waits(order)},
                             {("stock", ("StockReleased",)), ("payment", ("PaymentVoided", "PaymentRefunded"))})
        wait_until("both to be given back", lambda: waits(order) == [])

    def test_what_is_parked_is_said_to_be(self):
        bad, name = new_id("c-bad-"), new_id("poison_")
        admin("ALTER TABLE jumun_order.orders ADD CONSTRAINT %s CHECK (customer_id <> '%s') NOT VALID" % (name, bad))
        self.addCleanup(admin, "ALTER TABLE jumun_order.orders DROP CONSTRAINT IF EXISTS %s" % name)
        order = place(bad, [(self.product, 1)])
        wait_until("the reservation", lambda: get(order)["status"] == "RESERVED")
        at_rest(self.place(), "RESERVED")  # two that fail alike in a row would rightly stop the service
        ship(order)
        [wait] = wait_until("it to be parked", lambda: [w for w in waits(order) if w["says"] == "parked"])
        self.assertEqual((wait["service"], wait["event"], wait["parked"]), ("order", "OrderCreated", True))
        admin("ALTER TABLE jumun_order.orders DROP CONSTRAINT %s" % name)
        jumun("dead-letters", "redrive", order, "--reason", "mended", "--by", "test")
        at_rest(order, "PENDING")

    def test_every_event_has_its_place_and_its_cause(self):
        order = self.place(shipping=SHIPPING, auto_pay=True)
        at_rest(order, "PAID")
        wait_until("the partner", lambda: get(order)["export"] == "ACKNOWLEDGED")
        events = trace(order)
        self.assertEqual([event["event_id"] for event in events], [event["event_id"] for event in get(order)["timeline"]])
        places = {"%s/%d/%d" % (event["topic"], event["partition"], event["offset"]): event for event in events}
        self.assertEqual(len(places), len(events))
        causes = {event["event"]: places[event["cause"]]["event"] for event in events if event["cause"]}
        self.assertEqual(causes, {"StockReserved": "OrderRequested", "OrderCreated": "StockReserved",
                                  "PaymentCompleted": "OrderCreated", "OrderPaid": "PaymentCompleted",
                                  "PartnerOrder": "OrderPaid", "ExportAcknowledged": "PartnerOrder"})
        self.assertEqual([event["service"] for event in events],
                         ["bridge", "stock", "order", "payment", "order", "export", "partner"])

    def test_an_order_that_nobody_knows_has_neither(self):
        for path in ("waits", "events"):
            status, answer, _ = call("GET", "/v1/admin/orders/%s/%s" % (order_id(), path))
            self.assertEqual((status, answer["code"]), (404, "order_not_found"))


if __name__ == "__main__":
    unittest.main()
