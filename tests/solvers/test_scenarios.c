/* Scenarios against the optimality conditions, against one sharing problem of the whole body, and
 * against themselves in other blocks, lanes and groups. */
#include "solvers/elastic.h"
#include "solvers/scenarios.h"
#include "tests/solvers/two_legs.h"

static genu_err err;

enum { N_FRAME = 7, N_SET = GENU_BLOCK };

typedef struct setup {
    genu_model *m;
    genu_frames *f;
    double *factor; /* N_SET x n_muscle; both legs vary, some muscles are lost */
} setup;

static void set_up_model(setup *x, genu_model *m, genu_mode mode, const int *locked)
{
    unsigned long long seed = 17;
    genu_frames_settings settings = { .mode = mode,
                                      .locked = locked,
                                      .n_side = 2,
                                      .side = { GENU_RIGHT, GENU_LEFT },
                                      .plateau = genu_plateau_defaults() };
    *x = (setup){ .m = m };
    genu_data *d = genu_data_new(m);
    CHECK_OK(genu_frames_new(&x->f, m, N_FRAME, &settings, &err), err);
    for (int k = 0; k < N_FRAME; k++) {
        size_t n = (size_t)m->n_coord, at = (size_t)k * n;
        for (int i = LEGS_FIRST; i < m->n_coord; i++) {
            d->q[i] = 0.3 * sin(0.3 * k + i);
            d->u[i] = 0.5 * cos(0.3 * k + i);
            d->a[i] = 0;
        }
        genu_skeleton_couple(m, d);
        genu_skeleton_position(m, d);
        memcpy(x->f->q + at, d->q, n * sizeof *d->q);
        memcpy(x->f->u + at, d->u, n * sizeof *d->u);
        memcpy(x->f->a + at, d->a, n * sizeof *d->a);
        sp6 external[20] = { 0 };
        for (int s = 0; s < 2; s++) {
            const genu_leg *leg = &x->f->leg[s];
            v3 p = xform_point(d->X[leg->foot], (v3){ 0.1, -0.02, 0 });
            external[leg->foot] = sp6_force_at(p, (v3){ 0, s ? 200 : 500 + 30 * k, 0 });
        }
        CHECK_OK(genu_frames_compute(x->f, m, d, k, external, &err), err);
    }
    x->factor = calloc((size_t)(N_SET * m->n_muscle), sizeof *x->factor);
    for (int i = 0; i < N_SET * m->n_muscle; i++)
        x->factor[i] = fmax(0, test_random(&seed, -0.2, 1.3));
    genu_data_free(d);
}

static void set_up(setup *x, int joined, genu_mode mode)
{
    set_up_model(x, two_legs(joined), mode, NULL);
}

static void tear_down(setup *x)
{
    genu_frames_free(x->f);
    genu_model_free(x->m);
    free(x->factor);
}

typedef struct answer {
    genu_scenario_out out;
    double *block;
} answer;

static answer answer_new(const setup *x, int n)
{
    answer r;
    size_t t = N_FRAME, s = (size_t)n, mus = (size_t)x->m->n_muscle, co = (size_t)x->m->n_coord;
    size_t size = s * t * (2 * mus + co + 3) + s;
    double *p = r.block = malloc(size * sizeof *p);
    for (size_t i = 0; i < size; i++)
        p[i] = -1e300; // nothing may be left as it was
    r.out.activation = p, p += s * t * mus;
    r.out.force = p, p += s * t * mus;
    r.out.reserve = p, p += s * t * co;
    r.out.residual = p, p += s * t;
    r.out.iterations = p, p += s * t;
    r.out.open = p, p += s * t;
    r.out.unconverged = p;
    for (size_t i = 0; i < size; i++)
        r.block[i] = -1e300;
    return r;
}

static answer solve(const setup *x, const genu_share_settings *settings, const int *changed, int n,
                    const double *factor)
{
    genu_plan *plan = NULL;
    genu_worker *w = NULL;
    answer r = answer_new(x, n);
    if (CHECK_OK(genu_plan_new(&plan, x->f, x->m, settings, changed, &err), err) &&
        CHECK_OK(genu_plan_solve_constant(plan, &err), err) &&
        CHECK_OK(genu_worker_new(&w, plan, &err), err))
        genu_scenarios_solve(plan, w, n, factor, &r.out);
    genu_worker_free(w);
    genu_plan_free(plan);
    return r;
}

