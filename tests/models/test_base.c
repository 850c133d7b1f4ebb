#include "models/base.h"
#include "tests/testlib.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void every_status_has_a_text(void)
{
    for (int s = 0; s < GENU_N_STATUS; s++)
        CHECK_TRUE(strcmp(genu_status_text((genu_status)s), "unknown status"));
    CHECK_TEXT(genu_status_text((genu_status)99), "unknown status");
}

static void failure_carries_its_place(void)
{
    genu_err err;
    CHECK_FAILS(genu_fail(&err, GENU_E_RANGE, "length is %g m, must be > 0", -0.24), GENU_E_RANGE,
                err, "length is -0.24 m");
    CHECK_INT(genu_fail_in(&err, GENU_E_RANGE, "model '%s', line %d", "leg.osim", 118),
              GENU_E_RANGE);
    CHECK_TEXT(err.msg, "model 'leg.osim', line 118: length is -0.24 m, must be > 0");
    CHECK_INT(genu_fail(NULL, GENU_E_IO, "nobody listens"), GENU_E_IO);
}

static void long_messages_are_cut(void)
{
    genu_err err;
    char text[2000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    CHECK_INT(genu_fail(&err, GENU_E_IO, "%s", text), GENU_E_IO);
    CHECK_INT(strlen(err.msg), sizeof err.msg - 1);
    CHECK_INT(genu_fail_in(&err, GENU_E_IO, "%s", text), GENU_E_IO);
    CHECK_INT(strlen(err.msg), sizeof err.msg - 1);
}

static void notes_are_kept_in_order(void)
{
    genu_notes notes = { 0 };
    for (int i = 0; i < 40; i++)
        genu_notes_add(&notes, i % 2 ? GENU_WARNING : GENU_NOTE, i, "note %d", i);
    genu_notes_add(NULL, GENU_NOTE, 0, "dropped");
    CHECK_INT(notes.n, 40);
    CHECK_TEXT(notes.note[39].text, "note 39");
    CHECK_INT(genu_notes_count(&notes, GENU_WARNING), 20);
    genu_notes_clear(&notes);
    CHECK_INT(notes.n, 0);
}

static void numbers_are_strict_and_know_no_locale(void)
{
    double x = 0;
    setlocale(LC_ALL, "de_DE.UTF-8");
    CHECK_TRUE(genu_parse_double(" 1.5e3\r\n", &x));
    CHECK_NEAR(x, 1500, 0, 0);
    CHECK_TRUE(genu_parse_double("-Inf", &x) && isinf(x));
    CHECK_TRUE(genu_parse_double("nan", &x) && isnan(x));
    const char *bad[] = { "", " ", "75 kg", "1,5", "0x10", "1.2.3", "--1" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_INT(genu_parse_double(bad[i], &x), 0);
    setlocale(LC_ALL, "C");
}

static void nearest_name_is_found(void)
{
    const char *names[] = { "sweep", "show", "plot" };
    CHECK_TEXT(genu_nearest("sweeep", names, 3), "sweep");
    CHECK_TEXT(genu_nearest("hsow", names, 3), "show");
    CHECK_TRUE(genu_nearest("banana", names, 3) == NULL);
    CHECK_INT(genu_edit_distance("kitten", "sitting"), 3);
}

static void arena_counts_as_it_places(void)
{
    genu_arena count = { 0 };
    genu_take_double(&count, 3);
    genu_take_int(&count, 100);
    char *block = genu_block(count.used);
    genu_arena place = { block, 0 };
    double *a = genu_take_double(&place, 3);
    int *b = genu_take_int(&place, 100);
    CHECK_INT(place.used, count.used);
    CHECK_INT((char *)b - (char *)a, 64);
    CHECK_NEAR(a[2], 0, 0, 0);
    free(block);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(every_status_has_a_text),
        TEST(failure_carries_its_place),
        TEST(long_messages_are_cut),
        TEST(notes_are_kept_in_order),
        TEST(numbers_are_strict_and_know_no_locale),
        TEST(nearest_name_is_found),
        TEST(arena_counts_as_it_places),
        CU_TEST_INFO_NULL,
    };
    return test_main("base", tests, argc, argv);
}
