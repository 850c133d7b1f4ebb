#include "sim/sweep_block.h"

#include "sim/catalogue.h"
#include "sim/sweep.h"

#include <stdlib.h>
#include <string.h>

const char *const sweep_load_names[GENU_N_LOAD] = {
    "knee_force",           "knee_compression",    "knee_medial_force",
    "knee_lateral_force",   "knee_frontal_moment", "knee_soft_tissue_moment",
    "patellofemoral_force", "hip_force",           "ankle_force",
};
const char *const sweep_sum_suffix[SWEEP_N_SUM] = { "_peak", "_peak1", "_peak2", "_peak_time",
                                                    "_impulse" };

const genu_load sweep_slope_load[SWEEP_N_SLOPE] = { GENU_LOAD_KNEE,    GENU_LOAD_MEDIAL,
                                                    GENU_LOAD_LATERAL, GENU_LOAD_PATELLA,
                                                    GENU_LOAD_HIP,     GENU_LOAD_ANKLE };
const char *const sweep_slope_suffix[SWEEP_N_SLOPE_SUM] = { "_peak_slope", "_peak1_slope",
                                                            "_peak2_slope", "_impulse_slope" };

static void layout_slopes(sweep_block *b, const genu_trial *t, genu_arena *a)
{
    size_t n = GENU_BLOCK, frames = (size_t)t->n_frame, sides = (size_t)t->n_side;
    size_t muscles = (size_t)t->model->n_muscle;
    for (int l = 0; l < SWEEP_N_SLOPE; l++) {
        b->slope[l] = genu_take_double(a, n * sides * muscles * frames);
        for (int s = 0; s < SWEEP_N_SLOPE_SUM; s++)
            b->slope_sum[l][s] = genu_take_double(a, n * sides * muscles);
    }
    b->kink = genu_take_double(a, n * sides * frames);
    for (int l = 0; l < SWEEP_N_SLOPE; l++)
        for (int k = 0; k < 3; k++)
            b->peak_kink[l][k] = genu_take_double(a, n * sides);
    b->frame_contact = genu_take_double(a, frames * sides * GENU_N_CONTACT);
    b->frame_slope = genu_take_double(a, frames * sides * GENU_N_CONTACT * muscles);
    b->frame_kink = genu_take_double(a, frames * sides);
}

static void layout(sweep_block *b, const genu_trial *t, genu_arena *a)
{
    size_t n = GENU_BLOCK, frames = (size_t)t->n_frame, sides = (size_t)t->n_side;
    size_t muscles = (size_t)t->model->n_muscle, coords = (size_t)t->model->n_coord;
    size_t parameters = (size_t)genu_study_n_parameter(t->study);
    b->factor = genu_take_double(a, n * muscles);
    b->value = genu_take_double(a, n * parameters);
    b->body_weight = genu_take_double(a, n);
    int whole = t->study->output & GENU_OUTPUT_MUSCLES || t->study->reactions.n;
    b->out.activation = whole ? genu_take_double(a, n * muscles * frames) : NULL;
    b->out.force = whole ? genu_take_double(a, n * muscles * frames) : NULL;
    b->tally = genu_take(a, sides, sizeof *b->tally);
    int curves = t->study->output & (GENU_OUTPUT_CURVES | GENU_OUTPUT_SLOPES);
    b->largest = genu_take_double(a, (size_t)t->frames->n_dof);
    for (int side = 0; side < t->n_side; side++) {
        b->rule[side].weight = genu_take_double(a, frames);
        b->rule[side].half = genu_take_int(a, frames);
    }
    b->out.most = genu_take_double(a, n * coords);
    if (t->study->output & GENU_OUTPUT_MUSCLES)
        b->out.reserve = genu_take_double(a, n * coords * frames);
    if (t->study->output & GENU_OUTPUT_CURVES) {
        b->out.residual = genu_take_double(a, n * frames);
        b->out.iterations = genu_take_double(a, n * frames);
        b->out.open = genu_take_double(a, n * frames);
    }
    b->out.unconverged = genu_take_double(a, n);
    for (int l = 0; l < GENU_N_LOAD; l++) {
        b->curve[l] = curves ? genu_take_double(a, n * sides * frames) : NULL;
        for (int s = 0; s < SWEEP_N_SUM; s++)
            b->sum[l][s] = genu_take_double(a, n * sides);
    }
    b->medial_share = genu_take_double(a, n * sides);
    b->reserve_share = genu_take_double(a, n * sides);
    b->saturated = genu_take_double(a, n * sides);
    b->status = genu_take_double(a, n * sides);
    b->reaction_force = genu_take_double(a, n * (size_t)t->study->reactions.n * 3 * frames);
    b->reaction_moment = genu_take_double(a, n * (size_t)t->study->reactions.n * 3 * frames);
    b->scratch = genu_take_double(a, muscles);
    if (t->study->output & GENU_OUTPUT_SLOPES)
        layout_slopes(b, t, a);
}

