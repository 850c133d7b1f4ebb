#include "sim/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEVEL_MAX = 24 };

static const double LEFT = 13, SIZE = 50, ABOVE = 6, BELOW = 9; // mm: the square and around it
static const double BAR_GAP = 3.5, BAR = 3.5;                   // colour bar
static const double DARKEST = 0.35; // of the colours, so that black lines and text stand out

/* A label on a contour line. */
typedef struct spot {
    double x, y, half; /* mm: centre, half of its width */
    char text[32];
} spot;

typedef struct page {
    const genu_map *f;
    double *height; /* out of the measuring run, mm */
    double *x, *y;  /* grid in mm                   */
    genu_axis z;
    int n_level;
    double level[LEVEL_MAX];
} page;

static genu_axis range_of(const genu_map *f)
{
    double lo = INFINITY, hi = -INFINITY;
    for (int i = 0; i < f->nx * f->ny; i++)
        if (isfinite(f->z[i])) {
            lo = fmin(lo, f->z[i]);
            hi = fmax(hi, f->z[i]);
        }
    if (hi - lo <= 1e-9 * fabs(hi)) { // all the same: a range around it
        double room = hi != 0 ? 0.01 * fabs(hi) : 1;
        lo -= room;
        hi += room;
    }
    return genu_axis_round(lo, hi, 7);
}

static genu_colour colour_of(const page *p, double z)
{
    return genu_palette_cividis(DARKEST + (1 - DARKEST) * (z - p->z.lo) / (p->z.hi - p->z.lo));
}

// the edge of cell i towards smaller values; i = n is the last edge
static double edge(const double *x, int n, int i)
{
    if (i == 0)
        return x[0] - (x[1] - x[0]) / 2;
    if (i == n)
        return x[n - 1] + (x[n - 1] - x[n - 2]) / 2;
    return (x[i - 1] + x[i]) / 2;
}

static genu_panel panel_of(const genu_map *f, double top)
{
    genu_panel p;
    p.at = (genu_rect){ LEFT, top - ABOVE - SIZE, SIZE, SIZE };
    p.x = genu_axis_exact(edge(f->x, f->nx, 0), edge(f->x, f->nx, f->nx), 7);
    p.y = genu_axis_exact(edge(f->y, f->ny, 0), edge(f->y, f->ny, f->ny), 7);
    return p;
}

static genu_rect cell_of(const genu_map *f, const genu_panel *p, int i, int j)
{
    double left = genu_panel_x(p, edge(f->x, f->nx, i)),
           right = genu_panel_x(p, edge(f->x, f->nx, i + 1));
    double bottom = genu_panel_y(p, edge(f->y, f->ny, j)),
           top = genu_panel_y(p, edge(f->y, f->ny, j + 1));
    return (genu_rect){ left, bottom, right - left, top - bottom };
}

static genu_pen hatch_pen(void)
{
    return (genu_pen){ genu_palette_grey(0.1), 0.12, GENU_SOLID };
}

static void draw_cells(genu_canvas *c, const page *p, const genu_panel *panel)
{
    const genu_map *f = p->f;
    for (int i = 0; i < f->nx; i++)
        for (int j = 0; j < f->ny; j++) {
            genu_rect r = cell_of(f, panel, i, j);
            double z = f->z[i * f->ny + j];
            // over the edge of the neighbours that follow: no seams
            r.width += i < f->nx - 1 ? 0.1 : 0;
            r.height += j < f->ny - 1 ? 0.1 : 0;
            if (isfinite(z))
                genu_canvas_box(c, colour_of(p, z), r);
        }
}

static int is_doubtful(const genu_map *f, int i, int j)
{
    return f->doubt && i >= 0 && j >= 0 && i < f->nx && j < f->ny && f->doubt[i * f->ny + j];
}

/* Hatch the cells in doubt and draw a line around each connected set of them. */
static void draw_doubt(genu_canvas *c, const genu_map *f, const genu_panel *panel)
{
    genu_pen line = { genu_palette_grey(0), 0.3, GENU_SOLID };
    for (int i = 0; i < f->nx; i++)
        for (int j = 0; j < f->ny; j++) {
            genu_rect r = cell_of(f, panel, i, j);
            double right = r.left + r.width, top = r.bottom + r.height;
            if (!is_doubtful(f, i, j))
                continue;
            genu_canvas_hatch(c, hatch_pen(), r, 1.0);
            if (!is_doubtful(f, i - 1, j) && i > 0)
                genu_canvas_stroke(c, line, r.left, r.bottom, r.left, top);
            if (!is_doubtful(f, i + 1, j) && i < f->nx - 1)
                genu_canvas_stroke(c, line, right, r.bottom, right, top);
            if (!is_doubtful(f, i, j - 1) && j > 0)
                genu_canvas_stroke(c, line, r.left, r.bottom, right, r.bottom);
            if (!is_doubtful(f, i, j + 1) && j < f->ny - 1)
                genu_canvas_stroke(c, line, r.left, top, right, top);
        }
}

