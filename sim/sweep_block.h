/* sweep_block.h - one block of scenarios: solved, and summed up as the results file has it. */
#ifndef GENU_SIM_SWEEP_BLOCK_H
#define GENU_SIM_SWEEP_BLOCK_H

#include "sim/trial.h"
#include "solvers/slopes.h"
#include "solvers/tally.h"

enum { SWEEP_N_SUM = 5 };
extern const char *const sweep_load_names[GENU_N_LOAD];
extern const char *const sweep_sum_suffix[SWEEP_N_SUM]; /* _peak, _peak1, ... */

/* Loads whose derivatives by strength are written. */
enum { SWEEP_N_SLOPE = 6, SWEEP_N_SLOPE_SUM = 4 };
extern const genu_load sweep_slope_load[SWEEP_N_SLOPE];
extern const char *const sweep_slope_suffix[SWEEP_N_SLOPE_SUM]; /* _peak_slope, ... */

/* Results of n scenarios; arrays as the datasets of the same names, NAN where missing. */
typedef struct sweep_block {
    const genu_trial *trial; /* of the scenarios that are solved now */
    genu_worker *worker;     /* of that trial                        */
    int first, n;
    double *factor;                   /* n x n_muscle                                   */
    double *value;                    /* n_parameter x GENU_BLOCK                       */
    genu_plateau plateau[GENU_BLOCK]; /* of each scenario                               */
    double *body_weight;              /* n                                              */
    genu_scenario_out out;
    genu_tally *tally;                     /* n_side: of the scenarios that are solved now  */
    int at, n_solved;                      /* which they are: from this place on, so many   */
    double *curve[GENU_N_LOAD];            /* n x n_side x n_frame; NULL: not wanted        */
    double *sum[GENU_N_LOAD][SWEEP_N_SUM]; /* n x n_side                                    */
    double *medial_share, *reserve_share, *saturated, *status; /* n x n_side */
    double *reaction_force, *reaction_moment;                  /* n x n_joint x 3 x n_frame */
    genu_slopes *slopes;                                       /* NULL: not wanted            */
    double *slope[SWEEP_N_SLOPE];                              /* n x n_side x n_muscle x n_frame */
    double *slope_sum[SWEEP_N_SLOPE][SWEEP_N_SLOPE_SUM];       /* n x n_side x n_muscle           */
    double *kink;                                              /* n x n_side x n_frame            */
    double *peak_kink[SWEEP_N_SLOPE][3];                       /* n x n_side                      */
    double *frame_contact, *frame_slope, *frame_kink;          /* as genu_slopes_solve has them   */
    genu_cycle_rule rule[GENU_N_SIDE];                         /* of trial.side[k] */
    double *largest; /* n_dof: largest |moment| of the movement, Nm */
    double *scratch; /* n_muscle */
    int n_weak, n_unconverged, n_failed;
} sweep_block;

/** Room for GENU_BLOCK scenarios of t and of its variants. GENU_E_MEMORY; on failure *b is NULL. */
GENU_MUST_USE genu_status sweep_block_new(sweep_block **b, const genu_trial *t, genu_err *err);
void sweep_block_free(sweep_block *b);

/** What follows is of this trial, the one that the block was made for or a variant of it.
 *  GENU_E_MEMORY, and then the block has no trial. */
GENU_MUST_USE genu_status sweep_block_use(sweep_block *b, const genu_trial *t, genu_err *err);

/** Begin with n scenarios from `first` on: their parameters. */
void sweep_block_begin(sweep_block *b, const genu_study *study, int first, int n);

/** Solve n of them that have the block's trial, from place `at` of the block on. */
void sweep_block_solve(sweep_block *b, int at, int n);

#endif
