#include "solvers/sharing_private.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = GENU_SHARING_LANES };

genu_sharing_settings genu_sharing_defaults(void)
{
    return (genu_sharing_settings){
        .power = 2,
        .reserve_power = 2,
        .eps_abs = 1e-9,
        .eps_rel = 1e-10,
        .max_iter = 1000,
        .level = GENU_SHARING_AUTO,
    };
}

static const struct {
    const char *name, *unit;
    size_t offset;
    double lo, hi;
} field[] = {
    { "power", "", offsetof(genu_sharing_settings, power), 2, 20 },
    { "reserve_power", "", offsetof(genu_sharing_settings, reserve_power), 2, 20 },
    { "eps_abs", " Nm", offsetof(genu_sharing_settings, eps_abs), 1e-300, 1e3 },
    { "eps_rel", "", offsetof(genu_sharing_settings, eps_rel), 0, 0.1 },
};

static genu_status check_settings(const genu_sharing_settings *s, genu_err *err)
{
    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        double value;
        memcpy(&value, (const char *)s + field[i].offset, sizeof value);
        if (!(value >= field[i].lo && value <= field[i].hi))
            return genu_fail(err, GENU_E_RANGE,
                             "sharing setting '%s' is %g%s, must be from %g to %g%s", field[i].name,
                             value, field[i].unit, field[i].lo, field[i].hi, field[i].unit);
    }
    if (s->max_iter < 1 || s->max_iter > 100000)
        return genu_fail(err, GENU_E_RANGE,
                         "sharing setting 'max_iter' is %d, must be from 1 to 100000", s->max_iter);
    if ((int)s->level < 0 || s->level >= GENU_N_SHARING_LEVEL)
        return genu_fail(err, GENU_E_RANGE, "sharing setting 'level' is %d, must be from 0 to %d",
                         (int)s->level, GENU_N_SHARING_LEVEL - 1);
    return GENU_OK;
}

static genu_status check_size(const char *name, int value, int lo, int hi, genu_err *err)
{
    if (value >= lo && value <= hi)
        return GENU_OK;
    return genu_fail(err, GENU_E_RANGE, "sharing: number of '%s' is %d, must be from %d to %d",
                     name, value, lo, hi);
}

const char *genu_sharing_level_name(genu_sharing_level level)
{
    static const char *const name[] = { "auto", "baseline", "x86-64-v3", "x86-64-v4" };
    return (int)level >= 0 && level < GENU_N_SHARING_LEVEL ? name[level] : "unknown";
}

genu_sharing_level genu_sharing_level_of(const genu_sharing *w)
{
    return w->level;
}

static int machine_has(genu_sharing_level level)
{
    if (level <= GENU_SHARING_BASELINE)
        return 1;
#ifdef GENU_SHARING_X86
    // the features by name: clang 14 does not know "x86-64-v3" here
    int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
             __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("popcnt");
    int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
    return level == GENU_SHARING_V3 ? v3 : v4;
#else
    return 0;
#endif
}

static genu_status choose_kernel(genu_sharing *w, genu_err *err)
{
    genu_sharing_level level = w->settings.level;
    if (level == GENU_SHARING_AUTO)
        for (level = GENU_SHARING_V4; !machine_has(level); level--)
            continue;
    if (!machine_has(level))
        return genu_fail(err, GENU_E_RANGE,
                         "sharing setting 'level' is '%s', which this machine or build lacks",
                         genu_sharing_level_name(level));
    w->level = level;
    w->kernel = genu_sharing_kernel_baseline;
#ifdef GENU_SHARING_X86
    if (level == GENU_SHARING_V3)
        w->kernel = genu_sharing_kernel_v3;
    if (level == GENU_SHARING_V4)
        w->kernel = genu_sharing_kernel_v4;
#endif
    return GENU_OK;
}

static void layout_lanes(genu_sharing_lanes *l, size_t N, size_t m, size_t nonzeros, genu_arena *a)
{
    l->run = genu_take(a, N, sizeof *l->run);
    l->order = genu_take_int(a, N);
    l->arm = genu_take_double(a, nonzeros);
    l->half = genu_take_double(a, N);
    l->unit = genu_take_double(a, N);
    l->lo = genu_take_double(a, N);
    l->hi = genu_take_double(a, N);
    l->capacity = genu_take_double(a, N * LANES);
    l->y = genu_take_double(a, N * LANES);
    l->s = genu_take_double(a, N * LANES);
    l->ds = genu_take_double(a, N * LANES);
    l->tau = genu_take_double(a, m * LANES);
    l->lambda = genu_take_double(a, m * LANES);
    l->r = genu_take_double(a, m * LANES);
    l->step = genu_take_double(a, m * LANES);
    l->from = genu_take_double(a, m * LANES);
    l->M = genu_take_double(a, m * (m + 1) / 2 * LANES);
    l->tol = genu_take_double(a, LANES);
    l->residual = genu_take_double(a, LANES);
    l->trials = genu_take_double(a, LANES);
}

