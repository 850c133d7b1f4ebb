#!/bin/sh
# demo.sh - set up, build, run the bundled study, draw its figures, say where they are.
# usage: scripts/demo.sh [RESULTS-FOLDER]        default: results/ in the project
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$top/results}
. "$top/scripts/setup.sh"

need_to_build
cd "$top"
cmake --preset release -DBUILD_TESTING=OFF >build.log 2>&1 || { cat build.log >&2; exit 1; }
echo "building"
cmake --build --preset release --target genu >>build.log 2>&1 || { cat build.log >&2; exit 1; }
rm -f build.log

mkdir -p "$out"
genu=$top/build/release/genu
"$genu" sweep data/studies/abductor_strength.yaml -o "$out/abductor_strength.h5" --force
"$genu" plot "$out/abductor_strength.h5" -o "$out" -f png,svg,pdf
echo "results: $out/abductor_strength.h5"
echo "figures: $out"
