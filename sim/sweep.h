/* sweep.h - every scenario of a study, in parallel, into one results file.
 *
 * Depends on: sim/trial.h, sim/results.h, sim/catalogue.h, OpenMP
 * Memory:     one block of scenarios per thread
 * Thread use: call from one thread; it makes its own
 */
#ifndef GENU_SIM_SWEEP_H
#define GENU_SIM_SWEEP_H

#include "sim/trial.h"

#include <signal.h>

typedef struct genu_sweep_settings {
    int threads; /* 0: all cores                                                             */
    int force;   /* 1: an existing file is replaced when the new one is complete             */
    const char *command;               /* command line, for the file; or NULL              */
    volatile const sig_atomic_t *stop; /* becomes non-zero when the user wants to stop; NULL */
    void (*progress)(int done, int total, void *context); /* or NULL                          */
    void *context;
} genu_sweep_settings;

/* A scenario counts as beyond the muscles where a reserve exceeds this share of the largest moment
 * of its joint (Hicks et al. 2015, doi:10.1115/1.4029304, advise at most 5 %). */
#define GENU_WEAK_SHARE 0.05

typedef struct genu_sweep_info {
    int n_scenario, n_done; /* done < scenario after a stop                         */
    int n_weak, n_unconverged;
    char *path; /* the file written: the one asked for, or OUT.partial.h5;
                   NULL: none. Release with free()                      */
    double seconds_solve, seconds_write;
    const char *level; /* vector instructions                                  */
} genu_sweep_info;

/** Solve every scenario of the trial's study and write path.
 *
 *  GENU_OK; GENU_E_STOPPED (info tells what was saved; path is as it was); GENU_E_IO and
 *  GENU_E_MEMORY, and then nothing is left under path that was not there before. */
GENU_MUST_USE genu_status genu_sweep(const genu_trial *trial, const char *path,
                                     const genu_sweep_settings *settings, genu_sweep_info *info,
                                     genu_err *err);

#endif
