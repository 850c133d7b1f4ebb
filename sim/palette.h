/* palette.h - colours that survive colour blindness and grey printing.
 *
 * Depends on: sim/canvas.h
 * Memory:     constant tables
 * Thread use: pure functions
 */
#ifndef GENU_SIM_PALETTE_H
#define GENU_SIM_PALETTE_H

#include "sim/canvas.h"

/* Categories: Okabe and Ito 2008, Color Universal Design, https://jfly.uni-koeln.de/color/ (also
 * Wong 2011, doi:10.1038/nmeth.1618). */
typedef enum genu_hue {
    GENU_BLACK,
    GENU_ORANGE,
    GENU_SKY_BLUE,
    GENU_GREEN,
    GENU_YELLOW,
    GENU_BLUE,
    GENU_VERMILLION,
    GENU_PURPLE,
    GENU_N_HUE
} genu_hue;

genu_colour genu_palette_hue(genu_hue hue);
genu_colour genu_palette_grey(double level); /* 0: black, 1: white */

/** The n-th of a few series that are told apart by colour and dash: 0 is the reference, black. */
genu_pen genu_palette_pen(int n, double width);

/** Sequential, dark to light, even steps of lightness, the same to colour-blind eyes: cividis,
 *  Nunez, Anderton and Renslow 2018, doi:10.1371/journal.pone.0199239. t in [0, 1]. */
genu_colour genu_palette_cividis(double t);

/** The same with more change of hue, for lines: viridis, van der Walt and Smith 2015
 *  (https://bids.github.io/colormap). */
genu_colour genu_palette_viridis(double t);

/** Diverging around 0, purple for -1, near white for 0, orange for 1; told apart by colour-blind eyes:
 *  PuOr of Brewer, https://colorbrewer2.org. Its ends print equally dark. t in [-1, 1]. */
genu_colour genu_palette_diverging(double t);

/** Lightness L* of CIE 1976, 0 to 100: how dark a colour prints in grey. */
double genu_palette_lightness(genu_colour c);

#endif
