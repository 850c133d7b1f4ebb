/* Paths: points by hand, arms against difference quotients, lengths and arms against OpenSim. */
#include "models/osim.h"
#include "models/path.h"
#include "models/skeleton.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- a two-body model by hand ------------------------------------------------------------- */

static void name_step(genu_joint *j, int k, int rotation, v3 axis, int coord)
{
    genu_err err = { 0 };
    j->step[k] = (genu_step){ .rotation = rotation, .axis = axis, .coord = coord };
    CHECK_OK(genu_curve_linear(&j->step[k].f, 1, 0, &err), err);
    j->n_step = k + 1;
}

/* A link on a hinge about z at the origin; its coordinate in [-1, 1]. */
static genu_model *hinge(void)
{
    genu_model *m = genu_model_new();
    m->body = realloc(m->body, 2 * sizeof *m->body);
    m->body[1] = (genu_body){ .name = genu_strdup("link"), .mass = 1, .inertia = m3_identity() };
    genu_joint *j = &m->body[1].joint;
    j->name = genu_strdup("hinge");
    j->type = genu_strdup("PinJoint");
    j->parent_frame = j->child_frame = xform_identity();
    name_step(j, 0, 1, (v3){ 0, 0, 1 }, 0);
    m->n_body = 2;
    m->coord = calloc(1, sizeof *m->coord);
    m->coord[0] = (genu_coord){ .name = genu_strdup("angle"), .body = 1, .leader = -1 };
    m->coord[0].lo = -1;
    m->coord[0].hi = 1;
    m->n_coord = 1;
    return m;
}

static double pose(const genu_model *m, genu_data *d, const genu_path *path, double q,
                   genu_mode mode, genu_line *line)
{
    d->q[0] = q;
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    CHECK_INT(genu_path_line(m, d, path, mode, line), GENU_OK);
    return line->length;
}

/* From (0, 1, 0) on the ground to (1, 0, 0) on the link, past a point that counts while
 * 0.2 <= q <= 0.5: by the law of cosines. */
static void conditional_point_switches(void)
{
    genu_model *m = hinge();
    genu_data *d = genu_data_new(m);
    genu_point p[3] = {
        { .kind = GENU_POINT_FIXED, .location = { 0, 1, 0 } },
        { .kind = GENU_POINT_CONDITIONAL, .location = { 2, 1, 0 }, .lo = 0.2, .hi = 0.5 },
        { .kind = GENU_POINT_FIXED, .body = 1, .location = { 1, 0, 0 } },
    };
    genu_path path = { .n_point = 3, .point = p };
    genu_line line;
    double q[5] = { 0.19, 0.2 - 0.9e-5, 0.3, 0.5 + 0.9e-5, 0.51 };
    for (int i = 0; i < 5; i++) {
        double straight = sqrt(2 - 2 * sin(q[i]));
        double bent = 2 + hypot(2 - cos(q[i]), 1 - sin(q[i]));
        CHECK_NEAR(pose(m, d, &path, q[i], GENU_MODE_GENU, &line),
                   i == 0 || i == 4 ? straight : bent, 1e-14, 0);
    }
    genu_data_free(d);
    genu_model_free(m);
}

/* A point that climbs with the angle: length, speed and arm by the chain rule; OpenSim holds the
 * angle in its range for the place, not for the slope. */
