#include "sim/validate_case.h"

#include "models/group.h"
#include "sim/file.h"

#include <math.h>
#include <stdlib.h>

#define AT(member)        GENU_KEY_AT(genu_validate_case, member)
#define RUN(member)       GENU_KEY_AT(genu_validate_run, member)
#define EXCEPTION(member) GENU_KEY_AT(genu_validate_exception, member)
#define PATH              GENU_KEY_PATH
#define NUMBER            GENU_KEY_NUMBER

// clang-format off

static const genu_key motion_keys[] = {
    { "file", AT(motion.file), PATH, .required = 1, .help = "coordinates over time (.mot, .sto)" },
    { "filter", AT(motion.filter), NUMBER, .unit = "Hz", .lo = 0, .hi = 100, .fallback = 0,
      .help = "low-pass on the coordinates; 0: none" },
    { 0 }
};

static const genu_key run_keys[] = {
    { "muscles", RUN(muscles), GENU_KEY_TEXTS, .open = "none",
      .help = "groups or muscles whose strength was scaled" },
    { "side", RUN(side), GENU_KEY_CHOICE, .choices = "right|left|both", .fallback = GENU_SIDE_BOTH,
      .help = "muscles of this side only" },
    { "strength", RUN(strength), NUMBER, .lo = 0, .hi = 10, .fallback = 1,
      .help = "factor of their maximal isometric force" },
    { "optimization", RUN(optimization), PATH, .required = 1,
      .help = "start of the names of the results of static optimisation" },
    { "reactions", RUN(reactions), PATH, .open = "not compared",
      .help = "start of the names of the results of joint reactions" },
    { 0 }
};

static const genu_key bar_keys[] = {
    { "activation", AT(bars.activation), NUMBER, .lo = 0, .hi = 1, .fallback = 0.005,
      .help = "of static optimisation" },
    { "force", AT(bars.force), NUMBER, .lo = 0, .hi = 1, .fallback = 0.005,
      .help = "of static optimisation, as a share of the maximal force" },
    { 0 }
};

static const genu_key exception_keys[] = {
    { "stage", EXCEPTION(stage), GENU_KEY_TEXT, .required = 1, .help = "as in the table" },
    { "times", EXCEPTION(times), GENU_KEY_NUMBERS, .unit = "s", .lo = -1e5, .hi = 1e5, .least = 1,
      .open = "every frame", .help = "of these frames, to 0.1 ms" },
    { "row", EXCEPTION(row), GENU_KEY_TEXT, .open = "every row",
      .help = "the muscle, joint or coordinate, or how its name begins" },
    { "bound", EXCEPTION(bound), NUMBER, .required = 1, .lo = 0, .hi = 1e6,
      .help = "what it must not exceed, in the unit of the stage" },
    { "cause", EXCEPTION(cause), GENU_KEY_TEXT, .required = 1,
      .help = "why, and the test that proves it" },
    { 0 }
};

static const genu_key model_keys[] = {
    { "file", GENU_KEY_AT(genu_validate_model, file), PATH, .required = 1,
      .help = "its moment arms and lengths are checked against each other" },
    { "twin", GENU_KEY_AT(genu_validate_model, twin), PATH, .open = "none",
      .help = "the same model in another layout of file" },
    { 0 }
};

static const genu_key keys[] = {
    { "title", AT(title), GENU_KEY_TEXT, .required = 1, .help = "stands in the table" },
    { "model", AT(model), PATH, .open = "only `models`", .help = "OpenSim model of the movement" },
    { "motion", .kind = GENU_KEY_MAP, .sub = motion_keys, .lone = "file",
      .open = "only `models`", .help = "the movement" },
    { "loads", AT(loads), PATH, .open = "no external forces", .help = "external loads (.xml)" },
    { "lock", AT(lock), GENU_KEY_TEXTS, .open = "none",
      .help = "coordinates held at their default; not in inverse dynamics, which ignores locks" },
    { "actuators", AT(actuators), PATH, .open = "those of the model",
      .help = "reserves and residuals that OpenSim was given (.xml)" },
    { "inverse_dynamics", AT(inverse_dynamics), PATH, .open = "not compared",
      .help = "results of inverse dynamics" },
    { "mass_centers", AT(mass_centers), PATH, .open = "not compared",
      .help = "positions from body kinematics" },
    { "muscles", AT(muscles), PATH, .open = "not compared",
      .help = "start of the names of the results of muscle analysis" },
    { "runs", AT(runs), GENU_KEY_MAPS, .sub = run_keys, .size = sizeof(genu_validate_run),
      .open = "not compared", .help = "results at one strength each" },
    { "bars", .kind = GENU_KEY_MAP, .sub = bar_keys, .open = "the defaults below",
      .help = "where OpenSim was run less exactly" },
    { "exceptions", AT(exceptions), GENU_KEY_MAPS, .sub = exception_keys,
      .size = sizeof(genu_validate_exception), .open = "none",
      .help = "values beyond a bar whose cause is proved" },
    { "models", AT(models), GENU_KEY_MAPS, .sub = model_keys, .size = sizeof(genu_validate_model),
      .open = "none", .help = "models whose geometry is checked" },
    { "paths", AT(paths), GENU_KEY_WHOLE, .lo = 1, .hi = 1000000, .fallback = 1000,
      .help = "random paths through joint space along which lengths and arms are followed" },
    { 0 }
};

// clang-format on

static void check_together(const genu_validate_case *c, const genu_yaml *y, genu_problems *p)
{
    int results = c->inverse_dynamics || c->mass_centers || c->muscles || c->runs.n;
    if (results && !(c->model && c->motion.file))
        genu_problems_add(p, GENU_E_FORMAT, (genu_mark){ 0 },
                          "results are named, but no model and motion");
    if (!results && !c->models.n)
        genu_problems_add(p, GENU_E_FORMAT, (genu_mark){ 0 },
                          "nothing to compare: no results and no models are named");
    if ((c->mass_centers || c->muscles) && !c->runs.n)
        genu_problems_add(p, GENU_E_FORMAT, genu_yaml_find(y, "muscles", NULL),
                          "mass centres and muscles are compared at the times of the first of "
                          "`runs`, which is missing");
}

genu_status genu_validate_case_read(genu_validate_case **out, const char *path, const char *folder,
                                    genu_notes *notes, genu_err *err)
{
    genu_problems p = genu_problems_start("case", path, notes, err);
    genu_yaml *doc;
    *out = NULL;
    genu_status s = genu_yaml_read(&doc, &p);
    if (s != GENU_OK)
        return s;
    genu_validate_case *c = calloc(1, sizeof *c);
    char *own = folder ? genu_strdup(folder) : genu_file_beside(path, ".");
    if (c)
        c->path = genu_strdup(path);
    if (c && c->path && own) {
        genu_fields_defaults(keys, c);
        genu_fields_read(keys, doc, genu_yaml_root(doc), "", own, c, &p);
        if (!p.n)
            check_together(c, doc, &p);
    } else {
        genu_problems_add(&p, GENU_E_MEMORY, (genu_mark){ 0 }, "not enough memory");
    }
    free(own);
    genu_yaml_free(doc);
    if (p.n) {
        genu_validate_case_free(c);
        return p.first;
    }
    *out = c;
    return GENU_OK;
}

void genu_validate_case_free(genu_validate_case *c)
{
    if (!c)
        return;
    genu_fields_free(keys, c);
    free(c->path);
    free(c);
}

void genu_validate_case_print_fields(FILE *out)
{
    genu_fields_print_help(keys, out);
}
