#include "models/muscle_private.h"

#include <math.h>

genu_hill genu_hill_defaults(genu_hill_kind kind)
{
    return (genu_hill){
        .kind = kind,
        .v_max = 10,
        .default_activation = 0.05,
        .min_activation = 0.01,
        .thelen = { .fmax_tendon_strain = 0.04,
                    .fmax_muscle_strain = 0.6,
                    .k_shape_active = 0.45,
                    .k_shape_passive = 5,
                    .af = 0.25,
                    .flen = 1.4,
                    .fv_linear_extrap = 0.95 },
        .millard = { .fiber_damping = 0.1,
                     .l_min = 0.4441,
                     .l_transition = 0.73,
                     .l_max = 1.8123,
                     .shallow_slope = 0.8616,
                     .minimum_value = 0.1,
                     .concentric_slope_near_vmax = 0.25,
                     .isometric_slope = 5,
                     .eccentric_slope_near_vmax = 0.15,
                     .max_eccentric_force = 1.4,
                     .concentric_curviness = 0.6,
                     .eccentric_curviness = 0.9,
                     .passive_strain_one = 0.7,
                     .passive_stiffness_low = 0.2,
                     .passive_stiffness_one = NAN,
                     .passive_curviness = 0.75,
                     .tendon_strain_one = 0.049,
                     .tendon_stiffness_one = NAN,
                     .tendon_toe_force = 2.0 / 3,
                     .tendon_curviness = 0.5 },
    };
}

/* One parameter, named as in the file, with the range it must lie in. */
typedef struct bound {
    const char *name, *unit;
    double value, lo, hi;
    enum { CLOSED, LEFT_OPEN, RIGHT_OPEN, OPEN } ends;
} bound;

static genu_status check(const bound *b, int n, genu_err *err)
{
    for (; n > 0; n--, b++) {
        int left_open = b->ends == LEFT_OPEN || b->ends == OPEN;
        int right_open = b->ends == RIGHT_OPEN || b->ends == OPEN;
        int above = left_open ? b->value > b->lo : b->value >= b->lo;
        int below = right_open ? b->value < b->hi : b->value <= b->hi;
        if (above && below && isfinite(b->value))
            continue;
        if (isinf(b->hi))
            return genu_fail(err, GENU_E_RANGE, "%s is %g%s, must be %s %g%s", b->name, b->value,
                             b->unit, left_open ? ">" : ">=", b->lo, b->unit);
        return genu_fail(err, GENU_E_RANGE, "%s is %g%s, must be in %c%g, %g%c%s", b->name,
                         b->value, b->unit, left_open ? '(' : '[', b->lo, b->hi,
                         right_open ? ')' : ']', b->unit);
    }
    return GENU_OK;
}

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

static genu_status check_common(const genu_hill *h, genu_err *err)
{
    const bound list[] = {
        { "max_isometric_force", " N", h->f_max, 0, INFINITY, OPEN },
        { "optimal_fiber_length", " m", h->l_opt, 0, INFINITY, OPEN },
        { "tendon_slack_length", " m", h->l_slack, 0, INFINITY, CLOSED },
        { "pennation_angle_at_optimal", " rad", h->pennation, 0, acos(GENU_COS_PENNATION_MIN),
          RIGHT_OPEN },
        { "max_contraction_velocity", " optimal lengths/s", h->v_max, 0, INFINITY, OPEN },
        { "default_activation", "", h->default_activation, 0, 1, CLOSED },
        { "minimum_activation", "", h->min_activation, 0, 1, RIGHT_OPEN },
    };
    return check(list, COUNT(list), err);
}

static genu_status check_thelen(const genu_hill *h, genu_err *err)
{
    const bound list[] = {
        { "FmaxTendonStrain", "", h->thelen.fmax_tendon_strain, 0, INFINITY, OPEN },
        { "FmaxMuscleStrain", "", h->thelen.fmax_muscle_strain, 0, INFINITY, OPEN },
        { "KshapeActive", "", h->thelen.k_shape_active, 0, INFINITY, OPEN },
        { "KshapePassive", "", h->thelen.k_shape_passive, 0, INFINITY, OPEN },
        { "Af", "", h->thelen.af, 0, INFINITY, OPEN },
        { "Flen", "", h->thelen.flen, 1, INFINITY, OPEN },
        { "fv_linear_extrap_threshold", "", h->thelen.fv_linear_extrap, 1 / h->thelen.flen, 1,
          OPEN },
    };
    return check(list, COUNT(list), err);
}

/* The ranges in which each curve rises and bends as it should; those of one parameter that depend
 * on another are written with that other. */
