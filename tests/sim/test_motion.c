/* Which column is which coordinate, in which unit, and what is said about the rest. */
#include "sim/motion.h"
#include "tests/sim/small_model.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static genu_model *m;

static void need_model(void)
{
    if (m)
        return;
    m = small_model();
    // a muscle that only labels ask for
    m->muscle = calloc(1, sizeof *m->muscle);
    m->n_muscle = 1;
    m->muscle[0].name = genu_strdup("soleus_r");
}

static genu_status from_text(genu_motion_data *motion, const char *text,
                             const genu_motion_settings *settings, genu_notes *notes, genu_err *err)
{
    need_model();
    genu_table t;
    genu_motion_settings s = settings ? *settings : genu_motion_defaults();
    if (!CHECK_OK(genu_table_parse(&t, text, strlen(text), "walk.mot", NULL, err), *err))
        return GENU_E_FORMAT;
    genu_status status = genu_motion_from_table(motion, m, &t, &s, notes, err);
    genu_table_free(&t);
    return status;
}

static int noted(const genu_notes *notes, genu_severity severity, const char *fragment)
{
    for (int i = 0; i < notes->n; i++)
        if (notes->note[i].severity == severity && strstr(notes->note[i].text, fragment))
            return 1;
    for (int i = 0; i < notes->n; i++)
        fprintf(stderr, "note: %s\n", notes->note[i].text);
    return 0;
}

#define DEG "x\ninDegrees=yes\nendheader\n"
#define RAD "x\ninDegrees=no\nendheader\n"

static void names_paths_and_order_make_no_difference(void)
{
    const char *texts[] = {
        RAD "time pelvis_tx pelvis_ty pelvis_tilt knee_angle_r\n0 1 2 3 0.5\n1 5 6 7 0.8\n",
        RAD "time knee_angle_r pelvis_tilt pelvis_tx pelvis_ty\n0 0.5 3 1 2\n1 0.8 7 5 6\n",
        RAD "time /jointset/ground_pelvis/pelvis_tx/value /jointset/ground_pelvis/pelvis_tx/speed "
            "/jointset/ground_pelvis/pelvis_ty/value ground_pelvis/pelvis_tilt/value "
            "/jointset/knee_r/knee_angle_r/value /forceset/soleus_r/activation\n"
            "0 1 9 2 3 0.5 9\n1 5 9 6 7 0.8 9\n",
        RAD "time pelvis_tx pelvis_tx_u pelvis_ty pelvis_tilt knee_angle_r soleus_r.activation\n"
            "0 1 9 2 3 0.5 9\n1 5 9 6 7 0.8 9\n",
    };
    for (int k = 0; k < 4; k++) {
        genu_motion_data motion;
        genu_err err = { 0 };
        genu_notes notes = { 0 };
        if (!CHECK_OK(from_text(&motion, texts[k], NULL, &notes, &err), err))
            continue;
        CHECK_INT(motion.n_frame, 2);
        CHECK_INT(motion.n_coord, N_SMALL);
        const double want[N_SMALL][2] = { { 1, 5 },     { 2, 6 }, { 3, 7 },
                                          { 0.5, 0.8 }, { 0, 0 }, { 0.1, 0.1 } };
        for (int c = 0; c < N_SMALL; c++)
            for (int i = 0; i < 2; i++)
                CHECK_NEAR(motion.q[2 * c + i],
                           c == BETA ? small_coupler(i ? 0.8 : 0.5) : want[c][i], 1e-15, 0);
        CHECK_INT(motion.in_file[KNEE], 1);
        CHECK_INT(motion.in_file[BETA], 0);
        CHECK_INT(motion.held[MTP], 1);
        CHECK_INT(motion.held[KNEE], 0);
        CHECK_TRUE(noted(&notes, GENU_NOTE, "filled in from their couplers: 'knee_angle_r_beta'"));
        CHECK_TRUE(noted(&notes, GENU_NOTE, "'mtp_angle_r' is held at 0.1 rad"));
        if (k >= 2)
            CHECK_TRUE(noted(&notes, GENU_NOTE, "2 columns of speeds and muscle states"));
        // a tilt of 7 rad is more than a turn
        CHECK_TRUE(noted(&notes, GENU_WARNING, "look like degrees: 'pelvis_tilt'"));
        CHECK_INT(notes.n, k >= 2 ? 4 : 3);
        genu_notes_clear(&notes);
        genu_motion_free(&motion);
    }
}

