#include "sim/cli/cmd.h"

#include "sim/check.h"

#include <stdio.h>

typedef struct check_args {
    char **files;
    int n;
} check_args;

static error_t parse(int key, char *arg, struct argp_state *state)
{
    check_args *a = state->input;
    (void)arg;
    switch (key) {
    case ARGP_KEY_ARGS:
        a->files = state->argv + state->next;
        a->n = state->argc - state->next;
        state->next = state->argc;
        break;
    case ARGP_KEY_END:
        if (!a->n)
            argp_error(state, "a file is missing");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

int cmd_check(int argc, char **argv)
{
    static const struct argp_option options[] = { { 0 } };
    static const struct argp argp = {
        options,
        parse,
        "FILE...",
        "Find every problem in models, motions, loads, studies and results files. Motions and "
        "loads "
        "are checked against the model that stands before them.\v"
        "example: genu check subject.osim ik.mot grf.xml\n\n"
        "Exit code: 0 no errors (warnings and notes are printed), 1 errors, 2 wrong usage.",
        NULL,
        NULL,
        NULL
    };
    check_args args = { 0 };
    int done;
    int code = cmd_parse(&argp, argc, argv, &args, &done);
    if (done)
        return code;
    genu_checker checker = { 0 };
    for (int i = 0; i < args.n; i++) {
        genu_notes notes = { 0 };
        genu_err err = { 0 };
        genu_status s = genu_check(&checker, args.files[i], &notes, &err);
        cmd_print_notes(&notes, GENU_NOTE, args.files[i]);
        int listed = genu_notes_count(&notes, GENU_ERROR);
        if (s != GENU_OK || listed)
            code = GENU_EXIT_FAILED;
        if (s != GENU_OK) {
            if (!listed)
                fprintf(stderr, "error: %s\n", err.msg);
            listed = listed ? listed : 1;
        }
        printf("%s: %d error%s, %d warning%s, %d note%s\n", args.files[i], listed,
               listed == 1 ? "" : "s",
               genu_notes_count(&notes, GENU_WARNING) - genu_notes_count(&notes, GENU_ERROR),
               genu_notes_count(&notes, GENU_WARNING) - genu_notes_count(&notes, GENU_ERROR) == 1
                   ? ""
                   : "s",
               notes.n - genu_notes_count(&notes, GENU_WARNING),
               notes.n - genu_notes_count(&notes, GENU_WARNING) == 1 ? "" : "s");
        genu_notes_clear(&notes);
    }
    genu_checker_clear(&checker);
    return code;
}
