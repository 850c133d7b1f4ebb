/* osim_private.h - what the files of the OpenSim reader share.
 *
 * Every element that is read is marked; what is left unmarked at the end is looked up in the
 * census, so that nothing in a file is passed over in silence.
 */
#ifndef GENU_MODELS_OSIM_PRIVATE_H
#define GENU_MODELS_OSIM_PRIVATE_H

#include "models/osim.h"

#include <libxml/tree.h>

enum { OSIM_NAME = 256, OSIM_PATH = 1024 };

/* A frame beside the bodies: where it stands on its body. */
typedef struct osim_frame {
    char *name, *path; /* path: "/jointset/hip_r/pelvis_offset" */
    xmlNode *node;
    int body;      /* -1 until resolved */
    int resolving; /* guards against frames that hang on each other in a circle */
    xform X;
} osim_frame;

/* What happened several times is said once. */
typedef struct osim_event {
    char text[200], first[OSIM_NAME];
    genu_severity severity;
    const xmlNode *last; /* a node counts once, however often it is asked */
    int n, line;
} osim_event;

/* A default that was used: "PathWrap", "method", "hybrid". */
typedef struct osim_default {
    const char *type;
    char tag[64], value[48], first[OSIM_NAME];
    int n, line;
} osim_default;

typedef struct osim_reader {
    const char *name;
    int version;
    xmlNode *model;
    xmlNode *defaults; /* <defaults> of the file, NULL: none */
    genu_model *m;
    genu_notes *notes;
    genu_err *err;
    int n_frame, n_event, n_default;
    osim_frame *frame;
    osim_event *event;
    osim_default *used_default;
    xmlNode **body_node, **joint_node; /* per body of m */
    genu_osim_census *census;          /* NULL: not asked for */
} osim_reader;

/* How an element that is missing is to be taken. */
typedef enum osim_missing {
    OSIM_SAY,      /* the default, and that is said in the notes */
    OSIM_SILENT,   /* the default, which changes nothing         */
    OSIM_REQUIRED, /* an error                                   */
} osim_missing;

/* What a number must be. */
typedef enum osim_bound {
    OSIM_FINITE,
    OSIM_POSITIVE,
    OSIM_NOT_NEGATIVE,
    OSIM_NUMBER, /* may be infinite */
} osim_bound;

/* osim_xml.c: messages */

/** A sentence with model, line and place (element and name) before it; returns the status. */
genu_status osim_fail(osim_reader *r, const xmlNode *node, genu_status s, const char *fmt, ...)
    GENU_PRINTF(4, 5);
/** One note with place and line. */
void osim_note(osim_reader *r, const xmlNode *node, genu_severity severity, const char *fmt, ...)
    GENU_PRINTF(4, 5);
/** The same, said once for all nodes with the same text. */
void osim_event_add(osim_reader *r, const xmlNode *node, genu_severity severity, const char *fmt,
                    ...) GENU_PRINTF(4, 5);
/** Out of memory. */
genu_status osim_no_memory(osim_reader *r);
/** Add "; did you mean 'x'?" or nothing to text. */
void osim_suggest(char *text, size_t size, const char *word, const char *const *names, int n);

/* osim_xml.c: elements; those that are found are marked as read. */

void osim_take(xmlNode *node); /* mark one element as read */
/** Mark an element and all inside it as known and left out. */
void osim_leave_out(xmlNode *node);
/** The same for what is not marked in it yet and is not harmless. */
void osim_leave_rest(xmlNode *node);
int osim_left_out(const xmlNode *node);
int osim_taken(const xmlNode *node); /* read or left out */
int osim_is(const xmlNode *node, const char *tag);
xmlNode *osim_first(const xmlNode *node); /* first child element, not marked     */
xmlNode *osim_next(const xmlNode *node);  /* next sibling element, not marked    */
/** Child by name, in the element or else in its kind's entry of <defaults>; NULL. */
xmlNode *osim_child(osim_reader *r, const xmlNode *node, const char *tag);
/** First element of <set><objects>. */
xmlNode *osim_objects(osim_reader *r, const xmlNode *node, const char *set);
/** The attribute `name`, "" when absent; cut to 255 characters. */
void osim_name(const xmlNode *node, char name[OSIM_NAME]);
/** The text of a child, cut of blanks at both ends; 1 when the child is present. */
int osim_text(osim_reader *r, const xmlNode *node, const char *tag, char text[OSIM_PATH]);
/** The text of <socket_TAG> or <TAG>. */
int osim_socket(osim_reader *r, const xmlNode *node, const char *tag, char text[OSIM_PATH]);

