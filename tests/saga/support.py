"""The vocabulary of the saga tests: a shopper (HTTP), a foreign client (kcat), an operator (psql, jumun).

The stack is up already; its addresses come from the environment:
  JUMUN_HTTP   host:port of the bridge         JUMUN_KAFKA  bootstrap servers
  JUMUN_PG     libpq string, any user          JUMUN_BIN    folder of the programs
  JUMUN_RUN    run folder of infra/dev
Nothing here sleeps for luck: wait_until() polls a condition and fails with what it last saw.
"""
import atexit
import http.client
import json
import os
import subprocess
import threading
import time
import uuid

HTTP = os.environ.get("JUMUN_HTTP", "127.0.0.1:8080")
KAFKA = os.environ.get("JUMUN_KAFKA", "127.0.0.1:19092")
PG = os.environ.get("JUMUN_PG", "host=127.0.0.1 port=15432 dbname=jumun")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("JUMUN_BIN", os.path.join(ROOT, "build", "release", "bin"))
WAIT_S = float(os.environ.get("JUMUN_TEST_WAIT_S", "60"))
TERMINAL = ("PAID", "CANCELLED", "SOLD_OUT")
SHIPPING = {"recipient": "김주문", "address": "서울시 중구 세종대로 110", "contact": "010-1234-5678"}
ORDER_TOPICS = [
    "OrderRequested", "CouponSelected", "ShippingSubmitted", "PaymentRequested", "CancelRequested", "StockReserved",
    "StockRejected", "StockReleased", "CouponRequested", "CouponApplied", "CouponRejected", "CouponRestored",
    "OrderCreated", "PaymentCompleted", "PaymentFailed", "PaymentRefunded", "PaymentVoided", "OrderPaid",
    "OrderCancelled", "CancelRefused", "PartnerOrder", "ExportAcknowledged"]
FACT_TOPICS = ["ProductListed", "StockReplenished", "CouponIssued", "BalanceCredited"]
KEYS = {"ProductListed": "product_id", "StockReplenished": "product_id", "CouponIssued": "coupon_code",
        "BalanceCredited": "customer_id"}


def wait_until(what, condition, timeout_s=WAIT_S):
    """Polls until condition() is truthy and returns that; what it says is in the failure."""
    end, seen = time.monotonic() + timeout_s, None
    while time.monotonic() < end:
        seen = condition()
        if seen:
            return seen
        time.sleep(0.02)
    raise AssertionError("waited %.0f s for %s; last seen: %r" % (timeout_s, what, seen))


def run(args, stdin=None, check=True):
    done = subprocess.run(args, input=stdin, capture_output=True, text=True)
    if check and done.returncode:
        raise AssertionError("%s: exit %d\n%s%s" % (" ".join(args), done.returncode, done.stdout, done.stderr))
    return done


# ------------------------------------------------------------------ the shopper
_local = threading.local()


def call(method, path, body=None, headers=None):
    """One HTTP call: (status, decoded body, headers). Reconnects once when the server closed the connection."""
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    send = {"Content-Type": "application/json"} if data is not None else {}
    send.update(headers or {})
    for attempt in (1, 2):
        conn = getattr(_local, "conn", None)
        if conn is None:
            conn = _local.conn = http.client.HTTPConnection(HTTP, timeout=45)
        try:
            conn.request(method, path, body=data, headers=send)
            answer = conn.getresponse()
            raw = answer.read()
            break
        except (ConnectionError, http.client.HTTPException):
            conn.close()
            _local.conn = None
            if attempt == 2:
                raise
    kind = answer.headers.get("Content-Type", "")
    return answer.status, json.loads(raw) if raw and "json" in kind else raw, answer.headers


def hang_up():
    """Closes this thread's connection."""
    if getattr(_local, "conn", None):
        _local.conn.close()
        _local.conn = None


atexit.register(hang_up)


def place(customer, items, headers=None, **more):
    """POST /v1/orders that must be accepted: the order's id."""
    status, body, _ = call("POST", "/v1/orders", {"customer_id": customer, "items": lines(items), **more}, headers)
    assert status == 202, (status, body)
    return body["order_id"]


def lines(items):
    return [{"product_id": p, "quantity": q} for p, q in items]


def get(order):
    status, body, _ = call("GET", "/v1/orders/" + order)
    assert status == 200, (status, body)
    return body


