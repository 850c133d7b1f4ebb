#include "sim/catalogue.h"
#include "sim/digest.h"
#include "sim/results.h"
#include "tests/testlib.h"

#include <errno.h>
#include <hdf5.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The study of these tests: two strength entries of two values each, both sides. */
enum { N_SCENARIO = 4, N_SIDE = 2, N_FRAME = 11, N_MUSCLE = 3, N_COORDINATE = 2 };

static const char *const SIDE[] = { "right", "left" };
static const char *const AXIS[] = { "x", "y", "z" };
static const char *const MUSCLE[] = { "glmed1_r", "glmin1_r", "fessier_entier_é" };
static const char *const COORDINATE[] = { "hip_adduction_r", "knee_angle_r" };
static const char *const REACTION[] = { "hip_r_on_femur_r_in_ground" };

static char *in_folder(const char *name)
{
    static char path[4][1200];
    static int at;
    at = (at + 1) % 4;
    snprintf(path[at], sizeof path[at], "%s/%s", test_folder(), name);
    return path[at];
}

static int exists(const char *path)
{
    return !access(path, F_OK);
}

static int has_part(const char *path)
{
    char part[1300];
    int n = snprintf(part, sizeof part, "%s.part", path);
    return n < (int)sizeof part && exists(part);
}

static size_t size_of(const genu_field *f)
{
    size_t n = 1;
    for (int i = 0; i < GENU_RANK_MAX && f->dims[i]; i++)
        n *= !strcmp(f->dims[i], "scenario")   ? N_SCENARIO
             : !strcmp(f->dims[i], "side")     ? N_SIDE
             : !strcmp(f->dims[i], "frame")    ? N_FRAME
             : !strcmp(f->dims[i], "axis")     ? 3
             : !strcmp(f->dims[i], "reaction") ? 1
             : !strcmp(f->dims[i], "muscle")   ? N_MUSCLE
                                               : N_COORDINATE;
    return n;
}

// any numbers that tell position and dataset apart; integers where these are stored
static double value_of(const genu_field *f, size_t i)
{
    if (!strcmp(f->name, "time"))
        return 0.1 * (double)i;
    if (!strcmp(f->name, "status"))
        return i == 3 ? GENU_OUTCOME_WEAK : GENU_OUTCOME_SOLVED;
    if (!strcmp(f->name, "stance") && i % N_FRAME > 6)
        return NAN;
    double x = 100 * sin(0.37 * (double)i + (double)strlen(f->name)) + (double)i;
    return f->integer ? floor(x) : x;
}

static genu_status put(genu_writer *w, const genu_field *f, genu_err *err)
{
    size_t n = size_of(f);
    double *value = malloc(n * sizeof *value);
    for (size_t i = 0; i < n; i++)
        value[i] = value_of(f, i);
    int first = !strcmp(f->dims[0], "scenario")     ? N_SCENARIO
                : !strcmp(f->dims[0], "side")       ? N_SIDE
                : !strcmp(f->dims[0], "coordinate") ? N_COORDINATE
                : !strcmp(f->dims[0], "reaction")   ? 1
                                                    : N_FRAME;
    // in two pieces, as blocks of a sweep come
    int half = first / 2;
    genu_status s = half ? genu_writer_put(w, f->name, 0, half, value, err) : GENU_OK;
    if (!s)
        s = genu_writer_put(w, f->name, half, first - half,
                            value + n / (size_t)first * (size_t)half, err);
    free(value);
    return s;
}

static genu_status write_dims(genu_writer *w, genu_err *err)
{
    genu_status s = genu_writer_dim(w, "scenario", N_SCENARIO, NULL, NULL, NULL, "scenario", err);
    if (!s)
        s = genu_writer_dim(w, "side", N_SIDE, SIDE, NULL, NULL, "side", err);
    if (!s)
        s = genu_writer_dim(w, "frame", N_FRAME, NULL, NULL, NULL, "frame", err);
    if (!s)
        s = genu_writer_dim(w, "axis", 3, AXIS, NULL, NULL, "axis of the ground frame", err);
    if (!s)
        s = genu_writer_dim(w, "muscle", N_MUSCLE, MUSCLE, NULL, NULL, "muscle", err);
    if (!s)
        s = genu_writer_dim(w, "coordinate", N_COORDINATE, COORDINATE, NULL, NULL, "coordinate",
                            err);
    if (!s)
        s = genu_writer_dim(w, "reaction", 1, REACTION, NULL, NULL, "reaction", err);
    return s;
}

static const double STRENGTH[2][N_SCENARIO] = { { 0.5, 0.5, 1, 1 }, { 0.5, 1, 0.5, 1 } };

static genu_status write_attributes(genu_writer *w, genu_err *err)
{
    genu_status s = genu_writer_text(w, "title", "Strength of the hip abductors", err);
    if (!s)
        s = genu_writer_text(w, "study", "title: Strength of the hip abductors\nside: both\n", err);
    if (!s)
        s = genu_writer_text(w, "command_line", "genu sweep caf\xe9/study.yaml", err); // Latin-1
    if (!s)
        s = genu_writer_text(w, "settings", "", err);
    if (!s)
        s = genu_writer_number(w, "body_weight", 735.49875, err);
    return s;
}

// everything that the catalogue knows
static genu_status write_all(genu_writer *w, genu_err *err)
{
    genu_status s = write_attributes(w, err);
    if (!s)
        s = write_dims(w, err);
    for (int k = 0; k < 2 && !s; k++) {
        char name[24];
        snprintf(name, sizeof name, "strength_%d", k + 1);
        s = genu_catalogue_write_strength(w, k + 1, k ? "glmin1_r" : "glmed1_r", err);
        if (!s)
            s = genu_writer_put(w, name, 0, N_SCENARIO, STRENGTH[k], err);
    }
    for (int i = 0; i < genu_catalogue_count() && !s; i++) {
        s = genu_catalogue_write(w, genu_catalogue_at(i)->name, 0, 2, err);
        if (!s)
            s = put(w, genu_catalogue_at(i), err);
    }
    return s;
}

