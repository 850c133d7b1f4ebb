#include "sim/study.h"

#include <stdlib.h>
#include <string.h>

/* What all functions below share. */
typedef struct binder {
    const genu_study *s;
    const genu_model *m;
    genu_binding *b;
    int *flag;  /* n_muscle: scratch                                 */
    int *first; /* n_muscle: the weight that set it, -1: none        */
    genu_problems p;
} binder;

static void layout(binder *d, genu_arena *a)
{
    size_t n_muscle = (size_t)d->m->n_muscle, n_coord = (size_t)d->m->n_coord;
    genu_binding *b = genu_take(a, 1, sizeof *b);
    genu_binding placed = {
        .n_muscle = d->m->n_muscle,
        .n_coord = d->m->n_coord,
        .entry = genu_take_int(a, n_muscle),
        .changed = genu_take_int(a, n_muscle),
        .locked = genu_take_int(a, n_coord),
        .weight = genu_take_double(a, n_muscle),
        .reserve = genu_take_double(a, n_coord),
        .joint = genu_take(a, (size_t)d->s->reactions.n, sizeof(genu_frames_joint)),
    };
    d->flag = genu_take_int(a, n_muscle);
    d->first = genu_take_int(a, n_muscle);
    if (a->base) {
        *b = placed;
        d->b = b;
    }
}

static genu_mark mark_of_entry(const genu_study *s, int i)
{
    char path[40];
    snprintf(path, sizeof path, "strength[%d].muscles", i);
    return genu_study_mark(s, path);
}

/* ------------------------------------------------------------------ strength */

/* Flag the muscles of entry i; what is not found is a problem at its own place. */
static void select_entry(binder *d, int i)
{
    const genu_parameter *e = &d->s->strength.item[i];
    memset(d->flag, 0, sizeof *d->flag * (size_t)d->m->n_muscle);
    for (int k = 0; k < e->muscles.n; k++) {
        genu_err err;
        char path[60];
        genu_status status = genu_group_select(d->m, e->muscles.text[k], e->side, d->flag, &err);
        snprintf(path, sizeof path, "strength[%d].muscles[%d]", i, k);
        if (status)
            genu_problems_add(&d->p, status, genu_study_mark(d->s, path), "%s: %s", path, err.msg);
    }
}

/* One problem per pair of entries that share muscles. */
static void report_overlap(binder *d, int i, const int *n_shared, const int *first)
{
    for (int j = 0; j < i; j++) {
        if (!n_shared[j])
            continue;
        char more[40] = "";
        if (n_shared[j] > 1)
            snprintf(more, sizeof more, " (and %d more)", n_shared[j] - 1);
        genu_problems_add(&d->p, GENU_E_RANGE, mark_of_entry(d->s, i),
                          "muscle '%s'%s is in strength[%d] (line %d) and in strength[%d] (line "
                          "%d), must be in one of them",
                          d->m->muscle[first[j]].name, more, j, mark_of_entry(d->s, j).line, i,
                          mark_of_entry(d->s, i).line);
    }
}

static void bind_strength(binder *d)
{
    for (int k = 0; k < d->m->n_muscle; k++)
        d->b->entry[k] = -1;
    for (int i = 0; i < d->s->strength.n; i++) {
        int n_shared[GENU_STRENGTH_MAX] = { 0 }, first[GENU_STRENGTH_MAX] = { 0 };
        select_entry(d, i);
        for (int k = 0; k < d->m->n_muscle; k++) {
            int j = d->b->entry[k];
            if (!d->flag[k])
                continue;
            if (j >= 0 && n_shared[j]++ == 0)
                first[j] = k;
            if (j < 0)
                d->b->entry[k] = i;
            d->b->changed[k] = 1;
        }
        report_overlap(d, i, n_shared, first);
    }
}

/* ------------------------------------------------------------------ weights */

static void bind_weight(binder *d, int i)
{
    const genu_pairs *w = &d->s->sharing.weights;
    genu_err err;
    char path[160];
    snprintf(path, sizeof path, "sharing.weights.%s", w->name[i]);
    memset(d->flag, 0, sizeof *d->flag * (size_t)d->m->n_muscle);
    genu_status status = genu_group_select(d->m, w->name[i], GENU_SIDE_BOTH, d->flag, &err);
    if (status)
        genu_problems_add(&d->p, status, genu_study_mark(d->s, path), "sharing.weights: %s",
                          err.msg);
    int reported = 0;
    for (int k = 0; k < d->m->n_muscle; k++) {
        if (!d->flag[k])
            continue;
        if (d->first[k] >= 0 && !reported++)
            genu_problems_add(&d->p, GENU_E_RANGE, genu_study_mark(d->s, path),
                              "muscle '%s' has a weight by '%s' and by '%s', must be by one of "
                              "them",
                              d->m->muscle[k].name, w->name[d->first[k]], w->name[i]);
        d->first[k] = i;
        d->b->weight[k] = w->value[i];
    }
}

/* Up to the specific tension, which all share. */
static double volume(const genu_muscle *muscle)
{
    return muscle->hill.f_max * muscle->hill.l_opt;
}

static void weigh_by_volume(binder *d)
{
    double mean = 0;
    for (int k = 0; k < d->m->n_muscle; k++)
        mean += volume(&d->m->muscle[k]) / d->m->n_muscle;
    for (int k = 0; k < d->m->n_muscle; k++)
        d->b->weight[k] *= volume(&d->m->muscle[k]) / mean;
}

