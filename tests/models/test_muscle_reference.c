/* The muscle against what OpenSim 4.6 computed for two walks: fibre lengths and pennations in
 * elastic equilibrium, and the force capacity on a rigid tendon that its static optimisation used.
 * The muscle-tendon lengths are OpenSim's own, so that only the muscle is compared; its lengthening
 * speed is the slope of a spline through them. */
#include "models/curve.h"
#include "models/muscle.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMN = 160, MAX_ROW = 200 };

typedef struct table {
    char *text; // holds the names
    int n_row, n_column;
    char *name[MAX_COLUMN];
    double *value; // n_row x n_column
} table;

static int read_table(const char *relative, table *t)
{
    *t = (table){ 0 };
    const char *path = test_reference(relative);
    if (!path || !(t->text = test_read_file(path, NULL)))
        return 0;
    char *at = strstr(t->text, "endheader"), *save;
    at = strchr(at, '\n') + 1;
    char *rest = strchr(at, '\n');
    *rest++ = '\0';
    for (char *s = strtok_r(at, "\t\r", &save); s; s = strtok_r(NULL, "\t\r", &save))
        t->name[t->n_column++] = s;
    t->value = malloc(sizeof *t->value * MAX_ROW * (size_t)t->n_column);
    int n = 0;
    for (char *end; n < MAX_ROW * t->n_column; rest = end, n++) {
        t->value[n] = strtod(rest, &end);
        if (end == rest)
            break;
    }
    t->n_row = n / t->n_column;
    return 1;
}

static void free_table(table *t)
{
    free(t->text);
    free(t->value);
}

static int column(const table *t, const char *name)
{
    for (int j = 0; j < t->n_column; j++)
        if (!strcmp(t->name[j], name))
            return j;
    return -1;
}

static double cell(const table *t, int row, int j)
{
    return t->value[row * t->n_column + j];
}

/* The number in <tag> of the text, or what was there before. */
static void number(const char *text, const char *tag, double *to)
{
    char open[80];
    snprintf(open, sizeof open, "<%s>", tag);
    const char *at = strstr(text, open);
    if (at)
        *to = strtod(at + strlen(open), NULL);
}

/* A muscle from the text of a model; enough for the two models looked at here. */
static genu_hill read_hill(const char *model, genu_hill_kind kind, const char *name)
{
    const char *element =
        kind == GENU_HILL_THELEN ? "Thelen2003Muscle" : "Millard2012EquilibriumMuscle";
    char mark[160];
    snprintf(mark, sizeof mark, "<%s name=\"%s\">", element, name);
    const char *start = strstr(model, mark);
    genu_hill h = genu_hill_defaults(kind);
    CU_ASSERT_PTR_NOT_NULL_FATAL(start);
    snprintf(mark, sizeof mark, "</%s>", element);
    char *text = strndup(start, (size_t)(strstr(start, mark) - start));
    number(text, "max_isometric_force", &h.f_max);
    number(text, "optimal_fiber_length", &h.l_opt);
    number(text, "tendon_slack_length", &h.l_slack);
    number(text, "pennation_angle_at_optimal", &h.pennation);
    number(text, "max_contraction_velocity", &h.v_max);
    number(text, "default_activation", &h.default_activation);
    number(text, "FmaxTendonStrain", &h.thelen.fmax_tendon_strain);
    number(text, "FmaxMuscleStrain", &h.thelen.fmax_muscle_strain);
    number(text, "KshapeActive", &h.thelen.k_shape_active);
    number(text, "KshapePassive", &h.thelen.k_shape_passive);
    number(text, "Af", &h.thelen.af);
    number(text, "Flen", &h.thelen.flen);
    number(text, "fiber_damping", &h.millard.fiber_damping);
    number(text, "min_norm_active_fiber_length", &h.millard.l_min);
    number(text, "transition_norm_fiber_length", &h.millard.l_transition);
    number(text, "max_norm_active_fiber_length", &h.millard.l_max);
    number(text, "shallow_ascending_slope", &h.millard.shallow_slope);
    number(text, "minimum_value", &h.millard.minimum_value);
    number(text, "strain_at_zero_force", &h.millard.passive_strain_zero);
    free(text);
    genu_err err = { 0 };
    CHECK_OK(genu_hill_prepare(&h, &err), err);
    return h;
}

