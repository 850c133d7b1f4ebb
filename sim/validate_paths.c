/* Lengths and moment arms along random smooth paths through joint space. */
#include "models/skeleton.h"
#include "sim/validate_geometry.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { N_STEP = 24, N_BISECT = 30, N_CHUNK = 64, N_JUMP_MAX = 4000 };

/* A step of less than this is none. Halved N_BISECT times, a part of the path is 4e-11 of the whole,
 * on which coordinates move by 1e-10 at most. */
static const double CONTINUOUS = 1e-7; // m

/* A step within one shape is seen from this size on. */
static const double SMOOTH = 2e-4; // m

typedef enum jump_kind {
    JUMP_CONDITIONAL, /* a conditional point switches                      */
    JUMP_END,         /* a contact runs off the end of a cylinder          */
    JUMP_SLIP,        /* a line slips over a surface: over a cylinder without quadrant, or off the
                         long way round an ellipsoid                      */
    JUMP_BEHIND,      /* a path point passes behind, where a quadrant bars the line */
    JUMP_ENTER,       /* a path point enters a surface                     */
    JUMP_NONE         /* nothing that may jump                             */
} jump_kind;

/* Steps of one muscle for one reason. */
typedef struct jump {
    int muscle, what; /* what: path point, or wrapping surface of the model */
    jump_kind kind;
    int count;
    double length, arm; /* largest steps, m */
} jump;

/* One chunk of paths: all that it found. */
typedef struct tally {
    int n_jump, full;
    jump *list;
    genu_worst length, arm, conditional;
    long n_smooth; /* changes of shape without a step */
} tally;

/* A line at one place of the path. */
typedef struct place {
    double at;
    genu_line line;
    line_shape shape;
} place;

/* One thread's workspace. */
typedef struct bench {
    const genu_model *m;
    genu_data *d;
    double *q, *u, *arm[2]; /* n_coord                                     */
    double *phase, *rate;   /* n_coord: the path                           */
    place *before, *here;   /* n_muscle: at the step before, and this one  */
} bench;

/* ------------------------------------------------------------------ places */

static void pose(bench *b, double at)
{
    for (int c = 0; c < b->m->n_coord; c++) {
        double lo, hi;
        line_range(&b->m->coord[c], &lo, &hi);
        double angle = 2 * GENU_PI * (b->phase[c] + b->rate[c] * at);
        int locked = b->m->coord[c].locked;
        double rate = 2 * GENU_PI * b->rate[c];
        b->q[c] = locked ? b->m->coord[c].value : lo + (hi - lo) * (1 + sin(angle)) / 2;
        b->u[c] = locked ? 0 : (hi - lo) * rate * cos(angle) / 2;
    }
    line_pose(b->m, b->d, b->q, b->u);
}

/* The line in the pose of `at`, which is set. */
static genu_status look_here(bench *b, int muscle, double at, place *p)
{
    const genu_path *path = &b->m->muscle[muscle].path;
    p->at = at;
    genu_status s = genu_path_line(b->m, b->d, path, GENU_MODE_GENU, &p->line);
    line_shape_of(b->m, b->d, path, &p->line, &p->shape);
    return s;
}

static genu_status look(bench *b, int muscle, double at, place *p)
{
    pose(b, at);
    return look_here(b, muscle, at, p);
}

/* Arms at a place; the pose is that of the place afterwards. */
static void arms(bench *b, int muscle, const place *p, double *arm)
{
    pose(b, p->at);
    genu_path_moment_arms(b->m, b->d, &b->m->muscle[muscle].path, &p->line, GENU_MODE_GENU, arm);
}

/* ------------------------------------------------------------------ reasons */

static int holds(const line_shape *shape, int item)
{
    for (int i = 0; i < shape->n; i++)
        if (shape->item[i] == item)
            return 1;
    return 0;
}

/* The first path point that only one of the two has, -1. */
static int switched_point(const genu_path *path, const line_shape *a, const line_shape *b)
{
    for (int i = 0; i < path->n_point; i++)
        if (path->point[i].kind == GENU_POINT_CONDITIONAL && holds(a, i) != holds(b, i))
            return i;
    return -1;
}

/* How often the shape goes round wrap w, on one side. */
static int times_on(const line_shape *shape, int w, int side)
{
    int n = 0;
    for (int i = 0; i < shape->n; i++)
        n += shape->item[i] == -(2 * w + side + 1);
    return n;
}

static int times_round(const line_shape *shape, int w)
{
    return times_on(shape, w, 0) + times_on(shape, w, 1);
}

