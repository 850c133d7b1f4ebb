/* sharing_kernel.c - eight scenarios of one frame side by side in the lanes of vector registers.
 *
 * p = q = 2: y = clip(s / (2 w)), the dual is piecewise quadratic, a Newton step is exact inside
 * one active set. Compiled once per instruction set (CMakeLists.txt), with vectors as wide as that
 * machine's: wider ones are lowered badly. No sum crosses lanes and products are not contracted, so
 * a lane's bits are the same at every width.
 */
#include "solvers/sharing_private.h"

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
enum { LANES = GENU_SHARING_LANES, WIDTH = BYTES / 8 };

#ifndef GENU_SHARING_KERNEL
#define GENU_SHARING_KERNEL genu_sharing_kernel_baseline
#endif

typedef double vd __attribute__((vector_size(BYTES), may_alias));
typedef long long vm __attribute__((vector_size(BYTES), may_alias));

static const double pivot_floor = 1e-13; /* of its diagonal entry: below is rounding          */
static const double overshoot = 1e-6;    /* of the first slope: larger is searched back       */
static const double enough = 0.5;        /* of the first slope: a search ends below           */
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
    long long all = 0;
    for (int l = 0; l < WIDTH; l++)
        all |= mask[l];
    return all != 0;
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

/* what one column is: its nonzeros, by value so that stores need not be feared to change them */
typedef struct column {
    const double *arm;
    const int *at;
    int n;
} column;

static inline column column_of(const genu_sharing_lanes *l, int c)
{
    int first = l->start[c];
    return (column){ l->arm + first, l->at + first, l->start[c + 1] - first };
}

static inline vd dot(column c, double *x, int part)
{
    vd sum = { 0 };
    for (int e = 0; e < c.n; e++)
        sum += c.arm[e] * *at(x, c.at[e], part);
    return sum;
}

/* --- columns that act on the same coordinates ------------------------------------------------
 *
 * What they all read or add to stands in registers: each of these functions is built once for every
 * number e of coordinates up to NARROW, and once more, column by column, for those with more. */

enum { NARROW = 5 }; /* muscles cross one to five coordinates as a rule */

#define INLINE static inline __attribute__((always_inline))

/* Columns order[first] to order[last - 1]. */
typedef struct run {
    const int *at;
    int first, last, e;
} run;

static inline run run_of(const genu_sharing_lanes *l, int i)
{
    int first = l->run[i], c = l->order[first];
    return (run){ l->at + l->start[c], first, l->run[i + 1], l->start[c + 1] - l->start[c] };
}

/* control, slope and force of a column whose coordinates are worth `use` */
INLINE vd respond_column(genu_sharing_lanes *l, int c, vd use, int part)
{
    vd capacity = *at(l->capacity, c, part), s = capacity * use, want = s * l->half[c];
    vd y = clip(want, l->lo[c], l->hi[c]);
    *at(l->s, c, part) = s;
    *at(l->y, c, part) = y;
    *at(l->ds, c, part) = pick(want == y, spread(l->half[c]), (vd){ 0 });
    return capacity * y;
}

INLINE void respond_run(genu_sharing_lanes *l, run k, const int e, int part)
{
    vd lambda[NARROW], moment[NARROW];
    for (int j = 0; j < e; j++) {
        lambda[j] = *at(l->lambda, k.at[j], part);
        moment[j] = (vd){ 0 };
    }
    for (int i = k.first; i < k.last; i++) {
        int c = l->order[i];
        const double *arm = l->arm + l->start[c];
        vd use = { 0 };
        for (int j = 0; j < e; j++)
            use += arm[j] * lambda[j];
        vd force = respond_column(l, c, use, part);
        for (int j = 0; j < e; j++)
            moment[j] += arm[j] * force;
    }
    for (int j = 0; j < e; j++)
        *at(l->r, k.at[j], part) -= moment[j];
}

static void respond_wide(genu_sharing_lanes *l, run k, int part)
{
    for (int i = k.first; i < k.last; i++) {
        column own = column_of(l, l->order[i]);
        vd force = respond_column(l, l->order[i], dot(own, l->lambda, part), part);
        for (int j = 0; j < own.n; j++)
            *at(l->r, own.at[j], part) -= own.arm[j] * force;
    }
}

/* slope x capacity^2 of a column; 0 lanes add nothing */
INLINE vd weight_of(genu_sharing_lanes *l, int c, int part)
{
    vd capacity = *at(l->capacity, c, part);
    return *at(l->ds, c, part) * (capacity * capacity);
}

INLINE void outer_run(genu_sharing_lanes *l, run k, const int e, int part)
{
    vd sum[NARROW * (NARROW + 1) / 2];
    for (int j = 0; j < e * (e + 1) / 2; j++)
        sum[j] = (vd){ 0 };
    for (int i = k.first; i < k.last; i++) {
        int c = l->order[i];
        const double *arm = l->arm + l->start[c];
        vd weight = weight_of(l, c, part);
        if (!any(weight != 0)) // adding zeros would change no bit
            continue;
        for (int j = 0; j < e; j++) {
            vd left = arm[j] * weight;
            for (int f = 0; f <= j; f++)
                sum[j * (j + 1) / 2 + f] += arm[f] * left;
        }
    }
    for (int j = 0; j < e; j++) {
        double *row = l->M + (size_t)(k.at[j] * (k.at[j] + 1) / 2) * LANES;
        for (int f = 0; f <= j; f++)
            *at(row, k.at[f], part) += sum[j * (j + 1) / 2 + f];
    }
}

