#include "sim/fields.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_ROOM = 256, MOST = 1000, SHOWN = 60 };

/* Where reading is: what all functions below share. */
typedef struct reader {
    const genu_yaml *y;
    const char *folder;
    genu_problems *p;
} reader;

/* The value of one key: the node, its place in the file, its path. */
typedef struct place {
    int node;
    genu_mark mark;
    const char *path;
} place;

static void read_map(const reader *r, const genu_key *keys, const place *at, void *object);

/* ------------------------------------------------------------------ messages */

/* Text of the user as it may stand in a message: cut, on one line, whole characters. */
static const char *shown(const char *text, char out[SHOWN + 4])
{
    size_t n = 0;
    for (; text[n] && n < SHOWN; n++)
        out[n] = iscntrl((unsigned char)text[n]) ? ' ' : text[n];
    if (text[n]) {
        while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
            n--;
        memcpy(out + n, "...", 3);
        n += 3;
    }
    out[n] = '\0';
    return out;
}

static void memory_fails(const reader *r, const place *at)
{
    genu_problems_add(r->p, GENU_E_MEMORY, at->mark, "%s: not enough memory", at->path);
}

/* "... is VALUE, must be ..." for a value of the wrong type. */
static void wrong_type(const reader *r, const genu_key *key, const place *at)
{
    char allowed[240], text[SHOWN + 4];
    genu_key_allowed(key, allowed, sizeof allowed);
    genu_yaml_type type = genu_yaml_type_of(r->y, at->node);
    const char *value = genu_yaml_scalar(r->y, at->node);
    if (type != GENU_YAML_SCALAR)
        genu_problems_add(r->p, GENU_E_FORMAT, at->mark, "%s is a %s, must be %s", at->path,
                          type == GENU_YAML_LIST ? "list" : "map", allowed);
    else
        genu_problems_add(r->p, GENU_E_FORMAT, at->mark, "%s is '%s'%s, must be %s", at->path,
                          shown(value, text), genu_yaml_quoted(r->y, at->node) ? " in quotes" : "",
                          allowed);
}

/* 1 when the value is a scalar with something in it. */
static int is_filled(const reader *r, const genu_key *key, const place *at)
{
    const char *text = genu_yaml_scalar(r->y, at->node);
    if (genu_yaml_type_of(r->y, at->node) != GENU_YAML_SCALAR) {
        wrong_type(r, key, at);
        return 0;
    }
    int null = !strcmp(text, "~") || !strcasecmp(text, "null");
    if (*text && (!null || genu_yaml_quoted(r->y, at->node)))
        return 1;
    char allowed[240];
    genu_key_allowed(key, allowed, sizeof allowed);
    genu_problems_add(r->p, GENU_E_FORMAT, at->mark, "%s has no value, must be %s", at->path,
                      allowed);
    return 0;
}

/* ------------------------------------------------------------------ one value */

static const char *number_hint(const char *text)
{
    size_t n = strspn(text, "+-.0123456789");
    if (n && text[n] == ',' && isdigit((unsigned char)text[n + 1]))
        return "; the decimal sign is a point";
    const char *rest = text + n + strspn(text + n, " ");
    return n && (isalpha((unsigned char)*rest) || *rest == '%') ? "; write no unit" : "";
}

/* A finite number in range, in SI. Returns 0 after naming what is wrong. */
static int read_number(const reader *r, const genu_key *key, const place *at, double *x)
{
    if (!is_filled(r, key, at))
        return 0;
    char allowed[240], show[SHOWN + 4];
    const char *text = genu_yaml_scalar(r->y, at->node);
    double value;
    genu_key_allowed(key, allowed, sizeof allowed);
    if (key->kind == GENU_KEY_NUMBERS || key->kind == GENU_KEY_PAIRS) {
        genu_key one = *key;
        one.kind = GENU_KEY_NUMBER;
        genu_key_allowed(&one, allowed, sizeof allowed);
    }
    if (genu_yaml_quoted(r->y, at->node) || !genu_parse_double(text, &value)) {
        genu_problems_add(r->p, GENU_E_FORMAT, at->mark, "%s is '%s'%s, must be %s%s", at->path,
                          shown(text, show), genu_yaml_quoted(r->y, at->node) ? " in quotes" : "",
                          allowed, number_hint(text));
        return 0;
    }
    int whole = key->kind != GENU_KEY_WHOLE || (isfinite(value) && value == floor(value));
    int inside = (key->above ? value > key->lo : value >= key->lo) && value <= key->hi;
    if (!isfinite(value) || !whole || !inside) {
        genu_problems_add(r->p, GENU_E_RANGE, at->mark, "%s is %s, must be %s", at->path,
                          shown(text, show), allowed);
        return 0;
    }
    *x = key->scale != 0 ? key->scale * value : value;
    return 1;
}

