/* sobol_indices.h - which parameter a result depends on: shares of its variance.
 *
 *   first order  S_i = V(E(f | x_i)) / V(f)            what x_i does alone
 *   total        T_i = E(V(f | all but x_i)) / V(f)    what it does with all its interactions
 *
 * Method:     on a saltelli design (design.h), estimators of Saltelli et al. 2010 (first order) and
 *             Jansen 1999 (total), doi:10.1016/j.cpc.2009.09.018, table 2 (b) and (f); confidence by
 *             the bootstrap over samples (percentiles)
 * Cost:       O(samples x parameters x bootstraps)
 * Depends on: models/base.h, GSL
 * Memory:     released before return
 * Thread use: pure functions
 */
#ifndef GENU_SOLVERS_SOBOL_INDICES_H
#define GENU_SOLVERS_SOBOL_INDICES_H

#include "models/base.h"

typedef struct genu_sobol_index {
    double first, first_lo, first_hi; /* with its 95 % confidence interval */
    double total, total_lo, total_hi;
} genu_sobol_index;

/** Indices of d parameters.
 *
 *  n       samples (>= 2)
 *  f       n x (d + 2): the result at the design's points, in its order
 *  n_boot  bootstrap samples ([100, 100000])
 *  seed    of the bootstrap
 *  index   (d) out; NAN where f does not vary
 *
 *  GENU_E_RANGE: a size, or a value of f that is not finite (its number is named); GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_sobol_indices(int n, int d, const double *f, int n_boot,
                                             unsigned long seed, genu_sobol_index *index,
                                             genu_err *err);

#endif
