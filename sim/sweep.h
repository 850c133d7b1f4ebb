/* sweep.h - every scenario of a study, in parallel, into one results file.
 *
 * Every finished block is saved at once in a part file (sim/parts.h) beside the results file, while
 * one more thread writes the results file, in the order of the scenarios, from what is saved. So
 * memory does not grow with the study, writing and compressing overlap with computing, and a sweep
 * that was killed, on one machine or on many, goes on from its last finished block:
 *
 *   OUT.h5.part            the results file in the making; worthless when the program dies
 *   OUT.h5.part.0          finished blocks (.part.R of rank R); removed when OUT.h5 is complete
 *   OUT.h5.shard-K-of-N    finished blocks of one shard; kept, for genu_merge
 *
 * That costs the disk the results twice for as long as the sweep runs.
 *
 * Depends on: sim/trial.h, sim/results.h, sim/parts.h, sim/ranks.h, OpenMP, POSIX threads
 * Memory:     per thread one block of scenarios; for the file a few blocks and two chunks per
 *             dataset; 16 bytes per block of the study
 * Thread use: call from one thread; it makes its own
 */
#ifndef GENU_SIM_SWEEP_H
#define GENU_SIM_SWEEP_H

#include "sim/trial.h"

#include <signal.h>

/* What a power cut may cost, s of computing. Smaller: more waiting for the disk. */
#define GENU_SYNC_SECONDS 5

typedef struct genu_sweep_settings {
    int threads; /* 0: all cores                                                             */
    int force;   /* 1: an existing file is replaced when the new one is complete, and blocks that
                    an earlier sweep saved are dropped                                      */
    int resume;  /* 1: go on from what an earlier sweep of the same study saved             */
    int shard, n_shard;                /* only the blocks of shard 1 to n_shard; 0, 0: all  */
    const char *command;               /* command line, for the file; or NULL              */
    volatile const sig_atomic_t *stop; /* becomes non-zero when the user wants to stop; NULL */
    void (*progress)(int done, int total, void *context); /* by one thread at a time; NULL  */
    void *context;
} genu_sweep_settings;

/* A scenario counts as beyond the muscles where a reserve exceeds this share of the largest moment
 * of its joint (Hicks et al. 2015, doi:10.1115/1.4029304, advise at most 5 %). */
#define GENU_WEAK_SHARE 0.05

typedef struct genu_sweep_info {
    int n_scenario, n_done; /* done < scenario after a stop; both of the shard              */
    int n_found;            /* of these, saved by an earlier sweep                          */
    int n_damaged;          /* saved blocks that were cut short or damaged: computed anew   */
    int n_weak, n_unconverged, n_failed;
    char why[sizeof(genu_err)]; /* why the first of them could not be computed; ""         */
    int was_complete; /* 1: path was there, complete and of this study; nothing was done     */
    char *path;       /* the file written: the one asked for, its shard, or OUT.partial.h5;
                   NULL: none. Release with free()                      */
    double seconds_solve, seconds_write; /* write: what did not overlap                     */
    const char *level;                   /* vector instructions                             */
} genu_sweep_info;

/** Solve every scenario of the trial's study and write path.
 *
 *  GENU_OK; GENU_E_STOPPED (info tells what was saved; path is as it was); GENU_E_IO and
 *  GENU_E_MEMORY: path is as it was, and what was finished stays saved for `resume`; GENU_E_RANGE,
 *  GENU_E_FORMAT: what is saved is not of this sweep, or damaged; it is left alone. */
GENU_MUST_USE genu_status genu_sweep(const genu_trial *trial, const char *path,
                                     const genu_sweep_settings *settings, genu_sweep_info *info,
                                     genu_err *err);

/** One results file from the shards of a study. info as of a sweep; the shards stay.
 *
 *  GENU_E_RANGE: a file is no shard, or of another study, model, movement, build, instruction set
 *  or number of shards, or blocks are missing: the message names which. GENU_E_IO, GENU_E_FORMAT. */
GENU_MUST_USE genu_status genu_merge(const char *const *shard, int n, const char *path, int force,
                                     genu_sweep_info *info, genu_err *err);

/** Bytes on disk that solving the study takes while it runs, part files included. */
double genu_sweep_room(const genu_trial *trial, int n_shard);

#endif
