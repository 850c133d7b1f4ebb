/* External loads: wrenches by hand, frames that move, garbage under an unloaded foot, bad files. */
#include "models/skeleton.h"
#include "sim/loads.h"
#include "tests/sim/small_model.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PELVIS = 1, CALCN = 2, ROWS = 101 };

/* A posed small model. */
typedef struct scene {
    genu_model *m;
    genu_data *d;
    sp6 external[3];
} scene;

static scene posed(void)
{
    scene s = { .m = small_model() };
    s.d = genu_data_new(s.m);
    const double q[N_SMALL] = { 0.3, 0.9, 0.4, 0.7, 0.02, 0.1 };
    memcpy(s.d->q, q, sizeof q);
    genu_skeleton_position(s.m, s.d);
    return s;
}

static void end(scene *s)
{
    genu_data_free(s->d);
    genu_model_free(s->m);
}

static double times[ROWS], values[9 * ROWS];

/* A step over 1 s at 100 Hz: 700 sin(pi t') N up from 0.2 to 0.8 s, some shear, a point that rolls
 * forward, a free moment. Unloaded rows have a point of `garbage`. */
static genu_load step_load(double garbage)
{
    memset(values, 0, sizeof values);
    for (int i = 0; i < ROWS; i++) {
        double t = times[i] = 0.01 * i, x = (t - 0.2) / 0.6;
        int loaded = x > 1e-9 && x < 1 - 1e-9;
        double fy = loaded ? 700 * sin(GENU_PI * x) : 0;
        values[0 * ROWS + i] = 0.1 * fy;
        values[1 * ROWS + i] = fy;
        values[2 * ROWS + i] = -0.05 * fy;
        values[3 * ROWS + i] = loaded ? 1 + 0.2 * x : garbage;
        values[5 * ROWS + i] = loaded ? 0.1 : -garbage;
        values[7 * ROWS + i] = loaded ? 5 * x : 0;
    }
    return (genu_load){ .name = NULL,
                        .body = CALCN,
                        .has_force = 1,
                        .has_point = 1,
                        .has_torque = 1,
                        .n_row = ROWS,
                        .time = times,
                        .value = values };
}

static genu_loads *one_load(genu_load what, genu_mode mode, double gate)
{
    char name[] = "foot";
    genu_loads *loads = NULL;
    genu_loads_settings s = { mode, gate, 0 };
    genu_err err = { 0 };
    what.name = name;
    if (CHECK_OK(genu_loads_new(&loads, &s, &err), err))
        CHECK_OK(genu_loads_add(loads, &what, NULL, &err), err);
    return loads;
}

static void check_wrench(sp6 got, sp6 want, double atol)
{
    CHECK_NEAR(got.v.x, want.v.x, 0, atol);
    CHECK_NEAR(got.v.y, want.v.y, 0, atol);
    CHECK_NEAR(got.v.z, want.v.z, 0, atol);
    CHECK_NEAR(got.w.x, want.w.x, 0, atol);
    CHECK_NEAR(got.w.y, want.w.y, 0, atol);
    CHECK_NEAR(got.w.z, want.w.z, 0, atol);
}

/* The wrench of row i as written, everything in ground. */
static sp6 row_wrench(int i)
{
    v3 f = { values[i], values[ROWS + i], values[2 * ROWS + i] };
    v3 p = { values[3 * ROWS + i], values[4 * ROWS + i], values[5 * ROWS + i] };
    v3 t = { values[6 * ROWS + i], values[7 * ROWS + i], values[8 * ROWS + i] };
    sp6 w = sp6_force_at(p, f);
    w.w = v3_add(w.w, t);
    return w;
}

static void rows_come_back_in_both_modes(void)
{
    scene s = posed();
    for (int mode = 0; mode < 2; mode++) {
        genu_loads *loads = one_load(step_load(0), (genu_mode)mode, 10);
        for (int i = 0; i < ROWS; i++) {
            CHECK_INT(genu_loads_apply(loads, s.m, NULL, times[i], s.external), GENU_OK);
            check_wrench(s.external[CALCN], row_wrench(i), 1e-9);
            check_wrench(s.external[PELVIS], sp6_zero(), 0);
        }
        genu_loads_free(loads);
    }
    end(&s);
}