static genu_status write_file(const char *path, int force, genu_err *err)
{
    genu_writer *w;
    genu_status s = genu_writer_new(&w, path, force, err);
    if (s)
        return s;
    s = write_all(w, err);
    if (!s)
        return genu_writer_finish(w, err);
    genu_writer_abandon(w);
    return s;
}

static void digest_file(const char *path, char *hex)
{
    size_t n = 0;
    char *bytes = test_read_file(path, &n);
    genu_digest(bytes, n, hex);
    free(bytes);
}

// --- what is written

static void check_field(genu_results *r, const genu_field *f)
{
    genu_err err = { 0 };
    genu_dataset d;
    if (!CHECK_OK(genu_results_read(r, f->name, &d, &err), err))
        return;
    CHECK_TEXT(d.units, f->units);
    CHECK_TEXT(d.long_name, f->long_name);
    CHECK_INT(d.n, size_of(f));
    for (int i = 0; i < d.rank; i++)
        CHECK_TEXT(d.dim_name[i], f->dims[i]);
    CHECK_TRUE(d.rank == GENU_RANK_MAX || !f->dims[d.rank]);
    int same = 1;
    for (size_t i = 0; i < d.n; i++)
        same &= isnan(value_of(f, i)) ? isnan(d.value[i]) : d.value[i] == value_of(f, i);
    CHECK_TRUE(same);
    genu_dataset_free(&d);
}

static void reads_back_what_was_written(void)
{
    genu_err err = { 0 };
    genu_results *r;
    genu_dataset d;
    CHECK_OK(write_file(in_folder("all.h5"), 0, &err), err);
    CHECK_TRUE(!has_part(in_folder("all.h5")));
    if (!CHECK_OK(genu_results_open(&r, in_folder("all.h5"), &err), err))
        return;
    CHECK_INT(genu_results_count(r), 7 + 2 + genu_catalogue_count());
    CHECK_TEXT(genu_results_name(r, 0), "scenario");
    CHECK_TEXT(genu_results_name(r, 7), "strength_1");
    for (int i = 0; i < genu_catalogue_count(); i++) {
        CHECK_TEXT(genu_results_name(r, 9 + i), genu_catalogue_at(i)->name);
        check_field(r, genu_catalogue_at(i));
    }
    CHECK_OK(genu_results_read(r, "muscle", &d, &err), err);
    CHECK_TRUE(d.value == NULL);
    CHECK_TEXT(d.text[2], MUSCLE[2]);
    CHECK_TEXT(d.dim_name[0], "muscle");
    genu_dataset_free(&d);
    CHECK_OK(genu_results_read(r, "frame", &d, &err), err);
    CHECK_NEAR(d.value[10], 10, 0, 0);
    genu_dataset_free(&d);
    genu_results_close(r);
}

static void keeps_attributes_and_notes(void)
{
    genu_err err = { 0 };
    genu_results *r;
    CHECK_OK(write_file(in_folder("notes.h5"), 0, &err), err);
    if (!CHECK_OK(genu_results_open(&r, in_folder("notes.h5"), &err), err))
        return;
    CHECK_TEXT(genu_results_path(r), in_folder("notes.h5"));
    CHECK_TEXT(genu_results_attribute(r, "title"), "Strength of the hip abductors");
    CHECK_TEXT(genu_results_attribute(r, "command_line"), "genu sweep caf\\xE9/study.yaml");
    CHECK_TEXT(genu_results_attribute(r, "settings"), "");
    CHECK_TEXT(genu_results_attribute(r, "body_weight"), "735.49874999999997");
    CHECK_NEAR(genu_results_number(r, "body_weight"), 735.49875, 0, 0);
    CHECK_TRUE(isnan(genu_results_number(r, "title")));
    CHECK_TRUE(isnan(genu_results_number(r, "absent")));
    CHECK_TRUE(genu_results_attribute(r, "absent") == NULL);
    CHECK_TEXT(genu_results_note(r, "strength_1", "muscles"), "glmed1_r");
    CHECK_TEXT(genu_results_note(r, "knee_medial_force", "coordinates"),
               "time cycle stance strength_1 strength_2");
    CHECK_TEXT(genu_results_note(r, "status", "coordinates"), "strength_1 strength_2");
    CHECK_TRUE(genu_results_note(r, "status", "absent") == NULL);
    CHECK_TRUE(genu_results_note(r, "absent", "units") == NULL);
    CHECK_TRUE(genu_results_has(r, "hip_force") && !genu_results_has(r, "hip"));
    genu_results_close(r);
}

