#include "sim/loads.h"

#include "solvers/signal.h"
#include "solvers/spline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where the interpolated quantities of genu mode stand. */
enum {
    N_VALUE = 9, /* force, point, torque            */
    FORCE = 0,
    POINT = 3,
    TORQUE = 6,
    G_FORCE = 0, /* genu mode: force, torque, p F'  */
    G_TORQUE = 3,
    G_DYAD = 6,
    N_GATED = 15
};

/* Past these a number under load is in the wrong unit: no walkway's point of force lies 20 m from
 * its origin, in mm nearly all do; no foot is twisted with 1000 Nm, in Nmm it always is. */
static const double POINT_MAX = 20, TORQUE_MAX = 1000;

struct genu_load_curves {
    genu_spline *spline; /* opensim: N_VALUE columns                                     */
    int linear;          /* opensim, fewer than four rows: straight lines through value  */
    genu_series gated;   /* genu: N_GATED columns                                        */
    double *slope;       /* genu: as gated.y                                             */
};

genu_loads_settings genu_loads_defaults(void)
{
    return (genu_loads_settings){ .mode = GENU_MODE_GENU, .gate = 20 };
}

genu_status genu_loads_new(genu_loads **loads, const genu_loads_settings *settings, genu_err *err)
{
    *loads = NULL;
    if (!(settings->gate >= 0) || !isfinite(settings->gate))
        return genu_fail(err, GENU_E_RANGE, "the loads' gate is %g N, must be >= 0",
                         settings->gate);
    if (!(settings->filter >= 0) || !isfinite(settings->filter))
        return genu_fail(err, GENU_E_RANGE, "the loads' filter is %g Hz, must be >= 0 (0: none)",
                         settings->filter);
    if (settings->filter > 0 && settings->mode == GENU_MODE_OPENSIM)
        return genu_fail(err, GENU_E_RANGE,
                         "the loads' filter is %g Hz, must be 0 in opensim mode: OpenSim does not "
                         "filter loads",
                         settings->filter);
    *loads = calloc(1, sizeof **loads);
    if (!*loads)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for the loads");
    (*loads)->settings = *settings;
    return GENU_OK;
}

static void free_load(genu_load *load)
{
    if (load->curves) {
        genu_spline_free(load->curves->spline);
        genu_series_free(&load->curves->gated);
        free(load->curves->slope);
    }
    free(load->curves);
    free(load->name);
    free(load->time);
    free(load->value);
}

void genu_loads_free(genu_loads *loads)
{
    for (int i = 0; loads && i < loads->n_load; i++)
        free_load(&loads->load[i]);
    free(loads ? loads->load : NULL);
    free(loads);
}

/* ---- adding ---- */

static double value_at(const genu_load *load, int what, int row)
{
    return load->value[(ptrdiff_t)what * load->n_row + row];
}

static v3 vector_at(const genu_load *load, int what, int row)
{
    return (v3){ value_at(load, what, row), value_at(load, what + 1, row),
                 value_at(load, what + 2, row) };
}

static int is_loaded(const genu_load *load, double gate, int row)
{
    return !load->has_force || v3_norm(vector_at(load, FORCE, row)) > gate;
}

static genu_status check_times(const genu_load *load, genu_err *err)
{
    if (load->n_row < 2)
        return genu_fail(err, GENU_E_SHAPE, "load '%s' has %d rows, needs at least 2", load->name,
                         load->n_row);
    for (int i = 0; i < load->n_row; i++)
        if (!isfinite(load->time[i]) || (i && !(load->time[i] > load->time[i - 1])))
            return genu_fail(
                err, GENU_E_RANGE,
                "load '%s', row %d: time %.9g s must be finite and larger than the one "
                "before",
                load->name, i + 1, load->time[i]);
    return GENU_OK;
}

