/* osim_skeleton.c - bodies, the tree that the joints make of them, coordinate couplers. */
#include "models/osim_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Inertia about the mass centre: six numbers (4.x), or an element each (before). */
static genu_status read_inertia(osim_reader *r, const xmlNode *node, genu_body *b)
{
    static const char *const tag[] = { "inertia_xx", "inertia_yy", "inertia_zz",
                                       "inertia_xy", "inertia_xz", "inertia_yz" };
    double i[6] = { 0 };
    genu_status s = GENU_OK;
    if (osim_child(r, node, tag[0]) || r->version < 30500)
        for (int k = 0; s == GENU_OK && k < 6; k++)
            s = osim_double(r, node, tag[k], k < 3 ? OSIM_REQUIRED : OSIM_SAY, OSIM_FINITE, &i[k]);
    else
        s = osim_vector(r, node, "inertia", OSIM_SAY, 6, i);
    for (int k = 0; s == GENU_OK && k < 3; k++)
        if (i[k] < 0)
            s = osim_fail(r, node, GENU_E_RANGE, "moment of inertia %s is %g kg m2, must be >= 0",
                          tag[k] + 8, i[k]);
    // a body of real mass cannot have one moment above the sum of the others
    for (int k = 0; s == GENU_OK && k < 3; k++)
        if (i[k] > (i[(k + 1) % 3] + i[(k + 2) % 3]) * (1 + 1e-6))
            osim_event_add(r, node, GENU_NOTE,
                           "Body: a moment of inertia exceeds the sum of the other two, which no "
                           "rigid body has; taken as written");
    b->inertia = (m3){ { { i[0], i[3], i[4] }, { i[3], i[1], i[5] }, { i[4], i[5], i[2] } } };
    return s;
}

static genu_status read_body(osim_reader *r, xmlNode *node)
{
    char name[OSIM_NAME];
    osim_name(node, name);
    osim_take(node);
    if (!*name)
        return osim_fail(r, node, GENU_E_FORMAT, "a body has no name");
    if (!strcmp(name, "ground")) { // the earlier layout lists the ground
        static const char *const unused[] = { "mass",       "mass_center", "inertia_xx",
                                              "inertia_yy", "inertia_zz",  "inertia_xy",
                                              "inertia_xz", "inertia_yz",  "Joint" };
        for (size_t i = 0; i < sizeof unused / sizeof *unused; i++)
            (void)osim_child(r, node, unused[i]);
        r->body_node[0] = node;
        return GENU_OK;
    }
    if (genu_find_body(r->m, name) >= 0)
        return osim_fail(r, node, GENU_E_FORMAT, "a second body is named '%s'", name);
    genu_body *b = &r->m->body[r->m->n_body];
    *b = (genu_body){ .name = genu_strdup(name), .parent = -1 };
    if (!b->name)
        return osim_no_memory(r);
    b->joint.parent_frame = b->joint.child_frame = xform_identity();
    r->body_node[r->m->n_body++] = node;
    genu_status s = osim_double(r, node, "mass", OSIM_REQUIRED, OSIM_NOT_NEGATIVE, &b->mass);
    if (s == GENU_OK)
        s = osim_v3(r, node, "mass_center", OSIM_SAY, &b->mass_center);
    return s == GENU_OK ? read_inertia(r, node, b) : s;
}

static genu_status read_bodies(osim_reader *r)
{
    xmlNode *first = osim_objects(r, r->model, "BodySet");
    size_t room = 1;
    for (xmlNode *n = first; n; n = osim_next(n))
        room++;
    genu_body *grown = realloc(r->m->body, room * sizeof *grown);
    r->body_node = calloc(room, sizeof *r->body_node);
    r->joint_node = calloc(room, sizeof *r->joint_node);
    if (grown)
        r->m->body = grown;
    if (!grown || !r->body_node || !r->joint_node)
        return osim_no_memory(r);
    r->body_node[0] = osim_child(r, r->model, "Ground");
    genu_status s = GENU_OK;
    for (xmlNode *n = first; n && s == GENU_OK; n = osim_next(n))
        s = osim_is(n, "Body")
                ? read_body(r, n)
                : osim_fail(r, n, GENU_E_FORMAT, "<%s> in the body set is not a body",
                            (const char *)n->name);
    if (s == GENU_OK && r->m->n_body == 1)
        s = osim_fail(r, r->model, GENU_E_FORMAT, "the model has no bodies");
    return s;
}

