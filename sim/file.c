#include "sim/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 30 };

static genu_status read_open(FILE *f, const char *path, char **text, size_t *n, genu_err *err)
{
    struct stat st;
    if (fstat(fileno(f), &st))
        return genu_fail(err, GENU_E_IO, "'%s' could not be read: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return genu_fail(err, GENU_E_IO, "'%s' is a folder, not a file", path);

    // pipes have no size, so read until the end in growing pieces
    size_t room = S_ISREG(st.st_mode) && st.st_size < FILE_MAX ? (size_t)st.st_size + 2 : 65536;
    size_t used = 0;
    char *block = NULL;
    for (;;) {
        char *grown = realloc(block, room);
        if (!grown) {
            free(block);
            return genu_fail(err, GENU_E_MEMORY, "out of memory for the file '%s'", path);
        }
        block = grown;
        used += fread(block + used, 1, room - 1 - used, f);
        if (used < room - 1 || used >= FILE_MAX)
            break;
        room *= 2;
    }
    if (ferror(f) || used >= FILE_MAX) {
        free(block);
        return ferror(f)
                   ? genu_fail(err, GENU_E_IO, "'%s' could not be read: %s", path, strerror(errno))
                   : genu_fail(err, GENU_E_RANGE, "'%s' is larger than 1 GiB", path);
    }
    block[used] = '\0';
    *text = block;
    *n = used;
    return GENU_OK;
}

genu_status genu_file_read(const char *path, char **text, size_t *n, genu_err *err)
{
    *text = NULL;
    *n = 0;
    FILE *f = fopen(path, "rb");
    if (!f)
        return errno == ENOENT
                   ? genu_fail(err, GENU_E_IO, "there is no file '%s'", path)
                   : genu_fail(err, GENU_E_IO, "'%s' could not be read: %s", path, strerror(errno));
    genu_status s = read_open(f, path, text, n, err);
    fclose(f); // read only: nothing can be lost
    return s;
}

char *genu_file_beside(const char *beside, const char *name)
{
    const char *slash = strrchr(beside, '/');
    size_t folder = slash && name[0] != '/' && name[0] != '\\' ? (size_t)(slash - beside) + 1 : 0;
    char *path = malloc(folder + strlen(name) + 1);
    if (!path)
        return NULL;
    memcpy(path, beside, folder);
    strcpy(path + folder, name);
    for (char *c = path + folder; *c; c++)
        if (*c == '\\')
            *c = '/';
    return path;
}

static void release(genu_file_out *out)
{
    free(out->path);
    free(out->part);
    *out = (genu_file_out){ 0 };
}

genu_status genu_file_create(genu_file_out *out, const char *path, genu_err *err)
{
    *out = (genu_file_out){ .path = genu_strdup(path) };
    if (!out->path || asprintf(&out->part, "%s.part", path) < 0) {
        out->part = NULL;
        release(out);
        return genu_fail(err, GENU_E_MEMORY, "out of memory for writing '%s'", path);
    }
    struct stat st;
    if (!stat(path, &st) && S_ISDIR(st.st_mode)) {
        release(out);
        return genu_fail(err, GENU_E_IO, "'%s' could not be written: it is a folder", path);
    }
    out->f = fopen(out->part, "wb");
    if (out->f)
        return GENU_OK;
    int reason = errno;
    release(out);
    return genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", path,
                     reason == ENOENT ? "its folder does not exist" : strerror(reason));
}

genu_status genu_file_commit(genu_file_out *out, genu_err *err)
{
    // an earlier failed write leaves the error mark on the stream; its errno may be gone
    errno = 0;
    int bad = ferror(out->f) != 0;
    bad |= fflush(out->f) != 0;
    bad = bad || (fsync(fileno(out->f)) != 0 && errno != EINVAL && errno != EROFS);
    int reason = errno;
    bad |= fclose(out->f) != 0;
    reason = reason ? reason : errno;
    out->f = NULL;
    if (!bad && rename(out->part, out->path)) {
        bad = 1;
        reason = errno;
    }
    genu_status s = GENU_OK;
    if (bad) {
        unlink(out->part);
        s = genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", out->path,
                      reason ? strerror(reason) : "a write failed (disk full?)");
    }
    release(out);
    return s;
}

void genu_file_discard(genu_file_out *out)
{
    if (out->f)
        fclose(out->f);
    if (out->part)
        unlink(out->part);
    release(out);
}
