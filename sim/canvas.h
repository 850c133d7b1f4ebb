/* canvas.h - one drawing on paper, written as PNG, SVG and PDF.
 *
 * A drawing is a function. It runs once, on a page measured in millimetres (origin lower left, y
 * up), and what it draws is recorded; every format is then written from that record, so that all
 * have the same layout. Text of a PDF stays text, text of an SVG becomes outlines.
 *
 * Method:     PLplot's device `extcairo` on a cairo recording surface
 * Depends on: models/base.h; PLplot, cairo
 * Memory:     one record per canvas; files are put together in memory, then written
 * Thread use: PLplot has one state for the whole process: one drawing after the other
 */
#ifndef GENU_SIM_CANVAS_H
#define GENU_SIM_CANVAS_H

#include "models/base.h"

typedef enum genu_format {
    GENU_FORMAT_PNG = 1, /* pixels, at a chosen dpi */
    GENU_FORMAT_SVG = 2,
    GENU_FORMAT_PDF = 4
} genu_format;

#define GENU_FIT 0.75

enum { GENU_DPI_MIN = 36, GENU_DPI_MAX = 1200 };

typedef struct genu_colour {
    unsigned char r, g, b; /* sRGB                        */
    double alpha;          /* 1: opaque, 0: not there     */
} genu_colour;

typedef enum genu_dash {
    GENU_SOLID,
    GENU_DASHED,
    GENU_DASH_DOT,
    GENU_DOTTED,
    GENU_N_DASH
} genu_dash;

typedef struct genu_pen {
    genu_colour colour;
    double width; /* mm, >= 0.05 */
    genu_dash dash;
} genu_pen;

typedef enum genu_symbol {
    GENU_DISC,
    GENU_TRIANGLE,
    GENU_SQUARE,
    GENU_CROSS,
    GENU_N_MARKER
} genu_symbol;

typedef struct genu_font {
    double size; /* pt                                             */
    genu_colour colour;
    int bold;
    double angle; /* degrees, counter-clockwise                    */
} genu_font;

typedef struct genu_rect {
    double left, bottom, width, height; /* mm */
} genu_rect;

typedef struct genu_canvas genu_canvas;

/* Draws what on c by the functions below. It owns nothing: when PLplot gives up in the middle, it
 * does not return. */
typedef void genu_draw(genu_canvas *c, const void *what);

/** Run a drawing and keep its record. title becomes the PDF's title; it may be NULL.
 *  width, height: mm, [10, 1000]. GENU_E_RANGE; GENU_E_MEMORY; GENU_E_IO with PLplot's own words
 *  when it, its cairo driver or its fonts are not there, or when it stopped in the drawing. */
GENU_MUST_USE genu_status genu_canvas_record(genu_canvas **c, double width, double height,
                                             const char *title, genu_draw *draw, const void *what,
                                             genu_err *err);
void genu_canvas_free(genu_canvas *c);

/** Write the record in one format, under a temporary name in the same folder which is renamed when
 *  all is written. An earlier file of that name is replaced. dpi counts for PNG only and is
 *  stored in it. GENU_E_RANGE: dpi outside [GENU_DPI_MIN, GENU_DPI_MAX]; GENU_E_IO: folder missing
 *  or without permission, disk full; then the earlier file is still there. */
GENU_MUST_USE genu_status genu_canvas_write(const genu_canvas *c, const char *path,
                                            genu_format format, double dpi, genu_err *err);

/** Formats named in a text such as "png,svg". GENU_E_RANGE names the one that is not known, and
 *  those that are. *formats: out, sum of genu_format. */
GENU_MUST_USE genu_status genu_canvas_formats(const char *text, unsigned *formats, genu_err *err);
/** "png", "svg" or "pdf". */
const char *genu_format_ending(genu_format format);

/* Inside a drawing. Positions and sizes in mm; what has no finite place is left out. */

genu_rect genu_canvas_page(const genu_canvas *c);

/** Lines through n points; a NaN interrupts them. */
void genu_canvas_line(genu_canvas *c, genu_pen pen, int n, const double *x, const double *y);
void genu_canvas_stroke(genu_canvas *c, genu_pen pen, double x0, double y0, double x1, double y1);
/** Fill the polygon of n >= 3 finite points. */
void genu_canvas_fill(genu_canvas *c, genu_colour colour, int n, const double *x, const double *y);
void genu_canvas_box(genu_canvas *c, genu_colour colour, genu_rect r);
void genu_canvas_frame(genu_canvas *c, genu_pen pen, genu_rect r);
/** Lines at 45 degrees, gap mm apart, in step from one rectangle to the next. */
void genu_canvas_hatch(genu_canvas *c, genu_pen pen, genu_rect r, double gap);
void genu_canvas_mark(genu_canvas *c, genu_symbol kind, double size, genu_colour fill,
                      genu_pen edge, double x, double y);

/** Text whose capitals are centred on the height y. just: 0 starts at x, 0.5 is centred on it,
 *  1 ends there. Returns the width, mm. */
double genu_canvas_text(genu_canvas *c, genu_font font, double x, double y, double just,
                        const char *text);
double genu_canvas_text_width(genu_canvas *c, genu_font font, const char *text);
/** The same in a smaller font where the text would be wider than width, down to GENU_FIT of its
 *  size; what is still too wide is cut and ends in an ellipsis. */
double genu_canvas_text_fit(genu_canvas *c, genu_font font, double x, double y, double just,
                            double width, const char *text);
/** Text broken between words so that no line is longer than width; the top of the first line is at
 *  y. Returns the number of lines; draw = 0 only counts them. */
int genu_canvas_paragraph(genu_canvas *c, genu_font font, double x, double y, double width,
                          const char *text, int draw);
/** Distance of two lines of a paragraph, mm. */
double genu_canvas_leading(genu_font font);

/* Values on a rectangular grid. */
typedef struct genu_grid {
    int nx, ny;
    const double *x, *y; /* nx, ny: mm, rising                 */
    const double *z;     /* nx x ny, row-major (y runs fastest) */
} genu_grid;

/** Lines where z has one of the levels, linear between the points; none in cells with a NaN corner.
 */
void genu_canvas_contours(genu_canvas *c, genu_pen pen, const genu_grid *grid, int n_level,
                          const double *level);

/** Until genu_canvas_unclip, draw only inside r and outside of the n rectangles hole (may be NULL).
 */
void genu_canvas_clip(genu_canvas *c, genu_rect r, int n, const genu_rect *hole);
void genu_canvas_unclip(genu_canvas *c);

#endif
