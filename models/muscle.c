#include "models/muscle.h"

#include "models/muscle_private.h"

#include <math.h>
#include <stddef.h>

/* The largest pennation angle that OpenSim's fixed-width model allows has this cosine. */
static const double cos_max_pennation = 0.1;

genu_hill genu_hill_defaults(genu_hill_kind kind)
{
    genu_hill h = { .kind = kind, .v_max = 10, .default_activation = 0.05, .min_activation = 0.01 };
    h.thelen.fmax_tendon_strain = 0.04;
    h.thelen.fmax_muscle_strain = 0.6;
    h.thelen.k_shape_active = 0.45;
    h.thelen.k_shape_passive = 5;
    h.thelen.af = 0.25;
    h.thelen.flen = 1.4;
    h.thelen.fv_linear_extrap = 0.95;
    h.millard.fiber_damping = 0.1;
    h.millard.l_min = 0.4441;
    h.millard.l_transition = 0.73;
    h.millard.l_max = 1.8123;
    h.millard.shallow_slope = 0.8616;
    h.millard.minimum_value = 0.1;
    h.millard.concentric_slope_near_vmax = 0.25;
    h.millard.isometric_slope = 5;
    h.millard.eccentric_slope_near_vmax = 0.15;
    h.millard.max_eccentric_force = 1.4;
    h.millard.concentric_curviness = 0.6;
    h.millard.eccentric_curviness = 0.9;
    h.millard.passive_strain_one = 0.7;
    h.millard.passive_stiffness_low = 0.2;
    h.millard.passive_stiffness_one = NAN;
    h.millard.passive_curviness = 0.75;
    h.millard.tendon_strain_one = 0.049;
    h.millard.tendon_stiffness_one = NAN;
    h.millard.tendon_toe_force = 2.0 / 3.0;
    h.millard.tendon_curviness = 0.5;
    return h;
}

/* One bound: lo <= value <= hi, or lo < value where open. */
typedef struct bound {
    const char *name, *unit;
    double value, lo, hi;
    int open;
} bound;

static genu_status check(const bound *b, size_t n, genu_err *err)
{
    for (size_t i = 0; i < n; i++) {
        double x = b[i].value;
        if (b[i].open ? x > b[i].lo && x <= b[i].hi : x >= b[i].lo && x <= b[i].hi)
            continue;
        if (b[i].hi < 1e30)
            return genu_fail(err, GENU_E_RANGE, "%s is %g%s%s, must be %s%g and at most %g",
                             b[i].name, x, *b[i].unit ? " " : "", b[i].unit,
                             b[i].open ? "above " : "at least ", b[i].lo, b[i].hi);
        return genu_fail(err, GENU_E_RANGE, "%s is %g%s%s, must be %s %g", b[i].name, x,
                         *b[i].unit ? " " : "", b[i].unit, b[i].open ? ">" : ">=", b[i].lo);
    }
    return GENU_OK;
}

static genu_status check_thelen(const genu_hill *h, genu_err *err)
{
    const double big = 1e30;
    const bound b[] = {
        { "FmaxTendonStrain", "", h->thelen.fmax_tendon_strain, 0, big, 1 },
        { "FmaxMuscleStrain", "", h->thelen.fmax_muscle_strain, 0, big, 1 },
        { "KshapeActive", "", h->thelen.k_shape_active, 0, big, 1 },
        { "KshapePassive", "", h->thelen.k_shape_passive, 0, big, 1 },
        { "Af", "", h->thelen.af, 0, big, 1 },
        { "Flen", "", h->thelen.flen, 1, big, 1 },
        { "fv_linear_extrap_threshold", "", h->thelen.fv_linear_extrap, 1 / h->thelen.flen, 1, 1 },
    };
    return check(b, sizeof b / sizeof *b, err);
}

