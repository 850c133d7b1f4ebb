/* osim_path.c - wrapping objects, and the paths of muscles over them. */
#include "models/osim_private.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static genu_status read_quadrant(osim_reader *r, const xmlNode *node, genu_wrap_object *w)
{
    char text[OSIM_PATH];
    if (!osim_text(r, node, "quadrant", text)) {
        osim_say_default(r, node, "quadrant", "all");
        return GENU_OK;
    }
    if (!*text || !strcasecmp(text, "all") || !strcasecmp(text, "unassigned"))
        return GENU_OK;
    const char *letter = text;
    w->quadrant_sign = *letter == '-' ? -1 : 1;
    if (*letter == '+' || *letter == '-')
        letter++;
    int axis = tolower((unsigned char)*letter) - 'x';
    if (axis < 0 || axis > 2 || letter[1])
        return osim_fail(r, node, GENU_E_FORMAT,
                         "<quadrant> is '%.60s', must be x, -x, y, -y, z, -z or all", text);
    w->quadrant_axis = axis;
    return GENU_OK;
}

static genu_status read_size(osim_reader *r, const xmlNode *node, genu_wrap_object *w)
{
    genu_status s = GENU_OK;
    if (w->kind == GENU_WRAP_ELLIPSOID) {
        s = osim_vector(r, node, "dimensions", OSIM_REQUIRED, 3, w->radius);
        for (int k = 0; k < 3 && s == GENU_OK; k++)
            if (!(w->radius[k] > 0))
                s = osim_fail(r, node, GENU_E_RANGE, "<dimensions>: %g m, must be > 0",
                              w->radius[k]);
        return s;
    }
    int torus = w->kind == GENU_WRAP_TORUS;
    s = osim_double(r, node, torus ? "inner_radius" : "radius", OSIM_REQUIRED, OSIM_POSITIVE,
                    &w->radius[0]);
    if (s == GENU_OK && torus)
        s = osim_double(r, node, "outer_radius", OSIM_REQUIRED, OSIM_POSITIVE, &w->radius[1]);
    if (s == GENU_OK && w->kind == GENU_WRAP_CYLINDER)
        s = osim_double(r, node, "length", OSIM_SAY, OSIM_POSITIVE, &w->length);
    return s;
}

static genu_status read_wrap(osim_reader *r, xmlNode *node, int body, xform X)
{
    static const char *const kind[] = { "WrapCylinder", "WrapSphere", "WrapEllipsoid",
                                        "WrapTorus" };
    int k = 0;
    char name[OSIM_NAME];
    osim_name(node, name);
    osim_take(node);
    while (k < 4 && !osim_is(node, kind[k]))
        k++;
    if (k == 4)
        return osim_fail(r, node, GENU_E_FORMAT, "a wrapping object of kind <%s> is not supported",
                         (const char *)node->name);
    if (!*name || genu_find_wrap(r->m, name) >= 0)
        return *name ? osim_fail(r, node, GENU_E_FORMAT, "a second wrapping object is named '%s'",
                                 name)
                     : osim_fail(r, node, GENU_E_FORMAT, "a wrapping object has no name");
    genu_wrap_object *w = osim_grow((void **)&r->m->wrap, &r->m->n_wrap, sizeof *w);
    if (!w || !(w->name = genu_strdup(name)))
        return osim_no_memory(r);
    w->kind = (genu_wrap_kind)k;
    w->body = body;
    w->active = 1;
    w->length = 1;
    v3 p = { 0, 0, 0 }, angles = { 0, 0, 0 };
    genu_status s = osim_v3(r, node, "translation", OSIM_SAY, &p);
    if (s == GENU_OK)
        s = osim_v3(r, node, "xyz_body_rotation", OSIM_SAY, &angles);
    if (s == GENU_OK)
        s = osim_bool(r, node, "active", OSIM_SAY, &w->active);
    if (s == GENU_OK)
        s = read_size(r, node, w);
    w->frame = xform_mul(X, (xform){ m3_xyz(angles), p });
    return s == GENU_OK ? read_quadrant(r, node, w) : s;
}

genu_status osim_read_wraps(osim_reader *r)
{
    genu_status s = GENU_OK;
    for (int b = 0; b < r->m->n_body; b++)
        for (xmlNode *n = osim_objects(r, r->body_node[b], "WrapObjectSet"); n && s == GENU_OK;
             n = osim_next(n))
            s = read_wrap(r, n, b, xform_identity());
    for (int i = 0; i < r->n_frame; i++)
        for (xmlNode *n = osim_objects(r, r->frame[i].node, "WrapObjectSet"); n && s == GENU_OK;
             n = osim_next(n))
            s = read_wrap(r, n, r->frame[i].body, r->frame[i].X);
    return s;
}

