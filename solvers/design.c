#include "solvers/design.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

const char *genu_design_name(genu_design_kind kind)
{
    static const char *const names[] = { "grid",        "one_at_a_time",   "list",
                                         "monte_carlo", "latin_hypercube", "sobol",
                                         "saltelli" };
    return kind >= GENU_DESIGN_GRID && kind <= GENU_DESIGN_SALTELLI ? names[kind] : "";
}

double genu_design_points(genu_design_kind kind, int n, int d)
{
    return kind == GENU_DESIGN_SALTELLI ? (double)n * (d + 2) : n;
}

static genu_status no_memory(genu_err *err)
{
    return genu_fail(err, GENU_E_MEMORY, "not enough memory for the design");
}

/* ------------------------------------------------------------------ samples */

static genu_status monte_carlo(int n, int d, unsigned long seed, double *u, genu_err *err)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    if (!random)
        return no_memory(err);
    gsl_rng_set(random, seed);
    for (size_t i = 0; i < (size_t)n * (size_t)d; i++)
        u[i] = gsl_rng_uniform_pos(random);
    gsl_rng_free(random);
    return GENU_OK;
}

static genu_status latin_hypercube(int n, int d, unsigned long seed, double *u, genu_err *err)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    int *stratum = malloc((size_t)n * sizeof *stratum);
    if (random && stratum) {
        gsl_rng_set(random, seed);
        for (int j = 0; j < d; j++) {
            for (int i = 0; i < n; i++)
                stratum[i] = i;
            gsl_ran_shuffle(random, stratum, (size_t)n, sizeof *stratum);
            for (int i = 0; i < n; i++)
                u[(size_t)i * (size_t)d + (size_t)j] =
                    (stratum[i] + gsl_rng_uniform_pos(random)) / n;
        }
    }
    int done = random && stratum;
    free(stratum);
    gsl_rng_free(random);
    return done ? GENU_OK : no_memory(err);
}

static genu_status sobol(int n, int d, double *u, genu_err *err)
{
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)d);
    if (!sequence)
        return no_memory(err);
    for (int i = 0; i < n; i++)
        gsl_qrng_get(sequence, u + (size_t)i * (size_t)d);
    gsl_qrng_free(sequence);
    return GENU_OK;
}

static genu_status saltelli(int n, int d, double *u, genu_err *err)
{
    size_t columns = (size_t)d;
    double *pair = malloc(2 * columns * sizeof *pair); // A_j, then B_j
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, 2 * (unsigned)d);
    int good = pair && sequence;
    for (int j = 0; j < n && good; j++) {
        gsl_qrng_get(sequence, pair);
        for (size_t r = 0; r < columns + 2; r++, u += columns)
            for (size_t i = 0; i < columns; i++)
                u[i] = pair[r == 1 || r == i + 2 ? columns + i : i];
    }
    free(pair);
    if (sequence)
        gsl_qrng_free(sequence);
    return good ? GENU_OK : no_memory(err);
}

static int most_dimensions(genu_design_kind kind)
{
    return kind == GENU_DESIGN_SOBOL      ? GENU_SOBOL_DIMENSIONS
           : kind == GENU_DESIGN_SALTELLI ? GENU_SOBOL_DIMENSIONS / 2
                                          : 100000;
}

genu_status genu_design_sample(genu_design_kind kind, int n, int d, unsigned long seed, double *u,
                               genu_err *err)
{
    if (n < 1)
        return genu_fail(err, GENU_E_RANGE, "the design has %d samples, must be at least 1", n);
    if (d < 1 || d > most_dimensions(kind))
        return genu_fail(err, GENU_E_RANGE,
                         "the design has %d parameters, must be 1 to %d: the Sobol sequence has no "
                         "more; latin_hypercube and monte_carlo take any number",
                         d, most_dimensions(kind));
    switch (kind) {
    case GENU_DESIGN_MONTE_CARLO:
        return monte_carlo(n, d, seed, u, err);
    case GENU_DESIGN_LATIN_HYPERCUBE:
        return latin_hypercube(n, d, seed, u, err);
    case GENU_DESIGN_SOBOL:
        return sobol(n, d, u, err);
    case GENU_DESIGN_SALTELLI:
        return saltelli(n, d, u, err);
    default:
        return genu_fail(err, GENU_E_RANGE, "a design of given values is not sampled");
    }
}

/* ------------------------------------------------------------------ distributions */

/* Mean and standard deviation of the normal one: of the value, or of its logarithm. */
static void normal_of(const genu_distribution *d, double *mean, double *sd)
{
    double ratio = d->sd / d->mean;
    *mean = d->mean;
    *sd = d->sd;
    if (d->kind == GENU_LOG_NORMAL) {
        *sd = sqrt(log1p(ratio * ratio));
        *mean = log(d->mean) - *sd * *sd / 2;
    }
}

/* Share of the normal distribution below a bound of the value; open ones give `open`. */
static double share_below(const genu_distribution *d, double bound, double open)
{
    double mean, sd;
    normal_of(d, &mean, &sd);
    if (isnan(bound))
        return open;
    if (d->kind == GENU_LOG_NORMAL)
        bound = bound > 0 ? log(bound) : -INFINITY;
    return gsl_cdf_gaussian_P(bound - mean, sd);
}

genu_status genu_distribution_check(const genu_distribution *d, genu_err *err)
{
    if (d->kind == GENU_UNIFORM && (isnan(d->lo) || isnan(d->hi)))
        return genu_fail(err, GENU_E_RANGE, "a uniform distribution needs both ends");
    if (d->lo >= d->hi)
        return genu_fail(err, GENU_E_RANGE, "the lower end is %g, must be below the upper, %g",
                         d->lo, d->hi);
    if (d->kind == GENU_UNIFORM)
        return GENU_OK;
    if (!(d->sd > 0) || !isfinite(d->mean))
        return genu_fail(err, GENU_E_RANGE,
                         "the standard deviation is %g, must be above 0, with a mean", d->sd);
    if (d->kind == GENU_LOG_NORMAL && !(d->mean > 0))
        return genu_fail(err, GENU_E_RANGE, "the mean is %g, must be above 0", d->mean);
    double share = share_below(d, d->hi, 1) - share_below(d, d->lo, 0);
    if (!(share > 1e-6))
        return genu_fail(err, GENU_E_RANGE,
                         "%g of the distribution lies between the bounds, must be above 1e-6",
                         share);
    return GENU_OK;
}

double genu_distribution_quantile(const genu_distribution *d, double u)
{
    if (d->kind == GENU_UNIFORM)
        return d->lo + u * (d->hi - d->lo);
    double mean, sd, below = share_below(d, d->lo, 0), above = share_below(d, d->hi, 1);
    normal_of(d, &mean, &sd);
    double x = mean + gsl_cdf_gaussian_Pinv(below + u * (above - below), sd);
    x = d->kind == GENU_LOG_NORMAL ? exp(x) : x;
    if (x < d->lo) // by rounding; comparisons with NAN are false
        x = d->lo;
    return x > d->hi ? d->hi : x;
}
