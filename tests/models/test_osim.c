#include "models/osim.h"
#include "models/skeleton.h"
#include "tests/testlib.h"

#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Three bodies with one of everything, in the layouts of 4.x and of 2.3 to 3.3:
 *
 *   ground --hip (custom: moves along x, turns)-- femur --knee (custom, coupled)-- tibia
 *                                                    \--patella_pin (pin)-- patella
 */
static char *leg, *leg3;

/* Read before the suite runs, so without its checks; NULL when it cannot be. */
static char *fixture(const char *name)
{
    char path[1024], *text = calloc(1, 16384);
    snprintf(path, sizeof path, "%s/tests/models/osim/%s", GENU_TEST_SOURCE_DIR, name);
    FILE *f = fopen(path, "rb");
    size_t n = f && text ? fread(text, 1, 16383, f) : 0;
    if (f)
        fclose(f);
    if (n)
        return text;
    fprintf(stderr, "cannot read '%s'\n", path);
    free(text);
    return NULL;
}

/* Text with the first `old` replaced; to be freed. */
static char *edited(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    if (!at) {
        test_true(0, old, __FILE__, __LINE__);
        return strdup(text);
    }
    char *out = malloc(strlen(text) + strlen(new) + 1);
    sprintf(out, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    return out;
}

static genu_model *read_text(const char *text, genu_notes *notes)
{
    genu_model *m;
    genu_err err = { 0 };
    CHECK_OK(genu_osim_read(text, strlen(text), "leg.osim", &m, notes, &err), err);
    return m;
}

/* A note of this severity that holds the fragment. */
static int has_note(const genu_notes *notes, genu_severity severity, const char *fragment)
{
    for (int i = 0; i < notes->n; i++)
        if (notes->note[i].severity == severity && strstr(notes->note[i].text, fragment))
            return 1;
    return 0;
}

static void check_note(const char *old, const char *new, genu_severity severity,
                       const char *fragment)
{
    genu_notes notes = { 0 };
    char *text = edited(leg, old, new);
    genu_model *m = read_text(text, &notes);
    test_true(has_note(&notes, severity, fragment), fragment, __FILE__, __LINE__);
    genu_model_free(m);
    genu_notes_clear(&notes);
    free(text);
}

static double value(const genu_curve *f, double x)
{
    double out[3];
    genu_curve_eval(f, x, out);
    return out[0];
}

static void reads_bodies_and_joints(void)
{
    genu_notes notes = { 0 };
    genu_model *m = read_text(leg, &notes);
    CHECK_INT(genu_notes_count(&notes, GENU_WARNING), 0);
    CHECK_TEXT(m->name, "leg");
    CHECK_INT(m->file_version, 40500);
    CHECK_NEAR(m->gravity.y, -9.81, 0, 0);
    // parents first, the file's order otherwise
    const char *order[] = { "ground", "femur", "tibia", "patella" };
    CHECK_INT(m->n_body, 4);
    for (int i = 0; i < 4; i++)
        CHECK_TEXT(m->body[i].name, order[i]);
    CHECK_INT(m->body[2].parent, 1);
    CHECK_NEAR(m->body[2].inertia.m[0][1], 0.001, 0, 0);
    CHECK_NEAR(m->body[2].inertia.m[1][1], 0.005, 0, 0);
    // coordinates in the order of the joints in the file
    const char *coord[] = { "knee_angle", "hip_tx", "hip_angle", "beta" };
    genu_motion motion[] = { GENU_ROTATION, GENU_TRANSLATION, GENU_COUPLED, GENU_ROTATION };
    CHECK_INT(m->n_coord, 4);
    for (int i = 0; i < 4; i++) {
        CHECK_TEXT(m->coord[i].name, coord[i]);
        CHECK_INT(m->coord[i].motion, motion[i]);
    }
    CHECK_INT(m->coord[0].body, 2);
    CHECK_NEAR(m->coord[0].lo, -2, 0, 0);
    CHECK_NEAR(m->coord[0].value, -0.3, 0, 0);
    CHECK_NEAR(m->coord[2].speed, 0.5, 0, 0);
    CHECK_INT(m->coord[0].clamped && m->coord[1].locked && !m->coord[0].locked, 1);
    // steps: translations first, fixed axes at 0 left out, constants kept
    const genu_joint *knee = &m->body[2].joint;
    CHECK_TEXT(knee->name, "knee");
    CHECK_TEXT(knee->type, "CustomJoint");
    CHECK_INT(knee->n_step, 4);
    CHECK_INT(knee->step[0].rotation, 0);
    CHECK_NEAR(value(&knee->step[0].f, -1), 0, 0, 1e-15);
    CHECK_NEAR(value(&knee->step[0].f, 0), 1.1 * 0.004, 1e-15, 0);
    CHECK_INT(knee->step[3].coord, -1);
    CHECK_NEAR(value(&knee->step[3].f, 7), 0.02, 0, 0);
    CHECK_NEAR(value(&knee->step[2].f, 2), 0.1 * 4 - 0.05 * 2, 1e-15, 0);
    CHECK_NEAR(value(&m->body[1].joint.step[1].f, 0.5), 1, 1e-15, 0);
    // each joint finds its own frame of the name that both have
    CHECK_NEAR(knee->parent_frame.p.y, -0.4, 0, 0);
    CHECK_NEAR(m->body[3].joint.parent_frame.p.y, -0.38, 0, 0);
    CHECK_NEAR(knee->parent_frame.R.m[1][0], sin(0.1), 1e-15, 0);
    CHECK_NEAR(knee->child_frame.p.x, 0.01, 0, 0);
    genu_model_free(m);
    genu_notes_clear(&notes);
}

static void reads_forces_and_paths(void)
{
    genu_notes notes = { 0 };
    genu_model *m = read_text(leg, &notes);
    CHECK_INT(m->n_muscle, 1);
    const genu_muscle *s = &m->muscle[0];
    CHECK_TEXT(s->name, "vasti");
    CHECK_INT(s->hill.kind, GENU_HILL_THELEN);
    CHECK_NEAR(s->hill.f_max, 5000, 0, 0);
    CHECK_NEAR(s->hill.l_opt, 0.1, 0, 0);
    CHECK_NEAR(s->hill.l_slack, 0.15, 0, 0);
    CHECK_NEAR(s->hill.pennation, 0.05, 0, 0);
    CHECK_NEAR(s->hill.v_max, 12, 0, 0);
    CHECK_NEAR(s->hill.thelen.fmax_tendon_strain, 0.033, 0, 0);
    CHECK_NEAR(s->hill.thelen.k_shape_active, 0.5, 0, 0);
    CHECK_NEAR(s->hill.thelen.flen, 1.4, 0, 0); // OpenSim's default
    CHECK_NEAR(s->min_control, 0.01, 0, 0);
    CHECK_INT(s->path.n_point, 3);
    CHECK_INT(s->path.point[0].kind, GENU_POINT_FIXED);
    CHECK_INT(s->path.point[1].kind, GENU_POINT_CONDITIONAL);
    CHECK_INT(s->path.point[1].coord[0], 0);
    CHECK_NEAR(s->path.point[1].hi, -0.5, 0, 0);
    const genu_point *p = &s->path.point[2];
    CHECK_INT(p->kind, GENU_POINT_MOVING);
    CHECK_INT(p->body, 2);
    CHECK_INT(p->coord[0], 0);
    CHECK_INT(p->coord[2], -1);
    CHECK_NEAR(value(&p->f[0], -0.5), 0.04, 1e-14, 0);
    CHECK_NEAR(value(&p->f[1], 1), -0.01, 1e-14, 0);
    CHECK_NEAR(value(&p->f[2], 9), 0.001, 0, 0);
    CHECK_INT(s->path.n_wrap, 1);
    CHECK_INT(s->path.wrap[0].method, GENU_WRAP_AXIAL);
    CHECK_INT(s->path.wrap[0].first, 1);
    CHECK_INT(s->path.wrap[0].last, 3);
    const genu_wrap_object *w = &m->wrap[0];
    CHECK_INT(w->body, 1);
    CHECK_INT(w->quadrant_axis, 0);
    CHECK_INT(w->quadrant_sign, 1);
    CHECK_NEAR(w->radius[0], 0.03, 0, 0);
    CHECK_NEAR(w->length, 0.1, 0, 0);
    CHECK_NEAR(w->frame.R.m[2][1], sin(0.1), 1e-15, 0);
    CHECK_INT(m->n_actuator, 1);
    CHECK_INT(m->actuator[0].coord, 2);
    CHECK_TRUE(isinf(m->actuator[0].lo) && m->actuator[0].hi == 1.5);
    // the marker stands in an offset frame
    CHECK_INT(m->marker[0].body, 2);
    CHECK_NEAR(m->marker[0].location.x, 0.01, 0, 0);
    // the coupler's factor multiplies its function
    CHECK_INT(m->coord[3].leader, 0);
    CHECK_NEAR(value(&m->coord[3].coupler, 1), 2 * (0.5 + 0.1), 1e-15, 0);
    CHECK_TRUE(has_note(&notes, GENU_NOTE,
                        "Thelen2003Muscle" GENU_OSIM_DEFAULTS "default_activation 0.05 (1 time)"));
    genu_model_free(m);
    genu_notes_clear(&notes);
}

/* Every kind of joint against its own closed form: a point of the child in the ground. */
static const char joint_model[] =
    "<OpenSimDocument Version=\"40000\"><Model name=\"j\"><Ground name=\"ground\"/><gravity>0 0 0"
    "</gravity><BodySet><objects><Body name=\"b\"><mass>1</mass><mass_center>0 0 0</mass_center>"
    "<inertia>1 1 1 0 0 0</inertia></Body></objects></BodySet><JointSet><objects>"
    "<%s name=\"j\"><socket_parent_frame>g</socket_parent_frame><socket_child_frame>c"
    "</socket_child_frame><frames><PhysicalOffsetFrame name=\"g\"><socket_parent>/ground"
    "</socket_parent><translation>1 2 3</translation><orientation>0.1 0.2 0.3</orientation>"
    "</PhysicalOffsetFrame><PhysicalOffsetFrame name=\"c\"><socket_parent>/bodyset/b"
    "</socket_parent><translation>0.1 0 0</translation><orientation>0 0.4 0</orientation>"
    "</PhysicalOffsetFrame></frames>%s</%s></objects></JointSet></Model></OpenSimDocument>";

static m3 turn(int axis, double angle)
{
    return m3_rotation((v3){ axis == 0, axis == 1, axis == 2 }, angle);
}

static void check_joint(const char *type, const char *body, const double *q, int n, xform between)
{
    char text[4000];
    snprintf(text, sizeof text, joint_model, type, body, type);
    genu_model *m = read_text(text, NULL);
    if (!m)
        return;
    CHECK_INT(m->n_coord, n);
    genu_data *d = genu_data_new(m);
    memcpy(d->q, q, (size_t)n * sizeof *q);
    genu_skeleton_position(m, d);
    xform P = { m3_xyz((v3){ 0.1, 0.2, 0.3 }), { 1, 2, 3 } };
    xform C = { m3_xyz((v3){ 0, 0.4, 0 }), { 0.1, 0, 0 } };
    xform X = xform_mul(xform_mul(P, between), xform_inverse(C));
    CHECK_NEAR(v3_distance(X.p, d->X[1].p), 0, 0, 1e-14);
    for (int i = 0; i < 9; i++) // round-off of a few products of order 1
        CHECK_NEAR(d->X[1].R.m[i / 3][i % 3], X.R.m[i / 3][i % 3], 0, 1e-14);
    genu_data_free(d);
    genu_model_free(m);
}

static void plain_joints_move_as_they_should(void)
{
    double q[6] = { 0.3, -0.5, 0.7, 0.11, 0.12, 0.13 };
    v3 none = { 0, 0, 0 };
    m3 I = m3_identity(), xy = m3_mul(turn(0, 0.3), turn(1, -0.5));
    m3 xyz = m3_mul(xy, turn(2, 0.7));
    check_joint("WeldJoint", "", q, 0, (xform){ I, none });
    check_joint("PinJoint", "", q, 1, (xform){ turn(2, 0.3), none });
    check_joint("SliderJoint", "", q, 1, (xform){ I, { 0.3, 0, 0 } });
    check_joint("UniversalJoint", "", q, 2, (xform){ xy, none });
    check_joint("BallJoint", "", q, 3, (xform){ xyz, none });
    check_joint("GimbalJoint", "", q, 3, (xform){ xyz, none });
    check_joint("PlanarJoint", "", q, 3, (xform){ turn(2, 0.3), { -0.5, 0.7, 0 } });
    check_joint("FreeJoint", "", q, 6, (xform){ xyz, { 0.11, 0.12, 0.13 } });
    v3 n = m3_column(xyz, 2);
    check_joint("EllipsoidJoint", "<radii_x_y_z>0.2 0.3 0.5</radii_x_y_z>", q, 3,
                (xform){ xyz, { 0.2 * n.x, 0.3 * n.y, 0.5 * n.z } });
}

/* As ScapulothoracicJoint.cpp has it: an ellipsoid that is turned by a right angle, with its radii
 * exchanged, turned back, then a pin whose axis is in the plane of the scapula. */
static void scapulas_move_as_they_should(void)
{
    static const char properties[] =
        "<thoracic_ellipsoid_radii_x_y_z>0.07 0.15 0.08</thoracic_ellipsoid_radii_x_y_z>"
        "<scapula_winging_axis_origin>0.03 -0.05</scapula_winging_axis_origin>"
        "<scapula_winging_axis_direction>0.4</scapula_winging_axis_direction>";
    double q[4] = { 0.3, -0.5, 0.7, 0.2 };
    m3 xyz = m3_mul(m3_mul(turn(0, 0.3), turn(1, -0.5)), turn(2, 0.7));
    v3 n = m3_column(xyz, 2), none = { 0, 0, 0 };
    xform ride = { xyz, { 0.15 * n.x, 0.07 * n.y, 0.08 * n.z } };
    xform there = { turn(2, GENU_PI / 2), none }, back = { turn(2, -GENU_PI / 2), none };
    xform out = { m3_identity(), { 0.03, -0.05, 0 } }, in = { m3_identity(), { -0.03, 0.05, 0 } };
    xform wing = { m3_rotation((v3){ -sin(0.4), cos(0.4), 0 }, 0.2), none };
    xform X = xform_mul(xform_mul(there, ride), back);
    X = xform_mul(xform_mul(xform_mul(X, out), wing), in);
    check_joint("ScapulothoracicJoint", properties, q, 4, X);
}

/* What each function is worth at two places on an axis. */
static void functions_are_read_as_they_are_meant(void)
{
    static const struct {
        const char *text;
        double at[2]; /* at 0.3 and at 5 */
    } list[] = {
        { "<Sine><amplitude>2</amplitude><omega>3</omega><phase>0.5</phase><offset>1</offset></"
          "Sine>",
          { 2.97089945998, 1.41293496388 } },
        { "<StepFunction><transition_start_time>0</transition_start_time><transition_end_time>0.6"
          "</transition_end_time><start_value>-1</start_value><end_value>2</end_value>"
          "</StepFunction>",
          { 0.5, 2 } },
        { "<StepFunction><x>0 1 2</x><y>3 4 5</y></StepFunction>", { 3, 5 } },
        { "<PiecewiseConstantFunction><x>0.2 0.4</x><y>3 4</y></PiecewiseConstantFunction>",
          { 3, 4 } },
        { "<GCVSpline><half_order>2</half_order><error_variance>0</error_variance><x>0 1 2 3</x>"
          "<weights>1 1 1 1</weights><coefficients>9 9 9 9</coefficients><y>1 3 5 "
          "7</y></GCVSpline>",
          { 1.6, 11 } },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char text[4000], custom[1000];
        double out[3];
        snprintf(
            custom, sizeof custom,
            "<coordinates><Coordinate name=\"a\"/></coordinates><SpatialTransform>"
            "<TransformAxis name=\"rotation1\"><coordinates>a</coordinates><axis>0 0 1</axis>%s"
            "</TransformAxis></SpatialTransform>",
            list[i].text);
        snprintf(text, sizeof text, joint_model, "CustomJoint", custom, "CustomJoint");
        genu_notes notes = { 0 };
        genu_model *m = read_text(text, &notes);
        for (int k = 0; m && k < 2; k++) {
            genu_curve_eval(&m->body[1].joint.step[0].f, k ? 5 : 0.3, out);
            CHECK_NEAR(out[0], list[i].at[k], 1e-9, 0);
        }
        if (i == 3)
            CHECK_TRUE(has_note(&notes, GENU_WARNING, "jumps along a <PiecewiseConstantFunction>"));
        if (i == 4) {
            CHECK_TRUE(has_note(&notes, GENU_NOTE, "<weights>: a spline through its points"));
            CHECK_TRUE(has_note(&notes, GENU_NOTE, "<coefficients>: a spline through its points"));
        }
        genu_model_free(m);
        genu_notes_clear(&notes);
    }
}

static void custom_joints_move_as_they_should(void)
{
    // axes in any order, of any length and direction; functions bare and in <function>
    static const char custom[] =
        "<coordinates><Coordinate name=\"a\"/><Coordinate name=\"b\"/></coordinates>"
        "<SpatialTransform><TransformAxis name=\"translation3\"><coordinates>b</coordinates>"
        "<axis>0 3 4</axis><function><LinearFunction><coefficients>2 0.1</coefficients>"
        "</LinearFunction></function></TransformAxis><TransformAxis name=\"rotation2\">"
        "<coordinates>a</coordinates><axis>1 0 0</axis><NaturalCubicSpline><x>-1 0 1 2</x>"
        "<y>0 0.5 1 1.5</y></NaturalCubicSpline></TransformAxis><TransformAxis name=\"rotation1\">"
        "<coordinates>a</coordinates><axis>0 1 1</axis><MultiplierFunction><function>"
        "<MultiplierFunction><function><LinearFunction><coefficients>1 0</coefficients>"
        "</LinearFunction></function><scale>3</scale></MultiplierFunction></function><scale>0.5"
        "</scale></MultiplierFunction></TransformAxis></SpatialTransform>";
    double q[2] = { 0.3, -0.2 };
    m3 R = m3_mul(m3_rotation(v3_unit((v3){ 0, 1, 1 }), 1.5 * 0.3), turn(0, 0.5 + 0.15));
    check_joint("CustomJoint", custom, q, 2, (xform){ R, v3_scale(-0.3, (v3){ 0, 0.6, 0.8 }) });
    char text[4000];
    genu_notes notes = { 0 };
    snprintf(text, sizeof text, joint_model, "CustomJoint", custom, "CustomJoint");
    genu_model *m = read_text(text, &notes);
    CHECK_INT(m->coord[0].motion, GENU_COUPLED);
    CHECK_INT(m->coord[1].motion, GENU_COUPLED); // slope 2
    CHECK_TRUE(has_note(&notes, GENU_NOTE, "<axis> has length 5; its direction is taken"));
    CHECK_TRUE(has_note(&notes, GENU_NOTE, "range -10 10 (2 times)"));
    CHECK_TRUE(has_note(&notes, GENU_NOTE, "SpatialTransform" GENU_OSIM_DEFAULTS));
    genu_model_free(m);
    genu_notes_clear(&notes);
}

static void plain_joints_have_motions_by_nature(void)
{
    char text[4000];
    snprintf(text, sizeof text, joint_model, "PlanarJoint",
             "<coordinates><Coordinate name=\"turn\"/></coordinates>", "PlanarJoint");
    genu_notes notes = { 0 };
    genu_model *m = read_text(text, &notes);
    CHECK_INT(m->coord[0].motion, GENU_ROTATION);
    CHECK_INT(m->coord[1].motion, GENU_TRANSLATION);
    CHECK_TEXT(m->coord[2].name, "j_coord_2"); // as OpenSim names them
    CHECK_TRUE(has_note(&notes, GENU_NOTE, "coordinate 3 of 3 is not described"));
    genu_model_free(m);
    genu_notes_clear(&notes);
}

static void same_pose(const genu_model *a, const genu_model *b, int from, int n_pose, double tol,
                      unsigned long long seed)
{
    genu_data *d = genu_data_new(a), *e = genu_data_new(b);
    double worst = 0;
    for (int n = 0; n < n_pose; n++) {
        for (int i = 0; i < a->n_coord; i++)
            d->q[i] = test_random(&seed, fmax(a->coord[i].lo, -2), fmin(a->coord[i].hi, 2));
        for (int i = 0; i < a->n_coord; i++)
            e->q[genu_find_coord(b, a->coord[i].name)] = d->q[i];
        genu_skeleton_position(a, d);
        genu_skeleton_position(b, e);
        for (int i = from; i < a->n_body; i++) {
            int j = genu_find_body(b, a->body[i].name);
            xform X = xform_mul(xform_inverse(d->X[from]), d->X[i]);
            xform Y =
                xform_mul(xform_inverse(e->X[genu_find_body(b, a->body[from].name)]), e->X[j]);
            worst = fmax(worst, v3_distance(X.p, Y.p));
            for (int k = 0; k < 9; k++)
                worst = fmax(worst, fabs(X.R.m[k / 3][k % 3] - Y.R.m[k / 3][k % 3]));
        }
    }
    CHECK_NEAR(worst, 0, 0, tol);
    genu_data_free(d);
    genu_data_free(e);
}

static void both_layouts_mean_the_same(void)
{
    genu_notes notes = { 0 };
    genu_model *a = read_text(leg, NULL), *b = read_text(leg3, &notes);
    CHECK_INT(genu_notes_count(&notes, GENU_WARNING), 0);
    CHECK_TRUE(has_note(&notes, GENU_NOTE, "Thelen2003Muscle 'off': switched off"));
    CHECK_INT(b->n_body, a->n_body);
    CHECK_INT(b->n_coord, a->n_coord);
    for (int i = 0; i < a->n_coord; i++) {
        CHECK_TEXT(b->coord[i].name, a->coord[i].name);
        CHECK_INT(b->coord[i].motion, a->coord[i].motion);
    }
    for (int i = 0; i < a->n_body; i++) {
        CHECK_TEXT(b->body[i].name, a->body[i].name);
        CHECK_NEAR(b->body[i].mass, a->body[i].mass, 0, 0);
        for (int k = 0; k < 9; k++)
            CHECK_NEAR(b->body[i].inertia.m[k / 3][k % 3], a->body[i].inertia.m[k / 3][k % 3], 0,
                       0);
    }
    same_pose(a, b, 0, 50, 0, 7); // the same numbers, in the same order
    CHECK_INT(b->n_muscle, 1);
    for (int k = 0; k < 3; k++) {
        const genu_point *p = &a->muscle[0].path.point[k], *q = &b->muscle[0].path.point[k];
        CHECK_INT(q->kind, p->kind);
        CHECK_INT(q->body, p->body);
        CHECK_INT(q->coord[0], p->coord[0]);
        CHECK_NEAR(v3_distance(p->location, q->location), 0, 0, 0);
        CHECK_NEAR(value(&q->f[0], -0.7), value(&p->f[0], -0.7), 0, 0);
    }
    genu_model_free(a);
    genu_model_free(b);
    genu_notes_clear(&notes);
}

static void frames_are_found_wherever_they_stand(void)
{
    // a chain of frames: in a body, in the component set, in another frame
    static const char frames[] =
        "<ComponentSet><objects><PhysicalOffsetFrame name=\"outer\"><socket_parent>"
        "/bodyset/femur/inner</socket_parent><translation>0 0 1</translation><orientation>0 0 0"
        "</orientation><components><PhysicalOffsetFrame name=\"last\"><socket_parent>.."
        "</socket_parent><translation>1 0 0</translation><orientation>0 0 0</orientation>"
        "<WrapObjectSet><objects><WrapSphere name=\"ball\"><active>true</active>"
        "<xyz_body_rotation>0 0 0</xyz_body_rotation><translation>0 0 0.5</translation><quadrant>"
        "all</quadrant><radius>0.1</radius></WrapSphere></objects></WrapObjectSet>"
        "</PhysicalOffsetFrame></components></PhysicalOffsetFrame></objects></ComponentSet>"
        "</Model>";
    static const char inner[] =
        "<Body name=\"femur\"><components><PhysicalOffsetFrame name=\"inner\"><socket_parent>.."
        "</socket_parent><translation>0 2 0</translation><orientation>0 0 1.5707963267948966"
        "</orientation></PhysicalOffsetFrame></components>";
    char *one = edited(leg, "</Model>", frames);
    char *two = edited(one, "<Body name=\"femur\">", inner);
    char *three = edited(two, "/jointset/knee/tibia_offset", "/componentset/outer/last");
    char *four = edited(three, "<location>0.02 -0.1 0<", "<location>0.5 0 0<");
    char *text = edited(four, "<socket_parent_frame>/bodyset/femur</socket_parent_frame><location>",
                        "<socket_parent_frame>inner</socket_parent_frame><location>");
    genu_notes notes = { 0 };
    genu_model *m = read_text(text, &notes);
    CHECK_INT(genu_notes_count(&notes, GENU_WARNING), 0);
    // last in femur: inner's turn by 90 degrees takes x to y: (0, 2, 0) + (0, 1, 1)
    CHECK_INT(m->marker[0].body, 1);
    v3 expected = v3_add((v3){ 0, 3, 1 }, (v3){ 0.4, 0, 0 }); // (0, -0.4, 0) turned
    CHECK_NEAR(v3_distance(m->marker[0].location, expected), 0, 0, 1e-15);
    CHECK_NEAR(v3_distance(m->muscle[0].path.point[0].location, (v3){ 0, 2.5, 0 }), 0, 0, 1e-15);
    int ball = genu_find_wrap(m, "ball");
    CHECK_NEAR(v3_distance(m->wrap[ball].frame.p, (v3){ 0, 3, 1.5 }), 0, 0, 1e-15);
    CHECK_INT(m->wrap[ball].kind, GENU_WRAP_SPHERE);
    CHECK_INT(m->wrap[ball].body, 1);
    genu_model_free(m);
    genu_notes_clear(&notes);
    free(one);
    free(two);
    free(three);
    free(four);
    free(text);
}

static void blanks_and_locale_do_not_matter(void)
{
    size_t n = strlen(leg), k = 0;
    char *text = malloc(2 * n + 4);
    k += (size_t)sprintf(text, "\xEF\xBB\xBF");
    for (size_t i = 0; i < n; i++) {
        if (leg[i] == '\n')
            text[k++] = '\r';
        text[k++] = leg[i];
    }
    text[k] = '\0';
    setlocale(LC_ALL, "de_DE.UTF-8");
    genu_model *a = read_text(leg, NULL), *b = read_text(text, NULL);
    setlocale(LC_ALL, "C");
    same_pose(a, b, 0, 5, 0, 3);
    CHECK_NEAR(b->muscle[0].hill.l_slack, 0.15, 0, 0);
    CHECK_INT(b->muscle[0].line, a->muscle[0].line);
    genu_model_free(a);
    genu_model_free(b);
    free(text);
}

static void defaults_of_the_file_are_honoured(void)
{
    static const char defaults[] =
        "<Model name=\"leg\"><defaults><Thelen2003Muscle name=\"default\"><Flen>1.7</Flen>"
        "<KshapeActive>0.9</KshapeActive><min_control>0.02</min_control></Thelen2003Muscle>"
        "</defaults>";
    genu_notes notes = { 0 };
    char *text = edited(leg, "<Model name=\"leg\">", defaults);
    genu_model *m = read_text(text, &notes);
    CHECK_NEAR(m->muscle[0].hill.thelen.flen, 1.7, 0, 0);
    CHECK_NEAR(m->muscle[0].min_control, 0.02, 0, 0);
    CHECK_NEAR(m->muscle[0].hill.thelen.k_shape_active, 0.5, 0, 0); // its own
    CHECK_TRUE(has_note(&notes, GENU_NOTE, "<Flen> is taken from the file's <defaults> ('vasti')"));
    genu_model_free(m);
    genu_notes_clear(&notes);
    free(text);
}

static void millard_parameters_are_read(void)
{
    static const char millard[] =
        "<Millard2012EquilibriumMuscle name=\"soleus\"><max_isometric_force>3000"
        "</max_isometric_force><optimal_fiber_length>0.05</optimal_fiber_length>"
        "<tendon_slack_length>0.25</tendon_slack_length><ignore_tendon_compliance>true"
        "</ignore_tendon_compliance><fiber_damping>0.05</fiber_damping><default_activation>0.02"
        "</default_activation><minimum_activation>0.03</minimum_activation><min_control>0"
        "</min_control><max_control>0.9</max_control><GeometryPath><PathPointSet><objects>"
        "<PathPoint name=\"a\"><socket_parent_frame>/bodyset/tibia</socket_parent_frame><location>"
        "0 0 0</location></PathPoint><PathPoint name=\"b\"><socket_parent_frame>/ground"
        "</socket_parent_frame><location>0 0 1</location></PathPoint></objects></PathPointSet>"
        "</GeometryPath><ActiveForceLengthCurve name=\"fl\"><min_norm_active_fiber_length>0.45"
        "</min_norm_active_fiber_length><minimum_value>0.05</minimum_value>"
        "</ActiveForceLengthCurve><ForceVelocityCurve><isometric_slope>5.1</isometric_slope>"
        "<max_eccentric_velocity_force_multiplier>1.3</max_eccentric_velocity_force_multiplier>"
        "</ForceVelocityCurve><FiberForceLengthCurve><strain_at_one_norm_force>0.6"
        "</strain_at_one_norm_force><stiffness_at_low_force>0.25</stiffness_at_low_force>"
        "<stiffness_at_one_norm_force>3</stiffness_at_one_norm_force><curviness>0.7</curviness>"
        "</FiberForceLengthCurve><TendonForceLengthCurve><strain_at_one_norm_force>0.05"
        "</strain_at_one_norm_force></TendonForceLengthCurve></Millard2012EquilibriumMuscle>"
        "<CoordinateActuator";
    char *text = edited(leg, "<CoordinateActuator", millard);
    genu_model *m = read_text(text, NULL);
    const genu_muscle *s = &m->muscle[1];
    const genu_hill *h = &s->hill;
    CHECK_INT(h->kind, GENU_HILL_MILLARD);
    CHECK_INT(h->millard.rigid_tendon, 1);
    CHECK_NEAR(h->millard.fiber_damping, 0.05, 0, 0);
    CHECK_NEAR(h->default_activation, 0.02, 0, 0);
    CHECK_NEAR(h->min_activation, 0.03, 0, 0);
    CHECK_NEAR(s->min_control, 0, 0, 0); // as written
    CHECK_NEAR(s->max_control, 0.9, 0, 0);
    CHECK_NEAR(h->millard.l_min, 0.45, 0, 0);
    CHECK_NEAR(h->millard.l_max, 1.8123, 0, 0);
    CHECK_NEAR(h->millard.minimum_value, 0.05, 0, 0);
    CHECK_NEAR(h->millard.isometric_slope, 5.1, 0, 0);
    CHECK_NEAR(h->millard.max_eccentric_force, 1.3, 0, 0);
    CHECK_NEAR(h->millard.passive_strain_one, 0.6, 0, 0);
    CHECK_NEAR(h->millard.passive_stiffness_low, 0.25, 0, 0);
    CHECK_NEAR(h->millard.passive_stiffness_one, 3, 0, 0);
    CHECK_NEAR(h->millard.passive_curviness, 0.7, 0, 0);
    CHECK_NEAR(h->millard.tendon_strain_one, 0.05, 0, 0);
    genu_model_free(m);
    // the three that shape a curve come together
    genu_err err = { 0 };
    char *bad = edited(text, "<curviness>0.7</curviness>", "");
    CHECK_FAILS(genu_osim_read(bad, strlen(bad), "leg.osim", &m, NULL, &err), GENU_E_FORMAT, err,
                "<FiberForceLengthCurve> gives 2 of");
    free(bad);
    free(text);
}

/* A muscle's lower bound in a document of this version, whose muscle starts with `with`. */
static double lowest_control(const char *version, const char *with)
{
    char now[200];
    genu_notes notes = { 0 };
    snprintf(now, sizeof now, "Version=\"%s\"", version);
    char *dated = edited(leg3, "Version=\"20302\"", now);
    snprintf(now, sizeof now, "<Thelen2003Muscle name=\"vasti\">%s", with);
    char *text = edited(dated, "<Thelen2003Muscle name=\"vasti\">", now);
    genu_model *m = read_text(text, &notes);
    double lowest = m->muscle[0].min_control;
    CHECK_INT(has_note(&notes, GENU_NOTE, "<min_control> 0 of a file of version"),
              strstr(with, "<min_control>0<") && lowest > 0);
    genu_model_free(m);
    genu_notes_clear(&notes);
    free(dated);
    free(text);
    return lowest;
}

static void zero_control_of_old_files_does_not_count(void)
{
    CHECK_NEAR(lowest_control("20302", ""), 0.01, 0, 0);
    CHECK_NEAR(lowest_control("20302", "<min_control>0</min_control>"), 0.01, 0, 0);
    CHECK_NEAR(lowest_control("40000", "<min_control>0</min_control>"), 0, 0, 0);
    CHECK_NEAR(lowest_control("20302", "<min_control>0.02</min_control>"), 0.02, 0, 0);
    CHECK_NEAR(lowest_control("20302", "<minimum_activation>0</minimum_activation>"), 0.01, 0, 0);
    CHECK_NEAR(lowest_control("20302", "<minimum_activation>0.03</minimum_activation>"), 0.03, 0,
               0);
}

static void what_is_left_out_is_named(void)
{
    static const char at[] = "<CoordinateActuator";
    check_note(at, "<CoordinateLimitForce name=\"stop\"/><CoordinateActuator", GENU_WARNING,
               "CoordinateLimitForce 'stop': left out");
    check_note(at,
               "<BushingForce name=\"b\"><rotational_stiffness>1</rotational_stiffness>"
               "</BushingForce><CoordinateActuator",
               GENU_WARNING, "BushingForce 'b': left out: joint moments and loads");
    check_note(at, "<TorqueActuator name=\"t\"/><CoordinateActuator", GENU_NOTE,
               "TorqueActuator 't': left out: it acts only");
    check_note(at,
               "<Ligament name=\"l\"><appliesForce>false</appliesForce></Ligament>"
               "<CoordinateActuator",
               GENU_NOTE, "Ligament 'l': switched off");
    check_note("<isEnforced>true", "<isEnforced>false", GENU_NOTE, "'patella_coupler': switched");
    check_note("<active>true", "<active>false", GENU_NOTE, "'condyle' is switched off");
    check_note("<mass>3</mass>", "<mass>3</mass><colour>red</colour>", GENU_WARNING,
               "<colour> in <Body> is not understood and has no effect ('tibia')");
    check_note("<mass>3</mass>", "<mass>3</mass><mass>4</mass>", GENU_WARNING,
               "<mass> is given twice; the first counts");
    check_note("</Model>", "<Surprise><a/><b>1</b></Surprise></Model>", GENU_WARNING,
               "<Surprise> in <Model>");
    check_note("</Model>",
               "<ControllerSet><objects><PrescribedController name=\"c\"><x>1</x>"
               "</PrescribedController></objects></ControllerSet></Model>",
               GENU_NOTE, "<PrescribedController>: controllers are not run");
    check_note("<locked>false",
               "<prescribed>true</prescribed><prescribed_function><Sine/>"
               "</prescribed_function><locked>false",
               GENU_WARNING, "Coordinate 'knee_angle': prescribed as a function of time");
    check_note("40500", "40700", GENU_WARNING, "version is 40700, the newest one known is 40600");
    check_note("<optimal_fiber_length>0.1</optimal_fiber_length>", "", GENU_WARNING,
               "<optimal_fiber_length> is missing; OpenSim's default 0.1 m");
    check_note("<gravity>0 -9.81 0</gravity>", "", GENU_NOTE, "gravity 0 -9.80665 0 (1 time)");
    check_note("<Thelen2003Muscle name=\"vasti\">",
               "<Thelen2003Muscle name=\"vasti\"><Appearance><color>1 0 0</color></Appearance>",
               GENU_NOTE, "ignored: <Appearance>: drawing only ('vasti')");
    check_note("<coordinates>hip_tx</coordinates><axis>1 0 0</axis><LinearFunction><coefficients>"
               "-1 0.3</coefficients></LinearFunction>",
               "<axis>1 0 0</axis><Constant><value>1</value></Constant>", GENU_WARNING,
               "CustomJoint 'hip': coordinate 'hip_tx' moves nothing");
    check_note("<FmaxTendonStrain>",
               "<ignore_tendon_compliance>true</ignore_tendon_compliance><FmaxTendonStrain>",
               GENU_WARNING, "<ignore_tendon_compliance> is true");
    check_note("<FmaxTendonStrain>",
               "<maximum_pennation_angle>1.2</maximum_pennation_angle><FmaxTendonStrain>",
               GENU_WARNING, "<maximum_pennation_angle> is 1.2 rad; genu takes acos 0.1");
    check_note("<method>axial</method>", "", GENU_NOTE, "method hybrid (1 time)");
    check_note("<z_location><Constant><value>0.001</value></Constant></z_location>", "", GENU_NOTE,
               "z_location 0 (1 time)");
}

static void unknown_muscles_keep_their_path(void)
{
    genu_notes notes = { 0 };
    char *one = edited(leg, "<Thelen2003Muscle", "<Schutte1993Muscle_Deprecated");
    char *text = edited(one, "</Thelen2003Muscle", "</Schutte1993Muscle_Deprecated");
    genu_model *m = read_text(text, &notes);
    CHECK_INT(m->muscle[0].no_force, 1);
    CHECK_INT(m->muscle[0].path.n_point, 3);
    CHECK_NEAR(m->muscle[0].hill.f_max, 5000, 0, 0);
    CHECK_TRUE(has_note(&notes, GENU_ERROR, "force cannot be computed; its path is read"));
    genu_model_free(m);
    genu_notes_clear(&notes);
    free(one);
    free(text);
}

typedef struct mistake {
    const char *old, *new;
    genu_status status;
    const char *fragment;
} mistake;

static void check_mistakes(const mistake *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *text = edited(leg, list[i].old, list[i].new);
        genu_model *m = (genu_model *)&list;
        genu_notes notes = { 0 };
        genu_err err = { 0 };
        CHECK_FAILS(genu_osim_read(text, strlen(text), "leg.osim", &m, &notes, &err),
                    list[i].status, err, list[i].fragment);
        CHECK_TRUE(m == NULL);
        CHECK_TRUE(!strncmp(err.msg, "model 'leg.osim'", 16));
        genu_notes_clear(&notes);
        free(text);
    }
}

