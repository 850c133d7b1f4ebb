/* The walk at any time, closed: what the fit left over is given to the feet. */
#include "solvers/walk_private.h"

#include <math.h>

double genu_walk_period(const genu_walk *w)
{
    return w->period;
}

double genu_walk_stride(const genu_walk *w)
{
    return w->stride;
}

double genu_walk_strike(const genu_walk *w, genu_side side)
{
    return side == GENU_LEFT ? 0.5 * w->period : 0;
}

double genu_walk_off(const genu_walk *w, genu_side side)
{
    return genu_walk_strike(w, side) + w->ph.off * w->period;
}

int genu_walk_foot_body(const genu_walk *w, genu_side side)
{
    return w->leg[side].foot;
}

const genu_norms *genu_walk_norms(const genu_walk *w)
{
    return &w->norms;
}

/** Sum of all bodies' mass times acceleration less gravity, about the ground origin. */
static sp6 needed(const genu_walk *w, genu_data *d)
{
    genu_skeleton_position(w->m, d);
    genu_skeleton_velocity(w->m, d);
    genu_skeleton_acceleration(w->m, d);
    sp6 sum = sp6_zero();
    for (int b = 1; b < w->m->n_body; b++)
        sum = sp6_add(sum, genu_skeleton_inertial(w->m, d, b));
    return sum;
}

/* Give `missing` to the feet by their share of the normal force: the force at the centre of
 * pressure, the moment by moving that centre and turning about the vertical. */
static void close_feet(sp6 missing, genu_walk_foot *foot)
{
    double total = foot[0].force.y + foot[1].force.y;
    v3 moment = missing.w;
    for (int side = 0; side < 2; side++)
        moment =
            v3_axpy(-foot[side].force.y / total, v3_cross(foot[side].center, missing.v), moment);
    for (int side = 0; side < 2; side++) {
        genu_walk_foot *f = &foot[side];
        double share = f->force.y / total;
        if (share == 0)
            continue;
        f->force = v3_axpy(share, missing.v, f->force);
        v3 M = v3_scale(share, moment);
        // delta x force takes up the moment about the horizontal axes
        double dz = -M.x / f->force.y, dx = M.z / f->force.y;
        f->center.x += dx;
        f->center.z += dz;
        f->free += M.y - (dz * f->force.x - dx * f->force.z);
    }
}

void genu_walk_frame(const genu_walk *w, double t, genu_data *d, sp6 *wrench, genu_walk_foot *foot)
{
    double cycles = floor(t / w->period + 1e-9);
    frame f = { .t = t - cycles * w->period };
    double z[N_LOCAL];
    v3 ahead = { cycles * w->stride, 0, 0 };
    walk_basis(w, &f);
    walk_locals(w, &f, w->x, z);
    genu_walk_foot here[2] = { 0 };
    sp6 missing;
    walk_pose(w, d, z);
    missing = needed(w, d);
    for (int side = 0; side < 2; side++) {
        const double *g = z + AT_G + side * N_REACTION, *print = z + AT_F + side * N_PRINT;
        const foot_time *ft = &f.foot[side];
        here[side].on = ft->on;
        here[side].stance = ft->stance;
        if (!ft->on)
            continue;
        double s = side == GENU_RIGHT ? 1 : -1;
        sp6 W = walk_wrench(side, ft, g, print);
        here[side].force = W.v;
        here[side].center = walk_center(side, ft, g, print);
        here[side].free = s * g[G_N] * g[G_T];
        missing = sp6_sub(missing, W);
    }
    close_feet(missing, here);
    d->q[w->coord[TX]] += ahead.x;
    genu_skeleton_couple(w->m, d);
    for (int side = 0; side < 2; side++) {
        const double *print = z + AT_F + side * N_PRINT;
        v3 in = walk_in_print(side, &f.foot[side], print, here[side].center);
        here[side].center_x = in.x;
        here[side].center_z = in.z;
        here[side].center = v3_add(here[side].center, ahead);
        if (wrench) {
            wrench[side] = sp6_force_at(here[side].center, here[side].force);
            wrench[side].w.y += here[side].free;
        }
        if (foot)
            foot[side] = here[side];
    }
}
