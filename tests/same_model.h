/* same_model.h - are two models the same, number by number? */
#ifndef GENU_TESTS_SAME_MODEL_H
#define GENU_TESTS_SAME_MODEL_H

#include "models/model.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct same {
    double rtol; /* of numbers; 0: the same bits                                   */
    double turn; /* of a rotation's entries: angles in a file round them           */
    int off;     /* how many differ                                                */
    char first[200];
} same;

static inline void same_say(same *s, const char *what, const char *name, double a, double b)
{
    if (!s->off++)
        snprintf(s->first, sizeof s->first, "%s of '%.80s': %.17g, %.17g", what, name, a, b);
}

static inline void same_number(same *s, const char *what, const char *name, double a, double b)
{
    int equal = a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= s->rtol * fabs(b);
    if (!equal)
        same_say(s, what, name, a, b);
}

static inline void same_v3(same *s, const char *what, const char *name, v3 a, v3 b)
{
    double size = s->rtol * v3_norm(b);
    if (fabs(a.x - b.x) > size || fabs(a.y - b.y) > size || fabs(a.z - b.z) > size)
        same_say(s, what, name, v3_norm(a), v3_norm(b));
}

static inline void same_frame(same *s, const char *what, const char *name, xform a, xform b)
{
    same_v3(s, what, name, a.p, b.p);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (fabs(a.R.m[i][j] - b.R.m[i][j]) > s->turn)
                same_say(s, what, name, a.R.m[i][j], b.R.m[i][j]);
}

static inline void same_curve(same *s, const char *name, const genu_curve *a, const genu_curve *b)
{
    int n_c = a->kind == GENU_CURVE_CUBIC ? 4 * a->n : a->n;
    if (!a->c || !b->c) {
        same_number(s, "curve", name, a->c ? a->c[0] : 0, b->c ? b->c[0] : 0);
        return;
    }
    same_number(s, "kind of curve", name, a->kind, b->kind);
    same_number(s, "size of curve", name, a->n, b->n);
    same_number(s, "scale of curve", name, a->scale, b->scale);
    for (int i = 0; a->kind == b->kind && a->n == b->n && i < n_c; i++)
        same_number(s, "curve", name, a->c[i], b->c[i]);
    for (int i = 0; a->x && b->x && a->n == b->n && i < a->n; i++)
        same_number(s, "knot", name, a->x[i], b->x[i]);
}

static inline void same_body(same *s, const genu_body *a, const genu_body *b)
{
    CHECK_TEXT(a->name, b->name);
    same_number(s, "parent", a->name, a->parent, b->parent);
    same_number(s, "mass", a->name, a->mass, b->mass);
    same_v3(s, "mass centre", a->name, a->mass_center, b->mass_center);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            same_number(s, "inertia", a->name, a->inertia.m[i][j], b->inertia.m[i][j]);
    if (a->parent < 0)
        return;
    const genu_joint *p = &a->joint, *q = &b->joint;
    CHECK_TEXT(p->name, q->name);
    CHECK_TEXT(p->type, q->type);
    same_frame(s, "parent frame", p->name, p->parent_frame, q->parent_frame);
    same_frame(s, "child frame", p->name, p->child_frame, q->child_frame);
    same_number(s, "steps", p->name, p->n_step, q->n_step);
    for (int k = 0; k < p->n_step && k < q->n_step; k++) {
        same_number(s, "rotation", p->name, p->step[k].rotation, q->step[k].rotation);
        same_number(s, "coordinate", p->name, p->step[k].coord, q->step[k].coord);
        // readers make axes unit vectors again
        if (!(v3_distance(p->step[k].axis, q->step[k].axis) <= s->turn))
            same_say(s, "axis", p->name, p->step[k].axis.x, q->step[k].axis.x);
        same_curve(s, p->name, &p->step[k].f, &q->step[k].f);
    }
}

static inline void same_coord(same *s, const genu_coord *a, const genu_coord *b)
{
    CHECK_TEXT(a->name, b->name);
    same_number(s, "body", a->name, a->body, b->body);
    same_number(s, "motion", a->name, a->motion, b->motion);
    same_number(s, "lowest", a->name, a->lo, b->lo);
    same_number(s, "highest", a->name, a->hi, b->hi);
    same_number(s, "default", a->name, a->value, b->value);
    same_number(s, "speed", a->name, a->speed, b->speed);
    same_number(s, "clamped", a->name, a->clamped, b->clamped);
    same_number(s, "locked", a->name, a->locked, b->locked);
    same_number(s, "leader", a->name, a->leader, b->leader);
    if (a->leader >= 0)
        same_curve(s, a->name, &a->coupler, &b->coupler);
}

static inline void same_point(same *s, const genu_point *p, const genu_point *q)
{
    same_number(s, "kind", p->name, p->kind, q->kind);
    same_number(s, "body", p->name, p->body, q->body);
    for (int i = 0; i < 3 && p->kind == GENU_POINT_MOVING; i++) {
        same_number(s, "coordinate", p->name, p->coord[i], q->coord[i]);
        same_curve(s, p->name, &p->f[i], &q->f[i]);
    }
    if (p->kind == GENU_POINT_MOVING)
        return;
    same_v3(s, "place", p->name, p->location, q->location);
    same_number(s, "lowest", p->name, p->lo, q->lo);
    same_number(s, "highest", p->name, p->hi, q->hi);
}

