/* validate.h - everything that genu is held to, in one report: OpenSim's results stage by stage,
 * what genu's own mode makes of them, and models whose geometry is checked against itself.
 *
 * Depends on: sim/validate_case.h, sim/validate_rules.h, sim/figure.h
 * Memory:     a report owns its tables, release with genu_validate_report_clear
 * Thread use: one report at a time
 */
#ifndef GENU_SIM_VALIDATE_H
#define GENU_SIM_VALIDATE_H

#include "sim/figure.h"
#include "sim/validate_rules.h"

enum { GENU_VALIDATE_CASES = 32 };

typedef struct genu_validate_report {
    genu_validation bars; /* what must agree: mode opensim, geometry                         */
    genu_validation own;  /* the same stages in genu's own mode: how far it is from OpenSim  */
    int n_rules;
    validate_rules rules[GENU_VALIDATE_CASES]; /* cases with runs                            */
    genu_files figures;
} genu_validate_report;

/** Run all of a case and add what is found to the report.
 *
 *  folder   where overlay figures are drawn, as validate_TITLE.FORMAT; NULL: none
 *  options  their formats and resolution
 *
 *  Errors are those of reading its files, of a frame without a solution, of writing a figure, and
 *  GENU_E_RANGE for more than GENU_VALIDATE_CASES cases. A missed bar is no error: see
 *  genu_validation_count. */
GENU_MUST_USE genu_status genu_validate(const genu_validate_case *c, const char *folder,
                                        const genu_figure_options *options,
                                        genu_validate_report *report, genu_err *err);
void genu_validate_report_clear(genu_validate_report *report);

/** All tables, for a terminal. */
void genu_validate_print(const genu_validate_report *report, FILE *to);

/** The same in Markdown, with figures linked relative to `folder` (NULL: by their paths).
 *  command: how the file was made. force as genu_outfile_open; GENU_E_IO. */
GENU_MUST_USE genu_status genu_validate_write(const genu_validate_report *report, const char *path,
                                              const char *command, int force, genu_err *err);

#endif
