/* From a task to a movement, and out into files that any OpenSim program reads. */
#include "models/skeleton.h"
#include "sim/outfile.h"
#include "sim/motion.h"
#include "sim/table.h"
#include "sim/task.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static double changed(double change, double as_is)
{
    return isnan(change) ? as_is : change;
}

static genu_walk_settings settings_of(const genu_task *t, const genu_task_change *change)
{
    genu_task_change none = genu_task_unchanged();
    const genu_task_change *c = change ? change : &none;
    double obliquity = changed(c->pelvic_obliquity, t->pelvic_obliquity);
    double lean = changed(c->trunk_lean, t->trunk_lean);
    genu_walk_settings s = genu_walk_defaults();
    s.speed = changed(c->speed, t->speed);
    s.step_width = changed(c->step_width, t->step_width);
    s.drop = t->obliquity_course == GENU_TASK_WITH_STEPS ? obliquity : 0;
    s.obliquity = t->obliquity_course == GENU_TASK_CONSTANT ? obliquity : 0;
    s.lean = t->lean_course == GENU_TASK_WITH_STEPS ? lean : 0;
    s.list = t->lean_course == GENU_TASK_CONSTANT ? lean : 0;
    s.toe_out = t->toe_out;
    s.trunk_tilt = t->trunk_tilt;
    s.walk_ratio = t->walk_ratio;
    return s;
}

static genu_status read_norms(const genu_task *t, genu_norms *classes, genu_err *err)
{
    const char *const path[GENU_N_NORM_CLASS] = { t->norms.slow, t->norms.free, t->norms.fast };
    for (int i = 0; i < GENU_N_NORM_CLASS; i++) {
        genu_status s = genu_norms_read(&classes[i], path[i], err);
        if (s != GENU_OK)
            return genu_fail_in(err, s, "task '%s'", t->path);
        if (i > 0 && classes[i].speed <= classes[i - 1].speed)
            return genu_fail(err, GENU_E_RANGE,
                             "task '%s': the speed of '%s' is %g, must be above %g of the class "
                             "before",
                             t->path, path[i], classes[i].speed, classes[i - 1].speed);
    }
    return GENU_OK;
}

static genu_movement *take(const genu_model *m, int n_frame)
{
    genu_movement *v = calloc(1, sizeof *v);
    if (!v)
        return NULL;
    size_t n = (size_t)n_frame, nq = n * (size_t)m->n_coord;
    v->n_frame = n_frame;
    v->n_coord = m->n_coord;
    v->n_body = m->n_body;
    v->time = calloc(n, sizeof *v->time);
    v->q = calloc(nq, sizeof *v->q);
    v->u = calloc(nq, sizeof *v->u);
    v->a = calloc(nq, sizeof *v->a);
    v->external = calloc(n * (size_t)m->n_body, sizeof *v->external);
    v->foot = calloc(n * GENU_N_SIDE, sizeof *v->foot);
    if (v->time && v->q && v->u && v->a && v->external && v->foot)
        return v;
    genu_movement_free(v);
    return NULL;
}

void genu_movement_free(genu_movement *v)
{
    if (!v)
        return;
    free(v->time);
    free(v->q);
    free(v->u);
    free(v->a);
    free(v->external);
    free(v->foot);
    free(v);
}

static void fill(genu_movement *v, const genu_walk *w, genu_data *d)
{
    size_t n = (size_t)v->n_coord;
    v->period = genu_walk_period(w);
    v->stride = genu_walk_stride(w);
    v->speed = v->stride / v->period;
    v->norms = *genu_walk_norms(w);
    for (int side = 0; side < GENU_N_SIDE; side++) {
        v->foot_body[side] = genu_walk_foot_body(w, (genu_side)side);
        v->strike[side] = genu_walk_strike(w, (genu_side)side);
        v->off[side] = genu_walk_off(w, (genu_side)side);
    }
    for (int k = 0; k < v->n_frame; k++) {
        size_t at = (size_t)k * n;
        sp6 wrench[GENU_N_SIDE];
        v->time[k] = v->period * k / (v->n_frame - 1);
        genu_walk_frame(w, v->time[k], d, wrench, v->foot + (size_t)k * GENU_N_SIDE);
        memcpy(v->q + at, d->q, n * sizeof *d->q);
        memcpy(v->u + at, d->u, n * sizeof *d->u);
        memcpy(v->a + at, d->a, n * sizeof *d->a);
        for (int side = 0; side < GENU_N_SIDE; side++)
            v->external[(size_t)k * (size_t)v->n_body + (size_t)v->foot_body[side]] = wrench[side];
    }
}

