#include "tests/solvers/sharing_problem.h"

#include <stdio.h>

/* what rounding leaves of a closed form */
static const double tight = 1e-11;

static void one_muscle_and_a_reserve(void)
{
    // minimise a^2 + x^2, c a + rho x = tau:  a = c tau / (c^2 + rho^2), x = rho tau / (...)
    problem q;
    double R[] = { 0.05 }, F[] = { 800 }, tau[] = { 25 };
    problem_small(&q, 1, 1, R, F, tau);
    q.k = 1;
    q.rho[0] = 10;
    genu_sharing *w = problem_workspace(&q, NULL);
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    CHECK_NEAR(q.a[0], 40 * 25 / 1700.0, tight, 0);
    CHECK_NEAR(q.x[0], 10 * 25 / 1700.0, tight, 0);
    CHECK_NEAR(q.lambda[0], 2 * 25 / 1700.0, tight, 0);
    CHECK_NEAR(q.info.objective, 25 * 25 / 1700.0, tight, 0);
    CHECK_NEAR(q.info.residual, 0, 0, 1e-9);
    CHECK_INT(q.info.n_saturated, 0);
    genu_sharing_free(w);
}

static void two_muscles_share_by_the_power(void)
{
    // c1 = 60, c2 = 20 Nm: a_i = g_i tau / sum c g, g_i = (c_i / w_i)^(1 / (p - 1))
    const double power[] = { 2, 2.001, 2.5, 3, 5, 10, 20 };
    for (size_t i = 0; i < sizeof power / sizeof *power; i++) {
        problem q;
        double R[] = { 0.06, 0.02 }, F[] = { 1000, 1000 }, tau[] = { 12 };
        problem_small(&q, 2, 1, R, F, tau);
        q.w[0] = 1.5;
        genu_sharing_settings settings = genu_sharing_defaults();
        settings.power = power[i];
        genu_sharing *w = problem_workspace(&q, &settings);
        CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
        double g1 = pow(60 / 1.5, 1 / (power[i] - 1)), g2 = pow(20, 1 / (power[i] - 1));
        CHECK_NEAR(q.a[0], 12 * g1 / (60 * g1 + 20 * g2), 1e-9, 0); // the smoothing's end
        CHECK_NEAR(q.a[1], 12 * g2 / (60 * g1 + 20 * g2), 1e-9, 0);
        CHECK_NEAR(60 * q.a[0] + 20 * q.a[1], 12, 0, 2e-9);
        genu_sharing_free(w);
    }
}

static void a_full_muscle_leaves_the_rest_to_the_other(void)
{
    for (double p = 2; p < 4; p++) {
        problem q;
        double R[] = { 0.06, 0.02 }, F[] = { 1000, 1000 }, tau[] = { 72 };
        problem_small(&q, 2, 1, R, F, tau);
        genu_sharing_settings settings = genu_sharing_defaults();
        settings.power = p;
        genu_sharing *w = problem_workspace(&q, &settings);
        CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
        CHECK_NEAR(q.a[0], 1, 0, 0);
        CHECK_NEAR(q.a[1], 0.6, 1e-9, 0);
        CHECK_INT(q.info.n_saturated, 1);
        q.tau[0] = 80; // everything there is
        CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
        CHECK_NEAR(q.a[1], 1, 0, 1e-9);
        genu_sharing_free(w);
    }
}

static void antagonist_floor_and_dead_muscle(void)
{
    // the antagonist stays at its floor 0.1, the muscle without capacity at 0.2, the fixed one at
    // 0.5
    problem q;
    double R[] = { 0.05, -0.04, 0.05, 0.03 }, F[] = { 1000, 500, 0, 200 }, tau[] = { 20 };
    problem_small(&q, 4, 1, R, F, tau);
    q.lo[1] = 0.1;
    q.lo[2] = 0.2;
    q.lo[3] = q.hi[3] = 0.5;
    for (double p = 2; p < 5; p++) {
        genu_sharing_settings settings = genu_sharing_defaults();
        settings.power = p;
        genu_sharing *w = problem_workspace(&q, &settings);
        CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
        CHECK_NEAR(q.a[1], 0.1, 0, 0);
        CHECK_NEAR(q.a[2], 0.2, 0, 0);
        CHECK_NEAR(q.a[3], 0.5, 0, 0);
        CHECK_NEAR(q.a[0], (20 + 2 - 3) / 50.0, 1e-9, 0);
        genu_sharing_free(w);
    }
}

