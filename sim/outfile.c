#include "sim/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const genu_outfile EMPTY = { NULL, NULL, -1, 0 };

// the folder of path, on the heap
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return genu_strdup(".");
    return slash == path ? genu_strdup("/") : strndup(path, (size_t)(slash - path));
}

static genu_status check_name(const char *path, int force, genu_err *err)
{
    struct stat st;
    if (!path[0])
        return genu_fail(err, GENU_E_IO, "the output file has an empty name");
    if (path[strlen(path) - 1] == '/')
        return genu_fail(err, GENU_E_IO, "'%s' is a folder, not a file", path);
    if (stat(path, &st)) {
        if (errno == ENOENT || errno == ENOTDIR)
            return GENU_OK; // a missing folder shows when the part file is made
        return genu_fail(err, GENU_E_IO, "'%s': %s", path, strerror(errno));
    }
    if (S_ISDIR(st.st_mode))
        return genu_fail(err, GENU_E_IO, "'%s' is a folder, not a file", path);
    if (!S_ISREG(st.st_mode))
        return genu_fail(err, GENU_E_IO, "'%s' is a device or pipe, not a file", path);
    if (!force)
        return genu_fail(err, GENU_E_IO, "'%s' exists already (--force replaces it)", path);
    return GENU_OK;
}

static genu_status explain_open(const char *path, int code, genu_err *err)
{
    struct stat st;
    char *folder = folder_of(path);
    const char *name = folder ? folder : path;
    int missing = code == ENOENT && stat(name, &st);
    genu_status s =
        missing ? genu_fail(err, GENU_E_IO, "'%s' cannot be written: folder '%s' does not exist",
                            path, name)
                : genu_fail(err, GENU_E_IO, "'%s' cannot be written in folder '%s': %s", path, name,
                            strerror(code));
    free(folder);
    return s;
}

/* The lock belongs to the open file description and is not the one that HDF5 takes. File systems
 * without locks are used without; there two writers of one file are not noticed. */
int genu_outfile_lock(int fd, const char *path)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    struct stat mine, there;
    if (fcntl(fd, F_OFD_SETLK, &lock) && (errno == EAGAIN || errno == EACCES))
        return 1;
    // between our open and our lock another program may have renamed or removed what it finished
    return fstat(fd, &mine) || stat(path, &there) || mine.st_ino != there.st_ino;
}

static void release(genu_outfile *o)
{
    if (o->fd >= 0)
        close(o->fd);
    free(o->path);
    free(o->part);
    *o = EMPTY;
}

genu_status genu_outfile_open(genu_outfile *o, const char *path, int force, genu_err *err)
{
    *o = EMPTY;
    genu_status s = check_name(path, force, err);
    if (s)
        return s;
    o->force = force;
    o->path = genu_strdup(path);
    if (!o->path || asprintf(&o->part, "%s.part", path) < 0) {
        o->part = NULL;
        release(o);
        return genu_fail(err, GENU_E_MEMORY, "'%s': no memory for its name", path);
    }
    o->fd = open(o->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (o->fd < 0)
        s = explain_open(path, errno, err);
    else if (genu_outfile_lock(o->fd, o->part))
        s = genu_fail(err, GENU_E_IO, "'%s' is being written by another program", o->part);
    else if (ftruncate(o->fd, 0))
        s = genu_fail(err, GENU_E_IO, "'%s' could not be emptied: %s", o->part, strerror(errno));
    if (s)
        release(o);
    return s;
}

genu_status genu_outfile_rename(genu_outfile *o, const char *path, int force, genu_err *err)
{
    genu_status s = check_name(path, force, err);
    if (s)
        return s;
    char *old = folder_of(o->path), *new = folder_of(path);
    char *copy = genu_strdup(path);
    if (!old || !new || !copy)
        s = genu_fail(err, GENU_E_MEMORY, "'%s': no memory for its name", path);
    else if (strcmp(old, new))
        s = genu_fail(err, GENU_E_IO, "'%s' is not in the folder '%s' of '%s'", path, old, o->path);
    free(old);
    free(new);
    if (s) {
        free(copy);
        return s;
    }
    free(o->path);
    o->path = copy;
    o->force = force;
    return GENU_OK;
}

/* Without force the rename itself refuses an existing file, where the file system can do that;
 * where it cannot, link() does the same. */
static int move(const genu_outfile *o)
{
    if (o->force)
        return rename(o->part, o->path);
    if (!renameat2(AT_FDCWD, o->part, AT_FDCWD, o->path, RENAME_NOREPLACE))
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    return link(o->part, o->path) ? -1 : unlink(o->part);
}

/* A failure here is not reported: the file is complete under its name, and only a power cut in the
 * next seconds could still undo the rename. */
void genu_outfile_sync_folder(const char *path)
{
    char *folder = folder_of(path);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

genu_status genu_outfile_commit(genu_outfile *o, genu_err *err)
{
    if (fsync(o->fd)) {
        genu_status s =
            genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", o->path, strerror(errno));
        genu_outfile_drop(o);
        return s;
    }
    genu_status s = GENU_OK;
    if (move(o))
        s = genu_fail(err, GENU_E_IO,
                      "'%s' could not take its name (%s); what was written is in '%s'", o->path,
                      strerror(errno), o->part);
    else
        genu_outfile_sync_folder(o->path);
    release(o);
    return s;
}

void genu_outfile_drop(genu_outfile *o)
{
    if (o->part)
        unlink(o->part);
    release(o);
}

int genu_write_all(int fd, const void *data, size_t n, uint64_t at)
{
    const char *from = data;
    while (n) {
        ssize_t done = pwrite(fd, from, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done ? errno : ENOSPC;
            return -1;
        }
        from += done;
        n -= (size_t)done;
        at += (uint64_t)done;
    }
    return 0;
}
