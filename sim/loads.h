/* loads.h - measured external forces on the bodies of a model, at any time of their record.
 *
 * Each load has a force, a point and a torque per row of its table; any of them may be absent. What
 * becomes of them depends on the mode.
 *
 * In genu mode a row is loaded where |force| > gate (a load without force: everywhere). On both
 * sides of the loaded rows the force dies away as long as it keeps falling: there the point stays
 * that of the last loaded row and the torque shrinks with the force. All other rows are zero. What
 * is interpolated is not the point but what it does: force F, torque T and the nine products p_i
 * F_j of each row, each by a cubic that never overshoots and stays zero between zeros (Steffen
 * 1990, Astronomy and Astrophysics 239:443, bibcode 1990A&A...239..443S). So a centre of pressure
 * that wanders off under an unloaded foot has no effect, the force has no step, and at loaded rows
 * the wrench is exactly that of the file. With a filter these fifteen columns go through
 * genu_lowpass (signal.h) first: then a load begins and ends softly, before strike and after off.
 *
 * In opensim mode force, point and torque go by natural cubic splines (fewer than four rows:
 * straight lines), ungated (OpenSim 4.6: ExternalForce.cpp).
 *
 * In both, a force without point acts at the origin of its body, and force and torque, or the
 * point, may be expressed in the frame of a body that moves.
 *
 * Depends on: models/model.h, solvers/spline.h, solvers/signal.h, solvers/events.h
 * Memory:     genu_loads owns everything; genu_loads_apply allocates nothing
 * Thread use: share finished loads; one genu_data per thread
 */
#ifndef GENU_SIM_LOADS_H
#define GENU_SIM_LOADS_H

#include "models/model.h"
#include "solvers/events.h"

typedef struct genu_loads_settings {
    genu_mode mode;
    double gate;   /* N, force below which point and torque mean nothing; genu mode       (>= 0) */
    double filter; /* Hz, low-pass; 0: none; genu mode only, OpenSim has no such filter    (>= 0) */
} genu_loads_settings;

typedef struct genu_load_curves genu_load_curves; /* what the mode interpolates */

typedef struct genu_load {
    char *name;
    int body;       /* on which it acts                                                       */
    int force_body; /* in whose axes force and torque are written, 0: ground                  */
    int point_body; /* in whose frame the point is written, 0: ground                         */
    int has_force, has_point, has_torque;
    int n_row;
    double *time;  /* n_row, s                                                                */
    double *value; /* 9 x n_row: force x y z (N), point (m), torque (Nm), each of n_row numbers */
    genu_load_curves *curves;
} genu_load;

typedef struct genu_loads {
    genu_loads_settings settings;
    int n_load;
    genu_load *load;
} genu_loads;

/** genu mode, no filter, 20 N: the level of the foot events (events.h), above the noise of force
 *  plates, and where their centre of pressure begins to mean something. Larger: a point that is
 * held for longer at strike and toe-off; smaller: one that wanders more. */
genu_loads_settings genu_loads_defaults(void);

/** No loads yet. GENU_E_RANGE (gate or filter negative or not finite; a filter in opensim mode),
 *  GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_loads_new(genu_loads **loads, const genu_loads_settings *settings,
                                         genu_err *err);
void genu_loads_free(genu_loads *loads);

/** Add one load. `what` gives name, bodies, has_..., n_row, time and value (where has_... is 0 the
 *  numbers are not read); everything is copied; curves is not read.
 *
 *  notes   rows whose point is not finite where there is no load (genu mode); may be NULL
 *
 *  GENU_E_SHAPE (fewer than 2 rows), GENU_E_RANGE (times; a number that is not finite: in genu mode
 *  only a point or torque of an unloaded row may be; a point beyond 20 m under load, which looks
 *  like millimetres; a torque above 1000 Nm beside a point, which looks like Nmm), GENU_E_MEMORY.
 */
GENU_MUST_USE genu_status genu_loads_add(genu_loads *loads, const genu_load *what,
                                         genu_notes *notes, genu_err *err);

/** Read an external-loads file (ExternalLoads with ExternalForce objects, OpenSim 2 to 4, also
 *  inside another document) and its data.
 *
 *  data    path of the table; NULL: `datafile` of the file, else each force's data_source_name,
 *          found beside the loads file
 *  notes   what was met and not used, disabled forces, a body that is the ground; may be NULL
 *
 *  GENU_E_IO (a file missing or unreadable), GENU_E_FORMAT with file and line (not XML, no loads in
 *  it, a kind of force or element without meaning here, an identifier or its columns missing, with
 *  the nearest label), GENU_E_RANGE (a body that the model lacks, with the nearest; and as
 *  genu_loads_add), and as genu_table_read. On failure *loads is NULL. */
GENU_MUST_USE genu_status genu_loads_read(genu_loads **loads, const genu_model *m, const char *path,
                                          const char *data, const genu_loads_settings *settings,
                                          genu_notes *notes, genu_err *err);

/** The loads' data reach from `from` to `to` (s), or GENU_E_RANGE with both spans. One row of the
 *  data beyond either end is allowed, for times that were rounded. */
GENU_MUST_USE genu_status genu_loads_check_span(const genu_loads *loads, double from, double to,
                                                genu_err *err);

/** external (n_body) becomes the sum of the loads on each body at time t (s), in ground about the
 *  ground's origin. d must have its position computed; it may be NULL where every load has a point
 *  and is expressed in ground. Beyond its rows a load keeps its end value (opensim: its spline goes
 *  on straight).
 *
 *  GENU_E_RANGE: t is not in the span; GENU_E_SHAPE: d is NULL and needed. external is then zero.
 */
GENU_MUST_USE genu_status genu_loads_apply(const genu_loads *loads, const genu_model *m,
                                           const genu_data *d, double t, sp6 *external);

/** Foot strikes and toe-offs under the bodies of one foot (as calcn_r, toes_r), from the sum of the
 *  vertical (ground y) forces on them. No load on any of them: no events, and no error.
 *  GENU_E_SHAPE (loads of one foot on different times), GENU_E_FORMAT (a force expressed in a body
 *  other than the ground), and as genu_events_find. */
GENU_MUST_USE genu_status genu_loads_events(const genu_loads *loads, int n_body, const int *body,
                                            const genu_events_settings *settings,
                                            genu_events *events, genu_err *err);

#endif
