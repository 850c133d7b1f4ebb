/* sharing_kernel.c - eight scenarios of one frame side by side in the lanes of vector registers.
 *
 * p = q = 2: y = clip(s), the dual is piecewise quadratic, a Newton step is exact inside one active
 * set. p > 2, where no control may be 0: y = clip((unit s)^(1 / (p - 1))), whose slope is finite between
 * the bounds; from a start near the end, since there is no continuation here.
 *
 * Compiled once per instruction set (CMakeLists.txt), with vectors as wide as that machine's: wider
 * ones are lowered badly. No sum crosses lanes, so a lane's bits are the same whatever the others hold.
 */
#include "solvers/sharing_private.h"
#include "solvers/vector.h"

enum { LANES = GENU_SHARING_LANES, NARROW = GENU_SHARING_NARROW, SMALL = 8 };

#ifndef GENU_SHARING_KERNEL
#define GENU_SHARING_KERNEL genu_sharing_kernel_baseline
#endif

static const double pivot_floor = 1e-13; /* of its diagonal entry: below is rounding          */
static const double overshoot = 1e-6;    /* of the first slope: larger is searched back       */
static const double early = 1;           /* the same in the first steps: few need a search     */
static const double enough = 0.5;        /* of the first slope: a search ends below           */
static const double closer = 0.01; /* part of the tolerance for p > 2, whose steps do not land */
static const int early_steps = 4;  /* more: cycles without ascent                       */
static const int max_trials = 40;  /* of one line search, then the lane is given up     */

/* Where the arrays of these lanes begin; by value, so that stores need not be feared to change it. */
typedef struct view {
    const genu_sharing_problem *q;
    const double *capacity, *one, *tau;
    double *a, *x, *half, *weight, *s, *ds, *M, *r, *step, *from, *trials;
    vd tol;
} view;

INLINE vd *at(double *x, int i)
{
    return (vd *)(x + (size_t)i * LANES);
}

INLINE vd get(const double *x, int i)
{
    return *(const vd *)(x + (size_t)i * LANES);
}

INLINE int packed(int i, int j)
{
    return i * (i + 1) / 2 + j;
}

INLINE vd clip(vd y, double lo, double hi)
{
    return v_min(v_spread(hi), v_max(v_spread(lo), y)); // keeps a NAN of y
}

/* --- columns that act on the same coordinates ------------------------------------------------
 *
 * What they all read or add to stands in registers: each of these functions is built once for every
 * number e of coordinates up to NARROW, and once more, column by column, for those with more. */

/* Rows of one run in the arrays of the lanes. */
typedef struct rows {
    int n;
    const double *arm, *outer, *lo, *hi, *unit, *capacity;
    double *y, *weight, *s, *ds;
} rows;

INLINE rows rows_of(view v, const genu_sharing_run *k)
{
    size_t first = (size_t)k->first * LANES,
           all = (size_t)(k->is_reserve ? v.q->n : 0) * LANES + first;
    return (rows){ .n = k->n,
                   .arm = k->arm,
                   .outer = k->outer,
                   .lo = k->lo,
                   .hi = k->hi,
                   .unit = k->unit,
                   .capacity = (k->is_reserve ? v.one : v.capacity) + first,
                   .y = (k->is_reserve ? v.x : v.a) + first,
                   .weight = v.weight + all,
                   .s = v.s + all,
                   .ds = v.ds + all };
}

/* x^(1 / (power - 1)) of x >= 0; powers 3 and 5 by square roots */
static vd root(double power, vd x)
{
    double inverse = 1 / (power - 1);
    int roots = power == 3 ? 1 : power == 5 ? 2 : 0;
    for (int k = 0; k < roots; k++)
        x = v_sqrt(x);
    for (int i = 0; i < WIDTH && !roots; i++)
        x[i] = pow(x[i], inverse);
    return x;
}

/* what a column would be at the marginal use s without bounds */
INLINE vd want_of(double power, double unit, vd s)
{
    return power > 2 && unit > 0 ? root(power, v_max((vd){ 0 }, s) * unit) : s;
}

