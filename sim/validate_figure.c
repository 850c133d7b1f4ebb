/* Forces of joints and muscles over OpenSim's. */
#include "sim/figure_set.h"
#include "sim/validate_record.h"
#include "solvers/reaction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_JOINT = 3, N_MUSCLE = 6, N_PANEL = N_JOINT + N_MUSCLE, N_SERIES = 3, COLUMNS = 3 };

/* Curves of one figure: OpenSim, mode opensim, genu's own mode. */
typedef struct curves {
    int n_row, n_muscle;          /* muscles that are drawn                                     */
    int muscle[N_MUSCLE];         /* their indices                                              */
    const char *title[N_PANEL];   /* joints, then muscles                                       */
    double *y[N_PANEL][N_SERIES]; /* n_row each; parts of `block`                               */
    double *block;
} curves;

static genu_status start(const validate_record *r, curves *c, genu_err *err)
{
    *c = (curves){ .n_row = r->n_row, .title = { "Hip", "Knee", "Ankle" } };
    c->block = calloc((size_t)(N_PANEL * N_SERIES * r->n_row), sizeof *c->block);
    if (!c->block)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    for (int i = 0; i < N_PANEL * N_SERIES; i++)
        c->y[i / N_SERIES][i % N_SERIES] = c->block + i * r->n_row;
    return GENU_OK;
}

/* The right leg's muscles that exert most. */
static void choose_muscles(const validate_record *r, const validate_controls *controls, curves *c)
{
    double sum[N_MUSCLE];
    for (int i = 0; i < r->m->n_muscle; i++) {
        double s = 0;
        if (genu_side_of(r->m->muscle[i].name) != GENU_RIGHT)
            continue;
        for (int k = 0; k < r->n_row; k++)
            s += controls->force[k * r->m->n_muscle + i];
        int at = c->n_muscle;
        while (at > 0 && sum[at - 1] < s)
            at--;
        if (at == N_MUSCLE)
            continue;
        c->n_muscle += c->n_muscle < N_MUSCLE;
        for (int j = c->n_muscle - 1; j > at; j--) {
            sum[j] = sum[j - 1];
            c->muscle[j] = c->muscle[j - 1];
        }
        sum[at] = s;
        c->muscle[at] = i;
    }
    for (int j = 0; j < c->n_muscle; j++)
        c->title[N_JOINT + j] = r->m->muscle[c->muscle[j]].name;
}

static void leg_joints(const validate_record *r, int body[N_JOINT])
{
    const genu_leg *leg = &r->frames->leg[0];
    body[0] = leg->femur;
    body[1] = leg->tibia;
    body[2] = leg->talus;
}

/* Resultants of the leg's joints as OpenSim has them; NAN where its file lacks the joint. */
static genu_status fill_theirs(const validate_record *r, const genu_validate_run *run, curves *c,
                               genu_err *err)
{
    genu_table t = { 0 };
    int body[N_JOINT];
    leg_joints(r, body);
    genu_status s = validate_table(run->reactions, "JointReaction_ReactionLoads.sto", &t, err);
    if (s == GENU_OK)
        s = validate_same_rows(r, &t, err);
    for (int i = 0; i < N_JOINT && s == GENU_OK; i++) {
        char begin[200];
        int j = 0, n = snprintf(begin, sizeof begin, "%.90s_on_%.90s_in_",
                                r->m->body[body[i]].joint.name, r->m->body[body[i]].name);
        while (j < t.n_column && strncmp(t.label[j], begin, (size_t)n) != 0)
            j++;
        for (int k = 0; k < c->n_row; k++) {
            double sum = j < t.n_column ? 0 : NAN;
            for (int axis = 0; axis < 3 && j < t.n_column; axis++)
                sum += pow(genu_table_column(&t, j + axis)[k], 2);
            c->y[i][0][k] = sqrt(sum);
        }
    }
    genu_table_free(&t);
    return s;
}

static genu_status fill_joints(validate_record *r, const validate_solution *solution, int series,
                               curves *c, genu_err *err)
{
    int body[N_JOINT];
    double *force = calloc((size_t)r->m->n_muscle + 1, sizeof *force);
    sp6 *w = calloc((size_t)r->m->n_body, sizeof *w);
    genu_status s = force && w ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "no memory for a figure");
    leg_joints(r, body);
    for (int k = 0; k < r->n_row && s == GENU_OK; k++) {
        for (int i = 0; i < r->m->n_muscle; i++)
            force[i] = solution->force[i * r->n_row + k];
        validate_pose(r, k);
        s = genu_reaction_compute(r->m, r->d, r->mode, r->external + k * r->m->n_body, force, w);
        if (s != GENU_OK)
            genu_fail(err, s, "'%s': no joint reactions at %g s", r->c->path, r->time[k]);
        for (int i = 0; i < N_JOINT; i++)
            c->y[i][series][k] = v3_norm(genu_reaction_at(r->d, w, body[i], 0).force);
    }
    free(force);
    free(w);
    return s;
}

