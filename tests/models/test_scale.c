#include "models/scale.h"

#include "models/osim.h"
#include "models/path.h"
#include "models/skeleton.h"
#include "tests/same_model.h"

#define BUNDLED GENU_TEST_SOURCE_DIR "/data/models/lower_limb.osim"

static genu_model *read_model(const char *path)
{
    genu_model *m = NULL;
    genu_err err = { 0 };
    size_t n;
    char *text = test_read_file(path, &n);
    if (text)
        CHECK_OK(genu_osim_read(text, n, path, &m, NULL, &err), err);
    free(text);
    return m;
}

static genu_model *copy(const genu_model *m)
{
    genu_model *to;
    genu_err err = { 0 };
    CHECK_OK(genu_model_copy(&to, m, &err), err);
    return to;
}

static int says(const genu_notes *notes, const char *fragment)
{
    for (int i = 0; i < notes->n; i++)
        if (strstr(notes->note[i].text, fragment))
            return 1;
    return 0;
}

/* Both models in the same pose, lengths of the scaled one `ratio` times longer. */
static void pose(const genu_model *m, genu_data *d, double ratio, unsigned long long *seed)
{
    genu_skeleton_default(m, d);
    for (int i = 0; i < m->n_coord; i++) {
        const genu_coord *c = &m->coord[i];
        int length = c->motion == GENU_TRANSLATION;
        d->q[i] = length ? ratio * test_random(seed, -1, 1)
                         : test_random(seed, fmax(c->lo, -1), fmin(c->hi, 1));
    }
    genu_skeleton_couple(m, d);
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
}

static void scale_by_one_changes_nothing(void)
{
    genu_model *m = read_model(BUNDLED), *same_one = m ? copy(m) : NULL;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    if (!same_one)
        return;
    CHECK_OK(genu_model_scale(same_one, genu_model_mass(m), m->height, &notes, &err), err);
    CHECK_INT(genu_notes_count(&notes, GENU_WARNING), 0);
    check_same_model(same_one, m, 1e-14, 0); // inertia goes through second moments and back
    genu_notes_clear(&notes);
    genu_model_free(same_one);
    genu_model_free(m);
}

static void subject_has_its_mass_and_size(void)
{
    genu_model *m = read_model(BUNDLED), *to = m ? copy(m) : NULL;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    if (!to)
        return;
    CHECK_OK(genu_model_scale(to, 90, 1.87, &notes, &err), err);
    double ratio = 1.87 / 1.70, mass = 90 / 75.337;
    double volume = (47.05 * 90 * 1.87 + 1289.6) / (47.05 * 75.337 * 1.70 + 1289.6);
    CHECK_NEAR(genu_model_mass(to), 90, 1e-14, 0);
    CHECK_NEAR(to->height, 1.87, 0, 0);
    CHECK_NEAR(to->coord[genu_find_coord(to, "pelvis_ty")].value, 0.94 * ratio, 1e-14, 0);
    for (int b = 1; b < m->n_body; b++)
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                CHECK_NEAR(to->body[b].inertia.m[i][j],
                           m->body[b].inertia.m[i][j] * mass * ratio * ratio, 1e-12, 1e-18);
    for (int i = 0; i < m->n_muscle; i++) {
        CHECK_NEAR(to->muscle[i].hill.l_opt, ratio * m->muscle[i].hill.l_opt, 1e-12, 0);
        CHECK_NEAR(to->muscle[i].hill.l_slack, ratio * m->muscle[i].hill.l_slack, 1e-12, 0);
        CHECK_NEAR(to->muscle[i].hill.f_max, volume / ratio * m->muscle[i].hill.f_max, 1e-12, 0);
    }
    CHECK_TRUE(says(&notes, "scaled from 75.337 kg and 1.7 m to 90 kg and 1.87 m"));
    CHECK_TRUE(
        says(&notes, "lengths of bodies, joints, paths, wrapping objects and markers x 1.1"));
    CHECK_TRUE(says(&notes, "masses x 1.19463"));
    CHECK_TRUE(says(&notes, "coordinate 'pelvis_ty': default 0.94 to 1.034 m"));
    CHECK_TRUE(says(&notes, "largest isometric forces x"));
    CHECK_TRUE(says(&notes, "optimal fibre and tendon slack lengths x 1.1"));
    CHECK_INT(genu_notes_count(&notes, GENU_WARNING), 0); // a similar body wraps as before
    genu_notes_clear(&notes);
    genu_model_free(to);
    genu_model_free(m);
}

