#include "sim/parts_private.h"

#include "sim/checksum.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More would be no study of ours, but a damaged head. */
enum { COLUMN_MAX = 4096 };
static const uint64_t BYTES_MAX = (uint64_t)1 << 40;

const genu_parts_head *genu_parts_get_head(const genu_parts *p)
{
    return &p->head;
}

const genu_column *genu_parts_columns(const genu_parts *p)
{
    return p->column;
}

int genu_parts_n_block(const genu_parts *p)
{
    return p->n_block;
}

size_t genu_parts_size(const genu_parts *p)
{
    return p->size;
}

int genu_parts_damaged(const genu_parts *p)
{
    return p->damaged;
}

int genu_parts_has(genu_parts *p, int block)
{
    pthread_mutex_lock(&p->lock);
    int has = p->of[block] >= 0;
    pthread_mutex_unlock(&p->lock);
    return has;
}

genu_record genu_parts_done(genu_parts *p)
{
    pthread_mutex_lock(&p->lock);
    genu_record done = p->done;
    pthread_mutex_unlock(&p->lock);
    return done;
}

int parts_pread(int fd, void *to, size_t n, uint64_t at)
{
    char *into = to;
    while (n) {
        ssize_t done = pread(fd, into, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return (int)done;
        into += done;
        n -= (size_t)done;
        at += (uint64_t)done;
    }
    return 1;
}

// --- the head

static int is_sane(const disk_head *d)
{
    const genu_parts_head *h = &d->head;
    return d->magic == PART_MAGIC && d->version == PART_VERSION && h->n_column >= 1 &&
           h->n_column <= COLUMN_MAX && h->block_size >= 1 && h->block_size <= INT32_MAX &&
           h->n_scenario >= 1 && h->n_scenario <= INT32_MAX && d->n_command < BYTES_MAX &&
           d->n_image < BYTES_MAX;
}

/* all that follows the head, on the heap; NULL without memory or when the file ends before */
static char *read_rest(int fd, uint64_t n)
{
    struct stat st;
    if (fstat(fd, &st) || (uint64_t)st.st_size < sizeof(disk_head) + n)
        return NULL;
    char *rest = malloc(n);
    if (rest && parts_pread(fd, rest, n, sizeof(disk_head)) != 1) {
        free(rest);
        return NULL;
    }
    return rest;
}

/* What there is of a head that was cut short. */
static int starts_as_ours(int fd, const disk_head *d)
{
    const uint64_t magic = PART_MAGIC;
    struct stat st;
    if (fstat(fd, &st))
        return 0;
    size_t n = (size_t)st.st_size < sizeof magic ? (size_t)st.st_size : sizeof magic;
    return !memcmp(&d->magic, &magic, n);
}

int parts_read_disk_head(int fd, disk_head *d, genu_column **column, uint64_t *start)
{
    *column = NULL;
    memset(d, 0, sizeof *d);
    int got = parts_pread(fd, d, sizeof *d, 0);
    if (got == 0)
        return starts_as_ours(fd, d) ? 0 : -1;
    if (got < 0)
        return got;
    if (!is_sane(d))
        return -1;
    *start = parts_start(d);
    uint64_t n = *start - sizeof *d;
    struct stat st;
    if (!fstat(fd, &st) && (uint64_t)st.st_size < *start)
        return 0;
    char *rest = read_rest(fd, n);
    if (!rest)
        return -1;
    uint64_t sum = genu_checksum(genu_checksum(0, d, offsetof(disk_head, sum)), rest, n);
    if (sum == d->sum && (*column = calloc(d->head.n_column, sizeof **column)))
        memcpy(*column, rest, d->head.n_column * sizeof **column);
    free(rest);
    return *column ? 1 : -1;
}

static genu_status open_part(const char *path, int *fd, genu_err *err)
{
    struct stat st;
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0)
        return genu_fail(err, GENU_E_IO, "'%s' could not be read: %s", path, strerror(errno));
    if (!fstat(*fd, &st) && S_ISREG(st.st_mode)) {
        if (fcntl(*fd, F_OFD_GETLK, &lock) || lock.l_type == F_UNLCK)
            return GENU_OK;
        genu_fail(err, GENU_E_IO, "'%s' is being written by another program", path);
    } else {
        genu_fail(err, GENU_E_IO, "'%s' is not a file", path);
    }
    close(*fd);
    return GENU_E_IO;
}

static genu_status bad_head(const char *path, genu_err *err)
{
    return genu_fail(
        err, GENU_E_FORMAT,
        "'%s' is not a part of a sweep by this version of genu, or its head is damaged", path);
}

genu_status genu_parts_new_from(genu_parts **p, const char *path, genu_err *err)
{
    int fd;
    disk_head d;
    genu_column *column;
    uint64_t start;
    *p = NULL;
    genu_status s = open_part(path, &fd, err);
    if (s)
        return s;
    int got = parts_read_disk_head(fd, &d, &column, &start);
    if (got)
        s = got > 0 ? genu_parts_new(p, &d.head, column, err) : bad_head(path, err);
    free(column);
    close(fd);
    return s;
}

// --- the records

