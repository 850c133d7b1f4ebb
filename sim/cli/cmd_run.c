#include "sim/cli/cmd.h"
#include "sim/cli/solve.h"

int cmd_run(int argc, char **argv)
{
    static const char help[] = "Solve the one scenario of a study and write a results file.\v"
                               "example: genu run my_walk.yaml -o my_walk.h5\n\n"
                               "Exit code: 0 done, 1 failed, 2 wrong usage.";
    return solve_command("run", 1, help, argc, argv);
}
