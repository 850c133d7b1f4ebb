/* wrap.h - one surface between two points, and the surfaces of one path.
 *
 * Method:     cylinder and sphere: tangents and arc in closed form; ellipsoid: Ritz geodesic
 *             (wrap_ellipsoid.c); several surfaces in one gap: repeated until stationary
 *             (wrap_line.c). OpenSim 4.6's own constructions: wrap_opensim*.c
 * Depends on: models/model.h
 * Memory:     nothing is allocated
 * Thread use: no shared state
 *
 * A quadrant is read as a barrier: the half plane from the axis towards the inactive side, which
 * the path may not cross. That makes the length continuous: the shortest path of its class.
 */
#ifndef GENU_MODELS_WRAP_H
#define GENU_MODELS_WRAP_H

#include "models/path.h"

typedef enum genu_touch {
    GENU_TOUCH_NONE,      /* the straight segment is the path                               */
    GENU_TOUCH_INSIDE,    /* an end point lies inside the surface, which therefore is ignored */
    GENU_TOUCH_WRAPPED,   /* mode opensim: may wrap here, or on another segment             */
    GENU_TOUCH_MANDATORY, /* must wrap here                                                 */
    GENU_TOUCH_LOST       /* must wrap here, but the iteration found no path                */
} genu_touch;

typedef struct genu_arc {
    v3 a, b;       /* m, object frame: first and last contact on the way from p to q           */
    double length; /* m, of the arc; negative for OpenSim's sphere wrapped the long way        */
} genu_arc;

/** Shortest path from p to q (m, object frame) over the surface, on the side its quadrant allows.
 *  GENU_TOUCH_MANDATORY fills arc. GENU_TOUCH_INSIDE only where the segment leads deeper into the
 *  surface; GENU_TOUCH_LOST only on an ellipsoid. A torus, and a cylinder touched only beyond its
 * ends, are never touched. */
genu_touch genu_wrap_shortest(const genu_wrap_object *o, v3 p, v3 q, genu_arc *arc);

/** Is the point (m, object frame) inside the surface? A cylinder counts as endless. */
int genu_wrap_inside(const genu_wrap_object *o, v3 p);

/* A way round a ball in the plane of p, q and its centre. */
typedef struct genu_round {
    v3 x, y;           /* unit; x towards p, y the way the path turns                          */
    double begin, end; /* rad, from x towards y: first and last contact                        */
} genu_round;

/** Is the ball of radius r (m) hit by the segment from p to q, both outside? Then g is the way
 *  round it: the short one, or the long one where the short one crosses the half line from the
 *  centre against sign times axis (0, 1, 2 for x, y, z; sign 0: no such line). */
int genu_wrap_round(double r, v3 p, v3 q, int axis, int sign, genu_round *g);

/** The ellipsoid of genu_wrap_shortest. */
genu_touch genu_wrap_ellipsoid(const genu_wrap_object *o, v3 p, v3 q, genu_arc *arc);

/** What OpenSim 4.6 does with the segment from p to q (m, object frame). single: the path has one
 *  wrapping surface only, so the cylinder's helix is not adjusted. */
genu_touch genu_wrap_opensim(const genu_wrap_object *o, genu_wrap_method method, int single, v3 p,
                             v3 q, genu_arc *arc);

/** The ellipsoid of genu_wrap_opensim. */
genu_touch genu_wrap_opensim_ellipsoid(const genu_wrap_object *o, genu_wrap_method method, v3 p,
                                       v3 q, genu_arc *arc);

/* Complete a line that holds the active path points by its contacts; count in line->inside.
 * GENU_E_SHAPE: too many surfaces or nodes; GENU_E_NOT_CONVERGED: surfaces of one gap that do not
 * settle. */
GENU_MUST_USE genu_status genu_wrap_line(const genu_model *m, const genu_data *d,
                                         const genu_path *path, genu_line *line);
GENU_MUST_USE genu_status genu_wrap_line_opensim(const genu_model *m, const genu_data *d,
                                                 const genu_path *path, genu_line *line);

#endif
