/* sharing.h - how many muscles share the moments of a few joints: the separable problem.
 *
 *   minimise   sum_i w_i a_i^p  +  sum_k v_k |x_k|^q
 *   subject to sum_i R_ij F_i a_i + sum_(k on j) rho_k x_k = tau_j,   lo_i <= a_i <= hi_i
 *
 * a_i is the activation of muscle i, x_k the control of reserve k, whose moment is rho_k x_k; with
 * v = 1 and q = 2 its cost is (moment / rho)^2. Reserves may be bounded too, and several may act on
 * one coordinate.
 *
 * Method:     Newton on the concave dual with a line search: given the multipliers lambda, every
 *             activation is a clipped power of one dot product (Bertsekas, Nonlinear Programming,
 *             1999, ISBN 1-886529-00-0, section 5.1.5, separable problems). p = 2 is exact; p > 2
 *             starts from the p = 2 solution, follows a smoothing of the infinite slope at a = 0
 *             to its end, and finishes on the unsmoothed conditions in a and lambda
 * Cost:       O(n m^2) per Newton step, less where a muscle crosses few coordinates
 * Depends on: models/base.h
 * Memory:     all of it in genu_sharing_new and genu_sharing_problem_new; nothing is allocated
 *             afterwards
 * Thread use: one genu_sharing per thread; problems that are set and all inputs may be shared
 *
 * Order of use: _new once per thread, _set (or _use) once per frame, _solve or _solve8 once per scenario
 * or block of eight scenarios. Results do not depend on what the workspace solved before.
 */
#ifndef GENU_SOLVERS_SHARING_H
#define GENU_SOLVERS_SHARING_H

#include "models/base.h"

enum { GENU_SHARING_LANES = 8 }; /* scenarios side by side in one block */

typedef struct genu_sharing genu_sharing;                 /* workspace: iterates, factors    */
typedef struct genu_sharing_problem genu_sharing_problem; /* a frame, as the solvers read it */

/* Instruction set of the side-by-side kernel. Each has its own last bits: the wider ones multiply and
 * add in one operation. */
typedef enum genu_sharing_level {
    GENU_SHARING_AUTO,     /* the best that the machine has                                   */
    GENU_SHARING_BASELINE, /* what the compiler assumes; the only one off x86-64              */
    GENU_SHARING_V3,       /* x86-64-v3: AVX2                                                 */
    GENU_SHARING_V4,       /* x86-64-v4: AVX-512                                              */
    GENU_N_SHARING_LEVEL
} genu_sharing_level;

typedef struct genu_sharing_settings {
    double power;             /* p, exponent of the activations [2]             ([2, 20])     */
    double reserve_power;     /* q, exponent of the reserves [2]                ([2, 20])     */
    double eps_abs;           /* largest allowed moment error, Nm [1e-9]        ((0, 1e3])    */
    double eps_rel;           /* what is added to it per largest |tau| [1e-10]  ([0, 0.1])    */
    int max_iter;             /* Newton steps, all stages together [1000]      ([1, 100000]) */
    genu_sharing_level level; /* instruction set of genu_sharing_solve8 [AUTO]                */
} genu_sharing_settings;

/* What the scenarios of a frame have in common. n muscles, m coordinates, k reserves. */
typedef struct genu_sharing_frame {
    const double *R;       /* n x m, row-major: moment arms, m (or 1 for a translation) */
    const char *crosses;   /* n x m: 0 where an arm is nothing but rounding; NULL: where it is 0  */
    const double *w;       /* n: weights (> 0); NULL: 1                                 */
    const double *lo, *hi; /* n: bounds, 0 <= lo <= hi < inf; NULL: 0 and 1             */
    const int *reserve_on; /* k: coordinate of each reserve ([0, m))                    */
    const double *rho;     /* k: moment at control 1, Nm (or N) (> 0)                   */
    const double *reserve_w;  /* k: weights v (> 0); NULL: 1                               */
    const double *reserve_lo; /* k: lower bound of x, may be -inf; NULL: -inf              */
    const double *reserve_hi; /* k: upper bound of x, may be +inf; NULL: +inf              */
} genu_sharing_frame;

typedef struct genu_sharing_info {
    genu_status status;
    int iterations;      /* Newton steps, all stages together                                  */
    int trials;          /* shorter lengths that were tried for them                           */
    int n_saturated;     /* muscles at their upper bound that had room below it                */
    int by_lanes;        /* 1: solved side by side; 0: by the scalar solver                    */
    double residual;     /* largest error of a coordinate's balance, Nm                        */
    double stationarity; /* largest |marginal cost - marginal use| of a free control, relative
                          * to the sum of |terms| of its marginal use; 0 by design at p = q = 2 */
    double objective;    /* sum w a^p + sum v |x|^q                                            */
} genu_sharing_info;

/* Results of one block, lane-contiguous: entry i of lane l stands at [i * 8 + l]. */
typedef struct genu_sharing_block {
    double *a;               /* n x 8                                              */
    double *x;               /* k x 8; may be NULL when k = 0                      */
    double *lambda;          /* m x 8; in: start, when warm; out: multipliers      */
    genu_sharing_info *info; /* 8; may be NULL                                     */
    int costs;               /* 1: info has objective and n_saturated, too, else 0 */
} genu_sharing_block;

/** p = q = 2, 1e-9 Nm plus 1e-10 of the largest moment, 1000 steps, the machine's best kernel. */
genu_sharing_settings genu_sharing_defaults(void);

