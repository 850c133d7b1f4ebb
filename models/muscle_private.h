/* muscle_private.h - what the files of muscle share: Bezier curves, pennation, Thelen's velocity.
 *
 * Depends on: models/muscle.h
 * Memory:     none of its own
 * Thread use: pure functions
 */
#ifndef GENU_MODELS_MUSCLE_PRIVATE_H
#define GENU_MODELS_MUSCLE_PRIVATE_H

#include "models/muscle.h"

/** Value at x; straight outside the ends. d may be NULL; it gets the slope. Exact to round-off. */
double genu_bezier_value(const genu_bezier_curve *f, double x, double *d);

/** Build fl, fv, fpe, ft of a Millard muscle whose parameters are in range. GENU_E_RANGE with the
 *  curve and the piece when a corner's tangents do not meet inside it. */
GENU_MUST_USE genu_status genu_millard_curves(genu_hill *h, genu_err *err);

/* The fibre as one side of a parallelogram of fixed width (Millard 2013, section 2). OpenSim stops
 * it at cos(pennation) = 0.1, where the fibre velocity would become unbounded. */
#define GENU_COS_PENNATION_MIN 0.1

typedef struct genu_pennate {
    double width;  /* fibre length x sin(pennation), m, constant              */
    double floor;  /* fibre length at the largest pennation, m                */
    double lowest; /* shortest fibre that can be active, m (>= floor)         */
} genu_pennate;

genu_pennate genu_hill_pennate(const genu_hill *h);

/** cos(pennation) of a fibre of this length (m); 0.1 at and below the floor. */
double genu_pennate_cos(const genu_pennate *p, double fiber);

/** Force-velocity factor of Thelen at this activation ([0, 1]); d may be NULL. */
double genu_thelen_velocity(const genu_hill *h, double v, double activation, double *d);

#endif
