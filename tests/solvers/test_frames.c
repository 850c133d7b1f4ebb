/* Joint contact against momentum balances by finite differences, statics in closed form, moment
 * balance by virtual work, mirror and bow. */
#include "models/osim.h"
#include "solvers/frames.h"
#include "solvers/reaction.h"
#include "tests/solvers/two_legs.h"

static genu_err err;

/* --- momentum of a subtree by differences of poses --------------------------------------- */

/* A motion q + u t + a t^2 / 2 of the independent coordinates, the others coupled. */
typedef struct course {
    const genu_model *m;
    genu_data *d;
    const double *q, *u, *a;
} course;

static void at_time(const course *c, double t)
{
    for (int i = 0; i < c->m->n_coord; i++) {
        c->d->q[i] = c->q[i] + c->u[i] * t + 0.5 * c->a[i] * t * t;
        c->d->u[i] = c->d->a[i] = 0;
    }
    genu_skeleton_couple(c->m, c->d);
    genu_skeleton_position(c->m, c->d);
}

static int outboard(const genu_model *m, int root, int b)
{
    while (b > root)
        b = m->body[b].parent;
    return b == root;
}

static const double weight4[5] = { 1 / 12., -8 / 12., 0, 8 / 12., -1 / 12. }; // O(h^4) slope

/* Linear and angular momentum about the ground's origin of body b and all outboard of it. */
static sp6 momentum(const course *c, int root, double t)
{
    const double h = 1e-3;
    const genu_model *m = c->m;
    xform X[5][64];
    for (int k = 0; k < 5; k++) {
        at_time(c, t + (k - 2) * h);
        memcpy(X[k], c->d->X, (size_t)m->n_body * sizeof **X);
    }
    sp6 sum = sp6_zero();
    for (int b = root; b < m->n_body; b++) {
        if (!outboard(m, root, b))
            continue;
        const genu_body *body = &m->body[b];
        v3 v = { 0, 0, 0 };
        m3 dR = { 0 };
        for (int k = 0; k < 5; k++) {
            v = v3_axpy(weight4[k] / h, xform_point(X[k][b], body->mass_center), v);
            for (int i = 0; i < 9; i++)
                dR.m[i / 3][i % 3] += weight4[k] / h * X[k][b].R.m[i / 3][i % 3];
        }
        m3 W = m3_mul(dR, m3_transpose(X[2][b].R)); // skew matrix of the angular velocity
        v3 w = { W.m[2][1], W.m[0][2], W.m[1][0] };
        m3 R = X[2][b].R;
        v3 spin = m3_mul_v3(R, m3_mul_v3(body->inertia, m3_tmul_v3(R, w)));
        v3 p = v3_scale(body->mass, v);
        spin = v3_add(spin, v3_cross(xform_point(X[2][b], body->mass_center), p));
        sum = sp6_add(sum, (sp6){ spin, p });
    }
    return sum;
}

/* What the joint of body `root` must put on it (force; moment about the ground's origin). */
static sp6 free_body(const course *c, int root, genu_mode mode, const sp6 *external,
                     const double *force)
{
    const double h = 1e-3;
    const genu_model *m = c->m;
    sp6 sum = sp6_zero();
    for (int k = 0; k < 5; k++)
        if (k != 2)
            sum = sp6_axpy(weight4[k] / h, momentum(c, root, (k - 2) * h), sum);
    at_time(c, 0);
    for (int b = root; b < m->n_body; b++)
        if (outboard(m, root, b)) {
            v3 com = xform_point(c->d->X[b], m->body[b].mass_center);
            v3 g = v3_scale(m->body[b].mass, m->gravity);
            sum = sp6_sub(sum, (sp6){ v3_cross(com, g), g });
            sum = sp6_sub(sum, external[b]);
        }
    genu_line line = { 0 };
    for (int i = 0; i < m->n_muscle; i++) {
        CHECK_INT(genu_path_line(m, c->d, &m->muscle[i].path, mode, &line), GENU_OK);
        for (int k = 0; k + 1 < line.n; k++) {
            const genu_node *p = &line.node[k], *q = &line.node[k + 1];
            int in = outboard(m, root, p->body), out = outboard(m, root, q->body);
            if (in == out)
                continue;
            v3 from = in ? p->p : q->p, to = in ? q->p : p->p;
            v3 pull = v3_scale(force[i] / v3_distance(from, to), v3_sub(to, from));
            sum = sp6_sub(sum, (sp6){ v3_cross(from, pull), pull });
        }
    }
    return sum;
}

