/* The natural spline against its own definition, by a road that shares nothing with it. */
#include "solvers/spline.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 9, MAX = 16 };

/* Irregular knots, steps 0.05 to 0.4. */
static const double knots[N] = { 0, 0.1, 0.15, 0.5, 0.6, 0.9, 1.3, 1.35, 1.6 };

static genu_spline *fitted(int degree, int n, const double *t, const double *y)
{
    genu_spline *s = NULL;
    genu_err err = { 0 };
    if (CHECK_OK(genu_spline_new(&s, degree, n, t, 1, &err), err))
        CHECK_OK(genu_spline_fit(s, 0, y, &err), err);
    return s;
}

/* Gaussian elimination with row exchange on n equations. */
static void solve_dense(int n, double A[MAX][MAX], double *b)
{
    for (int k = 0; k < n; k++) {
        int p = k;
        for (int i = k; i < n; i++)
            p = fabs(A[i][k]) > fabs(A[p][k]) ? i : p;
        for (int j = 0; j < n; j++) {
            double swap = A[k][j];
            A[k][j] = A[p][j];
            A[p][j] = swap;
        }
        double swap = b[k];
        b[k] = b[p];
        b[p] = swap;
        for (int i = k + 1; i < n; i++) {
            double f = A[i][k] / A[k][k];
            for (int j = k; j < n; j++)
                A[i][j] -= f * A[k][j];
            b[i] -= f * b[k];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++)
            b[i] -= A[i][j] * b[j];
        b[i] /= A[i][i];
    }
}

/* A natural spline of degree 2m - 1 is p(t) + sum c_i |t - t_i|^(2m - 1), p of degree m - 1, with
 * sum c_i t_i^k = 0 for k < m (Duchon 1977, doi:10.1007/BFb0086566). */
static void radial(int m, const double *y, double c[MAX])
{
    double A[MAX][MAX] = { { 0 } };
    memset(c, 0, MAX * sizeof *c);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++)
            A[i][j] = pow(fabs(knots[i] - knots[j]), 2 * m - 1);
        for (int k = 0; k < m; k++)
            A[i][N + k] = A[N + k][i] = pow(knots[i], k);
        c[i] = y[i];
    }
    solve_dense(N + m, A, c);
}

/* Value and derivatives of that sum at t. */
static void radial_eval(int m, const double *c, double t, double out[4])
{
    memset(out, 0, 4 * sizeof *out);
    for (int i = 0; i < N; i++) {
        double x = t - knots[i], sign = x < 0 ? -1 : 1, factor = 1;
        for (int order = 0; order < 4; order++) {
            out[order] += c[i] * factor * sign * pow(x, 2 * m - 1 - order);
            factor *= 2 * m - 1 - order;
        }
    }
    for (int k = 0; k < m; k++) {
        out[0] += c[N + k] * pow(t, k);
        out[1] += k ? c[N + k] * k * pow(t, k - 1) : 0;
        out[2] += k == 2 ? 2 * c[N + k] : 0;
    }
}

static void equals_its_radial_form(void)
{
    unsigned long long seed = 1;
    for (int degree = 3; degree <= 5; degree += 2) {
        double y[N], c[MAX], want[4], got[4];
        for (int i = 0; i < N; i++)
            y[i] = test_random(&seed, -1, 1);
        radial((degree + 1) / 2, y, c);
        genu_spline *s = fitted(degree, N, knots, y);
        for (double t = -0.3; t < 2; t += 0.0173) {
            radial_eval((degree + 1) / 2, c, t, want);
            genu_spline_eval(s, 0, t, got);
            // the dense system loses digits: its condition number is about 1e5; derivatives of
            // these rough data reach 1e5
            for (int order = 0; order < 4; order++)
                CHECK_NEAR(got[order], want[order], 1e-9, 1e-9 * pow(20, order));
        }
        genu_spline_free(s);
    }
}

