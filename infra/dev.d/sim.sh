# sim.sh — simulated worlds (tests/sim): many of them, one of them told, and the defects they have to find.
# shellcheck shell=bash

sim_usage() {
    cat <<'END'
usage: infra/dev sim [option...]        simulated worlds: the loop and the domains of production between
                                        a log and databases in memory, with every misfortune

  --seeds A..B     from seed A to seed B (default: fresh ones for a minute)
  --jobs N         so many at once (default: one for each core)
  --seconds S      begin no seed after so long
  --seed N         tell this world line by line; it repeats exactly
  --shrink         with --seed: look for its shortest story first

usage: infra/dev mutants [WORLDS]       every defect of infra/runtime/mutant.h in turn, each looked for in at
                                        most so many worlds (2000); the table goes into docs/proof.md
END
}

sim_jobs() { nproc; }

# A seed that no one had before, to begin with.
sim_fresh() { echo $(($(date +%s) * 1000)); }

command_sim() {
    local option first has_seeds='' has_jobs=''
    for option in "$@"; do
        case $option in
            -h | --help) sim_usage; return ;;
            --seed | --seed=* | --seeds | --seeds=*) has_seeds=yes ;;
            --jobs | --jobs=*) has_jobs=yes ;;
        esac
    done
    build_preset release || exit
    [ -n "$has_jobs" ] || set -- "$@" --jobs "$(sim_jobs)"
    if [ -z "$has_seeds" ]; then
        first=$(sim_fresh)
        set -- --seeds "$first..$((first + 1000000000))" --seconds 60 "$@"
    fi
    "$root/build/release/bin/sim" "$@"
}

# A layer of the tests: seeds that are always the same, and for as long again some that never were.
sim_layer() {
    local first
    "$root/build/release/bin/sim" --seeds 1..10000 --jobs "$(sim_jobs)" || return
    first=$(sim_fresh)
    "$root/build/release/bin/sim" --seeds "$first..$((first + 1000000000))" --seconds 40 \
        --jobs "$(sim_jobs)"
}

test_sim() {
    if sim_layer; then test_count sim 1 0; else test_count sim 0 1; fi
}

# replace_between FILE NAME TEXT-FILE: what stands between the markers of that name.
replace_between() {
    local file=$1 name=$2 text=$3
    awk -v begin="<!-- $name: begin -->" -v end="<!-- $name: end -->" -v text="$text" '
        $0 == end { is_inside = 0 }
        !is_inside { print }
        $0 == begin { is_inside = 1; while ((getline line < text) > 0) print line }
    ' "$file" >"$file.new" && mv "$file.new" "$file"
}

command_mutants() {
    local table status=0
    case ${1:-} in
        -h | --help) sim_usage; return ;;
        '' | *[0-9]) ;;
        *) die_usage "infra/dev mutants [WORLDS]" ;;
    esac
    build_preset release || exit
    table=$root/build/release/mutants.md
    "$root/build/release/bin/sim_mutants" --mutants "${1:-2000}" | tee "$table" || status=$?
    replace_between "$root/docs/proof.md" mutants "$table"
    [ "$status" -eq 0 ] || die "some defects were not found"
}