/* Does a contact of wrap w lie at an end of its cylinder? */
static int at_end(const bench *b, const genu_path *path, const genu_line *line, int w)
{
    const genu_wrap_object *o = &b->m->wrap[path->wrap[w].object];
    xform frame = xform_mul(b->d->X[o->body], o->frame);
    int found = 0;
    for (int i = 0; i < line->n && o->kind == GENU_WRAP_CYLINDER; i++) {
        double z = xform_inverse_point(frame, line->node[i].p).z;
        int ends = fabs(fabs(z) - o->length / 2) < 1e-6 ||
                   (o->quadrant_axis == 2 && o->quadrant_sign != 0 && fabs(z) < 1e-6);
        found |= line->node[i].wrap == w && ends;
    }
    return found;
}

/* Does a path point lie on the surface of wrap w? */
static int on_surface(const bench *b, const genu_path *path, const genu_line *line, int w)
{
    const genu_wrap_object *o = &b->m->wrap[path->wrap[w].object];
    xform frame = xform_mul(b->d->X[o->body], o->frame);
    for (int i = 0; i < line->n; i++) {
        v3 p = xform_inverse_point(frame, line->node[i].p);
        double at =
            o->kind == GENU_WRAP_CYLINDER ? hypot(p.x, p.y) / o->radius[0]
            : o->kind == GENU_WRAP_SPHERE
                ? v3_norm(p) / o->radius[0]
                : v3_norm((v3){ p.x / o->radius[0], p.y / o->radius[1], p.z / o->radius[2] });
        if (line->node[i].wrap != w && fabs(at - 1) < 1e-6)
            return 1;
    }
    return 0;
}

/* Does a path point lie on the half plane that the quadrant of wrap w bars? */
static int on_barrier(const bench *b, const genu_path *path, const genu_line *line, int w)
{
    const genu_wrap_object *o = &b->m->wrap[path->wrap[w].object];
    xform frame = xform_mul(b->d->X[o->body], o->frame);
    if (o->quadrant_sign == 0 || (o->kind == GENU_WRAP_CYLINDER && o->quadrant_axis == 2))
        return 0;
    for (int i = 0; i < line->n; i++) {
        v3 p = xform_inverse_point(frame, line->node[i].p);
        double along = o->quadrant_axis == 0 ? p.x : o->quadrant_axis == 1 ? p.y : p.z;
        double across = o->quadrant_axis == 0 ? p.y : p.x;
        if (line->node[i].wrap != w && along * o->quadrant_sign < 0 && fabs(across) < 1e-9)
            return 1;
    }
    return 0;
}

/* Do the contacts of wrap w stand apart between two lines of one shape? */
static int contacts_apart(const place *p, const place *q, int w)
{
    for (int i = 0; i < p->line.n; i++)
        if (p->line.node[i].wrap == w && v3_distance(p->line.node[i].p, q->line.node[i].p) > 1e-5)
            return 1;
    return 0;
}

/* Why a line of this muscle may jump between two places next to each other; the pose is that of q. */
static jump_kind reason(const bench *b, int muscle, const place *p, const place *q, int *what)
{
    const genu_path *path = &b->m->muscle[muscle].path;
    *what = switched_point(path, &p->shape, &q->shape);
    if (*what >= 0)
        return JUMP_CONDITIONAL;
    for (int w = 0; w < path->n_wrap; w++) {
        int before = times_round(&p->shape, w), after = times_round(&q->shape, w);
        const genu_wrap_object *o = &b->m->wrap[path->wrap[w].object];
        *what = path->wrap[w].object;
        if (before != after && at_end(b, path, before > after ? &p->line : &q->line, w))
            return JUMP_END;
        if (before == after && o->quadrant_sign == 0 &&
            times_on(&p->shape, w, 0) != times_on(&q->shape, w, 0))
            return JUMP_SLIP;
        if (o->kind != GENU_WRAP_CYLINDER && line_shape_same(&p->shape, &q->shape) &&
            contacts_apart(p, q, w))
            return JUMP_SLIP;
        if (on_barrier(b, path, &p->line, w))
            return JUMP_BEHIND;
        if (on_surface(b, path, &p->line, w) || on_surface(b, path, &q->line, w))
            return JUMP_ENTER;
    }
    return JUMP_NONE;
}

/* ------------------------------------------------------------------ changes of shape */

static void count_jump(tally *t, int muscle, jump_kind kind, int what, double length, double arm)
{
    int i = 0;
    while (i < t->n_jump &&
           !(t->list[i].muscle == muscle && t->list[i].kind == kind && t->list[i].what == what))
        i++;
    if (i == N_JUMP_MAX) {
        t->full = 1;
        return;
    }
    if (i == t->n_jump)
        t->list[t->n_jump++] = (jump){ .muscle = muscle, .kind = kind, .what = what };
    t->list[i].count++;
    t->list[i].length = fmax(t->list[i].length, length);
    t->list[i].arm = fmax(t->list[i].arm, arm);
}

