/* The task file, the tables it names, and the bundled walk judged as a whole. */
#include "models/osim.h"
#include "models/skeleton.h"
#include "sim/loads.h"
#include "sim/task.h"
#include "sim/track.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEGREE    (GENU_PI / 180)
#define TASK_PATH GENU_TEST_SOURCE_DIR "/data/tasks/walk.yaml"
#define NORM_PATH GENU_TEST_SOURCE_DIR "/data/normative/walk_free.csv"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SLOW_BUILD = 1 };
#else
enum { SLOW_BUILD = 0 };
#endif

static genu_model *bundled(void)
{
    size_t n;
    genu_err err = { 0 };
    genu_model *m = NULL;
    char *text = test_read_file(GENU_TEST_SOURCE_DIR "/data/models/lower_limb.osim", &n);
    if (!text)
        return NULL;
    int good = CHECK_OK(genu_osim_read(text, n, "lower_limb.osim", &m, NULL, &err), err) &&
               CHECK_OK(genu_model_validate(m, NULL, &err), err);
    free(text);
    return good ? m : NULL;
}

static genu_task *task(void)
{
    genu_err err = { 0 };
    genu_task *t;
    return CHECK_OK(genu_task_read(&t, TASK_PATH, NULL, &err), err) ? t : NULL;
}

static void reads_the_bundled_file(void)
{
    genu_task *t = task();
    if (!t)
        return;
    CHECK_NEAR(t->speed, 1.3, 0, 0);
    CHECK_NEAR(t->step_width, 0.1, 0, 0);
    CHECK_NEAR(t->toe_out, 6 * DEGREE, 1e-15, 0);
    CHECK_INT(t->obliquity_course, GENU_TASK_WITH_STEPS);
    CHECK_INT(t->frames, 101);
    genu_norms norms;
    genu_err err = { 0 };
    CHECK_OK(genu_norms_read(&norms, t->norms.free, &err), err);
    CHECK_NEAR(norms.speed, 0.431, 0, 0);
    // published (Schwartz et al. 2008): knee 59.1 degrees at 72 %, ankle moment 1.23 at 48 %;
    // within the largest errors of the series
    CHECK_NEAR(genu_harmonics_value(&norms.mean[GENU_NORM_KNEE_FLEXION], 0.72) / DEGREE, 59.13, 0,
               0.21);
    CHECK_NEAR(genu_harmonics_value(&norms.mean[GENU_NORM_ANKLE_MOMENT], 0.48), 1.226, 0, 0.01);
    CHECK_NEAR(genu_harmonics_value(&norms.sd[GENU_NORM_GRF_UP], 0.3), 0.093, 0, 0.037);
    genu_task_free(t);
}

static const char head[] = "kind: walk\nnorms: { slow: a.csv, free: b.csv, fast: c.csv }\n";

static void check_refused(const char *line, genu_status want, const char *fragment)
{
    char text[300];
    genu_err err = { 0 };
    genu_task *t;
    snprintf(text, sizeof text, "%s%s\n", head, line);
    CHECK_FAILS(genu_task_parse(&t, text, strlen(text), "dir/t.yaml", NULL, &err), want, err,
                fragment);
    CHECK_TRUE(t == NULL);
}

static void names_what_is_wrong(void)
{
    genu_err err = { 0 };
    genu_task *t;
    if (CHECK_OK(genu_task_parse(&t, head, strlen(head), "dir/t.yaml", NULL, &err), err)) {
        CHECK_TRUE(strstr(t->norms.slow, "dir/") && strstr(t->norms.slow, "a.csv"));
        genu_task_free(t);
    }
    check_refused("speed: 2", GENU_E_RANGE, "line 3");
    check_refused("step_width: 0.3", GENU_E_RANGE, "0.2");
    check_refused("pelvic_obliquity: -6", GENU_E_RANGE, "-5");
    check_refused("trunk_lean_is: left", GENU_E_FORMAT, "over_stance");
    check_refused("sped: 1", GENU_E_FORMAT, "sped");
    CHECK_FAILS(genu_task_read(&t, "nowhere.yaml", NULL, &err), GENU_E_IO, err, "nowhere.yaml");
    const char *none = "kind: walk\n";
    CHECK_FAILS(genu_task_parse(&t, none, strlen(none), "t.yaml", NULL, &err), GENU_E_FORMAT, err,
                "norms");
}

