/* From files to joint moments, as OpenSim's inverse dynamics computes them on the reference walks:
 * motion, filter, splines, loads and skeleton together. */
#include "models/osim.h"
#include "models/skeleton.h"
#include "sim/loads.h"
#include "sim/track.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct walk {
    const char *model, *motion, *loads, *result;
    double filter, from, to; /* Hz, s */
    double tolerance;        /* share of the column's range, opensim rules */
    double from_own, to_own; /* s, where our own rules are compared */
    double tolerance_own;
    const char *lock[2];
} walk;

/* OpenSim's rules: the results' files have eight decimals, and columns of small range (a toe) are
 * taken as 1 Nm wide; 1e-7 leaves room for other compilers. Our own rules, away from the ends of
 * the record, where the filters differ: what is left is the foot below 20 N at toe-off, where the
 * files' centre of pressure and free moment wander (1.5 Nm of the pelvis' rotation in the last 10
 * ms), and angular acceleration without the defect of OpenSim's knee (skeleton.h; 1.1 Nm of pelvis
 * tilt). */
static const walk walks[] = {
    { "walk_gait2392/subject01_simbody.osim",
      "walk_gait2392/subject01_walk1_ik.mot",
      "walk_gait2392/subject01_walk1_grf.xml",
      "oracle/gait2392/inverse_dynamics_ik6hz.sto",
      6,
      0.4,
      1.6,
      1e-7,
      0.9,
      1.6,
      0.045,
      { NULL, NULL } },
    { "walk_gait10dof/subject01.osim",
      "walk_gait10dof/subject01_walk_IK.mot",
      "walk_gait10dof/subject01_walk_grf.xml",
      "oracle/gait10dof/inverse_dynamics.sto",
      6,
      0,
      2.5,
      1e-7,
      0.5,
      2,
      0.025,
      { NULL, NULL } },
    { "walk_rajagopal/subject_walk_scaled.osim",
      "oracle/rajagopal/coordinates.mot",
      "walk_rajagopal/grf_walk.xml",
      "oracle/rajagopal/inverse_dynamics.sto",
      0,
      0.45,
      1.799,
      1e-7,
      0.45,
      1.799,
      0.1,
      { "mtp_angle_r", "mtp_angle_l" } },
};

/* Everything one walk needs. */
typedef struct scene {
    genu_model *m;
    genu_data *d;
    genu_track *track;
    genu_loads *loads;
    sp6 *external;
} scene;

static char *reference(const char *relative)
{
    return genu_strdup(test_reference(relative));
}

static void end(scene *s)
{
    free(s->external);
    genu_loads_free(s->loads);
    genu_track_free(s->track);
    genu_data_free(s->d);
    genu_model_free(s->m);
}

static int begin_motion(scene *s, const walk *w, genu_motion_rule rule)
{
    genu_err err = { 0 };
    genu_motion_settings settings = { .rule = rule, .filter = w->filter };
    settings.lock = w->lock;
    settings.n_lock = rule == GENU_MOTION_GENU && w->lock[0] ? 2 : 0;
    genu_motion_data motion = { 0 };
    genu_table t = { 0 };
    const char *path = test_reference(w->motion);
    int good = path && CHECK_OK(genu_table_read(&t, path, NULL, &err), err) &&
               CHECK_OK(genu_motion_from_table(&motion, s->m, &t, &settings, NULL, &err), err) &&
               CHECK_OK(genu_track_new(&s->track, s->m, &motion, &settings, NULL, &err), err);
    genu_motion_free(&motion);
    genu_table_free(&t);
    return good;
}

static int begin(scene *s, const walk *w, genu_motion_rule rule)
{
    *s = (scene){ 0 };
    genu_err err = { 0 };
    genu_loads_settings settings = genu_loads_defaults();
    settings.mode = rule == GENU_MOTION_GENU ? GENU_MODE_GENU : GENU_MODE_OPENSIM;
    char *model = reference(w->model), *loads = reference(w->loads);
    size_t n = 0;
    char *text = model && loads ? test_read_file(model, &n) : NULL;
    int good =
        text && CHECK_OK(genu_osim_read(text, n, model, &s->m, NULL, &err), err) &&
        CHECK_OK(genu_loads_read(&s->loads, s->m, loads, NULL, &settings, NULL, &err), err) &&
        begin_motion(s, w, rule);
    if (good) {
        s->d = genu_data_new(s->m);
        s->external = calloc((size_t)s->m->n_body, sizeof *s->external);
    }
    free(text);
    free(model);
    free(loads);
    if (!good)
        end(s);
    return good;
}

