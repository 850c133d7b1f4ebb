/* The parameters of a study, and the scenarios that its design makes of them. */
#include "sim/plain_csv.h"
#include "sim/study_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int genu_study_n_parameter(const genu_study *study)
{
    return study->vary.n + study->strength.n;
}

static genu_parameter *parameter(const genu_study *s, int i)
{
    return i < s->vary.n ? &s->vary.item[i] : &s->strength.item[i - s->vary.n];
}

const genu_parameter *genu_study_parameter(const genu_study *study, int i)
{
    return parameter(study, i);
}

/* A key of parameter i, as "strength[1].steps"; "" gives "strength[1]". */
typedef struct entry_name {
    char text[80];
} entry_name;

static entry_name entry(const genu_study *s, int i, const char *key)
{
    entry_name e;
    snprintf(e.text, sizeof e.text, "%s[%d]%s%s", i < s->vary.n ? "vary" : "strength",
             i < s->vary.n ? i : i - s->vary.n, *key ? "." : "", key);
    return e;
}

static int entry_has(const genu_study *s, int i, const char *key)
{
    return study_has(s, entry(s, i, key).text);
}

static genu_mark entry_mark(const genu_study *s, int i, const char *key)
{
    return genu_study_mark(s, entry(s, i, key).text);
}

static void no_memory(genu_problems *p)
{
    genu_problems_add(p, GENU_E_MEMORY, (genu_mark){ 0 }, "not enough memory");
}

/* ------------------------------------------------------------------ entries of given values */

/* Values of an entry, even from `from` to `to`. Written so that 0 to 1.2 in 13 gives 1 exactly. */
static void fill_row(genu_parameter *e)
{
    for (int k = 0; k < e->steps; k++)
        e->values.value[k] =
            e->steps == 1 ? e->from : (e->from * (e->steps - 1 - k) + e->to * k) / (e->steps - 1);
}

static void check_row(const genu_study *s, int i, genu_problems *p)
{
    static const char *const keys[] = { "from", "to", "steps" };
    const genu_parameter *e = parameter(s, i);
    int n = 0;
    for (int k = 0; k < 3; k++) {
        if (entry_has(s, i, keys[k]))
            n++;
        else
            genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, ""),
                              "%s is missing, must stand with from, to and steps",
                              entry(s, i, keys[k]).text);
    }
    if (n < 3 || isnan(e->from) || isnan(e->to) || !e->steps)
        return;
    genu_mark at = entry_mark(s, i, "steps");
    if (e->steps == 1 && e->from != e->to)
        genu_problems_add(p, GENU_E_RANGE, at, "%s is 1, must be at least 2 from %g to %g",
                          entry(s, i, "steps").text, e->from, e->to);
    if (e->steps > 1 && e->from == e->to)
        genu_problems_add(p, GENU_E_RANGE, at, "%s is %d, must be 1 from %g to %g",
                          entry(s, i, "steps").text, e->steps, e->from, e->to);
}

static void note_repeats(const genu_study *s, int i, genu_problems *p)
{
    const genu_numbers *f = &parameter(s, i)->values;
    for (int k = 1; k < f->n; k++)
        for (int j = 0; j < k; j++)
            if (f->value[j] == f->value[k]) {
                genu_notes_add(p->notes, GENU_WARNING, entry_mark(s, i, "values").line,
                               "%s holds %g twice: scenarios are repeated",
                               entry(s, i, "values").text, f->value[k]);
                return;
            }
}

/* One value or an even row, kept as if it had been written out. */
static void write_out(genu_parameter *e, int row, genu_problems *p)
{
    if (row ? isnan(e->from) || isnan(e->to) || !e->steps : isnan(e->value))
        return; // named already
    int n = row ? e->steps : 1;
    e->values.value = calloc((size_t)n, sizeof *e->values.value);
    if (!e->values.value) {
        no_memory(p);
        return;
    }
    e->values.n = n;
    if (row)
        fill_row(e);
    else
        e->values.value[0] = e->value;
}

/* Keys that belong to sampled designs only. */
static void refuse_distribution(const genu_study *s, int i, genu_problems *p)
{
    static const char *const keys[] = { "distribution", "mean", "sd" };
    for (int k = 0; k < 3; k++)
        if (entry_has(s, i, keys[k]))
            genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, keys[k]),
                              "%s belongs to a sampled design, must not stand in a grid: set "
                              "design.kind",
                              entry(s, i, keys[k]).text);
}

