#include "sim/hdf5_error.h"
#include "sim/results_writer.h"

#include <errno.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Larger chunks compress no better and cost a reader of one scenario more; smaller ones cost an
 * index entry each. */
enum { CHUNK_BYTES = 1 << 18, TINY_BYTES = 1 << 13 };

genu_status genu_writer_broken(genu_writer *w, genu_err *err, const char *what)
{
    w->broken = 1;
    if (w->disk.error) // HDF5 knows nothing of it
        return genu_fail(err, GENU_E_IO, "'%s' could not be written: %s", w->out.path,
                         strerror(w->disk.error));
    return genu_hdf5_fail(err, GENU_E_IO, "'%s' could not be written: %s", w->out.path, what);
}

// --- attributes

// the length of the UTF-8 sequence at s, 0 when it is none (RFC 3629, section 4)
static int utf8_length(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    int n = s[0] >= 0xC2 && s[0] < 0xE0   ? 2
            : s[0] >= 0xE0 && s[0] < 0xF0 ? 3
            : s[0] >= 0xF0 && s[0] < 0xF5 ? 4
                                          : 0;
    for (int i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    int overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    int outside = (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF4 && s[1] > 0x8F);
    return overlong || outside ? 0 : n;
}

// a copy in which what is not UTF-8 stands as \xHH
static char *as_utf8(const char *text)
{
    char *copy = malloc(4 * strlen(text) + 1);
    size_t used = 0;
    for (const unsigned char *s = (const unsigned char *)text; copy && *s;) {
        int n = utf8_length(s);
        if (n)
            memcpy(copy + used, s, (size_t)n);
        else
            snprintf(copy + used, 5, "\\x%02X", *s);
        used += n ? (size_t)n : 4;
        s += n ? n : 1;
    }
    if (copy)
        copy[used] = '\0';
    return copy;
}

genu_status genu_writer_attribute(genu_writer *w, hid_t on, const char *name, hid_t type,
                                  const void *value, genu_err *err)
{
    if (H5Aexists(on, name) > 0)
        return genu_fail(err, GENU_E_RANGE, "'%s': attribute '%s' exists already", w->out.path,
                         name);
    genu_status s = GENU_OK;
    hid_t a = H5Acreate2(on, name, type, w->scalar, H5P_DEFAULT, H5P_DEFAULT);
    if (a < 0 || H5Awrite(a, type, value) < 0)
        s = genu_writer_broken(w, err, name);
    if (a >= 0 && H5Aclose(a) < 0 && !s)
        s = genu_writer_broken(w, err, name);
    return s;
}

static genu_status put_text(genu_writer *w, hid_t on, const char *name, const char *text,
                            genu_err *err)
{
    char *copy = as_utf8(text);
    if (!copy)
        return genu_fail(err, GENU_E_MEMORY, "'%s': no memory for attribute '%s'", w->out.path,
                         name);
    genu_status s = genu_writer_attribute(w, on, name, w->text_type, &copy, err);
    free(copy);
    return s;
}

genu_status genu_writer_text(genu_writer *w, const char *name, const char *text, genu_err *err)
{
    return put_text(w, w->file, name, text, err);
}

genu_status genu_writer_number(genu_writer *w, const char *name, double value, genu_err *err)
{
    return genu_writer_attribute(w, w->file, name, H5T_NATIVE_DOUBLE, &value, err);
}

// --- start and end

// creation order, so that readers list datasets as they were written; no times, so that equal runs
// give equal bytes
static hid_t create_file(genu_writer *w, int exists)
{
    unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    hid_t fcpl = H5Pcreate(H5P_FILE_CREATE), fapl = H5Pcreate(H5P_FILE_ACCESS), file = -1;
    if (fcpl >= 0 && fapl >= 0 && H5Pset_link_creation_order(fcpl, order) >= 0 &&
        H5Pset_attr_creation_order(fcpl, order) >= 0 && H5Pset_obj_track_times(fcpl, 0) >= 0 &&
        H5Pset_fclose_degree(fapl, H5F_CLOSE_STRONG) >= 0 &&
        genu_hdf5_driver_use(fapl, &w->disk) >= 0)
        file = exists ? H5Fopen(w->out.part, H5F_ACC_RDWR, fapl)
                      : H5Fcreate(w->out.part, H5F_ACC_TRUNC, fcpl, fapl);
    if (file >= 0) {
        H5Pclose(fapl);
        H5Pclose(fcpl);
    }
    return file; // on failure the lists stay, since closing them would clear the error stack
}

static hid_t utf8_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0))
        return -1;
    return type;
}