/** Workspace for n muscles ([0, 1000]), m coordinates ([1, 200]) and k reserves ([0, 1000]).
 *
 *  settings  NULL: the defaults
 *  err       names the setting or size, its value and its bounds
 *
 *  Returns GENU_OK, GENU_E_RANGE (also for a level that this machine lacks) or GENU_E_MEMORY; on
 *  failure *w is NULL. */
GENU_MUST_USE genu_status genu_sharing_new(genu_sharing **w, int n, int m, int k,
                                           const genu_sharing_settings *settings, genu_err *err);
void genu_sharing_free(genu_sharing *w);

/** The level in force ("baseline", "x86-64-v3", "x86-64-v4") and its setting. Never NULL. */
const char *genu_sharing_level_name(genu_sharing_level level);
genu_sharing_level genu_sharing_level_of(const genu_sharing *w);

/** What the scenarios of one frame share, copied; once per frame for all threads.
 *
 *  crosses   (n x m) flags of the frames that it will be set to; NULL: any
 *  settings  those of the workspaces that will use it (powers); NULL: the defaults
 *
 *  Muscles that cross the same coordinates should stand one after the other: lanes are then read and written
 *  where the caller has them.
 *
 *  _new   GENU_E_RANGE for a size as genu_sharing_new has them, GENU_E_MEMORY; on failure *q is NULL
 *  _set   GENU_OK, or GENU_E_RANGE with a sentence that names the entry and its value; after a
 *         failure the problem must be set again before it is used */
GENU_MUST_USE genu_status genu_sharing_problem_new(genu_sharing_problem **q, int n, int m, int k,
                                                   const char *crosses,
                                                   const genu_sharing_settings *settings,
                                                   genu_err *err);
GENU_MUST_USE genu_status genu_sharing_problem_set(genu_sharing_problem *q,
                                                   const genu_sharing_frame *frame, genu_err *err);
void genu_sharing_problem_free(genu_sharing_problem *q);

/** Solve this frame from now on. q must outlive its use. GENU_E_RANGE when it is not set, or of other
 *  sizes or powers. */
GENU_MUST_USE genu_status genu_sharing_use(genu_sharing *w, const genu_sharing_problem *q);

/** genu_sharing_problem_set and genu_sharing_use of a problem of the workspace's own. */
GENU_MUST_USE genu_status genu_sharing_set(genu_sharing *w, const genu_sharing_frame *frame,
                                           genu_err *err);

/** Solve one scenario of the frame.
 *
 *  F       (n)  force capacity at full activation                        [N]   (>= 0)
 *  tau     (m)  moment to be made by muscles and reserves                [Nm]
 *  warm         1: start from lambda; 0: lambda need not be initialised
 *  a       (n)  out: activations, within their bounds exactly
 *  x       (k)  out: reserve controls; may be NULL when k = 0
 *  lambda  (m)  in: start, when warm; out: d(objective)/d(tau)           [1/Nm]
 *  info         out: may be NULL
 *
 *  Returns, and stores in info:
 *    GENU_OK
 *    GENU_E_INFEASIBLE     bounds leave a moment unmet, proved by a separating direction; a and x
 *                          leave the least sum of squared errors (to 1e-6 of it); residual
 *                          says how much
 *    GENU_E_NOT_CONVERGED  a and x are the last iterate, residual says how far off: seen within
 *                          1e-5 Nm of the border of infeasibility without reserves, and for
 *                          powers of 10 and more where reserves carry what muscles cannot
 *    GENU_E_RANGE          F or tau is negative or not finite, or no frame is set; outputs are NAN
 *  For p > 2 a control whose marginal use cancels to less than 1e-9 of its terms is fixed only by
 *  the balance of moments, since the cost no longer tells its values apart. */
GENU_MUST_USE genu_status genu_sharing_solve(genu_sharing *w, const double *F, const double *tau,
                                             int warm, double *a, double *x, double *lambda,
                                             genu_sharing_info *info);

/** Multipliers to start with: those of the same scenario in the frame before, and what changed since then in
 *  a scenario beside it; all arrays have n entries.
 *
 *  before         NULL: there is none, and then those of the scenario beside it
 *  beside         of the scenario beside it in this frame; NULL: there is none
 *  beside_before  of that one in the frame before; not read where one of the others is NULL
 *  lambda         out; without either it is not written */
void genu_sharing_predict(int n, const double *before, const double *beside,
                          const double *beside_before, double *lambda);

/** Solve up to eight scenarios of the frame side by side; the same tolerance as _solve.
 *
 *  n_lane       scenarios in this block ([1, 8]); the other lanes are neither read nor written
 *  F    (n x 8)  capacity, lane-contiguous                               [N]   (>= 0)
 *  tau  (m x 8)  moments, lane-contiguous                                [Nm]
 *  warm          1: every lane starts from its column of out->lambda
 *
 *  A lane's bits depend on that lane's numbers alone. Lanes that the kernel does not finish are solved by
 *  _solve from the same start; so are exponents other than 2 without a start, where a muscle may have
 *  activation 0, or of reserves.
 *  Returns GENU_OK when every lane has it, else the status of the first that has not, or
 *  GENU_E_RANGE for n_lane. */
GENU_MUST_USE genu_status genu_sharing_solve8(genu_sharing *w, int n_lane, const double *F,
                                              const double *tau, int warm,
                                              const genu_sharing_block *out);

#endif
