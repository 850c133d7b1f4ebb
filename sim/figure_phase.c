#include "sim/figure_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static genu_status no_memory(genu_err *err)
{
    return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
}

// one row of a dataset (side, frame); NULL when it has another shape
static const double *row(const figure_set *set, const genu_dataset *d, int side)
{
    size_t n = (size_t)set->n_frame;
    return d->value && d->n == n * (size_t)set->n_side ? d->value + (size_t)side * n : NULL;
}

static genu_status wrong_shape(const figure_set *set, const char *name, genu_err *err)
{
    return genu_fail(err, GENU_E_SHAPE, "'%s': dataset '%s' does not have the file's dimensions",
                     genu_results_path(set->r), name);
}

typedef struct sample {
    double x;
    int frame;
} sample;

static int by_x(const void *a, const void *b)
{
    const sample *p = a, *q = b;
    return p->x < q->x ? -1 : p->x > q->x ? 1 : p->frame - q->frame;
}

/* Frames in the order of x: in a record of one period that starts within the cycle of this side,
 * the end of the cycle comes before its beginning. */
static genu_status order_frames(figure_set *set, figure_phase *p, const double *x,
                                const double *stance, genu_err *err)
{
    int room = set->n_frame + 2; // close_period adds two
    sample *list = calloc((size_t)room, sizeof *list);
    p->frame = figure_keep(set, calloc((size_t)room, sizeof *p->frame));
    p->x = figure_numbers(set, room);
    p->stance = figure_numbers(set, room);
    if (!list || !p->frame || !p->x || !p->stance) {
        free(list);
        return no_memory(err);
    }
    for (int i = 0; i < set->n_frame; i++)
        if (isfinite(x[i]))
            list[p->n++] = (sample){ x[i], i };
    qsort(list, (size_t)p->n, sizeof *list, by_x);
    for (int k = 0; k < p->n; k++) {
        p->x[k] = list[k].x;
        p->frame[k] = list[k].frame;
        p->stance[k] = stance ? stance[list[k].frame] : NAN;
    }
    free(list);
    return GENU_OK;
}

static void put(figure_phase *p, int at, double x, int frame, double stance)
{
    p->x[at] = x;
    p->frame[at] = frame;
    p->stance[at] = stance;
}

static int is_one_period(const figure_phase *p)
{
    for (int k = 1; k < p->n; k++)
        if (p->frame[k] < p->frame[k - 1] || p->x[k] - p->x[k - 1] < 1e-6)
            return 1; // the cycle goes through the end of the record, or its two ends coincide
    return 0;
}

/* A record of one period holds the strike once, and its first and last frame are the same instant:
 * drop one of them, and let the curve run through 0 and 100 %. */
static void close_period(figure_phase *p)
{
    int n = 0;
    for (int k = 0; k < p->n; k++)
        if (!n || p->x[k] - p->x[n - 1] >= 1e-6)
            put(p, n++, p->x[k], p->frame[k], p->stance[k]);
    p->n = n;
    if (p->x[0] > 1e-6) {
        for (int k = p->n++; k > 0; k--)
            put(p, k, p->x[k - 1], p->frame[k - 1], p->stance[k - 1]);
        put(p, 0, p->x[p->n - 1] - 100, p->frame[p->n - 1], NAN);
    }
    int first = p->x[0] < -1e-6; // the first frame of the cycle itself
    if (p->x[p->n - 1] < 100 - 1e-6) {
        put(p, p->n, p->x[first] + 100, p->frame[first], NAN);
        p->n++;
    }
}

/* Where stance is 0 or 1 by the line through two of its values; NAN when there is no such pair. */
static double where_stance_is(const figure_phase *p, int a, int b, double value)
{
    double slope = (p->stance[b] - p->stance[a]) / (p->x[b] - p->x[a]);
    return slope > 0 ? p->x[a] + (value - p->stance[a]) / slope : NAN;
}

