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
    SWEEP_COLUMN_MAX = GENU_PARAMETER_MAX + GENU_N_LOAD * (1 + SWEEP_N_SUM) +
                       SWEEP_N_SLOPE * (4 + SWEEP_N_SLOPE_SUM) + 20
};
typedef struct sweep_columns {
    int n, n_parameter; /* the parameters come first */
    genu_column column[SWEEP_COLUMN_MAX];
    double *value[SWEEP_COLUMN_MAX]; /* GENU_BLOCK x size */
} sweep_columns;

/** Those of this study, in the order of the file; b NULL: names and sizes only. */
void sweep_file_columns(sweep_columns *c, const genu_trial *t, const sweep_block *b);

/** Scenarios at places at to at + n - 1 could not be computed: all but their parameters is missing. */
void sweep_file_missing(const sweep_columns *c, sweep_block *b, int at, int n, int n_side);

#endif
