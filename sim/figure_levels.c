#include "sim/figure_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double SAME = 1e-6; // of a level: closer ones are one

int figure_doubtful(const figure_set *set, int scenario, int side)
{
    return set->doubt[scenario * set->n_side + side];
}

/* All strengths alike, settings as usual. */
static int on_diagonal(const figure_set *set, int scenario)
{
    for (int k = 1; k < set->n_parameter; k++)
        if (k < set->n_strength
                ? fabs(figure_value(set, k, scenario) - figure_value(set, 0, scenario)) > 100 * SAME
                : !figure_same(set, k, scenario, set->usual))
            return 0;
    return 1;
}

/* All parameters but the first as usual. */
static int on_first_axis(const figure_set *set, int scenario)
{
    for (int k = 1; k < set->n_parameter; k++)
        if (!figure_same(set, k, scenario, set->usual))
            return 0;
    return 1;
}

typedef struct entry {
    double level;
    int scenario;
} entry;

static int by_level(const void *a, const void *b)
{
    const entry *p = a, *q = b;
    return p->level < q->level ? -1 : p->level > q->level ? 1 : p->scenario - q->scenario;
}

static int collect(const figure_set *set, int diagonal, entry *list)
{
    int n = 0, kept = 0;
    for (int i = 0; i < set->n_scenario; i++)
        if (diagonal ? on_diagonal(set, i) : on_first_axis(set, i))
            list[n++] = (entry){ set->n_parameter ? figure_value(set, 0, i) : 100, i };
    qsort(list, (size_t)n, sizeof *list, by_level);
    for (int i = 0; i < n; i++) // one scenario per level
        if (!kept || list[i].level > list[kept - 1].level + SAME * fabs(list[i].level))
            list[kept++] = list[i];
    return kept;
}

static int nearest_to_usual(const figure_set *set, int n, const entry *list)
{
    int best = 0;
    double usual = set->n_parameter ? figure_value(set, 0, set->usual) : 100;
    if (set->n_strength)
        usual = 100;
    for (int i = 1; i < n; i++)
        if (fabs(list[i].level - usual) < fabs(list[best].level - usual))
            best = i;
    return best;
}

/* "gluteus medius, gluteus minimus and psoas" */
static const char *all_names(figure_set *set)
{
    const char *text = set->parameter[0].name;
    for (int k = 1; k < set->n_strength && text; k++)
        text = figure_text(set, "%s%s%s", text, k == set->n_strength - 1 ? " and " : ", ",
                           set->parameter[k].name);
    return text;
}

static void name_levels(figure_set *set, int diagonal, figure_levels *levels)
{
    int first = diagonal && set->n_strength ? set->n_strength : 1;
    if (!set->n_parameter) {
        levels->what = "Strength of all muscles";
        return;
    }
    const char *names = diagonal && set->n_strength ? all_names(set) : NULL;
    levels->what =
        names ? figure_text(set, "Strength of %s", names) : figure_parameter_text(set, 0);
    const char *kept = figure_kept_text(set, first, -1);
    int together = diagonal && set->n_strength > 1;
    if (together || *kept)
        levels->others = figure_text(set, "%s%s", together ? "All are scaled together." : "",
                                     *kept && !together ? kept + 1 : kept);
}

static void take(const entry *list, int i, int is_reference, figure_levels *levels)
{
    levels->scenario[levels->n] = list[i].scenario;
    levels->level[levels->n] = list[i].level;
    if (is_reference)
        levels->reference = levels->n;
    levels->n++;
}

/* Every stride-th level counted from the reference, and the weakest. */
static void thin(const figure_set *set, int n, const entry *list, int most, figure_levels *levels)
{
    int reference = nearest_to_usual(set, n, list), stride = 1;
    while (reference / stride + (n - 1 - reference) / stride + 1 + (reference % stride != 0) > most)
        stride++;
    for (int i = 0; i < n; i++)
        if (i == 0 || (i - reference) % stride == 0)
            take(list, i, i == reference, levels);
}

static void pick_three(const figure_set *set, int n, const entry *list, figure_levels *levels)
{
    int reference = nearest_to_usual(set, n, list), half = 0;
    double middle = (list[0].level + list[reference].level) / 2;
    for (int i = 1; i < reference; i++)
        if (fabs(list[i].level - middle) < fabs(list[half].level - middle))
            half = i;
    if (reference > 0)
        take(list, 0, 0, levels);
    if (half > 0)
        take(list, half, 0, levels);
    take(list, reference, 1, levels);
}

// most = 0: the three
static genu_status choose(figure_set *set, int most, figure_levels *levels, genu_err *err)
{
    *levels = (figure_levels){ 0 };
    entry *list = calloc((size_t)set->n_scenario + 1, sizeof *list);
    if (!list)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    int diagonal = 1, n = collect(set, 1, list);
    if (n < 2 && set->n_strength > 1) {
        diagonal = 0;
        n = collect(set, 0, list);
    }
    if (n && most)
        thin(set, n, list, most, levels);
    else if (n)
        pick_three(set, n, list, levels);
    free(list);
    name_levels(set, diagonal, levels);
    if (!levels->what)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    return GENU_OK;
}

genu_status figure_levels_of(figure_set *set, int most, figure_levels *levels, genu_err *err)
{
    return choose(set, most < FIGURE_LEVEL_MAX ? most : FIGURE_LEVEL_MAX, levels, err);
}

genu_status figure_three_levels(figure_set *set, figure_levels *levels, genu_err *err)
{
    return choose(set, 0, levels, err);
}

const char *figure_level_text(figure_set *set, const figure_levels *levels, int i, int side)
{
    const char *star = figure_doubtful(set, levels->scenario[i], side) ? " *" : "";
    const char *level =
        set->n_parameter ? figure_value_text(set, 0, levels->level[i]) : "100\xC2\xA0%";
    const char *text = figure_text(set, "%s%s", level, star);
    return text ? text : "";
}

const char *figure_doubt_text(figure_set *set)
{
    const char *text =
        figure_text(set,
                    "the muscles alone cannot do the movement (a reserve moment is above "
                    "%.3g\xC2\xA0%% of the largest moment of its joint, or no solution was found)",
                    100 * set->options->reserve_limit);
    return text ? text : "";
}
