/* How the load follows the strength of every muscle: what a tenth more of it does. */
#include "sim/figure_set.h"
#include "sim/influence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAR_MAX = 14, ROW_MAX = 18 };

static const double TENTH = 0.1; // of the strength factor

typedef struct entry {
    int muscle;
    double size;
} entry;

static int by_size(const void *a, const void *b)
{
    const entry *p = a, *q = b;
    return p->size < q->size ? 1 : p->size > q->size ? -1 : p->muscle - q->muscle;
}

/* The muscles in the order of what they do, at most `most` of those that do anything; kept. */
static int rank(figure_set *set, int n, int most, const double *size, entry **list)
{
    *list = figure_keep(set, calloc((size_t)n + 1, sizeof **list));
    if (!*list)
        return 0;
    for (int i = 0; i < n; i++)
        (*list)[i] = (entry){ i, isfinite(size[i]) ? size[i] : 0 };
    qsort(*list, (size_t)n, sizeof **list, by_size);
    int kept = n < most ? n : most;
    while (kept && (*list)[kept - 1].size <= 0)
        kept--;
    return kept;
}

/* The scenario that is drawn, with its parameters in words. */
static const char *scenario_text(figure_set *set, int scenario)
{
    const char *text = "";
    for (int k = 0; k < set->n_parameter && text; k++)
        text = figure_text(set, "%s%s%s %s", text, *text ? ", " : " With ",
                           figure_parameter_text(set, k),
                           figure_value_text(set, k, figure_value(set, k, scenario)));
    return text && *text ? figure_text(set, "%s.", text) : text;
}

/* Values of one side of a dataset of one scenario: `per` numbers for each muscle. */
static genu_status side_of(figure_set *set, const char *name, int scenario, int side, size_t per,
                           const double **out, genu_err *err)
{
    genu_dataset *d;
    genu_status s = figure_read_scenario(set, name, scenario, &d, err);
    if (s == GENU_OK)
        *out = d->value + (size_t)side * per;
    return s;
}

/* " First peak, at a kink: soleus_r is just reaching or leaving a bound." of both peaks; kept. */
static const char *kinks_of_peaks(figure_set *set, int scenario, int side,
                                  const genu_dataset *muscle)
{
    static const char *const peak[] = { "First peak", "Second peak" };
    const char *all = "";
    for (int j = 0; j < 2 && all; j++) {
        char name[80], text[200];
        genu_dataset *kink;
        snprintf(name, sizeof name, "knee_medial_force_peak%d_kink", j + 1);
        if (!genu_results_has(set->r, name) ||
            figure_read_scenario(set, name, scenario, &kink, NULL) != GENU_OK)
            continue;
        if (*genu_kink_text(muscle, kink->value[side], text, sizeof text))
            all = figure_text(set, "%s %s%s.", all, peak[j], text);
    }
    return all ? all : "";
}

/* " Derivatives jump in 3 of 101 frames, where ..."; kept. */
static const char *kinks_of_frames(figure_set *set, int scenario, int side)
{
    genu_dataset *kink;
    int n = 0;
    if (!genu_results_has(set->r, "kink") ||
        figure_read_scenario(set, "kink", scenario, &kink, NULL) != GENU_OK)
        return "";
    for (int k = 0; k < set->n_frame; k++)
        n += isfinite(kink->value[side * set->n_frame + k]) &&
             kink->value[side * set->n_frame + k] != 0;
    const char *text = n ? figure_text(set,
                                       " In %d of %d frames a muscle is just reaching or leaving a "
                                       "bound, or a compartment lifts off: derivatives jump there.",
                                       n, set->n_frame)
                         : "";
    return text ? text : "";
}

// ------------------------------------------------------------------ bars

static genu_status draw_bars(figure_set *set, const char *name, int side, int scenario, int n,
                             const entry *list, const genu_dataset *muscle, const double *change[2],
                             genu_err *err)
{
    static const char *const level[] = { "first peak", "second peak" };
    const char *bar[BAR_MAX];
    double value[2 * BAR_MAX];
    genu_canvas *c;
    for (int i = 0; i < n; i++) {
        bar[i] = muscle->text[list[i].muscle];
        for (int j = 0; j < 2; j++)
            value[j * n + i] = change[j][list[i].muscle];
    }
    const char *text = scenario_text(set, scenario);
    genu_bars f = {
        .legend = { "What a tenth more strength does to the medial peaks",
                    figure_text(
                        set,
                        "Change of the two peaks of the medial force, %s knee, when a muscle "
                        "gets stronger by a tenth of the model's own strength, by exact "
                        "derivative; the %d muscles that matter most.%s%s",
                        set->side[side], n, text ? text : "",
                        kinks_of_peaks(set, scenario, side, muscle)),
                    set->note },
        .title = "Effect of muscle strength",
        .x_label = "Change of the peak (%)",
        .n = n,
        .n_level = 2,
        .name = bar,
        .level = level,
        .value = value,
        .decimals = 2
    };
    genu_status s = genu_bars_draw(&f, &c, err);
    return s ? s : figure_save(set, c, name, set->side[side], err);
}

