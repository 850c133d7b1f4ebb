#include "solvers/signal.h"

#include "solvers/spline.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ORDER = 3, MAX_ROWS = 10000000 };

static const double PI = 3.14159265358979323846;

/* y_i = b0 x_i + b1 x_i-1 + ... - a1 y_i-1 - ... */
typedef struct filter {
    double b[ORDER + 1], a[ORDER + 1];
} filter;

genu_status genu_series_new(genu_series *s, int n_row, int n_column, genu_err *err)
{
    size_t n = (size_t)n_row;
    *s = (genu_series){ .n_row = n_row, .n_column = n_column };
    s->t = calloc(n ? n : 1, sizeof *s->t);
    s->y = calloc(n && n_column ? n * (size_t)n_column : 1, sizeof *s->y);
    if (s->t && s->y)
        return GENU_OK;
    genu_series_free(s);
    return genu_fail(err, GENU_E_MEMORY, "out of memory for %d rows of %d columns", n_row,
                     n_column);
}

void genu_series_free(genu_series *s)
{
    free(s->t);
    free(s->y);
    *s = (genu_series){ 0 };
}

static double *column(const genu_series *s, int j)
{
    return s->y + (ptrdiff_t)j * s->n_row;
}

/* The analogue prototype 1 / ((s + 1)(s^2 + s + 1)) with s = (1 - z^-1) / (1 + z^-1) / w,
 * w = tan(pi fc / fs); both sides multiplied out and divided by (w + 1)(w^2 + w + 1). */
static filter butterworth3(double cutoff, double fs)
{
    double w = tan(PI * cutoff / fs), w2 = w * w, w3 = w2 * w;
    double d = (w + 1) * (w2 + w + 1);
    return (filter){ .b = { w3 / d, 3 * w3 / d, 3 * w3 / d, w3 / d },
                     .a = { 1, (3 * w3 + 2 * w2 - 2 * w - 3) / d, (3 * w3 - 2 * w2 - 2 * w + 3) / d,
                            (w3 - 2 * w2 + 2 * w - 1) / d } };
}

static double sample(const filter *f, const double *x, const double *y, int i, int step)
{
    double sum = f->b[0] * x[i];
    for (int k = 1; k <= ORDER; k++)
        sum += f->b[k] * x[i - k * step] - f->a[k] * y[i - k * step];
    return sum;
}

/* One pass over n samples from the copied first three, in the direction of step. */
static void pass_copied(const filter *f, int n, const double *x, double *y, int step)
{
    int first = step > 0 ? 0 : n - 1;
    for (int k = 0; k < n; k++) {
        int i = first + k * step;
        y[i] = k < ORDER ? x[i] : sample(f, x, y, i, step);
    }
}

/* One pass as if the first sample had always been there: the filter is at rest on it. */
static void pass_rested(const filter *f, int n, const double *x, double *y, int step)
{
    int first = step > 0 ? 0 : n - 1;
    double rest = x[first];
    for (int k = 0; k < n; k++) {
        int i = first + k * step;
        double sum = f->b[0] * x[i];
        for (int j = 1; j <= ORDER; j++)
            sum += k < j ? (f->b[j] - f->a[j]) * rest
                         : f->b[j] * x[i - j * step] - f->a[j] * y[i - j * step];
        y[i] = sum;
    }
}

/* Extend n samples by n_pad at each end: the record turned by half a turn about its end sample. */
static void reflect(int n, const double *x, int n_pad, double *out)
{
    for (int i = 0; i < n_pad; i++) {
        out[i] = 2 * x[0] - x[n_pad - i];
        out[n_pad + n + i] = 2 * x[n - 1] - x[n - 2 - i];
    }
    memcpy(out + n_pad, x, (size_t)n * sizeof *x);
}

static genu_status check(const genu_series *in, double cutoff, int least, genu_err *err)
{
    if (!(cutoff > 0) || !isfinite(cutoff))
        return genu_fail(err, GENU_E_RANGE, "the filter's cutoff is %g Hz, must be > 0", cutoff);
    if (in->n_row < least)
        return genu_fail(err, GENU_E_SHAPE,
                         "the record has %d rows, too short for the filter, which needs %d",
                         in->n_row, least);
    for (int i = 0; i < in->n_row; i++)
        if (!isfinite(in->t[i]) || (i && !(in->t[i] > in->t[i - 1])))
            return genu_fail(err, GENU_E_RANGE,
                             "row %d: time %.9g s must be finite and larger than the one before",
                             i + 1, in->t[i]);
    for (int j = 0; j < in->n_column; j++)
        for (int i = 0; i < in->n_row; i++)
            if (!isfinite(column(in, j)[i]))
                return genu_fail(err, GENU_E_RANGE,
                                 "column %d, row %d, time %.9g s: the value is not finite", j + 1,
                                 i + 1, in->t[i]);
    return GENU_OK;
}

