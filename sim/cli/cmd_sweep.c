#include "sim/cli/cmd.h"
#include "sim/cli/solve.h"

int cmd_sweep(int argc, char **argv)
{
    static const char help[] =
        "Solve every scenario of a study, in parallel, and write a results file.\v"
        "example: genu sweep data/studies/abductor_strength.yaml -o strength.h5\n\n"
        "Ctrl-C keeps what is done in OUT.partial.h5. A scenario that the muscles cannot do is "
        "kept, "
        "marked and counted, and is no failure.\n"
        "Exit code: 0 done, 1 failed, 2 wrong usage, 130 stopped.";
    return solve_command("sweep", 0, help, argc, argv);
}
