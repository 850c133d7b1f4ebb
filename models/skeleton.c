#include "models/skeleton.h"

#include <string.h>

void genu_skeleton_default(const genu_model *m, genu_data *d)
{
    for (int i = 0; i < m->n_coord; i++) {
        d->q[i] = m->coord[i].value;
        d->u[i] = d->a[i] = 0;
    }
    genu_skeleton_couple(m, d);
}

void genu_skeleton_couple(const genu_model *m, genu_data *d)
{
    for (int k = 0; k < m->n_dependent; k++) {
        int i = m->dependent[k], j = m->coord[i].leader;
        double f[3];
        genu_curve_eval(&m->coord[i].coupler, d->q[j], f);
        d->q[i] = f[0];
        d->u[i] = f[1] * d->u[j];
        d->a[i] = f[1] * d->a[j] + f[2] * d->u[j] * d->u[j];
    }
}

/* One body: walk along its joint's steps, from the parent joint frame to the child's. */
static void place(const genu_body *body, genu_data *d, int b)
{
    const genu_joint *joint = &body->joint;
    xform X = xform_mul(d->X[body->parent], joint->parent_frame);
    for (int k = 0; k < joint->n_step; k++) {
        const genu_step *s = &joint->step[k];
        double *f = d->f[GENU_STEP_MAX * b + k];
        genu_curve_eval(&s->f, s->coord < 0 ? 0.0 : d->q[s->coord], f);
        v3 e = m3_mul_v3(X.R, s->axis);
        if (s->rotation) {
            d->S[GENU_STEP_MAX * b + k] = (sp6){ e, v3_cross(X.p, e) };
            X.R = m3_mul(X.R, m3_rotation(s->axis, f[0]));
        } else {
            d->S[GENU_STEP_MAX * b + k] = (sp6){ { 0, 0, 0 }, e };
            X.p = v3_axpy(f[0], e, X.p);
        }
    }
    d->X_joint[b] = X;
    d->X[b] = xform_mul(X, xform_inverse(joint->child_frame));
}

void genu_skeleton_position(const genu_model *m, genu_data *d)
{
    for (int b = 1; b < m->n_body; b++)
        place(&m->body[b], d, b);
}

void genu_skeleton_velocity(const genu_model *m, genu_data *d)
{
    for (int b = 1; b < m->n_body; b++) {
        const genu_joint *joint = &m->body[b].joint;
        sp6 v = d->v[m->body[b].parent];
        for (int k = 0; k < joint->n_step; k++)
            if (joint->step[k].coord >= 0)
                v = sp6_axpy(d->f[GENU_STEP_MAX * b + k][1] * d->u[joint->step[k].coord],
                             d->S[GENU_STEP_MAX * b + k], v);
        d->v[b] = v;
    }
}

void genu_skeleton_acceleration(const genu_model *m, genu_data *d)
{
    for (int b = 1; b < m->n_body; b++) {
        const genu_joint *joint = &m->body[b].joint;
        sp6 v = d->v[m->body[b].parent];
        sp6 a = d->acc[m->body[b].parent];
        for (int k = 0; k < joint->n_step; k++) {
            int c = joint->step[k].coord;
            if (c < 0)
                continue;
            // the axis is carried along by everything before it: dS/dt = v x S
            const double *f = d->f[GENU_STEP_MAX * b + k];
            sp6 S = d->S[GENU_STEP_MAX * b + k];
            double rate = f[1] * d->u[c];
            a = sp6_axpy(f[1] * d->a[c] + f[2] * d->u[c] * d->u[c], S, a);
            a = sp6_axpy(rate, sp6_cross_motion(v, S), a);
            v = sp6_axpy(rate, S, v);
        }
        d->acc[b] = a;
    }
}

/* Motion by which rotation k (0 to 2) of a custom joint is carried along in OpenSim less that of
 * the rotations before it. */
static sp6 wrong_carrier(const genu_model *m, const genu_data *d, int b, int k)
{
    const genu_joint *joint = &m->body[b].joint;
    int first = joint->n_step - 3, first_coord = m->n_coord, n_coord = 0;
    for (int c = m->n_coord - 1; c >= 0; c--)
        if (m->coord[c].body == b) {
            first_coord = c;
            n_coord++;
        }
    int n_carrier = k == 1 ? 1 : n_coord > 2 ? 2 : n_coord; // the joint's coordinates come in a row
    sp6 v = sp6_zero();
    for (int i = 0; i < 3; i++) {
        int c = joint->step[first + i].coord;
        if (c < 0)
            continue;
        double rate = d->f[GENU_STEP_MAX * b + first + i][1] * d->u[c];
        v = sp6_axpy(rate * ((c < first_coord + n_carrier) - (i < k)),
                     d->S[GENU_STEP_MAX * b + first + i], v);
    }
    return v;
}