/* Control and weight of row i, within these bounds, at its use; returns its force. */
INLINE vd respond_row(double power, rows k, int i, vd use, vd lo, vd hi)
{
    vd capacity = get(k.capacity, i), s = capacity * use, squared = capacity * capacity;
    vd want = want_of(power, k.unit[i], s), y = v_min(hi, v_max(lo, want)); // keeps a NAN of want
    if (power > 2 && k.unit[i] > 0)
        squared *= want / ((power - 1) * s);
    *at(k.y, i) = y;
    *at(k.weight, i) = v_pick(v_equal(want, y), squared, (vd){ 0 });
    return capacity * y;
}

INLINE vd use_of(const vd *arm, const vd *lambda, const int e)
{
    if (e == 0)
        return (vd){ 0 };
    vd use = arm[0] * lambda[0];
    for (int j = 1; j < e; j++)
        use += arm[j] * lambda[j];
    return use;
}

/* The arms of row i in registers, where stores do not touch them. */
INLINE void take_arms(rows k, int i, vd *arm, const int e)
{
    for (int j = 0; j < e; j++)
        arm[j] = v_spread(k.arm[i * e + j]);
}

/* same: all rows have the bounds of the first. */
INLINE void respond_rows(view v, const genu_sharing_run *run, const int e, double power,
                         const int same)
{
    vd lambda[NARROW], moment[NARROW], arm[NARROW];
    rows k = rows_of(v, run);
    vd lo = v_spread(k.lo[0]), hi = v_spread(k.hi[0]);
    for (int j = 0; j < e; j++) {
        lambda[j] = get(v.half, run->at[j]);
        moment[j] = (vd){ 0 };
    }
    for (int i = 0; i < k.n; i++) {
        take_arms(k, i, arm, e);
        if (!same) {
            lo = v_spread(k.lo[i]);
            hi = v_spread(k.hi[i]);
        }
        vd force = respond_row(power, k, i, use_of(arm, lambda, e), lo, hi);
        for (int j = 0; j < e; j++)
            moment[j] += arm[j] * force;
    }
    for (int j = 0; j < e; j++)
        *at(v.r, run->at[j]) -= moment[j];
}

INLINE void respond_run(view v, const genu_sharing_run *run, const int e, double power)
{
    if (run->same_bounds)
        respond_rows(v, run, e, power, 1);
    else
        respond_rows(v, run, e, power, 0);
}

INLINE vd dot(const genu_sharing_run *run, int i, const double *x)
{
    vd sum = { 0 };
    for (int j = 0; j < run->e; j++)
        sum += run->arm[i * run->e + j] * get(x, run->at[j]);
    return sum;
}

static void respond_wide(view v, const genu_sharing_run *run, double power)
{
    rows k = rows_of(v, run);
    for (int i = 0; i < k.n; i++) {
        vd force =
            respond_row(power, k, i, dot(run, i, v.half), v_spread(k.lo[i]), v_spread(k.hi[i]));
        for (int j = 0; j < run->e; j++)
            *at(v.r, run->at[j]) -= run->arm[i * run->e + j] * force;
    }
}

INLINE void outer_run(view v, const genu_sharing_run *run, const int e)
{
    const int products = e * (e + 1) / 2;
    rows k = rows_of(v, run);
    vd sum[GENU_SHARING_OUTER];
    for (int j = 0; j < products; j++)
        sum[j] = (vd){ 0 };
    for (int i = 0; i < k.n; i++) {
        const double *outer = k.outer + i * products;
        vd weight = get(k.weight, i);
        for (int j = 0; j < products; j++)
            sum[j] += outer[j] * weight;
    }
    for (int j = 0; j < e; j++)
        for (int f = 0; f <= j; f++)
            *at(v.M, packed(run->at[j], run->at[f])) += sum[packed(j, f)];
}

static void outer_wide(view v, const genu_sharing_run *run)
{
    rows k = rows_of(v, run);
    for (int i = 0; i < k.n; i++) {
        const double *arm = k.arm + i * run->e;
        for (int j = 0; j < run->e; j++) {
            vd left = arm[j] * get(k.weight, i);
            for (int f = 0; f <= j; f++)
                *at(v.M, packed(run->at[j], run->at[f])) += arm[f] * left;
        }
    }
}

