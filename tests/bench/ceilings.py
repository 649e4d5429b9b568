"""What the same machine does in the same run with a part alone."""
import os
import subprocess
import time

import stack
from stack import load


def produced_and_consumed(bench):
    """OrderRequested by the load generator, encoded and acknowledged by the broker; then read by kcat."""
    stack.stop_consumers()
    told = load("orders", "--run", bench.run(), "--orders", bench.orders)
    began = time.monotonic()
    topic = os.environ.get("JUMUN_TOPIC_PREFIX", "") + "OrderRequested"
    read = subprocess.run(["kcat", "-b", os.environ["JUMUN_KAFKA"], "-C", "-q", "-e", "-f", ".", "-o", "beginning", "-t", topic],
                          capture_output=True, check=True)
    count, took_s = len(read.stdout), time.monotonic() - began
    return {"produce_per_s": told["per_s"], "consume_per_s": round(count / took_s)}


def transactions():
    """pgbench's simple update, prepared, 16 clients: the yardstick of a machine's PostgreSQL."""
    admin = os.environ["JUMUN_PG_ADMIN"]
    stack.out("psql", admin + " dbname=postgres", "-XAtqc", "drop database if exists bench", "-c", "create database bench")
    pgbench = "/usr/lib/postgresql/15/bin/pgbench"
    stack.out(pgbench, "-q", "-i", "-s", "10", admin + " dbname=bench")
    told = stack.out(pgbench, "-N", "-M", "prepared", "-c", "16", "-j", "2", "-T", "8", admin + " dbname=bench")
    stack.out("psql", admin + " dbname=postgres", "-XAtqc", "drop database bench")
    return round(float(told.split("tps = ")[1].split(" ")[0]))


def ceilings(bench):
    """The ceilings of this machine: pgbench alone, produce alone, consume alone."""
    tps = transactions()
    run = {"pgbench_per_s": tps, **produced_and_consumed(bench)}
    stack.dev("up")
    stack.settle()
    bench.tell("C", run)
    return [run]
