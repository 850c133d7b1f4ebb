/* Curves of Millard, Uchida, Seth, Delp 2013 (doi:10.1115/1.4023390), appendix: chains of corners,
 * each a quintic Bezier curve whose ends have given points and slopes and no curvature, so that a
 * chain has a continuous second derivative and goes over into straight lines.
 *
 * The knots are those of OpenSim 4, which moved some of them since the paper. */
#include "models/muscle_private.h"

#include <float.h>
#include <math.h>

typedef struct knot {
    double x, y, slope;
} knot;

/* How far along its tangents the inner control points of a corner lie: curviness 0 is nearly
 * straight pieces (0.1 of the way to their crossing), 1 a sharp corner (0.9). */
static double reach(double curviness)
{
    return 0.1 + 0.8 * curviness;
}

/* Below this difference two slopes are taken as one line; OpenSim's bound, sqrt(DBL_EPSILON). */
static const double SAME_SLOPE = 1.4901161193847656e-8;

/* Control points P0, A, A, B, B, P1 with A and B on the tangents, which cross at C:
 *   A = P0 + c (C - P0),  B = P1 + c (C - P1)
 * Doubling A and B takes the curvature away from the ends. Returns 0 when C is not between the
 * ends: then x(u) would turn back. */
static int corner(double x[6], double y[6], knot p, knot q, double c)
{
    double ds = p.slope - q.slope;
    double cx = fabs(ds) > SAME_SLOPE ? (q.y - p.y + p.x * p.slope - q.x * q.slope) / ds
                                      : 0.5 * (p.x + q.x);
    double cy = q.y + q.slope * (cx - q.x);
    if (!(cx > p.x && cx < q.x))
        return 0;
    x[0] = p.x;
    y[0] = p.y;
    x[1] = x[2] = p.x + c * (cx - p.x);
    y[1] = y[2] = p.y + c * (cy - p.y);
    x[3] = x[4] = q.x + c * (cx - q.x);
    y[3] = y[4] = q.y + c * (cy - q.y);
    x[5] = q.x;
    y[5] = q.y;
    return 1;
}

/* A chain of n corners through n + 1 knots, c one reach per corner. */
static genu_status chain(genu_bezier_curve *f, const char *name, int n, const knot *k,
                         const double *c, genu_err *err)
{
    *f = (genu_bezier_curve){ .n = n };
    for (int i = 0; i < n; i++)
        if (!corner(f->x[i], f->y[i], k[i], k[i + 1], c[i]))
            return genu_fail(err, GENU_E_RANGE,
                             "%s: between %g and %g the slopes %g and %g do not meet in one "
                             "corner, so the parameters contradict each other",
                             name, k[i].x, k[i + 1].x, k[i].slope, k[i + 1].slope);
    f->x0 = k[0].x;
    f->y0 = k[0].y;
    f->slope0 = k[0].slope;
    f->x1 = k[n].x;
    f->y1 = k[n].y;
    f->slope1 = k[n].slope;
    return GENU_OK;
}

/* An elastic tendon without damping divides by fL and by the slopes of fV; OpenSim then keeps fL
 * above 0.1 and both end slopes of fV at 0.1. In every other case they are 0, whatever the file
 * says. Damping below 0.001 counts as none. */
static int undamped(const genu_hill *h)
{
    return !h->millard.rigid_tendon && h->millard.fiber_damping < 0.001;
}

static genu_status active_curve(genu_hill *h, genu_err *err)
{
    // half the width of the plateau about the optimal length, as OpenSim
    const double plateau = 0.05;
    double x0 = h->millard.l_min, x1 = h->millard.l_transition, x3 = h->millard.l_max;
    double s = h->millard.shallow_slope, c = reach(1);
    double m = undamped(h) ? fmax(h->millard.minimum_value, 0.1) : 0;
    double xs = 1 - plateau, y1 = 1 - s * (xs - x1);
    const knot k[] = {
        { x0, m, 0 },
        { 0.5 * (x0 + x1), 0.5 * y1, 1.25 * y1 / (x1 - x0) },
        { 0.5 * (x1 + xs), 0.5 * (1 + y1), s },
        { 1, 1, 0 },
        { 0.5 * (1 + plateau + x3), 0.5, -1 / (x3 - 1 - 2 * plateau) },
        { x3, m, 0 },
    };
    return chain(&h->fl, "active-force-length curve", 5, k, (double[]){ c, c, c, c, c }, err);
}

