#!/bin/sh
# scaling.sh - set up, build with MPI, time one sweep on 1, 2, 4 ranks of one thread each, and say from
# the measured times where more cores would stop to help.
# usage: scripts/scaling.sh [SCENARIOS]          default: 100000
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/scripts/setup.sh"

need_to_build && need openmpi-bin libopenmpi-dev
cd "$top"
cmake --preset mpi >/dev/null
cmake --build --preset mpi --target genu -- --quiet
genu=$top/build/mpi/genu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
steps=$(awk "BEGIN { print int(sqrt(${1:-100000}) + 0.5) }")
sed -e "s|steps: 13|steps: $steps|" -e "s|\.\./|$top/data/|" -e '/^output:/d' \
    data/studies/abductor_strength.yaml >"$work/study.yaml"
cd "$work"
if [ "$(id -u)" = 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi

# seconds NAME: a figure of the line that a sweep prints
seconds() {
    sed -n "s/^time:.*$1 \([0-9.]*\).*/\1/p" log
}

echo "$((steps * steps)) scenarios x 101 frames, summaries; $(nproc) cores here"
printf '%6s %12s %12s %10s\n' ranks "solving, s" "writing, s" speed-up
for ranks in 1 2 4; do
    mpirun --oversubscribe -n $ranks "$genu" sweep study.yaml -o out.h5 -j1 --force >log 2>/dev/null
    solve=$(seconds 'load sharing') write=$(seconds writing)
    [ $ranks -gt 1 ] || { one=$solve; }
    printf '%6d %12s %12s %10s\n' $ranks "$solve" "$write" "$(awk "BEGIN { printf \"%.2f\", $one / $solve }")"
done

"$genu" sweep study.yaml -o out.h5 --shard 1/1 >log 2>/dev/null
start=$(date +%s.%N)
"$genu" merge -o out.h5 out.h5.shard-1-of-1 --force >/dev/null
end=$(date +%s.%N)
awk -v n=$((steps * steps)) -v solve="$one" -v merge="$(awk "BEGIN { print $end - $start }")" 'BEGIN {
    t = solve / n; w = merge / n
    printf "\na scenario takes %.1f us of one core, and %.2f us of the one process that writes the file\n", 1e6 * t, 1e6 * w
    printf "model: T(cores) = scenarios (t / cores + w); messages are 12 bytes for 16 blocks and thread\n"
    for (c = 10; c <= 1000; c *= 10)
        printf "%6d cores: speed-up %5.0f, efficiency %3.0f %%\n", c, t / (t / c + w), 100 * t / (t + w * c)
    printf "half of the cores are lost from %.0f cores on; shards that are merged later are not held up by it\n", t / w
}'
