/* Moment arms of several models over each other. */
#include "sim/figure_set.h"

#include <stdlib.h>

enum { COLUMNS = 4 };

static genu_status check(const genu_figure_arms *f, const genu_figure_options *o, genu_err *err)
{
    if (f->n_panel < 1 || f->n_model < 1 || f->n_angle < 2)
        return genu_fail(err, GENU_E_RANGE,
                         "moment arms '%s': %d muscles of %d models at %d angles, must be at least "
                         "1 of 1 at 2",
                         f->title, f->n_panel, f->n_model, f->n_angle);
    if (f->n_model > FIGURE_LEVEL_MAX)
        return genu_fail(err, GENU_E_RANGE, "moment arms '%s': %d models, must be at most %d",
                         f->title, f->n_model, FIGURE_LEVEL_MAX);
    return figure_check_options(o, err);
}

static void fill(const genu_figure_arms *f, double *cm, genu_chart *chart)
{
    int columns = f->n_panel < COLUMNS ? f->n_panel : COLUMNS;
    for (int i = 0; i < f->n_panel * f->n_model * f->n_angle; i++)
        cm[i] = 100 * f->arm[i];
    for (int i = 0; i < f->n_panel; i++) {
        chart[i] = (genu_chart){ .title = f->panel[i],
                                 .y_label = i % columns ? NULL : "Moment arm (cm)",
                                 .n_series = f->n_model };
        for (int j = 0; j < f->n_model; j++)
            chart[i].series[j] =
                (genu_polyline){ f->n_angle, f->angle, cm + (i * f->n_model + j) * f->n_angle };
    }
}

static genu_status draw(const genu_figure_arms *f, double *cm, genu_chart *chart, genu_canvas **c,
                        genu_err *err)
{
    genu_chart_key key[FIGURE_LEVEL_MAX];
    fill(f, cm, chart);
    for (int j = 0; j < f->n_model; j++)
        key[j] = (genu_chart_key){ f->model[j], genu_palette_pen(j, GENU_CURVE_MM), GENU_KEY_LINE,
                                   GENU_DISC };
    genu_curves curves = { .legend = { f->title, NULL, f->note },
                           .x_label = f->x_label,
                           .x_lo = f->angle[0],
                           .x_hi = f->angle[f->n_angle - 1],
                           .n_chart = f->n_panel,
                           .columns = f->n_panel < COLUMNS ? f->n_panel : COLUMNS,
                           .chart = chart,
                           .width = GENU_PAGE_WIDTH,
                           .height = 28,
                           .n_key = f->n_model,
                           .key = key };
    return genu_curves_draw(&curves, c, err);
}

genu_status genu_figure_moment_arms(const genu_figure_arms *f, const char *base,
                                    const genu_figure_options *options, genu_files *files,
                                    genu_err *err)
{
    *files = (genu_files){ NULL, 0 };
    genu_status s = check(f, options, err);
    if (s)
        return s;
    size_t n = (size_t)f->n_panel * (size_t)f->n_model * (size_t)f->n_angle;
    double *cm = calloc(n, sizeof *cm);
    genu_chart *chart = calloc((size_t)f->n_panel, sizeof *chart);
    genu_canvas *c = NULL;
    s = cm && chart ? draw(f, cm, chart, &c, err)
                    : genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    free(chart);
    free(cm);
    return s ? s : figure_save_as(c, base, options, files, err);
}
