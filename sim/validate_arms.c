/* Moment arms against the slopes of the lengths. */
#include "models/skeleton.h"
#include "sim/validate_geometry.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ shapes and poses */

/* Which way round an arc goes: the sense about the surface's z axis from its first contact to its
 * last; arcs of more than half a turn keep theirs. */
static int side_of(const genu_data *d, const genu_wrap_object *o, const genu_node *a,
                   const genu_node *b)
{
    if (o->kind != GENU_WRAP_CYLINDER)
        return 0; // shortest ways over closed surfaces change over continuously
    xform frame = xform_mul(d->X[o->body], o->frame);
    v3 p = xform_inverse_point(frame, a->p), q = xform_inverse_point(frame, b->p);
    double turn = p.x * q.y - p.y * q.x, flat = hypot(q.x - p.x, q.y - p.y);
    double along = sqrt(fmax(b->arc * b->arc - (q.z - p.z) * (q.z - p.z), 0));
    int beyond_half = along > GENU_PI * o->radius[0];
    return flat > 0 && (turn > 0) != beyond_half;
}

void line_shape_of(const genu_model *m, const genu_data *d, const genu_path *path,
                   const genu_line *line, line_shape *shape)
{
    shape->n = 0;
    shape->inside = line->inside;
    for (int i = 0; i < line->n; i++) {
        const genu_node *node = &line->node[i];
        if (node->wrap < 0) {
            shape->item[shape->n++] = node->point;
        } else if (node->leaves) {
            const genu_wrap_object *o = &m->wrap[path->wrap[node->wrap].object];
            shape->item[shape->n++] = -(2 * node->wrap + side_of(d, o, node - 1, node) + 1);
        }
    }
}

int line_shape_same(const line_shape *a, const line_shape *b)
{
    return a->n == b->n && a->inside == b->inside &&
           !memcmp(a->item, b->item, (size_t)a->n * sizeof *a->item);
}

void line_pose(const genu_model *m, genu_data *d, const double *q, const double *u)
{
    for (int c = 0; c < m->n_coord; c++) {
        d->q[c] = q[c];
        d->u[c] = u ? u[c] : 0;
    }
    genu_skeleton_couple(m, d);
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
}

void line_range(const genu_coord *c, double *lo, double *hi)
{
    double most = c->motion == GENU_TRANSLATION ? 1 : GENU_PI;
    *lo = fmax(c->lo, -most);
    *hi = fmin(c->hi, most);
    if (!(*lo < *hi))
        *lo = *hi = c->value;
}