static void documents_that_are_none_are_refused(void)
{
    const mistake list[] = {
        { "<Model name", "<Motor name", GENU_E_FORMAT, "line 35: not XML: Opening and ending tag" },
        { "<OpenSimDocument Version=\"40500\">", "<html>", GENU_E_FORMAT, "not XML" },
        { "40500", "ten", GENU_E_FORMAT, "Version 'ten', no number" },
        { "40500", "10901", GENU_E_FORMAT, "version is 10901, must be 20302 to 40600" },
        { "40500", "30507", GENU_E_FORMAT, "a test release between 3.3 and 4.0" },
        { "meters", "millimeters", GENU_E_FORMAT,
          "line 6: <length_units> is 'millimeters', must be meters" },
        { "<OpenSimDocument", "<!DOCTYPE a [<!ENTITY e \"1\">]><OpenSimDocument", GENU_E_FORMAT,
          "document type" },
        { "<mass>3<", "<mass>&e;<", GENU_E_FORMAT, "line 8: not XML: Entity 'e' not defined" },
        { "<BodySet name", "<BodySet file=\"b.xml\" name", GENU_E_FORMAT,
          "<BodySet> stands in another file, 'b.xml'" },
    };
    check_mistakes(list, sizeof list / sizeof *list);
    genu_model *m;
    genu_err err = { 0 };
    CHECK_FAILS(genu_osim_read("", 0, "e.osim", &m, NULL, &err), GENU_E_FORMAT, err, "not XML");
    CHECK_FAILS(genu_osim_read("<a/>", 4, "e.osim", &m, NULL, &err), GENU_E_FORMAT, err,
                "root element is <a>");
    const char *other = "<OpenSimDocument Version=\"40000\"><ExternalLoads/></OpenSimDocument>";
    CHECK_FAILS(genu_osim_read(other, strlen(other), "e.osim", &m, NULL, &err), GENU_E_FORMAT, err,
                "holds no <Model>");
    CHECK_FAILS(genu_osim_read("\x89PNG\r\n\x1a\n", 8, "e.osim", &m, NULL, &err), GENU_E_FORMAT,
                err, "not XML");
}