static double act(const setup *x, const answer *r, int s, int i, int k)
{
    return r->out
        .activation[((size_t)s * (size_t)x->m->n_muscle + (size_t)i) * N_FRAME + (size_t)k];
}

static double force(const setup *x, const answer *r, int s, int i, int k)
{
    return r->out.force[((size_t)s * (size_t)x->m->n_muscle + (size_t)i) * N_FRAME + (size_t)k];
}

static double reserve(const setup *x, const answer *r, int s, int c, int k)
{
    return r->out.reserve[((size_t)s * (size_t)x->m->n_coord + (size_t)c) * N_FRAME + (size_t)k];
}

static double arm(const setup *x, int k, int i, int j)
{
    return x->f
        ->arm[((size_t)k * (size_t)x->m->n_muscle + (size_t)i) * (size_t)x->f->n_dof + (size_t)j];
}

/* Balance of every shared coordinate, and the sign of every activation's marginal cost. */
static void check_optimal(const setup *x, const genu_share_settings *set, const answer *r, int n)
{
    const genu_frames *f = x->f;
    int n_free = 0, n_low = 0, n_high = 0;
    for (int s = 0; s < n; s++)
        for (int k = 0; k < N_FRAME; k++) {
            double lambda[40];
            for (int j = 0; j < f->n_dof; j++) {
                double sum = reserve(x, r, s, f->dof[j], k);
                lambda[j] = isnan(sum) ? 0 : 2 * sum / (set->reserve * set->reserve);
                if (isnan(sum))
                    continue; // no muscle crosses it
                for (int i = 0; i < x->m->n_muscle; i++)
                    sum += arm(x, k, i, j) * force(x, r, s, i, k);
                CHECK_NEAR(sum, f->target[k * f->n_dof + j], 1e-9, 1e-8);
            }
            for (int i = 0; i < x->m->n_muscle; i++) {
                const genu_muscle *u = &x->m->muscle[i];
                double lo = isnan(set->minimum) ? u->min_control : set->minimum, use = 0;
                double a = act(x, r, s, i, k), strength = x->factor[s * x->m->n_muscle + i];
                size_t at = (size_t)(k * x->m->n_muscle + i);
                double passive = set->passive ? f->passive[at] : 0;
                CHECK_NEAR(force(x, r, s, i, k), strength * (a * f->active[at] + passive), 1e-14,
                           0);
                for (int j = 0; j < f->n_dof; j++)
                    use += lambda[j] * arm(x, k, i, j) * strength * f->active[at];
                double w = set->weight ? set->weight[i] : 1;
                double cost = w * set->power * pow(a, set->power - 1);
                CHECK_TRUE(a >= lo && a <= u->max_control);
                int low = a <= lo, high = a >= u->max_control;
                n_low += low, n_high += high, n_free += !low && !high;
                if (low)
                    CHECK_TRUE(use <= cost + 1e-6);
                else if (high)
                    CHECK_TRUE(use >= cost - 1e-6);
                else
                    CHECK_NEAR(use, cost, 1e-6, 1e-6); // lambda from a reserve good to 1e-9 Nm
            }
        }
    CHECK_TRUE(n_free > 100 && n_low > 100 && n_high > 0);
    for (int s = 0; s < n; s++)
        CHECK_NEAR(r->out.unconverged[s], 0, 0, 0);
}

static void solutions_are_optimal(void)
{
    double weight[20];
    for (int i = 0; i < 20; i++)
        weight[i] = 0.5 + 0.1 * i;
    genu_share_settings set[4];
    for (int i = 0; i < 4; i++)
        set[i] = genu_share_defaults();
    set[1].weight = weight;
    set[1].power = 3;
    set[2].passive = 1;
    set[2].minimum = 0.04;
    set[3].minimum = 0;
    set[3].reserve = 10;
    for (int i = 0; i < 4; i++)
        for (int joined = 0; joined < 2; joined++) {
            setup x;
            set_up(&x, joined, GENU_MODE_GENU);
            answer r = solve(&x, &set[i], NULL, N_SET, x.factor);
            check_optimal(&x, &set[i], &r, N_SET);
            free(r.block);
            tear_down(&x);
        }
}

