/* model_tables.h - the bundled model from its tables of numbers (data/models/lower_limb).
 *
 * The tables hold the right leg. A name that ends in "_r", or has "_r_" inside, stands for two: the
 * left twin ("_l") is the mirror image in the plane z = 0. There a place (x, y, z) becomes
 * (x, y, -z), a translation axis likewise, a rotation axis (x, y, z) becomes (-x, -y, z),
 * body-fixed x-y-z angles (a, b, c) become (-a, -b, c), and products of inertia with z change sign.
 * Functions stay as they are, so that a coordinate means the same on both sides: adduction,
 * internal rotation and inversion are positive on the left, too. Markers: an R in front becomes an
 * L.
 *
 * The torso is put together from trunk and arms (upper_body.csv) by the parallel-axis theorem.
 *
 * Depends on: models/model.h, sim/plain_csv.h
 * Memory:     the model is the caller's, release with genu_model_free
 * Thread use: no shared state
 */
#ifndef GENU_SIM_MODEL_TABLES_H
#define GENU_SIM_MODEL_TABLES_H

#include "models/model.h"

/** Build the model from the tables in folder; its name is the folder's own name. notes gets what
 *  was put together (bodies, muscles, mass; the torso's mass centre). May be NULL.
 *  GENU_E_IO (a table is missing), GENU_E_FORMAT and GENU_E_RANGE with table and line (a cell that
 *  is no number, a name that no other table knows, a mass that is not the stated one), or what
 *  genu_model_validate says. On failure *m is NULL. */
GENU_MUST_USE genu_status genu_model_build(const char *folder, genu_model **m, genu_notes *notes,
                                           genu_err *err);

#endif
