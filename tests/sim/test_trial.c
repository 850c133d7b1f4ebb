#include "models/skeleton.h"
#include "sim/results.h"
#include "sim/sweep.h"
#include "solvers/torque.h"
#include "tests/sim/leg_fixture.h"

#include <stdlib.h>
#include <sys/stat.h>

static genu_err err;

#define START                                                                                      \
    "model: leg.osim\nmotion: { file: walk.mot, filter: 8 }\nloads: grf.xml\n"                     \
    "output: [curves, muscles]\n"

static const char *const curves[] = { "knee_force",          "knee_compression",
                                      "knee_medial_force",   "knee_lateral_force",
                                      "knee_frontal_moment", "knee_soft_tissue_moment",
                                      "hip_force",           "ankle_force" };
enum { N_CURVE = sizeof curves / sizeof *curves };

/* A folder of this name with the fixture in it. */
static const char *fixture(const char *name, const leg_options *o)
{
    static char path[500];
    snprintf(path, sizeof path, "%s/%s", test_folder(), name);
    mkdir(path, 0777);
    leg_write(path, o);
    return path;
}

static genu_study *parse(const char *folder, const char *text)
{
    char path[600];
    genu_study *study;
    snprintf(path, sizeof path, "%s/x.yaml", folder);
    CHECK_OK(genu_study_parse(&study, text, strlen(text), path, NULL, &err), err);
    return study;
}

/* The whole way from the study's text to an open results file. */
static genu_results *solve(const char *folder, const char *text)
{
    char out[600];
    genu_study *study = parse(folder, text);
    genu_trial *trial = NULL;
    genu_results *r = NULL;
    genu_sweep_settings settings = { .threads = 2, .force = 1 };
    genu_sweep_info info = { .path = NULL };
    snprintf(out, sizeof out, "%s/x.h5", folder);
    if (study && CHECK_OK(genu_trial_new(&trial, study, 2, NULL, &err), err) &&
        CHECK_OK(genu_sweep(trial, out, &settings, &info, &err), err))
        CHECK_OK(genu_results_open(&r, out, &err), err);
    free(info.path);
    genu_trial_free(trial);
    genu_study_free(study);
    return r;
}

static genu_dataset get(genu_results *r, const char *name)
{
    genu_dataset d = { 0 };
    if (r)
        CHECK_OK(genu_results_read(r, name, &d, &err), err);
    return d;
}

/* The curves of scenario i, side k of one file against scenario j, side l of another. tol is a
 * share of the largest value of the curve: near its zeros nothing else can be asked. */
static void compare(genu_results *a, int i, int k, genu_results *b, int j, int l, double tol)
{
    for (int c = 0; a && b && c < N_CURVE; c++) {
        genu_dataset x = get(a, curves[c]), y = get(b, curves[c]);
        int n = x.dim[2], n_x = x.dim[1], n_y = y.dim[1];
        double most = 0, off = 0;
        CHECK_INT(y.dim[2], n);
        for (int f = 0; f < n && y.dim[2] == n; f++) {
            double u = x.value[(i * n_x + k) * n + f], v = y.value[(j * n_y + l) * n + f];
            most = fmax(most, fabs(u));
            off = fmax(off, fabs(u - v));
        }
        if (strcmp(curves[c], "knee_soft_tissue_moment"))
            CHECK_TRUE(most > 1);
        CHECK_NEAR(off, 0, 0, tol * most);
        genu_dataset_free(&x);
        genu_dataset_free(&y);
    }
}

static void a_mirrored_walk_gives_mirrored_results(void)
{
    leg_options plain = { 0 }, mirrored = { .mirrored = 1 };
    genu_results *a = solve(fixture("plain", &plain),
                            START "side: both\nstrength:\n"
                                  "  - { muscles: [gluteus_medius], side: right, value: 0.6 }\n");
    genu_results *b = solve(fixture("mirrored", &mirrored),
                            START "side: both\nstrength:\n"
                                  "  - { muscles: [gluteus_medius], side: left, value: 0.6 }\n");
    // the sums run over the muscles in another order; measured: 3e-12 N of 1e3
    compare(a, 0, 0, b, 0, 1, 1e-10);
    compare(a, 0, 1, b, 0, 0, 1e-10);
    genu_results_close(a);
    genu_results_close(b);
}

