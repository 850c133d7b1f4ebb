/* Spread and Sobol's indices of a results file whose loads are known functions of the strengths. */
#include "sim/figure.h"
#include "sim/indices.h"
#include "sim/summary.h"
#include "solvers/design.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 255, D = 2, N = SAMPLES * (D + 2) };

static genu_err err;

static void put(genu_writer *w, const char *name, const char *unit, int sides, const double *value)
{
    const genu_field f = { .name = name,
                           .dims = { "scenario", sides ? "side" : NULL },
                           .units = unit,
                           .long_name = name };
    CHECK_OK(genu_writer_field(w, &f, &err), err);
    CHECK_OK(genu_writer_put(w, name, 0, N, value, &err), err);
}

/* Peak 1 = 500 N (2 + x1 + 2 x2), body weight 500 N; the last scenario is beyond the muscles. */
static void write_results(const char *path, const char *design)
{
    static const char *const side[] = { "right" };
    genu_writer *w;
    double *u = malloc(N * D * sizeof *u), one[N], two[N], peak[N], status[N];
    CHECK_OK(genu_design_sample(GENU_DESIGN_SALTELLI, SAMPLES, D, 0, u, &err), err);
    for (int i = 0; i < N; i++) {
        one[i] = u[i * D];
        two[i] = u[i * D + 1];
        peak[i] = 500 * (2 + one[i] + 2 * two[i]);
        status[i] = i == N - 1;
    }
    CHECK_OK(genu_writer_new(&w, path, 1, &err), err);
    CHECK_OK(genu_writer_dim(w, "scenario", N, NULL, NULL, "1", "scenario", &err), err);
    CHECK_OK(genu_writer_dim(w, "side", 1, side, NULL, NULL, "side", &err), err);
    CHECK_OK(genu_writer_dim(w, "frame", 2, NULL, NULL, "1", "frame", &err), err);
    CHECK_OK(genu_writer_text(w, "design", design, &err), err);
    CHECK_OK(genu_writer_number(w, "design_samples", SAMPLES, &err), err);
    CHECK_OK(genu_writer_number(w, "body_weight", 500, &err), err);
    put(w, "strength_1", "1", 0, one);
    put(w, "strength_2", "1", 0, two);
    put(w, "knee_medial_force_peak1", "N", 1, peak);
    put(w, "knee_medial_force_peak2", "N", 1, peak);
    put(w, "status", "1", 1, status);
    CHECK_OK(genu_writer_finish(w, &err), err);
    free(u);
}

static genu_results *open_results(const char *design)
{
    char path[300];
    genu_results *r = NULL;
    snprintf(path, sizeof path, "%s/%s.h5", test_folder(), design);
    write_results(path, design);
    CHECK_OK(genu_results_open(&r, path, &err), err);
    return r;
}

/* V(x1) : V(2 x2) is 1 : 4; an even design of 255 points errs by some 1e-2. */
static void indices_are_known(void)
{
    genu_sobol_index index[D];
    genu_results *r = open_results("saltelli");
    int d;
    CHECK_INT(genu_indices_samples(r, &d), SAMPLES);
    CHECK_INT(d, D);
    CHECK_OK(genu_indices(r, "knee_medial_force_peak1", 0, SAMPLES, index, &err), err);
    CHECK_NEAR(index[0].first, 0.2, 0, 0.02);
    CHECK_NEAR(index[0].total, 0.2, 0, 0.02);
    CHECK_NEAR(index[1].first, 0.8, 0, 0.02);
    CHECK_NEAR(index[1].total, 0.8, 0, 0.02);
    CHECK_FAILS(genu_indices(r, "strength_1", 0, SAMPLES, index, &err), GENU_E_SHAPE, err,
                "has not one value for each side");
    CHECK_FAILS(genu_indices(r, "knee_medial_force_peak1", 0, SAMPLES + 1, index, &err),
                GENU_E_SHAPE, err, "256 x 4 scenarios");
    genu_results_close(r);
    r = open_results("sobol");
    CHECK_INT(genu_indices_samples(r, NULL), 0);
    CHECK_FAILS(genu_indices(r, "knee_medial_force_peak1", 0, 10, index, &err), GENU_E_SHAPE, err,
                "does not come from a saltelli design");
    genu_results_close(r);
}

static char *printed(genu_results *r, const genu_summary_options *how)
{
    static char *text; // open_memstream keeps its address
    static size_t n;
    FILE *to = open_memstream(&text, &n);
    CHECK_OK(genu_summary_print(r, how, to, &err), err);
    fclose(to);
    return text;
}

/* The five numbers of the line of a quantity. */
static void numbers_of(const char *text, const char *quantity, double x[5])
{
    const char *at = strstr(text, quantity);
    CHECK_TRUE(at != NULL);
    if (at)
        CHECK_INT(sscanf(at + strlen(quantity), " %*s %lf %lf %lf %lf %lf", &x[0], &x[1], &x[2],
                         &x[3], &x[4]),
                  5);
}

/* 2 + x1 + 2 x2 lies in (2, 5) around 3.5; its 5 % quantile is 2 + sqrt(0.2): the corner below it
 * is a triangle of area s^2 / 4. Four digits are printed, and 1020 scenarios err by about 1e-2. */
static void spread_is_known(void)
{
    genu_results *r = open_results("saltelli");
    genu_summary_options how = { 0 };
    double x[5] = { 0 }, y[5] = { 0 };
    char *text = printed(r, &how);
    CHECK_TRUE(strstr(text, "1020 scenarios, of which the muscles can do 1019\n") == text);
    CHECK_TRUE(strstr(text, "total index by number of samples:              31        63") != NULL);
    numbers_of(text, "knee_medial_force_peak1 ", x);
    free(text);
    CHECK_TRUE(x[0] > 2 && x[0] < 2.25 && x[4] < 5 && x[4] > 4.75);
    CHECK_NEAR(x[1], 2 + sqrt(0.2), 0, 0.02);
    CHECK_NEAR(x[2], 3.5, 0, 0.02);
    CHECK_NEAR(x[3], 5 - sqrt(0.2), 0, 0.02);

    genu_pick base = { .results = r, .scenario = 0 }; // at the centre: 3.5 body weights
    how = (genu_summary_options){ .baseline = &base,
                                  .feasible = 1,
                                  .only = "knee_medial_force_peak1" };
    text = printed(r, &how);
    CHECK_TRUE(strstr(text, "only these count\n") != NULL);
    numbers_of(text, "knee_medial_force_peak1 ", y);
    free(text);
    for (int i = 0; i < 5; i++)
        CHECK_NEAR(y[i], x[i] - 3.5, 0, 2e-3);
    how.only = "strength_1";
    CHECK_FAILS(genu_summary_print(r, &how, stdout, &err), GENU_E_RANGE, err, "is no summary");
    genu_results_close(r);
}

static void indices_are_drawn(void)
{
    genu_figure_options how = genu_figure_defaults();
    genu_files files = { 0 };
    genu_notes notes = { 0 };
    how.only = "strength_indices";
    genu_results *r = open_results("saltelli");
    CHECK_OK(genu_figures(genu_results_path(r), test_folder(), &how, &files, &notes, &err), err);
    CHECK_INT(files.n, 1);
    CHECK_INT(notes.n, 0);
    genu_files_clear(&files);
    genu_results_close(r);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(indices_are_known),
        TEST(spread_is_known),
        TEST(indices_are_drawn),
        CU_TEST_INFO_NULL,
    };
    return test_main("summary", tests, argc, argv);
}
