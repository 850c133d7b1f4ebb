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

/* ------------------------------------------------------------------ workspace */

static void size_worker(const genu_plan *p, size_t *n, size_t *m, size_t *k)
{
    *n = *m = *k = 1;
    for (int g = 0; g < p->n_group; g++) {
        *n = (size_t)p->group[g].n > *n ? (size_t)p->group[g].n : *n;
        *m = (size_t)p->group[g].m > *m ? (size_t)p->group[g].m : *m;
        *k = (size_t)p->group[g].k > *k ? (size_t)p->group[g].k : *k;
    }
}

static void layout(genu_worker *w, const genu_plan *p, genu_arena *a)
{
    size_t n, m, k, sides = (size_t)p->f->settings.n_side;
    size_worker(p, &n, &m, &k);
    w->F = genu_take_double(a, n * LANES);
    w->tau = genu_take_double(a, m * LANES);
    w->a = genu_take_double(a, n * LANES);
    w->x = genu_take_double(a, k * LANES);
    w->lambda = genu_take_double(a, m * LANES);
    w->force = genu_take_double(a, n * LANES);
    w->reserve = genu_take_double(a, m * LANES);
    w->active = genu_take_double(a, n);
    w->passive = genu_take_double(a, n);
    w->single = genu_take_double(a, n * LANES);
    w->single_x = genu_take_double(a, k * LANES);
    w->contact = genu_take_double(a, sides * GENU_N_CONTACT * GENU_BLOCK);
    w->saturated = genu_take_double(a, sides * GENU_BLOCK);
    w->most = genu_take_double(a, (size_t)p->f->n_coord * GENU_BLOCK);
    group_work *of = genu_take(a, (size_t)p->n_group + 1, sizeof *w->of);
    for (int g = 0; g < p->n_group; g++) {
        group_work own = { 0 };
        n = (size_t)p->group[g].n;
        m = (size_t)p->group[g].m;
        if (p->group[g].changed) {
            own.strength = genu_take_double(a, n * GENU_BLOCK);
            own.lambda[0] = genu_take_double(a, m * GENU_BLOCK);
            own.lambda[1] = genu_take_double(a, m * GENU_BLOCK);
            own.guess = genu_take_double(a, p->settings.elastic ? n * GENU_BLOCK : 0);
        }
        if (a->base)
            of[g] = own;
    }
    w->of = of;
    w->n_group = p->n_group;
}

genu_status genu_worker_new(genu_worker **out, const genu_plan *p, genu_err *err)
{
    genu_worker count = { 0 };
    genu_arena a = { 0 };
    genu_take(&a, 1, sizeof count);
    layout(&count, p, &a);
    char *block = genu_block(a.used);
    *out = NULL;
    if (!block)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for the sharing");
    a = (genu_arena){ block, 0 };
    genu_worker *w = genu_take(&a, 1, sizeof *w);
    layout(w, p, &a);
    for (int g = 0; g < p->n_group; g++) {
        const group *of = &p->group[g];
        if (!of->changed)
            continue;
        genu_status s = genu_sharing_new(&w->of[g].sharing, of->n, of->m, of->k, &p->sharing, err);
        if (s != GENU_OK) {
            genu_worker_free(w);
            return s;
        }
    }
    *out = w;
    return GENU_OK;
}

void genu_worker_free(genu_worker *w)
{
    if (!w)
        return;
    for (int g = 0; g < w->n_group; g++)
        genu_sharing_free(w->of[g].sharing);
    free(w);
}

/* ------------------------------------------------------------------ places */

static int octets_of(int n)
{
    return (n + LANES - 1) / LANES;
}

int genu_scenarios_place(int n, int s)
{
    return s % octets_of(n) * LANES + s / octets_of(n);
}

/* The scenario in a lane of an octet; a lane without one repeats the octet's first. */
static int scenario_in(int n, int octet, int lane)
{
    int s = lane * octets_of(n) + octet;
    return s < n ? s : octet;
}

