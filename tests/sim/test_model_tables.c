#include "sim/model_tables.h"

#include "models/osim.h"
#include "models/path.h"
#include "models/skeleton.h"
#include "sim/file.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TABLES GENU_TEST_SOURCE_DIR "/data/models/lower_limb"

static genu_model *built(void)
{
    genu_model *m = NULL;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    CHECK_OK(genu_model_build(TABLES, &m, &notes, &err), err);
    CHECK_INT(genu_notes_count(&notes, GENU_WARNING), 0);
    genu_notes_clear(&notes);
    return m;
}

static void model_is_the_stated_one(void)
{
    genu_model *m = built();
    if (!m)
        return;
    CHECK_TEXT(m->name, "lower_limb");
    CHECK_NEAR(genu_model_mass(m), 75.337, 1e-12, 0); // Rajagopal et al. 2016
    CHECK_NEAR(m->height, 1.70, 0, 0);
    CHECK_INT(m->n_body, 15);
    CHECK_INT(m->n_coord, 25);
    CHECK_INT(m->n_dependent, 2);
    CHECK_INT(m->n_muscle, 80);
    CHECK_INT(m->n_wrap, 44);
    CHECK_INT(m->n_actuator, 3);
    CHECK_INT(m->n_marker, 46);
    genu_model_free(m);
}

/* "hip_r" to "hip_l" and back; what is of no side stays. */
static void mirror_name(const char *name, char out[128])
{
    snprintf(out, 128, "%s", name);
    size_t n = strlen(out);
    char *letter = n > 2 && out[n - 2] == '_' ? out + n - 1 : NULL;
    if (strstr(out, "_r_") || strstr(out, "_l_"))
        letter = strstr(out, "_beta") - 1;
    if (letter && (*letter == 'r' || *letter == 'l'))
        *letter = *letter == 'r' ? 'l' : 'r';
}

/* Does this coordinate change sign in the mirror? Only what is not of one side can. */
static int flips(const char *name)
{
    static const char *const list[] = { "pelvis_list", "pelvis_rotation", "pelvis_tz",
                                        "lumbar_bending", "lumbar_rotation" };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (!strcmp(list[i], name))
            return 1;
    return 0;
}

/* A random pose and speed, and the one seen in the mirror. */
static void mirrored_poses(const genu_model *m, genu_data *a, genu_data *b,
                           unsigned long long *seed)
{
    genu_skeleton_default(m, a);
    genu_skeleton_default(m, b);
    for (int i = 0; i < m->n_coord; i++) {
        const genu_coord *c = &m->coord[i];
        a->q[i] = test_random(seed, fmax(c->lo, -1), fmin(c->hi, 1));
        a->u[i] = test_random(seed, -2, 2);
        a->a[i] = test_random(seed, -9, 9);
    }
    genu_skeleton_couple(m, a);
    for (int i = 0; i < m->n_coord; i++) {
        char name[128];
        mirror_name(m->coord[i].name, name);
        int j = genu_find_coord(m, name);
        double sign = flips(name) ? -1 : 1;
        b->q[j] = sign * a->q[i];
        b->u[j] = sign * a->u[i];
        b->a[j] = sign * a->a[i];
    }
    genu_data *both[2] = { a, b };
    for (int k = 0; k < 2; k++) {
        genu_skeleton_position(m, both[k]);
        genu_skeleton_velocity(m, both[k]);
        genu_skeleton_acceleration(m, both[k]);
    }
}

static void check_mirrored_bodies(const genu_model *m, const genu_data *a, const genu_data *b)
{
    for (int i = 1; i < m->n_body; i++) {
        char name[128];
        mirror_name(m->body[i].name, name);
        int j = genu_find_body(m, name);
        v3 p = xform_point(a->X[i], m->body[i].mass_center);
        v3 q = xform_point(b->X[j], m->body[j].mass_center);
        CHECK_NEAR(m->body[j].mass, m->body[i].mass, 0, 0);
        CHECK_NEAR(v3_distance(q, (v3){ p.x, p.y, -p.z }), 0, 0, 1e-14); // of metres
    }
}

