#include "models/osim.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A model in which every element that the reader knows is written, with another value than its
 * default, and one of the layout before 4.0. Each of their leaves is taken out in turn. */

typedef struct expected {
    const char *owner, *tag; /* owner NULL: any */
    const char *value;       /* OpenSim's default; NULL: the element is required */
    const char *said;        /* in the note or in the error; NULL: "tag value (1 time)" */
} expected;

/* Values from the constructProperties of opensim-core 4.5: Model, Body, Coordinate, TransformAxis,
 * WrapObject, WrapCylinder, PathWrap, ConditionalPathPoint, Muscle, Thelen2003Muscle,
 * Millard2012EquilibriumMuscle and its four curves, ScalarActuator, CoordinateActuator, and of the
 * functions. Those of masses and radii (not a number, or 1 m) are no model's: they are required. */
static const expected list[] = {
    { "Body", "inertia_xx", NULL, "<inertia_xx> of <Body> is missing" },
    { "Body", "inertia_yy", NULL, "<inertia_yy> of <Body> is missing" },
    { "Body", "inertia_zz", NULL, "<inertia_zz> of <Body> is missing" },
    { "Body", "inertia_xy", "0", NULL },
    { "Body", "inertia_xz", "0", NULL },
    { "Body", "inertia_yz", "0", NULL },
    { NULL, "parent_body", NULL, "<parent_body> is missing" },
    { NULL, "location_in_parent", "0 0 0", NULL },
    { NULL, "orientation_in_parent", "0 0 0", NULL },
    { NULL, "motion_type", "rotational", "" },
    { NULL, "reverse", "false", "" },
    { NULL, "isDisabled", "false", "" },
    { NULL, "body", NULL, "names no body" },
    { "MovingPathPoint", "location", "0 0 0", "" }, // its functions decide
    { "ConditionalPathPoint", "coordinate", NULL, "names no coordinate" },
    { NULL, "x_coordinate", NULL, "<x_location> follows no coordinate" },
    { NULL, "y_coordinate", NULL, "<y_location> follows no coordinate" },
    { NULL, "gravity", "0 -9.80665 0", NULL },
    { "Body", "mass", NULL, "<mass> of <Body> is missing" },
    { "Body", "mass_center", "0 0 0", NULL },
    { "Body", "inertia", "0 0 0 0 0 0", NULL },
    { NULL, "active", "true", NULL },
    { NULL, "xyz_body_rotation", "0 0 0", NULL },
    { NULL, "translation", "0 0 0", NULL },
    { NULL, "orientation", "0 0 0", NULL },
    { NULL, "quadrant", "all", NULL },
    { NULL, "radius", NULL, "is missing" },
    { NULL, "length", "1", NULL },
    { NULL, "dimensions", NULL, "is missing" },
    { NULL, "inner_radius", NULL, "is missing" },
    { NULL, "outer_radius", NULL, "is missing" },
    { NULL, "default_value", "0", NULL },
    { NULL, "default_speed_value", "0", NULL },
    { NULL, "clamped", "false", NULL },
    { NULL, "locked", "false", NULL },
    { "Coordinate", "range", "-10 10", NULL },
    { "ConditionalPathPoint", "range", "0 0", NULL },
    { "PathWrap", "range", "-1 -1", NULL },
    { "PathWrap", "method", "hybrid", NULL },
    { "PathWrap", "wrap_object", NULL, "<wrap_object> is missing" },
    { NULL, "socket_parent_frame", NULL, "" },
    { NULL, "socket_child_frame", NULL, "<socket_child_frame> is missing" },
    { NULL, "socket_parent", NULL, "names no parent" },
    { NULL, "socket_coordinate", NULL, "names no coordinate" },
    { NULL, "socket_x_coordinate", NULL, "<x_location> follows no coordinate" },
    { NULL, "socket_y_coordinate", NULL, "<y_location> follows no coordinate" },
    { "TransformAxis", "coordinates", NULL, "of no coordinate" },
    { "TransformAxis", "axis", "1 0 0", NULL },
    { NULL, "coefficients", "1 0", NULL },
    { NULL, "x", NULL, "has 0 x and" },
    { NULL, "y", NULL, "and 0 y" },
    { NULL, "amplitude", "1", NULL },
    { NULL, "omega", "1", NULL },
    { NULL, "phase", "0", NULL },
    { NULL, "offset", "0", NULL },
    { NULL, "half_order", NULL, "<half_order> of <GCVSpline> is missing" },
    { NULL, "error_variance", "0", NULL },
    { NULL, "transition_start_time", "0.99", NULL },
    { NULL, "transition_end_time", "1.01", NULL },
    { NULL, "start_value", "0", NULL },
    { NULL, "end_value", "1", NULL },
    { NULL, "radii_x_y_z", NULL, "is missing" },
    { NULL, "thoracic_ellipsoid_radii_x_y_z", NULL, "is missing" },
    { NULL, "scapula_winging_axis_origin", "0 0", NULL },
    { NULL, "scapula_winging_axis_direction", "0", NULL },
    { NULL, "scale", "1", NULL },
    { NULL, "value", "0", NULL },
    { NULL, "independent_coordinate_names", NULL, "names no coordinates" },
    { NULL, "dependent_coordinate_name", NULL, "names no coordinates" },
    { NULL, "scale_factor", "1", NULL },
    { NULL, "location", "0 0 0", NULL },
    { "CoordinateActuator", "coordinate", NULL, "names no coordinate" },
    { "CoordinateActuator", "optimal_force", "1", NULL },
    { "CoordinateActuator", "min_control", "-inf", NULL },
    { "CoordinateActuator", "max_control", "inf", NULL },
    { NULL, "min_control", "0.01", NULL },
    { NULL, "max_control", "1", NULL },
    { NULL, "max_isometric_force", "1000", "<max_isometric_force> is missing; OpenSim's default" },
    { NULL, "optimal_fiber_length", "0.1", "<optimal_fiber_length> is missing; OpenSim's default" },
    { NULL, "tendon_slack_length", "0.2", "<tendon_slack_length> is missing; OpenSim's default" },
    { NULL, "pennation_angle_at_optimal", "0", NULL },
    { NULL, "max_contraction_velocity", "10", NULL },
    { NULL, "ignore_tendon_compliance", "false", NULL },
    { NULL, "default_activation", "0.05", NULL },
    { NULL, "minimum_activation", "0.01", NULL },
    { NULL, "maximum_pennation_angle", "1.47063", NULL }, // acos 0.1
    { NULL, "FmaxTendonStrain", "0.04", NULL },
    { NULL, "FmaxMuscleStrain", "0.6", NULL },
    { NULL, "KshapeActive", "0.45", NULL },
    { NULL, "KshapePassive", "5", NULL },
    { NULL, "Af", "0.25", NULL },
    { NULL, "Flen", "1.4", NULL },
    { NULL, "fv_linear_extrap_threshold", "0.95", NULL },
    { NULL, "fiber_damping", "0.1", NULL },
    { NULL, "min_norm_active_fiber_length", "0.4441", NULL },
    { NULL, "transition_norm_fiber_length", "0.73", NULL },
    { NULL, "max_norm_active_fiber_length", "1.8123", NULL },
    { NULL, "shallow_ascending_slope", "0.8616", NULL },
    { NULL, "minimum_value", "0.1", NULL },
    { NULL, "concentric_slope_at_vmax", "0", NULL },
    { NULL, "concentric_slope_near_vmax", "0.25", NULL },
    { NULL, "isometric_slope", "5", NULL },
    { NULL, "eccentric_slope_at_vmax", "0", NULL },
    { NULL, "eccentric_slope_near_vmax", "0.15", NULL },
    { NULL, "max_eccentric_velocity_force_multiplier", "1.4", NULL },
    { NULL, "concentric_curviness", "0.6", NULL },
    { NULL, "eccentric_curviness", "0.9", NULL },
    { "FiberForceLengthCurve", "strain_at_zero_force", "0", NULL },
    { "FiberForceLengthCurve", "strain_at_one_norm_force", "0.7", NULL },
    { "TendonForceLengthCurve", "strain_at_one_norm_force", "0.049", NULL },
};

