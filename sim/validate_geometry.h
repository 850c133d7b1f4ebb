/* validate_geometry.h - a model's muscle paths against themselves, in genu's own mode: moment arms are
 * the slopes of the lengths, and both are continuous, except where the geometry itself jumps.
 *
 * Method:     lines are told apart by their shape: which path points hold them, which surfaces they
 *             touch and which way round. Slopes are differences within one shape. Continuity is
 *             followed along random smooth paths through joint space; where the shape changes, the
 *             change is bisected, and what length and arms do across it is the step
 * Depends on: models/path.h, sim/validation.h, OpenMP
 * Memory:     released before return
 * Thread use: call from one thread; it makes its own, which change no result
 */
#ifndef GENU_SIM_VALIDATE_GEOMETRY_H
#define GENU_SIM_VALIDATE_GEOMETRY_H

#include "models/model.h"
#include "models/path.h"
#include "sim/validation.h"

/** Add the rows of one model:
 *
 *    arm = -dL/dq          every muscle and independent coordinate over its whole range, the others
 *                          at their defaults, and in random poses
 *    length continuous     largest step that is none of the jumps below, m
 *    arms continuous       the same of moment arms
 *    conditional as OpenSim  steps at conditional points against mode opensim's, m
 *
 *  Jumps of the geometry itself are counted in v->notes, by muscle and by what jumps: a conditional
 *  point switches, a line slips over a surface (a cylinder without quadrant,
 *  or off the long way round an ellipsoid), a contact runs off the end of a
 *  cylinder, a path point passes behind a surface (where the quadrant bars the line) or enters it (which
 *  then lets the line pass, as in OpenSim).
 *
 *  n_path   random paths (>= 1)
 *
 *  GENU_E_MEMORY. A line without a solution counts as NAN in its row. */
GENU_MUST_USE genu_status genu_validate_geometry(const genu_model *m, const char *name, int n_path,
                                                 genu_validation *v, genu_err *err);

/* ---- shared by sim/validate_arms.c and sim/validate_paths.c */

/* What a line is made of; equal shapes depend smoothly on the pose. */
typedef struct line_shape {
    int n, inside;
    int item[GENU_LINE_MAX]; /* path point, or -(2 wrap + side + 1) for an arc on that side */
} line_shape;

void line_shape_of(const genu_model *m, const genu_data *d, const genu_path *path,
                   const genu_line *line, line_shape *shape);
int line_shape_same(const line_shape *a, const line_shape *b);

/** Set the independent coordinates from q (n_coord), their speeds from u (NULL: 0), and compute position
 *  and velocity. */
void line_pose(const genu_model *m, genu_data *d, const double *q, const double *u);

/** Ends of what a coordinate is moved over: its range, at most half a turn or a metre each way. */
void line_range(const genu_coord *c, double *lo, double *hi);

/** Uniform in [0, 1), the next of the sequence. */
double line_random(unsigned long long *seed);

GENU_MUST_USE genu_status validate_arms(const genu_model *m, const char *name, genu_validation *v,
                                        genu_err *err);
GENU_MUST_USE genu_status validate_paths(const genu_model *m, const char *name, int n_path,
                                         genu_validation *v, genu_err *err);

#endif
