#!/bin/sh
# validate.sh - set up, build, hold genu to OpenSim's results and models to their own geometry.
# usage: scripts/validate.sh [DATA-FOLDER [OUTPUT-FOLDER]]
#   DATA-FOLDER    models, motions and results that data/validation/*.yaml name; default: ../shared/reference
#   OUTPUT-FOLDER  gets validation.md and figures/validation; default: docs
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
data=$(realpath --relative-to "$top" "${1:-$top/../shared/reference}")
out=$(realpath --relative-to "$top" "${2:-$top/docs}")
. "$top/scripts/setup.sh"

need_to_build
cd "$top"
cmake --preset release >/dev/null
cmake --build --preset release --target genu -- --quiet
mkdir -p "$out/figures"
build/release/genu validate data/validation/*.yaml -d "$data" \
    -o "$out/validation.md" --force -g "$out/figures/validation"
