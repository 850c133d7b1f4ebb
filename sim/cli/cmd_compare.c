#include "sim/cli/cmd.h"

#include "sim/compare.h"
#include "sim/describe.h"
#include "sim/figure.h"
#include "sim/model_compare.h"

#include <stdio.h>
#include <sys/stat.h>

typedef struct compare_args {
    const char *file[GENU_COMPARE_MODELS];
    int n;
    const char *folder, *formats;
} compare_args;

static const struct argp_option options[] = {
    { "output", 'o', "FOLDER", 0, "draw both over each other, too, into this folder", 0 },
    { "format", 'f', "LIST", 0, "png, svg, pdf, or several with commas; default: png", 0 },
    { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    compare_args *args = state->input;
    switch (key) {
    case 'o':
        args->folder = arg;
        break;
    case 'f':
        args->formats = arg;
        break;
    case ARGP_KEY_ARG:
        if (args->n == GENU_COMPARE_MODELS)
            argp_error(state, "at most %d at a time, but there is '%s', too", GENU_COMPARE_MODELS,
                       arg);
        else
            args->file[args->n++] = arg;
        break;
    case ARGP_KEY_END:
        if (args->n < 2)
            argp_error(
                state,
                "two scenarios are needed: RESULTS[:SCENARIO] RESULTS[:SCENARIO], or two models");
        else if (args->n > 2 && genu_file_kind_of(args->file[0]) != GENU_FILE_MODEL)
            argp_error(state, "two scenarios at a time, but there is '%s', too", args->file[2]);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static genu_status draw(const compare_args *args, const genu_pick *a, const genu_pick *b,
                        genu_err *err)
{
    genu_figure_options how = genu_figure_defaults();
    genu_files files = { 0 };
    genu_notes notes = { 0 };
    genu_status s = GENU_OK;
    if (args->formats)
        s = genu_canvas_formats(args->formats, &how.formats, err);
    if (s == GENU_OK) {
        mkdir(args->folder, 0777); // one that cannot be made shows when the figure is written
        genu_figure_case ca = { genu_results_path(a->results), a->scenario, NULL };
        genu_figure_case cb = { genu_results_path(b->results), b->scenario, NULL };
        s = genu_figure_compare(&ca, &cb, args->folder, &how, &files, &notes, err);
    }
    for (int i = 0; i < files.n; i++)
        printf("figure: %s\n", files.path[i]);
    cmd_print_notes(&notes, GENU_NOTE);
    genu_files_clear(&files);
    genu_notes_clear(&notes);
    return s;
}

static genu_status compare_models(const compare_args *args, genu_err *err)
{
    genu_figure_options how = genu_figure_defaults();
    genu_status s = GENU_OK;
    if (args->formats)
        s = genu_canvas_formats(args->formats, &how.formats, err);
    if (s == GENU_OK && args->folder)
        mkdir(args->folder, 0777); // one that cannot be made shows when a figure is written
    if (s == GENU_OK)
        s = genu_model_compare(args->n, args->file, stdout, args->folder, &how, err);
    return s;
}

static genu_status compare_scenarios(const compare_args *args, genu_err *err)
{
    genu_pick a, b = { 0 };
    genu_status s = genu_pick_open(&a, args->file[0], err);
    if (s == GENU_OK)
        s = genu_pick_open(&b, args->file[1], err);
    if (s == GENU_OK)
        s = genu_compare_print(&a, &b, stdout, err);
    if (s == GENU_OK && args->folder)
        s = draw(args, &a, &b, err);
    genu_pick_close(&a);
    genu_pick_close(&b);
    return s;
}

int cmd_compare(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse,
        "RESULTS[:SCENARIO] RESULTS[:SCENARIO]\nMODEL.osim MODEL.osim...",
        "Compare two scenarios, of one results file or of two: every peak, impulse and share, the "
        "difference, and that in percent of the first. SCENARIO is counted from 0; without it, the "
        "scenario of full strength is taken.\n"
        "Or compare the moment arms of two to four models about the right hip, knee and ankle.\v"
        "examples: genu compare strength.h5 strength.h5:0\n"
        "          genu compare before.h5 after.h5 -o figures\n"
        "          genu compare data/models/lower_limb.osim mine.osim -o figures\n",
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
    int models = genu_file_kind_of(args.file[0]) == GENU_FILE_MODEL;
    genu_status s = models ? compare_models(&args, &err) : compare_scenarios(&args, &err);
    return s == GENU_OK ? GENU_EXIT_DONE : cmd_fail("compare", &err);
}
