/* Wrapping surfaces: closed forms, tangency, geodesics shot by ODE, gradients, continuity, sides.
 */
#include "models/wrap.h"
#include "tests/testlib.h"

#include <stdio.h>

static genu_wrap_object cylinder_of(double r, double length)
{
    return (genu_wrap_object){ .kind = GENU_WRAP_CYLINDER,
                               .frame = xform_identity(),
                               .radius = { r, r, r },
                               .length = length,
                               .active = 1 };
}

static genu_wrap_object sphere_of(double r)
{
    genu_wrap_object o = cylinder_of(r, 0);
    o.kind = GENU_WRAP_SPHERE;
    return o;
}

static genu_wrap_object ellipsoid_of(double a, double b, double c)
{
    genu_wrap_object o = cylinder_of(a, 0);
    o.kind = GENU_WRAP_ELLIPSOID;
    o.radius[1] = b;
    o.radius[2] = c;
    return o;
}

static double path_length(const genu_wrap_object *o, v3 p, v3 q)
{
    genu_arc arc;
    if (genu_wrap_shortest(o, p, q, &arc) != GENU_TOUCH_MANDATORY)
        return v3_distance(p, q);
    return v3_distance(p, arc.a) + arc.length + v3_distance(arc.b, q);
}

static v3 random_point(unsigned long long *seed, double size)
{
    double x = test_random(seed, -size, size), y = test_random(seed, -size, size);
    return v3_make(x, y, test_random(seed, -size, size));
}

/* Half turn between points level with the axis, one radius apart along it: tangents sqrt(3) r,
 * arc (pi - 2 pi / 3) r unrolled to one straight line. */
static void cylinder_closed_form(void)
{
    genu_wrap_object o = cylinder_of(0.02, 1);
    v3 p = { -0.04, 0, 0 }, q = { 0.04, 0, 0.02 };
    o.quadrant_axis = 1;
    o.quadrant_sign = 1;
    genu_arc arc;
    CHECK_INT(genu_wrap_shortest(&o, p, q, &arc), GENU_TOUCH_MANDATORY);
    double plane = 0.02 * (2 * sqrt(3) + GENU_PI / 3);
    CHECK_NEAR(path_length(&o, p, q), hypot(plane, 0.02), 1e-14, 0);
    CHECK_NEAR(arc.a.x, -0.01, 1e-13, 0);
    CHECK_NEAR(arc.a.y, 0.01 * sqrt(3), 1e-13, 0);
    CHECK_NEAR(arc.a.z, 0.02 * 0.02 * sqrt(3) / plane, 1e-13, 0);
    CHECK_NEAR(arc.b.x, 0.01, 1e-13, 0);
    CHECK_NEAR(arc.b.z, 0.02 - arc.a.z, 1e-13, 0);
    o.quadrant_sign = -1;
    CHECK_INT(genu_wrap_shortest(&o, p, q, &arc), GENU_TOUCH_MANDATORY);
    CHECK_NEAR(arc.a.y, -0.01 * sqrt(3), 1e-13, 0);
}

static void sphere_closed_form(void)
{
    genu_wrap_object o = sphere_of(0.02);
    v3 p = { -0.04, 0.001, 0 }, q = { 0.04, 0.001, 0 };
    genu_arc arc;
    double rho = hypot(0.04, 0.001),
           theta = GENU_PI - 2 * atan(0.001 / 0.04) - 2 * acos(0.02 / rho);
    CHECK_INT(genu_wrap_shortest(&o, p, q, &arc), GENU_TOUCH_MANDATORY);
    CHECK_NEAR(arc.length, 0.02 * theta, 1e-13, 0);
    CHECK_TRUE(arc.a.y > 0 && fabs(arc.a.z) < 1e-16);
    o.quadrant_axis = 1;
    o.quadrant_sign = -1; // the long way
    CHECK_INT(genu_wrap_shortest(&o, p, q, &arc), GENU_TOUCH_MANDATORY);
    CHECK_NEAR(arc.length, 0.02 * (2 * GENU_PI - theta - 4 * acos(0.02 / rho)), 1e-13, 0);
    CHECK_TRUE(arc.a.y < 0);
}

