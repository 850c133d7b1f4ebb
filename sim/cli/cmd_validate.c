#include "sim/cli/cmd.h"

#include "sim/validate.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct validate_args {
    char **files;
    int n, force;
    const char *data, *out, *figures, *formats;
    char *command;
} validate_args;

static const struct argp_option options[] = {
    { "data", 'd', "FOLDER", 0,
      "paths in the case files are relative to it; default: to the case file", 0 },
    { "output", 'o', "FILE.md", 0, "write the tables as Markdown, too", 0 },
    { "figures", 'g', "FOLDER", 0, "draw genu's curves over OpenSim's into this folder", 0 },
    { "format", 'f', "LIST", 0, "of the figures: png, svg, pdf, or several; default: png", 0 },
    { "force", 'F', NULL, 0, "replace an existing FILE.md", 0 },
    { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    validate_args *a = state->input;
    switch (key) {
    case 'd':
        a->data = arg;
        break;
    case 'o':
        a->out = arg;
        break;
    case 'g':
        a->figures = arg;
        break;
    case 'f':
        a->formats = arg;
        break;
    case 'F':
        a->force = 1;
        break;
    case ARGP_KEY_ARGS:
        a->files = state->argv + state->next;
        a->n = state->argc - state->next;
        state->next = state->argc;
        break;
    case ARGP_KEY_END:
        if (!a->n)
            argp_error(state, "a case file is missing");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static genu_status run_case(const validate_args *args, const char *file,
                            const genu_figure_options *how, genu_validate_report *report,
                            genu_err *err)
{
    genu_validate_case *c;
    genu_status s = genu_validate_case_read(&c, file, args->data, NULL, err);
    if (s == GENU_OK) {
        fprintf(stderr, "comparing %s\n", c->title);
        s = genu_validate(c, args->figures, how, report, err);
    }
    genu_validate_case_free(c);
    return s;
}

static genu_status run_all(const validate_args *args, genu_validate_report *report, genu_err *err)
{
    genu_figure_options how = genu_figure_defaults();
    how.dpi = 120; // for a page on the screen
    genu_status s = args->formats ? genu_canvas_formats(args->formats, &how.formats, err) : GENU_OK;
    for (int i = 0; i < args->n && s == GENU_OK; i++)
        s = run_case(args, args->files[i], &how, report, err);
    if (s == GENU_OK)
        genu_validate_print(report, stdout);
    if (s == GENU_OK && args->out)
        s = genu_validate_write(report, args->out, args->command, args->force, err);
    return s;
}

int cmd_validate(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse,
        "CASE.yaml...",
        "Hold genu to results that OpenSim computed on the same files, stage by stage, and models "
        "to their own geometry. A table says how large the largest error is, where, and whether it "
        "is within its bar. The case file names model, movement and results (genu show keys "
        "explains it).\v"
        "example: genu validate data/validation/gait2392.yaml -d reference -o validation.md\n\n"
        "Exit code: 0 every bar is met, but for exceptions whose cause is proved; 1 a bar is "
        "missed, or a file could not be read; 2 wrong usage.",
        NULL,
        NULL,
        NULL
    };
    validate_args args = { .command = cmd_line(argc, argv) };
    int done;
    int code = cmd_parse(&argp, argc, argv, &args, &done);
    if (!done) {
        genu_err err = { 0 };
        genu_validate_report *report = calloc(1, sizeof *report);
        genu_status s =
            report ? run_all(&args, report, &err) : genu_fail(&err, GENU_E_MEMORY, "out of memory");
        if (s != GENU_OK)
            code = cmd_fail("validate", &err);
        else if (genu_validation_count(&report->bars, GENU_VERDICT_MISS))
            code = GENU_EXIT_FAILED;
        if (report)
            genu_validate_report_clear(report);
        free(report);
    }
    free(args.command);
    return code;
}
