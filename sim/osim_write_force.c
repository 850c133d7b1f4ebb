/* osim_write_force.c - muscles with their paths and curves, coordinate actuators. */
#include "sim/osim_write_private.h"

#include <math.h>

/* Where a coordinate stands: /jointset/JOINT/COORDINATE. */
static void coordinate_path(osim_sink *k, const char *tag, int coord)
{
    const genu_coord *c = &k->m->coord[coord];
    char path[600];
    snprintf(path, sizeof path, "/jointset/%s/%s", k->m->body[c->body].joint.name, c->name);
    sink_text(k, tag, path);
}

static genu_status moving_point(osim_sink *k, const genu_point *p)
{
    static const char *const socket[] = { "socket_x_coordinate", "socket_y_coordinate",
                                          "socket_z_coordinate" };
    static const char *const tag[] = { "x_location", "y_location", "z_location" };
    genu_status s = GENU_OK;
    for (int i = 0; i < 3; i++)
        if (p->coord[i] >= 0)
            coordinate_path(k, socket[i], p->coord[i]);
    for (int i = 0; i < 3 && s == GENU_OK; i++) {
        sink_open(k, tag[i], NULL);
        s = sink_function(k, &p->f[i], NULL, p->name);
        sink_close(k, tag[i]);
    }
    return s;
}

static genu_status path_point(osim_sink *k, const genu_point *p)
{
    static const char *const tag[] = { "PathPoint", "ConditionalPathPoint", "MovingPathPoint" };
    genu_status s = GENU_OK;
    sink_open(k, tag[p->kind], p->name);
    sink_body(k, "socket_parent_frame", p->body);
    if (p->kind == GENU_POINT_MOVING) {
        s = moving_point(k, p);
    } else {
        sink_v3(k, "location", p->location);
        if (p->kind == GENU_POINT_CONDITIONAL) {
            coordinate_path(k, "socket_coordinate", p->coord[0]);
            sink_numbers(k, "range", (double[]){ p->lo, p->hi }, 2);
        }
    }
    sink_close(k, tag[p->kind]);
    return s;
}

static genu_status path(osim_sink *k, const genu_path *p)
{
    static const char *const method[] = { "hybrid", "midpoint", "axial" };
    genu_status s = GENU_OK;
    sink_open(k, "GeometryPath", "geometrypath");
    sink_open(k, "PathPointSet", NULL);
    sink_open(k, "objects", NULL);
    for (int i = 0; i < p->n_point && s == GENU_OK; i++)
        s = path_point(k, &p->point[i]);
    sink_close(k, "objects");
    sink_groups(k);
    sink_close(k, "PathPointSet");
    sink_open(k, "PathWrapSet", NULL);
    sink_open(k, "objects", NULL);
    for (int i = 0; i < p->n_wrap; i++) {
        const genu_path_wrap *w = &p->wrap[i];
        char name[32];
        snprintf(name, sizeof name, "pathwrap_%d", i + 1);
        sink_open(k, "PathWrap", name);
        sink_text(k, "wrap_object", k->m->wrap[w->object].name);
        sink_text(k, "method", method[w->method]);
        sink_numbers(k, "range", (double[]){ w->first, w->last }, 2);
        sink_close(k, "PathWrap");
    }
    sink_close(k, "objects");
    sink_groups(k);
    sink_close(k, "PathWrapSet");
    sink_close(k, "GeometryPath");
    return s;
}

static void thelen(osim_sink *k, const genu_hill *h)
{
    sink_number(k, "FmaxTendonStrain", h->thelen.fmax_tendon_strain);
    sink_number(k, "FmaxMuscleStrain", h->thelen.fmax_muscle_strain);
    sink_number(k, "KshapeActive", h->thelen.k_shape_active);
    sink_number(k, "KshapePassive", h->thelen.k_shape_passive);
    sink_number(k, "Af", h->thelen.af);
    sink_number(k, "Flen", h->thelen.flen);
    sink_number(k, "fv_linear_extrap_threshold", h->thelen.fv_linear_extrap);
}

static void curve_open(osim_sink *k, const char *muscle, const char *curve)
{
    char name[400];
    snprintf(name, sizeof name, "%s_%s", muscle, curve);
    sink_open(k, curve, name);
}

