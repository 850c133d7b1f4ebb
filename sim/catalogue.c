#include "sim/catalogue.h"

#include <stdio.h>
#include <string.h>

// clang-format off
#define FRAME_TIMES "time cycle stance"

/* A load, its curve and what the curve amounts to (genu_curve_summary in solvers/cycle.h). */
#define LOAD(name, units, impulse, long_name, note)                                                \
    { name, { "scenario", "side", "frame" }, units, long_name, FRAME_TIMES, note, 0 },             \
    { name "_peak", { "scenario", "side" }, units, long_name ", largest value of all frames",      \
      NULL, note, 0 },                                                                             \
    { name "_peak1", { "scenario", "side" }, units,                                                \
      long_name ", largest value in the first half of stance", NULL, note, 0 },                    \
    { name "_peak2", { "scenario", "side" }, units,                                                \
      long_name ", largest value in the second half of stance", NULL, note, 0 },                   \
    { name "_peak_time", { "scenario", "side" }, "s", long_name ", time of the largest value",     \
      NULL, NULL, 0 },                                                                             \
    { name "_impulse", { "scenario", "side" }, impulse, long_name ", integral over stance", NULL,  \
      note, 0 }

/* How a load follows the strength of each muscle. */
#define SLOPES(name, long_name)                                                                    \
    { name "_slope", { "scenario", "side", "muscle", "frame" }, "N",                               \
      long_name ", its derivative by the muscle's strength factor", FRAME_TIMES, SLOPE_NOTE, 0 },  \
    { name "_peak_slope", { "scenario", "side", "muscle" }, "N",                                   \
      long_name ", derivative of its largest value", NULL, SLOPE_NOTE, 0 },                        \
    { name "_peak1_slope", { "scenario", "side", "muscle" }, "N",                                  \
      long_name ", derivative of its first peak", NULL, SLOPE_NOTE, 0 },                           \
    { name "_peak2_slope", { "scenario", "side", "muscle" }, "N",                                  \
      long_name ", derivative of its second peak", NULL, SLOPE_NOTE, 0 },                          \
    { name "_impulse_slope", { "scenario", "side", "muscle" }, "N s",                              \
      long_name ", derivative of its impulse", NULL, SLOPE_NOTE, 0 },                              \
    { name "_peak_kink", { "scenario", "side" }, "1",                                              \
      long_name ", where the derivative of its largest value jumps", NULL, KINK_NOTE, 1 },         \
    { name "_peak1_kink", { "scenario", "side" }, "1",                                             \
      long_name ", where the derivative of its first peak jumps", NULL, KINK_NOTE, 1 },            \
    { name "_peak2_kink", { "scenario", "side" }, "1",                                             \
      long_name ", where the derivative of its second peak jumps", NULL, KINK_NOTE, 1 }
#define KINK_NOTE "0: it does not; 1 and more: number of the muscle, from 1, that is just reaching or "  \
    "leaving a bound; -1: a compartment is lifting off or touching down; -2: another frame is as large"
#define SLOPE_NOTE "per unit of the factor: 0.01 of it is one percent of the model's own strength"

