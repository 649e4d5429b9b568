# test.sh — every layer of tests, cheapest first, each with its count; nothing is left running.
# shellcheck shell=bash

test_layers=(unit shell house exhaustive sim integration saga rebuild instances browser console faults fuzz)
test_layers_asked_for=(chaos) # only where it is named
declare -A test_passed test_failed test_seconds

# test_count LAYER PASSED FAILED
test_count() {
    test_passed[$1]=$((${test_passed[$1]:-0} + $2))
    test_failed[$1]=$((${test_failed[$1]:-0} + $3))
}

# test_ctest LAYER PRESET CTEST-OPTION...: one count for each program that ctest runs.
test_ctest() {
    local layer=$1 preset=$2 log total failed
    shift 2
    log=$root/build/$preset/test-$layer.log
    (cd "$root/build/$preset" && ctest --output-on-failure -j "$(nproc)" "$@" 2>&1) | tee "$log" || true
    total=$(sed -nE 's/.* tests failed out of ([0-9]+)$/\1/p' "$log")
    failed=$(sed -nE 's/.*, ([0-9]+) tests failed out of .*/\1/p' "$log")
    if [ -z "$total" ]; then
        warn "$layer: ctest ran nothing"
        test_count "$layer" 0 1
    else
        test_count "$layer" $((total - failed)) "$failed"
    fi
}

# The unit layer under ASan and UBSan.
test_unit() {
    build_preset asan || { test_count unit 0 1; return; }
    test_ctest unit asan -L '^unit$'
}

test_shell() {
    local file
    for file in infra/dev infra/postgres/migrate .ci/run; do
        if (cd "$root" && shellcheck -x -a "$file"); then
            test_count shell 1 0
        else
            test_count shell 0 1
        fi
    done
}

test_house() { test_ctest house release -L '^house$'; }

# Every reachable state of one order, on the real decisions.
test_exhaustive() { test_ctest exhaustive release -L '^exhaustive$'; }

# What needs a server of its own makes one, or finds these: broker and database, migrated, nothing more.
test_integration() {
    own_stack_up --only servers || { test_count integration 0 1; return; }
    # shellcheck source=/dev/null
    . "$own_run/env"
    test_ctest integration release -LE '^(unit|house|exhaustive)$' -j 1
    own_stack_gone
}

# unittest_failures LOG: how many tests of a Python run failed or broke; 0 where nothing says so.
unittest_failures() {
    awk '/^FAILED \(/ {
            while (match($0, /(failures|errors)=[0-9]+/)) {
                word = substr($0, RSTART, RLENGTH)
                sub(/.*=/, "", word)
                n += word
                $0 = substr($0, RSTART + RLENGTH)
            }
        }
        END { print n + 0 }' "$1"
}

# Shoppers, foreign clients and operators against everything, as `infra/dev up` starts it.
test_saga() { test_stack saga '' discover; }

# Databases are lost and come back from the topics: a stack whose topics nobody else has filled.
test_rebuild() { test_stack rebuild '' rebuild; }

# The same races, with two processes of each service and of the bridge, which share the partitions.
test_instances() { test_stack instances '--instances 2' test_races; }

# The storefront in a real browser; of the console its words and its story, which need no calls.
test_browser() { test_pages browser a_fresh_shop demo store_{access,flow,robust,words} console_{story,words}; }

# The console in a real browser.
test_console() { test_pages console console_{letters,order,orders,views}; }

