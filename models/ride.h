/* ride.h - joints whose frame rides on an ellipsoid of the parent: OpenSim's EllipsoidJoint and
 * ScapulothoracicJoint.
 *
 * The child's frame is turned by body-fixed angles a, b, c about x, y, z, and its origin is at
 * (r_x n_x, r_y n_y, r_z n_z), n its z axis: the point of the ellipsoid that the affine image of the
 * sphere puts there (not the one whose normal is n, but for a sphere).
 *
 * Method:     a chain of turns and moves along turned axes, each a function of one coordinate: with
 *             m = (r_y + r_z) / 2, d = (r_z - r_y) / 2 and R(a) a turn about x,
 *             r_x sin b x + R(a) (m cos b) z + R(-a) (d cos b) z  is that point exactly; so speeds,
 *             accelerations and moment arms are those of any other joint
 * Source:     OpenSim 4.6, EllipsoidJoint.cpp, ScapulothoracicJoint.cpp; Simbody 3.8,
 *             RigidBodyNodeSpec_Ellipsoid.h; Seth et al. 2016, doi:10.1371/journal.pone.0141028
 * Depends on: models/model.h
 * Memory:     curves of the joint's steps
 * Thread use: no shared state
 */
#ifndef GENU_MODELS_RIDE_H
#define GENU_MODELS_RIDE_H

#include "models/model.h"

enum { GENU_RIDE_STEPS = 8 };

/** Append the steps of an ellipsoid's joint with semi-axes radii (m, > 0) along the joint frame's
 *  axes; coordinates first, first + 1, first + 2 are a, b, c. GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_ride_ellipsoid(genu_joint *j, v3 radii, int first, genu_err *err);

/** Append those of a scapula on the thorax: the ellipsoid's x is the joint's y and its y is the
 *  joint's -x, so that abduction and elevation (a, b) count as they are named; then upward rotation
 *  (c) and winging, about an axis through (origin[0], origin[1], 0) m that is turned by direction
 *  (rad) from y in the plane of the scapula. radii as the thorax has them. GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_ride_scapula(genu_joint *j, v3 radii, const double origin[2],
                                            double direction, int first, genu_err *err);

/** Give the ellipsoid of such a joint other radii (m, > 0, along the joint frame's axes). */
void genu_ride_resize(genu_joint *j, v3 radii);

/** Where the winging axis of a scapula is, as genu_ride_scapula took it. */
void genu_ride_winging(const genu_joint *j, double origin[2], double *direction);

#endif
