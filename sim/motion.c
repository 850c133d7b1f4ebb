#include "sim/motion.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Comma-separated names in quotes, cut with a count when they do not fit. */
typedef struct name_list {
    char text[320];
    int n, n_left_out;
} name_list;

static void list_name(name_list *list, const char *name)
{
    size_t used = strlen(list->text), room = sizeof list->text - used;
    list->n++;
    if (list->n_left_out || strlen(name) + 5 > room) {
        list->n_left_out++;
        return;
    }
    char *p = list->text + used;
    if (used) {
        *p++ = ',';
        *p++ = ' ';
    }
    *p++ = '\'';
    p = stpcpy(p, name);
    *p++ = '\'';
    *p = '\0';
}

/* The end of a message about a list: "" or " and 3 more". */
static const char *left_out(const name_list *list, char text[32])
{
    text[0] = '\0';
    if (list->n_left_out)
        snprintf(text, 32, " and %d more", list->n_left_out);
    return text;
}

genu_motion_settings genu_motion_defaults(void)
{
    return (genu_motion_settings){ .rule = GENU_MOTION_GENU };
}

void genu_motion_free(genu_motion_data *motion)
{
    free(motion->source);
    free(motion->time);
    free(motion->q);
    free(motion->in_file);
    free(motion->held);
    *motion = (genu_motion_data){ 0 };
}

/* ---- labels ---- */

/* genu_find_coord for a piece of text that does not end in a zero byte. */
static int find_part(const genu_model *m, const char *name, size_t n)
{
    for (int i = 0; i < m->n_coord; i++)
        if (strlen(m->coord[i].name) == n && !memcmp(m->coord[i].name, name, n))
            return i;
    return -1;
}

/* /jointset/JOINT/COORDINATE/value or /speed, /forceset/MUSCLE/activation, ... */
static int coord_of_path(const genu_model *m, const char *label, const char *last, int *is_state)
{
    const char *name = last;
    while (name > label && name[-1] != '/')
        name--;
    int c = find_part(m, name, (size_t)(last - name));
    *is_state = c >= 0 ? strcmp(last, "/value") != 0 : strstr(label, "forceset/") != NULL;
    return c >= 0 && !*is_state ? c : -1;
}

int genu_motion_coord(const genu_model *m, const char *label, int *is_state)
{
    int own;
    is_state = is_state ? is_state : &own;
    *is_state = 0;
    int c = genu_find_coord(m, label);
    if (c >= 0)
        return c;
    const char *slash = strrchr(label, '/');
    if (slash)
        return coord_of_path(m, label, slash, is_state);

    // states before 4.0: knee_angle_r_u, soleus_r.activation
    size_t n = strlen(label);
    const char *dot = strrchr(label, '.');
    *is_state = n > 2 && !strcmp(label + n - 2, "_u") && find_part(m, label, n - 2) >= 0;
    for (int i = 0; dot && i < m->n_muscle; i++)
        *is_state |= strlen(m->muscle[i].name) == (size_t)(dot - label) &&
                     !memcmp(m->muscle[i].name, label, (size_t)(dot - label));
    return -1;
}

/* column (n_coord): the table's column of each coordinate, -1 when it has none. */
static genu_status match(const genu_model *m, const genu_table *t, int *column, genu_notes *notes,
                         genu_err *err)
{
    name_list unknown = { .n = 0 };
    int n_state = 0, n_found = 0;
    char more[32];
    for (int i = 0; i < m->n_coord; i++)
        column[i] = -1;
    for (int j = 0; j < t->n_column; j++) {
        int is_state, c = genu_motion_coord(m, t->label[j], &is_state);
        n_state += is_state;
        if (c < 0) {
            if (!is_state)
                list_name(&unknown, t->label[j]);
            continue;
        }
        if (column[c] >= 0)
            return genu_fail(err, GENU_E_FORMAT,
                             "'%s': the columns '%s' and '%s' are both coordinate '%s'", t->source,
                             t->label[column[c]], t->label[j], m->coord[c].name);
        column[c] = j;
        n_found++;
    }
    if (!n_found)
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s': none of its %d columns is a coordinate of the model; the first is "
                         "'%s', the model's first is '%s'",
                         t->source, t->n_column, t->n_column ? t->label[0] : "",
                         m->n_coord ? m->coord[0].name : "");
    if (n_state)
        genu_notes_add(notes, GENU_NOTE, 0,
                       "'%s': %d columns of speeds and muscle states are not used", t->source,
                       n_state);
    if (unknown.n)
        genu_notes_add(notes, GENU_NOTE, 0,
                       "'%s': columns that are not coordinates of the model are not used: %s%s",
                       t->source, unknown.text, left_out(&unknown, more));
    return GENU_OK;
}

