#include "models/leg.h"
#include "tests/testlib.h"

#include <stdlib.h>

static void sides_are_read_from_names(void)
{
    CHECK_INT(genu_side_of("glmed1_r"), GENU_RIGHT);
    CHECK_INT(genu_side_of("femur_l"), GENU_LEFT);
    CHECK_INT(genu_side_of("R_Tibia"), GENU_RIGHT);
    CHECK_INT(genu_side_of("footLeft"), GENU_LEFT);
    CHECK_INT(genu_side_of("pelvis"), -1);
    CHECK_INT(genu_side_of("r"), -1);
}

static const v3 none = { 0, 0, 0 };

static void pure_compression_is_shared_evenly(void)
{
    genu_plateau p = genu_plateau_defaults();
    for (int side = 0; side < GENU_N_SIDE; side++) {
        genu_compartments c = genu_plateau_share(&p, (genu_side)side, (v3){ 10, -800, 5 }, none);
        CHECK_NEAR(c.medial, 400, 1e-15, 0);
        CHECK_NEAR(c.lateral, 400, 1e-15, 0);
        CHECK_NEAR(c.compression, 800, 0, 0);
        CHECK_NEAR(c.soft_tissue, 0, 0, 0);
    }
}

/* 100 N on the lateral point, 700 N on the medial one, summed by hand and shared again. */
static void two_point_forces_come_back(void)
{
    genu_plateau p = { .spacing = 0.05, .offset = 0.003, .height = -0.02 };
    for (int side = 0; side < GENU_N_SIDE; side++) {
        double z = side == GENU_RIGHT ? 1 : -1; // to the lateral side
        v3 lateral = { 0, 0, z * 0.025 }, medial = { 0, 0, -z * 0.025 };
        v3 fl = { 0, -100, 0 }, fm = { 0, -700, 0 };
        v3 moment = v3_add(v3_cross(lateral, fl), v3_cross(medial, fm));
        genu_compartments c = genu_plateau_share(&p, (genu_side)side, v3_add(fl, fm), moment);
        CHECK_NEAR(c.lateral, 100, 1e-13, 0);
        CHECK_NEAR(c.medial, 700, 1e-13, 0);
        CHECK_NEAR(c.frontal_moment, -600 * 0.025, 1e-13, 0);
        CHECK_NEAR(genu_plateau_center(&p, (genu_side)side).z, z * 0.003, 0, 0);
    }
}

static void lift_off_leaves_a_moment(void)
{
    genu_plateau p = genu_plateau_defaults();
    genu_compartments c =
        genu_plateau_share(&p, GENU_RIGHT, (v3){ 0, -1000, 0 }, (v3){ -25, 0, 0 });
    CHECK_NEAR(c.lateral, 0, 0, 0);
    CHECK_NEAR(c.medial, 1000, 0, 0);
    CHECK_NEAR(c.soft_tissue, -5, 1e-13, 0); // 25 Nm less the 20 Nm that 1000 N at 20 mm balance
    c = genu_plateau_share(&p, GENU_LEFT, (v3){ 0, -1000, 0 }, (v3){ -25, 0, 0 });
    CHECK_NEAR(c.medial, 0, 0, 0);
    CHECK_NEAR(c.lateral, 1000, 0, 0);
    CHECK_NEAR(c.soft_tissue, 5, 1e-13, 0);
    c = genu_plateau_share(&p, GENU_RIGHT, (v3){ 0, 50, 0 }, (v3){ 3, 0, 0 });
    CHECK_NEAR(c.medial + c.lateral, 0, 0, 0);
    CHECK_NEAR(c.compression, -50, 0, 0);
    CHECK_NEAR(c.soft_tissue, 3, 0, 0);
}

static void missing_leg_is_named(void)
{
    genu_model *m = genu_model_new();
    genu_leg leg;
    genu_err err = { 0 };
    CHECK_FAILS(genu_leg_find(m, GENU_LEFT, &leg, &err), GENU_E_FORMAT, err,
                "no left leg: no body is named femur or thigh with the ending _l");
    genu_model_free(m);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(sides_are_read_from_names),  TEST(pure_compression_is_shared_evenly),
        TEST(two_point_forces_come_back), TEST(lift_off_leaves_a_moment),
        TEST(missing_leg_is_named),       CU_TEST_INFO_NULL,
    };
    return test_main("leg", tests, argc, argv);
}
