/* Tables in every dress that laboratories put them in, and every way they break. */
#include "sim/file.h"
#include "sim/table.h"
#include "tests/testlib.h"

#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static genu_status parse(genu_table *t, const char *text, genu_notes *notes, genu_err *err)
{
    return genu_table_parse(t, text, strlen(text), "walk.mot", notes, err);
}

/* The table that all the dresses below hold. */
static void check_same(const char *text, const char *what)
{
    genu_table t;
    genu_err err = { 0 };
    if (!CHECK_OK(parse(&t, text, NULL, &err), err)) {
        fprintf(stderr, "in the variant '%s'\n", what);
        return;
    }
    CHECK_INT(t.n_row, 3);
    CHECK_INT(t.n_column, 2);
    CHECK_TEXT(t.label[0], "knee_angle_r");
    CHECK_TEXT(t.label[1], "pelvis_tx");
    const double want[3][3] = { { 0.5, -10.25, 1e-3 }, { 0.6, 20, -2 }, { 0.7, 30.125, 3 } };
    for (int i = 0; i < 3; i++) {
        CHECK_NEAR(t.time[i], want[i][0], 0, 0);
        CHECK_NEAR(genu_table_column(&t, 0)[i], want[i][1], 0, 0);
        CHECK_NEAR(genu_table_column(&t, 1)[i], want[i][2], 0, 0);
    }
    genu_table_free(&t);
}

#define HEAD                                                                                       \
    "Coordinates\nversion=1\nnRows=3\nnColumns=3\ninDegrees=yes\n\nUnits are S.I.\nendheader\n"
#define LABELS "time\tknee_angle_r\tpelvis_tx\n"
#define ROWS   "0.5\t-10.25\t1e-3\n0.6\t20\t-2\n0.7\t30.125\t3\n"

static void dress_makes_no_difference(void)
{
    check_same(HEAD LABELS ROWS, "plain");
    check_same("\xef\xbb\xbf" HEAD LABELS ROWS, "byte-order mark");
    check_same("Coordinates\r\nnRows = 3\r\nENDHEADER\r\ntime\tknee_angle_r\tpelvis_tx\r\n"
               "0.5\t-10.25\t1e-3\r\n0.6\t20\t-2\r\n0.7\t30.125\t3\r\n",
               "CR LF");
    check_same("Coordinates\rendheader\rtime\tknee_angle_r\tpelvis_tx\r"
               "0.5\t-10.25\t1e-3\r0.6\t20\t-2\r0.7\t30.125\t3\r",
               "CR");
    check_same("x\t\t\nnRows=3\t\t\nendheader\t\t\ntime\tknee_angle_r\tpelvis_tx\t\t\n"
               "0.5\t-10.25\t1e-3\t\t\n0.6\t20\t-2\t\n0.7\t30.125\t3\t\n\n\t\t\n",
               "trailing tabs and blank lines");
    check_same("x\nendheader\n  time   knee_angle_r   pelvis_tx\n"
               "   0.5   -10.25  1e-3\n 0.6  20   -2\n 0.7\t30.125   3",
               "blanks, no last newline");
    check_same("x\nendheader\ntime knee_angle_r\tpelvis_tx\n 0.5 -10.25 1e-3\n0.6 20 -2\n"
               "0.7 30.125 3\n",
               "one tab among blanks");
    check_same("name walk\ndatacolumns 3\ndatarows 3\nrange 0.5 0.7\nendheader\n" LABELS ROWS,
               "SIMM header");
    check_same("time,knee_angle_r,pelvis_tx\n0.5,-10.25,1e-3\n0.6,20,-2\n0.7,30.125,3\n", "csv");
    check_same("# inDegrees=yes\n# a comment\nknee_angle_r , \"Time\",\"pelvis_tx\"\n"
               "-10.25,0.5,1e-3\n20, 0.6, -2\n30.125,0.7,3\n",
               "csv with comments, quotes, time second");
    check_same("time;knee_angle_r;pelvis_tx\n0,5;-10,25;1e-3\n0,6;20;-2\n0,7;30,125;3\n",
               "csv of a comma locale");
    check_same("x\nendheader\n" LABELS "0,5\t-10,25\t1e-3\n0,6\t20\t-2\n0,7\t30,125\t3\n",
               "decimal commas");
    check_same("\"x\",,\n\"endheader\",,\ntime,knee_angle_r,pelvis_tx\n0.5,-10.25,1e-3\n0.6,20,-2\n"
               "0.7,30.125,3\n",
               "saved by a spreadsheet");
    if (setlocale(LC_ALL, "de_DE.UTF-8"))
        check_same(HEAD LABELS ROWS, "program in a comma locale");
    setlocale(LC_ALL, "C");
}

