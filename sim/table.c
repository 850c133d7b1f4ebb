#include "sim/table.h"

#include "sim/file.h"
#include "sim/outfile.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

genu_status genu_table_new(genu_table *t, const char *name, int n_row, int n_column, genu_err *err)
{
    size_t n = n_row > 0 ? (size_t)n_row : 1, c = n_column > 0 ? (size_t)n_column : 1;
    *t = (genu_table){ .in_degrees = -1, .n_row = n_row, .n_column = n_column };
    t->source = genu_strdup(name);
    t->name = genu_strdup(name);
    t->label = calloc(c, sizeof *t->label);
    t->time = calloc(n, sizeof *t->time);
    t->value = calloc(c * n, sizeof *t->value);
    if (t->source && t->name && t->label && t->time && t->value)
        return GENU_OK;
    genu_table_free(t);
    return genu_fail(err, GENU_E_MEMORY, "out of memory for a table of %d rows, %d columns", n_row,
                     n_column);
}

genu_status genu_table_label(genu_table *t, int j, const char *label, genu_err *err)
{
    free(t->label[j]);
    t->label[j] = genu_strdup(label);
    return t->label[j] ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "out of memory for a label");
}

void genu_table_free(genu_table *t)
{
    for (int j = 0; t->label && j < t->n_column; j++)
        free(t->label[j]);
    free(t->label);
    free(t->source);
    free(t->name);
    free(t->time);
    free(t->value);
    free(t->line);
    *t = (genu_table){ 0 };
}

int genu_table_find(const genu_table *t, const char *label)
{
    for (int j = 0; j < t->n_column; j++)
        if (!strcmp(t->label[j], label))
            return j;
    return -1;
}

double *genu_table_column(const genu_table *t, int j)
{
    return t->value + (ptrdiff_t)j * t->n_row;
}

genu_status genu_table_check_finite(const genu_table *t, int j, genu_err *err)
{
    const double *y = genu_table_column(t, j);
    for (int i = 0; i < t->n_row; i++)
        if (!isfinite(y[i]))
            return genu_fail(
                err, GENU_E_RANGE,
                "'%s', line %d, time %.9g s: column '%s' is %g, must be a finite number", t->source,
                t->line ? t->line[i] : i + 1, t->time[i], t->label[j], y[i]);
    return GENU_OK;
}

genu_status genu_table_read(genu_table *t, const char *path, genu_notes *notes, genu_err *err)
{
    char *text;
    size_t n;
    *t = (genu_table){ 0 };
    genu_status s = genu_file_read(path, &text, &n, err);
    if (s == GENU_OK)
        s = genu_table_parse(t, text, n, path, notes, err);
    free(text);
    return s;
}

/* The fewest digits that are read back as the same number. */
static void print_number(FILE *f, double x)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        double back;
        if (isnan(x) || (genu_parse_double(text, &back) && back == x))
            break;
    }
    fputs(isnan(x) ? "nan" : text, f);
}

static void print_label(FILE *f, const char *label, int csv)
{
    int quote = csv && strpbrk(label, ",\"") != NULL;
    if (quote)
        putc('"', f);
    for (const char *c = label; *c; c++) {
        if (quote && *c == '"')
            putc('"', f);
        putc(*c, f);
    }
    if (quote)
        putc('"', f);
}

static void print_table(FILE *f, const genu_table *t, int csv)
{
    char separator = csv ? ',' : '\t';
    if (!csv) {
        fprintf(f, "%s\nversion=1\nnRows=%d\nnColumns=%d\n", t->name, t->n_row, t->n_column + 1);
        if (t->in_degrees >= 0)
            fprintf(f, "inDegrees=%s\n", t->in_degrees ? "yes" : "no");
        fputs("endheader\n", f);
    }
    fputs("time", f);
    for (int j = 0; j < t->n_column; j++) {
        putc(separator, f);
        print_label(f, t->label[j], csv);
    }
    putc('\n', f);
    for (int i = 0; i < t->n_row; i++) {
        print_number(f, t->time[i]);
        for (int j = 0; j < t->n_column; j++) {
            putc(separator, f);
            print_number(f, genu_table_column(t, j)[i]);
        }
        putc('\n', f);
    }
}

/* 1 csv, 0 sto or mot, -1 neither */
static int is_csv(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot && !strcasecmp(dot, ".csv"))
        return 1;
    return dot && (!strcasecmp(dot, ".sto") || !strcasecmp(dot, ".mot")) ? 0 : -1;
}

static genu_status check_writable(const genu_table *t, const char *path, genu_err *err)
{
    if (is_csv(path) < 0)
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s' could not be written: its name must end in .sto, .mot or .csv",
                         path);
    if (strpbrk(t->name, "\r\n"))
        return genu_fail(err, GENU_E_FORMAT, "'%s' could not be written: a line break in its name",
                         path);
    for (int j = 0; j < t->n_column; j++)
        if (!t->label[j] || !t->label[j][0] || strpbrk(t->label[j], "\t\r\n"))
            return genu_fail(err, GENU_E_FORMAT,
                             "'%s' could not be written: the label of column %d is empty or holds "
                             "a tab or line break",
                             path, j + 1);
    return GENU_OK;
}

/* Print into the open part file; the stream is a second one on it, so that closing it keeps the
 * lock. */
static genu_status fill(const genu_outfile *out, const genu_table *t, genu_err *err)
{
    int fd = dup(out->fd);
    FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!f) {
        int reason = errno;
        if (fd >= 0)
            close(fd);
        return genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", out->path,
                         strerror(reason));
    }
    errno = 0;
    print_table(f, t, is_csv(out->path));
    int bad = fflush(f) != 0 || ferror(f);
    int reason = errno; // of the first write that failed, or of the flush
    bad |= fclose(f) != 0;
    if (!bad)
        return GENU_OK;
    return genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", out->path,
                     reason ? strerror(reason) : "a write failed (disk full?)");
}

genu_status genu_table_write(const genu_table *t, const char *path, int force, genu_err *err)
{
    genu_status s = check_writable(t, path, err);
    if (s != GENU_OK)
        return s;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for writing '%s'", path);
    genu_outfile out;
    s = genu_outfile_open(&out, path, force, err);
    if (s == GENU_OK) {
        locale_t before = uselocale(c);
        s = fill(&out, t, err);
        uselocale(before);
        if (s == GENU_OK)
            s = genu_outfile_commit(&out, err);
        else
            genu_outfile_drop(&out);
    }
    freelocale(c);
    return s;
}
