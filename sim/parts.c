#include "sim/parts_private.h"

#include "sim/checksum.h"
#include "sim/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name;
    size_t at;
    int show; /* the value says something to people */
} FIELD[] = {
    { "instruction set", offsetof(genu_identity, vectors), 1 },
    { "build of genu", offsetof(genu_identity, build), 1 },
    { "study", offsetof(genu_identity, study), 0 },
    { "model", offsetof(genu_identity, model), 0 },
    { "movement", offsetof(genu_identity, movement), 0 },
};

int genu_identity_differs(const genu_identity *there, const genu_identity *here, char *text,
                          size_t size)
{
    for (size_t i = 0; i < sizeof FIELD / sizeof *FIELD; i++) {
        const char *a = (const char *)there + FIELD[i].at, *b = (const char *)here + FIELD[i].at;
        if (!strcmp(a, b))
            continue;
        if (FIELD[i].show)
            snprintf(text, size, "its %s is '%s', here it is '%s'", FIELD[i].name, a, b);
        else
            snprintf(text, size, "its %s is another one", FIELD[i].name);
        return 1;
    }
    return 0;
}

// --- the list

genu_status genu_parts_new(genu_parts **p, const genu_parts_head *head, const genu_column *column,
                           genu_err *err)
{
    genu_parts *made = calloc(1, sizeof *made);
    *p = NULL;
    if (!made)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    pthread_mutex_init(&made->lock, NULL);
    made->head = *head;
    made->reading = made->writing = made->fd_read = made->fd_write = -1;
    made->n_block = (int)((head->n_scenario + head->block_size - 1) / head->block_size);
    made->column = calloc(head->n_column, sizeof *column);
    made->of = malloc((size_t)made->n_block * sizeof *made->of);
    made->slot = malloc((size_t)made->n_block * sizeof *made->slot);
    if (!made->column || !made->of || !made->slot) {
        genu_parts_free(made);
        return genu_fail(err, GENU_E_MEMORY, "out of memory for %d scenarios",
                         (int)head->n_scenario);
    }
    memcpy(made->column, column, head->n_column * sizeof *column);
    for (uint64_t i = 0; i < head->n_column; i++)
        made->size += column[i].size * head->block_size;
    for (int i = 0; i < made->n_block; i++)
        made->of[i] = -1;
    *p = made;
    return GENU_OK;
}

