#include "sim/trial.h"

#include "models/osim.h"
#include "models/scale.h"
#include "models/skeleton.h"
#include "sim/digest.h"
#include "sim/file.h"
#include "sim/loads.h"
#include "sim/task.h"
#include "sim/track.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double genu_trial_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

genu_status genu_trial_read_model(const char *path, genu_model **m, char *digest, genu_notes *notes,
                                  genu_err *err)
{
    char *text;
    size_t n;
    *m = NULL;
    genu_status s = genu_file_read(path, &text, &n, err);
    if (s != GENU_OK)
        return s;
    if (digest)
        genu_digest(text, n, digest);
    int first = notes ? notes->n : 0;
    s = genu_osim_read(text, n, path, m, notes, err);
    genu_file_name_notes(notes, first, path);
    free(text);
    return s;
}

static genu_status refuse(const genu_study *study, const char *key, genu_err *err, const char *what)
{
    return genu_fail(err, GENU_E_RANGE, "study '%s', line %d: %s: %s", study->path,
                     genu_study_mark(study, key).line, key, what);
}

/* Muscles whose force cannot be computed have no place in load sharing. */
static genu_status check_muscles(const genu_model *m, const char *path, genu_err *err)
{
    if (m->n_muscle == 0)
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s': the model has no muscles that could carry the load", path);
    for (int i = 0; i < m->n_muscle; i++)
        if (m->muscle[i].no_force)
            return genu_fail(err, GENU_E_FORMAT,
                             "'%s', line %d: the force of muscle '%s' cannot be computed: its kind "
                             "is not known",
                             path, m->muscle[i].line, m->muscle[i].name);
    return GENU_OK;
}

static genu_status read_model(genu_trial *t, genu_notes *notes, genu_err *err)
{
    const genu_study *study = t->study;
    genu_status s = genu_trial_read_model(study->model, &t->model, t->model_digest, notes, err);
    if (s == GENU_OK)
        s = check_muscles(t->model, study->model, err);
    int scaled = !isnan(study->subject.mass) && !isnan(study->subject.height);
    if (s == GENU_OK && scaled) {
        s = genu_model_scale(t->model, study->subject.mass, study->subject.height, notes, err);
        if (s != GENU_OK)
            genu_fail_in(err, s, "study '%s', line %d: subject", study->path,
                         genu_study_mark(study, "subject").line);
    }
    for (int side = 0; s == GENU_OK && study->knee.varus != 0 && side < GENU_N_SIDE; side++)
        if (study->side == side || study->side == GENU_SIDE_BOTH)
            s = genu_leg_bow(t->model, (genu_side)side, study->knee.varus, err);
    int first = notes ? notes->n : 0;
    if (s == GENU_OK)
        s = genu_study_bind(study, t->model, &t->binding, notes, err);
    genu_file_name_notes(notes, first, study->path);
    if (s == GENU_OK)
        t->body_weight = genu_model_mass(t->model) * v3_norm(t->model->gravity);
    return s;
}

/* The movement while the trial is made: measured, or generated. */
typedef struct record {
    genu_movement *movement; /* generated; NULL: the rest is measured */
    genu_motion_settings settings;
    genu_table table;
    genu_motion_data motion;
    genu_track *track;
    genu_loads *loads;
} record;

static void record_free(record *r)
{
    genu_movement_free(r->movement);
    genu_table_free(&r->table);
    genu_motion_free(&r->motion);
    genu_track_free(r->track);
    genu_loads_free(r->loads);
}

