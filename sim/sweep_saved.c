#include "sim/sweep_saved.h"

#include "sim/results.h"
#include "sim/sweep_identity.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *sweep_saved_part(const char *path, int rank)
{
    char *name = NULL;
    return asprintf(&name, "%s.part.%d", path, rank) < 0 ? NULL : name;
}

char *sweep_saved_shard(const char *path, int shard, int n_shard)
{
    char *name = NULL;
    return asprintf(&name, "%s.shard-%d-of-%d", path, shard, n_shard) < 0 ? NULL : name;
}

// "OUT.h5.part.12" of "OUT.h5"
static int is_part(const char *name, const char *base)
{
    size_t n = strlen(base);
    static const char mark[] = ".part.";
    if (strncmp(name, base, n) || strncmp(name + n, mark, sizeof mark - 1))
        return 0;
    const char *rank = name + n + sizeof mark - 1;
    return *rank && rank[strspn(rank, "0123456789")] == '\0';
}

static int by_name(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    size_t n = strlen(x), m = strlen(y);
    return n != m ? (n > m) - (n < m) : strcmp(x, y);
}

static genu_status keep_name(sweep_saved *saved, const char *path, int n_folder, const char *name,
                             genu_err *err)
{
    char **grown = realloc(saved->path, ((size_t)saved->n + 1) * sizeof *grown);
    if (grown)
        saved->path = grown;
    if (!grown || asprintf(&saved->path[saved->n], "%.*s%s", n_folder, path, name) < 0)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    saved->n++;
    return GENU_OK;
}

genu_status sweep_saved_list(sweep_saved *saved, const char *path, genu_err *err)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    int n_folder = (int)(base - path);
    *saved = (sweep_saved){ 0 };
    char *folder = slash ? strndup(path, (size_t)n_folder) : genu_strdup(".");
    DIR *dir = folder ? opendir(folder) : NULL;
    genu_status s = GENU_OK;
    if (!dir && errno != ENOENT && errno != ENOTDIR) // who writes there says that there is none
        s = genu_fail(err, GENU_E_IO, "folder '%s' cannot be read: %s", folder ? folder : path,
                      strerror(errno));
    free(folder);
    for (struct dirent *e; !s && dir && (e = readdir(dir));)
        if (is_part(e->d_name, base))
            s = keep_name(saved, path, n_folder, e->d_name, err);
    if (dir)
        closedir(dir);
    if (saved->n)
        qsort(saved->path, (size_t)saved->n, sizeof *saved->path, by_name);
    return s;
}

void sweep_saved_free(sweep_saved *saved)
{
    for (int i = 0; i < saved->n; i++)
        free(saved->path[i]);
    free(saved->path);
    *saved = (sweep_saved){ 0 };
}

genu_status sweep_saved_add(const sweep_saved *saved, genu_parts *p, genu_err *err)
{
    genu_status s = GENU_OK;
    for (int i = 0; i < saved->n && !s; i++)
        s = genu_parts_add(p, saved->path[i], err);
    return s;
}

/* Whether a part file may go without anybody's asking for it. */
static genu_status nothing_lost(const char *path, genu_err *err)
{
    genu_parts *p = NULL;
    genu_status s = genu_parts_new_from(&p, path, err);
    if (!s && p) {
        s = genu_parts_add(p, path, err);
        genu_record done = genu_parts_done(p);
        if (!s && done.block && genu_parts_n_block(p) > 1)
            s = genu_fail(err, GENU_E_IO,
                          "'%s' holds %d scenarios that an earlier sweep saved: --resume goes on "
                          "with them, --force drops them",
                          path, (int)done.n);
    }
    genu_parts_free(p);
    return s;
}

genu_status sweep_saved_clear(const sweep_saved *saved, int force, genu_err *err)
{
    genu_status s = GENU_OK;
    for (int i = 0; i < saved->n && !s && !force; i++)
        s = nothing_lost(saved->path[i], err);
    for (int i = 0; i < saved->n && !s; i++)
        if (unlink(saved->path[i]))
            s = genu_fail(err, GENU_E_IO, "'%s' could not be removed: %s", saved->path[i],
                          strerror(errno));
    return s;
}

genu_status sweep_saved_result(const char *path, const genu_parts_head *head, genu_err *err)
{
    genu_results *r;
    genu_identity there;
    genu_dataset scenario = { 0 };
    char text[400];
    genu_status s = genu_results_open(&r, path, err);
    if (s)
        return s;
    genu_identity_read(&there, r);
    s = genu_results_shape(r, "scenario", &scenario, err);
    if (!s && genu_identity_differs(&there, &head->id, text, sizeof text))
        s = genu_fail(err, GENU_E_IO,
                      "'%s' exists, but is not the result of this sweep: %s "
                      "(--force replaces it)",
                      path, text);
    else if (!s && (uint64_t)scenario.dim[0] != head->n_scenario)
        s = genu_fail(err, GENU_E_IO,
                      "'%s' exists, but has only %d of %d scenarios "
                      "(--force replaces it)",
                      path, scenario.dim[0], (int)head->n_scenario);
    genu_dataset_free(&scenario);
    genu_results_close(r);
    return s;
}
