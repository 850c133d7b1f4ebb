#include "models/scale.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/path.h"
#include "models/ride.h"
#include "models/scale_private.h"
#include "models/skeleton.h"

static const double factor_least = 0.2, factor_most = 5;

double genu_scale_muscle_volume(double mass, double height)
{
    return 47.05 * mass * height + 1289.6;
}

static v3 stretched(v3 factor, v3 p)
{
    return (v3){ factor.x * p.x, factor.y * p.y, factor.z * p.z };
}

/* What the body stretches the direction by. */
static double along(v3 factor, v3 direction)
{
    return v3_norm(stretched(factor, direction)) / v3_norm(direction);
}

static genu_status check_factors(const genu_model *m, const genu_scaling *s, genu_err *err)
{
    for (int b = 1; b < m->n_body; b++) {
        const double f[3] = { s->factor[b].x, s->factor[b].y, s->factor[b].z };
        for (int k = 0; k < 3; k++)
            if (!(f[k] >= factor_least && f[k] <= factor_most))
                return genu_fail(err, GENU_E_RANGE,
                                 "body '%s': the factor along %c is %g, must be %g to %g",
                                 m->body[b].name, 'x' + k, f[k], factor_least, factor_most);
    }
    if (!(s->mass > 0) || isinf(s->mass))
        return genu_fail(err, GENU_E_RANGE, "the mass is %g kg, must be > 0 and finite", s->mass);
    if (!(s->volume > 0) || isinf(s->volume))
        return genu_fail(err, GENU_E_RANGE,
                         "the ratio of muscle volumes is %g, must be > 0 and finite", s->volume);
    return GENU_OK;
}

static void scale_mass(genu_body *b, v3 factor, double mass)
{
    const double f[3] = { factor.x, factor.y, factor.z };
    b->mass *= mass;
    b->mass_center = stretched(factor, b->mass_center);
    // second moments of mass, integral of r r': half the trace less the inertia
    double(*I)[3] = b->inertia.m, moment[3][3], half = 0.5 * (I[0][0] + I[1][1] + I[2][2]);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            moment[i][j] = mass * f[i] * f[j] * ((i == j) * half - I[i][j]);
    double trace = moment[0][0] + moment[1][1] + moment[2][2];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            I[i][j] = (i == j) * trace - moment[i][j];
}

static void scale_curve(genu_curve *f, double by)
{
    if (!f->c)
        return;
    if (f->kind == GENU_CURVE_CONSTANT)
        f->c[0] *= by;
    else
        f->scale *= by;
}

/* A coordinate that is itself a length: what it moves is not stretched, its values are. */
static int is_length(const genu_model *m, int coord)
{
    return coord >= 0 && m->coord[coord].motion == GENU_TRANSLATION;
}

/* The ellipsoid belongs to the parent, what lies behind its steps to the child. */
static void scale_ride(genu_joint *j, v3 outer, v3 inner)
{
    m3 R = j->parent_frame.R;
    v3 radii = { j->radii.x * along(outer, m3_column(R, 0)),
                 j->radii.y * along(outer, m3_column(R, 1)),
                 j->radii.z * along(outer, m3_column(R, 2)) };
    genu_ride_resize(j, radii);
    for (int k = GENU_RIDE_STEPS; k < j->n_step; k++)
        if (!j->step[k].rotation)
            scale_curve(&j->step[k].f, along(inner, m3_mul_v3(j->child_frame.R, j->step[k].axis)));
}

