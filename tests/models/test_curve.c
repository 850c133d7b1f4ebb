#include "models/curve.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Uneven knots over a movement like the knee's, and a cubic on them. */
enum { N = 7 };
static const double X[N] = { -2.1, -1.6, -0.7, -0.4, 0.3, 0.35, 1.2 };

static double cubic(double x, int k)
{
    double v[4] = { 0.3 - 1.2 * x + 0.7 * x * x + 0.45 * x * x * x, -1.2 + 1.4 * x + 1.35 * x * x,
                    1.4 + 2.7 * x, 2.7 };
    return v[k];
}

static void fill_random(double *y, int n, unsigned long long seed)
{
    for (int i = 0; i < n; i++)
        y[i] = test_random(&seed, -1, 1);
}

static double value(const genu_curve *f, double x, int k)
{
    double out[3];
    genu_curve_eval(f, x, out);
    return out[k];
}

static void zeroed_curve_is_zero(void)
{
    genu_curve f = { 0 }, g;
    genu_err err;
    for (int k = 0; k < 3; k++)
        CHECK_NEAR(value(&f, 1.7, k), 0, 0, 0);
    CHECK_OK(genu_curve_copy(&g, &f, &err), err);
    CHECK_NEAR(value(&g, 1.7, 0), 0, 0, 0);
    genu_curve_free(&f);
}

static void simple_kinds_match_their_formulas(void)
{
    genu_curve f;
    genu_err err;
    CHECK_OK(genu_curve_constant(&f, -0.25, &err), err);
    CHECK_NEAR(value(&f, 3, 0), -0.25, 0, 0);
    CHECK_NEAR(value(&f, 3, 1), 0, 0, 0);
    genu_curve_free(&f);

    CHECK_OK(genu_curve_linear(&f, 2, -1, &err), err);
    CHECK_NEAR(value(&f, 3, 0), 5, 0, 0);
    CHECK_NEAR(value(&f, 3, 1), 2, 0, 0);
    CHECK_NEAR(value(&f, 3, 2), 0, 0, 0);
    genu_curve_free(&f);

    double c[4] = { 0.45, 0.7, -1.2, 0.3 };
    CHECK_OK(genu_curve_polynomial(&f, 4, c, &err), err);
    for (int k = 0; k < 3; k++)
        CHECK_NEAR(value(&f, -1.3, k), cubic(-1.3, k), 1e-15, 1e-15);
    genu_curve_free(&f);

    CHECK_OK(genu_curve_polynomial(&f, 1, (double[]){ 7 }, &err), err);
    CHECK_NEAR(value(&f, 99, 0), 7, 0, 0);
    CHECK_NEAR(value(&f, 99, 1), 0, 0, 0);
    genu_curve_free(&f);
}

static void scale_multiplies_value_and_derivatives(void)
{
    double y[N], plain[3], scaled[3];
    genu_curve f;
    genu_err err;
    fill_random(y, N, 3);
    CHECK_OK(genu_curve_simm_spline(&f, N, X, y, &err), err);
    for (double x = -3; x < 2; x += 0.17) {
        f.scale = 1;
        genu_curve_eval(&f, x, plain);
        f.scale = -0.001;
        genu_curve_eval(&f, x, scaled);
        for (int k = 0; k < 3; k++)
            CHECK_NEAR(scaled[k], -0.001 * plain[k], 1e-15, 0);
    }
    genu_curve_free(&f);
}

static void piecewise_linear_goes_on_with_its_end_slopes(void)
{
    double x[] = { 0, 1, 3 }, y[] = { 1, 2, -2 };
    genu_curve f;
    genu_err err;
    CHECK_OK(genu_curve_piecewise_linear(&f, 3, x, y, &err), err);
    CHECK_NEAR(value(&f, -2, 0), -1, 1e-15, 0);
    CHECK_NEAR(value(&f, -2, 1), 1, 0, 0);
    CHECK_NEAR(value(&f, 0.25, 0), 1.25, 1e-15, 0);
    CHECK_NEAR(value(&f, 1, 0), 2, 0, 0);
    CHECK_NEAR(value(&f, 2, 0), 0, 0, 1e-15);
    CHECK_NEAR(value(&f, 2, 1), -2, 0, 0);
    CHECK_NEAR(value(&f, 5, 0), -6, 1e-15, 0);
    CHECK_NEAR(value(&f, 5, 2), 0, 0, 0);
    genu_curve_free(&f);
}