static void reserves_on_one_coordinate(void)
{
    // without muscles: x_i proportional to rho_i / v_i; a bounded one hands over what it cannot
    problem q;
    double R[] = { 0, 0 }, F[] = { 100 }, tau[] = { 26, -3 };
    problem_small(&q, 1, 2, R, F, tau);
    q.k = 3;
    q.on[2] = 1;
    q.rho[0] = 1;
    q.rho[1] = 5;
    q.rho[2] = 2;
    double lo[] = { -INFINITY, -INFINITY, -INFINITY }, hi[] = { INFINITY, INFINITY, INFINITY };
    double v[] = { 1, 1, 4 };
    q.frame.reserve_lo = lo;
    q.frame.reserve_hi = hi;
    q.frame.reserve_w = v;
    genu_err err;
    genu_sharing *w = problem_workspace(&q, NULL);
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    CHECK_NEAR(q.x[0], 1, tight, 0);
    CHECK_NEAR(q.x[1], 5, tight, 0);
    CHECK_NEAR(q.x[2], -1.5, tight, 0);
    CHECK_NEAR(q.lambda[1], 2 * 4 * -1.5 / 2, tight, 0);
    hi[1] = 3;
    lo[2] = -1; // 1 Nm of the second moment is beyond the bounds
    CHECK_OK(genu_sharing_set(w, &q.frame, &err), err);
    CHECK_INT(problem_solve(&q, w, 0), GENU_E_INFEASIBLE);
    CHECK_NEAR(q.info.residual, 1, 1e-6, 0);
    q.tau[1] = -2;
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    CHECK_NEAR(q.x[0], 11, tight, 0);
    CHECK_NEAR(q.x[1], 3, 0, 0);
    genu_sharing_free(w);
}

/* gauss elimination with row exchange; 0 when singular */
static int solve_dense(int n, double *A, double *b)
{
    for (int k = 0; k < n; k++) {
        int best = k;
        for (int i = k; i < n; i++)
            best = fabs(A[i * n + k]) > fabs(A[best * n + k]) ? i : best;
        if (fabs(A[best * n + k]) < 1e-12)
            return 0;
        for (int j = 0; j < n; j++) {
            double keep = A[k * n + j];
            A[k * n + j] = A[best * n + j];
            A[best * n + j] = keep;
        }
        double keep = b[k];
        b[k] = b[best];
        b[best] = keep;
        for (int i = 0; i < n; i++) {
            double factor = i == k ? 0 : A[i * n + k] / A[k * n + k];
            for (int j = 0; j < n; j++)
                A[i * n + j] -= factor * A[k * n + j];
            b[i] -= factor * b[k];
        }
    }
    for (int k = 0; k < n; k++)
        b[k] /= A[k * n + k];
    return 1;
}

/* the best activations over all 3^n sets of muscles at a bound or free, p = 2: each set is a linear
 * system in (a, lambda); -1 when none is feasible. Written from the problem, not from the solver.
 */
