#!/usr/bin/env bash
# contract.sh [lint|fuzz]: schemas/openapi.yaml is OpenAPI, and the bridge at JUMUN_HTTP answers as it says.
#
# The tools come from PyPI, pinned, into a venv under build/.  Exit status 77: they cannot be had here.
# The fuzzer's seed is fixed (JUMUN_SEED), its time is bounded.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
spec=$root/schemas/openapi.yaml
venv=$root/build/venv-bridge
seconds=45

tools() {
    local wanted
    wanted=$(sha256sum "$here/requirements.txt")
    [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ] || return 0
    mkdir -p "$root/build"
    exec 9>"$venv.lock"
    flock 9
    [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ] || return 0
    rm -rf "$venv"
    if ! { /usr/bin/python3 -m venv "$venv" &&
        "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"; } >&2; then
        echo "contract.sh: the tools of requirements.txt cannot be installed here" >&2
        exit 77
    fi
    echo "$wanted" >"$venv/installed"
}

lint() {
    "$venv/bin/python" "$here/unique_keys.py" "$spec"
    "$venv/bin/openapi-spec-validator" "$spec"
    "$venv/bin/python" "$here/examples_fit.py" "$spec"
}

# Streams are left out: they end when the order does, and are tested by test_http.py.
fuzz() {
    cd "$venv" # it leaves a folder where it runs
    SCHEMATHESIS_HOOKS=$here/schemathesis_hooks.py PYTHONDONTWRITEBYTECODE=1 timeout 90 "$venv/bin/schemathesis" --config-file "$here/schemathesis.toml" run "$spec" \
        --url "http://${JUMUN_HTTP:?the address of a running bridge}" --seed "${JUMUN_SEED:-20261122}" \
        --exclude-path '/v1/orders/{order_id}/events' --exclude-path /v1/admin/stream --generation-database none --max-examples 25 \
        --max-time "$seconds" --request-timeout 20 --continue-on-failure --warnings off
}

tools
case ${1:-all} in
    lint) lint ;;
    fuzz) fuzz ;;
    all) lint && fuzz ;;
    *) echo "usage: contract.sh [lint|fuzz]" >&2; exit 2 ;;
esac