static void simm_spline_reproduces_cubics(void)
{
    for (int n = 4; n <= N; n++) {
        double y[N];
        for (int i = 0; i < n; i++)
            y[i] = cubic(X[i], 0);
        genu_curve f;
        genu_err err;
        CHECK_OK(genu_curve_simm_spline(&f, n, X, y, &err), err);
        for (double x = X[0]; x <= X[n - 1]; x += 0.05)
            for (int k = 0; k < 3; k++) // round-off over the shortest interval, 0.05
                CHECK_NEAR(value(&f, x, k), cubic(x, k), 0, 1e-11);
        genu_curve_free(&f);
    }
}

static void simm_spline_of_three_and_two_points(void)
{
    genu_curve f;
    genu_err err;
    double x[] = { -1, 0.5, 2 }, y[3];
    for (int i = 0; i < 3; i++)
        y[i] = 2 - x[i] + 3 * x[i] * x[i];
    CHECK_OK(genu_curve_simm_spline(&f, 3, x, y, &err), err);
    for (double t = -1; t <= 2; t += 0.125) {
        CHECK_NEAR(value(&f, t, 0), 2 - t + 3 * t * t, 1e-14, 1e-14);
        CHECK_NEAR(value(&f, t, 1), -1 + 6 * t, 1e-14, 1e-14);
        CHECK_NEAR(value(&f, t, 2), 6, 1e-13, 0);
    }
    genu_curve_free(&f);
    CHECK_OK(genu_curve_simm_spline(&f, 2, x, (double[]){ 1, 4 }, &err), err);
    for (double t = -3; t <= 3; t += 0.5) {
        CHECK_NEAR(value(&f, t, 0), 3 + 2 * t, 1e-15, 1e-15);
        CHECK_NEAR(value(&f, t, 1), 2, 1e-15, 0);
        CHECK_NEAR(value(&f, t, 2), 0, 0, 0);
    }
    genu_curve_free(&f);
}

/* y = 0 1 1 0 at x = 0 1 2 3: both moments inside are -6/5 (4 M + M = -6), by hand. */
static void natural_spline_closed_form(void)
{
    genu_curve f;
    genu_err err;
    CHECK_OK(genu_curve_natural_spline(&f, 2, 4, (double[]){ 0, 1, 2, 3 }, (double[]){ 0, 1, 1, 0 },
                                       &err),
             err);
    for (double t = 0; t <= 1; t += 0.0625) {
        CHECK_NEAR(value(&f, t, 0), 1.2 * t - 0.2 * t * t * t, 1e-14, 1e-15);
        CHECK_NEAR(value(&f, 3 - t, 0), 1.2 * t - 0.2 * t * t * t, 1e-14, 1e-15);
        CHECK_NEAR(value(&f, t, 1), 1.2 - 0.6 * t * t, 1e-14, 1e-15);
        CHECK_NEAR(value(&f, t, 2), -1.2 * t, 1e-14, 1e-15);
        CHECK_NEAR(value(&f, 1 + t, 2), -1.2, 1e-14, 0);
        CHECK_NEAR(value(&f, -t, 0), -1.2 * t, 1e-14, 1e-15);
        CHECK_NEAR(value(&f, 3 + t, 0), -1.2 * t, 1e-14, 1e-15);
    }
    genu_curve_free(&f);
    // half order 1: straight from point to point, level outside
    CHECK_OK(
        genu_curve_natural_spline(&f, 1, 3, (double[]){ 0, 1, 3 }, (double[]){ 2, 4, 1 }, &err),
        err);
    CHECK_NEAR(value(&f, 0.25, 0), 2.5, 1e-15, 0);
    CHECK_NEAR(value(&f, 2, 0), 2.5, 1e-15, 0);
    CHECK_NEAR(value(&f, 2, 1), -1.5, 1e-15, 0);
    CHECK_NEAR(value(&f, -1, 0), 2, 1e-15, 0);
    CHECK_NEAR(value(&f, 9, 0), 1, 1e-15, 0);
    CHECK_NEAR(value(&f, 9, 1), 0, 0, 0);
    genu_curve_free(&f);
}

