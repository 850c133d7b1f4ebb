#include "tests/solvers/sharing_problem.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

enum { L = GENU_SHARING_LANES };

typedef struct block {
    double F[MAX_N * L], tau[MAX_M * L], a[MAX_N * L], x[MAX_M * L], lambda[MAX_M * L];
    genu_sharing_info info[L];
    genu_sharing_block out;
} block;

/* eight strengths of the first quarter of the muscles, 0 to 1.2; a moment that differs by lane */
static void block_fill(block *b, const problem *q)
{
    memset(b, 0, sizeof *b);
    for (int l = 0; l < L; l++) {
        for (int i = 0; i < q->n; i++)
            b->F[i * L + l] = q->F[i] * (i < q->n / 4 ? 1.2 * l / (L - 1) : 1);
        for (int j = 0; j < q->m; j++)
            b->tau[j * L + l] = q->tau[j] * (1 + 0.02 * l);
    }
    b->out = (genu_sharing_block){ b->a, b->x, b->lambda, b->info, 1 };
}

static genu_status solve_one(const block *b, int l, problem *q, genu_sharing *w, int warm)
{
    for (int i = 0; i < q->n; i++)
        q->F[i] = b->F[i * L + l];
    for (int j = 0; j < q->m; j++)
        q->tau[j] = b->tau[j * L + l];
    return problem_solve(q, w, warm);
}

static genu_sharing *workspace_at(const problem *q, genu_sharing_level level, double power)
{
    genu_sharing_settings settings = genu_sharing_defaults();
    settings.level = level;
    settings.power = power;
    return problem_workspace(q, &settings);
}

static void compare_lanes_with_single_solves(const block *b, problem *q, genu_sharing *w)
{
    for (int l = 0; l < L; l++) {
        CHECK_INT(solve_one(b, l, q, w, 0), GENU_OK);
        for (int i = 0; i < q->n; i++) // both within tolerance of their own moments
            CHECK_NEAR(b->a[i * L + l], q->a[i], 0, 1e-8);
        for (int k = 0; k < q->k; k++)
            CHECK_NEAR(b->x[k * L + l], q->x[k], 1e-8, 1e-8);
        for (int j = 0; j < q->m; j++)
            CHECK_NEAR(b->lambda[j * L + l], q->lambda[j], 1e-8, 1e-8);
        CHECK_NEAR(b->info[l].objective, q->info.objective, 1e-8, 0);
        CHECK_NEAR(b->info[l].residual, 0, 0, 1e-9 + 1e-7);
        CHECK_INT(b->info[l].n_saturated, q->info.n_saturated);
    }
}

static int n_by_lanes(const block *b)
{
    int n = 0;
    for (int l = 0; l < L; l++)
        n += b->info[l].by_lanes;
    return n;
}

static void lanes_agree_with_single_solves(void)
{
    unsigned long long seed = 41;
    int by_lanes = 0;
    for (int trial = 0; trial < 40; trial++) {
        problem q;
        block b;
        problem_random(&q, 80, 15, 1, trial % 2 ? 0.01 : 0, &seed);
        block_fill(&b, &q);
        genu_sharing *w = workspace_at(&q, GENU_SHARING_AUTO, 2);
        for (int warm = 0; warm < 2; warm++) {
            for (int i = 0; warm && i < 80 * L; i++)
                b.F[i] *= 0.97;
            CHECK_INT(genu_sharing_solve8(w, L, b.F, b.tau, warm, &b.out), GENU_OK);
            compare_lanes_with_single_solves(&b, &q, w);
            by_lanes += n_by_lanes(&b);
        }
        genu_sharing_free(w);
    }
    CHECK_TRUE(by_lanes > 40 * 2 * L * 95 / 100); // the kernel finishes nearly all itself
}

