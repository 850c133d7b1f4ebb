/* validate_record.h - the movement of a validation case as genu computes it, at the times of
 * OpenSim's results. Shared by the files sim/validate_*.c.
 *
 * Depends on: sim/validate_case.h, sim/validation.h, sim/track.h, sim/loads.h, solvers/scenarios.h
 * Memory:     a record owns what it points to except the case
 * Thread use: one thread per record
 */
#ifndef GENU_SIM_VALIDATE_RECORD_H
#define GENU_SIM_VALIDATE_RECORD_H

#include "sim/actuator_file.h"
#include "sim/figure.h"
#include "sim/loads.h"
#include "sim/table.h"
#include "sim/track.h"
#include "sim/validate_case.h"
#include "sim/validation.h"
#include "solvers/frames.h"
#include "solvers/scenarios.h"

typedef struct validate_record {
    const genu_validate_case *c;
    genu_mode mode;
    genu_model *m;
    genu_data *d;
    genu_track *track;
    genu_loads *loads; /* NULL: no external forces                                               */
    int *locked;       /* n_coord: in the model or in the case                                   */
    int n_own;         /* of the actuators: those of the model                                   */
    genu_actuator_set actuators;
    int n_row;
    double *time;  /* n_row, s: of the first run's results                                       */
    sp6 *external; /* n_row x n_body: forces on the bodies, ground                               */
    genu_frames *frames;
    double *push; /* n_row x n_actuator x n_dof: generalised force of each at control 1          */
} validate_record;

/** Read model, motion, loads and actuators in one mode. Where the case has runs, compute the frames
 *  at the times of the first. The record must be freed in any case.
 *  Errors of the readers, with file and line. */
GENU_MUST_USE genu_status validate_record_open(validate_record *r, const genu_validate_case *c,
                                               genu_mode mode, genu_err *err);
void validate_record_free(validate_record *r);

/** Read the motion by a rule; filter and, but for OpenSim's inverse dynamics, locks of the case. */
GENU_MUST_USE genu_status validate_track(const validate_record *r, genu_motion_rule rule,
                                         genu_track **track, genu_err *err);

/** Pose, speed and acceleration of row k stand in r->d afterwards, by the rules of the mode. */
void validate_pose(validate_record *r, int k);

/** Read start_WHAT; start holds a path. Errors as genu_table_read. */
GENU_MUST_USE genu_status validate_table(const char *start, const char *what, genu_table *t,
                                         genu_err *err);

/** The table has the record's rows, or GENU_E_SHAPE. */
GENU_MUST_USE genu_status validate_same_rows(const validate_record *r, const genu_table *t,
                                             genu_err *err);

/** Column of a label, or GENU_E_FORMAT with the table's name. */
GENU_MUST_USE genu_status validate_column(const genu_table *t, const char *label,
                                          const double **column, genu_err *err);

/** Strength factor of every muscle in a run. factor (n_muscle). GENU_E_RANGE as genu_group_select. */
GENU_MUST_USE genu_status validate_factors(const validate_record *r, const genu_validate_run *run,
                                           double *factor, genu_err *err);

/** "TITLE" or "TITLE 40 %". */
void validate_name(const genu_validate_case *c, const genu_validate_run *run, char *name, size_t n);

/** Note an error in the row: among the exceptions where the case has one for it. */
void validate_note(const genu_validate_case *c, genu_validation_row *row, double error, double time,
                   const char *where);

/** A row to be filled by validate_note; run may be NULL. */
genu_validation_row validate_row(const genu_validate_case *c, const genu_validate_run *run,
                                 const char *stage, const char *unit, double bar);

/* The stages: each adds its rows to v. `record` is open; errors as those of reading its files. */
GENU_MUST_USE genu_status validate_inverse(validate_record *r, genu_validation *v, genu_err *err);
GENU_MUST_USE genu_status validate_centers(validate_record *r, genu_validation *v, genu_err *err);
GENU_MUST_USE genu_status validate_muscles(validate_record *r, genu_validation *v, genu_err *err);
GENU_MUST_USE genu_status validate_run(validate_record *r, const genu_validate_run *run,
                                       genu_validation *v, genu_err *err);

/* OpenSim's static optimisation at one strength, in the order of muscles and actuators. */
typedef struct validate_controls {
    double *factor;   /* n_muscle: strength                          */
    double *muscle;   /* n_row x n_muscle                            */
    double *force;    /* n_row x n_muscle, N                         */
    double *actuator; /* n_row x n_actuator                          */
    int *left_out;    /* n_row: 1 where the optimiser ended too soon */
} validate_controls;

/* Ours. */
typedef struct validate_solution {
    double *activation, *force;           /* n_muscle x n_row */
    double *reserve;                      /* n_coord x n_row  */
    double *residual, *iterations, *open; /* n_row */
    double unconverged;
} validate_solution;

GENU_MUST_USE genu_status validate_controls_read(const validate_record *r,
                                                 const genu_validate_run *run, validate_controls *c,
                                                 genu_err *err);
void validate_controls_free(validate_controls *c);

/** Share the targets in r->frames among the muscles, as static optimisation does. Reserves
 *  are those of the actuators, unless settings.reserve is not its default. GENU_E_NOT_CONVERGED where a frame is. */
GENU_MUST_USE genu_status validate_solve(const validate_record *r, const double *factor,
                                         genu_share_settings settings, validate_solution *s,
                                         genu_err *err);
void validate_solution_free(validate_solution *s);

/** Compare joint reactions: from theirs, then from ours. */
GENU_MUST_USE genu_status validate_reactions(validate_record *r, const genu_validate_run *run,
                                             const validate_controls *c, const validate_solution *s,
                                             genu_validation *v, genu_err *err);

/** Draw forces of joints and muscles of the right leg over OpenSim's, as validate_TITLE_STRENGTH in
 *  `folder`; what was written is added to files. Before validate_rules_compute. */
GENU_MUST_USE genu_status validate_draw(validate_record *theirs, validate_record *own,
                                        const genu_validate_run *run, const char *folder,
                                        const genu_figure_options *options, genu_files *files,
                                        genu_err *err);

#endif
