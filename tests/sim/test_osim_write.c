#include "sim/osim_write.h"

#include "models/osim.h"
#include "sim/model_tables.h"
#include "tests/same_model.h"

#include <unistd.h>

#define TABLES  GENU_TEST_SOURCE_DIR "/data/models/lower_limb"
#define BUNDLED GENU_TEST_SOURCE_DIR "/data/models/lower_limb.osim"

static genu_model *built(void)
{
    genu_model *m = NULL;
    genu_err err = { 0 };
    CHECK_OK(genu_model_build(TABLES, &m, NULL, &err), err);
    return m;
}

static genu_model *read_back(const char *text, size_t n)
{
    genu_model *m = NULL;
    genu_err err = { 0 };
    CHECK_OK(genu_osim_read(text, n, "written", &m, NULL, &err), err);
    return m;
}

/* GENU_UPDATE_MODEL set (scripts/make_model.sh): the file is made anew first. */
static void bundled_file_is_what_the_tables_say(void)
{
    genu_err err = { 0 };
    genu_model *m = built();
    char *text;
    size_t n, n_file;
    if (!m)
        return;
    if (getenv("GENU_UPDATE_MODEL"))
        CHECK_OK(genu_osim_write(m, BUNDLED, 1, &err), err);
    CHECK_OK(genu_osim_text(m, &text, &n, &err), err);
    char *file = test_read_file(BUNDLED, &n_file);
    if (text && file) {
        CHECK_INT(n, n_file);
        CHECK_TRUE(n == n_file && !memcmp(text, file, n));
    }
    free(file);
    free(text);
    genu_model_free(m);
}

/* The bundled model: every number the same bits, rotations included. */
static void bundled_model_comes_back(void)
{
    genu_err err = { 0 };
    genu_model *m = built();
    char *text;
    size_t n;
    if (!m)
        return;
    CHECK_OK(genu_osim_text(m, &text, &n, &err), err);
    genu_model *back = text ? read_back(text, n) : NULL;
    if (back)
        check_same_model(back, m, 0, 0);
    genu_model_free(back);
    free(text);
    genu_model_free(m);
}

static void round_trip(const char *reference)
{
    const char *path = test_reference(reference);
    genu_err err = { 0 };
    size_t n;
    if (!path)
        return;
    char *text = test_read_file(path, &n), *written = NULL, *again = NULL;
    genu_model *m = NULL;
    CHECK_OK(genu_osim_read(text, n, reference, &m, NULL, &err), err);
    free(text);
    if (!m)
        return;
    size_t n_written, n_again;
    CHECK_OK(genu_osim_text(m, &written, &n_written, &err), err);
    genu_model *back = written ? read_back(written, n_written) : NULL;
    if (back) {
        check_same_model(back, m, 0, 1e-15); // angles in between: a few units in the last place
        CHECK_OK(genu_osim_text(back, &again, &n_again, &err), err);
        genu_model *third = again ? read_back(again, n_again) : NULL;
        if (third)
            check_same_model(third, back, 0, 1e-15);
        genu_model_free(third);
    }
    free(written);
    free(again);
    genu_model_free(back);
    genu_model_free(m);
}

static void published_models_come_back(void)
{
    round_trip("models/Rajagopal2016.osim");
    round_trip("models/RajagopalLaiUhlrich2023.osim");
    round_trip("models/gait2392_thelen2003muscle.osim"); // conditional and moving points
    round_trip("models/gait2392_millard2012muscle.osim");
    round_trip("models/gait10dof18musc.osim");
    round_trip("models/arm26.osim"); // ellipsoids
    round_trip("models/leg39.osim");
    round_trip("models/double_pendulum.osim");
}

/* Any OpenSim program opens what holds only elements that published models hold. */
static void only_known_elements_are_used(void)
{
    static const char *const models[] = { "models/RajagopalLaiUhlrich2023.osim",
                                          "models/Rajagopal2016.osim",
                                          "models/gait2392_millard2012muscle.osim" };
    size_t n;
    char *known[3] = { NULL }, *text = test_read_file(BUNDLED, &n);
    int ready = text != NULL;
    for (int i = 0; i < 3 && ready; i++) {
        const char *path = test_reference(models[i]);
        known[i] = path ? test_read_file(path, &n) : NULL;
        ready = known[i] != NULL;
    }
    for (char *c = text; ready && (c = strchr(c, '<')); c++) {
        char tag[100] = "";
        if (c[1] == '/' || c[1] == '?' || sscanf(c, "%99[<A-Za-z0-9_]", tag) != 1)
            continue;
        int found = 0;
        for (int i = 0; i < 3 && !found; i++)
            for (char *k = known[i]; !found && (k = strstr(k, tag)); k++)
                found = strchr(" />", k[strlen(tag)]) != NULL;
        if (!found)
            CHECK_TEXT(tag, "an element of the published models");
    }
    for (int i = 0; i < 3; i++)
        free(known[i]);
    free(text);
}