/* osim_value.c: *x holds the default on entry. GENU_E_FORMAT for what is no number or too many or
 * too few, GENU_E_RANGE for one out of bounds. */

genu_status osim_double(osim_reader *r, const xmlNode *node, const char *tag, osim_missing missing,
                        osim_bound bound, double *x);
genu_status osim_vector(osim_reader *r, const xmlNode *node, const char *tag, osim_missing missing,
                        int n, double *x);
genu_status osim_v3(osim_reader *r, const xmlNode *node, const char *tag, osim_missing missing,
                    v3 *x);
genu_status osim_bool(osim_reader *r, const xmlNode *node, const char *tag, osim_missing missing,
                      int *x);
/** Any number of numbers, on the heap; *x NULL and *n 0 when the element is absent. */
genu_status osim_numbers(osim_reader *r, const xmlNode *node, const char *tag, double **x, int *n);
/** Remember that the default of a missing element was used. */
void osim_say_default(osim_reader *r, const xmlNode *node, const char *tag, const char *value);

/* osim_frame.c */

/** Every PhysicalOffsetFrame of the document into r->frame. */
genu_status osim_collect_frames(osim_reader *r, xmlNode *node);
/** The body and place on it of the frame that `node` names by a path or a name. */
genu_status osim_resolve(osim_reader *r, const xmlNode *node, const char *path, int *body,
                         xform *X);
/** Body and place of listed frame f. */
genu_status osim_resolve_frame(osim_reader *r, osim_frame *f);
/** The last part of a path: "/bodyset/pelvis" gives "pelvis". */
const char *osim_last(const char *path);
/** A coordinate by its name or path. */
genu_status osim_coord(osim_reader *r, const xmlNode *node, const char *path, int *coord);

/* osim_function.c */

/** The function inside `holder`, bare or in a <function>; NULL when it holds none. */
xmlNode *osim_find_function(osim_reader *r, const xmlNode *holder);
genu_status osim_function(osim_reader *r, xmlNode *node, genu_curve *f);

/** One array element more, zeroed; NULL without memory. The array's room doubles. */
void *osim_grow(void **array, int *n, size_t size);

genu_status osim_read_skeleton(osim_reader *r);                               /* osim_skeleton.c */
genu_status osim_read_joint(osim_reader *r, xmlNode *node, int child);        /* osim_joint.c    */
genu_status osim_read_constraints(osim_reader *r);                            /* osim_skeleton.c */
genu_status osim_read_wraps(osim_reader *r);                                  /* osim_path.c     */
genu_status osim_read_path(osim_reader *r, xmlNode *muscle, genu_path *path); /* osim_path.c */
genu_status osim_read_muscle(osim_reader *r, xmlNode *node, const char *name, int known);
genu_status osim_read_forces(osim_reader *r);  /* osim_force.c */
genu_status osim_read_markers(osim_reader *r); /* osim_force.c */
/** Why an element has no effect on motion and load; NULL: it is not known to have none. */
const char *osim_harmless(const xmlNode *node); /* osim_census.c */
/** 1 when neither the element nor any in it holds text. */
int osim_is_blank(const xmlNode *node); /* osim_census.c */
/** Say what was counted, and name every element that nobody read. */
void osim_census(osim_reader *r); /* osim_census.c */
/** Count the kinds of elements into r->census, where that is asked for. */
genu_status osim_count(osim_reader *r); /* osim_count.c */

#endif
