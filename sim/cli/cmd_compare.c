#include "sim/cli/cmd.h"

#include "sim/compare.h"
#include "sim/figure.h"

#include <stdio.h>
#include <sys/stat.h>

typedef struct compare_args {
    const char *a, *b, *folder, *formats;
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

int cmd_compare(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse,
        "RESULTS[:SCENARIO] RESULTS[:SCENARIO]",
        "Compare two scenarios, of one results file or of two: every peak, impulse and share, the "
        "difference, and that in percent of the first. SCENARIO is counted from 0; without it, the "
        "scenario of full strength is taken.\v"
        "examples: genu compare strength.h5 strength.h5:0\n"
        "          genu compare before.h5 after.h5 -o figures\n",
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
    if (s == GENU_OK && args.folder)
        s = draw(&args, &a, &b, &err);
    genu_pick_close(&a);
    genu_pick_close(&b);
    return s == GENU_OK ? GENU_EXIT_DONE : cmd_fail("compare", &err);
}
