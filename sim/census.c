#include "sim/census.h"

#include "models/osim.h"
#include "sim/describe.h"
#include "sim/file.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100, INDENT = 24, FIRST_SOCKETS = 40000 };

/* Length of the first word; a number takes what it counts with it. */
static int word_length(const char *text)
{
    size_t open = *text == '(', digits = strspn(text + open, "0123456789");
    size_t n = strcspn(text, " ");
    if (digits && open + digits == n && text[n])
        n += 1 + strcspn(text + n + 1, " ");
    return (int)n;
}

/* Words of text, broken before column WIDTH; lines after the first begin at INDENT. */
static void print_wrapped(const char *text, int column, FILE *to)
{
    for (const char *word = text; *word;) {
        int n = word_length(word);
        if (column > INDENT && column + 1 + n > WIDTH)
            column = fprintf(to, "\n%*s", INDENT, "") - 1;
        else if (word != text)
            column += fprintf(to, " ");
        column += fprintf(to, "%.*s", n, word);
        word += n + (word[n] == ' ');
    }
    fputc('\n', to);
}

static void print_entry(const char *label, const char *text, FILE *to)
{
    print_wrapped(text, fprintf(to, "  %-*s", INDENT - 2, label), to);
}

/* A text that grows; what has no memory any more is missing at its end. */
typedef struct words {
    char *text;
    size_t n;
} words;

static void add(words *w, const char *before, const char *text)
{
    size_t a = w->n ? strlen(before) : 0, b = strlen(text);
    char *grown = realloc(w->text, w->n + a + b + 1);
    if (!grown)
        return;
    memcpy(grown + w->n, before, a);
    memcpy(grown + w->n + a, text, b + 1);
    w->text = grown;
    w->n += a + b;
}

static void print_words(const char *label, words *w, FILE *to)
{
    if (w->text)
        print_entry(label, w->text, to);
    free(w->text);
    *w = (words){ 0 };
}

static void print_kinds(const genu_osim_census *c, genu_osim_part part, const char *label, FILE *to)
{
    words w = { 0 };
    char text[160];
    for (int i = 0; i < c->n; i++) {
        const genu_osim_kind *k = &c->kind[i];
        if (k->part != part)
            continue;
        if (k->n_left_out == 0)
            snprintf(text, sizeof text, "%d %s", k->n_read, k->tag);
        else
            snprintf(text, sizeof text, "%d %s (%s%d left out, see below)",
                     k->n_read + k->n_left_out, k->tag, k->n_read ? "of which " : "",
                     k->n_left_out);
        add(&w, ", ", text);
    }
    print_words(label, &w, to);
}

/* The coordinates that have a property, by name, after their number. */
static void print_coordinates(const genu_model *m, const char *label,
                              int (*has)(const genu_coord *c), FILE *to)
{
    words names = { 0 }, w = { 0 };
    char number[32];
    int n = 0;
    for (int i = 0; i < m->n_coord; i++)
        if (has(&m->coord[i])) {
            add(&names, ", ", m->coord[i].name);
            n++;
        }
    if (n) {
        snprintf(number, sizeof number, "%d:", n);
        add(&w, "", number);
        add(&w, " ", names.text ? names.text : "");
        print_words(label, &w, to);
    }
    free(names.text);
}

static int is_locked(const genu_coord *c)
{
    return c->locked;
}

static int is_clamped(const genu_coord *c)
{
    return c->clamped;
}

static int is_coupled(const genu_coord *c)
{
    return c->leader >= 0;
}

/* Whether muscle s wraps over objects of this kind (or any, kind < 0). */
static int wraps_over(const genu_model *m, const genu_muscle *s, int kind)
{
    for (int i = 0; i < s->path.n_wrap; i++)
        if (kind < 0 || (int)m->wrap[s->path.wrap[i].object].kind == kind)
            return 1;
    return 0;
}

static void print_wrapping(const genu_model *m, FILE *to)
{
    static const char *const over[] = { "cylinders", "spheres", "ellipsoids", "tori" };
    words w = { 0 };
    char text[80];
    for (int kind = -1; m->n_wrap && kind < 4; kind++) {
        int n = 0;
        for (int i = 0; i < m->n_muscle; i++)
            n += wraps_over(m, &m->muscle[i], kind);
        if (kind < 0)
            snprintf(text, sizeof text, "%d of %d muscles wrap", n, m->n_muscle);
        else
            snprintf(text, sizeof text, "%d over %s", n, over[kind]);
        if (n || kind < 0)
            add(&w, kind == 0 ? ": " : ", ", text);
    }
    print_words("wrapping paths", &w, to);
}

