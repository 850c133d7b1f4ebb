/* curve.h - functions of one variable: value, first and second derivative.
 *
 * Kinds:      constant, linear, polynomial, piecewise constant, piecewise linear, sine, smooth step,
 *             natural splines of odd degree, and the cubic spline of SIMM and OpenSim (its end
 *             condition is not natural; see curve.c)
 * Depends on: models/base.h
 * Memory:     a curve owns its knots; genu_curve_free releases them; copying shares nothing
 *             only through genu_curve_copy
 * Thread use: a finished curve is constant and may be shared
 */
#ifndef GENU_MODELS_CURVE_H
#define GENU_MODELS_CURVE_H

#include "models/base.h"

typedef enum genu_curve_kind {
    GENU_CURVE_CONSTANT, /* a zeroed genu_curve is the constant 0 */
    GENU_CURVE_LINEAR,
    GENU_CURVE_POLYNOMIAL,
    GENU_CURVE_PIECEWISE_LINEAR,
    GENU_CURVE_CUBIC,   /* piecewise cubic, straight outside the knots */
    GENU_CURVE_NATURAL, /* natural spline, of lower degree outside the knots */
    GENU_CURVE_PIECEWISE_CONSTANT,
    GENU_CURVE_SINE,
    GENU_CURVE_STEP
} genu_curve_kind;

enum { GENU_HALF_ORDER_MAX = 4 };

typedef struct genu_curve {
    genu_curve_kind kind;
    int n;          /* knots, or coefficients                                              */
    int half_order; /* m of a natural spline of degree 2 m - 1                           */
    double scale;   /* multiplies value and derivatives (OpenSim's MultiplierFunction)     */
    double *x;      /* n knots, strictly increasing; NULL for constant, linear, polynomial */
    double *c;      /* constant: 1; linear: slope, intercept; polynomial: n, highest power first;
                     piecewise linear, constant: n values; cubic: 4 per knot, natural: 2 m per
                     knot, rising powers of (x - x_i); sine: amplitude, angular frequency, phase, offset;
                     step: x and value where it begins, x and value where it ends        */
} genu_curve;

/* Makers. x must be strictly increasing, all numbers finite; GENU_E_RANGE and a sentence with the
 * index and the values otherwise, GENU_E_SHAPE for too few knots, GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_curve_constant(genu_curve *f, double value, genu_err *err);
GENU_MUST_USE genu_status genu_curve_linear(genu_curve *f, double slope, double intercept,
                                            genu_err *err);
GENU_MUST_USE genu_status genu_curve_polynomial(genu_curve *f, int n, const double *coefficient,
                                                genu_err *err);
GENU_MUST_USE genu_status genu_curve_piecewise_linear(genu_curve *f, int n, const double *x,
                                                      const double *y, genu_err *err);
/** n >= 2; the third derivative at each end is that of the cubic through the four nearest points
 *  (three points: a parabola; two: a line). */
GENU_MUST_USE genu_status genu_curve_simm_spline(genu_curve *f, int n, const double *x,
                                                 const double *y, genu_err *err);
/** Degree 2 m - 1, m from 1 to 4, n >= 2 m: 2 m - 2 derivatives are continuous, those from m to
 *  2 m - 2 are zero at both ends, beyond which it goes on as a polynomial of degree m - 1. */
GENU_MUST_USE genu_status genu_curve_natural_spline(genu_curve *f, int m, int n, const double *x,
                                                    const double *y, genu_err *err);
/** y[i] from x[i] until below x[i + 1], y[0] before, y[n - 1] after; n >= 2. Its derivative is 0, at the
 *  jumps, too, where it has none. */
GENU_MUST_USE genu_status genu_curve_piecewise_constant(genu_curve *f, int n, const double *x,
                                                        const double *y, genu_err *err);
/** amplitude sin(omega x + phase) + offset. */
GENU_MUST_USE genu_status genu_curve_sine(genu_curve *f, double amplitude, double omega,
                                          double phase, double offset, genu_err *err);
/** From y0 at and beyond x0 to y1 at and beyond x1, which is another place on either side: y0 + (y1 - y0) (10 t^3 - 15 t^4 + 6 t^5). */
GENU_MUST_USE genu_status genu_curve_step(genu_curve *f, double x0, double y0, double x1, double y1,
                                          genu_err *err);

GENU_MUST_USE genu_status genu_curve_copy(genu_curve *to, const genu_curve *from, genu_err *err);
void genu_curve_free(genu_curve *f);

/** out[0] value, out[1] first derivative, out[2] second derivative at x. */
void genu_curve_eval(const genu_curve *f, double x, double out[3]);

#endif