genu_status sweep_block_new(sweep_block **out, const genu_trial *t, genu_err *err)
{
    sweep_block count = { 0 };
    genu_arena a = { 0 };
    genu_take(&a, 1, sizeof count);
    layout(&count, t, &a);
    char *block = genu_block(a.used);
    *out = NULL;
    if (!block)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for a block of scenarios");
    a = (genu_arena){ block, 0 };
    sweep_block *b = genu_take(&a, 1, sizeof *b);
    layout(b, t, &a);
    genu_status s = sweep_block_use(b, t, err);
    if (s != GENU_OK)
        sweep_block_free(b);
    else
        *out = b;
    return s;
}

static void drop_trial(sweep_block *b)
{
    genu_slopes_free(b->slopes);
    genu_worker_free(b->worker);
    b->slopes = NULL;
    b->worker = NULL;
    b->trial = NULL;
}

void sweep_block_free(sweep_block *b)
{
    if (b)
        drop_trial(b);
    free(b);
}

genu_status sweep_block_use(sweep_block *b, const genu_trial *t, genu_err *err)
{
    const genu_frames *f = t->frames;
    drop_trial(b);
    for (int side = 0; side < t->n_side; side++)
        b->rule[side] = genu_cycle_rule_make(&t->cycle[side], t->n_frame, t->time,
                                             b->rule[side].weight, b->rule[side].half);
    memset(b->largest, 0, (size_t)f->n_dof * sizeof *b->largest);
    for (int j = 0; j < f->n_dof; j++)
        for (int k = 0; k < f->n_frame; k++)
            b->largest[j] = fmax(b->largest[j], fabs(f->target[k * f->n_dof + j]));
    genu_status s = genu_worker_new(&b->worker, t->plan, err);
    if (s == GENU_OK && t->study->output & GENU_OUTPUT_SLOPES)
        s = genu_slopes_new(&b->slopes, t->plan, err);
    if (s != GENU_OK)
        drop_trial(b);
    else
        b->trial = t;
    return s;
}

static double length3(const double *c)
{
    return sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2]);
}

/* From the centre of plateau p to that of the trial's own, which the frames' moment is about. */
static v3 arm_of(const genu_trial *t, const genu_plateau *p, int side)
{
    return v3_sub(genu_plateau_center(&t->frames->settings.plateau, t->side[side]),
                  genu_plateau_center(p, t->side[side]));
}

/* How contact c loads the compartments on plateau p. */
static genu_compartments share(const genu_trial *t, const genu_plateau *p, int side,
                               const double *c)
{
    v3 force = v3_of(c + GENU_CONTACT_KNEE_FORCE), moment = v3_of(c + GENU_CONTACT_KNEE_MOMENT);
    v3 arm = arm_of(t, p, side);
    return genu_plateau_share(p, t->side[side], force, v3_add(moment, v3_cross(arm, force)));
}

/* Frame k of the scenarios that are solved now. */
static void take_frame(void *block, int k, const double *contact, const double *saturated)
{
    sweep_block *b = block;
    const genu_trial *t = b->trial;
    int n = b->n_solved, lanes = GENU_SHARING_LANES, n_place = (n + lanes - 1) / lanes * lanes;
    for (int side = 0; side < t->n_side; side++) {
        genu_tally *tally = &b->tally[side];
        genu_tally_add(t->plan)(tally, n_place, k, b->rule[side].half[k], b->rule[side].weight[k],
                                contact + side * GENU_N_CONTACT * GENU_BLOCK,
                                saturated + side * GENU_BLOCK);
        for (int l = 0; l < GENU_N_LOAD && b->curve[l]; l++)
            for (int s = 0; s < n; s++)
                b->curve[l][(size_t)((b->at + s) * t->n_side + side) * (size_t)t->n_frame +
                            (size_t)k] = tally->value[l][genu_scenarios_place(n, s)];
    }
}