static double enumerate(const problem *q, double *best_a)
{
    int n_set = 1, N = q->n + q->m;
    double best = -1;
    for (int i = 0; i < q->n; i++)
        n_set *= 3;
    for (int set = 0; set < n_set; set++) {
        double A[36] = { 0 }, b[6] = { 0 }, cost = 0;
        for (int i = 0, code = set; i < q->n; i++, code /= 3) {
            A[i * N + i] = code % 3 == 2 ? 2 * q->w[i] : 1;
            for (int j = 0; j < q->m; j++) {
                double c = q->R[i * q->m + j] * q->F[i];
                A[i * N + q->n + j] = code % 3 == 2 ? -c : 0;
                A[(q->n + j) * N + i] = c;
            }
            b[i] = code % 3 == 2 ? 0 : (code % 3 ? q->hi[i] : q->lo[i]);
        }
        for (int j = 0; j < q->m; j++) {
            A[(q->n + j) * N + q->n + j] = q->rho[j] * q->rho[j] / 2; // x = rho lambda / 2
            b[q->n + j] = q->tau[j];
        }
        if (!solve_dense(N, A, b))
            continue;
        int feasible = 1;
        for (int i = 0; i < q->n; i++) {
            feasible &= b[i] >= q->lo[i] - 1e-12 && b[i] <= q->hi[i] + 1e-12;
            cost += q->w[i] * b[i] * b[i];
        }
        for (int j = 0; j < q->m; j++)
            cost += pow(q->rho[j] * b[q->n + j] / 2, 2);
        if (feasible && (best < 0 || cost < best)) {
            best = cost;
            memcpy(best_a, b, (size_t)q->n * sizeof *b);
        }
    }
    return best;
}

static void agrees_with_all_active_sets(void)
{
    unsigned long long seed = 11;
    for (int trial = 0; trial < 400; trial++) {
        problem q;
        int n = 1 + trial % 4, m = 1 + trial / 4 % 2;
        problem_random(&q, n, m, trial % 3 ? 5 : 40, trial % 5 ? 0 : 0.05, &seed);
        for (int j = 0; j < m; j++)
            q.tau[j] *= test_random(&seed, -1, 3);
        genu_sharing *w = problem_workspace(&q, NULL);
        double a[4];
        double cost = enumerate(&q, a);
        CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
        CHECK_NEAR(q.info.objective, cost, 1e-10, 1e-12); // both end at rounding of the moments
        for (int i = 0; i < n; i++)
            CHECK_NEAR(q.a[i], a[i], 0, 1e-9);
        genu_sharing_free(w);
    }
}

typedef struct kkt {
    double balance;    /* largest |moment error|, Nm                           */
    double stationary; /* largest error of s = w p y^(p-1) or of a bound's sign, relative to the
                        * sum of |terms| of s                                   */
    double outside;    /* largest distance beyond a bound                      */
} kkt;

static double beyond(double y, double lo, double hi, double s, double marginal, double terms)
{
    double excess = s - marginal;
    if (terms == 0 || lo == hi || (y <= lo && excess <= 0) || (y >= hi && excess >= 0))
        return 0;
    return fabs(excess) / terms;
}

static kkt check_kkt(const problem *q, double p, double p_reserve)
{
    kkt r = { 0 };
    double error[MAX_M];
    memcpy(error, q->tau, sizeof error);
    for (int i = 0; i < q->n; i++) {
        double s = 0, terms = 0;
        for (int j = 0; j < q->m; j++) {
            double c = q->R[i * q->m + j] * q->F[i];
            error[j] -= c * q->a[i];
            s += c * q->lambda[j];
            terms += fabs(c * q->lambda[j]);
        }
        double marginal = q->w[i] * p * pow(q->a[i], p - 1);
        r.stationary = fmax(r.stationary, beyond(q->a[i], q->lo[i], q->hi[i], s, marginal, terms));
        r.outside = fmax(r.outside, fmax(q->lo[i] - q->a[i], q->a[i] - q->hi[i]));
    }
    for (int k = 0; k < q->k; k++) {
        double s = q->rho[k] * q->lambda[q->on[k]];
        double marginal = copysign(p_reserve * pow(fabs(q->x[k]), p_reserve - 1), q->x[k]);
        error[q->on[k]] -= q->rho[k] * q->x[k];
        r.stationary =
            fmax(r.stationary, beyond(q->x[k], -INFINITY, INFINITY, s, marginal, fabs(s)));
    }
    for (int j = 0; j < q->m; j++)
        r.balance = fmax(r.balance, fabs(error[j]));
    return r;
}

static double largest_moment(const problem *q)
{
    double largest = 0;
    for (int j = 0; j < q->m; j++)
        largest = fmax(largest, fabs(q->tau[j]));
    return largest;
}

