#include "sim/canvas_private.h"

#include <math.h>
#include <plplotP.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 512 }; // points of one piece of a line

static int in_reach(const genu_canvas *c, double x, double y)
{
    // far outside of the page PLplot's integers would overflow; also false for NaN
    double reach = 10 * (c->width + c->height);
    return fabs(x) < reach && fabs(y) < reach;
}

static void use_colour(genu_colour colour)
{
    plscol0a(1, colour.r, colour.g, colour.b, colour.alpha);
    plcol0(1);
}

// PLplot's own dashes are pieces of solid line; cairo's are seen by every format as dashes
static void use_dash(cairo_t *cr, const genu_pen *pen)
{
    static const struct {
        int n;
        double length[4]; // in line widths
    } DASH[GENU_N_DASH] = {
        { 0, { 0 } }, { 2, { 5, 2.5 } }, { 4, { 6, 2, 1.2, 2 } }, { 2, { 1.2, 1.8 } }
    };
    double length[4], unit = fmax(pen->width, 0.2) * CANVAS_UNITS;
    int n = DASH[pen->dash].n;
    for (int i = 0; i < n; i++)
        length[i] = unit * DASH[pen->dash].length[i];
    cairo_set_dash(cr, length, n, 0);
}

static void use_pen(genu_canvas *c, const genu_pen *pen)
{
    use_colour(pen->colour);
    plwidth(pen->width * CANVAS_UNITS);
    use_dash(c->cr, pen);
}

/* A piece of at most CHUNK points that starts at i; the last point of a full piece begins the next
 * one. Returns how far it went. */
static int draw_piece(genu_canvas *c, int n, const double *x, const double *y, int i)
{
    int k = 0;
    while (i + k < n && k < CHUNK && in_reach(c, x[i + k], y[i + k]))
        k++;
    if (k > 1)
        plline(k, x + i, y + i);
    return k == CHUNK ? i + k - 1 : i + k + 1;
}

void genu_canvas_line(genu_canvas *c, genu_pen pen, int n, const double *x, const double *y)
{
    use_pen(c, &pen);
    for (int i = 0; i < n - 1;)
        i = draw_piece(c, n, x, y, i);
    cairo_set_dash(c->cr, NULL, 0, 0);
}

void genu_canvas_stroke(genu_canvas *c, genu_pen pen, double x0, double y0, double x1, double y1)
{
    genu_canvas_line(c, pen, 2, (double[]){ x0, x1 }, (double[]){ y0, y1 });
}

void genu_canvas_fill(genu_canvas *c, genu_colour colour, int n, const double *x, const double *y)
{
    for (int i = 0; i < n; i++)
        if (!in_reach(c, x[i], y[i]))
            return;
    use_colour(colour);
    plpsty(0);
    plfill(n, x, y);
}

void genu_canvas_box(genu_canvas *c, genu_colour colour, genu_rect r)
{
    double right = r.left + r.width, top = r.bottom + r.height;
    genu_canvas_fill(c, colour, 4, (double[]){ r.left, right, right, r.left },
                     (double[]){ r.bottom, r.bottom, top, top });
}

void genu_canvas_frame(genu_canvas *c, genu_pen pen, genu_rect r)
{
    double right = r.left + r.width, top = r.bottom + r.height;
    genu_canvas_line(c, pen, 5, (double[]){ r.left, right, right, r.left, r.left },
                     (double[]){ r.bottom, r.bottom, top, top, r.bottom });
}

void genu_canvas_hatch(genu_canvas *c, genu_pen pen, genu_rect r, double gap)
{
    // lines y - x = k sqrt(2) gap, the same family for every rectangle
    double step = sqrt(2) * gap, right = r.left + r.width, top = r.bottom + r.height;
    for (double k = ceil((r.bottom - right) / step); k * step < top - r.left; k++) {
        double x0 = fmax(r.left, r.bottom - k * step), x1 = fmin(right, top - k * step);
        genu_canvas_stroke(c, pen, x0, x0 + k * step, x1, x1 + k * step);
    }
}

