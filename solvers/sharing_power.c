/* sharing_power.c - one scenario with exponents above 2.
 *
 * With p > 2 the control y = (s / (p w))^(1 / (p - 1)) leaves zero with infinite slope, and so does
 * the dual's Hessian. A term kappa y^2 / 2 in the cost makes the slope finite: its size is delta
 * times the column's typical marginal use over its typical control, and delta falls from 1 by
 * stages, each started from a Newton step on the conditions in (y, lambda) that the next stage
 * will have. The last steps are Newton on the unsmoothed conditions
 *   w p y^(p-1) = s for every free column,   A y = tau,
 * in y and lambda together, where the slope's inverse counts and nothing is infinite
 * (primal-dual view: Boyd & Vandenberghe, Convex Optimization, 2004, ISBN 0-521-83378-7,
 * section 10.3.2).
 */
#include "solvers/sharing_private.h"

#include <math.h>
#include <string.h>

static const double delta_first = 1;
static const double delta_factor = 1e-2; /* larger: more stages of fewer steps  */
static const double stage_tol = 1e-6;    /* residual at which a stage ends, of the largest moment */
static const double use_floor = 1e-290;  /* of the largest use: no column's scale is below */
static const double stationarity_tol = 1e-8; /* accepted, of the terms of the marginal use     */
enum { MAX_ROOT = 60, MAX_POLISH = 30, FEW_STEPS = 15, N_TRY = 5 };
/* smaller: s too coarse to tell y; larger: further to go without smoothing */
static const double delta_try[N_TRY] = { 1e-9, 1e-10, 1e-8, 1e-11, 1e-7 };

double genu_sharing_root(double v, double p, double kappa)
{
    if (v <= 0)
        return 0;
    if (p == 3) // (Crowninshield & Brand 1981, doi:10.1016/0021-9290(81)90035-X, for its use)
        return 2 * v / (kappa + sqrt(kappa * kappa + 12 * v));
    // from above, on a convex rising function: Newton falls to the root without passing it
    double y = pow(v / p, 1 / (p - 1));
    if (kappa > 0)
        y = fmin(y, v / kappa);
    for (int i = 0; i < MAX_ROOT && kappa > 0; i++) {
        double power = p * pow(y, p - 2);
        double excess = y * (power + kappa) - v;
        if (!(excess > 4e-16 * v))
            break;
        y -= excess / ((p - 1) * power + kappa);
    }
    return y;
}

static int is_power(const genu_sharing *w, int c)
{
    return w->q->p[c] != 2 && w->q->half[c] > 0;
}

/* marginal cost of column c at y, and its derivative */
static double marginal(const genu_sharing *w, int c, double y, double kappa, double *derivative)
{
    double p = w->q->p[c];
    if (p == 2 || w->quadratic) {
        *derivative = 2 * w->q->w[c];
        return 2 * w->q->w[c] * y;
    }
    double power = p * pow(fabs(y), p - 2);
    *derivative = w->q->w[c] * ((p - 1) * power + kappa);
    return w->q->w[c] * (power + kappa) * y;
}

static void set_bounds(genu_sharing *w)
{
    double unused;
    for (int c = 0; c < w->n_column; c++) {
        w->v_lo[c] = isinf(w->q->lo[c])
                         ? w->q->lo[c]
                         : marginal(w, c, w->q->lo[c], w->kappa[c], &unused) / w->q->w[c];
        w->v_hi[c] = isinf(w->q->hi[c])
                         ? w->q->hi[c]
                         : marginal(w, c, w->q->hi[c], w->kappa[c], &unused) / w->q->w[c];
    }
}

/* smoothing of size delta; secant is typical control over typical marginal use */
static void smooth(genu_sharing *w, double delta)
{
    for (int c = 0; c < w->n_column; c++)
        w->kappa[c] = is_power(w, c) ? delta / (w->q->w[c] * w->secant[c]) : 0;
    set_bounds(w);
}

