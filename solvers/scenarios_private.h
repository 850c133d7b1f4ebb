/* scenarios_private.h - the inside of genu_plan: shared by solvers/scenarios*.c.
 *
 * Depends on: solvers/scenarios.h, solvers/contact_kernel.h
 */
#ifndef GENU_SOLVERS_SCENARIOS_PRIVATE_H
#define GENU_SOLVERS_SCENARIOS_PRIVATE_H

#include "solvers/contact_kernel.h"
#include "solvers/scenarios.h"

/* Coordinates joined by muscles, with the muscles that join them. */
typedef struct group {
    int n, m, k;         /* muscles, coordinates, reserves                                    */
    int *muscle;         /* n: index in the model                                             */
    int *dof;            /* m: index in frames.dof                                            */
    int *reserve_on;     /* k: coordinate within the group                                    */
    double *R;           /* n_frame x n x m                                                   */
    double *contact;     /* n_frame x n_side x n x GENU_N_CONTACT                             */
    int *side;           /* n: index in frames.settings.side, -1: of none of these            */
    double *w, *lo, *hi; /* n                                                                 */
    double *rho, *reserve_lo, *reserve_hi; /* k                                               */
    int changed; /* some scenario changes a muscle of it                              */
    /* solved once, when not changed */
    double *a;       /* n_frame x n                                                       */
    double *reserve; /* n_frame x m                                                       */
    double *residual, *iterations; /* n_frame                                                 */
    int *open;                     /* n_frame: 1 where it did not converge                    */
    int unconverged;
} group;

struct genu_plan {
    const genu_frames *f;
    const genu_model *m;
    genu_share_settings settings;
    genu_sharing_settings sharing;
    int n_group;
    group *group;
    int *shared;       /* n_coord flags                            */
    int *grouped;      /* n_muscle flags: crosses a coordinate     */
    int *varies;       /* n_muscle flags: some scenario changes it */
    double *contact;   /* n_frame x n_side x GENU_N_CONTACT: of all that no scenario changes */
    double *saturated; /* n_frame x n_side: likewise                                         */
    genu_contact_kernel *kernel;
};

struct genu_worker {
    genu_sharing **sharing; /* one per group, NULL where it is solved once */
    double *F, *tau, *a, *x;
    double *lambda;           /* GENU_BLOCK x m x 8: of an octet at its first scenario            */
    double *active, *passive; /* n: force = active a + passive, N at strength 1; elastic only     */
    double *force;            /* n x 8, N                                                         */
    double *strength;         /* n x GENU_BLOCK: factors of the group's muscles                   */
    double *guess;            /* GENU_BLOCK x n: activations of the frame before; elastic only    */
    int n_group;
};

static inline genu_sharing_frame frame_of(const group *g, int k)
{
    return (genu_sharing_frame){ .R = g->R + (size_t)k * (size_t)g->n * (size_t)g->m,
                                 .w = g->w,
                                 .lo = g->lo,
                                 .hi = g->hi,
                                 .reserve_on = g->reserve_on,
                                 .rho = g->rho,
                                 .reserve_lo = g->reserve_lo,
                                 .reserve_hi = g->reserve_hi };
}

#endif
