#include "sim/diagnosis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All that is looked at; rows are muscles or coordinates, columns frames. */
typedef struct diagnosis {
    FILE *to;
    int n_frame, n_muscle, n_coord;
    genu_dataset muscle, coord, activation, reserve, residual, open, moment, cycle, time, ground;
    double *most; /* n_coord: largest |moment| over the record */
} diagnosis;

/* ------------------------------------------------------------------ reading */

static genu_status needs(genu_results *r, genu_err *err)
{
    static const char *const names[] = { "activation", "reserve", "residual", "not_converged" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!genu_results_has(r, names[i]))
            return genu_fail(err, GENU_E_SHAPE,
                             "'%s' has no dataset '%s': a diagnosis needs `output: [curves, "
                             "muscles]` in the study",
                             genu_results_path(r), names[i]);
    return GENU_OK;
}

static genu_status read_all(diagnosis *d, const genu_pick *pick, genu_err *err)
{
    const struct {
        const char *name;
        genu_dataset *to;
        int per_scenario;
    } list[] = {
        { "muscle", &d->muscle, 0 },
        { "coordinate", &d->coord, 0 },
        { "activation", &d->activation, 1 },
        { "reserve", &d->reserve, 1 },
        { "residual", &d->residual, 1 },
        { "not_converged", &d->open, 1 },
        { "joint_moment", &d->moment, 0 },
        { "cycle", &d->cycle, 0 },
        { "time", &d->time, 0 },
        { "ground_force", &d->ground, 0 },
    };
    genu_status s = needs(pick->results, err);
    for (size_t i = 0; i < sizeof list / sizeof *list && s == GENU_OK; i++)
        s = list[i].per_scenario ? genu_results_read_slab(pick->results, list[i].name,
                                                          pick->scenario, 1, list[i].to, err)
                                 : genu_results_read(pick->results, list[i].name, list[i].to, err);
    if (s != GENU_OK)
        return s;
    d->n_frame = (int)d->time.n;
    d->n_muscle = (int)d->muscle.n;
    d->n_coord = (int)d->coord.n;
    d->most = calloc((size_t)d->n_coord + 1, sizeof *d->most);
    if (!d->most)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int c = 0; c < d->n_coord; c++)
        for (int k = 0; k < d->n_frame; k++)
            d->most[c] = fmax(d->most[c], fabs(d->moment.value[c * d->n_frame + k]));
    return GENU_OK;
}

static void release(diagnosis *d)
{
    genu_dataset *list[] = { &d->muscle, &d->coord,  &d->activation, &d->reserve, &d->residual,
                             &d->open,   &d->moment, &d->cycle,      &d->time,    &d->ground };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        genu_dataset_free(list[i]);
    free(d->most);
}

/* ------------------------------------------------------------------ one frame */

static int is_saturated(const diagnosis *d, int muscle, int k)
{
    return d->activation.value[muscle * d->n_frame + k] >= GENU_SATURATED;
}

/* Share of the joint's largest moment; 0 where the coordinate takes no part. */
static double share(const diagnosis *d, int coord, int k)
{
    double x = fabs(d->reserve.value[coord * d->n_frame + k]);
    return isfinite(x) && d->most[coord] > 0 ? x / d->most[coord] : 0;
}

/* Is the same true of both frames? */
static int alike(const diagnosis *d, int k, int l)
{
    int same = d->open.value[k] == d->open.value[l];
    for (int i = 0; i < d->n_muscle; i++)
        same &= is_saturated(d, i, k) == is_saturated(d, i, l);
    for (int c = 0; c < d->n_coord; c++)
        same &= (share(d, c, k) >= GENU_RESERVE_USED) == (share(d, c, l) >= GENU_RESERVE_USED);
    return same;
}

/* Percent of the first side's cycle, or seconds where the record holds none. */
static void place(const diagnosis *d, int k, char *text, size_t n)
{
    if (isfinite(d->cycle.value[k]))
        snprintf(text, n, "%.0f %%", d->cycle.value[k]);
    else
        snprintf(text, n, "%.3f s", d->time.value[k]);
}

