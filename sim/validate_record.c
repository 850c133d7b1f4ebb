#include "sim/validate_record.h"

#include "models/group.h"
#include "models/skeleton.h"
#include "sim/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static genu_status no_memory(genu_err *err)
{
    return genu_fail(err, GENU_E_MEMORY, "out of memory");
}

void validate_record_free(validate_record *r)
{
    genu_frames_free(r->frames);
    genu_loads_free(r->loads);
    genu_track_free(r->track);
    genu_actuator_set_free(&r->actuators);
    genu_data_free(r->d);
    genu_model_free(r->m);
    free(r->locked);
    free(r->time);
    free(r->external);
    free(r->push);
    *r = (validate_record){ 0 };
}

/* ------------------------------------------------------------------ reading */

static genu_status read_locks(validate_record *r, genu_err *err)
{
    r->locked = calloc((size_t)r->m->n_coord, sizeof *r->locked);
    if (!r->locked)
        return no_memory(err);
    for (int i = 0; i < r->m->n_coord; i++)
        r->locked[i] = r->m->coord[i].locked;
    for (int i = 0; i < r->c->lock.n; i++) {
        int k = genu_find_coord(r->m, r->c->lock.text[i]);
        if (k < 0)
            return genu_fail(err, GENU_E_RANGE, "'%s': lock names '%s', which '%s' does not have",
                             r->c->path, r->c->lock.text[i], r->c->model);
        r->locked[k] = 1;
    }
    return GENU_OK;
}

/* Those of the model stand before those of the file. */
static genu_status read_actuators(validate_record *r, genu_err *err)
{
    const genu_model *m = r->m;
    genu_actuator_set *set = &r->actuators;
    genu_status s =
        r->c->actuators ? genu_actuator_set_read(set, m, r->c->actuators, err) : GENU_OK;
    if (s != GENU_OK || m->n_actuator == 0)
        return s;
    size_t more = (size_t)m->n_actuator;
    genu_external_actuator *item = realloc(set->item, ((size_t)set->n + more) * sizeof *item);
    if (!item)
        return no_memory(err);
    memmove(item + more, item, (size_t)set->n * sizeof *item);
    memset(item, 0, more * sizeof *item);
    set->item = item;
    set->n += m->n_actuator;
    r->n_own = m->n_actuator;
    for (int i = 0; i < m->n_actuator; i++) {
        item[i].name = genu_strdup(m->actuator[i].name);
        item[i].coord = m->actuator[i].coord;
        item[i].body = -1;
        item[i].optimal_force = m->actuator[i].optimal_force;
        if (!item[i].name)
            s = no_memory(err);
    }
    return s;
}

genu_status validate_track(const validate_record *r, genu_motion_rule rule, genu_track **track,
                           genu_err *err)
{
    genu_motion_settings settings = genu_motion_defaults();
    genu_motion_data motion = { 0 };
    genu_table t = { 0 };
    settings.rule = rule;
    settings.filter = r->c->motion.filter;
    settings.n_lock = rule == GENU_MOTION_OPENSIM_INVERSE ? 0 : r->c->lock.n;
    settings.lock = (const char *const *)r->c->lock.text;
    genu_status s = genu_table_read(&t, r->c->motion.file, NULL, err);
    if (s == GENU_OK)
        s = genu_motion_from_table(&motion, r->m, &t, &settings, NULL, err);
    if (s == GENU_OK)
        s = genu_track_new(track, r->m, &motion, &settings, NULL, err);
    genu_motion_free(&motion);
    genu_table_free(&t);
    return s;
}

static genu_status read_files(validate_record *r, genu_err *err)
{
    genu_status s = genu_trial_read_model(r->c->model, &r->m, NULL, NULL, err);
    if (s == GENU_OK)
        s = (r->d = genu_data_new(r->m)) ? GENU_OK : no_memory(err);
    if (s == GENU_OK)
        s = read_locks(r, err);
    if (s == GENU_OK)
        s = read_actuators(r, err);
    genu_loads_settings loads = genu_loads_defaults();
    loads.mode = r->mode;
    if (s == GENU_OK && r->c->loads)
        s = genu_loads_read(&r->loads, r->m, r->c->loads, NULL, &loads, NULL, err);
    return s;
}

