/* elastic.h - the force of a muscle with an elastic tendon as a function of its activation.
 *
 * Fibre and tendon are in static equilibrium at every activation (genu_hill_equilibrium), so the
 * force bends with activation; load sharing takes it along its tangent and repeats until tangent
 * and curve agree where it ends.
 *
 *   F(a) = a active(l) + passive(l),   l the fibre length of the equilibrium at a
 *
 * Depends on: models/muscle.h
 * Memory:     nothing is allocated
 * Thread use: pure functions
 */
#ifndef GENU_SOLVERS_ELASTIC_H
#define GENU_SOLVERS_ELASTIC_H

#include "models/muscle.h"

/** Force along the tendon (N) at activation a ([0, 1]), muscle-tendon length (m) and its lengthening
 *  speed (m/s), strength 1. Errors as genu_hill_equilibrium. */
GENU_MUST_USE genu_status genu_elastic_force(const genu_hill *h, double a, double length,
                                             double speed, double *force);

/** Tangent at a: F(x) is near intercept + slope x. slope >= 0, N; intercept, N. Errors as above. */
GENU_MUST_USE genu_status genu_elastic_tangent(const genu_hill *h, double a, double length,
                                               double speed, double *slope, double *intercept);

#endif
