/* check.h - every problem in a file, for the verb check.
 *
 * Depends on: sim/describe.h, sim/trial.h
 * Memory:     a checker owns the model that it met
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_CHECK_H
#define GENU_SIM_CHECK_H

#include "models/model.h"

/* Motions, loads and tasks are checked against the model that stood before them, if any. */
typedef struct genu_checker {
    genu_model *model;
} genu_checker;

/** Look at one file. Everything found goes to notes, each of which names its file; GENU_OK when no
 * error is among it, else the first error's status, with its sentence in err. */
GENU_MUST_USE genu_status genu_check(genu_checker *c, const char *path, genu_notes *notes,
                                     genu_err *err);
void genu_checker_clear(genu_checker *c);

#endif