/* How many lanes of the octet have a scenario of their own. */
static int n_lane_of(int n, int octet)
{
    return (n - octet + octets_of(n) - 1) / octets_of(n);
}

/* Strengths of the group's muscles. */
static void take_strengths(const genu_plan *p, group_work *of, const group *g, int n,
                           const double *factor)
{
    double *to = of->strength;
    for (int octet = 0; octet < octets_of(n); octet++)
        for (int i = 0; i < g->n; i++)
            for (int lane = 0; lane < LANES; lane++)
                *to++ = factor[(size_t)scenario_in(n, octet, lane) * (size_t)p->f->n_muscle +
                               (size_t)g->muscle[i]];
}

/* ------------------------------------------------------------------ what is kept of a scenario */

/* Where scenario s, row r, frame k stands in a scenario-major array of n_row rows. */
static size_t at(const genu_plan *p, int s, int n_row, int r, int k)
{
    return ((size_t)s * (size_t)n_row + (size_t)r) * (size_t)p->f->n_frame + (size_t)k;
}

/* Is anything asked for that each scenario has in every frame? */
static int wants_frames(const genu_scenario_out *out)
{
    return out->activation || out->force || out->reserve || out->residual || out->iterations ||
           out->open;
}

/* Scenario s, whose numbers stand `stride` apart. */
static void store(const genu_plan *p, const group *g, int s, int k, const double *a,
                  const double *force, const double *reserve, size_t stride,
                  const genu_scenario_out *out)
{
    const genu_frames *f = p->f;
    for (int i = 0; i < g->n && out->activation; i++)
        out->activation[at(p, s, f->n_muscle, g->muscle[i], k)] = a[(size_t)i * stride];
    for (int i = 0; i < g->n && out->force; i++)
        out->force[at(p, s, f->n_muscle, g->muscle[i], k)] = force[(size_t)i * stride];
    for (int j = 0; j < g->m && out->reserve; j++)
        out->reserve[at(p, s, f->n_coord, g->coord[j], k)] = reserve[(size_t)j * stride];
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
    out->unconverged[s] += open;
}

/* ------------------------------------------------------------------ rigid tendons */

/* Moments of frame k, the same in all lanes. */
static void take_moments(const genu_plan *p, genu_worker *w, const group *g, int k)
{
    const double *target = p->f->target + (size_t)k * (size_t)p->f->n_dof;
    for (int j = 0; j < g->m; j++)
        for (int l = 0; l < LANES; l++)
            w->tau[j * LANES + l] = target[g->dof[j]];
}

/* Less what the passive forces make of them. */
static void take_off_passive(genu_worker *w, const group *g, int k, const double *strength,
                             const double *passive)
{
    for (int i = 0; i < g->n; i++) {
        const double *R = g->R + ((size_t)k * (size_t)g->n + (size_t)i) * (size_t)g->m;
        for (int j = 0; j < g->m && passive[i] != 0; j++)
            for (int l = 0; l < LANES; l++)
                w->tau[j * LANES + l] -= R[j] * (strength[i * LANES + l] * passive[i]);
    }
}

/* Lanes without an answer begin anew. */
static void drop(double *lambda, int m, int lane)
{
    for (int j = 0; j < m; j++)
        lambda[j * LANES + lane] = 0;
}

