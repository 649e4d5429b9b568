# stack.sh — up, down, status, logs, reset: broker, database and services together.
# shellcheck shell=bash

up_options() {
    instances=$(kept instances) only='' brokers_wanted=''
    while [ $# -gt 0 ]; do
        case $1 in
            --brokers | --instances | --only)
                [ $# -ge 2 ] || die_usage "$1 needs a value"
                case $1 in
                    --brokers) brokers_wanted=$2 ;;
                    --instances) instances=$2 ;;
                    --only) only=$2 ;;
                esac
                shift 2
                ;;
            *) die_usage "up does not know '$1'; infra/dev --help" ;;
        esac
    done
    instances=${instances:-1}
    [[ $instances =~ ^[1-9][0-9]?$ ]] || die_usage "--instances is '$instances': give 1 to 99"
    [[ $brokers_wanted =~ ^[13]?$ ]] || die_usage "--brokers is '$brokers_wanted': give 1 or 3"
    up_selection
}

# What --only names, checked.
up_selection() {
    local service
    selected=()
    [ "$only" != servers ] || return 0
    if [ -z "$only" ]; then
        mapfile -t selected < <(service_list)
        return
    fi
    IFS=, read -ra selected <<<"$only"
    for service in "${selected[@]}"; do
        service_list | grep -qx "$service" ||
            die_usage "--only: there is no service '$service'; servers, or some of: $(service_list | xargs)"
    done
}

# The addresses in use, for this shell and for any other: `. JUMUN_RUN/env`.
env_write() {
    export JUMUN_RUN=$run JUMUN_KAFKA=$kafka JUMUN_BIN=$bin
    export JUMUN_PG="host=127.0.0.1 port=$JUMUN_PG_PORT dbname=jumun"
    export JUMUN_PG_ADMIN="host=127.0.0.1 port=$JUMUN_PG_PORT user=jumun_admin"
    export JUMUN_REPLICATION=$brokers
    local names=(JUMUN_RUN JUMUN_BIN JUMUN_KAFKA JUMUN_PG JUMUN_PG_ADMIN JUMUN_REPLICATION) name
    if [ -n "$(kept JUMUN_HTTP_PORT)" ]; then
        JUMUN_HTTP=127.0.0.1:$(kept JUMUN_HTTP_PORT)
        JUMUN_HTTP_ALL=$(for name in "$run"/kept/JUMUN_HTTP_PORT*; do
            printf '127.0.0.1:%s ' "$(cat "$name")"; done)
        export JUMUN_HTTP JUMUN_HTTP_ALL=${JUMUN_HTTP_ALL% }
        names+=(JUMUN_HTTP JUMUN_HTTP_ALL)
    fi
    for name in JUMUN_TOPIC_PREFIX JUMUN_PARTITIONS JUMUN_ORDER_DEADLINE_S; do
        [ -z "${!name:-}" ] || names+=("$name")
    done
    for name in "${names[@]}"; do printf 'export %s=%q\n' "$name" "${!name}"; done >"$run/env.new"
    mv "$run/env.new" "$run/env"
}

# Broker and database start side by side.
servers_up() {
    broker_count "$brokers_wanted"
    broker_ports
    database_place
    database_port
    env_write
    database_start || exit
    broker_start || exit
    database_wait || exit
    database_migrate || exit
    broker_wait || exit
}

command_up() {
    up_options "$@"
    stack_up
}

