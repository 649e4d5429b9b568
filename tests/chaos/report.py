"""The report of a run, and the index of all that are kept: markdown, without a word about the machine."""
import os
import re

import plan

PROMISES = {
    "P1": ("no accepted order is lost", "every 202 the shoppers remember: the order in its topic and at rest in the "
           "read model; every accepted payment, shipping and cancel in its topic, and answered"),
    "P2": ("every effect happens once", "`jumun audit` from the topics; one order per Idempotency-Key, however often, "
           "at whichever bridge"),
    "P3": ("stock is conserved", "`jumun audit`, from tables, from topics, and both compared"),
    "P4": ("a coupon is on one live order at most", "the same"),
    "P5": ("money is conserved", "the same"),
    "P6": ("one end per order", "the same; and per order, distinct OrderPaid, OrderCancelled, StockRejected"),
    "P7": ("the partner gets what is paid", "the same; and PartnerOrder against OrderPaid, numbers dense per feed"),
    "P8": ("first published as decided", "first occurrences in the topics against batch and place in the outbox"),
    "P9": ("what cannot be handled is kept", "each poisoned record: a dead letter with its bytes from each consumer"),
    "P10": ("tables are rebuilt from topics", "`jumun rebuild all --compare`: each row of the tables, and no other"),
    "P11": ("everything comes to rest by itself", "lag 0, nothing unpublished, within 60 s and what the backlog takes; "
            "no service gave up; every event of an outbox lies in its topic"),
    "P12": ("who was frozen commits nothing", "everything a service published is in an outbox, byte for byte; repeats by "
            "`ce_source` and `ce_id` are identical"),
}
SHOWN_MAX = 50


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def kinds_table(nemesis):
    rows = []
    for kind, (lane, what) in plan.KINDS.items():
        count = nemesis.injected[kind]
        if kind in nemesis.impossible:
            count = "0: " + nemesis.impossible[kind]
        rows.append((lane, "`%s`" % kind, what, count, nemesis.in_vain[kind] or ""))
    return table(("lane", "kind", "what happens", "times", "in vain"), rows)


def promises_table(verdict):
    rows = []
    for promise, (what, how) in PROMISES.items():
        checks, broken = verdict.checks[promise], len(verdict.violations[promise])
        word = "not looked at" if not checks else "**broken %d times**" % broken if broken else "holds"
        rows.append((promise, what, how, checks, word))
    return table(("", "promise", "how it was checked", "checks", ""), rows)


def violations_list(verdict):
    lines = []
    for promise in PROMISES:
        found = verdict.violations[promise]
        lines += ["- %s `%s`: %s" % (promise, who, why) for who, why in found[:SHOWN_MAX]]
        if len(found) > SHOWN_MAX:
            lines.append("- %s: and %d more" % (promise, len(found) - SHOWN_MAX))
    return "\n".join(lines) or "None."


def without_paths(text):
    return re.sub(r"(?<![\w.])/(?:[\w.+-]+/)+[\w.+-]*", "…", text)


def story_table(nemesis):
    return table(("second", "kind", "target", "seen"), [
        ("%.0f" % at_s, kind, " ".join(filter(None, (target, point))), seen)
        for at_s, kind, target, point, seen in nemesis.story])


def outcome(verdict, missing):
    """What the title says: green is only what has status 0."""
    if not verdict.is_clean():
        return "violations"
    return "incomplete: %s never came" % ", ".join(missing) if missing else "every promise held"


def counts(verdict, injected, missing):
    """(passed, failed): each promise and each kind is one; a promise that nothing was asked about is not kept."""
    broken = sum(1 for promise in PROMISES if verdict.violations[promise] or not verdict.checks[promise])
    return len(PROMISES) - broken + sum(1 for n in injected.values() if n), broken + len(missing)


def written(facts, verdict, nemesis):
    parts = [
        "# Chaos: %(seconds)d s, seed %(seed)d – %(outcome)s" % facts,
        "%(date)s, revision %(revision)s. `infra/dev chaos --seconds %(seconds)d --seed %(seed)d`: three brokers "
        "(replication 3, two in sync to acknowledge), a primary with a synchronous standby, two processes of each "
        "service and of the bridge, %(shoppers)d shoppers." % facts,
        table(("figure", ""), facts["figures"]),
        "## What was injected\n\nA fault is counted when it was seen to bite; in vain: it was tried, and nothing came "
        "of it.\n\n" + kinds_table(nemesis),
        "## Promises\n\n" + promises_table(verdict),
        "## Violations\n\n" + violations_list(verdict),
    ]
    if nemesis.troubles:
        parts.append("## What took longer than it should\n\n" + "\n".join("- " + t for t in nemesis.troubles))
    parts.append("## What happened when\n\n" + story_table(nemesis))
    return without_paths("\n\n".join(parts)) + "\n"


def index(folder):
    """README.md of the folder: every report with its title."""
    rows = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".md") and name != "README.md":
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                title = file.readline().lstrip("# ").strip()
                rows.append("- [%s](%s)" % (title, name))
    with open(os.path.join(folder, "README.md"), encoding="utf-8") as file:
        text = file.read()
    begin, end = "<!-- reports: begin -->", "<!-- reports: end -->"
    head, rest = text.split(begin)
    text = head + begin + "\n" + "\n".join(rows) + "\n" + end + rest.split(end)[1]
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as file:
        file.write(text)
