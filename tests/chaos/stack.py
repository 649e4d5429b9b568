"""Everything that runs, as processes that may be killed, frozen, filled up and started again.

Brokers and the first database come up by infra/dev; what they were started with is read from the kernel,
so that each is started again as it was.  The rest is started here.  Each is told in JUMUN_RUN/procs as
infra/dev tells it: `infra/dev down` ends whatever a run left behind.
"""
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

from plan import INSTANCES, SERVICES, instances

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUN = os.environ["JUMUN_RUN"]
BIN = os.environ["JUMUN_BIN"]
LIVES_AT_LEAST_S = 1.0  # a supervisor's patience before it starts something again


class Late(Exception):
    """A condition did not come true in time."""


def wait_until(what, condition, timeout_s, every_s=0.1):
    """A condition that cannot be asked (Late) is not true yet."""
    end = time.monotonic() + timeout_s
    while True:
        try:
            seen = condition()
        except Late:
            seen = None
        if seen:
            return seen
        if time.monotonic() > end:
            raise Late("waited %.0f s for %s" % (timeout_s, what))
        time.sleep(every_s)


def run(args, timeout_s=60, **more):
    """Late when it does not end in time: a server that is away keeps a client as long as it likes."""
    try:
        return subprocess.run(args, capture_output=True, timeout=timeout_s, **more)
    except subprocess.TimeoutExpired:
        raise Late("%s did not end within %d s" % (os.path.basename(args[0]), timeout_s)) from None


def free_ports(first, count):
    """So many ports from `first` on that nobody listens on."""
    found, port = [], first
    while len(found) < count:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                found.append(port)
            except OSError:
                pass
        port += 1
    return found


