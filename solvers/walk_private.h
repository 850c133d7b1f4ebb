/* walk_private.h - what the parts of the walk share: unknowns, frames, local variables. */
#ifndef GENU_SOLVERS_WALK_PRIVATE_H
#define GENU_SOLVERS_WALK_PRIVATE_H

#include "models/skeleton.h"
#include "solvers/walk.h"

/* Coordinates in the walk's own order; the legs follow one another with LEG coordinates each. */
enum {
    TILT,
    LIST,
    ROTATION,
    TX,
    TY,
    TZ,
    BACK_TILT,
    BACK_LIST,
    BACK_ROTATION,
    TRUNK_END,
    HIP_FLEXION = 0,
    HIP_ADDUCTION,
    HIP_ROTATION,
    KNEE,
    ANKLE,
    SUBTALAR,
    TOE,
    LEG,
    N_COORD = TRUNK_END + 2 * LEG
};
/* A foot's ground reaction, lateral positive: N, centre of pressure in the footprint, horizontal
 * forces and free moment over N. */
enum { G_N, G_X, G_Z, G_FX, G_FZ, G_T, N_REACTION };
enum { F_X, F_Z, F_YAW, N_PRINT };
/* Local variables of a frame. */
enum {
    AT_U = N_COORD,
    AT_A = 2 * N_COORD,
    AT_G = 3 * N_COORD,
    AT_F = AT_G + 2 * N_REACTION,
    N_LOCAL = AT_F + 2 * N_PRINT
};
enum { N_HARMONIC = 14, N_FOURIER = 2 * N_HARMONIC + 1, N_SPLINE = 18 };
enum { HEEL = 0, BALL = 2, TOE_BALL = 4, TIP = 6, N_POINT = 8 };
enum { N_MOMENT = 5 };
/* What differencing gives: missing force and moment, joint moments, contact points. */
enum { Y_MOMENT = 6, Y_POINT = Y_MOMENT + 2 * N_MOMENT, N_BODY_OUT = Y_POINT + 2 * N_POINT * 3 };

/* A run of unknowns and what they are coefficients of. */
typedef struct block {
    int start, n;
    int first, step; /* Fourier: harmonics first, first + step, ...; step 0: not a series     */
} block;

/* One or three local variables and the unknowns that they are linear in. */
typedef struct group {
    int block, local, n_local; /* n_local 3: local, local + N_COORD, local + 2 N_COORD         */
    int first, n;              /* unknowns of the block                                        */
    double B[3][N_FOURIER];
} group;

enum { N_GROUP = N_COORD + 2 * N_REACTION + 2 * N_PRINT };

/* Where one foot is in its cycle. */
typedef struct foot_time {
    double cycle;  /* 0 to 1 from its strike                                                  */
    double stance; /* cycle over the share of stance                                          */
    int on;
    double shift; /* m, of its footprint, whole strides                                      */
} foot_time;

typedef struct frame {
    double t;
    foot_time foot[2];
    int n_group;
    group group[N_GROUP];
    double fixed[N_LOCAL]; /* what the local variables are when all unknowns are zero    */
    double target[N_COORD], weight[N_COORD]; /* of angles; trunk: in the laboratory           */
    double grf[2][2], grf_sd[2][2];          /* forward, up; body weights                     */
    double moment[2][N_MOMENT];              /* Nm/kg                                         */
    double H[N_LOCAL][N_LOCAL], g[N_LOCAL];  /* local J'J (upper) and J'r                     */
    double cosine[2 * N_HARMONIC + 1], sine[2 * N_HARMONIC + 1]; /* of m times the cycle      */
    double cost;
} frame;

/* Phases of a foot's cycle, shares of the cycle. */
typedef struct phases {
    double flat, heel_off, toes_off, off;
} phases;

struct genu_walk {
    const genu_model *m;
    genu_walk_settings set;
    genu_norms norms;
    int coord[N_COORD]; /* in the model                                                      */
    genu_leg leg[2];
    double leg_length, sole, foot_scale, mass, weight; /* m, m, 1, kg, N                      */
    double toe_sign;      /* of the toe coordinate when the toes are lifted                    */
    v3 point[2][N_POINT]; /* in its body                                                      */
    v3 mark[N_POINT];     /* where the planted point belongs in the footprint, lateral z      */
    double period, stride;
    phases ph;
    int symmetric, n_block, n;
    block block[N_COORD + 2 * N_REACTION + 2 * N_PRINT];
    int coord_block[N_COORD], reaction_block[2][N_REACTION], print_block[2][N_PRINT];
    int n_frame, n_thread;
    frame *frame;
    genu_data **data;
    double *x, *x_new, *step, *g, *A, *L; /* n, n, n, n, n x n, n x n                         */
    double loose;                         /* factor of the dynamics' and contacts' scales     */
};

/* walk.c */
void walk_targets(const genu_walk *w, frame *f);

/* walk_setup.c */
foot_time walk_foot_time(const genu_walk *w, double t, int side);
void walk_basis(const genu_walk *w, frame *f);
void walk_spline(double s, int *first, double B[4]);
void walk_locals(const genu_walk *w, const frame *f, const double *x, double *z);
void walk_layout(genu_walk *w);
double walk_shape(const genu_walk *w, double cycle);

/* walk_local.c */
sp6 walk_wrench(int side, const foot_time *ft, const double *reaction, const double *print);
v3 walk_center(int side, const foot_time *ft, const double *reaction, const double *print);
void walk_pose(const genu_walk *w, genu_data *d, const double *z);
v3 walk_point(const genu_walk *w, const genu_data *d, int side, int p);
void walk_joint_moments(const genu_walk *w, const genu_data *d, const double *tau, int side,
                        double *out);
int walk_planted(const genu_walk *w, const foot_time *ft, int p, double *from, double *to);
v3 walk_in_print(int side, const foot_time *ft, const double *print, v3 p);
void walk_frame_fit(const genu_walk *w, frame *f, genu_data *d, const double *x, int derivatives);

/* walk_start.c */
double walk_roll(const genu_walk *w, double stance);
void walk_start(genu_walk *w);

/* walk_prior.c: adds to cost; to A and g when they are not NULL */
double walk_prior(const genu_walk *w, const double *x, double *A, double *g);

/* walk_frame.c */
sp6 walk_missing(const genu_walk *w, double t, genu_data *d);

/* walk_solve.c */
int walk_cholesky(int n, double *A, double *x);
void walk_normal_equations(genu_walk *w);

#endif
