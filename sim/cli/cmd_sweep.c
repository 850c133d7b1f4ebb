#include "sim/cli/cmd.h"
#include "sim/cli/solve.h"

int cmd_sweep(int argc, char **argv)
{
    static const char help[] =
        "Solve every scenario of a study, in parallel, and write a results file.\v"
        "example: genu sweep data/studies/abductor_strength.yaml -o strength.h5\n\n"
        "Every finished block of scenarios is saved at once in OUT.h5.part.0, which needs room "
        "beside OUT.h5. After Ctrl-C, a crash or the end of a job's time, the same command with "
        "--resume goes on from there, with the same numbers as in one go; Ctrl-C also leaves what "
        "is done in OUT.partial.h5. An earlier OUT.h5 stays until the new one is complete.\n"
        "Many machines: mpirun genu sweep ... where genu is built with GENU_MPI, else one job per "
        "--shard, then genu merge.\n"
        "A scenario that the muscles cannot do is kept, marked and counted, and is no failure.\n"
        "Exit code: 0 done, 1 failed, 2 wrong usage, 130 stopped.";
    return solve_command("sweep", 0, help, argc, argv);
}
