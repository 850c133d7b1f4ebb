#include "sim/chart.h"

#include <math.h>

static const double WIDTH = 130, ROW = 3.4, ABOVE = 6, BELOW = 9.5, BAR_GAP = 4, BAR = 3.5,
                    RIGHT = 15;
static const double SMALL = 0.05; // of the largest value: below, a cell is not hatched

typedef struct page {
    const genu_rows *f;
    double *height, *name_width; /* out of the measuring run, mm */
    genu_axis z;
} page;

static genu_chart_key hatch_key(const genu_rows *f)
{
    return (genu_chart_key){
        f->less_text, { genu_palette_grey(0.1), 0.12, GENU_SOLID }, GENU_KEY_HATCH, GENU_DISC
    };
}

static void measure(genu_canvas *c, const void *what)
{
    const page *p = what;
    genu_font font = genu_panel_font(GENU_TEXT_PT, 0);
    genu_chart_key key = hatch_key(p->f);
    for (int i = 0; i < p->f->n; i++)
        *p->name_width = fmax(*p->name_width, genu_canvas_text_width(c, font, p->f->name[i]));
    *p->height = 1.5 + ABOVE + p->f->n * ROW + BELOW +
                 genu_panel_key_row(c, 3, 0, WIDTH - 6, 1, &key, 0) + 2 +
                 genu_legend_text(c, &p->f->legend, 0, WIDTH, 0) + 1.5;
}

static double largest(const genu_rows *f)
{
    double most = 0;
    for (int i = 0; i < f->n * f->nx; i++)
        most = isfinite(f->z[i]) ? fmax(most, fabs(f->z[i])) : most;
    return most;
}

static void draw_cells(genu_canvas *c, const page *p, const genu_panel *panel)
{
    const genu_rows *f = p->f;
    double most = largest(f);
    genu_pen pen = { genu_palette_grey(0.1), 0.12, GENU_SOLID };
    for (int i = 0; i < f->n; i++)
        for (int k = 0; k < f->nx; k++) {
            double z = f->z[i * f->nx + k];
            double from = k ? (f->x[k - 1] + f->x[k]) / 2 : f->x[0];
            double to = k + 1 < f->nx ? (f->x[k] + f->x[k + 1]) / 2 : f->x[k];
            double left = genu_panel_x(panel, from), width = genu_panel_x(panel, to) - left;
            double bottom = panel->at.bottom + panel->at.height - (i + 1) * ROW;
            if (!isfinite(z))
                continue;
            genu_canvas_box(c, genu_palette_diverging(z / p->z.hi),
                            (genu_rect){ left, bottom + 0.1, width + 0.05, ROW - 0.2 });
            if (z < -SMALL * most)
                genu_canvas_hatch(c, pen, (genu_rect){ left, bottom + 0.1, width, ROW - 0.2 }, 1.0);
        }
}

static void draw_bar(genu_canvas *c, const page *p, const genu_panel *panel)
{
    enum { STEPS = 128 };
    genu_panel bar = *panel;
    bar.at.left += panel->at.width + BAR_GAP;
    bar.at.width = BAR;
    bar.y = p->z;
    for (int i = 0; i < STEPS; i++) {
        double z = p->z.lo + (p->z.hi - p->z.lo) * (i + 0.5) / STEPS;
        double bottom = bar.at.bottom + bar.at.height * i / STEPS;
        genu_canvas_box(c, genu_palette_diverging(z / p->z.hi),
                        (genu_rect){ bar.at.left, bottom, BAR, bar.at.height / STEPS + 0.05 });
    }
    genu_canvas_frame(c, (genu_pen){ genu_palette_grey(0.15), GENU_LINE_MM, GENU_SOLID }, bar.at);
    genu_panel_right_axis(c, &bar, 1, p->f->z_label);
}

static void draw(genu_canvas *c, const void *what)
{
    const page *p = what;
    const genu_rows *f = p->f;
    genu_font font = genu_panel_font(GENU_TEXT_PT, 0);
    genu_chart_key key = hatch_key(f);
    double top = genu_canvas_page(c).height - 1.5, left = *p->name_width + 4.5, high = f->n * ROW;
    genu_panel panel = { { left, top - ABOVE - high, WIDTH - left - BAR_GAP - BAR - RIGHT, high },
                         genu_axis_exact(f->x[0], f->x[f->nx - 1], 6),
                         { 0, 1, 1, 0 } };
    draw_cells(c, p, &panel);
    genu_panel_x_axis(c, &panel, f->x_label);
    genu_canvas_frame(c, (genu_pen){ genu_palette_grey(0.15), GENU_LINE_MM, GENU_SOLID }, panel.at);
    for (int i = 0; i < f->n; i++)
        genu_canvas_text(c, font, left - 1.5, panel.at.bottom + high - (i + 0.5) * ROW, 1,
                         f->name[i]);
    genu_panel_title(c, &panel, NULL, f->title);
    draw_bar(c, p, &panel);
    top = panel.at.bottom - BELOW;
    top -= genu_panel_key_row(c, 3, top, WIDTH - 6, 1, &key, 1) + 1;
    genu_legend_text(c, &f->legend, top, WIDTH, 1);
}

genu_status genu_rows_draw(const genu_rows *f, genu_canvas **c, genu_err *err)
{
    double height = 0, name_width = 0, most = f->n > 0 && f->nx > 1 ? largest(f) : 0;
    page p = { f, &height, &name_width, genu_axis_round(-most, most, 6) };
    int rises = f->nx > 1;
    *c = NULL;
    for (int k = 1; k < f->nx; k++)
        rises &= f->x[k] > f->x[k - 1];
    if (f->n < 1 || !rises || !(most > 0))
        return genu_fail(
            err, GENU_E_RANGE,
            "rows '%s': %d rows of %d values, must be at least 1 of 2 on a rising axis, "
            "and not all 0",
            f->title, f->n, f->nx);
    p.z.hi = fmax(p.z.hi, -p.z.lo); // the same both ways
    p.z.lo = -p.z.hi;
    genu_status s = genu_canvas_record(c, WIDTH, 1000, NULL, measure, &p, err);
    genu_canvas_free(*c);
    *c = NULL;
    return s ? s : genu_canvas_record(c, WIDTH, height, f->legend.title, draw, &p, err);
}