static void length_curves(osim_sink *k, const genu_hill *h, const char *name)
{
    curve_open(k, name, "ActiveForceLengthCurve");
    sink_number(k, "min_norm_active_fiber_length", h->millard.l_min);
    sink_number(k, "transition_norm_fiber_length", h->millard.l_transition);
    sink_number(k, "max_norm_active_fiber_length", h->millard.l_max);
    sink_number(k, "shallow_ascending_slope", h->millard.shallow_slope);
    sink_number(k, "minimum_value", h->millard.minimum_value);
    sink_close(k, "ActiveForceLengthCurve");
    curve_open(k, name, "FiberForceLengthCurve");
    sink_number(k, "strain_at_zero_force", h->millard.passive_strain_zero);
    sink_number(k, "strain_at_one_norm_force", h->millard.passive_strain_one);
    if (!isnan(h->millard.passive_stiffness_one)) {
        sink_number(k, "stiffness_at_low_force", h->millard.passive_stiffness_low);
        sink_number(k, "stiffness_at_one_norm_force", h->millard.passive_stiffness_one);
        sink_number(k, "curviness", h->millard.passive_curviness);
    }
    sink_close(k, "FiberForceLengthCurve");
    curve_open(k, name, "TendonForceLengthCurve");
    sink_number(k, "strain_at_one_norm_force", h->millard.tendon_strain_one);
    if (!isnan(h->millard.tendon_stiffness_one)) {
        sink_number(k, "stiffness_at_one_norm_force", h->millard.tendon_stiffness_one);
        sink_number(k, "norm_force_at_toe_end", h->millard.tendon_toe_force);
        sink_number(k, "curviness", h->millard.tendon_curviness);
    }
    sink_close(k, "TendonForceLengthCurve");
}

static void millard(osim_sink *k, const genu_hill *h, const char *name)
{
    sink_bool(k, "ignore_tendon_compliance", h->millard.rigid_tendon);
    sink_number(k, "fiber_damping", h->millard.fiber_damping);
    length_curves(k, h, name);
    const genu_hill rest = genu_hill_defaults(GENU_HILL_MILLARD);
    curve_open(k, name, "ForceVelocityCurve");
    sink_number(k, "concentric_slope_at_vmax", h->millard.concentric_slope_at_vmax);
    sink_number(k, "concentric_slope_near_vmax", h->millard.concentric_slope_near_vmax);
    sink_number(k, "isometric_slope", h->millard.isometric_slope);
    sink_number(k, "eccentric_slope_at_vmax", h->millard.eccentric_slope_at_vmax);
    sink_number(k, "eccentric_slope_near_vmax", h->millard.eccentric_slope_near_vmax);
    sink_number(k, "max_eccentric_velocity_force_multiplier", h->millard.max_eccentric_force);
    if (h->millard.concentric_curviness != rest.millard.concentric_curviness ||
        h->millard.eccentric_curviness != rest.millard.eccentric_curviness) {
        sink_number(k, "concentric_curviness", h->millard.concentric_curviness);
        sink_number(k, "eccentric_curviness", h->millard.eccentric_curviness);
    }
    sink_close(k, "ForceVelocityCurve");
}

static genu_status muscle(osim_sink *k, const genu_muscle *m)
{
    static const char *const tag[] = { "Thelen2003Muscle", "Millard2012EquilibriumMuscle" };
    const genu_hill *h = &m->hill;
    if (m->no_force)
        return genu_fail(k->err, GENU_E_FORMAT,
                         "muscle '%s': of a kind whose force is not known, so it cannot be written",
                         m->name);
    sink_open(k, tag[h->kind], m->name);
    sink_number(k, "min_control", m->min_control);
    sink_number(k, "max_control", m->max_control);
    genu_status s = path(k, &m->path);
    sink_number(k, "max_isometric_force", h->f_max);
    sink_number(k, "optimal_fiber_length", h->l_opt);
    sink_number(k, "tendon_slack_length", h->l_slack);
    sink_number(k, "pennation_angle_at_optimal", h->pennation);
    sink_number(k, "max_contraction_velocity", h->v_max);
    sink_number(k, "default_activation", h->default_activation);
    sink_number(k, "minimum_activation", h->min_activation);
    if (h->kind == GENU_HILL_THELEN)
        thelen(k, h);
    else
        millard(k, h, m->name);
    sink_close(k, tag[h->kind]);
    return s;
}

genu_status sink_forces(osim_sink *k)
{
    genu_status s = GENU_OK;
    sink_open(k, "ForceSet", "forceset");
    sink_open(k, "objects", NULL);
    for (int i = 0; i < k->m->n_muscle && s == GENU_OK; i++)
        s = muscle(k, &k->m->muscle[i]);
    for (int i = 0; i < k->m->n_actuator; i++) {
        const genu_actuator *a = &k->m->actuator[i];
        sink_open(k, "CoordinateActuator", a->name);
        sink_number(k, "min_control", a->lo);
        sink_number(k, "max_control", a->hi);
        sink_text(k, "coordinate", k->m->coord[a->coord].name);
        sink_number(k, "optimal_force", a->optimal_force);
        sink_close(k, "CoordinateActuator");
    }
    sink_close(k, "objects");
    sink_groups(k);
    sink_close(k, "ForceSet");
    return s;
}
