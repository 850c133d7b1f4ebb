/* scale_wraps.c - do muscles still touch what they touched before scaling? */
#include "models/scale_private.h"

#include "models/path.h"
#include "models/skeleton.h"

#include <math.h>
#include <stdio.h>

enum { PLACES = 5 };

/* How often one muscle left one surface, and where first. */
typedef struct leaving {
    int touched, left;
    char first[200];
} leaving;

static void set_pose(const genu_model *m, genu_data *d, const genu_model *ranges, int coord,
                     int place)
{
    genu_skeleton_default(m, d);
    if (coord >= 0) {
        const genu_coord *c = &ranges->coord[coord];
        d->q[coord] = c->lo + (c->hi - c->lo) * place / (PLACES - 1);
        genu_skeleton_couple(m, d);
    }
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
}

static int touches(const genu_line *line, int wrap)
{
    for (int i = 0; i < line->n; i++)
        if (line->node[i].wrap == wrap)
            return 1;
    return 0;
}

static void compare_pose(const genu_model *m, genu_data *d, const genu_model *before,
                         genu_data *d_before, int muscle, int coord, leaving *l)
{
    genu_line now, then;
    const genu_path *path = &m->muscle[muscle].path, *old = &before->muscle[muscle].path;
    genu_status s = genu_path_line(m, d, path, GENU_MODE_GENU, &now);
    if (s == GENU_OK)
        s = genu_path_line(before, d_before, old, GENU_MODE_GENU, &then);
    if (s != GENU_OK) // a pose beyond what the path can do says nothing about the scaling
        return;
    for (int w = 0; w < path->n_wrap; w++) {
        if (!touches(&then, w))
            continue;
        l[w].touched++;
        if (touches(&now, w))
            continue;
        if (!l[w].left++) {
            if (coord < 0)
                snprintf(l[w].first, sizeof l[w].first, "the default pose");
            else
                snprintf(l[w].first, sizeof l[w].first, "'%.120s' = %.4g %s", m->coord[coord].name,
                         d->q[coord] *
                             (m->coord[coord].motion == GENU_TRANSLATION ? 1 : 180 / GENU_PI),
                         m->coord[coord].motion == GENU_TRANSLATION ? "m" : "deg");
        }
    }
}

static int can_be_set(const genu_coord *c)
{
    return c->leader < 0 && isfinite(c->lo) && isfinite(c->hi) && c->hi > c->lo;
}

/* Unclamped coordinates have ranges that nobody meant (OpenSim's default is +-10 rad). */
static int is_sensible(const genu_coord *c)
{
    return c->motion == GENU_TRANSLATION || (fabs(c->lo) <= 3.2 && fabs(c->hi) <= 3.2);
}

void scale_compare_wraps(const genu_model *m, genu_data *d, const genu_model *before,
                         genu_data *d_before, genu_notes *notes)
{
    enum { WRAPS = 16 };
    for (int i = 0; i < m->n_muscle; i++) {
        leaving l[WRAPS] = { 0 };
        const genu_path *path = &m->muscle[i].path;
        if (path->n_wrap == 0 || path->n_wrap > WRAPS)
            continue; // more surfaces than a line can hold: refused where lengths were taken
        for (int c = -1; c < m->n_coord; c++) {
            if (c >= 0 && (!can_be_set(&m->coord[c]) || !is_sensible(&m->coord[c])))
                continue;
            for (int place = 0; place < (c < 0 ? 1 : PLACES); place++) {
                set_pose(m, d, m, c, place);
                set_pose(before, d_before, before, c, place);
                compare_pose(m, d, before, d_before, i, c, l);
            }
        }
        for (int w = 0; w < path->n_wrap; w++)
            if (l[w].left)
                genu_notes_add(notes, GENU_WARNING, 0,
                               "muscle '%s' no longer touches '%s' in %d of %d poses where it did; "
                               "first: %s",
                               m->muscle[i].name, m->wrap[path->wrap[w].object].name, l[w].left,
                               l[w].touched, l[w].first);
    }
}
