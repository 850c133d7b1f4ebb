#include "solvers/frames.h"

#include "models/path.h"
#include "models/skeleton.h"

#include <stdlib.h>

enum { N_REACTION = 6 };

static void layout(genu_frames *f, genu_arena *a)
{
    size_t t = (size_t)f->n_frame, c = (size_t)f->n_coord, s = (size_t)f->n_muscle;
    size_t rows = (size_t)f->settings.n_side * GENU_N_CONTACT;
    size_t joints = (size_t)f->settings.n_joint;

    f->dof = genu_take_int(a, c);
    f->q = genu_take_double(a, t * c);
    f->u = genu_take_double(a, t * c);
    f->a = genu_take_double(a, t * c);
    f->moment = genu_take_double(a, t * c);
    f->target = genu_take_double(a, t * (size_t)f->n_dof);
    f->length = genu_take_double(a, t * s);
    f->speed = genu_take_double(a, t * s);
    f->active = genu_take_double(a, t * s);
    f->passive = genu_take_double(a, t * s);
    f->fiber = genu_take_double(a, t * s);
    f->arm = genu_take_double(a, t * s * (size_t)f->n_dof);
    f->inside = genu_take_int(a, s);
    f->contact0 = genu_take_double(a, t * rows);
    f->contact = genu_take_double(a, t * rows * s);
    f->joint = genu_take(a, joints, sizeof *f->joint);
    f->reaction0 = genu_take_double(a, t * joints * N_REACTION);
    f->reaction = genu_take_double(a, t * joints * N_REACTION * s);
    f->joint_point = genu_take_double(a, t * joints * 3);
}

static int is_target(const genu_model *m, const genu_frames_settings *settings, int i)
{
    int locked = settings->locked ? settings->locked[i] : m->coord[i].locked;
    return !locked && m->coord[i].leader < 0;
}

genu_status genu_frames_new(genu_frames **out, const genu_model *m, int n_frame,
                            const genu_frames_settings *settings, genu_err *err)
{
    genu_frames f = {
        .n_frame = n_frame, .n_coord = m->n_coord, .n_muscle = m->n_muscle, .settings = *settings
    };
    *out = NULL;
    for (int k = 0; k < settings->n_side; k++) {
        genu_status s = genu_leg_find(m, settings->side[k], &f.leg[k], err);
        if (s != GENU_OK)
            return s;
    }
    for (int i = 0; i < m->n_coord; i++)
        f.n_dof += is_target(m, settings, i);
    f.settings.locked = NULL; // the caller's array need not outlive this call

    genu_arena a = { 0 };
    genu_take(&a, 1, sizeof f);
    layout(&f, &a);
    char *block = genu_block(a.used);
    if (!block)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for %d frames (%.0f MB)", n_frame,
                         (double)a.used / 1e6);
    a = (genu_arena){ block, 0 };
    *out = genu_take(&a, 1, sizeof f);
    layout(&f, &a);
    **out = f;
    for (int j = 0; j < settings->n_joint; j++)
        f.joint[j] = settings->joint[j];
    (*out)->settings.joint = f.joint; // the caller's array need not outlive this call
    for (int i = 0, j = 0; i < m->n_coord; i++)
        if (is_target(m, settings, i))
            f.dof[j++] = i;
    return GENU_OK;
}

void genu_frames_free(genu_frames *f)
{
    free(f);
}

/* Force and, where moment is not NULL, moment about p of the wrench w, in the axes of body b. */
static void express(const genu_data *d, sp6 w, int b, v3 p, double sign, double *force,
                    double *moment, size_t stride)
{
    v3 f = m3_tmul_v3(d->X[b].R, w.v);
    force[0] = sign * f.x;
    force[stride] = sign * f.y;
    force[2 * stride] = sign * f.z;
    if (!moment)
        return;
    v3 n = m3_tmul_v3(d->X[b].R, sp6_moment_about(w, p));
    moment[0] = sign * n.x;
    moment[stride] = sign * n.y;
    moment[2 * stride] = sign * n.z;
}

/* The rows of one side for body forces summed outboard; column stride apart. */
static void contact_rows(const genu_frames *f, const genu_data *d, int s, const sp6 *outboard,
                         double sign, double *c, size_t stride)
{
    const genu_leg *leg = &f->leg[s];
    v3 center = xform_point(d->X[leg->tibia],
                            genu_plateau_center(&f->settings.plateau, f->settings.side[s]));
    v3 none = { 0, 0, 0 };
    express(d, outboard[leg->tibia], leg->tibia, center, sign, c + GENU_CONTACT_KNEE_FORCE * stride,
            c + GENU_CONTACT_KNEE_MOMENT * stride, stride);
    if (leg->patella >= 0)
        express(d, outboard[leg->patella], leg->patella, none, sign,
                c + GENU_CONTACT_PATELLA * stride, NULL, stride);
    express(d, outboard[leg->femur], leg->femur, none, sign, c + GENU_CONTACT_HIP * stride, NULL,
            stride);
    express(d, outboard[leg->talus], leg->talus, none, sign, c + GENU_CONTACT_ANKLE * stride, NULL,
            stride);
}

/* The rows of all joints, likewise; `row` is that of the first. */
static void reaction_rows(const genu_frames *f, const genu_data *d, const sp6 *outboard,
                          double sign, double *row, size_t stride)
{
    for (int j = 0; j < f->settings.n_joint; j++, row += N_REACTION * stride) {
        const genu_frames_joint *at = &f->joint[j];
        express(d, outboard[at->body], at->axes, d->X_joint[at->body].p,
                at->on_parent ? -sign : sign, row, row + 3 * stride, stride);
    }
}