/* Ready for n scenarios from place `at` of the block on. */
static void begin_tally(sweep_block *b, const genu_trial *t, int at, int n)
{
    b->at = at;
    b->n_solved = n;
    b->out.frame = take_frame;
    b->out.context = b;
    for (int side = 0; side < t->n_side; side++) {
        genu_tally_begin(&b->tally[side], t->side[side]);
        for (int s = 0; s < GENU_BLOCK; s++) // those without a scenario have the first one's
            genu_tally_plateau(&b->tally[side], s, &b->plateau[at], &t->frames->settings.plateau);
        for (int s = 0; s < n; s++)
            genu_tally_plateau(&b->tally[side], genu_scenarios_place(n, s), &b->plateau[at + s],
                               &t->frames->settings.plateau);
    }
}

/* Joint reactions of scenario s. */
static void reactions(sweep_block *b, const genu_trial *t, int s)
{
    size_t frames = (size_t)t->n_frame, muscles = (size_t)t->model->n_muscle;
    int n_joint = t->study->reactions.n;
    for (int k = 0; k < t->n_frame && n_joint; k++) {
        for (size_t i = 0; i < muscles; i++)
            b->scratch[i] = b->out.force[((size_t)s * muscles + i) * frames + (size_t)k];
        for (int j = 0; j < n_joint; j++) {
            double r[6];
            genu_frames_reaction(t->frames, k, j, b->scratch, r);
            for (int axis = 0; axis < 3; axis++) {
                size_t at = (size_t)((s * n_joint + j) * 3 + axis) * frames + (size_t)k;
                b->reaction_force[at] = r[axis];
                b->reaction_moment[at] = r[3 + axis];
            }
        }
    }
}

/* Largest |reserve| over largest |moment| of one joint. */
static double joint_share(const sweep_block *b, const genu_trial *t, int s, int body)
{
    const genu_frames *f = t->frames;
    double reserve = 0, moment = 0;
    for (int j = 0; j < f->n_dof; j++) {
        int c = f->dof[j];
        if (t->model->coord[c].body != body || !genu_plan_shares(t->plan, c))
            continue;
        reserve = fmax(reserve, b->out.most[s * f->n_coord + c]);
        moment = fmax(moment, b->largest[j]);
    }
    return moment > 0 ? reserve / moment : 0;
}

/* The worst of hip, knee and ankle; the small joints of the foot carry moments near zero. */
static double reserve_share(const sweep_block *b, const genu_trial *t, int s, int side)
{
    const genu_leg *leg = &t->frames->leg[side];
    return fmax(joint_share(b, t, s, leg->femur),
                fmax(joint_share(b, t, s, leg->tibia), joint_share(b, t, s, leg->talus)));
}

static double or_nan(double peak)
{
    return peak > -INFINITY ? peak : NAN;
}

/* Summaries of the scenario at place s of the block, in this place of the tally. */
static void summarise(sweep_block *b, const genu_trial *t, int s, int place)
{
    int weak = 0;
    for (int side = 0; side < t->n_side; side++) {
        const genu_tally *tally = &b->tally[side];
        size_t at = (size_t)(s * t->n_side + side);
        for (int l = 0; l < GENU_N_LOAD; l++) {
            int frame = (int)tally->peak_frame[l][place];
            const double list[SWEEP_N_SUM] = { or_nan(tally->peak[0][l][place]),
                                               or_nan(tally->peak[1][l][place]),
                                               or_nan(tally->peak[2][l][place]),
                                               frame < 0 ? NAN : t->time[frame],
                                               tally->impulse[l][place] };
            for (int k = 0; k < SWEEP_N_SUM; k++)
                b->sum[l][k][at] = list[k];
        }
        double medial = b->sum[GENU_LOAD_MEDIAL][4][at];
        double both = medial + b->sum[GENU_LOAD_LATERAL][4][at];
        b->medial_share[at] = both > 0 ? medial / both : NAN;
        b->reserve_share[at] = reserve_share(b, t, s, side);
        b->saturated[at] = tally->saturated[place];
        int outcome =
            b->reserve_share[at] > GENU_WEAK_SHARE ? GENU_OUTCOME_WEAK : GENU_OUTCOME_SOLVED;
        weak |= outcome == GENU_OUTCOME_WEAK;
        b->status[at] = b->out.unconverged[s] > 0 ? GENU_OUTCOME_UNCONVERGED : outcome;
    }
    b->n_weak += weak && !(b->out.unconverged[s] > 0);
    b->n_unconverged += b->out.unconverged[s] > 0;
}

/* ------------------------------------------------------------------ derivatives by strength */

/* A load is at a kink where so large a change of some strength factor brings it there: a compartment
 * lifts off or touches down, or the peak moves to another frame. */
static const double NEAR = 1e-4;

