#include "sim/figure_set.h"

#include "sim/parameters.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_SCENARIOS = 10000000 }; // whose numbers fit into memory, several times

void *figure_keep(figure_set *set, void *heap)
{
    void **grown = heap ? realloc(set->kept, ((size_t)set->n_kept + 1) * sizeof *grown) : NULL;
    if (!grown) {
        free(heap);
        return NULL;
    }
    set->kept = grown;
    return set->kept[set->n_kept++] = heap;
}

double *figure_numbers(figure_set *set, int n)
{
    return figure_keep(set, calloc(n > 0 ? (size_t)n : 1, sizeof(double)));
}

char *figure_text(figure_set *set, const char *fmt, ...)
{
    char *text = NULL;
    va_list list;
    va_start(list, fmt);
    if (vasprintf(&text, fmt, list) < 0)
        text = NULL;
    va_end(list);
    return figure_keep(set, text);
}

static genu_status no_memory(genu_err *err)
{
    return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
}

/* A dataset's parts go to the list one by one, so that closing needs only free(). */
static genu_status keep_dataset(figure_set *set, genu_dataset *d, genu_err *err)
{
    void *part[] = { d->name, d->units, d->long_name, d->value, d->text };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (part[i] && !figure_keep(set, part[i]))
            return no_memory(err);
    for (int i = 0; i < d->rank; i++)
        if (!figure_keep(set, d->dim_name[i]))
            return no_memory(err);
    for (size_t i = 0; d->text && i < d->n; i++)
        if (!figure_keep(set, d->text[i]))
            return no_memory(err);
    return GENU_OK;
}

static genu_status read_into(figure_set *set, const char *name, int scenario, genu_dataset **out,
                             genu_err *err)
{
    *out = figure_keep(set, calloc(1, sizeof **out));
    if (!*out)
        return no_memory(err);
    genu_status s = scenario < 0 ? genu_results_read(set->r, name, *out, err)
                                 : genu_results_read_slab(set->r, name, scenario, 1, *out, err);
    return s ? s : keep_dataset(set, *out, err);
}

genu_status figure_read(figure_set *set, const char *name, genu_dataset **out, genu_err *err)
{
    return read_into(set, name, -1, out, err);
}

genu_status figure_read_scenario(figure_set *set, const char *name, int scenario,
                                 genu_dataset **out, genu_err *err)
{
    return read_into(set, name, scenario, out, err);
}

/* Once, although both sides ask. */
void figure_skip(figure_set *set, const char *figure, const char *reason)
{
    const char *text = figure_text(set, "figure '%s' is not drawn: %s", figure, reason);
    for (int i = 0; text && set->notes && i < set->notes->n; i++)
        if (!strcmp(set->notes->note[i].text, text))
            return;
    if (text)
        genu_notes_add(set->notes, GENU_NOTE, 0, "%s", text);
}

int figure_needs(figure_set *set, const char *figure, const char *dataset)
{
    if (genu_results_has(set->r, dataset))
        return 1;
    const char *reason = figure_text(set, "the file has no dataset '%s'", dataset);
    if (reason)
        figure_skip(set, figure, reason);
    return 0;
}

// --- what the file is about

/* "gluteus_medius gluteus_minimus (right)" becomes "right gluteus medius and gluteus minimus";
 * "(both sides)" is not said. */
static const char *plain_words(figure_set *set, const char *text)
{
    const char *side = strstr(text, " ("), *end = side ? side : text + strlen(text), *all = "";
    if (side && strncmp(side, " (both", 6))
        all = figure_text(set, "%.*s ", (int)strcspn(side + 2, ")"), side + 2);
    for (const char *p = text; p < end && all;) {
        const char *stop = p + strcspn(p, " ");
        all = figure_text(set, "%s%s%.*s", all,
                          p == text     ? ""
                          : stop >= end ? " and "
                                        : ", ",
                          (int)(stop - p), p);
        p = stop + strspn(stop, " ");
    }
    char *words = all ? figure_text(set, "%s", all) : NULL;
    for (char *p = words; p && *p; p++)
        if (*p == '_')
            *p = ' ';
    return words;
}

