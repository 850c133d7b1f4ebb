#include "sim/hdf5_error.h"
#include "sim/results.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// an attribute that was read: its text, and its number or NAN
typedef struct entry {
    char *name; /* of a root attribute, or "dataset/attribute" */
    char *text;
    double number;
} entry;

typedef struct entries {
    entry *at;
    int n;
} entries;

struct genu_results {
    char *path;
    hid_t file;
    char **name; /* of the n datasets */
    int n;
    entries root, notes;
};

// --- attributes

static int add_entry(entries *list, const char *name, char *text, double number)
{
    entry *grown = realloc(list->at, ((size_t)list->n + 1) * sizeof *grown);
    char *copy = genu_strdup(name);
    if (grown)
        list->at = grown;
    if (!grown || !copy) {
        free(copy);
        free(text);
        return 0;
    }
    list->at[list->n++] = (entry){ copy, text, number };
    return 1;
}

static const entry *find_entry(const entries *list, const char *name)
{
    for (int i = 0; i < list->n; i++)
        if (!strcmp(list->at[i].name, name))
            return &list->at[i];
    return NULL;
}

static void free_entries(entries *list)
{
    for (int i = 0; i < list->n; i++) {
        free(list->at[i].name);
        free(list->at[i].text);
    }
    free(list->at);
}

// a fixed-length text without its padding
static char *trimmed(const char *text, size_t size, H5T_str_t pad)
{
    size_t n = strnlen(text, size);
    while (pad == H5T_STR_SPACEPAD && n && text[n - 1] == ' ')
        n--;
    return strndup(text, n);
}

// one text of either kind, NULL when it cannot be read
static char *read_attribute_text(hid_t a, hid_t type)
{
    char *text = NULL;
    if (H5Tis_variable_str(type) > 0) {
        char *inside = NULL;
        if (H5Aread(a, type, &inside) >= 0)
            text = genu_strdup(inside ? inside : "");
        H5free_memory(inside);
        return text;
    }
    size_t size = H5Tget_size(type);
    char *fixed = calloc(size + 1, 1);
    if (fixed && H5Aread(a, type, fixed) >= 0)
        text = trimmed(fixed, size, H5Tget_strpad(type));
    free(fixed);
    return text;
}

// text and number of a single value; arrays and other types are left alone (*text stays NULL)
static void read_attribute(hid_t a, char **text, double *number)
{
    hid_t space = H5Aget_space(a), type = H5Aget_type(a);
    H5T_class_t class = H5Tget_class(type);
    if (H5Sget_simple_extent_npoints(space) == 1) {
        if (class == H5T_STRING)
            *text = read_attribute_text(a, type);
        if ((class == H5T_INTEGER || class == H5T_FLOAT) &&
            H5Aread(a, H5T_NATIVE_DOUBLE, number) >= 0) {
            char digits[40];
            snprintf(digits, sizeof digits, "%.17g", *number);
            *text = genu_strdup(digits);
        }
    }
    H5Tclose(type);
    H5Sclose(space);
}

static herr_t visit_attribute(hid_t on, const char *name, const H5A_info_t *info, void *data)
{
    (void)info;
    char *text = NULL;
    double number = NAN;
    hid_t a = H5Aopen(on, name, H5P_DEFAULT);
    if (a < 0)
        return -1;
    read_attribute(a, &text, &number);
    H5Aclose(a);
    return !text || add_entry(data, name, text, number) ? 0 : -1;
}

// --- open and close

// the system's own reason, which HDF5 words badly
static genu_status check_file(const char *path, genu_err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st)) {
        genu_status s = genu_fail(err, GENU_E_IO, "'%s': %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return s;
    }
    close(fd);
    if (S_ISDIR(st.st_mode))
        return genu_fail(err, GENU_E_IO, "'%s' is a folder, not a file", path);
    if (!S_ISREG(st.st_mode))
        return genu_fail(err, GENU_E_IO, "'%s' is a device or pipe, not a file", path);
    if (H5Fis_hdf5(path) <= 0)
        return genu_fail(err, GENU_E_FORMAT, "'%s' is not an HDF5 file (%lld bytes)", path,
                         (long long)st.st_size);
    return GENU_OK;
}

