/* Muscle forces at full and reduced strength, and which muscles take over. */
#include "models/group.h"
#include "sim/figure_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* From hip to ankle; groups that the model has no muscle of are left out. */
static const struct {
    const char *group, *title;
} PANEL[] = {
    { "gluteus_medius", "Gluteus medius" },
    { "gluteus_minimus", "Gluteus minimus" },
    { "tensor_fasciae_latae", "Tensor fasciae latae" },
    { "gluteus_maximus", "Gluteus maximus" },
    { "iliopsoas", "Iliopsoas" },
    { "adductors", "Adductors" },
    { "hamstrings", "Hamstrings" },
    { "rectus_femoris", "Rectus femoris" },
    { "vasti", "Vasti" },
    { "gastrocnemius", "Gastrocnemius" },
    { "soleus", "Soleus" },
    { "tibialis_anterior", "Tibialis anterior" },
};
enum { N_PANEL = sizeof PANEL / sizeof PANEL[0], CASE_MAX = 3, BAR_MAX = 14 };

/* The scenarios that are compared: full strength first, then weaker and weaker. */
typedef struct cases {
    figure_levels levels;
    int n, level[CASE_MAX];        /* indices into levels                    */
    const genu_dataset *muscle;    /* names                                  */
    const double *force[CASE_MAX]; /* muscle x frame, N                      */
} cases;

static genu_status choose(figure_set *set, cases *k, genu_err *err)
{
    genu_status s = figure_three_levels(set, &k->levels, err);
    k->n = s ? 0 : k->levels.n;
    for (int i = 0; i < k->n; i++)
        k->level[i] = k->n - 1 - i;
    return s;
}

static int side_of(const figure_set *set, int side)
{
    return strcmp(set->side[side], genu_side_name(GENU_LEFT)) ? GENU_RIGHT : GENU_LEFT;
}

/* Forces (muscle, frame) of one scenario. */
static genu_status read_forces(figure_set *set, int scenario, const genu_dataset *muscle,
                               const double **force, genu_err *err)
{
    genu_dataset *d;
    genu_status s = figure_read_scenario(set, "muscle_force", scenario, &d, err);
    if (s)
        return s;
    if (!d->value || !muscle->text || d->n != muscle->n * (size_t)set->n_frame)
        return genu_fail(err, GENU_E_SHAPE,
                         "'%s': dataset 'muscle_force' has %zu values per scenario, must have one "
                         "per muscle and frame",
                         genu_results_path(set->r), d->n);
    *force = d->value;
    return GENU_OK;
}

static genu_status read_cases(figure_set *set, cases *k, genu_err *err)
{
    genu_dataset *muscle;
    genu_status s = choose(set, k, err);
    if (!s)
        s = figure_read(set, "muscle", &muscle, err);
    if (!s)
        k->muscle = muscle;
    for (int i = 0; i < k->n && !s; i++)
        s = read_forces(set, k->levels.scenario[k->level[i]], k->muscle, &k->force[i], err);
    return s;
}

static int is_of_side(const char *muscle, int side)
{
    char base[128];
    return genu_group_base(muscle, base, sizeof base) == side;
}

/* Sum of a group's forces, BW, in the order of the phase. Returns the number of muscles. */
static int add_up(const figure_set *set, const genu_dataset *muscle, const double *force, int group,
                  int side, const figure_phase *p, double *sum)
{
    int n = 0;
    for (size_t i = 0; i < muscle->n; i++) {
        if (!is_of_side(muscle->text[i], side) || !genu_group_has(group, muscle->text[i]))
            continue;
        const double *row = force + i * (size_t)set->n_frame;
        for (int j = 0; j < p->n; j++)
            sum[j] += row[p->frame[j]] / set->body_weight;
        n++;
    }
    return n;
}

