#include "sim/cli/cmd.h"

#include "sim/figure.h"
#include "sim/norm_bands.h"
#include "sim/results.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct plot_args {
    const char *results, *folder, *formats, *norm;
    genu_figure_options options;
} plot_args;

static const struct argp_option options[] = {
    { "output", 'o', "FOLDER", 0, "where the figures go; made if it is missing; default: here", 0 },
    { "format", 'f', "LIST", 0, "png, svg, pdf, or several with commas; default: png", 0 },
    { "dpi", 'd', "DPI", 0, "resolution of PNG; default: 300", 0 },
    { "norm", 'b', "CLASS", 0,
      "normative bands behind the joint moments: slow, free, fast or none; default: at the speed "
      "of "
      "a generated walk, none for a measured one",
      0 },
    { "only", 'n', "NAME", 0, "draw only this figure", 0 },
    { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    plot_args *a = state->input;
    switch (key) {
    case 'o':
        a->folder = arg;
        break;
    case 'f':
        a->formats = arg;
        break;
    case 'b':
        a->norm = arg;
        break;
    case 'd':
        if (!genu_parse_double(arg, &a->options.dpi))
            argp_error(state, "dpi is '%s', must be a number", arg);
        break;
    case 'n':
        a->options.only = arg;
        break;
    case ARGP_KEY_ARG:
        if (a->results)
            argp_error(state, "one results file at a time, but there is '%s', too", arg);
        a->results = arg;
        break;
    case ARGP_KEY_END:
        if (!a->results)
            argp_error(state, "a results file is missing");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* The figures by name, after the options. */
static char *list_figures(int key, const char *text, void *input)
{
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text;
    char *help = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&help, &size);
    if (!f)
        return NULL;
    fputs("Figures:\n", f);
    for (int i = 0; i < genu_figure_count(); i++)
        fprintf(f, "  %-16s %s\n", genu_figure_name(i), genu_figure_summary(i));
    fputs("\nexample: genu plot strength.h5 -o figures -f png,pdf\n", f);
    fclose(f);
    return help;
}

/* The bands that were asked for, or those at the speed of a generated walk. */
static genu_status choose_bands(plot_args *args, genu_norms *norms, genu_err *err)
{
    if (args->norm && !strcmp(args->norm, "none"))
        return GENU_OK;
    double speed = NAN;
    if (!args->norm) {
        genu_results *r;
        genu_status s = genu_results_open(&r, args->results, err);
        if (s != GENU_OK)
            return s;
        speed = genu_results_number(r, "norm_speed");
        genu_results_close(r);
        if (isnan(speed))
            return GENU_OK;
    }
    genu_status s = genu_norm_bands(norms, args->norm, speed, err);
    if (s == GENU_OK) {
        args->options.norms = norms;
        args->options.norm_source = GENU_NORM_SOURCE;
    }
    return s;
}

int cmd_plot(int argc, char **argv)
{
    static const struct argp argp = { options,   parse,
                                      "RESULTS", "Draw the figures of a results file.\vfigures",
                                      NULL,      list_figures,
                                      NULL };
    plot_args args = { .folder = ".", .options = genu_figure_defaults() };
    int done;
    int code = cmd_parse(&argp, argc, argv, &args, &done);
    if (done)
        return code;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    genu_files files = { 0 };
    genu_status s = GENU_OK;
    if (args.formats)
        s = genu_canvas_formats(args.formats, &args.options.formats, &err);
    genu_norms norms;
    if (s == GENU_OK)
        s = choose_bands(&args, &norms, &err);
    if (s == GENU_OK) {
        mkdir(args.folder,
              0777); // a folder that cannot be made shows when the first figure is written
        s = genu_figures(args.results, args.folder, &args.options, &files, &notes, &err);
    }
    for (int i = 0; i < files.n; i++)
        printf("%s\n", files.path[i]);
    cmd_print_notes(&notes, GENU_NOTE);
    genu_files_clear(&files);
    genu_notes_clear(&notes);
    return s == GENU_OK ? GENU_EXIT_DONE : cmd_fail("plot", &err);
}
