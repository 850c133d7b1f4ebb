#include "sim/chart.h"

#include <math.h>

static const double LEFT = 12.5; // mm left of a panel: numbers and label
static const double RIGHT = 4.0; // mm right of the last panel
static const double RIGHT_AXIS = 12.5;
static const double ABOVE = 6.0; // mm above a panel: title
static const double BELOW = 5.0; // mm below a panel: ticks and numbers
static const double X_LABEL = 4.0;

typedef struct page {
    const genu_curves *f;
    double *height; /* out of the measuring run: mm */
} page;

double genu_legend_text(genu_canvas *c, const genu_legend *legend, double top, double width,
                        int draw)
{
    genu_font font = genu_panel_font(GENU_SMALL_PT + 0.5, 0);
    double left = 2, y = top;
    if (legend->caption)
        y -= genu_canvas_leading(font) *
             genu_canvas_paragraph(c, font, left, y, width - 2 * left, legend->caption, draw);
    font = genu_panel_font(GENU_SMALL_PT, 0);
    font.colour = genu_palette_grey(0.35);
    if (legend->note) {
        y -= legend->caption ? 0.8 : 0;
        y -= genu_canvas_leading(font) *
             genu_canvas_paragraph(c, font, left, y, width - 2 * left, legend->note, draw);
    }
    return top - y;
}

static int n_row(const genu_curves *f)
{
    return (f->n_chart + f->columns - 1) / f->columns;
}

static double top_keys(genu_canvas *c, const genu_curves *f, double top, int draw)
{
    if (f->key_width > 0 || f->hide_keys || !f->n_key)
        return 0;
    return genu_panel_key_row(c, 3, top, f->width - 6, f->n_key, f->key, draw);
}

static double panel_block(const genu_curves *f)
{
    return n_row(f) * (ABOVE + f->height + BELOW) + X_LABEL;
}

static void measure(genu_canvas *c, const void *what)
{
    const page *p = what;
    *p->height = 1.5 + top_keys(c, p->f, 100, 0) + panel_block(p->f) + 1.5 +
                 genu_legend_text(c, &p->f->legend, 0, p->f->width, 0) + 1.5;
}

static void widen(double *lo, double *hi, int n, const double *y)
{
    for (int i = 0; i < n; i++)
        if (isfinite(y[i])) {
            *lo = fmin(*lo, y[i]);
            *hi = fmax(*hi, y[i]);
        }
}

static void widen_by_chart(double *lo, double *hi, const genu_chart *k)
{
    for (int i = 0; i < k->n_series; i++)
        widen(lo, hi, k->series[i].n, k->series[i].y);
    widen(lo, hi, k->n_band, k->band_lo);
    widen(lo, hi, k->n_band, k->band_hi);
    if (k->zero_based) {
        *lo = fmin(*lo, 0);
        *hi = fmax(*hi, 0);
    }
}

static genu_axis scale_of(const genu_curves *f, int i)
{
    double lo = INFINITY, hi = -INFINITY;
    int row = i / f->columns;
    for (int j = 0; j < f->n_chart; j++)
        if (j == i || (f->share_y && j / f->columns == row))
            widen_by_chart(&lo, &hi, &f->chart[j]);
    if (lo == hi) { // a flat curve stands in the middle, or on the floor
        double room = lo != 0 ? 0.5 * fabs(lo) : 1;
        hi += room;
        lo -= f->chart[i].zero_based ? 0 : room;
    }
    return genu_axis_round(lo, hi, f->height < 30 ? 4 : f->height < 44 ? 5 : 7);
}

static genu_panel place(const genu_curves *f, int i, double top)
{
    int column = i % f->columns, row = i / f->columns;
    double right_axis = f->chart[i].right_factor > 0 ? RIGHT_AXIS : 0;
    double cell = (f->width - f->key_width - RIGHT) / f->columns;
    genu_panel p;
    p.at.left = column * cell + LEFT;
    p.at.width = cell - LEFT - right_axis;
    p.at.height = f->height;
    p.at.bottom = top - (row + 1) * (ABOVE + f->height) - row * BELOW;
    p.x = genu_axis_exact(f->x_lo, f->x_hi, p.at.width > 45 ? 6 : 5);
    p.y = scale_of(f, i);
    return p;
}

