#include "sim/summary.h"

#include "sim/indices.h"
#include "sim/influence.h"
#include "sim/parameters.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is printed unless one is asked for. */
static const char *const peaks[] = {
    "knee_force_peak",           "knee_medial_force_peak",  "knee_medial_force_peak1",
    "knee_medial_force_peak2",   "knee_lateral_force_peak", "knee_medial_share",
    "patellofemoral_force_peak", "hip_force_peak",          "ankle_force_peak",
};
enum { N_PEAK = sizeof peaks / sizeof *peaks };

typedef struct summary {
    genu_results *r;
    const genu_summary_options *options;
    genu_dataset side, status;
    genu_varied varied[GENU_PARAMETERS_MOST];
    double *body_weight; /* of each scenario, N */
    double baseline_weight;
    FILE *to;
} summary;

/* ------------------------------------------------------------------ spread */

/* Values of one side that count, and the scenarios of the extremes. */
typedef struct spread {
    double *value;
    int n, least, most;
    const char *unit;
} spread;

static int counts(const summary *s, int scenario, int side, double value)
{
    int able = s->status.value[(ptrdiff_t)scenario * s->status.dim[1] + side] == 0;
    return isfinite(value) && (able || !s->options->feasible);
}

/* value of the baseline on this side, 0 without one. */
static genu_status base_of(const summary *s, const char *name, int side, double *base,
                           genu_err *err)
{
    const genu_pick *pick = s->options->baseline;
    genu_dataset sides = { 0 }, d = { 0 };
    *base = 0;
    if (!pick)
        return GENU_OK;
    genu_status status = genu_results_read(pick->results, "side", &sides, err);
    if (status == GENU_OK)
        status = genu_results_read_slab(pick->results, name, pick->scenario, 1, &d, err);
    int found = 0;
    for (size_t i = 0; status == GENU_OK && i < sides.n; i++)
        if (!strcmp(sides.text[i], s->side.text[side])) {
            *base = d.value[i];
            found = 1;
        }
    if (status == GENU_OK && !found)
        status = genu_fail(err, GENU_E_RANGE, "'%s' has no %s side",
                           genu_results_path(pick->results), s->side.text[side]);
    genu_dataset_free(&sides);
    genu_dataset_free(&d);
    return status;
}

static void collect(const summary *s, const genu_dataset *d, int side, double base, spread *out)
{
    int force = d->units && !strcmp(d->units, "N");
    double least = INFINITY, most = -INFINITY;
    double own = force && s->options->baseline ? s->baseline_weight : 1;
    out->n = 0;
    out->unit = force ? "BW" : d->units ? d->units : "";
    for (int i = 0; i < d->dim[0]; i++) {
        double scale = force ? 1 / s->body_weight[i] : 1;
        double value = scale * d->value[(ptrdiff_t)i * d->dim[1] + side] - base / own;
        if (!counts(s, i, side, value))
            continue;
        if (value < least) {
            least = value;
            out->least = i;
        }
        if (value > most) {
            most = value;
            out->most = i;
        }
        out->value[out->n++] = value;
    }
}

static void print_spread(const summary *s, const char *name, int side, spread *x)
{
    static const double at[] = { 0, 0.05, 0.5, 0.95, 1 };
    gsl_sort(x->value, 1, (size_t)x->n);
    fprintf(s->to, "%-6s %-28s %-4s", s->side.text[side], name, x->unit);
    for (int k = 0; k < 5; k++)
        fprintf(s->to, " %9.4g",
                gsl_stats_quantile_from_sorted_data(x->value, 1, (size_t)x->n, at[k]));
    fprintf(s->to, "   %d, %d\n", x->least, x->most);
}

static genu_status print_summary(const summary *s, const char *name, genu_err *err)
{
    genu_dataset d = { 0 };
    spread x = { 0 };
    genu_status status = genu_results_read(s->r, name, &d, err);
    if (status == GENU_OK && (d.rank != 2 || strcmp(d.dim_name[1], "side") != 0))
        status =
            genu_fail(err, GENU_E_RANGE,
                      "'%s' is no summary: it must have one value per scenario and side", name);
    if (status == GENU_OK && !(x.value = malloc((size_t)d.dim[0] * sizeof *x.value)))
        status = genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int side = 0; status == GENU_OK && side < d.dim[1]; side++) {
        double base;
        status = base_of(s, name, side, &base, err);
        if (status != GENU_OK)
            break;
        collect(s, &d, side, base, &x);
        if (x.n)
            print_spread(s, name, side, &x);
        else
            fprintf(s->to, "%-6s %-28s no value\n", s->side.text[side], name);
    }
    free(x.value);
    genu_dataset_free(&d);
    return status;
}

static void print_head(const summary *s)
{
    int able = 0, n = s->status.dim[0];
    for (int i = 0; i < n; i++) {
        int all = 1;
        for (int side = 0; side < s->status.dim[1]; side++)
            all &= s->status.value[(ptrdiff_t)i * s->status.dim[1] + side] == 0;
        able += all;
    }
    fprintf(s->to, "%d scenarios, of which the muscles can do %d%s\n", n, able,
            s->options->feasible ? "; only these count" : "");
    if (s->options->baseline) {
        char text[1024];
        genu_pick_describe(s->options->baseline, text, sizeof text);
        fprintf(s->to, "differences from %s\n", text);
    }
    fprintf(s->to, "\n%-6s %-28s %-4s %9s %9s %9s %9s %9s   %s\n", "side", "quantity", "unit",
            "least", "5 %", "median", "95 %", "largest", "scenarios of least, largest");
}

