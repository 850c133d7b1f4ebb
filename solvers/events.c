#include "solvers/events.h"

#include <math.h>
#include <stdlib.h>

/* One time in contact; begin is -INFINITY, end INFINITY where the record cuts it. */
typedef struct contact {
    double begin, end;
} contact;

genu_events_settings genu_events_defaults(void)
{
    return (
        genu_events_settings){ .threshold = 20, .low = 10, .min_swing = 0.05, .min_stance = 0.10 };
}

static genu_status check(int n, const double *t, const double *fy, const genu_events_settings *s,
                         genu_err *err)
{
    if (!(s->low >= 0))
        return genu_fail(err, GENU_E_RANGE, "the low level of contact is %g N, must be >= 0",
                         s->low);
    if (!(s->threshold > s->low) || !isfinite(s->threshold))
        return genu_fail(err, GENU_E_RANGE,
                         "the threshold of contact is %g N, must be above the low level of %g N",
                         s->threshold, s->low);
    if (!(s->min_swing >= 0) || !(s->min_stance >= 0))
        return genu_fail(err, GENU_E_RANGE,
                         "the shortest swing is %g s and the shortest stance %g s, must be >= 0",
                         s->min_swing, s->min_stance);
    for (int i = 0; i < n; i++)
        if (!isfinite(t[i]) || !isfinite(fy[i]))
            return genu_fail(err, GENU_E_RANGE,
                             "row %d, time %.9g s: the vertical force is not finite", i + 1, t[i]);
    return GENU_OK;
}

/* When the line from row i - 1 to row i passes level. */
static double crossing(const double *t, const double *fy, int i, double level)
{
    return t[i - 1] + (t[i] - t[i - 1]) * (level - fy[i - 1]) / (fy[i] - fy[i - 1]);
}

/* All contacts in order; c has room for n / 2 + 1. Returns their number. */
static int find_contacts(int n, const double *t, const double *fy, const genu_events_settings *s,
                         contact *c)
{
    int n_contact = 0;
    int loaded = n > 0 && fy[0] >= s->low;
    double begin = -INFINITY, fell = -INFINITY;
    for (int i = 0; i < n; i++) {
        if (i && fy[i] <= s->threshold && fy[i - 1] > s->threshold)
            fell = crossing(t, fy, i, s->threshold);
        if (loaded && fy[i] < s->low) {
            // a record that begins between the two levels and then falls holds no contact
            if (isfinite(fell))
                c[n_contact++] = (contact){ begin, fell };
            loaded = 0;
        } else if (!loaded && fy[i] > s->threshold) {
            begin = crossing(t, fy, i, s->threshold);
            loaded = 1;
        }
    }
    if (loaded)
        c[n_contact++] = (contact){ begin, INFINITY };
    return n_contact;
}

/* Join contacts over gaps that are too short for a swing. */
static int join(contact *c, int n, double min_swing)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        if (kept && c[i].begin - c[kept - 1].end < min_swing)
            c[kept - 1].end = c[i].end;
        else
            c[kept++] = c[i];
    }
    return kept;
}

static int drop_short(contact *c, int n, double min_stance)
{
    int kept = 0;
    for (int i = 0; i < n; i++)
        if (c[i].end - c[i].begin >= min_stance) // a cut contact is infinitely long
            c[kept++] = c[i];
    return kept;
}

genu_status genu_events_find(int n, const double *t, const double *fy,
                             const genu_events_settings *settings, genu_events *events,
                             genu_err *err)
{
    genu_events_settings s = settings ? *settings : genu_events_defaults();
    *events = (genu_events){ 0 };
    genu_status status = check(n, t, fy, &s, err);
    if (status != GENU_OK)
        return status;
    size_t room = (size_t)n / 2 + 2;
    contact *c = malloc(room * sizeof *c);
    events->strike = malloc(room * sizeof *events->strike);
    events->off = malloc(room * sizeof *events->off);
    if (!c || !events->strike || !events->off) {
        free(c);
        genu_events_free(events);
        return genu_fail(err, GENU_E_MEMORY, "out of memory for the events of %d rows", n);
    }
    int n_contact = find_contacts(n, t, fy, &s, c);
    n_contact = join(c, n_contact, s.min_swing);
    n_contact = drop_short(c, n_contact, s.min_stance);
    for (int i = 0; i < n_contact; i++) {
        if (isfinite(c[i].begin))
            events->strike[events->n_strike++] = c[i].begin;
        if (isfinite(c[i].end))
            events->off[events->n_off++] = c[i].end;
    }
    free(c);
    return GENU_OK;
}

void genu_events_free(genu_events *events)
{
    free(events->strike);
    free(events->off);
    *events = (genu_events){ 0 };
}
