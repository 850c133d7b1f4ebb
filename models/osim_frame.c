/* osim_frame.c - frames and coordinates by the names and paths that files use for them. */
#include "models/osim_private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *osim_last(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Elements that a component's path passes over. */
static int is_silent(const xmlNode *node)
{
    return osim_is(node, "objects") || osim_is(node, "components") || osim_is(node, "frames") ||
           osim_is(node, "Joint") || osim_is(node, "coordinates");
}

/* Path of a component in the model, "/jointset/hip_r/pelvis_offset"; "" for the model itself. */
static void component_path(const xmlNode *node, char path[OSIM_PATH])
{
    *path = '\0';
    if (!node || node->type != XML_ELEMENT_NODE || osim_is(node, "Model"))
        return;
    component_path(node->parent, path);
    char name[OSIM_NAME];
    size_t n = strlen((const char *)node->name);
    osim_name(node, name);
    if (is_silent(node) || n >= OSIM_NAME)
        return;
    if (n > 3 && !strcmp((const char *)node->name + n - 3, "Set")) {
        for (size_t i = 0; i <= n; i++)
            name[i] = (char)tolower(node->name[i]);
    } else if (!*name)
        return;
    size_t used = strlen(path);
    snprintf(path + used, OSIM_PATH - used, "/%s", name);
}

/* `path` as seen from the component `node`, without "." and "..". */
static void absolute_path(const xmlNode *node, const char *path, char out[OSIM_PATH])
{
    char words[OSIM_PATH], *save = NULL;
    if (*path == '/')
        *out = '\0';
    else
        component_path(node, out);
    snprintf(words, sizeof words, "%s", path);
    for (char *w = strtok_r(words, "/", &save); w; w = strtok_r(NULL, "/", &save)) {
        if (!strcmp(w, "."))
            continue;
        char *slash = strrchr(out, '/');
        if (!strcmp(w, "..")) {
            if (slash)
                *slash = '\0';
            continue;
        }
        size_t used = strlen(out);
        snprintf(out + used, OSIM_PATH - used, "/%s", w);
    }
}

genu_status osim_collect_frames(osim_reader *r, xmlNode *node)
{
    genu_status s = GENU_OK;
    for (xmlNode *c = osim_first(node); c && s == GENU_OK; c = osim_next(c)) {
        if (c == r->defaults)
            continue;
        if (osim_is(c, "PhysicalOffsetFrame")) {
            char name[OSIM_NAME], path[OSIM_PATH];
            osim_name(c, name);
            component_path(c, path);
            osim_frame *f = osim_grow((void **)&r->frame, &r->n_frame, sizeof *f);
            if (!f || !(f->name = genu_strdup(name)) || !(f->path = genu_strdup(path)))
                return osim_no_memory(r);
            f->node = c;
            f->body = -1;
            osim_take(c);
        }
        s = osim_collect_frames(r, c);
    }
    return s;
}

genu_status osim_resolve_frame(osim_reader *r, osim_frame *f)
{
    if (f->body >= 0)
        return GENU_OK;
    if (f->resolving)
        return osim_fail(r, f->node, GENU_E_FORMAT, "frame '%s' hangs on itself", f->name);
    f->resolving = 1;
    char parent[OSIM_PATH];
    v3 p = { 0, 0, 0 }, angles = { 0, 0, 0 };
    if (!osim_socket(r, f->node, "parent", parent))
        return osim_fail(r, f->node, GENU_E_FORMAT, "frame '%s' names no parent: <socket_parent>",
                         f->name);
    genu_status s = osim_v3(r, f->node, "translation", OSIM_SAY, &p);
    if (s == GENU_OK)
        s = osim_v3(r, f->node, "orientation", OSIM_SAY, &angles);
    xform base;
    int body = -1;
    if (s == GENU_OK)
        s = osim_resolve(r, f->node, parent, &body, &base);
    if (s != GENU_OK)
        return s;
    f->X = xform_mul(base, (xform){ m3_xyz(angles), p });
    f->body = body;
    return GENU_OK;
}

static int body_by_path(const osim_reader *r, const char *path)
{
    static const char set[] = "/bodyset/";
    if (!strcmp(path, "/ground"))
        return 0;
    return strncmp(path, set, sizeof set - 1) ? -1 : genu_find_body(r->m, path + sizeof set - 1);
}

static genu_status no_such_frame(osim_reader *r, const xmlNode *node, const char *path)
{
    char suggestion[OSIM_NAME + 32] = "";
    size_t n = (size_t)r->m->n_body + (size_t)r->n_frame;
    const char **names = calloc(n, sizeof *names);
    if (names) {
        for (int i = 0; i < r->m->n_body; i++)
            names[i] = r->m->body[i].name;
        for (int i = 0; i < r->n_frame; i++)
            names[r->m->n_body + i] = r->frame[i].name;
        osim_suggest(suggestion, sizeof suggestion, osim_last(path), names, (int)n);
    }
    free(names);
    return osim_fail(r, node, GENU_E_FORMAT, "there is no body or frame '%.120s'%s", path,
                     suggestion);
}

genu_status osim_resolve(osim_reader *r, const xmlNode *node, const char *path, int *body, xform *X)
{
    char full[OSIM_PATH];
    absolute_path(node, path, full);
    osim_frame *f = NULL;
    int b = body_by_path(r, full), n = 0;
    for (int i = 0; i < r->n_frame && b < 0 && !f; i++)
        if (!strcmp(r->frame[i].path, full))
            f = &r->frame[i];
    // no component stands there: by the last name alone, as layouts before 4.0 have it
    const char *last = osim_last(path);
    if (b < 0 && !f)
        b = genu_find_body(r->m, last);
    for (int i = 0; i < r->n_frame && b < 0 && (!f || n); i++)
        if (!strcmp(r->frame[i].name, last)) {
            f = &r->frame[i];
            n++;
        }
    if (n > 1)
        return osim_fail(r, node, GENU_E_FORMAT, "'%.120s' could be any of %d frames", path, n);
    if (f) {
        genu_status s = osim_resolve_frame(r, f);
        *body = f->body;
        *X = f->X;
        return s;
    }
    *body = b;
    *X = xform_identity();
    return b >= 0 ? GENU_OK : no_such_frame(r, node, path);
}

genu_status osim_coord(osim_reader *r, const xmlNode *node, const char *path, int *coord)
{
    const char *last = osim_last(path);
    *coord = genu_find_coord(r->m, last);
    if (*coord >= 0)
        return GENU_OK;
    char suggestion[OSIM_NAME + 32] = "";
    const char **names = calloc((size_t)r->m->n_coord + 1, sizeof *names);
    for (int i = 0; names && i < r->m->n_coord; i++)
        names[i] = r->m->coord[i].name;
    if (names)
        osim_suggest(suggestion, sizeof suggestion, last, names, r->m->n_coord);
    free(names);
    return osim_fail(r, node, GENU_E_FORMAT, "there is no coordinate '%.120s'%s", path, suggestion);
}