/* A start makes the lanes do powers above 2, unless an activation may be 0. */
static void powers_run_in_lanes_from_a_start(void)
{
    const double power[] = { 2.5, 3, 5, 10 };
    unsigned long long seed = 79;
    for (int p = 0; p < 4; p++) {
        int by_lanes = 0;
        for (int trial = 0; trial < 20; trial++) {
            problem q;
            block b;
            problem_random(&q, 60, 10, 1, trial % 2 ? 0.01 : 0, &seed);
            block_fill(&b, &q);
            genu_sharing *w = workspace_at(&q, GENU_SHARING_AUTO, power[p]);
            CHECK_INT(genu_sharing_solve8(w, L, b.F, b.tau, 0, &b.out), GENU_OK);
            CHECK_INT(n_by_lanes(&b), 0);
            for (int i = 0; i < q.n * L; i++)
                b.F[i] *= 0.98;
            CHECK_INT(genu_sharing_solve8(w, L, b.F, b.tau, 1, &b.out), GENU_OK);
            compare_lanes_with_single_solves(&b, &q, w);
            if (trial % 2)
                by_lanes += n_by_lanes(&b);
            else
                CHECK_INT(n_by_lanes(&b), 0);
            genu_sharing_free(w);
        }
        printf("  power %g: %d of %d by lanes\n", power[p], by_lanes, 10 * L);
        CHECK_TRUE(by_lanes > 10 * L / 4); // flat powers are harder: 49 of 80 at 10
    }
}

/* To the tolerance of the residual, 1e-9 Nm and 1e-10 of the moments, over arms of centimetres and
 * hundreds of newtons. */
static void every_level_gives_the_same_numbers(void)
{
    unsigned long long seed = 43;
    for (int trial = 0; trial < 20; trial++) {
        problem q;
        block b[GENU_N_SHARING_LEVEL];
        problem_random(&q, 60, 12, trial % 2 ? 1 : 0.05, 0, &seed);
        for (int level = GENU_SHARING_AUTO; level < GENU_N_SHARING_LEVEL; level++) {
            genu_sharing_settings settings = genu_sharing_defaults();
            genu_sharing *w;
            genu_err err;
            settings.level = (genu_sharing_level)level;
            if (genu_sharing_new(&w, q.n, q.m, q.k, &settings, &err)) {
                CHECK_FAILS(err.status, GENU_E_RANGE, err, "which this machine or build lacks");
                CHECK_TRUE(level > GENU_SHARING_BASELINE);
                continue;
            }
            CHECK_TRUE(genu_sharing_level_of(w) != GENU_SHARING_AUTO);
            CHECK_OK(genu_sharing_set(w, &q.frame, &err), err);
            block_fill(&b[level], &q);
            CHECK_INT(genu_sharing_solve8(w, L, b[level].F, b[level].tau, 0, &b[level].out),
                      GENU_OK);
            for (int i = 0; i < q.n * L; i++)
                b[level].F[i] *= 0.98;
            CHECK_INT(genu_sharing_solve8(w, L, b[level].F, b[level].tau, 1, &b[level].out),
                      GENU_OK);
            for (int i = 0; i < q.n * L; i++)
                CHECK_NEAR(b[level].a[i], b[0].a[i], 0, 1e-9);
            for (int i = 0; i < q.k * L; i++)
                CHECK_NEAR(b[level].x[i], b[0].x[i], 1e-9, 1e-9);
            genu_sharing_free(w);
        }
    }
    CHECK_TEXT(genu_sharing_level_name(GENU_SHARING_V3), "x86-64-v3");
    CHECK_TEXT(genu_sharing_level_name((genu_sharing_level)17), "unknown");
}

static void a_lane_depends_on_itself_alone(void)
{
    // lane 2 among others, among copies of itself, with infeasible neighbours, in a short block
    unsigned long long seed = 47;
    for (int trial = 0; trial < 10; trial++) {
        problem q;
        block b, c;
        problem_random(&q, 40, 7, 1, 0, &seed);
        block_fill(&b, &q);
        genu_sharing *w = workspace_at(&q, GENU_SHARING_AUTO, trial % 4 == 3 ? 3 : 2);
        CHECK_INT(genu_sharing_solve8(w, L, b.F, b.tau, 0, &b.out), GENU_OK);
        for (int variant = 0; variant < 4; variant++) {
            block_fill(&c, &q);
            for (int l = 0; l < L; l++)
                for (int i = 0; i < q.n && l != 2; i++)
                    c.F[i * L + l] = variant ? 1e-3 * l * c.F[i * L + l] : c.F[i * L + 2];
            for (int j = 0; j < q.m && variant == 2; j++)
                c.tau[j * L + 1] = NAN;
            genu_status status =
                genu_sharing_solve8(w, variant == 3 ? 3 : L, c.F, c.tau, 0, &c.out);
            CHECK_INT(status, variant == 2 ? GENU_E_RANGE : GENU_OK);
            for (int i = 0; i < q.n; i++)
                CHECK_NEAR(c.a[i * L + 2], b.a[i * L + 2], 0, 0);
            for (int j = 0; j < q.m; j++)
                CHECK_NEAR(c.lambda[j * L + 2], b.lambda[j * L + 2], 0, 0);
            CHECK_INT(c.info[2].iterations, b.info[2].iterations);
            if (variant == 2) {
                CHECK_INT(c.info[1].status, GENU_E_RANGE);
                CHECK_TRUE(isnan(c.a[1]) && isnan(c.x[1]) && isnan(c.lambda[1]));
            }
        }
        genu_sharing_free(w);
    }
}

