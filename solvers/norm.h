/* norm.h - normative curves of walking: mean and standard deviation over the cycle.
 *
 *   y(c) = a_0 + sum over h of a_h cos(2 pi h c) + b_h sin(2 pi h c),  c from 0 to 1 between
 * strikes
 *
 * Depends on: models/base.h
 * Memory:     plain data
 * Thread use: pure functions
 */
#ifndef GENU_SOLVERS_NORM_H
#define GENU_SOLVERS_NORM_H

#include "models/base.h"

/* Of the side whose foot struck at c = 0. Angles in rad, moments internal, in Nm per kg. */
typedef enum genu_norm_curve {
    GENU_NORM_PELVIS_TILT,     /* anterior positive                                            */
    GENU_NORM_PELVIS_LIST,     /* own side up positive                                         */
    GENU_NORM_PELVIS_ROTATION, /* own side forward positive                                    */
    GENU_NORM_HIP_FLEXION,
    GENU_NORM_HIP_ADDUCTION,
    GENU_NORM_HIP_ROTATION, /* internal positive                                            */
    GENU_NORM_KNEE_FLEXION,
    GENU_NORM_ANKLE,          /* dorsiflexion positive                                        */
    GENU_NORM_TRUNK_LIST,     /* in the laboratory, own side up positive                      */
    GENU_NORM_TRUNK_ROTATION, /* in the laboratory, own side forward positive                 */
    GENU_NORM_GRF_FORWARD,    /* body weights                                                 */
    GENU_NORM_GRF_UP,         /* body weights                                                 */
    GENU_NORM_HIP_EXTENSION_MOMENT,
    GENU_NORM_HIP_ABDUCTION_MOMENT,
    GENU_NORM_KNEE_EXTENSION_MOMENT,
    GENU_NORM_KNEE_ABDUCTION_MOMENT,
    GENU_NORM_ANKLE_MOMENT, /* plantarflexion positive                                      */
    GENU_N_NORM
} genu_norm_curve;

enum { GENU_NORM_HARMONICS = 20, GENU_N_NORM_CLASS = 3 };

typedef struct genu_harmonics {
    double a[GENU_NORM_HARMONICS + 1], b[GENU_NORM_HARMONICS + 1];
} genu_harmonics;

typedef struct genu_norms {
    double speed; /* dimensionless: v / sqrt(g L), L the leg's length                             */
    genu_harmonics mean[GENU_N_NORM], sd[GENU_N_NORM];
} genu_norms;

/** Name of a curve as in the tables, "pelvis_tilt". */
const char *genu_norm_name(genu_norm_curve curve);

/** 1 when the curve is an angle (in degrees in the tables). */
int genu_norm_is_angle(genu_norm_curve curve);

/** The series at cycle c (any real number). */
double genu_harmonics_value(const genu_harmonics *s, double c);

/** Norms at a dimensionless speed: linear between the neighbouring classes, and beyond the outer
 *  ones by at most a third of the step between classes. classes (GENU_N_NORM_CLASS) by rising
 *  speed. GENU_E_RANGE with speed and bounds. */
GENU_MUST_USE genu_status genu_norms_at(genu_norms *out, const genu_norms *classes, double speed,
                                        genu_err *err);

#endif
