#include "sim/plain_csv.h"

#include "tests/testlib.h"

#include <stdio.h>
#include <string.h>

static const char *with(const char *text)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/t.csv", test_folder());
    FILE *f = fopen(path, "w");
    if (f) {
        fputs(text, f);
        fclose(f);
    }
    return test_folder();
}

static void cells_are_cut_of_blanks(void)
{
    genu_csv t;
    genu_err err = { 0 };
    double x[2];
    const char *text =
        "# a comment, with a comma\r\n\r\nname,x,y\r\n a , 1 ,-2e-3\r\n# more\r\nb,,inf";
    CHECK_OK(genu_csv_read(&t, with(text), "t.csv", "name,x,y", &err), err);
    CHECK_INT(t.n_row, 2);
    CHECK_INT(t.n_col, 3);
    CHECK_TEXT(genu_csv_text(&t, 0, 0), "a");
    CHECK_TEXT(genu_csv_text(&t, 1, 1), "");
    CHECK_INT(t.line[0], 4);
    CHECK_INT(t.line[1], 6);
    CHECK_OK(genu_csv_numbers(&t, 0, 1, 2, x, &err), err);
    CHECK_NEAR(x[0], 1, 0, 0);
    CHECK_NEAR(x[1], -0.002, 0, 0);
    CHECK_INT(genu_csv_find(&t, "b"), 1);
    CHECK_INT(genu_csv_find(&t, "c"), -1);
    CHECK_FAILS(genu_csv_numbers(&t, 1, 1, 1, x, &err), GENU_E_FORMAT, err,
                "t.csv', line 6: x is '', must be a number");
    genu_csv_free(&t);
}

static void bad_tables_are_refused(void)
{
    static const struct {
        const char *text, *says;
    } list[] = {
        { "", "t.csv': has no line of columns" },
        { "# only words\n", "has no line of columns" },
        { "name,x\na,1\n", "line 1: the columns are 'name,x', must be 'name,x,y'" },
        { "name,x,y\na,1\n", "line 2: has 2 cells, must have 3" },
        { "name,x,y\n\na,1,2,3\n", "line 3: has 4 cells, must have 3" },
    };
    genu_csv t;
    genu_err err = { 0 };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        CHECK_FAILS(genu_csv_read(&t, with(list[i].text), "t.csv", "name,x,y", &err), GENU_E_FORMAT,
                    err, list[i].says);
    CHECK_FAILS(genu_csv_read(&t, "/nowhere", "t.csv", "name,x,y", &err), GENU_E_IO, err,
                "there is no file '/nowhere/t.csv'");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(cells_are_cut_of_blanks),
        TEST(bad_tables_are_refused),
        CU_TEST_INFO_NULL,
    };
    return test_main("plain_csv", tests, argc, argv);
}
