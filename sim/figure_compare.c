/* Two scenarios, of one or two files, over each other, and what differs. */
#include "sim/figure_set.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const LOAD[2] = { "knee_medial_force", "knee_lateral_force" };
static const char *const TITLE[4] = { "Medial compartment", "Lateral compartment",
                                      "Medial, difference", "Lateral, difference" };

/* One of the two. */
typedef struct hand {
    figure_set set;
    int scenario, side; /* index of the side in its file */
    figure_phase phase;
    const char *label;
    double *curve[2]; /* medial and lateral, BW */
} hand;

static genu_status choose_scenario(hand *h, const genu_figure_case *what, genu_err *err)
{
    h->scenario = what->scenario < 0 ? h->set.usual : what->scenario;
    if (h->scenario >= h->set.n_scenario)
        return genu_fail(err, GENU_E_RANGE, "'%s' has no scenario %d, must be 0 to %d",
                         what->results, h->scenario, h->set.n_scenario - 1);
    return GENU_OK;
}

/* "walk.h5: gluteus medius 50 %, gluteus minimus 100 %" */
static const char *default_label(hand *h)
{
    figure_set *set = &h->set;
    const char *path = genu_results_path(set->r), *slash = strrchr(path, '/');
    const char *text = slash ? slash + 1 : path;
    for (int k = 0; k < set->n_parameter && text; k++)
        text = figure_text(set, "%s%s %s %s", text, k ? "," : ":", set->parameter[k].name,
                           figure_value_text(set, k, figure_value(set, k, h->scenario)));
    return text;
}

static genu_status open_hand(hand *h, const genu_figure_case *what, const genu_figure_options *o,
                             genu_err *err)
{
    genu_status s = figure_set_open(&h->set, what->results, o, err);
    if (!s)
        s = choose_scenario(h, what, err);
    for (int i = 0; i < 2 && !s; i++)
        if (!genu_results_has(h->set.r, LOAD[i]))
            s = genu_fail(err, GENU_E_SHAPE,
                          "'%s' has no dataset '%s' to compare; let the study say output: curves",
                          what->results, LOAD[i]);
    if (s)
        return s;
    h->label = what->label ? what->label : default_label(h);
    return h->label ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
}

static int side_index(const figure_set *set, const char *side)
{
    for (int i = 0; i < set->n_side; i++)
        if (!strcmp(set->side[i], side))
            return i;
    return -1;
}

static genu_status read_hand(hand *h, genu_err *err)
{
    genu_status s = figure_phase_of(&h->set, h->side, &h->phase, err);
    for (int i = 0; i < 2 && !s; i++)
        s = figure_curve(&h->set, LOAD[i], h->scenario, h->side, &h->phase,
                         1 / h->set.weight[h->scenario], &h->curve[i], err);
    return s;
}

// a curve between its points; NAN outside of them
static double value_at(const figure_phase *p, const double *curve, double x)
{
    for (int k = 0; k + 1 < p->n; k++)
        if (x >= p->x[k] && x <= p->x[k + 1]) {
            double dx = p->x[k + 1] - p->x[k];
            return dx > 0 ? curve[k] + (curve[k + 1] - curve[k]) * (x - p->x[k]) / dx : curve[k];
        }
    return NAN;
}

static genu_status difference(hand *a, const hand *b, int which, double **out, genu_err *err)
{
    double *y = *out = figure_numbers(&a->set, a->phase.n);
    if (!y)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    for (int k = 0; k < a->phase.n; k++)
        y[k] = value_at(&b->phase, b->curve[which], a->phase.x[k]) - a->curve[which][k];
    return GENU_OK;
}

static genu_status fill(hand *a, hand *b, genu_chart *chart, genu_err *err)
{
    for (int i = 0; i < 2; i++) {
        double *y;
        genu_status s = difference(a, b, i, &y, err);
        if (s)
            return s;
        chart[i] = (genu_chart){ .title = TITLE[i],
                                 .y_label = "Force (BW)",
                                 .n_series = 2,
                                 .series = { { a->phase.n, a->phase.x, a->curve[i] },
                                             { b->phase.n, b->phase.x, b->curve[i] } },
                                 .zero_based = 1 };
        // the third series of the difference has the third pen; the first two are absent
        chart[2 + i] = (genu_chart){ .title = TITLE[2 + i],
                                     .y_label = "Difference (BW)",
                                     .n_series = 3,
                                     .series = { { 0 }, { 0 }, { a->phase.n, a->phase.x, y } } };
        figure_shade(&a->phase, &chart[i]);
        figure_shade(&a->phase, &chart[2 + i]);
    }
    return GENU_OK;
}

