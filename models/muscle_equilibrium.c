/* Elastic tendon in static balance with its fibre:
 *
 *   (a fL(l) fV + fPE(l)) cos(alpha) = fT((L - along) / Ls),   l^2 = along^2 + width^2
 *
 * The unknown is `along`, the fibre's length along the tendon; the right side falls with it and is
 * 0 at along = L - Ls, so the root has a bracket. OpenSim solves the same equation for l
 * (Millard2012EquilibriumMuscle::estimateMuscleFiberState, Thelen2003Muscle::initMuscleState). */
#include "models/muscle_private.h"

#include <math.h>

typedef struct balance {
    const genu_hill *h;
    genu_pennate p;
    double activation, length, fv;
    // at the last length looked at, all in F0: forces along the tendon, stiffnesses per m along it
    double fiber, cosine, muscle, tendon, k_muscle, k_tendon;
} balance;

/* Muscle force less tendon force at this fibre length along the tendon (m), in F0. */
static double unbalanced(balance *b, double along)
{
    const genu_hill *h = b->h;
    double l_opt = h->l_opt, w = b->p.width, d_fl, d_fpe, d_ft;
    b->fiber = sqrt(w * w + along * along);
    b->cosine = w > 0 ? along / b->fiber : 1;
    double l = b->fiber / l_opt;
    double f = b->activation * b->fv * genu_hill_active(h, l, &d_fl);
    double df = b->activation * b->fv * d_fl;
    f += genu_hill_passive(h, l, &d_fpe);
    df += d_fpe;
    b->muscle = f * b->cosine;
    // d(f cos)/d(along), with d(fiber)/d(along) = cos and d(cos)/d(along) = width^2 / fiber^3
    b->k_muscle = df / l_opt * b->cosine * b->cosine;
    if (w > 0)
        b->k_muscle += f * w * w / (b->fiber * b->fiber * b->fiber);
    b->tendon = genu_hill_tendon(h, (b->length - along) / h->l_slack, &d_ft);
    b->k_tendon = d_ft / h->l_slack;
    return b->muscle - b->tendon;
}

/* Newton's method inside [lo, hi], where the sign changes from - to +; halves the bracket when a
 * step would leave it. Starts at a tendon strain of 1 %, as OpenSim, so that of several roots the
 * same is found. Returns 0 when 100 steps were not enough. */
static int solve(balance *b, double lo, double hi, double *along)
{
    double x = fmin(fmax(b->length - 1.01 * b->h->l_slack, lo), hi);
    for (int i = 0; i < 100; i++) {
        double r = unbalanced(b, x);
        *along = x;
        if (r == 0)
            return 1;
        if (r < 0)
            lo = x;
        else
            hi = x;
        double next = x - r / (b->k_muscle + b->k_tendon);
        if (!(next > lo && next < hi))
            next = 0.5 * (lo + hi);
        if (fabs(next - x) <= 1e-15 * b->length)
            return 1;
        x = next;
    }
    return 0;
}

/* Fibre velocity in v_max when the path's speed (m/s) is shared as by two springs in series, fibre
 * and tendon (Thelen2003Muscle.cpp:715); a slack tendon takes all of it. */
static double shared_velocity(const balance *b, double along, double speed)
{
    const genu_hill *h = b->h;
    double sum = b->k_muscle + b->k_tendon;
    if (!(b->length - along > h->l_slack) || fabs(sum) * h->f_max <= 1e-13)
        return 0;
    return speed * (b->k_tendon / sum) * b->cosine / (h->v_max * h->l_opt);
}

/* The velocity, in v_max, at which Thelen's fV is f: eq. 6 and 7 as in the paper, see
 * genu_thelen_velocity. */
static double thelen_inverse(const genu_hill *h, double f, double activation)
{
    double af = h->thelen.af, top = h->thelen.flen, rate = 0.25 + 0.75 * activation;
    if (f <= 1)
        return rate * (f - 1) / (1 + f / af);
    double c = (2 + 2 / af) / (top - 1), f1 = fmin(f, h->thelen.fv_linear_extrap * top);
    double w = (f1 - 1) / (c * (top - f1)), b = 1 + c * w;
    return rate * (w + (f - f1) * b * b / (c * (top - 1)));
}

