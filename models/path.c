#include "models/path.h"
#include "models/skeleton.h"
#include "models/wrap.h"

#include <string.h>

/* OpenSim's ConditionalPathPoint tolerance, in the unit of the coordinate (OpenSim 4.6). */
static const double RANGE_SLACK = 1e-5;

static int is_active(const genu_point *point, const genu_data *d)
{
    if (point->kind != GENU_POINT_CONDITIONAL)
        return 1;
    double q = d->q[point->coord[0]];
    return q >= point->lo - RANGE_SLACK && q <= point->hi + RANGE_SLACK;
}

/* Where a moving point is in its body; OpenSim holds the coordinate in its range. */
static v3 moving_location(const genu_model *m, const genu_data *d, const genu_point *point,
                          genu_mode mode)
{
    double at[3];
    for (int k = 0; k < 3; k++) {
        int c = point->coord[k];
        double q = c < 0 ? 0.0 : d->q[c], f[3];
        if (c >= 0 && mode == GENU_MODE_OPENSIM)
            q = fmin(fmax(q, m->coord[c].lo), m->coord[c].hi);
        genu_curve_eval(&point->f[k], q, f);
        at[k] = f[0];
    }
    return v3_of(at);
}

/* Slopes of a moving point's location, body axes, each by its own coordinate; no clamp. */
static v3 moving_slope(const genu_data *d, const genu_point *point)
{
    double slope[3] = { 0, 0, 0 };
    for (int k = 0; k < 3; k++) {
        double f[3];
        if (point->coord[k] < 0)
            continue;
        genu_curve_eval(&point->f[k], d->q[point->coord[k]], f);
        slope[k] = f[1];
    }
    return v3_of(slope);
}

static genu_status add_points(const genu_model *m, const genu_data *d, const genu_path *path,
                              genu_mode mode, genu_line *line)
{
    line->n = line->inside = 0;
    for (int i = 0; i < path->n_point; i++) {
        const genu_point *point = &path->point[i];
        if (!is_active(point, d))
            continue;
        if (line->n == GENU_LINE_MAX)
            return GENU_E_SHAPE;
        v3 at =
            point->kind == GENU_POINT_MOVING ? moving_location(m, d, point, mode) : point->location;
        v3 p = xform_point(d->X[point->body], at);
        line->node[line->n++] =
            (genu_node){ .body = point->body, .p = p, .point = i, .wrap = -1, .seen = p };
    }
    return GENU_OK;
}

static v3 velocity(const genu_data *d, const genu_path *path, const genu_node *node)
{
    v3 v = sp6_point_velocity(d->v[node->body], node->p);
    if (node->point < 0 || path->point[node->point].kind != GENU_POINT_MOVING)
        return v;
    const genu_point *point = &path->point[node->point];
    v3 slope = moving_slope(d, point);
    double rate[3] = { slope.x, slope.y, slope.z };
    for (int k = 0; k < 3; k++)
        rate[k] *= point->coord[k] < 0 ? 0.0 : d->u[point->coord[k]];
    return v3_add(v, m3_mul_v3(d->X[node->body].R, v3_of(rate)));
}

/* Straight parts between nodes: d|b - a|/dt = e . (v_b - v_a). Contacts move with their body: on a
 * shortest path what they slide does not change the length to first order. OpenSim counts the
 * chord under an arc too, which is at rest unless its ends are stale. */
static void measure(const genu_data *d, const genu_path *path, genu_mode mode, genu_line *line)
{
    line->length = line->speed = 0;
    for (int i = 0; i + 1 < line->n; i++) {
        const genu_node *a = &line->node[i], *b = &line->node[i + 1];
        v3 along = v3_sub(b->seen, a->seen);
        double length = v3_norm(along);
        line->length += b->leaves ? b->arc : length;
        if ((b->leaves && mode != GENU_MODE_OPENSIM) || length == 0)
            continue;
        v3 dv = v3_sub(velocity(d, path, b), velocity(d, path, a));
        line->speed += v3_dot(along, dv) / length;
    }
}

genu_status genu_path_line(const genu_model *m, const genu_data *d, const genu_path *path,
                           genu_mode mode, genu_line *line)
{
    genu_status s = add_points(m, d, path, mode, line);
    if (s == GENU_OK && path->n_wrap > 0)
        s = mode == GENU_MODE_OPENSIM ? genu_wrap_line_opensim(m, d, path, line)
                                      : genu_wrap_line(m, d, path, line);
    measure(d, path, mode, line);
    return s;
}

/* Unit vector from node i to the next one; 0 where the part between is an arc or has no length. */
static int direction(const genu_line *line, int i, v3 *e)
{
    const genu_node *a = &line->node[i], *b = &line->node[i + 1];
    v3 along = v3_sub(b->p, a->p);
    double length = v3_norm(along);
    if (b->leaves || length == 0)
        return 0;
    *e = v3_scale(1 / length, along);
    return 1;
}

void genu_path_tension(const genu_line *line, sp6 *force)
{
    for (int i = 0; i + 1 < line->n; i++) {
        const genu_node *a = &line->node[i], *b = &line->node[i + 1];
        v3 e;
        if (a->body == b->body || !direction(line, i, &e))
            continue;
        sp6 f = sp6_force_at(a->p, e); // same line of action: equal and opposite on b
        force[a->body] = sp6_add(force[a->body], f);
        force[b->body] = sp6_sub(force[b->body], f);
    }
}

/* Tension e on a moving point pushes its coordinates: e . dp/dq. */
static void push(const genu_data *d, const genu_path *path, const genu_node *node, v3 e,
                 double *gen)
{
    if (node->point < 0 || path->point[node->point].kind != GENU_POINT_MOVING)
        return;
    const genu_point *point = &path->point[node->point];
    v3 local = m3_tmul_v3(d->X[node->body].R, e), slope = moving_slope(d, point);
    double part[3] = { local.x * slope.x, local.y * slope.y, local.z * slope.z };
    for (int k = 0; k < 3; k++)
        if (point->coord[k] >= 0)
            gen[point->coord[k]] += part[k];
}

void genu_path_moment_arms(const genu_model *m, genu_data *d, const genu_path *path,
                           const genu_line *line, genu_mode mode, double *arm)
{
    for (int b = 0; b < m->n_body; b++)
        d->force[b] = sp6_zero();
    genu_path_tension(line, d->force);
    genu_skeleton_project(m, d, d->force, arm);
    for (int i = 0; i + 1 < line->n; i++) {
        const genu_node *a = &line->node[i], *b = &line->node[i + 1];
        v3 e;
        if ((mode == GENU_MODE_OPENSIM && a->body == b->body) || !direction(line, i, &e))
            continue;
        push(d, path, a, e, arm);
        push(d, path, b, v3_scale(-1, e), arm);
    }
    genu_skeleton_fold(m, d, arm);
}
