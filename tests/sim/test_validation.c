/* The table of comparisons: what passes, what does not, and how it is printed. */
#include "sim/validation.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static genu_validation_row row_with(double error, double except, double held)
{
    genu_worst w = GENU_WORST;
    genu_worst_note(&w, error, 0.5, "soleus_r");
    genu_validation_row row = genu_validation_row_of("length", "walk", "m", 1e-6, &w);
    if (!isnan(except))
        genu_validation_except(&row, except, 0.7, "gaslat_r", held, "theirs is wrong");
    return row;
}

static void worst_keeps_the_largest(void)
{
    genu_worst w = GENU_WORST;
    genu_worst_note(&w, -3, 1, "a");
    genu_worst_note(&w, 2, 2, "b");
    genu_worst_note(&w, 1, 3, "c");
    CHECK_NEAR(w.error, 2, 0, 0);
    CHECK_NEAR(w.time, 2, 0, 0);
    CHECK_TEXT(w.where, "b");
    genu_worst_note(&w, NAN, 4, "d");
    genu_worst_note(&w, INFINITY, 5, "e");
    CHECK_TRUE(isnan(w.error));
    CHECK_TEXT(w.where, "d");
}

static void verdict_follows_the_bars(void)
{
    const struct {
        double error, except, held;
        genu_verdict verdict;
    } list[] = {
        { 1e-6, NAN, NAN, GENU_VERDICT_PASS },
        { 1.1e-6, NAN, NAN, GENU_VERDICT_MISS },
        { NAN, NAN, NAN, GENU_VERDICT_MISS },
        { -INFINITY, NAN, NAN, GENU_VERDICT_MISS },
        { 1e-7, 1e-3, 2e-3, GENU_VERDICT_EXCEPTION },
        { 1e-7, 3e-3, 2e-3, GENU_VERDICT_MISS },
        { 2e-6, 1e-3, 2e-3, GENU_VERDICT_MISS },
        { 1e-7, 1e-7, 2e-3, GENU_VERDICT_PASS },
        { 1e-7, 1e-3, NAN, GENU_VERDICT_MISS },
        { -INFINITY, 1e-3, 2e-3, GENU_VERDICT_EXCEPTION },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        genu_validation_row row = row_with(list[i].error, list[i].except, list[i].held);
        CHECK_INT(genu_validation_judge(&row), list[i].verdict);
    }
}

static char *printed(const genu_validation *v, void (*print)(const genu_validation *, FILE *))
{
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);
    print(v, to);
    fclose(to);
    return text;
}

static void tables_say_what_was_found(void)
{
    genu_validation v = { 0 };
    genu_err err = { 0 };
    genu_validation_row rows[] = { row_with(1e-7, NAN, NAN), row_with(1e-7, 1e-3, 2e-3),
                                   row_with(1e-3, NAN, NAN) };
    for (int i = 0; i < 3; i++)
        CHECK_OK(genu_validation_add(&v, &rows[i], &err), err);
    genu_notes_add(&v.notes, GENU_NOTE, 0, "one frame was left out");
    CHECK_INT(genu_validation_count(&v, GENU_VERDICT_MISS), 1);

    char *text = printed(&v, genu_validation_print);
    CHECK_TRUE(strstr(text, "3 comparisons, 1 within their bar, 1 with proved exceptions, "
                            "1 missed\n") == text);
    CHECK_TRUE(strstr(text, "exception gaslat_r, 0.7000 s") != NULL);
    free(text);

    text = printed(&v, genu_validation_print_markdown);
    CHECK_TRUE(strstr(text, "| length | walk | 1.0e-07 | 1e-06 | m | yes | soleus_r, 0.5000 s |"));
    CHECK_TRUE(strstr(text, "| length | walk | 1.0e-03 | 1e-06 | m | NO | soleus_r, 0.5000 s |"));
    CHECK_TRUE(strstr(text, "- length, walk: 1 value (gaslat_r 0.7 s), at most 1.0e-03 (gaslat_r, "
                            "0.7000 s), own bound 2.0e-03. theirs is wrong\n") != NULL);
    CHECK_TRUE(strstr(text, "- one frame was left out\n") != NULL);
    free(text);
    genu_validation_clear(&v);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(worst_keeps_the_largest),
        TEST(verdict_follows_the_bars),
        TEST(tables_say_what_was_found),
        CU_TEST_INFO_NULL,
    };
    return test_main("validation", tests, argc, argv);
}
