#include "models/muscle.h"
#include "tests/testlib.h"

#include <math.h>
#include <stddef.h>

/* Soleus of Rajagopal et al. 2016 (doi:10.1109/TBME.2016.2586891), rounded. */
static genu_hill soleus(genu_hill_kind kind)
{
    genu_hill h = genu_hill_defaults(kind);
    genu_err err = { 0 };
    h.f_max = 6195;
    h.l_opt = 0.044;
    h.l_slack = 0.277;
    h.pennation = 0.494;
    CHECK_OK(genu_hill_prepare(&h, &err), err);
    return h;
}

typedef double curve(const genu_hill *, double, double *);
static curve *const CURVES[] = { genu_hill_active, genu_hill_velocity, genu_hill_passive,
                                 genu_hill_tendon };

/* Muscle-tendon length of a fibre of l optimal lengths with the tendon at strain e. */
static double length_of(const genu_hill *h, double l, double e)
{
    double fiber = l * h->l_opt, width = h->l_opt * sin(h->pennation);
    return sqrt(fiber * fiber - width * width) + (1 + e) * h->l_slack;
}

static void millard_knots_are_the_documented_ones(void)
{
    genu_hill h = soleus(GENU_HILL_MILLARD);
    double y1 = 1 - 0.8616 * (0.95 - 0.73), K = 2 / 0.7, D = 0.1 * 0.35;
    double Kt = 1.375 / 0.049, xT = 1.049 - 1 / (3 * Kt), xF = 1 + (xT - 1) / 10;
    double xM = 1.049 - 2 / (3 * Kt), s = 1.0 / 3 / (xM - xF), xC = 0.5 * (xF + xM);
    const struct {
        curve *f;
        double x, y, slope;
    } knot[] = {
        { genu_hill_active, 0.4441, 0, 0 },
        { genu_hill_active, 0.5 * (0.4441 + 0.73), 0.5 * y1, 1.25 * y1 / (0.73 - 0.4441) },
        { genu_hill_active, 0.84, 0.5 * (1 + y1), 0.8616 },
        { genu_hill_active, 1, 1, 0 },
        { genu_hill_active, 0.5 * (1.05 + 1.8123), 0.5, -1 / 0.7123 },
        { genu_hill_active, 1.8123, 0, 0 },
        { genu_hill_velocity, -1, 0, 0 },
        { genu_hill_velocity, -0.9, 0.0125, 0.25 },
        { genu_hill_velocity, 0, 1, 5 },
        { genu_hill_velocity, 0.9, 1.3925, 0.15 },
        { genu_hill_velocity, 1, 1.4, 0 },
        { genu_hill_passive, 1, 0, 0 },
        { genu_hill_passive, 1 + D, 0.1 * D, 0.2 },
        { genu_hill_passive, 1.7, 1, K },
        { genu_hill_tendon, 1, 0, 0 },
        { genu_hill_tendon, xC, s * (xC - xF), s },
        { genu_hill_tendon, xT, 2.0 / 3, Kt },
        { genu_hill_tendon, 1.049, 1, Kt },
    };
    for (size_t i = 0; i < sizeof knot / sizeof *knot; i++) {
        double d, y = knot[i].f(&h, knot[i].x, &d);
        CHECK_NEAR(y, knot[i].y, 1e-13, 1e-13);
        CHECK_NEAR(d, knot[i].slope, 1e-12, 1e-12);
        CHECK_NEAR(knot[i].f(&h, knot[i].x, NULL), y, 0, 0);
    }
}

/* Point u of a Bezier curve by de Casteljau's halving, another road than Bernstein polynomials. */
static double casteljau(const double p[6], double u)
{
    double q[6];
    for (int i = 0; i < 6; i++)
        q[i] = p[i];
    for (int n = 5; n > 0; n--)
        for (int i = 0; i < n; i++)
            q[i] += u * (q[i + 1] - q[i]);
    return q[0];
}

static void bezier_is_inverted_to_round_off(void)
{
    genu_hill h = soleus(GENU_HILL_MILLARD);
    const genu_bezier_curve *f[] = { &h.fl, &h.fv, &h.fpe, &h.ft };
    int pieces[] = { 5, 4, 2, 2 };
    for (int k = 0; k < 4; k++) {
        CHECK_INT(f[k]->n, pieces[k]);
        for (int i = 0; i < f[k]->n; i++)
            for (double u = 1.0 / 64; u < 1; u += 1.0 / 64) {
                double x = casteljau(f[k]->x[i], u), y = casteljau(f[k]->y[i], u), d;
                double got = CURVES[k](&h, x, &d);
                // round-off of x times the slope
                CHECK_NEAR(got, y, 1e-14, 4e-16 * (1 + fabs(d)));
            }
    }
}