static genu_status scale_joint(genu_model *m, int b, const v3 *factor, genu_err *err)
{
    genu_joint *j = &m->body[b].joint;
    int parent = m->body[b].parent;
    v3 outer = parent > 0 ? factor[parent] : factor[b]; // the ground has no size of its own
    j->parent_frame.p = stretched(outer, j->parent_frame.p);
    j->child_frame.p = stretched(factor[b], j->child_frame.p);
    if (v3_norm(j->radii) > 0) {
        scale_ride(j, outer, factor[b]);
        return GENU_OK;
    }
    for (int k = 0; k < j->n_step; k++) {
        genu_step *step = &j->step[k];
        double by = along(outer, m3_mul_v3(j->parent_frame.R, step->axis));
        if (!is_length(m, step->coord)) {
            if (!step->rotation)
                scale_curve(&step->f, by);
            continue;
        }
        if (step->rotation || step->f.kind != GENU_CURVE_LINEAR)
            return genu_fail(
                err, GENU_E_FORMAT,
                "joint '%s': axis %d is a function of the length '%s', which cannot be "
                "scaled",
                j->name, k + 1, m->coord[step->coord].name);
        genu_coord *c = &m->coord[step->coord];
        c->value *= by;
        c->lo *= by;
        c->hi *= by;
        step->f.c[1] *= by;
    }
    return GENU_OK;
}

static genu_status check_couplers(const genu_model *m, genu_err *err)
{
    for (int i = 0; i < m->n_coord; i++)
        if (m->coord[i].leader >= 0 && (is_length(m, i) || is_length(m, m->coord[i].leader)))
            return genu_fail(err, GENU_E_FORMAT,
                             "coordinate '%s' follows '%s', and one of them is a length, which "
                             "cannot be scaled",
                             m->coord[i].name, m->coord[m->coord[i].leader].name);
    return GENU_OK;
}

static void scale_wrap(genu_wrap_object *w, v3 factor)
{
    double f[3];
    w->frame.p = stretched(factor, w->frame.p);
    for (int k = 0; k < 3; k++)
        f[k] = along(factor, m3_column(w->frame.R, k));
    double across = 0.5 * (f[0] + f[1]), all = (f[0] + f[1] + f[2]) / 3;
    switch (w->kind) {
    case GENU_WRAP_CYLINDER:
        w->radius[0] *= across;
        w->length *= f[2];
        break;
    case GENU_WRAP_SPHERE:
        w->radius[0] *= all;
        break;
    case GENU_WRAP_ELLIPSOID:
        for (int k = 0; k < 3; k++)
            w->radius[k] *= f[k];
        break;
    case GENU_WRAP_TORUS:
        w->radius[0] *= all;
        w->radius[1] *= across;
        break;
    }
}

static void scale_point(genu_point *p, v3 factor)
{
    const double f[3] = { factor.x, factor.y, factor.z };
    p->location = stretched(factor, p->location);
    for (int k = 0; p->kind == GENU_POINT_MOVING && k < 3; k++)
        scale_curve(&p->f[k], f[k]);
}

static genu_status scale_geometry(genu_model *m, const genu_scaling *s, genu_err *err)
{
    double mass = s->mass / genu_model_mass(m);
    genu_status status = check_couplers(m, err);
    for (int b = 1; b < m->n_body && status == GENU_OK; b++) {
        scale_mass(&m->body[b], s->factor[b], mass);
        status = scale_joint(m, b, s->factor, err);
    }
    const v3 one = { 1, 1, 1 };
    for (int i = 0; i < m->n_wrap; i++)
        scale_wrap(&m->wrap[i], m->wrap[i].body ? s->factor[m->wrap[i].body] : one);
    for (int i = 0; i < m->n_marker; i++)
        m->marker[i].location = stretched(m->marker[i].body ? s->factor[m->marker[i].body] : one,
                                          m->marker[i].location);
    for (int i = 0; i < m->n_muscle; i++)
        for (int k = 0; k < m->muscle[i].path.n_point; k++) {
            genu_point *p = &m->muscle[i].path.point[k];
            scale_point(p, p->body ? s->factor[p->body] : one);
        }
    return status;
}

