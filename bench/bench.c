/* bench.c - how fast load sharing is: one leg, one frame, one scenario at a time and eight side by
 * side, cold and warm, over strength designs near together and far apart.
 *
 * usage: bench STUDY      the study's model and movement; its right hip abductors are scaled
 *
 * A solve is one leg in one frame at one strength: the solver's own time, from capacities and moments to
 * activations; what a whole sweep takes, bench.sh shows. Times are the least of several runs: the machine
 * may be shared. Operations are counted from the passes that a Newton step makes over the muscles; what a
 * search takes is not counted as useful.
 */
#include "bench/peak.h"
#include "sim/trial.h"
#include "solvers/design.h"
#include "solvers/scenarios_private.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = GENU_SHARING_LANES, REPEATS = 3 };

typedef struct bench {
    genu_trial *trial;
    const group *leg; /* that of the right hip                    */
    int *abductor[2]; /* n flags: medius, minimus                 */
    int n_strength;   /* multiple of GENU_BLOCK                   */
    double *strength; /* n_strength x 2                           */
} bench;

typedef struct result {
    double seconds, steps, most, trials, most_trials, flops;
    long solves;
} result;

/* ------------------------------------------------------------------ strengths */

/* n x n strengths, or the first so many. */
static void grid(bench *b, int n, int count)
{
    b->n_strength = (count + GENU_BLOCK - 1) / GENU_BLOCK * GENU_BLOCK;
    b->strength = realloc(b->strength, (size_t)b->n_strength * 2 * sizeof *b->strength);
    for (int i = 0; i < b->n_strength; i++) {
        int k = i < count ? i : count - 1;
        b->strength[2 * i] = 1.2 * (k / n) / (n - 1);
        b->strength[2 * i + 1] = 1.2 * (k % n) / (n - 1);
    }
}

static int scattered(bench *b, int n, genu_err *err)
{
    b->n_strength = n;
    b->strength = realloc(b->strength, (size_t)n * 2 * sizeof *b->strength);
    if (genu_design_sample(GENU_DESIGN_SOBOL, n, 2, 0, b->strength, err) != GENU_OK)
        return 0;
    for (int i = 0; i < 2 * n; i++)
        b->strength[i] *= 1.2;
    return 1;
}

/* ------------------------------------------------------------------ work */

/* Operations of one scenario: first pass, and per Newton step one pass, the matrix of the muscles that
 * are free, and its factors. */
static double flops(const group *g, double steps, double free_share)
{
    double pass = 0, outer = 0, m = g->m;
    for (int i = 0; i < g->n; i++) {
        double e = 0;
        for (int j = 0; j < g->m; j++)
            e += g->crosses[i * g->m + j] != 0;
        pass += 4 * e + 5;
        outer += free_share * e * (e + 1) + 2;
    }
    pass += 2 * g->k;
    outer += g->k;
    return pass * (1 + steps) + steps * (outer + m * m * m / 3 + 2 * m * m);
}

/* One thread's room: a block of strengths. */
typedef struct room {
    genu_sharing *w;
    double *F, *tau;   /* GENU_BLOCK x n, m x 8: in eights, or one after the other  */
    double *a, *x;     /* n x 8, k x 8                                              */
    double *lambda[2]; /* GENU_BLOCK x m: of the even and of the odd frames         */
    genu_sharing_info info[GENU_BLOCK];
} room;

static room room_new(const group *g, const genu_plan *p)
{
    room r;
    genu_err err;
    size_t n = (size_t)g->n * LANES, m = (size_t)g->m * LANES, k = (size_t)g->k * LANES;
    size_t octets = GENU_BLOCK / LANES;
    r.F = genu_block((octets * n + m + n + k + 2 * octets * m) * sizeof *r.F);
    if (!r.F || genu_sharing_new(&r.w, g->n, g->m, g->k, &p->sharing, &err) != GENU_OK)
        exit(1);
    r.tau = r.F + octets * n;
    r.a = r.tau + m;
    r.x = r.a + n;
    r.lambda[0] = r.x + k;
    r.lambda[1] = r.lambda[0] + octets * m;
    return r;
}