/* The shortest path's gradient with respect to an end is the unit vector along the line there. */
static void check_gradient(const genu_wrap_object *o, v3 p, v3 q, const genu_arc *arc, double tol)
{
    const double h = 1e-6;
    v3 e = v3_unit(v3_sub(p, arc->a)), f = v3_unit(v3_sub(q, arc->b));
    double along[3], after[3];
    v3_put(along, e);
    v3_put(after, f);
    for (int k = 0; k < 3; k++) {
        v3 dh = { k == 0 ? h : 0, k == 1 ? h : 0, k == 2 ? h : 0 };
        double up = path_length(o, v3_add(p, dh), q), down = path_length(o, v3_sub(p, dh), q);
        CHECK_NEAR((up - down) / (2 * h), along[k], 0, tol);
        up = path_length(o, p, v3_add(q, dh)), down = path_length(o, p, v3_sub(q, dh));
        CHECK_NEAR((up - down) / (2 * h), after[k], 0, tol);
    }
}

/* Contacts on the surface, lines tangent there, gradients right, over random ends; the difference
 * quotient is good to h^2 / distance^2 = 1e-8 and round-off 1e-16 / h = 1e-10. */
static void gradients_are_unit_vectors(void)
{
    unsigned long long seed = 11;
    int n = 0;
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < 400; i++) {
            genu_wrap_object o = kind == 0   ? cylinder_of(0.03, 1)
                                 : kind == 1 ? sphere_of(0.03)
                                             : ellipsoid_of(0.035, 0.02, 0.025);
            o.quadrant_axis = i % 2;
            o.quadrant_sign = kind < 2 ? i % 3 - 1 : 0;
            v3 p = random_point(&seed, 0.1), q = random_point(&seed, 0.1);
            genu_arc arc;
            if (kind == 2 && i > 100)
                break;
            if (genu_wrap_shortest(&o, p, q, &arc) != GENU_TOUCH_MANDATORY ||
                v3_distance(p, arc.a) < 0.01 || v3_distance(q, arc.b) < 0.01 || arc.length < 1e-3)
                continue;
            n++;
            check_gradient(&o, p, q, &arc, 1e-7);
        }
    CHECK_TRUE(n > 150);
    printf("  gradients at %d random wraps\n", n);
}

/* Rate of a geodesic on the surface sum (x/a)^2 = 1: x'' = -n (x' . B x') / |B x|, B = a^-2. */
static void rate(const v3 a, const v3 x[2], v3 dx[2])
{
    v3 B = { 1 / (a.x * a.x), 1 / (a.y * a.y), 1 / (a.z * a.z) };
    v3 Bx = { B.x * x[0].x, B.y * x[0].y, B.z * x[0].z };
    double bend = B.x * x[1].x * x[1].x + B.y * x[1].y * x[1].y + B.z * x[1].z * x[1].z;
    dx[0] = x[1];
    dx[1] = v3_scale(-bend / v3_dot(Bx, Bx), Bx);
}

/* Shoot a geodesic from x along the unit tangent t over the length, by Runge-Kutta of order 4. */
static void shoot(v3 a, v3 x[2], double length, int n)
{
    double h = length / n;
    for (int i = 0; i < n; i++) {
        v3 k1[2], k2[2], k3[2], k4[2], y[2];
        rate(a, x, k1);
        for (int j = 0; j < 2; j++)
            y[j] = v3_axpy(0.5 * h, k1[j], x[j]);
        rate(a, y, k2);
        for (int j = 0; j < 2; j++)
            y[j] = v3_axpy(0.5 * h, k2[j], x[j]);
        rate(a, y, k3);
        for (int j = 0; j < 2; j++)
            y[j] = v3_axpy(h, k3[j], x[j]);
        rate(a, y, k4);
        for (int j = 0; j < 2; j++) {
            v3 sum = v3_add(v3_add(k1[j], k4[j]), v3_scale(2, v3_add(k2[j], k3[j])));
            x[j] = v3_axpy(h / 6, sum, x[j]);
        }
    }
}

