/* path.h - the line of a muscle: length, speed, and the forces that unit tension puts on bodies.
 *
 * Method:     straight lines through the active points, shortest paths over wrapping surfaces
 *             (mode genu), or OpenSim 4.6's own constructions (mode opensim; wrap_opensim.c)
 * Depends on: models/model.h, models/skeleton.h, models/wrap.h
 * Memory:     nothing is allocated; a line holds at most GENU_LINE_MAX nodes
 * Thread use: one genu_data and genu_line per thread
 */
#ifndef GENU_MODELS_PATH_H
#define GENU_MODELS_PATH_H

#include "models/model.h"

enum { GENU_LINE_MAX = 64 };

/* A node of the line. A path point, or where the line touches or leaves a surface. */
typedef struct genu_node {
    int body;
    v3 p;       /* m, ground                                                               */
    int point;  /* index of the path point, -1: contact with a wrapping surface            */
    int wrap;   /* index into the path's wraps, -1: a path point                           */
    int leaves; /* 1: the second contact of a wrap; the part from the node before is an arc */
    double arc; /* m, its length where leaves is 1, else 0                                 */
    v3 seen;    /* m, ground: the position that length and speed use; differs from p only in
                   mode opensim, for contacts that later passes have moved                 */
} genu_node;

typedef struct genu_line {
    double length; /* m, arcs included                                                     */
    double speed;  /* m/s, lengthening positive                                            */
    int inside;    /* surfaces passed through because a path point lies inside them        */
    int n;
    genu_node node[GENU_LINE_MAX];
} genu_line;

/** Length, speed and nodes of one path in the pose (and speed) of d; needs position and velocity.
 *  A line depends on nothing but the pose: no frame leaves anything to the next.
 *  A surface that a path point lies inside is passed through there (as OpenSim) and counted in
 *  line->inside. GENU_E_SHAPE when the path has more nodes or surfaces than a line can hold,
 *  GENU_E_NOT_CONVERGED when the surfaces between two path points do not settle (mode genu; line
 *  then holds the last pass). */
GENU_MUST_USE genu_status genu_path_line(const genu_model *m, const genu_data *d,
                                         const genu_path *path, genu_mode mode, genu_line *line);

/** Add to force (n_body, ground) what unit tension (1 N) along the line does to each body. The
 *  force acts along the line it belongs to, in both modes (released OpenSim directs it along
 *  `seen`, which adds a spurious moment). */
void genu_path_tension(const genu_line *line, sp6 *force);

/** arm (n_coord, m or m/m): moment arms r = generalised force of unit tension = -dL/dq in mode
 *  genu, moving points included, couplers folded in (dependent entries are zero).
 *  Uses d->force as scratch; afterwards d->force[b] holds the sum outboard of each body. */
void genu_path_moment_arms(const genu_model *m, genu_data *d, const genu_path *path,
                           const genu_line *line, genu_mode mode, double *arm);

#endif
