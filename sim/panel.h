/* panel.h - one set of axes on a canvas, and what is drawn in it in the units of the data.
 *
 * Depends on: sim/canvas.h, sim/palette.h
 * Memory:     plain data
 * Thread use: as canvas.h
 */
#ifndef GENU_SIM_PANEL_H
#define GENU_SIM_PANEL_H

#include "sim/canvas.h"
#include "sim/palette.h"

/* Sizes of a figure for a journal's column, in mm and pt. */
#define GENU_COLUMN_WIDTH 85.0  /* mm, one column   */
#define GENU_PAGE_WIDTH   170.0 /* mm, two columns  */
#define GENU_TEXT_PT      7.0   /* labels and ticks */
#define GENU_SMALL_PT     6.0   /* notes            */
#define GENU_LINE_MM      0.2   /* axes             */
#define GENU_CURVE_MM     0.4

typedef struct genu_axis {
    double lo, hi; /* ends                                       */
    double step;   /* between two labels; they are multiples of it */
    int decimals;  /* of the labels                              */
} genu_axis;

/** Round ends around [lo, hi] with at most max_step steps of 1, 2, 2.5 or 5 times a power of ten.
 *  An empty or not finite range gives [0, 1]. */
genu_axis genu_axis_round(double lo, double hi, int max_step);
/** The ends as given, labels where they are round. */
genu_axis genu_axis_exact(double lo, double hi, int max_step);

/* Where axes stand and what they measure. */
typedef struct genu_panel {
    genu_rect at;
    genu_axis x, y;
} genu_panel;

double genu_panel_x(const genu_panel *p, double x); /* mm */
double genu_panel_y(const genu_panel *p, double y); /* mm */

genu_font genu_panel_font(double size, int bold);

/* Text of a number as it stands on axes: with a true minus, no "-0". */
void genu_panel_number(char *out, size_t room, double x, int decimals);

/** Axes left and below with ticks outside and numbers; a label may be NULL, and shrinks where it
 *  would leave the page. */
void genu_panel_axes(genu_canvas *c, const genu_panel *p, const char *x_label, const char *y_label);
/** Only the axis below. */
void genu_panel_x_axis(genu_canvas *c, const genu_panel *p, const char *label);
/** A second scale on the right: y times factor. */
void genu_panel_right_axis(genu_canvas *c, const genu_panel *p, double factor, const char *label);
/** Above the axes; letter may be NULL. Shrunk to the axes' width. */
void genu_panel_title(genu_canvas *c, const genu_panel *p, const char *letter, const char *title);

/** A grey field from x0 to x1, for stance; a line where it ends inside of the axes. */
void genu_panel_shade(genu_canvas *c, const genu_panel *p, double x0, double x1);
/** A thin line at y = 0, where that is inside. */
void genu_panel_zero(genu_canvas *c, const genu_panel *p);

void genu_panel_curve(genu_canvas *c, const genu_panel *p, genu_pen pen, int n, const double *x,
                      const double *y);
/** Between lo and hi; interrupted where one is NaN. */
void genu_panel_band(genu_canvas *c, const genu_panel *p, genu_colour colour, int n,
                     const double *x, const double *lo, const double *hi);

/* One entry of a legend: a line, a field or a marker, and its text. */
typedef struct genu_chart_key {
    const char *text;
    genu_pen pen;
    enum { GENU_KEY_LINE, GENU_KEY_FIELD, GENU_KEY_HATCH, GENU_KEY_MARK } kind;
    genu_symbol marker; /* GENU_KEY_MARK */
} genu_chart_key;

/** Keys below each other from the top left corner. Returns the height, mm. */
double genu_panel_keys(genu_canvas *c, double x, double top, const char *title, int n,
                       const genu_chart_key *key);
/** Keys side by side, in as many rows as the width asks for. Returns the height, mm; draw = 0 only
 *  measures. */
double genu_panel_key_row(genu_canvas *c, double x, double top, double width, int n,
                          const genu_chart_key *key, int draw);

#endif
