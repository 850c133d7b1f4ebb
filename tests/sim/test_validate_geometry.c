/* Paths against themselves: reference models keep the bars; jumps whose size is known are found,
 * named and measured; a jump without a reason is a miss. */
#include "sim/validate_geometry.h"
#include "tests/testlib.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ a hinge with one muscle */

/* A body that turns about z by q in [-1, 1]; the muscle runs from (0, 1, 0) on the ground to
 * (1, 0, 0) on the body, over what the caller puts between. */
static genu_model *hinge(int n_between, const genu_point *between)
{
    genu_err err = { 0 };
    genu_model *m = genu_model_new();
    m->body = realloc(m->body, 2 * sizeof *m->body);
    m->n_body = 2;
    m->body[1] = (genu_body){ .name = genu_strdup("arm"), .mass = 1, .inertia = m3_identity() };
    genu_joint *j = &m->body[1].joint;
    *j = (genu_joint){ .name = genu_strdup("hinge"),
                       .type = genu_strdup("PinJoint"),
                       .parent_frame = xform_identity(),
                       .child_frame = xform_identity(),
                       .n_step = 1 };
    j->step[0] = (genu_step){ .rotation = 1, .axis = { 0, 0, 1 } };
    CHECK_OK(genu_curve_linear(&j->step[0].f, 1, 0, &err), err);
    m->coord = calloc(1, sizeof *m->coord);
    m->n_coord = 1;
    m->coord[0] =
        (genu_coord){ .name = genu_strdup("angle"), .body = 1, .lo = -1, .hi = 1, .leader = -1 };
    m->muscle = calloc(1, sizeof *m->muscle);
    m->n_muscle = 1;
    m->muscle[0].name = genu_strdup("muscle");
    genu_path *path = &m->muscle[0].path;
    path->n_point = n_between + 2;
    path->point = calloc((size_t)path->n_point, sizeof *path->point);
    path->point[0] = (genu_point){ .name = genu_strdup("origin"), .location = { 0, 1, 0 } };
    for (int i = 0; i < n_between; i++) {
        path->point[1 + i] = between[i];
        path->point[1 + i].name = genu_strdup("between");
    }
    path->point[n_between + 1] =
        (genu_point){ .name = genu_strdup("insertion"), .body = 1, .location = { 1, 0, 0 } };
    return m;
}

static void add_cylinder(genu_model *m, double radius, double length, v3 at)
{
    m->wrap = calloc(1, sizeof *m->wrap);
    m->n_wrap = 1;
    m->wrap[0] = (genu_wrap_object){ .name = genu_strdup("cylinder"),
                                     .kind = GENU_WRAP_CYLINDER,
                                     .frame = xform_identity(),
                                     .radius = { radius },
                                     .length = length,
                                     .active = 1 };
    m->wrap[0].frame.p = at;
    m->muscle[0].path.wrap = calloc(1, sizeof *m->muscle[0].path.wrap);
    m->muscle[0].path.n_wrap = 1;
    m->muscle[0].path.wrap[0] = (genu_path_wrap){ .first = -1, .last = -1 };
}

static genu_validation check(genu_model *m, int n_path)
{
    genu_validation v = { 0 };
    genu_err err = { 0 };
    CHECK_OK(genu_validate_geometry(m, "hinge", n_path, &v, &err), err);
    genu_model_free(m);
    return v;
}

static const genu_validation_row *row_of(const genu_validation *v, const char *stage)
{
    for (int i = 0; i < v->n; i++)
        if (!strcmp(v->row[i].stage, stage))
            return &v->row[i];
    CHECK_TRUE(0);
    return NULL;
}

/* The note that holds the text, "" when there is none. */
static const char *note_with(const genu_validation *v, const char *text)
{
    for (int i = 0; i < v->notes.n; i++)
        if (strstr(v->notes.note[i].text, text))
            return v->notes.note[i].text;
    return "";
}

/* Step in length and arm, mm, as a note gives them with two digits. */
static void check_step(const char *note, double length, double arm)
{
    double l = NAN, a = NAN;
    const char *at = strstr(note, "length by up to ");
    CHECK_TRUE(at != NULL);
    if (at)
        CHECK_INT(sscanf(at, "length by up to %lf mm, arms by up to %lf", &l, &a), 2);
    CHECK_NEAR(l, length, 0.05, 1e-6);
    CHECK_NEAR(a, arm, 0.05, 1e-6);
}

static void check_verdicts(const genu_validation *v, genu_verdict continuous)
{
    CHECK_INT(genu_validation_judge(row_of(v, "arm = -dL/dq")), GENU_VERDICT_PASS);
    CHECK_INT(genu_validation_judge(row_of(v, "length continuous")), continuous);
}

