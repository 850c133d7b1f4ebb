/* sweep_file.h - the results file of a sweep: its dimensions, datasets and attributes. */
#ifndef GENU_SIM_SWEEP_FILE_H
#define GENU_SIM_SWEEP_FILE_H

#include "sim/parts.h"
#include "sim/results.h"
#include "sim/sweep_block.h"

/** Start the file with everything that does not depend on the scenario. */
GENU_MUST_USE genu_status sweep_file_open(genu_writer **w, const genu_trial *t,
                                          const genu_identity *id, const char *path, int force,
                                          const char *command, genu_err *err);

/* The datasets that hold something of each scenario, and where a block keeps it. */
enum {
    SWEEP_COLUMN_MAX = GENU_STRENGTH_MAX + SWEEP_N_LOAD * (1 + SWEEP_N_SUM) +
                       SWEEP_N_SLOPE * (1 + SWEEP_N_SLOPE_SUM) + 20
};
typedef struct sweep_columns {
    int n;
    genu_column column[SWEEP_COLUMN_MAX];
    const double *value[SWEEP_COLUMN_MAX]; /* GENU_BLOCK x size */
} sweep_columns;

/** Those of this study, in the order of the file; b NULL: names and sizes only. */
void sweep_file_columns(sweep_columns *c, const genu_trial *t, const sweep_block *b);

#endif