/* All coordinates and muscles as one problem, by the scalar solver from a cold start. */
static void groups_are_one_problem_cut_in_pieces(void)
{
    for (int joined = 0; joined < 2; joined++) {
        setup x;
        set_up(&x, joined, GENU_MODE_GENU);
        genu_share_settings set = genu_share_defaults();
        set.passive = 1;
        int n = x.m->n_muscle, m = x.f->n_dof, on[40];
        double F[40], tau[40], lo[40], rho[40], a[40], y[40], lambda[40], worst = 0;
        answer r = solve(&x, &set, NULL, N_SET, x.factor);
        genu_sharing *w;
        CHECK_OK(genu_sharing_new(&w, n, m, m, NULL, &err), err);
        for (int j = 0; j < m; j++)
            on[j] = j, rho[j] = 1;
        for (int i = 0; i < n; i++)
            lo[i] = 0.01;
        for (int s = 0; s < N_SET; s++)
            for (int k = 0; k < N_FRAME; k++) {
                genu_sharing_frame frame = { .R = x.f->arm + (size_t)(k * n * m), .lo = lo };
                frame.reserve_on = on;
                frame.rho = rho;
                for (int j = 0; j < m; j++)
                    tau[j] = x.f->target[k * m + j];
                for (int i = 0; i < n; i++) {
                    double strength = x.factor[s * n + i];
                    F[i] = strength * x.f->active[k * n + i];
                    for (int j = 0; j < m; j++)
                        tau[j] -= strength * x.f->passive[k * n + i] * arm(&x, k, i, j);
                }
                CHECK_OK(genu_sharing_set(w, &frame, &err), err);
                CHECK_INT(genu_sharing_solve(w, F, tau, 0, a, y, lambda, NULL), GENU_OK);
                for (int i = 0; i < n; i++)
                    worst = fmax(worst, fabs(a[i] - act(&x, &r, s, i, k)));
                for (int j = 0; j < m; j++) {
                    double part = reserve(&x, &r, s, x.f->dof[j], k);
                    if (!isnan(part))
                        worst = fmax(worst, fabs(y[j] - part));
                    else
                        CHECK_TRUE(x.f->dof[j] < LEGS_FIRST); // the pelvis: no muscle crosses it
                }
            }
        CHECK_NEAR(worst, 0, 0, 1e-9); // the tolerance of a balance, Nm
        genu_sharing_free(w);
        free(r.block);
        tear_down(&x);
    }
}

static double difference(const setup *x, const answer *a, int s, const answer *b, int t)
{
    double worst = 0;
    for (int k = 0; k < N_FRAME; k++) {
        for (int i = 0; i < x->m->n_muscle; i++) {
            worst = fmax(worst, fabs(act(x, a, s, i, k) - act(x, b, t, i, k)));
            worst = fmax(worst, fabs(force(x, a, s, i, k) - force(x, b, t, i, k)));
        }
        for (int c = 0; c < x->m->n_coord; c++) {
            double p = reserve(x, a, s, c, k), q = reserve(x, b, t, c, k);
            CHECK_INT(isnan(p), isnan(q));
            worst = isnan(p) ? worst : fmax(worst, fabs(p - q));
        }
    }
    return worst;
}

/* Alone, in a full block, in a reversed one, in a short one: the same numbers, to what a residual of 1e-9 Nm
 * leaves open; the cubes near zero activation leave more. The same company: the same bits. */
