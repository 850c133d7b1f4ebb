/* moment_arm.h - moment arms of muscles over the range of a joint, and how two models differ.
 *
 * The coordinate takes the given values, all others their defaults, dependent ones follow.
 *
 * Depends on: models/model.h, models/path.h
 * Memory:     one genu_data per call
 * Thread use: any thread; the models are only read
 */
#ifndef GENU_SIM_MOMENT_ARM_H
#define GENU_SIM_MOMENT_ARM_H

#include "models/model.h"

/** arm (n, m): moment arm of a muscle (index) about a coordinate (index) at the values q (n, rad or
 *  m). GENU_E_RANGE when an index is none of the model's, GENU_E_MEMORY, or what the path says,
 *  with the muscle's name and the value. */
GENU_MUST_USE genu_status genu_moment_arm_curve(const genu_model *m, int muscle, int coord, int n,
                                                const double *q, genu_mode mode, double *arm,
                                                genu_err *err);

/* How the arms of one muscle about one coordinate differ between two models. */
typedef struct genu_moment_arm_difference {
    double largest; /* m, of the absolute differences                                      */
    double at;      /* rad or m: where                                                     */
    double a, b;    /* m, the arms there                                                   */
    double rms;     /* m, root mean square of the differences                              */
    double size;    /* m, largest absolute arm of either over the range                    */
} genu_moment_arm_difference;

/** Compare muscle and coordinate of the same names in both models, at n values (n >= 2) from lo to
 *  hi. GENU_E_FORMAT naming the model that lacks one of them; else as above. */
GENU_MUST_USE genu_status genu_moment_arm_compare(const genu_model *a, const genu_model *b,
                                                  const char *muscle, const char *coord, double lo,
                                                  double hi, int n, genu_mode mode,
                                                  genu_moment_arm_difference *out, genu_err *err);

#endif
