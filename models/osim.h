/* osim.h - an OpenSim model from text in memory, layouts 20302 to 40600.
 *
 * Depends on: libxml2, models/model.h
 * Memory:     the model is the caller's, release with genu_model_free
 * Thread use: any thread; no shared state
 */
#ifndef GENU_MODELS_OSIM_H
#define GENU_MODELS_OSIM_H

#include "models/model.h"

/** Read a model. name is used in messages (usually the file's name). What is met and not
 *  understood is named in notes with element, name and line; what would make the result wrong is
 *  an error: GENU_E_FORMAT (not XML, not an OpenSim model, element misplaced), GENU_E_RANGE
 * (value), GENU_E_MEMORY. On failure *m is NULL. */
GENU_MUST_USE genu_status genu_osim_read(const char *text, size_t n, const char *name,
                                         genu_model **m, genu_notes *notes, genu_err *err);

#endif
