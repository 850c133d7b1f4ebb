/* Mass centres and inverse dynamics against OpenSim's. */
#include "models/skeleton.h"
#include "sim/validate_record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ mass centres */

static genu_status find_triple(const genu_table *t, const char *label, const double *column[3],
                               genu_err *err)
{
    genu_status s = GENU_OK;
    for (int i = 0; i < 3 && s == GENU_OK; i++) {
        char name[160];
        snprintf(name, sizeof name, "%.150s_%c", label, "XYZ"[i]);
        s = validate_column(t, name, &column[i], err);
    }
    return s;
}

/* Body b, or the whole model with b = 0. */
static genu_status compare_center(validate_record *r, const genu_table *t, int b,
                                  genu_validation_row *row, genu_err *err)
{
    const char *name = b ? r->m->body[b].name : "center_of_mass";
    const double *want[3];
    genu_status s = find_triple(t, name, want, err);
    for (int k = 0; k < r->n_row && s == GENU_OK; k++) {
        validate_pose(r, k);
        v3 c = b ? xform_point(r->d->X[b], r->m->body[b].mass_center)
                 : genu_skeleton_mass_center(r->m, r->d);
        double off =
            fmax(fabs(c.x - want[0][k]), fmax(fabs(c.y - want[1][k]), fabs(c.z - want[2][k])));
        validate_note(r->c, row, off, r->time[k], name);
    }
    return s;
}

genu_status validate_centers(validate_record *r, genu_validation *v, genu_err *err)
{
    genu_table t = { 0 };
    genu_validation_row row = validate_row(r->c, NULL, "mass centres", "m", 1e-6);
    genu_status s = genu_table_read(&t, r->c->mass_centers, NULL, err);
    if (s == GENU_OK)
        s = validate_same_rows(r, &t, err);
    for (int b = 0; b < r->m->n_body && s == GENU_OK; b++)
        s = compare_center(r, &t, b, &row, err);
    genu_table_free(&t);
    return s == GENU_OK ? genu_validation_add(v, &row, err) : s;
}

/* ------------------------------------------------------------------ inverse dynamics */

/* Coordinate of a result's label (knee_angle_r_moment, pelvis_tx_force), and whether it is a force.
 */
static genu_status coord_of(const genu_model *m, const genu_table *t, int j, int *coord, int *force,
                            genu_err *err)
{
    char name[200];
    snprintf(name, sizeof name, "%s", t->label[j]);
    char *last = strrchr(name, '_');
    if (last)
        *last = '\0';
    *coord = genu_find_coord(m, name);
    *force = last && !strcmp(last + 1, "force");
    return *coord >= 0 ? GENU_OK
                       : genu_fail(err, GENU_E_FORMAT, "'%s': column '%s' is no coordinate",
                                   t->source, t->label[j]);
}

static double range_of(const double *x, int n)
{
    double lo = INFINITY, hi = -INFINITY;
    for (int i = 0; i < n; i++) {
        lo = fmin(lo, x[i]);
        hi = fmax(hi, x[i]);
    }
    return hi - lo;
}

/* Moments (n_coord) at time t. */
static genu_status moments_at(validate_record *r, genu_track *track, double t, sp6 *external,
                              double *moment, genu_err *err)
{
    genu_status s = genu_track_eval(track, r->m, r->d, t);
    if (s != GENU_OK)
        return genu_fail(err, s, "'%s': %g s of the results is outside of the record",
                         r->c->motion.file, t);
    genu_skeleton_position(r->m, r->d);
    genu_skeleton_velocity(r->m, r->d);
    if (r->mode == GENU_MODE_GENU)
        genu_skeleton_acceleration(r->m, r->d);
    else
        genu_skeleton_acceleration_opensim(r->m, r->d);
    if (r->loads && genu_loads_apply(r->loads, r->m, r->d, t, external) != GENU_OK)
        return genu_fail(err, GENU_E_RANGE, "'%s': no loads at %g s", r->c->loads, t);
    genu_skeleton_inverse_dynamics(r->m, r->d, external, moment);
    return GENU_OK;
}

/* Of a range of at least 20 Nm or 200 N. In genu's own mode the record's ends are left out, where
 * OpenSim's filter reaches beyond it. */
static genu_status compare_moments(validate_record *r, const genu_table *t, const double *moment,
                                   genu_validation_row *row, genu_err *err)
{
    genu_status s = GENU_OK;
    for (int j = 0; j < t->n_column && s == GENU_OK; j++) {
        int c, force;
        const double *want = genu_table_column(t, j);
        s = coord_of(r->m, t, j, &c, &force, err);
        double range = fmax(range_of(want, t->n_row), force ? 200 : 20);
        for (int k = 0; k < t->n_row && s == GENU_OK; k++) {
            double ours = moment[k * r->m->n_coord + c];
            if (!isnan(ours))
                validate_note(r->c, row, fabs(ours - want[k]) / range, t->time[k],
                              r->m->coord[c].name);
        }
    }
    return s;
}

static genu_status fill_moments(validate_record *r, const genu_table *t, genu_track *track,
                                double *moment, genu_err *err)
{
    genu_status s = GENU_OK;
    double first, last;
    sp6 *external = calloc((size_t)r->m->n_body, sizeof *external);
    if (!external)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    genu_track_record(track, &first, &last);
    for (int k = 0; k < t->n_row && s == GENU_OK; k++) {
        double *row = moment + k * r->m->n_coord;
        int outside = r->mode == GENU_MODE_GENU && (t->time[k] < first || t->time[k] > last);
        for (int i = 0; outside && i < r->m->n_coord; i++)
            row[i] = NAN;
        if (!outside)
            s = moments_at(r, track, t->time[k], external, row, err);
    }
    free(external);
    return s;
}

genu_status validate_inverse(validate_record *r, genu_validation *v, genu_err *err)
{
    genu_table t = { 0 };
    genu_track *track = NULL;
    double *moment = NULL;
    genu_validation_row row = validate_row(r->c, NULL, "inverse dynamics", "of range", 1e-3);
    genu_motion_rule rule =
        r->mode == GENU_MODE_GENU ? GENU_MOTION_GENU : GENU_MOTION_OPENSIM_INVERSE;
    genu_status s = genu_table_read(&t, r->c->inverse_dynamics, NULL, err);
    if (s == GENU_OK)
        s = validate_track(r, rule, &track, err);
    if (s == GENU_OK && !(moment = calloc((size_t)(t.n_row * r->m->n_coord), sizeof *moment)))
        s = genu_fail(err, GENU_E_MEMORY, "out of memory");
    if (s == GENU_OK)
        s = fill_moments(r, &t, track, moment, err);
    if (s == GENU_OK)
        s = compare_moments(r, &t, moment, &row, err);
    free(moment);
    genu_track_free(track);
    genu_table_free(&t);
    return s == GENU_OK ? genu_validation_add(v, &row, err) : s;
}
