"""chaos.py --seconds N --seed S [--shoppers N] [--report FILE] [--plan]: one run, from nothing to the report.

`infra/dev chaos` calls it with a stack of its own: JUMUN_RUN, JUMUN_BIN (programs with fault points) and
the first port of each sort.  Exit status 0: every kind was injected and every promise held.
"""
import argparse
import datetime
import itertools
import os
import random
import shutil
import subprocess
import sys
import time

import evidence
import judge
import plan
import records
import report
from brokers import Brokers
from database import Databases
from disks import Disk
from nemesis import Nemesis
from shoppers import Crowd, History, Shop
from stack import BIN, ROOT, RUN, Late, Proxy, Services, free_ports, jumun_lag, run, wait_until

REST_S = 60               # P11
REST_S_PER_MESSAGE = 0.01  # and what the backlog takes
BROKER_DISK_MIB, DATABASE_DISK_MIB = 1024, 3072
KAFKA_PORT, PG_PORT, HTTP_PORT = (int(os.environ["JUMUN_%s_PORT" % name]) for name in ("KAFKA", "PG", "HTTP"))
DEV = os.path.join(ROOT, "infra", "dev")


def say(text):
    print(time.strftime("%H:%M:%S ", time.gmtime()) + text, flush=True)


class World:
    """Disks, proxy, servers and services, in the order in which they need each other."""

    def __init__(self):
        place = os.environ["JUMUN_CHAOS_PLACE"]
        os.makedirs(os.path.join(RUN, "logs"), exist_ok=True)
        for folder in ("procs", "kept", "kafka"):
            os.makedirs(os.path.join(RUN, folder), exist_ok=True)
        self.disks = {"broker": Disk(os.path.join(RUN, "kafka", "data-%d" % plan.DISK_BROKER), BROKER_DISK_MIB),
                      "database": Disk(os.path.join(place, "disk"), DATABASE_DISK_MIB)}
        data = [os.path.join(place, "disk", "data"), os.path.join(place, "second", "data")]
        self.start_proxy()
        self.start_servers(data)
        self.brokers = Brokers(["broker-%d" % n for n in range(1, plan.BROKERS + 1)], self.direct)
        say("the standby begins as a copy of the primary")
        self.databases = Databases(*data, self.pg_ports[1])
        self.services = Services(self.env, HTTP_PORT, HTTP_PORT + 120)
        done = run([os.path.join(BIN, "jumun"), "topics", "create"], 60, env={**os.environ, **self.env}, text=True)
        if done.returncode:
            raise Late("the topics cannot be created: " + done.stderr)
        say("two processes of each service and of the bridge start")
        self.services.start()

    def start_proxy(self):
        self.kafka_ports = list(range(KAFKA_PORT, KAFKA_PORT + plan.BROKERS))
        self.pg_ports = free_ports(PG_PORT, 2)
        ports = free_ports(KAFKA_PORT + 30, plan.BROKERS + 3)
        self.advertised, proxied_pg, control = ports[:plan.BROKERS], ports[plan.BROKERS:-1], ports[-1]
        routes = [("broker-%d" % (n + 1), self.advertised[n], self.kafka_ports[n]) for n in range(plan.BROKERS)]
        routes += [("pg-%d" % (n + 1), proxied_pg[n], self.pg_ports[n]) for n in range(2)]
        self.proxy = Proxy(control, routes)
        self.direct = ",".join("127.0.0.1:%d" % port for port in self.kafka_ports)
        self.env = {
            "JUMUN_KAFKA": ",".join("127.0.0.1:%d" % port for port in self.advertised),
            # services ask for a server they can write to by themselves; the bridge reads from either
            "JUMUN_PG": "host=127.0.0.1,127.0.0.1 port=%d,%d dbname=jumun" % tuple(proxied_pg),
            "JUMUN_REPLICATION": str(plan.BROKERS), "JUMUN_LOG_FORMAT": "json"}

    def start_servers(self, data):
        for folder in data:
            os.makedirs(os.path.dirname(folder), exist_ok=True)
            os.makedirs(folder, mode=0o700)
            if os.getuid() == 0:
                shutil.chown(folder, "postgres", "postgres")
                shutil.chown(os.path.dirname(folder), "postgres", "postgres")
        with open(os.path.join(RUN, "kept", "pg_data"), "w", encoding="ascii") as file:
            file.write(data[0] + "\n")
        advertised = " ".join(map(str, self.advertised))
        done = subprocess.run([DEV, "up", "--only", "servers", "--brokers", str(plan.BROKERS)], timeout=300,
                              env={**os.environ, "JUMUN_KAFKA_ADVERTISED_PORTS": advertised,
                                   "JUMUN_PG_PORT": str(self.pg_ports[0])}, check=False)
        if done.returncode:
            raise Late("the servers did not come up")

    def conninfo(self):
        return "host=127.0.0.1 port=%d dbname=jumun" % self.databases.primary.port

    def operator_env(self):
        """As the services have it, but past the proxy to the database."""
        return {**os.environ, **self.env, "JUMUN_PG": self.conninfo()}

    def stop(self):
        for part in ("services", "databases", "brokers"):
            if hasattr(self, part):
                getattr(self, part).stop()
        self.proxy.process.end()


