#include "sim/validation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void genu_worst_note(genu_worst *w, double error, double time, const char *where)
{
    if (error <= w->error || isnan(w->error))
        return;
    w->error = error;
    w->time = time;
    snprintf(w->where, sizeof w->where, "%s", where);
}

genu_validation_row genu_validation_row_of(const char *stage, const char *name, const char *unit,
                                           double bar, const genu_worst *worst)
{
    genu_validation_row row = { .bar = bar, .worst = *worst, .except = GENU_WORST, .held = NAN };
    snprintf(row.stage, sizeof row.stage, "%s", stage);
    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(row.unit, sizeof row.unit, "%s", unit);
    return row;
}

genu_status genu_validation_add(genu_validation *v, const genu_validation_row *row, genu_err *err)
{
    if (v->n == v->capacity) {
        int capacity = v->capacity ? 2 * v->capacity : 64;
        genu_validation_row *more = realloc(v->row, (size_t)capacity * sizeof *more);
        if (!more)
            return genu_fail(err, GENU_E_MEMORY, "out of memory");
        v->row = more;
        v->capacity = capacity;
    }
    v->row[v->n++] = *row;
    return GENU_OK;
}

void genu_validation_clear(genu_validation *v)
{
    free(v->row);
    genu_notes_clear(&v->notes);
    *v = (genu_validation){ 0 };
}

void genu_validation_except(genu_validation_row *row, double error, double time, const char *where,
                            double bound, const char *cause)
{
    size_t used = strlen(row->named);
    genu_worst_note(&row->except, error, time, where);
    row->n_except++;
    row->held = bound;
    snprintf(row->cause, sizeof row->cause, "%s", cause);
    snprintf(row->named + used, sizeof row->named - used, "%s%s%s%.4g s", used ? "; " : "", where,
             where[0] ? " " : "", time);
}

genu_verdict genu_validation_judge(const genu_validation_row *row)
{
    int excepted = row->except.error != -INFINITY;
    int compared = excepted || row->worst.error != -INFINITY;
    if (!compared || !(row->worst.error <= row->bar))
        return GENU_VERDICT_MISS;
    if (!excepted || row->except.error <= row->bar)
        return GENU_VERDICT_PASS;
    return row->except.error <= row->held ? GENU_VERDICT_EXCEPTION : GENU_VERDICT_MISS;
}

int genu_validation_count(const genu_validation *v, genu_verdict verdict)
{
    int n = 0;
    for (int i = 0; i < v->n; i++)
        n += genu_validation_judge(&v->row[i]) == verdict;
    return n;
}

static const char *word(genu_verdict verdict)
{
    static const char *const words[] = { "yes", "exception", "NO" };
    return words[verdict];
}

/* The larger of the two: what the table shows. */
static const genu_worst *shown(const genu_validation_row *row)
{
    return row->except.error > row->worst.error ? &row->except : &row->worst;
}

static void format_where(const genu_worst *w, char *text, size_t n)
{
    if (w->error == -INFINITY)
        snprintf(text, n, "nothing was compared");
    else if (isnan(w->time))
        snprintf(text, n, "%s", w->where);
    else
        snprintf(text, n, "%s%s%.4f s", w->where, w->where[0] ? ", " : "", w->time);
}

static void format_error(double error, char *text, size_t n)
{
    if (error == -INFINITY)
        snprintf(text, n, "-");
    else if (error <= 0)
        snprintf(text, n, "0");
    else
        snprintf(text, n, "%.1e", error);
}

static void print_head(const genu_validation *v, FILE *to)
{
    int missed = genu_validation_count(v, GENU_VERDICT_MISS);
    int excepted = genu_validation_count(v, GENU_VERDICT_EXCEPTION);
    fprintf(to, "%d comparisons, %d within their bar, %d with proved exceptions, %d missed\n", v->n,
            v->n - missed - excepted, excepted, missed);
}

void genu_validation_print(const genu_validation *v, FILE *to)
{
    print_head(v, to);
    fprintf(to, "\n%-32s %-30s %8s %8s %-14s %-9s %s\n", "stage", "case", "largest", "bar", "unit",
            "pass", "where");
    for (int i = 0; i < v->n; i++) {
        const genu_validation_row *row = &v->row[i];
        char where[160], error[16];
        format_where(shown(row), where, sizeof where);
        format_error(shown(row)->error, error, sizeof error);
        fprintf(to, "%-32s %-30s %8s %8.0e %-14s %-9s %s\n", row->stage, row->name, error, row->bar,
                row->unit, word(genu_validation_judge(row)), where);
    }
}

static void print_exceptions(const genu_validation *v, FILE *to)
{
    if (!genu_validation_count(v, GENU_VERDICT_EXCEPTION))
        return;
    fputs("\n## Exceptions\n\n", to);
    for (int i = 0; i < v->n; i++) {
        const genu_validation_row *row = &v->row[i];
        if (genu_validation_judge(row) != GENU_VERDICT_EXCEPTION)
            continue;
        char where[160];
        format_where(&row->except, where, sizeof where);
        fprintf(to, "- %s, %s: %d value%s (%s), at most %.1e (%s), own bound %.1e. %s\n",
                row->stage, row->name, row->n_except, row->n_except == 1 ? "" : "s", row->named,
                row->except.error, where, row->held, row->cause);
    }
}

void genu_validation_print_markdown(const genu_validation *v, FILE *to)
{
    print_head(v, to);
    fputs("\n| stage | case | largest error | bar | unit | pass | where |\n"
          "|---|---|---:|---:|---|---|---|\n",
          to);
    for (int i = 0; i < v->n; i++) {
        const genu_validation_row *row = &v->row[i];
        char where[160], error[16];
        format_where(shown(row), where, sizeof where);
        format_error(shown(row)->error, error, sizeof error);
        fprintf(to, "| %s | %s | %s | %.0e | %s | %s | %s |\n", row->stage, row->name, error,
                row->bar, row->unit, word(genu_validation_judge(row)), where);
    }
    print_exceptions(v, to);
    if (v->notes.n)
        fprintf(to,
                "\n## Notes\n\n<details><summary>%d notes: frames left out, steps of lengths and "
                "arms, differences between files</summary>\n\n",
                v->notes.n);
    for (int i = 0; i < v->notes.n; i++)
        fprintf(to, "- %s\n", v->notes.note[i].text);
    if (v->notes.n)
        fputs("\n</details>\n", to);
}

void genu_validation_print_differences(const genu_validation *v, FILE *to)
{
    fprintf(to, "\n%-32s %-30s %8s %-14s %s\n", "stage", "case", "largest", "unit", "where");
    for (int i = 0; i < v->n; i++) {
        const genu_validation_row *row = &v->row[i];
        char where[160], error[16];
        format_where(shown(row), where, sizeof where);
        format_error(shown(row)->error, error, sizeof error);
        fprintf(to, "%-32s %-30s %8s %-14s %s\n", row->stage, row->name, error, row->unit, where);
    }
}

void genu_validation_print_differences_markdown(const genu_validation *v, FILE *to)
{
    fputs("| stage | case | largest difference | unit | where |\n|---|---|---:|---|---|\n", to);
    for (int i = 0; i < v->n; i++) {
        const genu_validation_row *row = &v->row[i];
        char where[160], error[16];
        format_where(shown(row), where, sizeof where);
        format_error(shown(row)->error, error, sizeof error);
        fprintf(to, "| %s | %s | %s | %s | %s |\n", row->stage, row->name, error, row->unit, where);
    }
}
