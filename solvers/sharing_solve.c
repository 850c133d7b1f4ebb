/* sharing_solve.c - the two doors to the solvers: one scenario, and eight side by side. */
#include "solvers/sharing_private.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum {
    LANES = GENU_SHARING_LANES,
    KERNEL_STEPS = 30, /* a lane that needs more is solved by itself; fewer: more such lanes */
    not_converged = -1
};

int genu_sharing_has_powers(const genu_sharing *w)
{
    return (w->n > 0 && w->settings.power != 2) || (w->k > 0 && w->settings.reserve_power != 2);
}

/* F and tau of one scenario are numbers that can be computed with */
static int usable(const genu_sharing *w, const double *F, const double *tau)
{
    int good = w->q != NULL;
    for (int i = 0; i < w->n; i++)
        good &= F[i] >= 0 && F[i] < INFINITY;
    for (int j = 0; j < w->m; j++)
        good &= isfinite(tau[j]) != 0;
    return good;
}

static double power_of(double x, double p)
{
    return p == 2 ? x * x : pow(fabs(x), p);
}

/* objective and saturation of controls y */
static void count_cost(const genu_sharing *w, const double *y, genu_sharing_info *info)
{
    info->objective = 0;
    info->n_saturated = 0;
    for (int c = 0; c < w->n_column; c++) {
        double value = y[c];
        info->objective += w->q->w[c] * power_of(value, w->q->p[c]);
        info->n_saturated += c < w->n && w->q->half[c] > 0 && value >= w->q->hi[c];
    }
}

static void spoil(const genu_sharing *w, double *a, double *x, double *lambda)
{
    for (int i = 0; i < w->n; i++)
        a[i] = NAN;
    for (int k = 0; k < w->k; k++)
        x[k] = NAN;
    for (int j = 0; j < w->m; j++)
        lambda[j] = NAN;
}

genu_status genu_sharing_solve(genu_sharing *w, const double *F, const double *tau, int warm,
                               double *a, double *x, double *lambda, genu_sharing_info *info)
{
    genu_sharing_info local;
    info = info ? info : &local;
    if (!usable(w, F, tau)) {
        spoil(w, a, x, lambda);
        *info = (genu_sharing_info){ .status = GENU_E_RANGE, .residual = NAN, .objective = NAN };
        return GENU_E_RANGE;
    }
    genu_sharing_scalar(w, F, tau, warm ? lambda : NULL, info);
    count_cost(w, w->y, info);
    for (int i = 0; i < w->n; i++)
        a[i] = w->y[i];
    for (int k = 0; k < w->k; k++)
        x[k] = w->y[w->n + k];
    memcpy(lambda, w->lambda, (size_t)w->m * sizeof *lambda);
    return info->status;
}

void genu_sharing_predict(int n, const double *before, const double *beside,
                          const double *beside_before, double *lambda)
{
    if (before && beside)
        for (int i = 0; i < n; i++)
            lambda[i] = before[i] + (beside[i] - beside_before[i]);
    else if (before || beside)
        memcpy(lambda, before ? before : beside, (size_t)n * sizeof *lambda);
}

static int is_aligned(const double *x)
{
    return (uintptr_t)x % 64 == 0;
}

/* Rows of lanes in the kernel's order; lanes that are not in use get 0. */
static void gather(const int *order, int base, int n_row, int n_lane, const double *from,
                   double *to)
{
    for (int i = 0; i < n_row; i++)
        for (int lane = 0; lane < LANES; lane++)
            to[i * LANES + lane] =
                lane < n_lane ? from[(order ? order[i] - base : i) * LANES + lane] : 0;
}

/* The other way; rows of lanes that are not in use stay. */
static void scatter(const int *order, int base, int n_row, int n_lane, const double *from,
                    double *to)
{
    for (int i = 0; i < n_row; i++)
        for (int lane = 0; lane < n_lane; lane++)
            to[(order ? order[i] - base : i) * LANES + lane] = from[i * LANES + lane];
}

/* The caller's arrays serve the kernel where all eight lanes stand in its order. */
static int in_place(const genu_sharing *w, int n_lane, const double *F, const double *tau,
                    const genu_sharing_block *out)
{
    return n_lane == LANES && w->q->in_order && is_aligned(F) && is_aligned(tau) &&
           is_aligned(out->a) && is_aligned(out->x) && is_aligned(out->lambda);
}

