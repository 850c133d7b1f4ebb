/* osim_write_private.h - what the files of the OpenSim writer share. */
#ifndef GENU_SIM_OSIM_WRITE_PRIVATE_H
#define GENU_SIM_OSIM_WRITE_PRIVATE_H

#include "sim/osim_write.h"

#include <stdio.h>

typedef struct osim_sink {
    FILE *f;
    const genu_model *m;
    int depth; /* of open elements, for the indent */
    genu_err *err;
} osim_sink;

/** <tag> or <tag name="name">, on a line of its own; name may be NULL. */
void sink_open(osim_sink *k, const char *tag, const char *name);
void sink_close(osim_sink *k, const char *tag);
/** <tag>text</tag>, what XML reserves replaced. */
void sink_text(osim_sink *k, const char *tag, const char *text);
void sink_path(osim_sink *k, const char *tag, const char *folder, const char *name);
/** The shortest decimal that reads back to the same number, in the C locale. */
void sink_digits(double x, char text[40]);
void sink_number(osim_sink *k, const char *tag, double x);
void sink_numbers(osim_sink *k, const char *tag, const double *x, int n);
void sink_v3(osim_sink *k, const char *tag, v3 x);
void sink_bool(osim_sink *k, const char *tag, int x);
/** Body-fixed x-y-z angles of R, rounded as far as they give R again. */
void sink_angles(osim_sink *k, const char *tag, m3 R);
/** An empty <groups>, as OpenSim ends its sets. */
void sink_groups(osim_sink *k);
/** "/bodyset/NAME", or "/ground". */
void sink_body(osim_sink *k, const char *tag, int body);

/** The function's own element; GENU_E_FORMAT with the place when OpenSim has none for it. */
genu_status sink_function(osim_sink *k, const genu_curve *f, const char *name, const char *place);

genu_status sink_joints(osim_sink *k); /* osim_write_joint.c */
genu_status sink_forces(osim_sink *k); /* osim_write_force.c */

#endif
