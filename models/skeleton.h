/* skeleton.h - kinematics and inverse dynamics of the joint tree.
 *
 * Method:     recursive Newton-Euler with spatial vectors in ground axes (Featherstone 2008)
 * Cost:       O(bodies) each
 * Depends on: models/model.h
 * Memory:     nothing is allocated
 * Thread use: one genu_data per thread
 */
#ifndef GENU_MODELS_SKELETON_H
#define GENU_MODELS_SKELETON_H

#include "models/model.h"

/** Set every coordinate to its default, speeds and accelerations to zero, then couple. */
void genu_skeleton_default(const genu_model *m, genu_data *d);

/** Give dependent coordinates the value, speed and acceleration that their couplers ask for. */
void genu_skeleton_couple(const genu_model *m, genu_data *d);

/** q -> X, X_joint, S, f. */
void genu_skeleton_position(const genu_model *m, genu_data *d);
/** u -> v; needs position. */
void genu_skeleton_velocity(const genu_model *m, genu_data *d);
/** a -> acc; needs velocity. */
void genu_skeleton_acceleration(const genu_model *m, genu_data *d);

/** The same with the defect of OpenSim 4.6 (Simbody's function-based mobilizer, buildHdot in
 *  MobilizedBodyImpl.h): in a custom joint the second rotation axis is carried along by all that
 * the joint's first coordinate turns, the third by all that its first two (of one or two: all)
 * turn, and not by the axes before it. It matters where one coordinate turns several axes, as in
 * the Rajagopal knee: angular acceleration off by f2' f3' u^2, the swinging leg's moments by 1 Nm.
 */
void genu_skeleton_acceleration_opensim(const genu_model *m, genu_data *d);

/** What moves body b: inertia times acceleration less gravity, N and Nm (ground origin). */
sp6 genu_skeleton_inertial(const genu_model *m, const genu_data *d, int b);

/** tau (n_coord, Nm or N): generalised force of every coordinate for the motion in d, constraints
 *  ignored. external (n_body) are the forces on each body in ground, or NULL. */
void genu_skeleton_inverse_dynamics(const genu_model *m, genu_data *d, const sp6 *external,
                                    double *tau);

/** gen (n_coord): generalised forces of the body forces `force` (n_body); force[b] becomes the
 *  sum over b and everything outboard of it. */
void genu_skeleton_project(const genu_model *m, const genu_data *d, sp6 *force, double *gen);

/** Fold the generalised forces of dependent coordinates onto their leaders, in place; dependent
 *  entries become zero. Needs q. */
void genu_skeleton_fold(const genu_model *m, const genu_data *d, double *gen);

/** Mass centre of the whole model in ground, m; needs position. */
v3 genu_skeleton_mass_center(const genu_model *m, const genu_data *d);

#endif
