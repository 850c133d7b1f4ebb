/* Measured walks of three models, every frame: eight scenarios side by side agree with one at a time. */
#include "sim/trial.h"
#include "solvers/scenarios_private.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEPS = 21
}; /* abductors at 0, 10 ... 200 %; all other scenarios scale every muscle by chance */

typedef struct walk {
    const char *folder, *model, *motion, *loads, *more;
} walk;

static const walk walks[] = {
    { "walk_gait2392", "subject01_simbody_adjusted.osim",
      "subject01_walk1_RRA_Kinematics_q.sto, filter: 0", "subject01_walk1_grf.xml", "" },
    { "walk_rajagopal", "subject_walk_scaled.osim",
      "coordinates.sto, filter: 6, from: 0.5, to: 1.2", "grf_walk.xml",
      "lock: [mtp_angle_r, mtp_angle_l]\n" },
    { "walk_gait10dof", "subject01.osim", "subject01_walk_IK.mot, filter: 6",
      "subject01_walk_grf.xml", "" },
};

static genu_err err;

static int open_walk(const walk *w, genu_study **study, genu_trial **trial)
{
    char path[600], folder[600];
    snprintf(path, sizeof path, "%s/%s", w->folder, w->model);
    const char *model = test_reference(path);
    if (!model)
        return 0;
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(model, '/') - model), model);
    snprintf(path, sizeof path, "%s/walk.yaml", test_folder());
    FILE *f = fopen(path, "w");
    fprintf(f, "model: %s/%s\nmotion: { file: %s/%s }\nloads: %s/%s\nside: both\n%s", folder,
            w->model, folder, w->motion, folder, w->loads, w->more);
    fclose(f);
    return CHECK_OK(genu_study_read(study, path, NULL, &err), err) &&
           CHECK_OK(genu_trial_new(trial, *study, 1, NULL, &err), err);
}

static void fill_factors(const genu_model *m, double *factor)
{
    unsigned long long seed = 113;
    int *flag = calloc((size_t)m->n_muscle, sizeof *flag);
    static const char *const name[] = { "gluteus_medius", "gluteus_minimus" };
    for (int k = 0; k < 2; k++) // models without the one have the other, or neither
        for (int side = 0; side < GENU_N_SIDE; side++)
            if (genu_group_select(m, name[k], (genu_side)side, flag, &err) != GENU_OK)
                continue;
    for (int s = 0; s < GENU_BLOCK; s++)
        for (int i = 0; i < m->n_muscle; i++)
            factor[s * m->n_muscle + i] = s >= STEPS ? test_random(&seed, 0, 2)
                                          : flag[i]  ? 2.0 * s / (STEPS - 1)
                                                     : 1;
    free(flag);
}

typedef struct comparison {
    const genu_trial *t;
    genu_plan *plan;
    double *factor, *activation, *force, *reserve, *unconverged;
    double power, activation_off, force_off, objective_off, balance_off;
    int n;
} comparison;

/* One group of one scenario in one frame, from a cold start. */
static void compare_one(comparison *c, const group *g, genu_sharing *w, int s, int k)
{
    const genu_frames *f = c->t->frames;
    int n_muscle = c->t->model->n_muscle, n_coord = c->t->model->n_coord, T = c->t->n_frame;
    double F[200], tau[50], a[200], x[50], lambda[50], objective = 0;
    genu_sharing_info info;
    for (int j = 0; j < g->m; j++)
        tau[j] = f->target[k * f->n_dof + g->dof[j]];
    for (int i = 0; i < g->n; i++)
        F[i] = c->factor[s * n_muscle + g->muscle[i]];
    CHECK_INT(genu_sharing_solve(w, F, tau, 0, a, x, lambda, &info), GENU_OK);
    for (int i = 0; i < g->n; i++) {
        size_t at = (size_t)((s * n_muscle + g->muscle[i]) * T + k);
        double most = g->active[k * g->n + i], force = F[i] * a[i] * most;
        c->activation_off = fmax(c->activation_off, fabs(c->activation[at] - a[i]));
        c->force_off = fmax(c->force_off, fabs(c->force[at] - force) / fmax(2 * most, 1));
        objective += pow(c->activation[at], c->power);
        for (int j = 0; j < g->m; j++)
            tau[j] -= g->R[(k * g->n + i) * g->m + j] * c->force[at];
    }
    for (int j = 0; j < g->m; j++) { // each has one reserve of 1 Nm
        double reserve = c->reserve[(s * n_coord + g->coord[j]) * T + k];
        objective += reserve * reserve;
        c->balance_off = fmax(c->balance_off, fabs(tau[j] - reserve));
    }
    c->objective_off = fmax(c->objective_off, fabs(objective / info.objective - 1));
    c->n++;
}

