/* sharing_private.h - the inside of genu_sharing: columns, iterates, and what the kernel is given.
 *
 * A column is a muscle (0 .. n-1) or a reserve (n .. n+k-1), which is a muscle of capacity 1 with
 * the single moment arm rho. Every column minimises its own cost less what its moments are worth,
 *   y(s) = argmin  w (|y|^p + kappa y^2 / 2) - s y  on [lo, hi],   s = sum_j A_j lambda_j,
 * with kappa = 0 but for the smoothing of sharing_newton.c, and A = capacity x moment arm.
 *
 * Depends on: solvers/sharing.h
 */
#ifndef GENU_SOLVERS_SHARING_PRIVATE_H
#define GENU_SOLVERS_SHARING_PRIVATE_H

#include "solvers/sharing.h"

/* Columns that act on the same coordinates, one after the other in the kernel's arrays. */
typedef struct genu_sharing_run {
    int first, n;      /* columns                                                             */
    int e;             /* coordinates of each                                                 */
    const int *at;     /* e: which, ascending                                                 */
    const double *arm; /* n x e: moment arms or rho                                           */
} genu_sharing_run;

/* What the side-by-side kernel works on; every array of lanes is 64-byte aligned, stride 8. Columns
 * stand in the order of their runs: column i here is column order[i] of genu_sharing. */
typedef struct genu_sharing_lanes {
    int n_column, n_coordinate, n_run, max_iter, warm;
    genu_sharing_run *run;   /* n_run                                                    */
    int *order;              /* n_column                                                 */
    double *arm;             /* what the runs point into                                 */
    double *half;            /* n_column: 1 / (2 w), 0 where lo = hi                     */
    double *unit;            /* n_column: 1 / (p w) where p > 2, else 0                  */
    double power;            /* of those columns; 2: there are none                      */
    double *lo, *hi;         /* n_column                                                 */
    double *capacity, *tau;  /* n_column x 8; n_coordinate x 8                           */
    double *lambda;          /* n_coordinate x 8; in, when warm, and out                 */
    double *y;               /* n_column x 8; out                                        */
    double *s, *ds;          /* n_column x 8; marginal use and its change along the step */
    double *M;               /* n_coordinate (n_coordinate + 1) / 2 x 8                  */
    double *r, *step, *from; /* n_coordinate x 8; from: lambda before a step              */
    double *tol;             /* 8: largest allowed residual                              */
    double *residual;        /* 8; out                                                   */
    int iterations[GENU_SHARING_LANES]; /* out, where converged                           */
    double *trials;                     /* 8; out: of line searches                              */
    int done[GENU_SHARING_LANES];       /* in: 1 nothing to do; out: 1 also where converged     */
} genu_sharing_lanes;

typedef void genu_sharing_kernel(genu_sharing_lanes *);
void genu_sharing_kernel_baseline(genu_sharing_lanes *l);
void genu_sharing_kernel_v3(genu_sharing_lanes *l);
void genu_sharing_kernel_v4(genu_sharing_lanes *l);

struct genu_sharing {
    genu_sharing_settings settings;
    genu_sharing_level level; /* in force; never AUTO */
    genu_sharing_kernel *kernel;
    int n, m, k, n_column; /* muscles, coordinates, reserves, n + k */
    int is_set;            /* a frame has been taken over           */
    int has_zero;          /* a control with p > 2 may be 0, where its slope is infinite    */
    int is_prepared;       /* sensitivity.c keeps its slopes and factors here */

    /* the frame */
    int *start;                     /* n_column + 1: first nonzero of each column        */
    int *at;                        /* per nonzero: its coordinate, ascending in a column */
    int *seen_start, *seen_at;      /* what the kernel's runs were made of                */
    double *arm;                    /* per nonzero                                       */
    double *w, *lo, *hi, *half, *p; /* n_column                                         */

    /* the scenario that the scalar solver is at */
    double *A;            /* per nonzero: capacity x arm                                     */
    double *capacity;     /* n_column; for sensitivity.c                                     */
    double *tau;          /* m                                                               */
    double tol;           /* largest allowed residual, Nm                                    */
    double soft;          /* slope of an extra moment on every coordinate: 0, but to find    */
                          /* the least error of what is infeasible                           */
    int quadratic;        /* 1: as if p = q = 2                                              */
    double *kappa;        /* n_column: smoothing                                             */
    double *v_lo, *v_hi;  /* n_column: s / w at which the bounds are met                     */
    double *secant;       /* n_column: typical dy/ds                                         */
    double *y, *slope;    /* n_column: control, dy/ds                                        */
    double *s, *ds;       /* n_column: marginal use, its change along the step               */
    double *lambda, *r;   /* m                                                               */
    double *step, *spare; /* m; spare: pivots in place of those lost in rounding             */
    double *M;            /* m (m + 1) / 2: lower triangle by rows, then its factors         */
    int iterations, trials;
    double *one_F, *one_tau, *one_lambda; /* n, m, m: one lane of a block, gathered            */

    genu_sharing_lanes lanes;
};

/* Are there exponents other than 2? */
int genu_sharing_has_powers(const genu_sharing *w);

/* The scalar solver; capacity and tau are checked already. Leaves y and lambda in w and fills info
 * but for n_saturated and objective. */
genu_status genu_sharing_scalar(genu_sharing *w, const double *capacity, const double *tau,
                                const double *lambda, genu_sharing_info *info);

/* Newton on the dual from w->lambda until no residual exceeds tol, or what rounding leaves of it.
 * GENU_OK, GENU_E_NOT_CONVERGED, or, in the quadratic problem, GENU_E_INFEASIBLE with proof. */
genu_status genu_sharing_ascend(genu_sharing *w, double tol, int max_iter);
/* The quadratic problem: from w->lambda, or from the solution without bounds. */
genu_status genu_sharing_quadratic(genu_sharing *w, int warm, double *stationarity);
/* The problem of powers, from w->lambda or from the quadratic solution (sharing_power.c). */
genu_status genu_sharing_power(genu_sharing *w, int warm, double *stationarity);
/* Newton on the conditions in y and lambda together, from a point near the solution. */
genu_status genu_sharing_polish(genu_sharing *w, double *stationarity);
/* slope = dy/ds of the free controls at y and lambda, 0 of those held; bounded as in the polish. */
void genu_sharing_slopes(genu_sharing *w);

/* Pieces that both share. */
void genu_sharing_uses(const genu_sharing *w, const double *lambda, double *s); /* s = A' lambda */
void genu_sharing_residual(genu_sharing *w);                                    /* r = tau - A y */
void genu_sharing_outer(genu_sharing *w); /* M = A slope A' + soft, spare from secant       */
double genu_sharing_worst(const genu_sharing *w); /* largest |r|                                  */
/* y of p y^(p-1) + kappa y = v for v >= 0 */
double genu_sharing_root(double v, double p, double kappa);

/* L D L' of the packed lower triangle M of m rows, in place; the diagonal then holds 1 / D. A pivot
 * below 1e-13 of its diagonal entry is rounding, not a number: it becomes spare[j]. Returns how
 * many there were. */
int genu_sharing_factor(int m, double *M, const double *spare);
void genu_sharing_backsolve(int m, const double *M, double *b);

#endif
