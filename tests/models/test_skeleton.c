/* A pendulum and a two-link arm by hand; identities on a random tree. */
#include "models/skeleton.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add_body(genu_model *m, const char *name, int parent, double mass, v3 com, double I)
{
    m->body = realloc(m->body, (size_t)(m->n_body + 1) * sizeof *m->body);
    genu_body *b = &m->body[m->n_body++];
    *b = (genu_body){ 0 };
    b->name = genu_strdup(name);
    b->parent = parent;
    b->mass = mass;
    b->mass_center = com;
    b->inertia = (m3){ { { I, 0, 0 }, { 0, 2 * I, 0 }, { 0, 0, 3 * I } } };
    b->joint.name = genu_strdup(name);
    b->joint.type = genu_strdup("CustomJoint");
    b->joint.parent_frame = b->joint.child_frame = xform_identity();
}

static int add_coord(genu_model *m, const char *name, int body)
{
    m->coord = realloc(m->coord, (size_t)(m->n_coord + 1) * sizeof *m->coord);
    m->coord[m->n_coord] =
        (genu_coord){ .name = genu_strdup(name), .body = body, .lo = -10, .hi = 10, .leader = -1 };
    return m->n_coord++;
}

static void add_step(genu_model *m, int body, int rotation, v3 axis, int coord, int n,
                     const double *poly)
{
    genu_joint *j = &m->body[body].joint;
    genu_step *s = &j->step[j->n_step++];
    *s = (genu_step){ .rotation = rotation, .axis = v3_unit(axis), .coord = coord };
    genu_err err = { 0 };
    CHECK_OK(genu_curve_polynomial(&s->f, n, poly, &err), err);
}

static const double identity_poly[2] = { 1, 0 };

static void pendulum_follows_the_formula(void)
{
    genu_model *m = genu_model_new();
    double mass = 2, length = 0.7, I = 0.1;
    add_body(m, "bob", 0, mass, (v3){ 0, -length, 0 }, I);
    int c = add_coord(m, "angle", 1);
    add_step(m, 1, 1, (v3){ 0, 0, 1 }, c, 2, identity_poly);
    genu_err err = { 0 };
    CHECK_OK(genu_model_validate(m, NULL, &err), err);
    genu_data *d = genu_data_new(m);
    d->q[0] = 0.4, d->u[0] = 1.3, d->a[0] = -2.1;
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    genu_skeleton_acceleration(m, d);
    double tau;
    genu_skeleton_inverse_dynamics(m, d, NULL, &tau);
    // tau = (I_zz + m l^2) a + m g l sin q
    double want = (3 * I + mass * length * length) * -2.1 + mass * 9.80665 * length * sin(0.4);
    CHECK_NEAR(tau, want, 1e-14, 0);
    CHECK_NEAR(genu_skeleton_mass_center(m, d).x, length * sin(0.4), 1e-15, 0);
    genu_data_free(d);
    genu_model_free(m);
}

/* Six bodies in two branches, curved joints, several axes on one coordinate, one coupler. */
static genu_model *random_tree(unsigned long long *seed)
{
    genu_model *m = genu_model_new();
    int parent[] = { 0, 1, 2, 1, 4, 5 };
    for (int b = 1; b <= 6; b++) {
        char name[8] = { 'b', (char)('0' + b), 0 };
        v3 com = { test_random(seed, -.2, .2), test_random(seed, -.2, .2),
                   test_random(seed, -.2, .2) };
        add_body(m, name, parent[b - 1], test_random(seed, 0.5, 3), com,
                 test_random(seed, .01, .1));
        xform *P = &m->body[b].joint.parent_frame, *C = &m->body[b].joint.child_frame;
        P->p = (v3){ test_random(seed, -.3, .3), test_random(seed, -.3, .3), 0.1 };
        P->R = m3_xyz((v3){ test_random(seed, -1, 1), test_random(seed, -1, 1), 0.3 });
        C->p = (v3){ 0.02, test_random(seed, -.3, .3), 0.1 };
        C->R = m3_xyz((v3){ test_random(seed, -1, 1), 0.2, test_random(seed, -1, 1) });
        int c = add_coord(m, name, b);
        double cubic[4] = { 0.02, -0.1, 0.03, 0.01 }, line[2] = { 1, 0.1 };
        add_step(m, b, 0, (v3){ 1, 2, b }, c, 4, cubic);
        if (b == 1) {
            int c2 = add_coord(m, "tx", b);
            add_step(m, b, 0, (v3){ 0, 1, 0 }, c2, 2, identity_poly);
        }
        add_step(m, b, 1, (v3){ 0.3, 0.1, 1 }, c, 2, line);
        add_step(m, b, 1, (v3){ 1, 0.1 * b, 0 }, c, 4, cubic);
        if (b == 1 || b == 4) {
            int c3 = add_coord(m, "r3", b);
            m->coord[c3].name[1] = (char)('0' + b);
            add_step(m, b, 1, (v3){ 0, 1, 0.5 }, c3, 2, identity_poly);
        }
    }
    int leader = genu_find_coord(m, "b2"), follower = genu_find_coord(m, "b3");
    double coupler[3] = { 0.4, -0.8, 0.1 };
    genu_err err = { 0 };
    m->coord[follower].leader = leader;
    CHECK_OK(genu_curve_polynomial(&m->coord[follower].coupler, 3, coupler, &err), err);
    CHECK_OK(genu_model_validate(m, NULL, &err), err);
    return m;
}