static const expected *find(const char *owner, const char *tag)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (!strcmp(list[i].tag, tag) && (!list[i].owner || !strcmp(list[i].owner, owner)))
            return &list[i];
    return NULL;
}

static int has_note(const genu_notes *notes, const char *fragment)
{
    for (int i = 0; i < notes->n; i++)
        if (strstr(notes->note[i].text, fragment))
            return 1;
    return 0;
}

/* Numbers of a model that the file's leaves decide, in a row. */
typedef struct row {
    double x[1000];
    int n;
} row;

static void put(row *r, const double *x, size_t n)
{
    for (size_t i = 0; i < n && r->n < 1000; i++)
        r->x[r->n++] = x[i];
}

static void put_curve(row *r, const genu_curve *f)
{
    double out[3];
    genu_curve_eval(f, 0.3, out);
    put(r, out, 3);
}

static void put_muscle(row *r, const genu_muscle *s)
{
    const genu_hill *h = &s->hill;
    double x[] = { h->f_max,
                   h->l_opt,
                   h->l_slack,
                   h->pennation,
                   h->v_max,
                   h->default_activation,
                   h->min_activation,
                   s->min_control,
                   s->max_control,
                   h->thelen.fmax_tendon_strain,
                   h->thelen.fmax_muscle_strain,
                   h->thelen.k_shape_active,
                   h->thelen.k_shape_passive,
                   h->thelen.af,
                   h->thelen.flen,
                   h->thelen.fv_linear_extrap,
                   h->millard.fiber_damping,
                   h->millard.rigid_tendon,
                   h->millard.minimum_value,
                   h->millard.concentric_slope_at_vmax,
                   h->millard.eccentric_slope_at_vmax };
    put(r, x, sizeof x / sizeof *x);
    double l[] = { 0.5, 0.8, 1, 1.2, 1.55, 1.75 };
    for (int i = 0; i < 6; i++) { // the curves that the rest makes
        double y[] = { genu_hill_active(h, l[i], NULL), genu_hill_passive(h, l[i], NULL),
                       genu_hill_velocity(h, l[i] - 1, NULL),
                       genu_hill_tendon(h, 1 + 0.02 * l[i], NULL) };
        put(r, y, 4);
    }
    for (int i = 0; i < s->path.n_point; i++) {
        const genu_point *p = &s->path.point[i];
        double y[] = { p->location.x, p->location.y, p->location.z, p->lo, p->hi };
        put(r, y, 5);
        for (int k = 0; k < 3; k++)
            put_curve(r, &p->f[k]);
    }
    for (int i = 0; i < s->path.n_wrap; i++) {
        const genu_path_wrap *w = &s->path.wrap[i];
        double y[] = { w->object, w->method, w->first, w->last };
        put(r, y, 4);
    }
}

