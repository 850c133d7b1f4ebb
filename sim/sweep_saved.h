/* sweep_saved.h - what an earlier sweep left beside a results file, and what to do about it.
 *
 * Depends on: sim/parts.h
 * Thread use: no shared state
 */
#ifndef GENU_SIM_SWEEP_SAVED_H
#define GENU_SIM_SWEEP_SAVED_H

#include "sim/parts.h"

/* The part files of one results file, by rank. */
typedef struct sweep_saved {
    char **path;
    int n;
} sweep_saved;

/** PATH.part.0 or that of another rank; PATH.shard-2-of-4. On the heap, NULL without memory. */
char *sweep_saved_part(const char *path, int rank);
char *sweep_saved_shard(const char *path, int shard, int n_shard);

/** All PATH.part.R in the folder of path. GENU_E_MEMORY. */
GENU_MUST_USE genu_status sweep_saved_list(sweep_saved *saved, const char *path, genu_err *err);
void sweep_saved_free(sweep_saved *saved);

/** Take in all of them; as genu_parts_add. */
GENU_MUST_USE genu_status sweep_saved_add(const sweep_saved *saved, genu_parts *p, genu_err *err);

/** Before a sweep that starts afresh: with force, or where nothing is lost (no block, or the only
 *  one of its study), they are removed, else GENU_E_IO says what there is. */
GENU_MUST_USE genu_status sweep_saved_clear(const sweep_saved *saved, int force, genu_err *err);

/** Whether a results file that exists is the complete one of this sweep: GENU_OK. Else
 *  GENU_E_IO with what differs. */
GENU_MUST_USE genu_status sweep_saved_result(const char *path, const genu_parts_head *head,
                                             genu_err *err);

#endif