static void bad_numbers_are_named(void)
{
    const mistake list[] = {
        { "<mass>3<", "<mass>abc<", GENU_E_FORMAT,
          "line 8: Body 'tibia': <mass>: 'abc' is not a number" },
        { "<mass>3<", "<mass>3,5<", GENU_E_FORMAT, "'3,5' is not a number" },
        { "<mass>3<", "<mass>-3<", GENU_E_RANGE, "<mass> is -3, must be >= 0" },
        { "<mass>3<", "<mass>nan<", GENU_E_RANGE, "<mass> is nan, must be a number" },
        { "<mass>3<", "<mass>inf<", GENU_E_RANGE, "<mass> is inf, must be finite" },
        { "<mass>3<", "<mass><", GENU_E_FORMAT, "<mass> holds 0 numbers, must hold 1" },
        { "<mass>3</mass>", "", GENU_E_FORMAT, "<mass> of <Body> is missing" },
        { "<mass_center>0 -0.2 0<", "<mass_center>0 -0.2<", GENU_E_FORMAT,
          "<mass_center> holds 2 numbers, must hold 3" },
        { "0.05 0.005 0.05 0.001 0 0", "0.05 0.005 0.05", GENU_E_FORMAT,
          "<inertia> holds 3 numbers, must hold 6" },
        { "0.05 0.005 0.05", "0.05 -0.005 0.05", GENU_E_RANGE,
          "moment of inertia yy is -0.005 kg m2, must be >= 0" },
        { "<range>-2 0.2<", "<range>2 -0.2<", GENU_E_RANGE, "<range> is 2 to -0.2, must rise" },
        { "<locked>false", "<locked>maybe", GENU_E_FORMAT, "<locked> is 'maybe', must be true" },
        { "<axis>0 0 1<", "<axis>0 0 0<", GENU_E_RANGE, "<axis> has length 0, must be > 0" },
        { "<x>-2 -1 0 1</x>", "<x>-2 -1 0</x>", GENU_E_FORMAT, "<SimmSpline> has 3 x and 4 y" },
        { "<x>-2 -1 0 1</x>", "<x>-2 -1 -1 1</x>", GENU_E_RANGE, "<SimmSpline>: " },
        { "<coefficients>1 0<", "<coefficients>1<", GENU_E_FORMAT,
          "CustomJoint 'knee', LinearFunction 'function': <LinearFunction> has 1 coefficients" },
        { "<radius>0.03<", "<radius>-0.03<", GENU_E_RANGE,
          "Body 'femur', WrapCylinder 'condyle': <radius> is -0.03, must be > 0" },
        { "<radius>0.03</radius>", "", GENU_E_FORMAT, "<radius> of <WrapCylinder> is missing" },
        { "<length>0.1<", "<length>0<", GENU_E_RANGE, "<length> is 0, must be > 0" },
        { "<max_isometric_force>5000<", "<max_isometric_force>0<", GENU_E_RANGE,
          "line 31: Thelen2003Muscle 'vasti': <max_isometric_force> is 0, must be > 0" },
        { "<optimal_fiber_length>0.1<", "<optimal_fiber_length>-0.1<", GENU_E_RANGE,
          "<optimal_fiber_length> is -0.1, must be > 0" },
        { "<tendon_slack_length>0.15<", "<tendon_slack_length>-1<", GENU_E_RANGE,
          "<tendon_slack_length> is -1, must be >= 0" },
        { "<pennation_angle_at_optimal>0.05<", "<pennation_angle_at_optimal>1.55<", GENU_E_RANGE,
          "Thelen2003Muscle 'vasti': " },
        { "<range>1 3<", "<range>1 4<", GENU_E_RANGE, "<range> names point 4, must be 1 to 3" },
        { "<range>1 3<", "<range>1 2.5<", GENU_E_RANGE, "<range> names point 2.5" },
        { "<range>-2 -0.5<", "<range>-2<", GENU_E_FORMAT, "<range> holds 1 number, must hold 2" },
        { "<optimal_force>30<", "<optimal_force>0<", GENU_E_RANGE, "<optimal_force> is 0" },
        { "<max_control>1.5<", "<max_control>nan<", GENU_E_RANGE, "<max_control> is nan" },
        { "<FmaxTendonStrain>", "<min_control>2</min_control><FmaxTendonStrain>", GENU_E_RANGE,
          "is 2 to 1, must rise" },
    };
    check_mistakes(list, sizeof list / sizeof *list);
}