static void unused_lanes_are_not_touched(void)
{
    unsigned long long seed = 53;
    problem q;
    block b;
    problem_random(&q, 20, 4, 1, 0, &seed);
    block_fill(&b, &q);
    for (int i = 0; i < q.n * L; i++)
        b.a[i] = 77;
    for (int l = 5; l < L; l++)
        b.F[l] = b.tau[l] = NAN; // would be refused if it were read
    genu_sharing *w = workspace_at(&q, GENU_SHARING_AUTO, 2);
    CHECK_INT(genu_sharing_solve8(w, 5, b.F, b.tau, 0, &b.out), GENU_OK);
    for (int i = 0; i < q.n; i++)
        for (int l = 0; l < L; l++)
            CHECK_TRUE((b.a[i * L + l] == 77) == (l >= 5));
    CHECK_INT(genu_sharing_solve8(w, 0, b.F, b.tau, 0, &b.out), GENU_E_RANGE);
    CHECK_INT(genu_sharing_solve8(w, 9, b.F, b.tau, 0, &b.out), GENU_E_RANGE);
    genu_sharing_free(w);
}

/* Where all muscles cross the same coordinates the kernel works on the caller's arrays if they are aligned, and
 * else on copies. */
static void arrays_in_place_change_no_bit(void)
{
    enum { N = 14, M = 3, SIZE = (N + M + N + M + M) * L };
    double arrays[2][SIZE + 8] __attribute__((aligned(64)));
    double R[N * M], rho[M] = { 1, 1, 1 };
    int on[M] = { 0, 1, 2 };
    unsigned long long seed = 97;
    genu_sharing *w;
    genu_err err;
    for (int i = 0; i < N * M; i++)
        R[i] = test_random(&seed, -0.05, 0.05);
    genu_sharing_frame frame = { .R = R, .reserve_on = on, .rho = rho };
    CHECK_OK(genu_sharing_new(&w, N, M, M, NULL, &err), err);
    CHECK_OK(genu_sharing_set(w, &frame, &err), err);
    for (int moved = 0; moved < 2; moved++) { // the second time 8 bytes off a boundary
        double *F = arrays[moved] + (moved ? 1 : 0), *tau = F + N * L, *a = tau + M * L;
        genu_sharing_block out = { a, a + N * L, a + (N + M) * L, NULL, 0 };
        seed = 101;
        for (int i = 0; i < N * L; i++)
            F[i] = test_random(&seed, 0, 900);
        for (int i = 0; i < M * L; i++)
            tau[i] = test_random(&seed, -30, 30);
        CHECK_INT(genu_sharing_solve8(w, L, F, tau, 0, &out), GENU_OK);
        for (int i = 0; i < N * L; i++)
            F[i] *= 0.9;
        CHECK_INT(genu_sharing_solve8(w, L, F, tau, 1, &out), GENU_OK);
    }
    double *one = arrays[0], *two = arrays[1] + 1;
    CHECK_INT(((size_t)one | (size_t)(arrays[1])) % 64, 0);
    for (int i = 0; i < SIZE; i++)
        CHECK_NEAR(one[i], two[i], 0, 0);
    genu_sharing_free(w);
}

