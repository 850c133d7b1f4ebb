/* Filters against the magnitude of the bilinear Butterworth and the time grid of OpenSim itself. */
#include "solvers/signal.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

static genu_series series(int n, int n_column, double first, double step)
{
    genu_series s;
    genu_err err = { 0 };
    CHECK_OK(genu_series_new(&s, n, n_column, &err), err);
    for (int i = 0; i < n; i++)
        s.t[i] = first + step * i;
    return s;
}

/* |H|^2 of the third-order bilinear Butterworth: what forward and back leave of an amplitude. */
static double gain(double f, double fc, double fs)
{
    return 1 / (1 + pow(tan(PI * f / fs) / tan(PI * fc / fs), 6));
}

typedef genu_status lowpass(const genu_series *, double, genu_series *, genu_lowpass_info *,
                            genu_err *);

/* Filter cos(2 pi f t) of 6 s at 100 Hz; compare the middle second with gain x cosine. */
static void check_attenuation(lowpass *filter, double f, double fc)
{
    genu_series in = series(601, 1, 0, 0.01), out;
    genu_err err = { 0 };
    for (int i = 0; i < in.n_row; i++)
        in.y[i] = cos(2 * PI * f * in.t[i]);
    if (CHECK_OK(filter(&in, fc, &out, NULL, &err), err))
        for (int i = 0; i < out.n_row; i++)
            if (out.t[i] > 2.5 && out.t[i] < 3.5)
                // transients of the ends after 2.5 s: exp(-pi fc t) < 1e-6 from 2 Hz on
                CHECK_NEAR(out.y[i], gain(f, fc, 100) * cos(2 * PI * f * out.t[i]), 0, 2e-6);
    genu_series_free(&in);
    genu_series_free(&out);
}

static void sines_are_attenuated_as_designed(void)
{
    const double f[] = { 1, 3, 6, 9, 20, 45 }, fc[] = { 2, 6, 15, 40 };
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 4; j++) {
            check_attenuation(genu_lowpass, f[i], fc[j]);
            check_attenuation(genu_lowpass_opensim, f[i], fc[j]);
        }
    CHECK_NEAR(gain(6, 6, 100), 0.5, 1e-15, 0); // -6 dB at the cutoff, forward and back together
}

static void impulse_response_is_symmetric(void)
{
    genu_series in = series(401, 1, 0, 0.01), out;
    genu_err err = { 0 };
    in.y[200] = 1;
    CHECK_OK(genu_lowpass(&in, 10, &out, NULL, &err), err);
    double sum = 0;
    for (int i = 0; i < 401; i++) {
        sum += out.y[i];
        CHECK_NEAR(out.y[i], out.y[400 - i], 0, 1e-12);
    }
    CHECK_NEAR(sum, 1, 1e-9, 0); // gain 1 at 0 Hz
    genu_series_free(&in);
    genu_series_free(&out);
}

static void lines_are_kept(void)
{
    genu_series in = series(30, 2, 5, 1.0 / 60), out;
    genu_err err = { 0 };
    for (int i = 0; i < 30; i++) {
        in.y[i] = 7;
        in.y[30 + i] = -2 + 31 * in.t[i];
    }
    genu_lowpass_info info;
    CHECK_OK(genu_lowpass(&in, 6, &out, &info, &err), err);
    CHECK_INT(out.n_row, 30);
    CHECK_INT(info.resampled, 0);
    CHECK_INT(info.n_pad, 29);
    CHECK_NEAR(info.step, 1.0 / 60, 1e-12, 0);
    for (int i = 0; i < 60; i++) {
        CHECK_NEAR(out.y[i], in.y[i], 1e-13, 0);
        CHECK_NEAR(out.t[i % 30], in.t[i % 30], 0, 0);
    }
    genu_series_free(&in);
    genu_series_free(&out);
}

static void ends_are_not_pulled(void)
{
    // one second of a slow movement that begins and ends on a slope: the ends stay within 1 %
    genu_series in = series(101, 1, 0, 0.01), out;
    genu_err err = { 0 };
    for (int i = 0; i < 101; i++)
        in.y[i] = sin(2 * PI * in.t[i] + 0.3);
    CHECK_OK(genu_lowpass(&in, 6, &out, NULL, &err), err);
    for (int i = 0; i < 101; i++)
        CHECK_NEAR(out.y[i], in.y[i], 0, 0.01);
    genu_series_free(&in);
    genu_series_free(&out);
}

