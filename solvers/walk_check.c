/* Is the walk sound? Looked at on a fine grid of times, and once more by differences of positions
 * in time, which know nothing of the equations that the fit used. */
#include "solvers/walk_private.h"

#include <math.h>
#include <stdlib.h>

#define DEGREE (GENU_PI / 180)

/* The sole that the centre of pressure may not leave, m in an adult's foot: along from the
 * calcaneus origin, and to the lateral side. */
static const double sole_along[2] = { 0, 0.240 }, sole_across[2] = { -0.036, 0.042 };
/* Half width of the sole: arm of friction against turning, m. */
#define SOLE_ARM 0.035

static void worst(double *of, double x)
{
    if (x > *of)
        *of = x;
}

static void look_at_force(const genu_walk *w, const genu_walk_foot *foot, genu_walk_sole *c)
{
    if (!foot->on || foot->stance <= 0 || foot->stance >= 1)
        return;
    double N = foot->force.y, s = w->foot_scale;
    c->min_normal = fmin(c->min_normal, N);
    c->center_first = fmin(c->center_first, foot->center_x);
    worst(&c->center_last, foot->center_x);
    worst(&c->free_moment, fabs(foot->free));
    worst(&c->outside, sole_along[0] * s - foot->center_x);
    worst(&c->outside, foot->center_x - sole_along[1] * s);
    worst(&c->outside, sole_across[0] * s - foot->center_z);
    worst(&c->outside, foot->center_z - sole_across[1] * s);
    if (N <= 0)
        return;
    worst(&c->friction, hypot(foot->force.x, foot->force.z) / N);
    worst(&c->free_ratio, fabs(foot->free) / (0.8 * N * SOLE_ARM * s));
}

static void look_at_contact(const genu_walk *w, const genu_data *d, const foot_time *ft, int side,
                            const double *print, genu_walk_sole *c)
{
    for (int p = 0; p < N_POINT; p++) {
        double from, to;
        v3 here = walk_point(w, d, side, p);
        worst(&c->sink, -here.y);
        if (!walk_planted(w, ft, p, &from, &to))
            continue;
        v3 in = walk_in_print(side, ft, print, here);
        worst(&c->slip, hypot(in.x - w->mark[p].x, in.z - w->mark[p].z));
        worst(&c->height, fabs(in.y));
    }
}

/* Distance of an angle from what it follows, in the norm's standard deviations. */
static void look_at_angle(const genu_walk *w, const frame *f, const double *z, int i, int curve,
                          int side, genu_walk_check *c)
{
    double q = z[i] + (i >= BACK_TILT && i < TRUNK_END ? z[i - BACK_TILT] : 0);
    double sd = genu_harmonics_value(&w->norms.sd[curve], f->foot[side].cycle);
    double e = fabs(q - f->target[i]) / sd;
    if (e > c->worst_angle) {
        c->worst_angle = e;
        c->worst_curve = curve;
    }
}

static void look_at_angles(const genu_walk *w, const frame *f, const double *z, genu_walk_check *c)
{
    static const int trunk[TRUNK_END] = {
        GENU_NORM_PELVIS_TILT, GENU_NORM_PELVIS_LIST,   GENU_NORM_PELVIS_ROTATION, -1, -1, -1, -1,
        GENU_NORM_TRUNK_LIST,  GENU_NORM_TRUNK_ROTATION
    };
    for (int i = 0; i < TRUNK_END; i++)
        if (trunk[i] >= 0)
            look_at_angle(w, f, z, i, trunk[i], 0, c);
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < 5; i++)
            look_at_angle(w, f, z, TRUNK_END + side * LEG + i, GENU_NORM_HIP_FLEXION + i, side, c);
}

/* What became of the wishes: the parts of pelvis and trunk list that are constant and that go with
 * the steps, beyond the norm. */
static void look_at_wishes(const genu_walk *w, const frame *f, const double *z, int n,
                           genu_walk_check *c)
{
    double shape = walk_shape(w, f->foot[0].cycle);
    double trunk = z[LIST] + z[BACK_LIST];
    double pelvis_off = z[LIST] - f->target[LIST], trunk_off = trunk - f->target[BACK_LIST];
    c->obliquity -= pelvis_off / n;
    c->list += trunk_off / n;
    c->drop -= 2 * pelvis_off * shape / n;
    c->lean += 2 * trunk_off * shape / n;
}

static void look_at(const genu_walk *w, genu_data *d, double t, int n, genu_walk_check *c)
{
    frame f = { .t = t };
    double z[N_LOCAL];
    genu_walk_foot foot[2];
    genu_walk_frame(w, t, d, NULL, foot);
    walk_basis(w, &f);
    walk_targets(w, &f);
    walk_locals(w, &f, w->x, z);
    for (int side = 0; side < 2; side++) {
        look_at_force(w, &foot[side], &c->foot[side]);
        look_at_contact(w, d, &f.foot[side], side, z + AT_F + side * N_PRINT, &c->foot[side]);
    }
    look_at_angles(w, &f, z, c);
    if (n > 0)
        look_at_wishes(w, &f, z, n, c);
}