/* Of numbers that are linear in frame and scenario the start is the answer. */
static void starts_follow_the_neighbour(void)
{
    double before[4], beside[4], beside_before[4], lambda[4];
    for (int i = 0; i < 4; i++) {
        beside_before[i] = 3 + i;
        before[i] = beside_before[i] + 0.25;
        beside[i] = beside_before[i] - 0.5;
    }
    genu_sharing_predict(4, before, beside, beside_before, lambda);
    for (int i = 0; i < 4; i++)
        CHECK_NEAR(lambda[i], 3 + i + 0.25 - 0.5, 0, 0);
    genu_sharing_predict(4, before, NULL, NULL, lambda);
    CHECK_NEAR(lambda[3], before[3], 0, 0);
    genu_sharing_predict(4, NULL, beside, NULL, lambda);
    CHECK_NEAR(lambda[3], beside[3], 0, 0);
    genu_sharing_predict(4, NULL, NULL, NULL, lambda);
    CHECK_NEAR(lambda[3], beside[3], 0, 0);
}

static void hard_lanes_are_finished_by_the_scalar_solver(void)
{
    // without reserves: lane 0 is far too weak, the others are as strong as needed
    unsigned long long seed = 59;
    problem q;
    block b;
    problem_random(&q, 60, 8, 0, 0, &seed);
    block_fill(&b, &q);
    for (int i = 0; i < q.n; i++)
        for (int l = 0; l < L; l++)
            b.F[i * L + l] = q.F[i] * (l ? 1.2 : 0.01);
    genu_sharing *w = workspace_at(&q, GENU_SHARING_AUTO, 2);
    b.out.x = NULL; // there are none
    CHECK_INT(genu_sharing_solve8(w, L, b.F, b.tau, 0, &b.out), GENU_E_INFEASIBLE);
    CHECK_INT(b.info[0].status, GENU_E_INFEASIBLE);
    CHECK_INT(b.info[0].by_lanes, 0);
    CHECK_TRUE(b.info[0].residual > 1);
    for (int l = 1; l < L; l++)
        CHECK_INT(b.info[l].status, GENU_OK);
    CHECK_INT(solve_one(&b, 0, &q, w, 0), GENU_E_INFEASIBLE);
    for (int i = 0; i < q.n; i++)
        CHECK_NEAR(b.a[i * L], q.a[i], 0, 0); // the very same solver
    genu_sharing_free(w);
}

/* a sweep of 24 blocks shared out to threads, each with its own workspace */
enum { N_BLOCK = 24 };
typedef struct sweep {
    const problem *q;
    block *b;
    int first, stride;
    double power;
} sweep;

static void *run_sweep(void *argument)
{
    sweep *s = argument;
    genu_sharing_settings settings = genu_sharing_defaults();
    settings.power = s->power;
    genu_sharing *w;
    if (genu_sharing_new(&w, s->q->n, s->q->m, s->q->k, &settings, NULL))
        return NULL;
    if (genu_sharing_set(w, &s->q->frame, NULL) == GENU_OK)
        for (int i = s->first; i < N_BLOCK; i += s->stride)
            for (int frame = 0; frame < 3; frame++) { // warm from the frame before
                for (int j = 0; j < s->q->m * L; j++)
                    s->b[i].tau[j] *= 1 + 0.03 * frame;
                if (genu_sharing_solve8(w, L, s->b[i].F, s->b[i].tau, frame > 0, &s->b[i].out))
                    break;
            }
    genu_sharing_free(w);
    return NULL;
}

static unsigned long long hash_sweep(const problem *q, int n_thread, double power, block *b)
{
    pthread_t thread[4];
    sweep part[4];
    for (int i = 0; i < N_BLOCK; i++) {
        block_fill(&b[i], q);
        for (int k = 0; k < q->n * L; k++)
            b[i].F[k] *= 1 + 0.01 * i;
    }
    for (int t = 0; t < n_thread; t++) {
        part[t] = (sweep){ q, b, t, n_thread, power };
        CHECK_INT(pthread_create(&thread[t], NULL, run_sweep, &part[t]), 0);
    }
    for (int t = 0; t < n_thread; t++)
        pthread_join(thread[t], NULL);
    unsigned long long hash = 14695981039346656037ull; // FNV-1a
    for (int i = 0; i < N_BLOCK; i++) {
        CHECK_INT(b[i].info[L - 1].status, GENU_OK);
        const unsigned char *byte = (const unsigned char *)b[i].a;
        for (size_t k = 0; k < sizeof b[i].a; k++)
            hash = (hash ^ byte[k]) * 1099511628211ull;
    }
    return hash;
}

