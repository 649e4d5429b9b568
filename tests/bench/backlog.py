"""W1: orders that were published while the consumers were down, worked off to their end."""
import atexit
import os
import subprocess
import time

import stack
from stack import load, sql, wait_for

OVER = "at_rest and (status in ('SOLD_OUT', 'CANCELLED') or status = 'PAID' and export = 'ACKNOWLEDGED')"


def shown(run, condition="true"):
    """Orders of one run in the read model."""
    return int(sql("select count(*) from jumun_timeline.order_shown where starts_with(customer_id, '%s-') and (%s)"
                   % (run, condition)))


def wal_bytes():
    return int(sql("select pg_current_wal_lsn() - '0/0'::pg_lsn"))


def start_consumers(options, settings):
    starter = subprocess.Popen([os.path.join(stack.ROOT, "infra", "dev"), "up", *options], stdout=subprocess.DEVNULL,
                               env={**os.environ, **settings})
    atexit.register(starter.wait)  # whoever stops a bench that failed finds all that it started
    return starter


def publish(run, orders, *options):
    """The shop and its orders, with nobody there to work them off."""
    load("catalogue", "--run", run, "--orders", orders, *options)
    wait_for("the catalogue", stack.all_read)
    stack.stop_consumers()
    return load("orders", "--run", run, "--orders", orders, *options)


def work_off(run, orders, published, up=(), settings=None):
    """Timed from the first batch that stock commits to the moment that every order is over and the read model stands
    still.  up: options of `infra/dev up`; settings: variables of the consumers."""
    servers = {name: stack.cpu_s(stack.process(name)[0]) for name in stack.names() if name.startswith(("broker", "database", "bridge"))}
    wal, memory = wal_bytes(), stack.Memory()
    memory.start()
    watch = stack.Watch("select coalesce(sum(next_offset), 0) from jumun_stock.consumer_position where topic = 'OrderRequested'")
    position = int(watch.ask())
    started = time.monotonic()
    starter = start_consumers(up, settings or {})
    wait_for("the first batch", lambda: int(watch.ask()) > position, pause_s=0.02)
    first = time.monotonic()
    wait_for("the last order at stock", lambda: int(watch.ask()) >= position + orders, 3600, pause_s=0.02)
    decided = time.monotonic()
    watch.close()
    ended, used = stack.wait_until_quiet(
        "every order", lambda: stack.all_read() and shown(run, OVER) == orders, lambda: stack.cpu_since(servers), 3600)
    peaks = memory.stop()
    starter.wait()
    return {"orders": orders, "orders_per_s": round(orders / (ended - first)), "took_s": round(ended - first, 2),
            "start_s": round(first - started, 2), "decided_per_s": round(orders / max(0.001, decided - first)),
            "published_per_s": published["per_s"],
            "cpu_us_per_order": {n: round(1e6 * s / orders) for n, s in used.items()},
            "wal_bytes_per_order": round((wal_bytes() - wal) / orders),
            "resident_mib_peak": peaks, "events_per_batch": stack.batch_sizes()}


def measure(run, orders, *options, up=(), settings=None):
    return work_off(run, orders, publish(run, orders, *options), up, settings)


def checkpoint():
    """What a server that has been running for a while has long done: written its pages out, log segments to use again."""
    stack.out("psql", os.environ["JUMUN_PG_ADMIN"] + " dbname=jumun", "-XAtqc", "checkpoint")