/* Strengths of the block that begins with number `first`, `width` side by side. */
static void take_strengths(const bench *b, room *o, int first, int width)
{
    for (int s = 0; s < GENU_BLOCK; s++) {
        int place = genu_scenarios_place(GENU_BLOCK, s);
        const double *strength = &b->strength[2 * (first + s)];
        double *F = o->F + place / width * width * b->leg->n + place % width;
        for (int i = 0; i < b->leg->n; i++)
            F[i * width] = b->abductor[0][i] ? strength[0] : b->abductor[1][i] ? strength[1] : 1;
    }
}

/* Solve frame k for the block, started as genu_scenarios_solve does where warm. */
static void solve_frame(const bench *b, room *o, int width, int warm, int k)
{
    int m = b->leg->m, row = LANES * m;
    for (int place = 0; place < GENU_BLOCK; place += width) {
        double *F = o->F + place * b->leg->n, *lambda = o->lambda[k % 2] + place * m;
        const double *before = o->lambda[(k + 1) % 2] + place * m;
        int from = warm && k > 0, beside = warm && place >= LANES;
        genu_sharing_block block = { o->a, o->x, lambda, o->info + place, 0 };
        genu_sharing_predict(m * width, from ? before : NULL, beside ? lambda - row : NULL,
                             before - row, lambda);
        genu_status s = width > 1
                            ? genu_sharing_solve8(o->w, LANES, F, o->tau, from || beside, &block)
                            : genu_sharing_solve(o->w, F, o->tau, from || beside, o->a, o->x,
                                                 lambda, &o->info[place]);
        (void)s; // where it did not converge, the steps tell
    }
}

/* All frames and strengths by one thread. */
static void run(const bench *b, int by_lanes, int warm, int thread, int n_thread, result *r)
{
    const group *g = b->leg;
    const genu_frames *f = b->trial->frames;
    room o = room_new(g, b->trial->plan);
    int width = by_lanes ? LANES : 1;
    for (int first = thread * GENU_BLOCK; first < b->n_strength; first += n_thread * GENU_BLOCK) {
        take_strengths(b, &o, first, width);
        for (int k = 0; k < b->trial->n_frame; k++) {
            for (int i = 0; i < g->m * width; i++)
                o.tau[i] = f->target[k * f->n_dof + g->dof[i / width]];
            double start = genu_trial_clock();
            if (genu_sharing_use(o.w, g->problem[k]) != GENU_OK)
                exit(1);
            solve_frame(b, &o, width, warm, k);
            r->seconds += genu_trial_clock() - start;
            double free_share = 0, steps = 0;
            for (int i = 0; i < g->n; i++)
                free_share +=
                    (o.a[i * width] > g->lo[i] && o.a[i * width] < g->hi[i]) / (double)g->n;
            for (int s = 0; s < GENU_BLOCK; s++) {
                r->most = fmax(r->most, o.info[s].iterations);
                r->trials += o.info[s].trials;
                r->most_trials = fmax(r->most_trials, o.info[s].trials);
                steps += o.info[s].iterations;
            }
            r->steps += steps;
            r->flops += GENU_BLOCK * flops(g, steps / GENU_BLOCK, free_share);
            r->solves += GENU_BLOCK;
        }
    }
    genu_sharing_free(o.w);
    free(o.F);
}

static result measure(const bench *b, int by_lanes, int warm, int threads)
{
    result best = { .seconds = 1e9 };
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        result all = { 0 };
#pragma omp parallel num_threads(threads)
        {
            result own = { 0 };
            run(b, by_lanes, warm, omp_get_thread_num(), threads, &own);
#pragma omp critical
            {
                all.seconds = own.seconds > all.seconds ? own.seconds : all.seconds;
                all.steps += own.steps;
                all.most = own.most > all.most ? own.most : all.most;
                all.trials += own.trials;
                all.most_trials =
                    own.most_trials > all.most_trials ? own.most_trials : all.most_trials;
                all.flops += own.flops;
                all.solves += own.solves;
            }
        }
        if (all.seconds < best.seconds)
            best = all;
    }
    return best;
}