static genu_status explain_open(const char *path, genu_err *err)
{
    char reason[240];
    unsigned long long have, base, want;
    genu_hdf5_reason(reason, sizeof reason);
    if (sscanf(reason, "truncated file: eof = %llu, sblock->base_addr = %llu, stored_eof = %llu",
               &have, &base, &want) == 3)
        return genu_fail(err, GENU_E_FORMAT, "'%s' is cut short: %llu of %llu bytes are there",
                         path, have, want);
    return genu_fail(err, GENU_E_FORMAT, "'%s' is damaged: %s", path, reason);
}

static genu_status check_format(const genu_results *r, genu_err *err)
{
    const char *format = genu_results_attribute(r, "format");
    double version = genu_results_number(r, "format_version");
    if (!format || strcmp(format, GENU_RESULTS_FORMAT))
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s' is HDF5, but no genu results file (its root attribute 'format' is "
                         "'%s', must be '%s')",
                         r->path, format ? format : "absent", GENU_RESULTS_FORMAT);
    if (version != GENU_RESULTS_VERSION)
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s' has version %g of the results format, this program reads %d",
                         r->path, version, GENU_RESULTS_VERSION);
    return GENU_OK;
}

// links that are not datasets (groups that others added) are none of ours
static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    (void)info;
    genu_results *r = data;
    H5O_info_t object;
    if (H5Oget_info_by_name2(group, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
        return -1;
    if (object.type != H5O_TYPE_DATASET)
        return 0;
    char **grown = realloc(r->name, ((size_t)r->n + 1) * sizeof *grown);
    if (!grown)
        return -1;
    r->name = grown;
    r->name[r->n] = genu_strdup(name);
    return r->name[r->n] ? (r->n++, 0) : -1;
}

// by name where a file was rewritten by others without the order of creation
static int list_datasets(genu_results *r)
{
    unsigned order = 0;
    hid_t root = H5Gopen2(r->file, "/", H5P_DEFAULT), list = H5Gget_create_plist(root);
    H5Pget_link_creation_order(list, &order);
    H5Pclose(list);
    H5Gclose(root);
    H5_index_t index = order & H5P_CRT_ORDER_TRACKED ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
    return H5Literate(r->file, index, H5_ITER_INC, NULL, visit_link, r) >= 0;
}

static hid_t open_file(const char *path)
{
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_file_locking(list, 0, 1);
    H5Pset_fclose_degree(list, H5F_CLOSE_STRONG);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, list);
    if (file >= 0)
        H5Pclose(list); // on failure it would clear the error stack
    return file;
}

genu_status genu_results_open(genu_results **r, const char *path, genu_err *err)
{
    *r = NULL;
    genu_hdf5_quiet();
    genu_status s = check_file(path, err);
    if (s)
        return s;
    genu_results *new = calloc(1, sizeof *new);
    if (!new || !(new->path = genu_strdup(path))) {
        free(new);
        return genu_fail(err, GENU_E_MEMORY, "'%s': no memory for its reader", path);
    }
    new->file = open_file(path);
    if (new->file < 0)
        s = explain_open(path, err);
    else if (H5Aiterate2(new->file, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_attribute, &new->root) <
                 0 ||
             !list_datasets(new))
        s = genu_hdf5_fail(err, GENU_E_FORMAT, "'%s' is damaged", path);
    else
        s = check_format(new, err);
    if (s) {
        genu_results_close(new);
        return s;
    }
    *r = new;
    return GENU_OK;
}