static void garbage_under_an_unloaded_foot_has_no_effect(void)
{
    scene s = posed();
    sp6 clean[ROWS], off;
    for (int k = 0; k < 3; k++) {
        const double garbage[] = { 0, 331.7, NAN };
        genu_loads *loads = one_load(step_load(garbage[k]), GENU_MODE_GENU, 10);
        double worst = 0;
        for (int i = 0; i < ROWS; i++) {
            double t = fmin(0.01 * i + 0.0043, 1);
            CHECK_INT(genu_loads_apply(loads, s.m, s.d, t, s.external), GENU_OK);
            clean[i] = k ? clean[i] : s.external[CALCN];
            off = sp6_sub(s.external[CALCN], clean[i]);
            worst = fmax(worst, v3_norm(off.w) + v3_norm(off.v));
        }
        CHECK_NEAR(worst, 0, 0, 0);
        // nothing between unloaded rows, and no force ever pulls
        CHECK_INT(genu_loads_apply(loads, s.m, s.d, 0.1234, s.external), GENU_OK);
        check_wrench(s.external[CALCN], sp6_zero(), 0);
        for (double t = 0; t < 1; t += 0.0007) {
            CHECK_INT(genu_loads_apply(loads, s.m, s.d, t, s.external), GENU_OK);
            CHECK_TRUE(s.external[CALCN].v.y >= 0);
        }
        genu_loads_free(loads);
    }
    // OpenSim multiplies the spline of that point: between rows the moment is far off
    genu_loads *loads = one_load(step_load(331.7), GENU_MODE_OPENSIM, 10);
    CHECK_INT(genu_loads_apply(loads, s.m, s.d, 0.2043, s.external), GENU_OK);
    off = sp6_sub(s.external[CALCN], clean[20]);
    CHECK_TRUE(v3_norm(off.w) > 100);
    genu_loads_free(loads);
    end(&s);
}

static void between_rows_the_wrench_is_accurate(void)
{
    scene s = posed();
    double allowed[2][2] = { { 0.5, 0.6 }, { 0.05, 0.05 } }; // N, Nm; genu: C1, limited slopes
    for (int mode = 0; mode < 2; mode++) {
        genu_loads *loads = one_load(step_load(0), (genu_mode)mode, 10);
        for (double t = 0.3; t < 0.7; t += 0.0031) {
            double x = (t - 0.2) / 0.6, fy = 700 * sin(GENU_PI * x);
            sp6 want = sp6_force_at((v3){ 1 + 0.2 * x, 0, 0.1 }, (v3){ 0.1 * fy, fy, -0.05 * fy });
            want.w.y += 5 * x;
            CHECK_INT(genu_loads_apply(loads, s.m, s.d, t, s.external), GENU_OK);
            CHECK_NEAR(s.external[CALCN].v.y, want.v.y, 0, allowed[mode][0]);
            CHECK_NEAR(s.external[CALCN].w.z, want.w.z, 0, allowed[mode][1]);
        }
        genu_loads_free(loads);
    }
    end(&s);
}

