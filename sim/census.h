/* census.h - what a model file holds, what of it was read, and what was not, in words.
 *
 * Depends on: models/osim.h, sim/file.h
 * Memory:     nothing is kept
 * Thread use: one thread at a time
 */
#ifndef GENU_SIM_CENSUS_H
#define GENU_SIM_CENSUS_H

#include "models/base.h"

#include <stdio.h>

/** Print the census of an OpenSim model: the layout of the file, the number of elements of each
 *  kind, then all notes of the reader, sorted by what they mean for results. GENU_E_FORMAT where
 *  the file is no model; else as genu_file_read and genu_osim_read. */
GENU_MUST_USE genu_status genu_census_print(const char *path, FILE *to, genu_err *err);

#endif