/* Strengths first, which figures show where there are any. */
static int list_parameters(figure_set *set, genu_varied *list)
{
    genu_varied all[GENU_PARAMETERS_MOST];
    int n = genu_varied_list(set->r, all), at = 0;
    for (int kind = 0; kind < 2; kind++)
        for (int i = 0; i < n; i++)
            if ((all[i].unit != NULL) == kind)
                list[at++] = all[i];
    for (set->n_strength = 0; set->n_strength < n && !list[set->n_strength].unit;)
        set->n_strength++;
    return set->n_parameter = n;
}

static genu_status read_parameter(figure_set *set, int k, const genu_varied *v, double *to,
                                  genu_err *err)
{
    genu_dataset *d;
    genu_status s = figure_read(set, v->dataset, &d, err);
    if (s)
        return s;
    if (!d->value || d->n != (size_t)set->n_scenario)
        return genu_fail(err, GENU_E_SHAPE, "'%s': dataset '%s' has %zu values, must have %d",
                         genu_results_path(set->r), v->dataset, d->n, set->n_scenario);
    memcpy(to, d->value, d->n * sizeof *to);
    figure_parameter *p = &set->parameter[k];
    p->name = v->unit ? figure_text(set, "%s", v->name) : plain_words(set, v->name);
    p->unit = !v->unit ? NULL : strcmp(v->unit, "1") ? v->unit : "";
    p->usual = v->usual;
    return p->name ? GENU_OK : no_memory(err);
}

static genu_status read_parameters(figure_set *set, genu_err *err)
{
    genu_varied list[GENU_PARAMETERS_MOST];
    int n = list_parameters(set, list);
    double *all = figure_keep(set, calloc((size_t)n * (size_t)set->n_scenario + 1, sizeof *all));
    set->parameter = figure_keep(set, calloc((size_t)n + 1, sizeof *set->parameter));
    if (!all || !set->parameter)
        return no_memory(err);
    genu_status s = GENU_OK;
    for (int k = 0; k < n && !s; k++)
        s = read_parameter(set, k, &list[k], all + (size_t)k * (size_t)set->n_scenario, err);
    set->strength = all;
    if (s)
        return s;
    set->usual = genu_usual_scenario(set->r, set->n_scenario);
    s = genu_scenario_weights(set->r, set->n_scenario, &set->weight, err);
    if (!s && !figure_keep(set, set->weight))
        return no_memory(err);
    if (!s)
        set->body_weight = set->weight[set->usual];
    return s;
}

double figure_value(const figure_set *set, int k, int scenario)
{
    double x = set->strength[(size_t)k * (size_t)set->n_scenario + (size_t)scenario];
    return set->parameter[k].unit ? x : 100 * x;
}

const char *figure_value_text(figure_set *set, int k, double shown)
{
    const char *unit = set->parameter[k].unit;
    const char *text =
        figure_text(set, "%.4g%s%s", shown, !unit || *unit ? "\xC2\xA0" : "", unit ? unit : "%");
    return text ? text : "";
}

const char *figure_parameter_text(figure_set *set, int k)
{
    const figure_parameter *p = &set->parameter[k];
    char *text = figure_text(set, p->unit ? "%s" : "Strength of %s", p->name);
    if (text && p->unit && *text >= 'a' && *text <= 'z')
        *text = (char)(*text - 'a' + 'A');
    return text ? text : "";
}

int figure_same(const figure_set *set, int k, int scenario, int other)
{
    double a = figure_value(set, k, scenario), b = figure_value(set, k, other);
    return fabs(a - b) <= 1e-6 * fmax(1e-3, fmax(fabs(a), fabs(b)));
}

