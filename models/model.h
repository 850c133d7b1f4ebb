/* model.h - what a body is: genu_model, constant and shared; genu_data, one per thread.
 *
 * Bodies form a tree; body 0 is the ground and a parent always stands before its children. Every
 * other body hangs on its parent by one joint, which is a chain of at most six one-degree steps:
 * first translations along axes of the parent joint frame, then body-fixed rotations. Each step's
 * amount is a curve of one coordinate. That covers OpenSim's custom joint and its special cases.
 *
 * Depends on: models/base.h, models/spatial.h, models/curve.h, models/muscle.h
 * Memory:     genu_model owns everything it points to; genu_data is one block
 * Thread use: share the model; one genu_data per thread
 */
#ifndef GENU_MODELS_MODEL_H
#define GENU_MODELS_MODEL_H

#include "models/base.h"
#include "models/curve.h"
#include "models/muscle.h"
#include "models/spatial.h"

enum { GENU_STEP_MAX = 11 };

/* One step of a joint: value = f(q[coord]), along or about `axis`. */
typedef struct genu_step {
    int rotation; /* 1: about axis, rad; 0: along axis, m                                  */
    v3 axis;      /* unit; in the frame reached by the steps before                        */
    int coord;    /* coordinate that drives it, -1: f is a constant                        */
    genu_curve f;
} genu_step;

typedef struct genu_joint {
    char *name;
    char *type;         /* OpenSim's class name, for messages: CustomJoint, PinJoint, ...   */
    xform parent_frame; /* joint frame in the parent body                                   */
    xform child_frame;  /* joint frame in the child body                                    */
    v3 radii;           /* m, of the ellipsoid on which it rides (models/ride.h); 0: on none */
    int n_step;         /* 0 (weld) to 6, on an ellipsoid more                              */
    genu_step step[GENU_STEP_MAX];
} genu_joint;

typedef struct genu_body {
    char *name;
    int parent;       /* index, < own index; -1 for the ground */
    double mass;      /* kg, >= 0                              */
    v3 mass_center;   /* m, body frame                         */
    m3 inertia;       /* kg m2, about the mass centre, body axes */
    genu_joint joint; /* to the parent; unused for the ground  */
} genu_body;

/* As OpenSim classifies; decides what a file in degrees converts. */
typedef enum genu_motion { GENU_ROTATION, GENU_TRANSLATION, GENU_COUPLED } genu_motion;

typedef struct genu_coord {
    char *name;
    int body; /* whose joint it moves                                            */
    genu_motion motion;
    double lo, hi; /* range, rad or m                                                 */
    double value;  /* default                                                         */
    double speed;  /* default                                                         */
    int clamped, locked;
    int leader;         /* -1: independent; else q = coupler(q[leader])                    */
    genu_curve coupler; /* unused when independent                                         */
} genu_coord;

typedef enum genu_point_kind {
    GENU_POINT_FIXED,
    GENU_POINT_CONDITIONAL,
    GENU_POINT_MOVING
} genu_point_kind;

typedef struct genu_point {
    char *name;
    genu_point_kind kind;
    int body;
    v3 location;     /* m, body frame; moving: unused                                   */
    int coord[3];    /* conditional: coord[0] switches; moving: one per axis, -1: constant */
    double lo, hi;   /* conditional: active while lo <= q <= hi                         */
    genu_curve f[3]; /* moving: location of each axis                                   */
} genu_point;

typedef enum genu_wrap_kind {
    GENU_WRAP_CYLINDER,
    GENU_WRAP_SPHERE,
    GENU_WRAP_ELLIPSOID,
    GENU_WRAP_TORUS
} genu_wrap_kind;

typedef struct genu_wrap_object {
    char *name;
    genu_wrap_kind kind;
    int body;
    xform frame;       /* object frame in the body; the cylinder's axis is z              */
    double radius[3];  /* m; cylinder, sphere: [0]; ellipsoid: half axes; torus: inner, outer */
    double length;     /* m, cylinder                                                     */
    int quadrant_axis; /* 0, 1, 2 for x, y, z                                             */
    int quadrant_sign; /* +1, -1; 0: all                                                  */
    int active;
} genu_wrap_object;

