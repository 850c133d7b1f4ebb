/* Life of a walk: what is asked for, the model's feet, frames and targets. */
#include "solvers/walk_private.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define DEGREE (GENU_PI / 180)

genu_walk_settings genu_walk_defaults(void)
{
    return (genu_walk_settings){ .speed = 1.3,
                                 .step_width = 0.1,
                                 .toe_out = 6 * DEGREE,
                                 .trunk_tilt = -6 * DEGREE,
                                 .walk_ratio = 1.43,
                                 .n_frame = 100,
                                 .max_iter = 40 };
}

typedef struct bound {
    const char *name, *unit;
    double value, lo, hi, unit_size;
} bound;

static genu_status check_settings(const genu_walk_settings *s, genu_err *err)
{
    const bound bounds[] = {
        { "speed", "m/s", s->speed, 0.8, 1.6, 1 },
        { "step_width", "m", s->step_width, 0.05, 0.2, 1 },
        { "obliquity", "degrees", s->obliquity, -5, 5, DEGREE },
        { "drop", "degrees", s->drop, -5, 5, DEGREE },
        { "lean", "degrees", s->lean, -10, 10, DEGREE },
        { "list", "degrees", s->list, -10, 10, DEGREE },
        { "toe_out", "degrees", s->toe_out, 0, 20, DEGREE },
        { "trunk_tilt", "degrees", s->trunk_tilt, -15, 5, DEGREE },
        { "walk_ratio", "", s->walk_ratio, 1, 2, 1 },
        { "n_frame", "", s->n_frame, 40, 400, 1 },
        { "max_iter", "", s->max_iter, 1, 200, 1 },
    };
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        const bound *b = &bounds[i];
        double v = b->value / b->unit_size;
        if (!(v >= b->lo - 1e-9 && v <= b->hi + 1e-9))
            return genu_fail(err, GENU_E_RANGE, "walk: '%s' is %g, allowed from %g to %g %s",
                             b->name, v, b->lo, b->hi, b->unit);
    }
    if (s->n_frame % 2)
        return genu_fail(err, GENU_E_RANGE, "walk: 'n_frame' is %d, must be even", s->n_frame);
    return GENU_OK;
}

static const char *const trunk_names[TRUNK_END] = {
    "pelvis_tilt", "pelvis_list",      "pelvis_rotation", "pelvis_tx",       "pelvis_ty",
    "pelvis_tz",   "lumbar_extension", "lumbar_bending",  "lumbar_rotation",
};
static const char *const leg_names[2][LEG] = {
    { "hip_flexion_r", "hip_adduction_r", "hip_rotation_r", "knee_angle_r", "ankle_angle_r",
      "subtalar_angle_r", "mtp_angle_r" },
    { "hip_flexion_l", "hip_adduction_l", "hip_rotation_l", "knee_angle_l", "ankle_angle_l",
      "subtalar_angle_l", "mtp_angle_l" },
};

static genu_status find_coordinates(genu_walk *w, genu_err *err)
{
    for (int i = 0; i < N_COORD; i++) {
        const char *name = i < TRUNK_END ? trunk_names[i]
                                         : leg_names[(i - TRUNK_END) / LEG][(i - TRUNK_END) % LEG];
        w->coord[i] = genu_find_coord(w->m, name);
        if (w->coord[i] < 0)
            return genu_fail(err, GENU_E_FORMAT,
                             "model '%s': the walk needs a coordinate '%s', the model has none",
                             w->m->name, name);
        if (w->m->coord[w->coord[i]].leader >= 0)
            return genu_fail(
                err, GENU_E_FORMAT,
                "model '%s': coordinate '%s' is coupled, the walk must be free to move it",
                w->m->name, name);
    }
    for (int side = 0; side < 2; side++) {
        genu_status st = genu_leg_find(w->m, (genu_side)side, &w->leg[side], err);
        if (st != GENU_OK)
            return st;
        if (w->leg[side].toes < 0)
            return genu_fail(
                err, GENU_E_FORMAT,
                "model '%s': the walk needs toes as a body of their own, the %s foot has none",
                w->m->name, genu_side_name((genu_side)side));
    }
    return GENU_OK;
}

