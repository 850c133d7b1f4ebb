#include "models/osim.h"
#include "tests/testlib.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text with the first `old` replaced; to be freed. */
static char *edited(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    test_true(at != NULL, old, __FILE__, __LINE__);
    if (!at)
        return strdup(text);
    char *out = malloc(strlen(text) + strlen(new) + 1);
    sprintf(out, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    return out;
}

static char *fixture(const char *name)
{
    char path[1024];
    size_t n;
    snprintf(path, sizeof path, "%s/tests/models/osim/%s", GENU_TEST_SOURCE_DIR, name);
    return test_read_file(path, &n);
}

static genu_model *read_counted(const char *text, genu_osim_census *census, genu_notes *notes)
{
    genu_model *m;
    genu_err err = { 0 };
    CHECK_OK(genu_osim_read_counted(text, strlen(text), "a.osim", &m, census, notes, &err), err);
    return m;
}

static void check_kind(const genu_osim_census *c, const char *tag, genu_osim_part part, int n_read,
                       int n_left_out)
{
    for (int i = 0; i < c->n; i++)
        if (!strcmp(c->kind[i].tag, tag)) {
            CHECK_INT(c->kind[i].part, part);
            CHECK_INT(c->kind[i].n_read, n_read);
            CHECK_INT(c->kind[i].n_left_out, n_left_out);
            return;
        }
    test_true(n_read + n_left_out == 0, tag, __FILE__, __LINE__);
}

static void kinds_are_counted_as_they_were_read(void)
{
    char *text = fixture("leg.osim");
    char *more = edited(text, "<CoordinateActuator",
                        "<BushingForce name=\"b\"><mass_center>0 0 0</mass_center></BushingForce>"
                        "<Ligament name=\"l\"><appliesForce>false</appliesForce><GeometryPath>"
                        "<PathPointSet><objects><PathPoint name=\"x\"/></objects></PathPointSet>"
                        "</GeometryPath></Ligament><CoordinateActuator");
    genu_osim_census c;
    genu_model *m = read_counted(more, &c, NULL);
    check_kind(&c, "Body", GENU_OSIM_BODIES, 3, 0);
    check_kind(&c, "PhysicalOffsetFrame", GENU_OSIM_FRAMES, 3, 0);
    check_kind(&c, "CustomJoint", GENU_OSIM_JOINTS, 2, 0);
    check_kind(&c, "PinJoint", GENU_OSIM_JOINTS, 1, 0);
    check_kind(&c, "Coordinate", GENU_OSIM_COORDINATES, 4, 0);
    check_kind(&c, "CoordinateCouplerConstraint", GENU_OSIM_CONSTRAINTS, 1, 0);
    check_kind(&c, "SimmSpline", GENU_OSIM_FUNCTIONS, 2, 0);
    check_kind(&c, "Constant", GENU_OSIM_FUNCTIONS, 4, 0);
    check_kind(&c, "LinearFunction", GENU_OSIM_FUNCTIONS, 4, 0);
    check_kind(&c, "Thelen2003Muscle", GENU_OSIM_MUSCLES, 1, 0);
    check_kind(&c, "PathPoint", GENU_OSIM_POINTS, 1, 0); // the ligament's is part of it
    check_kind(&c, "MovingPathPoint", GENU_OSIM_POINTS, 1, 0);
    check_kind(&c, "WrapCylinder", GENU_OSIM_WRAPS, 1, 0);
    check_kind(&c, "PathWrap", GENU_OSIM_PATH_WRAPS, 1, 0);
    check_kind(&c, "CoordinateActuator", GENU_OSIM_FORCES, 1, 0);
    check_kind(&c, "BushingForce", GENU_OSIM_FORCES, 0, 1);
    check_kind(&c, "Ligament", GENU_OSIM_FORCES, 0, 1);
    check_kind(&c, "Marker", GENU_OSIM_MARKERS, 1, 0);
    for (int i = 0; i < c.n; i++)
        CHECK_TRUE(c.kind[i].part != GENU_OSIM_OTHERS);
    genu_osim_census_clear(&c);
    CHECK_INT(c.n, 0);
    genu_model_free(m);
    genu_err err = { 0 };
    CHECK_FAILS(genu_osim_read_counted(more, 40, "a", &m, &c, NULL, &err), GENU_E_FORMAT, err, "");
    CHECK_INT(c.n, 0);
    free(more);
    free(text);
}

static void both_layouts_have_the_same_census(void)
{
    char *text = fixture("leg_layout3.osim");
    genu_osim_census c;
    genu_model *m = read_counted(text, &c, NULL);
    check_kind(&c, "Body", GENU_OSIM_BODIES, 3, 0); // the ground is none
    check_kind(&c, "CustomJoint", GENU_OSIM_JOINTS, 2, 0);
    check_kind(&c, "Coordinate", GENU_OSIM_COORDINATES, 4, 0);
    check_kind(&c, "Thelen2003Muscle", GENU_OSIM_MUSCLES, 1, 1); // one is disabled
    genu_osim_census_clear(&c);
    genu_model_free(m);
    free(text);
}

/* ------------------------------------------------------------------ constraints of bodies */

typedef struct loop {
    const char *xml, *fragment;
} loop;

static void check_loops(const char *file, const char *before, const char *switched_off,
                        const char *advice, const loop *list, size_t n)
{
    char *text = fixture(file);
    for (size_t i = 0; i < n; i++) {
        char set[1500];
        genu_model *m;
        genu_notes notes = { 0 };
        genu_err err = { 0 };
        for (int off = 0; off < 2; off++) {
            snprintf(set, sizeof set, list[i].xml, off ? switched_off : "", before);
            char *with = edited(text, before, set);
            genu_status s = genu_osim_read(with, strlen(with), "a.osim", &m, &notes, &err);
            if (off) {
                int said = 0;
                CHECK_OK(s, err);
                for (int k = 0; k < notes.n; k++)
                    said |= strstr(notes.note[k].text, "'w': switched off in the file") != NULL;
                CHECK_TRUE(said);
            } else {
                CHECK_FAILS(s, GENU_E_FORMAT, err, list[i].fragment);
                CHECK_TRUE(strstr(err.msg, ", line ") != NULL);
                CHECK_TRUE(!strstr(err.msg, "is not supported") || strstr(err.msg, advice));
            }
            genu_model_free(m);
            free(with);
        }
        genu_notes_clear(&notes);
    }
    free(text);
}

/* A second tie of two bodies of the tree, as in knees of two condyles. */
static void constraints_of_bodies_are_refused_by_name(void)
{
#define FRAMES                                                                                     \
    "<frames><PhysicalOffsetFrame name=\"w_a\"><socket_parent>/bodyset/tibia</socket_parent>"      \
    "<translation>0 0.1 0</translation><orientation>0 0 0</orientation></PhysicalOffsetFrame>"     \
    "</frames>"
    static const loop sockets[] = {
        { "<WeldConstraint name=\"w\">%s" FRAMES "<socket_frame1>w_a</socket_frame1><socket_frame2>"
          "/bodyset/patella</socket_frame2></WeldConstraint>%s",
          "WeldConstraint 'w': a constraint of kind <WeldConstraint> between bodies 'tibia' and "
          "'patella' is not supported" },
        { "<PointConstraint name=\"w\">%s" FRAMES "<socket_frame1>w_a</socket_frame1>"
          "<socket_frame2>/ground</socket_frame2></PointConstraint>%s",
          "<PointConstraint> between bodies 'tibia' and 'ground' is not supported" },
        { "<ConstantDistanceConstraint name=\"w\">%s<socket_body_1>/bodyset/tibia</socket_body_1>"
          "<socket_body_2>/bodyset/patella</socket_body_2><point_1>0 0 0</point_1>"
          "<constant_distance>0.1</constant_distance></ConstantDistanceConstraint>%s",
          "<ConstantDistanceConstraint> between bodies 'tibia' and 'patella' is not supported" },
        { "<PointOnLineConstraint name=\"w\">%s<socket_line_body>/bodyset/tibia</socket_line_body>"
          "<socket_follower_body>/bodyset/patella</socket_follower_body></PointOnLineConstraint>%s",
          "<PointOnLineConstraint> between bodies 'tibia' and 'patella' is not supported" },
        { "<RollingOnSurfaceConstraint name=\"w\">%s<socket_surface_body>/ground"
          "</socket_surface_body><socket_rolling_body>/bodyset/tibia</socket_rolling_body>"
          "</RollingOnSurfaceConstraint>%s",
          "<RollingOnSurfaceConstraint> between bodies 'ground' and 'tibia' is not supported" },
        { "<WeldConstraint name=\"w\">%s</WeldConstraint>%s",
          "<WeldConstraint> is not supported, since closed loops" },
        { "<WeldConstraint name=\"w\">%s<socket_frame1>/bodyset/tibbia</socket_frame1>"
          "</WeldConstraint>%s",
          "did you mean 'tibia'?" },
    };
    check_loops("leg.osim", "<CoordinateCouplerConstraint", "<isEnforced>false</isEnforced>",
                "<isEnforced>false</isEnforced> computes without it", sockets,
                sizeof sockets / sizeof *sockets);
    static const loop inside[] = {
        { "<ConstraintSet><objects><WeldConstraint name=\"w\">%s<body_1>tibia</body_1><body_2>"
          "patella</body_2><location_body_1>0 0 0</location_body_1><orientation_body_1>0 0 0"
          "</orientation_body_1></WeldConstraint></objects></ConstraintSet>%s",
          "WeldConstraint 'w': a constraint of kind <WeldConstraint> between bodies 'tibia' and "
          "'patella' is not supported" },
        { "<ConstraintSet><objects><PointConstraint name=\"w\">%s<body_1>ground</body_1><body_2>"
          "tibia</body_2><location_body_1>0 0 0</location_body_1></PointConstraint></objects>"
          "</ConstraintSet>%s",
          "<PointConstraint> between bodies 'ground' and 'tibia' is not supported" },
        { "<ConstraintSet><objects><ConstantDistanceConstraint name=\"w\">%s<body_1>tibia</body_1>"
          "<body_2>patella</body_2><constant_distance>0.1</constant_distance>"
          "</ConstantDistanceConstraint></objects></ConstraintSet>%s",
          "<ConstantDistanceConstraint> between bodies 'tibia' and 'patella' is not supported" },
    };
    check_loops("leg_layout3.osim", "<ForceSet>", "<isDisabled>true</isDisabled>",
                "<isDisabled>true</isDisabled> computes without it", inside,
                sizeof inside / sizeof *inside);
}

/* ------------------------------------------------------------------ what is not supported */

static void joints_and_functions_are_refused_by_name(void)
{
    static const char line[] = "<LinearFunction name=\"function\"><coefficients>1 0</coefficients>"
                               "</LinearFunction>";
    static const char *const function[] = { "SignalGenerator", "MultiStepFunction",
                                            "MultivariatePolynomialFunction",
                                            "ExpressionBasedFunction" };
    char *text = fixture("leg.osim"), new[200], said[200];
    genu_model *m;
    genu_err err = { 0 };
    for (size_t i = 0; i < sizeof function / sizeof *function; i++) {
        snprintf(new, sizeof new, "<%s/>", function[i]);
        snprintf(said, sizeof said,
                 "CustomJoint 'knee', TransformAxis 'rotation1': function <%s> is not supported: "
                 "write it as a SimmSpline",
                 function[i]);
        char *with = edited(text, line, new);
        CHECK_FAILS(genu_osim_read(with, strlen(with), "a", &m, NULL, &err), GENU_E_FORMAT, err,
                    said);
        free(with);
    }
    static const char *const joint[] = { "RollingJoint", "MultipleJoint" };
    for (size_t i = 0; i < sizeof joint / sizeof *joint; i++) {
        snprintf(new, sizeof new, "<%s name=\"patella_pin\">", joint[i]);
        char *half = edited(text, "<PinJoint name=\"patella_pin\">", new);
        snprintf(new, sizeof new, "</%s>", joint[i]);
        char *with = edited(half, "</PinJoint>", new);
        snprintf(said, sizeof said, "a joint of kind <%s> is not supported: CustomJoint, WeldJoint",
                 joint[i]);
        CHECK_FAILS(genu_osim_read(with, strlen(with), "a", &m, NULL, &err), GENU_E_FORMAT, err,
                    said);
        CHECK_TRUE(strstr(err.msg, "and ScapulothoracicJoint are") != NULL); // nothing is cut
        free(half);
        free(with);
    }
    free(text);
}

/* ------------------------------------------------------------------ nothing is unnamed */

static int said_of(const genu_notes *notes, const char *tag)
{
    char name[96];
    snprintf(name, sizeof name, "<%s>", tag);
    for (int i = 0; i < notes->n; i++)
        if (strstr(notes->note[i].text, name))
            return 1;
    return 0;
}

static int counted(const genu_osim_census *c, const char *tag)
{
    for (int i = 0; i < c->n; i++)
        if (!strcmp(c->kind[i].tag, tag))
            return c->kind[i].n_read + c->kind[i].n_left_out;
    return 0;
}

static int is_wrapper(const char *tag)
{
    static const char *const wrapper[] = { "OpenSimDocument",  "Model",
                                           "Ground",           "Joint",
                                           "SpatialTransform", "TransformAxis",
                                           "GeometryPath" };
    size_t n = strlen(tag);
    for (size_t i = 0; i < sizeof wrapper / sizeof *wrapper; i++)
        if (!strcmp(tag, wrapper[i]))
            return 1;
    return n > 3 && !strcmp(tag + n - 3, "Set");
}

/* An object of the text (its name begins with a capital, and it holds elements) is counted, or it
 * or what it stands in is said to be without effect. Returns how many were looked at. */
static int check_named(const char *text, const genu_osim_census *c, const genu_notes *notes)
{
    int n = 0, depth = 0, quiet = 0; // quiet: the depth inside which all is accounted for
    for (const char *at = strchr(text, '<'); at; at = strchr(at + 1, '<')) {
        char tag[80];
        if (!strncmp(at, "<!--", 4)) {
            at = strstr(at, "-->");
            continue;
        }
        if (at[1] == '?')
            continue;
        const char *end = strchr(at, '>');
        if (at[1] == '/' || end[-1] == '/') {
            depth -= at[1] == '/';
            if (depth < quiet)
                quiet = 0;
            continue;
        }
        depth++;
        snprintf(tag, sizeof tag, "%.*s", (int)strcspn(at + 1, " >"), at + 1);
        end += 1 + strspn(end + 1, " \t\r\n");
        if (!quiet && (!strcmp(tag, "defaults") || said_of(notes, tag)))
            quiet = depth;
        if (quiet || *tag < 'A' || *tag > 'Z' || is_wrapper(tag) || *end != '<' || end[1] == '/')
            continue;
        test_true(counted(c, tag) > 0, tag, __FILE__, __LINE__);
        n++;
    }
    return n;
}

static void every_object_of_the_reference_models_is_named(void)
{
    static const char *const file[] = { "models/Rajagopal2016.osim",
                                        "models/RajagopalLaiUhlrich2023.osim",
                                        "models/arm26.osim",
                                        "models/double_pendulum.osim",
                                        "models/gait10dof18musc.osim",
                                        "models/gait10dof18musc_layout3.osim",
                                        "models/gait2392_layout3.osim",
                                        "models/gait2392_millard2012muscle.osim",
                                        "models/gait2392_thelen2003muscle.osim",
                                        "models/leg39.osim",
                                        "models/wrist.osim",
                                        "walk_gait10dof/subject01.osim",
                                        "walk_gait2392/subject01_simbody.osim",
                                        "walk_gait2392/subject01_simbody_adjusted.osim",
                                        "walk_rajagopal/subject_walk_scaled.osim" };
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        const char *path = test_reference(file[i]);
        size_t n;
        genu_osim_census c;
        genu_notes notes = { 0 };
        if (!path)
            continue;
        char *text = test_read_file(path, &n);
        genu_model *m = read_counted(text, &c, &notes);
        CHECK_TRUE(check_named(text, &c, &notes) > 10);
        // two roads to one number: the census and the model
        CHECK_INT(counted(&c, "Body"), m->n_body - 1);
        CHECK_INT(counted(&c, "Coordinate"), m->n_coord);
        CHECK_INT(counted(&c, "Marker"), m->n_marker);
        CHECK_INT(counted(&c, "CoordinateActuator"), m->n_actuator);
        for (int k = 0; k < c.n; k++)
            CHECK_TRUE(c.kind[k].part != GENU_OSIM_OTHERS);
        genu_osim_census_clear(&c);
        genu_model_free(m);
        genu_notes_clear(&notes);
        free(text);
    }
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(kinds_are_counted_as_they_were_read),
        TEST(both_layouts_have_the_same_census),
        TEST(constraints_of_bodies_are_refused_by_name),
        TEST(joints_and_functions_are_refused_by_name),
        TEST(every_object_of_the_reference_models_is_named),
        CU_TEST_INFO_NULL,
    };
    return test_main("osim_census", tests, argc, argv);
}
