/* What one frame asks of the body and the ground: pose, wrenches, joint moments, contact points. */
#include "solvers/walk_private.h"

#include <math.h>

static double mirror(int side)
{
    return side == GENU_RIGHT ? 1 : -1;
}

/** Centre of pressure on the ground, m. */
v3 walk_center(int side, const foot_time *ft, const double *g, const double *print)
{
    double s = mirror(side), c = cos(s * print[F_YAW]), n = sin(s * print[F_YAW]);
    return (v3){ print[F_X] + ft->shift + c * g[G_X] + n * s * g[G_Z], 0,
                 s * print[F_Z] - n * g[G_X] + c * s * g[G_Z] };
}

/** Force of the ground on a foot, about the ground origin. */
sp6 walk_wrench(int side, const foot_time *ft, const double *g, const double *print)
{
    double s = mirror(side);
    v3 force = v3_scale(g[G_N], (v3){ g[G_FX], 1, s * g[G_FZ] });
    sp6 wrench = sp6_force_at(walk_center(side, ft, g, print), force);
    wrench.w.y += s * g[G_N] * g[G_T];
    return wrench;
}

/** A point of the ground in the footprint: along the foot, up, to its lateral side. */
v3 walk_in_print(int side, const foot_time *ft, const double *print, v3 p)
{
    double s = mirror(side), c = cos(s * print[F_YAW]), n = sin(s * print[F_YAW]);
    double dx = p.x - print[F_X] - ft->shift, dz = p.z - s * print[F_Z];
    return (v3){ c * dx - n * dz, p.y, s * (n * dx + c * dz) };
}

v3 walk_point(const genu_walk *w, const genu_data *d, int side, int p)
{
    int body = p < TOE_BALL ? w->leg[side].foot : w->leg[side].toes;
    return xform_point(d->X[body], w->point[side][p]);
}

/** 1 when point p is to stay where it is; from, to: that phase, shares of the cycle. */
int walk_planted(const genu_walk *w, const foot_time *ft, int p, double *from, double *to)
{
    *from = p < BALL ? 0 : w->ph.flat;
    *to = p < TOE_BALL ? w->ph.heel_off : p < TIP ? w->ph.toes_off : w->ph.off;
    return ft->cycle >= *from - 1e-9 && ft->cycle <= *to + 1e-9;
}

void walk_pose(const genu_walk *w, genu_data *d, const double *z)
{
    for (int i = 0; i < N_COORD; i++) {
        d->q[w->coord[i]] = z[i];
        d->u[w->coord[i]] = z[AT_U + i];
        d->a[w->coord[i]] = z[AT_A + i];
    }
    genu_skeleton_couple(w->m, d);
}

static v3 shank_axis(const genu_walk *w, const genu_data *d, int side)
{
    return m3_column(d->X[w->leg[side].tibia].R, 0);
}

/** Internal moments (N_MOMENT) after inverse dynamics, Nm: hip extension and abduction, knee
 *  extension and abduction, ankle plantarflexion. */
void walk_joint_moments(const genu_walk *w, const genu_data *d, const double *tau, int side,
                        double *out)
{
    const int *c = w->coord + TRUNK_END + side * LEG;
    int tibia = w->leg[side].tibia;
    out[0] = -tau[c[HIP_FLEXION]];
    out[1] = -tau[c[HIP_ADDUCTION]];
    out[2] = -tau[c[KNEE]];
    v3 knee = sp6_moment_about(d->force[tibia], d->X_joint[tibia].p);
    out[3] = -mirror(side) * v3_dot(shank_axis(w, d, side), knee);
    out[4] = -tau[c[ANKLE]];
}

/* How a coordinate moves what hangs on its joint, per unit speed. */
static sp6 motion_of(const genu_walk *w, const genu_data *d, int coord)
{
    int b = w->m->coord[coord].body;
    const genu_joint *joint = &w->m->body[b].joint;
    sp6 s = sp6_zero();
    for (int k = 0; k < joint->n_step; k++)
        if (joint->step[k].coord == coord)
            s = sp6_axpy(d->f[GENU_STEP_MAX * b + k][1], d->S[GENU_STEP_MAX * b + k], s);
    return s;
}

