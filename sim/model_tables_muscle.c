/* model_tables_muscle.c - wrapping cylinders, muscles with their paths, actuators and markers. */
#include "sim/model_tables_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static genu_status read_quadrant(const table_builder *b, const genu_csv *t, table_twin i, int col,
                                 genu_wrap_object *w)
{
    static const char *const name[7] = { "all", "x", "y", "z", "-x", "-y", "-z" };
    const char *text = genu_csv_text(t, i.row, col);
    int k = 0;
    while (k < 7 && strcmp(name[k], text))
        k++;
    if (k == 7)
        return genu_csv_fail(t, i.row, GENU_E_FORMAT, b->err,
                             "quadrant is '%.40s', must be x, -x, y, -y, z, -z or all", text);
    w->quadrant_axis = k ? (k - 1) % 3 : 0;
    w->quadrant_sign = k == 0 ? 0 : k < 4 ? 1 : -1;
    if (i.left && w->quadrant_axis == 2) // the object's z axis keeps its place, its sense is turned
        w->quadrant_sign = -w->quadrant_sign;
    return GENU_OK;
}

static genu_status add_cylinder(const table_builder *b, const genu_csv *t, table_twin i, int body)
{
    genu_wrap_object *w = &b->m->wrap[b->m->n_wrap++];
    double size[2];
    *w = (genu_wrap_object){ .kind = GENU_WRAP_CYLINDER, .body = body, .active = 1 };
    genu_status s = table_own_name(b, t, i, 0, &w->name);
    if (s == GENU_OK)
        s = table_frame(b, t, i, 2, &w->frame);
    if (s == GENU_OK)
        s = genu_csv_numbers(t, i.row, 8, 2, size, b->err);
    if (s != GENU_OK)
        return s;
    w->radius[0] = size[0];
    w->length = size[1];
    return read_quadrant(b, t, i, 10, w);
}

/* In the order of the bodies, as a file would list them. */
static genu_status build_cylinders(const table_builder *b)
{
    genu_csv t;
    int n, body;
    genu_status s = genu_csv_read(&t, b->folder, "wrap_cylinders.csv",
                                  "object,body,x,y,z,rx,ry,rz,radius,length,quadrant", b->err);
    if (s != GENU_OK)
        return s;
    table_twin *twin = table_twins(&t, 0, &n);
    b->m->wrap = calloc((size_t)n + 1, sizeof *b->m->wrap);
    if (!twin || !b->m->wrap)
        s = table_no_memory(b);
    for (int k = 0; k < n && s == GENU_OK; k++)
        s = table_body(b, &t, twin[k], 1, &body);
    for (int c = 0; c < b->m->n_body; c++)
        for (int k = 0; k < n && s == GENU_OK; k++) {
            s = table_body(b, &t, twin[k], 1, &body);
            if (s == GENU_OK && body == c)
                s = add_cylinder(b, &t, twin[k], c);
        }
    free(twin);
    genu_csv_free(&t);
    return s;
}

/* What all muscles share, from model.csv. */
static genu_status read_shared(const table_builder *b, genu_hill *h)
{
    genu_csv t;
    genu_status s = genu_csv_read(&t, b->folder, "model.csv", "name,value,unit", b->err);
    if (s != GENU_OK)
        return s;
    *h = genu_hill_defaults(GENU_HILL_MILLARD);
    const struct {
        const char *name;
        double *to;
    } value[] = {
        { "fiber_damping", &h->millard.fiber_damping },
        { "default_activation", &h->default_activation },
        { "min_activation", &h->min_activation },
        { "v_max", &h->v_max },
        { "active_length_min", &h->millard.l_min },
        { "active_length_transition", &h->millard.l_transition },
        { "active_length_max", &h->millard.l_max },
        { "active_slope", &h->millard.shallow_slope },
        { "active_minimum", &h->millard.minimum_value },
    };
    size_t n = sizeof value / sizeof *value;
    for (int row = 0; row < t.n_row && s == GENU_OK; row++) {
        const char *name = genu_csv_text(&t, row, 0);
        size_t k = 0;
        while (k < n && strcmp(value[k].name, name))
            k++;
        if (k < n)
            s = genu_csv_numbers(&t, row, 1, 1, value[k].to, b->err);
        else if (strcmp(name, "mass") && strcmp(name, "height") && strcmp(name, "gravity"))
            s = genu_csv_fail(&t, row, GENU_E_FORMAT, b->err, "'%.40s' is not known", name);
    }
    for (size_t k = 0; k < n && s == GENU_OK; k++)
        if (genu_csv_find(&t, value[k].name) < 0)
            s = genu_fail(b->err, GENU_E_FORMAT, "'%s': '%s' is missing", t.path, value[k].name);
    genu_csv_free(&t);
    return s;
}