static void header_is_kept_and_doubts_are_noted(void)
{
    genu_table t;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    CHECK_OK(parse(&t, HEAD LABELS ROWS, &notes, &err), err);
    CHECK_TEXT(t.name, "Coordinates");
    CHECK_INT(t.in_degrees, 1);
    CHECK_INT(t.line[0], 10);
    CHECK_INT(notes.n, 0);
    CHECK_INT(genu_table_find(&t, "pelvis_tx"), 1);
    CHECK_INT(genu_table_find(&t, "time"), -1);
    genu_table_free(&t);

    CHECK_OK(parse(&t, "x\nnRows=4\nnColumns=5\nendheader\n" LABELS ROWS, &notes, &err), err);
    CHECK_INT(t.in_degrees, -1);
    CHECK_INT(genu_notes_count(&notes, GENU_WARNING), 2);
    CHECK_TEXT(notes.note[0].text, "'walk.mot': the header says 5 columns, there are 3 labels");
    CHECK_TEXT(notes.note[1].text, "'walk.mot': the header says 4 rows, there are 3");
    genu_table_free(&t);
    genu_notes_clear(&notes);

    CHECK_OK(parse(&t, "time;a\n0,5;1\n", &notes, &err), err);
    CHECK_INT(notes.n, 1);
    CHECK_TEXT(notes.note[0].text, "'walk.mot': commas in numbers are read as decimal points");
    genu_table_free(&t);
    genu_notes_clear(&notes);
}

static void nan_is_read_and_refused_where_needed(void)
{
    genu_table t;
    genu_err err = { 0 };
    CHECK_OK(parse(&t, "x\nendheader\ntime a b\n0 nan 1\n1 NaN 2\n2 3 -Inf\n", NULL, &err), err);
    CHECK_TRUE(isnan(genu_table_column(&t, 0)[1]));
    CHECK_FAILS(genu_table_check_finite(&t, 0, &err), GENU_E_RANGE, err,
                "'walk.mot', line 4, time 0 s: column 'a' is nan");
    CHECK_FAILS(genu_table_check_finite(&t, 1, &err), GENU_E_RANGE, err,
                "line 6, time 2 s: column 'b' is -inf");
    genu_table_free(&t);
}

/* A text, and what the message must say. */
typedef struct bad_text {
    const char *text;
    genu_status status;
    const char *message;
} bad_text;

