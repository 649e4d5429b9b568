"""The stack that the bridge's tests talk to: the one that runs (JUMUN_HTTP), or one of their own.

With only a broker and a database up (JUMUN_KAFKA, JUMUN_PG; topics may be missing), `Stack` starts every service
of JUMUN_BIN with free ports, and stops them again.
"""
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BIN = os.environ.get("JUMUN_BIN", os.path.join(ROOT, "build", "release", "bin"))
SERVICES = ("stock", "coupon", "order", "payment", "export", "timeline", "partner")


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def answers(address, path):
    try:
        conn = http.client.HTTPConnection(address, timeout=5)
        conn.request("GET", path)
        status = conn.getresponse().status
        conn.close()
        return status
    except OSError:
        return 0


def wait_for(what, condition, timeout_s=60):
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited %d s for %s" % (timeout_s, what))
        time.sleep(0.05)


class Program:
    """One program of ours; its log is kept until it ends, and shown when it ends badly."""

    def __init__(self, name, **settings):
        self.log = tempfile.TemporaryFile()
        environment = {**os.environ, "JUMUN_LOG_FORMAT": "json", **settings}
        self.process = subprocess.Popen([os.path.join(BIN, "jumun-" + name)], env=environment, stdout=self.log, stderr=self.log)
        self.name = name

    def text(self):
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("%s did not stop within 15 s:\n%s" % (self.name, self.text()[-2000:]))

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Bridge(Program):
    def __init__(self, **settings):
        self.address = "127.0.0.1:%d" % free_port()
        super().__init__("bridge", JUMUN_HTTP=self.address, **settings)
        wait_for("the bridge to listen", lambda: self.process.poll() is not None or answers(self.address, "/healthz") == 200)
        if self.process.poll() is not None:
            raise AssertionError("the bridge ended with %d:\n%s" % (self.process.returncode, self.text()[-2000:]))


class Stack:
    """Everything; `with Stack() as stack`: stack.address, and stack.programs where they are its own."""

    def __enter__(self):
        self.programs = []
        self.address = os.environ.get("JUMUN_HTTP")
        if self.address and answers(self.address, "/healthz") == 200:
            return self
        subprocess.run([os.path.join(BIN, "jumun"), "topics", "create"], check=True, stdout=subprocess.DEVNULL)
        for service in SERVICES:
            self.programs.append(Program(service, JUMUN_METRICS="127.0.0.1:0"))
        self.programs.append(Bridge())
        self.address = self.programs[-1].address
        wait_for("the bridge to be ready", lambda: answers(self.address, "/readyz") == 200)
        wait_for("an order to come to rest", self.works, 60)
        return self

    def works(self):
        """Groups have formed: an order of a product that is none is refused by stock, and shown."""
        conn = http.client.HTTPConnection(self.address, timeout=30)
        conn.request("POST", "/v1/orders", '{"customer_id":"c-0","items":[{"product_id":"sku-none","quantity":1}]}',
                     {"Content-Type": "application/json", "Prefer": "wait=10"})
        status = conn.getresponse().status
        conn.close()
        return status == 200

    def program(self, name):
        """One of its own, or None."""
        return next((p for p in self.programs if p.name == name), None)

    def __exit__(self, *_):
        ended = [(p.name, p.process.poll(), p.text()) for p in self.programs if p.process.poll() is not None]
        for program in reversed(self.programs):
            if program.process.poll() is None:
                program.stop()
        for name, status, text in ended:
            raise AssertionError("%s ended by itself with %d:\n%s" % (name, status, text[-2000:]))


def main(arguments):
    """stack.py COMMAND…: runs a command with JUMUN_HTTP set to a stack that is up."""
    with Stack() as stack:
        return subprocess.run(arguments, env={**os.environ, "JUMUN_HTTP": stack.address}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
