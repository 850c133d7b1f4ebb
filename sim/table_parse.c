/* The reader of table.h: text in memory -> genu_table. */
#include "sim/table.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One pass over the lines of a text. The current line is copied and ended by a zero byte. */
typedef struct reader {
    const char *p, *end;
    const char *source;
    int line;     /* number of the current line, from 1            */
    int complete; /* the current line ended in a line break        */
    char *text;   /* the current line without its break            */
    size_t room;
    char **token; /* n_token pieces of text, after split()         */
    int n_token, token_room;
    genu_notes *notes;
    genu_err *err;
    /* what the header says */
    long n_row, n_column; /* -1: nothing */
    int decimal_comma;    /* line of the first one, 0: none */
} reader;

static genu_status bad(reader *r, genu_status s)
{
    return genu_fail_in(r->err, s, "'%s', line %d", r->source, r->line);
}

static genu_status no_memory(reader *r)
{
    return genu_fail(r->err, GENU_E_MEMORY, "out of memory for reading '%s'", r->source);
}

/* Go to the next line; *more is 0 at the end of the text. Breaks: LF, CR LF, CR. */
static genu_status next_line(reader *r, int *more)
{
    *more = r->p < r->end;
    if (!*more)
        return GENU_OK;
    const char *stop = r->p;
    while (stop < r->end && *stop != '\n' && *stop != '\r')
        stop++;
    size_t length = (size_t)(stop - r->p);
    if (length + 1 > r->room) {
        char *grown = realloc(r->text, 2 * length + 256);
        if (!grown)
            return no_memory(r);
        r->text = grown;
        r->room = 2 * length + 256;
    }
    memcpy(r->text, r->p, length);
    r->text[length] = '\0';
    r->line++;
    r->complete = stop < r->end;
    if (stop < r->end && *stop == '\r' && stop + 1 < r->end && stop[1] == '\n')
        stop++;
    r->p = stop < r->end ? stop + 1 : stop;
    if (strlen(r->text) != length) {
        genu_fail(r->err, GENU_E_FORMAT, "holds a zero byte, so this is not a text file");
        return bad(r, GENU_E_FORMAT);
    }
    return GENU_OK;
}

/* Cut blanks, tabs, commas and semicolons off both ends, in place. */
static char *trim(char *text, const char *what)
{
    text += strspn(text, what);
    size_t n = strlen(text);
    while (n && strchr(what, text[n - 1]))
        text[--n] = '\0';
    return text;
}

/* Cut the current line into r->token. A blank as separator stands for any run of blanks and tabs;
 * with another one, blanks and quotes round a piece are cut off and empty pieces at the end too. */
static genu_status split(reader *r, char separator)
{
    char *p = r->text;
    r->n_token = 0;
    if (separator == ' ')
        p = trim(p, " \t");
    while (*p || r->n_token) {
        if (r->n_token == r->token_room) {
            int room = 2 * r->token_room + 32;
            char **grown = realloc(r->token, (size_t)room * sizeof *grown);
            if (!grown)
                return no_memory(r);
            r->token = grown;
            r->token_room = room;
        }
        size_t length = separator == ' ' ? strcspn(p, " \t") : strcspn(p, (char[]){ separator, 0 });
        char *next = p[length] ? p + length + 1 : NULL;
        p[length] = '\0';
        r->token[r->n_token++] = separator == ' ' ? p : trim(trim(p, " \t"), "\"");
        if (!next)
            break;
        p = separator == ' ' ? next + strspn(next, " \t") : next;
    }
    while (r->n_token && !r->token[r->n_token - 1][0])
        r->n_token--;
    return GENU_OK;
}

static genu_status header_count(reader *r, const char *key, const char *value, long *count)
{
    double x;
    if (!genu_parse_double(value, &x) || !(x >= 0) || x != floor(x) || x > 1e9) {
        genu_fail(r->err, GENU_E_FORMAT, "%s is '%s', must be a whole number", key, value);
        return bad(r, GENU_E_FORMAT);
    }
    *count = (long)x;
    return GENU_OK;
}

