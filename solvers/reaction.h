/* reaction.h - force and moment in any joint, for given muscle forces.
 *
 *   w_b = sum over b and everything outboard of it:  inertia - gravity - external - muscles
 *
 * is what the joint of body b puts on b. It holds all that passes between the two bodies: reserves
 * and the forces of couplers and locks appear in it as moments (or forces) on their free axes.
 *
 * Method:     Newton-Euler (skeleton.h) with the muscles as forces on the bodies (path.h)
 * Cost:       one muscle line for each muscle with force, then O(bodies)
 * Depends on: models/path.h, models/skeleton.h
 * Memory:     nothing is allocated
 * Thread use: one genu_data per thread
 */
#ifndef GENU_SOLVERS_REACTION_H
#define GENU_SOLVERS_REACTION_H

#include "models/model.h"

typedef struct genu_reaction {
    v3 force;  /* N, on the outboard body (the joint's child)             */
    v3 moment; /* Nm, about the origin of the child's joint frame         */
    v3 point;  /* m, that origin in ground                                */
} genu_reaction;

/** The wrench in every joint.
 *
 *  d         position, velocity and acceleration computed; d->force is scratch
 *  mode      which lines the muscles take
 *  external  (n_body) forces on the bodies, ground; or NULL
 *  force     (n_muscle) muscle forces along their lines, N
 *  w         (n_body) out: on each body by its joint, N and Nm about the ground's origin, ground
 *            axes; w[0]: on the ground, by nothing in the model
 *
 *  GENU_E_SHAPE, GENU_E_NOT_CONVERGED as genu_path_line. */
GENU_MUST_USE genu_status genu_reaction_compute(const genu_model *m, genu_data *d, genu_mode mode,
                                                const sp6 *external, const double *force, sp6 *w);

/** The joint of body b (>= 1) in the axes of body `frame` (0: ground). What b puts on its parent is
 *  the opposite. */
genu_reaction genu_reaction_at(const genu_data *d, const sp6 *w, int b, int frame);

#endif
