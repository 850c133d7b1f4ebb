/* model_tables_joint.c - bodies, joints, coordinates and what moves the joints. */
#include "sim/model_tables_private.h"

#include <stdlib.h>
#include <string.h>

/* The tables that the skeleton is made of. */
typedef struct tables {
    genu_csv bodies, joints, axes, functions, coordinates, couplers;
    table_twin *joint; /* per body from 1 on: its row in joints */
} tables;

enum { JOINT, TYPE, PARENT, CHILD, PARENT_FRAME, CHILD_FRAME = 10 };
enum { AXIS_JOINT, AXIS, AXIS_COORDINATE, AXIS_DIRECTION, AXIS_FUNCTION = 6 };
enum { COORDINATE, COORDINATE_JOINT, COORDINATE_NUMBERS };

static genu_status open_tables(const table_builder *b, tables *t)
{
    const struct {
        genu_csv *t;
        const char *file, *columns;
    } list[] = {
        { &t->bodies, "bodies.csv", "body," TABLE_MASS_COLUMNS },
        { &t->joints, "joints.csv",
          "joint,type,parent,child,parent_x,parent_y,parent_z,parent_rx,parent_ry,parent_rz,"
          "child_x,child_y,child_z,child_rx,child_ry,child_rz" },
        { &t->axes, "joint_axes.csv", "joint,axis,coordinate,x,y,z,function" },
        { &t->functions, "functions.csv", "function,kind,x,y" },
        { &t->coordinates, "coordinates.csv",
          "coordinate,joint,default,lowest,highest,clamped,locked" },
        { &t->couplers, "couplers.csv", "coordinate,leader,function" },
    };
    genu_status s = GENU_OK;
    for (size_t i = 0; i < sizeof list / sizeof *list && s == GENU_OK; i++)
        s = genu_csv_read(list[i].t, b->folder, list[i].file, list[i].columns, b->err);
    return s;
}

static void close_tables(tables *t)
{
    genu_csv *list[] = { &t->bodies,    &t->joints,      &t->axes,
                         &t->functions, &t->coordinates, &t->couplers };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        genu_csv_free(list[i]);
    free(t->joint);
}

static genu_status add_body(const table_builder *b, const tables *t, table_twin i)
{
    genu_body *body = &b->m->body[b->m->n_body];
    int parent;
    genu_status s = table_body(b, &t->joints, i, PARENT, &parent);
    if (s != GENU_OK)
        return s;
    b->m->n_body++;
    body->parent = parent;
    s = table_own_name(b, &t->joints, i, CHILD, &body->name);
    if (s == GENU_OK)
        s = table_own_name(b, &t->joints, i, JOINT, &body->joint.name);
    if (s == GENU_OK)
        s = table_own_name(b, &t->joints, i, TYPE, &body->joint.type);
    if (s == GENU_OK)
        s = table_frame(b, &t->joints, i, PARENT_FRAME, &body->joint.parent_frame);
    if (s == GENU_OK)
        s = table_frame(b, &t->joints, i, CHILD_FRAME, &body->joint.child_frame);
    if (s != GENU_OK)
        return s;
    if (!strcmp(body->name, "torso"))
        return table_build_torso(b, body);
    const char *right = genu_csv_text(&t->joints, i.row, CHILD);
    int row = genu_csv_find(&t->bodies, right);
    return row < 0 ? genu_csv_fail(&t->joints, i.row, GENU_E_FORMAT, b->err,
                                   "bodies.csv has no body '%s'", right)
                   : table_mass(b, &t->bodies, (table_twin){ row, i.left }, 1, body);
}

static genu_status build_bodies(const table_builder *b, tables *t)
{
    int n;
    t->joint = table_twins(&t->joints, 0, &n);
    genu_body *grown = realloc(b->m->body, (size_t)(n + 1) * sizeof *grown);
    if (grown)
        b->m->body = grown;
    if (!t->joint || !grown)
        return table_no_memory(b);
    memset(grown + 1, 0, (size_t)n * sizeof *grown);
    genu_status s = GENU_OK;
    for (int k = 0; k < n && s == GENU_OK; k++)
        s = add_body(b, t, t->joint[k]);
    return s;
}

static genu_status add_coordinate(const table_builder *b, const tables *t, table_twin i)
{
    char joint[TABLE_NAME];
    double x[5];
    genu_coord *c = &b->m->coord[b->m->n_coord++];
    genu_status s = table_own_name(b, &t->coordinates, i, COORDINATE, &c->name);
    if (s == GENU_OK)
        s = table_name(b, &t->coordinates, i, COORDINATE_JOINT, joint);
    if (s == GENU_OK)
        s = genu_csv_numbers(&t->coordinates, i.row, COORDINATE_NUMBERS, 5, x, b->err);
    if (s != GENU_OK)
        return s;
    c->body = genu_find_joint(b->m, joint);
    if (c->body < 0)
        return genu_csv_fail(&t->coordinates, i.row, GENU_E_FORMAT, b->err,
                             "there is no joint '%s'", joint);
    c->value = x[0];
    c->lo = x[1];
    c->hi = x[2];
    c->clamped = x[3] != 0;
    c->locked = x[4] != 0;
    c->leader = -1;
    c->motion = strcmp(b->m->body[c->body].joint.type, "PinJoint") ? GENU_COUPLED : GENU_ROTATION;
    return GENU_OK;
}