static int is_identity(xform X)
{
    double off = v3_norm(X.p);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            off = fmax(off, fabs(X.R.m[i][j] - (i == j)));
    return off < 1e-12;
}

static genu_status read_moving(osim_reader *r, xmlNode *node, genu_point *p, xform X)
{
    static const char *const coord_tag[] = { "x_coordinate", "y_coordinate", "z_coordinate" };
    static const char *const f_tag[] = { "x_location", "y_location", "z_location" };
    p->kind = GENU_POINT_MOVING;
    (void)osim_child(r, node, "location"); // written by earlier layouts; the functions decide
    genu_status s = GENU_OK;
    for (int k = 0; k < 3 && s == GENU_OK; k++) {
        char path[OSIM_PATH];
        p->coord[k] = -1;
        if (osim_socket(r, node, coord_tag[k], path) && *path)
            s = osim_coord(r, node, path, &p->coord[k]);
        const xmlNode *holder = osim_child(r, node, f_tag[k]);
        xmlNode *f = holder ? osim_find_function(r, holder) : NULL;
        if (s == GENU_OK && !f)
            osim_say_default(r, node, f_tag[k], "0");
        else if (s == GENU_OK)
            s = osim_function(r, f, &p->f[k]);
        if (s == GENU_OK && p->coord[k] < 0 && p->f[k].kind != GENU_CURVE_CONSTANT)
            s = osim_fail(r, node, GENU_E_FORMAT, "<%s> follows no coordinate", f_tag[k]);
    }
    if (s == GENU_OK && !is_identity(X))
        s = osim_fail(r, node, GENU_E_FORMAT,
                      "a moving point in an offset frame is not supported; put it into the body");
    return s;
}

static genu_status read_condition(osim_reader *r, const xmlNode *node, genu_point *p)
{
    char path[OSIM_PATH];
    double range[2] = { 0, 0 };
    p->kind = GENU_POINT_CONDITIONAL;
    if (!osim_socket(r, node, "coordinate", path) || !*path)
        return osim_fail(r, node, GENU_E_FORMAT, "the conditional point names no coordinate");
    genu_status s = osim_coord(r, node, path, &p->coord[0]);
    if (s == GENU_OK)
        s = osim_vector(r, node, "range", OSIM_SAY, 2, range);
    if (s == GENU_OK && range[0] > range[1])
        s = osim_fail(r, node, GENU_E_RANGE, "<range> is %g to %g, must rise", range[0], range[1]);
    if (s != GENU_OK)
        return s;
    p->lo = range[0];
    p->hi = range[1];
    return GENU_OK;
}

static genu_status read_point(osim_reader *r, xmlNode *node, genu_path *path)
{
    char name[OSIM_NAME], frame[OSIM_PATH];
    int moving = osim_is(node, "MovingPathPoint"), fixed = osim_is(node, "PathPoint");
    osim_name(node, name);
    osim_take(node);
    genu_point *p = osim_grow((void **)&path->point, &path->n_point, sizeof *p);
    if (!p || !(p->name = genu_strdup(name)))
        return osim_no_memory(r);
    p->coord[0] = p->coord[1] = p->coord[2] = -1;
    if (!fixed && !moving && !osim_is(node, "ConditionalPathPoint"))
        return osim_fail(r, node, GENU_E_FORMAT, "a path point of kind <%s> is not supported",
                         (const char *)node->name);
    if (!osim_socket(r, node, "parent_frame", frame) && !osim_text(r, node, "body", frame))
        return osim_fail(r, node, GENU_E_FORMAT, "the path point names no body");
    xform X;
    genu_status s = osim_resolve(r, node, frame, &p->body, &X);
    if (s != GENU_OK)
        return s;
    if (moving)
        return read_moving(r, node, p, X);
    v3 location = { 0, 0, 0 };
    s = osim_v3(r, node, "location", OSIM_SAY, &location);
    p->location = xform_point(X, location);
    return s == GENU_OK && !fixed ? read_condition(r, node, p) : s;
}