def at_rest(order, *statuses):
    """Waits until the order is at rest (in one of the statuses, if given) and returns it."""
    def rests():
        status, body, _ = call("GET", "/v1/orders/" + order)
        if status != 200:
            return None
        return body if body["at_rest"] and (not statuses or body["status"] in statuses) else None
    try:
        return wait_until("order %s at rest %s" % (order, statuses), rests)
    except AssertionError:
        raise AssertionError("order %s: %s" % (order, json.dumps(call("GET", "/v1/orders/" + order)[1], ensure_ascii=False)))


def ship(order, **more):
    status, body, _ = call("PUT", "/v1/orders/%s/shipping" % order, {**SHIPPING, **more})
    assert status == 202, (status, body)
    return body["revision"]


def pay(order, **more):
    status, body, _ = call("POST", "/v1/orders/%s/payment" % order, more)
    assert status == 202, (status, body)
    return body["attempt"]


def cancel(order):
    status, body, _ = call("POST", "/v1/orders/%s/cancel" % order, {})
    assert status == 202, (status, body)


def select_coupon(order, code):
    status, body, _ = call("PUT", "/v1/orders/%s/coupon" % order, {"coupon_code": code})
    assert status == 202, (status, body)


def events_of(order):
    return [e["event"] for e in get(order)["timeline"]]


# ------------------------------------------------------------------ the foreign client
def publish(topic, *bodies, partition=None, headers=()):
    """Any client, with any partitioner, may publish: kcat, with the key field's value as key."""
    key = KEYS.get(topic, "order_id")
    args = ["kcat", "-b", KAFKA, "-P", "-t", topic, "-K", "\t", "-X", "topic.partitioner=murmur2_random"]
    if partition is not None:
        args += ["-p", str(partition)]
    for header in headers:
        args += ["-H", header]
    run(args, "".join("%s\t%s\n" % (b[key], json.dumps(b, ensure_ascii=False)) for b in bodies))


def publish_raw(topic, key, value, partition=None, headers=()):
    args = ["kcat", "-b", KAFKA, "-P", "-t", topic, "-K", "\t"] + (["-p", str(partition)] if partition is not None else [])
    for header in headers:
        args += ["-H", header]
    done = subprocess.run(args, input=key.encode() + b"\t" + value + b"\n", capture_output=True)
    assert done.returncode == 0, done.stderr


def read_topic(topic):
    """Every record of a topic, as kcat's JSON envelopes with 'payload' text and 'headers' as a dict."""
    args = ["kcat", "-b", KAFKA, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-J"]
    done = subprocess.run(args, capture_output=True)
    assert done.returncode == 0, done.stderr
    records = []
    for line in done.stdout.splitlines():
        record = json.loads(line.decode("utf-8", "replace"))  # bad records are there too
        flat = record.get("headers") or []
        record["headers"] = dict(zip(flat[0::2], flat[1::2]))
        records.append(record)
    return records


def bodies(topic, order):
    return [json.loads(r["payload"]) for r in read_topic(topic) if r["key"] == order]


def dead_letters_of(order):
    found = []
    for record in read_topic("DeadLetter"):
        if record["key"] == order:
            found.append(json.loads(record["payload"]))
    return found


def new_id(prefix=""):
    return prefix + uuid.uuid4().hex[:12]


def order_id():
    return str(uuid.uuid4())


# ------------------------------------------------------------------ the operator
def sql(text):
    """Rows of a query as lists of text, as the operator's role."""
    done = run(["psql", PG + " user=jumun_operator", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1"], text)
    return [line.split("\t") for line in done.stdout.splitlines()]


def jumun(*args, check=True, stdin=None):
    return run([os.path.join(BIN, "jumun"), *args], stdin, check)


def quiesce():
    """Everything published so far is consumed by every group and nothing waits to be published."""
    def quiet():
        done = jumun("lag", "--json", check=False)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode == 0 and rows and all(r["messages"] == 0 and r.get("unpublished", 0) == 0 for r in rows)
    wait_until("lag 0 in every group", lambda: quiet() and quiet())


def seed(products=(), coupons=(), credits=()):
    """Catalogue facts: products (id, price, units), coupons as dicts, credits (customer, amount)."""
    def send(topic, facts):
        if facts:
            publish(topic, *facts)
    send("ProductListed", [{"product_id": p, "name": "상품 " + p, "unit_price": price} for p, price, _ in products])
    send("StockReplenished", [{"replenishment_id": new_id("r-"), "product_id": p, "quantity": n} for p, _, n in products if n])
    send("CouponIssued", list(coupons))
    send("BalanceCredited", [{"credit_id": new_id("cr-"), "customer_id": c, "amount": a} for c, a in credits])
    quiesce()


def audit():
    done = jumun("audit", check=False)
    assert done.returncode == 0, "jumun audit found something wrong:\n" + done.stdout + done.stderr
