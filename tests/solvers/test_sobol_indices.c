/* Sobol's indices on functions whose indices are known in closed form. */
#include "solvers/design.h"
#include "solvers/sobol_indices.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdlib.h>

typedef double function(int d, const double *u);

/* Ishigami and Homma 1990, a = 7, b = 0.1, on [-pi, pi]^3. */
static double ishigami(int d, const double *u)
{
    double x[3];
    for (int i = 0; i < d; i++)
        x[i] = M_PI * (2 * u[i] - 1);
    return sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0]);
}

static const double g_of[] = { 0, 1, 4.5, 9, 99 };

/* Sobol's g-function: product of (|4 u - 2| + a) / (1 + a). */
static double g_function(int d, const double *u)
{
    double f = 1;
    for (int i = 0; i < d; i++)
        f *= (fabs(4 * u[i] - 2) + g_of[i]) / (1 + g_of[i]);
    return f;
}

static double weighted_sum(int d, const double *u)
{
    double f = 100; // a large mean must not matter
    for (int i = 0; i < d; i++)
        f += (i + 1) * u[i];
    return f;
}

static void indices_of(function *f, int n, int d, genu_sobol_index *index)
{
    genu_err err = { 0 };
    size_t points = (size_t)n * (size_t)(d + 2);
    double *u = malloc(points * (size_t)d * sizeof *u), *y = malloc(points * sizeof *y);
    CHECK_OK(genu_design_sample(GENU_DESIGN_SALTELLI, n, d, 0, u, &err), err);
    for (size_t i = 0; i < points; i++)
        y[i] = f(d, u + i * (size_t)d);
    CHECK_OK(genu_sobol_indices(n, d, y, 200, 1, index, &err), err);
    free(u);
    free(y);
}

/* A quasi-random design of n points errs by about log(n)/n, some 1e-3 at 2^13. */
static const double TOLERANCE = 3e-3;
enum { N = (1 << 13) - 1 };

static void ishigami_is_known(void)
{
    const double b = 0.1, p4 = pow(M_PI, 4), p8 = p4 * p4;
    const double v1 = 0.5 * pow(1 + b * p4 / 5, 2), v2 = 49.0 / 8,
                 v13 = b * b * p8 * (1.0 / 18 - 1.0 / 50), v = v1 + v2 + v13;
    const double first[] = { v1 / v, v2 / v, 0 }, total[] = { (v1 + v13) / v, v2 / v, v13 / v };
    genu_sobol_index index[3];
    indices_of(ishigami, N, 3, index);
    for (int i = 0; i < 3; i++) {
        CHECK_NEAR(index[i].first, first[i], 0, TOLERANCE);
        CHECK_NEAR(index[i].total, total[i], 0, TOLERANCE);
        // random resampling is wider than what the even design errs by
        CHECK_TRUE(index[i].first_lo < first[i] && first[i] < index[i].first_hi);
        CHECK_TRUE(index[i].total_lo < total[i] && total[i] < index[i].total_hi);
        CHECK_TRUE(index[i].total_hi - index[i].total_lo < 0.1);
    }
}

static void g_function_is_known(void)
{
    enum { D = 5 };
    double v[D], all = 1;
    genu_sobol_index index[D];
    for (int i = 0; i < D; i++) {
        v[i] = 1 / (3 * pow(1 + g_of[i], 2));
        all *= 1 + v[i];
    }
    indices_of(g_function, N, D, index);
    for (int i = 0; i < D; i++) {
        CHECK_NEAR(index[i].first, v[i] / (all - 1), 0, TOLERANCE);
        CHECK_NEAR(index[i].total, v[i] * all / (1 + v[i]) / (all - 1), 0, TOLERANCE);
    }
}

/* Without interactions both are the share of the squared slopes, and they add to one. */
static void sums_have_no_interaction(void)
{
    enum { D = 4 };
    genu_sobol_index index[D];
    indices_of(weighted_sum, N, D, index);
    for (int i = 0; i < D; i++) {
        CHECK_NEAR(index[i].first, (i + 1) * (i + 1) / 30.0, 0, TOLERANCE);
        CHECK_NEAR(index[i].total, (i + 1) * (i + 1) / 30.0, 0, TOLERANCE);
    }
}

/* The interval narrows as one over the root of the samples; a factor 16 gives 4, to the scatter of
 * 200 bootstraps. */
static void confidence_grows_with_samples(void)
{
    genu_sobol_index few[3], many[3];
    indices_of(ishigami, 255, 3, few);
    indices_of(ishigami, 4095, 3, many);
    for (int i = 0; i < 3; i++) {
        double ratio = (few[i].total_hi - few[i].total_lo) / (many[i].total_hi - many[i].total_lo);
        CHECK_NEAR(ratio, 4, 0.35, 0);
    }
}

static void what_does_not_vary_has_none(void)
{
    genu_err err = { 0 };
    genu_sobol_index index[1];
    const double f[6] = { 2, 2, 2, 2, 2, 2 };
    CHECK_OK(genu_sobol_indices(2, 1, f, 100, 1, index, &err), err);
    CHECK_TRUE(isnan(index[0].first) && isnan(index[0].total));
}

static void wrong_input_is_refused(void)
{
    genu_err err = { 0 };
    genu_sobol_index index[1];
    const double f[6] = { 2, 2, 1, 2, NAN, 2 };
    CHECK_FAILS(genu_sobol_indices(1, 1, f, 100, 1, index, &err), GENU_E_RANGE, err, "1 samples");
    CHECK_FAILS(genu_sobol_indices(2, 1, f, 99, 1, index, &err), GENU_E_RANGE, err, "99 bootstrap");
    CHECK_FAILS(genu_sobol_indices(2, 1, f, 100, 1, index, &err), GENU_E_RANGE, err,
                "scenario 4 is nan");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(ishigami_is_known),
        TEST(g_function_is_known),
        TEST(sums_have_no_interaction),
        TEST(confidence_grows_with_samples),
        TEST(what_does_not_vary_has_none),
        TEST(wrong_input_is_refused),
        CU_TEST_INFO_NULL,
    };
    return test_main("sobol_indices", tests, argc, argv);
}
