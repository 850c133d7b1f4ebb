/* study_private.h - shared by the files sim/study*.c. */
#ifndef GENU_SIM_STUDY_PRIVATE_H
#define GENU_SIM_STUDY_PRIVATE_H

#include "sim/study.h"

/** 1: the file has this key, by its path as in "strength[0].steps". */
int study_has(const genu_study *s, const char *key);

/** Find the key that a vary entry means, with what follows from it; 0: none that may vary. */
int study_find_setting(const genu_study *s, genu_parameter *e);
int study_setting_allows(const genu_key *key, double value);

/** Check which settings vary, but not their values. */
void study_check_vary(genu_study *s, genu_problems *p);

/** Check the values of all parameters and the design that is made of them; fills the scenarios'
 *  values where the design is no grid, and n_scenario. */
void study_check_design(genu_study *s, genu_problems *p);

#endif
