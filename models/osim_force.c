/* osim_force.c - wrapping objects, muscles and their paths, actuators, markers. */
#include "models/osim_private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEXT = 512 };

static genu_status read_quadrant(osim_reader *r, xmlNode *node, genu_wrap_object *w)
{
    char text[64];
    if (!osim_text(node, "quadrant", text, sizeof text) || !*text || !strcasecmp(text, "all") ||
        !strcasecmp(text, "unassigned"))
        return GENU_OK;
    const char *letter = text;
    w->quadrant_sign = *letter == '-' ? -1 : 1;
    if (*letter == '+' || *letter == '-')
        letter++;
    int axis = tolower((unsigned char)*letter) - 'x';
    if (axis < 0 || axis > 2 || letter[1])
        return osim_fail(r, node, GENU_E_FORMAT,
                         "wrapping object '%s': quadrant is '%s', must be "
                         "x, -x, y, -y, z, -z or all",
                         w->name, text);
    w->quadrant_axis = axis;
    return GENU_OK;
}

static genu_status read_wrap(osim_reader *r, xmlNode *node, int body)
{
    static const char *const kind[] = { "WrapCylinder", "WrapSphere", "WrapEllipsoid",
                                        "WrapTorus" };
    int k = 0;
    while (k < 4 && !osim_is(node, kind[k]))
        k++;
    if (k == 4)
        return osim_fail(r, node, GENU_E_FORMAT, "wrapping object <%s> is not supported",
                         (const char *)node->name);
    char name[OSIM_NAME];
    osim_name(node, name);
    if (genu_find_wrap(r->m, name) >= 0)
        return osim_fail(r, node, GENU_E_FORMAT, "a second wrapping object is named '%s'", name);
    genu_wrap_object *w = osim_grow((void **)&r->m->wrap, &r->m->n_wrap, sizeof *w);
    if (!w || !(w->name = genu_strdup(name)))
        return osim_fail(r, node, GENU_E_MEMORY, "out of memory");
    w->kind = (genu_wrap_kind)k;
    w->body = body;
    w->active = 1;
    w->length = 1;
    v3 p = { 0, 0, 0 }, angles = { 0, 0, 0 }, half = { 0, 0, 0 };
    genu_status s = osim_v3(r, node, "translation", &p);
    if (s == GENU_OK)
        s = osim_v3(r, node, "xyz_body_rotation", &angles);
    if (s == GENU_OK)
        s = osim_bool(r, node, "active", &w->active);
    if (s == GENU_OK && w->kind != GENU_WRAP_ELLIPSOID)
        s = osim_double(r, node, w->kind == GENU_WRAP_TORUS ? "inner_radius" : "radius",
                        &w->radius[0]);
    if (s == GENU_OK && w->kind == GENU_WRAP_TORUS)
        s = osim_double(r, node, "outer_radius", &w->radius[1]);
    if (s == GENU_OK && w->kind == GENU_WRAP_ELLIPSOID) {
        s = osim_v3(r, node, "dimensions", &half);
        v3_put(w->radius, half);
    }
    if (s == GENU_OK)
        s = osim_double(r, node, "length", &w->length);
    w->frame = (xform){ m3_xyz(angles), p };
    return s == GENU_OK ? read_quadrant(r, node, w) : s;
}

genu_status osim_read_wraps(osim_reader *r)
{
    genu_status s = GENU_OK;
    for (int b = 0; b < r->m->n_body; b++)
        for (xmlNode *n = osim_objects(r->body_node[b], "WrapObjectSet"); n && s == GENU_OK;
             n = osim_next(n))
            s = read_wrap(r, n, b);
    return s;
}

