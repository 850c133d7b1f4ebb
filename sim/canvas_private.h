/* canvas_private.h - what the files of canvas.h share. */
#ifndef GENU_SIM_CANVAS_PRIVATE_H
#define GENU_SIM_CANVAS_PRIVATE_H

#include "sim/canvas.h"

#include <cairo.h>

/* Units of the record per mm. PLplot rounds the place of every letter to a whole unit: smaller
 * values set text unevenly, larger ones are of no use beyond its own grid of 32767 steps a page. */
enum { CANVAS_UNITS = 50 };

struct genu_canvas {
    cairo_surface_t *record; /* width x height mm in units            */
    cairo_t *cr;             /* on the record; NULL outside of a drawing */
    double width, height;    /* mm */
    char *title;
};

#endif