/* A body of the same shape: places, muscle lengths and moment arms grow with height in any pose. */
static void moment_arms_grow_with_height(void)
{
    genu_model *m = read_model(BUNDLED), *to = m ? copy(m) : NULL;
    genu_err err = { 0 };
    if (!to)
        return;
    CHECK_OK(genu_model_scale(to, 60, 1.53, NULL, &err), err);
    double ratio = 1.53 / 1.70, arm[2][32];
    genu_data *a = genu_data_new(m), *b = genu_data_new(to);
    for (int k = 0; k < 10; k++) {
        unsigned long long seed[2] = { (unsigned long long)k + 1, (unsigned long long)k + 1 };
        pose(m, a, 1, &seed[0]);
        pose(to, b, ratio, &seed[1]);
        for (int i = 1; i < m->n_body; i++)
            CHECK_NEAR(v3_distance(b->X[i].p, v3_scale(ratio, a->X[i].p)), 0, 0, 1e-13);
        for (int i = 0; i < m->n_muscle; i++) {
            genu_line line[2];
            genu_status s = genu_path_line(m, a, &m->muscle[i].path, GENU_MODE_GENU, &line[0]);
            genu_status t = genu_path_line(to, b, &to->muscle[i].path, GENU_MODE_GENU, &line[1]);
            CHECK_INT(s, t);
            CHECK_NEAR(line[1].length, ratio * line[0].length, 1e-12, 0);
            genu_path_moment_arms(m, a, &m->muscle[i].path, &line[0], GENU_MODE_GENU, arm[0]);
            genu_path_moment_arms(to, b, &to->muscle[i].path, &line[1], GENU_MODE_GENU, arm[1]);
            for (int c = 0; c < m->n_coord; c++) // m per rad; two surfaces settle to 1e-10
                CHECK_NEAR(arm[1][c],
                           (m->coord[c].motion == GENU_TRANSLATION ? 1 : ratio) * arm[0][c], 1e-7,
                           1e-9);
        }
    }
    genu_data_free(a);
    genu_data_free(b);
    genu_model_free(to);
    genu_model_free(m);
}

