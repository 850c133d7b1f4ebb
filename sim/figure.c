#include "sim/figure_set.h"

#include <string.h>

static const struct {
    const char *name, *summary;
    figure_draw *draw;
} FIGURE[] = {
    { "knee_load", "medial and lateral force over the gait cycle, by strength or setting",
      figure_knee_load },
    { "peak_map", "peak medial force over two parameters", figure_peak_map },
    { "peak1_map", "first medial peak over two parameters", figure_peak_map },
    { "peak2_map", "second medial peak over two parameters", figure_peak_map },
    { "share_map", "medial share of the load over two parameters", figure_peak_map },
    { "muscle_forces", "muscle groups at full and reduced strength", figure_muscle_forces },
    { "muscle_change", "which muscles take over", figure_muscle_change },
    { "strength_indices", "what the load depends on (saltelli designs)", figure_strength_indices },
    { "strength_slopes", "what more strength of each muscle does to the medial peaks",
      figure_strength_slopes },
    { "slope_rows", "the same over the gait cycle, muscle by muscle", figure_slope_rows },
    { "joint_moments", "moments of hip, knee and ankle", figure_joint_moments },
};
enum { N_FIGURE = sizeof FIGURE / sizeof FIGURE[0] };

int genu_figure_count(void)
{
    return N_FIGURE;
}

const char *genu_figure_name(int i)
{
    return i >= 0 && i < N_FIGURE ? FIGURE[i].name : NULL;
}

const char *genu_figure_summary(int i)
{
    return i >= 0 && i < N_FIGURE ? FIGURE[i].summary : NULL;
}

genu_figure_options genu_figure_defaults(void)
{
    return (genu_figure_options){ .formats = GENU_FORMAT_PNG, .dpi = 300, .reserve_limit = 0.05 };
}

static genu_status check_name(const char *name, genu_err *err)
{
    const char *known[N_FIGURE];
    for (int i = 0; i < N_FIGURE; i++) {
        known[i] = FIGURE[i].name;
        if (!name || !strcmp(name, FIGURE[i].name))
            return GENU_OK;
    }
    const char *near = genu_nearest(name, known, N_FIGURE);
    if (near)
        return genu_fail(err, GENU_E_RANGE, "there is no figure '%s'; did you mean '%s'", name,
                         near);
    return genu_fail(err, GENU_E_RANGE, "there is no figure '%s'", name);
}

static genu_status draw_all(figure_set *set, const char *only, genu_err *err)
{
    for (int i = 0; i < N_FIGURE; i++)
        for (int side = 0; side < set->n_side; side++) {
            if (only && strcmp(only, FIGURE[i].name))
                continue;
            genu_status s = FIGURE[i].draw(set, FIGURE[i].name, side, err);
            if (s)
                return genu_fail_in(err, s, "figure '%s'", FIGURE[i].name);
        }
    return GENU_OK;
}

genu_status genu_figures(const char *results, const char *folder,
                         const genu_figure_options *options, genu_files *files, genu_notes *notes,
                         genu_err *err)
{
    figure_set set;
    *files = (genu_files){ NULL, 0 };
    genu_status s = check_name(options->only, err);
    if (s)
        return s;
    s = figure_set_open(&set, results, options, err);
    set.folder = folder;
    set.files = files;
    set.notes = notes;
    if (!s)
        s = figure_folder(folder, err);
    if (!s)
        s = draw_all(&set, options->only, err);
    if (!s && options->only && !files->n)
        s = genu_fail(err, GENU_E_SHAPE, "'%s' does not hold what figure '%s' shows", results,
                      options->only);
    figure_set_close(&set);
    return s;
}
