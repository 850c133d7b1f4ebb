#include "solvers/scenarios_private.h"

#include "solvers/elastic.h"

#include <stdlib.h>
#include <string.h>

enum {
    LANES = GENU_SHARING_LANES,
    MAX_TANGENTS = 60 /* of an elastic tendon's force; a frame takes four to eight */
};

/* At the end tangent and force of an elastic tendon may differ by this much of the maximal force, and
 * an activation from where its tangent was taken: the slope, which optimality asks for, follows. */
static const double ON_TANGENT = 1e-7, AT_TANGENT = 1e-5;

/* An activation this near to its upper bound is at it. */
static const double SATURATED = 1e-9;

genu_share_settings genu_share_defaults(void)
{
    return (genu_share_settings){ .power = 2, .reserve = 1, .minimum = NAN };
}

/* The bounds of every activation leave room. */
static genu_status check_bounds(const genu_share_settings *s, const genu_model *m, genu_err *err)
{
    for (int i = 0; i < m->n_muscle; i++) {
        const genu_muscle *muscle = &m->muscle[i];
        double lo = isnan(s->minimum) ? muscle->min_control : s->minimum;
        if (!(lo < muscle->max_control) || !isfinite(muscle->max_control))
            return genu_fail(err, GENU_E_RANGE,
                             "muscle '%s': its largest control is %g, must be finite and above the "
                             "least activation %g",
                             muscle->name, muscle->max_control, lo);
    }
    return GENU_OK;
}

static genu_status check(const genu_share_settings *s, const genu_model *m, genu_err *err)
{
    if (!(s->power >= 2 && s->power <= 20))
        return genu_fail(err, GENU_E_RANGE, "sharing power is %g, must be 2 to 20", s->power);
    if (!(s->reserve > 0) || !isfinite(s->reserve))
        return genu_fail(err, GENU_E_RANGE, "sharing reserve is %g Nm, must be > 0", s->reserve);
    if (!isnan(s->minimum) && !(s->minimum >= 0 && s->minimum < 1))
        return genu_fail(err, GENU_E_RANGE, "minimum activation is %g, must be 0 to below 1",
                         s->minimum);
    if (s->elastic && !s->passive)
        return genu_fail(err, GENU_E_RANGE,
                         "elastic tendons balance fibres with their passive force: passive must be "
                         "on with them");
    for (int i = 0; s->weight && i < m->n_muscle; i++)
        if (!(s->weight[i] > 0) || !isfinite(s->weight[i]))
            return genu_fail(err, GENU_E_RANGE, "weight of muscle %d is %g, must be > 0", i,
                             s->weight[i]);
    return check_bounds(s, m, err);
}

/* A muscle crosses a coordinate when its arm is above round-off (m) in some frame. */
static int crosses(const genu_frames *f, int muscle, int j)
{
    for (int k = 0; k < f->n_frame; k++)
        if (fabs(f->arm[((size_t)k * (size_t)f->n_muscle + (size_t)muscle) * (size_t)f->n_dof +
                        (size_t)j]) > 1e-12)
            return 1;
    return 0;
}

/* Join coordinates that a muscle crosses together; id[j]: group of each, -1: takes no part.
 * root (n_dof) is scratch. Returns the number of groups. */
static int find_groups(const genu_frames *f, const char *cross, int *root, int *id)
{
    int n_dof = f->n_dof, n_group = 0;
    for (int j = 0; j < n_dof; j++)
        root[j] = j;
    for (int i = 0; i < f->n_muscle; i++) {
        int first = -1;
        for (int j = 0; j < n_dof; j++) {
            if (!cross[i * n_dof + j])
                continue;
            int from = root[j], to = first < 0 ? from : root[first];
            for (int l = 0; l < n_dof; l++)
                root[l] = root[l] == from ? to : root[l];
            first = first < 0 ? j : first;
        }
    }
    for (int j = 0; j < n_dof; j++) {
        int crossed = f->settings.mode == GENU_MODE_OPENSIM;
        for (int i = 0; i < f->n_muscle && !crossed; i++)
            crossed = cross[i * n_dof + j];
        id[j] = -1;
        for (int l = 0; l < j && crossed && id[j] < 0; l++)
            if (root[l] == root[j])
                id[j] = id[l];
        if (crossed && id[j] < 0)
            id[j] = n_group++;
    }
    return n_group;
}

static int count_actuators(const genu_plan *p, int coord)
{
    int count = 0;
    if (p->f->settings.mode == GENU_MODE_OPENSIM)
        for (int i = 0; i < p->m->n_actuator; i++)
            count += p->m->actuator[i].coord == coord;
    return count;
}

static void add_reserve(group *g, int on, double rho, double lo, double hi)
{
    g->reserve_on[g->k] = on;
    g->rho[g->k] = rho;
    g->reserve_lo[g->k] = lo;
    g->reserve_hi[g->k++] = hi;
}