static void report(const bench *b, const char *design, double peak)
{
    double scalar = 0;
    for (int warm = 0; warm <= 1; warm++)
        for (int by_lanes = 0; by_lanes <= 1; by_lanes++)
            for (int threads = 1; threads <= 2; threads++) {
                result r = measure(b, by_lanes, warm, threads);
                double each = 1e9 * r.seconds / (double)r.solves;
                if (!by_lanes && threads == 1)
                    scalar = each;
                printf("  %-17s %-5s %-7s %d  %8.0f ns  %6.1f x  %5.2f steps, at most %3.0f  "
                       "%4.2f trials, at most %3.0f  %6.0f flop  %5.1f GFLOP/s  %4.1f %% of peak\n",
                       design, warm ? "warm" : "cold", by_lanes ? "8 lanes" : "scalar", threads,
                       each, scalar / each, r.steps / (double)r.solves, r.most,
                       r.trials / (double)r.solves, r.most_trials, r.flops / (double)r.solves,
                       1e-9 * r.flops / r.seconds, 100 * r.flops / r.seconds / (peak * threads));
            }
}

static double measure_peak(genu_sharing_level level)
{
    bench_peak *go = bench_peak_baseline;
    double best = 0, sink = 0;
#ifdef GENU_SHARING_X86
    go = level == GENU_SHARING_V4 ? bench_peak_v4 : level == GENU_SHARING_V3 ? bench_peak_v3 : go;
#endif
    (void)level;
    for (int i = 0; i < 8; i++) {
        double start = genu_trial_clock(), n = go(4000000, &sink);
        double rate = n / (genu_trial_clock() - start);
        best = rate > best ? rate : best;
    }
    return sink > 0 ? best : 0;
}

/* ------------------------------------------------------------------ all */

static genu_status begin(bench *b, const genu_study *study, genu_err *err)
{
    genu_status s = genu_trial_new(&b->trial, study, 0, NULL, err);
    if (s != GENU_OK)
        return s;
    const genu_plan *p = b->trial->plan;
    int *flag[2];
    static const char *const name[] = { "gluteus_medius", "gluteus_minimus" };
    for (int i = 0; i < 2 && s == GENU_OK; i++) {
        flag[i] = calloc((size_t)b->trial->model->n_muscle, sizeof **flag);
        s = genu_group_select(b->trial->model, name[i], GENU_RIGHT, flag[i], err);
    }
    for (int g = 0; g < p->n_group && s == GENU_OK; g++)
        for (int i = 0; i < p->group[g].n; i++)
            if (flag[0][p->group[g].muscle[i]])
                b->leg = &p->group[g];
    for (int k = 0; k < 2 && s == GENU_OK; k++) {
        b->abductor[k] = calloc((size_t)b->leg->n, sizeof **b->abductor);
        for (int i = 0; i < b->leg->n; i++)
            b->abductor[k][i] = flag[k][b->leg->muscle[i]];
        free(flag[k]);
    }
    return s;
}

int main(int argc, char **argv)
{
    genu_err err = { 0 };
    genu_study *study = NULL;
    bench b = { 0 };
    if (argc != 2) {
        fputs("usage: bench STUDY\n", stderr);
        return 2;
    }
    if (genu_study_read(&study, argv[1], NULL, &err) != GENU_OK ||
        begin(&b, study, &err) != GENU_OK) {
        fprintf(stderr, "bench: %s\n", err.msg);
        return 1;
    }
    genu_sharing *probe;
    genu_sharing_level level = GENU_SHARING_BASELINE;
    if (genu_sharing_new(&probe, 1, 1, 0, NULL, &err) == GENU_OK)
        level = genu_sharing_level_of(probe);
    genu_sharing_free(probe);
    double peak = measure_peak(level);
    printf("one leg: %d muscles, %d coordinates, %d reserves; %d frames; %s, peak %.1f GFLOP/s per "
           "core; least of %d runs\n",
           b.leg->n, b.leg->m, b.leg->k, b.trial->n_frame, genu_sharing_level_name(level),
           1e-9 * peak, REPEATS);
    grid(&b, 13, 13 * 13);
    report(&b, "13 x 13", peak);
    grid(&b, 100, 100 * 100);
    report(&b, "100 x 100", peak);
    grid(&b, 1000, 10000);
    report(&b, "1000 x 1000, part", peak);
    if (scattered(&b, 1024, &err))
        report(&b, "Sobol, 1024", peak);
    return 0;
}
