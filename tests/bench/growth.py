"""B10, B8 and B12: the same when a million orders are there, in this order on one stack."""
import json
import os
import subprocess
import time

import backlog
import stack
from stack import sql


def disk_mib():
    """What the tables, and what the topics take."""
    tables = int(sql("select pg_database_size('jumun')"))
    topics = sum(os.stat(os.path.join(folder, file)).st_blocks * 512
                 for folder, _, files in os.walk(os.path.join(stack.RUN, "kafka")) for file in files)
    return {"tables_mib": round(tables / 2**20), "topics_mib": round(topics / 2**20)}


def scans():
    """Sequential scans of large tables since the server started, by table."""
    told = sql("select coalesce(json_object_agg(schemaname || '.' || relname, seq_scan), '{}') from pg_stat_user_tables"
               " where seq_scan > 0 and n_live_tup > 100000")
    return json.loads(told)


def b10(bench):
    """Memory with a backlog of a million orders."""
    stack.dev("down")  # a bridge that has served much keeps what it needed then
    stack.dev("up")
    run = backlog.measure(bench.run(), bench.million)
    bench.tell("B10", run)
    return [run]


def b8(bench):
    """B1 again, with what B10 left in the tables and topics."""
    runs, before = [], scans()
    for _ in range(bench.runs):
        backlog.checkpoint()
        run = backlog.measure(bench.run(), bench.orders)
        if bench.b1_per_s:
            run["of_b1"] = round(run["orders_per_s"] / bench.b1_per_s, 2)
        runs.append({**run, **disk_mib()})
        bench.tell("B8", runs[-1])
    # the bench itself counts over order_view when a run is over; nobody else may read a whole table
    grown = {table: count - before.get(table, 0) for table, count in scans().items()
             if count > before.get(table, 0) and table != "jumun_timeline.order_view"}
    runs[-1]["scanned_tables"] = len(grown)
    if grown:
        print("    scanned whole: %s" % ", ".join(sorted(grown)))
    return runs


def b12(bench):
    """jumun rebuild all: every service folded from the topics and compared with what is live."""
    began = time.monotonic()
    done = subprocess.run([os.path.join(stack.BIN, "jumun"), "rebuild", "all", "--compare", "--json"], capture_output=True,
                          text=True)
    took_s = time.monotonic() - began
    if done.returncode:
        raise SystemExit("bench: the rebuild differs from what is live:\n" + done.stdout + done.stderr)
    outcomes = [line for line in map(json.loads, done.stdout.splitlines()) if "outcome" in line]
    facts = sum(outcome["messages"] for outcome in outcomes)
    run = {"facts": facts, "took_s": round(took_s, 1), "facts_per_s": round(facts / took_s)}
    bench.tell("B12", run)
    return [run]