/* Second road: the geodesic equation, from the first contact along the line that comes in, must
 * end at the second contact along the line that goes out. */
static void ellipsoid_is_geodesic(void)
{
    unsigned long long seed = 5;
    double worst_x = 0, worst_t = 0, longest = 0;
    int n = 0;
    for (int i = 0; i < 600; i++) {
        genu_wrap_object o = ellipsoid_of(0.035, 0.02, i % 2 ? 0.02 : 0.027);
        o.quadrant_axis = 2;
        o.quadrant_sign = i % 3 - 1;
        v3 p = random_point(&seed, 0.07), a = v3_of(o.radius);
        v3 q = v3_sub(random_point(&seed, 0.04), p); // roughly opposite
        genu_arc arc;
        if (genu_wrap_shortest(&o, p, q, &arc) != GENU_TOUCH_MANDATORY)
            continue;
        n++;
        v3 x[2] = { arc.a, v3_unit(v3_sub(arc.a, p)) };
        shoot(a, x, arc.length, 400);
        double dx = v3_distance(x[0], arc.b);
        double dt = v3_distance(x[1], v3_unit(v3_sub(q, arc.b)));
        worst_x = fmax(worst_x, dx);
        worst_t = fmax(worst_t, dt);
        longest = fmax(longest, arc.length);
    }
    printf("  %d ellipsoid geodesics to %.3f m: end off by %.1e m, %.1e rad\n", n, longest, worst_x,
           worst_t);
    CHECK_TRUE(n > 60);
    CHECK_NEAR(worst_x, 0, 0, 1e-8);
    CHECK_NEAR(worst_t, 0, 0, 1e-6);
}

/* An ellipsoid with equal axes is a sphere. */
static void ellipsoid_of_equal_axes(void)
{
    unsigned long long seed = 3;
    genu_wrap_object s = sphere_of(0.03), e = ellipsoid_of(0.03, 0.03, 0.03);
    int n = 0;
    for (int i = 0; i < 200; i++) {
        v3 p = random_point(&seed, 0.08), q = v3_sub(random_point(&seed, 0.04), p);
        genu_arc as, ae;
        genu_touch t = genu_wrap_shortest(&s, p, q, &as);
        CHECK_INT(genu_wrap_shortest(&e, p, q, &ae), t);
        if (t != GENU_TOUCH_MANDATORY)
            continue;
        n++;
        CHECK_NEAR(ae.length, as.length, 0, 1e-12);
        CHECK_NEAR(v3_distance(ae.a, as.a), 0, 0, 1e-11);
        CHECK_NEAR(v3_distance(ae.b, as.b), 0, 0, 1e-11);
    }
    CHECK_TRUE(n > 40);
}

/* A line that sinks into the surface step by step: the length leaves the straight one smoothly. */
static void continuous_at_first_touch(void)
{
    genu_wrap_object o[4] = { cylinder_of(0.03, 1), sphere_of(0.03), ellipsoid_of(0.05, 0.03, 0.02),
                              cylinder_of(0.03, 1) };
    o[3].quadrant_axis = 1;
    o[3].quadrant_sign = 1;
    for (int k = 0; k < 4; k++)
        for (int i = 0; i <= 12; i++) {
            double depth = i == 12 ? -1e-9 : pow(10, -i - 1) * 0.1;
            v3 p = { -0.1, 0.03 - depth, 0.001 }, q = { 0.08, 0.03 - depth, 0.001 };
            double more = path_length(&o[k], p, q) - v3_distance(p, q);
            // excess grows as depth^(3/2) on a round surface
            CHECK_TRUE(more > -1e-15 && more < 30 * pow(fmax(depth, 0), 1.5) + 1e-12);
        }
}

/* The barrier of a quadrant: what touches nothing but crosses it goes round; what does not is
 * straight; the length is continuous while an end swings round the active side. */
