#include "sim/panel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { POLYGON_MAX = 512 };

static const double TICK = 0.9; // mm
static const double GAP = 0.7;  // mm between tick and number

static double round_step(double raw)
{
    static const double NICE[] = { 1, 2, 2.5, 5, 10 };
    double power = pow(10, floor(log10(raw)));
    int i = 0;
    while (i < 4 && NICE[i] * power < raw * (1 - 1e-9))
        i++;
    return NICE[i] * power;
}

static int decimals_of(double step)
{
    int n = 0;
    while (n < 9 && fabs(step * pow(10, n) - round(step * pow(10, n))) > 1e-6 * step * pow(10, n))
        n++;
    return n;
}

genu_axis genu_axis_exact(double lo, double hi, int max_step)
{
    if (!isfinite(lo) || !isfinite(hi) || !(hi > lo))
        return (genu_axis){ 0, 1, 0.5, 1 };
    double step = round_step((hi - lo) / max_step);
    return (genu_axis){ lo, hi, step, decimals_of(step) };
}

genu_axis genu_axis_round(double lo, double hi, int max_step)
{
    genu_axis a = genu_axis_exact(lo, hi, max_step);
    for (int i = 0; i < 8; i++) {
        // a wider step may be needed once the ends are round
        double from = a.step * floor(a.lo / a.step + 1e-6);
        double to = a.step * ceil(a.hi / a.step - 1e-6);
        if (to - from <= (max_step + 0.5) * a.step) {
            a.lo = from;
            a.hi = to;
            break;
        }
        a.step = round_step(a.step * 1.1);
        a.decimals = decimals_of(a.step);
    }
    return a;
}

double genu_panel_x(const genu_panel *p, double x)
{
    return p->at.left + p->at.width * (x - p->x.lo) / (p->x.hi - p->x.lo);
}

double genu_panel_y(const genu_panel *p, double y)
{
    return p->at.bottom + p->at.height * (y - p->y.lo) / (p->y.hi - p->y.lo);
}

genu_font genu_panel_font(double size, int bold)
{
    return (genu_font){ size, genu_palette_grey(0), bold, 0 };
}

void genu_panel_number(char *out, size_t room, double x, int decimals)
{
    char digits[64];
    snprintf(digits, sizeof digits, "%.*f", decimals, fabs(x));
    int zero = strspn(digits, "0.") == strlen(digits);
    snprintf(out, room, "%s%s", x < 0 && !zero ? "\xE2\x88\x92" : "", digits); // U+2212
}

static genu_pen axis_pen(void)
{
    return (genu_pen){ genu_palette_grey(0.15), GENU_LINE_MM, GENU_SOLID };
}

static double first_tick(const genu_axis *a)
{
    return a->step * ceil(a->lo / a->step - 1e-6);
}

static int n_tick(const genu_axis *a)
{
    return 1 + (int)floor((a->hi - first_tick(a)) / a->step + 1e-6);
}

static void x_ticks(genu_canvas *c, const genu_panel *p)
{
    genu_font font = genu_panel_font(GENU_TEXT_PT, 0);
    double y = p->at.bottom - TICK - GAP - genu_canvas_leading(font) / 2;
    for (int i = 0; i < n_tick(&p->x); i++) {
        double value = first_tick(&p->x) + i * p->x.step, x = genu_panel_x(p, value);
        char text[80];
        genu_canvas_stroke(c, axis_pen(), x, p->at.bottom, x, p->at.bottom - TICK);
        genu_panel_number(text, sizeof text, value, p->x.decimals);
        genu_canvas_text(c, font, x, y, 0.5, text);
    }
}

/* Ticks and numbers of a vertical scale; side -1 left, 1 right. Returns the widest number, mm. */
static double y_ticks(genu_canvas *c, const genu_panel *p, double x, int side, const genu_axis *a)
{
    genu_font font = genu_panel_font(GENU_TEXT_PT, 0);
    double widest = 0;
    for (int i = 0; i < n_tick(a); i++) {
        double value = first_tick(a) + i * a->step;
        double y = p->at.bottom + p->at.height * (value - a->lo) / (a->hi - a->lo);
        char text[80];
        genu_canvas_stroke(c, axis_pen(), x, y, x + side * TICK, y);
        genu_panel_number(text, sizeof text, value, a->decimals);
        widest = fmax(
            widest, genu_canvas_text(c, font, x + side * (TICK + GAP), y, side < 0 ? 1 : 0, text));
    }
    return widest;
}

