/* osim_joint.c - joints as chains of one-degree steps, their coordinates, functions. */
#include "models/osim_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static genu_status read_spline(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    double *x = NULL, *y = NULL;
    int n = 0, n_y = 0;
    genu_err err = { 0 };
    genu_status s = osim_numbers(r, node, "x", &x, &n);
    if (s == GENU_OK)
        s = osim_numbers(r, node, "y", &y, &n_y);
    if (s != GENU_OK)
        goto out;
    if (n != n_y)
        s = osim_fail(r, node, GENU_E_SHAPE, "<%s> has %d x and %d y", (const char *)node->name, n,
                      n_y);
    else if (n == 1)
        s = genu_curve_constant(f, y[0], &err);
    else if (osim_is(node, "SimmSpline"))
        s = genu_curve_simm_spline(f, n, x, y, &err);
    else if (osim_is(node, "PiecewiseLinearFunction"))
        s = genu_curve_piecewise_linear(f, n, x, y, &err);
    else // NaturalCubicSpline of version 2 is what later became SimmSpline
        s = genu_curve_simm_spline(f, n, x, y, &err);
    if (s != GENU_OK && *err.msg)
        s = osim_fail(r, node, s, "<%s>: %s", (const char *)node->name, err.msg);
out:
    free(x);
    free(y);
    return s;
}

static genu_status read_coefficients(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    double *c;
    int n;
    genu_err err = { 0 };
    genu_status s = osim_numbers(r, node, "coefficients", &c, &n);
    if (s != GENU_OK)
        return s;
    if (osim_is(node, "LinearFunction") && n == 2)
        s = genu_curve_linear(f, c[0], c[1], &err);
    else if (osim_is(node, "LinearFunction"))
        s = osim_fail(r, node, GENU_E_FORMAT, "a linear function has %d coefficients, must have 2",
                      n);
    else
        s = genu_curve_polynomial(f, n, c, &err);
    free(c);
    return s != GENU_OK && *err.msg ? osim_fail(r, node, s, "%s", err.msg) : s;
}

static genu_status read_multiplier(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    double scale = 1;
    const xmlNode *inner = osim_first(osim_child(node, "function"));
    genu_status s = osim_double(r, node, "scale", &scale);
    if (s == GENU_OK && !inner)
        s = osim_fail(r, node, GENU_E_FORMAT, "a multiplier function has no function");
    if (s == GENU_OK)
        s = osim_function(r, inner, f);
    f->scale *= scale;
    return s;
}

int osim_is_function(const xmlNode *node)
{
    static const char *const kind[] = { "Constant",           "LinearFunction",
                                        "SimmSpline",         "NaturalCubicSpline",
                                        "natCubicSpline",     "PiecewiseLinearFunction",
                                        "PolynomialFunction", "MultiplierFunction" };
    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++)
        if (osim_is(node, kind[i]))
            return 1;
    return 0;
}

genu_status osim_function(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    *f = (genu_curve){ 0 };
    if (!osim_is_function(node))
        return osim_fail(r, node, GENU_E_FORMAT, "function <%s> is not supported",
                         (const char *)node->name);
    if (osim_is(node, "Constant")) {
        double value = 0;
        genu_err err = { 0 };
        genu_status s = osim_double(r, node, "value", &value);
        if (s == GENU_OK && (s = genu_curve_constant(f, value, &err)) != GENU_OK)
            s = osim_fail(r, node, s, "%s", err.msg);
        return s;
    }
    if (osim_is(node, "LinearFunction") || osim_is(node, "PolynomialFunction"))
        return read_coefficients(r, node, f);
    if (osim_is(node, "MultiplierFunction"))
        return read_multiplier(r, node, f);
    return read_spline(r, node, f);
}

genu_status osim_coord(osim_reader *r, const xmlNode *node, const char *path, int *coord)
{
    const char *last = osim_last(path);
    *coord = genu_find_coord(r->m, last);
    if (*coord >= 0)
        return GENU_OK;
    const char *names[256];
    int n = 0;
    for (; n < r->m->n_coord && n < 256; n++)
        names[n] = r->m->coord[n].name;
    const char *nearest = genu_nearest(last, names, n);
    return osim_fail(r, node, GENU_E_FORMAT, "there is no coordinate '%s'%s%s%s", path,
                     nearest ? "; did you mean '" : "", nearest ? nearest : "",
                     nearest ? "'?" : "");
}

