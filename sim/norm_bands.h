/* norm_bands.h - the bundled normative curves, for the bands of the figures.
 *
 * Depends on: sim/task.h
 * Memory:     plain data
 * Thread use: any thread
 */
#ifndef GENU_SIM_NORM_BANDS_H
#define GENU_SIM_NORM_BANDS_H

#include "solvers/norm.h"

#define GENU_NORM_SOURCE                                                                           \
    "mean \xC2\xB1 SD of Schwartz et al. 2008 (typically developing children and adolescents)"

/** Read the bundled table of a class, "slow", "free" or "fast", or, where name is NULL, interpolate
 *  between them at a dimensionless speed. The tables are looked for in $GENU_DATA, where the
 *  program was built, and where it was installed. GENU_E_RANGE (no such class; the speed),
 * GENU_E_IO (no tables), errors of genu_norms_read. */
GENU_MUST_USE genu_status genu_norm_bands(genu_norms *norms, const char *name, double speed,
                                          genu_err *err);

#endif