/* One reserve per coordinate; in mode opensim the model's own actuators stand beside it. A negative
 * optimal force turns the control's sign and bounds. */
static void fill_reserves(const genu_plan *p, group *g)
{
    g->k = 0;
    for (int j = 0; j < g->m; j++) {
        int coord = p->f->dof[g->dof[j]];
        double each = p->settings.reserve_each ? p->settings.reserve_each[coord] : 0;
        add_reserve(g, j, each > 0 ? each : p->settings.reserve, -INFINITY, INFINITY);
        for (int i = 0; count_actuators(p, coord) && i < p->m->n_actuator; i++) {
            const genu_actuator *a = &p->m->actuator[i];
            if (a->coord != coord)
                continue;
            int positive = a->optimal_force > 0;
            add_reserve(g, j, fabs(a->optimal_force), positive ? a->lo : -a->hi,
                        positive ? a->hi : -a->lo);
        }
    }
}

/* Index of the muscle's side among those of the frames, -1. */
static int side_of(const genu_frames *f, const genu_muscle *muscle)
{
    int side = genu_side_of(muscle->name);
    for (int s = 0; s < f->settings.n_side; s++)
        if ((int)f->settings.side[s] == side)
            return s;
    return -1;
}

/* Contact columns of the group's muscles, those of one muscle side by side. */
static void fill_contact(const genu_plan *p, group *g)
{
    const genu_frames *f = p->f;
    size_t n = (size_t)f->n_muscle;
    double *to = g->contact;
    for (int at = 0; at < f->n_frame * f->settings.n_side; at++)
        for (int i = 0; i < g->n; i++)
            for (int r = 0; r < GENU_N_CONTACT; r++)
                *to++ = f->contact[(size_t)(at * GENU_N_CONTACT + r) * n + (size_t)g->muscle[i]];
}

static void fill_muscles(const genu_plan *p, group *g)
{
    const genu_frames *f = p->f;
    fill_contact(p, g);
    for (int i = 0; i < g->n; i++)
        g->side[i] = side_of(f, &p->m->muscle[g->muscle[i]]);
    for (int i = 0; i < g->n; i++) {
        const genu_muscle *muscle = &p->m->muscle[g->muscle[i]];
        g->w[i] = p->settings.weight ? p->settings.weight[g->muscle[i]] : 1;
        g->lo[i] = isnan(p->settings.minimum) ? muscle->min_control : p->settings.minimum;
        g->hi[i] = muscle->max_control;
    }
    for (int k = 0; k < f->n_frame; k++)
        for (int i = 0; i < g->n; i++)
            for (int j = 0; j < g->m; j++)
                g->R[((size_t)k * (size_t)g->n + (size_t)i) * (size_t)g->m + (size_t)j] =
                    f->arm[((size_t)k * (size_t)f->n_muscle + (size_t)g->muscle[i]) *
                               (size_t)f->n_dof +
                           (size_t)g->dof[j]];
}

/* All arrays of one group in one block. */
static void layout(group *g, const genu_frames *f, genu_arena *a)
{
    size_t t = (size_t)f->n_frame, n = (size_t)g->n, m = (size_t)g->m, k = (size_t)g->k;
    g->muscle = genu_take_int(a, n);
    g->dof = genu_take_int(a, m);
    g->reserve_on = genu_take_int(a, k);
    g->R = genu_take_double(a, t * n * m);
    g->contact = genu_take_double(a, t * (size_t)f->settings.n_side * n * GENU_N_CONTACT);
    g->side = genu_take_int(a, n);
    g->w = genu_take_double(a, n);
    g->lo = genu_take_double(a, n);
    g->hi = genu_take_double(a, n);
    g->rho = genu_take_double(a, k);
    g->reserve_lo = genu_take_double(a, k);
    g->reserve_hi = genu_take_double(a, k);
    if (g->changed)
        return;
    g->a = genu_take_double(a, t * n);
    g->reserve = genu_take_double(a, t * m);
    g->residual = genu_take_double(a, t);
    g->iterations = genu_take_double(a, t);
    g->open = genu_take_int(a, t);
}

/* Does muscle i belong to group number `which`? It does where it crosses one of its coordinates. */
static int belongs(const genu_frames *f, const char *cross, const int *id, int i, int which)
{
    for (int j = 0; j < f->n_dof; j++)
        if (id[j] == which && cross[i * f->n_dof + j])
            return 1;
    return 0;
}