static void pose(const genu_model *m, genu_data *d)
{
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    genu_skeleton_acceleration(m, d);
}

static void randomise(const genu_model *m, genu_data *d, unsigned long long *seed)
{
    for (int i = 0; i < m->n_coord; i++) {
        d->q[i] = test_random(seed, -1, 1);
        d->u[i] = test_random(seed, -2, 2);
        d->a[i] = test_random(seed, -5, 5);
    }
}

/* Motion of a body-fixed point by finite differences of position along q(t) = q + u t + a t^2/2. */
static void velocities_and_accelerations_are_derivatives(void)
{
    unsigned long long seed = 3;
    genu_model *m = random_tree(&seed);
    genu_data *d = genu_data_new(m), *e = genu_data_new(m);
    randomise(m, d, &seed);
    pose(m, d);
    v3 local = { 0.1, -0.2, 0.3 };
    double h = 1e-4;
    for (int b = 1; b < m->n_body; b++) {
        v3 x[3];
        for (int s = -1; s <= 1; s++) {
            double t = s * h;
            for (int i = 0; i < m->n_coord; i++)
                e->q[i] = d->q[i] + d->u[i] * t + 0.5 * d->a[i] * t * t;
            genu_skeleton_position(m, e);
            x[s + 1] = xform_point(e->X[b], local);
        }
        v3 p = xform_point(d->X[b], local);
        v3 v = sp6_point_velocity(d->v[b], p);
        v3 a = v3_add(sp6_point_velocity(d->acc[b], p), v3_cross(d->v[b].w, v));
        v3 v_fd = v3_scale(0.5 / h, v3_sub(x[2], x[0]));
        v3 a_fd = v3_scale(1 / (h * h), v3_add(v3_sub(x[2], x[1]), v3_sub(x[0], x[1])));
        // truncation h^2 times third and fourth derivatives, below 100 and 1000 here
        CHECK_NEAR(v3_distance(v, v_fd), 0, 0, 1e-6);
        CHECK_NEAR(v3_distance(a, a_fd), 0, 0, 1e-5);
    }
    genu_data_free(d);
    genu_data_free(e);
    genu_model_free(m);
}

static double energy(const genu_model *m, genu_data *d)
{
    double E = 0;
    for (int b = 1; b < m->n_body; b++) {
        const genu_body *body = &m->body[b];
        v3 c = xform_point(d->X[b], body->mass_center);
        v3 v = sp6_point_velocity(d->v[b], c), w = m3_tmul_v3(d->X[b].R, d->v[b].w);
        E += 0.5 * body->mass * v3_dot(v, v) + 0.5 * v3_dot(w, m3_mul_v3(body->inertia, w)) -
             body->mass * v3_dot(m->gravity, c);
    }
    return E;
}

/* Power of the generalised forces = rate of change of kinetic and potential energy. */
static void power_is_the_rate_of_energy(void)
{
    unsigned long long seed = 4;
    genu_model *m = random_tree(&seed);
    genu_data *d = genu_data_new(m), *e = genu_data_new(m);
    double tau[32], h = 1e-4, E[2];
    for (int trial = 0; trial < 10; trial++) {
        randomise(m, d, &seed);
        pose(m, d);
        genu_skeleton_inverse_dynamics(m, d, NULL, tau);
        double power = 0;
        for (int i = 0; i < m->n_coord; i++)
            power += tau[i] * d->u[i];
        for (int s = 0; s < 2; s++) {
            double t = s ? h : -h;
            for (int i = 0; i < m->n_coord; i++) {
                e->q[i] = d->q[i] + d->u[i] * t + 0.5 * d->a[i] * t * t;
                e->u[i] = d->u[i] + d->a[i] * t;
            }
            genu_skeleton_position(m, e);
            genu_skeleton_velocity(m, e);
            E[s] = energy(m, e);
        }
        CHECK_NEAR(power, (E[1] - E[0]) / (2 * h), 1e-6, 1e-4); // h^2 times the third derivative
    }
    genu_data_free(d);
    genu_data_free(e);
    genu_model_free(m);
}