/* typical control from the quadratic solution: the largest muscle's, a reserve's own */
static void scale_by_controls(genu_sharing *w)
{
    double muscle = 0, reserve = 0;
    for (int c = 0; c < w->n_column; c++) {
        double *largest = c < w->n ? &muscle : &reserve;
        *largest = fmax(*largest, fabs(w->y[c]));
    }
    for (int c = 0; c < w->n_column; c++) {
        double typical = c < w->n ? muscle : fmax(fabs(w->y[c]), 1e-3 * reserve);
        if (!is_power(w, c) || !(typical > 0))
            w->secant[c] = w->q->half[c];
        else
            w->secant[c] = 1 / (w->q->w[c] * w->q->p[c] * pow(typical, w->q->p[c] - 2));
    }
}

/* typical marginal use: the sum of the sizes of its terms, at most what the bounds can ask for */
static void sum_of_terms(const genu_sharing *w, double *sum)
{
    for (int c = 0; c < w->n_column; c++) {
        sum[c] = 0;
        for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
            sum[c] += fabs(w->A[e] * w->lambda[w->q->at[e]]);
    }
}

static void scale_by_uses(genu_sharing *w)
{
    double largest = 0, unused;
    sum_of_terms(w, w->ds);
    for (int c = 0; c < w->n_column; c++)
        largest = fmax(largest, w->ds[c]);
    for (int c = 0; c < w->n_column; c++) {
        if (!is_power(w, c) || largest == 0) {
            w->secant[c] = w->q->half[c];
            continue;
        }
        double most = INFINITY, use = fmax(w->ds[c], use_floor * largest);
        if (isfinite(w->q->lo[c]) && isfinite(w->q->hi[c]))
            most = fmax(fabs(marginal(w, c, w->q->lo[c], 0, &unused)),
                        fabs(marginal(w, c, w->q->hi[c], 0, &unused)));
        use = fmin(use, most);
        w->secant[c] = genu_sharing_root(use / w->q->w[c], w->q->p[c], 0) / use;
    }
}

/* y after y + change, between bounds. A bound is reached only where s asks for it or more; else a
 * tenth of the way is left, since a control that sits on its bound takes no further part. */
static double moved(const genu_sharing *w, int c, double change)
{
    double unused, y = w->y[c] + change, s = w->s[c];
    if (y <= w->q->lo[c])
        return s <= marginal(w, c, w->q->lo[c], 0, &unused)
                   ? w->q->lo[c]
                   : w->q->lo[c] + 0.1 * (w->y[c] - w->q->lo[c]);
    if (y >= w->q->hi[c])
        return s >= marginal(w, c, w->q->hi[c], 0, &unused)
                   ? w->q->hi[c]
                   : w->q->hi[c] - 0.1 * (w->q->hi[c] - w->y[c]);
    return y;
}

static void move_controls(genu_sharing *w)
{
    for (int c = 0; c < w->n_column; c++)
        if (w->slope[c] != 0)
            for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
                w->ds[c] += w->slope[c] * w->A[e] * w->step[w->q->at[e]];
    genu_sharing_uses(w, w->lambda, w->s);
    for (int c = 0; c < w->n_column; c++)
        if (w->slope[c] != 0)
            w->y[c] = moved(w, c, w->ds[c]);
    genu_sharing_residual(w);
}

/* Newton step on h(y) = s, A y = tau over the free columns: moves lambda, and y too if move_y */
static void step_both(genu_sharing *w, int move_y, int smoothed)
{
    genu_sharing_uses(w, w->lambda, w->s);
    genu_sharing_residual(w);
    memcpy(w->step, w->r, (size_t)w->m * sizeof *w->step);
    for (int c = 0; c < w->n_column; c++) {
        w->slope[c] = w->ds[c] = 0;
        if (w->q->half[c] == 0 || w->y[c] <= w->q->lo[c] || w->y[c] >= w->q->hi[c])
            continue;
        double derivative, kappa = smoothed ? w->kappa[c] : 0;
        double h = marginal(w, c, w->y[c], kappa, &derivative);
        if (!smoothed)
            derivative += w->q->w[c] * w->kappa[c]; // no infinite slope where y is next to nothing
        w->slope[c] = 1 / derivative;
        w->ds[c] = (w->s[c] - h) / derivative;
        for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
            w->step[w->q->at[e]] -= w->A[e] * w->ds[c];
    }
    genu_sharing_outer(w);
    genu_sharing_factor(w->m, w->M, w->spare);
    genu_sharing_backsolve(w->m, w->M, w->step);
    w->iterations++;
    for (int j = 0; j < w->m; j++)
        w->lambda[j] += w->step[j];
    if (move_y)
        move_controls(w);
}

