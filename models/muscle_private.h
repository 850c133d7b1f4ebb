/* muscle_private.h - what muscle.c and muscle_curves.c share. */
#ifndef GENU_MODELS_MUSCLE_PRIVATE_H
#define GENU_MODELS_MUSCLE_PRIVATE_H

#include "models/muscle.h"

double bezier_eval(const genu_bezier_curve *c, double x, double *slope);
void hill_build_curves(genu_hill *h);

#endif