static int build_group(genu_plan *p, int which, const char *cross, const int *id,
                       const int *changed)
{
    const genu_frames *f = p->f;
    group *g = &p->group[which];
    for (int i = 0; i < f->n_muscle; i++)
        if (belongs(f, cross, id, i, which)) {
            g->n++;
            g->changed |= !changed || changed[i] || p->settings.elastic;
        }
    for (int j = 0; j < f->n_dof; j++)
        if (id[j] == which) {
            g->m++;
            g->k += 1 + count_actuators(p, f->dof[j]);
        }
    genu_arena a = { 0 };
    layout(g, f, &a);
    char *block = genu_block(a.used);
    if (!block)
        return 0;
    a = (genu_arena){ block, 0 };
    layout(g, f, &a);
    for (int i = 0, n = 0; i < f->n_muscle; i++)
        if (belongs(f, cross, id, i, which))
            g->muscle[n++] = i, p->grouped[i] = 1;
    for (int j = 0, m = 0; j < f->n_dof; j++)
        if (id[j] == which) {
            g->dof[m++] = j;
            p->shared[f->dof[j]] = 1;
        }
    fill_muscles(p, g);
    fill_reserves(p, g);
    return 1;
}

static genu_status build(genu_plan *p, const int *changed, genu_err *err)
{
    const genu_frames *f = p->f;
    size_t n_dof = (size_t)f->n_dof;
    genu_status status = GENU_E_MEMORY;
    char *cross = calloc((size_t)f->n_muscle * n_dof + 1, 1);
    int *id = calloc(2 * n_dof + 1, sizeof *id);
    p->shared = calloc((size_t)f->n_coord + 1, sizeof *p->shared);
    p->grouped = calloc(2 * (size_t)f->n_muscle + 1, sizeof *p->grouped);
    size_t sides = (size_t)(f->n_frame * f->settings.n_side);
    p->contact = calloc(sides * (GENU_N_CONTACT + 1) + 1, sizeof *p->contact);
    if (!cross || !id || !p->shared || !p->grouped || !p->contact)
        goto out;
    p->saturated = p->contact + sides * GENU_N_CONTACT;
    p->varies = p->grouped + f->n_muscle;
    for (int i = 0; i < f->n_muscle; i++)
        p->varies[i] = !changed || changed[i];
    for (int i = 0; i < f->n_muscle; i++)
        for (int j = 0; j < f->n_dof; j++)
            cross[i * f->n_dof + j] = (char)crosses(f, i, j);
    int n_group = find_groups(f, cross, id + n_dof, id);
    p->group = calloc((size_t)n_group + 1, sizeof *p->group);
    if (!p->group)
        goto out;
    for (; p->n_group < n_group; p->n_group++)
        if (!build_group(p, p->n_group, cross, id, changed))
            goto out;
    status = GENU_OK;
out:
    free(cross);
    free(id);
    return status == GENU_OK ? status : genu_fail(err, status, "out of memory for the sharing");
}

/* The instruction set in force; AUTO where there is none. */
static genu_sharing_level level_of(const genu_plan *p)
{
    genu_sharing *probe;
    if (genu_sharing_new(&probe, 1, 1, 1, &p->sharing, NULL) != GENU_OK)
        return GENU_SHARING_AUTO;
    genu_sharing_level level = genu_sharing_level_of(probe);
    genu_sharing_free(probe);
    return level;
}

const char *genu_plan_level(const genu_plan *p)
{
    return genu_sharing_level_name(level_of(p));
}

static genu_contact_kernel *kernel_of(genu_sharing_level level)
{
#ifdef GENU_SHARING_X86
    if (level == GENU_SHARING_V3)
        return genu_contact_kernel_v3;
    if (level == GENU_SHARING_V4)
        return genu_contact_kernel_v4;
#endif
    (void)level;
    return genu_contact_kernel_baseline;
}

genu_status genu_plan_new(genu_plan **plan, const genu_frames *f, const genu_model *m,
                          const genu_share_settings *settings, const int *changed, genu_err *err)
{
    *plan = NULL;
    genu_status s = check(settings, m, err);
    if (s != GENU_OK)
        return s;
    genu_plan *p = calloc(1, sizeof *p);
    if (!p)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for the sharing");
    p->f = f;
    p->m = m;
    p->settings = *settings;
    p->sharing = genu_sharing_defaults();
    p->sharing.power = settings->power;
    // OpenSim gives every actuator the exponent of the muscles
    p->sharing.reserve_power = f->settings.mode == GENU_MODE_OPENSIM ? settings->power : 2;
    p->sharing.level = settings->level;
    p->kernel = kernel_of(level_of(p));
    s = build(p, changed, err);
    if (s != GENU_OK) {
        genu_plan_free(p);
        return s;
    }
    *plan = p;
    return GENU_OK;
}

void genu_plan_free(genu_plan *p)
{
    if (!p)
        return;
    for (int g = 0; g < p->n_group; g++)
        free(p->group[g].muscle); // the first piece of the group's block
    free(p->group);
    free(p->shared);
    free(p->grouped);
    free(p->contact);
    free(p);
}

