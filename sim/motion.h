/* motion.h - which columns of a table are which coordinates of a model, in rad and m.
 *
 * A column belongs to a coordinate when it bears its name (knee_angle_r) or its state path
 * (/jointset/walker_knee_r/knee_angle_r/value). Speeds and muscle states are passed over. In a
 * table in degrees only coordinates of rotational type are converted; coupled ones stay as written
 * (as OpenSim does: a custom joint's coordinate is rotational only where it drives an axis through
 * a bare line of slope 1 or -1).
 *
 * Depends on: models/model.h, sim/table.h
 * Memory:     genu_motion_data owns its arrays; release with genu_motion_free
 * Thread use: any thread; no shared state
 */
#ifndef GENU_SIM_MOTION_H
#define GENU_SIM_MOTION_H

#include "models/model.h"
#include "sim/table.h"

/* Whose rules turn the table into a motion of the whole model; see track.h for what each computes.
 */
typedef enum genu_motion_rule {
    GENU_MOTION_GENU,            /* couplers and locks hold; nothing may be missing         */
    GENU_MOTION_OPENSIM_INVERSE, /* OpenSim's inverse dynamics: ignores couplers and locks   */
    GENU_MOTION_OPENSIM_ANALYSIS /* its static optimisation, joint reactions, muscle analysis */
} genu_motion_rule;

typedef struct genu_motion_settings {
    genu_motion_rule rule;
    double filter; /* Hz, low-pass; 0: none                                              (>= 0) */
    int n_lock;
    const char *const *lock; /* n_lock names of coordinates held at their default; beside
                                those that the model locks                                      */
} genu_motion_settings;

/* A record as read: before filtering, but whole. */
typedef struct genu_motion_data {
    char *source; /* file name, for messages                                             */
    int n_frame, n_coord;
    double *time; /* n_frame, s                                                          */
    double *q;    /* n_coord x n_frame: coordinate c starts at q + c n_frame, rad or m; where
                     the table lacks it: its coupler's value, else its default           */
    int *in_file; /* n_coord: 1 where the table has it                                   */
    int *held;    /* n_coord: 1 where the model or the settings lock it                  */
} genu_motion_data;

/** No filter, genu's rule, nothing locked. */
genu_motion_settings genu_motion_defaults(void);

/** Match the table's columns with the model's coordinates.
 *
 *  notes   columns that are no coordinates; coordinates held or filled; a dependent coordinate
 * whose column departs from its coupler, angles that look like degrees (warnings); may be NULL
 *
 *  GENU_E_FORMAT (no column fits; one coordinate twice; the header does not say whether angles are
 *  in degrees), GENU_E_SHAPE (independent coordinates missing that nothing holds: all are named;
 *  genu's rule only), GENU_E_RANGE (a value that is not finite, with line and column; an unknown
 *  name in lock, with the nearest one), GENU_E_MEMORY. On failure the motion is empty. */
GENU_MUST_USE genu_status genu_motion_from_table(genu_motion_data *motion, const genu_model *m,
                                                 const genu_table *t,
                                                 const genu_motion_settings *settings,
                                                 genu_notes *notes, genu_err *err);

/** The coordinate that a column label means, -1 when none; *is_state (may be NULL) is 1 for labels
 *  of speeds and muscle states of this model. */
int genu_motion_coord(const genu_model *m, const char *label, int *is_state);

void genu_motion_free(genu_motion_data *motion);

#endif
