/* slopes.h - how the contact loads of one scenario follow the strength of every muscle, frame by frame.
 *
 * Exact derivatives at the set of muscles that are between their bounds. Where a muscle is just
 * reaching or leaving a bound the load has a kink: its derivative is then that of the set found, and
 * the frame is marked.
 *
 * Method:     sensitivity.h on every group of a plan, one adjoint solve per load
 * Depends on: solvers/scenarios.h, solvers/sensitivity.h
 * Memory:     all of it in genu_slopes_new; nothing is allocated afterwards
 * Thread use: one genu_slopes per thread, one constant plan for all
 */
#ifndef GENU_SOLVERS_SLOPES_H
#define GENU_SOLVERS_SLOPES_H

#include "solvers/scenarios.h"

typedef struct genu_slopes genu_slopes;

/* A muscle is at a kink where the activation that its use asks for is this near to one of its bounds. */
#define GENU_SLOPES_KINK 1e-6

/** GENU_E_RANGE with elastic tendons, for which there are none; GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_slopes_new(genu_slopes **w, const genu_plan *plan, genu_err *err);
void genu_slopes_free(genu_slopes *w);

/** Solve one scenario with its derivatives.
 *
 *  factor   (n_muscle) strengths
 *  contact  (n_frame x n_side x GENU_N_CONTACT) out: as genu_frames_contact, N and Nm
 *  slope    (n_frame x n_side x GENU_N_CONTACT x n_muscle) out: d(contact)/d(strength factor), N, Nm
 *  kink     (n_frame x n_side) out: 1 + the first muscle that is at a kink and whose group moves the
 *           contacts of that side, else 0; NAN where there is no answer, as contact and slope then */
void genu_slopes_solve(const genu_plan *plan, genu_slopes *w, const double *factor, double *contact,
                       double *slope, double *kink);

#endif