static void moving_point_moves(void)
{
    genu_err err = { 0 };
    genu_model *m = hinge();
    genu_data *d = genu_data_new(m);
    genu_point p[2] = { { .kind = GENU_POINT_FIXED, .location = { 0, 1, 0 } },
                        { .kind = GENU_POINT_MOVING, .body = 1, .coord = { 0, -1, -1 } } };
    double arm[1], h = 1e-5;
    CHECK_OK(genu_curve_polynomial(&p[1].f[0], 3, (double[]){ 0.3, 0.2, 1 }, &err), err);
    genu_path path = { .n_point = 2, .point = p };
    genu_line line;
    d->u[0] = 2;
    for (int i = 0; i < 5; i++) {
        double q = -0.8 + 0.5 * i, slope, x = 1 + 0.2 * q + 0.3 * q * q; // the last is beyond 1
        CHECK_NEAR(pose(m, d, &path, q, GENU_MODE_GENU, &line), sqrt(1 + x * x - 2 * x * sin(q)),
                   1e-14, 0);
        genu_path_moment_arms(m, d, &path, &line, GENU_MODE_GENU, arm);
        slope = (pose(m, d, &path, q + h, GENU_MODE_GENU, &line) -
                 pose(m, d, &path, q - h, GENU_MODE_GENU, &line)) /
                (2 * h);
        pose(m, d, &path, q, GENU_MODE_GENU, &line);
        CHECK_NEAR(arm[0], -slope, 0, 1e-9); // h^2 of the quotient
        CHECK_NEAR(line.speed, 2 * slope, 0, 2e-9);
        double held = fmin(q, 1), y = 1 + 0.2 * held + 0.3 * held * held;
        CHECK_NEAR(pose(m, d, &path, q, GENU_MODE_OPENSIM, &line), sqrt(1 + y * y - 2 * y * sin(q)),
                   1e-14, 0);
        genu_path_moment_arms(m, d, &path, &line, GENU_MODE_OPENSIM, arm);
        v3 e = v3_scale(-1 / line.length, v3_sub(line.node[1].p, line.node[0].p));
        CHECK_NEAR(arm[0],
                   line.node[1].p.x * e.y - line.node[1].p.y * e.x +
                       (0.2 + 0.6 * q) * (cos(q) * e.x + sin(q) * e.y),
                   0, 1e-14);
    }
    genu_curve_free(&p[1].f[0]);
    genu_data_free(d);
    genu_model_free(m);
}

/* Unit tension leaves no net force or moment on the whole. */
static void check_balance(const genu_model *m, const genu_line *line, sp6 *force)
{
    sp6 sum = sp6_zero();
    for (int b = 0; b < m->n_body; b++)
        force[b] = sp6_zero();
    genu_path_tension(line, force);
    for (int b = 0; b < m->n_body; b++)
        sum = sp6_add(sum, force[b]);
    CHECK_NEAR(v3_norm(sum.v), 0, 0, 1e-13);
    CHECK_NEAR(v3_norm(sum.w), 0, 0, 1e-13);
}

static genu_wrap_object ball(double x, double r)
{
    genu_wrap_object o = { .kind = GENU_WRAP_SPHERE, .frame = xform_identity(), .active = 1 };
    o.frame.p.x = x;
    o.radius[0] = r;
    return o;
}

/* Over two parallel rollers: unrolled, the whole line is straight. Tangents sqrt(3^2 - 1), arcs
 * from acos(1/3) to a quarter turn, 4 between; either order of the list. */
static void two_cylinders_closed_form(void)
{
    genu_model *m = hinge();
    genu_data *d = genu_data_new(m);
    genu_wrap_object o[2] = { ball(-2, 1), ball(2, 1) };
    genu_path_wrap w[2] = { { .first = -1, .last = -1 }, { .object = 1, .first = -1, .last = -1 } };
    genu_point p[2] = { { .kind = GENU_POINT_FIXED, .location = { -5, 0, 0 } },
                        { .kind = GENU_POINT_FIXED, .location = { 5, 0, 1 } } };
    genu_path path = { .n_point = 2, .point = p, .n_wrap = 2, .wrap = w };
    genu_line line;
    for (int k = 0; k < 2; k++) {
        o[k].kind = GENU_WRAP_CYLINDER;
        o[k].length = 3;
        o[k].quadrant_axis = 1;
        o[k].quadrant_sign = 1;
    }
    genu_skeleton_position(m, d);
    m->wrap = o;
    m->n_wrap = 2;
    double plane = 2 * (sqrt(8) + 0.5 * GENU_PI - acos(1.0 / 3)) + 4;
    for (int k = 0; k < 2; k++) {
        w[0].object = k;
        w[1].object = 1 - k;
        CHECK_INT(genu_path_line(m, d, &path, GENU_MODE_GENU, &line), GENU_OK);
        CHECK_INT(line.n, 6);
        CHECK_NEAR(line.length, hypot(plane, 1), 1e-14, 0);
        CHECK_NEAR(line.node[2].p.x, -2, 1e-10, 0);
        CHECK_NEAR(line.node[2].p.y, 1, 1e-10, 0);
        CHECK_NEAR(line.node[3].p.z, 1 - line.node[2].p.z, 1e-10, 0);
    }
    m->wrap = NULL;
    m->n_wrap = 0;
    genu_data_free(d);
    genu_model_free(m);
}

