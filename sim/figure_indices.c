/* Sobol's indices of the medial peaks: what they depend on. */
#include "sim/figure_set.h"
#include "sim/indices.h"

#include <stdlib.h>
#include <string.h>

static const char *const summary[] = { "knee_medial_force_peak1", "knee_medial_force_peak2" };
static const char *const title[] = { "Peak 1", "Peak 2" };

/* The name of parameter k of the design, which has settings first, without the side that is reported
 * anyway. */
static const char *short_name(const figure_set *set, int side, int k)
{
    int n_setting = set->n_parameter - set->n_strength;
    const char *name = set->parameter[k < n_setting ? set->n_strength + k : k - n_setting].name;
    size_t n = strlen(set->side[side]);
    return !strncmp(name, set->side[side], n) && name[n] == ' ' ? name + n + 1 : name;
}

/* Bars of both summaries, one above the other. */
typedef struct bars {
    int n;
    const char **name;
    double *value, *lo, *hi; /* 2 x n: first order, total */
} bars;

static genu_status fill(figure_set *set, int side, int samples, int d, bars *b, genu_err *err)
{
    genu_sobol_index *index = figure_keep(set, calloc((size_t)d, sizeof *index));
    genu_status s = GENU_OK;
    if (!index)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    for (int i = 0; i < 2 && s == GENU_OK; i++) {
        s = genu_indices(set->r, summary[i], side, samples, index, err);
        for (int k = 0; k < d && s == GENU_OK; k++) {
            int at = i * d + k;
            b->name[at] = figure_text(set, "%s, %s", title[i], short_name(set, side, k));
            b->value[at] = index[k].first;
            b->lo[at] = index[k].first_lo;
            b->hi[at] = index[k].first_hi;
            b->value[b->n + at] = index[k].total;
            b->lo[b->n + at] = index[k].total_lo;
            b->hi[b->n + at] = index[k].total_hi;
        }
    }
    return s;
}

static genu_status draw(figure_set *set, const char *name, int side, int samples, const bars *b,
                        genu_err *err)
{
    static const char *const level[] = { "alone (first order)", "with interactions (total)" };
    genu_canvas *c;
    genu_bars f = { .legend = { "What the medial peaks depend on", NULL, set->note },
                    .title = NULL,
                    .x_label = "Share of the variance",
                    .n = b->n,
                    .n_level = 2,
                    .name = b->name,
                    .level = level,
                    .value = b->value,
                    .lo = b->lo,
                    .hi = b->hi,
                    .decimals = 2,
                    .no_sign = 1 };
    f.legend.caption =
        figure_text(set,
                    "Which share of the variance of the medial peaks, %s knee, comes "
                    "from which parameter, over the ranges tried in the study; %d "
                    "samples, lines: 95\xC2\xA0%% confidence (bootstrap).",
                    set->side[side], samples);
    genu_status s = genu_bars_draw(&f, &c, err);
    return s ? s : figure_save(set, c, name, set->side[side], err);
}

genu_status figure_strength_indices(figure_set *set, const char *name, int side, genu_err *err)
{
    int d, samples = genu_indices_samples(set->r, &d);
    if (samples < 2)
        return GENU_OK; // other designs have none, and nobody expects them
    bars b = { .n = 2 * d };
    size_t n = 2 * (size_t)b.n;
    b.name = figure_keep(set, calloc(n, sizeof *b.name));
    b.value = figure_numbers(set, 2 * b.n);
    b.lo = figure_numbers(set, 2 * b.n);
    b.hi = figure_numbers(set, 2 * b.n);
    if (!b.name || !b.value || !b.lo || !b.hi)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    genu_err why = { 0 };
    genu_status s = fill(set, side, samples, d, &b, &why);
    if (s == GENU_E_SHAPE || s == GENU_E_RANGE) {
        figure_skip(set, name, figure_text(set, "%s", why.msg));
        return GENU_OK;
    }
    return s ? genu_fail(err, s, "%s", why.msg) : draw(set, name, side, samples, &b, err);
}