static void company_changes_next_to_nothing(void)
{
    for (int power = 2; power < 4; power++) {
        setup x;
        set_up(&x, 1, GENU_MODE_GENU);
        genu_share_settings set = genu_share_defaults();
        set.power = power;
        size_t n = (size_t)x.m->n_muscle;
        double *turned = malloc(N_SET * n * sizeof *turned), worst = 0, same = 0;
        for (size_t s = 0; s < N_SET; s++)
            memcpy(turned + s * n, x.factor + (N_SET - 1 - s) * n, n * sizeof *turned);
        answer all = solve(&x, &set, NULL, N_SET, x.factor);
        answer again = solve(&x, &set, NULL, N_SET, x.factor);
        answer back = solve(&x, &set, NULL, N_SET, turned);
        answer some = solve(&x, &set, NULL, 11, x.factor);
        for (int s = 0; s < N_SET; s++) {
            answer one = solve(&x, &set, NULL, 1, x.factor + (size_t)s * n);
            same = fmax(same, difference(&x, &all, s, &again, s));
            worst = fmax(worst, difference(&x, &all, s, &one, 0));
            worst = fmax(worst, difference(&x, &all, s, &back, N_SET - 1 - s));
            if (s < 11)
                worst = fmax(worst, difference(&x, &all, s, &some, s));
            free(one.block);
        }
        CHECK_NEAR(same, 0, 0, 0);
        CHECK_NEAR(worst, 0, 0, power == 2 ? 1e-7 : 1e-5);
        free(all.block);
        free(again.block);
        free(back.block);
        free(some.block);
        free(turned);
        tear_down(&x);
    }
}

/* Every scenario has a place of its own, in whole eights. */
static void places_are_taken_once(void)
{
    for (int n = 1; n <= GENU_BLOCK; n++) {
        int taken[GENU_BLOCK] = { 0 };
        for (int s = 0; s < n; s++) {
            int place = genu_scenarios_place(n, s);
            CHECK_TRUE(place >= 0 && place < (n + 7) / 8 * 8);
            CHECK_INT(taken[place]++, 0);
        }
    }
}

/* Only a muscle of the right leg changes: the left leg is solved once, and as if it were not. */
static void unchanged_groups_are_solved_once(void)
{
    for (int joined = 0; joined < 2; joined++) {
        setup x;
        set_up(&x, joined, GENU_MODE_GENU);
        genu_share_settings set = genu_share_defaults();
        set.passive = 1;
        int changed[20] = { [GLMED] = 1 }, nothing[20] = { 0 };
        for (int i = 0; i < N_SET * x.m->n_muscle; i++)
            x.factor[i] = i % x.m->n_muscle == GLMED ? x.factor[i] : 1;
        answer once = solve(&x, &set, changed, N_SET, x.factor);
        answer each = solve(&x, &set, NULL, N_SET, x.factor);
        double worst = 0, spread = 0, *plain = malloc((size_t)x.m->n_muscle * sizeof *plain);
        for (int i = 0; i < x.m->n_muscle; i++)
            plain[i] = 1;
        for (int s = 0; s < N_SET; s++) {
            worst = fmax(worst, difference(&x, &once, s, &each, s));
            for (int k = 0; k < N_FRAME; k++)
                for (int i = LEGS_MUSCLES; i < 2 * LEGS_MUSCLES; i++)
                    spread = fmax(spread, fabs(act(&x, &once, s, i, k) - act(&x, &once, 0, i, k)));
        }
        CHECK_NEAR(worst, 0, 0, 1e-9); // the scalar solver here, lanes there: round-off
        if (joined)
            CHECK_TRUE(spread > 1e-4); // the muscle between the legs carries the change over
        else
            CHECK_NEAR(spread, 0, 0, 0);
        answer none = solve(&x, &set, nothing, 1, plain), cold = solve(&x, &set, NULL, 1, plain);
        CHECK_NEAR(difference(&x, &none, 0, &cold, 0), 0, 0, 1e-9);
        free(plain);
        free(none.block);
        free(cold.block);
        free(once.block);
        free(each.block);
        tear_down(&x);
    }
}

