/* scenarios_private.h - the inside of genu_plan: shared by solvers/scenarios*.c.
 *
 * Depends on: solvers/scenarios.h, solvers/contact_kernel.h
 */
#ifndef GENU_SOLVERS_SCENARIOS_PRIVATE_H
#define GENU_SOLVERS_SCENARIOS_PRIVATE_H

#include "solvers/contact_kernel.h"
#include "solvers/scenarios.h"

enum { GROUP_PARTS = 4 }; /* knee, patella, hip, ankle of one side */

/* Coordinates joined by muscles, with the muscles that join them. */
typedef struct group {
    int n, m, k;      /* muscles, coordinates, reserves                                    */
    int *muscle;      /* n: index in the model; those that cross the same coordinates stand
                            one after the other                                               */
    int *dof, *coord; /* m: index in frames.dof and in the model                           */
    int *reserve_on;  /* k: coordinate within the group                                    */
    double *R;        /* n_frame x n x m                                                   */
    char *crosses;    /* n x m flags                                                       */
    double *active, *passive; /* n_frame x n: force = active a + passive, N at strength 1     */
    double *contact; /* n_frame x n_side x n x GENU_N_CONTACT                             */
    int n_part;
    genu_contact_part *part; /* which of that is not 0 in all frames                          */
    int *pressing;           /* what the parts point into                                     */
    int *side;               /* n: index in frames.settings.side, -1: of none of these            */
    double *w, *lo, *hi;     /* n                                                                 */
    double *full;            /* n: activations from here on are at their upper bound              */
    double *rho, *reserve_lo, *reserve_hi; /* k                                               */
    genu_sharing_problem **problem; /* n_frame                                                */
    int changed; /* some scenario changes a muscle of it                              */
    /* solved once, when not changed */
    double *a;       /* n_frame x n                                                       */
    double *reserve; /* n_frame x m                                                       */
    double *most;    /* m: largest |reserve| of all frames                                */
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
    int first_changed; /* index of the first group that changes, or n_group */
    int *shared;       /* n_coord flags                            */
    int *grouped;      /* n_muscle flags: crosses a coordinate     */
    int *varies;       /* n_muscle flags: some scenario changes it */
    double *contact;   /* n_frame x n_side x GENU_N_CONTACT: of all that no scenario changes */
    double *saturated; /* n_frame x n_side: likewise                                         */
    genu_contact_kernel *kernel;
};

/* What one thread keeps of a group that changes. Places: genu_scenarios_place. */
typedef struct group_work {
    genu_sharing *sharing;
    double *strength;  /* GENU_BLOCK / 8 x n x 8: factors of the group's muscles         */
    double *lambda[2]; /* GENU_BLOCK / 8 x m x 8: of the even and of the odd frames      */
    double *guess;     /* GENU_BLOCK x n: activations of the frame before; elastic only  */
} group_work;

struct genu_worker {
    int n_group, n_place;
    group_work *of;                   /* n_group                                        */
    double *F, *tau, *a, *x, *lambda; /* of one octet: n, m, n, k, m x 8                */
    double *force, *reserve;          /* n x 8, m x 8                                   */
    double *active, *passive;         /* n: of one scenario; elastic only               */
    double *single, *single_x;        /* n x 8, k x 8: likewise, in lane 0               */
    double *contact, *saturated; /* of one frame: n_side x GENU_N_CONTACT and n_side x GENU_BLOCK */
    double *most;                /* n_coord x GENU_BLOCK                           */
};

/* Lower bound of a muscle's activation. */
static inline double least_of(const genu_share_settings *s, const genu_muscle *muscle)
{
    return isnan(s->minimum) ? muscle->min_control : s->minimum;
}

/* Force at rest of a muscle that crosses no coordinate, N at strength 1. */
double genu_plan_rest_force(const genu_plan *p, int i, int k);

/* What muscle i does with this force to the contacts of frame k, added to rows that are stride apart. */
void genu_plan_press(const genu_frames *f, int k, int i, double force, double *to, size_t stride);

static inline genu_sharing_frame frame_of(const group *g, int k)
{
    return (genu_sharing_frame){ .R = g->R + (size_t)k * (size_t)g->n * (size_t)g->m,
                                 .crosses = g->crosses,
                                 .w = g->w,
                                 .lo = g->lo,
                                 .hi = g->hi,
                                 .reserve_on = g->reserve_on,
                                 .rho = g->rho,
                                 .reserve_lo = g->reserve_lo,
                                 .reserve_hi = g->reserve_hi };
}

#endif