def stat_of(pid):
    """State letter and start time of a process; None when it is gone or only not buried yet."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
            words = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if words[0] in "ZX" else (words[0], words[19])


class Process:
    def __init__(self, name, args, port, env=None):
        self.name, self.args, self.port, self.env = name, args, port, env
        self.child, self.pid, self.ticks = None, None, None
        self.is_held = False  # by the nemesis: nobody else starts it
        self.turn = threading.Lock()

    @classmethod
    def adopt(cls, name, args=None):
        """One that infra/dev has started."""
        with open(os.path.join(RUN, "procs", name), encoding="ascii") as file:
            pid, ticks, port = file.read().split()
        if args is None:
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                args = [word.decode() for word in file.read().split(b"\0")[:-1]]
        process = cls(name, args, int(port))
        process.pid, process.ticks = int(pid), ticks
        return process

    def start(self, **extra_env):
        log = open(os.path.join(RUN, "logs", self.name + ".log"), "ab")
        env = None if self.env is None and not extra_env else {**(self.env or os.environ), **extra_env}
        self.child = subprocess.Popen(self.args, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env,
                                      cwd="/", start_new_session=True)
        log.close()
        self.pid, (_, self.ticks) = self.child.pid, stat_of(self.child.pid) or ("?", "0")
        with open(os.path.join(RUN, "procs", self.name), "w", encoding="ascii") as file:
            file.write("%d %s %d\n" % (self.pid, self.ticks, self.port))

    def state(self):
        """R, S, T (frozen) …; None: not running."""
        if self.child:
            self.child.poll()
        stat = stat_of(self.pid) if self.pid else None
        return stat[0] if stat and stat[1] == self.ticks else None

    def is_alive(self):
        return self.state() is not None

    def send(self, number):
        if self.is_alive():
            os.kill(self.pid, number)

    def end(self, number=signal.SIGKILL, timeout_s=20):
        """Signalled, woken when it is frozen, and gone when this returns."""
        self.send(number)
        if number != signal.SIGKILL:
            self.send(signal.SIGCONT)
        try:
            wait_until("the end of " + self.name, lambda: not self.is_alive(), timeout_s, 0.02)
        except Late:
            self.send(signal.SIGKILL)
            wait_until("the end of " + self.name, lambda: not self.is_alive(), timeout_s, 0.02)

    def log_size(self):
        return os.path.getsize(os.path.join(RUN, "logs", self.name + ".log"))

    def log_since(self, size):
        with open(os.path.join(RUN, "logs", self.name + ".log"), "rb") as file:
            file.seek(size)
            return file.read().decode("utf-8", "replace")


def answers(port, page):
    try:
        with urllib.request.urlopen("http://127.0.0.1:%d/%s" % (port, page), timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


class Services:
    """Two processes of each service and of the bridge, and a supervisor, as in production: what stops by
    itself is written down and started again."""

    def __init__(self, env, first_http, first_metrics):
        self.stopped_by_itself = []
        self.processes = {}
        http = free_ports(first_http, INSTANCES)
        metrics = iter(free_ports(first_metrics, INSTANCES * len(SERVICES)))
        for service in SERVICES:
            for name in instances(service):
                self.add(name, service, next(metrics), {**env, "JUMUN_METRICS": "127.0.0.1:%d"})
        for name, port in zip(instances("bridge"), http):
            self.add(name, "bridge", port, {**env, "JUMUN_HTTP": "127.0.0.1:%d"})
        self.bridges = ["127.0.0.1:%d" % port for port in http]
        self.over = threading.Event()
        self.supervisor = threading.Thread(target=self.supervise, daemon=True)

    def add(self, name, service, port, env):
        env = {key: value % port if value == "127.0.0.1:%d" else value for key, value in env.items()}
        args = [os.path.join(BIN, "jumun-" + service)]
        self.processes[name] = Process(name, args, port, {**os.environ, **env})

    def start(self):
        for process in self.processes.values():
            process.start()
        self.wait_well(90)
        self.supervisor.start()

    def wait_well(self, timeout_s):
        for name, process in self.processes.items():
            page = "readyz" if name.startswith("bridge") else "healthz"
            wait_until(name + " to be well", lambda p=process, w=page: answers(p.port, w), timeout_s)

    def supervise(self):
        sizes = {name: 0 for name in self.processes}
        while not self.over.wait(0.3):
            for name, process in self.processes.items():
                with process.turn:
                    if not process.is_held and not process.is_alive():
                        self.start_again(process, sizes)

    def start_again(self, process, sizes):
        told = [line for line in process.log_since(sizes[process.name]).splitlines() if '"error"' in line]
        status = process.child.returncode
        self.stopped_by_itself.append((process.name, status, told[-1][:400] if told else "it said nothing"))
        sizes[process.name] = process.log_size()
        time.sleep(LIVES_AT_LEAST_S)
        process.start()

    def stop(self):
        self.over.set()
        if self.supervisor.is_alive():
            self.supervisor.join(10)
        running = [p for p in self.processes.values() if p.is_alive()]
        for process in running:
            process.send(signal.SIGCONT)
            process.send(signal.SIGTERM)
        for process in running:
            process.end(signal.SIGTERM, 15)


class Proxy:
    """chaos-proxy and its control port."""

    def __init__(self, control, routes):
        self.control = control
        args = [os.path.join(BIN, "chaos-proxy"), str(control)]
        self.process = Process("proxy", args + ["%s=%d:%d" % route for route in routes], control)
        self.process.start()
        wait_until("the proxy", lambda: self.ask("stats"), 10)

    def ask(self, line):
        try:
            with socket.create_connection(("127.0.0.1", self.control), 5) as connection:
                connection.sendall(line.encode() + b"\n")
                said = b""
                while not said.endswith(b"end\n" if line == "stats" else b"\n"):
                    more = connection.recv(4096)
                    if not more:
                        return None
                    said += more
                return said.decode()
        except OSError:
            return None

    def order(self, line):
        said = self.ask(line)
        if said != "done\n":
            raise RuntimeError("the proxy said %r to: %s" % (said, line))

    def stats(self, route):
        for line in (self.ask("stats") or "").splitlines():
            if line.split()[0] == route:
                return {name: int(value) for name, value in (w.split("=") for w in line.split()[1:])}
        raise RuntimeError("the proxy does not know " + route)


def jumun_lag(env):
    """Messages and unpublished offsets of all groups together; None: cannot be asked."""
    done = run([os.path.join(BIN, "jumun"), "lag", "--json"], 60, env=env)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or not rows:
        return None
    return sum(row["messages"] + (row.get("unpublished") or 0) for row in rows)
