"""B1 to B7, B9 and B11: what is measured on a stack of ordinary size.  Each returns its runs, one dict of figures each.

A figure's name ends in its unit: _per_s, _ms, _s, _mib, _us (see report.py for what is asked of it)."""
import subprocess
import time

import backlog
import stack
from stack import load

EASY = ["--coupon-percent", 0, "--short-percent", 0]  # every order goes through


def latency_ms(told):
    return {"%s_ms" % name: round(told["%s_us" % name] / 1000, 1) for name in ("p50", "p90", "p99", "max")}


def b1(bench):
    """W1: 60,000 orders pre-published, to their end."""
    backlog.measure(bench.run(), bench.warm)  # a broker that has just started still compiles itself
    runs = []
    for _ in range(bench.runs):
        backlog.checkpoint()
        runs.append(backlog.measure(bench.run(), bench.orders))
        bench.tell("B1", runs[-1])
    bench.b1_per_s = sorted(run["orders_per_s"] for run in runs)[len(runs) // 2]
    return runs


def b2(bench):
    """The same with batches of one, the baseline."""
    runs = []
    for _ in range(bench.runs):
        run = backlog.measure(bench.run(), bench.orders // 30, settings={"JUMUN_BATCH_MAX": "1"})
        if bench.b1_per_s:
            run["times_faster"] = round(bench.b1_per_s / run["orders_per_s"], 1)
        runs.append(run)
        bench.tell("B2", run)
    stack.stop_consumers()
    stack.dev("up")
    return runs


def b3(bench):
    """W2, a flash sale: 50,000 orders for 1,000 units of one product."""
    runs, units = [], 1000
    for _ in range(bench.runs):
        name, orders = bench.run(), bench.orders * 5 // 6
        run = backlog.measure(name, orders, "--products", 1, "--units", units, *EASY)
        run["reserved"] = units - int(stack.sql("select available from jumun_timeline.product_view"
                                                " where starts_with(product_id, '%s-')" % name))
        if run["reserved"] > units:
            raise SystemExit("bench: %d units were reserved of %d" % (run["reserved"], units))
        runs.append(run)
        bench.tell("B3", run)
    return runs


def b4(bench):
    """One order after another, the whole saga in one HTTP call, to PAID."""
    runs = []
    options = ["--customers", 100, "--coupon-percent", 30, "--short-percent", 0]
    for _ in range(bench.runs):
        name = bench.run()
        load("catalogue", "--run", name, "--orders", bench.single + 20, *options)
        stack.settle()
        load("http", "--run", name, "--orders", 20, *options)  # warm
        runs.append(latency_ms(load("http", "--run", name, "--first", 20, "--orders", bench.single, *options)))
        bench.tell("B4", runs[-1])
    return runs


def b5(bench):
    """Open loop through HTTP at 30 % of B1, to the end of each order."""
    rate, runs = max(50, round(0.3 * (bench.b1_per_s or 2500))), []
    for _ in range(bench.runs):
        name, orders = bench.run(), rate * 10
        load("catalogue", "--run", name, "--orders", orders, *EASY)
        stack.settle()
        told = load("post", "--run", name, "--orders", orders, "--rate", rate, "--connections", 1024, "--wait", 30, *EASY)
        runs.append({"rate_per_s": rate, "errors": told["errors"], **latency_ms(told)})
        bench.tell("B5", runs[-1])
    return runs


def b6(bench):
    """POST /v1/orders alone over 64 connections, acknowledged by the broker."""
    runs, orders = [], bench.orders // 3
    for _ in range(bench.runs):
        name = bench.run()
        load("catalogue", "--run", name, "--orders", orders, *EASY)
        stack.settle()
        stack.stop_consumers()
        before = stack.cpu_s(stack.process("bridge")[0])
        told = load("post", "--run", name, "--orders", orders, "--connections", 64, *EASY)
        used_us = 1e6 * (stack.cpu_s(stack.process("bridge")[0]) - before)
        runs.append({"accepted_per_s": told["per_s"], "errors": told["errors"], **latency_ms(told),
                     "bridge_us_per_order": round(used_us / orders)})
        bench.tell("B6", runs[-1])
        stack.dev("up")
        stack.settle()
    return runs


def b7(bench):
    """5,000 event streams open while 500 orders a second run."""
    runs = []
    for _ in range(bench.runs):
        name, orders = bench.run(), bench.streams
        options = ["--run", name, "--orders", orders, "--customers", 5000, *EASY]
        load("catalogue", *options)
        stack.settle()
        subprocess.run([stack.BIN + "/jumun-load", "waiting", *(str(o) for o in options)], check=True)
        stack.settle()
        told = load("streams", *options, "--rate", 500)
        runs.append({"streams": told["opened"], "events": told["events"], "errors": told["errors"], **latency_ms(told),
                     "bridge_mib": round(stack.resident_mib(stack.process("bridge")[0]))})
        bench.tell("B7", runs[-1])
    return runs


def b9(bench):
    """One, two and four instances of each service, 12 partitions."""
    runs = []
    for instances in (1, 2, 4):
        stack.restart_all("--instances", str(instances), JUMUN_PARTITIONS=12)
        up = ["--instances", str(instances)]
        backlog.measure(bench.run(), bench.warm, up=up)
        run = {"instances": instances, **backlog.measure(bench.run(), bench.orders, up=up)}
        if instances > 1:
            run["times_one"] = round(run["orders_per_s"] / runs[0]["orders_per_s"], 2)
        runs.append(run)
        bench.tell("B9", runs[-1])
        stack.audit()
    return runs


def b11(bench):
    """From `infra/dev up` on an empty folder to the first order PAID."""
    runs = []
    for _ in range(bench.runs):
        stack.dev("reset", "--yes")
        began, name = time.monotonic(), bench.run()
        stack.dev("up")
        up_s = time.monotonic() - began
        stack.adopt_addresses()
        load("catalogue", "--run", name, "--orders", 1, "--products", 1, "--customers", 1, *EASY)
        stack.wait_for("the catalogue", stack.all_read, pause_s=0.02)
        load("http", "--run", name, "--orders", 1, "--products", 1, "--customers", 1, *EASY)
        runs.append({"up_s": round(up_s, 1), "paid_s": round(time.monotonic() - began, 1)})
        bench.tell("B11", runs[-1])
    return runs
