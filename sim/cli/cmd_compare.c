#include "sim/cli/cmd.h"

#include "sim/compare.h"

#include <stdio.h>

typedef struct compare_args {
    const char *a, *b;
} compare_args;

static error_t parse(int key, char *arg, struct argp_state *state)
{
    compare_args *args = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (args->b)
            argp_error(state, "two scenarios at a time, but there is '%s', too", arg);
        if (args->a)
            args->b = arg;
        else
            args->a = arg;
        break;
    case ARGP_KEY_END:
        if (!args->b)
            argp_error(state, "two scenarios are needed: RESULTS[:SCENARIO] RESULTS[:SCENARIO]");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

int cmd_compare(int argc, char **argv)
{
    static const struct argp_option options[] = { { 0 } };
    static const struct argp argp = {
        options,
        parse,
        "RESULTS[:SCENARIO] RESULTS[:SCENARIO]",
        "Compare two scenarios, of one results file or of two: every peak, impulse and share, the "
        "difference, and that in percent of the first. SCENARIO is counted from 0; without it, the "
        "scenario of full strength is taken.\v"
        "example: genu compare strength.h5 strength.h5:0\n",
        NULL,
        NULL,
        NULL
    };
    compare_args args = { 0 };
    int done;
    int code = cmd_parse(&argp, argc, argv, &args, &done);
    if (done)
        return code;
    genu_err err = { 0 };
    genu_pick a, b = { 0 };
    genu_status s = genu_pick_open(&a, args.a, &err);
    if (s == GENU_OK)
        s = genu_pick_open(&b, args.b, &err);
    if (s == GENU_OK)
        s = genu_compare_print(&a, &b, stdout, &err);
    genu_pick_close(&a);
    genu_pick_close(&b);
    return s == GENU_OK ? GENU_EXIT_DONE : cmd_fail("compare", &err);
}
