#include "sim/yaml_doc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

struct genu_yaml {
    char *text;
    yaml_document_t doc;
    int loaded; /* doc is there to be deleted */
};

/* ------------------------------------------------------------------ problems */

genu_problems genu_problems_start(const char *kind, const char *name, genu_notes *notes,
                                  genu_err *err)
{
    return (genu_problems){ .kind = kind, .name = name, .notes = notes, .err = err };
}

void genu_problems_add(genu_problems *p, genu_status s, genu_mark at, const char *fmt, ...)
{
    char text[480], column[32] = "";
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (at.column > 0)
        snprintf(column, sizeof column, " (column %d)", at.column);

    genu_notes_add(p->notes, GENU_ERROR, at.line, "%s%s", text, column);
    if (p->n++ == 0) {
        p->first = genu_fail(p->err, s, "%s%s", text, column);
        if (at.line > 0)
            genu_fail_in(p->err, s, "%s '%s', line %d", p->kind, p->name, at.line);
        else
            genu_fail_in(p->err, s, "%s '%s'", p->kind, p->name);
    }
}

static genu_mark mark_of(yaml_mark_t m)
{
    return (genu_mark){ (int)m.line + 1, (int)m.column + 1 };
}

/* ------------------------------------------------------------------ what libyaml refuses */

/* Line and column of a byte; the reader stops before the parser has a mark. */
static genu_mark mark_at(const char *text, size_t offset)
{
    genu_mark at = { 1, 1 };
    for (size_t i = 0; i < offset && text[i]; i++) {
        at.column++;
        if (text[i] == '\n')
            at = (genu_mark){ at.line + 1, 1 };
    }
    return at;
}

/* The byte that the mark points at, 0 at the end. */
static char byte_at(const char *text, yaml_mark_t m)
{
    for (size_t line = 0; line < m.line && text; line++) {
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    return text && m.column < strcspn(text, "\n") ? text[m.column] : '\0';
}

/* What a beginner most probably did. */
static const char *hint(const yaml_parser_t *parser, const char *text)
{
    const char *problem = parser->problem;
    char byte = byte_at(text, parser->problem_mark);
    if (strstr(problem, "cannot start any token"))
        return byte == '\t' ? "; indent with blanks, not with tabs"
                            : "; text that begins with a sign must stand in quotes";
    if (strstr(problem, "mapping values are not allowed"))
        return "; text with a colon and a blank in it must stand in quotes";
    if (strstr(problem, "expected <document start>"))
        return "; is the indentation the same as in the lines above?";
    if (strstr(problem, "could not find expected ':'"))
        return "; a key is followed by a colon and a blank";
    return "";
}

static void add_syntax(const yaml_parser_t *parser, const char *text, genu_problems *p)
{
    genu_mark at = mark_of(parser->problem_mark);
    switch (parser->error) {
    case YAML_MEMORY_ERROR:
        genu_problems_add(p, GENU_E_MEMORY, (genu_mark){ 0 }, "not enough memory to read it");
        break;
    case YAML_READER_ERROR:
        genu_problems_add(p, GENU_E_FORMAT, mark_at(text, parser->problem_offset),
                          "is not text in UTF-8: %s", parser->problem);
        break;
    default:
        if (parser->context && parser->context_mark.line != parser->problem_mark.line)
            genu_problems_add(p, GENU_E_FORMAT, at, "is not YAML: %s %s that began in line %d%s",
                              parser->problem, parser->context, (int)parser->context_mark.line + 1,
                              hint(parser, text));
        else
            genu_problems_add(p, GENU_E_FORMAT, at, "is not YAML: %s%s", parser->problem,
                              hint(parser, text));
        break;
    }
}

/* ------------------------------------------------------------------ what we refuse */

/* The tree no longer shows tags, and libyaml takes time with the square of the depth, so the events
 * are looked at first. */
typedef struct scan {
    int depth, n_document;
    int stop;
} scan;

static void refuse_tag(const yaml_char_t *tag, yaml_mark_t m, genu_problems *p)
{
    if (tag)
        genu_problems_add(p, GENU_E_FORMAT, mark_of(m),
                          "the tag '%.60s' is not understood; write the value alone",
                          (const char *)tag);
}

static void scan_event(scan *s, const yaml_event_t *e, genu_problems *p)
{
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++s->n_document == 2) {
            genu_problems_add(p, GENU_E_FORMAT, mark_of(e->start_mark),
                              "a second document begins here, must be one per file");
            s->stop = 1;
        }
        break;
    case YAML_SCALAR_EVENT:
        refuse_tag(e->data.scalar.tag, e->start_mark, p);
        break;
    case YAML_SEQUENCE_START_EVENT:
        refuse_tag(e->data.sequence_start.tag, e->start_mark, p);
        s->depth++;
        break;
    case YAML_MAPPING_START_EVENT:
        refuse_tag(e->data.mapping_start.tag, e->start_mark, p);
        s->depth++;
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        s->depth--;
        break;
    case YAML_STREAM_END_EVENT:
        s->stop = 1;
        break;
    default:
        break;
    }
    if (s->depth > GENU_YAML_MAX_DEPTH) {
        genu_problems_add(p, GENU_E_RANGE, mark_of(e->start_mark),
                          "lists and maps are nested more than %d deep", GENU_YAML_MAX_DEPTH);
        s->stop = 1;
    }
}

