/* hdf5_driver.h - HDF5 writes into an open file, and a full disk is no trouble inside the library.
 *
 * HDF5 1.10 does not stand a failed write: what was to be closed stays half closed, H5Fclose may
 * return success with data missing, and the program crashes at its end. So this file driver
 * remembers the first error, drops whatever comes after it and tells HDF5 that all is well; the
 * writer looks at `error` after each write and before the file gets its name.
 *
 * Method:     HDF5 virtual file layer, positioned reads and writes
 * Depends on: HDF5
 * Memory:     what HDF5 opens with it; the genu_hdf5_file is the caller's and must outlive that
 * Thread use: one thread per file
 */
#ifndef GENU_SIM_HDF5_DRIVER_H
#define GENU_SIM_HDF5_DRIVER_H

#include <hdf5.h>

typedef struct genu_hdf5_file {
    int fd;       /* open for reading and writing; stays open                  */
    int error;    /* errno of the first write that failed, or 0                */
    hid_t driver; /* out, from genu_hdf5_driver_use                            */
} genu_hdf5_file;

/** Let the file access list use f. Returns < 0 with HDF5's error stack set. */
herr_t genu_hdf5_driver_use(hid_t access_list, genu_hdf5_file *f);

/** After the file was closed. */
void genu_hdf5_driver_release(genu_hdf5_file *f);

#endif