static void below_the_gate_the_force_dies_away_at_a_held_point(void)
{
    scene s = posed();
    genu_load what = step_load(331.7);
    genu_loads *loads = one_load(what, GENU_MODE_GENU, 400);
    // 181 N at 0.25 s; 405 N at 0.32 s is the first loaded row
    CHECK_INT(genu_loads_apply(loads, s.m, s.d, 0.25, s.external), GENU_OK);
    v3 f = { values[25], values[ROWS + 25], values[2 * ROWS + 25] };
    v3 p = { values[3 * ROWS + 32], 0, 0.1 };
    sp6 want = sp6_force_at(p, f);
    want.w.y += values[7 * ROWS + 32] * values[ROWS + 25] / values[ROWS + 32];
    check_wrench(s.external[CALCN], want, 1e-10);
    CHECK_INT(genu_loads_apply(loads, s.m, s.d, 0.5, s.external), GENU_OK);
    check_wrench(s.external[CALCN], row_wrench(50), 1e-10);
    genu_loads_free(loads);

    // the tail ends where the force rises again: what lies beyond is noise, at no point
    values[ROWS + 10] = 30;
    values[ROWS + 11] = 3;
    values[ROWS + 12] = 5;
    loads = one_load(what, GENU_MODE_GENU, 40);
    for (int i = 0; i <= 20; i++) {
        CHECK_INT(genu_loads_apply(loads, s.m, s.d, times[i], s.external), GENU_OK);
        check_wrench(s.external[CALCN], sp6_zero(), 0);
    }
    genu_loads_free(loads);
    end(&s);
}

static void moving_frames_carry_the_load(void)
{
    // force and torque in the axes of the pelvis, point in the frame of the calcaneus
    scene s = posed();
    genu_load what = step_load(0);
    what.force_body = PELVIS;
    what.point_body = CALCN;
    for (int mode = 0; mode < 2; mode++) {
        genu_loads *loads = one_load(what, (genu_mode)mode, 10);
        CHECK_INT(genu_loads_apply(loads, s.m, NULL, 0.5, s.external), GENU_E_SHAPE);
        CHECK_INT(genu_loads_apply(loads, s.m, s.d, 0.5, s.external), GENU_OK);
        m3 A = s.d->X[PELVIS].R;
        v3 p = xform_point(s.d->X[CALCN], (v3){ values[3 * ROWS + 50], 0, 0.1 });
        v3 f = m3_mul_v3(A, (v3){ 70, 700, -35 });
        sp6 want = sp6_force_at(p, f);
        want.w = v3_add(want.w, m3_mul_v3(A, (v3){ 0, 2.5, 0 }));
        check_wrench(s.external[CALCN], want, 1e-9);
        genu_loads_free(loads);

        // without a point: the origin of the body it acts on
        genu_load bare = what;
        bare.has_point = bare.has_torque = bare.force_body = 0;
        loads = one_load(bare, (genu_mode)mode, 10);
        CHECK_INT(genu_loads_apply(loads, s.m, s.d, 0.5, s.external), GENU_OK);
        check_wrench(s.external[CALCN], sp6_force_at(s.d->X[CALCN].p, (v3){ 70, 700, -35 }), 1e-9);
        genu_loads_free(loads);

        // a torque alone is never gated
        bare = what;
        bare.has_force = bare.has_point = bare.force_body = 0;
        loads = one_load(bare, (genu_mode)mode, 10);
        CHECK_INT(genu_loads_apply(loads, s.m, s.d, 0.5, s.external), GENU_OK);
        check_wrench(s.external[CALCN], (sp6){ { 0, 2.5, 0 }, { 0, 0, 0 } }, 1e-12);
        genu_loads_free(loads);
    }
    end(&s);
}

