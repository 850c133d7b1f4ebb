#include "models/leg.h"

#include "models/skeleton.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *genu_side_name(genu_side side)
{
    return side == GENU_RIGHT ? "right" : "left";
}

int genu_side_of(const char *name)
{
    size_t n = strlen(name);
    if (n < 3)
        return -1;
    char mark = name[n - 2], last = (char)tolower((unsigned char)name[n - 1]);
    if ((mark == '_' || mark == '.') && (last == 'r' || last == 'l'))
        return last == 'r' ? GENU_RIGHT : GENU_LEFT;
    char first = (char)tolower((unsigned char)name[0]);
    if (name[1] == '_' && (first == 'r' || first == 'l'))
        return first == 'r' ? GENU_RIGHT : GENU_LEFT;
    if (n > 5 && !strcasecmp(name + n - 5, "right"))
        return GENU_RIGHT;
    if (n > 4 && !strcasecmp(name + n - 4, "left"))
        return GENU_LEFT;
    return -1;
}

/* First body of the side whose name starts with one of the stems, in the order of the stems. */
static int find(const genu_model *m, genu_side side, const char *const *stem)
{
    for (; *stem; stem++)
        for (int b = 1; b < m->n_body; b++) {
            const char *name = m->body[b].name;
            const char *start = genu_side_of(name) >= 0 && name[1] == '_' ? name + 2 : name;
            if (genu_side_of(name) == (int)side && !strncasecmp(start, *stem, strlen(*stem)))
                return b;
        }
    return -1;
}

genu_status genu_leg_find(const genu_model *m, genu_side side, genu_leg *leg, genu_err *err)
{
    static const char *const femur[] = { "femur", "thigh", NULL };
    static const char *const tibia[] = { "tibia", "shank", NULL };
    static const char *const talus[] = { "talus", "calcn", "foot", NULL };
    static const char *const foot[] = { "calcn", "foot", NULL };
    static const char *const toes[] = { "toes", NULL };
    static const char *const patella[] = { "patella", NULL };

    leg->femur = find(m, side, femur);
    leg->tibia = find(m, side, tibia);
    leg->talus = find(m, side, talus);
    leg->foot = find(m, side, foot);
    leg->toes = find(m, side, toes);
    leg->patella = find(m, side, patella);
    const char *missing = leg->femur < 0   ? "femur or thigh"
                          : leg->tibia < 0 ? "tibia or shank"
                          : leg->foot < 0  ? "calcn or foot"
                                           : NULL;
    if (missing)
        return genu_fail(err, GENU_E_FORMAT,
                         "model '%s': no %s leg: no body is named %s with the ending _%c", m->name,
                         genu_side_name(side), missing, side == GENU_RIGHT ? 'r' : 'l');
    return GENU_OK;
}

/* Turn a body by `angle` about its own x axis and origin, seen from its joint. */
static void turn(genu_body *b, double angle)
{
    xform back = { m3_rotation((v3){ 1, 0, 0 }, -angle), { 0, 0, 0 } };
    b->joint.child_frame = xform_mul(back, b->joint.child_frame);
}

/* Lengths of the straight leg's bones as turns about their x axes see them, m. Not read off the
 * joints' frames: in the models of Delp 1990 the knee's place is made by translations. */
static genu_status lengths(const genu_model *m, const genu_leg *leg, double *thigh, double *shank,
                           genu_err *err)
{
    genu_data *d = genu_data_new(m);
    if (!d)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int i = 0; i < m->n_coord; i++)
        d->q[i] = d->u[i] = d->a[i] = 0;
    genu_skeleton_couple(m, d);
    genu_skeleton_position(m, d);
    v3 knee = xform_inverse_point(d->X[leg->femur], d->X[leg->tibia].p);
    v3 ankle = xform_inverse_point(d->X[leg->tibia], d->X[leg->talus].p);
    genu_data_free(d);
    *thigh = hypot(knee.y, knee.z);
    *shank = hypot(ankle.y, ankle.z);
    if (*thigh + *shank > 0)
        return GENU_OK;
    return genu_fail(err, GENU_E_RANGE,
                     "model '%s': thigh and shank are 0 m long, must be > 0 to bow the leg",
                     m->name);
}

genu_status genu_leg_bow(genu_model *m, genu_side side, double varus, genu_err *err)
{
    genu_leg leg;
    genu_status s = genu_leg_find(m, side, &leg, err);
    if (s != GENU_OK)
        return s;
    double sign = side == GENU_RIGHT ? 1 : -1; // about +x the lower end of a right bone goes inward
    double thigh = 0, shank = 0;
    s = lengths(m, &leg, &thigh, &shank, err);
    if (s != GENU_OK)
        return s;
    double outward = varus * shank / (thigh + shank);
    turn(&m->body[leg.femur], -sign * outward);
    turn(&m->body[leg.tibia], sign * varus);
    turn(&m->body[leg.talus], -sign * (varus - outward));
    return GENU_OK;
}

genu_plateau genu_plateau_defaults(void)
{
    return (genu_plateau){ .spacing = 0.040, .offset = 0, .height = -0.025 };
}

v3 genu_plateau_center(const genu_plateau *p, genu_side side)
{
    return (v3){ 0, p->height, side == GENU_RIGHT ? p->offset : -p->offset };
}

genu_compartments genu_plateau_share(const genu_plateau *p, genu_side side, v3 force, v3 moment)
{
    genu_compartments c = { .compression = -force.y,
                            .frontal_moment = side == GENU_RIGHT ? moment.x : -moment.x };
    double N = c.compression, M = c.frontal_moment, half = 0.5 * p->spacing;
    if (N <= 0) {
        c.soft_tissue = M;
        return c;
    }
    // M = half (F_lateral - F_medial), N = F_lateral + F_medial
    c.lateral = 0.5 * (N + M / half);
    c.medial = N - c.lateral;
    if (c.lateral < 0) {
        c.lateral = 0;
        c.medial = N;
        c.soft_tissue = M + half * N;
    } else if (c.medial < 0) {
        c.medial = 0;
        c.lateral = N;
        c.soft_tissue = M - half * N;
    }
    return c;
}