static void irregular_records_are_put_on_equal_steps(void)
{
    genu_series in = series(201, 1, 0, 0.01), out;
    genu_err err = { 0 };
    genu_lowpass_info info;
    for (int i = 1; i < 200; i++)
        in.t[i] += 0.003 * sin(17.0 * i);
    for (int i = 0; i < 201; i++)
        in.y[i] = sin(2 * PI * in.t[i]);
    CHECK_OK(genu_lowpass(&in, 12, &out, &info, &err), err);
    CHECK_INT(info.resampled, 1);
    CHECK_NEAR(out.t[out.n_row - 1], in.t[200], 0, 0);
    double least = 1;
    for (int i = 1; i < 201; i++)
        least = fmin(least, in.t[i] - in.t[i - 1]);
    CHECK_TRUE(info.step <= least && info.step > 0.98 * least);
    for (int i = 0; i < out.n_row; i++) {
        CHECK_NEAR(out.t[i], info.step * i, 0, 1e-12);
        if (out.t[i] > 0.5 && out.t[i] < 1.5)
            CHECK_NEAR(out.y[i], sin(2 * PI * out.t[i]) * gain(1, 12, 1 / info.step), 0, 1e-5);
    }
    genu_series_free(&in);
    genu_series_free(&out);
}

/* Numbers of the first column below the label line of an OpenSim file. */
static int times_of(const char *path, double *t, int max)
{
    size_t size;
    char *text = test_read_file(path, &size);
    char *line = text ? strstr(text, "endheader") : NULL;
    line = line ? strchr(line, '\n') : NULL;
    line = line ? strchr(line + 1, '\n') : NULL;
    int n = 0;
    while (line && line[1] && n < max) {
        t[n++] = atof(line + 1);
        line = strchr(line + 1, '\n');
    }
    free(text);
    return n;
}

static void check_grid(const char *motion, const char *result, int first)
{
    double t[512], want[512];
    const char *path = test_reference(motion);
    if (!path)
        return;
    int n = times_of(path, t, 512), n_want = times_of(test_reference(result), want, 512);
    genu_series in = series(n, 1, 0, 1), out;
    genu_err err = { 0 };
    genu_lowpass_info info;
    memcpy(in.t, t, (size_t)n * sizeof *t);
    CHECK_OK(genu_lowpass_opensim(&in, 6, &out, &info, &err), err);
    CHECK_INT(info.resampled, 1);
    CHECK_INT(info.n_pad, n / 2);
    for (int i = 0; i < n_want; i++)
        CHECK_NEAR(out.t[first + i], want[i], 0, 5e-9); // the file has 8 decimals
    genu_series_free(&in);
    genu_series_free(&out);
}

static void times_are_those_of_opensim(void)
{
    check_grid("walk_gait2392/subject01_walk1_ik.mot", "oracle/gait2392/inverse_dynamics_ik6hz.sto",
               99);
    check_grid("walk_gait10dof/subject01_walk_IK.mot", "oracle/gait10dof/inverse_dynamics.sto", 75);
}

static void opensim_pads_by_reflection_and_keeps_it(void)
{
    // exact binary steps: nothing is resampled; 11 rows get 5 more at each end
    genu_series in = series(11, 1, 1, 0.125), out;
    genu_err err = { 0 };
    genu_lowpass_info info;
    for (int i = 0; i < 11; i++)
        in.y[i] = (i - 4) * (i - 4);
    CHECK_OK(genu_lowpass_opensim(&in, 100, &out, &info, &err), err);
    CHECK_INT(out.n_row, 21);
    CHECK_INT(info.resampled, 0);
    CHECK_NEAR(info.cutoff, 0.49 * 8, 1e-15, 0); // 100 Hz is above half of 8 Hz
    CHECK_NEAR(out.t[0], 1 - 5 * 0.125, 0, 0);
    CHECK_NEAR(out.t[20], 2.25 + 5 * 0.125, 0, 0);
    // backward pass: the last three rows are those of the forward pass; at this cutoff it is
    // nearly the identity, so they stay near the reflection 2 y_last - y_mirrored
    CHECK_NEAR(out.y[20], 2 * 36 - 1, 0, 1);

    // first three rows of each pass copied: a record of zeros with a spike in row 1 keeps it
    memset(in.y, 0, 11 * sizeof *in.y);
    genu_series_free(&out);
    CHECK_OK(genu_lowpass_opensim(&in, 1, &out, &info, &err), err);
    CHECK_NEAR(info.cutoff, 1, 0, 0);
    for (int i = 0; i < 21; i++)
        CHECK_NEAR(out.y[i], 0, 0, 0);
    genu_series_free(&in);
    genu_series_free(&out);
}

