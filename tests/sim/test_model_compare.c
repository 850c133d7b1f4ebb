/* Moment arms of models side by side, and the normative bands. */
#include "sim/model_compare.h"
#include "sim/norm_bands.h"
#include "tests/testlib.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUNDLED GENU_TEST_SOURCE_DIR "/data/models/lower_limb.osim"

/* What a comparison prints, to be freed. */
static char *compare(int n, const char *const *path, const char *folder, genu_status *s,
                     genu_err *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    genu_figure_options how = genu_figure_defaults();
    *s = genu_model_compare(n, path, f, folder, &how, err);
    fclose(f);
    char *copy = strdup(text); // gcc 12 takes the stream's own buffer for a dangling one
    free(text);
    return copy;
}

static void a_model_does_not_differ_from_itself(void)
{
    const char *path[] = { BUNDLED, BUNDLED };
    genu_err err = { 0 };
    genu_status s;
    char *text = compare(2, path, NULL, &s, &err);
    CHECK_OK(s, err);
    CHECK_TRUE(strstr(text, "largest difference") != NULL);
    CHECK_TRUE(strstr(text, "_r ") == NULL); // no row: every one names a muscle of the right leg
    free(text);
}

/* The row of glmed1 about hip adduction: Uhlrich's path, 5.9 against 4.9 cm at 40 degrees of
 * abduction (read off the drawn curves). */
static void other_paths_are_named_and_drawn(void)
{
    const char *reference = test_reference("models/Rajagopal2016.osim");
    if (!reference)
        return;
    const char *path[] = { BUNDLED, reference };
    genu_err err = { 0 };
    genu_status s;
    char folder[1200], figure[1300];
    snprintf(folder, sizeof folder, "%s", test_folder());
    char *text = compare(2, path, folder, &s, &err);
    CHECK_OK(s, err);
    const char *row = strstr(text, "hip_adduction_r  glmed1_r");
    CHECK_TRUE(row != NULL);
    double first = 0, other = 0;
    if (row && sscanf(row, "%*s %*s %*s %lf %lf", &first, &other) == 2) {
        CHECK_NEAR(first, -58.9, 0, 0.5);
        CHECK_NEAR(other, -48.7, 0, 0.5);
    }
    snprintf(figure, sizeof figure, "%s/moment_arms_knee_angle_r.png", folder);
    CHECK_INT(access(figure, R_OK), 0);
    CHECK_TRUE(strstr(text, figure) != NULL);
    free(text);
}

static void comparison_errors(void)
{
    const char *path[] = { BUNDLED, "no_such.osim" };
    genu_err err = { 0 };
    genu_status s;
    free(compare(1, path, NULL, &s, &err));
    CHECK_FAILS(s, GENU_E_RANGE, err, "1 models to compare, must be 2 to 4");
    free(compare(2, path, NULL, &s, &err));
    CHECK_FAILS(s, GENU_E_IO, err, "no_such.osim");
}

static void bands_are_those_of_their_class(void)
{
    genu_norms named, between;
    genu_err err = { 0 };
    CHECK_OK(genu_norm_bands(&named, "free", 0, &err), err);
    CHECK_OK(genu_norm_bands(&between, NULL, named.speed, &err), err);
    for (int h = 0; h <= GENU_NORM_HARMONICS; h++)
        CHECK_NEAR(between.mean[GENU_NORM_ANKLE_MOMENT].a[h],
                   named.mean[GENU_NORM_ANKLE_MOMENT].a[h], 1e-12, 1e-15);
    // peak ankle moment of the free class, near 1.2 Nm/kg at half the cycle (Schwartz et al. 2008)
    CHECK_NEAR(genu_harmonics_value(&named.mean[GENU_NORM_ANKLE_MOMENT], 0.48), 1.2, 0, 0.15);
    CHECK_FAILS(genu_norm_bands(&named, "brisk", 0, &err), GENU_E_RANGE, err,
                "must be slow, free or fast");
    CHECK_FAILS(genu_norm_bands(&named, NULL, 9, &err), GENU_E_RANGE, err, "9");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(a_model_does_not_differ_from_itself),
        TEST(other_paths_are_named_and_drawn),
        TEST(comparison_errors),
        TEST(bands_are_those_of_their_class),
        CU_TEST_INFO_NULL,
    };
    return test_main("model_compare", tests, argc, argv);
}
