#include "sim/fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A list of maps: struct { int n; T *item; }, copied by memcpy, since T is not known here. */
typedef struct list {
    int n;
    void *item;
} list;

/* ------------------------------------------------------------------ in words */

/* "right|left|both" as "right, left or both". */
void genu_key_choices(const char *choices, char *out, size_t room)
{
    size_t n = 0;
    for (const char *c = choices; *c && n + 5 < room; c++) {
        if (*c != '|') {
            out[n++] = *c;
            continue;
        }
        const char *between = strchr(c + 1, '|') ? ", " : " or ";
        n += (size_t)snprintf(out + n, room - n, "%s", between);
    }
    out[n] = '\0';
}

static void list_range(const genu_key *key, char *out, size_t room)
{
    const char *blank = key->unit ? " " : "", *unit = key->unit ? key->unit : "";
    if (isinf(key->hi))
        snprintf(out, room, "%s %g%s%s", key->above ? "above" : "of at least", key->lo, blank,
                 unit);
    else if (key->above)
        snprintf(out, room, "above %g and at most %g%s%s", key->lo, key->hi, blank, unit);
    else
        snprintf(out, room, "from %.10g to %.10g%s%s", key->lo, key->hi, blank, unit);
}

void genu_key_allowed(const genu_key *key, char *out, size_t room)
{
    char words[160] = "";
    if (key->choices)
        genu_key_choices(key->choices, words, sizeof words);
    else
        list_range(key, words, sizeof words);

    switch (key->kind) {
    case GENU_KEY_NUMBER:
        snprintf(out, room, "a number %s", words);
        break;
    case GENU_KEY_WHOLE:
        snprintf(out, room, "a whole number %s", words);
        break;
    case GENU_KEY_FLAG:
        snprintf(out, room, "true or false");
        break;
    case GENU_KEY_CHOICE:
        snprintf(out, room, "%s", words);
        break;
    case GENU_KEY_CHOICES:
        snprintf(out, room, "a list of %s", words);
        break;
    case GENU_KEY_TEXT:
        snprintf(out, room, "text");
        break;
    case GENU_KEY_PATH:
        snprintf(out, room, "the path of a file");
        break;
    case GENU_KEY_NUMBERS:
        snprintf(out, room, "a list of numbers %s", words);
        break;
    case GENU_KEY_TEXTS:
        snprintf(out, room, "a list of names, as [a, b]");
        break;
    case GENU_KEY_PAIRS:
        snprintf(out, room, "a map of names to numbers %s", words);
        break;
    case GENU_KEY_MAP:
        snprintf(out, room, key->lone ? "the path of a file, or a map of keys" : "a map of keys");
        break;
    case GENU_KEY_MAPS:
        snprintf(out, room, "a list of maps");
        break;
    }
}

/* ------------------------------------------------------------------ defaults and release */

void genu_fields_defaults(const genu_key *keys, void *object)
{
    for (const genu_key *k = keys; k->name; k++) {
        void *member = (char *)object + k->at;
        double scale = k->scale != 0 ? k->scale : 1;
        switch (k->kind) {
        case GENU_KEY_NUMBER:
            *(double *)member = k->fallback * scale;
            break;
        case GENU_KEY_WHOLE:
        case GENU_KEY_FLAG:
        case GENU_KEY_CHOICE:
            *(int *)member = isnan(k->fallback) ? 0 : (int)k->fallback;
            break;
        case GENU_KEY_CHOICES:
            *(unsigned *)member = (unsigned)k->fallback;
            break;
        case GENU_KEY_TEXT:
        case GENU_KEY_PATH:
            *(char **)member = NULL;
            break;
        case GENU_KEY_NUMBERS:
            *(genu_numbers *)member = (genu_numbers){ 0 };
            break;
        case GENU_KEY_TEXTS:
            *(genu_texts *)member = (genu_texts){ 0 };
            break;
        case GENU_KEY_PAIRS:
            *(genu_pairs *)member = (genu_pairs){ 0 };
            break;
        case GENU_KEY_MAP:
            genu_fields_defaults(k->sub, member);
            break;
        case GENU_KEY_MAPS:
            memset(member, 0, sizeof(list));
            break;
        }
    }
}