static void millard_corners_join_without_curvature(void)
{
    genu_hill h = soleus(GENU_HILL_MILLARD);
    const genu_bezier_curve *f[] = { &h.fl, &h.fv, &h.fpe, &h.ft };
    for (int k = 0; k < 4; k++)
        for (int i = 0; i <= f[k]->n; i++) {
            const double *piece = f[k]->x[i < f[k]->n ? i : i - 1];
            double x = i < f[k]->n ? piece[0] : piece[5], e = 1e-5 * (piece[5] - piece[0]);
            double d[3];
            CURVES[k](&h, x - e, &d[0]);
            CURVES[k](&h, x, &d[1]);
            CURVES[k](&h, x + e, &d[2]);
            /* second derivatives of a corner reach ten times the slope's change over its width;
             * 1e-5 of the width from the knot they are to be a thousandth of that */
            double most =
                1e-2 * (fabs(f[k]->slope0) + fabs(f[k]->slope1) + 5) * e / (piece[5] - piece[0]);
            CHECK_NEAR(d[1] - d[0], 0, 0, most);
            CHECK_NEAR(d[2] - d[1], 0, 0, most);
        }
}

static void slopes_match_finite_differences(void)
{
    const double lo[] = { 0.3, -1.3, 0.9, 0.99 }, hi[] = { 2, 1.3, 1.9, 1.08 };
    for (int kind = 0; kind < 2; kind++) {
        genu_hill h = soleus((genu_hill_kind)kind);
        for (int k = 0; k < 4; k++) {
            double step = (hi[k] - lo[k]) / 257, e = 1e-6 * (hi[k] - lo[k]), d;
            for (double x = lo[k]; x < hi[k]; x += step) {
                double fd = (CURVES[k](&h, x + e, NULL) - CURVES[k](&h, x - e, NULL)) / (2 * e);
                CURVES[k](&h, x, &d);
                CHECK_NEAR(d, fd, 1e-6, 1e-7 * (1 + 1 / (hi[k] - lo[k])));
            }
        }
    }
}

static void curves_keep_their_limits(void)
{
    for (int kind = 0; kind < 2; kind++) {
        genu_hill h = soleus((genu_hill_kind)kind);
        double top = 0, before[4] = { -1, -1, -1, -1 };
        for (double t = 0; t < 1; t += 1.0 / 512) {
            double y[4] = { genu_hill_active(&h, 0.2 + 2 * t, NULL),
                            genu_hill_velocity(&h, -1.5 + 3 * t, NULL),
                            genu_hill_passive(&h, 0.5 + 1.5 * t, NULL),
                            genu_hill_tendon(&h, 0.95 + 0.15 * t, NULL) };
            top = fmax(top, y[0]);
            for (int k = 0; k < 4; k++) {
                CHECK_TRUE(y[k] >= 0);
                CHECK_TRUE(k == 0 || y[k] >= before[k]);
                before[k] = y[k];
            }
        }
        CHECK_TRUE(top <= 1);
        CHECK_NEAR(genu_hill_active(&h, 1, NULL), 1, 1e-15, 0);
        CHECK_NEAR(genu_hill_velocity(&h, 0, NULL), 1, 1e-15, 0);
        CHECK_NEAR(genu_hill_velocity(&h, -1, NULL), 0, 0, 0);
        CHECK_NEAR(genu_hill_velocity(&h, -4, NULL), 0, 0, 0);
        CHECK_NEAR(genu_hill_passive(&h, 1, NULL), 0, 0, 0);
        CHECK_NEAR(genu_hill_passive(&h, kind == GENU_HILL_THELEN ? 1.6 : 1.7, NULL), 1, 1e-14, 0);
        CHECK_NEAR(genu_hill_tendon(&h, 0.9, NULL), 0, 0, 0);
        CHECK_NEAR(genu_hill_tendon(&h, kind == GENU_HILL_THELEN ? 1.04 : 1.049, NULL), 1, 1e-14,
                   0);
    }
}

