/* base.h - status codes, error messages, notes to the reader, and one-block memory.
 *
 * Depends on: the C library only
 * Memory:     genu_notes grows as notes are added; the arena places arrays in a block of the caller
 * Thread use: no shared state; one genu_err, genu_notes and arena per thread
 */
#ifndef GENU_MODELS_BASE_H
#define GENU_MODELS_BASE_H

#include <stddef.h>

#define GENU_MUST_USE        __attribute__((warn_unused_result))
#define GENU_PRINTF(fmt, at) __attribute__((format(printf, fmt, at)))

#define GENU_STATUS_LIST(X)                                                                        \
    X(GENU_OK, "success")                                                                          \
    X(GENU_E_MEMORY, "out of memory")                                                              \
    X(GENU_E_RANGE, "value outside its allowed range")                                             \
    X(GENU_E_SHAPE, "array sizes do not agree")                                                    \
    X(GENU_E_FORMAT, "file does not follow its format")                                            \
    X(GENU_E_IO, "file could not be read or written")                                              \
    X(GENU_E_SINGULAR, "matrix is singular or not positive")                                       \
    X(GENU_E_INFEASIBLE, "no point satisfies the constraints")                                     \
    X(GENU_E_NOT_CONVERGED, "iteration limit reached first")                                       \
    X(GENU_E_STOPPED, "stopped by the user")

#define GENU_STATUS_ENUM(code, text) code,
typedef enum genu_status { GENU_STATUS_LIST(GENU_STATUS_ENUM) GENU_N_STATUS } genu_status;
#undef GENU_STATUS_ENUM

/* What went wrong, for people; lives on the caller's stack. NULL is accepted wherever it is asked.
 */
typedef struct genu_err {
    genu_status status;
    char msg[480];
} genu_err;

/** The sentence of a status code, "unknown status" for any other number. Never NULL. */
const char *genu_status_text(genu_status s);

/** Write status and message into err and return the status, so that callers can
 *  `return genu_fail(err, GENU_E_RANGE, "...")`. Too long a message is cut. */
genu_status genu_fail(genu_err *err, genu_status s, const char *fmt, ...) GENU_PRINTF(3, 4);

/** Put "place: " before the message that err already holds and return s. */
genu_status genu_fail_in(genu_err *err, genu_status s, const char *fmt, ...) GENU_PRINTF(3, 4);

/* What a reader met and wants its user to know, without failing. */
typedef enum genu_severity {
    GENU_NOTE,    /* met, understood, harmless: a default was used, an element has no effect      */
    GENU_WARNING, /* met, and the result may not be what the user expects                         */
    GENU_ERROR    /* would make the result wrong                                                  */
} genu_severity;

typedef struct genu_note {
    genu_severity severity;
    int line; /* in the file that was read; 0: no line */
    char *text;
} genu_note;

typedef struct genu_notes {
    genu_note *note; /* n, in the order in which they were met */
    int n, capacity;
} genu_notes;

/** Add one note. A NULL list is accepted and drops it; an out-of-memory drops it too. */
void genu_notes_add(genu_notes *notes, genu_severity severity, int line, const char *fmt, ...)
    GENU_PRINTF(4, 5);

/** Number of notes of at least this severity. */
int genu_notes_count(const genu_notes *notes, genu_severity at_least);

/** Release what the list holds; the list itself is the caller's and is empty afterwards. */
void genu_notes_clear(genu_notes *notes);

/* One-block memory: the same layout function runs twice, with base NULL to count and with the
 * block to place. Every piece starts on a 64-byte boundary. */
typedef struct genu_arena {
    char *base;  /* NULL: only count */
    size_t used; /* bytes so far     */
} genu_arena;

void *genu_take(genu_arena *a, size_t n, size_t size);
double *genu_take_double(genu_arena *a, size_t n);
int *genu_take_int(genu_arena *a, size_t n);

/** One 64-byte-aligned block of zeros, NULL when there is no memory; release with free(). */
void *genu_block(size_t bytes);

/** A copy of text on the heap, NULL when text is NULL or there is no memory. */
char *genu_strdup(const char *text);

/** Parse one number, the whole of text, in the C locale whatever LC_NUMERIC says.
 *  Leading and trailing blanks are allowed; NaN, Inf, -Inf and Infinity are accepted.
 *  Returns 1 and sets *x, or 0. */
int genu_parse_double(const char *text, double *x);

/** Edit distance (insert, delete, replace, swap neighbours), capped at 99; for "did you mean". */
int genu_edit_distance(const char *a, const char *b);

/** The nearest of n names to text, or NULL when none is within a third of its length (at least 2).
 */
const char *genu_nearest(const char *text, const char *const *names, int n);

#endif
