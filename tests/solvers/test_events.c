/* Strikes and offs of made-up force records, known to the interpolation. */
#include "solvers/events.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 400 }; // 4 s at 100 Hz

static double t[N], fy[N];

/* A contact: up from 0 to 700 N in 7 rows (100 N per row), flat, down again. */
static void contact(int first, int last)
{
    for (int i = first; i <= last; i++) {
        double up = 100.0 * (i - first), down = 100.0 * (last - i);
        fy[i] = fmin(700, fmin(up, down));
    }
}

static void clear(void)
{
    for (int i = 0; i < N; i++) {
        t[i] = 0.01 * i;
        fy[i] = 0;
    }
}

static genu_events find(void)
{
    genu_events e = { 0 };
    genu_err err = { 0 };
    CHECK_OK(genu_events_find(N, t, fy, NULL, &e, &err), err);
    return e;
}

static void crossings_are_interpolated(void)
{
    clear();
    contact(50, 120);
    contact(200, 280);
    genu_events e = find();
    CHECK_INT(e.n_strike, 2);
    CHECK_INT(e.n_off, 2);
    // 20 N of 100 N per row: a fifth of a step after the rise begins
    CHECK_NEAR(e.strike[0], 0.502, 1e-12, 0);
    CHECK_NEAR(e.off[0], 1.198, 1e-12, 0);
    CHECK_NEAR(e.strike[1], 2.002, 1e-12, 0);
    CHECK_NEAR(e.off[1], 2.798, 1e-12, 0);
    genu_events_free(&e);
}

static void noise_between_the_levels_is_no_event(void)
{
    clear();
    for (int i = 0; i < N; i++)
        fy[i] = i % 2 ? 9 : -6; // an unloaded plate
    contact(50, 120);
    fy[130] = 12, fy[131] = 25, fy[132] = 14, fy[133] = 22, fy[134] = 5;
    genu_events e = find();
    CHECK_INT(e.n_strike, 1);
    CHECK_INT(e.n_off, 1);
    // row 120 is 0 N: off at 1.198, and 25 N a tenth of a second later is too short to be a stance
    CHECK_NEAR(e.off[0], 1.198, 1e-12, 0);
    genu_events_free(&e);

    // without falling below 10 N the same wobble prolongs the contact to its last crossing
    for (int i = 120; i < 130; i++)
        fy[i] = 15;
    e = find();
    CHECK_INT(e.n_off, 1);
    CHECK_NEAR(e.off[0], 1.33 + 0.01 * 2 / 17, 1e-12, 0);
    genu_events_free(&e);
}

static void short_gaps_join_and_short_contacts_drop(void)
{
    clear();
    contact(50, 90);
    contact(93, 130);  // 33 ms between 20 N and 20 N
    contact(200, 209); // 86 ms
    genu_events e = find();
    CHECK_INT(e.n_strike, 1);
    CHECK_INT(e.n_off, 1);
    CHECK_NEAR(e.strike[0], 0.502, 1e-12, 0);
    CHECK_NEAR(e.off[0], 1.298, 1e-12, 0);
    genu_events_free(&e);

    genu_events_settings s = genu_events_defaults();
    s.min_swing = 0.01;
    s.min_stance = 0.05;
    genu_err err;
    CHECK_OK(genu_events_find(N, t, fy, &s, &e, &err), err);
    CHECK_INT(e.n_strike, 3);
    CHECK_INT(e.n_off, 3);
    genu_events_free(&e);
}

static void cut_contacts_keep_the_end_they_have(void)
{
    clear();
    contact(300, 470 > N - 1 ? N - 1 : 470);
    for (int i = 330; i < N; i++)
        fy[i] = 700;
    for (int i = 0; i < 4; i++)
        fy[i] = 300 - 100 * i;
    genu_events e = find();
    CHECK_INT(e.n_strike, 1);
    CHECK_INT(e.n_off, 1);
    CHECK_NEAR(e.off[0], 0.028, 1e-12, 0);
    CHECK_NEAR(e.strike[0], 3.002, 1e-12, 0);
    genu_events_free(&e);

    // begins between the levels and falls: nothing; begins between them and rises: in contact
    clear();
    fy[0] = 15;
    e = find();
    CHECK_INT(e.n_strike + e.n_off, 0);
    genu_events_free(&e);
    clear();
    contact(0, 60);
    fy[0] = 15;
    e = find();
    CHECK_INT(e.n_strike, 0);
    CHECK_INT(e.n_off, 1);
    genu_events_free(&e);
}

static void nothing_happens_without_load(void)
{
    clear();
    genu_events e = find();
    CHECK_INT(e.n_strike, 0);
    CHECK_INT(e.n_off, 0);
    genu_events_free(&e);
    genu_err err;
    CHECK_OK(genu_events_find(0, t, fy, NULL, &e, &err), err);
    genu_events_free(&e);
}

static void events_errors(void)
{
    genu_events e;
    genu_err err;
    clear();
    genu_events_settings s = genu_events_defaults();
    s.threshold = 10;
    CHECK_FAILS(genu_events_find(N, t, fy, &s, &e, &err), GENU_E_RANGE, err,
                "10 N, must be above the low level of 10 N");
    s.low = -1;
    CHECK_FAILS(genu_events_find(N, t, fy, &s, &e, &err), GENU_E_RANGE, err, "-1 N, must be >= 0");
    s = genu_events_defaults();
    s.min_stance = -0.1;
    CHECK_FAILS(genu_events_find(N, t, fy, &s, &e, &err), GENU_E_RANGE, err, "stance -0.1 s");
    fy[7] = NAN;
    CHECK_FAILS(genu_events_find(N, t, fy, NULL, &e, &err), GENU_E_RANGE, err,
                "row 8, time 0.07 s: the vertical force is not finite");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(crossings_are_interpolated),
        TEST(noise_between_the_levels_is_no_event),
        TEST(short_gaps_join_and_short_contacts_drop),
        TEST(cut_contacts_keep_the_end_they_have),
        TEST(nothing_happens_without_load),
        TEST(events_errors),
        CU_TEST_INFO_NULL,
    };
    return test_main("events", tests, argc, argv);
}
