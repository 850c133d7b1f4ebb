/* Knee load over the gait cycle, one curve per strength; and two scenarios compared. */
#include "sim/figure_set.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const LOAD[2] = { "knee_medial_force", "knee_lateral_force" };
static const char *const LOAD_TITLE[2] = { "Medial compartment", "Lateral compartment" };

enum { PEAK_MAX = 2 * GENU_SERIES_MAX };

// where the curve is largest in one half of stance; -1: no such frame
static int peak_frame(const figure_phase *p, const double *curve, int half)
{
    int best = -1;
    double from = half ? 0.5 : 0, to = half ? 1 : 0.5;
    for (int k = 0; k < p->n; k++)
        if (p->stance[k] >= from && p->stance[k] <= to && isfinite(curve[k]) &&
            (best < 0 || curve[k] > curve[best]))
            best = k;
    return best;
}

static void add_peaks(const figure_phase *p, genu_chart *chart, int series, const double *curve,
                      genu_peak *peak)
{
    static const genu_symbol MARKER[2] = { GENU_DISC, GENU_TRIANGLE };
    for (int half = 0; half < 2 && p->n_shade == 1; half++) {
        int k = peak_frame(p, curve, half);
        if (k >= 0)
            peak[chart->n_peak++] = (genu_peak){ series, MARKER[half], p->x[k], curve[k] };
    }
    chart->peak = peak;
}

/* Curves of one load, weak to strong. */
static genu_status fill_chart(figure_set *set, const char *name, int side, const figure_phase *p,
                              const figure_levels *levels, genu_chart *chart, genu_peak *peak,
                              genu_err *err)
{
    figure_shade(p, chart);
    chart->n_series = levels->n;
    for (int i = 0; i < levels->n; i++) {
        double *curve;
        genu_status s = figure_curve(set, name, levels->scenario[i], side, p,
                                     1 / set->weight[levels->scenario[i]], &curve, err);
        if (s)
            return s;
        chart->series[i] = (genu_polyline){ p->n, p->x, curve };
        add_peaks(p, chart, i, curve, peak);
    }
    return GENU_OK;
}

/* Dark is weak, light is strong; the weakest, dark as the reference in grey, and what is stronger
 * than the reference have dashes; the reference is thick and black. */
static int level_keys(figure_set *set, const figure_levels *levels, int side, genu_chart_key *key)
{
    int doubtful = 0;
    for (int i = 0; i < levels->n; i++) {
        double t = levels->n > 1 ? (double)i / (levels->n - 1) : 0;
        genu_dash dash = i > levels->reference ? GENU_DASHED : i ? GENU_SOLID : GENU_DASH_DOT;
        key[i] = (genu_chart_key){ figure_level_text(set, levels, i, side),
                                   { genu_palette_viridis(0.9 * t), GENU_CURVE_MM, dash },
                                   GENU_KEY_LINE,
                                   GENU_DISC };
        doubtful |= figure_doubtful(set, levels->scenario[i], side);
    }
    key[levels->reference].pen = (genu_pen){ genu_palette_grey(0), 0.55, GENU_SOLID };
    return doubtful;
}

static int more_keys(figure_set *set, const figure_phase *p, genu_chart_key *key, int n)
{
    genu_pen edge = { genu_palette_grey(0), 0.25, GENU_SOLID };
    const char *stance = figure_stance_text(set, p);
    if (p->n_shade == 1) {
        key[n++] = (genu_chart_key){ "first peak", edge, GENU_KEY_MARK, GENU_DISC };
        key[n++] = (genu_chart_key){ "second peak", edge, GENU_KEY_MARK, GENU_TRIANGLE };
    }
    if (stance)
        key[n++] = (genu_chart_key){
            stance, { genu_palette_grey(0.9), 0.2, GENU_SOLID }, GENU_KEY_FIELD, GENU_DISC
        };
    return n;
}

static const char *load_caption(figure_set *set, const figure_phase *p, const figure_levels *levels,
                                int side, int doubtful)
{
    return figure_text(
        set,
        "Force on the two compartments of the %s knee. %s%s; black: %s."
        "%s%s%s%s%s%s",
        set->side[side], levels->what, set->n_strength ? ", percent of the model's" : "",
        figure_level_text(set, levels, levels->reference, side), levels->others ? " " : "",
        levels->others ? levels->others : "", doubtful ? " *: " : "",
        doubtful ? figure_doubt_text(set) : "", doubtful ? "." : "",
        p->is_cycle ? "" : " The record holds no whole gait cycle, so loads are drawn over time.");
}

/* The body weight of all levels, N; 0 where they differ. */
static double one_weight(const figure_set *set, const figure_levels *levels)
{
    for (int i = 1; i < levels->n; i++)
        if (set->weight[levels->scenario[i]] != set->weight[levels->scenario[0]])
            return 0;
    return set->weight[levels->scenario[0]];
}

genu_status figure_knee_load(figure_set *set, const char *name, int side, genu_err *err)
{
    figure_phase phase;
    figure_levels levels;
    genu_chart chart[2] = { 0 };
    genu_peak peak[2][PEAK_MAX];
    genu_chart_key key[GENU_SERIES_MAX];
    genu_canvas *c;
    if (!figure_needs(set, name, LOAD[0]) || !figure_needs(set, name, LOAD[1]))
        return GENU_OK;
    genu_status s = figure_phase_of(set, side, &phase, err);
    if (!s)
        s = figure_levels_of(set, FIGURE_LEVEL_MAX, &levels, err);
    for (int i = 0; i < 2 && !s; i++) {
        chart[i] = (genu_chart){ .title = LOAD_TITLE[i],
                                 .y_label = "Force (BW)",
                                 .zero_based = 1,
                                 .right_factor = one_weight(set, &levels),
                                 .right_label = "Force (N)" };
        s = fill_chart(set, LOAD[i], side, &phase, &levels, &chart[i], peak[i], err);
    }
    if (s)
        return s;
    int doubtful = level_keys(set, &levels, side, key);
    int n_key = more_keys(set, &phase, key, levels.n);
    genu_curves f = { .legend = { "Knee load over the gait cycle",
                                  load_caption(set, &phase, &levels, side, doubtful), set->note },
                      .x_label = phase.label,
                      .x_lo = phase.lo,
                      .x_hi = phase.hi,
                      .n_chart = 2,
                      .columns = 2,
                      .chart = chart,
                      .share_y = 1,
                      .front = levels.reference,
                      .width = GENU_PAGE_WIDTH,
                      .height = 48,
                      .n_key = n_key,
                      .key = key,
                      .key_title = levels.n < 2      ? NULL
                                   : set->n_strength ? "Strength"
                                                     : levels.what,
                      .key_width = 33 };
    s = genu_curves_draw(&f, &c, err);
    return s ? s : figure_save(set, c, name, set->side[side], err);
}