double line_random(unsigned long long *seed)
{
    // splitmix64: Steele et al. 2014, doi:10.1145/2660193.2660195
    unsigned long long z = *seed += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* ------------------------------------------------------------------ slopes */

enum { N_VALUE = 61, N_RANDOM = 40 };

/* Round-off is 1e-15 m / h, 5e-10 m; the truncation of the differences, h^4 or h^2 times a higher
 * derivative, is less but where a path point stands so close to a surface that the length bends within h. */
static const double STEP = 2e-6;

/* One thread's work on one pose. */
typedef struct bench {
    const genu_model *m;
    genu_data *d;
    double *q, *arm; /* n_coord */
    genu_worst worst;
    long n, n_corner;
} bench;

static double length_at(bench *b, const genu_path *path, int c, double q, line_shape *shape)
{
    genu_line line;
    double kept = b->q[c];
    b->q[c] = q;
    line_pose(b->m, b->d, b->q, NULL);
    b->q[c] = kept;
    genu_status s = genu_path_line(b->m, b->d, path, GENU_MODE_GENU, &line);
    line_shape_of(b->m, b->d, path, &line, shape);
    return s == GENU_OK ? line.length : NAN;
}

/* Slope of the length by values on both sides where all have the shape of the middle, else on the
 * one side that has; 0 where neither has. */
static int slope_of(bench *b, const genu_path *path, int c, double length, const line_shape *shape,
                    double *slope)
{
    double q = b->q[c], l[2][2], lo, hi;
    line_range(&b->m->coord[c], &lo, &hi); // curves have corners where they end
    int same[2] = { 1, 1 };
    for (int side = 0; side < 2; side++)
        for (int k = 0; k < 2; k++) {
            line_shape near;
            double at = q + (side ? 1 : -1) * (k + 1) * STEP;
            l[side][k] = length_at(b, path, c, at, &near);
            same[side] = same[side] && at >= lo && at <= hi && line_shape_same(&near, shape);
        }
    if (same[0] && same[1])
        *slope = (8 * (l[1][0] - l[0][0]) - (l[1][1] - l[0][1])) / (12 * STEP);
    else if (same[1])
        *slope = (4 * l[1][0] - l[1][1] - 3 * length) / (2 * STEP);
    else if (same[0])
        *slope = (3 * length - 4 * l[0][0] + l[0][1]) / (2 * STEP);
    return same[0] || same[1];
}

/* The arm of muscle i about coordinate c at the pose b->q. */
static void check_arm(bench *b, int i, int c)
{
    const genu_path *path = &b->m->muscle[i].path;
    genu_line line;
    line_shape shape;
    double slope;
    char where[96];
    snprintf(where, sizeof where, "%.40s, %.40s", b->m->muscle[i].name, b->m->coord[c].name);
    line_pose(b->m, b->d, b->q, NULL);
    if (genu_path_line(b->m, b->d, path, GENU_MODE_GENU, &line) != GENU_OK) {
        genu_worst_note(&b->worst, NAN, NAN, where);
        return;
    }
    line_shape_of(b->m, b->d, path, &line, &shape);
    genu_path_moment_arms(b->m, b->d, path, &line, GENU_MODE_GENU, b->arm);
    double arm = b->arm[c];
    if (!slope_of(b, path, c, line.length, &shape, &slope)) {
        b->n_corner++;
        return;
    }
    b->n++;
    genu_worst_note(&b->worst, fabs(arm + slope), NAN, where);
}

/* Muscle i about every coordinate: over the range, and in random poses. */
static void check_muscle(bench *b, int i)
{
    unsigned long long seed = 1 + (unsigned long long)i;
    double lo, hi;
    for (int c = 0; c < b->m->n_coord; c++)
        b->q[c] = b->m->coord[c].value;
    for (int c = 0; c < b->m->n_coord; c++) {
        line_range(&b->m->coord[c], &lo, &hi);
        for (int k = 0; k < N_VALUE && b->m->coord[c].leader < 0 && lo < hi; k++) {
            b->q[c] = lo + (hi - lo) * k / (N_VALUE - 1);
            check_arm(b, i, c);
        }
        b->q[c] = b->m->coord[c].value;
    }
    for (int k = 0; k < N_RANDOM; k++) {
        for (int c = 0; c < b->m->n_coord; c++) {
            line_range(&b->m->coord[c], &lo, &hi);
            b->q[c] = lo + (hi - lo) * line_random(&seed);
        }
        for (int c = 0; c < b->m->n_coord; c++)
            if (b->m->coord[c].leader < 0)
                check_arm(b, i, c);
    }
}

static int begin(bench *b, const genu_model *m)
{
    *b = (bench){ .m = m, .worst = GENU_WORST };
    b->d = genu_data_new(m);
    b->q = calloc((size_t)m->n_coord + 1, sizeof *b->q);
    b->arm = calloc((size_t)m->n_coord + 1, sizeof *b->arm);
    return b->d && b->q && b->arm;
}

static void end(bench *b)
{
    genu_data_free(b->d);
    free(b->q);
    free(b->arm);
}

genu_status validate_arms(const genu_model *m, const char *name, genu_validation *v, genu_err *err)
{
    genu_worst *worst = malloc((size_t)(m->n_muscle + 1) * sizeof *worst);
    long n = 0, n_corner = 0;
    int failed = worst == NULL;
#pragma omp parallel reduction(+ : n, n_corner) reduction(| : failed)
    {
        bench b;
        failed |= !begin(&b, m);
#pragma omp for schedule(dynamic)
        for (int i = 0; i < m->n_muscle; i++) {
            if (failed)
                continue;
            b.worst = GENU_WORST;
            check_muscle(&b, i);
            worst[i] = b.worst;
        }
        n = b.n;
        n_corner = b.n_corner;
        end(&b);
    }
    genu_worst all = GENU_WORST;
    for (int i = 0; i < m->n_muscle && !failed; i++)
        genu_worst_note(&all, worst[i].error, NAN, worst[i].where);
    free(worst);
    if (failed)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    genu_notes_add(&v->notes, GENU_NOTE, 0,
                   "%s: %ld moment arms compared with slopes; at %ld more the line changes its "
                   "shape within %g on both sides",
                   name, n, n_corner, 2 * STEP);
    genu_validation_row row = genu_validation_row_of("arm = -dL/dq", name, "m", 1e-7, &all);
    return genu_validation_add(v, &row, err);
}

genu_status genu_validate_geometry(const genu_model *m, const char *name, int n_path,
                                   genu_validation *v, genu_err *err)
{
    if (m->n_muscle == 0) {
        genu_notes_add(&v->notes, GENU_NOTE, 0, "%s: has no muscles", name);
        return GENU_OK;
    }
    genu_status s = validate_arms(m, name, v, err);
    return s == GENU_OK ? validate_paths(m, name, n_path, v, err) : s;
}