static void stretched_bodies_stretch_what_they_carry(void)
{
    genu_model *m = read_model(BUNDLED), *to = m ? copy(m) : NULL;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    v3 factor[32];
    if (!to)
        return;
    for (int b = 0; b < 32; b++)
        factor[b] = (v3){ 1, 1, 1 };
    int femur = genu_find_body(m, "femur_r"), tibia = genu_find_body(m, "tibia_r");
    factor[femur] = (v3){ 0.9, 1.2, 1.1 };
    CHECK_OK(
        genu_model_scale_by(to, &(genu_scaling){ factor, genu_model_mass(m), 1.5 }, &notes, &err),
        err);
    CHECK_NEAR(to->height, 0, 0, 0);
    // the knee's frame moves with the femur, not with the tibia
    v3 was = m->body[tibia].joint.parent_frame.p, is = to->body[tibia].joint.parent_frame.p;
    CHECK_NEAR(is.x, 0.9 * was.x, 1e-15, 0);
    CHECK_NEAR(is.y, 1.2 * was.y, 1e-15, 0);
    CHECK_NEAR(is.z, 1.1 * was.z, 1e-15, 0);
    CHECK_NEAR(v3_distance(to->body[tibia].joint.child_frame.p, m->body[tibia].joint.child_frame.p),
               0, 0, 0);
    // the patella glides along the femur's own axes
    const genu_joint *glide = &to->body[genu_find_body(m, "patella_r")].joint;
    CHECK_NEAR(glide->step[0].f.scale, 0.9, 1e-14, 0);
    CHECK_NEAR(glide->step[1].f.scale, 1.2, 1e-14, 0);
    CHECK_NEAR(glide->step[2].f.c[0], 1.1 * 0.00275, 1e-14, 0);
    // a cylinder across the femur, its axis along z, and one along the shaft
    const genu_wrap_object *w = &to->wrap[genu_find_wrap(m, "GasMed_at_condyles_r")];
    CHECK_NEAR(w->radius[0], 0.025 * (0.9 + 1.2) / 2, 1e-14, 0);
    CHECK_NEAR(w->length, 0.1 * 1.1, 1e-14, 0);
    int i = genu_find_wrap(m, "AL_at_femshaft_r");
    v3 axis = m3_column(m->wrap[i].frame.R, 2);
    CHECK_NEAR(to->wrap[i].length / m->wrap[i].length,
               sqrt(0.81 * axis.x * axis.x + 1.44 * axis.y * axis.y + 1.21 * axis.z * axis.z),
               1e-14, 0);
    // a rod of two masses at +-y: its inertia about x and z grows with the square of y
    double(*I)[3] = to->body[femur].inertia.m;
    double(*J)[3] = m->body[femur].inertia.m;
    double xx = (J[1][1] + J[2][2] - J[0][0]) / 2, yy = (J[0][0] + J[2][2] - J[1][1]) / 2,
           zz = (J[0][0] + J[1][1] - J[2][2]) / 2;
    CHECK_NEAR(I[0][0], 1.44 * yy + 1.21 * zz, 1e-12, 0);
    CHECK_NEAR(I[1][1], 0.81 * xx + 1.21 * zz, 1e-12, 0);
    CHECK_NEAR(I[2][2], 0.81 * xx + 1.44 * yy, 1e-12, 0);
    // muscles keep the ratio of their parts; the left leg is as it was
    genu_data *a = genu_data_new(m), *b = genu_data_new(to);
    genu_skeleton_default(m, a);
    genu_skeleton_default(to, b);
    genu_skeleton_position(m, a);
    genu_skeleton_position(to, b);
    genu_skeleton_velocity(m, a);
    genu_skeleton_velocity(to, b);
    for (int k = 0; k < m->n_muscle; k++) {
        genu_line line[2];
        CHECK_INT(genu_path_line(m, a, &m->muscle[k].path, GENU_MODE_GENU, &line[0]), GENU_OK);
        CHECK_INT(genu_path_line(to, b, &to->muscle[k].path, GENU_MODE_GENU, &line[1]), GENU_OK);
        double ratio = line[1].length / line[0].length;
        const genu_hill *h = &to->muscle[k].hill, *g = &m->muscle[k].hill;
        CHECK_NEAR(h->l_opt / g->l_opt, ratio, 1e-13, 0);
        CHECK_NEAR(h->l_slack / g->l_slack, ratio, 1e-13, 0);
        CHECK_NEAR(h->f_max * h->l_opt, 1.5 * g->f_max * g->l_opt, 1e-13, 0); // volume
        if (m->muscle[k].name[strlen(m->muscle[k].name) - 1] == 'l')
            CHECK_NEAR(ratio, 1, 1e-13, 0);
    }
    CHECK_TRUE(says(&notes, "body 'femur_r': x 0.9, y 1.2, z 1.1"));
    genu_data_free(a);
    genu_data_free(b);
    genu_notes_clear(&notes);
    genu_model_free(to);
    genu_model_free(m);
}

static void muscle_that_leaves_its_surface_is_named(void)
{
    genu_model *m = read_model(BUNDLED);
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    v3 factor[32];
    if (!m)
        return;
    for (int b = 0; b < 32; b++)
        factor[b] = (v3){ 1, 1, 1 };
    // a tibia three times as deep: what runs behind the knee runs far behind it
    factor[genu_find_body(m, "tibia_r")] = (v3){ 3, 1, 1 };
    CHECK_OK(genu_model_scale_by(m, &(genu_scaling){ factor, genu_model_mass(m), 1 }, &notes, &err),
             err);
    CHECK_TRUE(genu_notes_count(&notes, GENU_WARNING) > 0);
    CHECK_TRUE(says(&notes, "no longer touches '"));
    for (int i = 0; i < notes.n; i++)
        if (notes.note[i].severity == GENU_WARNING)
            CHECK_TRUE(!strstr(notes.note[i].text, "_l'")); // the left leg was left alone
    genu_notes_clear(&notes);
    genu_model_free(m);
}

