/* spatial.h - 3-vectors, rotations and 6-D spatial vectors, by value.
 *
 * Spatial vectors are written in ground axes about the ground origin (Featherstone 2008,
 * Rigid Body Dynamics Algorithms, doi:10.1007/978-1-4899-7560-7), so that vectors of different
 * bodies add without transformation. A motion vector is (angular w; linear v of the point of the
 * body that is at the ground origin), a force vector is (moment n about the ground origin; force
 * f).
 *
 * Depends on: math.h
 */
#ifndef GENU_MODELS_SPATIAL_H
#define GENU_MODELS_SPATIAL_H

#include <math.h>

#define GENU_PI 3.14159265358979323846

typedef struct v3 {
    double x, y, z;
} v3;

/* Row-major: m[i][j], a vector of the child frame times m gives it in the parent frame. */
typedef struct m3 {
    double m[3][3];
} m3;

/* Position and orientation of a frame in another one: x_parent = R x_child + p. */
typedef struct xform {
    m3 R;
    v3 p; /* m */
} xform;

/* Motion: w rad/s, v m/s. Force: w moment Nm, v force N. */
typedef struct sp6 {
    v3 w, v;
} sp6;

static inline v3 v3_make(double x, double y, double z)
{
    return (v3){ x, y, z };
}

static inline v3 v3_of(const double *a)
{
    return (v3){ a[0], a[1], a[2] };
}

static inline void v3_put(double *a, v3 u)
{
    a[0] = u.x;
    a[1] = u.y;
    a[2] = u.z;
}

static inline v3 v3_add(v3 a, v3 b)
{
    return (v3){ a.x + b.x, a.y + b.y, a.z + b.z };
}

static inline v3 v3_sub(v3 a, v3 b)
{
    return (v3){ a.x - b.x, a.y - b.y, a.z - b.z };
}

static inline v3 v3_scale(double s, v3 a)
{
    return (v3){ s * a.x, s * a.y, s * a.z };
}

/* a + s b */
static inline v3 v3_axpy(double s, v3 b, v3 a)
{
    return (v3){ a.x + s * b.x, a.y + s * b.y, a.z + s * b.z };
}

