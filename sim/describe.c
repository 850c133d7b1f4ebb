#include "sim/describe.h"

#include "models/group.h"
#include "models/skeleton.h"
#include "sim/file.h"
#include "sim/results.h"
#include "sim/table.h"
#include "sim/task.h"
#include "sim/trial.h"
#include "solvers/torque.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Whether a line begins with `kind:`, which tasks have and studies have not. */
static int is_task(const char *path)
{
    char *text;
    size_t n;
    if (genu_file_read(path, &text, &n, NULL) != GENU_OK)
        return 0;
    int found = !strncmp(text, "kind:", 5) || strstr(text, "\nkind:");
    free(text);
    return found;
}

genu_file_kind genu_file_kind_of(const char *path)
{
    static const struct {
        const char *ending;
        genu_file_kind kind;
    } known[] = { { ".osim", GENU_FILE_MODEL },  { ".yaml", GENU_FILE_STUDY },
                  { ".yml", GENU_FILE_STUDY },   { ".mot", GENU_FILE_TABLE },
                  { ".sto", GENU_FILE_TABLE },   { ".csv", GENU_FILE_TABLE },
                  { ".xml", GENU_FILE_LOADS },   { ".h5", GENU_FILE_RESULTS },
                  { ".hdf5", GENU_FILE_RESULTS } };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof known / sizeof *known; i++)
        if (!strcasecmp(dot, known[i].ending))
            return known[i].kind == GENU_FILE_STUDY && is_task(path) ? GENU_FILE_TASK
                                                                     : known[i].kind;
    return GENU_N_FILE_KIND;
}

static void print_coordinates(const genu_model *m, FILE *to)
{
    static const char *const word[] = { "rotation", "translation", "coupled" };
    fprintf(to, "\n%-26s %-12s %10s %10s %10s\n", "coordinate", "kind", "default", "from", "to");
    for (int i = 0; i < m->n_coord; i++) {
        const genu_coord *c = &m->coord[i];
        double unit = c->motion == GENU_TRANSLATION ? 1 : 180 / GENU_PI;
        fprintf(to, "%-26s %-12s %10.4g %10.4g %10.4g %s%s", c->name, word[c->motion],
                unit * c->value, unit * c->lo, unit * c->hi,
                c->motion == GENU_TRANSLATION ? "m" : "deg", c->locked ? ", locked" : "");
        if (c->leader >= 0)
            fprintf(to, ", follows %s", m->coord[c->leader].name);
        fputc('\n', to);
    }
}

static void print_groups(const genu_model *m, FILE *to)
{
    fprintf(to, "\n%-24s %10s  %s\n", "muscle group", "F0 (N)", "muscles, right side");
    for (int g = 0; g < genu_group_count(); g++) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < m->n_muscle; i++)
            if (genu_group_has(g, m->muscle[i].name) &&
                genu_side_of(m->muscle[i].name) != GENU_LEFT) {
                if (!count)
                    fprintf(to, "%-24s ", genu_group_at(g)->name);
                sum += m->muscle[i].hill.f_max;
                count++;
            }
        if (!count)
            continue;
        fprintf(to, "%10.0f ", sum);
        for (int i = 0; i < m->n_muscle; i++)
            if (genu_group_has(g, m->muscle[i].name) &&
                genu_side_of(m->muscle[i].name) != GENU_LEFT)
                fprintf(to, " %s", m->muscle[i].name);
        fputc('\n', to);
    }
}

/* What a dynamometer would measure: in the default pose, and the best hip angle. */
static genu_status print_abduction(const genu_model *m, FILE *to)
{
    int c = genu_find_coord(m, "hip_adduction_r");
    if (c < 0) {
        fputs("\nmaximal isometric hip-abduction torque: none, the model has no coordinate "
              "'hip_adduction_r'\n",
              to);
        return GENU_OK;
    }
    genu_data *d = genu_data_new(m);
    if (!d)
        return GENU_E_MEMORY;
    double neutral = 0, best = 0, angle = 0;
    genu_skeleton_default(m, d);
    genu_status s = genu_torque_isometric(m, d, c, -1, &neutral);
    for (int deg = -30; deg <= 20 && s == GENU_OK; deg += 5) {
        double torque;
        d->q[c] = deg * GENU_PI / 180;
        s = genu_torque_isometric(m, d, c, -1, &torque);
        if (torque > best) {
            best = torque;
            angle = deg;
        }
    }
    genu_data_free(d);
    if (s == GENU_OK)
        fprintf(to,
                "\nmaximal isometric hip-abduction torque, right: %.0f Nm in the default pose, "
                "at most %.0f Nm at %.0f deg of %s\n(healthy adults measured 111 +- 43 Nm; a "
                "strength factor is the measured torque over the model's)\n",
                neutral, best, fabs(angle), angle > 0 ? "adduction" : "abduction");
    return s;
}