static genu_status fill_panels(figure_set *set, const cases *k, int side, const figure_phase *p,
                               genu_chart *chart, int *n_chart, genu_err *err)
{
    for (int i = 0; i < N_PANEL; i++) {
        genu_chart *panel = &chart[*n_chart];
        int group = genu_group_find(PANEL[i].group), n = 0;
        *panel = (genu_chart){ .title = PANEL[i].title, .n_series = k->n, .zero_based = 1 };
        figure_shade(p, panel);
        for (int j = 0; j < k->n; j++) {
            double *sum = figure_numbers(set, p->n);
            if (!sum)
                return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
            n = add_up(set, k->muscle, k->force[j], group, side_of(set, side), p, sum);
            panel->series[j] = (genu_polyline){ p->n, p->x, sum };
        }
        *n_chart += n > 0;
    }
    return GENU_OK;
}

static int case_keys(figure_set *set, const cases *k, int side, const figure_phase *p,
                     genu_chart_key *key, int *doubtful)
{
    int n = 0;
    *doubtful = 0;
    for (; n < k->n; n++) {
        const char *text = figure_level_text(set, &k->levels, k->level[n], side);
        key[n] =
            (genu_chart_key){ text, genu_palette_pen(n, GENU_CURVE_MM), GENU_KEY_LINE, GENU_DISC };
        *doubtful |= figure_doubtful(set, k->levels.scenario[k->level[n]], side);
    }
    const char *stance = figure_stance_text(set, p);
    if (stance)
        key[n++] = (genu_chart_key){
            stance, { genu_palette_grey(0.9), 0.2, GENU_SOLID }, GENU_KEY_FIELD, GENU_DISC
        };
    return n;
}

static const char *case_caption(figure_set *set, const cases *k, int side, const char *what,
                                int doubtful)
{
    return figure_text(set, "%s, %s side. %s, percent of the model's.%s%s%s%s%s", what,
                       set->side[side], k->levels.what, k->levels.others ? " " : "",
                       k->levels.others ? k->levels.others : "", doubtful ? " *: " : "",
                       doubtful ? figure_doubt_text(set) : "", doubtful ? "." : "");
}

genu_status figure_muscle_forces(figure_set *set, const char *name, int side, genu_err *err)
{
    cases k;
    figure_phase p;
    genu_chart chart[N_PANEL + 1];
    genu_chart_key key[CASE_MAX + 1];
    genu_canvas *c;
    int n_chart = 0, doubtful;
    if (!figure_needs(set, name, "muscle_force"))
        return GENU_OK;
    genu_status s = figure_phase_of(set, side, &p, err);
    if (!s)
        s = read_cases(set, &k, err);
    if (!s)
        s = fill_panels(set, &k, side, &p, chart, &n_chart, err);
    if (s)
        return s;
    if (!n_chart) {
        figure_skip(set, name, "no muscle of a known group is on this side");
        return GENU_OK;
    }
    int n_key = case_keys(set, &k, side, &p, key, &doubtful);
    for (int i = 0; i < n_chart; i++)
        chart[i].y_label = i % 4 ? NULL : "Force (BW)";
    genu_curves f = { .legend = { "Muscle forces",
                                  case_caption(set, &k, side,
                                               "Forces of muscle groups (sums over the muscles of "
                                               "each; the scales differ)",
                                               doubtful),
                                  set->note },
                      .x_label = p.label,
                      .x_lo = p.lo,
                      .x_hi = p.hi,
                      .n_chart = n_chart,
                      .columns = n_chart < 4 ? n_chart : 4,
                      .chart = chart,
                      .width = GENU_PAGE_WIDTH,
                      .height = 25,
                      .n_key = n_key,
                      .key = key };
    s = genu_curves_draw(&f, &c, err);
    return s ? s : figure_save(set, c, name, set->side[side], err);
}

// --- who takes over

static const double SMALLEST = 0.0005; // BW s: what is rounded to nothing is left out

typedef struct change {
    const char *name;
    double by[CASE_MAX - 1], size; /* N s, by case; the largest of them */
} change;

static int by_size(const void *a, const void *b)
{
    const change *p = a, *q = b;
    return p->size > q->size ? -1 : p->size < q->size ? 1 : strcmp(p->name, q->name);
}

static int by_last_change(const void *a, const void *b)
{
    const change *p = a, *q = b;
    return p->by[0] > q->by[0] ? -1 : p->by[0] < q->by[0] ? 1 : strcmp(p->name, q->name);
}

