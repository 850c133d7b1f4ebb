#include "sim/compare.h"

#include "sim/parameters.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static genu_status count_scenarios(genu_results *r, int *n, genu_err *err)
{
    genu_dataset d = { 0 };
    genu_status s = genu_results_shape(r, "scenario", &d, err);
    *n = s == GENU_OK && d.rank == 1 ? d.dim[0] : 0;
    genu_dataset_free(&d);
    return s;
}

/* Split "FILE:N"; a file that really has such a name comes first. Returns N or -1. */
static int split(char *text)
{
    char *colon = strrchr(text, ':');
    if (!colon || !colon[1] || !access(text, F_OK))
        return -1;
    for (char *c = colon + 1; *c; c++)
        if (!isdigit((unsigned char)*c))
            return -1;
    *colon = '\0';
    return atoi(colon + 1);
}

genu_status genu_pick_open(genu_pick *pick, const char *text, genu_err *err)
{
    *pick = (genu_pick){ 0 };
    char *path = genu_strdup(text);
    if (!path)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    int asked = split(path);
    genu_status s = genu_results_open(&pick->results, path, err);
    if (s == GENU_OK)
        s = count_scenarios(pick->results, &pick->n_scenario, err);
    if (s == GENU_OK && asked >= pick->n_scenario)
        s = genu_fail(err, GENU_E_RANGE, "'%s': scenario is %d, must be 0 to %d", path, asked,
                      pick->n_scenario - 1);
    if (s == GENU_OK)
        pick->scenario = asked >= 0 ? asked : genu_usual_scenario(pick->results, pick->n_scenario);
    else
        genu_pick_close(pick);
    free(path);
    return s;
}

void genu_pick_close(genu_pick *pick)
{
    if (pick->results)
        genu_results_close(pick->results);
    pick->results = NULL;
}

void genu_pick_describe(const genu_pick *pick, char *text, size_t size)
{
    genu_results *r = pick->results;
    size_t used =
        (size_t)snprintf(text, size, "%s, scenario %d", genu_results_path(r), pick->scenario);
    genu_varied list[GENU_PARAMETERS_MOST];
    int n = genu_varied_list(r, list);
    for (int k = 0; k < n && used < size; k++) {
        const genu_varied *v = &list[k];
        genu_dataset d = { 0 };
        if (genu_results_read_slab(r, v->dataset, pick->scenario, 1, &d, NULL) != GENU_OK)
            break;
        used += (size_t)snprintf(text + used, size - used, "%s%s ", k ? ", " : ": ", v->name);
        if (used < size && v->unit)
            used += (size_t)snprintf(text + used, size - used, "%.4g%s%s", d.value[0],
                                     strcmp(v->unit, "1") ? " " : "",
                                     strcmp(v->unit, "1") ? v->unit : "");
        else if (used < size)
            used += (size_t)snprintf(text + used, size - used, "%.0f %%", 100 * d.value[0]);
        genu_dataset_free(&d);
    }
}

/* Index of a side's name in the file's own list, -1 when it has none. */
static int side_index(const genu_dataset *side, const char *name)
{
    for (size_t i = 0; i < side->n; i++)
        if (!strcmp(side->text[i], name))
            return (int)i;
    return -1;
}

static void print_row(FILE *to, const char *side, const genu_dataset *d, double a, double b)
{
    fprintf(to, "%-6s %-32s %-6s %12.5g %12.5g %12.5g", side, d->name, d->units ? d->units : "", a,
            b, b - a);
    if (a != 0 && isfinite(a) && isfinite(b))
        fprintf(to, " %9.2f %%\n", 100 * (b - a) / fabs(a));
    else
        fputs("         -\n", to);
}

/* One summary of both files, where both hold it. */
static genu_status print_summary(const genu_pick *a, const genu_pick *b, const genu_dataset *side_a,
                                 const genu_dataset *side_b, const char *name, FILE *to,
                                 genu_err *err)
{
    genu_dataset da = { 0 }, db = { 0 };
    genu_status s = genu_results_read_slab(a->results, name, a->scenario, 1, &da, err);
    if (s == GENU_OK)
        s = genu_results_read_slab(b->results, name, b->scenario, 1, &db, err);
    for (size_t i = 0; s == GENU_OK && i < side_a->n; i++) {
        int j = side_index(side_b, side_a->text[i]);
        if (j >= 0)
            print_row(to, side_a->text[i], &da, da.value[i], db.value[j]);
    }
    genu_dataset_free(&da);
    genu_dataset_free(&db);
    return s;
}

static int is_summary(genu_results *r, const char *name)
{
    genu_dataset d = { 0 };
    int good = genu_results_shape(r, name, &d, NULL) == GENU_OK && d.rank == 2 &&
               !strcmp(d.dim_name[0], "scenario") && !strcmp(d.dim_name[1], "side");
    genu_dataset_free(&d);
    return good;
}

genu_status genu_compare_print(const genu_pick *a, const genu_pick *b, FILE *to, genu_err *err)
{
    char text[1024];
    genu_pick_describe(a, text, sizeof text);
    fprintf(to, "A: %s\n", text);
    genu_pick_describe(b, text, sizeof text);
    fprintf(to, "B: %s\n\n", text);
    genu_dataset side_a = { 0 }, side_b = { 0 };
    genu_status s = genu_results_read(a->results, "side", &side_a, err);
    if (s == GENU_OK)
        s = genu_results_read(b->results, "side", &side_b, err);
    if (s == GENU_OK)
        fprintf(to, "%-6s %-32s %-6s %12s %12s %12s %11s\n", "side", "quantity", "unit", "A", "B",
                "B - A", "of A");
    for (int i = 0; s == GENU_OK && i < genu_results_count(a->results); i++) {
        const char *name = genu_results_name(a->results, i);
        if (is_summary(a->results, name) && genu_results_has(b->results, name))
            s = print_summary(a, b, &side_a, &side_b, name, to, err);
    }
    genu_dataset_free(&side_a);
    genu_dataset_free(&side_b);
    const char *assumption = genu_results_attribute(a->results, "assumption");
    if (s == GENU_OK)
        fprintf(to, "\n%s\n", assumption ? assumption : "");
    return s;
}
