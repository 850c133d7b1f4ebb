#include "sim/fields.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file of another kind than a study: a recipe with its steps. */
typedef struct step {
    char *what;
    double warm; /* K above 0 degrees C x 2, to have a scale */
    genu_numbers minutes;
} step;

typedef struct recipe {
    char *title;
    int cups;
    int sweet;
    enum { TEA, COFFEE } kind;
    unsigned with;
    genu_pairs grams;
    genu_texts guests;
    struct {
        int n;
        step *item;
    } steps;
    struct {
        char *file;
        double page;
    } source;
} recipe;

static const genu_key step_keys[] = {
    { .name = "what",
      GENU_KEY_AT(step, what),
      .kind = GENU_KEY_TEXT,
      .required = 1,
      .help = "to do" },
    { .name = "warm",
      GENU_KEY_AT(step, warm),
      .kind = GENU_KEY_NUMBER,
      .unit = "degrees",
      .lo = 0,
      .hi = INFINITY,
      .fallback = 20,
      .scale = 2,
      .help = "temperature" },
    { .name = "minutes",
      GENU_KEY_AT(step, minutes),
      .kind = GENU_KEY_NUMBERS,
      .unit = "min",
      .lo = 0,
      .hi = 60,
      .scale = 60,
      .most = 3,
      .help = "how long" },
    { 0 },
};

static const genu_key source_keys[] = {
    { .name = "file",
      GENU_KEY_AT(recipe, source.file),
      .kind = GENU_KEY_PATH,
      .required = 1,
      .help = "book" },
    { .name = "page",
      GENU_KEY_AT(recipe, source.page),
      .kind = GENU_KEY_NUMBER,
      .lo = 1,
      .hi = INFINITY,
      .above = 1,
      .fallback = NAN,
      .open = "any page",
      .help = "in it" },
    { 0 },
};

static const genu_key keys[] = {
    { .name = "title", GENU_KEY_AT(recipe, title), .kind = GENU_KEY_TEXT, .help = "its name" },
    { .name = "cups",
      GENU_KEY_AT(recipe, cups),
      .kind = GENU_KEY_WHOLE,
      .lo = 1,
      .hi = 9,
      .fallback = 2,
      .help = "how many" },
    { .name = "sweet",
      GENU_KEY_AT(recipe, sweet),
      .kind = GENU_KEY_FLAG,
      .fallback = 1,
      .help = "sugar" },
    { .name = "kind",
      GENU_KEY_AT(recipe, kind),
      .kind = GENU_KEY_CHOICE,
      .choices = "tea|coffee",
      .fallback = COFFEE,
      .help = "what" },
    { .name = "with",
      GENU_KEY_AT(recipe, with),
      .kind = GENU_KEY_CHOICES,
      .choices = "milk|lemon|rum",
      .fallback = 1,
      .help = "beside" },
    { .name = "grams",
      GENU_KEY_AT(recipe, grams),
      .kind = GENU_KEY_PAIRS,
      .unit = "g",
      .lo = 0,
      .hi = 100,
      .scale = 0.001,
      .help = "of each" },
    { .name = "guests", GENU_KEY_AT(recipe, guests), .kind = GENU_KEY_TEXTS, .help = "who" },
    { .name = "steps",
      GENU_KEY_AT(recipe, steps),
      .kind = GENU_KEY_MAPS,
      .sub = step_keys,
      .size = sizeof(step),
      .help = "in order" },
    { .name = "source", .kind = GENU_KEY_MAP, .sub = source_keys, .lone = "file", .help = "from" },
    { 0 },
};

static genu_err err;

static genu_status read(recipe *r, const char *text, const char *folder)
{
    genu_problems p = genu_problems_start("recipe", "tea.yaml", NULL, &err);
    genu_yaml *y;
    genu_fields_defaults(keys, r);
    if (!genu_yaml_parse(&y, text, strlen(text), &p))
        genu_fields_read(keys, y, genu_yaml_root(y), "", folder, r, &p);
    genu_yaml_free(y); // nothing that was read points into the tree
    return p.first;
}

