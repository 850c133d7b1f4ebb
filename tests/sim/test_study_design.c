/* The scenarios that a study's design makes, and what is refused. */
#include "sim/study.h"
#include "tests/testlib.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static genu_err err;

#define START "model: m.osim\ntask: t.yaml\n"
#define TWO                                                                                        \
    "strength:\n"                                                                                  \
    "  - { muscles: [soleus], from: 0.5, to: 1.5 }\n"                                              \
    "  - { muscles: [tfl_r], distribution: normal, mean: 1, sd: 0.2, from: 0 }\n"

static genu_status parse(genu_study **s, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/x.yaml", test_folder());
    return genu_study_parse(s, text, strlen(text), path, NULL, &err);
}

static genu_study *good(const char *text)
{
    genu_study *s;
    return CHECK_OK(parse(&s, text), err) ? s : NULL;
}

static void check_factors(const genu_study *s, int scenario, const double *want)
{
    double factor[GENU_PARAMETER_MAX];
    genu_study_values(s, scenario, factor);
    for (int i = 0; i < s->strength.n; i++)
        CHECK_NEAR(factor[i], want[i], 1e-15, 0);
}

static void one_at_a_time_leaves_the_others(void)
{
    const double want[4][2] = { { 1, 1 }, { 0.5, 1 }, { 0.7, 1 }, { 1, 0 } };
    genu_study *s = good(START "design: one_at_a_time\nstrength:\n"
                               "  - { muscles: [soleus], values: [0.5, 0.7] }\n"
                               "  - { muscles: [tfl_r], value: 0 }\n");
    CHECK_INT(s ? s->n_scenario : 0, 4);
    for (int i = 0; s && i < 4; i++)
        check_factors(s, i, want[i]);
    genu_study_free(s);
}

static void write_list(const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/list.csv", test_folder());
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
}

#define LIST START "design: { kind: list, file: list.csv }\n"

static void list_names_its_muscles(void)
{
    const double want[2][3] = { { 1, 0.5, 0 }, { 0.2, 1, 10 } };
    write_list("# by hand\n\n gluteus_medius:right, soleus ,tfl:left\n1,0.5,0\n0.2,1,10\n");
    genu_study *s = good(LIST);
    if (!s)
        return;
    CHECK_INT(s->n_scenario, 2);
    CHECK_INT(s->strength.n, 3);
    CHECK_TEXT(s->strength.item[0].muscles.text[0], "gluteus_medius");
    CHECK_INT(s->strength.item[0].side, GENU_RIGHT);
    CHECK_TEXT(s->strength.item[1].muscles.text[0], "soleus");
    CHECK_INT(s->strength.item[1].side, GENU_SIDE_BOTH);
    CHECK_INT(s->strength.item[2].side, GENU_LEFT);
    for (int i = 0; i < 2; i++)
        check_factors(s, i, want[i]);
    genu_study_free(s);
}

/* Every scenario is the quantile of its point in the unit cube, which test_design looks at. */
static void samples_are_quantiles(void)
{
    const struct {
        const char *name;
        genu_design_kind kind;
        int n;
    } list[] = { { "monte_carlo", GENU_DESIGN_MONTE_CARLO, 20 },
                 { "latin_hypercube", GENU_DESIGN_LATIN_HYPERCUBE, 20 },
                 { "sobol", GENU_DESIGN_SOBOL, 20 },
                 { "saltelli", GENU_DESIGN_SALTELLI, 80 } };
    const genu_distribution by[2] = { { GENU_UNIFORM, 0.5, 1.5, NAN, NAN },
                                      { GENU_NORMAL, 0, NAN, 1, 0.2 } };
    for (int k = 0; k < 4; k++) {
        char text[600];
        double u[160];
        snprintf(text, sizeof text, START "seed: 5\ndesign: { kind: %s, samples: 20 }\n" TWO,
                 list[k].name);
        genu_study *s = good(text);
        CHECK_INT(s ? s->n_scenario : 0, list[k].n);
        CHECK_OK(genu_design_sample(list[k].kind, 20, 2, 5, u, &err), err);
        for (int i = 0; s && i < list[k].n; i++) {
            const double want[2] = { genu_distribution_quantile(&by[0], u[2 * i]),
                                     genu_distribution_quantile(&by[1], u[2 * i + 1]) };
            check_factors(s, i, want);
        }
        genu_study_free(s);
    }
}