/* Without damping an elastic tendon keeps fL above 0.1 and fV sloping; else both end at 0. */
static void damping_decides_the_ends_of_the_curves(void)
{
    genu_err err;
    for (int i = 0; i < 3; i++) {
        genu_hill h = soleus(GENU_HILL_MILLARD);
        h.millard.fiber_damping = i == 0 ? 0.001 : 0.0009;
        h.millard.rigid_tendon = i == 1;
        h.millard.minimum_value = 0.05;
        h.millard.concentric_slope_at_vmax = 0.12;
        h.millard.eccentric_slope_at_vmax = 0.02;
        CHECK_OK(genu_hill_prepare(&h, &err), err);
        double d[2], low = i == 2 ? 0.1 : 0;
        CHECK_NEAR(genu_hill_active(&h, 0.1, NULL), low, 0, 0);
        CHECK_NEAR(genu_hill_active(&h, 1.9, NULL), low, 0, 0);
        genu_hill_velocity(&h, -2, &d[0]);
        genu_hill_velocity(&h, 2, &d[1]);
        CHECK_NEAR(d[0], low, 0, 0);
        CHECK_NEAR(d[1], low, 0, 0);
        h.millard.eccentric_slope_at_vmax = 0.11;
        CHECK_OK(genu_hill_prepare(&h, &err), err);
        genu_hill_velocity(&h, -2, &d[0]);
        CHECK_NEAR(d[0], i == 2 ? 0.12 : 0, 0, 0);
        // what a fibre faster than v_max would push is no force
        genu_hill_state s;
        genu_hill_rigid(&h, GENU_MODE_GENU, length_of(&h, 1, 0), -3, &s);
        CHECK_TRUE(s.v < -1 && s.active == 0);
    }
}

static void thelen_closed_forms(void)
{
    genu_hill h = soleus(GENU_HILL_THELEN);
    double d[2];
    CHECK_NEAR(genu_hill_active(&h, 1 + sqrt(0.45), NULL), exp(-1), 1e-15, 0);
    CHECK_NEAR(genu_hill_passive(&h, 1.3, NULL), (exp(2.5) - 1) / (exp(5) - 1), 1e-14, 0);
    CHECK_NEAR(genu_hill_passive(&h, 0.999, NULL), 0, 0, 0);
    double toe = 99 * 0.04 * exp(3) / (166 * exp(3) - 67);
    CHECK_NEAR(genu_hill_tendon(&h, 1 + toe, &d[0]), 0.33, 1e-14, 0);
    CHECK_NEAR(genu_hill_tendon(&h, 1 + toe - 1e-9, &d[1]), 0.33, 1e-6, 0);
    CHECK_NEAR(d[0], 0.67 / (0.04 - toe), 1e-12, 0);
    CHECK_NEAR(d[1], d[0], 1e-6, 0);        // the slopes meet
    CHECK_NEAR(toe, 0.609 * 0.04, 2e-3, 0); // as the paper rounds it
}

/* The paper gives v from the force; its fL cancels from F / fL. */
static void thelen_velocity_inverts_the_paper(void)
{
    genu_hill h = soleus(GENU_HILL_THELEN);
    double af = 0.25, top = 1.4;
    for (double fl = 0.1; fl <= 1; fl += 0.3)
        for (double F = 0.01 * fl; F < 0.95 * top * fl; F += 0.02 * fl) {
            double b = F <= fl ? fl + F / af : (2 + 2 / af) * (fl * top - F) / (top - 1);
            double d, v = (F - fl) / b;
            CHECK_NEAR(genu_hill_velocity(&h, v, &d), F / fl, 1e-13, 0);
        }
    // the tangent beyond 0.95 Flen: value and slope go on, and stay
    double F = 0.95 * top, v = (F - 1) * (top - 1) / ((2 + 2 / af) * (top - F)), d[2];
    CHECK_NEAR(genu_hill_velocity(&h, v, &d[0]), F, 1e-13, 0);
    CHECK_NEAR(genu_hill_velocity(&h, v + 1, &d[1]), F + d[0], 1e-13, 0);
    CHECK_NEAR(d[1], d[0], 1e-13, 0);
}