static void check3(const double *actual, v3 expected, double atol)
{
    CHECK_NEAR(actual[0], expected.x, 0, atol);
    CHECK_NEAR(actual[1], expected.y, 0, atol);
    CHECK_NEAR(actual[2], expected.z, 0, atol);
}

/* One random state of a model: contact of both sides against the balances. */
static void check_state(const genu_model *m, genu_data *d, const double *q, const double *u,
                        const double *a, genu_mode mode, const sp6 *external,
                        unsigned long long *seed, double atol)
{
    genu_frames *f;
    genu_frames_settings settings = { .mode = mode,
                                      .n_side = 2,
                                      .side = { GENU_RIGHT, GENU_LEFT },
                                      .plateau = { 0.04, 0.003, -0.02 } };
    size_t n = (size_t)m->n_coord;
    double force[200], c[GENU_N_CONTACT];
    if (!CHECK_OK(genu_frames_new(&f, m, 2, &settings, &err), err))
        return;
    for (int i = 0; i < m->n_muscle; i++)
        force[i] = test_random(seed, 0, 1000);
    for (size_t i = 0; i < n; i++) {
        d->q[i] = q[i];
        d->u[i] = u[i];
        d->a[i] = a[i];
    }
    genu_skeleton_couple(m, d);
    memcpy(f->q + n, d->q, n * sizeof *q);
    memcpy(f->u + n, d->u, n * sizeof *q);
    memcpy(f->a + n, d->a, n * sizeof *q);
    CHECK_OK(genu_frames_compute(f, m, d, 1, external, &err), err); // not the first slot
    course path = { m, d, q, u, a };
    for (int s = 0; s < 2; s++) {
        const genu_leg *leg = &f->leg[s];
        genu_frames_contact(f, 1, s, force, c);
        sp6 w = free_body(&path, leg->tibia, mode, external, force);
        xform X = d->X[leg->tibia];
        v3 centre = xform_point(X, (v3){ 0, -0.02, s == 0 ? 0.003 : -0.003 });
        check3(c + GENU_CONTACT_KNEE_FORCE, m3_tmul_v3(X.R, w.v), atol);
        check3(c + GENU_CONTACT_KNEE_MOMENT, m3_tmul_v3(X.R, v3_sub(w.w, v3_cross(centre, w.v))),
               atol);
        int body[3] = { leg->femur, leg->talus, leg->patella };
        int row[3] = { GENU_CONTACT_HIP, GENU_CONTACT_ANKLE, GENU_CONTACT_PATELLA };
        for (int k = 0; k < 3; k++) {
            if (body[k] < 0)
                continue;
            w = free_body(&path, body[k], mode, external, force);
            check3(c + row[k], m3_tmul_v3(d->X[body[k]].R, w.v), atol);
        }
    }
    genu_frames_free(f);
}

static void push_feet(const genu_model *m, sp6 *external, unsigned long long *seed)
{
    for (int s = 0; s < 2; s++) {
        v3 p = { test_random(seed, -.2, .2), test_random(seed, -1, 0), test_random(seed, -.2, .2) };
        v3 f = { test_random(seed, -100, 100), test_random(seed, 0, 900), 40 };
        external[genu_find_body(m, s ? "calcn_l" : "calcn_r")] = sp6_force_at(p, f);
    }
}

static void contact_balances_the_momentum_by_hand(void)
{
    unsigned long long seed = 7;
    genu_model *m = two_legs(1);
    genu_data *d = genu_data_new(m);
    double q[40], u[40], a[40];
    for (int trial = 0; trial < 4; trial++) {
        sp6 external[64] = { 0 };
        for (int i = 0; i < m->n_coord; i++) {
            q[i] = test_random(&seed, -0.5, 0.5);
            u[i] = test_random(&seed, -2, 2);
            a[i] = test_random(&seed, -10, 10);
        }
        push_feet(m, external, &seed);
        // differences of 1e-3 s: 1e-12 times fifth derivatives, round-off 1e-16 / 1e-6 times 60 kg
        check_state(m, d, q, u, a, GENU_MODE_GENU, external, &seed, 1e-6);
    }
    genu_data_free(d);
    genu_model_free(m);
}

