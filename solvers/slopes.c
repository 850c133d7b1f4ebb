#include "solvers/slopes.h"

#include "solvers/scenarios_private.h"
#include "solvers/sensitivity.h"

#include <stdlib.h>
#include <string.h>

struct genu_slopes {
    int n_group;
    genu_sharing **sharing;                /* n_group                              */
    double *F, *dF, *a, *x, *tau, *lambda; /* of the largest group                 */
    double *dtau;                          /* n x m: d(moment)/d(strength)         */
    double *load, *dload;                  /* n                                    */
};

static void layout(genu_slopes *w, const genu_plan *p, genu_arena *a)
{
    size_t n = 1, m = 1, k = 1, most = 1;
    for (int g = 0; g < p->n_group; g++) {
        const group *of = &p->group[g];
        n = (size_t)of->n > n ? (size_t)of->n : n;
        m = (size_t)of->m > m ? (size_t)of->m : m;
        k = (size_t)of->k > k ? (size_t)of->k : k;
    }
    most = n * m;
    w->sharing = genu_take(a, (size_t)p->n_group + 1, sizeof(genu_sharing *));
    w->F = genu_take_double(a, n);
    w->dF = genu_take_double(a, n);
    w->a = genu_take_double(a, n);
    w->x = genu_take_double(a, k);
    w->tau = genu_take_double(a, m);
    w->lambda = genu_take_double(a, m);
    w->dtau = genu_take_double(a, most);
    w->load = genu_take_double(a, n);
    w->dload = genu_take_double(a, n);
}

genu_status genu_slopes_new(genu_slopes **out, const genu_plan *p, genu_err *err)
{
    *out = NULL;
    if (p->settings.elastic)
        return genu_fail(err, GENU_E_RANGE,
                         "derivatives by strength are those of rigid tendons: there are none with "
                         "elastic ones");
    genu_slopes count = { 0 };
    genu_arena a = { 0 };
    genu_take(&a, 1, sizeof count);
    layout(&count, p, &a);
    char *block = genu_block(a.used);
    if (!block)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for derivatives");
    a = (genu_arena){ block, 0 };
    genu_slopes *w = genu_take(&a, 1, sizeof *w);
    layout(w, p, &a);
    for (; w->n_group < p->n_group; w->n_group++) {
        const group *of = &p->group[w->n_group];
        genu_status s =
            genu_sharing_new(&w->sharing[w->n_group], of->n, of->m, of->k, &p->sharing, err);
        if (s != GENU_OK) {
            genu_slopes_free(w);
            return s;
        }
    }
    *out = w;
    return GENU_OK;
}

void genu_slopes_free(genu_slopes *w)
{
    if (!w)
        return;
    for (int g = 0; g < w->n_group; g++)
        genu_sharing_free(w->sharing[g]);
    free(w);
}

static void load_frame(const genu_plan *p, genu_slopes *w, const group *g, int k,
                       const double *factor)
{
    const genu_frames *f = p->f;
    for (int j = 0; j < g->m; j++)
        w->tau[j] = f->target[(size_t)k * (size_t)f->n_dof + (size_t)g->dof[j]];
    for (int i = 0; i < g->n; i++) {
        double s = factor[g->muscle[i]], passive = g->passive[k * g->n + i];
        const double *R = g->R + ((size_t)k * (size_t)g->n + (size_t)i) * (size_t)g->m;
        w->dF[i] = g->active[k * g->n + i];
        w->F[i] = s * w->dF[i];
        for (int j = 0; j < g->m; j++) {
            w->dtau[i * g->m + j] = -R[j] * passive;
            w->tau[j] -= R[j] * s * passive;
        }
    }
}

/* 1 + the muscle that is just reaching or leaving a bound; 0: none is. */
static int at_kink(const genu_plan *p, const genu_slopes *w, const group *g, int k)
{
    double power = p->settings.power;
    for (int i = 0; i < g->n; i++) {
        const double *R = g->R + ((size_t)k * (size_t)g->n + (size_t)i) * (size_t)g->m;
        double use = 0;
        for (int j = 0; j < g->m; j++)
            use += w->F[i] * R[j] * w->lambda[j];
        double want = copysign(pow(fabs(use) / (power * g->w[i]), 1 / (power - 1)), use);
        if (w->F[i] > 0 &&
            (fabs(want - g->lo[i]) < GENU_SLOPES_KINK || fabs(want - g->hi[i]) < GENU_SLOPES_KINK))
            return 1 + g->muscle[i];
    }
    return 0;
}

