/* The reader of loads.h: an external-loads file and the tables it names. */
#include "sim/file.h"
#include "sim/loads.h"
#include "sim/table.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A file being read; tables are kept, because forces share them. */
typedef struct reader {
    const genu_model *m;
    const char *path;
    genu_loads *loads;
    genu_notes *notes;
    genu_err *err;
    char **data_path;  /* n_table */
    genu_table *table; /* n_table */
    int n_table;
} reader;

/* One ExternalForce as written; every text is owned, NULL when absent or "Unassigned". */
typedef struct force {
    char *name;
    char *body, *force_body, *point_body;
    char *force_id, *point_id, *torque_id;
    char *source;
    int line, disabled;
} force;

static genu_status bad(reader *r, genu_status s, int line)
{
    return genu_fail_in(r->err, s, "'%s', line %d", r->path, line);
}

static genu_status no_memory(reader *r)
{
    return genu_fail(r->err, GENU_E_MEMORY, "out of memory for reading '%s'", r->path);
}

static int line_of(xmlNode *node)
{
    long line = xmlGetLineNo(node);
    return line > 0 && line < INT_MAX ? (int)line : 0;
}

static int is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && !strcmp((const char *)node->name, name);
}

/* The element's text without blanks at its ends; NULL where nothing, or "Unassigned", is left. */
static genu_status text_of(reader *r, xmlNode *node, char **text)
{
    xmlChar *content = xmlNodeGetContent(node);
    if (!content)
        return no_memory(r);
    const char *p = (const char *)content + strspn((const char *)content, " \t\r\n");
    size_t n = strlen(p);
    while (n && strchr(" \t\r\n", p[n - 1]))
        n--;
    free(*text);
    *text = NULL;
    int empty = n == 0 || (n == 10 && !strncasecmp(p, "unassigned", 10));
    if (!empty && !(*text = strndup(p, n))) {
        xmlFree(content);
        return no_memory(r);
    }
    xmlFree(content);
    return GENU_OK;
}

static genu_status flag_of(reader *r, xmlNode *node, int *flag)
{
    char *text = NULL;
    genu_status s = text_of(r, node, &text);
    if (s == GENU_OK) {
        int yes = text && (!strcasecmp(text, "true") || !strcmp(text, "1"));
        int no = text && (!strcasecmp(text, "false") || !strcmp(text, "0"));
        *flag = yes;
        if (!yes && !no) {
            genu_fail(r->err, GENU_E_FORMAT, "%s is '%s', must be true or false",
                      (const char *)node->name, text ? text : "");
            s = bad(r, GENU_E_FORMAT, line_of(node));
        }
    }
    free(text);
    return s;
}

static void free_force(force *f)
{
    free(f->name);
    free(f->body);
    free(f->force_body);
    free(f->point_body);
    free(f->force_id);
    free(f->point_id);
    free(f->torque_id);
    free(f->source);
}