def publish_facts(world, shop):
    for topic, facts in shop.facts().items():
        lines = "".join(evidence.json.dumps(fact) + "\n" for fact in facts)
        done = run([os.path.join(BIN, "jumun"), "publish", topic], 60, input=lines, text=True,
                   env=world.operator_env())
        if done.returncode:
            raise Late("%s cannot be published: %s" % (topic, done.stdout + done.stderr))


def come_to_rest(world, verdict, facts):
    """P11: by itself, within a minute and what its backlog takes."""
    began = time.monotonic()
    backlog = wait_until("lag to be told", lambda: (jumun_lag(world.operator_env()) or 0) + 1, REST_S) - 1
    limit_s = REST_S + backlog * REST_S_PER_MESSAGE
    try:
        wait_until("lag 0 in every group", lambda: all(jumun_lag(world.operator_env()) == 0 for _ in "12"), limit_s)
        rests = True
    except Late:
        rests = False
    took_s = time.monotonic() - began
    verdict.check("P11", rests, "all of it", "lag is %s after %.0f s" % (jumun_lag(world.operator_env()), took_s))
    facts["figures"] += [("backlog when faults ended, messages", backlog),
                         ("at rest after", "%.0f s (limit %.0f s)" % (took_s, limit_s))]
    for name, status, told in world.services.stopped_by_itself:
        verdict.check("P11", False, name, "gave up (exit %s): %s" % (status, told))
    verdict.check("P11", True, "all services", "")


def read_everything(world):
    topics = sorted(records.consumers_of(ROOT))
    return list(itertools.chain.from_iterable(evidence.read_topic(world.direct, topic) for topic in topics))


def judge_all(world, nemesis, history, verdict, facts):
    before = {(one.service, one.ce_id) for one in evidence.read_outboxes(world.conninfo())}
    found = read_everything(world)
    decided = list(evidence.read_outboxes(world.conninfo()))  # deadlines go on passing meanwhile
    shown = evidence.shown(world.conninfo())
    events = [record for record in found if record.ce_id]
    requested = {record.key for record in events if record.topic == "OrderRequested"}
    letters = {(r.body["topic"], r.body["group"], judge.digest(evidence.base64.b64decode(r.body["value"])))
               for r in events if r.topic == "DeadLetter" and r.body.get("value") is not None}
    judge.orders_are_known(verdict, history.orders(), requested, shown)
    judge.intents_are_answered(verdict, history.promises, events)
    for order, why in history.broken:
        verdict.check("P2", False, order, why)
    verdict.checks["P2"] += len(history.keys)
    repeats = judge.repeats_are_identical(verdict, events)
    judge.said_is_decided(verdict, events, decided, {"/jumun/" + name for name in plan.SERVICES})
    judge.decided_is_said(verdict, events, [one for one in decided if (one.service, one.ce_id) in before])
    judge.orders_end_once(verdict, events)
    judge.partner_gets_what_is_paid(verdict, events)
    judge.published_in_order(verdict, events, decided)
    judge.poison_is_kept(verdict, nemesis.poisoned, letters, records.consumers_of(ROOT), "jumun-{}".format)
    facts["figures"] += [("records in the topics", len(found)), ("repeats among them", repeats),
                         ("events in the outboxes", len(decided)),
                         ("of these decided while the topics were read", len(decided) - len(before)),
                         ("poisoned records, acknowledged", len(nemesis.poisoned))]


def audit(world, verdict, facts):
    """P2 to P7 a second time, by the operator's own means."""
    figures, findings = evidence.audit(world.operator_env())
    orders = figures["topics"]["orders"]
    for promise in ("P2", "P3", "P4", "P5", "P6", "P7"):
        verdict.checks[promise] += orders
    for finding in findings:
        verdict.check(finding["finding"], False, finding["key"], "%s: %s" % (finding["way"], finding["detail"]))
    names = ("orders", "paid", "cancelled", "refused", "open", "in_flight", "parked")
    facts["figures"] += [("`jumun audit`: " + name.replace("_", " "), figures["topics"][name]) for name in names]


