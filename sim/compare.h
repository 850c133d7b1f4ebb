/* compare.h - two scenarios side by side: peaks, impulses, shares, and what differs.
 *
 * Depends on: sim/results.h
 * Memory:     nothing is kept
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_COMPARE_H
#define GENU_SIM_COMPARE_H

#include "models/base.h"
#include "sim/results.h"

#include <stdio.h>

typedef struct genu_pick {
    genu_results *results;
    int scenario; /* index from 0                                                            */
    int n_scenario;
} genu_pick;

/** Open "FILE" or "FILE:N", N a scenario counted from 0. Without N: the one in which every strength
 *  entry is 1, else the first. GENU_E_RANGE for an N beyond the file, with the bounds; else as
 *  genu_results_open. Close with genu_pick_close. */
GENU_MUST_USE genu_status genu_pick_open(genu_pick *pick, const char *text, genu_err *err);
void genu_pick_close(genu_pick *pick);

/** "strength.h5, scenario 12 (gluteus_medius (right) 100 %, ...)"; at most size bytes. */
void genu_pick_describe(const genu_pick *pick, char *text, size_t size);

/** Print, for every side that both hold, each summary of a and b, the difference b - a and that in
 *  percent of a. */
GENU_MUST_USE genu_status genu_compare_print(const genu_pick *a, const genu_pick *b, FILE *to,
                                             genu_err *err);

#endif
