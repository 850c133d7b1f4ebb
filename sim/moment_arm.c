#include "sim/moment_arm.h"

#include "models/path.h"
#include "models/skeleton.h"

#include <math.h>
#include <stdlib.h>

static genu_status one_arm(const genu_model *m, genu_data *d, int muscle, int coord, double q,
                           genu_mode mode, double *all, double *arm, genu_err *err)
{
    genu_line line;
    genu_skeleton_default(m, d);
    d->q[coord] = q;
    genu_skeleton_couple(m, d);
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    genu_status s = genu_path_line(m, d, &m->muscle[muscle].path, mode, &line);
    if (s != GENU_OK)
        return genu_fail(err, s, "model '%s': muscle '%s' at '%s' = %g: %s", m->name,
                         m->muscle[muscle].name, m->coord[coord].name, q, genu_status_text(s));
    genu_path_moment_arms(m, d, &m->muscle[muscle].path, &line, mode, all);
    *arm = all[coord];
    return GENU_OK;
}

genu_status genu_moment_arm_curve(const genu_model *m, int muscle, int coord, int n,
                                  const double *q, genu_mode mode, double *arm, genu_err *err)
{
    if (muscle < 0 || muscle >= m->n_muscle || coord < 0 || coord >= m->n_coord)
        return genu_fail(err, GENU_E_RANGE,
                         "model '%s': muscle %d of %d about coordinate %d of %d: there is none",
                         m->name, muscle, m->n_muscle, coord, m->n_coord);
    genu_data *d = genu_data_new(m);
    double *all = calloc((size_t)m->n_coord, sizeof *all);
    genu_status s =
        d && all ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "out of memory for moment arms");
    for (int i = 0; i < n && s == GENU_OK; i++)
        s = one_arm(m, d, muscle, coord, q[i], mode, all, &arm[i], err);
    free(all);
    genu_data_free(d);
    return s;
}

static genu_status find(const genu_model *m, const char *muscle, const char *coord, int *i, int *c,
                        genu_err *err)
{
    *i = genu_find_muscle(m, muscle);
    *c = genu_find_coord(m, coord);
    if (*i >= 0 && *c >= 0)
        return GENU_OK;
    return genu_fail(err, GENU_E_FORMAT, "model '%s': there is no %s '%s'", m->name,
                     *i < 0 ? "muscle" : "coordinate", *i < 0 ? muscle : coord);
}

static void measure(const double *q, const double *a, const double *b, int n,
                    genu_moment_arm_difference *out)
{
    double squares = 0;
    *out = (genu_moment_arm_difference){ .at = q[0], .a = a[0], .b = b[0] };
    for (int i = 0; i < n; i++) {
        double off = fabs(a[i] - b[i]);
        squares += off * off;
        out->size = fmax(out->size, fmax(fabs(a[i]), fabs(b[i])));
        if (off > out->largest) {
            out->largest = off;
            out->at = q[i];
            out->a = a[i];
            out->b = b[i];
        }
    }
    out->rms = sqrt(squares / n);
}

genu_status genu_moment_arm_compare(const genu_model *a, const genu_model *b, const char *muscle,
                                    const char *coord, double lo, double hi, int n, genu_mode mode,
                                    genu_moment_arm_difference *out, genu_err *err)
{
    int i, j, c, e;
    if (n < 2 || !(lo < hi))
        return genu_fail(err, GENU_E_RANGE, "%d values from %g to %g, must be at least 2, and rise",
                         n, lo, hi);
    genu_status s = find(a, muscle, coord, &i, &c, err);
    if (s == GENU_OK)
        s = find(b, muscle, coord, &j, &e, err);
    if (s != GENU_OK)
        return s;
    double *q = calloc(3 * (size_t)n, sizeof *q), *one = q + n, *two = q + 2 * n;
    if (!q)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for moment arms");
    for (int k = 0; k < n; k++)
        q[k] = lo + (hi - lo) * k / (n - 1);
    s = genu_moment_arm_curve(a, i, c, n, q, mode, one, err);
    if (s == GENU_OK)
        s = genu_moment_arm_curve(b, j, e, n, q, mode, two, err);
    if (s == GENU_OK)
        measure(q, one, two, n, out);
    free(q);
    return s;
}
