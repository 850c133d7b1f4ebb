#include "sim/variants.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef enum state { MAKING, READY, FAILED } state;

typedef struct variant {
    double value[GENU_VARY_MAX]; /* of the vary entries                              */
    genu_study study;
    double *weight; /* sharing.weights.n                                */
    genu_trial *own;
    const genu_trial *trial; /* own, or the base                                 */
    struct variant *lends;   /* whose frames it uses, or NULL                    */
    state state;
    genu_status status; /* FAILED */
    genu_err err;
    int users;
    unsigned long used; /* when it was taken last                           */
    struct variant *next;
} variant;

struct genu_variants {
    const genu_trial *base;
    int threads, n;
    variant *first;
    unsigned long clock;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

/* ------------------------------------------------------------------ which trial */

/* 1: the values differ in nothing that this stage, or one before it, depends on. */
static int same(const genu_study *study, const double *a, const double *b, genu_stage stage)
{
    for (int i = 0; i < study->vary.n; i++)
        if (study->vary.item[i].stage <= stage && a[i] != b[i])
            return 0;
    return 1;
}

static int has_variants(const genu_study *study)
{
    return genu_study_varies(study, GENU_STAGE_MOVEMENT) ||
           genu_study_varies(study, GENU_STAGE_SHARING);
}

int genu_variants_run(const genu_study *study, int first, int n)
{
    double at[GENU_PARAMETER_MAX], next[GENU_PARAMETER_MAX];
    int run = 1;
    if (!has_variants(study))
        return n;
    genu_study_values(study, first, at);
    for (; run < n; run++) {
        genu_study_values(study, first + run, next);
        if (!same(study, at, next, GENU_STAGE_SHARING))
            break;
    }
    return run;
}

/* The first scenario of the next trial in a grid; -1: there is none, or no grid. */
static int next_of_grid(const genu_study *study, int scenario)
{
    int each = 1;
    for (int i = genu_study_n_parameter(study) - 1; i >= 0; i--) {
        const genu_parameter *p = genu_study_parameter(study, i);
        if (p->key && p->stage < GENU_STAGE_KNEE)
            break;
        each *= p->values.n;
    }
    int next = scenario - scenario % each + each;
    return study->value || next >= study->n_scenario ? -1 : next;
}

static variant *find(const genu_variants *v, const double *value)
{
    for (variant *e = v->first; e; e = e->next)
        if (same(v->base->study, e->value, value, GENU_STAGE_SHARING))
            return e;
    return NULL;
}

/* ------------------------------------------------------------------ the list; with the lock */

static void variant_free(variant *e)
{
    genu_trial_free(e->own);
    free(e->weight);
    free(e);
}

static void forget_oldest(genu_variants *v)
{
    variant **oldest = NULL;
    for (variant **e = &v->first; *e; e = &(*e)->next)
        if (!(*e)->users && (*e)->state != MAKING && (!oldest || (*e)->used < (*oldest)->used))
            oldest = e;
    if (!oldest)
        return;
    variant *gone = *oldest;
    *oldest = gone->next;
    v->n--;
    if (gone->lends)
        gone->lends->users--;
    variant_free(gone);
}

static variant *add(genu_variants *v, const double *value)
{
    const genu_study *study = v->base->study;
    variant *e = calloc(1, sizeof *e);
    if (!e || !(e->weight = calloc((size_t)study->sharing.weights.n + 1, sizeof *e->weight))) {
        free(e);
        return NULL;
    }
    memcpy(e->value, value, (size_t)study->vary.n * sizeof *value);
    genu_study_apply(study, value, &e->study, e->weight);
    for (variant *of = v->first; of && !e->lends; of = of->next)
        if (of->state == READY && same(study, of->value, value, GENU_STAGE_MOVEMENT))
            e->lends = of->lends ? of->lends : of;
    if (e->lends)
        e->lends->users++;
    e->used = ++v->clock;
    e->next = v->first;
    v->first = e;
    if (++v->n > GENU_VARIANTS_KEPT)
        forget_oldest(v);
    return e;
}

/* Make the trial of a variant that is in the list; the lock is open meanwhile. */
static void make(genu_variants *v, variant *e, int scenario)
{
    pthread_mutex_unlock(&v->lock);
    genu_err err = { 0 };
    genu_status s = e->lends ? genu_trial_replan(&e->own, e->lends->trial, &e->study, &err)
                             : genu_trial_new(&e->own, &e->study, 1, NULL, &err);
    if (!s && e->own->n_frame != v->base->n_frame)
        s = genu_fail(&err, GENU_E_SHAPE, "%d frames, but %d with the settings as written",
                      e->own->n_frame, v->base->n_frame);
    if (s)
        genu_fail_in(&err, s, "scenario %d", scenario);
    pthread_mutex_lock(&v->lock);
    e->trial = s ? NULL : e->own;
    e->status = s;
    e->err = err;
    e->state = s ? FAILED : READY;
    pthread_cond_broadcast(&v->changed);
}

/* Make one of the trials that come next in a grid; 0: none is left to make. */
static int make_ahead(genu_variants *v, int scenario)
{
    double value[GENU_PARAMETER_MAX];
    for (int i = 0; i < v->threads; i++) {
        scenario = next_of_grid(v->base->study, scenario);
        if (scenario < 0)
            return 0;
        genu_study_values(v->base->study, scenario, value);
        if (find(v, value))
            continue;
        variant *e = add(v, value);
        if (e)
            make(v, e, scenario);
        return e != NULL;
    }
    return 0;
}

/* ------------------------------------------------------------------ public */

genu_status genu_variants_new(genu_variants **out, const genu_trial *base, int threads,
                              genu_err *err)
{
    const genu_study *study = base->study;
    double value[GENU_VARY_MAX];
    genu_variants *v = calloc(1, sizeof *v);
    *out = NULL;
    if (!v)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    v->base = base;
    v->threads = threads;
    pthread_mutex_init(&v->lock, NULL);
    pthread_cond_init(&v->changed, NULL);
    for (int i = 0; i < study->vary.n; i++)
        value[i] = genu_study_as_written(study, &study->vary.item[i]);
    variant *first = add(v, value);
    if (!first) {
        genu_variants_free(v);
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    }
    first->trial = base;
    first->state = READY;
    first->users = 1 + threads;
    *out = v;
    return GENU_OK;
}

void genu_variants_free(genu_variants *v)
{
    if (!v)
        return;
    while (v->first) {
        variant *e = v->first;
        v->first = e->next;
        variant_free(e);
    }
    pthread_mutex_destroy(&v->lock);
    pthread_cond_destroy(&v->changed);
    free(v);
}

genu_status genu_variants_take(genu_variants *v, int scenario, const genu_trial **t, genu_err *err)
{
    double value[GENU_PARAMETER_MAX];
    *t = v->base;
    if (!has_variants(v->base->study))
        return GENU_OK;
    genu_study_values(v->base->study, scenario, value);
    pthread_mutex_lock(&v->lock);
    variant *e = find(v, value);
    if (!e && (e = add(v, value)))
        make(v, e, scenario);
    if (e)
        e->users++; // stays while we wait
    while (e && e->state == MAKING)
        if (!make_ahead(v, scenario))
            pthread_cond_wait(&v->changed, &v->lock);
    genu_status s = e ? e->status : genu_fail(err, GENU_E_MEMORY, "out of memory");
    *t = e ? e->trial : NULL;
    if (e)
        e->used = ++v->clock;
    if (e && s) {
        if (err)
            *err = e->err;
        e->users--;
    }
    pthread_mutex_unlock(&v->lock);
    return s;
}

void genu_variants_give_back(genu_variants *v, const genu_trial *t)
{
    if (!t || !has_variants(v->base->study))
        return;
    pthread_mutex_lock(&v->lock);
    for (variant *e = v->first; e; e = e->next)
        if (e->trial == t)
            e->users--;
    pthread_mutex_unlock(&v->lock);
}
