/* Levenberg-Marquardt on the whole cycle. Frames are worked out in parallel, each in its own slot,
 * and summed in their order, so that the result does not depend on the number of threads. */
#include "solvers/walk_private.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { N_PANEL = 32 };

/* Row i less what rows from..to-1 of the factor take from it. */
static void take_rows(size_t N, double *A, size_t from, size_t to, size_t i)
{
    double *restrict row = A + i * N;
    for (size_t k = from; k < to; k++) {
        const double *restrict u = A + k * N;
        double s = u[i];
        if (s == 0)
            continue;
        for (size_t j = i; j < N; j++)
            row[j] -= s * u[j];
    }
}

/** Factor A = U'U in place (upper triangle, row-major) and overwrite x (n) with the solution.
 *  1, or 0 when A is not positive definite. */
int walk_cholesky(int n, double *A, double *x)
{
    size_t N = (size_t)n;
    for (size_t from = 0; from < N; from += N_PANEL) {
        size_t to = from + N_PANEL < N ? from + N_PANEL : N;
        for (size_t k = from; k < to; k++) {
            double *row = A + k * N;
            take_rows(N, A, from, k, k);
            if (!(row[k] > 0))
                return 0;
            double r = 1 / sqrt(row[k]);
            for (size_t j = k; j < N; j++)
                row[j] *= r;
        }
        // the rest of the rows, each while the panel is in the cache
#pragma omp parallel for schedule(dynamic, 16) if (N - to > 400)
        for (size_t i = to; i < N; i++)
            take_rows(N, A, from, to, i);
    }
    for (size_t k = 0; k < N; k++) {
        x[k] /= A[k * N + k];
        for (size_t j = k + 1; j < N; j++)
            x[j] -= A[k * N + j] * x[k];
    }
    for (size_t k = N; k-- > 0;) {
        for (size_t j = k + 1; j < N; j++)
            x[k] -= A[k * N + j] * x[j];
        x[k] /= A[k * N + k];
    }
    return 1;
}

static double evaluate(genu_walk *w, const double *x, int derivatives)
{
#pragma omp parallel for schedule(dynamic) num_threads(w->n_thread)
    for (int k = 0; k < w->n_frame; k++)
        walk_frame_fit(w, &w->frame[k], w->data[omp_get_thread_num()], x, derivatives);
    double cost = 0;
    for (int k = 0; k < w->n_frame; k++)
        cost += w->frame[k].cost;
    return cost;
}

/* A block of A += B_i' H_ij B_j for one pair of groups, one of which is not a series. */
static void sandwich(const genu_walk *w, const frame *f, const group *gi, const group *gj)
{
    const block *bi = &w->block[gi->block], *bj = &w->block[gj->block];
    for (int a = 0; a < gi->n_local; a++) {
        double T[N_FOURIER] = { 0 };
        for (int b = 0; b < gj->n_local; b++) {
            int i = gi->local + a * N_COORD, j = gj->local + b * N_COORD;
            double h = i <= j ? f->H[i][j] : f->H[j][i];
            for (int q = 0; h != 0 && q < gj->n; q++)
                T[q] += h * gj->B[b][q];
        }
        for (int p = 0; p < gi->n; p++) {
            double *to = w->A + (size_t)(bi->start + gi->first + p) * (size_t)w->n +
                         (size_t)(bj->start + gj->first);
            for (int q = 0; q < gj->n; q++)
                to[q] += gi->B[a][p] * T[q];
        }
    }
}

/* Two series. The product of two harmonics is a sum of two others,
 *
 *   cos hp cos lp = (cos (h-l)p + cos (h+l)p) / 2   and so on,
 *
 * so it is enough to sum H over the frames against the harmonics up to twice the highest, once for
 * each of the nine pairs of value, speed and acceleration; the block follows from those sums. */
enum { N_DOUBLE = 2 * N_HARMONIC + 1 };

typedef struct moments {
    double c[3][3][N_DOUBLE], s[3][3][N_DOUBLE]; /* sums of H cos mp, H sin mp                */
} moments;

