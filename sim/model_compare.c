#include "sim/model_compare.h"

#include "sim/moment_arm.h"
#include "sim/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_ANGLE = 61, N_PANEL = 12 };

static const struct {
    const char *coordinate, *label;
    double lo, hi; /* rad, within what the models and a walk, a stair or a squat reach */
} joint[] = {
    { "hip_flexion_r", "Hip flexion (degrees)", -0.35, 1.75 },
    { "hip_adduction_r", "Hip adduction (degrees)", -0.7, 0.5 },
    { "hip_rotation_r", "Hip internal rotation (degrees)", -0.6, 0.6 },
    { "knee_angle_r", "Knee flexion (degrees)", 0, 2 },
    { "ankle_angle_r", "Ankle dorsiflexion (degrees)", -0.7, 0.5 },
};

/* One joint's work: angles and the arms of every muscle of the first model in every model. */
typedef struct work {
    int n, n_muscle;
    genu_model *model[GENU_COMPARE_MODELS];
    double q[N_ANGLE], degrees[N_ANGLE];
    double *arm;  /* n_muscle x n x N_ANGLE, NAN where a model lacks the muscle */
    double *size; /* n_muscle: largest |arm| of the first model                 */
} work;

static double *arm_of(const work *w, int muscle, int model)
{
    return w->arm + ((size_t)muscle * (size_t)w->n + (size_t)model) * N_ANGLE;
}

static genu_status fill(work *w, int j, genu_err *err)
{
    for (int k = 0; k < N_ANGLE; k++) {
        w->q[k] = joint[j].lo + (joint[j].hi - joint[j].lo) * k / (N_ANGLE - 1);
        w->degrees[k] = w->q[k] * 180 / GENU_PI;
    }
    for (int i = 0; i < w->n_muscle; i++) {
        w->size[i] = 0;
        for (int m = 0; m < w->n; m++) {
            double *arm = arm_of(w, i, m);
            int muscle = genu_find_muscle(w->model[m], w->model[0]->muscle[i].name);
            int coord = genu_find_coord(w->model[m], joint[j].coordinate);
            for (int k = 0; k < N_ANGLE; k++)
                arm[k] = NAN;
            if (muscle < 0 || coord < 0 || genu_side_of(w->model[0]->muscle[i].name) != GENU_RIGHT)
                continue;
            // gait2392 and its kin count knee flexion as negative
            int turned = w->model[m]->coord[coord].hi < joint[j].hi / 2 && joint[j].lo == 0;
            double q[N_ANGLE];
            for (int k = 0; k < N_ANGLE; k++)
                q[k] = turned ? -w->q[k] : w->q[k];
            genu_status s = genu_moment_arm_curve(w->model[m], muscle, coord, N_ANGLE, q,
                                                  GENU_MODE_GENU, arm, err);
            if (s != GENU_OK)
                return s;
            for (int k = 0; k < N_ANGLE; k++) {
                arm[k] = turned ? -arm[k] : arm[k];
                if (m == 0)
                    w->size[i] = fmax(w->size[i], fabs(arm[k]));
            }
        }
    }
    return GENU_OK;
}

static void print_differences(const work *w, int j, FILE *to)
{
    for (int i = 0; i < w->n_muscle; i++)
        for (int m = 1; m < w->n; m++) {
            int worst = -1;
            const double *a = arm_of(w, i, 0), *b = arm_of(w, i, m);
            for (int k = 0; k < N_ANGLE; k++)
                if (isfinite(a[k]) && isfinite(b[k]) &&
                    (worst < 0 || fabs(b[k] - a[k]) > fabs(b[worst] - a[worst])))
                    worst = k;
            if (worst >= 0 && fabs(b[worst] - a[worst]) > 1e-4)
                fprintf(to, "%-16s %-14s %-24s %9.1f %9.1f %9.1f %9.0f\n", joint[j].coordinate,
                        w->model[0]->muscle[i].name, w->model[m]->name, 1e3 * a[worst],
                        1e3 * b[worst], 1e3 * (b[worst] - a[worst]), w->degrees[worst]);
        }
}

