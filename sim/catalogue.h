/* catalogue.h - every dataset that a genu results file may hold: shape, unit, meaning, signs.
 *
 * One list for whoever writes them, for whoever explains them, and for docs/results.md (a test
 * compares the two).
 *
 * Depends on: sim/results.h
 * Memory:     constant tables
 * Thread use: no shared state
 */
#ifndef GENU_SIM_CATALOGUE_H
#define GENU_SIM_CATALOGUE_H

#include "sim/results.h"

/* Values of the dataset `status`. */
typedef enum genu_outcome {
    GENU_OUTCOME_SOLVED,      /* the muscles can do it                                        */
    GENU_OUTCOME_WEAK,        /* solved, but reserves stand in for muscles that cannot do it  */
    GENU_OUTCOME_UNCONVERGED, /* at some frame the iteration limit was reached first          */
    GENU_OUTCOME_FAILED,      /* could not be computed; all its numbers are missing           */
    GENU_N_OUTCOME
} genu_outcome;

/* Values of the datasets `kink` and `..._kink` below 1; from there on the muscle's number, counted from
 * 1. */
enum { GENU_KINK_NONE = 0, GENU_KINK_COMPARTMENT = -1, GENU_KINK_TIE = -2 };

/** "solved", "muscles not enough", ...; "unknown" for any other number. Never NULL. */
const char *genu_outcome_text(int outcome);

/** All datasets but scales, strength_1, vary_1, ..., in the order of the file. */
int genu_catalogue_count(void);
const genu_field *genu_catalogue_at(int i);
/** By name, NULL when there is none. */
const genu_field *genu_catalogue_find(const char *name);

/** Create the dataset `name`, which is in the catalogue, in a file of n_vary settings that vary and
 *  n_strength strength entries: each of them becomes a companion coordinate of what has a scenario
 *  dimension. GENU_E_RANGE for an unknown name; else as genu_writer_field. */
GENU_MUST_USE genu_status genu_catalogue_write(genu_writer *w, const char *name, int n_vary,
                                               int n_strength, genu_err *err);

/** Create strength_k (k >= 1) for all scenarios; muscles names its muscles, separated by blanks,
 *  in an attribute of that name. */
GENU_MUST_USE genu_status genu_catalogue_write_strength(genu_writer *w, int k, const char *muscles,
                                                        genu_err *err);

/** Create vary_k (k >= 1) for all scenarios: the values of a setting, in the unit of the study file;
 *  as_written: what the study itself has, NAN: left open. */
GENU_MUST_USE genu_status genu_catalogue_write_vary(genu_writer *w, int k, const char *setting,
                                                    const char *unit, double as_written,
                                                    genu_err *err);

#endif
