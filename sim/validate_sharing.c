/* Static optimisation against OpenSim's: capacity, activations, forces, objective. */
#include "sim/validate_record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static genu_status no_memory(genu_err *err)
{
    return genu_fail(err, GENU_E_MEMORY, "out of memory");
}

/* ------------------------------------------------------------------ theirs */

void validate_controls_free(validate_controls *c)
{
    free(c->factor);
    free(c->muscle);
    free(c->force);
    free(c->actuator);
    free(c->left_out);
    *c = (validate_controls){ 0 };
}

/* Copy a column to every stride-th entry. */
static genu_status take(const genu_table *t, const char *label, double *to, int stride,
                        genu_err *err)
{
    const double *column;
    genu_status s = validate_column(t, label, &column, err);
    for (int k = 0; k < t->n_row && s == GENU_OK; k++)
        to[k * stride] = column[k];
    return s;
}

static genu_status take_all(const validate_record *r, const genu_table *a, const genu_table *f,
                            validate_controls *c, genu_err *err)
{
    int n = r->m->n_muscle, n_act = r->actuators.n;
    genu_status s = validate_same_rows(r, a, err);
    if (s == GENU_OK)
        s = validate_same_rows(r, f, err);
    for (int i = 0; i < n && s == GENU_OK; i++) {
        s = take(a, r->m->muscle[i].name, c->muscle + i, n, err);
        if (s == GENU_OK)
            s = take(f, r->m->muscle[i].name, c->force + i, n, err);
    }
    for (int i = 0; i < n_act && s == GENU_OK; i++)
        s = take(a, r->actuators.item[i].name, c->actuator + i, n_act, err);
    if (s == GENU_OK && a->n_column != n + n_act)
        s = genu_fail(err, GENU_E_SHAPE,
                      "'%s' has %d columns, must be one for each of %d muscles and %d actuators",
                      a->source, a->n_column, n, n_act);
    return s;
}

genu_status validate_controls_read(const validate_record *r, const genu_validate_run *run,
                                   validate_controls *c, genu_err *err)
{
    genu_table a = { 0 }, f = { 0 };
    size_t rows = (size_t)r->n_row, n = (size_t)r->m->n_muscle;
    *c = (validate_controls){
        .factor = calloc(n + 1, sizeof(double)),
        .muscle = calloc(rows * n + 1, sizeof(double)),
        .force = calloc(rows * n + 1, sizeof(double)),
        .actuator = calloc(rows * (size_t)r->actuators.n + 1, sizeof(double)),
        .left_out = calloc(rows, sizeof(int)),
    };
    genu_status s = c->factor && c->muscle && c->force && c->actuator && c->left_out
                        ? validate_factors(r, run, c->factor, err)
                        : no_memory(err);
    if (s == GENU_OK)
        s = validate_table(run->optimization, "StaticOptimization_activation.sto", &a, err);
    if (s == GENU_OK)
        s = validate_table(run->optimization, "StaticOptimization_force.sto", &f, err);
    if (s == GENU_OK)
        s = take_all(r, &a, &f, c, err);
    genu_table_free(&a);
    genu_table_free(&f);
    return s;
}

/* Moment on dof j that OpenSim's controls make by our arms and capacities. */
static double moment_of(const validate_record *r, const validate_controls *c, int k, int j)
{
    const genu_frames *f = r->frames;
    int n = r->m->n_muscle, n_act = r->actuators.n;
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += f->arm[(k * n + i) * f->n_dof + j] * c->factor[i] * f->active[k * n + i] *
               c->muscle[k * n + i];
    for (int i = 0; i < n_act; i++)
        sum += r->push[(k * n_act + i) * f->n_dof + j] * c->actuator[k * n_act + i];
    return sum;
}

/* Rows whose moments miss the target by more than 0.5 Nm (N) are not converged. */
static void judge_rows(const validate_record *r, validate_controls *c, const char *name,
                       genu_validation *v)
{
    const genu_frames *f = r->frames;
    genu_worst all = GENU_WORST;
    int count = 0;
    for (int k = 0; k < r->n_row; k++) {
        genu_worst row = GENU_WORST;
        for (int j = 0; j < f->n_dof; j++)
            genu_worst_note(&row, fabs(moment_of(r, c, k, j) - f->target[k * f->n_dof + j]),
                            r->time[k], r->m->coord[f->dof[j]].name);
        c->left_out[k] = !(row.error <= 0.5);
        count += c->left_out[k];
        if (c->left_out[k])
            genu_notes_add(&v->notes, GENU_NOTE, 0,
                           "%s: frame at %.4f s is left out: OpenSim's controls miss the moment of "
                           "%s by %.3g",
                           name, row.time, row.where, row.error);
        genu_worst_note(&all, row.error, row.time, row.where);
    }
    genu_notes_add(&v->notes, GENU_NOTE, 0,
                   "%s: %d of %d frames left out as not converged; the moments of OpenSim's own "
                   "controls miss their target by %.3g at most (%s, %.4f s)",
                   name, count, r->n_row, all.error, all.where, all.time);
}

