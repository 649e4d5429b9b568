#!/usr/bin/env python3
"""house.py SOURCE BUILD: the rules of the house that a reader relies on, checked on the tree and on what was linked.

Every finding is one line: path:line: rule.  Exit status 1 when there is any.
"""
import json
import pathlib
import re
import subprocess
import sys

FILE_LINES, DOMAIN_LINES, FUNCTION_LINES, COLUMNS, COMMENT_COLUMNS = 400, 300, 70, 100, 120
DOMAINS = ("stock", "coupon", "order", "payment", "export", "timeline", "partner")
C_FOLDERS = ("infra", "consumers", "producers", "schemas", "tests")

# Which folder may include which others, by the first part of "folder/file.h".  Generated headers have no folder.
GENERATED = {"events.h", "emit.h", "topic_docs.h"}
MAY_INCLUDE = {"base": {"base"}, "json": {"base", "json"}, "runtime": {"base", "json", "runtime"},
               **{d: {"base", "json", "runtime", d} for d in DOMAINS}}

# A foreign library is seen by the files that wrap it, and by nobody else.
FOREIGN = {r"libpq-fe\.h": r"infra/runtime/pg[a-z_]*\.[ch]$|tests/",
           r"librdkafka/.*": r"infra/runtime/kafka[a-z_]*\.[ch]$|tests/",
           r"microhttpd\.h": r"infra/runtime/admin[a-z_]*\.[ch]$|producers/bridge/|tests/",
           r"json-c/.*|json\.h": r"tests/", r"curl/.*": r"producers/|tests/", r"uuid/.*": r"infra/base/|tests/"}

# Calls: (names, why, where they are allowed)
BANNED = (
    ("malloc calloc realloc free strdup strndup asprintf vasprintf reallocarray aligned_alloc",
     "memory comes from an arena", r"infra/base/arena\.c$|tests/|schemas/"),
    ("strcpy strcat stpcpy sprintf vsprintf gets", "has no limit", None),
    ("atoi atol atoll atof strtok", "hides errors", r"tests/"),
    ("setjmp longjmp sigsetjmp siglongjmp alloca", "one flow of control", None),
    ("system popen rand random srand srandom drand48", "not in this house", r"tests/"),
)
# What a decision must not know, by the symbols its library leaves open.
IMPURE = re.compile(r"^(PQ|pg_|rd_kafka|kafka_|json_object|json_tokener|MHD_|curl_|pthread_)|^(time|clock_gettime|gettimeofday"
                    r"|getrandom|getenv|fopen|printf|fprintf|puts|write|read|open|socket|usleep|nanosleep|uuid_random)$")
HOSTS_ALLOWED = re.compile(r"(127\.0\.0\.1|localhost|(www\.)?(maven\.)?apache\.org|json-schema\.org|www\.w3\.org|([\w-]+\.)*example(\.com|\.org)?"
                           r"|[$%{<\[].*|semver\.org|keepachangelog\.com|(www\.)?rfc-editor\.org|cloudevents\.io|github\.com)$")
FOREIGN_PATH = re.compile(r"(?<![\w./$}~-])/(?:home|root|work|Users)/\w")

findings = []


def found(path, line, rule):
    findings.append("%s:%d: %s" % (path, line, rule))


def code_only(text, keep_strings=False):
    """The same text with comments, strings and character constants blanked; lines and columns stay."""
    def blank(match):
        return match.group() if keep_strings and match.group()[0] != "/" else re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def room_of(path):
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] in ("infra", "consumers", "producers") else parts[0]


def check_includes(path, text):
    room, allowed = room_of(path), MAY_INCLUDE.get(room_of(path))
    for match in re.finditer(r'^\s*#\s*include\s+(["<])([^">]+)[">]', text, re.M):
        name, line = match.group(2), line_of(text, match.start())
        for foreign, where in FOREIGN.items():
            if re.fullmatch(foreign, name) and not re.match(where, path):
                found(path, line, "<%s> is included outside the files that wrap it" % name)
        if match.group(1) == "<" or path.startswith(("tests/", "schemas/")):
            continue
        folder = name.split("/")[0] if "/" in name else None
        if folder is None and name not in GENERATED and not name.endswith("_sql.h") and not name.startswith(("generated", "page_")):
            found(path, line, 'include "%s" as "folder/%s"' % (name, name))
        if folder and allowed is not None and folder not in allowed:
            found(path, line, "%s must not include %s" % (room, name))
        if folder in DOMAINS and path.startswith("producers/"):
            found(path, line, "a producer must not include a consumer: %s" % name)
        if folder is None and name in GENERATED and room in ("base", "json"):
            found(path, line, "%s lies below the generated events" % room)


def check_calls(path, code):
    for match in re.finditer(r"\bgoto\b", code):
        found(path, line_of(code, match.start()), "goto")
    for names, why, where in BANNED:
        if where and re.match(where, path):
            continue
        for match in re.finditer(r"(?<![\w.>])(%s)\s*\(" % names.replace(" ", "|"), code):
            found(path, line_of(code, match.start()), "%s(): %s" % (match.group(1), why))
    if room_of(path) in DOMAINS + ("runtime", "base", "json"):
        for match in re.finditer(r"\b(double|float)\s+\w*(amount|price|won|balance|discount|total)", code):
            found(path, line_of(code, match.start()), "money is int64_t")


