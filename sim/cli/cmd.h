/* cmd.h - a verb of the command line: a name, a function, one line of help.
 *
 * Data go to stdout, talk to stderr. A verb returns its exit code: 0 done, 1 failed, 2 wrong usage,
 * 130 stopped by Ctrl-C (143 by SIGTERM).
 */
#ifndef GENU_SIM_CLI_CMD_H
#define GENU_SIM_CLI_CMD_H

#include "models/base.h"

#include <argp.h>

enum { GENU_EXIT_DONE = 0, GENU_EXIT_FAILED = 1, GENU_EXIT_USAGE = 2, GENU_EXIT_STOPPED = 130 };

typedef struct genu_cmd {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the verb */
    const char *summary;
} genu_cmd;

int cmd_check(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_summary(int argc, char **argv);
int cmd_validate(int argc, char **argv);
int cmd_version(int argc, char **argv);

/** Parse with argp; an unknown long option names the nearest one, and argp_error() in a parser ends
 *  the program with GENU_EXIT_USAGE. With *done the verb must return the code at once: usage errors
 *  print to stderr; --help and --usage print to stdout and give 0. */
int cmd_parse(const struct argp *argp, int argc, char **argv, void *input, int *done);

/** Print "genu VERB: message" to stderr, "error: message" where verb is NULL, and return
 *  GENU_EXIT_FAILED. */
int cmd_fail(const char *verb, const genu_err *err);

/** Print notes to stderr as "note|warning|error: text"; those below `least` are left out. Each text
 *  names its file and line already, see genu_file_name_notes. */
void cmd_print_notes(const genu_notes *notes, genu_severity least);

/** The end of a verb: its notes, then its error, unless that stands among the notes. Returns the
 *  exit code. */
int cmd_end(const char *verb, genu_status s, const genu_notes *notes, genu_severity least,
            const genu_err *err);

/** The whole command line as one text, "genu VERB ...", to be freed; shell quoting where needed. */
char *cmd_line(int argc, char **argv);

#endif
