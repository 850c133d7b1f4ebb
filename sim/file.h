/* file.h - whole files read into memory, and names of files found beside others.
 *
 * Depends on: the C library, models/base.h
 * Memory:     texts and paths returned are the caller's, release with free()
 * Thread use: no shared state
 */
#ifndef GENU_SIM_FILE_H
#define GENU_SIM_FILE_H

#include "models/base.h"

/** Read all of a file; text ends in an extra zero byte that n does not count.
 *  GENU_E_IO with the reason (missing, a folder, no permission, a read error), GENU_E_RANGE above
 *  1 GiB, GENU_E_MEMORY. On failure *text is NULL. */
GENU_MUST_USE genu_status genu_file_read(const char *path, char **text, size_t *n, genu_err *err);

/** The path of `name` as written in the file `beside`: itself where it is absolute, else in that
 *  file's folder. Backslashes become slashes. NULL when there is no memory. */
char *genu_file_beside(const char *beside, const char *name);

/** Let the notes from number `first` on say which file they are about: "'FILE', line N: text". With
 *  file NULL they begin with "'FILE'" already and only get the line. Their line becomes 0. */
void genu_file_name_notes(genu_notes *notes, int first, const char *file);

#endif
