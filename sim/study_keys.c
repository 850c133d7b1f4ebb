#include "sim/study.h"

#include <math.h>

/* The whole study file in one table. Where no source is named, a range is there to catch a wrong
 * unit or a slip of the keyboard; knee: Lerner et al. 2015 (doi:10.1016/j.jbiomech.2014.12.049). */

#define AT(member)           GENU_KEY_AT(genu_study, member)
#define AT_PARAMETER(member) GENU_KEY_AT(genu_parameter, member)
#define DEGREES              "degrees", .scale = GENU_PI / 180

#define NUMBER GENU_KEY_NUMBER
#define MAP    GENU_KEY_MAP

// clang-format off

static const genu_key subject_keys[] = {
    { "mass", AT(subject.mass), NUMBER, .unit = "kg", .lo = 20, .hi = 250, .fallback = NAN,
      .open = "as the model is", .help = "the model is scaled to this mass" },
    { "height", AT(subject.height), NUMBER, .unit = "m", .lo = 1, .hi = 2.5, .fallback = NAN,
      .open = "as the model is", .help = "the model is scaled to this height" },
    { 0 }
};

static const genu_key change_keys[] = {
    { "speed", AT(change.speed), NUMBER, .unit = "m/s", .lo = 0.8, .hi = 1.6, .fallback = NAN,
      .open = "as in the task", .help = "walking speed" },
    { "step_width", AT(change.step_width), NUMBER, .unit = "m", .lo = 0.05, .hi = 0.20,
      .fallback = NAN, .open = "as in the task", .help = "sideways distance of the footprints" },
    { "pelvic_obliquity", AT(change.pelvic_obliquity), NUMBER, .unit = DEGREES, .lo = -5, .hi = 5,
      .fallback = NAN, .open = "as in the task",
      .help = "obliquity of the pelvis, as the task defines it" },
    { "trunk_lean", AT(change.trunk_lean), NUMBER, .unit = DEGREES, .lo = -10, .hi = 10,
      .fallback = NAN, .open = "as in the task",
      .help = "sideways lean of the trunk, as the task defines it" },
    { 0 }
};

static const genu_key motion_keys[] = {
    { "file", AT(motion.file), GENU_KEY_PATH, .required = 1,
      .help = "coordinates over time (.mot, .sto)" },
    { "filter", AT(motion.filter), NUMBER, .unit = "Hz", .lo = 0, .hi = 100, .fallback = 6,
      .help = "low-pass on the coordinates; 0: none" },
    { "from", AT(motion.from), NUMBER, .unit = "s", .lo = -1e5, .hi = 1e5, .fallback = NAN,
      .open = "where the record begins", .help = "first instant" },
    { "to", AT(motion.to), NUMBER, .unit = "s", .lo = -1e5, .hi = 1e5, .fallback = NAN,
      .open = "where the record ends", .help = "last instant" },
    { 0 }
};

static const genu_key loads_keys[] = {
    { "file", AT(loads.file), GENU_KEY_PATH, .required = 1, .help = "external loads (.xml)" },
    { "filter", AT(loads.filter), NUMBER, .unit = "Hz", .lo = 0, .hi = 1000, .fallback = 0,
      .help = "low-pass on forces, points and torques; 0: none" },
    { 0 }
};

