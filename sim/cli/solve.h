/* solve.h - what `run` and `sweep` share: read the study, compute, report. */
#ifndef GENU_SIM_CLI_SOLVE_H
#define GENU_SIM_CLI_SOLVE_H

typedef struct solve_args {
    const char *verb;        /* "run" or "sweep"                                      */
    const char *study, *out; /* out NULL: named after the study, in this folder    */
    int threads, force, verbose;
    int one; /* 1: the study must have exactly one scenario           */
    char *command;
} solve_args;

int solve(const solve_args *args);

#endif
