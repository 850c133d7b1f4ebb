/* contact_kernel.h - what eight scenarios of one frame, solved side by side, do to contacts and reserves.
 *
 * Depends on: solvers/frames.h, solvers/sharing.h
 */
#ifndef GENU_SOLVERS_CONTACT_KERNEL_H
#define GENU_SOLVERS_CONTACT_KERNEL_H

#include "solvers/frames.h"
#include "solvers/sharing.h"

/* Muscles that press on one contact of one side. */
typedef struct genu_contact_part {
    int row, n_row;    /* rows of genu_frames_contact: 3 or 6                             */
    int side, n;       /* index of the side; muscles                                      */
    const int *muscle; /* n: number within the group                                      */
} genu_contact_part;

/* All arrays of lanes have eight in a row and begin on 64-byte boundaries; those marked * are columns of
 * rows that are `stride` apart. */
typedef struct genu_contact_lanes {
    int n, m, k, n_side; /* muscles, coordinates, reserves, sides */
    size_t stride;
    const double *strength, *a, *x; /* n x 8, n x 8, k x 8 */
    /* n: force = active a + passive, N at strength 1; NULL: force is given */
    const double *active, *passive;
    double *force;        /* n x 8, N */
    const double *column; /* n_side x n x GENU_N_CONTACT */
    const genu_contact_part *part;
    int n_part;
    /* n_side x GENU_N_CONTACT, n_side: what contact and saturated begin with; NULL: with what is there */
    const double *contact0, *saturated0;
    double *contact;       /* n_side x GENU_N_CONTACT *: what the forces do is added */
    const int *side;       /* n: index of each muscle's side, -1: none */
    const double *full;    /* n: activations from here on are at their upper bound */
    double *saturated;     /* n_side *: their number is added */
    const int *reserve_on; /* k: coordinate within the group, ascending */
    const double *rho;     /* k */
    double *reserve;       /* m x 8: moments of the reserves */
    const int *coord;      /* m: row of each in `most` */
    double *most;          /* *: largest |reserve| so far */
} genu_contact_lanes;

typedef void genu_contact_kernel(const genu_contact_lanes *l);
genu_contact_kernel genu_contact_kernel_baseline, genu_contact_kernel_v3, genu_contact_kernel_v4;

#endif
