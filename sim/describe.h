/* describe.h - a file in words, for the verb show.
 *
 * Depends on: sim/trial.h, sim/results.h, sim/table.h, sim/task.h
 * Memory:     nothing is kept
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_DESCRIBE_H
#define GENU_SIM_DESCRIBE_H

#include "models/base.h"

#include <stdio.h>

typedef enum genu_file_kind {
    GENU_FILE_MODEL,   /* .osim                      */
    GENU_FILE_STUDY,   /* .yaml, .yml                */
    GENU_FILE_TASK,    /* .yaml, .yml with a key `kind` */
    GENU_FILE_TABLE,   /* .mot, .sto, .csv           */
    GENU_FILE_LOADS,   /* .xml                       */
    GENU_FILE_RESULTS, /* .h5, .hdf5                 */
    GENU_N_FILE_KIND
} genu_file_kind;

/** The kind by the ending of its name, studies and tasks by a look into them; GENU_N_FILE_KIND for
 *  any other ending. */
genu_file_kind genu_file_kind_of(const char *path);

/** Print what the file holds, or one thing of it by name: a muscle or a group of a model, a dataset
 *  of a results file. Notes of the readers go to notes. GENU_E_FORMAT for a kind of file that is
 *  not known, GENU_E_RANGE for a name that it does not hold; else as the readers. */
GENU_MUST_USE genu_status genu_describe(const char *path, const char *name, FILE *to,
                                        genu_notes *notes, genu_err *err);

#endif
