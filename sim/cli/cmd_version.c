#include "sim/cli/cmd.h"

#include "sim/version_text.h"

#include <stdio.h>

int cmd_version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    genu_version_print(stdout);
    return GENU_EXIT_DONE;
}