genu_status genu_writer_start(genu_writer **w, const char *path, int force, const void *image,
                              size_t n, genu_err *err)
{
    *w = NULL;
    genu_writer *new = calloc(1, sizeof *new);
    if (!new)
        return genu_fail(err, GENU_E_MEMORY, "'%s': no memory for its writer", path);
    new->file = new->text_type = new->scalar = -1;
    genu_status s = genu_outfile_open(&new->out, path, force, err);
    if (s) {
        free(new);
        return s;
    }
    new->disk.fd = new->out.fd;
    genu_hdf5_quiet();
    if (n && genu_write_all(new->disk.fd, image, n, 0))
        new->disk.error = errno;
    if (new->disk.error || (new->file = create_file(new, n > 0)) < 0 ||
        (new->text_type = utf8_type()) < 0 || (new->scalar = H5Screate(H5S_SCALAR)) < 0)
        s = genu_writer_broken(new, err, "start of the file");
    if (s) {
        genu_writer_abandon(new);
        return s;
    }
    *w = new;
    return GENU_OK;
}

genu_status genu_writer_new(genu_writer **w, const char *path, int force, genu_err *err)
{
    genu_status s = genu_writer_start(w, path, force, NULL, 0, err);
    if (s)
        return s;
    s = genu_writer_text(*w, "format", GENU_RESULTS_FORMAT, err);
    if (!s)
        s = genu_writer_number(*w, "format_version", GENU_RESULTS_VERSION, err);
    if (s) {
        genu_writer_abandon(*w);
        *w = NULL;
    }
    return s;
}

// all but the part file
static void release(genu_writer *w)
{
    H5Tclose(w->text_type);
    H5Sclose(w->scalar);
    if (w->file >= 0)
        H5Fclose(w->file); // closes the datasets too
    genu_hdf5_driver_release(&w->disk);
    for (int i = 0; i < w->n_set; i++)
        free(w->set[i].name);
    free(w->set);
    free(w->dim);
    free(w);
}

void genu_writer_abandon(genu_writer *w)
{
    if (!w)
        return;
    genu_outfile out = w->out;
    w->disk.error = w->disk.error ? w->disk.error : ECANCELED; // nothing more is written
    release(w);
    genu_outfile_drop(&out);
}

genu_status genu_writer_close_file(genu_writer *w, genu_err *err)
{
    if (H5Fflush(w->file, H5F_SCOPE_GLOBAL) < 0)
        return genu_writer_broken(w, err, "flush");
    for (int i = 0; i < w->n_set; i++)
        if (H5Dclose(w->set[i].id) < 0)
            return genu_writer_broken(w, err, w->set[i].name);
    hid_t file = w->file;
    w->file = -1;
    if (H5Fclose(file) < 0)
        return genu_writer_broken(w, err, "close");
    return w->disk.error ? genu_writer_broken(w, err, "close") : GENU_OK;
}

genu_status genu_writer_finish(genu_writer *w, genu_err *err)
{
    genu_status s = GENU_OK;
    if (w->broken)
        s = genu_fail(err, GENU_E_IO, "'%s' could not be written: an earlier write failed",
                      w->out.path);
    else
        s = genu_writer_close_file(w, err);
    if (s) {
        genu_writer_abandon(w);
        return s;
    }
    genu_outfile out = w->out;
    release(w);
    return genu_outfile_commit(&out, err);
}

genu_status genu_writer_rename(genu_writer *w, const char *path, int force, genu_err *err)
{
    return genu_outfile_rename(&w->out, path, force, err);
}

// --- datasets

genu_writer_set *genu_writer_find(const genu_writer *w, const char *name)
{
    for (int i = 0; i < w->n_set; i++)
        if (!strcmp(w->set[i].name, name))
            return &w->set[i];
    return NULL;
}

int genu_writer_find_dim(const genu_writer *w, const char *name)
{
    for (int i = 0; i < w->n_dim; i++)
        if (!strcmp(w->set[w->dim[i].scale].name, name))
            return i;
    return -1;
}

static genu_status check_new_name(const genu_writer *w, const char *name, genu_err *err)
{
    size_t length = strlen(name);
    if (!length || length > GENU_FIELD_NAME_MAX)
        return genu_fail(err, GENU_E_RANGE,
                         "dataset '%s': its name has %zu characters, must be 1 to %d", name, length,
                         GENU_FIELD_NAME_MAX);
    if (strchr(name, '/') || !strcmp(name, "."))
        return genu_fail(err, GENU_E_RANGE, "dataset '%s': not a name", name);
    if (genu_writer_find(w, name))
        return genu_fail(err, GENU_E_RANGE, "dataset '%s' exists already", name);
    return GENU_OK;
}

