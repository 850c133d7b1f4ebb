/* table.h - column tables over time: OpenSim's .mot and .sto, and .csv.
 *
 * Read as they are: numbers keep the file's units (only motion.h knows which columns are angles).
 * The header up to `endheader` may be in OpenSim's form (key=value) or SIMM's (datacolumns 24); a
 * .csv begins with its labels, lines before them that begin with # are comments and may hold
 * key=value. Carriage returns, a byte-order mark, trailing tabs, tabs or blanks or commas or
 * semicolons between the columns, and a missing last newline make no difference.
 *
 * Depends on: models/base.h, sim/file.h, sim/outfile.h
 * Memory:     a table owns everything it points to; release with genu_table_free
 * Thread use: any thread; no shared state
 */
#ifndef GENU_SIM_TABLE_H
#define GENU_SIM_TABLE_H

#include "models/base.h"

typedef struct genu_table {
    char *source;        /* file name, for messages                                            */
    char *name;          /* first header line; "" in a .csv                                    */
    int in_degrees;      /* 1 yes, 0 no, -1 the header does not say                            */
    int n_row, n_column; /* columns: time is not one of them                              */
    char **label;        /* n_column                                                      */
    double *time;        /* n_row, s, strictly increasing                                 */
    double *value;       /* n_column x n_row: column j starts at value + j n_row; may hold NaN */
    int *line;           /* n_row: line of each row in the file; NULL in a table made by us */
} genu_table;

/** An empty table of zeros with room for everything; labels are NULL until genu_table_label.
 *  GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_table_new(genu_table *t, const char *name, int n_row, int n_column,
                                         genu_err *err);
/** Name column j. GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_table_label(genu_table *t, int j, const char *label, genu_err *err);
void genu_table_free(genu_table *t);

/** Read a file.
 *
 *  notes   nRows or nColumns that do not agree with the content (warning), decimal commas, header
 *          lines that are not understood; may be NULL
 *
 *  GENU_E_IO (missing, no permission), and with file, line and column: GENU_E_FORMAT (not text, no
 *  labels, no column 'time', a label missing or twice, wrong number of columns, not a number, cut
 *  off, no rows, DataType other than double), GENU_E_RANGE (times not finite, repeated or not
 *  ascending), GENU_E_MEMORY. On failure the table is empty. */
GENU_MUST_USE genu_status genu_table_read(genu_table *t, const char *path, genu_notes *notes,
                                          genu_err *err);

/** The same from memory; source is used in messages. */
GENU_MUST_USE genu_status genu_table_parse(genu_table *t, const char *text, size_t n,
                                           const char *source, genu_notes *notes, genu_err *err);

/** Index of a column, -1 when absent. */
int genu_table_find(const genu_table *t, const char *label);
double *genu_table_column(const genu_table *t, int j);

/** Every value of column j is finite, or GENU_E_RANGE with file, line, time and column. */
GENU_MUST_USE genu_status genu_table_check_finite(const genu_table *t, int j, genu_err *err);

/** Write path: .sto and .mot with OpenSim's header, .csv with a line of labels; numbers with as
 *  many digits as bring back the same number; under a temporary name, renamed when complete.
 *
 *  force   1: an earlier file of that name is replaced; 0: it is kept, and that is an error
 *
 *  GENU_E_FORMAT (another ending, a label that the format cannot hold), GENU_E_IO (as
 *  genu_outfile_open; disk full), GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_table_write(const genu_table *t, const char *path, int force,
                                           genu_err *err);

#endif
