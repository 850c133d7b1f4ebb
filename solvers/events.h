/* events.h - foot strike and toe-off from the vertical force under a foot.
 *
 *   strike: the force rises through `threshold` after having been below `low`
 *   off:    the force falls through `threshold` for the last time before it is below `low`
 *
 * so that noise between the two levels makes no events. Times are interpolated linearly.
 *
 * Cost:       O(n)
 * Depends on: models/base.h
 * Memory:     genu_events owns its times; release with genu_events_free
 * Thread use: no shared state
 */
#ifndef GENU_SOLVERS_EVENTS_H
#define GENU_SOLVERS_EVENTS_H

#include "models/base.h"

typedef struct genu_events_settings {
    double threshold;  /* N, the level whose crossing is the event                    (> low) */
    double low;        /* N, below it the foot is off the ground                       (>= 0) */
    double min_swing;  /* s, a shorter gap between two contacts is part of one contact  (>= 0) */
    double min_stance; /* s, a shorter contact inside the record is no contact          (>= 0) */
} genu_events_settings;

typedef struct genu_events {
    int n_strike, n_off;
    double *strike; /* n_strike, s, ascending */
    double *off;    /* n_off, s, ascending    */
} genu_events;

/** 20 N (the level of gait laboratories; larger: strikes later, offs earlier, by about 1 ms per
 *  20 N in walking), 10 N, 0.05 s and 0.10 s (a step on the same foot takes 0.2 s and more even in
 *  running, a knock against the plate a few ms). */
genu_events_settings genu_events_defaults(void);

/** Find the events of one foot.
 *
 *  t   (n)     ascending                                                                  [s]
 *  fy  (n)     vertical force of the ground on the foot, upward positive, all finite       [N]
 *  settings    NULL: the defaults
 *
 *  A record that begins above the low level begins in contact, and that contact has no strike; one
 *  that ends in contact has no off. Such cut contacts are kept however short. No event at all is no
 *  error. GENU_E_RANGE (a setting, or a value not finite, with its time), GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_events_find(int n, const double *t, const double *fy,
                                           const genu_events_settings *settings,
                                           genu_events *events, genu_err *err);
void genu_events_free(genu_events *events);

#endif