static void left_and_right_of_the_walk_differ(void)
{
    // else the mirror would prove nothing
    leg_options plain = { 0 };
    genu_results *a = solve(fixture("plain", &plain), START "side: both\n");
    genu_dataset d = get(a, "knee_medial_force_peak");
    CHECK_TRUE(d.n == 2 && fabs(d.value[0] - d.value[1]) > 10);
    genu_dataset_free(&d);
    genu_results_close(a);
}

static void a_scenario_does_not_depend_on_its_grid(void)
{
    leg_options plain = { 0 };
    const char *folder = fixture("plain", &plain);
    genu_results *few = solve(
        folder, START "strength:\n"
                      "  - { muscles: [gluteus_medius], side: right, values: [0.3, 1] }\n"
                      "  - { muscles: [gluteus_minimus], side: right, values: [0.5, 0.9] }\n");
    // the same factors among others, with the entries the other way round
    genu_results *many =
        solve(folder, START "strength:\n"
                            "  - { muscles: [gluteus_minimus], side: right, from: 0, to: 1, steps: "
                            "21 }\n"
                            "  - { muscles: [gluteus_medius], side: right, values: [1.1, 0, 0.3, "
                            "0.7, 1] }\n"
                            "  - { muscles: [soleus], values: [1.3, 1, 0.8] }\n");
    // scenario (minimus i / 20, medius j, soleus 1) is number (5 i + j) 3 + 1
    compare(few, 0, 0, many, (5 * 10 + 2) * 3 + 1, 0, 1e-9);
    compare(few, 1, 0, many, (5 * 18 + 2) * 3 + 1, 0, 1e-9);
    compare(few, 2, 0, many, (5 * 10 + 4) * 3 + 1, 0, 1e-9);
    compare(few, 3, 0, many, (5 * 18 + 4) * 3 + 1, 0, 1e-9);
    genu_results_close(few);
    genu_results_close(many);
}

static void a_factor_of_one_is_no_change(void)
{
    leg_options plain = { 0 };
    const char *folder = fixture("plain", &plain);
    genu_results *none = solve(folder, START);
    genu_results *one = solve(folder, START "strength:\n"
                                            "  - { muscles: [gluteus_medius, soleus], value: 1 }\n"
                                            "  - { muscles: [vasti], values: [0.5, 1] }\n");
    compare(none, 0, 0, one, 1, 0, 1e-9);
    genu_results_close(none);
    genu_results_close(one);
}

static void twice_the_force_is_a_factor_of_two(void)
{
    leg_options plain = { 0 }, strong = { .stronger = "glmed1", .times = 2 };
    genu_results *a = solve(fixture("plain", &plain),
                            START "strength:\n  - { muscles: [gluteus_medius], value: 2 }\n");
    genu_results *b = solve(fixture("strong", &strong), START);
    genu_results *c = solve(fixture("plain", &plain), START);
    compare(a, 0, 0, b, 0, 0, 1e-9);
    genu_dataset two = get(a, "knee_force_peak"), one = get(c, "knee_force_peak");
    CHECK_TRUE(two.n && one.n && fabs(two.value[0] - one.value[0]) > 1); // it matters at all
    genu_dataset_free(&two);
    genu_dataset_free(&one);
    genu_results_close(a);
    genu_results_close(b);
    genu_results_close(c);
}

static void both_is_right_and_left(void)
{
    leg_options plain = { 0 };
    const char *folder = fixture("plain", &plain);
#define WEAK "strength:\n  - { muscles: [gluteus_medius], side: right, values: [0.4, 1] }\n"
    genu_results *both = solve(folder, START WEAK "side: both\n");
    genu_results *right = solve(folder, START WEAK "side: right\n");
    genu_results *left = solve(folder, START WEAK "side: left\n");
    for (int i = 0; i < 2; i++) {
        compare(both, i, 0, right, i, 0, 0);
        compare(both, i, 1, left, i, 0, 0);
    }
    genu_results_close(both);
    genu_results_close(right);
    genu_results_close(left);
}

