/* osim_count.c - how many elements of each kind were read, and how many left out. */
#include "models/osim_private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Kinds by the beginning or the end of their names; the first rule that fits counts. */
static const struct {
    const char *begin, *end;
    genu_osim_part part;
} rule[] = {
    { "Body", NULL, GENU_OSIM_BODIES },
    { "PhysicalOffsetFrame", NULL, GENU_OSIM_FRAMES },
    { NULL, "Joint", GENU_OSIM_JOINTS },
    { NULL, "Constraint", GENU_OSIM_CONSTRAINTS },
    { "CoordinateActuator", NULL, GENU_OSIM_FORCES },
    { "CoordinateLimitForce", NULL, GENU_OSIM_FORCES },
    { "Coordinate", NULL, GENU_OSIM_COORDINATES },
    { "Constant", NULL, GENU_OSIM_FUNCTIONS },
    { "Sine", NULL, GENU_OSIM_FUNCTIONS },
    { NULL, "Function", GENU_OSIM_FUNCTIONS },
    { NULL, "Spline", GENU_OSIM_FUNCTIONS },
    { NULL, "Curve", GENU_OSIM_CURVES },
    { NULL, "PathPoint", GENU_OSIM_POINTS },
    { "Wrap", NULL, GENU_OSIM_WRAPS },
    { "PathWrap", NULL, GENU_OSIM_PATH_WRAPS },
    { NULL, "Muscle", GENU_OSIM_MUSCLES },
    { NULL, "Muscle_Deprecated", GENU_OSIM_MUSCLES },
    { NULL, "Actuator", GENU_OSIM_FORCES },
    { NULL, "Force", GENU_OSIM_FORCES },
    { NULL, "Ligament", GENU_OSIM_FORCES },
    { "Marker", NULL, GENU_OSIM_MARKERS },
};

static int begins(const char *tag, const char *with)
{
    return !with || !strncmp(tag, with, strlen(with));
}

static int ends(const char *tag, const char *with)
{
    size_t n = strlen(tag), k = with ? strlen(with) : 0;
    return n >= k && (!with || !strcmp(tag + n - k, with));
}

static genu_osim_part part_of(const char *tag)
{
    for (size_t i = 0; i < sizeof rule / sizeof *rule; i++)
        if (begins(tag, rule[i].begin) && ends(tag, rule[i].end))
            return rule[i].part;
    return GENU_OSIM_OTHERS;
}

/* Objects begin with a capital and hold elements or nothing, properties hold text; sets and wrappers
 * hold what is counted. */
static int is_counted(const xmlNode *node)
{
    static const char *const wrapper[] = { "Ground",        "Joint",        "SpatialTransform",
                                           "TransformAxis", "GeometryPath", "Appearance",
                                           "FrameGeometry", "VisibleObject" };
    char name[OSIM_NAME];
    const char *tag = (const char *)node->name;
    for (size_t i = 0; i < sizeof wrapper / sizeof *wrapper; i++)
        if (!strcmp(tag, wrapper[i]))
            return 0;
    osim_name(node, name);
    if (!strcmp(tag, "Body") && !strcmp(name, "ground"))
        return 0;
    if (!osim_first(node) && !osim_is_blank(node))
        return 0;
    return (isupper((unsigned char)*tag) && !ends(tag, "Set")) || !strcmp(tag, "natCubicSpline");
}

static genu_osim_kind *find_kind(osim_reader *r, const char *tag)
{
    genu_osim_census *c = r->census;
    for (int i = 0; i < c->n; i++)
        if (!strcmp(c->kind[i].tag, tag))
            return &c->kind[i];
    genu_osim_kind *kind = osim_grow((void **)&c->kind, &c->n, sizeof *kind);
    if (kind) {
        kind->part = part_of(tag);
        snprintf(kind->tag, sizeof kind->tag, "%s", tag);
    }
    return kind;
}

static genu_status count_inside(osim_reader *r, const xmlNode *node)
{
    genu_status s = GENU_OK;
    for (const xmlNode *c = osim_first(node); c && s == GENU_OK; c = osim_next(c)) {
        if (c == r->defaults)
            continue;
        if (osim_taken(c) && is_counted(c)) {
            genu_osim_kind *kind = find_kind(r, (const char *)c->name);
            if (!kind)
                return osim_no_memory(r);
            kind->n_left_out += osim_left_out(c);
            kind->n_read += !osim_left_out(c);
        }
        if (!osim_left_out(c)) // what is left out is left out with all that it holds
            s = count_inside(r, c);
    }
    return s;
}

genu_status osim_count(osim_reader *r)
{
    return r->census ? count_inside(r, r->model) : GENU_OK;
}

void genu_osim_census_clear(genu_osim_census *census)
{
    free(census->kind);
    *census = (genu_osim_census){ 0 };
}