/* What shows that a generated walk is sound, foot by foot. */
static void report_walk(genu_trial *t, const genu_movement *v)
{
    const genu_walk_check *c = &v->check;
    t->norm_speed = v->norms.speed;
    int used = snprintf(t->report, sizeof t->report, "walk at %.2f m/s, stride %.2f m in %.3f s",
                        v->speed, v->stride, v->period);
    for (int side = 0; side < GENU_N_SIDE; side++) {
        const genu_walk_sole *f = &c->foot[side];
        used +=
            snprintf(t->report + used, sizeof t->report - (size_t)used,
                     "\n  %s foot: normal force >= %.1f N, horizontal at most %.2f of it, free "
                     "moment %.1f Nm, centre of pressure %.0f to %.0f mm from the heel and %.1f "
                     "mm outside the sole, slip %.2f mm, lift %.2f mm, sinking %.2f mm, jumps "
                     "%.3f N and %.3f Nm at strike and toe-off",
                     genu_side_name((genu_side)side), f->min_normal, f->friction, f->free_moment,
                     1e3 * f->center_first, 1e3 * f->center_last, 1e3 * f->outside, 1e3 * f->slip,
                     1e3 * f->height, 1e3 * f->sink, f->jump_force, f->jump_moment);
    }
    snprintf(t->report + used, sizeof t->report - (size_t)used,
             "\n  angles within %.1f SD of their norms; all forces assembled again from positions "
             "differ by %.4f N and %.4f Nm",
             c->worst_angle, c->residual_force, c->residual_moment);
}

static genu_status generate(genu_trial *t, record *r, genu_notes *notes, genu_err *err)
{
    const genu_study *study = t->study;
    genu_task *task;
    if (study->lock.n > 0)
        return refuse(study, "lock", err, "a generated movement moves every joint: leave it out");
    int first = notes ? notes->n : 0;
    genu_status s = genu_task_read(&task, study->task, notes, err);
    genu_file_name_notes(notes, first, study->task);
    if (s != GENU_OK)
        return s;
    genu_task_change change = { study->change.speed, study->change.step_width,
                                study->change.pelvic_obliquity, study->change.trunk_lean };
    s = genu_task_generate(task, &change, t->model, study->frames, &r->movement, err);
    genu_task_free(task);
    if (s == GENU_OK)
        report_walk(t, r->movement);
    return s;
}

static genu_status read_motion(genu_trial *t, record *r, genu_notes *notes, genu_err *err)
{
    const genu_study *study = t->study;
    if (study->task)
        return generate(t, r, notes, err);
    r->settings = genu_motion_defaults();
    r->settings.rule =
        study->sharing.mode == GENU_MODE_OPENSIM ? GENU_MOTION_OPENSIM_ANALYSIS : GENU_MOTION_GENU;
    r->settings.filter = study->motion.filter;
    r->settings.n_lock = study->lock.n;
    r->settings.lock = (const char *const *)study->lock.text;
    int first = notes ? notes->n : 0;
    genu_status s = genu_table_read(&r->table, study->motion.file, notes, err);
    if (s == GENU_OK)
        s = genu_motion_from_table(&r->motion, t->model, &r->table, &r->settings, notes, err);
    if (s == GENU_OK)
        s = genu_track_new(&r->track, t->model, &r->motion, &r->settings, notes, err);
    genu_file_name_notes(notes, first, NULL);
    return s;
}

static genu_status read_loads(genu_trial *t, record *r, genu_notes *notes, genu_err *err)
{
    const genu_study *study = t->study;
    if (r->movement || !study->loads.file)
        return GENU_OK; // the study's reader has warned of it
    genu_loads_settings settings = genu_loads_defaults();
    settings.mode = study->sharing.mode;
    settings.filter = study->loads.filter;
    int first = notes ? notes->n : 0;
    genu_status s =
        genu_loads_read(&r->loads, t->model, study->loads.file, NULL, &settings, notes, err);
    genu_file_name_notes(notes, first, NULL);
    return s;
}

/* Strikes and offs of one side: from the study where it gives them, else from the loads. */
static genu_status find_cycle(genu_trial *t, const record *r, int k, double from, double to,
                              genu_err *err)
{
    const genu_study *study = t->study;
    const genu_study_foot *foot =
        t->side[k] == GENU_RIGHT ? &study->events.right : &study->events.left;
    if (foot->strike.n > 0 || foot->off.n > 0) {
        t->cycle[k] = genu_cycle_find(foot->strike.n, foot->strike.value, foot->off.n,
                                      foot->off.value, from, to);
        return GENU_OK;
    }
    t->cycle[k] = genu_cycle_missing();
    genu_leg leg;
    genu_status s = genu_leg_find(t->model, t->side[k], &leg, err);
    if (s != GENU_OK || !r->loads)
        return s;
    int body[3] = { leg.foot, leg.talus, leg.toes };
    int n = leg.toes >= 0 ? 3 : 2;
    if (leg.talus == leg.foot) {
        body[1] = leg.toes;
        n--;
    }
    genu_events events = { 0 };
    s = genu_loads_events(r->loads, n, body, NULL, &events, err);
    if (s == GENU_OK)
        t->cycle[k] =
            genu_cycle_find(events.n_strike, events.strike, events.n_off, events.off, from, to);
    genu_events_free(&events);
    return s;
}