genu_status validate_table(const char *start, const char *what, genu_table *t, genu_err *err)
{
    size_t n = strlen(start) + strlen(what) + 2;
    char *path = malloc(n);
    if (!path)
        return no_memory(err);
    snprintf(path, n, "%s_%s", start, what);
    genu_status s = genu_table_read(t, path, NULL, err);
    free(path);
    return s;
}

genu_status validate_same_rows(const validate_record *r, const genu_table *t, genu_err *err)
{
    if (t->n_row != r->n_row)
        return genu_fail(err, GENU_E_SHAPE, "'%s' has %d rows, must be %d as in '%s_...'",
                         t->source, t->n_row, r->n_row, r->c->runs.item[0].optimization);
    for (int k = 0; k < t->n_row; k++)
        if (!(fabs(t->time[k] - r->time[k]) < 1e-6)) // printed with eight decimals
            return genu_fail(err, GENU_E_SHAPE, "'%s': row %d is at %.6f s, must be at %.6f s",
                             t->source, k + 1, t->time[k], r->time[k]);
    return GENU_OK;
}

genu_status validate_column(const genu_table *t, const char *label, const double **column,
                            genu_err *err)
{
    int j = genu_table_find(t, label);
    if (j < 0)
        return genu_fail(err, GENU_E_FORMAT, "'%s' has no column '%s'", t->source, label);
    *column = genu_table_column(t, j);
    return GENU_OK;
}

genu_status validate_factors(const validate_record *r, const genu_validate_run *run, double *factor,
                             genu_err *err)
{
    int *flag = calloc((size_t)r->m->n_muscle + 1, sizeof *flag);
    genu_status s = flag ? GENU_OK : no_memory(err);
    for (int i = 0; i < run->muscles.n && s == GENU_OK; i++)
        s = genu_group_select(r->m, run->muscles.text[i], run->side, flag, err);
    for (int i = 0; i < r->m->n_muscle && s == GENU_OK; i++)
        factor[i] = flag[i] ? run->strength : 1;
    free(flag);
    return s;
}

/* ------------------------------------------------------------------ computing */

void validate_pose(validate_record *r, int k)
{
    const genu_frames *f = r->frames;
    size_t n = (size_t)r->m->n_coord, at = (size_t)k * n;
    memcpy(r->d->q, f->q + at, n * sizeof *f->q);
    memcpy(r->d->u, f->u + at, n * sizeof *f->u);
    memcpy(r->d->a, f->a + at, n * sizeof *f->a);
    genu_skeleton_position(r->m, r->d);
    genu_skeleton_velocity(r->m, r->d);
    if (r->mode == GENU_MODE_GENU)
        genu_skeleton_acceleration(r->m, r->d);
    else
        genu_skeleton_acceleration_opensim(r->m, r->d);
}

static void push(validate_record *r, int k)
{
    const genu_frames *f = r->frames;
    double *gen = r->d->gen;
    for (int i = 0; i < r->actuators.n; i++) {
        genu_actuator_push(&r->actuators.item[i], r->m, r->d, gen);
        genu_skeleton_fold(r->m, r->d, gen);
        for (int j = 0; j < f->n_dof; j++)
            r->push[(k * r->actuators.n + i) * f->n_dof + j] = gen[f->dof[j]];
    }
}