static void table_errors(void)
{
    static const bad_text bad[] = {
        { "", GENU_E_FORMAT, "'walk.mot': the file is empty" },
        { "x\nendheader\n", GENU_E_FORMAT, "ends before its labels" },
        { "x\nendheader\ntime a\n", GENU_E_FORMAT, "labels but no rows" },
        { "hello\nworld\n", GENU_E_FORMAT,
          "line 1: no column is labelled 'time' and no line before it is 'endheader'" },
        { "x\nendheader\na b\n1 2\n", GENU_E_FORMAT, "line 3: no column is labelled 'time'" },
        { "x\nendheader\ntime a\tb\ta\n1 2 3 4\n", GENU_E_FORMAT,
          "line 3: the label 'a' stands twice, columns 2 and 4" },
        { "time,,b\n1,2,3\n", GENU_E_FORMAT, "line 1: column 2 has no label" },
        { "x\nendheader\ntime a b\n0 1 2\n1 2\n2 3 4\n", GENU_E_FORMAT,
          "line 5: the row has 2 numbers, there are 3 labels" },
        { "x\nendheader\ntime a b\n0 1 2\n1 2 3 4\n", GENU_E_FORMAT,
          "line 5: the row has 4 numbers, there are 3 labels" },
        { "x\nendheader\ntime a b\n0 1 2\n1 2", GENU_E_FORMAT,
          "line 5: the file is cut off: its last line has 2 of 3 numbers" },
        { "x\nnRows=3\nendheader\ntime a b\n0 1 2\n1 2 3", GENU_E_FORMAT,
          "line 6: the file is cut off: 2 of 3 rows" },
        { "x\nendheader\ntime a b\n0 1 2\n1 2,3,4 5\n", GENU_E_FORMAT,
          "line 5: column 'a': '2,3,4' is not a number" },
        { "x\nendheader\ntime a b\n0 1 2\nx 2 5\n", GENU_E_FORMAT,
          "line 5: column 'time': 'x' is not a number" },
        { "time,a,b\n0,1,2\n1,,3\n", GENU_E_FORMAT, "line 3: column 'a': '' is not a number" },
        { "x\nendheader\ntime a\n0 1\n0.5 1\n0.5 2\n", GENU_E_RANGE,
          "line 6: time 0.5 s stands twice" },
        { "x\nendheader\ntime a\n0 1\n0.5 1\n0.25 2\n", GENU_E_RANGE,
          "line 6: time 0.25 s comes after 0.5 s, times must ascend" },
        { "x\nendheader\ntime a\nnan 1\n", GENU_E_RANGE, "line 4: time is nan" },
        { "x\nnRows=many\nendheader\ntime a\n0 1\n", GENU_E_FORMAT,
          "line 2: nRows is 'many', must be a whole number" },
        { "x\ninDegrees=maybe\nendheader\ntime a\n0 1\n", GENU_E_FORMAT,
          "line 2: inDegrees is 'maybe', must be yes or no" },
        { "DataType=Vec3\nendheader\ntime a\n0 1\n", GENU_E_FORMAT, "line 1: DataType is 'Vec3'" },
    };
    genu_table t;
    genu_err err;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_FAILS(parse(&t, bad[i].text, NULL, &err), bad[i].status, err, bad[i].message);
        CHECK_TRUE(t.time == NULL && t.label == NULL && t.n_row == 0);
    }
    CHECK_FAILS(genu_table_parse(&t, "ti\0me", 5, "b", NULL, &err), GENU_E_FORMAT, err,
                "'b', line 1: holds a zero byte");
    CHECK_FAILS(genu_table_parse(&t, "\xff\xfet\0", 4, "b", NULL, &err), GENU_E_FORMAT, err,
                "'b' is UTF-16 text");
    CHECK_FAILS(genu_table_read(&t, "/no/such/file.mot", NULL, &err), GENU_E_IO, err,
                "there is no file '/no/such/file.mot'");
    CHECK_FAILS(genu_table_read(&t, test_folder(), NULL, &err), GENU_E_IO, err, "is a folder");
}

static void every_prefix_is_judged(void)
{
    // no cut of a good file may be read as a shorter good file unless it ends with whole rows
    const char *text = HEAD LABELS ROWS;
    size_t n = strlen(text), first_row = strlen(HEAD LABELS);
    for (size_t i = 0; i < n - 1; i++) {
        char *copy = malloc(i + 1); // exact size: the sanitizer sees a read past the end
        memcpy(copy, text, i);
        genu_table t;
        genu_err err;
        genu_notes notes = { 0 };
        genu_status s = genu_table_parse(&t, copy, i, "cut", &notes, &err);
        int whole = i > first_row && text[i - 1] == '\n';
        CHECK_INT(s == GENU_OK, whole);
        if (s == GENU_OK) {
            CHECK_INT(notes.n, 1); // fewer rows than the header says
            genu_table_free(&t);
        }
        genu_notes_clear(&notes);
        free(copy);
    }
}