static genu_curve spline_of_column(const table *t, int j)
{
    double x[MAX_ROW], y[MAX_ROW];
    for (int i = 0; i < t->n_row; i++) {
        x[i] = cell(t, i, 0);
        y[i] = cell(t, i, j);
    }
    genu_curve f;
    genu_err err = { 0 };
    CHECK_OK(genu_curve_simm_spline(&f, t->n_row, x, y, &err), err);
    return f;
}

typedef struct walk {
    const char *model, *folder, *optimization;
    genu_hill_kind kind;
} walk;

static const walk GAIT2392 = { "walk_gait2392/subject01_simbody_adjusted.osim", "gait2392",
                               "tight100", GENU_HILL_THELEN };
static const walk RAJAGOPAL = { "walk_rajagopal/subject_walk_scaled.osim", "rajagopal", "altt100",
                                GENU_HILL_MILLARD };

static int read_named(const walk *w, const char *what, table *t)
{
    char path[200];
    snprintf(path, sizeof path, "oracle/%s/%s.sto", w->folder, what);
    return read_table(path, t);
}

/* The largest of |error| and where it was. */
typedef struct worst {
    double error, time;
    const char *name;
} worst;

static void keep(worst *w, double error, const char *name, double time)
{
    if (fabs(error) > w->error || isnan(error))
        *w = (worst){ fabs(error), time, name };
}

static void say(const walk *w, const char *what, const worst *at)
{
    if (getenv("GENU_TEST_REPORT") && at->name)
        fprintf(stderr, "%s: largest error of %s: %.3g (%s at %.3f s)\n", w->folder, what,
                at->error, at->name, at->time);
}

/* Millard's equilibrium is static, so nothing but the printed digits is between the two. Thelen's
 * takes the speed, and that from the spline is off where a conditional point switches. */
