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
for n in "$@"; do
    steps=$(awk "BEGIN { print int(sqrt($n) + 0.5) }")
    sed -e "s|steps: 13|steps: $steps|" -e "s|\.\./|$top/data/|" -e '/^output:/d' \
        data/studies/abductor_strength.yaml >"$work/study.yaml"
    echo "== $steps x $steps scenarios of 101 frames, files to results"
    build/release/genu sweep "$work/study.yaml" -o "$work/out.h5" --force
done