int genu_plan_shares(const genu_plan *p, int i)
{
    return p->shared[i];
}

/* Force of muscle i of the group in frame k: active a + passive, N at strength 1. */
static double active_of(const genu_plan *p, const genu_worker *w, const group *g, int k, int i)
{
    return p->settings.elastic
               ? w->active[i]
               : p->f->active[(size_t)k * (size_t)p->f->n_muscle + (size_t)g->muscle[i]];
}

static double passive_of(const genu_plan *p, const genu_worker *w, const group *g, int k, int i)
{
    if (p->settings.elastic)
        return w->passive[i];
    return p->settings.passive
               ? p->f->passive[(size_t)k * (size_t)p->f->n_muscle + (size_t)g->muscle[i]]
               : 0;
}

/* Strengths of the group's muscles, lane-contiguous; factor NULL: 1. */
static void take_strengths(const genu_plan *p, genu_worker *w, const group *g, int n,
                           const double *factor)
{
    for (int i = 0; i < g->n; i++)
        for (int s = 0; s < n; s++)
            w->strength[i * GENU_BLOCK + s] =
                factor ? factor[(size_t)s * (size_t)p->f->n_muscle + (size_t)g->muscle[i]] : 1;
}

/* Capacity and moments of eight scenarios of frame k, from scenario `first` on; what is beyond the last
 * scenario is not read by the solver. */
static void load(const genu_plan *p, genu_worker *w, const group *g, int k, int first)
{
    const genu_frames *f = p->f;
    for (int j = 0; j < g->m; j++)
        for (int l = 0; l < LANES; l++)
            w->tau[j * LANES + l] = f->target[(size_t)k * (size_t)f->n_dof + (size_t)g->dof[j]];
    for (int i = 0; i < g->n; i++) {
        const double *strength = w->strength + i * GENU_BLOCK + first;
        const double *R = g->R + ((size_t)k * (size_t)g->n + (size_t)i) * (size_t)g->m;
        double active = active_of(p, w, g, k, i), passive = passive_of(p, w, g, k, i);
        for (int l = 0; l < LANES; l++)
            w->F[i * LANES + l] = strength[l] * active;
        for (int j = 0; j < g->m && p->settings.passive; j++)
            for (int l = 0; l < LANES; l++)
                w->tau[j * LANES + l] -= R[j] * (strength[l] * passive);
    }
}

static void sum_reserves(const group *g, const double *x, size_t stride, double *reserve)
{
    for (int j = 0; j < g->m; j++)
        reserve[j] = 0;
    for (int r = 0; r < g->k; r++)
        reserve[g->reserve_on[r]] += g->rho[r] * x[(size_t)r * stride];
}

static void size_worker(const genu_plan *p, size_t *n, size_t *m, size_t *k)
{
    *n = *m = *k = 1;
    for (int g = 0; g < p->n_group; g++) {
        *n = (size_t)p->group[g].n > *n ? (size_t)p->group[g].n : *n;
        *m = (size_t)p->group[g].m > *m ? (size_t)p->group[g].m : *m;
        *k = (size_t)p->group[g].k > *k ? (size_t)p->group[g].k : *k;
    }
}

static void worker_layout(genu_worker *w, const genu_plan *p, genu_arena *a)
{
    size_t n, m, k;
    size_worker(p, &n, &m, &k);
    w->sharing = genu_take(a, (size_t)p->n_group + 1, sizeof(genu_sharing *));
    w->F = genu_take_double(a, n * LANES);
    w->tau = genu_take_double(a, m * LANES);
    w->a = genu_take_double(a, n * LANES);
    w->x = genu_take_double(a, k * LANES);
    w->lambda = genu_take_double(a, GENU_BLOCK * m * LANES);
    w->active = genu_take_double(a, n);
    w->passive = genu_take_double(a, n);
    w->force = genu_take_double(a, n * LANES);
    w->strength = genu_take_double(a, n * GENU_BLOCK + LANES); // eight are read from any
    w->guess = genu_take_double(a, GENU_BLOCK * n);
}

static genu_status worker_new(genu_worker **out, const genu_plan *p, int changed, genu_err *err)
{
    genu_worker count = { 0 };
    genu_arena a = { 0 };
    genu_take(&a, 1, sizeof count);
    worker_layout(&count, p, &a);
    char *block = genu_block(a.used);
    *out = NULL;
    if (!block)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for the sharing");
    a = (genu_arena){ block, 0 };
    genu_worker *w = genu_take(&a, 1, sizeof *w);
    worker_layout(w, p, &a);
    w->n_group = p->n_group;
    for (int g = 0; g < p->n_group; g++) {
        if (p->group[g].changed != changed)
            continue;
        const group *of = &p->group[g];
        genu_status s = genu_sharing_new(&w->sharing[g], of->n, of->m, of->k, &p->sharing, err);
        if (s != GENU_OK) {
            genu_worker_free(w);
            return s;
        }
    }
    *out = w;
    return GENU_OK;
}