static void check_mirrored_muscles(const genu_model *m, const genu_data *a, const genu_data *b)
{
    for (int i = 0; i < m->n_muscle; i++) {
        char name[128];
        genu_line right, left;
        mirror_name(m->muscle[i].name, name);
        int j = genu_find_muscle(m, name);
        if (i == j)
            continue;
        genu_status s = genu_path_line(m, a, &m->muscle[i].path, GENU_MODE_GENU, &right);
        genu_status t = genu_path_line(m, b, &m->muscle[j].path, GENU_MODE_GENU, &left);
        CHECK_INT(s, t);
        CHECK_NEAR(left.length, right.length, 1e-12, 0); // iterations over two surfaces
        CHECK_NEAR(left.speed, right.speed, 1e-9, 1e-9);
        CHECK_INT(left.n, right.n);
    }
}

static void left_is_the_mirror_of_right(void)
{
    genu_model *m = built();
    unsigned long long seed = 7;
    genu_data *a = m ? genu_data_new(m) : NULL, *b = m ? genu_data_new(m) : NULL;
    double tau[2][32];
    for (int pose = 0; a && b && pose < 20; pose++) {
        mirrored_poses(m, a, b, &seed);
        check_mirrored_bodies(m, a, b);
        check_mirrored_muscles(m, a, b);
        genu_skeleton_inverse_dynamics(m, a, NULL, tau[0]);
        genu_skeleton_inverse_dynamics(m, b, NULL, tau[1]);
        for (int i = 0; i < m->n_coord; i++) {
            char name[128];
            mirror_name(m->coord[i].name, name);
            double sign = flips(name) ? -1 : 1;
            CHECK_NEAR(sign * tau[1][genu_find_coord(m, name)], tau[0][i], 1e-10, 1e-9);
        }
    }
    genu_data_free(a);
    genu_data_free(b);
    genu_model_free(m);
}

/* Mass, mass centre and inertia of all that a body carries, found by weighing: the published model
 * with its arms in the posture of upper_body.csv. */
static void torso_is_what_the_published_upper_body_weighs(void)
{
    const char *path = test_reference("models/RajagopalLaiUhlrich2023.osim");
    genu_err err = { 0 };
    size_t n;
    if (!path)
        return;
    char *text = test_read_file(path, &n);
    genu_model *m = built(), *ref = NULL;
    CHECK_OK(genu_osim_read(text, n, "reference", &ref, NULL, &err), err);
    free(text);
    genu_data *d = ref ? genu_data_new(ref) : NULL;
    if (!d || !m)
        return;
    static const struct {
        const char *name;
        double value;
    } posture[] = { { "arm_add_r", -0.10472 },    { "arm_add_l", -0.10472 },
                    { "elbow_flex_r", 0.436332 }, { "elbow_flex_l", 0.436332 },
                    { "pro_sup_r", 0.785398 },    { "pro_sup_l", 0.785398 } };
    genu_skeleton_default(ref, d);
    for (size_t i = 0; i < sizeof posture / sizeof *posture; i++)
        d->q[genu_find_coord(ref, posture[i].name)] = posture[i].value;
    genu_skeleton_position(ref, d);
    int torso = genu_find_body(ref, "torso");
    const genu_body *ours = &m->body[genu_find_body(m, "torso")];
    double mass = 0;
    v3 moment = { 0, 0, 0 };
    for (int b = torso; b < ref->n_body; b++) {
        v3 c = xform_point(d->X[b], ref->body[b].mass_center);
        mass += ref->body[b].mass;
        moment = v3_axpy(ref->body[b].mass, xform_inverse_point(d->X[torso], c), moment);
    }
    CHECK_NEAR(ours->mass, mass, 1e-14, 0);
    CHECK_NEAR(v3_distance(ours->mass_center, v3_scale(1 / mass, moment)), 0, 0, 2e-8);
    // inertia by the moment that an angular acceleration of the pelvis asks for
    double tau[64], tau_ours[64];
    genu_data *e = genu_data_new(m);
    genu_skeleton_default(m, e);
    static const char *const axis[3] = { "lumbar_extension", "lumbar_bending", "lumbar_rotation" };
    for (int k = 0; k < 3; k++) {
        int i = genu_find_coord(ref, axis[k]), j = genu_find_coord(m, axis[k]);
        d->a[i] = e->a[j] = 10;
        genu_skeleton_position(m, e);
        genu_skeleton_velocity(ref, d);
        genu_skeleton_velocity(m, e);
        genu_skeleton_acceleration(ref, d);
        genu_skeleton_acceleration(m, e);
        genu_skeleton_inverse_dynamics(ref, d, NULL, tau);
        genu_skeleton_inverse_dynamics(m, e, NULL, tau_ours);
        for (int l = 0; l < 3; l++)
            CHECK_NEAR(tau_ours[genu_find_coord(m, axis[l])], tau[genu_find_coord(ref, axis[l])],
                       1e-6, 1e-5); // angles of six digits
        d->a[i] = e->a[j] = 0;
    }
    genu_data_free(d);
    genu_data_free(e);
    genu_model_free(ref);
    genu_model_free(m);
}