/* What an octet's activations do to contacts, saturation and reserves. */
static void press_octet(const genu_plan *p, genu_worker *w, const group *g, int k, int octet,
                        const double *strength, const double *active, const double *passive)
{
    size_t sides = (size_t)p->f->settings.n_side;
    size_t first = (size_t)(octet * LANES);
    int is_first = g == &p->group[p->first_changed];
    genu_contact_lanes lanes = {
        .n = g->n,
        .m = g->m,
        .k = g->k,
        .stride = GENU_BLOCK,
        .strength = strength,
        .a = w->a,
        .x = w->x,
        .active = active,
        .passive = passive,
        .force = w->force,
        .column = g->contact + (size_t)k * sides * (size_t)g->n * GENU_N_CONTACT,
        .part = g->part,
        .n_part = g->n_part,
        .n_side = p->f->settings.n_side,
        .contact0 = is_first ? p->contact + (size_t)k * sides * GENU_N_CONTACT : NULL,
        .saturated0 = p->saturated + (size_t)k * sides,
        .contact = w->contact + first,
        .side = g->side,
        .full = g->full,
        .saturated = w->saturated + first,
        .reserve_on = g->reserve_on,
        .rho = g->rho,
        .reserve = w->reserve,
        .coord = g->coord,
        .most = w->most + first,
    };
    p->kernel(&lanes);
}

static void keep_octet(const genu_plan *p, const genu_worker *w, const group *g, int k, int n,
                       int octet, const genu_sharing_info *info, const genu_scenario_out *out)
{
    for (int l = 0; l < n_lane_of(n, octet); l++) {
        int s = scenario_in(n, octet, l);
        store(p, g, s, k, w->a + l, w->force + l, w->reserve + l, LANES, out);
        note(p, s, k, info[l].residual, info[l].iterations, info[l].status != GENU_OK, out);
    }
}

/* Eight scenarios of one group and frame, side by side. */
static void solve_octet(const genu_plan *p, genu_worker *w, int which, int k, int n, int octet,
                        const genu_scenario_out *out)
{
    const group *g = &p->group[which];
    group_work *of = &w->of[which];
    const double *strength = of->strength + (size_t)(octet * g->n) * LANES;
    const double *active = g->active + (size_t)k * (size_t)g->n;
    const double *passive = g->passive + (size_t)k * (size_t)g->n;
    int size = g->m * LANES;
    double *lambda = of->lambda[k % 2] + octet * size;
    const double *before = of->lambda[(k + 1) % 2] + octet * size;
    genu_sharing_info info[LANES];
    genu_sharing_block block = { w->a, w->x, lambda, info, 0 };
    genu_sharing_predict(size, k > 0 ? before : NULL, octet > 0 ? lambda - size : NULL,
                         before - size, lambda);
    if (p->settings.passive) {
        take_moments(p, w, g, k);
        take_off_passive(w, g, k, strength, passive);
    }
    genu_status all =
        genu_sharing_solve8(of->sharing, LANES, strength, w->tau, k > 0 || octet > 0, &block);
    press_octet(p, w, g, k, octet, strength, active, passive);
    for (int l = 0; l < LANES && all; l++)
        if (info[l].status)
            drop(lambda, g->m, l);
    if (all || wants_frames(out))
        keep_octet(p, w, g, k, n, octet, info, out);
}

/* ------------------------------------------------------------------ elastic tendons */

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
        double a = w->single[i * LANES], force;
        double tangent = w->passive[i] + w->active[i] * a;
        if (genu_elastic_force(h, a, p->f->length[from], p->f->speed[from], &force) != GENU_OK ||
            !(fabs(force - tangent) <= ON_TANGENT * h->f_max) || !(fabs(a - at[i]) <= AT_TANGENT))
            return 0;
    }
    return 1;
}

/* One scenario along the tangents of elastic tendons, which are taken anew until they hold: a stationary
 * point of the problem with the forces themselves. strength stands 8 apart; guess (n) are
 * activations to begin with, and those found. After some tangents half steps: forces have corners. */
