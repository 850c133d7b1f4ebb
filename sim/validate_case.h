/* validate_case.h - what a validation is made of: a movement, and the files in which OpenSim's
 * results on it stand; or models whose geometry is checked against itself.
 *
 * One YAML file each; its paths are relative to a folder that the caller names, so that cases may
 * stand apart from the data.
 *
 * Depends on: sim/fields.h
 * Memory:     a case owns what it points to, release with genu_validate_case_free
 * Thread use: finished ones are constant
 */
#ifndef GENU_SIM_VALIDATE_CASE_H
#define GENU_SIM_VALIDATE_CASE_H

#include "sim/fields.h"

/* OpenSim's results at one strength. */
typedef struct genu_validate_run {
    genu_texts muscles; /* groups or muscles whose strength is scaled; none: all as in the model  */
    int side;           /* GENU_RIGHT, GENU_LEFT or GENU_SIDE_BOTH                                */
    double strength;    /* factor of their maximal isometric force                                */
    char *optimization; /* start of the names of the results of static optimisation               */
    char *reactions;    /* the same of joint reactions, or NULL                                   */
} genu_validate_run;

/* Values beyond the bar whose cause is proved. */
typedef struct genu_validate_exception {
    char *stage;        /* as it stands in the table                                              */
    genu_numbers times; /* s: of these frames                                                     */
    char *row;          /* what it is about must begin so: a muscle, a joint                      */
    double bound;       /* its own, in the unit of the stage                                      */
    char *cause;        /* and the test that proves it                                            */
} genu_validate_exception;

/* Two files of one model, or one model alone. */
typedef struct genu_validate_model {
    char *file, *twin; /* twin may be NULL                                                        */
} genu_validate_model;

typedef struct genu_validate_case {
    char *path;  /* of the case's file, as the user wrote it                                      */
    char *title; /* stands in the table                                                           */
    char *model; /* NULL: only `models`                                                           */
    struct {
        char *file;
        double filter; /* Hz; 0: none                                                             */
    } motion;
    char *loads;     /* external loads                                                            */
    genu_texts lock; /* coordinates held, but for inverse dynamics, which ignores locks           */
    char *actuators; /* reserves and residuals beside those of the model                          */
    char *inverse_dynamics, *mass_centers; /* results, or NULL                                    */
    char *muscles;                         /* start of the names of muscle analysis, or NULL      */
    struct {
        int n;
        genu_validate_run *item;
    } runs;
    struct {
        double activation, force; /* static optimisation: bars of activation, force / Fmax        */
    } bars;
    struct {
        int n;
        genu_validate_exception *item;
    } exceptions;
    struct {
        int n;
        genu_validate_model *item;
    } models;
    int paths; /* random paths through joint space along which each of `models` is followed       */
} genu_validate_case;

/** Read a case. folder: paths in it are relative to it; NULL: to the file's own. All problems with
 *  their lines go to notes (may be NULL), the first into err: GENU_E_IO, GENU_E_FORMAT, GENU_E_RANGE,
 *  GENU_E_MEMORY; on failure *c is NULL. */
GENU_MUST_USE genu_status genu_validate_case_read(genu_validate_case **c, const char *path,
                                                  const char *folder, genu_notes *notes,
                                                  genu_err *err);
void genu_validate_case_free(genu_validate_case *c);

/** Every key of a case file, one line each. */
void genu_validate_case_print_fields(FILE *out);

#endif