# test_pages LAYER FILE...: of tests/browser, against a stack whose catalogue nobody else has filled.
test_pages() {
    local layer=$1 log=$root/build/test-$1.log passed failed files
    shift
    files=("${@/%/.test.mjs}")
    (deps_browser) || { test_count "$layer" 0 1; return; }
    own_stack_up || { test_count "$layer" 0 1; return; }
    # shellcheck source=/dev/null
    (. "$own_run/env" && cd "$root/tests/browser" && JUMUN_KAFKA_PORT=$own_kafka JUMUN_PG_PORT=$own_pg \
        JUMUN_HTTP_PORT=$own_http timeout 1500 node --test --test-concurrency=1 --test-reporter=tap \
        "${files[@]}" 2>&1) | tee "$log" || true
    passed=$(sed -nE 's/^# pass ([0-9]+)$/\1/p' "$log" | tail -n 1)
    failed=$(sed -nE 's/^# (fail|cancelled) ([0-9]+)$/\2/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
    if [ -z "$passed" ]; then
        warn "$layer: the tests did not come to their end"
        passed=0 failed=1
    fi
    test_count "$layer" "$passed" "$failed"
    [ "$failed" -eq 0 ] || own_stack_keep_logs
    own_stack_gone
}

# Every process dies at every fault point it passes: programs built with them, and a stack of those.
test_faults() {
    build_preset faults || { test_count faults 0 1; return; }
    JUMUN_BUILD=$root/build/faults test_stack faults '' fault_points
}

# Each kind of fault once, on brokers, databases and services of its own; then every promise is asked.  The report
# is no document: those that are kept are made by hand (docs/chaos).
test_chaos() {
    local log=$root/build/test-chaos.log passed failed
    build_preset faults || { test_count chaos 0 1; return; }
    (chaos_run --seconds 20 --seed 7 --report "$root/build/test-chaos.md" 2>&1 ||
        { own_stack_keep_logs; false; }) | tee "$log" || true
    passed=$(sed -nE 's/^([0-9]+) passed, [0-9]+ failed$/\1/p' "$log")
    failed=$(sed -nE 's/^[0-9]+ passed, ([0-9]+) failed$/\1/p' "$log")
    [ -n "$failed" ] || warn "chaos: the run did not come to its end"
    test_count chaos "${passed:-0}" "${failed:-1}"
}

# A minute for each target.
test_fuzz() {
    local targets=() failed=0
    deps_fuzz
    fuzz_build || { test_count fuzz 0 1; return; }
    mapfile -t targets < <(fuzz_targets)
    fuzz_all 60 "${targets[@]}" || failed=$?
    test_count fuzz $((${#targets[@]} - failed)) "$failed"
}

# test_stack LAYER UP-OPTIONS UNITTEST-ARGUMENT...: Python tests against a stack of their own.
test_stack() {
    local layer=$1 up_options=$2 log=$root/build/test-$1.log ran bad
    shift 2
    # shellcheck disable=SC2086  # options are words
    own_stack_up $up_options || { test_count "$layer" 0 1; return; }
    # shellcheck source=/dev/null
    (. "$own_run/env" && cd "$root/tests/saga" && export JUMUN_UP=$up_options &&
        timeout 1500 /usr/bin/python3 -B -m unittest "$@" -v 2>&1) | tee "$log" || true
    ran=$(sed -nE 's/^Ran ([0-9]+) tests? in .*/\1/p' "$log" | tail -n 1)
    bad=$(unittest_failures "$log")
    if [ -z "$ran" ]; then
        warn "$layer: the tests did not come to their end"
        ran=1 bad=1
    fi
    [ "$bad" -le "$ran" ] || bad=$ran
    test_count "$layer" $((ran - bad)) "$bad"
    [ "$bad" -eq 0 ] || own_stack_keep_logs
    own_stack_gone
}

test_closing() {
    local layer passed=0 failed=0
    step "summary"
    for layer in "$@"; do
        passed=$((passed + test_passed[$layer]))
        failed=$((failed + test_failed[$layer]))
        printf '  %-12s %4s passed  %4s failed  %5s s\n' \
            "$layer" "${test_passed[$layer]}" "${test_failed[$layer]}" "${test_seconds[$layer]}"
    done
    printf '\n%s passed, %s failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

command_test() {
    local layer began name
    [ $# -gt 0 ] || set -- "${test_layers[@]}"
    for layer in "$@"; do
        [[ " ${test_layers[*]} ${test_layers_asked_for[*]} " == *" $layer "* ]] ||
            die_usage "there is no layer '$layer' of tests; there are: ${test_layers[*]} ${test_layers_asked_for[*]}"
    done
    for name in "${!JUMUN_@}"; do unset "$name"; done  # nothing of anybody's environment
    deps_all
    own_stack test 29092 25432 28080
    if [ "$*" != unit ] && [ "$*" != shell ]; then
        step "build"
        build_preset release || exit
    fi
    for layer in "$@"; do
        step "$layer"
        began=$SECONDS
        "test_$layer"
        test_seconds[$layer]=$((SECONDS - began))
    done
    test_closing "$@"
}
