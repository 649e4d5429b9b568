# bench.sh — the measurements of tests/bench, on a stack of their own that is gone afterwards.
# shellcheck shell=bash

command_bench() {
    case ${1:-} in
        -h | --help) exec "$root/tests/bench/run" --help ;;
    esac
    deps_all
    build_preset release || exit
    own_stack bench 39092 35432 38080
    own_stack_up || exit
    # shellcheck source=/dev/null
    . "$own_run/env"
    # some of them make the stack anew
    JUMUN_KAFKA_PORT=$own_kafka JUMUN_PG_PORT=$own_pg JUMUN_HTTP_PORT=$own_http "$root/tests/bench/run" "$@" 8>&-
}
