#include "solvers/spline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Unknowns per knot: the first derivative (degree 3), first and second (degree 5). They are
 * numbered knot by knot, so the matrix has 1 or 3 entries left of the diagonal. */

/* Smallest pivot relative to its diagonal. Equal steps give 0.2 and more; a step next to one r
 * times longer gives about 1 / r and costs as many digits. 1e-10 leaves six; a smaller bound would
 * return splines with fewer, a larger one would refuse records that are still good enough. */
#define PIVOT_MIN 1e-10

struct genu_spline {
    int degree, n, n_column;
    int unknown; /* per knot: 1 or 2                                                   */
    int band;    /* entries left of the diagonal: 1 or 3                               */
    double *t;   /* n                                                                  */
    double *L;   /* (n unknown) x (band + 1): row i holds L[i][i-band] to L[i][i]       */
    double *y;   /* n_column x n: values                                               */
    double *d;   /* n_column x (n unknown): derivatives at the knots                   */
};

static void layout(genu_spline *s, genu_arena *a)
{
    size_t n = (size_t)s->n, n_column = (size_t)s->n_column, unknown = (size_t)s->unknown;

    s->t = genu_take_double(a, n);
    s->L = genu_take_double(a, n * unknown * (size_t)(s->band + 1));
    s->y = genu_take_double(a, n_column * n);
    s->d = genu_take_double(a, n_column * n * unknown);
}

/* Integral of the product of the second (degree 3) or third (degree 5) derivatives of the Hermite
 * basis functions on a span of length 1, in the order value and derivatives at the left end, then
 * at the right end. On a span of length h the entry is divided by h^degree and multiplied by h for
 * every derivative. Found by integrating the basis polynomials exactly. */
// clang-format off
static const double energy3[4][4] = {
    {  12,   6, -12,   6 },
    {   6,   4,  -6,   2 },
    { -12,  -6,  12,  -6 },
    {   6,   2,  -6,   4 },
};
static const double energy5[6][6] = {
    {  720,  360,   60, -720,  360,  -60 },
    {  360,  192,   36, -360,  168,  -24 },
    {   60,   36,    9,  -60,   24,   -3 },
    { -720, -360,  -60,  720, -360,   60 },
    {  360,  168,   24, -360,  192,  -36 },
    {  -60,  -24,   -3,   60,  -36,    9 },
};
// clang-format on

/* Entry (i, j) of the energy of a span of length h; i and j are node * 3 + order of derivative. */
static double energy(int degree, double h, int i, int j)
{
    int order_i = i % 3, order_j = j % 3;
    double e = degree == 3 ? energy3[i / 3 * 2 + order_i][j / 3 * 2 + order_j] : energy5[i][j];
    double scale = degree == 3 ? h * h * h : h * h * h * h * h;
    for (int k = order_i + order_j; k > 0; k--)
        scale /= h;
    return e / scale;
}

/* The message for steps that differ too much, with the two that differ most. */
static genu_status too_unequal(const genu_spline *s, genu_err *err)
{
    double least = INFINITY, most = 0;
    for (int i = 1; i < s->n; i++) {
        least = fmin(least, s->t[i] - s->t[i - 1]);
        most = fmax(most, s->t[i] - s->t[i - 1]);
    }
    return genu_fail(err, GENU_E_SINGULAR,
                     "the steps of time, %.3g to %.3g s, are too unequal for a spline of degree %d",
                     least, most, s->degree);
}

/* Sum the spans' energies over the unknown derivatives, lower band only. */
static void assemble(genu_spline *s)
{
    int u = s->unknown, width = s->band + 1;
    for (int k = 0; k + 1 < s->n; k++) {
        double h = s->t[k + 1] - s->t[k];
        for (int i = 0; i < 2 * u; i++)
            for (int j = 0; j <= i; j++) {
                int row = k * u + i, col = k * u + j;
                s->L[row * width + s->band - (row - col)] +=
                    energy(s->degree, h, i / u * 3 + i % u + 1, j / u * 3 + j % u + 1);
            }
    }
}

