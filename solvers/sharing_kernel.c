/* sharing_kernel.c - eight scenarios of one frame side by side in the lanes of vector registers.
 *
 * p = q = 2: y = clip(s / (2 w)), the dual is piecewise quadratic, a Newton step is exact inside
 * one active set. p > 2, where no control may be 0: y = clip((s / (p w))^(1 / (p - 1))), whose slope is
 * finite between the bounds; from a start near the end, since there is no continuation here.
 *
 * Compiled once per instruction set (CMakeLists.txt), with vectors as wide as that machine's: wider
 * ones are lowered badly. No sum crosses lanes, so a lane's bits are the same whatever the others hold.
 */
#include "solvers/sharing_private.h"
#include "solvers/vector.h"

#include <math.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

enum { LANES = GENU_SHARING_LANES };

#ifndef GENU_SHARING_KERNEL
#define GENU_SHARING_KERNEL genu_sharing_kernel_baseline
#endif

static const double pivot_floor = 1e-13; /* of its diagonal entry: below is rounding          */
static const double overshoot = 1e-6;    /* of the first slope: larger is searched back       */
static const double early = 1;           /* the same in the first steps: few need a search     */
static const double enough = 0.5;        /* of the first slope: a search ends below           */
static const int early_steps = 4;        /* more: cycles without ascent                       */
static const int max_trials = 40;        /* of one line search, then the lane is given up     */

static inline vd pick(vm mask, vd yes, vd no)
{
    return (vd)((mask & (vm)yes) | (~mask & (vm)no));
}

static inline vd absolute(vd x)
{
    return pick(x < 0, -x, x);
}

static inline int any(vm mask)
{
#if defined(__AVX512F__)
    return _mm512_test_epi64_mask((__m512i)mask, (__m512i)mask) != 0;
#elif defined(__AVX__)
    return _mm256_movemask_pd((__m256d)mask) != 0;
#elif defined(__SSE2__)
    return _mm_movemask_pd((__m128d)mask) != 0;
#else
    long long all = 0;
    for (int l = 0; l < WIDTH; l++)
        all |= mask[l];
    return all != 0;
#endif
}

static inline vd spread(double x)
{
    return x - (vd){ 0 };
}

static inline vd *at(double *x, int i, int part)
{
    return (vd *)(x + (size_t)i * LANES) + part;
}

static inline vd clip(vd y, double lo, double hi)
{
    y = pick(y < lo, spread(lo), y);
    return pick(y > hi, spread(hi), y);
}

/* --- columns that act on the same coordinates ------------------------------------------------
 *
 * What they all read or add to stands in registers: each of these functions is built once for every
 * number e of coordinates up to NARROW, and once more, column by column, for those with more. */

enum { NARROW = 5 }; /* muscles cross one to five coordinates as a rule */

#define INLINE static inline __attribute__((always_inline))

/* Where the arrays of the lanes begin; by value, so that stores need not be feared to change it. */
typedef struct arrays {
    double *capacity, *s, *y, *ds, *lambda, *r, *step, *M;
    const double *half, *unit, *lo, *hi;
    double power;
} arrays;

INLINE arrays arrays_of(const genu_sharing_lanes *l)
{
    return (arrays){ .capacity = l->capacity,
                     .s = l->s,
                     .y = l->y,
                     .ds = l->ds,
                     .lambda = l->lambda,
                     .r = l->r,
                     .step = l->step,
                     .M = l->M,
                     .half = l->half,
                     .unit = l->unit,
                     .lo = l->lo,
                     .hi = l->hi,
                     .power = l->power };
}

/* x^(1 / (power - 1)) of x >= 0; powers 3 and 5 by square roots */
static vd root(double power, vd x)
{
    double inverse = 1 / (power - 1);
    int roots = power == 3 ? 1 : power == 5 ? 2 : 0;
    for (int k = 0; k < roots; k++)
        for (int i = 0; i < WIDTH; i++)
            x[i] = sqrt(x[i]);
    for (int i = 0; i < WIDTH && !roots; i++)
        x[i] = pow(x[i], inverse);
    return x;
}