/* d (joint moment k of a side) / d (force on its foot), as the motion to project the force on. */
static void moment_axes(const genu_walk *w, const genu_data *d, int side, sp6 *axis)
{
    const int *c = w->coord + TRUNK_END + side * LEG;
    v3 x = v3_scale(mirror(side), shank_axis(w, d, side));
    axis[0] = motion_of(w, d, c[HIP_FLEXION]);
    axis[1] = motion_of(w, d, c[HIP_ADDUCTION]);
    axis[2] = motion_of(w, d, c[KNEE]);
    axis[3] = (sp6){ x, v3_cross(d->X_joint[w->leg[side].tibia].p, x) };
    axis[4] = motion_of(w, d, c[ANKLE]);
}

/* The point about which the missing moment is taken: above the ground, moving along evenly. */
static v3 reference(const genu_walk *w, const frame *f)
{
    return (v3){ w->set.speed * f->t, 0.95 * w->leg_length, 0 };
}

typedef enum stage { FROM_Q, FROM_U, FROM_A } stage;

/* Missing force and moment, joint moments, and (FROM_Q) contact points. */
static void body_out(const genu_walk *w, const frame *f, genu_data *d, const double *z,
                     const sp6 *wrench, stage from, double *y)
{
    const genu_model *m = w->m;
    walk_pose(w, d, z);
    if (from == FROM_Q)
        genu_skeleton_position(m, d);
    if (from <= FROM_U)
        genu_skeleton_velocity(m, d);
    genu_skeleton_acceleration(m, d);

    d->force[0] = sp6_zero();
    for (int b = 1; b < m->n_body; b++)
        d->force[b] = genu_skeleton_inertial(m, d, b);
    for (int side = 0; side < 2; side++) {
        int b = w->leg[side].foot;
        d->force[b] = sp6_sub(d->force[b], wrench[side]);
    }
    genu_skeleton_project(m, d, d->force, d->gen);
    genu_skeleton_fold(m, d, d->gen);
    v3_put(y, d->force[0].v);
    v3_put(y + 3, sp6_moment_about(d->force[0], reference(w, f)));
    for (int side = 0; side < 2; side++)
        walk_joint_moments(w, d, d->gen, side, y + Y_MOMENT + side * N_MOMENT);
    if (from != FROM_Q)
        return;
    for (int k = 0; k < 2 * N_POINT; k++)
        v3_put(y + Y_POINT + 3 * k, walk_point(w, d, k / N_POINT, k % N_POINT));
}

/* J (N_BODY_OUT x N_LOCAL) of the above: exact in the accelerations, central differences else. */
static void body_jacobian(const genu_walk *w, const frame *f, genu_data *d, double *z,
                          const sp6 *wrench, const double *y, double (*J)[N_LOCAL])
{
    double p[N_BODY_OUT], n[N_BODY_OUT];
    for (int i = 0; i < N_COORD; i++) {
        double keep = z[AT_A + i];
        z[AT_A + i] = keep + 1;
        body_out(w, f, d, z, wrench, FROM_A, p);
        z[AT_A + i] = keep;
        for (int k = 0; k < Y_POINT; k++)
            J[k][AT_A + i] = p[k] - y[k];
    }
    // quadratic in the speeds: central differences are exact
    for (int i = 0; i < N_COORD; i++) {
        double keep = z[AT_U + i];
        z[AT_U + i] = keep + 0.5;
        body_out(w, f, d, z, wrench, FROM_U, p);
        z[AT_U + i] = keep - 0.5;
        body_out(w, f, d, z, wrench, FROM_U, n);
        z[AT_U + i] = keep;
        for (int k = 0; k < Y_POINT; k++)
            J[k][AT_U + i] = p[k] - n[k];
    }
    const double h = 1e-5;
    for (int i = 0; i < N_COORD; i++) {
        double keep = z[i];
        z[i] = keep + h;
        body_out(w, f, d, z, wrench, FROM_Q, p);
        z[i] = keep - h;
        body_out(w, f, d, z, wrench, FROM_Q, n);
        z[i] = keep;
        for (int k = 0; k < N_BODY_OUT; k++)
            J[k][i] = (p[k] - n[k]) / (2 * h);
    }
}

