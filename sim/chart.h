/* chart.h - the kinds of pictures that figures are made of: curves in panels, a map, bars, rows.
 *
 * Each is a plain struct of arrays; what it shows is decided elsewhere. Width and height of the
 * page follow from what is on it, down to the lines of the text below.
 *
 * Depends on: sim/canvas.h, sim/panel.h
 * Memory:     structs point to memory of the caller and change nothing
 * Thread use: as canvas.h
 */
#ifndef GENU_SIM_CHART_H
#define GENU_SIM_CHART_H

#include "sim/canvas.h"
#include "sim/panel.h"

enum { GENU_SHADE_MAX = 8, GENU_SERIES_MAX = 16, GENU_LABEL_MAX = 64 };

/* What stands below every picture. */
typedef struct genu_legend {
    const char *title;   /* of the file's metadata                           */
    const char *caption; /* what is shown; NULL: nothing                     */
    const char *note;    /* in grey: what was assumed, where it comes from   */
} genu_legend;

typedef struct genu_polyline {
    int n;               /* points; 0: this series is absent in this panel    */
    const double *x, *y; /* NaN interrupts the curve                         */
} genu_polyline;

typedef struct genu_peak {
    int series; /* whose pen it has */
    genu_symbol marker;
    double x, y;
} genu_peak;

/* One panel. */
typedef struct genu_chart {
    const char *title, *y_label;
    int n_series; /* at most GENU_SERIES_MAX; series i has the pen of key i */
    genu_polyline series[GENU_SERIES_MAX];
    int n_band; /* points of a grey band behind the curves; 0: none       */
    const double *band_x, *band_lo, *band_hi;
    int n_shade; /* fields from ... to ... over the whole height           */
    double shade[GENU_SHADE_MAX][2];
    int n_peak;
    const genu_peak *peak;
    int zero_based;          /* 1: the axis begins at 0 (unless a value is negative)     */
    double right_factor;     /* a second scale on the right: y times this; 0: none       */
    const char *right_label; /* of that scale                                            */
} genu_chart;

typedef struct genu_curves {
    genu_legend legend;
    const char *x_label;
    double x_lo, x_hi;
    int n_chart, columns; /* panels, filled row by row                                   */
    const genu_chart *chart;
    int share_y;          /* 1: the panels of a row have one scale                       */
    int front;            /* the series that is drawn last, on top                      */
    double width, height; /* of the page; of a panel, mm                                 */
    int n_key;
    const genu_chart_key *key; /* the first ones are the series' pens and order               */
    const char *key_title;
    int hide_keys;    /* 1: keys are only pens                                           */
    double key_width; /* mm to the right of the panels; 0: keys stand above them     */
} genu_curves;

/** GENU_E_RANGE: no panel, too many series; else as genu_canvas_record. */
GENU_MUST_USE genu_status genu_curves_draw(const genu_curves *f, genu_canvas **c, genu_err *err);

typedef struct genu_map {
    genu_legend legend;
    const char *title, *x_label, *y_label, *z_label;
    int nx, ny;             /* >= 2                                                       */
    const double *x, *y;    /* rising                                                     */
    const double *z;        /* nx x ny, row-major (y fastest); NaN: not computed          */
    const int *doubt;       /* nx x ny flags: hatched; NULL: none                         */
    const char *doubt_text; /* what the hatching means                                 */
    double mark_x, mark_y;  /* a cross; NAN: none                                      */
    const char *mark_text;
} genu_map;

/** GENU_E_RANGE: fewer than two points along an axis, axes that do not rise, no finite value. */
GENU_MUST_USE genu_status genu_map_draw(const genu_map *f, genu_canvas **c, genu_err *err);

typedef struct genu_bars {
    genu_legend legend;
    const char *title, *x_label;
    int n, n_level;           /* bars of one level; levels, 1 or 2                  */
    const char *const *name;  /* n                                                  */
    const char *const *level; /* n_level                                            */
    const double *value;      /* n_level x n                                        */
    const double *lo, *hi;    /* n_level x n: ends of a whisker; NULL: none         */
    int decimals;             /* of the numbers beside the bars                     */
    int no_sign;              /* 1: they stand without a plus                       */
} genu_bars;

GENU_MUST_USE genu_status genu_bars_draw(const genu_bars *f, genu_canvas **c, genu_err *err);

/* Named rows of values around 0 over a common axis, as colours. */
typedef struct genu_rows {
    genu_legend legend;
    const char *title, *x_label, *z_label;
    int n, nx;               /* rows; values of each                                 */
    const char *const *name; /* n                                                    */
    const double *x;         /* nx, rising                                           */
    const double *z;         /* n x nx, row-major; NaN: missing                      */
    const char *less_text;   /* what the hatching of values below 0 means            */
} genu_rows;

/** GENU_E_RANGE: no row, fewer than two values, an axis that does not rise, no finite value. */
GENU_MUST_USE genu_status genu_rows_draw(const genu_rows *f, genu_canvas **c, genu_err *err);

/* Shared by the four. */

/** Height of caption and note over the given width, mm; draws them below top when draw is 1. */
double genu_legend_text(genu_canvas *c, const genu_legend *legend, double top, double width,
                        int draw);

#endif
