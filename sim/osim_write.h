/* osim_write.h - any model as an OpenSim 4 file.
 *
 * Only elements that OpenSim 4.0 knows and published models use. Numbers are written with as few
 * digits as read back to the same double, angles likewise where they give the same rotation, so the
 * reader (models/osim.h) gets the same model back, and the same model gives the same bytes.
 *
 * Method:     layout 40000: bodies with their wrapping objects, joints with two offset frames each,
 *             couplers, muscles and coordinate actuators, markers
 * Depends on: models/model.h, models/osim.h, sim/outfile.h
 * Memory:     the text is the caller's, release with free()
 * Thread use: no shared state; the locale of numbers is left alone
 */
#ifndef GENU_SIM_OSIM_WRITE_H
#define GENU_SIM_OSIM_WRITE_H

#include "models/model.h"

/** The text of the file; *n counts its bytes without the 0 at the end.
 *  GENU_E_FORMAT naming what OpenSim cannot express: a natural spline, a muscle whose force is not
 *  known, an axis that follows a coordinate of another joint, a pin joint without coordinate.
 *  GENU_E_MEMORY. On failure *text is NULL. */
GENU_MUST_USE genu_status genu_osim_text(const genu_model *m, char **text, size_t *n,
                                         genu_err *err);

/** The same into a file, which must not exist yet unless force is 1; GENU_E_IO as genu_outfile. */
GENU_MUST_USE genu_status genu_osim_write(const genu_model *m, const char *path, int force,
                                          genu_err *err);

#endif
