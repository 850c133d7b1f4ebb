/* osim_muscle.c - muscles: their parameters, their curves, the bounds of their control. */
#include "models/osim_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A number of a muscle: its tag and where it goes. */
typedef struct number {
    const char *tag;
    osim_missing missing;
    osim_bound bound;
    double *to;
} number;

static genu_status read_numbers(osim_reader *r, const xmlNode *node, const number *list, size_t n)
{
    genu_status s = GENU_OK;
    for (size_t i = 0; i < n && s == GENU_OK; i++)
        s = osim_double(r, node, list[i].tag, list[i].missing, list[i].bound, list[i].to);
    return s;
}

static genu_status read_thelen(osim_reader *r, const xmlNode *node, genu_hill *h)
{
    const number list[] = {
        { "FmaxTendonStrain", OSIM_SAY, OSIM_FINITE, &h->thelen.fmax_tendon_strain },
        { "FmaxMuscleStrain", OSIM_SAY, OSIM_FINITE, &h->thelen.fmax_muscle_strain },
        { "KshapeActive", OSIM_SAY, OSIM_FINITE, &h->thelen.k_shape_active },
        { "KshapePassive", OSIM_SAY, OSIM_FINITE, &h->thelen.k_shape_passive },
        { "Af", OSIM_SAY, OSIM_FINITE, &h->thelen.af },
        { "Flen", OSIM_SAY, OSIM_FINITE, &h->thelen.flen },
        { "fv_linear_extrap_threshold", OSIM_SAY, OSIM_FINITE, &h->thelen.fv_linear_extrap },
    };
    int rigid = 0;
    genu_status s = osim_bool(r, node, "ignore_tendon_compliance", OSIM_SAY, &rigid);
    if (s == GENU_OK && rigid)
        osim_event_add(r, node, GENU_WARNING,
                       "Thelen2003Muscle: <ignore_tendon_compliance> is true; an equilibrium with "
                       "elastic tendon would still stretch it");
    return s == GENU_OK ? read_numbers(r, node, list, sizeof list / sizeof *list) : s;
}

/* One curve of a Millard muscle; `list` is what it may hold. The last three numbers of `optional`
 * are given together or not at all. */
static genu_status read_curve(osim_reader *r, const xmlNode *node, const char *curve,
                              const number *list, size_t n, const number *optional)
{
    const xmlNode *c = osim_child(r, node, curve);
    if (!c) {
        osim_say_default(r, node, curve, "with its defaults");
        return GENU_OK;
    }
    genu_status s = read_numbers(r, c, list, n);
    int given = 0;
    for (int i = 0; optional && i < 3; i++)
        given += osim_child(r, c, optional[i].tag) != NULL;
    if (s == GENU_OK && given != 0 && given != 3)
        s = osim_fail(r, c, GENU_E_FORMAT,
                      "<%s> gives %d of <%s>, <%s> and <%s>: must give all three or none", curve,
                      given, optional[0].tag, optional[1].tag, optional[2].tag);
    if (s == GENU_OK && given)
        s = read_numbers(r, c, optional, 3);
    return s;
}

static genu_status read_length_curves(osim_reader *r, const xmlNode *node, genu_hill *h)
{
    const number fl[] = {
        { "min_norm_active_fiber_length", OSIM_SAY, OSIM_FINITE, &h->millard.l_min },
        { "transition_norm_fiber_length", OSIM_SAY, OSIM_FINITE, &h->millard.l_transition },
        { "max_norm_active_fiber_length", OSIM_SAY, OSIM_FINITE, &h->millard.l_max },
        { "shallow_ascending_slope", OSIM_SAY, OSIM_FINITE, &h->millard.shallow_slope },
        { "minimum_value", OSIM_SAY, OSIM_FINITE, &h->millard.minimum_value },
    };
    const number fpe[] = {
        { "strain_at_zero_force", OSIM_SAY, OSIM_FINITE, &h->millard.passive_strain_zero },
        { "strain_at_one_norm_force", OSIM_SAY, OSIM_FINITE, &h->millard.passive_strain_one },
    };
    const number fpe_shape[] = {
        { "stiffness_at_low_force", OSIM_SILENT, OSIM_FINITE, &h->millard.passive_stiffness_low },
        { "stiffness_at_one_norm_force", OSIM_SILENT, OSIM_FINITE,
          &h->millard.passive_stiffness_one },
        { "curviness", OSIM_SILENT, OSIM_FINITE, &h->millard.passive_curviness },
    };
    const number ft[] = {
        { "strain_at_one_norm_force", OSIM_SAY, OSIM_FINITE, &h->millard.tendon_strain_one },
    };
    const number ft_shape[] = {
        { "stiffness_at_one_norm_force", OSIM_SILENT, OSIM_FINITE,
          &h->millard.tendon_stiffness_one },
        { "norm_force_at_toe_end", OSIM_SILENT, OSIM_FINITE, &h->millard.tendon_toe_force },
        { "curviness", OSIM_SILENT, OSIM_FINITE, &h->millard.tendon_curviness },
    };
    genu_status s = read_curve(r, node, "ActiveForceLengthCurve", fl, 5, NULL);
    if (s == GENU_OK)
        s = read_curve(r, node, "FiberForceLengthCurve", fpe, 2, fpe_shape);
    if (s == GENU_OK)
        s = read_curve(r, node, "TendonForceLengthCurve", ft, 1, ft_shape);
    return s;
}