/* Statuses: too many points, too many surfaces; an end inside is counted; both modes. */
static void errors(void)
{
    genu_model *m = hinge();
    genu_data *d = genu_data_new(m);
    genu_point p[GENU_LINE_MAX + 1] = { { .kind = GENU_POINT_FIXED } };
    genu_path_wrap w[9] = { { .first = -1, .last = -1 } };
    genu_wrap_object o = ball(0, 0.1);
    genu_path path = { .n_point = GENU_LINE_MAX + 1, .point = p };
    genu_line line;
    genu_skeleton_position(m, d);
    CHECK_INT(genu_path_line(m, d, &path, GENU_MODE_GENU, &line), GENU_E_SHAPE);
    m->wrap = &o;
    m->n_wrap = 1;
    for (int i = 0; i < 9; i++)
        w[i] = w[0];
    path = (genu_path){ .n_point = 2, .point = p, .n_wrap = 9, .wrap = w };
    p[0].location = v3_make(-1, 0.01, 0);
    p[1] = (genu_point){ .kind = GENU_POINT_FIXED, .location = { 1, 0.02, 0 } };
    CHECK_INT(genu_path_line(m, d, &path, GENU_MODE_GENU, &line), GENU_E_SHAPE);
    CHECK_INT(genu_path_line(m, d, &path, GENU_MODE_OPENSIM, &line), GENU_E_SHAPE);
    path.n_wrap = 1;
    CHECK_INT(genu_path_line(m, d, &path, GENU_MODE_GENU, &line), GENU_OK);
    CHECK_INT(line.n, 4);
    CHECK_INT(line.node[2].leaves, 1);
    p[0].location.x = -0.05;
    CHECK_INT(genu_path_line(m, d, &path, GENU_MODE_OPENSIM, &line), GENU_OK);
    CHECK_INT(line.inside, 1);
    CHECK_INT(genu_path_line(m, d, &path, GENU_MODE_GENU, &line), GENU_OK);
    CHECK_INT(line.inside, 1);
    CHECK_INT(line.n, 2);
    CHECK_NEAR(line.length, v3_distance(p[0].location, p[1].location), 1e-14, 0);
    o.active = 0;
    CHECK_INT(genu_path_line(m, d, &path, GENU_MODE_GENU, &line), GENU_OK);
    CHECK_INT(line.inside, 0);
    m->wrap = NULL;
    m->n_wrap = 0;
    genu_data_free(d);
    genu_model_free(m);
}

/* --- reference models ---------------------------------------------------------------------- */

static genu_model *load(const char *relative)
{
    const char *file = test_reference(relative);
    if (!file)
        return NULL;
    size_t n;
    genu_model *m = NULL;
    genu_err err = { 0 };
    char *text = test_read_file(file, &n);
    CHECK_OK(genu_osim_read(text, n, relative, &m, NULL, &err), err);
    free(text);
    if (m)
        CHECK_OK(genu_model_validate(m, NULL, &err), err);
    return m;
}