/* what a column would be at the marginal use s without bounds */
INLINE vd want_of(double power, double unit, double half, vd s)
{
    if (unit > 0)
        return root(power, pick(s > 0, s, (vd){ 0 }) * unit);
    return s * half;
}

/* control, slope and force of column c, whose coordinates are worth `use` */
INLINE vd respond_column(arrays l, int c, vd use, int part)
{
    vd capacity = *at(l.capacity, c, part), s = capacity * use;
    vd want = want_of(l.power, l.unit[c], l.half[c], s), y = clip(want, l.lo[c], l.hi[c]);
    vd slope = spread(l.half[c]);
    if (l.unit[c] > 0)
        slope = want / ((l.power - 1) * s);
    *at(l.s, c, part) = s;
    *at(l.y, c, part) = y;
    *at(l.ds, c, part) = pick(want == y, slope, (vd){ 0 });
    return capacity * y;
}

INLINE void respond_run(arrays l, genu_sharing_run k, const int e, int part)
{
    vd lambda[NARROW], moment[NARROW];
    for (int j = 0; j < e; j++) {
        lambda[j] = *at(l.lambda, k.at[j], part);
        moment[j] = (vd){ 0 };
    }
    for (int i = 0; i < k.n; i++) {
        const double *arm = k.arm + i * e;
        vd use = { 0 };
        for (int j = 0; j < e; j++)
            use += arm[j] * lambda[j];
        vd force = respond_column(l, k.first + i, use, part);
        for (int j = 0; j < e; j++)
            moment[j] += arm[j] * force;
    }
    for (int j = 0; j < e; j++)
        *at(l.r, k.at[j], part) -= moment[j];
}

INLINE vd dot(genu_sharing_run k, int i, double *x, int part)
{
    vd sum = { 0 };
    for (int j = 0; j < k.e; j++)
        sum += k.arm[i * k.e + j] * *at(x, k.at[j], part);
    return sum;
}

static void respond_wide(arrays l, genu_sharing_run k, int part)
{
    for (int i = 0; i < k.n; i++) {
        vd force = respond_column(l, k.first + i, dot(k, i, l.lambda, part), part);
        for (int j = 0; j < k.e; j++)
            *at(l.r, k.at[j], part) -= k.arm[i * k.e + j] * force;
    }
}

/* slope x capacity^2 of column c; 0 lanes add nothing */
INLINE vd weight_of(arrays l, int c, int part)
{
    vd capacity = *at(l.capacity, c, part);
    return *at(l.ds, c, part) * (capacity * capacity);
}

INLINE void outer_run(arrays l, genu_sharing_run k, const int e, int part)
{
    vd sum[NARROW * (NARROW + 1) / 2];
    for (int j = 0; j < e * (e + 1) / 2; j++)
        sum[j] = (vd){ 0 };
    for (int i = 0; i < k.n; i++) {
        const double *arm = k.arm + i * e;
        vd weight = weight_of(l, k.first + i, part);
        if (!any(weight != 0)) // adding zeros would change no bit
            continue;
        for (int j = 0; j < e; j++) {
            vd left = arm[j] * weight;
            for (int f = 0; f <= j; f++)
                sum[j * (j + 1) / 2 + f] += arm[f] * left;
        }
    }
    for (int j = 0; j < e; j++) {
        double *row = l.M + (size_t)(k.at[j] * (k.at[j] + 1) / 2) * LANES;
        for (int f = 0; f <= j; f++)
            *at(row, k.at[f], part) += sum[j * (j + 1) / 2 + f];
    }
}