void genu_parts_free(genu_parts *p)
{
    if (!p)
        return;
    if (p->fd_read >= 0)
        close(p->fd_read);
    if (p->fd_write >= 0)
        close(p->fd_write);
    for (int i = 0; i < p->n_file; i++)
        free(p->file[i].path);
    free(p->file);
    free(p->column);
    free(p->of);
    free(p->slot);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

size_t parts_record_bytes(const genu_parts *p)
{
    return sizeof(disk_record) + p->size * sizeof(double);
}

int parts_list(genu_parts *p, const char *path, uint64_t start)
{
    part_file *grown = realloc(p->file, ((size_t)p->n_file + 1) * sizeof *grown);
    char *copy = genu_strdup(path);
    if (grown)
        p->file = grown;
    if (!grown || !copy) {
        free(copy);
        return -1;
    }
    p->file[p->n_file] = (part_file){ copy, start };
    return p->n_file++;
}

int parts_find(const genu_parts *p, const char *path)
{
    for (int i = 0; i < p->n_file; i++)
        if (!strcmp(p->file[i].path, path))
            return i;
    return -1;
}

void parts_note(genu_parts *p, int file, int64_t slot, const genu_record *about)
{
    if (p->of[about->block] < 0) {
        p->done.block++;
        p->done.n += about->n;
        p->done.n_weak += about->n_weak;
        p->done.n_unconverged += about->n_unconverged;
        p->done.n_failed += about->n_failed;
    }
    p->of[about->block] = file;
    p->slot[about->block] = slot;
}

uint64_t parts_record_sum(const disk_record *r, const double *numbers, size_t n)
{
    return genu_checksum(genu_checksum(0, &r->about, sizeof r->about), numbers,
                         n * sizeof *numbers);
}

uint64_t parts_start(const disk_head *d)
{
    uint64_t bytes = sizeof *d + d->head.n_column * sizeof(genu_column) + d->n_command + d->n_image;
    return (bytes + PART_ALIGN - 1) / PART_ALIGN * PART_ALIGN;
}

// --- writing

// the whole head with what follows, in one piece of *n bytes on the heap
static char *make_head(const genu_parts *p, const char *command, const void *image, size_t n_image,
                       uint64_t *n)
{
    disk_head d;
    memset(&d, 0, sizeof d); // padding, too, since it is summed up
    d.magic = PART_MAGIC;
    d.version = PART_VERSION;
    d.head = p->head;
    d.n_command = command ? strlen(command) : 0;
    d.n_image = n_image;
    size_t columns = p->head.n_column * sizeof *p->column;
    *n = parts_start(&d);
    char *all = calloc(1, *n);
    if (!all)
        return NULL;
    memcpy(all + sizeof d, p->column, columns);
    if (d.n_command)
        memcpy(all + sizeof d + columns, command, d.n_command);
    if (n_image)
        memcpy(all + sizeof d + columns + d.n_command, image, n_image);
    d.sum = genu_checksum(genu_checksum(0, &d, offsetof(disk_head, sum)), all + sizeof d,
                          *n - sizeof d);
    memcpy(all, &d, sizeof d);
    return all;
}

static genu_status start_file(genu_parts *p, const char *path, const char *command,
                              const void *image, size_t n_image, genu_err *err)
{
    uint64_t n;
    char *head = make_head(p, command, image, n_image, &n);
    if (!head)
        return genu_fail(err, GENU_E_MEMORY, "'%s': no memory for its head", path);
    genu_status s = GENU_OK;
    p->writing = parts_list(p, path, n);
    if (p->writing < 0)
        s = genu_fail(err, GENU_E_MEMORY, "'%s': no memory", path);
    else if (ftruncate(p->fd_write, 0) || genu_write_all(p->fd_write, head, n, 0))
        s = genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", path, strerror(errno));
    free(head);
    return s;
}

// the file grows after its last whole record; what was cut short is written over
static genu_status go_on(genu_parts *p, const char *path, genu_err *err)
{
    struct stat st;
    if (fstat(p->fd_write, &st))
        return genu_fail(err, GENU_E_IO, "'%s': %s", path, strerror(errno));
    uint64_t start = p->file[p->writing].start;
    p->n_slot = (int64_t)(((uint64_t)st.st_size - start) / parts_record_bytes(p));
    return GENU_OK;
}

genu_status genu_parts_write(genu_parts *p, const char *path, const char *command,
                             const void *image, size_t n_image, genu_err *err)
{
    p->fd_write = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (p->fd_write < 0)
        return genu_fail(err, GENU_E_IO, "'%s' cannot be written: %s", path, strerror(errno));
    if (genu_outfile_lock(p->fd_write, path))
        return genu_fail(err, GENU_E_IO, "'%s' is being written by another program", path);
    p->writing = parts_find(p, path);
    return p->writing >= 0 ? go_on(p, path, err)
                           : start_file(p, path, command, image, n_image, err);
}

genu_status genu_parts_put(genu_parts *p, const genu_record *about, const double *numbers,
                           genu_err *err)
{
    disk_record r = { RECORD_MAGIC, *about, 0 };
    r.sum = parts_record_sum(&r, numbers, p->size);
    pthread_mutex_lock(&p->lock);
    int64_t slot = p->n_slot++;
    pthread_mutex_unlock(&p->lock);
    uint64_t at = p->file[p->writing].start + (uint64_t)slot * parts_record_bytes(p);
    // the numbers first: a record whose head is there has them, but for a power cut
    if (genu_write_all(p->fd_write, numbers, p->size * sizeof *numbers, at + sizeof r) ||
        genu_write_all(p->fd_write, &r, sizeof r, at))
        return genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", p->file[p->writing].path,
                         strerror(errno));
    pthread_mutex_lock(&p->lock);
    parts_note(p, p->writing, slot, about);
    pthread_mutex_unlock(&p->lock);
    return GENU_OK;
}

genu_status genu_parts_sync(genu_parts *p, genu_err *err)
{
    if (p->fd_write >= 0 && fsync(p->fd_write))
        return genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", p->file[p->writing].path,
                         strerror(errno));
    if (p->fd_write >= 0)
        genu_outfile_sync_folder(p->file[p->writing].path);
    return GENU_OK;
}

genu_status genu_parts_close(genu_parts *p, genu_err *err)
{
    genu_status s = genu_parts_sync(p, err);
    if (p->fd_write >= 0)
        close(p->fd_write);
    p->fd_write = -1;
    return s;
}

void genu_parts_remove(genu_parts *p)
{
    for (int i = 0; i < p->n_file; i++)
        unlink(p->file[i].path);
    if (p->n_file)
        genu_outfile_sync_folder(p->file[0].path);
}