/* The free table with one piece replaced by another. */
static void check_table_refused(const char *piece, const char *by, const char *fragment)
{
    size_t n;
    genu_err err = { 0 };
    genu_norms norms;
    char path[600], *text = test_read_file(NORM_PATH, &n);
    char *at = text ? strstr(text, piece) : NULL;
    CHECK_TRUE(at != NULL);
    snprintf(path, sizeof path, "%s/norms.csv", test_folder());
    FILE *f = at ? fopen(path, "w") : NULL;
    if (f) {
        fprintf(f, "%.*s%s%s", (int)(at - text), text, by, at + strlen(piece));
        fclose(f);
        CHECK_FAILS(genu_norms_read(&norms, path, &err), GENU_E_FORMAT, err, fragment);
    }
    free(text);
}

static void names_what_is_wrong_in_tables(void)
{
    genu_err err = { 0 };
    genu_norms norms;
    CHECK_FAILS(genu_norms_read(&norms, "nowhere.csv", &err), GENU_E_IO, err, "nowhere.csv");
    check_table_refused("# speed = 0.431", "# fast", "no line '# speed");
    check_table_refused("# speed = 0.431", "# speed = quick", "quick");
    check_table_refused("harmonic,", "time,", "must be 'harmonic', is 'time'");
    check_table_refused("ankle_sd_cos", "ancle_sd_cos", "unknown column 'ancle_sd_cos'");
    check_table_refused("ankle_sd_cos", "ankle_sd_sin", "twice the column 'ankle_sd_sin'");
    check_table_refused("\n3,", "\n5,", "this one is '5'");
    check_table_refused("\n3,", "\n3,x,", "not a number: 'x'");
    check_table_refused("\n3,", "\n3,0,", "more numbers than columns");
    check_table_refused("\n20,", "\n#", "20 harmonics, must be 21");
}

/* Inverse dynamics of the frames: no other force on the pelvis than the feet's. */
static void check_pelvis(const genu_model *m, const genu_movement *v)
{
    static const char *const free_ones[6] = { "pelvis_tilt", "pelvis_list", "pelvis_rotation",
                                              "pelvis_tx",   "pelvis_ty",   "pelvis_tz" };
    genu_data *d = genu_data_new(m);
    double *tau = calloc((size_t)m->n_coord, sizeof *tau);
    for (int k = 0; d && tau && k < v->n_frame; k++) {
        size_t at = (size_t)k * (size_t)v->n_coord, bytes = (size_t)v->n_coord * sizeof(double);
        memcpy(d->q, v->q + at, bytes);
        memcpy(d->u, v->u + at, bytes);
        memcpy(d->a, v->a + at, bytes);
        genu_skeleton_position(m, d);
        genu_skeleton_velocity(m, d);
        genu_skeleton_acceleration(m, d);
        genu_skeleton_inverse_dynamics(m, d, v->external + (size_t)k * (size_t)m->n_body, tau);
        genu_skeleton_fold(m, d, tau);
        for (int i = 0; i < 6; i++)
            CHECK_NEAR(tau[genu_find_coord(m, free_ones[i])], 0, 0, 1e-8);
    }
    free(tau);
    genu_data_free(d);
}

/* Half a cycle later the left leg does what the right one did, and frame 100 is frame 0. */
static void check_symmetry(const genu_model *m, const genu_movement *v)
{
    int half = (v->n_frame - 1) / 2, n = v->n_coord;
    const char *const names[3] = { "knee_angle_", "hip_adduction_", "ankle_angle_" };
    for (int i = 0; i < 3; i++) {
        char right[40], left[40];
        snprintf(right, sizeof right, "%sr", names[i]);
        snprintf(left, sizeof left, "%sl", names[i]);
        int r = genu_find_coord(m, right), l = genu_find_coord(m, left);
        for (int k = 0; k <= half; k++)
            CHECK_NEAR(v->q[(k + half) * n + l], v->q[k * n + r], 0, 1e-12);
        CHECK_NEAR(v->q[(v->n_frame - 1) * n + r], v->q[r], 0, 1e-12);
    }
}