static void reads_slabs_and_shapes(void)
{
    genu_err err = { 0 };
    genu_results *r;
    genu_dataset whole, part;
    CHECK_OK(write_file(in_folder("slab.h5"), 0, &err), err);
    if (!CHECK_OK(genu_results_open(&r, in_folder("slab.h5"), &err), err))
        return;
    CHECK_OK(genu_results_read(r, "muscle_force", &whole, &err), err);
    CHECK_OK(genu_results_read_slab(r, "muscle_force", 1, 2, &part, &err), err);
    CHECK_INT(part.dim[0], 2);
    CHECK_INT(part.n, 2 * N_MUSCLE * N_FRAME);
    CHECK_TRUE(!memcmp(part.value, whole.value + N_MUSCLE * N_FRAME, part.n * sizeof(double)));
    genu_dataset_free(&part);
    genu_dataset_free(&whole);
    CHECK_OK(genu_results_read_slab(r, "muscle", 1, 1, &part, &err), err);
    CHECK_TEXT(part.text[0], MUSCLE[1]);
    genu_dataset_free(&part);
    CHECK_OK(genu_results_shape(r, "muscle_force", &part, &err), err);
    CHECK_INT(part.dim[1], N_MUSCLE);
    CHECK_TRUE(!part.value && !part.text);
    genu_dataset_free(&part);
    CHECK_FAILS(genu_results_read_slab(r, "muscle_force", 3, 2, &part, &err), GENU_E_RANGE, err,
                "no entries 3 to 4, its 'scenario' goes from 0 to 3");
    CHECK_FAILS(genu_results_read_slab(r, "muscle_force", -1, 1, &part, &err), GENU_E_RANGE, err,
                "no entries -1");
    CHECK_FAILS(genu_results_read_slab(r, "muscle_force", 0, -1, &part, &err), GENU_E_RANGE, err,
                "no entries");
    genu_results_close(r);
}

static void marks_what_is_missing(void)
{
    genu_err err = { 0 };
    genu_writer *w;
    genu_results *r;
    genu_dataset d;
    double five[] = { 7, NAN, -2, 2147483646, 0 };
    genu_field whole = { "whole", { "x" }, "1", "integers", NULL, NULL, 1 };
    genu_field real = { "real", { "x" }, "1", "numbers", NULL, NULL, 0 };
    genu_field full = { "full", { "x" }, "1", "no gap", NULL, NULL, 1 };
    genu_field single = { "single", { NULL }, "N", "one number", NULL, NULL, 0 };
    CHECK_OK(genu_writer_new(&w, in_folder("gaps.h5"), 0, &err), err);
    CHECK_OK(genu_writer_dim(w, "x", 5, NULL, five, "m", "place", &err), err);
    CHECK_OK(genu_writer_field(w, &whole, &err), err);
    CHECK_OK(genu_writer_field(w, &real, &err), err);
    CHECK_OK(genu_writer_field(w, &full, &err), err);
    CHECK_OK(genu_writer_field(w, &single, &err), err);
    CHECK_OK(genu_writer_put(w, "whole", 0, 3, five, &err), err);
    CHECK_OK(genu_writer_put(w, "whole", 1, 1, five + 1, &err), err);
    CHECK_OK(genu_writer_put(w, "real", 0, 4, five, &err), err);
    CHECK_OK(genu_writer_put(w, "full", 3, 2, five + 3, &err), err);
    CHECK_OK(genu_writer_put(w, "full", 0, 1, five, &err), err);
    CHECK_OK(genu_writer_put(w, "single", 0, 1, five, &err), err);
    CHECK_OK(genu_writer_finish(w, &err), err);

    if (!CHECK_OK(genu_results_open(&r, in_folder("gaps.h5"), &err), err))
        return;
    CHECK_OK(genu_results_read(r, "whole", &d, &err), err);
    CHECK_TRUE(d.value[0] == 7 && isnan(d.value[1]) && d.value[2] == -2);
    CHECK_TRUE(isnan(d.value[4])); // never put
    genu_dataset_free(&d);
    CHECK_OK(genu_results_read(r, "real", &d, &err), err);
    CHECK_TRUE(isnan(d.value[1]) && d.value[3] == 2147483646 && isnan(d.value[4]));
    genu_dataset_free(&d);
    CHECK_TEXT(genu_results_note(r, "whole", "_FillValue"), "-2147483647");
    CHECK_TRUE(genu_results_note(r, "real", "_FillValue") == NULL);
    CHECK_OK(genu_results_read(r, "single", &d, &err), err);
    CHECK_TRUE(d.rank == 0 && d.n == 1 && d.value[0] == 7);
    genu_dataset_free(&d);
    CHECK_FAILS(genu_results_read_slab(r, "single", 0, 1, &d, &err), GENU_E_SHAPE, err,
                "without dimensions");
    genu_results_close(r);
}

static void gives_the_same_bytes(void)
{
    genu_err err = { 0 };
    char one[GENU_DIGEST_SIZE], two[GENU_DIGEST_SIZE];
    CHECK_OK(write_file(in_folder("one.h5"), 0, &err), err);
    // other contents of fresh memory, another time of day
    for (int i = 0; i < 1000; i++) {
        volatile char *p = malloc((size_t)i * 8 + 1);
        for (int k = 0; p && k <= i * 8; k++)
            p[k] = (char)(i + k);
        free((void *)(size_t)p);
    }
    sleep(1);
    CHECK_OK(write_file(in_folder("two.h5"), 0, &err), err);
    digest_file(in_folder("one.h5"), one);
    digest_file(in_folder("two.h5"), two);
    CHECK_TEXT(one, two);
}

static void holds_a_long_study(void)
{
    enum { LONG = 1 << 20 };
    genu_err err = { 0 };
    genu_writer *w;
    genu_results *r;
    char *text = malloc(LONG + 1);
    CU_ASSERT_FATAL(text != NULL);
    memset(text, 'x', LONG);
    text[LONG] = '\0';
    CHECK_OK(genu_writer_new(&w, in_folder("long.h5"), 0, &err), err);
    CHECK_OK(genu_writer_text(w, "study", text, &err), err);
    CHECK_OK(genu_writer_finish(w, &err), err);
    CHECK_OK(genu_results_open(&r, in_folder("long.h5"), &err), err);
    CHECK_TRUE(!strcmp(genu_results_attribute(r, "study"), text));
    genu_results_close(r);
    free(text);
}

