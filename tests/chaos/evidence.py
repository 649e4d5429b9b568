"""What is left when everything is at rest, read once: topics, outboxes, what is shown, the audit's word."""
import base64
import json
import os

import judge
import records
from plan import SERVICES
from stack import BIN, Late, run

OUTBOX = """SET search_path = jumun_%s;
SELECT o.partition, o.batch_no, f.seq, f.topic, encode(f.key, 'escape'), f.ce_id, md5(f.value)
  FROM outbox o CROSS JOIN LATERAL outbox_frames(o.events) f;"""
SHOWN = "SELECT order_id, status, at_rest FROM jumun_timeline.order_shown;"


def sql(conninfo, text):
    done = run(["psql", conninfo + " user=jumun_operator", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1"],
               600, input=text.encode())
    if done.returncode:
        raise Late(done.stderr.decode())
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


def bodies_wanted(topic):
    """A body is kept where a promise asks for its fields."""
    return topic in ("PaymentRequested", "PaymentCompleted", "PaymentFailed", "ShippingSubmitted",
                     "OrderCreated", "PartnerOrder", "DeadLetter")


def read_topic(bootstrap, topic):
    for partition, offset, key, headers, value in records.read(bootstrap, topic):
        ce_id = headers.get("ce_id")
        body = json.loads(value) if ce_id and bodies_wanted(topic) else None
        yield judge.Record(topic, partition, offset, key, headers.get("ce_source"), ce_id,
                           judge.digest((value or "").encode()), body)


def read_outboxes(conninfo):
    for service in SERVICES:
        for partition, batch_no, seq, topic, key, ce_id, value in sql(conninfo, OUTBOX % service):
            yield judge.Decided(service, int(partition), int(batch_no), int(seq), topic, key, ce_id, value)


def shown(conninfo):
    return {order: (status, rests == "t") for order, status, rests in sql(conninfo, SHOWN)}


def compare(env):
    """(rows, differences): `jumun rebuild all --compare`, as an operator runs it."""
    done = run([os.path.join(BIN, "jumun"), "rebuild", "all", "--compare", "--json"], 900, env=env, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    compared = [line for line in lines if "outcome" in line]
    differences = [line for line in lines if "difference" in line]
    if done.returncode != (1 if differences else 0) or len(compared) != len(SERVICES):
        raise Late("jumun rebuild: exit %d: %s%s" % (done.returncode, done.stdout, done.stderr))
    return sum(line["rows"] for line in compared), differences


def audit(env):
    """(figures by way, findings): `jumun audit`, as an operator runs it."""
    done = run([os.path.join(BIN, "jumun"), "audit", "--json"], 900, env=env, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    figures = {line["way"]: line for line in lines if "broken" in line}
    findings = [line for line in lines if "finding" in line]
    if done.returncode not in (0, 1) or not figures or (done.returncode == 1 and not findings):
        raise Late("jumun audit: exit %d: %s%s" % (done.returncode, done.stdout, done.stderr))
    return figures, findings
