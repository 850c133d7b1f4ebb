#include "solvers/norm.h"

#include <math.h>

static const char *const names[GENU_N_NORM] = {
    "pelvis_tilt",
    "pelvis_list",
    "pelvis_rotation",
    "hip_flexion",
    "hip_adduction",
    "hip_rotation",
    "knee_flexion",
    "ankle",
    "trunk_list",
    "trunk_rotation",
    "grf_forward",
    "grf_up",
    "hip_extension_moment",
    "hip_abduction_moment",
    "knee_extension_moment",
    "knee_abduction_moment",
    "ankle_moment",
};

const char *genu_norm_name(genu_norm_curve curve)
{
    return names[curve];
}

int genu_norm_is_angle(genu_norm_curve curve)
{
    return curve < GENU_NORM_GRF_FORWARD;
}

double genu_harmonics_value(const genu_harmonics *s, double c)
{
    // rotate (cos, sin) on by one angle per harmonic
    double c1 = cos(2 * 3.14159265358979323846 * c), s1 = sin(2 * 3.14159265358979323846 * c);
    double ch = 1, sh = 0, y = s->a[0];
    for (int h = 1; h <= GENU_NORM_HARMONICS; h++) {
        double next = ch * c1 - sh * s1;
        sh = sh * c1 + ch * s1;
        ch = next;
        y += s->a[h] * ch + s->b[h] * sh;
    }
    return y;
}

static void mix(genu_harmonics *out, const genu_harmonics *a, const genu_harmonics *b, double w)
{
    for (int h = 0; h <= GENU_NORM_HARMONICS; h++) {
        out->a[h] = (1 - w) * a->a[h] + w * b->a[h];
        out->b[h] = (1 - w) * a->b[h] + w * b->b[h];
    }
}

genu_status genu_norms_at(genu_norms *out, const genu_norms *classes, double speed, genu_err *err)
{
    const int last = GENU_N_NORM_CLASS - 1;
    double lo = classes[0].speed - (classes[1].speed - classes[0].speed) / 3;
    double hi = classes[last].speed + (classes[last].speed - classes[last - 1].speed) / 3;
    if (!(speed >= lo && speed <= hi))
        return genu_fail(err, GENU_E_RANGE,
                         "walking speed %.3f (as v / sqrt(g leg length)), the norms hold from %.3f "
                         "to %.3f",
                         speed, lo, hi);
    int i = 0;
    while (i < last - 1 && speed > classes[i + 1].speed)
        i++;
    const genu_norms *a = &classes[i], *b = &classes[i + 1];
    double w = (speed - a->speed) / (b->speed - a->speed);
    out->speed = speed;
    for (int k = 0; k < GENU_N_NORM; k++) {
        mix(&out->mean[k], &a->mean[k], &b->mean[k], w);
        mix(&out->sd[k], &a->sd[k], &b->sd[k], w);
    }
    return GENU_OK;
}
