/* model_tables_torso.c - trunk, head and both arms in one posture as one body. */
#include "sim/model_tables_private.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS "part,carrier,x,y,z,rx,ry,rz,turn_x,turn_y,turn_z," TABLE_MASS_COLUMNS
enum { PART, CARRIER, FRAME, TURN = 8, MASS = 11 };

/* A part, in place in the torso's frame. */
typedef struct part {
    char name[TABLE_NAME];
    genu_body body;
    xform X;
} part;

static genu_status place_part(const table_builder *b, const genu_csv *t, table_twin i, part *list,
                              int n)
{
    part *p = &list[n];
    char carrier[TABLE_NAME];
    double turn[3];
    xform joint;
    genu_status s = table_name(b, t, i, PART, p->name);
    if (s == GENU_OK)
        s = table_name(b, t, i, CARRIER, carrier);
    if (s == GENU_OK)
        s = table_frame(b, t, i, FRAME, &joint);
    if (s == GENU_OK)
        s = genu_csv_numbers(t, i.row, TURN, 3, turn, b->err);
    if (s == GENU_OK)
        s = table_mass(b, t, i, MASS, &p->body);
    if (s != GENU_OK)
        return s;
    xform on = xform_identity();
    int k = 0;
    while (k < n && strcmp(list[k].name, carrier))
        k++;
    if (k < n)
        on = list[k].X;
    else if (strcmp(carrier, "torso"))
        return genu_csv_fail(t, i.row, GENU_E_FORMAT, b->err,
                             "the carrier '%s' is neither the torso nor a part above", carrier);
    // turned in the joint's frame, which has the same place in both parts
    double side = i.left ? -1 : 1;
    m3 R = m3_mul(joint.R, m3_xyz((v3){ side * turn[0], side * turn[1], turn[2] }));
    R = m3_mul(R, m3_transpose(joint.R));
    p->X = xform_mul(on, (xform){ R, joint.p });
    return GENU_OK;
}

/* Inertia of a part about the point c, in the torso's axes (parallel-axis theorem). */
static m3 inertia_about(const part *p, v3 c)
{
    m3 I = m3_mul(m3_mul(p->X.R, p->body.inertia), m3_transpose(p->X.R));
    v3 d = v3_sub(xform_point(p->X, p->body.mass_center), c);
    const double a[3] = { d.x, d.y, d.z }, square = v3_dot(d, d);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            I.m[i][j] += p->body.mass * ((i == j) * square - a[i] * a[j]);
    return I;
}

static void sum_parts(const part *list, int n, genu_body *torso)
{
    v3 moment = { 0, 0, 0 };
    torso->mass = 0;
    for (int k = 0; k < n; k++) {
        torso->mass += list[k].body.mass;
        moment =
            v3_axpy(list[k].body.mass, xform_point(list[k].X, list[k].body.mass_center), moment);
    }
    torso->mass_center = v3_scale(1 / torso->mass, moment);
    torso->mass_center.z = 0; // the arms are mirror images; what is left is round-off
    torso->inertia = (m3){ { { 0 } } };
    for (int k = 0; k < n; k++) {
        m3 I = inertia_about(&list[k], torso->mass_center);
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                torso->inertia.m[i][j] += I.m[i][j];
    }
    double *ixy = &torso->inertia.m[0][1];
    torso->inertia.m[1][0] = *ixy = 0.5 * (*ixy + torso->inertia.m[1][0]);
    for (int i = 0; i < 2; i++) // symmetric about the plane z = 0
        torso->inertia.m[i][2] = torso->inertia.m[2][i] = 0;
}

genu_status table_build_torso(const table_builder *b, genu_body *torso)
{
    genu_csv t;
    int n;
    genu_status s = genu_csv_read(&t, b->folder, "upper_body.csv", COLUMNS, b->err);
    if (s != GENU_OK)
        return s;
    table_twin *twin = table_twins(&t, 0, &n);
    part *list = calloc((size_t)n + 1, sizeof *list);
    if (!twin || !list)
        s = table_no_memory(b);
    for (int k = 0; k < n && s == GENU_OK; k++)
        s = place_part(b, &t, twin[k], list, k);
    if (s == GENU_OK && n == 0)
        s = genu_fail(b->err, GENU_E_FORMAT, "'%s': holds no parts", t.path);
    if (s == GENU_OK)
        sum_parts(list, n, torso);
    if (s == GENU_OK)
        genu_notes_add(
            b->notes, GENU_NOTE, 0, "torso: %d parts, %.5g kg, mass centre at (%.4g, %.4g, %.4g) m",
            n, torso->mass, torso->mass_center.x, torso->mass_center.y, torso->mass_center.z);
    free(twin);
    free(list);
    genu_csv_free(&t);
    return s;
}