/* Copy the tables into a folder of the test's own, one line of one of them replaced. */
static const char *spoiled(const char *file, const char *from, const char *to)
{
    static const char *const tables[] = {
        "model.csv",       "credits.txt",        "bodies.csv",      "upper_body.csv", "joints.csv",
        "joint_axes.csv",  "functions.csv",      "coordinates.csv", "couplers.csv",   "muscles.csv",
        "path_points.csv", "wrap_cylinders.csv", "wraps.csv",       "actuators.csv",  "markers.csv",
    };
    static char folder[600];
    snprintf(folder, sizeof folder, "%s/spoiled", test_folder());
    mkdir(folder, 0777);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char path[1200];
        size_t n;
        snprintf(path, sizeof path, TABLES "/%s", tables[i]);
        char *text = test_read_file(path, &n);
        snprintf(path, sizeof path, "%s/%s", folder, tables[i]);
        FILE *f = fopen(path, "w");
        if (!f || !text)
            return folder;
        char *at = strcmp(tables[i], file) ? NULL : strstr(text, from);
        CHECK_TRUE(at || strcmp(tables[i], file));
        fprintf(f, "%.*s%s%s", at ? (int)(at - text) : (int)n, text, at ? to : "",
                at ? at + strlen(from) : "");
        fclose(f);
        free(text);
    }
    return folder;
}

