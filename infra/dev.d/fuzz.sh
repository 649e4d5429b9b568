# fuzz.sh — what comes from outside, thrown at the code that takes it apart: tests/fuzz.
# shellcheck shell=bash

fuzz_input_bytes=4096
fuzz_memory_mib=1024

fuzz_targets() { (cd "$root/tests/fuzz" && printf '%s\n' fuzz_*.c | sed 's/^fuzz_//; s/\.c$//'); }

# The compiler of this preset alone is clang; of its programs only the targets are built.
fuzz_build() {
    local log=$root/build/fuzz/build.log
    build_configure fuzz || return
    # shellcheck disable=SC2046  # words
    cmake --build "$root/build/fuzz" --target $(fuzz_targets | sed 's/^/fuzz_/') >"$log" 2>&1 && return
    warn "build/fuzz does not compile; all of it: build/fuzz/build.log"
    grep -E -A 2 'error:|undefined reference' "$log" | head -n 40 >&2
    return "$EXIT_REFUSED"
}

# What a target begins with, and where it keeps what it finds: build/fuzz/corpus/TARGET.
fuzz_corpus() {
    local found=$root/build/fuzz/corpus/$1
    mkdir -p "$found"
    if [ "$1" = event ]; then
        "$root/tests/fuzz/seeds.py" "$found" "$root/build/fuzz/schemas/generated/events.h"
    else
        cp "$root/tests/fuzz/corpus/$1/"* "$found/"
    fi
}

# fuzz_run TARGET SECONDS: an input that breaks it is kept as build/fuzz/TARGET-crash-….
fuzz_run() {
    local target=$1 seconds=$2 log=$root/build/fuzz/$1.log
    fuzz_corpus "$target"
    "$root/build/fuzz/bin/fuzz_$target" -max_total_time="$seconds" -max_len="$fuzz_input_bytes" \
        -rss_limit_mb="$fuzz_memory_mib" -artifact_prefix="$root/build/fuzz/$target-" \
        "$root/build/fuzz/corpus/$target" >"$log" 2>&1 || {
        warn "$target: $(grep -m 1 -E 'ERROR|SUMMARY' "$log"); the input lies in build/fuzz, all of it: $log"
        return 1
    }
    say "$target: $(sed -nE 's/^#([0-9]+)\tDONE +cov: ([0-9]+) .*/\1 inputs, \2 places reached/p' "$log")"
}

# fuzz_all SECONDS TARGET...: side by side, as many as there are processors; how many broke is the status.
fuzz_all() {
    local seconds=$1 target running=() failed=0 pid
    shift
    for target in "$@"; do
        fuzz_run "$target" "$seconds" &
        running+=($!)
        [ ${#running[@]} -ge "$(nproc)" ] || continue
        wait "${running[0]}" || failed=$((failed + 1))
        running=("${running[@]:1}")
    done
    for pid in "${running[@]}"; do wait "$pid" || failed=$((failed + 1)); done
    return "$failed"
}

fuzz_usage() {
    cat <<END
usage: infra/dev fuzz [--seconds N] [TARGET...]

  --seconds N   for each target, default 60
  TARGET        $(fuzz_targets | xargs); default: all

An input that breaks a target is kept in build/fuzz; \`build/fuzz/bin/fuzz_TARGET FILE\` runs it again.
exit status: 0 nothing broke, 1 something did, 2 bad usage, 3 what is needed could not be fetched
END
}

command_fuzz() {
    local seconds=60 targets=()
    while [ $# -gt 0 ]; do
        case $1 in
            -h | --help) fuzz_usage; return ;;
            --seconds)
                [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die_usage "--seconds needs a whole number from 1"
                seconds=$2
                shift 2
                ;;
            *)
                fuzz_targets | grep -qx -- "$1" ||
                    die_usage "there is no target '$1'; there are: $(fuzz_targets | xargs)"
                targets+=("$1")
                shift
                ;;
        esac
    done
    [ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(fuzz_targets)
    deps_all
    deps_fuzz
    fuzz_build || exit
    fuzz_all "$seconds" "${targets[@]}" || exit "$EXIT_REFUSED"
}
