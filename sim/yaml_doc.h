/* yaml_doc.h - a YAML file as a tree whose every node remembers its line, and the list of what is
 * wrong with it.
 *
 * What is read is plain YAML: maps, lists, scalars, comments, quotes, anchors and aliases. Refused
 * with a sentence: tags, merge keys, keys that are no plain names or appear twice, a second
 * document, an empty file, other encodings than UTF-8, files beyond the limits below.
 *
 * Depends on: libyaml
 * Memory:     genu_yaml owns the text and the tree; texts of nodes are valid until genu_yaml_free
 * Thread use: a finished genu_yaml is constant and may be shared
 */
#ifndef GENU_SIM_YAML_DOC_H
#define GENU_SIM_YAML_DOC_H

#include "models/base.h"

enum {
    GENU_YAML_MAX_BYTES = 1 << 20, /* study and task files are a few kB; hostile ones are not     */
    GENU_YAML_MAX_DEPTH = 16, /* nested lists and maps; the deepest field of ours stands at 5 */
    GENU_YAML_MAX_KEYS = 2000 /* of one map; as many as a whole-body model has muscles        */
};

/* Where something stands, counted from 1; line 0: nowhere. */
typedef struct genu_mark {
    int line, column;
} genu_mark;

/* Collects every problem of one file: each a note of GENU_ERROR with its line, the first one also
 * the error message "study 'x.yaml', line 7: ... (column 12)". */
typedef struct genu_problems {
    const char *kind;  /* "study", "task": begins the message              */
    const char *name;  /* of the file, as the user wrote it                */
    genu_notes *notes; /* gets all of them; may be NULL                    */
    genu_err *err;     /* gets the first; may be NULL                      */
    genu_status first; /* status of the first, GENU_OK: none so far        */
    int n;
} genu_problems;

genu_problems genu_problems_start(const char *kind, const char *name, genu_notes *notes,
                                  genu_err *err);
void genu_problems_add(genu_problems *p, genu_status s, genu_mark at, const char *fmt, ...)
    GENU_PRINTF(4, 5);

typedef struct genu_yaml genu_yaml;

/** Read a text (n bytes, a byte-order mark is dropped). Problems go to p; returns p's first status:
 *  GENU_E_FORMAT, GENU_E_RANGE (over a limit), GENU_E_MEMORY. On failure *y is NULL. */
GENU_MUST_USE genu_status genu_yaml_parse(genu_yaml **y, const char *text, size_t n,
                                          genu_problems *p);

/** The same from the file p->name; also GENU_E_IO with the reason. */
GENU_MUST_USE genu_status genu_yaml_read(genu_yaml **y, genu_problems *p);

void genu_yaml_free(genu_yaml *y);

/** The whole text as it was read, less a byte-order mark. */
const char *genu_yaml_text(const genu_yaml *y);

/* A node is a number from 1 on; 0 is no node. */
typedef enum genu_yaml_type { GENU_YAML_SCALAR, GENU_YAML_LIST, GENU_YAML_MAP } genu_yaml_type;

int genu_yaml_root(const genu_yaml *y);
genu_yaml_type genu_yaml_type_of(const genu_yaml *y, int node);
genu_mark genu_yaml_mark(const genu_yaml *y, int node);

/** Text of a scalar, "" for others; 1 when it stands in quotes or in a block. */
const char *genu_yaml_scalar(const genu_yaml *y, int node);
int genu_yaml_quoted(const genu_yaml *y, int node);

/** Items of a list, pairs of a map; item i, or value i; key i of a map. */
int genu_yaml_count(const genu_yaml *y, int node);
int genu_yaml_item(const genu_yaml *y, int node, int i);
const char *genu_yaml_key(const genu_yaml *y, int node, int i);
genu_mark genu_yaml_key_mark(const genu_yaml *y, int node, int i);

/** Where a path like "strength[0].muscles[1]" stands: a scalar's own place, else its key's. What is
 *  not in the file is given the place of what would hold it. *found: 1 when it is; may be NULL. */
genu_mark genu_yaml_find(const genu_yaml *y, const char *path, int *found);

#endif