static genu_status path_length(const genu_model *m, genu_data *d, int i, double *length,
                               genu_err *err)
{
    genu_line line;
    genu_status s = genu_path_line(m, d, &m->muscle[i].path, GENU_MODE_GENU, &line);
    *length = line.length;
    return s == GENU_OK ? s
                        : genu_fail(err, s,
                                    "muscle '%s': its path has no length in the default "
                                    "pose: %s",
                                    m->muscle[i].name, genu_status_text(s));
}

/* Lowest and highest of something, for the notes. */
typedef struct extent {
    double least, most;
    const char *least_name, *most_name;
} extent;

static void extend(extent *e, double x, const char *name)
{
    if (!e->least_name || x < e->least) {
        e->least = x;
        e->least_name = name;
    }
    if (!e->most_name || x > e->most) {
        e->most = x;
        e->most_name = name;
    }
}

static void say_extent(genu_notes *notes, const char *what, const extent *e)
{
    if (!e->least_name)
        return;
    if (e->most - e->least < 1e-9 * e->most)
        genu_notes_add(notes, GENU_NOTE, 0, "%s x %.6g", what, e->most);
    else
        genu_notes_add(notes, GENU_NOTE, 0, "%s x %.6g ('%s') to x %.6g ('%s')", what, e->least,
                       e->least_name, e->most, e->most_name);
}

static genu_status scale_muscles(genu_model *m, genu_data *d, const genu_model *before,
                                 genu_data *d_before, double volume, genu_notes *notes,
                                 genu_err *err)
{
    genu_status s = GENU_OK;
    extent lengths = { 0 }, forces = { 0 };
    genu_skeleton_default(m, d);
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    genu_skeleton_default(before, d_before);
    genu_skeleton_position(before, d_before);
    genu_skeleton_velocity(before, d_before);
    for (int i = 0; i < m->n_muscle && s == GENU_OK; i++) {
        double length = 0, length_before = 1;
        genu_muscle *muscle = &m->muscle[i];
        s = path_length(before, d_before, i, &length_before, err);
        if (s == GENU_OK)
            s = path_length(m, d, i, &length, err);
        if (s != GENU_OK)
            break;
        double ratio = length / length_before;
        muscle->hill.l_opt *= ratio;
        muscle->hill.l_slack *= ratio;
        muscle->hill.f_max *= volume / ratio;
        extend(&lengths, ratio, before->muscle[i].name);
        extend(&forces, volume / ratio, before->muscle[i].name);
    }
    say_extent(notes, "optimal fibre and tendon slack lengths", &lengths);
    say_extent(notes, "largest isometric forces", &forces);
    return s;
}

static void say_bodies(const genu_model *before, const genu_scaling *s, genu_notes *notes)
{
    extent all = { 0 };
    for (int b = 1; b < before->n_body; b++) {
        extend(&all, fmin(fmin(s->factor[b].x, s->factor[b].y), s->factor[b].z),
               before->body[b].name);
        extend(&all, fmax(fmax(s->factor[b].x, s->factor[b].y), s->factor[b].z),
               before->body[b].name);
    }
    say_extent(notes, "lengths of bodies, joints, paths, wrapping objects and markers", &all);
    for (int b = 1; all.most > all.least && b < before->n_body; b++)
        genu_notes_add(notes, GENU_NOTE, 0, "body '%s': x %.6g, y %.6g, z %.6g",
                       before->body[b].name, s->factor[b].x, s->factor[b].y, s->factor[b].z);
    double mass = genu_model_mass(before);
    genu_notes_add(notes, GENU_NOTE, 0,
                   "masses x %.6g (%.6g to %.6g kg); inertias by mass and the squares of the "
                   "lengths",
                   s->mass / mass, mass, s->mass);
}

/* Coordinates that are lengths: their defaults and ranges grow with the body that they move. */
static void say_coordinates(const genu_model *m, const genu_model *before, genu_notes *notes)
{
    for (int i = 0; i < m->n_coord; i++) {
        const genu_coord *c = &m->coord[i], *was = &before->coord[i];
        if (is_length(m, i) && (c->value != was->value || c->lo != was->lo || c->hi != was->hi))
            genu_notes_add(notes, GENU_NOTE, 0,
                           "coordinate '%s': default %.6g to %.6g m, range %.6g to %.6g m", c->name,
                           was->value, c->value, c->lo, c->hi);
    }
}