def compare(world, verdict, facts):
    """P10: what a rebuild would make of the topics is what the tables hold, by the operator's own means."""
    rows, differences = evidence.compare(world.operator_env())
    verdict.checks["P10"] += rows
    for one in differences:
        verdict.check("P10", False, one["key"], "%(service)s: %(table)s %(column)s %(difference)s" % one)
    facts["figures"].append(("`jumun rebuild all --compare`: rows", rows))


def never_injected(nemesis):
    return [kind for kind in plan.KINDS if not nemesis.injected[kind] and kind not in nemesis.impossible]


def one_run(world, options):
    shop, history = Shop(world.services.bridges, random.Random("%d shop" % options.seed)), History()
    publish_facts(world, shop)
    nemesis = Nemesis(options.seed, world.services, world.brokers, world.databases, world.proxy, world.disks)
    crowd = Crowd(shop, history, options.seed, options.shoppers)
    crowd.start()
    say("%d s of chaos, seed %d" % (options.seconds, options.seed))
    nemesis.run(options.seconds)
    say("faults end: %d injected; %d orders accepted" % (sum(nemesis.injected.values()), len(history.orders())))
    nemesis.heal()
    crowd.stop()
    return nemesis, history


def revision_now():
    """Asked before anything starts: of what was built, and not of what somebody committed meanwhile."""
    return run(["git", "-C", ROOT, "rev-parse", "--short=12", "HEAD"], text=True).stdout.strip() or "unknown"


def facts_of(options, history):
    refused = {status: n for status, n in history.statuses.items() if status not in (200, 202)}
    return {"seconds": options.seconds, "seed": options.seed, "shoppers": options.shoppers, "revision": options.revision,
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
            "figures": [("orders accepted (202)", len(history.orders())),
                        ("promises to shoppers, with payments, shippings, cancels", len(history.promises)),
                        ("other answers", ", ".join("%s: %d" % (status or "none", n)
                                                    for status, n in sorted(refused.items())))]}


def judged(world, options, nemesis, history):
    verdict, facts = judge.Verdict(), facts_of(options, history)
    for trouble in nemesis.troubles:
        say("trouble: " + trouble)
    come_to_rest(world, verdict, facts)
    say("at rest; judging")
    judge_all(world, nemesis, history, verdict, facts)
    audit(world, verdict, facts)
    compare(world, verdict, facts)
    missing = never_injected(nemesis)
    facts["outcome"] = report.outcome(verdict, missing)
    path = options.report or os.path.join(ROOT, "docs", "chaos", "seed-%d-%ds.md" % (options.seed, options.seconds))
    with open(path, "w", encoding="utf-8") as file:
        file.write(report.written(facts, verdict, nemesis))
    if not options.report:
        report.index(os.path.dirname(path))
    print(report.kinds_table(nemesis), report.promises_table(verdict), report.violations_list(verdict), sep="\n\n")
    say("%s; the report: %s" % (facts["outcome"], os.path.relpath(path, ROOT)))
    print("%d passed, %d failed" % report.counts(verdict, nemesis.injected, missing))
    return verdict.is_clean() and not missing


def print_plan(seed):
    for lane in plan.LANES:
        for step in itertools.islice(plan.lane_steps(seed, lane), 20):
            print(lane, step.kind, step.target, step.point, step.hold_s, step.pause_s, step.number)


def main():
    parser = argparse.ArgumentParser(prog="infra/dev chaos")
    parser.add_argument("--seconds", type=int, default=180, help="how long faults go on (180)")
    parser.add_argument("--seed", type=int, default=1, help="decides kinds, targets and times (1)")
    parser.add_argument("--shoppers", type=int, default=32, help="how many shop at once (32)")
    parser.add_argument("--report", help="where the report goes, instead of docs/chaos")
    parser.add_argument("--plan", action="store_true", help="print the beginning of the plan, and do nothing")
    options = parser.parse_args()
    if options.plan:
        return print_plan(options.seed)
    options.revision = revision_now()
    world = None
    try:
        world = World()
        nemesis, history = one_run(world, options)
        return 0 if judged(world, options, nemesis, history) else 1
    except Late as trouble:
        say("chaos: %s" % trouble)
        return 1
    finally:
        if world:
            world.stop()


if __name__ == "__main__":
    sys.exit(main())