static genu_status add_point(const table_builder *b, const genu_csv *t, table_twin i,
                             genu_muscle *muscle)
{
    genu_point *p = &muscle->path.point[muscle->path.n_point++];
    char name[TABLE_NAME + 16];
    snprintf(name, sizeof name, "%s-P%d", muscle->name, muscle->path.n_point);
    *p = (genu_point){ .kind = GENU_POINT_FIXED, .coord = { -1, -1, -1 } };
    p->name = genu_strdup(name);
    genu_status s = p->name ? GENU_OK : table_no_memory(b);
    if (s == GENU_OK)
        s = table_body(b, t, i, 1, &p->body);
    return s == GENU_OK ? table_place(b, t, i, 2, &p->location) : s;
}

static genu_status add_wrap(const table_builder *b, const genu_csv *t, table_twin i,
                            genu_path *path)
{
    char name[TABLE_NAME];
    double range[2];
    genu_status s = table_name(b, t, i, 1, name);
    if (s == GENU_OK)
        s = genu_csv_numbers(t, i.row, 2, 2, range, b->err);
    if (s != GENU_OK)
        return s;
    int object = genu_find_wrap(b->m, name);
    if (object < 0)
        return genu_csv_fail(t, i.row, GENU_E_FORMAT, b->err, "there is no wrapping object '%s'",
                             name);
    for (int k = 0; k < 2; k++)
        if (range[k] != -1 &&
            !(range[k] == (int)range[k] && range[k] >= 1 && range[k] <= path->n_point))
            return genu_csv_fail(t, i.row, GENU_E_RANGE, b->err,
                                 "the range names point %g, must be 1 to %d or -1", range[k],
                                 path->n_point);
    path->wrap[path->n_wrap++] = (genu_path_wrap){
        .object = object, .method = GENU_WRAP_HYBRID, .first = (int)range[0], .last = (int)range[1]
    };
    return GENU_OK;
}

/* The rows of a table whose first cell is the muscle's right-hand name. */
static genu_status add_path(const table_builder *b, const genu_csv *points, const genu_csv *wraps,
                            const char *right, int left, genu_muscle *muscle)
{
    genu_status s = GENU_OK;
    genu_path *path = &muscle->path;
    path->point = calloc((size_t)points->n_row + 1, sizeof *path->point);
    path->wrap = calloc((size_t)wraps->n_row + 1, sizeof *path->wrap);
    if (!path->point || !path->wrap)
        return table_no_memory(b);
    for (int row = 0; row < points->n_row && s == GENU_OK; row++)
        if (!strcmp(genu_csv_text(points, row, 0), right))
            s = add_point(b, points, (table_twin){ row, left }, muscle);
    for (int row = 0; row < wraps->n_row && s == GENU_OK; row++)
        if (!strcmp(genu_csv_text(wraps, row, 0), right))
            s = add_wrap(b, wraps, (table_twin){ row, left }, path);
    return s;
}

static genu_status add_muscle(const table_builder *b, const genu_csv *t, table_twin i,
                              const genu_hill *shared)
{
    genu_muscle *muscle = &b->m->muscle[b->m->n_muscle++];
    genu_hill *h = &muscle->hill;
    double x[7];
    *h = *shared;
    genu_status s = table_own_name(b, t, i, 0, &muscle->name);
    if (s == GENU_OK)
        s = genu_csv_numbers(t, i.row, 1, 7, x, b->err);
    if (s != GENU_OK)
        return s;
    h->f_max = x[0];
    h->l_opt = x[1];
    h->l_slack = x[2];
    h->pennation = x[3];
    h->millard.passive_strain_zero = x[4];
    h->millard.passive_strain_one = x[5];
    h->millard.passive_stiffness_one = x[6];
    muscle->min_control = h->min_activation;
    muscle->max_control = 1;
    return GENU_OK;
}

/* A row for a muscle that muscles.csv does not have would be passed over. */
static genu_status check_rows(const table_builder *b, const genu_csv *t, const genu_csv *muscles)
{
    for (int row = 0; row < t->n_row; row++)
        if (genu_csv_find(muscles, genu_csv_text(t, row, 0)) < 0)
            return genu_csv_fail(t, row, GENU_E_FORMAT, b->err, "there is no muscle '%s'",
                                 genu_csv_text(t, row, 0));
    return GENU_OK;
}

