#include "sim/indices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count(const genu_results *r, const char *kind)
{
    int n = 0;
    for (char name[24];
         snprintf(name, sizeof name, "%s_%d", kind, n + 1), genu_results_has(r, name);)
        n++;
    return n;
}

int genu_indices_samples(const genu_results *r, int *d)
{
    const char *design = genu_results_attribute(r, "design");
    double samples = genu_results_number(r, "design_samples");
    if (d)
        *d = count(r, "vary") + count(r, "strength");
    return design && !strcmp(design, "saltelli") && samples >= 1 ? (int)samples : 0;
}

genu_status genu_indices(genu_results *r, const char *summary, int side, int n,
                         genu_sobol_index *index, genu_err *err)
{
    int d, samples = genu_indices_samples(r, &d), row = d + 2;
    if (!samples)
        return genu_fail(err, GENU_E_SHAPE,
                         "'%s' does not come from a saltelli design (design: { kind: saltelli } in "
                         "the study), which Sobol's indices need",
                         genu_results_path(r));
    genu_dataset all = { 0 };
    genu_status s = genu_results_read(r, summary, &all, err);
    if (s == GENU_OK &&
        (all.rank != 2 || !all.value || side >= all.dim[1] || n > samples || all.dim[0] < n * row))
        s = genu_fail(err, GENU_E_SHAPE,
                      "'%s': '%s' has not one value for each side and each of %d x %d scenarios",
                      genu_results_path(r), summary, n, row);
    double *f = s == GENU_OK ? malloc((size_t)n * (size_t)row * sizeof *f) : NULL;
    if (s == GENU_OK && !f)
        s = genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int i = 0; f && i < n * row; i++)
        f[i] = all.value[(ptrdiff_t)i * all.dim[1] + side];
    if (s == GENU_OK)
        s = genu_sobol_indices(n, d, f, GENU_INDICES_BOOTSTRAPS, 1, index, err);
    if (s != GENU_OK)
        genu_fail_in(err, s, "'%s'", summary);
    free(f);
    genu_dataset_free(&all);
    return s;
}
