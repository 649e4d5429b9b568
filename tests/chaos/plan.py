"""What goes wrong, and when: one seed decides kinds, targets, durations and pauses.

Lanes run side by side and each works through its steps one after the other, so that two brokers are never
down by intent and a failover never meets a database that was stopped a moment before.  A lane's first round
has each of its kinds once, in an order that the seed decides; after that anything may come.
"""
import dataclasses
import random

SERVICES = ("stock", "coupon", "order", "payment", "export", "timeline", "partner")
INSTANCES = 2
BROKERS = 3
DISK_BROKER = 3  # the one whose log lies on a small disk
SESSION_S = 8    # session.timeout.ms of infra/runtime/kafka_config.c

# Where a frozen process does most harm when it wakes; and where one may be killed, by who passes there.
FREEZE_POINTS = ("after_load", "before_commit", "after_commit_before_publish", "event_sent", "after_publish")
KILL_POINTS = ("positions_taken", "after_republish", "batch_collected", "after_decide") + FREEZE_POINTS
BRIDGE_POINTS = ("request_sent", "request_acknowledged")
TOPICS = ("OrderRequested", "StockReserved", "OrderCreated", "PaymentCompleted", "OrderPaid", "PartnerOrder",
          "OrderCancelled", "StockReleased", "PaymentRequested", "ShippingSubmitted", "CancelRequested",
          "ExportAcknowledged", "PaymentFailed")

# kind: (lane, what happens)
KINDS = {
    "kill-service": ("processes", "kill -9 of a consumer"),
    "kill-bridge": ("processes", "kill -9 of a bridge"),
    "kill-at-fault-point": ("processes", "SIGKILL at a named fault point"),
    "freeze": ("processes", "SIGSTOP for longer than the session time-out, then SIGCONT"),
    "freeze-at-fault-point": ("processes", "the same, at a named fault point"),
    "kill-broker": ("brokers", "kill -9 of a broker"),
    "kill-leader": ("brokers", "kill -9 of the leader of a partition"),
    "fill-broker-disk": ("brokers", "no byte left where a broker keeps its log"),
    "stop-database": ("database", "immediate stop of the primary, and start"),
    "fail-over": ("database", "the primary is gone for good, its synchronous standby promoted"),
    "terminate-backends": ("database", "pg_terminate_backend of every connection of the services"),
    "fill-database-disk": ("database", "no byte left where a database keeps its data"),
    "delay-broker": ("network", "every byte from and to the leader of a partition waits"),
    "cut-broker": ("network", "connections to the leader of a partition are reset, new ones too"),
    "lose-broker-acks": ("network", "what the leader of a partition answers is thrown away"),
    "delay-database": ("network", "every byte from and to the primary waits"),
    "cut-database": ("network", "connections to the primary are reset, new ones too"),
    "lose-database-acks": ("network", "what the primary answers is thrown away: commits without an answer"),
    "duplicates": ("records", "records of a topic are published once more, byte for byte"),
    "poison": ("records", "records that are no event are published straight to a topic"),
}
LANES = tuple(dict.fromkeys(lane for lane, _ in KINDS.values()))


@dataclasses.dataclass(frozen=True)
class Step:
    kind: str
    target: str      # a process, a route, a topic, or what the nemesis looks up when it gets there
    hold_s: float    # how long it lasts
    pause_s: float   # before it
    number: int      # which pass, how many milliseconds, records …
    point: str = ""  # fault point


def instances(service):
    return [service] + ["%s-%d" % (service, n) for n in range(2, INSTANCES + 1)]


def consumers():
    return [name for service in SERVICES for name in instances(service)]


def who_passes(point):
    if point in BRIDGE_POINTS:
        return instances("bridge")
    return [name for name in consumers() if point != "event_sent" or not name.startswith("timeline")]


def at_point(chance, points):
    point = chance.choice(points)
    return {"point": point, "target": chance.choice(who_passes(point)), "number": chance.randint(1, 8)}


def topic_partition(chance, partitions=4):
    return "%s/%d" % (chance.choice(TOPICS), chance.randrange(partitions))


def a_broker(chance):
    return "broker-%d" % chance.randint(1, BROKERS)


def longer_than_session(chance):
    return round(chance.uniform(SESSION_S + 2, SESSION_S + 6), 1)


# kind: what is special about it; everything else is drawn alike
DRAWN = {
    "kill-service": lambda c: {"target": c.choice(consumers())},
    "kill-bridge": lambda c: {"target": c.choice(instances("bridge"))},
    "kill-at-fault-point": lambda c: at_point(c, KILL_POINTS + BRIDGE_POINTS),
    "freeze": lambda c: {"target": c.choice(consumers()), "hold_s": longer_than_session(c)},
    "freeze-at-fault-point": lambda c: {**at_point(c, FREEZE_POINTS), "hold_s": longer_than_session(c)},
    "kill-broker": lambda c: {"target": a_broker(c)},
    "kill-leader": lambda c: {"target": topic_partition(c)},
    "fill-broker-disk": lambda c: {"target": "broker-%d" % DISK_BROKER},
    "fill-database-disk": lambda c: {"target": "database"},
    "delay-broker": lambda c: {"target": topic_partition(c), "number": c.randint(50, 800)},
    "cut-broker": lambda c: {"target": topic_partition(c)},
    "lose-broker-acks": lambda c: {"target": topic_partition(c)},
    "delay-database": lambda c: {"target": "primary", "number": c.randint(20, 300)},
    "duplicates": lambda c: {"target": topic_partition(c), "number": c.randint(3, 10)},
    "poison": lambda c: {"target": c.choice(TOPICS), "number": c.randint(1, 4)},
}


def draw(chance, kind):
    common = {"target": "primary", "hold_s": round(chance.uniform(1, 5), 1), "number": 0,
              "pause_s": round(chance.uniform(0.5, 4), 1)}
    return Step(kind=kind, **{**common, **DRAWN.get(kind, lambda c: {})(chance)})


def kinds_of(lane):
    return [kind for kind, (where, _) in KINDS.items() if where == lane]


def lane_steps(seed, lane):
    """Endless; the first len(kinds_of(lane)) steps have each kind once."""
    chance = random.Random("%d %s" % (seed, lane))
    kinds = kinds_of(lane)
    first_round = list(kinds)
    chance.shuffle(first_round)
    for kind in first_round:
        yield draw(chance, kind)
    while True:
        yield draw(chance, chance.choice(kinds))