static void any_struct_can_be_read(void)
{
    recipe r = { 0 };
    CHECK_OK(read(&r,
                  "title: Chai\ncups: 4\nsweet: false\nkind: tea\nwith: [rum, milk]\n"
                  "grams: { tea: 5, sugar: 12.5 }\nguests: [Ann, Bob]\nsource: { file: a.txt, "
                  "page: 7 }\n"
                  "steps:\n  - what: boil\n    warm: 100\n    minutes: [1, 2.5]\n  - what: 42\n",
                  "books"),
             err);
    CHECK_TEXT(r.title, "Chai");
    CHECK_INT(r.cups, 4);
    CHECK_INT(r.sweet, 0);
    CHECK_INT(r.kind, TEA);
    CHECK_INT(r.with, 4 | 1);
    CHECK_INT(r.grams.n, 2);
    CHECK_TEXT(r.grams.name[1], "sugar");
    CHECK_NEAR(r.grams.value[1], 0.0125, 1e-15, 0);
    CHECK_TEXT(r.guests.text[1], "Bob");
    CHECK_TEXT(r.source.file, "books/a.txt");
    CHECK_NEAR(r.source.page, 7, 0, 0);
    CHECK_INT(r.steps.n, 2);
    CHECK_TEXT(r.steps.item[1].what, "42"); // text may look like a number
    CHECK_NEAR(r.steps.item[0].warm, 200, 0, 0);
    CHECK_NEAR(r.steps.item[1].warm, 40, 0, 0); // the fallback is in the unit of the file, too
    CHECK_INT(r.steps.item[0].minutes.n, 2);
    CHECK_NEAR(r.steps.item[0].minutes.value[1], 150, 0, 0);
    genu_fields_free(keys, &r);
    CHECK_TRUE(!r.title && !r.grams.n && !r.guests.text && !r.steps.item && !r.source.file);
    genu_fields_free(keys, &r); // twice does no harm
}

static void defaults_stay_where_nothing_is_said(void)
{
    recipe r = { 0 };
    CHECK_OK(read(&r, "source: /a.txt\n", "books"), err);
    CHECK_TRUE(r.title == NULL);
    CHECK_INT(r.cups, 2);
    CHECK_INT(r.sweet, 1);
    CHECK_INT(r.kind, COFFEE);
    CHECK_INT(r.with, 1);
    CHECK_TEXT(r.source.file, "/a.txt");
    CHECK_TRUE(isnan(r.source.page));
    genu_fields_free(keys, &r);
    CHECK_OK(read(&r, "with: []\nsource: a.txt\n", ""), err);
    CHECK_INT(r.with, 0); // an empty list is said
    CHECK_TEXT(r.source.file, "a.txt");
    genu_fields_free(keys, &r);
}

static void problems_carry_kind_path_and_range(void)
{
    static const struct {
        const char *text;
        genu_status status;
        const char *fragment;
    } row[] = {
        { "steps:\n - warm: -1\n   what: x\n", GENU_E_RANGE,
          "recipe 'tea.yaml', line 2: steps[0].warm is -1, must be a number of at least 0 "
          "degrees" },
        { "source: { file: a, page: 1 }", GENU_E_RANGE, "must be a number above 1" },
        { "source: [a]", GENU_E_FORMAT, "source must be a map of keys" },
        { "source:", GENU_E_FORMAT, "source has no value, must be the path of a file" },
        { "steps: [ { what: x, minutes: [1, 2, 3, 4] } ]", GENU_E_RANGE,
          "steps[0].minutes has 4 entries, must have 0 to 3" },
        { "steps: [ { what: x, minutes: [1, x] } ]", GENU_E_FORMAT,
          "steps[0].minutes[1] is 'x', must be a number from 0 to 60 min" },
        { "steps: [ {} ]", GENU_E_FORMAT, "steps[0].what is missing (to do)" },
        { "grams: { tea: 101 }", GENU_E_RANGE,
          "grams.tea is 101, must be a number from 0 to 100 g" },
        { "cups: 1e300", GENU_E_RANGE, "cups is 1e300, must be a whole number from 1 to 9" },
        { "with: [milk, sugar]", GENU_E_FORMAT, "with[1] is 'sugar', must be milk, lemon or rum" },
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        recipe r = { 0 };
        CHECK_FAILS(read(&r, row[i].text, ""), row[i].status, err, row[i].fragment);
        genu_fields_free(keys, &r);
    }
}

static void the_table_explains_itself(void)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    genu_fields_print_help(keys, f);
    fclose(f);
    CHECK_TRUE(strstr(text, "steps[].warm                 a number of at least 0 degrees; default: "
                            "20 degrees\n") != NULL);
    CHECK_TRUE(strstr(text, "default: coffee\n") != NULL);
    CHECK_TRUE(strstr(text, "default: true\n") != NULL);
    CHECK_TRUE(strstr(text, "left out: any page\n") != NULL);
    free(text);

    recipe r = { 0 };
    CHECK_OK(
        read(&r, "cups: 3\nsource: a\ngrams: { tea: 5 }\nsteps: [{ what: x, warm: 30 }]\n", ""),
        err);
    f = open_memstream(&text, &n);
    genu_fields_print(keys, &r, f);
    fclose(f);
    CHECK_TEXT(text, "title: left out\ncups: 3\nsweet: true\nkind: coffee\nwith: [milk]\n"
                     "grams: {tea: 5}\nguests: []\nsteps[0].what: x\nsteps[0].warm: 30 degrees\n"
                     "steps[0].minutes: []\nsource.file: a\nsource.page: left out: any page\n");
    free(text);
    genu_fields_free(keys, &r);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(any_struct_can_be_read),
        TEST(defaults_stay_where_nothing_is_said),
        TEST(problems_carry_kind_path_and_range),
        TEST(the_table_explains_itself),
        CU_TEST_INFO_NULL,
    };
    return test_main("fields", tests, argc, argv);
}