static void reproduces_what_it_can(void)
{
    // the natural ends allow a line (degree 3) and a parabola (degree 5), inside and outside
    double line[N], parabola[N], out[4];
    for (int i = 0; i < N; i++) {
        line[i] = 2 - 3 * knots[i];
        parabola[i] = 1 + knots[i] - 4 * knots[i] * knots[i];
    }
    genu_spline *s3 = fitted(3, N, knots, line), *s5 = fitted(5, N, knots, parabola);
    for (double t = -1; t < 3; t += 0.11) {
        genu_spline_eval(s3, 0, t, out);
        CHECK_NEAR(out[0], 2 - 3 * t, 0, 1e-13);
        CHECK_NEAR(out[1], -3, 0, 1e-12);
        genu_spline_eval(s5, 0, t, out);
        CHECK_NEAR(out[0], 1 + t - 4 * t * t, 0, 1e-12);
        CHECK_NEAR(out[1], 1 - 8 * t, 0, 1e-11);
        CHECK_NEAR(out[2], -8, 0, 1e-10);
    }
    genu_spline_free(s3);
    genu_spline_free(s5);
}

static void two_and_three_rows_are_enough(void)
{
    const double y[3] = { 1, 4, -2 };
    double out[4];
    genu_spline *s = fitted(3, 2, knots, y);
    genu_spline_eval(s, 0, 0.05, out);
    CHECK_NEAR(out[0], 2.5, 1e-14, 0);
    genu_spline_free(s);
    // through three rows: the parabola by Newton's divided differences
    s = fitted(5, 3, knots, y);
    double a = (4 - 1) / 0.1, b = ((-2 - 4) / 0.05 - a) / 0.15, t = 0.08;
    genu_spline_eval(s, 0, t, out);
    CHECK_NEAR(out[0], 1 + a * t + b * t * (t - 0.1), 1e-11, 0);
    CHECK_NEAR(out[2], 2 * b, 1e-11, 0);
    genu_spline_free(s);
}

static void ends_are_natural_and_knots_smooth(void)
{
    double y[N], left[4], right[4];
    for (int i = 0; i < N; i++)
        y[i] = sin(5 * knots[i]) + 0.1 * (i % 3);
    genu_spline *s = fitted(5, N, knots, y);
    genu_spline_eval(s, 0, knots[0], left);
    genu_spline_eval(s, 0, knots[N - 1], right);
    CHECK_NEAR(left[3], 0, 0, 1e-8); // third derivatives inside reach 1e3
    CHECK_NEAR(right[3], 0, 0, 1e-8);
    for (int i = 1; i < N - 1; i++) {
        genu_spline_eval(s, 0, nextafter(knots[i], -1), left);
        genu_spline_eval(s, 0, knots[i], right);
        CHECK_NEAR(right[0], y[i], 1e-15, 0);
        for (int order = 1; order < 4; order++)
            CHECK_NEAR(left[order], right[order], 1e-9, 1e-9);
    }
    double a, b;
    genu_spline_range(s, &a, &b);
    CHECK_NEAR(a, 0, 0, 0);
    CHECK_NEAR(b, 1.6, 0, 0);
    genu_spline_free(s);
}

/* Largest error of derivative `order` of sin(t) away from the ends, n rows over three periods. */
static double sine_error(int degree, int n, int order)
{
    double *t = malloc((size_t)n * sizeof *t), *y = malloc((size_t)n * sizeof *y), worst = 0;
    for (int i = 0; i < n; i++) {
        t[i] = 6 * 3.14159265358979 * i / (n - 1);
        y[i] = sin(t[i]);
    }
    genu_spline *s = fitted(degree, n, t, y);
    for (double x = 6; x < 12; x += 0.01) {
        double out[4], want[4] = { sin(x), cos(x), -sin(x), -cos(x) };
        genu_spline_eval(s, 0, x, out);
        worst = fmax(worst, fabs(out[order] - want[order]));
    }
    genu_spline_free(s);
    free(t);
    free(y);
    return worst;
}

static void error_falls_at_the_known_rate(void)
{
    // a spline of degree k errs as h^(k + 1 - order) (de Boor 2001, ISBN 978-0-387-95366-3, ch.
    // XII)
    for (int degree = 3; degree <= 5; degree += 2)
        for (int order = 0; order < 4; order++) {
            double rate = log2(sine_error(degree, 81, order) / sine_error(degree, 161, order));
            CHECK_NEAR(rate, degree + 1 - order, 0, 0.2);
        }
    CHECK_NEAR(sine_error(5, 161, 2), 0, 0, 1e-6);
}

