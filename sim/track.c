#include "sim/track.h"

#include "models/skeleton.h"
#include "solvers/signal.h"
#include "solvers/spline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* gcvspl, and so OpenSim, needs as many rows for degree 5; with fewer, accelerations mean nothing.
 */
enum { ROWS_MIN = 6 };

struct genu_track {
    genu_motion_rule rule;
    int n_coord;
    int n_column;       /* of the splines                                            */
    int *column;        /* n_coord: spline column, -1: none                          */
    int *held;          /* n_coord                                                   */
    double first, last; /* s, of the record as it was read                           */
    genu_series series; /* the (filtered) record, n_column columns                   */
    genu_spline *value; /* through the record                                        */
    genu_spline *speed; /* through the speeds at its rows; opensim analysis only     */
};

void genu_track_free(genu_track *track)
{
    if (!track)
        return;
    genu_spline_free(track->value);
    genu_spline_free(track->speed);
    genu_series_free(&track->series);
    free(track->column);
    free(track->held);
    free(track);
}

/* Which coordinates need a spline. */
static void choose_columns(genu_track *track, const genu_model *m, const genu_motion_data *motion)
{
    for (int c = 0; c < m->n_coord; c++) {
        int moves = motion->in_file[c];
        if (track->rule == GENU_MOTION_GENU)
            moves = moves && !motion->held[c] && m->coord[c].leader < 0;
        track->column[c] = moves ? track->n_column++ : -1;
        track->held[c] = motion->held[c];
    }
}

static genu_status record(const genu_track *track, const genu_motion_data *motion, genu_series *s,
                          genu_err *err)
{
    size_t n = (size_t)motion->n_frame;
    genu_status status = genu_series_new(s, motion->n_frame, track->n_column, err);
    if (status != GENU_OK)
        return status;
    memcpy(s->t, motion->time, n * sizeof *s->t);
    for (int c = 0; c < track->n_coord; c++)
        if (track->column[c] >= 0)
            memcpy(s->y + (size_t)track->column[c] * n, motion->q + (size_t)c * n,
                   n * sizeof *s->y);
    return GENU_OK;
}

static void note_filter(const genu_track *track, const genu_motion_data *motion, double cutoff,
                        const genu_lowpass_info *info, genu_notes *notes)
{
    if (info->resampled)
        genu_notes_add(notes, GENU_NOTE, 0,
                       "'%s': its steps are not equal; the filter works on steps of %.9g s",
                       motion->source, info->step);
    if (info->cutoff < cutoff)
        genu_notes_add(notes, GENU_WARNING, 0,
                       "'%s': a filter of %g Hz is at or above half the sampling rate of %.6g Hz; "
                       "lowered to %.6g Hz, as OpenSim does",
                       motion->source, cutoff, 1 / info->step, info->cutoff);
    if (track->rule != GENU_MOTION_GENU)
        genu_notes_add(notes, GENU_NOTE, 0,
                       "'%s': as OpenSim filters, the record is extended to %.9g to %.9g s",
                       motion->source, track->series.t[0],
                       track->series.t[track->series.n_row - 1]);
}

static genu_status filter(genu_track *track, const genu_motion_data *motion, double cutoff,
                          genu_notes *notes, genu_err *err)
{
    genu_series raw;
    genu_status s = record(track, motion, &raw, err);
    if (s != GENU_OK)
        return s;
    if (cutoff == 0) {
        track->series = raw;
        return GENU_OK;
    }
    genu_lowpass_info info;
    s = track->rule == GENU_MOTION_GENU
            ? genu_lowpass(&raw, cutoff, &track->series, &info, err)
            : genu_lowpass_opensim(&raw, cutoff, &track->series, &info, err);
    genu_series_free(&raw);
    if (s == GENU_OK)
        note_filter(track, motion, cutoff, &info, notes);
    return s == GENU_OK ? s : genu_fail_in(err, s, "'%s'", motion->source);
}

