#!/bin/sh
# Includes may only point left: models <- solvers <- sim <- sim/cli.
cd "$(dirname "$0")/.." || exit 1
bad=$(
    grep -nE '#include "(solvers|sim|bench|tests)/' models/*.[ch]
    grep -nE '#include "(sim|bench|tests)/' solvers/*.[ch]
    grep -nE '#include "(sim/cli|bench|tests)/' sim/*.[ch]
)
[ -z "$bad" ] && exit 0
printf 'includes that point the wrong way:\n%s\n' "$bad"
exit 1
