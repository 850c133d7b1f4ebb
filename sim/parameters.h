/* parameters.h - what differs between the scenarios of a results file, and what a scenario weighs.
 *
 * Depends on: sim/results.h
 * Memory:     names belong to the results
 * Thread use: as results.h
 */
#ifndef GENU_SIM_PARAMETERS_H
#define GENU_SIM_PARAMETERS_H

#include "sim/results.h"

enum { GENU_PARAMETERS_MOST = 100 };

typedef struct genu_varied {
    char dataset[24]; /* "strength_1", "vary_2"                                                */
    char name[120];   /* in words: "gluteus_medius (right)", "walking speed"                   */
    const char *unit; /* of a setting; NULL: a strength                                        */
    double usual;     /* 1; of a setting what the study itself has, NAN: left open             */
} genu_varied;

/** All of them in the order of the design: settings, then strengths. Returns how many. */
int genu_varied_list(genu_results *r, genu_varied list[GENU_PARAMETERS_MOST]);

/** The first of n scenarios that is nearest to full strength and to the settings as the study has them. */
int genu_usual_scenario(genu_results *r, int n);

/** Body weight of one scenario, N; NAN where the file does not say. */
double genu_scenario_weight(genu_results *r, int scenario);
/** Body weight of every scenario, N, on the heap (n). GENU_E_MEMORY, else as genu_results_read;
 *  GENU_E_FORMAT where the file has none above 0. */
GENU_MUST_USE genu_status genu_scenario_weights(genu_results *r, int n, double **weight,
                                                genu_err *err);

#endif