static double along(const double *c, const double *d, size_t stride)
{
    double size = length3(c), sum = 0;
    for (size_t axis = 0; axis < 3; axis++)
        sum += c[axis] * d[axis * stride];
    return size > 0 ? sum / size : 0;
}

/* Derivatives of the loads from contact c and its derivatives d (rows stride apart). */
static void slopes_of(const genu_trial *t, const genu_plateau *p, int side, const double *c,
                      const double *d, size_t stride, double out[SWEEP_N_SLOPE])
{
    genu_compartments knee = share(t, p, side, c);
    double sign = t->side[side] == GENU_RIGHT ? 1 : -1;
    v3 arm = arm_of(t, p, side);
    double dN = -d[(GENU_CONTACT_KNEE_FORCE + 1) * stride];
    double dM = sign * (d[GENU_CONTACT_KNEE_MOMENT * stride] + arm.z * dN +
                        arm.y * d[(GENU_CONTACT_KNEE_FORCE + 2) * stride]);
    double both = knee.medial + knee.lateral;
    double lateral = both <= 0           ? 0
                     : knee.lateral <= 0 ? 0
                     : knee.medial <= 0  ? dN
                                         : 0.5 * (dN + dM / (0.5 * p->spacing));
    out[0] = along(c + GENU_CONTACT_KNEE_FORCE, d + GENU_CONTACT_KNEE_FORCE * stride, stride);
    out[1] = both <= 0 ? 0 : dN - lateral;
    out[2] = lateral;
    out[3] = along(c + GENU_CONTACT_PATELLA, d + GENU_CONTACT_PATELLA * stride, stride);
    out[4] = along(c + GENU_CONTACT_HIP, d + GENU_CONTACT_HIP * stride, stride);
    out[5] = along(c + GENU_CONTACT_ANKLE, d + GENU_CONTACT_ANKLE * stride, stride);
}

/* Would a small change of some strength lift a compartment off, or let it touch down? Both press with half of
 * the compression, more or less the frontal moment over the spacing. */
static int touches(const genu_trial *t, const genu_plateau *p, int side, const double *c,
                   const double *d, size_t n)
{
    genu_compartments knee = share(t, p, side, c);
    double sign = t->side[side] == GENU_RIGHT ? 1 : -1, most[2] = { 0 };
    v3 arm = arm_of(t, p, side);
    for (size_t i = 0; i < n; i++) {
        double dN = -d[(GENU_CONTACT_KNEE_FORCE + 1) * n + i];
        double dM = sign * (d[GENU_CONTACT_KNEE_MOMENT * n + i] + arm.z * dN +
                            arm.y * d[(GENU_CONTACT_KNEE_FORCE + 2) * n + i]);
        most[0] = fmax(most[0], fabs(0.5 * dN - dM / p->spacing));
        most[1] = fmax(most[1], fabs(0.5 * dN + dM / p->spacing));
    }
    double tilt = knee.frontal_moment / p->spacing;
    return fabs(0.5 * knee.compression - tilt) <= NEAR * most[0] ||
           fabs(0.5 * knee.compression + tilt) <= NEAR * most[1];
}

/* Curves of the derivatives of scenario s. */
static void slope_curves(sweep_block *b, const genu_trial *t, int s, int side)
{
    size_t n = (size_t)t->model->n_muscle, frames = (size_t)t->n_frame;
    size_t first = (size_t)(s * t->n_side + side);
    for (int k = 0; k < t->n_frame; k++) {
        size_t row = (size_t)(k * t->n_side + side) * GENU_N_CONTACT;
        const double *c = b->frame_contact + row, *d = b->frame_slope + row * n;
        double kink = b->frame_kink[k * t->n_side + side];
        b->kink[first * frames + (size_t)k] =
            kink == 0 && touches(t, &b->plateau[s], side, c, d, n) ? GENU_KINK_COMPARTMENT : kink;
        for (size_t i = 0; i < n; i++) {
            double value[SWEEP_N_SLOPE];
            slopes_of(t, &b->plateau[s], side, c, d + i, n, value);
            for (int l = 0; l < SWEEP_N_SLOPE; l++)
                b->slope[l][(first * n + i) * frames + (size_t)k] = value[l];
        }
    }
}

/* Would a small change of some strength make the curve larger in another frame than in its peak's? The
 * frames next to it are the same peak. half: which part of stance counts, 0: all frames. */