/* Index of a word in "a|b|c", -1 when it is none of them. */
static int find_choice(const char *choices, const char *word)
{
    size_t n = strlen(word);
    for (int i = 0; choices; i++) {
        const char *end = strchr(choices, '|');
        size_t length = end ? (size_t)(end - choices) : strlen(choices);
        if (length == n && !memcmp(choices, word, n))
            return i;
        choices = end ? end + 1 : NULL;
    }
    return -1;
}

/* Returns the index, -1 after naming what is wrong. */
static int read_choice(const reader *r, const genu_key *key, const place *at)
{
    if (!is_filled(r, key, at))
        return -1;
    const char *text = genu_yaml_scalar(r->y, at->node);
    int i = find_choice(key->choices, text);
    if (i >= 0)
        return i;

    char words[160], copy[160], show[SHOWN + 4];
    genu_key_choices(key->choices, words, sizeof words);
    snprintf(copy, sizeof copy, "%s", key->choices);
    const char *near = NULL;
    char *rest, *word = strtok_r(copy, "|", &rest);
    for (; word; word = strtok_r(NULL, "|", &rest))
        near = genu_nearest(text, (const char *[]){ near ? near : "", word }, 2);
    int say = near && *near;
    genu_problems_add(r->p, GENU_E_FORMAT, at->mark, "%s is '%s', must be %s%s%s%s", at->path,
                      shown(text, show), words, say ? "; the nearest is '" : "", say ? near : "",
                      say ? "'" : "");
    return -1;
}

static int read_flag(const reader *r, const genu_key *key, const place *at)
{
    if (!is_filled(r, key, at))
        return -1;
    const char *text = genu_yaml_scalar(r->y, at->node);
    if (!genu_yaml_quoted(r->y, at->node) && (!strcmp(text, "true") || !strcmp(text, "false")))
        return *text == 't';
    wrong_type(r, key, at);
    return -1;
}

/* Text, or a path joined to the folder; NULL after naming what is wrong. */
static char *read_text(const reader *r, const genu_key *key, const place *at)
{
    if (!is_filled(r, key, at))
        return NULL;
    const char *text = genu_yaml_scalar(r->y, at->node);
    int joined = key->kind == GENU_KEY_PATH && *text != '/' && *r->folder;
    size_t room = strlen(text) + strlen(r->folder) + 2;
    char *out = malloc(room);
    if (!out)
        memory_fails(r, at);
    else
        snprintf(out, room, "%s%s%s", joined ? r->folder : "", joined ? "/" : "", text);
    return out;
}

/* ------------------------------------------------------------------ lists */

/* Number of items of a list, or pairs of a map; -1 after naming what is wrong. */
static int read_count(const reader *r, const genu_key *key, const place *at, genu_yaml_type type)
{
    if (genu_yaml_type_of(r->y, at->node) != type) {
        if (genu_yaml_type_of(r->y, at->node) != GENU_YAML_SCALAR || is_filled(r, key, at))
            wrong_type(r, key, at);
        return -1;
    }
    int n = genu_yaml_count(r->y, at->node), most = key->most ? key->most : MOST;
    if (n >= key->least && n <= most)
        return n;
    genu_problems_add(r->p, GENU_E_RANGE, at->mark, "%s has %d entries, must have %d to %d",
                      at->path, n, key->least, most);
    return -1;
}

/* The place of item i, with its path in `path`. */
static place item_at(const reader *r, const place *list, int i, char path[PATH_ROOM])
{
    int node = genu_yaml_item(r->y, list->node, i);
    snprintf(path, PATH_ROOM, "%s[%d]", list->path, i);
    return (place){ node, genu_yaml_mark(r->y, node), path };
}

static void read_choices(const reader *r, const genu_key *key, const place *at, unsigned *bits)
{
    int n = read_count(r, key, at, GENU_YAML_LIST);
    for (int i = 0; i < n; i++) {
        char path[PATH_ROOM];
        place item = item_at(r, at, i, path);
        int choice = read_choice(r, key, &item);
        if (choice >= 0 && *bits & (1u << choice))
            genu_problems_add(r->p, GENU_E_FORMAT, item.mark, "%s is '%s', which is there already",
                              path, genu_yaml_scalar(r->y, item.node));
        if (choice >= 0)
            *bits |= 1u << choice;
    }
}

