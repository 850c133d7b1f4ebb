/* study_private.h - shared by the files sim/study*.c. */
#ifndef GENU_SIM_STUDY_PRIVATE_H
#define GENU_SIM_STUDY_PRIVATE_H

#include "sim/study.h"

/** 1: the file has this key, by its path as in "strength[0].steps". */
int study_has(const genu_study *s, const char *key);

/** Check the strength entries and the design that is made of them; fills their factors, the
 *  scenarios' factors where the design is no grid, and n_scenario. */
void study_check_design(genu_study *s, genu_problems *p);

#endif
