/* OpenSim 4.6's cylinder and sphere, and the order in which it takes a path's surfaces.
 *
 * Written from what that program computes (OpenSim/Simulation: Wrap/WrapCylinder.cpp,
 * Wrap/WrapSphere.cpp, Model/GeometryPath.cpp), constants included, so that results agree number
 * for number. None of it is a shortest path; see wrap.c for that.
 */
#include "models/wrap.h"

/* All from OpenSim 4.6. */
static const double HELIX_CHORD = 0.002;               /* m, of the helix points                */
static const double TANGENT_GAP = 0.1 * GENU_PI / 180; /* rad, allowed between line and helix   */
static const double OVERSHOOT = 1.5;                   /* of the correction of a contact        */
static const double EDGE_REACH = 10;                   /* m, a contact may slide along its edge */
static const double SAME_LENGTH = 0.0005;              /* m, between passes                     */
enum { HELIX_TRIES = 100, MAX_PASSES = 8, MAX_WRAPS = 8 };

static double pick(v3 p, int axis)
{
    return axis == 0 ? p.x : axis == 1 ? p.y : p.z;
}

static int is_active(const genu_wrap_object *o, v3 p)
{
    return (pick(p, o->quadrant_axis) >= 0 ? 1 : -1) == o->quadrant_sign;
}

static double angle_between(v3 a, v3 b)
{
    double c = v3_dot(a, b) / (v3_norm(a) * v3_norm(b));
    return acos(fmin(1, fmax(-1, c)));
}

/* A point beside the cylinder: its foot on the axis, its distance, its two tangent points, which
 * lie towards plus and minus axis x radial. */
typedef struct side {
    v3 p, foot, plus, minus;
    double rho;
} side;

static side tangent_points(v3 p, double r)
{
    side s = { .p = p, .foot = { 0, 0, p.z }, .rho = hypot(p.x, p.y) };
    v3 e = { p.x / s.rho, p.y / s.rho, 0 }, across = { -e.y, e.x, 0 };
    double sine = r / s.rho, out = r * sine, off = sqrt(r * r - out * out);
    v3 middle = v3_axpy(out, e, s.foot);
    s.plus = v3_axpy(off, across, middle);
    s.minus = v3_axpy(-off, across, middle);
    return s;
}

/* The contacts that were chosen, and which way the path goes round. */
typedef struct choice {
    v3 a, b;
    int far_side, long_way;
} choice;

/* Without a quadrant: of the four pairs the one of smallest angle. */
static void smallest_pair(const side *p, const side *q, choice *c)
{
    const v3 first[4] = { p->plus, p->plus, p->minus, p->minus };
    const v3 last[4] = { q->plus, q->minus, q->plus, q->minus };
    double best = -2;
    for (int i = 0; i < 4; i++) {
        v3 u = v3_unit(v3_sub(first[i], p->foot)), w = v3_unit(v3_sub(last[i], q->foot));
        if (v3_dot(u, w) >= best) {
            best = v3_dot(u, w);
            c->a = first[i];
            c->b = last[i];
        }
    }
}

/* With a quadrant: plus to minus or minus to plus, by which contacts are on the active side. */
static void active_pair(const genu_wrap_object *o, const side *p, const side *q, choice *c)
{
    int p_plus = is_active(o, p->plus), p_minus = is_active(o, p->minus), first;
    v3 pp = v3_sub(p->plus, p->foot), pm = v3_sub(p->minus, p->foot);
    v3 qp = v3_sub(q->plus, q->foot), qm = v3_sub(q->minus, q->foot);
    double alpha = angle_between(pp, qm), beta = angle_between(pm, qp);
    int none = 0;
    if (p_plus != p_minus)
        first = p_plus;
    else if (p_plus)
        first = !is_active(o, q->plus);
    else if (is_active(o, q->plus))
        first = 0;
    else if (is_active(o, q->minus))
        first = 1;
    else {
        none = 1;
        first = alpha > beta;
    }
    c->a = first ? p->plus : p->minus;
    c->b = first ? q->minus : q->plus;
    c->far_side = none || (first ? alpha > beta : !(alpha > beta));
    v3 radial = v3_add(v3_sub(c->a, p->foot), v3_sub(c->b, q->foot));
    v3 tangent = v3_add(v3_sub(c->a, p->p), v3_sub(c->b, q->p));
    c->long_way = v3_dot(radial, tangent) < 0;
}