static void scan_text(const char *text, size_t n, genu_problems *p)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        genu_problems_add(p, GENU_E_MEMORY, (genu_mark){ 0 }, "not enough memory to read it");
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
    scan s = { 0 };
    while (!s.stop) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            add_syntax(&parser, text, p);
            break;
        }
        scan_event(&s, &event, p);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

static void check_key(const genu_yaml *y, int map, int i, genu_problems *p)
{
    const yaml_node_t *node = &y->doc.nodes.start[map - 1];
    const yaml_node_t *key = &y->doc.nodes.start[node->data.mapping.pairs.start[i].key - 1];
    genu_mark at = mark_of(key->start_mark);
    if (key->type != YAML_SCALAR_NODE || !key->data.scalar.length) {
        genu_problems_add(p, GENU_E_FORMAT, at, "a key must be a plain name");
        return;
    }
    const char *name = (const char *)key->data.scalar.value;
    if (!strcmp(name, "<<")) {
        genu_problems_add(p, GENU_E_FORMAT, at,
                          "merge keys ('<<') are not understood; write the keys out");
        return;
    }
    for (int j = 0; j < i; j++)
        if (!strcmp(genu_yaml_key(y, map, j), name)) {
            genu_problems_add(p, GENU_E_FORMAT, at,
                              "key '%.60s' appears twice, the first time in line %d", name,
                              genu_yaml_key_mark(y, map, j).line);
            return;
        }
}

static void check_tree(const genu_yaml *y, genu_problems *p)
{
    int n = (int)(y->doc.nodes.top - y->doc.nodes.start);
    if (n == 0)
        genu_problems_add(p, GENU_E_FORMAT, (genu_mark){ 0 }, "is empty");
    for (int node = 1; node <= n; node++) {
        if (genu_yaml_type_of(y, node) != GENU_YAML_MAP)
            continue;
        int n_key = genu_yaml_count(y, node);
        if (n_key > GENU_YAML_MAX_KEYS)
            genu_problems_add(p, GENU_E_RANGE, genu_yaml_mark(y, node),
                              "a map has %d keys, must be at most %d", n_key, GENU_YAML_MAX_KEYS);
        else
            for (int i = 0; i < n_key; i++)
                check_key(y, node, i, p);
    }
}

/* ------------------------------------------------------------------ reading */

static void load_tree(genu_yaml *y, size_t n, genu_problems *p)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        genu_problems_add(p, GENU_E_MEMORY, (genu_mark){ 0 }, "not enough memory to read it");
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)y->text, n);
    if (yaml_parser_load(&parser, &y->doc)) {
        y->loaded = 1;
        check_tree(y, p);
    } else {
        add_syntax(&parser, y->text, p);
    }
    yaml_parser_delete(&parser);
}

genu_status genu_yaml_parse(genu_yaml **out, const char *text, size_t n, genu_problems *p)
{
    *out = NULL;
    int before = p->n;
    if (n >= 2 && (!memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2)))
        genu_problems_add(p, GENU_E_FORMAT, (genu_mark){ 0 },
                          "is text in UTF-16; save it as UTF-8");
    else if (n > GENU_YAML_MAX_BYTES)
        genu_problems_add(p, GENU_E_RANGE, (genu_mark){ 0 }, "has %zu bytes, must be at most %d", n,
                          GENU_YAML_MAX_BYTES);
    if (p->n > before)
        return p->first;
    if (n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
        text += 3;
        n -= 3;
    }

    genu_yaml *y = calloc(1, sizeof *y);
    if (y)
        y->text = malloc(n + 1);
    if (!y || !y->text) {
        genu_problems_add(p, GENU_E_MEMORY, (genu_mark){ 0 }, "not enough memory to read it");
    } else {
        memcpy(y->text, text, n);
        y->text[n] = '\0';
        scan_text(y->text, n, p);
        if (p->n == before)
            load_tree(y, n, p);
    }
    if (p->n > before) {
        genu_yaml_free(y);
        return p->first;
    }
    *out = y;
    return GENU_OK;
}

/* One byte more than allowed is read, so that a file that grows is noticed, too. */
static char *read_file(FILE *f, size_t *n)
{
    char *text = malloc(GENU_YAML_MAX_BYTES + 1);
    if (text)
        *n = fread(text, 1, GENU_YAML_MAX_BYTES + 1, f);
    return text;
}

