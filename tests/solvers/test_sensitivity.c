#include "solvers/sensitivity.h"
#include "tests/solvers/sharing_problem.h"

#include <stdio.h>

static void two_muscles_closed_form(void)
{
    // c1 a1 + c2 a2 = tau, p = 2:  f_i = F_i c_i tau / (c1^2 + c2^2), c_i = s_i C_i, C = 50, 30
    problem q;
    double R[] = { 0.05, 0.03 }, F[] = { 1000, 1000 }, tau[] = { 20 }, df[4], da[4];
    problem_small(&q, 2, 1, R, F, tau);
    genu_sharing *w = problem_workspace(&q, NULL);
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    CHECK_INT(genu_sensitivity_prepare(w, q.F, q.a, NULL, q.lambda), GENU_OK);
    CHECK_INT(genu_sensitivity_forces(w, F, NULL, df, da, NULL), GENU_OK);
    double sum = 50 * 50 + 30 * 30;
    // f1 = s1^2 1000 50 tau / (s1^2 2500 + s2^2 900)
    double f1 = 1000 * 50 * 20 / sum;
    CHECK_NEAR(df[0], 2 * f1 * 900 / sum, 1e-12, 0);
    CHECK_NEAR(df[1], -2 * f1 * 900 / sum, 1e-12, 0);
    CHECK_NEAR(0.05 * df[0] + 0.03 * df[2], 0, 0, 1e-10); // the moment stays
    CHECK_NEAR(da[2], -2 * 2500 * 30 * 20.0 / sum / sum, 1e-12, 0);
    genu_sharing_free(w);
}

static void a_full_muscle_gains_its_capacity(void)
{
    // muscle 0 is full: its force follows its strength, muscle 1 gives way by the moment arms
    problem q;
    double R[] = { 0.06, 0.02 }, F[] = { 1000, 1000 }, tau[] = { 72 }, df[4], da[4];
    problem_small(&q, 2, 1, R, F, tau);
    genu_sharing *w = problem_workspace(&q, NULL);
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    CHECK_INT(genu_sensitivity_prepare(w, q.F, q.a, NULL, q.lambda), GENU_OK);
    CHECK_INT(genu_sensitivity_forces(w, F, NULL, df, da, NULL), GENU_OK);
    CHECK_NEAR(df[0], 1000, 1e-12, 0);
    CHECK_NEAR(df[2], -3000, 1e-12, 0);
    CHECK_NEAR(da[0], 0, 0, 0);
    CHECK_NEAR(df[3], 0, 0, 1e-9); // the other's force is given by the moment
    genu_sharing_free(w);
}

/* forces and reserve moments at strength s; passive moments P (n x m) scale with s too */
static int forces_at(problem *q, genu_sharing *w, const double *F0, const double *tau0,
                     const double *P, const double *s, double *f)
{
    for (int j = 0; j < q->m; j++)
        q->tau[j] = tau0[j];
    for (int i = 0; i < q->n; i++) {
        q->F[i] = s[i] * F0[i];
        for (int j = 0; j < q->m; j++)
            q->tau[j] -= s[i] * P[i * q->m + j];
    }
    if (problem_solve(q, w, 0) != GENU_OK)
        return 0;
    for (int i = 0; i < q->n; i++)
        f[i] = q->F[i] * q->a[i];
    for (int k = 0; k < q->k; k++)
        f[q->n + k] = q->rho[k] * q->x[k];
    return 1;
}

static int same_set(const problem *a, const problem *b)
{
    for (int i = 0; i < a->n; i++)
        if ((a->a[i] <= a->lo[i]) != (b->a[i] <= b->lo[i]) ||
            (a->a[i] >= a->hi[i]) != (b->a[i] >= b->hi[i]))
            return 0;
    return 1;
}