/* Whole trailing dimensions while they fit into a chunk, then a part of the next. What is never
 * written reads as missing; what is damaged later is known by the checksum of either filter. */
static hid_t creation_list(int rank, const hsize_t *n, hid_t type, int compression)
{
    unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    hsize_t chunk[GENU_RANK_MAX], room = CHUNK_BYTES / H5Tget_size(type);
    size_t bytes = H5Tget_size(type);
    for (int i = rank - 1; i >= 0; i--) {
        hsize_t parts = (n[i] + room - 1) / room;
        chunk[i] = (n[i] + parts - 1) / parts; // even, since the last is kept whole, too
        room = room / chunk[i] > 1 ? room / chunk[i] : 1;
        bytes *= n[i];
    }
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    double nan = NAN;
    int32_t fill = FILL_INT;
    int good = list >= 0 && H5Pset_obj_track_times(list, 0) >= 0 &&
               H5Pset_attr_creation_order(list, order) >= 0;
    if (good && H5Tget_class(type) == H5T_FLOAT)
        good = H5Pset_fill_value(list, H5T_NATIVE_DOUBLE, &nan) >= 0;
    if (good && H5Tget_class(type) == H5T_INTEGER)
        good = H5Pset_fill_value(list, H5T_NATIVE_INT32, &fill) >= 0;
    if (good && rank)
        good = H5Pset_chunk(list, rank, chunk) >= 0;
    if (good && rank && bytes > TINY_BYTES && H5Tget_class(type) != H5T_STRING)
        good = compression
                   ? H5Pset_shuffle(list) >= 0 && H5Pset_deflate(list, (unsigned)compression) >= 0
                   : H5Pset_fletcher32(list) >= 0;
    return good ? list : -1;
}

// room for two chunks, so that slabs smaller than a chunk do not compress it again and again
hid_t genu_writer_access_list(void)
{
    hid_t list = H5Pcreate(H5P_DATASET_ACCESS);
    if (list >= 0 && H5Pset_chunk_cache(list, 521, 2 * CHUNK_BYTES, 1.0) < 0)
        return -1;
    return list;
}

// append a dataset to the list of the writer; at is its dimensions
static genu_status create_set(genu_writer *w, const char *name, hid_t type, int rank, const int *at,
                              genu_err *err)
{
    genu_writer_set *grown = realloc(w->set, ((size_t)w->n_set + 1) * sizeof *grown);
    char *copy = genu_strdup(name);
    if (grown)
        w->set = grown;
    if (!grown || !copy) {
        free(copy);
        return genu_fail(err, GENU_E_MEMORY, "dataset '%s': no memory", name);
    }
    genu_writer_set *d = &w->set[w->n_set++];
    *d = (genu_writer_set){ .name = copy, .id = -1, .rank = rank };
    d->integer = H5Tget_class(type) == H5T_INTEGER;
    hsize_t n[GENU_RANK_MAX];
    for (int i = 0; i < rank; i++) {
        d->dim[i] = at[i];
        n[i] = (hsize_t)w->dim[at[i]].n;
    }
    hid_t space = rank ? H5Screate_simple(rank, n, NULL) : H5Screate(H5S_SCALAR);
    hid_t dcpl = creation_list(rank, n, type, w->storage.compression),
          dapl = genu_writer_access_list();
    d->id = H5Dcreate2(w->file, name, type, space, H5P_DEFAULT, dcpl, dapl);
    if (d->id < 0)
        return genu_writer_broken(w, err, name);
    H5Pclose(dapl);
    H5Pclose(dcpl);
    H5Sclose(space);
    return GENU_OK;
}

static genu_status put_labels(genu_writer *w, const genu_writer_set *d, const char *units,
                              const char *long_name, genu_err *err)
{
    genu_status s = put_text(w, d->id, "units", units ? units : "1", err);
    if (!s && long_name)
        s = put_text(w, d->id, "long_name", long_name, err);
    return s;
}

static genu_status write_texts(genu_writer *w, const genu_writer_set *d, const char *const *text,
                               int n, genu_err *err)
{
    char **copy = calloc((size_t)n, sizeof *copy);
    genu_status s = GENU_OK;
    for (int i = 0; copy && i < n && !s; i++)
        if (!(copy[i] = as_utf8(text[i])))
            s = GENU_E_MEMORY;
    if (!copy || s)
        s = genu_fail(err, GENU_E_MEMORY, "dataset '%s': no memory for %d texts", d->name, n);
    else if (H5Dwrite(d->id, w->text_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, copy) < 0)
        s = genu_writer_broken(w, err, d->name);
    for (int i = 0; copy && i < n; i++)
        free(copy[i]);
    free(copy);
    return s;
}

