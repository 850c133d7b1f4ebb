#include "sim/cli/cmd.h"

#include "sim/describe.h"
#include "sim/sweep.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct merge_args {
    const char *out;
    const char **shard;
    int n, force;
} merge_args;

static error_t parse(int key, char *arg, struct argp_state *state)
{
    merge_args *a = state->input;
    switch (key) {
    case 'o':
        a->out = arg;
        break;
    case 'F':
        a->force = 1;
        break;
    case ARGP_KEY_ARG:
        a->shard[a->n++] = arg;
        break;
    case ARGP_KEY_END:
        if (!a->out)
            argp_error(state, "-o OUT.h5 is missing");
        if (!a->n)
            argp_error(state, "the shards are missing");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static int merge(const merge_args *a)
{
    genu_err err = { 0 };
    genu_sweep_info info = { .path = NULL };
    genu_status s = GENU_OK;
    if (genu_file_kind_of(a->out) != GENU_FILE_RESULTS)
        s = genu_fail(&err, GENU_E_RANGE, "the results file is '%s', must end in .h5", a->out);
    else
        s = genu_merge(a->shard, a->n, a->out, a->force, &info, &err);
    if (s == GENU_OK)
        printf("%d scenarios: %d solved, %d beyond the muscles, %d not converged, %d not computed\n"
               "results: %s\n",
               info.n_done, info.n_done - info.n_weak - info.n_unconverged - info.n_failed,
               info.n_weak, info.n_unconverged, info.n_failed, info.path);
    free(info.path);
    return s == GENU_OK ? GENU_EXIT_DONE : cmd_fail("merge", &err);
}

int cmd_merge(int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "output", 'o', "OUT.h5", 0, "results file", 0 },
        { "force", 'F', NULL, 0, "replace an existing results file, once the new one is complete",
          0 },
        { 0 },
    };
    static const struct argp argp = {
        options,
        parse,
        "SHARD...",
        "Put the shards of a sweep together into one results file.\v"
        "example: genu merge -o out.h5 out.h5.shard-*-of-2\n\n"
        "after genu sweep study.yaml -o out.h5 --shard 1/2, and the same with 2/2, on any machine. "
        "The shards must be of one study, model, movement, build of genu and instruction set, and "
        "all of them must be finished. They stay; remove them when the results are safe.\n"
        "Exit code: 0 done, 1 failed, 2 wrong usage.",
        NULL,
        NULL,
        NULL
    };
    merge_args args = { .shard = calloc((size_t)argc, sizeof *args.shard) };
    int done;
    if (!args.shard)
        return GENU_EXIT_FAILED;
    int code = cmd_parse(&argp, argc, argv, &args, &done);
    if (!done)
        code = merge(&args);
    free(args.shard);
    return code;
}