static void loads_on_one_body_add_and_applying_allocates_nothing(void)
{
    scene s = posed();
    genu_loads *loads = one_load(step_load(0), GENU_MODE_GENU, 10);
    genu_err err = { 0 };
    genu_load second = step_load(0);
    char name[] = "other";
    second.name = name;
    CHECK_OK(genu_loads_add(loads, &second, NULL, &err), err);
    long before = test_allocations();
    CHECK_INT(genu_loads_apply(loads, s.m, s.d, 0.5, s.external), GENU_OK);
    CHECK_INT(test_allocations() - before, 0);
    sp6 one = row_wrench(50);
    check_wrench(s.external[CALCN], sp6_add(one, one), 1e-9);

    // both count for the events of that foot
    genu_events e;
    const int body[] = { CALCN };
    CHECK_OK(genu_loads_events(loads, 1, body, NULL, &e, &err), err);
    CHECK_INT(e.n_strike, 1);
    CHECK_INT(e.n_off, 1);
    double row = 1400 * sin(GENU_PI / 60); // 20 N on the chord to the first loaded row
    CHECK_NEAR(e.strike[0], 0.2 + 0.01 * 20 / row, 1e-9, 0);
    CHECK_NEAR(e.off[0], 0.8 - 0.01 * 20 / row, 1e-9, 0);
    genu_events_free(&e);
    const int other[] = { PELVIS };
    CHECK_OK(genu_loads_events(loads, 1, other, NULL, &e, &err), err);
    CHECK_INT(e.n_strike + e.n_off, 0);

    loads->load[1].time[3] += 1e-4;
    CHECK_FAILS(genu_loads_events(loads, 1, body, NULL, &e, &err), GENU_E_SHAPE, err,
                "loads 'foot' and 'other' act on one foot at different times");
    loads->load[1].force_body = PELVIS;
    CHECK_FAILS(genu_loads_events(loads, 1, body, NULL, &e, &err), GENU_E_FORMAT, err,
                "load 'other' is not expressed in ground");
    genu_loads_free(loads);
    end(&s);
}

static void a_filter_smooths_what_the_load_does(void)
{
    scene s = posed();
    char name[] = "foot";
    genu_loads *loads;
    genu_err err = { 0 };
    genu_loads_settings settings = { GENU_MODE_GENU, 10, 10 };
    genu_load what = step_load(331.7);
    what.name = name;
    CHECK_OK(genu_loads_new(&loads, &settings, &err), err);
    CHECK_OK(genu_loads_add(loads, &what, NULL, &err), err);
    // impulses are kept: gain 1 at 0 Hz, and the load is zero well before both ends
    double sum = 0, want = 0, moment = 0, want_moment = 0;
    for (int i = 0; i < ROWS; i++) {
        CHECK_INT(genu_loads_apply(loads, s.m, s.d, times[i], s.external), GENU_OK);
        sum += s.external[CALCN].v.y;
        moment += s.external[CALCN].w.z;
        want += row_wrench(i).v.y;
        want_moment += row_wrench(i).w.z;
    }
    CHECK_NEAR(sum, want, 2e-3, 0); // the tails of a 10 Hz filter 0.2 s off: exp(-2 pi) each
    CHECK_NEAR(moment, want_moment, 2e-3, 0);
    CHECK_INT(genu_loads_apply(loads, s.m, s.d, 0.19, s.external), GENU_OK);
    CHECK_TRUE(s.external[CALCN].v.y > 1); // soft beginning
    genu_loads_free(loads);

    settings.filter = 60;
    CHECK_OK(genu_loads_new(&loads, &settings, &err), err);
    CHECK_FAILS(genu_loads_add(loads, &what, NULL, &err), GENU_E_RANGE, err,
                "load 'foot': the filter's cutoff is 60 Hz, must be below half");
    genu_loads_free(loads);
    end(&s);
}

static void span_is_checked(void)
{
    scene s = posed();
    for (int mode = 0; mode < 2; mode++) {
        genu_loads *loads = one_load(step_load(0), (genu_mode)mode, 10);
        genu_err err = { 0 };
        CHECK_OK(genu_loads_check_span(loads, -1e-6, 1.0000001, &err), err);
        CHECK_INT(genu_loads_apply(loads, s.m, s.d, -1e-6, s.external), GENU_OK);
        CHECK_FAILS(genu_loads_check_span(loads, 0.5, 1.2, &err), GENU_E_RANGE, err,
                    "load 'foot': its data last from 0 to 1 s, the motion needs 0.5 to 1.2 s");
        CHECK_INT(genu_loads_apply(loads, s.m, s.d, 1.2, s.external), GENU_E_RANGE);
        CHECK_INT(genu_loads_apply(loads, s.m, s.d, NAN, s.external), GENU_E_RANGE);
        genu_loads_free(loads);
    }
    end(&s);
}

