/* fields.h - one table says what a YAML file may hold; reading, checking, defaults, help and
 * release all follow it.
 *
 * A table is an array of genu_key, ended by an empty one; each key writes into one member of a
 * plain struct. Numbers are converted to SI on the way in (`scale`), ranges stand in the unit of
 * the file, because that is what the user reads.
 *
 *   static const genu_key knee[] = {
 *       { .name = "varus", GENU_KEY_AT(genu_study_knee, varus), .kind = GENU_KEY_NUMBER,
 *         .unit = "degrees", .lo = -15, .hi = 15, .fallback = 0, .scale = GENU_PI / 180,
 *         .help = "frontal alignment, varus positive" },
 *       { 0 }
 *   };
 *
 * Depends on: sim/yaml_doc.h
 * Memory:     what is read is on the heap, released by genu_fields_free with the same table
 * Thread use: tables are constant; one object per thread
 */
#ifndef GENU_SIM_FIELDS_H
#define GENU_SIM_FIELDS_H

#include "sim/yaml_doc.h"

#include <stddef.h>
#include <stdio.h>

/* What a key holds, and the member that it writes. */
typedef enum genu_key_kind {
    GENU_KEY_NUMBER,  /* double                                                              */
    GENU_KEY_WHOLE,   /* int                                                                 */
    GENU_KEY_FLAG,    /* int: true 1, false 0                                                */
    GENU_KEY_CHOICE,  /* int or enum: index of a word in `choices`                           */
    GENU_KEY_CHOICES, /* unsigned: a list of words in `choices`, one bit each                */
    GENU_KEY_TEXT,    /* char *                                                              */
    GENU_KEY_PATH,    /* char *: joined to the folder of the file                            */
    GENU_KEY_NUMBERS, /* genu_numbers: a list                                                */
    GENU_KEY_TEXTS,   /* genu_texts: a list                                                  */
    GENU_KEY_PAIRS,   /* genu_pairs: a map of the user's names to numbers                    */
    GENU_KEY_MAP,     /* a struct, by the table `sub`                                        */
    GENU_KEY_MAPS     /* struct { int n; T *item; }: a list of maps, each by the table `sub` */
} genu_key_kind;

typedef struct genu_numbers {
    int n;
    double *value;
} genu_numbers;

typedef struct genu_texts {
    int n;
    char **text;
} genu_texts;

typedef struct genu_pairs {
    int n;
    char **name;
    double *value;
} genu_pairs;

typedef struct genu_key genu_key;
struct genu_key {
    const char *name;
    size_t at; /* of the member, by GENU_KEY_AT                                          */
    genu_key_kind kind;
    int required;     /* 1: must be there                                                       */
    const char *unit; /* of the file; NULL: none                                                */
    double lo, hi;    /* allowed numbers, in that unit; of each element of a list               */
    int above;        /* 1: lo itself is not allowed                                            */
    double fallback;  /* number, flag, index or bits when left out; NAN (WHOLE: 0): left open   */
    double scale;     /* what is kept = scale x what is written; 0: 1                           */
    const char *choices; /* words with | between                                               */
    const genu_key *sub; /* of a MAP or MAPS                                                   */
    size_t size;         /* bytes of one item of MAPS                                          */
    const char *lone;    /* MAP: a value that is no map is taken for this key of it; or NULL   */
    int least, most;     /* items of a list or map (most 0: 1000)                              */
    const char *open;    /* in help, in place of the fallback: "as measured"                   */
    const char *help;    /* one line                                                           */
};

#define GENU_KEY_AT(type, member) .at = offsetof(type, member)

/** Put every fallback in place; everything else is 0 or NULL. */
void genu_fields_defaults(const genu_key *keys, void *object);

/** Read a map node into object, which holds defaults. All problems go to p.
 *
 *  path    where the node stands, "" for the root; begins the paths in messages
 *  folder  of the file, for GENU_KEY_PATH; "" for the current one */
void genu_fields_read(const genu_key *keys, const genu_yaml *y, int node, const char *path,
                      const char *folder, void *object, genu_problems *p);

/** Release what reading put on the heap; object is all zero afterwards where keys pointed. */
void genu_fields_free(const genu_key *keys, void *object);

/** One line per key: path, what it holds, range and unit, default, meaning. */
void genu_fields_print_help(const genu_key *keys, FILE *out);

/** One line per key: path, value in force in the unit of the file. Lists and maps that are empty
 *  and numbers left open are printed as what they then mean. */
void genu_fields_print(const genu_key *keys, const void *object, FILE *out);

/** What a key may hold, in words: "a number from 20 to 250 kg". */
void genu_key_allowed(const genu_key *key, char *out, size_t room);

/** "right|left|both" as "right, left or both". */
void genu_key_choices(const char *choices, char *out, size_t room);

#endif
