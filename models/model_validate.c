/* model_validate.c - is a model one that can be computed with? Every problem is named. */
#include "models/model.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where problems go: all of them to notes, the first to err. */
typedef struct report {
    genu_notes *notes;
    genu_err *err;
    genu_status first;
} report;

static void problem(report *r, genu_status s, int line, const char *fmt, ...) GENU_PRINTF(4, 5);

static void problem(report *r, genu_status s, int line, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    genu_notes_add(r->notes, GENU_ERROR, line, "%s", text);
    if (r->first == GENU_OK)
        r->first = genu_fail(r->err, s, "%s", text);
}

static int finite3(v3 a)
{
    return isfinite(a.x) && isfinite(a.y) && isfinite(a.z);
}

static int proper_rotation(m3 R)
{
    m3 I = m3_mul(R, m3_transpose(R));
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (!(fabs(I.m[i][j] - (i == j)) < 1e-9)) // round-off of three rotations is 1e-15
                return 0;
    return 1;
}

static void check_inertia(report *r, const genu_body *b)
{
    const double(*I)[3] = b->inertia.m;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (!isfinite(I[i][j])) {
                problem(r, GENU_E_RANGE, 0, "body '%s': inertia is not a finite number", b->name);
                return;
            }
    for (int i = 0; i < 3; i++)
        if (I[i][i] < 0)
            problem(r, GENU_E_RANGE, 0,
                    "body '%s': moment of inertia %c%c is %g kg m2, must be >= 0", b->name, 'x' + i,
                    'x' + i, I[i][i]);
}

static void check_joint(report *r, const genu_model *m, int b)
{
    const genu_joint *j = &m->body[b].joint;
    int most = v3_norm(j->radii) > 0 ? GENU_STEP_MAX : 6;
    if (j->n_step < 0 || j->n_step > most) {
        problem(r, GENU_E_SHAPE, 0, "joint '%s': has %d steps, must be 0 to %d", j->name, j->n_step,
                most);
        return;
    }
    if (!finite3(j->parent_frame.p) || !finite3(j->child_frame.p) ||
        !proper_rotation(j->parent_frame.R) || !proper_rotation(j->child_frame.R))
        problem(r, GENU_E_RANGE, 0, "joint '%s': its frames are not finite or not rotations",
                j->name);
    for (int k = 0; k < j->n_step; k++) {
        const genu_step *s = &j->step[k];
        if (!(fabs(v3_norm(s->axis) - 1) < 1e-9))
            problem(r, GENU_E_RANGE, 0, "joint '%s': axis %d has length %g, must be 1", j->name, k,
                    v3_norm(s->axis));
        if (s->coord < -1 || s->coord >= m->n_coord)
            problem(r, GENU_E_SHAPE, 0, "joint '%s': axis %d names coordinate %d of %d", j->name, k,
                    s->coord, m->n_coord);
        if (k && j->step[k - 1].rotation && !s->rotation && !v3_norm(j->radii))
            problem(r, GENU_E_SHAPE, 0, "joint '%s': a translation follows a rotation", j->name);
    }
}

static void check_bodies(report *r, const genu_model *m)
{
    if (!finite3(m->gravity))
        problem(r, GENU_E_RANGE, 0, "gravity is not finite");
    for (int b = 1; b < m->n_body; b++) {
        const genu_body *body = &m->body[b];
        if (body->parent < 0 || body->parent >= b)
            problem(r, GENU_E_SHAPE, 0, "body '%s': its parent must stand before it", body->name);
        if (!isfinite(body->mass) || body->mass < 0)
            problem(r, GENU_E_RANGE, 0, "body '%s': mass is %g kg, must be >= 0", body->name,
                    body->mass);
        if (!finite3(body->mass_center))
            problem(r, GENU_E_RANGE, 0, "body '%s': mass centre is not finite", body->name);
        check_inertia(r, body);
        check_joint(r, m, b);
    }
}

static void check_coords(report *r, const genu_model *m)
{
    for (int i = 0; i < m->n_coord; i++) {
        const genu_coord *c = &m->coord[i];
        if (c->body < 1 || c->body >= m->n_body)
            problem(r, GENU_E_SHAPE, 0, "coordinate '%s': belongs to no joint", c->name);
        if (isnan(c->lo) || isnan(c->hi) || c->lo > c->hi)
            problem(r, GENU_E_RANGE, 0, "coordinate '%s': range is %g to %g, must rise", c->name,
                    c->lo, c->hi);
        if (!isfinite(c->value) || !isfinite(c->speed))
            problem(r, GENU_E_RANGE, 0, "coordinate '%s': default value or speed is not finite",
                    c->name);
        if (c->leader < -1 || c->leader >= m->n_coord || c->leader == i)
            problem(r, GENU_E_SHAPE, 0, "coordinate '%s': is coupled to coordinate %d", c->name,
                    c->leader);
    }
}

/* Dependent coordinates, leaders first; a cycle leaves some of them out. */
static void order_couplers(report *r, genu_model *m)
{
    int n = 0;
    free(m->dependent);
    m->n_dependent = 0;
    m->dependent = calloc((size_t)m->n_coord + 1, sizeof *m->dependent);
    int *depth = calloc((size_t)m->n_coord + 1, sizeof *depth);
    if (!m->dependent || !depth) {
        free(depth);
        problem(r, GENU_E_MEMORY, 0, "out of memory");
        return;
    }
    for (int i = 0; i < m->n_coord; i++) {
        for (int j = i; j >= 0 && depth[i] <= m->n_coord; j = m->coord[j].leader)
            depth[i] += m->coord[j].leader >= 0;
        if (depth[i] > m->n_coord)
            problem(r, GENU_E_FORMAT, 0, "coordinate '%s': is coupled to itself over others",
                    m->coord[i].name);
    }
    for (int k = 1; k <= m->n_coord; k++)
        for (int i = 0; i < m->n_coord; i++)
            if (depth[i] == k)
                m->dependent[n++] = i;
    m->n_dependent = n;
    free(depth);
}

