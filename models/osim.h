/* osim.h - an OpenSim model from text in memory, layouts 20302 to 40600.
 *
 * Depends on: libxml2, models/model.h
 * Memory:     the model is the caller's, release with genu_model_free
 * Thread use: any thread; no shared state
 */
#ifndef GENU_MODELS_OSIM_H
#define GENU_MODELS_OSIM_H

#include "models/model.h"

/* Notes on elements without effect begin with the first of these words; those on defaults go on with
 * the second after the kind of element. */
#define GENU_OSIM_IGNORED  "ignored: "
#define GENU_OSIM_DEFAULTS ": missing elements take OpenSim's defaults: "

/* A model of known height says so in the last line of its <credits>: "subject height: 1.7 m". */
#define GENU_OSIM_HEIGHT "subject height:"

/** Read a model. text (n bytes) need not end with 0; name is used in messages (usually the file's
 *  name).
 *
 *  GENU_E_FORMAT (not XML, not an OpenSim model, an element that is missing, misplaced, unknown to
 *  genu or names what is not there), GENU_E_RANGE (a value), GENU_E_SHAPE (couplers in a circle),
 *  GENU_E_MEMORY; on failure *m is NULL. The sentence names model, line, element and value. Closed
 *  loops (a second joint of a body, a constraint of bodies that is not switched off), reversed
 *  joints, bodies without a joint and tori under a path are refused.
 *
 *  Elements that are missing take OpenSim's defaults, but for masses, moments of inertia (before
 *  3.5) and radii, whose defaults are no model's. Switches that are not given (isEnforced, isDisabled,
 *  appliesForce, reverse, prescribed) are as OpenSim has them, unsaid.
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

/* What kinds of elements are. */
typedef enum genu_osim_part {
    GENU_OSIM_BODIES,
    GENU_OSIM_FRAMES,
    GENU_OSIM_JOINTS,
    GENU_OSIM_COORDINATES,
    GENU_OSIM_CONSTRAINTS,
    GENU_OSIM_FUNCTIONS,
    GENU_OSIM_MUSCLES,
    GENU_OSIM_CURVES, /* of Millard's muscles */
    GENU_OSIM_POINTS,
    GENU_OSIM_WRAPS,
    GENU_OSIM_PATH_WRAPS,
    GENU_OSIM_FORCES, /* that are no muscles */
    GENU_OSIM_MARKERS,
    GENU_OSIM_OTHERS,
    GENU_OSIM_N_PART
} genu_osim_part;

typedef struct genu_osim_kind {
    genu_osim_part part;
    char tag[64];
    int n_read, n_left_out; /* left out: switched off, or not computed; said in the notes */
} genu_osim_kind;

/* Kinds in the order in which they first stand in the file. */
typedef struct genu_osim_census {
    genu_osim_kind *kind; /* n */
    int n;
} genu_osim_census;

/** genu_osim_read, and how many elements of each kind were read and left out. Sets and wrappers are
 *  not counted, nor is the ground. Release the census, which is empty after a failure, with
 *  genu_osim_census_clear. */
GENU_MUST_USE genu_status genu_osim_read_counted(const char *text, size_t n, const char *name,
                                                 genu_model **m, genu_osim_census *census,
                                                 genu_notes *notes, genu_err *err);
void genu_osim_census_clear(genu_osim_census *census);

#endif
