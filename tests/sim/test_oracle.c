/* Strength and static optimisation as OpenSim computed them on the reference walks: the force
 * capacity of every muscle, activations, forces and the objective. Prints one table. */
#include "tests/sim/oracle_sharing.h"

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

static double distance_squared(const oracle *o, const solution *s, const controls *c, int k)
{
    double sum = 0;
    for (int i = 0; i < o->m->n_muscle; i++)
        sum += pow(s->activation[i * o->n_row + k] - c->muscle[k * o->m->n_muscle + i], 2);
    return sum;
}

/* At the moments of OpenSim's own controls, ours cost no more. A sum of squares over a convex set
 * rises from its minimum by at least the squared distance from there, |x|^2 - |x*|^2 >= |x - x*|^2;
 * where theirs keep that inequality, what they differ by is what their optimiser left undone. */
static void check_objective(oracle *o, const controls *c, int strength)
{
    size_t n = (size_t)(o->n_row * o->frames->n_dof);
    double *kept = calloc(n, sizeof *kept);
    memcpy(kept, o->frames->target, n * sizeof *kept);
    for (int k = 0; k < o->n_row; k++)
        moments_of(o, c, strength, k, o->frames->target + k * o->frames->n_dof);
    solution s = { 0 };
    solve(o, strength, &s);
    oracle_worst above = { 0 }, below = { 0 }, apart = { 0 };
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
        oracle_note(&apart, distance_squared(o, &s, c, k) / (theirs - ours), o->time[k], "");
    }
    oracle_row(o, strength, "objective above theirs, relative", &above, 1e-4, 1e-4);
    oracle_row(o, strength, "distance^2 / their excess cost", &apart, 1, 1);
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