/* Derivative k of a piece of a natural spline at a distance t from its knot. */
static double piece_derivative(const genu_curve *f, int i, double t, int k)
{
    int m = f->half_order;
    double sum = 0;
    for (int p = 2 * m - 1; p >= k; p--) {
        double c = f->c[2 * m * i + p];
        for (int q = p; q > p - k; q--)
            c *= q;
        sum = sum * t + c;
    }
    return sum;
}

/* What defines it: through the points, 2 m - 2 continuous derivatives, those from m on zero at the
 * ends, degree m - 1 outside; and polynomials of degree m - 1 are kept. */
static void natural_splines_satisfy_their_definition(void)
{
    enum { POINTS = 12 };
    unsigned long long seed = 3;
    for (int m = 1; m <= GENU_HALF_ORDER_MAX; m++) {
        double x[POINTS], y[POINTS];
        genu_curve f;
        genu_err err;
        x[0] = -1;
        for (int i = 0; i < POINTS; i++) {
            x[i] = i ? x[i - 1] + test_random(&seed, 0.3, 0.9) : -1;
            y[i] = test_random(&seed, -1, 1);
        }
        CHECK_OK(genu_curve_natural_spline(&f, m, POINTS, x, y, &err), err);
        double size[2 * GENU_HALF_ORDER_MAX] = { 0 }; // of each derivative
        for (int k = 0; k < 2 * m; k++)
            for (int i = 0; i < POINTS - 1; i++)
                size[k] = fmax(size[k], fabs(piece_derivative(&f, i, 0, k)));
        // digits go with the seventh power of the ratio of intervals, here 3
        double tiny = m < 4 ? 1e-10 : 1e-8;
        for (int i = 0; i < POINTS - 1; i++) {
            double h = x[i + 1] - x[i];
            CHECK_NEAR(value(&f, x[i], 0), y[i], 0, 1e-14);
            CHECK_NEAR(piece_derivative(&f, i, h, 0), y[i + 1], 0, 1e-11 * (1 + size[0]));
            for (int k = 1; k <= 2 * m - 2; k++) {
                double next = i < POINTS - 2 ? piece_derivative(&f, i + 1, 0, k)
                              : k < m        ? piece_derivative(&f, POINTS - 1, 0, k)
                                             : 0;
                CHECK_NEAR(piece_derivative(&f, i, h, k), next, 0, tiny * size[k]);
            }
        }
        for (int k = m; k <= 2 * m - 2; k++)
            CHECK_NEAR(piece_derivative(&f, 0, 0, k), 0, 0, tiny * size[k]);
        for (int side = 0; side < 2; side++) { // the m-th difference outside is none
            double sum = 0, sign = 1, most = 0;
            for (int k = 0; k <= m; k++, sign = -sign) {
                double choose = 1, v = value(&f, side ? x[POINTS - 1] + k : x[0] - k, 0);
                for (int q = 0; q < k; q++)
                    choose *= (double)(m - q) / (q + 1);
                sum += sign * choose * v;
                most = fmax(most, fabs(choose * v));
            }
            CHECK_NEAR(sum, 0, 0, 1e-12 * most);
        }
        genu_curve_free(&f);
        for (int i = 0; i < POINTS; i++)
            y[i] = pow(x[i], m - 1) - 2;
        CHECK_OK(genu_curve_natural_spline(&f, m, POINTS, x, y, &err), err);
        for (double t = x[0]; t < x[POINTS - 1]; t += 0.37)
            CHECK_NEAR(value(&f, t, 0), pow(t, m - 1) - 2, tiny, 1e-12);
        genu_curve_free(&f);
    }
}

