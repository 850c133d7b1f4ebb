/* Designs: where their points lie; distributions: their quantiles and moments. */
#include "solvers/design.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdlib.h>

static double *sample(genu_design_kind kind, int n, int d, unsigned long seed)
{
    genu_err err = { 0 };
    size_t points = (size_t)genu_design_points(kind, n, d);
    double *u = malloc(points * (size_t)d * sizeof *u);
    CHECK_OK(genu_design_sample(kind, n, d, seed, u, &err), err);
    for (size_t i = 0; i < points * (size_t)d; i++)
        CHECK_TRUE(u[i] > 0 && u[i] < 1);
    return u;
}

static int same(const double *a, const double *b, int n)
{
    int equal = 0;
    for (int i = 0; i < n; i++)
        equal += a[i] == b[i];
    return equal == n;
}

static void seeds_decide_random_designs(void)
{
    const genu_design_kind random[] = { GENU_DESIGN_MONTE_CARLO, GENU_DESIGN_LATIN_HYPERCUBE };
    for (int i = 0; i < 2; i++) {
        double *a = sample(random[i], 50, 3, 7), *b = sample(random[i], 50, 3, 7),
               *c = sample(random[i], 50, 3, 8);
        CHECK_TRUE(same(a, b, 150));
        CHECK_TRUE(!same(a, c, 150));
        free(a);
        free(b);
        free(c);
    }
}

static void hypercube_fills_every_stratum_once(void)
{
    enum { N = 64, D = 5 };
    double *u = sample(GENU_DESIGN_LATIN_HYPERCUBE, N, D, 1);
    for (int j = 0; j < D; j++) {
        int count[N] = { 0 }, all = 1;
        for (int i = 0; i < N; i++)
            count[(int)(u[i * D + j] * N)]++;
        for (int i = 0; i < N; i++)
            all &= count[i] == 1;
        CHECK_TRUE(all);
    }
    free(u);
}

/* Points 1 to 2^m - 1 of the sequence and its first, 0, which is left out, fill every interval of
 * length 2^-m once in every dimension. The first points of two dimensions are known. */
static void sobol_is_the_sequence(void)
{
    enum { N = 127, D = 40 };
    const double known[4][2] = { { 0.5, 0.5 }, { 0.75, 0.25 }, { 0.25, 0.75 }, { 0.375, 0.375 } };
    double *u = sample(GENU_DESIGN_SOBOL, N, D, 0);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 2; j++)
            CHECK_NEAR(u[i * D + j], known[i][j], 0, 0);
    for (int j = 0; j < D; j++) {
        int count[N + 1] = { 0 }, all = 1;
        for (int i = 0; i < N; i++)
            count[(int)(u[i * D + j] * (N + 1))]++;
        for (int i = 1; i <= N; i++)
            all &= count[i] == 1;
        CHECK_TRUE(all && count[0] == 0);
    }
    free(u);
}

static void saltelli_swaps_one_column(void)
{
    enum { N = 16, D = 3, ROW = D + 2 };
    double *u = sample(GENU_DESIGN_SALTELLI, N, D, 0), *v = sample(GENU_DESIGN_SOBOL, N, 2 * D, 0);
    CHECK_NEAR(genu_design_points(GENU_DESIGN_SALTELLI, N, D), N * ROW, 0, 0);
    for (int j = 0; j < N; j++)
        for (int r = 0; r < ROW; r++)
            for (int i = 0; i < D; i++) {
                int from_b = r == 1 || r == i + 2;
                CHECK_NEAR(u[(j * ROW + r) * D + i], v[j * 2 * D + i + (from_b ? D : 0)], 0, 0);
            }
    free(u);
    free(v);
}

static void wrong_designs_are_refused(void)
{
    genu_err err = { 0 };
    double u[200];
    CHECK_FAILS(genu_design_sample(GENU_DESIGN_SOBOL, 1, 41, 0, u, &err), GENU_E_RANGE, err,
                "has 41 parameters, must be 1 to 40");
    CHECK_FAILS(genu_design_sample(GENU_DESIGN_SALTELLI, 1, 21, 0, u, &err), GENU_E_RANGE, err,
                "has 21 parameters, must be 1 to 20");
    CHECK_FAILS(genu_design_sample(GENU_DESIGN_MONTE_CARLO, 0, 2, 0, u, &err), GENU_E_RANGE, err,
                "has 0 samples");
    CHECK_FAILS(genu_design_sample(GENU_DESIGN_GRID, 1, 2, 0, u, &err), GENU_E_RANGE, err,
                "is not sampled");
}