static void rigid_tendon_geometry_and_force(void)
{
    for (int kind = 0; kind < 2; kind++) {
        genu_hill h = soleus((genu_hill_kind)kind);
        for (double l = 0.55; l < 1.7; l += 0.05)
            for (double v = -0.9; v < 0.9; v += 0.3) {
                double sine = sin(h.pennation) / l, cosine = sqrt(1 - sine * sine);
                double speed = v * h.v_max * h.l_opt / cosine;
                genu_hill_state s;
                genu_hill_rigid(&h, GENU_MODE_GENU, length_of(&h, l, 0), speed, &s);
                CHECK_NEAR(s.l, l, 1e-14, 0);
                CHECK_NEAR(s.v, v, 1e-12, 1e-14);
                CHECK_NEAR(s.cos_pennation, cosine, 1e-12, 0);
                CHECK_NEAR(s.active,
                           h.f_max * cosine * genu_hill_active(&h, l, NULL) *
                               genu_hill_velocity(&h, v, NULL),
                           1e-11, 1e-9);
                CHECK_NEAR(s.passive, h.f_max * cosine * genu_hill_passive(&h, l, NULL), 1e-11,
                           1e-9);
                CHECK_INT(s.at_minimum, 0);
            }
    }
}

static void rigid_velocity_is_the_rate_of_length(void)
{
    genu_hill h = soleus(GENU_HILL_THELEN);
    genu_hill_state s[3];
    double L = length_of(&h, 0.7, 0), speed = 0.2, dt = 1e-6;
    for (int i = 0; i < 3; i++)
        genu_hill_rigid(&h, GENU_MODE_GENU, L + (i - 1) * dt * speed, speed, &s[i]);
    CHECK_NEAR(s[1].v * h.v_max, (s[2].l - s[0].l) / (2 * dt), 1e-8, 0);
}

/* OpenSim's Millard muscle takes a length in optimal lengths for one in metres. */
static void opensim_mode_keeps_the_wrong_pennation(void)
{
    for (int kind = 0; kind < 2; kind++) {
        genu_hill h = soleus((genu_hill_kind)kind);
        genu_hill_state right, wrong;
        double L = length_of(&h, 0.9, 0), sine = h.l_opt * sin(h.pennation) / 0.9;
        genu_hill_rigid(&h, GENU_MODE_GENU, L, -0.1, &right);
        genu_hill_rigid(&h, GENU_MODE_OPENSIM, L, -0.1, &wrong);
        double ratio = kind == GENU_HILL_MILLARD ? sqrt(1 - sine * sine) / right.cos_pennation : 1;
        CHECK_NEAR(wrong.active, right.active * ratio, 1e-13, 0);
        CHECK_NEAR(wrong.v, right.v, 0, 0);
        CHECK_NEAR(wrong.passive, right.passive, 0, 0);
        CHECK_NEAR(wrong.cos_pennation, right.cos_pennation, 0, 0);
    }
}

static void shortest_fibre(void)
{
    const genu_mode mode[] = { GENU_MODE_GENU, GENU_MODE_OPENSIM };
    for (int i = 0; i < 2; i++)
        for (int kind = 0; kind < 2; kind++) {
            genu_hill h = soleus((genu_hill_kind)kind);
            double floor = sin(h.pennation) / sqrt(0.99);
            genu_hill_state s;
            genu_hill_rigid(&h, mode[i], h.l_slack + 0.0999 * floor * h.l_opt, -0.1, &s);
            CHECK_NEAR(s.l, floor, 1e-14, 0);
            CHECK_NEAR(s.cos_pennation, 0.1, 1e-14, 0);
            CHECK_TRUE(s.active == 0 && s.passive == 0 && s.v == 0 && s.at_minimum);
            genu_hill_rigid(&h, mode[i], h.l_slack + 0.1001 * floor * h.l_opt, -0.1, &s);
            CHECK_INT(s.at_minimum, 0);
            CHECK_TRUE(s.l > floor && s.active > 0);
            // Millard: also where the active curve starts
            h.millard.l_min = 0.55;
            h.millard.minimum_value = 0.2;
            h.millard.fiber_damping = 0;
            genu_err err;
            CHECK_OK(genu_hill_prepare(&h, &err), err);
            genu_hill_rigid(&h, mode[i], length_of(&h, 0.54, 0), 0, &s);
            CHECK_INT(s.at_minimum, kind == GENU_HILL_MILLARD);
            CHECK_INT(s.active == 0, kind == GENU_HILL_MILLARD && mode[i] == GENU_MODE_OPENSIM);
        }
}