static void bind_weights(binder *d)
{
    for (int k = 0; k < d->m->n_muscle; k++) {
        d->b->weight[k] = 1;
        d->first[k] = -1;
    }
    for (int i = 0; i < d->s->sharing.weights.n; i++)
        bind_weight(d, i);
    if (d->s->sharing.weighting == GENU_WEIGHTING_VOLUME)
        weigh_by_volume(d);
}

/* ------------------------------------------------------------------ coordinates */

/* Index of an independent coordinate, -1 after naming what is wrong. */
static int find_free_coord(binder *d, const char *name, const char *path)
{
    genu_mark at = genu_study_mark(d->s, path);
    const genu_coord *coord = d->m->coord;
    int i = genu_find_coord(d->m, name);
    if (i >= 0 && coord[i].leader >= 0) {
        genu_problems_add(&d->p, GENU_E_RANGE, at,
                          "%s: coordinate '%s' follows '%s', must be an independent one", path,
                          name, coord[coord[i].leader].name);
        return -1;
    }
    if (i >= 0)
        return i;
    const char *near = NULL;
    for (int k = 0; k < d->m->n_coord; k++)
        near = genu_nearest(name, (const char *[]){ near ? near : "", coord[k].name }, 2);
    int say = near && *near;
    genu_problems_add(&d->p, GENU_E_RANGE, at, "%s: '%.80s' is no coordinate of model '%s'%s%s%s",
                      path, name, d->m->name ? d->m->name : "", say ? ", the nearest is '" : "",
                      say ? near : "", say ? "'" : "");
    return -1;
}

static void bind_coordinates(binder *d)
{
    char path[160];
    for (int i = 0; i < d->m->n_coord; i++)
        d->b->locked[i] = d->m->coord[i].locked != 0;
    for (int i = 0; i < d->s->lock.n; i++) {
        snprintf(path, sizeof path, "lock[%d]", i);
        int k = find_free_coord(d, d->s->lock.text[i], path);
        if (k >= 0)
            d->b->locked[k] = 1;
    }
    const genu_pairs *r = &d->s->sharing.reserves;
    for (int i = 0; i < r->n; i++) {
        snprintf(path, sizeof path, "sharing.reserves.%s", r->name[i]);
        int k = find_free_coord(d, r->name[i], path);
        if (k >= 0)
            d->b->reserve[k] = r->value[i];
    }
}

/* ------------------------------------------------------------------ reactions */

static void complain(binder *d, int i, const char *key, const char *name, const char *what, int n,
                     const char *(*name_of)(const genu_model *, int))
{
    char path[60];
    const char *near = NULL;
    snprintf(path, sizeof path, "reactions[%d].%s", i, key);
    for (int k = 0; k < n; k++)
        near = genu_nearest(name, (const char *[]){ near ? near : "", name_of(d->m, k) }, 2);
    int say = near && *near;
    genu_problems_add(&d->p, GENU_E_RANGE, genu_study_mark(d->s, path),
                      "%s: '%.80s' is no %s of model '%s'%s%s%s", path, name, what,
                      d->m->name ? d->m->name : "", say ? ", the nearest is '" : "",
                      say ? near : "", say ? "'" : "");
}

static const char *joint_name(const genu_model *m, int i)
{
    return i > 0 ? m->body[i].joint.name : "";
}

static const char *body_name(const genu_model *m, int i)
{
    return m->body[i].name;
}

static void bind_reaction(binder *d, int i)
{
    const genu_study_joint *r = &d->s->reactions.item[i];
    const char *axes = r->axes ? r->axes : "ground";
    int body = genu_find_joint(d->m, r->joint), in;
    if (body <= 0) {
        complain(d, i, "joint", r->joint, "joint", d->m->n_body, joint_name);
        return;
    }
    in = !strcmp(axes, "child")    ? body
         : !strcmp(axes, "parent") ? d->m->body[body].parent
         : !strcmp(axes, "ground") ? 0
                                   : genu_find_body(d->m, axes);
    if (in < 0)
        complain(d, i, "in", axes, "body", d->m->n_body, body_name);
    d->b->joint[i] = (genu_frames_joint){ body, r->on_parent, in };
}

/* ------------------------------------------------------------------ public */

genu_status genu_study_bind(const genu_study *study, const genu_model *m, genu_binding **binding,
                            genu_notes *notes, genu_err *err)
{
    *binding = NULL;
    binder d = { .s = study, .m = m };
    d.p = genu_problems_start("study", study->path, notes, err);
    genu_arena a = { 0 };
    layout(&d, &a);
    a = (genu_arena){ .base = genu_block(a.used) };
    if (!a.base)
        return genu_fail(err, GENU_E_MEMORY, "study '%s': not enough memory", study->path);
    layout(&d, &a);

    bind_strength(&d);
    bind_weights(&d);
    bind_coordinates(&d);
    for (int i = 0; i < study->reactions.n; i++)
        bind_reaction(&d, i);
    if (d.p.n) {
        free(d.b);
        return d.p.first;
    }
    *binding = d.b;
    return GENU_OK;
}

void genu_binding_strength(const genu_binding *b, const genu_study *study, int scenario,
                           double *factor)
{
    double value[GENU_PARAMETER_MAX];
    genu_study_values(study, scenario, value);
    for (int i = 0; i < b->n_muscle; i++)
        factor[i] = b->entry[i] < 0 ? 1 : value[study->vary.n + b->entry[i]];
}
