/* validate_rules.h - how far each rule in which the modes differ moves the peak knee force, one at a
 * time, starting from what OpenSim computed; and some choices of load sharing beside them.
 *
 * Depends on: sim/validate_record.h
 * Memory:     plain data
 * Thread use: one thread per record
 */
#ifndef GENU_SIM_VALIDATE_RULES_H
#define GENU_SIM_VALIDATE_RULES_H

#include "sim/validate_record.h"

enum { VALIDATE_RULES = 13, VALIDATE_OWN = 5, VALIDATE_RUN_MAX = 4 };

/* Largest resultant force in the right knee under every rule and strength. */
typedef struct validate_rules {
    char name[40]; /* of the case                                 */
    int n_run;
    double strength[VALIDATE_RUN_MAX];
    double peak[VALIDATE_RULES][VALIDATE_RUN_MAX]; /* N           */
    double time[VALIDATE_RULES][VALIDATE_RUN_MAX]; /* s, of it    */
    double open[VALIDATE_RULES][VALIDATE_RUN_MAX]; /* frames that did not converge */
} validate_rules;

/** Name of a rule; rule 0 is OpenSim as it is, VALIDATE_OWN genu's own mode; what follows are choices of
 *  load sharing in that mode. */
const char *validate_rule_name(int rule);

/** theirs and own: records of one case in the two modes; capacities and arms of both are overwritten.
 *  The first VALIDATE_RUN_MAX runs of the case are taken. Errors as validate_solve. */
GENU_MUST_USE genu_status validate_rules_compute(validate_record *theirs, validate_record *own,
                                                 validate_rules *rules, genu_err *err);

/** One line per rule: peak, change, its time. */
void validate_rules_print(const validate_rules *rules, FILE *to);
/** The same as a table in Markdown. */
void validate_rules_print_markdown(const validate_rules *rules, FILE *to);

#endif
