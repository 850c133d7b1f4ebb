/* validation.h - what a comparison with known numbers found: a table of rows, each held to a bar.
 *
 * Depends on: models/base.h
 * Memory:     a genu_validation owns its rows, release with genu_validation_clear
 * Thread use: one thread per genu_validation
 */
#ifndef GENU_SIM_VALIDATION_H
#define GENU_SIM_VALIDATION_H

#include "models/base.h"

#include <math.h>
#include <stdio.h>

/* The largest of many errors, and where it was. Starts as GENU_WORST. */
typedef struct genu_worst {
    double error; /* -infinity: nothing was compared                      */
    double time;  /* s; NAN where there is no time                        */
    char where[96];
} genu_worst;

#define GENU_WORST ((genu_worst){ .error = -(double)INFINITY, .time = NAN })

/** Keep the error where it is larger than what w holds; a NaN is the largest there is. */
void genu_worst_note(genu_worst *w, double error, double time, const char *where);

/* One line of the table. */
typedef struct genu_validation_row {
    char stage[40];    /* what was compared: "moment arm"                                     */
    char name[40];     /* of what: a walk and its strength, a model                           */
    char unit[40];     /* of error and bar: "m", "of the peak"                                */
    double bar;        /* largest error allowed                                               */
    genu_worst worst;  /* over everything that no exception names                             */
    genu_worst except; /* over what exceptions name; GENU_WORST: there are none               */
    double held;       /* the exceptions' own bound; NAN: there are none                      */
    int n_except;      /* values that exceptions name                                         */
    char named[400];   /* where they are                                                      */
    char cause[300];   /* of the exceptions, and what proves it                               */
} genu_validation_row;

typedef struct genu_validation {
    genu_validation_row *row; /* n, in the order in which they were added                     */
    int n, capacity;
    genu_notes notes; /* what a row cannot hold: frames left out, steps of a length ...       */
} genu_validation;

typedef enum genu_verdict {
    GENU_VERDICT_PASS,      /* the bar is met                                                 */
    GENU_VERDICT_EXCEPTION, /* but for exceptions, which keep their own bound                 */
    GENU_VERDICT_MISS       /* also where nothing was compared                                */
} genu_verdict;

/** A row without exceptions. */
genu_validation_row genu_validation_row_of(const char *stage, const char *name, const char *unit,
                                           double bar, const genu_worst *worst);

/** Add a copy of the row. GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_validation_add(genu_validation *v, const genu_validation_row *row,
                                              genu_err *err);
void genu_validation_clear(genu_validation *v);

/** Note an error that an exception names: its bound becomes the row's, its cause too. */
void genu_validation_except(genu_validation_row *row, double error, double time, const char *where,
                            double bound, const char *cause);

genu_verdict genu_validation_judge(const genu_validation_row *row);

/** Number of rows with this verdict. */
int genu_validation_count(const genu_validation *v, genu_verdict verdict);

/** The head (rows, misses, exceptions), then the table, for a terminal. */
void genu_validation_print(const genu_validation *v, FILE *to);

/** The same as a table in Markdown, then exceptions with their causes, then the notes, folded. */
void genu_validation_print_markdown(const genu_validation *v, FILE *to);

/** Rows that are held to nothing: the table without bars and verdicts. */
void genu_validation_print_differences(const genu_validation *v, FILE *to);
void genu_validation_print_differences_markdown(const genu_validation *v, FILE *to);

#endif
