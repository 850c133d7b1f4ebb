/* outfile.h - a file that appears under its name only when it is complete.
 *
 * Written as name.part in the same folder, synced, then renamed. What stood under the name before
 * stays whole until that rename, whatever happens.
 *
 * Method:     a write lock on the open file description of name.part keeps two programs from
 *             writing the same file; fsync of the file before the rename and of its folder after it
 * Depends on: models/base.h
 * Thread use: one thread per genu_outfile
 */
#ifndef GENU_SIM_OUTFILE_H
#define GENU_SIM_OUTFILE_H

#include "models/base.h"

#include <stdint.h>

typedef struct genu_outfile {
    char *path; /* the final name                                             */
    char *part; /* what is written: path + ".part"                            */
    int fd;     /* part, open for reading and writing; holds the lock         */
    int force;  /* 1: an existing file is replaced, 0: it is never touched    */
} genu_outfile;

/** Check the name and start an empty part file. A part file that a killed program left behind is
 *  emptied and used again.
 *
 *  GENU_E_IO: path is empty, a folder or a device; it exists and force is 0; its folder is missing
 *  or not writable; another program is writing it just now. Nothing is left open then. */
GENU_MUST_USE genu_status genu_outfile_open(genu_outfile *o, const char *path, int force,
                                            genu_err *err);

/** Finish under another name of the same folder; the part file keeps its name. GENU_E_IO as above,
 *  and then the earlier name holds on. */
GENU_MUST_USE genu_status genu_outfile_rename(genu_outfile *o, const char *path, int force,
                                              genu_err *err);

/** Sync and rename; releases o in any case. GENU_E_IO: what could not be synced is removed; what is
 *  complete but could not take its name (without force: somebody else made that file meanwhile)
 *  stays as the part file, and the message says so. */
GENU_MUST_USE genu_status genu_outfile_commit(genu_outfile *o, genu_err *err);

/** Remove the part file and release o. An o that was released already is accepted. */
void genu_outfile_drop(genu_outfile *o);

/** Write all n bytes at an offset; -1 with errno, ENOSPC where the disk took fewer. */
GENU_MUST_USE int genu_write_all(int fd, const void *data, size_t n, uint64_t at);

/** Lock an open file for writing. 1: another program has it, or path names another file by now. */
GENU_MUST_USE int genu_outfile_lock(int fd, const char *path);

/** Make durable what names the folder of path holds. */
void genu_outfile_sync_folder(const char *path);

#endif
