#include "sim/cli/cmd.h"

#include "sim/census.h"
#include "sim/describe.h"
#include "sim/diagnosis.h"
#include "sim/study.h"
#include "sim/task.h"
#include "sim/validate_case.h"

#include <stdio.h>
#include <string.h>

typedef struct show_args {
    const char *file, *name;
    int verbose, census, diagnosis;
} show_args;

static const struct argp_option options[] = {
    { "census", 'c', NULL, 0,
      "of a model: what the file holds, what of it is left out and with what effect, which "
      "defaults are used",
      0 },
    { "diagnosis", 'd', NULL, 0,
      "of one scenario of a results file, RESULTS[:SCENARIO]: frame by frame in words, whether "
      "load "
      "sharing converged, which muscles are saturated, what reserves had to carry",
      0 },
    { "verbose", 'v', NULL, 0, "print notes on the file, too", 0 },
    { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    show_args *a = state->input;
    switch (key) {
    case 'v':
        a->verbose = 1;
        break;
    case 'c':
        a->census = 1;
        break;
    case 'd':
        a->diagnosis = 1;
        break;
    case ARGP_KEY_ARG:
        if (a->name)
            argp_error(state, "a file and one name at a time, but there is '%s', too", arg);
        if (a->file)
            a->name = arg;
        else
            a->file = arg;
        break;
    case ARGP_KEY_END:
        if (!a->file)
            argp_error(state, "a file is missing");
        if (a->census && a->name)
            argp_error(state, "a census is of a whole model, but there is '%s', too", a->name);
        if (a->diagnosis && (a->name || a->census))
            argp_error(state, "a diagnosis is of one scenario of a results file, and nothing else");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static genu_status print_diagnosis(const char *scenario, genu_err *err)
{
    genu_pick pick;
    genu_status s = genu_pick_open(&pick, scenario, err);
    if (s != GENU_OK)
        return s;
    s = genu_diagnosis_print(&pick, stdout, err);
    genu_pick_close(&pick);
    return s;
}

static genu_status show(const show_args *args, genu_notes *notes, genu_err *err)
{
    if (args->diagnosis)
        return print_diagnosis(args->file, err);
    return args->census ? genu_census_print(args->file, stdout, err)
                        : genu_describe(args->file, args->name, stdout, notes, err);
}

int cmd_show(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse,
        "FILE [NAME]",
        "Show what is in a model, a study, a task, a table or a results file, or one thing of it: "
        "a "
        "muscle or a muscle group of a model, a dataset of a results file. FILE may be the word "
        "`keys`: then every key of study, task and validation files is explained.\v"
        "examples: genu show data/models/lower_limb.osim gluteus_medius\n"
        "          genu show --census subject.osim\n"
        "          genu show --diagnosis strength.h5:0\n"
        "          genu show strength.h5 knee_medial_force_peak1\n"
        "          genu show keys\n",
        NULL,
        NULL,
        NULL
    };
    show_args args = { 0 };
    int done;
    int code = cmd_parse(&argp, argc, argv, &args, &done);
    if (done)
        return code;
    if (!strcmp(args.file, "keys") && !args.name && !args.census) {
        puts("keys of a study file\n");
        genu_study_print_fields(stdout);
        puts("\nkeys of a task file\n");
        genu_task_print_fields(stdout);
        puts("\nkeys of a validation case\n");
        genu_validate_case_print_fields(stdout);
        return GENU_EXIT_DONE;
    }
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    genu_status s = show(&args, &notes, &err);
    fflush(stdout); // what was found comes before what is to be said about it
    code = cmd_end("show", s, &notes, args.verbose ? GENU_NOTE : GENU_WARNING, &err);
    genu_notes_clear(&notes);
    return code;
}
