#include "sim/sweep_file.h"

#include "sim/catalogue.h"
#include "version.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "hip_r_on_femur_r_in_ground", as OpenSim labels them. */
static genu_status reaction_dim(genu_writer *w, const genu_trial *t, genu_err *err)
{
    enum { ROOM = 300 };
    int n = t->study->reactions.n;
    const char **name = calloc((size_t)n, sizeof *name);
    char(*text)[ROOM] = calloc((size_t)n, sizeof *text);
    genu_status s = name && text ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int i = 0; s == GENU_OK && i < n; i++) {
        const genu_frames_joint *j = &t->frames->joint[i];
        const genu_body *body = &t->model->body[j->body];
        int on = j->on_parent ? body->parent : j->body;
        snprintf(text[i], ROOM, "%.90s_on_%.90s_in_%.90s", body->joint.name,
                 t->model->body[on].name, t->model->body[j->axes].name);
        name[i] = text[i];
    }
    if (s == GENU_OK)
        s = genu_writer_dim(w, "reaction", n, name, NULL, NULL, "joint, body, axes", err);
    free(name);
    free(text);
    return s;
}

static genu_status dims(genu_writer *w, const genu_trial *t, genu_err *err)
{
    const genu_model *m = t->model;
    int n_name = m->n_muscle > m->n_coord ? m->n_muscle : m->n_coord;
    const char **name = calloc((size_t)n_name + 3, sizeof *name);
    if (!name)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    genu_status s =
        genu_writer_dim(w, "scenario", t->study->n_scenario, NULL, NULL, "1", "scenario", err);
    for (int k = 0; k < t->n_side; k++)
        name[k] = genu_side_name(t->side[k]);
    if (s == GENU_OK)
        s = genu_writer_dim(w, "side", t->n_side, name, NULL, NULL, "side of the body", err);
    if (s == GENU_OK)
        s = genu_writer_dim(w, "frame", t->n_frame, NULL, NULL, "1", "frame", err);
    for (int i = 0; i < m->n_muscle; i++)
        name[i] = m->muscle[i].name;
    if (s == GENU_OK)
        s = genu_writer_dim(w, "muscle", m->n_muscle, name, NULL, NULL, "muscle", err);
    for (int i = 0; i < m->n_coord; i++)
        name[i] = m->coord[i].name;
    if (s == GENU_OK)
        s = genu_writer_dim(w, "coordinate", m->n_coord, name, NULL, NULL, "joint coordinate", err);
    static const char *const axis[] = { "x", "y", "z" };
    if (s == GENU_OK)
        s = genu_writer_dim(w, "axis", 3, axis, NULL, NULL, "axis of a frame", err);
    if (s == GENU_OK && t->study->reactions.n)
        s = reaction_dim(w, t, err);
    free(name);
    return s;
}

static genu_status attributes(genu_writer *w, const genu_trial *t, const genu_identity *id,
                              const char *command, genu_err *err)
{
    char *settings = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&settings, &size);
    if (f)
        genu_study_print(t->study, f);
    if (!f || fclose(f))
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    const char *const text[][2] = {
        { "title", t->study->title },
        { "study", genu_study_text(t->study) },
        { "settings", settings },
        { "design", genu_design_name(t->study->design.kind) },
        { "model", t->model->name },
        { "model_digest", id->model },
        { "movement_checksum", id->movement },
        { "program_version", GENU_VERSION },
        { "program_commit", GENU_COMMIT },
        { "program_build", id->build },
        { "compiler", GENU_COMPILER },
        { "command_line", command ? command : "" },
        { "vector_level", id->vectors },
        { "assumption", genu_study_varies(t->study, GENU_STAGE_MOVEMENT)
                            ? "strength does not change the movement; frames and movement stand "
                              "here for the settings as written"
                            : "the movement is the same in every scenario" },
    };
    genu_status s = GENU_OK;
    for (size_t i = 0; i < sizeof text / sizeof *text && s == GENU_OK; i++)
        s = genu_writer_text(w, text[i][0], text[i][1], err);
    free(settings);
    if (s == GENU_OK)
        s = genu_writer_number(w, "body_weight", t->body_weight, err);
    if (s == GENU_OK)
        s = genu_writer_number(w, "seed", t->study->seed, err);
    if (s == GENU_OK)
        s = genu_writer_number(w, "study_scenarios", t->study->n_scenario, err);
    if (s == GENU_OK && t->study->design.samples)
        s = genu_writer_number(w, "design_samples", t->study->design.samples, err);
    if (s == GENU_OK && *t->report)
        s = genu_writer_text(w, "task_report", t->report, err);
    if (s == GENU_OK && !isnan(t->norm_speed))
        s = genu_writer_number(w, "norm_speed", t->norm_speed, err);
    return s;
}