static void check_reference(const char *name)
{
    const char *path = test_reference(name);
    if (!path)
        return;
    size_t n;
    unsigned long long seed = 3;
    char *text = test_read_file(path, &n);
    genu_model *m = NULL;
    if (CHECK_OK(genu_osim_read(text, n, name, &m, NULL, &err), err)) {
        genu_data *d = genu_data_new(m);
        double *q = calloc(3 * (size_t)m->n_coord, sizeof *q), *u = q + m->n_coord,
               *a = u + m->n_coord;
        sp6 external[64] = { 0 };
        genu_skeleton_default(m, d);
        for (int i = 0; i < m->n_coord; i++) {
            q[i] = d->q[i] + 0.08;
            u[i] = test_random(&seed, -1, 1);
            a[i] = test_random(&seed, -5, 5);
        }
        push_feet(m, external, &seed);
        // 3e-9 here; more where a knot of a knee spline lies within the differences
        check_state(m, d, q, u, a, GENU_MODE_GENU, external, &seed, 1e-6);
        // at rest: moving, that mode takes OpenSim's accelerations, which are no momentum's
        memset(u, 0, 2 * (size_t)m->n_coord * sizeof *u);
        check_state(m, d, q, u, a, GENU_MODE_OPENSIM, external, &seed, 1e-6);
        free(q);
        genu_data_free(d);
    }
    free(text);
    genu_model_free(m);
}

static void contact_balances_the_momentum_of_reference_models(void)
{
    check_reference("models/RajagopalLaiUhlrich2023.osim");
    check_reference("models/Rajagopal2016.osim");
}

/* --- one leg, standing ------------------------------------------------------------------- */

/* The whole weight on the right foot, the left leg in the air: what the knee carries is the weight
 * of all but shank and foot; the line of the ground's push passes `z` beside its centre. */
static void standing_on_one_leg_in_closed_form(void)
{
    genu_model *m = two_legs(0);
    genu_data *d = genu_data_new(m);
    double none[20] = { 0 }, c[GENU_N_CONTACT], g = 9.80665, mass = genu_model_mass(m);
    for (int s = 0; s < 2; s++) {
        genu_frames *f;
        genu_frames_settings settings = { .n_side = 1, .side = { (genu_side)s } };
        settings.plateau = genu_plateau_defaults();
        CHECK_OK(genu_frames_new(&f, m, 1, &settings, &err), err);
        double out = s == GENU_RIGHT ? 1 : -1, medial = 0.05;
        v3 foot = { -0.06, -0.9, out * (0.08 - medial) }; // 5 cm to the inside of the knee
        sp6 external[20] = { 0 };
        external[f->leg[0].foot] = sp6_force_at(foot, (v3){ 0, mass * g, 0 });
        CHECK_OK(genu_frames_compute(f, m, d, 0, external, &err), err);
        genu_frames_contact(f, 0, 0, none, c);
        genu_compartments k = genu_plateau_share(&settings.plateau, (genu_side)s, v3_of(c),
                                                 v3_of(c + GENU_CONTACT_KNEE_MOMENT));
        double shank = 3.5 + 0.1 + 1.1;
        CHECK_NEAR(k.compression, (mass - shank) * g, 1e-13, 0);
        // the foot hangs 8 mm to the outside
        CHECK_NEAR(k.frontal_moment, -mass * g * medial - 1.1 * g * 0.008, 1e-12, 0);
        CHECK_NEAR(k.medial, (mass - shank) * g, 1e-13, 0); // lateral side lifts off
        CHECK_NEAR(k.soft_tissue, k.frontal_moment + 0.02 * k.compression, 1e-12, 0);
        CHECK_NEAR(c[GENU_CONTACT_ANKLE + 1], -(mass - 1.2) * g, 1e-13, 0);
        CHECK_NEAR(c[GENU_CONTACT_HIP + 1], -(mass - shank - 9.1) * g, 1e-13, 0);
        CHECK_NEAR(c[GENU_CONTACT_PATELLA + 1], 0.1 * g, 1e-13, 0); // carries the patella
        genu_frames_free(f);
    }
    genu_data_free(d);
    genu_model_free(m);
}