static void solve_elastic(const genu_plan *p, genu_worker *w, int which, int k,
                          const double *strength, double *guess, const genu_sharing_block *block)
{
    const group *g = &p->group[which];
    int iterations = 0, open = 1;
    for (int i = 0; i < g->n && k == 0; i++)
        guess[i] = fmin(fmax(0.1, g->lo[i]), g->hi[i]);
    for (int it = 0; it < MAX_TANGENTS && open && !take_tangents(p, w, g, k, guess); it++) {
        take_moments(p, w, g, k);
        take_off_passive(w, g, k, strength, w->passive);
        for (int i = 0; i < g->n; i++)
            w->F[i * LANES] = strength[i * LANES] * w->active[i];
        genu_status s =
            genu_sharing_solve8(w->of[which].sharing, 1, w->F, w->tau, k > 0 || it, block);
        iterations += block->info->iterations;
        open = s == GENU_OK && !on_tangents(p, w, g, k, guess);
        double part = it < MAX_TANGENTS / 3 ? 1 : 0.5;
        for (int i = 0; i < g->n; i++)
            guess[i] += part * (w->single[i * LANES] - guess[i]);
    }
    block->info->iterations = iterations;
    if (open)
        block->info->status = GENU_E_NOT_CONVERGED;
}

/* Eight scenarios of one group and frame, one after the other. */
static void solve_stretched(const genu_plan *p, genu_worker *w, int which, int k, int n, int octet,
                            const genu_scenario_out *out)
{
    const group *g = &p->group[which];
    group_work *of = &w->of[which];
    const double *strength = of->strength + (size_t)(octet * g->n) * LANES;
    double *lambda = of->lambda[0] + (size_t)(octet * g->m) * LANES;
    genu_sharing_info info[LANES];
    for (int l = 0; l < n_lane_of(n, octet); l++) {
        info[l] = (genu_sharing_info){ .status = GENU_E_NOT_CONVERGED, .residual = NAN };
        genu_sharing_block block = { w->single, w->single_x, w->lambda, &info[l], 0 };
        for (int j = 0; j < g->m; j++)
            w->lambda[j * LANES] = lambda[j * LANES + l];
        solve_elastic(p, w, which, k, strength + l, of->guess + (octet * LANES + l) * g->n, &block);
        for (int j = 0; j < g->m; j++)
            lambda[j * LANES + l] = w->lambda[j * LANES];
        for (int r = 0; r < g->k; r++)
            w->x[r * LANES + l] = w->single_x[r * LANES];
        for (int i = 0; i < g->n; i++) {
            double a = w->single[i * LANES];
            w->a[i * LANES + l] = a;
            w->force[i * LANES + l] = strength[i * LANES + l] * (a * w->active[i] + w->passive[i]);
        }
    }
    press_octet(p, w, g, k, octet, strength, NULL, NULL);
    keep_octet(p, w, g, k, n, octet, info, out);
}

/* ------------------------------------------------------------------ all */

static void fill(double *x, size_t n, double value)
{
    for (size_t i = 0; i < n && x; i++)
        x[i] = value;
}

static void clear(const genu_plan *p, genu_worker *w, int n, const genu_scenario_out *out)
{
    const genu_frames *f = p->f;
    size_t t = (size_t)f->n_frame, s = (size_t)n;
    fill(out->activation, s * (size_t)f->n_muscle * t, NAN); // stays where a group has no answer
    fill(out->force, s * (size_t)f->n_muscle * t, NAN);
    fill(out->reserve, s * (size_t)f->n_coord * t, NAN);
    fill(out->residual, s * t, 0);
    fill(out->iterations, s * t, 0);
    fill(out->open, s * t, 0);
    fill(out->unconverged, s, 0);
    fill(w->most, (size_t)f->n_coord * GENU_BLOCK, NAN);
    for (const group *g = p->group; g < p->group + p->n_group; g++)
        for (int j = 0; j < g->m && !g->changed; j++)
            fill(w->most + g->coord[j] * GENU_BLOCK, GENU_BLOCK, g->most[j]);
}

