/* Strength entries of a study, and the scenarios that its design makes of them. */
#include "sim/plain_csv.h"
#include "sim/study_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A key inside strength[i]. */
static const char *entry_key(int i, const char *key, char path[80])
{
    snprintf(path, 80, "strength[%d]%s%s", i, *key ? "." : "", key);
    return path;
}

static int entry_has(const genu_study *s, int i, const char *key)
{
    char path[80];
    return study_has(s, entry_key(i, key, path));
}

static genu_mark entry_mark(const genu_study *s, int i, const char *key)
{
    char path[80];
    return genu_study_mark(s, entry_key(i, key, path));
}

static void no_memory(genu_problems *p)
{
    genu_problems_add(p, GENU_E_MEMORY, (genu_mark){ 0 }, "not enough memory");
}

/* ------------------------------------------------------------------ entries of given values */

/* Factors of an entry, even from `from` to `to`. Written so that 0 to 1.2 in 13 gives 1 exactly. */
static void fill_row(genu_strength *e)
{
    for (int k = 0; k < e->steps; k++)
        e->factors.value[k] =
            e->steps == 1 ? e->from : (e->from * (e->steps - 1 - k) + e->to * k) / (e->steps - 1);
}

static void check_row(const genu_study *s, int i, genu_problems *p)
{
    static const char *const keys[] = { "from", "to", "steps" };
    const genu_strength *e = &s->strength.item[i];
    int n = 0;
    for (int k = 0; k < 3; k++) {
        if (entry_has(s, i, keys[k]))
            n++;
        else
            genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, ""),
                              "strength[%d].%s is missing, must stand with from, to and steps", i,
                              keys[k]);
    }
    if (n < 3 || isnan(e->from) || isnan(e->to) || !e->steps)
        return;
    genu_mark at = entry_mark(s, i, "steps");
    if (e->steps == 1 && e->from != e->to)
        genu_problems_add(p, GENU_E_RANGE, at,
                          "strength[%d].steps is 1, must be at least 2 from %g to %g", i, e->from,
                          e->to);
    if (e->steps > 1 && e->from == e->to)
        genu_problems_add(p, GENU_E_RANGE, at, "strength[%d].steps is %d, must be 1 from %g to %g",
                          i, e->steps, e->from, e->to);
}

static void note_repeats(const genu_study *s, int i, genu_problems *p)
{
    const genu_numbers *f = &s->strength.item[i].factors;
    for (int k = 1; k < f->n; k++)
        for (int j = 0; j < k; j++)
            if (f->value[j] == f->value[k]) {
                genu_notes_add(p->notes, GENU_WARNING, entry_mark(s, i, "values").line,
                               "strength[%d].values holds %g twice: scenarios are repeated", i,
                               f->value[k]);
                return;
            }
}

/* One factor or an even row, kept as if it had been written out. */
static void write_out(genu_strength *e, int row, genu_problems *p)
{
    if (row ? isnan(e->from) || isnan(e->to) || !e->steps : isnan(e->value))
        return; // named already
    int n = row ? e->steps : 1;
    e->factors.value = calloc((size_t)n, sizeof *e->factors.value);
    if (!e->factors.value) {
        no_memory(p);
        return;
    }
    e->factors.n = n;
    if (row)
        fill_row(e);
    else
        e->factors.value[0] = e->value;
}

/* Keys that belong to sampled designs only. */
static void refuse_distribution(const genu_study *s, int i, genu_problems *p)
{
    static const char *const keys[] = { "distribution", "mean", "sd" };
    for (int k = 0; k < 3; k++)
        if (entry_has(s, i, keys[k]))
            genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, keys[k]),
                              "strength[%d].%s belongs to a sampled design, must not stand in a "
                              "grid: set design.kind",
                              i, keys[k]);
}

static void check_values(genu_study *s, int i, genu_problems *p)
{
    int before = p->n;
    int value = entry_has(s, i, "value"), values = entry_has(s, i, "values");
    int row = entry_has(s, i, "from") || entry_has(s, i, "to") || entry_has(s, i, "steps");
    refuse_distribution(s, i, p);
    if (value + values + row != 1)
        genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, ""),
                          "strength[%d] has %s of value, values and from/to/steps, must have "
                          "exactly one",
                          i, value + values + row ? "more than one" : "none");
    else if (row)
        check_row(s, i, p);
    else if (values && !p->n)
        note_repeats(s, i, p);
    if (p->n == before && !values)
        write_out(&s->strength.item[i], row, p);
}

/* ------------------------------------------------------------------ entries of distributions */

static genu_distribution distribution_of(const genu_strength *e)
{
    return (genu_distribution){ e->distribution, e->from, e->to, e->mean, e->sd };
}

