# bench.sh — the measurements of tests/bench.
# shellcheck shell=bash

command_bench() {
    [ -x "$root/tests/bench/run" ] || die "the benchmark tests/bench/run is not there"
    deps_all
    build_preset release || exit
    exec "$root/tests/bench/run" "$@"
}
