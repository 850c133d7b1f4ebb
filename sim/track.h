/* track.h - a motion as a function of time: value, speed and acceleration of every coordinate.
 *
 * Method:     optional zero-phase low-pass (solvers/signal.h), then one quintic spline through the
 *             whole record (solvers/spline.h). What becomes of the coordinates that have no column,
 *             are locked or follow a coupler depends on the rule:
 *
 *   genu        q, u, a from the spline; held ones at their default, at rest; dependent ones follow
 *               their coupler in q, u and a. Filter: genu_lowpass.
 *   opensim,    q, u, a from the spline of every column, dependent and locked ones too; without a
 *   inverse     column: the default, at rest. Filter: genu_lowpass_opensim, so times are those of
 *               its grid and reach beyond the record.
 *   opensim,    q and u from the spline, a the derivative of a second quintic spline through the
 *   analysis    speeds at the rows; without a column 0. Then q is assembled: clamped coordinates
 *               are held in range, locked ones at their default, dependent ones follow their
 *               coupler. Speeds stay as they are. Accelerations of dependent ones follow the
 *               coupler, those of locked ones are 0.
 *               (OpenSim 4.6: SimbodyEngine.cpp, StaticOptimization.cpp)
 *
 * Cost:       O(rows) per column to build, O(columns log rows) per time
 * Depends on: models/skeleton.h, solvers/signal.h, solvers/spline.h, sim/motion.h
 * Memory:     all of it in genu_track_new; nothing is allocated by genu_track_eval
 * Thread use: share a finished track; one genu_data per thread
 */
#ifndef GENU_SIM_TRACK_H
#define GENU_SIM_TRACK_H

#include "models/model.h"
#include "sim/motion.h"

typedef struct genu_track genu_track;

/** Filter and fit.
 *
 *  settings as given to genu_motion_from_table; notes get what the filter did (resampled, cutoff
 *  lowered), a gap in the record (a step four times the usual one, a warning); may be NULL.
 *
 *  GENU_E_SHAPE (fewer than 6 rows; too short for the filter), GENU_E_RANGE (filter negative, at or
 *  above half the sampling rate, not finite), GENU_E_SINGULAR (steps too unequal), GENU_E_MEMORY.
 */
GENU_MUST_USE genu_status genu_track_new(genu_track **track, const genu_model *m,
                                         const genu_motion_data *motion,
                                         const genu_motion_settings *settings, genu_notes *notes,
                                         genu_err *err);
void genu_track_free(genu_track *track);

/** The times of the frames to compute.
 *
 *  from, to    NAN: the record's own begin or end                                          [s]
 *  n_frame     0: the rows of the record from `from` to `to` (opensim: from the last row not after
 *              `from` to the last not after `to`); else so many, equally spaced, ends included
 *  time        out: *n times, release with free()                                         [s]
 *
 *  GENU_E_RANGE (from not before to; beyond the record, with both spans; n_frame is 1 or negative),
 *  GENU_E_SHAPE (no row in between), GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_track_times(const genu_track *track, double from, double to,
                                           int n_frame, double **time, int *n, genu_err *err);

/** Set d->q, d->u and d->a for time t, s, which must lie in the record (opensim: as extended by the
 *  filter). GENU_E_RANGE otherwise, and d is unchanged. */
GENU_MUST_USE genu_status genu_track_eval(const genu_track *track, const genu_model *m,
                                          genu_data *d, double t);

/** First and last time that can be asked for, s: with OpenSim's filter, beyond the record. */
void genu_track_range(const genu_track *track, double *first, double *last);

/** First and last time of the record as it was read, s, as far as they can be asked for. */
void genu_track_record(const genu_track *track, double *first, double *last);

#endif