static void check_files(const genu_model *m, const genu_movement *v)
{
    genu_err err = { 0 };
    char motion[600], grf[600], xml[600];
    snprintf(motion, sizeof motion, "%s/walk.mot", test_folder());
    snprintf(grf, sizeof grf, "%s/walk_grf.mot", test_folder());
    snprintf(xml, sizeof xml, "%s/walk_grf.xml", test_folder());
    CHECK_OK(genu_movement_write(v, m, motion, 1, &err), err);
    CHECK_OK(genu_movement_write_loads(v, m, grf, xml, 1, &err), err);
    CHECK_FAILS(genu_movement_write(v, m, motion, 0, &err), GENU_E_IO, err, "walk.mot");
    genu_loads_settings settings = genu_loads_defaults();
    genu_loads *loads = NULL;
    genu_table t = { 0 };
    genu_motion_data read = { 0 };
    genu_motion_settings rule = genu_motion_defaults();
    sp6 *external = calloc((size_t)m->n_body, sizeof *external);
    genu_data *d = genu_data_new(m);
    if (CHECK_OK(genu_loads_read(&loads, m, xml, NULL, &settings, NULL, &err), err) &&
        CHECK_OK(genu_table_read(&t, motion, NULL, &err), err) &&
        CHECK_OK(genu_motion_from_table(&read, m, &t, &rule, NULL, &err), err)) {
        int k = 20, body = v->foot_body[GENU_RIGHT];
        for (int c = 0; c < m->n_coord; c++)
            CHECK_NEAR(read.q[(size_t)c * (size_t)read.n_frame + (size_t)k],
                       v->q[(size_t)k * (size_t)v->n_coord + (size_t)c], 1e-12, 1e-12);
        genu_skeleton_default(m, d);
        genu_skeleton_position(m, d);
        CHECK_OK(genu_loads_apply(loads, m, d, v->time[k], external), err);
        sp6 want = v->external[(size_t)k * (size_t)m->n_body + (size_t)body];
        CHECK_NEAR(external[body].v.y, want.v.y, 1e-9, 0);
        CHECK_NEAR(external[body].v.x, want.v.x, 1e-9, 1e-9);
        CHECK_NEAR(external[body].w.z, want.w.z, 1e-9, 1e-9);
    }
    free(external);
    genu_data_free(d);
    genu_motion_free(&read);
    genu_table_free(&t);
    genu_loads_free(loads);
}

static double highest(const genu_movement *v, int side, double from, double to)
{
    double most = 0;
    for (int k = 0; k < v->n_frame; k++) {
        double c = (double)k / (v->n_frame - 1);
        if (c >= from && c <= to)
            most = fmax(most, v->foot[2 * k + side].force.y);
    }
    return most;
}

static void report(const char *what, const genu_movement *v)
{
    const genu_walk_check *c = &v->check;
    printf("%s: stride %.3f m, %.1f steps/min; %d iterations, left %.2f N %.2f Nm\n", what,
           v->stride, 120 / v->period, v->info.iterations, v->info.force, v->info.moment);
    printf("  normal force >= %.3f N, friction %.3f, free moment %.2f Nm (%.2f of friction's)\n",
           c->worst.min_normal, c->worst.friction, c->worst.free_moment, c->worst.free_ratio);
    printf(
        "  slip %.2f mm, off the ground %.2f mm, below it %.2f mm, pressure from %.0f to %.0f mm, "
        "outside %.2f mm\n",
        1e3 * c->worst.slip, 1e3 * c->worst.height, 1e3 * c->worst.sink,
        1e3 * c->worst.center_first, 1e3 * c->worst.center_last, 1e3 * c->worst.outside);
    printf("  jumps %.4f N %.4f Nm; by differences %.5f N %.5f Nm; angle %.2f SD (%s)\n",
           c->worst.jump_force, c->worst.jump_moment, c->residual_force, c->residual_moment,
           c->worst_angle, genu_norm_name((genu_norm_curve)c->worst_curve));
    printf("  drop %.2f, obliquity %.2f, lean %.2f, list %.2f degrees; step width %.1f mm\n",
           c->drop / DEGREE, c->obliquity / DEGREE, c->lean / DEGREE, c->list / DEGREE,
           1e3 * c->step_width);
}

static void the_bundled_walk(void)
{
    genu_err err = { 0 };
    genu_model *m = bundled();
    genu_task *t = task();
    genu_movement *v = NULL;
    if (m && t && CHECK_OK(genu_task_generate(t, NULL, m, 0, &v, &err), err)) {
        double weight = genu_model_mass(m) * v3_norm(m->gravity);
        report("as it comes", v);
        CHECK_INT(v->n_frame, 101);
        CHECK_NEAR(v->speed, 1.3, 1e-12, 0);
        // adults at a free speed: 1.4 +- 0.15 m, 105 to 120 steps a minute
        CHECK_NEAR(v->stride, 1.40, 0, 0.05);
        // two humps with a valley between
        double first = highest(v, 0, 0, 0.3) / weight, second = highest(v, 0, 0.3, 0.6) / weight;
        CHECK_NEAR(first, 1.12, 0, 0.08);
        CHECK_NEAR(second, 1.2, 0, 0.08);
        CHECK_TRUE(v->foot[2 * 28].force.y / weight < 0.85);
        CHECK_TRUE(v->check.worst.slip < 2e-3 && v->check.worst.height < 2e-3 &&
                   v->check.worst.sink < 2e-3);
        CHECK_TRUE(v->check.worst.friction < 0.35);
        // from heel to toe
        CHECK_TRUE(v->check.worst.center_first < 0.03 && v->check.worst.center_last > 0.21);
        CHECK_NEAR(v->check.worst.outside, 0, 0, 0);
        check_pelvis(m, v);
        check_symmetry(m, v);
        check_files(m, v);
    }
    genu_movement_free(v);
    genu_task_free(t);
    genu_model_free(m);
}