static void y_label(genu_canvas *c, const genu_panel *p, double x, int side, double widest,
                    const char *label)
{
    genu_font font = genu_panel_font(GENU_TEXT_PT, 0);
    font.angle = 90;
    x += side * (TICK + GAP + widest + GAP + genu_canvas_leading(font) / 2);
    double y = p->at.bottom + p->at.height / 2, top = genu_canvas_page(c).height;
    genu_canvas_text_fit(c, font, x, y, 0.5, 2 * fmin(y, top - y) - 2, label);
}

void genu_panel_x_axis(genu_canvas *c, const genu_panel *p, const char *label)
{
    genu_font font = genu_panel_font(GENU_TEXT_PT, 0);
    double left = p->at.left, bottom = p->at.bottom, width = p->at.width;
    double middle = left + width / 2, right = genu_canvas_page(c).width;
    genu_canvas_stroke(c, axis_pen(), left, bottom, left + width, bottom);
    x_ticks(c, p);
    if (label)
        genu_canvas_text_fit(c, font, middle, bottom - TICK - GAP - 1.5 * genu_canvas_leading(font),
                             0.5, 2 * fmin(middle, right - middle) - 2, label);
}

void genu_panel_axes(genu_canvas *c, const genu_panel *p, const char *x_label, const char *label)
{
    double left = p->at.left, bottom = p->at.bottom;
    genu_panel_x_axis(c, p, x_label);
    genu_canvas_stroke(c, axis_pen(), left, bottom, left, bottom + p->at.height);
    double widest = y_ticks(c, p, left, -1, &p->y);
    if (label)
        y_label(c, p, left, -1, widest, label);
}

void genu_panel_right_axis(genu_canvas *c, const genu_panel *p, double factor, const char *label)
{
    double right = p->at.left + p->at.width;
    int steps = (int)round((p->y.hi - p->y.lo) / p->y.step);
    genu_axis a = p->y;
    if (factor != 1)
        a = genu_axis_exact(p->y.lo * factor, p->y.hi * factor, 3 * (steps > 2 ? steps : 2) / 2);
    genu_canvas_stroke(c, axis_pen(), right, p->at.bottom, right, p->at.bottom + p->at.height);
    double widest = y_ticks(c, p, right, 1, &a);
    if (label)
        y_label(c, p, right, 1, widest, label);
}

void genu_panel_title(genu_canvas *c, const genu_panel *p, const char *letter, const char *title)
{
    genu_font font = genu_panel_font(GENU_TEXT_PT, 1);
    double y = p->at.bottom + p->at.height + 2.2, x = p->at.left;
    if (letter)
        x += genu_canvas_text(c, font, x, y, 0, letter) + 1.2;
    font.bold = 0;
    genu_canvas_text_fit(c, font, x, y, 0, p->at.left + p->at.width - x, title);
}

void genu_panel_shade(genu_canvas *c, const genu_panel *p, double x0, double x1)
{
    double from = genu_panel_x(p, fmax(x0, p->x.lo)), to = genu_panel_x(p, fmin(x1, p->x.hi));
    if (!(to > from))
        return;
    genu_canvas_box(c, genu_palette_grey(0.945),
                    (genu_rect){ from, p->at.bottom, to - from, p->at.height });
    genu_pen pen = { genu_palette_grey(0.55), 0.15, GENU_SOLID };
    if (x1 < p->x.hi)
        genu_canvas_stroke(c, pen, to, p->at.bottom, to, p->at.bottom + p->at.height);
    if (x0 > p->x.lo)
        genu_canvas_stroke(c, pen, from, p->at.bottom, from, p->at.bottom + p->at.height);
}

void genu_panel_zero(genu_canvas *c, const genu_panel *p)
{
    double y = genu_panel_y(p, 0);
    if (p->y.lo < 0 && p->y.hi > 0)
        genu_canvas_stroke(c, (genu_pen){ genu_palette_grey(0.45), 0.15, GENU_SOLID }, p->at.left,
                           y, p->at.left + p->at.width, y);
}

