"""What the same machine does in the same run with a part alone."""
import json
import os
import re
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


def saga_alone(orders=20000):
    """The saga's decisions, statements and commits in perfect batches, without a broker, on a database of its own."""
    admin, database = os.environ["JUMUN_PG_ADMIN"], "saga_bench"
    stack.out("psql", admin + " dbname=postgres", "-XAtqc", "drop database if exists " + database)
    subprocess.run([os.path.join(stack.ROOT, "infra/postgres/migrate")], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "JUMUN_PG_DATABASE": database})
    anyone = re.sub(r"user=\S+ ?", "", admin) + " dbname=" + database
    told = json.loads(stack.out(os.path.join(stack.BIN, "saga_bench"), anyone, str(orders)))
    stack.out("psql", admin + " dbname=postgres", "-XAtqc", "drop database " + database)
    return {"saga_us_per_order": told["us_per_order"], "saga_on_two_cores_per_s": told["two_cores_per_s"]}


def ceilings(bench):
    """The ceilings of this machine: pgbench alone, produce alone, consume alone, the saga without a broker."""
    tps = transactions()
    run = {"pgbench_per_s": tps, **produced_and_consumed(bench), **saga_alone()}
    stack.dev("up")
    stack.settle()
    bench.tell("C", run)
    return [run]
