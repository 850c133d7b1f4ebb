/* trial.h - one study made ready: everything that strength does not change, computed once.
 *
 * Depends on: sim/study.h, solvers/frames.h, solvers/scenarios.h, solvers/cycle.h
 * Memory:     a trial owns what it points to except the study
 * Thread use: made with OpenMP threads; constant afterwards, share it
 */
#ifndef GENU_SIM_TRIAL_H
#define GENU_SIM_TRIAL_H

#include "sim/study.h"
#include "solvers/cycle.h"
#include "solvers/frames.h"
#include "solvers/scenarios.h"

typedef struct genu_trial {
    const genu_study *study;
    genu_model *model;
    char model_digest[65]; /* SHA-256 of the model file, hexadecimal                       */
    double body_weight;    /* N                                                            */
    genu_binding *binding;
    int n_frame, n_side;
    genu_side side[GENU_N_SIDE];
    genu_cycle cycle[GENU_N_SIDE]; /* of side[k]                                             */
    double *time;      /* n_frame, s                                                   */
    double *ground;    /* n_side x 3 x n_frame, N: force of the ground on the foot     */
    double norm_speed; /* of a generated walk: speed / sqrt(g leg length); NAN: measured */
    char report[1024]; /* of a generated movement: what shows that it is sound; ""       */
    genu_frames *frames;
    genu_plan *plan;
    double seconds_read, seconds_frames; /* wall time of reading, and of the frames          */
    int lent; /* 1: all but study, binding and plan belongs to another trial                    */
} genu_trial;

/** Read what the study names and compute the frames, with `threads` threads (0: all cores).
 *
 *  notes   everything worth knowing about the files, each naming its file; may be NULL
 *
 *  Errors of the readers come with their file and line; GENU_E_SHAPE where `frames` is asked for
 * and the record holds no whole cycle of the reported side. On failure *trial is NULL. */
GENU_MUST_USE genu_status genu_trial_new(genu_trial **trial, const genu_study *study, int threads,
                                         genu_notes *notes, genu_err *err);
/** The same movement under other settings of the sharing. from must live longer. As above. */
GENU_MUST_USE genu_status genu_trial_replan(genu_trial **trial, const genu_trial *from,
                                            const genu_study *study, genu_err *err);
void genu_trial_free(genu_trial *trial);

/** Read one OpenSim model file. digest (65 bytes) may be NULL. */
GENU_MUST_USE genu_status genu_trial_read_model(const char *path, genu_model **m, char *digest,
                                                genu_notes *notes, genu_err *err);

/** Wall clock, s since some fixed time. */
double genu_trial_clock(void);

#endif
