/* osim_joint.c - joints as chains of one-degree steps, and their coordinates. */
#include "models/osim_private.h"
#include "models/ride.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* OpenSim's default range of a coordinate (Coordinate.cpp), rad or m. */
static const double default_range = 10;

static genu_coord *add_coord(osim_reader *r, const xmlNode *node, const char *name, int body,
                             genu_status *s)
{
    if (!*name || genu_find_coord(r->m, name) >= 0) {
        *s = *name ? osim_fail(r, node, GENU_E_FORMAT, "a second coordinate is named '%s'", name)
                   : osim_fail(r, node, GENU_E_FORMAT, "a coordinate has no name");
        return NULL;
    }
    genu_coord *c = osim_grow((void **)&r->m->coord, &r->m->n_coord, sizeof *c);
    if (!c || !(c->name = genu_strdup(name))) {
        *s = osim_no_memory(r);
        return NULL;
    }
    c->body = body;
    c->leader = -1;
    c->lo = -default_range;
    c->hi = default_range;
    *s = GENU_OK;
    return c;
}

static genu_status read_prescribed(osim_reader *r, const xmlNode *node)
{
    int prescribed = 0;
    genu_status s = osim_bool(r, node, "prescribed", OSIM_SILENT, &prescribed);
    xmlNode *f = osim_child(r, node, "prescribed_function");
    if (f)
        osim_leave_out(f);
    if (f && s == GENU_OK && !prescribed && osim_first(f))
        osim_event_add(r, f, GENU_NOTE,
                       GENU_OSIM_IGNORED "<prescribed_function>: <prescribed> is not true");
    if (s == GENU_OK && prescribed)
        osim_note(r, node, GENU_WARNING,
                  "prescribed as a function of time; that function is not used: the motion file "
                  "or the default value decides");
    return s;
}

static genu_status read_coordinate(osim_reader *r, xmlNode *node, int body)
{
    char name[OSIM_NAME];
    genu_status s;
    osim_name(node, name);
    osim_take(node);
    genu_coord *c = add_coord(r, node, name, body, &s);
    if (!c)
        return s;
    double range[2] = { c->lo, c->hi };
    s = osim_double(r, node, "default_value", OSIM_SAY, OSIM_FINITE, &c->value);
    if (s == GENU_OK)
        s = osim_double(r, node, "default_speed_value", OSIM_SAY, OSIM_FINITE, &c->speed);
    if (s == GENU_OK)
        s = osim_bool(r, node, "clamped", OSIM_SAY, &c->clamped);
    if (s == GENU_OK)
        s = osim_bool(r, node, "locked", OSIM_SAY, &c->locked);
    if (s == GENU_OK)
        s = osim_vector(r, node, "range", OSIM_SAY, 2, range);
    if (s == GENU_OK && range[0] > range[1])
        s = osim_fail(r, node, GENU_E_RANGE, "<range> is %g to %g, must rise", range[0], range[1]);
    c->lo = range[0];
    c->hi = range[1];
    return s == GENU_OK ? read_prescribed(r, node) : s;
}

static genu_step *add_step(genu_joint *j, int rotation, v3 axis, int coord)
{
    genu_step *s = &j->step[j->n_step++];
    *s = (genu_step){ .rotation = rotation, .axis = axis, .coord = coord };
    return s;
}

/* Coordinates that a plain joint has and the file does not mention: OpenSim names them so. */
static genu_status fill_coordinates(osim_reader *r, const xmlNode *node, const genu_joint *j,
                                    int child, int first, int n)
{
    genu_status s = GENU_OK;
    for (int k = r->m->n_coord - first; k < n && s == GENU_OK; k++) {
        char name[OSIM_NAME + 16];
        snprintf(name, sizeof name, "%s_coord_%d", j->name, k);
        if (add_coord(r, node, name, child, &s))
            osim_note(r, node, GENU_NOTE,
                      "coordinate %d of %d is not described; it is named '%s', with a default of "
                      "0 and a range of -10 to 10",
                      k + 1, n, name);
    }
    return s;
}

/* A joint whose coordinates are its steps' amounts; `letters` names them in the coordinates'
 * order: lower case turns about, upper case moves along that axis. */