static genu_status check_millard(const genu_hill *h, genu_err *err)
{
    const double big = 1e30, x1 = h->millard.l_transition;
    double e = h->millard.tendon_strain_one;
    double span = h->millard.passive_strain_one - h->millard.passive_strain_zero;
    double K = h->millard.passive_stiffness_one, Kt = h->millard.tendon_stiffness_one;
    const bound b[] = {
        { "fiber_damping", "", h->millard.fiber_damping, 0, big, 0 },
        { "min_norm_active_fiber_length", "", h->millard.l_min, 0, x1, 0 },
        { "transition_norm_fiber_length", "", x1, h->millard.l_min, 0.95, 1 },
        { "max_norm_active_fiber_length", "", h->millard.l_max, 1.1, big, 1 },
        { "shallow_ascending_slope", "", h->millard.shallow_slope, 0, 1 / (0.95 - x1), 0 },
        { "minimum_value", "", h->millard.minimum_value, 0, 1, 0 },
        { "isometric_slope", "", h->millard.isometric_slope, 1, big, 1 },
        { "max_eccentric_velocity_force_multiplier", "", h->millard.max_eccentric_force, 1, big,
          1 },
        { "concentric_curviness", "", h->millard.concentric_curviness, 0, 1, 0 },
        { "eccentric_curviness", "", h->millard.eccentric_curviness, 0, 1, 0 },
        { "strain_at_one_norm_force above strain_at_zero_force", "", span, 0, big, 1 },
        { "stiffness_at_one_norm_force", "", isnan(K) ? 2 / span : K, 1 / span, big, 1 },
        { "curviness of the passive curve", "", h->millard.passive_curviness, 0, 1, 0 },
        { "tendon strain_at_one_norm_force", "", e, 0, big, 1 },
        { "tendon stiffness_at_one_norm_force", "", isnan(Kt) ? 1.375 / e : Kt, 1 / e, big, 1 },
        { "norm_force_at_toe_end", "", h->millard.tendon_toe_force, 0, 1, 1 },
        { "curviness of the tendon curve", "", h->millard.tendon_curviness, 0, 1, 0 },
    };
    return check(b, sizeof b / sizeof *b, err);
}

genu_status genu_hill_prepare(genu_hill *h, genu_err *err)
{
    const double big = 1e30;
    const bound b[] = {
        { "max_isometric_force", "N", h->f_max, 0, big, 1 },
        { "optimal_fiber_length", "m", h->l_opt, 0, big, 1 },
        { "tendon_slack_length", "m", h->l_slack, 0, big, 0 },
        { "pennation_angle_at_optimal", "rad", h->pennation, 0, acos(cos_max_pennation), 0 },
        { "max_contraction_velocity", "optimal lengths per s", h->v_max, 0, big, 1 },
        { "default_activation", "", h->default_activation, 0, 1, 0 },
        { "minimum_activation", "", h->min_activation, 0, 1, 0 },
    };
    genu_status s = check(b, sizeof b / sizeof *b, err);
    if (s == GENU_OK)
        s = h->kind == GENU_HILL_THELEN ? check_thelen(h, err) : check_millard(h, err);
    if (s == GENU_OK)
        hill_build_curves(h);
    return s;
}

/* Shortest fibre of OpenSim's fixed-width model, m. */
static double shortest(const genu_hill *h)
{
    double width = h->l_opt * sin(h->pennation);
    double sin_max = sqrt(1 - cos_max_pennation * cos_max_pennation);
    return h->pennation > 2.2e-16 ? width / sin_max : 0.01 * h->l_opt;
}

/* Fibre length (m) and cosine of the pennation angle for the fibre's length along the tendon. */
static double fiber(const genu_hill *h, genu_mode mode, double along, double *cosine)
{
    double width = h->l_opt * sin(h->pennation), l_min = shortest(h);
    if (mode == GENU_MODE_OPENSIM && along < l_min * cos_max_pennation) {
        *cosine = cos_max_pennation;
        return l_min;
    }
    double l = hypot(width, along);
    *cosine = l > 0 && along > 0 ? along / l : 0;
    return l;
}

/* OpenSim's Millard muscle takes the pennation angle of the normalised length for the force. */
static double millard_cosine(const genu_hill *h, double l)
{
    double s = h->l_opt * sin(h->pennation) / l;
    return s < 1 ? sqrt(1 - s * s) : 0;
}

