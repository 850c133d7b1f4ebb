#include "sim/export.h"
#include "sim/results.h"
#include "sim/table.h"
#include "tests/testlib.h"

#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Two scenarios, two sides, three frames, two muscles. */
static const char *const SIDE[] = { "right", "left" };
static const char *const MUSCLE[] = { "glmed1_r", "glmin1_r" };

static const char *in_folder(const char *name)
{
    static char path[4][1200];
    static int at;
    at = (at + 1) % 4;
    snprintf(path[at], sizeof path[at], "%s/%s", test_folder(), name);
    return path[at];
}

static genu_status add(genu_writer *w, genu_field f, int count, const double *value, genu_err *err)
{
    genu_status s = genu_writer_field(w, &f, err);
    return s ? s : genu_writer_put(w, f.name, 0, count, value, err);
}

// one number per place: scenario, side or muscle, frame as its digits
static genu_status fill(genu_writer *w, genu_err *err)
{
    double time[] = { 0.6, 0.1 + 0.6, 0.8 }; // 0.1 + 0.6 needs 16 digits
    double strength[] = { 0.5, 1 }, peak[] = { 10, 11, 20, NAN }, status[] = { 0, 0, 1, 3 };
    double force[] = { 111, 112, 113, 121, 122, 123, 211, 212, 213, 221, 222, NAN };
    double one = 735.5;
    genu_status s = genu_writer_dim(w, "scenario", 2, NULL, NULL, NULL, NULL, err);
    s = s ? s : genu_writer_dim(w, "side", 2, SIDE, NULL, NULL, NULL, err);
    s = s ? s : genu_writer_dim(w, "frame", 3, NULL, NULL, NULL, NULL, err);
    s = s ? s : genu_writer_dim(w, "muscle", 2, MUSCLE, NULL, NULL, NULL, err);
    s = s ? s : genu_writer_dim(w, "many", 17000, NULL, NULL, NULL, NULL, err);
    s = s ? s : add(w, (genu_field){ "time", { "frame" }, "s", "time", 0, 0, 0 }, 3, time, err);
    s = s ? s
          : add(w, (genu_field){ "strength_1", { "scenario" }, "1", "strength", 0, 0, 0 }, 2,
                strength, err);
    s = s ? s
          : add(w, (genu_field){ "load", { "scenario", "side", "frame" }, "N", "load", 0, 0, 0 }, 2,
                force, err);
    s = s ? s
          : add(w,
                (genu_field){
                    "muscle_force", { "scenario", "muscle", "frame" }, "N", "f", 0, 0, 0 },
                2, force, err);
    s = s ? s
          : add(w, (genu_field){ "load_peak", { "scenario", "side" }, "N", "peak", 0, 0, 0 }, 2,
                peak, err);
    s = s ? s
          : add(w, (genu_field){ "status", { "scenario", "side" }, "1", "status", 0, 0, 1 }, 2,
                status, err);
    s = s ? s : add(w, (genu_field){ "weight", { NULL }, "N", "weight", 0, 0, 0 }, 1, &one, err);
    genu_field wide = { "wide", { "frame", "many" }, "1", "too wide", 0, 0, 0 };
    return s ? s : genu_writer_field(w, &wide, err);
}

static const char *results(void)
{
    genu_err err = { 0 };
    genu_writer *w;
    static char path[1200];
    snprintf(path, sizeof path, "%s/results.h5", test_folder());
    if (!access(path, F_OK))
        return path;
    CHECK_OK(genu_writer_new(&w, path, 0, &err), err);
    CHECK_OK(fill(w, &err), err);
    CHECK_OK(genu_writer_finish(w, &err), err);
    return path;
}

// the whole text of what is exported
static void check_export(const char *name, int scenario, const char *ending, const char *want)
{
    genu_err err = { 0 };
    char path[64];
    snprintf(path, sizeof path, "out.%s", ending);
    if (!CHECK_OK(genu_export(results(), name, scenario, in_folder(path), 1, &err), err))
        return;
    char *text = test_read_file(in_folder(path), NULL);
    CHECK_TEXT(text, want);
    free(text);
}

static void writes_opensim_storage(void)
{
    check_export("muscle_force", 1, "sto",
                 "muscle_force\nversion=1\nnRows=3\nnColumns=3\ninDegrees=no\nendheader\n"
                 "time\tglmed1_r\tglmin1_r\n"
                 "0.6\t211\t221\n0.7\t212\t222\n0.8\t213\tnan\n");
    check_export("load", GENU_ALL_SCENARIOS, "sto",
                 "load\nversion=1\nnRows=3\nnColumns=5\ninDegrees=no\nendheader\n"
                 "time\tload_right_scenario_0\tload_left_scenario_0\tload_right_scenario_1\t"
                 "load_left_scenario_1\n"
                 "0.6\t111\t121\t211\t221\n0.7\t112\t122\t212\t222\n0.8\t113\t123\t213\tnan\n");
}

static void writes_spreadsheets(void)
{
    check_export("load", 0, "csv",
                 "time [s],load_right [N],load_left [N]\n0.6,111,121\n0.7,112,122\n0.8,113,123\n");
    check_export("load_peak", GENU_ALL_SCENARIOS, "csv",
                 "scenario,strength_1,load_peak_right [N],load_peak_left [N]\n"
                 "0,0.5,10,11\n1,1,20,\n");
    check_export("load_peak", 1, "csv",
                 "scenario,strength_1,load_peak_right [N],load_peak_left [N]\n1,1,20,\n");
    check_export("strength_1", GENU_ALL_SCENARIOS, "csv", "scenario,strength_1\n0,0.5\n1,1\n");
    check_export("muscle", GENU_ALL_SCENARIOS, "csv", "muscle\nglmed1_r\nglmin1_r\n");
    check_export("time", GENU_ALL_SCENARIOS, "csv", "time [s]\n0.6\n0.7\n0.8\n");
    check_export("weight", GENU_ALL_SCENARIOS, "csv", "weight [N]\n735.5\n");
}