static char *in_folder(const char *name)
{
    static char path[1200];
    snprintf(path, sizeof path, "%s/%s", test_folder(), name);
    return path;
}

static genu_table sample(int n_row)
{
    genu_table t;
    genu_err err = { 0 };
    unsigned long long seed = 5;
    CHECK_OK(genu_table_new(&t, "moments", n_row, 3, &err), err);
    CHECK_OK(genu_table_label(&t, 0, "a", &err), err);
    CHECK_OK(genu_table_label(&t, 1, "b", &err), err);
    CHECK_OK(genu_table_label(&t, 2, "c", &err), err);
    t.in_degrees = 0;
    for (int i = 0; i < n_row; i++) {
        t.time[i] = i / 60.0;
        for (int j = 0; j < 3; j++)
            genu_table_column(&t, j)[i] = test_random(&seed, -1, 1) * pow(10, 20 * j - 20);
    }
    if (n_row > 1)
        genu_table_column(&t, 1)[1] = NAN;
    return t;
}

static void what_is_written_comes_back_bit_for_bit(void)
{
    const char *names[] = { "out.sto", "out.mot", "out.CSV" };
    genu_table t = sample(50), back;
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    setlocale(LC_ALL, "de_DE.UTF-8");
    for (int k = 0; k < 3; k++) {
        char *path = in_folder(names[k]);
        CHECK_OK(genu_table_write(&t, path, 1, &err), err);
        CHECK_OK(genu_table_read(&back, path, &notes, &err), err);
        CHECK_INT(back.n_row, 50);
        CHECK_INT(back.n_column, 3);
        CHECK_INT(back.in_degrees, k < 2 ? 0 : -1);
        CHECK_TEXT(back.label[2], "c");
        CHECK_INT(memcmp(back.time, t.time, 50 * sizeof(double)), 0);
        for (int i = 0; i < 150; i++)
            CHECK_TRUE(back.value[i] == t.value[i] || (isnan(t.value[i]) && isnan(back.value[i])));
        genu_table_free(&back);
    }
    setlocale(LC_ALL, "C");
    CHECK_INT(notes.n, 0);

    // short numbers are short; a label with a comma is quoted
    size_t n;
    CHECK_OK(genu_table_label(&t, 0, "a, \"left\"", &err), err);
    t.n_row = 1;
    t.value[0] = 0.1;
    CHECK_OK(genu_table_write(&t, in_folder("quoted.csv"), 1, &err), err);
    char *text = test_read_file(in_folder("quoted.csv"), &n);
    CHECK_TRUE(strstr(text, "time,\"a, \"\"left\"\"\",b,c\n0,0.1,") == text);
    free(text);
    t.n_row = 50;
    genu_table_free(&t);
}

static void writing_errors_leave_the_earlier_file(void)
{
    genu_table t = sample(5000);
    genu_err err = { 0 };
    char path[1200];
    snprintf(path, sizeof path, "%s", in_folder("kept.sto"));
    t.n_row = 1;
    t.n_column = 1;
    CHECK_OK(genu_table_write(&t, path, 1, &err), err);
    t.n_row = 5000;
    t.n_column = 3;
    size_t before, after;
    char *old = test_read_file(path, &before);

    // a disk that takes 20 kB: writes fail with EFBIG instead of ENOSPC
    struct rlimit limit, small = { 20000, RLIM_INFINITY };
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    small.rlim_max = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK_FAILS(genu_table_write(&t, path, 1, &err), GENU_E_IO, err,
                "kept.sto' could not be written");
    setrlimit(RLIMIT_FSIZE, &limit);
    char *now = test_read_file(path, &after);
    CHECK_TRUE(before == after && !memcmp(old, now, after));
    CHECK_TRUE(access(in_folder("kept.sto.part"), F_OK) != 0);
    free(old);
    free(now);

    CHECK_FAILS(genu_table_write(&t, path, 0, &err), GENU_E_IO, err, "exists already");
    CHECK_FAILS(genu_table_write(&t, "/no/such/folder/x.sto", 1, &err), GENU_E_IO, err,
                "folder '/no/such/folder' does not exist");
    CHECK_FAILS(genu_table_write(&t, in_folder("x.txt"), 1, &err), GENU_E_FORMAT, err,
                "must end in .sto, .mot or .csv");
    CHECK_INT(mkdir(in_folder("folder.sto"), 0755), 0);
    CHECK_FAILS(genu_table_write(&t, in_folder("folder.sto"), 1, &err), GENU_E_IO, err,
                "is a folder, not a file");
    CHECK_OK(genu_table_label(&t, 1, "b\tc", &err), err);
    CHECK_FAILS(genu_table_write(&t, path, 1, &err), GENU_E_FORMAT, err, "label of column 2");
    genu_table_free(&t);
}