static void columns_are_independent_and_eval_allocates_nothing(void)
{
    genu_spline *s = NULL;
    genu_err err = { 0 };
    double y[2][N], out[4], all[2];
    for (int i = 0; i < N; i++) {
        y[0][i] = cos(3 * knots[i]);
        y[1][i] = exp(knots[i]);
    }
    CHECK_OK(genu_spline_new(&s, 5, N, knots, 2, &err), err);
    long before = test_allocations();
    CHECK_OK(genu_spline_fit(s, 1, y[1], &err), err);
    CHECK_OK(genu_spline_fit(s, 0, y[0], &err), err);
    for (int order = 0; order < 4; order++) {
        genu_spline_eval_all(s, 0.77, order, all);
        for (int j = 0; j < 2; j++) {
            genu_spline *one = fitted(5, N, knots, y[j]);
            before += 1; // the one that fitted makes
            genu_spline_eval(one, 0, 0.77, out);
            CHECK_NEAR(all[j], out[order], 0, 0);
            genu_spline_free(one);
        }
    }
    CHECK_INT(test_allocations() - before, 0);
    genu_spline_free(s);
}

static void long_records_stay_exact(void)
{
    // 5000 rows at 2 kHz whose last steps are 1000 times longer than the first
    enum { LONG = 5000 };
    double *t = malloc(LONG * sizeof *t), *y = malloc(LONG * sizeof *y), out[4];
    for (int i = 0; i < LONG; i++) {
        t[i] = i < LONG - 2 ? 0.0005 * i : t[i - 1] + 0.5;
        y[i] = 3 - t[i] + 2 * t[i] * t[i];
    }
    genu_spline *s = fitted(5, LONG, t, y);
    genu_spline_eval(s, 0, 1.23456, out);
    CHECK_NEAR(out[2], 4, 0, 1e-5); // round-off of y (1e-15) over step^2
    genu_spline_eval(s, 0, 3.2, out);
    CHECK_NEAR(out[0], 3 - 3.2 + 2 * 3.2 * 3.2, 1e-7, 0);
    genu_spline_free(s);
    free(t);
    free(y);
}

static void spline_errors(void)
{
    genu_spline *s;
    genu_err err;
    const double back[4] = { 0, 1, 1, 2 }, nan_t[4] = { 0, 1, NAN, 3 },
                 y[4] = { 0, 1, INFINITY, 2 };
    const double mean[4] = { 0, 1e-12, 1, 2 }, good[4] = { 0, 1, 2, 4 };
    CHECK_FAILS(genu_spline_new(&s, 4, 4, good, 1, &err), GENU_E_RANGE, err, "degree is 4");
    CHECK_FAILS(genu_spline_new(&s, 5, 2, good, 1, &err), GENU_E_SHAPE, err,
                "at least 3 rows, got 2");
    CHECK_FAILS(genu_spline_new(&s, 3, 4, good, 0, &err), GENU_E_SHAPE, err, "1 column, got 0");
    CHECK_FAILS(genu_spline_new(&s, 3, 4, back, 1, &err), GENU_E_RANGE, err,
                "row 3: time 1 s must be larger than the 1 s before it");
    CHECK_FAILS(genu_spline_new(&s, 3, 4, nan_t, 1, &err), GENU_E_RANGE, err, "row 3");
    CHECK_FAILS(genu_spline_new(&s, 5, 4, mean, 1, &err), GENU_E_SINGULAR, err, "1e-12 to 1 s");
    CHECK_TRUE(s == NULL);
    CHECK_OK(genu_spline_new(&s, 5, 4, good, 1, &err), err);
    CHECK_FAILS(genu_spline_fit(s, 0, y, &err), GENU_E_RANGE, err, "time 2 s: the value is not");
    genu_spline_free(s);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(equals_its_radial_form),
        TEST(reproduces_what_it_can),
        TEST(two_and_three_rows_are_enough),
        TEST(ends_are_natural_and_knots_smooth),
        TEST(error_falls_at_the_known_rate),
        TEST(columns_are_independent_and_eval_allocates_nothing),
        TEST(long_records_stay_exact),
        TEST(spline_errors),
        CU_TEST_INFO_NULL,
    };
    return test_main("spline", tests, argc, argv);
}