static void lost_muscle_rests(void)
{
    setup x;
    set_up(&x, 0, GENU_MODE_GENU);
    genu_share_settings set = genu_share_defaults();
    set.passive = 1;
    for (int i = 0; i < x.m->n_muscle; i++) {
        x.factor[i] = i == GLMED || i == VASTI ? 0 : 1;
        x.f->passive[i] += 10; // so that there is something to lose
    }
    answer r = solve(&x, &set, NULL, 1, x.factor);
    for (int k = 0; k < N_FRAME; k++) {
        CHECK_NEAR(force(&x, &r, 0, GLMED, k), 0, 0, 0);
        CHECK_NEAR(force(&x, &r, 0, VASTI, k), 0, 0, 0);
        CHECK_NEAR(act(&x, &r, 0, GLMED, k), 0.01, 0, 0);
        CHECK_NEAR(act(&x, &r, 0, VASTI, k), 0.01, 0, 0);
    }
    free(r.block);
    tear_down(&x);
}

/* The ankles locked: what crosses nothing else costs least at its lower bound, and pulls there. */
static void muscle_without_a_coordinate_is_at_its_lower_bound(void)
{
    for (int constant = 0; constant < 2; constant++) {
        setup x;
        int locked[40] = { 0 }, none[20] = { 0 };
        for (int s = 0; s < 2; s++)
            locked[LEGS_FIRST + s * LEGS_PER_SIDE + LEGS_ANKLE] = 1;
        set_up_model(&x, two_legs(0), GENU_MODE_GENU, locked);
        genu_share_settings set = genu_share_defaults();
        set.passive = 1;
        x.factor[SOLEUS] = constant ? 1 : 0.5;
        answer r = solve(&x, &set, constant ? none : NULL, 1, x.factor);
        for (int k = 0; k < N_FRAME; k++) {
            size_t at = (size_t)(k * x.m->n_muscle + SOLEUS);
            CHECK_NEAR(act(&x, &r, 0, SOLEUS, k), 0.01, 0, 0);
            CHECK_NEAR(force(&x, &r, 0, SOLEUS, k),
                       x.factor[SOLEUS] * (0.01 * x.f->active[at] + x.f->passive[at]), 1e-14, 0);
        }
        free(r.block);
        tear_down(&x);
    }
}

/* Every coordinate has a reserve in mode opensim, and the model's actuators beside it. */
static void actuators_stand_beside_reserves(void)
{
    setup x;
    set_up(&x, 0, GENU_MODE_OPENSIM);
    x.m->actuator = calloc(1, sizeof *x.m->actuator);
    x.m->actuator[0] =
        (genu_actuator){ genu_strdup("lift"), 1, -100, -INFINITY, INFINITY }; // of ty
    x.m->n_actuator = 1;
    genu_share_settings set = genu_share_defaults();
    answer r = solve(&x, &set, NULL, 1, x.factor);
    for (int k = 0; k < N_FRAME; k++) {
        CHECK_NEAR(reserve(&x, &r, 0, 1, k), x.f->target[k * x.f->n_dof + 1], 1e-12, 1e-9);
        CHECK_NEAR(reserve(&x, &r, 0, LEGS_TILT, k), x.f->target[k * x.f->n_dof + LEGS_TILT], 1e-12,
                   1e-9);
    }
    free(r.block);
    tear_down(&x);
}

static void settings_are_checked(void)
{
    setup x;
    set_up(&x, 0, GENU_MODE_GENU);
    genu_plan *plan;
    genu_share_settings s = genu_share_defaults();
    double weight[20] = { 1, 1, 0 };
    s.power = 1.5;
    CHECK_FAILS(genu_plan_new(&plan, x.f, x.m, &s, NULL, &err), GENU_E_RANGE, err, "power is 1.5");
    s = genu_share_defaults(), s.reserve = 0;
    CHECK_FAILS(genu_plan_new(&plan, x.f, x.m, &s, NULL, &err), GENU_E_RANGE, err, "reserve is 0");
    s = genu_share_defaults(), s.minimum = 1;
    CHECK_FAILS(genu_plan_new(&plan, x.f, x.m, &s, NULL, &err), GENU_E_RANGE, err, "minimum");
    s = genu_share_defaults(), s.weight = weight;
    CHECK_FAILS(genu_plan_new(&plan, x.f, x.m, &s, NULL, &err), GENU_E_RANGE, err, "weight");
    // what the sharing would refuse in every frame is refused once, with its name
    s = genu_share_defaults(), s.minimum = 0.5, x.m->muscle[HAMS].max_control = 0.4;
    CHECK_FAILS(genu_plan_new(&plan, x.f, x.m, &s, NULL, &err), GENU_E_RANGE, err, "'hams_r'");
    s = genu_share_defaults(), x.m->muscle[HAMS].max_control = INFINITY;
    CHECK_FAILS(genu_plan_new(&plan, x.f, x.m, &s, NULL, &err), GENU_E_RANGE, err, "'hams_r'");
    CHECK_TRUE(plan == NULL);
    tear_down(&x);
}

