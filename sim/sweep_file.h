/* sweep_file.h - the results file of a sweep: its dimensions, datasets and attributes. */
#ifndef GENU_SIM_SWEEP_FILE_H
#define GENU_SIM_SWEEP_FILE_H

#include "sim/results.h"
#include "sim/sweep_block.h"

/** Start the file with everything that does not depend on the scenario. */
GENU_MUST_USE genu_status sweep_file_open(genu_writer **w, const genu_trial *t, const char *path,
                                          int force, const char *command, genu_err *err);

/** Write one solved block. */
GENU_MUST_USE genu_status sweep_file_put(genu_writer *w, const genu_trial *t, const sweep_block *b,
                                         genu_err *err);

#endif