static genu_status build_coordinates(const table_builder *b, const tables *t)
{
    int n;
    table_twin *twin = table_twins(&t->coordinates, 0, &n);
    b->m->coord = calloc((size_t)n + 1, sizeof *b->m->coord);
    genu_status s = twin && b->m->coord ? GENU_OK : table_no_memory(b);
    for (int k = 0; k < n && s == GENU_OK; k++)
        s = add_coordinate(b, t, twin[k]);
    free(twin);
    return s;
}

/* Numbers with blanks between them, on the heap. */
static genu_status number_list(const table_builder *b, const genu_csv *t, int row, int col,
                               double **x, int *n)
{
    const char *text = genu_csv_text(t, row, col);
    char *copy = genu_strdup(text), *save = NULL;
    *n = 0;
    *x = calloc(strlen(text) / 2 + 1, sizeof **x);
    genu_status s = *x && copy ? GENU_OK : table_no_memory(b);
    for (char *w = s == GENU_OK ? strtok_r(copy, " ", &save) : NULL; w && s == GENU_OK;
         w = strtok_r(NULL, " ", &save))
        if (!genu_parse_double(w, &(*x)[(*n)++]))
            s = genu_csv_fail(t, row, GENU_E_FORMAT, b->err, "%s: '%.40s' is not a number",
                              t->column[col], w);
    free(copy);
    return s;
}

static genu_status make_curve(const genu_csv *t, int row, const double *x, int n_x, const double *y,
                              int n_y, genu_curve *f, genu_err *err)
{
    const char *kind = genu_csv_text(t, row, 1);
    if (!strcmp(kind, "identity"))
        return genu_curve_linear(f, 1, 0, err);
    if (!strcmp(kind, "constant") && n_y == 1)
        return genu_curve_constant(f, y[0], err);
    if (!strcmp(kind, "polynomial") && n_y > 0)
        return genu_curve_polynomial(f, n_y, y, err);
    if (!strcmp(kind, "spline") && n_x == n_y && n_x > 1)
        return genu_curve_simm_spline(f, n_x, x, y, err);
    return genu_fail(err, GENU_E_FORMAT,
                     "a function of kind '%.40s' with %d x and %d y is not known", kind, n_x, n_y);
}

/* The function that a cell names. */
static genu_status take_function(const table_builder *b, const tables *t, const genu_csv *from,
                                 int from_row, int col, genu_curve *f)
{
    const char *name = genu_csv_text(from, from_row, col);
    int row = genu_csv_find(&t->functions, name), n_x = 0, n_y = 0;
    double *x = NULL, *y = NULL;
    if (row < 0)
        return genu_csv_fail(from, from_row, GENU_E_FORMAT, b->err, "there is no function '%s'",
                             name);
    genu_err why = { 0 };
    genu_status s = number_list(b, &t->functions, row, 2, &x, &n_x);
    if (s == GENU_OK)
        s = number_list(b, &t->functions, row, 3, &y, &n_y);
    if (s == GENU_OK && (s = make_curve(&t->functions, row, x, n_x, y, n_y, f, &why)) != GENU_OK)
        s = genu_csv_fail(&t->functions, row, s, b->err, "%s", why.msg);
    free(x);
    free(y);
    return s;
}

static genu_status add_step(const table_builder *b, const tables *t, table_twin i, genu_joint *j)
{
    char coordinate[TABLE_NAME];
    if (j->n_step == 6)
        return genu_csv_fail(&t->axes, i.row, GENU_E_FORMAT, b->err,
                             "joint '%s' has a seventh axis", j->name);
    genu_step *step = &j->step[j->n_step++];
    step->rotation = genu_csv_text(&t->axes, i.row, AXIS)[0] == 'r';
    step->coord = -1;
    genu_status s = table_name(b, &t->axes, i, AXIS_COORDINATE, coordinate);
    if (s == GENU_OK && *coordinate && (step->coord = genu_find_coord(b->m, coordinate)) < 0)
        s = genu_csv_fail(&t->axes, i.row, GENU_E_FORMAT, b->err, "there is no coordinate '%s'",
                          coordinate);
    if (s == GENU_OK)
        s = table_place(b, &t->axes, i, AXIS_DIRECTION, &step->axis);
    if (s == GENU_OK && step->rotation && i.left) // turns the other way round; 0 - 0 is 0, not -0
        step->axis = v3_sub((v3){ 0, 0, 0 }, step->axis);
    if (s == GENU_OK)
        s = take_function(b, t, &t->axes, i.row, AXIS_FUNCTION, &step->f);
    if (s == GENU_OK && step->coord >= 0 && step->f.kind == GENU_CURVE_LINEAR)
        b->m->coord[step->coord].motion = step->rotation ? GENU_ROTATION : GENU_TRANSLATION;
    return s;
}