static genu_status build_paths(const table_builder *b, const genu_csv *muscles)
{
    genu_csv points = { 0 }, wraps = { 0 };
    genu_hill shared;
    int n;
    table_twin *twin = table_twins(muscles, 0, &n);
    b->m->muscle = calloc((size_t)n + 1, sizeof *b->m->muscle);
    genu_status s = twin && b->m->muscle ? read_shared(b, &shared) : table_no_memory(b);
    if (s == GENU_OK)
        s = genu_csv_read(&points, b->folder, "path_points.csv", "muscle,body,x,y,z", b->err);
    if (s == GENU_OK)
        s = genu_csv_read(&wraps, b->folder, "wraps.csv", "muscle,object,first,last", b->err);
    if (s == GENU_OK)
        s = check_rows(b, &points, muscles);
    if (s == GENU_OK)
        s = check_rows(b, &wraps, muscles);
    for (int k = 0; k < n && s == GENU_OK; k++) {
        s = add_muscle(b, muscles, twin[k], &shared);
        if (s == GENU_OK)
            s = add_path(b, &points, &wraps, genu_csv_text(muscles, twin[k].row, 0), twin[k].left,
                         &b->m->muscle[k]);
    }
    genu_csv_free(&points);
    genu_csv_free(&wraps);
    free(twin);
    return s;
}

static genu_status build_actuators(const table_builder *b)
{
    genu_csv t;
    genu_status s = genu_csv_read(&t, b->folder, "actuators.csv",
                                  "actuator,coordinate,optimal_force,lowest,highest", b->err);
    if (s != GENU_OK)
        return s;
    b->m->actuator = calloc((size_t)t.n_row + 1, sizeof *b->m->actuator);
    if (!b->m->actuator)
        s = table_no_memory(b);
    for (int row = 0; row < t.n_row && s == GENU_OK; row++) {
        genu_actuator *a = &b->m->actuator[b->m->n_actuator++];
        double x[3];
        s = table_own_name(b, &t, (table_twin){ row, 0 }, 0, &a->name);
        if (s == GENU_OK)
            s = genu_csv_numbers(&t, row, 2, 3, x, b->err);
        if (s != GENU_OK)
            break;
        a->coord = genu_find_coord(b->m, genu_csv_text(&t, row, 1));
        a->optimal_force = x[0];
        a->lo = x[1];
        a->hi = x[2];
        if (a->coord < 0)
            s = genu_csv_fail(&t, row, GENU_E_FORMAT, b->err, "there is no coordinate '%s'",
                              genu_csv_text(&t, row, 1));
    }
    genu_csv_free(&t);
    return s;
}

static genu_status build_markers(const table_builder *b)
{
    genu_csv t;
    int n;
    genu_status s = genu_csv_read(&t, b->folder, "markers.csv", "marker,body,x,y,z", b->err);
    if (s != GENU_OK)
        return s;
    table_twin *twin = table_twins(&t, 1, &n);
    b->m->marker = calloc((size_t)n + 1, sizeof *b->m->marker);
    if (!twin || !b->m->marker)
        s = table_no_memory(b);
    for (int k = 0; k < n && s == GENU_OK; k++) {
        genu_marker *marker = &b->m->marker[b->m->n_marker++];
        s = table_own_name(b, &t, twin[k], 0, &marker->name);
        if (s == GENU_OK)
            s = table_body(b, &t, twin[k], 1, &marker->body);
        if (s == GENU_OK)
            s = table_place(b, &t, twin[k], 2, &marker->location);
    }
    free(twin);
    genu_csv_free(&t);
    return s;
}

genu_status table_build_muscles(const table_builder *b)
{
    genu_csv muscles;
    genu_status s = build_cylinders(b);
    if (s == GENU_OK)
        s = genu_csv_read(
            &muscles, b->folder, "muscles.csv",
            "muscle,f_max,l_opt,l_slack,pennation,passive_zero,passive_one,passive_stiffness",
            b->err);
    if (s != GENU_OK)
        return s;
    s = build_paths(b, &muscles);
    genu_csv_free(&muscles);
    if (s == GENU_OK)
        s = build_actuators(b);
    if (s == GENU_OK)
        s = build_markers(b);
    return s;
}
