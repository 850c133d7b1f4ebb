/* Joint moments over the gait cycle, with normative bands. */
#include "sim/figure_set.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Internal moments (of the muscles), each positive in the direction of its name, as gait
 * laboratories draw them. Coordinates as OpenSim's models name and sign them. */
static const struct {
    const char *coordinate, *title;
    double sign;    /* of the coordinate in the direction of the name */
    int by_flexion; /* 1: models differ in sign; flexion is where the joint moves to */
    int norm;       /* genu_norm_curve; -1: there is none */
} MOMENT[] = {
    { "hip_flexion", "Hip extension", -1, 0, GENU_NORM_HIP_EXTENSION_MOMENT },
    { "hip_adduction", "Hip abduction", -1, 0, GENU_NORM_HIP_ABDUCTION_MOMENT },
    { "hip_rotation", "Hip external rotation", -1, 0, -1 },
    { "knee_angle", "Knee extension", -1, 1, GENU_NORM_KNEE_EXTENSION_MOMENT },
    { "ankle_angle", "Ankle plantarflexion", -1, 0, GENU_NORM_ANKLE_MOMENT },
};
enum { N_MOMENT = sizeof MOMENT / sizeof MOMENT[0], COLUMNS = 3, BAND = 101 };

static const double GRAVITY = 9.80665; // m/s^2, standard

static int coordinate_index(const genu_dataset *names, const char *coordinate, const char *side)
{
    char name[64];
    snprintf(name, sizeof name, "%s_%c", coordinate, side[0]);
    for (size_t i = 0; names->text && i < names->n; i++)
        if (!strcmp(names->text[i], name))
            return (int)i;
    return -1;
}

// 1 where flexion is positive, as the knee is flexed on the average, -1 where it is negative
static double flexion_sign(const figure_set *set, const genu_dataset *value, int i)
{
    double sum = 0;
    for (int k = 0; k < set->n_frame; k++)
        sum += value->value[i * set->n_frame + k];
    return sum < 0 ? -1 : 1;
}

static genu_status add_band(figure_set *set, int curve, genu_chart *chart, genu_err *err)
{
    const genu_norms *norms = set->options->norms;
    double *x = figure_numbers(set, BAND), *lo = figure_numbers(set, BAND),
           *hi = figure_numbers(set, BAND);
    if (!x || !lo || !hi)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    for (int i = 0; i < BAND; i++) {
        double c = i / (BAND - 1.0), mean = genu_harmonics_value(&norms->mean[curve], c);
        double sd = genu_harmonics_value(&norms->sd[curve], c);
        x[i] = 100 * c;
        lo[i] = mean - sd;
        hi[i] = mean + sd;
    }
    chart->n_band = BAND;
    chart->band_x = x;
    chart->band_lo = lo;
    chart->band_hi = hi;
    return GENU_OK;
}

typedef struct moments {
    genu_dataset *name, *value, *moment;
} moments;

static genu_status read_source(figure_set *set, moments *from, genu_err *err)
{
    genu_status s = figure_read(set, "coordinate", &from->name, err);
    if (!s)
        s = figure_read(set, "coordinate_value", &from->value, err);
    if (!s)
        s = figure_read(set, "joint_moment", &from->moment, err);
    if (s)
        return s;
    size_t n = from->name->n * (size_t)set->n_frame;
    if (!from->value->value || !from->moment->value || from->value->n != n || from->moment->n != n)
        return genu_fail(err, GENU_E_SHAPE,
                         "'%s': 'joint_moment' and 'coordinate_value' must have one value per "
                         "coordinate and frame",
                         genu_results_path(set->r));
    return GENU_OK;
}

