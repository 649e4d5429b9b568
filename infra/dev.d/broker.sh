# broker.sh — Apache Kafka in KRaft mode, one node or three, each broker and controller in one process.
# shellcheck shell=bash

broker_names() {
    local n
    [ "$brokers" -eq 1 ] && { echo broker; return; }
    for ((n = 1; n <= brokers; n++)); do echo "broker-$n"; done
}

# How many brokers: fixed by the first start, because their votes and replicas lie on disk.
broker_count() {
    local before
    before=$(kept brokers)
    brokers=${1:-${before:-1}}
    [ -z "$before" ] || [ "$before" = "$brokers" ] ||
        die "$run was made with --brokers $before: infra/dev reset first, or use another JUMUN_RUN"
    keep brokers "$brokers"
}

# JUMUN_KAFKA_PORT, _2, _3 for clients; the controllers' own behind them.
broker_ports() {
    local n=0 name first=${JUMUN_KAFKA_PORT:-}
    kafka='' voters=''
    for name in $(broker_names); do
        n=$((n + 1))
        local port_name=JUMUN_KAFKA_PORT control_name=JUMUN_KAFKA_CONTROLLER_PORT
        [ "$n" -eq 1 ] || port_name+=_$n control_name+=_$n
        if process_alive "$name"; then
            port_use "$port_name" "$(kept "$port_name")"
            port_use "$control_name" "$(kept "$control_name")"
        else
            port_choose "$port_name" $((${first:-19092} + n - 1))
            port_choose "$control_name" $((${first:-19092} + 10 + n))
        fi
        kafka+=${kafka:+,}127.0.0.1:${!port_name}
        voters+=${voters:+,}$n@127.0.0.1:${!control_name}
    done
}

# broker_config N: its properties file, from the template.  JUMUN_KAFKA_ADVERTISED_PORTS, one for each broker:
# where clients and other brokers are sent instead, to a proxy.
broker_config() {
    local port_name=JUMUN_KAFKA_PORT control_name=JUMUN_KAFKA_CONTROLLER_PORT min_insync=1 advertised
    read -ra advertised <<<"${JUMUN_KAFKA_ADVERTISED_PORTS:-}"
    [ "$1" -eq 1 ] || port_name+=_$1 control_name+=_$1
    [ "$brokers" -eq 1 ] || min_insync=2
    mkdir -p "$run/kafka"
    sed -e '1s/.*/# written by infra\/dev from infra\/kafka\/broker.properties/' \
        -e "s|@NODE@|$1|; s|@VOTERS@|$voters|; s|@PORT@|${!port_name}|" \
        -e "s|@ADVERTISED_PORT@|${advertised[$1 - 1]:-${!port_name}}|" \
        -e "s|@CONTROLLER_PORT@|${!control_name}|; s|@DATA@|$run/kafka/data-$1|" \
        -e "s|@REPLICATION@|$brokers|; s|@MIN_INSYNC@|$min_insync|" \
        "$root/infra/kafka/broker.properties" >"$run/kafka/broker-$1.properties"
}

# broker_java OPTION... CLASS ARGUMENT...: the classes come from an archive once there is one, which
# halves the start; it is written when a broker stops, and moved into place by broker_stop.
broker_java() {
    local archive=$root/build/kafka/classes.jsa
    local options=(-Dlog4j2.configurationFile="$root/infra/kafka/log4j2.properties")
    [ ! -f "$archive" ] || options+=(-XX:SharedArchiveFile="$archive" -Xshare:auto -Xlog:cds=off)
    java_command=(java "${options[@]}" -cp "$jars/*" "$@")
}

# broker_format N: the node's folder, once.
broker_format() {
    local data=$run/kafka/data-$1
    [ ! -f "$data/meta.properties" ] || return 0
    broker_java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC kafka.tools.StorageTool format \
        -t "$cluster_id" -c "$run/kafka/broker-$1.properties"
    "${java_command[@]}" >>"$logs/broker-format.log" 2>&1 && return
    warn "the broker's folder $data cannot be formatted:"
    log_tail broker-format
    return "$EXIT_UNREACHABLE"
}

# Starts what is not running; ends when it is started, not when it is ready.
broker_start() {
    local n=0 name port_name extra
    cluster_id=$(kept cluster_id)
    [ -n "$cluster_id" ] || cluster_id=$(head -c 16 /dev/urandom | base64 | tr '+/' 'ab' | cut -c1-22)
    keep cluster_id "$cluster_id"
    for name in $(broker_names); do
        n=$((n + 1))
        process_alive "$name" && continue
        port_name=JUMUN_KAFKA_PORT
        [ "$n" -eq 1 ] || port_name+=_$n
        broker_config "$n"
        broker_format "$n" || return
        extra=()
        [ "$n" -gt 1 ] || [ -f "$root/build/kafka/classes.jsa" ] ||
            extra=(-XX:ArchiveClassesAtExit="$run/kafka/classes.jsa" -Xlog:cds=off -Xlog:cds+dynamic=off)
        broker_java -XX:+UseSerialGC -Xms256m -Xmx768m "${extra[@]}" kafka.Kafka "$run/kafka/broker-$n.properties"
        process_start "$name" "${!port_name}" "${java_command[@]}"
    done
}

# This one answers, and all brokers are known to it.
broker_answers() {
    kcat -L -b "127.0.0.1:$(process_port "$1")" -m 2 2>/dev/null | grep -q "^ $brokers brokers:"
}

broker_wait() {
    local name
    for name in $(broker_names); do
        process_ready "$name" 60 broker_answers "$name" || return "$EXIT_UNREACHABLE"
    done
}

broker_stop() {
    local fresh=$run/kafka/classes.jsa shared=$root/build/kafka/classes.jsa
    processes_stop TERM "$@"
    if [ -f "$fresh" ] && [ ! -f "$shared" ] && [ -d "$root/build/kafka" ]; then
        mv "$fresh" "$shared.$$" && mv "$shared.$$" "$shared"
    fi
}