/* Slide both contacts along their edges into the plane of the end points and the apex. */
static void slide_to_plane(double r, const side *p, const side *q, choice *c)
{
    double t = p->rho / (p->rho + q->rho);
    v3 on_line = v3_axpy(t, v3_sub(q->p, p->p), p->p), axis_point = { 0, 0, on_line.z };
    v3 n = v3_cross(v3_sub(p->p, axis_point), v3_sub(q->p, axis_point));
    v3 up = { -n.y, n.x, 0 }; // axis x normal
    v3 one = v3_axpy(r, v3_unit(up), axis_point), two = v3_axpy(-r, v3_unit(up), axis_point);
    int nearer = v3_distance(on_line, one) < v3_distance(on_line, two);
    v3 apex = nearer == !c->far_side ? one : two;

    v3 normal = v3_unit(v3_cross(v3_sub(p->p, apex), v3_sub(q->p, apex)));
    double level = v3_dot(normal, p->p), feet = fabs(p->p.z - q->p.z);
    if (fabs(2 * EDGE_REACH * normal.z) < 1e-5)
        return;
    double za = (level - normal.x * c->a.x - normal.y * c->a.y) / normal.z;
    double zb = (level - normal.x * c->b.x - normal.y * c->b.y) / normal.z;
    double reach = EDGE_REACH * (1 + 2e-5);
    if (fabs(za - c->a.z) <= reach && fabs(za - q->p.z) < feet)
        c->a.z = za;
    if (fabs(zb - c->b.z) <= reach && fabs(zb - p->p.z) < feet)
        c->b.z = zb;
}

/* The helix from a to b: turns by theta about the axis, from u (unit, radial) towards w = z x u. */
typedef struct helix {
    v3 u, w;
    double theta, z0, dz, length;
} helix;

/* The angle is signed, so that the long way where it is negative counts as a full turn too much (as
 * OpenSim 4.6). */
static helix helix_of(double r, const choice *c)
{
    helix h;
    double theta = atan2(c->a.x * c->b.y - c->a.y * c->b.x, c->a.x * c->b.x + c->a.y * c->b.y);
    h.theta = c->long_way ? theta - 2 * GENU_PI : theta;
    h.u = (v3){ c->a.x / r, c->a.y / r, 0 };
    h.w = (v3){ -h.u.y, h.u.x, 0 };
    h.z0 = c->a.z;
    h.dz = c->b.z - c->a.z;
    h.length = hypot(r * h.theta, h.dz);
    return h;
}

static v3 helix_point(const helix *h, double r, double t)
{
    double c = r * cos(t * h->theta), s = r * sin(t * h->theta);
    v3 round = v3_add(v3_scale(c, h->u), v3_scale(s, h->w));
    return (v3){ round.x, round.y, h->z0 + t * h->dz };
}

/* Move the contact r along its edge where the line from p and the helix, whose next point is w,
 * make different angles with the axis. Returns whether they did. */
static int adjust(v3 p, v3 *r, v3 w)
{
    v3 before = v3_unit(v3_sub(*r, p)), after = v3_unit(v3_sub(w, *r)), along = v3_sub(w, p);
    if (fabs(acos(before.z) - acos(after.z)) <= TANGENT_GAP)
        return 0;
    double plane = along.x * along.x + along.y * along.y;
    if (p.z != w.z && plane > 2e-13 * v3_dot(along, along)) {
        double t = ((r->x - p.x) * along.x + (r->y - p.y) * along.y) / plane;
        r->z += OVERSHOOT * (p.z + t * along.z - r->z);
    }
    return 1;
}

static helix adjusted_helix(double r, v3 p, v3 q, choice *c)
{
    helix h = helix_of(r, c);
    for (int i = 0; i < HELIX_TRIES; i++) {
        int n = (int)(h.length / HELIX_CHORD);
        if (n < 2)
            break;
        double t = 1.0 / n;
        int moved = adjust(p, &c->a, helix_point(&h, r, t));
        h.z0 = c->a.z; // the helix as it was, but from the moved contact
        moved |= adjust(q, &c->b, helix_point(&h, r, 1 - t));
        if (!moved)
            break;
        h = helix_of(r, c);
    }
    return h;
}