enum { N_CHECK = 1000 }; /* times of the cycle at which a walk is checked */

/* Fit and judge. A fit that did not settle is said to be impossible where a check fails. */
static genu_status fit(genu_walk *w, genu_data *d, genu_movement *v, genu_err *err)
{
    genu_status found = genu_walk_fit(w, &v->info, err);
    if (found != GENU_OK && found != GENU_E_NOT_CONVERGED)
        return found;
    genu_err why = { 0 };
    genu_status s = genu_walk_examine(w, d, N_CHECK, &v->check, &why);
    if (s == GENU_OK)
        s = genu_walk_judge(w, &v->check, &why);
    if (s == GENU_OK)
        return found;
    return genu_fail(err, s, "%s", why.msg);
}

genu_status genu_task_generate(const genu_task *task, const genu_task_change *change,
                               const genu_model *m, int n_frame, genu_movement **movement,
                               genu_err *err)
{
    *movement = NULL;
    int n = n_frame ? n_frame : task->frames;
    if (n < 2)
        return genu_fail(err, GENU_E_RANGE, "task '%s': %d frames, must be at least 2", task->path,
                         n);
    genu_norms classes[GENU_N_NORM_CLASS];
    genu_walk_settings settings = settings_of(task, change);
    genu_walk *w = NULL;
    genu_status s = read_norms(task, classes, err);
    if (s != GENU_OK)
        return s;
    genu_movement *v = take(m, n);
    genu_data *d = genu_data_new(m);
    if (!v || !d) {
        s = genu_fail(err, GENU_E_MEMORY, "task '%s': out of memory", task->path);
        goto out;
    }
    genu_skeleton_default(m, d);
    s = genu_walk_new(&w, m, classes, &settings, err);
    if (s == GENU_OK)
        s = fit(w, d, v, err);
    if (s != GENU_OK) {
        genu_fail_in(err, s, "task '%s'", task->path);
        goto out;
    }
    fill(v, w, d);
    *movement = v;
    v = NULL;
out:
    genu_walk_free(w);
    genu_data_free(d);
    genu_movement_free(v);
    return s;
}

genu_status genu_movement_write(const genu_movement *v, const genu_model *m, const char *path,
                                int force, genu_err *err)
{
    genu_table t;
    genu_status s = genu_table_new(&t, "generated movement", v->n_frame, m->n_coord, err);
    if (s != GENU_OK)
        return s;
    t.in_degrees = 1;
    memcpy(t.time, v->time, (size_t)v->n_frame * sizeof *t.time);
    for (int i = 0; s == GENU_OK && i < m->n_coord; i++) {
        double unit = m->coord[i].motion == GENU_ROTATION ? 180 / GENU_PI : 1;
        double *column = genu_table_column(&t, i);
        for (int k = 0; k < v->n_frame; k++)
            column[k] = unit * v->q[(size_t)k * (size_t)v->n_coord + (size_t)i];
        s = genu_table_label(&t, i, m->coord[i].name, err);
    }
    if (s == GENU_OK)
        s = genu_table_write(&t, path, force, err);
    genu_table_free(&t);
    return s;
}

enum { N_LOAD = 9 }; /* columns of one foot: force, point, torque */

