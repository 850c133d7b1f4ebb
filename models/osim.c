/* osim.c - the document, its elements and numbers. */
#include "models/osim_private.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

genu_status osim_fail(osim_reader *r, const xmlNode *node, genu_status s, const char *fmt, ...)
{
    char text[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (!node)
        return genu_fail(r->err, s, "model '%s': %s", r->name, text);
    return genu_fail(r->err, s, "model '%s', line %ld: %s", r->name, xmlGetLineNo(node), text);
}

xmlNode *osim_next(xmlNode *node)
{
    for (node = node ? node->next : NULL; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE)
            return node;
    return NULL;
}

xmlNode *osim_first(const xmlNode *node)
{
    xmlNode *child = node ? node->children : NULL;
    return child && child->type != XML_ELEMENT_NODE ? osim_next(child) : child;
}

int osim_is(const xmlNode *node, const char *tag)
{
    return node && !strcmp((const char *)node->name, tag);
}

xmlNode *osim_child(const xmlNode *node, const char *tag)
{
    for (xmlNode *c = osim_first(node); c; c = osim_next(c))
        if (osim_is(c, tag))
            return c;
    return NULL;
}

xmlNode *osim_objects(const xmlNode *node, const char *set)
{
    return osim_first(osim_child(osim_child(node, set), "objects"));
}

static void trim(char *text)
{
    char *start = text;
    while (isspace((unsigned char)*start))
        start++;
    size_t n = strlen(start);
    while (n && isspace((unsigned char)start[n - 1]))
        n--;
    memmove(text, start, n);
    text[n] = '\0';
}

void osim_name(const xmlNode *node, char name[OSIM_NAME])
{
    xmlChar *text = xmlGetProp(node, (const xmlChar *)"name");
    snprintf(name, OSIM_NAME, "%s", text ? (const char *)text : "");
    xmlFree(text);
    trim(name);
}

int osim_text(const xmlNode *node, const char *tag, char *text, size_t size)
{
    const xmlNode *c = osim_child(node, tag);
    *text = '\0';
    if (!c)
        return 0;
    xmlChar *content = xmlNodeGetContent(c);
    snprintf(text, size, "%s", content ? (const char *)content : "");
    xmlFree(content);
    trim(text);
    return 1;
}

genu_status osim_numbers(osim_reader *r, const xmlNode *node, const char *tag, double **x, int *n)
{
    *x = NULL;
    *n = 0;
    const xmlNode *c = osim_child(node, tag);
    if (!c)
        return GENU_OK;
    xmlChar *content = xmlNodeGetContent(c);
    size_t length = content ? strlen((const char *)content) : 0;
    *x = malloc((length / 2 + 1) * sizeof **x);
    genu_status s = content && *x ? GENU_OK : osim_fail(r, c, GENU_E_MEMORY, "out of memory");
    char *save = NULL;
    for (char *word = s == GENU_OK ? strtok_r((char *)content, " \t\r\n,", &save) : NULL;
         word && s == GENU_OK; word = strtok_r(NULL, " \t\r\n,", &save))
        if (!genu_parse_double(word, &(*x)[(*n)++]))
            s = osim_fail(r, c, GENU_E_FORMAT, "<%s>: '%.40s' is not a number", tag, word);
    xmlFree(content);
    if (s != GENU_OK) {
        free(*x);
        *x = NULL;
    }
    return s;
}

static genu_status fixed_count(osim_reader *r, const xmlNode *node, const char *tag, int count,
                               double *out)
{
    double *x;
    int n;
    const xmlNode *c = osim_child(node, tag);
    genu_status s = osim_numbers(r, node, tag, &x, &n);
    if (s != GENU_OK || !c)
        return s;
    if (n == count)
        memcpy(out, x, (size_t)count * sizeof *out);
    else if (n)
        s = osim_fail(r, c, GENU_E_FORMAT, "<%s> holds %d numbers, must hold %d", tag, n, count);
    free(x);
    return s;
}

genu_status osim_double(osim_reader *r, const xmlNode *node, const char *tag, double *x)
{
    return fixed_count(r, node, tag, 1, x);
}

genu_status osim_v3(osim_reader *r, const xmlNode *node, const char *tag, v3 *x)
{
    double a[3] = { x->x, x->y, x->z };
    genu_status s = fixed_count(r, node, tag, 3, a);
    *x = v3_of(a);
    return s;
}

genu_status osim_bool(osim_reader *r, const xmlNode *node, const char *tag, int *x)
{
    char text[64];
    if (!osim_text(node, tag, text, sizeof text) || !*text)
        return GENU_OK;
    if (!strcmp(text, "true") || !strcmp(text, "1"))
        *x = 1;
    else if (!strcmp(text, "false") || !strcmp(text, "0"))
        *x = 0;
    else
        return osim_fail(r, osim_child(node, tag), GENU_E_FORMAT,
                         "<%s> is '%s', must be true or false", tag, text);
    return GENU_OK;
}

const char *osim_last(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int osim_socket(const xmlNode *node, const char *tag, char *text, size_t size)
{
    char full[128];
    snprintf(full, sizeof full, "socket_%s", tag);
    if (osim_text(node, full, text, size))
        return 1;
    snprintf(full, sizeof full, "socket_%s_connectee_name", tag);
    return osim_text(node, full, text, size) || osim_text(node, tag, text, size);
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

static void quiet(void *context, xmlErrorPtr error)
{
    (void)context;
    (void)error;
}

static genu_status parse(osim_reader *r, const char *text, size_t n, xmlDoc **doc)
{
    xmlParserCtxt *context = n < 0x7fffffff ? xmlNewParserCtxt() : NULL;
    if (!context)
        return osim_fail(r, NULL, GENU_E_MEMORY, "out of memory, or larger than 2 GB");
    xmlSetStructuredErrorFunc(context, quiet);
    *doc = xmlCtxtReadMemory(context, text, (int)n, NULL, NULL,
                             XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                 XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA);
    genu_status s = GENU_OK;
    if (!*doc) {
        const xmlError *e = xmlCtxtGetLastError(context);
        char why[200];
        snprintf(why, sizeof why, "%s", e && e->message ? e->message : "no content");
        trim(why);
        s = e && e->line > 0 ? genu_fail(r->err, GENU_E_FORMAT, "model '%s', line %d: not XML: %s",
                                         r->name, e->line, why)
                             : osim_fail(r, NULL, GENU_E_FORMAT, "not XML: %s", why);
    }
    xmlFreeParserCtxt(context);
    xmlSetStructuredErrorFunc(NULL, NULL);
    return s;
}

static genu_status open_document(osim_reader *r, xmlDoc *doc)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    if (!osim_is(root, "OpenSimDocument"))
        return osim_fail(r, root, GENU_E_FORMAT,
                         "not an OpenSim file: the root element is <%s>, "
                         "must be <OpenSimDocument>",
                         root ? (const char *)root->name : "");
    xmlChar *version = xmlGetProp(root, (const xmlChar *)"Version");
    double number = 0;
    int good = version && genu_parse_double((const char *)version, &number) && number >= 20302 &&
               number <= 40699;
    genu_status s = GENU_OK;
    if (!good)
        s = osim_fail(r, root, GENU_E_FORMAT,
                      "OpenSim file version is '%s', must be 20302 to 40699",
                      version ? (const char *)version : "missing");
    xmlFree(version);
    r->version = (int)number;
    r->model = osim_child(root, "Model");
    if (s == GENU_OK && !r->model)
        s = osim_fail(r, root, GENU_E_FORMAT,
                      "holds no <Model>: it is another kind of OpenSim file");
    if (s == GENU_OK)
        r->layout3 = !osim_child(r->model, "JointSet");
    return s;
}

static genu_status read_model(osim_reader *r)
{
    char name[OSIM_NAME];
    osim_name(r->model, name);
    free(r->m->name);
    r->m->name = genu_strdup(*name ? name : r->name);
    r->m->file_version = r->version;
    if (!r->m->name)
        return osim_fail(r, NULL, GENU_E_MEMORY, "out of memory");

    char units[64];
    if (osim_text(r->model, "length_units", units, sizeof units) && *units &&
        strcmp(units, "meters") && strcmp(units, "m"))
        return osim_fail(r, osim_child(r->model, "length_units"), GENU_E_FORMAT,
                         "length unit is '%s', must be meters", units);
    genu_status s = osim_v3(r, r->model, "gravity", &r->m->gravity);
    if (s == GENU_OK)
        s = osim_read_bodies(r);
    if (s == GENU_OK)
        s = osim_read_constraints(r);
    if (s == GENU_OK)
        s = osim_read_wraps(r);
    if (s == GENU_OK)
        s = osim_read_forces(r);
    if (s == GENU_OK)
        s = osim_read_markers(r);
    if (s != GENU_OK)
        return s;
    osim_census(r);
    genu_err err = { 0 };
    s = genu_model_validate(r->m, r->notes, &err);
    return s == GENU_OK ? s : osim_fail(r, NULL, s, "%s", err.msg);
}

genu_status genu_osim_read(const char *text, size_t n, const char *name, genu_model **m,
                           genu_notes *notes, genu_err *err)
{
    osim_reader r = { .name = name, .notes = notes, .err = err };
    xmlDoc *doc = NULL;
    *m = NULL;
    genu_status s = parse(&r, text, n, &doc);
    if (s == GENU_OK)
        s = open_document(&r, doc);
    if (s == GENU_OK && !(r.m = genu_model_new()))
        s = osim_fail(&r, NULL, GENU_E_MEMORY, "out of memory");
    if (s == GENU_OK)
        s = read_model(&r);
    if (s == GENU_OK)
        *m = r.m;
    else
        genu_model_free(r.m);
    for (int i = 0; i < r.n_frame; i++) {
        free(r.frame[i].name);
        free(r.frame[i].owner);
    }
    free(r.frame);
    free(r.body_node);
    free(r.joint_node);
    xmlFreeDoc(doc);
    return s;
}
