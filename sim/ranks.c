#include "sim/ranks.h"

#ifdef GENU_MPI

#include <mpi.h>
#include <stdlib.h>
#include <time.h>

enum { TAG_ASK = 1, TAG_ANSWER };
enum { LEAVE = 0 }; /* a word to rank 0; else the number of blocks that are wanted */

static void leave(void)
{
    int over = 0;
    MPI_Finalized(&over);
    if (!over)
        MPI_Finalize();
}

void genu_ranks_start(void)
{
    int started = 0, provided;
    MPI_Initialized(&started);
    if (started)
        return;
    // one thread at a time calls MPI, but not always the same
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    atexit(leave);
}

static int is_on(void)
{
    int started = 0, over = 0;
    MPI_Initialized(&started);
    MPI_Finalized(&over);
    return started && !over;
}

int genu_ranks_rank(void)
{
    int rank = 0;
    if (is_on())
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

int genu_ranks_count(void)
{
    int count = 1;
    if (is_on())
        MPI_Comm_size(MPI_COMM_WORLD, &count);
    return count;
}

/* Most of MPI waits at full speed; who waits for others to compute must leave them the core. */
static void nap(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
}

static void wait_for(MPI_Request *request)
{
    int done = 0;
    while (MPI_Test(request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && !done)
        nap();
}

int genu_ranks_largest(int mine)
{
    int largest = mine;
    MPI_Request request;
    if (genu_ranks_count() == 1)
        return mine;
    MPI_Iallreduce(&mine, &largest, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD, &request);
    wait_for(&request);
    return largest;
}

genu_run genu_ranks_ask(int most)
{
    int answer[2] = { 0 };
    MPI_Request request;
    MPI_Irecv(answer, 2, MPI_INT, 0, TAG_ANSWER, MPI_COMM_WORLD, &request);
    MPI_Send(&most, 1, MPI_INT, 0, TAG_ASK, MPI_COMM_WORLD);
    wait_for(&request);
    return (genu_run){ answer[0], answer[1] };
}

void genu_ranks_leave(void)
{
    int bye = LEAVE;
    MPI_Send(&bye, 1, MPI_INT, 0, TAG_ASK, MPI_COMM_WORLD);
}

void genu_ranks_serve(genu_run (*take)(void *, int), void *context)
{
    for (int left = genu_ranks_count() - 1; left > 0;) {
        int word, here = 0;
        genu_run run = { 0 };
        MPI_Status from;
        MPI_Iprobe(MPI_ANY_SOURCE, TAG_ASK, MPI_COMM_WORLD, &here, &from);
        if (!here) {
            nap();
            continue;
        }
        MPI_Recv(&word, 1, MPI_INT, from.MPI_SOURCE, TAG_ASK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (word != LEAVE) {
            run = take(context, word);
            MPI_Send((int[]){ run.first, run.n }, 2, MPI_INT, from.MPI_SOURCE, TAG_ANSWER,
                     MPI_COMM_WORLD);
        }
        left -= run.n == 0;
    }
}

#else

void genu_ranks_start(void)
{
}

int genu_ranks_rank(void)
{
    return 0;
}

int genu_ranks_count(void)
{
    return 1;
}

int genu_ranks_largest(int mine)
{
    return mine;
}

genu_run genu_ranks_ask(int most)
{
    (void)most;
    return (genu_run){ 0 };
}

void genu_ranks_leave(void)
{
}

void genu_ranks_serve(genu_run (*take)(void *, int), void *context)
{
    (void)take, (void)context;
}

#endif