static int is_slope(const char *name)
{
    size_t n = strlen(name), m = strlen("_slope"), k = strlen("kink");
    return (n >= k && !strcmp(name + n - k, "kink")) || (n > m && !strcmp(name + n - m, "_slope"));
}

/* Which datasets this file holds: summaries always, the rest when the study names them. */
static int wanted(const genu_trial *t, const char *name)
{
    static const char *const curves[] = { "iterations", "residual", "not_converged" };
    static const char *const muscles[] = { "activation", "muscle_force", "reserve" };
    if (!strncmp(name, sweep_load_names[GENU_LOAD_PATELLA],
                 strlen(sweep_load_names[GENU_LOAD_PATELLA])) &&
        t->frames->leg[0].patella < 0)
        return 0;
    if (is_slope(name))
        return (t->study->output & GENU_OUTPUT_SLOPES) != 0;
    if (!strcmp(name, "scenario_body_weight"))
        return genu_study_varies_setting(t->study, "subject.mass");
    if (!strncmp(name, "reaction_", strlen("reaction_")))
        return t->study->reactions.n > 0;
    for (int i = 0; i < 3; i++)
        if (!strcmp(name, curves[i]))
            return (t->study->output & GENU_OUTPUT_CURVES) != 0;
    for (int i = 0; i < 3; i++)
        if (!strcmp(name, muscles[i]))
            return (t->study->output & GENU_OUTPUT_MUSCLES) != 0;
    for (int l = 0; l < GENU_N_LOAD; l++)
        if (!strcmp(name, sweep_load_names[l]))
            return (t->study->output & GENU_OUTPUT_CURVES) != 0;
    return 1;
}

/* The names of a strength entry as "gluteus_medius (right)". */
static void entry_names(const genu_parameter *e, char *text, size_t size)
{
    size_t used = 0;
    for (int i = 0; i < e->muscles.n && used < size; i++)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", i ? " " : "", e->muscles.text[i]);
    if (used < size)
        snprintf(text + used, size - used, " (%s)",
                 e->side == GENU_SIDE_BOTH ? "both sides" : genu_side_name((genu_side)e->side));
}

static genu_status fields(genu_writer *w, const genu_trial *t, genu_err *err)
{
    genu_status s = GENU_OK;
    int n_strength = t->study->strength.n, n_vary = t->study->vary.n;
    for (int k = 1; k <= n_vary && s == GENU_OK; k++) {
        const genu_parameter *p = &t->study->vary.item[k - 1];
        s = genu_catalogue_write_vary(w, k, p->setting, p->key->unit,
                                      genu_study_as_written(t->study, p), err);
    }
    for (int k = 1; k <= n_strength && s == GENU_OK; k++) {
        char names[1024];
        entry_names(&t->study->strength.item[k - 1], names, sizeof names);
        s = genu_catalogue_write_strength(w, k, names, err);
    }
    for (int i = 0; i < genu_catalogue_count() && s == GENU_OK; i++) {
        const char *name = genu_catalogue_at(i)->name;
        if (wanted(t, name))
            s = genu_catalogue_write(w, name, n_vary, n_strength, err);
    }
    return s;
}

