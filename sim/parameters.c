#include "sim/parameters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "change.speed" is the walking speed; what is not here says itself what it is. */
static const char *const plain[][2] = {
    { "change.speed", "walking speed" },
    { "change.step_width", "step width" },
    { "change.pelvic_obliquity", "pelvic obliquity" },
    { "change.trunk_lean", "trunk lean" },
    { "subject.mass", "body mass" },
    { "subject.height", "body height" },
    { "sharing.power", "power of the activations" },
};

static void name_setting(const char *setting, char *name, size_t size)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (!strcmp(setting, plain[i][0])) {
            snprintf(name, size, "%s", plain[i][1]);
            return;
        }
    snprintf(name, size, "%s", setting);
    for (char *c = name; *c; c++)
        if (*c == '.' || *c == '_')
            *c = ' ';
}

static int list_kind(genu_results *r, int is_setting, genu_varied *list, int most)
{
    int n = 0;
    for (; n < most; n++) {
        genu_varied *v = &list[n];
        snprintf(v->dataset, sizeof v->dataset, is_setting ? "vary_%d" : "strength_%d", n + 1);
        if (!genu_results_has(r, v->dataset))
            break;
        const char *note = genu_results_note(r, v->dataset, is_setting ? "setting" : "muscles");
        const char *usual = genu_results_note(r, v->dataset, "as_written");
        v->unit = is_setting ? genu_results_note(r, v->dataset, "units") : NULL;
        v->usual = !is_setting ? 1 : usual ? atof(usual) : NAN;
        if (is_setting && !v->unit)
            v->unit = "1";
        if (is_setting && note)
            name_setting(note, v->name, sizeof v->name);
        else
            snprintf(v->name, sizeof v->name, "%s", note ? note : v->dataset);
    }
    return n;
}

int genu_varied_list(genu_results *r, genu_varied list[GENU_PARAMETERS_MOST])
{
    int n = list_kind(r, 1, list, GENU_PARAMETERS_MOST);
    return n + list_kind(r, 0, list + n, GENU_PARAMETERS_MOST - n);
}

/* How far each scenario is from usual in one parameter: strengths count first, then settings, by their
 * share of what is usual. */
static void add_distance(genu_results *r, const genu_varied *v, int n, double *off)
{
    genu_dataset d = { 0 };
    if (genu_results_read(r, v->dataset, &d, NULL) != GENU_OK || !d.value || d.n != (size_t)n)
        return;
    double usual = isnan(v->usual) ? d.value[0] : v->usual;
    for (int i = 0; i < n; i++)
        off[i] += fabs(d.value[i] - usual) / (v->unit ? 1e3 * (1e-12 + fabs(usual)) : 1);
    genu_dataset_free(&d);
}

int genu_usual_scenario(genu_results *r, int n)
{
    genu_varied list[GENU_PARAMETERS_MOST];
    int n_varied = genu_varied_list(r, list), best = 0;
    double *off = calloc((size_t)n + 1, sizeof *off);
    for (int k = 0; k < n_varied && off; k++)
        add_distance(r, &list[k], n, off);
    for (int i = 1; i < n && off; i++)
        if (off[i] < off[best])
            best = i;
    free(off);
    return best;
}

double genu_scenario_weight(genu_results *r, int scenario)
{
    genu_dataset d = { 0 };
    double weight = genu_results_number(r, "body_weight");
    if (genu_results_has(r, "scenario_body_weight") &&
        genu_results_read_slab(r, "scenario_body_weight", scenario, 1, &d, NULL) == GENU_OK)
        weight = d.value[0];
    genu_dataset_free(&d);
    return weight;
}

genu_status genu_scenario_weights(genu_results *r, int n, double **weight, genu_err *err)
{
    double one = genu_results_number(r, "body_weight");
    genu_dataset d = { 0 };
    genu_status s = GENU_OK;
    *weight = NULL;
    if (!(one > 0))
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s': root attribute 'body_weight' is %g N, must be > 0",
                         genu_results_path(r), one);
    if (genu_results_has(r, "scenario_body_weight"))
        s = genu_results_read(r, "scenario_body_weight", &d, err);
    if (!s && d.value && d.n != (size_t)n)
        s = genu_fail(err, GENU_E_SHAPE,
                      "'%s': 'scenario_body_weight' has %zu values, must have %d",
                      genu_results_path(r), d.n, n);
    double *list = s ? NULL : malloc(((size_t)n + 1) * sizeof *list);
    if (!s && !list)
        s = genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int i = 0; list && i < n; i++)
        list[i] = d.value ? d.value[i] : one;
    genu_dataset_free(&d);
    *weight = list;
    return s;
}
