"""The judge: a true story has no violation, and each lie told into it is found, under its promise."""
import collections
import unittest

import judge
import report
from judge import Decided, Record, Verdict
from shoppers import Promise

GROUP = "jumun-{}".format


class Story:
    """One order, paid at once with one retry, and sent to the partner."""

    def __init__(self):
        self.records, self.decided = [], []
        self.say(None, "OrderRequested", 0, {})
        self.say(None, "ShippingSubmitted", 0, {"revision": 2})
        self.say(None, "PaymentRequested", 0, {"attempt": 1})
        self.say("order", "OrderCreated", 0, {"revision": 1})
        self.say("order", "OrderCreated", 1, {"revision": 2})
        self.say("payment", "PaymentCompleted", 0, {"attempt": 1})
        self.say("order", "OrderPaid", 0, {})
        self.say("export", "PartnerOrder", 0, {"feed_sequence": 1})
        self.promises = [Promise("o-1", "order", 0), Promise("o-1", "shipping", 2), Promise("o-1", "payment", 1)]
        self.shown = {"o-1": ("PAID", True)}

    def say(self, service, topic, offset, body, key="o-1"):
        ce_id = "%s-%s-%d" % (key, topic, offset)
        source = "/jumun/" + (service or "bridge")
        self.records.append(Record(topic, 0, offset, key, source, ce_id, "bytes of " + ce_id, body))
        if service:
            self.decided.append(Decided(service, 0, len(self.decided), 0, topic, key, ce_id, "bytes of " + ce_id))

    def record(self, topic):
        return next(i for i, record in enumerate(self.records) if record.topic == topic)

    def change(self, topic, **fields):
        self.records[self.record(topic)] = self.records[self.record(topic)]._replace(**fields)

    def drop(self, topic):
        self.records = [record for record in self.records if record.topic != topic]

    def verdict(self):
        verdict = Verdict()
        requested = {record.key for record in self.records if record.topic == "OrderRequested"}
        judge.orders_are_known(verdict, {promise.order for promise in self.promises}, requested, self.shown)
        judge.intents_are_answered(verdict, self.promises, self.records)
        judge.repeats_are_identical(verdict, self.records)
        judge.said_is_decided(verdict, self.records, self.decided, {"/jumun/" + s for s in ("order", "payment", "export")})
        judge.decided_is_said(verdict, self.records, self.decided)
        judge.orders_end_once(verdict, self.records)
        judge.partner_gets_what_is_paid(verdict, self.records)
        judge.published_in_order(verdict, self.records, self.decided)
        return verdict