/* Thelen muscles, conditional and moving points, a knee with splines. */
static void other_models_scale_too(void)
{
    const char *path = test_reference("models/gait2392_thelen2003muscle.osim");
    if (!path)
        return;
    genu_model *m = read_model(path), *to = m ? copy(m) : NULL;
    genu_err err = { 0 };
    if (!to)
        return;
    CHECK_FAILS(genu_model_scale(to, 80, 1.8, NULL, &err), GENU_E_FORMAT, err,
                "does not say how tall the subject is");
    to->height = 1.8; // its authors': about 1.8 m and 75.16 kg
    CHECK_OK(genu_model_scale(to, 80, 1.62, NULL, &err), err);
    genu_data *a = genu_data_new(m), *b = genu_data_new(to);
    for (int k = 0; k < 5; k++) {
        unsigned long long seed[2] = { (unsigned long long)k + 1, (unsigned long long)k + 1 };
        pose(m, a, 1, &seed[0]);
        pose(to, b, 0.9, &seed[1]);
        for (int i = 0; i < m->n_muscle; i++) {
            genu_line line[2];
            genu_status s = genu_path_line(m, a, &m->muscle[i].path, GENU_MODE_GENU, &line[0]);
            genu_status t = genu_path_line(to, b, &to->muscle[i].path, GENU_MODE_GENU, &line[1]);
            CHECK_INT(s, t);
            CHECK_NEAR(line[1].length, 0.9 * line[0].length, 1e-12, 0);
        }
    }
    genu_data_free(a);
    genu_data_free(b);
    genu_model_free(to);
    genu_model_free(m);
}

static void bad_subjects_are_refused(void)
{
    genu_model *m = read_model(BUNDLED), *kept = m ? copy(m) : NULL;
    genu_err err = { 0 };
    v3 factor[32];
    if (!kept)
        return;
    CHECK_FAILS(genu_model_scale(m, 19, 1.7, NULL, &err), GENU_E_RANGE, err,
                "the subject's mass is 19 kg, must be 20 to 250 kg");
    CHECK_FAILS(genu_model_scale(m, NAN, 1.7, NULL, &err), GENU_E_RANGE, err, "mass is nan");
    CHECK_FAILS(genu_model_scale(m, 75, 170, NULL, &err), GENU_E_RANGE, err,
                "the subject's height is 170 m, must be 1.2 to 2.3 m");
    for (int b = 0; b < 32; b++)
        factor[b] = (v3){ 1, 1, 1 };
    CHECK_FAILS(genu_model_scale_by(m, &(genu_scaling){ factor, 0, 1 }, NULL, &err), GENU_E_RANGE,
                err, "the mass is 0 kg, must be > 0");
    CHECK_FAILS(genu_model_scale_by(m, &(genu_scaling){ factor, 70, -1 }, NULL, &err), GENU_E_RANGE,
                err, "the ratio of muscle volumes is -1");
    factor[2].y = 7;
    CHECK_FAILS(genu_model_scale_by(m, &(genu_scaling){ factor, 70, 1 }, NULL, &err), GENU_E_RANGE,
                err, "body 'femur_r': the factor along y is 7, must be 0.2 to 5");
    factor[2].y = 1;
    // a knee that turns with the height of the pelvis: what would that be in another body?
    genu_step *knee = &m->body[genu_find_body(m, "tibia_r")].joint.step[3];
    int coord = knee->coord;
    knee->coord = genu_find_coord(m, "pelvis_ty");
    CHECK_FAILS(genu_model_scale_by(m, &(genu_scaling){ factor, 70, 1 }, NULL, &err), GENU_E_FORMAT,
                err, "is a function of the length 'pelvis_ty'");
    knee->coord = coord;
    genu_coord *beta = &m->coord[genu_find_coord(m, "knee_angle_r_beta")];
    int leader = beta->leader;
    beta->leader = genu_find_coord(m, "pelvis_tx");
    CHECK_FAILS(genu_model_scale_by(m, &(genu_scaling){ factor, 70, 1 }, NULL, &err), GENU_E_FORMAT,
                err, "one of them is a length");
    beta->leader = leader;
    check_same_model(m, kept, 0, 0); // as before after all that
    genu_model_free(kept);
    genu_model_free(m);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(scale_by_one_changes_nothing),
        TEST(subject_has_its_mass_and_size),
        TEST(moment_arms_grow_with_height),
        TEST(stretched_bodies_stretch_what_they_carry),
        TEST(muscle_that_leaves_its_surface_is_named),
        TEST(other_models_scale_too),
        TEST(bad_subjects_are_refused),
        CU_TEST_INFO_NULL,
    };
    return test_main("scale", tests, argc, argv);
}