/* Finite numbers everywhere, but for points and torques that are not used. */
static genu_status check_finite(const genu_loads *loads, const genu_load *load, genu_notes *notes,
                                genu_err *err)
{
    static const char *const what[] = { "force x", "force y",  "force z",  "point x", "point y",
                                        "point z", "torque x", "torque y", "torque z" };
    int n_unused = 0;
    for (int i = 0; i < load->n_row; i++)
        for (int k = 0; k < N_VALUE; k++) {
            if (isfinite(value_at(load, k, i)))
                continue;
            if (k >= POINT && loads->settings.mode == GENU_MODE_GENU &&
                !is_loaded(load, loads->settings.gate, i)) {
                n_unused++;
                break;
            }
            return genu_fail(err, GENU_E_RANGE,
                             "load '%s', time %.9g s: %s is %g, must be a finite number",
                             load->name, load->time[i], what[k], value_at(load, k, i));
        }
    if (n_unused)
        genu_notes_add(notes, GENU_NOTE, 0,
                       "load '%s': %d rows without load have no finite point or torque; they have "
                       "no effect",
                       load->name, n_unused);
    return GENU_OK;
}

static genu_status check_units(const genu_loads *loads, const genu_load *load, genu_err *err)
{
    for (int i = 0; i < load->n_row; i++) {
        if (!load->has_force ||
            v3_norm(vector_at(load, FORCE, i)) <= fmax(loads->settings.gate, 20))
            continue;
        for (int k = 0; k < 3; k++) {
            double p = value_at(load, POINT + k, i), torque = value_at(load, TORQUE + k, i);
            if (load->has_point && fabs(p) > POINT_MAX)
                return genu_fail(err, GENU_E_RANGE,
                                 "load '%s', time %.9g s: the point's %c is %.6g m under load, at "
                                 "most %g is allowed; this looks like millimetres",
                                 load->name, load->time[i], "xyz"[k], p, POINT_MAX);
            if (load->has_point && fabs(torque) > TORQUE_MAX)
                return genu_fail(err, GENU_E_RANGE,
                                 "load '%s', time %.9g s: the torque's %c is %.6g Nm, at most %g "
                                 "is allowed; this looks like newton millimetres",
                                 load->name, load->time[i], "xyz"[k], torque, TORQUE_MAX);
        }
    }
    return GENU_OK;
}

/* Steffen's slopes: the parabola's slope, limited so that nothing overshoots. */
static void steffen(int n, const double *t, const double *y, double *slope)
{
    for (int i = 1; i + 1 < n; i++) {
        double h0 = t[i] - t[i - 1], h1 = t[i + 1] - t[i];
        double s0 = (y[i] - y[i - 1]) / h0, s1 = (y[i + 1] - y[i]) / h1;
        double p = (s0 * h1 + s1 * h0) / (h0 + h1);
        double least = fmin(fmin(fabs(s0), fabs(s1)), 0.5 * fabs(p));
        slope[i] = s0 * s1 > 0 ? copysign(2 * least, s0) : 0;
    }
    slope[0] = slope[n - 1] = 0;
    // ends: the slope of the parabola through the last three, 0 where it points the other way
    for (int end = 0; n > 2 && end < 2; end++) {
        int a = end ? n - 1 : 0, b = end ? n - 2 : 1, c = end ? n - 3 : 2;
        double h0 = t[b] - t[a], h1 = t[c] - t[b];
        double s0 = (y[b] - y[a]) / h0, s1 = (y[c] - y[b]) / h1;
        double p = s0 * (1 + h0 / (h0 + h1)) - s1 * h0 / (h0 + h1);
        if (p * s0 > 0)
            slope[a] = fabs(p) > 2 * fabs(s0) ? 2 * s0 : p;
    }
    if (n == 2)
        slope[0] = slope[1] = (y[1] - y[0]) / (t[1] - t[0]);
}

/* Row i of the fifteen columns. */
static void put_row(genu_series *s, int i, v3 force, v3 point, v3 torque)
{
    double f[3], p[3], t[3];
    v3_put(f, force);
    v3_put(p, point);
    v3_put(t, torque);
    for (int k = 0; k < 3; k++) {
        s->y[(ptrdiff_t)(G_FORCE + k) * s->n_row + i] = f[k];
        s->y[(ptrdiff_t)(G_TORQUE + k) * s->n_row + i] = t[k];
        for (int j = 0; j < 3; j++)
            s->y[(ptrdiff_t)(G_DYAD + 3 * k + j) * s->n_row + i] = p[k] * f[j];
    }
}

