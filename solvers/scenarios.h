/* scenarios.h - muscle forces of many strength scenarios over all frames of a task.
 *
 * The coordinates fall into groups that no muscle joins (each leg, the trunk); every group is its
 * own sharing problem, and a group in which no scenario changes a strength is solved once.
 *
 * Method:     sharing.h, eight scenarios side by side; each starts from the frame before and what
 *             changed since then in the scenario before. With elastic tendons, along tangents of the
 *             forces that are taken anew until they hold
 * Depends on: solvers/elastic.h, solvers/frames.h, solvers/sharing.h
 * Memory:     all of it in genu_plan_new and genu_worker_new; nothing is allocated afterwards
 * Thread use: one constant genu_plan for all, one genu_worker per thread. The bits of a scenario's numbers
 *             depend on the scenarios that it is solved with, not on the thread
 */
#ifndef GENU_SOLVERS_SCENARIOS_H
#define GENU_SOLVERS_SCENARIOS_H

#include "solvers/frames.h"
#include "solvers/sharing.h"

enum {
    GENU_BLOCK = 64
}; /* scenarios that one call may solve; larger: fewer set-ups per frame,
    * but fewer blocks to spread over threads. A multiple of GENU_SHARING_LANES */

typedef struct genu_share_settings {
    double power;   /* exponent of the activations [2]                ([2, 20])          */
    double reserve; /* Nm (N) of a reserve that costs as much as one muscle at full
                       activation [1]                                 (> 0)              */
    const double *reserve_each; /* n_coord: the same for one coordinate, 0: `reserve`; or NULL */
    const double *weight; /* n_muscle: cost of each muscle [1]              (> 0); NULL: 1     */
    double minimum;       /* lower bound of the activations; NAN: each muscle's own [NAN]
                                                                            ([0, 1))           */
    int passive;          /* 1: passive fibre force acts, too [0]                              */
    int elastic;          /* 1: tendons stretch, in static equilibrium with their fibres at the
                             activation that is found (elastic.h); needs passive [0]           */
    genu_sharing_level level; /* vector instructions [AUTO]                                    */
} genu_share_settings;

genu_share_settings genu_share_defaults(void);

typedef struct genu_plan genu_plan;     /* constant: groups of coordinates and their arrays    */
typedef struct genu_worker genu_worker; /* one thread's workspace                              */

/** Everything that the scenarios of these frames share.
 *
 *  changed  (n_muscle) flags: some scenario changes this muscle's strength; NULL: any may
 *
 *  In mode genu, coordinates that no muscle crosses are no part of the problem (their moments are
 *  made by whatever moves them). In mode opensim every unlocked independent coordinate takes part,
 *  with the model's own coordinate actuators beside the reserves, all with the same exponent.
 *
 *  A muscle that crosses no such coordinate is at its lower bound.
 *
 *  GENU_E_RANGE for a setting or a muscle whose bounds leave no room, GENU_E_MEMORY. f and m must
 * outlive the plan. */
GENU_MUST_USE genu_status genu_plan_new(genu_plan **plan, const genu_frames *f, const genu_model *m,
                                        const genu_share_settings *settings, const int *changed,
                                        genu_err *err);
void genu_plan_free(genu_plan *plan);

/** Solve the groups that no scenario changes, once; before the first worker is made. */
GENU_MUST_USE genu_status genu_plan_solve_constant(genu_plan *plan, genu_err *err);

GENU_MUST_USE genu_status genu_worker_new(genu_worker **worker, const genu_plan *plan,
                                          genu_err *err);
void genu_worker_free(genu_worker *worker);

/* Results of n scenarios; entries that do not apply, and frames without an answer, are NAN. All but
 * `unconverged` are optional: NULL where they are not wanted. */
typedef struct genu_scenario_out {
    double *activation;  /* n x n_muscle x n_frame                                            */
    double *force;       /* n x n_muscle x n_frame, N along the tendon                        */
    double *reserve;     /* n x n_coord x n_frame, Nm or N                                    */
    double *most;        /* n x n_coord: largest |reserve| of all frames                      */
    double *residual;    /* n x n_frame, largest error of a coordinate's balance, Nm          */
    double *iterations;  /* n x n_frame, Newton steps                                         */
    double *open;        /* n x n_frame, 1 where a frame did not converge, else 0             */
    double *unconverged; /* n: number of frames that did not converge                         */

    /* Called with `context` after each frame k, while its numbers are near:
     *   contact    n_side x GENU_N_CONTACT x GENU_BLOCK, N and Nm: as genu_frames_contact
     *   saturated  n_side x GENU_BLOCK: muscles of that side at their upper bound
     * of the scenario s at [... * GENU_BLOCK + genu_scenarios_place(n, s)]; what lies between belongs to
     * nobody. Places come in eights. */
    void (*frame)(void *context, int k, const double *contact, const double *saturated);
    void *context;
} genu_scenario_out;

/** Where scenario s of n stands among the GENU_BLOCK places of a frame: in the lanes of one register stand
 *  scenarios far apart, so that each follows its neighbour, from whose solution it starts. */
int genu_scenarios_place(int n, int s);

/** Solve n (1 to GENU_BLOCK) scenarios. factor (n x n_muscle, >= 0) are the strength factors,
 *  1 for every muscle that is not flagged in `changed`. */
void genu_scenarios_solve(const genu_plan *plan, genu_worker *worker, int n, const double *factor,
                          const genu_scenario_out *out);

/** Which vector instructions the plan's workers use; never AUTO. */
genu_sharing_level genu_plan_level(const genu_plan *plan);

/** 1: coordinate i is part of the sharing. */
int genu_plan_shares(const genu_plan *plan, int i);

#endif