void genu_canvas_mark(genu_canvas *c, genu_symbol kind, double size, genu_colour fill,
                      genu_pen edge, double x, double y)
{
    // corners of the shape on a circle around its centre; a disc is a polygon of many
    static const int CORNERS[GENU_N_MARKER] = { 24, 3, 4, 4 };
    double px[25], py[25], radius = size / 2 * (kind == GENU_DISC ? 1 : 1.2);
    int n = CORNERS[kind];
    for (int i = 0; i <= n; i++) {
        double angle = M_PI / 2 + (kind >= GENU_SQUARE ? M_PI / 4 : 0) + 2 * M_PI * i / n;
        px[i] = x + radius * cos(angle);
        py[i] = y + radius * sin(angle);
    }
    if (kind == GENU_CROSS) {
        genu_canvas_stroke(c, edge, px[0], py[0], px[2], py[2]);
        genu_canvas_stroke(c, edge, px[1], py[1], px[3], py[3]);
        return;
    }
    genu_canvas_fill(c, fill, n, px, py);
    genu_canvas_line(c, edge, n + 1, px, py);
}

static int all_finite(int nx, int ny, const PLFLT *const *row)
{
    for (int i = 0; i < nx; i++)
        for (int j = 0; j < ny; j++)
            if (!isfinite(row[i][j]))
                return 0;
    return 1;
}

static void contour_block(int nx, int ny, double *x, double *y, const PLFLT *const *row,
                          int n_level, const double *level)
{
    PLcGrid grid = { x, y, NULL, nx, ny, 0 };
    // PLplot's prototype lacks the const of the row pointers
    plcont((const PLFLT **)(uintptr_t)row, nx, ny, 1, nx, 1, ny, level, n_level, pltr1, &grid);
}

/* In one go, so that lines are whole; cell by cell where a value is missing. */
static void contour_all(int nx, int ny, double *x, double *y, const PLFLT **row, int n_level,
                        const double *level)
{
    if (all_finite(nx, ny, row)) {
        contour_block(nx, ny, x, y, row, n_level, level);
        return;
    }
    for (int i = 0; i < nx - 1; i++)
        for (int j = 0; j < ny - 1; j++) {
            const PLFLT *cell[2] = { row[i] + j, row[i + 1] + j };
            if (all_finite(2, 2, cell))
                contour_block(2, 2, x + i, y + j, cell, n_level, level);
        }
}

void genu_canvas_contours(genu_canvas *c, genu_pen pen, const genu_grid *grid, int n_level,
                          const double *level)
{
    int nx = grid->nx, ny = grid->ny;
    const PLFLT **row = calloc((size_t)nx, sizeof *row);
    double *xy = calloc((size_t)(nx + ny), sizeof *xy);
    if (row && xy && nx > 1 && ny > 1) {
        for (int i = 0; i < nx; i++)
            row[i] = grid->z + (size_t)i * (size_t)ny;
        memcpy(xy, grid->x, (size_t)nx * sizeof *xy);
        memcpy(xy + nx, grid->y, (size_t)ny * sizeof *xy);
        use_pen(c, &pen);
        contour_all(nx, ny, xy, xy + nx, row, n_level, level);
        cairo_set_dash(c->cr, NULL, 0, 0);
    }
    free(xy);
    free(row);
}

static void add_rect(cairo_t *cr, const genu_canvas *c, genu_rect r)
{
    cairo_rectangle(cr, r.left * CANVAS_UNITS, (c->height - r.bottom - r.height) * CANVAS_UNITS,
                    r.width * CANVAS_UNITS, r.height * CANVAS_UNITS);
}

/* PLplot turns the page over (y up) in our context; the clip is set in the upright one. */
void genu_canvas_clip(genu_canvas *c, genu_rect r, int n, const genu_rect *hole)
{
    cairo_matrix_t turned;
    cairo_get_matrix(c->cr, &turned);
    cairo_save(c->cr);
    cairo_identity_matrix(c->cr);
    add_rect(c->cr, c, r);
    cairo_clip(c->cr);
    for (int i = 0; i < n; i++) {
        cairo_set_fill_rule(c->cr, CAIRO_FILL_RULE_EVEN_ODD);
        add_rect(c->cr, c, genu_canvas_page(c));
        add_rect(c->cr, c, hole[i]);
        cairo_clip(c->cr);
    }
    cairo_set_fill_rule(c->cr, CAIRO_FILL_RULE_WINDING);
    cairo_set_matrix(c->cr, &turned);
}

void genu_canvas_unclip(genu_canvas *c)
{
    cairo_restore(c->cr);
}
