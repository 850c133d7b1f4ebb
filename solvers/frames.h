/* frames.h - everything about a task that strength does not change, frame by frame: joint moments,
 * muscle geometry and capacity, and the joint contact as an affine function of the muscle forces.
 *
 *   sharing:  sum_i arm[i][j] active[i] a_i = target[j] (less passive forces)
 *   contact:  c = contact0 + contact f,   f the muscle forces, N
 *
 * Method:     recursive Newton-Euler (skeleton.h), muscle lines (path.h), rigid tendons (muscle.h)
 * Depends on: models/model.h, models/leg.h
 * Memory:     all of it in genu_frames_new; nothing is allocated afterwards
 * Thread use: different frames may be computed by different threads, each with its own genu_data
 */
#ifndef GENU_SOLVERS_FRAMES_H
#define GENU_SOLVERS_FRAMES_H

#include "models/leg.h"
#include "models/model.h"

/* Rows of the contact of one side, all N or Nm: what the body above puts on the body below. */
enum {
    GENU_CONTACT_KNEE_FORCE = 0,  /* 3, on the tibia, tibia's frame                         */
    GENU_CONTACT_KNEE_MOMENT = 3, /* 3, about the plateau's centre, tibia's frame           */
    GENU_CONTACT_PATELLA = 6,     /* 3, on the patella, patella's frame; 0 without patella  */
    GENU_CONTACT_HIP = 9,         /* 3, on the femur, femur's frame                         */
    GENU_CONTACT_ANKLE = 12,      /* 3, on the talus, talus' frame                          */
    GENU_N_CONTACT = 15
};

/* A joint whose reaction is wanted: force and moment of the joint on one of its bodies, in the axes of
 * some body. The moment is about the origin of the child's joint frame. */
typedef struct genu_frames_joint {
    int body;      /* the joint's child (>= 1)                                */
    int on_parent; /* 1: on the parent; what the child puts there, is opposite */
    int axes;      /* body whose axes; 0: ground                              */
} genu_frames_joint;

typedef struct genu_frames_settings {
    genu_mode mode;
    const int *locked; /* n_coord flags: not a target of sharing; NULL: the model's own flags */
    int n_side;        /* 1 or 2                                                             */
    genu_side side[GENU_N_SIDE];
    genu_plateau plateau;
    int n_joint; /* reactions beside the contacts                                          */
    const genu_frames_joint *joint;
} genu_frames_settings;

typedef struct genu_frames {
    int n_frame, n_coord, n_muscle;
    int n_dof; /* independent, unlocked coordinates                                   */
    int *dof;  /* n_dof: their indices                                                */
    genu_frames_settings settings;
    genu_leg leg[GENU_N_SIDE]; /* of settings.side[k]                                        */
    double *q, *u, *a;         /* n_frame x n_coord; set by the caller                       */
    double *moment;            /* n_frame x n_coord: inverse dynamics, constraints ignored   */
    double *target;            /* n_frame x n_dof: folded onto the independent coordinates   */
    double *length, *speed;    /* n_frame x n_muscle, m, m/s                                 */
    double *active, *passive;  /* n_frame x n_muscle, N along the tendon at a = 1            */
    double *fiber;             /* n_frame x n_muscle, fibre length / optimal                 */
    double *arm;               /* n_frame x n_muscle x n_dof, m                              */
    int *inside;               /* n_muscle: frames in which an end of the path lies inside a
                                  surface, so that it passes straight through               */
    double *contact0;          /* n_frame x n_side x GENU_N_CONTACT                          */
    double *contact;           /* n_frame x n_side x GENU_N_CONTACT x n_muscle               */
    genu_frames_joint *joint;  /* settings.n_joint                                           */
    double *reaction0;         /* n_frame x n_joint x 6: force (N), then moment (Nm)         */
    double *reaction;          /* n_frame x n_joint x 6 x n_muscle                           */
    double *joint_point;       /* n_frame x n_joint x 3, m: where the moment is taken, ground */
} genu_frames;

/** GENU_E_FORMAT where the model lacks a leg that is asked for, GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_frames_new(genu_frames **f, const genu_model *m, int n_frame,
                                          const genu_frames_settings *settings, genu_err *err);
void genu_frames_free(genu_frames *f);

/** Compute frame k from its q, u, a. external (n_body) are the forces on the bodies in ground.
 *  GENU_E_RANGE when a result is not finite. */
GENU_MUST_USE genu_status genu_frames_compute(genu_frames *f, const genu_model *m, genu_data *d,
                                              int k, const sp6 *external, genu_err *err);

/** c (GENU_N_CONTACT) of side number s in frame k for the muscle forces (n_muscle, N). */
void genu_frames_contact(const genu_frames *f, int k, int s, const double *force, double *c);

/** r (6) of joint number j in frame k for the muscle forces (n_muscle, N): force, then moment. */
void genu_frames_reaction(const genu_frames *f, int k, int j, const double *force, double *r);

#endif