/* Hang body c on body p by the joint of this node. */
static genu_status hang(osim_reader *r, xmlNode *node, int p, int c, xform P, xform C)
{
    genu_body *b = &r->m->body[c];
    char name[OSIM_NAME];
    int reverse = 0;
    osim_name(node, name);
    osim_take(node);
    genu_status s = osim_bool(r, node, "reverse", OSIM_SILENT, &reverse);
    if (s != GENU_OK)
        return s;
    if (reverse)
        return osim_fail(r, node, GENU_E_FORMAT, "<reverse> is true, which is not supported");
    if (c == 0)
        return osim_fail(r, node, GENU_E_FORMAT,
                         "the joint's child is the ground, which is not supported: let the ground "
                         "be its parent");
    if (b->parent >= 0)
        return osim_fail(r, node, GENU_E_FORMAT,
                         "body '%s' hangs on joint '%s' already; closed loops are not supported",
                         b->name, b->joint.name);
    for (int i = 1; i < r->m->n_body; i++)
        if (*name && r->m->body[i].joint.name && !strcmp(r->m->body[i].joint.name, name))
            return osim_fail(r, node, GENU_E_FORMAT, "a second joint is named '%s'", name);
    b->parent = p;
    b->joint.parent_frame = P;
    b->joint.child_frame = C;
    b->joint.name = genu_strdup(*name ? name : b->name);
    b->joint.type = genu_strdup((const char *)node->name);
    r->joint_node[c] = node;
    return b->joint.name && b->joint.type ? GENU_OK : osim_no_memory(r);
}

/* 4.x: joints stand by themselves and name two frames. */
static genu_status hang_by_sockets(osim_reader *r, xmlNode *node)
{
    char path[2][OSIM_PATH];
    int body[2] = { 0, 0 };
    xform X[2];
    static const char *const socket[] = { "parent_frame", "child_frame" };
    genu_status s = GENU_OK;
    for (int k = 0; k < 2 && s == GENU_OK; k++)
        s = osim_socket(r, node, socket[k], path[k])
                ? osim_resolve(r, node, path[k], &body[k], &X[k])
                : osim_fail(r, node, GENU_E_FORMAT, "<socket_%s> is missing", socket[k]);
    return s == GENU_OK ? hang(r, node, body[0], body[1], X[0], X[1]) : s;
}

/* Before 4.0 a joint stands in its child body. */
static genu_status hang_inside(osim_reader *r, int c)
{
    xmlNode *node = osim_first(osim_child(r, r->body_node[c], "Joint"));
    if (!node)
        return GENU_OK;
    char parent[OSIM_PATH];
    v3 v[4] = { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } };
    static const char *const tag[] = { "location_in_parent", "orientation_in_parent", "location",
                                       "orientation" };
    genu_status s = GENU_OK;
    for (int k = 0; s == GENU_OK && k < 4; k++)
        s = osim_v3(r, node, tag[k], OSIM_SAY, &v[k]);
    if (s == GENU_OK && !osim_text(r, node, "parent_body", parent))
        s = osim_fail(r, node, GENU_E_FORMAT, "<parent_body> is missing");
    xform X;
    int p;
    if (s == GENU_OK)
        s = osim_resolve(r, node, parent, &p, &X);
    if (s != GENU_OK)
        return s;
    return hang(r, node, p, c, xform_mul(X, (xform){ m3_xyz(v[1]), v[0] }),
                (xform){ m3_xyz(v[3]), v[2] });
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
    for (int i = 1; i < m->n_body; i++)
        if (m->body[i].parent < 0)
            return osim_fail(r, r->body_node[i], GENU_E_FORMAT,
                             "the body hangs on no joint; a FreeJoint to the ground would let it "
                             "move freely");
    for (int i = 1; i < m->n_body; i++) {
        int ready = i;
        while (ready < m->n_body && m->body[ready].parent >= i)
            ready++;
        if (ready == m->n_body)
            return osim_fail(r, r->joint_node[i], GENU_E_FORMAT,
                             "body '%s' hangs on bodies that hang on it", m->body[i].name);
        for (; ready > i; ready--)
            swap(r, ready, ready - 1);
    }
    return GENU_OK;
}

static genu_status read_joint_of(osim_reader *r, const xmlNode *node, xmlNode **per_body)
{
    for (int c = 1; c < r->m->n_body; c++)
        if (per_body[c] == node)
            return osim_read_joint(r, r->joint_node[c], c);
    return GENU_OK;
}