/* The sole, in the calcaneus frame of an adult's foot whose toe joint lies 0.1788 m in front of its
 * origin (Rajagopal et al. 2016, doi:10.1109/TBME.2016.2586891): where it touches the ground, m
 * (forward, lateral). Assumed: flat, 22 mm below the calcaneus origin, the heel rolling about one
 * edge, the toes about their tips. Scaled with the foot. */
static const double sole_mm[N_POINT][2] = {
    { 12, -20 },  { 12, 20 },  // heel
    { 179, -35 }, { 179, 40 }, // under the toe joint, on the calcaneus
    { 179, -35 }, { 179, 40 }, // the same, on the toes
    { 232, -30 }, { 232, 30 }, // tips
};

static void place_sole(genu_walk *w)
{
    genu_data *d = w->data[0];
    genu_skeleton_default(w->m, d);
    for (int i = 0; i < N_COORD; i++)
        d->q[w->coord[i]] = 0;
    genu_skeleton_couple(w->m, d);
    genu_skeleton_position(w->m, d);
    xform calcn = d->X[w->leg[0].foot];
    double toe = xform_inverse_point(calcn, d->X_joint[w->leg[0].toes].p).x;
    w->foot_scale = toe / 0.1788;
    w->sole = 0.022 * w->foot_scale;
    w->leg_length = d->X_joint[w->leg[0].femur].p.y - calcn.p.y + w->sole;
    for (int side = 0; side < 2; side++) {
        double sign = side == GENU_RIGHT ? 1 : -1;
        for (int p = 0; p < N_POINT; p++) {
            int body = p < TOE_BALL ? w->leg[side].foot : w->leg[side].toes;
            w->mark[p] = (v3){ sole_mm[p][0] * 1e-3 * w->foot_scale, 0,
                               sole_mm[p][1] * 1e-3 * w->foot_scale };
            v3 local = { w->mark[p].x, -w->sole, sign * w->mark[p].z };
            w->point[side][p] =
                xform_inverse_point(d->X[body], xform_point(d->X[w->leg[side].foot], local));
        }
    }
    // which way the toe coordinate lifts the toes
    double before = walk_point(w, d, 0, TIP).y;
    d->q[w->coord[TRUNK_END + TOE]] = 0.1;
    genu_skeleton_position(w->m, d);
    w->toe_sign = walk_point(w, d, 0, TIP).y > before ? 1 : -1;
}

/* Shares of the cycle at 0.8, 1.3 and 1.6 m/s with a leg of 0.9 m, linear between. */
static void set_phases(genu_walk *w, double speed)
{
    static const double at[3] = { 0.269, 0.437, 0.538 };
    static const double heel_off[3] = { 0.36, 0.33, 0.32 }, toes[3] = { 0.61, 0.57, 0.56 };
    static const double off[3] = { 0.65, 0.61, 0.60 };
    int i = speed > at[1];
    double f = (speed - at[i]) / (at[i + 1] - at[i]);
    f = fmin(fmax(f, -0.3), 1.3);
    w->ph.flat = 0.08;
    w->ph.heel_off = heel_off[i] + f * (heel_off[i + 1] - heel_off[i]);
    w->ph.toes_off = toes[i] + f * (toes[i + 1] - toes[i]);
    w->ph.off = off[i] + f * (off[i + 1] - off[i]);
}

static genu_status set_pace(genu_walk *w, const genu_norms *classes, genu_err *err)
{
    double g = v3_norm(w->m->gravity), L = w->leg_length, v = w->set.speed;
    if (!(L > 0.3 && L < 1.5 && g > 0))
        return genu_fail(err, GENU_E_RANGE,
                         "model '%s': leg length %.3f m, allowed from 0.3 to 1.5 m", w->m->name, L);
    // step length s and step rate r: s r = v, s / r = walk ratio
    double ratio = w->set.walk_ratio * L * sqrt(L / g);
    double step = sqrt(ratio * v);
    w->stride = 2 * step;
    w->period = w->stride / v;
    w->mass = genu_model_mass(w->m);
    w->weight = w->mass * g;
    set_phases(w, v / sqrt(g * L));
    return genu_norms_at(&w->norms, classes, v / sqrt(g * L), err);
}

static double mean(const genu_walk *w, int curve, double c)
{
    return genu_harmonics_value(&w->norms.mean[curve], c);
}