static void random_pose(const genu_model *m, genu_data *d, unsigned long long *seed)
{
    for (int c = 0; c < m->n_coord; c++) {
        double lo = fmax(m->coord[c].lo, -3), hi = fmin(m->coord[c].hi, 3);
        d->q[c] = test_random(seed, lo, hi);
        d->u[c] = test_random(seed, -1, 1);
    }
    genu_skeleton_couple(m, d);
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
}

static double length_at(const genu_model *m, genu_data *d, const genu_path *path, int c, double q,
                        genu_line *line)
{
    d->q[c] = q;
    genu_skeleton_couple(m, d);
    genu_skeleton_position(m, d);
    (void)!genu_path_line(m, d, path, GENU_MODE_GENU, line);
    return line->length;
}

/* The same points and surfaces on both sides of the pose: no corner between. */
static int same_nodes(const genu_line *a, const genu_line *b)
{
    if (a->n != b->n)
        return 0;
    for (int i = 0; i < a->n; i++)
        if (a->node[i].point != b->node[i].point || a->node[i].wrap != b->node[i].wrap ||
            v3_distance(a->node[i].p, b->node[i].p) > 1e-3)
            return 0;
    return 1;
}

typedef struct tally {
    long n, corner, inside, lost;
    double worst_arm, worst_speed;
    char where[160];
} tally;

static void check_muscle(const genu_model *m, genu_data *d, int muscle, double *arm, tally *t)
{
    const genu_path *path = &m->muscle[muscle].path;
    const double h = 2e-5; // h^2 l''' / 6 is about 1e-9, round-off 1e-15 / h 1e-10
    genu_line at, up, down;
    genu_status s = genu_path_line(m, d, path, GENU_MODE_GENU, &at);
    double speed = at.speed, sum = 0;
    int corner = 0;
    check_balance(m, &at, d->force);
    genu_path_moment_arms(m, d, path, &at, GENU_MODE_GENU, arm);
    t->inside += at.inside > 0;
    t->lost += s == GENU_E_NOT_CONVERGED;
    for (int c = 0; c < m->n_coord && s != GENU_E_NOT_CONVERGED; c++) {
        double q = d->q[c];
        if (m->coord[c].leader >= 0)
            continue;
        sum -= arm[c] * d->u[c];
        double slope = length_at(m, d, path, c, q + h, &up);
        slope = (slope - length_at(m, d, path, c, q - h, &down)) / (2 * h);
        length_at(m, d, path, c, q, &at);
        if (!same_nodes(&up, &at) || !same_nodes(&down, &at)) {
            t->corner += !corner;
            corner = 1;
            continue;
        }
        t->n++;
        if (fabs(arm[c] + slope) > t->worst_arm) {
            t->worst_arm = fabs(arm[c] + slope);
            snprintf(t->where, sizeof t->where, "%s about %s", m->muscle[muscle].name,
                     m->coord[c].name);
        }
    }
    if (s != GENU_E_NOT_CONVERGED)
        t->worst_speed = fmax(t->worst_speed, fabs(speed - sum));
}