/* Where no group changes, every scenario has what all have. */
static void copy_contact(const genu_plan *p, genu_worker *w, int k)
{
    size_t sides = (size_t)p->f->settings.n_side, rows = sides * GENU_N_CONTACT;
    for (size_t r = 0; r < rows; r++)
        for (int s = 0; s < w->n_place; s++)
            w->contact[r * GENU_BLOCK + (size_t)s] = p->contact[(size_t)k * rows + r];
    for (size_t i = 0; i < sides; i++)
        for (int s = 0; s < w->n_place; s++)
            w->saturated[i * GENU_BLOCK + (size_t)s] = p->saturated[(size_t)k * sides + i];
}

/* A muscle that crosses no coordinate costs least at its lower bound, and pulls there. */
static void rest(const genu_plan *p, genu_worker *w, int n, int k, const double *factor,
                 const genu_scenario_out *out)
{
    const genu_frames *f = p->f;
    for (int i = 0; i < f->n_muscle; i++) {
        double lo = least_of(&p->settings, &p->m->muscle[i]);
        for (int s = 0; s < n && !p->grouped[i]; s++) {
            double force =
                factor[(size_t)s * (size_t)f->n_muscle + (size_t)i] * genu_plan_rest_force(p, i, k);
            if (out->activation)
                out->activation[at(p, s, f->n_muscle, i, k)] = lo;
            if (out->force)
                out->force[at(p, s, f->n_muscle, i, k)] = force;
            if (p->varies[i])
                genu_plan_press(f, k, i, force, w->contact + genu_scenarios_place(n, s),
                                GENU_BLOCK);
        }
    }
}

/* A group that no scenario changes: what was found once, for all. */
static void copy_once(const genu_plan *p, genu_worker *w, const group *g, int k, int n,
                      const double *factor, const genu_scenario_out *out)
{
    const double *a = g->a + (size_t)k * (size_t)g->n;
    const double *reserve = g->reserve + (size_t)k * (size_t)g->m;
    for (int s = 0; s < n && (g->open[k] || wants_frames(out)); s++) {
        const double *own = factor + (size_t)s * (size_t)p->f->n_muscle;
        for (int i = 0; i < g->n && out->force; i++)
            w->force[i] =
                own[g->muscle[i]] * (a[i] * g->active[k * g->n + i] + g->passive[k * g->n + i]);
        store(p, g, s, k, a, w->force, reserve, 1, out);
        note(p, s, k, g->residual[k], g->iterations[k], g->open[k], out);
    }
}

static void solve_frame(const genu_plan *p, genu_worker *w, int which, int k, int n,
                        const genu_scenario_out *out)
{
    const group *g = &p->group[which];
    genu_status s = genu_sharing_use(w->of[which].sharing, g->problem[k]);
    (void)s; // of the same sizes and powers
    take_moments(p, w, g, k);
    for (int octet = 0; octet < octets_of(n); octet++)
        if (p->settings.elastic)
            solve_stretched(p, w, which, k, n, octet, out);
        else
            solve_octet(p, w, which, k, n, octet, out);
}

void genu_scenarios_solve(const genu_plan *p, genu_worker *w, int n, const double *factor,
                          const genu_scenario_out *out)
{
    w->n_place = octets_of(n) * LANES;
    clear(p, w, n, out);
    for (int which = 0; which < p->n_group; which++)
        if (p->group[which].changed)
            take_strengths(p, &w->of[which], &p->group[which], n, factor);
    for (int k = 0; k < p->f->n_frame; k++) {
        if (p->first_changed == p->n_group)
            copy_contact(p, w, k);
        for (int which = 0; which < p->n_group; which++)
            if (p->group[which].changed)
                solve_frame(p, w, which, k, n, out);
            else
                copy_once(p, w, &p->group[which], k, n, factor, out);
        rest(p, w, n, k, factor, out);
        if (out->frame)
            out->frame(out->context, k, w->contact, w->saturated);
    }
    for (int i = 0; i < p->f->n_coord && out->most; i++)
        for (int s = 0; s < n; s++)
            out->most[s * p->f->n_coord + i] = w->most[i * GENU_BLOCK + genu_scenarios_place(n, s)];
}
