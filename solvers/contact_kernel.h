/* contact_kernel.h - what contact loads of eight scenarios side by side are made with.
 *
 * Depends on: solvers/frames.h, solvers/sharing.h
 */
#ifndef GENU_SOLVERS_CONTACT_KERNEL_H
#define GENU_SOLVERS_CONTACT_KERNEL_H

#include "solvers/frames.h"
#include "solvers/sharing.h"

/* sum (GENU_N_CONTACT x 8) += the sum over n muscles of column (n x GENU_N_CONTACT) times force
 * (n x 8); force and sum on 64-byte boundaries. */
typedef void genu_contact_kernel(int n, const double *column, const double *force, double *sum);
genu_contact_kernel genu_contact_kernel_baseline, genu_contact_kernel_v3, genu_contact_kernel_v4;

#endif
