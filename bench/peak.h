/* peak.h - floating-point operations at full speed. */
#ifndef GENU_BENCH_PEAK_H
#define GENU_BENCH_PEAK_H

/** Do n rounds of multiply and add; the number of operations. sink keeps the result alive. */
typedef double bench_peak(long n, double *sink);
bench_peak bench_peak_baseline, bench_peak_v3, bench_peak_v4;

#endif