static void sine_and_steps_match_their_formulas(void)
{
    genu_curve f, g, h;
    genu_err err;
    CHECK_OK(genu_curve_sine(&f, 2, 3, 0.5, -0.25, &err), err);
    CHECK_OK(genu_curve_step(&g, -1, 4, 1, 6, &err), err);
    CHECK_OK(
        genu_curve_piecewise_constant(&h, 3, (double[]){ -1, 0, 1 }, (double[]){ 5, 7, 4 }, &err),
        err);
    for (double x = -2; x <= 2; x += 0.125) {
        CHECK_NEAR(value(&f, x, 0), 2 * sin(3 * x + 0.5) - 0.25, 0, 1e-15);
        CHECK_NEAR(value(&f, x, 1), 6 * cos(3 * x + 0.5), 0, 4e-15);
        CHECK_NEAR(value(&f, x, 2), -18 * sin(3 * x + 0.5), 0, 1e-14);
        double t = (x + 1) / 2, inside = t > 0 && t < 1;
        t = t < 0 ? 0 : t > 1 ? 1 : t;
        CHECK_NEAR(value(&g, x, 0), 4 + 2 * t * t * t * (10 + t * (6 * t - 15)), 1e-15, 1e-15);
        CHECK_NEAR(value(&g, x, 1), inside * 30 * t * t * (1 - t) * (1 - t), 1e-14, 1e-15);
        CHECK_NEAR(value(&g, x, 2), inside * 30 * t * (1 - t) * (1 - 2 * t), 1e-13, 1e-14);
        CHECK_NEAR(value(&h, x, 0), x < 0 ? 5 : x < 1 ? 7 : 4, 0, 0);
        CHECK_NEAR(value(&h, x, 1), 0, 0, 0);
    }
    CHECK_NEAR(value(&g, 0, 0), 5, 1e-15, 0); // half way by symmetry
    genu_curve_free(&f);
    genu_curve_free(&g);
    genu_curve_free(&h);
    CHECK_FAILS(genu_curve_step(&g, 1, 0, 1, 2, &err), GENU_E_RANGE, err, "step ends at 1, where");
    CHECK_OK(genu_curve_step(&g, 1, 6, -1, 4, &err), err); // the same step, told from its other end
    CHECK_NEAR(value(&g, 0.4, 0), 4 + 2 * 0.7 * 0.7 * 0.7 * (10 + 0.7 * (6 * 0.7 - 15)), 1e-14, 0);
    CHECK_NEAR(value(&g, 0.4, 1), 30 * 0.49 * 0.09, 1e-13, 0);
    CHECK_NEAR(value(&g, 2, 0), 6, 0, 0);
    genu_curve_free(&g);
    CHECK_FAILS(genu_curve_sine(&f, 1, NAN, 0, 0, &err), GENU_E_RANGE, err, "number 2 is nan");
    CHECK_FAILS(genu_curve_natural_spline(&f, 5, N, X, X, &err), GENU_E_RANGE, err,
                "half order is 5, must be 1 to 4");
    CHECK_FAILS(genu_curve_natural_spline(&f, 4, N, X, X, &err), GENU_E_SHAPE, err,
                "curve has 7 knots, needs at least 8 for degree 7");
    // knots of which the last two nearly meet: digits are kept, or it is said
    double x[8] = { 0, 1, 2, 3, 4, 5, 6, 6.1 }, y[8];
    for (int i = 0; i < 8; i++)
        y[i] = x[i] * x[i] * x[i];
    CHECK_OK(genu_curve_natural_spline(&f, 4, 8, x, y, &err), err);
    CHECK_NEAR(value(&f, 2.5, 0), 15.625, 1e-9, 0);
    genu_curve_free(&f);
    x[7] = 6 + 1e-4;
    CHECK_FAILS(genu_curve_natural_spline(&f, 4, 8, x, y, &err), GENU_E_RANGE, err,
                "too near to its neighbours for a spline of degree 7");
}

static double divided(const double *x, const double *y, int n)
{
    return n == 0 ? y[0] : (divided(x + 1, y + 1, n - 1) - divided(x, y, n - 1)) / (x[n] - x[0]);
}

/* What defines the spline: it goes through the points, has two continuous derivatives, and its end
 * conditions hold. Third derivatives from the values of the second. */
static void check_spline(const genu_curve *f, int n, const double *x, const double *y)
{
    double size = 0;
    for (int i = 0; i < n; i++)
        size = fmax(size, fabs(value(f, x[i], 2)));
    double tiny = 1e-12 * (size + 1);
    for (int i = 0; i < n; i++) {
        CHECK_NEAR(value(f, x[i], 0), y[i], 1e-14, 1e-14);
        double e = 1e-9 * (x[n - 1] - x[0]);
        for (int k = 0; k < 2; k++) {
            double rise = k == 1 && i == 0 ? 0 : value(f, x[i], k + 1); // straight before x[0]
            CHECK_NEAR(value(f, x[i] - e, k) + e * rise, value(f, x[i], k), 1e-12, tiny);
        }
        if (i > 0 && i < n - 1) // second derivative: linear on each piece, so exact from two points
            CHECK_NEAR(2 * value(f, 0.5 * (x[i - 1] + x[i]), 2) - value(f, x[i - 1], 2),
                       value(f, x[i], 2), 1e-10, tiny);
    }
    double m[4] = { value(f, x[0], 2), value(f, x[1], 2), value(f, x[n - 2], 2),
                    value(f, x[n - 1], 2) };
    CHECK_NEAR((m[1] - m[0]) / (x[1] - x[0]), 6 * divided(x, y, 3), 1e-9, tiny);
    CHECK_NEAR((m[3] - m[2]) / (x[n - 1] - x[n - 2]), 6 * divided(x + n - 4, y + n - 4, 3), 1e-9,
               tiny);
}