/* A generated movement is one cycle of the right leg that repeats. */
static genu_status generated_times(genu_trial *t, const genu_movement *v, genu_err *err)
{
    t->n_frame = v->n_frame;
    t->time = malloc((size_t)v->n_frame * sizeof *t->time);
    if (!t->time)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    memcpy(t->time, v->time, (size_t)v->n_frame * sizeof *t->time);
    for (int k = 0; k < t->n_side; k++) {
        genu_side side = t->side[k];
        t->cycle[k] = (genu_cycle){ v->strike[side], v->off[side], v->strike[side] + v->period, 1 };
    }
    return GENU_OK;
}

static genu_status choose_times(genu_trial *t, const record *r, genu_notes *notes, genu_err *err)
{
    if (r->movement)
        return generated_times(t, r->movement, err);
    const genu_study *study = t->study;
    double from = study->motion.from, to = study->motion.to, first, last;
    genu_track_record(r->track, &first, &last);
    from = isnan(from) ? first : from;
    to = isnan(to) ? last : to;
    genu_status s = GENU_OK;
    for (int k = 0; s == GENU_OK && k < t->n_side; k++) {
        s = find_cycle(t, r, k, from, to, err);
        if (s == GENU_OK && isnan(t->cycle[k].next))
            genu_notes_add(notes, GENU_WARNING, 0,
                           "'%s': no whole gait cycle of the %s leg (strike, toe-off, strike) from "
                           "%g to %g s: "
                           "its curves stand over time; %s",
                           study->motion.file, genu_side_name(t->side[k]), from, to,
                           isnan(t->cycle[k].off)
                               ? "first and second peak, impulses and shares are missing"
                               : "there is a whole stance, so nothing else is missing");
    }
    if (s != GENU_OK)
        return s;
    if (study->frames > 0) {
        const genu_cycle *c = &t->cycle[0];
        if (isnan(c->next))
            return genu_fail(err, GENU_E_SHAPE,
                             "study '%s', line %d: frames: %d per cycle asked for, but the motion "
                             "from %g to %g s holds no whole cycle of the %s leg (strike, toe-off, "
                             "strike)",
                             study->path, genu_study_mark(study, "frames").line, study->frames,
                             from, to, genu_side_name(t->side[0]));
        from = c->strike;
        to = c->next;
    }
    s = genu_track_times(r->track, from, to, study->frames, &t->time, &t->n_frame, err);
    if (s != GENU_OK)
        return genu_fail_in(err, s, "study '%s', line %d: motion", study->path,
                            genu_study_mark(study, "motion").line);
    if (r->loads)
        s = genu_loads_check_span(r->loads, t->time[0], t->time[t->n_frame - 1], err);
    if (s == GENU_E_RANGE)
        return genu_fail_in(err, s,
                            "study '%s', line %d: motion: 'from' and 'to' must choose a part that "
                            "the loads cover",
                            study->path, genu_study_mark(study, "motion").line);
    return s;
}

/* Frames that stand over one side's cycle rarely hold a whole stance of the other. */
static void note_stance(const genu_trial *t, genu_notes *notes)
{
    double first = t->time[0], last = t->time[t->n_frame - 1];
    for (int k = 0; k < t->n_side; k++)
        if (!isnan(t->cycle[k].off) && !genu_cycle_holds_stance(&t->cycle[k], first, last))
            genu_notes_add(notes, GENU_WARNING, 0,
                           "study '%s': the frames from %g to %g s do not hold the whole stance of "
                           "the %s leg, %g to %g s: its first and second peak, impulses and shares "
                           "are missing",
                           t->study->path, first, last, genu_side_name(t->side[k]),
                           t->cycle[k].strike, t->cycle[k].off);
}