static int keys(hand *a, const hand *b, genu_chart_key *key)
{
    const char *text[3] = { a->label, b->label, "second minus first" };
    int n = 0;
    for (; n < 3; n++)
        key[n] = (genu_chart_key){ text[n], genu_palette_pen(n, GENU_CURVE_MM), GENU_KEY_LINE,
                                   GENU_DISC };
    key[2].pen.dash = GENU_SOLID;
    const char *stance = figure_stance_text(&a->set, &a->phase);
    if (stance)
        key[n++] = (genu_chart_key){ a->set.r == b->set.r
                                         ? stance
                                         : figure_text(&a->set, "%s, of the first", stance),
                                     { genu_palette_grey(0.9), 0.2, GENU_SOLID },
                                     GENU_KEY_FIELD,
                                     GENU_DISC };
    return n;
}

static genu_status draw_side(hand *a, hand *b, genu_err *err)
{
    genu_chart chart[4];
    genu_chart_key key[4];
    genu_canvas *c;
    genu_status s = fill(a, b, chart, err);
    if (s)
        return s;
    const char *side = a->set.side[a->side];
    genu_curves f = { .x_label = a->phase.label,
                      .x_lo = a->phase.lo,
                      .x_hi = a->phase.hi,
                      .n_chart = 4,
                      .columns = 2,
                      .chart = chart,
                      .share_y = 1,
                      .width = GENU_PAGE_WIDTH,
                      .height = 38,
                      .n_key = keys(a, b, key),
                      .key = key };
    f.legend.title = "Knee load, two scenarios compared";
    f.legend.caption = figure_text(&a->set, "Force on the two compartments of the %s knee.", side);
    f.legend.note = figure_text(&a->set,
                                "Movement assumed unchanged by muscle strength. First from %s. "
                                "Second from %s.",
                                a->set.origin, b->set.origin);
    s = genu_curves_draw(&f, &c, err);
    return s ? s : figure_save(&a->set, c, "compare", side, err);
}

static genu_status compare_sides(hand *a, hand *b, genu_err *err)
{
    int n = 0;
    genu_status s = GENU_OK;
    for (a->side = 0; a->side < a->set.n_side && !s; a->side++) {
        b->side = side_index(&b->set, a->set.side[a->side]);
        if (b->side < 0)
            continue;
        s = read_hand(a, err);
        if (!s)
            s = read_hand(b, err);
        if (!s && a->phase.is_cycle != b->phase.is_cycle)
            s = genu_fail(err, GENU_E_SHAPE,
                          "'%s' and '%s' cannot be drawn over each other: only one of them holds a "
                          "whole gait cycle of the %s leg",
                          genu_results_path(a->set.r), genu_results_path(b->set.r),
                          a->set.side[a->side]);
        if (!s)
            s = draw_side(a, b, err);
        n++;
    }
    if (!s && !n)
        s = genu_fail(err, GENU_E_SHAPE, "'%s' and '%s' have no side in common",
                      genu_results_path(a->set.r), genu_results_path(b->set.r));
    return s;
}

genu_status genu_figure_compare(const genu_figure_case *first, const genu_figure_case *second,
                                const char *folder, const genu_figure_options *options,
                                genu_files *files, genu_notes *notes, genu_err *err)
{
    hand a = { 0 }, b = { 0 };
    *files = (genu_files){ NULL, 0 };
    genu_status s = open_hand(&a, first, options, err);
    if (!s)
        s = open_hand(&b, second, options, err);
    if (!s)
        s = figure_folder(folder, err);
    a.set.folder = folder;
    a.set.files = files;
    a.set.notes = notes;
    if (!s)
        s = compare_sides(&a, &b, err);
    figure_set_close(&a.set);
    figure_set_close(&b.set);
    return s;
}
