/* muscle.h - one muscle's contraction: force capacity on a rigid tendon, and elastic equilibrium.
 *
 *   f = s F0 (a fL(l) fV(v) + k fPE(l)) cos(alpha),   l in optimal fibre lengths,
 *   v in maximal shortening velocities, alpha the pennation angle
 *
 * Method:     curves of Millard et al. 2013 (doi:10.1115/1.4023390) and of Thelen 2003
 *             (doi:10.1115/1.1531112), with the parameters found in the model
 * Depends on: models/base.h
 * Memory:     genu_hill is plain data; genu_hill_prepare fills its curve tables in place
 * Thread use: a prepared genu_hill is constant and may be shared
 */
#ifndef GENU_MODELS_MUSCLE_H
#define GENU_MODELS_MUSCLE_H

#include "models/base.h"

typedef enum genu_hill_kind { GENU_HILL_THELEN, GENU_HILL_MILLARD } genu_hill_kind;

/* A chain of at most 5 quintic Bezier pieces, straight outside (Millard 2013). */
enum { GENU_BEZIER_MAX = 5 };
typedef struct genu_bezier_curve {
    int n;                        /* pieces                                            */
    double x[GENU_BEZIER_MAX][6]; /* control points                                    */
    double y[GENU_BEZIER_MAX][6];
    double x0, y0, slope0; /* left end                                          */
    double x1, y1, slope1; /* right end                                         */
} genu_bezier_curve;

typedef struct genu_hill {
    genu_hill_kind kind;
    double f_max;     /* maximal isometric force F0, N                     (> 0)          */
    double l_opt;     /* optimal fibre length, m                           (> 0)          */
    double l_slack;   /* tendon slack length, m                            (>= 0)         */
    double pennation; /* pennation angle at optimal fibre length, rad      ([0, acos 0.1))*/
    double v_max;     /* maximal shortening velocity, optimal lengths / s  (> 0)          */
    double default_activation; /* OpenSim's default: Thelen 0.05, Millard 0.05  ([0, 1])   */
    double min_activation;     /* OpenSim's default 0.01                    ([0, 1))       */

    struct {                       /* Thelen 2003; OpenSim's defaults in brackets */
        double fmax_tendon_strain; /* [0.04] */
        double fmax_muscle_strain; /* [0.6]  */
        double k_shape_active;     /* [0.45] */
        double k_shape_passive;    /* [5]    */
        double af;                 /* [0.25] */
        double flen;               /* [1.4]  */
        double fv_linear_extrap;   /* [0.95] */
    } thelen;

    struct { /* Millard 2012 as in OpenSim; defaults in brackets; NAN: computed from the others */
        double fiber_damping;              /* [0.1]; 0: the undamped model                   */
        int rigid_tendon;                  /* ignore_tendon_compliance [0]                   */
        double l_min;                      /* min_norm_active_fiber_length [0.4441]          */
        double l_transition;               /* transition_norm_fiber_length [0.73]            */
        double l_max;                      /* max_norm_active_fiber_length [1.8123]          */
        double shallow_slope;              /* shallow_ascending_slope [0.8616]               */
        double minimum_value;              /* minimum_value [0.1]                            */
        double concentric_slope_at_vmax;   /* [0]                                            */
        double concentric_slope_near_vmax; /* [0.25]                                       */
        double isometric_slope;            /* [5]                                            */
        double eccentric_slope_at_vmax;    /* [0]                                            */
        double eccentric_slope_near_vmax;  /* [0.15]                                         */
        double max_eccentric_force;        /* max_eccentric_velocity_force_multiplier [1.4]  */
        double concentric_curviness;       /* [0.6]; the facts' 0.58 = 0.1 + 0.8 x 0.6       */
        double eccentric_curviness;        /* [0.9]                                          */
        double passive_strain_zero;        /* strain_at_zero_force [0]                       */
        double passive_strain_one;         /* strain_at_one_norm_force [0.7]                 */
        double passive_stiffness_low;      /* stiffness_at_low_force [0.2]                   */
        double passive_stiffness_one;      /* stiffness_at_one_norm_force [NAN: 2/(e1-e0)]   */
        double passive_curviness;          /* curviness [0.75]                               */
        double tendon_strain_one;          /* strain_at_one_norm_force [0.049]               */
        double tendon_stiffness_one;       /* [NAN: 1.375/e]                                 */
        double tendon_toe_force;           /* norm_force_at_toe_end [2/3]                    */
        double tendon_curviness;           /* [0.5]                                          */
    } millard;

    /* filled by genu_hill_prepare */
    genu_bezier_curve fl, fv, fpe, ft;
} genu_hill;