static void splines_satisfy_their_definition(void)
{
    for (unsigned long long seed = 1; seed < 20; seed++)
        for (int n = 4; n <= N; n++) {
            double y[N];
            genu_curve f;
            genu_err err;
            fill_random(y, n, seed);
            CHECK_OK(genu_curve_simm_spline(&f, n, X, y, &err), err);
            check_spline(&f, n, X, y);
            genu_curve_free(&f);
        }
}

static void straight_outside_the_knots(void)
{
    double y[N];
    genu_curve f;
    genu_err err;
    fill_random(y, N, 11);
    CHECK_OK(genu_curve_simm_spline(&f, N, X, y, &err), err);
    double end[2] = { X[0], X[N - 1] };
    for (int k = 0; k < 2; k++)
        for (double d = 1e-6; d < 10; d *= 10) {
            double x = end[k] + (k ? d : -d), slope = value(&f, end[k], 1);
            CHECK_NEAR(value(&f, x, 1), slope, 1e-13, 0);
            CHECK_NEAR(value(&f, x, 0), value(&f, end[k], 0) + slope * (x - end[k]), 1e-13, 1e-14);
            CHECK_NEAR(value(&f, x, 2), 0, 0, 0);
        }
    CHECK_TRUE(fabs(value(&f, X[0], 2)) > 0.1); // the end knots themselves still bend
    genu_curve_free(&f);
}

static void derivatives_match_finite_differences(void)
{
    double y[N], h = 1e-5;
    genu_curve f[6];
    genu_err err;
    fill_random(y, N, 5);
    CHECK_OK(genu_curve_simm_spline(&f[0], N, X, y, &err), err);
    CHECK_OK(genu_curve_natural_spline(&f[1], 3, N, X, y, &err), err);
    CHECK_OK(genu_curve_sine(&f[4], y[0], 1.3, y[1], 1, &err), err);
    CHECK_OK(genu_curve_step(&f[5], -2.4, y[0], 1.5, y[1], &err), err);
    CHECK_OK(genu_curve_polynomial(&f[2], N, y, &err), err);
    CHECK_OK(genu_curve_piecewise_linear(&f[3], N, X, y, &err), err);
    for (int i = 0; i < 6; i++) {
        f[i].scale = 1.5;
        for (double x = -2.503; x < 1.6; x += 0.1)
            for (int k = 0; k < 2; k++) {
                double d = (value(&f[i], x + h, k) - value(&f[i], x - h, k)) / (2 * h);
                // h^2 / 6 times the largest derivative after next, and round-off / h
                CHECK_NEAR(value(&f[i], x, k + 1), d, 1e-7, 1e-6);
            }
        genu_curve_free(&f[i]);
    }
}

/* A knee translation of a published model: as the definition says, and not natural. */
static void spline_of_a_published_knee(void)
{
    const char *path = test_reference("models/Rajagopal2016.osim");
    char *text = path ? test_read_file(path, NULL) : NULL;
    if (!text)
        return;
    double x[16], y[16], worst = 0;
    int n = 0, n_y = 0;
    char *at = strstr(text, "<SimmSpline");
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    at = strstr(at, "<x>") + 3;
    for (char *end; n < 16 && (x[n] = strtod(at, &end), end != at); at = end)
        n++;
    at = strstr(at, "<y>") + 3;
    for (char *end; n_y < 16 && (y[n_y] = strtod(at, &end), end != at); at = end)
        n_y++;
    free(text);
    CHECK_INT(n, 13);
    CHECK_INT(n_y, 13);
    genu_curve f, g;
    genu_err err;
    CHECK_OK(genu_curve_simm_spline(&f, n, x, y, &err), err);
    CHECK_OK(genu_curve_natural_spline(&g, 2, n, x, y, &err), err);
    check_spline(&f, n, x, y);
    for (double q = x[0]; q < x[n - 1]; q += 0.01)
        worst = fmax(worst, fabs(value(&f, q, 0) - value(&g, q, 0)));
    CHECK_TRUE(worst > 1e-5 && worst < 1e-2); // the two conditions do differ on real data
    genu_curve_free(&f);
    genu_curve_free(&g);
}