/* Thelen's fV belongs to a velocity that belongs to the stiffnesses at the root, which moves with
 * fV: repeat until fV stands still. Once both are known it is kept between a value that was too
 * small and one that was too large. The stiffness of fPE jumps at l = 1; where that leaves no fV
 * that fits (OpenSim gives up there, and keeps the default fibre length) the bracket closes on the
 * jump: the forces balance, and the velocity lies between those of its two sides. */
static int solve_shared(balance *b, double lo, double hi, double speed, double *along, double *v)
{
    double small = -INFINITY, large = INFINITY;
    for (int i = 0; i < 200; i++) {
        if (!solve(b, lo, hi, along))
            return 0;
        *v = shared_velocity(b, *along, speed);
        double fv = genu_thelen_velocity(b->h, *v, b->activation, NULL);
        if (fabs(fv - b->fv) <= 1e-12)
            return 1;
        if (fv > b->fv)
            small = b->fv;
        else
            large = b->fv;
        if (large - small <= 1e-12) {
            *v = thelen_inverse(b->h, b->fv, b->activation);
            return 1;
        }
        int inside = fv > small && fv < large && i < 20;
        b->fv = inside || !isfinite(small + large) ? fv : 0.5 * (small + large);
    }
    return 0;
}

/* No elasticity to balance: a rigid tendon, or none. */
static void without_tendon(const genu_hill *h, double activation, double length, double speed,
                           genu_hill_state *out)
{
    int thelen = h->kind == GENU_HILL_THELEN;
    genu_hill_rigid(h, GENU_MODE_GENU, length, thelen ? speed : 0, out);
    if (thelen && out->active > 0)
        out->active = h->f_max * genu_hill_active(h, out->l, NULL) * out->cos_pennation *
                      genu_thelen_velocity(h, out->v, activation, NULL);
}

static void fill(const balance *b, double v, genu_hill_state *out)
{
    double l = b->fiber / b->h->l_opt, f = b->h->f_max * b->cosine;
    *out = (genu_hill_state){ .l = l,
                              .v = v,
                              .cos_pennation = b->cosine,
                              .active = f * b->fv * genu_hill_active(b->h, l, NULL),
                              .passive = f * genu_hill_passive(b->h, l, NULL) };
}

genu_status genu_hill_equilibrium(const genu_hill *h, double activation, double length,
                                  double speed, genu_hill_state *out)
{
    *out = (genu_hill_state){ 0 };
    if (!(activation >= 0 && activation <= 1) || !isfinite(length) || !isfinite(speed))
        return GENU_E_RANGE;
    if (h->l_slack <= 0 || (h->kind == GENU_HILL_MILLARD && h->millard.rigid_tendon)) {
        without_tendon(h, activation, length, speed, out);
        return GENU_OK;
    }

    // at the shortest fibre the tendon must pull more than the muscle, or there is no balance
    balance b = {
        .h = h, .p = genu_hill_pennate(h), .activation = activation, .length = length, .fv = 1
    };
    double lo = b.p.lowest * genu_pennate_cos(&b.p, b.p.lowest), hi = length - h->l_slack;
    if (hi <= lo || unbalanced(&b, lo) >= 0) {
        double strain = (length - lo) / h->l_slack;
        *out = (genu_hill_state){ .l = b.p.lowest / h->l_opt,
                                  .cos_pennation = genu_pennate_cos(&b.p, b.p.lowest),
                                  .passive = h->f_max * genu_hill_tendon(h, strain, NULL),
                                  .at_minimum = 1 };
        return GENU_OK;
    }
    double along, v = 0;
    int done = h->kind == GENU_HILL_THELEN ? solve_shared(&b, lo, hi, speed, &along, &v)
                                           : solve(&b, lo, hi, &along);
    fill(&b, v, out);
    return done && isfinite(out->active) && isfinite(v) ? GENU_OK : GENU_E_NOT_CONVERGED;
}