/* In mode genu the arm is -dL/dq for every muscle and coordinate, and the speed is their sum. */
static void arms_are_length_derivatives(void)
{
    static const char *const file[] = {
        "models/Rajagopal2016.osim",
        "models/RajagopalLaiUhlrich2023.osim",
        "models/arm26.osim",
        "models/gait10dof18musc.osim",
        "models/gait2392_thelen2003muscle.osim",
        "models/gait2392_millard2012muscle.osim",
        "models/leg39.osim",
        "models/wrist.osim",
        "walk_rajagopal/subject_walk_scaled.osim",
        "walk_gait2392/subject01_simbody_adjusted.osim",
    };
    for (size_t k = 0; k < sizeof file / sizeof *file; k++) {
        genu_model *m = load(file[k]);
        if (!m)
            continue;
        genu_data *d = genu_data_new(m);
        double *arm = calloc((size_t)m->n_coord, sizeof *arm);
        unsigned long long seed = 7 + k;
        tally t = { 0 };
        for (int i = 0; i < 12; i++) {
            random_pose(m, d, &seed);
            for (int j = 0; j < m->n_muscle; j++)
                check_muscle(m, d, j, arm, &t);
        }
        printf("  %s: %ld arms, worst %.1e m (%s), speed %.1e; %ld corners, %ld ends inside, %ld "
               "lost\n",
               file[k], t.n, t.worst_arm, t.where, t.worst_speed, t.corner, t.inside, t.lost);
        CHECK_NEAR(t.worst_arm, 0, 0, 1e-7);
        CHECK_NEAR(t.worst_speed, 0, 0, 1e-10);
        CHECK_INT(t.lost, 0);
        free(arm);
        genu_data_free(d);
        genu_model_free(m);
    }
}

/* --- OpenSim's own results ------------------------------------------------------------------ */

typedef struct sheet {
    char *text, *name[400];
    int rows, columns, degrees;
    double *x;
} sheet;

static sheet read_sheet(const char *relative)
{
    sheet s = { 0 };
    size_t n;
    const char *file = test_reference(relative);
    if (!file)
        return s;
    s.text = test_read_file(file, &n);
    char *save = NULL, *line = strtok_r(s.text, "\r\n", &save);
    for (; line && strcmp(line, "endheader") != 0; line = strtok_r(NULL, "\r\n", &save))
        s.degrees |= strcmp(line, "inDegrees=yes") == 0;
    char *word = strtok_r(NULL, "\r\n", &save), *in = NULL;
    for (word = strtok_r(word, "\t ", &in); word; word = strtok_r(NULL, "\t ", &in))
        s.name[s.columns++] = word;
    s.x = malloc(n * sizeof *s.x); // more numbers than characters there are not
    for (char *at = strtok_r(NULL, "", &save);;) {
        for (int c = 0; c < s.columns; c++) {
            char *end;
            s.x[s.rows * s.columns + c] = strtod(at, &end);
            if (end == at)
                return s;
            at = end;
        }
        s.rows++;
    }
}

static void free_sheet(sheet *s)
{
    free(s->x);
    free(s->text);
}

static int find_column(const sheet *s, const char *name)
{
    for (int c = 0; c < s->columns; c++)
        if (strcmp(s->name[c], name) == 0)
            return c;
    return -1;
}

/* The motion's row at a time of the results: every tenth and the last. */
static int row_at(const sheet *s, double time)
{
    int row = 0;
    while (row + 1 < s->rows && s->x[row * s->columns] < time - 1e-6)
        row++;
    CHECK_NEAR(s->x[row * s->columns], time, 0, 1e-6);
    return row;
}

/* As OpenSim's analyses assemble: absent 0, clamped in range, locked at default, then couplers. */
static void set_row(const genu_model *m, genu_data *d, const sheet *s, int row)
{
    for (int c = 0; c < m->n_coord; c++) {
        const genu_coord *k = &m->coord[c];
        int column = find_column(s, k->name);
        double q = column < 0 ? 0 : s->x[row * s->columns + column];
        if (s->degrees && k->motion == GENU_ROTATION)
            q *= GENU_PI / 180;
        if (k->clamped)
            q = fmin(fmax(q, k->lo), k->hi);
        d->q[c] = k->locked ? k->value : q;
        d->u[c] = 0;
    }
    genu_skeleton_couple(m, d);
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
}

typedef struct worst {
    double by;
    int muscle, row;
} worst;

static void note(worst *w, double by, int muscle, int row)
{
    if (!(fabs(by) <= w->by))
        *w = (worst){ fabs(by), muscle, row };
}

typedef struct check {
    const char *model, *motion, *folder;
    double length_bar[2], arm_bar[2]; /* m, without and with wrapping */
} check;