static void draw_chart(genu_canvas *c, const genu_curves *f, int i, const genu_panel *p)
{
    const genu_chart *k = &f->chart[i];
    for (int j = 0; j < k->n_shade; j++)
        genu_panel_shade(c, p, k->shade[j][0], k->shade[j][1]);
    genu_canvas_clip(c, p->at, 0, NULL);
    genu_panel_band(c, p, genu_palette_grey(0.8), k->n_band, k->band_x, k->band_lo, k->band_hi);
    genu_canvas_unclip(c);
    genu_panel_zero(c, p);
    // a line that runs along the frame keeps its full width
    genu_rect room = { p->at.left, p->at.bottom - 0.6, p->at.width, p->at.height + 1.2 };
    genu_canvas_clip(c, room, 0, NULL);
    for (int at = 0; at < k->n_series; at++) {
        int j = at < f->front ? at : at + 1 < k->n_series ? at + 1 : f->front;
        genu_panel_curve(c, p, f->key[j].pen, k->series[j].n, k->series[j].x, k->series[j].y);
    }
    genu_canvas_unclip(c);
    for (int j = 0; j < k->n_peak; j++) {
        genu_pen edge = f->key[k->peak[j].series].pen;
        edge.width = 0.25;
        edge.dash = GENU_SOLID;
        genu_canvas_mark(c, k->peak[j].marker, 1.4, genu_palette_grey(1), edge,
                         genu_panel_x(p, k->peak[j].x), genu_panel_y(p, k->peak[j].y));
    }
}

static void draw(genu_canvas *c, const void *what)
{
    const genu_curves *f = ((const page *)what)->f;
    double page_top = genu_canvas_page(c).height - 1.5;
    double top = page_top - top_keys(c, f, page_top, 1);
    for (int i = 0; i < f->n_chart; i++) {
        genu_panel p = place(f, i, top);
        int lowest = i + f->columns >= f->n_chart;
        char letter[2] = { (char)('a' + i % 26), '\0' };
        draw_chart(c, f, i, &p);
        genu_panel_axes(c, &p, lowest ? f->x_label : NULL, f->chart[i].y_label);
        if (f->chart[i].right_factor > 0)
            genu_panel_right_axis(c, &p, f->chart[i].right_factor, f->chart[i].right_label);
        genu_panel_title(c, &p, f->n_chart > 1 ? letter : NULL, f->chart[i].title);
    }
    if (f->key_width > 0)
        genu_panel_keys(c, f->width - f->key_width, top - ABOVE, f->key_title, f->n_key, f->key);
    genu_legend_text(c, &f->legend, top - panel_block(f) - 1.5, f->width, 1);
}

static genu_status check(const genu_curves *f, genu_err *err)
{
    if (f->n_chart < 1 || f->columns < 1)
        return genu_fail(err, GENU_E_RANGE, "a figure has %d panels in %d columns, must be >= 1",
                         f->n_chart, f->columns);
    for (int i = 0; i < f->n_chart; i++)
        if (f->chart[i].n_series > GENU_SERIES_MAX || f->chart[i].n_series > f->n_key)
            return genu_fail(err, GENU_E_RANGE,
                             "panel '%s' has %d curves, must be at most %d and have a key each",
                             f->chart[i].title, f->chart[i].n_series, GENU_SERIES_MAX);
    return GENU_OK;
}

genu_status genu_curves_draw(const genu_curves *f, genu_canvas **c, genu_err *err)
{
    double height = 0;
    page p = { f, &height };
    *c = NULL;
    genu_status s = check(f, err);
    if (!s)
        s = genu_canvas_record(c, f->width, 1000, NULL, measure, &p, err);
    genu_canvas_free(*c);
    *c = NULL;
    return s ? s : genu_canvas_record(c, f->width, height, f->legend.title, draw, &p, err);
}