static genu_status read_coordinate(osim_reader *r, xmlNode *node, int body)
{
    char name[OSIM_NAME];
    osim_name(node, name);
    if (!*name || genu_find_coord(r->m, name) >= 0)
        return osim_fail(r, node, GENU_E_FORMAT,
                         *name ? "a second coordinate is named '%s'" : "a coordinate has no name%s",
                         name);
    genu_coord *c = osim_grow((void **)&r->m->coord, &r->m->n_coord, sizeof *c);
    if (!c || !(c->name = genu_strdup(name)))
        return osim_fail(r, node, GENU_E_MEMORY, "out of memory");
    c->body = body;
    c->leader = -1;
    c->lo = -GENU_PI;
    c->hi = GENU_PI;
    double range[2] = { c->lo, c->hi }, *x;
    int n, prescribed = 0;
    genu_status s = osim_double(r, node, "default_value", &c->value);
    if (s == GENU_OK)
        s = osim_double(r, node, "default_speed_value", &c->speed);
    if (s == GENU_OK)
        s = osim_bool(r, node, "clamped", &c->clamped);
    if (s == GENU_OK)
        s = osim_bool(r, node, "locked", &c->locked);
    if (s == GENU_OK)
        s = osim_bool(r, node, "prescribed", &prescribed);
    if (s == GENU_OK)
        s = osim_numbers(r, node, "range", &x, &n);
    if (s != GENU_OK)
        return s;
    if (n == 2)
        memcpy(range, x, sizeof range);
    free(x);
    if (n && n != 2)
        return osim_fail(r, node, GENU_E_FORMAT,
                         "coordinate '%s': <range> holds %d numbers, must "
                         "hold 2",
                         name, n);
    if (n == 0)
        genu_notes_add(r->notes, GENU_NOTE, (int)xmlGetLineNo(node),
                       "coordinate '%s' has no range: -pi to pi taken", name);
    c->lo = range[0];
    c->hi = range[1];
    if (prescribed)
        genu_notes_add(r->notes, GENU_WARNING, (int)xmlGetLineNo(node),
                       "coordinate '%s' is prescribed by a function of time: ignored, the motion "
                       "file decides",
                       name);
    return GENU_OK;
}

static genu_step *add_step(genu_joint *j, int rotation, v3 axis, int coord)
{
    genu_step *s = &j->step[j->n_step++];
    *s = (genu_step){ .rotation = rotation, .axis = axis, .coord = coord };
    return s;
}

/* A joint whose coordinates are its steps' amounts; `letters` names them in the coordinates'
 * order: lower case turns about, upper case moves along that axis. */
static genu_status plain_steps(osim_reader *r, xmlNode *node, genu_joint *j, const char *letters,
                               int first)
{
    genu_err err = { 0 };
    int n = (int)strlen(letters);
    if (r->m->n_coord - first != n)
        return osim_fail(r, node, GENU_E_FORMAT, "joint '%s' (%s) has %d coordinates, must have %d",
                         j->name, j->type, r->m->n_coord - first, n);
    for (int rotation = 0; rotation < 2; rotation++) // translations come first
        for (int k = 0; k < n; k++) {
            int is_rotation = letters[k] >= 'a', axis = (letters[k] | 32) - 'x';
            if (is_rotation != rotation)
                continue;
            v3 e = { axis == 0, axis == 1, axis == 2 };
            genu_step *s = add_step(j, rotation, e, first + k);
            r->m->coord[first + k].motion = rotation ? GENU_ROTATION : GENU_TRANSLATION;
            if (genu_curve_linear(&s->f, 1, 0, &err) != GENU_OK)
                return osim_fail(r, node, err.status, "%s", err.msg);
        }
    return GENU_OK;
}