static genu_touch cylinder(const genu_wrap_object *o, int single, v3 p, v3 q, genu_arc *arc)
{
    double r = o->radius[0], dx = q.x - p.x, dy = q.y - p.y;
    if (hypot(p.x, p.y) < r || hypot(q.x, q.y) < r)
        return GENU_TOUCH_INSIDE;
    double plane = dx * dx + dy * dy, t = -(p.x * dx + p.y * dy) / plane;
    v3 near_axis = v3_axpy(t, v3_sub(q, p), p);
    int hit = plane > 0 && hypot(near_axis.x, near_axis.y) < r && t > 0 && t < 1;
    genu_touch touch = hit ? GENU_TOUCH_MANDATORY : GENU_TOUCH_WRAPPED;
    side sp = tangent_points(p, r), sq = tangent_points(q, r);
    choice c = { .far_side = 0 };
    if (o->quadrant_sign == 0) {
        if (!hit)
            return GENU_TOUCH_NONE;
        smallest_pair(&sp, &sq, &c);
    } else {
        int p_in = is_active(o, p), q_in = is_active(o, q);
        if (!p_in && !q_in)
            touch = GENU_TOUCH_WRAPPED;
        else if (!hit && (p_in == q_in || is_active(o, near_axis)))
            return GENU_TOUCH_NONE;
        active_pair(o, &sp, &sq, &c);
    }
    slide_to_plane(r, &sp, &sq, &c);
    double half = 0.5 * o->length;
    if (fabs(c.a.z) > half && fabs(c.b.z) > half)
        return GENU_TOUCH_NONE;
    helix h = single ? helix_of(r, &c) : adjusted_helix(r, p, q, &c);
    *arc = (genu_arc){ c.a, c.b, h.length };
    return touch;
}

/* The two tangent points of a sphere in the plane of p and the unit vector across. */
static void sphere_tangents(v3 p, v3 across, double r, v3 *plus, v3 *minus)
{
    double rho = v3_norm(p), along = r * r / rho, off = r * sqrt(1 - (r / rho) * (r / rho));
    v3 e = v3_scale(1 / rho, p);
    *plus = v3_axpy(off, across, v3_scale(along, e));
    *minus = v3_axpy(-off, across, v3_scale(along, e));
}

/* Arc of a great circle; the long way round counts as negative length, as there. Where the segment
 * passes within 1e-5 of the centre OpenSim falls back on the contacts of the call before; here the
 * segment is then free. */
static genu_touch sphere(const genu_wrap_object *o, v3 p, v3 q, genu_arc *arc)
{
    double r = o->radius[0];
    v3 d = v3_sub(q, p);
    if (v3_norm(p) < r || v3_norm(q) < r)
        return GENU_TOUCH_INSIDE;
    double t = -v3_dot(p, d) / v3_dot(d, d);
    v3 nearest = v3_axpy(t, d, p), n = v3_cross(v3_unit(v3_scale(-1, d)), v3_unit(q));
    double reach = sqrt(fmax(0, r * r - v3_dot(nearest, nearest))) / v3_norm(d);
    if (v3_norm(nearest) > r || !(t - reach > 0 && t + reach < 1) || v3_norm(n) < 1e-5)
        return GENU_TOUCH_NONE;

    v3 pa, pb, qa, qb;
    n = v3_unit(n);
    sphere_tangents(p, v3_cross(n, v3_unit(p)), r, &pa, &pb);
    sphere_tangents(q, v3_cross(n, v3_unit(q)), r, &qa, &qb);
    const v3 first[4] = { pa, pa, pb, pb }, last[4] = { qa, qb, qa, qb };
    int best = 0, far_side = 0;
    for (int i = 1; i < 4; i++)
        if (v3_dot(first[i], last[i]) >= v3_dot(first[best], last[best]))
            best = i;
    v3 a = first[best], b = last[best];
    genu_touch touch = GENU_TOUCH_WRAPPED;
    int p_in = is_active(o, p), q_in = is_active(o, q);
    if (o->quadrant_sign != 0 && (p_in || q_in)) {
        if (t * v3_norm(d) < 1) // OpenSim compares metres with 1 here
            touch = GENU_TOUCH_MANDATORY;
        else if (p_in == q_in || is_active(o, nearest))
            return GENU_TOUCH_NONE;
    }
    if (o->quadrant_sign != 0 && !(p_in && q_in)) {
        v3 inward = v3_scale(-1, v3_add(p, q));
        int pick_a = v3_dot(pa, inward) > v3_dot(pb, inward);
        int pick_b = v3_dot(qa, inward) > v3_dot(qb, inward);
        v3 sum = v3_sub(v3_add(pick_a ? pa : pb, pick_b ? qa : qb), v3_add(p, q));
        int flip = o->quadrant_sign * pick(sum, o->quadrant_axis) < 0;
        a = pick_a != flip ? pa : pb;
        b = pick_b != flip ? qa : qb;
        sum = v3_sub(v3_add(a, b), v3_add(p, q));
        far_side = v3_dot(v3_add(a, b), sum) < 0;
    }
    double angle = angle_between(a, b);
    *arc = (genu_arc){ a, b, r * (far_side ? angle - 2 * GENU_PI : angle) };
    return touch;
}

