/* A motion in time: closed forms through the splines, and the three sets of rules. */
#include "sim/track.h"
#include "tests/sim/small_model.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 201 }; // 2 s at 100 Hz, from 1 s on

/* tx = t^2, knee = 0.5 + 0.4 sin 2t, beta (when present) = sin t, mtp = 0.3 t */
static genu_motion_data motion_of(const genu_model *m, genu_motion_settings *s, int with_beta,
                                  genu_notes *notes)
{
    const char *names[] = { "pelvis_tx",    "pelvis_ty",   "pelvis_tilt",
                            "knee_angle_r", "mtp_angle_r", "knee_angle_r_beta" };
    genu_table t;
    genu_err err = { 0 };
    genu_motion_data motion = { 0 };
    CHECK_OK(genu_table_new(&t, "walk.mot", ROWS, 5 + with_beta, &err), err);
    t.in_degrees = 0;
    for (int j = 0; j < 5 + with_beta; j++)
        CHECK_OK(genu_table_label(&t, j, names[j], &err), err);
    for (int i = 0; i < ROWS; i++) {
        double x = t.time[i] = 1 + 0.01 * i;
        genu_table_column(&t, 0)[i] = x * x;
        genu_table_column(&t, 2)[i] = 1;
        genu_table_column(&t, 3)[i] = 0.5 + 0.4 * sin(2 * x);
        genu_table_column(&t, 4)[i] = 0.3 * x;
        if (with_beta)
            genu_table_column(&t, 5)[i] = sin(x);
    }
    CHECK_OK(genu_motion_from_table(&motion, m, &t, s, notes, &err), err);
    genu_table_free(&t);
    return motion;
}

static genu_track *track_of(const genu_model *m, genu_motion_settings *s, int with_beta,
                            genu_notes *notes)
{
    genu_motion_data motion = motion_of(m, s, with_beta, notes);
    genu_track *track = NULL;
    genu_err err = { 0 };
    CHECK_OK(genu_track_new(&track, m, &motion, s, notes, &err), err);
    genu_motion_free(&motion);
    return track;
}

static void genu_rule_keeps_couplers_and_locks(void)
{
    genu_model *m = small_model();
    genu_data *d = genu_data_new(m);
    genu_motion_settings s = genu_motion_defaults();
    genu_track *track = track_of(m, &s, 1, NULL);
    long before = test_allocations();
    for (double t = 1.5; t < 2.5; t += 0.0137) {
        CHECK_INT(genu_track_eval(track, m, d, t), GENU_OK);
        CHECK_NEAR(d->q[TX], t * t, 1e-12, 0);
        CHECK_NEAR(d->u[TX], 2 * t, 1e-10, 0);
        CHECK_NEAR(d->a[TX], 2, 1e-7, 0);
        double knee = 0.5 + 0.4 * sin(2 * t), u = 0.8 * cos(2 * t), a = -1.6 * sin(2 * t);
        // the spline's error at 0.01 s: h^4 f''''''/720 for the second derivative
        CHECK_NEAR(d->q[KNEE], knee, 0, 1e-11);
        CHECK_NEAR(d->u[KNEE], u, 0, 1e-9);
        CHECK_NEAR(d->a[KNEE], a, 0, 1e-6);
        // the coupler's chain rule, whatever the column says
        CHECK_NEAR(d->q[BETA], small_coupler(knee), 0, 1e-10);
        CHECK_NEAR(d->u[BETA], (0.02 * knee - 0.02) * u, 0, 1e-9);
        CHECK_NEAR(d->a[BETA], (0.02 * knee - 0.02) * a + 0.02 * u * u, 0, 1e-6);
        CHECK_NEAR(d->q[MTP], 0.1, 0, 0);
        CHECK_NEAR(d->u[MTP], 0, 0, 0);
    }
    CHECK_INT(test_allocations() - before, 0);
    genu_track_free(track);
    genu_data_free(d);
    genu_model_free(m);
}