/* s = capacity x use at half, ds its change along the step */
INLINE void advance_run(view v, const genu_sharing_run *run, const int e)
{
    vd half[NARROW], step[NARROW], arm[NARROW];
    rows k = rows_of(v, run);
    for (int j = 0; j < e; j++) {
        half[j] = get(v.half, run->at[j]);
        step[j] = get(v.step, run->at[j]);
    }
    for (int i = 0; i < k.n; i++) {
        take_arms(k, i, arm, e);
        *at(k.s, i) = get(k.capacity, i) * use_of(arm, half, e);
        *at(k.ds, i) = get(k.capacity, i) * use_of(arm, step, e);
    }
}

static void advance_wide(view v, const genu_sharing_run *run)
{
    rows k = rows_of(v, run);
    for (int i = 0; i < k.n; i++) {
        *at(k.s, i) = get(k.capacity, i) * dot(run, i, v.half);
        *at(k.ds, i) = get(k.capacity, i) * dot(run, i, v.step);
    }
}

#define FOR_RUNS(what, ...)                                                                        \
    for (const genu_sharing_run *run = v.q->run; run < v.q->run + v.q->n_run; run++)               \
        switch (run->e) {                                                                          \
        case 0:                                                                                    \
            what##_run(v, run, 0 __VA_ARGS__);                                                     \
            break;                                                                                 \
        case 1:                                                                                    \
            what##_run(v, run, 1 __VA_ARGS__);                                                     \
            break;                                                                                 \
        case 2:                                                                                    \
            what##_run(v, run, 2 __VA_ARGS__);                                                     \
            break;                                                                                 \
        case 3:                                                                                    \
            what##_run(v, run, 3 __VA_ARGS__);                                                     \
            break;                                                                                 \
        case 4:                                                                                    \
            what##_run(v, run, 4 __VA_ARGS__);                                                     \
            break;                                                                                 \
        case 5:                                                                                    \
            what##_run(v, run, 5 __VA_ARGS__);                                                     \
            break;                                                                                 \
        default:                                                                                   \
            what##_wide(v, run __VA_ARGS__);                                                       \
        }

static void respond_quadratic(view v)
{
    FOR_RUNS(respond, , 2)
}

static void respond_power(view v)
{
    double power = v.q->power;
    FOR_RUNS(respond, , power)
}

/* controls, their weights and the residual r = tau - A y at half */
INLINE void respond(view v)
{
    for (int j = 0; j < v.q->m; j++)
        *at(v.r, j) = get(v.tau, j) - v.q->stiffness[j] * get(v.half, j);
    if (v.q->power > 2)
        respond_power(v);
    else
        respond_quadratic(v);
}

/* The same at half = 0 with no bound but those of the fixed columns, which lambda does not decide. */
static void respond_unclipped(view v)
{
    for (int j = 0; j < v.q->m; j++)
        *at(v.r, j) = get(v.tau, j);
    for (int i = 0; i < v.q->n_run; i++) {
        const genu_sharing_run *run = &v.q->run[i];
        rows k = rows_of(v, run);
        for (int c = 0; c < k.n; c++) {
            vd capacity = get(k.capacity, c);
            int fixed = !(k.lo[c] < k.hi[c]);
            *at(k.weight, c) = capacity * capacity * (fixed ? 0 : 1);
            for (int j = 0; j < run->e && fixed; j++)
                *at(v.r, run->at[j]) -= k.arm[c * run->e + j] * capacity * k.lo[c];
        }
    }
}

/* M = A (slope) A' */
static void outer(view v)
{
    for (int j = 0; j < v.q->m; j++) {
        for (int i = 0; i < j; i++)
            *at(v.M, packed(j, i)) = (vd){ 0 };
        *at(v.M, packed(j, j)) = v_spread(v.q->stiffness[j]);
    }
    FOR_RUNS(outer, )
}

/* step = M^-1 r for m coordinates that the compiler knows, all in registers as far as they go: L D L',
 * column by column. A lane with a pivot lost in rounding is marked. */