static genu_status find_wrap_object(osim_reader *r, const xmlNode *node, const char *object, int *i)
{
    *i = genu_find_wrap(r->m, osim_last(object));
    if (*i >= 0)
        return GENU_OK;
    char suggestion[OSIM_NAME + 32] = "";
    const char **names = calloc((size_t)r->m->n_wrap + 1, sizeof *names);
    for (int k = 0; names && k < r->m->n_wrap; k++)
        names[k] = r->m->wrap[k].name;
    if (names)
        osim_suggest(suggestion, sizeof suggestion, osim_last(object), names, r->m->n_wrap);
    free(names);
    return osim_fail(r, node, GENU_E_FORMAT, "there is no wrapping object '%.120s'%s", object,
                     suggestion);
}

static genu_status read_method(osim_reader *r, const xmlNode *node, genu_path_wrap *w)
{
    char method[OSIM_PATH];
    w->method = GENU_WRAP_HYBRID;
    if (!osim_text(r, node, "method", method))
        osim_say_default(r, node, "method", "hybrid");
    else if (!strcasecmp(method, "midpoint"))
        w->method = GENU_WRAP_MIDPOINT;
    else if (!strcasecmp(method, "axial"))
        w->method = GENU_WRAP_AXIAL;
    else if (*method && strcasecmp(method, "hybrid") && strcasecmp(method, "unassigned"))
        return osim_fail(r, node, GENU_E_FORMAT,
                         "<method> is '%.60s', must be hybrid, midpoint or axial", method);
    return GENU_OK;
}

static genu_status read_path_wrap(osim_reader *r, xmlNode *node, genu_path *path)
{
    char object[OSIM_PATH];
    int i;
    osim_take(node);
    if (!osim_text(r, node, "wrap_object", object))
        return osim_fail(r, node, GENU_E_FORMAT, "<wrap_object> is missing");
    genu_status s = find_wrap_object(r, node, object, &i);
    if (s != GENU_OK)
        return s;
    genu_path_wrap wrap = { .object = i };
    double range[2] = { -1, -1 };
    s = read_method(r, node, &wrap);
    if (s == GENU_OK)
        s = osim_vector(r, node, "range", OSIM_SAY, 2, range);
    for (int k = 0; k < 2 && s == GENU_OK; k++)
        if (range[k] != floor(range[k]) || (range[k] < 1 && range[k] != -1 && range[k] != 0) ||
            range[k] > path->n_point)
            s = osim_fail(r, node, GENU_E_RANGE,
                          "<range> names point %g, must be 1 to %d, or -1 for an open end",
                          range[k], path->n_point);
    if (s != GENU_OK)
        return s;
    wrap.first = range[0] >= 1 ? (int)range[0] : -1;
    wrap.last = range[1] >= 1 ? (int)range[1] : -1;
    if (!r->m->wrap[i].active) {
        osim_note(r, node, GENU_NOTE,
                  "wrapping object '%s' is switched off in the file: the path passes through it",
                  r->m->wrap[i].name);
        return GENU_OK;
    }
    if (r->m->wrap[i].kind == GENU_WRAP_TORUS)
        return osim_fail(r, node, GENU_E_FORMAT,
                         "the path wraps over '%s', a torus, which is not supported",
                         r->m->wrap[i].name);
    genu_path_wrap *w = osim_grow((void **)&path->wrap, &path->n_wrap, sizeof *w);
    if (!w)
        return osim_no_memory(r);
    *w = wrap;
    return GENU_OK;
}

genu_status osim_read_path(osim_reader *r, xmlNode *muscle, genu_path *path)
{
    xmlNode *geometry = osim_child(r, muscle, "GeometryPath");
    if (!geometry)
        geometry = osim_child(r, osim_child(r, muscle, "path"), "GeometryPath");
    if (!geometry)
        return osim_fail(r, muscle, GENU_E_FORMAT,
                         "the muscle has no <GeometryPath>; another kind of path is not supported");
    genu_status s = GENU_OK;
    for (xmlNode *n = osim_objects(r, geometry, "PathPointSet"); n && s == GENU_OK;
         n = osim_next(n))
        s = read_point(r, n, path);
    if (s == GENU_OK && path->n_point < 2)
        s = osim_fail(r, muscle, GENU_E_FORMAT, "the path has %d point%s, must have at least 2",
                      path->n_point, path->n_point == 1 ? "" : "s");
    for (xmlNode *n = osim_objects(r, geometry, "PathWrapSet"); n && s == GENU_OK; n = osim_next(n))
        s = read_path_wrap(r, n, path);
    return s;
}