static void free_texts(int n, char **text)
{
    for (int i = 0; i < n; i++)
        free(text[i]);
    free(text);
}

static void free_maps(const genu_key *key, void *member)
{
    list l;
    memcpy(&l, member, sizeof l);
    for (int i = 0; i < l.n; i++)
        genu_fields_free(key->sub, (char *)l.item + (size_t)i * key->size);
    free(l.item);
    memset(member, 0, sizeof l);
}

void genu_fields_free(const genu_key *keys, void *object)
{
    for (const genu_key *k = keys; k->name; k++) {
        void *member = (char *)object + k->at;
        if (k->kind == GENU_KEY_TEXT || k->kind == GENU_KEY_PATH) {
            free(*(char **)member);
            *(char **)member = NULL;
        } else if (k->kind == GENU_KEY_NUMBERS) {
            free(((genu_numbers *)member)->value);
            *(genu_numbers *)member = (genu_numbers){ 0 };
        } else if (k->kind == GENU_KEY_TEXTS) {
            genu_texts *t = member;
            free_texts(t->n, t->text);
            *t = (genu_texts){ 0 };
        } else if (k->kind == GENU_KEY_PAIRS) {
            genu_pairs *pairs = member;
            free_texts(pairs->n, pairs->name);
            free(pairs->value);
            *pairs = (genu_pairs){ 0 };
        } else if (k->kind == GENU_KEY_MAP) {
            genu_fields_free(k->sub, member);
        } else if (k->kind == GENU_KEY_MAPS) {
            free_maps(k, member);
        }
    }
}

/* ------------------------------------------------------------------ printing */

/* Word i of "a|b|c". */
static const char *choice_word(const char *choices, int i, char out[160])
{
    snprintf(out, 160, "%s", choices);
    char *rest, *word = strtok_r(out, "|", &rest);
    for (; i > 0; i--)
        word = strtok_r(NULL, "|", &rest);
    return word;
}

static void print_fallback(const genu_key *key, FILE *out)
{
    char words[160];
    if (key->required) {
        fprintf(out, "required");
    } else if (key->open) {
        fprintf(out, "left out: %s", key->open);
    } else if (key->kind == GENU_KEY_CHOICE) {
        fprintf(out, "default: %s", choice_word(key->choices, (int)key->fallback, words));
    } else if (key->kind == GENU_KEY_FLAG) {
        fprintf(out, "default: %s", key->fallback != 0 ? "true" : "false");
    } else if (key->kind == GENU_KEY_NUMBER || key->kind == GENU_KEY_WHOLE) {
        fprintf(out, "default: %g%s%s", key->fallback, key->unit ? " " : "",
                key->unit ? key->unit : "");
    } else {
        fprintf(out, "left out: none");
    }
}

static void print_help(const genu_key *keys, const char *path, FILE *out)
{
    for (const genu_key *k = keys; k->name; k++) {
        char own[256], allowed[240];
        snprintf(own, sizeof own, "%s%s%s", path, *path ? "." : "", k->name);
        genu_key_allowed(k, allowed, sizeof allowed);
        fprintf(out, "  %-28s %s; ", own, allowed);
        print_fallback(k, out);
        fprintf(out, "\n  %-28s %s\n", "", k->help);
        if (!k->sub)
            continue;
        char inner[260];
        snprintf(inner, sizeof inner, "%s%s", own, k->kind == GENU_KEY_MAPS ? "[]" : "");
        print_help(k->sub, inner, out);
    }
}

void genu_fields_print_help(const genu_key *keys, FILE *out)
{
    print_help(keys, "", out);
}

static double in_file_unit(const genu_key *key, double x)
{
    return key->scale != 0 ? x / key->scale : x;
}

