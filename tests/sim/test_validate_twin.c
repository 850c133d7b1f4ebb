/* A model and its twin: the same, with a difference that the files show, and with one that only the
 * poses show. */
#include "models/osim.h"
#include "sim/validate_twin.h"
#include "tests/testlib.h"

#include <stdlib.h>
#include <string.h>

static genu_model *bundled(void)
{
    genu_model *m = NULL;
    genu_err err = { 0 };
    size_t n;
    const char *path = GENU_TEST_SOURCE_DIR "/data/models/lower_limb.osim";
    char *text = test_read_file(path, &n);
    CHECK_OK(genu_osim_read(text, n, path, &m, NULL, &err), err);
    free(text);
    return m;
}

static genu_validation compare(genu_model *a, genu_model *b)
{
    genu_validation v = { 0 };
    genu_err err = { 0 };
    CHECK_OK(genu_validate_twin(a, b, "twin", 20, &v, &err), err);
    CHECK_INT(v.n, 3);
    genu_model_free(a);
    genu_model_free(b);
    return v;
}

static int says(const genu_validation *v, const char *text)
{
    for (int i = 0; i < v->notes.n; i++)
        if (strstr(v->notes.note[i].text, text))
            return 1;
    return 0;
}

static void same_files_are_the_same(void)
{
    genu_validation v = compare(bundled(), bundled());
    CHECK_INT(v.notes.n, 0);
    for (int i = 0; i < v.n; i++)
        CHECK_NEAR(v.row[i].worst.error, 0, 0, 0);
    genu_validation_clear(&v);
}

/* A point 1 mm aside, another mass, fibre and range: named, and that muscle left out. */
static void other_numbers_are_named(void)
{
    genu_model *b = bundled();
    int soleus = genu_find_muscle(b, "soleus_r"), femur = genu_find_body(b, "femur_l");
    b->muscle[soleus].path.point[0].location.x += 1e-3;
    b->muscle[soleus].hill.l_opt *= 1.1;
    b->body[femur].mass += 1;
    b->coord[genu_find_coord(b, "knee_angle_r")].hi += 0.1;
    genu_validation v = compare(bundled(), b);
    CHECK_INT(v.notes.n, 4);
    CHECK_TRUE(says(&v, "the path of 'soleus_r', which is left out"));
    CHECK_TRUE(says(&v, "the optimal fibre length (m) of 'soleus_r': 0.0"));
    CHECK_TRUE(says(&v, "the mass of 'femur_l'"));
    CHECK_TRUE(says(&v, "the upper end of the range of 'knee_angle_r'"));
    CHECK_INT(genu_validation_count(&v, GENU_VERDICT_PASS), 3);
    genu_validation_clear(&v);
}

/* The hip 2 cm aside: what hangs on it is compared in the femur's frame, muscles over it are not. */
static void other_joint_is_named(void)
{
    genu_model *b = bundled();
    b->body[genu_find_body(b, "femur_r")].joint.parent_frame.p.z += 0.02;
    genu_validation v = compare(bundled(), b);
    CHECK_TRUE(says(&v, "the files differ in joint 'hip_r': 'femur_r' and what hangs on it"));
    CHECK_TRUE(says(&v, "the path of 'glmed1_r', which is left out"));
    CHECK_TRUE(!says(&v, "the path of 'soleus_r'"));
    CHECK_TRUE(!says(&v, "the path of 'glmed1_l'"));
    CHECK_INT(genu_validation_count(&v, GENU_VERDICT_PASS), 3);
    genu_validation_clear(&v);
}

/* A coupler that is read differently moves the patella: every row that it touches is missed. */
static void other_motion_is_missed(void)
{
    genu_err err = { 0 };
    genu_model *b = bundled();
    genu_coord *beta = &b->coord[genu_find_coord(b, "knee_angle_r_beta")];
    genu_curve_free(&beta->coupler);
    CHECK_OK(genu_curve_linear(&beta->coupler, 0.99, 0, &err), err);
    genu_validation v = compare(bundled(), b);
    CHECK_INT(genu_validation_count(&v, GENU_VERDICT_MISS), 3);
    CHECK_TEXT(v.row[0].worst.where, "patella_r");
    genu_validation_clear(&v);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(same_files_are_the_same),
        TEST(other_numbers_are_named),
        TEST(other_joint_is_named),
        TEST(other_motion_is_missed),
        CU_TEST_INFO_NULL,
    };
    return test_main("validate_twin", tests, argc, argv);
}