static void bad_names_are_named(void)
{
    const mistake list[] = {
        { "<Body name=\"tibia\">", "<Body name=\"femur\">", GENU_E_FORMAT,
          "a second body is named 'femur'" },
        { "<Body name=\"tibia\">", "<Body>", GENU_E_FORMAT, "a body has no name" },
        { "/bodyset/tibia", "/bodyset/tibiaa", GENU_E_FORMAT,
          "there is no body or frame '/bodyset/tibiaa'; did you mean 'tibia'?" },
        { "<coordinates>knee_angle<", "<coordinates>knee_angel<", GENU_E_FORMAT,
          "there is no coordinate 'knee_angel'; did you mean 'knee_angle'?" },
        { "<coordinates>hip_tx<", "<coordinates>knee_angle<", GENU_E_FORMAT,
          "coordinate 'knee_angle' belongs to another joint" },
        { "<coordinates>hip_tx<", "<coordinates>hip_tx hip_angle<", GENU_E_FORMAT,
          "depends on several coordinates" },
        { "Coordinate name=\"hip_tx\"", "Coordinate name=\"knee_angle\"", GENU_E_FORMAT,
          "a second coordinate is named 'knee_angle'" },
        { "<wrap_object>condyle<", "<wrap_object>condile<", GENU_E_FORMAT,
          "there is no wrapping object 'condile'; did you mean 'condyle'?" },
        { "<method>axial<", "<method>diagonal<", GENU_E_FORMAT, "<method> is 'diagonal'" },
        { "<quadrant>+X<", "<quadrant>w<", GENU_E_FORMAT, "<quadrant> is 'w', must be x, -x" },
        { "CustomJoint name=\"hip\"", "CustomJoint name=\"knee\"", GENU_E_FORMAT,
          "a second joint is named 'knee'" },
        { "<coordinate>hip_angle<", "<coordinate>hip_angel<", GENU_E_FORMAT,
          "CoordinateActuator 'hip_motor': there is no coordinate 'hip_angel'" },
        { "<dependent_coordinate_name>beta<", "<dependent_coordinate_name>bet<", GENU_E_FORMAT,
          "there is no coordinate 'bet'" },
        { "TransformAxis name=\"rotation2\"", "TransformAxis name=\"rotation1\"", GENU_E_FORMAT,
          "a second axis is named 'rotation1'" },
        { "TransformAxis name=\"rotation2\"", "TransformAxis name=\"twist\"", GENU_E_FORMAT,
          "an unknown axis is named 'twist'" },
    };
    check_mistakes(list, sizeof list / sizeof *list);
}