static genu_status compute_row(validate_record *r, int k, genu_err *err)
{
    genu_frames *f = r->frames;
    size_t n = (size_t)r->m->n_coord, at = (size_t)k * n;
    sp6 *external = r->external + k * r->m->n_body;
    genu_status s = genu_track_eval(r->track, r->m, r->d, r->time[k]);
    if (s != GENU_OK)
        return genu_fail(err, s, "'%s': %g s of the results is outside of the record",
                         r->c->motion.file, r->time[k]);
    memcpy(f->q + at, r->d->q, n * sizeof *f->q);
    memcpy(f->u + at, r->d->u, n * sizeof *f->u);
    memcpy(f->a + at, r->d->a, n * sizeof *f->a);
    genu_skeleton_position(r->m, r->d);
    if (r->loads && genu_loads_apply(r->loads, r->m, r->d, r->time[k], external) != GENU_OK)
        return genu_fail(err, GENU_E_RANGE, "'%s': no loads at %g s", r->c->loads, r->time[k]);
    s = genu_frames_compute(f, r->m, r->d, k, external, err);
    if (s == GENU_OK)
        push(r, k);
    return s;
}

static genu_status read_times(validate_record *r, genu_err *err)
{
    genu_table t = { 0 };
    genu_status s = validate_table(r->c->runs.item[0].optimization,
                                   "StaticOptimization_activation.sto", &t, err);
    r->n_row = t.n_row;
    r->time = t.time;
    t.time = NULL;
    genu_table_free(&t);
    return s;
}

static genu_status compute(validate_record *r, genu_err *err)
{
    genu_frames_settings settings = { .mode = r->mode,
                                      .locked = r->locked,
                                      .n_side = 2,
                                      .side = { GENU_RIGHT, GENU_LEFT },
                                      .plateau = genu_plateau_defaults() };
    genu_motion_rule rule =
        r->mode == GENU_MODE_GENU ? GENU_MOTION_GENU : GENU_MOTION_OPENSIM_ANALYSIS;
    genu_status s = read_times(r, err);
    if (s == GENU_OK)
        s = validate_track(r, rule, &r->track, err);
    if (s == GENU_OK)
        s = genu_frames_new(&r->frames, r->m, r->n_row, &settings, err);
    if (s != GENU_OK)
        return s;
    size_t n = (size_t)r->n_row;
    r->external = calloc(n * (size_t)r->m->n_body, sizeof *r->external);
    r->push = calloc(n * (size_t)(r->actuators.n * r->frames->n_dof) + 1, sizeof *r->push);
    if (!r->external || !r->push)
        return no_memory(err);
    for (int k = 0; k < r->n_row && s == GENU_OK; k++)
        s = compute_row(r, k, err);
    return s;
}

genu_status validate_record_open(validate_record *r, const genu_validate_case *c, genu_mode mode,
                                 genu_err *err)
{
    *r = (validate_record){ .c = c, .mode = mode };
    genu_status s = read_files(r, err);
    return s == GENU_OK && c->runs.n ? compute(r, err) : s;
}

/* ------------------------------------------------------------------ rows */

void validate_name(const genu_validate_case *c, const genu_validate_run *run, char *name, size_t n)
{
    if (run)
        snprintf(name, n, "%s %g %%", c->title, 100 * run->strength);
    else
        snprintf(name, n, "%s", c->title);
}

genu_validation_row validate_row(const genu_validate_case *c, const genu_validate_run *run,
                                 const char *stage, const char *unit, double bar)
{
    char name[80];
    genu_worst none = GENU_WORST;
    validate_name(c, run, name, sizeof name);
    return genu_validation_row_of(stage, name, unit, bar, &none);
}

static int concerns(const genu_validate_exception *e, const char *stage, double time,
                    const char *where)
{
    int timely = e->times.n == 0;
    for (int i = 0; i < e->times.n; i++)
        timely |= fabs(e->times.value[i] - time) < 1e-4;
    return timely && !strcmp(e->stage, stage) &&
           (!e->row || !strncmp(e->row, where, strlen(e->row)));
}

void validate_note(const genu_validate_case *c, genu_validation_row *row, double error, double time,
                   const char *where)
{
    for (int i = 0; i < c->exceptions.n; i++) {
        const genu_validate_exception *e = &c->exceptions.item[i];
        if (!concerns(e, row->stage, time, where))
            continue;
        genu_validation_except(row, error, time, where, e->bound, e->cause);
        return;
    }
    genu_worst_note(&row->worst, error, time, where);
}