/* tau is affine in a; its matrix is symmetric and positive definite. */
static void mass_matrix_is_symmetric_and_positive(void)
{
    unsigned long long seed = 5;
    genu_model *m = random_tree(&seed);
    genu_data *d = genu_data_new(m);
    int n = m->n_coord;
    double bias[32], M[32][32];
    randomise(m, d, &seed);
    memset(d->a, 0, (size_t)n * sizeof *d->a);
    pose(m, d);
    genu_skeleton_inverse_dynamics(m, d, NULL, bias);
    for (int j = 0; j < n; j++) {
        d->a[j] = 1;
        genu_skeleton_acceleration(m, d);
        genu_skeleton_inverse_dynamics(m, d, NULL, M[j]);
        for (int i = 0; i < n; i++)
            M[j][i] -= bias[i];
        d->a[j] = 0;
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            CHECK_NEAR(M[i][j], M[j][i], 0, 1e-12); // round-off of entries near 10
    for (int trial = 0; trial < 20; trial++) {
        double x[32], sum = 0;
        for (int i = 0; i < n; i++)
            x[i] = test_random(&seed, -1, 1);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                sum += x[i] * M[i][j] * x[j];
        CHECK_TRUE(sum > 0);
    }
    genu_data_free(d);
    genu_model_free(m);
}

/* A force at a point does the work of its generalised forces; gravity too. */
static void external_forces_project_by_virtual_work(void)
{
    unsigned long long seed = 6;
    genu_model *m = random_tree(&seed);
    genu_data *d = genu_data_new(m);
    sp6 force[8] = { 0 };
    double gen[32];
    randomise(m, d, &seed);
    pose(m, d);
    v3 p = xform_point(d->X[6], (v3){ 0.1, 0.2, 0.3 }), f = { 3, -4, 5 };
    force[6] = sp6_force_at(p, f);
    genu_skeleton_project(m, d, force, gen);
    double power = 0;
    for (int i = 0; i < m->n_coord; i++)
        power += gen[i] * d->u[i];
    CHECK_NEAR(power, v3_dot(f, sp6_point_velocity(d->v[6], p)), 1e-12, 0);
    genu_data_free(d);
    genu_model_free(m);
}

/* Folding keeps the power when the follower moves as its coupler asks. */
static void folding_keeps_power(void)
{
    unsigned long long seed = 7;
    genu_model *m = random_tree(&seed);
    genu_data *d = genu_data_new(m);
    randomise(m, d, &seed);
    genu_skeleton_couple(m, d);
    double gen[32], before = 0, after = 0;
    for (int i = 0; i < m->n_coord; i++) {
        gen[i] = test_random(&seed, -1, 1);
        before += gen[i] * d->u[i];
    }
    genu_skeleton_fold(m, d, gen);
    for (int i = 0; i < m->n_coord; i++)
        after += gen[i] * d->u[i];
    CHECK_NEAR(after, before, 1e-14, 1e-14);
    CHECK_NEAR(gen[genu_find_coord(m, "b3")], 0, 0, 0);
    genu_data_free(d);
    genu_model_free(m);
}

static void copies_share_nothing_and_compute_the_same(void)
{
    unsigned long long seed = 8;
    genu_model *m = random_tree(&seed), *copy;
    genu_err err = { 0 };
    CHECK_OK(genu_model_copy(&copy, m, &err), err);
    genu_data *d = genu_data_new(m);
    randomise(m, d, &seed);
    pose(m, d);
    double tau[32], again[32];
    genu_skeleton_inverse_dynamics(m, d, NULL, tau);
    genu_model_free(m);
    pose(copy, d);
    genu_skeleton_inverse_dynamics(copy, d, NULL, again);
    for (int i = 0; i < copy->n_coord; i++)
        CHECK_NEAR(again[i], tau[i], 0, 0);
    genu_data_free(d);
    genu_model_free(copy);
}

static void nothing_is_allocated_per_frame(void)
{
    unsigned long long seed = 9;
    genu_model *m = random_tree(&seed);
    genu_data *d = genu_data_new(m);
    double tau[32];
    long before = test_allocations();
    for (int i = 0; i < 1000; i++) {
        randomise(m, d, &seed);
        genu_skeleton_couple(m, d);
        pose(m, d);
        genu_skeleton_inverse_dynamics(m, d, NULL, tau);
        genu_skeleton_fold(m, d, tau);
    }
    CHECK_INT(test_allocations(), before);
    genu_data_free(d);
    genu_model_free(m);
}

static void validation_names_the_problem(void)
{
    unsigned long long seed = 10;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    genu_model *m = random_tree(&seed);
    m->body[3].mass = -2;
    m->coord[1].lo = 20;
    CHECK_FAILS(genu_model_validate(m, &notes, &err), GENU_E_RANGE, err,
                "body 'b3': mass is -2 kg");
    CHECK_INT(genu_notes_count(&notes, GENU_ERROR), 2);
    m->body[3].mass = 1;
    m->coord[1].lo = -20;
    m->body[2].parent = 2;
    CHECK_FAILS(genu_model_validate(m, NULL, &err), GENU_E_SHAPE, err, "body 'b2': its parent");
    m->body[2].parent = 1;
    int b2 = genu_find_coord(m, "b2"), b3 = genu_find_coord(m, "b3");
    m->coord[b2].leader = b3;
    CHECK_FAILS(genu_model_validate(m, NULL, &err), GENU_E_FORMAT, err, "coupled to itself");
    m->coord[b2].leader = -1;
    m->body[2].joint.step[0].axis = (v3){ 2, 0, 0 };
    CHECK_FAILS(genu_model_validate(m, NULL, &err), GENU_E_RANGE, err, "axis 0 has length 2");
    genu_notes_clear(&notes);
    genu_model_free(m);
    genu_model_free(NULL);
}

/* A custom joint without translations whose three rotations have slopes 1, 2, -3, driven by
 * coordinates a, b, c, and a body that hangs on it. */
static genu_model *three_axes(int a, int b, int c)
{
    genu_model *m = genu_model_new();
    genu_err err = { 0 };
    const v3 axis[3] = { { 1, 0, 0 }, { 0, 0, 1 }, { 0, 1, 0 } };
    const double slope[3] = { 1, 2, -3 }, none[1] = { 0 };
    const int coord[3] = { a, b, c };
    add_body(m, "thigh", 0, 1, (v3){ 0, -0.2, 0 }, 0.1);
    add_body(m, "shank", 1, 1, (v3){ 0, -0.2, 0 }, 0.1);
    for (int i = 0; i < 3; i++)
        add_coord(m, i == 0 ? "q0" : i == 1 ? "q1" : "q2", 1);
    for (int i = 0; i < 3; i++)
        add_step(m, 1, 0, axis[i], -1, 1, none);
    for (int i = 0; i < 3; i++) {
        const double line[2] = { slope[i], 0.1 * i };
        add_step(m, 1, 1, axis[i], coord[i], 2, line);
    }
    CHECK_OK(genu_model_validate(m, NULL, &err), err);
    return m;
}

/* Angular acceleration of the thigh in OpenSim less the right one; the shank's must be the same. */
static v3 opensim_excess(int a, int b, int c, sp6 S[3])
{
    genu_model *m = three_axes(a, b, c);
    genu_data *d = genu_data_new(m);
    for (int i = 0; i < 3; i++) {
        d->q[i] = 0.3 + 0.2 * i;
        d->u[i] = 1 + i;
        d->a[i] = 2 - i;
    }
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    genu_skeleton_acceleration(m, d);
    v3 right = d->acc[1].w, right_shank = d->acc[2].w;
    genu_skeleton_acceleration_opensim(m, d);
    v3 excess = v3_sub(d->acc[1].w, right);
    CHECK_NEAR(v3_distance(v3_sub(d->acc[2].w, right_shank), excess), 0, 0, 1e-14);
    memcpy(S, d->S + GENU_STEP_MAX + 3, 3 * sizeof *S);
    genu_data_free(d);
    genu_model_free(m);
    return excess;
}

static void opensim_carries_axes_along_by_coordinates(void)
{
    sp6 S[3];
    // one coordinate per axis, in order, as at a hip: right
    CHECK_NEAR(v3_norm(opensim_excess(0, 1, 2, S)), 0, 0, 0);
    // one coordinate for all three, u = 1, slopes 2 and -3: f2' f3' u^2 (e3 x e2)
    v3 excess = opensim_excess(0, 0, 0, S);
    CHECK_NEAR(v3_distance(excess, v3_scale(-6, v3_cross(S[2].w, S[1].w))), 0, 0, 1e-13);
    // the first two axes exchanged: the second is carried by itself instead of by the first
    excess = opensim_excess(1, 0, 2, S);
    CHECK_NEAR(v3_distance(excess, v3_scale(-2.0 * 2, v3_cross(S[0].w, S[1].w))), 0, 0, 1e-13);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(pendulum_follows_the_formula),
        TEST(velocities_and_accelerations_are_derivatives),
        TEST(power_is_the_rate_of_energy),
        TEST(mass_matrix_is_symmetric_and_positive),
        TEST(external_forces_project_by_virtual_work),
        TEST(folding_keeps_power),
        TEST(copies_share_nothing_and_compute_the_same),
        TEST(opensim_carries_axes_along_by_coordinates),
        TEST(nothing_is_allocated_per_frame),
        TEST(validation_names_the_problem),
        CU_TEST_INFO_NULL,
    };
    return test_main("skeleton", tests, argc, argv);
}