static void what_cannot_be_computed_is_refused(void)
{
    const mistake list[] = {
        { "<socket_parent_frame>/ground<", "<socket_parent_frame>/bodyset/tibia<", GENU_E_FORMAT,
          "hangs on bodies that hang on it" },
        { "<socket_child_frame>/bodyset/patella<", "<socket_child_frame>/bodyset/tibia<",
          GENU_E_FORMAT,
          "PinJoint 'patella_pin': body 'tibia' hangs on joint 'knee' already; closed loops" },
        { "<socket_child_frame>/bodyset/patella<", "<socket_child_frame>/ground<", GENU_E_FORMAT,
          "the joint's child is the ground" },
        { "</objects></BodySet>", "<Body name=\"loose\"><mass>1</mass></Body></objects></BodySet>",
          GENU_E_FORMAT, "Body 'loose': the body hangs on no joint" },
        { "<socket_parent>/bodyset/femur</socket_parent>",
          "<socket_parent>femur_offset"
          "</socket_parent>",
          GENU_E_FORMAT, "could be any of 2 frames" },
        { "<socket_parent>/bodyset/tibia</socket_parent>",
          "<socket_parent>/jointset/knee/tibia_offset</socket_parent>", GENU_E_FORMAT,
          "frame 'tibia_offset' hangs on itself" },
        { "<PinJoint name=\"patella_pin\">",
          "<PinJoint name=\"patella_pin\"><reverse>true"
          "</reverse>",
          GENU_E_FORMAT, "<reverse> is true, which is not supported" },
        { "<ConstraintSet><objects>", "<ConstraintSet><objects><WeldConstraint name=\"w\"/>",
          GENU_E_FORMAT, "WeldConstraint 'w': a constraint of kind <WeldConstraint>" },
        { "<independent_coordinate_names>knee_angle<",
          "<independent_coordinate_names>knee_angle hip_angle<", GENU_E_FORMAT,
          "follows several coordinates" },
        { "<independent_coordinate_names>knee_angle<", "<independent_coordinate_names>beta<",
          GENU_E_SHAPE, "'beta'" },
        { "<LinearFunction name=\"function\"><coefficients>1 0</coefficients></LinearFunction>",
          "<SignalGenerator/>", GENU_E_FORMAT,
          "TransformAxis 'rotation1': function <SignalGenerator> is not supported" },
        { "<LinearFunction name=\"function\"><coefficients>1 0</coefficients></LinearFunction>",
          "<GCVSpline><half_order>3</half_order><x>0 1 2 3 4</x><y>0 1 2 3 4</y></GCVSpline>",
          GENU_E_SHAPE, "curve has 5 knots, needs at least 6 for degree 5" },
        { "<LinearFunction name=\"function\"><coefficients>1 0</coefficients></LinearFunction>",
          "<GCVSpline><half_order>2</half_order><error_variance>0.1</error_variance></GCVSpline>",
          GENU_E_FORMAT, "<GCVSpline> smooths (<error_variance> is 0.1), which is not supported" },
        { "<LinearFunction name=\"function\"><coefficients>1 0</coefficients></LinearFunction>",
          "<GCVSpline><half_order>2.5</half_order></GCVSpline>", GENU_E_RANGE,
          "<half_order> is 2.5, must be a whole number from 1 to 4" },
        { "<LinearFunction name=\"function\"><coefficients>1 0</coefficients></LinearFunction>",
          "<GCVSpline><half_order>1</half_order><x>0 1</x><y>0</y></GCVSpline>", GENU_E_FORMAT,
          "<GCVSpline> has 2 x and 1 y, must have as many" },
        { "<LinearFunction name=\"function\"><coefficients>1 0</coefficients></LinearFunction>",
          "<StepFunction><transition_end_time>0.99</transition_end_time></StepFunction>",
          GENU_E_RANGE, "step ends at 0.99, where it begins" },
        { "<LinearFunction name=\"function\"><coefficients>1 0</coefficients></LinearFunction>", "",
          GENU_E_FORMAT, "the axis of 'knee_angle' has no function" },
        { "<coordinates>knee_angle</coordinates><axis>0 0 1</axis>", "<axis>0 0 1</axis>",
          GENU_E_FORMAT, "<LinearFunction> of no coordinate" },
        { "<socket_x_coordinate>/jointset/knee/knee_angle</socket_x_coordinate>", "", GENU_E_FORMAT,
          "<x_location> follows no coordinate" },
        { "<WrapCylinder name=\"condyle\">",
          "<WrapTorus name=\"t\"><inner_radius>0.1"
          "</inner_radius><outer_radius>0.2</outer_radius>"
          "</WrapTorus><WrapDoubleCylinderObst name=\"d\"/>"
          "<WrapCylinder name=\"condyle\">",
          GENU_E_FORMAT, "<WrapDoubleCylinderObst> is not supported" },
        { "<PathWrap name=\"w\"><wrap_object>condyle<", "<PathWrap name=\"w\"><wrap_object>donut<",
          GENU_E_FORMAT, "'donut'" },
        { "<PathPoint name=\"p1\">", "<StationPoint name=\"p1\"/><PathPoint name=\"p1\">",
          GENU_E_FORMAT, "a path point of kind <StationPoint>" },
    };
    check_mistakes(list, sizeof list / sizeof *list);
    char text[4000];
    genu_model *m;
    genu_err err = { 0 };
    snprintf(text, sizeof text, joint_model, "EllipsoidJoint", "", "EllipsoidJoint");
    CHECK_FAILS(genu_osim_read(text, strlen(text), "j", &m, NULL, &err), GENU_E_FORMAT, err,
                "<radii_x_y_z> of <EllipsoidJoint> is missing");
    snprintf(text, sizeof text, joint_model, "EllipsoidJoint",
             "<radii_x_y_z>0.1 0 0.2</radii_x_y_z>", "EllipsoidJoint");
    CHECK_FAILS(genu_osim_read(text, strlen(text), "j", &m, NULL, &err), GENU_E_RANGE, err,
                "<radii_x_y_z> is 0.1 0 0.2, must be > 0");
    snprintf(text, sizeof text, joint_model, "RollingJoint", "", "RollingJoint");
    CHECK_FAILS(genu_osim_read(text, strlen(text), "j", &m, NULL, &err), GENU_E_FORMAT, err,
                "a joint of kind <RollingJoint> is not supported");
    snprintf(text, sizeof text, joint_model, "PinJoint",
             "<coordinates><Coordinate name=\"a\"/><Coordinate name=\"b\"/></coordinates>",
             "PinJoint");
    CHECK_FAILS(genu_osim_read(text, strlen(text), "j", &m, NULL, &err), GENU_E_FORMAT, err,
                "a PinJoint with 2 coordinates, must have 1");
}