#define GRID    START "strength:\n  - { muscles: [soleus], "
#define SAMPLED START "design: { kind: sobol, samples: 9 }\nstrength:\n  - { muscles: [soleus], "

static void wrong_designs_are_named(void)
{
    const struct {
        const char *text, *sentence;
    } list[] = {
        { GRID "value: 1, mean: 1 }\n", "line 4: strength[0].mean belongs to a sampled design" },
        { SAMPLED "from: 0, to: 1, steps: 3 }\n", "line 5: strength[0].steps belongs to a grid" },
        { SAMPLED "value: 1 }\n", "strength[0].value belongs to a grid" },
        { SAMPLED "from: 0, to: 1, mean: 1 }\n", "must have neither mean nor sd" },
        { SAMPLED "distribution: normal, from: 0, mean: 1 }\n", "must have mean and sd" },
        { SAMPLED "from: 0 }\n", "a uniform distribution needs both ends" },
        { SAMPLED "distribution: normal, mean: 1, sd: 0.2 }\n", "strength[0].from is missing" },
        { SAMPLED "distribution: log_normal, mean: 1, sd: 0.2, from: 9 }\n", "above 1e-6" },
        { START "design: sobol\n" TWO, "line 3: design.samples is missing" },
        { START "design: { kind: grid, samples: 3 }\n", "design.samples belongs to a sampled" },
        { START "design: { kind: grid, file: a.csv }\n", "design.file belongs to a list" },
        { START "design: { kind: sobol, samples: 3 }\n",
          "design has no strength to vary, and nothing else" },
        { START "design: list\n", "design.file is missing" },
        { START "design: { kind: list, file: none.csv }\n", "none.csv" },
        { LIST TWO, "strength must not stand beside a list" },
        { START "design: { kind: saltelli, samples: 9000000 }\n" TWO,
          "36000000 scenarios, must be at most" },
        { START "design: sideways\n", "design is 'sideways', must be grid, one_at_a_time" },
    };
    write_list("soleus\n1\n");
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        genu_study *s;
        genu_status status = parse(&s, list[i].text);
        CHECK_FAILS(status, err.status, err, list[i].sentence);
        CHECK_TRUE(status == GENU_E_FORMAT || status == GENU_E_RANGE || status == GENU_E_IO);
        genu_study_free(s);
    }
}

static void wrong_lists_are_named(void)
{
    const struct {
        const char *text, *sentence;
    } list[] = {
        { "soleus:up\n1\n", "column 'soleus:up' must end in ':right'" },
        { "soleus\n", "has 0 rows, must be 1" },
        { "soleus,tfl\n1\n", "line 2: has 1 cells, must have 2" },
        { "soleus\nx\n", "line 2: soleus is 'x', must be a number" },
        { "soleus\n1\n-0.5\n", "line 3: soleus is -0.5, must be a factor from 0 to 10" },
        { "soleus\nnan\n", "soleus is nan, must be a factor" },
        { "# nothing\n", "has no line of columns" },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        genu_study *s;
        write_list(list[i].text);
        genu_status status = parse(&s, LIST);
        CHECK_FAILS(status, err.status, err, list[i].sentence);
        CHECK_TRUE(status != GENU_OK);
        genu_study_free(s);
    }
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(one_at_a_time_leaves_the_others), TEST(list_names_its_muscles),
        TEST(samples_are_quantiles),           TEST(wrong_designs_are_named),
        TEST(wrong_lists_are_named),           CU_TEST_INFO_NULL,
    };
    return test_main("study_design", tests, argc, argv);
}