static void writes_a_summary(void)
{
    check_export(NULL, GENU_ALL_SCENARIOS, "csv",
                 "scenario,strength_1,load_peak_right [N],load_peak_left [N],status_right,"
                 "status_left\n0,0.5,10,11,0,0\n1,1,20,,1,3\n");
    check_export(NULL, 0, "csv",
                 "scenario,strength_1,load_peak_right [N],load_peak_left [N],status_right,"
                 "status_left\n0,0.5,10,11,0,0\n");
}

// what is exported comes back bit for bit through the program's own reader
static void comes_back_the_same(void)
{
    genu_err err = { 0 };
    genu_table t;
    CHECK_OK(genu_export(results(), "muscle_force", 0, in_folder("back.sto"), 0, &err), err);
    if (!CHECK_OK(genu_table_read(&t, in_folder("back.sto"), NULL, &err), err))
        return;
    CHECK_INT(t.n_row, 3);
    CHECK_INT(t.n_column, 2);
    CHECK_INT(t.in_degrees, 0);
    CHECK_NEAR(t.time[1], 0.1 + 0.6, 0, 0);
    CHECK_NEAR(genu_table_column(&t, genu_table_find(&t, "glmin1_r"))[2], 123, 0, 0);
    genu_table_free(&t);
}

static void writes_a_decimal_point_in_every_locale(void)
{
    const char *locales[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8" };
    int found = 0;
    for (int i = 0; i < 3 && !found; i++)
        found = setlocale(LC_NUMERIC, locales[i]) != NULL;
    if (!found)
        fprintf(stderr, "SKIPPED: no locale with a decimal comma is installed\n");
    check_export("time", GENU_ALL_SCENARIOS, "csv", "time [s]\n0.6\n0.7\n0.8\n");
    setlocale(LC_NUMERIC, "C");
}

static void names_what_is_wrong(void)
{
    genu_err err = { 0 };
    const char *r = results();
    CHECK_FAILS(genu_export(r, "load", 0, in_folder("x.txt"), 0, &err), GENU_E_FORMAT, err,
                "must end in .sto or .csv");
    CHECK_FAILS(genu_export(r, "load", 0, "noending", 0, &err), GENU_E_FORMAT, err, "must end in");
    CHECK_FAILS(genu_export(r, NULL, 0, in_folder("x.sto"), 0, &err), GENU_E_FORMAT, err,
                "the summary has no time");
    CHECK_FAILS(genu_export(r, "load_peak", 0, in_folder("x.sto"), 0, &err), GENU_E_FORMAT, err,
                "'load_peak' has no frames");
    CHECK_FAILS(genu_export(r, "lead", 0, in_folder("x.csv"), 0, &err), GENU_E_RANGE, err,
                "did you mean 'load'");
    CHECK_FAILS(genu_export(r, "load", 2, in_folder("x.csv"), 0, &err), GENU_E_RANGE, err,
                "has no scenario 2, they go from 0 to 1");
    CHECK_FAILS(genu_export(r, "load", -2, in_folder("x.csv"), 0, &err), GENU_E_RANGE, err,
                "no scenario -2");
    CHECK_FAILS(genu_export(r, "wide", 0, in_folder("x.csv"), 0, &err), GENU_E_RANGE, err,
                "would have 17000 columns, at most 16384");
    CHECK_FAILS(genu_export(in_folder("absent.h5"), "load", 0, in_folder("x.csv"), 0, &err),
                GENU_E_IO, err, "No such file");
    CHECK_FAILS(genu_export(r, "load", 0, in_folder("none/x.csv"), 0, &err), GENU_E_IO, err,
                "does not exist");
    CHECK_TRUE(access(in_folder("x.csv"), F_OK) && access(in_folder("x.sto"), F_OK));
}

static void keeps_what_was_there(void)
{
    genu_err err = { 0 };
    const char *r = results();
    char path[1200];
    snprintf(path, sizeof path, "%s", in_folder("kept.csv"));
    CHECK_OK(genu_export(r, "time", 0, path, 0, &err), err);
    CHECK_FAILS(genu_export(r, "load", 0, path, 0, &err), GENU_E_IO, err, "exists already");

    // a full disk, injected: files of this process may have 10 bytes
    struct rlimit old, limit;
    CHECK_TRUE(!getrlimit(RLIMIT_FSIZE, &old));
    limit = old;
    limit.rlim_cur = 10;
    signal(SIGXFSZ, SIG_IGN);
    CHECK_TRUE(!setrlimit(RLIMIT_FSIZE, &limit));
    genu_status s = genu_export(r, "load", 0, path, 1, &err);
    CHECK_TRUE(!setrlimit(RLIMIT_FSIZE, &old));
    CHECK_FAILS(s, GENU_E_IO, err, "File too large");
    CHECK_TRUE(access(in_folder("kept.csv.part"), F_OK));
    char *text = test_read_file(path, NULL);
    CHECK_TEXT(text, "time [s]\n0.6\n0.7\n0.8\n");
    free(text);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(writes_opensim_storage),
        TEST(writes_spreadsheets),
        TEST(writes_a_summary),
        TEST(comes_back_the_same),
        TEST(writes_a_decimal_point_in_every_locale),
        TEST(names_what_is_wrong),
        TEST(keeps_what_was_there),
        CU_TEST_INFO_NULL,
    };
    return test_main("export", tests, argc, argv);
}