static genu_status read_moving(osim_reader *r, xmlNode *node, genu_point *p, const xform *X)
{
    static const char *const coord_tag[] = { "x_coordinate", "y_coordinate", "z_coordinate" };
    static const char *const f_tag[] = { "x_location", "y_location", "z_location" };
    p->kind = GENU_POINT_MOVING;
    genu_status s = GENU_OK;
    for (int k = 0; k < 3 && s == GENU_OK; k++) {
        char path[TEXT];
        p->coord[k] = -1;
        if (osim_socket(node, coord_tag[k], path, sizeof path) && *path)
            s = osim_coord(r, node, path, &p->coord[k]);
        const xmlNode *f = osim_first(osim_child(node, f_tag[k]));
        if (s == GENU_OK && f)
            s = osim_function(r, f, &p->f[k]);
        if (s == GENU_OK && f && p->coord[k] < 0 && p->f[k].kind != GENU_CURVE_CONSTANT)
            s = osim_fail(r, node, GENU_E_FORMAT, "moving point '%s' names no coordinate for <%s>",
                          p->name, f_tag[k]);
    }
    int shifted = v3_norm(X->p) > 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            shifted |= fabs(X->R.m[i][j] - (i == j)) > 1e-12;
    if (s == GENU_OK && shifted)
        s = osim_fail(r, node, GENU_E_FORMAT,
                      "moving point '%s' stands in an offset frame, which "
                      "is not supported",
                      p->name);
    return s;
}

static genu_status read_condition(osim_reader *r, xmlNode *node, genu_point *p)
{
    char path[TEXT];
    double *x;
    int n;
    p->kind = GENU_POINT_CONDITIONAL;
    if (!osim_socket(node, "coordinate", path, sizeof path) || !*path)
        return osim_fail(r, node, GENU_E_FORMAT, "conditional point '%s' names no coordinate",
                         p->name);
    genu_status s = osim_coord(r, node, path, &p->coord[0]);
    if (s == GENU_OK)
        s = osim_numbers(r, node, "range", &x, &n);
    if (s != GENU_OK)
        return s;
    if (n == 2) {
        p->lo = x[0] < x[1] ? x[0] : x[1];
        p->hi = x[0] < x[1] ? x[1] : x[0];
    }
    free(x);
    return n == 2 ? GENU_OK
                  : osim_fail(r, node, GENU_E_FORMAT,
                              "conditional point '%s': <range> holds %d "
                              "numbers, must hold 2",
                              p->name, n);
}

static genu_status read_point(osim_reader *r, xmlNode *node, genu_path *path)
{
    char name[OSIM_NAME], frame[TEXT];
    osim_name(node, name);
    genu_point *p = osim_grow((void **)&path->point, &path->n_point, sizeof *p);
    if (!p || !(p->name = genu_strdup(name)))
        return osim_fail(r, node, GENU_E_MEMORY, "out of memory");
    if (!osim_socket(node, "parent_frame", frame, sizeof frame) &&
        !osim_text(node, "body", frame, sizeof frame))
        return osim_fail(r, node, GENU_E_FORMAT, "path point '%s' names no body", name);
    xform X;
    genu_status s = osim_resolve(r, node, NULL, frame, &p->body, &X);
    if (s != GENU_OK)
        return s;
    if (osim_is(node, "MovingPathPoint") || osim_is(node, "MovingMusclePoint"))
        return read_moving(r, node, p, &X);
    int fixed = osim_is(node, "PathPoint") || osim_is(node, "MusclePoint");
    if (!fixed && !osim_is(node, "ConditionalPathPoint"))
        return osim_fail(r, node, GENU_E_FORMAT,
                         "path point '%s' is a <%s>, which is not supported", name,
                         (const char *)node->name);
    v3 location = { 0, 0, 0 };
    s = osim_v3(r, node, "location", &location);
    p->location = xform_point(X, location);
    return s == GENU_OK && !fixed ? read_condition(r, node, p) : s;
}

