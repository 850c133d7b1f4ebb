/* osim_census.c - what stands in the file and has no effect here, counted and named. */
#include "models/osim_private.h"

#include <stdio.h>
#include <string.h>

/* Elements that were read, or that only hold others; their children are looked at. */
static const char *const open_elements[] = {
    "Model",      "BodySet",       "JointSet",
    "ForceSet",   "ConstraintSet", "MarkerSet",
    "Ground",     "objects",       "Body",
    "Joint",      "CoordinateSet", "WrapObjectSet",
    "frames",     "groups",        "coordinates",
    "components", "PathPointSet",  "PathWrapSet",
    "path",       "GeometryPath",  "PhysicalOffsetFrame",
};

/* Elements without effect on motion and load, and why. */
static const struct {
    const char *tag, *why;
} harmless[] = {
    { "Appearance", "drawing only" },
    { "VisibleObject", "drawing only" },
    { "display_preference", "drawing only" },
    { "FrameGeometry", "drawing only" },
    { "attached_geometry", "drawing only" },
    { "GeometrySet", "drawing only" },
    { "ObjectGroup", "groups for menus; genu groups muscles by name" },
    { "ControllerSet", "controls play no part in load sharing" },
    { "ProbeSet", "probes report, they do not act" },
    { "ContactGeometrySet", "contact surfaces act only through contact forces" },
    { "ComponentSet", "components beside bodies, joints and forces" },
};

typedef struct count {
    const char *tag, *why;
    int n, line;
} count;

enum { N_COUNT = 64 };

static void add(count *list, int *n, const xmlNode *node, const char *why)
{
    const char *tag = (const char *)node->name;
    for (int i = 0; i < *n; i++)
        if (!strcmp(list[i].tag, tag)) {
            list[i].n++;
            return;
        }
    if (*n < N_COUNT)
        list[(*n)++] = (count){ tag, why, 1, (int)xmlGetLineNo(node) };
}

static void look(count *list, int *n, const xmlNode *node)
{
    for (xmlNode *c = osim_first(node); c; c = osim_next(c)) {
        int known = 0;
        for (size_t i = 0; i < sizeof harmless / sizeof *harmless && !known; i++)
            if (osim_is(c, harmless[i].tag)) {
                known = 1;
                if (osim_first(c) || osim_is(c, "Appearance"))
                    add(list, n, c, harmless[i].why);
            }
        if (known)
            continue;
        int is_set = strlen((const char *)c->name) > 3 &&
                     !strcmp((const char *)c->name + strlen((const char *)c->name) - 3, "Set");
        int is_open = 0;
        for (size_t i = 0; i < sizeof open_elements / sizeof *open_elements && !is_open; i++)
            is_open = osim_is(c, open_elements[i]);
        // a set of the model that nobody reads
        if (is_set && !is_open && osim_first(osim_child(c, "objects")))
            add(list, n, c, "not known to genu");
        else
            look(list, n, c);
    }
}

void osim_census(osim_reader *r)
{
    count list[N_COUNT];
    int n = 0;
    look(list, &n, r->model);
    for (int i = 0; i < n; i++) {
        int known = strcmp(list[i].why, "not known to genu") != 0;
        genu_notes_add(r->notes, known ? GENU_NOTE : GENU_WARNING, list[i].line,
                       "ignored: %d %s (first here): %s", list[i].n, list[i].tag, list[i].why);
    }
}