/* --- virtual work ------------------------------------------------------------------------ */

/* What muscles leave of the knee's moment is what the contact does on the knee's free motion. */
static void contact_works_as_the_rest_of_the_moment(void)
{
    unsigned long long seed = 11;
    genu_model *m = two_legs(0);
    genu_data *d = genu_data_new(m);
    genu_frames_settings settings = { .n_side = 2, .side = { GENU_RIGHT, GENU_LEFT } };
    settings.plateau = genu_plateau_defaults();
    genu_frames *f;
    CHECK_OK(genu_frames_new(&f, m, 1, &settings, &err), err);
    for (int i = 0; i < m->n_coord; i++) {
        d->q[i] = test_random(&seed, -0.5, 0.5);
        d->u[i] = test_random(&seed, -1, 1);
        d->a[i] = test_random(&seed, -5, 5);
    }
    genu_skeleton_couple(m, d);
    size_t bytes = (size_t)m->n_coord * sizeof *d->q;
    memcpy(f->q, d->q, bytes);
    memcpy(f->u, d->u, bytes);
    memcpy(f->a, d->a, bytes);
    sp6 external[20] = { 0 };
    push_feet(m, external, &seed);
    CHECK_OK(genu_frames_compute(f, m, d, 0, external, &err), err);
    CHECK_INT(f->n_dof, m->n_coord - 2);
    double force[20], c[GENU_N_CONTACT];
    for (int i = 0; i < m->n_muscle; i++)
        force[i] = test_random(&seed, 0, 1000);
    for (int s = 0; s < 2; s++) {
        const genu_leg *leg = &f->leg[s];
        int knee = LEGS_FIRST + s * LEGS_PER_SIDE + LEGS_KNEE, j = 0;
        while (f->dof[j] != knee)
            j++;
        double rest = f->target[j];
        for (int i = 0; i < m->n_muscle; i++)
            rest -= f->arm[i * f->n_dof + j] * force[i];
        genu_frames_contact(f, 0, s, force, c);
        memset(d->u, 0, bytes);
        d->u[knee] = 1;
        genu_skeleton_couple(m, d);
        genu_skeleton_velocity(m, d);
        sp6 turn = sp6_sub(d->v[leg->tibia], d->v[leg->femur]);
        xform X = d->X[leg->tibia], P = d->X[leg->patella];
        v3 centre = xform_point(X, genu_plateau_center(&settings.plateau, (genu_side)s));
        double work = v3_dot(m3_mul_v3(X.R, v3_of(c)), sp6_point_velocity(turn, centre)) +
                      v3_dot(m3_mul_v3(X.R, v3_of(c + GENU_CONTACT_KNEE_MOMENT)), turn.w);
        v3 slide = sp6_point_velocity(sp6_sub(d->v[leg->patella], d->v[leg->femur]), P.p);
        work += v3_dot(m3_mul_v3(P.R, v3_of(c + GENU_CONTACT_PATELLA)), slide);
        CHECK_NEAR(work, rest, 1e-11, 1e-11);
    }
    genu_frames_free(f);
    genu_data_free(d);
    genu_model_free(m);
}

