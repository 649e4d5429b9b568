# ports.sh — which port each server uses: what the environment says, else what was used before, else the
# default; when that is taken, the next free one, and it is said so.
# shellcheck shell=bash

ports_given=' '  # chosen in this run, perhaps not yet bound

# port_has_socket PORT STATES: somebody has it, on any address, in one of the states of proc(5)'s net/tcp.
port_has_socket() {
    local wanted
    wanted=$(printf ':%04X' "$1")
    awk -v wanted="$wanted" -v states="$2" 'substr($2, length($2) - 4) == wanted && index(states, $4) { found = 1 }
        END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# True when somebody listens on the port.
port_taken() { port_has_socket "$1" 0A; }

# port_usable NAME PORT: nobody listens there, nor does a connection leave from there, which keeps a new server away as
# well.  Connections of the server that had the port before do not.
port_usable() {
    local states='01 02 03 04 05 07 08 09 0A 0B'
    [ "$2" != "$(kept "$1")" ] || states=0A
    [[ $ports_given != *" $2 "* ]] && ! port_has_socket "$2" "$states"
}

# "java (pid 123)", as far as we may look; nothing otherwise.
port_owner() {
    local wanted inode fd pid
    wanted=$(printf ':%04X' "$1")
    inode=$(awk -v wanted="$wanted" '$4 == "0A" && substr($2, length($2) - 4) == wanted {
        print $10; exit }' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
    [ -n "$inode" ] || return 0
    fd=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -print -quit 2>/dev/null || true)
    pid=${fd#/proc/}
    pid=${pid%%/*}
    [ -n "$pid" ] && printf ' by %s (pid %s)' "$(cat "/proc/$pid/comm")" "$pid"
    return 0
}

port_free() { ! port_taken "$1"; }

# The port that a server of ours had: one that was just killed lets go of it in a moment, and the others,
# which know no other address, are still there.
port_again() {
    local port=$1 other
    wait_until 10 port_free "$port" && return
    for other in $(process_names); do
        process_alive "$other" &&
            die "port $port, where the other programs look for it, is taken$(port_owner "$port"):" \
                "end that, or infra/dev down"
    done
    return 0
}

# port_choose NAME DEFAULT: sets the variable NAME and keeps it for the next time.
port_choose() {
    local name=$1 wanted=${!1:-} port
    [ -n "$wanted" ] || wanted=$(kept "$name")
    port=${wanted:-$2}
    [[ $port =~ ^[0-9]+$ && $port -ge 1 && $port -le 65535 ]] ||
        die_usage "$name is '$port': give a port, 1 to 65535"
    [ "$port" != "$(kept "$name")" ] || port_again "$port"
    until port_usable "$name" "$port"; do
        port=$((port + 1))
        [ "$port" -le 65535 ] || die "$name: no free port from ${wanted:-$2} upwards"
    done
    if [ "$port" != "${wanted:-$2}" ] && port_taken "${wanted:-$2}"; then
        say "port ${wanted:-$2} is taken$(port_owner "${wanted:-$2}"): $name is $port instead"
    fi
    port_use "$name" "$port"
}

# port_any NAME: nobody minds which; from a range that another JUMUN_RUN most likely does not use.
port_any() {
    local port
    port=$(kept "$1")
    [ -n "$port" ] || port=$((20000 + 50 * (0x$(printf '%s' "$run" | sha256sum | cut -c1-4) % 200)))
    until port_usable "$1" "$port"; do port=$((port + 1)); done
    port_use "$1" "$port"
}

# port_use NAME PORT: as it is, because our own process listens there already.
port_use() {
    ports_given+="$2 "
    printf -v "$1" '%s' "$2"
    keep "$1" "$2"
}
