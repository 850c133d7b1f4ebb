/* signal.h - low-pass filtering of whole records, forward and back, so that nothing is delayed.
 *
 *   third-order Butterworth, bilinear transform prewarped with tan(pi fc / fs), run forward and
 *   then backward:  |gain(f)| = 1 / (1 + (tan(pi f / fs) / tan(pi fc / fs))^6),  one half at fc
 *
 * Method:     genu: the chord from the first to the last row is taken off and put back, the rest is
 *             extended by point reflection, filtered from the state of rest, and the extension is
 *             cut off. opensim: as OpenSim 4.6 does it (Storage.cpp, Signal.cpp), see below.
 *             Filter design: Oppenheim and Schafer, Discrete-Time Signal Processing, 3rd ed. 2009,
 *             ISBN 978-0-13-198842-2, section 7.2 (bilinear transform, Butterworth).
 * Cost:       O(rows x columns)
 * Depends on: models/base.h, solvers/spline.h
 * Memory:     a genu_series owns its numbers; release with genu_series_free
 * Thread use: no shared state
 */
#ifndef GENU_SOLVERS_SIGNAL_H
#define GENU_SOLVERS_SIGNAL_H

#include "models/base.h"

/* Columns over one time axis. */
typedef struct genu_series {
    int n_row, n_column;
    double *t; /* n_row, s                                         */
    double *y; /* n_column x n_row: column j starts at y + j n_row */
} genu_series;

/** Take memory for the numbers; all zero. GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_series_new(genu_series *s, int n_row, int n_column, genu_err *err);
void genu_series_free(genu_series *s);

/* What a filter did besides filtering. */
typedef struct genu_lowpass_info {
    double step;   /* s, between the rows that were filtered                             */
    double cutoff; /* Hz, as used: opensim lowers one at or above fs / 2 to 0.49 fs       */
    int n_pad;     /* rows added at each end before filtering, of the record's own step  */
    int resampled; /* 1: the record was put on equal steps by a quintic spline first     */
} genu_lowpass_info;

/** genu's own way. out has the span of in: the same times where the steps of in are equal to 1e-6
 *  of a step, else equal steps no larger than the smallest of in (quintic spline).
 *
 *  cutoff      > 0 and < fs / 2                                                            [Hz]
 *  info        may be NULL
 *
 *  GENU_E_RANGE (cutoff; a value not finite; times not increasing; a resampling past 1e7 rows),
 *  GENU_E_SHAPE (fewer than 12 rows, or a record shorter than one period of the cutoff, whose
 *  filtered values would be mostly extension), GENU_E_MEMORY. On failure out is empty. */
GENU_MUST_USE genu_status genu_lowpass(const genu_series *in, double cutoff, genu_series *out,
                                       genu_lowpass_info *info, genu_err *err);

/** As OpenSim 4.6, number for number: floor(n / 2) rows are added at each end by point reflection,
 *  of the times too; where the mean step exceeds the smallest by more than 2.2e-16 s the padded
 *  record is resampled by the quintic spline at the smallest step, counted from its padded start;
 *  each of the two passes copies its first three samples; the extension stays. So out is about
 *  twice as long as in, and its times are those of the new grid.
 *
 *  A cutoff at or above fs / 2 becomes 0.49 fs: info->cutoff tells. GENU_E_RANGE (cutoff not
 *  positive, a value not finite, times not increasing, more than 1e7 rows), GENU_E_SHAPE (fewer
 * than 6 rows, as its spline needs), GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_lowpass_opensim(const genu_series *in, double cutoff,
                                               genu_series *out, genu_lowpass_info *info,
                                               genu_err *err);

#endif
