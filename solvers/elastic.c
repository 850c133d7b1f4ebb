#include "solvers/elastic.h"

#include <math.h>

genu_status genu_elastic_force(const genu_hill *h, double a, double length, double speed,
                               double *force)
{
    genu_hill_state s;
    genu_status status = genu_hill_equilibrium(h, a, length, speed, &s);
    *force = a * s.active + s.passive;
    return status;
}

genu_status genu_elastic_tangent(const genu_hill *h, double a, double length, double speed,
                                 double *slope, double *intercept)
{
    // forces are solved to some 1e-12; the slope's error does not move where the iteration ends
    const double step = 1e-4;
    double lo = fmax(a - step, 0), hi = fmin(a + step, 1), below, above, at;
    genu_status s = genu_elastic_force(h, lo, length, speed, &below);
    if (s == GENU_OK)
        s = genu_elastic_force(h, hi, length, speed, &above);
    if (s == GENU_OK)
        s = genu_elastic_force(h, a, length, speed, &at);
    if (s != GENU_OK)
        return s;
    *slope = fmax((above - below) / (hi - lo), 0);
    *intercept = at - *slope * a;
    return GENU_OK;
}
