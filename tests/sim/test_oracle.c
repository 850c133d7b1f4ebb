/* Strength and static optimisation as OpenSim computed them on the reference walks: the force
 * capacity of every muscle, activations, forces and the objective. Prints one table. */
#include "tests/sim/oracle.h"

/* OpenSim's controls of one strength, in the order of muscles and actuators. */
typedef struct controls {
    double *muscle;   /* n_row x n_muscle   */
    double *actuator; /* n_row x n_actuator */
    double *force;    /* n_row x n_muscle, N */
    int *left_out;    /* n_row: 1 where OpenSim is not converged */
} controls;

static void controls_free(controls *c)
{
    free(c->muscle);
    free(c->actuator);
    free(c->force);
    free(c->left_out);
    memset(c, 0, sizeof *c);
}

static void take_column(const genu_table *t, const char *label, double *to, int stride)
{
    int j = genu_table_find(t, label);
    CHECK_TRUE(j >= 0);
    for (int k = 0; j >= 0 && k < t->n_row; k++)
        to[k * stride] = genu_table_column(t, j)[k];
}

static int read_controls(const oracle *o, int strength, controls *c)
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

static void check_capacity(const oracle *o, const controls *c, int strength)
{
    oracle_worst w = { 0 };
    int n = o->m->n_muscle;
    for (int k = 0; k < o->n_row; k++)
        for (int i = 0; i < n; i++) {
            double want = c->force[k * n + i] / c->muscle[k * n + i];
            double s = oracle_factor(o, i, strength), most = s * o->m->muscle[i].hill.f_max;
            oracle_note(&w, fabs(s * oracle_active(o, k, i) - want) / most, o->time[k],
                        o->m->muscle[i].name);
        }
    oracle_row(o, strength, "capacity / Fmax", &w, 1e-3, 1e-3);
}

/* Moments (n_dof) that OpenSim's controls make by our arms and capacities. */
static void moments_of(const oracle *o, const controls *c, int strength, int k, double *tau)
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
static void judge_rows(const oracle *o, controls *c, int strength)
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

static void solution_free(solution *s)
{
    free(s->activation);
    free(s->force);
    free(s->reserve);
    free(s->residual);
    free(s->iterations);
    memset(s, 0, sizeof *s);
}

static void solve(const oracle *o, int strength, solution *s)
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
    genu_share_settings settings = genu_share_defaults();
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

static void check_sharing(const oracle *o, const controls *c, int strength)
{
    int loose = !strcmp(o->walk->name, "gait10dof"), n = o->m->n_muscle;
    double bar_a = loose ? 0.02 : 0.005, bar_f = loose ? 0.02 : 0.005;
    oracle_worst wa = { 0 }, wf = { 0 };
    solution s = { 0 };
    solve(o, strength, &s);
    for (int k = 0; k < o->n_row; k++)
        for (int i = 0; i < n && !c->left_out[k]; i++) {
            const char *name = o->m->muscle[i].name;
            double most = oracle_factor(o, i, strength) * o->m->muscle[i].hill.f_max;
            oracle_note(&wa, fabs(s.activation[i * o->n_row + k] - c->muscle[k * n + i]),
                        o->time[k], name);
            oracle_note(&wf, fabs(s.force[i * o->n_row + k] - c->force[k * n + i]) / most,
                        o->time[k], name);
        }
    oracle_row(o, strength, "activation", &wa, bar_a, bar_a);
    oracle_row(o, strength, "muscle force / Fmax", &wf, bar_f, bar_f);
    solution_free(&s);
}

/* What our solution costs, over all but the residuals, whose share is given by the motion. On one
 * coordinate the actuators share a moment by the squares of their rho. */
static double cost_of(const oracle *o, const solution *s, int k)
{
    double sum = 0;
    for (int i = 0; i < o->m->n_muscle; i++) {
        double a = s->activation[i * o->n_row + k];
        sum += a * a;
    }
    for (int c = 0; c < o->m->n_coord; c++) {
        double strength = 0, r = s->reserve[c * o->n_row + k];
        for (int i = 0; i < o->n_actuator; i++)
            if (o->actuator[i].coord == c)
                strength += o->actuator[i].rho * o->actuator[i].rho;
        if (strength > 0)
            sum += r * r / strength;
    }
    return sum;
}

/* At the moments of OpenSim's own controls, ours cost no more. */
static void check_objective(oracle *o, const controls *c, int strength)
{
    size_t n = (size_t)(o->n_row * o->frames->n_dof);
    double *kept = calloc(n, sizeof *kept);
    memcpy(kept, o->frames->target, n * sizeof *kept);
    for (int k = 0; k < o->n_row; k++)
        moments_of(o, c, strength, k, o->frames->target + k * o->frames->n_dof);
    solution s = { 0 };
    solve(o, strength, &s);
    oracle_worst above = { 0 }, below = { 0 };
    above.error = below.error = -INFINITY;
    for (int k = 0; k < o->n_row; k++) {
        double theirs = 0, ours = cost_of(o, &s, k);
        for (int i = 0; i < o->m->n_muscle; i++)
            theirs += pow(c->muscle[k * o->m->n_muscle + i], 2);
        for (int i = 0; i < o->n_actuator; i++)
            if (o->actuator[i].coord >= 0)
                theirs += pow(c->actuator[k * o->n_actuator + i], 2);
        if (c->left_out[k])
            continue;
        oracle_note(&above, (ours - theirs) / theirs, o->time[k], "");
        oracle_note(&below, (theirs - ours) / theirs, o->time[k], "");
    }
    oracle_row(o, strength, "objective above theirs, relative", &above, 1e-4, 1e-4);
    printf("  theirs above ours by at most %.3g, %.4f s\n", below.error, below.time);
    memcpy(o->frames->target, kept, n * sizeof *kept);
    free(kept);
    solution_free(&s);
}

static void check_walk(const oracle_walk *walk)
{
    oracle o;
    if (!oracle_begin(&o, walk, GENU_MODE_OPENSIM))
        return;
    oracle_head();
    for (int strength = 0; strength < 2 && walk->result[strength]; strength++) {
        controls c = { 0 };
        if (read_controls(&o, strength, &c)) {
            check_capacity(&o, &c, strength);
            judge_rows(&o, &c, strength);
            check_sharing(&o, &c, strength);
            check_objective(&o, &c, strength);
        }
        controls_free(&c);
    }
    oracle_end(&o);
}

static void gait2392_agrees(void)
{
    check_walk(&oracle_walks[0]);
}

static void rajagopal_agrees(void)
{
    check_walk(&oracle_walks[1]);
}

static void gait10dof_agrees(void)
{
    check_walk(&oracle_walks[2]);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(gait2392_agrees),
        TEST(rajagopal_agrees),
        TEST(gait10dof_agrees),
        CU_TEST_INFO_NULL,
    };
    return test_main("oracle", tests, argc, argv);
}