genu_status osim_read_skeleton(osim_reader *r)
{
    genu_status s = read_bodies(r);
    if (s == GENU_OK)
        s = osim_collect_frames(r, r->model);
    xmlNode *joints = osim_objects(r, r->model, "JointSet");
    xmlNode *bodies = osim_objects(r, r->model, "BodySet");
    for (xmlNode *n = joints; n && s == GENU_OK; n = osim_next(n))
        s = hang_by_sockets(r, n);
    for (int c = 1; c < r->m->n_body && s == GENU_OK; c++)
        s = hang_inside(r, c);
    if (s == GENU_OK)
        s = sort_bodies(r);
    // coordinates come in the order of the joints in the file, which may differ from the tree's
    for (xmlNode *n = joints; n && s == GENU_OK; n = osim_next(n))
        s = read_joint_of(r, n, r->joint_node);
    for (xmlNode *n = bodies; n && s == GENU_OK; n = osim_next(n))
        if (osim_first(osim_child(r, n, "Joint")))
            s = read_joint_of(r, n, r->body_node);
    // frames that no joint names, too, so that a bad one does not pass
    for (int i = 0; i < r->n_frame && s == GENU_OK; i++)
        s = osim_resolve_frame(r, &r->frame[i]);
    return s;
}

static genu_status read_coupler(osim_reader *r, xmlNode *node)
{
    char leader[OSIM_PATH], follower[OSIM_PATH];
    if (!osim_text(r, node, "independent_coordinate_names", leader) || !*leader ||
        !osim_text(r, node, "dependent_coordinate_name", follower))
        return osim_fail(r, node, GENU_E_FORMAT, "the coupler names no coordinates");
    if (strpbrk(leader, " \t\r\n"))
        return osim_fail(r, node, GENU_E_FORMAT,
                         "the coupler follows several coordinates (%.120s), which is not supported",
                         leader);
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
    const xmlNode *holder = osim_child(r, node, "coupled_coordinates_function");
    xmlNode *f = holder ? osim_find_function(r, holder) : NULL;
    s = osim_double(r, node, "scale_factor", OSIM_SAY, OSIM_FINITE, &scale);
    if (s == GENU_OK && !f)
        s = osim_fail(r, node, GENU_E_FORMAT, "<coupled_coordinates_function> holds no function");
    if (s == GENU_OK)
        s = osim_function(r, f, &c->coupler);
    if (s != GENU_OK)
        return s;
    c->coupler.scale *= scale;
    c->leader = j;
    return GENU_OK;
}

/* The body that a constraint names as its first or second, in any layout; "" when it names none. */
static genu_status constrained_body(osim_reader *r, const xmlNode *node, int second,
                                    const char **body)
{
    static const char *const tag[][2] = { { "frame1", "frame2" },
                                          { "body_1", "body_2" },
                                          { "line_body", "follower_body" },
                                          { "surface_body", "rolling_body" } };
    char path[OSIM_PATH] = "";
    *body = "";
    for (size_t i = 0; i < sizeof tag / sizeof *tag && !*path; i++)
        (void)osim_socket(r, node, tag[i][second], path);
    if (!*path)
        return GENU_OK;
    int b;
    xform X;
    genu_status s = osim_resolve(r, node, path, &b, &X);
    if (s == GENU_OK)
        *body = r->m->body[b].name;
    return s;
}

/* Bodies form a tree, so what ties two of them a second time cannot be computed. */
static genu_status refuse_constraint(osim_reader *r, const xmlNode *node)
{
    const char *a, *b;
    char between[160] = "";
    genu_status s = constrained_body(r, node, 0, &a);
    if (s == GENU_OK)
        s = constrained_body(r, node, 1, &b);
    if (s != GENU_OK)
        return s;
    if (*a && *b)
        snprintf(between, sizeof between, " between bodies '%.50s' and '%.50s'", a, b);
    return osim_fail(r, node, GENU_E_FORMAT,
                     "a constraint of kind <%s>%s is not supported, since closed loops cannot be "
                     "computed: let one body hang on the other by a joint, or couple coordinates; "
                     "%s computes without it",
                     (const char *)node->name, between,
                     r->version < 40000 ? "<isDisabled>true</isDisabled>"
                                        : "<isEnforced>false</isEnforced>");
}

genu_status osim_read_constraints(osim_reader *r)
{
    genu_status s = GENU_OK;
    for (xmlNode *n = osim_objects(r, r->model, "ConstraintSet"); n && s == GENU_OK;
         n = osim_next(n)) {
        int enforced = 1, disabled = 0;
        osim_take(n);
        s = osim_bool(r, n, "isEnforced", OSIM_SILENT, &enforced);
        if (s == GENU_OK)
            s = osim_bool(r, n, "isDisabled", OSIM_SILENT, &disabled);
        if (s != GENU_OK)
            break;
        if (!enforced || disabled) {
            osim_leave_out(n);
            osim_note(r, n, GENU_NOTE, "switched off in the file, so left out");
        } else if (osim_is(n, "CoordinateCouplerConstraint"))
            s = read_coupler(r, n);
        else
            s = refuse_constraint(r, n);
    }
    return s;
}
