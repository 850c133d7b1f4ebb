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

/* Pose and ground reactions as fitted, and what they lack. */
static sp6 open_frame(const genu_walk *w, double t, genu_data *d, frame *f, double *z,
                      genu_walk_foot *foot)
{
    double cycles = floor(t / w->period + 1e-9);
    f->t = t - cycles * w->period;
    walk_basis(w, f);
    f->fixed[TX] += cycles * w->stride;
    for (int side = 0; side < 2; side++)
        f->foot[side].shift += cycles * w->stride;
    walk_locals(w, f, w->x, z);
    genu_skeleton_default(w->m, d);
    walk_pose(w, d, z);
    sp6 missing = needed(w, d);
    for (int side = 0; side < 2; side++) {
        const double *g = z + AT_G + side * N_REACTION, *print = z + AT_F + side * N_PRINT;
        const foot_time *ft = &f->foot[side];
        foot[side] = (genu_walk_foot){ .on = ft->on, .stance = ft->stance };
        if (!ft->on)
            continue;
        sp6 W = walk_wrench(side, ft, g, print);
        foot[side].force = W.v;
        foot[side].center = walk_center(side, ft, g, print);
        foot[side].free = (side == GENU_RIGHT ? 1 : -1) * g[G_N] * g[G_T];
        missing = sp6_sub(missing, W);
    }
    return missing;
}

/** What the fitted reactions lack at time t: force, and moment about the pelvis. */
sp6 walk_missing(const genu_walk *w, double t, genu_data *d)
{
    frame f;
    double z[N_LOCAL];
    genu_walk_foot foot[2];
    sp6 missing = open_frame(w, t, d, &f, z, foot);
    return (sp6){ sp6_moment_about(missing, (v3){ z[TX], z[TY], z[TZ] }), missing.v };
}

void genu_walk_frame(const genu_walk *w, double t, genu_data *d, sp6 *wrench, genu_walk_foot *foot)
{
    frame f;
    double z[N_LOCAL];
    genu_walk_foot here[2];
    close_feet(open_frame(w, t, d, &f, z, here), here);
    for (int side = 0; side < 2; side++) {
        const double *print = z + AT_F + side * N_PRINT;
        v3 in = walk_in_print(side, &f.foot[side], print, here[side].center);
        here[side].center_x = in.x;
        here[side].center_z = in.z;
        if (wrench) {
            wrench[side] = sp6_force_at(here[side].center, here[side].force);
            wrench[side].w.y += here[side].free;
        }
        if (foot)
            foot[side] = here[side];
    }
}
