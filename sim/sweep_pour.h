/* sweep_pour.h - saved blocks into the results file, in order, some at a time.
 *
 * Depends on: sim/parts.h, sim/results.h
 * Memory:     twice POUR_BYTES (sweep_pour.c), or twice one block
 * Thread use: one thread at a time; others may put blocks into the parts meanwhile
 */
#ifndef GENU_SIM_SWEEP_POUR_H
#define GENU_SIM_SWEEP_POUR_H

#include "sim/parts.h"
#include "sim/results.h"

typedef struct sweep_pour {
    genu_writer *w;
    genu_parts *p;
    int next;  /* the first block that is not in the file yet */
    int batch; /* blocks written in one go                    */
    double *scratch;
} sweep_pour;

GENU_MUST_USE genu_status sweep_pour_new(sweep_pour *pour, genu_writer *w, genu_parts *p,
                                         genu_err *err);
void sweep_pour_free(sweep_pour *pour);

/** Write what is there next: whole batches only, or with `all` the last, smaller one, too. Stops
 *  before the first block that is missing. */
GENU_MUST_USE genu_status sweep_pour_some(sweep_pour *pour, int all, genu_err *err);

/** Scenarios written so far. */
int sweep_pour_done(const sweep_pour *pour);

#endif
