"""The promises, asked of what is left when everything is at rest: topics, tables and the shoppers' memory.

A verdict counts its checks: a promise that nothing was asked about is no promise kept.  Everything here is
a fold over plain values, so that tests can give it a lie and see it found.
"""
import collections
import hashlib

INTENT_TOPICS = {"payment": "PaymentRequested", "shipping": "ShippingSubmitted", "cancel": "CancelRequested"}
ENDS = ("OrderPaid", "OrderCancelled", "StockRejected")
Record = collections.namedtuple("Record", "topic partition offset key source ce_id digest body")
Decided = collections.namedtuple("Decided", "service partition batch_no seq topic key ce_id digest")


def digest(value):
    return hashlib.md5(value).hexdigest()


class Verdict:
    def __init__(self):
        self.checks, self.violations = collections.Counter(), collections.defaultdict(list)

    def check(self, promise, is_kept, who, why):
        self.checks[promise] += 1
        if not is_kept:
            self.violations[promise].append((who, why))

    def is_clean(self):
        return not any(self.violations.values())


# ---- P1: what was promised to shoppers ----------------------------------------------------------

def orders_are_known(verdict, promised, requested, shown):
    """shown: order → (status, is at rest)."""
    for order in sorted(promised):
        verdict.check("P1", order in requested, order, "accepted, and no OrderRequested lies in the topic")
        status, rests = shown.get(order, ("unknown", False))
        verdict.check("P1", rests, order, "accepted, and not at rest: %s" % status)


def intents_are_answered(verdict, promises, records):
    """Each accepted payment, shipping and cancel lies in its topic, and something answers it."""
    sent, answers, ended = set(), set(), set()
    created = collections.Counter()
    for record in records:
        body = record.body
        if record.topic in ("PaymentRequested", "PaymentCompleted", "PaymentFailed"):
            (sent if record.topic == "PaymentRequested" else answers).add((record.key, "payment", body["attempt"]))
        elif record.topic == "ShippingSubmitted":
            sent.add((record.key, "shipping", body["revision"]))
        elif record.topic == "CancelRequested":
            sent.add((record.key, "cancel", 0))
        elif record.topic == "OrderCreated":
            created[record.key] = max(created[record.key], body["revision"])
        elif record.topic == "CancelRefused":
            answers.add((record.key, "cancel", 0))
        if record.topic in ENDS:
            ended.add((record.key, record.topic))
    for promise in sorted(set(promises)):
        order, kind, number = promise
        if kind not in INTENT_TOPICS:
            continue
        verdict.check("P1", (order, kind, number) in sent, order, "accepted %s %d is in no topic" % (kind, number))
        answered = (order, "StockRejected") in ended or (order, kind, number) in answers
        if kind == "cancel":
            answered |= (order, "OrderCancelled") in ended
        if kind == "shipping":
            answered |= created[order] >= number or (order, "OrderCancelled") in ended \
                or (order, "OrderPaid") in ended
        verdict.check("P1", answered, order, "accepted %s %d was never answered" % (kind, number))


# ---- P2, P12: what was said ----------------------------------------------------------------------

def repeats_are_identical(verdict, records):
    """One source and ce_id: the same bytes, however often.  Gives how many repeats there were."""
    first, repeats = {}, 0
    for record in records:
        if record.ce_id is None:
            continue
        known = first.setdefault((record.source, record.ce_id), record)
        if known is record:
            continue
        repeats += 1
        verdict.check("P12", (known.digest, known.topic, known.key) == (record.digest, record.topic, record.key),
                      record.key, "%s %d/%d repeats %s %d/%d with other bytes" % (
                          record.topic, record.partition, record.offset,
                          known.topic, known.partition, known.offset))
    return repeats


def said_is_decided(verdict, records, decided, services):
    """What services published is what their transactions hold, byte for byte.  decided: read after the topics."""
    books = {("/jumun/" + one.service, one.ce_id): one for one in decided}
    seen = set()
    for record in records:
        name = (record.source, record.ce_id)
        if record.source not in services or record.ce_id is None or name in seen:
            continue
        seen.add(name)
        one = books.get(name)
        verdict.check("P12", one is not None and one.digest == record.digest, record.key,
                      "%s %d/%d of %s was decided by no transaction" % (
                          record.topic, record.partition, record.offset, record.source))


def decided_is_said(verdict, records, decided):
    """Nothing is missing in the topics.  decided: read before them, for a deadline may pass at any time."""
    seen = {(record.source, record.ce_id) for record in records}
    for one in decided:
        name = ("/jumun/" + one.service, one.ce_id)
        verdict.check("P11", name in seen, one.key, "%s of %s is in an outbox and in no topic" % (one.topic, name[0]))


# ---- P6, P7, P8 ----------------------------------------------------------------------------------

def orders_end_once(verdict, records):
    ends = collections.defaultdict(set)
    for record in records:
        if record.topic in ENDS:
            ends[record.key].add((record.topic, record.ce_id))
    for order, found in ends.items():
        verdict.check("P6", len(found) == 1, order, "has %d ends: %s" % (
            len(found), ", ".join(sorted(topic for topic, _ in found))))


def partner_gets_what_is_paid(verdict, records):
    paid = {record.key for record in records if record.topic == "OrderPaid"}
    feeds, sent = collections.defaultdict(dict), set()
    for record in records:
        if record.topic != "PartnerOrder":
            continue
        sent.add(record.key)
        number = record.body["feed_sequence"]
        known = feeds[record.partition].setdefault(number, record)
        verdict.check("P7", known.key == record.key and known.digest == record.digest, record.key,
                      "feed %d number %d is order %s as well" % (record.partition, number, known.key))
    for order in paid | sent:
        verdict.check("P7", order in paid and order in sent, order,
                      "paid, not sent" if order in paid else "sent, not paid")
    for partition, numbers in feeds.items():
        for number in range(1, max(numbers) + 1):
            verdict.check("P7", number in numbers, "feed %d" % partition, "number %d is missing" % number)


def published_in_order(verdict, records, decided):
    """First occurrences by service, topic and key stand in the order of decision."""
    first = {}
    for record in records:
        first.setdefault((record.source, record.ce_id), record)
    last = {}
    for one in sorted(decided, key=lambda d: (d.service, d.partition, d.batch_no, d.seq)):
        record = first.get(("/jumun/" + one.service, one.ce_id))
        if record is None:
            continue
        place = (one.service, one.partition, record.topic, record.partition, record.key)
        before = last.get(place, -1)
        verdict.check("P8", record.offset > before, record.key, "%s of %s at %d/%d was decided after %d" % (
            record.topic, one.service, record.partition, record.offset, before))
        last[place] = max(before, record.offset)


# ---- P9 ------------------------------------------------------------------------------------------

def poison_is_kept(verdict, poisoned, letters, consumers, group_of):
    """letters: set of (topic, group, digest of the value).  From every consumer of the topic."""
    for one in poisoned:
        for service in consumers[one.topic]:
            verdict.check("P9", (one.topic, group_of(service), digest(one.value)) in letters, one.key,
                          "%s has no dead letter of its record in %s" % (service, one.topic))