static genu_status take_frames(genu_trial *t, genu_err *err)
{
    const genu_study *study = t->study;
    genu_plateau plateau = { study->knee.spacing, study->knee.offset, study->knee.height };
    genu_frames_settings settings = { .mode = study->sharing.mode,
                                      .locked = t->binding->locked,
                                      .n_side = t->n_side,
                                      .side = { t->side[0], t->side[1] },
                                      .plateau = plateau,
                                      .n_joint = study->reactions.n,
                                      .joint = t->binding->joint };
    t->ground = calloc((size_t)(t->n_side * 3 * t->n_frame), sizeof *t->ground);
    if (!t->ground)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    return genu_frames_new(&t->frames, t->model, t->n_frame, &settings, err);
}

/* Pose, speed and acceleration of frame k into d, and the forces on the bodies. */
static genu_status source_frame(const genu_trial *t, const record *r, genu_data *d, sp6 *external,
                                int k, genu_err *err)
{
    const genu_model *m = t->model;
    size_t n = (size_t)m->n_coord, bodies = (size_t)m->n_body;
    memset(external, 0, bodies * sizeof *external);
    if (r->movement) {
        memcpy(d->q, r->movement->q + (size_t)k * n, n * sizeof *d->q);
        memcpy(d->u, r->movement->u + (size_t)k * n, n * sizeof *d->u);
        memcpy(d->a, r->movement->a + (size_t)k * n, n * sizeof *d->a);
        memcpy(external, r->movement->external + (size_t)k * bodies, bodies * sizeof *external);
        return GENU_OK;
    }
    genu_status s = genu_track_eval(r->track, m, d, t->time[k]);
    if (s != GENU_OK)
        return genu_fail(err, s, "time %g s is outside the motion", t->time[k]);
    genu_skeleton_position(m, d);
    if (r->loads && (s = genu_loads_apply(r->loads, m, d, t->time[k], external)) != GENU_OK)
        return genu_fail(err, s, "time %g s is outside the external loads", t->time[k]);
    return GENU_OK;
}

static genu_status compute_frame(genu_trial *t, const record *r, genu_data *d, sp6 *external, int k,
                                 genu_err *err)
{
    const genu_model *m = t->model;
    size_t n = (size_t)m->n_coord, at = (size_t)k * n;
    genu_status s = source_frame(t, r, d, external, k, err);
    if (s != GENU_OK)
        return s;
    memcpy(t->frames->q + at, d->q, n * sizeof *d->q);
    memcpy(t->frames->u + at, d->u, n * sizeof *d->u);
    memcpy(t->frames->a + at, d->a, n * sizeof *d->a);
    for (int side = 0; side < t->n_side; side++) {
        const genu_leg *leg = &t->frames->leg[side];
        v3 sum = external[leg->foot].v;
        if (leg->talus != leg->foot)
            sum = v3_add(sum, external[leg->talus].v);
        if (leg->toes >= 0)
            sum = v3_add(sum, external[leg->toes].v);
        double *g = t->ground + (size_t)(side * 3 * t->n_frame + k);
        g[0] = sum.x;
        g[t->n_frame] = sum.y;
        g[2 * t->n_frame] = sum.z;
    }
    s = genu_frames_compute(t->frames, m, d, k, external, err);
    return s == GENU_OK ? s : genu_fail_in(err, s, "time %g s", t->time[k]);
}

/* Every frame fills its own slots, so the number of threads changes nothing. */
static genu_status compute_frames(genu_trial *t, const record *r, int threads, genu_err *err)
{
    int n_thread = threads > 0 ? threads : omp_get_max_threads(), bad = t->n_frame;
    genu_status status = GENU_OK;
    genu_data **d = calloc((size_t)n_thread, sizeof *d);
    sp6 *external = calloc((size_t)(n_thread * t->model->n_body), sizeof *external);
    for (int i = 0; d && i < n_thread; i++)
        if (!(d[i] = genu_data_new(t->model)))
            status = GENU_E_MEMORY;
    if (!d || !external || status != GENU_OK) {
        status = genu_fail(err, GENU_E_MEMORY, "out of memory");
        goto out;
    }
#pragma omp parallel for schedule(static) num_threads(n_thread)
    for (int k = 0; k < t->n_frame; k++) {
        int i = omp_get_thread_num();
        genu_err own = { 0 };
        genu_status s =
            compute_frame(t, r, d[i], external + (size_t)(i * t->model->n_body), k, &own);
        if (s == GENU_OK)
            continue;
#pragma omp critical
        if (k < bad) { // the first bad frame is named, whatever the number of threads
            bad = k;
            status = s;
            if (err)
                *err = own;
        }
    }
out:
    for (int i = 0; d && i < n_thread; i++)
        genu_data_free(d[i]);
    free(d);
    free(external);
    return status;
}