/* all forces, and a load of random coefficients, against central differences in every strength */
static void agrees_with_finite_differences(void)
{
    enum { N = 24, M = 5 };
    unsigned long long seed = 71;
    const double power[] = { 2, 3, 2.5, 5 };
    double worst[4] = { 0 };
    int n_kink = 0, n_checked = 0;
    for (int trial = 0; trial < 24; trial++) {
        problem q, other;
        double F0[N], tau0[M], P[N * M], dtau[N * M], s[N], c[N], cx[M];
        double f[N + M], up[N + M], down[N + M], df[N * N], dx[M * N], dload[N];
        problem_random(&q, N, M, trial % 2 ? 1 : 10, trial % 3 ? 0 : 0.02, &seed);
        genu_sharing_settings settings = genu_sharing_defaults();
        settings.power = power[trial % 4];
        settings.reserve_power = trial % 8 < 4 ? 2 : settings.power;
        settings.eps_abs = 1e-11; // the differences divide what is left by h
        settings.eps_rel = 0;
        genu_sharing *w = problem_workspace(&q, &settings);
        for (int i = 0; i < N; i++) {
            F0[i] = q.F[i];
            c[i] = test_random(&seed, -1, 1);
            s[i] = test_random(&seed, 0.5, 1.1);
            for (int j = 0; j < M; j++) {
                P[i * M + j] = q.R[i * M + j] * 0.02 * F0[i] * (trial % 2);
                dtau[i * M + j] = -P[i * M + j];
            }
        }
        for (int j = 0; j < M; j++) {
            tau0[j] = q.tau[j];
            cx[j] = test_random(&seed, -1, 1);
        }
        CHECK_TRUE(forces_at(&q, w, F0, tau0, P, s, f));
        CHECK_INT(genu_sensitivity_prepare(w, q.F, q.a, q.x, q.lambda), GENU_OK);
        CHECK_INT(genu_sensitivity_forces(w, F0, dtau, df, NULL, dx), GENU_OK);
        CHECK_INT(genu_sensitivity_load(w, F0, dtau, c, cx, dload), GENU_OK);
        for (int k = 0; k < N; k++) {
            double sum = 0, h = 1e-5, s_k = s[k];
            for (int i = 0; i < N; i++)
                sum += c[i] * df[i * N + k];
            for (int j = 0; j < M; j++)
                sum += cx[j] * q.rho[j] * dx[j * N + k];
            // the two roads: terms of 1000 N cancel, through slopes that span nine decades
            CHECK_NEAR(dload[k], sum, 1e-9, 1e-5);

            other = q;
            other.frame = q.frame;
            s[k] = s_k + h;
            int good = forces_at(&other, w, F0, tau0, P, s, up) && same_set(&q, &other);
            s[k] = s_k - h;
            good = good && forces_at(&other, w, F0, tau0, P, s, down) && same_set(&q, &other);
            s[k] = s_k;
            n_kink += !good;
            for (int i = 0; good && i < N + M; i++) {
                double difference = (up[i] - down[i]) / (2 * h);
                double exact = i < N ? df[i * N + k] : q.rho[i - N] * dx[(i - N) * N + k];
                // N per unit strength: moments to 1e-11 Nm over arms of a cm and 2e-5 is 1e-4
                CHECK_NEAR(exact, difference, 1e-5, 2e-3);
                worst[trial % 4] = fmax(worst[trial % 4], fabs(exact - difference));
                n_checked++;
            }
        }
        genu_sharing_free(w);
    }
    CHECK_TRUE(n_checked > 10000);
    printf(
        "  worst against differences: p 2 %.1e, p 3 %.1e, p 2.5 %.1e, p 5 %.1e N; %d kinks met\n",
        worst[0], worst[1], worst[2], worst[3], n_kink);
}

static void muscle_of_no_strength(void)
{
    // towards greater strength: f = F a with both 0 at s = 0 changes by nothing at first order
    problem q;
    double R[] = { 0.05, 0.05 }, F[] = { 0, 1000 }, F0[] = { 800, 1000 }, tau[] = { 20 };
    double c[] = { 1, 1 }, dload[2];
    problem_small(&q, 2, 1, R, F, tau);
    genu_sharing *w = problem_workspace(&q, NULL);
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    CHECK_INT(genu_sensitivity_prepare(w, q.F, q.a, NULL, q.lambda), GENU_OK);
    CHECK_INT(genu_sensitivity_load(w, F0, NULL, c, NULL, dload), GENU_OK);
    CHECK_NEAR(dload[0], 0, 0, 1e-9);
    CHECK_NEAR(dload[1], 0, 0, 1e-9);
    genu_sharing_free(w);
}

static void says_what_it_cannot_do(void)
{
    problem q;
    double R[] = { 0.05, 0.05 }, F[] = { 400, 600 }, tau[] = { 50 }, c[] = { 1, 1 }, out[4];
    problem_small(&q, 2, 1, R, F, tau);
    genu_sharing *w = problem_workspace(&q, NULL);
    CHECK_INT(genu_sensitivity_load(w, F, NULL, c, NULL, out), GENU_E_RANGE);
    CHECK_INT(genu_sensitivity_forces(w, F, NULL, out, NULL, NULL), GENU_E_RANGE);
    q.a[0] = q.a[1] = 1; // all full and no reserve: no moment can change
    q.lambda[0] = 1;
    CHECK_INT(genu_sensitivity_prepare(w, q.F, q.a, NULL, q.lambda), GENU_E_SINGULAR);
    CHECK_INT(genu_sensitivity_load(w, F, NULL, c, NULL, out), GENU_E_RANGE);
    q.a[0] = NAN;
    CHECK_INT(genu_sensitivity_prepare(w, q.F, q.a, NULL, q.lambda), GENU_E_RANGE);
    q.tau[0] = 20;
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    CHECK_INT(genu_sensitivity_prepare(w, q.F, q.a, NULL, q.lambda), GENU_OK);
    CHECK_INT(genu_sensitivity_load(w, F, NULL, c, NULL, out), GENU_OK);
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    CHECK_INT(genu_sensitivity_load(w, F, NULL, c, NULL, out), GENU_E_RANGE); // overwritten
    genu_sharing_free(w);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(two_muscles_closed_form),        TEST(a_full_muscle_gains_its_capacity),
        TEST(agrees_with_finite_differences), TEST(muscle_of_no_strength),
        TEST(says_what_it_cannot_do),         CU_TEST_INFO_NULL,
    };
    return test_main("sensitivity", tests, argc, argv);
}