/* ------------------------------------------------------------------ ours */

void validate_solution_free(validate_solution *s)
{
    free(s->activation);
    free(s->force);
    free(s->reserve);
    free(s->residual);
    free(s->iterations);
    free(s->open);
    *s = (validate_solution){ 0 };
}

static genu_status solve(const validate_record *r, const double *factor,
                         const genu_share_settings *settings, validate_solution *s, genu_err *err)
{
    genu_plan *plan = NULL;
    genu_worker *worker = NULL;
    genu_scenario_out out = { .activation = s->activation,
                              .force = s->force,
                              .reserve = s->reserve,
                              .residual = s->residual,
                              .iterations = s->iterations,
                              .open = s->open,
                              .unconverged = &s->unconverged };
    genu_status status = genu_plan_new(&plan, r->frames, r->m, settings, NULL, err);
    if (status == GENU_OK)
        status = genu_plan_solve_constant(plan, err);
    if (status == GENU_OK)
        status = genu_worker_new(&worker, plan, err);
    if (status == GENU_OK)
        genu_scenarios_solve(plan, worker, 1, factor, &out);
    if (status == GENU_OK && s->unconverged > 0)
        status = genu_fail(err, GENU_E_NOT_CONVERGED, "'%s': %g of %d frames did not converge",
                           r->c->path, s->unconverged, r->n_row);
    genu_worker_free(worker);
    genu_plan_free(plan);
    return status;
}

genu_status validate_solve(const validate_record *r, const double *factor,
                           genu_share_settings settings, validate_solution *s, genu_err *err)
{
    size_t rows = (size_t)r->n_row, n = (size_t)r->m->n_muscle, m = (size_t)r->m->n_coord;
    double *each = calloc(m, sizeof *each);
    *s = (validate_solution){
        .activation = calloc(rows * n + 1, sizeof(double)),
        .force = calloc(rows * n + 1, sizeof(double)),
        .reserve = calloc(rows * m, sizeof(double)),
        .residual = calloc(rows, sizeof(double)),
        .iterations = calloc(rows, sizeof(double)),
        .open = calloc(rows, sizeof(double)),
    };
    genu_status status = GENU_OK;
    if (!each || !s->activation || !s->force || !s->reserve || !s->residual || !s->iterations ||
        !s->open)
        status = no_memory(err);
    int own = settings.reserve != genu_share_defaults().reserve; // asked for: not those of the file
    for (int i = r->n_own; status == GENU_OK && !own && i < r->actuators.n; i++)
        if (r->actuators.item[i].coord >= 0)
            each[r->actuators.item[i].coord] = r->actuators.item[i].optimal_force;
    settings.reserve_each = each;
    if (status == GENU_OK)
        status = solve(r, factor, &settings, s, err);
    free(each);
    return status;
}

/* ------------------------------------------------------------------ both */

static genu_status compare_capacity(const validate_record *r, const genu_validate_run *run,
                                    const validate_controls *c, genu_validation *v, genu_err *err)
{
    genu_validation_row row = validate_row(r->c, run, "force capacity", "of Fmax", 1e-3);
    int n = r->m->n_muscle;
    for (int k = 0; k < r->n_row; k++)
        for (int i = 0; i < n; i++) {
            double want = c->force[k * n + i] / c->muscle[k * n + i];
            double ours = c->factor[i] * r->frames->active[k * n + i];
            double most = c->factor[i] * r->m->muscle[i].hill.f_max;
            validate_note(r->c, &row, fabs(ours - want) / most, r->time[k], r->m->muscle[i].name);
        }
    return genu_validation_add(v, &row, err);
}

static genu_status compare_sharing(const validate_record *r, const genu_validate_run *run,
                                   const validate_controls *c, const validate_solution *s,
                                   genu_validation *v, genu_err *err)
{
    int n = r->m->n_muscle;
    genu_validation_row a = validate_row(r->c, run, "activation", "1", r->c->bars.activation);
    genu_validation_row f = validate_row(r->c, run, "muscle force", "of Fmax", r->c->bars.force);
    for (int k = 0; k < r->n_row; k++)
        for (int i = 0; i < n && !c->left_out[k]; i++) {
            const char *name = r->m->muscle[i].name;
            double most = c->factor[i] * r->m->muscle[i].hill.f_max;
            int at = i * r->n_row + k;
            validate_note(r->c, &a, fabs(s->activation[at] - c->muscle[k * n + i]), r->time[k],
                          name);
            validate_note(r->c, &f, fabs(s->force[at] - c->force[k * n + i]) / most, r->time[k],
                          name);
        }
    genu_status status = genu_validation_add(v, &a, err);
    return status == GENU_OK ? genu_validation_add(v, &f, err) : status;
}