static genu_status read_millard(osim_reader *r, const xmlNode *node, genu_hill *h)
{
    const number fv[] = {
        { "concentric_slope_at_vmax", OSIM_SAY, OSIM_FINITE, &h->millard.concentric_slope_at_vmax },
        { "concentric_slope_near_vmax", OSIM_SAY, OSIM_FINITE,
          &h->millard.concentric_slope_near_vmax },
        { "isometric_slope", OSIM_SAY, OSIM_FINITE, &h->millard.isometric_slope },
        { "eccentric_slope_at_vmax", OSIM_SAY, OSIM_FINITE, &h->millard.eccentric_slope_at_vmax },
        { "eccentric_slope_near_vmax", OSIM_SAY, OSIM_FINITE,
          &h->millard.eccentric_slope_near_vmax },
        { "max_eccentric_velocity_force_multiplier", OSIM_SAY, OSIM_FINITE,
          &h->millard.max_eccentric_force },
        { "concentric_curviness", OSIM_SAY, OSIM_FINITE, &h->millard.concentric_curviness },
        { "eccentric_curviness", OSIM_SAY, OSIM_FINITE, &h->millard.eccentric_curviness },
    };
    genu_status s =
        osim_bool(r, node, "ignore_tendon_compliance", OSIM_SAY, &h->millard.rigid_tendon);
    if (s == GENU_OK)
        s = osim_double(r, node, "fiber_damping", OSIM_SAY, OSIM_NOT_NEGATIVE,
                        &h->millard.fiber_damping);
    if (s == GENU_OK)
        s = read_length_curves(r, node, h);
    return s == GENU_OK ? read_curve(r, node, "ForceVelocityCurve", fv, 8, NULL) : s;
}

/* What every muscle has; OpenSim's defaults of strength and lengths are no muscle's own, so using
 * them is a warning. */
static genu_status read_architecture(osim_reader *r, const xmlNode *node, genu_hill *h)
{
    static const struct {
        const char *tag;
        double value;
        const char *unit;
    } guess[] = { { "max_isometric_force", 1000, "N" },
                  { "optimal_fiber_length", 0.1, "m" },
                  { "tendon_slack_length", 0.2, "m" } };
    double *to[] = { &h->f_max, &h->l_opt, &h->l_slack };
    genu_status s = GENU_OK;
    for (int i = 0; i < 3 && s == GENU_OK; i++) {
        *to[i] = guess[i].value;
        if (!osim_child(r, node, guess[i].tag))
            osim_event_add(r, node, GENU_WARNING, "%s: <%s> is missing; OpenSim's default %g %s",
                           (const char *)node->name, guess[i].tag, guess[i].value, guess[i].unit);
        s = osim_double(r, node, guess[i].tag, OSIM_SILENT,
                        i < 2 ? OSIM_POSITIVE : OSIM_NOT_NEGATIVE, to[i]);
    }
    const number list[] = {
        { "pennation_angle_at_optimal", OSIM_SAY, OSIM_FINITE, &h->pennation },
        { "max_contraction_velocity", OSIM_SAY, OSIM_POSITIVE, &h->v_max },
    };
    return s == GENU_OK ? read_numbers(r, node, list, 2) : s;
}

