#!/bin/sh
# Every C file is as clang-format leaves it.
cd "$(dirname "$0")/.." || exit 1
command -v clang-format >/dev/null 2>&1 || { echo "SKIPPED: clang-format is not installed"; exit 0; }
clang-format --dry-run -Werror models/*.[ch] solvers/*.[ch] sim/*.[ch] sim/cli/*.[ch] bench/*.[ch] tests/*.[ch] tests/*/*.[ch]