genu_status genu_worker_new(genu_worker **worker, const genu_plan *plan, genu_err *err)
{
    return worker_new(worker, plan, 1, err);
}

void genu_worker_free(genu_worker *w)
{
    if (!w)
        return;
    for (int g = 0; g < w->n_group; g++)
        genu_sharing_free(w->sharing[g]);
    free(w);
}

static genu_status solve_once(genu_plan *p, group *g, genu_worker *w, genu_sharing *sharing,
                              genu_err *err)
{
    genu_sharing_info info = { 0 };
    genu_sharing_block block = { w->a, w->x, w->lambda, &info };
    take_strengths(p, w, g, 1, NULL);
    for (int k = 0; k < p->f->n_frame; k++) {
        genu_sharing_frame frame = frame_of(g, k);
        genu_status s = genu_sharing_set(sharing, &frame, err);
        if (s != GENU_OK)
            return s;
        load(p, w, g, k, 0);
        s = genu_sharing_solve8(sharing, 1, w->F, w->tau, k > 0 && info.status == GENU_OK, &block);
        for (int i = 0; i < g->n; i++)
            g->a[(size_t)k * (size_t)g->n + (size_t)i] = w->a[i * LANES];
        sum_reserves(g, w->x, LANES, g->reserve + (size_t)k * (size_t)g->m);
        g->residual[k] = info.residual;
        g->iterations[k] = info.iterations;
        g->open[k] = s != GENU_OK;
        g->unconverged += g->open[k];
    }
    return GENU_OK;
}

/* Force at rest of a muscle that crosses no coordinate, N at strength 1. */
static double rest_force(const genu_plan *p, int i, int k)
{
    const genu_frames *f = p->f;
    size_t from = (size_t)k * (size_t)f->n_muscle + (size_t)i;
    double lo = isnan(p->settings.minimum) ? p->m->muscle[i].min_control : p->settings.minimum;
    double force = lo * f->active[from] + (p->settings.passive ? f->passive[from] : 0);
    if (p->settings.elastic && genu_elastic_force(&p->m->muscle[i].hill, lo, f->length[from],
                                                  f->speed[from], &force) != GENU_OK)
        return NAN;
    return force;
}

static void add_contact(const genu_frames *f, int k, int i, double force, double *to, size_t stride)
{
    size_t rows = (size_t)f->settings.n_side * GENU_N_CONTACT, first = (size_t)k * rows;
    for (size_t r = 0; r < rows; r++)
        to[r * stride] += f->contact[(first + r) * (size_t)f->n_muscle + (size_t)i] * force;
}

/* What the movement and the muscles at rest put on the contacts. */
static void start_contact(genu_plan *p)
{
    const genu_frames *f = p->f;
    size_t rows = (size_t)f->settings.n_side * GENU_N_CONTACT;
    memcpy(p->contact, f->contact0, (size_t)f->n_frame * rows * sizeof *p->contact);
    for (int i = 0; i < f->n_muscle; i++)
        for (int k = 0; k < f->n_frame && !p->grouped[i] && !p->varies[i]; k++)
            add_contact(f, k, i, rest_force(p, i, k), p->contact + (size_t)k * rows, 1);
}

/* What a group that was solved once adds. */
static void keep_contact(genu_plan *p, const group *g)
{
    const genu_frames *f = p->f;
    size_t rows = (size_t)f->settings.n_side * GENU_N_CONTACT;
    for (int k = 0; k < f->n_frame; k++)
        for (int i = 0; i < g->n; i++) {
            size_t from = (size_t)k * (size_t)f->n_muscle + (size_t)g->muscle[i];
            double a = g->a[(size_t)k * (size_t)g->n + (size_t)i];
            double force = a * f->active[from] + (p->settings.passive ? f->passive[from] : 0);
            add_contact(f, k, g->muscle[i], force, p->contact + (size_t)k * rows, 1);
            if (g->side[i] >= 0)
                p->saturated[k * f->settings.n_side + g->side[i]] += a >= g->hi[i] - SATURATED;
        }
}

genu_status genu_plan_solve_constant(genu_plan *p, genu_err *err)
{
    genu_worker *w;
    genu_status s = worker_new(&w, p, 0, err);
    start_contact(p);
    for (int g = 0; s == GENU_OK && g < p->n_group; g++) {
        if (p->group[g].changed)
            continue;
        s = solve_once(p, &p->group[g], w, w->sharing[g], err);
        if (s == GENU_OK)
            keep_contact(p, &p->group[g]);
    }
    genu_worker_free(w);
    return s;
}

