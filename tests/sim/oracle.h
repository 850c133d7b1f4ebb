/* oracle.h - the three reference walks, as genu computes them at the times of OpenSim's results.
 *
 * Shared by the programs test_oracle*.c. A walk is read by the library's own modules in the order
 * of sim/trial.c; its actuators (residuals at the pelvis, reserves) come from the file that OpenSim
 * was given, beside those of the model.
 */
#ifndef GENU_TESTS_SIM_ORACLE_H
#define GENU_TESTS_SIM_ORACLE_H

#include "models/osim.h"
#include "models/skeleton.h"
#include "sim/loads.h"
#include "sim/track.h"
#include "solvers/frames.h"
#include "solvers/scenarios.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct oracle_walk {
    const char *name, *model, *motion, *loads;
    const char *actuators; /* beside the model's own                                       */
    double filter;         /* Hz                                                           */
    const char *lock[2];
    const char *result[2];   /* start of the result files' names at 100 % and 40 %           */
    const char *reaction[2]; /* the same, of the joint reactions                           */
} oracle_walk;

static const oracle_walk oracle_walks[] = {
    { "gait2392",
      "walk_gait2392/subject01_simbody_adjusted.osim",
      "walk_gait2392/subject01_walk1_RRA_Kinematics_q.sto",
      "walk_gait2392/subject01_walk1_grf.xml",
      "oracle/gait2392/reserves_tight.xml",
      0,
      { NULL, NULL },
      { "oracle/gait2392/tight100", "oracle/gait2392/tight040" },
      { "oracle/gait2392/tight100", "oracle/gait2392/tight040" } },
    { "rajagopal",
      "walk_rajagopal/subject_walk_scaled.osim",
      "oracle/rajagopal/coordinates.mot",
      "walk_rajagopal/grf_walk.xml",
      "oracle/rajagopal/reserves_tight.xml",
      0,
      { "mtp_angle_r", "mtp_angle_l" },
      { "oracle/rajagopal/altt100", "oracle/rajagopal/altt040" },
      { "oracle/rajagopal/altt100", "oracle/rajagopal/altt040" } },
    /* OpenSim's results for this walk come from the model in the earlier layout, but for inverse
     * dynamics. In the one beside the motion the pelvis stands 0.02 m aside, glut_max runs through
     * other points, and glut_max, vasti and gastroc have other lengths of fibre and tendon: with it
     * exactly these three muscles differ, by up to their maximal force, the joints stand 0.02 m
     * aside, and so the ankle's moment is wrong by two thirds. */
    { "gait10dof",
      "models/gait10dof18musc_layout3.osim",
      "walk_gait10dof/subject01_walk_IK.mot",
      "walk_gait10dof/subject01_walk_grf.xml",
      "oracle/gait10dof/gait10dof_Reserve_Actuators.xml",
      6,
      { NULL, NULL },
      { "oracle/gait10dof/so", NULL },
      { "oracle/gait10dof/jr", NULL } },
};
enum { ORACLE_WALKS = sizeof oracle_walks / sizeof *oracle_walks };

static const double oracle_strength[2] = { 1, 0.4 };

/* An actuator that is no muscle: generalised force of control 1 on one coordinate, or through a
 * point of a body (moment: a couple), directions in ground. */
typedef struct oracle_actuator {
    char name[64];
    int coord, body; /* one of them -1 */
    int couple;
    v3 point, direction;
    double rho;
} oracle_actuator;

typedef struct oracle {
    const oracle_walk *walk;
    genu_mode mode;
    genu_model *m;
    genu_data *d;
    genu_track *track;
    genu_loads *loads;
    int *locked; /* n_coord */
    int n_actuator;
    oracle_actuator actuator[64];
    int n_row;
    double *time;  /* n_row  */
    sp6 *external; /* n_row x n_body */
    genu_frames *frames;
    double *push; /* n_row x n_actuator x n_dof: generalised force of each actuator at control 1 */
} oracle;

