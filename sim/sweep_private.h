/* sweep_private.h - one sweep at work; shared by sweep.c, sweep_start.c and sweep_work.c only.
 *
 * Thread use: what stands under `lock` is read and written with it held
 */
#ifndef GENU_SIM_SWEEP_PRIVATE_H
#define GENU_SIM_SWEEP_PRIVATE_H

#include "sim/ranks.h"
#include "sim/sweep.h"
#include "sim/sweep_block.h"
#include "sim/sweep_file.h"
#include "sim/sweep_pour.h"
#include "sim/variants.h"

#include <pthread.h>

/* What one thread solves with. */
typedef struct sweep_hand {
    sweep_block *block;
    sweep_columns column;
    double *record;
} sweep_hand;

typedef struct sweep_job {
    const genu_trial *trial;
    const char *path;
    const genu_sweep_settings *settings;
    genu_sweep_info *info;
    genu_identity id;
    char *own;     /* part file or shard that this process writes        */
    char *command; /* of the sweep that began it all                     */
    int n_hand;
    sweep_hand *hand;
    genu_variants *variants;
    genu_parts *parts;
    genu_writer *w; /* NULL: this process writes no results file          */
    sweep_pour pour;

    pthread_mutex_t lock;
    pthread_cond_t more; /* a block was finished, or all is over              */
    int next;            /* the first block that nobody took                  */
    genu_run given;      /* by rank 0: what of it nobody here took yet        */
    double solved;       /* when that was so, genu_trial_clock()                  */
    int over;            /* no block is in work any more                      */
    int no_more;         /* rank 0 has none left for us                       */
    genu_status status;  /* the first failure ...                             */
    genu_err err;        /* ... in words                                      */
    genu_err why;        /* what was wrong with the first scenario that could not be computed */
} sweep_job;

/** Part files, results file and threads of the job. As genu_sweep. */
GENU_MUST_USE genu_status sweep_start(sweep_job *j, genu_err *err);

/** Solve what is not there yet, write what is; results in status and err. */
void sweep_work(sweep_job *j);

int sweep_is_mine(const sweep_job *j, int block);
int sweep_stopped(const sweep_job *j);

#endif
