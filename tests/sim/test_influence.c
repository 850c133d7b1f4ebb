#include "tests/sim/program.h"

#include <math.h>

/* Exact derivatives on a measured walk: against central differences of whole sweeps, and against what
 * scaling everything must leave as it is. */

enum { MUSCLES = 92, FRAMES = 51 };

static genu_dataset read_set(const char *file, const char *name)
{
    genu_results *r = NULL;
    genu_dataset d = { 0 };
    if (CHECK_OK(genu_results_open(&r, in_folder(file), &err), err))
        CHECK_OK(genu_results_read(r, name, &d, &err), err);
    genu_results_close(r);
    return d;
}

/* The walk of the reference data, right knee, with more lines; 0 where that is absent. */
static int write_walk(const char *name, const char *more)
{
    const char *model = test_reference("walk_gait2392/subject01_simbody_adjusted.osim");
    char folder[600];
    if (!model)
        return 0;
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(model, '/') - model), model);
    FILE *f = leg_open(test_folder(), name);
    if (!f)
        return 0;
    fprintf(f,
            "model: %s/subject01_simbody_adjusted.osim\n"
            "motion: { file: %s/subject01_walk1_RRA_Kinematics_q.sto, filter: 0 }\n"
            "loads: %s/subject01_walk1_grf.xml\nside: right\nframes: %d\n%s",
            folder, folder, folder, FRAMES, more);
    fclose(f);
    return 1;
}

static int muscle_of(const char *file, const char *name)
{
    genu_dataset d = read_set(file, "muscle");
    int found = -1;
    for (size_t i = 0; i < d.n && found < 0; i++)
        if (!strcmp(d.text[i], name))
            found = (int)i;
    genu_dataset_free(&d);
    return found;
}

static const double H =
    1e-5; /* its square, and the solver's 1e-12 of the load over it, are both small */

/* The curve or summary of load `name` (size numbers a scenario) in three scenarios against its slope in
 * the middle one; frames at a kink in any of them are left out. Returns how many were compared. */
static int compare(const char *file, const char *name, const char *slope, int muscle, int size,
                   const genu_dataset *kink)
{
    genu_dataset x = read_set(file, name), d = read_set(file, slope);
    double largest = 0;
    int n = 0;
    if (!x.value || !d.value)
        return 0;
    const double *exact = d.value + (size_t)(MUSCLES + muscle) * (size_t)size;
    for (int k = 0; k < size; k++)
        largest = fmax(largest, fabs(exact[k]));
    for (int k = 0; k < size; k++) {
        int good = 1;
        for (int s = 0; s < 3 && kink; s++)
            good &= kink->value[s * size + k] == 0;
        if (!good)
            continue;
        CHECK_NEAR(exact[k], (x.value[2 * size + k] - x.value[k]) / (2 * H), 1e-6,
                   1e-6 * largest + 1e-3);
        n++;
    }
    genu_dataset_free(&x);
    genu_dataset_free(&d);
    return n;
}

static void derivatives_are_those_of_the_loads(void)
{
    static const char *const muscles[] = { "glut_med1_r", "rect_fem_r", "med_gas_r", "soleus_r" };
    static const char *const loads[] = { "knee_force", "knee_medial_force", "knee_lateral_force",
                                         "hip_force", "ankle_force" };
    int compared = 0;
    for (int power = 2; power <= 3; power++)
        for (int i = 0; i < 4; i++) {
            char more[300], name[80], slope[90];
            snprintf(more, sizeof more,
                     "sharing: { power: %d }\nstrength: [{ muscles: [%s], values: [%.17g, 0.9, "
                     "%.17g] }]\noutput: [curves, slopes]\n",
                     power, muscles[i], 0.9 - H, 0.9 + H);
            if (!write_walk("w.yaml", more))
                return;
            CHECK_INT(sweep("", "w", "--force"), 0);
            int m = muscle_of("w.h5", muscles[i]);
            genu_dataset kink = read_set("w.h5", "kink");
            for (int l = 0; l < 5; l++) {
                snprintf(slope, sizeof slope, "%s_slope", loads[l]);
                compared += compare("w.h5", loads[l], slope, m, FRAMES, &kink);
                for (int peak = 1; peak <= 2; peak++) {
                    snprintf(name, sizeof name, "%s_peak%d_kink", loads[l], peak);
                    genu_dataset at = read_set("w.h5", name);
                    snprintf(name, sizeof name, "%s_peak%d", loads[l], peak);
                    snprintf(slope, sizeof slope, "%s_slope", name);
                    compared += compare("w.h5", name, slope, m, 1, &at);
                    genu_dataset_free(&at);
                }
                snprintf(name, sizeof name, "%s_impulse", loads[l]);
                snprintf(slope, sizeof slope, "%s_slope", name);
                compared += compare("w.h5", name, slope, m, 1, NULL);
            }
            genu_dataset_free(&kink);
        }
    CHECK_TRUE(compared > 8 * 5 * FRAMES * 9 / 10);
}

/* Strengths and reserves all scaled alike leave every force as it is where no activation is at a bound
 * but 0: so the derivatives by all strengths and by the reserves add up to nothing. */
static void scaling_everything_changes_nothing(void)
{
    char more[300];
    snprintf(more, sizeof more,
             "sharing: { minimum_activation: 0 }\noutput: [curves, muscles, slopes]\n"
             "vary: [{ setting: sharing.reserve, values: [%.17g, 20, %.17g] }]\n",
             20 * (1 - H), 20 * (1 + H));
    if (!write_walk("w.yaml", more))
        return;
    CHECK_INT(sweep("", "w", "--force"), 0);
    genu_dataset a = read_set("w.h5", "activation"), slope = read_set("w.h5", "hip_force_slope");
    genu_dataset load = read_set("w.h5", "hip_force"), kink = read_set("w.h5", "kink");
    int compared = 0;
    for (int k = 0; k < FRAMES; k++) {
        double most = 0, sum = 0, size = 0;
        for (int i = 0; i < MUSCLES; i++) {
            most = fmax(most, a.value[(MUSCLES + i) * FRAMES + k]);
            sum += slope.value[(MUSCLES + i) * FRAMES + k];
            size += fabs(slope.value[(MUSCLES + i) * FRAMES + k]);
        }
        if (most > 1 - 1e-6 || kink.value[FRAMES + k] != 0)
            continue;
        double by_reserve = (load.value[2 * FRAMES + k] - load.value[k]) / (2 * H);
        CHECK_NEAR(sum + by_reserve, 0, 0, 1e-6 * size + 1e-3);
        compared += size > 10; // N: a check that could fail
    }
    CHECK_TRUE(compared > FRAMES / 2);
    genu_dataset_free(&a);
    genu_dataset_free(&slope);
    genu_dataset_free(&load);
    genu_dataset_free(&kink);
}

static void the_table_names_muscles(void)
{
    if (!write_walk("w.yaml", "output: [slopes]\n"))
        return;
    CHECK_INT(sweep("", "w", "--force"), 0);
    CHECK_INT(sh("\"$G\" summary w.h5"), 0);
    CHECK_TRUE(has("what a tenth more of the model's own strength does, scenario 0"));
    CHECK_TRUE(has("\nknee_medial_force_peak1, right: "));
    CHECK_TRUE(has("  vas_med_r "));
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(derivatives_are_those_of_the_loads),
        TEST(scaling_everything_changes_nothing),
        TEST(the_table_names_muscles),
        CU_TEST_INFO_NULL,
    };
    return test_main("influence", tests, argc, argv);
}