static genu_status check_millard(const genu_hill *h, genu_err *err)
{
    double e0 = h->millard.passive_strain_zero, e1 = h->millard.passive_strain_one;
    double e = h->millard.tendon_strain_one, over = h->millard.max_eccentric_force - 1;
    double K = h->millard.passive_stiffness_one, Kt = h->millard.tendon_stiffness_one;
    double near0 = h->millard.concentric_slope_near_vmax;
    double near1 = h->millard.eccentric_slope_near_vmax;
    double m = h->millard.minimum_value, x1 = h->millard.l_transition;
    const bound list[] = {
        { "fiber_damping", "", h->millard.fiber_damping, 0, INFINITY, CLOSED },
        { "min_norm_active_fiber_length", "", h->millard.l_min, 0, 1, RIGHT_OPEN },
        { "transition_norm_fiber_length", "", x1, h->millard.l_min, 1, OPEN },
        { "max_norm_active_fiber_length", "", h->millard.l_max, 1.1, INFINITY, OPEN },
        { "minimum_value", "", m, 0, 1, RIGHT_OPEN },
        { "shallow_ascending_slope", "", h->millard.shallow_slope, 0, (1 - m) / (1 - x1),
          RIGHT_OPEN },
        { "max_eccentric_velocity_force_multiplier", "", over + 1, 1, INFINITY, OPEN },
        { "concentric_slope_near_vmax", "", near0, 0, 1, LEFT_OPEN },
        { "concentric_slope_at_vmax", "", h->millard.concentric_slope_at_vmax, 0, near0,
          RIGHT_OPEN },
        { "isometric_slope", "", h->millard.isometric_slope, 1, INFINITY, OPEN },
        { "eccentric_slope_near_vmax", "", near1, 0, over, RIGHT_OPEN },
        { "eccentric_slope_at_vmax", "", h->millard.eccentric_slope_at_vmax, 0, near1, CLOSED },
        { "concentric_curviness", "", h->millard.concentric_curviness, 0, 1, CLOSED },
        { "eccentric_curviness", "", h->millard.eccentric_curviness, 0, 1, CLOSED },
        { "strain_at_zero_force", "", e0, -1, INFINITY, OPEN },
        { "strain_at_one_norm_force of the fibre", "", e1, e0, INFINITY, OPEN },
        { "stiffness_at_low_force", "", h->millard.passive_stiffness_low, 0, 1 / (e1 - e0), OPEN },
        { "stiffness_at_one_norm_force of the fibre", "", isnan(K) ? 2 / (e1 - e0) : K,
          1 / (e1 - e0), INFINITY, OPEN },
        { "curviness of the fibre", "", h->millard.passive_curviness, 0, 1, CLOSED },
        { "strain_at_one_norm_force of the tendon", "", e, 0, INFINITY, OPEN },
        { "stiffness_at_one_norm_force of the tendon", "", isnan(Kt) ? 1.375 / e : Kt, 1 / e,
          INFINITY, OPEN },
        { "norm_force_at_toe_end", "", h->millard.tendon_toe_force, 0, 1, OPEN },
        { "curviness of the tendon", "", h->millard.tendon_curviness, 0, 1, CLOSED },
    };
    return check(list, COUNT(list), err);
}

genu_status genu_hill_prepare(genu_hill *h, genu_err *err)
{
    genu_status s = check_common(h, err);
    if (s != GENU_OK)
        return s;
    if (h->kind == GENU_HILL_THELEN)
        return check_thelen(h, err);
    s = check_millard(h, err);
    return s == GENU_OK ? genu_millard_curves(h, err) : s;
}

/* Thelen 2003, eq. 4: a Gaussian. */
static double thelen_active(const genu_hill *h, double l, double *d)
{
    double k = h->thelen.k_shape_active, f = exp(-(l - 1) * (l - 1) / k);
    *d = -2 * (l - 1) / k * f;
    return f;
}

/* Thelen 2003, eq. 3, and 0 below the optimal length. */
static double thelen_passive(const genu_hill *h, double l, double *d)
{
    *d = 0;
    if (l <= 1)
        return 0;
    double k = h->thelen.k_shape_passive, e = h->thelen.fmax_muscle_strain;
    double scale = 1 / expm1(k);
    *d = scale * k / e * exp(k * (l - 1) / e);
    return scale * expm1(k * (l - 1) / e);
}

/* Thelen 2003, eq. 5: an exponential toe up to force 0.33 with shape 3, then straight to force 1 at
 * the strain e. The paper rounds the end of the toe to 0.609 e; this is where value and slope join,
 *   0.33 (3 / e_toe) exp(3) / (exp(3) - 1) = 0.67 / (e - e_toe). */
static double thelen_tendon(const genu_hill *h, double length, double *d)
{
    const double shape = 3, force = 0.33;
    double e = h->thelen.fmax_tendon_strain, strain = length - 1;
    double steep = shape * force / (1 - exp(-shape)); // slope at the end of the toe x e_toe
    double e_toe = steep * e / (1 - force + steep);
    if (strain >= e_toe) {
        *d = (1 - force) / (e - e_toe);
        return force + *d * (strain - e_toe);
    }
    *d = 0;
    if (strain <= 0)
        return 0;
    double scale = force / expm1(shape);
    *d = scale * shape / e_toe * exp(shape * strain / e_toe);
    return scale * expm1(shape * strain / e_toe);
}