static genu_status fill_chart(figure_set *set, const moments *from, int which, int row,
                              const figure_phase *p, genu_chart *chart, genu_err *err)
{
    double *y = figure_numbers(set, p->n), sign = MOMENT[which].sign;
    if (!y)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    if (MOMENT[which].by_flexion)
        sign *= flexion_sign(set, from->value, row);
    for (int k = 0; k < p->n; k++)
        y[k] = sign * from->moment->value[row * set->n_frame + p->frame[k]] * GRAVITY /
               set->body_weight;
    *chart = (genu_chart){ .title = MOMENT[which].title,
                           .n_series = 1,
                           .series = { { p->n, p->x, y } } };
    figure_shade(p, chart);
    if (!set->options->norms || !p->is_cycle || MOMENT[which].norm < 0)
        return GENU_OK;
    return add_band(set, MOMENT[which].norm, chart, err);
}

static genu_status fill_charts(figure_set *set, int side, const figure_phase *p, genu_chart *chart,
                               int *n, int *n_band, genu_err *err)
{
    moments from;
    genu_status s = read_source(set, &from, err);
    for (int i = 0; i < N_MOMENT && !s; i++) {
        int row = coordinate_index(from.name, MOMENT[i].coordinate, set->side[side]);
        if (row < 0)
            continue;
        s = fill_chart(set, &from, i, row, p, &chart[*n], err);
        *n_band += chart[*n].n_band > 0;
        chart[*n].y_label = *n % COLUMNS ? NULL : "Moment (Nm/kg)";
        ++*n;
    }
    return s;
}

static int keys(figure_set *set, const figure_phase *p, int n_band, genu_chart_key *key)
{
    int n = 0;
    key[n++] = (genu_chart_key){ "this study", genu_palette_pen(0, GENU_CURVE_MM), GENU_KEY_LINE,
                                 GENU_DISC };
    if (n_band)
        key[n++] = (genu_chart_key){ "normative mean \xC2\xB1 SD",
                                     { genu_palette_grey(0.8), 0.2, GENU_SOLID },
                                     GENU_KEY_FIELD,
                                     GENU_DISC };
    const char *stance = figure_stance_text(set, p);
    if (stance)
        key[n++] = (genu_chart_key){
            stance, { genu_palette_grey(0.93), 0.2, GENU_SOLID }, GENU_KEY_FIELD, GENU_DISC
        };
    return n;
}

genu_status figure_joint_moments(figure_set *set, const char *name, int side, genu_err *err)
{
    figure_phase p;
    genu_chart chart[N_MOMENT];
    genu_chart_key key[3];
    genu_canvas *c;
    int n = 0, n_band = 0;
    if (!figure_needs(set, name, "joint_moment") || !figure_needs(set, name, "coordinate_value"))
        return GENU_OK;
    genu_status s = figure_phase_of(set, side, &p, err);
    if (!s)
        s = fill_charts(set, side, &p, chart, &n, &n_band, err);
    if (s)
        return s;
    if (!n) {
        figure_skip(set, name,
                    "no coordinate is named hip_flexion, hip_adduction, hip_rotation, "
                    "knee_angle or ankle_angle with the side's letter");
        return GENU_OK;
    }
    int n_key = keys(set, &p, n_band, key);
    const char *source = n_band && set->options->norm_source ? set->options->norm_source : NULL;
    genu_curves f = { .legend = { "Joint moments", NULL, set->note },
                      .x_label = p.label,
                      .x_lo = p.lo,
                      .x_hi = p.hi,
                      .n_chart = n,
                      .columns = n < COLUMNS ? n : COLUMNS,
                      .chart = chart,
                      .width = GENU_PAGE_WIDTH,
                      .height = 34,
                      .n_key = n_key,
                      .key = key };
    f.legend.caption =
        figure_text(set,
                    "Internal joint moments of the %s leg by inverse dynamics, "
                    "positive in the direction named, per kg of body mass (%.1f "
                    "kg).%s%s%s",
                    set->side[side], set->body_weight / GRAVITY, source ? " Band: " : "",
                    source ? source : "", source ? "." : "");
    s = genu_curves_draw(&f, &c, err);
    return s ? s : figure_save(set, c, name, set->side[side], err);
}