static void check_distribution(const genu_study *s, int i, genu_problems *p)
{
    static const char *const given[] = { "value", "values", "steps" };
    const genu_strength *e = &s->strength.item[i];
    int before = p->n;
    for (int k = 0; k < 3; k++)
        if (entry_has(s, i, given[k]))
            genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, given[k]),
                              "strength[%d].%s belongs to a grid, must not stand in a sampled "
                              "design: from and to give the range",
                              i, given[k]);
    int moments = entry_has(s, i, "mean") + entry_has(s, i, "sd");
    if (moments != (e->distribution == GENU_UNIFORM ? 0 : 2))
        genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, ""), "strength[%d] must have %s", i,
                          e->distribution == GENU_UNIFORM
                              ? "neither mean nor sd: its distribution is uniform"
                              : "mean and sd");
    genu_err err;
    genu_distribution d = distribution_of(e);
    if (p->n == before && genu_distribution_check(&d, &err) != GENU_OK)
        genu_problems_add(p, GENU_E_RANGE, entry_mark(s, i, ""), "strength[%d]: %s", i, err.msg);
    if (p->n == before && isnan(e->from) && e->distribution == GENU_NORMAL)
        genu_problems_add(p, GENU_E_RANGE, entry_mark(s, i, ""),
                          "strength[%d].from is missing: a normal strength without lower end may "
                          "become negative",
                          i);
}

static void check_entries(genu_study *s, int sampled, genu_problems *p)
{
    for (int i = 0; i < s->strength.n; i++)
        if (sampled)
            check_distribution(s, i, p);
        else
            check_values(s, i, p);
}

/* ------------------------------------------------------------------ a list */

/* "gluteus_medius:right" */
static void name_entry(genu_strength *e, const char *name, const genu_csv *t, genu_problems *p)
{
    const char *colon = strrchr(name, ':');
    int side = GENU_SIDE_BOTH;
    for (int i = 0; colon && i < GENU_N_SIDE; i++)
        if (!strcmp(colon + 1, genu_side_name((genu_side)i)))
            side = i;
    if (colon && side == GENU_SIDE_BOTH && strcmp(colon + 1, "both") != 0)
        genu_problems_add(p, GENU_E_FORMAT, (genu_mark){ 0 },
                          "'%s': column '%s' must end in ':right', ':left', ':both' or without a "
                          "colon",
                          t->path, name);
    size_t n = colon ? (size_t)(colon - name) : strlen(name);
    e->side = side;
    e->muscles.text = calloc(1, sizeof *e->muscles.text);
    if (!e->muscles.text || !(e->muscles.text[0] = strndup(name, n)))
        no_memory(p);
    else
        e->muscles.n = 1;
}

static void take_columns(genu_study *s, const genu_csv *t, genu_problems *p)
{
    if (t->n_col > GENU_STRENGTH_MAX) {
        genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, "design.file"),
                          "'%s' has %d columns, must be at most %d", t->path, t->n_col,
                          GENU_STRENGTH_MAX);
        return;
    }
    s->strength.item = calloc((size_t)t->n_col, sizeof *s->strength.item);
    if (!s->strength.item) {
        no_memory(p);
        return;
    }
    s->strength.n = t->n_col;
    for (int i = 0; i < t->n_col; i++) {
        genu_strength *e = &s->strength.item[i];
        *e = (genu_strength){ .value = NAN, .from = NAN, .to = NAN, .mean = NAN, .sd = NAN };
        name_entry(e, t->column[i], t, p);
    }
}

static void take_rows(genu_study *s, const genu_csv *t, genu_problems *p)
{
    s->factor = malloc((size_t)t->n_row * (size_t)t->n_col * sizeof *s->factor);
    if (!s->factor) {
        no_memory(p);
        return;
    }
    for (int i = 0; i < t->n_row; i++) {
        genu_err err;
        double *row = s->factor + (size_t)i * (size_t)t->n_col;
        genu_status status = genu_csv_numbers(t, i, 0, t->n_col, row, &err);
        for (int k = 0; k < t->n_col && status == GENU_OK; k++)
            if (!(row[k] >= 0 && row[k] <= GENU_STRENGTH_MOST))
                status = genu_csv_fail(t, i, GENU_E_RANGE, &err,
                                       "%s is %g, must be a factor from 0 to %g", t->column[k],
                                       row[k], GENU_STRENGTH_MOST);
        if (status != GENU_OK)
            genu_problems_add(p, status, genu_study_mark(s, "design.file"), "%s", err.msg);
    }
    s->n_scenario = t->n_row;
}

