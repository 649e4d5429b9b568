"""The stack that is measured: its processes, what they use, and how to wait for it.

JUMUN_RUN and the addresses come from the environment, as `infra/dev up` wrote them."""
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUN = os.environ.get("JUMUN_RUN", os.path.join(ROOT, ".run"))
BIN = os.environ.get("JUMUN_BIN", os.path.join(ROOT, "build", "release", "bin"))
CONSUMERS = ["stock", "coupon", "order", "payment", "export", "timeline", "partner"]
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


# ---- programs

def out(*args):
    done = subprocess.run(args, capture_output=True, text=True)
    if done.returncode:
        sys.exit("%s: exit %d\n%s%s" % (" ".join(args), done.returncode, done.stdout, done.stderr))
    return done.stdout


def load(*args):
    return json.loads(out(os.path.join(BIN, "jumun-load"), *(str(a) for a in args)))


def pg():
    return os.environ["JUMUN_PG"] + " user=jumun_operator"


def sql(text):
    return out("psql", pg(), "-XAtqc", text).strip()


def dev(*args, **settings):
    """infra/dev, for this stack."""
    done = subprocess.run([os.path.join(ROOT, "infra", "dev"), *args], capture_output=True, text=True,
                          env={**os.environ, **{name: str(value) for name, value in settings.items()}})
    if done.returncode:
        sys.exit("infra/dev %s: exit %d\n%s%s" % (" ".join(args), done.returncode, done.stdout, done.stderr))


def adopt_addresses():
    """The addresses of a stack that was made anew."""
    told = out("bash", "-c", '. "$1/env" && env -0', "bash", RUN)
    os.environ.update(line.split("=", 1) for line in told.split("\0") if line.startswith("JUMUN_"))


def restart_all(*options, **settings):
    """A new, empty stack."""
    dev("reset", "--yes")
    dev("up", *options, **settings)
    adopt_addresses()


def audit():
    verdict = subprocess.run([os.path.join(BIN, "jumun"), "audit"], capture_output=True, text=True)
    if verdict.returncode:
        sys.exit("bench: the audit is not green, so there are no figures:\n" + verdict.stdout + verdict.stderr)


# ---- processes

def names():
    return sorted(os.listdir(os.path.join(RUN, "procs")))


def process(name):
    """pid, and the port it listens on."""
    with open(os.path.join(RUN, "procs", name), encoding="ascii") as file:
        pid, _, port = file.read().split()
    return int(pid), int(port)


def is_consumer(name):
    return name.split("-")[0] in CONSUMERS


def stat_of(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
        return file.read().rsplit(")", 1)[1].split()


def is_running(pid):
    try:
        return stat_of(pid)[0] != "Z"
    except OSError:
        return False


def children(pid):
    """The process and everything below it (PostgreSQL's backends)."""
    found = [pid]
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and int(stat_of(int(entry))[1]) == pid:
                found.append(int(entry))
        except OSError:
            pass
    return found


def cpu_s(pid):
    total = 0
    for one in children(pid):
        try:
            total += sum(int(t) for t in stat_of(one)[11:13])  # user and system time of the living
        except OSError:
            pass
    return (total + sum(int(t) for t in stat_of(pid)[13:15])) / TICKS_PER_S  # and of the children that ended


def cpu_since(before):
    """CPU seconds by service since `before`, instances added up; None while one of them is not up yet."""
    used = {}
    try:
        for name in names():
            service = name.split("-")[0]
            used[service] = used.get(service, 0) + cpu_s(process(name)[0]) - before.get(name, 0)
        return used
    except (OSError, ValueError):
        return None


def resident_mib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0


class Memory(threading.Thread):
    """The highest resident size of each process of ours, kept while it runs."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak, self.ended = {}, threading.Event()

    def run(self):
        while not self.ended.wait(0.5):
            for name in names():
                if not is_consumer(name) and name != "bridge":
                    continue
                try:
                    self.peak[name] = max(self.peak.get(name, 0), resident_mib(process(name)[0]))
                except (OSError, ValueError):  # about to start, or already gone
                    pass

    def stop(self):
        self.ended.set()
        self.join()
        return {name: round(mib) for name, mib in sorted(self.peak.items())}


def metric_sums(name, wanted):
    """The sums of a process's metrics over their labels."""
    with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % process(name)[1], timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    sums = dict.fromkeys(wanted, 0.0)
    for line in lines:
        key = line.split("{")[0].split(" ")[0]
        if key in sums:
            sums[key] += float(line.rsplit(" ", 1)[1])
    return sums


def batch_sizes():
    """Events in a batch, on average since each consumer started."""
    found = {}
    for name in filter(is_consumer, names()):
        sums = metric_sums(name, ["jumun_batch_events_sum", "jumun_batch_events_count"])
        found[name] = round(sums["jumun_batch_events_sum"] / max(1, sums["jumun_batch_events_count"]))
    return found


def stop_consumers():
    """As a rolling restart would: SIGTERM, then wait until each has finished its batch and left."""
    pids = [process(name)[0] for name in names() if is_consumer(name)]
    for pid in filter(is_running, pids):
        os.kill(pid, signal.SIGTERM)
    wait_for("the consumers to stop", lambda: not any(map(is_running, pids)), 60)


# ---- waiting

class Watch:
    """One question, asked again and again over one connection: watching must not cost what is measured."""

    def __init__(self, question):
        self.question = question
        self.psql = subprocess.Popen(["psql", pg(), "-XAtqn"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     text=True, bufsize=1)

    def ask(self):
        self.psql.stdin.write(self.question + ";\n")
        self.psql.stdin.flush()
        return self.psql.stdout.readline().strip()

    def close(self):
        self.psql.stdin.close()
        self.psql.wait()


def all_read():
    """Every group has consumed and published everything."""
    done = subprocess.run([os.path.join(BIN, "jumun"), "lag", "--json"], capture_output=True, text=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode == 0 and rows and all(r["messages"] == 0 and r.get("unpublished", 0) == 0 for r in rows)


def wait_for(what, condition, timeout_s=600, pause_s=0.5):
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            sys.exit("bench: waited %d s for %s" % (timeout_s, what))
        time.sleep(pause_s)


def wait_until_quiet(what, condition, sample=lambda: True, timeout_s=1800):
    """Until the read model stands still and the condition, which is dear, holds: the moment it came to stand still,
    and the sample that was taken then, before the condition cost anything."""
    end, before, since, sampled = time.monotonic() + timeout_s, None, 0, None
    watch = Watch("select sum(next_offset) from jumun_timeline.consumer_position")
    while True:
        now = watch.ask()
        if now != before:
            before, since, sampled = now, time.monotonic(), None
        else:
            sampled = sampled or sample()
            if sampled and condition():
                watch.close()
                return since, sampled
        if time.monotonic() > end:
            sys.exit("bench: waited %d s for %s" % (timeout_s, what))
        time.sleep(0.2)


def settle():
    wait_until_quiet("what is on its way", all_read)
