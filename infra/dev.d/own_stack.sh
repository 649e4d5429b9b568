# own_stack.sh — a stack for one command alone: its own folder under build, its own ports, gone at the end.
# shellcheck shell=bash

# own_stack NAME KAFKA-PORT PG-PORT HTTP-PORT: nothing is started yet; what a killed run left is cleared.
own_stack() {
    own_name=$1 own_kafka=$2 own_pg=$3 own_http=$4
    own_run=$root/build/$own_name-run
    mkdir -p "$root/build"
    exec 8>"$root/build/$own_name.lock"
    flock -n 8 || die "another infra/dev $own_name is running in this checkout"
    own_stack_gone
    trap own_stack_gone EXIT
    trap 'exit 130' INT TERM
}

own_stack_up() {
    JUMUN_RUN=$own_run JUMUN_KAFKA_PORT=$own_kafka JUMUN_PG_PORT=$own_pg JUMUN_HTTP_PORT=$own_http \
        "$root/infra/dev" up "$@" 8>&- && return
    own_stack_keep_logs
    return 1
}

# A killed run may have left disks of its own mounted there.
own_stack_gone() {
    local mounted
    [ -d "$own_run" ] || return 0
    while read -r mounted; do
        JUMUN_RUN=$own_run "$root/infra/dev" down 8>&- >/dev/null </dev/null
        umount "$mounted"
    done < <(awk -v under="$own_run/" 'index($2, under) == 1 { print $2 }' /proc/mounts)
    JUMUN_RUN=$own_run "$root/infra/dev" reset --yes 8>&- >/dev/null
}

own_stack_keep_logs() {
    [ -d "$own_run/logs" ] || return 0
    rm -rf "$root/build/$own_name-logs"
    cp -r "$own_run/logs" "$root/build/$own_name-logs"
    warn "the logs of the stack that failed are kept in build/$own_name-logs"
}