/* One `key = value` of the header. Keys of no effect on the numbers are accepted as they are. */
static genu_status header_entry(reader *r, genu_table *t, const char *key, const char *value)
{
    if (!strcasecmp(key, "nRows") || !strcasecmp(key, "datarows"))
        return header_count(r, key, value, &r->n_row);
    if (!strcasecmp(key, "nColumns") || !strcasecmp(key, "datacolumns"))
        return header_count(r, key, value, &r->n_column);
    if (!strcasecmp(key, "inDegrees")) {
        t->in_degrees = !strcasecmp(value, "yes") ? 1 : !strcasecmp(value, "no") ? 0 : -1;
        if (t->in_degrees >= 0)
            return GENU_OK;
        genu_fail(r->err, GENU_E_FORMAT, "inDegrees is '%s', must be yes or no", value);
        return bad(r, GENU_E_FORMAT);
    }
    if (!strcasecmp(key, "DataType") && strcasecmp(value, "double")) {
        genu_fail(r->err, GENU_E_FORMAT, "DataType is '%s', only double can be read", value);
        return bad(r, GENU_E_FORMAT);
    }
    return GENU_OK;
}

/* One line of the header. */
static genu_status header_line(reader *r, genu_table *t)
{
    static const char *const simm[] = { "datacolumns", "datarows" };
    char *text = trim(r->text, " \t,;\"");
    char *equals = strchr(text, '=');
    if (equals) {
        *equals = '\0';
        return header_entry(r, t, trim(text, " \t"), trim(equals + 1, " \t"));
    }
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(simm[i]);
        if (!strncasecmp(text, simm[i], n) && (text[n] == ' ' || text[n] == '\t'))
            return header_entry(r, t, simm[i], trim(text + n, " \t"));
    }
    if (!t->name[0] && text[0]) {
        if (!strncasecmp(text, "name ", 5))
            text = trim(text + 5, " \t");
        free(t->name);
        t->name = genu_strdup(text);
        return t->name ? GENU_OK : no_memory(r);
    }
    return GENU_OK;
}

/* Does the rest of the text hold an `endheader` line? */
static int has_endheader(const reader *r)
{
    static const char word[] = "endheader";
    const size_t n = sizeof word - 1;
    for (const char *p = r->p; p < r->end;) {
        const char *q = p;
        while (q < r->end && strchr(" \t\"", *q) && *q)
            q++;
        if ((size_t)(r->end - q) >= n && !strncasecmp(q, word, n))
            return 1;
        while (p < r->end && *p != '\n' && *p != '\r')
            p++;
        p++;
    }
    return 0;
}

/* Read up to the line before the labels; the current line is then the labels'. */
static genu_status header(reader *r, genu_table *t)
{
    int in_header = has_endheader(r), more;
    for (;;) {
        genu_status s = next_line(r, &more);
        if (s != GENU_OK)
            return s;
        if (!more)
            return genu_fail(r->err, GENU_E_FORMAT, "'%s': the file %s", r->source,
                             r->line ? "ends before its labels" : "is empty");
        char *text = trim(r->text, " \t");
        if (in_header && !strncasecmp(trim(text, " \t,;\""), "endheader", 9))
            in_header = 0;
        else if (in_header || text[0] == '#') {
            memmove(r->text, text + (text[0] == '#'), strlen(text + (text[0] == '#')) + 1);
            s = in_header || strchr(r->text, '=') ? header_line(r, t) : GENU_OK;
            if (s != GENU_OK)
                return s;
        } else if (text[strspn(text, " \t,;")])
            return GENU_OK;
    }
}

/* What separates the labels. A tab wins over blanks unless only blanks give as many labels as the
 * first row has numbers. */
static char find_separator(const reader *r)
{
    if (strchr(r->text, ';') && !strchr(r->text, '\t'))
        return ';';
    if (strchr(r->text, ',') && !strchr(r->text, '\t'))
        return ',';
    return strchr(trim(r->text, " "), '\t') ? '\t' : ' ';
}

static int count_pieces(const char *p, const char *end)
{
    int n = 0, inside = 0;
    for (; p < end && *p != '\n' && *p != '\r'; p++) {
        int blank = *p == ' ' || *p == '\t';
        n += !blank && !inside;
        inside = !blank;
    }
    return n;
}

