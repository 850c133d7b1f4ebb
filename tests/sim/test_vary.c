#include "sim/parameters.h"
#include "sim/variants.h"
#include "tests/sim/program.h"

#include <math.h>

/* What varies beside strength: every scenario must have the bits of a study that is written with its
 * settings, whoever computed it and when. */

static const char HEAD[] =
    "model: leg.osim\nmotion: { file: walk.mot, filter: 8, from: 0.5, to: 0.9 }\nloads: grf.xml\n"
    "side: both\n";

static void write_text(const char *name, const char *fmt, ...)
{
    va_list args;
    leg_options plain = { 0 };
    static int made;
    if (!made++) {
        leg_write(test_folder(), &plain);
        // so that it can be scaled
        CHECK_INT(
            sh("sed -i 's|<Model .*legs\">|&<credits>subject height: 1.7 m</credits>|' leg.osim"),
            0);
    }
    FILE *f = leg_open(test_folder(), name);
    if (!f)
        return;
    fputs(HEAD, f);
    va_start(args, fmt);
    vfprintf(f, fmt, args);
    va_end(args);
    fclose(f);
}

static genu_dataset read_set(const char *file, const char *name)
{
    genu_results *r = NULL;
    genu_dataset d = { 0 };
    if (CHECK_OK(genu_results_open(&r, in_folder(file), &err), err))
        CHECK_OK(genu_results_read(r, name, &d, &err), err);
    genu_results_close(r);
    return d;
}

/* Largest difference of scenario s of one file from the only one of another, over the largest number. */
static double difference(const char *many, int s, const char *one, const char *name)
{
    genu_dataset a = read_set(many, name), b = read_set(one, name);
    double off = 0, size = 0;
    for (size_t i = 0; i < b.n && a.value && b.value; i++) {
        off = fmax(off, fabs(a.value[(size_t)s * b.n + i] - b.value[i]));
        size = fmax(size, fabs(b.value[i]));
    }
    CHECK_TRUE(a.value && b.n > 0 && size > 0);
    genu_dataset_free(&a);
    genu_dataset_free(&b);
    return off / size;
}

static void a_scenario_is_the_study_with_its_settings(void)
{
    static const double mass[] = { 60, 90 }, varus[] = { 0, 3 }, power[] = { 2, 3 };
    static const double offset[] = { 0, 0.004 }, strength[] = { 0.5, 1 };
    write_text("v.yaml", "subject: { mass: 70, height: 1.7 }\nsharing: { weights: { soleus: 1 } }\n"
                         "output: [curves]\n"
                         "vary:\n"
                         "  - { setting: subject.mass, values: [60, 90] }\n"
                         "  - { setting: knee.varus, values: [0, 3] }\n"
                         "  - { setting: sharing.power, values: [2, 3] }\n"
                         "  - { setting: knee.offset, values: [0, 0.004] }\n"
                         "strength: [{ muscles: [gluteus_medius], values: [0.5, 1] }]\n");
    CHECK_INT(sweep("", "v", "--force"), 0);
    for (int s = 0; s < 32; s += 5) {
        int at[5] = { s / 16, s / 8 % 2, s / 4 % 2, s / 2 % 2, s % 2 };
        write_text("one.yaml",
                   "subject: { mass: %g, height: 1.7 }\nknee: { varus: %g, offset: %g }\n"
                   "sharing: { weights: { soleus: 1 }, power: %g }\noutput: [curves]\n"
                   "strength: [{ muscles: [gluteus_medius], value: %g }]\n",
                   mass[at[0]], varus[at[1]], offset[at[3]], power[at[2]], strength[at[4]]);
        CHECK_INT(sweep("", "one", "--force"), 0);
        // the moment about another centre is shifted there, with its rounding; all else is the same
        CHECK_NEAR(difference("v.h5", s, "one.h5", "hip_force"), 0, 0, 0);
        CHECK_NEAR(difference("v.h5", s, "one.h5", "knee_force"), 0, 0, 0);
        CHECK_NEAR(difference("v.h5", s, "one.h5", "knee_medial_force"), 0, 0, at[3] ? 1e-12 : 0);
        CHECK_NEAR(difference("v.h5", s, "one.h5", "knee_medial_force_peak"), 0, 0,
                   at[3] ? 1e-12 : 0);
    }
    genu_dataset weight = read_set("v.h5", "scenario_body_weight");
    CHECK_NEAR(weight.value[31] / weight.value[0], 1.5, 1e-12, 0);
    genu_dataset_free(&weight);
}

