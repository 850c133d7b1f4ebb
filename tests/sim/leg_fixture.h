/* leg_fixture.h - a body that walks, small enough to read: files of a model, a motion, its loads.
 *
 *   ground --free--> pelvis --(hip_flexion, hip_adduction)--> femur --knee_angle--> tibia
 *          --ankle_angle--> calcn, on both sides mirror images of each other; eleven muscles a leg
 *
 * Made up for these tests, from round numbers. At rest all angles are 0 and every fibre is as long
 * as it is strongest: half of its path is fibre, half tendon.
 */
#ifndef GENU_TESTS_LEG_FIXTURE_H
#define GENU_TESTS_LEG_FIXTURE_H

#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LEG_PI 3.14159265358979323846

/* What differs from the plain fixture; all zero: nothing. */
typedef struct leg_options {
    int mirrored;         /* left and right are exchanged in motion and loads               */
    const char *stronger; /* muscles whose name begins so have `times` their force; NULL: none */
    double times;
} leg_options;

enum { LEG_PELVIS, LEG_FEMUR, LEG_TIBIA, LEG_CALCN };
static const char *const leg_body[] = { "pelvis", "femur", "tibia", "calcn" };

/* Origins of the right side's bodies at rest, seen from the pelvis, m. */
static const double leg_origin[][3] = {
    { 0, 0, 0 }, { -0.07, -0.06, 0.08 }, { -0.07, -0.48, 0.08 }, { -0.07, -0.90, 0.08 }
};

static const struct leg_muscle {
    const char *name;
    double force; /* N */
    int body[2];
    double point[2][3]; /* m, right side, each in its body */
} leg_muscles[] = {
    { "glmed1", 2000, { LEG_PELVIS, LEG_FEMUR }, { { -.03, .03, .12 }, { -.02, -.01, .055 } } },
    { "glmin1", 800, { LEG_PELVIS, LEG_FEMUR }, { { -.05, -.005, .11 }, { -.01, -.01, .056 } } },
    { "addlong", 1000, { LEG_PELVIS, LEG_FEMUR }, { { -.03, -.09, .02 }, { .005, -.2, .02 } } },
    { "glmax1", 1800, { LEG_PELVIS, LEG_FEMUR }, { { -.14, 0, .06 }, { -.03, -.05, .04 } } },
    { "psoas", 2000, { LEG_PELVIS, LEG_FEMUR }, { { 0, -.02, .06 }, { -.02, -.07, .01 } } },
    { "recfem", 1200, { LEG_PELVIS, LEG_TIBIA }, { { -.03, -.04, .09 }, { .05, -.05, 0 } } },
    { "vasint", 4000, { LEG_FEMUR, LEG_TIBIA }, { { .03, -.2, .03 }, { .05, -.05, 0 } } },
    { "semimem", 2500, { LEG_PELVIS, LEG_TIBIA }, { { -.12, -.1, .07 }, { -.03, -.05, -.02 } } },
    { "gasmed", 2200, { LEG_FEMUR, LEG_CALCN }, { { -.02, -.4, -.02 }, { -.05, -.03, 0 } } },
    { "soleus", 5000, { LEG_TIBIA, LEG_CALCN }, { { -.01, -.15, 0 }, { -.05, -.03, 0 } } },
    { "tibant", 1300, { LEG_TIBIA, LEG_CALCN }, { { .02, -.16, .01 }, { .1, -.02, 0 } } },
};
enum { LEG_N_MUSCLE = sizeof leg_muscles / sizeof *leg_muscles };

static inline FILE *leg_open(const char *folder, const char *name)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    CHECK_TRUE(f != NULL);
    return f;
}

/* A line of attributes of a body's name: "pelvis" or "femur_r". */
static inline const char *leg_name(int body, char side, char name[16])
{
    snprintf(name, 16, body == LEG_PELVIS ? "%s" : "%s_%c", leg_body[body], side);
    return name;
}

static inline void leg_write_body(FILE *f, const char *name, double mass, double inertia)
{
    fprintf(f,
            "<Body name=\"%s\"><mass>%g</mass><mass_center>0 %g 0</mass_center>"
            "<inertia>%g %g %g 0 0 0</inertia></Body>\n",
            name, mass, strcmp(name, "pelvis") ? -0.15 : 0.2, inertia, 0.4 * inertia, inertia);
}