/* Coordinate of a result's label: knee_angle_r_moment, pelvis_tx_force. */
static int coord_of(const genu_model *m, const char *label)
{
    char name[200];
    snprintf(name, sizeof name, "%s", label);
    char *last = strrchr(name, '_');
    if (last)
        *last = '\0';
    return genu_find_coord(m, name);
}

/* Moments (n_coord) at time t. */
static void moments_at(scene *s, genu_motion_rule rule, double t, double *tau)
{
    CHECK_INT(genu_track_eval(s->track, s->m, s->d, t), GENU_OK);
    genu_skeleton_position(s->m, s->d);
    genu_skeleton_velocity(s->m, s->d);
    if (rule == GENU_MOTION_GENU)
        genu_skeleton_acceleration(s->m, s->d);
    else
        genu_skeleton_acceleration_opensim(s->m, s->d);
    CHECK_INT(genu_loads_apply(s->loads, s->m, s->d, t, s->external), GENU_OK);
    genu_skeleton_inverse_dynamics(s->m, s->d, s->external, tau);
}

static double range_of(const genu_table *t, int j)
{
    double lo = INFINITY, hi = -INFINITY;
    for (int i = 0; i < t->n_row; i++) {
        lo = fmin(lo, genu_table_column(t, j)[i]);
        hi = fmax(hi, genu_table_column(t, j)[i]);
    }
    return hi - lo;
}

/* Compare each column from row `first` to row `last`; range at least 1 N or Nm. Prints the worst
 * with its coordinate. */
static void compare(const genu_model *m, const genu_table *want, const double *moment, int first,
                    int last, double tolerance)
{
    double worst = 0;
    int at = 0;
    for (int j = 0; j < want->n_column; j++) {
        int c = coord_of(m, want->label[j]);
        CHECK_TRUE(c >= 0);
        double most = 0, range = fmax(range_of(want, j), 1);
        for (int i = first; c >= 0 && i <= last; i++)
            most = fmax(most, fabs(moment[i * m->n_coord + c] - genu_table_column(want, j)[i]));
        CHECK_NEAR(most / range, 0, 0, tolerance);
        if (most / range > worst) {
            worst = most / range;
            at = j;
        }
    }
    printf("%s: worst %.3g of range in %s\n", want->source, worst, want->label[at]);
}

static void check_times(const scene *s, const walk *w, const genu_table *want)
{
    genu_err err = { 0 };
    double *time = NULL;
    int n = 0;
    CHECK_OK(genu_track_times(s->track, w->from, w->to, 0, &time, &n, &err), err);
    CHECK_INT(n, want->n_row);
    for (int i = 0; i < n && i < want->n_row; i++)
        CHECK_NEAR(time[i], want->time[i], 0, 6e-9); // eight decimals in the file
    free(time);
}

static void check_walk(const walk *w, genu_motion_rule rule)
{
    scene s;
    genu_err err = { 0 };
    genu_table want;
    int own = rule == GENU_MOTION_GENU;
    if (!begin(&s, w, rule))
        return;
    CHECK_OK(genu_table_read(&want, test_reference(w->result), NULL, &err), err);
    if (!own)
        check_times(&s, w, &want);
    int first = 0, last = want.n_row - 1;
    while (own && want.time[first] < w->from_own)
        first++;
    while (own && want.time[last] > w->to_own)
        last--;
    double *moment = calloc((size_t)want.n_row * (size_t)s.m->n_coord, sizeof *moment);
    for (int i = first; i <= last; i++)
        moments_at(&s, rule, want.time[i], moment + (ptrdiff_t)i * s.m->n_coord);
    compare(s.m, &want, moment, first, last, own ? w->tolerance_own : w->tolerance);
    free(moment);
    genu_table_free(&want);
    end(&s);
}

static void moments_are_those_of_opensim(void)
{
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++)
        check_walk(&walks[i], GENU_MOTION_OPENSIM_INVERSE);
}

static void our_own_rules_stay_near(void)
{
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++)
        check_walk(&walks[i], GENU_MOTION_GENU);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(moments_are_those_of_opensim),
        TEST(our_own_rules_stay_near),
        CU_TEST_INFO_NULL,
    };
    return test_main("inverse", tests, argc, argv);
}
