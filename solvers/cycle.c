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

/* Integral over [a, b] of the straight lines through the frames; [a, b] within the record. */
static double integrate(int n, const double *time, const double *curve, double a, double b)
{
    double sum = 0;
    for (int i = 0; i + 1 < n; i++) {
        double t0 = fmax(a, time[i]), t1 = fmin(b, time[i + 1]);
        if (t1 <= t0)
            continue;
        double slope = (curve[i + 1] - curve[i]) / (time[i + 1] - time[i]);
        double middle = curve[i] + slope * (0.5 * (t0 + t1) - time[i]);
        sum += middle * (t1 - t0);
    }
    return sum;
}

static double impulse(const genu_cycle *c, int n, const double *time, const double *curve)
{
    if (isnan(c->strike) || isnan(c->off) || n < 2)
        return NAN;
    if (!c->periodic)
        return integrate(n, time, curve, c->strike, c->off);
    // the stance and its copies one period earlier and later, as far as the record holds them
    double period = c->next - c->strike, sum = 0, end = fmin(time[n - 1], time[0] + period);
    for (int shift = -1; shift <= 1; shift++) {
        double a = c->strike + shift * period, b = c->off + shift * period;
        sum += integrate(n, time, curve, fmax(a, time[0]), fmin(b, end));
    }
    return sum;
}

genu_curve_summary genu_cycle_summary(const genu_cycle *c, int n, const double *time,
                                      const double *curve)
{
    genu_curve_summary s = { NAN, NAN, -1, NAN, NAN, NAN };
    int whole = n > 0 && genu_cycle_holds_stance(c, time[0], time[n - 1]);
    for (int i = 0; i < n; i++) {
        if (isnan(curve[i]))
            continue;
        if (s.peak_frame < 0 || curve[i] > s.peak) {
            s.peak = curve[i];
            s.peak_time = time[i];
            s.peak_frame = i;
        }
        double stance =
            whole ? genu_cycle_stance(c, time[i]) : NAN; // midstance belongs to both halves
        if (stance <= 0.5 + 1e-9 && !(s.peak1 >= curve[i]))
            s.peak1 = curve[i];
        if (stance >= 0.5 - 1e-9 && !(s.peak2 >= curve[i]))
            s.peak2 = curve[i];
    }
    s.impulse = whole ? impulse(c, n, time, curve) : NAN;
    return s;
}