/* The muscles with the largest arms, in the order of the model. */
static int choose(const work *w, int *chosen)
{
    double limit = 0;
    int n = 0;
    for (int rank = 0; rank < N_PANEL; rank++) {
        double next = 0;
        for (int i = 0; i < w->n_muscle; i++)
            if ((rank == 0 || w->size[i] < limit) && w->size[i] > next)
                next = w->size[i];
        limit = next;
    }
    for (int i = 0; i < w->n_muscle && n < N_PANEL; i++)
        if (w->size[i] >= limit && w->size[i] > 1e-3)
            chosen[n++] = i;
    return n;
}

static genu_status draw(const work *w, int j, FILE *to, const char *folder,
                        const genu_figure_options *options, genu_err *err)
{
    int chosen[N_PANEL], n_panel = choose(w, chosen);
    const char *panel[N_PANEL], *name[GENU_COMPARE_MODELS];
    char base[4096], title[64];
    double *arm = malloc((size_t)(N_PANEL * w->n * N_ANGLE) * sizeof *arm);
    if (!arm)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int p = 0; p < n_panel; p++) {
        panel[p] = w->model[0]->muscle[chosen[p]].name;
        memcpy(arm + (size_t)(p * w->n * N_ANGLE), arm_of(w, chosen[p], 0),
               (size_t)(w->n * N_ANGLE) * sizeof *arm);
    }
    for (int m = 0; m < w->n; m++)
        name[m] = w->model[m]->name;
    snprintf(base, sizeof base, "%s/moment_arms_%s", folder, joint[j].coordinate);
    snprintf(title, sizeof title, "Moment arms about %s", joint[j].coordinate);
    genu_figure_arms f = { title,      joint[j].label, N_ANGLE, w->n, n_panel,
                           w->degrees, name,           panel,   arm,  NULL };
    genu_files files = { 0 };
    genu_status s = n_panel ? genu_figure_moment_arms(&f, base, options, &files, err) : GENU_OK;
    for (int i = 0; i < files.n; i++)
        fprintf(to, "figure: %s\n", files.path[i]);
    genu_files_clear(&files);
    free(arm);
    return s;
}

static genu_status read_models(work *w, const char *const *path, genu_err *err)
{
    genu_status s = GENU_OK;
    for (int m = 0; m < w->n && s == GENU_OK; m++)
        s = genu_trial_read_model(path[m], &w->model[m], NULL, NULL, err);
    if (s != GENU_OK)
        return s;
    w->n_muscle = w->model[0]->n_muscle;
    w->arm = malloc((size_t)(w->n_muscle * w->n * N_ANGLE) * sizeof *w->arm);
    w->size = calloc((size_t)w->n_muscle + 1, sizeof *w->size);
    return w->arm && w->size ? s : genu_fail(err, GENU_E_MEMORY, "out of memory");
}

genu_status genu_model_compare(int n, const char *const *path, FILE *to, const char *folder,
                               const genu_figure_options *options, genu_err *err)
{
    if (n < 2 || n > GENU_COMPARE_MODELS)
        return genu_fail(err, GENU_E_RANGE, "%d models to compare, must be 2 to %d", n,
                         GENU_COMPARE_MODELS);
    work w = { .n = n };
    genu_status s = read_models(&w, path, err);
    if (s == GENU_OK)
        fprintf(to,
                "largest difference of moment arms to %s (mm), where above 0.1 mm\n\n%-16s %-14s "
                "%-24s %9s %9s %9s %9s\n",
                w.model[0]->name, "coordinate", "muscle", "other model", "first", "other", "diff",
                "at deg");
    for (int j = 0; j < (int)(sizeof joint / sizeof *joint) && s == GENU_OK; j++) {
        if (genu_find_coord(w.model[0], joint[j].coordinate) < 0)
            continue;
        s = fill(&w, j, err);
        if (s == GENU_OK)
            print_differences(&w, j, to);
        if (s == GENU_OK && folder)
            s = draw(&w, j, to, folder, options, err);
    }
    for (int m = 0; m < n; m++)
        genu_model_free(w.model[m]);
    free(w.arm);
    free(w.size);
    return s;
}
