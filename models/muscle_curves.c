/* muscle_curves.c - the normalised curves of Thelen 2003 and of Millard et al. 2013. */
#include "models/muscle_private.h"

#include <math.h>

/* y or x of a quintic Bezier piece at u, and its derivative: de Casteljau's sums written out. */
static double quintic(const double p[6], double u, double *d)
{
    double v = 1 - u, u2 = u * u, v2 = v * v;
    *d = 5 *
         (v2 * v2 * (p[1] - p[0]) + 4 * v2 * v * u * (p[2] - p[1]) + 6 * v2 * u2 * (p[3] - p[2]) +
          4 * v * u2 * u * (p[4] - p[3]) + u2 * u2 * (p[5] - p[4]));
    return v2 * v2 * v * p[0] + 5 * v2 * v2 * u * p[1] + 10 * v2 * v * u2 * p[2] +
           10 * v2 * u2 * u * p[3] + 5 * v * u2 * u2 * p[4] + u2 * u2 * u * p[5];
}

double bezier_eval(const genu_bezier_curve *c, double x, double *slope)
{
    if (x <= c->x0 || x >= c->x1) {
        int left = x <= c->x0;
        *slope = left ? c->slope0 : c->slope1;
        return left ? c->y0 + c->slope0 * (x - c->x0) : c->y1 + c->slope1 * (x - c->x1);
    }
    int i = 0;
    while (i < c->n - 1 && x > c->x[i][5])
        i++;
    // x rises with u: Newton, kept inside the bracket by halving
    double lo = 0, hi = 1, u = (x - c->x[i][0]) / (c->x[i][5] - c->x[i][0]), dx, dy;
    for (int k = 0; k < 60; k++) {
        double off = quintic(c->x[i], u, &dx) - x;
        if (off > 0)
            hi = u;
        else
            lo = u;
        double next = dx > 0 ? u - off / dx : lo;
        if (!(next > lo && next < hi))
            next = 0.5 * (lo + hi);
        double change = fabs(next - u);
        u = next;
        if (change < 1e-15)
            break;
    }
    quintic(c->x[i], u, &dx);
    double y = quintic(c->y[i], u, &dy);
    *slope = dx > 0 ? dy / dx : 0;
    return y;
}

/* A corner from (x0, y0) with slope s0 to (x1, y1) with slope s1: the tangents meet at C; the inner
 * control points lie the fraction c of the way to it (Millard et al. 2013, appendix). */
static void add_corner(genu_bezier_curve *b, double x0, double y0, double s0, double x1, double y1,
                       double s1, double curviness)
{
    double c = 0.1 + 0.8 * curviness;
    double xc = fabs(s0 - s1) > 1e-12 ? (y1 - y0 - x1 * s1 + x0 * s0) / (s0 - s1) : 0.5 * (x0 + x1);
    double yc = y0 + s0 * (xc - x0);
    double xa = x0 + c * (xc - x0), ya = y0 + c * (yc - y0);
    double xb = x1 + c * (xc - x1), yb = y1 + c * (yc - y1);
    const double x[6] = { x0, xa, xa, xb, xb, x1 }, y[6] = { y0, ya, ya, yb, yb, y1 };
    for (int i = 0; i < 6; i++) {
        b->x[b->n][i] = x[i];
        b->y[b->n][i] = y[i];
    }
    if (b->n == 0) {
        b->x0 = x0;
        b->y0 = y0;
        b->slope0 = s0;
    }
    b->x1 = x1;
    b->y1 = y1;
    b->slope1 = s1;
    b->n++;
}

static genu_bezier_curve active_curve(const genu_hill *h)
{
    genu_bezier_curve b = { 0 };
    double x0 = h->millard.l_min, x1 = h->millard.l_transition, x3 = h->millard.l_max;
    double s = h->millard.shallow_slope, delta = 0.05;
    // a damped or rigid model may fall to zero, the undamped one must not
    int may_be_zero = h->millard.fiber_damping >= 0.001 || h->millard.rigid_tendon;
    double low = may_be_zero ? 0 : h->millard.minimum_value;
    double xs = 1 - delta, y1 = 1 - s * (xs - x1);
    double x01 = 0.5 * (x0 + x1), y01 = 0.5 * y1, s01 = 1.25 * y1 / (x1 - x0);
    double x1s = 0.5 * (x1 + xs), y1s = 0.5 * (1 + y1);
    double x23 = 0.5 * (1 + delta + x3), s23 = -1 / (x3 - 1 - 2 * delta);
    add_corner(&b, x0, low, 0, x01, y01, s01, 1);
    add_corner(&b, x01, y01, s01, x1s, y1s, s, 1);
    add_corner(&b, x1s, y1s, s, 1, 1, 0, 1);
    add_corner(&b, 1, 1, 0, x23, 0.5, s23, 1);
    add_corner(&b, x23, 0.5, s23, x3, low, 0, 1);
    return b;
}

static genu_bezier_curve velocity_curve(const genu_hill *h)
{
    genu_bezier_curve b = { 0 };
    double sc = h->millard.concentric_slope_at_vmax, snc = h->millard.concentric_slope_near_vmax;
    double se = h->millard.eccentric_slope_at_vmax, sne = h->millard.eccentric_slope_near_vmax;
    double fe = h->millard.max_eccentric_force, iso = h->millard.isometric_slope;
    double ync = 0.05 * (snc + sc), yne = fe - 0.05 * (sne + se);
    double cc = h->millard.concentric_curviness, ce = h->millard.eccentric_curviness;
    add_corner(&b, -1, 0, sc, -0.9, ync, snc, cc);
    add_corner(&b, -0.9, ync, snc, 0, 1, iso, cc);
    add_corner(&b, 0, 1, iso, 0.9, yne, sne, ce);
    add_corner(&b, 0.9, yne, sne, 1, fe, se, ce);
    return b;
}