class Lies(unittest.TestCase):
    def setUp(self):
        self.story = Story()

    def broken(self):
        return {promise for promise, found in self.story.verdict().violations.items() if found}

    def test_a_true_story_has_no_violation_and_every_promise_was_asked(self):
        verdict = self.story.verdict()
        self.assertTrue(verdict.is_clean(), dict(verdict.violations))
        self.assertEqual({promise for promise, n in verdict.checks.items() if n}, {"P1", "P6", "P7", "P8", "P11", "P12"})

    def test_repeats_are_no_lie(self):
        for record in list(self.story.records):
            self.story.records.append(record._replace(offset=record.offset + 100))
        self.assertEqual(self.broken(), set())

    def test_an_accepted_order_that_no_topic_has(self):
        self.story.drop("OrderRequested")
        self.assertEqual(self.broken(), {"P1"})

    def test_an_accepted_order_that_does_not_rest_or_is_not_shown(self):
        self.story.shown["o-1"] = ("REQUESTED", False)
        self.assertEqual(self.broken(), {"P1"})
        self.story.shown.clear()
        self.assertEqual(self.broken(), {"P1"})

    def test_an_accepted_payment_that_was_lost_or_never_answered(self):
        self.story.drop("PaymentRequested")
        self.assertEqual(self.broken(), {"P1"})
        self.story = Story()
        self.story.change("PaymentCompleted", body={"attempt": 9})
        self.assertEqual(self.broken(), {"P1"})

    def test_an_accepted_cancel_without_an_answer(self):
        self.story.promises.append(Promise("o-1", "cancel", 0))
        self.story.records.append(Record("CancelRequested", 0, 0, "o-1", "/jumun/bridge", "c", "x", {}))
        self.assertEqual(self.broken(), {"P1"})
        self.story.say("order", "CancelRefused", 0, {})
        self.assertEqual(self.broken(), set())

    def test_a_repeat_with_other_bytes(self):
        twice = self.story.records[self.story.record("OrderPaid")]
        self.story.records.append(twice._replace(offset=7, digest="other bytes"))
        self.assertEqual(self.broken(), {"P12"})

    def test_what_no_transaction_decided(self):
        self.story.decided = [one for one in self.story.decided if one.topic != "PaymentCompleted"]
        self.assertEqual(self.broken(), {"P12"})

    def test_what_was_published_with_other_bytes_than_decided(self):
        self.story.change("PaymentCompleted", digest="other bytes")
        self.assertEqual(self.broken(), {"P12"})

    def test_what_was_decided_and_never_published(self):
        self.story.decided.append(Decided("order", 0, 99, 0, "CancelRefused", "o-1", "never", "bytes"))
        self.assertEqual(self.broken(), {"P11"})

    def test_two_ends(self):
        self.story.say("order", "OrderCancelled", 0, {})
        self.assertEqual(self.broken(), {"P6"})

    def test_paid_and_not_sent_and_sent_and_not_paid(self):
        self.story.say("order", "OrderPaid", 1, {}, key="o-2")
        self.assertEqual(self.broken(), {"P7"})
        self.story = Story()
        self.story.say("export", "PartnerOrder", 1, {"feed_sequence": 2}, key="o-2")
        self.assertEqual(self.broken(), {"P7"})

    def test_a_gap_in_the_feed_and_a_number_twice(self):
        self.story.change("PartnerOrder", body={"feed_sequence": 2})
        self.assertEqual(self.broken(), {"P7"})
        self.story = Story()
        self.story.say("order", "OrderPaid", 1, {}, key="o-2")
        self.story.say("export", "PartnerOrder", 1, {"feed_sequence": 1}, key="o-2")
        self.assertEqual(self.broken(), {"P7"})

    def test_first_published_in_another_order_than_decided(self):
        first, second = [i for i, record in enumerate(self.story.records) if record.topic == "OrderCreated"]
        records = self.story.records
        records[first], records[second] = records[second]._replace(offset=0), records[first]._replace(offset=1)
        self.assertEqual(self.broken(), {"P8"})

    def test_poison_without_a_letter_of_each_consumer(self):
        poison = collections.namedtuple("Poison", "topic key value")("OrderPaid", "k", b"hello")
        consumers = {"OrderPaid": ["export", "timeline"]}
        letters = {("OrderPaid", GROUP(name), judge.digest(b"hello")) for name in consumers["OrderPaid"]}
        kept, lost = Verdict(), Verdict()
        judge.poison_is_kept(kept, [poison], letters, consumers, GROUP)
        self.assertEqual((kept.checks["P9"], kept.is_clean()), (2, True))
        judge.poison_is_kept(lost, [poison], letters - {("OrderPaid", "jumun-export", judge.digest(b"hello"))}, consumers, GROUP)
        self.assertEqual([who for who, _ in lost.violations["P9"]], ["k"])


class Title(unittest.TestCase):
    """A report says "every promise held" where the run ended with status 0, and nowhere else."""

    def test_a_kind_that_never_came_is_no_success(self):
        self.assertEqual(report.outcome(Verdict(), ["cut-broker"]), "incomplete: cut-broker never came")

    def test_a_violation_is_one_whatever_else_was_missing(self):
        verdict = Verdict()
        verdict.check("P1", False, "o-1", "lost")
        self.assertEqual(report.outcome(verdict, ["cut-broker"]), "violations")

    def test_a_promise_that_nothing_was_asked_about_is_not_kept(self):
        verdict = Verdict()
        for promise in list(report.PROMISES)[1:]:
            verdict.check(promise, True, "o-1", "")
        self.assertEqual(report.counts(verdict, collections.Counter({"freeze": 2}), ["cut-broker"]), (12, 2))

    def test_everything_came_and_everything_held(self):
        self.assertEqual(report.outcome(Verdict(), []), "every promise held")


if __name__ == "__main__":
    unittest.main()
