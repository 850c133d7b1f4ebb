/* Shortest paths over the surfaces of a whole path.
 *
 * Path points hold the line, so each gap between two neighbours is a problem of its own. Every
 * surface that a gap's range allows and its segment meets is wrapped. Several surfaces in one gap
 * are taken in turn, each between the contacts of its neighbours, until no contact moves: the
 * fixed point is the joint shortest path, because each surface is then tangent to the straight
 * parts at both ends.
 */
#include "models/wrap.h"

enum {
    MAX_WRAPS = 8,
    MAX_PASSES = 200 /* a gap with two cylinders of the reference models needs at most 19 */
};

/* Contacts may move by this much in the last pass, m: moment arms follow to the same order. */
static const double SETTLED = 1e-11;

/* An arc shorter than this, m, changes the direction of the line by less than 1e-7 of its moment arm. */
static const double GRAZE = 1e-10;

typedef struct contact {
    int wrap; /* index into the path's wraps */
    v3 a, b;  /* m, ground                   */
    double arc;
} contact;

typedef struct gap {
    const genu_model *m;
    const genu_path *path;
    const xform *frame; /* of each wrap's surface in ground */
    v3 p, q;
    int n, inside, lost;
    contact c[MAX_WRAPS]; /* along the line */
} gap;

static const genu_wrap_object *surface(const gap *g, int w)
{
    return &g->m->wrap[g->path->wrap[w].object];
}

static genu_touch touch(const gap *g, int w, v3 p, v3 q, contact *c)
{
    genu_arc arc;
    genu_touch t = genu_wrap_shortest(surface(g, w), xform_inverse_point(g->frame[w], p),
                                      xform_inverse_point(g->frame[w], q), &arc);
    if (t == GENU_TOUCH_MANDATORY)
        *c = (contact){ w, xform_point(g->frame[w], arc.a), xform_point(g->frame[w], arc.b),
                        arc.length };
    return t;
}

static void drop(gap *g, int i)
{
    g->n--;
    for (int k = i; k < g->n; k++)
        g->c[k] = g->c[k + 1];
}

/* Which neighbour's contact at the ends of part i of the line lies inside surface w; -1: none. */
static int contact_inside(const gap *g, int w, int i)
{
    const genu_wrap_object *o = surface(g, w);
    if (i > 0 && genu_wrap_inside(o, xform_inverse_point(g->frame[w], g->c[i - 1].b)))
        return i - 1;
    if (i < g->n && genu_wrap_inside(o, xform_inverse_point(g->frame[w], g->c[i].a)))
        return i;
    return -1;
}

/* Wrap w anew, between the contacts of the others. Where several parts of the line meet the surface
 * the one that it lengthens most counts: the others are then free. A neighbour's contact inside
 * this surface gives way: that neighbour is taken off and returns, if it must, in its own turn. */
static void rewrap(gap *g, int w)
{
    int at = -1, inside = 0;
    contact c = { 0 }, best = { 0 };
    double most = 0;
    for (int i = 0; i < g->n; i++)
        if (g->c[i].wrap == w) {
            drop(g, i);
            break;
        }
    for (int i = 0; i <= g->n; i++) {
        v3 p = i == 0 ? g->p : g->c[i - 1].b, q = i == g->n ? g->q : g->c[i].a;
        genu_touch t = touch(g, w, p, q, &c);
        int in_the_way = t == GENU_TOUCH_INSIDE ? contact_inside(g, w, i) : -1;
        if (in_the_way >= 0) {
            drop(g, in_the_way);
            i = at = -1;
            most = 0;
            continue;
        }
        inside |= t == GENU_TOUCH_INSIDE;
        g->lost |= t == GENU_TOUCH_LOST;
        double more = v3_distance(p, c.a) + c.arc + v3_distance(c.b, q) - v3_distance(p, q);
        if (t == GENU_TOUCH_MANDATORY && (at < 0 || more > most)) {
            at = i;
            most = more;
            best = c;
        }
    }
    if (at < 0) {
        g->inside += inside;
        return;
    }
    for (int k = g->n; k > at; k--)
        g->c[k] = g->c[k - 1];
    g->c[at] = best;
    g->n++;
}

