#include "sim/check.h"

#include "models/skeleton.h"
#include "models/path.h"
#include "sim/describe.h"
#include "sim/file.h"
#include "sim/loads.h"
#include "sim/motion.h"
#include "sim/results.h"
#include "sim/table.h"
#include "sim/task.h"
#include "sim/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void genu_checker_clear(genu_checker *c)
{
    genu_model_free(c->model);
    c->model = NULL;
}

/* Paths in the default pose: points inside surfaces, no shortest path. */
static genu_status check_paths(const genu_model *m, const char *path, genu_notes *notes,
                               genu_err *err)
{
    genu_data *d = genu_data_new(m);
    if (!d)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    genu_skeleton_default(m, d);
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    genu_status first = GENU_OK;
    for (int i = 0; i < m->n_muscle; i++) {
        genu_line line = { 0 };
        const genu_muscle *s = &m->muscle[i];
        genu_status status = genu_path_line(m, d, &s->path, GENU_MODE_GENU, &line);
        if (status != GENU_OK && first == GENU_OK)
            first = genu_fail(err, status,
                              "'%s', line %d: muscle '%s': its path could not be laid in the "
                              "default pose",
                              path, s->line, s->name);
        if (line.inside)
            genu_notes_add(notes, GENU_WARNING, s->line,
                           "muscle '%s': an end of its path lies inside a wrapping surface in the "
                           "default pose; it passes straight through",
                           s->name);
    }
    genu_data_free(d);
    return first;
}

static genu_status check_model(genu_checker *c, const char *path, genu_notes *notes, genu_err *err)
{
    genu_checker_clear(c);
    genu_status s = genu_trial_read_model(path, &c->model, NULL, notes, err);
    int first = notes ? notes->n : 0;
    if (s == GENU_OK)
        s = check_paths(c->model, path, notes, err);
    genu_file_name_notes(notes, first, path);
    return s;
}

static genu_status check_table(const genu_checker *c, const char *path, genu_notes *notes,
                               genu_err *err)
{
    genu_table t;
    int first = notes ? notes->n : 0;
    genu_status s = genu_table_read(&t, path, notes, err);
    if (s != GENU_OK) {
        genu_file_name_notes(notes, first, NULL);
        return s;
    }
    if (c->model) {
        genu_motion_settings settings = genu_motion_defaults();
        genu_motion_data motion = { 0 };
        s = genu_motion_from_table(&motion, c->model, &t, &settings, notes, err);
        genu_motion_free(&motion);
    } else {
        genu_notes_add(notes, GENU_NOTE, 0,
                       "'%s': read as a table; give its model before it to check it as a motion",
                       path);
    }
    genu_file_name_notes(notes, first, NULL);
    genu_table_free(&t);
    return s;
}

static genu_status check_loads(const genu_checker *c, const char *path, genu_notes *notes,
                               genu_err *err)
{
    if (!c->model)
        return genu_fail(err, GENU_E_FORMAT, "'%s': give its model before it: loads act on bodies",
                         path);
    genu_loads *loads;
    genu_loads_settings settings = genu_loads_defaults();
    int first = notes ? notes->n : 0;
    genu_status s = genu_loads_read(&loads, c->model, path, NULL, &settings, notes, err);
    genu_file_name_notes(notes, first, NULL);
    if (s == GENU_OK)
        genu_loads_free(loads);
    return s;
}

/* A task's movement is generated where there is a model; else its tables are read at least. */
static genu_status check_task(const genu_checker *c, const char *path, genu_notes *notes,
                              genu_err *err)
{
    genu_task *task;
    int first = notes ? notes->n : 0;
    genu_status s = genu_task_read(&task, path, notes, err);
    if (s == GENU_OK && c->model) {
        genu_movement *movement = NULL;
        s = genu_task_generate(task, NULL, c->model, 0, &movement, err);
        genu_movement_free(movement);
    } else if (s == GENU_OK) {
        const char *norms[] = { task->norms.slow, task->norms.free, task->norms.fast };
        genu_norms read;
        for (int i = 0; i < 3 && s == GENU_OK; i++)
            s = genu_norms_read(&read, norms[i], err);
        genu_notes_add(notes, GENU_NOTE, 0,
                       "give a model before it to see whether that model can walk so");
    }
    genu_file_name_notes(notes, first, path);
    genu_task_free(task);
    return s;
}