/* ---- what is held, what is missing ---- */

static const char *nearest_coord(const genu_model *m, const char *name)
{
    const char *nearest = NULL;
    int least = 99;
    for (int i = 0; i < m->n_coord; i++) {
        const char *candidate = m->coord[i].name;
        int distance = genu_edit_distance(name, candidate);
        if (distance < least && genu_nearest(name, &candidate, 1)) {
            nearest = candidate;
            least = distance;
        }
    }
    return nearest;
}

static genu_status hold(genu_motion_data *motion, const genu_model *m,
                        const genu_motion_settings *settings, genu_err *err)
{
    for (int i = 0; i < m->n_coord; i++)
        motion->held[i] = m->coord[i].locked;
    for (int k = 0; k < settings->n_lock; k++) {
        int c = genu_find_coord(m, settings->lock[k]);
        if (c < 0) {
            const char *nearest = nearest_coord(m, settings->lock[k]);
            return genu_fail(err, GENU_E_RANGE, "lock: the model has no coordinate '%s'%s%s%s",
                             settings->lock[k], nearest ? ", did you mean '" : "",
                             nearest ? nearest : "", nearest ? "'" : "");
        }
        motion->held[c] = 1;
    }
    return GENU_OK;
}

static genu_status check_complete(const genu_motion_data *motion, const genu_model *m,
                                  const genu_motion_settings *settings, genu_notes *notes,
                                  genu_err *err)
{
    name_list missing = { .n = 0 };
    char more[32];
    for (int i = 0; i < m->n_coord; i++) {
        int free_to_move = settings->rule == GENU_MOTION_OPENSIM_INVERSE ||
                           (m->coord[i].leader < 0 && !motion->held[i]);
        if (free_to_move && !motion->in_file[i])
            list_name(&missing, m->coord[i].name);
    }
    if (!missing.n)
        return GENU_OK;
    if (settings->rule == GENU_MOTION_GENU)
        return genu_fail(err, GENU_E_SHAPE,
                         "'%s' lacks coordinates of the model: %s%s; add them, or name them under "
                         "'lock' to hold them at their default",
                         motion->source, missing.text, left_out(&missing, more));
    genu_notes_add(notes, GENU_WARNING, 0,
                   "'%s' lacks coordinates of the model, which are then %s, as in OpenSim: %s%s",
                   motion->source,
                   settings->rule == GENU_MOTION_OPENSIM_INVERSE ? "at their default" : "0",
                   missing.text, left_out(&missing, more));
    return GENU_OK;
}

/* ---- values ---- */

static genu_status copy_columns(genu_motion_data *motion, const genu_model *m, const genu_table *t,
                                const int *column, genu_notes *notes, genu_err *err)
{
    int n = t->n_row;
    name_list wide = { .n = 0 };
    char more[32];
    for (int c = 0; c < m->n_coord; c++) {
        double *q = motion->q + (ptrdiff_t)c * n;
        motion->in_file[c] = column[c] >= 0;
        for (int i = 0; i < n; i++)
            q[i] = m->coord[c].value;
        if (!motion->in_file[c])
            continue;
        genu_status s = genu_table_check_finite(t, column[c], err);
        if (s != GENU_OK)
            return s;
        int rotation = m->coord[c].motion == GENU_ROTATION;
        if (rotation && t->in_degrees < 0)
            return genu_fail(err, GENU_E_FORMAT,
                             "'%s': the header does not say whether angles are in degrees; add a "
                             "line inDegrees=yes or inDegrees=no before the labels (in a .csv: # "
                             "inDegrees=yes)",
                             t->source);
        double factor = rotation && t->in_degrees ? GENU_PI / 180 : 1, most = 0;
        for (int i = 0; i < n; i++) {
            q[i] = factor * genu_table_column(t, column[c])[i];
            most = fmax(most, fabs(q[i]));
        }
        if (rotation && !t->in_degrees && most > 2 * GENU_PI)
            list_name(&wide, m->coord[c].name);
    }
    if (wide.n)
        genu_notes_add(notes, GENU_WARNING, 0,
                       "'%s' says it is in radians, but these coordinates go beyond a full turn "
                       "and look like degrees: %s%s",
                       motion->source, wide.text, left_out(&wide, more));
    return GENU_OK;
}

/* Values of dependent coordinates that the table lacks; a warning where it has them and they are
 * not what their coupler says. 1e-3 rad or m: a tenth of what marker tracking resolves at a knee.
 */