static void weights_reserves_and_passive_force_vary(void)
{
    static const double weight[] = { 1, 4 }, reserve[] = { 1, 20 };
    write_text("v.yaml", "sharing: { weights: { soleus: 1 } }\noutput: [curves]\n"
                         "vary:\n"
                         "  - { setting: sharing.weights.soleus, values: [1, 4] }\n"
                         "  - { setting: sharing.reserve, values: [1, 20] }\n"
                         "  - { setting: sharing.passive, values: [0, 1] }\n");
    CHECK_INT(sweep("", "v", "--force"), 0);
    for (int s = 0; s < 8; s++) {
        write_text("one.yaml",
                   "sharing: { weights: { soleus: %g }, reserve: %g, passive: %s }\n"
                   "output: [curves]\n",
                   weight[s / 4], reserve[s / 2 % 2], s % 2 ? "true" : "false");
        CHECK_INT(sweep("", "one", "--force"), 0);
        CHECK_NEAR(difference("v.h5", s, "one.h5", "knee_force"), 0, 0, 0);
        CHECK_NEAR(difference("v.h5", s, "one.h5", "ankle_force"), 0, 0, 0);
    }
}

/* 90 trials, more than are kept, in an order that comes back to them. */
static const char MANY[] = "output: [curves]\n"
                           "vary:\n"
                           "  - { setting: knee.spacing, values: [0.03, 0.04] }\n"
                           "  - { setting: sharing.reserve, from: 1, to: 30, steps: 30 }\n"
                           "  - { setting: knee.varus, values: [0, 1, 2] }\n"
                           "strength: [{ muscles: [gluteus_medius], values: [0.5, 1] }]\n";

static void threads_and_resuming_change_no_bit(void)
{
    static const char *const threads[] = { "-j2", "-j3", "-j8" };
    write_text("v.yaml", "%s", MANY);
    CHECK_INT(sh("rm -f v.h5*"), 0);
    CHECK_INT(sweep("", "v", "-j1"), 0);
    uint64_t whole = sum_of("v.h5");
    for (int i = 0; i < 3; i++) {
        CHECK_INT(sh("rm v.h5"), 0);
        CHECK_INT(sweep("", "v", threads[i]), 0);
        CHECK_TRUE(sum_of("v.h5") == whole);
    }
    CHECK_INT(sh("rm v.h5"), 0);
    CHECK_INT(sweep("full pwrite .part.0 7", "v", "-j2"), 1);
    CHECK_INT(sweep("", "v", "--resume"), 0);
    CHECK_TRUE(sum_of("v.h5") == whole);
}

/* A model can be scaled to heights from 1.2 m on only. */
static void what_cannot_be_computed_is_missing_and_said(void)
{
    write_text("v.yaml", "subject: { mass: 70, height: 1.7 }\n"
                         "vary: [{ setting: subject.height, values: [1.1, 1.7, 1.15] }]\n"
                         "strength: [{ muscles: [gluteus_medius], values: [0.5, 1] }]\n");
    CHECK_INT(sweep("", "v", "--force"), 0);
    CHECK_TRUE(has("6 scenarios x"));
    CHECK_TRUE(has("4 could not be computed, the first: scenario 0: study 'v.yaml', line"));
    CHECK_TRUE(has("height is 1.1 m, must be 1.2 to 2.3 m"));
    genu_dataset status = read_set("v.h5", "status"), peak = read_set("v.h5", "knee_force_peak");
    genu_dataset height = read_set("v.h5", "vary_1"), factor = read_set("v.h5", "strength_1");
    for (int s = 0; s < 6; s++) {
        int lost = s / 2 != 1;
        CHECK_INT((int)status.value[2 * s], lost ? 3 : 0);
        CHECK_INT(isnan(peak.value[2 * s + 1]) != 0, lost);
        CHECK_NEAR(height.value[s], s / 2 == 0 ? 1.1 : lost ? 1.15 : 1.7, 0, 0);
        CHECK_NEAR(factor.value[s], s % 2 ? 1 : 0.5, 0, 0);
    }
    genu_dataset_free(&status);
    genu_dataset_free(&peak);
    genu_dataset_free(&height);
    genu_dataset_free(&factor);
    CHECK_INT(sh("\"$G\" check v.h5"), 0);
}