stack_up() {
    deps_need_servers
    if [ ${#selected[@]} -gt 0 ] && [ -z "${JUMUN_BUILD:-}" ]; then
        build_preset release || exit
    fi
    run_lock
    keep instances "$instances"
    servers_up
    if [ ${#selected[@]} -gt 0 ]; then
        topics_create || exit
        services_start "${selected[@]}" || exit
        env_write
    fi
    run_unlock
    say "up: broker $kafka, database 127.0.0.1:$JUMUN_PG_PORT${JUMUN_HTTP:+, http://$JUMUN_HTTP}"
}

stack_down() {
    [ -d "$run/procs" ] || { say "nothing was started in $run"; return; }
    run_lock
    all_stop
    run_unlock
    say "down: $run"
}

# Those who take orders in first, then who works on them, then the servers.
all_stop() {
    local bridges services brokers_up
    mapfile -t bridges < <(process_names | grep '^bridge' || true)
    mapfile -t services < <(process_names | grep -Ev '^(bridge|broker|database)' || true)
    mapfile -t brokers_up < <(process_names | grep '^broker' || true)
    [ ${#bridges[@]} -eq 0 ] || processes_stop TERM "${bridges[@]}"
    [ ${#services[@]} -eq 0 ] || processes_stop TERM "${services[@]}"
    process_signal INT database
    [ ${#brokers_up[@]} -eq 0 ] || broker_stop "${brokers_up[@]}"
    [ ! -f "$run/procs/database" ] || processes_stop INT database
}

command_down() {
    [ $# -eq 0 ] || die_usage "down takes no options"
    stack_down
}

status_health() {
    case $1 in
        broker*) kcat -L -b "127.0.0.1:$(process_port "$1")" -m 2 >/dev/null 2>&1 ;;
        database) JUMUN_PG_PORT=$(process_port "$1") database_answers ;;
        *) service_answers "$1" ;;
    esac
}

# Exit status 1 when something that was started is not well.
command_status() {
    local name pid health since bad=0
    printf '%-14s %8s %6s  %-8s %s\n' PROGRAM PID PORT HEALTH 'UP SINCE'
    for name in $(process_names); do
        pid=$(process_pid "$name") since=-
        if ! process_alive "$name"; then
            health=gone bad=1
        else
            since=$(ps -o lstart= -p "$pid" | xargs -0 date +'%F %T' -d || true)
            health=well
            status_health "$name" || { health=unwell bad=1; }
        fi
        printf '%-14s %8s %6s  %-8s %s\n' "$name" "$pid" "$(process_port "$name")" "$health" "$since"
    done
    [ -n "$(process_names)" ] || say "nothing is running in $run: infra/dev up"
    return "$bad"
}

log_names() { find "$logs" -name '*.log' -printf '%f\n' 2>/dev/null | sed 's/\.log$//' | sort | xargs; }

command_logs() {
    local follow='' name='' argument
    for argument in "$@"; do
        case $argument in
            -f) follow=-F ;;
            -*) die_usage "logs does not know '$argument'" ;;
            *) name=$argument ;;
        esac
    done
    if [ -n "$name" ] && [ ! -f "$logs/$name.log" ]; then
        die "there is no log of '$name'; there are: $(log_names)"
    fi
    local files=("$logs/$name.log")
    [ -n "$name" ] || files=("$logs"/*.log)
    [ -e "${files[0]}" ] || die "there are no logs in $logs"
    exec tail -n 200 ${follow:+"$follow"} -- "${files[@]}"
}

command_reset() {
    [ "${1:-}" = --yes ] || [ $# -eq 0 ] || die_usage "reset takes --yes only"
    [ -d "$run" ] || { say "there is nothing in $run"; return; }
    if [ "${1:-}" != --yes ]; then
        [ -t 0 ] || die "reset deletes all data in $run: say infra/dev reset --yes"
        local answer
        read -rp "Delete all orders and messages in $run? [y/N] " answer
        [ "$answer" = y ] || die "nothing was deleted"
    fi
    local data
    run_lock
    all_stop
    data=$(kept pg_data)
    rm -rf -- ${data:+"$data"} "$run/kafka" "$run/procs" "$run/logs" "$run/kept" "$run/env" "$run/lock"
    rmdir "$run" 2>/dev/null || true
    run_unlock
    say "reset: broker and database data of $run are gone"
}
