#include "models/curve_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

genu_status curve_take(genu_curve *f, genu_curve_kind kind, int n, int n_x, int n_c, genu_err *err)
{
    *f = (genu_curve){ .kind = kind, .n = n, .scale = 1 };
    f->c = malloc((size_t)n_c * sizeof *f->c);
    f->x = n_x ? malloc((size_t)n_x * sizeof *f->x) : NULL;
    if (f->c && (f->x || !n_x))
        return GENU_OK;
    genu_curve_free(f);
    return genu_fail(err, GENU_E_MEMORY, "out of memory for a curve");
}

static genu_status check_finite(const char *what, int n, const double *x, genu_err *err)
{
    for (int i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return genu_fail(err, GENU_E_RANGE, "%s %d is %g, must be finite", what, i + 1, x[i]);
    return GENU_OK;
}

genu_status curve_check_knots(int n, const double *x, const double *y, genu_err *err)
{
    if (n < 2)
        return genu_fail(err, GENU_E_SHAPE, "curve has %d knots, needs at least 2", n);
    genu_status s = check_finite("x", n, x, err);
    if (s == GENU_OK)
        s = check_finite("y", n, y, err);
    for (int i = 1; s == GENU_OK && i < n; i++)
        if (!(x[i] > x[i - 1]))
            s = genu_fail(err, GENU_E_RANGE, "x %d is %g after %g, must increase", i + 1, x[i],
                          x[i - 1]);
    return s;
}

genu_status genu_curve_constant(genu_curve *f, double value, genu_err *err)
{
    *f = (genu_curve){ 0 };
    genu_status s = check_finite("value", 1, &value, err);
    if (s == GENU_OK)
        s = curve_take(f, GENU_CURVE_CONSTANT, 1, 0, 1, err);
    if (s == GENU_OK)
        f->c[0] = value;
    return s;
}

genu_status genu_curve_linear(genu_curve *f, double slope, double intercept, genu_err *err)
{
    double c[2] = { slope, intercept };
    *f = (genu_curve){ 0 };
    genu_status s = check_finite("coefficient", 2, c, err);
    if (s == GENU_OK)
        s = curve_take(f, GENU_CURVE_LINEAR, 2, 0, 2, err);
    if (s == GENU_OK)
        memcpy(f->c, c, sizeof c);
    return s;
}

genu_status genu_curve_polynomial(genu_curve *f, int n, const double *coefficient, genu_err *err)
{
    *f = (genu_curve){ 0 };
    if (n < 1)
        return genu_fail(err, GENU_E_SHAPE, "polynomial has %d coefficients, needs at least 1", n);
    genu_status s = check_finite("coefficient", n, coefficient, err);
    if (s == GENU_OK)
        s = curve_take(f, GENU_CURVE_POLYNOMIAL, n, 0, n, err);
    if (s == GENU_OK)
        memcpy(f->c, coefficient, (size_t)n * sizeof *f->c);
    return s;
}

static genu_status points(genu_curve *f, genu_curve_kind kind, int n, const double *x,
                          const double *y, genu_err *err)
{
    *f = (genu_curve){ 0 };
    genu_status s = curve_check_knots(n, x, y, err);
    if (s == GENU_OK)
        s = curve_take(f, kind, n, n, n, err);
    if (s != GENU_OK)
        return s;
    memcpy(f->x, x, (size_t)n * sizeof *f->x);
    memcpy(f->c, y, (size_t)n * sizeof *f->c);
    return GENU_OK;
}

genu_status genu_curve_piecewise_linear(genu_curve *f, int n, const double *x, const double *y,
                                        genu_err *err)
{
    return points(f, GENU_CURVE_PIECEWISE_LINEAR, n, x, y, err);
}

genu_status genu_curve_piecewise_constant(genu_curve *f, int n, const double *x, const double *y,
                                          genu_err *err)
{
    return points(f, GENU_CURVE_PIECEWISE_CONSTANT, n, x, y, err);
}

static genu_status numbers(genu_curve *f, genu_curve_kind kind, int n, const double *c,
                           genu_err *err)
{
    *f = (genu_curve){ 0 };
    genu_status s = check_finite("number", n, c, err);
    if (s == GENU_OK)
        s = curve_take(f, kind, n, 0, n, err);
    if (s == GENU_OK)
        memcpy(f->c, c, (size_t)n * sizeof *c);
    return s;
}

genu_status genu_curve_sine(genu_curve *f, double amplitude, double omega, double phase,
                            double offset, genu_err *err)
{
    return numbers(f, GENU_CURVE_SINE, 4, (double[]){ amplitude, omega, phase, offset }, err);
}

genu_status genu_curve_step(genu_curve *f, double x0, double y0, double x1, double y1,
                            genu_err *err)
{
    genu_status s = numbers(f, GENU_CURVE_STEP, 4, (double[]){ x0, y0, x1, y1 }, err);
    if (s != GENU_OK || x1 != x0)
        return s;
    genu_curve_free(f);
    return genu_fail(err, GENU_E_RANGE, "step ends at %g, where it begins", x1);
}

/* Third derivative of the cubic through four points: 6 times the third divided difference. */
static double third_difference(const double *x, const double *y)
{
    double d01 = (y[1] - y[0]) / (x[1] - x[0]), d12 = (y[2] - y[1]) / (x[2] - x[1]);
    double d23 = (y[3] - y[2]) / (x[3] - x[2]);
    double d012 = (d12 - d01) / (x[2] - x[0]), d123 = (d23 - d12) / (x[3] - x[1]);
    return 6 * (d123 - d012) / (x[3] - x[0]);
}

/* Second derivatives m (n) at the knots: continuity of the slope inside,
 *   h_{i-1} m_{i-1} + 2 (h_{i-1} + h_i) m_i + h_i m_{i+1} = 6 (slope_i - slope_{i-1}),
 * and at the ends m_1 - m_0 = h_0 third. Thomas' algorithm; the end rows are not dominant, but elimination from the left keeps every pivot positive
 * because the first row only adds h_0 to the second pivot. work holds 2 n numbers. */
static void second_derivatives(int n, const double *x, const double *y, double *m, double *work)
{
    double *diagonal = work, *upper = work + n;
    double third[2] = { 0, 0 };
    if (n > 3) {
        third[0] = third_difference(x, y);
        third[1] = third_difference(x + n - 4, y + n - 4);
    }
    // first row
    diagonal[0] = -1;
    upper[0] = 1;
    m[0] = (x[1] - x[0]) * third[0];
    for (int i = 1; i < n; i++) {
        double lower, d, u, right;
        if (i < n - 1) {
            double h0 = x[i] - x[i - 1], h1 = x[i + 1] - x[i];
            lower = h0;
            d = 2 * (h0 + h1);
            u = h1;
            right = 6 * ((y[i + 1] - y[i]) / h1 - (y[i] - y[i - 1]) / h0);
        } else {
            lower = -1;
            d = 1;
            u = 0;
            right = (x[i] - x[i - 1]) * third[1];
        }
        double factor = lower / diagonal[i - 1];
        diagonal[i] = d - factor * upper[i - 1];
        upper[i] = u;
        m[i] = right - factor * m[i - 1];
    }
    m[n - 1] /= diagonal[n - 1];
    for (int i = n - 2; i >= 0; i--)
        m[i] = (m[i] - upper[i] * m[i + 1]) / diagonal[i];
}

genu_status genu_curve_simm_spline(genu_curve *f, int n, const double *x, const double *y,
                                   genu_err *err)
{
    *f = (genu_curve){ 0 };
    genu_status s = curve_check_knots(n, x, y, err);
    if (s == GENU_OK)
        s = curve_take(f, GENU_CURVE_CUBIC, n, n, 4 * n, err);
    if (s != GENU_OK)
        return s;
    double *work = calloc(3 * (size_t)n, sizeof *work);
    if (!work) {
        genu_curve_free(f);
        return genu_fail(err, GENU_E_MEMORY, "out of memory for a curve");
    }
    double *m = work; // two knots: a straight line
    if (n > 2)
        second_derivatives(n, x, y, m, work + n);
    memcpy(f->x, x, (size_t)n * sizeof *f->x);
    for (int i = 0; i < n - 1; i++) {
        double h = x[i + 1] - x[i], *c = f->c + 4 * i;
        c[0] = y[i];
        c[1] = (y[i + 1] - y[i]) / h - h * (2 * m[i] + m[i + 1]) / 6;
        c[2] = m[i] / 2;
        c[3] = (m[i + 1] - m[i]) / (6 * h);
    }
    // the last knot carries the end slope for the straight continuation
    double h = x[n - 1] - x[n - 2], *last = f->c + 4 * (n - 1), *c = last - 4;
    last[0] = y[n - 1];
    last[1] = c[1] + h * (2 * c[2] + 3 * h * c[3]);
    last[2] = last[3] = 0;
    free(work);
    return GENU_OK;
}

static int coefficients(const genu_curve *f)
{
    int each = f->kind == GENU_CURVE_CUBIC     ? 4
               : f->kind == GENU_CURVE_NATURAL ? 2 * f->half_order
                                               : 1;
    return each * f->n;
}

genu_status genu_curve_copy(genu_curve *to, const genu_curve *from, genu_err *err)
{
    if (!from->c) {
        *to = *from;
        return GENU_OK;
    }
    int n_c = coefficients(from), n_x = from->x ? from->n : 0;
    genu_status s = curve_take(to, from->kind, from->n, n_x, n_c, err);
    if (s != GENU_OK)
        return s;
    to->scale = from->scale;
    to->half_order = from->half_order;
    memcpy(to->c, from->c, (size_t)n_c * sizeof *to->c);
    if (n_x)
        memcpy(to->x, from->x, (size_t)n_x * sizeof *to->x);
    return GENU_OK;
}

void genu_curve_free(genu_curve *f)
{
    free(f->x);
    free(f->c);
    *f = (genu_curve){ 0 };
}

/* The piece that holds x: 0 <= i <= n - 2 with x[i] <= x < x[i + 1], clamped to the ends. */
static int piece(const genu_curve *f, double x)
{
    int lo = 0, hi = f->n - 1;
    while (hi - lo > 1) {
        int middle = (lo + hi) / 2;
        if (x < f->x[middle])
            hi = middle;
        else
            lo = middle;
    }
    return lo;
}

static void eval_cubic(const genu_curve *f, double x, double out[3])
{
    int n = f->n;
    if (x < f->x[0] || x > f->x[n - 1]) {
        int i = x < f->x[0] ? 0 : n - 1;
        const double *c = f->c + 4 * i;
        out[0] = c[0] + c[1] * (x - f->x[i]);
        out[1] = c[1];
        out[2] = 0;
        return;
    }
    int i = piece(f, x);
    const double *c = f->c + 4 * i;
    double t = x - f->x[i];
    out[0] = c[0] + t * (c[1] + t * (c[2] + t * c[3]));
    out[1] = c[1] + t * (2 * c[2] + 3 * t * c[3]);
    out[2] = 2 * c[2] + 6 * t * c[3];
}

/* Value, first and second derivative of n rising powers of t. */
static void eval_powers(int n, const double *c, double t, double out[3])
{
    double p = 0, d = 0, dd = 0; // Horner, with half the second derivative
    for (int k = n - 1; k >= 0; k--) {
        dd = dd * t + d;
        d = d * t + p;
        p = p * t + c[k];
    }
    out[0] = p;
    out[1] = d;
    out[2] = 2 * dd;
}

static void eval_natural(const genu_curve *f, double x, double out[3])
{
    int m = f->half_order, last = f->n - 1;
    int i = x <= f->x[last] ? piece(f, x) : last;
    eval_powers(x < f->x[0] || i == last ? m : 2 * m, f->c + 2 * m * i, x - f->x[i], out);
}

static void eval_sine(const genu_curve *f, double x, double out[3])
{
    double w = f->c[1], s = f->c[0] * sin(w * x + f->c[2]), c = f->c[0] * cos(w * x + f->c[2]);
    out[0] = s + f->c[3];
    out[1] = w * c;
    out[2] = -w * w * s;
}

static void eval_step(const genu_curve *f, double x, double out[3])
{
    const double shape[6] = { 0, 0, 0, 10, -15, 6 };
    double width = f->c[2] - f->c[0], rise = f->c[3] - f->c[1], t = (x - f->c[0]) / width;
    if (t <= 0 || t >= 1) {
        out[0] = t <= 0 ? f->c[1] : f->c[3];
        return;
    }
    eval_powers(6, shape, t, out);
    out[0] = f->c[1] + rise * out[0];
    out[1] *= rise / width;
    out[2] *= rise / (width * width);
}

static void eval_polynomial(const genu_curve *f, double x, double out[3])
{
    double p = 0, d = 0, dd = 0; // Horner, with half the second derivative
    for (int i = 0; i < f->n; i++) {
        dd = dd * x + d;
        d = d * x + p;
        p = p * x + f->c[i];
    }
    out[0] = p;
    out[1] = d;
    out[2] = 2 * dd;
}

void genu_curve_eval(const genu_curve *f, double x, double out[3])
{
    out[0] = out[1] = out[2] = 0;
    if (!f->c)
        return;
    switch (f->kind) {
    case GENU_CURVE_CONSTANT:
        out[0] = f->c[0];
        break;
    case GENU_CURVE_LINEAR:
        out[0] = f->c[0] * x + f->c[1];
        out[1] = f->c[0];
        break;
    case GENU_CURVE_POLYNOMIAL:
        eval_polynomial(f, x, out);
        break;
    case GENU_CURVE_PIECEWISE_LINEAR: {
        int i = piece(f, x);
        out[1] = (f->c[i + 1] - f->c[i]) / (f->x[i + 1] - f->x[i]);
        out[0] = f->c[i] + out[1] * (x - f->x[i]);
        break;
    }
    case GENU_CURVE_CUBIC:
        eval_cubic(f, x, out);
        break;
    case GENU_CURVE_NATURAL:
        eval_natural(f, x, out);
        break;
    case GENU_CURVE_PIECEWISE_CONSTANT:
        out[0] = f->c[x < f->x[f->n - 1] ? piece(f, x) : f->n - 1];
        break;
    case GENU_CURVE_SINE:
        eval_sine(f, x, out);
        break;
    case GENU_CURVE_STEP:
        eval_step(f, x, out);
        break;
    }
    for (int k = 0; k < 3; k++)
        out[k] *= f->scale;
}
