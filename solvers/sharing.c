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

static void layout_lanes(genu_sharing *w, genu_arena *a)
{
    genu_sharing_lanes *l = &w->lanes;
    size_t n = (size_t)w->n * LANES, m = (size_t)w->m * LANES, k = (size_t)w->k * LANES;
    double **of_columns[] = { &l->weight, &l->s, &l->ds };
    double **of_coordinates[] = {
        &l->half, &l->r, &l->step, &l->from, &w->lane_tau, &w->lane_lambda
    };
    double **of_lanes[] = { &l->residual, &l->trials, &l->iterations, &l->objective,
                            &l->n_saturated };
    for (size_t i = 0; i < sizeof of_columns / sizeof *of_columns; i++)
        *of_columns[i] = genu_take_double(a, n + k);
    for (size_t i = 0; i < sizeof of_coordinates / sizeof *of_coordinates; i++)
        *of_coordinates[i] = genu_take_double(a, m);
    for (size_t i = 0; i < sizeof of_lanes / sizeof *of_lanes; i++)
        *of_lanes[i] = genu_take_double(a, LANES);
    l->M = genu_take_double(a, m * ((size_t)w->m + 1) / 2);
    l->one = genu_take_double(a, k);
    w->lane_F = genu_take_double(a, n);
    w->lane_a = genu_take_double(a, n);
    w->lane_x = genu_take_double(a, k);
}

static void layout(genu_sharing *w, genu_arena *a)
{
    size_t N = (size_t)w->n_column, m = (size_t)w->m;
    double **per_column[] = { &w->kappa, &w->v_lo, &w->v_hi, &w->secant,  &w->y,
                              &w->slope, &w->s,    &w->ds,   &w->capacity };
    double **per_coordinate[] = { &w->tau, &w->lambda, &w->r, &w->step, &w->spare };

    w->A = genu_take_double(a, (size_t)w->n * m + (size_t)w->k);
    for (size_t i = 0; i < sizeof per_column / sizeof *per_column; i++)
        *per_column[i] = genu_take_double(a, N);
    for (size_t i = 0; i < sizeof per_coordinate / sizeof *per_coordinate; i++)
        *per_coordinate[i] = genu_take_double(a, m);
    w->M = genu_take_double(a, m * (m + 1) / 2);
    w->one_F = genu_take_double(a, (size_t)w->n);
    w->one_tau = genu_take_double(a, m);
    w->one_lambda = genu_take_double(a, m);
    layout_lanes(w, a);
}

genu_status genu_sharing_new(genu_sharing **out, int n, int m, int k,
                             const genu_sharing_settings *settings, genu_err *err)
{
    *out = NULL;
    genu_sharing head = { .n = n, .m = m, .k = k, .n_column = n + k };
    head.settings = settings ? *settings : genu_sharing_defaults();
    genu_status status = check_settings(&head.settings, err);
    if (status == GENU_OK)
        status = genu_sharing_check_size(n, m, k, err);
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
    for (int i = 0; i < k * LANES; i++)
        w->lanes.one[i] = 1;
    w->lanes.eps_abs = w->settings.eps_abs;
    w->lanes.eps_rel = w->settings.eps_rel;
    status = genu_sharing_problem_new(&w->own, n, m, k, NULL, &w->settings, err);
    if (status != GENU_OK)
        genu_sharing_free(w);
    else
        *out = w;
    return status;
}

void genu_sharing_free(genu_sharing *w)
{
    if (w)
        genu_sharing_problem_free(w->own);
    free(w);
}

genu_status genu_sharing_set(genu_sharing *w, const genu_sharing_frame *frame, genu_err *err)
{
    w->q = NULL;
    w->is_prepared = 0;
    genu_status s = genu_sharing_problem_set(w->own, frame, err);
    return s == GENU_OK ? genu_sharing_use(w, w->own) : s;
}

genu_status genu_sharing_use(genu_sharing *w, const genu_sharing_problem *q)
{
    w->q = NULL;
    w->is_prepared = 0;
    if (!q->is_set || q->n != w->n || q->m != w->m || q->k != w->k ||
        q->power != w->settings.power || q->reserve_power != w->settings.reserve_power)
        return GENU_E_RANGE;
    w->q = q;
    return GENU_OK;
}