/* Thelen 2003, eq. 6 and 7, give the velocity at an active force F = a fL f:
 *   v = (1/4 + 3/4 a) (f - 1) / b,   b = 1 + f / Af                              while f <= 1
 *                                    b = (2 + 2 / Af) (Flen - f) / (Flen - 1)    beyond
 * from which a fL has cancelled. Solved for f here; the tangent continues it beyond the share
 * fv_linear_extrap of Flen, and where f would be negative it is 0: a fibre does not push. */
double genu_thelen_velocity(const genu_hill *h, double v, double activation, double *d)
{
    double unused, rate = 0.25 + 0.75 * activation, w = v / rate;
    d = d ? d : &unused;
    double af = h->thelen.af, top = h->thelen.flen;
    if (w <= 0) {
        if (w <= -1) {
            *d = 0;
            return 0;
        }
        double b = 1 - w / af;
        *d = (1 + 1 / af) / (b * b) / rate;
        return (1 + w) / b;
    }
    double c = (2 + 2 / af) / (top - 1);
    double f1 = h->thelen.fv_linear_extrap * top, w1 = (f1 - 1) / (c * (top - f1));
    double at = fmin(w, w1), b = 1 + c * at;
    *d = c * (top - 1) / (b * b) / rate;
    return w <= w1 ? (1 + c * w * top) / b : f1 + *d * rate * (w - w1);
}

double genu_hill_active(const genu_hill *h, double l, double *d)
{
    double unused;
    return h->kind == GENU_HILL_MILLARD ? genu_bezier_value(&h->fl, l, d)
                                        : thelen_active(h, l, d ? d : &unused);
}

double genu_hill_velocity(const genu_hill *h, double v, double *d)
{
    return h->kind == GENU_HILL_MILLARD ? genu_bezier_value(&h->fv, v, d)
                                        : genu_thelen_velocity(h, v, 1, d);
}

double genu_hill_passive(const genu_hill *h, double l, double *d)
{
    double unused;
    return h->kind == GENU_HILL_MILLARD ? genu_bezier_value(&h->fpe, l, d)
                                        : thelen_passive(h, l, d ? d : &unused);
}

double genu_hill_tendon(const genu_hill *h, double l, double *d)
{
    double unused;
    return h->kind == GENU_HILL_MILLARD ? genu_bezier_value(&h->ft, l, d)
                                        : thelen_tendon(h, l, d ? d : &unused);
}

genu_pennate genu_hill_pennate(const genu_hill *h)
{
    const double c = GENU_COS_PENNATION_MIN;
    genu_pennate p = { .width = h->l_opt * sin(h->pennation) };
    p.floor = p.width / sqrt(1 - c * c);
    p.lowest = h->kind == GENU_HILL_MILLARD ? fmax(p.floor, h->millard.l_min * h->l_opt) : p.floor;
    return p;
}

double genu_pennate_cos(const genu_pennate *p, double fiber)
{
    if (p->width <= 0)
        return 1;
    if (fiber <= p->floor)
        return GENU_COS_PENNATION_MIN;
    double s = p->width / fiber;
    return sqrt((1 - s) * (1 + s));
}

void genu_hill_rigid(const genu_hill *h, genu_mode mode, double length, double speed,
                     genu_hill_state *out)
{
    // fibre along the tendon, and in its own direction
    genu_pennate p = genu_hill_pennate(h);
    double along = length - h->l_slack;
    int slack = along < p.floor * GENU_COS_PENNATION_MIN;
    double fiber = slack ? p.floor : sqrt(p.width * p.width + along * along);
    double cosine = genu_pennate_cos(&p, fiber);
    out->l = fiber / h->l_opt;
    out->v = slack ? 0 : speed * cosine / (h->v_max * h->l_opt);
    out->cos_pennation = cosine;
    out->at_minimum = fiber <= p.lowest;

    /* OpenSim gives a fibre at its shortest length no force, and projects a Millard fibre with the
     * pennation of a fibre as long in metres as this one is in optimal lengths
     * (Millard2012EquilibriumMuscle.cpp:1911). Here only a slack tendon takes the force away. */
    int none = mode == GENU_MODE_OPENSIM ? out->at_minimum || slack : slack;
    double project = cosine;
    if (mode == GENU_MODE_OPENSIM && h->kind == GENU_HILL_MILLARD)
        project = genu_pennate_cos(&p, out->l);
    /* the straight continuation of an undamped Millard fV is negative below -1: no force there */
    double fv = fmax(genu_hill_velocity(h, out->v, NULL), 0);
    out->active = none ? 0 : h->f_max * genu_hill_active(h, out->l, NULL) * fv * project;
    out->passive = slack ? 0 : h->f_max * genu_hill_passive(h, out->l, NULL) * cosine;
}
