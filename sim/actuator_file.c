#include "sim/actuator_file.h"

#include "models/skeleton.h"
#include "sim/file.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    const genu_model *m;
    const char *path;
    genu_err *err;
} reader;

static genu_status bad(const reader *r, genu_status s, const xmlNode *node)
{
    return genu_fail_in(r->err, s, "'%s', line %ld", r->path, xmlGetLineNo(node));
}

static int is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && !strcmp((const char *)node->name, name);
}

static xmlNode *child_of(const xmlNode *node, const char *name)
{
    xmlNode *c = node->children;
    while (c && !is(c, name))
        c = c->next;
    return c;
}

/* The text of a child without blanks at its ends, to be freed by the caller; NULL when it is absent,
 * empty or without memory. */
static char *text_in(const xmlNode *node, const char *name)
{
    const xmlNode *c = child_of(node, name);
    xmlChar *content = c ? xmlNodeGetContent(c) : NULL;
    if (!content)
        return NULL;
    const char *from = (const char *)content + strspn((const char *)content, " \t\r\n");
    size_t n = strlen(from);
    while (n && strchr(" \t\r\n", from[n - 1]))
        n--;
    char *text = n ? strndup(from, n) : NULL;
    xmlFree(content);
    return text;
}

static int flag_in(const xmlNode *node, const char *name)
{
    char *text = text_in(node, name);
    int yes = text && (!strcmp(text, "true") || !strcmp(text, "1"));
    free(text);
    return yes;
}

/* n numbers in a child. */
static genu_status numbers_in(const reader *r, const xmlNode *node, const char *name, int n,
                              double *to)
{
    char *text = text_in(node, name), *save = NULL;
    int found = 0;
    for (char *word = text ? strtok_r(text, " \t\r\n", &save) : NULL; word;
         word = strtok_r(NULL, " \t\r\n", &save), found++)
        if (found >= n || !genu_parse_double(word, &to[found]) || !isfinite(to[found]))
            found = n + 1;
    free(text);
    if (found == n)
        return GENU_OK;
    genu_fail(r->err, GENU_E_RANGE, "%s must be %s", name, n == 1 ? "one number" : "three numbers");
    return bad(r, GENU_E_RANGE, node);
}

static genu_status triple_in(const reader *r, const xmlNode *node, const char *name, v3 *to)
{
    double x[3];
    genu_status s = numbers_in(r, node, name, 3, x);
    if (s == GENU_OK)
        *to = (v3){ x[0], x[1], x[2] };
    return s;
}

/* What a child names in the model. */
static genu_status name_in(const reader *r, const xmlNode *node, const char *name,
                           int (*find)(const genu_model *, const char *), int *to)
{
    char *text = text_in(node, name);
    *to = text ? find(r->m, text) : -1;
    genu_status s = GENU_OK;
    if (*to < 0) {
        genu_fail(r->err, GENU_E_FORMAT, "%s is '%s', which the model does not have", name,
                  text ? text : "");
        s = bad(r, GENU_E_FORMAT, node);
    }
    free(text);
    return s;
}

static genu_status read_torque(const reader *r, const xmlNode *node, genu_external_actuator *a)
{
    int against;
    a->couple = 1;
    genu_status s = name_in(r, node, "bodyA", genu_find_body, &a->body);
    if (s == GENU_OK)
        s = name_in(r, node, "bodyB", genu_find_body, &against);
    if (s == GENU_OK && against != 0) {
        genu_fail(r->err, GENU_E_FORMAT, "bodyB must be the ground");
        return bad(r, GENU_E_FORMAT, node);
    }
    a->direction_in_ground = flag_in(node, "torque_is_global");
    return s == GENU_OK ? triple_in(r, node, "axis", &a->direction) : s;
}

static genu_status read_point(const reader *r, const xmlNode *node, genu_external_actuator *a)
{
    genu_status s = name_in(r, node, "body", genu_find_body, &a->body);
    a->direction_in_ground = flag_in(node, "force_is_global");
    a->point_in_ground = flag_in(node, "point_is_global");
    if (s == GENU_OK && child_of(node, "point"))
        s = triple_in(r, node, "point", &a->point);
    return s == GENU_OK ? triple_in(r, node, "direction", &a->direction) : s;
}