/* Force and moment just before and just after an event of a foot. */
static void look_at_event(const genu_walk *w, genu_data *d, double t, genu_walk_check *c)
{
    sp6 before[2], after[2];
    const double eps = 1e-7 * w->period;
    genu_walk_frame(w, t - eps + w->period, d, before, NULL);
    v3 at = { d->q[w->coord[TX]], 0, 0 };
    genu_walk_frame(w, t + eps + w->period, d, after, NULL);
    for (int side = 0; side < 2; side++) {
        sp6 jump = sp6_sub(after[side], before[side]);
        worst(&c->foot[side].jump_force, v3_norm(jump.v));
        worst(&c->foot[side].jump_moment, v3_norm(sp6_moment_about(jump, at)));
    }
}

/* Differences over nine times h apart, fourth order. */
enum { N_TIME = 9, N_RATE = 5 };

static double rate_of(const double y[5], double h)
{
    return (y[0] - 8 * y[1] + 8 * y[3] - y[4]) / (12 * h);
}

static v3 rate_of_v3(const v3 *y, double h)
{
    double x[3][5];
    for (int k = 0; k < 5; k++) {
        x[0][k] = y[k].x;
        x[1][k] = y[k].y;
        x[2][k] = y[k].z;
    }
    return (v3){ rate_of(x[0], h), rate_of(x[1], h), rate_of(x[2], h) };
}

/* Momentum of one body about `at` in the middle of five poses: (angular; linear). */
static sp6 momentum(const genu_body *body, const xform *X, double h, v3 at)
{
    v3 c[5], column[3][5], w = { 0, 0, 0 };
    for (int k = 0; k < 5; k++) {
        c[k] = xform_point(X[k], body->mass_center);
        for (int i = 0; i < 3; i++)
            column[i][k] = m3_column(X[k].R, i);
    }
    // w = half the sum of axis x rate of axis
    for (int i = 0; i < 3; i++)
        w = v3_axpy(0.5, v3_cross(column[i][2], rate_of_v3(column[i], h)), w);
    v3 p = v3_scale(body->mass, rate_of_v3(c, h));
    v3 spin = m3_mul_v3(X[2].R, m3_mul_v3(body->inertia, m3_tmul_v3(X[2].R, w)));
    return (sp6){ v3_add(v3_cross(v3_sub(c[2], at), p), spin), p };
}

static void look_by_differences(const genu_walk *w, genu_data *d, double t, xform *X,
                                genu_walk_check *c)
{
    const genu_model *m = w->m;
    const double h = 5e-4;
    sp6 wrench[2], gravity = sp6_zero();
    genu_walk_frame(w, t, d, wrench, NULL);
    v3 at = { d->q[w->coord[TX]], 0, 0 };
    for (int b = 1; b < m->n_body; b++) {
        v3 arm = v3_sub(xform_point(d->X[b], m->body[b].mass_center), at);
        v3 force = v3_scale(m->body[b].mass, m->gravity);
        gravity = sp6_add(gravity, (sp6){ v3_cross(arm, force), force });
    }
    for (int k = 0; k < N_TIME; k++) {
        genu_walk_frame(w, t + (k - N_TIME / 2) * h, d, NULL, NULL);
        for (int b = 1; b < m->n_body; b++)
            X[b * N_TIME + k] = d->X[b];
    }
    v3 angular[N_RATE] = { { 0, 0, 0 } }, linear[N_RATE] = { { 0, 0, 0 } };
    for (int k = 0; k < N_RATE; k++)
        for (int b = 1; b < m->n_body; b++) {
            sp6 p = momentum(&m->body[b], X + b * N_TIME + k, h, at);
            angular[k] = v3_add(angular[k], p.w);
            linear[k] = v3_add(linear[k], p.v);
        }
    sp6 reaction = sp6_add(wrench[0], wrench[1]);
    v3 force = v3_sub(rate_of_v3(linear, h), v3_add(gravity.v, reaction.v));
    v3 moment = v3_sub(rate_of_v3(angular, h), v3_add(gravity.w, sp6_moment_about(reaction, at)));
    worst(&c->residual_force, v3_norm(force));
    worst(&c->residual_moment, v3_norm(moment));
}

/* The worse of two feet, number by number. */
static genu_walk_sole worse(const genu_walk_sole *a, const genu_walk_sole *b)
{
    return (genu_walk_sole){ .min_normal = fmin(a->min_normal, b->min_normal),
                             .friction = fmax(a->friction, b->friction),
                             .free_moment = fmax(a->free_moment, b->free_moment),
                             .free_ratio = fmax(a->free_ratio, b->free_ratio),
                             .outside = fmax(a->outside, b->outside),
                             .center_first = fmin(a->center_first, b->center_first),
                             .center_last = fmax(a->center_last, b->center_last),
                             .slip = fmax(a->slip, b->slip),
                             .height = fmax(a->height, b->height),
                             .sink = fmax(a->sink, b->sink),
                             .jump_force = fmax(a->jump_force, b->jump_force),
                             .jump_moment = fmax(a->jump_moment, b->jump_moment) };
}

