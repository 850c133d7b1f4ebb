/* Joint reactions of two links on a hinge, by hand. */
#include "models/skeleton.h"
#include "solvers/reaction.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdlib.h>

/* In the plane x y, hinge H at (1, 0), link 1 along its x axis with 2 kg at 0.5 m; link 2, 1 kg in
 * a point, welded to it at 1 m. A muscle pulls the middle of link 1 towards (1.5, 1).
 *
 *              (1.5, 1)
 *                 |
 *     H-----------o-----------o
 *   (1, 0)      2 kg         1 kg        */
static const double REACH = 1, MIDDLE = 0.5, MASS_1 = 2, MASS_2 = 1, G = 9.80665;

static void name_body(genu_body *b, const char *name, int parent, v3 at, v3 mass_center,
                      double mass)
{
    *b = (genu_body){ .name = genu_strdup(name), .parent = parent, .mass = mass };
    b->mass_center = mass_center;
    b->joint.name = genu_strdup(name);
    b->joint.type = genu_strdup("PinJoint");
    b->joint.parent_frame = b->joint.child_frame = xform_identity();
    b->joint.parent_frame.p = at;
}

static genu_model *links(void)
{
    genu_err err = { 0 };
    genu_model *m = genu_model_new();
    m->body = realloc(m->body, 3 * sizeof *m->body);
    name_body(&m->body[1], "link", 0, (v3){ 1, 0, 0 }, (v3){ MIDDLE, 0, 0 }, MASS_1);
    name_body(&m->body[2], "end", 1, (v3){ REACH, 0, 0 }, (v3){ 0, 0, 0 }, MASS_2);
    m->n_body = 3;
    genu_step *step = &m->body[1].joint.step[0];
    *step = (genu_step){ .rotation = 1, .axis = { 0, 0, 1 }, .coord = 0 };
    CHECK_OK(genu_curve_linear(&step->f, 1, 0, &err), err);
    m->body[1].joint.n_step = 1;
    m->coord = calloc(1, sizeof *m->coord);
    m->coord[0] = (genu_coord){ .name = genu_strdup("angle"), .body = 1, .leader = -1 };
    m->n_coord = 1;
    m->muscle = calloc(1, sizeof *m->muscle);
    m->muscle[0].name = genu_strdup("muscle");
    genu_point *p = calloc(2, sizeof *p);
    p[0] = (genu_point){ .name = genu_strdup("from"), .location = { 1.5, 1, 0 } };
    p[1] = (genu_point){ .name = genu_strdup("to"), .body = 1, .location = { MIDDLE, 0, 0 } };
    m->muscle[0].path = (genu_path){ .n_point = 2, .point = p };
    m->n_muscle = 1;
    return m;
}

/* Wrenches in the pose q with speed u and acceleration a. */
static void compute(const genu_model *m, genu_data *d, double q, double u, double a,
                    const sp6 *external, double force, sp6 *w)
{
    d->q[0] = q;
    d->u[0] = u;
    d->a[0] = a;
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    genu_skeleton_acceleration(m, d);
    CHECK_INT(genu_reaction_compute(m, d, GENU_MODE_GENU, external, &force, w), GENU_OK);
}

static void check_v3(v3 got, double x, double y, double z)
{
    CHECK_NEAR(got.x, x, 1e-14, 1e-13);
    CHECK_NEAR(got.y, y, 1e-14, 1e-13);
    CHECK_NEAR(got.z, z, 1e-14, 1e-13);
}

/* At rest and level: the hinge carries both weights less the muscle's pull of 7 N; the weld only
 * the weight beyond it. */
static void weights_hang_on_their_joints(void)
{
    genu_model *m = links();
    genu_data *d = genu_data_new(m);
    sp6 w[3];
    compute(m, d, 0, 0, 0, NULL, 7, w);
    genu_reaction hinge = genu_reaction_at(d, w, 1, 0), weld = genu_reaction_at(d, w, 2, 0);
    check_v3(hinge.point, 1, 0, 0);
    check_v3(hinge.force, 0, (MASS_1 + MASS_2) * G - 7, 0);
    check_v3(hinge.moment, 0, 0, MIDDLE * (MASS_1 * G - 7) + REACH * MASS_2 * G);
    check_v3(weld.point, 2, 0, 0);
    check_v3(weld.force, 0, MASS_2 * G, 0);
    check_v3(weld.moment, 0, 0, 0);
    genu_data_free(d);
    genu_model_free(m);
}

/* Turning, lifted by external forces that balance the weights: what is left is centripetal along
 * the link and tangential across it, seen in the link's axes and in ground. */
static void turning_pulls_inward(void)
{
    genu_model *m = links();
    genu_data *d = genu_data_new(m);
    sp6 w[3], external[3] = { { { 0, 0, 0 }, { 0, 0, 0 } } };
    double q = 0.4, u = 3, a = 5, c = cos(q), s = sin(q);
    external[1] = sp6_force_at((v3){ 1 + MIDDLE * c, MIDDLE * s, 0 }, (v3){ 0, MASS_1 * G, 0 });
    external[2] = sp6_force_at((v3){ 1 + REACH * c, REACH * s, 0 }, (v3){ 0, MASS_2 * G, 0 });
    compute(m, d, q, u, a, external, 0, w);
    double first = MASS_1 * MIDDLE + MASS_2 * REACH;
    double second = MASS_1 * MIDDLE * MIDDLE + MASS_2 * REACH * REACH;
    genu_reaction own = genu_reaction_at(d, w, 1, 1), ground = genu_reaction_at(d, w, 1, 0);
    check_v3(own.force, -first * u * u, first * a, 0);
    check_v3(own.moment, 0, 0, second * a);
    check_v3(ground.force, -first * (u * u * c + a * s), first * (a * c - u * u * s), 0);
    check_v3(ground.moment, 0, 0, second * a);
    genu_data_free(d);
    genu_model_free(m);
}

static void never_allocates(void)
{
    genu_model *m = links();
    genu_data *d = genu_data_new(m);
    sp6 w[3];
    long before = test_allocations();
    compute(m, d, 0.1, 1, 1, NULL, 5, w);
    CHECK_INT(test_allocations() - before, 0);
    genu_data_free(d);
    genu_model_free(m);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(weights_hang_on_their_joints),
        TEST(turning_pulls_inward),
        TEST(never_allocates),
        CU_TEST_INFO_NULL,
    };
    return test_main("reaction", tests, argc, argv);
}