static const genu_key strength_keys[] = {
    { "muscles", AT_PARAMETER(muscles), GENU_KEY_TEXTS, .required = 1, .least = 1, .most = 500,
      .help = "groups or muscle names, scaled together" },
    { "side", AT_PARAMETER(side), GENU_KEY_CHOICE, .choices = "right|left|both",
      .fallback = GENU_SIDE_BOTH, .help = "muscles of this side only" },
    { "value", AT_PARAMETER(value), NUMBER, .lo = 0, .hi = 10, .fallback = NAN,
      .open = "see values, from", .help = "one factor of the maximal isometric force" },
    { "values", AT_PARAMETER(values), GENU_KEY_NUMBERS, .lo = 0, .hi = 10, .least = 1,
      .most = 1001, .open = "see value, from", .help = "several factors" },
    { "from", AT_PARAMETER(from), NUMBER, .lo = 0, .hi = 10, .fallback = NAN,
      .open = "see value, values", .help = "first factor of an even row" },
    { "to", AT_PARAMETER(to), NUMBER, .lo = 0, .hi = 10, .fallback = NAN,
      .open = "see value, values", .help = "last factor of it" },
    { "steps", AT_PARAMETER(steps), GENU_KEY_WHOLE, .lo = 1, .hi = 1001, .fallback = NAN,
      .open = "see value, values", .help = "number of factors in it, both ends counted" },
    { "distribution", AT_PARAMETER(distribution), GENU_KEY_CHOICE,
      .choices = "uniform|normal|log_normal", .fallback = GENU_UNIFORM,
      .help = "sampled designs: of the factor, from `from` to `to`" },
    { "mean", AT_PARAMETER(mean), NUMBER, .lo = 0, .hi = 10, .fallback = NAN,
      .open = "none", .help = "sampled designs: of the factor, before it is cut to the range" },
    { "sd", AT_PARAMETER(sd), NUMBER, .lo = 0, .above = 1, .hi = 10, .fallback = NAN,
      .open = "none", .help = "sampled designs: its standard deviation" },
    { 0 }
};

/* Any number: what is allowed, the setting itself says (study_vary.c). */
#define ANY .lo = -1e6, .hi = 1e6

static const genu_key vary_keys[] = {
    { "setting", AT_PARAMETER(setting), GENU_KEY_TEXT, .required = 1,
      .help = "key of this file, as knee.spacing or sharing.power" },
    { "value", AT_PARAMETER(value), NUMBER, ANY, .fallback = NAN, .open = "see values, from",
      .help = "one value, in the unit of the setting" },
    { "values", AT_PARAMETER(values), GENU_KEY_NUMBERS, ANY, .least = 1, .most = 1001,
      .open = "see value, from", .help = "several values" },
    { "from", AT_PARAMETER(from), NUMBER, ANY, .fallback = NAN, .open = "see value, values",
      .help = "first value of an even row" },
    { "to", AT_PARAMETER(to), NUMBER, ANY, .fallback = NAN, .open = "see value, values",
      .help = "last value of it" },
    { "steps", AT_PARAMETER(steps), GENU_KEY_WHOLE, .lo = 1, .hi = 1001, .fallback = NAN,
      .open = "see value, values", .help = "number of values in it, both ends counted" },
    { "distribution", AT_PARAMETER(distribution), GENU_KEY_CHOICE,
      .choices = "uniform|normal|log_normal", .fallback = GENU_UNIFORM,
      .help = "sampled designs: of the value, from `from` to `to`" },
    { "mean", AT_PARAMETER(mean), NUMBER, ANY, .fallback = NAN, .open = "none",
      .help = "sampled designs: of the value, before it is cut to the range" },
    { "sd", AT_PARAMETER(sd), NUMBER, .lo = 0, .above = 1, .hi = 1e6, .fallback = NAN,
      .open = "none", .help = "sampled designs: its standard deviation" },
    { 0 }
};

static const genu_key design_keys[] = {
    { "kind", AT(design.kind), GENU_KEY_CHOICE,
      .choices = "grid|one_at_a_time|list|monte_carlo|latin_hypercube|sobol|saltelli",
      .fallback = GENU_DESIGN_GRID, .help = "how scenarios are made of `vary` and `strength`" },
    { "samples", AT(design.samples), GENU_KEY_WHOLE, .lo = 1, .hi = 10000000, .fallback = NAN,
      .open = "none", .help = "points of a sampled design; saltelli takes parameters + 2 for each" },
    { "file", AT(design.file), GENU_KEY_PATH, .open = "none",
      .help = "list: a table (.csv), columns as `soleus:right` or `knee.spacing`" },
    { 0 }
};