/* Sockets and frames of a joint whose child frame is the child itself. */
static inline void leg_write_frames(FILE *f, const char *parent, const char *child, const double *p)
{
    fprintf(f,
            "<socket_parent_frame>%s_offset</socket_parent_frame>"
            "<socket_child_frame>/bodyset/%s</socket_child_frame>\n"
            "<frames><PhysicalOffsetFrame name=\"%s_offset\"><socket_parent>%s%s</socket_parent>"
            "<translation>%.17g %.17g %.17g</translation><orientation>0 0 0</orientation>"
            "</PhysicalOffsetFrame></frames>\n",
            parent, child, parent, strcmp(parent, "ground") ? "/bodyset/" : "/", parent, p[0], p[1],
            p[2]);
}

static inline void leg_write_axis(FILE *f, const char *name, const char *coord, const char *axis)
{
    fprintf(f, "<TransformAxis name=\"%s\"><coordinates>%s</coordinates><axis>%s</axis>", name,
            coord, axis);
    fputs(*coord ? "<LinearFunction><coefficients>1 0</coefficients></LinearFunction>"
                 : "<Constant><value>0</value></Constant>",
          f);
    fputs("</TransformAxis>\n", f);
}

static inline void leg_write_hip(FILE *f, char side)
{
    double p[3] = { leg_origin[1][0], leg_origin[1][1], leg_origin[1][2] * (side == 'r' ? 1 : -1) };
    char flexion[32], adduction[32], femur[16];
    snprintf(flexion, sizeof flexion, "hip_flexion_%c", side);
    snprintf(adduction, sizeof adduction, "hip_adduction_%c", side);
    fprintf(f, "<CustomJoint name=\"hip_%c\">", side);
    leg_write_frames(f, "pelvis", leg_name(LEG_FEMUR, side, femur), p);
    fprintf(f,
            "<coordinates><Coordinate name=\"%s\"/><Coordinate name=\"%s\"/></coordinates>\n"
            "<SpatialTransform>\n",
            flexion, adduction);
    leg_write_axis(f, "rotation1", flexion, "0 0 1");
    leg_write_axis(f, "rotation2", adduction, side == 'r' ? "1 0 0" : "-1 0 0");
    leg_write_axis(f, "rotation3", "", "0 1 0");
    leg_write_axis(f, "translation1", "", "1 0 0");
    leg_write_axis(f, "translation2", "", "0 1 0");
    leg_write_axis(f, "translation3", "", "0 0 1");
    fputs("</SpatialTransform></CustomJoint>\n", f);
}

static inline void leg_write_pin(FILE *f, const char *joint, int child, char side)
{
    double p[3] = { 0, leg_origin[child][1] - leg_origin[child - 1][1], 0 };
    char a[16], b[16];
    fprintf(f, "<PinJoint name=\"%s_%c\">", joint, side);
    leg_write_frames(f, leg_name(child - 1, side, a), leg_name(child, side, b), p);
    fprintf(f, "<coordinates><Coordinate name=\"%s_angle_%c\"/></coordinates></PinJoint>\n", joint,
            side);
}

static inline double leg_rest_length(const struct leg_muscle *s)
{
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double d =
            leg_origin[s->body[1]][i] + s->point[1][i] - leg_origin[s->body[0]][i] - s->point[0][i];
        sum += d * d;
    }
    return sqrt(sum);
}