/* Of a curve that left and right pass in opposite sense: the norm's one-sided rest taken out. */
static double opposite(const genu_walk *w, int curve, double c)
{
    return 0.5 * (mean(w, curve, c) - mean(w, curve, c + 0.5));
}

static double sd(const genu_walk *w, int curve, double c)
{
    return genu_harmonics_value(&w->norms.sd[curve], c);
}

static void target(frame *f, int i, double value, double weight_over_sd)
{
    f->target[i] = value;
    f->weight[i] = weight_over_sd;
}

/* The children of the norm list their trunk by 6.7 degrees to either side. Adults do so less; how
 * much of the norm is followed, 1.7 degrees, is assumed. More lowers the knee adduction moment:
 * with all of it its peak is 0.42 instead of 0.47 Nm/kg. */
#define TRUNK_LIST_SHARE 0.25

static void trunk_targets(const genu_walk *w, frame *f)
{
    const genu_walk_settings *s = &w->set;
    double c = f->foot[0].cycle, shape = walk_shape(w, c);
    // 12 degrees of the norm's pelvic tilt are where its markers sit: only the change is followed
    target(f, TILT,
           -(mean(w, GENU_NORM_PELVIS_TILT, c) - w->norms.mean[GENU_NORM_PELVIS_TILT].a[0]),
           0.25 / sd(w, GENU_NORM_PELVIS_TILT, c));
    // a positive pelvis_list lowers the right side
    // a wish about one of them must not be paid for with the other
    int changed = s->drop != 0 || s->obliquity != 0 || s->lean != 0 || s->list != 0;
    target(f, LIST, -opposite(w, GENU_NORM_PELVIS_LIST, c) - s->obliquity - s->drop * shape,
           (changed ? 1.5 : 0.6) / sd(w, GENU_NORM_PELVIS_LIST, c));
    target(f, ROTATION, opposite(w, GENU_NORM_PELVIS_ROTATION, c),
           0.375 / sd(w, GENU_NORM_PELVIS_ROTATION, c));
    target(f, BACK_TILT, s->trunk_tilt, 0.25 / (2 * DEGREE));
    target(f, BACK_LIST,
           -TRUNK_LIST_SHARE * opposite(w, GENU_NORM_TRUNK_LIST, c) + s->list + s->lean * shape,
           (changed ? 2.0 : 0.75) / sd(w, GENU_NORM_TRUNK_LIST, c));
    target(f, BACK_ROTATION, opposite(w, GENU_NORM_TRUNK_ROTATION, c),
           0.375 / sd(w, GENU_NORM_TRUNK_ROTATION, c));
}

static void leg_targets(const genu_walk *w, frame *f, int side)
{
    static const int curve[5] = { GENU_NORM_HIP_FLEXION, GENU_NORM_HIP_ADDUCTION,
                                  GENU_NORM_HIP_ROTATION, GENU_NORM_KNEE_FLEXION, GENU_NORM_ANKLE };
    static const double share[5] = { 0.25, 0.25, 0.12, 0.25, 0.5 };
    double c = f->foot[side].cycle;
    int at = TRUNK_END + side * LEG;
    for (int i = 0; i < 5; i++)
        target(f, at + i, mean(w, curve[i], c), share[i] / sd(w, curve[i], c));
    f->target[at + HIP_FLEXION] -= w->norms.mean[GENU_NORM_PELVIS_TILT].a[0];
    double list = side == GENU_RIGHT ? 1 : -1;
    f->target[at + HIP_ADDUCTION] += list * w->set.obliquity + w->set.drop * walk_shape(w, c);
    target(f, at + SUBTALAR, 0, 0.25 / (6 * DEGREE));
    // toes stretched by 32 degrees while only they carry
    double x = (c - w->ph.toes_off) / 0.08;
    target(f, at + TOE, w->toe_sign * 32 * DEGREE * exp(-x * x), 0.25 / (8 * DEGREE));
}