static void quadrant_is_a_barrier(void)
{
    genu_wrap_object o = cylinder_of(0.03, 1);
    o.quadrant_axis = 1;
    o.quadrant_sign = -1;
    v3 q = { 0.1, 0.05, 0 };
    genu_arc arc;
    CHECK_INT(genu_wrap_shortest(&o, v3_make(-0.1, 0.05, 0), q, &arc), GENU_TOUCH_MANDATORY);
    CHECK_TRUE(arc.a.y < 0 && arc.b.y < 0);
    CHECK_INT(genu_wrap_shortest(&o, v3_make(0.09, 0.06, 0), q, &arc), GENU_TOUCH_NONE);
    CHECK_INT(genu_wrap_shortest(&o, v3_make(0.09, -0.1, 0), q, &arc), GENU_TOUCH_NONE);
    double last = 0;
    for (int i = 0; i <= 2000; i++) {
        double angle = GENU_PI * (0.51 + 1.9 * i / 2000); // from beside +y round -y to q's side
        v3 p = { 0.08 * cos(angle), 0.08 * sin(angle), 0.02 };
        double length = path_length(&o, p, q);
        CHECK_TRUE(i == 0 || fabs(length - last) < 0.08 * GENU_PI * 1.9 / 2000 * 1.001);
        last = length;
    }
}

static void beyond_the_ends(void)
{
    genu_wrap_object o = cylinder_of(0.03, 0.1);
    genu_arc arc;
    v3 p = { -0.1, 0.01, 0.2 }, q = { 0.1, 0.01, 0.2 };
    CHECK_INT(genu_wrap_shortest(&o, p, q, &arc), GENU_TOUCH_NONE);
    p.z = -0.2; // contacts inside, ends beyond
    CHECK_INT(genu_wrap_shortest(&o, p, q, &arc), GENU_TOUCH_MANDATORY);
    o.quadrant_axis = 2;
    o.quadrant_sign = 1;
    p.z = q.z = -0.01;
    CHECK_INT(genu_wrap_shortest(&o, p, q, &arc), GENU_TOUCH_NONE);
    CHECK_INT(genu_wrap_opensim(&o, GENU_WRAP_HYBRID, 1, v3_make(-0.1, 0.01, 0.2),
                                v3_make(0.1, 0.01, 0.21), &arc),
              GENU_TOUCH_NONE);
}

static void ends_inside(void)
{
    genu_wrap_object o[3] = { cylinder_of(0.03, 0.1), sphere_of(0.03),
                              ellipsoid_of(0.03, 0.03, 0.03) };
    v3 in = { -0.02, 0.005, 0 }, through = { 0.1, 0.001, 0 }, away = { -0.1, 0.01, 0 };
    genu_arc arc;
    for (int k = 0; k < 3; k++) {
        CHECK_INT(genu_wrap_shortest(&o[k], in, through, &arc), GENU_TOUCH_INSIDE);
        CHECK_INT(genu_wrap_shortest(&o[k], in, away, &arc), GENU_TOUCH_NONE);
        CHECK_INT(genu_wrap_opensim(&o[k], GENU_WRAP_HYBRID, 1, in, away, &arc), GENU_TOUCH_INSIDE);
    }
    genu_wrap_object torus = sphere_of(0.03);
    torus.kind = GENU_WRAP_TORUS;
    CHECK_INT(genu_wrap_shortest(&torus, away, through, &arc), GENU_TOUCH_NONE);
    CHECK_INT(genu_wrap_opensim(&torus, GENU_WRAP_HYBRID, 1, away, through, &arc), GENU_TOUCH_NONE);
}

/* Two roads: where ends lie level, OpenSim's cylinder is planar and equals the shortest path; in
 * general it is longer, never shorter. Its sphere is the shortest path where it takes that side. */