/* 80 muscles, 20 coordinates: as strong as needed, weakened, and asked for half as much again */
static void optimality_of_random_problems(void)
{
    const struct {
        double p, p_reserve, rho;
    } kind[] = { { 2, 2, 1 }, { 2, 2, 0.01 }, { 2, 2, 1000 }, { 3, 2, 1 },
                 { 3, 3, 1 }, { 2.5, 2, 1 },  { 10, 2, 1 },   { 10, 10, 10 } };
    unsigned long long seed = 5;
    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
        kkt worst = { 0 };
        int steps = 0, most = 0, n_trial = kind[i].p > 3 ? 15 : 30;
        for (int trial = 0; trial < n_trial; trial++) {
            problem q;
            problem_random(&q, 80, 20, kind[i].rho, trial % 2 ? 0.01 : 0, &seed);
            for (int k = 0; trial % 3 == 1 && k < 80; k++)
                q.F[k] *= test_random(&seed, 0.3, 1);
            for (int j = 0; trial % 3 == 2 && j < 20; j++)
                q.tau[j] *= 1.5;
            genu_sharing_settings settings = genu_sharing_defaults();
            settings.power = kind[i].p;
            settings.reserve_power = kind[i].p_reserve;
            genu_sharing *w = problem_workspace(&q, &settings);
            CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
            kkt r = check_kkt(&q, kind[i].p, kind[i].p_reserve);
            CHECK_NEAR(r.balance, q.info.residual, 0, 1e-10);
            CHECK_NEAR(r.balance, 0, 0, 1e-9 + 1e-10 * largest_moment(&q));
            CHECK_NEAR(r.stationary, 0, 0, 1e-8);
            CHECK_NEAR(r.outside, 0, 0, 0);
            worst.balance = fmax(worst.balance, r.balance);
            worst.stationary = fmax(worst.stationary, r.stationary);
            steps += q.info.iterations;
            most = most > q.info.iterations ? most : q.info.iterations;
            genu_sharing_free(w);
        }
        printf(
            "  p %-4g q %-4g rho %-5g: balance %.1e Nm, stationarity %.1e, steps %.1f, most %d\n",
            kind[i].p, kind[i].p_reserve, kind[i].rho, worst.balance, worst.stationary,
            (double)steps / n_trial, most);
    }
}

static void muscles_alone_span_the_coordinates(void)
{
    unsigned long long seed = 17;
    for (int trial = 0; trial < 40; trial++) {
        problem q;
        problem_random(&q, 60, 10, 0, 0, &seed);
        genu_sharing_settings settings = genu_sharing_defaults();
        settings.power = trial % 2 ? 2 : 3;
        genu_sharing *w = problem_workspace(&q, &settings);
        CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
        kkt r = check_kkt(&q, settings.power, 2);
        CHECK_NEAR(r.balance, 0, 0, 1e-9 + 1e-10 * largest_moment(&q));
        CHECK_NEAR(r.stationary, 0, 0, 1e-8);
        genu_sharing_free(w);
    }
}

static void infeasible_moments_leave_the_least_error(void)
{
    // both muscles full: 40 a1 + 40 a2 on the first, 30 a2 on the second coordinate
    problem q;
    double R[] = { 0.04, 0, 0.04, 0.03 }, F[] = { 1000, 1000 }, tau[] = { 90, 35 };
    problem_small(&q, 2, 2, R, F, tau);
    for (double p = 2; p < 4; p++) {
        genu_sharing_settings settings = genu_sharing_defaults();
        settings.power = p;
        genu_sharing *w = problem_workspace(&q, &settings);
        CHECK_INT(problem_solve(&q, w, 0), GENU_E_INFEASIBLE);
        CHECK_INT(q.info.status, GENU_E_INFEASIBLE);
        CHECK_NEAR(q.a[0], 1, 0, 1e-6);
        CHECK_NEAR(q.a[1], 1, 0, 1e-6);
        CHECK_NEAR(q.info.residual, 10, 1e-6, 0);
        CHECK_INT(problem_solve(&q, w, 1), GENU_E_INFEASIBLE); // from where that ended
        q.tau[0] = 10; // 10 = 40 a2, 35 = 30 a2: 1250 / 2500
        q.tau[1] = 35;
        CHECK_INT(problem_solve(&q, w, 1), GENU_E_INFEASIBLE);
        CHECK_NEAR(q.a[0], 0, 0, 1e-6);
        CHECK_NEAR(q.a[1], (40 * 10 + 30 * 35) / 2500.0, 1e-6, 0);
        q.tau[0] = 60;
        q.tau[1] = 25;
        CHECK_INT(problem_solve(&q, w, 1), GENU_OK); // an infeasible start does no harm
        CHECK_NEAR(q.a[1], 25 / 30.0, 1e-9, 0);
        q.tau[0] = 90;
        q.tau[1] = 35;
        genu_sharing_free(w);
    }
}

