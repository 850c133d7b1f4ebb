/* osim_xml.c - elements of the document, the marks on them, messages with their place. */
#include "models/osim_private.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const xmlNode *named(const xmlNode *node)
{
    char name[OSIM_NAME];
    for (; node && node->type == XML_ELEMENT_NODE; node = node->parent) {
        if (osim_is(node, "Model"))
            return NULL;
        osim_name(node, name);
        if (*name)
            return node;
    }
    return NULL;
}

/* "CustomJoint 'knee_r', TransformAxis 'rotation1'": the member of a set, and the innermost. */
static void place(const xmlNode *node, char *text, size_t size)
{
    char name[OSIM_NAME], inner_name[OSIM_NAME];
    const xmlNode *inner = named(node), *outer = inner;
    *text = '\0';
    for (const xmlNode *up = inner; up; up = named(up->parent))
        if (osim_is(up->parent, "objects") || osim_is(up->parent, "Joint"))
            outer = up;
    if (!inner)
        return;
    osim_name(outer, name);
    osim_name(inner, inner_name);
    if (outer == inner)
        snprintf(text, size, "%.40s '%.50s': ", (const char *)outer->name, name);
    else
        snprintf(text, size, "%.40s '%.50s', %.40s '%.50s': ", (const char *)outer->name, name,
                 (const char *)inner->name, inner_name);
}

genu_status osim_fail(osim_reader *r, const xmlNode *node, genu_status s, const char *fmt, ...)
{
    char text[400], where[208];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (!node)
        return genu_fail(r->err, s, "model '%s': %s", r->name, text);
    place(node, where, sizeof where);
    return genu_fail(r->err, s, "model '%s', line %ld: %s%s", r->name, xmlGetLineNo(node), where,
                     text);
}

void osim_note(osim_reader *r, const xmlNode *node, genu_severity severity, const char *fmt, ...)
{
    char text[600], where[208];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    place(node, where, sizeof where);
    genu_notes_add(r->notes, severity, (int)xmlGetLineNo(node), "%s%s", where, text);
}

static void nearest_name(const xmlNode *node, char name[OSIM_NAME])
{
    const xmlNode *n = named(node);
    *name = '\0';
    if (n)
        osim_name(n, name);
}

void osim_event_add(osim_reader *r, const xmlNode *node, genu_severity severity, const char *fmt,
                    ...)
{
    char text[sizeof r->event->text];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    for (int i = 0; i < r->n_event; i++)
        if (r->event[i].severity == severity && !strcmp(r->event[i].text, text)) {
            r->event[i].n += r->event[i].last != node;
            r->event[i].last = node;
            return;
        }
    osim_event *e = osim_grow((void **)&r->event, &r->n_event, sizeof *e);
    if (!e)
        return; // as genu_notes_add: a note is dropped when there is no memory
    snprintf(e->text, sizeof e->text, "%s", text);
    nearest_name(node, e->first);
    e->severity = severity;
    e->last = node;
    e->n = 1;
    e->line = (int)xmlGetLineNo(node);
}

void osim_say_default(osim_reader *r, const xmlNode *node, const char *tag, const char *value)
{
    const char *type = (const char *)node->name;
    for (int i = 0; i < r->n_default; i++) {
        osim_default *d = &r->used_default[i];
        if (!strcmp(d->type, type) && !strcmp(d->tag, tag) && !strcmp(d->value, value)) {
            d->n++;
            return;
        }
    }
    osim_default *d = osim_grow((void **)&r->used_default, &r->n_default, sizeof *d);
    if (!d)
        return;
    d->type = type;
    snprintf(d->tag, sizeof d->tag, "%s", tag);
    snprintf(d->value, sizeof d->value, "%s", value);
    nearest_name(node, d->first);
    d->n = 1;
    d->line = (int)xmlGetLineNo(node);
}

genu_status osim_no_memory(osim_reader *r)
{
    return osim_fail(r, NULL, GENU_E_MEMORY, "out of memory");
}

void osim_suggest(char *text, size_t size, const char *word, const char *const *names, int n)
{
    const char *nearest = genu_nearest(word, names, n);
    *text = '\0';
    if (nearest)
        snprintf(text, size, "; did you mean '%s'?", nearest);
}