static void opensim_is_never_shorter(void)
{
    unsigned long long seed = 8;
    double most = 0;
    int n = 0;
    for (int i = 0; i < 4000; i++) {
        genu_wrap_object o = i % 4 == 0 ? sphere_of(0.03) : cylinder_of(0.03, 1);
        v3 p = random_point(&seed, 0.1), q = random_point(&seed, 0.1);
        genu_arc arc;
        if (i % 4 == 1)
            q.z = p.z;
        genu_touch mine = genu_wrap_shortest(&o, p, q, &arc);
        double shortest = path_length(&o, p, q);
        genu_touch theirs = genu_wrap_opensim(&o, GENU_WRAP_HYBRID, 1, p, q, &arc);
        CHECK_INT(theirs >= GENU_TOUCH_WRAPPED, mine == GENU_TOUCH_MANDATORY);
        if (theirs < GENU_TOUCH_WRAPPED)
            continue;
        n++;
        double length = v3_distance(p, arc.a) + arc.length + v3_distance(arc.b, q);
        CHECK_TRUE(length > shortest - 1e-13);
        if (i % 4 <= 1)
            CHECK_NEAR(length, shortest, 0, 1e-12);
        most = fmax(most, length - shortest);
    }
    printf("  %d wraps: OpenSim's at most %.1e m longer\n", n, most);
    CHECK_TRUE(n > 500);
}

/* OpenSim's ellipsoid with equal axes is a sphere cut by a plane through both ends, which is the
 * great circle for the axial method; chords fall short of the arc by (chord / r)^2 / 24. */
static void opensim_ellipsoid(void)
{
    genu_wrap_object e = ellipsoid_of(0.03, 0.03, 0.03), s = sphere_of(0.03);
    const genu_wrap_method method[3] = { GENU_WRAP_HYBRID, GENU_WRAP_MIDPOINT, GENU_WRAP_AXIAL };
    v3 p = { -0.08, 0.012, 0.004 }, q = { 0.07, 0.02, -0.003 };
    for (int k = 0; k < 3; k++) {
        genu_arc arc;
        CHECK_INT(genu_wrap_opensim(&e, method[k], 1, p, q, &arc), GENU_TOUCH_MANDATORY);
        CHECK_NEAR(v3_norm(arc.a), 0.03, 1e-12, 0);
        CHECK_NEAR(v3_dot(v3_sub(p, arc.a), arc.a), 0, 0, 1e-15);
        CHECK_NEAR(v3_dot(v3_sub(q, arc.b), arc.b), 0, 0, 1e-15);
        double length = v3_distance(p, arc.a) + arc.length + v3_distance(arc.b, q);
        double shortest = path_length(&s, p, q);
        printf("  method %d: %.2e m over the great circle\n", (int)method[k], length - shortest);
        CHECK_NEAR(length, shortest, 1e-3, 0);
    }
    e = ellipsoid_of(0.035, 0.02, 0.02);
    e.quadrant_axis = 2;
    e.quadrant_sign = 1;
    genu_arc arc;
    CHECK_INT(genu_wrap_opensim(&e, GENU_WRAP_HYBRID, 1, p, q, &arc), GENU_TOUCH_MANDATORY);
    CHECK_TRUE(arc.a.z > 0 && arc.b.z > 0);
    double theirs = v3_distance(p, arc.a) + arc.length + v3_distance(arc.b, q);
    CHECK_TRUE(theirs > path_length(&e, p, q) - 1e-5);
}

static void wrapping_never_allocates(void)
{
    unsigned long long seed = 2;
    genu_wrap_object o[3] = { cylinder_of(0.03, 1), sphere_of(0.03),
                              ellipsoid_of(0.03, 0.02, 0.025) };
    long before = test_allocations();
    genu_arc arc;
    for (int i = 0; i < 300; i++) {
        v3 p = random_point(&seed, 0.1), q = random_point(&seed, 0.1);
        (void)genu_wrap_shortest(&o[i % 3], p, q, &arc);
        (void)genu_wrap_opensim(&o[i % 3], GENU_WRAP_HYBRID, 0, p, q, &arc);
    }
    CHECK_INT(test_allocations() - before, 0);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(cylinder_closed_form),
        TEST(sphere_closed_form),
        TEST(gradients_are_unit_vectors),
        TEST(ellipsoid_is_geodesic),
        TEST(ellipsoid_of_equal_axes),
        TEST(continuous_at_first_touch),
        TEST(quadrant_is_a_barrier),
        TEST(beyond_the_ends),
        TEST(ends_inside),
        TEST(opensim_is_never_shorter),
        TEST(opensim_ellipsoid),
        TEST(wrapping_never_allocates),
        CU_TEST_INFO_NULL,
    };
    return test_main("wrap", tests, argc, argv);
}