void genu_panel_curve(genu_canvas *c, const genu_panel *p, genu_pen pen, int n, const double *x,
                      const double *y)
{
    // pieces share their end points; an odd join of dashes every POLYGON_MAX points is not seen
    double px[POLYGON_MAX], py[POLYGON_MAX];
    for (int from = 0; from < n - 1; from += POLYGON_MAX - 1) {
        int k = n - from < POLYGON_MAX ? n - from : POLYGON_MAX;
        for (int i = 0; i < k; i++) {
            px[i] = genu_panel_x(p, x[from + i]);
            py[i] = genu_panel_y(p, y[from + i]);
        }
        genu_canvas_line(c, pen, k, px, py);
    }
}

void genu_panel_band(genu_canvas *c, const genu_panel *p, genu_colour colour, int n,
                     const double *x, const double *lo, const double *hi)
{
    double px[2 * POLYGON_MAX], py[2 * POLYGON_MAX];
    for (int from = 0; from < n - 1;) {
        int k = 0;
        while (from + k < n && k < POLYGON_MAX && isfinite(lo[from + k]) && isfinite(hi[from + k]))
            k++;
        for (int i = 0; i < k; i++) {
            px[i] = px[2 * k - 1 - i] = genu_panel_x(p, x[from + i]);
            py[i] = genu_panel_y(p, lo[from + i]);
            py[2 * k - 1 - i] = genu_panel_y(p, hi[from + i]);
        }
        if (k > 1)
            genu_canvas_fill(c, colour, 2 * k, px, py);
        from += k == POLYGON_MAX ? k - 1 : k + 1;
    }
}

static const double KEY_WIDTH = 6.0, KEY_GAP = 1.2, KEY_SPACE = 4.0; // mm

static void draw_sample(genu_canvas *c, const genu_chart_key *key, double x, double y)
{
    genu_rect field = { x, y - 1, KEY_WIDTH, 2 };
    genu_pen edge = { genu_palette_grey(0.3), 0.15, GENU_SOLID };
    switch (key->kind) {
    case GENU_KEY_LINE:
        genu_canvas_stroke(c, key->pen, x, y, x + KEY_WIDTH, y);
        break;
    case GENU_KEY_FIELD:
        genu_canvas_box(c, key->pen.colour, field);
        break;
    case GENU_KEY_HATCH:
        genu_canvas_hatch(c, key->pen, field, 0.8);
        genu_canvas_frame(c, edge, field);
        break;
    case GENU_KEY_MARK:
        genu_canvas_mark(c, key->marker, 1.6, genu_palette_grey(1), key->pen, x + KEY_WIDTH / 2, y);
        break;
    }
}

double genu_panel_keys(genu_canvas *c, double x, double top, const char *title, int n,
                       const genu_chart_key *key)
{
    genu_font font = genu_panel_font(GENU_TEXT_PT, 0);
    double leading = 1.15 * genu_canvas_leading(font), y = top;
    if (title) {
        double width = genu_canvas_page(c).width - x - 1;
        int lines = genu_canvas_paragraph(c, font, x, y, width, title, 1);
        y -= lines * genu_canvas_leading(font) + 0.6;
    }
    for (int i = 0; i < n; i++, y -= leading) {
        draw_sample(c, &key[i], x, y - leading / 2);
        double at = x + KEY_WIDTH + KEY_GAP, room = genu_canvas_page(c).width - at - 1;
        genu_canvas_text_fit(c, font, at, y - leading / 2, 0, room, key[i].text);
    }
    return top - y;
}

double genu_panel_key_row(genu_canvas *c, double x, double top, double width, int n,
                          const genu_chart_key *key, int draw)
{
    genu_font font = genu_panel_font(GENU_TEXT_PT, 0);
    double leading = 1.15 * genu_canvas_leading(font), at = x, y = top;
    for (int i = 0; i < n; i++) {
        double room = width - KEY_WIDTH - KEY_GAP;
        double needs = fmin(room, genu_canvas_text_width(c, font, key[i].text)) + width - room;
        if (i && at + needs > x + width) {
            at = x;
            y -= leading;
        }
        if (draw) {
            draw_sample(c, &key[i], at, y - leading / 2);
            genu_canvas_text_fit(c, font, at + KEY_WIDTH + KEY_GAP, y - leading / 2, 0, room,
                                 key[i].text);
        }
        at += needs + KEY_SPACE;
    }
    return n ? top - y + leading : 0;
}
