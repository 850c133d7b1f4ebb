/* osim.c - the document: parsing, version, and the order in which its parts are read. */
#include "models/osim_private.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Oldest and newest version of the format whose elements are known; joints stand inside bodies
 * below the first of the two in the middle, and by themselves from the second on. */
enum { OLDEST = 20302, LAST_INSIDE = 30500, FIRST_SOCKETS = 40000, NEWEST = 40600 };

static void start_parser(void)
{
    xmlInitParser();
}

static void keep_quiet(void *context, xmlError *error)
{
    (void)context;
    (void)error;
}

/* A document type can pull in other files and swell without end; no OpenSim file has one. */
static void refuse_document_type(void *context, const xmlChar *name, const xmlChar *external,
                                 const xmlChar *system)
{
    xmlParserCtxt *c = context;
    (void)name;
    (void)external;
    (void)system;
    *(int *)c->_private = 1;
    xmlStopParser(c);
}

static genu_status say_parse_error(osim_reader *r, xmlParserCtxt *context, int has_type)
{
    if (has_type)
        return osim_fail(r, NULL, GENU_E_FORMAT,
                         "holds a document type (<!DOCTYPE>), which is refused");
    const xmlError *e = xmlCtxtGetLastError(context);
    char why[200];
    snprintf(why, sizeof why, "%s", e && e->message ? e->message : "no content");
    why[strcspn(why, "\r\n")] = '\0';
    if (e && e->line > 0)
        return genu_fail(r->err, GENU_E_FORMAT, "model '%s', line %d: not XML: %s", r->name,
                         e->line, why);
    return osim_fail(r, NULL, GENU_E_FORMAT, "not XML: %s", why);
}

static genu_status parse(osim_reader *r, const char *text, size_t n, xmlDoc **doc)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_parser);
    if (n > 0x7fffffff)
        return osim_fail(r, NULL, GENU_E_FORMAT, "larger than 2 GB");
    xmlParserCtxt *context = xmlNewParserCtxt();
    if (!context)
        return osim_no_memory(r);
    // what goes wrong in the encoding is printed unless this thread's handler takes it
    xmlStructuredErrorFunc handler = xmlStructuredError;
    void *handler_context = xmlStructuredErrorContext;
    xmlSetStructuredErrorFunc(NULL, keep_quiet);
    int has_type = 0;
    context->_private = &has_type;
    context->sax->internalSubset = refuse_document_type;
    *doc = xmlCtxtReadMemory(context, text, (int)n, NULL, NULL,
                             XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                 XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA | XML_PARSE_COMPACT);
    genu_status s = *doc && !has_type ? GENU_OK : say_parse_error(r, context, has_type);
    xmlFreeParserCtxt(context);
    xmlSetStructuredErrorFunc(handler_context, handler);
    return s;
}

static genu_status read_version(osim_reader *r, const xmlNode *root)
{
    xmlChar *text = xmlGetNoNsProp(root, (const xmlChar *)"Version");
    double number = 0;
    genu_status s = GENU_OK;
    if (!text || !genu_parse_double((const char *)text, &number))
        s = osim_fail(r, root, GENU_E_FORMAT, "<OpenSimDocument> has Version '%.40s', no number",
                      text ? (const char *)text : "");
    else if (!(number >= OLDEST && number < 1e9))
        s = osim_fail(r, root, GENU_E_FORMAT,
                      "the file's version is %.40s, must be %d to %d; OpenSim 3.3 or 4 can save it "
                      "anew",
                      (const char *)text, OLDEST, NEWEST);
    else if (number > LAST_INSIDE && number < FIRST_SOCKETS)
        s = osim_fail(r, root, GENU_E_FORMAT,
                      "the file's version is %.40s, of a test release between 3.3 and 4.0; OpenSim "
                      "4 can save it anew",
                      (const char *)text);
    else if (number > NEWEST)
        osim_note(r, root, GENU_WARNING,
                  "the file's version is %.40s, the newest one known is %d: read as that",
                  (const char *)text, NEWEST);
    xmlFree(text);
    r->version = s == GENU_OK ? (int)number : 0;
    return s;
}

/* OpenSim lets an object stand in another file; that file would be missing here. */
static genu_status refuse_other_files(osim_reader *r, const xmlNode *node)
{
    genu_status s = GENU_OK;
    for (const xmlNode *c = osim_first(node); c && s == GENU_OK; c = osim_next(c)) {
        xmlChar *file = xmlGetNoNsProp(c, (const xmlChar *)"file");
        if (file && *file)
            s = osim_fail(r, c, GENU_E_FORMAT,
                          "<%s> stands in another file, '%.120s', which is not read",
                          (const char *)c->name, (const char *)file);
        xmlFree(file);
        if (s == GENU_OK)
            s = refuse_other_files(r, c);
    }
    return s;
}