static genu_status fill_ours(validate_record *r, const double *factor, int series, curves *c,
                             genu_err *err)
{
    validate_solution solution = { 0 };
    genu_status s = validate_solve(r, factor, genu_share_defaults(), &solution, err);
    if (s == GENU_OK)
        s = fill_joints(r, &solution, series, c, err);
    for (int j = 0; j < c->n_muscle && s == GENU_OK; j++)
        memcpy(c->y[N_JOINT + j][series], solution.force + c->muscle[j] * r->n_row,
               (size_t)r->n_row * sizeof(double));
    validate_solution_free(&solution);
    return s;
}

static genu_status draw(const validate_record *r, const curves *c, const char *title,
                        const char *caption, genu_canvas **canvas, genu_err *err)
{
    const genu_chart_key key[N_SERIES] = {
        { "OpenSim", { genu_palette_grey(0.75), 1.2, GENU_SOLID }, GENU_KEY_LINE, GENU_DISC },
        { "genu, mode opensim",
          { genu_palette_hue(GENU_BLACK), 0.3, GENU_SOLID },
          GENU_KEY_LINE,
          GENU_DISC },
        { "genu, own mode",
          { genu_palette_hue(GENU_VERMILLION), 0.3, GENU_DASHED },
          GENU_KEY_LINE,
          GENU_DISC },
    };
    genu_chart chart[N_PANEL];
    int n = N_JOINT + c->n_muscle;
    for (int i = 0; i < n; i++) {
        chart[i] = (genu_chart){ .title = c->title[i],
                                 .y_label = i % COLUMNS ? NULL : "Force (N)",
                                 .n_series = N_SERIES,
                                 .zero_based = 1 };
        for (int j = 0; j < N_SERIES; j++)
            chart[i].series[j] = (genu_polyline){ c->n_row, r->time, c->y[i][j] };
    }
    genu_curves f = { .legend = { title, caption, NULL },
                      .x_label = "Time (s)",
                      .x_lo = r->time[0],
                      .x_hi = r->time[c->n_row - 1],
                      .n_chart = n,
                      .columns = COLUMNS,
                      .chart = chart,
                      .width = GENU_PAGE_WIDTH,
                      .front = N_SERIES - 1,
                      .height = 30,
                      .n_key = N_SERIES,
                      .key = key };
    return genu_curves_draw(&f, canvas, err);
}

static genu_status draw_and_save(validate_record *theirs, const genu_validate_run *run,
                                 const curves *c, const char *folder,
                                 const genu_figure_options *options, genu_files *files,
                                 genu_err *err)
{
    char title[80], caption[400], base[1024];
    genu_canvas *canvas = NULL;
    validate_name(theirs->c, run, title, sizeof title);
    snprintf(
        caption, sizeof caption,
        "%s: forces in the joints of the right leg (length of the force) and in the %d muscles "
        "that exert most in OpenSim's static optimisation; %d frames.",
        title, c->n_muscle, c->n_row);
    snprintf(base, sizeof base, "%s/validate_%s_%g", folder, theirs->c->title, 100 * run->strength);
    genu_status s = draw(theirs, c, title, caption, &canvas, err);
    return s == GENU_OK ? figure_save_as(canvas, base, options, files, err) : s;
}

genu_status validate_draw(validate_record *theirs, validate_record *own,
                          const genu_validate_run *run, const char *folder,
                          const genu_figure_options *options, genu_files *files, genu_err *err)
{
    curves c;
    validate_controls controls;
    genu_status s = validate_controls_read(theirs, run, &controls, err);
    if (s == GENU_OK)
        s = start(theirs, &c, err);
    if (s != GENU_OK) {
        validate_controls_free(&controls);
        return s;
    }
    choose_muscles(theirs, &controls, &c);
    for (int j = 0; j < c.n_muscle; j++)
        for (int k = 0; k < c.n_row; k++)
            c.y[N_JOINT + j][0][k] = controls.force[k * theirs->m->n_muscle + c.muscle[j]];
    s = fill_theirs(theirs, run, &c, err);
    if (s == GENU_OK)
        s = fill_ours(theirs, controls.factor, 1, &c, err);
    if (s == GENU_OK)
        s = fill_ours(own, controls.factor, 2, &c, err);
    if (s == GENU_OK)
        s = draw_and_save(theirs, run, &c, folder, options, files, err);
    validate_controls_free(&controls);
    free(c.block);
    return s;
}
