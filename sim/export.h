/* export.h - a dataset of a results file as a table for OpenSim (.sto) or a spreadsheet (.csv).
 *
 * Rows are frames where the dataset has them, else scenarios, else its first dimension. A row
 * begins with the time, or with the scenario and its strengths; then comes a column per combination
 * of the other dimensions: `glmed1_r`, `knee_medial_force_right`, `glmed1_r_scenario_12`.
 *
 * Depends on: sim/results.h, sim/outfile.h
 * Memory:     the datasets that are exported
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_EXPORT_H
#define GENU_SIM_EXPORT_H

#include "models/base.h"

enum {
    GENU_ALL_SCENARIOS = -1,
    GENU_EXPORT_COLUMNS = 16384 /* most that a spreadsheet holds (Excel, LibreOffice) */
};

/** Write out, whose ending decides the format, complete or not at all.
 *
 *  name      the dataset, or NULL (.csv only): all that have one number per scenario and side
 *  scenario  index, or GENU_ALL_SCENARIOS
 *  force     1: replace an existing file
 *
 *  .sto: OpenSim's header, tabs, radians and SI, missing values as nan. .csv: one line of labels
 *  with units in brackets, commas, missing values empty. Numbers have as many digits as bring back
 *  the same number, and a decimal point in every locale.
 *
 *  GENU_E_FORMAT: another ending; .sto without a frame dimension or name; a results file that is
 *  none. GENU_E_RANGE: unknown dataset or scenario; more columns than GENU_EXPORT_COLUMNS.
 *  GENU_E_IO, GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_export(const char *results, const char *name, int scenario,
                                      const char *out, int force, genu_err *err);

#endif
