"""Straight to the topics, past every service: records published once more, and records that are no event."""
import collections
import json
import os
import random
import subprocess
import tempfile
import uuid

from stack import Late, run

SEND_S = 25
Poison = collections.namedtuple("Poison", "topic key value")


def read(bootstrap, topic, where="beginning", timeout_s=600):
    """The records of a topic as (partition, offset, key, headers, value); those without ce_id too."""
    with tempfile.TemporaryFile() as out:  # a topic may be larger than memory likes twice
        args = ["kcat", "-b", bootstrap, "-C", "-t", topic, "-o", where, "-e", "-q", "-J"]
        done = subprocess.run(args, stdout=out, stderr=subprocess.DEVNULL, timeout=timeout_s, check=False)
        if done.returncode:
            raise Late("%s cannot be read" % topic)
        out.seek(0)
        for line in out:
            record = json.loads(line.decode("utf-8", "replace"))
            flat = record.get("headers") or []
            yield (record["partition"], record["offset"], record["key"],
                   dict(zip(flat[0::2], flat[1::2])), record["payload"])


def send(bootstrap, topic, key, value, partition=None, headers=()):
    """True when the broker has acknowledged it."""
    args = ["kcat", "-b", bootstrap, "-P", "-t", topic, "-K", "\t",
            "-X", "message.timeout.ms=%d" % (SEND_S * 1000), "-X", "topic.partitioner=murmur2_random"]
    args += ["-p", str(partition)] if partition is not None else []
    for header in headers:
        args += ["-H", "%s=%s" % header]
    try:
        done = run(args, SEND_S + 10, input=key.encode() + b"\t" + value + b"\n")
    except Late:
        return False
    return done.returncode == 0


def publish_again(bootstrap, topic, partition, count, chance):
    """Some of the latest records of a partition once more, byte for byte: how many were."""
    latest = ["kcat", "-b", bootstrap, "-C", "-t", topic, "-p", str(partition), "-o", "-100", "-e", "-q", "-J"]
    done = run(latest, 30)
    again, lines = 0, [json.loads(line.decode("utf-8", "replace")) for line in done.stdout.splitlines()]
    events = [line for line in lines if "ce_id" in (line.get("headers") or [])]
    for record in chance.sample(events, min(count, len(events))):
        flat = record["headers"]
        again += send(bootstrap, topic, record["key"], record["payload"].encode(), partition,
                      list(zip(flat[0::2], flat[1::2])))
    return again


def poison(topic, chance):
    """A record that can never be an event; its key is new, or a text that is no id at all."""
    key = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    nonce = "%032x" % chance.getrandbits(128)
    bodies = [
        "hello %s" % nonce,
        '{"order_id":"%s","customer_id":"%s"' % (key, nonce),
        '{"order_id":"%s","customer_id":"%s","customer_id":"twice"}' % (key, nonce),
        '{"order_id":"%s","nonce":"%s"}' % (uuid.UUID(int=chance.getrandbits(128), version=4), nonce),
        '{"order_id":"%s","customer_id":"\\ud800%s"}' % (key, nonce),
        '{"order_id":"%s","customer_id":"%s"} trailing' % (key, nonce),
    ]
    return Poison(topic, key, chance.choice(bodies).encode())


def publish_poison(bootstrap, topic, count, seed):
    """What was acknowledged; what was not may be there or not."""
    chance = random.Random(seed)
    made = [poison(topic, chance) for _ in range(count)]
    return [one for one in made if send(bootstrap, one.topic, one.key, one.value)]


def consumers_of(root):
    """topic: who reads it, from schemas/topics.json; a dead letter is expected from each."""
    with open(os.path.join(root, "schemas", "topics.json"), encoding="utf-8") as file:
        listed = json.load(file)["topics"]
    services = ("stock", "coupon", "order", "payment", "export", "timeline", "partner")
    return {topic["event"]: [name for name in topic["consumed_by"] if name in services] for topic in listed}
