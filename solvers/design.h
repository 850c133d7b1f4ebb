/* design.h - which points of a parameter space are tried: samples of the unit cube, and the
 * distributions that turn them into parameters.
 *
 *   monte_carlo       independent random points
 *   latin_hypercube   each parameter in n equal strata, one point in each stratum, strata in random
 *                     order (McKay et al. 1979, doi:10.1080/00401706.1979.10489755)
 *   sobol             the quasi-random sequence of Sobol, from its second point on, which fills the
 *                     cube evenly; no seed changes it
 *   saltelli          n (d + 2) points for Sobol's indices: A, B and, for every parameter i, A with
 *                     its column i from B; A and B are the two halves of a Sobol sequence of 2 d
 *                     dimensions (Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018)
 *
 * Method:     GSL's Mersenne Twister, shuffle, Sobol sequence (Antonov and Saleev) and normal quantiles
 * Depends on: models/base.h, GSL
 * Memory:     nothing is kept
 * Thread use: pure functions
 */
#ifndef GENU_SOLVERS_DESIGN_H
#define GENU_SOLVERS_DESIGN_H

#include "models/base.h"

enum { GENU_SOBOL_DIMENSIONS = 40 }; /* of GSL's sequence */

/* GRID to LIST are made of given values and not sampled here. */
typedef enum genu_design_kind {
    GENU_DESIGN_GRID,
    GENU_DESIGN_ONE_AT_A_TIME,
    GENU_DESIGN_LIST,
    GENU_DESIGN_MONTE_CARLO,
    GENU_DESIGN_LATIN_HYPERCUBE,
    GENU_DESIGN_SOBOL,
    GENU_DESIGN_SALTELLI
} genu_design_kind;

/** "grid", "saltelli", ...; never NULL. */
const char *genu_design_name(genu_design_kind kind);

/** Number of points that n samples of d parameters take: n (d + 2) for saltelli, else n. */
double genu_design_points(genu_design_kind kind, int n, int d);

/** Sample the unit cube.
 *
 *  n     samples (>= 1)
 *  d     parameters (>= 1; sobol: <= 40, saltelli: <= 20)
 *  seed  of the random numbers; sobol and saltelli do not use it
 *  u     out: points x d, row-major, each in (0, 1); of saltelli rows j (d + 2) + r, r = 0: A_j, 1: B_j,
 *        2 + i: A_j with parameter i of B_j
 *
 *  GENU_E_RANGE for a kind that is not sampled, n or d; GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_design_sample(genu_design_kind kind, int n, int d,
                                             unsigned long seed, double *u, genu_err *err);

typedef enum genu_distribution_kind {
    GENU_UNIFORM,   /* between lo and hi                                                         */
    GENU_NORMAL,    /* of this mean and standard deviation, cut to [lo, hi] where these are given */
    GENU_LOG_NORMAL /* the same, its logarithm being normal                                      */
} genu_distribution_kind;

/* mean and sd are those of the value itself, before it is cut, for log_normal too. */
typedef struct genu_distribution {
    genu_distribution_kind kind;
    double lo, hi;   /* NAN: open (not for uniform) */
    double mean, sd; /* not for uniform             */
} genu_distribution;

/** GENU_E_RANGE with what is wrong: lo not below hi, sd not above 0, a log-normal mean not above 0,
 *  bounds that leave less than a millionth of the distribution. */
GENU_MUST_USE genu_status genu_distribution_check(const genu_distribution *d, genu_err *err);

/** The value below which the share u, in (0, 1), of a checked distribution lies. */
double genu_distribution_quantile(const genu_distribution *d, double u);

#endif