static void no_pennation(void)
{
    for (int kind = 0; kind < 2; kind++) {
        genu_hill h = soleus((genu_hill_kind)kind);
        genu_err err;
        genu_hill_state s;
        h.pennation = 0;
        CHECK_OK(genu_hill_prepare(&h, &err), err);
        genu_hill_rigid(&h, GENU_MODE_OPENSIM, h.l_slack + h.l_opt, 0, &s);
        CHECK_NEAR(s.active, h.f_max, 1e-13, 0);
        genu_hill_rigid(&h, GENU_MODE_GENU, h.l_slack - 0.001, 0.1, &s);
        CHECK_TRUE(s.l == 0 && s.cos_pennation == 1 && s.active == 0 && s.at_minimum);
        CHECK_INT(genu_hill_equilibrium(&h, 0.5, h.l_slack + 0.9 * h.l_opt, 0, &s), GENU_OK);
        CHECK_NEAR(0.5 * s.active + s.passive,
                   h.f_max * genu_hill_tendon(&h, 1 + (0.9 - s.l) * h.l_opt / h.l_slack, NULL),
                   1e-9, 1e-9 * h.f_max);
    }
}

/* What the tendon carries is what the fibre gives; the fibre keeps its width; Thelen's velocity and
 * its factor belong together. */
static void equilibrium_balances(void)
{
    unsigned long long seed = 7;
    for (int i = 0; i < 400; i++) {
        genu_hill h = genu_hill_defaults(i % 2 ? GENU_HILL_MILLARD : GENU_HILL_THELEN);
        genu_err err;
        genu_hill_state s;
        h.f_max = test_random(&seed, 50, 8000);
        h.l_opt = test_random(&seed, 0.02, 0.4);
        h.l_slack = test_random(&seed, 0.02, 0.4);
        h.pennation = test_random(&seed, 0, 0.6);
        CHECK_OK(genu_hill_prepare(&h, &err), err);
        double a = test_random(&seed, 0.01, 1), l = test_random(&seed, 0.7, 1.5);
        double L = length_of(&h, l, test_random(&seed, 0, 0.02));
        double speed = test_random(&seed, -0.4, 0.4);
        CHECK_INT(genu_hill_equilibrium(&h, a, L, speed, &s), GENU_OK);
        double tendon = (L - s.l * h.l_opt * s.cos_pennation) / h.l_slack;
        CHECK_NEAR((a * s.active + s.passive) / h.f_max, genu_hill_tendon(&h, tendon, NULL), 1e-9,
                   1e-10);
        CHECK_INT(s.at_minimum, 0);
        double sine = s.l * sqrt(1 - s.cos_pennation * s.cos_pennation);
        CHECK_NEAR(sine, sin(h.pennation), 1e-9, 1e-9);
        double rate = i % 2 ? 1 : 0.25 + 0.75 * a;
        CHECK_NEAR(s.active,
                   h.f_max * s.cos_pennation * genu_hill_active(&h, s.l, NULL) *
                       genu_hill_velocity(&h, s.v / rate, NULL),
                   1e-8, 1e-8 * h.f_max);
        CHECK_TRUE(i % 2 == 0 || s.v == 0);
    }
}

/* Two roads: the stiffer the tendon, the nearer to a rigid one. */
static void stiff_tendon_is_nearly_rigid(void)
{
    for (int kind = 0; kind < 2; kind++) {
        genu_hill h = soleus((genu_hill_kind)kind);
        genu_err err;
        genu_hill_state rigid, elastic;
        h.thelen.fmax_tendon_strain = h.millard.tendon_strain_one = 1e-7;
        CHECK_OK(genu_hill_prepare(&h, &err), err);
        double L = length_of(&h, 0.85, 0), speed = kind == GENU_HILL_THELEN ? 0.15 : 0;
        genu_hill_rigid(&h, GENU_MODE_GENU, L, speed, &rigid);
        CHECK_INT(genu_hill_equilibrium(&h, 1, L, speed, &elastic), GENU_OK);
        // strain times slack length over optimal length: 6e-7
        CHECK_NEAR(elastic.l, rigid.l, 0, 2e-6);
        CHECK_NEAR(elastic.v, rigid.v, 1e-5, 1e-12);
        CHECK_NEAR(elastic.active, rigid.active, 1e-5, 0);
    }
}