/* Check the labels in r->token, keep all but time in t, and say which one time is. */
static genu_status keep_labels(reader *r, genu_table *t, int *time)
{
    *time = -1;
    t->label = calloc((size_t)r->n_token + 1, sizeof *t->label);
    if (!t->label)
        return no_memory(r);
    for (int j = 0; j < r->n_token; j++) {
        const char *label = r->token[j];
        if (!label[0]) {
            genu_fail(r->err, GENU_E_FORMAT, "column %d has no label", j + 1);
            return bad(r, GENU_E_FORMAT);
        }
        for (int k = 0; k < j; k++)
            if (!strcmp(label, r->token[k])) {
                genu_fail(r->err, GENU_E_FORMAT, "the label '%s' stands twice, columns %d and %d",
                          label, k + 1, j + 1);
                return bad(r, GENU_E_FORMAT);
            }
        if (*time < 0 && !strcasecmp(label, "time")) {
            *time = j;
            continue;
        }
        t->label[t->n_column] = genu_strdup(label);
        if (!t->label[t->n_column++])
            return no_memory(r);
    }
    if (*time >= 0)
        return GENU_OK;
    genu_fail(r->err, GENU_E_FORMAT, "no column is labelled 'time'%s",
              r->n_column < 0 && r->n_row < 0 ? " and no line before it is 'endheader'" : "");
    return bad(r, GENU_E_FORMAT);
}

static genu_status labels(reader *r, genu_table *t, char *separator, int *time)
{
    *separator = find_separator(r);
    if (*separator == '\t') {
        int by_blanks = count_pieces(r->text, r->text + strlen(r->text));
        int by_tabs = 1;
        for (const char *p = trim(r->text, " \t"); *p; p++)
            by_tabs += *p == '\t';
        if (by_blanks != by_tabs && by_blanks == count_pieces(r->p, r->end))
            *separator = ' ';
    }
    genu_status s = split(r, *separator);
    if (s == GENU_OK)
        s = keep_labels(r, t, time);
    // rows of numbers need no tabs: any run of blanks and tabs will do
    if (*separator == '\t')
        *separator = ' ';
    if (s == GENU_OK && r->n_column >= 0 && r->n_column != t->n_column + 1)
        genu_notes_add(r->notes, GENU_WARNING, r->line,
                       "'%s': the header says %ld columns, there are %d labels", r->source,
                       r->n_column, t->n_column + 1);
    return s;
}

/* A number, in which one comma may stand for the point where commas do not separate. */
static int parse_number(reader *r, char *text, char separator, double *x)
{
    char *comma = separator != ',' ? strchr(text, ',') : NULL;
    if (comma && !strchr(text, '.') && !strchr(comma + 1, ',')) {
        *comma = '.';
        int good = genu_parse_double(text, x);
        *comma = good ? '.' : ',';
        if (good && !r->decimal_comma)
            r->decimal_comma = r->line;
        return good;
    }
    return genu_parse_double(text, x);
}

static genu_status wrong_count(reader *r, const genu_table *t)
{
    int want = t->n_column + 1;
    if (!r->complete && r->n_token < want)
        genu_fail(r->err, GENU_E_FORMAT, "the file is cut off: its last line has %d of %d numbers",
                  r->n_token, want);
    else
        genu_fail(r->err, GENU_E_FORMAT, "the row has %d numbers, there are %d labels", r->n_token,
                  want);
    return bad(r, GENU_E_FORMAT);
}

static const char *label_of(const genu_table *t, int j, int time)
{
    return j == time ? "time" : t->label[j - (j > time)];
}

/* Turn the current line into numbers: row (n_column + 1), time first. */
static genu_status parse_row(reader *r, const genu_table *t, char separator, int time, double *row)
{
    genu_status s = split(r, separator);
    if (s != GENU_OK)
        return s;
    if (r->n_token != t->n_column + 1)
        return wrong_count(r, t);
    for (int j = 0; j < r->n_token; j++) {
        double *to = j == time ? row : row + 1 + j - (j > time);
        if (parse_number(r, r->token[j], separator, to))
            continue;
        genu_fail(r->err, GENU_E_FORMAT, "column '%s': '%.40s' is not a number",
                  label_of(t, j, time), r->token[j]);
        return bad(r, GENU_E_FORMAT);
    }
    return GENU_OK;
}