static void a_coordinate_on_which_nothing_acts(void)
{
    problem q;
    double R[] = { 0.04, 0 }, F[] = { 1000 }, tau[] = { 10, 0 };
    problem_small(&q, 1, 2, R, F, tau);
    genu_sharing *w = problem_workspace(&q, NULL);
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    CHECK_NEAR(q.a[0], 0.25, tight, 0);
    q.tau[1] = 1e-3;
    CHECK_INT(problem_solve(&q, w, 0), GENU_E_INFEASIBLE);
    CHECK_NEAR(q.info.residual, 1e-3, 1e-6, 0);
    genu_sharing_free(w);
}

static void almost_infeasible_is_told_apart(void)
{
    // 60 muscles at full: what they make is feasible, 0.001 Nm beyond it is not
    unsigned long long seed = 3;
    problem q;
    problem_random(&q, 60, 6, 0, 0, &seed);
    double direction[6], most = 0;
    for (int j = 0; j < 6; j++)
        direction[j] = test_random(&seed, -1, 1) / 2;
    memset(q.tau, 0, sizeof q.tau);
    for (int i = 0; i < 60; i++) {
        double s = 0;
        q.hi[i] = 1;
        for (int j = 0; j < 6; j++)
            s += q.R[i * 6 + j] * q.F[i] * direction[j];
        for (int j = 0; s > 0 && j < 6; j++)
            q.tau[j] += q.R[i * 6 + j] * q.F[i];
        most += fmax(s, 0);
    }
    genu_sharing *w = problem_workspace(&q, NULL);
    for (int j = 0; j < 6; j++)
        q.tau[j] -= 1e-3 * direction[j];
    CHECK_TRUE(most > 1);
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    for (int j = 0; j < 6; j++)
        q.tau[j] += 2e-3 * direction[j];
    CHECK_INT(problem_solve(&q, w, 0), GENU_E_INFEASIBLE);
    genu_sharing_free(w);
}

static void multipliers_are_the_price_of_a_moment(void)
{
    unsigned long long seed = 23;
    for (int trial = 0; trial < 10; trial++) {
        problem q;
        problem_random(&q, 40, 7, trial % 2 ? 1 : 20, 0.01, &seed);
        genu_sharing_settings settings = genu_sharing_defaults();
        settings.power = trial % 3 ? 2 : 3;
        genu_sharing *w = problem_workspace(&q, &settings);
        CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
        problem up = q, down = q;
        double h = 1e-4;
        up.tau[3] += h;
        down.tau[3] -= h;
        CHECK_INT(problem_solve(&up, w, 0), GENU_OK);
        CHECK_INT(problem_solve(&down, w, 0), GENU_OK);
        // second derivative times h is what a kink adds
        CHECK_NEAR((up.info.objective - down.info.objective) / (2 * h), q.lambda[3], 1e-5, 1e-7);
        genu_sharing_free(w);
    }
}

