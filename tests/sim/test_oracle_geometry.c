/* Where the bodies' mass centres are, how long the muscles and how large their moment arms, as
 * OpenSim computed them on the reference walks. Prints one table. */
#include "tests/sim/oracle.h"

/* The folder of a walk's results. */
static void folder_of(const oracle_walk *walk, char *folder, size_t n)
{
    snprintf(folder, n, "%s", walk->result[0]);
    *strrchr(folder, '/') = '\0';
}

static double at_row(const genu_table *t, const char *label, const char *ending, int k)
{
    char name[120];
    snprintf(name, sizeof name, "%s%s", label, ending);
    int j = genu_table_find(t, name);
    CHECK_TRUE(j >= 0);
    return j < 0 ? NAN : genu_table_column(t, j)[k];
}

static double off_by(const genu_table *t, const char *label, int k, v3 c)
{
    double off = fabs(c.x - at_row(t, label, "_X", k));
    off = fmax(off, fabs(c.y - at_row(t, label, "_Y", k)));
    return fmax(off, fabs(c.z - at_row(t, label, "_Z", k)));
}

/* Every body, and the whole. */
static void check_mass_centers(oracle *o)
{
    char start[120];
    genu_table t = { 0 };
    oracle_worst w = { 0 };
    folder_of(o->walk, start, sizeof start - 4);
    strcat(start, "/bk");
    if (!oracle_read_table(start, "BodyKinematics_pos_global.sto", &t))
        return;
    CHECK_INT(t.n_row, o->n_row);
    for (int k = 0; k < t.n_row; k++) {
        CHECK_NEAR(t.time[k], o->time[k], 0, 1e-9);
        oracle_pose(o, k);
        for (int b = 1; b < o->m->n_body; b++)
            oracle_note(&w,
                        off_by(&t, o->m->body[b].name, k,
                               xform_point(o->d->X[b], o->m->body[b].mass_center)),
                        t.time[k], o->m->body[b].name);
        oracle_note(&w, off_by(&t, "center_of_mass", k, genu_skeleton_mass_center(o->m, o->d)),
                    t.time[k], "whole");
    }
    oracle_row(o, 0, "mass centres, m", &w, 1e-6, 1e-6);
    genu_table_free(&t);
}

/* Column c of every muscle (its length where c < 0, else its arm on target c) against a table. */
static void check_muscles(const oracle *o, const char *what, int c, oracle_worst w[2])
{
    char start[120];
    genu_table t = { 0 };
    folder_of(o->walk, start, sizeof start - 4);
    strcat(start, "/ma");
    if (!oracle_read_table(start, what, &t))
        return;
    CHECK_INT(t.n_row, o->n_row);
    for (int k = 0; k < t.n_row; k++) {
        CHECK_NEAR(t.time[k], o->time[k], 0, 1e-9);
        for (int i = 0; i < o->m->n_muscle; i++) {
            const genu_muscle *muscle = &o->m->muscle[i];
            double ours =
                c < 0 ? o->frames->length[k * o->m->n_muscle + i] : oracle_arm(o, k, i, c);
            char where[80];
            snprintf(where, sizeof where, "%.20s%s%.24s", muscle->name, c < 0 ? "" : ", ",
                     c < 0 ? "" : o->m->coord[o->frames->dof[c]].name);
            oracle_note(&w[muscle->path.n_wrap > 0], fabs(ours - at_row(&t, muscle->name, "", k)),
                        t.time[k], where);
        }
    }
    genu_table_free(&t);
}

/* The arms on every coordinate for which OpenSim's results hold a file; how many. */
static int check_arms(const oracle *o, oracle_worst w[2])
{
    static const char *const list[] = { "hip_flexion_r", "hip_adduction_r", "hip_rotation_r",
                                        "knee_angle_r",  "ankle_angle_r",   "subtalar_angle_r" };
    int count = 0;
    for (int j = 0; j < o->frames->n_dof; j++)
        for (size_t l = 0; l < sizeof list / sizeof *list; l++) {
            if (strcmp(o->m->coord[o->frames->dof[j]].name, list[l]))
                continue;
            char what[80];
            snprintf(what, sizeof what, "MuscleAnalysis_MomentArm_%s.sto", list[l]);
            check_muscles(o, what, j, w);
            count++;
        }
    return count;
}

static void check_walk(const oracle_walk *walk, int has_bodies, int wraps, int n_arm)
{
    oracle o;
    if (!oracle_begin(&o, walk, GENU_MODE_OPENSIM))
        return;
    oracle_worst length[2] = { { 0 } }, arm[2] = { { 0 } };
    oracle_head();
    if (has_bodies)
        check_mass_centers(&o);
    check_muscles(&o, "MuscleAnalysis_Length.sto", -1, length);
    CHECK_INT(check_arms(&o, arm), n_arm);
    oracle_row(&o, 0, "length without wrapping, m", &length[0], 1e-6, 1e-6);
    oracle_row(&o, 0, "moment arm without wrapping, m", &arm[0], 1e-5, 1e-5);
    CHECK_INT(length[1].where[0] != 0, wraps);
    if (wraps) {
        oracle_row(&o, 0, "length with wrapping, m", &length[1], 1e-5, 1e-5);
        oracle_row(&o, 0, "moment arm with wrapping, m", &arm[1], 1e-4, 1e-4);
    }
    oracle_end(&o);
}

static void gait2392_agrees(void)
{
    check_walk(&oracle_walks[0], 1, 0, 6);
}

static void rajagopal_agrees(void)
{
    check_walk(&oracle_walks[1], 1, 1, 5);
}

static void gait10dof_agrees(void)
{
    check_walk(&oracle_walks[2], 0, 0, 3);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(gait2392_agrees),
        TEST(rajagopal_agrees),
        TEST(gait10dof_agrees),
        CU_TEST_INFO_NULL,
    };
    return test_main("oracle_geometry", tests, argc, argv);
}