static double smallest_step(const genu_series *s)
{
    double least = INFINITY;
    for (int i = 1; i < s->n_row; i++)
        least = fmin(least, s->t[i] - s->t[i - 1]);
    return least;
}

static genu_status too_many_rows(double rows, double step, genu_err *err)
{
    return genu_fail(err, GENU_E_RANGE,
                     "putting the record on equal steps of %.3g s, its smallest, takes %.3g rows, "
                     "at most %d are allowed",
                     step, rows, MAX_ROWS);
}

/* Values of in at the times that out already holds. */
static genu_status resample(const genu_series *in, genu_series *out, genu_err *err)
{
    genu_spline *s;
    genu_status status = genu_spline_new(&s, 5, in->n_row, in->t, 1, err);
    for (int j = 0; status == GENU_OK && j < in->n_column; j++) {
        status = genu_spline_fit(s, 0, column(in, j), err);
        for (int i = 0; status == GENU_OK && i < out->n_row; i++) {
            double value[4];
            genu_spline_eval(s, 0, out->t[i], value);
            column(out, j)[i] = value[0];
        }
    }
    genu_spline_free(s);
    return status;
}

/* ---- genu ---- */

/* Equal steps over the span of in: its own times, or those of the smallest step that divides it. */
static genu_status equal_steps(const genu_series *in, genu_series *out, genu_lowpass_info *info,
                               genu_err *err)
{
    int n = in->n_row;
    double first = in->t[0], span = in->t[n - 1] - first;
    double step = span / (n - 1), off = 0;
    for (int i = 0; i < n; i++)
        off = fmax(off, fabs(in->t[i] - (first + step * i)));
    info->resampled = off > 1e-6 * step;
    double rows = n;
    if (info->resampled) {
        rows = ceil(span / smallest_step(in) * (1 - 1e-9)) + 1;
        if (rows > MAX_ROWS)
            return too_many_rows(rows, smallest_step(in), err);
        step = span / (rows - 1);
    }
    info->step = step;
    genu_status status = genu_series_new(out, (int)rows, in->n_column, err);
    if (status != GENU_OK)
        return status;
    if (!info->resampled) {
        memcpy(out->t, in->t, (size_t)n * sizeof *in->t);
        memcpy(out->y, in->y, (size_t)n * (size_t)in->n_column * sizeof *in->y);
        return GENU_OK;
    }
    for (int i = 0; i < out->n_row; i++)
        out->t[i] = i == out->n_row - 1 ? in->t[n - 1] : first + step * i;
    return resample(in, out, err);
}

/* Rows of extension after which the filter has forgotten its start to 1e-6: its slowest pole decays
 * as exp(-pi fc t), half the cutoff's angular frequency; at most the record itself, once. */
static int extension(int n, double cutoff, double step)
{
    double rows = ceil(-log(1e-6) / (PI * cutoff * step));
    return rows < n - 1 ? (int)rows : n - 1;
}

/* Filter one column in place; work holds 3 (n + 2 n_pad) numbers. */
static void filter_column(const filter *f, int n, double *y, int n_pad, double *work)
{
    int n_long = n + 2 * n_pad;
    double *x = work, *once = work + n_long, *twice = work + 2 * (ptrdiff_t)n_long;
    double first = y[0], slope = (y[n - 1] - y[0]) / (n - 1);

    // without its chord a straight line is nothing, and is kept exactly
    for (int i = 0; i < n; i++)
        y[i] -= first + slope * i;
    reflect(n, y, n_pad, x);
    pass_rested(f, n_long, x, once, 1);
    pass_rested(f, n_long, once, twice, -1);
    for (int i = 0; i < n; i++)
        y[i] = twice[n_pad + i] + (first + slope * i);
}