static void symmetric_pose_gives_mirrored_contact(void)
{
    unsigned long long seed = 5;
    genu_model *m = two_legs(0);
    genu_data *d = genu_data_new(m);
    genu_frames_settings settings = { .n_side = 2, .side = { GENU_LEFT, GENU_RIGHT } };
    settings.plateau = (genu_plateau){ 0.05, 0.004, -0.02 };
    genu_frames *f;
    CHECK_OK(genu_frames_new(&f, m, 1, &settings, &err), err);
    for (int i = 0; i < LEGS_FIRST + LEGS_PER_SIDE; i++) {
        d->q[i] = i == LEGS_LIST ? 0 : test_random(&seed, -0.4, 0.4);
        d->u[i] = i == LEGS_LIST ? 0 : test_random(&seed, -1, 1);
        d->a[i] = i == LEGS_LIST ? 0 : test_random(&seed, -5, 5);
    }
    for (int i = LEGS_FIRST; i < LEGS_FIRST + LEGS_PER_SIDE; i++) {
        d->q[i + LEGS_PER_SIDE] = d->q[i];
        d->u[i + LEGS_PER_SIDE] = d->u[i];
        d->a[i + LEGS_PER_SIDE] = d->a[i];
    }
    genu_skeleton_couple(m, d);
    size_t bytes = (size_t)m->n_coord * sizeof *d->q;
    memcpy(f->q, d->q, bytes);
    memcpy(f->u, d->u, bytes);
    memcpy(f->a, d->a, bytes);
    sp6 external[20] = { 0 };
    external[f->leg[0].foot] = sp6_force_at((v3){ 0.1, -0.9, -0.07 }, (v3){ 30, 400, -20 });
    external[f->leg[1].foot] = sp6_force_at((v3){ 0.1, -0.9, 0.07 }, (v3){ 30, 400, 20 });
    CHECK_OK(genu_frames_compute(f, m, d, 0, external, &err), err);
    double force[20], c[2][GENU_N_CONTACT];
    for (int i = 0; i < LEGS_MUSCLES; i++)
        force[i] = force[i + LEGS_MUSCLES] = test_random(&seed, 0, 800);
    genu_compartments k[2];
    for (int s = 0; s < 2; s++) {
        genu_frames_contact(f, 0, s, force, c[s]);
        k[s] = genu_plateau_share(&settings.plateau, settings.side[s], v3_of(c[s]),
                                  v3_of(c[s] + GENU_CONTACT_KNEE_MOMENT));
    }
    CHECK_TRUE(k[0].compression > 100);
    CHECK_NEAR(k[0].medial, k[1].medial, 1e-12, 1e-9);
    CHECK_NEAR(k[0].lateral, k[1].lateral, 1e-12, 1e-9);
    CHECK_NEAR(k[0].frontal_moment, k[1].frontal_moment, 1e-12, 1e-9);
    for (int r = 0; r < GENU_N_CONTACT; r += 3) {
        double z = r == GENU_CONTACT_KNEE_MOMENT ? -1 : 1; // axial vectors mirror the other way
        CHECK_NEAR(c[0][r], z * c[1][r], 1e-12, 1e-9);
        CHECK_NEAR(c[0][r + 1], z * c[1][r + 1], 1e-12, 1e-9);
        CHECK_NEAR(c[0][r + 2], -z * c[1][r + 2], 1e-12, 1e-9);
    }
    genu_frames_free(f);
    genu_data_free(d);
    genu_model_free(m);
}

/* --- bow --------------------------------------------------------------------------------- */

/* Hip, knee and foot of one side, straight. */
static void straight(const genu_model *m, genu_side side, v3 *hip, v3 *knee, xform *foot)
{
    genu_leg leg;
    genu_data *d = genu_data_new(m);
    CHECK_OK(genu_leg_find(m, side, &leg, &err), err);
    genu_skeleton_default(m, d);
    for (int i = 0; i < m->n_coord; i++)
        d->q[i] = 0;
    genu_skeleton_couple(m, d);
    genu_skeleton_position(m, d);
    *hip = d->X[leg.femur].p;
    *knee = d->X[leg.tibia].p;
    *foot = d->X[leg.foot];
    genu_data_free(d);
}

