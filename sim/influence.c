#include "sim/influence.h"

#include "sim/catalogue.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 10 };
static const double TENTH = 0.1; // of the strength factor

typedef struct effect {
    int muscle;
    double change; /* N */
} effect;

static int by_size(const void *a, const void *b)
{
    const effect *p = a, *q = b;
    double x = isfinite(p->change) ? fabs(p->change) : -1;
    double y = isfinite(q->change) ? fabs(q->change) : -1;
    return x < y ? 1 : x > y ? -1 : p->muscle - q->muscle;
}

const char *genu_kink_text(const genu_dataset *muscle, double kink, char *text, size_t size)
{
    *text = '\0';
    if (kink >= 1 && kink <= (double)muscle->n)
        snprintf(text, size, ", at a kink: %s is just reaching or leaving a bound",
                 muscle->text[(size_t)kink - 1]);
    else if (kink == GENU_KINK_COMPARTMENT)
        snprintf(text, size, ", at a kink: a compartment is lifting off or touching down");
    else if (kink == GENU_KINK_TIE)
        snprintf(text, size, ", at a kink: another frame is as large");
    return text;
}

/* One peak of one side. */
static void print_peak(const genu_dataset *side, int s, const genu_dataset *muscle,
                       const char *peak, double value, const double *slope, double kink, FILE *to)
{
    effect list[SHOWN + 1];
    char text[200];
    int n = 0;
    for (int i = 0; i < (int)muscle->n; i++) { // the largest so far, in order
        list[n] = (effect){ i, TENTH * slope[i] };
        qsort(list, (size_t)n + 1, sizeof *list, by_size);
        n += n < SHOWN;
    }
    fprintf(to, "\n%s, %s: %.0f N%s\n", peak, side->text[s], value,
            genu_kink_text(muscle, kink, text, sizeof text));
    for (int i = 0; i < n && list[i].change != 0 && isfinite(list[i].change); i++)
        fprintf(to, "  %-24s %+9.2f N %+8.3f %%\n", muscle->text[list[i].muscle], list[i].change,
                100 * list[i].change / value);
}

static genu_status read_part(genu_results *r, const char *load, const char *what, int scenario,
                             genu_dataset *d, genu_err *err)
{
    char name[80];
    snprintf(name, sizeof name, "%s%s", load, what);
    return genu_results_read_slab(r, name, scenario, 1, d, err);
}

genu_status genu_influence_print(genu_results *r, int scenario, FILE *to, genu_err *err)
{
    static const char *const load[] = { "knee_medial_force_peak1", "knee_medial_force_peak2" };
    genu_dataset side = { 0 }, muscle = { 0 };
    if (!genu_results_has(r, "knee_medial_force_peak1_slope"))
        return GENU_OK;
    genu_status s = genu_results_read(r, "side", &side, err);
    if (s == GENU_OK)
        s = genu_results_read(r, "muscle", &muscle, err);
    if (s == GENU_OK)
        fprintf(to,
                "\nwhat a tenth more of the model's own strength does, scenario %d, by exact "
                "derivatives\n",
                scenario);
    for (int k = 0; k < 2 && s == GENU_OK; k++) {
        genu_dataset value = { 0 }, slope = { 0 }, kink = { 0 };
        s = read_part(r, load[k], "", scenario, &value, err);
        if (s == GENU_OK)
            s = read_part(r, load[k], "_slope", scenario, &slope, err);
        if (s == GENU_OK)
            s = read_part(r, load[k], "_kink", scenario, &kink, err);
        for (int i = 0; s == GENU_OK && i < (int)side.n; i++)
            print_peak(&side, i, &muscle, load[k], value.value[i],
                       slope.value + (size_t)i * muscle.n, kink.value[i], to);
        genu_dataset_free(&value);
        genu_dataset_free(&slope);
        genu_dataset_free(&kink);
    }
    genu_dataset_free(&side);
    genu_dataset_free(&muscle);
    return s;
}
