# common.sh — where things lie, how infra/dev speaks, and how it waits.
# shellcheck shell=bash

export LC_ALL=C.UTF-8

EXIT_REFUSED=1
EXIT_USAGE=2
EXIT_UNREACHABLE=3

say() { printf '%s\n' "$*"; }
step() { printf '\n==> %s\n' "$*"; }
warn() { printf 'infra/dev: %s\n' "$*" >&2; }
die() { warn "$*"; exit "$EXIT_REFUSED"; }
die_usage() { warn "$*"; exit "$EXIT_USAGE"; }
die_unreachable() { warn "$*"; exit "$EXIT_UNREACHABLE"; }

# JUMUN_RUN as an absolute path; nothing is made yet.
run_init() {
    run=${JUMUN_RUN:-$root/.run}
    case $run in /*) ;; *) run=$PWD/$run ;; esac
    build=${JUMUN_BUILD:-$root/build/release}
    case $build in /*) ;; *) build=$PWD/$build ;; esac
    bin=$build/bin
    logs=$run/logs
    jars=$root/build/kafka/lib
}

run_make() {
    mkdir -p "$run/logs" "$run/procs" "$run/kept" || die "cannot write to JUMUN_RUN $run"
}

# One infra/dev at a time per JUMUN_RUN; the lock goes with the process, and children do not inherit it.
# A reset deletes the lock as well: who waited for that one asks for the new one.
run_lock() {
    local is_told=
    while :; do
        run_make
        exec 9>"$run/lock"
        if ! flock -n 9; then
            [ -n "$is_told" ] || say "another infra/dev is at work in $run: waiting for it"
            is_told=yes
            flock -w 300 9 || die "another infra/dev has held $run/lock for 5 minutes"
        fi
        [ ! "$run/lock" -ef /dev/fd/9 ] || return 0
    done
}

run_unlock() { exec 9>&-; }

# What has to be the same the next time: one small file per name.
keep() { printf '%s\n' "$2" >"$run/kept/$1"; }
kept() { cat "$run/kept/$1" 2>/dev/null || true; }

is_root() { [ "$(id -u)" -eq 0 ]; }

# wait_until SECONDS COMMAND...: true as soon as COMMAND is, false when the time is over.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# The last lines of a log, for a message that says why something did not start.
log_tail() { tail -n "${2:-12}" "$logs/$1.log" 2>/dev/null | sed 's/^/    /' >&2; }