const char *figure_kept_text(figure_set *set, int first, int but)
{
    const char *text = "";
    for (int k = first; k < set->n_parameter && text; k++)
        if (k != but)
            text = figure_text(set, "%s %s is kept at %s.", text, figure_parameter_text(set, k),
                               figure_value_text(set, k, figure_value(set, k, set->usual)));
    return text ? text : "";
}

static genu_status read_flags(figure_set *set, const char *name, double limit, int *doubt,
                              genu_err *err)
{
    genu_dataset *d;
    if (!genu_results_has(set->r, name))
        return GENU_OK;
    genu_status s = figure_read(set, name, &d, err);
    for (size_t i = 0; !s && d->value && i < d->n; i++)
        if (i < (size_t)set->n_scenario * (size_t)set->n_side)
            doubt[i] |= !(d->value[i] <= limit);
    return s;
}

static genu_status read_doubt(figure_set *set, genu_err *err)
{
    int *doubt =
        figure_keep(set, calloc((size_t)set->n_scenario * (size_t)set->n_side + 1, sizeof *doubt));
    if (!doubt)
        return no_memory(err);
    genu_status s = read_flags(set, "status", 0, doubt, err);
    if (!s)
        s = read_flags(set, "reserve_share", set->options->reserve_limit, doubt, err);
    set->doubt = doubt;
    return s;
}

static genu_status read_size(figure_set *set, genu_err *err)
{
    genu_dataset *scenario, *side, *frame;
    genu_status s = figure_read(set, "scenario", &scenario, err);
    if (!s)
        s = figure_read(set, "side", &side, err);
    if (!s)
        s = figure_read(set, "frame", &frame, err);
    if (s)
        return s;
    if (!scenario->n || !side->n || !frame->n)
        return genu_fail(err, GENU_E_SHAPE,
                         "'%s' holds %zu scenarios of %zu sides and %zu frames, must be at least "
                         "one of each",
                         genu_results_path(set->r), scenario->n, side->n, frame->n);
    if (scenario->n > MOST_SCENARIOS)
        return genu_fail(err, GENU_E_RANGE,
                         "'%s' holds %zu scenarios, figures are drawn of at most %d: genu summary "
                         "tells of more",
                         genu_results_path(set->r), scenario->n, MOST_SCENARIOS);
    if (!side->text)
        return genu_fail(err, GENU_E_FORMAT, "'%s': dataset 'side' holds no names",
                         genu_results_path(set->r));
    set->n_scenario = (int)scenario->n;
    set->n_side = (int)side->n;
    set->n_frame = (int)frame->n;
    set->side = (const char *const *)side->text;
    return GENU_OK;
}

static genu_status describe(figure_set *set, genu_err *err)
{
    const char *path = genu_results_path(set->r), *slash = strrchr(path, '/');
    const char *title = genu_results_attribute(set->r, "title");
    const char *model = genu_results_attribute(set->r, "model");
    const char *digest = genu_results_attribute(set->r, "model_digest");
    const char *version = genu_results_attribute(set->r, "program_version");
    set->origin = figure_text(
        set, "file %s, study \xE2\x80\x9C%s\xE2\x80\x9D, model %s (%.8s), genu\xC2\xA0%s",
        slash ? slash + 1 : path, title ? title : "without title", model ? model : "without name",
        digest ? digest : "no digest", version ? version : "?");
    if (set->origin)
        set->note = figure_text(
            set, "%s From %s.",
            genu_results_attribute(set->r, "assumption") &&
                    strstr(genu_results_attribute(set->r, "assumption"), "does not change")
                ? "Strength does not change the movement."
                : "Movement assumed unchanged.",
            set->origin);
    return set->note ? GENU_OK : no_memory(err);
}

