#include "sim/norm_bands.h"

#include "sim/task.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const classes[GENU_N_NORM_CLASS] = { "slow", "free", "fast" };

static genu_status read_class(genu_norms *norms, int k, genu_err *err)
{
    const char *folder[] = { getenv("GENU_DATA"), GENU_DATA_SOURCE, GENU_DATA_INSTALLED };
    char path[4096];
    for (int i = 0; i < 3; i++) {
        if (!folder[i])
            continue;
        snprintf(path, sizeof path, "%s/normative/walk_%s.csv", folder[i], classes[k]);
        if (!access(path, R_OK))
            return genu_norms_read(norms, path, err);
    }
    return genu_fail(err, GENU_E_IO,
                     "the normative table 'normative/walk_%s.csv' is neither in '%s' nor in '%s'; "
                     "GENU_DATA may name its folder",
                     classes[k], folder[1], folder[2]);
}

genu_status genu_norm_bands(genu_norms *norms, const char *name, double speed, genu_err *err)
{
    genu_norms all[GENU_N_NORM_CLASS];
    for (int k = 0; k < GENU_N_NORM_CLASS; k++) {
        if (name && strcmp(name, classes[k]))
            continue;
        genu_status s = read_class(&all[k], k, err);
        if (s != GENU_OK)
            return s;
        if (name) {
            *norms = all[k];
            return GENU_OK;
        }
    }
    if (name)
        return genu_fail(err, GENU_E_RANGE, "norm is '%s', must be slow, free or fast", name);
    return genu_norms_at(norms, all, speed, err);
}
