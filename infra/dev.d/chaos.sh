# chaos.sh — real brokers, real databases, and everything that can go wrong with them: tests/chaos.
# shellcheck shell=bash

chaos_usage() {
    cat <<'END'
usage: infra/dev chaos [--seconds N] [--seed S] [--shoppers N] [--report FILE] [--plan]

Three brokers, a primary and a synchronous standby, two processes of each service, shoppers; and a nemesis
that kills, freezes, fills up, cuts off and lies.  Then faults end, everything has to come to rest, and
every promise is checked.  The report goes to docs/chaos; what is in it: docs/chaos/README.md.

  --seconds N    how long faults go on (180); every kind comes at least once, however long that takes
  --seed S       decides kinds, targets and times (1)
  --shoppers N   how many shop at once (32)
  --report FILE  where the report goes, instead of docs/chaos
  --plan         print the beginning of the plan, and do nothing

As root, small disks are mounted and filled; otherwise the report says that this was not tried.
exit status: 0 every kind was injected and every promise held, 1 otherwise, 2 bad usage
END
}

# Where the databases lie: in the run's folder, or where their user can get at them.
chaos_place() {
    chaos_data=$own_run/databases
    is_root || return 0
    mkdir -p "$own_run"
    as_database_user test -x "$own_run" ||
        chaos_data=/var/lib/jumun-chaos-$(printf '%s' "$own_run" | sha256sum | cut -c1-12)
}

chaos_gone() {
    own_stack_gone
    if grep -q " $chaos_data/disk " /proc/mounts; then umount "$chaos_data/disk"; fi
    rm -rf -- "$own_run" "$chaos_data"
}

chaos_run() {
    chaos_data=
    own_stack chaos 31092 31432 31080  # below the ports that outgoing connections get
    chaos_place
    trap chaos_gone EXIT
    chaos_gone
    mkdir -p "$own_run"
    JUMUN_RUN=$own_run JUMUN_BIN=$root/build/faults/bin JUMUN_BUILD=$root/build/faults \
        JUMUN_CHAOS_PLACE=$chaos_data JUMUN_KAFKA_PORT=$own_kafka JUMUN_PG_PORT=$own_pg \
        JUMUN_HTTP_PORT=$own_http /usr/bin/python3 -B "$root/tests/chaos/chaos.py" "$@" 8>&-
}

command_chaos() {
    local name status=0
    case ${1:-} in
        -h | --help) chaos_usage; return ;;
    esac
    for name in "${!JUMUN_@}"; do unset "$name"; done  # nothing of anybody's environment
    deps_all
    build_preset faults || exit
    chaos_run "$@" || status=$?
    [ "$status" -ne 1 ] || own_stack_keep_logs
    exit "$status"
}
