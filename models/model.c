#include "models/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

genu_model *genu_model_new(void)
{
    genu_model *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->gravity = (v3){ 0, -9.80665, 0 };
    m->body = calloc(1, sizeof *m->body);
    m->name = genu_strdup("");
    if (m->body)
        m->body[0].name = genu_strdup("ground");
    if (!m->body || !m->name || !m->body[0].name) {
        genu_model_free(m);
        return NULL;
    }
    m->n_body = 1;
    m->body[0].parent = -1;
    m->body[0].joint.parent_frame = m->body[0].joint.child_frame = xform_identity();
    return m;
}

static void free_joint(genu_joint *j)
{
    free(j->name);
    free(j->type);
    for (int k = 0; k < GENU_STEP_MAX; k++)
        genu_curve_free(&j->step[k].f);
}

static void free_path(genu_path *path)
{
    for (int i = 0; path->point && i < path->n_point; i++) {
        free(path->point[i].name);
        for (int k = 0; k < 3; k++)
            genu_curve_free(&path->point[i].f[k]);
    }
    free(path->point);
    free(path->wrap);
}

void genu_model_free(genu_model *m)
{
    if (!m)
        return;
    for (int i = 0; m->body && i < m->n_body; i++) {
        free(m->body[i].name);
        free_joint(&m->body[i].joint);
    }
    for (int i = 0; m->coord && i < m->n_coord; i++) {
        free(m->coord[i].name);
        genu_curve_free(&m->coord[i].coupler);
    }
    for (int i = 0; m->wrap && i < m->n_wrap; i++)
        free(m->wrap[i].name);
    for (int i = 0; m->muscle && i < m->n_muscle; i++) {
        free(m->muscle[i].name);
        free_path(&m->muscle[i].path);
    }
    for (int i = 0; m->actuator && i < m->n_actuator; i++)
        free(m->actuator[i].name);
    for (int i = 0; m->marker && i < m->n_marker; i++)
        free(m->marker[i].name);
    free(m->body);
    free(m->coord);
    free(m->wrap);
    free(m->muscle);
    free(m->actuator);
    free(m->marker);
    free(m->dependent);
    free(m->credits);
    free(m->name);
    free(m);
}

/* Copying: every array is taken as zeros first, so that a half made copy can be freed. */

static int copy_text(char **to, const char *from)
{
    *to = genu_strdup(from);
    return !from || *to;
}

static int copy_curve(genu_curve *to, const genu_curve *from)
{
    *to = (genu_curve){ 0 };
    return genu_curve_copy(to, from, NULL) == GENU_OK;
}

static int copy_joint(genu_joint *to, const genu_joint *from)
{
    *to = *from;
    to->name = to->type = NULL;
    for (int k = 0; k < GENU_STEP_MAX; k++)
        to->step[k].f = (genu_curve){ 0 };
    int good = copy_text(&to->name, from->name) && copy_text(&to->type, from->type);
    for (int k = 0; good && k < from->n_step; k++)
        good = copy_curve(&to->step[k].f, &from->step[k].f);
    return good;
}

static int copy_path(genu_path *to, const genu_path *from)
{
    *to = (genu_path){ 0 };
    to->point = calloc((size_t)from->n_point + 1, sizeof *to->point);
    to->wrap = calloc((size_t)from->n_wrap + 1, sizeof *to->wrap);
    if (!to->point || !to->wrap)
        return 0;
    to->n_wrap = from->n_wrap;
    if (from->n_wrap)
        memcpy(to->wrap, from->wrap, (size_t)from->n_wrap * sizeof *to->wrap);
    for (int i = 0; i < from->n_point; i++) {
        genu_point *p = &to->point[to->n_point++];
        *p = from->point[i];
        p->name = NULL;
        for (int k = 0; k < 3; k++)
            p->f[k] = (genu_curve){ 0 };
        if (!copy_text(&p->name, from->point[i].name))
            return 0;
        for (int k = 0; k < 3; k++)
            if (!copy_curve(&p->f[k], &from->point[i].f[k]))
                return 0;
    }
    return 1;
}

static int take_arrays(genu_model *to, const genu_model *from)
{
    free(to->body[0].name);
    free(to->body);
    free(to->name);
    to->n_body = 0;
    to->name = NULL;
    to->body = calloc((size_t)from->n_body, sizeof *to->body);
    to->coord = calloc((size_t)from->n_coord + 1, sizeof *to->coord);
    to->wrap = calloc((size_t)from->n_wrap + 1, sizeof *to->wrap);
    to->muscle = calloc((size_t)from->n_muscle + 1, sizeof *to->muscle);
    to->actuator = calloc((size_t)from->n_actuator + 1, sizeof *to->actuator);
    to->marker = calloc((size_t)from->n_marker + 1, sizeof *to->marker);
    to->dependent = calloc((size_t)from->n_dependent + 1, sizeof *to->dependent);
    return to->body && to->coord && to->wrap && to->muscle && to->actuator && to->marker &&
           to->dependent && copy_text(&to->name, from->name) &&
           copy_text(&to->credits, from->credits);
}