static void run_kernel(genu_sharing *w, int n_lane, const double *F, const double *tau, int warm,
                       const genu_sharing_block *out)
{
    genu_sharing_lanes *l = &w->lanes;
    const int *order = w->q->order;
    int here = in_place(w, n_lane, F, tau, out);
    l->q = w->q;
    l->warm = warm;
    l->costs = out->costs && !genu_sharing_has_powers(w);
    l->max_iter = w->settings.max_iter < KERNEL_STEPS ? w->settings.max_iter : KERNEL_STEPS;
    for (int lane = 0; lane < LANES; lane++)
        l->used[lane] = lane < n_lane;
    l->capacity = here ? F : w->lane_F;
    l->tau = here ? tau : w->lane_tau;
    l->a = here ? out->a : w->lane_a;
    l->x = here ? out->x : w->lane_x;
    l->lambda = here ? out->lambda : w->lane_lambda;
    if (!here) {
        gather(order, 0, w->n, n_lane, F, w->lane_F);
        gather(NULL, 0, w->m, n_lane, tau, w->lane_tau);
        if (warm)
            gather(NULL, 0, w->m, n_lane, out->lambda, w->lane_lambda);
        else
            memset(w->lane_lambda, 0, (size_t)(w->m * LANES) * sizeof *w->lane_lambda);
    }
    w->kernel(l);
    if (!here) {
        scatter(order, 0, w->n, n_lane, l->a, out->a);
        scatter(order + w->n, w->n, w->k, n_lane, l->x, out->x);
    }
}

static void solve_lane(genu_sharing *w, int lane, const double *F, const double *tau, int warm,
                       const genu_sharing_block *out, genu_sharing_info *info)
{
    for (int i = 0; i < w->n; i++)
        w->one_F[i] = F[i * LANES + lane];
    for (int j = 0; j < w->m; j++) {
        w->one_tau[j] = tau[j * LANES + lane];
        w->one_lambda[j] = out->lambda[j * LANES + lane];
    }
    if (!usable(w, w->one_F, w->one_tau)) {
        spoil(w, w->y, w->y + w->n, w->lambda);
        *info = (genu_sharing_info){ .status = GENU_E_RANGE, .residual = NAN, .objective = NAN };
    } else {
        genu_sharing_scalar(w, w->one_F, w->one_tau, warm ? w->one_lambda : NULL, info);
        count_cost(w, w->y, info);
    }
    for (int i = 0; i < w->n; i++)
        out->a[i * LANES + lane] = w->y[i];
    for (int k = 0; k < w->k; k++)
        out->x[k * LANES + lane] = w->y[w->n + k];
    for (int j = 0; j < w->m; j++)
        out->lambda[j * LANES + lane] = w->lambda[j];
}

/* What the kernel says of a lane that it finished. */
static void describe(const genu_sharing *w, int lane, const genu_sharing_block *out,
                     genu_sharing_info *info)
{
    const genu_sharing_lanes *l = &w->lanes;
    *info = (genu_sharing_info){ .status = GENU_OK,
                                 .iterations = (int)l->iterations[lane],
                                 .trials = (int)l->trials[lane],
                                 .by_lanes = 1,
                                 .residual = l->residual[lane] };
    if (!out->costs)
        return;
    info->n_saturated = (int)l->n_saturated[lane];
    info->objective = l->objective[lane];
    for (int i = 0; i < w->n && !l->costs; i++)
        w->y[i] = out->a[i * LANES + lane];
    for (int k = 0; k < w->k && !l->costs; k++)
        w->y[w->n + k] = out->x[k * LANES + lane];
    if (!l->costs)
        count_cost(w, w->y, info);
}

genu_status genu_sharing_solve8(genu_sharing *w, int n_lane, const double *F, const double *tau,
                                int warm, const genu_sharing_block *out)
{
    // with powers the kernel has no start of its own, and cannot do with infinite slopes
    int by_kernel =
        w->q && (!genu_sharing_has_powers(w) ||
                 (warm && !w->q->has_zero && (w->k == 0 || w->settings.reserve_power == 2)));
    if (n_lane < 1 || n_lane > LANES)
        return GENU_E_RANGE;
    if (by_kernel)
        run_kernel(w, n_lane, F, tau, warm, out);
    w->is_prepared = 0;
    genu_status first = GENU_OK;
    for (int lane = 0; lane < n_lane; lane++) {
        genu_sharing_info local, *info = out->info ? &out->info[lane] : &local;
        if (by_kernel && w->lanes.iterations[lane] != not_converged) {
            if (w->lanes.lambda != out->lambda)
                for (int j = 0; j < w->m; j++)
                    out->lambda[j * LANES + lane] = w->lanes.lambda[j * LANES + lane];
            describe(w, lane, out, info);
        } else
            solve_lane(w, lane, F, tau, warm, out, info);
        if (first == GENU_OK)
            first = info->status;
    }
    return first;
}