static void compresses_large_fields_the_same_in_any_pieces(void)
{
    enum { N = 600, M = 500 };
    genu_err err = { 0 };
    genu_field f = { "big", { "scenario", "frame" }, "N", "big", NULL, NULL, 0 };
    double *value = malloc(sizeof(double) * N * M);
    char hex[2][GENU_DIGEST_SIZE];
    CU_ASSERT_FATAL(value != NULL);
    for (int i = 0; i < N * M; i++)
        value[i] = floor(100 * sin(0.01 * i));
    for (int k = 0; k < 2; k++) {
        genu_writer *w;
        char *path = in_folder(k ? "big1.h5" : "big0.h5");
        int step = k ? 7 : N;
        CHECK_OK(genu_writer_new(&w, path, 0, &err), err);
        genu_writer_store(w, (genu_storage){ 0, 1 });
        CHECK_OK(genu_writer_dim(w, "scenario", N, NULL, NULL, NULL, NULL, &err), err);
        CHECK_OK(genu_writer_dim(w, "frame", M, NULL, NULL, NULL, NULL, &err), err);
        CHECK_OK(genu_writer_field(w, &f, &err), err);
        for (int i = 0; i < N; i += step)
            CHECK_OK(genu_writer_put(w, "big", i, i + step < N ? step : N - i, value + i * M, &err),
                     err);
        CHECK_OK(genu_writer_finish(w, &err), err);
        digest_file(path, hex[k]);
        struct stat st;
        CHECK_TRUE(!stat(path, &st) && st.st_size < (long)sizeof(double) * N * M / 3);
    }
    CHECK_TEXT(hex[1], hex[0]);
    free(value);
}

/* Only what stands for scenario and frame; half as many bytes, each number to half of the last of 24
 * bits. */
static void keeps_curves_in_single_precision_when_told(void)
{
    enum { N = 300, M = 500 };
    genu_err err = { 0 };
    genu_field curve = { "curve", { "scenario", "side", "frame" }, "N", "curve", NULL, NULL, 0 };
    genu_field peak = { "peak", { "scenario", "side" }, "N", "peak", NULL, NULL, 0 };
    double *value = malloc(sizeof(double) * N * M);
    long size[2] = { 0 };
    CU_ASSERT_FATAL(value != NULL);
    for (int i = 0; i < N * M; i++)
        value[i] = 1000 * sin(0.01 * i);
    for (int single = 0; single < 2; single++) {
        genu_writer *w;
        genu_results *r;
        genu_dataset a, b;
        struct stat st;
        char *path = in_folder(single ? "single.h5" : "double.h5");
        CHECK_OK(genu_writer_new(&w, path, 0, &err), err);
        genu_writer_store(w, (genu_storage){ single, 0 });
        CHECK_OK(genu_writer_dim(w, "scenario", N, NULL, NULL, NULL, NULL, &err), err);
        CHECK_OK(genu_writer_dim(w, "side", 1, NULL, NULL, NULL, NULL, &err), err);
        CHECK_OK(genu_writer_dim(w, "frame", M, NULL, NULL, NULL, NULL, &err), err);
        CHECK_OK(genu_writer_field(w, &curve, &err), err);
        CHECK_OK(genu_writer_field(w, &peak, &err), err);
        CHECK_OK(genu_writer_put(w, "curve", 0, N, value, &err), err);
        CHECK_OK(genu_writer_put(w, "peak", 0, N, value, &err), err);
        CHECK_OK(genu_writer_finish(w, &err), err);
        CHECK_OK(genu_results_open(&r, path, &err), err);
        CHECK_OK(genu_results_read(r, "curve", &a, &err), err);
        CHECK_OK(genu_results_read(r, "peak", &b, &err), err);
        for (int i = 0; i < N * M; i++)
            CHECK_NEAR(a.value[i], value[i], single ? 0x1p-24 : 0, 0);
        for (int i = 0; i < N; i++)
            CHECK_NEAR(b.value[i], value[i], 0, 0);
        genu_dataset_free(&a);
        genu_dataset_free(&b);
        genu_results_close(r);
        CHECK_TRUE(!stat(path, &st));
        size[single] = (long)st.st_size;
    }
    CHECK_NEAR((double)size[1] / (double)size[0], 0.5, 0.05, 0);
    free(value);
}

// --- interrupted sweeps

static void keeps_only_finished_scenarios(void)
{
    genu_err err = { 0 };
    genu_writer *w;
    genu_results *r;
    genu_dataset d;
    CHECK_OK(write_file(in_folder("out.h5"), 0, &err), err);
    char before[GENU_DIGEST_SIZE], after[GENU_DIGEST_SIZE];
    digest_file(in_folder("out.h5"), before);
    CHECK_OK(genu_writer_new(&w, in_folder("out.h5"), 1, &err), err);
    CHECK_OK(write_all(w, &err), err);
    CHECK_FAILS(genu_writer_truncate(w, "scenario", 0, &err), GENU_E_RANGE, err, "must be 1 to 4");
    CHECK_FAILS(genu_writer_truncate(w, "scenario", 5, &err), GENU_E_RANGE, err, "5 entries");
    CHECK_FAILS(genu_writer_truncate(w, "scen", 2, &err), GENU_E_SHAPE, err, "no dimension 'scen'");
    CHECK_FAILS(genu_writer_truncate(w, "frame", 2, &err), GENU_E_SHAPE, err,
                "'cycle': 'frame' is not its first dimension");
    CHECK_OK(genu_writer_truncate(w, "scenario", 3, &err), err);
    CHECK_FAILS(genu_writer_put(w, "strength_1", 3, 1, STRENGTH[0], &err), GENU_E_RANGE, err,
                "entries 3 to 3 are not in 0 to 2");
    CHECK_FAILS(genu_writer_rename(w, in_folder("other/out.h5"), 0, &err), GENU_E_IO, err,
                "is not in the folder");
    CHECK_OK(genu_writer_rename(w, in_folder("out.partial.h5"), 0, &err), err);
    CHECK_OK(genu_writer_finish(w, &err), err);
    digest_file(in_folder("out.h5"), after);
    CHECK_TEXT(after, before);
    CHECK_TRUE(!has_part(in_folder("out.h5")) && !has_part(in_folder("out.partial.h5")));

    if (!CHECK_OK(genu_results_open(&r, in_folder("out.partial.h5"), &err), err))
        return;
    CHECK_INT(genu_results_count(r), 9 + genu_catalogue_count());
    CHECK_OK(genu_results_read(r, "scenario", &d, &err), err);
    CHECK_INT(d.n, 3);
    genu_dataset_free(&d);
    const genu_field *f = genu_catalogue_find("muscle_force");
    CHECK_OK(genu_results_read(r, "muscle_force", &d, &err), err);
    CHECK_INT(d.n, 3 * N_MUSCLE * N_FRAME);
    for (size_t i = 0; i < d.n; i++)
        CHECK_NEAR(d.value[i], value_of(f, i), 0, 0);
    genu_dataset_free(&d);
    genu_results_close(r);
}