static void outer_wide(genu_sharing_lanes *l, run k, int part)
{
    for (int i = k.first; i < k.last; i++) {
        column own = column_of(l, l->order[i]);
        vd weight = weight_of(l, l->order[i], part);
        for (int j = 0; j < own.n; j++) {
            vd left = own.arm[j] * weight;
            double *row = l->M + (size_t)(own.at[j] * (own.at[j] + 1) / 2) * LANES;
            for (int f = 0; f <= j; f++)
                *at(row, own.at[f], part) += own.arm[f] * left;
        }
    }
}

/* ds = capacity x use of the step */
INLINE void advance_run(genu_sharing_lanes *l, run k, const int e, int part)
{
    vd step[NARROW];
    for (int j = 0; j < e; j++)
        step[j] = *at(l->step, k.at[j], part);
    for (int i = k.first; i < k.last; i++) {
        int c = l->order[i];
        const double *arm = l->arm + l->start[c];
        vd use = { 0 };
        for (int j = 0; j < e; j++)
            use += arm[j] * step[j];
        *at(l->ds, c, part) = *at(l->capacity, c, part) * use;
    }
}

static void advance_wide(genu_sharing_lanes *l, run k, int part)
{
    for (int i = k.first; i < k.last; i++) {
        int c = l->order[i];
        *at(l->ds, c, part) = *at(l->capacity, c, part) * dot(column_of(l, c), l->step, part);
    }
}

#define FOR_RUNS(what)                                                                             \
    for (int i = 0; i < l->n_run; i++) {                                                           \
        run k = run_of(l, i);                                                                      \
        switch (k.e) {                                                                             \
        case 1:                                                                                    \
            what##_run(l, k, 1, part);                                                             \
            break;                                                                                 \
        case 2:                                                                                    \
            what##_run(l, k, 2, part);                                                             \
            break;                                                                                 \
        case 3:                                                                                    \
            what##_run(l, k, 3, part);                                                             \
            break;                                                                                 \
        case 4:                                                                                    \
            what##_run(l, k, 4, part);                                                             \
            break;                                                                                 \
        case 5:                                                                                    \
            what##_run(l, k, 5, part);                                                             \
            break;                                                                                 \
        default:                                                                                   \
            what##_wide(l, k, part);                                                               \
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
    for (int c = 0; c < l->n_column; c++) {
        column k = column_of(l, c);
        *at(l->ds, c, part) = spread(l->half[c]);
        if (l->half[c] > 0)
            continue;
        vd force = *at(l->capacity, c, part) * l->lo[c];
        for (int e = 0; e < k.n; e++)
            *at(l->r, k.at[e], part) -= k.arm[e] * force;
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
        vd y = clip((*at(l->s, c, part) + t * ds) * l->half[c], l->lo[c], l->hi[c]);
        slope0 -= ds * (y - *at(l->y, c, part));
    }
    return slope0;
}

/* Step length of every open lane: 1 unless the dual already falls there; else false position
 * (Illinois) between a rise and a fall, ending on the rising side. Lanes without one join lost. */
static vd search(genu_sharing_lanes *l, vm open, vm *lost, int part)
{
    int m = l->n_coordinate;
    vd slope0 = { 0 }, t = spread(1), left = { 0 }, right = spread(1);
    for (int j = 0; j < m; j++)
        slope0 += *at(l->step, j, part) * *at(l->r, j, part);
    FOR_RUNS(advance)

    vd rise = slope0, fall = slope_at(l, slope0, right, part);
    vm seeking = open & ~(vm)(fall >= -overshoot * slope0);
    vd w_rise = rise, w_fall = fall;
    for (int trial = 0; trial < max_trials && any(seeking); trial++) {
        vd next = left + (right - left) * w_rise / (w_rise - w_fall);
        vm middle = ~((vm)(next > left) & (vm)(next < right));
        next = pick(middle, 0.5 * (left + right), next);
        vd slope = slope_at(l, slope0, next, part);
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

static void move(genu_sharing_lanes *l, vm open, vd t, int part)
{
    for (int j = 0; j < l->n_coordinate; j++) {
        vd *x = at(l->lambda, j, part);
        *x = pick(open, *x + t * *at(l->step, j, part), *x);
    }
}

static vm start_cold(genu_sharing_lanes *l, vm open, int part)
{
    for (int j = 0; j < l->n_coordinate; j++)
        *at(l->lambda, j, part) = pick(open, (vd){ 0 }, *at(l->lambda, j, part));
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
    for (int i = 0; i < WIDTH; i++)
        open[i] = -(long long)(!l->done[part * WIDTH + i]);
    if (!l->warm)
        open = start_cold(l, open, part);

    for (int iteration = !l->warm; iteration <= l->max_iter && any(open); iteration++) {
        respond(l, part);
        vd worst = { 0 };
        for (int j = 0; j < l->n_coordinate; j++) {
            vd size = absolute(*at(l->r, j, part));
            worst = pick(worst > size, worst, size); // keeps a NaN of size
        }
        vm met = open & (vm)(worst <= *at(l->tol, 0, part));
        *at(l->residual, 0, part) = pick(met, worst, *at(l->residual, 0, part));
        for (int i = 0; i < WIDTH; i++)
            if (met[i]) {
                l->done[part * WIDTH + i] = 1;
                l->iterations[part * WIDTH + i] = iteration;
            }
        open &= ~met;
        if (!any(open))
            break;
        outer(l, part);
        open &= ~factor(l, part);
        backsolve(l, part);
        vd t = search(l, open, &lost, part);
        open &= ~lost;
        move(l, open, t, part);
    }
}

void GENU_SHARING_KERNEL(genu_sharing_lanes *l)
{
    for (int part = 0; part < LANES / WIDTH; part++)
        solve_part(l, part);
}
