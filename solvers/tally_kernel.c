/* tally_kernel.c - one frame of a tally, in the lanes of vector registers.
 *
 * Compiled once per instruction set, as sharing_kernel.c.
 */
#include "solvers/tally.h"
#include "solvers/vector.h"

#ifndef GENU_TALLY_KERNEL
#define GENU_TALLY_KERNEL genu_tally_add_baseline
#endif

INLINE vd get(const double *x, int place)
{
    return *(const vd *)(x + place);
}

INLINE void put(double *x, int place, vd value)
{
    *(vd *)(x + place) = value;
}

INLINE vd size_of(const double *contact, int row, int place)
{
    vd x = get(contact + row * GENU_BLOCK, place), y = get(contact + (row + 1) * GENU_BLOCK, place),
       z = get(contact + (row + 2) * GENU_BLOCK, place);
    return v_sqrt(x * x + y * y + z * z);
}

/* As genu_plateau_share. */
INLINE void share(genu_tally *t, const double *contact, int place)
{
    const double *force = contact + GENU_CONTACT_KNEE_FORCE * GENU_BLOCK;
    vd half = get(t->half_spacing, place), zero = { 0 };
    vd N = -get(force + GENU_BLOCK, place);
    vd M = t->sign *
           (get(contact + GENU_CONTACT_KNEE_MOMENT * GENU_BLOCK, place) +
            get(t->up, place) * get(force + 2 * GENU_BLOCK, place) + get(t->aside, place) * N);
    vm apart = v_at_most(N, zero);
    vd lateral = 0.5 * (N + M / half), medial = N - lateral;
    vm off_lateral = v_less(lateral, zero), off_medial = v_less(medial, zero);
    vd soft = v_pick(off_lateral, M + half * N, v_pick(off_medial, M - half * N, zero));
    lateral = v_pick(off_lateral, zero, v_pick(off_medial, N, lateral));
    medial = v_pick(off_lateral, N, v_pick(off_medial, zero, medial));
    put(t->value[GENU_LOAD_COMPRESSION], place, N);
    put(t->value[GENU_LOAD_FRONTAL_MOMENT], place, M);
    put(t->value[GENU_LOAD_LATERAL], place, v_pick(apart, zero, lateral));
    put(t->value[GENU_LOAD_MEDIAL], place, v_pick(apart, zero, medial));
    put(t->value[GENU_LOAD_SOFT_TISSUE], place, v_pick(apart, M, soft));
}

INLINE void raise(double *peak, vd x, int place)
{
    vd most = get(peak, place);
    put(peak, place, v_pick(v_less(most, x), x, most)); // a NAN is left out
}

void GENU_TALLY_KERNEL(genu_tally *t, int n_place, int k, int half, double weight,
                       const double *contact, const double *saturated)
{
    for (int place = 0; place < n_place; place += WIDTH) {
        share(t, contact, place);
        put(t->value[GENU_LOAD_KNEE], place, size_of(contact, GENU_CONTACT_KNEE_FORCE, place));
        put(t->value[GENU_LOAD_PATELLA], place, size_of(contact, GENU_CONTACT_PATELLA, place));
        put(t->value[GENU_LOAD_HIP], place, size_of(contact, GENU_CONTACT_HIP, place));
        put(t->value[GENU_LOAD_ANKLE], place, size_of(contact, GENU_CONTACT_ANKLE, place));
        vm higher =
            v_less(get(t->peak[0][GENU_LOAD_KNEE], place), get(t->value[GENU_LOAD_KNEE], place));
        put(t->saturated, place, v_pick(higher, get(saturated, place), get(t->saturated, place)));
    }
    for (int l = 0; l < GENU_N_LOAD; l++)
        for (int place = 0; place < n_place; place += WIDTH) {
            vd x = get(t->value[l], place), most = get(t->peak[0][l], place);
            vm higher = v_less(most, x);
            put(t->peak[0][l], place, v_pick(higher, x, most));
            put(t->peak_frame[l], place, v_pick(higher, v_spread(k), get(t->peak_frame[l], place)));
            if (half & 1)
                raise(t->peak[1][l], x, place);
            if (half & 2)
                raise(t->peak[2][l], x, place);
            if (weight != 0) // a frame outside stance does not spoil it
                put(t->impulse[l], place, get(t->impulse[l], place) + weight * x);
        }
}