/* 0 to n - 1, some at a time. */
static genu_status write_indices(genu_writer *w, const genu_writer_set *d, int n, genu_err *err)
{
    enum { PIECE = 1 << 16 };
    genu_status s = GENU_OK;
    int *index = malloc(PIECE * sizeof *index);
    if (!index)
        return genu_fail(err, GENU_E_MEMORY, "dataset '%s': no memory for indices", d->name);
    for (int first = 0; first < n && !s; first += PIECE) {
        int count = n - first < PIECE ? n - first : PIECE;
        for (int i = 0; i < count; i++)
            index[i] = first + i;
        s = genu_writer_slab_write(w, d, first, count, H5T_NATIVE_INT, index, err);
    }
    free(index);
    return s;
}

// the new dimension is the last; its dataset has itself as its only dimension
static genu_status add_dim(genu_writer *w, int n, genu_err *err)
{
    genu_writer_dimension *grown = realloc(w->dim, ((size_t)w->n_dim + 1) * sizeof *grown);
    if (!grown)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a dimension");
    w->dim = grown;
    w->dim[w->n_dim++] = (genu_writer_dimension){ n, w->n_set };
    return GENU_OK;
}

genu_status genu_writer_dim(genu_writer *w, const char *name, int n, const char *const *text,
                            const double *value, const char *units, const char *long_name,
                            genu_err *err)
{
    genu_status s = check_new_name(w, name, err);
    if (!s && n < 1)
        s = genu_fail(err, GENU_E_RANGE, "dimension '%s' has %d entries, must be >= 1", name, n);
    if (!s)
        s = add_dim(w, n, err);
    if (s)
        return s;
    int at = w->n_dim - 1;
    hid_t type = text ? w->text_type : value ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT32;
    if ((s = create_set(w, name, type, 1, &at, err))) {
        w->n_dim--;
        return s;
    }
    genu_writer_set *d = &w->set[w->n_set - 1];
    d->is_scale = 1;
    if (text)
        s = write_texts(w, d, text, n, err);
    else if (!value)
        s = write_indices(w, d, n, err);
    else if (H5Dwrite(d->id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) < 0)
        s = genu_writer_broken(w, err, name);
    if (!s && H5DSset_scale(d->id, name) < 0)
        s = genu_writer_broken(w, err, name);
    return s ? s : put_labels(w, d, units, long_name, err);
}

static genu_status find_dims(const genu_writer *w, const genu_field *f, int *at, int *rank,
                             genu_err *err)
{
    for (*rank = 0; *rank < GENU_RANK_MAX && f->dims[*rank]; ++*rank)
        if ((at[*rank] = genu_writer_find_dim(w, f->dims[*rank])) < 0)
            return genu_fail(err, GENU_E_SHAPE, "dataset '%s': there is no dimension '%s'", f->name,
                             f->dims[*rank]);
    return GENU_OK;
}

void genu_writer_store(genu_writer *w, genu_storage how)
{
    w->storage = how;
}

static hid_t type_of(const genu_writer *w, const genu_field *field, int rank)
{
    if (field->integer)
        return H5T_NATIVE_INT32;
    int is_curve = rank >= 3 && !strcmp(field->dims[0], "scenario");
    return is_curve && w->storage.single ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
}

genu_status genu_writer_field(genu_writer *w, const genu_field *field, genu_err *err)
{
    int at[GENU_RANK_MAX], rank;
    genu_status s = check_new_name(w, field->name, err);
    if (!s)
        s = find_dims(w, field, at, &rank, err);
    if (!s)
        s = create_set(w, field->name, type_of(w, field, rank), rank, at, err);
    if (s)
        return s;
    genu_writer_set *d = &w->set[w->n_set - 1];
    for (int i = 0; i < rank; i++)
        if (H5DSattach_scale(d->id, w->set[w->dim[at[i]].scale].id, (unsigned)i) < 0)
            return genu_writer_broken(w, err, field->name);
    s = put_labels(w, d, field->units, field->long_name, err);
    if (!s && field->coordinates)
        s = put_text(w, d->id, "coordinates", field->coordinates, err);
    if (!s && field->note)
        s = put_text(w, d->id, "comment", field->note, err);
    return s;
}

genu_status genu_writer_no_such_set(const genu_writer *w, const char *name, genu_err *err)
{
    return genu_fail(err, GENU_E_RANGE, "'%s' has no dataset '%s'", w->out.path, name);
}

genu_status genu_writer_note(genu_writer *w, const char *field, const char *name, const char *text,
                             genu_err *err)
{
    genu_writer_set *d = genu_writer_find(w, field);
    return d ? put_text(w, d->id, name, text, err) : genu_writer_no_such_set(w, field, err);
}
