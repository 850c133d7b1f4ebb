/* contact_kernel.c - contact loads of eight scenarios of one frame, in the lanes of vector registers.
 *
 * Compiled once per instruction set, as sharing_kernel.c.
 */
#include "solvers/contact_kernel.h"
#include "solvers/vector.h"

enum { LANES = GENU_SHARING_LANES, ROWS = GENU_N_CONTACT };

#ifndef GENU_CONTACT_KERNEL
#define GENU_CONTACT_KERNEL genu_contact_kernel_baseline
#endif

void GENU_CONTACT_KERNEL(int n, const double *column, const double *force, double *sum)
{
    for (int part = 0; part < LANES / WIDTH; part++) {
        vd rows[ROWS];
        for (int r = 0; r < ROWS; r++)
            rows[r] = *((const vd *)(sum + r * LANES) + part);
        for (int i = 0; i < n; i++) {
            vd f = *((const vd *)(force + i * LANES) + part);
            for (int r = 0; r < ROWS; r++)
                rows[r] += column[i * ROWS + r] * f;
        }
        for (int r = 0; r < ROWS; r++)
            *((vd *)(sum + r * LANES) + part) = rows[r];
    }
}