static void opensim_inverse_takes_every_column_as_it_is(void)
{
    genu_model *m = small_model();
    genu_data *d = genu_data_new(m);
    genu_motion_settings s = { .rule = GENU_MOTION_OPENSIM_INVERSE };
    genu_track *track = track_of(m, &s, 1, NULL);
    CHECK_INT(genu_track_eval(track, m, d, 2), GENU_OK);
    CHECK_NEAR(d->q[BETA], sin(2), 0, 1e-11);
    CHECK_NEAR(d->a[BETA], -sin(2), 0, 1e-6);
    CHECK_NEAR(d->q[MTP], 0.6, 0, 1e-12);
    CHECK_NEAR(d->u[MTP], 0.3, 0, 1e-10);
    genu_track_free(track);

    // without its column: the default at rest, not the coupler
    track = track_of(m, &s, 0, NULL);
    CHECK_INT(genu_track_eval(track, m, d, 2), GENU_OK);
    CHECK_NEAR(d->q[BETA], m->coord[BETA].value, 0, 0);
    CHECK_NEAR(d->u[BETA], 0, 0, 0);
    genu_track_free(track);
    genu_data_free(d);
    genu_model_free(m);
}

static void opensim_analysis_assembles_values_but_not_speeds(void)
{
    genu_model *m = small_model();
    genu_data *d = genu_data_new(m);
    m->coord[KNEE].hi = 0.6;
    genu_motion_settings s = { .rule = GENU_MOTION_OPENSIM_ANALYSIS };
    genu_track *track = track_of(m, &s, 1, NULL);
    double t = 1.2, u = 0.8 * cos(2 * t), a = -1.6 * sin(2 * t);
    CHECK_INT(genu_track_eval(track, m, d, t), GENU_OK);
    CHECK_NEAR(d->q[KNEE], 0.6, 0, 0); // 0.5 + 0.4 sin 2.4 = 0.77 is out of range
    CHECK_NEAR(d->u[KNEE], u, 0, 1e-7);
    CHECK_NEAR(d->a[KNEE], a, 0, 1e-5);
    CHECK_NEAR(d->q[BETA], small_coupler(0.6), 1e-14, 0);
    CHECK_NEAR(d->u[BETA], cos(t), 0, 1e-6); // its own column
    CHECK_NEAR(d->a[BETA], (0.02 * 0.6 - 0.02) * d->a[KNEE] + 0.02 * u * u, 0, 1e-8);
    CHECK_NEAR(d->q[MTP], 0.1, 0, 0);
    CHECK_NEAR(d->u[MTP], 0.3, 0, 1e-9);
    CHECK_NEAR(d->a[MTP], 0, 0, 0);
    genu_track_free(track);

    track = track_of(m, &s, 0, NULL);
    CHECK_INT(genu_track_eval(track, m, d, t), GENU_OK);
    CHECK_NEAR(d->q[BETA], small_coupler(0.6), 1e-14, 0);
    CHECK_NEAR(d->u[BETA], 0, 0, 0);
    genu_track_free(track);
    genu_data_free(d);
    genu_model_free(m);
}

static void missing_is_zero_for_the_analyses(void)
{
    genu_model *m = small_model();
    genu_data *d = genu_data_new(m);
    const char *text = "x\ninDegrees=no\nendheader\ntime pelvis_tx\n"
                       "0 0\n1 1\n2 2\n3 3\n4 4\n5 5\n6 6\n";
    genu_table t;
    genu_err err = { 0 };
    CHECK_OK(genu_table_parse(&t, text, strlen(text), "walk.mot", NULL, &err), err);
    for (int rule = GENU_MOTION_OPENSIM_INVERSE; rule <= GENU_MOTION_OPENSIM_ANALYSIS; rule++) {
        genu_motion_settings s = { .rule = (genu_motion_rule)rule };
        genu_motion_data motion;
        genu_track *track = NULL;
        CHECK_OK(genu_motion_from_table(&motion, m, &t, &s, NULL, &err), err);
        CHECK_OK(genu_track_new(&track, m, &motion, &s, NULL, &err), err);
        CHECK_INT(genu_track_eval(track, m, d, 2.5), GENU_OK);
        CHECK_NEAR(d->q[KNEE], rule == GENU_MOTION_OPENSIM_INVERSE ? 0.2 : 0, 0, 0);
        CHECK_NEAR(d->q[TX], 2.5, 1e-13, 0);
        genu_track_free(track);
        genu_motion_free(&motion);
    }
    genu_table_free(&t);
    genu_data_free(d);
    genu_model_free(m);
}