/* One child of ExternalForce. */
static genu_status force_element(reader *r, xmlNode *node, force *f)
{
    const struct {
        const char *name;
        char **to;
    } texts[] = {
        { "applied_to_body", &f->body },
        { "force_expressed_in_body", &f->force_body },
        { "point_expressed_in_body", &f->point_body },
        { "force_identifier", &f->force_id },
        { "point_identifier", &f->point_id },
        { "torque_identifier", &f->torque_id },
        { "data_source_name", &f->source },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (is(node, texts[i].name))
            return text_of(r, node, texts[i].to);
    if (is(node, "isDisabled"))
        return flag_of(r, node, &f->disabled);
    if (is(node, "appliesForce")) {
        int applies;
        genu_status s = flag_of(r, node, &applies);
        f->disabled = f->disabled || !applies;
        return s;
    }
    genu_notes_add(r->notes, GENU_NOTE, line_of(node),
                   "'%s': element '%s' of an external force has no effect here and is not used",
                   r->path, (const char *)node->name);
    return GENU_OK;
}

/* ---- bodies ---- */

/* Index of a body; paths as /bodyset/calcn_r are cut to their last part; absent: `absent`. */
static genu_status find_body(reader *r, const force *f, const char *element, const char *name,
                             int absent, int *body)
{
    *body = absent;
    if (!name)
        return GENU_OK;
    const char *slash = strrchr(name, '/');
    const char *last = slash ? slash + 1 : name;
    *body = genu_find_body(r->m, last);
    if (*body >= 0)
        return GENU_OK;
    const char *nearest = NULL;
    int least = INT_MAX;
    for (int b = 0; b < r->m->n_body; b++) {
        const char *candidate = r->m->body[b].name;
        int distance = genu_edit_distance(last, candidate);
        if (distance < least && genu_nearest(last, &candidate, 1)) {
            nearest = candidate;
            least = distance;
        }
    }
    genu_fail(r->err, GENU_E_RANGE, "force '%s': %s is '%s', which the model lacks%s%s%s", f->name,
              element, name, nearest ? ", did you mean '" : "", nearest ? nearest : "",
              nearest ? "'" : "");
    return bad(r, GENU_E_RANGE, f->line);
}

/* ---- data ---- */

/* The table of one force, read at its first use. */
static genu_status find_table(reader *r, const char *path, const genu_table **table)
{
    for (int i = 0; i < r->n_table; i++)
        if (!strcmp(r->data_path[i], path)) {
            *table = &r->table[i];
            return GENU_OK;
        }
    size_t n = (size_t)r->n_table + 1;
    genu_table *tables = realloc(r->table, n * sizeof *tables);
    r->table = tables ? tables : r->table;
    char **paths = realloc(r->data_path, n * sizeof *paths);
    r->data_path = paths ? paths : r->data_path;
    char *copy = genu_strdup(path);
    if (!tables || !paths || !copy) {
        free(copy);
        return no_memory(r);
    }
    genu_status s = genu_table_read(&r->table[n - 1], path, r->notes, r->err);
    if (s != GENU_OK) {
        free(copy);
        return genu_fail_in(r->err, s, "data of '%s'", r->path);
    }
    r->data_path[n - 1] = copy;
    r->n_table++;
    *table = &r->table[n - 1];
    return GENU_OK;
}

/* Does label read as identifier followed by suffix? */
static int is_label(const char *label, const char *id, const char *suffix)
{
    size_t n = strlen(id);
    return !strncmp(label, id, n) && !strcmp(label + n, suffix);
}

static genu_status no_columns(reader *r, const force *f, const genu_table *t, const char *element,
                              const char *id)
{
    char *want = malloc(strlen(id) + 2);
    if (!want)
        return no_memory(r);
    strcpy(stpcpy(want, id), "x");
    const char *nearest = genu_nearest(want, (const char *const *)t->label, t->n_column);
    free(want);
    genu_fail(r->err, GENU_E_FORMAT,
              "force '%s': %s is '%s', but '%s' has no columns '%sx', '%sy' and '%sz'%s%s%s",
              f->name, element, id, t->source, id, id, id, nearest ? "; nearest: '" : "",
              nearest ? nearest : "", nearest ? "'" : "");
    return bad(r, GENU_E_FORMAT, f->line);
}

/* The three columns of an identifier: it with x y z, X Y Z, _x _y _z, or 1 2 3 put behind. */
static genu_status find_columns(reader *r, const force *f, const genu_table *t, const char *element,
                                const char *id, int column[3])
{
    static const char *const suffix[][3] = {
        { "x", "y", "z" }, { "X", "Y", "Z" }, { "_x", "_y", "_z" }, { "1", "2", "3" }
    };
    for (size_t k = 0; k < sizeof suffix / sizeof *suffix; k++) {
        int n_found = 0;
        for (int axis = 0; axis < 3; axis++)
            for (int j = 0; j < t->n_column; j++)
                if (is_label(t->label[j], id, suffix[k][axis])) {
                    column[axis] = j;
                    n_found++;
                }
        if (n_found == 3)
            return GENU_OK;
    }
    return no_columns(r, f, t, element, id);
}

/* Copy three columns into value + 3 what n_row. */
static genu_status fetch(reader *r, const force *f, const genu_table *t, const char *element,
                         const char *id, int what, double *value)
{
    int column[3];
    if (!id)
        return GENU_OK;
    genu_status s = find_columns(r, f, t, element, id, column);
    size_t n = (size_t)t->n_row;
    for (size_t axis = 0; s == GENU_OK && axis < 3; axis++)
        memcpy(value + (3 * (size_t)what + axis) * n, genu_table_column(t, column[axis]),
               n * sizeof *value);
    return s;
}

static genu_status add(reader *r, const force *f, const genu_table *t, double *value)
{
    genu_load load = { .name = f->name,
                       .has_force = f->force_id != NULL,
                       .has_point = f->force_id && f->point_id,
                       .has_torque = f->torque_id != NULL,
                       .n_row = t->n_row,
                       .time = t->time,
                       .value = value };
    genu_status s = find_body(r, f, "applied_to_body", f->body, -1, &load.body);
    if (s == GENU_OK)
        s = find_body(r, f, "force_expressed_in_body", f->force_body, 0, &load.force_body);
    if (s == GENU_OK)
        s = find_body(r, f, "point_expressed_in_body", f->point_body, 0, &load.point_body);
    if (s == GENU_OK)
        s = fetch(r, f, t, "force_identifier", f->force_id, 0, value);
    if (s == GENU_OK)
        s = fetch(r, f, t, "point_identifier", load.has_point ? f->point_id : NULL, 1, value);
    if (s == GENU_OK)
        s = fetch(r, f, t, "torque_identifier", f->torque_id, 2, value);
    if (s != GENU_OK)
        return s;
    if (load.has_force && !load.has_point)
        genu_notes_add(r->notes, GENU_NOTE, f->line,
                       "'%s': force '%s' has no point and acts at the origin of '%s'", r->path,
                       f->name, f->body);
    if (load.body == 0)
        genu_notes_add(r->notes, GENU_WARNING, f->line,
                       "'%s': force '%s' acts on the ground and has no effect", r->path, f->name);
    s = genu_loads_add(r->loads, &load, r->notes, r->err);
    return s == GENU_OK ? s : genu_fail_in(r->err, s, "'%s'", t->source);
}

/* ---- the document ---- */

static genu_status read_force(reader *r, xmlNode *node, force *f)
{
    xmlChar *name = xmlGetProp(node, (const xmlChar *)"name");
    f->name = genu_strdup(name ? (const char *)name : "");
    xmlFree(name);
    f->line = line_of(node);
    genu_status s = f->name ? GENU_OK : no_memory(r);
    for (xmlNode *child = node->children; s == GENU_OK && child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            s = force_element(r, child, f);
    if (s != GENU_OK || f->disabled)
        return s;
    if (!f->body) {
        genu_fail(r->err, GENU_E_FORMAT, "force '%s' has no applied_to_body", f->name);
        return bad(r, GENU_E_FORMAT, f->line);
    }
    if (!f->force_id && !f->torque_id) {
        genu_fail(r->err, GENU_E_FORMAT,
                  "force '%s' has neither force_identifier nor "
                  "torque_identifier",
                  f->name);
        return bad(r, GENU_E_FORMAT, f->line);
    }
    return GENU_OK;
}

/* data: the table given by the caller or by `datafile`; else the force's own. */
static genu_status external_force(reader *r, xmlNode *node, const char *data)
{
    force f = { 0 };
    const genu_table *t = NULL;
    double *value = NULL;
    char *own = NULL;
    genu_status s = read_force(r, node, &f);
    if (s == GENU_OK && f.disabled) {
        genu_notes_add(r->notes, GENU_NOTE, f.line, "'%s': force '%s' is disabled and not used",
                       r->path, f.name);
        goto out;
    }
    if (s == GENU_OK && !data && !f.source) {
        genu_fail(r->err, GENU_E_FORMAT,
                  "force '%s': neither datafile nor data_source_name names its data", f.name);
        s = bad(r, GENU_E_FORMAT, f.line);
    }
    if (s == GENU_OK && !data && !(own = genu_file_beside(r->path, f.source)))
        s = no_memory(r);
    if (s == GENU_OK)
        s = find_table(r, data ? data : own, &t);
    if (s == GENU_OK && !(value = calloc(9 * (size_t)t->n_row, sizeof *value)))
        s = no_memory(r);
    if (s == GENU_OK)
        s = add(r, &f, t, value);
out:
    free(value);
    free(own);
    free_force(&f);
    return s;
}

static genu_status objects(reader *r, xmlNode *node, const char *data)
{
    genu_status s = GENU_OK;
    for (xmlNode *child = node->children; s == GENU_OK && child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        if (is(child, "ExternalForce")) {
            s = external_force(r, child, data);
        } else {
            genu_fail(r->err, GENU_E_FORMAT,
                      "a load of kind '%s' cannot be read, only ExternalForce",
                      (const char *)child->name);
            s = bad(r, GENU_E_FORMAT, line_of(child));
        }
    }
    return s;
}

/* `datafile` of the loads, made a path; other settings of the loads are noted. */
static genu_status loads_settings(reader *r, xmlNode *loads, char **data)
{
    // the frequency belongs to a kinematics file, which is named by itself where there is one
    static const char *const known[] = { "objects", "groups", "datafile", "defaults",
                                         "lowpass_cutoff_frequency_for_load_kinematics" };
    genu_status s = GENU_OK;
    char *text = NULL;
    for (xmlNode *child = loads->children; s == GENU_OK && child; child = child->next) {
        int is_known = child->type != XML_ELEMENT_NODE;
        for (int i = 0; i < 5; i++)
            is_known |= is(child, known[i]);
        if (is(child, "datafile") && (s = text_of(r, child, &text)) == GENU_OK && text) {
            free(*data);
            *data = genu_file_beside(r->path, text);
            s = *data ? GENU_OK : no_memory(r);
        }
        if (is_known)
            continue;
        s = text_of(r, child, &text);
        if (s == GENU_OK && text)
            genu_notes_add(r->notes, GENU_WARNING, line_of(child),
                           "'%s': '%s' of the external loads is not used", r->path,
                           (const char *)child->name);
    }
    free(text);
    return s;
}

static genu_status external_loads(reader *r, xmlNode *loads, const char *given)
{
    char *data = NULL;
    genu_status s = loads_settings(r, loads, &data);
    for (xmlNode *child = loads->children; s == GENU_OK && child; child = child->next)
        if (is(child, "objects"))
            s = objects(r, child, given ? given : data);
    free(data);
    if (s == GENU_OK && !r->loads->n_load) {
        genu_fail(r->err, GENU_E_FORMAT, "the external loads hold no force that is enabled");
        s = bad(r, GENU_E_FORMAT, line_of(loads));
    }
    return s;
}

/* First element of this name at or below node, in the document's order. */
static xmlNode *find_element(xmlNode *node, const char *name)
{
    for (; node; node = node->next) {
        if (is(node, name))
            return node;
        xmlNode *found = node->type == XML_ELEMENT_NODE ? find_element(node->children, name) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

static genu_status document(reader *r, xmlDoc *doc, const char *data)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    xmlNode *loads = find_element(root, "ExternalLoads");
    if (loads)
        return external_loads(r, loads, data);
    xmlNode *setup = find_element(root, "external_loads_file");
    char *name = NULL;
    genu_status s = setup ? text_of(r, setup, &name) : GENU_OK;
    if (s == GENU_OK)
        s = name ? genu_fail(r->err, GENU_E_FORMAT,
                             "'%s' holds no external loads; it names another file for them, '%s'",
                             r->path, name)
                 : genu_fail(r->err, GENU_E_FORMAT, "'%s' holds no element 'ExternalLoads'",
                             r->path);
    free(name);
    return s;
}

static genu_status parse(reader *r, const char *text, size_t n, const char *data)
{
    if (n > INT_MAX)
        return genu_fail(r->err, GENU_E_RANGE, "'%s' is too large for loads", r->path);
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    if (!ctxt)
        return no_memory(r);
    xmlDoc *doc = xmlCtxtReadMemory(ctxt, text, (int)n, r->path, NULL,
                                    XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET);
    genu_status s;
    if (doc) {
        s = document(r, doc, data);
    } else {
        const xmlError *e = xmlCtxtGetLastError(ctxt);
        const char *why = e && e->message ? e->message : "no reason known";
        s = genu_fail(r->err, GENU_E_FORMAT, "'%s', line %d: not XML: %.*s", r->path,
                      e ? e->line : 0, (int)strcspn(why, "\n"), why);
    }
    xmlFreeDoc(doc);
    xmlFreeParserCtxt(ctxt);
    return s;
}

genu_status genu_loads_read(genu_loads **loads, const genu_model *m, const char *path,
                            const char *data, const genu_loads_settings *settings,
                            genu_notes *notes, genu_err *err)
{
    reader r = { .m = m, .path = path, .notes = notes, .err = err };
    char *text = NULL;
    size_t n = 0;
    *loads = NULL;
    genu_status s = genu_loads_new(&r.loads, settings, err);
    if (s == GENU_OK)
        s = genu_file_read(path, &text, &n, err);
    if (s == GENU_OK)
        s = parse(&r, text, n, data);
    free(text);
    for (int i = 0; i < r.n_table; i++) {
        genu_table_free(&r.table[i]);
        free(r.data_path[i]);
    }
    free(r.table);
    free(r.data_path);
    if (s == GENU_OK)
        *loads = r.loads;
    else
        genu_loads_free(r.loads);
    return s;
}