static void load_targets(const genu_walk *w, frame *f, int side)
{
    // adults' moments per mass are larger than the children's of the norm by these factors
    static const double factor[N_MOMENT] = { 1.2, 1.6, 1.2, 1.6, 1.2 };
    double c = f->foot[side].cycle;
    for (int k = 0; k < N_MOMENT; k++)
        f->moment[side][k] = factor[k] * mean(w, GENU_NORM_HIP_EXTENSION_MOMENT + k, c);
    f->grf[side][0] = mean(w, GENU_NORM_GRF_FORWARD, c);
    f->grf[side][1] = mean(w, GENU_NORM_GRF_UP, c);
    f->grf_sd[side][0] = fmax(0.02, sd(w, GENU_NORM_GRF_FORWARD, c));
    f->grf_sd[side][1] = fmax(0.08, sd(w, GENU_NORM_GRF_UP, c));
}

/** What is followed at a frame whose place in time is set. */
void walk_targets(const genu_walk *w, frame *f)
{
    trunk_targets(w, f);
    for (int side = 0; side < 2; side++) {
        leg_targets(w, f, side);
        load_targets(w, f, side);
    }
}

/* Frames at equal steps and exactly at every event; half a cycle is enough when symmetric. */
static void place_frames(genu_walk *w)
{
    double event[8] = { w->ph.flat, w->ph.heel_off, w->ph.toes_off, w->ph.off };
    double span = w->symmetric ? 0.5 : 1;
    int n = w->symmetric ? w->set.n_frame / 2 : w->set.n_frame;
    for (int k = 0; k < n; k++)
        w->frame[k].t = w->period * span * k / n;
    for (int k = 0; k < 4; k++)
        for (int side = 0; side < (w->symmetric ? 1 : 2); side++)
            w->frame[n++].t = w->period * fmod(event[k] + 0.5 * side, span);
    w->n_frame = n;
    for (int k = 0; k < n; k++) {
        frame *f = &w->frame[k];
        walk_basis(w, f);
        walk_targets(w, f);
    }
}

static void layout(genu_walk *w, genu_arena *a)
{
    size_t n = (size_t)w->n;
    w->frame = genu_take(a, (size_t)w->set.n_frame + 9, sizeof *w->frame);
    w->x = genu_take_double(a, n);
    w->x_new = genu_take_double(a, n);
    w->step = genu_take_double(a, n);
    w->g = genu_take_double(a, n);
    w->A = genu_take_double(a, n * n);
    w->L = genu_take_double(a, n * n);
    w->data = genu_take(a, (size_t)w->n_thread, sizeof *w->data);
}

void genu_walk_free(genu_walk *w)
{
    if (!w)
        return;
    for (int i = 0; w->data && i < w->n_thread; i++)
        genu_data_free(w->data[i]);
    free(w);
}

static genu_walk *take(const genu_walk *plan)
{
    genu_walk counted = *plan;
    genu_arena a = { 0 };
    genu_take(&a, 1, sizeof counted);
    layout(&counted, &a);
    char *base = genu_block(a.used);
    if (!base)
        return NULL;
    a = (genu_arena){ base, 0 };
    genu_walk *w = genu_take(&a, 1, sizeof *w);
    *w = *plan;
    layout(w, &a);
    for (int i = 0; i < w->n_thread; i++) {
        w->data[i] = genu_data_new(w->m);
        if (!w->data[i]) {
            genu_walk_free(w);
            return NULL;
        }
        genu_skeleton_default(w->m, w->data[i]);
    }
    return w;
}

genu_status genu_walk_new(genu_walk **to, const genu_model *m, const genu_norms *classes,
                          const genu_walk_settings *s, genu_err *err)
{
    *to = NULL;
    genu_walk plan = { .m = m, .set = *s, .n_thread = omp_get_max_threads(), .loose = 1 };
    plan.symmetric = s->obliquity == 0 && s->list == 0;
    genu_status st = check_settings(s, err);
    if (st == GENU_OK)
        st = find_coordinates(&plan, err);
    if (st != GENU_OK)
        return st;
    walk_layout(&plan);
    genu_walk *w = take(&plan);
    if (!w)
        return genu_fail(err, GENU_E_MEMORY, "walk of model '%s': no memory", m->name);
    place_sole(w);
    st = set_pace(w, classes, err);
    if (st != GENU_OK) {
        genu_walk_free(w);
        return st;
    }
    place_frames(w);
    *to = w;
    return GENU_OK;
}
