/* torque.h - the largest moment that muscles can make about a joint without moving.
 *
 * Method:     all muscles that turn the joint in the asked direction at full activation, fibres at
 *             rest, rigid tendons; their antagonists relaxed
 * Depends on: models/model.h, models/path.h
 * Memory:     nothing is allocated
 * Thread use: one genu_data per thread
 */
#ifndef GENU_SOLVERS_TORQUE_H
#define GENU_SOLVERS_TORQUE_H

#include "models/model.h"

/** Maximal isometric moment about coordinate c (Nm, >= 0) in the pose d->q, turning it in the
 *  direction of `sign` (+1 or -1). Passive force is left out. GENU_E_SHAPE as genu_path_line. */
GENU_MUST_USE genu_status genu_torque_isometric(const genu_model *m, genu_data *d, int c, int sign,
                                                double *torque);

#endif