static void check_point(report *r, const genu_model *m, const genu_muscle *s, const genu_point *p)
{
    if (p->body < 0 || p->body >= m->n_body)
        problem(r, GENU_E_SHAPE, s->line, "muscle '%s': path point '%s' is on no body", s->name,
                p->name);
    if (p->kind != GENU_POINT_MOVING && !finite3(p->location))
        problem(r, GENU_E_RANGE, s->line, "muscle '%s': path point '%s' is not at a finite place",
                s->name, p->name);
    int n = p->kind == GENU_POINT_FIXED ? 0 : p->kind == GENU_POINT_MOVING ? 3 : 1;
    for (int k = 0; k < n; k++) {
        int lowest = p->kind == GENU_POINT_MOVING ? -1 : 0;
        if (p->coord[k] < lowest || p->coord[k] >= m->n_coord)
            problem(r, GENU_E_SHAPE, s->line, "muscle '%s': path point '%s' names coordinate %d",
                    s->name, p->name, p->coord[k]);
    }
}

static void check_path(report *r, const genu_model *m, const genu_muscle *s)
{
    const genu_path *path = &s->path;
    if (path->n_point < 2)
        problem(r, GENU_E_SHAPE, s->line, "muscle '%s': path has %d points, needs at least 2",
                s->name, path->n_point);
    for (int i = 0; i < path->n_point; i++)
        check_point(r, m, s, &path->point[i]);
    for (int i = 0; i < path->n_wrap; i++)
        if (path->wrap[i].object < 0 || path->wrap[i].object >= m->n_wrap)
            problem(r, GENU_E_SHAPE, s->line, "muscle '%s': wraps over object %d of %d", s->name,
                    path->wrap[i].object, m->n_wrap);
        else if (m->wrap[path->wrap[i].object].kind == GENU_WRAP_TORUS)
            problem(r, GENU_E_FORMAT, s->line,
                    "muscle '%s': wraps over '%s', a torus, which is "
                    "not supported",
                    s->name, m->wrap[path->wrap[i].object].name);
}

static void check_muscles(report *r, genu_model *m)
{
    for (int i = 0; i < m->n_muscle; i++) {
        genu_muscle *s = &m->muscle[i];
        check_path(r, m, s);
        genu_err err;
        genu_status status = s->no_force ? GENU_OK : genu_hill_prepare(&s->hill, &err);
        if (status != GENU_OK)
            problem(r, status, s->line, "muscle '%s': %s", s->name, err.msg);
        if (!(s->min_control >= 0 && s->min_control < s->max_control))
            problem(r, GENU_E_RANGE, s->line,
                    "muscle '%s': control is %g to %g, must rise from at least 0", s->name,
                    s->min_control, s->max_control);
    }
}

static void check_wraps(report *r, const genu_model *m)
{
    for (int i = 0; i < m->n_wrap; i++) {
        const genu_wrap_object *w = &m->wrap[i];
        int n = w->kind == GENU_WRAP_ELLIPSOID ? 3 : w->kind == GENU_WRAP_TORUS ? 2 : 1;
        for (int k = 0; k < n; k++)
            if (!(w->radius[k] > 0) || !isfinite(w->radius[k]))
                problem(r, GENU_E_RANGE, 0, "wrapping object '%s': radius is %g m, must be > 0",
                        w->name, w->radius[k]);
        if (w->kind == GENU_WRAP_CYLINDER && !(w->length > 0))
            problem(r, GENU_E_RANGE, 0, "wrapping object '%s': length is %g m, must be > 0",
                    w->name, w->length);
        if (w->body < 0 || w->body >= m->n_body || !proper_rotation(w->frame.R) ||
            !finite3(w->frame.p))
            problem(r, GENU_E_RANGE, 0, "wrapping object '%s': its frame is not valid", w->name);
    }
}

static void check_actuators(report *r, const genu_model *m)
{
    for (int i = 0; i < m->n_actuator; i++) {
        const genu_actuator *a = &m->actuator[i];
        if (a->coord < 0 || a->coord >= m->n_coord)
            problem(r, GENU_E_SHAPE, 0, "actuator '%s': acts on no coordinate", a->name);
        if (!isfinite(a->optimal_force) || a->optimal_force == 0)
            problem(r, GENU_E_RANGE, 0,
                    "actuator '%s': optimal force is %g, must be finite and "
                    "not 0",
                    a->name, a->optimal_force);
        if (isnan(a->lo) || isnan(a->hi) || a->lo > a->hi)
            problem(r, GENU_E_RANGE, 0, "actuator '%s': control is %g to %g, must rise", a->name,
                    a->lo, a->hi);
    }
}

genu_status genu_model_validate(genu_model *m, genu_notes *notes, genu_err *err)
{
    report r = { notes, err, GENU_OK };
    check_bodies(&r, m);
    check_coords(&r, m);
    if (r.first == GENU_OK)
        order_couplers(&r, m);
    check_wraps(&r, m);
    check_muscles(&r, m);
    check_actuators(&r, m);
    return r.first;
}
