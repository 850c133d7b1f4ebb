/* A summary of the medial load over two parameters as a map, over one as a curve: strengths, then settings. */
#include "sim/figure_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct kind {
    const char *name, *dataset; /* of the figure; what it shows                */
    const char *title, *label;
    int is_force; /* shown in BW                                 */
} kind;

static const kind KIND[] = {
    { "peak_map", "knee_medial_force_peak", "Peak force on the medial compartment",
      "Peak medial force (BW)", 1 },
    { "peak1_map", "knee_medial_force_peak1", "First peak of the force on the medial compartment",
      "First medial peak (BW)", 1 },
    { "peak2_map", "knee_medial_force_peak2", "Second peak of the force on the medial compartment",
      "Second medial peak (BW)", 1 },
    { "share_map", "knee_medial_share", "Medial share of the knee's impulse over stance",
      "Medial share (%)", 0 },
};
enum { N_KIND = sizeof KIND / sizeof KIND[0] };

static const double SAME = 1e-6;

static const kind *kind_of(const char *name)
{
    for (int i = 0; i < N_KIND; i++)
        if (!strcmp(KIND[i].name, name))
            return &KIND[i];
    return &KIND[0];
}

static int by_value(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return p < q ? -1 : p > q;
}

/* The levels of parameter k, each once; kept. Returns how many, 0 without memory. */
static int axis_of(figure_set *set, int k, double **out)
{
    double *x = *out = figure_numbers(set, set->n_scenario);
    int n = 0;
    for (int i = 0; x && i < set->n_scenario; i++)
        x[i] = figure_value(set, k, i);
    if (x)
        qsort(x, (size_t)set->n_scenario, sizeof *x, by_value);
    for (int i = 0; x && i < set->n_scenario; i++)
        if (!n || x[i] > x[n - 1] + SAME * (x[set->n_scenario - 1] - x[0]))
            x[n++] = x[i];
    return n;
}

static int index_of(int n, const double *x, double value)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        if (fabs(x[i] - value) < fabs(x[best] - value))
            best = i;
    return best;
}

// all parameters but the first n_free are as usual
static int in_plane(const figure_set *set, int scenario, int n_free)
{
    for (int k = n_free; k < set->n_parameter; k++)
        if (!figure_same(set, k, scenario, set->usual))
            return 0;
    return 1;
}

static double shown(const figure_set *set, const kind *what, int scenario, double value)
{
    return what->is_force ? value / set->weight[scenario] : 100 * value;
}

static genu_status read_values(figure_set *set, const kind *what, const double **value,
                               genu_err *err)
{
    genu_dataset *d;
    genu_status s = figure_read(set, what->dataset, &d, err);
    if (s)
        return s;
    if (!d->value || d->n != (size_t)set->n_scenario * (size_t)set->n_side)
        return genu_fail(err, GENU_E_SHAPE,
                         "'%s': dataset '%s' has %zu values, must have one per scenario and side",
                         genu_results_path(set->r), what->dataset, d->n);
    *value = d->value;
    return GENU_OK;
}

static int any_finite(const double *z, int n)
{
    for (int i = 0; i < n; i++)
        if (isfinite(z[i]))
            return 1;
    return 0;
}

// --- two parameters

/* Scattered scenarios have nearly as many levels as there are of them. */
static int is_grid(const figure_set *set, const genu_map *f)
{
    return (double)f->nx * f->ny <= 2.0 * set->n_scenario;
}

static genu_status fill_map(figure_set *set, const kind *what, int side, const double *value,
                            genu_map *f, genu_err *err)
{
    double *x, *y;
    f->nx = axis_of(set, 0, &x);
    f->ny = axis_of(set, 1, &y);
    if (!is_grid(set, f))
        return GENU_OK;
    int n = f->nx * f->ny, *doubt = figure_keep(set, calloc((size_t)n + 1, sizeof *doubt));
    double *z = figure_numbers(set, n);
    if (!n || !z || !doubt)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    for (int i = 0; i < n; i++)
        z[i] = NAN;
    for (int i = 0; i < set->n_scenario; i++) {
        if (!in_plane(set, i, 2))
            continue;
        int at = index_of(f->nx, x, figure_value(set, 0, i)) * f->ny +
                 index_of(f->ny, y, figure_value(set, 1, i));
        z[at] = shown(set, what, i, value[i * set->n_side + side]);
        doubt[at] = figure_doubtful(set, i, side);
    }
    f->x = x;
    f->y = y;
    f->z = z;
    f->doubt = doubt;
    return GENU_OK;
}

/* What parameter k usually is, as shown; NAN where the axis does not hold it. */
static double usual_on(const figure_set *set, int k, int n, const double *x)
{
    double usual = set->parameter[k].usual * (set->parameter[k].unit ? 1 : 100);
    return usual >= x[0] && usual <= x[n - 1] ? usual : NAN;
}

