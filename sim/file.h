/* file.h - whole files in, and files out that are complete or not there at all.
 *
 * Depends on: the C library, models/base.h
 * Memory:     texts and paths returned are the caller's, release with free()
 * Thread use: no shared state
 */
#ifndef GENU_SIM_FILE_H
#define GENU_SIM_FILE_H

#include "models/base.h"

#include <stdio.h>

/** Read all of a file; text ends in an extra zero byte that n does not count.
 *  GENU_E_IO with the reason (missing, a folder, no permission, a read error), GENU_E_RANGE above
 *  1 GiB, GENU_E_MEMORY. On failure *text is NULL. */
GENU_MUST_USE genu_status genu_file_read(const char *path, char **text, size_t *n, genu_err *err);

/** The path of `name` as written in the file `beside`: itself where it is absolute, else in that
 *  file's folder. Backslashes become slashes. NULL when there is no memory. */
char *genu_file_beside(const char *beside, const char *name);

/* A file being written under a temporary name in the folder of the final one. */
typedef struct genu_file_out {
    FILE *f;
    char *path, *part;
} genu_file_out;

/** Open path.part for writing, in place of one that was left over.
 *  GENU_E_IO with the reason (folder missing, no permission), GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_file_create(genu_file_out *out, const char *path, genu_err *err);

/** Flush, sync, close, and rename to the final name; releases out in any case. On GENU_E_IO (a
 *  full disk, say) the temporary file is removed and an earlier file of the final name is as it
 *  was. */
GENU_MUST_USE genu_status genu_file_commit(genu_file_out *out, genu_err *err);

/** Give up: close, remove the temporary file, release. */
void genu_file_discard(genu_file_out *out);

#endif
