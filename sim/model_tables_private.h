/* model_tables_private.h - what the files of the model builder share. */
#ifndef GENU_SIM_MODEL_TABLES_PRIVATE_H
#define GENU_SIM_MODEL_TABLES_PRIVATE_H

#include "sim/model_tables.h"
#include "sim/plain_csv.h"

enum { TABLE_NAME = 128 };

/* A row of a table, for the side it is to be built on. */
typedef struct table_twin {
    int row, left;
} table_twin;

typedef struct table_builder {
    const char *folder;
    genu_model *m;
    genu_notes *notes;
    genu_err *err;
} table_builder;

/** Rows in building order: each run of rows for two sides first right, then left. On the heap,
 *  2 n_row at most; *n counts them. NULL without memory. marker: names by their first letter. */
table_twin *table_twins(const genu_csv *t, int marker, int *n);

/** The name in a cell, on the side asked for; GENU_E_FORMAT when it is too long. */
genu_status table_name(const table_builder *b, const genu_csv *t, table_twin i, int col,
                       char name[TABLE_NAME]);
/** A name on the heap, for the model. */
genu_status table_own_name(const table_builder *b, const genu_csv *t, table_twin i, int col,
                           char **name);
/** A place or translation axis in three cells, mirrored for the left. */
genu_status table_place(const table_builder *b, const genu_csv *t, table_twin i, int col, v3 *p);
/** A frame in six cells: place and body-fixed x-y-z angles, mirrored for the left. */
genu_status table_frame(const table_builder *b, const genu_csv *t, table_twin i, int col, xform *X);
/** Index of the body named in a cell. */
genu_status table_body(const table_builder *b, const genu_csv *t, table_twin i, int col, int *body);
/** Mass, mass centre and inertia in ten cells, mirrored for the left. */
genu_status table_mass(const table_builder *b, const genu_csv *t, table_twin i, int col,
                       genu_body *body);

genu_status table_no_memory(const table_builder *b);

#define TABLE_MASS_COLUMNS "mass,com_x,com_y,com_z,ixx,iyy,izz,ixy,ixz,iyz"

genu_status table_build_torso(const table_builder *b, genu_body *torso); /* model_tables_torso.c  */
genu_status table_build_skeleton(const table_builder *b);                /* model_tables_joint.c  */
genu_status table_build_muscles(const table_builder *b);                 /* model_tables_muscle.c */

#endif
