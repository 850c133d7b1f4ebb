/* summary.h - many scenarios in a few numbers: how far each load spreads, and, for saltelli designs,
 * which strength it depends on.
 *
 * Depends on: sim/compare.h, sim/indices.h
 * Memory:     one summary at a time
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_SUMMARY_H
#define GENU_SIM_SUMMARY_H

#include "sim/compare.h"

#include <stdio.h>

typedef struct genu_summary_options {
    const genu_pick *baseline; /* what spreads are differences from; NULL: values are printed     */
    int feasible;              /* 1: only scenarios that the muscles can do (status 0)            */
    const char *only;          /* one summary; NULL: peaks of all loads                           */
} genu_summary_options;

/** Print least, 5 %, median, 95 % and largest value of the summaries over the scenarios, forces in
 *  body weights; with a baseline, of their differences from it. Then, for a saltelli design, Sobol's
 *  indices with their confidence, and how they settle with the number of samples.
 *
 *  GENU_E_RANGE: `only` is no summary, a side is missing in the baseline, no scenario is feasible;
 *  else as genu_results_read. */
GENU_MUST_USE genu_status genu_summary_print(genu_results *r, const genu_summary_options *options,
                                             FILE *to, genu_err *err);

#endif