typedef enum genu_wrap_method {
    GENU_WRAP_HYBRID,
    GENU_WRAP_MIDPOINT,
    GENU_WRAP_AXIAL
} genu_wrap_method;

typedef struct genu_path_wrap {
    int object; /* index into genu_model.wrap                                  */
    genu_wrap_method method;
    int first, last; /* 1-based range of path points as in the file; -1: open       */
} genu_path_wrap;

typedef struct genu_path {
    int n_point, n_wrap;
    genu_point *point;    /* n_point >= 2, origin to insertion                           */
    genu_path_wrap *wrap; /* n_wrap                                                      */
} genu_path;

typedef struct genu_muscle {
    char *name;
    genu_path path;
    genu_hill hill;
    double min_control, max_control; /* bounds of the activation; defaults 0.01, 1           */
    int no_force;                    /* 1: of a kind whose force cannot be computed        */
    int line;                        /* in the model file, for messages                    */
} genu_muscle;

/* Moment or force on one coordinate (CoordinateActuator, reserves, residuals). */
typedef struct genu_actuator {
    char *name;
    int coord;
    double optimal_force; /* Nm or N per unit control                                      */
    double lo, hi;        /* bounds of the control; may be infinite                        */
} genu_actuator;

typedef struct genu_marker {
    char *name;
    int body;
    v3 location;
} genu_marker;

typedef struct genu_model {
    char *name;
    char *credits;    /* who made it, from what sources; NULL: not said                    */
    double height;    /* m, of the subject that the model stands for; 0: not known         */
    int file_version; /* of the .osim, e.g. 40500                                        */
    v3 gravity;       /* m/s2, ground axes                                               */
    int n_body, n_coord, n_wrap, n_muscle, n_actuator, n_marker;
    genu_body *body;   /* [0] is the ground                                       */
    genu_coord *coord; /* in the file's order                                     */
    genu_wrap_object *wrap;
    genu_muscle *muscle;
    genu_actuator *actuator;
    genu_marker *marker;
    /* filled by genu_model_validate */
    int n_dependent;
    int *dependent; /* coupled coordinates, leaders before their followers                */
} genu_model;

/** An empty model: ground only, gravity 9.80665 down. NULL when there is no memory. */
genu_model *genu_model_new(void);
void genu_model_free(genu_model *m);

/** A deep copy, to scale or mirror. */
GENU_MUST_USE genu_status genu_model_copy(genu_model **to, const genu_model *from, genu_err *err);

/** Every number finite and in range, every index valid, parents before children, the couplers
 *  acyclic, muscles prepared. All problems go to notes (may be NULL), the first into err. */
GENU_MUST_USE genu_status genu_model_validate(genu_model *m, genu_notes *notes, genu_err *err);

/* Index by name, -1 when absent. */
int genu_find_body(const genu_model *m, const char *name);
int genu_find_coord(const genu_model *m, const char *name);
int genu_find_muscle(const genu_model *m, const char *name);
int genu_find_joint(const genu_model *m, const char *name); /* index of the child body */
int genu_find_wrap(const genu_model *m, const char *name);

/** Sum of the bodies' masses, kg. */
double genu_model_mass(const genu_model *m);

/* All that changes with the pose. Positions and spatial vectors in ground axes about the ground
 * origin. Set q, u, a; then call the stages of skeleton.h in order. */
typedef struct genu_data {
    const genu_model *m;
    double *q, *u, *a; /* n_coord: value, speed, acceleration                             */
    xform *X;          /* n_body: body frame in ground                                    */
    xform *X_joint;    /* n_body: child joint frame in ground (origin = joint centre)     */
    sp6 *S;            /* n_body x GENU_STEP_MAX: motion axis of each step, unit speed    */
    double (*f)[3];    /* the same: value and derivatives of each step's curve            */
    sp6 *v;            /* n_body: velocity                                                */
    sp6 *acc;          /* n_body: acceleration, gravity not included                      */
    sp6 *force;        /* n_body: scratch of the force sums                               */
    double *gen;       /* n_coord: scratch of generalised forces */
} genu_data;

genu_data *genu_data_new(const genu_model *m);
void genu_data_free(genu_data *d);

#endif