/* Cholesky in place: A = L L'. Returns 0 when a pivot is not clearly positive. */
static int factor(genu_spline *s)
{
    int n = s->n * s->unknown, band = s->band, width = band + 1;
    for (int i = 0; i < n; i++) {
        double *row = s->L + (ptrdiff_t)i * width;
        double diagonal = row[band];
        for (int j = i > band ? i - band : 0; j <= i; j++) {
            const double *other = s->L + (ptrdiff_t)j * width;
            double sum = row[band - (i - j)];
            for (int k = i > band ? i - band : 0; k < j; k++)
                if (j - k <= band)
                    sum -= row[band - (i - k)] * other[band - (j - k)];
            if (j < i)
                row[band - (i - j)] = sum / other[band];
            else if (!(sum > PIVOT_MIN * diagonal))
                return 0;
            else
                row[band] = sqrt(sum);
        }
    }
    return 1;
}

static genu_status check(int degree, int n, const double *t, int n_column, genu_err *err)
{
    if (degree != 3 && degree != 5)
        return genu_fail(err, GENU_E_RANGE, "spline degree is %d, must be 3 or 5", degree);
    int least = degree == 3 ? 2 : 3;
    if (n < least)
        return genu_fail(err, GENU_E_SHAPE, "a spline of degree %d needs at least %d rows, got %d",
                         degree, least, n);
    if (n_column < 1)
        return genu_fail(err, GENU_E_SHAPE, "a spline needs at least 1 column, got %d", n_column);
    for (int i = 0; i < n; i++) {
        if (!isfinite(t[i]))
            return genu_fail(err, GENU_E_RANGE, "row %d: time is not finite", i + 1);
        if (i && !(t[i] > t[i - 1]))
            return genu_fail(err, GENU_E_RANGE,
                             "row %d: time %.9g s must be larger than the %.9g s before it", i + 1,
                             t[i], t[i - 1]);
    }
    return GENU_OK;
}

genu_status genu_spline_new(genu_spline **out, int degree, int n, const double *t, int n_column,
                            genu_err *err)
{
    *out = NULL;
    genu_status status = check(degree, n, t, n_column, err);
    if (status != GENU_OK)
        return status;
    int unknown = degree == 3 ? 1 : 2;
    genu_spline s = {
        .degree = degree, .n = n, .n_column = n_column, .unknown = unknown, .band = 2 * unknown - 1
    };
    genu_arena a = { 0 };
    genu_take(&a, 1, sizeof s);
    layout(&s, &a);
    char *block = genu_block(a.used);
    if (!block)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for a spline of %d rows, %d columns", n,
                         n_column);
    a = (genu_arena){ block, 0 };
    genu_spline *w = genu_take(&a, 1, sizeof s);
    layout(&s, &a);
    *w = s;
    memcpy(w->t, t, (size_t)n * sizeof *t);
    assemble(w);
    if (!factor(w)) {
        status = too_unequal(w, err);
        free(block);
        return status;
    }
    *out = w;
    return GENU_OK;
}

void genu_spline_free(genu_spline *s)
{
    free(s);
}

/* Solve L L' x = x in place. */
static void solve(const genu_spline *s, double *x)
{
    int n = s->n * s->unknown, band = s->band, width = band + 1;
    for (int i = 0; i < n; i++) {
        const double *row = s->L + (ptrdiff_t)i * width;
        double sum = x[i];
        for (int j = i > band ? i - band : 0; j < i; j++)
            sum -= row[band - (i - j)] * x[j];
        x[i] = sum / row[band];
    }
    for (int i = n - 1; i >= 0; i--) {
        x[i] /= s->L[(ptrdiff_t)i * width + band];
        for (int j = i > band ? i - band : 0; j < i; j++)
            x[j] -= s->L[(ptrdiff_t)i * width + band - (i - j)] * x[i];
    }
}