void genu_results_close(genu_results *r)
{
    if (!r)
        return;
    if (r->file >= 0)
        H5Fclose(r->file);
    for (int i = 0; i < r->n; i++)
        free(r->name[i]);
    free(r->name);
    free_entries(&r->root);
    free_entries(&r->notes);
    free(r->path);
    free(r);
}

// --- lists

const char *genu_results_path(const genu_results *r)
{
    return r->path;
}

int genu_results_count(const genu_results *r)
{
    return r->n;
}

const char *genu_results_name(const genu_results *r, int i)
{
    return r->name[i];
}

int genu_results_has(const genu_results *r, const char *name)
{
    for (int i = 0; i < r->n; i++)
        if (!strcmp(r->name[i], name))
            return 1;
    return 0;
}

const char *genu_results_attribute(const genu_results *r, const char *name)
{
    const entry *e = find_entry(&r->root, name);
    return e ? e->text : NULL;
}

double genu_results_number(const genu_results *r, const char *name)
{
    const entry *e = find_entry(&r->root, name);
    return e ? e->number : NAN;
}

const char *genu_results_note(genu_results *r, const char *dataset, const char *name)
{
    char key[512], *text = NULL;
    double number = NAN;
    snprintf(key, sizeof key, "%s/%s", dataset, name);
    const entry *e = find_entry(&r->notes, key);
    if (e)
        return e->text;
    if (!genu_results_has(r, dataset) || H5Aexists_by_name(r->file, dataset, name, H5P_DEFAULT) < 1)
        return NULL;
    hid_t a = H5Aopen_by_name(r->file, dataset, name, H5P_DEFAULT, H5P_DEFAULT);
    if (a < 0)
        return NULL;
    read_attribute(a, &text, &number);
    H5Aclose(a);
    return text && add_entry(&r->notes, key, text, number) ? text : NULL;
}

// --- datasets

static genu_status no_memory(genu_err *err, const genu_results *r, const char *name)
{
    return genu_fail(err, GENU_E_MEMORY, "'%s': no memory for dataset '%s'", r->path, name);
}

static genu_status damaged(genu_err *err, const genu_results *r, const char *name)
{
    return genu_hdf5_fail(err, GENU_E_FORMAT, "'%s': dataset '%s' cannot be read", r->path, name);
}

// the last part of the scale's own name
static herr_t visit_scale(hid_t data_set, unsigned axis, hid_t scale, void *data)
{
    (void)data_set, (void)axis;
    char name[256] = "";
    if (H5Iget_name(scale, name, sizeof name) < 0)
        return -1;
    const char *slash = strrchr(name, '/');
    *(char **)data = genu_strdup(slash ? slash + 1 : name);
    return 1; // the first scale of the axis is enough
}

static genu_status read_shape(const genu_results *r, hid_t id, genu_dataset *out, genu_err *err)
{
    hsize_t n[H5S_MAX_RANK];
    hid_t space = H5Dget_space(id);
    out->rank = H5Sget_simple_extent_ndims(space);
    if (out->rank > GENU_RANK_MAX || out->rank < 0) {
        int rank = out->rank;
        out->rank = 0; // for genu_dataset_free
        H5Sclose(space);
        return genu_fail(err, GENU_E_FORMAT,
                         "'%s': dataset '%s' has %d dimensions, must be 0 to %d", r->path,
                         out->name, rank, GENU_RANK_MAX);
    }
    H5Sget_simple_extent_dims(space, n, NULL);
    H5Sclose(space);
    out->n = 1;
    for (int i = 0; i < out->rank; i++) {
        if (n[i] > INT_MAX)
            return genu_fail(err, GENU_E_FORMAT, "'%s': dataset '%s' has %llu entries, at most %d",
                             r->path, out->name, (unsigned long long)n[i], INT_MAX);
        out->dim[i] = (int)n[i];
        out->n *= (size_t)n[i];
        if (H5DSis_scale(id) > 0)
            out->dim_name[i] = genu_strdup(out->name);
        else if (H5DSiterate_scales(id, (unsigned)i, NULL, visit_scale, &out->dim_name[i]) < 0)
            return damaged(err, r, out->name);
        if (!out->dim_name[i] && !(out->dim_name[i] = genu_strdup("")))
            return no_memory(err, r, out->name);
    }
    return GENU_OK;
}