/* What a setting may be, the setting says. */
static void refuse_value(const genu_study *s, int i, const char *key, double value,
                         genu_problems *p)
{
    const genu_parameter *e = parameter(s, i);
    char allowed[240];
    genu_key_allowed(e->key, allowed, sizeof allowed);
    genu_problems_add(p, GENU_E_RANGE, entry_mark(s, i, key), "%s is %g, must be %s for %s",
                      entry(s, i, key).text, value, allowed, e->setting);
}

static void check_allowed(const genu_study *s, int i, genu_problems *p)
{
    const genu_parameter *e = parameter(s, i);
    const char *key = e->steps ? "" : entry_has(s, i, "values") ? "values" : "value";
    for (int k = 0; k < e->values.n; k++)
        if (!study_setting_allows(e->key, e->values.value[k])) {
            refuse_value(s, i, key, e->values.value[k], p);
            return;
        }
}

static void check_values(genu_study *s, int i, genu_problems *p)
{
    int before = p->n;
    int value = entry_has(s, i, "value"), values = entry_has(s, i, "values");
    int row = entry_has(s, i, "from") || entry_has(s, i, "to") || entry_has(s, i, "steps");
    refuse_distribution(s, i, p);
    if (value + values + row != 1)
        genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, ""),
                          "%s has %s of value, values and from/to/steps, must have exactly one",
                          entry(s, i, "").text, value + values + row ? "more than one" : "none");
    else if (row)
        check_row(s, i, p);
    else if (values && !p->n)
        note_repeats(s, i, p);
    if (p->n == before && !values)
        write_out(parameter(s, i), row, p);
    if (p->n == before && parameter(s, i)->key)
        check_allowed(s, i, p);
}

/* ------------------------------------------------------------------ entries of distributions */

static genu_distribution distribution_of(const genu_parameter *e)
{
    return (genu_distribution){ e->distribution, e->from, e->to, e->mean, e->sd };
}

/* A setting must stay where it is allowed, so both ends must be there. */
static void check_ends(const genu_study *s, int i, genu_problems *p)
{
    const genu_parameter *e = parameter(s, i);
    const double end[2] = { e->from, e->to };
    static const char *const keys[] = { "from", "to" };
    for (int k = 0; k < 2 && e->key; k++)
        if (isnan(end[k]))
            genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, ""),
                              "%s is missing: %s must stay in its range", entry(s, i, keys[k]).text,
                              e->setting);
        else if (!study_setting_allows(e->key, end[k]))
            refuse_value(s, i, keys[k], end[k], p);
    if (e->key && e->key->kind == GENU_KEY_FLAG)
        genu_problems_add(p, GENU_E_RANGE, entry_mark(s, i, ""),
                          "%s: %s is true or false, which has no distribution",
                          entry(s, i, "").text, e->setting);
}

static void check_distribution(const genu_study *s, int i, genu_problems *p)
{
    static const char *const given[] = { "value", "values", "steps" };
    const genu_parameter *e = parameter(s, i);
    int before = p->n;
    for (int k = 0; k < 3; k++)
        if (entry_has(s, i, given[k]))
            genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, given[k]),
                              "%s belongs to a grid, must not stand in a sampled design: from "
                              "and to give the range",
                              entry(s, i, given[k]).text);
    int moments = entry_has(s, i, "mean") + entry_has(s, i, "sd");
    if (moments != (e->distribution == GENU_UNIFORM ? 0 : 2))
        genu_problems_add(
            p, GENU_E_FORMAT, entry_mark(s, i, ""), "%s must have %s", entry(s, i, "").text,
            e->distribution == GENU_UNIFORM ? "neither mean nor sd: its distribution is uniform"
                                            : "mean and sd");
    genu_err err;
    genu_distribution d = distribution_of(e);
    if (p->n == before && genu_distribution_check(&d, &err) != GENU_OK)
        genu_problems_add(p, GENU_E_RANGE, entry_mark(s, i, ""), "%s: %s", entry(s, i, "").text,
                          err.msg);
    if (p->n == before && e->setting)
        check_ends(s, i, p);
    else if (p->n == before && isnan(e->from) && e->distribution == GENU_NORMAL)
        genu_problems_add(p, GENU_E_RANGE, entry_mark(s, i, ""),
                          "%s is missing: a normal strength without lower end may become negative",
                          entry(s, i, "from").text);
}

