#include "sim/hdf5_driver.h"

#include "sim/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// what HDF5 keeps for an open file; its own part comes first
typedef struct open_file {
    H5FD_t hdf5;
    genu_hdf5_file *f;
    haddr_t eoa, eof; /* end of what is allocated, end of what was written */
} open_file;

static open_file *inside(H5FD_t *file)
{
    return (open_file *)(void *)file;
}

static const open_file *look(const H5FD_t *file)
{
    return (const open_file *)(const void *)file;
}

// the access list holds one pointer, to the genu_hdf5_file
static H5FD_t *driver_open(const char *name, unsigned flags, hid_t fapl, haddr_t max)
{
    (void)name, (void)flags, (void)max;
    genu_hdf5_file *const *info = H5Pget_driver_info(fapl);
    open_file *new = info ? calloc(1, sizeof *new) : NULL;
    if (!new)
        return NULL;
    new->f = *info;
    struct stat st;
    if (!fstat(new->f->fd, &st))
        new->eof = (haddr_t)st.st_size;
    return &new->hdf5;
}

static herr_t driver_close(H5FD_t *file)
{
    free(inside(file));
    return 0;
}

static herr_t driver_query(const H5FD_t *file, unsigned long *flags)
{
    (void)file;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t driver_get_eoa(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return look(file)->eoa;
}

static herr_t driver_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t eoa)
{
    (void)type;
    inside(file)->eoa = eoa;
    return 0;
}

static haddr_t driver_get_eof(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return look(file)->eof;
}

// past the end of the file, or where a write was dropped, there are zeros
static herr_t driver_read(H5FD_t *file, H5FD_mem_t type, hid_t dxpl, haddr_t at, size_t size,
                          void *buffer)
{
    (void)type, (void)dxpl;
    genu_hdf5_file *f = inside(file)->f;
    char *to = buffer;
    while (size) {
        ssize_t n = pread(f->fd, to, size, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && !f->error)
            f->error = errno;
        if (n <= 0)
            break;
        to += n;
        size -= (size_t)n;
        at += (haddr_t)n;
    }
    memset(to, 0, size);
    return 0;
}

static herr_t driver_write(H5FD_t *file, H5FD_mem_t type, hid_t dxpl, haddr_t at, size_t size,
                           const void *buffer)
{
    (void)type, (void)dxpl;
    open_file *o = inside(file);
    if (at + size > o->eof)
        o->eof = at + size;
    if (!o->f->error && genu_write_all(o->f->fd, buffer, size, at))
        o->f->error = errno;
    return 0;
}

static herr_t driver_truncate(H5FD_t *file, hid_t dxpl, hbool_t closing)
{
    (void)dxpl, (void)closing;
    open_file *o = inside(file);
    if (o->eof != o->eoa && !o->f->error && ftruncate(o->f->fd, (off_t)o->eoa))
        o->f->error = errno;
    o->eof = o->eoa;
    return 0;
}

static const H5FD_class_t DRIVER = {
    .name = "genu",
    .maxaddr = INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(genu_hdf5_file *),
    .open = driver_open,
    .close = driver_close,
    .query = driver_query,
    .get_eoa = driver_get_eoa,
    .set_eoa = driver_set_eoa,
    .get_eof = driver_get_eof,
    .read = driver_read,
    .write = driver_write,
    .truncate = driver_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

herr_t genu_hdf5_driver_use(hid_t access_list, genu_hdf5_file *f)
{
    f->driver = H5FDregister(&DRIVER);
    return f->driver < 0 ? -1 : H5Pset_driver(access_list, f->driver, &f);
}

void genu_hdf5_driver_release(genu_hdf5_file *f)
{
    if (f->driver > 0)
        H5FDunregister(f->driver);
    f->driver = 0;
}
