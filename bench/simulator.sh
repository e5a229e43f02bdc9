#!/bin/bash
# How many failure histories arraysim plays in a second on one core: the same seeds every time, and none may fail. The
# figure for a second of processor time holds on a machine that others use too. Markdown to the standard output;
# Markdown and JSON to bench/results/.
#
#   bench/simulator.sh [--quick]      ARRAYSIM=/some/arraysim changes which program is measured
set -euo pipefail
cd "$(dirname "$0")/.."

seeds='0..<20000'
if [ "${1:-}" = --quick ]; then seeds='0..<4000'; fi
program=${ARRAYSIM:-.build/release/arraysim}

results=bench/results
mkdir -p "$results"
report=$results/$(date -u +%Y%m%dT%H%M%SZ)-simulator
echo "bench: seeds $seeds" >&2
status=0
"$program" run --seeds "$seeds" --jobs 1 --json >"$report.json" || status=$?

value() { sed -n "s/^  \"$1\" : \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" "$report.json"; }
whole() { value "$1" | cut -d. -f1; }
if [ -z "$(value histories)" ]; then
    rm -f "$report.json"
    echo "bench: arraysim ended with status $status and printed no result" >&2
    exit 1
fi

{
    echo "# Failure histories, $(date -u +%F)"
    echo
    echo "$(nproc) processors, one job, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)," \
        "arraysim $(value version), generation $(value generation), seeds $(value firstSeed)..<$(value endSeed)." \
        "A history is complete with at least 200 writes over two volumes, three faults and two changes of roles."
    echo
    echo "| histories | complete | a second | a second of processor time | complete ones of these | failed |"
    echo "|---|---|---|---|---|---|"
    echo "| $(value histories) | $(value complete) | $(whole historiesPerSecond) |" \
        "$(whole historiesPerProcessorSecond) | $(whole completePerProcessorSecond) |" \
        "$(grep -c '"repeat" :' "$report.json" || true) |"
} | tee "$report.md"
echo "bench: written to $report.md and $report.json" >&2
exit "$status"
