#include "solvers/cycle.h"
#include "tests/testlib.h"

#include <math.h>

static genu_curve_summary summary(const genu_cycle *c, int n, const double *time,
                                  const double *curve)
{
    double weight[200];
    int half[200];
    genu_cycle_rule rule = genu_cycle_rule_make(c, n, time, weight, half);
    return genu_cycle_apply(&rule, curve);
}

static void first_whole_cycle_is_found(void)
{
    double strike[] = { 0.2, 1.3, 2.4 }, off[] = { 0.1, 0.9, 2.0 };
    genu_cycle c = genu_cycle_find(3, strike, 3, off, 0.5, 2.5);
    CHECK_NEAR(c.strike, 1.3, 0, 0);
    CHECK_NEAR(c.off, 2.0, 0, 0);
    CHECK_NEAR(c.next, 2.4, 0, 0);
    c = genu_cycle_find(3, strike, 3, off, 0, 1.2); // a stance, but no second strike in the record
    CHECK_NEAR(c.strike, 0.2, 0, 0);
    CHECK_TRUE(isnan(c.next));
    CHECK_TRUE(isnan(genu_cycle_percent(&c, 0.5)));
    CHECK_NEAR(genu_cycle_stance(&c, 0.55), 0.5, 1e-14, 0);
    c = genu_cycle_find(3, strike, 1, off, 0, 3);
    CHECK_TRUE(isnan(c.strike));
    CHECK_TRUE(isnan(genu_cycle_stance(&c, 0.5)));
}

/* y = t on [0, 1], stance 0.2 to 0.6: impulse (0.36 - 0.04) / 2. */
static void straight_line_is_summed_exactly(void)
{
    genu_cycle c = { 0.2, 0.6, 1.0, 0 };
    double time[11], y[11];
    for (int i = 0; i < 11; i++)
        time[i] = y[i] = 0.1 * i;
    genu_curve_summary s = summary(&c, 11, time, y);
    CHECK_NEAR(s.impulse, 0.16, 1e-14, 0);
    CHECK_NEAR(s.peak, 1, 1e-15, 0);
    CHECK_NEAR(s.peak_time, 1, 1e-15, 0);
    CHECK_INT(s.peak_frame, 10);
    CHECK_NEAR(s.peak1, 0.4, 1e-14, 0);
    CHECK_NEAR(s.peak2, 0.6, 1e-14, 0);
    c.strike = 0.23; // between frames
    CHECK_NEAR(summary(&c, 11, time, y).impulse, (0.36 - 0.23 * 0.23) / 2, 1e-14, 0);
}

/* A period of 1 s with a stance from 0.5 to 1.1: the record [0, 1] holds it in two pieces. */
static void periodic_stance_wraps_around(void)
{
    genu_cycle c = { 0.5, 1.1, 1.5, 1 };
    double time[101], y[101];
    for (int i = 0; i < 101; i++) {
        time[i] = 0.01 * i;
        y[i] = 1;
    }
    genu_curve_summary s = summary(&c, 101, time, y);
    CHECK_NEAR(s.impulse, 0.6, 1e-12, 0);
    CHECK_NEAR(genu_cycle_percent(&c, 0.25), 75, 1e-12, 0);
    CHECK_NEAR(genu_cycle_stance(&c, 0.05), 0.55 / 0.6, 1e-12, 0);
    CHECK_TRUE(isnan(genu_cycle_stance(&c, 0.3)));
}

/* Frames that begin after the strike or end before toe-off hold peaks, but no whole stance. */
static void part_of_a_stance_is_no_stance(void)
{
    genu_cycle c = { 0.2, 0.6, 1.0, 0 };
    double time[11], y[11];
    for (int i = 0; i < 11; i++)
        time[i] = y[i] = 0.1 * i;
    CHECK_TRUE(genu_cycle_holds_stance(&c, 0.2, 0.6));
    CHECK_TRUE(!genu_cycle_holds_stance(&c, 0.21, 0.6));
    CHECK_TRUE(!genu_cycle_holds_stance(&c, 0.2, 0.59));
    genu_curve_summary s = summary(&c, 8, time + 3, y + 3);
    CHECK_NEAR(s.peak, 1, 1e-15, 0);
    CHECK_TRUE(isnan(s.peak1) && isnan(s.peak2) && isnan(s.impulse));
    s = summary(&c, 6, time, y);
    CHECK_TRUE(isnan(s.peak1) && isnan(s.peak2) && isnan(s.impulse));
    s = summary(&c, 5, time + 2, y + 2);
    CHECK_NEAR(s.impulse, 0.16, 1e-14, 0);
}

static void missing_values_are_left_out(void)
{
    genu_cycle c = genu_cycle_missing();
    double time[] = { 0, 1, 2 }, y[] = { NAN, 3, 1 }, none[] = { NAN, NAN, NAN };
    genu_curve_summary s = summary(&c, 3, time, y);
    CHECK_NEAR(s.peak, 3, 0, 0);
    CHECK_TRUE(isnan(s.peak1) && isnan(s.peak2) && isnan(s.impulse));
    s = summary(&c, 3, time, none);
    CHECK_INT(s.peak_frame, -1);
    CHECK_TRUE(isnan(s.peak));
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(first_whole_cycle_is_found),   TEST(straight_line_is_summed_exactly),
        TEST(periodic_stance_wraps_around), TEST(part_of_a_stance_is_no_stance),
        TEST(missing_values_are_left_out),  CU_TEST_INFO_NULL,
    };
    return test_main("cycle", tests, argc, argv);
}