/* n_row x n_frame from frame-major numbers. */
static genu_status put_frames(genu_writer *w, const char *name, const double *from, int n_row,
                              int n_frame, genu_err *err)
{
    double *x = malloc((size_t)n_row * (size_t)n_frame * sizeof *x);
    if (!x)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int i = 0; i < n_row; i++)
        for (int k = 0; k < n_frame; k++)
            x[(size_t)i * (size_t)n_frame + (size_t)k] =
                from[(size_t)k * (size_t)n_row + (size_t)i];
    genu_status s = genu_writer_put(w, name, 0, n_row, x, err);
    free(x);
    return s;
}

/* n_joint x 3 x n_frame. */
static genu_status put_points(genu_writer *w, const genu_frames *f, genu_err *err)
{
    int n = f->settings.n_joint;
    double *x = malloc((size_t)(n * 3 * f->n_frame) * sizeof *x);
    if (!x)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int i = 0; i < n * 3; i++)
        for (int k = 0; k < f->n_frame; k++)
            x[i * f->n_frame + k] = f->joint_point[k * n * 3 + i];
    genu_status s = genu_writer_put(w, "reaction_point", 0, n, x, err);
    free(x);
    return s;
}

static genu_status put_cycles(genu_writer *w, const genu_trial *t, genu_err *err)
{
    size_t n = (size_t)t->n_frame;
    double *x = malloc(2 * (size_t)t->n_side * n * sizeof *x),
           *y = x ? x + (size_t)t->n_side * n : x;
    if (!x)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int side = 0; side < t->n_side; side++)
        for (size_t k = 0; k < n; k++) {
            x[(size_t)side * n + k] = genu_cycle_percent(&t->cycle[side], t->time[k]);
            y[(size_t)side * n + k] = genu_cycle_stance(&t->cycle[side], t->time[k]);
        }
    genu_status s = genu_writer_put(w, "cycle", 0, t->n_side, x, err);
    if (s == GENU_OK)
        s = genu_writer_put(w, "stance", 0, t->n_side, y, err);
    free(x);
    return s;
}

static genu_status constants(genu_writer *w, const genu_trial *t, genu_err *err)
{
    const genu_frames *f = t->frames;
    genu_status s = genu_writer_put(w, "time", 0, t->n_frame, t->time, err);
    if (s == GENU_OK)
        s = put_cycles(w, t, err);
    if (s == GENU_OK)
        s = genu_writer_put(w, "ground_force", 0, t->n_side, t->ground, err);
    if (s == GENU_OK)
        s = put_frames(w, "coordinate_value", f->q, f->n_coord, f->n_frame, err);
    if (s == GENU_OK)
        s = put_frames(w, "joint_moment", f->moment, f->n_coord, f->n_frame, err);
    if (s == GENU_OK && f->settings.n_joint)
        s = put_points(w, f, err);
    return s;
}

genu_status sweep_file_open(genu_writer **w, const genu_trial *t, const genu_identity *id,
                            const char *path, int force, const char *command, genu_err *err)
{
    genu_status s = genu_writer_new(w, path, force, err);
    if (s != GENU_OK)
        return s;
    genu_writer_store(*w,
                      (genu_storage){ t->study->storage.single, t->study->storage.compression });
    s = dims(*w, t, err);
    if (s == GENU_OK)
        s = attributes(*w, t, id, command, err);
    if (s == GENU_OK)
        s = fields(*w, t, err);
    if (s == GENU_OK)
        s = constants(*w, t, err);
    if (s != GENU_OK) {
        genu_writer_abandon(*w);
        *w = NULL;
    }
    return s;
}

