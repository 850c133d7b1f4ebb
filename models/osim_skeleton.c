/* osim_skeleton.c - bodies, offset frames, the order of the tree, coordinate couplers. */
#include "models/osim_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 512 };

/* Inertia about the mass centre: six numbers (4.x), or an element each. */
static genu_status read_inertia(osim_reader *r, const xmlNode *node, genu_body *b)
{
    double *x, i[6] = { 0 };
    int n;
    genu_status s = osim_numbers(r, node, "inertia", &x, &n);
    if (s != GENU_OK)
        return s;
    if (n == 3 || n == 6)
        memcpy(i, x, (size_t)n * sizeof *i);
    else if (n)
        s = osim_fail(r, node, GENU_E_FORMAT, "body '%s': <inertia> holds %d numbers, must hold 6",
                      b->name, n);
    free(x);
    static const char *const tag[] = { "inertia_xx", "inertia_yy", "inertia_zz",
                                       "inertia_xy", "inertia_xz", "inertia_yz" };
    for (int k = 0; s == GENU_OK && k < 6; k++)
        s = osim_double(r, node, tag[k], &i[k]);
    b->inertia = (m3){ { { i[0], i[3], i[4] }, { i[3], i[1], i[5] }, { i[4], i[5], i[2] } } };
    return s;
}

static genu_status read_body(osim_reader *r, xmlNode *node)
{
    char name[OSIM_NAME];
    osim_name(node, name);
    if (!*name)
        return osim_fail(r, node, GENU_E_FORMAT, "a body has no name");
    if (!strcmp(name, "ground")) {
        r->body_node[0] = node; // the earlier layout lists the ground
        return GENU_OK;
    }
    if (genu_find_body(r->m, name) >= 0)
        return osim_fail(r, node, GENU_E_FORMAT, "a second body is named '%s'", name);
    genu_body *b = &r->m->body[r->m->n_body];
    *b = (genu_body){ .name = genu_strdup(name), .parent = -1 };
    if (!b->name)
        return osim_fail(r, node, GENU_E_MEMORY, "out of memory");
    b->joint.parent_frame = b->joint.child_frame = xform_identity();
    r->body_node[r->m->n_body++] = node;
    genu_status s = osim_double(r, node, "mass", &b->mass);
    if (s == GENU_OK)
        s = osim_v3(r, node, "mass_center", &b->mass_center);
    return s == GENU_OK ? read_inertia(r, node, b) : s;
}

/* Every PhysicalOffsetFrame of the document, wherever it is listed. */
static genu_status collect_frames(osim_reader *r, xmlNode *node, const char *owner)
{
    for (xmlNode *c = osim_first(node); c; c = osim_next(c)) {
        char name[OSIM_NAME];
        osim_name(c, name);
        if (osim_is(c, "PhysicalOffsetFrame")) {
            osim_frame *f = osim_grow((void **)&r->frame, &r->n_frame, sizeof *f);
            if (!f || !(f->name = genu_strdup(name)) || !(f->owner = genu_strdup(owner)))
                return osim_fail(r, c, GENU_E_MEMORY, "out of memory");
            f->node = c;
            f->body = -1;
        }
        genu_status s = collect_frames(r, c, *name ? name : owner);
        if (s != GENU_OK)
            return s;
    }
    return GENU_OK;
}

static genu_status resolve_frame(osim_reader *r, osim_frame *f)
{
    if (f->body >= 0)
        return GENU_OK;
    if (f->resolving)
        return osim_fail(r, f->node, GENU_E_FORMAT, "frame '%s' hangs on itself", f->name);
    f->resolving = 1;
    char parent[TEXT];
    v3 p = { 0, 0, 0 }, angles = { 0, 0, 0 };
    if (!osim_socket(f->node, "parent", parent, sizeof parent))
        return osim_fail(r, f->node, GENU_E_FORMAT, "frame '%s' names no parent", f->name);
    genu_status s = osim_v3(r, f->node, "translation", &p);
    if (s == GENU_OK)
        s = osim_v3(r, f->node, "orientation", &angles);
    xform base;
    int body = -1;
    if (s == GENU_OK)
        s = osim_resolve(r, f->node, NULL, parent, &body, &base);
    if (s != GENU_OK)
        return s;
    f->X = xform_mul(base, (xform){ m3_xyz(angles), p });
    f->body = body;
    return GENU_OK;
}

