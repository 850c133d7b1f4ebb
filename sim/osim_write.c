/* osim_write.c - the document: bodies, constraints, markers, and the file. */
#include "sim/osim_write_private.h"

#include "models/osim.h"
#include "sim/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void wrap_object(osim_sink *k, const genu_wrap_object *w)
{
    static const char *const tag[] = { "WrapCylinder", "WrapSphere", "WrapEllipsoid", "WrapTorus" };
    static const char *const quadrant[3][3] = { { "-x", "all", "x" },
                                                { "-y", "all", "y" },
                                                { "-z", "all", "z" } };
    sink_open(k, tag[w->kind], w->name);
    sink_bool(k, "active", w->active);
    sink_angles(k, "xyz_body_rotation", w->frame.R);
    sink_v3(k, "translation", w->frame.p);
    sink_text(k, "quadrant", quadrant[w->quadrant_axis][w->quadrant_sign + 1]);
    switch (w->kind) {
    case GENU_WRAP_ELLIPSOID:
        sink_numbers(k, "dimensions", w->radius, 3);
        break;
    case GENU_WRAP_TORUS:
        sink_number(k, "inner_radius", w->radius[0]);
        sink_number(k, "outer_radius", w->radius[1]);
        break;
    case GENU_WRAP_CYLINDER:
        sink_number(k, "radius", w->radius[0]);
        sink_number(k, "length", w->length);
        break;
    case GENU_WRAP_SPHERE:
        sink_number(k, "radius", w->radius[0]);
        break;
    }
    sink_close(k, tag[w->kind]);
}

static void wrap_objects(osim_sink *k, int body)
{
    int n = 0;
    for (int i = 0; i < k->m->n_wrap; i++)
        n += k->m->wrap[i].body == body;
    if (!n)
        return;
    sink_open(k, "WrapObjectSet", "wrapobjectset");
    sink_open(k, "objects", NULL);
    for (int i = 0; i < k->m->n_wrap; i++)
        if (k->m->wrap[i].body == body)
            wrap_object(k, &k->m->wrap[i]);
    sink_close(k, "objects");
    sink_groups(k);
    sink_close(k, "WrapObjectSet");
}

static void bodies(osim_sink *k)
{
    sink_open(k, "Ground", "ground");
    wrap_objects(k, 0);
    sink_close(k, "Ground");
    sink_v3(k, "gravity", k->m->gravity);
    sink_text(k, "length_units", "meters");
    sink_text(k, "force_units", "N");
    sink_open(k, "BodySet", "bodyset");
    sink_open(k, "objects", NULL);
    for (int b = 1; b < k->m->n_body; b++) {
        const genu_body *body = &k->m->body[b];
        const double(*I)[3] = body->inertia.m;
        sink_open(k, "Body", body->name);
        wrap_objects(k, b);
        sink_number(k, "mass", body->mass);
        sink_v3(k, "mass_center", body->mass_center);
        sink_numbers(k, "inertia",
                     (double[]){ I[0][0], I[1][1], I[2][2], I[0][1], I[0][2], I[1][2] }, 6);
        sink_close(k, "Body");
    }
    sink_close(k, "objects");
    sink_groups(k);
    sink_close(k, "BodySet");
}

static genu_status couplers(osim_sink *k)
{
    genu_status s = GENU_OK;
    sink_open(k, "ConstraintSet", "constraintset");
    sink_open(k, "objects", NULL);
    for (int i = 0; i < k->m->n_coord && s == GENU_OK; i++) {
        const genu_coord *c = &k->m->coord[i];
        char name[400];
        if (c->leader < 0)
            continue;
        snprintf(name, sizeof name, "%s_coupler", c->name);
        sink_open(k, "CoordinateCouplerConstraint", name);
        sink_bool(k, "isEnforced", 1);
        sink_open(k, "coupled_coordinates_function", NULL);
        s = sink_function(k, &c->coupler, NULL, name);
        sink_close(k, "coupled_coordinates_function");
        sink_text(k, "independent_coordinate_names", k->m->coord[c->leader].name);
        sink_text(k, "dependent_coordinate_name", c->name);
        sink_number(k, "scale_factor", 1);
        sink_close(k, "CoordinateCouplerConstraint");
    }
    sink_close(k, "objects");
    sink_groups(k);
    sink_close(k, "ConstraintSet");
    return s;
}

static void markers(osim_sink *k)
{
    sink_open(k, "MarkerSet", "markerset");
    sink_open(k, "objects", NULL);
    for (int i = 0; i < k->m->n_marker; i++) {
        sink_open(k, "Marker", k->m->marker[i].name);
        sink_body(k, "socket_parent_frame", k->m->marker[i].body);
        sink_v3(k, "location", k->m->marker[i].location);
        sink_bool(k, "fixed", 0);
        sink_close(k, "Marker");
    }
    sink_close(k, "objects");
    sink_groups(k);
    sink_close(k, "MarkerSet");
}

static genu_status credits(osim_sink *k)
{
    const char *text = k->m->credits ? k->m->credits : "";
    char *all = NULL, height[40];
    sink_digits(k->m->height, height);
    int good = k->m->height > 0 ? asprintf(&all, "%s\n" GENU_OSIM_HEIGHT " %s m", text, height)
                                : asprintf(&all, "%s", text);
    if (good < 0)
        return genu_fail(k->err, GENU_E_MEMORY, "out of memory for a model's text");
    if (*all)
        sink_text(k, "credits", all);
    free(all);
    return GENU_OK;
}

static genu_status document(osim_sink *k)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<OpenSimDocument Version=\"40000\">\n",
          k->f);
    k->depth = 1;
    sink_open(k, "Model", k->m->name);
    genu_status s = credits(k);
    bodies(k);
    if (s == GENU_OK)
        s = sink_joints(k);
    if (s == GENU_OK)
        s = couplers(k);
    if (s == GENU_OK)
        s = sink_forces(k);
    markers(k);
    sink_close(k, "Model");
    fputs("</OpenSimDocument>\n", k->f);
    return s;
}

genu_status genu_osim_text(const genu_model *m, char **text, size_t *n, genu_err *err)
{
    *text = NULL;
    osim_sink k = { .f = open_memstream(text, n), .m = m, .err = err };
    if (!k.f)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for a model's text");
    genu_status s = document(&k);
    int failed = ferror(k.f);
    if ((fclose(k.f) || failed) && s == GENU_OK)
        s = genu_fail(err, GENU_E_MEMORY, "out of memory for a model's text");
    if (s != GENU_OK) {
        free(*text);
        *text = NULL;
        return genu_fail_in(err, s, "model '%s'", m->name);
    }
    return GENU_OK;
}

static genu_status write_all(int fd, const char *text, size_t n, const char *path, genu_err *err)
{
    while (n) {
        ssize_t done = write(fd, text, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", path,
                             strerror(errno));
        text += done;
        n -= (size_t)done;
    }
    return GENU_OK;
}

genu_status genu_osim_write(const genu_model *m, const char *path, int force, genu_err *err)
{
    char *text;
    size_t n;
    genu_outfile o;
    genu_status s = genu_osim_text(m, &text, &n, err);
    if (s != GENU_OK)
        return s;
    s = genu_outfile_open(&o, path, force, err);
    if (s == GENU_OK) {
        s = write_all(o.fd, text, n, path, err);
        if (s == GENU_OK)
            s = genu_outfile_commit(&o, err);
        else
            genu_outfile_drop(&o);
    }
    free(text);
    return s;
}
