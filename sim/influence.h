/* influence.h - which muscles' strength the medial peaks follow most: a table from exact derivatives.
 *
 * Depends on: sim/results.h, sim/catalogue.h
 * Thread use: as results.h
 */
#ifndef GENU_SIM_INFLUENCE_H
#define GENU_SIM_INFLUENCE_H

#include "sim/results.h"

#include <stdio.h>

/** What a kink value (catalogue.h) of a peak means, as ", at a kink: soleus_r is just reaching or leaving
 *  a bound"; "" where there is none. muscle: the dataset of that name. */
const char *genu_kink_text(const genu_dataset *muscle, double kink, char *text, size_t size);

/** The ten muscles that matter most to each medial peak of one scenario, in N for a tenth more of the
 *  model's own strength; nothing where the file has no slopes. As genu_results_read. */
GENU_MUST_USE genu_status genu_influence_print(genu_results *r, int scenario, FILE *to,
                                               genu_err *err);

#endif