/* One residual at a time: value, and its gradient in the local variables. */
typedef struct sink {
    frame *f;
    int derivatives;
} sink;

static void put(sink *s, double r, const double *J)
{
    frame *f = s->f;
    f->cost += 0.5 * r * r;
    if (!s->derivatives)
        return;
    for (int i = 0; i < N_LOCAL; i++) {
        if (J[i] == 0)
            continue;
        f->g[i] += J[i] * r;
        for (int j = i; j < N_LOCAL; j++)
            f->H[i][j] += J[i] * J[j];
    }
}

/* A residual of one or two local variables. */
static void put_pair(sink *s, double r, int i, double Ji, int j, double Jj)
{
    double J[N_LOCAL] = { 0 };
    J[i] = Ji;
    if (j >= 0)
        J[j] = Jj;
    put(s, r, J);
}

static void scaled(double *to, double weight, const double *J)
{
    for (int i = 0; i < N_LOCAL; i++)
        to[i] = weight * J[i];
}

static void angles(sink *s, const double *z)
{
    for (int i = 0; i < N_COORD; i++) {
        double k = s->f->weight[i];
        if (k == 0)
            continue;
        // the trunk's targets are in the laboratory: pelvis and back together
        int with = i >= BACK_TILT && i < TRUNK_END ? i - BACK_TILT : -1;
        double q = z[i] + (with >= 0 ? z[with] : 0);
        put_pair(s, k * (q - s->f->target[i]), i, k, with, k);
    }
    for (int side = 0; side < 2; side++) {
        int i = TRUNK_END + side * LEG + KNEE;
        double k = 1 / (0.3 * GENU_PI / 180), under = z[i] - 2 * GENU_PI / 180;
        if (under < 0)
            put_pair(s, k * under, i, k, -1, 0);
    }
}

static double loosened(const genu_walk *w, double c, double from, double to)
{
    double edge = fmin(c - from, to - c) / 0.03;
    return w->loose * (1 + 1.5 * fmax(0, 1 - edge));
}

static void contact(const genu_walk *w, sink *s, const double *z, const double *y,
                    double (*J)[N_LOCAL], int side)
{
    const foot_time *ft = &s->f->foot[side];
    const double *print = z + AT_F + side * N_PRINT;
    double sign = mirror(side), cy = cos(sign * print[F_YAW]), ny = sin(sign * print[F_YAW]);
    int at = AT_F + side * N_PRINT;
    double row[N_LOCAL], from, to;
    for (int p = 0; p < N_POINT; p++) {
        int k = Y_POINT + 3 * (side * N_POINT + p);
        v3 here = v3_of(y + k);
        if (here.y < 0) {
            scaled(row, 1 / (1e-3 * w->loose), J[k + 1]);
            put(s, here.y / (1e-3 * w->loose), row);
        }
        if (p >= TIP && ft->cycle >= 0.72 && ft->cycle <= 0.92 && here.y < 0.012) {
            scaled(row, 1 / 2e-3, J[k + 1]);
            put(s, (here.y - 0.012) / 2e-3, row);
        }
        if (!walk_planted(w, ft, p, &from, &to))
            continue;
        double e = 1 / (0.3e-3 * loosened(w, ft->cycle, from, to));
        v3 l = walk_in_print(side, ft, print, here);
        for (int i = 0; i < N_LOCAL; i++)
            row[i] = e * (cy * J[k][i] - ny * J[k + 2][i]);
        row[at + F_X] -= e * cy;
        row[at + F_Z] += e * ny * sign;
        row[at + F_YAW] -= e * l.z;
        put(s, e * (l.x - w->mark[p].x), row);
        scaled(row, e, J[k + 1]);
        put(s, e * l.y, row);
        for (int i = 0; i < N_LOCAL; i++)
            row[i] = e * sign * (ny * J[k][i] + cy * J[k + 2][i]);
        row[at + F_X] -= e * sign * ny;
        row[at + F_Z] -= e * cy;
        row[at + F_YAW] += e * l.x;
        put(s, e * (l.z - w->mark[p].z), row);
    }
}