static void three_rows_are_straight_lines_in_opensim(void)
{
    scene s = posed();
    genu_load what = step_load(0);
    const double t[3] = { 0, 1, 3 }, force[3] = { 0, 10, 30 };
    double y[27] = { 0 };
    memcpy(times, t, sizeof t);
    memcpy(y + 3, force, sizeof force);
    what.n_row = 3;
    what.value = y;
    genu_loads *loads = one_load(what, GENU_MODE_OPENSIM, 10);
    CHECK_INT(genu_loads_apply(loads, s.m, s.d, 2, s.external), GENU_OK);
    CHECK_NEAR(s.external[CALCN].v.y, 20, 1e-14, 0);
    genu_loads_free(loads);
    end(&s);
}

static genu_status add(genu_load what, genu_mode mode, genu_err *err)
{
    char name[] = "foot";
    genu_loads *loads = NULL;
    genu_loads_settings s = { mode, 10, 0 };
    what.name = name;
    CHECK_OK(genu_loads_new(&loads, &s, err), *err);
    genu_status status = genu_loads_add(loads, &what, NULL, err);
    CHECK_INT(loads->n_load, status == GENU_OK);
    genu_loads_free(loads);
    return status;
}

static void loads_errors(void)
{
    genu_err err = { 0 };
    genu_loads *loads;
    genu_loads_settings settings = { GENU_MODE_GENU, -1, 0 };
    CHECK_FAILS(genu_loads_new(&loads, &settings, &err), GENU_E_RANGE, err,
                "gate is -1 N, must be >= 0");
    settings = (genu_loads_settings){ GENU_MODE_GENU, 10, -6 };
    CHECK_FAILS(genu_loads_new(&loads, &settings, &err), GENU_E_RANGE, err, "filter is -6 Hz");
    settings = (genu_loads_settings){ GENU_MODE_OPENSIM, 10, 6 };
    CHECK_FAILS(genu_loads_new(&loads, &settings, &err), GENU_E_RANGE, err,
                "filter is 6 Hz, must be 0 in opensim mode");
    genu_load what = step_load(0);
    what.n_row = 1;
    CHECK_FAILS(add(what, GENU_MODE_GENU, &err), GENU_E_SHAPE, err, "'foot' has 1 rows");
    what = step_load(0);
    times[7] = times[6];
    CHECK_FAILS(add(what, GENU_MODE_GENU, &err), GENU_E_RANGE, err, "row 8: time 0.06 s");
    what = step_load(NAN);
    CHECK_FAILS(add(what, GENU_MODE_OPENSIM, &err), GENU_E_RANGE, err,
                "load 'foot', time 0 s: point x is nan");
    values[ROWS + 4] = INFINITY;
    CHECK_FAILS(add(what, GENU_MODE_GENU, &err), GENU_E_RANGE, err,
                "load 'foot', time 0.04 s: force y is inf");
    what = step_load(0);
    for (int k = 3; k < 6; k++)
        for (int i = 0; i < ROWS; i++)
            values[k * ROWS + i] *= 1000;
    CHECK_FAILS(add(what, GENU_MODE_GENU, &err), GENU_E_RANGE, err,
                "the point's x is 1003.33 m under load, at most 20 is allowed; this looks like "
                "millimetres");
    what = step_load(0);
    for (int i = 0; i < ROWS; i++)
        values[7 * ROWS + i] *= 1000;
    CHECK_FAILS(add(what, GENU_MODE_OPENSIM, &err), GENU_E_RANGE, err,
                "this looks like newton millimetres");
}

/* ---- files ---- */

static const char *write_file(const char *name, const char *text)
{
    static char path[1200];
    snprintf(path, sizeof path, "%s/%s", test_folder(), name);
    FILE *f = fopen(path, "wb");
    CHECK_TRUE(f && fputs(text, f) >= 0 && fclose(f) == 0);
    return path;
}

#define FORCE(body, inside)                                                                        \
    "<ExternalForce name=\"right\"><applied_to_body> " body " </applied_to_body>"                  \
    "<force_expressed_in_body>ground</force_expressed_in_body>" inside "</ExternalForce>"