static genu_status check_time(reader *r, int n, const double *row, int width)
{
    double now = row[0], before = n ? row[-width] : -INFINITY;
    if (isfinite(now) && now > before)
        return GENU_OK;
    if (!isfinite(now))
        genu_fail(r->err, GENU_E_RANGE, "time is %g, must be a finite number", now);
    else if (now == before)
        genu_fail(r->err, GENU_E_RANGE, "time %.9g s stands twice", now);
    else
        genu_fail(r->err, GENU_E_RANGE, "time %.9g s comes after %.9g s, times must ascend", now,
                  before);
    return bad(r, GENU_E_RANGE);
}

/* All rows, row-major with time first, into *rows; their lines into t->line. */
static genu_status rows(reader *r, genu_table *t, char separator, int time, double **out)
{
    size_t width = (size_t)t->n_column + 1, room = 0;
    int more;
    for (;;) {
        genu_status s = next_line(r, &more);
        if (s != GENU_OK || !more)
            return s;
        if (!r->text[strspn(r->text, " \t,;")])
            continue; // blank lines, mostly at the end
        if ((size_t)t->n_row == room) {
            room = 2 * room + 256;
            double *grown = realloc(*out, room * width * sizeof *grown);
            int *line = realloc(t->line, room * sizeof *line);
            *out = grown ? grown : *out;
            t->line = line ? line : t->line;
            if (!grown || !line)
                return no_memory(r);
        }
        double *row = *out + (size_t)t->n_row * width;
        s = parse_row(r, t, separator, time, row);
        if (s == GENU_OK)
            s = check_time(r, t->n_row, row, (int)width);
        if (s != GENU_OK)
            return s;
        t->line[t->n_row++] = r->line;
    }
}

/* Row-major with time first -> time and columns. */
static genu_status transpose(reader *r, genu_table *t, const double *row)
{
    size_t n = (size_t)t->n_row, c = (size_t)t->n_column;
    t->time = malloc(n * sizeof *t->time);
    t->value = malloc((n * c + 1) * sizeof *t->value);
    if (!t->time || !t->value)
        return no_memory(r);
    for (size_t i = 0; i < n; i++) {
        t->time[i] = row[i * (c + 1)];
        for (size_t j = 0; j < c; j++)
            t->value[j * n + i] = row[i * (c + 1) + 1 + j];
    }
    return GENU_OK;
}

static genu_status check_rows(reader *r, const genu_table *t)
{
    if (!t->n_row)
        return genu_fail(r->err, GENU_E_FORMAT, "'%s': the file has labels but no rows", r->source);
    if (t->n_row < r->n_row && !r->complete)
        return genu_fail(r->err, GENU_E_FORMAT,
                         "'%s', line %d: the file is cut off: %d of %ld rows", r->source, r->line,
                         t->n_row, r->n_row);
    if (r->n_row >= 0 && r->n_row != t->n_row)
        genu_notes_add(r->notes, GENU_WARNING, r->line,
                       "'%s': the header says %ld rows, there are %d", r->source, r->n_row,
                       t->n_row);
    if (r->decimal_comma)
        genu_notes_add(r->notes, GENU_NOTE, r->decimal_comma,
                       "'%s': commas in numbers are read as decimal points", r->source);
    return GENU_OK;
}

static genu_status parse(reader *r, genu_table *t)
{
    double *row = NULL;
    char separator;
    int time;
    genu_status s = header(r, t);
    if (s == GENU_OK)
        s = labels(r, t, &separator, &time);
    if (s == GENU_OK)
        s = rows(r, t, separator, time, &row);
    if (s == GENU_OK)
        s = check_rows(r, t);
    if (s == GENU_OK)
        s = transpose(r, t, row);
    free(row);
    return s;
}

genu_status genu_table_parse(genu_table *t, const char *text, size_t n, const char *source,
                             genu_notes *notes, genu_err *err)
{
    reader r = { .p = text,
                 .end = text + n,
                 .source = source,
                 .notes = notes,
                 .err = err,
                 .n_row = -1,
                 .n_column = -1 };
    *t = (genu_table){ .in_degrees = -1 };
    if (n >= 2 && (!memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2)))
        return genu_fail(err, GENU_E_FORMAT, "'%s' is UTF-16 text, must be UTF-8 or ASCII", source);
    if (n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
        r.p += 3;
    t->source = genu_strdup(source);
    t->name = genu_strdup("");
    genu_status s = t->source && t->name ? parse(&r, t) : no_memory(&r);
    free(r.text);
    free(r.token);
    if (s != GENU_OK)
        genu_table_free(t);
    return s;
}