/** Documented defaults of OpenSim for the kind; f_max, l_opt, l_slack, pennation are 0. */
genu_hill genu_hill_defaults(genu_hill_kind kind);

/** Check every parameter and build the curves. GENU_E_RANGE with name, value, bound and unit. */
GENU_MUST_USE genu_status genu_hill_prepare(genu_hill *h, genu_err *err);

/* Curves of the kind, normalised; h prepared. d may be NULL; it gets the slope. */
double genu_hill_active(const genu_hill *h, double l, double *d); /* fL(l)           */
double genu_hill_velocity(const genu_hill *h, double v,
                          double *d); /* fV(v), a = 1 for Thelen, at fL = 1 */
double genu_hill_passive(const genu_hill *h, double l, double *d); /* fPE(l)          */
double genu_hill_tendon(const genu_hill *h, double l, double *d);  /* fT(l / l_slack) */

/* The rules that decide the last digits. */
typedef enum genu_mode {
    GENU_MODE_GENU,   /* physically right: shortest paths, right pennation                     */
    GENU_MODE_OPENSIM /* as OpenSim 4.6 computes, defects included, for number-by-number checks */
} genu_mode;

typedef struct genu_hill_state {
    double l; /* fibre length / optimal                                  */
    double v; /* fibre lengthening velocity / maximal shortening velocity */
    double cos_pennation;
    double active;  /* N along the tendon at activation 1, strength 1 (>= 0)   */
    double passive; /* N along the tendon, strength 1 (>= 0)                   */
    int at_minimum; /* fibre at its shortest allowed length: active force is 0 in OpenSim */
} genu_hill_state;

/** Rigid tendon: state from the muscle-tendon length (m) and its lengthening speed (m/s).
 *
 *  Shorter than slack tendon and shortest fibre together (pennation acos 0.1), the tendon hangs
 *  slack: no force, no fibre velocity. GENU_MODE_OPENSIM also takes the active force away at
 *  at_minimum and projects it with OpenSim's pennation, wrong for Millard; passive is the same in
 *  both modes (OpenSim's static optimisation leaves it out: so must a caller who compares). Never
 *  allocates. */
void genu_hill_rigid(const genu_hill *h, genu_mode mode, double length, double speed,
                     genu_hill_state *out);

/** Elastic tendon in static equilibrium at this activation ([0, 1]), as OpenSim's muscle analysis:
 *  fibre velocity zero (Millard) or shared by stiffness (Thelen).
 *
 *  activation x active + passive is what the tendon carries; active holds Thelen's force-velocity
 *  factor at this activation. A fibre that would have to be shorter than allowed is at_minimum:
 *  active is 0 and passive what the tendon carries then. A rigid tendon, or none, is not stretched.
 *
 *  GENU_E_RANGE when a number is not finite or the activation outside its range, and out is zeroed;
 *  GENU_E_NOT_CONVERGED when no equilibrium is found, and out holds the nearest. Never allocates.
 */
GENU_MUST_USE genu_status genu_hill_equilibrium(const genu_hill *h, double activation,
                                                double length, double speed, genu_hill_state *out);

#endif