/* From the loaded row i on in the direction of step: the rows over which the force dies away, at
 * the point of row i, their torque in proportion to the force. */
static void put_tail(const genu_load *load, double gate, genu_series *s, int i, int step)
{
    v3 point = vector_at(load, POINT, i), torque = vector_at(load, TORQUE, i);
    double full = v3_norm(vector_at(load, FORCE, i)), before = full;
    for (int j = i + step; j >= 0 && j < load->n_row && !is_loaded(load, gate, j); j += step) {
        v3 force = vector_at(load, FORCE, j);
        double size = v3_norm(force);
        if (!(size < before))
            return;
        put_row(s, j, force, point, v3_scale(size / full, torque));
        before = size;
    }
}

static genu_status gated_rows(const genu_loads *loads, const genu_load *load, genu_series *s,
                              genu_err *err)
{
    int n = load->n_row;
    double gate = loads->settings.gate;
    genu_status status = genu_series_new(s, n, N_GATED, err);
    if (status != GENU_OK)
        return status;
    memcpy(s->t, load->time, (size_t)n * sizeof *s->t);
    for (int i = 0; i < n; i++) {
        if (!is_loaded(load, gate, i))
            continue;
        put_row(s, i, vector_at(load, FORCE, i), vector_at(load, POINT, i),
                vector_at(load, TORQUE, i));
        if (load->has_force) {
            put_tail(load, gate, s, i, -1);
            put_tail(load, gate, s, i, 1);
        }
    }
    return GENU_OK;
}

static genu_status gated_curves(const genu_loads *loads, genu_load *load, genu_err *err)
{
    genu_series *gated = &load->curves->gated;
    genu_status status = gated_rows(loads, load, gated, err);
    if (status == GENU_OK && loads->settings.filter > 0) {
        genu_series raw = *gated;
        status = genu_lowpass(&raw, loads->settings.filter, gated, NULL, err);
        genu_series_free(&raw);
    }
    if (status != GENU_OK)
        return genu_fail_in(err, status, "load '%s'", load->name);
    double *slope = calloc((size_t)gated->n_row * N_GATED, sizeof *slope);
    load->curves->slope = slope;
    if (!slope)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for load '%s'", load->name);
    for (ptrdiff_t k = 0; k < N_GATED; k++)
        steffen(gated->n_row, gated->t, gated->y + k * gated->n_row, slope + k * gated->n_row);
    return GENU_OK;
}

static genu_status spline_curves(genu_load *load, genu_err *err)
{
    load->curves->linear = load->n_row < 4;
    if (load->curves->linear)
        return GENU_OK;
    genu_spline **spline = &load->curves->spline;
    genu_status s = genu_spline_new(spline, 3, load->n_row, load->time, N_VALUE, err);
    for (int k = 0; s == GENU_OK && k < N_VALUE; k++)
        s = genu_spline_fit(*spline, k, load->value + (ptrdiff_t)k * load->n_row, err);
    return s == GENU_OK ? s : genu_fail_in(err, s, "load '%s'", load->name);
}

static genu_status copy_load(genu_load *to, const genu_load *from, genu_err *err)
{
    size_t n = (size_t)from->n_row;
    const int has[3] = { from->has_force, from->has_point, from->has_torque };
    *to = *from;
    to->name = genu_strdup(from->name);
    to->time = malloc(n * sizeof *to->time);
    to->value = calloc(N_VALUE * n, sizeof *to->value);
    to->curves = calloc(1, sizeof *to->curves);
    if (!to->name || !to->time || !to->value || !to->curves)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for load '%s'", from->name);
    memcpy(to->time, from->time, n * sizeof *to->time);
    for (size_t k = 0; k < 3; k++)
        if (has[k])
            memcpy(to->value + 3 * k * n, from->value + 3 * k * n, 3 * n * sizeof *to->value);
    // without a point: the origin of the body it acts on
    to->point_body = from->has_point ? from->point_body : from->body;
    return GENU_OK;
}