/* A moment that is not a number: no numbers come out, and the frame counts as not converged. An arm that
 * is none makes no problem. */
static void a_frame_without_an_answer_is_missing(void)
{
    setup x;
    set_up(&x, 0, GENU_MODE_GENU);
    genu_share_settings set = genu_share_defaults();
    x.f->target[2 * x.f->n_dof + 4] = NAN; // right hip, frame 2
    answer r = solve(&x, &set, NULL, 3, x.factor);
    for (int s = 0; s < 3; s++) {
        CHECK_NEAR(r.out.unconverged[s], 1, 0, 0);
        CHECK_TRUE(isnan(act(&x, &r, s, GLMED, 2)) && isnan(force(&x, &r, s, GLMED, 2)));
        CHECK_TRUE(isnan(r.out.residual[s * N_FRAME + 2]));
        CHECK_TRUE(isfinite(act(&x, &r, s, GLMED, 3)) && isfinite(act(&x, &r, s, 8 + GLMED, 2)));
    }
    free(r.block);
    x.f->target[2 * x.f->n_dof + 4] = 0;
    x.f->arm[(size_t)(5 * x.m->n_muscle + GLMED) * (size_t)x.f->n_dof + 4] = NAN;
    genu_plan *plan;
    CHECK_FAILS(genu_plan_new(&plan, x.f, x.m, &set, NULL, &err), GENU_E_RANGE, err,
                "frame 5: sharing: 'moment arm' of number");
    tear_down(&x);
}

static void solving_never_allocates(void)
{
    setup x;
    set_up(&x, 1, GENU_MODE_GENU);
    genu_share_settings set = genu_share_defaults();
    genu_plan *plan;
    genu_worker *w;
    answer r = answer_new(&x, N_SET);
    CHECK_OK(genu_plan_new(&plan, x.f, x.m, &set, NULL, &err), err);
    CHECK_OK(genu_plan_solve_constant(plan, &err), err);
    CHECK_OK(genu_worker_new(&w, plan, &err), err);
    long before = test_allocations();
    for (int i = 0; i < 5; i++)
        genu_scenarios_solve(plan, w, N_SET, x.factor, &r.out);
    CHECK_INT(test_allocations(), before);
    genu_worker_free(w);
    genu_plan_free(plan);
    free(r.block);
    tear_down(&x);
}

/* ------------------------------------------------------------------ elastic tendons */

static double elastic(const setup *x, int i, int k, double a)
{
    size_t at = (size_t)k * (size_t)x->m->n_muscle + (size_t)i;
    double force;
    CHECK_INT(
        genu_elastic_force(&x->m->muscle[i].hill, a, x->f->length[at], x->f->speed[at], &force),
        GENU_OK);
    return force;
}