static genu_status velocity_curve(genu_hill *h, genu_err *err)
{
    double s0 = h->millard.concentric_slope_at_vmax, s1 = h->millard.eccentric_slope_at_vmax;
    if (!undamped(h))
        s0 = s1 = 0;
    else if (s0 < 0.1 || s1 < 0.1)
        s0 = s1 = 0.1;
    double near0 = h->millard.concentric_slope_near_vmax;
    double near1 = h->millard.eccentric_slope_near_vmax;
    double top = h->millard.max_eccentric_force;
    double c = reach(h->millard.concentric_curviness), e = reach(h->millard.eccentric_curviness);
    const knot k[] = {
        { -1, 0, s0 },
        { -0.9, 0.5 * 0.1 * (near0 + s0), near0 },
        { 0, 1, h->millard.isometric_slope },
        { 0.9, top - 0.5 * 0.1 * (near1 + s1), near1 },
        { 1, top, s1 },
    };
    return chain(&h->fv, "force-velocity curve", 4, k, (double[]){ c, c, e, e }, err);
}

static genu_status passive_curve(genu_hill *h, genu_err *err)
{
    double e0 = h->millard.passive_strain_zero, e1 = h->millard.passive_strain_one;
    double low = h->millard.passive_stiffness_low, K = h->millard.passive_stiffness_one;
    if (isnan(K))
        K = 2 / (e1 - e0);
    double toe = 0.1 * fmin(1 / K, e1 - e0), c = reach(h->millard.passive_curviness);
    const knot k[] = {
        { 1 + e0, 0, 0 },
        { 1 + e0 + toe, 0.5 * low * toe, low },
        { 1 + e1, 1, K },
    };
    return chain(&h->fpe, "passive-force-length curve", 2, k, (double[]){ c, c }, err);
}

static genu_status tendon_curve(genu_hill *h, genu_err *err)
{
    double e = h->millard.tendon_strain_one, K = h->millard.tendon_stiffness_one;
    double toe = h->millard.tendon_toe_force, c = reach(h->millard.tendon_curviness);
    if (isnan(K))
        K = 1.375 / e;
    // back along the linear part from force 1 to the end of the toe and to half its force
    double x_toe = 1 + e + (toe - 1) / K, x_mid = 1 + e + (0.5 * toe - 1) / K;
    double x_foot = 1 + 0.1 * (x_toe - 1), slope = 0.5 * toe / (x_mid - x_foot);
    double x_join = 0.5 * (x_foot + x_mid);
    const knot k[] = {
        { 1, 0, 0 },
        { x_join, slope * (x_join - x_foot), slope },
        { x_toe, toe, K },
    };
    return chain(&h->ft, "tendon-force-length curve", 2, k, (double[]){ c, c }, err);
}

genu_status genu_millard_curves(genu_hill *h, genu_err *err)
{
    genu_status s = active_curve(h, err);
    if (s == GENU_OK)
        s = velocity_curve(h, err);
    if (s == GENU_OK)
        s = passive_curve(h, err);
    return s == GENU_OK ? tendon_curve(h, err) : s;
}

/* One coordinate of a quintic Bezier curve by its Bernstein polynomials, and its derivative. */
static double bernstein(const double p[6], double u, double *d)
{
    double w = 1 - u, u2 = u * u, w2 = w * w, u4 = u2 * u2, w4 = w2 * w2;
    *d = 5 * ((p[1] - p[0]) * w4 + 4 * (p[2] - p[1]) * u * w2 * w + 6 * (p[3] - p[2]) * u2 * w2 +
              4 * (p[4] - p[3]) * u2 * u * w + (p[5] - p[4]) * u4);
    return p[0] * w4 * w + 5 * p[1] * u * w4 + 10 * p[2] * u2 * w2 * w + 10 * p[3] * u2 * u * w2 +
           5 * p[4] * u4 * w + p[5] * u4 * u;
}

/* u in [0, 1] with x(u) = x. x(u) rises, so Newton's method with a bracket always ends; it does
 * when the bracket or the step is down to round-off (about five steps, at most 60 by halving). */
static double parameter(const double p[6], double x)
{
    double lo = 0, hi = 1, u = (x - p[0]) / (p[5] - p[0]);
    for (int i = 0; i < 60; i++) {
        double d, r = bernstein(p, u, &d) - x;
        if (r == 0)
            return u;
        if (r < 0)
            lo = u;
        else
            hi = u;
        double next = u - r / d;
        if (!(next > lo && next < hi))
            next = 0.5 * (lo + hi);
        if (fabs(next - u) <= DBL_EPSILON)
            return next;
        u = next;
    }
    return u;
}

double genu_bezier_value(const genu_bezier_curve *f, double x, double *d)
{
    double unused;
    d = d ? d : &unused;
    if (x <= f->x0) {
        *d = f->slope0;
        return f->y0 + f->slope0 * (x - f->x0);
    }
    if (x >= f->x1) {
        *d = f->slope1;
        return f->y1 + f->slope1 * (x - f->x1);
    }
    int i = 0;
    while (i < f->n - 1 && x >= f->x[i][5])
        i++;
    double u = parameter(f->x[i], x), dx, dy;
    bernstein(f->x[i], u, &dx);
    double y = bernstein(f->y[i], u, &dy);
    *d = dy / dx;
    return y;
}
