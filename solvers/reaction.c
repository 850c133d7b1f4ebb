#include "solvers/reaction.h"

#include "models/path.h"
#include "models/skeleton.h"

/* Take the pull of one muscle from what its bodies need. */
static genu_status pull(const genu_model *m, genu_data *d, genu_mode mode, int muscle, double force,
                        sp6 *w)
{
    genu_line line = { 0 };
    const genu_path *path = &m->muscle[muscle].path;
    genu_status s = genu_path_line(m, d, path, mode, &line);
    if (s != GENU_OK)
        return s;
    for (int b = 0; b < m->n_body; b++)
        d->force[b] = sp6_zero();
    genu_path_tension(&line, d->force);
    for (int b = 0; b < m->n_body; b++)
        w[b] = sp6_axpy(-force, d->force[b], w[b]);
    return GENU_OK;
}

genu_status genu_reaction_compute(const genu_model *m, genu_data *d, genu_mode mode,
                                  const sp6 *external, const double *force, sp6 *w)
{
    w[0] = sp6_zero();
    for (int b = 1; b < m->n_body; b++)
        w[b] = genu_skeleton_inertial(m, d, b);
    for (int b = 0; external && b < m->n_body; b++)
        w[b] = sp6_sub(w[b], external[b]);
    for (int i = 0; i < m->n_muscle; i++) {
        genu_status s = force[i] != 0 ? pull(m, d, mode, i, force[i], w) : GENU_OK;
        if (s != GENU_OK)
            return s;
    }
    for (int b = m->n_body - 1; b > 0; b--)
        w[m->body[b].parent] = sp6_add(w[m->body[b].parent], w[b]);
    return GENU_OK;
}

genu_reaction genu_reaction_at(const genu_data *d, const sp6 *w, int b, int frame)
{
    v3 p = d->X_joint[b].p;
    m3 R = frame == 0 ? m3_identity() : d->X[frame].R;
    return (genu_reaction){ .force = m3_tmul_v3(R, w[b].v),
                            .moment = m3_tmul_v3(R, sp6_moment_about(w[b], p)),
                            .point = p };
}
