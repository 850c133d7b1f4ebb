#include "sim/export.h"
#include "sim/outfile.h"
#include "sim/results.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* One column; its row i is value[first + i * step] of a dataset that the sheet holds. */
typedef struct column {
    char *label;
    const genu_dataset *from;
    size_t first, step;
} column;

enum { HELD_MAX = 256 }; // datasets in one sheet: all of the summary, its strengths, time

typedef struct sheet {
    genu_results *r;
    int scenario; /* GENU_ALL_SCENARIOS or the only one */
    int n_row;
    column *column;
    int n_column;
    genu_dataset held[HELD_MAX];
    int n_held;
} sheet;

static genu_status no_memory(genu_err *err)
{
    return genu_fail(err, GENU_E_MEMORY, "no memory for the table");
}

static int axis_of(const genu_dataset *d, const char *dim)
{
    for (int i = 0; i < d->rank; i++)
        if (!strcmp(d->dim_name[i], dim))
            return i;
    return -1;
}

// frames, else scenarios, else the first; -1 for one number
static int row_axis(const genu_dataset *d)
{
    int frame = axis_of(d, "frame"), scenario = axis_of(d, "scenario");
    return frame >= 0 ? frame : scenario >= 0 ? scenario : d->rank ? 0 : -1;
}

static int is_parameter(const char *name)
{
    return !strncmp(name, "strength_", strlen("strength_")) ||
           !strncmp(name, "vary_", strlen("vary_"));
}

// the dataset, of the chosen scenario only where it has scenarios
static genu_status hold(sheet *t, const char *name, const genu_dataset **out, genu_err *err)
{
    genu_dataset shape;
    genu_status s = genu_results_shape(t->r, name, &shape, err);
    if (s)
        return s;
    int one = t->scenario >= 0 && shape.rank && !strcmp(shape.dim_name[0], "scenario");
    genu_dataset_free(&shape);
    if (t->n_held == HELD_MAX)
        return genu_fail(err, GENU_E_RANGE, "more than %d datasets in one table", HELD_MAX);
    genu_dataset *d = &t->held[t->n_held];
    s = one ? genu_results_read_slab(t->r, name, t->scenario, 1, d, err)
            : genu_results_read(t->r, name, d, err);
    if (s)
        return s;
    t->n_held++;
    *out = d;
    return GENU_OK;
}

static genu_status add_column(sheet *t, char *label, const genu_dataset *d, size_t first,
                              size_t step, genu_err *err)
{
    column *grown = NULL;
    if (label)
        grown = realloc(t->column, ((size_t)t->n_column + 1) * sizeof *grown);
    if (!grown) {
        free(label);
        return no_memory(err);
    }
    t->column = grown;
    t->column[t->n_column++] = (column){ label, d, first, step };
    return GENU_OK;
}

// --- labels

// what entry i of a dimension is called
static genu_status entry_name(sheet *t, const char *dim, int i, char *text, size_t room,
                              genu_err *err)
{
    genu_dataset d;
    snprintf(text, room, "%d", i);
    if (!dim[0] || !genu_results_has(t->r, dim))
        return GENU_OK;
    genu_status s = genu_results_read_slab(t->r, dim, i, 1, &d, err);
    if (s)
        return s;
    if (d.text)
        snprintf(text, room, "%s", d.text[0]);
    else
        snprintf(text, room, "%.15g", d.value[0]);
    genu_dataset_free(&d);
    return GENU_OK;
}

/* Muscles and coordinates go by their own name alone, as OpenSim's files have it; all else by the
 * dataset's name and its entries. The scenario comes last, where there is more than one. */
static genu_status make_label(sheet *t, const genu_dataset *d, const int *at, int rows, char **out,
                              genu_err *err)
{
    int named = axis_of(d, "muscle") >= 0 ? axis_of(d, "muscle") : axis_of(d, "coordinate");
    char part[256], label[1024] = "", end[300] = "";
    genu_status s = GENU_OK;
    if (named >= 0 && named != rows)
        s = entry_name(t, d->dim_name[named], at[named], label, sizeof label / 2, err);
    else
        snprintf(label, sizeof label / 2, "%s", d->name);
    for (int i = 0; i < d->rank && !s; i++) {
        if (i == rows || i == named)
            continue;
        int is_scenario = !strcmp(d->dim_name[i], "scenario");
        if (is_scenario && t->scenario >= 0)
            continue;
        s = entry_name(t, d->dim_name[i], at[i], part, sizeof part, err);
        if (is_scenario)
            snprintf(end, sizeof end, "_scenario_%s", part);
        else
            snprintf(label + strlen(label), sizeof label - strlen(label), "_%s", part);
    }
    snprintf(label + strlen(label), sizeof label - strlen(label), "%s", end);
    if (!s && !(*out = genu_strdup(label)))
        s = no_memory(err);
    return s;
}