static void opensim_copies_three_samples_in_each_pass(void)
{
    // by the recursion, written out here: forward, then backward
    genu_series in = series(8, 1, 0, 0.25), out;
    genu_err err = { 0 };
    const double y[8] = { 3, -1, 4, 1, -5, 9, 2, -6 };
    memcpy(in.y, y, sizeof y);
    CHECK_OK(genu_lowpass_opensim(&in, 0.5, &out, NULL, &err), err);
    double x[16], once[16], twice[16], w = tan(PI * 0.5 * 0.25);
    for (int i = 0; i < 4; i++) {
        x[i] = 2 * y[0] - y[4 - i];
        x[12 + i] = 2 * y[7] - y[6 - i];
    }
    memcpy(x + 4, y, sizeof y);
    // as a cascade: first-order and second-order section in one denominator, w = tan(pi fc T)
    double p[4] = { (1 + w) * (1 + w + w * w), 0, 0, 0 };
    p[1] = (w - 1) * (1 + w + w * w) + (1 + w) * 2 * (w * w - 1);
    p[2] = (1 + w) * (1 - w + w * w) + (w - 1) * 2 * (w * w - 1);
    p[3] = (w - 1) * (1 - w + w * w);
    double g = w * w * w;
    memcpy(once, x, sizeof x);
    for (int i = 3; i < 16; i++)
        once[i] = (g * (x[i] + 3 * x[i - 1] + 3 * x[i - 2] + x[i - 3]) - p[1] * once[i - 1] -
                   p[2] * once[i - 2] - p[3] * once[i - 3]) /
                  p[0];
    memcpy(twice, once, sizeof x);
    for (int i = 12; i >= 0; i--)
        twice[i] = (g * (once[i] + 3 * once[i + 1] + 3 * once[i + 2] + once[i + 3]) -
                    p[1] * twice[i + 1] - p[2] * twice[i + 2] - p[3] * twice[i + 3]) /
                   p[0];
    for (int i = 0; i < 16; i++)
        CHECK_NEAR(out.y[i], twice[i], 1e-12, 1e-12);
    genu_series_free(&in);
    genu_series_free(&out);
}

static void signal_errors(void)
{
    genu_series in = series(40, 2, 0, 0.01), out;
    genu_err err;
    CHECK_FAILS(genu_lowpass(&in, 0, &out, NULL, &err), GENU_E_RANGE, err, "cutoff is 0 Hz");
    CHECK_FAILS(genu_lowpass(&in, NAN, &out, NULL, &err), GENU_E_RANGE, err, "cutoff is nan Hz");
    CHECK_FAILS(genu_lowpass(&in, 50, &out, NULL, &err), GENU_E_RANGE, err,
                "cutoff is 50 Hz, must be below half the sampling rate of 100 Hz");
    CHECK_FAILS(genu_lowpass(&in, 2, &out, NULL, &err), GENU_E_SHAPE, err,
                "lasts 0.39 s, too short for a filter of 2 Hz, which needs 0.5 s");
    CHECK_TRUE(out.t == NULL && out.y == NULL);
    CHECK_FAILS(genu_lowpass_opensim(&in, -1, &out, NULL, &err), GENU_E_RANGE, err, "-1 Hz");
    in.n_row = 11;
    CHECK_FAILS(genu_lowpass(&in, 10, &out, NULL, &err), GENU_E_SHAPE, err,
                "has 11 rows, too short for the filter, which needs 12");
    in.n_row = 5;
    CHECK_FAILS(genu_lowpass_opensim(&in, 10, &out, NULL, &err), GENU_E_SHAPE, err, "5 rows");
    in.n_row = 40;
    in.y[47] = NAN;
    CHECK_FAILS(genu_lowpass(&in, 10, &out, NULL, &err), GENU_E_RANGE, err,
                "column 2, row 8, time 0.07 s");
    in.y[47] = 0;
    in.t[5] = in.t[4];
    CHECK_FAILS(genu_lowpass_opensim(&in, 10, &out, NULL, &err), GENU_E_RANGE, err, "row 6");
    in.t[5] = nextafter(in.t[4], 1);
    CHECK_FAILS(genu_lowpass(&in, 10, &out, NULL, &err), GENU_E_RANGE, err, "at most 10000000");
    CHECK_FAILS(genu_lowpass_opensim(&in, 10, &out, NULL, &err), GENU_E_RANGE, err, "10000000");
    genu_series_free(&in);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(sines_are_attenuated_as_designed),
        TEST(impulse_response_is_symmetric),
        TEST(lines_are_kept),
        TEST(ends_are_not_pulled),
        TEST(irregular_records_are_put_on_equal_steps),
        TEST(times_are_those_of_opensim),
        TEST(opensim_pads_by_reflection_and_keeps_it),
        TEST(opensim_copies_three_samples_in_each_pass),
        TEST(signal_errors),
        CU_TEST_INFO_NULL,
    };
    return test_main("signal", tests, argc, argv);
}