/* Length, moment arms, capacity and contact columns of every muscle. */
static genu_status muscles(genu_frames *f, const genu_model *m, genu_data *d, int k, genu_err *err)
{
    double *arm = d->gen;
    size_t n = (size_t)m->n_muscle, at = (size_t)k * n;
    genu_line line = { 0 };
    for (int i = 0; i < m->n_muscle; i++, at++) {
        const genu_muscle *muscle = &m->muscle[i];
        genu_status s = genu_path_line(m, d, &muscle->path, f->settings.mode, &line);
        if (s != GENU_OK)
            return genu_fail(err, s, "muscle '%s': %s", muscle->name,
                             s == GENU_E_SHAPE ? "its path has too many points or surfaces"
                                               : "no shortest path over its surfaces was found");
        if (line.inside) {
#pragma omp atomic
            f->inside[i]++;
        }
        genu_path_moment_arms(m, d, &muscle->path, &line, f->settings.mode, arm);
        for (int j = 0; j < f->n_dof; j++)
            f->arm[at * (size_t)f->n_dof + (size_t)j] = arm[f->dof[j]];
        for (int s1 = 0; s1 < f->settings.n_side; s1++)
            contact_rows(f, d, s1, d->force, -1.0,
                         f->contact + ((size_t)(k * f->settings.n_side + s1) * GENU_N_CONTACT) * n +
                             (size_t)i,
                         n);
        reaction_rows(f, d, d->force, -1.0,
                      f->reaction + (size_t)(k * f->settings.n_joint * N_REACTION) * n + (size_t)i,
                      n);
        genu_hill_state h;
        genu_hill_rigid(&muscle->hill, f->settings.mode, line.length, line.speed, &h);
        f->length[at] = line.length;
        f->speed[at] = line.speed;
        f->active[at] = h.active;
        f->passive[at] = h.passive;
        f->fiber[at] = h.l;
        double sum = line.length + line.speed + h.active + h.passive;
        for (int j = 0; j < m->n_coord; j++)
            sum += arm[j];
        if (!isfinite(sum))
            return genu_fail(err, GENU_E_RANGE,
                             "muscle '%s': length %g m, speed %g m/s, active force %g N, passive "
                             "force %g N or a moment arm is not finite",
                             muscle->name, line.length, line.speed, h.active, h.passive);
    }
    return GENU_OK;
}

genu_status genu_frames_compute(genu_frames *f, const genu_model *m, genu_data *d, int k,
                                const sp6 *external, genu_err *err)
{
    size_t n = (size_t)m->n_coord, at = (size_t)k * n;
    for (size_t i = 0; i < n; i++) {
        d->q[i] = f->q[at + i];
        d->u[i] = f->u[at + i];
        d->a[i] = f->a[at + i];
    }
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    if (f->settings.mode == GENU_MODE_OPENSIM)
        genu_skeleton_acceleration_opensim(m, d);
    else
        genu_skeleton_acceleration(m, d);

    // moments, and the part of the contact that muscles do not change
    genu_skeleton_inverse_dynamics(m, d, external, f->moment + at);
    for (int s = 0; s < f->settings.n_side; s++)
        contact_rows(f, d, s, d->force, 1.0,
                     f->contact0 + (size_t)(k * f->settings.n_side + s) * GENU_N_CONTACT, 1);
    reaction_rows(f, d, d->force, 1.0, f->reaction0 + k * f->settings.n_joint * N_REACTION, 1);
    for (int j = 0; j < f->settings.n_joint; j++)
        v3_put(f->joint_point + (k * f->settings.n_joint + j) * 3, d->X_joint[f->joint[j].body].p);
    double *folded = d->gen;
    for (size_t i = 0; i < n; i++) {
        folded[i] = f->moment[at + i];
        if (!isfinite(folded[i]))
            return genu_fail(err, GENU_E_RANGE, "coordinate '%s': joint moment is not finite",
                             m->coord[i].name);
    }
    genu_skeleton_fold(m, d, folded);
    for (int j = 0; j < f->n_dof; j++)
        f->target[(size_t)k * (size_t)f->n_dof + (size_t)j] = folded[f->dof[j]];
    return muscles(f, m, d, k, err);
}

/* n_row numbers, each the sum of its constant and its n_muscle columns times the forces. */
static void affine(const genu_frames *f, size_t n_row, const double *constant, const double *column,
                   const double *force, double *out)
{
    size_t n = (size_t)f->n_muscle;
    for (size_t r = 0; r < n_row; r++, column += n) {
        double sum = constant[r];
        for (size_t i = 0; i < n; i++)
            sum += column[i] * force[i];
        out[r] = sum;
    }
}

void genu_frames_contact(const genu_frames *f, int k, int s, const double *force, double *c)
{
    size_t row = (size_t)(k * f->settings.n_side + s) * GENU_N_CONTACT;
    affine(f, GENU_N_CONTACT, f->contact0 + row, f->contact + row * (size_t)f->n_muscle, force, c);
}

void genu_frames_reaction(const genu_frames *f, int k, int j, const double *force, double *r)
{
    size_t row = (size_t)(k * f->settings.n_joint + j) * N_REACTION;
    affine(f, N_REACTION, f->reaction0 + row, f->reaction + row * (size_t)f->n_muscle, force, r);
}