/* The frame that a path means: by its own name, and by the component before it where written. */
static osim_frame *find_frame(osim_reader *r, const char *owner, const char *path)
{
    const char *last = osim_last(path);
    char before[TEXT] = "";
    if (last - path > 1) {
        snprintf(before, sizeof before, "%.*s", (int)(last - path - 1), path);
        const char *part = osim_last(before);
        memmove(before, part, strlen(part) + 1);
    }
    if (*before && strcmp(before, ".."))
        owner = before;
    osim_frame *any = NULL;
    for (int i = 0; i < r->n_frame; i++) {
        osim_frame *f = &r->frame[i];
        if (strcmp(f->name, last))
            continue;
        if (owner && !strcmp(f->owner, owner))
            return f;
        any = any ? any : f;
    }
    return any;
}

genu_status osim_resolve(osim_reader *r, const xmlNode *node, const char *owner, const char *path,
                         int *body, xform *X)
{
    const char *last = osim_last(path);
    // a frame that the element itself lists comes before a body of the same name
    osim_frame *f = find_frame(r, owner, path);
    int b = genu_find_body(r->m, last);
    if (f && (b < 0 || (owner && !strchr(path, '/') && !strcmp(f->owner, owner)))) {
        genu_status s = resolve_frame(r, f);
        *body = f->body;
        *X = f->X;
        return s;
    }
    if (b < 0) {
        const char *names[512];
        int n = 0;
        for (; n < r->m->n_body && n < 512; n++)
            names[n] = r->m->body[n].name;
        const char *nearest = genu_nearest(last, names, n);
        return osim_fail(r, node, GENU_E_FORMAT, "there is no body or frame '%s'%s%s%s", path,
                         nearest ? "; did you mean '" : "", nearest ? nearest : "",
                         nearest ? "'?" : "");
    }
    *body = b;
    *X = xform_identity();
    return GENU_OK;
}

/* The joint element of each body and its parent: 4.x lists joints by themselves. */
static genu_status match_joint4(osim_reader *r, xmlNode *node)
{
    char name[OSIM_NAME], parent[TEXT], child[TEXT];
    osim_name(node, name);
    int reverse = 0;
    genu_status s = osim_bool(r, node, "reverse", &reverse);
    if (s == GENU_OK && reverse)
        return osim_fail(r, node, GENU_E_FORMAT, "joint '%s' is reversed, which is not supported",
                         name);
    if (!osim_socket(node, "parent_frame", parent, sizeof parent) ||
        !osim_socket(node, "child_frame", child, sizeof child))
        return osim_fail(r, node, GENU_E_FORMAT, "joint '%s' names no parent and child frame",
                         name);
    int p = 0, c = 0;
    xform P, C;
    if (s == GENU_OK)
        s = osim_resolve(r, node, name, parent, &p, &P);
    if (s == GENU_OK)
        s = osim_resolve(r, node, name, child, &c, &C);
    if (s != GENU_OK)
        return s;
    if (c == 0)
        return osim_fail(r, node, GENU_E_FORMAT, "joint '%s' hangs the ground on a body", name);
    genu_body *b = &r->m->body[c];
    if (b->parent >= 0)
        return osim_fail(r, node, GENU_E_FORMAT,
                         "joint '%s' is a second joint of body '%s': closed "
                         "loops are not supported",
                         name, b->name);
    b->parent = p;
    b->joint.parent_frame = P;
    b->joint.child_frame = C;
    r->joint_node[c] = node;
    return GENU_OK;
}