static const genu_key sharing_keys[] = {
    { "mode", AT(sharing.mode), GENU_KEY_CHOICE, .choices = "genu|opensim",
      .fallback = GENU_MODE_GENU, .help = "opensim: the rules of that program, for comparison" },
    { "power", AT(sharing.power), NUMBER, .lo = 2, .hi = 20, .fallback = 2,
      .help = "exponent of the activations in the sum that is made small" },
    { "reserve", AT(sharing.reserve), NUMBER, .unit = "Nm", .lo = 0, .above = 1, .hi = 10000,
      .fallback = 1, .help = "reserve moment that costs as much as one muscle at full activation" },
    { "reserves", AT(sharing.reserves), GENU_KEY_PAIRS, .unit = "Nm", .lo = 0, .above = 1,
      .hi = 10000, .least = 1, .help = "the same for single coordinates, as { hip_flexion_r: 10 }" },
    { "weights", AT(sharing.weights), GENU_KEY_PAIRS, .lo = 0, .above = 1, .hi = 1e6, .least = 1,
      .open = "1 for every muscle", .help = "cost of groups or muscles, as { soleus: 2 }" },
    { "weighting", AT(sharing.weighting), GENU_KEY_CHOICE, .choices = "none|volume",
      .fallback = GENU_WEIGHTING_NONE,
      .help = "volume: the cost of a muscle is its share of the mean volume, times its weight" },
    { "minimum_activation", AT(sharing.minimum_activation), NUMBER, .lo = 0, .hi = 0.5,
      .fallback = NAN, .open = "each muscle's own (OpenSim's default: 0.01)",
      .help = "lower bound of every activation" },
    { "passive", AT(sharing.passive), GENU_KEY_FLAG, .fallback = 0,
      .help = "passive force of the fibres acts, too" },
    { "tendon", AT(sharing.tendon), GENU_KEY_CHOICE, .choices = "rigid|elastic",
      .fallback = GENU_TENDON_RIGID,
      .help = "elastic: it stretches with the force; needs passive: true, and takes much longer" },
    { 0 }
};

static const genu_key knee_keys[] = {
    { "spacing", AT(knee.spacing), NUMBER, .unit = "m", .lo = 0.02, .hi = 0.08, .fallback = 0.040,
      .help = "between medial and lateral contact point" },
    { "offset", AT(knee.offset), NUMBER, .unit = "m", .lo = -0.02, .hi = 0.02, .fallback = 0,
      .help = "plateau's centre to the lateral side of the tibia's origin" },
    { "height", AT(knee.height), NUMBER, .unit = "m", .lo = -0.06, .hi = 0.02, .fallback = -0.025,
      .help = "plateau's centre above (negative: below) the tibia's origin" },
    { "varus", AT(knee.varus), NUMBER, .unit = DEGREES, .lo = -15, .hi = 15, .fallback = 0,
      .help = "added frontal alignment, varus positive" },
    { 0 }
};

static const genu_key reaction_keys[] = {
    { "joint", GENU_KEY_AT(genu_study_joint, joint), GENU_KEY_TEXT, .required = 1,
      .help = "name of a joint of the model" },
    { "on", GENU_KEY_AT(genu_study_joint, on_parent), GENU_KEY_CHOICE, .choices = "child|parent",
      .help = "the body that the force acts on" },
    { "in", GENU_KEY_AT(genu_study_joint, axes), GENU_KEY_TEXT, .open = "ground",
      .help = "axes that it is written in: ground, child, parent or the name of a body" },
    { 0 }
};

static const genu_key storage_keys[] = {
    { "precision", AT(storage.single), GENU_KEY_CHOICE, .choices = "double|single",
      .help = "of curves and muscles; single halves the file and keeps 7 digits" },
    { "compression", AT(storage.compression), GENU_KEY_WHOLE, .lo = 0, .hi = 9, .fallback = 0,
      .help = "of large datasets; 1 saves a third of curves and more of muscles, and takes longer" },
    { 0 }
};