genu_status genu_spline_fit(genu_spline *s, int column, const double *y, genu_err *err)
{
    int u = s->unknown;
    double *d = s->d + (ptrdiff_t)column * s->n * u;
    for (int i = 0; i < s->n; i++)
        if (!isfinite(y[i]))
            return genu_fail(err, GENU_E_RANGE, "row %d, time %.9g s: the value is not finite",
                             i + 1, s->t[i]);
    memcpy(s->y + (ptrdiff_t)column * s->n, y, (size_t)s->n * sizeof *y);
    memset(d, 0, (size_t)s->n * (size_t)u * sizeof *d);

    // minus the gradient of the energy that the values alone make; only differences of values enter
    for (int k = 0; k + 1 < s->n; k++) {
        double h = s->t[k + 1] - s->t[k], step = y[k + 1] - y[k];
        for (int i = 0; i < 2 * u; i++)
            d[k * u + i] -= energy(s->degree, h, i / u * 3 + i % u + 1, 3) * step;
    }
    solve(s, d);
    return GENU_OK;
}

/* The span that holds t: the last knot not after it, at least 0 and at most n - 2. */
static int find_span(const genu_spline *s, double t)
{
    int lo = 0, hi = s->n - 1;
    while (hi - lo > 1) {
        int mid = lo + (hi - lo) / 2;
        if (s->t[mid] <= t)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

/* Coefficients of the span's polynomial in x = (t - t_k) / h, rising powers. */
static void span_polynomial(const genu_spline *s, int column, int k, double c[6])
{
    double h = s->t[k + 1] - s->t[k];
    const double *y = s->y + (ptrdiff_t)column * s->n + k;
    const double *d = s->d + ((ptrdiff_t)column * s->n + k) * s->unknown;
    double step = y[1] - y[0];
    if (s->degree == 3) {
        double p0 = h * d[0], p1 = h * d[1];
        c[0] = y[0];
        c[1] = p0;
        c[2] = 3 * step - 2 * p0 - p1;
        c[3] = p0 + p1 - 2 * step;
        c[4] = c[5] = 0;
        return;
    }
    double p0 = h * d[0], a0 = h * h * d[1], p1 = h * d[2], a1 = h * h * d[3];
    c[0] = y[0];
    c[1] = p0;
    c[2] = a0 / 2;
    c[3] = 10 * step - 6 * p0 - 4 * p1 - 1.5 * a0 + 0.5 * a1;
    c[4] = -15 * step + 8 * p0 + 7 * p1 + 1.5 * a0 - a1;
    c[5] = 6 * step - 3 * p0 - 3 * p1 - 0.5 * a0 + 0.5 * a1;
}

/* Value and derivatives at a knot, which a natural spline continues as a line or parabola. */
static void outside(const genu_spline *s, int column, int knot, double t, double out[4])
{
    double x = t - s->t[knot];
    const double *d = s->d + ((ptrdiff_t)column * s->n + knot) * s->unknown;
    double curvature = s->degree == 5 ? d[1] : 0;
    out[0] = s->y[(ptrdiff_t)column * s->n + knot] + x * (d[0] + x * curvature / 2);
    out[1] = d[0] + x * curvature;
    out[2] = curvature;
    out[3] = 0;
}

static void eval_span(const genu_spline *s, int column, int k, double t, double out[4])
{
    if (t < s->t[0] || t > s->t[s->n - 1]) {
        outside(s, column, t < s->t[0] ? 0 : s->n - 1, t, out);
        return;
    }
    double c[6], h = s->t[k + 1] - s->t[k], x = (t - s->t[k]) / h;
    span_polynomial(s, column, k, c);
    for (int order = 0; order < 4; order++) {
        // Horner on the derivative of this order, then derive once more in place
        double sum = 0;
        for (int i = 5 - order; i >= 0; i--)
            sum = sum * x + c[i];
        out[order] = sum;
        for (int i = 0; i < 5 - order; i++)
            c[i] = c[i + 1] * (i + 1) / h;
    }
}

void genu_spline_eval(const genu_spline *s, int column, double t, double out[4])
{
    eval_span(s, column, find_span(s, t), t, out);
}

void genu_spline_eval_all(const genu_spline *s, double t, int order, double *out)
{
    int k = find_span(s, t);
    double value[4];
    for (int column = 0; column < s->n_column; column++) {
        eval_span(s, column, k, t, value);
        out[column] = value[order];
    }
}

void genu_spline_range(const genu_spline *s, double *first, double *last)
{
    *first = s->t[0];
    *last = s->t[s->n - 1];
}
