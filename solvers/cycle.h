/* cycle.h - one side's gait cycle and stance, and what a curve amounts to over them.
 *
 * Depends on: models/base.h
 * Memory:     plain data
 * Thread use: pure functions
 */
#ifndef GENU_SOLVERS_CYCLE_H
#define GENU_SOLVERS_CYCLE_H

#include "models/base.h"

/* Times in s; NAN where the record does not hold the event. */
typedef struct genu_cycle {
    double strike, off, next; /* foot strike, toe-off, next strike of the same foot           */
    int periodic;             /* 1: the record is one period next - strike long and repeats   */
} genu_cycle;

/** A cycle of which nothing is known. */
genu_cycle genu_cycle_missing(void);

/** The first whole cycle (strike, off, strike) inside [first, last], or, where there is none, the
 *  first whole stance, or a missing one. strike (n_strike) and off (n_off) rise. */
genu_cycle genu_cycle_find(int n_strike, const double *strike, int n_off, const double *off,
                           double first, double last);

/** Percent of the cycle at time t, [0, 100]; NAN outside, or where there is no whole cycle. */
double genu_cycle_percent(const genu_cycle *c, double t);

/** Fraction of stance at time t, [0, 1]; NAN in swing, outside, or where there is no stance. */
double genu_cycle_stance(const genu_cycle *c, double t);

/** 1: frames from first to last (s) cover the whole stance; a periodic record does wherever it has
 * a stance. */
int genu_cycle_holds_stance(const genu_cycle *c, double first, double last);

/* What one curve amounts to; units are the curve's, times s for the impulse. */
typedef struct genu_curve_summary {
    double peak, peak_time; /* over all frames, and when (s)                                  */
    int peak_frame;         /* its index, -1: no finite value                                 */
    double peak1, peak2; /* largest in the first and second half of stance; NAN: no whole stance */
    int peak1_frame,
        peak2_frame; /* their indices, -1: none                                       */
    double impulse;  /* integral over stance; NAN: no whole stance */
} genu_curve_summary;

/* How curves over the same frames are summed up, made ready once. */
typedef struct genu_cycle_rule {
    int n;
    const double *time; /* n, s                                                                 */
    double *weight;     /* n: of each frame in the impulse, s; NAN where there is no whole stance */
    int *half;          /* n: sum of 1 in the first half of stance, 2 in the second              */
} genu_cycle_rule;

/** For n frames at the times time (n, rising). weight (n) and half (n) are the caller's, and they and time
 *  must outlive the rule. */
genu_cycle_rule genu_cycle_rule_make(const genu_cycle *c, int n, const double *time, double *weight,
                                     int *half);

/** curve (n). NaN frames are left out of the peaks; inside stance they spoil the impulse. */
genu_curve_summary genu_cycle_apply(const genu_cycle_rule *rule, const double *curve);

#endif
