/* peak.c - what the machine can do at most: independent multiplications and additions in registers.
 * Built once per instruction set, like the kernels. */
#include "bench/peak.h"

#include "solvers/vector.h"

enum { CHAINS = 12 }; /* enough chains to hide the latency of one */

#ifndef BENCH_PEAK
#define BENCH_PEAK bench_peak_baseline
#endif

double BENCH_PEAK(long n, double *sink)
{
    vd x[CHAINS], a = (vd){ 0 } + 0.999999, b = (vd){ 0 } + 1e-9;
    for (int i = 0; i < CHAINS; i++)
        x[i] = a * (double)(i + 1);
    for (long k = 0; k < n; k++)
        for (int i = 0; i < CHAINS; i++)
            x[i] = x[i] * a + b;
    for (int i = 0; i < CHAINS; i++)
        for (int l = 0; l < WIDTH; l++)
            *sink += x[i][l];
    return 2.0 * (double)n * CHAINS * WIDTH;
}
