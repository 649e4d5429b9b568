"""Raw sockets and plain calls to a running bridge (JUMUN_HTTP), for tests that send what no client would."""
import json
import os
import socket
import subprocess
import uuid

ADDRESS = os.environ.get("JUMUN_HTTP", "127.0.0.1:8080")
HOST, PORT = ADDRESS.rsplit(":", 1)
KAFKA = os.environ.get("JUMUN_KAFKA", "127.0.0.1:19092")
SHIPPING = {"recipient": "김주문", "address": "서울시 중구 세종대로 110", "contact": "010-1234-5678"}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The stable code of a problem, None for other answers."""
        return self.json().get("code") if "problem+json" in self.headers.get("content-type", "") else None

    def __repr__(self):
        return "%d %r %r" % (self.status, self.headers, self.body[:400])


class Wire:
    """One connection; sends bytes as they are, reads whole answers."""

    def __init__(self, timeout=30):
        self.sock = socket.create_connection((HOST, int(PORT)), timeout=timeout)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        """False when the other side has closed: then its answer is waiting."""
        try:
            self.sock.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def fill(self):
        try:
            data = self.sock.recv(65536)
        except ConnectionResetError:
            data = b""
        self.buffer += data
        return len(data) > 0

    def until(self, mark):
        while mark not in self.buffer:
            if not self.fill():
                return None
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def exactly(self, count):
        while len(self.buffer) < count and self.fill():
            pass
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def answer(self, head_only=False):
        """The next answer; None when the connection is closed without one."""
        while True:
            head = self.until(b"\r\n\r\n")
            if head is None:
                return None
            lines = head.decode("latin-1").split("\r\n")
            status = int(lines[0].split(" ")[1])
            headers = {n.lower(): v.strip() for n, v in (line.split(":", 1) for line in lines[1:])}
            if status == 100:
                continue
            length = 0 if head_only or status in (204, 304) else int(headers.get("content-length", 0))
            return Answer(status, headers, self.exactly(length))

    def is_closed(self):
        while self.fill():
            pass
        return True


def request(method, target, headers=(), body=b"", host=ADDRESS, version="HTTP/1.1", length=True):
    lines = ["%s %s %s" % (method, target, version)]
    if host is not None:
        lines.append("Host: " + host)
    lines += ["%s: %s" % pair for pair in headers]
    if length and (body or method in ("POST", "PUT")):
        lines.append("Content-Length: %d" % len(body))
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def send(method, target, headers=(), body=b"", **more):
    """One request on a connection of its own."""
    with Wire() as wire:
        wire.send(request(method, target, headers, body, **more))
        return wire.answer(head_only=method == "HEAD")


JSON = ("Content-Type", "application/json")


def call(method, target, body=None, headers=()):
    if body is None:
        return send(method, target, headers)
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return send(method, target, [JSON, *headers], data)


def metric(name):
    """The sum of a metric's series."""
    total = 0.0
    for line in call("GET", "/metrics").body.decode().splitlines():
        if line.startswith((name + "{", name + " ")):
            total += float(line.rsplit(" ", 1)[1])
    return total


def new_id(prefix=""):
    return prefix + uuid.uuid4().hex[:12]


def publish(topic, key, value):
    subprocess.run(["kcat", "-b", KAFKA, "-P", "-t", topic, "-K", "\t", "-X", "topic.partitioner=murmur2_random"],
                   input=("%s\t%s\n" % (key, json.dumps(value, ensure_ascii=False))).encode(), check=True)
