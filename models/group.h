/* group.h - muscle groups, found in any OpenSim model by the names of its muscles.
 *
 * Method:     a name is stripped of its side, of capitals and of separators (glut_med1_r, glmed1_l
 *             and R_GlutMed1 become glutmed1, glmed1, glutmed1) and held against the patterns of
 *             one table. A group may contain other groups.
 * Depends on: models/model.h, models/leg.h
 * Memory:     the table is constant
 * Thread use: pure functions
 */
#ifndef GENU_MODELS_GROUP_H
#define GENU_MODELS_GROUP_H

#include "models/leg.h"
#include "models/model.h"

enum { GENU_SIDE_BOTH = GENU_N_SIDE }; /* where a side is asked: right, left and no side at all */

typedef struct genu_group {
    const char *name;
    const char *patterns; /* blank between; * any text, ? one character, @name another group */
    const char *what;     /* in plain words                                                  */
} genu_group;

/** Number of groups, and group i of them (NULL for any other i). */
int genu_group_count(void);
const genu_group *genu_group_at(int i);

/** Index of a group by name, -1 when there is none. */
int genu_group_find(const char *name);

/** 1 when the muscle of that name, whatever its side, belongs to group i. */
int genu_group_has(int i, const char *muscle);

/** Copy a muscle's name to base (room bytes) without its side: glmed1_r, R_glmed1 give glmed1.
 *  Returns the side, -1 when the name has none. */
int genu_group_base(const char *muscle, char *base, size_t room);

/** Flag the muscles that a name stands for: a group; else a muscle; else all muscles that have this
 *  name but for their side.
 *
 *  side    GENU_RIGHT or GENU_LEFT: only muscles of that side; GENU_SIDE_BOTH: all
 *  flag    (n_muscle) set to 1 where selected, else left as it is
 *
 *  GENU_E_RANGE, naming the nearest groups and muscles: neither a group nor a muscle; a group
 *  without a muscle in this model, or on this side; a muscle of the other side. */
GENU_MUST_USE genu_status genu_group_select(const genu_model *m, const char *name, int side,
                                            int *flag, genu_err *err);

#endif
