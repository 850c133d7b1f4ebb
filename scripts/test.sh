#!/bin/sh
# test.sh - set up, build twice (sanitizers; release), run every test on both.
# usage: scripts/test.sh [PRESET...]             default: dev release
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/scripts/setup.sh"

need_to_test
cd "$top"
[ $# -gt 0 ] || set -- dev release
for preset in "$@"; do
    echo "== $preset"
    cmake --preset "$preset" -DBUILD_TESTING=ON >/dev/null
    cmake --build --preset "$preset" -- --quiet
    ctest --preset "$preset" -j "$(nproc)"
done
