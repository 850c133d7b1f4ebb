#include "sim/validate.h"

#include "sim/figure_set.h"
#include "sim/outfile.h"
#include "sim/trial.h"
#include "sim/validate_geometry.h"
#include "sim/validate_twin.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { TWIN_POSES = 500 };

/* ------------------------------------------------------------------ running */

/* All that the case has results for, in the record's mode. */
static genu_status compare(validate_record *r, genu_validation *v, genu_err *err)
{
    const genu_validate_case *c = r->c;
    genu_status s = GENU_OK;
    if (c->mass_centers)
        s = validate_centers(r, v, err);
    if (s == GENU_OK && c->inverse_dynamics)
        s = validate_inverse(r, v, err);
    if (s == GENU_OK && c->muscles)
        s = validate_muscles(r, v, err);
    for (int i = 0; i < c->runs.n && s == GENU_OK; i++)
        s = validate_run(r, &c->runs.item[i], v, err);
    return s;
}

static genu_status draw(validate_record *theirs, validate_record *own, const char *folder,
                        const genu_figure_options *options, genu_validate_report *report,
                        genu_err *err)
{
    const genu_validate_case *c = theirs->c;
    genu_status s = figure_folder(folder, err);
    for (int i = 0; i < c->runs.n && s == GENU_OK; i++)
        if (c->runs.item[i].reactions)
            s = validate_draw(theirs, own, &c->runs.item[i], folder, options, &report->figures,
                              err);
    return s;
}

static genu_status compute_rules(validate_record *theirs, validate_record *own,
                                 genu_validate_report *report, genu_err *err)
{
    if (report->n_rules == GENU_VALIDATE_CASES)
        return genu_fail(err, GENU_E_RANGE, "more than %d cases at a time", GENU_VALIDATE_CASES);
    return validate_rules_compute(theirs, own, &report->rules[report->n_rules++], err);
}

static genu_status run_movement(const genu_validate_case *c, const char *folder,
                                const genu_figure_options *options, genu_validate_report *report,
                                genu_err *err)
{
    validate_record theirs, own = { 0 };
    genu_status s = validate_record_open(&theirs, c, GENU_MODE_OPENSIM, err);
    if (s == GENU_OK)
        s = validate_record_open(&own, c, GENU_MODE_GENU, err);
    if (s == GENU_OK)
        s = compare(&theirs, &report->bars, err);
    if (s == GENU_OK)
        s = compare(&own, &report->own, err);
    if (s == GENU_OK && folder)
        s = draw(&theirs, &own, folder, options, report, err);
    if (s == GENU_OK && c->runs.n)
        s = compute_rules(&theirs, &own, report, err);
    validate_record_free(&theirs);
    validate_record_free(&own);
    return s;
}

/* ------------------------------------------------------------------ models alone */

/* "gait2392" of "models/gait2392.osim" */
static void stem_of(const char *path, char *name, size_t n)
{
    const char *slash = strrchr(path, '/');
    snprintf(name, n, "%s", slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot)
        *dot = '\0';
}

static genu_status run_twin(const genu_model *m, const char *name, const char *file,
                            genu_validation *v, genu_err *err)
{
    genu_model *twin;
    genu_status s = genu_trial_read_model(file, &twin, NULL, NULL, err);
    if (s == GENU_OK)
        s = genu_validate_twin(m, twin, name, TWIN_POSES, v, err);
    genu_model_free(twin);
    return s;
}

static genu_status run_model(const genu_validate_case *c, const genu_validate_model *item,
                             genu_validation *v, genu_err *err)
{
    char name[40];
    genu_model *m;
    stem_of(item->file, name, sizeof name);
    genu_status s = genu_trial_read_model(item->file, &m, NULL, NULL, err);
    if (s == GENU_OK)
        s = genu_validate_geometry(m, name, c->paths, v, err);
    if (s == GENU_OK && item->twin)
        s = run_twin(m, name, item->twin, v, err);
    genu_model_free(m);
    return s;
}

genu_status genu_validate(const genu_validate_case *c, const char *folder,
                          const genu_figure_options *options, genu_validate_report *report,
                          genu_err *err)
{
    genu_status s = c->model ? run_movement(c, folder, options, report, err) : GENU_OK;
    for (int i = 0; i < c->models.n && s == GENU_OK; i++)
        s = run_model(c, &c->models.item[i], &report->bars, err);
    return s;
}

void genu_validate_report_clear(genu_validate_report *report)
{
    genu_validation_clear(&report->bars);
    genu_validation_clear(&report->own);
    genu_files_clear(&report->figures);
    report->n_rules = 0;
}

/* ------------------------------------------------------------------ printing */

void genu_validate_print(const genu_validate_report *report, FILE *to)
{
    genu_validation_print(&report->bars, to);
    if (report->own.n) {
        fputs("\nWhat genu's own mode, which is the default, makes of the same stages:\n", to);
        genu_validation_print_differences(&report->own, to);
    }
    for (int i = 0; i < report->n_rules; i++) {
        fputc('\n', to);
        validate_rules_print(&report->rules[i], to);
    }
}

static void print_own(const genu_validate_report *report, FILE *to)
{
    fputs(
        "\n## genu's own mode\n\n"
        "How far the default mode is from OpenSim on the same stages. It takes shortest paths, no "
        "stale contact points, the right pennation of Millard's muscle, angular acceleration "
        "without the defect of Simbody's custom joint, and its own filter, which does not reach "
        "beyond the record.\n\n",
        to);
    genu_validation_print_differences_markdown(&report->own, to);
    fputs("\nWhat each rule does to the largest force in the right knee, one at a time, starting "
          "from OpenSim; and below `genu`, what each choice of load sharing does "
          "([load_sharing.md](load_sharing.md)), starting from there:\n",
          to);
    for (int i = 0; i < report->n_rules; i++)
        validate_rules_print_markdown(&report->rules[i], to);
}

/* The figure's path as seen from the folder of `from`, where that is above it. */
static const char *relative(const char *figure, const char *from)
{
    const char *slash = strrchr(from, '/');
    size_t n = slash ? (size_t)(slash - from) + 1 : 0;
    return n && !strncmp(figure, from, n) ? figure + n : figure;
}

static void print_markdown(const genu_validate_report *report, const char *path,
                           const char *command, FILE *to)
{
    fprintf(to,
            "# Validation\n\nWritten by `%s`; every number comes from that run.\n\n"
            "What must agree, stage by stage: OpenSim's results and genu in mode `opensim`, and "
            "models whose geometry is held against itself. The error is the largest over all "
            "frames.\n\n",
            command);
    genu_validation_print_markdown(&report->bars, to);
    if (report->own.n)
        print_own(report, to);
    if (report->figures.n)
        fputs("\n## Figures\n", to);
    for (int i = 0; i < report->figures.n; i++) {
        const char *name = relative(report->figures.path[i], path);
        fprintf(to, "\n![%s](%s)\n", name, name);
    }
}

genu_status genu_validate_write(const genu_validate_report *report, const char *path,
                                const char *command, int force, genu_err *err)
{
    genu_outfile out;
    genu_status s = genu_outfile_open(&out, path, force, err);
    if (s != GENU_OK)
        return s;
    int fd = dup(out.fd);
    FILE *to = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (to)
        print_markdown(report, path, command, to);
    if (!to || fflush(to) || ferror(to)) {
        genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", path, strerror(errno));
        if (to)
            fclose(to);
        genu_outfile_drop(&out);
        return GENU_E_IO;
    }
    fclose(to);
    return genu_outfile_commit(&out, err);
}
