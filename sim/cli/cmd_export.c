#include "sim/cli/cmd.h"

#include "sim/export.h"

#include <stdlib.h>

typedef struct export_args {
    const char *results, *name, *out;
    int scenario, force;
} export_args;

static const struct argp_option options[] = {
    { "output", 'o', "FILE", 0, "file to write; its ending, .sto or .csv, decides the format", 0 },
    { "scenario", 's', "N", 0, "only this scenario, counted from 0; default: all", 0 },
    { "force", 'F', NULL, 0, "replace an existing file", 0 },
    { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    export_args *a = state->input;
    switch (key) {
    case 'o':
        a->out = arg;
        break;
    case 's': {
        char *end;
        long n = strtol(arg, &end, 10);
        if (*end || end == arg || n < 0 || n > 100000000)
            argp_error(state, "scenario is '%s', must be a whole number from 0", arg);
        a->scenario = (int)n;
        break;
    }
    case 'F':
        a->force = 1;
        break;
    case ARGP_KEY_ARG:
        if (a->name)
            argp_error(state, "one dataset at a time, but there is '%s', too", arg);
        if (a->results)
            a->name = arg;
        else
            a->results = arg;
        break;
    case ARGP_KEY_END:
        if (!a->results)
            argp_error(state, "a results file is missing");
        if (!a->out)
            argp_error(state, "the file to write is missing: -o FILE.sto or -o FILE.csv");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

int cmd_export(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse,
        "RESULTS [NAME] -o FILE.sto|FILE.csv",
        "Write a dataset of a results file as a table for OpenSim (.sto) or a spreadsheet (.csv); "
        "without NAME, one row per scenario with all peaks, impulses and shares (.csv).\v"
        "examples: genu export strength.h5 -o peaks.csv\n"
        "          genu export strength.h5 muscle_force -s 0 -o forces.sto\n",
        NULL,
        NULL,
        NULL
    };
    export_args args = { .scenario = GENU_ALL_SCENARIOS };
    int done;
    int code = cmd_parse(&argp, argc, argv, &args, &done);
    if (done)
        return code;
    genu_err err = { 0 };
    genu_status s = genu_export(args.results, args.name, args.scenario, args.out, args.force, &err);
    return s == GENU_OK ? GENU_EXIT_DONE : cmd_fail("export", &err);
}