/* Before 4.0 a joint stands in its child body. */
static genu_status match_joint3(osim_reader *r, int c)
{
    genu_body *b = &r->m->body[c];
    xmlNode *node = osim_first(osim_child(r->body_node[c], "Joint"));
    if (!node)
        return GENU_OK;
    char parent[TEXT], name[OSIM_NAME];
    osim_name(node, name);
    int reverse = 0;
    v3 v[4] = { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } };
    genu_status s = osim_bool(r, node, "reverse", &reverse);
    if (s == GENU_OK && reverse)
        return osim_fail(r, node, GENU_E_FORMAT, "joint '%s' is reversed, which is not supported",
                         name);
    static const char *const tag[] = { "location_in_parent", "orientation_in_parent", "location",
                                       "orientation" };
    for (int k = 0; s == GENU_OK && k < 4; k++)
        s = osim_v3(r, node, tag[k], &v[k]);
    if (s == GENU_OK && !osim_text(node, "parent_body", parent, sizeof parent))
        s = osim_fail(r, node, GENU_E_FORMAT, "joint '%s' names no parent body", name);
    xform X;
    if (s == GENU_OK)
        s = osim_resolve(r, node, NULL, parent, &b->parent, &X);
    if (s != GENU_OK)
        return s;
    b->joint.parent_frame = (xform){ m3_xyz(v[1]), v[0] };
    b->joint.child_frame = (xform){ m3_xyz(v[3]), v[2] };
    r->joint_node[c] = node;
    return GENU_OK;
}

static void swap(osim_reader *r, int a, int b)
{
    genu_body body = r->m->body[a];
    xmlNode *node = r->body_node[a], *joint = r->joint_node[a];
    r->m->body[a] = r->m->body[b];
    r->body_node[a] = r->body_node[b];
    r->joint_node[a] = r->joint_node[b];
    r->m->body[b] = body;
    r->body_node[b] = node;
    r->joint_node[b] = joint;
    // references to the two change places, too
    for (int i = 1; i < r->m->n_body; i++) {
        int *p = &r->m->body[i].parent;
        *p = *p == a ? b : *p == b ? a : *p;
    }
    for (int i = 0; i < r->n_frame; i++) {
        int *p = &r->frame[i].body;
        *p = *p == a ? b : *p == b ? a : *p;
    }
}

/* Parents before children; the file's order otherwise kept where it can be. */
static genu_status sort_bodies(osim_reader *r)
{
    genu_model *m = r->m;
    for (int i = 1; i < m->n_body; i++) {
        if (m->body[i].parent < 0)
            return osim_fail(r, r->body_node[i], GENU_E_FORMAT, "body '%s' hangs on no joint",
                             m->body[i].name);
        int ready = i;
        while (ready < m->n_body && m->body[ready].parent >= i)
            ready++;
        if (ready == m->n_body)
            return osim_fail(r, r->body_node[i], GENU_E_FORMAT,
                             "body '%s' hangs on bodies that hang on it", m->body[i].name);
        for (; ready > i; ready--)
            swap(r, ready, ready - 1);
    }
    return GENU_OK;
}

static int count_elements(xmlNode *first)
{
    int n = 0;
    for (; first; first = osim_next(first))
        n++;
    return n;
}

/* Coordinates come in the order of the joints in the file, which may differ from the tree's. */
static genu_status read_joints(osim_reader *r)
{
    genu_status s = GENU_OK;
    if (r->layout3) {
        for (xmlNode *n = osim_objects(r->model, "BodySet"); n && s == GENU_OK; n = osim_next(n))
            for (int c = 1; c < r->m->n_body && s == GENU_OK; c++)
                if (r->body_node[c] == n)
                    s = osim_read_joint(r, r->joint_node[c], c);
        return s;
    }
    for (xmlNode *n = osim_objects(r->model, "JointSet"); n && s == GENU_OK; n = osim_next(n))
        for (int c = 1; c < r->m->n_body && s == GENU_OK; c++)
            if (r->joint_node[c] == n)
                s = osim_read_joint(r, n, c);
    return s;
}

