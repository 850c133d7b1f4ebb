#include "sim/figure_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double SAME = 1e-6; // strengths closer than this are one level

static double strength(const figure_set *set, int k, int scenario)
{
    return set->strength[k * set->n_scenario + scenario];
}

int figure_doubtful(const figure_set *set, int scenario, int side)
{
    return set->doubt[scenario * set->n_side + side];
}

int figure_full_strength(const figure_set *set)
{
    int best = 0;
    double nearest = INFINITY;
    for (int i = 0; i < set->n_scenario; i++) {
        double off = 0;
        for (int k = 0; k < set->n_strength; k++)
            off += fabs(strength(set, k, i) - 1);
        if (off < nearest) {
            nearest = off;
            best = i;
        }
    }
    return best;
}

static int on_diagonal(const figure_set *set, int scenario)
{
    for (int k = 1; k < set->n_strength; k++)
        if (fabs(strength(set, k, scenario) - strength(set, 0, scenario)) > SAME)
            return 0;
    return 1;
}

// the others are as in the scenario of full strength
static int on_first_axis(const figure_set *set, int scenario, int full)
{
    for (int k = 1; k < set->n_strength; k++)
        if (fabs(strength(set, k, scenario) - strength(set, k, full)) > SAME)
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

static int collect(const figure_set *set, int diagonal, int full, entry *list)
{
    int n = 0, kept = 0;
    for (int i = 0; i < set->n_scenario; i++)
        if (diagonal ? on_diagonal(set, i) : on_first_axis(set, i, full))
            list[n++] = (entry){ set->n_strength ? strength(set, 0, i) : 1, i };
    qsort(list, (size_t)n, sizeof *list, by_level);
    for (int i = 0; i < n; i++) // one scenario per level
        if (!kept || list[i].level > list[kept - 1].level + SAME)
            list[kept++] = list[i];
    return kept;
}

static int nearest_to_one(int n, const entry *list)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        if (fabs(list[i].level - 1) < fabs(list[best].level - 1))
            best = i;
    return best;
}

/* "gluteus medius, gluteus minimus and psoas" */
static const char *all_names(figure_set *set)
{
    const char *text = set->strength_name[0];
    for (int k = 1; k < set->n_strength && text; k++)
        text = figure_text(set, "%s%s%s", text, k == set->n_strength - 1 ? " and " : ", ",
                           set->strength_name[k]);
    return text;
}

static void name_levels(figure_set *set, int diagonal, int full, figure_levels *levels)
{
    if (!set->n_strength) {
        levels->what = "Strength of all muscles";
        return;
    }
    const char *names = diagonal ? all_names(set) : set->strength_name[0];
    if (names)
        levels->what = figure_text(set, "Strength of %s", names);
    if (diagonal && set->n_strength > 1)
        levels->others = "All are scaled together.";
    for (int k = 1; !diagonal && k < set->n_strength; k++)
        levels->others =
            figure_text(set, "%s%sStrength of %s is kept at %.4g\xC2\xA0%%.",
                        levels->others ? levels->others : "", levels->others ? " " : "",
                        set->strength_name[k], 100 * strength(set, k, full));
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
static void thin(int n, const entry *list, int most, figure_levels *levels)
{
    int reference = nearest_to_one(n, list), stride = 1;
    while (reference / stride + (n - 1 - reference) / stride + 1 + (reference % stride != 0) > most)
        stride++;
    for (int i = 0; i < n; i++)
        if (i == 0 || (i - reference) % stride == 0)
            take(list, i, i == reference, levels);
}

static void pick_three(int n, const entry *list, figure_levels *levels)
{
    int reference = nearest_to_one(n, list), half = 0;
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
    int full = figure_full_strength(set), diagonal = 1;
    int n = collect(set, 1, full, list);
    if (n < 2 && set->n_strength > 1) {
        diagonal = 0;
        n = collect(set, 0, full, list);
    }
    if (n && most)
        thin(n, list, most, levels);
    else if (n)
        pick_three(n, list, levels);
    free(list);
    name_levels(set, diagonal, full, levels);
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
    const char *text = figure_text(set, "%.4g\xC2\xA0%%%s", 100 * levels->level[i], star);
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
