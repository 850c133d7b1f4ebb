/* Settings that differ between scenarios: which ones may, and a study in which they do. */
#include "sim/study_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *setting;
    genu_stage stage;
} MAY_VARY[] = {
    { "knee.spacing", GENU_STAGE_KNEE },
    { "knee.offset", GENU_STAGE_KNEE },
    { "knee.height", GENU_STAGE_KNEE },
    { "knee.varus", GENU_STAGE_MOVEMENT },
    { "sharing.power", GENU_STAGE_SHARING },
    { "sharing.reserve", GENU_STAGE_SHARING },
    { "sharing.minimum_activation", GENU_STAGE_SHARING },
    { "sharing.passive", GENU_STAGE_SHARING },
    { "subject.mass", GENU_STAGE_MOVEMENT },
    { "subject.height", GENU_STAGE_MOVEMENT },
    { "change.speed", GENU_STAGE_MOVEMENT },
    { "change.step_width", GENU_STAGE_MOVEMENT },
    { "change.pelvic_obliquity", GENU_STAGE_MOVEMENT },
    { "change.trunk_lean", GENU_STAGE_MOVEMENT },
};
enum { N_MAY_VARY = sizeof MAY_VARY / sizeof *MAY_VARY };
static const char WEIGHTS[] = "sharing.weights.";

/* ------------------------------------------------------------------ which setting */

/* The key at the end of a dotted path. */
static const genu_key *find_key(const char *path)
{
    const genu_key *keys = genu_study_keys;
    for (;;) {
        size_t n = strcspn(path, ".");
        while (keys->name && (strncmp(keys->name, path, n) || keys->name[n]))
            keys++;
        if (!keys->name || !path[n])
            return keys->name ? keys : NULL;
        path += n + 1;
        keys = keys->sub;
    }
}

static void unknown(const genu_study *s, const char *path, const char *setting, genu_problems *p)
{
    const char *names[N_MAY_VARY];
    for (int i = 0; i < N_MAY_VARY; i++)
        names[i] = MAY_VARY[i].setting;
    genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, path),
                      "%s is '%.80s', which cannot vary; the nearest that can is '%s' (a weight "
                      "is sharing.weights.NAME, and must stand there)",
                      path, setting, genu_nearest(setting, names, N_MAY_VARY));
}

int study_find_setting(const genu_study *s, genu_parameter *e)
{
    e->weight = -1;
    for (int i = 0; i < N_MAY_VARY; i++)
        if (!strcmp(e->setting, MAY_VARY[i].setting)) {
            e->stage = MAY_VARY[i].stage;
            e->key = find_key(e->setting);
        }
    const genu_pairs *w = &s->sharing.weights;
    for (int i = 0; i < w->n; i++)
        if (!strncmp(e->setting, WEIGHTS, sizeof WEIGHTS - 1) &&
            !strcmp(e->setting + sizeof WEIGHTS - 1, w->name[i])) {
            e->stage = GENU_STAGE_SHARING;
            e->key = find_key("sharing.weights");
            e->weight = i;
        }
    return e->key != NULL;
}

/* ------------------------------------------------------------------ what belongs together */

/* 1: the study gives this setting, or varies it. */
static int is_given(const genu_study *s, const char *setting)
{
    return genu_study_varies_setting(s, setting) || study_has(s, setting);
}

static void check_setting(genu_study *s, int i, genu_problems *p)
{
    genu_parameter *e = &s->vary.item[i];
    char path[40] = "design.file"; // of a list, whose columns name them
    if (s->design.kind != GENU_DESIGN_LIST)
        snprintf(path, sizeof path, "vary[%d].setting", i);
    genu_mark at = genu_study_mark(s, path);
    if (!study_find_setting(s, e)) {
        unknown(s, path, e->setting, p);
        return;
    }
    for (int j = 0; j < i; j++)
        if (s->vary.item[j].setting && !strcmp(s->vary.item[j].setting, e->setting))
            genu_problems_add(p, GENU_E_FORMAT, at, "%s is '%s', as vary[%d].setting is", path,
                              e->setting, j);
    if (!strncmp(e->setting, "change.", 7) && !s->task)
        genu_problems_add(p, GENU_E_FORMAT, at,
                          "%s is '%s', which belongs to a task, must not stand beside motion", path,
                          e->setting);
    if (!strncmp(e->setting, "subject.", 8) &&
        !(is_given(s, "subject.mass") && is_given(s, "subject.height")))
        genu_problems_add(p, GENU_E_FORMAT, at,
                          "%s is '%s': mass and height must both be given in subject, or vary",
                          path, e->setting);
    if (!strcmp(e->setting, "sharing.passive") && s->sharing.tendon == GENU_TENDON_ELASTIC)
        genu_problems_add(p, GENU_E_RANGE, at,
                          "%s is '%s', which must stay true while sharing.tendon is elastic", path,
                          e->setting);
}

void study_check_vary(genu_study *s, genu_problems *p)
{
    for (int i = 0; i < s->vary.n; i++)
        if (s->vary.item[i].setting) // else named already
            check_setting(s, i, p);
}

int study_setting_allows(const genu_key *key, double value)
{
    if (key->kind == GENU_KEY_FLAG)
        return value == 0 || value == 1;
    return value <= key->hi && (key->above ? value > key->lo : value >= key->lo);
}

/* ------------------------------------------------------------------ a study of one scenario */

static double scale_of(const genu_key *key)
{
    return key->scale != 0 ? key->scale : 1;
}

int genu_study_varies(const genu_study *study, genu_stage stage)
{
    for (int i = 0; i < study->vary.n; i++)
        if (study->vary.item[i].stage == stage)
            return 1;
    return 0;
}

int genu_study_varies_setting(const genu_study *study, const char *setting)
{
    for (int i = 0; i < study->vary.n; i++)
        if (study->vary.item[i].setting && !strcmp(study->vary.item[i].setting, setting))
            return 1;
    return 0;
}

double genu_study_as_written(const genu_study *study, const genu_parameter *p)
{
    const char *at = (const char *)study + p->key->at;
    if (p->weight >= 0)
        return study->sharing.weights.value[p->weight];
    if (p->key->kind == GENU_KEY_FLAG)
        return *(const int *)(const void *)at;
    return *(const double *)(const void *)at / scale_of(p->key);
}

static void put(const genu_parameter *p, double value, genu_study *variant)
{
    char *at = (char *)variant + p->key->at;
    if (p->weight >= 0)
        variant->sharing.weights.value[p->weight] = value;
    else if (p->key->kind == GENU_KEY_FLAG)
        *(int *)(void *)at = value != 0;
    else
        *(double *)(void *)at = scale_of(p->key) * value;
}

genu_plateau genu_study_plateau(const genu_study *study, const double *value)
{
    genu_study variant = *study;
    for (int i = 0; i < study->vary.n; i++)
        if (study->vary.item[i].stage == GENU_STAGE_KNEE)
            put(&study->vary.item[i], value[i], &variant);
    return (genu_plateau){ variant.knee.spacing, variant.knee.offset, variant.knee.height };
}

void genu_study_apply(const genu_study *study, const double *value, genu_study *variant,
                      double *weight)
{
    *variant = *study;
    for (int i = 0; i < study->sharing.weights.n; i++)
        weight[i] = study->sharing.weights.value[i];
    variant->sharing.weights.value = weight;
    for (int i = 0; i < study->vary.n; i++)
        put(&study->vary.item[i], value[i], variant);
}