static void equilibrium_without_an_elastic_tendon(void)
{
    genu_hill_state rigid, s;
    genu_err err;
    genu_hill h = soleus(GENU_HILL_MILLARD);
    double L = length_of(&h, 0.85, 0);
    h.millard.rigid_tendon = 1;
    CHECK_OK(genu_hill_prepare(&h, &err), err);
    genu_hill_rigid(&h, GENU_MODE_GENU, L, 0, &rigid);
    CHECK_INT(genu_hill_equilibrium(&h, 0.3, L, 0.2, &s), GENU_OK);
    CHECK_NEAR(s.l, rigid.l, 0, 0);
    CHECK_NEAR(s.v, 0, 0, 0);
    CHECK_NEAR(s.active, rigid.active, 0, 0);

    h = soleus(GENU_HILL_THELEN);
    h.l_slack = 0;
    CHECK_OK(genu_hill_prepare(&h, &err), err);
    L = length_of(&h, 1.1, 0);
    genu_hill_rigid(&h, GENU_MODE_GENU, L, 0.1, &rigid);
    CHECK_INT(genu_hill_equilibrium(&h, 1, L, 0.1, &s), GENU_OK);
    CHECK_NEAR(s.active, rigid.active, 1e-14, 0);
    CHECK_NEAR(s.v, rigid.v, 0, 0);
    CHECK_INT(genu_hill_equilibrium(&h, 0, L, 0.1, &s), GENU_OK);
    CHECK_TRUE(s.active > rigid.active); // at a = 0 the velocity counts four times
}

static void too_short_for_equilibrium(void)
{
    for (int kind = 0; kind < 2; kind++) {
        genu_hill h = soleus((genu_hill_kind)kind);
        genu_hill_state s;
        CHECK_INT(genu_hill_equilibrium(&h, 0.05, h.l_slack, 0.1, &s), GENU_OK);
        CHECK_INT(s.at_minimum, 1);
        CHECK_TRUE(s.active == 0 && s.passive == 0 && s.v == 0);
        CHECK_NEAR(s.l, sin(h.pennation) / sqrt(0.99), 1e-14, 0);
        CHECK_NEAR(s.cos_pennation, 0.1, 1e-14, 0);
    }
}

/* Thelen's passive stiffness jumps at l = 1. Where the velocity shared on either side leads to the
 * other, the fibre rests on the jump, with the velocity in between. A muscle and instant for which
 * OpenSim 4.6 found nothing (flexor digitorum of gait2392). */
static void equilibrium_on_the_jump_of_stiffness(void)
{
    genu_hill h = genu_hill_defaults(GENU_HILL_THELEN);
    genu_err err;
    h.f_max = 310;
    h.l_opt = 0.034;
    h.l_slack = 0.4;
    h.pennation = 0.12217305;
    h.thelen.fmax_tendon_strain = 0.033;
    h.thelen.k_shape_active = 0.5;
    h.thelen.k_shape_passive = 4;
    h.thelen.af = 0.3;
    h.thelen.flen = 1.8;
    CHECK_OK(genu_hill_prepare(&h, &err), err);
    int jumps = 0;
    for (int i = 0; i < 2000; i++) {
        genu_hill_state s;
        double L = length_of(&h, 0.98 + 1e-5 * i, 0.007), tendon;
        CHECK_INT(genu_hill_equilibrium(&h, 0.05, L, -0.012, &s), GENU_OK);
        tendon = (L - s.l * h.l_opt * s.cos_pennation) / h.l_slack;
        CHECK_NEAR((0.05 * s.active + s.passive) / h.f_max, genu_hill_tendon(&h, tendon, NULL),
                   1e-9, 1e-10);
        jumps += fabs(s.l - 1) < 1e-9;
    }
    CHECK_TRUE(jumps > 5); // else this tests nothing
}

/* On the descending limb the fibre's negative stiffness can make the shared velocity answer so
 * strongly that plain repetition swings; halving still finds where it stands still. */