genu_status figure_check_options(const genu_figure_options *o, genu_err *err)
{
    unsigned all = GENU_FORMAT_PNG | GENU_FORMAT_SVG | GENU_FORMAT_PDF;
    if (!o->formats || (o->formats & ~all))
        return genu_fail(err, GENU_E_RANGE, "figure formats are %u, must be png, svg or pdf",
                         o->formats);
    if (!(o->dpi >= GENU_DPI_MIN && o->dpi <= GENU_DPI_MAX))
        return genu_fail(err, GENU_E_RANGE, "dpi is %g, must be from %d to %d", o->dpi,
                         GENU_DPI_MIN, GENU_DPI_MAX);
    if (!(o->reserve_limit >= 0 && o->reserve_limit <= 1))
        return genu_fail(err, GENU_E_RANGE, "reserve limit is %g, must be from 0 to 1",
                         o->reserve_limit);
    return GENU_OK;
}

genu_status figure_set_open(figure_set *set, const char *path, const genu_figure_options *options,
                            genu_err *err)
{
    *set = (figure_set){ .options = options };
    genu_status s = figure_check_options(options, err);
    if (!s)
        s = genu_results_open(&set->r, path, err);
    if (!s)
        s = read_size(set, err);
    if (!s)
        s = read_parameters(set, err);
    if (!s)
        s = read_doubt(set, err);
    return s ? s : describe(set, err);
}

void figure_set_close(figure_set *set)
{
    for (int i = 0; i < set->n_kept; i++)
        free(set->kept[i]);
    free(set->kept);
    genu_results_close(set->r);
    *set = (figure_set){ 0 };
}

// --- files

genu_status figure_folder(const char *folder, genu_err *err)
{
    struct stat st;
    if (!folder[0] || (!mkdir(folder, 0777) && !stat(folder, &st)))
        return GENU_OK;
    int code = errno;
    if (code == EEXIST && !stat(folder, &st) && S_ISDIR(st.st_mode))
        return GENU_OK;
    return genu_fail(err, GENU_E_IO, "folder '%s' cannot be made: %s", folder,
                     code == EEXIST ? "a file of that name exists" : strerror(code));
}

static genu_status add_file(genu_files *files, char *path, genu_err *err)
{
    char **grown = path ? realloc(files->path, ((size_t)files->n + 1) * sizeof *grown) : NULL;
    if (!grown) {
        free(path);
        return no_memory(err);
    }
    files->path = grown;
    files->path[files->n++] = path;
    return GENU_OK;
}

static genu_status save_one(const genu_canvas *c, const char *base, genu_format format, double dpi,
                            genu_files *files, genu_err *err)
{
    char *path = NULL;
    if (asprintf(&path, "%s.%s", base, genu_format_ending(format)) < 0)
        return no_memory(err);
    genu_status s = genu_canvas_write(c, path, format, dpi, err);
    if (!s)
        return add_file(files, path, err);
    free(path);
    return s;
}

genu_status figure_save_as(genu_canvas *c, const char *base, const genu_figure_options *o,
                           genu_files *files, genu_err *err)
{
    genu_status s = GENU_OK;
    for (unsigned format = GENU_FORMAT_PNG; format <= GENU_FORMAT_PDF && !s; format *= 2)
        if (o->formats & format)
            s = save_one(c, base, (genu_format)format, o->dpi, files, err);
    genu_canvas_free(c);
    return s;
}

genu_status figure_save(figure_set *set, genu_canvas *c, const char *name, const char *side,
                        genu_err *err)
{
    const char *folder = set->folder && set->folder[0] ? set->folder : ".";
    const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
    char *base =
        figure_text(set, "%s%s%s%s%s", folder, slash, name, side ? "_" : "", side ? side : "");
    if (!base) {
        genu_canvas_free(c);
        return no_memory(err);
    }
    return figure_save_as(c, base, set->options, set->files, err);
}

void genu_files_clear(genu_files *files)
{
    for (int i = 0; i < files->n; i++)
        free(files->path[i]);
    free(files->path);
    *files = (genu_files){ NULL, 0 };
}
