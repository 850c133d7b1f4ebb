/* solve.h - what `run` and `sweep` share: options, reading the study, computing, reporting. */
#ifndef GENU_SIM_CLI_SOLVE_H
#define GENU_SIM_CLI_SOLVE_H

/** The verb's whole work; one is 1 where the study must have exactly one scenario. Returns the exit
 *  code. */
int solve_command(const char *verb, int one, const char *help, int argc, char **argv);

#endif
