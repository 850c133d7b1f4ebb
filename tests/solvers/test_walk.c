/* The parts of the walk's fit against closed forms and differences; the walk itself is judged where
 * its task file is read (tests/sim/test_task.c). */
#include "models/osim.h"
#include "solvers/walk_private.h"
#include "tests/testlib.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define DEGREE (GENU_PI / 180)

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

/* Norms that a few harmonics make up: enough for everything but the look of the walk. */
static void made_up(genu_norms *classes)
{
    static const double mean[GENU_N_NORM][3] = {
        // a_0, a_1, b_1: degrees, body weights, Nm/kg
        { 12, 0, 0 },        { 0, 2, 2 },        { 0, 4, 0 },   { 17, 21, -2 },  { 0, 1, 4 },
        { -2, 0, 0 },        { 23, -5, -20 },    { 2, -2, 8 },  { 0, -3, -3 },   { 0, -4, 0 },
        { 0, -0.05, -0.02 }, { 0.55, 0, 0.5 },   { 0, 0.3, 0 }, { 0.2, 0, 0.2 }, { 0, 0, 0.1 },
        { 0.1, 0, 0.1 },     { 0.3, -0.2, 0.2 },
    };
    for (int i = 0; i < GENU_N_NORM_CLASS; i++) {
        classes[i] = (genu_norms){ .speed = 0.3 + 0.13 * i };
        for (int k = 0; k < GENU_N_NORM; k++) {
            double unit = genu_norm_is_angle((genu_norm_curve)k) ? DEGREE : 1;
            classes[i].mean[k].a[0] = unit * mean[k][0];
            classes[i].mean[k].a[1] = unit * mean[k][1];
            classes[i].mean[k].b[1] = unit * mean[k][2];
            classes[i].sd[k].a[0] = unit * (unit < 1 ? 5 : 0.1);
        }
    }
}

static void series_and_classes(void)
{
    genu_norms classes[3], at;
    genu_err err = { 0 };
    made_up(classes);
    genu_harmonics s = { .a = { 1, 2, 0, -1 }, .b = { 0, 0.5, 3 } };
    double c = 0.37, p = 2 * GENU_PI * c;
    // 20 turns of a rotation: rounding of a few units in the last place
    CHECK_NEAR(genu_harmonics_value(&s, c),
               1 + 2 * cos(p) + 0.5 * sin(p) + 3 * sin(2 * p) - cos(3 * p), 0, 1e-13);
    CHECK_NEAR(genu_harmonics_value(&s, c + 5), genu_harmonics_value(&s, c), 0, 1e-12);
    classes[1].mean[3].a[0] = 1;
    classes[2].mean[3].a[0] = 2;
    CHECK_OK(genu_norms_at(&at, classes, 0.4625, &err), err);
    CHECK_NEAR(at.mean[3].a[0], 1.25, 1e-12, 0);
    CHECK_FAILS(genu_norms_at(&at, classes, 0.7, &err), GENU_E_RANGE, err, "0.700");
    CHECK_FAILS(genu_norms_at(&at, classes, NAN, &err), GENU_E_RANGE, err, "the norms hold");
}

/* B-splines sum to 1, reproduce straight lines from the means of their knots, and are clamped. */
static void splines_reproduce_lines(void)
{
    const int n_span = N_SPLINE - 3;
    for (int k = 0; k <= 50; k++) {
        double s = k / 50.0, B[4], sum = 0, line = 0;
        int first;
        walk_spline(s, &first, B);
        for (int i = 0; i < 4; i++) {
            double at = 0;
            for (int j = 1; j <= 3; j++)
                at += fmin(fmax(first + i + j - 3, 0), n_span) / (3.0 * n_span);
            sum += B[i];
            line += B[i] * at;
            CHECK_TRUE(B[i] >= -1e-15);
        }
        CHECK_NEAR(sum, 1, 0, 1e-14);
        CHECK_NEAR(line, s, 0, 1e-14);
    }
    double B[4];
    int first;
    walk_spline(0, &first, B);
    CHECK_INT(first, 0);
    CHECK_NEAR(B[0], 1, 0, 0);
    walk_spline(1, &first, B);
    CHECK_INT(first, N_SPLINE - 4);
    CHECK_NEAR(B[3], 1, 0, 0);
}