static genu_status plain_steps(osim_reader *r, const xmlNode *node, int child, const char *letters,
                               int first)
{
    genu_joint *j = &r->m->body[child].joint;
    int n = (int)strlen(letters);
    if (r->m->n_coord - first > n)
        return osim_fail(r, node, GENU_E_FORMAT, "a %s with %d coordinates, must have %d", j->type,
                         r->m->n_coord - first, n);
    genu_status s = fill_coordinates(r, node, j, child, first, n);
    for (int rotation = 0; rotation < 2; rotation++) // translations come first
        for (int k = 0; k < n && s == GENU_OK; k++) {
            int is_rotation = letters[k] >= 'a', axis = (letters[k] | 32) - 'x';
            if (is_rotation != rotation)
                continue;
            v3 e = { axis == 0, axis == 1, axis == 2 };
            genu_step *step = add_step(j, rotation, e, first + k);
            r->m->coord[first + k].motion = rotation ? GENU_ROTATION : GENU_TRANSLATION;
            s = genu_curve_linear(&step->f, 1, 0, r->err);
        }
    return s;
}

static genu_status axis_coordinate(osim_reader *r, const xmlNode *node, int first, int *coord)
{
    char names[OSIM_PATH], *save = NULL;
    osim_text(r, node, "coordinates", names);
    *coord = -1;
    const char *name = strtok_r(names, " \t\r\n", &save);
    if (!name)
        return GENU_OK;
    if (strtok_r(NULL, " \t\r\n", &save))
        return osim_fail(r, node, GENU_E_FORMAT,
                         "the axis depends on several coordinates, which is not supported");
    genu_status s = osim_coord(r, node, name, coord);
    if (s == GENU_OK && *coord < first)
        s = osim_fail(r, node, GENU_E_FORMAT, "coordinate '%s' belongs to another joint", name);
    return s;
}

/* OpenSim's default is x, whichever the axis (TransformAxis.cpp). */
static genu_status axis_direction(osim_reader *r, const xmlNode *node, v3 *axis, double *length)
{
    *axis = (v3){ 1, 0, 0 };
    genu_status s = osim_v3(r, node, "axis", OSIM_SAY, axis);
    *length = v3_norm(*axis);
    if (s != GENU_OK)
        return s;
    if (!(*length > 1e-12))
        return osim_fail(r, node, GENU_E_RANGE, "<axis> has length %g, must be > 0", *length);
    *axis = v3_scale(1 / *length, *axis);
    return GENU_OK;
}

/* OpenSim calls a coordinate rotational or translational only where it drives an axis through a
 * bare line of slope 1 or -1, else coupled (CustomJoint.cpp:372-412). */
static void classify(genu_coord *c, const xmlNode *f, const genu_curve *curve, int rotation)
{
    if (c->motion == GENU_COUPLED && osim_is(f, "LinearFunction") && fabs(curve->c[0]) == 1)
        c->motion = rotation ? GENU_ROTATION : GENU_TRANSLATION;
}

static genu_status read_axis(osim_reader *r, xmlNode *node, genu_joint *j, int index, int first)
{
    v3 axis;
    double length;
    int coord, rotation = index < 3;
    osim_take(node);
    genu_status s = axis_direction(r, node, &axis, &length);
    if (s == GENU_OK)
        s = axis_coordinate(r, node, first, &coord);
    if (s != GENU_OK)
        return s;
    xmlNode *f = osim_find_function(r, node);
    if (!f)
        return coord < 0 ? GENU_OK
                         : osim_fail(r, node, GENU_E_FORMAT, "the axis of '%s' has no function",
                                     r->m->coord[coord].name);
    genu_curve curve;
    s = osim_function(r, f, &curve);
    if (s == GENU_OK && coord < 0 && curve.kind != GENU_CURVE_CONSTANT)
        s = osim_fail(r, node, GENU_E_FORMAT, "<%s> of no coordinate", (const char *)f->name);
    if (s == GENU_OK && coord >= 0 && curve.kind == GENU_CURVE_PIECEWISE_CONSTANT)
        osim_note(r, f, GENU_WARNING,
                  "'%s' jumps along a <%s>: speeds, moments and moment arms do not see the jumps",
                  r->m->coord[coord].name, (const char *)f->name);
    if (s == GENU_OK && coord >= 0)
        classify(&r->m->coord[coord], f, &curve, rotation);
    if (s != GENU_OK || (curve.kind == GENU_CURVE_CONSTANT && curve.scale * curve.c[0] == 0)) {
        genu_curve_free(&curve); // an axis that never moves is no step
        return s;
    }
    if (fabs(length - 1) > 1e-6) // what is written with six digits is taken as meant
        osim_note(r, node, GENU_NOTE, "<axis> has length %.9g; its direction is taken", length);
    add_step(j, rotation, axis, curve.kind == GENU_CURVE_CONSTANT ? -1 : coord)->f = curve;
    return s;
}