/* turned: what the foot may turn; the knees of some models twist by 1e-4 rad when straight. */
static void check_bow(genu_model *m, double varus, double turned)
{
    for (int s = 0; s < 2; s++) {
        v3 hip[2], knee[2];
        xform foot[2];
        double out = s == GENU_RIGHT ? 1 : -1;
        straight(m, (genu_side)s, &hip[0], &knee[0], &foot[0]);
        CHECK_OK(genu_leg_bow(m, (genu_side)s, varus, &err), err);
        straight(m, (genu_side)s, &hip[1], &knee[1], &foot[1]);
        double length = v3_distance(hip[0], foot[0].p);
        CHECK_NEAR(v3_distance(hip[0], hip[1]), 0, 0, 1e-15);
        // what is left is of second order: the bowed leg is shorter
        CHECK_NEAR(v3_distance(foot[0].p, foot[1].p), 0, 0, length * varus * varus / 4 + 1e-15);
        for (int i = 0; i < 9; i++)
            CHECK_NEAR(foot[1].R.m[i / 3][i % 3], foot[0].R.m[i / 3][i % 3], 0, turned);
        double thigh = v3_distance(hip[0], knee[0]), moved = out * (knee[1].z - knee[0].z);
        CHECK_NEAR(moved, varus * thigh * (1 - thigh / length), 0.1, 1e-12);
    }
}

static void bowed_leg_keeps_hip_and_foot(void)
{
    double varus[3] = { 0, 0.0523, -0.0523 };
    for (int i = 0; i < 3; i++) {
        genu_model *m = two_legs(0);
        check_bow(m, varus[i], 1e-15);
        genu_model_free(m);
    }
}

static void reference_leg_keeps_hip_and_foot(void)
{
    const char *names[] = { "models/RajagopalLaiUhlrich2023.osim",
                            "models/gait2392_thelen2003muscle.osim",
                            "models/gait10dof18musc.osim" };
    for (int i = 0; i < 3; i++) {
        const char *path = test_reference(names[i]);
        size_t n;
        if (!path)
            return;
        char *text = test_read_file(path, &n);
        genu_model *m = NULL;
        if (CHECK_OK(genu_osim_read(text, n, names[i], &m, NULL, &err), err))
            check_bow(m, 0.03, 1e-6);
        free(text);
        genu_model_free(m);
    }
}

/* Standing on the right leg, without muscles: 3 degrees of bow move the load inward, knock knees
 * outward, by the way the centre of the knee goes. */
static void bow_moves_the_load_to_the_inside(void)
{
    double moment[3], varus[3] = { -0.0523, 0, 0.0523 }, none[20] = { 0 };
    for (int i = 0; i < 3; i++) {
        genu_model *m = two_legs(0);
        CHECK_OK(genu_leg_bow(m, GENU_RIGHT, varus[i], &err), err);
        genu_data *d = genu_data_new(m);
        genu_frames_settings settings = { .n_side = 1, .side = { GENU_RIGHT } };
        settings.plateau = genu_plateau_defaults();
        genu_frames *f;
        CHECK_OK(genu_frames_new(&f, m, 1, &settings, &err), err);
        sp6 external[20] = { 0 };
        double c[GENU_N_CONTACT], weight = genu_model_mass(m) * 9.80665;
        external[f->leg[0].foot] = sp6_force_at((v3){ -0.06, -0.9, 0.08 }, (v3){ 0, weight, 0 });
        CHECK_OK(genu_frames_compute(f, m, d, 0, external, &err), err);
        genu_frames_contact(f, 0, 0, none, c);
        moment[i] = genu_plateau_share(&settings.plateau, GENU_RIGHT, v3_of(c),
                                       v3_of(c + GENU_CONTACT_KNEE_MOMENT))
                        .frontal_moment /
                    weight;
        genu_frames_free(f);
        genu_data_free(d);
        genu_model_free(m);
    }
    double way = 0.0523 * 0.40 * 0.46 / 0.86; // of the knee; its centre 2.5 cm lower goes less
    CHECK_NEAR(moment[2] - moment[1], -way, 0.15, 0);
    CHECK_NEAR(moment[0] - moment[1], way, 0.15, 0);
}