static genu_status read_hill(osim_reader *r, const xmlNode *node, int thelen, genu_hill *h)
{
    const double max_pennation = acos(0.1); // OpenSim's default, which genu builds on
    double written = max_pennation;
    const number list[] = {
        { "default_activation", OSIM_SAY, OSIM_NOT_NEGATIVE, &h->default_activation },
        { "minimum_activation", OSIM_SAY, OSIM_NOT_NEGATIVE, &h->min_activation },
        { "maximum_pennation_angle", OSIM_SAY, OSIM_POSITIVE, &written },
    };
    genu_status s = read_numbers(r, node, list, 3);
    if (s == GENU_OK && fabs(written - max_pennation) > 1e-6)
        osim_event_add(r, node, GENU_WARNING,
                       "%s: <maximum_pennation_angle> is %g rad; genu takes acos 0.1",
                       (const char *)node->name, written);
    if (s == GENU_OK)
        s = thelen ? read_thelen(r, node, h) : read_millard(r, node, h);
    genu_err err = { 0 };
    if (s == GENU_OK && (s = genu_hill_prepare(h, &err)) != GENU_OK)
        s = osim_fail(r, node, s, "%s", err.msg);
    return s;
}

/* Bounds of the control. OpenSim's lower one is 0.01 unless the file says otherwise, whatever
 * minimum_activation is (both muscles' constructors set it so, and refuse a larger
 * minimum_activation); in files before version 30513 a written 0 does not count, since earlier
 * programs wrote it without being asked (OpenSim 4.6, Muscle.cpp, updateFromXMLNode). */
static genu_status read_control(osim_reader *r, const xmlNode *node, genu_muscle *m)
{
    const double lowest = fmax(0.01, m->hill.min_activation);
    const int first_trusted = 30513;
    m->min_control = lowest;
    m->max_control = 1;
    genu_status s = osim_double(r, node, "min_control", OSIM_SAY, OSIM_FINITE, &m->min_control);
    if (s == GENU_OK && m->min_control == 0 && r->version < first_trusted) {
        m->min_control = lowest;
        osim_event_add(
            r, node, GENU_NOTE,
            "%s: <min_control> 0 of a file of version %d is taken as %g, as OpenSim does",
            (const char *)node->name, r->version, lowest);
    }
    if (s == GENU_OK)
        s = osim_double(r, node, "max_control", OSIM_SAY, OSIM_FINITE, &m->max_control);
    if (s == GENU_OK && !(m->min_control >= 0 && m->min_control < m->max_control))
        s = osim_fail(r, node, GENU_E_RANGE,
                      "<min_control> to <max_control> is %g to %g, must rise from at least 0",
                      m->min_control, m->max_control);
    return s;
}

genu_status osim_read_muscle(osim_reader *r, xmlNode *node, const char *name, int known)
{
    int thelen = osim_is(node, "Thelen2003Muscle");
    if (!*name || genu_find_muscle(r->m, name) >= 0)
        return *name ? osim_fail(r, node, GENU_E_FORMAT, "a second muscle is named '%s'", name)
                     : osim_fail(r, node, GENU_E_FORMAT, "a muscle has no name");
    genu_muscle *m = osim_grow((void **)&r->m->muscle, &r->m->n_muscle, sizeof *m);
    if (!m || !(m->name = genu_strdup(name)))
        return osim_no_memory(r);
    m->hill = genu_hill_defaults(thelen || !known ? GENU_HILL_THELEN : GENU_HILL_MILLARD);
    m->line = (int)xmlGetLineNo(node);
    m->no_force = !known;
    genu_status s = read_architecture(r, node, &m->hill);
    if (s == GENU_OK && known)
        s = read_hill(r, node, thelen, &m->hill);
    if (s == GENU_OK)
        s = read_control(r, node, m);
    if (s == GENU_OK)
        s = osim_read_path(r, node, &m->path);
    if (s == GENU_OK && !known) {
        osim_leave_rest(node);
        osim_event_add(r, node, GENU_ERROR,
                       "%s: a kind of muscle whose force cannot be computed; its path is read, the "
                       "rest is left out",
                       (const char *)node->name);
    }
    return s;
}