genu_touch genu_wrap_opensim(const genu_wrap_object *o, genu_wrap_method method, int single, v3 p,
                             v3 q, genu_arc *arc)
{
    switch (o->kind) {
    case GENU_WRAP_CYLINDER:
        return cylinder(o, single, p, q, arc);
    case GENU_WRAP_SPHERE:
        return sphere(o, p, q, arc);
    case GENU_WRAP_ELLIPSOID:
        return genu_wrap_opensim_ellipsoid(o, method, p, q, arc);
    case GENU_WRAP_TORUS:
        break; // refused by genu_model_validate
    }
    return GENU_TOUCH_NONE;
}

/* The passes over one path. The ground position of a contact is kept from the first time it is
 * asked for: later passes move the contact but not that. */
typedef struct passes {
    const genu_model *m;
    const genu_path *path;
    xform frame[MAX_WRAPS];
    genu_line *line;
    int kept[MAX_WRAPS];
    v3 seen[MAX_WRAPS][2];
} passes;

static void keep(passes *w, const genu_node *node)
{
    if (node->wrap < 0)
        return;
    int bit = 1 << node->leaves;
    if (!(w->kept[node->wrap] & bit)) {
        w->kept[node->wrap] |= bit;
        w->seen[node->wrap][node->leaves] = node->p;
    }
}

static v3 seen(passes *w, const genu_node *node)
{
    keep(w, node);
    return node->wrap < 0 ? node->p : w->seen[node->wrap][node->leaves];
}

static void take_off(genu_line *line, int wrap)
{
    for (int i = 0; i < line->n; i++)
        if (line->node[i].wrap == wrap) {
            line->n -= 2;
            for (int k = i; k < line->n; k++)
                line->node[k] = line->node[k + 2];
            return;
        }
}

static genu_status put_on(passes *w, int wrap, int at, const genu_arc *arc)
{
    genu_line *line = w->line;
    int body = w->m->wrap[w->path->wrap[wrap].object].body;
    if (line->n + 2 > GENU_LINE_MAX)
        return GENU_E_SHAPE;
    for (int k = line->n - 1; k >= at; k--)
        line->node[k + 2] = line->node[k];
    line->n += 2;
    genu_node node = { .body = body, .point = -1, .wrap = wrap };
    node.p = xform_point(w->frame[wrap], arc->a);
    line->node[at] = node;
    node.p = xform_point(w->frame[wrap], arc->b);
    node.leaves = 1;
    node.arc = arc->length;
    line->node[at + 1] = node;
    return GENU_OK;
}

/* The nodes of the first and last active point within the wrap's range; 0 where there is none. */
static int range_nodes(const genu_path *path, int wrap, const genu_line *line, int *start, int *end)
{
    int first = path->wrap[wrap].first < 1 ? 0 : path->wrap[wrap].first - 1;
    int last = path->wrap[wrap].last < 1 ? path->n_point - 1 : path->wrap[wrap].last - 1;
    *start = *end = -1;
    for (int i = 0; i < line->n; i++) {
        int point = line->node[i].point;
        if (point < first || point > last)
            continue;
        if (*start < 0)
            *start = i;
        *end = i;
    }
    return *start >= 0;
}

