/* osim_write_joint.c - joints with their frames, coordinates and axes. */
#include "models/ride.h"
#include "sim/osim_write_private.h"

#include <math.h>
#include <string.h>

static void frame(osim_sink *k, int body, const char *end, xform X)
{
    char name[512];
    snprintf(name, sizeof name, "%s_%s", k->m->body[body].name, end);
    sink_open(k, "PhysicalOffsetFrame", name);
    sink_body(k, "socket_parent", body);
    sink_v3(k, "translation", X.p);
    sink_angles(k, "orientation", X.R);
    sink_close(k, "PhysicalOffsetFrame");
}

static void coordinates(osim_sink *k, int body)
{
    sink_open(k, "coordinates", NULL);
    for (int i = 0; i < k->m->n_coord; i++) {
        const genu_coord *c = &k->m->coord[i];
        if (c->body != body)
            continue;
        sink_open(k, "Coordinate", c->name);
        sink_number(k, "default_value", c->value);
        sink_number(k, "default_speed_value", c->speed);
        sink_numbers(k, "range", (double[]){ c->lo, c->hi }, 2);
        sink_bool(k, "clamped", c->clamped);
        sink_bool(k, "locked", c->locked);
        sink_close(k, "Coordinate");
    }
    sink_close(k, "coordinates");
}

/* A unit axis for one that does not move: as far as can be from those taken, since OpenSim wants
 * three that are independent. */
static v3 spare_axis(const v3 *taken, int n)
{
    v3 best = { 1, 0, 0 };
    double least = 2;
    for (int i = 0; i < 3; i++) {
        v3 e = { i == 0, i == 1, i == 2 };
        double most = 0;
        for (int j = 0; j < n; j++)
            most = fmax(most, fabs(v3_dot(e, taken[j])));
        if (most < least - 1e-9) {
            least = most;
            best = e;
        }
    }
    return best;
}

static genu_status axis(osim_sink *k, const genu_joint *j, int body, const char *name,
                        const genu_step *step, v3 direction)
{
    char place[600];
    snprintf(place, sizeof place, "joint '%s', %s", j->name, name);
    const genu_coord *c = step && step->coord >= 0 ? &k->m->coord[step->coord] : NULL;
    if (c && c->body != body)
        return genu_fail(k->err, GENU_E_FORMAT, "%s: follows '%s', a coordinate of another joint",
                         place, c->name);
    genu_curve rest = { .scale = 1 };
    sink_open(k, "TransformAxis", name);
    sink_text(k, "coordinates", c ? c->name : "");
    sink_v3(k, "axis", direction);
    genu_status s = sink_function(k, step ? &step->f : &rest, "function", place);
    sink_close(k, "TransformAxis");
    return s;
}

/* Three axes of one kind; the joint's own come first, in their order. */
static genu_status three_axes(osim_sink *k, const genu_joint *j, int body, int rotation)
{
    const genu_step *own[3] = { NULL, NULL, NULL };
    v3 direction[3];
    int n = 0;
    for (int i = 0; i < j->n_step; i++)
        if (j->step[i].rotation == rotation) {
            if (n == 3)
                return genu_fail(k->err, GENU_E_FORMAT, "joint '%s' has more than three %s",
                                 j->name, rotation ? "rotations" : "translations");
            own[n] = &j->step[i];
            direction[n++] = j->step[i].axis;
        }
    for (int i = n; i < 3; i++)
        direction[i] = spare_axis(direction, i);
    genu_status s = GENU_OK;
    for (int i = 0; i < 3 && s == GENU_OK; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s%d", rotation ? "rotation" : "translation", i + 1);
        s = axis(k, j, body, name, own[i], direction[i]);
    }
    return s;
}

static genu_status joint(osim_sink *k, int body)
{
    const genu_joint *j = &k->m->body[body].joint;
    int parent = k->m->body[body].parent;
    char name[512];
    sink_open(k, j->type, j->name);
    snprintf(name, sizeof name, "%s_parent", k->m->body[parent].name);
    sink_text(k, "socket_parent_frame", name);
    snprintf(name, sizeof name, "%s_child", k->m->body[body].name);
    sink_text(k, "socket_child_frame", name);
    coordinates(k, body);
    sink_open(k, "frames", NULL);
    frame(k, parent, "parent", j->parent_frame);
    frame(k, body, "child", j->child_frame);
    sink_close(k, "frames");
    genu_status s = GENU_OK;
    if (!strcmp(j->type, "CustomJoint")) {
        sink_open(k, "SpatialTransform", NULL);
        s = three_axes(k, j, body, 1);
        if (s == GENU_OK)
            s = three_axes(k, j, body, 0);
        sink_close(k, "SpatialTransform");
    }
    if (!strcmp(j->type, "EllipsoidJoint"))
        sink_v3(k, "radii_x_y_z", j->radii);
    if (!strcmp(j->type, "ScapulothoracicJoint")) {
        double origin[2], direction;
        genu_ride_winging(j, origin, &direction);
        sink_v3(k, "thoracic_ellipsoid_radii_x_y_z", j->radii);
        sink_numbers(k, "scapula_winging_axis_origin", origin, 2);
        sink_number(k, "scapula_winging_axis_direction", direction);
    }
    sink_close(k, j->type);
    return s;
}

/* Joints in the order of their coordinates, which is the order in which a reader counts them;
 * those without any at the end. */
genu_status sink_joints(osim_sink *k)
{
    genu_status s = GENU_OK;
    sink_open(k, "JointSet", "jointset");
    sink_open(k, "objects", NULL);
    for (int i = 0; i < k->m->n_coord && s == GENU_OK; i++) {
        int first = 1;
        for (int j = 0; j < i; j++)
            first &= k->m->coord[j].body != k->m->coord[i].body;
        if (first)
            s = joint(k, k->m->coord[i].body);
    }
    for (int b = 1; b < k->m->n_body && s == GENU_OK; b++) {
        int moves = 0;
        for (int i = 0; i < k->m->n_coord; i++)
            moves |= k->m->coord[i].body == b;
        if (!moves)
            s = joint(k, b);
    }
    sink_close(k, "objects");
    sink_groups(k);
    sink_close(k, "JointSet");
    return s;
}