/* Does the group move the contacts of a side in frame k? */
static int moves(const genu_plan *p, const group *g, int k, int side)
{
    size_t size = (size_t)g->n * GENU_N_CONTACT;
    const double *column = g->contact + (size_t)(k * p->f->settings.n_side + side) * size;
    for (size_t i = 0; i < size; i++)
        if (column[i] != 0)
            return 1;
    return 0;
}

/* What the group's muscles add to the contacts of one side, and its derivatives. */
static void add_side(const genu_plan *p, genu_slopes *w, int which, int k, int side,
                     const double *factor, double *contact, double *slope)
{
    const group *g = &p->group[which];
    const double *column =
        g->contact + (size_t)(k * p->f->settings.n_side + side) * (size_t)g->n * GENU_N_CONTACT;
    for (int r = 0; r < GENU_N_CONTACT; r++, slope += p->f->n_muscle) {
        for (int i = 0; i < g->n; i++) {
            double s = factor[g->muscle[i]];
            w->load[i] = column[i * GENU_N_CONTACT + r];
            contact[r] += w->load[i] * (w->F[i] * w->a[i] + s * g->passive[k * g->n + i]);
        }
        if (genu_sensitivity_load(w->sharing[which], w->dF, w->dtau, w->load, NULL, w->dload) !=
            GENU_OK)
            w->dload[0] = NAN;
        for (int i = 0; i < g->n; i++)
            slope[g->muscle[i]] = w->dload[i] + w->load[i] * g->passive[k * g->n + i];
    }
}

/* Returns 0 where the group has no answer in this frame. */
static int add_group(const genu_plan *p, genu_slopes *w, int which, int k, const double *factor,
                     double *contact, double *slope, double *kink)
{
    const group *g = &p->group[which];
    genu_sharing *sharing = w->sharing[which];
    genu_sharing_frame frame = frame_of(g, k);
    size_t rows = GENU_N_CONTACT, n = (size_t)p->f->n_muscle;
    load_frame(p, w, g, k, factor);
    if (genu_sharing_set(sharing, &frame, NULL) != GENU_OK ||
        genu_sharing_solve(sharing, w->F, w->tau, 0, w->a, w->x, w->lambda, NULL) != GENU_OK ||
        genu_sensitivity_prepare(sharing, w->F, w->a, w->x, w->lambda) != GENU_OK)
        return 0;
    int muscle = at_kink(p, w, g, k);
    for (int side = 0; side < p->f->settings.n_side && muscle; side++)
        if (kink[side] == 0 && moves(p, g, k, side))
            kink[side] = muscle;
    for (int side = 0; side < p->f->settings.n_side; side++)
        add_side(p, w, which, k, side, factor, contact + (size_t)side * rows,
                 slope + (size_t)side * rows * n);
    return 1;
}

/* A muscle that crosses no coordinate rests at its lower bound. */
static void add_rest(const genu_plan *p, int k, const double *factor, double *contact,
                     double *slope)
{
    const genu_frames *f = p->f;
    size_t n = (size_t)f->n_muscle, rows = (size_t)f->settings.n_side * GENU_N_CONTACT;
    for (size_t i = 0; i < n; i++) {
        if (p->grouped[i])
            continue;
        double lo = least_of(&p->settings, &p->m->muscle[i]);
        double force = lo * f->active[(size_t)k * n + i] +
                       (p->settings.passive ? f->passive[(size_t)k * n + i] : 0);
        for (size_t r = 0; r < rows; r++) {
            slope[r * n + i] = f->contact[((size_t)k * rows + r) * n + i] * force;
            contact[r] += factor[i] * slope[r * n + i];
        }
    }
}

void genu_slopes_solve(const genu_plan *p, genu_slopes *w, const double *factor, double *contact,
                       double *slope, double *kink)
{
    const genu_frames *f = p->f;
    size_t rows = (size_t)f->settings.n_side * GENU_N_CONTACT, n = (size_t)f->n_muscle;
    for (int k = 0; k < f->n_frame; k++, contact += rows, slope += rows * n) {
        int good = 1;
        memcpy(contact, f->contact0 + (size_t)k * rows, rows * sizeof *contact);
        memset(slope, 0, rows * n * sizeof *slope);
        double *here = kink + k * f->settings.n_side;
        memset(here, 0, (size_t)f->settings.n_side * sizeof *here);
        add_rest(p, k, factor, contact, slope);
        for (int which = 0; which < p->n_group && good; which++)
            good = add_group(p, w, which, k, factor, contact, slope, here);
        for (size_t i = 0; i < rows * n && !good; i++)
            slope[i] = NAN;
        for (size_t i = 0; i < rows && !good; i++)
            contact[i] = NAN;
        for (int side = 0; side < f->settings.n_side && !good; side++)
            here[side] = NAN;
    }
}
