/* scale_private.h - what the files of the scaling share. */
#ifndef GENU_MODELS_SCALE_PRIVATE_H
#define GENU_MODELS_SCALE_PRIVATE_H

#include "models/model.h"

/** A warning for every muscle that touches a surface in a pose of the model before and no longer
 *  does so in the same pose of m. */
void scale_compare_wraps(const genu_model *m, genu_data *d, const genu_model *before,
                         genu_data *d_before, genu_notes *notes);

#endif
