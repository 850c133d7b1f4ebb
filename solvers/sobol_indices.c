#include "solvers/sobol_indices.h"

#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

/* First-order and total index (d each) from the samples `pick` (n of them). */
static void estimate(int n, int d, const double *f, const int *pick, double *first, double *total)
{
    int row = d + 2;
    double mean = 0, variance = 0;
    for (int i = 0; i < n; i++) {
        const double *at = f + (ptrdiff_t)pick[i] * row;
        mean += (at[0] + at[1]) / (2.0 * n);
    }
    for (int i = 0; i < n; i++) {
        const double *at = f + (ptrdiff_t)pick[i] * row;
        variance += ((at[0] - mean) * (at[0] - mean) + (at[1] - mean) * (at[1] - mean)) / (2.0 * n);
    }
    for (int k = 0; k < d; k++) {
        double alone = 0, all = 0;
        for (int i = 0; i < n; i++) {
            const double *at = f + (ptrdiff_t)pick[i] * row;
            double step = at[2 + k] - at[0];
            alone += (at[1] - mean) * step / n;
            all += step * step / (2.0 * n);
        }
        first[k] = variance > 0 ? alone / variance : NAN;
        total[k] = variance > 0 ? all / variance : NAN;
    }
}

/* The middle 95 % of n values, which are sorted. */
static void interval(double *x, int n, double *lo, double *hi)
{
    gsl_sort(x, 1, (size_t)n);
    *lo = gsl_stats_quantile_from_sorted_data(x, 1, (size_t)n, 0.025);
    *hi = gsl_stats_quantile_from_sorted_data(x, 1, (size_t)n, 0.975);
}

/* first, total (d x n_boot): those of the bootstrap samples. */
static void bootstrap(int n, int d, const double *f, int n_boot, gsl_rng *random, int *pick,
                      double *one, double *first, double *total)
{
    for (int b = 0; b < n_boot; b++) {
        for (int i = 0; i < n; i++)
            pick[i] = (int)gsl_rng_uniform_int(random, (unsigned long)n);
        estimate(n, d, f, pick, one, one + d);
        for (int k = 0; k < d; k++) {
            first[(ptrdiff_t)k * n_boot + b] = one[k];
            total[(ptrdiff_t)k * n_boot + b] = one[d + k];
        }
    }
}

static genu_status check(int n, int d, const double *f, int n_boot, genu_err *err)
{
    if (n < 2 || d < 1)
        return genu_fail(err, GENU_E_RANGE,
                         "%d samples of %d parameters, must be at least 2 of at least 1", n, d);
    if (n_boot < 100 || n_boot > 100000)
        return genu_fail(err, GENU_E_RANGE, "%d bootstrap samples, must be 100 to 100000", n_boot);
    for (ptrdiff_t i = 0; i < (ptrdiff_t)n * (d + 2); i++)
        if (!isfinite(f[i]))
            return genu_fail(err, GENU_E_RANGE, "the result of scenario %td is %g, must be finite",
                             i, f[i]);
    return GENU_OK;
}

genu_status genu_sobol_indices(int n, int d, const double *f, int n_boot, unsigned long seed,
                               genu_sobol_index *index, genu_err *err)
{
    genu_status s = check(n, d, f, n_boot, err);
    if (s != GENU_OK)
        return s;
    size_t boots = (size_t)n_boot * (size_t)d;
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    int *pick = malloc((size_t)n * sizeof *pick);
    double *work = malloc((2 * boots + 2 * (size_t)d) * sizeof *work);
    if (random && pick && work) {
        double *first = work, *total = work + boots, *one = total + boots;
        gsl_rng_set(random, seed);
        bootstrap(n, d, f, n_boot, random, pick, one, first, total);
        for (int i = 0; i < n; i++)
            pick[i] = i;
        estimate(n, d, f, pick, one, one + d);
        for (int k = 0; k < d; k++) {
            genu_sobol_index *at = &index[k];
            at->first = one[k];
            at->total = one[d + k];
            interval(first + (ptrdiff_t)k * n_boot, n_boot, &at->first_lo, &at->first_hi);
            interval(total + (ptrdiff_t)k * n_boot, n_boot, &at->total_lo, &at->total_hi);
        }
    } else {
        s = genu_fail(err, GENU_E_MEMORY, "not enough memory for Sobol's indices");
    }
    free(work);
    free(pick);
    gsl_rng_free(random);
    return s;
}
