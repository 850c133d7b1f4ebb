/* sharing_newton.c - one scenario: Newton's method on the dual, with line search and the proof of
 * infeasibility.
 *
 *   maximise over lambda   g = tau'lambda - sum_c max over y in [lo, hi] of (s_c y - cost_c(y))
 *
 * g is concave, its gradient is the residual tau - A y(s), its Hessian -A diag(dy/ds) A'. Where
 * that is singular (everything clipped, no reserve) a lost pivot is replaced, which keeps the step
 * a direction of ascent; with a line search that brackets the maximum the iteration then converges
 * from every start (Bertsekas, Nonlinear Programming, 1999, ISBN 1-886529-00-0, section 1.2).
 */
#include "solvers/sharing_private.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double pivot_floor = 1e-13; /* of its diagonal entry: below is rounding            */
static const double spare_scale = 1e-8;  /* of the unclipped diagonal; larger: short steps where
                                            all is clipped, smaller: long searches              */
static const double soft_factor = 1e-2;  /* larger: more stages, each of fewer steps             */
static const double soft_error = 1e-8;   /* relative error of the least error found, but for
                                            rounding, which grows as this falls                 */
static const double soft_proof = 1e-12;  /* brings lambda near enough to the direction that
                                            separates moments infeasible by 1e-6 Nm             */
static const double overshoot = 1e-6;    /* of the first slope: larger is searched back         */
static const double enough = 0.5;        /* of the first slope: a search ends below             */
static const double proof = 1e-10;       /* of the sum of terms: a gap below may be rounding    */
enum { MAX_TRIALS = 200, FEW_STEPS = 4, MANY_STEPS = 30 };

int genu_sharing_factor(int m, double *M, const double *spare)
{
    int n_lost = 0;
    for (int j = 0; j < m; j++) {
        double *row = M + (size_t)j * (size_t)(j + 1) / 2;
        double diagonal = row[j], pivot = diagonal;
        for (int i = 0; i < j; i++) { // row[i] becomes L_ji D_i
            const double *other = M + (size_t)i * (size_t)(i + 1) / 2;
            double sum = row[i];
            for (int k = 0; k < i; k++)
                sum -= row[k] * other[k];
            row[i] = sum;
        }
        for (int i = 0; i < j; i++) {
            double unit = row[i] * M[(size_t)i * (size_t)(i + 1) / 2 + (size_t)i];
            pivot -= row[i] * unit;
            row[i] = unit;
        }
        int lost = !(pivot > pivot_floor * diagonal);
        n_lost += lost;
        row[j] = 1 / (lost ? spare[j] : pivot);
    }
    return n_lost;
}

void genu_sharing_backsolve(int m, const double *M, double *b)
{
    for (int j = 0; j < m; j++) {
        const double *row = M + (size_t)j * (size_t)(j + 1) / 2;
        for (int i = 0; i < j; i++)
            b[j] -= row[i] * b[i];
    }
    for (int j = 0; j < m; j++)
        b[j] *= M[(size_t)j * (size_t)(j + 1) / 2 + (size_t)j];
    for (int j = m - 1; j > 0; j--) {
        const double *row = M + (size_t)j * (size_t)(j + 1) / 2;
        for (int i = 0; i < j; i++)
            b[i] -= row[i] * b[j];
    }
}

void genu_sharing_uses(const genu_sharing *w, const double *lambda, double *s)
{
    for (int c = 0; c < w->n_column; c++) {
        double sum = 0;
        for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
            sum += w->A[e] * lambda[w->q->at[e]];
        s[c] = sum;
    }
}

void genu_sharing_residual(genu_sharing *w)
{
    for (int j = 0; j < w->m; j++)
        w->r[j] = w->tau[j] - w->soft * w->lambda[j];
    for (int c = 0; c < w->n_column; c++)
        for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
            w->r[w->q->at[e]] -= w->A[e] * w->y[c];
}