/* A = R'R + I for random R, larger than one panel of the factoring. */
static void cholesky_solves(void)
{
    enum { N = 75 };
    static double A[N * N], F[N * N], R[N * N], x[N], b[N];
    unsigned long long seed = 7;
    for (int i = 0; i < N * N; i++)
        R[i] = test_random(&seed, -1, 1);
    for (int i = 0; i < N; i++) {
        b[i] = x[i] = test_random(&seed, -1, 1);
        for (int j = 0; j < N; j++) {
            A[i * N + j] = i == j;
            for (int k = 0; k < N; k++)
                A[i * N + j] += R[k * N + i] * R[k * N + j];
        }
    }
    memcpy(F, A, sizeof A);
    CHECK_INT(walk_cholesky(N, F, x), 1);
    for (int i = 0; i < N; i++) {
        double r = -b[i];
        for (int j = 0; j < N; j++)
            r += A[i * N + j] * x[j];
        // condition of A about 100
        CHECK_NEAR(r, 0, 0, 1e-11);
    }
    memcpy(F, A, sizeof A);
    F[40 * N + 40] = -1;
    CHECK_INT(walk_cholesky(N, F, x), 0);
}

/* The gradient of a frame's cost, through bases and local derivatives, against central differences
 * of the cost along random directions. */
static void check_gradient(genu_walk *w, int k, unsigned long long *seed)
{
    frame *f = &w->frame[k];
    genu_data *d = w->data[0];
    double slope = 0, h = 1e-6;
    for (int i = 0; i < w->n; i++)
        w->step[i] = test_random(seed, -1, 1) * fmax(1e-3, 0.1 * fabs(w->x[i]));
    walk_frame_fit(w, f, d, w->x, 1);
    for (int i = 0; i < f->n_group; i++) {
        const group *g = &f->group[i];
        for (int a = 0; a < g->n_local; a++)
            for (int p = 0; p < g->n; p++)
                slope += f->g[g->local + a * N_COORD] * g->B[a][p] *
                         w->step[w->block[g->block].start + g->first + p];
    }
    double cost[2];
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < w->n; i++)
            w->x_new[i] = w->x[i] + (side ? h : -h) * w->step[i];
        walk_frame_fit(w, f, d, w->x_new, 0);
        cost[side] = f->cost;
    }
    // rounding of the two costs (1e5 to 1e7) over 2e-6, and inner differences of 1e-5 squared
    CHECK_NEAR((cost[1] - cost[0]) / (2 * h), slope, 1e-5, 1e-2);
}

/* v'Av by the summed matrix, and frame by frame through the local variables. */
static void check_matrix(genu_walk *w, unsigned long long *seed)
{
    double whole = 0, parts = 0, *v = w->step;
    for (int k = 0; k < w->n_frame; k++)
        walk_frame_fit(w, &w->frame[k], w->data[0], w->x, 1);
    walk_normal_equations(w);
    for (int i = 0; i < w->n; i++)
        v[i] = test_random(seed, -1, 1);
    for (int i = 0; i < w->n; i++)
        for (int j = i; j < w->n; j++)
            whole += (i == j ? 1 : 2) * v[i] * v[j] * w->A[(size_t)i * (size_t)w->n + (size_t)j];
    for (int k = 0; k < w->n_frame; k++) {
        const frame *f = &w->frame[k];
        double z[N_LOCAL] = { 0 };
        for (int i = 0; i < f->n_group; i++) {
            const group *g = &f->group[i];
            for (int a = 0; a < g->n_local; a++)
                for (int p = 0; p < g->n; p++)
                    z[g->local + a * N_COORD] +=
                        g->B[a][p] * v[w->block[g->block].start + g->first + p];
        }
        for (int i = 0; i < N_LOCAL; i++)
            for (int j = i; j < N_LOCAL; j++)
                parts += (i == j ? 1 : 2) * z[i] * z[j] * f->H[i][j];
    }
    // sums of 1e6 terms of either sign
    CHECK_NEAR(whole, parts, 1e-9, 0);
}

static void gradient_is_that_of_the_cost(void)
{
    genu_norms classes[3];
    genu_err err = { 0 };
    unsigned long long seed = 3;
    made_up(classes);
    genu_model *m = bundled();
    for (int constant = 0; m && constant < 2; constant++) {
        genu_walk_settings s = genu_walk_defaults();
        genu_walk *w;
        s.n_frame = 40;
        s.obliquity = constant * 3 * DEGREE;
        if (!CHECK_OK(genu_walk_new(&w, m, classes, &s, &err), err))
            break;
        CHECK_INT(w->n, constant ? 885 : 442);
        walk_start(w);
        for (int k = 0; k < w->n_frame; k += 5)
            check_gradient(w, k, &seed);
        check_matrix(w, &seed);
        genu_walk_free(w);
    }
    genu_model_free(m);
}