def check_shape(path, text, code):
    lines = text.split("\n")
    most = DOMAIN_LINES if re.match(r"consumers/\w+/[^/]+\.[ch]$", path) else FILE_LINES
    if len(lines) - 1 > most:
        found(path, most, "%d lines, at most %d" % (len(lines) - 1, most))
    begin, table = None, False
    for number, (line, bare) in enumerate(zip(lines, code_only(text, keep_strings=True).split("\n")), 1):
        table = (table or "clang-format off" in line) and "clang-format on" not in line
        if not table and (len(bare.rstrip()) > COLUMNS or len(line) > COMMENT_COLUMNS):
            found(path, number, "%d columns, at most %d, with a comment %d" % (len(line), COLUMNS, COMMENT_COLUMNS))
    for number, line in enumerate(code.split("\n"), 1):
        if line.rstrip() == "{":
            begin = number
        elif line.startswith("}") and begin:
            if number - begin + 1 > FUNCTION_LINES:
                found(path, begin, "a function of %d lines, at most %d" % (number - begin + 1, FUNCTION_LINES))
            begin = None
    if path.endswith(".h") and not re.match(r"/\* %s — \S" % re.escape(path.split("/")[-1]), text):
        if not path.startswith("tests/"):
            found(path, 1, "a header opens with /* %s — what it is" % path.split("/")[-1])


def check_sql(path, text):
    bare = re.sub(r"--[^\n]*|'[^']*'", lambda m: " " * len(m.group()), text)
    for match in re.finditer(r"\bjumun_\w+\s*\.", bare):
        found(path, line_of(bare, match.start()), "a schema is named: the connection's search_path says it")
    if "/migrations/" in path:
        for match in re.finditer(r"^\s*(BEGIN|COMMIT|ROLLBACK)\s*;", bare, re.M):
            found(path, line_of(bare, match.start()), "%s: migrate gives each file its transaction" % match.group(1))


def check_text(path, text):
    for match in re.finditer(r"https?://([^\s/\"'<>)`|,;:\\]+)", text):
        if not HOSTS_ALLOWED.match(match.group(1)):
            found(path, line_of(text, match.start()), "names the host %s" % match.group(1))
    for match in FOREIGN_PATH.finditer(text):
        found(path, line_of(text, match.start()), "names a path of one machine: %s…" % match.group())


def check_metrics(source):
    """Alerts and dashboards ask for metrics that some program has."""
    known = {name for folder in ("infra", "producers", "consumers") for path in (source / folder).rglob("*.c")
             for name in re.findall(r'"(jumun_[a-z_]+)"', path.read_text("utf-8"))}
    for path in sorted((source / "infra/observability").iterdir()):
        for name in sorted(set(re.findall(r"\b(jumun_[a-z_]+?)(?:_bucket|_sum|_count)?\b", path.read_text("utf-8"))) - known):
            found("infra/observability/" + path.name, 0, "no program has the metric %s" % name)


def check_routes(source):
    """What a domain routes is what topics.json says it consumes; its timers are its own."""
    topics = json.loads((source / "schemas/topics.json").read_text("utf-8"))["topics"]
    for domain in DOMAINS:
        wanted = {re.sub(r"(?<!^)(?=[A-Z])", "_", t["event"]).upper() for t in topics if domain in t["consumed_by"]}
        code = "".join(code_only(p.read_text("utf-8")) for p in sorted((source / "consumers" / domain).glob("*.c"))
                       if p.name != domain + "_fold.c")  # a rebuild folds what the domain publishes
        routed = set(re.findall(r"\{\s*EV_(\w+)\s*,\s*\w*key\w*\s*,", code)) - {"ORDER_DEADLINE_PASSED"}
        for event in sorted(wanted ^ routed):
            found("consumers/" + domain, 0, "%s is %s" % (event, "in topics.json but not routed" if event in wanted
                                                           else "routed but not in topics.json"))


def check_links(build):
    """The linker's word that decisions are pure: what the libraries of the domains leave open."""
    names = ["libjumun_domain.a"] + ["libdomain_%s.a" % d for d in DOMAINS]
    for name in names:
        archives = list(build.rglob(name))
        if not archives:
            found(name, 0, "is not in %s" % build)
        for archive in archives:
            done = subprocess.run(["nm", "-u", "-A", str(archive)], capture_output=True, text=True, check=True)
            for line in done.stdout.splitlines():
                member, symbol = line.split(":")[1], line.split()[-1]
                if IMPURE.search(symbol):
                    found("%s(%s)" % (name, member), 0, "a domain must not use %s" % symbol)


def main(source, build):
    listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(source), "ls-files", "-z"], capture_output=True, text=True, check=True).stdout
    for path in filter(None, listed.split("\0")):
        file = source / path
        if not file.is_file() or file.suffix in (".png", ".ico", ".gz") or path == "LICENSE":
            continue
        text = file.read_text("utf-8", errors="replace")
        check_text(path, text)
        if file.suffix in (".c", ".h") and path.startswith(C_FOLDERS):
            code = code_only(text)
            check_includes(path, text)
            check_calls(path, code)
            check_shape(path, text, code)
        if file.suffix == ".sql" and path.startswith(("consumers/", "infra/runtime/")):
            check_sql(path, text)
    check_metrics(source)
    check_routes(source)
    check_links(build)
    print("\n".join(findings) if findings else "the house is in order")
    return 1 if findings else 0


sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
