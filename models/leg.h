/* leg.h - which bodies of a model are a leg, by the names that OpenSim models use, and how the
 * force at its knee is shared between the compartments.
 *
 * Method:     contact of the tibial plateau at two points, balance about the anterior axis through
 *             its centre (Lerner et al. 2015, doi:10.1016/j.jbiomech.2014.12.049), with lift-off
 * Depends on: models/model.h
 * Memory:     plain data
 * Thread use: pure functions
 */
#ifndef GENU_MODELS_LEG_H
#define GENU_MODELS_LEG_H

#include "models/model.h"

typedef enum genu_side { GENU_RIGHT, GENU_LEFT, GENU_N_SIDE } genu_side;

/** "right", "left". */
const char *genu_side_name(genu_side side);

/** The side that a name ends in: "_r", "_l", ".r", "R_" and so on; -1 when it names none. */
int genu_side_of(const char *name);

/* Body indices, -1 where the model has none. The joint of each hangs it on the body above. */
typedef struct genu_leg {
    int femur;   /* its joint is the hip                                                    */
    int tibia;   /* its joint is the knee                                                   */
    int talus;   /* its joint is the ankle; the foot where the model has no talus           */
    int patella; /* its joint is the patellofemoral joint                                   */
    int foot;    /* calcaneus: carries the ground reaction                                  */
    int toes;
} genu_leg;

/** The leg on one side. GENU_E_FORMAT naming what was looked for when femur, tibia or foot is
 *  missing. */
GENU_MUST_USE genu_status genu_leg_find(const genu_model *m, genu_side side, genu_leg *leg,
                                        genu_err *err);

/** Bow the leg by `varus` (rad, positive: knee outward, negative: knock-kneed) with hip and foot in
 *  place: the thigh is turned outward at the hip, the shank inward at the knee, the foot back at
 *  the ankle, each about its own anterior axis; muscles follow their bones. Exact in the straight
 *  leg, which is all coordinates at 0; m validated. GENU_E_FORMAT where the model has no such leg,
 *  GENU_E_RANGE where its bones have no length, GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_leg_bow(genu_model *m, genu_side side, double varus, genu_err *err);

/* The two contact points on the tibial plateau, in the tibia's frame. */
typedef struct genu_plateau {
    double spacing; /* m between medial and lateral contact                    [0.02, 0.08]   */
    double offset;  /* m, centre to the lateral side of the tibia's origin   [-0.02, 0.02]    */
    double height;  /* m, centre above (below: negative) the tibia's origin  [-0.06, 0.02]    */
} genu_plateau;

/** 40 mm apart (Lerner et al. 2015), centred 25 mm below the tibia's origin, which in the models of
 *  Delp 1990 (doi:10.1109/10.102791) and their descendants is the middle of the epicondyles: the
 *  joint line lies 24.4 +- 2.8 mm below the lateral one (Aljuhani et al. 2023, n = 130,
 *  doi:10.1186/s40634-023-00621-z), 27 mm below the medial and 22 mm below the lateral one
 *  (Tantavisut et al. 2022, n = 140, doi:10.1186/s43019-022-00135-5). */
genu_plateau genu_plateau_defaults(void);

/** Centre of the plateau in the tibia's frame, m. */
v3 genu_plateau_center(const genu_plateau *p, genu_side side);

typedef struct genu_compartments {
    double medial, lateral; /* N, compression positive, never negative                       */
    double compression;     /* N along the tibia's long axis, compression positive           */
    double frontal_moment;  /* Nm about the anterior axis, positive loads the lateral side   */
    double soft_tissue;     /* Nm left over on lift-off, same sign; else 0                   */
} genu_compartments;

/** Share the force (N) and moment (Nm, about the plateau's centre) that the femur puts on the
 *  tibia, both in the tibia's frame (x anterior, y up its long axis, z to the right).
 *  Where the knee is pulled apart (compression < 0) both compartments are 0 and the whole moment
 *  is left to the soft tissue. */
genu_compartments genu_plateau_share(const genu_plateau *p, genu_side side, v3 force, v3 moment);

#endif