static double nearest_spot(int n, const spot *taken, double x, double y)
{
    double nearest = INFINITY;
    for (int i = 0; i < n; i++) // a label is wider than high
        nearest = fmin(nearest, hypot((x - taken[i].x) / 1.5, y - taken[i].y));
    return nearest;
}

static double room_at(const genu_panel *p, const spot *s, int n, const spot *taken, double x,
                      double y)
{
    double side = fmin(x - p->at.left, p->at.left + p->at.width - x) - s->half;
    double end = fmin(y - p->at.bottom, p->at.bottom + p->at.height - y) - 1.5;
    double nearest = nearest_spot(n, taken, x, y);
    return fmin(fmin(3 * side, 3 * end), nearest); // beyond 3 mm the frame matters little
}

/* Where a line of the level crosses the rows of the grid, and the columns: the place with most
 * room between the labels taken already, the mark and the frame. 0: there is none. */
static int find_spot(const page *p, const genu_panel *panel, double level, int n, const spot *taken,
                     spot *s)
{
    const genu_map *f = p->f;
    double best = 4; // mm of room at least
    int found = 0;
    for (int along = 0; along < 2; along++)
        for (int i = 0; i < f->nx - (along == 0); i++)
            for (int j = 0; j < f->ny - (along == 1); j++) {
                double a = f->z[i * f->ny + j];
                double b = along ? f->z[i * f->ny + j + 1] : f->z[(i + 1) * f->ny + j];
                if (!((a - level) * (b - level) < 0))
                    continue;
                double t = (level - a) / (b - a);
                double x = p->x[i] + (along ? 0 : t * (p->x[i + 1] - p->x[i]));
                double y = p->y[j] + (along ? t * (p->y[j + 1] - p->y[j]) : 0);
                double room = room_at(panel, s, n, taken, x, y);
                if (room > best) {
                    best = room;
                    s->x = x;
                    s->y = y;
                    found = 1;
                }
            }
    return found;
}

static void draw_contours(genu_canvas *c, const page *p, const genu_panel *panel)
{
    genu_font font = genu_panel_font(GENU_SMALL_PT, 0);
    double high = genu_canvas_leading(font) * 0.8;
    spot taken[LEVEL_MAX + 1];
    genu_rect hole[LEVEL_MAX];
    int n = 0;
    // the mark takes the first place, or one far away when there is none
    taken[0].x = isfinite(p->f->mark_x) ? genu_panel_x(panel, p->f->mark_x) : -1e3;
    taken[0].y = isfinite(p->f->mark_y) ? genu_panel_y(panel, p->f->mark_y) : -1e3;
    for (int i = 0; i < p->n_level; i++) {
        spot *s = &taken[n + 1];
        genu_panel_number(s->text, sizeof s->text, p->level[i], p->z.decimals);
        s->half = genu_canvas_text_width(c, font, s->text) / 2 + 0.4;
        if (find_spot(p, panel, p->level[i], n + 1, taken, s)) {
            hole[n] = (genu_rect){ s->x - s->half, s->y - high / 2, 2 * s->half, high };
            n++;
        }
    }
    genu_canvas_clip(c, panel->at, n, hole);
    genu_canvas_contours(c, (genu_pen){ genu_palette_grey(0), 0.18, GENU_SOLID },
                         &(genu_grid){ p->f->nx, p->f->ny, p->x, p->y, p->f->z }, p->n_level,
                         p->level);
    genu_canvas_unclip(c);
    for (int i = 1; i <= n; i++)
        genu_canvas_text(c, font, taken[i].x, taken[i].y, 0.5, taken[i].text);
}

static void draw_bar(genu_canvas *c, const page *p, const genu_panel *map)
{
    enum { STEPS = 128 };
    genu_panel bar = *map;
    bar.at.left += map->at.width + BAR_GAP;
    bar.at.width = BAR;
    bar.y = p->z;
    double step = (p->z.hi - p->z.lo) / STEPS;
    for (int i = 0; i < STEPS; i++) {
        double z = p->z.lo + i * step, bottom = genu_panel_y(&bar, z);
        double high = bar.at.height / STEPS + (i < STEPS - 1 ? 0.1 : 0);
        genu_canvas_box(c, colour_of(p, z + step / 2),
                        (genu_rect){ bar.at.left, bottom, BAR, high });
    }
    genu_canvas_frame(c, (genu_pen){ genu_palette_grey(0.15), GENU_LINE_MM, GENU_SOLID }, bar.at);
    genu_panel_right_axis(c, &bar, 1, p->f->z_label);
}