/* Joints that ride on an ellipsoid, and functions of every kind. */
static void every_joint_and_function_comes_back(void)
{
    genu_err err = { 0 };
    size_t n;
    char *text = test_read_file(GENU_TEST_SOURCE_DIR "/tests/models/osim/full.osim", &n);
    genu_model *m = text ? read_back(text, n) : NULL, *back = NULL;
    free(text);
    if (!m)
        return;
    CHECK_OK(genu_osim_text(m, &text, &n, &err), err);
    if (text)
        back = read_back(text, n);
    for (int b = 1; back && b < m->n_body; b++) {
        const genu_joint *x = &m->body[b].joint;
        const genu_joint *y = &back->body[genu_find_body(back, m->body[b].name)].joint;
        CHECK_TEXT(y->type, x->type);
        CHECK_INT(y->n_step, x->n_step);
        for (int k = 0; k < x->n_step && k < y->n_step; k++) {
            CHECK_NEAR(v3_distance(x->step[k].axis, y->step[k].axis), 0, 0, 1e-15);
            CHECK_INT(y->step[k].f.kind, x->step[k].f.kind);
            for (double q = -3; q < 3; q += 0.3) {
                double f[3], g[3];
                genu_curve_eval(&x->step[k].f, q, f);
                genu_curve_eval(&y->step[k].f, q, g);
                for (int i = 0; i < 3; i++)
                    CHECK_NEAR(g[i], f[i], 1e-14, 1e-15);
            }
        }
    }
    free(text);
    genu_model_free(back);
    genu_model_free(m);
}

static void names_are_escaped(void)
{
    genu_err err = { 0 };
    genu_model *m = built();
    char *text;
    size_t n;
    if (!m)
        return;
    free(m->name);
    m->name = genu_strdup("a<b> & \"c\"");
    CHECK_OK(genu_osim_text(m, &text, &n, &err), err);
    genu_model *back = text ? read_back(text, n) : NULL;
    if (back)
        CHECK_TEXT(back->name, "a<b> & \"c\"");
    genu_model_free(back);
    free(text);
    genu_model_free(m);
}

static void what_cannot_be_written_is_named(void)
{
    genu_err err = { 0 };
    genu_model *m = built();
    char *text;
    size_t n;
    if (!m)
        return;
    const double x[4] = { 0, 1, 2, 3 }, y[4] = { 0, 1, 0, 2 };
    genu_step *knee = &m->body[genu_find_body(m, "tibia_r")].joint.step[0];
    genu_curve kept = knee->f;
    CHECK_OK(genu_curve_simm_spline(&knee->f, 4, x, y, &err), err);
    knee->f.c[2] += 1;
    CHECK_FAILS(genu_osim_text(m, &text, &n, &err), GENU_E_FORMAT, err,
                "joint 'walker_knee_r', translation1: a spline that is not OpenSim's");
    CHECK_TRUE(text == NULL);
    genu_curve_free(&knee->f);
    knee->f = kept;
    int coord = knee->coord;
    knee->coord = 0;
    CHECK_FAILS(genu_osim_text(m, &text, &n, &err), GENU_E_FORMAT, err,
                "follows 'pelvis_tilt', a coordinate of another joint");
    knee->coord = coord;
    m->muscle[2].no_force = 1;
    CHECK_FAILS(genu_osim_text(m, &text, &n, &err), GENU_E_FORMAT, err,
                "muscle 'addmagDist_r': of a kind whose force is not known");
    m->muscle[2].no_force = 0;
    CHECK_FAILS(genu_osim_write(m, BUNDLED, 0, &err), GENU_E_IO, err, "exists already");
    CHECK_FAILS(genu_osim_write(m, "/nowhere/model.osim", 0, &err), GENU_E_IO, err,
                "folder '/nowhere' does not exist");
    genu_model_free(m);
}

static void bad_height_is_refused(void)
{
    static const char *const head =
        "<OpenSimDocument Version=\"40000\"><Model name=\"m\"><credits>by me\nsubject height: ";
    static const char *const tail = "</credits></Model></OpenSimDocument>";
    char text[400];
    genu_model *m;
    genu_err err = { 0 };
    snprintf(text, sizeof text, "%s170 m%s", head, tail);
    CHECK_FAILS(genu_osim_read(text, strlen(text), "m", &m, NULL, &err), GENU_E_RANGE, err,
                "must be 0.5 to 2.5 m");
    snprintf(text, sizeof text, "%stall m%s", head, tail);
    CHECK_FAILS(genu_osim_read(text, strlen(text), "m", &m, NULL, &err), GENU_E_RANGE, err, "tall");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(bundled_file_is_what_the_tables_say),
        TEST(bundled_model_comes_back),
        TEST(published_models_come_back),
        TEST(only_known_elements_are_used),
        TEST(every_joint_and_function_comes_back),
        TEST(names_are_escaped),
        TEST(what_cannot_be_written_is_named),
        TEST(bad_height_is_refused),
        CU_TEST_INFO_NULL,
    };
    return test_main("osim_write", tests, argc, argv);
}