/* Force, balance and optimality of one scenario in frame k. */
static void check_elastic(const setup *x, const answer *r, int s, int k, int *n_inner)
{
    int n = x->m->n_muscle, m = x->f->n_dof, *dof = x->f->dof;
    const double *arm = x->f->arm + (ptrdiff_t)k * n * m, h = 3e-5;
    for (int i = 0; i < n; i++) {
        const genu_muscle *muscle = &x->m->muscle[i];
        double a = act(x, r, s, i, k), factor = x->factor[s * n + i], use = 0;
        CHECK_NEAR(force(x, r, s, i, k), factor * elastic(x, i, k, a), 0,
                   1.01e-7 * muscle->hill.f_max * fmax(factor, 1)); // what is promised
        if (!(a > muscle->min_control && a < muscle->max_control - h))
            continue;
        double slope = (elastic(x, i, k, a + h) - elastic(x, i, k, a - h)) / (2 * h);
        for (int j = 0; j < m; j++)
            if (!isnan(reserve(x, r, s, dof[j], k)))
                use += arm[i * m + j] * reserve(x, r, s, dof[j], k);
        CHECK_NEAR(a, factor * slope * use, 2e-4,
                   1e-6); // 2 a = F'(a) R lambda, and a reserve is lambda / 2; slopes of two steps
        ++*n_inner;
    }
    for (int j = 0; j < m; j++) {
        double moment = reserve(x, r, s, dof[j], k);
        for (int i = 0; i < n; i++)
            moment += arm[i * m + j] * force(x, r, s, i, k);
        if (!isnan(moment))
            CHECK_NEAR(moment, x->f->target[k * m + j], 0, 1e-6);
    }
}

static void elastic_tendons_are_in_equilibrium(void)
{
    setup x;
    int n_inner = 0;
    genu_share_settings settings = genu_share_defaults();
    settings.passive = settings.elastic = 1;
    set_up(&x, 0, GENU_MODE_GENU);
    answer r = solve(&x, &settings, NULL, 11, x.factor); // a whole octet and a part
    for (int s = 0; s < 11; s++) {
        CHECK_NEAR(r.out.unconverged[s], 0, 0, 0);
        for (int k = 0; k < N_FRAME; k++)
            check_elastic(&x, &r, s, k, &n_inner);
    }
    CHECK_TRUE(n_inner > 300);
    answer alone =
        solve(&x, &settings, NULL, 1, x.factor + 4 * x.m->n_muscle); // company changes nothing
    for (int k = 0; k < N_FRAME; k++)
        for (int i = 0; i < x.m->n_muscle; i++)
            CHECK_NEAR(act(&x, &alone, 0, i, k), act(&x, &r, 4, i, k), 0, 0);
    free(alone.block);
    free(r.block);
    settings.passive = 0;
    genu_plan *plan;
    CHECK_FAILS(genu_plan_new(&plan, x.f, x.m, &settings, NULL, &err), GENU_E_RANGE, err,
                "passive must be on with them");
    tear_down(&x);
}

/* A tendon that hardly stretches is a rigid one, where the fibre stands still. */
static void stiff_tendons_are_rigid(void)
{
    genu_hill h = genu_hill_defaults(GENU_HILL_MILLARD);
    h.f_max = 1000;
    h.l_opt = 0.1;
    h.l_slack = 0.2;
    h.pennation = 0.2;
    for (int i = 0; i < 3; i++) {
        genu_hill_state rigid;
        double force, strain = i == 0 ? 0.049 : i == 1 ? 0.0049 : 0.0015;
        genu_hill stiff = h;
        stiff.millard.tendon_strain_one = strain;
        CHECK_OK(genu_hill_prepare(&stiff, &err), err);
        genu_hill_rigid(&stiff, GENU_MODE_GENU, 0.29, 0, &rigid);
        CHECK_INT(genu_elastic_force(&stiff, 0.5, 0.29, 0, &force), GENU_OK);
        // the fibre shortens by what the tendon stretches, at most strain 0.2 m = 2 strain l_opt
        CHECK_NEAR(force, 0.5 * rigid.active + rigid.passive, 4 * strain, 0);
    }
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(solutions_are_optimal),
        TEST(groups_are_one_problem_cut_in_pieces),
        TEST(company_changes_next_to_nothing),
        TEST(places_are_taken_once),
        TEST(unchanged_groups_are_solved_once),
        TEST(lost_muscle_rests),
        TEST(muscle_without_a_coordinate_is_at_its_lower_bound),
        TEST(actuators_stand_beside_reserves),
        TEST(settings_are_checked),
        TEST(a_frame_without_an_answer_is_missing),
        TEST(solving_never_allocates),
        TEST(elastic_tendons_are_in_equilibrium),
        TEST(stiff_tendons_are_rigid),
        CU_TEST_INFO_NULL,
    };
    return test_main("scenarios", tests, argc, argv);
}
