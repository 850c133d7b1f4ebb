#!/bin/sh
# bench.sh - set up, build, time load sharing per solve and whole sweeps of the bundled study.
# usage: scripts/bench.sh [SCENARIOS...]         default: 10000 1000000; a million takes minutes
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/scripts/setup.sh"

need_to_build
cd "$top"
[ $# -gt 0 ] || set -- 10000 1000000
cmake --preset release >/dev/null
cmake --build --preset release --target genu bench -- --quiet
build/release/bench data/studies/abductor_strength.yaml

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# seconds NAME: a figure of the line that a sweep prints
seconds() {
    sed -n "s/^time:.*$1 \([0-9.]*\).*/\1/p" "$work/log"
}

# OpenSim 4.6 on one core of another machine of this kind, ms a frame of a walk with 80 muscles (Rajagopal
# family): muscle lengths and moment arms 220, inverse dynamics 0.4, static optimisation 164, joint
# reactions 0.3.
opensim=384.7 opensim_sharing=164.3

for n in "$@"; do
    steps=$(awk "BEGIN { print int(sqrt($n) + 0.5) }")
    sed -e "s|steps: 13|steps: $steps|" -e "s|\.\./|$top/data/|" -e '/^output:/d' \
        data/studies/abductor_strength.yaml >"$work/study.yaml"
    [ "$n" -gt 10000 ] || echo 'output: [curves]' >>"$work/study.yaml"
    echo "== $steps x $steps scenarios of 101 frames, files to results: one thread, then all"
    build/release/genu sweep "$work/study.yaml" -o "$work/out.h5" --force -j1 >"$work/log" 2>/dev/null
    grep '^time' "$work/log"
    alone=$(seconds 'load sharing')
    build/release/genu sweep "$work/study.yaml" -o "$work/out.h5" --force >"$work/log" 2>/dev/null
    grep '^time' "$work/log"
    awk -v n=$((steps * steps)) -v t="$(sed -n 's/^time: \([0-9.]*\).*/\1/p' "$work/log")" \
        -v alone="$alone" -v together="$(seconds 'load sharing')" \
        -v theirs=$opensim_sharing -v cores="$(nproc)" -v size="$(stat -c %s "$work/out.h5")" 'BEGIN {
        each = t * cores / n / 101
        printf "load sharing %.2f times as fast on %d cores as on one; file %.1f MB\n", alone / together, cores, size / 1e6
        printf "%.0f ns for each scenario, frame and core, the whole process counted\n", 1e9 * each
        printf "OpenSim takes %.0f ms for sharing and reactions, on another machine: %.0f times as long\n", theirs, theirs / 1e3 / each
    }'
done

sed -e "s|\.\./|$top/data/|" -e '/^strength:/,/^$/d' -e '/^output:/d' data/studies/abductor_strength.yaml >"$work/study.yaml"
echo "== one scenario of 101 frames, kinematics to joint contact"
build/release/genu sweep "$work/study.yaml" -o "$work/out.h5" --force -j1 >"$work/log"
awk -v frames="$(seconds frames)" -v sharing="$(seconds 'load sharing')" -v theirs=$opensim 'BEGIN {
    each = (frames + sharing) / 101
    printf "%.3f ms a frame; OpenSim takes %.0f ms, on another machine: %.0f times as long\n", 1e3 * each, theirs, theirs / 1e3 / each
}'
