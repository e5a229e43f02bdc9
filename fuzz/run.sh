#!/bin/sh
# Builds the fuzz targets with libFuzzer, outside of the ordinary build, and runs them.
#
#   fuzz/run.sh [SECONDS [TARGET ...]]     each target, or those named, for so many seconds (30)
#
# What a run finds beyond the committed corpus is kept in .build/fuzz/corpus; an input that fails is left there as
# crash-TARGET-...: put it into fuzz/corpus/TARGET with a name that says what it is, mend the fault, and keep it.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-30}
[ $# -gt 0 ] && shift
build=.build/fuzz
rebuilt=
mkdir -p "$build/corpus"

# Builds a module if one of its sources is newer than it.
compile() {
    module=$1
    shift
    [ -f "$build/$module.o" ] && [ -z "$(find "$@" fuzz/run.sh -newer "$build/$module.o")" ] && [ -z "$rebuilt" ] && return
    rebuilt=$module
    echo "building $module"
    swiftc -O -wmo -parse-as-library -swift-version 6 -strict-memory-safety -warnings-as-errors -enable-upcoming-feature ExistentialAny \
        -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility \
        -package-name arraybench -sanitize=fuzzer -module-name "$module" -I "$build" \
        -emit-module -emit-module-path "$build/$module.swiftmodule" -emit-object -o "$build/$module.o" "$@"
    # The compiler leaves a file alone that would not change.
    touch "$build/$module.o"
}

compile ReplicationCore $(find Sources/ReplicationCore -name '*.swift')
compile CommandDevice $(find Sources/CommandDevice -name '*.swift')
compile RaidManager $(find Sources/RaidManager -name '*.swift')
compile FuzzTargets $(find fuzz/Targets -name '*.swift')
compile FuzzEntry $(find fuzz/Entry -name '*.swift')
swiftc -sanitize=fuzzer "$build"/*.o -o "$build/fuzz"

[ $# -gt 0 ] || set -- $(ls fuzz/corpus)
for target in "$@"; do
    echo "==== $target, $seconds s"
    mkdir -p "$build/corpus/$target"
    FUZZ_TARGET=$target "$build/fuzz" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$build/crash-$target-" "$build/corpus/$target" "fuzz/corpus/$target" \
        2>"$build/$target.log" || { tail -25 "$build/$target.log"; exit 1; }
    grep -E '^stat::(number_of_executed_units|new_units_added)|^Done' "$build/$target.log"
done