/* What our solution costs, over all but the residuals, whose share is given by the motion. On one
 * coordinate the actuators share a moment by the squares of their optimal forces. */
static double our_cost(const validate_record *r, const validate_solution *s, int k)
{
    double sum = 0;
    for (int i = 0; i < r->m->n_muscle; i++)
        sum += pow(s->activation[i * r->n_row + k], 2);
    for (int c = 0; c < r->m->n_coord; c++) {
        double strength = 0;
        for (int i = 0; i < r->actuators.n; i++)
            if (r->actuators.item[i].coord == c)
                strength += pow(r->actuators.item[i].optimal_force, 2);
        if (strength > 0)
            sum += pow(s->reserve[c * r->n_row + k], 2) / strength;
    }
    return sum;
}

static double their_cost(const validate_record *r, const validate_controls *c, int k)
{
    double sum = 0;
    for (int i = 0; i < r->m->n_muscle; i++)
        sum += pow(c->muscle[k * r->m->n_muscle + i], 2);
    for (int i = 0; i < r->actuators.n; i++)
        if (r->actuators.item[i].coord >= 0)
            sum += pow(c->actuator[k * r->actuators.n + i], 2);
    return sum;
}

static double distance_squared(const validate_record *r, const validate_solution *s,
                               const validate_controls *c, int k)
{
    double sum = 0;
    for (int i = 0; i < r->m->n_muscle; i++)
        sum += pow(s->activation[i * r->n_row + k] - c->muscle[k * r->m->n_muscle + i], 2);
    return sum;
}

/* At the moments of OpenSim's own controls. A sum of squares over a convex set rises from its
 * minimum by at least the squared distance from there, |x|^2 - |x*|^2 >= |x - x*|^2; where theirs
 * keep that inequality, what they differ by is what their optimiser left undone. */
static genu_status compare_costs(const validate_record *r, const genu_validate_run *run,
                                 const validate_controls *c, const validate_solution *s,
                                 genu_validation *v, genu_err *err)
{
    genu_validation_row above = validate_row(r->c, run, "objective above theirs", "relative", 1e-4);
    genu_validation_row apart = validate_row(r->c, run, "distance^2 / their excess", "1", 1);
    for (int k = 0; k < r->n_row; k++) {
        double ours = our_cost(r, s, k), theirs = their_cost(r, c, k);
        if (c->left_out[k])
            continue;
        validate_note(r->c, &above, fmax((ours - theirs) / theirs, 0), r->time[k], "");
        validate_note(r->c, &apart, distance_squared(r, s, c, k) / (theirs - ours), r->time[k], "");
    }
    genu_status status = genu_validation_add(v, &above, err);
    return status == GENU_OK ? genu_validation_add(v, &apart, err) : status;
}

static genu_status compare_objective(validate_record *r, const genu_validate_run *run,
                                     const validate_controls *c, genu_validation *v, genu_err *err)
{
    genu_frames *f = r->frames;
    size_t n = (size_t)(r->n_row * f->n_dof);
    double *theirs = calloc(n, sizeof *theirs), *kept = f->target;
    validate_solution s = { 0 };
    if (!theirs)
        return no_memory(err);
    for (int k = 0; k < r->n_row; k++)
        for (int j = 0; j < f->n_dof; j++)
            theirs[k * f->n_dof + j] = moment_of(r, c, k, j);
    f->target = theirs;
    genu_status status = validate_solve(r, c->factor, genu_share_defaults(), &s, err);
    f->target = kept;
    if (status == GENU_OK)
        status = compare_costs(r, run, c, &s, v, err);
    validate_solution_free(&s);
    free(theirs);
    return status;
}

genu_status validate_run(validate_record *r, const genu_validate_run *run, genu_validation *v,
                         genu_err *err)
{
    validate_controls c;
    validate_solution s = { 0 };
    char name[80];
    validate_name(r->c, run, name, sizeof name);
    genu_status status = validate_controls_read(r, run, &c, err);
    if (status == GENU_OK)
        status = compare_capacity(r, run, &c, v, err);
    if (status == GENU_OK) {
        if (r->mode == GENU_MODE_OPENSIM)
            judge_rows(r, &c, name, v);
        status = validate_solve(r, c.factor, genu_share_defaults(), &s, err);
    }
    if (status == GENU_OK)
        status = compare_sharing(r, run, &c, &s, v, err);
    if (status == GENU_OK && r->mode == GENU_MODE_OPENSIM)
        status = compare_objective(r, run, &c, v, err);
    if (status == GENU_OK && run->reactions)
        status = validate_reactions(r, run, &c, &s, v, err);
    validate_controls_free(&c);
    validate_solution_free(&s);
    return status;
}
