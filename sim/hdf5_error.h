/* hdf5_error.h - what the HDF5 library has to say about its last failure, as one sentence.
 *
 * Depends on: HDF5
 * Thread use: HDF5's error stack belongs to the thread
 */
#ifndef GENU_SIM_HDF5_ERROR_H
#define GENU_SIM_HDF5_ERROR_H

#include "models/base.h"

/** Stop HDF5 from printing its error stack; to be called before the first call that may fail. */
void genu_hdf5_quiet(void);

/** The innermost description on the error stack; of a failed system call only the system's reason
 *  ("No space left on device"). To be called before the next HDF5 call, which clears the stack. */
void genu_hdf5_reason(char *text, size_t room);

/** genu_fail with "place: reason". */
genu_status genu_hdf5_fail(genu_err *err, genu_status s, const char *fmt, ...) GENU_PRINTF(3, 4);

#endif