#define IDS                                                                                        \
    "<force_identifier>f_v</force_identifier><point_identifier>f_p</point_identifier>"             \
    "<torque_identifier>f_t</torque_identifier>"
#define LOADS(objects, rest)                                                                       \
    "<?xml version=\"1.0\"?>\n<OpenSimDocument Version=\"30000\"><ExternalLoads name=\"x\">\n"     \
    "<objects>\n" objects "</objects>\n" rest "</ExternalLoads></OpenSimDocument>\n"
#define DATA "<datafile> grf.mot </datafile>"

static const char grf[] =
    "grf\ninDegrees=no\nendheader\ntime f_vx f_vy f_vz f_px f_py f_pz f_tx f_ty f_tz\n"
    "0 0 100 0 1 0 0.1 0 2 0\n1 0 300 0 1 0 0.1 0 2 0\n";

static genu_status read_text(genu_loads **loads, const char *text, genu_notes *notes, genu_err *err)
{
    genu_model *m = small_model();
    genu_loads_settings s = genu_loads_defaults();
    write_file("grf.mot", grf);
    genu_status status =
        genu_loads_read(loads, m, write_file("loads.xml", text), NULL, &s, notes, err);
    genu_model_free(m);
    return status;
}

static void layouts_make_no_difference(void)
{
    const char *texts[] = {
        LOADS(FORCE("calcn_r", IDS "<isDisabled> false </isDisabled>"), DATA),
        LOADS(FORCE("/bodyset/calcn_r",
                    IDS "<appliesForce>true</appliesForce>"
                        "<point_expressed_in_body>/ground</point_expressed_in_body>"
                        "<data_source_name>Unassigned</data_source_name>"),
              "<groups/>" DATA),
        // without datafile: the force's own source
        LOADS(FORCE("calcn_r", IDS "<data_source_name>grf.mot</data_source_name>"), "<datafile/>"),
        // inside another document, without its own
        "<OpenSimDocument><InverseDynamicsTool><model_file>m</model_file><ExternalLoads><objects>"
        "<!-- a comment -->" FORCE("calcn_r",
                                   IDS) "</objects>" DATA
                                        "</ExternalLoads></InverseDynamicsTool></OpenSimDocument>",
        "\xef\xbb\xbf<ExternalLoads><objects>" FORCE("calcn_r", IDS) "</objects>" DATA
                                                                     "</ExternalLoads>",
    };
    for (int i = 0; i < 5; i++) {
        genu_loads *loads;
        genu_err err = { 0 };
        genu_notes notes = { 0 };
        if (!CHECK_OK(read_text(&loads, texts[i], &notes, &err), err))
            continue;
        CHECK_INT(loads->n_load, 1);
        CHECK_INT(notes.n, 0);
        const genu_load *load = &loads->load[0];
        CHECK_TEXT(load->name, "right");
        CHECK_INT(load->body, CALCN);
        CHECK_INT(load->point_body, 0);
        CHECK_INT(load->n_row, 2);
        CHECK_NEAR(load->value[2 + 1], 300, 0, 0);  // force y, row 1
        CHECK_NEAR(load->value[10 + 0], 0.1, 0, 0); // point z
        CHECK_NEAR(load->value[14 + 1], 2, 0, 0);   // torque y
        genu_loads_free(loads);
    }
}

static int noted(const genu_notes *notes, const char *fragment)
{
    for (int i = 0; i < notes->n; i++)
        if (strstr(notes->note[i].text, fragment))
            return 1;
    return 0;
}

