/* indices.h - Sobol's indices of the loads in a results file whose design is saltelli.
 *
 * Depends on: sim/results.h, solvers/sobol_indices.h
 * Memory:     indices are the caller's
 * Thread use: as results.h
 */
#ifndef GENU_SIM_INDICES_H
#define GENU_SIM_INDICES_H

#include "sim/results.h"
#include "solvers/sobol_indices.h"

enum { GENU_INDICES_BOOTSTRAPS = 1000 };

/** Number of samples of the file's saltelli design, 0 where it has another; *d (may be NULL): its
 *  parameters, in the order of genu_varied_list. An incomplete file has the samples that are whole. */
int genu_indices_samples(const genu_results *r, int *d);

/** Indices of one summary (dimensions scenario, side) by the first n samples (2 to all of them).
 *  index (d). GENU_E_SHAPE: no saltelli design, or no summary; GENU_E_RANGE: a value is missing;
 *  else as genu_results_read. */
GENU_MUST_USE genu_status genu_indices(genu_results *r, const char *summary, int side, int n,
                                       genu_sobol_index *index, genu_err *err);

#endif
