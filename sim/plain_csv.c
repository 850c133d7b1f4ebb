#include "sim/plain_csv.h"

#include "sim/file.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *trimmed(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    for (size_t n = strlen(text); n && isspace((unsigned char)text[n - 1]); n--)
        text[n - 1] = '\0';
    return text;
}

/* The next line, ended by 0 in place; NULL at the end. */
static char *take_line(char **rest)
{
    char *line = *rest;
    if (!*line)
        return NULL;
    char *end = strchr(line, '\n');
    *rest = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    return line;
}

/* Cut a line at its commas; the number of cells, of which at most `room` are kept. */
static int cut(char *line, const char **cell, int room)
{
    int n = 0;
    for (char *c = line; c; n++) {
        char *comma = strchr(c, ',');
        if (comma)
            *comma = '\0';
        if (n < room)
            cell[n] = trimmed(c);
        c = comma ? comma + 1 : NULL;
    }
    return n;
}

static int count(const char *text, char what)
{
    int n = 0;
    for (; *text; text++)
        n += *text == what;
    return n;
}

/* Cells of the line of names: the first that is neither empty nor a comment. */
static int columns_of(const char *text)
{
    const char *line = text + strspn(text, " \t\r\n");
    while (*line == '#') {
        line += strcspn(line, "\n");
        line += strspn(line, " \t\r\n");
    }
    int n = 1;
    for (size_t i = 0; line[i] && line[i] != '\n'; i++)
        n += line[i] == ',';
    return n;
}

static genu_status take_rows(genu_csv *t, const char *columns, genu_err *err)
{
    char *rest = t->text;
    int number = 0, named = 0;
    for (char *line = take_line(&rest); line; line = take_line(&rest)) {
        number++;
        line = trimmed(line);
        if (!*line || *line == '#')
            continue;
        if (!named) {
            if (columns && strcmp(line, columns))
                return genu_fail(err, GENU_E_FORMAT,
                                 "'%s', line %d: the columns are '%.80s', must be '%s'", t->path,
                                 number, line, columns);
            cut(line, t->column, t->n_col);
            named = 1;
            continue;
        }
        int n = cut(line, t->cell + (size_t)t->n_row * (size_t)t->n_col, t->n_col);
        if (n != t->n_col)
            return genu_fail(err, GENU_E_FORMAT, "'%s', line %d: has %d cells, must have %d",
                             t->path, number, n, t->n_col);
        t->line[t->n_row++] = number;
    }
    return named ? GENU_OK : genu_fail(err, GENU_E_FORMAT, "'%s': has no line of columns", t->path);
}

genu_status genu_csv_read(genu_csv *t, const char *folder, const char *file, const char *columns,
                          genu_err *err)
{
    size_t n;
    *t = (genu_csv){ 0 };
    if (asprintf(&t->path, "%s%s%s", folder ? folder : "", folder ? "/" : "", file) < 0) {
        t->path = NULL;
        return genu_fail(err, GENU_E_MEMORY, "out of memory for a table");
    }
    genu_status s = genu_file_read(t->path, &t->text, &n, err);
    if (s == GENU_OK) {
        size_t rows = (size_t)count(t->text, '\n') + 1;
        t->n_col = columns ? 1 + count(columns, ',') : columns_of(t->text);
        t->line = calloc(rows, sizeof *t->line);
        t->cell = calloc(rows * (size_t)t->n_col, sizeof *t->cell);
        t->column = calloc((size_t)t->n_col, sizeof *t->column);
        s = t->line && t->cell && t->column
                ? take_rows(t, columns, err)
                : genu_fail(err, GENU_E_MEMORY, "out of memory for '%s'", t->path);
    }
    if (s != GENU_OK)
        genu_csv_free(t);
    return s;
}

void genu_csv_free(genu_csv *t)
{
    free(t->path);
    free(t->text);
    free(t->line);
    free(t->cell);
    free(t->column);
    *t = (genu_csv){ 0 };
}

const char *genu_csv_text(const genu_csv *t, int row, int col)
{
    return t->cell[(size_t)row * (size_t)t->n_col + (size_t)col];
}

genu_status genu_csv_numbers(const genu_csv *t, int row, int col, int n, double *x, genu_err *err)
{
    for (int k = 0; k < n; k++)
        if (!genu_parse_double(genu_csv_text(t, row, col + k), &x[k]))
            return genu_csv_fail(t, row, GENU_E_FORMAT, err, "%s is '%.60s', must be a number",
                                 t->column[col + k], genu_csv_text(t, row, col + k));
    return GENU_OK;
}

int genu_csv_find(const genu_csv *t, const char *name)
{
    for (int i = 0; i < t->n_row; i++)
        if (!strcmp(genu_csv_text(t, i, 0), name))
            return i;
    return -1;
}

genu_status genu_csv_fail(const genu_csv *t, int row, genu_status s, genu_err *err, const char *fmt,
                          ...)
{
    char text[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return genu_fail(err, s, "'%s', line %d: %s", t->path, t->line[row], text);
}