static genu_status scale_copy(genu_model *m, const genu_model *before, const genu_scaling *s,
                              genu_notes *notes, genu_err *err)
{
    genu_data *d = genu_data_new(m), *d_before = genu_data_new(before);
    genu_status status = d && d_before ? scale_geometry(m, s, err)
                                       : genu_fail(err, GENU_E_MEMORY, "out of memory for scaling");
    if (status == GENU_OK)
        say_bodies(before, s, notes);
    if (status == GENU_OK)
        say_coordinates(m, before, notes);
    if (status == GENU_OK)
        status = scale_muscles(m, d, before, d_before, s->volume, notes, err);
    if (status == GENU_OK)
        status = genu_model_validate(m, NULL, err);
    if (status == GENU_OK)
        scale_compare_wraps(m, d, before, d_before, notes);
    genu_data_free(d);
    genu_data_free(d_before);
    return status;
}

genu_status genu_model_scale_by(genu_model *m, const genu_scaling *scaling, genu_notes *notes,
                                genu_err *err)
{
    genu_model *to;
    genu_notes said = { 0 };
    genu_status s = check_factors(m, scaling, err);
    if (s == GENU_OK && !(genu_model_mass(m) > 0))
        s = genu_fail(err, GENU_E_RANGE, "the model's mass is %g kg, must be > 0 to be scaled",
                      genu_model_mass(m));
    if (s == GENU_OK)
        s = genu_model_copy(&to, m, err);
    if (s != GENU_OK)
        return genu_fail_in(err, s, "model '%s'", m->name);
    s = scale_copy(to, m, scaling, &said, err);
    if (s == GENU_OK) {
        genu_model old = *m;
        *m = *to;
        *to = old;
        m->height = 0; // whose height it is now the caller knows
        for (int i = 0; i < said.n; i++)
            genu_notes_add(notes, said.note[i].severity, 0, "%s", said.note[i].text);
    }
    genu_notes_clear(&said);
    genu_model_free(to);
    return s == GENU_OK ? s : genu_fail_in(err, s, "model '%s'", m->name);
}

genu_status genu_model_scale(genu_model *m, double mass, double height, genu_notes *notes,
                             genu_err *err)
{
    if (!(m->height > 0))
        return genu_fail(err, GENU_E_FORMAT,
                         "model '%s': cannot be scaled by height, because it does not say how tall "
                         "the subject is that it stands for; a last line of its <credits> "
                         "'subject height: 1.70 m' would say so",
                         m->name);
    if (!(mass >= 20 && mass <= 250))
        return genu_fail(err, GENU_E_RANGE, "the subject's mass is %g kg, must be 20 to 250 kg",
                         mass);
    if (!(height >= 1.2 && height <= 2.3))
        return genu_fail(err, GENU_E_RANGE, "the subject's height is %g m, must be 1.2 to 2.3 m",
                         height);
    v3 *factor = calloc((size_t)m->n_body, sizeof *factor);
    if (!factor)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for scaling");
    double was = m->height, ratio = height / was;
    for (int b = 0; b < m->n_body; b++)
        factor[b] = (v3){ ratio, ratio, ratio };
    double volume =
        genu_scale_muscle_volume(mass, height) / genu_scale_muscle_volume(genu_model_mass(m), was);
    genu_notes_add(notes, GENU_NOTE, 0, "scaled from %.6g kg and %.6g m to %.6g kg and %.6g m",
                   genu_model_mass(m), was, mass, height);
    genu_status s = genu_model_scale_by(
        m, &(genu_scaling){ .factor = factor, .mass = mass, .volume = volume }, notes, err);
    if (s == GENU_OK)
        m->height = height;
    free(factor);
    return s;
}
