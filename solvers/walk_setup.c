/* The walk's unknowns: which block of coefficients moves which local variable, and by how much. */
#include "solvers/walk_private.h"

#include <math.h>
#include <string.h>

static double wrapped(double c, double *whole)
{
    *whole = floor(c + 1e-9);
    return fmax(0, c - *whole);
}

foot_time walk_foot_time(const genu_walk *w, double t, int side)
{
    foot_time ft;
    double whole;
    ft.cycle = wrapped(t / w->period - (side == GENU_LEFT ? 0.5 : 0), &whole);
    ft.shift = whole * w->stride;
    ft.on = ft.cycle <= w->ph.off + 1e-9;
    ft.stance = fmin(1, ft.cycle / w->ph.off);
    return ft;
}

/* Clamped uniform cubic B-splines on [0, 1], by the recursion of Cox and de Boor (de Boor 1978, A
 * Practical Guide to Splines, doi:10.1007/978-1-4612-6333-3): the four that are not zero at s. */
void walk_spline(double s, int *first, double B[4])
{
    const int n_span = N_SPLINE - 3;
    int k = (int)(s * n_span);
    k = k < 0 ? 0 : k > n_span - 1 ? n_span - 1 : k;
    double x = s * n_span, left[4], right[4];
    B[0] = 1;
    for (int j = 1; j <= 3; j++) {
        left[j] = x - fmax(0, k + 1 - j);
        right[j] = fmin(n_span, k + j) - x;
        double saved = 0;
        for (int r = 0; r < j; r++) {
            double part = B[r] / (right[r + 1] + left[j - r]);
            B[r] = saved + right[r + 1] * part;
            saved = left[j - r] * part;
        }
        B[j] = saved;
    }
    *first = k;
}

/* Shape in time of what goes with the steps: 1 in the middle of right stance, -1 in the left one's,
 * so that the double supports are passed with zero. */
double walk_shape(const genu_walk *w, double cycle)
{
    return cos(2 * GENU_PI * (cycle - 0.5 * w->ph.off));
}

static void coord_group(const genu_walk *w, double t, int i, group *g)
{
    const block *b = &w->block[w->coord_block[i]];
    double rate = 2 * GENU_PI / w->period;
    double phase = rate * (t - (i >= TRUNK_END + LEG ? 0.5 * w->period : 0));
    *g = (group){ .block = w->coord_block[i], .local = i, .n_local = 3, .n = b->n };
    int k = 0;
    for (int h = b->first; h <= N_HARMONIC; h += b->step) {
        double c = cos(h * phase), s = sin(h * phase), r = h * rate;
        g->B[0][k] = c;
        g->B[1][k] = -r * s;
        g->B[2][k++] = -r * r * c;
        if (h == 0)
            continue;
        g->B[0][k] = s;
        g->B[1][k] = r * c;
        g->B[2][k++] = -r * r * s;
    }
}

static void reaction_group(const genu_walk *w, const foot_time *ft, int side, int v, group *g)
{
    *g = (group){ .block = w->reaction_block[side][v],
                  .local = AT_G + side * N_REACTION + v,
                  .n_local = 1,
                  .n = 4 };
    walk_spline(ft->stance, &g->first, g->B[0]);
    if (v != G_N)
        return;
    // the normal force is zero at both ends: its first and last coefficient are no unknowns
    if (g->first == 0) {
        memmove(g->B[0], g->B[0] + 1, 3 * sizeof(double));
        g->n = 3;
    } else {
        g->first--;
    }
    if (g->first + g->n > N_SPLINE - 2)
        g->n--;
}

/** Groups and fixed parts of the local variables at time f->t. */
void walk_basis(const genu_walk *w, frame *f)
{
    f->n_group = 0;
    memset(f->fixed, 0, sizeof f->fixed);
    for (int h = 0; h <= 2 * N_HARMONIC; h++) {
        f->cosine[h] = cos(h * 2 * GENU_PI * f->t / w->period);
        f->sine[h] = sin(h * 2 * GENU_PI * f->t / w->period);
    }
    for (int i = 0; i < N_COORD; i++)
        coord_group(w, f->t, i, &f->group[f->n_group++]);
    f->fixed[TX] = w->set.speed * f->t;
    f->fixed[AT_U + TX] = w->set.speed;
    for (int side = 0; side < 2; side++) {
        f->foot[side] = walk_foot_time(w, f->t, side);
        f->fixed[AT_F + side * N_PRINT + F_X] = side == GENU_LEFT ? 0.5 * w->stride : 0;
        if (!f->foot[side].on)
            continue;
        for (int v = 0; v < N_REACTION; v++)
            reaction_group(w, &f->foot[side], side, v, &f->group[f->n_group++]);
        for (int v = 0; v < N_PRINT; v++) {
            group *g = &f->group[f->n_group++];
            *g = (group){ .block = w->print_block[side][v],
                          .local = AT_F + side * N_PRINT + v,
                          .n_local = 1,
                          .n = 1 };
            g->B[0][0] = 1;
        }
    }
}

/** z (N_LOCAL): local variables of a frame for the unknowns x. */
void walk_locals(const genu_walk *w, const frame *f, const double *x, double *z)
{
    memcpy(z, f->fixed, sizeof f->fixed);
    for (int i = 0; i < f->n_group; i++) {
        const group *g = &f->group[i];
        const double *c = x + w->block[g->block].start + g->first;
        for (int a = 0; a < g->n_local; a++)
            for (int k = 0; k < g->n; k++)
                z[g->local + a * N_COORD] += g->B[a][k] * c[k];
    }
}

static int add_block(genu_walk *w, int n, int first, int step)
{
    w->block[w->n_block] = (block){ w->n, n, first, step };
    w->n += n;
    return w->n_block++;
}

/* Harmonics first, first + step, ...: a symmetric walk has only even ones where left and right
 * agree and only odd ones where they are opposite. */
static int add_series(genu_walk *w, int first, int step)
{
    int n = 0;
    for (int h = first; h <= N_HARMONIC; h += step)
        n += h == 0 ? 1 : 2;
    return add_block(w, n, first, step);
}

/** Number the unknowns. */
void walk_layout(genu_walk *w)
{
    static const int odd[TRUNK_END] = {
        [LIST] = 1, [ROTATION] = 1, [TZ] = 1, [BACK_LIST] = 1, [BACK_ROTATION] = 1
    };
    w->n = w->n_block = 0;
    for (int i = 0; i < TRUNK_END; i++)
        w->coord_block[i] = w->symmetric ? add_series(w, odd[i], 2) : add_series(w, 0, 1);
    for (int side = 0; side < 2; side++) {
        int same = side == GENU_LEFT && w->symmetric;
        for (int i = 0; i < LEG; i++)
            w->coord_block[TRUNK_END + side * LEG + i] =
                same ? w->coord_block[TRUNK_END + i] : add_series(w, 0, 1);
        for (int v = 0; v < N_REACTION; v++)
            w->reaction_block[side][v] =
                same ? w->reaction_block[0][v]
                     : add_block(w, v == G_N ? N_SPLINE - 2 : N_SPLINE, 0, 0);
        for (int v = 0; v < N_PRINT; v++)
            w->print_block[side][v] = same ? w->print_block[0][v] : add_block(w, 1, 0, 0);
    }
}