static int keys(const genu_map *f, genu_chart_key *key)
{
    int n = 0, any = 0;
    if (isfinite(f->mark_x) && isfinite(f->mark_y))
        key[n++] = (genu_chart_key){
            f->mark_text, { genu_palette_grey(0), 0.5, GENU_SOLID }, GENU_KEY_MARK, GENU_CROSS
        };
    for (int i = 0; f->doubt && i < f->nx * f->ny; i++)
        any |= f->doubt[i];
    if (any)
        key[n++] = (genu_chart_key){ f->doubt_text, hatch_pen(), GENU_KEY_HATCH, GENU_DISC };
    return n;
}

static double key_row(genu_canvas *c, const genu_map *f, double top, int draw)
{
    genu_chart_key key[2] = { 0 };
    int n = keys(f, key);
    return genu_panel_key_row(c, 3, top, GENU_COLUMN_WIDTH - 5, n, key, draw) + (n ? 1 : 0);
}

static void measure(genu_canvas *c, const void *what)
{
    const page *p = what;
    *p->height = 1.5 + ABOVE + SIZE + BELOW + key_row(c, p->f, 0, 0) + 1 +
                 genu_legend_text(c, &p->f->legend, 0, GENU_COLUMN_WIDTH, 0) + 1.5;
}

static void draw(genu_canvas *c, const void *what)
{
    const page *p = what;
    const genu_map *f = p->f;
    double top = genu_canvas_page(c).height - 1.5;
    genu_panel panel = panel_of(f, top);
    for (int i = 0; i < f->nx; i++)
        p->x[i] = genu_panel_x(&panel, f->x[i]);
    for (int j = 0; j < f->ny; j++)
        p->y[j] = genu_panel_y(&panel, f->y[j]);
    draw_cells(c, p, &panel);
    draw_doubt(c, f, &panel);
    draw_contours(c, p, &panel);
    if (isfinite(f->mark_x) && isfinite(f->mark_y))
        genu_canvas_mark(c, GENU_CROSS, 2.4, genu_palette_grey(1),
                         (genu_pen){ genu_palette_grey(0), 0.5, GENU_SOLID },
                         genu_panel_x(&panel, f->mark_x), genu_panel_y(&panel, f->mark_y));
    genu_panel_axes(c, &panel, f->x_label, f->y_label);
    genu_canvas_frame(c, (genu_pen){ genu_palette_grey(0.15), GENU_LINE_MM, GENU_SOLID }, panel.at);
    genu_panel_title(c, &panel, NULL, f->title);
    draw_bar(c, p, &panel);
    top -= ABOVE + SIZE + BELOW;
    top -= key_row(c, f, top, 1) + 1;
    genu_legend_text(c, &f->legend, top, GENU_COLUMN_WIDTH, 1);
}

static genu_status check(const genu_map *f, genu_err *err)
{
    int rises = f->nx >= 2 && f->ny >= 2, any = 0;
    for (int i = 1; rises && i < f->nx; i++)
        rises = f->x[i] > f->x[i - 1];
    for (int j = 1; rises && j < f->ny; j++)
        rises = f->y[j] > f->y[j - 1];
    if (!rises)
        return genu_fail(err, GENU_E_RANGE,
                         "map '%s' has %d x %d values, must be at least 2 x 2 on rising axes",
                         f->title, f->nx, f->ny);
    for (int i = 0; i < f->nx * f->ny; i++)
        any |= isfinite(f->z[i]);
    return any ? GENU_OK : genu_fail(err, GENU_E_RANGE, "map '%s' has no finite value", f->title);
}

// lines at the labels of the colour bar, but for its ends
static void choose_levels(page *p)
{
    p->z = range_of(p->f);
    double level = p->z.step * (floor(p->z.lo / p->z.step + 1e-6) + 1);
    while (p->n_level < LEVEL_MAX && level < p->z.hi - 1e-6 * p->z.step) {
        p->level[p->n_level++] = level;
        level += p->z.step;
    }
}

genu_status genu_map_draw(const genu_map *f, genu_canvas **c, genu_err *err)
{
    double height = 0;
    page p = { .f = f, .height = &height };
    *c = NULL;
    genu_status s = check(f, err);
    if (s)
        return s;
    choose_levels(&p);
    p.x = calloc((size_t)(f->nx + f->ny), sizeof *p.x);
    if (!p.x)
        return genu_fail(err, GENU_E_MEMORY, "no memory for map '%s'", f->title);
    p.y = p.x + f->nx;
    s = genu_canvas_record(c, GENU_COLUMN_WIDTH, 1000, NULL, measure, &p, err);
    genu_canvas_free(*c);
    *c = NULL;
    if (!s)
        s = genu_canvas_record(c, GENU_COLUMN_WIDTH, height, f->legend.title, draw, &p, err);
    free(p.x);
    return s;
}