static void find_stances(figure_phase *p)
{
    for (int first = 0; first < p->n && p->n_shade < GENU_SHADE_MAX;) {
        int last = first;
        if (!isfinite(p->stance[first])) {
            first++;
            continue;
        }
        while (last + 1 < p->n && p->stance[last + 1] >= p->stance[last])
            last++;
        double from = last > first ? where_stance_is(p, first, last, 0) : NAN;
        double to = last > first ? where_stance_is(p, first, last, 1) : NAN;
        if (isfinite(from) && isfinite(to)) {
            p->shade[p->n_shade][0] = fmax(from, p->lo);
            p->shade[p->n_shade++][1] = fmin(to, p->hi);
        }
        first = last + 1;
    }
}

// seconds per unit of x, from neighbours in x that are neighbours in time
static double pace(const figure_phase *p, const double *time)
{
    for (int k = 1; k < p->n; k++)
        if (p->frame[k] == p->frame[k - 1] + 1 && p->x[k] > p->x[k - 1])
            return (time[p->frame[k]] - time[p->frame[k - 1]]) / (p->x[k] - p->x[k - 1]);
    return NAN;
}

static int has_cycle(const figure_set *set, const double *cycle)
{
    int n = 0;
    for (int i = 0; cycle && i < set->n_frame; i++)
        n += isfinite(cycle[i]) != 0;
    return n > 1;
}

genu_status figure_phase_of(figure_set *set, int side, figure_phase *p, genu_err *err)
{
    *p = (figure_phase){ 0 };
    genu_dataset *time, *cycle = NULL, *stance = NULL;
    genu_status s = figure_read(set, "time", &time, err);
    if (!s && genu_results_has(set->r, "cycle"))
        s = figure_read(set, "cycle", &cycle, err);
    if (!s && genu_results_has(set->r, "stance"))
        s = figure_read(set, "stance", &stance, err);
    if (s)
        return s;
    if (!time->value || time->n != (size_t)set->n_frame)
        return wrong_shape(set, "time", err);
    const double *percent = cycle ? row(set, cycle, side) : NULL;
    p->is_cycle = has_cycle(set, percent);
    p->label = p->is_cycle ? "Gait cycle (%)" : "Time (s)";
    s = order_frames(set, p, p->is_cycle ? percent : time->value,
                     stance ? row(set, stance, side) : NULL, err);
    if (s)
        return s;
    if (p->is_cycle && is_one_period(p))
        close_period(p);
    p->lo = p->is_cycle ? 0 : p->n ? p->x[0] : 0;
    p->hi = p->is_cycle ? 100 : p->n ? p->x[p->n - 1] : 1;
    p->seconds = p->is_cycle ? pace(p, time->value) : 1;
    find_stances(p);
    return GENU_OK;
}

genu_status figure_curve(figure_set *set, const char *name, int scenario, int side,
                         const figure_phase *phase, double factor, double **out, genu_err *err)
{
    genu_dataset *d;
    genu_status s = figure_read_scenario(set, name, scenario, &d, err);
    if (s)
        return s;
    const double *curve = row(set, d, side);
    if (!curve)
        return wrong_shape(set, name, err);
    *out = figure_numbers(set, phase->n);
    if (!*out)
        return no_memory(err);
    for (int k = 0; k < phase->n; k++)
        (*out)[k] = factor * curve[phase->frame[k]];
    return GENU_OK;
}

/* Trapezoids on the lines between the frames, cut at foot strike and toe-off. */
double figure_impulse(const figure_phase *p, const double *curve)
{
    if (!p->n_shade)
        return NAN;
    double from = p->shade[0][0], to = p->shade[0][1], sum = 0;
    for (int k = 0; k + 1 < p->n; k++) {
        double dx = p->x[k + 1] - p->x[k], slope = (curve[k + 1] - curve[k]) / dx;
        double a = fmax(p->x[k], from), b = fmin(p->x[k + 1], to);
        if (dx > 0 && b > a)
            sum += (b - a) * (curve[k] + slope * ((a + b) / 2 - p->x[k]));
    }
    return sum * p->seconds;
}

const char *figure_stance_text(figure_set *set, const figure_phase *p)
{
    if (!p->n_shade)
        return NULL;
    if (!p->is_cycle)
        return "stance phase";
    return figure_text(set, "stance, to %.0f\xC2\xA0%%", p->shade[0][1]);
}

void figure_shade(const figure_phase *p, genu_chart *chart)
{
    chart->n_shade = p->n_shade;
    memcpy(chart->shade, p->shade, sizeof chart->shade);
}