static inline void oracle_end(oracle *o)
{
    genu_frames_free(o->frames);
    genu_loads_free(o->loads);
    genu_track_free(o->track);
    genu_data_free(o->d);
    genu_model_free(o->m);
    free(o->locked);
    free(o->time);
    free(o->external);
    free(o->push);
    memset(o, 0, sizeof *o);
}

/* ---- reading ---- */

/* The text of the first element `tag` between from and to, into value (64). */
static inline int oracle_element(const char *from, const char *to, const char *tag, char *value)
{
    char open[64];
    snprintf(open, sizeof open, "<%s>", tag);
    const char *at = strstr(from, open);
    if (!at || at >= to)
        return 0;
    at += strlen(open);
    size_t n = strcspn(at, "<");
    if (n > 63)
        return 0;
    memcpy(value, at, n);
    value[n] = '\0';
    return 1;
}

static inline v3 oracle_triple(const char *text)
{
    char *end;
    double x = strtod(text, &end), y = strtod(end, &end), z = strtod(end, &end);
    return (v3){ x, y, z };
}

/* One actuator whose element starts at `at`. */
static inline void oracle_add_actuator(oracle *o, const char *at, const char *to)
{
    char value[64] = "";
    oracle_actuator *a = &o->actuator[o->n_actuator++];
    *a = (oracle_actuator){ .coord = -1, .body = -1 };
    const char *name = strstr(at, "name=\"") + 6;
    snprintf(a->name, sizeof a->name, "%.*s", (int)strcspn(name, "\""), name);
    CHECK_TRUE(oracle_element(at, to, "optimal_force", value));
    a->rho = strtod(value, NULL);
    if (oracle_element(at, to, "coordinate", value)) {
        a->coord = genu_find_coord(o->m, value);
        CHECK_TRUE(a->coord >= 0);
        return;
    }
    a->couple = oracle_element(at, to, "bodyA", value);
    if (!a->couple)
        CHECK_TRUE(oracle_element(at, to, "body", value));
    a->body = genu_find_body(o->m, value);
    CHECK_TRUE(a->body > 0);
    CHECK_TRUE(oracle_element(at, to, a->couple ? "axis" : "direction", value));
    a->direction = oracle_triple(value);
    if (!a->couple && oracle_element(at, to, "point", value))
        a->point = oracle_triple(value);
}

/* Those of the model, then those of the walk's file. */
static inline void oracle_read_actuators(oracle *o)
{
    for (int i = 0; i < o->m->n_actuator; i++) {
        oracle_actuator *a = &o->actuator[o->n_actuator++];
        *a = (oracle_actuator){ .coord = o->m->actuator[i].coord,
                                .body = -1,
                                .rho = o->m->actuator[i].optimal_force };
        snprintf(a->name, sizeof a->name, "%s", o->m->actuator[i].name);
    }
    size_t n;
    char *text = test_read_file(test_reference(o->walk->actuators), &n);
    for (char *at = text; (at = strstr(at, "Actuator name=\"")) != NULL;) {
        char *to = strstr(at, "Actuator>");
        oracle_add_actuator(o, at, to);
        at = to;
    }
    free(text);
}

static inline int oracle_read_model(oracle *o)
{
    genu_err err = { 0 };
    const char *path = test_reference(o->walk->model);
    size_t n = 0;
    char *text = path ? test_read_file(path, &n) : NULL;
    int good = text && CHECK_OK(genu_osim_read(text, n, path, &o->m, NULL, &err), err);
    free(text);
    if (!good)
        return 0;
    o->d = genu_data_new(o->m);
    o->locked = calloc((size_t)o->m->n_coord, sizeof *o->locked);
    for (int i = 0; i < o->m->n_coord; i++)
        o->locked[i] = o->m->coord[i].locked;
    for (int i = 0; i < 2 && o->walk->lock[i]; i++)
        o->locked[genu_find_coord(o->m, o->walk->lock[i])] = 1;
    oracle_read_actuators(o);
    return 1;
}