genu_status genu_yaml_read(genu_yaml **y, genu_problems *p)
{
    *y = NULL;
    genu_mark nowhere = { 0 };
    int before = p->n;
    struct stat st;
    if (stat(p->name, &st)) {
        genu_problems_add(p, GENU_E_IO, nowhere, "cannot be read: %s", strerror(errno));
        return p->first;
    }
    if (!S_ISREG(st.st_mode)) {
        genu_problems_add(p, GENU_E_IO, nowhere, "is %s, must be a file",
                          S_ISDIR(st.st_mode) ? "a folder" : "a device or pipe");
        return p->first;
    }
    FILE *f = fopen(p->name, "rb");
    if (!f) {
        genu_problems_add(p, GENU_E_IO, nowhere, "cannot be read: %s", strerror(errno));
        return p->first;
    }
    size_t n = 0;
    char *text = read_file(f, &n);
    if (!text)
        genu_problems_add(p, GENU_E_MEMORY, nowhere, "not enough memory to read it");
    else if (ferror(f))
        genu_problems_add(p, GENU_E_IO, nowhere, "cannot be read: %s", strerror(errno));
    else if (st.st_size > GENU_YAML_MAX_BYTES)
        genu_problems_add(p, GENU_E_RANGE, nowhere, "has %lld bytes, must be at most %d",
                          (long long)st.st_size, GENU_YAML_MAX_BYTES);
    fclose(f);
    genu_status s = p->n > before ? p->first : genu_yaml_parse(y, text, n, p);
    free(text);
    return s;
}

void genu_yaml_free(genu_yaml *y)
{
    if (!y)
        return;
    if (y->loaded)
        yaml_document_delete(&y->doc);
    free(y->text);
    free(y);
}

/* ------------------------------------------------------------------ the tree */

static const yaml_node_t *at(const genu_yaml *y, int node)
{
    return &y->doc.nodes.start[node - 1];
}

const char *genu_yaml_text(const genu_yaml *y)
{
    return y->text;
}

int genu_yaml_root(const genu_yaml *y)
{
    return y->doc.nodes.top > y->doc.nodes.start ? 1 : 0;
}

genu_yaml_type genu_yaml_type_of(const genu_yaml *y, int node)
{
    switch (at(y, node)->type) {
    case YAML_SEQUENCE_NODE:
        return GENU_YAML_LIST;
    case YAML_MAPPING_NODE:
        return GENU_YAML_MAP;
    default:
        return GENU_YAML_SCALAR;
    }
}

genu_mark genu_yaml_mark(const genu_yaml *y, int node)
{
    return mark_of(at(y, node)->start_mark);
}

const char *genu_yaml_scalar(const genu_yaml *y, int node)
{
    const yaml_node_t *n = at(y, node);
    return n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : "";
}

int genu_yaml_quoted(const genu_yaml *y, int node)
{
    const yaml_node_t *n = at(y, node);
    return n->type == YAML_SCALAR_NODE && n->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
}

int genu_yaml_count(const genu_yaml *y, int node)
{
    const yaml_node_t *n = at(y, node);
    if (n->type == YAML_SEQUENCE_NODE)
        return (int)(n->data.sequence.items.top - n->data.sequence.items.start);
    if (n->type == YAML_MAPPING_NODE)
        return (int)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
    return 0;
}

int genu_yaml_item(const genu_yaml *y, int node, int i)
{
    const yaml_node_t *n = at(y, node);
    return n->type == YAML_SEQUENCE_NODE ? n->data.sequence.items.start[i]
                                         : n->data.mapping.pairs.start[i].value;
}

const char *genu_yaml_key(const genu_yaml *y, int node, int i)
{
    return genu_yaml_scalar(y, at(y, node)->data.mapping.pairs.start[i].key);
}

genu_mark genu_yaml_key_mark(const genu_yaml *y, int node, int i)
{
    return genu_yaml_mark(y, at(y, node)->data.mapping.pairs.start[i].key);
}

/* Value of a key of n letters, with the mark of its key; 0 when there is none. */
static int find_key(const genu_yaml *y, int map, const char *key, size_t n, genu_mark *mark)
{
    for (int i = 0; i < genu_yaml_count(y, map); i++) {
        const char *name = genu_yaml_key(y, map, i);
        if (strlen(name) == n && !memcmp(name, key, n)) {
            int value = genu_yaml_item(y, map, i);
            int own = *genu_yaml_scalar(y, value) != '\0';
            *mark = own ? genu_yaml_mark(y, value) : genu_yaml_key_mark(y, map, i);
            return value;
        }
    }
    return 0;
}

genu_mark genu_yaml_find(const genu_yaml *y, const char *path, int *found)
{
    int node = genu_yaml_root(y);
    genu_mark mark = genu_yaml_mark(y, node);
    while (node && *path) {
        genu_yaml_type type = genu_yaml_type_of(y, node);
        int next = 0;
        if (*path == '[') {
            char *end;
            long i = strtol(path + 1, &end, 10);
            if (type == GENU_YAML_LIST && i >= 0 && i < genu_yaml_count(y, node)) {
                next = genu_yaml_item(y, node, (int)i);
                mark = genu_yaml_mark(y, next);
            }
            path = *end ? end + 1 : end;
        } else {
            size_t n = strcspn(path, ".[");
            if (type == GENU_YAML_MAP)
                next = find_key(y, node, path, n, &mark);
            path += n;
        }
        path += *path == '.';
        node = next;
    }
    if (found)
        *found = node != 0;
    return mark;
}