/* The point at (2, 1, 0) acts up to q = 0.2; there the line is straight, or goes round by it. */
static void conditional_point_is_found(void)
{
    genu_point p = { .kind = GENU_POINT_CONDITIONAL, .location = { 2, 1, 0 }, .lo = -5, .hi = 0.2 };
    genu_validation v = check(hinge(1, &p), 20);
    double q = 0.2, x = cos(q), y = sin(q);
    double straight = hypot(x, 1 - y), over = 2 + hypot(2 - x, 1 - y);
    double arm_straight = x / straight, arm_over = (x - 2 * y) / hypot(2 - x, 1 - y);
    check_verdicts(&v, GENU_VERDICT_PASS);
    CHECK_NEAR(row_of(&v, "conditional as OpenSim")->worst.error, 0, 0, 1e-12);
    check_step(note_with(&v, "conditional point 'between' switches"), 1e3 * (over - straight),
               1e3 * fabs(arm_over - arm_straight));
    genu_validation_clear(&v);
}

/* A thin cylinder through the line's place at q = 0, without a quadrant: the line lies above it or
 * below. The length does not jump; the arm does by nearly twice the radius. */
static void slip_is_found(void)
{
    genu_model *m = hinge(0, NULL);
    add_cylinder(m, 0.01, 1, (v3){ 0.5, 0.5, 0 });
    m->muscle[0].path.point[1].location = (v3){ 1, 1, 0 }; // the line passes over it as it turns
    m->muscle[0].path.point[0].location = (v3){ 0, 0.2, 0 };
    genu_validation v = check(m, 20);
    check_verdicts(&v, GENU_VERDICT_PASS);
    const char *note = note_with(&v, "the line slips over 'cylinder'");
    double length = NAN, arm = NAN;
    CHECK_TRUE(strlen(note) > 0);
    sscanf(strstr(note, "length by"), "length by up to %lf mm, arms by up to %lf", &length, &arm);
    CHECK_TRUE(length < 1e-6 && arm > 5 && arm < 50);
    genu_validation_clear(&v);
}

/* A line over the cylinder leaves it sideways: at the end a contact is let go at once. */
static void end_is_found(void)
{
    genu_model *m = hinge(0, NULL);
    add_cylinder(m, 0.3, 0.4, (v3){ 0.4, 0.4, 0 });
    genu_path *path = &m->muscle[0].path;
    m->wrap[0].frame.R =
        m3_rotation((v3){ 1, 0, 0 }, GENU_PI / 2); // its axis along y, ends at 0.2, 0.6
    path->point[0].location = (v3){ 0.4, 0.1, 0.5 };
    path->point[1].location = (v3){ 0.6, 0.6, -0.5 };
    m->coord[0].lo = -3;
    m->coord[0].hi = 3;
    genu_validation v = check(m, 50);
    check_verdicts(&v, GENU_VERDICT_PASS);
    CHECK_TRUE(strlen(note_with(&v, "a contact runs off the end of 'cylinder'")) > 0);
    genu_validation_clear(&v);
}

/* A moving point whose place jumps by 2 mm within 1e-13 rad: nothing that lines are known to do. */
static void jump_without_reason_is_missed(void)
{
    genu_err err = { 0 };
    genu_point p = { .kind = GENU_POINT_MOVING, .coord = { 0, -1, -1 } };
    const double x[] = { -5, 0.31, 0.31 + 1e-13, 5 }, y[] = { 1, 1, 1.002, 1.002 };
    CHECK_OK(genu_curve_piecewise_linear(&p.f[0], 4, x, y, &err), err);
    CHECK_OK(genu_curve_constant(&p.f[1], 0.9, &err), err);
    CHECK_OK(genu_curve_constant(&p.f[2], 0, &err), err);
    genu_validation v = check(hinge(1, &p), 20);
    check_verdicts(&v, GENU_VERDICT_MISS);
    double a = hypot(1, 0.1) + hypot(1 - cos(0.31), 0.9 - sin(0.31));
    double b = hypot(1.002, 0.1) + hypot(1.002 - cos(0.31), 0.9 - sin(0.31));
    CHECK_NEAR(row_of(&v, "length continuous")->worst.error, b - a, 0, 1e-9);
    genu_validation_clear(&v);
}

static void threads_change_nothing(void)
{
    char *printed[2] = { NULL, NULL };
    for (int k = 0; k < 2; k++) {
        genu_model *m = hinge(0, NULL);
        add_cylinder(m, 0.3, 1, (v3){ 0.4, 0.4, 0 });
        omp_set_num_threads(1 + k);
        genu_validation v = check(m, 300);
        size_t n;
        FILE *to = open_memstream(&printed[k], &n);
        genu_validation_print_markdown(&v, to);
        fclose(to);
        genu_validation_clear(&v);
    }
    CHECK_TEXT(printed[0], printed[1]);
    CHECK_TRUE(strstr(printed[0], "times, length by up to") != NULL);
    free(printed[0]);
    free(printed[1]);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(conditional_point_is_found),    TEST(slip_is_found),          TEST(end_is_found),
        TEST(jump_without_reason_is_missed), TEST(threads_change_nothing), CU_TEST_INFO_NULL,
    };
    return test_main("validate_geometry", tests, argc, argv);
}
