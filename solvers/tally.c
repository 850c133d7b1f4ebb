#include "solvers/tally.h"

genu_tally_kernel *genu_tally_add(const genu_plan *plan)
{
#ifdef GENU_SHARING_X86
    if (genu_plan_level(plan) == GENU_SHARING_V3)
        return genu_tally_add_v3;
    if (genu_plan_level(plan) == GENU_SHARING_V4)
        return genu_tally_add_v4;
#endif
    (void)plan;
    return genu_tally_add_baseline;
}

void genu_tally_begin(genu_tally *t, genu_side side)
{
    t->sign = side == GENU_RIGHT ? 1 : -1;
    for (int l = 0; l < GENU_N_LOAD; l++)
        for (int s = 0; s < GENU_BLOCK; s++) {
            for (int half = 0; half < 3; half++)
                t->peak[half][l][s] = -INFINITY;
            t->peak_frame[l][s] = -1;
            t->impulse[l][s] = 0;
        }
    for (int s = 0; s < GENU_BLOCK; s++)
        t->saturated[s] = 0;
}

void genu_tally_plateau(genu_tally *t, int place, const genu_plateau *p, const genu_plateau *about)
{
    genu_side side = t->sign > 0 ? GENU_RIGHT : GENU_LEFT;
    v3 from = v3_sub(genu_plateau_center(about, side), genu_plateau_center(p, side));
    t->half_spacing[place] = 0.5 * p->spacing;
    t->up[place] = from.y;
    t->aside[place] = from.z;
}
