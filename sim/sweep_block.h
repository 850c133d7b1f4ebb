/* sweep_block.h - one block of scenarios: solved, and summed up as the results file has it. */
#ifndef GENU_SIM_SWEEP_BLOCK_H
#define GENU_SIM_SWEEP_BLOCK_H

#include "sim/trial.h"

/* Curves of the knee and its neighbours, in the order of sweep_load_names. */
enum { SWEEP_N_LOAD = 9, SWEEP_N_SUM = 5 };
extern const char *const sweep_load_names[SWEEP_N_LOAD];
extern const char *const sweep_sum_suffix[SWEEP_N_SUM]; /* _peak, _peak1, ... */
enum { SWEEP_PATELLA = 6 };                             /* absent without a patella */

/* Results of n scenarios; arrays as the datasets of the same names, NAN where missing. */
typedef struct sweep_block {
    int first, n;
    double *factor;   /* n x n_muscle                     */
    double *strength; /* n_entry x n, by entry            */
    genu_scenario_out out;
    double *curve[SWEEP_N_LOAD];            /* n x n_side x n_frame             */
    double *sum[SWEEP_N_LOAD][SWEEP_N_SUM]; /* n x n_side                */
    double *medial_share, *reserve_share, *saturated, *status; /* n x n_side */
    double *reaction_force, *reaction_moment;                  /* n x n_joint x 3 x n_frame */
    genu_cycle_rule rule[GENU_N_SIDE];                         /* of trial.side[k] */
    double *largest; /* n_dof: largest |moment| of the movement, Nm */
    double *scratch; /* n_muscle + strength entries      */
    int n_weak, n_unconverged;
} sweep_block;

/** Room for GENU_BLOCK scenarios, NULL without memory; release with free(). */
sweep_block *sweep_block_new(const genu_trial *t);

/** Solve scenarios first to first + n - 1. */
void sweep_block_solve(sweep_block *b, const genu_trial *t, genu_worker *worker, int first, int n);

#endif