static void layout(genu_sharing *w, genu_arena *a)
{
    size_t N = (size_t)w->n_column, m = (size_t)w->m;
    size_t nonzeros = (size_t)w->n * m + (size_t)w->k;
    double **per_column[] = { &w->w,     &w->lo,   &w->hi,   &w->half,    &w->p,
                              &w->kappa, &w->v_lo, &w->v_hi, &w->secant,  &w->y,
                              &w->slope, &w->s,    &w->ds,   &w->capacity };
    double **per_coordinate[] = { &w->tau, &w->lambda, &w->r, &w->step, &w->spare };

    w->start = genu_take_int(a, N + 1);
    w->at = genu_take_int(a, nonzeros);
    w->seen_start = genu_take_int(a, N + 1);
    w->seen_at = genu_take_int(a, nonzeros);
    w->arm = genu_take_double(a, nonzeros);
    w->A = genu_take_double(a, nonzeros);
    for (size_t i = 0; i < sizeof per_column / sizeof *per_column; i++)
        *per_column[i] = genu_take_double(a, N);
    for (size_t i = 0; i < sizeof per_coordinate / sizeof *per_coordinate; i++)
        *per_coordinate[i] = genu_take_double(a, m);
    w->M = genu_take_double(a, m * (m + 1) / 2);
    w->one_F = genu_take_double(a, (size_t)w->n);
    w->one_tau = genu_take_double(a, m);
    w->one_lambda = genu_take_double(a, m);
    layout_lanes(&w->lanes, N, m, nonzeros, a);
}

genu_status genu_sharing_new(genu_sharing **out, int n, int m, int k,
                             const genu_sharing_settings *settings, genu_err *err)
{
    *out = NULL;
    genu_sharing head = { .n = n, .m = m, .k = k, .n_column = n + k };
    head.settings = settings ? *settings : genu_sharing_defaults();
    genu_status status = check_settings(&head.settings, err);
    if (status == GENU_OK)
        status = check_size("muscles", n, 0, 1000, err);
    if (status == GENU_OK)
        status = check_size("coordinates", m, 1, 200, err);
    if (status == GENU_OK)
        status = check_size("reserves", k, 0, 1000, err);
    if (status == GENU_OK)
        status = choose_kernel(&head, err);
    if (status != GENU_OK)
        return status;

    genu_arena count = { 0 };
    genu_take(&count, 1, sizeof head);
    layout(&head, &count);
    genu_sharing *w = genu_block(count.used);
    if (!w)
        return genu_fail(err, GENU_E_MEMORY, "sharing: no memory for %zu bytes", count.used);
    *w = head;
    genu_arena place = { .base = (char *)w };
    genu_take(&place, 1, sizeof head);
    layout(w, &place);
    *out = w;
    return GENU_OK;
}

void genu_sharing_free(genu_sharing *w)
{
    free(w);
}

static genu_status bad(genu_err *err, const char *what, int i, double value, const char *must)
{
    return genu_fail(err, GENU_E_RANGE, "sharing: '%s' of number %d is %g, must be %s", what, i,
                     value, must);
}

static int positive(double x)
{
    return x > 0 && x < INFINITY;
}

static genu_status set_muscle(genu_sharing *w, const genu_sharing_frame *f, int i, genu_err *err)
{
    w->w[i] = f->w ? f->w[i] : 1;
    w->lo[i] = f->lo ? f->lo[i] : 0;
    w->hi[i] = f->hi ? f->hi[i] : 1;
    w->p[i] = w->settings.power;
    if (!positive(w->w[i]))
        return bad(err, "weight", i, w->w[i], "> 0 and finite");
    if (!(w->lo[i] >= 0 && w->lo[i] < INFINITY))
        return bad(err, "lower bound", i, w->lo[i], ">= 0 and finite");
    if (!(w->hi[i] >= w->lo[i] && w->hi[i] < INFINITY))
        return bad(err, "upper bound", i, w->hi[i], "at least the lower bound and finite");
    int e = w->start[i];
    for (int j = 0; j < w->m; j++) {
        double arm = f->R[(size_t)i * (size_t)w->m + (size_t)j];
        if (!isfinite(arm))
            return bad(err, "moment arm", i, arm, "finite");
        if (arm == 0)
            continue;
        w->at[e] = j;
        w->arm[e++] = arm;
    }
    w->start[i + 1] = e;
    return GENU_OK;
}

