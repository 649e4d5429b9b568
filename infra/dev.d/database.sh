# database.sh — a private PostgreSQL cluster on a loopback port.  PostgreSQL refuses to run as root: then
# it runs as the user `postgres` of Debian's package.
# shellcheck shell=bash

pg_bin=/usr/lib/postgresql/15/bin
pg_user=postgres

# Runs a program of the cluster as its user, from a folder that user can be in.
as_database_user() {
    if is_root; then
        (cd / && exec setpriv --reuid="$pg_user" --regid="$pg_user" --init-groups "$@")
    else
        "$@"
    fi
}

# Where the data lies: under JUMUN_RUN, or where the unprivileged user can get at it.
database_place() {
    pg_data=$(kept pg_data)
    [ -z "$pg_data" ] || return 0
    pg_data=$run/postgres
    if is_root; then
        getent passwd "$pg_user" >/dev/null ||
            die "there is no user '$pg_user' to run PostgreSQL as: infra/dev deps"
        install -d -o "$pg_user" -g "$pg_user" -m 700 "$pg_data"
        if ! as_database_user test -w "$pg_data"; then
            rmdir "$pg_data"
            pg_data=/var/lib/jumun-$(printf '%s' "$run" | sha256sum | cut -c1-12)
            install -d -o "$pg_user" -g "$pg_user" -m 700 "$pg_data"
            say "user $pg_user cannot enter $run: the database's files lie in $pg_data"
        fi
    fi
    keep pg_data "$pg_data"
}

database_port() {
    if process_alive database; then
        port_use JUMUN_PG_PORT "$(kept JUMUN_PG_PORT)"
    else
        port_choose JUMUN_PG_PORT 15432
    fi
}

database_init() {
    [ ! -f "$pg_data/PG_VERSION" ] || return 0
    as_database_user "$pg_bin/initdb" --pgdata="$pg_data" --username=jumun_admin --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-instructions >>"$logs/database-init.log" 2>&1 && return
    warn "the database's folder $pg_data cannot be made:"
    log_tail database-init
    return "$EXIT_UNREACHABLE"
}

# After a kill of the server its last children may still be busy for a moment, in its memory.
database_idle() {
    [ -z "$(find /proc/[0-9]*/cwd -maxdepth 0 -lname "$pg_data" 2>/dev/null || true)" ]
}

# Trust on loopback alone: nothing else is listened on, not even a socket file.
database_start() {
    local server
    process_alive database && return
    database_init || return
    if wait_until 30 database_idle; then
        as_database_user rm -f "$pg_data/postmaster.pid"  # its process is dead, if perhaps not yet buried
    else
        warn "a process is still at work in $pg_data"
    fi
    server=("$pg_bin/postgres" -D "$pg_data" -p "$JUMUN_PG_PORT"
        -c "config_file=$pg_data/postgresql.conf")
    cp "$root/infra/postgres/postgresql.conf" "$pg_data/jumun.conf"
    chmod a+r "$pg_data/jumun.conf"
    grep -q "^include 'jumun.conf'" "$pg_data/postgresql.conf" ||
        echo "include 'jumun.conf'" >>"$pg_data/postgresql.conf"
    if is_root; then
        server=(setpriv --reuid="$pg_user" --regid="$pg_user" --init-groups "${server[@]}")
    fi
    # the folder infra/dev was called in may be closed to that user
    (cd / && process_start database "$JUMUN_PG_PORT" "${server[@]}")
}

database_answers() {
    "$pg_bin/pg_isready" -q -h 127.0.0.1 -p "$JUMUN_PG_PORT" -U jumun_admin -d postgres
}

database_wait() { process_ready database 30 database_answers || return "$EXIT_UNREACHABLE"; }

# Applies what is new; safe to run at any time.
database_migrate() {
    JUMUN_PG_ADMIN="host=127.0.0.1 port=$JUMUN_PG_PORT user=jumun_admin" \
        "$root/infra/postgres/migrate" >"$logs/migrate.log" 2>&1 && return
    warn "the migrations failed; data of a tree still in the making: infra/dev reset"
    log_tail migrate
    return "$EXIT_REFUSED"
}