static void only_rotations_are_in_degrees(void)
{
    genu_motion_data motion;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    CHECK_OK(from_text(&motion,
                       DEG "time pelvis_tx pelvis_ty pelvis_tilt knee_angle_r knee_angle_r_beta\n"
                           "0 1 2 180 45 0.5\n1 1 2 -90 30 0.25\n",
                       NULL, &notes, &err),
             err);
    CHECK_NEAR(motion.q[2 * TX], 1, 0, 0);
    CHECK_NEAR(motion.q[2 * TILT], GENU_PI, 1e-15, 0);
    CHECK_NEAR(motion.q[2 * KNEE + 1], GENU_PI / 6, 1e-15, 0);
    CHECK_NEAR(motion.q[2 * BETA], 0.5, 0, 0); // coupled: as written
    CHECK_TRUE(
        noted(&notes, GENU_WARNING, "'knee_angle_r_beta' departs from its coupler by up to 0.48"));
    genu_notes_clear(&notes);
    genu_motion_free(&motion);
}

static void what_is_not_used_is_named(void)
{
    genu_motion_data motion;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    CHECK_OK(from_text(&motion,
                       RAD "time pelvis_tx pelvis_ty pelvis_tilt knee_angle_r arm_flex mtp_angle_r "
                           "/jointset/x/arm_add/value\n0 1 2 0 0 8 0.15 9\n1 1 2 0 0 8 0.1 9\n",
                       NULL, &notes, &err),
             err);
    CHECK_TRUE(noted(&notes, GENU_NOTE, "are not used: 'arm_flex', '/jointset/x/arm_add/value'"));
    CHECK_TRUE(
        noted(&notes, GENU_WARNING,
              "'mtp_angle_r' is locked at 0.1 rad; its column, which departs from that by up "
              "to 0.05 rad, is not used"));
    genu_notes_clear(&notes);
    genu_motion_free(&motion);
}

static void locks_and_rules_decide_what_may_be_missing(void)
{
    genu_motion_data motion;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    const char *text = RAD "time pelvis_tx knee_angle_r\n0 1 0.3\n1 1 0.3\n";
    CHECK_FAILS(
        from_text(&motion, text, NULL, NULL, &err), GENU_E_SHAPE, err,
        "'walk.mot' lacks coordinates of the model: 'pelvis_ty', 'pelvis_tilt'; add them, or");
    CHECK_TRUE(motion.q == NULL);

    const char *lock[] = { "pelvis_ty", "pelvis_tilt" };
    genu_motion_settings s = genu_motion_defaults();
    s.lock = lock;
    s.n_lock = 2;
    CHECK_OK(from_text(&motion, text, &s, &notes, &err), err);
    CHECK_INT(motion.held[TY], 1);
    CHECK_TRUE(noted(&notes, GENU_NOTE, "'pelvis_tilt' is held at 0 rad"));
    genu_notes_clear(&notes);
    genu_motion_free(&motion);

    lock[1] = "pelvis_tlit";
    CHECK_FAILS(from_text(&motion, text, &s, NULL, &err), GENU_E_RANGE, err,
                "lock: the model has no coordinate 'pelvis_tlit', did you mean 'pelvis_tilt'");

    s.n_lock = 0;
    s.rule = GENU_MOTION_OPENSIM_INVERSE;
    CHECK_OK(from_text(&motion, text, &s, &notes, &err), err);
    CHECK_TRUE(noted(&notes, GENU_WARNING,
                     "at their default, as in OpenSim: 'pelvis_ty', 'pelvis_tilt', "
                     "'knee_angle_r_beta', 'mtp_angle_r'"));
    genu_notes_clear(&notes);
    genu_motion_free(&motion);

    s.rule = GENU_MOTION_OPENSIM_ANALYSIS;
    CHECK_OK(from_text(&motion, text, &s, &notes, &err), err);
    CHECK_TRUE(noted(&notes, GENU_WARNING, "then 0, as in OpenSim: 'pelvis_ty', 'pelvis_tilt'"));
    genu_notes_clear(&notes);
    genu_motion_free(&motion);
}