static genu_status set_reserve(genu_sharing *w, const genu_sharing_frame *f, int k, genu_err *err)
{
    int c = w->n + k, e = w->start[c];
    w->w[c] = f->reserve_w ? f->reserve_w[k] : 1;
    w->lo[c] = f->reserve_lo ? f->reserve_lo[k] : -INFINITY;
    w->hi[c] = f->reserve_hi ? f->reserve_hi[k] : INFINITY;
    w->p[c] = w->settings.reserve_power;
    if (f->reserve_on[k] < 0 || f->reserve_on[k] >= w->m)
        return bad(err, "reserve's coordinate", k, f->reserve_on[k],
                   "the index of a coordinate of the problem");
    if (!positive(f->rho[k]))
        return bad(err, "reserve's optimal force", k, f->rho[k], "> 0 and finite");
    if (!positive(w->w[c]))
        return bad(err, "reserve's weight", k, w->w[c], "> 0 and finite");
    if (!(w->lo[c] < INFINITY))
        return bad(err, "reserve's lower bound", k, w->lo[c], "a number below +inf");
    if (!(w->hi[c] >= w->lo[c] && w->hi[c] > -INFINITY))
        return bad(err, "reserve's upper bound", k, w->hi[c], "at least the lower bound");
    w->at[e] = f->reserve_on[k];
    w->arm[e] = f->rho[k];
    w->start[c + 1] = e + 1;
    return GENU_OK;
}

static int act_alike(const genu_sharing *w, int c, int d)
{
    int n = w->start[c + 1] - w->start[c];
    return n == w->start[d + 1] - w->start[d] &&
           !memcmp(w->at + w->start[c], w->at + w->start[d], (size_t)n * sizeof *w->at);
}

/* Order the columns so that those which act on the same coordinates stand one after the other. From
 * frame to frame that hardly changes. */
static void find_runs(genu_sharing *w)
{
    genu_sharing_lanes *l = &w->lanes;
    size_t starts = ((size_t)w->n_column + 1) * sizeof *w->start;
    size_t nonzeros = (size_t)w->start[w->n_column] * sizeof *w->at;
    if (l->n_run > 0 && !memcmp(w->seen_start, w->start, starts) &&
        !memcmp(w->seen_at, w->at, nonzeros))
        return;
    memcpy(w->seen_start, w->start, starts);
    memcpy(w->seen_at, w->at, nonzeros);
    double *arm = l->arm;
    int placed = 0;
    l->n_run = 0;
    for (int c = 0; c < w->n_column; c++) {
        int earlier = 0;
        for (int d = 0; d < c && !earlier; d++)
            earlier = act_alike(w, c, d);
        if (earlier)
            continue;
        genu_sharing_run *run = &l->run[l->n_run++];
        *run = (genu_sharing_run){ placed, 0, w->start[c + 1] - w->start[c], w->at + w->start[c],
                                   arm };
        for (int d = c; d < w->n_column; d++)
            if (act_alike(w, c, d))
                l->order[placed++] = d;
        run->n = placed - run->first;
        arm += run->n * run->e;
    }
}

/* What the kernel reads of every column, in its order. */
static void fill_runs(genu_sharing *w)
{
    genu_sharing_lanes *l = &w->lanes;
    double *arm = l->arm;
    find_runs(w);
    for (int i = 0; i < w->n_column; i++) {
        int c = l->order[i];
        l->half[i] = w->half[c];
        l->unit[i] = w->half[c] > 0 && w->p[c] > 2 ? 1 / (w->p[c] * w->w[c]) : 0;
        l->lo[i] = w->lo[c];
        l->hi[i] = w->hi[c];
        for (int e = w->start[c]; e < w->start[c + 1]; e++)
            *arm++ = w->arm[e];
    }
}

genu_status genu_sharing_set(genu_sharing *w, const genu_sharing_frame *frame, genu_err *err)
{
    genu_status status = GENU_OK;
    w->is_set = w->is_prepared = 0;
    w->start[0] = 0;
    for (int i = 0; i < w->n && status == GENU_OK; i++)
        status = set_muscle(w, frame, i, err);
    for (int k = 0; k < w->k && status == GENU_OK; k++)
        status = set_reserve(w, frame, k, err);
    if (status != GENU_OK)
        return status;
    w->has_zero = 0;
    for (int c = 0; c < w->n_column; c++) {
        w->half[c] = w->lo[c] < w->hi[c] ? 0.5 / w->w[c] : 0;
        w->has_zero |= w->half[c] > 0 && w->p[c] > 2 && w->lo[c] <= 0;
    }
    w->lanes.power = w->n > 0 ? w->settings.power : 2;
    fill_runs(w);
    w->is_set = 1;
    return GENU_OK;
}
