/* Joint reactions as OpenSim computed them on the reference walks, once from its own muscle forces
 * and once from ours. Prints one table. */
#include "solvers/reaction.h"
#include "tests/sim/oracle_sharing.h"

/* One joint in one frame among the columns of OpenSim's file: nine of them, force, moment, point,
 * labelled <joint>_on_<body>_in_<frame>_fx and so on. */
static const double BAR = 5e-3; // share of the joint's peak
typedef struct joint {
    char name[80];   /* <joint>_on_<body>_in_<frame> */
    char label[40];  /* <joint> in <frame>           */
    int column;      /* of fx                        */
    int body, frame; /* the child; 0: ground         */
    double peak_force, peak_moment;
} joint;

static double norm_of(const genu_table *t, int column, int k)
{
    double sum = 0;
    for (int c = 0; c < 3; c++)
        sum += pow(genu_table_column(t, column + c)[k], 2);
    return sqrt(sum);
}

/* The joint whose nine columns begin at j. */
static joint joint_at(const oracle *o, const genu_table *t, int j)
{
    joint at = { .column = j };
    snprintf(at.name, sizeof at.name, "%s", t->label[j]);
    char joint_name[80];
    char *on = strstr(at.name, "_on_"), *in = strstr(at.name, "_in_"), *end = strstr(in, "_fx");
    *end = '\0';
    snprintf(joint_name, sizeof joint_name, "%.*s", (int)(on - at.name), at.name);
    snprintf(at.label, sizeof at.label, "%.20s in %.12s", joint_name, in + 4);
    at.body = genu_find_joint(o->m, joint_name);
    at.frame = genu_find_body(o->m, in + 4);
    CHECK_TRUE(at.body > 0);
    CHECK_TRUE(at.frame >= 0);
    CHECK_TRUE(!strncmp(on + 4, o->m->body[at.body].name, (size_t)(in - on - 4)));
    for (int k = 0; k < t->n_row; k++) {
        at.peak_force = fmax(at.peak_force, norm_of(t, j, k));
        at.peak_moment = fmax(at.peak_moment, norm_of(t, j + 3, k));
    }
    return at;
}

static double largest(v3 ours, const genu_table *t, int column, int k)
{
    double off = fabs(ours.x - genu_table_column(t, column)[k]);
    off = fmax(off, fabs(ours.y - genu_table_column(t, column + 1)[k]));
    return fmax(off, fabs(ours.z - genu_table_column(t, column + 2)[k]));
}

/* Shares of the joint's peak, and metres; rows beyond the bar. */
typedef struct deviations {
    oracle_worst force, moment, point;
    int n_over;
} deviations;

static void compare_row(oracle *o, const genu_table *t, const joint *j, const sp6 *w, int k,
                        deviations *all)
{
    genu_reaction r = genu_reaction_at(o->d, w, j->body, j->frame);
    double force = largest(r.force, t, j->column, k) / j->peak_force;
    double moment = largest(r.moment, t, j->column + 3, k) / j->peak_moment;
    v3 point = j->frame == 0 ? r.point : xform_inverse_point(o->d->X[j->frame], r.point);
    char where[80];
    snprintf(where, sizeof where, "%s", j->label);
    oracle_note(&all->force, force, o->time[k], where);
    snprintf(where, sizeof where, "%s, peak %.2g Nm", j->label, j->peak_moment);
    oracle_note(&all->moment, moment, o->time[k], where);
    oracle_note(&all->point, largest(point, t, j->column + 6, k), o->time[k], j->label);
}

/* force: muscle i of row k stands at force[i step_i + k step_k]. */
static deviations compare_forces(oracle *o, const genu_table *t, const controls *c,
                                 const double *force, int step_i, int step_k)
{
    deviations all = { .n_over = 0 };
    genu_err err = { 0 };
    int n = o->m->n_muscle, n_joint = 0;
    joint list[32];
    double *f = calloc((size_t)n, sizeof *f);
    sp6 *w = calloc((size_t)o->m->n_body, sizeof *w);
    for (int j = 0; j < t->n_column; j += 9)
        list[n_joint++] = joint_at(o, t, j);
    for (int k = 0; k < o->n_row; k++) {
        if (c->left_out[k])
            continue;
        CHECK_NEAR(t->time[k], o->time[k], 0, 1e-9);
        for (int i = 0; i < n; i++)
            f[i] = force[i * step_i + k * step_k];
        oracle_pose(o, k);
        CHECK_OK(genu_reaction_compute(o->m, o->d, o->mode, o->external + k * o->m->n_body, f, w),
                 err);
        deviations row = { .n_over = 0 };
        for (int j = 0; j < n_joint; j++)
            compare_row(o, t, &list[j], w, k, &row);
        oracle_note(&all.force, row.force.error, row.force.time, row.force.where);
        oracle_note(&all.moment, row.moment.error, row.moment.time, row.moment.where);
        oracle_note(&all.point, row.point.error, row.point.time, row.point.where);
        if (!(row.force.error <= BAR && row.moment.error <= BAR)) {
            all.n_over++;
            printf("  beyond the bar: %s %.4f s, %.2e of the peak, %s\n", o->walk->name, o->time[k],
                   row.force.error, row.force.where);
        }
    }
    free(f);
    free(w);
    return all;
}

static void check_strength(oracle *o, int strength)
{
    genu_table t = { 0 };
    controls c = { 0 };
    solution s = { 0 };
    if (read_controls(o, strength, &c) &&
        oracle_read_table(o->walk->reaction[strength], "JointReaction_ReactionLoads.sto", &t)) {
        CHECK_INT(t.n_row, o->n_row);
        judge_rows(o, &c, strength);
        int n = o->m->n_muscle;
        deviations own = compare_forces(o, &t, &c, c.force, 1, n);
        oracle_row(o, strength, "child joint frame's origin, m", &own.point, 1e-6, 1e-6);
        oracle_row(o, strength, "force from theirs / peak", &own.force, BAR, BAR);
        oracle_row(o, strength, "moment from theirs / peak", &own.moment, BAR, BAR);
        solve(o, strength, &s);
        deviations ours = compare_forces(o, &t, &c, s.force, o->n_row, 1);
        /* Exception: one frame of gait10dof (1.5833 s, left hip), whose criterion was 1e-4. The
         * reactions from OpenSim's own forces agree to 3e-7, so what is left is the sharing itself;
         * that theirs is not at its minimum there is shown by test_oracle (their excess cost). */
        int loose = !strcmp(o->walk->name, "gait10dof");
        oracle_row(o, strength, "force from ours / peak", &ours.force, BAR, loose ? 6.5e-3 : BAR);
        CHECK_TRUE(ours.n_over <= loose);
        oracle_row(o, strength, "moment from ours / peak", &ours.moment, BAR, BAR);
    }
    genu_table_free(&t);
    controls_free(&c);
    solution_free(&s);
}

static void check_walk(const oracle_walk *walk)
{
    oracle o;
    if (!oracle_begin(&o, walk, GENU_MODE_OPENSIM))
        return;
    oracle_head();
    for (int strength = 0; strength < 2 && walk->reaction[strength]; strength++)
        check_strength(&o, strength);
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
    return test_main("oracle_reaction", tests, argc, argv);
}
