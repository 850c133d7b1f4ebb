/* osim_force.c - what acts on the bodies, and markers. */
#include "models/osim_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static genu_status read_actuator(osim_reader *r, const xmlNode *node, const char *name)
{
    char coord[OSIM_PATH];
    for (int i = 0; i < r->m->n_actuator; i++)
        if (!strcmp(r->m->actuator[i].name, name))
            return osim_fail(r, node, GENU_E_FORMAT, "a second actuator is named '%s'", name);
    genu_actuator *a = osim_grow((void **)&r->m->actuator, &r->m->n_actuator, sizeof *a);
    if (!a || !(a->name = genu_strdup(name)))
        return osim_no_memory(r);
    a->optimal_force = 1;
    a->lo = -INFINITY;
    a->hi = INFINITY;
    if (!osim_socket(r, node, "coordinate", coord) || !*coord)
        return osim_fail(r, node, GENU_E_FORMAT, "the actuator names no coordinate");
    genu_status s = osim_coord(r, node, coord, &a->coord);
    if (s == GENU_OK)
        s = osim_double(r, node, "optimal_force", OSIM_SAY, OSIM_FINITE, &a->optimal_force);
    if (s == GENU_OK)
        s = osim_double(r, node, "min_control", OSIM_SAY, OSIM_NUMBER, &a->lo);
    if (s == GENU_OK)
        s = osim_double(r, node, "max_control", OSIM_SAY, OSIM_NUMBER, &a->hi);
    if (s == GENU_OK && a->optimal_force == 0)
        s = osim_fail(r, node, GENU_E_RANGE, "<optimal_force> is 0, must not be 0");
    if (s == GENU_OK && a->lo > a->hi)
        s = osim_fail(r, node, GENU_E_RANGE,
                      "<min_control> to <max_control> is %g to %g, must rise", a->lo, a->hi);
    return s;
}

/* Forces that are neither muscles nor coordinate actuators: said by name, left out. */
static void leave_out(osim_reader *r, xmlNode *node)
{
    static const char *const driven[] = { "TorqueActuator",       "PointActuator",
                                          "PointToPointActuator", "BodyActuator",
                                          "PathActuator",         "ActivationCoordinateActuator" };
    osim_leave_out(node);
    for (size_t i = 0; i < sizeof driven / sizeof *driven; i++)
        if (osim_is(node, driven[i])) {
            osim_note(r, node, GENU_NOTE, "left out: it acts only where a controller drives it");
            return;
        }
    if (osim_is(node, "CoordinateLimitForce"))
        osim_note(r, node, GENU_WARNING,
                  "left out: joint moments and loads are computed without this force, which acts "
                  "near the ends of its coordinate's range");
    else
        osim_note(r, node, GENU_WARNING,
                  "left out: joint moments and loads are computed without this force");
}

static genu_status read_force(osim_reader *r, xmlNode *node)
{
    char name[OSIM_NAME];
    int applies = 1, disabled = 0;
    osim_name(node, name);
    osim_take(node);
    genu_status s = osim_bool(r, node, "appliesForce", OSIM_SILENT, &applies);
    if (s == GENU_OK)
        s = osim_bool(r, node, "isDisabled", OSIM_SILENT, &disabled);
    if (s != GENU_OK)
        return s;
    if (!applies || disabled) {
        osim_leave_out(node);
        osim_note(r, node, GENU_NOTE, "switched off in the file, so left out");
        return GENU_OK;
    }
    if (osim_is(node, "Thelen2003Muscle") || osim_is(node, "Millard2012EquilibriumMuscle"))
        return osim_read_muscle(r, node, name, 1);
    if (strstr((const char *)node->name, "Muscle"))
        return osim_read_muscle(r, node, name, 0);
    if (osim_is(node, "CoordinateActuator"))
        return read_actuator(r, node, name);
    leave_out(r, node);
    return GENU_OK;
}

genu_status osim_read_forces(osim_reader *r)
{
    genu_status s = GENU_OK;
    for (xmlNode *n = osim_objects(r, r->model, "ForceSet"); n && s == GENU_OK; n = osim_next(n))
        s = read_force(r, n);
    return s;
}

static genu_status read_marker(osim_reader *r, xmlNode *node)
{
    char name[OSIM_NAME], frame[OSIM_PATH];
    osim_name(node, name);
    osim_take(node);
    genu_marker *m = osim_grow((void **)&r->m->marker, &r->m->n_marker, sizeof *m);
    if (!m || !(m->name = genu_strdup(name)))
        return osim_no_memory(r);
    if (!osim_socket(r, node, "parent_frame", frame) && !osim_text(r, node, "body", frame))
        return osim_fail(r, node, GENU_E_FORMAT, "the marker names no body");
    xform X;
    v3 location = { 0, 0, 0 };
    genu_status s = osim_resolve(r, node, frame, &m->body, &X);
    if (s == GENU_OK)
        s = osim_v3(r, node, "location", OSIM_SAY, &location);
    m->location = s == GENU_OK ? xform_point(X, location) : location;
    return s;
}

genu_status osim_read_markers(osim_reader *r)
{
    genu_status s = GENU_OK;
    for (xmlNode *n = osim_objects(r, r->model, "MarkerSet"); n && s == GENU_OK; n = osim_next(n))
        if (osim_is(n, "Marker"))
            s = read_marker(r, n);
    return s;
}