// a column per combination of all dimensions but the rows', the last running fastest
static genu_status add_dataset(sheet *t, const genu_dataset *d, genu_err *err)
{
    int rows = row_axis(d), at[GENU_RANK_MAX] = { 0 };
    size_t step[GENU_RANK_MAX] = { 0 };
    size_t size = 1;
    for (int i = d->rank - 1; i >= 0; i--) {
        step[i] = size;
        size *= (size_t)d->dim[i];
    }
    for (;;) {
        char *label = NULL;
        size_t first = 0;
        for (int i = 0; i < d->rank; i++)
            first += (size_t)at[i] * step[i];
        genu_status s = make_label(t, d, at, rows, &label, err);
        if (!s)
            s = add_column(t, label, d, first, rows >= 0 ? step[rows] : 0, err);
        if (s)
            return s;
        int i = d->rank - 1;
        for (; i >= 0; i--) {
            if (i != rows && ++at[i] < d->dim[i])
                break;
            at[i] = 0;
        }
        if (i < 0)
            return GENU_OK;
    }
}

// --- which columns

static genu_status add_whole(sheet *t, const char *name, genu_err *err)
{
    const genu_dataset *d = NULL;
    genu_status s = hold(t, name, &d, err);
    return s ? s : add_column(t, genu_strdup(name), d, 0, 1, err);
}

// what stands at the start of each row
static genu_status add_lead(sheet *t, const char *rows, genu_err *err)
{
    if (!strcmp(rows, "frame"))
        return add_whole(t, "time", err);
    genu_status s = genu_results_has(t->r, rows) ? add_whole(t, rows, err) : GENU_OK;
    if (strcmp(rows, "scenario"))
        return s;
    for (int i = 0; i < genu_results_count(t->r) && !s; i++)
        if (is_parameter(genu_results_name(t->r, i)))
            s = add_whole(t, genu_results_name(t->r, i), err);
    return s;
}

static genu_status check_columns(const sheet *t, const genu_dataset *shape, genu_err *err)
{
    int rows = row_axis(shape), scenario = axis_of(shape, "scenario");
    size_t n = rows >= 0 && shape->dim[rows] ? shape->n / (size_t)shape->dim[rows] : 1;
    if (t->scenario >= 0 && scenario >= 0 && scenario != rows)
        n /= (size_t)shape->dim[scenario];
    if (n <= GENU_EXPORT_COLUMNS)
        return GENU_OK;
    return genu_fail(err, GENU_E_RANGE,
                     "dataset '%s' would have %zu columns, at most %d; choose one scenario",
                     shape->name, n, GENU_EXPORT_COLUMNS);
}

static genu_status fill_one(sheet *t, const char *name, int is_sto, genu_err *err)
{
    genu_dataset shape;
    const genu_dataset *d = NULL;
    genu_status s = genu_results_shape(t->r, name, &shape, err);
    if (s)
        return s;
    int rows = row_axis(&shape);
    const char *dim = rows >= 0 ? shape.dim_name[rows] : "";
    if (is_sto && strcmp(dim, "frame"))
        s = genu_fail(err, GENU_E_FORMAT,
                      "dataset '%s' has no frames, so a .sto would have no time; write a .csv",
                      name);
    if (!s)
        s = check_columns(t, &shape, err);
    if (!s && rows >= 0)
        s = add_lead(t, dim, err);
    // scales and parameters lead their own table already
    int leads = 0;
    for (int i = 0; i < t->n_held; i++)
        leads |= !strcmp(t->held[i].name, name);
    genu_dataset_free(&shape);
    if (!s && !leads)
        s = hold(t, name, &d, err);
    if (s)
        return s;
    t->n_row = 1;
    if (rows >= 0) // the time, the scenario or the entry of each row
        t->n_row = t->n_column ? t->held[0].dim[0] : d->dim[rows];
    return d ? add_dataset(t, d, err) : GENU_OK;
}

// everything with one number per scenario, and per side where it has sides
static genu_status fill_summary(sheet *t, genu_err *err)
{
    genu_status s = add_lead(t, "scenario", err);
    if (s)
        return s;
    if (!t->n_column)
        return genu_fail(err, GENU_E_RANGE, "'%s' holds no scenarios", genu_results_path(t->r));
    t->n_row = t->held[0].dim[0];
    for (int i = 0; i < genu_results_count(t->r) && !s; i++) {
        const char *name = genu_results_name(t->r, i);
        const genu_dataset *d = NULL;
        genu_dataset shape;
        if (!strcmp(name, "scenario") || is_parameter(name))
            continue;
        if ((s = genu_results_shape(t->r, name, &shape, err)))
            return s;
        int fits = shape.rank && !strcmp(shape.dim_name[0], "scenario") &&
                   (shape.rank == 1 || (shape.rank == 2 && !strcmp(shape.dim_name[1], "side")));
        genu_dataset_free(&shape);
        if (fits && !(s = hold(t, name, &d, err)))
            s = add_dataset(t, d, err);
    }
    return s;
}

// --- writing

