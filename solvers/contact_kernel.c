/* contact_kernel.c - contacts of eight scenarios of one frame, in the lanes of vector registers.
 *
 * Compiled once per instruction set, as sharing_kernel.c.
 */
#include "solvers/contact_kernel.h"
#include "solvers/vector.h"

enum { LANES = GENU_SHARING_LANES, ROWS = GENU_N_CONTACT };

#ifndef GENU_CONTACT_KERNEL
#define GENU_CONTACT_KERNEL genu_contact_kernel_baseline
#endif

INLINE vd get(const double *x, int i)
{
    return *(const vd *)(x + (size_t)i * LANES);
}

INLINE vd *at(double *x, int i)
{
    return (vd *)(x + (size_t)i * LANES);
}

/* Count the activation of muscle i where it is full. */
INLINE void count_full(const genu_contact_lanes *l, int i, vd a, double full, int first)
{
    vm is_full = v_at_most(v_spread(full), a);
    if (!v_any(is_full) || l->side[i] < 0) // few are
        return;
    vd *to = (vd *)(l->saturated + (size_t)l->side[i] * l->stride + first);
    *to += v_pick(is_full, v_spread(1), (vd){ 0 });
}

static void take_forces(const genu_contact_lanes *l, int first)
{
    const double *active = l->active, *passive = l->passive, *full = l->full;
    const double *strength = l->strength + first, *all = l->a + first;
    double *force = l->force + first;
    for (int i = 0, n = l->n; i < n && active; i++) {
        vd a = get(all, i);
        *at(force, i) = get(strength, i) * (a * active[i] + passive[i]);
        count_full(l, i, a, full[i], first);
    }
    for (int i = 0, n = l->n; i < n && !active; i++)
        count_full(l, i, get(all, i), full[i], first);
}

/* What the contacts are without these muscles. */
static void start(const genu_contact_lanes *l, int first)
{
    double *to = l->contact + first;
    for (int r = 0, n = l->n_side * ROWS; r < n; r++, to += l->stride)
        *(vd *)to = v_spread(l->contact0[r]);
    to = l->saturated + first;
    for (int side = 0; side < l->n_side; side++, to += l->stride)
        *(vd *)to = v_spread(l->saturated0[side]);
}

/* Rows whose number the compiler knows stand in registers. */
INLINE void press(const genu_contact_lanes *l, const genu_contact_part *p, const int n_row,
                  int first)
{
    vd sum[6];
    const double *column = l->column + (size_t)(p->side * l->n) * ROWS + p->row;
    const double *force = l->force + first;
    const int *muscle = p->muscle;
    double *to = l->contact + (size_t)(p->side * ROWS + p->row) * l->stride + first;
    for (int r = 0; r < n_row; r++)
        sum[r] = *(vd *)(to + (size_t)r * l->stride);
    for (int i = 0, n = p->n; i < n; i++) {
        const double *own = column + (size_t)muscle[i] * ROWS;
        vd f = get(force, muscle[i]);
        for (int r = 0; r < n_row; r++)
            sum[r] += own[r] * f;
    }
    for (int r = 0; r < n_row; r++)
        *(vd *)(to + (size_t)r * l->stride) = sum[r];
}

static void take_reserves(const genu_contact_lanes *l, int first)
{
    for (int j = 0, r = 0; j < l->m; j++) {
        vd sum = { 0 };
        for (; r < l->k && l->reserve_on[r] == j; r++) // which come in the order of coordinates
            sum += l->rho[r] * get(l->x + first, r);
        *at(l->reserve + first, j) = sum;
        vd *most = (vd *)(l->most + (size_t)l->coord[j] * l->stride + first),
           size = v_absolute(sum);
        *most = v_pick(v_at_most(size, *most), *most, size); // from NAN on
    }
}

void GENU_CONTACT_KERNEL(const genu_contact_lanes *l)
{
    for (int first = 0; first < LANES; first += WIDTH) {
        if (l->contact0)
            start(l, first);
        take_forces(l, first);
        for (int i = 0; i < l->n_part; i++)
            if (l->part[i].n_row == 6)
                press(l, &l->part[i], 6, first);
            else
                press(l, &l->part[i], 3, first);
        take_reserves(l, first);
    }
}