static genu_status check_head(const genu_parts *p, const char *path, const disk_head *d,
                              const genu_column *column, genu_err *err)
{
    char text[400];
    const genu_parts_head *a = &d->head, *b = &p->head;
    if (genu_identity_differs(&a->id, &b->id, text, sizeof text))
        return genu_fail(err, GENU_E_RANGE, "'%s' does not belong to this sweep: %s", path, text);
    if (a->n_shard != b->n_shard)
        return genu_fail(err, GENU_E_RANGE,
                         "'%s' does not belong to this sweep: it is one of %d shards, not of %d",
                         path, (int)a->n_shard, (int)b->n_shard);
    if (a->n_scenario != b->n_scenario || a->block_size != b->block_size ||
        a->n_column != b->n_column || memcmp(column, p->column, a->n_column * sizeof *column))
        return genu_fail(err, GENU_E_RANGE,
                         "'%s' does not belong to this sweep: its datasets are others", path);
    return GENU_OK;
}

static int is_whole(const genu_parts *p, const disk_record *r, const double *numbers)
{
    const genu_record *a = &r->about;
    uint64_t size = p->head.block_size;
    if (r->magic != RECORD_MAGIC || a->block >= (uint64_t)p->n_block)
        return 0;
    uint64_t left = p->head.n_scenario - a->block * size;
    return a->n == (left < size ? left : size) && r->sum == parts_record_sum(r, numbers, p->size);
}

static genu_status take_records(genu_parts *p, int fd, int file, genu_err *err)
{
    double *numbers = malloc(p->size * sizeof *numbers);
    if (!numbers)
        return genu_fail(err, GENU_E_MEMORY, "'%s': no memory for a block", p->file[file].path);
    int got = 1;
    for (int64_t slot = 0; got == 1; slot++) {
        disk_record r;
        uint64_t at = p->file[file].start + (uint64_t)slot * parts_record_bytes(p);
        got = parts_pread(fd, &r, sizeof r, at);
        if (got == 1)
            got = parts_pread(fd, numbers, p->size * sizeof *numbers, at + sizeof r);
        if (got == 1 && is_whole(p, &r, numbers))
            parts_note(p, file, slot, &r.about);
        else if (got == 1)
            p->damaged++;
    }
    free(numbers);
    if (got < 0)
        return genu_fail(err, GENU_E_IO, "'%s' could not be read: %s", p->file[file].path,
                         strerror(errno));
    return GENU_OK;
}

genu_status genu_parts_add(genu_parts *p, const char *path, genu_err *err)
{
    int fd;
    disk_head d;
    genu_column *column;
    uint64_t start;
    genu_status s = open_part(path, &fd, err);
    if (s)
        return s;
    int got = parts_read_disk_head(fd, &d, &column, &start);
    if (got < 0)
        s = bad_head(path, err);
    else if (got)
        s = check_head(p, path, &d, column, err);
    if (!s && got) {
        p->head.force |= d.head.force;
        int file = parts_list(p, path, start);
        s = file < 0 ? genu_fail(err, GENU_E_MEMORY, "'%s': no memory", path)
                     : take_records(p, fd, file, err);
    }
    free(column);
    close(fd);
    return s;
}

static genu_status open_for(genu_parts *p, int file, genu_err *err)
{
    if (p->reading == file)
        return GENU_OK;
    if (p->fd_read >= 0)
        close(p->fd_read);
    p->reading = -1;
    p->fd_read = open(p->file[file].path, O_RDONLY | O_CLOEXEC);
    if (p->fd_read < 0)
        return genu_fail(err, GENU_E_IO, "'%s' could not be read: %s", p->file[file].path,
                         strerror(errno));
    p->reading = file;
    return GENU_OK;
}

genu_status genu_parts_read(genu_parts *p, int block, genu_record *about, double *numbers,
                            genu_err *err)
{
    disk_record r;
    pthread_mutex_lock(&p->lock);
    int file = p->of[block];
    uint64_t at = p->file[file].start + (uint64_t)p->slot[block] * parts_record_bytes(p);
    pthread_mutex_unlock(&p->lock);
    genu_status s = open_for(p, file, err);
    if (s)
        return s;
    int got = parts_pread(p->fd_read, &r, sizeof r, at);
    if (got == 1)
        got = parts_pread(p->fd_read, numbers, p->size * sizeof *numbers, at + sizeof r);
    if (got < 0)
        return genu_fail(err, GENU_E_IO, "'%s' could not be read: %s", p->file[file].path,
                         strerror(errno));
    if (got == 0 || !is_whole(p, &r, numbers) || r.about.block != (uint64_t)block)
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s': block %d is damaged; genu sweep --resume computes it anew",
                         p->file[file].path, block);
    *about = r.about;
    return GENU_OK;
}

genu_status genu_parts_read_head(genu_parts *p, char **command, void **image, size_t *n_image,
                                 genu_err *err)
{
    disk_head d;
    *image = NULL;
    *command = NULL;
    *n_image = 0;
    if (!p->n_file)
        return GENU_OK;
    genu_status s = open_for(p, 0, err);
    if (s)
        return s;
    if (parts_pread(p->fd_read, &d, sizeof d, 0) != 1)
        return bad_head(p->file[0].path, err);
    uint64_t at = sizeof d + d.head.n_column * sizeof(genu_column);
    *n_image = d.n_image;
    *command = calloc(1, d.n_command + 1);
    *image = malloc(d.n_image + 1);
    if (!*command || !*image)
        s = genu_fail(err, GENU_E_MEMORY, "'%s': no memory for its head", p->file[0].path);
    else if ((d.n_command && parts_pread(p->fd_read, *command, d.n_command, at) != 1) ||
             (d.n_image && parts_pread(p->fd_read, *image, d.n_image, at + d.n_command) != 1))
        s = bad_head(p->file[0].path, err);
    if (s) {
        free(*command);
        free(*image);
        *command = *image = NULL;
    }
    return s;
}