static inline int oracle_read_motion(oracle *o)
{
    genu_err err = { 0 };
    int own = o->mode == GENU_MODE_GENU;
    genu_motion_settings settings = genu_motion_defaults();
    settings.rule = own ? GENU_MOTION_GENU : GENU_MOTION_OPENSIM_ANALYSIS;
    settings.filter = o->walk->filter;
    settings.lock = o->walk->lock;
    settings.n_lock = o->walk->lock[0] ? 2 : 0;
    genu_motion_data motion = { 0 };
    genu_table t = { 0 };
    int good = CHECK_OK(genu_table_read(&t, test_reference(o->walk->motion), NULL, &err), err) &&
               CHECK_OK(genu_motion_from_table(&motion, o->m, &t, &settings, NULL, &err), err) &&
               CHECK_OK(genu_track_new(&o->track, o->m, &motion, &settings, NULL, &err), err);
    genu_motion_free(&motion);
    genu_table_free(&t);
    genu_loads_settings loads = genu_loads_defaults();
    loads.mode = o->mode;
    return good && CHECK_OK(genu_loads_read(&o->loads, o->m, test_reference(o->walk->loads), NULL,
                                            &loads, NULL, &err),
                            err);
}

/* A table of OpenSim's: <start>_<what>. */
static inline int oracle_read_table(const char *start, const char *what, genu_table *t)
{
    genu_err err = { 0 };
    char name[160];
    snprintf(name, sizeof name, "%s_%s", start, what);
    const char *path = test_reference(name);
    return path && CHECK_OK(genu_table_read(t, path, NULL, &err), err);
}

/* ---- computing ---- */

/* Pose, speed, acceleration and loads of row k stand in o->d and o->external afterwards. */
static inline void oracle_pose(oracle *o, int k)
{
    const genu_frames *f = o->frames;
    size_t n = (size_t)o->m->n_coord, at = (size_t)k * n;
    memcpy(o->d->q, f->q + at, n * sizeof *f->q);
    memcpy(o->d->u, f->u + at, n * sizeof *f->u);
    memcpy(o->d->a, f->a + at, n * sizeof *f->a);
    genu_skeleton_position(o->m, o->d);
    genu_skeleton_velocity(o->m, o->d);
    if (o->mode == GENU_MODE_GENU)
        genu_skeleton_acceleration(o->m, o->d);
    else
        genu_skeleton_acceleration_opensim(o->m, o->d);
}

/* Generalised force of actuator i at control 1 in the pose of o->d; arm (n_dof). */
static inline void oracle_push(oracle *o, int i, double *arm)
{
    const oracle_actuator *a = &o->actuator[i];
    double *gen = o->d->gen;
    for (int b = 0; b < o->m->n_body; b++)
        o->d->force[b] = sp6_zero();
    if (a->body > 0) {
        v3 f = v3_scale(a->rho, a->direction);
        o->d->force[a->body] = a->couple ? (sp6){ f, { 0, 0, 0 } }
                                         : sp6_force_at(xform_point(o->d->X[a->body], a->point), f);
    }
    genu_skeleton_project(o->m, o->d, o->d->force, gen);
    if (a->coord >= 0)
        gen[a->coord] += a->rho;
    genu_skeleton_fold(o->m, o->d, gen);
    for (int j = 0; j < o->frames->n_dof; j++)
        arm[j] = gen[o->frames->dof[j]];
}

static inline int oracle_compute_row(oracle *o, int k)
{
    genu_err err = { 0 };
    genu_frames *f = o->frames;
    size_t n = (size_t)o->m->n_coord, at = (size_t)k * n;
    sp6 *external = o->external + k * o->m->n_body;
    if (!CHECK_OK(genu_track_eval(o->track, o->m, o->d, o->time[k]), err))
        return 0;
    memcpy(f->q + at, o->d->q, n * sizeof *f->q);
    memcpy(f->u + at, o->d->u, n * sizeof *f->u);
    memcpy(f->a + at, o->d->a, n * sizeof *f->a);
    genu_skeleton_position(o->m, o->d);
    if (!CHECK_OK(genu_loads_apply(o->loads, o->m, o->d, o->time[k], external), err) ||
        !CHECK_OK(genu_frames_compute(f, o->m, o->d, k, external, &err), err))
        return 0;
    for (int i = 0; i < o->n_actuator; i++)
        oracle_push(o, i, o->push + (k * o->n_actuator + i) * f->n_dof);
    return 1;
}