/* The six axes by their names, rotation1 to translation3. */
static genu_status find_axes(osim_reader *r, const xmlNode *node, xmlNode *axis[6])
{
    static const char *const names[6] = { "rotation1",    "rotation2",    "rotation3",
                                          "translation1", "translation2", "translation3" };
    const xmlNode *transform = osim_child(r, node, "SpatialTransform");
    if (!transform)
        return osim_fail(r, node, GENU_E_FORMAT, "<SpatialTransform> is missing");
    for (xmlNode *c = osim_first(transform); c; c = osim_next(c)) {
        char name[OSIM_NAME];
        int k = 0;
        if (!osim_is(c, "TransformAxis"))
            continue;
        osim_name(c, name);
        while (k < 6 && strcmp(names[k], name))
            k++;
        if (k == 6 || axis[k])
            return osim_fail(r, c, GENU_E_FORMAT, "%s axis is named '%s'",
                             k == 6 ? "an unknown" : "a second", name);
        axis[k] = c;
    }
    for (int k = 0; k < 6; k++)
        if (!axis[k])
            osim_say_default(r, transform, names[k], "fixed");
    return GENU_OK;
}

static genu_status custom_steps(osim_reader *r, const xmlNode *node, genu_joint *j, int first)
{
    xmlNode *axis[6] = { NULL };
    // the file lists rotations first; translations are applied first
    static const int order[6] = { 3, 4, 5, 0, 1, 2 };
    for (int c = first; c < r->m->n_coord; c++)
        r->m->coord[c].motion = GENU_COUPLED;
    genu_status s = find_axes(r, node, axis);
    // rotations are read first for the classes of coordinates, kept apart, and put behind
    genu_joint turned = { 0 };
    for (int k = 3; k < 6 && s == GENU_OK; k++)
        if (axis[order[k]])
            s = read_axis(r, axis[order[k]], &turned, order[k], first);
    for (int k = 0; k < 3 && s == GENU_OK; k++)
        if (axis[order[k]])
            s = read_axis(r, axis[order[k]], j, order[k], first);
    for (int k = 0; k < turned.n_step; k++)
        j->step[j->n_step++] = turned.step[k];
    return s;
}

/* As many coordinates as the joint has, all of them angles. */
static genu_status angles(osim_reader *r, const xmlNode *node, int child, int first, int n)
{
    genu_joint *j = &r->m->body[child].joint;
    if (r->m->n_coord - first > n)
        return osim_fail(r, node, GENU_E_FORMAT, "a %s with %d coordinates, must have %d", j->type,
                         r->m->n_coord - first, n);
    genu_status s = fill_coordinates(r, node, j, child, first, n);
    for (int c = first; c < r->m->n_coord; c++)
        r->m->coord[c].motion = GENU_ROTATION;
    return s;
}

static genu_status read_radii(osim_reader *r, const xmlNode *node, const char *tag, v3 *radii)
{
    genu_status s = osim_v3(r, node, tag, OSIM_REQUIRED, radii);
    if (s == GENU_OK && !(radii->x > 0 && radii->y > 0 && radii->z > 0))
        s = osim_fail(r, node, GENU_E_RANGE, "<%s> is %g %g %g, must be > 0", tag, radii->x,
                      radii->y, radii->z);
    return s;
}