static void compartments_add_up(void)
{
    leg_options plain = { 0 };
    genu_results *r = solve(fixture("plain", &plain),
                            START "side: both\nknee: { spacing: 0.05, offset: 0.003 }\n");
    genu_dataset N = get(r, "knee_compression"), M = get(r, "knee_frontal_moment");
    genu_dataset medial = get(r, "knee_medial_force"), lateral = get(r, "knee_lateral_force");
    genu_dataset soft = get(r, "knee_soft_tissue_moment");
    int contact = 0, lift = 0;
    for (size_t i = 0; i < N.n; i++) {
        if (N.value[i] <= 0) {
            CHECK_NEAR(medial.value[i] + lateral.value[i], 0, 0, 0);
            continue;
        }
        CHECK_NEAR(medial.value[i] + lateral.value[i], N.value[i], 1e-12, 1e-9);
        // about the centre of the plateau, half the spacing from either point
        CHECK_NEAR(0.025 * (lateral.value[i] - medial.value[i]) + soft.value[i], M.value[i], 1e-9,
                   1e-9);
        int lifted = medial.value[i] == 0 || lateral.value[i] == 0;
        CHECK_TRUE(lifted || soft.value[i] == 0);
        lift += lifted;
        contact += !lifted;
    }
    CHECK_TRUE(contact > 50);
    genu_dataset_free(&N);
    genu_dataset_free(&M);
    genu_dataset_free(&medial);
    genu_dataset_free(&lateral);
    genu_dataset_free(&soft);
    genu_results_close(r);
}

/* ------------------------------------------------------------------ isometric torque */

/* Length of a right muscle and its moment arm about the axis e through p, all seen from the pelvis
 * at rest, where every body is parallel to it; turning the lower body about the axis. */
static double rest_arm(const struct leg_muscle *s, const double *p, v3 e)
{
    v3 at[2];
    for (int k = 0; k < 2; k++) {
        const double *o = leg_origin[s->body[k]], *x = s->point[k];
        at[k] = (v3){ o[0] + x[0], o[1] + x[1], o[2] + x[2] };
    }
    v3 pull = v3_scale(1 / v3_norm(v3_sub(at[0], at[1])), v3_sub(at[0], at[1]));
    return v3_dot(e, v3_cross(v3_sub(at[1], (v3){ p[0], p[1], p[2] }), pull));
}

/* At rest every fibre gives its F0: the torque is the sum of F0 r over those that help. */
static void isometric_torque_in_closed_form(void)
{
    static const struct {
        const char *coord;
        int above, below; /* the joint is between them */
        v3 axis;
    } joint[] = { { "hip_flexion_r", LEG_PELVIS, LEG_FEMUR, { 0, 0, 1 } },
                  { "hip_adduction_r", LEG_PELVIS, LEG_FEMUR, { 1, 0, 0 } },
                  { "knee_angle_r", LEG_FEMUR, LEG_TIBIA, { 0, 0, 1 } },
                  { "ankle_angle_r", LEG_TIBIA, LEG_CALCN, { 0, 0, 1 } } };
    char path[600];
    genu_model *m;
    leg_options plain = { 0 };
    snprintf(path, sizeof path, "%s/leg.osim", fixture("plain", &plain));
    if (!CHECK_OK(genu_trial_read_model(path, &m, NULL, NULL, &err), err))
        return;
    genu_data *d = genu_data_new(m);
    for (int j = 0; j < 4; j++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double want = 0, torque = -1;
            for (int i = 0; i < LEG_N_MUSCLE; i++) {
                const struct leg_muscle *s = &leg_muscles[i];
                if (s->body[0] > joint[j].above || s->body[1] < joint[j].below)
                    continue;
                double r = rest_arm(s, leg_origin[joint[j].below], joint[j].axis);
                want += r * sign > 0 ? s->force * fabs(r) : 0;
            }
            CHECK_TRUE(want > 1);
            genu_skeleton_default(m, d);
            int c = genu_find_coord(m, joint[j].coord);
            CHECK_INT(genu_torque_isometric(m, d, c, sign, &torque), GENU_OK);
            CHECK_NEAR(torque, want, 1e-9, 0);
        }
    genu_data_free(d);
    genu_model_free(m);
}