static void check_entries(genu_study *s, int sampled, genu_problems *p)
{
    for (int i = 0; i < genu_study_n_parameter(s); i++)
        if (sampled)
            check_distribution(s, i, p);
        else
            check_values(s, i, p);
}

/* ------------------------------------------------------------------ a list */

/* "gluteus_medius:right" */
static void name_muscles(genu_parameter *e, const char *name, const genu_csv *t, genu_problems *p)
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

/* A column names a setting that may vary, or else muscles. */
static void take_column(genu_study *s, const genu_csv *t, int i, genu_problems *p)
{
    genu_parameter e = { .value = NAN,
                         .from = NAN,
                         .to = NAN,
                         .mean = NAN,
                         .sd = NAN,
                         .setting = strdup(t->column[i]) };
    if (!e.setting) {
        no_memory(p);
        return;
    }
    if (study_find_setting(s, &e)) {
        s->vary.item[s->vary.n++] = e;
        return;
    }
    free(e.setting);
    e.setting = NULL;
    name_muscles(&e, t->column[i], t, p);
    s->strength.item[s->strength.n++] = e;
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
    s->vary.item = calloc((size_t)t->n_col, sizeof *s->vary.item);
    if (!s->strength.item || !s->vary.item) {
        no_memory(p);
        return;
    }
    for (int i = 0; i < t->n_col; i++)
        take_column(s, t, i, p);
    study_check_vary(s, p);
}

/* Of each column, which parameter it is. */
static void place_columns(const genu_study *s, const genu_csv *t, int *place)
{
    int vary = 0, strength = s->vary.n;
    for (int i = 0; i < t->n_col; i++)
        place[i] = vary < s->vary.n && !strcmp(s->vary.item[vary].setting, t->column[i])
                       ? vary++
                       : strength++;
}

static genu_status take_row(genu_study *s, const genu_csv *t, int i, const int *place,
                            double *numbers, genu_err *err)
{
    char allowed[240];
    genu_status status = genu_csv_numbers(t, i, 0, t->n_col, numbers, err);
    for (int k = 0; k < t->n_col && status == GENU_OK; k++) {
        const genu_parameter *e = parameter(s, place[k]);
        s->value[(size_t)i * (size_t)t->n_col + (size_t)place[k]] = numbers[k];
        if (e->key && !study_setting_allows(e->key, numbers[k])) {
            genu_key_allowed(e->key, allowed, sizeof allowed);
            status = genu_csv_fail(t, i, GENU_E_RANGE, err, "%s is %g, must be %s", e->setting,
                                   numbers[k], allowed);
        } else if (!e->key && !(numbers[k] >= 0 && numbers[k] <= GENU_STRENGTH_MOST)) {
            status =
                genu_csv_fail(t, i, GENU_E_RANGE, err, "%s is %g, must be a factor from 0 to %g",
                              t->column[k], numbers[k], GENU_STRENGTH_MOST);
        }
    }
    return status;
}

static void take_rows(genu_study *s, const genu_csv *t, genu_problems *p)
{
    int place[GENU_STRENGTH_MAX];
    double numbers[GENU_STRENGTH_MAX];
    s->value = malloc((size_t)t->n_row * (size_t)t->n_col * sizeof *s->value);
    if (!s->value) {
        no_memory(p);
        return;
    }
    place_columns(s, t, place);
    for (int i = 0; i < t->n_row; i++) {
        genu_err err;
        genu_status status = take_row(s, t, i, place, numbers, &err);
        if (status != GENU_OK)
            genu_problems_add(p, status, genu_study_mark(s, "design.file"), "%s", err.msg);
    }
    s->n_scenario = t->n_row;
}

