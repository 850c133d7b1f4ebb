/* OpenSim 4.6's path over an ellipsoid: a planar section, not a geodesic.
 *
 * Written from what that program computes (OpenSim/Simulation/Wrap/WrapEllipsoid.cpp), its
 * constants included. The plane holds both ends and one point c on the surface; how c is found is
 * the wrap's method. Two things are done exactly that OpenSim iterates: the tangent points (it
 * stops at a squared error of 1e-8, so its contacts lie up to 1e-4 mean radii beside these) and the
 * nearest point of the surface.
 */
#include "models/wrap.h"

/* All from OpenSim 4.6; lengths where the mean radius is 1 unless noted. */
static const double INSIDE = -1e-4;    /* of sum (p/a)^2 - 1                                  */
static const double ON_SURFACE = 1e-4; /* the same: such an end is its own contact            */
static const double COLLINEAR = 1e-4;  /* of 1 - cos of the angle between the ends            */
static const double FAN_ONLY = 0.7073; /* largest direction cosine of the segment up to which
                                          the fan decides, from AXIAL_ONLY on the axis plane  */
static const double AXIAL_ONLY = 0.9;
static const double END_BLEND = 0.3;    /* of the chord, where the axis plane's answer fades   */
static const double NEAR_PLANE = 2e-13; /* coordinates below this count as 0                   */
static const double CHORD = 0.001;      /* m, along the section                                */
enum { FAN = 300, MAX_CHORDS = 499 };

typedef struct section {
    v3 a; /* half axes */
    v3 p, q;
    v3 n; /* unit normal of the plane n . x = k */
    double k;
    v3 contact_p, contact_q;
    v3 second, last_but_one; /* of the chords' points */
    int chords;
} section;

static v3 over(v3 u, v3 a)
{
    return (v3){ u.x / a.x, u.y / a.y, u.z / a.z };
}

/* t of the nearest point a_i^2 u_i / (t + a_i^2): the largest root of sum (a_i u_i / (t + a_i^2))^2
 * = 1 (Hart 1994, in Graphics Gems IV, ISBN 0-12-336155-9). Convex and falling, so that Newton's
 * method climbs to it from the left without overshoot. No u_i is zero. */
static double multiplier(int n, const double *a, const double *u)
{
    int least = 0;
    for (int i = 1; i < n; i++)
        least = a[i] < a[least] ? i : least;
    double t = a[least] * (fabs(u[least]) - a[least]);
    for (int it = 0; it < 200; it++) {
        double f = -1, slope = 0;
        for (int i = 0; i < n; i++) {
            double part = a[i] * u[i] / (t + a[i] * a[i]);
            f += part * part;
            slope -= 2 * part * part / (t + a[i] * a[i]);
        }
        double next = t - f / slope;
        if (f <= 0 || next == t)
            break;
        t = next;
    }
    return t;
}

/* Nearest point of an ellipse; along an axis of symmetry by cases. */
static void nearest_on_ellipse(const double a[2], const double u[2], double x[2])
{
    int zero0 = fabs(u[0]) <= NEAR_PLANE, zero1 = fabs(u[1]) <= NEAR_PLANE;
    if (!zero0 && !zero1) {
        double t = multiplier(2, a, u);
        for (int i = 0; i < 2; i++)
            x[i] = a[i] * a[i] * u[i] / (t + a[i] * a[i]);
        return;
    }
    int k = zero0 && zero1 ? (a[0] < a[1] ? 0 : 1) : zero0; // the axis the point lies on
    double b = a[k], c = a[1 - k], side = u[k] < 0 ? -1 : 1;
    x[k] = side * b;
    x[1 - k] = u[1 - k];
    if ((zero0 && zero1) || c >= b || fabs(u[k]) >= b - c * c / b)
        return;
    x[k] = b * b * u[k] / (b * b - c * c);
    x[1 - k] = c * sqrt(1 - x[k] / b * (x[k] / b));
}

/* Nearest point of the surface. plane: the coordinate that counts as 0, -1: the one that is, and of
 * several the one with the smallest cross-section. */
