#include "sim/results_writer.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

// n numbers as 32-bit integers on the heap; *missing is set when one is NaN
static genu_status as_integers(const genu_writer_set *d, size_t n, const double *value,
                               int32_t **out, int *missing, genu_err *err)
{
    int32_t *whole = malloc(n * sizeof *whole);
    if (!whole)
        return genu_fail(err, GENU_E_MEMORY, "dataset '%s': no memory for %zu integers", d->name,
                         n);
    *missing = 0;
    for (size_t i = 0; i < n; i++) {
        int is_missing = isnan(value[i]);
        *missing |= is_missing;
        if (!is_missing && (value[i] != floor(value[i]) || fabs(value[i]) >= -(double)FILL_INT)) {
            free(whole);
            return genu_fail(err, GENU_E_RANGE, "dataset '%s': %.17g is not a 32-bit integer",
                             d->name, value[i]);
        }
        whole[i] = is_missing ? FILL_INT : (int32_t)value[i];
    }
    *out = whole;
    return GENU_OK;
}

genu_status genu_writer_slab_write(genu_writer *w, const genu_writer_set *d, int first, int count,
                                   hid_t type, const void *value, genu_err *err)
{
    hsize_t start[GENU_RANK_MAX] = { (hsize_t)first }, n[GENU_RANK_MAX] = { (hsize_t)count };
    for (int i = 1; i < d->rank; i++)
        n[i] = (hsize_t)w->dim[d->dim[i]].n;
    hid_t to = H5Dget_space(d->id);
    hid_t from = d->rank ? H5Screate_simple(d->rank, n, NULL) : H5Screate(H5S_SCALAR);
    int good = to >= 0 && from >= 0;
    if (good && d->rank)
        good = H5Sselect_hyperslab(to, H5S_SELECT_SET, start, NULL, n, NULL) >= 0;
    if (!good || H5Dwrite(d->id, type, from, to, H5P_DEFAULT, value) < 0)
        return genu_writer_broken(w, err, d->name);
    H5Sclose(from);
    H5Sclose(to);
    return w->disk.error ? genu_writer_broken(w, err, d->name) : GENU_OK;
}

static genu_status put_integers(genu_writer *w, genu_writer_set *d, int first, int count, size_t n,
                                const double *value, genu_err *err)
{
    int32_t *whole = NULL, fill = FILL_INT;
    int missing = 0;
    genu_status s = as_integers(d, n, value, &whole, &missing, err);
    if (!s)
        s = genu_writer_slab_write(w, d, first, count, H5T_NATIVE_INT32, whole, err);
    free(whole);
    // only where something is missing, since xarray turns a dataset with it into floating point
    if (!s && missing && !d->has_fill) {
        d->has_fill = 1;
        s = genu_writer_attribute(w, d->id, "_FillValue", H5T_NATIVE_INT32, &fill, err);
    }
    return s;
}

size_t genu_writer_slab(const genu_writer *w, const char *field)
{
    const genu_writer_set *d = genu_writer_find(w, field);
    size_t n = d != NULL;
    for (int i = 1; d && i < d->rank; i++)
        n *= (size_t)w->dim[d->dim[i]].n;
    return n;
}

genu_status genu_writer_put(genu_writer *w, const char *field, int first, int count,
                            const double *value, genu_err *err)
{
    genu_writer_set *d = genu_writer_find(w, field);
    if (!d || d->is_scale)
        return genu_writer_no_such_set(w, field, err);
    int size = d->rank ? w->dim[d->dim[0]].n : 1;
    if (first < 0 || count < 1 || count > size - first)
        return genu_fail(err, GENU_E_RANGE, "dataset '%s': entries %d to %lld are not in 0 to %d",
                         field, first, (long long)first + count - 1, size - 1);
    size_t n = (size_t)count;
    for (int i = 1; i < d->rank; i++)
        n *= (size_t)w->dim[d->dim[i]].n;
    if (d->integer)
        return put_integers(w, d, first, count, n, value, err);
    return genu_writer_slab_write(w, d, first, count, H5T_NATIVE_DOUBLE, value, err);
}

genu_status genu_writer_truncate(genu_writer *w, const char *name, int n, genu_err *err)
{
    int at = genu_writer_find_dim(w, name);
    if (at < 0)
        return genu_fail(err, GENU_E_SHAPE, "'%s' has no dimension '%s'", w->out.path, name);
    if (n < 1 || n > w->dim[at].n)
        return genu_fail(err, GENU_E_RANGE, "dimension '%s': %d entries to keep, must be 1 to %d",
                         name, n, w->dim[at].n);
    for (int i = 0; i < w->n_set; i++)
        for (int k = 1; k < w->set[i].rank; k++)
            if (w->set[i].dim[k] == at)
                return genu_fail(err, GENU_E_SHAPE, "dataset '%s': '%s' is not its first dimension",
                                 w->set[i].name, name);
    w->dim[at].n = n;
    for (int i = 0; i < w->n_set; i++) {
        const genu_writer_set *d = &w->set[i];
        hsize_t size[GENU_RANK_MAX];
        for (int k = 0; k < d->rank; k++)
            size[k] = (hsize_t)w->dim[d->dim[k]].n;
        if (d->rank && d->dim[0] == at && H5Dset_extent(d->id, size) < 0)
            return genu_writer_broken(w, err, d->name);
    }
    return GENU_OK;
}
