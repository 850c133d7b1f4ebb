#include "solvers/cycle.h"

#include <math.h>

genu_cycle genu_cycle_missing(void)
{
    return (genu_cycle){ NAN, NAN, NAN, 0 };
}

/* The first of n rising times after t, NAN when there is none. */
static double after(int n, const double *time, double t)
{
    for (int i = 0; i < n; i++)
        if (time[i] > t)
            return time[i];
    return NAN;
}

genu_cycle genu_cycle_find(int n_strike, const double *strike, int n_off, const double *off,
                           double first, double last)
{
    genu_cycle stance = genu_cycle_missing();
    for (int i = 0; i < n_strike; i++) {
        genu_cycle c = { strike[i], after(n_off, off, strike[i]),
                         i + 1 < n_strike ? strike[i + 1] : NAN, 0 };
        int holds_stance = c.strike >= first && c.off <= last && !(c.off > c.next);
        if (holds_stance && c.next <= last)
            return c;
        if (holds_stance && isnan(stance.strike))
            stance = (genu_cycle){ c.strike, c.off, NAN, 0 };
    }
    return stance;
}

/* Time since the strike, s; NAN when t is outside what the cycle covers. */
static double since_strike(const genu_cycle *c, double t)
{
    if (!c->periodic)
        return t - c->strike;
    double period = c->next - c->strike, s = fmod(t - c->strike, period);
    return s < 0 ? s + period : s;
}

double genu_cycle_percent(const genu_cycle *c, double t)
{
    if (isnan(c->next) || isnan(c->strike))
        return NAN;
    double period = c->next - c->strike, s = since_strike(c, t);
    double slack = 1e-9 * period; // round-off of the first and last frame
    if (c->periodic && s < slack && t - c->strike > 0.5 * period)
        s = period; // the end of a cycle that began in the record
    if (s < -slack || s > period + slack)
        return NAN;
    return 100 * fmin(fmax(s / period, 0), 1);
}

double genu_cycle_stance(const genu_cycle *c, double t)
{
    if (isnan(c->off) || isnan(c->strike))
        return NAN;
    double length = c->off - c->strike, s = since_strike(c, t), slack = 1e-9 * length;
    if (s < -slack || s > length + slack)
        return NAN;
    return fmin(fmax(s / length, 0), 1);
}

int genu_cycle_holds_stance(const genu_cycle *c, double first, double last)
{
    if (isnan(c->strike) || isnan(c->off))
        return 0;
    double slack = 1e-9 * (c->off - c->strike); // round-off of the first and last frame
    return c->periodic || (c->strike >= first - slack && c->off <= last + slack);
}

/* What each of n frames counts in the integral over [a, b] of the straight lines through them, added to
 * weight; [a, b] within the record. */
static void add_weights(int n, const double *time, double a, double b, double *weight)
{
    for (int i = 0; i + 1 < n; i++) {
        double t0 = fmax(a, time[i]), t1 = fmin(b, time[i + 1]);
        if (t1 <= t0)
            continue;
        double right = (0.5 * (t0 + t1) - time[i]) / (time[i + 1] - time[i]);
        weight[i] += (1 - right) * (t1 - t0);
        weight[i + 1] += right * (t1 - t0);
    }
}

genu_cycle_rule genu_cycle_rule_make(const genu_cycle *c, int n, const double *time, double *weight,
                                     int *half)
{
    int whole = n > 0 && genu_cycle_holds_stance(c, time[0], time[n - 1]);
    double period = c->next - c->strike;
    for (int i = 0; i < n; i++) {
        double stance = whole ? genu_cycle_stance(c, time[i]) : NAN;
        half[i] = (stance <= 0.5 + 1e-9) + 2 * (stance >= 0.5 - 1e-9); // midstance belongs to both
        weight[i] = whole && n > 1 ? 0 : NAN;
    }
    if (whole && !c->periodic)
        add_weights(n, time, c->strike, c->off, weight);
    // the stance and its copies one period earlier and later, as far as the record holds them
    for (int shift = -1; whole && c->periodic && shift <= 1; shift++)
        add_weights(n, time, fmax(c->strike + shift * period, time[0]),
                    fmin(c->off + shift * period, fmin(time[n - 1], time[0] + period)), weight);
    return (genu_cycle_rule){ n, time, weight, half };
}

genu_curve_summary genu_cycle_apply(const genu_cycle_rule *rule, const double *curve)
{
    genu_curve_summary s = { NAN, NAN, -1, NAN, NAN, -1, -1, NAN };
    double peak = -INFINITY, peak1 = -INFINITY, peak2 = -INFINITY, impulse = 0;
    for (int i = 0; i < rule->n; i++) {
        double x = curve[i];
        if (x > peak) { // comparisons with NAN are false
            peak = x;
            s.peak_frame = i;
        }
        if (rule->half[i] & 1 && x > peak1) {
            peak1 = x;
            s.peak1_frame = i;
        }
        if (rule->half[i] & 2 && x > peak2) {
            peak2 = x;
            s.peak2_frame = i;
        }
        impulse += rule->weight[i] != 0 ? rule->weight[i] * x : 0;
    }
    if (s.peak_frame >= 0) {
        s.peak = peak;
        s.peak_time = rule->time[s.peak_frame];
    }
    s.peak1 = peak1 > -INFINITY ? peak1 : NAN;
    s.peak2 = peak2 > -INFINITY ? peak2 : NAN;
    s.impulse = impulse;
    return s;
}