/* Where scenario s, row r, frame k stands in a scenario-major array of n_row rows. */
static size_t at(const genu_plan *p, int s, int n_row, int r, int k)
{
    return ((size_t)s * (size_t)n_row + (size_t)r) * (size_t)p->f->n_frame + (size_t)k;
}

/* Scenario s, whose activations and forces stand in a and force. */
static void store(const genu_plan *p, const group *g, int s, int k, const double *a,
                  const double *force, size_t stride, const double *reserve,
                  const genu_scenario_out *out)
{
    const genu_frames *f = p->f;
    for (int i = 0; i < g->n && out->activation; i++)
        out->activation[at(p, s, f->n_muscle, g->muscle[i], k)] = a[(size_t)i * stride];
    for (int i = 0; i < g->n && out->force; i++)
        out->force[at(p, s, f->n_muscle, g->muscle[i], k)] = force[(size_t)i * stride];
    for (int j = 0; j < g->m; j++) {
        int coord = f->dof[g->dof[j]];
        if (out->reserve)
            out->reserve[at(p, s, f->n_coord, coord, k)] = reserve[j];
        if (out->most) {
            double *most = &out->most[s * f->n_coord + coord], size = fabs(reserve[j]);
            *most = *most >= size ? *most : size; // from NAN on
        }
    }
}

static void note(const genu_plan *p, int s, int k, double residual, double iterations, int open,
                 const genu_scenario_out *out)
{
    size_t i = (size_t)s * (size_t)p->f->n_frame + (size_t)k;
    if (out->residual && !(residual <= out->residual[i])) // a NaN comes in and stays
        out->residual[i] = isnan(out->residual[i]) ? NAN : residual;
    if (out->iterations)
        out->iterations[i] += iterations;
    if (open && out->open)
        out->open[i] = 1;
}

/* Tangents of every muscle in lane 0 at the activations `at` (n). Returns 1 where a muscle has none. */
static int take_tangents(const genu_plan *p, genu_worker *w, const group *g, int k,
                         const double *at)
{
    int failed = 0;
    for (int i = 0; i < g->n; i++) {
        size_t from = (size_t)k * (size_t)p->f->n_muscle + (size_t)g->muscle[i];
        failed |= genu_elastic_tangent(&p->m->muscle[g->muscle[i]].hill, at[i], p->f->length[from],
                                       p->f->speed[from], &w->active[i], &w->passive[i]) != GENU_OK;
    }
    return failed;
}

/* Is the force of every muscle on its tangent, which was taken at `at` (n)? */
static int on_tangents(const genu_plan *p, const genu_worker *w, const group *g, int k,
                       const double *at)
{
    for (int i = 0; i < g->n; i++) {
        size_t from = (size_t)k * (size_t)p->f->n_muscle + (size_t)g->muscle[i];
        const genu_hill *h = &p->m->muscle[g->muscle[i]].hill;
        double a = w->a[i * LANES], force;
        double tangent = w->passive[i] + w->active[i] * a;
        if (genu_elastic_force(h, a, p->f->length[from], p->f->speed[from], &force) != GENU_OK ||
            !(fabs(force - tangent) <= ON_TANGENT * h->f_max) || !(fabs(a - at[i]) <= AT_TANGENT))
            return 0;
    }
    return 1;
}

/* Load and solve n scenarios from `first` on. */
static void solve_rigid(const genu_plan *p, genu_worker *w, int which, int k, int first, int n,
                        int warm, const genu_sharing_block *block)
{
    load(p, w, &p->group[which], k, first);
    genu_status s = genu_sharing_solve8(w->sharing[which], n, w->F, w->tau, warm, block);
    (void)s; // each lane's own status follows
}

/* One scenario, in lane 0, along the tangents of elastic tendons, taken anew until they hold: a
 * stationary point of the problem with the forces themselves. guess (n) are activations to begin
 * with, and those found. After some tangents half steps: forces have corners. */
static void solve_elastic(const genu_plan *p, genu_worker *w, int which, int k, int s, int warm,
                          double *guess, const genu_sharing_block *block)
{
    const group *g = &p->group[which];
    int iterations = 0, open = 1;
    for (int i = 0; i < g->n && !warm; i++)
        guess[i] = fmin(fmax(0.1, g->lo[i]), g->hi[i]);
    for (int it = 0; it < MAX_TANGENTS && open && !take_tangents(p, w, g, k, guess); it++) {
        solve_rigid(p, w, which, k, s, 1, warm || it, block);
        iterations += block->info->iterations;
        open = block->info->status == GENU_OK && !on_tangents(p, w, g, k, guess);
        double part = it < MAX_TANGENTS / 3 ? 1 : 0.5;
        for (int i = 0; i < g->n; i++)
            guess[i] += part * (w->a[i * LANES] - guess[i]);
    }
    block->info->iterations = iterations;
    if (open)
        block->info->status = GENU_E_NOT_CONVERGED;
}