static inline void leg_write_muscle(FILE *f, const struct leg_muscle *s, char side,
                                    const leg_options *o)
{
    double length = leg_rest_length(s), force = s->force;
    char body[16];
    if (o->stronger && !strncmp(s->name, o->stronger, strlen(o->stronger)))
        force *= o->times;
    fprintf(f,
            "<Thelen2003Muscle name=\"%s_%c\"><GeometryPath name=\"path\"><PathPointSet><objects>",
            s->name, side);
    // a midline attachment of the thigh has its side, too: z is mirrored everywhere
    for (int k = 0; k < 2; k++)
        fprintf(f,
                "<PathPoint name=\"%s_%c-P%d\"><socket_parent_frame>/bodyset/%s"
                "</socket_parent_frame><location>%.17g %.17g %.17g</location></PathPoint>\n",
                s->name, side, k + 1, leg_name(s->body[k], side, body), s->point[k][0],
                s->point[k][1], s->point[k][2] * (side == 'r' ? 1 : -1));
    fprintf(f,
            "</objects></PathPointSet></GeometryPath>\n"
            "<max_isometric_force>%.17g</max_isometric_force>\n"
            "<optimal_fiber_length>%.17g</optimal_fiber_length>\n"
            "<tendon_slack_length>%.17g</tendon_slack_length>"
            "<pennation_angle_at_optimal>0</pennation_angle_at_optimal>"
            "<max_contraction_velocity>10</max_contraction_velocity></Thelen2003Muscle>\n",
            force, length / 2, length / 2);
}

static inline void leg_write_model(const char *folder, const char *name, const leg_options *o)
{
    static const double zero[3] = { 0 };
    FILE *f = leg_open(folder, name);
    if (!f)
        return;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenSimDocument Version=\"40000\">\n"
          "<Model name=\"small_legs\"><Ground name=\"ground\"/><gravity>0 -9.80665 0</gravity>\n"
          "<BodySet name=\"bodyset\"><objects>\n",
          f);
    leg_write_body(f, "pelvis", 45, 2);
    for (int k = 0; k < 2; k++) {
        char body[16];
        leg_write_body(f, leg_name(LEG_FEMUR, "rl"[k], body), 8, 0.12);
        leg_write_body(f, leg_name(LEG_TIBIA, "rl"[k], body), 3.5, 0.05);
        leg_write_body(f, leg_name(LEG_CALCN, "rl"[k], body), 1, 0.005);
    }
    fputs("</objects></BodySet>\n<JointSet name=\"jointset\"><objects>\n"
          "<FreeJoint name=\"ground_pelvis\">",
          f);
    leg_write_frames(f, "ground", "pelvis", zero);
    fputs("<coordinates><Coordinate name=\"pelvis_list\"/><Coordinate name=\"pelvis_rotation\"/>"
          "<Coordinate name=\"pelvis_tilt\"/><Coordinate name=\"pelvis_tx\"/>"
          "<Coordinate name=\"pelvis_ty\"/><Coordinate name=\"pelvis_tz\"/></coordinates>\n"
          "</FreeJoint>\n",
          f);
    for (int k = 0; k < 2; k++) {
        leg_write_hip(f, "rl"[k]);
        leg_write_pin(f, "knee", LEG_TIBIA, "rl"[k]);
        leg_write_pin(f, "ankle", LEG_CALCN, "rl"[k]);
    }
    fputs("</objects></JointSet>\n<ForceSet name=\"forceset\"><objects>\n", f);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < LEG_N_MUSCLE; i++)
            leg_write_muscle(f, &leg_muscles[i], "rl"[k], o);
    fputs("</objects></ForceSet>\n</Model>\n</OpenSimDocument>\n", f);
    fclose(f);
}

/* Right foot on the ground from 0.1 to 0.7 s, left half a second later, and so on. */
static inline double leg_stance(int side, double t)
{
    double s = fmod(t - (side ? 0.6 : 0.1) + 10, 1.0) / 0.6;
    return s < 1 ? s : -1;
}