static void note_paths(const genu_trial *t, genu_notes *notes)
{
    for (int i = 0; i < t->model->n_muscle; i++)
        if (t->frames->inside[i])
            genu_notes_add(notes, GENU_WARNING, 0,
                           "'%s': muscle '%s': in %d of %d frames an end of its path lies inside a "
                           "wrapping surface, and it passes straight through",
                           t->study->model, t->model->muscle[i].name, t->frames->inside[i],
                           t->n_frame);
}

static genu_status make_plan(genu_trial *t, genu_err *err)
{
    const genu_study *study = t->study;
    genu_share_settings s = genu_share_defaults();
    s.power = study->sharing.power;
    s.reserve = study->sharing.reserve;
    s.reserve_each = t->binding->reserve;
    s.weight = t->binding->weight;
    s.minimum = study->sharing.minimum_activation;
    s.passive = study->sharing.passive;
    s.elastic = study->sharing.tendon == GENU_TENDON_ELASTIC;
    genu_status status = genu_plan_new(&t->plan, t->frames, t->model, &s, t->binding->changed, err);
    return status == GENU_OK ? genu_plan_solve_constant(t->plan, err) : status;
}

genu_status genu_trial_new(genu_trial **out, const genu_study *study, int threads,
                           genu_notes *notes, genu_err *err)
{
    *out = NULL;
    genu_trial *t = calloc(1, sizeof *t);
    record r = { 0 };
    if (!t)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    double start = genu_trial_clock();
    t->study = study;
    t->norm_speed = NAN;
    for (int side = 0; side < GENU_N_SIDE; side++)
        if (study->side == side || study->side == GENU_SIDE_BOTH)
            t->side[t->n_side++] = (genu_side)side;
    genu_status s = read_model(t, notes, err);
    if (s == GENU_OK)
        s = read_motion(t, &r, notes, err);
    if (s == GENU_OK)
        s = read_loads(t, &r, notes, err);
    if (s == GENU_OK)
        s = choose_times(t, &r, notes, err);
    t->seconds_read = genu_trial_clock() - start;
    if (s == GENU_OK)
        s = take_frames(t, err);
    if (s == GENU_OK)
        s = compute_frames(t, &r, threads, err);
    if (s == GENU_OK) {
        note_stance(t, notes);
        note_paths(t, notes);
        s = make_plan(t, err);
    }
    t->seconds_frames = genu_trial_clock() - start - t->seconds_read;
    record_free(&r);
    if (s != GENU_OK) {
        genu_trial_free(t);
        return s;
    }
    *out = t;
    return GENU_OK;
}

genu_status genu_trial_replan(genu_trial **out, const genu_trial *from, const genu_study *study,
                              genu_err *err)
{
    *out = NULL;
    genu_trial *t = malloc(sizeof *t);
    if (!t)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    *t = *from;
    t->study = study;
    t->lent = 1;
    t->binding = NULL;
    t->plan = NULL;
    genu_status s = genu_study_bind(study, t->model, &t->binding, NULL, err);
    if (s == GENU_OK)
        s = make_plan(t, err);
    if (s == GENU_OK)
        *out = t;
    else
        genu_trial_free(t);
    return s;
}

void genu_trial_free(genu_trial *t)
{
    if (!t)
        return;
    genu_plan_free(t->plan);
    free(t->binding);
    if (!t->lent) {
        genu_frames_free(t->frames);
        genu_model_free(t->model);
        free(t->time);
        free(t->ground);
    }
    free(t);
}
