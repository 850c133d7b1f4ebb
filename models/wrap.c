#include "models/wrap.h"

/* The planar problem that cylinder and sphere share: from p to q around a disc at the origin, at
 * distances rho_p and rho_q, turning by the signed angle `turn` as seen from the origin. Each
 * tangent covers acos(r / rho) of it; what is left is the arc. */
typedef struct turn {
    double tangent_p, tangent_q; /* m, from the point to its contact                        */
    double theta;                /* rad, of the arc; <= 0: the disc is not touched          */
    double cos_p, sin_p;         /* from the direction of p to its contact, signed as turn  */
    double cos_q, sin_q;         /* from the direction of q to its contact                  */
} turn;

static turn go_round(double r, double rho_p, double rho_q, double angle)
{
    turn t;
    double s = angle < 0 ? -1 : 1;
    t.tangent_p = sqrt((rho_p - r) * (rho_p + r));
    t.tangent_q = sqrt((rho_q - r) * (rho_q + r));
    t.theta = fabs(angle) - atan2(t.tangent_p, r) - atan2(t.tangent_q, r);
    t.cos_p = r / rho_p;
    t.sin_p = s * t.tangent_p / rho_p;
    t.cos_q = r / rho_q;
    t.sin_q = -s * t.tangent_q / rho_q;
    return t;
}

/* Angle from the direction a to the direction b, in (-pi, pi]. */
static double between(double ax, double ay, double bx, double by)
{
    return atan2(ax * by - ay * bx, ax * bx + ay * by);
}

/* The same, in [0, 2 pi). */
static double beyond(double ax, double ay, double bx, double by)
{
    double angle = between(ax, ay, bx, by);
    return angle < 0 ? angle + 2 * GENU_PI : angle;
}

/* Does the straight segment lead deeper in than its end points are? */
static int leads_in(double px, double py, double qx, double qy)
{
    double dx = qx - px, dy = qy - py;
    return px * dx + py * dy < 0 && qx * dx + qy * dy > 0;
}

/* A quadrant along the axis halves the cylinder instead of choosing a side. */
static int off_the_ends(const genu_wrap_object *o, double za, double zb)
{
    double half = 0.5 * o->length, lo = -half, hi = half;
    if (o->quadrant_sign != 0 && o->quadrant_axis == 2) {
        lo = o->quadrant_sign > 0 ? 0 : -half;
        hi = o->quadrant_sign > 0 ? half : 0;
    }
    return (za < lo || za > hi) && (zb < lo || zb > hi);
}

/* Geodesic: on the unrolled cylinder tangents and arc are one straight line, so z grows in
 * proportion to the planar length. Both contacts off the ends: the cylinder is not there (as in
 * OpenSim). */
static genu_touch cylinder(const genu_wrap_object *o, v3 p, v3 q, genu_arc *arc)
{
    double r = o->radius[0], rho_p = hypot(p.x, p.y), rho_q = hypot(q.x, q.y);
    if (rho_p < r || rho_q < r)
        return leads_in(p.x, p.y, q.x, q.y) && !off_the_ends(o, p.z, q.z) ? GENU_TOUCH_INSIDE
                                                                          : GENU_TOUCH_NONE;
    double angle = between(p.x, p.y, q.x, q.y);
    if (o->quadrant_sign != 0 && o->quadrant_axis != 2) {
        double bx = o->quadrant_axis == 0 ? -o->quadrant_sign : 0;
        double by = o->quadrant_axis == 1 ? -o->quadrant_sign : 0;
        angle = beyond(bx, by, q.x, q.y) - beyond(bx, by, p.x, p.y);
    }
    turn t = go_round(r, rho_p, rho_q, angle);
    if (t.theta <= 0)
        return GENU_TOUCH_NONE;

    double round = r * t.theta, total = t.tangent_p + round + t.tangent_q;
    double slope = (q.z - p.z) / total, cp = r / rho_p, cq = r / rho_q;
    arc->a = (v3){ cp * (t.cos_p * p.x - t.sin_p * p.y), cp * (t.sin_p * p.x + t.cos_p * p.y),
                   p.z + slope * t.tangent_p };
    arc->b = (v3){ cq * (t.cos_q * q.x - t.sin_q * q.y), cq * (t.sin_q * q.x + t.cos_q * q.y),
                   q.z - slope * t.tangent_q };
    if (off_the_ends(o, arc->a.z, arc->b.z))
        return GENU_TOUCH_NONE;
    arc->length = round * sqrt(1 + slope * slope);
    return GENU_TOUCH_MANDATORY;
}