static void read_numbers(const reader *r, const genu_key *key, const place *at, genu_numbers *out)
{
    int n = read_count(r, key, at, GENU_YAML_LIST);
    if (n <= 0)
        return;
    out->value = calloc((size_t)n, sizeof *out->value);
    if (!out->value) {
        memory_fails(r, at);
        return;
    }
    out->n = n;
    for (int i = 0; i < n; i++) {
        char path[PATH_ROOM];
        place item = item_at(r, at, i, path);
        read_number(r, key, &item, &out->value[i]);
    }
}

static void read_texts(const reader *r, const genu_key *key, const place *at, genu_texts *out)
{
    int n = read_count(r, key, at, GENU_YAML_LIST);
    if (n <= 0)
        return;
    out->text = calloc((size_t)n, sizeof *out->text);
    if (!out->text) {
        memory_fails(r, at);
        return;
    }
    for (int i = 0; i < n; i++) {
        char path[PATH_ROOM];
        place item = item_at(r, at, i, path);
        char *text = read_text(r, key, &item);
        for (int j = 0; text && j < out->n; j++)
            if (!strcmp(out->text[j], text)) {
                genu_problems_add(r->p, GENU_E_FORMAT, item.mark,
                                  "%s is '%.60s', which is there already", path, text);
                break;
            }
        if (text)
            out->text[out->n++] = text;
    }
}

static void read_pairs(const reader *r, const genu_key *key, const place *at, genu_pairs *out)
{
    int n = read_count(r, key, at, GENU_YAML_MAP);
    if (n <= 0)
        return;
    out->name = calloc((size_t)n, sizeof *out->name);
    out->value = calloc((size_t)n, sizeof *out->value);
    for (int i = 0; out->name && out->value && i < n; i++) {
        char path[PATH_ROOM], name[SHOWN + 4];
        int node = genu_yaml_item(r->y, at->node, i);
        shown(genu_yaml_key(r->y, at->node, i), name);
        snprintf(path, sizeof path, "%s.%s", at->path, name);
        place item = { node, genu_yaml_key_mark(r->y, at->node, i), path };
        out->name[i] = genu_strdup(genu_yaml_key(r->y, at->node, i));
        if (!out->name[i])
            break;
        out->n = i + 1;
        read_number(r, key, &item, &out->value[i]);
    }
    if (out->n < n)
        memory_fails(r, at);
}

/* The member is struct { int n; T *item; }; written by memcpy, since T is not known here. */
typedef struct list {
    int n;
    void *item;
} list;

static void read_maps(const reader *r, const genu_key *key, const place *at, void *member)
{
    int n = read_count(r, key, at, GENU_YAML_LIST);
    if (n <= 0)
        return;
    list out = { n, calloc((size_t)n, key->size) };
    if (!out.item) {
        memory_fails(r, at);
        return;
    }
    for (int i = 0; i < n; i++) {
        char path[PATH_ROOM];
        place item = item_at(r, at, i, path);
        void *object = (char *)out.item + (size_t)i * key->size;
        genu_fields_defaults(key->sub, object);
        read_map(r, key->sub, &item, object);
    }
    memcpy(member, &out, sizeof out);
}

/* ------------------------------------------------------------------ maps */

static void read_value(const reader *r, const genu_key *key, const place *at, void *member);

/* A lone value in place of a map: stands for one key of it. */
static void read_lone(const reader *r, const genu_key *key, const place *at, void *member)
{
    for (const genu_key *k = key->sub; k->name; k++)
        if (!strcmp(k->name, key->lone))
            read_value(r, k, at, (char *)member + k->at);
}