static genu_status fit(genu_track *track, genu_err *err)
{
    const genu_series *r = &track->series;
    genu_status s = genu_spline_new(&track->value, 5, r->n_row, r->t, track->n_column, err);
    for (int j = 0; s == GENU_OK && j < track->n_column; j++)
        s = genu_spline_fit(track->value, j, r->y + (ptrdiff_t)j * r->n_row, err);
    if (s != GENU_OK || track->rule != GENU_MOTION_OPENSIM_ANALYSIS)
        return s;

    double *u = malloc((size_t)r->n_row * sizeof *u), out[4];
    s = u ? genu_spline_new(&track->speed, 5, r->n_row, r->t, track->n_column, err)
          : genu_fail(err, GENU_E_MEMORY, "out of memory for %d speeds", r->n_row);
    for (int j = 0; s == GENU_OK && j < track->n_column; j++) {
        for (int i = 0; i < r->n_row; i++) {
            genu_spline_eval(track->value, j, r->t[i], out);
            u[i] = out[1];
        }
        s = genu_spline_fit(track->speed, j, u, err);
    }
    free(u);
    return s;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A spline swings freely over a hole in the record. */
static genu_status note_gap(const genu_motion_data *motion, genu_notes *notes, genu_err *err)
{
    int n = motion->n_frame - 1;
    double *step = malloc((size_t)n * sizeof *step);
    if (!step)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for %d steps", n);
    int widest = 0;
    for (int i = 0; i < n; i++) {
        step[i] = motion->time[i + 1] - motion->time[i];
        widest = step[i] > step[widest] ? i : widest;
    }
    double gap = step[widest];
    qsort(step, (size_t)n, sizeof *step, compare);
    if (gap > 4 * step[n / 2])
        genu_notes_add(notes, GENU_WARNING, 0,
                       "'%s': a gap of %.4g s after %.6g s, where steps are usually %.4g s",
                       motion->source, gap, motion->time[widest], step[n / 2]);
    free(step);
    return GENU_OK;
}

static genu_status check(const genu_motion_data *motion, const genu_motion_settings *settings,
                         genu_err *err)
{
    if (!(settings->filter >= 0) || !isfinite(settings->filter))
        return genu_fail(err, GENU_E_RANGE, "the motion's filter is %g Hz, must be >= 0 (0: none)",
                         settings->filter);
    if (motion->n_frame < ROWS_MIN)
        return genu_fail(err, GENU_E_SHAPE,
                         "'%s' has %d rows, too few for accelerations, which need %d",
                         motion->source, motion->n_frame, ROWS_MIN);
    return GENU_OK;
}

genu_status genu_track_new(genu_track **out, const genu_model *m, const genu_motion_data *motion,
                           const genu_motion_settings *settings, genu_notes *notes, genu_err *err)
{
    *out = NULL;
    genu_status s = check(motion, settings, err);
    if (s == GENU_OK)
        s = note_gap(motion, notes, err);
    if (s != GENU_OK)
        return s;
    genu_track *track = calloc(1, sizeof *track);
    int *column = calloc((size_t)m->n_coord + 1, sizeof *column);
    int *held = calloc((size_t)m->n_coord + 1, sizeof *held);
    if (!track || !column || !held) {
        free(track);
        free(column);
        free(held);
        return genu_fail(err, GENU_E_MEMORY, "out of memory for the motion '%s'", motion->source);
    }
    *track = (genu_track){ .rule = settings->rule,
                           .n_coord = m->n_coord,
                           .column = column,
                           .held = held,
                           .first = motion->time[0],
                           .last = motion->time[motion->n_frame - 1] };
    choose_columns(track, m, motion);
    if (!track->n_column)
        s = genu_fail(err, GENU_E_SHAPE, "'%s': no coordinate of the model is left to move",
                      motion->source);
    if (s == GENU_OK)
        s = filter(track, motion, settings->filter, notes, err);
    if (s == GENU_OK && (s = fit(track, err)) != GENU_OK)
        s = genu_fail_in(err, s, "'%s'", motion->source);
    if (s == GENU_OK)
        *out = track;
    else
        genu_track_free(track);
    return s;
}

void genu_track_range(const genu_track *track, double *first, double *last)
{
    genu_spline_range(track->value, first, last);
}

void genu_track_record(const genu_track *track, double *first, double *last)
{
    genu_track_range(track, first, last);
    *first = fmax(track->first, *first);
    *last = fmin(track->last, *last);
}

/* ---- times ---- */

/* Times in files have about nine digits. */
static const double TIME_TOLERANCE = 1e-8;

static genu_status copy_rows(const genu_track *track, double from, double to, double **time, int *n,
                             genu_err *err)
{
    const genu_series *r = &track->series;
    int first = 0, end = r->n_row;
    if (track->rule == GENU_MOTION_GENU) {
        while (first < r->n_row && r->t[first] < from - TIME_TOLERANCE)
            first++;
        while (end > 0 && r->t[end - 1] > to + TIME_TOLERANCE)
            end--;
    } else {
        while (first + 1 < r->n_row && r->t[first + 1] <= from)
            first++;
        while (end > 0 && r->t[end - 1] > to)
            end--;
    }
    if (end <= first)
        return genu_fail(err, GENU_E_SHAPE, "the motion has no row from %.9g to %.9g s", from, to);
    *time = malloc((size_t)(end - first) * sizeof **time);
    if (!*time)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for %d times", end - first);
    memcpy(*time, r->t + first, (size_t)(end - first) * sizeof **time);
    *n = end - first;
    return GENU_OK;
}

genu_status genu_track_times(const genu_track *track, double from, double to, int n_frame,
                             double **time, int *n, genu_err *err)
{
    double first, last;
    *time = NULL;
    *n = 0;
    genu_track_record(track, &first, &last);
    from = isnan(from) ? first : from;
    to = isnan(to) ? last : to;
    genu_track_range(track, &first, &last);
    if (!(from < to))
        return genu_fail(err, GENU_E_RANGE, "'from' is %.9g s, must be before 'to', %.9g s", from,
                         to);
    if (from < first - TIME_TOLERANCE || to > last + TIME_TOLERANCE)
        return genu_fail(err, GENU_E_RANGE,
                         "from %.9g to %.9g s reaches beyond the motion, which lasts from %.9g to "
                         "%.9g s",
                         from, to, first, last);
    if (n_frame < 0 || n_frame == 1)
        return genu_fail(err, GENU_E_RANGE, "%d frames, must be at least 2", n_frame);
    if (n_frame == 0)
        return copy_rows(track, from, to, time, n, err);
    *time = malloc((size_t)n_frame * sizeof **time);
    if (!*time)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for %d times", n_frame);
    for (int i = 0; i < n_frame; i++) {
        double t = from + (to - from) * i / (n_frame - 1);
        (*time)[i] = fmin(fmax(t, first), last);
    }
    *n = n_frame;
    return GENU_OK;
}

/* ---- one time ---- */

/* What the analyses do to the values before they use them. */
static void assemble(const genu_track *track, const genu_model *m, genu_data *d)
{
    for (int c = 0; c < m->n_coord; c++) {
        const genu_coord *coord = &m->coord[c];
        if (track->held[c]) {
            d->q[c] = coord->value;
            d->a[c] = 0;
        } else if (coord->clamped)
            d->q[c] = fmin(fmax(d->q[c], coord->lo), coord->hi);
    }
    for (int k = 0; k < m->n_dependent; k++) {
        int c = m->dependent[k], j = m->coord[c].leader;
        double f[3];
        genu_curve_eval(&m->coord[c].coupler, d->q[j], f);
        d->q[c] = f[0];
        d->a[c] = f[1] * d->a[j] + f[2] * d->u[j] * d->u[j];
    }
}

genu_status genu_track_eval(const genu_track *track, const genu_model *m, genu_data *d, double t)
{
    double first, last, out[4];
    genu_track_range(track, &first, &last);
    if (!(t >= first && t <= last))
        return GENU_E_RANGE;
    for (int c = 0; c < m->n_coord; c++) {
        int j = track->column[c];
        if (j < 0) {
            d->q[c] = track->rule == GENU_MOTION_OPENSIM_ANALYSIS ? 0 : m->coord[c].value;
            d->u[c] = d->a[c] = 0;
            continue;
        }
        genu_spline_eval(track->value, j, t, out);
        d->q[c] = out[0];
        d->u[c] = out[1];
        d->a[c] = out[2];
        if (track->speed) {
            genu_spline_eval(track->speed, j, t, out);
            d->a[c] = out[1];
        }
    }
    if (track->rule == GENU_MOTION_GENU)
        genu_skeleton_couple(m, d);
    else if (track->rule == GENU_MOTION_OPENSIM_ANALYSIS)
        assemble(track, m, d);
    return GENU_OK;
}