// integers and floating point; the value of `_FillValue` becomes NaN
static genu_status read_numbers(genu_results *r, hid_t id, hid_t from, hid_t to, genu_dataset *out,
                                genu_err *err)
{
    out->value = malloc((out->n ? out->n : 1) * sizeof *out->value);
    if (!out->value)
        return no_memory(err, r, out->name);
    if (H5Dread(id, H5T_NATIVE_DOUBLE, to, from, H5P_DEFAULT, out->value) < 0)
        return damaged(err, r, out->name);
    const char *text = genu_results_note(r, out->name, "_FillValue");
    double fill = NAN;
    if (text && genu_parse_double(text, &fill))
        for (size_t i = 0; i < out->n; i++)
            if (out->value[i] == fill)
                out->value[i] = NAN;
    return GENU_OK;
}

static genu_status read_variable_texts(hid_t id, hid_t type, hid_t from, hid_t to,
                                       const genu_results *r, genu_dataset *out, genu_err *err)
{
    char **inside = calloc(out->n ? out->n : 1, sizeof *inside);
    if (!inside)
        return no_memory(err, r, out->name);
    genu_status s = GENU_OK;
    if (H5Dread(id, type, to, from, H5P_DEFAULT, inside) < 0)
        s = damaged(err, r, out->name);
    for (size_t i = 0; i < out->n && !s; i++)
        if (!(out->text[i] = genu_strdup(inside[i] ? inside[i] : "")))
            s = no_memory(err, r, out->name);
    for (size_t i = 0; i < out->n; i++)
        H5free_memory(inside[i]);
    free(inside);
    return s;
}

static genu_status read_fixed_texts(hid_t id, hid_t type, hid_t from, hid_t to,
                                    const genu_results *r, genu_dataset *out, genu_err *err)
{
    size_t size = H5Tget_size(type);
    char *inside = calloc(out->n ? out->n : 1, size);
    if (!inside)
        return no_memory(err, r, out->name);
    genu_status s = GENU_OK;
    if (H5Dread(id, type, to, from, H5P_DEFAULT, inside) < 0)
        s = damaged(err, r, out->name);
    for (size_t i = 0; i < out->n && !s; i++)
        if (!(out->text[i] = trimmed(inside + i * size, size, H5Tget_strpad(type))))
            s = no_memory(err, r, out->name);
    free(inside);
    return s;
}

static genu_status read_values(genu_results *r, hid_t id, hid_t type, hid_t from, hid_t to,
                               genu_dataset *out, genu_err *err)
{
    H5T_class_t class = H5Tget_class(type);
    if (class == H5T_INTEGER || class == H5T_FLOAT)
        return read_numbers(r, id, from, to, out, err);
    if (class != H5T_STRING)
        return genu_fail(err, GENU_E_FORMAT, "'%s': dataset '%s' holds neither numbers nor texts",
                         r->path, out->name);
    out->text = calloc(out->n ? out->n : 1, sizeof *out->text);
    if (!out->text)
        return no_memory(err, r, out->name);
    if (H5Tis_variable_str(type) > 0)
        return read_variable_texts(id, type, from, to, r, out, err);
    return read_fixed_texts(id, type, from, to, r, out, err);
}