static void same_bits_for_any_number_of_threads(void)
{
    unsigned long long seed = 61;
    problem q;
    block *b = malloc(N_BLOCK * sizeof *b);
    CHECK_TRUE(b != NULL);
    problem_random(&q, 60, 10, 1, 0, &seed);
    for (double power = 2; b && power < 4; power++) {
        unsigned long long hash = hash_sweep(&q, 1, power, b);
        for (int n_thread = 2; n_thread <= 4; n_thread++)
            CHECK_TRUE(hash_sweep(&q, n_thread, power, b) == hash);
    }
    free(b);
}

static void never_allocates_while_solving(void)
{
    unsigned long long seed = 67;
    problem q;
    block b;
    problem_random(&q, 40, 7, 0, 0, &seed);
    block_fill(&b, &q);
    for (double power = 2; power < 4; power++) {
        genu_sharing *w = workspace_at(&q, GENU_SHARING_AUTO, power);
        long before = test_allocations();
        for (int frame = 0; frame < 100; frame++) {
            genu_status status = genu_sharing_set(w, &q.frame, NULL);
            status = status ? status : genu_sharing_solve8(w, L, b.F, b.tau, frame % 2, &b.out);
            q.tau[0] = frame; // some of these are infeasible
            (void)(problem_solve(&q, w, 0) == status);
        }
        CHECK_INT(test_allocations() - before, 0);
        genu_sharing_free(w);
    }
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* mean over problems of the best of ten runs, microseconds per block; what it prints, not a limit
 */
static void prints_its_time(void)
{
    const struct {
        int n, m;
    } size[] = { { 40, 7 }, { 80, 15 } };
    enum { N_PROBLEM = 20 };
    for (int s = 0; s < 2; s++)
        for (int level = GENU_SHARING_BASELINE; level < GENU_N_SHARING_LEVEL; level++) {
            unsigned long long seed = 73;
            double total[2] = { 0 }, steps[2] = { 0 };
            for (int trial = 0; trial < N_PROBLEM; trial++) {
                problem q;
                block b;
                genu_sharing_settings settings = genu_sharing_defaults();
                genu_sharing *w;
                settings.level = (genu_sharing_level)level;
                problem_random(&q, size[s].n, size[s].m, 1, 0, &seed);
                if (genu_sharing_new(&w, q.n, q.m, q.k, &settings, NULL))
                    return; // neither this level nor those after it
                CHECK_INT(genu_sharing_set(w, &q.frame, NULL), GENU_OK);
                block_fill(&b, &q);
                double start[MAX_M * L];
                for (int warm = 0; warm < 2; warm++) {
                    double best = INFINITY;
                    for (int i = 0; warm && i < q.n * L; i++)
                        b.F[i] *= 1 - 0.002 * (i / L % 10);
                    memcpy(start, b.lambda, sizeof start);
                    for (int run = 0; run < 10; run++) {
                        memcpy(b.lambda, start, sizeof start);
                        double t = seconds();
                        CHECK_INT(genu_sharing_solve8(w, L, b.F, b.tau, warm, &b.out), GENU_OK);
                        best = fmin(best, seconds() - t);
                    }
                    total[warm] += best;
                    for (int l = 0; l < L; l++)
                        steps[warm] += b.info[l].iterations;
                }
                genu_sharing_free(w);
            }
            printf("  %d x %-2d %-9s: cold %6.2f us (%.1f steps), warm %6.2f us (%.1f steps)\n",
                   size[s].n, size[s].m, genu_sharing_level_name((genu_sharing_level)level),
                   1e6 * total[0] / N_PROBLEM, steps[0] / N_PROBLEM / L, 1e6 * total[1] / N_PROBLEM,
                   steps[1] / N_PROBLEM / L);
        }
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(lanes_agree_with_single_solves),
        TEST(powers_run_in_lanes_from_a_start),
        TEST(every_level_gives_the_same_numbers),
        TEST(a_lane_depends_on_itself_alone),
        TEST(unused_lanes_are_not_touched),
        TEST(arrays_in_place_change_no_bit),
        TEST(starts_follow_the_neighbour),
        TEST(hard_lanes_are_finished_by_the_scalar_solver),
        TEST(same_bits_for_any_number_of_threads),
        TEST(never_allocates_while_solving),
        TEST(prints_its_time),
        CU_TEST_INFO_NULL,
    };
    return test_main("sharing_block", tests, argc, argv);
}