/* Where the centre of pressure may be along the foot, m from the calcaneus origin. */
static void center_limits(const genu_walk *w, const foot_time *ft, double *lo, double *hi)
{
    double c = ft->cycle;
    *lo = c < w->ph.flat ? 2e-3 : c < w->ph.heel_off ? 12e-3 : c < w->ph.toes_off ? 0.168 : 0.215;
    *hi = c < w->ph.flat ? 30e-3 : 0.233;
    *lo *= w->foot_scale;
    *hi *= w->foot_scale;
}

static void outside(sink *s, int i, double value, double lo, double hi, double scale)
{
    if (value < lo)
        put_pair(s, (value - lo) / scale, i, 1 / scale, -1, 0);
    if (value > hi)
        put_pair(s, (value - hi) / scale, i, 1 / scale, -1, 0);
}

static void ground(const genu_walk *w, sink *s, const double *z, int side)
{
    const foot_time *ft = &s->f->foot[side];
    int at = AT_G + side * N_REACTION;
    const double *g = z + at;
    double lo, hi;
    center_limits(w, ft, &lo, &hi);
    outside(s, at + G_X, g[G_X], lo, hi, 0.5e-3);
    outside(s, at + G_Z, g[G_Z], -32e-3 * w->foot_scale, 36e-3 * w->foot_scale, 2e-3);
    double mu = hypot(g[G_FX], g[G_FZ]);
    if (mu > 0.33)
        put_pair(s, (mu - 0.33) / 0.02, at + G_FX, g[G_FX] / mu / 0.02, at + G_FZ,
                 g[G_FZ] / mu / 0.02);
    // followed: normal and forward force
    double k = 0.5 / s->f->grf_sd[side][1], e = g[G_N] / w->weight - s->f->grf[side][1];
    put_pair(s, k * e, at + G_N, k / w->weight, -1, 0);
    k = 0.5 / s->f->grf_sd[side][0];
    e = g[G_N] * g[G_FX] / w->weight - s->f->grf[side][0];
    put_pair(s, k * e, at + G_N, k * g[G_FX] / w->weight, at + G_FX, k * g[G_N] / w->weight);
    // loosely: little free moment, centre of pressure near the middle line
    put_pair(s, g[G_T] / 0.02, at + G_T, 1 / 0.02, -1, 0);
    put_pair(s, (g[G_Z] - 3e-3) / 0.03, at + G_Z, 1 / 0.03, -1, 0);
}

static void loads(const genu_walk *w, sink *s, const double *y, double (*J)[N_LOCAL])
{
    double row[N_LOCAL], unit = w->mass / 75;
    for (int k = 0; k < 6; k++) {
        double e = 1 / ((k < 3 ? 4 : 1) * unit * w->loose);
        scaled(row, e, J[k]);
        put(s, e * y[k], row);
    }
    for (int k = 0; k < 2 * N_MOMENT; k++) {
        double e = 0.4 / 0.15;
        scaled(row, e / w->mass, J[Y_MOMENT + k]);
        put(s, e * (y[Y_MOMENT + k] / w->mass - s->f->moment[k / N_MOMENT][k % N_MOMENT]), row);
    }
}