/* p is the right leg's phase. */
static void sum_moments(const genu_walk *w, int i, int j, moments *sum)
{
    memset(sum, 0, sizeof *sum);
    for (int k = 0; k < w->n_frame; k++) {
        const frame *f = &w->frame[k];
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) {
                int row = i + a * N_COORD, column = j + b * N_COORD;
                double h = row <= column ? f->H[row][column] : f->H[column][row];
                for (int m = 0; h != 0 && m < N_DOUBLE; m++) {
                    sum->c[a][b][m] += h * f->cosine[m];
                    sum->s[a][b][m] += h * f->sine[m];
                }
            }
    }
}

/* Value, speed, acceleration of the term `part` (0 cos, 1 sin) of harmonic h: which of cos hp and
 * sin hp it is, times what. A left leg is half a cycle behind: odd harmonics change sign. */
static double term(const genu_walk *w, int coord, int h, int part, int a, int *is_sine)
{
    double r = 2 * GENU_PI / w->period * h;
    double sign = coord >= TRUNK_END + LEG && h % 2 ? -1 : 1;
    *is_sine = a == 1 ? !part : part;
    return sign * (a == 0 ? 1 : a == 2 ? -r * r : part ? r : -r);
}

static double product_sum(const moments *m, int a, int b, int h, int h_sine, int l, int l_sine)
{
    int less = h > l ? h - l : l - h, more = h + l;
    double turn = h > l ? 1 : -1; // sin (h-l)p = turn sin |h-l|p
    if (!h_sine && !l_sine)
        return 0.5 * (m->c[a][b][less] + m->c[a][b][more]);
    if (h_sine && l_sine)
        return 0.5 * (m->c[a][b][less] - m->c[a][b][more]);
    if (h_sine)
        return 0.5 * (m->s[a][b][more] + turn * m->s[a][b][less]);
    return 0.5 * (m->s[a][b][more] - turn * m->s[a][b][less]);
}

static int harmonic_of(const block *b, int k, int *part)
{
    int pair = b->first == 0 ? (k + 1) / 2 : k / 2;
    *part = b->first == 0 ? k > 0 && k % 2 == 0 : k % 2;
    return b->first + pair * b->step;
}

static void sum_series(const genu_walk *w, int i, int j)
{
    moments m;
    const block *bi = &w->block[w->coord_block[i]], *bj = &w->block[w->coord_block[j]];
    sum_moments(w, i, j, &m);
    for (int p = 0; p < bi->n; p++)
        for (int q = 0; q < bj->n; q++) {
            int pp, qp, ps, qs;
            int h = harmonic_of(bi, p, &pp), l = harmonic_of(bj, q, &qp);
            double sum = 0;
            for (int a = 0; a < 3; a++)
                for (int b = 0; b < 3; b++) {
                    double x = term(w, i, h, pp, a, &ps) * term(w, j, l, qp, b, &qs);
                    sum += x * product_sum(&m, a, b, h, ps, l, qs);
                }
            w->A[(size_t)(bi->start + p) * (size_t)w->n + (size_t)(bj->start + q)] += sum;
        }
}

/* All of A that belongs to one pair of blocks of unknowns; in the symmetric walk both legs' groups
 * end in the same block. */
static void sum_pair(const genu_walk *w, int bi, int bj)
{
    if (w->block[bi].step && w->block[bj].step) {
        for (int i = 0; i < N_COORD; i++)
            for (int j = 0; w->coord_block[i] == bi && j < N_COORD; j++)
                if (w->coord_block[j] == bj)
                    sum_series(w, i, j);
        return;
    }
    for (int k = 0; k < w->n_frame; k++) {
        const frame *f = &w->frame[k];
        for (int i = 0; i < f->n_group; i++)
            for (int j = 0; f->group[i].block == bi && j < f->n_group; j++)
                if (f->group[j].block == bj)
                    sandwich(w, f, &f->group[i], &f->group[j]);
    }
}