static void print_muscle(const genu_model *m, const genu_muscle *s, FILE *to)
{
    static const char *const kind[] = { "fixed", "conditional", "moving" };
    const genu_hill *h = &s->hill;
    fprintf(to, "%s (%s)\n", s->name, h->kind == GENU_HILL_THELEN ? "Thelen 2003" : "Millard 2012");
    fprintf(to, "  maximal isometric force   %10.4g N\n", h->f_max);
    fprintf(to, "  optimal fibre length      %10.4g m\n", h->l_opt);
    fprintf(to, "  tendon slack length       %10.4g m\n", h->l_slack);
    fprintf(to, "  pennation angle           %10.4g deg\n", h->pennation * 180 / GENU_PI);
    fprintf(to, "  maximal shortening speed  %10.4g optimal lengths/s\n", h->v_max);
    for (int i = 0; i < s->path.n_point; i++) {
        const genu_point *p = &s->path.point[i];
        fprintf(to, "  point %-22s %-11s on %-12s", p->name, kind[p->kind], m->body[p->body].name);
        if (p->kind != GENU_POINT_MOVING)
            fprintf(to, " %9.5f %9.5f %9.5f m", p->location.x, p->location.y, p->location.z);
        fputc('\n', to);
    }
    for (int i = 0; i < s->path.n_wrap; i++)
        fprintf(to, "  wraps over %s\n", m->wrap[s->path.wrap[i].object].name);
}

static genu_status show_part(const genu_model *m, const char *name, FILE *to, genu_err *err)
{
    int *flag = calloc((size_t)m->n_muscle + 1, sizeof *flag);
    if (!flag)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    genu_status s = genu_group_select(m, name, GENU_SIDE_BOTH, flag, err);
    for (int i = 0; s == GENU_OK && i < m->n_muscle; i++)
        if (flag[i])
            print_muscle(m, &m->muscle[i], to);
    free(flag);
    return s;
}

static genu_status show_model(const char *path, const char *name, FILE *to, genu_notes *notes,
                              genu_err *err)
{
    genu_model *m;
    genu_status s = genu_trial_read_model(path, &m, NULL, notes, err);
    if (s != GENU_OK)
        return s;
    if (name) {
        s = show_part(m, name, to, err);
    } else {
        fprintf(to,
                "model %s: %d bodies, %.2f kg, %d coordinates, %d muscles, %d wrapping objects\n",
                m->name, m->n_body - 1, genu_model_mass(m), m->n_coord, m->n_muscle, m->n_wrap);
        print_coordinates(m, to);
        print_groups(m, to);
        s = print_abduction(m, to);
        if (s != GENU_OK)
            genu_fail(err, s, "model '%s': the hip-abduction torque could not be computed: %s",
                      m->name, genu_status_text(s));
    }
    genu_model_free(m);
    return s;
}

static void print_values(const genu_dataset *d, FILE *to)
{
    size_t row = d->rank ? (size_t)d->dim[d->rank - 1] : 1;
    for (size_t i = 0; i < d->n; i++) {
        if (d->text)
            fprintf(to, "%s", d->text[i]);
        else
            fprintf(to, "%.10g", d->value[i]);
        fputc((i + 1) % row ? ' ' : '\n', to);
    }
}

static void print_shape(const genu_dataset *d, FILE *to)
{
    char shape[128] = "";
    for (int k = 0; k < d->rank; k++)
        snprintf(shape + strlen(shape), sizeof shape - strlen(shape), "%s%s %d", k ? ", " : "",
                 d->dim_name[k], d->dim[k]);
    fprintf(to, "%-36s %-10s %-40s %s\n", d->name, d->units ? d->units : "", shape,
            d->long_name ? d->long_name : "");
}

static genu_status show_results(const char *path, const char *name, FILE *to, genu_err *err)
{
    genu_results *r;
    genu_status s = genu_results_open(&r, path, err);
    if (s != GENU_OK)
        return s;
    genu_dataset d = { 0 };
    if (name && (s = genu_results_read(r, name, &d, err)) == GENU_OK) {
        print_shape(&d, to);
        print_values(&d, to);
        genu_dataset_free(&d);
    }
    static const char *const attributes[] = { "title", "model", "program_version", "command_line" };
    for (size_t i = 0; !name && i < sizeof attributes / sizeof *attributes; i++)
        if (genu_results_attribute(r, attributes[i]))
            fprintf(to, "%-16s %s\n", attributes[i], genu_results_attribute(r, attributes[i]));
    for (int i = 0; !name && s == GENU_OK && i < genu_results_count(r); i++) {
        s = genu_results_shape(r, genu_results_name(r, i), &d, err);
        if (s == GENU_OK)
            print_shape(&d, to);
        genu_dataset_free(&d);
    }
    genu_results_close(r);
    return s;
}

