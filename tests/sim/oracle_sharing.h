/* oracle_sharing.h - OpenSim's static optimisation of a reference walk as read, and ours beside it.
 * Shared by the programs test_oracle*.c. */
#ifndef GENU_TESTS_SIM_ORACLE_SHARING_H
#define GENU_TESTS_SIM_ORACLE_SHARING_H

#include "tests/sim/oracle.h"

/* OpenSim's controls of one strength, in the order of muscles and actuators. */
typedef struct controls {
    double *muscle;   /* n_row x n_muscle   */
    double *actuator; /* n_row x n_actuator */
    double *force;    /* n_row x n_muscle, N */
    int *left_out;    /* n_row: 1 where OpenSim is not converged */
} controls;

static inline void controls_free(controls *c)
{
    free(c->muscle);
    free(c->actuator);
    free(c->force);
    free(c->left_out);
    memset(c, 0, sizeof *c);
}

static inline void take_column(const genu_table *t, const char *label, double *to, int stride)
{
    int j = genu_table_find(t, label);
    CHECK_TRUE(j >= 0);
    for (int k = 0; j >= 0 && k < t->n_row; k++)
        to[k * stride] = genu_table_column(t, j)[k];
}

static inline int read_controls(const oracle *o, int strength, controls *c)
{
    genu_table a = { 0 }, f = { 0 };
    const char *start = o->walk->result[strength];
    int n = o->m->n_muscle,
        good = oracle_read_table(start, "StaticOptimization_activation.sto", &a);
    good = good && oracle_read_table(start, "StaticOptimization_force.sto", &f);
    CHECK_INT(a.n_row, o->n_row);
    CHECK_INT(f.n_row, o->n_row);
    CHECK_INT(a.n_column, n + o->n_actuator);
    c->muscle = calloc((size_t)(o->n_row * n), sizeof *c->muscle);
    c->force = calloc((size_t)(o->n_row * n), sizeof *c->force);
    c->actuator = calloc((size_t)(o->n_row * o->n_actuator), sizeof *c->actuator);
    c->left_out = calloc((size_t)o->n_row, sizeof *c->left_out);
    for (int i = 0; good && i < n; i++) {
        take_column(&a, o->m->muscle[i].name, c->muscle + i, n);
        take_column(&f, o->m->muscle[i].name, c->force + i, n);
    }
    for (int i = 0; good && i < o->n_actuator; i++)
        take_column(&a, o->actuator[i].name, c->actuator + i, o->n_actuator);
    genu_table_free(&a);
    genu_table_free(&f);
    return good;
}

/* Moments (n_dof) that OpenSim's controls make by our arms and capacities. */
static inline void moments_of(const oracle *o, const controls *c, int strength, int k, double *tau)
{
    int n = o->m->n_muscle;
    for (int j = 0; j < o->frames->n_dof; j++) {
        tau[j] = 0;
        for (int i = 0; i < n; i++)
            tau[j] += oracle_arm(o, k, i, j) * oracle_factor(o, i, strength) *
                      oracle_active(o, k, i) * c->muscle[k * n + i];
        for (int i = 0; i < o->n_actuator; i++)
            tau[j] += oracle_push_on(o, k, i, j) * c->actuator[k * o->n_actuator + i];
    }
}

/* Rows whose moments miss the target by more than 0.5 Nm (N) are not converged. */
static inline void judge_rows(const oracle *o, controls *c, int strength)
{
    enum { MOST = 200 };
    double tau[MOST];
    oracle_worst w = { 0 };
    int n = o->frames->n_dof, count = 0;
    for (int k = 0; k < o->n_row; k++) {
        oracle_worst row = { 0 };
        moments_of(o, c, strength, k, tau);
        for (int j = 0; j < n; j++)
            oracle_note(&row, fabs(tau[j] - o->frames->target[k * n + j]), o->time[k],
                        o->m->coord[o->frames->dof[j]].name);
        c->left_out[k] = !(row.error <= 0.5);
        count += c->left_out[k];
        if (c->left_out[k])
            printf("  left out: %s %.4f s, off by %.3g in %s\n", o->walk->name, o->time[k],
                   row.error, row.where);
        oracle_note(&w, row.error, row.time, row.where);
    }
    printf("  %s %g %%: %d of %d frames left out; largest error of OpenSim's moments %.3g, %s "
           "%.4f s\n",
           o->walk->name, 100 * oracle_strength[strength], count, o->n_row, w.error, w.where,
           w.time);
}

/* Our solution of all rows for the targets in o->frames. */
typedef struct solution {
    double *activation, *force, *reserve, *residual, *iterations;
    double unconverged;
} solution;

static inline void solution_free(solution *s)
{
    free(s->activation);
    free(s->force);
    free(s->reserve);
    free(s->residual);
    free(s->iterations);
    memset(s, 0, sizeof *s);
}

static inline void solve_with(const oracle *o, int strength, genu_share_settings settings,
                              solution *s)
{
    genu_err err = { 0 };
    genu_plan *plan = NULL;
    genu_worker *worker = NULL;
    size_t row = (size_t)o->n_row;
    double *factor = calloc((size_t)o->m->n_muscle, sizeof *factor);
    double *each = calloc((size_t)o->m->n_coord, sizeof *each);
    for (int i = 0; i < o->m->n_muscle; i++)
        factor[i] = oracle_factor(o, i, strength);
    for (int i = o->m->n_actuator; i < o->n_actuator; i++)
        if (o->actuator[i].coord >= 0)
            each[o->actuator[i].coord] = o->actuator[i].rho;
    settings.reserve_each = each;
    s->activation = calloc(row * (size_t)o->m->n_muscle, sizeof *s->activation);
    s->force = calloc(row * (size_t)o->m->n_muscle, sizeof *s->force);
    s->reserve = calloc(row * (size_t)o->m->n_coord, sizeof *s->reserve);
    s->residual = calloc(row, sizeof *s->residual);
    s->iterations = calloc(row, sizeof *s->iterations);
    genu_scenario_out out = { s->activation, s->force,      s->reserve,
                              s->residual,   s->iterations, &s->unconverged };
    if (CHECK_OK(genu_plan_new(&plan, o->frames, o->m, &settings, NULL, &err), err) &&
        CHECK_OK(genu_plan_solve_constant(plan, &err), err) &&
        CHECK_OK(genu_worker_new(&worker, plan, &err), err))
        genu_scenarios_solve(plan, worker, 1, factor, &out);
    CHECK_NEAR(s->unconverged, 0, 0, 0);
    genu_worker_free(worker);
    genu_plan_free(plan);
    free(factor);
    free(each);
}

static inline void solve(const oracle *o, int strength, solution *s)
{
    solve_with(o, strength, genu_share_defaults(), s);
}

#endif