INLINE vm step_small(view v, const int m)
{
    vd M[SMALL * (SMALL + 1) / 2], x[SMALL], inverse[SMALL];
    vm bad = v_none();
#pragma GCC unroll 36
    for (int j = 0; j < m * (m + 1) / 2; j++)
        M[j] = get(v.M, j);
#pragma GCC unroll 8
    for (int j = 0; j < m; j++)
        x[j] = get(v.r, j);
#pragma GCC unroll 8
    for (int j = 0; j < m; j++) {
        vd pivot = M[packed(j, j)];
        vm good = v_less(pivot_floor * get(v.M, packed(j, j)), pivot);
        bad |= v_not(good);
        inverse[j] = 1.0 / v_pick(good, pivot, v_spread(1));
#pragma GCC unroll 8
        for (int i = j + 1; i < m; i++) {
            vd left = M[packed(i, j)] * inverse[j];
#pragma GCC unroll 8
            for (int f = j + 1; f <= i; f++)
                M[packed(i, f)] -= left * M[packed(f, j)];
            x[i] -= left * x[j];
        }
    }
#pragma GCC unroll 8
    for (int j = m - 1; j >= 0; j--) {
#pragma GCC unroll 8
        for (int i = j + 1; i < m; i++)
            x[j] -= M[packed(i, j)] * x[i];
        x[j] *= inverse[j];
        *at(v.step, j) = x[j];
    }
    return bad;
}

/* The same for any number. */
static vm step_large(view v)
{
    int m = v.q->m;
    vm bad = v_none();
    for (int j = 0; j < m; j++) {
        double *row = v.M + (size_t)packed(j, 0) * LANES;
        vd diagonal = get(row, j), pivot = diagonal;
        for (int i = 0; i < j; i++) { // row[i] becomes L_ji D_i
            const double *other = v.M + (size_t)packed(i, 0) * LANES;
            vd sum = get(row, i);
            for (int k = 0; k < i; k++)
                sum -= get(row, k) * get(other, k);
            *at(row, i) = sum;
        }
        for (int i = 0; i < j; i++) {
            vd scaled = get(row, i), unit = scaled * get(v.M, packed(i, i)); // which holds 1 / D
            pivot -= scaled * unit;
            *at(row, i) = unit;
        }
        vm good = v_less(pivot_floor * diagonal, pivot);
        bad |= v_not(good);
        *at(row, j) = 1.0 / v_pick(good, pivot, v_spread(1));
        vd x = get(v.r, j);
        for (int i = 0; i < j; i++)
            x -= get(row, i) * get(v.step, i);
        *at(v.step, j) = x;
    }
    for (int j = 0; j < m; j++)
        *at(v.step, j) *= get(v.M, packed(j, j));
    for (int j = m - 1; j > 0; j--)
        for (int i = 0; i < j; i++)
            *at(v.step, i) -= get(v.M, packed(j, i)) * get(v.step, j);
    return bad;
}

static vm find_step(view v)
{
    switch (v.q->m) {
    case 1:
        return step_small(v, 1);
    case 2:
        return step_small(v, 2);
    case 3:
        return step_small(v, 3);
    case 4:
        return step_small(v, 4);
    case 5:
        return step_small(v, 5);
    case 6:
        return step_small(v, 6);
    case 7:
        return step_small(v, 7);
    case 8:
        return step_small(v, 8);
    default:
        return step_large(v);
    }
}

/* slope of the dual at half + t step, from its slope at t = 0: differences do not cancel */
static vd slope_at(view v, vd slope0, vd t)
{
    for (int j = 0; j < v.q->m; j++)
        slope0 -= t * v.q->stiffness[j] * get(v.step, j) * get(v.step, j);
    for (int i = 0; i < v.q->n_run; i++) {
        rows k = rows_of(v, &v.q->run[i]);
        for (int c = 0; c < k.n; c++) {
            vd ds = get(k.ds, c), s = get(k.s, c) + t * ds;
            vd y = clip(want_of(v.q->power, k.unit[c], s), k.lo[c], k.hi[c]);
            slope0 -= ds * (y - get(k.y, c));
        }
    }
    return slope0;
}