genu_status figure_strength_slopes(figure_set *set, const char *name, int side, genu_err *err)
{
    static const char *const peak[] = { "knee_medial_force_peak1", "knee_medial_force_peak2" };
    int scenario = set->usual;
    const double *slope[2], *change[2];
    genu_dataset *muscle, *value;
    entry *list;
    if (!genu_results_has(set->r, "knee_medial_force_peak1_slope"))
        return GENU_OK; // a study has them only when it asks for them
    genu_status s = figure_read(set, "muscle", &muscle, err);
    size_t n = s ? 0 : muscle->n;
    double *size = figure_numbers(set, (int)n), *part[2];
    for (int j = 0; j < 2 && !s; j++) {
        char text[80];
        snprintf(text, sizeof text, "%s_slope", peak[j]);
        s = side_of(set, text, scenario, side, n, &slope[j], err);
        if (!s)
            s = figure_read_scenario(set, peak[j], scenario, &value, err);
        if (!(part[j] = figure_numbers(set, (int)n)) || !size)
            return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
        for (size_t i = 0; i < n && !s; i++) {
            part[j][i] = 100 * TENTH * slope[j][i] / value->value[side];
            size[i] = fmax(size[i], isfinite(part[j][i]) ? fabs(part[j][i]) : 0);
        }
        change[j] = part[j];
    }
    if (s)
        return s;
    int kept = rank(set, (int)n, BAR_MAX, size, &list);
    if (kept)
        return draw_bars(set, name, side, scenario, kept, list, muscle, change, err);
    figure_skip(set, name, "no strength changes the peaks, or the record holds no whole stance");
    return GENU_OK;
}

// ------------------------------------------------------------------ rows

/* Values of the ranked muscles along the phase, in percent of the body weight. */
static void fill_rows(figure_set *set, const figure_phase *p, int n, const entry *list,
                      const double *slope, double *z)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < p->n; k++)
            z[i * p->n + k] =
                100 * TENTH * slope[list[i].muscle * set->n_frame + p->frame[k]] / set->body_weight;
}

genu_status figure_slope_rows(figure_set *set, const char *name, int side, genu_err *err)
{
    int scenario = set->usual;
    const double *slope = NULL;
    genu_dataset *muscle;
    figure_phase p;
    entry *list;
    genu_canvas *c;
    if (!genu_results_has(set->r, "knee_medial_force_slope"))
        return GENU_OK;
    genu_status s = figure_phase_of(set, side, &p, err);
    if (!s)
        s = figure_read(set, "muscle", &muscle, err);
    if (!s)
        s = side_of(set, "knee_medial_force_slope", scenario, side,
                    muscle->n * (size_t)set->n_frame, &slope, err);
    if (s)
        return s;
    double *size = figure_numbers(set, (int)muscle->n);
    double *z = figure_numbers(set, ROW_MAX * p.n);
    const char **row = figure_keep(set, calloc(ROW_MAX, sizeof *row));
    if (!size || !z || !row)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    for (size_t i = 0; i < muscle->n; i++)
        for (int k = 0; k < set->n_frame; k++)
            if (isfinite(slope[i * (size_t)set->n_frame + (size_t)k]))
                size[i] = fmax(size[i], fabs(slope[i * (size_t)set->n_frame + (size_t)k]));
    int n = rank(set, (int)muscle->n, ROW_MAX, size, &list);
    if (!n) {
        figure_skip(set, name, "no strength changes the load");
        return GENU_OK;
    }
    fill_rows(set, &p, n, list, slope, z);
    for (int i = 0; i < n; i++)
        row[i] = muscle->text[list[i].muscle];
    const char *text = scenario_text(set, scenario);
    genu_rows f = {
        .legend = { "What a tenth more strength does to the medial force",
                    figure_text(
                        set,
                        "Change of the force on the medial compartment, %s knee, when a muscle "
                        "gets stronger by a tenth of the model's own strength, by exact "
                        "derivative; the %d muscles that matter most.%s%s",
                        set->side[side], n, text ? text : "", kinks_of_frames(set, scenario, side)),
                    set->note },
        .title = "Effect of muscle strength on the medial force",
        .x_label = p.label,
        .z_label = "Change (% BW)",
        .n = n,
        .nx = p.n,
        .name = row,
        .x = p.x,
        .z = z,
        .less_text = "less force with more strength"
    };
    s = genu_rows_draw(&f, &c, err);
    return s ? s : figure_save(set, c, name, set->side[side], err);
}