static genu_status open_document(osim_reader *r, const xmlDoc *doc)
{
    const xmlNode *root = xmlDocGetRootElement(doc);
    if (!osim_is(root, "OpenSimDocument"))
        return osim_fail(r, root, GENU_E_FORMAT,
                         "not an OpenSim file: the root element is <%s>, must be <OpenSimDocument>",
                         root ? (const char *)root->name : "");
    genu_status s = read_version(r, root);
    if (s != GENU_OK)
        return s;
    r->model = osim_child(r, root, "Model");
    if (!r->model)
        return osim_fail(r, root, GENU_E_FORMAT,
                         "holds no <Model>: it is another kind of OpenSim file");
    xmlNode *defaults = osim_child(r, r->model, "defaults");
    r->defaults = defaults ? defaults : osim_child(r, root, "defaults");
    return refuse_other_files(r, r->model);
}

static genu_status check_unit(osim_reader *r, const char *tag, const char *unit, const char *brief)
{
    char text[OSIM_PATH];
    if (!osim_text(r, r->model, tag, text) || !*text || !strcasecmp(text, unit) ||
        !strcmp(text, brief))
        return GENU_OK;
    return osim_fail(r, osim_child(r, r->model, tag), GENU_E_FORMAT, "<%s> is '%.40s', must be %s",
                     tag, text, unit);
}

/* Credits as they stand, less the last line where that says the subject's height. */
static genu_status read_credits(osim_reader *r)
{
    const xmlNode *node = osim_child(r, r->model, "credits");
    xmlChar *content = node ? xmlNodeGetContent(node) : NULL;
    if (!content)
        return GENU_OK;
    char *text = (char *)content + strspn((char *)content, " \t\r\n");
    char *line = NULL;
    for (char *next = strstr(text, GENU_OSIM_HEIGHT); next;
         next = strstr(next + 1, GENU_OSIM_HEIGHT))
        line = next;
    genu_status s = GENU_OK;
    if (line) {
        char *number = line + strlen(GENU_OSIM_HEIGHT);
        number[strcspn(number, "m")] = '\0';
        if (!genu_parse_double(number, &r->m->height) ||
            !(r->m->height >= 0.5 && r->m->height <= 2.5))
            s = osim_fail(r, node, GENU_E_RANGE, "<credits>: the %s '%.40s', must be 0.5 to 2.5 m",
                          GENU_OSIM_HEIGHT, number);
        *line = '\0';
    }
    for (size_t n = strlen(text); n && strchr(" \t\r\n", text[n - 1]); n--)
        text[n - 1] = '\0';
    if (s == GENU_OK && *text && !(r->m->credits = genu_strdup(text)))
        s = osim_no_memory(r);
    xmlFree(content);
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
        return osim_no_memory(r);
    genu_status s = check_unit(r, "length_units", "meters", "m");
    if (s == GENU_OK)
        s = check_unit(r, "force_units", "N", "newtons");
    if (s == GENU_OK)
        s = osim_v3(r, r->model, "gravity", OSIM_SAY, &r->m->gravity);
    if (s == GENU_OK)
        s = read_credits(r);
    genu_status (*const part[])(osim_reader *) = {
        osim_read_skeleton, osim_read_constraints, osim_read_wraps,
        osim_read_forces,   osim_read_markers,
    };
    for (size_t i = 0; i < sizeof part / sizeof *part && s == GENU_OK; i++)
        s = part[i](r);
    if (s != GENU_OK)
        return s;
    osim_census(r);
    s = osim_count(r);
    if (s != GENU_OK)
        return s;
    genu_err err = { 0 };
    s = genu_model_validate(r->m, r->notes, &err);
    return s == GENU_OK ? s : osim_fail(r, NULL, s, "%s", err.msg);
}

genu_status genu_osim_read(const char *text, size_t n, const char *name, genu_model **m,
                           genu_notes *notes, genu_err *err)
{
    return genu_osim_read_counted(text, n, name, m, NULL, notes, err);
}

genu_status genu_osim_read_counted(const char *text, size_t n, const char *name, genu_model **m,
                                   genu_osim_census *census, genu_notes *notes, genu_err *err)
{
    osim_reader r = { .name = name, .notes = notes, .err = err, .census = census };
    if (census)
        *census = (genu_osim_census){ 0 };
    xmlDoc *doc = NULL;
    *m = NULL;
    genu_status s = parse(&r, text, n, &doc);
    if (s == GENU_OK)
        s = open_document(&r, doc);
    if (s == GENU_OK && !(r.m = genu_model_new()))
        s = osim_no_memory(&r);
    if (s == GENU_OK)
        s = read_model(&r);
    if (s == GENU_OK)
        *m = r.m;
    else
        genu_model_free(r.m);
    if (census && s != GENU_OK)
        genu_osim_census_clear(census);
    for (int i = 0; i < r.n_frame; i++) {
        free(r.frame[i].name);
        free(r.frame[i].path);
    }
    free(r.frame);
    free(r.event);
    free(r.used_default);
    free(r.body_node);
    free(r.joint_node);
    xmlFreeDoc(doc);
    return s;
}
