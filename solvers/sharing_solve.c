/* sharing_solve.c - the two doors to the solvers: one scenario, and eight side by side. */
#include "solvers/sharing_private.h"

#include <math.h>
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
static int usable(const genu_sharing *w, const double *F, const double *tau, int stride)
{
    int good = w->is_set;
    for (int i = 0; i < w->n; i++)
        good &= F[i * stride] >= 0 && F[i * stride] < INFINITY;
    for (int j = 0; j < w->m; j++)
        good &= isfinite(tau[j * stride]) != 0;
    return good;
}

static double power_of(double x, double p)
{
    return p == 2 ? x * x : pow(fabs(x), p);
}

/* objective and saturation of controls y at the given stride */
static void count_cost(const genu_sharing *w, const double *y, int stride, genu_sharing_info *info)
{
    info->objective = 0;
    info->n_saturated = 0;
    for (int c = 0; c < w->n_column; c++) {
        double value = y[c * stride];
        info->objective += w->w[c] * power_of(value, w->p[c]);
        info->n_saturated += c < w->n && w->half[c] > 0 && value >= w->hi[c];
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
    if (!usable(w, F, tau, 1)) {
        spoil(w, a, x, lambda);
        *info = (genu_sharing_info){ .status = GENU_E_RANGE, .residual = NAN, .objective = NAN };
        return GENU_E_RANGE;
    }
    genu_sharing_scalar(w, F, tau, warm ? lambda : NULL, info);
    count_cost(w, w->y, 1, info);
    for (int i = 0; i < w->n; i++)
        a[i] = w->y[i];
    for (int k = 0; k < w->k; k++)
        x[k] = w->y[w->n + k];
    memcpy(lambda, w->lambda, (size_t)w->m * sizeof *lambda);
    return info->status;
}

static inline void sum_up(int n_row, const double *x, int n_lane, double *sum, double *least)
{
    for (int i = 0; i < n_row; i++)
        for (int lane = 0; lane < n_lane; lane++) {
            double value = x[i * LANES + lane];
            sum[lane] += 0 * value;
            if (least)
                least[lane] = value < least[lane] ? value : least[lane];
        }
}

/* GENU_SHARING_LANES flags: which of the first n_lane columns of F and tau can be computed with.
 * A sum of numbers times 0 is 0 unless one of them is not finite. */
static void find_usable(const genu_sharing *w, int n_lane, const double *F, const double *tau,
                        int *used)
{
    double sum[LANES] = { 0 }, least[LANES] = { 0 };
    if (n_lane == LANES) { // with a number of lanes that the compiler knows
        sum_up(w->n, F, LANES, sum, least);
        sum_up(w->m, tau, LANES, sum, NULL);
    } else {
        sum_up(w->n, F, n_lane, sum, least);
        sum_up(w->m, tau, n_lane, sum, NULL);
    }
    for (int lane = 0; lane < LANES; lane++)
        used[lane] = lane < n_lane && sum[lane] == 0 && least[lane] >= 0;
}

/* rows of to become those of from where used, else 0 */
static void copy_used(int n_row, const double *from, const int *used, double *to)
{
    int all = 1;
    for (int lane = 0; lane < LANES; lane++)
        all &= used[lane];
    if (all) {
        memcpy(to, from, (size_t)n_row * LANES * sizeof *to);
        return;
    }
    for (int i = 0; i < n_row; i++)
        for (int lane = 0; lane < LANES; lane++)
            to[i * LANES + lane] = used[lane] ? from[i * LANES + lane] : 0;
}

/* copy what the kernel reads; a lane that is not in use solves 0 = 0 */
static void load_lanes(genu_sharing *w, int n_lane, const double *F, const double *tau,
                       const double *lambda)
{
    static const double ones[LANES] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    genu_sharing_lanes *l = &w->lanes;
    int used[LANES];
    double largest[LANES] = { 0 };
    find_usable(w, n_lane, F, tau, used);
    for (int i = 0; i < w->n_column; i++)
        copy_used(1, l->order[i] < w->n ? F + l->order[i] * LANES : ones, used,
                  l->capacity + i * LANES);
    copy_used(w->m, tau, used, l->tau);
    if (lambda)
        copy_used(w->m, lambda, used, l->lambda);
    else
        memset(l->lambda, 0, (size_t)w->m * LANES * sizeof *l->lambda);
    for (int j = 0; j < w->m; j++)
        for (int lane = 0; lane < LANES; lane++)
            largest[lane] = fabs(l->tau[j * LANES + lane]) > largest[lane]
                                ? fabs(l->tau[j * LANES + lane])
                                : largest[lane];

    l->n_column = w->n_column;
    l->n_coordinate = w->m;
    l->max_iter = w->settings.max_iter < KERNEL_STEPS ? w->settings.max_iter : KERNEL_STEPS;
    l->warm = lambda != NULL;
    for (int lane = 0; lane < LANES; lane++) {
        l->tol[lane] = w->settings.eps_abs + w->settings.eps_rel * largest[lane];
        l->done[lane] = !used[lane];
        l->iterations[lane] = not_converged;
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
    if (!usable(w, w->one_F, w->one_tau, 1)) {
        spoil(w, w->y, w->y + w->n, w->lambda);
        *info = (genu_sharing_info){ .status = GENU_E_RANGE, .residual = NAN, .objective = NAN };
    } else {
        genu_sharing_scalar(w, w->one_F, w->one_tau, warm ? w->one_lambda : NULL, info);
        count_cost(w, w->y, 1, info);
    }
    for (int i = 0; i < w->n; i++)
        out->a[i * LANES + lane] = w->y[i];
    for (int k = 0; k < w->k; k++)
        out->x[k * LANES + lane] = w->y[w->n + k];
    for (int j = 0; j < w->m; j++)
        out->lambda[j * LANES + lane] = w->lambda[j];
}

/* Controls as the kernel left them: what it did not finish is solved anew afterwards. */
static void take_lanes(const genu_sharing *w, int n_lane, const genu_sharing_block *out)
{
    const double *y = w->lanes.y;
    for (int i = 0; i < w->n_column; i++, y += LANES) {
        int c = w->lanes.order[i];
        double *to = c < w->n ? out->a + c * LANES : out->x + (c - w->n) * LANES;
        if (n_lane == LANES)
            memcpy(to, y, LANES * sizeof *to);
        else
            for (int lane = 0; lane < n_lane; lane++)
                to[lane] = y[lane];
    }
}

static void take_multipliers(const genu_sharing *w, int lane, const genu_sharing_block *out)
{
    for (int j = 0; j < w->m; j++)
        out->lambda[j * LANES + lane] = w->lanes.lambda[j * LANES + lane];
}

/* Objective and saturation of every lane. */
static void count_costs(const genu_sharing *w, genu_sharing_info info[LANES])
{
    const double *y = w->lanes.y;
    double objective[LANES] = { 0 };
    int saturated[LANES] = { 0 };
    for (int i = 0; i < w->n_column; i++, y += LANES) {
        int c = w->lanes.order[i];
        for (int lane = 0; lane < LANES; lane++)
            objective[lane] += w->w[c] * power_of(y[lane], w->p[c]);
        for (int lane = 0; lane < LANES && c < w->n && w->half[c] > 0; lane++)
            saturated[lane] += y[lane] >= w->hi[c];
    }
    for (int lane = 0; lane < LANES; lane++)
        info[lane] = (genu_sharing_info){ .status = GENU_OK,
                                          .iterations = w->lanes.iterations[lane],
                                          .trials = (int)w->lanes.trials[lane],
                                          .by_lanes = 1,
                                          .n_saturated = saturated[lane],
                                          .residual = w->lanes.residual[lane],
                                          .objective = objective[lane] };
}

genu_status genu_sharing_solve8(genu_sharing *w, int n_lane, const double *F, const double *tau,
                                int warm, const genu_sharing_block *out)
{
    // with powers the kernel has no start of its own, and cannot do with infinite slopes
    int by_kernel =
        w->is_set && (!genu_sharing_has_powers(w) ||
                      (warm && !w->has_zero && (w->k == 0 || w->settings.reserve_power == 2)));
    genu_sharing_info info[LANES];
    if (n_lane < 1 || n_lane > LANES)
        return GENU_E_RANGE;
    if (by_kernel) {
        load_lanes(w, n_lane, F, tau, warm ? out->lambda : NULL);
        w->kernel(&w->lanes);
        take_lanes(w, n_lane, out);
        count_costs(w, info);
    }
    w->is_prepared = 0;
    genu_status first = GENU_OK;
    for (int lane = 0; lane < n_lane; lane++) {
        if (by_kernel && w->lanes.iterations[lane] != not_converged)
            take_multipliers(w, lane, out);
        else
            solve_lane(w, lane, F, tau, warm, out, &info[lane]);
        if (out->info)
            out->info[lane] = info[lane];
        if (first == GENU_OK)
            first = info[lane].status;
    }
    return first;
}
