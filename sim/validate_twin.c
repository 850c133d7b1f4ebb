#include "sim/validate_twin.h"

#include "models/path.h"
#include "models/skeleton.h"
#include "sim/validate_geometry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of two files that are the same to the five or six digits of the earlier one. */
static const double SAME = 5e-6;

/* What that leaves of a chain of six joints, each of a metre at most. */
static const double TWIN = 1e-5; // m

typedef struct twin {
    const genu_model *a, *b;
    const char *name;
    int *coord, *body, *muscle; /* of a: index in b, -1: not there               */
    int *root;         /* n_body of a: from where on the joints are the same, -1: left out */
    int *other_muscle; /* n_muscle of a flags: left out of the rows                       */
    genu_data *da, *db;
    double *q; /* n_coord of a                                  */
    genu_validation *v;
    genu_validation_row bodies, lengths, arms;
} twin;

static int apart(double x, double y)
{
    return !(fabs(x - y) <= SAME * fmax(1, fabs(x))) && !(isnan(x) && isnan(y)) && x != y;
}

static int apart3(v3 x, v3 y)
{
    return apart(x.x, y.x) || apart(x.y, y.y) || apart(x.z, y.z);
}

static int apart_frame(xform x, xform y)
{
    int differ = apart3(x.p, y.p);
    for (int j = 0; j < 3; j++)
        differ |= apart3(m3_column(x.R, j), m3_column(y.R, j));
    return differ;
}

static void say(twin *t, const char *what, const char *name, double x, double y)
{
    genu_notes_add(&t->v->notes, GENU_NOTE, 0, "%s: the files differ in %s of '%s': %.8g and %.8g",
                   t->name, what, name, x, y);
}

/* ------------------------------------------------------------------ what the files say */

static void compare_coords(twin *t)
{
    for (int i = 0; i < t->a->n_coord; i++) {
        const genu_coord *x = &t->a->coord[i];
        if (t->coord[i] < 0) {
            genu_notes_add(&t->v->notes, GENU_NOTE, 0, "%s: coordinate '%s' is in one file only",
                           t->name, x->name);
            continue;
        }
        const genu_coord *y = &t->b->coord[t->coord[i]];
        if (apart(x->lo, y->lo))
            say(t, "the lower end of the range", x->name, x->lo, y->lo);
        if (apart(x->hi, y->hi))
            say(t, "the upper end of the range", x->name, x->hi, y->hi);
        if (apart(x->value, y->value))
            say(t, "the default", x->name, x->value, y->value);
        if (x->locked != y->locked)
            say(t, "the lock", x->name, x->locked, y->locked);
        if (x->clamped != y->clamped)
            say(t, "the clamp", x->name, x->clamped, y->clamped);
    }
}

static int joint_differs(const genu_joint *x, const genu_joint *y)
{
    int differ = apart_frame(x->parent_frame, y->parent_frame) ||
                 apart_frame(x->child_frame, y->child_frame) || x->n_step != y->n_step;
    for (int k = 0; k < x->n_step && !differ; k++) {
        double f[3], g[3];
        differ =
            x->step[k].rotation != y->step[k].rotation || apart3(x->step[k].axis, y->step[k].axis);
        for (int p = -8; p <= 8 && !differ; p++) { // curves at a few places
            genu_curve_eval(&x->step[k].f, p / 4.0, f);
            genu_curve_eval(&y->step[k].f, p / 4.0, g);
            differ = apart(f[0], g[0]);
        }
    }
    return differ;
}

static void compare_body(twin *t, int i)
{
    const genu_body *x = &t->a->body[i];
    t->root[i] = i > 0 ? t->root[x->parent] : 0;
    if (t->body[i] < 0) {
        genu_notes_add(&t->v->notes, GENU_NOTE, 0, "%s: body '%s' is in one file only", t->name,
                       x->name);
        t->root[i] = -1;
        return;
    }
    const genu_body *y = &t->b->body[t->body[i]];
    if (apart(x->mass, y->mass))
        say(t, "the mass", x->name, x->mass, y->mass);
    if (apart3(x->mass_center, y->mass_center))
        say(t, "the mass centre (distance from the frame)", x->name, v3_norm(x->mass_center),
            v3_norm(y->mass_center));
    if (i > 0 && joint_differs(&x->joint, &y->joint)) {
        genu_notes_add(&t->v->notes, GENU_NOTE, 0,
                       "%s: the files differ in joint '%s': '%s' and what hangs on it is compared "
                       "in its frame",
                       t->name, x->joint.name, x->name);
        t->root[i] = i;
    }
}

/* ------------------------------------------------------------------ muscles */

