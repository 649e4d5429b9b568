# build.sh — compiles a preset of CMakePresets.json into build/PRESET.
# shellcheck shell=bash

# Debian's own Python, because another one on PATH may lack the modules that the build and tests use.
build_configure() {
    local preset=$1
    [ ! -f "$root/build/$preset/build.ninja" ] || return 0
    mkdir -p "$root/build/$preset"
    (cd "$root" && cmake --preset "$preset" -DPython3_EXECUTABLE=/usr/bin/python3) \
        >"$root/build/$preset/configure.log" 2>&1 && return
    warn "cmake --preset $preset failed:"
    tail -n 20 "$root/build/$preset/configure.log" >&2
    return "$EXIT_REFUSED"
}

# On a terminal the compiler's progress; else one line, and what failed.
build_preset() {
    local preset=$1 log=$root/build/$1/build.log began=$SECONDS
    for tool in cmake ninja gcc; do
        command -v "$tool" >/dev/null || die "$tool is not installed: infra/dev deps"
    done
    build_configure "$preset" || return
    if [ -t 1 ]; then
        cmake --build "$root/build/$preset" || return "$EXIT_REFUSED"
    elif ! cmake --build "$root/build/$preset" -- -k 0 >"$log" 2>&1; then
        warn "build/$preset does not compile; all of it: build/$preset/build.log"
        grep -E -A 2 'error:|undefined reference' "$log" | head -n 40 >&2
        return "$EXIT_REFUSED"
    fi
    say "build/$preset is up to date ($((SECONDS - began)) s)"
}

command_build() {
    local preset
    [ $# -gt 0 ] || set -- release
    for preset in "$@"; do
        [[ $preset =~ ^(release|dev|asan|tsan|faults|coverage)$ ]] ||
            die_usage "there is no preset '$preset': release dev asan tsan faults coverage"
    done
    for preset in "$@"; do build_preset "$preset" || exit; done
}