static void read_value(const reader *r, const genu_key *key, const place *at, void *member)
{
    double x;
    int i;
    switch (key->kind) {
    case GENU_KEY_NUMBER:
        if (read_number(r, key, at, &x))
            *(double *)member = x;
        break;
    case GENU_KEY_WHOLE:
        if (read_number(r, key, at, &x))
            *(int *)member = (int)x;
        break;
    case GENU_KEY_FLAG:
        if ((i = read_flag(r, key, at)) >= 0)
            *(int *)member = i;
        break;
    case GENU_KEY_CHOICE:
        if ((i = read_choice(r, key, at)) >= 0)
            *(int *)member = i;
        break;
    case GENU_KEY_CHOICES:
        *(unsigned *)member = 0;
        read_choices(r, key, at, member);
        break;
    case GENU_KEY_TEXT:
    case GENU_KEY_PATH:
        *(char **)member = read_text(r, key, at);
        break;
    case GENU_KEY_NUMBERS:
        read_numbers(r, key, at, member);
        break;
    case GENU_KEY_TEXTS:
        read_texts(r, key, at, member);
        break;
    case GENU_KEY_PAIRS:
        read_pairs(r, key, at, member);
        break;
    case GENU_KEY_MAP:
        if (key->lone && genu_yaml_type_of(r->y, at->node) == GENU_YAML_SCALAR)
            read_lone(r, key, at, member);
        else
            read_map(r, key->sub, at, member);
        break;
    case GENU_KEY_MAPS:
        read_maps(r, key, at, member);
        break;
    }
}

/* The map that a misplaced key belongs in, NULL when there is none. */
static const char *home_of(const genu_key *keys, const char *name)
{
    for (const genu_key *k = keys; k->name; k++)
        for (const genu_key *s = k->sub; s && s->name; s++)
            if (!strcmp(s->name, name))
                return k->name;
    return NULL;
}

static void unknown_key(const reader *r, const genu_key *keys, const place *at, const char *name)
{
    char show[SHOWN + 4], all[320] = "";
    const char *near = NULL, *home = home_of(keys, name);
    size_t n = 0;
    for (const genu_key *k = keys; k->name; k++) {
        near = genu_nearest(name, (const char *[]){ near ? near : "", k->name }, 2);
        if (n < sizeof all)
            n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", n ? ", " : "", k->name);
    }
    shown(name, show);
    const char *dot = *at->path ? "." : "";
    if (home)
        genu_problems_add(r->p, GENU_E_FORMAT, at->mark,
                          "%s%s%s is no known key here, it belongs in '%s'", at->path, dot, show,
                          home);
    else if (near && *near)
        genu_problems_add(r->p, GENU_E_FORMAT, at->mark,
                          "%s%s%s is no known key, the nearest is '%s'", at->path, dot, show, near);
    else
        genu_problems_add(r->p, GENU_E_FORMAT, at->mark, "%s%s%s is no known key, those are: %s",
                          at->path, dot, show, all);
}

static const genu_key *find_key(const genu_key *keys, const char *name)
{
    for (; keys->name; keys++)
        if (!strcmp(keys->name, name))
            return keys;
    return NULL;
}

static int has_key(const reader *r, int map, const char *name)
{
    for (int i = 0; i < genu_yaml_count(r->y, map); i++)
        if (!strcmp(genu_yaml_key(r->y, map, i), name))
            return 1;
    return 0;
}

static void read_map(const reader *r, const genu_key *keys, const place *at, void *object)
{
    const char *dot = *at->path ? "." : "";
    if (genu_yaml_type_of(r->y, at->node) != GENU_YAML_MAP) {
        genu_problems_add(r->p, GENU_E_FORMAT, at->mark, "%s must be a map of keys, as %s: ...",
                          *at->path ? at->path : "the file", keys->name);
        return;
    }
    for (int i = 0; i < genu_yaml_count(r->y, at->node); i++) {
        const char *name = genu_yaml_key(r->y, at->node, i);
        place value = { genu_yaml_item(r->y, at->node, i), genu_yaml_key_mark(r->y, at->node, i),
                        at->path };
        const genu_key *key = find_key(keys, name);
        if (!key) {
            unknown_key(r, keys, &value, name);
            continue;
        }
        char path[PATH_ROOM];
        snprintf(path, sizeof path, "%s%s%s", at->path, dot, name);
        value.path = path;
        if (*genu_yaml_scalar(r->y, value.node))
            value.mark = genu_yaml_mark(r->y, value.node);
        read_value(r, key, &value, (char *)object + key->at);
    }
    for (const genu_key *k = keys; k->name; k++)
        if (k->required && !has_key(r, at->node, k->name))
            genu_problems_add(r->p, GENU_E_FORMAT, at->mark, "%s%s%s is missing (%s)", at->path,
                              dot, k->name, k->help);
}

void genu_fields_read(const genu_key *keys, const genu_yaml *y, int node, const char *path,
                      const char *folder, void *object, genu_problems *p)
{
    reader r = { y, folder, p };
    place at = { node, genu_yaml_mark(y, node), path };
    read_map(&r, keys, &at, object);
}
