/* results.h - the results file: HDF5 with dimension scales, units and long names.
 *
 * Written under a temporary name and renamed when complete, so that an earlier file is never lost
 * and never half written. Opens in h5py, xarray (h5netcdf and netcdf4 engines), MATLAB and HDFView.
 *
 * Depends on: HDF5
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_RESULTS_H
#define GENU_SIM_RESULTS_H

#include "models/base.h"

enum { GENU_RANK_MAX = 4 };

/* What a dataset is, before it has values. */
typedef struct genu_field {
    const char *name;                /* under 40 characters                                */
    const char *dims[GENU_RANK_MAX]; /* names of its dimensions, NULL after the last       */
    const char *units;               /* "N", "1", "s", "%", "BW", ...                      */
    const char *long_name;
    const char *coordinates; /* names of companion datasets, or NULL               */
    const char *note;        /* attribute "comment", or NULL: e.g. sign convention */
    int integer;             /* 1: stored as 32-bit integer, else double           */
} genu_field;

typedef struct genu_writer genu_writer;

/** Start path (through path.part in the same folder). GENU_E_IO with the reason: folder missing or
 *  without permission; the file exists and force is 0. */
GENU_MUST_USE genu_status genu_writer_new(genu_writer **w, const char *path, int force,
                                          genu_err *err);

/** A dimension of fixed size. Its scale dataset holds text[n] (variable-length UTF-8), or
 *  value[n] with units, or, when both are NULL, the indices 0 to n - 1. */
GENU_MUST_USE genu_status genu_writer_dim(genu_writer *w, const char *name, int n,
                                          const char *const *text, const double *value,
                                          const char *units, const char *long_name, genu_err *err);

/** Root attribute: text, or one number. */
GENU_MUST_USE genu_status genu_writer_text(genu_writer *w, const char *name, const char *text,
                                           genu_err *err);
GENU_MUST_USE genu_status genu_writer_number(genu_writer *w, const char *name, double value,
                                             genu_err *err);

/** Create a dataset; every one of its dimensions exists already. */
GENU_MUST_USE genu_status genu_writer_field(genu_writer *w, const genu_field *field, genu_err *err);
/** Text attribute on a dataset. */
GENU_MUST_USE genu_status genu_writer_note(genu_writer *w, const char *field, const char *name,
                                           const char *text, genu_err *err);

/** Write count slabs from index first on along the first dimension (a scalar-per-scenario field:
 *  count numbers). value is row-major; NaN marks what is missing. */
GENU_MUST_USE genu_status genu_writer_put(genu_writer *w, const char *field, int first, int count,
                                          const double *value, genu_err *err);

/** Flush, check, sync and rename to the final name; releases w in any case. GENU_E_IO on a full
 *  disk, and then no file is left under the final name that was not there before. */
GENU_MUST_USE genu_status genu_writer_finish(genu_writer *w, genu_err *err);
/** Drop everything; releases w and removes the temporary file. NULL is accepted. */
void genu_writer_abandon(genu_writer *w);

typedef struct genu_results genu_results;

/* One dataset, read whole. */
typedef struct genu_dataset {
    char *name, *units, *long_name; /* units and long_name may be NULL                       */
    int rank, dim[GENU_RANK_MAX];
    char *dim_name[GENU_RANK_MAX];
    size_t n;      /* product of dim (1 for rank 0)                                          */
    double *value; /* n numbers, or NULL for a text dataset                                  */
    char **text;   /* n texts, or NULL                                                       */
} genu_dataset;

/** GENU_E_IO (missing, no permission), GENU_E_FORMAT (not HDF5, or not a genu results file). */
GENU_MUST_USE genu_status genu_results_open(genu_results **r, const char *path, genu_err *err);
void genu_results_close(genu_results *r);
const char *genu_results_path(const genu_results *r);

int genu_results_count(const genu_results *r);               /* datasets               */
const char *genu_results_name(const genu_results *r, int i); /* in order of creation   */
int genu_results_has(const genu_results *r, const char *name);
/** Root attribute as text, NULL when absent (a number is printed with %.17g). */
const char *genu_results_attribute(const genu_results *r, const char *name);
double genu_results_number(const genu_results *r, const char *name); /* NAN when absent    */
/** Text attribute of a dataset, NULL when absent; valid until the results are closed. */
const char *genu_results_note(genu_results *r, const char *dataset, const char *name);

/** An unknown name is answered with the nearest one. */
GENU_MUST_USE genu_status genu_results_read(genu_results *r, const char *name, genu_dataset *out,
                                            genu_err *err);
void genu_dataset_free(genu_dataset *d);

#endif