static void warm_start_ends_where_cold_does(void)
{
    unsigned long long seed = 29;
    const double power[] = { 2, 3, 10 };
    int cold_steps = 0, warm_steps = 0;
    for (int trial = 0; trial < 12; trial++) {
        problem q;
        problem_random(&q, 80, 15, 1, 0, &seed);
        genu_sharing_settings settings = genu_sharing_defaults();
        settings.power = power[trial % 3];
        genu_sharing *w = problem_workspace(&q, &settings);
        CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
        for (int i = 0; i < 10; i++)
            q.F[i] *= 0.9;
        problem warm = q;
        CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
        CHECK_INT(problem_solve(&warm, w, 1), GENU_OK);
        cold_steps += q.info.iterations;
        warm_steps += warm.info.iterations;
        CHECK_NEAR(warm.info.objective, q.info.objective, 1e-9, 0);
        for (int i = 0; i < 80 && settings.power < 4; i++)
            CHECK_NEAR(warm.a[i], q.a[i], 0, 1e-7);
        // a start from elsewhere, or from nowhere, changes the steps only
        for (int j = 0; j < 15; j++)
            warm.lambda[j] = trial % 2 ? NAN : test_random(&seed, -100, 100);
        CHECK_INT(problem_solve(&warm, w, 1), GENU_OK);
        CHECK_NEAR(warm.info.objective, q.info.objective, 1e-9, 0);
        genu_sharing_free(w);
    }
    CHECK_TRUE(2 * warm_steps < cold_steps);
}

static void units_and_order_do_not_matter(void)
{
    unsigned long long seed = 31;
    problem q;
    problem_random(&q, 30, 5, 2, 0, &seed);
    problem r = q;
    for (int i = 0; i < 30; i++) { // muscles in reverse, weights ten times as large
        r.w[i] = 10 * q.w[29 - i];
        r.hi[i] = q.hi[29 - i];
        r.F[i] = q.F[29 - i];
        memcpy(r.R + i * 5, q.R + (29 - i) * 5, 5 * sizeof *r.R);
    }
    double v[5] = { 10, 10, 10, 10, 10 };
    r.frame.R = r.R;
    r.frame.w = r.w;
    r.frame.lo = r.lo;
    r.frame.hi = r.hi;
    r.frame.reserve_w = v;
    genu_sharing *w = problem_workspace(&q, NULL), *u = problem_workspace(&r, NULL);
    CHECK_INT(problem_solve(&q, w, 0), GENU_OK);
    CHECK_INT(problem_solve(&r, u, 0), GENU_OK);
    for (int i = 0; i < 30; i++)
        CHECK_NEAR(r.a[i], q.a[29 - i], 0, tight);
    for (int j = 0; j < 5; j++)
        CHECK_NEAR(r.lambda[j], 10 * q.lambda[j], 1e-9, 0);
    genu_sharing_free(w);
    genu_sharing_free(u);
}

static void gives_up_where_it_is_told_to(void)
{
    unsigned long long seed = 37;
    problem q;
    problem_random(&q, 80, 15, 1, 0, &seed);
    genu_sharing_settings settings = genu_sharing_defaults();
    settings.max_iter = 1;
    genu_sharing *w = problem_workspace(&q, &settings);
    CHECK_INT(problem_solve(&q, w, 0), GENU_E_NOT_CONVERGED);
    CHECK_TRUE(q.info.residual > 1e-6);
    CHECK_NEAR(check_kkt(&q, 2, 2).balance, q.info.residual, 0, 1e-10);
    genu_sharing_free(w);
}

static void names_the_bad_setting(void)
{
    genu_err err;
    genu_sharing *w;
    genu_sharing_settings s = genu_sharing_defaults();
    s.power = 1.5;
    CHECK_FAILS(genu_sharing_new(&w, 3, 2, 0, &s, &err), GENU_E_RANGE, err,
                "'power' is 1.5, must be from 2 to 20");
    CHECK_TRUE(w == NULL);
    s = genu_sharing_defaults();
    s.reserve_power = NAN;
    CHECK_FAILS(genu_sharing_new(&w, 3, 2, 0, &s, &err), GENU_E_RANGE, err,
                "'reserve_power' is nan");
    s = genu_sharing_defaults();
    s.eps_abs = 0;
    CHECK_FAILS(genu_sharing_new(&w, 3, 2, 0, &s, &err), GENU_E_RANGE, err, "'eps_abs' is 0 Nm");
    s = genu_sharing_defaults();
    s.eps_rel = 1;
    CHECK_FAILS(genu_sharing_new(&w, 3, 2, 0, &s, &err), GENU_E_RANGE, err, "'eps_rel' is 1");
    s = genu_sharing_defaults();
    s.max_iter = 0;
    CHECK_FAILS(genu_sharing_new(&w, 3, 2, 0, &s, &err), GENU_E_RANGE, err, "'max_iter' is 0");
    s = genu_sharing_defaults();
    s.level = (genu_sharing_level)9;
    CHECK_FAILS(genu_sharing_new(&w, 3, 2, 0, &s, &err), GENU_E_RANGE, err, "'level' is 9");
    CHECK_FAILS(genu_sharing_new(&w, -1, 2, 0, NULL, &err), GENU_E_RANGE, err, "'muscles' is -1");
    CHECK_FAILS(genu_sharing_new(&w, 3, 0, 0, NULL, &err), GENU_E_RANGE, err, "'coordinates' is 0");
    CHECK_FAILS(genu_sharing_new(&w, 3, 2, 1001, NULL, &err), GENU_E_RANGE, err,
                "'reserves' is 1001");
}