static void read_list(genu_study *s, genu_problems *p)
{
    genu_csv t;
    genu_err err;
    if (study_has(s, "strength"))
        genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, "strength"),
                          "strength must not stand beside a list: the columns of design.file name "
                          "the muscles");
    if (!s->design.file) {
        genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, "design"),
                          "design.file is missing: the table of a list");
        return;
    }
    genu_status status = genu_csv_read(&t, NULL, s->design.file, NULL, &err);
    if (status != GENU_OK) {
        genu_problems_add(p, status, genu_study_mark(s, "design.file"), "%s", err.msg);
        return;
    }
    if (t.n_row == 0 || t.n_row > GENU_SCENARIO_MAX)
        genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, "design.file"),
                          "'%s' has %d rows, must be 1 to %d", t.path, t.n_row, GENU_SCENARIO_MAX);
    if (!p->n)
        take_columns(s, &t, p);
    if (!p->n)
        take_rows(s, &t, p);
    genu_csv_free(&t);
}

/* ------------------------------------------------------------------ scenarios */

static void check_count(genu_study *s, double n, genu_problems *p)
{
    if (n > GENU_SCENARIO_MAX)
        genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, "strength"),
                          "strength makes %.0f scenarios, must be at most %d", n,
                          GENU_SCENARIO_MAX);
    else
        s->n_scenario = (int)n;
}

/* Everything at full strength, then each entry's factors while the others are at full strength. */
static void fill_one_at_a_time(genu_study *s)
{
    int d = s->strength.n, row = 1;
    for (int i = 0; i < s->n_scenario * d; i++)
        s->factor[i] = 1;
    for (int i = 0; i < d; i++)
        for (int k = 0; k < s->strength.item[i].factors.n; k++)
            s->factor[row++ * d + i] = s->strength.item[i].factors.value[k];
}

static void fill_samples(genu_study *s, genu_problems *p)
{
    genu_err err;
    size_t d = (size_t)s->strength.n;
    genu_status status = genu_design_sample(s->design.kind, s->design.samples, s->strength.n,
                                            (unsigned long)s->seed, s->factor, &err);
    if (status != GENU_OK)
        genu_problems_add(p, status, genu_study_mark(s, "design"), "%s", err.msg);
    for (size_t i = 0; status == GENU_OK && i < d; i++) {
        genu_distribution by = distribution_of(&s->strength.item[i]);
        for (size_t k = 0; k < (size_t)s->n_scenario; k++)
            s->factor[k * d + i] = genu_distribution_quantile(&by, s->factor[k * d + i]);
    }
}

static void make_scenarios(genu_study *s, int sampled, genu_problems *p)
{
    double n = s->design.kind == GENU_DESIGN_GRID;
    for (int i = 0; i < s->strength.n; i++) {
        int values = s->strength.item[i].factors.n;
        n = s->design.kind == GENU_DESIGN_GRID ? n * values : n + values;
    }
    if (s->design.kind == GENU_DESIGN_ONE_AT_A_TIME)
        n++;
    if (sampled)
        n = genu_design_points(s->design.kind, s->design.samples, s->strength.n);
    check_count(s, n, p);
    if (p->n || s->design.kind == GENU_DESIGN_GRID)
        return;
    s->factor = malloc((size_t)s->n_scenario * (size_t)s->strength.n * sizeof *s->factor);
    if (!s->factor)
        no_memory(p);
    else if (sampled)
        fill_samples(s, p);
    else
        fill_one_at_a_time(s);
}

static void check_design_keys(const genu_study *s, int sampled, genu_problems *p)
{
    if (sampled && !s->design.samples)
        genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, "design"),
                          "design.samples is missing: how many points are taken");
    if (!sampled && study_has(s, "design.samples"))
        genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, "design.samples"),
                          "design.samples belongs to a sampled design, must not stand here");
    if (s->design.kind != GENU_DESIGN_LIST && s->design.file)
        genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, "design.file"),
                          "design.file belongs to a list, must not stand here");
    if (s->design.kind != GENU_DESIGN_GRID && s->design.kind != GENU_DESIGN_LIST &&
        s->strength.n == 0)
        genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, "design"),
                          "design has no strength to vary");
}

void study_check_design(genu_study *s, genu_problems *p)
{
    int sampled = s->design.kind >= GENU_DESIGN_MONTE_CARLO, before = p->n;
    check_design_keys(s, sampled, p);
    if (s->design.kind == GENU_DESIGN_LIST) {
        read_list(s, p);
        return;
    }
    check_entries(s, sampled, p);
    if (p->n == before)
        make_scenarios(s, sampled, p);
}

void genu_study_factors(const genu_study *study, int scenario, double *factor)
{
    int n = study->strength.n;
    if (study->factor) {
        memcpy(factor, study->factor + (size_t)scenario * (size_t)n, (size_t)n * sizeof *factor);
        return;
    }
    for (int i = n - 1; i >= 0; i--) {
        const genu_numbers *f = &study->strength.item[i].factors;
        factor[i] = f->value[scenario % f->n];
        scenario /= f->n;
    }
}
