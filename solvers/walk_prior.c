/* What the fit prefers before any frame is looked at: smooth curves, feet where they were asked. */
#include "solvers/walk_private.h"

#include <math.h>

typedef struct sum {
    int n;
    double *A, *g; /* NULL: cost only */
    double cost;
} sum;

/* Residual r = sum of weight[k] x[at[k]] - target, at ascending. */
static void add(sum *s, const double *x, int n, const int *at, const double *weight, double target)
{
    double r = -target;
    for (int k = 0; k < n; k++)
        r += weight[k] * x[at[k]];
    s->cost += 0.5 * r * r;
    if (!s->A)
        return;
    for (int k = 0; k < n; k++) {
        s->g[at[k]] += weight[k] * r;
        for (int l = k; l < n; l++)
            s->A[(size_t)at[k] * (size_t)s->n + (size_t)at[l]] += weight[k] * weight[l];
    }
}

static void add_one(sum *s, const double *x, int at, double value, double scale)
{
    double weight = 1 / scale;
    add(s, x, 1, &at, &weight, value / scale);
}

/* Coefficient h is small against size / h^2.5. */
static void smooth_series(sum *s, const double *x, const block *b, double size)
{
    int at = b->start;
    for (int h = b->first; h <= N_HARMONIC; h += b->step) {
        if (h == 0) {
            at++;
            continue;
        }
        for (int k = 0; k < 2; k++)
            add_one(s, x, at++, 0, size / pow(h, 2.5));
    }
}

static void smooth_spline(sum *s, const double *x, const block *b, double size)
{
    const double weight[3] = { 1 / size, -2 / size, 1 / size };
    for (int i = 0; i + 2 < b->n; i++) {
        int at[3] = { b->start + i, b->start + i + 1, b->start + i + 2 };
        add(s, x, 3, at, weight, 0);
    }
}

/* A normal force whose coefficients are positive is positive everywhere. */
static void push_only(sum *s, const double *x, const block *b, double least, double scale)
{
    for (int i = 0; i < b->n; i++)
        if (x[b->start + i] < least)
            add_one(s, x, b->start + i, least, scale);
}

/* The centre of pressure's way along the foot. */
static void roll_over(const genu_walk *w, sum *s, const double *x, const block *b)
{
    for (int k = 0; k <= 10; k++) {
        double stance = k / 10.0, B[4];
        int first, at[4];
        walk_spline(stance, &first, B);
        const double scale = 15e-3 * w->foot_scale;
        for (int i = 0; i < 4; i++) {
            at[i] = b->start + first + i;
            B[i] /= scale;
        }
        add(s, x, 4, at, B, walk_roll(w, stance) / scale);
    }
}

static void footprints(const genu_walk *w, sum *s, const double *x)
{
    int at[2][N_PRINT];
    for (int side = 0; side < 2; side++)
        for (int v = 0; v < N_PRINT; v++)
            at[side][v] = w->block[w->print_block[side][v]].start;
    const double yaw = 0.3 * GENU_PI / 180, width = 0.5e-3;
    add_one(s, x, at[0][F_YAW], -w->set.toe_out, yaw);
    if (w->symmetric) {
        add_one(s, x, at[0][F_Z], 0.5 * w->set.step_width, 0.5 * width);
        return;
    }
    add_one(s, x, at[1][F_YAW], -w->set.toe_out, yaw);
    const double both[2] = { 1 / width, 1 / width };
    const int z[2] = { at[0][F_Z], at[1][F_Z] }, ahead[2] = { at[0][F_X], at[1][F_X] };
    add(s, x, 2, z, both, w->set.step_width / width);
    // steps of equal length, about the middle of the path
    const double even[2] = { 1 / 5e-3, -1 / 5e-3 }, middle[2] = { 1 / 0.05, -1 / 0.05 };
    add(s, x, 2, ahead, even, 0);
    add(s, x, 2, z, middle, 0);
}

double walk_prior(const genu_walk *w, const double *x, double *A, double *g)
{
    static const double size[N_REACTION] = { 0, 0.03, 0.02, 0.06, 0.04, 0.01 };
    sum s = { w->n, A, g, 0 };
    int sides = w->symmetric ? 1 : 2;
    for (int i = 0; i < TRUNK_END + sides * LEG; i++)
        smooth_series(&s, x, &w->block[w->coord_block[i]], i >= TX && i <= TZ ? 0.3 : 2.5);
    for (int side = 0; side < sides; side++) {
        smooth_spline(&s, x, &w->block[w->reaction_block[side][G_N]], 0.5 * w->weight);
        push_only(&s, x, &w->block[w->reaction_block[side][G_N]], 0.01 * w->weight,
                  2e-3 * w->weight);
        for (int v = G_X; v < N_REACTION; v++)
            smooth_spline(&s, x, &w->block[w->reaction_block[side][v]], size[v]);
        roll_over(w, &s, x, &w->block[w->reaction_block[side][G_X]]);
    }
    footprints(w, &s, x);
    // where the walk begins is free: the pelvis stays near the origin
    add_one(&s, x, w->block[w->coord_block[TX]].start, 0, 0.02);
    return s.cost;
}