static void filter_follows_the_rule(void)
{
    genu_model *m = small_model();
    genu_data *d = genu_data_new(m);
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    double first, last, *time;
    int n;
    genu_motion_settings s = { .filter = 6 };
    genu_track *track = track_of(m, &s, 0, NULL);
    genu_track_range(track, &first, &last);
    CHECK_NEAR(first, 1, 0, 0);
    CHECK_NEAR(last, 3, 1e-15, 0);
    // forward and back at 0.318 Hz of 6 Hz: 1 - 2e-8
    CHECK_INT(genu_track_eval(track, m, d, 2), GENU_OK);
    CHECK_NEAR(d->q[KNEE], 0.5 + 0.4 * sin(4), 0, 1e-6);
    CHECK_NEAR(d->a[KNEE], -1.6 * sin(4), 0, 1e-3);
    genu_track_free(track);

    // OpenSim: half a record more at each end, rows of the padded grid
    s.rule = GENU_MOTION_OPENSIM_INVERSE;
    track = track_of(m, &s, 0, &notes);
    genu_track_range(track, &first, &last);
    CHECK_NEAR(first, 0, 0, 1e-12);
    CHECK_NEAR(last, 4, 0, 0.01);
    genu_track_record(track, &first, &last);
    CHECK_NEAR(first, 1, 0, 0);
    CHECK_NEAR(last, 3, 1e-15, 0);
    CHECK_TRUE(notes.n > 0 && strstr(notes.note[notes.n - 1].text, "extended to"));
    CHECK_OK(genu_track_times(track, 0.905, 1.0251, 0, &time, &n, &err), err);
    CHECK_NEAR(time[0], 0.9, 0, 1e-9); // the last row not after 0.905
    CHECK_NEAR(time[n - 1], 1.02, 0, 1e-9);
    CHECK_INT(n, 13);
    free(time);
    genu_track_free(track);
    genu_notes_clear(&notes);

    s.filter = 80;
    track = track_of(m, &s, 0, &notes);
    int lowered = 0;
    for (int i = 0; i < notes.n; i++)
        lowered |= strstr(notes.note[i].text, "a filter of 80 Hz is at or above half") != NULL;
    CHECK_TRUE(lowered);
    genu_track_free(track);
    genu_notes_clear(&notes);
    genu_data_free(d);
    genu_model_free(m);
}