typedef struct wish {
    const char *what;
    double speed, width, obliquity, lean; /* m/s, m, degrees; NAN: as it is */
    int constant;
} wish;

static void check_wish(const genu_model *m, genu_task *t, const wish *x)
{
    genu_err err = { 0 };
    genu_movement *v;
    genu_task_change change = { x->speed, x->width, x->obliquity * DEGREE, x->lean * DEGREE };
    t->obliquity_course = t->lean_course = x->constant ? GENU_TASK_CONSTANT : GENU_TASK_WITH_STEPS;
    if (!CHECK_OK(genu_task_generate(t, &change, m, 21, &v, &err), err))
        return;
    report(x->what, v);
    check_pelvis(m, v);
    genu_movement_free(v);
}

/* Each change at both ends of its range, and together; too long for a build with sanitizers, which
 * takes one. */
static void changes_are_met(void)
{
    static const wish wishes[] = {
        { "constant obliquity 5, trunk 10 to the left", NAN, NAN, 5, -10, 1 },
        { "0.8 m/s", 0.8, NAN, NAN, NAN, 0 },
        { "1.6 m/s", 1.6, NAN, NAN, NAN, 0 },
        { "steps 5 cm wide", NAN, 0.05, NAN, NAN, 0 },
        { "steps 20 cm wide", NAN, 0.20, NAN, NAN, 0 },
        { "drop 5", NAN, NAN, 5, NAN, 0 },
        { "drop -5", NAN, NAN, -5, NAN, 0 },
        { "lean 10", NAN, NAN, NAN, 10, 0 },
        { "lean -10", NAN, NAN, NAN, -10, 0 },
        { "constant obliquity -5", NAN, NAN, -5, NAN, 1 },
        { "slow, narrow, drop -5, lean 10", 0.8, 0.05, -5, 10, 0 },
        { "fast, wide, drop 5, lean -10", 1.6, 0.20, 5, -10, 0 },
    };
    genu_model *m = bundled();
    genu_task *t = task();
    int n = SLOW_BUILD ? 0 : (int)(sizeof wishes / sizeof *wishes);
    for (int i = 0; m && t && i < n; i++)
        check_wish(m, t, &wishes[i]);
    genu_task_free(t);
    genu_model_free(m);
}

/* A foot whose toes bend about an axis that lies 35 degrees across: the foot cannot roll over them
 * on flat ground. */
static void refuses_with_the_reason(void)
{
    genu_err err = { 0 };
    genu_model *m = bundled();
    genu_task *t = task();
    genu_movement *v = NULL;
    genu_task_change change = genu_task_unchanged();
    change.speed = 3;
    CHECK_TRUE(m && t);
    if (m && t) {
        CHECK_FAILS(genu_task_generate(t, &change, m, 0, &v, &err), GENU_E_RANGE, err,
                    "'speed' is 3");
        CHECK_FAILS(genu_task_generate(t, NULL, m, 1, &v, &err), GENU_E_RANGE, err, "1 frames");
    }
    for (int side = 0; m && t && !SLOW_BUILD && side < 2; side++) {
        genu_leg leg;
        CHECK_OK(genu_leg_find(m, (genu_side)side, &leg, &err), err);
        genu_joint *j = &m->body[leg.toes].joint;
        m3 turn = m3_rotation((v3){ 0, 1, 0 }, (side ? -35 : 35) * DEGREE);
        j->parent_frame.R = m3_mul(turn, j->parent_frame.R);
        j->child_frame.R = m3_mul(turn, j->child_frame.R);
    }
    if (m && t && !SLOW_BUILD)
        CHECK_FAILS(genu_task_generate(t, NULL, m, 0, &v, &err), GENU_E_INFEASIBLE, err,
                    "allowed 2");
    CHECK_TRUE(v == NULL);
    genu_movement_free(v);
    genu_task_free(t);
    genu_model_free(m);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(reads_the_bundled_file),
        TEST(names_what_is_wrong),
        TEST(names_what_is_wrong_in_tables),
        TEST(the_bundled_walk),
        TEST(changes_are_met),
        TEST(refuses_with_the_reason),
        CU_TEST_INFO_NULL,
    };
    return test_main("task", tests, argc, argv);
}