static void put_model(row *r, const genu_model *m)
{
    put(r, &m->gravity.x, 3);
    for (int i = 1; i < m->n_body; i++) {
        const genu_body *b = &m->body[i];
        put(r, &b->mass, 1);
        put(r, &b->mass_center.x, 3);
        put(r, &b->inertia.m[0][0], 9);
        put(r, &b->joint.parent_frame.p.x, 3);
        put(r, &b->joint.parent_frame.R.m[0][0], 9);
        put(r, &b->joint.child_frame.p.x, 3);
        put(r, &b->joint.child_frame.R.m[0][0], 9);
        for (int k = 0; k < b->joint.n_step; k++) {
            put(r, &b->joint.step[k].axis.x, 3);
            put_curve(r, &b->joint.step[k].f);
        }
    }
    for (int i = 0; i < m->n_coord; i++) {
        const genu_coord *c = &m->coord[i];
        double y[] = { c->lo, c->hi, c->value, c->speed, c->clamped, c->locked, c->motion };
        put(r, y, 7);
        put_curve(r, &c->coupler);
    }
    for (int i = 0; i < m->n_wrap; i++) {
        const genu_wrap_object *w = &m->wrap[i];
        double y[] = { w->length, w->quadrant_axis, w->quadrant_sign, w->active };
        put(r, y, 4);
        put(r, w->radius, 3);
        put(r, &w->frame.p.x, 3);
        put(r, &w->frame.R.m[0][0], 9);
    }
    for (int i = 0; i < m->n_muscle; i++)
        put_muscle(r, &m->muscle[i]);
    for (int i = 0; i < m->n_actuator; i++)
        put(r, (double[]){ m->actuator[i].optimal_force, m->actuator[i].lo, m->actuator[i].hi }, 3);
    for (int i = 0; i < m->n_marker; i++)
        put(r, &m->marker[i].location.x, 3);
}

static int same(const row *a, const row *b)
{
    int n = 0;
    for (int i = 0; a->n == b->n && i < a->n; i++)
        n += a->x[i] == b->x[i] || (isnan(a->x[i]) && isnan(b->x[i]));
    return a->n == b->n && n == a->n;
}

/* The text with what stands from..to replaced. */
static char *replaced(const char *text, const char *from, const char *to, const char *by)
{
    char *out = malloc(strlen(text) + strlen(by) + 1);
    sprintf(out, "%.*s%s%s", (int)(from - text), text, by, to);
    return out;
}

static int read_row(char *text, row *r, genu_notes *notes, genu_err *err)
{
    genu_model *m;
    genu_status s = genu_osim_read(text, strlen(text), "full.osim", &m, notes, err);
    *r = (row){ 0 };
    if (s == GENU_OK)
        put_model(r, m);
    CHECK_TRUE(r->n < 1000);
    genu_model_free(m);
    free(text);
    return s;
}

