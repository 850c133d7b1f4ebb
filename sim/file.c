#include "sim/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static char *with_place(const genu_note *n, const char *file)
{
    char line[32] = "", *text;
    const char *end = file || *n->text != '\'' ? NULL : strchr(n->text + 1, '\'');
    int skip = end ? (int)(end + 1 - n->text) : 0;
    if (n->line)
        snprintf(line, sizeof line, ", line %d", n->line);
    int length = file ? asprintf(&text, "'%s'%s: %s", file, line, n->text)
                      : asprintf(&text, "%.*s%s%s", skip, n->text, line, n->text + skip);
    return length < 0 ? NULL : text;
}

void genu_file_name_notes(genu_notes *notes, int first, const char *file)
{
    for (int i = first; notes && i < notes->n; i++) {
        genu_note *n = &notes->note[i];
        char *text = with_place(n, file);
        if (!text)
            return; // without memory the notes stay as they are
        free(n->text);
        n->text = text;
        n->line = 0;
    }
}