double genu_sharing_worst(const genu_sharing *w)
{
    double worst = 0;
    for (int j = 0; j < w->m; j++)
        worst = worst > fabs(w->r[j]) ? worst : fabs(w->r[j]); // a NaN stays
    return worst;
}

void genu_sharing_outer(genu_sharing *w)
{
    memset(w->M, 0, (size_t)w->m * (size_t)(w->m + 1) / 2 * sizeof *w->M);
    for (int c = 0; c < w->n_column; c++) {
        if (w->slope[c] == 0)
            continue;
        for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++) {
            size_t j = (size_t)w->q->at[e];
            double left = w->A[e] * w->slope[c];
            double *row = w->M + j * (j + 1) / 2;
            for (int f = w->q->start[c]; f <= e; f++)
                row[w->q->at[f]] += w->A[f] * left;
        }
    }
    for (size_t j = 0; w->soft > 0 && j < (size_t)w->m; j++)
        w->M[j * (j + 1) / 2 + j] += w->soft;
}

/* control and its derivative for the marginal use s; y is monotone in s */
static double respond(const genu_sharing *w, int c, double s, double *slope)
{
    double v = s / w->q->w[c];
    *slope = 0;
    if (v < w->v_lo[c] || w->q->half[c] == 0)
        return w->q->lo[c];
    if (v > w->v_hi[c])
        return w->q->hi[c];
    if (w->quadratic || w->q->p[c] == 2) {
        *slope = w->q->half[c];
        return fmin(fmax(0.5 * v, w->q->lo[c]), w->q->hi[c]);
    }
    double p = w->q->p[c], size = genu_sharing_root(fabs(v), p, w->kappa[c]);
    *slope = 1 / (w->q->w[c] * (p * (p - 1) * pow(size, p - 2) + w->kappa[c]));
    return fmin(fmax(copysign(size, v), w->q->lo[c]), w->q->hi[c]);
}

static void linearise(genu_sharing *w)
{
    genu_sharing_uses(w, w->lambda, w->s);
    for (int c = 0; c < w->n_column; c++)
        w->y[c] = respond(w, c, w->s[c], &w->slope[c]);
    genu_sharing_residual(w);
    genu_sharing_outer(w);
}

/* slope of g at lambda + t step, from its slope at t = 0: differences do not cancel */
static double slope_at(const genu_sharing *w, double slope0, double square, double t)
{
    double slope = slope0 - t * square, unused;
    for (int c = 0; c < w->n_column; c++)
        if (w->ds[c] != 0)
            slope -= w->ds[c] * (respond(w, c, w->s[c] + t * w->ds[c], &unused) - w->y[c]);
    return slope;
}

/* Step length: 1 unless g already falls there; else false position (with the weight of the end that
 * stays halved, and halving when that is slow) between a rise and a fall. 0: no ascent found. */
static double search(genu_sharing *w)
{
    double slope0 = 0, square = 0;
    for (int j = 0; j < w->m; j++) {
        slope0 += w->step[j] * w->r[j];
        square += w->soft * w->step[j] * w->step[j];
    }
    if (!(slope0 > 0))
        return 0;
    genu_sharing_uses(w, w->step, w->ds);
    double left = 0, right = 1, rise = slope0, fall = slope_at(w, slope0, square, 1);
    if (fall >= -overshoot * slope0)
        return 1;
    for (int trial = 0; trial < MAX_TRIALS; trial++) {
        double t = left + (right - left) * rise / (rise - fall);
        w->trials++;
        if (!(t > left && t < right) || trial % 8 == 7)
            t = 0.5 * (left + right);
        double slope = slope_at(w, slope0, square, t);
        if (slope >= -overshoot * slope0 && slope <= enough * slope0)
            return t;
        if (slope > 0) {
            left = t;
            rise = slope;
            fall *= 0.5;
        } else {
            right = t;
            fall = slope;
            rise *= 0.5;
        }
    }
    return left;
}

/* Does lambda separate tau from all moments that the bounds allow?  d'tau > max over y of d'A y
 * proves that there is none (Farkas; Bertsekas 1999, appendix B). Where a
 * reserve has no bound in the direction of d_j only d_j = 0 can prove it. */
