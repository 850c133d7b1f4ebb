/* tally.h - loads on the joints of one side in a block of scenarios, frame by frame, and their peaks and
 * impulses so far.
 *
 * Method:     knee compartments as genu_plateau_share, peaks and impulses as genu_cycle_apply; many scenarios
 *             side by side in vector registers
 * Depends on: models/leg.h, solvers/frames.h, solvers/scenarios.h
 * Memory:     none but the caller's genu_tally, on a 64-byte boundary
 * Thread use: one genu_tally per thread
 */
#ifndef GENU_SOLVERS_TALLY_H
#define GENU_SOLVERS_TALLY_H

#include "models/leg.h"
#include "solvers/scenarios.h"

typedef enum genu_load {
    GENU_LOAD_KNEE,           /* N: force of the femur on the tibia                            */
    GENU_LOAD_COMPRESSION,    /* N: along the tibia's long axis                                */
    GENU_LOAD_MEDIAL,         /* N                                                             */
    GENU_LOAD_LATERAL,        /* N                                                             */
    GENU_LOAD_FRONTAL_MOMENT, /* Nm                                                            */
    GENU_LOAD_SOFT_TISSUE,    /* Nm: left over where a compartment lifts off                   */
    GENU_LOAD_PATELLA,        /* N                                                             */
    GENU_LOAD_HIP,            /* N                                                             */
    GENU_LOAD_ANKLE,          /* N                                                             */
    GENU_N_LOAD
} genu_load;

/* Columns are places (genu_scenarios_place). */
typedef struct genu_tally {
    double half_spacing[GENU_BLOCK]; /* m                                                        */
    double up[GENU_BLOCK], aside[GENU_BLOCK];   /* m: from the plateau's centre to that which the
                                                 contacts' moment is about                       */
    double value[GENU_N_LOAD][GENU_BLOCK];      /* of the frame added last                       */
    double peak[3][GENU_N_LOAD][GENU_BLOCK];    /* of all frames, of the first and of the second
                                                   half of stance; -inf: of none                 */
    double peak_frame[GENU_N_LOAD][GENU_BLOCK]; /* of the first of these; -1: none               */
    double impulse[GENU_N_LOAD][GENU_BLOCK];    /* over stance                                   */
    double saturated[GENU_BLOCK];               /* muscles, where the knee force peaks           */
    double sign;                                /* 1 right, -1 left                              */
} __attribute__((aligned(64))) genu_tally;

/** Nothing seen yet. The plateaus stay. */
void genu_tally_begin(genu_tally *t, genu_side side);

/** The scenario in this place has plateau p; contacts are taken about the centre of `about`. */
void genu_tally_plateau(genu_tally *t, int place, const genu_plateau *p, const genu_plateau *about);

/** Frame k of the first n_place places (a multiple of 8).
 *
 *  contact    GENU_N_CONTACT x GENU_BLOCK, 64-byte aligned, as genu_scenario_out has it for one side
 *  saturated  GENU_BLOCK
 *  half       sum of 1 in the first half of stance, 2 in the second
 *  weight     of the frame in the impulse, s; NAN where there is no whole stance */
typedef void genu_tally_kernel(genu_tally *t, int n_place, int k, int half, double weight,
                               const double *contact, const double *saturated);
genu_tally_kernel genu_tally_add_baseline, genu_tally_add_v3, genu_tally_add_v4;

/** The same with the vector instructions of a plan. */
genu_tally_kernel *genu_tally_add(const genu_plan *plan);

#endif