static void expect_bad_frame(const genu_sharing_frame *frame, const char *fragment)
{
    genu_err err;
    genu_sharing *w;
    if (!CHECK_OK(genu_sharing_new(&w, 2, 2, 1, NULL, &err), err))
        return;
    CHECK_FAILS(genu_sharing_set(w, frame, &err), GENU_E_RANGE, err, fragment);
    double F[2] = { 1, 1 }, tau[2] = { 0 }, a[2], x[1], lambda[2];
    CHECK_INT(genu_sharing_solve(w, F, tau, 0, a, x, lambda, NULL), GENU_E_RANGE);
    genu_sharing_free(w);
}

/* A problem serves workspaces of its own sizes and powers, once it is set. */
static void problems_are_used_as_they_were_made(void)
{
    double R[] = { 0.1, 0, 0.3, 0.4 }, F[] = { 100, 200 }, tau[] = { 3, 4 };
    double a[2], lambda[2], again[2];
    char crosses[] = { 1, 0, 1, 1 }, fewer[] = { 1, 0, 1, 0 };
    genu_sharing_frame f = { .R = R };
    genu_sharing_settings cubes = genu_sharing_defaults();
    genu_sharing_problem *q, *small;
    genu_sharing *w, *other;
    genu_err err;
    cubes.power = 3;
    CHECK_OK(genu_sharing_problem_new(&q, 2, 2, 0, crosses, NULL, &err), err);
    CHECK_OK(genu_sharing_new(&w, 2, 2, 0, NULL, &err), err);
    CHECK_INT(genu_sharing_use(w, q), GENU_E_RANGE); // it is not set
    CHECK_OK(genu_sharing_problem_set(q, &f, &err), err);
    CHECK_OK(genu_sharing_set(w, &f, &err), err);
    CHECK_INT(genu_sharing_solve(w, F, tau, 0, again, NULL, lambda, NULL), GENU_OK);
    CHECK_INT(genu_sharing_use(w, q), GENU_OK);
    CHECK_INT(genu_sharing_solve(w, F, tau, 0, a, NULL, lambda, NULL), GENU_OK);
    CHECK_NEAR(a[1], 4 / 0.4 / 200, 1e-12, 0); // alone on the second coordinate
    CHECK_NEAR(a[0], again[0], 0, 0);
    CHECK_OK(genu_sharing_new(&other, 2, 2, 0, &cubes, &err), err);
    CHECK_INT(genu_sharing_use(other, q), GENU_E_RANGE);
    genu_sharing_free(other);
    CHECK_OK(genu_sharing_new(&other, 3, 2, 0, NULL, &err), err);
    CHECK_INT(genu_sharing_use(other, q), GENU_E_RANGE);
    genu_sharing_free(other);
    CHECK_OK(genu_sharing_problem_new(&small, 2, 2, 0, fewer, NULL, &err), err);
    CHECK_FAILS(genu_sharing_problem_set(small, &f, &err), GENU_E_RANGE, err,
                "cross more coordinates than the problem was made for");
    CHECK_INT(genu_sharing_use(w, small), GENU_E_RANGE);
    genu_sharing_problem_free(small);
    CHECK_FAILS(genu_sharing_problem_new(&small, 2, 0, 0, NULL, NULL, &err), GENU_E_RANGE, err,
                "'coordinates' is 0");
    genu_sharing_problem_free(q);
    genu_sharing_free(w);
}