/* Frames first to last, of which the same is true. */
static void print_run(const diagnosis *d, int first, int last)
{
    char from[24], to[24];
    int n = 0;
    place(d, first, from, sizeof from);
    place(d, last, to, sizeof to);
    fprintf(d->to, "%8s to %8s  %s", from, to,
            d->open.value[first] > 0 ? "not converged" : "converged");
    for (int i = 0; i < d->n_muscle; i++)
        if (is_saturated(d, i, first))
            fprintf(d->to, "%s %s", n++ ? "," : "; saturated:", d->muscle.text[i]);
    n = 0;
    for (int c = 0; c < d->n_coord; c++) {
        double most = 0;
        for (int k = first; k <= last; k++)
            most = fmax(most, share(d, c, k));
        if (most >= GENU_RESERVE_USED)
            fprintf(d->to, "%s %s %.0f %%", n++ ? "," : "; reserve:", d->coord.text[c], 100 * most);
    }
    fputc('\n', d->to);
}

/* ------------------------------------------------------------------ the whole */

static void print_whole(const diagnosis *d)
{
    int open = 0, saturated = 0, coord = -1, at = 0;
    double residual = 0, most = 0;
    for (int k = 0; k < d->n_frame; k++) {
        open += d->open.value[k] != 0;
        if (!(d->residual.value[k] <= residual))
            residual = d->residual.value[k];
        for (int c = 0; c < d->n_coord; c++)
            if (share(d, c, k) > most) {
                most = share(d, c, k);
                coord = c;
                at = k;
            }
    }
    for (int i = 0; i < d->n_muscle; i++) {
        int ever = 0;
        for (int k = 0; k < d->n_frame; k++)
            ever |= is_saturated(d, i, k);
        saturated += ever;
    }
    fprintf(d->to,
            "%d of %d frames converged; moments balance to %.1e Nm; %d of %d muscles "
            "saturated at some time\n",
            d->n_frame - open, d->n_frame, residual, saturated, d->n_muscle);
    char where[24];
    place(d, at, where, sizeof where);
    if (coord >= 0)
        fprintf(d->to, "largest reserve: %.2g %% of the largest moment of %s, at %s\n", 100 * most,
                d->coord.text[coord], where);
}

/* Largest force that the movement asks for at the pelvis and nothing provides, over the largest
 * ground reaction. */
static void print_residual(const diagnosis *d)
{
    static const char *const names[] = { "pelvis_tx", "pelvis_ty", "pelvis_tz" };
    double ground = 0, residual = 0;
    int found = 0;
    for (int k = 0; k < d->n_frame; k++) {
        double sum = 0, squares = 0;
        for (int axis = 0; axis < 3; axis++) {
            sum = 0;
            for (int side = 0; side < d->ground.dim[0]; side++)
                sum += d->ground.value[(side * 3 + axis) * d->n_frame + k];
            squares += sum * sum;
        }
        ground = fmax(ground, sqrt(squares));
        squares = 0;
        for (int axis = 0; axis < 3; axis++)
            for (int c = 0; c < d->n_coord; c++)
                if (!strcmp(d->coord.text[c], names[axis])) {
                    squares += pow(d->moment.value[c * d->n_frame + k], 2);
                    found = 1;
                }
        residual = fmax(residual, sqrt(squares));
    }
    if (found && ground > 0)
        fprintf(d->to,
                "residual force at the pelvis: at most %.3g N, %.2f %% of the largest ground "
                "reaction of the reported side (Hicks et al. 2015 advise at most 5 %%)\n",
                residual, 100 * residual / ground);
}

genu_status genu_diagnosis_print(const genu_pick *pick, FILE *to, genu_err *err)
{
    diagnosis d = { .to = to };
    genu_status s = read_all(&d, pick, err);
    if (s == GENU_OK) {
        char text[1024];
        genu_pick_describe(pick, text, sizeof text);
        fprintf(to, "%s\n", text);
        print_whole(&d);
        print_residual(&d);
        fputs("\nfrom and to, of the first side's gait cycle; saturated: fully active; reserve: "
              "share "
              "of the joint's largest moment, from 1 %\n",
              to);
        for (int k = 0, first = 0; k < d.n_frame; k++)
            if (k + 1 == d.n_frame || !alike(&d, first, k + 1)) {
                print_run(&d, first, k);
                first = k + 1;
            }
    }
    release(&d);
    return s;
}