/* One muscle, ankle turned: the fibre's force falls with Thelen's bell, exp(-(l - 1)^2 / 0.45). */
static void isometric_torque_follows_the_fibre(void)
{
    const struct leg_muscle *s = &leg_muscles[LEG_N_MUSCLE - 1]; // tibialis anterior
    char path[600];
    genu_model *m;
    leg_options plain = { 0 };
    snprintf(path, sizeof path, "%s/leg.osim", fixture("plain", &plain));
    if (!CHECK_OK(genu_trial_read_model(path, &m, NULL, NULL, &err), err))
        return;
    genu_data *d = genu_data_new(m);
    int c = genu_find_coord(m, "ankle_angle_r");
    for (double angle = -0.4; angle < 0.41; angle += 0.2) {
        double co = cos(angle), si = sin(angle), torque = -1, rest = leg_rest_length(s);
        double dx = co * s->point[1][0] - si * s->point[1][1];
        double dy = si * s->point[1][0] + co * s->point[1][1];
        // the line from the shank's point to the foot's, both from the ankle
        double ax = s->point[0][0], ay = s->point[0][1] + 0.42;
        double az = s->point[0][2] - s->point[1][2];
        double length = sqrt((dx - ax) * (dx - ax) + (dy - ay) * (dy - ay) + az * az);
        double arm = (dx * (ay - dy) - dy * (ax - dx)) / length;
        double fibre = (length - rest / 2) / (rest / 2);
        genu_skeleton_default(m, d);
        d->q[c] = angle;
        CHECK_INT(genu_torque_isometric(m, d, c, 1, &torque), GENU_OK);
        CHECK_NEAR(torque, s->force * exp(-(fibre - 1) * (fibre - 1) / 0.45) * arm, 1e-9, 0);
    }
    genu_data_free(d);
    genu_model_free(m);
}

/* ------------------------------------------------------------------ the trial itself */

static void frames_do_not_depend_on_threads(void)
{
    leg_options plain = { 0 };
    genu_study *study = parse(fixture("plain", &plain), START "frames: 51\n");
    genu_trial *one, *three;
    if (CHECK_OK(genu_trial_new(&one, study, 1, NULL, &err), err) &&
        CHECK_OK(genu_trial_new(&three, study, 3, NULL, &err), err)) {
        size_t n = (size_t)one->n_frame;
        CHECK_INT(one->n_frame, 51);
        CHECK_INT(memcmp(one->frames->moment, three->frames->moment,
                         n * (size_t)one->model->n_coord * sizeof(double)),
                  0);
        CHECK_INT(memcmp(one->frames->active, three->frames->active,
                         n * (size_t)one->model->n_muscle * sizeof(double)),
                  0);
        CHECK_NEAR(one->body_weight, 70 * 9.80665, 1e-12, 0);
        genu_trial_free(three);
    }
    genu_trial_free(one);
    genu_study_free(study);
}

/* The left stance ends after the right cycle: what the frames do not hold is missing, and said. */
static void a_stance_cut_by_the_frames_is_missing(void)
{
    leg_options plain = { 0 };
    const char *folder = fixture("plain", &plain);
    genu_results *all = solve(folder, START "side: both\n");
    genu_dataset d = get(all, "knee_medial_force_impulse");
    CHECK_TRUE(d.value[0] > 10 && d.value[1] > 10);
    genu_dataset_free(&d);
    genu_results_close(all);
    genu_results *cut = solve(folder, START "side: both\nframes: 101\n");
    const char *names[] = { "knee_medial_force_impulse", "knee_medial_force_peak1",
                            "knee_medial_force_peak2", "knee_medial_share" };
    for (int i = 0; i < 4; i++) {
        d = get(cut, names[i]);
        CHECK_TRUE(d.value[0] > 0);
        CHECK_TRUE(isnan(d.value[1]));
        genu_dataset_free(&d);
    }
    genu_results_close(cut);
    genu_study *study = parse(folder, START "side: both\nframes: 101\n");
    genu_trial *trial = NULL;
    genu_notes notes = { 0 };
    int said = 0;
    CHECK_OK(genu_trial_new(&trial, study, 1, &notes, &err), err);
    for (int i = 0; i < notes.n; i++)
        said += strstr(notes.note[i].text, "do not hold the whole stance of the left leg") != NULL;
    CHECK_INT(said, 1);
    genu_notes_clear(&notes);
    genu_trial_free(trial);
    genu_study_free(study);
}

