/* osim_private.h - what the files of the OpenSim reader share. */
#ifndef GENU_MODELS_OSIM_PRIVATE_H
#define GENU_MODELS_OSIM_PRIVATE_H

#include "models/osim.h"

#include <libxml/tree.h>

/* A frame that stands in the file beside the bodies: where it is on its body. */
typedef struct osim_frame {
    char *name, *owner; /* owner: the joint or body that lists it */
    xmlNode *node;
    int body;      /* -1 until resolved */
    int resolving; /* guards against frames that hang on each other in a circle */
    xform X;
} osim_frame;

typedef struct osim_reader {
    const char *name;
    int version; /* of the document */
    int layout3; /* joints stand inside bodies */
    xmlNode *model;
    genu_model *m;
    genu_notes *notes;
    genu_err *err;
    int n_frame;
    osim_frame *frame;
    xmlNode **body_node, **joint_node; /* per body; in the file's order until sorted */
} osim_reader;

enum { OSIM_NAME = 256 };

/* A sentence with the place before it; returns the status. */
genu_status osim_fail(osim_reader *r, const xmlNode *node, genu_status s, const char *fmt, ...)
    GENU_PRINTF(4, 5);

/* Elements. A missing one is NULL, 0 or the default; text is cut of blanks at both ends. */
xmlNode *osim_child(const xmlNode *node, const char *tag);
xmlNode *osim_next(xmlNode *node);                           /* the next sibling element */
xmlNode *osim_first(const xmlNode *node);                    /* the first child element */
xmlNode *osim_objects(const xmlNode *node, const char *set); /* first element of <set><objects> */
int osim_is(const xmlNode *node, const char *tag);
void osim_name(const xmlNode *node, char name[OSIM_NAME]);
int osim_text(const xmlNode *node, const char *tag, char *text, size_t size); /* 1 when present */

/* Numbers: *x keeps its value when the element is absent; GENU_E_FORMAT for anything else. */
genu_status osim_double(osim_reader *r, const xmlNode *node, const char *tag, double *x);
genu_status osim_bool(osim_reader *r, const xmlNode *node, const char *tag, int *x);
genu_status osim_v3(osim_reader *r, const xmlNode *node, const char *tag, v3 *x);
/* All numbers of an element on the heap; *n = 0 when it is absent or empty. */
genu_status osim_numbers(osim_reader *r, const xmlNode *node, const char *tag, double **x, int *n);

/* The last part of a path: "/bodyset/pelvis" gives "pelvis". */
const char *osim_last(const char *path);
/* Text of <socket_TAG>, <socket_TAG_connectee_name> or <TAG>. */
int osim_socket(const xmlNode *node, const char *tag, char *text, size_t size);

/* A frame by its path as written in `node`, which `owner` (may be NULL) lists. */
genu_status osim_resolve(osim_reader *r, const xmlNode *node, const char *owner, const char *path,
                         int *body, xform *X);
/* A coordinate by its name or path. */
genu_status osim_coord(osim_reader *r, const xmlNode *node, const char *path, int *coord);

/* The function element itself (SimmSpline, Constant, ...). */
genu_status osim_function(osim_reader *r, const xmlNode *node, genu_curve *f);
/* 1 for an element that is a function. */
int osim_is_function(const xmlNode *node);

/* One array element more, zeroed; NULL without memory. */
void *osim_grow(void **array, int *n, size_t size);

genu_status osim_read_bodies(osim_reader *r);                          /* osim_skeleton.c */
genu_status osim_read_constraints(osim_reader *r);                     /* osim_skeleton.c */
genu_status osim_read_joint(osim_reader *r, xmlNode *node, int child); /* osim_joint.c */
genu_status osim_read_wraps(osim_reader *r);                           /* osim_force.c */
genu_status osim_read_forces(osim_reader *r);                          /* osim_force.c */
genu_status osim_read_markers(osim_reader *r);                         /* osim_force.c */
void osim_census(osim_reader *r);                                      /* osim_census.c */

#endif