static int point_differs(const twin *t, const genu_point *x, const genu_point *y)
{
    int differ = x->kind != y->kind || t->body[x->body] != y->body;
    for (int k = 0; k < 3 && !differ && x->kind == GENU_POINT_MOVING; k++) {
        double f[3], g[3];
        differ = (x->coord[k] < 0) != (y->coord[k] < 0) ||
                 (x->coord[k] >= 0 && t->coord[x->coord[k]] != y->coord[k]);
        for (int p = -8; p <= 8 && !differ; p++) {
            genu_curve_eval(&x->f[k], p / 4.0, f);
            genu_curve_eval(&y->f[k], p / 4.0, g);
            differ = apart(f[0], g[0]);
        }
    }
    if (x->kind != GENU_POINT_MOVING)
        differ |= apart3(x->location, y->location);
    if (x->kind == GENU_POINT_CONDITIONAL)
        differ |=
            apart(x->lo, y->lo) || apart(x->hi, y->hi) || t->coord[x->coord[0]] != y->coord[0];
    return differ;
}

static int wrap_differs(const twin *t, const genu_path_wrap *x, const genu_path_wrap *y)
{
    const genu_wrap_object *p = &t->a->wrap[x->object], *q = &t->b->wrap[y->object];
    int differ = p->kind != q->kind || t->body[p->body] != q->body || x->method != y->method ||
                 x->first != y->first || x->last != y->last || p->active != q->active ||
                 p->quadrant_axis != q->quadrant_axis || p->quadrant_sign != q->quadrant_sign ||
                 apart_frame(p->frame, q->frame) || apart(p->length, q->length);
    for (int k = 0; k < 3; k++)
        differ |= apart(p->radius[k], q->radius[k]);
    return differ;
}

/* A path is the same only where no joint differs between its bodies. */
static int path_differs(const twin *t, const genu_path *x, const genu_path *y)
{
    int root = t->root[x->point[0].body];
    int differ = x->n_point != y->n_point || x->n_wrap != y->n_wrap || root < 0;
    for (int i = 0; i < x->n_point && !differ; i++)
        differ = point_differs(t, &x->point[i], &y->point[i]) || t->root[x->point[i].body] != root;
    for (int i = 0; i < x->n_wrap && !differ; i++)
        differ = wrap_differs(t, &x->wrap[i], &y->wrap[i]) ||
                 t->root[t->a->wrap[x->wrap[i].object].body] != root;
    return differ;
}

static void compare_muscle(twin *t, int i)
{
    const genu_muscle *x = &t->a->muscle[i];
    t->other_muscle[i] = t->muscle[i] < 0;
    if (t->muscle[i] < 0) {
        genu_notes_add(&t->v->notes, GENU_NOTE, 0, "%s: muscle '%s' is in one file only", t->name,
                       x->name);
        return;
    }
    const genu_muscle *y = &t->b->muscle[t->muscle[i]];
    if (apart(x->hill.f_max, y->hill.f_max))
        say(t, "the maximal isometric force (N)", x->name, x->hill.f_max, y->hill.f_max);
    if (apart(x->hill.l_opt, y->hill.l_opt))
        say(t, "the optimal fibre length (m)", x->name, x->hill.l_opt, y->hill.l_opt);
    if (apart(x->hill.l_slack, y->hill.l_slack))
        say(t, "the tendon slack length (m)", x->name, x->hill.l_slack, y->hill.l_slack);
    if (apart(x->hill.pennation, y->hill.pennation))
        say(t, "the pennation angle (rad)", x->name, x->hill.pennation, y->hill.pennation);
    if (path_differs(t, &x->path, &y->path)) {
        genu_notes_add(&t->v->notes, GENU_NOTE, 0,
                       "%s: the files differ in the path of '%s', which is left out", t->name,
                       x->name);
        t->other_muscle[i] = 1;
    }
}

/* ------------------------------------------------------------------ poses */

static void pose(twin *t, unsigned long long *seed)
{
    double lo, hi;
    genu_skeleton_default(t->b, t->db);
    for (int i = 0; i < t->a->n_coord; i++) {
        line_range(&t->a->coord[i], &lo, &hi);
        t->q[i] = lo + (hi - lo) * line_random(seed);
    }
    line_pose(t->a, t->da, t->q, NULL);
    for (int i = 0; i < t->a->n_coord; i++)
        if (t->coord[i] >= 0)
            t->db->q[t->coord[i]] = t->da->q[i];
    genu_skeleton_couple(t->b, t->db);
    genu_skeleton_position(t->b, t->db);
    genu_skeleton_velocity(t->b, t->db);
}