static void what_has_no_effect_is_noted(void)
{
    genu_loads *loads;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    CHECK_OK(read_text(&loads,
                       LOADS(FORCE("calcn_r", IDS "<isDisabled>true</isDisabled>")
                                 FORCE("ground", IDS "<colour>red</colour>")
                                     FORCE("pelvis", "<force_identifier>f_v</force_identifier>"),
                             DATA "<external_loads_model_kinematics_file>ik.mot"
                                  "</external_loads_model_kinematics_file>"),
                       &notes, &err),
             err);
    CHECK_INT(loads->n_load, 2);
    CHECK_INT(loads->load[1].point_body, PELVIS);
    CHECK_TRUE(noted(&notes, "force 'right' is disabled and not used"));
    CHECK_TRUE(noted(&notes, "element 'colour' of an external force has no effect"));
    CHECK_TRUE(noted(&notes, "acts on the ground and has no effect"));
    CHECK_TRUE(noted(&notes, "has no point and acts at the origin of 'pelvis'"));
    CHECK_TRUE(
        noted(&notes, "'external_loads_model_kinematics_file' of the external loads is not"));
    CHECK_INT(notes.n, 5);
    genu_notes_clear(&notes);
    genu_loads_free(loads);
}

static void file_errors(void)
{
    static const struct {
        const char *text;
        genu_status status;
        const char *message;
    } bad[] = {
        { "this is not XML", GENU_E_FORMAT, "loads.xml', line 1: not XML: " },
        { "", GENU_E_FORMAT, "not XML" },
        { "<OpenSimDocument><Model/></OpenSimDocument>", GENU_E_FORMAT,
          "holds no element 'ExternalLoads'" },
        { "<a><external_loads_file>grf.xml</external_loads_file></a>", GENU_E_FORMAT,
          "it names another file for them, 'grf.xml'" },
        { LOADS("", DATA), GENU_E_FORMAT, "hold no force that is enabled" },
        { LOADS("<PrescribedForce/>", DATA), GENU_E_FORMAT,
          "line 4: a load of kind 'PrescribedForce' cannot be read" },
        { LOADS(FORCE("calcn_rr", IDS), DATA), GENU_E_RANGE,
          "line 4: force 'right': applied_to_body is 'calcn_rr', which the model lacks, did you "
          "mean 'calcn_r'" },
        { LOADS(FORCE("", IDS), DATA), GENU_E_FORMAT, "force 'right' has no applied_to_body" },
        { LOADS(FORCE("calcn_r", ""), DATA), GENU_E_FORMAT,
          "has neither force_identifier nor torque_identifier" },
        { LOADS(FORCE("calcn_r", "<force_identifier>fv</force_identifier>"), DATA), GENU_E_FORMAT,
          "has no columns 'fvx', 'fvy' and 'fvz'; nearest: 'f_vx'" },
        { LOADS(FORCE("calcn_r", IDS), ""), GENU_E_FORMAT,
          "neither datafile nor data_source_name names its data" },
        { LOADS(FORCE("calcn_r", IDS), "<datafile>no.mot</datafile>"), GENU_E_IO,
          "there is no file '" },
        { LOADS(FORCE("calcn_r", IDS "<isDisabled>maybe</isDisabled>"), DATA), GENU_E_FORMAT,
          "isDisabled is 'maybe', must be true or false" },
    };
    genu_loads *loads;
    genu_err err;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_FAILS(read_text(&loads, bad[i].text, NULL, &err), bad[i].status, err, bad[i].message);
        CHECK_TRUE(loads == NULL);
    }
    genu_loads_settings s = genu_loads_defaults();
    genu_model *m = small_model();
    CHECK_FAILS(genu_loads_read(&loads, m, "/no/loads.xml", NULL, &s, NULL, &err), GENU_E_IO, err,
                "there is no file '/no/loads.xml'");
    genu_model_free(m);
}

static void every_prefix_of_the_file_is_refused(void)
{
    const char *text = LOADS(FORCE("calcn_r", IDS), DATA);
    char *copy = genu_strdup(text);
    genu_loads *loads;
    genu_err err;
    for (size_t n = strlen(text) - 2; n > 0; n -= n > 7 ? 7 : n) {
        copy[n] = '\0';
        CHECK_TRUE(read_text(&loads, copy, NULL, &err) == GENU_E_FORMAT);
    }
    free(copy);
}

/* ---- reference walks ---- */

/* Any model with bodies named calcn_r and calcn_l will do. */
static genu_model *two_feet(void)
{
    genu_model *m = small_model();
    free(m->body[1].name);
    m->body[1].name = genu_strdup("calcn_l");
    return m;
}

