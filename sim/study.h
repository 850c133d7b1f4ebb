/* study.h - what the user asked for: the study file, checked.
 *
 * Every key is in one table (study.c), from which reading, ranges, defaults, help and printing all
 * follow. All problems of a file are reported, each with its line. Inside, everything is SI (m, kg,
 * s, N, rad); paths are joined to the folder of the study.
 *
 * Scenarios: the grid is the product of the entries of `vary` and `strength`. The first entry of
 * `vary` changes slowest, the last of `strength` fastest. A study without entries is one scenario,
 * all muscles at full strength.
 *
 * Depends on: sim/fields.h, models/group.h
 * Memory:     genu_study owns everything it points to; genu_binding is one block
 * Thread use: a finished study and binding are constant and may be shared
 */
#ifndef GENU_SIM_STUDY_H
#define GENU_SIM_STUDY_H

#include "models/group.h"
#include "models/model.h"
#include "sim/fields.h"
#include "solvers/design.h"
#include "solvers/frames.h"

enum {
    GENU_STRENGTH_MAX = 64, /* entries of one study                            */
    GENU_VARY_MAX = 16,
    GENU_PARAMETER_MAX = GENU_STRENGTH_MAX + GENU_VARY_MAX,
    GENU_SCENARIO_MAX = 1000000000, /* of a grid                               */
    GENU_SAMPLE_MAX = 10000000      /* of other designs, whose values are kept */
};

#define GENU_STRENGTH_MOST 10.0 /* largest factor */

/* What is computed anew for another value of a setting. */
typedef enum genu_stage {
    GENU_STAGE_MOVEMENT, /* everything from the model on                                        */
    GENU_STAGE_SHARING,  /* load sharing; the frames stay                                       */
    GENU_STAGE_KNEE      /* only how the compartments share the load: costs nothing             */
} genu_stage;

/* One parameter of the design: a strength entry, or another setting of the study. It gets these
 * values, one after the other; or in a sampled design, values of this distribution. */
typedef struct genu_parameter {
    genu_texts muscles;  /* strength: groups or muscle names                                    */
    int side;            /* strength: GENU_RIGHT, GENU_LEFT or GENU_SIDE_BOTH                   */
    char *setting;       /* vary: path of its key, as "knee.spacing"                            */
    const genu_key *key; /* vary: that key, from which values take range and unit               */
    genu_stage stage;    /* vary                                                                */
    int weight;          /* vary: number in sharing.weights, else -1                            */
    genu_numbers values; /* n >= 1, in the unit of the file, however they were written          */
    double value;        /* as written; NAN: left out                                          */
    double from, to;     /* as written; NAN: left out                                          */
    int steps;           /* as written; 0: left out                                            */
    genu_distribution_kind distribution;
    double mean, sd; /* of the distribution; NAN: left out                                      */
} genu_parameter;

/* Times of one foot, s, rising; strikes and offs alternate. */
typedef struct genu_study_foot {
    genu_numbers strike, off;
} genu_study_foot;

/* A joint whose reaction is written: on which of its bodies, in whose axes. */
typedef struct genu_study_joint {
    char *joint;
    int on_parent; /* 0: on the child                                         */
    char *axes;    /* "ground", "child", "parent" or a body; NULL: ground     */
} genu_study_joint;

/* What the cost of a muscle is multiplied by: its volume (maximal isometric force times optimal fibre
 * length, at full strength) over the mean of all muscles. */
typedef enum genu_weighting { GENU_WEIGHTING_NONE, GENU_WEIGHTING_VOLUME } genu_weighting;

typedef enum genu_tendon { GENU_TENDON_RIGID, GENU_TENDON_ELASTIC } genu_tendon;

enum { GENU_OUTPUT_CURVES = 1, GENU_OUTPUT_MUSCLES = 2, GENU_OUTPUT_SLOPES = 4 };

typedef struct genu_study {
    char *title; /* the file's name without folder and ending, where it was left out           */
    char *model; /* path                                                                       */
    struct {
        double mass, height; /* kg, m; NAN: as the model is                                    */
    } subject;
    char *task; /* path of a task file, or NULL: a measured motion                             */
    struct {
        double speed;            /* m/s; NAN: as the task has it, also below                   */
        double step_width;       /* m                                                          */
        double pelvic_obliquity; /* rad, positive: the swing side drops                        */
        double trunk_lean;       /* rad, positive: over the standing leg                       */
    } change;
    struct {
        char *file;      /* path, or NULL: a task                                              */
        double filter;   /* Hz, low-pass; 0: none                                              */
        double from, to; /* s; NAN: where the record begins, ends                              */
    } motion;
    struct {
        char *file;    /* path of an external-loads file, or NULL: no external forces          */
        double filter; /* Hz; 0: none                                                          */
    } loads;
    int side;        /* whose knee is reported: GENU_RIGHT, GENU_LEFT or GENU_SIDE_BOTH        */
    genu_texts lock; /* coordinates held at their default                                      */
    struct {
        int n;
        genu_parameter *item;
    } strength, vary;
    struct {
        genu_design_kind kind;
        int samples; /* of a sampled design; 0: left out                                       */
        char *file;  /* path of a list; or NULL                                                */
    } design;
    struct {
        genu_mode mode;
        double power;              /* exponent of the activations                              */
        double reserve;            /* Nm (N)                                                   */
        genu_pairs reserves;       /* the same for single coordinates                          */
        genu_pairs weights;        /* cost of groups or muscles; the others have 1             */
        double minimum_activation; /* NAN: each muscle's own, as the model has it              */
        genu_weighting weighting;
        int passive; /* 1: passive fibre force acts, too                                       */
        genu_tendon tendon;
    } sharing;
    struct {
        double spacing, offset, height; /* m, as in genu_plateau                               */
        double varus;                   /* rad                                                 */
    } knee;
    struct {
        int n;
        genu_study_joint *item;
    } reactions;
    int frames; /* per cycle; 0: as measured, or as the task has it                            */
    struct {
        genu_study_foot right, left;
    } events;
    unsigned output; /* GENU_OUTPUT_ bits                                                      */
    struct {
        int single;      /* precision of what is written for each scenario and frame           */
        int compression; /* 0 to 9                                                             */
    } storage;
    int seed;

    /* filled by the reader */
    char *path;     /* of the file, as the user wrote it                                       */
    char *folder;   /* of the file, "" for the current one                                     */
    genu_yaml *doc; /* the text and where each key stands                                      */
    int n_scenario; /* >= 1; of a grid, the product of the entries' values                     */
    double *value;  /* n_scenario x parameters; NULL: a grid                                   */
} genu_study;