static void compare_bodies(twin *t)
{
    for (int i = 1; i < t->a->n_body; i++) {
        int root = t->root[i];
        if (root < 0)
            continue;
        xform x = xform_mul(xform_inverse(t->da->X[root]), t->da->X[i]);
        xform y = xform_mul(xform_inverse(t->db->X[t->body[root]]), t->db->X[t->body[i]]);
        v3 c = t->a->body[i].mass_center;
        double off = fmax(v3_distance(x.p, y.p), v3_distance(xform_point(x, c), xform_point(y, c)));
        genu_worst_note(&t->bodies.worst, off, NAN, t->a->body[i].name);
    }
}

static void compare_line(twin *t, int i)
{
    const genu_path *x = &t->a->muscle[i].path, *y = &t->b->muscle[t->muscle[i]].path;
    const char *name = t->a->muscle[i].name;
    genu_line p, q;
    if (genu_path_line(t->a, t->da, x, GENU_MODE_OPENSIM, &p) != GENU_OK ||
        genu_path_line(t->b, t->db, y, GENU_MODE_OPENSIM, &q) != GENU_OK) {
        genu_worst_note(&t->lengths.worst, NAN, NAN, name);
        return;
    }
    genu_worst_note(&t->lengths.worst, fabs(p.length - q.length), NAN, name);
    genu_path_moment_arms(t->a, t->da, x, &p, GENU_MODE_OPENSIM, t->da->gen);
    genu_path_moment_arms(t->b, t->db, y, &q, GENU_MODE_OPENSIM, t->db->gen);
    for (int c = 0; c < t->a->n_coord; c++) {
        char where[96];
        snprintf(where, sizeof where, "%.40s, %.40s", name, t->a->coord[c].name);
        if (t->coord[c] >= 0)
            genu_worst_note(&t->arms.worst, fabs(t->da->gen[c] - t->db->gen[t->coord[c]]), NAN,
                            where);
    }
}

/* ------------------------------------------------------------------ all */

static int begin(twin *t)
{
    size_t n = (size_t)(t->a->n_coord + t->a->n_body + t->a->n_muscle) + 1;
    int *flags = calloc(2 * n, sizeof *flags);
    t->coord = flags;
    t->q = calloc((size_t)t->a->n_coord + 1, sizeof *t->q);
    t->da = genu_data_new(t->a);
    t->db = genu_data_new(t->b);
    if (!flags || !t->q || !t->da || !t->db)
        return 0;
    t->body = flags + t->a->n_coord;
    t->muscle = t->body + t->a->n_body;
    t->root = flags + n;
    t->other_muscle = t->root + t->a->n_body;
    for (int i = 0; i < t->a->n_coord; i++)
        t->coord[i] = genu_find_coord(t->b, t->a->coord[i].name);
    for (int i = 0; i < t->a->n_body; i++)
        t->body[i] = genu_find_body(t->b, t->a->body[i].name);
    for (int i = 0; i < t->a->n_muscle; i++)
        t->muscle[i] = genu_find_muscle(t->b, t->a->muscle[i].name);
    return 1;
}

static void end(twin *t)
{
    genu_data_free(t->da);
    genu_data_free(t->db);
    free(t->coord);
    free(t->q);
}

static void compare(twin *t, int n_pose)
{
    unsigned long long seed = 1;
    compare_coords(t);
    for (int i = 0; i < t->a->n_body; i++)
        compare_body(t, i);
    for (int i = 0; i < t->a->n_muscle; i++)
        compare_muscle(t, i);
    for (int k = 0; k < n_pose; k++) {
        pose(t, &seed);
        compare_bodies(t);
        for (int i = 0; i < t->a->n_muscle; i++)
            if (!t->other_muscle[i])
                compare_line(t, i);
    }
}

genu_status genu_validate_twin(const genu_model *a, const genu_model *b, const char *name,
                               int n_pose, genu_validation *v, genu_err *err)
{
    genu_worst none = GENU_WORST;
    twin t = { .a = a, .b = b, .name = name, .v = v };
    t.bodies = genu_validation_row_of("twin bodies", name, "m", TWIN, &none);
    t.lengths = genu_validation_row_of("twin lengths", name, "m", TWIN, &none);
    t.arms = genu_validation_row_of("twin moment arms", name, "m", TWIN, &none);
    int good = begin(&t);
    if (good)
        compare(&t, n_pose);
    end(&t);
    if (!good)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    genu_status s = genu_validation_add(v, &t.bodies, err);
    if (s == GENU_OK)
        s = genu_validation_add(v, &t.lengths, err);
    return s == GENU_OK ? genu_validation_add(v, &t.arms, err) : s;
}