static genu_status read_kind(const reader *r, const xmlNode *node, genu_external_actuator *a)
{
    if (is(node, "CoordinateActuator"))
        return name_in(r, node, "coordinate", genu_find_coord, &a->coord);
    if (is(node, "TorqueActuator"))
        return read_torque(r, node, a);
    if (is(node, "PointActuator"))
        return read_point(r, node, a);
    genu_fail(r->err, GENU_E_FORMAT, "%s is no CoordinateActuator, PointActuator or TorqueActuator",
              (const char *)node->name);
    return bad(r, GENU_E_FORMAT, node);
}

static int is_disabled(const xmlNode *node)
{
    return flag_in(node, "isDisabled") ||
           (child_of(node, "appliesForce") && !flag_in(node, "appliesForce"));
}

static genu_status read_one(const reader *r, const xmlNode *node, genu_actuator_set *set)
{
    genu_external_actuator *more = realloc(set->item, ((size_t)set->n + 1) * sizeof *more);
    if (!more)
        return genu_fail(r->err, GENU_E_MEMORY, "out of memory for reading '%s'", r->path);
    set->item = more;
    genu_external_actuator *a = &set->item[set->n++];
    *a = (genu_external_actuator){ .coord = -1, .body = -1 };
    xmlChar *name = xmlGetProp(node, (const xmlChar *)"name");
    a->name = name ? genu_strdup((const char *)name) : NULL;
    xmlFree(name);
    if (!a->name) {
        genu_fail(r->err, GENU_E_FORMAT, "%s has no name", (const char *)node->name);
        return bad(r, GENU_E_FORMAT, node);
    }
    genu_status s = numbers_in(r, node, "optimal_force", 1, &a->optimal_force);
    return s == GENU_OK ? read_kind(r, node, a) : s;
}

static genu_status read_objects(const reader *r, const xmlNode *root, genu_actuator_set *set)
{
    const xmlNode *forces = root && !is(root, "ForceSet") ? child_of(root, "ForceSet") : root;
    const xmlNode *objects = forces ? child_of(forces, "objects") : NULL;
    if (!objects)
        return genu_fail(r->err, GENU_E_FORMAT, "'%s' holds no ForceSet with objects", r->path);
    genu_status s = GENU_OK;
    for (const xmlNode *c = objects->children; c && s == GENU_OK; c = c->next)
        if (c->type == XML_ELEMENT_NODE && !is_disabled(c))
            s = read_one(r, c, set);
    return s;
}

genu_status genu_actuator_set_read(genu_actuator_set *set, const genu_model *m, const char *path,
                                   genu_err *err)
{
    reader r = { m, path, err };
    char *text;
    size_t n;
    *set = (genu_actuator_set){ 0 };
    genu_status s = genu_file_read(path, &text, &n, err);
    if (s != GENU_OK)
        return s;
    xmlDoc *doc = xmlReadMemory(text, (int)n, path, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    free(text);
    s = doc ? read_objects(&r, xmlDocGetRootElement(doc), set)
            : genu_fail(err, GENU_E_FORMAT, "'%s' is not XML", path);
    xmlFreeDoc(doc);
    if (s != GENU_OK)
        genu_actuator_set_free(set);
    return s;
}

void genu_actuator_set_free(genu_actuator_set *set)
{
    for (int i = 0; i < set->n; i++)
        free(set->item[i].name);
    free(set->item);
    *set = (genu_actuator_set){ 0 };
}

void genu_actuator_push(const genu_external_actuator *a, const genu_model *m, genu_data *d,
                        double *gen)
{
    for (int b = 0; b < m->n_body; b++)
        d->force[b] = sp6_zero();
    if (a->body > 0) {
        const xform *X = &d->X[a->body];
        v3 f = v3_scale(a->optimal_force,
                        a->direction_in_ground ? a->direction : m3_mul_v3(X->R, a->direction));
        v3 p = a->point_in_ground ? a->point : xform_point(*X, a->point);
        d->force[a->body] = a->couple ? (sp6){ f, { 0, 0, 0 } } : sp6_force_at(p, f);
    }
    genu_skeleton_project(m, d, d->force, gen);
    if (a->coord >= 0)
        gen[a->coord] += a->optimal_force;
}