static genu_status read_axis(osim_reader *r, xmlNode *node, genu_joint *j, int rotation)
{
    v3 axis = { 0, 0, 0 };
    char names[512], *save = NULL;
    genu_status s = osim_v3(r, node, "axis", &axis);
    if (s != GENU_OK)
        return s;
    double length = v3_norm(axis);
    if (!(length > 1e-12))
        return osim_fail(r, node, GENU_E_RANGE, "joint '%s': an axis has length 0", j->name);
    if (fabs(length - 1) > 1e-6)
        genu_notes_add(r->notes, GENU_NOTE, (int)xmlGetLineNo(node),
                       "joint '%s': axis of length %g taken as a unit vector", j->name, length);
    int coord = -1;
    osim_text(node, "coordinates", names, sizeof names);
    char *first = strtok_r(names, " \t\r\n,", &save);
    if (first && strtok_r(NULL, " \t\r\n,", &save))
        return osim_fail(r, node, GENU_E_FORMAT,
                         "joint '%s': an axis depends on several "
                         "coordinates, which is not supported",
                         j->name);
    if (first && (s = osim_coord(r, node, first, &coord)) != GENU_OK)
        return s;
    // the function stands in the axis (4.x) or in <function> (before)
    const xmlNode *f = osim_first(osim_child(node, "function"));
    for (xmlNode *c = osim_first(node); c && !f; c = osim_next(c)) {
        char name[OSIM_NAME];
        osim_name(c, name);
        if (osim_is_function(c) || !strcmp(name, "function"))
            f = c;
    }
    genu_step *step = add_step(j, rotation, v3_scale(1 / length, axis), coord);
    return f ? osim_function(r, f, &step->f) : GENU_OK;
}

/* OpenSim calls a coordinate rotational or translational only where it drives an axis through a
 * bare line of slope 1 or -1, else coupled. */
static void classify(genu_model *m, const genu_joint *j, int first)
{
    for (int c = first; c < m->n_coord; c++)
        m->coord[c].motion = GENU_COUPLED;
    for (int rotation = 1; rotation >= 0; rotation--)
        for (int k = 0; k < j->n_step; k++) {
            const genu_step *s = &j->step[k];
            if (s->rotation == rotation && s->coord >= 0 && s->f.kind == GENU_CURVE_LINEAR &&
                s->f.c && s->f.scale == 1 && fabs(s->f.c[0]) == 1 &&
                m->coord[s->coord].motion == GENU_COUPLED)
                m->coord[s->coord].motion = rotation ? GENU_ROTATION : GENU_TRANSLATION;
        }
}

static genu_status custom_steps(osim_reader *r, xmlNode *node, genu_joint *j, int first)
{
    xmlNode *transform = osim_child(node, "SpatialTransform"), *axis[6];
    int n = 0;
    for (xmlNode *c = osim_first(transform); c; c = osim_next(c))
        if (osim_is(c, "TransformAxis")) {
            if (n < 6)
                axis[n] = c;
            n++;
        }
    if (n != 6)
        return osim_fail(r, transform ? transform : node, GENU_E_FORMAT,
                         "joint '%s' has %d transform axes, must have 6", j->name, n);
    // the file lists rotations first; translations are applied first
    static const int order[6] = { 3, 4, 5, 0, 1, 2 };
    genu_status s = GENU_OK;
    for (int k = 0; k < 6 && s == GENU_OK; k++)
        s = read_axis(r, axis[order[k]], j, order[k] < 3);
    if (s == GENU_OK)
        classify(r->m, j, first);
    return s;
}

static genu_status read_coordinates(osim_reader *r, xmlNode *node, int child)
{
    xmlNode *c = osim_first(osim_child(node, "coordinates"));
    if (!c)
        c = osim_objects(node, "CoordinateSet");
    genu_status s = GENU_OK;
    for (; c && s == GENU_OK; c = osim_next(c))
        if (osim_is(c, "Coordinate"))
            s = read_coordinate(r, c, child);
    return s;
}

genu_status osim_read_joint(osim_reader *r, xmlNode *node, int child)
{
    static const struct {
        const char *type, *letters;
    } plain[] = {
        { "WeldJoint", "" },        { "PinJoint", "z" },      { "SliderJoint", "X" },
        { "UniversalJoint", "xy" }, { "BallJoint", "xyz" },   { "GimbalJoint", "xyz" },
        { "FreeJoint", "xyzXYZ" },  { "PlanarJoint", "zXY" },
    };
    genu_joint *j = &r->m->body[child].joint;
    char name[OSIM_NAME];
    osim_name(node, name);
    int first = r->m->n_coord;
    j->name = genu_strdup(*name ? name : r->m->body[child].name);
    j->type = genu_strdup((const char *)node->name);
    if (!j->name || !j->type)
        return osim_fail(r, node, GENU_E_MEMORY, "out of memory");
    genu_status s = read_coordinates(r, node, child);
    if (s != GENU_OK)
        return s;
    if (osim_is(node, "CustomJoint"))
        return custom_steps(r, node, j, first);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (osim_is(node, plain[i].type))
            return plain_steps(r, node, j, plain[i].letters, first);
    return osim_fail(r, node, GENU_E_FORMAT, "joint '%s' is a %s, which is not supported", j->name,
                     j->type);
}
