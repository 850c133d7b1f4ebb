/* osim_census.c - the account of a file: defaults that were used, and what nobody read. */
#include "models/osim_private.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Elements without effect on motion and load, and why. */
static const struct {
    const char *tag, *why;
} harmless[] = {
    { "Appearance", "drawing only" },
    { "VisibleObject", "drawing only" },
    { "display_preference", "drawing only" },
    { "FrameGeometry", "drawing only" },
    { "attached_geometry", "drawing only" },
    { "geometry", "drawing only" },
    { "GeometrySet", "drawing only" },
    { "geometry_files", "drawing only" },
    { "ModelVisualPreferences", "drawing only" },
    { "ModelDisplayHints", "drawing only" },
    { "show_axes", "drawing only" },
    { "publications", "where the model is described" },
    { "groups", "menus only; genu finds muscle groups by name" },
    { "assembly_accuracy", "couplers are met exactly" },
    { "fixed", "only matters where markers are placed anew" },
    { "optimal_force", "has no effect on a muscle" },
    { "activation_time_constant", "activations are sought at each instant, not integrated" },
    { "deactivation_time_constant", "activations are sought at each instant, not integrated" },
    { "ignore_activation_dynamics", "activations are sought at each instant, not integrated" },
    { "MuscleFirstOrderActivationDynamicModel", "of a test release; OpenSim 4 ignores it, too" },
    { "MuscleSecondOrderActivationDynamicModel", "of a test release; OpenSim 4 ignores it, too" },
    { "ForceVelocityInverseCurve", "of a test release; OpenSim 4 ignores it, too" },
    { "default_fiber_length", "a starting value; the equilibrium is solved for" },
    { "is_free_to_satisfy_constraints", "only matters where models are assembled" },
};

/* Sets that play no part, and what is said of their members. */
static const struct {
    const char *tag, *why;
} idle_set[] = {
    { "ControllerSet", "controllers are not run; load sharing finds the activations" },
    { "ProbeSet", "probes report, they do not act" },
    { "ContactGeometrySet", "contact surfaces act only through contact forces" },
};

int osim_is_blank(const xmlNode *node)
{
    for (const xmlNode *c = node->children; c; c = c->next) {
        if (c->type == XML_ELEMENT_NODE && !osim_is_blank(c))
            return 0;
        for (const xmlChar *t = c->type == XML_TEXT_NODE ? c->content : NULL; t && *t; t++)
            if (!isspace(*t))
                return 0;
    }
    return 1;
}

static const char *idle_reason(const xmlNode *node)
{
    for (size_t i = 0; i < sizeof idle_set / sizeof *idle_set; i++)
        if (osim_is(node, idle_set[i].tag))
            return idle_set[i].why;
    return NULL;
}

const char *osim_harmless(const xmlNode *node)
{
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (osim_is(node, harmless[i].tag))
            return harmless[i].why;
    return NULL;
}

/* An empty property says nothing, nor does an empty set; an empty object does. */
static int says_nothing(const xmlNode *node)
{
    size_t n = strlen((const char *)node->name);
    int is_set = n > 3 && !strcmp((const char *)node->name + n - 3, "Set");
    return osim_is_blank(node) && (!isupper(*node->name) || is_set);
}

static int given_before(const xmlNode *node)
{
    for (const xmlNode *c = node->prev; c; c = c->prev)
        if (c->type == XML_ELEMENT_NODE && osim_is(c, (const char *)node->name) && osim_taken(c))
            return 1;
    return 0;
}

static void look(osim_reader *r, const xmlNode *node, const char *idle)
{
    for (xmlNode *c = osim_first(node); c; c = osim_next(c)) {
        const char *why = idle_reason(c);
        if (c == r->defaults || says_nothing(c))
            continue;
        if (why || (idle && osim_is(c, "objects")))
            look(r, c, why ? why : idle);
        else if (idle && !osim_is(c, "groups"))
            osim_event_add(r, c, GENU_NOTE, GENU_OSIM_IGNORED "<%s>: %s", (const char *)c->name,
                           idle);
        else if (osim_taken(c) || osim_is(c, "objects") || osim_is(c, "components") ||
                 osim_is(c, "ComponentSet") || osim_is(c, "frames"))
            look(r, c, NULL);
        else if ((why = osim_harmless(c)))
            osim_event_add(r, c, GENU_NOTE, GENU_OSIM_IGNORED "<%s>: %s", (const char *)c->name,
                           why);
        else if (given_before(c))
            osim_note(r, c, GENU_WARNING, "<%s> is given twice; the first counts",
                      (const char *)c->name);
        else
            osim_event_add(r, c, GENU_WARNING, "<%s> in <%s> is not understood and has no effect",
                           (const char *)c->name, (const char *)node->name);
    }
}

static void say_events(osim_reader *r)
{
    for (int i = 0; i < r->n_event; i++) {
        const osim_event *e = &r->event[i];
        if (e->n == 1 && *e->first)
            genu_notes_add(r->notes, e->severity, e->line, "%s ('%s')", e->text, e->first);
        else if (e->n == 1)
            genu_notes_add(r->notes, e->severity, e->line, "%s", e->text);
        else
            genu_notes_add(r->notes, e->severity, e->line, "%s (%d times%s%s%s)", e->text, e->n,
                           *e->first ? ", first in '" : "", e->first, *e->first ? "'" : "");
    }
}

/* All defaults of one kind of element in one note. */
static void say_defaults(osim_reader *r)
{
    for (int i = 0; i < r->n_default; i++) {
        char list[800] = "";
        const osim_default *d = &r->used_default[i];
        int said = 0;
        for (int j = 0; j < i; j++)
            said |= !strcmp(r->used_default[j].type, d->type);
        for (int j = i; !said && j < r->n_default; j++) {
            const osim_default *e = &r->used_default[j];
            size_t used = strlen(list);
            if (!strcmp(e->type, d->type))
                snprintf(list + used, sizeof list - used, "%s%s %s (%d time%s)", used ? ", " : "",
                         e->tag, e->value, e->n, e->n == 1 ? "" : "s");
        }
        if (!said)
            genu_notes_add(r->notes, GENU_NOTE, d->line,
                           "%s" GENU_OSIM_DEFAULTS "%s; first in '%s'", d->type, list, d->first);
    }
}

void osim_census(osim_reader *r)
{
    look(r, r->model, NULL);
    say_defaults(r);
    say_events(r);
}
