/* parts.h - the finished blocks of a sweep, saved as they come, until the results file is complete.
 *
 * An HDF5 file whose writer was killed is lost; a part file is not. It is a head (whose blocks these
 * are), and records of one size in the order in which the blocks were finished. A record that was
 * cut short, or that the disk damaged, is known by its checksum and counts as not there. One
 * mechanism serves threads, ranks, shards and resuming: whoever solves blocks has a part file of
 * his own, and who writes the results file reads them all, in the order of the blocks.
 *
 * Durable:    against the end of the program, however it comes, from the return of genu_parts_put
 *             on; against a power cut, from the next genu_parts_sync on
 * Method:     one positioned write per record; checksum of 64-bit words by exclusive or, odd
 *             multiplication and rotation, which finds every single wrong word
 * Cost:       of a record: one copy and one checksum of its bytes, at several GB/s
 * Depends on: models/base.h, sim/outfile.h
 * Memory:     16 bytes per block of scenarios
 * Thread use: genu_parts_put, _has, _done and _sync from any thread; all else from one at a time
 */
#ifndef GENU_SIM_PARTS_H
#define GENU_SIM_PARTS_H

#include "models/base.h"

#include <stdint.h>

/* Who computed what with what: parts go together when all of it agrees. */
typedef struct genu_identity {
    char vectors[32];  /* instruction set of the load sharing                        */
    char build[160];   /* version, commit, compiler, build id of the program         */
    char study[72];    /* SHA-256 of the study's text                                */
    char model[72];    /* SHA-256 of the model file                                  */
    char movement[24]; /* checksum of all that the scenarios share, frame by frame   */
} genu_identity;

/** What differs, as "the instruction set is 'x86-64-v4', here it is 'x86-64-v3'", into text;
 *  0 when nothing does. */
int genu_identity_differs(const genu_identity *there, const genu_identity *here, char *text,
                          size_t size);

/* One dataset in a record: block_size x size numbers, of which the block's scenarios are used. */
typedef struct genu_column {
    char name[40];
    uint64_t size; /* numbers of one scenario */
} genu_column;

/* What stands in the head of a part file beside command line and image. */
typedef struct genu_parts_head {
    genu_identity id;
    uint64_t n_scenario, block_size, n_column;
    uint64_t shard, n_shard; /* this is shard 1 to n_shard; 0 of 0: no shard              */
    uint64_t force;          /* 1: an earlier results file is to be replaced             */
} genu_parts_head;

/* What a record says beside its numbers. */
typedef struct genu_record {
    uint64_t block;
    uint64_t n; /* scenarios                                            */
    uint64_t n_weak, n_unconverged, n_failed; /* of these                                 */
} genu_record;

typedef struct genu_parts genu_parts; /* some part files, and where each block is           */

/** No file yet. column (head->n_column) is copied. GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_parts_new(genu_parts **p, const genu_parts_head *head,
                                         const genu_column *column, genu_err *err);
/** The same from the head of an existing part file; *p is NULL when that was cut short and the file
 *  holds nothing. GENU_E_IO, GENU_E_FORMAT, GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_parts_new_from(genu_parts **p, const char *path, genu_err *err);
/** Closes the files and leaves them where they are. NULL is accepted. */
void genu_parts_free(genu_parts *p);

const genu_parts_head *genu_parts_get_head(const genu_parts *p);
const genu_column *genu_parts_columns(const genu_parts *p);
int genu_parts_n_block(const genu_parts *p);
/** Numbers of one record. */
size_t genu_parts_size(const genu_parts *p);

/** Take in the blocks of an existing file. A file that was killed before its head was complete has
 *  none.
 *
 *  GENU_E_IO: cannot be read, or another program is writing it; GENU_E_FORMAT: not a part file, or
 *  its head is damaged; GENU_E_RANGE: it is of another study, model, movement, build, instruction
 *  set or shard count, which the message names. The file stays as it is in any case. */
GENU_MUST_USE genu_status genu_parts_add(genu_parts *p, const char *path, genu_err *err);

/** Open a file to put blocks into: a new one, or one whose blocks were taken in before, which grows.
 *  command and image (n_image bytes) stand in its head; both may be NULL. GENU_E_IO: cannot be
 *  written, or another program is writing it. */
GENU_MUST_USE genu_status genu_parts_write(genu_parts *p, const char *path, const char *command,
                                           const void *image, size_t n_image, genu_err *err);

/** Append one block; numbers (genu_parts_size) as the columns have them. GENU_E_IO on a full disk;
 *  what was put before stays good, and so does what is put later. */
GENU_MUST_USE genu_status genu_parts_put(genu_parts *p, const genu_record *about,
                                         const double *numbers, genu_err *err);
/** Make durable what was put so far. GENU_E_IO. */
GENU_MUST_USE genu_status genu_parts_sync(genu_parts *p, genu_err *err);
/** The same, and let other processes have the file; nothing can be put any more. */
GENU_MUST_USE genu_status genu_parts_close(genu_parts *p, genu_err *err);

int genu_parts_has(genu_parts *p, int block);
/** What the records of all present blocks say, summed up: n, n_weak, n_unconverged, n_failed; block is how
 *  many they are. */
genu_record genu_parts_done(genu_parts *p);
int genu_parts_damaged(const genu_parts *p); /* records that did not count */

/** Read one block that is there. GENU_E_FORMAT when it was damaged since, GENU_E_IO. */
GENU_MUST_USE genu_status genu_parts_read(genu_parts *p, int block, genu_record *about,
                                          double *numbers, genu_err *err);

/** Command line and image of the first file, on the heap, "" and 0 bytes where it has none; both
 *  NULL where there is no file. */
GENU_MUST_USE genu_status genu_parts_read_head(genu_parts *p, char **command, void **image,
                                               size_t *n_image, genu_err *err);

/** Remove all files taken in or written, and make that durable. */
void genu_parts_remove(genu_parts *p);

#endif