/* Forces of eight scenarios from `first` on, for which a was found; likewise. */
static void take_forces(const genu_plan *p, genu_worker *w, const group *g, int k, int first)
{
    for (int i = 0; i < g->n; i++) {
        const double *strength = w->strength + i * GENU_BLOCK + first, *a = w->a + i * LANES;
        double active = active_of(p, w, g, k, i), passive = passive_of(p, w, g, k, i);
        for (int l = 0; l < LANES; l++)
            w->force[i * LANES + l] = strength[l] * (a[l] * active + passive);
    }
}

static void add_row(double *to, const double *from, int n)
{
    if (n == LANES)
        for (int l = 0; l < LANES; l++)
            to[l] += from[l];
    else
        for (int l = 0; l < n; l++)
            to[l] += from[l];
}

/* What n lanes put on the contacts of frame k, from scenario `first` on. */
static void add_lanes(const genu_plan *p, genu_worker *w, const group *g, int k, int first, int n,
                      const genu_scenario_out *out)
{
    int n_side = p->f->settings.n_side;
    for (int side = 0; side < n_side && out->contact; side++) {
        size_t at = (size_t)(k * n_side + side);
        double *to = out->contact + at * GENU_N_CONTACT * GENU_BLOCK + first;
        double sum[GENU_N_CONTACT * LANES] __attribute__((aligned(64))) = { 0 };
        p->kernel(g->n, g->contact + at * (size_t)g->n * GENU_N_CONTACT, w->force, sum);
        for (int r = 0; r < GENU_N_CONTACT; r++)
            add_row(to + r * GENU_BLOCK, sum + r * LANES, n);
    }
    for (int i = 0; i < g->n && out->saturated; i++) {
        if (g->side[i] < 0)
            continue;
        double *to = out->saturated + (size_t)(k * n_side + g->side[i]) * GENU_BLOCK + first;
        double full[LANES];
        for (int l = 0; l < LANES; l++)
            full[l] = w->a[i * LANES + l] >= g->hi[i] - SATURATED;
        add_row(to, full, n);
    }
}

/* Scenario s, which was solved in lane l. */
static void keep(const genu_plan *p, const genu_worker *w, const group *g, int s, int k, int l,
                 const genu_sharing_info *info, const genu_scenario_out *out)
{
    double reserve[512];
    int open = info->status != GENU_OK;
    sum_reserves(g, w->x + l, LANES, reserve);
    store(p, g, s, k, w->a + l, w->force + l, LANES, reserve, out);
    note(p, s, k, info->residual, info->iterations, open, out);
    out->unconverged[s] += open;
}

/* Up to eight scenarios of one group and frame, side by side. */
static void solve_lanes(const genu_plan *p, genu_worker *w, int which, int k, int first, int n,
                        const genu_scenario_out *out)
{
    const group *g = &p->group[which];
    genu_sharing_info info[LANES];
    genu_sharing_block block = { w->a, w->x, w->lambda + (size_t)(first * g->m) * LANES, info };
    solve_rigid(p, w, which, k, first, n, k > 0, &block);
    take_forces(p, w, g, k, first);
    for (int l = 0; l < n; l++)
        keep(p, w, g, first + l, k, l, &info[l], out);
    add_lanes(p, w, g, k, first, n, out);
}

/* One scenario of one group and frame, with elastic tendons. */
static void solve_stretched(const genu_plan *p, genu_worker *w, int which, int k, int s,
                            const genu_scenario_out *out)
{
    const group *g = &p->group[which];
    genu_sharing_info info = { .status = GENU_E_NOT_CONVERGED, .residual = NAN };
    genu_sharing_block block = { w->a, w->x, w->lambda + (size_t)(s * g->m) * LANES, &info };
    solve_elastic(p, w, which, k, s, k > 0, w->guess + (size_t)(s * g->n), &block);
    take_forces(p, w, g, k, s);
    keep(p, w, g, s, k, 0, &info, out);
    add_lanes(p, w, g, k, s, 1, out);
}

/* Every scenario begins with what none of them changes. */
static void begin_contact(const genu_plan *p, const genu_scenario_out *out)
{
    size_t sides = (size_t)(p->f->n_frame * p->f->settings.n_side), rows = sides * GENU_N_CONTACT;
    for (size_t i = 0; i < rows && out->contact; i++)
        for (int s = 0; s < GENU_BLOCK; s++)
            out->contact[i * GENU_BLOCK + (size_t)s] = p->contact[i];
    for (size_t i = 0; i < sides && out->saturated; i++)
        for (int s = 0; s < GENU_BLOCK; s++)
            out->saturated[i * GENU_BLOCK + (size_t)s] = p->saturated[i];
}

