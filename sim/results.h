/* results.h - the results file: HDF5 with dimension scales, units and long names.
 *
 * Written under a temporary name and renamed when complete, so that an earlier file is never lost
 * and never half written. Opens in h5py, xarray (h5netcdf and netcdf4 engines), MATLAB and HDFView.
 * The same calls give the same bytes. docs/results.md documents the format.
 *
 * Method:     chunks of up to 1 MiB along the first dimension, shuffle and deflate level 1;
 *             datasets under 8 KiB are not compressed
 * Depends on: HDF5 (high-level library for the dimension scales), sim/outfile.h
 * Memory:     writing: up to two chunks per dataset; reading: what is asked for
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_RESULTS_H
#define GENU_SIM_RESULTS_H

#include "models/base.h"

enum { GENU_RANK_MAX = 4, GENU_FIELD_NAME_MAX = 39 };

#define GENU_RESULTS_FORMAT  "genu results" /* root attribute `format`, written and checked  */
#define GENU_RESULTS_VERSION 1              /* root attribute `format_version`               */

/* What a dataset is, before it has values. */
typedef struct genu_field {
    const char *name;                /* under 40 characters                                */
    const char *dims[GENU_RANK_MAX]; /* names of its dimensions, NULL after the last       */
    const char *units;               /* "N", "1", "s", "%", "BW", ...                      */
    const char *long_name;
    const char *coordinates; /* names of companion datasets, or NULL               */
    const char *note;        /* attribute "comment", or NULL: e.g. sign convention */
    int integer;             /* 1: stored as 32-bit integer, else as genu_writer_store says */
} genu_field;

typedef struct genu_writer genu_writer;

/** Start path (through path.part in the same folder). GENU_E_IO with the reason: folder missing or
 *  without permission; the file exists and force is 0; another program is writing it. */
GENU_MUST_USE genu_status genu_writer_new(genu_writer **w, const char *path, int force,
                                          genu_err *err);

/** A dimension of fixed size n >= 1. Its scale dataset holds text[n] (variable-length UTF-8), or
 *  value[n] with units, or, when both are NULL, the indices 0 to n - 1. units NULL: "1". */
GENU_MUST_USE genu_status genu_writer_dim(genu_writer *w, const char *name, int n,
                                          const char *const *text, const double *value,
                                          const char *units, const char *long_name, genu_err *err);

/** Root attribute: text, or one number. Bytes that are not UTF-8 (a file name in the command line)
 *  are written as \xHH, since readers refuse them. */
GENU_MUST_USE genu_status genu_writer_text(genu_writer *w, const char *name, const char *text,
                                           genu_err *err);
GENU_MUST_USE genu_status genu_writer_number(genu_writer *w, const char *name, double value,
                                             genu_err *err);

/* How large datasets are kept. */
typedef struct genu_storage {
    int single;      /* 1: those of scenario and frame in 32 bits, about 7 digits              */
    int compression; /* of deflate, 0 (none: a checksum instead) to 9                          */
} genu_storage;

/** Of the datasets that are created from here on; otherwise 64 bits without compression. */
void genu_writer_store(genu_writer *w, genu_storage how);

/** Create a dataset; every one of its dimensions exists already. What is never put is missing. */
GENU_MUST_USE genu_status genu_writer_field(genu_writer *w, const genu_field *field, genu_err *err);
/** Text attribute on a dataset, scale datasets included. */
GENU_MUST_USE genu_status genu_writer_note(genu_writer *w, const char *field, const char *name,
                                           const char *text, genu_err *err);

/** Write count slabs from index first on along the first dimension (a scalar-per-scenario field:
 *  count numbers; a field without dimensions: first 0, count 1). value is row-major; NaN marks what
 *  is missing. In an integer field NaN is stored as the dataset's attribute `_FillValue`, and any
 *  other value that is no 32-bit integer is GENU_E_RANGE. After GENU_E_IO only
 *  genu_writer_abandon makes sense; genu_writer_finish fails then. */
GENU_MUST_USE genu_status genu_writer_put(genu_writer *w, const char *field, int first, int count,
                                          const double *value, genu_err *err);

/** Numbers in one slab of a dataset, 0 when there is no such dataset. */
size_t genu_writer_slab(const genu_writer *w, const char *field);

/** Keep only the first n entries of a dimension (1 <= n <= its size): after an interrupted sweep,
 *  the scenarios that are finished. GENU_E_SHAPE where a dataset has it, but not as its first. */
GENU_MUST_USE genu_status genu_writer_truncate(genu_writer *w, const char *dim, int n,
                                               genu_err *err);
/** Finish under another name of the same folder (OUT.partial.h5); on failure the earlier name
 *  holds on. */
GENU_MUST_USE genu_status genu_writer_rename(genu_writer *w, const char *path, int force,
                                             genu_err *err);

/** Flush, check, sync and rename to the final name; releases w in any case. GENU_E_IO on a full
 *  disk, and then no file is left under the final name that was not there before. A complete file
 *  that cannot take its name stays as path.part, and the message says so. */
GENU_MUST_USE genu_status genu_writer_finish(genu_writer *w, genu_err *err);

/** End early: the whole file so far, n bytes on the heap, instead of a file; releases w. GENU_E_IO,
 *  GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_writer_image(genu_writer *w, void **image, size_t *n, genu_err *err);
/** Go on from such an image under another name. Datasets, but no dimensions, may be put into.
 *  As genu_writer_new; GENU_E_FORMAT when it is no such image. */
GENU_MUST_USE genu_status genu_writer_from_image(genu_writer **w, const char *path, int force,
                                                 const void *image, size_t n, genu_err *err);
/** Drop everything; releases w and removes the temporary file. NULL is accepted. */
void genu_writer_abandon(genu_writer *w);

typedef struct genu_results genu_results;

/* One dataset, read whole. */
typedef struct genu_dataset {
    char *name, *units, *long_name; /* units and long_name may be NULL                       */
    int rank, dim[GENU_RANK_MAX];
    char *dim_name[GENU_RANK_MAX]; /* "" for an axis without a scale (not written by us)     */
    size_t n;      /* product of dim (1 for rank 0)                                          */
    double *value; /* n numbers, NaN where missing, or NULL for a text dataset               */
    char **text;   /* n texts, or NULL                                                       */
} genu_dataset;

/** GENU_E_IO (missing, no permission), GENU_E_FORMAT (not HDF5, cut short, damaged, not a genu
 *  results file, or of a later version of the format). */
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

/** An unknown name is answered with the nearest one (GENU_E_RANGE). GENU_E_FORMAT: damaged, or of
 *  a type or rank that no genu writes. out is empty after a failure. */
GENU_MUST_USE genu_status genu_results_read(genu_results *r, const char *name, genu_dataset *out,
                                            genu_err *err);
/** Only count entries from first on along the first dimension; dim[0] is count then. GENU_E_RANGE
 *  outside of it, GENU_E_SHAPE for a dataset without dimensions. */
GENU_MUST_USE genu_status genu_results_read_slab(genu_results *r, const char *name, int first,
                                                 int count, genu_dataset *out, genu_err *err);
/** All but the values: value and text are NULL. */
GENU_MUST_USE genu_status genu_results_shape(genu_results *r, const char *name, genu_dataset *out,
                                             genu_err *err);
void genu_dataset_free(genu_dataset *d);

#endif
