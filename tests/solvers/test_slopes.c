/* Derivatives of contact loads by strength against central differences of the whole solution. */
#include "solvers/slopes.h"
#include "tests/solvers/two_legs.h"

static genu_err err;

enum { N_FRAME = 5 };

typedef struct setup {
    genu_model *m;
    genu_frames *f;
    genu_plan *plan;
    genu_slopes *w;
    double *factor, *contact, *slope, *kink, *up, *down;
    size_t rows; /* of one frame */
} setup;

static void set_up(setup *x, const genu_share_settings *settings)
{
    genu_model *m = two_legs(0);
    genu_data *d = genu_data_new(m);
    genu_frames_settings frames = { .n_side = 2,
                                    .side = { GENU_RIGHT, GENU_LEFT },
                                    .plateau = genu_plateau_defaults() };
    *x = (setup){ .m = m };
    CHECK_OK(genu_frames_new(&x->f, m, N_FRAME, &frames, &err), err);
    for (int k = 0; k < N_FRAME; k++) {
        for (int i = LEGS_FIRST; i < m->n_coord; i++)
            x->f->q[k * m->n_coord + i] = 0.3 * sin(0.3 * k + i);
        memcpy(d->q, x->f->q + k * m->n_coord, (size_t)m->n_coord * sizeof *d->q);
        genu_skeleton_couple(m, d);
        genu_skeleton_position(m, d);
        memcpy(x->f->q + k * m->n_coord, d->q, (size_t)m->n_coord * sizeof *d->q);
        sp6 external[20] = { 0 };
        for (int s = 0; s < 2; s++) {
            const genu_leg *leg = &x->f->leg[s];
            v3 p = xform_point(d->X[leg->foot], (v3){ 0.1, -0.02, 0 });
            external[leg->foot] = sp6_force_at(p, (v3){ 0, s ? 200 : 500 + 30 * k, 0 });
        }
        CHECK_OK(genu_frames_compute(x->f, m, d, k, external, &err), err);
    }
    genu_data_free(d);
    CHECK_OK(genu_plan_new(&x->plan, x->f, m, settings, NULL, &err), err);
    CHECK_OK(genu_slopes_new(&x->w, x->plan, &err), err);
    x->rows = 2 * GENU_N_CONTACT;
    size_t n = (size_t)m->n_muscle;
    x->factor = calloc(n, sizeof(double));
    x->kink = calloc(2 * N_FRAME, sizeof(double));
    x->contact = calloc(N_FRAME * x->rows, sizeof(double));
    x->up = calloc(N_FRAME * x->rows * (n + 1), sizeof(double));
    x->down = calloc(N_FRAME * x->rows * (n + 1), sizeof(double));
    x->slope = calloc(N_FRAME * x->rows * n, sizeof(double));
    for (size_t i = 0; i < n; i++)
        x->factor[i] = 0.6 + 0.05 * (double)(i % 11);
}

static void tear_down(setup *x)
{
    genu_slopes_free(x->w);
    genu_plan_free(x->plan);
    genu_frames_free(x->f);
    genu_model_free(x->m);
    free(x->factor);
    free(x->kink);
    free(x->contact);
    free(x->up);
    free(x->down);
    free(x->slope);
}

/* Contacts of all frames into `to`, with the strength of one muscle moved by h. Returns the number of
 * frames at a kink. */
static int contacts_at(setup *x, int muscle, double h, double *to)
{
    double kept = x->factor[muscle];
    int n = 0;
    x->factor[muscle] = kept + h;
    genu_slopes_solve(x->plan, x->w, x->factor, to, to + N_FRAME * x->rows, x->kink);
    x->factor[muscle] = kept;
    for (int k = 0; k < N_FRAME; k++)
        n += x->kink[k] != 0;
    return n;
}

/* h^2 of the central difference is 1e-10, the solver's tolerance over h some 1e-8 of the load. */
static void check_against_differences(double power, int passive)
{
    setup x;
    genu_share_settings settings = genu_share_defaults();
    settings.power = power;
    settings.passive = passive;
    set_up(&x, &settings);
    const double h = 1e-5;
    int n = x.m->n_muscle, compared = 0;
    genu_slopes_solve(x.plan, x.w, x.factor, x.contact, x.slope, x.kink);
    for (int i = 0; i < n; i++) {
        int kinks = contacts_at(&x, i, h, x.up) + contacts_at(&x, i, -h, x.down);
        for (size_t row = 0; row < N_FRAME * x.rows && !kinks; row++, compared++) {
            double difference = (x.up[row] - x.down[row]) / (2 * h);
            CHECK_NEAR(x.slope[row * (size_t)n + (size_t)i], difference, 1e-6, 2e-4);
        }
    }
    CHECK_TRUE(compared > 1500);
    tear_down(&x);
}