static const char *axis_label(figure_set *set, int k)
{
    const char *unit = set->parameter[k].unit, *text = figure_parameter_text(set, k);
    return unit && !*unit ? text : figure_text(set, "%s (%s)", text, unit ? unit : "%");
}

static genu_status draw_map(figure_set *set, const kind *what, int side, const double *value,
                            genu_err *err)
{
    genu_canvas *c;
    genu_map f = { .title = what->title, .z_label = what->label, .mark_x = NAN, .mark_y = NAN };
    genu_status s = fill_map(set, what, side, value, &f, err);
    if (s)
        return s;
    if (!is_grid(set, &f)) {
        figure_skip(set, what->name, "its scenarios are no grid over the first two parameters");
        return GENU_OK;
    }
    if (!any_finite(f.z, f.nx * f.ny)) {
        figure_skip(set, what->name, "all its values are missing");
        return GENU_OK;
    }
    f.x_label = axis_label(set, 0);
    f.y_label = axis_label(set, 1);
    f.mark_text = set->n_strength > 1 ? "full strength" : "as the study has it";
    f.doubt_text = "muscles not enough";
    double usual[2] = { usual_on(set, 0, f.nx, f.x), usual_on(set, 1, f.ny, f.y) };
    if (isfinite(usual[0] + usual[1])) {
        f.mark_x = usual[0];
        f.mark_y = usual[1];
    }
    f.legend.title = what->title;
    f.legend.note = set->note;
    f.legend.caption =
        figure_text(set,
                    "%s, %s knee. One field per scenario, lines of equal value between "
                    "them.%s%s%s%s",
                    what->title, set->side[side], figure_kept_text(set, 2, -1),
                    " Hatched: ", figure_doubt_text(set), ".");
    s = genu_map_draw(&f, &c, err);
    return s ? s : figure_save(set, c, what->name, set->side[side], err);
}

// --- one parameter

static genu_status draw_curve(figure_set *set, const kind *what, int side, const double *value,
                              genu_err *err)
{
    double *x;
    int n = axis_of(set, 0, &x), n_doubt = 0;
    double *y = figure_numbers(set, n);
    genu_peak *point = figure_keep(set, calloc((size_t)n + 1, sizeof *point));
    genu_canvas *c;
    if (!n || !y || !point)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    for (int i = 0; i < set->n_scenario; i++) {
        if (!in_plane(set, i, 1))
            continue;
        int at = index_of(n, x, figure_value(set, 0, i)), doubt = figure_doubtful(set, i, side);
        y[at] = shown(set, what, i, value[i * set->n_side + side]);
        point[at] = (genu_peak){ 0, doubt ? GENU_CROSS : GENU_DISC, x[at], y[at] };
        n_doubt += doubt;
    }
    if (!any_finite(y, n)) {
        figure_skip(set, what->name, "all its values are missing");
        return GENU_OK;
    }
    genu_chart chart = { .title = what->title,
                         .y_label = what->label,
                         .n_series = 1,
                         .series = { { n, x, y } },
                         .n_peak = n,
                         .peak = point,
                         .zero_based = 1 };
    genu_chart_key key = { "", genu_palette_pen(0, GENU_CURVE_MM), GENU_KEY_LINE, GENU_DISC };
    genu_curves f = { .legend = { what->title, NULL, set->note },
                      .x_label = axis_label(set, 0),
                      .x_lo = x[0],
                      .x_hi = x[n - 1],
                      .n_chart = 1,
                      .columns = 1,
                      .chart = &chart,
                      .width = GENU_COLUMN_WIDTH,
                      .height = 45,
                      .n_key = 1,
                      .key = &key,
                      .hide_keys = 1 };
    f.legend.caption = figure_text(set, "%s, %s knee.%s%s%s%s", what->title, set->side[side],
                                   figure_kept_text(set, 1, -1), n_doubt ? " Crosses: " : "",
                                   n_doubt ? figure_doubt_text(set) : "", n_doubt ? "." : "");
    genu_status s = genu_curves_draw(&f, &c, err);
    return s ? s : figure_save(set, c, what->name, set->side[side], err);
}

genu_status figure_peak_map(figure_set *set, const char *name, int side, genu_err *err)
{
    const kind *what = kind_of(name);
    const double *value = NULL;
    double *x;
    if (!figure_needs(set, name, what->dataset))
        return GENU_OK;
    int n = set->n_parameter ? axis_of(set, 0, &x) : 1;
    int m = set->n_parameter > 1 ? axis_of(set, 1, &x) : 1;
    if (n < 2) {
        figure_skip(set, name,
                    set->n_parameter ? "the first parameter has only one level"
                                     : "the study changes nothing");
        return GENU_OK;
    }
    genu_status s = read_values(set, what, &value, err);
    if (s)
        return s;
    return m > 1 ? draw_map(set, what, side, value, err) : draw_curve(set, what, side, value, err);
}
