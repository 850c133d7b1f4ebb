/* diagnosis.h - one scenario frame by frame, in words: did load sharing converge, which muscles are
 * at their limit, how much of a joint's moment reserves had to make.
 *
 * Depends on: sim/compare.h
 * Memory:     released before return
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_DIAGNOSIS_H
#define GENU_SIM_DIAGNOSIS_H

#include "sim/compare.h"

#include <stdio.h>

/* A muscle counts as saturated from this activation on, a reserve as used from this share of the
 * largest moment of its joint over the record. */
#define GENU_SATURATED    (1 - 1e-6)
#define GENU_RESERVE_USED 0.01

/** Print what is true of the scenario as a whole, then consecutive frames of which the same is true
 *  in one line. Residual forces are compared with what Hicks et al. 2015 (doi:10.1115/1.4029304)
 *  advise: at most 5 % of the external force.
 *
 *  GENU_E_SHAPE where the file holds no activations and reserves (study key output: [curves,
 *  muscles]); else as genu_results_read. */
GENU_MUST_USE genu_status genu_diagnosis_print(const genu_pick *pick, FILE *to, genu_err *err);

#endif
