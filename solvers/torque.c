#include "solvers/torque.h"

#include "models/path.h"
#include "models/skeleton.h"

genu_status genu_torque_isometric(const genu_model *m, genu_data *d, int c, int sign,
                                  double *torque)
{
    genu_line line = { 0 };
    *torque = 0;
    for (int i = 0; i < m->n_coord; i++)
        d->u[i] = 0;
    genu_skeleton_couple(m, d);
    genu_skeleton_position(m, d);
    genu_skeleton_velocity(m, d);
    for (int i = 0; i < m->n_muscle; i++) {
        const genu_muscle *muscle = &m->muscle[i];
        if (muscle->no_force)
            continue;
        genu_status s = genu_path_line(m, d, &muscle->path, GENU_MODE_GENU, &line);
        if (s != GENU_OK)
            return s;
        genu_path_moment_arms(m, d, &muscle->path, &line, GENU_MODE_GENU, d->gen);
        double arm = sign * d->gen[c];
        if (arm <= 0)
            continue;
        genu_hill_state h;
        genu_hill_rigid(&muscle->hill, GENU_MODE_GENU, line.length, 0, &h);
        *torque += arm * h.active;
    }
    return GENU_OK;
}
