#include "sim/cli/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct argp_option *find_option(const struct argp *argp, const char *name, size_t n)
{
    for (const struct argp_option *o = argp->options; o && (o->name || o->key || o->doc); o++)
        if (o->name && strlen(o->name) == n && !strncmp(o->name, name, n))
            return o;
    return NULL;
}

static int complain_of_option(const struct argp *argp, const char *verb, const char *name, size_t n)
{
    const char *names[64];
    int count = 0;
    for (const struct argp_option *o = argp->options; o && (o->name || o->key || o->doc); o++)
        if (o->name && count < 63)
            names[count++] = o->name;
    names[count++] = "help";
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)n, name);
    const char *nearest = genu_nearest(text, names, count);
    fprintf(stderr, "%s: unknown option '--%s'", verb, text);
    if (nearest)
        fprintf(stderr, "; did you mean '--%s'?", nearest);
    fprintf(stderr, "\n%s --help lists the options\n", verb);
    return GENU_EXIT_USAGE;
}

/* Long options are looked up before argp sees them, because argp cannot name the nearest one. */
static int check_options(const struct argp *argp, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
        if (strncmp(argv[i], "--", 2))
            continue;
        const char *name = argv[i] + 2;
        size_t n = strcspn(name, "=");
        const struct argp_option *o = find_option(argp, name, n);
        if (!o)
            return complain_of_option(argp, argv[0], name, n);
        if (o->arg && !name[n])
            i++; // its value is the next word
    }
    return 0;
}

static int asks_for(int argc, char **argv, const char *a, const char *b, const char *c)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
        if (!strcmp(argv[i], a) || !strcmp(argv[i], b) || !strcmp(argv[i], c))
            return 1;
    return 0;
}

int cmd_parse(const struct argp *argp, int argc, char **argv, void *input, int *done)
{
    char verb[64];
    snprintf(verb, sizeof verb, "genu %s", argv[0]);
    argv[0] = verb;
    *done = 1;
    argp_err_exit_status = GENU_EXIT_USAGE;
    struct argp plain = *argp;
    if (plain.options && !plain.options->name && !plain.options->doc)
        plain.options = NULL; // of an empty list argp_help would lose a few bytes
    argp = &plain;
    if (asks_for(argc, argv, "--usage", "--usage", "--usage")) {
        argp_help(argp, stdout, ARGP_HELP_USAGE, verb);
        return GENU_EXIT_DONE;
    }
    if (asks_for(argc, argv, "--help", "-?", "-h")) {
        argp_help(argp, stdout, ARGP_HELP_STD_HELP & ~(unsigned)(ARGP_HELP_EXIT_OK), verb);
        return GENU_EXIT_DONE;
    }
    int code = check_options(argp, argc, argv);
    if (code)
        return code;
    // argp_error ends the program: nobody has to remember to return after it
    if (argp_parse(argp, argc, argv, ARGP_NO_HELP, NULL, input))
        return GENU_EXIT_USAGE;
    *done = 0;
    return 0;
}

int cmd_fail(const char *verb, const genu_err *err)
{
    if (verb)
        fprintf(stderr, "genu %s: %s\n", verb, err->msg);
    else
        fprintf(stderr, "error: %s\n", err->msg);
    return GENU_EXIT_FAILED;
}

void cmd_print_notes(const genu_notes *notes, genu_severity least)
{
    static const char *const word[] = { "note", "warning", "error" };
    for (int i = 0; i < notes->n; i++) {
        const genu_note *n = &notes->note[i];
        if (n->severity < least)
            continue;
        fprintf(stderr, "%s: %s\n", word[n->severity], n->text);
    }
}

/* Whether the error stands among the notes already: one about the same place, "'FILE', line N". */
static int is_noted(const genu_notes *notes, const genu_err *err)
{
    for (int i = 0; i < notes->n; i++) {
        const char *end = strstr(notes->note[i].text, ": ");
        char place[sizeof err->msg];
        if (notes->note[i].severity != GENU_ERROR || !end)
            continue;
        snprintf(place, sizeof place, "%.*s", (int)(end - notes->note[i].text),
                 notes->note[i].text);
        if (strstr(err->msg, place))
            return 1;
    }
    return 0;
}

int cmd_end(const char *verb, genu_status s, const genu_notes *notes, genu_severity least,
            const genu_err *err)
{
    cmd_print_notes(notes, least);
    if (s == GENU_OK)
        return GENU_EXIT_DONE;
    return is_noted(notes, err) ? GENU_EXIT_FAILED : cmd_fail(verb, err);
}

char *cmd_line(int argc, char **argv)
{
    size_t size = sizeof "genu ";
    for (int i = 0; i < argc; i++)
        size += strlen(argv[i]) * 4 + 4;
    char *text = malloc(size), *to = text;
    if (!text)
        return NULL;
    to = stpcpy(to, "genu ");
    for (int i = 0; i < argc; i++) {
        if (i)
            *to++ = ' ';
        int plain = i == 0 || (*argv[i] && !strpbrk(argv[i], " \t\n'\"\\$`*?[](){}<>|&;#!~"));
        if (!plain)
            *to++ = '\'';
        for (const char *c = argv[i]; *c; c++) {
            if (!plain && *c == '\'') {
                memcpy(to, "'\\''", 4);
                to += 4;
            } else {
                *to++ = *c;
            }
        }
        if (!plain)
            *to++ = '\'';
    }
    *to = '\0';
    return text;
}