/* d wrench / d (reaction, print) of a side as 6 columns of spatial force per variable. */
static void wrench_jacobian(const foot_time *ft, int side, const double *z, sp6 *dg, sp6 *dp)
{
    const double *g = z + AT_G + side * N_REACTION, *print = z + AT_F + side * N_PRINT;
    double s = mirror(side), c = cos(s * print[F_YAW]), n = sin(s * print[F_YAW]), N = g[G_N];
    v3 p = walk_center(side, ft, g, print);
    v3 ratio = { g[G_FX], 1, s * g[G_FZ] }, force = v3_scale(N, ratio);
    dg[G_N] = sp6_force_at(p, ratio);
    dg[G_N].w.y += s * g[G_T];
    dg[G_X] = (sp6){ v3_cross((v3){ c, 0, -n }, force), { 0, 0, 0 } };
    dg[G_Z] = (sp6){ v3_cross((v3){ s * n, 0, s * c }, force), { 0, 0, 0 } };
    dg[G_FX] = sp6_force_at(p, (v3){ N, 0, 0 });
    dg[G_FZ] = sp6_force_at(p, (v3){ 0, 0, s * N });
    dg[G_T] = (sp6){ { 0, s * N, 0 }, { 0, 0, 0 } };
    double rx = p.x - print[F_X] - ft->shift, rz = p.z - s * print[F_Z];
    dp[F_X] = (sp6){ v3_cross((v3){ 1, 0, 0 }, force), { 0, 0, 0 } };
    dp[F_Z] = (sp6){ v3_cross((v3){ 0, 0, s }, force), { 0, 0, 0 } };
    dp[F_YAW] = (sp6){ v3_cross((v3){ s * rz, 0, -s * rx }, force), { 0, 0, 0 } };
}

/* Columns of the body's outputs for the ground reaction. */
static void reaction_columns(const genu_walk *w, const frame *f, const genu_data *d,
                             const double *z, double (*J)[N_LOCAL])
{
    for (int side = 0; side < 2; side++) {
        if (!f->foot[side].on)
            continue;
        sp6 dw[N_REACTION + N_PRINT], axis[N_MOMENT];
        wrench_jacobian(&f->foot[side], side, z, dw, dw + N_REACTION);
        moment_axes(w, d, side, axis);
        for (int v = 0; v < N_REACTION + N_PRINT; v++) {
            int at = v < N_REACTION ? AT_G + side * N_REACTION + v
                                    : AT_F + side * N_PRINT + v - N_REACTION;
            v3 moment = sp6_moment_about(dw[v], reference(w, f));
            double column[6];
            v3_put(column, dw[v].v);
            v3_put(column + 3, moment);
            for (int k = 0; k < 6; k++)
                J[k][at] = -column[k];
            // a joint moment is minus the generalised force, which falls with the reaction
            for (int k = 0; k < N_MOMENT; k++)
                J[Y_MOMENT + side * N_MOMENT + k][at] = sp6_dot(axis[k], dw[v]);
        }
    }
}

/** Cost of a frame and, when asked for, its local normal matrix H and gradient g. */
void walk_frame_fit(const genu_walk *w, frame *f, genu_data *d, const double *x, int derivatives)
{
    double z[N_LOCAL], y[N_BODY_OUT], J[N_BODY_OUT][N_LOCAL] = { { 0 } };
    sp6 wrench[2] = { 0 };
    walk_locals(w, f, x, z);
    for (int side = 0; side < 2; side++)
        if (f->foot[side].on)
            wrench[side] = walk_wrench(side, &f->foot[side], z + AT_G + side * N_REACTION,
                                       z + AT_F + side * N_PRINT);
    body_out(w, f, d, z, wrench, FROM_Q, y);
    f->cost = 0;
    if (derivatives) {
        reaction_columns(w, f, d, z, J);
        body_jacobian(w, f, d, z, wrench, y, J);
        for (int i = 0; i < N_LOCAL; i++) {
            f->g[i] = 0;
            for (int j = 0; j < N_LOCAL; j++)
                f->H[i][j] = 0;
        }
    }
    sink s = { f, derivatives };
    angles(&s, z);
    loads(w, &s, y, J);
    for (int side = 0; side < 2; side++) {
        contact(w, &s, z, y, J, side);
        if (f->foot[side].on)
            ground(w, &s, z, side);
    }
}