genu_status genu_loads_add(genu_loads *loads, const genu_load *what, genu_notes *notes,
                           genu_err *err)
{
    genu_status s = check_times(what, err);
    if (s != GENU_OK)
        return s;
    genu_load *grown = realloc(loads->load, (size_t)(loads->n_load + 1) * sizeof *grown);
    if (!grown)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for load '%s'", what->name);
    loads->load = grown;
    genu_load *load = &grown[loads->n_load];
    s = copy_load(load, what, err);
    if (s == GENU_OK)
        s = check_finite(loads, load, notes, err);
    if (s == GENU_OK)
        s = check_units(loads, load, err);
    if (s == GENU_OK)
        s = loads->settings.mode == GENU_MODE_OPENSIM ? spline_curves(load, err)
                                                      : gated_curves(loads, load, err);
    if (s == GENU_OK)
        loads->n_load++;
    else
        free_load(load);
    return s;
}

/* ---- at one time ---- */

/* First and last time a load may be asked for: one row beyond its data. */
static void span_of(const genu_load *load, double *first, double *last)
{
    const double *t = load->time;
    int n = load->n_row;
    *first = t[0] - (t[1] - t[0]);
    *last = t[n - 1] + (t[n - 1] - t[n - 2]);
}

genu_status genu_loads_check_span(const genu_loads *loads, double from, double to, genu_err *err)
{
    for (int i = 0; i < loads->n_load; i++) {
        const genu_load *load = &loads->load[i];
        double first, last;
        span_of(load, &first, &last);
        if (from < first || to > last)
            return genu_fail(err, GENU_E_RANGE,
                             "load '%s': its data last from %.9g to %.9g s, the motion needs %.9g "
                             "to %.9g s",
                             load->name, load->time[0], load->time[load->n_row - 1], from, to);
    }
    return GENU_OK;
}

