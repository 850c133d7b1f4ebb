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

static void print_count(int n, const char *what, const char *end)
{
    printf("%d %s%s%s", n, what, n == 1 ? "" : "s", end);
}

static int check_file(genu_checker *checker, const char *file)
{
    genu_notes notes = { 0 };
    genu_err err = { 0 };
    genu_status s = genu_check(checker, file, &notes, &err);
    int code = cmd_end(NULL, s, &notes, GENU_NOTE, &err);
    int n_error = genu_notes_count(&notes, GENU_ERROR);
    int n_warning = genu_notes_count(&notes, GENU_WARNING) - n_error;
    int n_note = notes.n - n_error - n_warning;
    if (s != GENU_OK && n_error == 0)
        n_error = 1;
    printf("%s: ", file);
    print_count(n_error, "error", ", ");
    print_count(n_warning, "warning", ", ");
    print_count(n_note, "note", "\n");
    fflush(stdout);
    genu_notes_clear(&notes);
    return n_error ? GENU_EXIT_FAILED : code;
}

int cmd_check(int argc, char **argv)
{
    static const struct argp_option options[] = { { 0 } };
    static const struct argp argp = {
        options,
        parse,
        "FILE...",
        "Find every problem in models, motions, loads, studies, tasks and results files. Motions, "
        "loads and tasks are checked against the model that stands before them.\v"
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
    for (int i = 0; i < args.n; i++)
        if (check_file(&checker, args.files[i]) != GENU_EXIT_DONE)
            code = GENU_EXIT_FAILED;
    genu_checker_clear(&checker);
    return code;
}