static void missing_parts_are_named(void)
{
    const mistake list[] = {
        { "<coordinate>hip_angle</coordinate>", "", GENU_E_FORMAT,
          "CoordinateActuator 'hip_motor': the actuator names no coordinate" },
        { "<min_control>-Inf<", "<min_control>2<", GENU_E_RANGE, "is 2 to 1.5, must rise" },
        { "<socket_parent_frame>/jointset/knee/tibia_offset</socket_parent_frame>", "",
          GENU_E_FORMAT, "Marker 'heel': the marker names no body" },
        { "<socket_parent>../../../bodyset/femur</socket_parent>", "", GENU_E_FORMAT,
          "frame 'femur_offset' names no parent" },
        { "<socket_child_frame>tibia_offset</socket_child_frame>", "", GENU_E_FORMAT,
          "<socket_child_frame> is missing" },
        { "<Thelen2003Muscle name=\"vasti\">", "<Thelen2003Muscle>", GENU_E_FORMAT,
          "a muscle has no name" },
        { "<CoordinateActuator name=\"hip_motor\">",
          "<CoordinateActuator name=\"m\"><coordinate>beta</coordinate></CoordinateActuator>"
          "<CoordinateActuator name=\"m\">",
          GENU_E_FORMAT, "a second actuator is named 'm'" },
        { "<WrapCylinder name=\"condyle\">", "<WrapCylinder>", GENU_E_FORMAT,
          "a wrapping object has no name" },
        { "<WrapCylinder name=\"condyle\">",
          "<WrapEllipsoid name=\"e\"><dimensions>1 0 1</dimensions></WrapEllipsoid><WrapCylinder "
          "name=\"condyle\">",
          GENU_E_RANGE, "<dimensions>: 0 m, must be > 0" },
        { "<WrapCylinder name=\"condyle\">",
          "<WrapEllipsoid name=\"condyle\"><dimensions>1 1 1</dimensions></WrapEllipsoid>"
          "<WrapCylinder name=\"condyle\">",
          GENU_E_FORMAT, "a second wrapping object is named 'condyle'" },
        { "<MovingPathPoint name=\"p3\"><socket_parent_frame>/bodyset/tibia<",
          "<MovingPathPoint name=\"p3\"><socket_parent_frame>tibia_offset<", GENU_E_FORMAT,
          "a moving point in an offset frame is not supported" },
        { "<socket_coordinate>/jointset/knee/knee_angle</socket_coordinate>", "", GENU_E_FORMAT,
          "the conditional point names no coordinate" },
        { "<PathPoint name=\"p1\"><socket_parent_frame>/bodyset/femur</socket_parent_frame>",
          "<PathPoint name=\"p1\">", GENU_E_FORMAT,
          "Thelen2003Muscle 'vasti', PathPoint 'p1': the path point names no body" },
        { "<wrap_object>condyle</wrap_object>", "", GENU_E_FORMAT, "<wrap_object> is missing" },
        { "<Body name=\"tibia\">", "<Frame/><Body name=\"tibia\">", GENU_E_FORMAT,
          "<Frame> in the body set is not a body" },
        { "<dependent_coordinate_name>beta</dependent_coordinate_name>", "", GENU_E_FORMAT,
          "the coupler names no coordinates" },
        { "</CoordinateCouplerConstraint>",
          "</CoordinateCouplerConstraint><CoordinateCouplerConstraint name=\"again\">"
          "<independent_coordinate_names>hip_tx</independent_coordinate_names>"
          "<dependent_coordinate_name>beta</dependent_coordinate_name>"
          "</CoordinateCouplerConstraint>",
          GENU_E_FORMAT, "coordinate 'beta' follows two couplers" },
        { "<LinearFunction><coefficients>0.5 0.1</coefficients></LinearFunction>", "",
          GENU_E_FORMAT, "<coupled_coordinates_function> holds no function" },
    };
    check_mistakes(list, sizeof list / sizeof *list);
}