/* The plane of p, q and the centre of a ball of radius r: x towards p, y at right angles to it the
 * way the path goes. Where p and q lie opposite each other any plane will do. */
int genu_wrap_round(double r, v3 p, v3 q, int axis, int sign, genu_round *g)
{
    double e[3] = { 0, 0, 0 }, rho_p = v3_norm(p), rho_q = v3_norm(q);
    v3 n = v3_cross(p, q);
    double sine = v3_norm(n), angle = atan2(sine, v3_dot(p, q));
    e[axis] = sign == 0 ? 1 : sign;
    if (sine < 1e-12 * rho_p * rho_q) // round-off only: any plane through p, best the active side's
        n = v3_cross(p, v3_of(e));
    if (v3_norm(n) < 1e-12 * rho_p)
        n = v3_cross(p, fabs(p.x) < fabs(p.y) ? (v3){ 1, 0, 0 } : (v3){ 0, 1, 0 });
    g->x = v3_scale(1 / rho_p, p);
    g->y = v3_unit(v3_cross(n, g->x));

    turn t = go_round(r, rho_p, rho_q, angle);
    if (t.theta <= 0)
        return 0;
    double bx = -v3_dot(v3_of(e), g->x), by = -v3_dot(v3_of(e), g->y);
    if (sign != 0 && hypot(bx, by) > 1e-12 &&
        beyond(1, 0, bx, by) < angle) { // the short way is barred
        g->y = v3_scale(-1, g->y);
        angle = 2 * GENU_PI - angle;
    }
    g->begin = atan2(t.tangent_p, r);
    g->end = angle - atan2(t.tangent_q, r);
    return 1;
}

/* Arc of a great circle. A quadrant bars the half line from the centre to the inactive side, laid
 * into the plane of the path: where the short way crosses it, the path goes the long way. Wraps
 * only where the segment hits the sphere (as OpenSim). */
static genu_touch sphere(const genu_wrap_object *o, v3 p, v3 q, genu_arc *arc)
{
    double r = o->radius[0];
    v3 d = v3_sub(q, p);
    genu_round g;
    if (v3_norm(p) < r || v3_norm(q) < r)
        return v3_dot(p, d) < 0 && v3_dot(q, d) > 0 ? GENU_TOUCH_INSIDE : GENU_TOUCH_NONE;
    if (!genu_wrap_round(r, p, q, o->quadrant_axis, o->quadrant_sign, &g))
        return GENU_TOUCH_NONE;
    arc->a = v3_add(v3_scale(r * cos(g.begin), g.x), v3_scale(r * sin(g.begin), g.y));
    arc->b = v3_add(v3_scale(r * cos(g.end), g.x), v3_scale(r * sin(g.end), g.y));
    arc->length = r * (g.end - g.begin);
    return GENU_TOUCH_MANDATORY;
}

int genu_wrap_inside(const genu_wrap_object *o, v3 p)
{
    const double *a = o->radius;
    switch (o->kind) {
    case GENU_WRAP_CYLINDER:
        return hypot(p.x, p.y) < a[0];
    case GENU_WRAP_SPHERE:
        return v3_norm(p) < a[0];
    case GENU_WRAP_ELLIPSOID:
        return v3_norm((v3){ p.x / a[0], p.y / a[1], p.z / a[2] }) < 1;
    case GENU_WRAP_TORUS:
        break;
    }
    return 0;
}

genu_touch genu_wrap_shortest(const genu_wrap_object *o, v3 p, v3 q, genu_arc *arc)
{
    switch (o->kind) {
    case GENU_WRAP_CYLINDER:
        return cylinder(o, p, q, arc);
    case GENU_WRAP_SPHERE:
        return sphere(o, p, q, arc);
    case GENU_WRAP_ELLIPSOID:
        return genu_wrap_ellipsoid(o, p, q, arc);
    case GENU_WRAP_TORUS:
        break; // refused by genu_model_validate
    }
    return GENU_TOUCH_NONE;
}
