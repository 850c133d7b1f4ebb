/* scale.h - a model fitted to a subject: lengths, masses, muscles.
 *
 * Every body has three factors, one per axis of its frame. Places on it (joint frames, path points,
 * markers, wrapping objects, mass centre) are stretched by them. What a direction is stretched by
 * is the length of the stretched unit vector; a wrapping object keeps its orientation, its axes are
 * stretched along their own directions: a cylinder's length along its axis, its radius by the mean
 * over its two other axes. A joint's translations that are functions of an angle grow with the
 * parent body along their axis; rotations stay.
 *
 * Mass is in proportion to the whole mass; the second moments of mass stretch with the body.
 * Optimal fibre and tendon slack length keep their ratio to the whole length of the muscle in the
 * default pose. Strength: F0 = sigma V / l_opt (Rajagopal et al. 2016,
 * doi:10.1109/TBME.2016.2586891) with unchanged tension sigma and the volume V in proportion to all
 * muscles of the leg, 47.05 m h + 1289.6 cm3 for m kg and h m (regression of Handsfield et al. 2014,
 * doi:10.1016/j.jbiomech.2013.12.002, 24 adults, with the digits that Rajagopal's group publishes).
 *
 * Depends on: models/model.h, models/path.h, models/skeleton.h
 * Memory:     works on a copy; the model is changed only when all went well
 * Thread use: one thread per model
 */
#ifndef GENU_MODELS_SCALE_H
#define GENU_MODELS_SCALE_H

#include "models/model.h"

typedef struct genu_scaling {
    const v3 *factor; /* n_body, along the body's axes; [0] is not used        [0.2, 5]       */
    double mass;      /* kg, of the whole model                                (> 0)          */
    double volume;    /* of every muscle, over what it was                     (> 0)          */
} genu_scaling;

/** Volume of a leg's muscles, cm3, for mass kg and height m (Handsfield et al. 2014). */
double genu_scale_muscle_volume(double mass, double height);

/** Scale with given factors. What was changed goes to notes, and as a warning every muscle that no
 *  longer touches a wrapping object in a pose where it did (default pose, and every coordinate at
 *  five places of its range). Whose height the model has is not known afterwards (height is 0).
 *  GENU_E_RANGE (a factor, mass or volume out of bounds), GENU_E_FORMAT (a joint or coupler that is
 *  a function of a length: what it means in another body is not known), GENU_E_MEMORY. On failure
 *  the model is as before. */
GENU_MUST_USE genu_status genu_model_scale_by(genu_model *m, const genu_scaling *scaling,
                                              genu_notes *notes, genu_err *err);

/** Scale to a subject of this mass (kg, 20 to 250) and height (m, 1.2 to 2.3): every length by the
 *  ratio of heights. GENU_E_FORMAT when the model does not say whose height it has. */
GENU_MUST_USE genu_status genu_model_scale(genu_model *m, double mass, double height,
                                           genu_notes *notes, genu_err *err);

#endif