static void copy_shares_nothing(void)
{
    double y[N];
    genu_curve f, g;
    genu_err err;
    fill_random(y, N, 8);
    CHECK_OK(genu_curve_natural_spline(&f, 3, N, X, y, &err), err);
    f.scale = 2;
    double before = value(&f, 0.1, 0);
    CHECK_OK(genu_curve_copy(&g, &f, &err), err);
    genu_curve_free(&f);
    CHECK_NEAR(value(&g, 0.1, 0), before, 0, 0);
    CHECK_NEAR(value(&f, 0.1, 0), 0, 0, 0);
    genu_curve_free(&g);
}

static void never_allocates_while_evaluating(void)
{
    double y[N], out[3], sum = 0;
    genu_curve f;
    genu_err err;
    fill_random(y, N, 9);
    CHECK_OK(genu_curve_simm_spline(&f, N, X, y, &err), err);
    long before = test_allocations();
    for (int i = 0; i < 1000; i++) {
        genu_curve_eval(&f, -3 + 0.005 * i, out);
        sum += out[0];
    }
    CHECK_INT(test_allocations(), before);
    CHECK_TRUE(isfinite(sum));
    genu_curve_free(&f);
}

static void bad_input_is_named(void)
{
    typedef genu_status maker(genu_curve *, int, const double *, const double *, genu_err *);
    maker *make[] = { genu_curve_piecewise_linear, genu_curve_simm_spline,
                      genu_curve_piecewise_constant };
    genu_curve f;
    genu_err err;
    for (int i = 0; i < 3; i++) {
        CHECK_FAILS(make[i](&f, 1, X, X, &err), GENU_E_SHAPE, err, "1 knots");
        CHECK_FAILS(make[i](&f, 3, (double[]){ 0, 2, 2 }, X, &err), GENU_E_RANGE, err,
                    "x 3 is 2 after 2");
        CHECK_FAILS(make[i](&f, 3, (double[]){ 0, 2, 1 }, X, &err), GENU_E_RANGE, err,
                    "x 3 is 1 after 2");
        CHECK_FAILS(make[i](&f, 3, (double[]){ 0, NAN, 1 }, X, &err), GENU_E_RANGE, err,
                    "x 2 is nan");
        CHECK_FAILS(make[i](&f, 3, X, (double[]){ 0, 1, INFINITY }, &err), GENU_E_RANGE, err,
                    "y 3 is inf");
        CHECK_TRUE(!f.c && !f.x); // nothing to free after a failure
    }
    CHECK_FAILS(genu_curve_constant(&f, NAN, &err), GENU_E_RANGE, err, "nan");
    CHECK_FAILS(genu_curve_linear(&f, 1, INFINITY, &err), GENU_E_RANGE, err, "coefficient 2");
    CHECK_FAILS(genu_curve_polynomial(&f, 0, X, &err), GENU_E_SHAPE, err, "0 coefficients");
    CHECK_FAILS(genu_curve_polynomial(&f, 2, (double[]){ 1, NAN }, &err), GENU_E_RANGE, err,
                "coefficient 2 is nan");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(zeroed_curve_is_zero),
        TEST(simple_kinds_match_their_formulas),
        TEST(scale_multiplies_value_and_derivatives),
        TEST(piecewise_linear_goes_on_with_its_end_slopes),
        TEST(simm_spline_reproduces_cubics),
        TEST(simm_spline_of_three_and_two_points),
        TEST(natural_spline_closed_form),
        TEST(natural_splines_satisfy_their_definition),
        TEST(sine_and_steps_match_their_formulas),
        TEST(splines_satisfy_their_definition),
        TEST(straight_outside_the_knots),
        TEST(derivatives_match_finite_differences),
        TEST(spline_of_a_published_knee),
        TEST(copy_shares_nothing),
        TEST(never_allocates_while_evaluating),
        TEST(bad_input_is_named),
        CU_TEST_INFO_NULL,
    };
    return test_main("curve", tests, argc, argv);
}