static void keeps_an_earlier_file_until_the_end(void)
{
    genu_err err = { 0 };
    genu_writer *w;
    char before[GENU_DIGEST_SIZE], now[GENU_DIGEST_SIZE];
    char *path = in_folder("kept.h5");
    CHECK_OK(write_file(path, 0, &err), err);
    digest_file(path, before);
    CHECK_FAILS(write_file(path, 0, &err), GENU_E_IO, err, "exists already (--force replaces it)");
    CHECK_OK(genu_writer_new(&w, path, 1, &err), err);
    CHECK_OK(genu_writer_text(w, "title", "second", &err), err);
    digest_file(path, now);
    CHECK_TEXT(now, before);
    genu_writer_abandon(w);
    CHECK_TRUE(!has_part(path));
    CHECK_OK(genu_writer_new(&w, path, 1, &err), err);
    CHECK_OK(genu_writer_finish(w, &err), err);
    digest_file(path, now);
    CHECK_TRUE(strcmp(now, before));
    genu_writer_abandon(NULL);
}

static void loses_nothing_when_the_name_is_taken_meanwhile(void)
{
    genu_err err = { 0 };
    genu_writer *w;
    genu_results *r;
    char *path = in_folder("raced.h5"), part[1300];
    snprintf(part, sizeof part, "%s.part", path);
    CHECK_OK(genu_writer_new(&w, path, 0, &err), err);
    CHECK_OK(genu_writer_text(w, "title", "ours", &err), err);
    FILE *f = fopen(path, "w");
    CHECK_TRUE(f && fputs("theirs", f) >= 0 && !fclose(f));
    CHECK_FAILS(genu_writer_finish(w, &err), GENU_E_IO, err, "what was written is in");
    char *text = test_read_file(path, NULL);
    CHECK_TEXT(text, "theirs");
    free(text);
    if (CHECK_OK(genu_results_open(&r, part, &err), err))
        CHECK_TEXT(genu_results_attribute(r, "title"), "ours");
    genu_results_close(r);
}

