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

enum {
    GENU_SHARING_NARROW = 5, /* muscles cross one to five coordinates as a rule */
    GENU_SHARING_OUTER = GENU_SHARING_NARROW * (GENU_SHARING_NARROW + 1) / 2
};

/* Columns that act on the same coordinates, one after the other in the kernel's arrays. */
typedef struct genu_sharing_run {
    int is_reserve; /* of the reserves, whose capacity is 1, else of the muscles */
    int first, n;   /* rows among those                                          */
    int e;          /* coordinates of each                                       */
    const int *at;  /* e: which, ascending                                       */
    double *arm;    /* n x e                                                     */
    double *outer; /* n x e (e + 1) / 2 of narrow runs: products of arms, lower triangles by rows */
    double *lo, *hi; /* n                                                         */
    int same_bounds; /* of all rows                                               */
    double *unit;    /* n: 2 / (p w) where p > 2, else 0                          */
} genu_sharing_run;

/* A frame, in the form that the scalar solver reads and in that of the side-by-side kernel. There the
 * controls of a quadratic cost are taken times sqrt(w), and lambda by half, so that what a column wants is
 * capacity x use; reserves that cost quadratically and have no bounds are no columns but the stiffness
 * of their coordinate; and rows stand in the order of their runs: row i is muscle order[i], or
 * reserve order[n + i] - n. */
struct genu_sharing_problem {
    int n, m, k, n_column; /* muscles, coordinates, reserves, n + k */
    int n_nonzero;         /* room for so many arms                 */
    double power, reserve_power;
    int is_set;
    int has_zero;    /* a control with p > 2 may be 0, where its slope is infinite */
    int *start;      /* n_column + 1: first nonzero of each column                 */
    int *at;         /* per nonzero: its coordinate, ascending in a column         */
    double *arm;     /* per nonzero                                                */
    double *w, *p;   /* n_column: weights, exponents                               */
    double *lo, *hi; /* n_column */
    double *half;    /* n_column: 1 / (2 w), 0 where lo = hi                       */

    int n_run, in_order; /* in_order: order[c] = c for all           */
    genu_sharing_run *run;
    int *order;         /* n_column                                 */
    double *scale;      /* n_column, by row: control per normalised */
    int is_scaled;      /* some scale is not 1                      */
    double *stiffness;  /* m                                        */
    double *free_scale; /* k: control per lambda / 2 of its coordinate, 0 where it is a column */
    double *store;      /* what the runs point into                 */
};

/* What the side-by-side kernel works on; every array of lanes is 64-byte aligned, stride 8. */
typedef struct genu_sharing_lanes {
    const genu_sharing_problem *q;
    int max_iter, warm, costs;
    double eps_abs, eps_rel;
    const double *capacity, *tau;    /* n x 8; m x 8                                          */
    double *a, *x;                   /* n x 8; k x 8: controls; out                           */
    double *lambda;                  /* m x 8; in, when warm, and out                         */
    double *half;                    /* m x 8: lambda / 2                                     */
    double *one;                     /* k x 8: capacities of reserves                         */
    double *weight;                  /* n_column x 8: capacity^2 times the control's slope    */
    double *s, *ds;                  /* n_column x 8: use x capacity, its change along a step */
    double *M;                       /* m (m + 1) / 2 x 8                                     */
    double *r, *step, *from;         /* m x 8; from: half before a step                       */
    double *residual, *trials;       /* 8; out; trials of line searches                       */
    double *iterations;              /* 8; out: -1 where not converged                        */
    double *objective, *n_saturated; /* 8; out, with costs                                     */
    int used[GENU_SHARING_LANES];    /* in: 0 nothing to do                                */
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
    int is_prepared;       /* sensitivity.c keeps its slopes and factors here */

    const genu_sharing_problem *q; /* the frame, or NULL           */
    genu_sharing_problem *own;     /* that of genu_sharing_set      */

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
    /* of the lanes, where the caller's do not serve */
    double *lane_F, *lane_tau, *lane_a, *lane_x, *lane_lambda;
};

/* Sizes of a problem or workspace, as genu_sharing_new has them. */
genu_status genu_sharing_check_size(int n, int m, int k, genu_err *err);

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
