/* sensitivity.h - how the shared forces, and any load that is linear in them, follow strength.
 *
 *   F_k = capacity at strength s_k,  f_i = F_i a_i,   wanted: df_i/ds_k  and  d(c'f)/ds_k
 *
 * At the solution of sharing.h the free controls obey h(a_i) = s_i = F_i R_i lambda, and the
 * moments balance; both are differentiated at the active set, which leaves one linear system with
 * the Newton matrix M = A diag(da/ds) A'. A load needs one solve (adjoint), all forces need n.
 *
 * Method:     implicit function theorem on the optimality conditions at a fixed active set
 *             (Fiacco 1976, doi:10.1007/BF01580677); checked against finite differences
 * Cost:       one Newton step to prepare, O(m^2 + n m) per load, O(n m^2 + n^2 m) for all forces
 * Depends on: solvers/sharing.h
 * Memory:     in genu_sharing; nothing is allocated
 * Thread use: as genu_sharing
 *
 * A control at its bound stays there: its derivative is 0. Where a control is just reaching or just
 * leaving a bound the derivative jumps, and this is the one of the set of controls that are
 * strictly between bounds. A muscle of strength 0 counts as held at its lower bound: the
 * derivatives of all forces and loads are then those towards greater strength.
 */
#ifndef GENU_SOLVERS_SENSITIVITY_H
#define GENU_SOLVERS_SENSITIVITY_H

#include "solvers/sharing.h"

/** Take a solution of the frame set in w and factor its matrix, until the next _set, _solve,
 * _solve8.
 *
 *  F       (n)  capacity that it was solved for                          [N]
 *  a       (n)  activations of the solution
 *  x       (k)  reserve controls of the solution; may be NULL when k = 0
 *  lambda  (m)  multipliers of the solution                              [1/Nm]
 *
 *  Returns GENU_OK, GENU_E_SINGULAR (too few free controls to balance a change of every moment,
 *  possible only where a coordinate has no reserve with room), or GENU_E_RANGE (no frame is set, or
 *  a number is not finite, as after a solve that failed). */
GENU_MUST_USE genu_status genu_sensitivity_prepare(genu_sharing *w, const double *F,
                                                   const double *a, const double *x,
                                                   const double *lambda);

/** Derivatives of every muscle's force with respect to every muscle's strength.
 *
 *  dF      (n)      dF_k/ds_k, the capacity at strength 1                [N]
 *  dtau    (n x m)  d(tau_j)/d(s_k), as when passive force scales with strength; NULL: 0   [Nm]
 *  df      (n x n)  out: row i, column k: df_i/ds_k                      [N]
 *  da      (n x n)  out: da_i/ds_k; may be NULL
 *  dx      (k x n)  out: dx_r/ds_k; may be NULL
 *
 *  Returns GENU_OK, or GENU_E_RANGE when nothing is prepared. */
GENU_MUST_USE genu_status genu_sensitivity_forces(genu_sharing *w, const double *dF,
                                                  const double *dtau, double *df, double *da,
                                                  double *dx);

/** Derivative of one load with respect to every muscle's strength.
 *
 *  c       (n)  load per muscle force                                    [load / N]
 *  cx      (k)  load per reserve moment rho x; NULL: 0                   [load / Nm]
 *  dload   (n)  out: d(c'f + cx'(rho x))/ds_k                            [load]
 *
 *  dF, dtau as above. Returns GENU_OK, or GENU_E_RANGE when nothing is prepared. */
GENU_MUST_USE genu_status genu_sensitivity_load(genu_sharing *w, const double *dF,
                                                const double *dtau, const double *c,
                                                const double *cx, double *dload);

#endif
