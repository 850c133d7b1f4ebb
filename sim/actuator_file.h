/* actuator_file.h - actuators that OpenSim's tools are given beside a model: reserves on coordinates,
 * residual forces and torques on a body.
 *
 * Read are CoordinateActuator, PointActuator and TorqueActuator (against ground) of a ForceSet file;
 * anything else in it is refused by name.
 *
 * Depends on: libxml2, models/model.h
 * Memory:     a genu_actuator_set owns its names, release with genu_actuator_set_free
 * Thread use: any thread; no shared state
 */
#ifndef GENU_SIM_ACTUATOR_FILE_H
#define GENU_SIM_ACTUATOR_FILE_H

#include "models/model.h"

/* What control 1 does: a force (or moment) on one coordinate, or on one body. */
typedef struct genu_external_actuator {
    char *name;
    double optimal_force; /* N or Nm at control 1                                                */
    int coord;            /* -1: acts on a body                                                  */
    int body;             /* -1: acts on a coordinate                                            */
    int couple;           /* 1: a torque, 0: a force at the point                                */
    int point_in_ground, direction_in_ground;
    v3 point;     /* m                                                                           */
    v3 direction; /* as written, not made of length 1                                            */
} genu_external_actuator;

typedef struct genu_actuator_set {
    int n;
    genu_external_actuator *item;
} genu_actuator_set;

/** Read a file for this model; disabled actuators are left out.
 *
 *  GENU_E_IO, GENU_E_FORMAT (not XML, no ForceSet, another kind of force, an element missing, a
 *  coordinate or body that the model lacks, a torque against another body than ground),
 *  GENU_E_RANGE (a number), GENU_E_MEMORY, with file and line. On failure the set is empty. */
GENU_MUST_USE genu_status genu_actuator_set_read(genu_actuator_set *set, const genu_model *m,
                                                 const char *path, genu_err *err);
void genu_actuator_set_free(genu_actuator_set *set);

/** Generalised force (n_coord) of one actuator at control 1 in the pose of d, dependent coordinates
 *  not folded; d->force is scratch. */
void genu_actuator_push(const genu_external_actuator *a, const genu_model *m, genu_data *d,
                        double *gen);

#endif