/* ------------------------------------------------------------------ distributions */

/* Normal quantiles: Abramowitz and Stegun 1964, table 26.5. */
static void quantiles_are_known(void)
{
    const double mean = 0.8, sd = 0.2;
    genu_distribution normal = { GENU_NORMAL, NAN, NAN, mean, sd };
    genu_distribution uniform = { GENU_UNIFORM, 0.5, 2, 0, 0 };
    CHECK_NEAR(genu_distribution_quantile(&normal, 0.5), mean, 1e-15, 0);
    CHECK_NEAR(genu_distribution_quantile(&normal, 0.975), mean + 1.959963984540054 * sd, 1e-12, 0);
    CHECK_NEAR(genu_distribution_quantile(&normal, 0.1), mean - 1.2815515655446 * sd, 1e-12, 0);
    CHECK_NEAR(genu_distribution_quantile(&uniform, 0.25), 0.875, 1e-15, 0);
    // cut at its mean, the upper half is left: its median is the third quartile of the whole
    genu_distribution half = { GENU_NORMAL, mean, NAN, mean, sd };
    CHECK_NEAR(genu_distribution_quantile(&half, 0.5), mean + 0.6744897501961 * sd, 1e-12, 0);
    // the median of a log-normal one is mean / sqrt(1 + (sd/mean)^2)
    genu_distribution skew = { GENU_LOG_NORMAL, NAN, NAN, mean, sd };
    CHECK_NEAR(genu_distribution_quantile(&skew, 0.5), mean / sqrt(1 + sd * sd / mean / mean),
               1e-12, 0);
}

/* By the midpoint rule over u; the tails beyond 1/N weigh some 1e-4. */
static void moments_are_those_asked_for(void)
{
    enum { N = 20000 };
    const genu_distribution list[] = { { GENU_NORMAL, NAN, NAN, 1, 0.2 },
                                       { GENU_LOG_NORMAL, NAN, NAN, 1, 0.2 } };
    for (int k = 0; k < 2; k++) {
        double mean = 0, square = 0;
        for (int i = 0; i < N; i++) {
            double x = genu_distribution_quantile(&list[k], (i + 0.5) / N);
            mean += x / N;
            square += x * x / N;
        }
        CHECK_NEAR(mean, 1, 0, 1e-4);
        CHECK_NEAR(sqrt(square - mean * mean), 0.2, 0, 2e-4);
    }
}

static void bounds_hold(void)
{
    const genu_distribution list[] = { { GENU_NORMAL, 0, 1.5, 1, 0.5 },
                                       { GENU_LOG_NORMAL, 0.5, 1.2, 1, 0.5 },
                                       { GENU_LOG_NORMAL, 0, 1.2, 1, 0.5 } };
    for (int k = 0; k < 3; k++) {
        double before = list[k].lo;
        for (int i = 1; i < 1000; i++) {
            double x = genu_distribution_quantile(&list[k], i / 1000.0);
            CHECK_TRUE(x >= before && x <= list[k].hi);
            before = x;
        }
        CHECK_NEAR(genu_distribution_quantile(&list[k], 1 - 1e-12), list[k].hi, 0, 1e-9);
    }
}

static void wrong_distributions_are_refused(void)
{
    const struct {
        genu_distribution d;
        const char *sentence;
    } list[] = {
        { { GENU_UNIFORM, NAN, 1, 0, 0 }, "both ends" },
        { { GENU_UNIFORM, 1, 1, 0, 0 }, "must be below the upper, 1" },
        { { GENU_NORMAL, NAN, NAN, 1, 0 }, "standard deviation is 0" },
        { { GENU_NORMAL, NAN, NAN, NAN, 1 }, "with a mean" },
        { { GENU_LOG_NORMAL, NAN, NAN, -1, 1 }, "mean is -1" },
        { { GENU_NORMAL, 7, 8, 1, 1 }, "must be above 1e-6" },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        genu_err err = { 0 };
        CHECK_FAILS(genu_distribution_check(&list[i].d, &err), GENU_E_RANGE, err, list[i].sentence);
    }
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(seeds_decide_random_designs),     TEST(hypercube_fills_every_stratum_once),
        TEST(sobol_is_the_sequence),           TEST(saltelli_swaps_one_column),
        TEST(wrong_designs_are_refused),       TEST(quantiles_are_known),
        TEST(moments_are_those_asked_for),     TEST(bounds_hold),
        TEST(wrong_distributions_are_refused), CU_TEST_INFO_NULL,
    };
    return test_main("design", tests, argc, argv);
}