INLINE vd along(view v)
{
    vd slope = { 0 };
    for (int j = 0; j < v.q->m; j++)
        slope += get(v.step, j) * get(v.r, j);
    return slope;
}

/* Lengths of the steps from v.from that are too long in `seeking`: false position (Illinois) between a
 * rise and a fall of the dual, ending on the rising side. Lanes without one join lost. */
static vd search(view v, vm seeking, vm *lost)
{
    vd slope0 = along(v), t = v_spread(1), left = { 0 }, right = v_spread(1);
    FOR_RUNS(advance, )

    vd w_rise = slope0, w_fall = slope_at(v, slope0, right);
    for (int trial = 0; trial < max_trials && v_any(seeking); trial++) {
        vd next = left + (right - left) * w_rise / (w_rise - w_fall);
        vm inside = v_less(left, next) & v_less(next, right);
        next = v_pick(inside, next, 0.5 * (left + right));
        vd slope = slope_at(v, slope0, next);
        *at(v.trials, 0) += v_pick(seeking, v_spread(1), (vd){ 0 });
        vm found =
            seeking & v_at_most(-overshoot * slope0, slope) & v_at_most(slope, enough * slope0);
        t = v_pick(found, next, t);
        seeking &= v_not(found);
        vm rises = v_less((vd){ 0 }, slope);
        // the end that stays twice has its weight halved
        w_fall = v_pick(rises, 0.5 * w_fall, slope);
        w_rise = v_pick(rises, slope, 0.5 * w_rise);
        left = v_pick(rises, next, left);
        right = v_pick(rises, right, next);
    }
    *lost |= seeking;
    return t;
}

/* half = from + t step where open */
INLINE void move(view v, vm open, vd t)
{
    for (int j = 0; j < v.q->m; j++)
        *at(v.half, j) = v_pick(open, get(v.from, j) + t * get(v.step, j), get(v.half, j));
}

/* Lanes in which no residual is too large, nor is a NAN. */
INLINE vm arrived(view v)
{
    vm all = v_at_most((vd){ 0 }, v.tol);
    for (int j = 0; j < v.q->m; j++)
        all &= v_at_most(v_absolute(get(v.r, j)), v.tol);
    return all;
}

/* Take the step where open, and respond there. Lanes in which the dual falls at its end, and that have
 * not arrived, take a shorter one; those for which none is found join lost. Returns those that have. */
INLINE vm advance_lanes(view v, vm open, vm *lost, double most)
{
    vd slope0 = along(v);
    for (int j = 0; j < v.q->m; j++)
        *at(v.from, j) = get(v.half, j);
    move(v, open, v_spread(1));
    respond(v);
    vm there = arrived(v), away = open & v_not(there);
    if (!v_any(away))
        return there;
    vm seeking = away & v_not(v_at_most(-most * slope0, along(v)));
    if (!v_any(seeking))
        return there;
    for (int j = 0; j < v.q->m; j++)
        *at(v.half, j) = get(v.from, j);
    respond(v);
    vd t = search(v, seeking, lost);
    move(v, open & v_not(*lost), t);
    respond(v);
    return arrived(v);
}

static vm start_cold(view v, vm open)
{
    for (int j = 0; j < v.q->m; j++)
        *at(v.half, j) = *at(v.from, j) = (vd){ 0 };
    respond_unclipped(v);
    outer(v);
    vm bad = find_step(v);
    move(v, open, v_spread(1));
    return open & v_not(bad);
}

/* Control of the reserve in row i, 0 where it is a column. */
INLINE vd free_control(view v, int i)
{
    int c = v.q->order[v.q->n + i];
    return v.q->free_scale[c - v.q->n] * get(v.half, v.q->at[v.q->start[c]]);
}