/* A study is made ready as if it were to run: then everything that it names is looked at. */
static genu_status check_study(const char *path, genu_notes *notes, genu_err *err)
{
    genu_study *study;
    genu_trial *trial = NULL;
    int first = notes ? notes->n : 0;
    genu_status s = genu_study_read(&study, path, notes, err);
    if (s == GENU_OK)
        s = genu_study_check_files(study, notes, err);
    genu_file_name_notes(notes, first, path);
    if (s == GENU_OK)
        s = genu_trial_new(&trial, study, 0, notes, err);
    genu_trial_free(trial);
    genu_study_free(study);
    return s;
}

/* What a reader of the numbers should know: a sweep that was stopped, scenarios without a full
 * answer. */
static genu_status note_scenarios(genu_results *r, genu_notes *notes, genu_err *err)
{
    genu_dataset d = { 0 };
    int found = 0;
    for (int i = 0; i < genu_results_count(r); i++)
        found |= !strcmp(genu_results_name(r, i), "status");
    if (!found)
        return GENU_OK; // not a sweep's
    genu_status s = genu_results_read(r, "status", &d, err);
    if (s != GENU_OK)
        return s;
    int n = d.dim[0], n_side = d.rank > 1 ? d.dim[1] : 1, count[3] = { 0 };
    double all = genu_results_number(r, "study_scenarios");
    for (int i = 0; d.value && i < n; i++) {
        double worst = 0;
        for (int k = 0; k < n_side; k++)
            worst = fmax(worst, d.value[i * n_side + k]);
        for (int k = 0; k < 3; k++)
            count[k] += worst == k + 1;
    }
    static const char *const what[] = { "beyond the muscles", "not converged", "not computed" };
    for (int k = 0; k < 3; k++)
        if (count[k])
            genu_notes_add(notes, k ? GENU_WARNING : GENU_NOTE, 0, "%d of %d scenarios are %s",
                           count[k], n, what[k]);
    if (n < all)
        genu_notes_add(notes, GENU_WARNING, 0,
                       "the sweep was stopped: %d of %.0f scenarios are here", n, all);
    genu_dataset_free(&d);
    return GENU_OK;
}

static genu_status check_results(const char *path, genu_notes *notes, genu_err *err)
{
    genu_results *r;
    genu_status s = genu_results_open(&r, path, err);
    if (s != GENU_OK)
        return s;
    for (int i = 0; s == GENU_OK && i < genu_results_count(r); i++) {
        genu_dataset d = { 0 };
        s = genu_results_read(r, genu_results_name(r, i), &d, err);
        genu_dataset_free(&d);
    }
    int first = notes ? notes->n : 0;
    if (s == GENU_OK)
        s = note_scenarios(r, notes, err);
    genu_file_name_notes(notes, first, path);
    genu_results_close(r);
    return s;
}

genu_status genu_check(genu_checker *c, const char *path, genu_notes *notes, genu_err *err)
{
    switch (genu_file_kind_of(path)) {
    case GENU_FILE_MODEL:
        return check_model(c, path, notes, err);
    case GENU_FILE_TABLE:
        return check_table(c, path, notes, err);
    case GENU_FILE_LOADS:
        return check_loads(c, path, notes, err);
    case GENU_FILE_STUDY:
        return check_study(path, notes, err);
    case GENU_FILE_TASK:
        return check_task(c, path, notes, err);
    case GENU_FILE_RESULTS:
        return check_results(path, notes, err);
    default:
        return genu_fail(
            err, GENU_E_FORMAT,
            "'%s': only files ending in .osim, .yaml, .mot, .sto, .csv, .xml or .h5 can "
            "be checked",
            path);
    }
}