static inline double v3_dot(v3 a, v3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline v3 v3_cross(v3 a, v3 b)
{
    return (v3){ a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x };
}

static inline double v3_norm(v3 a)
{
    return sqrt(v3_dot(a, a));
}

static inline double v3_distance(v3 a, v3 b)
{
    return v3_norm(v3_sub(a, b));
}

/* a / |a|; a must not be zero */
static inline v3 v3_unit(v3 a)
{
    return v3_scale(1.0 / v3_norm(a), a);
}

static inline m3 m3_identity(void)
{
    return (m3){ { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
}

static inline v3 m3_mul_v3(m3 A, v3 b)
{
    return (v3){ A.m[0][0] * b.x + A.m[0][1] * b.y + A.m[0][2] * b.z,
                 A.m[1][0] * b.x + A.m[1][1] * b.y + A.m[1][2] * b.z,
                 A.m[2][0] * b.x + A.m[2][1] * b.y + A.m[2][2] * b.z };
}

/* A' b */
static inline v3 m3_tmul_v3(m3 A, v3 b)
{
    return (v3){ A.m[0][0] * b.x + A.m[1][0] * b.y + A.m[2][0] * b.z,
                 A.m[0][1] * b.x + A.m[1][1] * b.y + A.m[2][1] * b.z,
                 A.m[0][2] * b.x + A.m[1][2] * b.y + A.m[2][2] * b.z };
}

static inline m3 m3_mul(m3 A, m3 B)
{
    m3 C;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            C.m[i][j] = A.m[i][0] * B.m[0][j] + A.m[i][1] * B.m[1][j] + A.m[i][2] * B.m[2][j];
    return C;
}

static inline m3 m3_transpose(m3 A)
{
    m3 T;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            T.m[i][j] = A.m[j][i];
    return T;
}

static inline v3 m3_column(m3 A, int j)
{
    return (v3){ A.m[0][j], A.m[1][j], A.m[2][j] };
}

/* Rotation by angle (rad) about the unit vector a (Rodrigues). */
static inline m3 m3_rotation(v3 a, double angle)
{
    double c = cos(angle), s = sin(angle), t = 1.0 - c;
    return (m3){ { { c + t * a.x * a.x, t * a.x * a.y - s * a.z, t * a.x * a.z + s * a.y },
                   { t * a.x * a.y + s * a.z, c + t * a.y * a.y, t * a.y * a.z - s * a.x },
                   { t * a.x * a.z - s * a.y, t * a.y * a.z + s * a.x, c + t * a.z * a.z } } };
}

/* Body-fixed x-y-z rotation sequence, angles in rad, as in OpenSim's orientations. */
static inline m3 m3_xyz(v3 angles)
{
    return m3_mul(
        m3_mul(m3_rotation((v3){ 1, 0, 0 }, angles.x), m3_rotation((v3){ 0, 1, 0 }, angles.y)),
        m3_rotation((v3){ 0, 0, 1 }, angles.z));
}

static inline xform xform_identity(void)
{
    return (xform){ m3_identity(), { 0, 0, 0 } };
}

static inline v3 xform_point(xform X, v3 x)
{
    return v3_add(m3_mul_v3(X.R, x), X.p);
}

static inline v3 xform_inverse_point(xform X, v3 x)
{
    return m3_tmul_v3(X.R, v3_sub(x, X.p));
}

static inline xform xform_mul(xform A, xform B)
{
    return (xform){ m3_mul(A.R, B.R), xform_point(A, B.p) };
}

static inline xform xform_inverse(xform X)
{
    m3 Rt = m3_transpose(X.R);
    return (xform){ Rt, v3_scale(-1.0, m3_mul_v3(Rt, X.p)) };
}

static inline sp6 sp6_zero(void)
{
    return (sp6){ { 0, 0, 0 }, { 0, 0, 0 } };
}

static inline sp6 sp6_add(sp6 a, sp6 b)
{
    return (sp6){ v3_add(a.w, b.w), v3_add(a.v, b.v) };
}

static inline sp6 sp6_sub(sp6 a, sp6 b)
{
    return (sp6){ v3_sub(a.w, b.w), v3_sub(a.v, b.v) };
}

static inline sp6 sp6_axpy(double s, sp6 b, sp6 a)
{
    return (sp6){ v3_axpy(s, b.w, a.w), v3_axpy(s, b.v, a.v) };
}

/* Power of a force vector on a motion vector; also the projection of one on the other. */
static inline double sp6_dot(sp6 motion, sp6 force)
{
    return v3_dot(motion.w, force.w) + v3_dot(motion.v, force.v);
}

/* Rate of change of motion vector m that moves with v: v x m. */
static inline sp6 sp6_cross_motion(sp6 v, sp6 m)
{
    return (sp6){ v3_cross(v.w, m.w), v3_add(v3_cross(v.w, m.v), v3_cross(v.v, m.w)) };
}

/* Rate of change of force vector f that moves with v: v x* f. */
static inline sp6 sp6_cross_force(sp6 v, sp6 f)
{
    return (sp6){ v3_add(v3_cross(v.w, f.w), v3_cross(v.v, f.v)), v3_cross(v.w, f.v) };
}

/* Force f (N) acting at the point p (m, ground). */
static inline sp6 sp6_force_at(v3 p, v3 f)
{
    return (sp6){ v3_cross(p, f), f };
}

/* Moment of force vector f about the point p. */
static inline v3 sp6_moment_about(sp6 f, v3 p)
{
    return v3_sub(f.w, v3_cross(p, f.v));
}

/* Velocity of the point of the moving body that is at p. */
static inline v3 sp6_point_velocity(sp6 motion, v3 p)
{
    return v3_add(motion.v, v3_cross(motion.w, p));
}

#endif
