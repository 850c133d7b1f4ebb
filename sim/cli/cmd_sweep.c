#include "sim/cli/cmd.h"
#include "sim/cli/solve.h"

#include <stdlib.h>

static const struct argp_option options[] = {
    { "output", 'o', "OUT.h5", 0, "results file; default: named after the study, in this folder",
      0 },
    { "threads", 'j', "N", 0, "number of threads; default: all cores. It changes no result", 0 },
    { "force", 'F', NULL, 0, "replace an existing results file, once the new one is complete", 0 },
    { "verbose", 'v', NULL, 0, "print notes on the files that were read, too", 0 },
    { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    solve_args *a = state->input;
    switch (key) {
    case 'o':
        a->out = arg;
        break;
    case 'j': {
        char *end;
        long n = strtol(arg, &end, 10);
        if (*end || n < 1 || n > 1024)
            argp_error(state, "number of threads is '%s', must be 1 to 1024", arg);
        a->threads = (int)n;
        break;
    }
    case 'F':
        a->force = 1;
        break;
    case 'v':
        a->verbose = 1;
        break;
    case ARGP_KEY_ARG:
        if (a->study)
            argp_error(state, "one study file at a time, but there is '%s', too", arg);
        a->study = arg;
        break;
    case ARGP_KEY_END:
        if (!a->study)
            argp_error(state, "a study file is missing");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

int cmd_sweep(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse,
        "STUDY",
        "Solve every scenario of a study, in parallel, and write a results file.\v"
        "example: genu sweep data/studies/abductor_strength.yaml -o strength.h5\n\n"
        "Ctrl-C keeps what is done in OUT.partial.h5. A scenario that the muscles cannot do is "
        "kept, "
        "marked and counted, and is no failure.\n"
        "Exit code: 0 done, 1 failed, 2 wrong usage, 130 stopped.",
        NULL,
        NULL,
        NULL
    };
    solve_args args = { .verb = "sweep", .one = 0 };
    int done;
    args.command = cmd_line(argc, argv);
    int code = cmd_parse(&argp, argc, argv, &args, &done);
    if (!done)
        code = solve(&args);
    free(args.command);
    return code;
}