static genu_status ellipsoid_steps(osim_reader *r, const xmlNode *node, int child, int first)
{
    v3 radii = { 0, 0, 0 };
    genu_status s = angles(r, node, child, first, 3);
    if (s == GENU_OK)
        s = read_radii(r, node, "radii_x_y_z", &radii);
    return s == GENU_OK ? genu_ride_ellipsoid(&r->m->body[child].joint, radii, first, r->err) : s;
}

static genu_status scapula_steps(osim_reader *r, const xmlNode *node, int child, int first)
{
    v3 radii = { 0, 0, 0 };
    double origin[2] = { 0, 0 }, direction = 0;
    genu_status s = angles(r, node, child, first, 4);
    if (s == GENU_OK)
        s = read_radii(r, node, "thoracic_ellipsoid_radii_x_y_z", &radii);
    if (s == GENU_OK)
        s = osim_vector(r, node, "scapula_winging_axis_origin", OSIM_SAY, 2, origin);
    if (s == GENU_OK)
        s = osim_double(r, node, "scapula_winging_axis_direction", OSIM_SAY, OSIM_FINITE,
                        &direction);
    return s == GENU_OK ? genu_ride_scapula(&r->m->body[child].joint, radii, origin, direction,
                                            first, r->err)
                        : s;
}

/* What the file (before 4.0) says of a coordinate's kind decides nothing; say where it differs. */
static void compare_motion_types(osim_reader *r, xmlNode *first_coordinate, int first)
{
    for (xmlNode *c = first_coordinate; c; c = osim_next(c)) {
        char text[OSIM_PATH];
        if (!osim_is(c, "Coordinate") || !osim_text(r, c, "motion_type", text))
            continue;
        int rotation = r->m->coord[first++].motion == GENU_ROTATION;
        if (rotation != !strcasecmp(text, "rotational"))
            osim_note(r, c, GENU_WARNING,
                      "<motion_type> is '%s', but the joint's functions make it %s: in files in "
                      "degrees its values are taken %s",
                      text, rotation ? "rotational" : "coupled",
                      rotation ? "in degrees" : "as written");
    }
}

/* Coordinates that move nothing would be free to run away. */
static void name_idle(osim_reader *r, const xmlNode *node, const genu_joint *j, int first)
{
    for (int c = first; c < r->m->n_coord; c++) {
        int drives = 0;
        for (int k = 0; k < j->n_step; k++)
            drives |= j->step[k].coord == c;
        if (!drives)
            osim_note(r, node, GENU_WARNING, "coordinate '%s' moves nothing", r->m->coord[c].name);
    }
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
    int first = r->m->n_coord, known = osim_is(node, "CustomJoint");
    xmlNode *coordinates = osim_first(osim_child(r, node, "coordinates"));
    if (!coordinates)
        coordinates = osim_objects(r, node, "CoordinateSet");
    genu_status s = GENU_OK;
    for (xmlNode *c = coordinates; c && s == GENU_OK; c = osim_next(c))
        if (osim_is(c, "Coordinate"))
            s = read_coordinate(r, c, child);
    if (s == GENU_OK && known)
        s = custom_steps(r, node, j, first);
    for (size_t i = 0; i < sizeof plain / sizeof *plain && s == GENU_OK; i++)
        if (osim_is(node, plain[i].type)) {
            s = plain_steps(r, node, child, plain[i].letters, first);
            known = 1;
        }
    if (s == GENU_OK && osim_is(node, "EllipsoidJoint"))
        s = ellipsoid_steps(r, node, child, first);
    else if (s == GENU_OK && osim_is(node, "ScapulothoracicJoint"))
        s = scapula_steps(r, node, child, first);
    else if (s == GENU_OK && !known)
        s = osim_fail(
            r, node, GENU_E_FORMAT,
            "a joint of kind <%s> is not supported: CustomJoint, WeldJoint, PinJoint, "
            "SliderJoint, UniversalJoint, BallJoint, GimbalJoint, FreeJoint, PlanarJoint, "
            "EllipsoidJoint and ScapulothoracicJoint are",
            j->type);
    if (s != GENU_OK)
        return s;
    compare_motion_types(r, coordinates, first);
    name_idle(r, node, j, first);
    return s;
}