static void outer_wide(arrays l, genu_sharing_run k, int part)
{
    for (int i = 0; i < k.n; i++) {
        const double *arm = k.arm + i * k.e;
        vd weight = weight_of(l, k.first + i, part);
        for (int j = 0; j < k.e; j++) {
            vd left = arm[j] * weight;
            double *row = l.M + (size_t)(k.at[j] * (k.at[j] + 1) / 2) * LANES;
            for (int f = 0; f <= j; f++)
                *at(row, k.at[f], part) += arm[f] * left;
        }
    }
}

/* ds = capacity x use of the step */
INLINE void advance_run(arrays l, genu_sharing_run k, const int e, int part)
{
    vd step[NARROW];
    for (int j = 0; j < e; j++)
        step[j] = *at(l.step, k.at[j], part);
    for (int i = 0; i < k.n; i++) {
        const double *arm = k.arm + i * e;
        vd use = { 0 };
        for (int j = 0; j < e; j++)
            use += arm[j] * step[j];
        *at(l.ds, k.first + i, part) = *at(l.capacity, k.first + i, part) * use;
    }
}

static void advance_wide(arrays l, genu_sharing_run k, int part)
{
    for (int i = 0; i < k.n; i++)
        *at(l.ds, k.first + i, part) = *at(l.capacity, k.first + i, part) * dot(k, i, l.step, part);
}

#define FOR_RUNS(what)                                                                             \
    arrays own = arrays_of(l);                                                                     \
    for (int i = 0; i < l->n_run; i++) {                                                           \
        genu_sharing_run k = l->run[i];                                                            \
        switch (k.e) {                                                                             \
        case 1:                                                                                    \
            what##_run(own, k, 1, part);                                                           \
            break;                                                                                 \
        case 2:                                                                                    \
            what##_run(own, k, 2, part);                                                           \
            break;                                                                                 \
        case 3:                                                                                    \
            what##_run(own, k, 3, part);                                                           \
            break;                                                                                 \
        case 4:                                                                                    \
            what##_run(own, k, 4, part);                                                           \
            break;                                                                                 \
        case 5:                                                                                    \
            what##_run(own, k, 5, part);                                                           \
            break;                                                                                 \
        default:                                                                                   \
            what##_wide(own, k, part);                                                             \
        }                                                                                          \
    }

/* controls y, their derivatives d (at capacity 1) and the residual r = tau - A y at lambda */
static void respond(genu_sharing_lanes *l, int part)
{
    for (int j = 0; j < l->n_coordinate; j++)
        *at(l->r, j, part) = *at(l->tau, j, part);
    FOR_RUNS(respond)
}

/* the same with no bound but those of the fixed columns; y is what lambda does not decide */
static void respond_unclipped(genu_sharing_lanes *l, int part)
{
    for (int j = 0; j < l->n_coordinate; j++)
        *at(l->r, j, part) = *at(l->tau, j, part);
    for (int c = 0; c < l->n_column; c++)
        *at(l->ds, c, part) = spread(l->half[c]);
    for (int i = 0; i < l->n_run; i++) {
        genu_sharing_run k = l->run[i];
        for (int c = k.first; c < k.first + k.n; c++) {
            if (l->half[c] > 0)
                continue;
            vd force = *at(l->capacity, c, part) * l->lo[c];
            for (int j = 0; j < k.e; j++)
                *at(l->r, k.at[j], part) -= k.arm[(c - k.first) * k.e + j] * force;
        }
    }
}

/* M = A d A', d in ds */
static void outer(genu_sharing_lanes *l, int part)
{
    for (int j = 0; j < l->n_coordinate * (l->n_coordinate + 1) / 2; j++)
        *at(l->M, j, part) = (vd){ 0 };
    FOR_RUNS(outer)
}