genu_status genu_walk_examine(const genu_walk *w, genu_data *d, int n, genu_walk_check *c,
                              genu_err *err)
{
    *c = (genu_walk_check){ 0 };
    for (int side = 0; side < GENU_N_SIDE; side++)
        c->foot[side].min_normal = c->foot[side].center_first = INFINITY;
    if (n < 100)
        return genu_fail(err, GENU_E_RANGE, "walk: checked at %d times, must be at least 100", n);
    xform *X = calloc((size_t)w->m->n_body * N_TIME, sizeof *X);
    if (!X)
        return genu_fail(err, GENU_E_MEMORY, "walk: no memory to check it");
    for (int k = 0; k < n; k++)
        look_at(w, d, w->period * k / n, n, c);
    const double events[4] = { w->ph.flat, w->ph.heel_off, w->ph.toes_off, w->ph.off };
    for (int side = 0; side < 2; side++)
        for (int k = 0; k < 4; k++)
            look_at(w, d, w->period * fmod(events[k] + 0.5 * side, 1), 0, c);
    for (int side = 0; side < 2; side++) {
        look_at_event(w, d, 0.5 * side * w->period, c);
        look_at_event(w, d, fmod(0.5 * side + w->ph.off, 1) * w->period, c);
    }
    for (int k = 0; k < n; k += 10)
        look_by_differences(w, d, w->period * (k + 0.5) / n, X, c);
    c->worst = worse(&c->foot[0], &c->foot[1]);
    c->obliquity += w->set.obliquity;
    c->list += w->set.list;
    c->drop += w->set.drop;
    c->lean += w->set.lean;
    for (int side = 0; side < 2; side++)
        c->step_width += w->x[w->block[w->print_block[side][F_Z]].start];
    free(X);
    return GENU_OK;
}

typedef struct limit {
    const char *what, *unit;
    double value, bound, unit_size;
} limit;

genu_status genu_walk_judge(const genu_walk *w, const genu_walk_check *c, genu_err *err)
{
    const genu_walk_settings *s = &w->set;
    // without a wish about them pelvis and trunk are judged by their norms alone
    int wished = s->drop != 0 || s->obliquity != 0 || s->lean != 0 || s->list != 0;
    double pelvis = wished ? 1 * DEGREE : INFINITY, trunk = wished ? 2 * DEGREE : INFINITY;
    const limit limits[] = {
        { "the ground would have to pull a foot, by", "N", -c->worst.min_normal, 0, 1 },
        { "horizontal over normal force under a foot is", "", c->worst.friction, 0.8, 1 },
        { "the free moment, as a multiple of what friction bears, is", "", c->worst.free_ratio, 1,
          1 },
        { "the centre of pressure leaves the sole, by", "mm", c->worst.outside, 0, 1e-3 },
        { "a loaded point of a foot slips, by", "mm", c->worst.slip, 2e-3, 1e-3 },
        { "a loaded point of a foot leaves the ground, by", "mm", c->worst.height, 2e-3, 1e-3 },
        { "a foot sinks into the ground, by", "mm", c->worst.sink, 2e-3, 1e-3 },
        { "the force on a foot jumps at strike or toe-off, by", "N", c->worst.jump_force, 1, 1 },
        { "the moment on a foot jumps at strike or toe-off, by", "Nm", c->worst.jump_moment, 0.5,
          1 },
        { "forces assembled from positions miss the reactions, by", "N", c->residual_force, 1, 1 },
        { "moments assembled from positions miss the reactions, by", "Nm", c->residual_moment, 0.5,
          1 },
        { "an angle is away from its norm, in standard deviations, by", "", c->worst_angle, 4, 1 },
        { "the pelvic drop misses the wish, by", "degrees", fabs(c->drop - s->drop), pelvis,
          DEGREE },
        { "the pelvic obliquity misses the wish, by", "degrees", fabs(c->obliquity - s->obliquity),
          pelvis, DEGREE },
        { "the trunk's lean misses the wish, by", "degrees", fabs(c->lean - s->lean), trunk,
          DEGREE },
        { "the trunk's list misses the wish, by", "degrees", fabs(c->list - s->list), trunk,
          DEGREE },
        { "the step width misses the wish, by", "mm", fabs(c->step_width - s->step_width), 2e-3,
          1e-3 },
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const limit *l = &limits[i];
        if (l->value <= l->bound)
            continue;
        return genu_fail(err, GENU_E_INFEASIBLE,
                         "this walk cannot be had: %s %.3g%s%s, allowed %.3g (speed %g m/s, step "
                         "width %g m)",
                         l->what, l->value / l->unit_size, *l->unit ? " " : "", l->unit,
                         l->bound / l->unit_size, s->speed, s->step_width);
    }
    return GENU_OK;
}
