#include "sim/task.h"

#include "sim/fields.h"
#include "sim/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) GENU_KEY_AT(genu_task, member)
#define DEGREES    "degrees", .scale = GENU_PI / 180
#define NUMBER     GENU_KEY_NUMBER

// clang-format off

static const genu_key norm_keys[] = {
    { "slow", AT(norms.slow), GENU_KEY_PATH, .required = 1, .help = "normative table, slow class" },
    { "free", AT(norms.free), GENU_KEY_PATH, .required = 1, .help = "the same, free class" },
    { "fast", AT(norms.fast), GENU_KEY_PATH, .required = 1, .help = "the same, fast class" },
    { 0 }
};

/* The ranges are those of genu_walk_settings. */
static const genu_key task_keys[] = {
    { "kind", AT(kind), GENU_KEY_CHOICE, .required = 1, .choices = "walk",
      .help = "what movement is generated" },
    { "speed", AT(speed), NUMBER, .unit = "m/s", .lo = 0.8, .hi = 1.6, .fallback = 1.3,
      .help = "walking speed" },
    { "step_width", AT(step_width), NUMBER, .unit = "m", .lo = 0.05, .hi = 0.20, .fallback = 0.10,
      .help = "sideways distance of the heels' footprints" },
    { "pelvic_obliquity", AT(pelvic_obliquity), NUMBER, .unit = DEGREES, .lo = -5, .hi = 5,
      .fallback = 0, .help = "added to the pelvis" },
    { "pelvic_obliquity_is", AT(obliquity_course), GENU_KEY_CHOICE, .choices = "drop|constant",
      .fallback = GENU_TASK_WITH_STEPS,
      .help = "drop: the swing side lower; constant: the right side higher" },
    { "trunk_lean", AT(trunk_lean), NUMBER, .unit = DEGREES, .lo = -10, .hi = 10, .fallback = 0,
      .help = "added to the trunk, sideways in the laboratory" },
    { "trunk_lean_is", AT(lean_course), GENU_KEY_CHOICE, .choices = "over_stance|constant",
      .fallback = GENU_TASK_WITH_STEPS,
      .help = "over_stance: over the stance leg; constant: to the right" },
    { "toe_out", AT(toe_out), NUMBER, .unit = DEGREES, .lo = 0, .hi = 20, .fallback = 6,
      .help = "of the planted foot" },
    { "trunk_tilt", AT(trunk_tilt), NUMBER, .unit = DEGREES, .lo = -15, .hi = 5, .fallback = -6,
      .help = "of the trunk in the laboratory, backwards positive" },
    { "walk_ratio", AT(walk_ratio), NUMBER, .lo = 1, .hi = 2, .fallback = 1.43,
      .help = "step length over step rate, as a multiple of leg length^1.5 / sqrt(g)" },
    { "norms", .kind = GENU_KEY_MAP, .sub = norm_keys, .required = 1,
      .help = "what the walk is drawn to" },
    { "frames", AT(frames), GENU_KEY_WHOLE, .lo = 11, .hi = 10001, .fallback = 101,
      .help = "of one cycle, both strikes counted" },
    { 0 }
};

// clang-format on

genu_task_change genu_task_unchanged(void)
{
    return (genu_task_change){ NAN, NAN, NAN, NAN };
}

/* From the tree, which is released here in any case. */
static genu_status finish(genu_task **out, genu_yaml *doc, genu_problems *p)
{
    genu_task *t = calloc(1, sizeof *t);
    char *folder = genu_file_beside(p->name, ".");
    if (t)
        t->path = genu_strdup(p->name);
    if (!t || !t->path || !folder) {
        genu_problems_add(p, GENU_E_MEMORY, (genu_mark){ 0 }, "not enough memory");
    } else {
        genu_fields_defaults(task_keys, t);
        genu_fields_read(task_keys, doc, genu_yaml_root(doc), "", folder, t, p);
    }
    free(folder);
    genu_yaml_free(doc);
    if (p->n) {
        genu_task_free(t);
        return p->first;
    }
    *out = t;
    return GENU_OK;
}

genu_status genu_task_read(genu_task **task, const char *path, genu_notes *notes, genu_err *err)
{
    genu_problems p = genu_problems_start("task", path, notes, err);
    genu_yaml *doc;
    *task = NULL;
    genu_status s = genu_yaml_read(&doc, &p);
    return s ? s : finish(task, doc, &p);
}

genu_status genu_task_parse(genu_task **task, const char *text, size_t n, const char *path,
                            genu_notes *notes, genu_err *err)
{
    genu_problems p = genu_problems_start("task", path, notes, err);
    genu_yaml *doc;
    *task = NULL;
    genu_status s = genu_yaml_parse(&doc, text, n, &p);
    return s ? s : finish(task, doc, &p);
}

void genu_task_free(genu_task *task)
{
    if (!task)
        return;
    genu_fields_free(task_keys, task);
    free(task->path);
    free(task);
}

void genu_task_print_fields(FILE *out)
{
    genu_fields_print_help(task_keys, out);
}
