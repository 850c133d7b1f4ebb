#include "sim/chart.h"

#include <math.h>
#include <string.h>

static const double BAR = 2.6, SPACE = 1.4, ABOVE = 6, BELOW = 9.5, RIGHT = 4; // mm

typedef struct page {
    const genu_bars *f;
    double *height, *name_width; /* out of the measuring run, mm */
} page;

static genu_pen level_pen(const genu_bars *f, int level)
{
    // light first: the stronger change, which comes last, is the darker one
    genu_hue hue = f->n_level > 1 && level == 0 ? GENU_SKY_BLUE : GENU_BLUE;
    return (genu_pen){ genu_palette_hue(hue), 0.2, GENU_SOLID };
}

static double key_row(genu_canvas *c, const genu_bars *f, double top, int draw)
{
    genu_chart_key key[2];
    for (int i = 0; i < f->n_level; i++)
        key[i] = (genu_chart_key){ f->level[i], level_pen(f, i), GENU_KEY_FIELD, GENU_DISC };
    return genu_panel_key_row(c, 3, top, GENU_COLUMN_WIDTH - 6, f->n_level, key, draw);
}

static double plot_height(const genu_bars *f)
{
    return f->n * (f->n_level * BAR + SPACE) + SPACE;
}

static void measure(genu_canvas *c, const void *what)
{
    const page *p = what;
    genu_font font = genu_panel_font(GENU_TEXT_PT, 0);
    for (int i = 0; i < p->f->n; i++)
        *p->name_width = fmax(*p->name_width, genu_canvas_text_width(c, font, p->f->name[i]));
    *p->height = 1.5 + key_row(c, p->f, 0, 0) + ABOVE + plot_height(p->f) + BELOW + 1 +
                 genu_legend_text(c, &p->f->legend, 0, GENU_COLUMN_WIDTH, 0) + 1.5;
}

static void number(const genu_bars *f, double value, char *text, size_t room)
{
    genu_panel_number(text + 1, room - 1, value, f->decimals);
    int nothing = f->no_sign || strspn(text + 1, "0.") == strlen(text + 1);
    text[0] = '+';
    if (value <= 0 || nothing)
        memmove(text, text + 1, strlen(text + 1) + 1);
}

/* Wide enough for the numbers beside the longest bars, in a field of the given width, mm. */
static genu_axis scale_of(genu_canvas *c, const genu_bars *f, double width)
{
    genu_font font = genu_panel_font(GENU_SMALL_PT, 0);
    double lo = 0, hi = 0, least = 0, widest = 0;
    for (int i = 0; i < f->n * f->n_level; i++)
        if (isfinite(f->value[i])) {
            char text[80];
            number(f, f->value[i], text, sizeof text);
            widest = fmax(widest, genu_canvas_text_width(c, font, text));
            least = fmin(least, f->value[i]);
            lo = fmin(lo, f->lo ? fmin(f->value[i], f->lo[i]) : f->value[i]);
            hi = fmax(hi, f->hi ? fmax(f->value[i], f->hi[i]) : f->value[i]);
        }
    if (!(hi > lo))
        hi = 1;
    double room = widest + 1.6, left = width - (least < 0 ? room : 0) - (hi > 0 ? room : 0);
    double per_mm = (hi - lo) / fmax(left, width / 4);
    return genu_axis_exact(lo - (least < 0 ? room * per_mm : 0), hi + (hi > 0 ? room * per_mm : 0),
                           5);
}

/* Returns the end beyond which the number stands, mm. */
static double draw_whisker(genu_canvas *c, const genu_bars *f, const genu_panel *p, int at,
                           double y)
{
    double from = genu_panel_x(p, f->lo[at]), to = genu_panel_x(p, f->hi[at]);
    double bar = genu_panel_x(p, f->value[at]);
    genu_canvas_stroke(c, (genu_pen){ genu_palette_hue(GENU_BLACK), 0.2, GENU_SOLID }, from, y, to,
                       y);
    return f->value[at] < 0 ? fmin(bar, from) : fmax(bar, to);
}