static void designs_of_settings(void)
{
    write_text("v.yaml",
               "design: { kind: saltelli, samples: 4 }\n"
               "vary:\n"
               "  - { setting: knee.spacing, from: 0.035, to: 0.045 }\n"
               "  - { setting: knee.varus, distribution: normal, mean: 0, sd: 1, from: -2, "
               "to: 2 }\n"
               "strength: [{ muscles: [gluteus_medius], from: 0.5, to: 1 }]\n");
    CHECK_INT(sweep("", "v", "--force"), 0);
    CHECK_TRUE(has("20 scenarios x"));
    CHECK_INT(sh("\"$G\" summary v.h5"), 0);
    CHECK_TRUE(has("knee_medial_force_peak1, right: no indices: 'knee_medial_force_peak1': the"));
    CHECK_INT(sh("\"$G\" summary v.h5 -q knee_medial_force_peak"), 0);
    CHECK_TRUE(has("knee varus") && has("gluteus_medius (both sides)"));
    write_text("v.yaml", "design: one_at_a_time\nknee: { spacing: 0.042 }\n"
                         "vary: [{ setting: knee.spacing, values: [0.036, 0.048] }]\n"
                         "strength: [{ muscles: [gluteus_medius], value: 0.5 }]\n");
    CHECK_INT(sweep("", "v", "--force"), 0);
    genu_dataset spacing = read_set("v.h5", "vary_1"), factor = read_set("v.h5", "strength_1");
    static const double expected[4][2] = {
        { 0.042, 1 }, { 0.036, 1 }, { 0.048, 1 }, { 0.042, 0.5 }
    };
    for (int s = 0; s < 4; s++) {
        CHECK_NEAR(spacing.value[s], expected[s][0], 1e-15, 0);
        CHECK_NEAR(factor.value[s], expected[s][1], 0, 0);
    }
    genu_dataset_free(&spacing);
    genu_dataset_free(&factor);
    CHECK_INT(sh("printf 'gluteus_medius:right,knee.varus,soleus\\n0.5,2,1\\n1,-2,0.7\\n' >l.csv"),
              0);
    write_text("v.yaml", "design: { kind: list, file: l.csv }\n");
    CHECK_INT(sweep("", "v", "--force"), 0);
    CHECK_TRUE(has("scenario 1: knee.varus -2; strength of gluteus_medius right 1; soleus 0.7"));
}

/* Tables and figures know settings by their names and units. */
static void what_varies_is_shown(void)
{
    write_text("v.yaml", "knee: { spacing: 0.042 }\nsubject: { mass: 60, height: 1.7 }\n"
                         "output: [curves]\n"
                         "vary:\n"
                         "  - { setting: subject.mass, values: [60, 90] }\n"
                         "  - { setting: knee.spacing, values: [0.036, 0.042, 0.048] }\n");
    CHECK_INT(sweep("", "v", "--force"), 0);
    CHECK_INT(sh("\"$G\" compare v.h5 v.h5:5"), 0);
    CHECK_TRUE(has("A: v.h5, scenario 1: body mass 60 kg, knee spacing 0.042 m\n"));
    CHECK_TRUE(has("B: v.h5, scenario 5: body mass 90 kg, knee spacing 0.048 m\n"));
    CHECK_TRUE(has("frames and movement stand here for the settings as written"));
    CHECK_INT(sh("\"$G\" export v.h5 -o v.csv && head -1 v.csv"), 0);
    CHECK_TRUE(has("scenario,vary_1 [kg],vary_2 [m],"));
    CHECK_INT(sh("\"$G\" plot v.h5 -o figures -f svg && ls figures"), 0);
    CHECK_TRUE(has("knee_load_left.svg") && has("peak_map_left.svg"));
    // twice the force on a body of twice the weight is the same in body weights
    genu_results *r = NULL;
    double *weight = NULL;
    CHECK_OK(genu_results_open(&r, in_folder("v.h5"), &err), err);
    CHECK_OK(genu_scenario_weights(r, 6, &weight, &err), err);
    for (int i = 0; weight && i < 6; i++) {
        CHECK_NEAR(weight[i], (i < 3 ? 60 : 90) * 9.80665, 1e-12, 0);
        CHECK_NEAR(genu_scenario_weight(r, i), weight[i], 0, 0);
    }
    free(weight);
    genu_results_close(r);
}