static comparison compare(const genu_trial *t, double power, int every)
{
    comparison c = { .t = t, .power = power };
    size_t s = GENU_BLOCK, n = (size_t)t->model->n_muscle, m = (size_t)t->model->n_coord;
    genu_share_settings settings = genu_share_defaults();
    genu_worker *worker;
    settings.power = power;
    c.factor = malloc(s * n * sizeof *c.factor);
    c.activation = malloc(s * n * (size_t)t->n_frame * sizeof *c.activation);
    c.force = malloc(s * n * (size_t)t->n_frame * sizeof *c.force);
    c.reserve = malloc(s * m * (size_t)t->n_frame * sizeof *c.reserve);
    c.unconverged = malloc(s * sizeof *c.unconverged);
    fill_factors(t->model, c.factor);
    CHECK_OK(genu_plan_new(&c.plan, t->frames, t->model, &settings, NULL, &err), err);
    CHECK_OK(genu_plan_solve_constant(c.plan, &err), err);
    CHECK_OK(genu_worker_new(&worker, c.plan, &err), err);
    genu_scenario_out out = { .activation = c.activation,
                              .force = c.force,
                              .reserve = c.reserve,
                              .unconverged = c.unconverged };
    genu_scenarios_solve(c.plan, worker, GENU_BLOCK, c.factor, &out);
    for (const group *g = c.plan->group; g < c.plan->group + c.plan->n_group; g++) {
        genu_sharing *w;
        CHECK_OK(genu_sharing_new(&w, g->n, g->m, g->k, &c.plan->sharing, &err), err);
        for (int k = 0; k < t->n_frame; k++) {
            CHECK_INT(genu_sharing_use(w, g->problem[k]), GENU_OK);
            for (int one = 0; one < GENU_BLOCK; one += every)
                compare_one(&c, g, w, one, k);
        }
        genu_sharing_free(w);
    }
    for (int one = 0; one < GENU_BLOCK; one++)
        CHECK_NEAR(c.unconverged[one], 0, 0, 0);
    genu_worker_free(worker);
    genu_plan_free(c.plan);
    free(c.factor);
    free(c.activation);
    free(c.force);
    free(c.reserve);
    free(c.unconverged);
    return c;
}

static void lanes_agree_on_every_frame(void)
{
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) {
        genu_study *study = NULL;
        genu_trial *trial = NULL;
        if (open_walk(&walks[i], &study, &trial)) {
            comparison two = compare(trial, 2, 1), three = compare(trial, 3, 7);
            printf("  %s: squares, %d problems: activation off by %.1e, moment by %.1e Nm\n"
                   "  %s: cubes, %d problems: objective off by %.1e, force by %.1e of its largest, "
                   "moment by %.1e Nm\n",
                   walks[i].folder, two.n, two.activation_off, two.balance_off, walks[i].folder,
                   three.n, three.objective_off, three.force_off, three.balance_off);
            CHECK_NEAR(two.activation_off, 0, 0, 1e-9);
            CHECK_NEAR(two.objective_off, 0, 0, 1e-9);
            CHECK_NEAR(two.balance_off, 0, 0,
                       1e-7); // 1e-10 of moments of some hundred Nm, and 1e-9 Nm
            CHECK_NEAR(three.objective_off, 0, 0, 1e-9);
            CHECK_NEAR(three.force_off, 0, 0, 1e-9);
            CHECK_NEAR(three.balance_off, 0, 0, 1e-7);
        }
        genu_trial_free(trial);
        genu_study_free(study);
    }
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(lanes_agree_on_every_frame),
        CU_TEST_INFO_NULL,
    };
    return test_main("lanes", tests, argc, argv);
}