static int is_tied(const sweep_block *b, const genu_trial *t, int side, size_t first, int l, int at,
                   int half)
{
    size_t n = (size_t)t->model->n_muscle, frames = (size_t)t->n_frame;
    const double *curve = b->curve[sweep_slope_load[l]] + first * frames;
    for (int k = 0; k < t->n_frame; k++) {
        double gap = curve[at] - curve[k], most = 0;
        if (abs(k - at) <= 1 || (half && !(b->rule[side].half[k] & half)))
            continue;
        for (size_t i = 0; i < n; i++) {
            const double *slope = b->slope[l] + (first * n + i) * frames;
            most = fmax(most, fabs(slope[k] - slope[at]));
        }
        if (gap <= NEAR * most)
            return 1;
    }
    return 0;
}

/* The derivative of a largest value is that of the curve at its frame; an impulse is a sum. */
static void sum_slopes(sweep_block *b, const genu_trial *t, int s, int side, int l)
{
    size_t n = (size_t)t->model->n_muscle, frames = (size_t)t->n_frame;
    size_t first = (size_t)(s * t->n_side + side);
    genu_curve_summary c =
        genu_cycle_apply(&b->rule[side], b->curve[sweep_slope_load[l]] + first * frames);
    const int at[] = { c.peak_frame, c.peak1_frame, c.peak2_frame };
    for (int k = 0; k < 3; k++) {
        double *kink = &b->peak_kink[l][k][first];
        *kink = at[k] < 0 ? NAN : b->kink[first * frames + (size_t)at[k]];
        if (*kink == 0 && is_tied(b, t, side, first, l, at[k], k))
            *kink = GENU_KINK_TIE;
    }
    for (size_t i = 0; i < n; i++) {
        const double *curve = b->slope[l] + (first * n + i) * frames;
        for (int k = 0; k < 3; k++)
            b->slope_sum[l][k][first * n + i] = at[k] < 0 ? NAN : curve[at[k]];
        b->slope_sum[l][3][first * n + i] = genu_cycle_apply(&b->rule[side], curve).impulse;
    }
}

static void slopes(sweep_block *b, const genu_trial *t, int s)
{
    genu_slopes_solve(t->plan, b->slopes, b->factor + (size_t)s * (size_t)t->model->n_muscle,
                      b->frame_contact, b->frame_slope, b->frame_kink);
    for (int side = 0; side < t->n_side; side++) {
        slope_curves(b, t, s, side);
        for (int l = 0; l < SWEEP_N_SLOPE; l++)
            sum_slopes(b, t, s, side, l);
    }
}

void sweep_block_begin(sweep_block *b, const genu_study *study, int first, int n)
{
    double value[GENU_PARAMETER_MAX];
    b->first = first;
    b->n = n;
    b->n_weak = b->n_unconverged = b->n_failed = 0;
    for (int s = 0; s < n; s++) {
        genu_study_values(study, first + s, value);
        b->plateau[s] = genu_study_plateau(study, value);
        for (int i = 0; i < genu_study_n_parameter(study); i++)
            b->value[i * GENU_BLOCK + s] = value[i];
    }
}

/* The arrays of a scenario each, from place `at` on; the others belong to the solver's lanes. */
static genu_scenario_out out_at(const sweep_block *b, const genu_trial *t, int at)
{
    size_t s = (size_t)at, frames = (size_t)t->n_frame;
    size_t muscles = (size_t)t->model->n_muscle, coords = (size_t)t->model->n_coord;
    genu_scenario_out out = b->out;
    if (out.activation) {
        out.activation += s * muscles * frames;
        out.force += s * muscles * frames;
    }
    out.most += s * coords;
    if (out.reserve)
        out.reserve += s * coords * frames;
    if (out.residual) {
        out.residual += s * frames;
        out.iterations += s * frames;
        out.open += s * frames;
    }
    out.unconverged += s;
    return out;
}

void sweep_block_solve(sweep_block *b, int at, int n)
{
    const genu_trial *t = b->trial;
    size_t muscles = (size_t)t->model->n_muscle;
    double *factor = b->factor + (size_t)at * muscles;
    begin_tally(b, t, at, n);
    genu_scenario_out out = out_at(b, t, at);
    for (int s = 0; s < n; s++) {
        genu_binding_strength(t->binding, t->study, b->first + at + s,
                              factor + (size_t)s * muscles);
        b->body_weight[at + s] = t->body_weight;
    }
    genu_scenarios_solve(t->plan, b->worker, n, factor, &out);
    for (int s = 0; s < n; s++) {
        reactions(b, t, at + s);
        summarise(b, t, at + s, genu_scenarios_place(n, s));
        if (b->slopes)
            slopes(b, t, at + s);
    }
}
