/* validate_twin.h - one model in two layouts of file: the same motion, lengths and moment arms.
 *
 * Depends on: models/path.h, models/skeleton.h, sim/validation.h
 * Memory:     released before return
 * Thread use: any thread
 */
#ifndef GENU_SIM_VALIDATE_TWIN_H
#define GENU_SIM_VALIDATE_TWIN_H

#include "models/model.h"
#include "sim/validation.h"

/** Compare a with b over random poses, all coordinates of a in their ranges, matched by name.
 *
 *  Rows: `twin bodies` (origins and mass centres, m), `twin lengths`, `twin moment arms` (m), mode
 *  opensim. Where the files themselves differ - a mass, a joint frame, a range, a path point, a
 *  muscle's parameter - v->notes says so by name, and muscles with another path, or over a
 *  joint that differs, are left out. Bodies outboard of such a joint are compared in the frame of the
 *  first of them.
 *
 *  GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_validate_twin(const genu_model *a, const genu_model *b,
                                             const char *name, int n_pose, genu_validation *v,
                                             genu_err *err);

#endif
