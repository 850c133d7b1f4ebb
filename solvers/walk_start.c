/* Where the fit begins: the norms themselves, feet where the norms put them. */
#include "solvers/walk_private.h"

#include <math.h>
#include <string.h>

enum { N_SAMPLE = 64 };

/* Centre of pressure along the foot, m from the calcaneus origin, over stance. */
double walk_roll(const genu_walk *w, double stance)
{
    static const double at[6] = { 0, 0.1, 0.3, 0.6, 0.8, 1 };
    static const double mm[6] = { 15, 45, 100, 150, 180, 225 };
    int i = 0;
    while (i < 4 && stance > at[i + 1])
        i++;
    double f = (stance - at[i]) / (at[i + 1] - at[i]);
    return 1e-3 * w->foot_scale * (mm[i] + f * (mm[i + 1] - mm[i]));
}

/* Coefficients of the targets, by sums over equal steps of the cycle. */
static void project_targets(genu_walk *w, frame *f)
{
    for (int k = 0; k < N_SAMPLE; k++) {
        f->t = w->period * k / N_SAMPLE;
        walk_basis(w, f);
        walk_targets(w, f);
        for (int i = 0; i < N_COORD; i++) {
            int left = i >= TRUNK_END + LEG;
            if (w->symmetric && left)
                continue;
            const group *g = &f->group[i];
            const block *b = &w->block[g->block];
            double y = f->target[i];
            if (i >= BACK_TILT && i < TRUNK_END)
                y -= f->target[i - BACK_TILT];
            for (int c = 0; c < b->n; c++) {
                double share = b->first == 0 && c == 0 ? 1 : 2;
                w->x[b->start + c] += share / N_SAMPLE * y * g->B[0][c];
            }
        }
    }
}

/* Height of the pelvis and footprints, from the foot in the middle of stance. */
static void place_feet(genu_walk *w, frame *f)
{
    double z[N_LOCAL];
    genu_data *d = w->data[0];
    for (int side = 0; side < 2; side++) {
        f->t = w->period * (0.2 + 0.5 * side);
        walk_basis(w, f);
        walk_locals(w, f, w->x, z);
        walk_pose(w, d, z);
        genu_skeleton_position(w->m, d);
        v3 heel = walk_point(w, d, side, HEEL), ball = walk_point(w, d, side, BALL);
        if (side == 0)
            w->x[w->block[w->coord_block[TY]].start] = -0.5 * (heel.y + ball.y);
        double *x[N_PRINT];
        for (int v = 0; v < N_PRINT; v++)
            x[v] = &w->x[w->block[w->print_block[side][v]].start];
        if (side == 1 && w->symmetric)
            continue;
        *x[F_X] = heel.x - w->mark[HEEL].x - side * 0.5 * w->stride;
        *x[F_Z] = 0.5 * w->set.step_width;
        *x[F_YAW] = -w->set.toe_out;
    }
}

static void start_reaction(genu_walk *w, int side)
{
    double *x[N_REACTION];
    for (int v = 0; v < N_REACTION; v++)
        x[v] = w->x + w->block[w->reaction_block[side][v]].start;
    const int n_span = N_SPLINE - 3;
    for (int i = 0; i < N_SPLINE; i++) {
        // a coefficient acts about the mean of its three inner knots
        double at = 0;
        for (int k = 1; k <= 3; k++)
            at += fmin(fmax(i + k - 3, 0), n_span) / (3.0 * n_span);
        double c = at * w->ph.off;
        double up = genu_harmonics_value(&w->norms.mean[GENU_NORM_GRF_UP], c);
        double forward = genu_harmonics_value(&w->norms.mean[GENU_NORM_GRF_FORWARD], c);
        if (i > 0 && i < N_SPLINE - 1)
            x[G_N][i - 1] = w->weight * fmax(up, 0.02);
        x[G_X][i] = walk_roll(w, at);
        x[G_Z][i] = 3e-3;
        x[G_FX][i] = up > 0.1 ? fmin(fmax(forward / up, -0.3), 0.3) : 0;
    }
}

/** First guess of all unknowns. */
void walk_start(genu_walk *w)
{
    frame *f = &w->frame[w->set.n_frame + 8];
    memset(w->x, 0, (size_t)w->n * sizeof *w->x);
    project_targets(w, f);
    place_feet(w, f);
    for (int side = 0; side < 2; side++)
        start_reaction(w, side);
}