static inline void same_hill(same *s, const char *name, const genu_hill *a, const genu_hill *b)
{
    same_number(s, "kind", name, a->kind, b->kind);
    same_number(s, "force", name, a->f_max, b->f_max);
    same_number(s, "fibre length", name, a->l_opt, b->l_opt);
    same_number(s, "tendon length", name, a->l_slack, b->l_slack);
    same_number(s, "pennation", name, a->pennation, b->pennation);
    same_number(s, "speed", name, a->v_max, b->v_max);
    same_number(s, "activation", name, a->default_activation, b->default_activation);
    same_number(s, "activation", name, a->min_activation, b->min_activation);
    // curves by what they give
    for (double l = 0.2; l < 2; l += 0.05) {
        same_number(s, "fL", name, genu_hill_active(a, l, NULL), genu_hill_active(b, l, NULL));
        same_number(s, "fPE", name, genu_hill_passive(a, l, NULL), genu_hill_passive(b, l, NULL));
        same_number(s, "fV", name, genu_hill_velocity(a, l - 1.1, NULL),
                    genu_hill_velocity(b, l - 1.1, NULL));
        double t = 1 + 0.05 * l;
        same_number(s, "fT", name, genu_hill_tendon(a, t, NULL), genu_hill_tendon(b, t, NULL));
    }
}

static inline void same_muscle(same *s, const genu_muscle *a, const genu_muscle *b)
{
    CHECK_TEXT(a->name, b->name);
    same_hill(s, a->name, &a->hill, &b->hill);
    same_number(s, "control", a->name, a->min_control, b->min_control);
    same_number(s, "control", a->name, a->max_control, b->max_control);
    same_number(s, "points", a->name, a->path.n_point, b->path.n_point);
    same_number(s, "wraps", a->name, a->path.n_wrap, b->path.n_wrap);
    for (int i = 0; i < a->path.n_point && i < b->path.n_point; i++)
        same_point(s, &a->path.point[i], &b->path.point[i]);
    for (int i = 0; i < a->path.n_wrap && i < b->path.n_wrap; i++) {
        const genu_path_wrap *v = &a->path.wrap[i], *w = &b->path.wrap[i];
        same_number(s, "wrap", a->name, v->object, w->object);
        same_number(s, "wrap", a->name, v->method, w->method);
        same_number(s, "wrap", a->name, v->first, w->first);
        same_number(s, "wrap", a->name, v->last, w->last);
    }
}

static inline void same_wrap(same *s, const genu_wrap_object *a, const genu_wrap_object *b)
{
    CHECK_TEXT(a->name, b->name);
    same_number(s, "kind", a->name, a->kind, b->kind);
    same_number(s, "body", a->name, a->body, b->body);
    same_frame(s, "frame", a->name, a->frame, b->frame);
    for (int k = 0; k < 3; k++)
        same_number(s, "radius", a->name, a->radius[k], b->radius[k]);
    if (a->kind == GENU_WRAP_CYLINDER)
        same_number(s, "length", a->name, a->length, b->length);
    same_number(s, "quadrant", a->name, a->quadrant_sign, b->quadrant_sign);
    same_number(s, "quadrant", a->name, a->quadrant_sign ? a->quadrant_axis : 0,
                b->quadrant_sign ? b->quadrant_axis : 0);
}

/* All numbers, names and indices of two models, but not the lines of the file. */
static inline void check_same_model(const genu_model *a, const genu_model *b, double rtol,
                                    double turn)
{
    same s = { .rtol = rtol, .turn = turn };
    CHECK_TEXT(a->name, b->name);
    CHECK_TEXT(a->credits ? a->credits : "", b->credits ? b->credits : "");
    same_number(&s, "height", a->name, a->height, b->height);
    same_v3(&s, "gravity", a->name, a->gravity, b->gravity);
    CHECK_INT(a->n_body, b->n_body);
    CHECK_INT(a->n_coord, b->n_coord);
    CHECK_INT(a->n_wrap, b->n_wrap);
    CHECK_INT(a->n_muscle, b->n_muscle);
    CHECK_INT(a->n_actuator, b->n_actuator);
    CHECK_INT(a->n_marker, b->n_marker);
    for (int i = 0; i < a->n_body && i < b->n_body; i++)
        same_body(&s, &a->body[i], &b->body[i]);
    for (int i = 0; i < a->n_coord && i < b->n_coord; i++)
        same_coord(&s, &a->coord[i], &b->coord[i]);
    for (int i = 0; i < a->n_wrap && i < b->n_wrap; i++)
        same_wrap(&s, &a->wrap[i], &b->wrap[i]);
    for (int i = 0; i < a->n_muscle && i < b->n_muscle; i++)
        same_muscle(&s, &a->muscle[i], &b->muscle[i]);
    for (int i = 0; i < a->n_actuator && i < b->n_actuator; i++) {
        CHECK_TEXT(a->actuator[i].name, b->actuator[i].name);
        same_number(&s, "coordinate", a->actuator[i].name, a->actuator[i].coord,
                    b->actuator[i].coord);
        same_number(&s, "force", a->actuator[i].name, a->actuator[i].optimal_force,
                    b->actuator[i].optimal_force);
        same_number(&s, "lowest", a->actuator[i].name, a->actuator[i].lo, b->actuator[i].lo);
        same_number(&s, "highest", a->actuator[i].name, a->actuator[i].hi, b->actuator[i].hi);
    }
    for (int i = 0; i < a->n_marker && i < b->n_marker; i++) {
        CHECK_TEXT(a->marker[i].name, b->marker[i].name);
        same_number(&s, "body", a->marker[i].name, a->marker[i].body, b->marker[i].body);
        same_v3(&s, "place", a->marker[i].name, a->marker[i].location, b->marker[i].location);
    }
    CHECK_INT(s.off, 0);
    CHECK_TEXT(s.first, "");
}

#endif
