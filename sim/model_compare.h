/* model_compare.h - moment arms of several models over each other: a table and figures.
 *
 * Depends on: sim/moment_arm.h, sim/figure.h
 * Memory:     nothing is kept
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_MODEL_COMPARE_H
#define GENU_SIM_MODEL_COMPARE_H

#include "sim/figure.h"

#include <stdio.h>

enum { GENU_COMPARE_MODELS = 4 };

/** Compare the right leg's moment arms about hip, knee and ankle of n models (2 to
 *  GENU_COMPARE_MODELS): for each muscle that the first one has, and each coordinate that all have,
 *  the largest difference of each other model to the first, where it exceeds 0.1 mm.
 *
 *  folder  where moment_arms_COORDINATE.FORMAT are drawn, the twelve muscles with the largest arms
 *          of each coordinate, their paths printed; NULL: no figures
 *
 *  GENU_E_RANGE (number of models), errors of the reader, the paths and the figures. */
GENU_MUST_USE genu_status genu_model_compare(int n, const char *const *path, FILE *to,
                                             const char *folder, const genu_figure_options *options,
                                             genu_err *err);

#endif