static void compare_length(const check *k, const genu_model *m, genu_data *d, const sheet *q)
{
    char path[200];
    snprintf(path, sizeof path, "oracle/%s/ma_MuscleAnalysis_Length.sto", k->folder);
    sheet s = read_sheet(path);
    worst w[2] = { { 0 } };
    for (int r = 0; r < s.rows; r++) {
        set_row(m, d, q, row_at(q, s.x[r * s.columns]));
        for (int i = 0; i < m->n_muscle; i++) {
            int c = find_column(&s, m->muscle[i].name);
            genu_line line;
            CHECK_INT(genu_path_line(m, d, &m->muscle[i].path, GENU_MODE_OPENSIM, &line), GENU_OK);
            double off = line.length - s.x[r * s.columns + c];
            note(&w[m->muscle[i].path.n_wrap > 0], off, i, r);
        }
    }
    for (int j = 0; j < 2; j++) {
        printf("  %s lengths, %s wrapping: worst %.1e m (%s, row %d)\n", k->folder,
               j ? "with" : "without", w[j].by, m->muscle[w[j].muscle].name, w[j].row);
        CHECK_NEAR(w[j].by, 0, 0, k->length_bar[j]);
    }
    free_sheet(&s);
}

static void compare_arms(const check *k, const genu_model *m, genu_data *d, const sheet *q, int c)
{
    char path[200];
    const char *name = m->coord[c].name;
    snprintf(path, sizeof path, "oracle/%s/ma_MuscleAnalysis_MomentArm_%s.sto", k->folder, name);
    sheet s = read_sheet(path);
    worst w[2] = { { 0 } };
    double *arm = calloc((size_t)m->n_coord, sizeof *arm);
    for (int r = 0; r < s.rows; r++) {
        set_row(m, d, q, row_at(q, s.x[r * s.columns]));
        for (int i = 0; i < m->n_muscle; i++) {
            const genu_path *p = &m->muscle[i].path;
            double theirs = s.x[r * s.columns + find_column(&s, m->muscle[i].name)];
            genu_line line;
            CHECK_INT(genu_path_line(m, d, p, GENU_MODE_OPENSIM, &line), GENU_OK);
            genu_path_moment_arms(m, d, p, &line, GENU_MODE_OPENSIM, arm);
            note(&w[p->n_wrap > 0], arm[c] - theirs, i, r);
        }
    }
    for (int j = 0; j < 2; j++)
        printf("  %s arms %s, %s wrapping: worst %.1e m (%s, row %d)\n", k->folder, name,
               j ? "with" : "without", w[j].by, m->muscle[w[j].muscle].name, w[j].row);
    CHECK_NEAR(w[0].by, 0, 0, k->arm_bar[0]);
    CHECK_NEAR(w[1].by, 0, 0, k->arm_bar[1]);
    free(arm);
    free_sheet(&s);
}

/* Largest difference between the two modes over the walk, per muscle. */
static void compare_modes(const check *k, const genu_model *m, genu_data *d, const sheet *q)
{
    double *a = calloc((size_t)m->n_coord, sizeof *a), *b = calloc((size_t)m->n_coord, sizeof *b);
    long inside = 0;
    for (int i = 0; i < m->n_muscle; i++) {
        const genu_path *p = &m->muscle[i].path;
        worst length = { 0 }, arm = { 0 };
        for (int r = 0; r < q->rows; r += 10) {
            genu_line mine, theirs;
            set_row(m, d, q, r);
            CHECK_INT(genu_path_line(m, d, p, GENU_MODE_GENU, &mine), GENU_OK);
            inside += mine.inside > 0;
            CHECK_INT(genu_path_line(m, d, p, GENU_MODE_OPENSIM, &theirs), GENU_OK);
            genu_path_moment_arms(m, d, p, &mine, GENU_MODE_GENU, a);
            genu_path_moment_arms(m, d, p, &theirs, GENU_MODE_OPENSIM, b);
            note(&length, mine.length - theirs.length, 0, r);
            for (int c = 0; c < m->n_coord; c++)
                note(&arm, a[c] - b[c], c, r);
        }
        if (length.by > 1e-6 || arm.by > 1e-6)
            printf("    %-14s length %.1e m (row %d), arm %.1e m (%s, row %d)\n", m->muscle[i].name,
                   length.by, length.row, arm.by, m->coord[arm.muscle].name, arm.row);
    }
    printf("  %s: end inside a surface in %ld lines\n", k->folder, inside);
    free(a);
    free(b);
}