static void fill(double *x, size_t n, double value)
{
    for (size_t i = 0; i < n && x; i++)
        x[i] = value;
}

static void clear(const genu_plan *p, int n, const genu_scenario_out *out)
{
    const genu_frames *f = p->f;
    size_t t = (size_t)f->n_frame, s = (size_t)n;
    fill(out->activation, s * (size_t)f->n_muscle * t, NAN); // stays where a group has no answer
    fill(out->force, s * (size_t)f->n_muscle * t, NAN);
    fill(out->reserve, s * (size_t)f->n_coord * t, NAN);
    fill(out->most, s * (size_t)f->n_coord, NAN);
    fill(out->residual, s * t, 0);
    fill(out->iterations, s * t, 0);
    fill(out->open, s * t, 0);
    fill(out->unconverged, s, 0);
    begin_contact(p, out);
}

/* A muscle that crosses no coordinate costs least at its lower bound, and pulls there. */
static void rest(const genu_plan *p, int n, const double *factor, const genu_scenario_out *out)
{
    const genu_frames *f = p->f;
    size_t rows = (size_t)f->settings.n_side * GENU_N_CONTACT;
    for (int i = 0; i < f->n_muscle; i++) {
        double lo = isnan(p->settings.minimum) ? p->m->muscle[i].min_control : p->settings.minimum;
        for (int s = 0; s < n && !p->grouped[i]; s++)
            for (int k = 0; k < f->n_frame; k++) {
                double force =
                    factor[(size_t)s * (size_t)f->n_muscle + (size_t)i] * rest_force(p, i, k);
                if (out->activation)
                    out->activation[at(p, s, f->n_muscle, i, k)] = lo;
                if (out->force)
                    out->force[at(p, s, f->n_muscle, i, k)] = force;
                if (out->contact && p->varies[i])
                    add_contact(f, k, i, force, out->contact + (size_t)k * rows * GENU_BLOCK + s,
                                GENU_BLOCK);
            }
    }
}

/* Frame k of scenario s has no answer. */
static void lose(const genu_plan *p, int s, int k, const genu_scenario_out *out)
{
    size_t rows = (size_t)p->f->settings.n_side * GENU_N_CONTACT;
    out->unconverged[s]++;
    note(p, s, k, NAN, 0, 1, out);
    for (size_t r = 0; r < rows && out->contact; r++)
        out->contact[((size_t)k * rows + r) * GENU_BLOCK + (size_t)s] = NAN;
}

/* A group that no scenario changes: what was found once, for all. */
static void copy_once(const genu_plan *p, genu_worker *w, const group *g, int k, int n,
                      const double *factor, const genu_scenario_out *out)
{
    const double *a = g->a + (size_t)k * (size_t)g->n;
    const double *reserve = g->reserve + (size_t)k * (size_t)g->m;
    for (int s = 0; s < n; s++) {
        const double *own = factor + (size_t)s * (size_t)p->f->n_muscle;
        for (int i = 0; i < g->n && out->force; i++)
            w->force[i] =
                own[g->muscle[i]] * (a[i] * active_of(p, w, g, k, i) + passive_of(p, w, g, k, i));
        store(p, g, s, k, a, w->force, 1, reserve, out);
        note(p, s, k, g->residual[k], g->iterations[k], g->open[k], out);
    }
}

static void solve_frame(const genu_plan *p, genu_worker *w, int which, int k, int n,
                        const genu_scenario_out *out)
{
    const group *g = &p->group[which];
    genu_sharing_frame frame = frame_of(g, k);
    genu_err err;
    if (genu_sharing_set(w->sharing[which], &frame, &err) != GENU_OK)
        for (int s = 0; s < n; s++)
            lose(p, s, k, out);
    else if (p->settings.elastic)
        for (int s = 0; s < n; s++)
            solve_stretched(p, w, which, k, s, out);
    else
        for (int first = 0; first < n; first += LANES)
            solve_lanes(p, w, which, k, first, n - first < LANES ? n - first : LANES, out);
}

void genu_scenarios_solve(const genu_plan *p, genu_worker *w, int n, const double *factor,
                          const genu_scenario_out *out)
{
    clear(p, n, out);
    rest(p, n, factor, out);
    for (int which = 0; which < p->n_group; which++) {
        const group *g = &p->group[which];
        if (g->changed)
            take_strengths(p, w, g, n, factor);
        for (int k = 0; k < p->f->n_frame; k++)
            if (g->changed)
                solve_frame(p, w, which, k, n, out);
            else
                copy_once(p, w, g, k, n, factor, out);
        for (int s = 0; s < n && !g->changed; s++)
            out->unconverged[s] += g->unconverged;
    }
}