static void motion_errors(void)
{
    genu_motion_data motion;
    genu_err err = { 0 };
    CHECK_FAILS(
        from_text(&motion, "x\nendheader\ntime pelvis_tx pelvis_tilt\n0 1 2\n", NULL, NULL, &err),
        GENU_E_FORMAT, err, "'walk.mot': the header does not say whether angles are in");
    CHECK_FAILS(from_text(&motion, RAD "time a b\n0 1 2\n", NULL, NULL, &err), GENU_E_FORMAT, err,
                "none of its 2 columns is a coordinate of the model; the first is 'a'");
    CHECK_FAILS(from_text(&motion, RAD "time pelvis_tx /jointset/g/pelvis_tx/value\n0 1 2\n", NULL,
                          NULL, &err),
                GENU_E_FORMAT, err,
                "the columns 'pelvis_tx' and '/jointset/g/pelvis_tx/value' are both coordinate");
    CHECK_FAILS(
        from_text(&motion, RAD "time arm pelvis_tx\n0 nan 1\n0.5 1 nan\n", NULL, NULL, &err),
        GENU_E_RANGE, err, "line 6, time 0.5 s: column 'pelvis_tx' is nan");

    // a table of translations only needs no unit of angle
    const char *lock[] = { "pelvis_ty", "pelvis_tilt", "knee_angle_r" };
    genu_motion_settings s = { .lock = lock, .n_lock = 3 };
    CHECK_OK(from_text(&motion, "time,pelvis_tx\n0,1\n1,2\n", &s, NULL, &err), err);
    genu_motion_free(&motion);
}

static void long_lists_of_missing_names_are_counted(void)
{
    genu_model *big = genu_model_new();
    enum { N = 60 };
    big->coord = calloc(N, sizeof *big->coord);
    big->n_coord = N;
    for (int i = 0; i < N; i++) {
        char name[40];
        snprintf(name, sizeof name, "coordinate_number_%02d", i);
        big->coord[i] = (genu_coord){ .name = genu_strdup(name), .leader = -1 };
    }
    const char *text = RAD "time coordinate_number_00\n0 0\n1 1\n";
    genu_table t;
    genu_err err = { 0 };
    genu_motion_data motion;
    genu_motion_settings s = genu_motion_defaults();
    CHECK_OK(genu_table_parse(&t, text, strlen(text), "walk.mot", NULL, &err), err);
    CHECK_FAILS(genu_motion_from_table(&motion, big, &t, &s, NULL, &err), GENU_E_SHAPE, err,
                "'coordinate_number_01', ");
    CHECK_TRUE(strstr(err.msg, " more; add them, or name them under 'lock' to hold them at their "
                               "default") != NULL);
    genu_table_free(&t);
    genu_model_free(big);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(names_paths_and_order_make_no_difference),
        TEST(only_rotations_are_in_degrees),
        TEST(what_is_not_used_is_named),
        TEST(locks_and_rules_decide_what_may_be_missing),
        TEST(motion_errors),
        TEST(long_lists_of_missing_names_are_counted),
        CU_TEST_INFO_NULL,
    };
    int code = test_main("motion", tests, argc, argv);
    genu_model_free(m);
    return code;
}
