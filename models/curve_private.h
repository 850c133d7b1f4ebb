/* curve_private.h - shared by curve.c and curve_natural.c only. */
#ifndef GENU_MODELS_CURVE_PRIVATE_H
#define GENU_MODELS_CURVE_PRIVATE_H

#include "models/curve.h"

/** A curve with room for n_x knots (0: none) and n_c coefficients. GENU_E_MEMORY. */
genu_status curve_take(genu_curve *f, genu_curve_kind kind, int n, int n_x, int n_c, genu_err *err);

/** At least 2 knots, finite, x increasing. */
genu_status curve_check_knots(int n, const double *x, const double *y, genu_err *err);

#endif
