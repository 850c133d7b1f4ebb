/* Natural splines of any odd degree 2 m - 1 up to 7 (Woltring 1986, doi:10.1016/0141-1195(86)90098-7:
 * OpenSim's GCVSpline without smoothing).
 *
 * Of all curves through the points the natural spline has the least integral of the m-th derivative
 * squared. Between two knots it is the Hermite polynomial of value and m - 1 derivatives at both
 * ends, so the derivatives at the knots are the unknowns of a banded, positive definite system. */
#include "models/curve_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M = GENU_HALF_ORDER_MAX, TERMS = 2 * M };

/* Of its diagonal entry: less leaves fewer than some six digits of the curve. */
static const double PIVOT = 1e-9;

/* Of one half order m, on an interval of length 1. */
typedef struct hermite {
    int m;
    double to_power[TERMS][TERMS]; /* coefficient k of end datum e: m of the left, m of the right */
    double energy[TERMS][TERMS];   /* of two end data                                             */
} hermite;

/* k (k - 1) ... (k - j + 1) */
static double falling(int k, int j)
{
    double product = 1;
    for (int i = 0; i < j; i++)
        product *= k - i;
    return product;
}

/* Solve the m x m system in place; a is small and far from singular. */
static void solve_small(int m, double a[M][M], double *b)
{
    for (int k = 0; k < m; k++) {
        int best = k;
        for (int i = k + 1; i < m; i++)
            if (fabs(a[i][k]) > fabs(a[best][k]))
                best = i;
        for (int j = 0; j < m; j++) {
            double kept = a[k][j];
            a[k][j] = a[best][j];
            a[best][j] = kept;
        }
        double kept = b[k];
        b[k] = b[best];
        b[best] = kept;
        for (int i = k + 1; i < m; i++) {
            double factor = a[i][k] / a[k][k];
            for (int j = k; j < m; j++)
                a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    }
    for (int k = m - 1; k >= 0; k--) {
        for (int j = k + 1; j < m; j++)
            b[k] -= a[k][j] * b[j];
        b[k] /= a[k][k];
    }
}

static hermite make_hermite(int m)
{
    hermite h = { .m = m };
    for (int e = 0; e < 2 * m; e++) {
        double a[M][M], b[M] = { 0 };
        if (e < m)
            h.to_power[e][e] = 1 / falling(e, e);
        for (int j = 0; j < m; j++) { // derivative j at the right end
            b[j] = (e == m + j) - (e < m ? h.to_power[e][e] * falling(e, j) : 0);
            for (int k = 0; k < m; k++)
                a[j][k] = falling(m + k, j);
        }
        solve_small(m, a, b);
        for (int k = 0; k < m; k++)
            h.to_power[m + k][e] = b[k];
    }
    for (int e = 0; e < 2 * m; e++)
        for (int f = 0; f < 2 * m; f++) {
            for (int k = m; k < 2 * m; k++)
                for (int l = m; l < 2 * m; l++)
                    h.energy[e][f] += h.to_power[k][e] * h.to_power[l][f] * falling(k, m) *
                                      falling(l, m) / (k + l - 2 * m + 1);
            h.energy[e][f] = round(h.energy[e][f]); // whole numbers for every m up to 4
        }
    return h;
}

/* The system: row r holds its diagonal at band - 1 and what is left of it before. */
typedef struct banded {
    int n, band;
    double *a, *b;
} banded;

static double *entry(const banded *s, int row, int column)
{
    return &s->a[(size_t)row * (size_t)s->band + (size_t)(s->band - 1 + column - row)];
}

/* One interval of length t, in mean lengths; derivatives are per mean length. */
static void add_interval(const hermite *h, int i, double t, const double *y, const banded *s)
{
    double scale[TERMS], weight = pow(t, 1 - 2 * h->m);
    int m = h->m;
    for (int e = 0; e < 2 * m; e++)
        scale[e] = pow(t, e % m);
    for (int e = 0; e < 2 * m; e++) {
        int row = (i + e / m) * (m - 1) + e % m - 1;
        for (int f = 0; f < 2 * m && e % m; f++) {
            int column = (i + f / m) * (m - 1) + f % m - 1;
            double value = weight * scale[e] * scale[f] * h->energy[e][f];
            if (f % m == 0)
                s->b[row] -= value * (y[i + f / m] - y[i]); // a constant costs nothing
            else if (column <= row)
                *entry(s, row, column) += value;
        }
    }
}

/* Cholesky's factors in place, then both triangles. The first row whose pivot is lost in rounding; -1: none
 * is. */
static int solve_banded(const banded *s)
{
    for (int r = 0; r < s->n; r++) {
        int from = r - s->band + 1 > 0 ? r - s->band + 1 : 0;
        for (int c = from; c <= r; c++) {
            double sum = *entry(s, r, c), diagonal = sum;
            for (int k = from; k < c; k++)
                sum -= *entry(s, r, k) * *entry(s, c, k);
            if (c == r && !(sum > PIVOT * diagonal))
                return r;
            *entry(s, r, c) = c < r ? sum / *entry(s, c, c) : sqrt(sum);
        }
        for (int c = from; c < r; c++)
            s->b[r] -= *entry(s, r, c) * s->b[c];
        s->b[r] /= *entry(s, r, r);
    }
    for (int r = s->n - 1; r >= 0; r--) {
        s->b[r] /= *entry(s, r, r);
        for (int c = r - s->band + 1 > 0 ? r - s->band + 1 : 0; c < r; c++)
            s->b[c] -= *entry(s, r, c) * s->b[r];
    }
    return -1;
}

/* Powers of x - x_i from value and derivatives at both ends. */
static void write_pieces(const hermite *h, genu_curve *f, const double *y, const double *slope,
                         double mean)
{
    int m = h->m, n = f->n;
    for (int i = 0; i < n; i++) {
        double *c = f->c + 2 * m * i;
        double t = i < n - 1 ? (f->x[i + 1] - f->x[i]) / mean : 1;
        for (int k = 0; k < 2 * m; k++) {
            c[k] = 0;
            for (int e = 0; e < 2 * m; e++) {
                int knot = i + e / m;
                if (knot == n) // beyond the last knot only its own end counts
                    break;
                double datum = e % m ? slope[knot * (m - 1) + e % m - 1] : y[knot];
                c[k] += i == n - 1 && k >= m ? 0 : h->to_power[k][e] * pow(t, e % m) * datum;
            }
            c[k] /= pow(t * mean, k);
        }
    }
}

genu_status genu_curve_natural_spline(genu_curve *f, int m, int n, const double *x, const double *y,
                                      genu_err *err)
{
    *f = (genu_curve){ 0 };
    if (m < 1 || m > M)
        return genu_fail(err, GENU_E_RANGE, "half order is %d, must be 1 to %d", m, M);
    if (n < 2 * m)
        return genu_fail(err, GENU_E_SHAPE, "curve has %d knots, needs at least %d for degree %d",
                         n, 2 * m, 2 * m - 1);
    genu_status s = curve_check_knots(n, x, y, err);
    if (s == GENU_OK)
        s = curve_take(f, GENU_CURVE_NATURAL, n, n, 2 * m * n, err);
    if (s != GENU_OK)
        return s;
    f->half_order = m;
    memcpy(f->x, x, (size_t)n * sizeof *x);
    banded system = { .n = n * (m - 1), .band = 2 * (m - 1) };
    size_t size = (size_t)system.n * (size_t)(system.band + 1);
    system.a = calloc(size + 1, sizeof *system.a);
    if (!system.a) {
        genu_curve_free(f);
        return genu_fail(err, GENU_E_MEMORY, "out of memory for a curve");
    }
    system.b = system.a + (size_t)system.n * (size_t)system.band;
    hermite h = make_hermite(m);
    double mean = (x[n - 1] - x[0]) / (n - 1);
    for (int i = 0; i < n - 1 && m > 1; i++)
        add_interval(&h, i, (x[i + 1] - x[i]) / mean, y, &system);
    int lost = solve_banded(&system);
    if (lost < 0)
        write_pieces(&h, f, y, system.b, mean);
    free(system.a);
    if (lost < 0)
        return GENU_OK;
    genu_curve_free(f);
    return genu_fail(
        err, GENU_E_RANGE,
        "x %d is too near to its neighbours for a spline of degree %d: take it out, or a "
        "lower degree",
        lost / (m - 1) + 1, 2 * m - 1);
}
