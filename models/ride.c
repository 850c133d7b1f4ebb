#include "models/ride.h"

#include <math.h>

static genu_status add(genu_joint *j, int rotation, v3 axis, int coord, const genu_curve *f,
                       genu_err *err)
{
    if (!f->c)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for joint '%s'", j->name);
    j->step[j->n_step++] =
        (genu_step){ .rotation = rotation, .axis = axis, .coord = coord, .f = *f };
    return GENU_OK;
}

static genu_status turn(genu_joint *j, v3 axis, int coord, double times, genu_err *err)
{
    genu_curve f;
    genu_status s = genu_curve_linear(&f, times, 0, err);
    return s ? s : add(j, 1, axis, coord, &f, err);
}

/* Along the axis by a multiple, set by genu_ride_resize, of sin q or cos q. */
static genu_status swing(genu_joint *j, v3 axis, int coord, int is_cos, genu_err *err)
{
    genu_curve f;
    genu_status s = genu_curve_sine(&f, 1, 1, is_cos ? GENU_PI / 2 : 0, 0, err);
    return s ? s : add(j, 0, axis, coord, &f, err);
}

static genu_status shift(genu_joint *j, v3 by, genu_err *err)
{
    genu_curve f;
    double length = v3_norm(by);
    v3 axis = length > 0 ? v3_scale(1 / length, by) : (v3){ 1, 0, 0 };
    genu_status s = genu_curve_constant(&f, length, err);
    return s ? s : add(j, 0, axis, -1, &f, err);
}

/* With the ellipsoid's axes given in the joint frame. */
static genu_status ride(genu_joint *j, v3 x, v3 y, v3 z, int first, genu_err *err)
{
    genu_status s = swing(j, x, first + 1, 0, err);
    if (!s)
        s = turn(j, x, first, 1, err);
    if (!s)
        s = swing(j, z, first + 1, 1, err);
    if (!s)
        s = turn(j, x, first, -2, err);
    if (!s)
        s = swing(j, z, first + 1, 1, err);
    if (!s)
        s = turn(j, x, first, 2, err);
    if (!s)
        s = turn(j, y, first + 1, 1, err);
    return s ? s : turn(j, z, first + 2, 1, err);
}

genu_status genu_ride_ellipsoid(genu_joint *j, v3 radii, int first, genu_err *err)
{
    genu_status s = ride(j, (v3){ 1, 0, 0 }, (v3){ 0, 1, 0 }, (v3){ 0, 0, 1 }, first, err);
    if (!s)
        genu_ride_resize(j, radii);
    return s;
}

genu_status genu_ride_scapula(genu_joint *j, v3 radii, const double origin[2], double direction,
                              int first, genu_err *err)
{
    v3 at = { origin[0], origin[1], 0 };
    v3 axis = { -sin(direction), cos(direction), 0 };
    genu_status s = ride(j, (v3){ 0, 1, 0 }, (v3){ -1, 0, 0 }, (v3){ 0, 0, 1 }, first, err);
    if (!s)
        genu_ride_resize(j, radii);
    if (!s)
        s = shift(j, at, err);
    if (!s)
        s = turn(j, axis, first + 3, 1, err);
    return s ? s : shift(j, v3_scale(-1, at), err);
}

void genu_ride_resize(genu_joint *j, v3 radii)
{
    v3 x = j->step[0].axis; // along the joint's x or y
    double along = x.x != 0 ? radii.x : radii.y, across = x.x != 0 ? radii.y : radii.x;
    j->radii = radii;
    j->step[0].f.c[0] = along;
    j->step[2].f.c[0] = (across + radii.z) / 2;
    j->step[4].f.c[0] = (radii.z - across) / 2;
}

void genu_ride_winging(const genu_joint *j, double origin[2], double *direction)
{
    const genu_step *s = &j->step[GENU_RIDE_STEPS];
    origin[0] = s[0].f.c[0] * s[0].axis.x;
    origin[1] = s[0].f.c[0] * s[0].axis.y;
    *direction = atan2(-s[1].axis.x, s[1].axis.y);
}