static genu_status filter_all(genu_series *s, double cutoff, genu_lowpass_info *info, genu_err *err)
{
    double fs = 1.0 / info->step, span = info->step * (s->n_row - 1);
    if (cutoff >= fs / 2)
        return genu_fail(err, GENU_E_RANGE,
                         "the filter's cutoff is %g Hz, must be below half the sampling rate of "
                         "%.6g Hz",
                         cutoff, fs);
    if (span * cutoff < 1)
        return genu_fail(err, GENU_E_SHAPE,
                         "the record lasts %.4g s, too short for a filter of %g Hz, which needs "
                         "%.4g s",
                         span, cutoff, 1 / cutoff);
    info->cutoff = cutoff;
    info->n_pad = extension(s->n_row, cutoff, info->step);
    size_t n_long = (size_t)s->n_row + 2 * (size_t)info->n_pad;
    double *work = malloc(3 * n_long * sizeof *work);
    if (!work)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for filtering %d rows", s->n_row);
    filter f = butterworth3(cutoff, fs);
    for (int j = 0; j < s->n_column; j++)
        filter_column(&f, s->n_row, column(s, j), info->n_pad, work);
    free(work);
    return GENU_OK;
}

genu_status genu_lowpass(const genu_series *in, double cutoff, genu_series *out,
                         genu_lowpass_info *info, genu_err *err)
{
    genu_lowpass_info own;
    info = info ? info : &own;
    *info = (genu_lowpass_info){ 0 };
    *out = (genu_series){ 0 };
    genu_status status = check(in, cutoff, 4 * ORDER, err);
    if (status == GENU_OK)
        status = equal_steps(in, out, info, err);
    if (status == GENU_OK)
        status = filter_all(out, cutoff, info, err);
    if (status != GENU_OK)
        genu_series_free(out);
    return status;
}

/* ---- opensim ---- */

static genu_status pad(const genu_series *in, int n_pad, genu_series *out, genu_err *err)
{
    genu_status status = genu_series_new(out, in->n_row + 2 * n_pad, in->n_column, err);
    if (status != GENU_OK)
        return status;
    reflect(in->n_row, in->t, n_pad, out->t);
    for (int j = 0; j < in->n_column; j++)
        reflect(in->n_row, column(in, j), n_pad, column(out, j));
    return GENU_OK;
}

/* Rows reached by adding step to first until last is passed. The sums are kept as they are rounded:
 * OpenSim's times are such sums. */
static int count_steps(double first, double last, double step)
{
    int n = 0;
    for (double t = first; t <= last; t += step)
        n++;
    return n;
}

/* Replace the padded record by its spline at the smallest step. */
static genu_status even_out(genu_series *s, double step, genu_err *err)
{
    double first = s->t[0], last = s->t[s->n_row - 1];
    if ((last - first) / step > MAX_ROWS)
        return too_many_rows((last - first) / step, step, err);
    genu_series even;
    genu_status status = genu_series_new(&even, count_steps(first, last, step), s->n_column, err);
    if (status != GENU_OK)
        return status;
    double t = first;
    for (int i = 0; i < even.n_row; i++, t += step)
        even.t[i] = t;
    status = resample(s, &even, err);
    genu_series_free(status == GENU_OK ? s : &even);
    if (status == GENU_OK)
        *s = even;
    return status;
}

static genu_status filter_copied(genu_series *s, const genu_lowpass_info *info, genu_err *err)
{
    double *once = malloc((size_t)s->n_row * sizeof *once);
    if (!once)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for filtering %d rows", s->n_row);
    filter f = butterworth3(info->cutoff, 1 / info->step);
    for (int j = 0; j < s->n_column; j++) {
        pass_copied(&f, s->n_row, column(s, j), once, 1);
        pass_copied(&f, s->n_row, once, column(s, j), -1);
    }
    free(once);
    return GENU_OK;
}

genu_status genu_lowpass_opensim(const genu_series *in, double cutoff, genu_series *out,
                                 genu_lowpass_info *info, genu_err *err)
{
    genu_lowpass_info own;
    info = info ? info : &own;
    *info = (genu_lowpass_info){ 0 };
    *out = (genu_series){ 0 };
    genu_status status = check(in, cutoff, 2 * ORDER, err);
    if (status != GENU_OK)
        return status;
    info->n_pad = in->n_row / 2;
    status = pad(in, info->n_pad, out, err);
    if (status != GENU_OK)
        return status;

    info->step = smallest_step(out);
    double mean = (out->t[out->n_row - 1] - out->t[0]) / (out->n_row - 1);
    info->resampled = mean - info->step > DBL_EPSILON;
    if (info->resampled)
        status = even_out(out, info->step, err);

    // its rule for a cutoff that sampling does not allow
    info->cutoff = cutoff >= 0.5 / info->step ? 0.49 / info->step : cutoff;
    if (status == GENU_OK)
        status = filter_copied(out, info, err);
    if (status != GENU_OK)
        genu_series_free(out);
    return status;
}