static void squares_agree_with_differences(void)
{
    check_against_differences(2, 0);
    check_against_differences(2, 1);
}

static void cubes_agree_with_differences(void)
{
    check_against_differences(3, 0);
}

typedef struct compared {
    const setup *x;
    int n_frame;
} compared;

static void compare_contact(void *context, int k, const double *contact, const double *saturated)
{
    compared *c = context;
    (void)saturated;
    for (size_t r = 0; r < c->x->rows; r++) // two solvers, 1e-9 Nm each
        CHECK_NEAR(contact[r * GENU_BLOCK], c->x->contact[(size_t)k * c->x->rows + r], 1e-9, 1e-6);
    c->n_frame++;
}

/* The contact is that of the forces of genu_scenarios_solve. */
static void contacts_are_those_of_the_scenario(void)
{
    setup x;
    genu_share_settings settings = genu_share_defaults();
    set_up(&x, &settings);
    genu_worker *w;
    double unconverged;
    compared c = { &x, 0 };
    genu_scenario_out out = { .unconverged = &unconverged,
                              .frame = compare_contact,
                              .context = &c };
    CHECK_OK(genu_plan_solve_constant(x.plan, &err), err);
    CHECK_OK(genu_worker_new(&w, x.plan, &err), err);
    genu_slopes_solve(x.plan, x.w, x.factor, x.contact, x.slope, x.kink);
    genu_scenarios_solve(x.plan, w, 1, x.factor, &out);
    CHECK_INT(c.n_frame, N_FRAME);
    CHECK_NEAR(unconverged, 0, 0, 0);
    genu_worker_free(w);
    tear_down(&x);
}

/* Move one strength until a muscle just leaves its bound: there the two one-sided slopes differ, and
 * the frame is marked. */
static void kinks_are_marked(void)
{
    setup x;
    genu_share_settings settings = genu_share_defaults();
    set_up(&x, &settings);
    int n = x.m->n_muscle, found = 0;
    for (int i = 0; i < n && !found; i++)
        for (double s = 0.2; s < 1.5 && !found; s += 0.05) {
            double lo = s, hi = s + 0.05, slope_lo, slope_hi;
            size_t row = GENU_CONTACT_KNEE_FORCE + 1, at = row * (size_t)n + (size_t)i;
            double kept = x.factor[i];
            for (int it = 0; it < 60; it++) { // bisect a jump of the slope in frame 0
                double mid = (lo + hi) / 2, slope;
                x.factor[i] = lo;
                genu_slopes_solve(x.plan, x.w, x.factor, x.contact, x.slope, x.kink);
                slope_lo = x.slope[at];
                x.factor[i] = hi;
                genu_slopes_solve(x.plan, x.w, x.factor, x.contact, x.slope, x.kink);
                slope_hi = x.slope[at];
                x.factor[i] = mid;
                genu_slopes_solve(x.plan, x.w, x.factor, x.contact, x.slope, x.kink);
                slope = x.slope[at];
                if (fabs(slope - slope_lo) > fabs(slope_hi - slope))
                    hi = mid;
                else
                    lo = mid;
            }
            if (fabs(slope_hi - slope_lo) > 1e-2) {
                // named, and only on the side whose leg it is in
                int muscle = (int)x.kink[0] - 1;
                CHECK_TRUE(muscle >= 0 && genu_side_of(x.m->muscle[muscle].name) == GENU_RIGHT);
                CHECK_NEAR(x.kink[1], 0, 0, 0);
                found = 1;
            }
            x.factor[i] = kept;
        }
    CHECK_TRUE(found);
    tear_down(&x);
}

static void elastic_tendons_have_none(void)
{
    setup x;
    genu_share_settings settings = genu_share_defaults();
    set_up(&x, &settings);
    genu_plan *plan;
    genu_slopes *w;
    settings.passive = settings.elastic = 1;
    CHECK_OK(genu_plan_new(&plan, x.f, x.m, &settings, NULL, &err), err);
    CHECK_FAILS(genu_slopes_new(&w, plan, &err), GENU_E_RANGE, err, "are those of rigid tendons");
    genu_plan_free(plan);
    tear_down(&x);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(squares_agree_with_differences),     TEST(cubes_agree_with_differences),
        TEST(contacts_are_those_of_the_scenario), TEST(kinks_are_marked),
        TEST(elastic_tendons_have_none),          CU_TEST_INFO_NULL,
    };
    return test_main("slopes", tests, argc, argv);
}