static genu_status read_path_wrap(osim_reader *r, xmlNode *node, genu_path *path)
{
    char object[TEXT], method[64];
    genu_status s = GENU_OK;
    if (!osim_text(node, "wrap_object", object, sizeof object))
        return osim_fail(r, node, GENU_E_FORMAT, "a path's wrap names no object");
    int i = genu_find_wrap(r->m, osim_last(object));
    if (i < 0)
        return osim_fail(r, node, GENU_E_FORMAT, "there is no wrapping object '%s'", object);
    if (!r->m->wrap[i].active) {
        genu_notes_add(r->notes, GENU_NOTE, (int)xmlGetLineNo(node),
                       "wrapping object '%s' is switched off: paths pass through it", object);
        return GENU_OK;
    }
    genu_path_wrap *w = osim_grow((void **)&path->wrap, &path->n_wrap, sizeof *w);
    if (!w)
        return osim_fail(r, node, GENU_E_MEMORY, "out of memory");
    *w = (genu_path_wrap){ i, GENU_WRAP_HYBRID, -1, -1 };
    if (osim_text(node, "method", method, sizeof method) && *method) {
        if (!strcasecmp(method, "midpoint"))
            w->method = GENU_WRAP_MIDPOINT;
        else if (!strcasecmp(method, "axial"))
            w->method = GENU_WRAP_AXIAL;
        else if (strcasecmp(method, "hybrid") && strcasecmp(method, "unassigned"))
            s = osim_fail(r, node, GENU_E_FORMAT,
                          "wrap method is '%s', must be hybrid, midpoint or "
                          "axial",
                          method);
    }
    double *x;
    int n;
    if (s == GENU_OK)
        s = osim_numbers(r, node, "range", &x, &n);
    if (s != GENU_OK)
        return s;
    if (n == 2) {
        w->first = x[0] >= 1 ? (int)x[0] : -1;
        w->last = x[1] >= 1 ? (int)x[1] : -1;
    }
    free(x);
    return n == 0 || n == 2
               ? GENU_OK
               : osim_fail(r, node, GENU_E_FORMAT, "wrap <range> holds %d numbers, must hold 2", n);
}

static genu_status read_path(osim_reader *r, xmlNode *muscle, const char *name, genu_path *path)
{
    xmlNode *geometry = osim_child(muscle, "GeometryPath");
    if (!geometry)
        geometry = osim_first(osim_child(muscle, "path"));
    if (!geometry)
        return osim_fail(r, muscle, GENU_E_FORMAT, "muscle '%s' has no path", name);
    genu_status s = GENU_OK;
    for (xmlNode *n = osim_objects(geometry, "PathPointSet"); n && s == GENU_OK; n = osim_next(n))
        s = read_point(r, n, path);
    for (xmlNode *n = osim_objects(geometry, "PathWrapSet"); n && s == GENU_OK; n = osim_next(n))
        s = read_path_wrap(r, n, path);
    return s;
}

/* A number of a muscle: the element it may stand in (NULL: the muscle), its tag, where it goes. */
typedef struct number {
    const char *in, *tag;
    double *to;
} number;

static genu_status read_numbers(osim_reader *r, xmlNode *node, const number *list, int n)
{
    genu_status s = GENU_OK;
    for (int i = 0; i < n && s == GENU_OK; i++) {
        const xmlNode *in = list[i].in ? osim_child(node, list[i].in) : node;
        if (in)
            s = osim_double(r, in, list[i].tag, list[i].to);
    }
    return s;
}

static genu_status read_thelen(osim_reader *r, xmlNode *node, genu_hill *h)
{
    const number list[] = {
        { NULL, "FmaxTendonStrain", &h->thelen.fmax_tendon_strain },
        { NULL, "FmaxMuscleStrain", &h->thelen.fmax_muscle_strain },
        { NULL, "KshapeActive", &h->thelen.k_shape_active },
        { NULL, "KshapePassive", &h->thelen.k_shape_passive },
        { NULL, "Af", &h->thelen.af },
        { NULL, "Flen", &h->thelen.flen },
        { NULL, "fv_linear_extrap_threshold", &h->thelen.fv_linear_extrap },
    };
    return read_numbers(r, node, list, sizeof list / sizeof *list);
}

