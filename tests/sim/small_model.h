/* small_model.h - the fixture of the motion, track and load tests: two bodies and six coordinates.
 *
 *   ground --(pelvis_tx, pelvis_ty, pelvis_tilt)--> pelvis
 *   pelvis --(knee_angle_r; knee_angle_r_beta follows it; mtp_angle_r is locked)--> calcn_r
 */
#ifndef GENU_TESTS_SMALL_MODEL_H
#define GENU_TESTS_SMALL_MODEL_H

#include "models/model.h"
#include "tests/testlib.h"

#include <stdlib.h>

enum { TX, TY, TILT, KNEE, BETA, MTP, N_SMALL };

static inline void small_body(genu_model *m, int b, const char *name, const char *joint)
{
    m->body[b] = (genu_body){ .name = genu_strdup(name), .parent = b - 1, .mass = 2 };
    m->body[b].inertia = m3_identity();
    m->body[b].joint.name = genu_strdup(joint);
    m->body[b].joint.type = genu_strdup("CustomJoint");
    m->body[b].joint.parent_frame = m->body[b].joint.child_frame = xform_identity();
}

static inline void small_coord(genu_model *m, int c, int body, const char *name, int rotation,
                               v3 axis)
{
    genu_err err = { 0 };
    genu_joint *j = &m->body[body].joint;
    genu_step *s = &j->step[j->n_step++];
    *s = (genu_step){ .rotation = rotation, .axis = axis, .coord = c };
    CHECK_OK(genu_curve_linear(&s->f, 1, 0, &err), err);
    m->coord[c] = (genu_coord){ .name = genu_strdup(name),
                                .body = body,
                                .motion = rotation ? GENU_ROTATION : GENU_TRANSLATION,
                                .lo = -10,
                                .hi = 10,
                                .leader = -1 };
}

static inline genu_model *small_model(void)
{
    genu_model *m = genu_model_new();
    genu_err err = { 0 };
    m->n_body = 3;
    m->body = realloc(m->body, 3 * sizeof *m->body);
    m->n_coord = N_SMALL;
    m->coord = calloc(N_SMALL, sizeof *m->coord);
    small_body(m, 1, "pelvis", "ground_pelvis");
    small_body(m, 2, "calcn_r", "knee_r");
    small_coord(m, TX, 1, "pelvis_tx", 0, (v3){ 1, 0, 0 });
    small_coord(m, TY, 1, "pelvis_ty", 0, (v3){ 0, 1, 0 });
    small_coord(m, TILT, 1, "pelvis_tilt", 1, (v3){ 0, 0, 1 });
    // a translation comes before the rotations of its joint
    small_coord(m, BETA, 2, "knee_angle_r_beta", 0, (v3){ 0, 1, 0 });
    small_coord(m, KNEE, 2, "knee_angle_r", 1, (v3){ 0, 0, 1 });
    small_coord(m, MTP, 2, "mtp_angle_r", 1, (v3){ 1, 0, 0 });

    m->coord[KNEE].clamped = 1;
    m->coord[KNEE].lo = 0;
    m->coord[KNEE].hi = 1.5;
    m->coord[KNEE].value = 0.2;
    m->coord[BETA].motion = GENU_COUPLED;
    m->coord[BETA].leader = KNEE;
    // beta = 0.01 knee^2 - 0.02 knee + 0.03
    const double coupler[3] = { 0.01, -0.02, 0.03 };
    CHECK_OK(genu_curve_polynomial(&m->coord[BETA].coupler, 3, coupler, &err), err);
    m->coord[MTP].locked = 1;
    m->coord[MTP].value = 0.1;
    CHECK_OK(genu_model_validate(m, NULL, &err), err);
    return m;
}

static inline double small_coupler(double knee)
{
    return 0.01 * knee * knee - 0.02 * knee + 0.03;
}

#endif