static void print_number(const genu_key *key, double x, FILE *out)
{
    if (isnan(x))
        fprintf(out, "left out%s%s", key->open ? ": " : "", key->open ? key->open : "");
    else
        fprintf(out, "%.10g%s%s", in_file_unit(key, x), key->unit ? " " : "",
                key->unit ? key->unit : "");
}

/* The words of `choices` whose bits are set. */
static void print_choices(const genu_key *key, unsigned bits, FILE *out)
{
    char words[160];
    snprintf(words, sizeof words, "%s", key->choices);
    char *rest, *word = strtok_r(words, "|", &rest);
    const char *between = "";
    fputc('[', out);
    for (int i = 0; word; i++, word = strtok_r(NULL, "|", &rest))
        if (bits & (1u << i)) {
            fprintf(out, "%s%s", between, word);
            between = ", ";
        }
    fputc(']', out);
}

static void print_lists(const genu_key *key, const void *member, FILE *out)
{
    const genu_numbers *x = member;
    const genu_texts *t = member;
    const genu_pairs *pairs = member;
    fputc(key->kind == GENU_KEY_PAIRS ? '{' : '[', out);
    if (key->kind == GENU_KEY_NUMBERS)
        for (int i = 0; i < x->n; i++)
            fprintf(out, "%s%.10g", i ? ", " : "", in_file_unit(key, x->value[i]));
    else if (key->kind == GENU_KEY_TEXTS)
        for (int i = 0; i < t->n; i++)
            fprintf(out, "%s%s", i ? ", " : "", t->text[i]);
    else
        for (int i = 0; i < pairs->n; i++)
            fprintf(out, "%s%s: %.10g", i ? ", " : "", pairs->name[i],
                    in_file_unit(key, pairs->value[i]));
    fputc(key->kind == GENU_KEY_PAIRS ? '}' : ']', out);
}

static void print_value(const genu_key *key, const void *member, FILE *out)
{
    char words[160];
    int i = 0;
    if (key->kind == GENU_KEY_WHOLE || key->kind == GENU_KEY_FLAG || key->kind == GENU_KEY_CHOICE)
        i = *(const int *)member;
    switch (key->kind) {
    case GENU_KEY_NUMBER:
        print_number(key, *(const double *)member, out);
        break;
    case GENU_KEY_WHOLE:
        print_number(key, i == 0 && isnan(key->fallback) ? NAN : (double)i, out);
        break;
    case GENU_KEY_FLAG:
        fputs(i ? "true" : "false", out);
        break;
    case GENU_KEY_CHOICE:
        fputs(choice_word(key->choices, i, words), out);
        break;
    case GENU_KEY_CHOICES:
        print_choices(key, *(const unsigned *)member, out);
        break;
    case GENU_KEY_TEXT:
    case GENU_KEY_PATH:
        fputs(*(char *const *)member ? *(char *const *)member : "left out", out);
        break;
    default:
        print_lists(key, member, out);
        break;
    }
}

static void print_object(const genu_key *keys, const char *path, const void *object, FILE *out)
{
    for (const genu_key *k = keys; k->name; k++) {
        char own[256];
        const void *member = (const char *)object + k->at;
        snprintf(own, sizeof own, "%s%s%s", path, *path ? "." : "", k->name);
        if (k->kind == GENU_KEY_MAP) {
            print_object(k->sub, own, member, out);
        } else if (k->kind == GENU_KEY_MAPS) {
            list l;
            memcpy(&l, member, sizeof l);
            if (l.n == 0)
                fprintf(out, "%s: []\n", own);
            for (int i = 0; i < l.n; i++) {
                char item[280];
                snprintf(item, sizeof item, "%s[%d]", own, i);
                print_object(k->sub, item, (const char *)l.item + (size_t)i * k->size, out);
            }
        } else {
            fprintf(out, "%s: ", own);
            print_value(k, member, out);
            fputc('\n', out);
        }
    }
}

void genu_fields_print(const genu_key *keys, const void *object, FILE *out)
{
    print_object(keys, "", object, out);
}