static genu_status read_millard(osim_reader *r, xmlNode *node, genu_hill *h)
{
    static const char fl[] = "ActiveForceLengthCurve", fv[] = "ForceVelocityCurve",
                      fpe[] = "FiberForceLengthCurve", ft[] = "TendonForceLengthCurve";
    const number list[] = {
        { NULL, "fiber_damping", &h->millard.fiber_damping },
        { fl, "min_norm_active_fiber_length", &h->millard.l_min },
        { fl, "transition_norm_fiber_length", &h->millard.l_transition },
        { fl, "max_norm_active_fiber_length", &h->millard.l_max },
        { fl, "shallow_ascending_slope", &h->millard.shallow_slope },
        { fl, "minimum_value", &h->millard.minimum_value },
        { fv, "concentric_slope_at_vmax", &h->millard.concentric_slope_at_vmax },
        { fv, "concentric_slope_near_vmax", &h->millard.concentric_slope_near_vmax },
        { fv, "isometric_slope", &h->millard.isometric_slope },
        { fv, "eccentric_slope_at_vmax", &h->millard.eccentric_slope_at_vmax },
        { fv, "eccentric_slope_near_vmax", &h->millard.eccentric_slope_near_vmax },
        { fv, "max_eccentric_velocity_force_multiplier", &h->millard.max_eccentric_force },
        { fv, "concentric_curviness", &h->millard.concentric_curviness },
        { fv, "eccentric_curviness", &h->millard.eccentric_curviness },
        { fpe, "strain_at_zero_force", &h->millard.passive_strain_zero },
        { fpe, "strain_at_one_norm_force", &h->millard.passive_strain_one },
        { fpe, "stiffness_at_low_force", &h->millard.passive_stiffness_low },
        { fpe, "stiffness_at_one_norm_force", &h->millard.passive_stiffness_one },
        { fpe, "curviness", &h->millard.passive_curviness },
        { ft, "strain_at_one_norm_force", &h->millard.tendon_strain_one },
        { ft, "stiffness_at_one_norm_force", &h->millard.tendon_stiffness_one },
        { ft, "norm_force_at_toe_end", &h->millard.tendon_toe_force },
        { ft, "curviness", &h->millard.tendon_curviness },
    };
    genu_status s = osim_bool(r, node, "ignore_tendon_compliance", &h->millard.rigid_tendon);
    return s == GENU_OK ? read_numbers(r, node, list, sizeof list / sizeof *list) : s;
}

static genu_status read_muscle(osim_reader *r, xmlNode *node, const char *name)
{
    int thelen = osim_is(node, "Thelen2003Muscle");
    int known = thelen || osim_is(node, "Millard2012EquilibriumMuscle");
    if (genu_find_muscle(r->m, name) >= 0)
        return osim_fail(r, node, GENU_E_FORMAT, "a second muscle is named '%s'", name);
    genu_muscle *m = osim_grow((void **)&r->m->muscle, &r->m->n_muscle, sizeof *m);
    if (!m || !(m->name = genu_strdup(name)))
        return osim_fail(r, node, GENU_E_MEMORY, "out of memory");
    genu_hill *h = &m->hill;
    *h = genu_hill_defaults(thelen || !known ? GENU_HILL_THELEN : GENU_HILL_MILLARD);
    m->line = (int)xmlGetLineNo(node);
    m->no_force = !known;
    m->min_control = NAN;
    m->max_control = 1;
    const number list[] = {
        { NULL, "max_isometric_force", &h->f_max },
        { NULL, "optimal_fiber_length", &h->l_opt },
        { NULL, "tendon_slack_length", &h->l_slack },
        { NULL, "pennation_angle_at_optimal", &h->pennation },
        { NULL, "max_contraction_velocity", &h->v_max },
        { NULL, "default_activation", &h->default_activation },
        { NULL, "minimum_activation", &h->min_activation },
        { NULL, "min_control", &m->min_control },
        { NULL, "max_control", &m->max_control },
    };
    genu_status s = read_numbers(r, node, list, sizeof list / sizeof *list);
    if (s == GENU_OK && known)
        s = thelen ? read_thelen(r, node, h) : read_millard(r, node, h);
    // the control may not fall below the activation that the muscle can hold
    if (isnan(m->min_control) || m->min_control < h->min_activation)
        m->min_control = h->min_activation;
    if (!known)
        genu_notes_add(r->notes, GENU_WARNING, m->line,
                       "muscle '%s' is a %s: its geometry is read, its force cannot be computed",
                       name, (const char *)node->name);
    return s == GENU_OK ? read_path(r, node, name, &m->path) : s;
}