static void equilibrium_of(const walk *w, double allowed)
{
    table length, fiber, pennation, speed;
    const char *path = test_reference(w->model);
    char *model = path ? test_read_file(path, NULL) : NULL;
    if (!model || !read_named(w, "ma_MuscleAnalysis_Length", &length) ||
        !read_named(w, "ma_MuscleAnalysis_NormalizedFiberLength", &fiber) ||
        !read_named(w, "ma_MuscleAnalysis_NormFiberVelocity", &speed) ||
        !read_named(w, "ma_MuscleAnalysis_PennationAngle", &pennation))
        return;
    worst l = { 0 }, phi = { 0 }, at_jump = { 0 };
    int n_jump = 0;
    for (int j = 1; j < length.n_column; j++) {
        const char *name = length.name[j];
        int k = column(&fiber, name);
        genu_hill h = read_hill(model, w->kind, name);
        genu_curve f = spline_of_column(&length, j);
        for (int i = 0; i < length.n_row; i++) {
            double out[3], t = cell(&length, i, 0);
            genu_hill_state s;
            genu_curve_eval(&f, t, out);
            CHECK_INT(
                genu_hill_equilibrium(&h, h.default_activation, cell(&length, i, j), out[1], &s),
                GENU_OK);
            /* OpenSim reports nonsense where its iteration ended without a result, which shows in
             * the velocity; there the fibre is at the jump of the passive stiffness. */
            if (fabs(cell(&speed, i, column(&speed, name))) > 10) {
                n_jump++;
                keep(&at_jump, s.l - 1, name, t);
                continue;
            }
            keep(&l, s.l - cell(&fiber, i, k), name, t);
            keep(&phi, acos(s.cos_pennation) - cell(&pennation, i, column(&pennation, name)), name,
                 t);
        }
        genu_curve_free(&f);
    }
    say(w, "normalised fibre length", &l);
    say(w, "pennation (rad)", &phi);
    say(w, "length at the jump of passive stiffness", &at_jump);
    CHECK_INT(n_jump, w->kind == GENU_HILL_THELEN ? 14 : 0);
    CHECK_NEAR(at_jump.error, 0, 0, 2e-6);
    CHECK_NEAR(l.error, 0, 0, allowed);
    CHECK_NEAR(phi.error, 0, 0, allowed);
    free(model);
    free_table(&length);
    free_table(&fiber);
    free_table(&pennation);
    free_table(&speed);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Force over activation is the capacity, in F0, wherever the activation is large enough for its
 * printed digits and not at the optimiser's bound. */
static void capacity_of(const walk *w, double allowed_median, double allowed_99)
{
    table length, force, activation;
    char name[80];
    const char *path = test_reference(w->model);
    char *model = path ? test_read_file(path, NULL) : NULL;
    if (!model || !read_named(w, "ma_MuscleAnalysis_Length", &length))
        return;
    snprintf(name, sizeof name, "%s_StaticOptimization_force", w->optimization);
    int found = read_named(w, name, &force);
    snprintf(name, sizeof name, "%s_StaticOptimization_activation", w->optimization);
    if (!found || !read_named(w, name, &activation))
        return;
    worst all = { 0 };
    int n = 0;
    double *error = malloc(sizeof *error * MAX_ROW * (size_t)length.n_column);
    for (int j = 1; j < length.n_column; j++) {
        /* its length jumps by millimetres with OpenSim's stale contact points, its speed does not
         */
        if (w == &RAJAGOPAL && !strncmp(length.name[j], "gaslat", 6))
            continue;
        int ja = column(&activation, length.name[j]), jf = column(&force, length.name[j]);
        genu_hill h = read_hill(model, w->kind, length.name[j]);
        genu_curve f = spline_of_column(&length, j);
        for (int i = 1; i < length.n_row - 1; i++) {
            double out[3], t = cell(&length, i, 0), a = cell(&activation, i, ja);
            if (a < 0.011 || fabs(t - cell(&activation, i, 0)) > 1e-6)
                continue;
            genu_hill_state s;
            genu_curve_eval(&f, t, out);
            genu_hill_rigid(&h, GENU_MODE_OPENSIM, cell(&length, i, j), out[1], &s);
            double e = (s.active - cell(&force, i, jf) / a) / h.f_max;
            keep(&all, e, length.name[j], t);
            error[n++] = fabs(e);
        }
        genu_curve_free(&f);
    }
    say(w, "capacity (F0)", &all);
    qsort(error, (size_t)n, sizeof *error, ascending);
    if (getenv("GENU_TEST_REPORT"))
        fprintf(stderr, "%s: capacity error of %d: median %.3g, 90 %% %.3g, 99 %% %.3g F0\n",
                w->folder, n, error[n / 2], error[n * 9 / 10], error[n * 99 / 100]);
    CHECK_TRUE(n > 1000);
    CHECK_NEAR(error[n / 2], 0, 0, allowed_median);
    CHECK_NEAR(error[n * 99 / 100], 0, 0, allowed_99);
    free(error);
    free(model);
    free_table(&length);
    free_table(&force);
    free_table(&activation);
}

static void thelen_equilibrium_as_opensim(void)
{
    equilibrium_of(&GAIT2392, 1e-3);
}

static void millard_equilibrium_as_opensim(void)
{
    equilibrium_of(&RAJAGOPAL, 2e-8);
}

static void thelen_capacity_as_opensim(void)
{
    capacity_of(&GAIT2392, 1e-5, 5e-4);
}

static void millard_capacity_as_opensim(void)
{
    capacity_of(&RAJAGOPAL, 1e-5, 2e-3);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(thelen_equilibrium_as_opensim),
        TEST(millard_equilibrium_as_opensim),
        TEST(thelen_capacity_as_opensim),
        TEST(millard_capacity_as_opensim),
        CU_TEST_INFO_NULL,
    };
    return test_main("muscle_reference", tests, argc, argv);
}