static int separated(genu_sharing *w)
{
    double *d = w->step; // is overwritten by the step after this
    memcpy(d, w->lambda, (size_t)w->m * sizeof *d);
    for (int c = w->n; c < w->n_column; c++) {
        double *d_c = &d[w->q->at[w->q->start[c]]];
        if ((*d_c > 0 && isinf(w->q->hi[c])) || (*d_c < 0 && isinf(w->q->lo[c])))
            *d_c = 0;
    }
    double gap = 0, terms = 0;
    for (int j = 0; j < w->m; j++) {
        gap += d[j] * w->tau[j];
        terms += fabs(d[j] * w->tau[j]);
    }
    genu_sharing_uses(w, d, w->ds);
    for (int c = 0; c < w->n_column; c++) {
        if (w->ds[c] == 0)
            continue;
        double most = w->ds[c] > 0 ? w->ds[c] * w->q->hi[c] : w->ds[c] * w->q->lo[c];
        gap -= most;
        terms += fabs(most);
    }
    return gap > proof * terms;
}

/* pivots in place of lost ones: a fraction of the diagonal with nothing clipped */
static void set_spare(genu_sharing *w)
{
    for (int j = 0; j < w->m; j++)
        w->spare[j] = 0;
    for (int c = 0; c < w->n_column; c++)
        for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
            w->spare[w->q->at[e]] += spare_scale * w->A[e] * w->A[e] * w->secant[c];
    double largest = 0;
    for (int j = 0; j < w->m; j++)
        largest = fmax(largest, w->spare[j]);
    for (int j = 0; j < w->m; j++)
        if (w->spare[j] == 0) // nothing acts here; any step shows it
            w->spare[j] = largest > 0 ? largest : 1;
}

/* Largest residual that rounding of s alone can cause: with expensive reserves lambda is so large
 * that y, a difference of large terms, is known to no more than this. */
static double noise(genu_sharing *w)
{
    double worst = 0;
    memset(w->step, 0, (size_t)w->m * sizeof *w->step);
    for (int c = 0; c < w->n_column; c++) {
        if (w->slope[c] == 0)
            continue;
        double terms = 0;
        for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
            terms += fabs(w->A[e] * w->lambda[w->q->at[e]]);
        for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
            w->step[w->q->at[e]] += fabs(w->A[e]) * w->slope[c] * terms * DBL_EPSILON;
    }
    for (int j = 0; j < w->m; j++)
        worst = fmax(worst, w->step[j]);
    return worst;
}

genu_status genu_sharing_ascend(genu_sharing *w, double tol, int max_iter)
{
    set_spare(w);
    for (int i = 0; i < max_iter && w->iterations < w->settings.max_iter; i++) {
        linearise(w);
        double worst = genu_sharing_worst(w);
        if (worst <= tol || (i >= FEW_STEPS && worst <= noise(w)))
            return GENU_OK;
        int n_lost = genu_sharing_factor(w->m, w->M, w->spare);
        if ((n_lost || i % 8 == 7) && w->quadratic && w->soft == 0 && separated(w))
            return GENU_E_INFEASIBLE;
        memcpy(w->step, w->r, (size_t)w->m * sizeof *w->step);
        genu_sharing_backsolve(w->m, w->M, w->step);
        double t = search(w);
        if (!(t > 0))
            return GENU_E_NOT_CONVERGED;
        for (int j = 0; j < w->m; j++)
            w->lambda[j] += t * w->step[j];
        w->iterations++;
    }
    linearise(w);
    return genu_sharing_worst(w) <= tol ? GENU_OK : GENU_E_NOT_CONVERGED;
}

/* as ascend to w->tol; what is left by rounding is removed in y and lambda together */
static genu_status settle(genu_sharing *w, int max_iter, double *stationarity)
{
    genu_status status = genu_sharing_ascend(w, w->tol, max_iter);
    *stationarity = 0;
    if (status == GENU_OK && genu_sharing_worst(w) > w->tol)
        status = genu_sharing_polish(w, stationarity);
    return status;
}