static genu_status show_table(const char *path, FILE *to, genu_notes *notes, genu_err *err)
{
    genu_table t;
    int first = notes ? notes->n : 0;
    genu_status s = genu_table_read(&t, path, notes, err);
    genu_file_name_notes(notes, first, NULL);
    if (s != GENU_OK)
        return s;
    fprintf(to, "%d rows from %g to %g s, angles %s\n", t.n_row, t.time[0], t.time[t.n_row - 1],
            t.in_degrees == 1   ? "in degrees"
            : t.in_degrees == 0 ? "in radians"
                                : "not stated");
    for (int j = 0; j < t.n_column; j++) {
        const double *x = genu_table_column(&t, j);
        double lo = x[0], hi = x[0];
        for (int i = 1; i < t.n_row; i++) {
            lo = fmin(lo, x[i]);
            hi = fmax(hi, x[i]);
        }
        fprintf(to, "%-48s %12.5g to %12.5g\n", t.label[j], lo, hi);
    }
    genu_table_free(&t);
    return GENU_OK;
}

static genu_status show_study(const char *path, FILE *to, genu_notes *notes, genu_err *err)
{
    genu_study *study;
    int first = notes ? notes->n : 0;
    genu_status s = genu_study_read(&study, path, notes, err);
    genu_file_name_notes(notes, first, path);
    if (s != GENU_OK)
        return s;
    genu_study_print(study, to);
    fprintf(to, "scenarios: %d\n", study->n_scenario);
    genu_study_free(study);
    return GENU_OK;
}

static genu_status show_task(const char *path, FILE *to, genu_notes *notes, genu_err *err)
{
    genu_task *t;
    int first = notes ? notes->n : 0;
    genu_status s = genu_task_read(&t, path, notes, err);
    genu_file_name_notes(notes, first, path);
    if (s != GENU_OK)
        return s;
    const double deg = 180 / GENU_PI;
    fprintf(to, "task: level walking, generated for the model of a study\n");
    fprintf(to, "%-18s %g m/s\n", "speed:", t->speed);
    fprintf(to, "%-18s %g m\n", "step_width:", t->step_width);
    fprintf(to, "%-18s %g deg, %s\n", "pelvic_obliquity:", deg * t->pelvic_obliquity,
            t->obliquity_course == GENU_TASK_CONSTANT ? "constant, right side higher"
                                                      : "with the steps, swing side lower");
    fprintf(to, "%-18s %g deg, %s\n", "trunk_lean:", deg * t->trunk_lean,
            t->lean_course == GENU_TASK_CONSTANT ? "constant, to the right"
                                                 : "with the steps, over the stance leg");
    fprintf(to, "%-18s %g deg\n", "toe_out:", deg * t->toe_out);
    fprintf(to, "%-18s %g deg\n", "trunk_tilt:", deg * t->trunk_tilt);
    fprintf(to, "%-18s %s, %s, %s\n", "norms:", t->norms.slow, t->norms.free, t->norms.fast);
    fprintf(to, "%-18s %d of one cycle\n", "frames:", t->frames);
    genu_task_free(t);
    return GENU_OK;
}

genu_status genu_describe(const char *path, const char *name, FILE *to, genu_notes *notes,
                          genu_err *err)
{
    genu_file_kind kind = genu_file_kind_of(path);
    if (name && kind != GENU_FILE_MODEL && kind != GENU_FILE_RESULTS)
        return genu_fail(err, GENU_E_RANGE,
                         "'%s': only a model or a results file is shown by name, not '%s'", path,
                         name);
    switch (kind) {
    case GENU_FILE_MODEL:
        return show_model(path, name, to, notes, err);
    case GENU_FILE_RESULTS:
        return show_results(path, name, to, err);
    case GENU_FILE_TABLE:
        return show_table(path, to, notes, err);
    case GENU_FILE_STUDY:
        return show_study(path, to, notes, err);
    case GENU_FILE_TASK:
        return show_task(path, to, notes, err);
    default:
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s': only files ending in .osim, .yaml, .mot, .sto, .csv or .h5 can be "
                         "shown",
                         path);
    }
}
