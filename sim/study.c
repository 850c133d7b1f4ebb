#include "sim/study_private.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------------ what keys say together */

int study_has(const genu_study *s, const char *key)
{
    int found;
    genu_yaml_find(s->doc, key, &found);
    return found;
}

genu_mark genu_study_mark(const genu_study *study, const char *key)
{
    return genu_yaml_find(study->doc, key, NULL);
}

static void check_task(const genu_study *s, genu_problems *p)
{
    static const char *const alone[] = { "loads", "events" };
    for (int i = 0; i < 2; i++)
        if (study_has(s, alone[i]))
            genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, alone[i]),
                              "%s belongs to a measured motion, must not stand beside task",
                              alone[i]);
}

static void check_motion(const genu_study *s, genu_problems *p)
{
    if (study_has(s, "change"))
        genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, "change"),
                          "change belongs to a task, must not stand beside motion");
    if (s->motion.from >= s->motion.to)
        genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, "motion.to"),
                          "motion.to is %g s, must be above motion.from, which is %g s",
                          s->motion.to, s->motion.from);
    if (!study_has(s, "motion.filter"))
        genu_notes_add(p->notes, GENU_NOTE, genu_study_mark(s, "motion").line,
                       "motion.filter is left out: the coordinates are low-passed at %g Hz",
                       s->motion.filter);
    if (!study_has(s, "loads"))
        genu_notes_add(p->notes, GENU_WARNING, genu_study_mark(s, "motion").line,
                       "loads is left out: no ground reaction or other external force acts on the "
                       "body");
}

static void check_source(const genu_study *s, genu_problems *p)
{
    int task = study_has(s, "task"), motion = study_has(s, "motion");
    if (task && motion)
        genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, "motion"),
                          "task (line %d) and motion are both there, must be one of them",
                          genu_study_mark(s, "task").line);
    else if (task)
        check_task(s, p);
    else if (motion)
        check_motion(s, p);
    else
        genu_problems_add(p, GENU_E_FORMAT, genu_study_mark(s, ""),
                          "neither task nor motion is there, must be one of them");
}

static void check_sharing(const genu_study *s, genu_problems *p)
{
    if (s->sharing.tendon == GENU_TENDON_ELASTIC && !s->sharing.passive)
        genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, "sharing.tendon"),
                          "sharing.tendon is elastic, which needs sharing.passive: true: a tendon "
                          "balances the active and the passive force of its fibres");
    if (s->sharing.tendon == GENU_TENDON_ELASTIC && s->output & GENU_OUTPUT_SLOPES)
        genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, "output"),
                          "output asks for slopes, which there are with rigid tendons only");
    if (s->sharing.mode != GENU_MODE_OPENSIM)
        return;
    if (s->sharing.passive)
        genu_notes_add(p->notes, GENU_WARNING, genu_study_mark(s, "sharing.passive").line,
                       "sharing.passive is true: OpenSim's static optimisation has no passive "
                       "force, so numbers will differ from its own");
    if (s->sharing.weights.n)
        genu_notes_add(p->notes, GENU_WARNING, genu_study_mark(s, "sharing.weights").line,
                       "sharing.weights are given: OpenSim's static optimisation has none, so "
                       "numbers will differ from its own");
}

/* ------------------------------------------------------------------ events */

static void check_rising(const genu_study *s, const char *key, const genu_numbers *t,
                         genu_problems *p)
{
    for (int i = 1; i < t->n; i++)
        if (!(t->value[i] > t->value[i - 1])) {
            char path[80];
            snprintf(path, sizeof path, "%s[%d]", key, i);
            genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, path),
                              "%s is %g s, must be above the one before, which is %g s", path,
                              t->value[i], t->value[i - 1]);
            return;
        }
}

/* Between two strikes of a foot it leaves the ground exactly once, and the other way round. */
static void check_alternate(const genu_study *s, const char *key, const char *what,
                            const genu_numbers *t, const char *other, const genu_numbers *between,
                            genu_problems *p)
{
    for (int i = 1; i < t->n; i++) {
        int n = 0;
        for (int j = 0; j < between->n; j++)
            n += between->value[j] > t->value[i - 1] && between->value[j] < t->value[i];
        if (n == 1)
            continue;
        genu_problems_add(p, GENU_E_RANGE, genu_study_mark(s, key),
                          "%s: between the %s at %g s and the %s at %g s there are %d times of %s, "
                          "must be 1",
                          key, what, t->value[i - 1], what, t->value[i], n, other);
        return;
    }
}