static char read_mark, left_mark;

void osim_take(xmlNode *node)
{
    node->_private = &read_mark;
}

void osim_leave_out(xmlNode *node)
{
    node->_private = &left_mark;
    for (xmlNode *c = osim_first(node); c; c = osim_next(c))
        osim_leave_out(c);
}

void osim_leave_rest(xmlNode *node)
{
    if (osim_harmless(node))
        return;
    if (!osim_taken(node))
        node->_private = &left_mark;
    for (xmlNode *c = osim_first(node); c; c = osim_next(c))
        osim_leave_rest(c);
}

int osim_left_out(const xmlNode *node)
{
    return node->_private == &left_mark;
}

int osim_taken(const xmlNode *node)
{
    return node->_private == &read_mark || node->_private == &left_mark;
}

int osim_is(const xmlNode *node, const char *tag)
{
    return node && !strcmp((const char *)node->name, tag);
}

xmlNode *osim_next(const xmlNode *node)
{
    xmlNode *n = node ? node->next : NULL;
    while (n && n->type != XML_ELEMENT_NODE)
        n = n->next;
    return n;
}

xmlNode *osim_first(const xmlNode *node)
{
    xmlNode *n = node ? node->children : NULL;
    while (n && n->type != XML_ELEMENT_NODE)
        n = n->next;
    return n;
}

static xmlNode *plain_child(const xmlNode *node, const char *tag)
{
    for (xmlNode *c = osim_first(node); c; c = osim_next(c))
        if (osim_is(c, tag))
            return c;
    return NULL;
}

xmlNode *osim_child(osim_reader *r, const xmlNode *node, const char *tag)
{
    xmlNode *c = plain_child(node, tag);
    if (!c && node && r->defaults) {
        c = plain_child(plain_child(r->defaults, (const char *)node->name), tag);
        if (c)
            osim_event_add(r, node, GENU_NOTE, "%s: <%s> is taken from the file's <defaults>",
                           (const char *)node->name, tag);
    }
    if (c)
        osim_take(c);
    return c;
}

xmlNode *osim_objects(osim_reader *r, const xmlNode *node, const char *set)
{
    return osim_first(osim_child(r, osim_child(r, node, set), "objects"));
}

/* Copy without blanks at both ends. */
static void trimmed(char *to, size_t size, const char *from)
{
    while (isspace((unsigned char)*from))
        from++;
    size_t n = strlen(from);
    while (n && isspace((unsigned char)from[n - 1]))
        n--;
    n = n < size ? n : size - 1;
    memcpy(to, from, n);
    to[n] = '\0';
}

void osim_name(const xmlNode *node, char name[OSIM_NAME])
{
    xmlChar *text = xmlGetNoNsProp(node, (const xmlChar *)"name");
    trimmed(name, OSIM_NAME, text ? (const char *)text : "");
    xmlFree(text);
}

int osim_text(osim_reader *r, const xmlNode *node, const char *tag, char text[OSIM_PATH])
{
    const xmlNode *c = osim_child(r, node, tag);
    *text = '\0';
    if (!c)
        return 0;
    xmlChar *content = xmlNodeGetContent(c);
    trimmed(text, OSIM_PATH, content ? (const char *)content : "");
    xmlFree(content);
    return 1;
}

int osim_socket(osim_reader *r, const xmlNode *node, const char *tag, char text[OSIM_PATH])
{
    char full[128];
    snprintf(full, sizeof full, "socket_%s", tag);
    return osim_text(r, node, full, text) || osim_text(r, node, tag, text);
}

void *osim_grow(void **array, int *n, size_t size)
{
    // room for powers of two: grow when n is one
    if ((*n & (*n - 1)) == 0) {
        size_t room = *n ? 2 * (size_t)*n : 1;
        void *grown = realloc(*array, room * size);
        if (!grown)
            return NULL;
        *array = grown;
    }
    char *slot = (char *)*array + (size_t)*n * size;
    memset(slot, 0, size);
    (*n)++;
    return slot;
}