/* Without the leaf that stands from..to: as if its default were written, and that is said. */
static void check_leaf(const char *text, const char *from, const char *to, const char *owner,
                       const char *tag)
{
    static row full, without, with;
    const expected *e = find(owner, tag);
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    char name[200], said[200], written[200];
    snprintf(name, sizeof name, "<%s> in <%s>", tag, owner);
    test_true(e != NULL, name, __FILE__, __LINE__);
    if (!e)
        return;
    int s = read_row(replaced(text, from, to, ""), &without, &notes, &err);
    if (!e->value) {
        test_fails(s, GENU_E_FORMAT, err.msg, e->said, name, __FILE__, __LINE__);
        test_true(strstr(err.msg, ", line ") != NULL, name, __FILE__, __LINE__);
    } else if (test_ok(s, err.msg, name, __FILE__, __LINE__)) {
        const char *value = e->value;
        // a control may not fall below what the muscle is never without
        if (!strcmp(tag, "min_control") && strstr(owner, "Muscle"))
            value = "0.015";
        snprintf(said, sizeof said, "%s %s (1 time)", tag, value);
        test_true(has_note(&notes, e->said ? e->said : said), said, __FILE__, __LINE__);
        snprintf(written, sizeof written, "<%s>%s</%s>", tag, value, tag);
        CHECK_OK(read_row(replaced(text, from, to, written), &with, NULL, &err), err);
        test_true(same(&without, &with), name, __FILE__, __LINE__);
        // and the comparison sees this leaf, unless its default is written (or it has no effect)
        CHECK_OK(read_row(replaced(text, to, to, ""), &full, NULL, &err), err);
        if (strcmp(tag, "maximum_pennation_angle") && strncmp(written, from, strlen(written)))
            test_true(!same(&without, &full), name, __FILE__, __LINE__);
    }
    genu_notes_clear(&notes);
}

static char *fixture(const char *name)
{
    char path[600];
    size_t n;
    snprintf(path, sizeof path, "%s/tests/models/osim/%s", GENU_TEST_SOURCE_DIR, name);
    return test_read_file(path, &n);
}

/* Every element of the file that holds text only, with the element that it stands in. Returns how
 * many there are. */
static int check_leaves(const char *file)
{
    char *text = fixture(file), open[20][80];
    int depth = 0, n = 0;
    const char *start = text;
    for (const char *at = strchr(text, '<'); at; at = strchr(at + 1, '<')) {
        if (at[1] == '?')
            continue;
        if (at[1] != '/') {
            size_t length = strcspn(at + 1, " >/");
            snprintf(open[depth], sizeof open[0], "%.*s", (int)length, at + 1);
            start = at;
            depth += at[strcspn(at, ">") - 1] != '/';
            continue;
        }
        depth--;
        if (start && depth > 0) { // nothing was opened since: a leaf
            check_leaf(text, start, strchr(at, '>') + 1, open[depth - 1], open[depth]);
            n++;
        }
        start = NULL;
    }
    free(text);
    return n;
}

static void every_leaf_has_its_default_or_is_required(void)
{
    CHECK_INT(check_leaves("full.osim"), 184); // as many as the file has
}

static void so_has_every_leaf_of_the_layout_before_4(void)
{
    CHECK_INT(check_leaves("full_layout3.osim"), 64);
}

/* A curve that is missing is a curve of defaults. */
static void missing_curves_are_curves_of_defaults(void)
{
    static const char *const curve[] = { "ActiveForceLengthCurve", "ForceVelocityCurve",
                                         "FiberForceLengthCurve", "TendonForceLengthCurve" };
    char *text = fixture("full.osim");
    for (int i = 0; i < 4; i++) {
        static row without, with;
        char open[64], close[64], empty[64], said[100];
        genu_notes notes = { 0 };
        genu_err err = { 0 };
        snprintf(open, sizeof open, "<%s>", curve[i]);
        snprintf(close, sizeof close, "</%s>", curve[i]);
        snprintf(empty, sizeof empty, "<%s/>", curve[i]);
        snprintf(said, sizeof said, "%s with its defaults (1 time)", curve[i]);
        const char *from = strstr(text, open), *to = strstr(text, close) + strlen(close);
        CHECK_OK(read_row(replaced(text, from, to, ""), &without, &notes, &err), err);
        CHECK_OK(read_row(replaced(text, from, to, empty), &with, NULL, &err), err);
        test_true(has_note(&notes, said), said, __FILE__, __LINE__);
        test_true(same(&without, &with), said, __FILE__, __LINE__);
        genu_notes_clear(&notes);
    }
    free(text);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(every_leaf_has_its_default_or_is_required),
        TEST(so_has_every_leaf_of_the_layout_before_4),
        TEST(missing_curves_are_curves_of_defaults),
        CU_TEST_INFO_NULL,
    };
    return test_main("osim_defaults", tests, argc, argv);
}