static void read_list(genu_study *s, genu_problems *p)
{
    static const char *const beside[] = { "strength", "vary" };
    genu_csv t;
    genu_err err;
    for (int i = 0; i < 2; i++)
        if (study_has(s, beside[i]))
            genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, beside[i]),
                              "%s must not stand beside a list: the columns of design.file name "
                              "the muscles and settings",
                              beside[i]);
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
    if (t.n_row == 0 || t.n_row > GENU_SAMPLE_MAX)
        genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, "design.file"),
                          "'%s' has %d rows, must be 1 to %d", t.path, t.n_row, GENU_SAMPLE_MAX);
    if (!p->n)
        take_columns(s, &t, p);
    if (!p->n)
        take_rows(s, &t, p);
    genu_csv_free(&t);
}

/* ------------------------------------------------------------------ scenarios */

static void check_count(genu_study *s, double n, genu_problems *p)
{
    int most = s->design.kind == GENU_DESIGN_GRID ? GENU_SCENARIO_MAX : GENU_SAMPLE_MAX;
    if (n > most)
        genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, s->strength.n ? "strength" : "vary"),
                          "%s%s%s makes %.0f scenarios, must be at most %d",
                          s->vary.n ? "vary" : "", s->vary.n && s->strength.n ? " with " : "",
                          s->strength.n ? "strength" : "", n, most);
    else
        s->n_scenario = (int)n;
}

/* Where one at a time starts from: full strength, and every setting as the study has it. */
static double usual(const genu_study *s, int i, genu_problems *p)
{
    const genu_parameter *e = parameter(s, i);
    double value = e->key ? genu_study_as_written(s, e) : 1;
    if (isnan(value))
        genu_problems_add(p, GENU_E_FORMAT, entry_mark(s, i, ""),
                          "%s: one at a time starts from the usual value, so %s must be given in "
                          "the study, too",
                          entry(s, i, "").text, e->setting);
    return value;
}

/* Everything as it is, then each entry's values while the others are as they are. */
static void fill_one_at_a_time(genu_study *s, genu_problems *p)
{
    int d = genu_study_n_parameter(s), row = 1;
    for (int i = 0; i < d; i++) {
        double as_is = usual(s, i, p);
        for (int k = 0; k < s->n_scenario; k++)
            s->value[k * d + i] = as_is;
    }
    for (int i = 0; i < d; i++)
        for (int k = 0; k < parameter(s, i)->values.n; k++)
            s->value[row++ * d + i] = parameter(s, i)->values.value[k];
}

static void fill_samples(genu_study *s, genu_problems *p)
{
    genu_err err;
    size_t d = (size_t)genu_study_n_parameter(s);
    genu_status status = genu_design_sample(s->design.kind, s->design.samples, (int)d,
                                            (unsigned long)s->seed, s->value, &err);
    if (status != GENU_OK)
        genu_problems_add(p, status, genu_study_mark(s, "design"), "%s", err.msg);
    for (size_t i = 0; status == GENU_OK && i < d; i++) {
        genu_distribution by = distribution_of(parameter(s, (int)i));
        for (size_t k = 0; k < (size_t)s->n_scenario; k++)
            s->value[k * d + i] = genu_distribution_quantile(&by, s->value[k * d + i]);
    }
}

static void make_scenarios(genu_study *s, int sampled, genu_problems *p)
{
    int grid = s->design.kind == GENU_DESIGN_GRID, d = genu_study_n_parameter(s);
    double n = 1;
    for (int i = 0; i < d; i++)
        n = grid ? n * parameter(s, i)->values.n : n + parameter(s, i)->values.n;
    if (sampled)
        n = genu_design_points(s->design.kind, s->design.samples, d);
    check_count(s, n, p);
    if (p->n || grid)
        return;
    s->value = malloc((size_t)s->n_scenario * (size_t)d * sizeof *s->value);
    if (!s->value)
        no_memory(p);
    else if (sampled)
        fill_samples(s, p);
    else
        fill_one_at_a_time(s, p);
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
        genu_study_n_parameter(s) == 0)
        genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, "design"),
                          "design has no strength to vary, and nothing else");
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

void genu_study_values(const genu_study *study, int scenario, double *value)
{
    int n = genu_study_n_parameter(study);
    if (study->value) {
        memcpy(value, study->value + (size_t)scenario * (size_t)n, (size_t)n * sizeof *value);
        return;
    }
    for (int i = n - 1; i >= 0; i--) {
        const genu_numbers *f = &parameter(study, i)->values;
        value[i] = f->value[scenario % f->n];
        scenario /= f->n;
    }
}