static double impulse(figure_set *set, const figure_phase *p, const double *row, double *curve)
{
    for (int j = 0; j < p->n; j++)
        curve[j] = row[p->frame[j]] / set->body_weight;
    return figure_impulse(p, curve);
}

/* by[0] belongs to the weakest case. Returns the number of muscles. */
static int list_changes(figure_set *set, const cases *k, int side, const figure_phase *p,
                        double *curve, change *list)
{
    const genu_dataset *muscle = k->muscle;
    int n = 0;
    for (size_t i = 0; i < muscle->n; i++) {
        if (!is_of_side(muscle->text[i], side_of(set, side)))
            continue;
        size_t at = i * (size_t)set->n_frame;
        double full = impulse(set, p, k->force[0] + at, curve);
        list[n] = (change){ .name = muscle->text[i] };
        for (int j = 1; j < k->n; j++) {
            double by = impulse(set, p, k->force[k->n - j] + at, curve) - full;
            list[n].by[j - 1] = by;
            list[n].size = fmax(list[n].size, fabs(by));
        }
        n++;
    }
    return n;
}

static genu_status draw_changes(figure_set *set, const char *name, int side, const cases *k, int n,
                                const change *list, genu_err *err)
{
    const char *bar[BAR_MAX], *level[CASE_MAX - 1];
    double value[(CASE_MAX - 1) * BAR_MAX];
    genu_canvas *c;
    int n_level = k->n - 1, doubtful = 0;
    for (int j = 0; j < n_level; j++) { // the weaker one last
        int at = k->level[j + 1];
        level[j] =
            figure_text(set, "%s instead of %s", figure_level_text(set, &k->levels, at, side),
                        figure_level_text(set, &k->levels, k->levels.reference, side));
        if (!level[j])
            return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
        doubtful |= figure_doubtful(set, k->levels.scenario[at], side);
        for (int i = 0; i < n; i++)
            value[j * n + i] = list[i].by[n_level - 1 - j];
    }
    for (int i = 0; i < n; i++)
        bar[i] = list[i].name;
    const char *what = figure_text(set,
                                   "Change of each muscle's impulse over stance when the strength "
                                   "is reduced; the %d muscles that change most",
                                   n);
    genu_bars f = { .legend = { "Which muscles take over",
                                case_caption(set, k, side, what ? what : "", doubtful), set->note },
                    .title = "Change of muscle impulse over stance",
                    .x_label = "Change of impulse (BW s)",
                    .n = n,
                    .n_level = n_level,
                    .name = bar,
                    .level = level,
                    .value = value,
                    .decimals = 3 };
    genu_status s = genu_bars_draw(&f, &c, err);
    return s ? s : figure_save(set, c, name, set->side[side], err);
}

genu_status figure_muscle_change(figure_set *set, const char *name, int side, genu_err *err)
{
    cases k;
    figure_phase p;
    if (!figure_needs(set, name, "muscle_force"))
        return GENU_OK;
    genu_status s = figure_phase_of(set, side, &p, err);
    if (!s)
        s = read_cases(set, &k, err);
    if (s)
        return s;
    if (k.n < 2 || !p.n_shade) {
        figure_skip(set, name,
                    k.n < 2 ? "no scenario is weaker than the one of full strength"
                            : "the record holds no stance phase");
        return GENU_OK;
    }
    change *list = figure_keep(set, calloc(k.muscle->n + 1, sizeof *list));
    double *curve = figure_numbers(set, p.n);
    if (!list || !curve)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    int n = list_changes(set, &k, side, &p, curve, list);
    qsort(list, (size_t)n, sizeof *list, by_size);
    n = n < BAR_MAX ? n : BAR_MAX;
    while (n && list[n - 1].size < SMALLEST)
        n--;
    qsort(list, (size_t)n, sizeof *list, by_last_change);
    if (n)
        return draw_changes(set, name, side, &k, n, list, err);
    figure_skip(set, name, "no muscle of this side changes its impulse");
    return GENU_OK;
}
