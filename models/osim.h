/* osim.h - an OpenSim model from text in memory, layouts 20302 to 40600.
 *
 * Depends on: libxml2, models/model.h
 * Memory:     the model is the caller's, release with genu_model_free
 * Thread use: any thread; no shared state
 */
#ifndef GENU_MODELS_OSIM_H
#define GENU_MODELS_OSIM_H

#include "models/model.h"

/* A model of known height says so in the last line of its <credits>: "subject height: 1.7 m". */
#define GENU_OSIM_HEIGHT "subject height:"

/** Read a model. text (n bytes) need not end with 0; name is used in messages (usually the file's
 *  name).
 *
 *  GENU_E_FORMAT (not XML, not an OpenSim model, an element that is missing, misplaced, unknown to
 *  genu or names what is not there), GENU_E_RANGE (a value), GENU_E_SHAPE (couplers in a circle),
 *  GENU_E_MEMORY; on failure *m is NULL. The sentence names model, line, element and value. Closed
 *  loops, reversed joints, bodies without a joint and tori under a path are refused.
 *
 *  notes (may be NULL), each with its line: GENU_NOTE for defaults that were used and for elements
 *  without effect, grouped and counted; GENU_WARNING for what has an effect that is left out:
 *  passive forces (bushings, ligaments, springs, contact, CoordinateLimitForce near the ends of a
 *  range) are no part of joint moments and loads, prescribed functions are not used, elements that
 *  are not understood are named; GENU_ERROR for kinds of muscle whose path is read and whose force
 *  cannot be computed (no_force is set).
 *
 *  A coordinate's motion is what OpenSim 4 calls it, whatever <motion_type> says: in a custom joint
 *  one that moves through a MultiplierFunction is GENU_COUPLED, even along a translation. Controls
 *  are bounded as written. Axes that never move are no steps. */
GENU_MUST_USE genu_status genu_osim_read(const char *text, size_t n, const char *name,
                                         genu_model **m, genu_notes *notes, genu_err *err);

#endif