/* Read a walk and compute its frames at the times of the first result file. */
static inline int oracle_begin(oracle *o, const oracle_walk *walk, genu_mode mode)
{
    memset(o, 0, sizeof *o);
    genu_err err = { 0 };
    genu_table t = { 0 };
    o->walk = walk;
    o->mode = mode;
    if (!test_reference(walk->model) || !oracle_read_model(o) || !oracle_read_motion(o) ||
        !oracle_read_table(walk->result[0], "StaticOptimization_activation.sto", &t)) {
        oracle_end(o);
        return 0;
    }
    o->n_row = t.n_row;
    o->time = t.time;
    t.time = NULL;
    genu_table_free(&t);
    genu_frames_settings settings = { .mode = mode,
                                      .locked = o->locked,
                                      .n_side = 2,
                                      .side = { GENU_RIGHT, GENU_LEFT },
                                      .plateau = genu_plateau_defaults() };
    o->external = calloc((size_t)(o->n_row * o->m->n_body), sizeof *o->external);
    int good = CHECK_OK(genu_frames_new(&o->frames, o->m, o->n_row, &settings, &err), err);
    if (good)
        o->push = calloc((size_t)(o->n_row * o->n_actuator * o->frames->n_dof), sizeof *o->push);
    for (int k = 0; good && k < o->n_row; k++)
        good = oracle_compute_row(o, k);
    if (!good)
        oracle_end(o);
    return good;
}

/* Capacity of muscle i in row k, N, its arm on target j, and what actuator i does there. */
static inline double oracle_active(const oracle *o, int k, int i)
{
    return o->frames->active[(size_t)k * (size_t)o->m->n_muscle + (size_t)i];
}
static inline double oracle_arm(const oracle *o, int k, int i, int j)
{
    return o->frames->arm[(k * o->m->n_muscle + i) * o->frames->n_dof + j];
}
static inline double oracle_push_on(const oracle *o, int k, int i, int j)
{
    return o->push[(k * o->n_actuator + i) * o->frames->n_dof + j];
}

/* 1: one of those whose strength OpenSim's runs changed. */
static inline int oracle_weakened(const char *muscle)
{
    int abductor = !strncmp(muscle, "glut_med", 8) || !strncmp(muscle, "glut_min", 8) ||
                   !strncmp(muscle, "glmed", 5) || !strncmp(muscle, "glmin", 5);
    return abductor && muscle[strlen(muscle) - 1] == 'r';
}
static inline double oracle_factor(const oracle *o, int i, int strength)
{
    return oracle_weakened(o->m->muscle[i].name) ? oracle_strength[strength] : 1;
}

/* ---- the table ---- */

typedef struct oracle_worst {
    double error;
    double time;
    char where[80];
} oracle_worst;

static inline void oracle_note(oracle_worst *w, double error, double time, const char *where)
{
    if (!(error <= w->error)) { // a NaN is the worst there is
        w->error = error;
        w->time = time;
        snprintf(w->where, sizeof w->where, "%s", where);
    }
}

static inline void oracle_head(void)
{
    printf("%-14s %-34s %11s  %-36s %8s  %s\n", "case", "quantity", "largest", "where", "bar",
           "pass");
}

/* Print one row and hold it to `held`, which is the bar where that is met. */
static inline void oracle_row(const oracle *o, int strength, const char *quantity,
                              const oracle_worst *w, double bar, double held)
{
    char where[120], name[32];
    snprintf(name, sizeof name, "%s %g", o->walk->name, 100 * oracle_strength[strength]);
    snprintf(where, sizeof where, "%s %.4f s", w->where, w->time);
    printf("%-14s %-34s %11.3e  %-36s %8.1e  %s\n", name, quantity, w->error, where, bar,
           w->error <= bar    ? "yes"
           : w->error <= held ? "exception"
                              : "no");
    CHECK_NEAR(w->error, 0, 0, held);
}

#endif