/* M = L D L' in place, row by row; a lane with a pivot lost in rounding is marked in bad */
static vm factor(genu_sharing_lanes *l, int part)
{
    vm bad = { 0 };
    for (int j = 0; j < l->n_coordinate; j++) {
        double *row = l->M + (size_t)(j * (j + 1) / 2) * LANES;
        vd diagonal = *at(row, j, part), pivot = diagonal;
        for (int i = 0; i < j; i++) { // row[i] becomes L_ji D_i
            double *other = l->M + (size_t)(i * (i + 1) / 2) * LANES;
            vd sum = *at(row, i, part);
            for (int k = 0; k < i; k++)
                sum -= *at(row, k, part) * *at(other, k, part);
            *at(row, i, part) = sum;
        }
        for (int i = 0; i < j; i++) {
            double *other = l->M + (size_t)(i * (i + 1) / 2) * LANES;
            vd scaled = *at(row, i, part);
            vd unit = scaled * *at(other, i, part); // the diagonal holds 1 / D
            pivot -= scaled * unit;
            *at(row, i, part) = unit;
        }
        vm good = pivot > pivot_floor * diagonal;
        bad |= ~good;
        *at(row, j, part) = 1.0 / pick(good, pivot, spread(1));
    }
    return bad;
}

static void backsolve(genu_sharing_lanes *l, int part)
{
    int m = l->n_coordinate;
    for (int j = 0; j < m; j++) {
        double *row = l->M + (size_t)(j * (j + 1) / 2) * LANES;
        vd sum = *at(l->r, j, part);
        for (int i = 0; i < j; i++)
            sum -= *at(row, i, part) * *at(l->step, i, part);
        *at(l->step, j, part) = sum;
    }
    for (int j = 0; j < m; j++)
        *at(l->step, j, part) *= *at(l->M, j * (j + 1) / 2 + j, part);
    for (int j = m - 1; j > 0; j--) {
        double *row = l->M + (size_t)(j * (j + 1) / 2) * LANES;
        vd x = *at(l->step, j, part);
        for (int i = 0; i < j; i++)
            *at(l->step, i, part) -= *at(row, i, part) * x;
    }
}

/* slope of the dual at lambda + t step, from its slope at t = 0: differences do not cancel */
static vd slope_at(genu_sharing_lanes *l, vd slope0, vd t, int part)
{
    for (int c = 0; c < l->n_column; c++) {
        vd ds = *at(l->ds, c, part);
        vd s = *at(l->s, c, part) + t * ds;
        vd y = clip(want_of(l->power, l->unit[c], l->half[c], s), l->lo[c], l->hi[c]);
        slope0 -= ds * (y - *at(l->y, c, part));
    }
    return slope0;
}

INLINE vd along(genu_sharing_lanes *l, int part)
{
    vd slope = { 0 };
    for (int j = 0; j < l->n_coordinate; j++)
        slope += *at(l->step, j, part) * *at(l->r, j, part);
    return slope;
}

/* Lengths of the steps from l->from that are too long in `seeking`: false position (Illinois) between a
 * rise and a fall of the dual, ending on the rising side. Lanes without one join lost. */
static vd search(genu_sharing_lanes *l, vm seeking, vm *lost, int part)
{
    vd slope0 = along(l, part), t = spread(1), left = { 0 }, right = spread(1);
    FOR_RUNS(advance)

    vd w_rise = slope0, w_fall = slope_at(l, slope0, right, part);
    for (int trial = 0; trial < max_trials && any(seeking); trial++) {
        vd next = left + (right - left) * w_rise / (w_rise - w_fall);
        vm middle = ~((vm)(next > left) & (vm)(next < right));
        next = pick(middle, 0.5 * (left + right), next);
        vd slope = slope_at(l, slope0, next, part);
        *at(l->trials, 0, part) += pick(seeking, spread(1), (vd){ 0 });
        vm found = seeking & (vm)(slope >= -overshoot * slope0) & (vm)(slope <= enough * slope0);
        t = pick(found, next, t);
        seeking &= ~found;
        vm rises = (vm)(slope > 0);
        // the end that stays twice has its weight halved
        w_fall = pick(rises, 0.5 * w_fall, slope);
        w_rise = pick(rises, slope, 0.5 * w_rise);
        left = pick(rises, next, left);
        right = pick(rises, right, next);
    }
    *lost |= seeking;
    return t;
}