/* Does mode opensim make the same step in length where a conditional point switches? Only where both
 * lines are straight: over surfaces OpenSim's lines are not the shortest. */
static void compare_step(bench *b, int muscle, const place *p, const place *q, tally *t)
{
    const genu_path *path = &b->m->muscle[muscle].path;
    genu_line line[2];
    const place *both[2] = { p, q };
    for (int k = 0; k < 2; k++) {
        pose(b, both[k]->at);
        if (genu_path_line(b->m, b->d, path, GENU_MODE_OPENSIM, &line[k]) != GENU_OK)
            return;
        for (int i = 0; i < line[k].n; i++)
            if (line[k].node[i].wrap >= 0)
                return;
    }
    double ours = q->line.length - p->line.length, theirs = line[1].length - line[0].length;
    genu_worst_note(&t->conditional, fabs(ours - theirs), NAN, b->m->muscle[muscle].name);
}

/* p and q next to each other, of different shapes. */
static void judge(bench *b, int muscle, const place *p, const place *q, tally *t)
{
    int what = -1;
    double length = fabs(q->line.length - p->line.length), arm = 0;
    arms(b, muscle, p, b->arm[0]);
    arms(b, muscle, q, b->arm[1]);
    for (int c = 0; c < b->m->n_coord; c++)
        arm = fmax(arm, fabs(b->arm[1][c] - b->arm[0][c]));
    jump_kind kind = JUMP_NONE;
    if (length > CONTINUOUS || arm > CONTINUOUS)
        kind = reason(b, muscle, p, q, &what);
    else
        t->n_smooth++;
    if (kind == JUMP_NONE) {
        genu_worst_note(&t->length, length, NAN, b->m->muscle[muscle].name);
        genu_worst_note(&t->arm, arm, NAN, b->m->muscle[muscle].name);
    } else {
        count_jump(t, muscle, kind, what, length, arm);
        if (kind == JUMP_CONDITIONAL)
            compare_step(b, muscle, p, q, t);
    }
}

/* Where the shape stays, is the change of length what the speeds at both ends say? Their mean errs by
 * the third derivative of the length times the cube of the part, of which halving leaves an eighth. */
static int is_smooth(const place *p, const place *q)
{
    double expected = (q->at - p->at) * (p->line.speed + q->line.speed) / 2;
    return line_shape_same(&p->shape, &q->shape) &&
           fabs(q->line.length - p->line.length - expected) < SMOOTH;
}

/* Follow what is not smooth from p to q: halve until p and q are neighbours. */
static void bisect(bench *b, int muscle, const place *p, const place *q, int depth, tally *t)
{
    place mid;
    if (is_smooth(p, q))
        return;
    double at = (p->at + q->at) / 2;
    if (depth == N_BISECT || at <= p->at || at >= q->at) {
        judge(b, muscle, p, q, t);
        return;
    }
    if (look(b, muscle, at, &mid) != GENU_OK) {
        genu_worst_note(&t->length, NAN, NAN, b->m->muscle[muscle].name);
        return;
    }
    bisect(b, muscle, p, &mid, depth + 1, t);
    bisect(b, muscle, &mid, q, depth + 1, t);
}

/* ------------------------------------------------------------------ paths */

static void walk(bench *b, int number, tally *t)
{
    unsigned long long seed = 1000003ULL * (unsigned long long)(number + 1);
    for (int c = 0; c < b->m->n_coord; c++) {
        b->phase[c] = line_random(&seed);
        b->rate[c] = 0.2 + 0.8 * line_random(&seed);
    }
    for (int k = 0; k <= N_STEP; k++) {
        double at = (double)k / N_STEP;
        pose(b, at);
        for (int i = 0; i < b->m->n_muscle; i++)
            if (look_here(b, i, at, &b->here[i]) != GENU_OK)
                genu_worst_note(&t->length, NAN, NAN, b->m->muscle[i].name);
        for (int i = 0; i < b->m->n_muscle && k > 0; i++)
            bisect(b, i, &b->before[i], &b->here[i], 0, t);
        place *swap = b->before;
        b->before = b->here;
        b->here = swap;
    }
}

static int begin(bench *b, const genu_model *m)
{
    size_t n = (size_t)m->n_coord + 1;
    *b = (bench){ .m = m, .d = genu_data_new(m) };
    b->q = calloc(6 * n, sizeof *b->q);
    b->before = calloc((size_t)m->n_muscle + 1, sizeof *b->before);
    b->here = calloc((size_t)m->n_muscle + 1, sizeof *b->here);
    if (!b->d || !b->q || !b->before || !b->here)
        return 0;
    b->u = b->q + 5 * n;
    b->arm[0] = b->q + n;
    b->arm[1] = b->q + 2 * n;
    b->phase = b->q + 3 * n;
    b->rate = b->q + 4 * n;
    return 1;
}