static v3 nearest(v3 half, v3 point, int plane)
{
    double a[3], u[3], x[3], smallest = INFINITY;
    v3_put(a, half);
    v3_put(u, point);
    for (int i = 0; plane < 0 && i < 3; i++)
        if (fabs(u[i]) <= NEAR_PLANE)
            smallest = fmin(smallest, a[(i + 1) % 3] + a[(i + 2) % 3]);
    for (int i = 0; i < 3 && plane < 0; i++)
        if (fabs(u[i]) <= NEAR_PLANE && a[(i + 1) % 3] + a[(i + 2) % 3] == smallest)
            plane = i;
    if (plane < 0) {
        double t = multiplier(3, a, u);
        for (int i = 0; i < 3; i++)
            x[i] = a[i] * a[i] * u[i] / (t + a[i] * a[i]);
        return v3_of(x);
    }
    int j = (plane + 1) % 3, k = (plane + 2) % 3;
    double a2[2] = { a[j], a[k] }, u2[2] = { u[j], u[k] }, x2[2];
    nearest_on_ellipse(a2, u2, x2);
    x[plane] = u[plane];
    x[j] = x2[0];
    x[k] = x2[1];
    return v3_of(x);
}

/* The fan: from points along the chord r + t d to the surface, directions averaged. */
static v3 fan_point(v3 a, v3 r, v3 d)
{
    v3 sum = { 0, 0, 0 };
    for (int i = 1; i < FAN - 1; i++) {
        v3 s = v3_axpy((double)i / FAN, d, r);
        sum = v3_add(sum, v3_unit(v3_sub(nearest(a, s, -1), s)));
    }
    return nearest(a, v3_add(v3_axpy(0.5, d, r), v3_unit(sum)), -1);
}

/* The point c that spans the plane, from the chord r + t d inside the surface. *fan: the fan's
 * weight. */
static v3 spanning_point(v3 half, v3 r, v3 d, genu_wrap_method method, double *fan)
{
    double dd[3], rr[3];
    int axis = 0;
    v3_put(dd, v3_unit(d));
    v3_put(rr, r);
    for (int i = 1; i < 3; i++)
        axis = fabs(dd[i]) > fabs(dd[axis]) ? i : axis;
    double cosine = fabs(dd[axis]), t = -rr[axis] / (dd[axis] * v3_norm(d));

    *fan = 0;
    if (method == GENU_WRAP_MIDPOINT)
        return nearest(half, v3_axpy(0.5, d, r), -1);

    v3 axial = nearest(half, v3_axpy(t, d, r), axis);
    if (method == GENU_WRAP_AXIAL)
        return axial;
    if (cosine > FAN_ONLY) {
        double fade = fmin(1, fmax(0, fmin(t, 1 - t) / END_BLEND));
        cosine = FAN_ONLY + fade * (cosine - FAN_ONLY);
    }
    if (cosine >= AXIAL_ONLY)
        return axial;
    v3 c = fan_point(half, r, d);
    *fan = 1;
    if (cosine <= FAN_ONLY)
        return c;
    double share = (cosine - FAN_ONLY) / (AXIAL_ONLY - FAN_ONLY);
    *fan = 1 - share;
    return nearest(half, v3_add(v3_scale(share, axial), v3_scale(1 - share, c)), -1);
}

/* Where a line through p in the section's plane touches: the plane, the polar plane of p and the
 * surface meet in two points; the one on c's side of the line from p to q. */
static v3 tangent_point(const section *s, v3 p, v3 c)
{
    v3 polar = over(over(p, s->a), s->a), along = v3_cross(s->n, polar);
    double nn = 1, np = v3_dot(s->n, polar), pp = v3_dot(polar, polar), det = nn * pp - np * np;
    v3 x0 = v3_add(v3_scale((s->k * pp - np) / det, s->n), v3_scale((nn - s->k * np) / det, polar));
    v3 f = over(along, s->a), g = over(x0, s->a);
    double A = v3_dot(f, f), B = v3_dot(f, g), C = v3_dot(g, g) - 1;
    double root = sqrt(fmax(0, B * B - A * C));
    v3 one = v3_axpy((-B + root) / A, along, x0), two = v3_axpy((-B - root) / A, along, x0);
    v3 across = v3_cross(s->n, v3_sub(s->q, s->p));
    double side = v3_dot(across, v3_sub(c, s->p));
    return side * v3_dot(across, v3_sub(one, s->p)) >= 0 ? one : two;
}

/* Where the ray from o along e leaves the surface. */
static v3 exit_point(v3 a, v3 o, v3 e)
{
    v3 f = over(e, a), g = over(o, a);
    double A = v3_dot(f, f), B = v3_dot(f, g), C = v3_dot(g, g) - 1;
    return v3_axpy((-B + sqrt(B * B - A * C)) / A, e, o);
}

/* Length of the section from contact to contact, in chords by equal angles about the point where
 * the plane cuts the coordinate axis it is most upright on. chord: CHORD in scaled units. */
