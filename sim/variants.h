/* variants.h - the trials of one study: the settings that `vary` changes make other trials, and each
 * is made once.
 *
 * What only the sharing of load depends on (GENU_STAGE_SHARING) takes the frames of a trial that is
 * there. The trials used last are kept, so that memory does not grow with the study; an order of
 * scenarios that comes back to one after many others makes it again.
 *
 * Method:     who needs a trial that another thread is making makes the next one of the grid, or
 *             waits
 * Depends on: sim/trial.h, POSIX threads
 * Memory:     GENU_VARIANTS_KEPT trials, and those in use
 * Thread use: genu_variants_take and _give_back from any thread
 */
#ifndef GENU_SIM_VARIANTS_H
#define GENU_SIM_VARIANTS_H

#include "sim/trial.h"

enum { GENU_VARIANTS_KEPT = 64 };

typedef struct genu_variants genu_variants;

/** base is the trial of the study as it is written, and must live longer. Each of `threads` threads
 *  begins with it, as if taken. GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_variants_new(genu_variants **v, const genu_trial *base, int threads,
                                            genu_err *err);
void genu_variants_free(genu_variants *v);

/** How many of n scenarios from `first` on have the same trial; at least 1. */
int genu_variants_run(const genu_study *study, int first, int n);

/** The trial of a scenario, to be given back. Where it cannot be made, *t is NULL, and the message
 *  names the scenario: GENU_E_MEMORY and GENU_E_IO by no fault of the scenario, all else because its
 *  settings do not go together. */
GENU_MUST_USE genu_status genu_variants_take(genu_variants *v, int scenario, const genu_trial **t,
                                             genu_err *err);
void genu_variants_give_back(genu_variants *v, const genu_trial *t);

#endif
