/* sharing_problem.h - random load-sharing problems for the tests of solvers/sharing and
 * sensitivity.
 *
 * Depends on: solvers/sharing.h, tests/testlib.h
 */
#ifndef GENU_TESTS_SHARING_PROBLEM_H
#define GENU_TESTS_SHARING_PROBLEM_H

#include "solvers/sharing.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_N = 100, MAX_M = 40 };

typedef struct problem {
    int n, m, k;
    genu_sharing_frame frame;
    double R[MAX_N * MAX_M], w[MAX_N], lo[MAX_N], hi[MAX_N], F[MAX_N], tau[MAX_M];
    double rho[MAX_M];
    int on[MAX_M];
    double a[MAX_N], x[MAX_M], lambda[MAX_M];
    genu_sharing_info info;
} problem;

/* n muscles that cross one to four neighbouring coordinates with moment arms to 7 cm, capacity 50
 * to 3000 N (some 0), weights 0.5 to 2, a twentieth fixed; moments of a random activation, one
 * reserve of rho Nm per coordinate (rho = 0: none). */
static inline void problem_random(problem *q, int n, int m, double rho, double lo,
                                  unsigned long long *seed)
{
    memset(q, 0, sizeof *q);
    q->n = n;
    q->m = m;
    q->k = rho > 0 ? m : 0;
    q->frame = (genu_sharing_frame){ .R = q->R, .w = q->w, .lo = q->lo, .hi = q->hi };
    q->frame.reserve_on = q->on;
    q->frame.rho = q->rho;
    for (int j = 0; j < m; j++) {
        q->on[j] = j;
        q->rho[j] = rho;
    }
    for (int i = 0; i < n; i++) {
        int first = (int)test_random(seed, 0, m), count = 1 + (int)test_random(seed, 0, 4);
        q->w[i] = test_random(seed, 0.5, 2);
        q->F[i] = test_random(seed, 0, 1) < 0.05 ? 0 : 50 * exp(test_random(seed, 0, 4.1));
        q->lo[i] = lo;
        q->hi[i] = test_random(seed, 0, 1) < 0.05 ? lo : 1;
        double level = lo + (q->hi[i] - lo) * pow(test_random(seed, 0, 1), 3);
        for (int j = first; j < m && j < first + count; j++) {
            double arm = test_random(seed, -0.07, 0.07);
            q->R[i * m + j] = arm;
            q->tau[j] += arm * q->F[i] * level;
        }
    }
}

/* NULL after a failed check. settings NULL: defaults */
static inline genu_sharing *problem_workspace(const problem *q,
                                              const genu_sharing_settings *settings)
{
    genu_err err;
    genu_sharing *w;
    if (!CHECK_OK(genu_sharing_new(&w, q->n, q->m, q->k, settings, &err), err))
        return NULL;
    if (!CHECK_OK(genu_sharing_set(w, &q->frame, &err), err)) {
        genu_sharing_free(w);
        return NULL;
    }
    return w;
}

/* a problem of one's own: n, m, k, rows of moment arms, capacity and moments; weights 1, 0 to 1 */
static inline void problem_small(problem *q, int n, int m, const double *R, const double *F,
                                 const double *tau)
{
    memset(q, 0, sizeof *q);
    q->n = n;
    q->m = m;
    memcpy(q->R, R, (size_t)(n * m) * sizeof *R);
    memcpy(q->F, F, (size_t)n * sizeof *F);
    memcpy(q->tau, tau, (size_t)m * sizeof *tau);
    for (int i = 0; i < n; i++)
        q->w[i] = q->hi[i] = 1;
    q->frame = (genu_sharing_frame){ .R = q->R, .w = q->w, .lo = q->lo, .hi = q->hi };
    q->frame.reserve_on = q->on;
    q->frame.rho = q->rho;
}

static inline genu_status problem_solve(problem *q, genu_sharing *w, int warm)
{
    return genu_sharing_solve(w, q->F, q->tau, warm, q->a, q->x, q->lambda, &q->info);
}

#endif