static genu_status read_actuator(osim_reader *r, xmlNode *node, const char *name)
{
    char coord[TEXT];
    genu_actuator *a = osim_grow((void **)&r->m->actuator, &r->m->n_actuator, sizeof *a);
    if (!a || !(a->name = genu_strdup(name)))
        return osim_fail(r, node, GENU_E_MEMORY, "out of memory");
    a->optimal_force = 1;
    a->lo = -INFINITY;
    a->hi = INFINITY;
    if (!osim_text(node, "coordinate", coord, sizeof coord))
        return osim_fail(r, node, GENU_E_FORMAT, "actuator '%s' names no coordinate", name);
    genu_status s = osim_coord(r, node, coord, &a->coord);
    const number list[] = { { NULL, "optimal_force", &a->optimal_force },
                            { NULL, "min_control", &a->lo },
                            { NULL, "max_control", &a->hi } };
    return s == GENU_OK ? read_numbers(r, node, list, 3) : s;
}

static int one_of(const xmlNode *node, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (osim_is(node, list[i]))
            return 1;
    return 0;
}

/* Forces that are neither muscles nor coordinate actuators: said by name, left out. */
static void leave_out(osim_reader *r, xmlNode *node, const char *name)
{
    static const char *const driven[] = { "TorqueActuator", "PointActuator", "PointToPointActuator",
                                          "BodyActuator", "ActivationCoordinateActuator" };
    if (one_of(node, driven, sizeof driven / sizeof *driven))
        genu_notes_add(r->notes, GENU_NOTE, (int)xmlGetLineNo(node),
                       "%s '%s' left out: it acts only when it is controlled",
                       (const char *)node->name, name);
    else
        genu_notes_add(r->notes, GENU_WARNING, (int)xmlGetLineNo(node),
                       "%s '%s' left out: joint moments and loads are computed without this force",
                       (const char *)node->name, name);
}

static int is_muscle(const xmlNode *node)
{
    size_t n = strlen((const char *)node->name);
    const char *tag = (const char *)node->name;
    return strstr(tag, "Muscle") != NULL && n >= 6;
}

genu_status osim_read_forces(osim_reader *r)
{
    genu_status s = GENU_OK;
    for (xmlNode *n = osim_objects(r->model, "ForceSet"); n && s == GENU_OK; n = osim_next(n)) {
        char name[OSIM_NAME];
        int applies = 1, disabled = 0;
        osim_name(n, name);
        s = osim_bool(r, n, "appliesForce", &applies);
        if (s == GENU_OK)
            s = osim_bool(r, n, "isDisabled", &disabled);
        if (s != GENU_OK)
            break;
        if (!applies || disabled)
            genu_notes_add(r->notes, GENU_NOTE, (int)xmlGetLineNo(n),
                           "%s '%s' is switched off: left out", (const char *)n->name, name);
        else if (is_muscle(n))
            s = read_muscle(r, n, name);
        else if (osim_is(n, "CoordinateActuator"))
            s = read_actuator(r, n, name);
        else
            leave_out(r, n, name);
    }
    return s;
}

genu_status osim_read_markers(osim_reader *r)
{
    genu_status s = GENU_OK;
    for (xmlNode *n = osim_objects(r->model, "MarkerSet"); n && s == GENU_OK; n = osim_next(n)) {
        char name[OSIM_NAME], frame[TEXT];
        if (!osim_is(n, "Marker"))
            continue;
        osim_name(n, name);
        genu_marker *m = osim_grow((void **)&r->m->marker, &r->m->n_marker, sizeof *m);
        if (!m || !(m->name = genu_strdup(name)))
            return osim_fail(r, n, GENU_E_MEMORY, "out of memory");
        if (!osim_socket(n, "parent_frame", frame, sizeof frame) &&
            !osim_text(n, "body", frame, sizeof frame))
            return osim_fail(r, n, GENU_E_FORMAT, "marker '%s' names no body", name);
        xform X;
        v3 location = { 0, 0, 0 };
        s = osim_resolve(r, n, NULL, frame, &m->body, &X);
        if (s == GENU_OK)
            s = osim_v3(r, n, "location", &location);
        if (s == GENU_OK)
            m->location = xform_point(X, location);
    }
    return s;
}
