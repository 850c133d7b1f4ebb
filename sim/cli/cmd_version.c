#include "sim/cli/cmd.h"

#include "sim/version_text.h"

#include <stdio.h>

static error_t parse(int key, char *arg, struct argp_state *state)
{
    if (key != ARGP_KEY_ARG)
        return key == ARGP_KEY_END ? 0 : ARGP_ERR_UNKNOWN;
    argp_error(state, "takes no argument, but there is '%s'", arg);
    return EINVAL;
}

int cmd_version(int argc, char **argv)
{
    static const struct argp_option options[] = { { 0 } };
    static const struct argp argp = {
        options,
        parse,
        NULL,
        "Print version, commit, compiler, libraries and the vector instructions of this machine.\v"
        "example: genu version\n",
        NULL,
        NULL,
        NULL
    };
    int done;
    int code = cmd_parse(&argp, argc, argv, NULL, &done);
    if (!done)
        genu_version_print(stdout);
    return code;
}
