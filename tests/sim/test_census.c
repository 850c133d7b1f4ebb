#include "sim/census.h"
#include "tests/testlib.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The census of the text `name` in the test's folder; to be freed. */
static char *census_of(const char *name, const char *text)
{
    char path[600], *out = NULL;
    size_t n;
    genu_err err = { 0 };
    snprintf(path, sizeof path, "%s/%s", test_folder(), name);
    FILE *f = fopen(path, "w");
    if (!f)
        return NULL;
    fputs(text, f);
    fclose(f);
    FILE *to = open_memstream(&out, &n);
    CHECK_OK(genu_census_print(path, to, &err), err);
    fclose(to);
    return out;
}

static char *fixture(const char *name)
{
    char path[600];
    size_t n;
    snprintf(path, sizeof path, "%s/tests/models/osim/%s", GENU_TEST_SOURCE_DIR, name);
    return test_read_file(path, &n);
}

static void check_says(const char *out, const char *fragment)
{
    test_true(strstr(out, fragment) != NULL, fragment, __FILE__, __LINE__);
}

/* Text with the first `old` replaced; to be freed. */
static char *edited(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    char *out = malloc(strlen(text) + strlen(new) + 1);
    sprintf(out, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    return out;
}

static void what_is_found_is_laid_out(void)
{
    char *text = fixture("full.osim"), *out = census_of("full.osim", text);
    check_says(out, "model full, file version 40500: layout from 4.0 on");
    check_says(out, "\n  bodies                5 Body\n");
    check_says(out, "\n  joints                2 PinJoint, 1 CustomJoint, 1 EllipsoidJoint, 1 "
                    "ScapulothoracicJoint\n");
    check_says(out, "\n    locked              5: hip_angle, knee_angle, ball_x, "
                    "abduction, beta\n");
    check_says(out, "\n    follow a coupler    1: beta\n");
    check_says(out,
               "\n  muscles               1 Thelen2003Muscle, 1 Millard2012EquilibriumMuscle\n");
    check_says(out, "\n  wrapping paths        1 of 2 muscles wrap: 1 over cylinders\n");
    check_says(out, "takes otherwise\n  nothing\n");
    free(out);
    free(text);
}

static void notes_stand_under_what_they_mean(void)
{
    char *text = fixture("leg_layout3.osim");
    char *more = edited(text, "<ForceSet><objects>",
                        "<ForceSet><objects><BushingForce name=\"b\"/><Ancient1901Muscle "
                        "name=\"a\"><colour/><GeometryPath><PathPointSet><objects><PathPoint "
                        "name=\"p\"><body>femur</body></PathPoint><PathPoint name=\"q\"><body>tibia"
                        "</body></PathPoint></objects></PathPointSet><VisibleObject/>"
                        "</GeometryPath></Ancient1901Muscle>");
    char *out = census_of("leg3.osim", more);
    const char *const heading[] = { "\nfound\n",
                                    "\ncannot be computed\n",
                                    "\nhas an effect that genu leaves out or takes otherwise\n",
                                    "\nmissing in the file; OpenSim's defaults are used\n",
                                    "\ntaken in this way\n",
                                    "\nignored, without effect on results\n" };
    const char *at[7];
    for (int i = 0; i < 6; i++) {
        at[i] = strstr(out, heading[i]);
        test_true(at[i] && (!i || at[i] > at[i - 1]), heading[i], __FILE__, __LINE__);
    }
    check_says(out, "layout before 4.0, joints stand in their child bodies\n");
    check_says(at[0], "1 BushingForce (1 left out, see below)");
    check_says(at[0], "2 Thelen2003Muscle (of which 1 left out, see below)");
    const char *note = strstr(at[1], "Ancient1901Muscle: a kind of muscle whose force cannot");
    CHECK_TRUE(note && note < at[2]);
    note = strstr(at[2], "BushingForce 'b': left out");
    CHECK_TRUE(note && note < at[3]);
    note = strstr(at[3], "PathPoint: location 0 0 0 (2 times); first in 'p'");
    CHECK_TRUE(note && note < at[4]);
    note = strstr(at[4], "Thelen2003Muscle 'off': switched off in the file");
    CHECK_TRUE(note && note < at[5]);
    check_says(at[5], "<VisibleObject>: drawing only");
    free(out);
    free(more);
    free(text);
}

/* No line is longer than 100 columns unless one word is. */
static void lines_are_short(void)
{
    static const char *const file[] = { "models/Rajagopal2016.osim", "models/wrist.osim" };
    for (int i = 0; i < 2; i++) {
        const char *path = test_reference(file[i]);
        if (!path)
            continue;
        char *out = NULL;
        size_t n;
        genu_err err = { 0 };
        FILE *to = open_memstream(&out, &n);
        CHECK_OK(genu_census_print(path, to, &err), err);
        fclose(to);
        for (const char *line = out; *line; line += strcspn(line, "\n") + 1)
            CHECK_TRUE(strcspn(line, "\n") <= 100);
        free(out);
    }
}

static void files_that_are_no_model_are_refused(void)
{
    genu_err err = { 0 };
    CHECK_FAILS(genu_census_print("a.mot", stdout, &err), GENU_E_FORMAT, err,
                "'a.mot': only models, files ending in .osim, have a census");
    CHECK_FAILS(genu_census_print("/no/such.osim", stdout, &err), GENU_E_IO, err, "such.osim");
    char path[600];
    snprintf(path, sizeof path, "%s/bad.osim", test_folder());
    FILE *f = fopen(path, "w");
    CHECK_TRUE(f != NULL);
    if (f) {
        fputs("<OpenSimDocument", f);
        fclose(f);
    }
    CHECK_FAILS(genu_census_print(path, stdout, &err), GENU_E_FORMAT, err, "not XML");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(what_is_found_is_laid_out),
        TEST(notes_stand_under_what_they_mean),
        TEST(lines_are_short),
        TEST(files_that_are_no_model_are_refused),
        CU_TEST_INFO_NULL,
    };
    return test_main("census", tests, argc, argv);
}
