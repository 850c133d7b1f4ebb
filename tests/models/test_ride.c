/* Joints that ride on an ellipsoid: speeds and accelerations against differences of the pose, moments
 * against power, and a sphere against a ball joint. Poses by closed form are in test_osim.c. */
#include "models/osim.h"
#include "models/ride.h"
#include "models/scale.h"
#include "models/skeleton.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char MODEL[] =
    "<OpenSimDocument Version=\"40000\"><Model name=\"j\"><credits>subject height: 1.7 m</credits>"
    "<Ground name=\"ground\"/><BodySet><objects>"
    "<Body name=\"a\"><mass>3</mass><mass_center>0.1 0 0.2</mass_center>"
    "<inertia>0.3 0.2 0.1 0 0 0</inertia></Body>"
    "<Body name=\"b\"><mass>2</mass><mass_center>0.1 -0.2 0.3</mass_center>"
    "<inertia>0.02 0.03 0.04 0.001 0 0.002</inertia></Body></objects></BodySet><JointSet><objects>"
    "<FreeJoint name=\"base\"><socket_parent_frame>/ground</socket_parent_frame>"
    "<socket_child_frame>/bodyset/a</socket_child_frame></FreeJoint>"
    "<%s name=\"j\"><socket_parent_frame>g</socket_parent_frame><socket_child_frame>c"
    "</socket_child_frame><frames><PhysicalOffsetFrame name=\"g\"><socket_parent>/bodyset/a"
    "</socket_parent><translation>0.1 0.2 0.3</translation><orientation>%s</orientation>"
    "</PhysicalOffsetFrame><PhysicalOffsetFrame name=\"c\"><socket_parent>/bodyset/b"
    "</socket_parent><translation>0.1 0 %.17g</translation><orientation>0 0 0</orientation>"
    "</PhysicalOffsetFrame></frames>%s</%s></objects></JointSet></Model></OpenSimDocument>";

static const char ELLIPSOID[] = "<radii_x_y_z>0.2 0.3 0.5</radii_x_y_z>";
static const char SCAPULA[] =
    "<thoracic_ellipsoid_radii_x_y_z>0.07 0.15 0.08</thoracic_ellipsoid_radii_x_y_z>"
    "<scapula_winging_axis_origin>0.03 -0.05</scapula_winging_axis_origin>"
    "<scapula_winging_axis_direction>0.4</scapula_winging_axis_direction>";

static genu_model *make(const char *type, const char *turned, double child_z,
                        const char *properties)
{
    char text[6000];
    genu_model *m = NULL;
    genu_err err = { 0 };
    snprintf(text, sizeof text, MODEL, type, turned, child_z, properties, type);
    CHECK_OK(genu_osim_read(text, strlen(text), "ride.osim", &m, NULL, &err), err);
    return m;
}

static void set(const genu_model *m, genu_data *d, double t)
{
    for (int i = 0; i < m->n_coord; i++) { // some smooth motion
        double a = 0.3 + 0.1 * i, w = 1 + 0.3 * i;
        d->q[i] = a * sin(w * t + i);
        d->u[i] = a * w * cos(w * t + i);
        d->a[i] = -a * w * w * sin(w * t + i);
    }
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    genu_skeleton_acceleration(m, d);
}

static v3 point(const genu_data *d)
{
    return xform_point(d->X[2], (v3){ 0.3, -0.1, 0.2 });
}

static double energy(const genu_model *m, const genu_data *d)
{
    double sum = 0;
    for (int b = 1; b < m->n_body; b++) {
        const genu_body *body = &m->body[b];
        v3 c = xform_point(d->X[b], body->mass_center), v = sp6_point_velocity(d->v[b], c);
        v3 w = m3_tmul_v3(d->X[b].R, d->v[b].w);
        sum += 0.5 * body->mass * v3_dot(v, v) + 0.5 * v3_dot(w, m3_mul_v3(body->inertia, w)) -
               body->mass * v3_dot(m->gravity, c);
    }
    return sum;
}

/* Central differences of a point, its velocity, and the energy, over h = 1e-5: h^2 / 6 times the third
 * derivative, of order 100, and round-off over h. */
