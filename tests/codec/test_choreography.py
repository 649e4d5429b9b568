"""The choreography against the contract's table, written down a second time, and asyncapi.yaml."""
import re
import unittest

import codec
import model

# event | key | published by | consumed by | members; ? optional.  The order is that of enum event_type.
CONTRACT = """
OrderRequested    | order_id | bridge | stock timeline | order_id customer_id items coupon_code? shipping? auto_pay? on_coupon_rejected? on_payment_failure? expected_amount? pay_within_s? request_digest?
CouponSelected    | order_id | bridge | order timeline | order_id customer_id coupon_code
ShippingSubmitted | order_id | bridge | order timeline | order_id customer_id shipping revision coupon_code?
PaymentRequested  | order_id | bridge | payment timeline | order_id customer_id attempt revision expected_amount?
CancelRequested   | order_id | bridge | order timeline | order_id customer_id reason
StockReserved     | order_id | stock | coupon order timeline | order_id customer_id items subtotal deadline_at coupon_code? shipping? auto_pay? on_coupon_rejected? on_payment_failure? expected_amount? request_digest?
StockRejected     | order_id | stock | order timeline | order_id customer_id reason lines
StockReleased     | order_id | stock | order timeline | order_id customer_id items
CouponRequested   | order_id | order | coupon timeline | order_id customer_id coupon_code subtotal
CouponApplied     | order_id | coupon | order timeline | order_id customer_id coupon_code discount
CouponRejected    | order_id | coupon order | order timeline | order_id customer_id coupon_code reason
CouponRestored    | order_id | coupon | order timeline | order_id customer_id coupon_code
OrderCreated      | order_id | order | payment timeline | order_id customer_id revision items subtotal discount amount coupon_code? shipping auto_pay on_payment_failure expected_amount? deadline_at
PaymentCompleted  | order_id | payment | order timeline | order_id customer_id attempt revision amount
PaymentFailed     | order_id | payment | order timeline | order_id customer_id attempt revision amount? reason
PaymentRefunded   | order_id | payment | order timeline | order_id customer_id amount reason
PaymentVoided     | order_id | payment | timeline | order_id customer_id
OrderPaid         | order_id | order | export timeline | order_id customer_id revision items subtotal discount amount coupon_code? shipping paid_at
OrderCancelled    | order_id | order | stock coupon payment timeline | order_id customer_id reason revision coupon_codes
CancelRefused     | order_id | order | timeline | order_id customer_id reason
PartnerOrder      | order_id | export | partner timeline | order_id feed_sequence customer_id items subtotal discount amount currency coupon_code? shipping paid_at
ExportAcknowledged | order_id | partner | export timeline | order_id feed_sequence partner
ProductListed     | product_id | cli | stock timeline | product_id name unit_price revision?
StockReplenished  | product_id | cli | stock timeline | replenishment_id product_id quantity
CouponIssued      | coupon_code | cli | coupon timeline | coupon_code customer_id? discount? percent? minimum_amount? expires_at? revision?
BalanceCredited   | customer_id | cli bridge | payment timeline | credit_id customer_id amount
"""

REASONS = {
    "stock_rejected_reason": "CANCELLED UNKNOWN_PRODUCT AMOUNT_TOO_LARGE SOLD_OUT",
    "coupon_rejected_reason": "CANCELLED TOO_LATE ANOTHER_APPLIED UNKNOWN NOT_YOURS ALREADY_USED "
                              "EXPIRED BELOW_MINIMUM",
    "payment_failed_reason": "CANCELLED ALREADY_PAID AMOUNT_CHANGED UNKNOWN_CUSTOMER "
                             "INSUFFICIENT_BALANCE",
    "order_cancelled_reason": "CUSTOMER OPERATOR PAYMENT_FAILED DEADLINE",
    "payment_refunded_reason": "CUSTOMER OPERATOR PAYMENT_FAILED DEADLINE",
    "cancel_refused_reason": "ALREADY_PAID ALREADY_CANCELLED SOLD_OUT",
    "cancel_requested_reason": "CUSTOMER OPERATOR",
}