static void print_found(const genu_model *m, const genu_osim_census *c, FILE *to)
{
    static const char *const label[GENU_OSIM_N_PART] = {
        "bodies",       "offset frames", "joints",       "coordinates",  "constraints",
        "functions",    "muscles",       "their curves", "path points",  "wrapping objects",
        "paths' wraps", "other forces",  "markers",      "other objects"
    };
    fputs("\nfound\n", to);
    for (int part = 0; part < GENU_OSIM_N_PART; part++) {
        print_kinds(c, (genu_osim_part)part, label[part], to);
        if (part == GENU_OSIM_COORDINATES) {
            print_coordinates(m, "  locked", is_locked, to);
            print_coordinates(m, "  clamped to range", is_clamped, to);
            print_coordinates(m, "  follow a coupler", is_coupled, to);
        }
        if (part == GENU_OSIM_PATH_WRAPS)
            print_wrapping(m, to);
    }
}

/* What a note is about. */
typedef enum topic { FAULT, EFFECT, DEFAULT, TAKEN, IGNORED, N_TOPIC } topic;

static topic topic_of(const genu_note *n)
{
    if (n->severity == GENU_ERROR)
        return FAULT;
    if (n->severity == GENU_WARNING)
        return EFFECT;
    if (!strncmp(n->text, GENU_OSIM_IGNORED, strlen(GENU_OSIM_IGNORED)))
        return IGNORED;
    return strstr(n->text, GENU_OSIM_DEFAULTS) ? DEFAULT : TAKEN;
}

/* The note without the words that its heading says already. */
static void print_note(const genu_note *n, topic t, FILE *to)
{
    char line[32] = "";
    words w = { 0 };
    if (n->line)
        snprintf(line, sizeof line, "line %d", n->line);
    const char *text = t == IGNORED ? n->text + strlen(GENU_OSIM_IGNORED) : n->text;
    const char *cut = t == DEFAULT ? strstr(text, GENU_OSIM_DEFAULTS) : NULL;
    if (cut) {
        char kind[64];
        snprintf(kind, sizeof kind, "%.*s: ", (int)(cut - text), text);
        add(&w, "", kind);
        add(&w, "", cut + strlen(GENU_OSIM_DEFAULTS));
    } else
        add(&w, "", text);
    print_words(line, &w, to);
}

static void print_notes(const genu_notes *notes, FILE *to)
{
    static const char *const heading[N_TOPIC] = {
        "cannot be computed",
        "has an effect that genu leaves out or takes otherwise",
        "missing in the file; OpenSim's defaults are used",
        "taken in this way",
        "ignored, without effect on results",
    };
    for (int t = 0; t < N_TOPIC; t++) {
        int n = 0;
        for (int i = 0; i < notes->n; i++)
            if (topic_of(&notes->note[i]) == (topic)t) {
                if (n++ == 0)
                    fprintf(to, "\n%s\n", heading[t]);
                print_note(&notes->note[i], (topic)t, to);
            }
        if (n == 0 && t == EFFECT)
            fprintf(to, "\n%s\n  nothing\n", heading[t]);
    }
}

genu_status genu_census_print(const char *path, FILE *to, genu_err *err)
{
    char *text;
    size_t n;
    genu_model *m;
    genu_osim_census census;
    genu_notes notes = { 0 };
    if (genu_file_kind_of(path) != GENU_FILE_MODEL)
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s': only models, files ending in .osim, have a census", path);
    genu_status s = genu_file_read(path, &text, &n, err);
    if (s != GENU_OK)
        return s;
    s = genu_osim_read_counted(text, n, path, &m, &census, &notes, err);
    free(text);
    if (s == GENU_OK) {
        fprintf(to, "model %s, file version %d: %s\n", m->name, m->file_version,
                m->file_version < FIRST_SOCKETS
                    ? "layout before 4.0, joints stand in their child bodies"
                    : "layout from 4.0 on, joints stand by themselves");
        print_found(m, &census, to);
        print_notes(&notes, to);
        genu_osim_census_clear(&census);
        genu_model_free(m);
    }
    genu_notes_clear(&notes);
    return s;
}