static void equilibrium_where_repetition_swings(void)
{
    genu_hill h = genu_hill_defaults(GENU_HILL_THELEN);
    genu_err err;
    genu_hill_state s;
    h.f_max = 1000;
    h.l_opt = 0.0233211183;
    h.l_slack = 0.441441572;
    h.pennation = 0.444060854;
    h.thelen.fmax_tendon_strain = 0.0354108527;
    CHECK_OK(genu_hill_prepare(&h, &err), err);
    double L = 0.490972724928, a = 0.848651819;
    CHECK_INT(genu_hill_equilibrium(&h, a, L, 0.801200455, &s), GENU_OK);
    double tendon = (L - s.l * h.l_opt * s.cos_pennation) / h.l_slack;
    CHECK_NEAR((a * s.active + s.passive) / h.f_max, genu_hill_tendon(&h, tendon, NULL), 1e-9, 0);
    CHECK_NEAR(s.active,
               h.f_max * s.cos_pennation * genu_hill_active(&h, s.l, NULL) *
                   genu_hill_velocity(&h, s.v / (0.25 + 0.75 * a), NULL),
               1e-9, 0);
}

static void bad_arguments_of_equilibrium(void)
{
    genu_hill h = soleus(GENU_HILL_THELEN);
    genu_hill_state s;
    double L = length_of(&h, 1, 0.01);
    const double bad[][3] = { { -0.01, L, 0 },      { 1.01, L, 0 },       { NAN, L, 0 },
                              { 0.5, NAN, 0 },      { 0.5, INFINITY, 0 }, { 0.5, L, NAN },
                              { 0.5, L, -INFINITY } };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s.l = 1;
        CHECK_INT(genu_hill_equilibrium(&h, bad[i][0], bad[i][1], bad[i][2], &s), GENU_E_RANGE);
        CHECK_TRUE(s.l == 0 && s.active == 0);
    }
    CHECK_INT(genu_hill_equilibrium(&h, 0.5, L, 1e308, &s), GENU_E_NOT_CONVERGED);
}

static void every_parameter_is_checked(void)
{
#define AT(field) offsetof(genu_hill, field)
    const struct {
        genu_hill_kind kind;
        size_t at;
        double value;
        const char *message;
    } bad[] = {
        { 0, AT(f_max), 0, "max_isometric_force is 0 N, must be > 0 N" },
        { 0, AT(f_max), NAN, "max_isometric_force is nan N, must be > 0 N" },
        { 0, AT(f_max), INFINITY, "max_isometric_force is inf N" },
        { 0, AT(l_opt), -0.1, "optimal_fiber_length is -0.1 m, must be > 0 m" },
        { 1, AT(l_slack), -0.24, "tendon_slack_length is -0.24 m, must be >= 0 m" },
        { 1, AT(pennation), 1.5, "pennation_angle_at_optimal is 1.5 rad, must be in [0, 1.47063)" },
        { 1, AT(pennation), -0.1, "pennation_angle_at_optimal is -0.1 rad" },
        { 1, AT(v_max), 0, "max_contraction_velocity is 0 optimal lengths/s, must be > 0" },
        { 1, AT(default_activation), 1.2, "default_activation is 1.2, must be in [0, 1]" },
        { 1, AT(min_activation), 1, "minimum_activation is 1, must be in [0, 1)" },
        { 0, AT(thelen.fmax_tendon_strain), 0, "FmaxTendonStrain is 0, must be > 0" },
        { 0, AT(thelen.fmax_muscle_strain), 0, "FmaxMuscleStrain is 0, must be > 0" },
        { 0, AT(thelen.k_shape_active), -1, "KshapeActive is -1, must be > 0" },
        { 0, AT(thelen.k_shape_passive), 0, "KshapePassive is 0, must be > 0" },
        { 0, AT(thelen.af), 0, "Af is 0, must be > 0" },
        { 0, AT(thelen.flen), 1, "Flen is 1, must be > 1" },
        { 0, AT(thelen.fv_linear_extrap), 0.7, "fv_linear_extrap_threshold is 0.7, must be in (" },
        { 0, AT(thelen.fv_linear_extrap), 1, "fv_linear_extrap_threshold is 1, must be in (" },
        { 1, AT(millard.fiber_damping), -0.1, "fiber_damping is -0.1, must be >= 0" },
        { 1, AT(millard.l_min), -0.1, "min_norm_active_fiber_length is -0.1" },
        { 1, AT(millard.l_transition), 0.4, "transition_norm_fiber_length is 0.4" },
        { 1, AT(millard.l_transition), 0.97, "active-force-length curve: between 0.96 and 1" },
        { 1, AT(millard.l_max), 1.1, "max_norm_active_fiber_length is 1.1, must be > 1.1" },
        { 1, AT(millard.shallow_slope), 4,
          "shallow_ascending_slope is 4, must be in [0, 3.33333)" },
        { 1, AT(millard.minimum_value), 1, "minimum_value is 1, must be in [0, 1)" },
        { 1, AT(millard.concentric_slope_at_vmax), 0.25, "concentric_slope_at_vmax is 0.25" },
        { 1, AT(millard.concentric_slope_near_vmax), 1.1, "concentric_slope_near_vmax is 1.1" },
        { 1, AT(millard.isometric_slope), 1, "isometric_slope is 1, must be > 1" },
        { 1, AT(millard.eccentric_slope_at_vmax), 0.2, "eccentric_slope_at_vmax is 0.2" },
        { 1, AT(millard.eccentric_slope_near_vmax), 0.4, "eccentric_slope_near_vmax is 0.4" },
        { 1, AT(millard.max_eccentric_force), 1, "max_eccentric_velocity_force_multiplier is 1" },
        { 1, AT(millard.concentric_curviness), 1.1, "concentric_curviness is 1.1" },
        { 1, AT(millard.eccentric_curviness), -0.1, "eccentric_curviness is -0.1" },
        { 1, AT(millard.passive_strain_zero), -1, "strain_at_zero_force is -1, must be > -1" },
        { 1, AT(millard.passive_strain_one), 0, "strain_at_one_norm_force of the fibre is 0" },
        { 1, AT(millard.passive_stiffness_low), 1.5, "stiffness_at_low_force is 1.5" },
        { 1, AT(millard.passive_stiffness_one), 1.4, "stiffness_at_one_norm_force of the fibre" },
        { 1, AT(millard.passive_curviness), 2, "curviness of the fibre is 2, must be in [0, 1]" },
        { 1, AT(millard.tendon_strain_one), 0, "strain_at_one_norm_force of the tendon is 0" },
        { 1, AT(millard.tendon_stiffness_one), 20, "stiffness_at_one_norm_force of the tendon" },
        { 1, AT(millard.tendon_toe_force), 1, "norm_force_at_toe_end is 1, must be in (0, 1)" },
        { 1, AT(millard.tendon_curviness), -1, "curviness of the tendon is -1" },
    };
#undef AT
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        genu_hill h = soleus(bad[i].kind);
        genu_err err;
        *(double *)(void *)((char *)&h + bad[i].at) = bad[i].value;
        CHECK_FAILS(genu_hill_prepare(&h, &err), GENU_E_RANGE, err, bad[i].message);
    }
}

