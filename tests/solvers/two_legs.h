/* two_legs.h - a small person for tests: pelvis and two mirrored legs with a coupled patella, one
 * cylinder under each calf muscle, eight muscles a side. */
#ifndef GENU_TESTS_TWO_LEGS_H
#define GENU_TESTS_TWO_LEGS_H

#include "models/leg.h"
#include "models/path.h"
#include "models/skeleton.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEGS_TILT = 2, LEGS_LIST = 3, LEGS_FIRST = 4, LEGS_PER_SIDE = 6, LEGS_MUSCLES = 8 };
/* coordinates of a side, from LEGS_FIRST + side LEGS_PER_SIDE on */
enum { LEGS_FLEXION, LEGS_ADDUCTION, LEGS_ROTATION, LEGS_KNEE, LEGS_PATELLA, LEGS_ANKLE };
enum { GLMED, PSOAS, ADD, HAMS, VASTI, GASTROC, TIBANT, SOLEUS };

static inline char *legs_name(const char *stem, int side)
{
    char name[40];
    snprintf(name, sizeof name, "%s%s", stem, side < 0 ? "" : side == GENU_RIGHT ? "_r" : "_l");
    return genu_strdup(name);
}

static inline int legs_body(genu_model *m, const char *stem, int side, int parent, double mass,
                            v3 com, v3 at)
{
    m->body = realloc(m->body, (size_t)(m->n_body + 1) * sizeof *m->body);
    genu_body *b = &m->body[m->n_body];
    *b = (genu_body){ .parent = parent, .mass = mass, .mass_center = com };
    b->name = legs_name(stem, side);
    b->joint.name = legs_name(stem, side);
    b->joint.type = genu_strdup("CustomJoint");
    b->inertia = (m3){ { { 0.02 * mass, 0, 0 }, { 0, 0.01 * mass, 0 }, { 0, 0, 0.015 * mass } } };
    b->joint.parent_frame = b->joint.child_frame = xform_identity();
    b->joint.parent_frame.p = at;
    return m->n_body++;
}

static inline int legs_coord(genu_model *m, const char *stem, int side, int body)
{
    m->coord = realloc(m->coord, (size_t)(m->n_coord + 1) * sizeof *m->coord);
    m->coord[m->n_coord] = (genu_coord){
        .name = legs_name(stem, side), .body = body, .lo = -3, .hi = 3, .leader = -1
    };
    return m->n_coord++;
}

/* value = c2 q^2 + c1 q + c0 */
static inline void legs_step(genu_model *m, int body, int rotation, v3 axis, int coord, double c2,
                             double c1, double c0)
{
    genu_err err = { 0 };
    genu_joint *j = &m->body[body].joint;
    genu_step *s = &j->step[j->n_step++];
    *s = (genu_step){ .rotation = rotation, .axis = v3_unit(axis), .coord = coord };
    CHECK_OK(genu_curve_polynomial(&s->f, 3, (double[]){ c2, c1, c0 }, &err), err);
}

/* Points: body, x, y, z of the right side. */
typedef struct legs_point {
    int body;
    v3 at;
} legs_point;

static inline int legs_muscle(genu_model *m, const char *stem, int side, double f_max, int n,
                              const legs_point *p, int wrap)
{
    double z = side == GENU_LEFT ? -1 : 1;
    m->muscle = realloc(m->muscle, (size_t)(m->n_muscle + 1) * sizeof *m->muscle);
    genu_muscle *u = &m->muscle[m->n_muscle];
    *u = (genu_muscle){ .name = legs_name(stem, side), .min_control = 0.01, .max_control = 1 };
    u->path.n_point = n;
    u->path.point = calloc((size_t)n, sizeof *u->path.point);
    for (int i = 0; i < n; i++)
        u->path.point[i] = (genu_point){ .name = genu_strdup("p"),
                                         .body = p[i].body,
                                         .location = { p[i].at.x, p[i].at.y, z * p[i].at.z } };
    if (wrap >= 0) {
        u->path.n_wrap = 1;
        u->path.wrap = calloc(1, sizeof *u->path.wrap);
        u->path.wrap[0] = (genu_path_wrap){ .object = wrap, .first = -1, .last = -1 };
    }
    u->hill = genu_hill_defaults(GENU_HILL_MILLARD);
    u->hill.f_max = f_max;
    u->hill.l_opt = 0.12;
    u->hill.l_slack = 0.1; // fitted to the path below
    u->hill.pennation = 0.1;
    return m->n_muscle++;
}

