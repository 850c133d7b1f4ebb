/* Joint reactions against OpenSim's, once from its own muscle forces and once from ours. */
#include "sim/validate_record.h"
#include "solvers/reaction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 9 }; /* of one joint: force, moment, point */

/* One joint in one frame; its columns are labelled <joint>_on_<body>_in_<frame>_fx and so on. */
typedef struct joint {
    char label[96];  /* <joint> in <frame>                       */
    int column;      /* of fx                                    */
    int body, frame; /* the joint's child; 0: ground            */
    double peak_force, peak_moment;
} joint;

static double norm_of(const genu_table *t, int column, int k)
{
    double sum = 0;
    for (int c = 0; c < 3; c++)
        sum += pow(genu_table_column(t, column + c)[k], 2);
    return sqrt(sum);
}

/* The joint whose columns begin at column j. */
static genu_status find_joint(const validate_record *r, const genu_table *t, int j, joint *at,
                              genu_err *err)
{
    char name[200], *on, *in, *end;
    *at = (joint){ .column = j, .body = -1, .frame = -1 };
    snprintf(name, sizeof name, "%s", t->label[j]);
    if ((on = strstr(name, "_on_")) && (in = strstr(on, "_in_")) && (end = strstr(in, "_fx"))) {
        *on = *in = *end = '\0';
        at->body = genu_find_joint(r->m, name);
        at->frame = genu_find_body(r->m, in + 4);
        snprintf(at->label, sizeof at->label, "%.50s in %.40s", name, in + 4);
        if (at->body > 0 && strcmp(on + 4, r->m->body[at->body].name) != 0)
            at->body = -1;
    }
    if (at->body <= 0 || at->frame < 0 || j + COLUMNS > t->n_column)
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s': column '%s' is no joint of the model on its child body, as in "
                         "knee_r_on_tibia_r_in_ground_fx",
                         t->source, t->label[j]);
    for (int k = 0; k < t->n_row; k++) {
        at->peak_force = fmax(at->peak_force, norm_of(t, j, k));
        at->peak_moment = fmax(at->peak_moment, norm_of(t, j + 3, k));
    }
    return GENU_OK;
}

static double largest(v3 ours, const genu_table *t, int column, int k)
{
    double off = fabs(ours.x - genu_table_column(t, column)[k]);
    off = fmax(off, fabs(ours.y - genu_table_column(t, column + 1)[k]));
    return fmax(off, fabs(ours.z - genu_table_column(t, column + 2)[k]));
}

/* What is compared: shares of the joint's peak, and metres. */
typedef struct row_set {
    genu_validation_row force, moment, point;
} row_set;

static void compare_joint(validate_record *r, const genu_table *t, const joint *j, const sp6 *w,
                          int k, row_set *rows)
{
    genu_reaction ours = genu_reaction_at(r->d, w, j->body, j->frame);
    v3 point = j->frame ? xform_inverse_point(r->d->X[j->frame], ours.point) : ours.point;
    double force = largest(ours.force, t, j->column, k) / j->peak_force;
    double moment = largest(ours.moment, t, j->column + 3, k) / j->peak_moment;
    validate_note(r->c, &rows->force, force, r->time[k], j->label);
    validate_note(r->c, &rows->moment, moment, r->time[k], j->label);
    validate_note(r->c, &rows->point, largest(point, t, j->column + 6, k), r->time[k], j->label);
}

/* force: that of muscle i in row k stands at force[i step_i + k step_k]. */
static genu_status compare_forces(validate_record *r, const genu_table *t, const joint *list,
                                  const int *left_out, const double *force, int step_i, int step_k,
                                  row_set *rows, genu_err *err)
{
    double *f = calloc((size_t)r->m->n_muscle + 1, sizeof *f);
    sp6 *w = calloc((size_t)r->m->n_body, sizeof *w);
    genu_status s = f && w ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int k = 0; k < r->n_row && s == GENU_OK; k++) {
        if (left_out[k])
            continue;
        for (int i = 0; i < r->m->n_muscle; i++)
            f[i] = force[i * step_i + k * step_k];
        validate_pose(r, k);
        s = genu_reaction_compute(r->m, r->d, r->mode, r->external + k * r->m->n_body, f, w);
        if (s != GENU_OK)
            genu_fail(err, s, "'%s': no joint reactions at %g s", r->c->path, r->time[k]);
        for (int j = 0; j < t->n_column / COLUMNS && s == GENU_OK; j++)
            compare_joint(r, t, &list[j], w, k, rows);
    }
    free(f);
    free(w);
    return s;
}

static row_set rows_of(const genu_validate_case *c, const genu_validate_run *run, int ours)
{
    return (row_set){
        .force = validate_row(c, run, ours ? "joint force, ours" : "joint force, from theirs",
                              "of peak", 5e-3),
        .moment = validate_row(c, run, ours ? "joint moment, ours" : "joint moment, from theirs",
                               "of peak", 5e-3),
        .point = validate_row(c, run, "joint origin", "m", 1e-6),
    };
}

static genu_status add(const row_set *rows, int ours, genu_validation *v, genu_err *err)
{
    genu_status s = ours ? GENU_OK : genu_validation_add(v, &rows->point, err);
    if (s == GENU_OK)
        s = genu_validation_add(v, &rows->force, err);
    return s == GENU_OK ? genu_validation_add(v, &rows->moment, err) : s;
}

static genu_status compare_both(validate_record *r, const genu_validate_run *run,
                                const genu_table *t, const joint *list, const validate_controls *c,
                                const validate_solution *solution, genu_validation *v,
                                genu_err *err)
{
    row_set theirs = rows_of(r->c, run, 0), ours = rows_of(r->c, run, 1);
    genu_status s =
        compare_forces(r, t, list, c->left_out, c->force, 1, r->m->n_muscle, &theirs, err);
    if (s == GENU_OK)
        s = compare_forces(r, t, list, c->left_out, solution->force, r->n_row, 1, &ours, err);
    if (s == GENU_OK && r->mode == GENU_MODE_OPENSIM)
        s = add(&theirs, 0, v, err); // by our own arms, their forces balance nothing
    return s == GENU_OK ? add(&ours, 1, v, err) : s;
}

genu_status validate_reactions(validate_record *r, const genu_validate_run *run,
                               const validate_controls *c, const validate_solution *solution,
                               genu_validation *v, genu_err *err)
{
    genu_table t = { 0 };
    genu_status s = validate_table(run->reactions, "JointReaction_ReactionLoads.sto", &t, err);
    if (s != GENU_OK)
        return s;
    joint *list = calloc((size_t)t.n_column, sizeof *list);
    s = list ? validate_same_rows(r, &t, err) : genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int j = 0; j < t.n_column && s == GENU_OK; j += COLUMNS)
        s = find_joint(r, &t, j, &list[j / COLUMNS], err);
    if (s == GENU_OK)
        s = compare_both(r, run, &t, list, c, solution, v, err);
    free(list);
    genu_table_free(&t);
    return s;
}
