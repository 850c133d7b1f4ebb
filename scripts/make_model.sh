#!/bin/sh
# make_model.sh - make data/models/lower_limb.osim anew from the tables beside it, and show what changed.
# usage: scripts/make_model.sh [PRESET]          default: release
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
preset=${1:-release}
cd "$top"
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset" --target test_osim_write -- --quiet
GENU_UPDATE_MODEL=1 "build/$preset/tests/test_osim_write" bundled_file_is_what_the_tables_say
git diff --stat -- data/models || true
