# process.sh — background processes: started with a log, known by pid and start time, ended by pid alone.
# shellcheck shell=bash

# When the kernel started this pid, in ticks since boot; a pid that was given to another process differs.
process_ticks() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- $stat
    [ "$1" != Z ] && printf '%s' "${20}"
}

# process_start NAME PORT COMMAND...: the log is JUMUN_RUN/logs/NAME.log; nothing is inherited but it.
process_start() {
    local name=$1 port=$2 pid
    shift 2
    printf -- '--- %s started at %s\n' "$name" "$(date -u +%FT%TZ)" >>"$logs/$name.log"
    setsid "$@" </dev/null >>"$logs/$name.log" 2>&1 9>&- &
    pid=$!
    printf '%s %s %s\n' "$pid" "$(process_ticks "$pid" || echo 0)" "$port" >"$run/procs/$name"
}

process_pid() { cut -d' ' -f1 "$run/procs/$1" 2>/dev/null; }
process_port() { cut -d' ' -f3 "$run/procs/$1" 2>/dev/null; }

process_alive() {
    local pid ticks port
    read -r pid ticks port 2>/dev/null <"$run/procs/$1" || return 1
    [ "$(process_ticks "$pid")" = "$ticks" ] && [ -n "$port" ]
}

process_gone() { ! process_alive "$1"; }

# Names of what was started here and not stopped, in the order it was started.
process_names() { ls -tr "$run/procs" 2>/dev/null; }

# process_signal SIGNAL NAME...
process_signal() {
    local signal=$1 name
    shift
    for name in "$@"; do
        if process_alive "$name"; then
            kill -s "$signal" "$(process_pid "$name")" 2>/dev/null || true
        fi
    done
}

processes_gone() {
    local name
    for name in "$@"; do
        process_gone "$name" || return 1
    done
}

# processes_stop SIGNAL NAME...: all at once, then up to 10 s, then by force.
processes_stop() {
    local signal=$1 name
    shift
    process_signal "$signal" "$@"
    if ! wait_until 10 processes_gone "$@"; then
        for name in "$@"; do
            process_alive "$name" && warn "$name did not stop within 10 s and is killed"
        done
        process_signal KILL "$@"
        wait_until 5 processes_gone "$@" || warn "a killed process is still there: $*"
    fi
    for name in "$@"; do
        rm -f "$run/procs/$name"
    done
}

# process_ready NAME SECONDS CHECK...: waits for CHECK, gives up at once when the process is gone.
process_ready() {
    local name=$1 seconds=$2
    shift 2
    _ready_or_gone() { "$@" || process_gone "$name"; }
    wait_until "$seconds" _ready_or_gone "$@" && process_alive "$name" && return 0
    if process_alive "$name"; then
        warn "$name is not ready after $seconds s; the end of $logs/$name.log:"
    else
        warn "$name stopped at start; the end of $logs/$name.log:"
    fi
    log_tail "$name"
    return 1
}