/* Cost and saturation of every lane. */
static void count(genu_sharing_lanes *l, view v, int first)
{
    vd cost = { 0 }, saturated = { 0 };
    for (int i = 0; i < v.q->k; i++) {
        vd x = free_control(v, i);
        cost += v.q->w[v.q->order[v.q->n + i]] * x * x;
    }
    for (int i = 0; i < v.q->n_run; i++) {
        rows k = rows_of(v, &v.q->run[i]);
        for (int c = 0; c < k.n; c++) {
            vd y = get(k.y, c);
            cost += y * y;
            if (!v.q->run[i].is_reserve && k.lo[c] < k.hi[c])
                saturated += v_pick(v_at_most(v_spread(k.hi[c]), y), v_spread(1), (vd){ 0 });
        }
    }
    *at(l->objective + first, 0) = cost;
    *at(l->n_saturated + first, 0) = saturated;
}

/* Returns the lanes that converged. */
static vm solve(genu_sharing_lanes *l, view v, vm open, int first)
{
    vm lost = v_none(), done = v_none();
    vd *iterations = at(l->iterations + first, 0);
    *at(v.trials, 0) = (vd){ 0 };
    *iterations = v_spread(-1);
    if (!l->warm)
        open = start_cold(v, open);
    respond(v);
    vm there = arrived(v);
    for (int iteration = !l->warm;; iteration++) {
        vm met = open & there;
        *iterations = v_pick(met, v_spread(iteration), *iterations);
        done |= met;
        open &= v_not(met);
        if (iteration == l->max_iter || !v_any(open))
            break;
        outer(v);
        open &= v_not(find_step(v));
        there = advance_lanes(v, open, &lost, iteration < early_steps ? early : overshoot);
        open &= v_not(lost);
    }
    vd worst = { 0 };
    for (int j = 0; j < v.q->m; j++)
        worst = v_max(worst, v_absolute(get(v.r, j)));
    *at(l->residual + first, 0) = worst;
    return done;
}

/* Largest residual that is allowed; lanes with a negative capacity have none. */
INLINE vd tolerance(const genu_sharing_lanes *l, view v)
{
    vd largest = { 0 };
    vm negative = v_none();
    for (int j = 0; j < v.q->m; j++)
        largest = v_max(largest, v_absolute(get(v.tau, j)));
    for (int i = 0; i < v.q->n; i++)
        negative |= v_less(get(v.capacity, i), (vd){ 0 });
    double part = v.q->power > 2 ? closer : 1;
    return v_pick(negative, v_spread(-1), part * (l->eps_abs + l->eps_rel * largest));
}

static void solve_part(genu_sharing_lanes *l, int first)
{
    view v = { .q = l->q,
               .capacity = l->capacity + first,
               .one = l->one + first,
               .tau = l->tau + first,
               .a = l->a + first,
               .x = l->x + first,
               .half = l->half + first,
               .weight = l->weight + first,
               .s = l->s + first,
               .ds = l->ds + first,
               .M = l->M + first,
               .r = l->r + first,
               .step = l->step + first,
               .from = l->from + first,
               .trials = l->trials + first };
    v.tol = tolerance(l, v);
    for (int j = 0; j < v.q->m && l->warm; j++)
        *at(v.half, j) = 0.5 * get(l->lambda + first, j);
    vm done = solve(l, v, v_mask(l->used + first) & v_at_most((vd){ 0 }, v.tol), first);
    if (l->costs)
        count(l, v, first);
    // from the kernel's own units to the problem's
    for (int i = 0; i < v.q->k; i++)
        if (v.q->free_scale[v.q->order[v.q->n + i] - v.q->n] > 0)
            *at(v.x, i) = free_control(v, i);
    for (int i = 0; i < v.q->n + v.q->k && v.q->is_scaled; i++) {
        vd *y = i < v.q->n ? at(v.a, i) : at(v.x, i - v.q->n);
        int c = v.q->order[i];
        *y = clip(*y * v.q->scale[i], v.q->lo[c], v.q->hi[c]);
    }
    for (int j = 0; j < v.q->m; j++)
        *at(l->lambda + first, j) = v_pick(done, 2 * get(v.half, j), get(l->lambda + first, j));
}

void GENU_SHARING_KERNEL(genu_sharing_lanes *l)
{
    for (int part = 0; part < LANES / WIDTH; part++)
        solve_part(l, part * WIDTH);
}