static const genu_field CATALOGUE[] = {
    { "time", { "frame" }, "s", "time", NULL, NULL, 0 },
    { "cycle", { "side", "frame" }, "%", "percent of the gait cycle of that side", "time",
      "missing outside of a whole cycle", 0 },
    { "stance", { "side", "frame" }, "1", "fraction of the stance phase of that side", "time",
      "0 at foot strike, 1 at toe-off, missing in swing", 0 },
    { "ground_force", { "side", "axis", "frame" }, "N", "force of the ground on the foot",
      FRAME_TIMES, "ground frame: x forward, y up, z to the right", 0 },
    { "coordinate_value", { "coordinate", "frame" }, "rad or m", "joint coordinate", "time",
      "rad for rotations, m for translations, in the model's own directions", 0 },
    { "joint_moment", { "coordinate", "frame" }, "N m or N", "joint moment by inverse dynamics",
      "time", "generalised force of the coordinate, positive along it; N for translations", 0 },

    LOAD("knee_force", "N", "N s", "magnitude of the knee reaction force", NULL),
    LOAD("knee_compression", "N", "N s", "knee force along the tibia's long axis",
         "compression is positive"),
    LOAD("knee_medial_force", "N", "N s", "force on the medial compartment of the knee",
         "compression is positive; 0 when lifted off"),
    LOAD("knee_lateral_force", "N", "N s", "force on the lateral compartment of the knee",
         "compression is positive; 0 when lifted off"),
    LOAD("knee_frontal_moment", "N m", "N m s", "frontal moment about the plateau's centre",
         "of all that acts on the tibia at the joint; positive loads the lateral side"),
    LOAD("knee_soft_tissue_moment", "N m", "N m s",
         "frontal moment that the compartments leave to soft tissue",
         "0 unless a compartment is lifted off; positive loads the lateral side"),
    LOAD("patellofemoral_force", "N", "N s", "magnitude of the patellofemoral force",
         "absent where the model has no patella"),
    LOAD("hip_force", "N", "N s", "magnitude of the hip reaction force", NULL),
    LOAD("ankle_force", "N", "N s", "magnitude of the ankle reaction force", NULL),

    { "knee_medial_share", { "scenario", "side" }, "1",
      "medial impulse over the impulse of both compartments", NULL, "over stance", 0 },
    { "reserve_share", { "scenario", "side" }, "1",
      "largest reserve over the largest moment of that joint", NULL,
      "the worst coordinate of that leg", 0 },
    { "saturated", { "scenario", "side" }, "1", "muscles at their upper bound at the peak", NULL,
      "number of muscles of that side, at the frame of the largest knee force", 1 },
    { "status", { "scenario", "side" }, "1", "outcome of the scenario", NULL,
      "0 solved, 1 muscles not enough, 2 not converged, 3 not computed", 1 },
    { "scenario_body_weight", { "scenario" }, "N", "body weight", NULL,
      "only where subject.mass varies", 0 },

    { "activation", { "scenario", "muscle", "frame" }, "1", "muscle activation", "time",
      "0 to 1", 0 },
    { "muscle_force", { "scenario", "muscle", "frame" }, "N", "muscle force along the tendon",
      "time", "tension is positive", 0 },
    { "reserve", { "scenario", "coordinate", "frame" }, "N m or N",
      "reserve that stands in for missing muscle force", "time",
      "positive along the coordinate; missing where the coordinate is not shared", 0 },
    { "iterations", { "scenario", "frame" }, "1", "iterations of load sharing", "time", NULL, 1 },
    { "residual", { "scenario", "frame" }, "N m", "largest moment that is left unbalanced", "time",
      NULL, 0 },
    { "not_converged", { "scenario", "frame" }, "1", "load sharing ended without a solution", "time",
      "1 where it did, else 0", 1 },

    { "reaction_force", { "scenario", "reaction", "axis", "frame" }, "N",
      "force of the joint on the body that the reaction names, in the axes that it names", "time",
      "on the child: what the parent puts on it, and the opposite on the parent", 0 },
    { "reaction_moment", { "scenario", "reaction", "axis", "frame" }, "N m",
      "moment of the joint on that body, about reaction_point, in the same axes", "time",
      "on the child: what the parent puts on it, and the opposite on the parent; reserves and what "
      "couplers and locks transmit are part of it",
      0 },
    { "reaction_point", { "reaction", "axis", "frame" }, "m",
      "origin of the child's joint frame, in ground", "time", NULL, 0 },

    SLOPES("knee_force", "magnitude of the knee reaction force"),
    SLOPES("knee_medial_force", "force on the medial compartment"),
    SLOPES("knee_lateral_force", "force on the lateral compartment"),
    SLOPES("patellofemoral_force", "magnitude of the patellofemoral force"),
    SLOPES("hip_force", "magnitude of the hip reaction force"),
    SLOPES("ankle_force", "magnitude of the ankle reaction force"),
    { "kink", { "scenario", "side", "frame" }, "1", "derivatives by strength jump here", FRAME_TIMES,
      "0: they do not; 1 and more: number of the muscle, from 1, that is just reaching or leaving a "
      "bound; -1: a compartment is lifting off or touching down", 1 },
};
// clang-format on

static const char *const OUTCOME[GENU_N_OUTCOME] = { "solved", "muscles not enough",
                                                     "not converged", "not computed" };

const char *genu_outcome_text(int outcome)
{
    return outcome >= 0 && outcome < GENU_N_OUTCOME ? OUTCOME[outcome] : "unknown";
}

int genu_catalogue_count(void)
{
    return (int)(sizeof CATALOGUE / sizeof CATALOGUE[0]);
}

const genu_field *genu_catalogue_at(int i)
{
    return &CATALOGUE[i];
}

const genu_field *genu_catalogue_find(const char *name)
{
    for (int i = 0; i < genu_catalogue_count(); i++)
        if (!strcmp(CATALOGUE[i].name, name))
            return &CATALOGUE[i];
    return NULL;
}

/* "strength_1 strength_2" to what is there; the length of it all. */
static int add_names(char *text, int used, int size, const char *name, int n)
{
    for (int k = 1; k <= n && used < size - 20; k++)
        used += snprintf(text + used, (size_t)(size - used), "%s%s_%d", used ? " " : "", name, k);
    return used;
}

genu_status genu_catalogue_write(genu_writer *w, const char *name, int n_vary, int n_strength,
                                 genu_err *err)
{
    const genu_field *known = genu_catalogue_find(name);
    if (!known)
        return genu_fail(err, GENU_E_RANGE, "dataset '%s' is not in the catalogue", name);
    genu_field field = *known;
    char coordinates[2048];
    int used = snprintf(coordinates, sizeof coordinates, "%s",
                        known->coordinates ? known->coordinates : "");
    if (!strcmp(known->dims[0], "scenario")) {
        used = add_names(coordinates, used, sizeof coordinates, "vary", n_vary);
        used = add_names(coordinates, used, sizeof coordinates, "strength", n_strength);
    }
    field.coordinates = used ? coordinates : NULL;
    return genu_writer_field(w, &field, err);
}

genu_status genu_catalogue_write_strength(genu_writer *w, int k, const char *muscles, genu_err *err)
{
    char name[24];
    snprintf(name, sizeof name, "strength_%d", k);
    genu_field field = {
        name, { "scenario" }, "1", "strength factor", NULL, "1 is the model's own strength", 0
    };
    genu_status s = genu_writer_field(w, &field, err);
    return s ? s : genu_writer_note(w, name, "muscles", muscles, err);
}

genu_status genu_catalogue_write_vary(genu_writer *w, int k, const char *setting, const char *unit,
                                      double as_written, genu_err *err)
{
    char name[24], usual[40];
    snprintf(name, sizeof name, "vary_%d", k);
    snprintf(usual, sizeof usual, "%.17g", as_written);
    genu_field field = {
        name, { "scenario" }, unit ? unit : "1", "value of a setting of the study", NULL, NULL, 0
    };
    genu_status s = genu_writer_field(w, &field, err);
    if (!s)
        s = genu_writer_note(w, name, "setting", setting, err);
    return s ? s : genu_writer_note(w, name, "as_written", usual, err);
}