/* lambda of the quadratic problem without bounds; fixed columns stay fixed */
static void start_cold(genu_sharing *w)
{
    memset(w->lambda, 0, (size_t)w->m * sizeof *w->lambda);
    for (int c = 0; c < w->n_column; c++) {
        w->y[c] = w->q->half[c] > 0 ? 0 : w->q->lo[c];
        w->slope[c] = w->q->half[c];
    }
    genu_sharing_residual(w);
    genu_sharing_outer(w);
    genu_sharing_factor(w->m, w->M, w->spare);
    memcpy(w->lambda, w->r, (size_t)w->m * sizeof *w->lambda);
    genu_sharing_backsolve(w->m, w->M, w->lambda);
    w->iterations++;
}

/* Let a moment of no bound act on every coordinate, at first as easily as all muscles together,
 * then at less and less: every stage starts near its end, however far lambda has to go. */
static void soften(genu_sharing *w, double last)
{
    double largest = 0;
    for (int j = 0; j < w->m; j++)
        largest = fmax(largest, w->spare[j] / spare_scale);
    start_cold(w);
    for (double soft = 1; soft > 0.5 * last; soft *= soft_factor) {
        w->soft = soft * largest;
        (void)genu_sharing_ascend(w, w->tol, MANY_STEPS); // the next stage starts wherever it is
    }
    w->soft = 0;
    genu_sharing_residual(w);
}

genu_status genu_sharing_quadratic(genu_sharing *w, int warm, double *stationarity)
{
    w->quadratic = 1;
    for (int c = 0; c < w->n_column; c++) {
        w->secant[c] = w->q->half[c];
        w->v_lo[c] = 2 * w->q->lo[c];
        w->v_hi[c] = 2 * w->q->hi[c];
        w->kappa[c] = 0;
    }
    set_spare(w);
    genu_status status = GENU_E_NOT_CONVERGED;
    if (warm)
        status = settle(w, MANY_STEPS, stationarity);
    if (status == GENU_E_NOT_CONVERGED) {
        start_cold(w);
        status = settle(w, MANY_STEPS, stationarity);
    }
    if (status == GENU_OK)
        return status;
    if (status == GENU_E_NOT_CONVERGED) {
        soften(w, soft_proof);
        if (!separated(w))
            return settle(w, w->settings.max_iter, stationarity);
    }
    soften(w, soft_error);
    if (w->iterations >= w->settings.max_iter)
        return GENU_E_NOT_CONVERGED;
    return GENU_E_INFEASIBLE;
}

static int all_finite(const double *x, int n)
{
    for (int i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return 0;
    return 1;
}

genu_status genu_sharing_scalar(genu_sharing *w, const double *capacity, const double *tau,
                                const double *lambda, genu_sharing_info *info)
{
    double largest = 0;
    for (int j = 0; j < w->m; j++) {
        w->tau[j] = tau[j];
        largest = fmax(largest, fabs(tau[j]));
    }
    w->tol = w->settings.eps_abs + w->settings.eps_rel * largest;
    for (int c = 0; c < w->n_column; c++)
        for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
            w->A[e] = (c < w->n ? capacity[c] : 1) * w->q->arm[e];
    int warm = lambda && all_finite(lambda, w->m);
    if (warm)
        memcpy(w->lambda, lambda, (size_t)w->m * sizeof *lambda);
    w->soft = 0;
    w->iterations = w->trials = 0;
    w->is_prepared = 0;
    *info = (genu_sharing_info){ 0 };
    info->status = genu_sharing_has_powers(w)
                       ? genu_sharing_power(w, warm, &info->stationarity)
                       : genu_sharing_quadratic(w, warm, &info->stationarity);
    info->residual = genu_sharing_worst(w);
    info->iterations = w->iterations;
    info->trials = w->trials;
    return info->status;
}