static void check_foot(const genu_study *s, const char *key, const genu_study_foot *foot,
                       genu_problems *p)
{
    char strike[40], off[40];
    int before = p->n;
    snprintf(strike, sizeof strike, "%s.strike", key);
    snprintf(off, sizeof off, "%s.off", key);
    check_rising(s, strike, &foot->strike, p);
    check_rising(s, off, &foot->off, p);
    if (p->n > before)
        return;
    check_alternate(s, key, "strike", &foot->strike, "off", &foot->off, p);
    check_alternate(s, key, "off", &foot->off, "strike", &foot->strike, p);
}

/* ------------------------------------------------------------------ reading */

/* The folder of a path, "" for none, "/" for the root; the file's name without its ending. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup("");
}

static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return dot && dot > name ? strndup(name, (size_t)(dot - name)) : strdup(name);
}

static void check_together(genu_study *s, genu_problems *p)
{
    check_source(s, p);
    check_sharing(s, p);
    check_foot(s, "events.right", &s->events.right, p);
    check_foot(s, "events.left", &s->events.left, p);
    study_check_vary(s, p);
    study_check_design(s, p);
}

/* From the tree, which the study then owns in any case. */
static genu_status finish(genu_study **out, genu_yaml *doc, genu_problems *p)
{
    genu_study *s = calloc(1, sizeof *s);
    if (s) {
        s->path = strdup(p->name);
        s->folder = folder_of(p->name);
    }
    if (!s || !s->path || !s->folder) {
        genu_problems_add(p, GENU_E_MEMORY, (genu_mark){ 0 }, "not enough memory");
        genu_yaml_free(doc);
        genu_study_free(s);
        return p->first;
    }
    s->doc = doc;
    genu_fields_defaults(genu_study_keys, s);
    genu_fields_read(genu_study_keys, doc, genu_yaml_root(doc), "", s->folder, s, p);
    if (genu_yaml_type_of(doc, genu_yaml_root(doc)) == GENU_YAML_MAP)
        check_together(s, p);
    if (!s->title && !p->n) {
        s->title = stem_of(p->name);
        if (!s->title)
            genu_problems_add(p, GENU_E_MEMORY, (genu_mark){ 0 }, "not enough memory");
    }
    if (p->n) {
        genu_study_free(s);
        return p->first;
    }
    *out = s;
    return GENU_OK;
}

genu_status genu_study_read(genu_study **study, const char *path, genu_notes *notes, genu_err *err)
{
    genu_problems p = genu_problems_start("study", path, notes, err);
    genu_yaml *doc;
    *study = NULL;
    genu_status s = genu_yaml_read(&doc, &p);
    return s ? s : finish(study, doc, &p);
}

genu_status genu_study_parse(genu_study **study, const char *text, size_t n, const char *path,
                             genu_notes *notes, genu_err *err)
{
    genu_problems p = genu_problems_start("study", path, notes, err);
    genu_yaml *doc;
    *study = NULL;
    genu_status s = genu_yaml_parse(&doc, text, n, &p);
    return s ? s : finish(study, doc, &p);
}

void genu_study_free(genu_study *study)
{
    if (!study)
        return;
    genu_fields_free(genu_study_keys, study);
    genu_yaml_free(study->doc);
    free(study->path);
    free(study->folder);
    free(study->value);
    free(study);
}

/* ------------------------------------------------------------------ a finished study */

const char *genu_study_text(const genu_study *study)
{
    return genu_yaml_text(study->doc);
}

static void check_file(const genu_study *s, const char *key, const char *path, genu_problems *p)
{
    struct stat st;
    if (!path)
        return;
    if (stat(path, &st) || access(path, R_OK))
        genu_problems_add(p, GENU_E_IO, genu_study_mark(s, key), "%s '%s' cannot be read: %s", key,
                          path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        genu_problems_add(p, GENU_E_IO, genu_study_mark(s, key), "%s '%s' is %s, must be a file",
                          key, path, S_ISDIR(st.st_mode) ? "a folder" : "a device or pipe");
}

genu_status genu_study_check_files(const genu_study *study, genu_notes *notes, genu_err *err)
{
    genu_problems p = genu_problems_start("study", study->path, notes, err);
    check_file(study, "model", study->model, &p);
    check_file(study, "task", study->task, &p);
    check_file(study, "motion.file", study->motion.file, &p);
    check_file(study, "loads.file", study->loads.file, &p);
    return p.first;
}

void genu_study_print_fields(FILE *out)
{
    genu_fields_print_help(genu_study_keys, out);
}

void genu_study_print(const genu_study *study, FILE *out)
{
    genu_fields_print(genu_study_keys, study, out);
}
