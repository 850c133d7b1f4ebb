/* plain_csv.h - small tables of text and numbers for people: comments, one line of names, rows.
 *
 * Lines that begin with '#' and empty lines are passed over. Cells stand between commas, cut of
 * blanks; there are no quotes.
 *
 * Depends on: models/base.h
 * Memory:     the table owns its text; release with genu_csv_free
 * Thread use: no shared state
 */
#ifndef GENU_SIM_PLAIN_CSV_H
#define GENU_SIM_PLAIN_CSV_H

#include "models/base.h"

typedef struct genu_csv {
    char *path; /* for messages                                        */
    int n_row, n_col;
    const char **cell;   /* n_row x n_col, never NULL, "" where nothing stands  */
    int *line;           /* n_row: line in the file                             */
    const char **column; /* n_col: names                                        */
    char *text;          /* what the cells point into                           */
} genu_csv;

/** Read folder/file (folder NULL: file). columns is the line of names that must stand there, as
 *  "muscle,x,y"; NULL: any.
 *  GENU_E_IO when it cannot be read, GENU_E_FORMAT with path and line for other names or a row
 *  with too few or too many cells, GENU_E_MEMORY. On failure nothing is left to free. */
GENU_MUST_USE genu_status genu_csv_read(genu_csv *t, const char *folder, const char *file,
                                        const char *columns, genu_err *err);
void genu_csv_free(genu_csv *t);

/** The text of a cell. */
const char *genu_csv_text(const genu_csv *t, int row, int col);

/** n numbers from n cells side by side; GENU_E_FORMAT with path, line and column for what is no
 *  number. */
GENU_MUST_USE genu_status genu_csv_numbers(const genu_csv *t, int row, int col, int n, double *x,
                                           genu_err *err);

/** Row whose first cell is name, -1. */
int genu_csv_find(const genu_csv *t, const char *name);

/** A message with path and line before it. */
genu_status genu_csv_fail(const genu_csv *t, int row, genu_status s, genu_err *err, const char *fmt,
                          ...) GENU_PRINTF(5, 6);

#endif
