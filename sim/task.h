/* task.h - a task file, and the movement that is generated from it.
 *
 * Depends on: solvers/walk.h, sim/yaml_doc.h, sim/table.h
 * Memory:     a task and a movement own what they point to
 * Thread use: finished ones are constant and may be shared; generating uses all threads
 */
#ifndef GENU_SIM_TASK_H
#define GENU_SIM_TASK_H

#include "sim/yaml_doc.h"
#include "solvers/walk.h"

#include <stdio.h>

typedef enum genu_task_kind { GENU_TASK_WALK } genu_task_kind;

/* How what is added to pelvis or trunk goes over the cycle. */
typedef enum genu_task_course { GENU_TASK_WITH_STEPS, GENU_TASK_CONSTANT } genu_task_course;

typedef struct genu_task {
    char *path; /* of the file, as the user wrote it                                            */
    genu_task_kind kind;
    double speed;            /* m/s                                                             */
    double step_width;       /* m                                                               */
    double pelvic_obliquity; /* rad; with steps: swing side lower, constant: right side higher  */
    genu_task_course obliquity_course;
    double trunk_lean; /* rad; with steps: over the stance leg, constant: to the right          */
    genu_task_course lean_course;
    double toe_out, trunk_tilt, walk_ratio; /* as in genu_walk_settings                         */
    struct {
        char *slow, *free, *fast; /* paths of the normative tables                              */
    } norms;
    int frames; /* of a cycle, both strikes counted                                             */
} genu_task;

/* What a study changes in a task; NAN: as the task has it. SI. */
typedef struct genu_task_change {
    double speed, step_width, pelvic_obliquity, trunk_lean;
} genu_task_change;

/** Nothing changed. */
genu_task_change genu_task_unchanged(void);

/** Read a task file. All problems with their lines go to notes (may be NULL), the first into err:
 *  GENU_E_IO, GENU_E_FORMAT (no YAML, unknown or missing key), GENU_E_RANGE, GENU_E_MEMORY. On
 *  failure *task is NULL. */
GENU_MUST_USE genu_status genu_task_read(genu_task **task, const char *path, genu_notes *notes,
                                         genu_err *err);
/** The same from memory; path is used in messages and to find the tables. */
GENU_MUST_USE genu_status genu_task_parse(genu_task **task, const char *text, size_t n,
                                          const char *path, genu_notes *notes, genu_err *err);
void genu_task_free(genu_task *task);

/** Every key of a task file, one line each. */
void genu_task_print_fields(FILE *out);

/** Read one normative table (data/normative/README.md). GENU_E_IO; with file and line:
 *  GENU_E_FORMAT (no speed, a curve missing, not a number, wrong number of columns or rows). */
GENU_MUST_USE genu_status genu_norms_read(genu_norms *norms, const char *path, genu_err *err);

/* A movement of one cycle, from a right strike to the next, and what shows that it is sound. */
typedef struct genu_movement {
    int n_frame, n_coord, n_body;
    double *time;      /* n_frame, s, from 0                                                    */
    double *q, *u, *a; /* n_frame x n_coord, SI                                                 */
    sp6 *external;     /* n_frame x n_body: force on each body about the ground origin          */
    int foot_body[GENU_N_SIDE];
    genu_walk_foot *foot; /* n_frame x GENU_N_SIDE: the ground reaction in parts                */
    double period, stride, speed; /* s, m, m/s                                                */
    double strike[GENU_N_SIDE], off[GENU_N_SIDE]; /* s; off follows its strike, may lie beyond
                                                     the cycle                                  */
    genu_walk_info info;
    genu_walk_check check;
    genu_norms norms; /* at this speed                                                          */
} genu_movement;

/** Generate the movement of a task for a model.
 *
 *  change   what a study changes; NULL: nothing
 *  n_frame  of the cycle, equally spaced, both ends counted (>= 2); 0: as the task has it
 *
 *  GENU_E_FORMAT (the model lacks what the walk moves), GENU_E_RANGE (a setting; a speed beyond the
 *  norms for this leg), GENU_E_INFEASIBLE (which check failed, by how much), GENU_E_NOT_CONVERGED,
 *  errors of the tables, GENU_E_MEMORY. On failure *movement is NULL. */
GENU_MUST_USE genu_status genu_task_generate(const genu_task *task, const genu_task_change *change,
                                             const genu_model *m, int n_frame,
                                             genu_movement **movement, genu_err *err);
void genu_movement_free(genu_movement *movement);

/** Write the coordinates (degrees where they are rotational), .mot or .sto. force and
 *  errors as genu_table_write. */
GENU_MUST_USE genu_status genu_movement_write(const genu_movement *v, const genu_model *m,
                                              const char *path, int force, genu_err *err);

/** Write the ground reactions: force, point and torque of each foot in ground, as
 *  ground_force_r_vx, ground_force_r_px, ground_torque_r_x, ... An unloaded foot's point is zero.
 *  loads_xml (may be NULL) gets the external-loads file that names the table and the bodies. */
GENU_MUST_USE genu_status genu_movement_write_loads(const genu_movement *v, const genu_model *m,
                                                    const char *path, const char *loads_xml,
                                                    int force, genu_err *err);

#endif