/* largest error of the conditions on s, relative to the terms of s */
static double stationarity(genu_sharing *w)
{
    double worst = 0, unused;
    genu_sharing_uses(w, w->lambda, w->s);
    sum_of_terms(w, w->ds);
    for (int c = 0; c < w->n_column; c++) {
        if (w->q->half[c] == 0 || w->ds[c] == 0)
            continue;
        double excess = w->s[c] - marginal(w, c, w->y[c], 0, &unused);
        if ((w->y[c] <= w->q->lo[c] && excess < 0) || (w->y[c] >= w->q->hi[c] && excess > 0))
            continue; // held by its bound
        worst = fmax(worst, fabs(excess) / w->ds[c]);
    }
    return worst;
}

/* unsmoothed steps until both conditions hold; stationarity is then of the last iterate */
genu_status genu_sharing_polish(genu_sharing *w, double *optimality)
{
    genu_sharing_residual(w);
    *optimality = stationarity(w);
    for (int i = 0; i < MAX_POLISH && w->iterations < w->settings.max_iter; i++) {
        if (i > 0 && genu_sharing_worst(w) <= w->tol && *optimality <= stationarity_tol)
            return GENU_OK;
        step_both(w, 1, 0);
        *optimality = stationarity(w);
    }
    return genu_sharing_worst(w) <= w->tol && *optimality <= stationarity_tol
               ? GENU_OK
               : GENU_E_NOT_CONVERGED;
}

static double stage_end(const genu_sharing *w)
{
    double largest = 0;
    for (int j = 0; j < w->m; j++)
        largest = fmax(largest, fabs(w->tau[j]));
    return w->tol + stage_tol * largest;
}

void genu_sharing_slopes(genu_sharing *w)
{
    w->quadratic = !genu_sharing_has_powers(w);
    scale_by_uses(w);
    smooth(w, delta_try[0]);
    for (int c = 0; c < w->n_column; c++) {
        double derivative;
        w->slope[c] = 0;
        if (w->q->half[c] == 0 || w->y[c] <= w->q->lo[c] || w->y[c] >= w->q->hi[c])
            continue;
        (void)marginal(w, c, w->y[c], w->kappa[c], &derivative);
        w->slope[c] = 1 / derivative;
    }
}

/* from lambda: smoothed, then not; with another smoothing where the ends do not meet */
static genu_status finish(genu_sharing *w, int max_iter, int tries, double *optimality)
{
    genu_status status = GENU_E_NOT_CONVERGED;
    for (int i = 0; i < tries && status == GENU_E_NOT_CONVERGED; i++) {
        scale_by_uses(w);
        smooth(w, delta_try[i]);
        status = genu_sharing_ascend(w, stage_end(w), max_iter);
        if (status == GENU_OK || i > 0)
            status = genu_sharing_polish(w, optimality);
    }
    return status;
}

genu_status genu_sharing_power(genu_sharing *w, int warm, double *optimality)
{
    w->quadratic = 0;
    if (warm && finish(w, FEW_STEPS, 1, optimality) == GENU_OK)
        return GENU_OK;
    genu_status status = genu_sharing_quadratic(w, 0, optimality);
    if (status != GENU_OK)
        return status;
    w->quadratic = 0;
    scale_by_controls(w);
    memset(w->lambda, 0, (size_t)w->m * sizeof *w->lambda);
    for (double delta = delta_first; delta > delta_try[0]; delta *= delta_factor) {
        if (delta < delta_first)
            scale_by_uses(w);
        smooth(w, delta);
        step_both(w, 0, 1);
        (void)genu_sharing_ascend(w, stage_end(w), w->settings.max_iter); // the next goes on
    }
    return finish(w, w->settings.max_iter, N_TRY, optimality);
}