void genu_skeleton_acceleration_opensim(const genu_model *m, genu_data *d)
{
    genu_skeleton_acceleration(m, d);
    d->force[0] = sp6_zero(); // here: the acceleration that each body has too much
    for (int b = 1; b < m->n_body; b++) {
        const genu_joint *joint = &m->body[b].joint;
        sp6 extra = d->force[m->body[b].parent];
        for (int k = 1; k < 3 && joint->n_step == 6 && !strcmp(joint->type, "CustomJoint"); k++) {
            int c = joint->step[3 + k].coord;
            if (c < 0 || !joint->step[3].rotation)
                continue;
            sp6 S = d->S[GENU_STEP_MAX * b + 3 + k];
            double rate = d->f[GENU_STEP_MAX * b + 3 + k][1] * d->u[c];
            extra = sp6_axpy(rate, sp6_cross_motion(wrong_carrier(m, d, b, k), S), extra);
        }
        d->force[b] = extra;
        d->acc[b] = sp6_add(d->acc[b], extra);
    }
}

sp6 genu_skeleton_inertial(const genu_model *m, const genu_data *d, int b)
{
    const genu_body *body = &m->body[b];
    m3 R = d->X[b].R;
    v3 c = xform_point(d->X[b], body->mass_center);
    v3 w = d->v[b].w, alpha = d->acc[b].w;

    // acceleration of the mass centre: spatial part plus w x v
    v3 v_c = sp6_point_velocity(d->v[b], c);
    v3 a_c = v3_add(sp6_point_velocity(d->acc[b], c), v3_cross(w, v_c));
    v3 force = v3_scale(body->mass, v3_sub(a_c, m->gravity));

    // Euler's equation in ground axes
    v3 Iw = m3_mul_v3(R, m3_mul_v3(body->inertia, m3_tmul_v3(R, w)));
    v3 Ia = m3_mul_v3(R, m3_mul_v3(body->inertia, m3_tmul_v3(R, alpha)));
    v3 moment = v3_add(Ia, v3_cross(w, Iw));
    return (sp6){ v3_add(moment, v3_cross(c, force)), force };
}

void genu_skeleton_project(const genu_model *m, const genu_data *d, sp6 *force, double *gen)
{
    for (int i = 0; i < m->n_coord; i++)
        gen[i] = 0;
    for (int b = m->n_body - 1; b > 0; b--) {
        const genu_joint *joint = &m->body[b].joint;
        for (int k = 0; k < joint->n_step; k++)
            if (joint->step[k].coord >= 0)
                gen[joint->step[k].coord] +=
                    d->f[GENU_STEP_MAX * b + k][1] * sp6_dot(d->S[GENU_STEP_MAX * b + k], force[b]);
        force[m->body[b].parent] = sp6_add(force[m->body[b].parent], force[b]);
    }
}

void genu_skeleton_inverse_dynamics(const genu_model *m, genu_data *d, const sp6 *external,
                                    double *tau)
{
    d->force[0] = sp6_zero();
    for (int b = 1; b < m->n_body; b++) {
        d->force[b] = genu_skeleton_inertial(m, d, b);
        if (external)
            d->force[b] = sp6_sub(d->force[b], external[b]);
    }
    genu_skeleton_project(m, d, d->force, tau);
}

void genu_skeleton_fold(const genu_model *m, const genu_data *d, double *gen)
{
    for (int k = m->n_dependent - 1; k >= 0; k--) {
        int i = m->dependent[k], j = m->coord[i].leader;
        double f[3];
        genu_curve_eval(&m->coord[i].coupler, d->q[j], f);
        gen[j] += f[1] * gen[i];
        gen[i] = 0;
    }
}

v3 genu_skeleton_mass_center(const genu_model *m, const genu_data *d)
{
    v3 sum = { 0, 0, 0 };
    double mass = 0;
    for (int b = 1; b < m->n_body; b++) {
        sum = v3_axpy(m->body[b].mass, xform_point(d->X[b], m->body[b].mass_center), sum);
        mass += m->body[b].mass;
    }
    return mass > 0 ? v3_scale(1.0 / mass, sum) : sum;
}
