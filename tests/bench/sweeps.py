"""What plots are made of: one figure against what it depends on (plot.py)."""
import backlog
import stack
from cases import EASY, latency_ms
from stack import load

# Batches of at most so many events → how many orders that takes to be seen.
BATCHES = {1: 1500, 3: 3000, 10: 8000, 30: 15000, 100: 20000, 300: 30000, 1000: 40000}
RATES_PER_S = (50, 100, 200, 300, 400, 600, 800, 1000, 1300, 1600)
RATE_S = 10


def batches(bench):
    """Throughput against the size of a batch."""
    backlog.measure(bench.run(), bench.warm)
    runs = []
    for most, orders in BATCHES.items():
        backlog.checkpoint()
        run = backlog.measure(bench.run(), orders, settings={"JUMUN_BATCH_MAX": str(most)})
        runs.append({"batch_max": most, **run})
        bench.tell("BATCHES", runs[-1])
    stack.stop_consumers()
    stack.dev("up")
    return runs


def rates(bench):
    """Latency to the end of an order against the rate at which they come, open loop through HTTP."""
    name, first, runs = bench.run(), 0, []
    load("catalogue", "--run", name, "--orders", sum(RATES_PER_S) * RATE_S, *EASY)
    stack.settle()
    for rate in RATES_PER_S:
        servers = {n: stack.cpu_s(stack.process(n)[0]) for n in stack.names()}
        told = load("post", "--run", name, "--first", first, "--orders", rate * RATE_S, "--rate", rate, "--connections", 1024,
                    "--wait", 30, *EASY)
        used = stack.cpu_since(servers)
        first += rate * RATE_S
        runs.append({"rate_per_s": rate, "errors": told["errors"], **latency_ms(told),
                     "cpu_us_per_order": {n: round(1e6 * s / (rate * RATE_S)) for n, s in used.items()}})
        bench.tell("RATES", runs[-1])
        stack.settle()
    return runs