static void check_motion(const genu_model *m)
{
    const double h = 1e-5;
    genu_data *d = genu_data_new(m);
    double tau[10], power;
    for (double t = 0; t < 2; t += 0.21) {
        set(m, d, t + h);
        v3 p1 = point(d), v1 = sp6_point_velocity(d->v[2], p1);
        double E1 = energy(m, d);
        set(m, d, t - h);
        v3 p0 = point(d), v0 = sp6_point_velocity(d->v[2], p0);
        double E0 = energy(m, d);
        set(m, d, t);
        v3 p = point(d), v = sp6_point_velocity(d->v[2], p);
        v3 a = v3_add(sp6_point_velocity(d->acc[2], p), v3_cross(d->v[2].w, v));
        CHECK_NEAR(v3_distance(v, v3_scale(0.5 / h, v3_sub(p1, p0))), 0, 0, 1e-7);
        CHECK_NEAR(v3_distance(a, v3_scale(0.5 / h, v3_sub(v1, v0))), 0, 0, 1e-6);
        genu_skeleton_inverse_dynamics(m, d, NULL, tau);
        power = 0;
        for (int i = 0; i < m->n_coord; i++)
            power += tau[i] * d->u[i];
        CHECK_NEAR(power, (E1 - E0) / (2 * h), 1e-7, 1e-5);
    }
    genu_data_free(d);
}

static void motion_and_moments_go_together(void)
{
    genu_model *m = make("EllipsoidJoint", "0.1 0.2 0.3", 0, ELLIPSOID);
    CHECK_INT(m->n_coord, 9);
    CHECK_INT(m->coord[8].motion, GENU_ROTATION);
    check_motion(m);
    genu_model_free(m);
    m = make("ScapulothoracicJoint", "0.1 0.2 0.3", 0, SCAPULA);
    CHECK_INT(m->n_coord, 10);
    check_motion(m);
    genu_model_free(m);
}

/* On a sphere the child's origin is r along its own z from the centre: a ball joint. */
static void on_a_sphere_it_is_a_ball(void)
{
    genu_model *m =
        make("EllipsoidJoint", "0.1 0.2 0.3", 0, "<radii_x_y_z>0.4 0.4 0.4</radii_x_y_z>");
    genu_model *ball = make("BallJoint", "0.1 0.2 0.3", -0.4, "");
    genu_data *d = genu_data_new(m), *e = genu_data_new(ball);
    double tau[2][9];
    for (double t = 0; t < 2; t += 0.3) {
        set(m, d, t);
        set(ball, e, t);
        CHECK_NEAR(v3_distance(point(d), point(e)), 0, 0, 1e-15);
        genu_skeleton_inverse_dynamics(m, d, NULL, tau[0]);
        genu_skeleton_inverse_dynamics(ball, e, NULL, tau[1]);
        for (int i = 0; i < 9; i++) // sums of some forces of order 100
            CHECK_NEAR(tau[0][i], tau[1][i], 0, 1e-12);
    }
    genu_data_free(d);
    genu_data_free(e);
    genu_model_free(m);
    genu_model_free(ball);
}

static void radii_and_axes_are_found_again(void)
{
    genu_model *m = make("ScapulothoracicJoint", "0 0 0", 0, SCAPULA);
    genu_joint *j = &m->body[2].joint;
    double origin[2], direction;
    genu_ride_winging(j, origin, &direction);
    CHECK_NEAR(origin[0], 0.03, 1e-14, 0);
    CHECK_NEAR(origin[1], -0.05, 1e-14, 0);
    CHECK_NEAR(direction, 0.4, 1e-14, 0);
    CHECK_NEAR(v3_distance(j->radii, (v3){ 0.07, 0.15, 0.08 }), 0, 0, 0);
    genu_model *copy = NULL;
    genu_err err = { 0 };
    CHECK_OK(genu_model_copy(&copy, m, &err), err);
    if (copy)
        CHECK_NEAR(v3_distance(copy->body[2].joint.radii, j->radii), 0, 0, 0);
    genu_model_free(copy);
    genu_model_free(m);
}

/* A fifth taller: radii and winging axis, too. */
static void scaling_keeps_the_shape(void)
{
    static const char *const type[] = { "EllipsoidJoint", "ScapulothoracicJoint" };
    for (int i = 0; i < 2; i++) {
        genu_model *m = make(type[i], "0.1 0.2 0.3", 0, i ? SCAPULA : ELLIPSOID);
        genu_data *d = genu_data_new(m);
        genu_err err = { 0 };
        for (int c = 6; c < m->n_coord; c++)
            d->q[c] = 0.2 * c - 1;
        genu_skeleton_position(m, d);
        v3 before = xform_point(xform_inverse(d->X[1]), d->X[2].p);
        CHECK_OK(genu_model_scale(m, 30, 1.7 * 1.2, NULL, &err), err);
        genu_skeleton_position(m, d);
        v3 after = xform_point(xform_inverse(d->X[1]), d->X[2].p);
        CHECK_NEAR(v3_distance(after, v3_scale(1.2, before)), 0, 0, 1e-14);
        genu_data_free(d);
        genu_model_free(m);
    }
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(motion_and_moments_go_together),
        TEST(on_a_sphere_it_is_a_ball),
        TEST(radii_and_axes_are_found_again),
        TEST(scaling_keeps_the_shape),
        CU_TEST_INFO_NULL,
    };
    return test_main("ride", tests, argc, argv);
}