static int object_of(const passes *w, const genu_node *node)
{
    return node->wrap < 0 ? -1 : w->path->wrap[node->wrap].object;
}

/* One surface in one pass: the first segment that must wrap, else the one that grows least.
 * touch: the answer of the last segment that was asked. 0: the line has no point in range. */
static int one_surface(passes *w, int wrap, genu_touch *touch, genu_status *status)
{
    const genu_path_wrap *pw = &w->path->wrap[wrap];
    const genu_wrap_object *o = &w->m->wrap[pw->object];
    genu_line *line = w->line;
    int start, end, at = -1;
    genu_arc arc, best = { .length = 0 };
    double least = INFINITY;
    *touch = GENU_TOUCH_NONE;
    take_off(line, wrap);
    if (!o->active)
        return 1;
    if (!range_nodes(w->path, wrap, line, &start, &end))
        return 0;
    for (int i = start; i < end; i++) {
        genu_node *a = &line->node[i], *b = &line->node[i + 1];
        if (a->wrap >= 0 && object_of(w, a) == object_of(w, b))
            continue;
        v3 p = xform_inverse_point(w->frame[wrap], a->p);
        v3 q = xform_inverse_point(w->frame[wrap], b->p);
        *touch = genu_wrap_opensim(o, pw->method, w->path->n_wrap == 1, p, q, &arc);
        if (*touch < GENU_TOUCH_WRAPPED)
            continue;
        if (*touch == GENU_TOUCH_MANDATORY) {
            at = i + 1;
            best = arc;
            break;
        }
        v3 sa = seen(w, a), sb = seen(w, b);
        double more = v3_distance(sa, xform_point(w->frame[wrap], arc.a)) + arc.length +
                      v3_distance(sb, xform_point(w->frame[wrap], arc.b)) - v3_distance(sa, sb);
        if (more < least) {
            at = i + 1;
            least = more;
            best = arc;
        }
    }
    if (at >= 0)
        *status = put_on(w, wrap, at, &best);
    return 1;
}

/* Length with the kept positions of contacts. */
static double seen_length(passes *w)
{
    double length = 0;
    for (int i = 0; i < w->line->n; i++)
        w->line->node[i].seen = seen(w, &w->line->node[i]);
    for (int i = 0; i + 1 < w->line->n; i++) {
        const genu_node *a = &w->line->node[i], *b = &w->line->node[i + 1];
        length += b->leaves ? b->arc : v3_distance(a->seen, b->seen);
    }
    return length;
}

/* Up to 8 passes over all surfaces. A surface counts as passed through by the answer of the last
 * segment asked in the last pass. */
static genu_status make_passes(passes *w)
{
    int order[MAX_WRAPS], n = w->path->n_wrap;
    genu_touch touch[MAX_WRAPS];
    genu_status status = GENU_OK;
    double last = INFINITY;
    for (int i = 0; i < n; i++)
        order[i] = i;
    for (int pass = 0; pass < (n == 1 ? 1 : MAX_PASSES); pass++) {
        w->line->inside = 0;
        for (int i = 0; i < n; i++) {
            if (!one_surface(w, order[i], &touch[i], &status) || status != GENU_OK)
                return status;
            w->line->inside += touch[i] == GENU_TOUCH_INSIDE;
        }
        double length = seen_length(w);
        if (fabs(length - last) < SAME_LENGTH)
            break;
        last = length;
        // a surface that did not wrap before one whose end lay inside: change places
        if (pass == 0 && n > 1 && touch[0] == GENU_TOUCH_NONE && touch[1] == GENU_TOUCH_INSIDE) {
            order[0] = 1;
            order[1] = 0;
            take_off(w->line, 0);
        }
    }
    return GENU_OK;
}

genu_status genu_wrap_line_opensim(const genu_model *m, const genu_data *d, const genu_path *path,
                                   genu_line *line)
{
    passes w = { .m = m, .path = path, .line = line };
    if (path->n_wrap > MAX_WRAPS)
        return GENU_E_SHAPE;
    for (int i = 0; i < path->n_wrap; i++) {
        const genu_wrap_object *o = &m->wrap[path->wrap[i].object];
        w.frame[i] = xform_mul(d->X[o->body], o->frame);
    }
    genu_status status = make_passes(&w);
    seen_length(&w);
    return status;
}