static genu_bezier_curve passive_curve(const genu_hill *h)
{
    genu_bezier_curve b = { 0 };
    double e0 = h->millard.passive_strain_zero, e1 = h->millard.passive_strain_one;
    double K =
        isnan(h->millard.passive_stiffness_one) ? 2 / (e1 - e0) : h->millard.passive_stiffness_one;
    double k = h->millard.passive_stiffness_low, c = h->millard.passive_curviness;
    double D = 0.1 * fmin(1 / K, e1 - e0);
    add_corner(&b, 1 + e0, 0, 0, 1 + e0 + D, 0.5 * k * D, k, c);
    add_corner(&b, 1 + e0 + D, 0.5 * k * D, k, 1 + e1, 1, K, c);
    return b;
}

static genu_bezier_curve tendon_curve(const genu_hill *h)
{
    genu_bezier_curve b = { 0 };
    double e = h->millard.tendon_strain_one, f = h->millard.tendon_toe_force;
    double K = isnan(h->millard.tendon_stiffness_one) ? 1.375 / e : h->millard.tendon_stiffness_one;
    double xt = 1 + e - (1 - f) / K, xf = 1 + (xt - 1) / 10, xm = xt - 0.5 * f / K;
    double s = 0.5 * f / (xm - xf), xc = 0.5 * (xf + xm), c = h->millard.tendon_curviness;
    add_corner(&b, 1, 0, 0, xc, s * (xc - xf), s, c);
    add_corner(&b, xc, s * (xc - xf), s, xt, f, K, c);
    return b;
}

void hill_build_curves(genu_hill *h)
{
    if (h->kind != GENU_HILL_MILLARD)
        return;
    h->fl = active_curve(h);
    h->fv = velocity_curve(h);
    h->fpe = passive_curve(h);
    h->ft = tendon_curve(h);
}

double genu_hill_active(const genu_hill *h, double l, double *d)
{
    double slope, y;
    if (h->kind == GENU_HILL_MILLARD) {
        y = bezier_eval(&h->fl, l, &slope);
    } else {
        double gamma = h->thelen.k_shape_active; // Thelen 2003, eq. 3
        y = exp(-(l - 1) * (l - 1) / gamma);
        slope = -2 * (l - 1) / gamma * y;
    }
    if (d)
        *d = slope;
    return y;
}

/* Thelen 2003, eq. 6 and 7, solved for the force at activation 1: the force-length factor cancels.
 * A tangent continues the curve above 0.95 Flen; below zero force it is cut. */
static double thelen_velocity(const genu_hill *h, double v, double *slope)
{
    double af = h->thelen.af, flen = h->thelen.flen;
    if (v <= -1) {
        *slope = 0;
        return 0;
    }
    if (v <= 0) {
        double below = 1 - v / af;
        *slope = (1 + 1 / af) / (below * below);
        return (1 + v) / below;
    }
    double k = (2 + 2 / af) / (flen - 1), f1 = h->thelen.fv_linear_extrap * flen;
    double v1 = (f1 - 1) / (k * (flen - f1));
    if (v <= v1) {
        double below = 1 + v * k;
        *slope = k * (flen - 1) / (below * below);
        return (1 + v * k * flen) / below;
    }
    *slope = k * (flen - f1) * (flen - f1) / (flen - 1);
    return f1 + *slope * (v - v1);
}

double genu_hill_velocity(const genu_hill *h, double v, double *d)
{
    double slope;
    double y = h->kind == GENU_HILL_MILLARD ? bezier_eval(&h->fv, v, &slope)
                                            : thelen_velocity(h, v, &slope);
    if (d)
        *d = slope;
    return y;
}

double genu_hill_passive(const genu_hill *h, double l, double *d)
{
    double slope = 0, y = 0;
    if (h->kind == GENU_HILL_MILLARD) {
        y = bezier_eval(&h->fpe, l, &slope);
    } else if (l > 1) { // Thelen 2003, eq. 4
        double k = h->thelen.k_shape_passive / h->thelen.fmax_muscle_strain;
        double below = expm1(h->thelen.k_shape_passive);
        y = expm1(k * (l - 1)) / below;
        slope = k * exp(k * (l - 1)) / below;
    }
    if (d)
        *d = slope;
    return y;
}

double genu_hill_tendon(const genu_hill *h, double l, double *d)
{
    double slope = 0, y = 0, e = l - 1;
    if (h->kind == GENU_HILL_MILLARD) {
        y = bezier_eval(&h->ft, l, &slope);
    } else if (e > 0) { // Thelen 2003, eq. 1 and 2; OpenSim's form of the toe strain
        double eT = h->thelen.fmax_tendon_strain, e3 = exp(3), toe = 0.33;
        double e_toe = 99 * eT * e3 / (166 * e3 - 67), linear = 0.67 / (eT - e_toe);
        if (e <= e_toe) {
            y = toe * expm1(3 * e / e_toe) / expm1(3);
            slope = toe * 3 / e_toe * exp(3 * e / e_toe) / expm1(3);
        } else {
            y = toe + linear * (e - e_toe);
            slope = linear;
        }
    }
    if (d)
        *d = slope;
    return y;
}