// as few digits as bring back the same number
static void print_number(FILE *f, double x, const char *missing)
{
    char text[40];
    if (isnan(x)) {
        fputs(missing, f);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    fputs(text, f);
}

// quoted where it must be (RFC 4180, section 2)
static void print_text(FILE *f, const char *text, int is_sto)
{
    if (is_sto || !strpbrk(text, ",\"\r\n")) {
        fputs(text, f);
        return;
    }
    fputc('"', f);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', f);
        fputc(*text, f);
    }
    fputc('"', f);
}

static void print_labels(FILE *f, const sheet *t, int is_sto)
{
    for (int j = 0; j < t->n_column; j++) {
        char label[1400];
        const char *units = t->column[j].from->units;
        int n = snprintf(label, sizeof label, "%s", t->column[j].label);
        if (!is_sto && units && strcmp(units, "1") && n < 1100)
            snprintf(label + n, sizeof label - (size_t)n, " [%s]", units);
        fputs(j ? (is_sto ? "\t" : ",") : "", f);
        print_text(f, label, is_sto);
    }
    fputc('\n', f);
}

static void print_rows(FILE *f, const sheet *t, int is_sto)
{
    for (int i = 0; i < t->n_row; i++) {
        for (int j = 0; j < t->n_column; j++) {
            const column *c = &t->column[j];
            size_t at = c->first + (size_t)i * c->step;
            fputs(j ? (is_sto ? "\t" : ",") : "", f);
            if (c->from->text)
                print_text(f, c->from->text[at], is_sto);
            else
                print_number(f, c->from->value[at], is_sto ? "nan" : "");
        }
        fputc('\n', f);
    }
}

static genu_status check_labels(const sheet *t, genu_err *err)
{
    for (int j = 0; j < t->n_column; j++)
        if (strpbrk(t->column[j].label, "\t\r\n"))
            return genu_fail(err, GENU_E_FORMAT, "'%s' cannot be the label of a .sto column",
                             t->column[j].label);
    return GENU_OK;
}

static genu_status write_sheet(const sheet *t, const char *name, const char *path, int is_sto,
                               int force, genu_err *err)
{
    genu_outfile o;
    genu_status s = is_sto ? check_labels(t, err) : GENU_OK;
    if (!s)
        s = genu_outfile_open(&o, path, force, err);
    if (s)
        return s;
    int fd = dup(o.fd);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (f) {
        if (is_sto)
            fprintf(f, "%s\nversion=1\nnRows=%d\nnColumns=%d\ninDegrees=no\nendheader\n", name,
                    t->n_row, t->n_column);
        print_labels(f, t, is_sto);
        print_rows(f, t, is_sto);
    }
    int bad = !f || ferror(f);
    bad |= f && fclose(f);
    if (!bad)
        return genu_outfile_commit(&o, err);
    s = genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", path, strerror(errno));
    genu_outfile_drop(&o);
    return s;
}

static genu_status ending(const char *path, int *is_sto, genu_err *err)
{
    const char *dot = strrchr(path, '.');
    *is_sto = dot && !strcasecmp(dot, ".sto");
    if (*is_sto || (dot && !strcasecmp(dot, ".csv")))
        return GENU_OK;
    return genu_fail(err, GENU_E_FORMAT, "'%s' must end in .sto or .csv", path);
}

static genu_status check_scenario(const sheet *t, genu_err *err)
{
    genu_dataset d;
    if (t->scenario == GENU_ALL_SCENARIOS)
        return GENU_OK;
    genu_status s = genu_results_shape(t->r, "scenario", &d, err);
    if (s)
        return s;
    int n = d.dim[0];
    genu_dataset_free(&d);
    if (t->scenario >= 0 && t->scenario < n)
        return GENU_OK;
    return genu_fail(err, GENU_E_RANGE, "'%s' has no scenario %d, they go from 0 to %d",
                     genu_results_path(t->r), t->scenario, n - 1);
}

static void free_sheet(sheet *t)
{
    for (int j = 0; j < t->n_column; j++)
        free(t->column[j].label);
    for (int i = 0; i < t->n_held; i++)
        genu_dataset_free(&t->held[i]);
    genu_results_close(t->r);
    free(t->column);
    free(t);
}

genu_status genu_export(const char *results, const char *name, int scenario, const char *out,
                        int force, genu_err *err)
{
    int is_sto;
    genu_status s = ending(out, &is_sto, err);
    if (!s && is_sto && !name)
        s = genu_fail(err, GENU_E_FORMAT,
                      "'%s': the summary has no time; name a dataset or write a .csv", out);
    sheet *t = s ? NULL : calloc(1, sizeof *t);
    if (!t)
        return s ? s : no_memory(err);
    t->scenario = scenario;
    s = genu_results_open(&t->r, results, err);
    if (!s)
        s = check_scenario(t, err);
    if (!s)
        s = name ? fill_one(t, name, is_sto, err) : fill_summary(t, err);
    // a decimal point whatever the program's locale is
    locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (!s && !c_locale)
        s = no_memory(err);
    if (!s) {
        locale_t before = uselocale(c_locale);
        s = write_sheet(t, name, out, is_sto, force, err);
        uselocale(before);
    }
    if (c_locale)
        freelocale(c_locale);
    free_sheet(t);
    return s;
}