static inline void legs_side(genu_model *m, int side)
{
    double z = side == GENU_RIGHT ? 1 : -1;
    int femur =
        legs_body(m, "femur", side, 1, 9, (v3){ 0, -0.17, 0 }, (v3){ -0.06, -0.07, z * 0.08 });
    legs_step(m, femur, 1, (v3){ 0, 0, 1 }, legs_coord(m, "flexion", side, femur), 0, 1, 0);
    legs_step(m, femur, 1, (v3){ z, 0, 0 }, legs_coord(m, "adduction", side, femur), 0, 1, 0);
    legs_step(m, femur, 1, (v3){ 0, z, 0 }, legs_coord(m, "rotation", side, femur), 0, 1, 0);

    // as in older models the thigh's length is a step of the knee, not its place in the femur
    int tibia = legs_body(m, "tibia", side, femur, 3.5, (v3){ 0, -0.18, 0 }, (v3){ 0, 0, 0 });
    int knee = legs_coord(m, "knee", side, tibia);
    legs_step(m, tibia, 0, (v3){ 1, 0, 0 }, knee, -0.004, 0.006, 0);
    legs_step(m, tibia, 0, (v3){ 0, 1, 0 }, knee, 0.003, 0, -0.40);
    legs_step(m, tibia, 1, (v3){ 0, 0, 1 }, knee, 0, 1, 0);

    // slides on the femur and does not turn: its power is force times speed
    int patella =
        legs_body(m, "patella", side, femur, 0.1, (v3){ 0, 0, 0 }, (v3){ 0.05, -0.39, 0 });
    int slide = legs_coord(m, "slide", side, patella);
    legs_step(m, patella, 0, (v3){ 1, 0, 0 }, slide, -0.01, 0.02, 0);
    legs_step(m, patella, 0, (v3){ 0, 1, 0 }, slide, 0, 0.04, 0);
    m->coord[slide].leader = knee;
    genu_err err = { 0 };
    CHECK_OK(genu_curve_polynomial(&m->coord[slide].coupler, 3, (double[]){ 0.1, 0.9, 0 }, &err),
             err);

    int talus = legs_body(m, "talus", side, tibia, 0.1, (v3){ 0, 0, 0 }, (v3){ 0, -0.42, 0 });
    legs_step(m, talus, 1, (v3){ 0, z * 0.1, 1 }, legs_coord(m, "ankle", side, talus), 0, 1, 0);
    int calcn = legs_body(m, "calcn", side, talus, 1.1, (v3){ 0.08, 0.01, 0 },
                          (v3){ -0.05, -0.04, z * 0.008 });

    m->wrap = realloc(m->wrap, (size_t)(m->n_wrap + 1) * sizeof *m->wrap);
    m->wrap[m->n_wrap] = (genu_wrap_object){ .name = legs_name("condyles", side),
                                             .kind = GENU_WRAP_CYLINDER,
                                             .body = femur,
                                             .frame = { m3_identity(), { 0, -0.40, 0 } },
                                             .radius = { 0.03, 0, 0 },
                                             .length = 0.2,
                                             .active = 1 };
    int wrap = m->n_wrap++;
    legs_muscle(m, "glmed", side, 2500, 2,
                (legs_point[]){ { 1, { -0.05, 0.04, 0.13 } }, { femur, { -0.01, -0.02, 0.06 } } },
                -1);
    legs_muscle(m, "psoas", side, 2000, 3,
                (legs_point[]){ { 1, { -0.03, 0.08, 0.04 } },
                                { 1, { 0, -0.06, 0.07 } },
                                { femur, { 0, -0.05, 0.005 } } },
                -1);
    legs_muscle(m, "add", side, 1500, 2,
                (legs_point[]){ { 1, { -0.05, -0.12, 0.02 } }, { femur, { 0, -0.22, 0.02 } } }, -1);
    legs_muscle(m, "hams", side, 3000, 2,
                (legs_point[]){ { 1, { -0.12, -0.12, 0.06 } }, { tibia, { -0.03, -0.06, -0.01 } } },
                -1);
    legs_muscle(m, "vasti", side, 6000, 3,
                (legs_point[]){ { femur, { 0.03, -0.19, 0.02 } },
                                { patella, { 0.01, 0.02, 0.003 } },
                                { tibia, { 0.04, -0.06, 0.002 } } },
                -1);
    legs_muscle(
        m, "gastroc", side, 2200, 2,
        (legs_point[]){ { femur, { -0.028, -0.37, 0.02 } }, { calcn, { 0, 0.03, -0.005 } } }, wrap);
    legs_muscle(
        m, "tibant", side, 1200, 2,
        (legs_point[]){ { tibia, { 0.02, -0.15, 0.01 } }, { calcn, { 0.11, 0.02, -0.03 } } }, -1);
    legs_muscle(
        m, "soleus", side, 4000, 2,
        (legs_point[]){ { tibia, { -0.01, -0.14, 0.005 } }, { calcn, { 0, 0.03, -0.005 } } }, -1);
}