// count entries from first on; sets out->dim[0] and out->n
static genu_status select_slab(const genu_results *r, hid_t space, int first, int count,
                               genu_dataset *out, genu_err *err)
{
    if (!out->rank)
        return genu_fail(err, GENU_E_SHAPE, "'%s': dataset '%s' is one number, without dimensions",
                         r->path, out->name);
    if (first < 0 || count < 1 || count > out->dim[0] - first)
        return genu_fail(err, GENU_E_RANGE,
                         "'%s': dataset '%s' has no entries %d to %lld, its '%s' goes from 0 to %d",
                         r->path, out->name, first, (long long)first + count - 1, out->dim_name[0],
                         out->dim[0] - 1);
    hsize_t start[GENU_RANK_MAX] = { (hsize_t)first }, n[GENU_RANK_MAX];
    out->n = out->n / (size_t)out->dim[0] * (size_t)count;
    out->dim[0] = count;
    for (int i = 0; i < out->rank; i++)
        n[i] = (hsize_t)out->dim[i];
    if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, n, NULL) < 0)
        return damaged(err, r, out->name);
    return GENU_OK;
}

static genu_status unknown(const genu_results *r, const char *name, genu_err *err)
{
    const char *near = genu_nearest(name, (const char *const *)r->name, r->n);
    if (near)
        return genu_fail(err, GENU_E_RANGE, "'%s' has no dataset '%s'; did you mean '%s'", r->path,
                         name, near);
    return genu_fail(err, GENU_E_RANGE, "'%s' has no dataset '%s'", r->path, name);
}

static genu_status read_labels(genu_results *r, hid_t id, const char *name, genu_dataset *out,
                               genu_err *err)
{
    const char *units = genu_results_note(r, name, "units");
    const char *long_name = genu_results_note(r, name, "long_name");
    out->name = genu_strdup(name);
    out->units = genu_strdup(units);
    out->long_name = genu_strdup(long_name);
    if (!out->name || (units && !out->units) || (long_name && !out->long_name))
        return no_memory(err, r, name);
    return read_shape(r, id, out, err);
}

enum { WHOLE = -1, SHAPE_ONLY = -2 }; // for count

static genu_status read_slab(genu_results *r, const char *name, int first, int count,
                             genu_dataset *out, genu_err *err)
{
    *out = (genu_dataset){ 0 };
    if (!genu_results_has(r, name))
        return unknown(r, name, err);
    hid_t id = H5Dopen2(r->file, name, H5P_DEFAULT);
    if (id < 0)
        return damaged(err, r, name);
    genu_status s = read_labels(r, id, name, out, err);
    if (!s && count != SHAPE_ONLY) {
        hid_t type = H5Dget_type(id), from = H5Dget_space(id), to = H5S_ALL;
        if (count != WHOLE)
            s = select_slab(r, from, first, count, out, err);
        if (!s && count != WHOLE)
            to = H5Screate_simple(1, &(hsize_t){ out->n }, NULL);
        if (!s)
            s = read_values(r, id, type, count == WHOLE ? H5S_ALL : from, to, out, err);
        if (to != H5S_ALL)
            H5Sclose(to);
        H5Sclose(from);
        H5Tclose(type);
    }
    H5Dclose(id);
    if (s)
        genu_dataset_free(out);
    return s;
}

genu_status genu_results_read(genu_results *r, const char *name, genu_dataset *out, genu_err *err)
{
    return read_slab(r, name, 0, WHOLE, out, err);
}

genu_status genu_results_read_slab(genu_results *r, const char *name, int first, int count,
                                   genu_dataset *out, genu_err *err)
{
    return read_slab(r, name, first, count < 0 ? 0 : count, out, err);
}

genu_status genu_results_shape(genu_results *r, const char *name, genu_dataset *out, genu_err *err)
{
    return read_slab(r, name, 0, SHAPE_ONLY, out, err);
}

void genu_dataset_free(genu_dataset *d)
{
    for (size_t i = 0; d->text && i < d->n; i++)
        free(d->text[i]);
    for (int i = 0; i < d->rank; i++)
        free(d->dim_name[i]);
    free(d->text);
    free(d->value);
    free(d->name);
    free(d->units);
    free(d->long_name);
    *d = (genu_dataset){ 0 };
}
