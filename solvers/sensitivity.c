#include "solvers/sensitivity.h"
#include "solvers/sharing_private.h"

#include <math.h>
#include <string.h>

static int all_finite(const double *x, int n)
{
    int good = 1;
    for (int i = 0; i < n; i++)
        good &= isfinite(x[i]) != 0;
    return good;
}

genu_status genu_sensitivity_prepare(genu_sharing *w, const double *F, const double *a,
                                     const double *x, const double *lambda)
{
    w->is_prepared = 0;
    if (!w->q || !all_finite(F, w->n) || !all_finite(a, w->n) ||
        (w->k > 0 && !all_finite(x, w->k)) || !all_finite(lambda, w->m))
        return GENU_E_RANGE;
    for (int c = 0; c < w->n_column; c++) {
        w->y[c] = c < w->n ? a[c] : x[c - w->n];
        w->capacity[c] = c < w->n ? F[c] : 1;
        for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
            w->A[e] = w->capacity[c] * w->q->arm[e];
    }
    memcpy(w->lambda, lambda, (size_t)w->m * sizeof *lambda);
    w->soft = 0;
    genu_sharing_slopes(w);
    genu_sharing_outer(w);
    memset(w->spare, 0, (size_t)w->m * sizeof *w->spare);
    if (genu_sharing_factor(w->m, w->M, w->spare) > 0)
        return GENU_E_SINGULAR;
    w->is_prepared = 1;
    return GENU_OK;
}

static double dot(const genu_sharing *w, int c, const double *value, const double *v)
{
    double sum = 0;
    for (int e = w->q->start[c]; e < w->q->start[c + 1]; e++)
        sum += value[e] * v[w->q->at[e]];
    return sum;
}

/* change of marginal use of muscle k by its own capacity, at constant lambda */
static double own_use(const genu_sharing *w, int k, double dF)
{
    return dF * dot(w, k, w->q->arm, w->lambda);
}

/* rhs = d(tau - A y)/ds_k at constant lambda:
 *   dtau_k - R_k (dF_k a_k + F_k (da/ds)_k dF_k R_k lambda) */
static void unbalance(const genu_sharing *w, int k, double dF, const double *dtau, double *rhs)
{
    double force = dF * w->y[k] + w->capacity[k] * w->slope[k] * own_use(w, k, dF);
    for (int j = 0; j < w->m; j++)
        rhs[j] = dtau ? dtau[(size_t)k * (size_t)w->m + (size_t)j] : 0;
    for (int e = w->q->start[k]; e < w->q->start[k + 1]; e++)
        rhs[w->q->at[e]] -= w->q->arm[e] * force;
}

genu_status genu_sensitivity_forces(genu_sharing *w, const double *dF, const double *dtau,
                                    double *df, double *da, double *dx)
{
    if (!w->is_prepared)
        return GENU_E_RANGE;
    size_t n = (size_t)w->n;
    for (int k = 0; k < w->n; k++) {
        double *dlambda = w->step;
        unbalance(w, k, dF[k], dtau, dlambda);
        genu_sharing_backsolve(w->m, w->M, dlambda);
        for (int c = 0; c < w->n_column; c++) {
            double use = dot(w, c, w->A, dlambda);
            if (c == k)
                use += own_use(w, k, dF[k]);
            double dy = w->slope[c] * use;
            size_t entry = (size_t)(c < w->n ? c : c - w->n) * n + (size_t)k;
            if (c >= w->n && dx)
                dx[entry] = dy;
            if (c < w->n && da)
                da[entry] = dy;
            if (c < w->n)
                df[entry] = w->capacity[c] * dy + (c == k ? dF[k] * w->y[k] : 0);
        }
    }
    return GENU_OK;
}

genu_status genu_sensitivity_load(genu_sharing *w, const double *dF, const double *dtau,
                                  const double *c, const double *cx, double *dload)
{
    if (!w->is_prepared)
        return GENU_E_RANGE;
    // adjoint: M mu = sum A (dy/ds) (load per y)
    double *mu = w->step, *rhs = w->r;
    memset(mu, 0, (size_t)w->m * sizeof *mu);
    for (int i = 0; i < w->n_column; i++) {
        double per_control = i < w->n ? c[i] * w->capacity[i] : 0;
        if (i >= w->n && cx)
            per_control = cx[i - w->n] * w->q->arm[w->q->start[i]];
        for (int e = w->q->start[i]; e < w->q->start[i + 1]; e++)
            mu[w->q->at[e]] += w->A[e] * w->slope[i] * per_control;
    }
    genu_sharing_backsolve(w->m, w->M, mu);

    for (int k = 0; k < w->n; k++) {
        double own = w->capacity[k] * w->slope[k] * own_use(w, k, dF[k]);
        unbalance(w, k, dF[k], dtau, rhs);
        dload[k] = c[k] * (own + dF[k] * w->y[k]);
        for (int j = 0; j < w->m; j++)
            dload[k] += mu[j] * rhs[j];
    }
    return GENU_OK;
}
