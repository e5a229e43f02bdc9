#!/bin/bash
# fio on a simplex, a synchronous and an asynchronous volume and on a plain file beside them, all in memory by default;
# and on the same three volumes of arrays without an acknowledgement ledger, to say what the ledger costs. All take turns
# within each round, so that a slow moment of the machine meets all of them; medians are shown, and ratios, which hold
# better than figures. Markdown to the standard output and to bench/results/.
#
#   bench/run.sh [--quick]      ARRAYBENCH_BENCH_DIR=/some/disk changes where everything lies
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=5 seconds=2
if [ "${1:-}" = --quick ]; then rounds=3 seconds=1; fi
program=.build/release/arraybench
folder=$(mktemp -d "${ARRAYBENCH_BENCH_DIR:-/dev/shm}/arraybench-bench.XXXXXX")
state=$folder/state
size=512MiB

finish() {
    [ ! -d "$state" ] || "$program" down --state "$state" >&2 || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

cat >"$folder/bench.yaml" <<YAML
arrays:
  - { name: east, serial: 30053, ldevs: [{ id: 00:10, size: $size, count: 3, lun: 0 }] }
  - { name: west, serial: 30054, ldevs: [{ id: 00:10, size: $size, count: 3, lun: 0 }] }
  - { name: north, serial: 30055, ledger: off, ldevs: [{ id: 00:10, size: $size, count: 3, lun: 0 }] }
  - { name: south, serial: 30056, ledger: off, ldevs: [{ id: 00:10, size: $size, count: 3, lun: 0 }] }
links:
  - { name: east-west, between: [east, west], kind: ${ARRAYBENCH_BENCH_LINK:-unix} }
  - { name: north-south, between: [north, south], kind: ${ARRAYBENCH_BENCH_LINK:-unix} }
hosts:
  - { name: east, array: east, instance: 0 }
  - { name: west, array: west, instance: 1 }
  - { name: north, array: north, instance: 2 }
  - { name: south, array: south, instance: 3 }
groups:
  - { name: sync, hosts: [east, west], fence: data, pairs: [{ name: s1, ldevs: [00:11, 00:11] }] }
  - { name: async, hosts: [east, west], fence: async, pairs: [{ name: a1, ldevs: [00:12, 00:12] }] }
  - { name: sync2, hosts: [north, south], fence: data, pairs: [{ name: s2, ldevs: [00:11, 00:11] }] }
  - { name: async2, hosts: [north, south], fence: async, pairs: [{ name: a2, ldevs: [00:12, 00:12] }] }
YAML
"$program" up --state "$state" "$folder/bench.yaml" >&2

device=$state/arrays/east/dev
bare=$state/arrays/north/dev
declare -A path=([plain]=$folder/plain [simplex]=$device/00-10 [sync]=$device/00-11 [async]=$device/00-12
    [bare-simplex]=$bare/00-10 [bare-sync]=$bare/00-11 [bare-async]=$bare/00-12)
targets="plain simplex sync async"
bare_targets="bare-simplex bare-sync bare-async"
truncate -s "$size" "$folder/plain" 2>/dev/null || truncate -s 512M "$folder/plain"

# A run against a path where nothing is mounted would measure a plain file and report that as the array's speed.
for target in simplex sync async $bare_targets; do
    type=$(stat -f -c %t "${path[$target]}")
    if [ "$type" != 65735546 ] || [ ! -f "${path[$target]}" ]; then
        echo "bench: ${path[$target]} is not on a FUSE mount (file system type $type)" >&2
        exit 1
    fi
done

# tmpfs knows O_DIRECT since Linux 6.6; the plain file is measured without it where it does not.
direct=1
dd if=/dev/zero of="$folder/plain" bs=4k count=1 oflag=direct conv=notrunc 2>/dev/null || direct=0

# Every block is written once: a first write to a hole is another thing than a write.
for target in $targets $bare_targets; do
    fio --name=fill --filename="${path[$target]}" --rw=write --bs=1M --size="$size" --ioengine=psync \
        --output-format=terse >/dev/null
done

measure() { # target direction block depth → operations per second
    local direction=$2 field engine=libaio is_direct=1
    [ "$1" != plain ] || is_direct=$direct
    [ "$4" != 1 ] || engine=psync
    case $direction in randread) field=8 ;; *) field=49 ;; esac
    fio --name=x --filename="${path[$1]}" --rw="$direction" --bs="$3" --iodepth="$4" --ioengine=$engine \
        --direct=$is_direct --size="$size" --runtime="$seconds" --time_based --randrepeat=0 \
        --output-format=terse --terse-version=3 | awk -F';' -v f=$field 'END { printf "%d\n", $f }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

results=bench/results
mkdir -p "$results"
report=$results/$(date -u +%Y%m%dT%H%M%SZ).md
cases="randwrite:4k:1 randwrite:4k:16 randwrite:1M:4 randread:4k:1 randread:4k:16 randread:1M:4"
for round in $(seq "$rounds"); do
    echo "bench: round $round of $rounds" >&2
    for case in $cases; do
        IFS=: read -r direction block depth <<<"$case"
        others=
        case $direction in randwrite) others=$bare_targets ;; esac
        for target in $targets $others; do
            measure "$target" "$direction" "$block" "$depth" >>"$folder/$case.$target"
        done
    done
done

{
    echo "# fio, $(date -u +%F)"
    echo
    echo "$(nproc) processors, kernel $(uname -r), files in ${ARRAYBENCH_BENCH_DIR:-/dev/shm}, link ${ARRAYBENCH_BENCH_LINK:-unix}," \
        "commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown); medians of $rounds rounds of $seconds s." \
        "Operations per second; in brackets the share of the plain file, and of the simplex volume."
    echo
    echo "| | plain file | simplex | synchronous (DATA) | asynchronous |"
    echo "|---|---|---|---|---|"
    for case in $cases; do
        IFS=: read -r direction block depth <<<"$case"
        plain=$(median <"$folder/$case.plain")
        simplex=$(median <"$folder/$case.simplex")
        line="| ${direction#rand} $block, depth $depth | $plain |"
        for target in simplex sync async; do
            value=$(median <"$folder/$case.$target")
            line+=$(awk -v v="$value" -v p="$plain" -v s="$simplex" -v t="$target" 'BEGIN {
                printf " %d (%.2f", v, p ? v / p : 0
                if (t != "simplex") printf ", %.2f", s ? v / s : 0
                printf ") |" }')
        done
        echo "$line"
    done
    echo
    echo "Writes with the acknowledgement ledger as a share of those of arrays without one; in brackets operations per" \
        "second without."
    echo
    echo "| | simplex | synchronous (DATA) | asynchronous |"
    echo "|---|---|---|---|"
    for case in $cases; do
        IFS=: read -r direction block depth <<<"$case"
        [ "$direction" = randwrite ] || continue
        line="| write $block, depth $depth |"
        for target in simplex sync async; do
            with=$(median <"$folder/$case.$target")
            without=$(median <"$folder/$case.bare-$target")
            line+=$(awk -v a="$with" -v b="$without" 'BEGIN { printf " %.2f (%d) |", b ? a / b : 0, b }')
        done
        echo "$line"
    done
} | tee "$report"
echo "bench: written to $report" >&2
