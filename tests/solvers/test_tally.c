#include "solvers/cycle.h"
#include "solvers/tally.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 15, PLACES = 24, ROWS = GENU_N_CONTACT };

typedef struct record {
    double contact[FRAMES][ROWS][GENU_BLOCK], saturated[FRAMES][GENU_BLOCK];
    genu_plateau plateau[GENU_BLOCK], about;
    double time[FRAMES], weight[FRAMES];
    int half[FRAMES];
    genu_cycle_rule rule;
} __attribute__((aligned(64))) record;

/* Contacts in which compartments lift off now and then; place 5 is missing in frame 7, place 6 throughout. */
static record *record_new(int whole_stance)
{
    unsigned long long seed = 83;
    record *r = aligned_alloc(64, (sizeof *r + 63) / 64 * 64);
    genu_cycle cycle = { 0.1, whole_stance ? 0.9 : 2.5, 3, 0 };
    for (int k = 0; k < FRAMES; k++) {
        r->time[k] = k / 10.0;
        for (int row = 0; row < ROWS; row++)
            for (int s = 0; s < GENU_BLOCK; s++)
                r->contact[k][row][s] = row == GENU_CONTACT_KNEE_FORCE + 1
                                            ? test_random(&seed, -2000, 300)
                                            : test_random(&seed, -40, 40);
        for (int s = 0; s < GENU_BLOCK; s++)
            r->saturated[k][s] = k;
        for (int row = 0; row < ROWS; row++) {
            r->contact[7][row][5] = k == 7 ? NAN : r->contact[7][row][5];
            r->contact[k][row][6] = NAN;
        }
    }
    r->about = genu_plateau_defaults();
    for (int s = 0; s < GENU_BLOCK; s++)
        r->plateau[s] = (genu_plateau){ .spacing = test_random(&seed, 0.03, 0.06),
                                        .offset = test_random(&seed, -0.01, 0.01),
                                        .height = test_random(&seed, -0.03, -0.02) };
    r->rule = genu_cycle_rule_make(&cycle, FRAMES, r->time, r->weight, r->half);
    return r;
}

static double size_of(const record *r, int k, int row, int s)
{
    const double(*c)[GENU_BLOCK] = r->contact[k] + row;
    return sqrt(c[0][s] * c[0][s] + c[1][s] * c[1][s] + c[2][s] * c[2][s]);
}

/* The slow road: one scenario, one frame. */
static void loads_of(const record *r, genu_side side, int k, int s, double value[GENU_N_LOAD])
{
    v3 force, moment;
    double *f[] = { &force.x, &force.y, &force.z }, *m[] = { &moment.x, &moment.y, &moment.z };
    for (int axis = 0; axis < 3; axis++) {
        *f[axis] = r->contact[k][GENU_CONTACT_KNEE_FORCE + axis][s];
        *m[axis] = r->contact[k][GENU_CONTACT_KNEE_MOMENT + axis][s];
    }
    v3 arm =
        v3_sub(genu_plateau_center(&r->about, side), genu_plateau_center(&r->plateau[s], side));
    genu_compartments c =
        genu_plateau_share(&r->plateau[s], side, force, v3_add(moment, v3_cross(arm, force)));
    value[GENU_LOAD_KNEE] = size_of(r, k, GENU_CONTACT_KNEE_FORCE, s);
    value[GENU_LOAD_COMPRESSION] = c.compression;
    value[GENU_LOAD_MEDIAL] = c.medial;
    value[GENU_LOAD_LATERAL] = c.lateral;
    value[GENU_LOAD_FRONTAL_MOMENT] = c.frontal_moment;
    value[GENU_LOAD_SOFT_TISSUE] = c.soft_tissue;
    value[GENU_LOAD_PATELLA] = size_of(r, k, GENU_CONTACT_PATELLA, s);
    value[GENU_LOAD_HIP] = size_of(r, k, GENU_CONTACT_HIP, s);
    value[GENU_LOAD_ANKLE] = size_of(r, k, GENU_CONTACT_ANKLE, s);
}

static void same(double x, double y)
{
    CHECK_INT(isnan(x) != 0, isnan(y) != 0);
    if (!isnan(y))
        CHECK_NEAR(x, y, 1e-12, 1e-9); // N and Nm of some thousands, by other orders of operations
}

static void same_peak(double peak, double expected)
{
    same(peak > -INFINITY ? peak : NAN, expected);
}

static void compare(genu_tally_kernel *add, genu_side side, int whole_stance)
{
    record *r = record_new(whole_stance);
    genu_tally *t = aligned_alloc(64, sizeof *t);
    double(*curve)[PLACES][FRAMES] = malloc(GENU_N_LOAD * sizeof *curve);
    genu_tally_begin(t, side);
    for (int s = 0; s < GENU_BLOCK; s++)
        genu_tally_plateau(t, s, &r->plateau[s], &r->about);
    for (int k = 0; k < FRAMES; k++) {
        add(t, PLACES, k, r->half[k], r->weight[k], r->contact[k][0], r->saturated[k]);
        for (int s = 0; s < PLACES; s++) {
            double value[GENU_N_LOAD];
            loads_of(r, side, k, s, value);
            for (int l = 0; l < GENU_N_LOAD; l++) {
                same(t->value[l][s], value[l]);
                curve[l][s][k] = t->value[l][s];
            }
        }
    }
    for (int l = 0; l < GENU_N_LOAD; l++)
        for (int s = 0; s < PLACES; s++) {
            genu_curve_summary c = genu_cycle_apply(&r->rule, curve[l][s]);
            same_peak(t->peak[0][l][s], c.peak);
            same_peak(t->peak[1][l][s], c.peak1);
            same_peak(t->peak[2][l][s], c.peak2);
            CHECK_NEAR(t->peak_frame[l][s], c.peak_frame, 0, 0);
            same(t->impulse[l][s], c.impulse);
            if (l == GENU_LOAD_KNEE)
                CHECK_NEAR(t->saturated[s], c.peak_frame < 0 ? 0 : c.peak_frame, 0, 0);
        }
    free(curve);
    free(t);
    free(r);
}

/* Every instruction set that this machine has. */
static void a_tally_is_what_single_curves_come_to(void)
{
    genu_tally_kernel *const add[GENU_N_SHARING_LEVEL] = {
        [GENU_SHARING_BASELINE] = genu_tally_add_baseline,
#ifdef __x86_64__
        [GENU_SHARING_V3] = genu_tally_add_v3,
        [GENU_SHARING_V4] = genu_tally_add_v4,
#endif
    };
    for (int level = GENU_SHARING_BASELINE; level < GENU_N_SHARING_LEVEL; level++) {
        genu_sharing_settings settings = genu_sharing_defaults();
        genu_sharing *w;
        genu_err err;
        settings.level = (genu_sharing_level)level;
        if (genu_sharing_new(&w, 1, 1, 1, &settings, &err) != GENU_OK)
            continue;
        genu_sharing_free(w);
        for (int side = 0; side < GENU_N_SIDE; side++)
            for (int whole = 0; whole < 2; whole++)
                compare(add[level], (genu_side)side, whole);
    }
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(a_tally_is_what_single_curves_come_to),
        CU_TEST_INFO_NULL,
    };
    return test_main("tally", tests, argc, argv);
}
