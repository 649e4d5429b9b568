# services.sh — the consumers and the bridge: which, how many, on what ports.
# shellcheck shell=bash

service_list() { grep -v '^#' "$root/infra/services.txt"; }

# service_instances SERVICE: stock stock-2 stock-3 …
service_instances() {
    local n
    echo "$1"
    for ((n = 2; n <= instances; n++)); do echo "$1-$n"; done
}

# A consumer says at its JUMUN_METRICS port that it is well, the bridge at its own that it can serve.
service_answers() {
    local page=healthz
    [[ $1 != bridge* ]] || page=readyz
    curl -fsS -o /dev/null --max-time 2 "http://127.0.0.1:$(process_port "$1")/$page" 2>/dev/null
}

service_start() {
    local name=$1 service=$2 port_name
    process_alive "$name" && return
    if [ "$service" = bridge ]; then
        port_name=JUMUN_HTTP_PORT
        [ "$name" = bridge ] || port_name+=_${name#bridge-}
        port_choose "$port_name" "${JUMUN_HTTP_PORT:-8080}"
        JUMUN_HTTP=127.0.0.1:${!port_name} process_start "$name" "${!port_name}" "$bin/jumun-$service"
    else
        port_name=JUMUN_METRICS_PORT_${name//-/_}
        port_any "$port_name"
        JUMUN_METRICS=127.0.0.1:${!port_name} \
            process_start "$name" "${!port_name}" "$bin/jumun-$service"
    fi
}

# services_start SERVICE...: all at once, then each until it is well.
services_start() {
    local service name names=()
    for service in "$@"; do
        [ -x "$bin/jumun-$service" ] || die "$bin/jumun-$service is not there: infra/dev build"
        for name in $(service_instances "$service"); do
            service_start "$name" "$service"
            names+=("$name")
        done
    done
    for name in "${names[@]}"; do
        process_ready "$name" 60 service_answers "$name" || return "$EXIT_UNREACHABLE"
    done
}

topics_create() {
    [ -x "$bin/jumun" ] || die "$bin/jumun is not there: infra/dev build"
    "$bin/jumun" topics create >"$logs/topics.log" 2>&1 && return
    warn "the topics cannot be created:"
    log_tail topics
    return "$EXIT_UNREACHABLE"
}