/* The force rises from 0 at 0.1 s: it passes 20 N of 720 when sin(pi s) = 1 / 36. */
static void the_cycle_is_that_of_the_loads(void)
{
    leg_options plain = { 0 };
    genu_study *study = parse(fixture("plain", &plain), START "side: right\n");
    genu_trial *t;
    if (CHECK_OK(genu_trial_new(&t, study, 1, NULL, &err), err)) {
        double late = 0.6 * asin(1.0 / 36) / LEG_PI;
        CHECK_NEAR(t->cycle[0].strike, 0.1 + late, 0, 0.004); // the table has steps of 10 ms
        CHECK_NEAR(t->cycle[0].off, 0.7 - late, 0, 0.004);
        CHECK_NEAR(t->cycle[0].next, 1.1 + late, 0, 0.004);
        genu_trial_free(t);
    }
    genu_study_free(study);
}

static void refuse(const char *text, genu_status want, const char *fragment)
{
    leg_options plain = { 0 };
    genu_study *study = parse(fixture("plain", &plain), text);
    genu_trial *t = NULL;
    if (study)
        CHECK_FAILS(genu_trial_new(&t, study, 1, NULL, &err), want, err, fragment);
    CHECK_TRUE(t == NULL);
    genu_study_free(study);
}

static void a_trial_names_what_it_cannot_do(void)
{
#define BODY(motion) "model: leg.osim\nloads: grf.xml\nmotion: { file: walk.mot" motion " }\n"
    refuse(BODY(", from: 0.5, to: 3"), GENU_E_RANGE,
           "line 3: motion: from 0.5 to 3 s reaches beyond");
    refuse(
        BODY(", from: 0.2, to: 0.9") "frames: 11\n", GENU_E_SHAPE,
        "line 4: frames: 11 per cycle asked for, but the motion from 0.2 to 0.9 s holds no whole");
    refuse("model: nix.osim\nmotion: { file: walk.mot }\nloads: grf.xml\n", GENU_E_IO, "nix.osim");
    refuse("model: leg.osim\nmotion: { file: nix.mot }\nloads: grf.xml\n", GENU_E_IO, "nix.mot");
    refuse("model: leg.osim\nmotion: { file: walk.mot }\nloads: nix.xml\n", GENU_E_IO, "nix.xml");
    refuse(START "lock: [hip_flexion_x]\n", GENU_E_RANGE, "hip_flexion_x");
    refuse(START "strength:\n  - { muscles: [gastroknemius], value: 1 }\n", GENU_E_RANGE,
           "line 6: ");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(a_mirrored_walk_gives_mirrored_results),
        TEST(left_and_right_of_the_walk_differ),
        TEST(a_scenario_does_not_depend_on_its_grid),
        TEST(a_factor_of_one_is_no_change),
        TEST(twice_the_force_is_a_factor_of_two),
        TEST(both_is_right_and_left),
        TEST(compartments_add_up),
        TEST(isometric_torque_in_closed_form),
        TEST(isometric_torque_follows_the_fibre),
        TEST(frames_do_not_depend_on_threads),
        TEST(a_stance_cut_by_the_frames_is_missing),
        TEST(the_cycle_is_that_of_the_loads),
        TEST(a_trial_names_what_it_cannot_do),
        CU_TEST_INFO_NULL,
    };
    return test_main("trial", tests, argc, argv);
}