/* lambda = from + t step where open */
static void move(genu_sharing_lanes *l, vm open, vd t, int part)
{
    for (int j = 0; j < l->n_coordinate; j++) {
        vd *x = at(l->lambda, j, part), from = *at(l->from, j, part);
        *x = pick(open, from + t * *at(l->step, j, part), *x);
    }
}

/* largest |residual| */
static vd worst_of(const genu_sharing_lanes *l, int part)
{
    vd worst = { 0 };
    for (int j = 0; j < l->n_coordinate; j++) {
        vd size = absolute(*at(l->r, j, part));
        worst = pick(worst > size, worst, size); // keeps a NaN of size
    }
    return worst;
}

/* Take the step where open, and respond there. Lanes in which the dual falls at its end, and that have
 * not arrived, take a shorter one; those for which none is found join lost. */
static vd advance_lanes(genu_sharing_lanes *l, vm open, vm *lost, double most, int part)
{
    vd slope0 = along(l, part);
    for (int j = 0; j < l->n_coordinate; j++)
        *at(l->from, j, part) = *at(l->lambda, j, part);
    move(l, open, spread(1), part);
    respond(l, part);
    vd worst = worst_of(l, part);
    vm rises = (vm)(along(l, part) >= -most * slope0);
    vm arrived = (vm)(worst <= *at(l->tol, 0, part)), seeking = open & ~(rises | arrived);
    if (!any(seeking))
        return worst;
    for (int j = 0; j < l->n_coordinate; j++)
        *at(l->lambda, j, part) = *at(l->from, j, part);
    respond(l, part);
    vd t = search(l, seeking, lost, part);
    move(l, open & ~*lost, t, part);
    respond(l, part);
    return worst_of(l, part);
}

static vm start_cold(genu_sharing_lanes *l, vm open, int part)
{
    for (int j = 0; j < l->n_coordinate; j++) {
        *at(l->lambda, j, part) = pick(open, (vd){ 0 }, *at(l->lambda, j, part));
        *at(l->from, j, part) = *at(l->lambda, j, part);
    }
    respond_unclipped(l, part);
    outer(l, part);
    vm bad = factor(l, part);
    backsolve(l, part);
    move(l, open, spread(1), part);
    return open & ~bad;
}

static void solve_part(genu_sharing_lanes *l, int part)
{
    vm open, lost = { 0 };
    *at(l->trials, 0, part) = (vd){ 0 };
    for (int i = 0; i < WIDTH; i++)
        open[i] = -(long long)(!l->done[part * WIDTH + i]);
    if (!l->warm)
        open = start_cold(l, open, part);

    respond(l, part);
    vd worst = worst_of(l, part);
    for (int iteration = !l->warm;; iteration++) {
        vm met = open & (vm)(worst <= *at(l->tol, 0, part));
        *at(l->residual, 0, part) = pick(met, worst, *at(l->residual, 0, part));
        for (int i = 0; i < WIDTH; i++)
            if (met[i]) {
                l->done[part * WIDTH + i] = 1;
                l->iterations[part * WIDTH + i] = iteration;
            }
        open &= ~met;
        if (iteration == l->max_iter || !any(open))
            break;
        outer(l, part);
        open &= ~factor(l, part);
        backsolve(l, part);
        worst = advance_lanes(l, open, &lost, iteration < early_steps ? early : overshoot, part);
        open &= ~lost;
    }
}

void GENU_SHARING_KERNEL(genu_sharing_lanes *l)
{
    for (int part = 0; part < LANES / WIDTH; part++)
        solve_part(l, part);
}
