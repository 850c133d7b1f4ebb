/* ranks.h - the processes that work on one sweep, started by mpirun or a scheduler.
 *
 * Without the build option GENU_MPI there is one rank, 0, and nothing here does anything.
 *
 * Method:     rank 0 hands out blocks by messages as the others ask for them; one more thread of
 *             its own answers, so that it computes, too
 * Depends on: MPI when built with GENU_MPI
 * Thread use: genu_ranks_ask by one thread of a rank at a time, genu_ranks_serve by one thread of
 *             rank 0 while no other uses this module
 */
#ifndef GENU_SIM_RANKS_H
#define GENU_SIM_RANKS_H

/** Join the other processes; again and again is the same as once. The end of the program leaves. */
void genu_ranks_start(void);

int genu_ranks_rank(void);  /* 0 to count - 1 */
int genu_ranks_count(void); /* 1 without MPI  */

/** Wait for all ranks, and learn the largest of their numbers. */
int genu_ranks_largest(int mine);

/* Blocks first to first + n - 1; n = 0: none. */
typedef struct genu_run {
    int first, n;
} genu_run;

/** Ask rank 0 for blocks, at most so many (>= 1); none when there are none left. Not on rank 0. */
genu_run genu_ranks_ask(int most);

/** Of a rank that asks no more though it was not answered with none. Not on rank 0. */
void genu_ranks_leave(void);

/** Answer genu_ranks_ask(most) with take(context, most) until all others were answered with none or have left.
 *  Only on rank 0. */
void genu_ranks_serve(genu_run (*take)(void *, int), void *context);

#endif