/* Numbers of one scenario in a dataset. */
static size_t field_size(const genu_trial *t, const char *name)
{
    const struct {
        const char *name;
        int n;
    } dim[] = {
        { "side", t->n_side },
        { "frame", t->n_frame },
        { "muscle", t->model->n_muscle },
        { "coordinate", t->model->n_coord },
        { "reaction", t->study->reactions.n },
        { "axis", 3 },
    };
    const genu_field *f = genu_catalogue_find(name);
    size_t size = 1;
    for (int i = 1; f && i < GENU_RANK_MAX && f->dims[i]; i++)
        for (size_t k = 0; k < sizeof dim / sizeof *dim; k++)
            if (!strcmp(f->dims[i], dim[k].name))
                size *= (size_t)dim[k].n;
    return size;
}

static void add(sweep_columns *c, const genu_trial *t, const char *name, double *value)
{
    if (!wanted(t, name))
        return;
    snprintf(c->column[c->n].name, sizeof c->column[c->n].name, "%s", name);
    c->column[c->n].size = field_size(t, name);
    c->value[c->n++] = value;
}

void sweep_file_columns(sweep_columns *c, const genu_trial *t, const sweep_block *b)
{
    static const sweep_block none;
    char name[64];
    memset(c, 0, sizeof *c);
    b = b ? b : &none;
    for (int i = 0; i < genu_study_n_parameter(t->study); i++) {
        int e = i - t->study->vary.n;
        snprintf(name, sizeof name, e < 0 ? "vary_%d" : "strength_%d", e < 0 ? i + 1 : e + 1);
        add(c, t, name, b->value ? b->value + i * GENU_BLOCK : NULL);
    }
    c->n_parameter = c->n;
    for (int l = 0; l < GENU_N_LOAD; l++) {
        add(c, t, sweep_load_names[l], b->curve[l]);
        for (int k = 0; k < SWEEP_N_SUM; k++) {
            snprintf(name, sizeof name, "%s%s", sweep_load_names[l], sweep_sum_suffix[k]);
            add(c, t, name, b->sum[l][k]);
        }
    }
    for (int l = 0; l < SWEEP_N_SLOPE; l++) {
        const char *load = sweep_load_names[sweep_slope_load[l]];
        snprintf(name, sizeof name, "%s_slope", load);
        add(c, t, name, b->slope[l]);
        for (int k = 0; k < SWEEP_N_SLOPE_SUM; k++) {
            snprintf(name, sizeof name, "%s%s", load, sweep_slope_suffix[k]);
            add(c, t, name, b->slope_sum[l][k]);
        }
        static const char *const peak[] = { "_peak", "_peak1", "_peak2" };
        for (int k = 0; k < 3; k++) {
            snprintf(name, sizeof name, "%s%s_kink", load, peak[k]);
            add(c, t, name, b->peak_kink[l][k]);
        }
    }
    const struct {
        const char *name;
        double *value;
    } rest[] = {
        { "kink", b->kink },
        { "knee_medial_share", b->medial_share },
        { "reserve_share", b->reserve_share },
        { "saturated", b->saturated },
        { "status", b->status },
        { "scenario_body_weight", b->body_weight },
        { "activation", b->out.activation },
        { "muscle_force", b->out.force },
        { "reserve", b->out.reserve },
        { "iterations", b->out.iterations },
        { "residual", b->out.residual },
        { "not_converged", b->out.open },
        { "reaction_force", b->reaction_force },
        { "reaction_moment", b->reaction_moment },
    };
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        add(c, t, rest[i].name, rest[i].value);
}

void sweep_file_missing(const sweep_columns *c, sweep_block *b, int at, int n, int n_side)
{
    for (int i = c->n_parameter; i < c->n; i++) {
        size_t size = c->column[i].size;
        for (size_t k = 0; k < (size_t)n * size; k++)
            c->value[i][(size_t)at * size + k] = NAN;
    }
    for (int k = 0; k < n * n_side; k++)
        b->status[at * n_side + k] = GENU_OUTCOME_FAILED;
    b->n_failed += n;
}
