#include "sim/results_writer.h"

#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

genu_status genu_writer_image(genu_writer *w, void **image, size_t *n, genu_err *err)
{
    struct stat st;
    *image = NULL;
    genu_status s = genu_writer_close_file(w, err);
    if (!s && fstat(w->out.fd, &st))
        s = genu_writer_broken(w, err, "size");
    if (!s && !(*image = malloc((size_t)st.st_size + 1)))
        s = genu_fail(err, GENU_E_MEMORY, "'%s': no memory for its image", w->out.path);
    *n = s ? 0 : (size_t)st.st_size;
    for (size_t got = 0; !s && got < *n;) {
        ssize_t more = pread(w->out.fd, (char *)*image + got, *n - got, (off_t)got);
        if (more <= 0)
            s = genu_writer_broken(w, err, "reading it back");
        got += more > 0 ? (size_t)more : 0;
    }
    if (s) {
        free(*image);
        *image = NULL;
    }
    genu_writer_abandon(w);
    return s;
}

// the callback of H5DSiterate_scales: the first scale's name decides
typedef struct axis {
    const genu_writer *w;
    int dim; /* its number, -1: not found */
} axis;

static herr_t name_axis(hid_t set, unsigned at, hid_t scale, void *context)
{
    (void)set, (void)at;
    axis *a = context;
    char name[64] = "";
    if (H5DSget_scale_name(scale, name, sizeof name) > 0)
        a->dim = genu_writer_find_dim(a->w, name);
    return 1;
}

/* The dimensions of an open dataset; 0 when one is none of ours. */
static int take_shape(genu_writer *w, genu_writer_set *d)
{
    hsize_t n[GENU_RANK_MAX];
    hid_t space = H5Dget_space(d->id), type = H5Dget_type(d->id);
    d->rank = H5Sget_simple_extent_ndims(space);
    if (d->rank < 0 || d->rank > GENU_RANK_MAX || H5Sget_simple_extent_dims(space, n, NULL) < 0)
        return 0;
    d->integer = H5Tget_class(type) == H5T_INTEGER;
    d->is_scale = H5DSis_scale(d->id) > 0;
    d->has_fill = H5Aexists(d->id, "_FillValue") > 0;
    H5Tclose(type);
    H5Sclose(space);
    if (d->is_scale) {
        genu_writer_dimension *grown = realloc(w->dim, ((size_t)w->n_dim + 1) * sizeof *grown);
        if (!grown)
            return 0;
        w->dim = grown;
        w->dim[w->n_dim] = (genu_writer_dimension){ (int)n[0], (int)(d - w->set) };
        d->dim[0] = w->n_dim++;
        return 1;
    }
    for (int i = 0; i < d->rank; i++) {
        axis a = { w, -1 };
        H5DSiterate_scales(d->id, (unsigned)i, NULL, name_axis, &a);
        if (a.dim < 0)
            return 0;
        d->dim[i] = a.dim;
    }
    return 1;
}

static int take_set(genu_writer *w, hsize_t i)
{
    char name[GENU_FIELD_NAME_MAX + 1];
    ssize_t n = H5Lget_name_by_idx(w->file, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name,
                                   sizeof name, H5P_DEFAULT);
    if (n < 1 || n > GENU_FIELD_NAME_MAX)
        return 0;
    genu_writer_set *grown = realloc(w->set, ((size_t)w->n_set + 1) * sizeof *grown);
    char *copy = genu_strdup(name);
    if (grown)
        w->set = grown;
    if (!grown || !copy) {
        free(copy);
        return 0;
    }
    genu_writer_set *d = &w->set[w->n_set++];
    hid_t dapl = genu_writer_access_list();
    *d = (genu_writer_set){ .name = copy, .id = H5Dopen2(w->file, name, dapl) };
    H5Pclose(dapl);
    return d->id >= 0 && take_shape(w, d);
}

genu_status genu_writer_from_image(genu_writer **w, const char *path, int force, const void *image,
                                   size_t n, genu_err *err)
{
    genu_status s = genu_writer_start(w, path, force, image, n, err);
    if (s)
        return s;
    H5G_info_t group;
    int good = n > 0 && H5Gget_info((*w)->file, &group) >= 0;
    for (hsize_t i = 0; good && i < group.nlinks; i++)
        good = take_set(*w, i);
    if (good)
        return GENU_OK;
    genu_writer_abandon(*w);
    *w = NULL;
    return genu_fail(err, GENU_E_FORMAT, "'%s': what its shards say of its datasets is damaged",
                     path);
}