static void sum_gradient(const genu_walk *w)
{
    for (int k = 0; k < w->n_frame; k++) {
        const frame *f = &w->frame[k];
        for (int i = 0; i < f->n_group; i++) {
            const group *g = &f->group[i];
            double *to = w->g + w->block[g->block].start + g->first;
            for (int a = 0; a < g->n_local; a++)
                for (int p = 0; p < g->n; p++)
                    to[p] += g->B[a][p] * f->g[g->local + a * N_COORD];
        }
    }
}

/** A (upper triangle) and g from the frames' local ones, without the priors. */
void walk_normal_equations(genu_walk *w)
{
    memset(w->A, 0, (size_t)w->n * (size_t)w->n * sizeof *w->A);
    memset(w->g, 0, (size_t)w->n * sizeof *w->g);
    int nb = w->n_block;
#pragma omp parallel for schedule(dynamic) num_threads(w->n_thread)
    for (int pair = 0; pair < nb * nb; pair++)
        if (pair / nb <= pair % nb)
            sum_pair(w, pair / nb, pair % nb);
    sum_gradient(w);
}

/* A step for the damping lambda into w->step; 0 when the matrix would not factor. */
static int solve_step(genu_walk *w, double lambda)
{
    size_t n = (size_t)w->n;
    memcpy(w->L, w->A, n * n * sizeof *w->A);
    for (size_t i = 0; i < n; i++) {
        w->L[i * n + i] += lambda * w->A[i * n + i] + 1e-12;
        w->step[i] = -w->g[i];
    }
    return walk_cholesky(w->n, w->L, w->step);
}

typedef struct progress {
    double lambda, cost;
    int iterations, small, done; /* small: steps in a row that gained next to nothing */
} progress;

/* One accepted step, or done when none helps. */
static void iterate(genu_walk *w, progress *p)
{
    double cost = evaluate(w, w->x, 1) + walk_prior(w, w->x, NULL, NULL);
    walk_normal_equations(w);
    walk_prior(w, w->x, w->A, w->g);
    p->iterations++;
    p->done = 1;
    for (int attempt = 0; attempt < 8; attempt++) {
        if (solve_step(w, p->lambda)) {
            for (int i = 0; i < w->n; i++)
                w->x_new[i] = w->x[i] + w->step[i];
            double trial = evaluate(w, w->x_new, 0) + walk_prior(w, w->x_new, NULL, NULL);
            if (trial < cost) {
                memcpy(w->x, w->x_new, (size_t)w->n * sizeof *w->x);
                p->lambda = fmax(1e-9, p->lambda / 5);
                p->small = cost - trial < 2e-4 * trial ? p->small + 1 : 0;
                p->done = p->small >= 2;
                p->cost = trial;
                return;
            }
        }
        p->lambda *= 8;
    }
    p->cost = cost;
}

static void run(genu_walk *w, progress *p, double loose, int most)
{
    w->loose = loose;
    p->lambda = 1e-4;
    p->done = p->small = 0;
    int until = p->iterations + most;
    while (!p->done && p->iterations < until)
        iterate(w, p);
}

/* The largest force and moment that the fit leaves to be closed. */
static void missing_loads(genu_walk *w, genu_walk_info *info)
{
    for (int k = 0; info && k < w->n_frame; k++) {
        sp6 left = walk_missing(w, w->frame[k].t, w->data[0]);
        info->force = fmax(info->force, v3_norm(left.v));
        info->moment = fmax(info->moment, v3_norm(left.w));
    }
}

genu_status genu_walk_fit(genu_walk *w, genu_walk_info *info, genu_err *err)
{
    progress p = { 0 };
    walk_start(w);
    run(w, &p, 10, 6);
    run(w, &p, 1, w->set.max_iter);
    if (info)
        *info = (genu_walk_info){
            .iterations = p.iterations, .converged = p.done, .unknowns = w->n, .cost = p.cost
        };
    missing_loads(w, info);
    if (!isfinite(p.cost))
        return genu_fail(err, GENU_E_SINGULAR, "walk of model '%s': the fit broke down",
                         w->m->name);
    if (!p.done)
        return genu_fail(err, GENU_E_NOT_CONVERGED,
                         "walk of model '%s': no convergence in %d iterations", w->m->name,
                         p.iterations);
    return GENU_OK;
}