static void every_error_names_its_table(void)
{
    static const struct {
        const char *file, *from, *to;
        genu_status status;
        const char *says;
    } list[] = {
        { "bodies.csv", "pelvis,11.777", "pelvis,heavy", GENU_E_FORMAT,
          "mass is 'heavy', must be a number" },
        { "bodies.csv", "pelvis,11.777", "pelvis,12", GENU_E_RANGE,
          "the bodies' masses sum to 75.56 kg, model.csv says 75.337 kg" },
        { "bodies.csv", "body,mass", "body,weight", GENU_E_FORMAT, "the columns are" },
        { "bodies.csv", "talus_r,0.1", "talus,0.1", GENU_E_FORMAT,
          "bodies.csv has no body 'talus_r'" },
        { "joints.csv", "hip_r,CustomJoint,pelvis", "hip_r,CustomJoint,hip", GENU_E_FORMAT,
          "there is no body 'hip'" },
        { "joints.csv", "ankle_r,PinJoint", "ankle_r,BallJoint", GENU_E_FORMAT,
          "type is 'BallJoint', must be" },
        { "joint_axes.csv", "hip_r,rotation1", "hip_r,rotation4", GENU_E_FORMAT,
          "the axis is 'rotation4'" },
        { "joint_axes.csv", "hip_r,rotation1", "hip,rotation1", GENU_E_FORMAT,
          "there is no custom joint 'hip'" },
        { "joint_axes.csv", "hip_flexion_r", "hip_flection_r", GENU_E_FORMAT,
          "there is no coordinate 'hip_flection_r'" },
        { "joint_axes.csv", "patella_tilt", "patella_tilts", GENU_E_FORMAT,
          "there is no function 'patella_tilts'" },
        { "functions.csv", "patella_tilt,spline", "patella_tilt,splice", GENU_E_FORMAT,
          "a function of kind 'splice' with 13 x and 13 y is not known" },
        { "functions.csv", "0 0.174533 0.349066", "0 0.174533 0.1", GENU_E_RANGE, "line 1" },
        { "coordinates.csv", "mtp_angle_r,mtp_r", "mtp_angle_r,toe_r", GENU_E_FORMAT,
          "there is no joint 'toe_r'" },
        { "couplers.csv", "knee_angle_r,identity", "knee_r,identity", GENU_E_FORMAT,
          "there is no coordinate 'knee_r'" },
        { "upper_body.csv", "hand_r,radius_r", "hand_r,wrist_r", GENU_E_FORMAT,
          "the carrier 'wrist_r' is neither the torso nor a part above" },
        { "muscles.csv", "soleus_r,6194.84", "soleus_r,-1", GENU_E_RANGE, "muscle 'soleus_r'" },
        { "path_points.csv", "soleus_r,tibia_r", "solus_r,tibia_r", GENU_E_FORMAT,
          "there is no muscle 'solus_r'" },
        { "wraps.csv", "KnExt_at_fem_r,-1", "KnExt_r,-1", GENU_E_FORMAT,
          "there is no wrapping object 'KnExt_r'" },
        { "wraps.csv", "KnExt_at_fem_r,-1", "KnExt_at_fem_r,99", GENU_E_RANGE,
          "the range names point 99" },
        { "wrap_cylinders.csv", ",-x", ",left", GENU_E_FORMAT, "quadrant is 'left'" },
        { "actuators.csv", ",lumbar_rotation", ",lumbar", GENU_E_FORMAT,
          "there is no coordinate 'lumbar'" },
        { "markers.csv", "RASI,pelvis,", "RASI,pelvis,0,", GENU_E_FORMAT,
          "has 6 cells, must have 5" },
        { "model.csv", "height,1.70", "tallness,1.70", GENU_E_FORMAT, "'height' is missing" },
        { "model.csv", "v_max,10,1/s\n", "", GENU_E_FORMAT, "'v_max' is missing" },
        { "model.csv", "v_max,10,1/s", "v_max,10,1/s\nw_max,1,1", GENU_E_FORMAT,
          "'w_max' is not known" },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        genu_model *m = NULL;
        genu_err err = { 0 };
        const char *folder = spoiled(list[i].file, list[i].from, list[i].to);
        CHECK_FAILS(genu_model_build(folder, &m, NULL, &err), list[i].status, err, list[i].says);
        CHECK_TRUE(m == NULL);
    }
    genu_model *m = NULL;
    genu_err err = { 0 };
    CHECK_FAILS(genu_model_build("/nowhere", &m, NULL, &err), GENU_E_IO, err,
                "there is no file '/nowhere/model.csv'");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(model_is_the_stated_one),
        TEST(left_is_the_mirror_of_right),
        TEST(torso_is_what_the_published_upper_body_weighs),
        TEST(every_error_names_its_table),
        CU_TEST_INFO_NULL,
    };
    return test_main("model_tables", tests, argc, argv);
}
