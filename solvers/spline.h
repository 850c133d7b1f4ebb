/* spline.h - natural interpolating splines of degree 3 and 5 through many columns at once.
 *
 *   minimise   integral of (s'')^2 (degree 3) or (s''')^2 (degree 5)
 *   subject to s(t_i) = y_i
 *
 * which gives second derivative zero at both ends (degree 3), or third and fourth (degree 5). The
 * degree-5 spline is the one of gcvspl with no smoothing (Woltring 1986,
 * doi:10.1016/0141-1195(86)90098-7), which OpenSim uses for motions.
 *
 * Method:     the derivatives at the knots as unknowns (Hermite elements); banded Cholesky,
 *             symmetric and positive because the spline is the minimum of an energy
 * Cost:       O(n) to factor, once; O(n) per column; O(log n) per evaluation
 * Depends on: models/base.h
 * Memory:     all of it in genu_spline_new; nothing is allocated afterwards
 * Thread use: fit in one thread, then share for evaluation
 */
#ifndef GENU_SOLVERS_SPLINE_H
#define GENU_SOLVERS_SPLINE_H

#include "models/base.h"

typedef struct genu_spline genu_spline; /* knots, factors, value and derivatives per column */

/** Prepare for n_column columns on the knots t.
 *
 *  degree      3 or 5
 *  t  (n)      strictly increasing, any steps; n >= 2 (degree 3) or 3 (degree 5); copied     [s]
 *
 *  GENU_E_RANGE (degree; t not finite or not increasing, with the index), GENU_E_SHAPE (n too
 * small, n_column < 1), GENU_E_SINGULAR (steps too unequal for the precision of numbers),
 * GENU_E_MEMORY. On failure *s is NULL. */
GENU_MUST_USE genu_status genu_spline_new(genu_spline **s, int degree, int n, const double *t,
                                          int n_column, genu_err *err);
void genu_spline_free(genu_spline *s);

/** Fit one column.
 *
 *  y  (n)      values at the knots, all finite; copied
 *
 *  GENU_E_RANGE for a value that is not finite, with its time. */
GENU_MUST_USE genu_status genu_spline_fit(genu_spline *s, int column, const double *y,
                                          genu_err *err);

/** out[0] to out[3]: value and first to third derivative of one column at t.
 *
 *  Outside the knots a natural spline goes on as a straight line (degree 3) or a parabola (degree
 *  5): that is what is returned, to any distance. Whoever must not extrapolate asks
 *  genu_spline_range. At a knot the third derivative of degree 3 is that of the span to its right.
 */
void genu_spline_eval(const genu_spline *s, int column, double t, double out[4]);

/** The derivative of the given order (0 to 3) of every column at t: out (n_column). */
void genu_spline_eval_all(const genu_spline *s, double t, int order, double *out);

/** First and last knot. */
void genu_spline_range(const genu_spline *s, double *first, double *last);

#endif