/* joined: one more muscle from the right thigh to the left one. */
static inline genu_model *two_legs(int joined)
{
    genu_err err = { 0 };
    genu_model *m = genu_model_new();
    int pelvis = legs_body(m, "pelvis", -1, 0, 45, (v3){ -0.05, 0.2, 0 }, (v3){ 0, 0, 0 });
    legs_step(m, pelvis, 0, (v3){ 1, 0, 0 }, legs_coord(m, "tx", -1, pelvis), 0, 1, 0);
    legs_step(m, pelvis, 0, (v3){ 0, 1, 0 }, legs_coord(m, "ty", -1, pelvis), 0, 1, 0);
    legs_step(m, pelvis, 1, (v3){ 0, 0, 1 }, legs_coord(m, "tilt", -1, pelvis), 0, 1, 0);
    legs_step(m, pelvis, 1, (v3){ 1, 0, 0 }, legs_coord(m, "list", -1, pelvis), 0, 1, 0);
    legs_side(m, GENU_RIGHT);
    legs_side(m, GENU_LEFT);
    if (joined)
        legs_muscle(m, "joiner", -1, 800, 2,
                    (legs_point[]){ { genu_find_body(m, "femur_r"), { 0, -0.1, 0 } },
                                    { genu_find_body(m, "femur_l"), { 0.01, -0.12, 0 } } },
                    -1);
    CHECK_OK(genu_model_validate(m, NULL, &err), err);
    genu_data *d = genu_data_new(m);
    genu_line line = { 0 };
    genu_skeleton_default(m, d);
    genu_skeleton_position(m, d);
    for (int i = 0; i < m->n_muscle; i++) {
        CHECK_INT(genu_path_line(m, d, &m->muscle[i].path, GENU_MODE_GENU, &line), GENU_OK);
        m->muscle[i].hill.l_slack = fmax(0.01, line.length - 0.12);
        m->muscle[i].hill.l_opt = fmin(0.12, line.length - 0.01);
        CHECK_OK(genu_hill_prepare(&m->muscle[i].hill, &err), err);
    }
    genu_data_free(d);
    return m;
}

#endif