/* In the model's order: translations first. */
static const char *const order[6] = { "translation1", "translation2", "translation3",
                                      "rotation1",    "rotation2",    "rotation3" };

/* An axis of no custom joint, or of no known name, would be passed over. */
static genu_status check_axes(const table_builder *b, const tables *t)
{
    for (int row = 0; row < t->axes.n_row; row++) {
        const char *axis = genu_csv_text(&t->axes, row, AXIS);
        const char *joint = genu_csv_text(&t->axes, row, AXIS_JOINT);
        int k = 0, j = genu_csv_find(&t->joints, joint);
        while (k < 6 && strcmp(order[k], axis))
            k++;
        if (k == 6)
            return genu_csv_fail(&t->axes, row, GENU_E_FORMAT, b->err,
                                 "the axis is '%.40s', must be rotation1 to 3 or translation1 to 3",
                                 axis);
        if (j < 0 || strcmp(genu_csv_text(&t->joints, j, TYPE), "CustomJoint"))
            return genu_csv_fail(&t->axes, row, GENU_E_FORMAT, b->err,
                                 "there is no custom joint '%s'", joint);
    }
    return GENU_OK;
}

static genu_status build_custom(const table_builder *b, const tables *t, table_twin joint,
                                genu_joint *j)
{
    const char *name = genu_csv_text(&t->joints, joint.row, JOINT);
    genu_status s = GENU_OK;
    for (int k = 0; k < 6; k++)
        for (int row = 0; row < t->axes.n_row && s == GENU_OK; row++)
            if (!strcmp(genu_csv_text(&t->axes, row, AXIS_JOINT), name) &&
                !strcmp(genu_csv_text(&t->axes, row, AXIS), order[k]))
                s = add_step(b, t, (table_twin){ row, joint.left }, j);
    return s;
}

static genu_status build_steps(const table_builder *b, const tables *t)
{
    genu_status s = check_axes(b, t);
    for (int i = 1; i < b->m->n_body && s == GENU_OK; i++) {
        genu_joint *j = &b->m->body[i].joint;
        if (!strcmp(j->type, "CustomJoint")) {
            s = build_custom(b, t, t->joint[i - 1], j);
        } else if (!strcmp(j->type, "PinJoint")) {
            int c = 0;
            while (c < b->m->n_coord && b->m->coord[c].body != i)
                c++;
            if (c == b->m->n_coord)
                return genu_csv_fail(&t->joints, t->joint[i - 1].row, GENU_E_FORMAT, b->err,
                                     "the pin joint '%s' has no coordinate", j->name);
            j->step[j->n_step++] = (genu_step){ .rotation = 1, .axis = { 0, 0, 1 }, .coord = c };
            s = genu_curve_linear(&j->step[0].f, 1, 0, b->err);
        } else if (strcmp(j->type, "WeldJoint")) {
            s = genu_csv_fail(&t->joints, t->joint[i - 1].row, GENU_E_FORMAT, b->err,
                              "type is '%.40s', must be CustomJoint, PinJoint or WeldJoint",
                              j->type);
        }
    }
    return s;
}

static genu_status build_couplers(const table_builder *b, const tables *t)
{
    int n;
    table_twin *twin = table_twins(&t->couplers, 0, &n);
    genu_status s = twin ? GENU_OK : table_no_memory(b);
    for (int k = 0; k < n && s == GENU_OK; k++) {
        char name[2][TABLE_NAME];
        int c[2] = { -1, -1 };
        for (int i = 0; i < 2 && s == GENU_OK; i++) {
            s = table_name(b, &t->couplers, twin[k], i, name[i]);
            if (s == GENU_OK && (c[i] = genu_find_coord(b->m, name[i])) < 0)
                s = genu_csv_fail(&t->couplers, twin[k].row, GENU_E_FORMAT, b->err,
                                  "there is no coordinate '%s'", name[i]);
        }
        if (s == GENU_OK)
            s = take_function(b, t, &t->couplers, twin[k].row, 2, &b->m->coord[c[0]].coupler);
        if (s == GENU_OK)
            b->m->coord[c[0]].leader = c[1];
    }
    free(twin);
    return s;
}

genu_status table_build_skeleton(const table_builder *b)
{
    tables t = { 0 };
    genu_status s = open_tables(b, &t);
    if (s == GENU_OK)
        s = build_bodies(b, &t);
    if (s == GENU_OK)
        s = build_coordinates(b, &t);
    if (s == GENU_OK)
        s = build_steps(b, &t);
    if (s == GENU_OK)
        s = build_couplers(b, &t);
    close_tables(&t);
    return s;
}
