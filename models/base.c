#include "models/base.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *genu_status_text(genu_status s)
{
#define GENU_STATUS_TEXT(code, text)                                                               \
    case code:                                                                                     \
        return text;
    switch (s) {
        GENU_STATUS_LIST(GENU_STATUS_TEXT)
    case GENU_N_STATUS:
        break;
    }
#undef GENU_STATUS_TEXT
    return "unknown status";
}

genu_status genu_fail(genu_err *err, genu_status s, const char *fmt, ...)
{
    if (!err)
        return s;
    err->status = s;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, args);
    va_end(args);
    return s;
}

genu_status genu_fail_in(genu_err *err, genu_status s, const char *fmt, ...)
{
    if (!err)
        return s;
    char place[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(place, sizeof place, fmt, args);
    va_end(args);

    // shift the message right and put the place before it; what does not fit is cut at the end
    size_t room = sizeof err->msg;
    size_t shift = strlen(place) + 2;
    memmove(err->msg + shift, err->msg, room - shift);
    memcpy(err->msg, place, shift - 2);
    memcpy(err->msg + shift - 2, ": ", 2);
    err->msg[room - 1] = '\0';
    err->status = s;
    return s;
}

void genu_notes_add(genu_notes *notes, genu_severity severity, int line, const char *fmt, ...)
{
    if (!notes)
        return;
    if (notes->n == notes->capacity) {
        int capacity = notes->capacity ? 2 * notes->capacity : 16;
        genu_note *grown = realloc(notes->note, (size_t)capacity * sizeof *grown);
        if (!grown)
            return;
        notes->note = grown;
        notes->capacity = capacity;
    }
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    char *copy = genu_strdup(text);
    if (copy)
        notes->note[notes->n++] = (genu_note){ severity, line, copy };
}

int genu_notes_count(const genu_notes *notes, genu_severity at_least)
{
    int count = 0;
    for (int i = 0; i < notes->n; i++)
        count += notes->note[i].severity >= at_least;
    return count;
}

void genu_notes_clear(genu_notes *notes)
{
    for (int i = 0; i < notes->n; i++)
        free(notes->note[i].text);
    free(notes->note);
    *notes = (genu_notes){ 0 };
}

void *genu_take(genu_arena *a, size_t n, size_t size)
{
    size_t bytes = (n * size + 63) / 64 * 64;
    void *p = a->base ? a->base + a->used : NULL;
    a->used += bytes;
    return p;
}

double *genu_take_double(genu_arena *a, size_t n)
{
    return genu_take(a, n, sizeof(double));
}

int *genu_take_int(genu_arena *a, size_t n)
{
    return genu_take(a, n, sizeof(int));
}

void *genu_block(size_t bytes)
{
    size_t size = (bytes + 64) / 64 * 64;
    void *p = aligned_alloc(64, size);
    if (p)
        memset(p, 0, size);
    return p;
}

char *genu_strdup(const char *text)
{
    return text ? strdup(text) : NULL;
}

int genu_parse_double(const char *text, double *x)
{
    static locale_t c_locale; // the constant "C" locale, made once; a lost race leaks one object
    if (!c_locale)
        c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    char *end;
    double value = strtod_l(text, &end, c_locale);
    if (end == text)
        return 0;
    if (memchr(text, 'x', (size_t)(end - text)) || memchr(text, 'X', (size_t)(end - text)))
        return 0; // hexadecimal is a typing error in these files
    while (*end == ' ' || *end == '\t' || *end == '\r' || *end == '\n')
        end++;
    if (*end)
        return 0;
    *x = value;
    return 1;
}

int genu_edit_distance(const char *a, const char *b)
{
    enum { MAX = 64 };
    size_t n = strlen(a), m = strlen(b);
    if (n > MAX || m > MAX)
        return 99;
    int row[3][MAX + 1]; // two rows back, one row back, this row
    for (size_t j = 0; j <= m; j++)
        row[1][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        row[2][0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int replace = row[1][j - 1] + (a[i - 1] != b[j - 1]);
            int best = replace;
            if (row[1][j] + 1 < best)
                best = row[1][j] + 1;
            if (row[2][j - 1] + 1 < best)
                best = row[2][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                row[0][j - 2] + 1 < best)
                best = row[0][j - 2] + 1;
            row[2][j] = best;
        }
        memcpy(row[0], row[1], sizeof row[0]);
        memcpy(row[1], row[2], sizeof row[1]);
    }
    return row[1][m];
}

const char *genu_nearest(const char *text, const char *const *names, int n)
{
    int length = (int)strlen(text);
    int allowed = length / 3 > 2 ? length / 3 : 2;
    const char *best = NULL;
    for (int i = 0; i < n; i++) {
        int distance = genu_edit_distance(text, names[i]);
        if (distance <= allowed) {
            best = names[i];
            allowed = distance - 1;
        }
    }
    return best;
}