static double section_length(section *s, double chord, int far_side)
{
    v3 a = s->contact_p, b = s->contact_q;
    double straight = v3_distance(a, b), n[3], o[3] = { 0, 0, 0 }, length = 0;
    s->chords = straight < chord ? 1 : (int)fmin(straight / chord, MAX_CHORDS);
    s->second = b;
    s->last_but_one = a;
    if (straight < chord)
        return straight;
    int axis = 0;
    v3_put(n, s->n);
    for (int i = 1; i < 3; i++)
        axis = fabs(n[i]) > fabs(n[axis]) ? i : axis;
    o[axis] = s->k / n[axis];
    v3 center = v3_of(o), ea = v3_unit(v3_sub(a, center)), eb = v3_unit(v3_sub(b, center));
    double angle = acos(fmin(1, fmax(-1, v3_dot(ea, eb))));
    v3 ey = v3_cross(v3_unit(v3_cross(ea, eb)), ea), last = a;
    if (far_side)
        angle -= 2 * GENU_PI;
    for (int i = 1; i <= s->chords; i++) {
        double phi = angle * i / s->chords;
        v3 e = v3_add(v3_scale(cos(phi), ea), v3_scale(sin(phi), ey));
        v3 x = i == s->chords ? b : exit_point(s->a, center, e);
        length += v3_distance(x, last);
        if (i == 1)
            s->second = x;
        if (i == s->chords)
            s->last_but_one = last;
        last = x;
    }
    return length;
}

/* Does the section leave a contact back towards the end it came from? */
static int turns_back(const section *s)
{
    return v3_dot(v3_sub(s->p, s->contact_p), v3_sub(s->second, s->contact_p)) > 0 ||
           v3_dot(v3_sub(s->q, s->contact_q), v3_sub(s->last_but_one, s->contact_q)) > 0;
}

/* Bring c to the active side: mirrored, and, by the fan's weight, towards the middle plane. */
static v3 to_active_side(const genu_wrap_object *o, v3 half, v3 c, double fan)
{
    double x[3];
    v3_put(x, c);
    if (o->quadrant_sign == 0 || (x[o->quadrant_axis] >= 0 ? 1 : -1) == o->quadrant_sign)
        return c;
    x[o->quadrant_axis] *= -(1 - fan);
    return fan > 0 ? nearest(half, v3_of(x), -1) : v3_of(x);
}

genu_touch genu_wrap_opensim_ellipsoid(const genu_wrap_object *o, genu_wrap_method method, v3 p,
                                       v3 q, genu_arc *arc)
{
    double scale = 3 / (o->radius[0] + o->radius[1] + o->radius[2]), fan;
    section s = { .a = v3_scale(scale, v3_of(o->radius)),
                  .p = v3_scale(scale, p),
                  .q = v3_scale(scale, q) };
    v3 fp = over(s.p, s.a), fq = over(s.q, s.a), d = v3_sub(s.q, s.p), fd = over(d, s.a);
    double out_p = v3_dot(fp, fp) - 1, out_q = v3_dot(fq, fq) - 1;
    if (out_p < INSIDE || out_q < INSIDE)
        return GENU_TOUCH_INSIDE;
    if (1 - v3_dot(v3_unit(p), v3_unit(q)) < COLLINEAR)
        return GENU_TOUCH_NONE;
    double A = v3_dot(fd, fd), B = v3_dot(fd, fp), disc = B * B - A * out_p;
    if (disc < 0)
        return GENU_TOUCH_NONE;
    double enter = (-B - sqrt(disc)) / A, leave = (-B + sqrt(disc)) / A;
    if (!(enter > 0 && enter < 1 && leave > 0 && leave < 1))
        return GENU_TOUCH_NONE;

    v3 r = v3_axpy(enter, d, s.p), chord = v3_scale(leave - enter, d);
    v3 c = spanning_point(s.a, r, chord, method, &fan);
    c = to_active_side(o, s.a, c, fan);
    s.n = v3_unit(v3_cross(d, v3_sub(c, s.p)));
    s.k = v3_dot(s.n, c);
    s.contact_p = fabs(out_p) < ON_SURFACE ? s.p : tangent_point(&s, s.p, c);
    s.contact_q = fabs(out_q) < ON_SURFACE ? s.q : tangent_point(&s, s.q, c);
    double length = section_length(&s, CHORD * scale, 0);
    if (o->quadrant_sign != 0 && s.chords >= 2 && turns_back(&s))
        length = section_length(&s, CHORD * scale, 1);
    *arc = (genu_arc){ v3_scale(1 / scale, s.contact_p), v3_scale(1 / scale, s.contact_q),
                       length / scale };
    return GENU_TOUCH_MANDATORY;
}