/* Texts made for one branch each. */
static void missing_parts_of_small_models_are_named(void)
{
    static const char head[] = "<OpenSimDocument Version=\"40000\"><Model name=\"m\">";
    static const char body[] = "<BodySet><objects><Body name=\"b\"><mass>1</mass>";
    static const struct {
        const char *a, *b, *fragment;
    } list[] = {
        { "", "", "the model has no bodies" },
        { body, "<Joint><WeldJoint name=\"w\"/></Joint></Body></objects></BodySet>",
          "<parent_body> is missing" },
        { body,
          "<Joint><CustomJoint name=\"w\"><parent_body>ground</parent_body></CustomJoint></Joint>"
          "</Body></objects></BodySet>",
          "<SpatialTransform> is missing" },
        { body,
          "<Joint><CustomJoint name=\"w\"><parent_body>ground</parent_body><SpatialTransform>"
          "<TransformAxis name=\"rotation1\"><MultiplierFunction/></TransformAxis>"
          "</SpatialTransform></CustomJoint></Joint></Body></objects></BodySet>",
          "<MultiplierFunction> holds no function" },
        { body,
          "<Joint><WeldJoint name=\"w\"><parent_body>ground</parent_body></WeldJoint></Joint>"
          "</Body></objects></BodySet><ForceSet><objects><Thelen2003Muscle name=\"s\"/></objects>"
          "</ForceSet>",
          "the muscle has no <GeometryPath>" },
        { body,
          "<Joint><WeldJoint name=\"w\"><parent_body>ground</parent_body></WeldJoint></Joint>"
          "</Body></objects></BodySet><ForceSet><objects><Thelen2003Muscle name=\"s\"><path>"
          "<GeometryPath><PathPointSet><objects><PathPoint name=\"p\"><body>b</body><location>0 0 "
          "0</location></PathPoint></objects></PathPointSet></GeometryPath></path>"
          "</Thelen2003Muscle></objects></ForceSet>",
          "the path has 1 point, must have at least 2" },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char text[2000];
        genu_model *m;
        genu_err err = { 0 };
        snprintf(text, sizeof text, "%s%s%s</Model></OpenSimDocument>", head, list[i].a, list[i].b);
        CHECK_FAILS(genu_osim_read(text, strlen(text), "m", &m, NULL, &err), GENU_E_FORMAT, err,
                    list[i].fragment);
    }
}

static void a_torus_matters_only_to_its_paths(void)
{
    char *one = edited(leg, "<WrapCylinder name=\"condyle\">",
                       "<WrapTorus name=\"donut\"><inner_radius>0.1</inner_radius><outer_radius>"
                       "0.2</outer_radius></WrapTorus><WrapCylinder name=\"condyle\">");
    genu_model *m = read_text(one, NULL);
    CHECK_NEAR(m->wrap[0].radius[1], 0.2, 0, 0);
    genu_model_free(m);
    char *two = edited(one, "<wrap_object>condyle", "<wrap_object>donut");
    genu_err err = { 0 };
    CHECK_FAILS(genu_osim_read(two, strlen(two), "leg.osim", &m, NULL, &err), GENU_E_FORMAT, err,
                "the path wraps over 'donut', a torus");
    free(one);
    free(two);
}

/* Nothing goes to stderr, whatever the text. */
static void bad_text_prints_nothing(void)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/stderr.txt", test_folder());
    fflush(stderr);
    int saved = dup(2), file = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600);
    dup2(file, 2);
    genu_model *m;
    genu_err err;
    const char *bad[] = {
        "<OpenSimDocument Version=\"40000\"><Model>&x;</Mode></OpenSimDocument>",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><OpenSimDocument Version=\"40000\"/>",
        "<?xml version=\"1.0\" encoding=\"UTF-99\"?><OpenSimDocument Version=\"40000\"/>",
        "<a>\xff\xfe</a>",
    };
    int failed = 0;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        failed += genu_osim_read(bad[i], strlen(bad[i]), "bad", &m, NULL, &err) == GENU_E_FORMAT;
    dup2(saved, 2);
    CHECK_INT(failed, 4);
    CHECK_INT(lseek(file, 0, SEEK_END), 0);
    close(file);
    close(saved);
}

static void truncated_files_never_pass(void)
{
    size_t n = strlen(leg), end = (size_t)(strstr(leg, "</OpenSimDocument>") - leg) + 18;
    char *copy = malloc(n);
    int passed = 0, wrong = 0;
    for (size_t k = 0; k < end; k++) {
        genu_model *m;
        genu_err err = { 0 };
        memcpy(copy, leg, k);
        char *exact = realloc(NULL, k ? k : 1); // so that reading past the end is seen
        memcpy(exact, copy, k);
        genu_status s = genu_osim_read(exact, k, "leg.osim", &m, NULL, &err);
        passed += s == GENU_OK;
        wrong += s != GENU_OK && (m || !*err.msg);
        genu_model_free(m);
        free(exact);
    }
    CHECK_INT(passed, 0);
    CHECK_INT(wrong, 0);
    free(copy);
}

static void damaged_files_never_crash(void)
{
    static const char letters[] = "<>/\"0123456789.-e abcxyz&;=\n";
    unsigned long long seed = 20;
    int wrong = 0, read = 0;
    for (int i = 0; i < 3000; i++) {
        const char *from = i % 2 ? leg : leg3;
        char *text = strdup(from);
        size_t n = strlen(text);
        for (int k = 0; k < 1 + i % 3; k++) {
            size_t at = (size_t)test_random(&seed, 0, (double)n);
            int digits_only = i % 4 < 2;
            while (digits_only && !strchr("0123456789", text[at]))
                at = (at + 1) % n;
            text[at] = digits_only ? (char)test_random(&seed, '0', '9' + 1)
                                   : letters[(size_t)test_random(&seed, 0, sizeof letters - 1)];
        }
        genu_model *m;
        genu_notes notes = { 0 };
        genu_err err = { 0 };
        genu_status s = genu_osim_read(text, n, "damaged", &m, &notes, &err);
        wrong += (s == GENU_OK) != (m != NULL) || (s != GENU_OK && !*err.msg);
        read += s == GENU_OK;
        genu_model_free(m);
        genu_notes_clear(&notes);
        free(text);
    }
    CHECK_INT(wrong, 0);
    CHECK_TRUE(read > 500); // digits that changed mostly still make a model
}

/* The number after <tag> that follows `from` in the text. */
static double after(const char *from, const char *tag)
{
    const char *at = from ? strstr(from, tag) : NULL;
    return at ? atof(at + strlen(tag)) : NAN;
}