void genu_hill_rigid(const genu_hill *h, genu_mode mode, double length, double speed,
                     genu_hill_state *out)
{
    double cosine, l_min = shortest(h);
    double l = fiber(h, mode, length - h->l_slack, &cosine);
    out->l = l / h->l_opt;
    out->v = speed * cosine / (h->l_opt * h->v_max);
    out->cos_pennation = cosine;
    out->passive = h->f_max * fmax(genu_hill_passive(h, out->l, NULL), 0) * cosine;

    double lowest = l_min;
    if (h->kind == GENU_HILL_MILLARD)
        lowest = fmax(lowest, h->fl.x0 * h->l_opt);
    out->at_minimum = l <= lowest;
    out->active = 0;
    if (mode == GENU_MODE_OPENSIM && out->at_minimum)
        return;
    double along = mode == GENU_MODE_OPENSIM && h->kind == GENU_HILL_MILLARD
                       ? millard_cosine(h, out->l)
                       : cosine;
    double force = genu_hill_active(h, out->l, NULL) * genu_hill_velocity(h, out->v, NULL) * along;
    out->active = h->f_max * fmax(force, 0);
}

/* Fibre less tendon force along the tendon, over F0, with the fibre at rest. */
static double imbalance(const genu_hill *h, double activation, double length, double along,
                        double *l, double *cosine)
{
    *l = fiber(h, GENU_MODE_GENU, along, cosine) / h->l_opt;
    double fibre = activation * genu_hill_active(h, *l, NULL) + genu_hill_passive(h, *l, NULL);
    return fibre * *cosine - genu_hill_tendon(h, (length - along) / h->l_slack, NULL);
}

/* Share of the path's speed that the fibre takes when fibre and tendon lengthen as two springs in
 * series (Thelen's muscle at equilibrium in OpenSim). */
static double fibre_speed(const genu_hill *h, double activation, double length,
                          const genu_hill_state *s, double speed)
{
    double d_active, d_passive, d_tendon, along = s->l * h->l_opt * s->cos_pennation;
    double fibre =
        activation * genu_hill_active(h, s->l, &d_active) + genu_hill_passive(h, s->l, &d_passive);
    genu_hill_tendon(h, (length - along) / h->l_slack, &d_tendon);
    double c = s->cos_pennation, sine2 = 1 - c * c;
    double k_fibre =
        (activation * d_active + d_passive) * c * c / h->l_opt + fibre * sine2 / (s->l * h->l_opt);
    double k_tendon = d_tendon / h->l_slack, sum = k_fibre + k_tendon;
    return sum > 0 ? speed * k_tendon / sum * c : speed * c;
}

genu_status genu_hill_equilibrium(const genu_hill *h, double activation, double length,
                                  double speed, genu_hill_state *out)
{
    double lo = 0, hi = length, l, c, l_min = shortest(h);
    if (!(h->l_slack > 0)) {
        genu_hill_rigid(h, GENU_MODE_GENU, length, speed, out);
        return GENU_OK;
    }
    lo = fmin(l_min * cos_max_pennation, hi);
    int bracketed = imbalance(h, activation, length, lo, &l, &c) <= 0 &&
                    imbalance(h, activation, length, hi, &l, &c) >= 0;
    for (int k = 0; k < 200 && bracketed && hi - lo > 1e-15; k++) {
        double middle = 0.5 * (lo + hi);
        if (imbalance(h, activation, length, middle, &l, &c) < 0)
            lo = middle;
        else
            hi = middle;
    }
    imbalance(h, activation, length, bracketed ? 0.5 * (lo + hi) : lo, &l, &c);
    *out = (genu_hill_state){ .l = l, .cos_pennation = c };
    out->active = h->f_max * genu_hill_active(h, l, NULL) * c;
    out->passive = h->f_max * genu_hill_passive(h, l, NULL) * c;
    out->at_minimum = !bracketed;
    if (h->kind == GENU_HILL_THELEN)
        out->v = fibre_speed(h, activation, length, out, speed) / (h->l_opt * h->v_max);
    return bracketed ? GENU_OK : GENU_E_NOT_CONVERGED;
}