genu_status osim_read_bodies(osim_reader *r)
{
    xmlNode *first = osim_objects(r->model, "BodySet");
    size_t room = (size_t)count_elements(first) + 1;
    genu_body *grown = realloc(r->m->body, room * sizeof *grown);
    r->body_node = calloc(room, sizeof *r->body_node);
    r->joint_node = calloc(room, sizeof *r->joint_node);
    if (grown)
        r->m->body = grown;
    if (!grown || !r->body_node || !r->joint_node)
        return osim_fail(r, NULL, GENU_E_MEMORY, "out of memory");
    r->body_node[0] = osim_child(r->model, "Ground");
    genu_status s = GENU_OK;
    for (xmlNode *n = first; n && s == GENU_OK; n = osim_next(n))
        s = osim_is(n, "Body")
                ? read_body(r, n)
                : osim_fail(r, n, GENU_E_FORMAT, "<%s> in the body set is not a body",
                            (const char *)n->name);
    if (s == GENU_OK && r->m->n_body == 1)
        s = osim_fail(r, r->model, GENU_E_FORMAT, "the model has no bodies");
    if (s == GENU_OK)
        s = collect_frames(r, r->model, "");
    for (xmlNode *n = osim_objects(r->model, "JointSet"); n && s == GENU_OK; n = osim_next(n))
        s = match_joint4(r, n);
    for (int c = 1; r->layout3 && c < r->m->n_body && s == GENU_OK; c++)
        s = match_joint3(r, c);
    if (s == GENU_OK)
        s = sort_bodies(r);
    return s == GENU_OK ? read_joints(r) : s;
}

static genu_status read_coupler(osim_reader *r, xmlNode *node, const char *name)
{
    char leader[TEXT], follower[TEXT];
    if (!osim_text(node, "independent_coordinate_names", leader, sizeof leader) || !*leader ||
        !osim_text(node, "dependent_coordinate_name", follower, sizeof follower))
        return osim_fail(r, node, GENU_E_FORMAT, "coupler '%s' names no coordinates", name);
    if (strpbrk(leader, " \t\r\n,"))
        return osim_fail(r, node, GENU_E_FORMAT,
                         "coupler '%s' follows several coordinates (%s), "
                         "which is not supported",
                         name, leader);
    int i, j;
    genu_status s = osim_coord(r, node, follower, &i);
    if (s == GENU_OK)
        s = osim_coord(r, node, leader, &j);
    if (s != GENU_OK)
        return s;
    genu_coord *c = &r->m->coord[i];
    if (c->leader >= 0)
        return osim_fail(r, node, GENU_E_FORMAT, "coordinate '%s' follows two couplers", c->name);
    double scale = 1;
    const xmlNode *f = osim_first(osim_child(node, "coupled_coordinates_function"));
    s = osim_double(r, node, "scale_factor", &scale);
    if (s == GENU_OK && !f)
        s = osim_fail(r, node, GENU_E_FORMAT, "coupler '%s' has no function", name);
    if (s == GENU_OK)
        s = osim_function(r, f, &c->coupler);
    if (s == GENU_OK)
        c->leader = j;
    c->coupler.scale *= scale;
    return s;
}

genu_status osim_read_constraints(osim_reader *r)
{
    genu_status s = GENU_OK;
    for (xmlNode *n = osim_objects(r->model, "ConstraintSet"); n && s == GENU_OK;
         n = osim_next(n)) {
        char name[OSIM_NAME];
        int enforced = 1, disabled = 0;
        osim_name(n, name);
        s = osim_bool(r, n, "isEnforced", &enforced);
        if (s == GENU_OK)
            s = osim_bool(r, n, "isDisabled", &disabled);
        if (s != GENU_OK)
            break;
        if (!enforced || disabled)
            genu_notes_add(r->notes, GENU_NOTE, (int)xmlGetLineNo(n),
                           "constraint '%s' is switched off: ignored", name);
        else if (osim_is(n, "CoordinateCouplerConstraint"))
            s = read_coupler(r, n, name);
        else
            s = osim_fail(r, n, GENU_E_FORMAT, "constraint '%s' is a %s, which is not supported",
                          name, (const char *)n->name);
    }
    return s;
}