static inline void leg_write_motion(const char *folder, const char *name, const leg_options *o)
{
    enum { ROWS = 181 };
    const double sign = o->mirrored ? -1 : 1, w = 2 * LEG_PI;
    FILE *f = leg_open(folder, name);
    if (!f)
        return;
    fprintf(f,
            "made for tests\nversion=1\nnRows=%d\nnColumns=15\ninDegrees=yes\nendheader\n"
            "time\tpelvis_list\tpelvis_rotation\tpelvis_tilt\tpelvis_tx\tpelvis_ty\tpelvis_tz",
            ROWS);
    for (int k = 0; k < 2; k++)
        fprintf(f, "\thip_flexion_%c\thip_adduction_%c\tknee_angle_%c\tankle_angle_%c", "rl"[k],
                "rl"[k], "rl"[k], "rl"[k]);
    fputc('\n', f);
    for (int i = 0; i < ROWS; i++) {
        double t = 0.01 * i, p = w * (t - 0.1);
        fprintf(f, "%.2f\t%.12g\t%.12g\t%.12g\t%.12g\t%.12g\t%.12g", t, sign * 3 * sin(p),
                sign * 4 * cos(p), 2 + sin(2 * p), 1.2 * t, 0.95 + 0.02 * cos(2 * p),
                sign * 0.02 * sin(p));
        for (int k = 0; k < 2; k++) {
            int left = o->mirrored ? 1 - k : k;
            double q = left ? p - LEG_PI : p, size = left ? 0.9 : 1;
            fprintf(f, "\t%.12g\t%.12g\t%.12g\t%.12g", 5 + 20 * size * cos(q), 4 * size * sin(q),
                    -18 + 10 * size * cos(q), 8 * size * sin(q));
        }
        fputc('\n', f);
    }
    fclose(f);
}

/* The table `name`.mot and the loads `name`.xml. */
static inline void leg_write_loads(const char *folder, const char *name, const leg_options *o)
{
    enum { ROWS = 191 };
    const double sign = o->mirrored ? -1 : 1;
    char file[64];
    snprintf(file, sizeof file, "%s.mot", name);
    FILE *f = leg_open(folder, file);
    if (!f)
        return;
    fprintf(f, "made for tests\nversion=1\nnRows=%d\nnColumns=19\ninDegrees=yes\nendheader\ntime",
            ROWS);
    for (int k = 1; k <= 2; k++)
        fprintf(f,
                "\tforce%d_vx\tforce%d_vy\tforce%d_vz\tforce%d_px\tforce%d_py\tforce%d_pz"
                "\ttorque%d_x\ttorque%d_y\ttorque%d_z",
                k, k, k, k, k, k, k, k, k);
    fputc('\n', f);
    for (int i = 0; i < ROWS; i++) {
        double t = 0.01 * i;
        fprintf(f, "%.2f", t);
        for (int k = 0; k < 2; k++) {
            double s = leg_stance(k, t), on = s >= 0, out = (k ? -1 : 1) * sign;
            double push = on * sin(LEG_PI * s), size = k ? 680 : 720;
            fprintf(f, "\t%.12g\t%.12g\t%.12g\t%.12g\t0\t%.12g\t0\t%.12g\t0",
                    -on * 60 * sin(2 * LEG_PI * s), size * push, -out * 35 * push,
                    1.2 * t - 0.02 + 0.12 * (s - 0.5), out * 0.09, out * 4 * push);
        }
        fputc('\n', f);
    }
    fclose(f);
    snprintf(file, sizeof file, "%s.xml", name);
    if (!(f = leg_open(folder, file)))
        return;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenSimDocument Version=\"40000\">\n"
          "<ExternalLoads name=\"loads\"><objects>\n",
          f);
    for (int k = 1; k <= 2; k++)
        fprintf(f,
                "<ExternalForce name=\"plate_%d\"><applied_to_body>calcn_%c</applied_to_body>\n"
                "<force_expressed_in_body>ground</force_expressed_in_body>"
                "<point_expressed_in_body>ground</point_expressed_in_body>"
                "<force_identifier>force%d_v</force_identifier>"
                "<point_identifier>force%d_p</point_identifier>"
                "<torque_identifier>torque%d_</torque_identifier></ExternalForce>\n",
                k, (k == 1) == !o->mirrored ? 'r' : 'l', k, k, k);
    fprintf(f, "</objects><datafile>%s.mot</datafile></ExternalLoads></OpenSimDocument>\n", name);
    fclose(f);
}

/* leg.osim, walk.mot, grf.xml with grf.mot. */
static inline void leg_write(const char *folder, const leg_options *o)
{
    leg_write_model(folder, "leg.osim", o);
    leg_write_motion(folder, "walk.mot", o);
    leg_write_loads(folder, "grf", o);
}

#endif