/* ------------------------------------------------------------------ indices */

static genu_status print_indices(const summary *s, const char *name, int side, int samples, int d,
                                 genu_err *err)
{
    genu_sobol_index *index = calloc((size_t)d, sizeof *index);
    if (!index)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    genu_status status = genu_indices(s->r, name, side, samples, index, err);
    if (status == GENU_OK)
        fprintf(s->to, "\n%s, %s\n", name, s->side.text[side]);
    for (int k = 0; k < d && status == GENU_OK; k++) {
        fprintf(s->to, "  %-36s %6.3f [%6.3f, %6.3f] %8.3f [%6.3f, %6.3f]\n", s->varied[k].name,
                index[k].first, index[k].first_lo, index[k].first_hi, index[k].total,
                index[k].total_lo, index[k].total_hi);
    }
    free(index);
    return status;
}

/* Total indices by an eighth, a quarter, half and all of the samples. */
static genu_status print_settling(const summary *s, const char *name, int side, int samples, int d,
                                  genu_err *err)
{
    genu_sobol_index *index = calloc(4 * (size_t)d, sizeof *index);
    int first = samples >= 16 ? 0 : 3;
    genu_status status = index ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int i = first; i < 4 && status == GENU_OK; i++)
        status = genu_indices(s->r, name, side, samples >> (3 - i), index + i * d, err);
    if (status == GENU_OK)
        fputs("  total index by number of samples:      ", s->to);
    for (int i = first; i < 4 && status == GENU_OK; i++)
        fprintf(s->to, " %9d", samples >> (3 - i));
    for (int k = 0; k < d && status == GENU_OK; k++) {
        fprintf(s->to, "\n  %-38s", s->varied[k].name);
        for (int i = first; i < 4; i++)
            fprintf(s->to, " %9.3f", index[i * d + k].total);
    }
    if (status == GENU_OK)
        fputc('\n', s->to);
    free(index);
    return status;
}

static genu_status print_all_indices(const summary *s, genu_err *err)
{
    static const char *const list[] = { "knee_medial_force_peak1", "knee_medial_force_peak2" };
    int d, samples = genu_indices_samples(s->r, &d), n = s->options->only ? 1 : 2;
    genu_status status = GENU_OK;
    if (samples < 2)
        return GENU_OK;
    fprintf(s->to,
            "\nwhich share of the variance comes from which parameter (Sobol's indices, 95 %% "
            "confidence):\n  %-36s %-24s %s\n",
            "", "alone (first order)", "with interactions (total)");
    for (int i = 0; i < n && status == GENU_OK; i++) {
        const char *name = s->options->only ? s->options->only : list[i];
        for (int side = 0; side < (int)s->side.n && status == GENU_OK; side++) {
            genu_err why = { 0 };
            status = print_indices(s, name, side, samples, d, &why);
            if (status == GENU_OK)
                status = print_settling(s, name, side, samples, d, err);
            else if (status != GENU_E_RANGE || s->options->only)
                status = genu_fail(err, status, "%s", why.msg);
            else { // a value is missing
                fprintf(s->to, "\n%s, %s: no indices: %s\n", name, s->side.text[side], why.msg);
                status = GENU_OK;
            }
        }
    }
    return status;
}

/* ------------------------------------------------------------------ all */

static genu_status print_spreads(const summary *s, genu_err *err)
{
    genu_status status = GENU_OK;
    print_head(s);
    if (s->options->only)
        return print_summary(s, s->options->only, err);
    for (int i = 0; i < N_PEAK && status == GENU_OK; i++)
        if (genu_results_has(s->r, peaks[i]))
            status = print_summary(s, peaks[i], err);
    return status;
}

genu_status genu_summary_print(genu_results *r, const genu_summary_options *options, FILE *to,
                               genu_err *err)
{
    summary s = { .r = r, .options = options, .to = to };
    genu_status status = genu_results_read(r, "side", &s.side, err);
    if (status == GENU_OK)
        status = genu_results_read(r, "status", &s.status, err);
    (void)genu_varied_list(r, s.varied);
    if (status == GENU_OK)
        status = genu_scenario_weights(r, s.status.dim[0], &s.body_weight, err);
    if (options->baseline) // may be of another body
        s.baseline_weight =
            genu_scenario_weight(options->baseline->results, options->baseline->scenario);
    if (status == GENU_OK)
        status = print_spreads(&s, err);
    if (status == GENU_OK)
        status = print_all_indices(&s, err);
    if (status == GENU_OK && !options->only)
        status = genu_influence_print(r, genu_usual_scenario(r, s.status.dim[0]), to, err);
    genu_dataset_free(&s.side);
    genu_dataset_free(&s.status);
    free(s.body_weight);
    return status;
}
