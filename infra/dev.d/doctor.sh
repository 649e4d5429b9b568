# doctor.sh — one line for each thing jumun needs of the machine: well, or what to do.
# shellcheck shell=bash

doctor_bad=0

well() { printf '  ok    %-12s %s\n' "$1" "$2"; }
unwell() { printf '  BAD   %-12s %s\n' "$1" "$2"; doctor_bad=1; }
hint() { printf '  note  %-12s %s\n' "$1" "$2"; }

# doctor_tool TOOL WORD-OF-VERSION-COMMAND...
doctor_tool() {
    local tool=$1 version
    shift
    if ! command -v "$1" >/dev/null; then
        unwell "$tool" "is not installed: infra/dev deps"
        return
    fi
    version=$("$@" 2>&1 | grep -Eom1 '[0-9]+(\.[0-9]+)+' | head -n 1 || true)
    well "$tool" "$version"
}

doctor_tools() {
    doctor_tool gcc gcc --version
    doctor_tool cmake cmake --version
    doctor_tool ninja ninja --version
    doctor_tool java java -version
    doctor_tool maven mvn -v
    doctor_tool postgres "$pg_bin/postgres" --version
    doctor_tool psql psql --version
    doctor_tool kcat kcat -V
    doctor_tool curl curl --version
    doctor_tool jq jq --version
    doctor_tool python3 /usr/bin/python3 --version
    doctor_tool shellcheck shellcheck --version
}

doctor_installed() {
    local missing
    missing=$(deps_missing | xargs)
    if [ -n "$missing" ]; then
        unwell packages "missing: $missing: infra/dev deps"
    else
        well packages "all of infra/deps.txt"
    fi
    if jars_current; then
        well kafka "$(find "$jars" -name 'kafka_*.jar' -printf '%f')"
    else
        unwell kafka "its jars are not in build/kafka: infra/dev deps"
    fi
    if [ -x "$bin/jumun-bridge" ]; then well programs "$bin"; else hint programs "not built: infra/dev build"; fi
}

# A port is fine when it is free or ours.
doctor_port() {
    local name=$1 port=$3
    [ -z "$(kept "$2")" ] || port=$(kept "$2")
    if process_alive "$name"; then
        well "port $port" "$name runs on it"
    elif port_taken "$port"; then
        hint "port $port" "is taken$(port_owner "$port"): $name will use the next free one, or set $2"
    else
        well "port $port" "free for $name"
    fi
}

doctor_memory() {
    local free_mib
    free_mib=$(awk '/MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
    if [ "$free_mib" -lt 2048 ]; then
        unwell memory "$free_mib MiB available: broker, database and services want 2048"
    else
        well memory "$free_mib MiB available"
    fi
}

doctor_disk() {
    local place=$1 free_mib
    while [ ! -d "$place" ]; do place=$(dirname "$place"); done
    free_mib=$(df -Pm "$place" | awk 'NR == 2 { print $4 }')
    if [ "$free_mib" -lt 4096 ]; then
        unwell disk "$free_mib MiB free at $place: 4096 wanted; free some or move JUMUN_RUN"
    else
        well disk "$free_mib MiB free at $place"
    fi
}

# Deadlines are measured by the broker's clock: one far off shows orders from the past or the future.
doctor_clock() {
    local year
    year=$(date -u +%Y)
    if [ "$year" -lt 2024 ]; then
        unwell clock "says $(date -u +%FT%TZ): set it"
    else
        well clock "$(date -u +%FT%TZ)"
    fi
}

doctor_run() {
    local place=$run
    while [ ! -d "$place" ]; do place=$(dirname "$place"); done
    if [ ! -w "$place" ]; then
        unwell JUMUN_RUN "$run: $place is not yours to write to; set JUMUN_RUN to another folder"
        return
    fi
    well JUMUN_RUN "$run"
    is_root || return 0
    if ! getent passwd "$pg_user" >/dev/null; then
        unwell user "there is no user '$pg_user' to run PostgreSQL as: infra/dev deps"
    elif as_database_user test -x "$place"; then
        well user "PostgreSQL runs as '$pg_user'"
    else
        hint user "'$pg_user' cannot enter $place: the database's files will lie under /var/lib"
    fi
}

# Exit status 1 when something has to be done first.
command_doctor() {
    [ $# -eq 0 ] || die_usage "doctor takes no options"
    hint system "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), $(nproc) cores; made on Debian 12"
    doctor_tools
    doctor_installed
    doctor_port broker JUMUN_KAFKA_PORT "${JUMUN_KAFKA_PORT:-19092}"
    doctor_port database JUMUN_PG_PORT "${JUMUN_PG_PORT:-15432}"
    doctor_port bridge JUMUN_HTTP_PORT "${JUMUN_HTTP_PORT:-8080}"
    doctor_memory
    doctor_disk "$run"
    doctor_clock
    doctor_run
    return "$doctor_bad"
}