LIMITS = {"quantity": (1, 1000000), "money": (0, 9007199254740991), "percent": (1, 100),
          "attempt": (1, 100), "revision": (1, 1000), "last_revision": (0, 1000),
          "order_lines": (1, 100), "priced_lines": (1, 100), "short_lines": (0, 100),
          "coupon_codes": (0, 20), "recipient": (0, 100), "address": (0, 500), "contact": (0, 50),
          "product_name": (0, 200)}


class Choreography(unittest.TestCase):
    def setUp(self):
        self.model = model.Model(codec.SCHEMAS)

    def test_topics_and_members_are_those_of_the_contract(self):
        rows = [line.split("|") for line in CONTRACT.strip().splitlines()]
        events = [event for event in self.model.events if event.has_codec and not event.is_internal]
        self.assertEqual([row[0].strip() for row in rows], [event.name for event in events])
        for (name, key, publishers, consumers, members), event in zip(rows, events):
            with self.subTest(event=name.strip()):
                self.assertEqual(key.strip(), event.topic["key"])
                self.assertEqual(publishers.split(), event.topic["published_by"])
                self.assertEqual(consumers.split(), event.topic["consumed_by"])
                expected = sorted(members.split())
                self.assertEqual(expected, sorted(field.name + "?" * (not field.required)
                                                  for field in event.fields))

    def test_reasons_are_those_of_the_contract_in_its_order(self):
        for name, values in REASONS.items():
            kind = self.model.types[name]
            self.assertTrue(kind.is_open, name)
            self.assertEqual(kind.values, ["OTHER"] + values.split(), name)

    def test_limits_are_those_of_the_contract(self):
        for name, (low, high) in LIMITS.items():
            kind = self.model.types[name]
            self.assertEqual((kind.minimum, kind.maximum), (low, high), name)

    def test_dead_letter_and_the_timer_are_the_only_special_ones(self):
        self.assertEqual([event.name for event in self.model.events if not event.has_codec],
                         ["DeadLetter"])
        self.assertEqual([event.name for event in self.model.events if event.is_internal],
                         ["OrderDeadlinePassed"])

    def test_whatever_is_published_is_consumed_and_the_reverse(self):
        services = set(self.model.parties) - {"bridge", "cli", "operator"}
        for event in self.model.events:
            self.assertTrue(event.topic["consumed_by"] and event.topic["published_by"], event.name)
            if event.has_codec and not event.is_internal:
                self.assertIn("timeline", event.topic["consumed_by"], event.name)
        for service in services:
            self.assertTrue(any(service in e.topic["consumed_by"] for e in self.model.events))


class AsyncApi(unittest.TestCase):
    def setUp(self):
        self.text = (codec.SCHEMAS / "asyncapi.yaml").read_text("utf-8")

    def test_the_document_is_up_to_date(self):
        import asyncapi
        self.assertEqual(self.text, asyncapi.asyncapi_yaml(model.Model(codec.SCHEMAS)),
                         "run: python3 schemas/codegen asyncapi schemas/asyncapi.yaml")

    def test_it_is_yaml_whose_references_all_resolve(self):
        import yaml
        document = yaml.safe_load(self.text)
        references = re.findall(r'"\$ref": "([^"]+)"', self.text)
        self.assertGreater(len(references), 200)
        for reference in references:
            if reference.startswith("./"):
                self.assertTrue((codec.SCHEMAS / reference).exists(), reference)
                continue
            part = document
            for step in reference.removeprefix("#/").split("/"):
                part = part[step]

    def test_channels_and_operations_tell_the_choreography(self):
        import yaml
        document = yaml.safe_load(self.text)
        events = [e for e in model.Model(codec.SCHEMAS).events if not e.is_internal]
        self.assertEqual(list(document["channels"]), [event.name for event in events])
        self.assertEqual(len(document["operations"]), sum(
            len(e.topic["published_by"]) + len(e.topic["consumed_by"]) for e in events))
        self.assertEqual(document["operations"]["stock-sends-StockReserved"]["action"], "send")
        self.assertEqual(document["operations"]["stock-receives-OrderCancelled"]["action"], "receive")


if __name__ == "__main__":
    unittest.main()