static void end(bench *b)
{
    genu_data_free(b->d);
    free(b->q);
    free(b->before);
    free(b->here);
}

/* ------------------------------------------------------------------ all */

static void merge(tally *all, const tally *t)
{
    genu_worst_note(&all->length, t->length.error, NAN, t->length.where);
    genu_worst_note(&all->arm, t->arm.error, NAN, t->arm.where);
    genu_worst_note(&all->conditional, t->conditional.error, NAN, t->conditional.where);
    all->n_smooth += t->n_smooth;
    all->full |= t->full;
    for (int i = 0; i < t->n_jump; i++) {
        const jump *j = &t->list[i];
        count_jump(all, j->muscle, j->kind, j->what, j->length, j->arm);
        for (int k = 0; k < all->n_jump; k++)
            if (all->list[k].muscle == j->muscle && all->list[k].kind == j->kind &&
                all->list[k].what == j->what)
                all->list[k].count += j->count - 1;
    }
}

static void describe(const genu_model *m, const char *name, const tally *t, genu_notes *notes)
{
    static const char *const text[] = {
        "conditional point '%s' switches", "a contact runs off the end of '%s'",
        "the line slips over '%s'",
        "a path point passes behind '%s', where its quadrant bars the line",
        "a path point enters '%s', which then lets the line pass"
    };
    for (int i = 0; i < t->n_jump; i++) {
        const jump *j = &t->list[i];
        const genu_muscle *muscle = &m->muscle[j->muscle];
        char why[200];
        const char *what =
            j->kind == JUMP_CONDITIONAL ? muscle->path.point[j->what].name : m->wrap[j->what].name;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(why, sizeof why, text[j->kind], what);
#pragma GCC diagnostic pop
        genu_notes_add(notes, GENU_NOTE, 0,
                       "%s, %s: %s: %d times, length by up to %.2g mm, arms by up to %.2g mm", name,
                       muscle->name, why, j->count, 1e3 * j->length, 1e3 * j->arm);
    }
}

static genu_status add_rows(const char *name, const tally *t, genu_validation *v, genu_err *err)
{
    genu_worst zero = { .error = 0, .time = NAN, .where = "no change of shape without a reason" };
    genu_validation_row row[3] = {
        genu_validation_row_of("length continuous", name, "m", CONTINUOUS,
                               t->length.error == -INFINITY ? &zero : &t->length),
        genu_validation_row_of("arms continuous", name, "m", CONTINUOUS,
                               t->arm.error == -INFINITY ? &zero : &t->arm),
        genu_validation_row_of("conditional as OpenSim", name, "m", 1e-9, &t->conditional),
    };
    genu_status s = GENU_OK;
    for (int i = 0; i < 3 && s == GENU_OK; i++)
        if (i < 2 || t->conditional.error != -INFINITY)
            s = genu_validation_add(v, &row[i], err);
    return s;
}

static int start_tally(tally *t)
{
    *t = (tally){ .length = GENU_WORST, .arm = GENU_WORST, .conditional = GENU_WORST };
    t->list = malloc(N_JUMP_MAX * sizeof *t->list);
    return t->list != NULL;
}

genu_status validate_paths(const genu_model *m, const char *name, int n_path, genu_validation *v,
                           genu_err *err)
{
    tally chunk[N_CHUNK], all;
    int failed = !start_tally(&all);
    for (int k = 0; k < N_CHUNK; k++)
        failed |= !start_tally(&chunk[k]);
#pragma omp parallel reduction(| : failed)
    {
        bench b;
        failed |= !begin(&b, m);
#pragma omp for schedule(dynamic)
        for (int k = 0; k < N_CHUNK; k++)
            for (int i = k; i < n_path && !failed; i += N_CHUNK)
                walk(&b, i, &chunk[k]);
        end(&b);
    }
    for (int k = 0; k < N_CHUNK; k++) {
        if (!failed)
            merge(&all, &chunk[k]);
        free(chunk[k].list);
    }
    genu_status s = failed ? genu_fail(err, GENU_E_MEMORY, "out of memory") : GENU_OK;
    if (s == GENU_OK && all.full)
        s = genu_fail(err, GENU_E_RANGE, "'%s': more than %d kinds of jumps", name, N_JUMP_MAX);
    if (s == GENU_OK) {
        genu_notes_add(&v->notes, GENU_NOTE, 0,
                       "%s: along %d random paths lines changed their shape %ld times without a "
                       "step",
                       name, n_path, all.n_smooth);
        describe(m, name, &all, &v->notes);
        s = add_rows(name, &all, v, err);
    }
    free(all.list);
    return s;
}