/** Read a study file. Every problem goes to notes (may be NULL) as GENU_ERROR with its line, the
 *  first also to err: "study 'x.yaml', line 7: strength[0].steps is 13.5, must be a whole number
 *  from 1 to 1001 (column 60)". What is legal but worth knowing goes to notes, too.
 *  GENU_E_IO, GENU_E_FORMAT, GENU_E_RANGE, GENU_E_MEMORY; on failure *study is NULL. */
GENU_MUST_USE genu_status genu_study_read(genu_study **study, const char *path, genu_notes *notes,
                                          genu_err *err);

/** The same from n bytes of text; path names it in messages and gives the folder. */
GENU_MUST_USE genu_status genu_study_parse(genu_study **study, const char *text, size_t n,
                                           const char *path, genu_notes *notes, genu_err *err);
void genu_study_free(genu_study *study);

/** The whole text of the file, for the results file. */
const char *genu_study_text(const genu_study *study);

/** Where a key stands, by its path as in "strength[0].muscles[1]"; see genu_yaml_find. */
genu_mark genu_study_mark(const genu_study *study, const char *key);

/** Every file that the study names can be read. Problems as in genu_study_read; GENU_E_IO. */
GENU_MUST_USE genu_status genu_study_check_files(const genu_study *study, genu_notes *notes,
                                                 genu_err *err);

/** Parameters of the design: the entries of `vary`, then those of `strength`. */
int genu_study_n_parameter(const genu_study *study);
const genu_parameter *genu_study_parameter(const genu_study *study, int i);

/** The value of every parameter in one scenario, in the unit of the file. value (n_parameter). */
void genu_study_values(const genu_study *study, int scenario, double *value);

/** What a setting that varies is as the study has it, in the unit of the file; NAN: left open. */
double genu_study_as_written(const genu_study *study, const genu_parameter *p);

/** The knee's plateau where the settings have these values (n_parameter). */
genu_plateau genu_study_plateau(const genu_study *study, const double *value);

/** 1: a setting varies that has its effect at this stage; that setting varies. */
int genu_study_varies(const genu_study *study, genu_stage stage);
int genu_study_varies_setting(const genu_study *study, const char *setting);

/** The study with its settings as these values (n_parameter) have them. variant borrows everything
 *  from study but its weights: weight (sharing.weights.n). */
void genu_study_apply(const genu_study *study, const double *value, genu_study *variant,
                      double *weight);

/** The table of all keys, ended by an empty one; it writes into a genu_study. */
extern const genu_key genu_study_keys[];

/** Every key of a study file: what it holds, range, unit, default, meaning. */
void genu_study_print_fields(FILE *out);

/** Every setting in force, defaults included, one line each, in the units of the file. */
void genu_study_print(const genu_study *study, FILE *out);

/* What the study's names mean in one model. */
typedef struct genu_binding {
    int n_muscle, n_coord;
    int *entry;      /* n_muscle: strength entry that scales the muscle, -1: none              */
    int *changed;    /* n_muscle flags: some entry scales it                                   */
    int *locked;     /* n_coord flags: locked in the model or in the study                     */
    double *weight;  /* n_muscle: cost in the sharing, 1 unless the study says otherwise       */
    double *reserve; /* n_coord: Nm (N), 0: the study's common `reserve`                       */
    genu_frames_joint *joint; /* reactions.n                                                    */
} genu_binding;

/** Check a study against a model: every muscle, group and coordinate exists, no muscle is scaled or
 *  weighted twice, and no dependent coordinate is locked. All problems go to notes with their
 *  lines, the first to err. Release with free(). GENU_E_RANGE, GENU_E_MEMORY. */
GENU_MUST_USE genu_status genu_study_bind(const genu_study *study, const genu_model *m,
                                          genu_binding **binding, genu_notes *notes, genu_err *err);

/** The strength factor of every muscle in one scenario. factor (n_muscle); never allocates. */
void genu_binding_strength(const genu_binding *b, const genu_study *study, int scenario,
                           double *factor);

#endif
