/* Normative tables: comma-separated, one row per harmonic, four columns per curve. */
#include "sim/file.h"
#include "sim/task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_PART = 4, N_COLUMN = 1 + N_PART * GENU_N_NORM };

/* Where the columns of the file go: part of which curve, -1 for the harmonic. */
typedef struct reader {
    const char *path;
    genu_norms *norms;
    int line, n_column, row;
    int curve[N_COLUMN], part[N_COLUMN];
    genu_err *err;
} reader;

static genu_status bad(reader *r, const char *what, const char *name)
{
    return genu_fail(r->err, GENU_E_FORMAT, "norms '%s', line %d: %s '%s'", r->path, r->line, what,
                     name);
}

static int find_column(const char *label, int *curve, int *part)
{
    static const char *const ends[N_PART] = { "_cos", "_sin", "_sd_cos", "_sd_sin" };
    for (*curve = 0; *curve < GENU_N_NORM; ++*curve)
        for (*part = 0; *part < N_PART; ++*part) {
            const char *name = genu_norm_name((genu_norm_curve)*curve);
            size_t n = strlen(name);
            if (strncmp(label, name, n) == 0 && strcmp(label + n, ends[*part]) == 0)
                return 1;
        }
    return 0;
}

static genu_status read_labels(reader *r, char *text)
{
    int seen[GENU_N_NORM][N_PART] = { { 0 } };
    for (char *label; (label = strsep(&text, ",")) != NULL; r->n_column++) {
        if (r->n_column >= N_COLUMN)
            return bad(r, "one column too many:", label);
        int *c = &r->curve[r->n_column], *p = &r->part[r->n_column];
        if (r->n_column == 0) {
            if (strcmp(label, "harmonic") != 0)
                return bad(r, "the first column must be 'harmonic', is", label);
        } else if (!find_column(label, c, p)) {
            return bad(r, "unknown column", label);
        } else if (seen[*c][*p]++) {
            return bad(r, "twice the column", label);
        }
    }
    for (int c = 0; c < GENU_N_NORM; c++)
        for (int p = 0; p < N_PART; p++)
            if (!seen[c][p])
                return bad(r, "a column is missing of", genu_norm_name((genu_norm_curve)c));
    return GENU_OK;
}

static void keep(reader *r, int column, double x)
{
    int c = r->curve[column], p = r->part[column];
    genu_harmonics *s = p < 2 ? &r->norms->mean[c] : &r->norms->sd[c];
    if (genu_norm_is_angle((genu_norm_curve)c))
        x *= GENU_PI / 180;
    (p % 2 ? s->b : s->a)[r->row] = x;
}

static genu_status read_row(reader *r, char *text)
{
    int k = 0;
    if (r->row > GENU_NORM_HARMONICS)
        return bad(r, "one row too many:", text);
    for (char *cell; (cell = strsep(&text, ",")) != NULL; k++) {
        double x;
        if (k >= r->n_column)
            return bad(r, "more numbers than columns:", cell);
        if (!genu_parse_double(cell, &x) || !isfinite(x))
            return bad(r, "not a number:", cell);
        if (k > 0)
            keep(r, k, x);
        else if (x != r->row)
            return bad(r, "harmonics must be 0, 1, 2 and so on, this one is", cell);
    }
    if (k < r->n_column)
        return genu_fail(r->err, GENU_E_FORMAT, "norms '%s', line %d: %d numbers, must be %d",
                         r->path, r->line, k, r->n_column);
    r->row++;
    return GENU_OK;
}

static genu_status read_line(reader *r, char *text)
{
    size_t n = strlen(text);
    if (n && text[n - 1] == '\r')
        text[--n] = 0;
    if (n == 0)
        return GENU_OK;
    const char key[] = "# speed =";
    if (strncmp(text, key, sizeof key - 1) == 0) {
        const char *value = text + sizeof key - 1;
        double v;
        if (!genu_parse_double(value, &v) || !(v > 0 && v < 2))
            return bad(r, "speed must be a number from 0 to 2, is", value);
        r->norms->speed = v;
        return GENU_OK;
    }
    if (text[0] == '#')
        return GENU_OK;
    return r->n_column ? read_row(r, text) : read_labels(r, text);
}

genu_status genu_norms_read(genu_norms *norms, const char *path, genu_err *err)
{
    char *text;
    size_t n;
    *norms = (genu_norms){ 0 };
    genu_status s = genu_file_read(path, &text, &n, err);
    reader r = { .path = path, .norms = norms, .err = err };
    char *rest = text;
    for (char *line; s == GENU_OK && (line = strsep(&rest, "\n")) != NULL;) {
        r.line++;
        s = read_line(&r, line);
    }
    free(text);
    if (s != GENU_OK)
        return s;
    if (!(norms->speed > 0))
        return genu_fail(err, GENU_E_FORMAT, "norms '%s': no line '# speed = ...'", path);
    if (r.row != GENU_NORM_HARMONICS + 1)
        return genu_fail(err, GENU_E_FORMAT, "norms '%s': %d harmonics, must be %d", path, r.row,
                         GENU_NORM_HARMONICS + 1);
    return GENU_OK;
}
