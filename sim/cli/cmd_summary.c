#include "sim/cli/cmd.h"

#include "sim/summary.h"

#include <stdio.h>

typedef struct summary_args {
    const char *file, *baseline, *only;
    int feasible;
} summary_args;

static const struct argp_option options[] = {
    { "baseline", 'b', "RESULTS[:SCENARIO]", 0,
      "print differences from this scenario; without a number, that of full strength", 0 },
    { "feasible", 'a', NULL, 0, "count only scenarios that the muscles can do", 0 },
    { "quantity", 'q', "NAME", 0, "of this summary alone (genu show RESULTS lists them)", 0 },
    { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    summary_args *a = state->input;
    switch (key) {
    case 'b':
        a->baseline = arg;
        break;
    case 'a':
        a->feasible = 1;
        break;
    case 'q':
        a->only = arg;
        break;
    case ARGP_KEY_ARG:
        if (a->file)
            argp_error(state, "one results file at a time, but there is '%s', too", arg);
        a->file = arg;
        break;
    case ARGP_KEY_END:
        if (!a->file)
            argp_error(state, "a results file is missing");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static genu_status print(const summary_args *args, genu_err *err)
{
    genu_results *r;
    genu_pick base = { 0 };
    genu_status s = genu_results_open(&r, args->file, err);
    if (s != GENU_OK)
        return s;
    if (args->baseline)
        s = genu_pick_open(&base, args->baseline, err);
    genu_summary_options how = { args->baseline ? &base : NULL, args->feasible, args->only };
    if (s == GENU_OK)
        s = genu_summary_print(r, &how, stdout, err);
    genu_pick_close(&base);
    genu_results_close(r);
    return s;
}

int cmd_summary(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse,
        "RESULTS",
        "Print how far the loads spread over the scenarios: least, 5 %, median, 95 % and largest "
        "peak, forces in body weights. For a saltelli design, also which parameter they depend on: "
        "Sobol's indices with their confidence, and how they settle with the number of samples. "
        "With "
        "output: slopes in the study, also the ten muscles whose strength each medial peak follows "
        "most, and whether it stands at a kink.\v"
        "examples: genu summary strength.h5 --feasible\n"
        "          genu summary strength.h5 --baseline strength.h5\n",
        NULL,
        NULL,
        NULL
    };
    summary_args args = { 0 };
    int done;
    int code = cmd_parse(&argp, argc, argv, &args, &done);
    if (done)
        return code;
    genu_err err = { 0 };
    return print(&args, &err) == GENU_OK ? GENU_EXIT_DONE : cmd_fail("summary", &err);
}