static void paths_are_found_beside_a_file(void)
{
    const char *cases[][3] = { { "/a/b/loads.xml", "grf.mot", "/a/b/grf.mot" },
                               { "loads.xml", "grf.mot", "grf.mot" },
                               { "a/loads.xml", "/x/grf.mot", "/x/grf.mot" },
                               { "a/loads.xml", "..\\grf.mot", "a/../grf.mot" } };
    for (int i = 0; i < 4; i++) {
        char *path = genu_file_beside(cases[i][0], cases[i][1]);
        CHECK_TEXT(path, cases[i][2]);
        free(path);
    }
}

static void reference_files_are_read(void)
{
    static const struct {
        const char *path;
        int n_row, n_column, in_degrees;
    } files[] = {
        { "walk_gait2392/subject01_walk1_ik.mot", 211, 23, 1 },
        { "walk_gait2392/subject01_walk1_RRA_Kinematics_q.sto", 0, 23, 1 },
        { "walk_gait2392/subject01_walk1_grf.mot", 1501, 18, 1 },
        { "walk_gait10dof/subject01_walk_IK.mot", 151, 10, 1 },
        { "walk_rajagopal/grf_walk.mot", 4778, 18, 0 },
        { "walk_rajagopal/coordinates.sto", 0, 0, 0 },
        { "oracle/rajagopal/coordinates.mot", 1350, 31, 1 },
        { "oracle/gait2392/inverse_dynamics_ik6hz.sto", 73, 23, 0 },
        { "oracle/gait2392/tight100_StaticOptimization_force.sto", 0, 0, -1 },
        { "oracle/gait2392/tight100_JointReaction_ReactionLoads.sto", 0, 0, -1 },
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = test_reference(files[i].path);
        genu_table t;
        genu_err err = { 0 };
        genu_notes notes = { 0 };
        if (!path || !CHECK_OK(genu_table_read(&t, path, &notes, &err), err))
            continue;
        if (files[i].n_row)
            CHECK_INT(t.n_row, files[i].n_row);
        if (files[i].n_column)
            CHECK_INT(t.n_column, files[i].n_column);
        if (files[i].in_degrees >= 0)
            CHECK_INT(t.in_degrees, files[i].in_degrees);
        // its header claims 40 columns where it has 32
        CHECK_INT(notes.n, !strcmp(files[i].path, "walk_rajagopal/coordinates.sto"));
        genu_table_free(&t);
        genu_notes_clear(&notes);
    }
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(dress_makes_no_difference),
        TEST(header_is_kept_and_doubts_are_noted),
        TEST(nan_is_read_and_refused_where_needed),
        TEST(table_errors),
        TEST(every_prefix_is_judged),
        TEST(what_is_written_comes_back_bit_for_bit),
        TEST(writing_errors_leave_the_earlier_file),
        TEST(paths_are_found_beside_a_file),
        TEST(reference_files_are_read),
        CU_TEST_INFO_NULL,
    };
    return test_main("table", tests, argc, argv);
}