static void takes_over_what_a_killed_run_left(void)
{
    genu_err err = { 0 };
    genu_writer *w, *second;
    char *path = in_folder("killed.h5"), part[1300];
    snprintf(part, sizeof part, "%s.part", path);
    pid_t child = fork();
    if (!child) {
        if (!genu_writer_new(&w, path, 0, NULL) && !write_all(w, NULL))
            raise(SIGKILL);
        _exit(1);
    }
    int status;
    CHECK_TRUE(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    CHECK_TRUE(exists(part) && !exists(path));
    CHECK_OK(genu_writer_new(&w, path, 0, &err), err);
    CHECK_FAILS(genu_writer_new(&second, path, 1, &err), GENU_E_IO, err,
                "is being written by another program");
    CHECK_TRUE(second == NULL);
    CHECK_OK(genu_writer_finish(w, &err), err);
    CHECK_TRUE(exists(path) && !exists(part));
}

// --- what goes wrong while writing

static void names_what_is_wrong_with_a_path(void)
{
    genu_err err = { 0 };
    genu_writer *w;
    CHECK_FAILS(genu_writer_new(&w, "", 0, &err), GENU_E_IO, err, "empty name");
    CHECK_FAILS(genu_writer_new(&w, in_folder("none/x.h5"), 0, &err), GENU_E_IO, err,
                "/none' does not exist");
    CHECK_FAILS(genu_writer_new(&w, "/", 1, &err), GENU_E_IO, err, "is a folder");
    CHECK_FAILS(genu_writer_new(&w, test_folder(), 1, &err), GENU_E_IO, err, "is a folder");
    CHECK_FAILS(genu_writer_new(&w, "/dev/null", 1, &err), GENU_E_IO, err, "device or pipe");
    CHECK_TRUE(w == NULL);
    FILE *f = fopen(in_folder("plain"), "w");
    CHECK_TRUE(f && !fclose(f));
    CHECK_FAILS(genu_writer_new(&w, in_folder("plain/x.h5"), 0, &err), GENU_E_IO, err,
                "Not a directory");

    // nobody may write into a folder of root's; anybody else into one without the permission
    char *closed = in_folder("closed");
    CHECK_TRUE(!mkdir(closed, 0755));
    CHECK_TRUE(geteuid() || !seteuid(65534));
    if (geteuid() != 65534)
        CHECK_TRUE(!chmod(closed, 0555));
    CHECK_FAILS(genu_writer_new(&w, in_folder("closed/x.h5"), 0, &err), GENU_E_IO, err,
                "Permission denied");
    if (!getuid())
        CHECK_TRUE(!seteuid(0));
}

static void names_what_is_wrong_with_a_dataset(void)
{
    genu_err err = { 0 };
    genu_writer *w;
    double x[] = { 1.5, 3e9, -2147483647, 1 };
    genu_field f = { "f", { "x" }, "1", "f", NULL, NULL, 1 };
    CHECK_OK(genu_writer_new(&w, in_folder("bad.h5"), 0, &err), err);
    CHECK_OK(genu_writer_dim(w, "x", 4, NULL, NULL, NULL, NULL, &err), err);
    CHECK_FAILS(genu_writer_dim(w, "y", 0, NULL, NULL, NULL, NULL, &err), GENU_E_RANGE, err,
                "'y' has 0 entries, must be >= 1");
    CHECK_FAILS(genu_writer_dim(w, "x", 2, NULL, NULL, NULL, NULL, &err), GENU_E_RANGE, err,
                "'x' exists already");
    CHECK_OK(genu_writer_field(w, &f, &err), err);
    CHECK_FAILS(genu_writer_field(w, &f, &err), GENU_E_RANGE, err, "'f' exists already");
    f.name = "a_name_that_is_longer_than_all_readers_can_hold";
    CHECK_FAILS(genu_writer_field(w, &f, &err), GENU_E_RANGE, err, "must be 1 to 39");
    f.name = "a/b";
    CHECK_FAILS(genu_writer_field(w, &f, &err), GENU_E_RANGE, err, "not a name");
    f.name = "g";
    f.dims[1] = "z";
    CHECK_FAILS(genu_writer_field(w, &f, &err), GENU_E_SHAPE, err, "no dimension 'z'");
    CHECK_FAILS(genu_writer_put(w, "g", 0, 1, x, &err), GENU_E_RANGE, err, "no dataset 'g'");
    CHECK_FAILS(genu_writer_put(w, "x", 0, 1, x, &err), GENU_E_RANGE, err, "no dataset 'x'");
    CHECK_FAILS(genu_writer_put(w, "f", 0, 5, x, &err), GENU_E_RANGE, err,
                "0 to 4 are not in 0 to 3");
    CHECK_FAILS(genu_writer_put(w, "f", -1, 1, x, &err), GENU_E_RANGE, err, "-1 to -1");
    CHECK_FAILS(genu_writer_put(w, "f", 2147483647, 1, x, &err), GENU_E_RANGE, err, "2147483647");
    CHECK_FAILS(genu_writer_put(w, "f", 0, 0, x, &err), GENU_E_RANGE, err, "0 to -1");
    CHECK_FAILS(genu_writer_put(w, "f", 0, 1, x, &err), GENU_E_RANGE, err, "1.5 is not a 32-bit");
    CHECK_FAILS(genu_writer_put(w, "f", 0, 1, x + 1, &err), GENU_E_RANGE, err, "3000000000 is not");
    CHECK_FAILS(genu_writer_put(w, "f", 0, 1, x + 2, &err), GENU_E_RANGE, err, "-2147483647 is");
    CHECK_FAILS(genu_writer_note(w, "g", "a", "b", &err), GENU_E_RANGE, err, "no dataset 'g'");
    CHECK_OK(genu_writer_note(w, "f", "a", "b", &err), err);
    CHECK_FAILS(genu_writer_note(w, "f", "a", "c", &err), GENU_E_RANGE, err, "'a' exists already");
    CHECK_FAILS(genu_writer_text(w, "format", "x", &err), GENU_E_RANGE, err, "exists already");
    CHECK_FAILS(genu_catalogue_write(w, "nothing", 0, 0, &err), GENU_E_RANGE, err,
                "not in the catalogue");
    CHECK_OK(genu_writer_put(w, "f", 3, 1, x + 3, &err), err);
    CHECK_OK(genu_writer_finish(w, &err), err); // none of that spoilt the file
}

static void survives_a_full_disk_at_any_byte(void)
{
    genu_err err = { 0 };
    struct stat st;
    struct rlimit old, limit;
    char *path = in_folder("full.h5");
    char before[GENU_DIGEST_SIZE], after[GENU_DIGEST_SIZE];
    CHECK_OK(write_file(path, 0, &err), err);
    CHECK_TRUE(!stat(path, &st) && !getrlimit(RLIMIT_FSIZE, &old));
    digest_file(path, before);
    signal(SIGXFSZ, SIG_IGN);
    limit = old;
    int n_failed = 0, n = 0;
    for (long size = 0; size < st.st_size; size += size < 8192 ? 500 : 9973, n++) {
        limit.rlim_cur = (rlim_t)size;
        CHECK_TRUE(!setrlimit(RLIMIT_FSIZE, &limit));
        genu_status s = write_file(path, 1, &err);
        CHECK_TRUE(!setrlimit(RLIMIT_FSIZE, &old));
        n_failed += s == GENU_E_IO;
        if (!strstr(err.msg, "File too large") || has_part(path))
            CHECK_TEXT(err.msg, "a sentence with the reason, and no part file");
    }
    CHECK_INT(n_failed, n);
    digest_file(path, after);
    CHECK_TEXT(after, before);
    CHECK_OK(write_file(path, 1, &err), err); // the same process goes on
    digest_file(path, after);
    CHECK_TEXT(after, before);
}

// a file system of 200 kB: the true ENOSPC; 0 good, 1 bad, 77 not allowed here
static int write_on_small_disk(const char *folder)
{
    char path[1300];
    genu_err err = { 0 };
    snprintf(path, sizeof path, "%s/x.h5", folder);
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", folder, "tmpfs", 0, "size=200k"))
        return 77;
    if (!write_file(path, 0, &err) || !strstr(err.msg, "No space left on device"))
        fprintf(stderr, "message: %s\n", err.msg);
    else if (!exists(path) && !has_part(path))
        return 0;
    return 1;
}

static void names_a_full_disk(void)
{
    char *folder = in_folder("small");
    CHECK_TRUE(!mkdir(folder, 0755));
    fflush(NULL);
    pid_t child = fork();
    if (!child)
        _exit(write_on_small_disk(folder));
    int status;
    CHECK_TRUE(waitpid(child, &status, 0) == child && WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        fprintf(stderr, "SKIPPED: no permission to mount a small disk\n");
    else
        CHECK_INT(WEXITSTATUS(status), 0);
}

// --- what goes wrong while reading

static void write_bytes(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    CHECK_TRUE(f && fwrite(bytes, 1, n, f) == n && !fclose(f));
}

static void names_what_is_wrong_with_a_file(void)
{
    genu_err err = { 0 };
    genu_results *r;
    CHECK_FAILS(genu_results_open(&r, in_folder("absent.h5"), &err), GENU_E_IO, err,
                "No such file");
    CHECK_FAILS(genu_results_open(&r, test_folder(), &err), GENU_E_IO, err, "is a folder");
    CHECK_FAILS(genu_results_open(&r, "/dev/null", &err), GENU_E_IO, err, "device or pipe");
    write_bytes(in_folder("text.h5"), "time,force\n", 11);
    CHECK_FAILS(genu_results_open(&r, in_folder("text.h5"), &err), GENU_E_FORMAT, err,
                "is not an HDF5 file (11 bytes)");
    write_bytes(in_folder("empty.h5"), "", 0);
    CHECK_FAILS(genu_results_open(&r, in_folder("empty.h5"), &err), GENU_E_FORMAT, err,
                "is not an HDF5 file (0 bytes)");
    CHECK_TRUE(r == NULL);
    genu_results_close(NULL);

    CHECK_OK(write_file(in_folder("secret.h5"), 0, &err), err);
    CHECK_TRUE(!chmod(in_folder("secret.h5"), 0));
    CHECK_TRUE(geteuid() || !seteuid(65534));
    CHECK_FAILS(genu_results_open(&r, in_folder("secret.h5"), &err), GENU_E_IO, err,
                "Permission denied");
    if (!getuid())
        CHECK_TRUE(!seteuid(0));
}

static void refuses_a_file_that_is_cut_short(void)
{
    genu_err err = { 0 };
    genu_results *r;
    size_t n = 0;
    CHECK_OK(write_file(in_folder("whole.h5"), 0, &err), err);
    char *bytes = test_read_file(in_folder("whole.h5"), &n);
    char *path = in_folder("cut.h5");
    int n_refused = 0, n_tried = 0;
    for (size_t k = 8; k < n; k += k < 300 ? 11 : 4001, n_tried++) {
        write_bytes(path, bytes, k);
        n_refused += genu_results_open(&r, path, &err) == GENU_E_FORMAT;
    }
    CHECK_INT(n_refused, n_tried);
    char want[80];
    snprintf(want, sizeof want, "is cut short: %zu of %zu bytes are there", n - 1, n);
    write_bytes(path, bytes, n - 1);
    CHECK_FAILS(genu_results_open(&r, path, &err), GENU_E_FORMAT, err, want);
    free(bytes);
}

// an HDF5 file of somebody else; with_format: one that says it is ours
static void write_foreign(const char *path, int with_format, double version)
{
    hsize_t two[] = { 2, 2, 1, 1, 1 };
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t one = H5Screate(H5S_SCALAR), many = H5Screate_simple(5, two, NULL);
    hid_t pair = H5Screate_simple(1, two, NULL), text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 12);
    H5Tset_strpad(text, H5T_STR_SPACEPAD);
    if (with_format) {
        hid_t a = H5Acreate2(file, "format", text, one, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(a, text, "genu results");
        H5Aclose(a);
        a = H5Acreate2(file, "format_version", H5T_IEEE_F64LE, one, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(a, H5T_NATIVE_DOUBLE, &version);
        H5Aclose(a);
    }
    H5Gclose(H5Gcreate2(file, "group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Dclose(H5Dcreate2(file, "five", H5T_NATIVE_INT, many, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    hid_t d = H5Dcreate2(file, "fixed", text, pair, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(d, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, "abc         twelve chars");
    H5Dclose(d);
    H5Dclose(H5Dcreate2(file, "bits", H5T_STD_B8LE, pair, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(pair);
    H5Sclose(many);
    H5Sclose(one);
    H5Tclose(text);
    H5Fclose(file);
}

static void understands_or_names_what_others_wrote(void)
{
    genu_err err = { 0 };
    genu_results *r;
    genu_dataset d;
    write_foreign(in_folder("foreign.h5"), 0, 0);
    CHECK_FAILS(genu_results_open(&r, in_folder("foreign.h5"), &err), GENU_E_FORMAT, err,
                "'format' is 'absent', must be 'genu results'");
    write_foreign(in_folder("later.h5"), 1, 2);
    CHECK_FAILS(genu_results_open(&r, in_folder("later.h5"), &err), GENU_E_FORMAT, err,
                "has version 2 of the results format, this program reads 1");
    write_foreign(in_folder("edited.h5"), 1, 1);
    if (!CHECK_OK(genu_results_open(&r, in_folder("edited.h5"), &err), err))
        return;
    CHECK_INT(genu_results_count(r), 3); // the group is none
    CHECK_OK(genu_results_read(r, "fixed", &d, &err), err);
    CHECK_TEXT(d.text[0], "abc");
    CHECK_TEXT(d.text[1], "twelve chars");
    CHECK_TEXT(d.dim_name[0], "");
    CHECK_TRUE(d.units == NULL);
    genu_dataset_free(&d);
    CHECK_FAILS(genu_results_read(r, "five", &d, &err), GENU_E_FORMAT, err,
                "has 5 dimensions, must be 0 to 4");
    CHECK_FAILS(genu_results_read(r, "bits", &d, &err), GENU_E_FORMAT, err,
                "holds neither numbers nor texts");
    CHECK_FAILS(genu_results_read(r, "fixxed", &d, &err), GENU_E_RANGE, err,
                "no dataset 'fixxed'; did you mean 'fixed'");
    CHECK_FAILS(genu_results_read(r, "something_else", &d, &err), GENU_E_RANGE, err,
                "no dataset 'something_else'");
    CHECK_TRUE(!strstr(err.msg, "did you mean"));
    CHECK_TRUE(d.name == NULL && d.value == NULL);
    genu_results_close(r);
}

// the bytes of the stored values are damaged: the checksum notices, and so must we
static void check_damaged(int compression)
{
    enum { N = 4000 };
    genu_err err = { 0 };
    genu_writer *w;
    genu_results *r;
    genu_dataset d;
    genu_field f = { "curve", { "frame" }, "N", "curve", NULL, NULL, 0 };
    double *value = malloc(N * sizeof *value);
    unsigned long long seed = 1;
    for (int i = 0; value && i < N; i++)
        value[i] = test_random(&seed, 0, 1);
    CHECK_OK(genu_writer_new(&w, in_folder("hurt.h5"), 1, &err), err);
    genu_writer_store(w, (genu_storage){ 0, compression });
    CHECK_OK(genu_writer_dim(w, "frame", N, NULL, NULL, NULL, NULL, &err), err);
    CHECK_OK(genu_writer_field(w, &f, &err), err);
    CHECK_OK(genu_writer_put(w, "curve", 0, N, value, &err), err);
    CHECK_OK(genu_writer_finish(w, &err), err);
    size_t n = 0;
    char *bytes = test_read_file(in_folder("hurt.h5"), &n);
    memset(bytes + n - 8000, 0x55, 2000);
    write_bytes(in_folder("hurt.h5"), bytes, n);
    CHECK_OK(genu_results_open(&r, in_folder("hurt.h5"), &err), err);
    CHECK_FAILS(genu_results_read(r, "curve", &d, &err), GENU_E_FORMAT, err,
                "dataset 'curve' cannot be read");
    CHECK_TRUE(d.value == NULL);
    genu_results_close(r);
    free(bytes);
    free(value);
}

static void names_a_damaged_dataset(void)
{
    check_damaged(0);
    check_damaged(1);
}

// --- the documentation

static void documents_every_dataset(void)
{
    char *text = test_read_file(GENU_TEST_SOURCE_DIR "/docs/results.md", NULL);
    for (int i = 0; text && i < genu_catalogue_count(); i++) {
        const genu_field *f = genu_catalogue_at(i);
        char row[200];
        // those that are made from a load stand in one row for all of them
        const char *ending[] = { "_peak",    "_peak1", "_peak2", "_peak_time",
                                 "_impulse", "_slope", "_kink" };
        int derived = 0;
        for (int k = 0; k < 7; k++) {
            size_t n = strlen(f->name), m = strlen(ending[k]);
            derived |= n > m && !strcmp(f->name + n - m, ending[k]);
        }
        snprintf(row, sizeof row, "| `%s` |", f->name);
        if (!derived && !strstr(text, row))
            CHECK_TEXT(row, "documented");
        CHECK_TRUE(strlen(f->name) <= GENU_FIELD_NAME_MAX);
    }
    CHECK_TEXT(genu_outcome_text(GENU_OUTCOME_WEAK), "muscles not enough");
    CHECK_TEXT(genu_outcome_text(GENU_N_OUTCOME), "unknown");
    CHECK_TEXT(genu_outcome_text(-1), "unknown");
    free(text);
}

// what check_results.py opens
static void leaves_a_file_for_python(void)
{
    genu_err err = { 0 };
    CHECK_OK(write_file(in_folder("python.h5"), 1, &err), err);
    CHECK_TRUE(exists(in_folder("python.h5")));
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(reads_back_what_was_written),
        TEST(keeps_attributes_and_notes),
        TEST(reads_slabs_and_shapes),
        TEST(marks_what_is_missing),
        TEST(gives_the_same_bytes),
        TEST(holds_a_long_study),
        TEST(compresses_large_fields_the_same_in_any_pieces),
        TEST(keeps_curves_in_single_precision_when_told),
        TEST(keeps_only_finished_scenarios),
        TEST(keeps_an_earlier_file_until_the_end),
        TEST(loses_nothing_when_the_name_is_taken_meanwhile),
        TEST(takes_over_what_a_killed_run_left),
        TEST(names_what_is_wrong_with_a_path),
        TEST(names_what_is_wrong_with_a_dataset),
        TEST(survives_a_full_disk_at_any_byte),
        TEST(names_a_full_disk),
        TEST(names_what_is_wrong_with_a_file),
        TEST(refuses_a_file_that_is_cut_short),
        TEST(understands_or_names_what_others_wrote),
        TEST(names_a_damaged_dataset),
        TEST(documents_every_dataset),
        TEST(leaves_a_file_for_python),
        CU_TEST_INFO_NULL,
    };
    return test_main("results", tests, argc, argv);
}