static genu_status label_loads(genu_table *t, genu_err *err)
{
    static const char *const form[N_LOAD] = {
        "ground_force_%c_vx", "ground_force_%c_vy", "ground_force_%c_vz",
        "ground_force_%c_px", "ground_force_%c_py", "ground_force_%c_pz",
        "ground_torque_%c_x", "ground_torque_%c_y", "ground_torque_%c_z",
    };
    for (int j = 0; j < N_LOAD * GENU_N_SIDE; j++) {
        char label[40];
        const char *f = form[j % N_LOAD];
        char side = j < N_LOAD ? 'r' : 'l', *at;
        snprintf(label, sizeof label, "%s", f);
        at = strstr(label, "%c");
        at[0] = side;
        memmove(at + 1, at + 2, strlen(at + 2) + 1);
        genu_status s = genu_table_label(t, j, label, err);
        if (s != GENU_OK)
            return s;
    }
    return GENU_OK;
}

static const char *file_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The external-loads file that says what the columns mean. */
static int print_xml(FILE *f, const genu_movement *v, const genu_model *m, const char *table)
{
    fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenSimDocument "
               "Version=\"40000\">\n\t<ExternalLoads name=\"walk\">\n\t\t<objects>\n");
    for (int side = 0; side < GENU_N_SIDE; side++) {
        char c = side == GENU_RIGHT ? 'r' : 'l';
        fprintf(f,
                "\t\t\t<ExternalForce name=\"%s\">\n"
                "\t\t\t\t<applied_to_body>%s</applied_to_body>\n"
                "\t\t\t\t<force_expressed_in_body>ground</force_expressed_in_body>\n"
                "\t\t\t\t<point_expressed_in_body>ground</point_expressed_in_body>\n"
                "\t\t\t\t<force_identifier>ground_force_%c_v</force_identifier>\n"
                "\t\t\t\t<point_identifier>ground_force_%c_p</point_identifier>\n"
                "\t\t\t\t<torque_identifier>ground_torque_%c_</torque_identifier>\n"
                "\t\t\t</ExternalForce>\n",
                genu_side_name((genu_side)side), m->body[v->foot_body[side]].name, c, c, c);
    }
    fprintf(f,
            "\t\t</objects>\n\t\t<groups />\n\t\t<datafile>%s</datafile>\n"
            "\t</ExternalLoads>\n</OpenSimDocument>\n",
            file_of(table));
    return !ferror(f);
}

static genu_status write_xml(const genu_movement *v, const genu_model *m, const char *table,
                             const char *path, int force, genu_err *err)
{
    genu_outfile out;
    genu_status s = genu_outfile_open(&out, path, force, err);
    if (s != GENU_OK)
        return s;
    int fd = dup(out.fd);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    int good = f && print_xml(f, v, m, table);
    if (f && fclose(f) != 0)
        good = 0;
    if (!f && fd >= 0)
        close(fd);
    if (good)
        return genu_outfile_commit(&out, err);
    s = genu_fail(err, GENU_E_IO, "'%s': %s", path, strerror(errno));
    genu_outfile_drop(&out);
    return s;
}

genu_status genu_movement_write_loads(const genu_movement *v, const genu_model *m, const char *path,
                                      const char *loads_xml, int force, genu_err *err)
{
    genu_table t;
    genu_status s =
        genu_table_new(&t, "generated ground reactions", v->n_frame, N_LOAD * GENU_N_SIDE, err);
    if (s != GENU_OK)
        return s;
    memcpy(t.time, v->time, (size_t)v->n_frame * sizeof *t.time);
    for (int k = 0; k < v->n_frame; k++)
        for (int side = 0; side < GENU_N_SIDE; side++) {
            const genu_walk_foot *f = &v->foot[(size_t)k * GENU_N_SIDE + (size_t)side];
            double row[N_LOAD] = { 0 };
            if (f->on) {
                v3_put(row, f->force);
                v3_put(row + 3, f->center);
                row[7] = f->free;
            }
            for (int j = 0; j < N_LOAD; j++)
                genu_table_column(&t, side * N_LOAD + j)[k] = row[j];
        }
    s = label_loads(&t, err);
    if (s == GENU_OK)
        s = genu_table_write(&t, path, force, err);
    genu_table_free(&t);
    return s == GENU_OK && loads_xml ? write_xml(v, m, path, loads_xml, force, err) : s;
}