/* The last row not after t, at least 0 and at most n - 2. */
static int find_row(int n, const double *time, double t)
{
    int lo = 0, hi = n - 1;
    while (hi - lo > 1) {
        int mid = lo + (hi - lo) / 2;
        if (time[mid] <= t)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

static void eval_gated(const genu_load *load, double t, double out[N_GATED])
{
    const genu_series *g = &load->curves->gated;
    int i = find_row(g->n_row, g->t, t);
    double h = g->t[i + 1] - g->t[i];
    double x = fmin(fmax((t - g->t[i]) / h, 0), 1);
    for (int k = 0; k < N_GATED; k++) {
        const double *y = g->y + (ptrdiff_t)k * g->n_row + i;
        const double *s = load->curves->slope + (ptrdiff_t)k * g->n_row + i;
        double step = y[1] - y[0], a = h * s[0], b = h * s[1];
        out[k] = y[0] + x * (a + x * (3 * step - 2 * a - b + x * (a + b - 2 * step)));
    }
}

static void eval_opensim(const genu_load *load, double t, double out[N_VALUE])
{
    if (!load->curves->linear) {
        genu_spline_eval_all(load->curves->spline, t, 0, out);
        return;
    }
    int i = find_row(load->n_row, load->time, t);
    double x = (t - load->time[i]) / (load->time[i + 1] - load->time[i]);
    for (int k = 0; k < N_VALUE; k++)
        out[k] = (1 - x) * value_at(load, k, i) + x * value_at(load, k, i + 1);
}

/* Frame of body b in ground; the ground's needs no pose. */
static xform frame_of(const genu_data *d, int b)
{
    return b ? d->X[b] : xform_identity();
}

static sp6 wrench_opensim(const genu_load *load, const genu_data *d, double t)
{
    double y[N_VALUE];
    eval_opensim(load, t, y);
    m3 R = frame_of(d, load->force_body).R;
    v3 point = xform_point(frame_of(d, load->point_body), v3_of(y + POINT));
    sp6 w = sp6_force_at(point, m3_mul_v3(R, v3_of(y + FORCE)));
    w.w = v3_add(w.w, m3_mul_v3(R, v3_of(y + TORQUE)));
    return w;
}

/* moment = o x (A F) + sum_ij (p_i F_j) (B e_i) x (A e_j) + A T, with A the axes of the force, and
 * o and B the origin and axes of the point's frame */
static sp6 wrench_gated(const genu_load *load, const genu_data *d, double t)
{
    double y[N_GATED];
    eval_gated(load, t, y);
    m3 A = frame_of(d, load->force_body).R;
    xform B = frame_of(d, load->point_body);
    sp6 w = sp6_force_at(B.p, m3_mul_v3(A, v3_of(y + G_FORCE)));
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            w.w = v3_axpy(y[G_DYAD + 3 * i + j], v3_cross(m3_column(B.R, i), m3_column(A, j)), w.w);
    w.w = v3_add(w.w, m3_mul_v3(A, v3_of(y + G_TORQUE)));
    return w;
}

genu_status genu_loads_apply(const genu_loads *loads, const genu_model *m, const genu_data *d,
                             double t, sp6 *external)
{
    for (int b = 0; b < m->n_body; b++)
        external[b] = sp6_zero();
    for (int i = 0; i < loads->n_load; i++) {
        double first, last;
        span_of(&loads->load[i], &first, &last);
        if (!(t >= first && t <= last))
            return GENU_E_RANGE;
        if (!d && (loads->load[i].force_body || loads->load[i].point_body))
            return GENU_E_SHAPE;
    }
    for (int i = 0; i < loads->n_load; i++) {
        const genu_load *load = &loads->load[i];
        sp6 w = load->curves->slope ? wrench_gated(load, d, t) : wrench_opensim(load, d, t);
        external[load->body] = sp6_add(external[load->body], w);
    }
    return GENU_OK;
}

/* ---- events ---- */

static int acts_on(const genu_load *load, int n_body, const int *body)
{
    for (int k = 0; k < n_body; k++)
        if (load->has_force && load->body == body[k])
            return 1;
    return 0;
}

/* Add the vertical force of one load of a foot to fy, which has the times of `first`. */
static genu_status add_vertical(const genu_load *load, const genu_load *first, double *fy,
                                genu_err *err)
{
    size_t n = (size_t)first->n_row;
    if (load->force_body)
        return genu_fail(err, GENU_E_FORMAT,
                         "load '%s' is not expressed in ground, so it gives no foot events",
                         load->name);
    if (load->n_row != first->n_row || memcmp(load->time, first->time, n * sizeof *load->time))
        return genu_fail(err, GENU_E_SHAPE,
                         "loads '%s' and '%s' act on one foot at different times, so they give no "
                         "foot events",
                         first->name, load->name);
    for (int i = 0; i < load->n_row; i++)
        fy[i] += value_at(load, FORCE + 1, i);
    return GENU_OK;
}

genu_status genu_loads_events(const genu_loads *loads, int n_body, const int *body,
                              const genu_events_settings *settings, genu_events *events,
                              genu_err *err)
{
    *events = (genu_events){ 0 };
    const genu_load *first = NULL;
    double *fy = NULL;
    genu_status s = GENU_OK;
    for (int i = 0; s == GENU_OK && i < loads->n_load; i++) {
        const genu_load *load = &loads->load[i];
        if (!acts_on(load, n_body, body))
            continue;
        if (!first) {
            first = load;
            fy = calloc((size_t)load->n_row, sizeof *fy);
            if (!fy)
                return genu_fail(err, GENU_E_MEMORY, "out of memory for the foot events");
        }
        s = add_vertical(load, first, fy, err);
    }
    if (s == GENU_OK && first)
        s = genu_events_find(first->n_row, first->time, fy, settings, events, err);
    free(fy);
    return s;
}
