/* walk.h - a level walk without a laboratory: motion and ground reaction found together.
 *
 * Joint angles are Fourier series near published norms, ground reactions are splines over stance;
 * one least-squares problem moves both until the whole body's own dynamics need no other force,
 * planted feet stay where they are, and nothing goes through the floor. What is left over (a few
 * newtons) is then given to the feet exactly, so that the pelvis residual is zero at any time.
 *
 * Method:     damped Gauss-Newton (Levenberg-Marquardt with diagonal scaling); each frame's
 *             residuals depend on the pose, speed and acceleration of that frame alone, so the
 *             normal matrix is summed frame by frame from small local Jacobians
 * Cost:       per iteration and frame about 115 inverse dynamics and 0.5 Mflop of sums, and one
 *             Cholesky factor of 442 unknowns (symmetric walk) or 885
 * Depends on: models/skeleton.h, solvers/norm.h
 * Memory:     all of it in genu_walk_new; the fit allocates nothing
 * Thread use: the fit runs on all threads, with the same bits for any number of them; a fitted
 *             walk may be evaluated by several threads, each with a genu_data of its own
 */
#ifndef GENU_SOLVERS_WALK_H
#define GENU_SOLVERS_WALK_H

#include "models/leg.h"
#include "models/model.h"
#include "solvers/norm.h"

typedef struct genu_walk genu_walk;

/* What is asked for. Angles in rad. */
typedef struct genu_walk_settings {
    double speed;      /* m/s                                                    [0.8, 1.6]    */
    double step_width; /* m between the heels' centres, sideways                 [0.05, 0.2]   */
    double obliquity;  /* added to the pelvis all through the cycle, right side up positive
                          [-5, 5 degrees]                                                      */
    double drop;       /* added to the pelvis in time with the steps: the swing side is so much
                          lower in the middle of stance                      [-5, 5 degrees]   */
    double lean;       /* added to the trunk in time with the steps: so much over the stance leg in
                          the middle of stance                               [-10, 10 degrees] */
    double list;       /* added to the trunk all through the cycle, to the right positive
                          [-10, 10 degrees]                                                    */
    double toe_out;    /* of the planted foot                                [0, 20 degrees]   */
    double trunk_tilt; /* of the trunk in the laboratory, backwards positive [-15, 5 degrees]  */
    double walk_ratio; /* step length / (steps per second), as a multiple of leg length^1.5 /
                          sqrt(g)                                            [1, 2]            */
    int n_frame;       /* frames of a cycle in the fit                       [40, 400], even   */
    int max_iter;      /* iterations with full weights                       [1, 200]          */
} genu_walk_settings;

/** 1.3 m/s, steps 100 mm wide, nothing added. The walk ratio is one number for all speeds, as in
 *  adults above 62 m/min (1.03 m/s), below which they take longer steps than it says (Murakami and
 *  Otaka 2017, doi:10.1589/jpts.29.722); 1.43 gives steps of 0.69 m at 1.3 m/s and a leg of 0.87 m.
 */
genu_walk_settings genu_walk_defaults(void);

/** Room for a walk of this model. All coordinates that the walk does not move stay at their
 *  defaults. GENU_E_FORMAT (a coordinate, a foot or the toes missing), GENU_E_RANGE (settings),
 *  GENU_E_MEMORY. m must outlive the walk. */
GENU_MUST_USE genu_status genu_walk_new(genu_walk **w, const genu_model *m,
                                        const genu_norms *classes, const genu_walk_settings *s,
                                        genu_err *err);
void genu_walk_free(genu_walk *w);

typedef struct genu_walk_info {
    int iterations; /* of both stages                                                       */
    int converged;  /* two steps in a row gained less than 2e-4 of the cost                 */
    int unknowns;   /* n                                                                    */
    double cost;    /* half the sum of squares                                              */
    double force;   /* N, largest missing force before it was closed                        */
    double moment;  /* Nm, the same                                                         */
} genu_walk_info;

/** Find the walk. GENU_E_NOT_CONVERGED, GENU_E_SINGULAR. info may be NULL. */
GENU_MUST_USE genu_status genu_walk_fit(genu_walk *w, genu_walk_info *info, genu_err *err);

/* Under one foot at one time. */
typedef struct genu_walk_foot {
    int on;        /* 1 between strike and toe-off                                         */
    double stance; /* 0 at strike, 1 at toe-off; while off the last stance's 1             */
    v3 force;      /* N, on the foot, ground axes                                          */
    v3 center;     /* m, centre of pressure, ground axes                                   */
    double free;   /* Nm, about the vertical through it                                    */
    double center_x, center_z; /* m, the same from the footprint's origin, along the foot and to its
                                  lateral side                                               */
} genu_walk_foot;

/** The walk at any time: sets q, u, a of d (coupled ones too) and the ground reactions, closed so
 *  that the whole body needs no other force. wrench (2, about the ground origin, right and left)
 *  and foot (2) may be NULL. d belongs to the walk's model. */
void genu_walk_frame(const genu_walk *w, double t, genu_data *d, sp6 *wrench, genu_walk_foot *foot);

/* Facts of a walk. */
double genu_walk_period(const genu_walk *w);                 /* s from strike to strike   */
double genu_walk_stride(const genu_walk *w);                 /* m                         */
double genu_walk_strike(const genu_walk *w, genu_side side); /* s, first after 0          */
double genu_walk_off(const genu_walk *w, genu_side side);    /* s after that strike       */
int genu_walk_foot_body(const genu_walk *w, genu_side side); /* which the force acts on   */
const genu_norms *genu_walk_norms(const genu_walk *w);       /* at its speed              */

/* What shows that the ground under one foot is sound; each the worst over the cycle. */
typedef struct genu_walk_sole {
    double min_normal;  /* N between strike and toe-off, lowest                          */
    double friction;    /* horizontal over normal force                                  */
    double free_moment; /* Nm                                                            */
    double free_ratio;  /* free moment over what friction 0.8 allows on a patch of the sole's
                           half width                                                    */
    double outside;     /* m, centre of pressure outside the sole                        */
    double center_first, center_last; /* m, where along the foot it begins and ends      */
    double slip, height; /* m, planted points: sideways or along, above or below ground  */
    double sink;         /* m, any point below ground                                    */
    double jump_force, jump_moment; /* N, Nm at strike and toe-off                       */
} genu_walk_sole;

/* What shows that a walk is sound. */
typedef struct genu_walk_check {
    genu_walk_sole foot[GENU_N_SIDE];
    genu_walk_sole worst;   /* of both feet                                                */
    double residual_force;  /* N, sum of m (a - g) by differences of positions less reactions */
    double residual_moment; /* Nm, rate of angular momentum likewise                        */
    double worst_angle;     /* SD, largest distance of a followed angle from its norm        */
    int worst_curve;        /* genu_norm_curve of that angle                                 */
    double drop, obliquity, lean, list, step_width; /* as found, in the settings' units     */
} genu_walk_check;

/** Check on n times of a cycle (>= 100). d belongs to the walk's model.
 *  GENU_E_RANGE, GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_walk_examine(const genu_walk *w, genu_data *d, int n,
                                            genu_walk_check *check, genu_err *err);

/** GENU_OK, or GENU_E_INFEASIBLE and which check failed, with value and bound. */
GENU_MUST_USE genu_status genu_walk_judge(const genu_walk *w, const genu_walk_check *check,
                                          genu_err *err);

#endif