/* Muscles against the bare text: strength, lengths, number of points. */
static void check_muscles(const genu_model *m, const char *text)
{
    for (int i = 0; i < m->n_muscle; i++) {
        const genu_muscle *s = &m->muscle[i];
        char name[300];
        snprintf(name, sizeof name, " name=\"%s\">", s->name);
        const char *at = strstr(text, "<ForceSet");
        while (at && (at = strstr(at, name)) && !memmem(at - 40, 40, "Muscle", 6))
            at++;
        const char *end = at ? strstr(at, "</PathPointSet>") : NULL;
        int n = 0;
        for (const char *p = at; p && end && (p = strstr(p, "PathPoint name=")) && p < end; p++)
            n++;
        CHECK_INT(s->path.n_point, n);
        CHECK_NEAR(s->hill.f_max, after(at, "<max_isometric_force>"), 0, 0);
        CHECK_NEAR(s->hill.l_opt, after(at, "<optimal_fiber_length>"), 0, 0);
        CHECK_NEAR(s->hill.l_slack, after(at, "<tendon_slack_length>"), 0, 0);
        CHECK_NEAR(s->hill.pennation, after(at, "<pennation_angle_at_optimal>"), 0, 0);
    }
}

static genu_model *read_reference(const char *file, genu_notes *notes, double *mass)
{
    const char *path = test_reference(file);
    if (!path)
        return NULL;
    size_t n;
    char *text = test_read_file(path, &n);
    genu_model *m;
    genu_err err = { 0 };
    CHECK_OK(genu_osim_read(text, n, file, &m, notes, &err), err);
    // the masses as they stand in the text, without the reader
    *mass = 0;
    for (const char *at = strstr(text, "<mass>"); at; at = strstr(at + 1, "<mass>"))
        *mass += atof(at + 6);
    const char *set = strstr(text, "<defaults>");
    CHECK_TRUE(!set || !strstr(set, "<mass>") ||
               strstr(set, "<mass>") > strstr(text, "</defaults>"));
    if (m)
        check_muscles(m, text);
    free(text);
    return m;
}

static void reference_models_are_read(void)
{
    static const struct {
        const char *file;
        int body, coord, wrap, muscle, point, path_wrap, actuator, marker, dependent, worst;
        double mass; /* kg */
    } all[] = {
        { "models/Rajagopal2016.osim", 22, 39, 40, 80, 288, 46, 17, 66, 2, 0, 75.337 },
        { "models/RajagopalLaiUhlrich2023.osim", 22, 39, 44, 80, 288, 46, 17, 66, 2, 0, 75.337 },
        { "models/arm26.osim", 3, 2, 4, 6, 32, 7, 0, 3, 0, 0, 3.398887 },
        { "models/double_pendulum.osim", 2, 2, 0, 0, 0, 0, 2, 0, 0, 0, 2 },
        { "models/gait10dof18musc.osim", 12, 10, 0, 18, 60, 0, 0, 0, 0, 0, 75.1646 },
        { "models/gait10dof18musc_layout3.osim", 12, 10, 0, 18, 60, 0, 0, 39, 0, 0, 72.6 },
        { "models/gait2392_layout3.osim", 12, 23, 0, 92, 322, 0, 0, 39, 0, 0, 72.6 },
        { "models/gait2392_millard2012muscle.osim", 12, 23, 0, 92, 322, 0, 0, 0, 0, 0, 75.1646 },
        { "models/gait2392_thelen2003muscle.osim", 12, 23, 0, 92, 322, 0, 0, 0, 0, 0, 75.1646 },
        { "models/leg39.osim", 7, 14, 0, 9, 30, 0, 0, 12, 5, 0, 25.4534738 },
        { "models/wrist.osim", 28, 14, 0, 25, 210, 0, 0, 0, 4, 1, 0 },
        { "walk_gait10dof/subject01.osim", 12, 10, 0, 18, 60, 0, 0, 39, 0, 0, 72.6 },
        { "walk_gait2392/subject01_simbody.osim", 12, 23, 0, 92, 322, 0, 0, 39, 0, 0, 72.6 },
        { "walk_gait2392/subject01_simbody_adjusted.osim", 12, 23, 0, 92, 322, 0, 0, 39, 0, 0,
          72.6 },
        { "walk_rajagopal/subject_walk_scaled.osim", 22, 33, 44, 80, 288, 46, 13, 65, 2, 0,
          85.2698485 },
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        genu_notes notes = { 0 };
        double mass;
        genu_model *m = read_reference(all[i].file, &notes, &mass);
        if (!m)
            continue;
        int point = 0, path_wrap = 0;
        for (int k = 0; k < m->n_muscle; k++) {
            point += m->muscle[k].path.n_point;
            path_wrap += m->muscle[k].path.n_wrap;
        }
        CHECK_INT(m->n_body - 1, all[i].body);
        CHECK_INT(m->n_coord, all[i].coord);
        CHECK_INT(m->n_wrap, all[i].wrap);
        CHECK_INT(m->n_muscle, all[i].muscle);
        CHECK_INT(point, all[i].point);
        CHECK_INT(path_wrap, all[i].path_wrap);
        CHECK_INT(m->n_actuator, all[i].actuator);
        CHECK_INT(m->n_marker, all[i].marker);
        CHECK_INT(m->n_dependent, all[i].dependent);
        CHECK_NEAR(genu_model_mass(m), mass, 1e-14, 0);       // sums in another order
        CHECK_NEAR(genu_model_mass(m), all[i].mass, 1e-7, 0); // printed digits
        CHECK_INT(genu_notes_count(&notes, GENU_WARNING), all[i].worst);
        for (int k = 0; k < notes.n; k++)
            CHECK_TRUE(notes.note[k].line > 0);
        genu_model_free(m);
        genu_notes_clear(&notes);
    }
}

static void the_walking_model_hangs_together(void)
{
    double mass;
    genu_model *m = read_reference("walk_rajagopal/subject_walk_scaled.osim", NULL, &mass);
    if (!m)
        return;
    int knee = genu_find_joint(m, "walker_knee_r");
    CHECK_TRUE(knee > 0);
    CHECK_TEXT(m->body[knee].name, "tibia_r");
    CHECK_TEXT(m->body[m->body[knee].parent].name, "femur_r");
    int beta = genu_find_coord(m, "knee_angle_r_beta");
    CHECK_INT(m->coord[beta].motion, GENU_COUPLED);
    CHECK_INT(m->coord[beta].leader, genu_find_coord(m, "knee_angle_r"));
    CHECK_INT(m->coord[genu_find_coord(m, "knee_angle_r")].motion, GENU_ROTATION);
    // no coordinate is lost on the way: each drives a step of its own body
    for (int i = 0; i < m->n_coord; i++) {
        const genu_joint *j = &m->body[m->coord[i].body].joint;
        int drives = 0;
        for (int k = 0; k < j->n_step; k++)
            drives += j->step[k].coord == i;
        CHECK_TRUE(drives > 0);
    }
    genu_model_free(m);
}

static void reference_twins_agree(void)
{
    double mass;
    // the two subject models, saved by 3.x and by 4.x with seven digits less: 4.1e-7 m
    genu_model *a = read_reference("models/gait2392_layout3.osim", NULL, &mass);
    genu_model *b = read_reference("walk_gait2392/subject01_simbody.osim", NULL, &mass);
    if (a && b)
        same_pose(a, b, 0, 100, 1e-6, 11);
    genu_model_free(a);
    genu_model_free(b);
    // here the pelvis stands 0.02 m aside (a constant of translation3 in the earlier file), so
    // bodies are compared as the pelvis sees them
    a = read_reference("models/gait10dof18musc_layout3.osim", NULL, &mass);
    b = read_reference("walk_gait10dof/subject01.osim", NULL, &mass);
    if (a && b)
        same_pose(a, b, 1, 100, 1e-6, 12);
    genu_model_free(a);
    genu_model_free(b);
}

int main(int argc, char **argv)
{
    leg = fixture("leg.osim");
    leg3 = fixture("leg_layout3.osim");
    if (!leg || !leg3)
        return 1;
    CU_TestInfo tests[] = {
        TEST(reads_bodies_and_joints),
        TEST(reads_forces_and_paths),
        TEST(plain_joints_move_as_they_should),
        TEST(scapulas_move_as_they_should),
        TEST(functions_are_read_as_they_are_meant),
        TEST(custom_joints_move_as_they_should),
        TEST(plain_joints_have_motions_by_nature),
        TEST(both_layouts_mean_the_same),
        TEST(frames_are_found_wherever_they_stand),
        TEST(blanks_and_locale_do_not_matter),
        TEST(defaults_of_the_file_are_honoured),
        TEST(millard_parameters_are_read),
        TEST(zero_control_of_old_files_does_not_count),
        TEST(what_is_left_out_is_named),
        TEST(unknown_muscles_keep_their_path),
        TEST(documents_that_are_none_are_refused),
        TEST(bad_numbers_are_named),
        TEST(bad_names_are_named),
        TEST(what_cannot_be_computed_is_refused),
        TEST(missing_parts_are_named),
        TEST(missing_parts_of_small_models_are_named),
        TEST(a_torus_matters_only_to_its_paths),
        TEST(bad_text_prints_nothing),
        TEST(truncated_files_never_pass),
        TEST(damaged_files_never_crash),
        TEST(reference_models_are_read),
        TEST(the_walking_model_hangs_together),
        TEST(reference_twins_agree),
        CU_TEST_INFO_NULL,
    };
    int failed = test_main("osim", tests, argc, argv);
    free(leg);
    free(leg3);
    return failed;
}
