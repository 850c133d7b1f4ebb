/* parts_private.h - what genu_parts holds; shared by parts.c and parts_read.c only.
 *
 *   file:    disk_head, columns, command line, image, zeros up to a multiple of 4096, records
 *   record:  disk_record, numbers
 */
#ifndef GENU_SIM_PARTS_PRIVATE_H
#define GENU_SIM_PARTS_PRIVATE_H

#include "sim/parts.h"

#include <pthread.h>

/* Read as a number, so that a machine of the other byte order does not take it for its own. */
#define PART_MAGIC   0x74726170756e6567 /* "genupart" */
#define RECORD_MAGIC 0x6b636f6c62756e67 /* "gnublock" */
enum { PART_VERSION = 1, PART_ALIGN = 4096 };

typedef struct disk_head {
    uint64_t magic, version;
    genu_parts_head head;
    uint64_t n_command, n_image; /* bytes */
    uint64_t sum;                /* of all the above and of what follows up to the zeros */
} disk_head;

typedef struct disk_record {
    uint64_t magic;
    genu_record about;
    uint64_t sum; /* of about and the numbers */
} disk_record;

typedef struct part_file {
    char *path;
    uint64_t start; /* where the records begin */
} part_file;

struct genu_parts {
    genu_parts_head head;
    genu_column *column;
    size_t size; /* numbers of one record */
    int n_block;
    part_file *file;
    int n_file;
    int *of;       /* n_block: file that holds the block, -1: none         */
    int64_t *slot; /* n_block: its place among the records                 */
    genu_record done;
    int damaged;
    int reading, fd_read;  /* the file that is open for reading, -1: none */
    int writing, fd_write; /* the file that grows, -1: none               */
    int64_t n_slot;        /* its records                                 */
    pthread_mutex_t lock;
};

/** The bytes of one record on disk. */
size_t parts_record_bytes(const genu_parts *p);

/** Add a file to the list; its number, or -1 without memory. */
int parts_list(genu_parts *p, const char *path, uint64_t start);
int parts_find(const genu_parts *p, const char *path); /* -1: not in the list */

/** The block is there now. */
void parts_note(genu_parts *p, int file, int64_t slot, const genu_record *about);

/** Read n bytes at an offset: 1, 0 when the file ends before, -1 with errno. */
int parts_pread(int fd, void *to, size_t n, uint64_t at);

uint64_t parts_record_sum(const disk_record *r, const double *numbers, size_t n);

/** Head, and columns on the heap, of an open file: 1; 0: cut short; GENU_E_FORMAT otherwise as
 *  -1. start is where records begin. */
int parts_read_disk_head(int fd, disk_head *d, genu_column **column, uint64_t *start);
uint64_t parts_start(const disk_head *d);

#endif