static void times_are_rows_or_equal_steps(void)
{
    genu_model *m = small_model();
    genu_motion_settings s = genu_motion_defaults();
    genu_track *track = track_of(m, &s, 0, NULL);
    genu_err err = { 0 };
    double *time;
    int n;
    CHECK_OK(genu_track_times(track, NAN, NAN, 0, &time, &n, &err), err);
    CHECK_INT(n, ROWS);
    CHECK_NEAR(time[0], 1, 0, 0);
    free(time);
    CHECK_OK(genu_track_times(track, 1.204, 1.25, 0, &time, &n, &err), err);
    CHECK_INT(n, 5);
    CHECK_NEAR(time[0], 1.21, 1e-12, 0);
    CHECK_NEAR(time[4], 1.25, 1e-12, 0);
    free(time);
    CHECK_OK(genu_track_times(track, 1.2, NAN, 11, &time, &n, &err), err);
    CHECK_INT(n, 11);
    CHECK_NEAR(time[5], 2.1, 1e-12, 0);
    CHECK_NEAR(time[10], 3, 1e-12, 0);
    free(time);

    CHECK_FAILS(genu_track_times(track, 0.5, 2, 0, &time, &n, &err), GENU_E_RANGE, err,
                "from 0.5 to 2 s reaches beyond the motion, which lasts from 1 to 3 s");
    CHECK_FAILS(genu_track_times(track, 2, 2, 0, &time, &n, &err), GENU_E_RANGE, err,
                "'from' is 2 s, must be before 'to', 2 s");
    CHECK_FAILS(genu_track_times(track, 2.001, 2.008, 0, &time, &n, &err), GENU_E_SHAPE, err,
                "no row from 2.001 to 2.008 s");
    CHECK_FAILS(genu_track_times(track, 1, 2, 1, &time, &n, &err), GENU_E_RANGE, err, "1 frames");
    CHECK_TRUE(time == NULL && n == 0);
    genu_data *d = genu_data_new(m);
    CHECK_INT(genu_track_eval(track, m, d, 3.01), GENU_E_RANGE);
    CHECK_INT(genu_track_eval(track, m, d, NAN), GENU_E_RANGE);
    genu_data_free(d);
    genu_track_free(track);
    genu_model_free(m);
}

static void track_errors(void)
{
    genu_model *m = small_model();
    genu_motion_settings s = genu_motion_defaults();
    genu_motion_data motion = motion_of(m, &s, 0, NULL);
    genu_track *track;
    genu_err err;
    genu_notes notes = { 0 };
    s.filter = -6;
    CHECK_FAILS(genu_track_new(&track, m, &motion, &s, NULL, &err), GENU_E_RANGE, err,
                "filter is -6 Hz, must be >= 0");
    s.filter = 50;
    CHECK_FAILS(genu_track_new(&track, m, &motion, &s, NULL, &err), GENU_E_RANGE, err,
                "'walk.mot': the filter's cutoff is 50 Hz, must be below half");
    s.filter = 0.4;
    CHECK_FAILS(genu_track_new(&track, m, &motion, &s, NULL, &err), GENU_E_SHAPE, err,
                "'walk.mot': the record lasts 2 s, too short for a filter of 0.4 Hz");
    s.filter = 0;
    motion.n_frame = 5;
    CHECK_FAILS(genu_track_new(&track, m, &motion, &s, NULL, &err), GENU_E_SHAPE, err,
                "'walk.mot' has 5 rows, too few for accelerations, which need 6");
    motion.n_frame = ROWS;
    for (int c = 0; c < N_SMALL; c++)
        motion.held[c] = 1;
    CHECK_FAILS(genu_track_new(&track, m, &motion, &s, NULL, &err), GENU_E_SHAPE, err,
                "no coordinate of the model is left to move");
    CHECK_TRUE(track == NULL);

    // a hole in the record is no error, but said
    for (int c = 0; c < N_SMALL; c++)
        motion.held[c] = c == MTP;
    for (int i = 100; i < ROWS; i++)
        motion.time[i] += 0.25;
    CHECK_OK(genu_track_new(&track, m, &motion, &s, &notes, &err), err);
    CHECK_INT(genu_notes_count(&notes, GENU_WARNING), 1);
    CHECK_TEXT(notes.note[0].text,
               "'walk.mot': a gap of 0.26 s after 1.99 s, where steps are usually 0.01 s");
    genu_notes_clear(&notes);
    genu_track_free(track);
    genu_motion_free(&motion);
    genu_model_free(m);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(genu_rule_keeps_couplers_and_locks),
        TEST(opensim_inverse_takes_every_column_as_it_is),
        TEST(opensim_analysis_assembles_values_but_not_speeds),
        TEST(missing_is_zero_for_the_analyses),
        TEST(filter_follows_the_rule),
        TEST(times_are_rows_or_equal_steps),
        TEST(track_errors),
        CU_TEST_INFO_NULL,
    };
    return test_main("track", tests, argc, argv);
}
