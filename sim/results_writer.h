/* results_writer.h - what genu_writer holds; shared by results_write.c, results_put.c and
 * results_image.c only.
 *
 * Depends on: HDF5, sim/outfile.h
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_RESULTS_WRITER_H
#define GENU_SIM_RESULTS_WRITER_H

#include "sim/hdf5_driver.h"
#include "sim/outfile.h"
#include "sim/results.h"

#include <hdf5.h>

/* netCDF's own default for a missing 32-bit integer (NC_FILL_INT in netcdf.h). */
#define FILL_INT (-2147483647)

// a dataset, scale datasets included
typedef struct genu_writer_set {
    char *name;
    hid_t id;
    int rank, dim[GENU_RANK_MAX]; /* the indices of its dimensions in genu_writer.dim */
    int integer, is_scale, has_fill;
} genu_writer_set;

typedef struct genu_writer_dimension {
    int n;
    int scale; /* index of its scale dataset in genu_writer.set */
} genu_writer_dimension;

struct genu_writer {
    genu_outfile out;
    genu_storage storage;
    genu_hdf5_file disk;
    hid_t file, text_type, scalar;
    genu_writer_set *set;
    genu_writer_dimension *dim;
    int n_set, n_dim;
    int broken; /* a write failed: the file cannot become good any more */
};

/** Mark the file as beyond repair and report the reason of the disk or of HDF5;
 *  GENU_E_IO. */
genu_status genu_writer_broken(genu_writer *w, genu_err *err, const char *what);

/** A dataset by name, NULL when there is none; a dimension by name, -1 when there is none. */
genu_writer_set *genu_writer_find(const genu_writer *w, const char *name);
int genu_writer_find_dim(const genu_writer *w, const char *name);

/** GENU_E_RANGE with the name that was asked for. */
genu_status genu_writer_no_such_set(const genu_writer *w, const char *name, genu_err *err);

/** One value of an HDF5 type as an attribute of `on`; GENU_E_RANGE when it exists. */
GENU_MUST_USE genu_status genu_writer_attribute(genu_writer *w, hid_t on, const char *name,
                                                hid_t type, const void *value, genu_err *err);

/** Write `count` entries of the first dimension from `first` on. */
GENU_MUST_USE genu_status genu_writer_slab_write(genu_writer *w, const genu_writer_set *d,
                                                 int first, int count, hid_t type,
                                                 const void *value, genu_err *err);

/** A writer without any dataset: of a new file, or with n > 0 of a file that is this image. */
GENU_MUST_USE genu_status genu_writer_start(genu_writer **w, const char *path, int force,
                                            const void *image, size_t n, genu_err *err);

/** Flush and close, so that the part file is complete; GENU_E_IO. */
GENU_MUST_USE genu_status genu_writer_close_file(genu_writer *w, genu_err *err);

hid_t genu_writer_access_list(void);

#endif