static const struct {
    const char *study, *said;
} WRONG[] = {
    { "vary: [{ setting: knee.spacng, value: 0.04 }]\n",
      "line 5: vary[0].setting is 'knee.spacng', which cannot vary; the nearest that can is "
      "'knee.spacing'" },
    { "vary: [{ setting: sharing.weights.soleus, value: 2 }]\n", "and must stand there" },
    { "vary: [{ setting: knee.spacing, values: [0.04, 0.4] }]\n",
      "vary[0].values is 0.4, must be a number from 0.02 to 0.08 m for knee.spacing" },
    { "vary: [{ setting: sharing.passive, value: 0.5 }]\n", "vary[0].value is 0.5, must be" },
    { "vary: [{ setting: change.speed, value: 1.2 }]\n", "which belongs to a task" },
    { "vary: [{ setting: subject.mass, value: 70 }]\n",
      "mass and height must both be given in subject, or vary" },
    { "vary: [{ setting: knee.varus, value: 1 }, { setting: knee.varus, value: 2 }]\n",
      "vary[1].setting is 'knee.varus', as vary[0].setting is" },
    { "sharing: { tendon: elastic, passive: true }\nvary: [{ setting: sharing.passive, value: 0 "
      "}]\n",
      "which must stay true while sharing.tendon is elastic" },
    { "design: { kind: sobol, samples: 4 }\nvary: [{ setting: knee.varus, distribution: normal, "
      "mean: 0, sd: 1, from: -2 }]\n",
      "vary[0].to is missing: knee.varus must stay in its range" },
    { "design: { kind: sobol, samples: 4 }\nvary: [{ setting: sharing.passive, from: 0, to: 1 }]\n",
      "sharing.passive is true or false, which has no distribution" },
    { "design: one_at_a_time\nsubject: { mass: 70 }\nvary: [{ setting: subject.height, value: 1.8 "
      "}]\n",
      "vary[0]: one at a time starts from the usual value, so subject.height must be given" },
    { "vary: [{ setting: knee.spacing, from: 0.03, to: 0.05, steps: 1001 }, { setting: "
      "knee.offset, "
      "from: 0, to: 0.01, steps: 1001 }, { setting: knee.height, from: 0, to: 0.01, steps: 1001 "
      "}]\n",
      "vary makes 1003003001 scenarios, must be at most 1000000000" },
};

static void wrong_settings_are_named(void)
{
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        write_text("w.yaml", "%s", WRONG[i].study);
        CHECK_INT(sh("\"$G\" check w.yaml"), 1);
        CHECK_TRUE(has(WRONG[i].said));
    }
    CHECK_INT(sh("printf 'knee.varus\\n20\\n' >l.csv"), 0);
    write_text("w.yaml", "design: { kind: list, file: l.csv }\n");
    CHECK_INT(sh("\"$G\" check w.yaml"), 1);
    CHECK_TRUE(has("knee.varus is 20, must be a number from -15 to 15 degrees"));
    write_text("w.yaml", "design: { kind: list, file: l.csv }\n"
                         "vary: [{ setting: knee.varus, value: 1 }]\n");
    CHECK_INT(sh("\"$G\" check w.yaml"), 1);
    CHECK_TRUE(has("vary must not stand beside a list"));
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(a_scenario_is_the_study_with_its_settings),
        TEST(weights_reserves_and_passive_force_vary),
        TEST(threads_and_resuming_change_no_bit),
        TEST(what_cannot_be_computed_is_missing_and_said),
        TEST(designs_of_settings),
        TEST(what_varies_is_shown),
        TEST(wrong_settings_are_named),
        CU_TEST_INFO_NULL,
    };
    return test_main("vary", tests, argc, argv);
}