static void compare(const check *k)
{
    genu_model *m = load(k->model);
    if (!m)
        return;
    genu_data *d = genu_data_new(m);
    sheet q = read_sheet(k->motion);
    compare_length(k, m, d, &q);
    for (int c = 0; c < m->n_coord; c++) {
        char path[200];
        snprintf(path, sizeof path, "%s", test_reference("oracle/README.md"));
        snprintf(strrchr(path, '/'), 150, "/%s/ma_MuscleAnalysis_MomentArm_%s.sto", k->folder,
                 m->coord[c].name);
        FILE *f = fopen(path, "r");
        if (!f)
            continue;
        fclose(f);
        compare_arms(k, m, d, &q, c);
    }
    printf("  genu less opensim on this walk, where above 1e-6 m:\n");
    compare_modes(k, m, d, &q);
    free_sheet(&q);
    genu_data_free(d);
    genu_model_free(m);
}

static void opensim_rajagopal(void)
{
    compare(&(check){ "walk_rajagopal/subject_walk_scaled.osim",
                      "oracle/rajagopal/coordinates.mot",
                      "rajagopal",
                      { 1e-6, 1e-5 },
                      { 1e-5, 1e-4 } });
}

static void opensim_gait2392(void)
{
    compare(&(check){ "walk_gait2392/subject01_simbody_adjusted.osim",
                      "walk_gait2392/subject01_walk1_RRA_Kinematics_q.sto",
                      "gait2392",
                      { 1e-6, 1e-5 },
                      { 1e-5, 1e-4 } });
}

/* No allocation, and how long one muscle takes. */
static void lines_never_allocate(void)
{
    genu_model *m = load("walk_rajagopal/subject_walk_scaled.osim");
    if (!m)
        return;
    genu_data *d = genu_data_new(m);
    double *arm = calloc((size_t)m->n_coord, sizeof *arm);
    genu_skeleton_default(m, d);
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    long before = test_allocations();
    for (int mode = 0; mode < 2; mode++) {
        double spent[2] = { 0, 0 };
        for (int i = 0; i < 20 * m->n_muscle; i++) {
            const genu_path *path = &m->muscle[i % m->n_muscle].path;
            genu_line line;
            clock_t start = clock();
            CHECK_INT(genu_path_line(m, d, path, (genu_mode)mode, &line), GENU_OK);
            clock_t between = clock();
            genu_path_moment_arms(m, d, path, &line, (genu_mode)mode, arm);
            spent[0] += (double)(between - start);
            spent[1] += (double)(clock() - between);
        }
        double us = 1e6 / CLOCKS_PER_SEC / 20 / m->n_muscle;
        printf("  mode %d: line %.2f us, arms %.2f us per muscle, clock included\n", mode,
               us * spent[0], us * spent[1]);
    }
    CHECK_INT(test_allocations() - before, 0);
    free(arm);
    genu_data_free(d);
    genu_model_free(m);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(conditional_point_switches),
        TEST(moving_point_moves),
        TEST(two_cylinders_closed_form),
        TEST(errors),
        TEST(arms_are_length_derivatives),
        TEST(opensim_rajagopal),
        TEST(opensim_gait2392),
        TEST(lines_never_allocate),
        CU_TEST_INFO_NULL,
    };
    return test_main("path", tests, argc, argv);
}