/* The same bits for one thread and for three, and no allocation while fitting. */
static void threads_change_nothing(void)
{
    genu_norms classes[3];
    genu_err err = { 0 };
    made_up(classes);
    genu_model *m = bundled();
    genu_walk_settings s = genu_walk_defaults();
    s.n_frame = 40;
    s.max_iter = 1;
    genu_walk *w[2] = { NULL, NULL };
    int most = omp_get_max_threads();
    for (int i = 0; m && i < 2; i++) {
        omp_set_num_threads(i ? 3 : 1);
        if (!CHECK_OK(genu_walk_new(&w[i], m, classes, &s, &err), err))
            break;
        genu_walk_info info;
        genu_status st = genu_walk_fit(w[i], &info, &err);
        CHECK_TRUE(st == GENU_OK || st == GENU_E_NOT_CONVERGED);
        CHECK_TRUE(isfinite(info.cost));
    }
    omp_set_num_threads(most);
    if (w[0] && w[1])
        CHECK_INT(memcmp(w[0]->x, w[1]->x, (size_t)w[0]->n * sizeof(double)), 0);
    genu_walk_free(w[0]);
    genu_walk_free(w[1]);
    genu_model_free(m);
}

/* Closing: whatever the fit left, the feet carry the body exactly, and nothing turns them over. */
static void closed_at_any_time(void)
{
    genu_norms classes[3];
    genu_err err = { 0 };
    made_up(classes);
    genu_model *m = bundled();
    genu_walk_settings s = genu_walk_defaults();
    s.n_frame = 40;
    genu_walk *w = NULL;
    genu_data *d = m ? genu_data_new(m) : NULL;
    if (d && CHECK_OK(genu_walk_new(&w, m, classes, &s, &err), err)) {
        genu_skeleton_default(m, d);
        walk_start(w);
        sp6 *external = calloc((size_t)m->n_body, sizeof *external);
        double *tau = calloc((size_t)m->n_coord, sizeof *tau);
        for (int k = -7; external && tau && k < 30; k++) {
            sp6 wrench[2];
            genu_walk_frame(w, 0.0731 * k, d, wrench, NULL);
            for (int side = 0; side < 2; side++)
                external[genu_walk_foot_body(w, (genu_side)side)] = wrench[side];
            genu_skeleton_inverse_dynamics(m, d, external, tau);
            genu_skeleton_fold(m, d, tau);
            // sums of some thousand newtons and newton metres: 1e-9 of them
            for (int i = 0; i <= TZ; i++)
                CHECK_NEAR(tau[w->coord[i]], 0, 0, 1e-6);
        }
        free(external);
        free(tau);
    }
    genu_data_free(d);
    genu_walk_free(w);
    genu_model_free(m);
}

static void names_what_is_wrong(void)
{
    genu_norms classes[3];
    genu_err err = { 0 };
    genu_walk *w;
    made_up(classes);
    genu_model *m = bundled();
    if (!m)
        return;
    genu_walk_settings s = genu_walk_defaults();
    s.speed = 2;
    CHECK_FAILS(genu_walk_new(&w, m, classes, &s, &err), GENU_E_RANGE, err,
                "'speed' is 2, allowed from 0.8 to 1.6 m/s");
    s = genu_walk_defaults();
    s.lean = 11 * DEGREE;
    CHECK_FAILS(genu_walk_new(&w, m, classes, &s, &err), GENU_E_RANGE, err, "'lean' is 11");
    s = genu_walk_defaults();
    s.n_frame = 41;
    CHECK_FAILS(genu_walk_new(&w, m, classes, &s, &err), GENU_E_RANGE, err, "41, must be even");
    s = genu_walk_defaults();
    s.max_iter = 0;
    CHECK_FAILS(genu_walk_new(&w, m, classes, &s, &err), GENU_E_RANGE, err, "'max_iter' is 0");
    s = genu_walk_defaults();
    m->coord[genu_find_coord(m, "mtp_angle_l")].name[0] = 'x';
    CHECK_FAILS(genu_walk_new(&w, m, classes, &s, &err), GENU_E_FORMAT, err,
                "needs a coordinate 'mtp_angle_l'");
    CHECK_TRUE(w == NULL);
    genu_model_free(m);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(series_and_classes),     TEST(splines_reproduce_lines),
        TEST(cholesky_solves),        TEST(gradient_is_that_of_the_cost),
        TEST(threads_change_nothing), TEST(closed_at_any_time),
        TEST(names_what_is_wrong),    CU_TEST_INFO_NULL,
    };
    return test_main("walk", tests, argc, argv);
}
