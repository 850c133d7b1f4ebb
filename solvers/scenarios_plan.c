/* scenarios_plan.c - what all scenarios of some frames share: groups of coordinates, their problems, and
 * what no scenario changes. */
#include "solvers/scenarios_private.h"

#include "solvers/elastic.h"

#include <stdlib.h>
#include <string.h>

enum { LANES = GENU_SHARING_LANES };

/* An activation this near to its upper bound is at it. */
static const double SATURATED = 1e-9;

/* Moment arms (m) and contacts per force below this are rounding. */
static const double ROUNDING = 1e-12;

genu_share_settings genu_share_defaults(void)
{
    return (genu_share_settings){ .power = 2, .reserve = 1, .minimum = NAN };
}

/* The bounds of every activation leave room. */
static genu_status check_bounds(const genu_share_settings *s, const genu_model *m, genu_err *err)
{
    for (int i = 0; i < m->n_muscle; i++) {
        const genu_muscle *muscle = &m->muscle[i];
        double lo = least_of(s, muscle);
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

/* A muscle crosses a coordinate when its arm is above rounding in some frame. */
static int crosses(const genu_frames *f, int muscle, int j)
{
    for (int k = 0; k < f->n_frame; k++)
        if (fabs(f->arm[((size_t)k * (size_t)f->n_muscle + (size_t)muscle) * (size_t)f->n_dof +
                        (size_t)j]) > ROUNDING)
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
        int coord = g->coord[j];
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
            for (int r = 0; r < GENU_N_CONTACT; r++) {
                double x = f->contact[(size_t)(at * GENU_N_CONTACT + r) * n + (size_t)g->muscle[i]];
                *to++ = fabs(x) > ROUNDING ? x : 0;
            }
}

/* Does muscle i of the group press on these rows of a side in some frame? */
static int presses(const genu_plan *p, const group *g, int side, int i, int row, int n_row)
{
    int n_side = p->f->settings.n_side;
    for (int k = 0; k < p->f->n_frame; k++)
        for (int r = row; r < row + n_row; r++)
            if (g->contact[((size_t)(k * n_side + side) * (size_t)g->n + (size_t)i) *
                               GENU_N_CONTACT +
                           (size_t)r] != 0)
                return 1;
    return 0;
}

static void fill_parts(const genu_plan *p, group *g)
{
    static const int row[GROUP_PARTS + 1] = { GENU_CONTACT_KNEE_FORCE, GENU_CONTACT_PATELLA,
                                              GENU_CONTACT_HIP, GENU_CONTACT_ANKLE,
                                              GENU_N_CONTACT };
    int *to = g->pressing;
    for (int side = 0; side < p->f->settings.n_side; side++)
        for (int c = 0; c < GROUP_PARTS; c++) {
            genu_contact_part part = { row[c], row[c + 1] - row[c], side, 0, to };
            for (int i = 0; i < g->n; i++)
                if (presses(p, g, side, i, part.row, part.n_row))
                    to[part.n++] = i;
            to += part.n;
            if (part.n > 0)
                g->part[g->n_part++] = part;
        }
}

static void fill_muscles(const genu_plan *p, group *g, const char *cross)
{
    const genu_frames *f = p->f;
    fill_contact(p, g);
    fill_parts(p, g);
    for (int i = 0; i < g->n; i++) {
        const genu_muscle *muscle = &p->m->muscle[g->muscle[i]];
        g->side[i] = side_of(f, muscle);
        g->w[i] = p->settings.weight ? p->settings.weight[g->muscle[i]] : 1;
        g->lo[i] = least_of(&p->settings, muscle);
        g->hi[i] = muscle->max_control;
        g->full[i] = g->hi[i] - SATURATED;
        for (int j = 0; j < g->m; j++)
            g->crosses[i * g->m + j] = cross[g->muscle[i] * f->n_dof + g->dof[j]];
    }
    for (int k = 0; k < f->n_frame; k++)
        for (int i = 0; i < g->n; i++)
            for (int j = 0; j < g->m; j++) {
                double arm = f->arm[((size_t)k * (size_t)f->n_muscle + (size_t)g->muscle[i]) *
                                        (size_t)f->n_dof +
                                    (size_t)g->dof[j]];
                g->R[((size_t)k * (size_t)g->n + (size_t)i) * (size_t)g->m + (size_t)j] =
                    g->crosses[i * g->m + j] ? arm : 0;
            }
}

/* All arrays of one group in one block. */
static void layout(group *g, const genu_frames *f, genu_arena *a)
{
    size_t t = (size_t)f->n_frame, n = (size_t)g->n, m = (size_t)g->m, k = (size_t)g->k;
    size_t sides = (size_t)f->settings.n_side;
    g->muscle = genu_take_int(a, n);
    g->dof = genu_take_int(a, m);
    g->coord = genu_take_int(a, m);
    g->reserve_on = genu_take_int(a, k);
    g->R = genu_take_double(a, t * n * m);
    g->contact = genu_take_double(a, t * sides * n * GENU_N_CONTACT);
    g->pressing = genu_take_int(a, sides * GROUP_PARTS * n);
    g->part = genu_take(a, sides * GROUP_PARTS, sizeof *g->part);
    g->active = genu_take_double(a, t * n);
    g->passive = genu_take_double(a, t * n);
    g->crosses = genu_take(a, n * m, 1);
    g->side = genu_take_int(a, n);
    g->w = genu_take_double(a, n);
    g->lo = genu_take_double(a, n);
    g->hi = genu_take_double(a, n);
    g->full = genu_take_double(a, n);
    g->rho = genu_take_double(a, k);
    g->reserve_lo = genu_take_double(a, k);
    g->reserve_hi = genu_take_double(a, k);
    g->problem = genu_take(a, t, sizeof(genu_sharing_problem *));
    if (g->changed)
        return;
    g->a = genu_take_double(a, t * n);
    g->reserve = genu_take_double(a, t * m);
    g->most = genu_take_double(a, m);
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

static int cross_alike(const genu_frames *f, const char *cross, int i, int other)
{
    size_t n = (size_t)f->n_dof;
    return !memcmp(cross + (size_t)i * n, cross + (size_t)other * n, n);
}

/* Muscles that cross the same coordinates stand one after the other. */
static void fill_members(genu_plan *p, group *g, int which, const char *cross, const int *id)
{
    const genu_frames *f = p->f;
    for (int i = 0, n = 0; i < f->n_muscle; i++)
        for (int other = i; other < f->n_muscle; other++)
            if (!p->grouped[other] && belongs(f, cross, id, i, which) &&
                cross_alike(f, cross, i, other)) {
                g->muscle[n++] = other;
                p->grouped[other] = 1;
            }
    for (int j = 0, m = 0; j < f->n_dof; j++)
        if (id[j] == which) {
            g->coord[m] = f->dof[j];
            g->dof[m++] = j;
            p->shared[f->dof[j]] = 1;
        }
}

/* The problem of every frame, per strength: with an elastic tendon the force that a strength of 1 makes
 * is not known yet, otherwise it goes into the arms. */
static genu_status pose(genu_plan *p, group *g, genu_err *err)
{
    const genu_frames *f = p->f;
    size_t size = (size_t)g->n * (size_t)g->m;
    double *R = malloc((size + 1) * sizeof *R);
    genu_err why = { 0 };
    genu_status s = R ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "out of memory for the sharing");
    for (int k = 0; k < f->n_frame && s == GENU_OK; k++) {
        genu_sharing_frame frame = frame_of(g, k);
        for (int i = 0; i < g->n; i++) {
            size_t from = (size_t)k * (size_t)f->n_muscle + (size_t)g->muscle[i];
            double *active = &g->active[k * g->n + i];
            *active = f->active[from];
            g->passive[k * g->n + i] = p->settings.passive ? f->passive[from] : 0;
            for (int j = 0; j < g->m; j++)
                R[i * g->m + j] = frame.R[i * g->m + j] * (p->settings.elastic ? 1 : *active);
        }
        frame.R = R;
        s = genu_sharing_problem_new(&g->problem[k], g->n, g->m, g->k, g->crosses, &p->sharing,
                                     err);
        if (s == GENU_OK)
            s = genu_sharing_problem_set(g->problem[k], &frame, &why);
        if (s != GENU_OK && *why.msg)
            genu_fail(err, s, "frame %d: %s", k, why.msg);
    }
    free(R);
    return s;
}

static genu_status build_group(genu_plan *p, int which, const char *cross, const int *id,
                               const int *changed, genu_err *err)
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
        return genu_fail(err, GENU_E_MEMORY, "out of memory for the sharing");
    a = (genu_arena){ block, 0 };
    layout(g, f, &a);
    fill_members(p, g, which, cross, id);
    fill_muscles(p, g, cross);
    fill_reserves(p, g);
    return pose(p, g, err);
}

static genu_status build(genu_plan *p, const int *changed, genu_err *err)
{
    const genu_frames *f = p->f;
    size_t n_dof = (size_t)f->n_dof;
    genu_status status = GENU_OK;
    char *cross = calloc((size_t)f->n_muscle * n_dof + 1, 1);
    int *id = calloc(2 * n_dof + 1, sizeof *id);
    p->shared = calloc((size_t)f->n_coord + 1, sizeof *p->shared);
    p->grouped = calloc(2 * (size_t)f->n_muscle + 1, sizeof *p->grouped);
    size_t sides = (size_t)(f->n_frame * f->settings.n_side);
    p->contact = calloc(sides * (GENU_N_CONTACT + 1) + 1, sizeof *p->contact);
    if (!cross || !id || !p->shared || !p->grouped || !p->contact) {
        status = genu_fail(err, GENU_E_MEMORY, "out of memory for the sharing");
        goto out;
    }
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
        status = genu_fail(err, GENU_E_MEMORY, "out of memory for the sharing");
    for (; p->n_group < n_group && status == GENU_OK; p->n_group++)
        status = build_group(p, p->n_group, cross, id, changed, err);
    while (p->first_changed < p->n_group && !p->group[p->first_changed].changed)
        p->first_changed++;
out:
    free(cross);
    free(id);
    return status;
}

/* The instruction set that these settings come to; AUTO where there is none. */
static genu_sharing_level level_of(const genu_sharing_settings *settings)
{
    genu_sharing *probe;
    if (genu_sharing_new(&probe, 1, 1, 1, settings, NULL) != GENU_OK)
        return GENU_SHARING_AUTO;
    genu_sharing_level level = genu_sharing_level_of(probe);
    genu_sharing_free(probe);
    return level;
}

genu_sharing_level genu_plan_level(const genu_plan *p)
{
    return p->sharing.level;
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
    genu_sharing_level level = level_of(&p->sharing);
    if (level != GENU_SHARING_AUTO) // else the workers say why
        p->sharing.level = level;
    p->kernel = kernel_of(p->sharing.level);
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
    for (int g = 0; g < p->n_group; g++) {
        for (int k = 0; k < p->f->n_frame && p->group[g].problem; k++)
            genu_sharing_problem_free(p->group[g].problem[k]);
        free(p->group[g].muscle); // the first piece of the group's block
    }
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

static void sum_reserves(const group *g, const double *x, double *reserve)
{
    for (int j = 0; j < g->m; j++)
        reserve[j] = 0;
    for (int r = 0; r < g->k; r++)
        reserve[g->reserve_on[r]] += g->rho[r] * x[r];
}

/* A group that no scenario changes, at strength 1. */
static genu_status solve_once(const genu_plan *p, group *g, genu_err *err)
{
    genu_sharing *w;
    size_t n = (size_t)g->n, m = (size_t)g->m, size = 2 * n + 2 * m + (size_t)g->k;
    double *F = malloc((size + 1) * sizeof *F);
    double *tau = F + n, *lambda = tau + m, *x = lambda + m, *a = x + g->k;
    genu_status s = genu_sharing_new(&w, g->n, g->m, g->k, &p->sharing, err);
    if (s == GENU_OK && !F)
        s = genu_fail(err, GENU_E_MEMORY, "out of memory for the sharing");
    genu_sharing_info info = { .status = GENU_E_RANGE };
    for (int j = 0; j < g->m; j++)
        g->most[j] = NAN;
    for (int k = 0; k < p->f->n_frame && s == GENU_OK; k++) {
        const double *R = g->R + (size_t)k * n * m;
        for (int j = 0; j < g->m; j++)
            tau[j] = p->f->target[k * p->f->n_dof + g->dof[j]];
        for (int i = 0; i < g->n; i++) {
            F[i] = 1;
            for (int j = 0; j < g->m; j++)
                tau[j] -= R[i * g->m + j] * g->passive[k * g->n + i];
        }
        s = genu_sharing_use(w, g->problem[k]);
        if (s != GENU_OK)
            break;
        g->open[k] =
            genu_sharing_solve(w, F, tau, info.status == GENU_OK, a, x, lambda, &info) != GENU_OK;
        memcpy(g->a + (size_t)k * n, a, n * sizeof *a);
        sum_reserves(g, x, g->reserve + (size_t)k * m);
        for (int j = 0; j < g->m; j++)
            g->most[j] =
                fmax(g->most[j], fabs(g->reserve[k * g->m + j])); // leaves out what is missing
        g->residual[k] = info.residual;
        g->iterations[k] = info.iterations;
        g->unconverged += g->open[k];
    }
    genu_sharing_free(w);
    free(F);
    return s;
}

double genu_plan_rest_force(const genu_plan *p, int i, int k)
{
    const genu_frames *f = p->f;
    size_t from = (size_t)k * (size_t)f->n_muscle + (size_t)i;
    double lo = least_of(&p->settings, &p->m->muscle[i]);
    double force = lo * f->active[from] + (p->settings.passive ? f->passive[from] : 0);
    if (p->settings.elastic && genu_elastic_force(&p->m->muscle[i].hill, lo, f->length[from],
                                                  f->speed[from], &force) != GENU_OK)
        return NAN;
    return force;
}

void genu_plan_press(const genu_frames *f, int k, int i, double force, double *to, size_t stride)
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
            genu_plan_press(f, k, i, genu_plan_rest_force(p, i, k), p->contact + (size_t)k * rows,
                            1);
}

/* What a group that was solved once adds. */
static void keep_contact(genu_plan *p, const group *g)
{
    const genu_frames *f = p->f;
    size_t rows = (size_t)f->settings.n_side * GENU_N_CONTACT;
    for (int k = 0; k < f->n_frame; k++)
        for (int i = 0; i < g->n; i++) {
            double a = g->a[(size_t)k * (size_t)g->n + (size_t)i];
            double force = a * g->active[k * g->n + i] + g->passive[k * g->n + i];
            genu_plan_press(f, k, g->muscle[i], force, p->contact + (size_t)k * rows, 1);
            if (g->side[i] >= 0)
                p->saturated[k * f->settings.n_side + g->side[i]] += a >= g->full[i];
        }
}

genu_status genu_plan_solve_constant(genu_plan *p, genu_err *err)
{
    genu_status s = GENU_OK;
    start_contact(p);
    for (int g = 0; s == GENU_OK && g < p->n_group; g++) {
        if (p->group[g].changed)
            continue;
        s = solve_once(p, &p->group[g], err);
        if (s == GENU_OK)
            keep_contact(p, &p->group[g]);
    }
    return s;
}