/* The same two keys for each foot; their members differ by the place of the foot. */
static const genu_key foot_keys[] = {
    { "strike", GENU_KEY_AT(genu_study_foot, strike), GENU_KEY_NUMBERS, .unit = "s", .lo = -1e5,
      .hi = 1e5, .least = 1, .help = "foot strikes, rising" },
    { "off", GENU_KEY_AT(genu_study_foot, off), GENU_KEY_NUMBERS, .unit = "s", .lo = -1e5,
      .hi = 1e5, .least = 1, .help = "toe-offs, rising" },
    { 0 }
};

static const genu_key events_keys[] = {
    { "right", GENU_KEY_AT(genu_study, events.right), MAP, .sub = foot_keys,
      .open = "from the ground reactions", .help = "of the right foot" },
    { "left", GENU_KEY_AT(genu_study, events.left), MAP, .sub = foot_keys,
      .open = "from the ground reactions", .help = "of the left foot" },
    { 0 }
};

const genu_key genu_study_keys[] = {
    { "title", AT(title), GENU_KEY_TEXT, .open = "the name of the file",
      .help = "stands over figures and reports" },
    { "model", AT(model), GENU_KEY_PATH, .required = 1, .help = "OpenSim model (.osim)" },
    { "subject", .kind = MAP, .sub = subject_keys, .open = "as the model is",
      .help = "whom the model is scaled to" },
    { "task", AT(task), GENU_KEY_PATH, .open = "see motion",
      .help = "task file (.yaml); or a motion" },
    { "change", .kind = MAP, .sub = change_keys, .open = "as in the task",
      .help = "what to change in the task" },
    { "motion", .kind = MAP, .sub = motion_keys, .lone = "file", .open = "see task",
      .help = "measured motion; or a task" },
    { "loads", .kind = MAP, .sub = loads_keys, .lone = "file", .open = "no external forces",
      .help = "external loads of the motion" },
    { "side", AT(side), GENU_KEY_CHOICE, .choices = "right|left|both", .fallback = GENU_SIDE_BOTH,
      .help = "whose knee is reported" },
    { "lock", AT(lock), GENU_KEY_TEXTS, .help = "coordinates held at their default" },
    { "strength", AT(strength), GENU_KEY_MAPS, .sub = strength_keys, .size = sizeof(genu_parameter),
      .most = GENU_STRENGTH_MAX, .open = "one scenario at full strength",
      .help = "whose strength is scaled; the grid is the product of the entries, and of `vary`" },
    { "vary", AT(vary), GENU_KEY_MAPS, .sub = vary_keys, .size = sizeof(genu_parameter),
      .most = GENU_VARY_MAX, .open = "nothing else",
      .help = "which other settings differ between scenarios" },
    { "design", .kind = MAP, .sub = design_keys, .lone = "kind", .open = "a grid",
      .help = "which scenarios are tried" },
    { "sharing", .kind = MAP, .sub = sharing_keys, .open = "the defaults below",
      .help = "how the muscles share the joint moments" },
    { "knee", .kind = MAP, .sub = knee_keys, .open = "the defaults below",
      .help = "where the compartments lie" },
    { "reactions", AT(reactions), GENU_KEY_MAPS, .sub = reaction_keys,
      .size = sizeof(genu_study_joint), .most = 50, .open = "none",
      .help = "joint reactions that are written, for every scenario and frame" },
    { "frames", AT(frames), GENU_KEY_WHOLE, .lo = 11, .hi = 1001, .fallback = NAN,
      .open = "as measured, or as in the task",
      .help = "number of frames per cycle" },
    { "events", .kind = MAP, .sub = events_keys, .open = "from the ground reactions",
      .help = "foot strikes and toe-offs of a measured motion" },
    { "output", AT(output), GENU_KEY_CHOICES, .choices = "curves|muscles|slopes",
      .open = "summaries only",
      .help = "what is written beside the summaries; slopes: of the loads by every muscle's strength" },
    { "storage", .kind = MAP, .sub = storage_keys, .open = "the defaults below",
      .help = "how the results file keeps its numbers" },
    { "seed", AT(seed), GENU_KEY_WHOLE, .lo = 0, .hi = 2147483647, .fallback = 1,
      .help = "of random numbers" },
    { 0 }
};
// clang-format on