static void never_allocates(void)
{
    double sum = 0;
    for (int kind = 0; kind < 2; kind++) {
        genu_hill h = soleus((genu_hill_kind)kind);
        genu_hill_state s;
        long before = test_allocations();
        for (int i = 0; i < 1000; i++) {
            double L = length_of(&h, 0.6 + 0.001 * i, 0.01);
            genu_hill_rigid(&h, GENU_MODE_OPENSIM, L, 0.1, &s);
            sum += s.active;
            if (genu_hill_equilibrium(&h, 0.1, L, 0.1, &s) == GENU_OK)
                sum += s.active;
        }
        CHECK_INT(test_allocations(), before);
    }
    CHECK_TRUE(sum > 0);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(millard_knots_are_the_documented_ones),
        TEST(bezier_is_inverted_to_round_off),
        TEST(millard_corners_join_without_curvature),
        TEST(slopes_match_finite_differences),
        TEST(curves_keep_their_limits),
        TEST(damping_decides_the_ends_of_the_curves),
        TEST(thelen_closed_forms),
        TEST(thelen_velocity_inverts_the_paper),
        TEST(rigid_tendon_geometry_and_force),
        TEST(rigid_velocity_is_the_rate_of_length),
        TEST(opensim_mode_keeps_the_wrong_pennation),
        TEST(shortest_fibre),
        TEST(no_pennation),
        TEST(equilibrium_balances),
        TEST(stiff_tendon_is_nearly_rigid),
        TEST(equilibrium_without_an_elastic_tendon),
        TEST(too_short_for_equilibrium),
        TEST(equilibrium_on_the_jump_of_stiffness),
        TEST(equilibrium_where_repetition_swings),
        TEST(bad_arguments_of_equilibrium),
        TEST(every_parameter_is_checked),
        TEST(never_allocates),
        CU_TEST_INFO_NULL,
    };
    return test_main("muscle", tests, argc, argv);
}
