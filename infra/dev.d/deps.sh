# deps.sh — what has to be installed: Debian packages by infra/deps.txt, Kafka's jars by infra/kafka.
# shellcheck shell=bash

# deps_packages FILE
deps_packages() { sed 's/#.*//' "$root/infra/$1" | xargs -n1; }

deps_missing() {
    local package
    for package in $(deps_packages "$1"); do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            printf '%s\n' "$package"
    done
}

# The jars are there, complete, and those that this tree asks for.
jars_current() { cmp -s "$root/infra/kafka/jars.sha256" "$root/build/kafka/jars.sha256"; }

as_root() {
    if is_root; then "$@"; else sudo "$@"; fi
}

deps_install_packages() {
    command -v apt-get >/dev/null || die "apt-get is not here: jumun is made on Debian 12; install $*"
    is_root || command -v sudo >/dev/null ||
        die "not root, and sudo is not here: ask an administrator to install $*"
    deps_quietly as_root apt-get update -q
    deps_quietly as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "$@"
}

# What installers have to say goes to a log; its end is shown when they fail.
deps_quietly() {
    "$@" >>"$root/build/deps.log" 2>&1 </dev/null && return
    tail -n 20 "$root/build/deps.log" >&2
    die_unreachable "this failed: $*; all of it: build/deps.log"
}

# Into a new folder first: an interrupted download leaves nothing that looks complete.
deps_install_jars() {
    local new=$root/build/kafka.new.$$
    mkdir -p "$new"
    deps_quietly mvn -q -B -C -Dstyle.color=never -f "$root/infra/kafka/pom.xml" \
        dependency:copy-dependencies -Djars="$new/lib"
    (cd "$new/lib" && sha256sum --quiet --strict -c "$root/infra/kafka/jars.sha256") ||
        die "the jars of Apache Kafka are not those in infra/kafka/jars.sha256: not used"
    cp "$root/infra/kafka/jars.sha256" "$new/"
    rm -rf "$root/build/kafka"
    mv "$new" "$root/build/kafka"
}

deps_all() {
    local count
    count=$(wc -l <"$root/infra/kafka/jars.sha256")
    local missing=()
    mkdir -p "$root/build"
    mapfile -t missing < <(deps_missing deps.txt)
    if [ ${#missing[@]} -gt 0 ]; then
        step "deps: will install with apt-get (a minute or two): ${missing[*]}"
    fi
    jars_current || step "deps: will fetch Apache Kafka ($count jars) with Maven into build/kafka"
    [ ${#missing[@]} -eq 0 ] || deps_install_packages "${missing[@]}"
    jars_current || deps_install_jars
    say "deps: everything is there"
}

# deps_beside FILE: what one command or layer needs beside.
deps_beside() {
    local missing=()
    mapfile -t missing < <(deps_missing "$1")
    [ ${#missing[@]} -gt 0 ] || return 0
    step "deps: will install with apt-get: ${missing[*]}"
    deps_install_packages "${missing[@]}"
}

# A compiler that brings a fuzzer along.
deps_fuzz() { deps_beside deps-fuzz.txt; }

# A browser, and the packages that drive it, those of the lock file alone. Some builds of Node bring npm along.
deps_browser() {
    local tests=$root/tests/browser
    deps_beside deps-browser.txt
    command -v npm >/dev/null || deps_install_packages npm
    cmp -s "$tests/package-lock.json" "$root/build/browser.lock" && [ -d "$tests/node_modules" ] && return
    step "deps: will fetch what drives the browser with npm into tests/browser/node_modules"
    deps_quietly npm --prefix "$tests" ci --engine-strict --no-audit --no-fund --ignore-scripts
    cp "$tests/package-lock.json" "$root/build/browser.lock"
}

command_deps() {
    [ $# -eq 0 ] || die_usage "deps takes no options"
    deps_all
}

# What `up` alone needs; it says how to get it rather than installing behind one's back.
deps_need_servers() {
    local tool
    for tool in java kcat psql curl "$pg_bin/postgres"; do
        command -v "$tool" >/dev/null || die "$tool is not installed: infra/dev deps"
    done
    jars_current || die "the jars of Apache Kafka are not in build/kafka: infra/dev deps"
}
