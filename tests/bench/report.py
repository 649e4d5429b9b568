"""What is asked of each figure, and how the answers are told."""
import statistics

# id → (figure, whether more is better, what is asked of its median; None: nothing, it is there to compare with)
TARGETS = {
    "B1": [("orders_per_s", True, 8000)],
    "B2": [("times_faster", True, 20)],
    "B3": [("decided_per_s", True, 40000), ("reserved", True, 1000)],
    "B4": [("p50_ms", False, 10), ("p99_ms", False, 40)],
    "B5": [("p50_ms", False, 50), ("p99_ms", False, 250), ("errors", False, 0)],
    "B6": [("accepted_per_s", True, 8000), ("p99_ms", False, 50)],
    "B7": [("streams", True, 5000), ("p99_ms", False, 250), ("bridge_mib", False, 256)],
    "B8": [("of_b1", True, 0.8), ("scanned_tables", False, 0)],
    "B9": [("times_one", True, 1)],
    "B10": [("consumer_mib", False, 192), ("bridge_mib", False, 96)],
    "B11": [("paid_s", False, 12)],
    "B12": [("facts_per_s", True, 100000)],
    "BATCHES": [("orders_per_s", True, None)],
    "RATES": [("p50_ms", False, None), ("errors", False, 0)],
    "C": [("pgbench_per_s", True, None), ("produce_per_s", True, None), ("consume_per_s", True, None),
          ("saga_on_two_cores_per_s", True, None)],
}


def figures(runs, name):
    found = [run[name] for run in runs if name in run]
    if found or name not in ("consumer_mib", "bridge_mib"):
        return found
    peaks = [run["resident_mib_peak"] for run in runs]
    return [peak["bridge"] if name == "bridge_mib" else max(m for n, m in peak.items() if n != "bridge") for peak in peaks]


def line(run):
    """One run, as it is done."""
    plain = ["%s %s" % (name, value) for name, value in run.items() if not isinstance(value, dict)]
    return ", ".join(plain)


def details(run):
    for name, table in run.items():
        if isinstance(table, dict):
            yield "%s: %s" % (name, ", ".join("%s %s" % item for item in sorted(table.items(), key=lambda i: -i[1])))


def rows(measured):
    """(id, what, figure, median, least, most, asked, met) of every figure that something is asked of."""
    for name, (what, runs) in measured.items():
        for figure, more_is_better, asked in TARGETS[name]:
            found = figures(runs, figure)
            if not found:
                continue
            median = statistics.median(found)
            met = asked is None or (median >= asked if more_is_better else median <= asked)
            yield name, what, figure, median, min(found), max(found), asked, met


def table(measured):
    yield "%-4s %-16s %12s %20s %10s" % ("", "figure", "median", "spread", "asked")
    for name, _, figure, median, least, most, asked, met in rows(measured):
        verdict = "" if asked is None else "met" if met else "NOT MET"
        yield "%-4s %-16s %12s %20s %10s  %s" % (name, figure, "%d" % median if median >= 1000 else "%g" % median,
                                                  "%g to %g" % (least, most), "" if asked is None else asked, verdict)