/* Crossings of 20 N, s, by linear interpolation of the files' columns, found apart from this
 * program; body 2 is the right foot. */
typedef struct walk {
    const char *path;
    int n_row;
    double last;
    double strike[3][2], off[3][2]; // by body; 0: none
} walk;

static void check_events(const genu_loads *loads, const walk *w, int body)
{
    genu_events e;
    genu_err err = { 0 };
    CHECK_OK(genu_loads_events(loads, 1, &body, NULL, &e, &err), err);
    CHECK_INT(e.n_strike, (w->strike[body][0] > 0) + (w->strike[body][1] > 0));
    CHECK_INT(e.n_off, (w->off[body][0] > 0) + (w->off[body][1] > 0));
    for (int k = 0; k < e.n_strike; k++)
        CHECK_NEAR(e.strike[k], w->strike[body][k], 0, 1e-6); // six decimals above
    for (int k = 0; k < e.n_off; k++)
        CHECK_NEAR(e.off[k], w->off[body][k], 0, 1e-6);
    genu_events_free(&e);
}

static void reference_loads_are_read(void)
{
    static const walk walks[] = {
        { "walk_gait2392/subject01_walk1_grf.xml",
          1501,
          2.5,
          { { 0 }, { 1.245194, 2.458805 }, { 0.618178, 1.852224 } },
          { { 0 }, { 0.788234, 2.01709 }, { 0.164808, 1.408647 } } },
        { "walk_gait10dof/subject01_walk_grf.xml",
          1501,
          2.5,
          { { 0 }, { 1.245194, 2.458805 }, { 0.618178, 1.852224 } },
          { { 0 }, { 0.788234, 2.01709 }, { 0.164808, 1.408647 } } },
        { "walk_rajagopal/grf_walk.xml",
          4778,
          2.3885,
          { { 0 }, { 0.835528 }, { 0.266757, 1.411192 } },
          { { 0 }, { 1.589736 }, { 1.02386, 2.167757 } } },
    };
    genu_model *m = two_feet();
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) {
        const char *path = test_reference(walks[i].path);
        genu_err err = { 0 };
        genu_notes notes = { 0 };
        for (int mode = 0; path && mode < 2; mode++) {
            genu_loads *loads;
            genu_loads_settings s = { (genu_mode)mode, 10, 0 };
            if (!CHECK_OK(genu_loads_read(&loads, m, path, NULL, &s, &notes, &err), err))
                continue;
            CHECK_INT(loads->n_load, 2);
            CHECK_INT(loads->load[0].n_row, walks[i].n_row);
            CHECK_INT(loads->load[0].body, 2);
            CHECK_INT(loads->load[1].body, 1);
            CHECK_OK(genu_loads_check_span(loads, 0, walks[i].last, &err), err);
            check_events(loads, &walks[i], 1);
            check_events(loads, &walks[i], 2);
            genu_loads_free(loads);
        }
        CHECK_INT(notes.n, 0);
        genu_notes_clear(&notes);
    }
    genu_model_free(m);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(rows_come_back_in_both_modes),
        TEST(garbage_under_an_unloaded_foot_has_no_effect),
        TEST(between_rows_the_wrench_is_accurate),
        TEST(below_the_gate_the_force_dies_away_at_a_held_point),
        TEST(moving_frames_carry_the_load),
        TEST(loads_on_one_body_add_and_applying_allocates_nothing),
        TEST(a_filter_smooths_what_the_load_does),
        TEST(span_is_checked),
        TEST(three_rows_are_straight_lines_in_opensim),
        TEST(loads_errors),
        TEST(layouts_make_no_difference),
        TEST(what_has_no_effect_is_noted),
        TEST(file_errors),
        TEST(every_prefix_of_the_file_is_refused),
        TEST(reference_loads_are_read),
        CU_TEST_INFO_NULL,
    };
    return test_main("loads", tests, argc, argv);
}