static int copy_skeleton(genu_model *to, const genu_model *from)
{
    for (int i = 0; i < from->n_body; i++) {
        genu_body *b = &to->body[to->n_body++];
        *b = from->body[i];
        b->name = NULL;
        b->joint = (genu_joint){ 0 };
        if (!copy_text(&b->name, from->body[i].name) ||
            !copy_joint(&b->joint, &from->body[i].joint))
            return 0;
    }
    for (int i = 0; i < from->n_coord; i++) {
        genu_coord *c = &to->coord[to->n_coord++];
        *c = from->coord[i];
        c->name = NULL;
        c->coupler = (genu_curve){ 0 };
        if (!copy_text(&c->name, from->coord[i].name) ||
            !copy_curve(&c->coupler, &from->coord[i].coupler))
            return 0;
    }
    to->n_dependent = from->n_dependent;
    if (from->n_dependent)
        memcpy(to->dependent, from->dependent, (size_t)from->n_dependent * sizeof *to->dependent);
    return 1;
}

static int copy_forces(genu_model *to, const genu_model *from)
{
    for (int i = 0; i < from->n_wrap; i++) {
        to->wrap[to->n_wrap++] = from->wrap[i];
        if (!copy_text(&to->wrap[i].name, from->wrap[i].name))
            return 0;
    }
    for (int i = 0; i < from->n_muscle; i++) {
        genu_muscle *s = &to->muscle[to->n_muscle++];
        *s = from->muscle[i];
        s->name = NULL;
        s->path = (genu_path){ 0 };
        if (!copy_text(&s->name, from->muscle[i].name) ||
            !copy_path(&s->path, &from->muscle[i].path))
            return 0;
    }
    for (int i = 0; i < from->n_actuator; i++) {
        to->actuator[to->n_actuator++] = from->actuator[i];
        if (!copy_text(&to->actuator[i].name, from->actuator[i].name))
            return 0;
    }
    for (int i = 0; i < from->n_marker; i++) {
        to->marker[to->n_marker++] = from->marker[i];
        if (!copy_text(&to->marker[i].name, from->marker[i].name))
            return 0;
    }
    return 1;
}

genu_status genu_model_copy(genu_model **to, const genu_model *from, genu_err *err)
{
    *to = genu_model_new();
    if (*to && take_arrays(*to, from) && copy_skeleton(*to, from) && copy_forces(*to, from)) {
        (*to)->file_version = from->file_version;
        (*to)->gravity = from->gravity;
        (*to)->height = from->height;
        return GENU_OK;
    }
    genu_model_free(*to);
    *to = NULL;
    return genu_fail(err, GENU_E_MEMORY, "out of memory while copying the model");
}

int genu_find_body(const genu_model *m, const char *name)
{
    for (int i = 0; i < m->n_body; i++)
        if (!strcmp(m->body[i].name, name))
            return i;
    return -1;
}

int genu_find_coord(const genu_model *m, const char *name)
{
    for (int i = 0; i < m->n_coord; i++)
        if (!strcmp(m->coord[i].name, name))
            return i;
    return -1;
}

int genu_find_muscle(const genu_model *m, const char *name)
{
    for (int i = 0; i < m->n_muscle; i++)
        if (!strcmp(m->muscle[i].name, name))
            return i;
    return -1;
}

int genu_find_joint(const genu_model *m, const char *name)
{
    for (int i = 1; i < m->n_body; i++)
        if (!strcmp(m->body[i].joint.name, name))
            return i;
    return -1;
}

int genu_find_wrap(const genu_model *m, const char *name)
{
    for (int i = 0; i < m->n_wrap; i++)
        if (!strcmp(m->wrap[i].name, name))
            return i;
    return -1;
}

double genu_model_mass(const genu_model *m)
{
    double mass = 0;
    for (int i = 1; i < m->n_body; i++)
        mass += m->body[i].mass;
    return mass;
}

static void layout(genu_data *d, const genu_model *m, genu_arena *a)
{
    size_t n = (size_t)m->n_coord, b = (size_t)m->n_body;
    d->q = genu_take_double(a, n);
    d->u = genu_take_double(a, n);
    d->a = genu_take_double(a, n);
    d->X = genu_take(a, b, sizeof *d->X);
    d->X_joint = genu_take(a, b, sizeof *d->X_joint);
    d->S = genu_take(a, GENU_STEP_MAX * b, sizeof *d->S);
    d->f = genu_take(a, GENU_STEP_MAX * b, sizeof *d->f);
    d->v = genu_take(a, b, sizeof *d->v);
    d->acc = genu_take(a, b, sizeof *d->acc);
    d->force = genu_take(a, b, sizeof *d->force);
    d->gen = genu_take_double(a, n);
}

genu_data *genu_data_new(const genu_model *m)
{
    genu_data count;
    genu_arena a = { 0 };
    genu_take(&a, 1, sizeof count);
    layout(&count, m, &a);
    char *block = genu_block(a.used);
    if (!block)
        return NULL;
    a = (genu_arena){ block, 0 };
    genu_data *d = genu_take(&a, 1, sizeof *d);
    layout(d, m, &a);
    d->m = m;
    d->X[0] = d->X_joint[0] = xform_identity();
    return d;
}

void genu_data_free(genu_data *d)
{
    free(d);
}