/* ... by the sum of muscle columns, and muscle by muscle (reaction.h): two roads to one wrench. */
static void reactions_are_those_of_the_whole(void)
{
    unsigned long long seed = 5;
    genu_model *m = two_legs(0);
    genu_data *d = genu_data_new(m);
    genu_frames *f;
    int tibia = genu_find_body(m, "tibia_r"), femur = genu_find_body(m, "femur_l");
    const genu_frames_joint joint[] = { { tibia, 0, 0 }, { tibia, 1, tibia }, { femur, 0, tibia } };
    genu_frames_settings settings = {
        .n_side = 1, .plateau = genu_plateau_defaults(), .n_joint = 3, .joint = joint
    };
    CHECK_OK(genu_frames_new(&f, m, 2, &settings, &err), err);
    double force[64];
    sp6 external[20] = { 0 }, w[20];
    for (int i = 0; i < m->n_muscle; i++)
        force[i] = test_random(&seed, 0, 800);
    for (int i = 0; i < m->n_coord; i++) {
        f->q[m->n_coord + i] = test_random(&seed, -0.3, 0.3);
        f->u[m->n_coord + i] = test_random(&seed, -2, 2);
        f->a[m->n_coord + i] = test_random(&seed, -9, 9);
    }
    push_feet(m, external, &seed);
    CHECK_OK(genu_frames_compute(f, m, d, 1, external, &err), err);
    CHECK_INT(genu_reaction_compute(m, d, GENU_MODE_GENU, external, force, w), GENU_OK);
    for (int j = 0; j < 3; j++) {
        double r[6], sign = joint[j].on_parent ? -1 : 1;
        genu_reaction whole = genu_reaction_at(d, w, joint[j].body, joint[j].axes);
        genu_frames_reaction(f, 1, j, force, r);
        check3(r, v3_scale(sign, whole.force), 1e-9);      // of some 1e3 N
        check3(r + 3, v3_scale(sign, whole.moment), 1e-9); // of some 1e2 Nm
        check3(f->joint_point + 9 + 3 * j, whole.point, 0);
    }
    genu_frames_free(f);
    genu_data_free(d);
    genu_model_free(m);
}

static void what_is_not_finite_is_refused(void)
{
    genu_model *m = two_legs(0);
    genu_data *d = genu_data_new(m);
    genu_frames_settings settings = { .n_side = 1, .side = { GENU_RIGHT } };
    settings.plateau = genu_plateau_defaults();
    genu_frames *f;
    CHECK_OK(genu_frames_new(&f, m, 1, &settings, &err), err);
    f->a[LEGS_FIRST + LEGS_KNEE] = NAN;
    CHECK_FAILS(genu_frames_compute(f, m, d, 0, NULL, &err), GENU_E_RANGE, err,
                "joint moment is not finite");
    f->a[LEGS_FIRST + LEGS_KNEE] = 0;
    m->muscle[SOLEUS].hill.f_max = INFINITY;
    CHECK_FAILS(genu_frames_compute(f, m, d, 0, NULL, &err), GENU_E_RANGE, err, "'soleus_r'");
    m->muscle[SOLEUS].hill.f_max = 4000;
    f->u[LEGS_FIRST + LEGS_KNEE] = f->a[LEGS_FIRST + LEGS_KNEE] = 0;
    CHECK_OK(genu_frames_compute(f, m, d, 0, NULL, &err), err);
    m->muscle[SOLEUS].path.point[1].location.x = NAN;
    CHECK_FAILS(genu_frames_compute(f, m, d, 0, NULL, &err), GENU_E_RANGE, err, "'soleus_r'");
    m->body[genu_find_body(m, "tibia_r")].name[0] = 'x';
    genu_frames *none;
    CHECK_FAILS(genu_frames_new(&none, m, 1, &settings, &err), GENU_E_FORMAT, err, "no right leg");
    CHECK_TRUE(none == NULL);
    genu_frames_free(f);
    genu_data_free(d);
    genu_model_free(m);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(contact_balances_the_momentum_by_hand),
        TEST(contact_balances_the_momentum_of_reference_models),
        TEST(standing_on_one_leg_in_closed_form),
        TEST(contact_works_as_the_rest_of_the_moment),
        TEST(symmetric_pose_gives_mirrored_contact),
        TEST(bowed_leg_keeps_hip_and_foot),
        TEST(reference_leg_keeps_hip_and_foot),
        TEST(bow_moves_the_load_to_the_inside),
        TEST(reactions_are_those_of_the_whole),
        TEST(what_is_not_finite_is_refused),
        CU_TEST_INFO_NULL,
    };
    return test_main("frames", tests, argc, argv);
}