static void draw_bar(genu_canvas *c, const genu_bars *f, const genu_panel *p, int level, int i)
{
    double value = f->value[level * f->n + i], zero = genu_panel_x(p, 0);
    double top = p->at.bottom + p->at.height - SPACE - i * (f->n_level * BAR + SPACE) - level * BAR;
    genu_font font = genu_panel_font(GENU_SMALL_PT, 0);
    char text[80] = "\xE2\x80\x93"; // a dash for what is missing
    if (!isfinite(value)) {
        genu_canvas_text(c, font, zero + 0.8, top - BAR / 2, 0, text);
        return;
    }
    double end = genu_panel_x(p, value);
    genu_rect r = { fmin(zero, end), top - BAR + 0.15, fabs(end - zero), BAR - 0.3 };
    if (r.width > 0.05)
        genu_canvas_box(c, level_pen(f, level).colour, r);
    if (f->lo && f->hi)
        end = draw_whisker(c, f, p, level * f->n + i, top - BAR / 2);
    number(f, value, text, sizeof text);
    genu_canvas_text(c, font, end + (value < 0 ? -0.8 : 0.8), top - BAR / 2, value < 0 ? 1 : 0,
                     text);
}

static void draw_axis(genu_canvas *c, const genu_bars *f, const genu_panel *p)
{
    genu_font font = genu_panel_font(GENU_TEXT_PT, 0);
    double zero = genu_panel_x(p, 0), row = f->n_level * BAR + SPACE;
    genu_panel_x_axis(c, p, f->x_label);
    genu_canvas_stroke(c, (genu_pen){ genu_palette_grey(0.15), GENU_LINE_MM, GENU_SOLID }, zero,
                       p->at.bottom, zero, p->at.bottom + p->at.height);
    for (int i = 0; i < f->n; i++)
        genu_canvas_text(c, font, p->at.left - 1.5,
                         p->at.bottom + p->at.height - SPACE / 2 - (i + 0.5) * row, 1, f->name[i]);
}

static void draw(genu_canvas *c, const void *what)
{
    const page *p = what;
    const genu_bars *f = p->f;
    double top = genu_canvas_page(c).height - 1.5, left = *p->name_width + 4.5;
    top -= key_row(c, f, top, 1);
    double width = GENU_COLUMN_WIDTH - left - RIGHT;
    genu_panel panel = { { left, top - ABOVE - plot_height(f), width, plot_height(f) },
                         scale_of(c, f, width),
                         { 0, 1, 1, 0 } };
    for (int level = 0; level < f->n_level; level++)
        for (int i = 0; i < f->n; i++)
            draw_bar(c, f, &panel, level, i);
    draw_axis(c, f, &panel);
    if (f->title)
        genu_panel_title(c, &panel, NULL, f->title);
    genu_legend_text(c, &f->legend, panel.at.bottom - BELOW - 1, GENU_COLUMN_WIDTH, 1);
}

genu_status genu_bars_draw(const genu_bars *f, genu_canvas **c, genu_err *err)
{
    double height = 0, name_width = 0;
    page p = { f, &height, &name_width };
    *c = NULL;
    if (f->n < 1 || f->n_level < 1 || f->n_level > 2)
        return genu_fail(err, GENU_E_RANGE,
                         "bars '%s': %d bars of %d levels, must be >= 1 of 1 or 2", f->title, f->n,
                         f->n_level);
    genu_status s = genu_canvas_record(c, GENU_COLUMN_WIDTH, 1000, NULL, measure, &p, err);
    genu_canvas_free(*c);
    *c = NULL;
    return s ? s : genu_canvas_record(c, GENU_COLUMN_WIDTH, height, f->legend.title, draw, &p, err);
}