static void couple(genu_motion_data *motion, const genu_model *m,
                   const genu_motion_settings *settings, genu_notes *notes)
{
    int n = motion->n_frame;
    name_list filled = { .n = 0 };
    char more[32];
    for (int k = 0; k < m->n_dependent; k++) {
        int c = m->dependent[k];
        const double *leader = motion->q + (ptrdiff_t)m->coord[c].leader * n;
        double *q = motion->q + (ptrdiff_t)c * n, off = 0;
        for (int i = 0; i < n; i++) {
            double f[3];
            genu_curve_eval(&m->coord[c].coupler, leader[i], f);
            off = fmax(off, fabs(f[0] - q[i]));
            if (!motion->in_file[c])
                q[i] = f[0];
        }
        if (!motion->in_file[c] && settings->rule != GENU_MOTION_OPENSIM_INVERSE)
            list_name(&filled, m->coord[c].name);
        if (motion->in_file[c] && off > 1e-3)
            genu_notes_add(notes, GENU_WARNING, 0,
                           "'%s': coordinate '%s' departs from its coupler by up to %.3g %s; %s",
                           motion->source, m->coord[c].name, off,
                           m->coord[c].motion == GENU_TRANSLATION ? "m" : "rad",
                           settings->rule == GENU_MOTION_OPENSIM_INVERSE ? "its column is used"
                                                                         : "the coupler is used");
    }
    if (filled.n)
        genu_notes_add(notes, GENU_NOTE, 0, "'%s': filled in from their couplers: %s%s",
                       motion->source, filled.text, left_out(&filled, more));
}

/* Columns of coordinates that are held have no effect; say so where they move. */
static void note_held(const genu_motion_data *motion, const genu_model *m,
                      const genu_motion_settings *settings, genu_notes *notes)
{
    int n = motion->n_frame;
    for (int c = 0; c < m->n_coord; c++) {
        if (!motion->held[c] || settings->rule == GENU_MOTION_OPENSIM_INVERSE)
            continue;
        const char *unit = m->coord[c].motion == GENU_TRANSLATION ? "m" : "rad";
        const double *q = motion->q + (ptrdiff_t)c * n;
        double off = 0;
        for (int i = 0; i < n; i++)
            off = fmax(off, fabs(q[i] - m->coord[c].value));
        if (motion->in_file[c] && off > 0)
            genu_notes_add(notes, off > 0.02 ? GENU_WARNING : GENU_NOTE, 0,
                           "'%s': coordinate '%s' is locked at %.4g %s; its column, which departs "
                           "from that by up to %.3g %s, is not used",
                           motion->source, m->coord[c].name, m->coord[c].value, unit, off, unit);
        else
            genu_notes_add(notes, GENU_NOTE, 0, "'%s': coordinate '%s' is held at %.4g %s",
                           motion->source, m->coord[c].name, m->coord[c].value, unit);
    }
}

static genu_status fill(genu_motion_data *motion, const genu_model *m, const genu_table *t,
                        const genu_motion_settings *settings, int *column, genu_notes *notes,
                        genu_err *err)
{
    genu_status s = hold(motion, m, settings, err);
    if (s == GENU_OK)
        s = match(m, t, column, notes, err);
    if (s == GENU_OK)
        s = copy_columns(motion, m, t, column, notes, err);
    if (s == GENU_OK)
        s = check_complete(motion, m, settings, notes, err);
    if (s != GENU_OK)
        return s;
    memcpy(motion->time, t->time, (size_t)t->n_row * sizeof *t->time);
    couple(motion, m, settings, notes);
    note_held(motion, m, settings, notes);
    return GENU_OK;
}

genu_status genu_motion_from_table(genu_motion_data *motion, const genu_model *m,
                                   const genu_table *t, const genu_motion_settings *settings,
                                   genu_notes *notes, genu_err *err)
{
    size_t n = (size_t)t->n_row, c = (size_t)m->n_coord;
    *motion = (genu_motion_data){ .n_frame = t->n_row, .n_coord = m->n_coord };
    motion->source = genu_strdup(t->source);
    motion->time = calloc(n + 1, sizeof *motion->time);
    motion->q = calloc(n * c + 1, sizeof *motion->q);
    motion->in_file = calloc(c + 1, sizeof *motion->in_file);
    motion->held = calloc(c + 1, sizeof *motion->held);
    int *column = calloc(c + 1, sizeof *column);
    genu_status s =
        motion->source && motion->time && motion->q && motion->in_file && motion->held && column
            ? fill(motion, m, t, settings, column, notes, err)
            : genu_fail(err, GENU_E_MEMORY, "out of memory for the motion '%s'", t->source);
    free(column);
    if (s != GENU_OK)
        genu_motion_free(motion);
    return s;
}
