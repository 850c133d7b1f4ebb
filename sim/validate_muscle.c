/* Lengths, moment arms and fibre states of the muscles against OpenSim's muscle analysis. */
#include "sim/validate_record.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* Index of the dof of a coordinate, -1 when it is none. */
static int dof_of(const validate_record *r, int coord)
{
    for (int j = 0; j < r->frames->n_dof; j++)
        if (r->frames->dof[j] == coord)
            return j;
    return -1;
}

/* Every muscle's length (dof < 0) or arm on a dof against a table; row[1] is for muscles whose paths
 * may wrap. */
static genu_status compare_table(validate_record *r, const char *what, int dof,
                                 genu_validation_row row[2], genu_err *err)
{
    genu_table t = { 0 };
    int n = r->m->n_muscle;
    genu_status s = validate_table(r->c->muscles, what, &t, err);
    if (s == GENU_OK)
        s = validate_same_rows(r, &t, err);
    for (int i = 0; i < n && s == GENU_OK; i++) {
        const genu_muscle *muscle = &r->m->muscle[i];
        const double *want;
        char where[96];
        snprintf(where, sizeof where, "%.40s%s%.40s", muscle->name, dof < 0 ? "" : ", ",
                 dof < 0 ? "" : r->m->coord[r->frames->dof[dof]].name);
        s = validate_column(&t, muscle->name, &want, err);
        for (int k = 0; k < r->n_row && s == GENU_OK; k++) {
            int at = k * n + i;
            double ours =
                dof < 0 ? r->frames->length[at] : r->frames->arm[at * r->frames->n_dof + dof];
            validate_note(r->c, &row[muscle->path.n_wrap > 0], fabs(ours - want[k]), t.time[k],
                          where);
        }
    }
    genu_table_free(&t);
    return s;
}

/* The two rows, of which the second is left out where no path may wrap. */
static genu_status add_two(const genu_validation_row row[2], genu_validation *v, genu_err *err)
{
    genu_status s = genu_validation_add(v, &row[0], err);
    int wraps = row[1].worst.error != -INFINITY || row[1].except.error != -INFINITY;
    return s == GENU_OK && wraps ? genu_validation_add(v, &row[1], err) : s;
}

static int exists(const char *start, const char *what)
{
    char path[1024];
    snprintf(path, sizeof path, "%s_%s", start, what);
    return !access(path, F_OK);
}

/* On every coordinate for which there are results. */
static genu_status compare_arms(validate_record *r, genu_validation *v, genu_err *err)
{
    genu_validation_row row[2] = {
        validate_row(r->c, NULL, "moment arm, no wrapping", "m", 1e-5),
        validate_row(r->c, NULL, "moment arm, wrapping", "m", 1e-4),
    };
    genu_status s = GENU_OK;
    for (int c = 0; c < r->m->n_coord && s == GENU_OK; c++) {
        char what[160];
        snprintf(what, sizeof what, "MuscleAnalysis_MomentArm_%.100s.sto", r->m->coord[c].name);
        if (dof_of(r, c) >= 0 && exists(r->c->muscles, what))
            s = compare_table(r, what, dof_of(r, c), row, err);
    }
    return s == GENU_OK ? add_two(row, v, err) : s;
}

static genu_status compare_lengths(validate_record *r, genu_validation *v, genu_err *err)
{
    genu_validation_row row[2] = {
        validate_row(r->c, NULL, "length, no wrapping", "m", 1e-6),
        validate_row(r->c, NULL, "length, wrapping", "m", 1e-5),
    };
    genu_status s = compare_table(r, "MuscleAnalysis_Length.sto", -1, row, err);
    return s == GENU_OK ? add_two(row, v, err) : s;
}

/* ------------------------------------------------------------------ fibres */

/* OpenSim's fibre states of one muscle. */
typedef struct fibers {
    const double *length, *pennation;
} fibers;

/* In elastic equilibrium at the default activation. */
static genu_status compare_fiber(validate_record *r, int i, const fibers *want,
                                 genu_validation_row row[2], genu_err *err)
{
    const genu_muscle *muscle = &r->m->muscle[i];
    for (int k = 0; k < r->n_row; k++) {
        int at = k * r->m->n_muscle + i;
        genu_hill_state h;
        genu_status s = genu_hill_equilibrium(&muscle->hill, muscle->hill.default_activation,
                                              r->frames->length[at], r->frames->speed[at], &h);
        if (s != GENU_OK)
            return genu_fail(err, s, "muscle '%s' has no equilibrium at %g s", muscle->name,
                             r->time[k]);
        validate_note(r->c, &row[0], fabs(h.l - want->length[k]), r->time[k], muscle->name);
        validate_note(r->c, &row[1], fabs(acos(h.cos_pennation) - want->pennation[k]), r->time[k],
                      muscle->name);
    }
    return GENU_OK;
}

static genu_status compare_fibers(validate_record *r, genu_validation *v, genu_err *err)
{
    genu_table length = { 0 }, pennation = { 0 };
    genu_validation_row row[2] = {
        validate_row(r->c, NULL, "fibre length, elastic", "of optimal", 1e-3),
        validate_row(r->c, NULL, "pennation angle, elastic", "rad", 1e-3),
    };
    genu_status s =
        validate_table(r->c->muscles, "MuscleAnalysis_NormalizedFiberLength.sto", &length, err);
    if (s == GENU_OK)
        s = validate_table(r->c->muscles, "MuscleAnalysis_PennationAngle.sto", &pennation, err);
    if (s == GENU_OK)
        s = validate_same_rows(r, &length, err);
    if (s == GENU_OK)
        s = validate_same_rows(r, &pennation, err);
    for (int i = 0; i < r->m->n_muscle && s == GENU_OK; i++) {
        fibers want;
        s = validate_column(&length, r->m->muscle[i].name, &want.length, err);
        if (s == GENU_OK)
            s = validate_column(&pennation, r->m->muscle[i].name, &want.pennation, err);
        if (s == GENU_OK)
            s = compare_fiber(r, i, &want, row, err);
    }
    genu_table_free(&length);
    genu_table_free(&pennation);
    for (int i = 0; i < 2 && s == GENU_OK; i++)
        s = genu_validation_add(v, &row[i], err);
    return s;
}

genu_status validate_muscles(validate_record *r, genu_validation *v, genu_err *err)
{
    genu_status s = compare_lengths(r, v, err);
    if (s == GENU_OK)
        s = compare_arms(r, v, err);
    if (s == GENU_OK && exists(r->c->muscles, "MuscleAnalysis_NormalizedFiberLength.sto"))
        s = compare_fibers(r, v, err);
    return s;
}