/* The next contact from i on that does more than graze its surface. */
static int next_held(const gap *g, int i)
{
    while (i < g->n && g->c[i].arc < GRAZE)
        i++;
    return i;
}

/* How far contacts moved. Those that graze may come and go from pass to pass by round-off. */
static double moved(const gap *now, const gap *before)
{
    double far = 0;
    int i = next_held(now, 0), j = next_held(before, 0);
    while (i < now->n && j < before->n && now->c[i].wrap == before->c[j].wrap) {
        far = fmax(far, v3_distance(now->c[i].a, before->c[j].a));
        far = fmax(far, v3_distance(now->c[i].b, before->c[j].b));
        i = next_held(now, i + 1);
        j = next_held(before, j + 1);
    }
    return i == now->n && j == before->n ? far : INFINITY;
}

static genu_status settle(gap *g, int n_wrap, const int *wrap)
{
    gap before;
    for (int pass = 0; pass < MAX_PASSES; pass++) {
        before = *g;
        g->inside = g->lost = 0;
        for (int k = 0; k < n_wrap; k++)
            rewrap(g, wrap[k]);
        if (n_wrap == 1 || moved(g, &before) < SETTLED)
            return g->lost ? GENU_E_NOT_CONVERGED : GENU_OK;
    }
    return GENU_E_NOT_CONVERGED;
}

static genu_status append(const gap *g, genu_line *line)
{
    if (line->n + 2 * g->n > GENU_LINE_MAX)
        return GENU_E_SHAPE;
    for (int i = 0; i < g->n; i++) {
        const contact *c = &g->c[i];
        int body = surface(g, c->wrap)->body;
        line->node[line->n++] =
            (genu_node){ .body = body, .p = c->a, .point = -1, .wrap = c->wrap, .seen = c->a };
        line->node[line->n++] = (genu_node){ .body = body,
                                             .p = c->b,
                                             .point = -1,
                                             .wrap = c->wrap,
                                             .leaves = 1,
                                             .arc = c->arc,
                                             .seen = c->b };
    }
    return GENU_OK;
}

/* Which wraps may act between the path points i and j, neighbours on the line. */
static int allowed(const genu_model *m, const genu_path *path, int i, int j, int *wrap)
{
    int n = 0;
    for (int w = 0; w < path->n_wrap; w++) {
        int first = path->wrap[w].first < 1 ? 0 : path->wrap[w].first - 1;
        int last = path->wrap[w].last < 1 ? path->n_point - 1 : path->wrap[w].last - 1;
        if (m->wrap[path->wrap[w].object].active && i >= first && j <= last)
            wrap[n++] = w;
    }
    return n;
}

genu_status genu_wrap_line(const genu_model *m, const genu_data *d, const genu_path *path,
                           genu_line *line)
{
    xform frame[MAX_WRAPS];
    genu_node point[GENU_LINE_MAX];
    genu_status worst = GENU_OK;
    int n = line->n;
    if (path->n_wrap > MAX_WRAPS)
        return GENU_E_SHAPE;
    for (int w = 0; w < path->n_wrap; w++) {
        const genu_wrap_object *o = &m->wrap[path->wrap[w].object];
        frame[w] = xform_mul(d->X[o->body], o->frame);
    }
    for (int i = 0; i < n; i++)
        point[i] = line->node[i];

    line->n = 0;
    for (int i = 0; i < n; i++) {
        if (line->n == GENU_LINE_MAX)
            return GENU_E_SHAPE;
        line->node[line->n++] = point[i];
        if (i + 1 == n)
            break;
        int wrap[MAX_WRAPS];
        gap g = { .m = m, .path = path, .frame = frame, .p = point[i].p, .q = point[i + 1].p };
        int n_wrap = allowed(m, path, point[i].point, point[i + 1].point, wrap);
        genu_status s = n_wrap == 0 ? GENU_OK : settle(&g, n_wrap, wrap);
        worst = s == GENU_OK ? worst : s;
        line->inside += g.inside;
        if (append(&g, line) != GENU_OK)
            return GENU_E_SHAPE;
    }
    return worst;
}
