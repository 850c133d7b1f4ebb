/* figure_set.h - what the figures of one results file share: the open file, the choice of
 * scenarios, the time axis, the words.
 *
 * Depends on: sim/figure.h, sim/results.h
 * Memory:     what is read or made for a figure is kept by the set until it is closed
 * Thread use: as canvas.h
 */
#ifndef GENU_SIM_FIGURE_SET_H
#define GENU_SIM_FIGURE_SET_H

#include "sim/chart.h"
#include "sim/figure.h"
#include "sim/results.h"

enum { FIGURE_LEVEL_MAX = 7 }; /* curves in one panel that an eye can follow */

/* What differs between scenarios. */
typedef struct figure_parameter {
    const char *name; /* "gluteus medius", "walking speed"                         */
    const char *unit; /* NULL: a strength, shown in percent; "": none              */
    double usual;     /* 1; of a setting as the study has it, NAN: left open       */
} figure_parameter;

typedef struct figure_set {
    genu_results *r;
    const genu_figure_options *options;
    const char *folder;
    genu_files *files;
    genu_notes *notes;
    const char *origin; /* which file, study, model and program                    */
    const char *note;   /* the same, and that the movement is assumed unchanged    */
    double *weight;     /* n_scenario: body weight, N                              */
    double body_weight; /* of the usual scenario, N                                */
    int n_scenario, n_side, n_frame;
    const char *const *side;     /* n_side: "right", "left"                           */
    int n_strength;              /* parameters that are strengths, which come first   */
    int n_parameter;             /* and settings after them                           */
    const double *strength;      /* n_parameter x n_scenario                          */
    figure_parameter *parameter; /* n_parameter                                   */
    int usual;        /* the scenario nearest to full strength and to the study's settings */
    const int *doubt; /* n_scenario x n_side: the muscles cannot do it  */
    void **kept;
    int n_kept;
} figure_set;

/** Open a results file for drawing; close it in any case. */
GENU_MUST_USE genu_status figure_set_open(figure_set *set, const char *path,
                                          const genu_figure_options *options, genu_err *err);
void figure_set_close(figure_set *set);

/* Kept until the set is closed; NULL when there is no memory. */
void *figure_keep(figure_set *set, void *heap);
double *figure_numbers(figure_set *set, int n);
char *figure_text(figure_set *set, const char *fmt, ...) GENU_PRINTF(2, 3);

/** A dataset, whole; kept. */
GENU_MUST_USE genu_status figure_read(figure_set *set, const char *name, genu_dataset **out,
                                      genu_err *err);
/** Scenario `scenario` of a dataset; kept. */
GENU_MUST_USE genu_status figure_read_scenario(figure_set *set, const char *name, int scenario,
                                               genu_dataset **out, genu_err *err);

/** 1 when the file has the dataset; else 0 with a note that `figure` is left out for want of it. */
int figure_needs(figure_set *set, const char *figure, const char *dataset);
void figure_skip(figure_set *set, const char *figure, const char *reason);

/** Write all formats as NAME_SIDE.FORMAT, and release the canvas. side may be NULL. */
GENU_MUST_USE genu_status figure_save(figure_set *set, genu_canvas *c, const char *name,
                                      const char *side, genu_err *err);

/** The same for a figure that belongs to no set. */
GENU_MUST_USE genu_status figure_save_as(genu_canvas *c, const char *base,
                                         const genu_figure_options *o, genu_files *files,
                                         genu_err *err);
GENU_MUST_USE genu_status figure_check_options(const genu_figure_options *o, genu_err *err);
/** Make the folder when it is missing. GENU_E_IO. */
GENU_MUST_USE genu_status figure_folder(const char *folder, genu_err *err);

/* The horizontal axis of curves: percent of the gait cycle of one side, or time where the record
 * holds no whole cycle. */
typedef struct figure_phase {
    const char *label; /* "Gait cycle (%)" or "Time (s)"                          */
    int is_cycle;
    int n;          /* frames shown                                            */
    int *frame;     /* n: their indices, in the order of x                     */
    double *x;      /* n, rising                                               */
    double *stance; /* n: fraction of stance, NAN in swing                     */
    double lo, hi;  /* ends of the axis                                        */
    double seconds; /* per unit of x                                           */
    int n_shade;    /* stance phases                                           */
    double shade[GENU_SHADE_MAX][2];
} figure_phase;

GENU_MUST_USE genu_status figure_phase_of(figure_set *set, int side, figure_phase *phase,
                                          genu_err *err);
/** Curve of a dataset (scenario, side, frame) in the order of the phase, times factor; kept. */
GENU_MUST_USE genu_status figure_curve(figure_set *set, const char *name, int scenario, int side,
                                       const figure_phase *phase, double factor, double **out,
                                       genu_err *err);
/** Integral of a curve over the first stance phase, times s; NAN where there is none. */
double figure_impulse(const figure_phase *phase, const double *curve);

/** Words for the stance phase in a legend; NULL when no stance is marked. */
const char *figure_stance_text(figure_set *set, const figure_phase *phase);
/** Put the phase's stance fields into a panel. */
void figure_shade(const figure_phase *phase, genu_chart *chart);

/* Scenarios that differ in one strength level. */
typedef struct figure_levels {
    int n; /* from weak to strong                                      */
    int scenario[FIGURE_LEVEL_MAX];
    double level[FIGURE_LEVEL_MAX];
    int reference;      /* which of them is nearest to 1                            */
    int parameter;      /* that of the levels                                       */
    const char *what;   /* "Strength of gluteus medius and gluteus minimus"         */
    const char *others; /* sentence on what is left out, or NULL                    */
} figure_levels;

/** All strengths scaled together where the sweep holds that, else the first with the others nearest
 *  to 1. At most `most` levels; the weakest with the reference, and steps as even as can be. */
GENU_MUST_USE genu_status figure_levels_of(figure_set *set, int most, figure_levels *levels,
                                           genu_err *err);
/** Three of them at most, from weak to strong: the weakest, the one nearest to half way, and the
 *  reference, which is the last. */
GENU_MUST_USE genu_status figure_three_levels(figure_set *set, figure_levels *levels,
                                              genu_err *err);
int figure_doubtful(const figure_set *set, int scenario, int side);
/** Value of parameter k in a scenario, as it is shown: strengths in percent. */
double figure_value(const figure_set *set, int k, int scenario);
/** The same as text with its unit: "60 %", "1.3 m/s". */
const char *figure_value_text(figure_set *set, int k, double shown);
/** "Strength of gluteus medius", "Walking speed"; kept. */
const char *figure_parameter_text(figure_set *set, int k);
/** 1: parameter k differs in neither scenario. */
int figure_same(const figure_set *set, int k, int scenario, int other);
/** " Strength of psoas is kept at 100 %." for all from parameter `first` on but `but`. */
const char *figure_kept_text(figure_set *set, int first, int but);
/** "60 %", with an asterisk where the muscles cannot do it. */
const char *figure_level_text(figure_set *set, const figure_levels *levels, int i, int side);
/** What the asterisk means. */
const char *figure_doubt_text(figure_set *set);

/* One figure, for one side. */
typedef genu_status figure_draw(figure_set *set, const char *name, int side, genu_err *err);
figure_draw figure_knee_load, figure_peak_map, figure_muscle_forces, figure_muscle_change,
    figure_joint_moments, figure_strength_indices, figure_strength_slopes, figure_slope_rows;

#endif