static void names_the_bad_entry(void)
{
    double R[] = { 0.1, 0.2, 0.3, NAN }, good_R[] = { 0.1, 0.2, 0.3, 0.4 };
    double rho[] = { 1 }, bad_rho[] = { 0 }, w[] = { 1, 0 }, lo[] = { 0, -0.1 }, hi[] = { 1, 2 };
    double low_hi[] = { -1, 1 }, inf[] = { INFINITY }, minus[] = { -INFINITY };
    int on[] = { 1 }, bad_on[] = { 2 };
    genu_sharing_frame f = { .R = R, .reserve_on = on, .rho = rho };
    expect_bad_frame(&f, "'moment arm' of number 1 is nan, must be finite");
    f.R = good_R;
    f.w = w;
    expect_bad_frame(&f, "'weight' of number 1 is 0, must be > 0");
    f.w = NULL;
    f.lo = lo;
    expect_bad_frame(&f, "'lower bound' of number 1 is -0.1");
    f.lo = NULL;
    f.hi = low_hi;
    expect_bad_frame(&f, "'upper bound' of number 0 is -1, must be at least the lower bound");
    f.hi = hi;
    f.rho = bad_rho;
    expect_bad_frame(&f, "'reserve's optimal force' of number 0 is 0");
    f.rho = rho;
    f.reserve_on = bad_on;
    expect_bad_frame(&f, "'reserve's coordinate' of number 0 is 2");
    f.reserve_on = on;
    f.reserve_w = bad_rho;
    expect_bad_frame(&f, "'reserve's weight' of number 0 is 0");
    f.reserve_w = NULL;
    f.reserve_lo = inf;
    expect_bad_frame(&f, "'reserve's lower bound' of number 0 is inf");
    f.reserve_lo = NULL;
    f.reserve_hi = minus;
    expect_bad_frame(&f, "'reserve's upper bound' of number 0 is -inf");
}

static void refuses_what_is_not_a_number(void)
{
    problem q;
    double R[] = { 0.05 }, F[] = { -1 }, tau[] = { 25 };
    problem_small(&q, 1, 1, R, F, tau);
    genu_sharing *w = problem_workspace(&q, NULL);
    CHECK_INT(problem_solve(&q, w, 0), GENU_E_RANGE);
    CHECK_TRUE(isnan(q.a[0]) && isnan(q.lambda[0]) && isnan(q.info.residual));
    q.F[0] = INFINITY;
    CHECK_INT(problem_solve(&q, w, 0), GENU_E_RANGE);
    q.F[0] = 1000;
    q.tau[0] = NAN;
    CHECK_INT(problem_solve(&q, w, 0), GENU_E_RANGE);
    q.tau[0] = 25;
    CHECK_INT(problem_solve(&q, w, 1), GENU_OK); // the start is NAN by now, and dropped
    CHECK_NEAR(q.a[0], 0.5, tight, 0);
    genu_sharing_free(w);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(one_muscle_and_a_reserve),
        TEST(two_muscles_share_by_the_power),
        TEST(a_full_muscle_leaves_the_rest_to_the_other),
        TEST(antagonist_floor_and_dead_muscle),
        TEST(reserves_on_one_coordinate),
        TEST(agrees_with_all_active_sets),
        TEST(optimality_of_random_problems),
        TEST(muscles_alone_span_the_coordinates),
        TEST(infeasible_moments_leave_the_least_error),
        TEST(a_coordinate_on_which_nothing_acts),
        TEST(almost_infeasible_is_told_apart),
        TEST(multipliers_are_the_price_of_a_moment),
        TEST(warm_start_ends_where_cold_does),
        TEST(units_and_order_do_not_matter),
        TEST(gives_up_where_it_is_told_to),
        TEST(names_the_bad_setting),
        TEST(problems_are_used_as_they_were_made),
        TEST(names_the_bad_entry),
        TEST(refuses_what_is_not_a_number),
        CU_TEST_INFO_NULL,
    };
    return test_main("sharing", tests, argc, argv);
}
