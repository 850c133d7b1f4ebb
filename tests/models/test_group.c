#include "models/group.h"
#include "tests/testlib.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Muscle names of published models, one leg: facts about those files. */
static const char gait2392[] =
    "glut_med1_r glut_med2_r glut_med3_r glut_min1_r glut_min2_r glut_min3_r semimem_r semiten_r "
    "bifemlh_r bifemsh_r sar_r add_long_r add_brev_r add_mag1_r add_mag2_r add_mag3_r tfl_r pect_r "
    "grac_r glut_max1_r glut_max2_r glut_max3_r iliacus_r psoas_r quad_fem_r gem_r peri_r "
    "rect_fem_r vas_med_r vas_int_r vas_lat_r med_gas_r lat_gas_r soleus_r tib_post_r flex_dig_r "
    "flex_hal_r tib_ant_r per_brev_r per_long_r per_tert_r ext_dig_r ext_hal_r ercspn_r intobl_r "
    "extobl_r";
static const char rajagopal[] =
    "addbrev_l addlong_l addmagDist_l addmagIsch_l addmagMid_l addmagProx_l bflh_l bfsh_l edl_l "
    "ehl_l fdl_l fhl_l gaslat_l gasmed_l glmax1_l glmax2_l glmax3_l glmed1_l glmed2_l glmed3_l "
    "glmin1_l glmin2_l glmin3_l grac_l iliacus_l perbrev_l perlong_l piri_l psoas_l recfem_l "
    "sart_l semimem_l semiten_l soleus_l tfl_l tibant_l tibpost_l vasint_l vaslat_l vasmed_l";
static const char gait10dof[] =
    "hamstrings_r bifemsh_r glut_max_r iliopsoas_r rect_fem_r vasti_r gastroc_r soleus_r tib_ant_r "
    "hamstrings_l bifemsh_l glut_max_l iliopsoas_l rect_fem_l vasti_l gastroc_l soleus_l tib_ant_l";
/* Both sides, and muscles of the trunk, head and arm that have nothing to do with a leg. */
static const char mixed[] =
    "glmed1_r glmed2_r glmed1_l glmin1_r hab_r GlutMax1_R R_VasLat soleus_r "
    "soleus_l ercspn_l";

static genu_model *model_of(const char *names)
{
    genu_model *m = genu_model_new();
    char *copy = strdup(names), *rest;
    int capacity = (int)strlen(names);
    free(m->name);
    m->name = strdup("test");
    m->muscle = calloc((size_t)capacity, sizeof *m->muscle);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        m->muscle[m->n_muscle++].name = strdup(word);
    free(copy);
    return m;
}

static int has(const char *group, const char *muscle)
{
    int i = genu_group_find(group);
    CHECK_TRUE(i >= 0);
    return genu_group_has(i, muscle);
}

/* The names that a selection picks, blank between. */
static const char *picked(const genu_model *m, const char *name, int side)
{
    static char out[600];
    int flag[200] = { 0 };
    genu_err err = { 0 };
    CHECK_OK(genu_group_select(m, name, side, flag, &err), err);
    out[0] = '\0';
    for (int i = 0; i < m->n_muscle; i++)
        if (flag[i]) {
            strcat(out, *out ? " " : "");
            strcat(out, m->muscle[i].name);
        }
    return out;
}

static int n_group_of(const char *muscle)
{
    int n = 0;
    for (int i = 0; i < genu_group_count(); i++)
        n += genu_group_has(i, muscle);
    return n;
}

static void table_is_sound(void)
{
    for (int i = 0; i < genu_group_count(); i++) {
        const genu_group *g = genu_group_at(i);
        CHECK_INT(genu_group_find(g->name), i); // no name twice
        char words[400], *rest;
        snprintf(words, sizeof words, "%s", g->patterns);
        CHECK_TRUE(strlen(g->patterns) < 256);
        for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
            if (*w == '@') {
                CHECK_TRUE(genu_group_find(w + 1) >= 0);
                CHECK_TRUE(genu_group_find(w + 1) < i); // groups inside stand before: no circle
            }
    }
    CHECK_TRUE(genu_group_at(-1) == NULL);
    CHECK_TRUE(genu_group_at(genu_group_count()) == NULL);
    CHECK_INT(genu_group_find("Gluteus_medius"), -1);
}

static void every_leg_muscle_has_a_group(void)
{
    const char *all[] = { gait2392, rajagopal, gait10dof };
    for (int k = 0; k < 3; k++) {
        genu_model *m = model_of(all[k]);
        for (int i = 0; i < m->n_muscle; i++)
            if (!n_group_of(m->muscle[i].name)) {
                fprintf(stderr, "'%s' belongs to no group\n", m->muscle[i].name);
                CHECK_TRUE(0);
            }
        genu_model_free(m);
    }
}

/* Every muscle element of the reference files; those of an arm belong nowhere. */
static void check_file(const char *path, int leg)
{
    const char *file = test_reference(path);
    char *text = file ? test_read_file(file, NULL) : NULL;
    int n = 0;
    for (char *at = text; at && (at = strstr(at, " name=\"")); n++) {
        char name[100];
        const char *tag = at;
        while (tag > text && *tag != '<')
            tag--;
        size_t length = strcspn(tag, " ");
        at += strlen(" name=\"");
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, "\""), at);
        if (!memmem(tag, length, "Muscle", 6) || strchr(name, ' ')) {
            n--;
            continue;
        }
        if (!strcmp(name, "default"))
            continue;
        if ((n_group_of(name) > 0) != leg) {
            fprintf(stderr, "'%s': '%s' belongs to %d groups\n", path, name, n_group_of(name));
            CHECK_TRUE(0);
        }
    }
    CHECK_TRUE(!text || n >= 6);
    free(text);
}

static void reference_models_are_covered(void)
{
    check_file("models/Rajagopal2016.osim", 1);
    check_file("models/RajagopalLaiUhlrich2023.osim", 1);
    check_file("models/gait2392_thelen2003muscle.osim", 1);
    check_file("models/gait2392_layout3.osim", 1);
    check_file("models/gait10dof18musc.osim", 1);
    check_file("models/leg39.osim", 1);
    check_file("models/arm26.osim", 0);
    check_file("models/wrist.osim", 0);
}

static void groups_hold_what_they_say(void)
{
    CHECK_TRUE(has("gluteus_medius", "glut_med1_r") && has("gluteus_medius", "glmed3_l"));
    CHECK_TRUE(has("gluteus_medius", "gmed_r") &&
               has("gluteus_medius", "GluteusMedius_anterior_r"));
    CHECK_TRUE(!has("gluteus_medius", "glut_min1_r") && !has("gluteus_medius", "glmax1_r"));
    CHECK_TRUE(!has("gluteus_medius", "gasmed_r") && !has("gluteus_medius", "hab_r"));
    CHECK_TRUE(has("hip_abductors", "glmed1_r") && has("hip_abductors", "glmin2_r"));
    CHECK_TRUE(has("hip_abductors", "hab_r") && !has("hip_abductors", "tfl_r"));
    CHECK_TRUE(has("quadriceps", "recfem_r") && has("quadriceps", "vas_lat_r"));
    CHECK_TRUE(!has("quadriceps", "quad_fem_r") && has("quadratus_femoris", "quad_fem_r"));
    CHECK_TRUE(has("piriformis", "peri_r") && has("piriformis", "piri_l"));
    CHECK_TRUE(!has("piriformis", "per_long_r") && has("peroneals", "per_long_r"));
    CHECK_TRUE(has("hamstrings", "bflh_r") && !has("hamstrings", "bfsh_r"));
    CHECK_TRUE(has("biceps_femoris", "bfsh_r") && has("biceps_femoris", "bifemlh_l"));
    CHECK_TRUE(has("gastrocnemius", "med_gas_r") && has("gastrocnemius", "gaslat_l"));
    CHECK_TRUE(has("triceps_surae", "soleus_r") && has("triceps_surae", "gastroc_r"));
    CHECK_TRUE(has("iliopsoas", "iliopsoas_r") && has("iliopsoas", "psoas_l"));
    CHECK_TRUE(has("pectineus", "pect_r") && !has("pectineus", "pect_maj_c_r"));
    CHECK_TRUE(has("adductors", "addmagIsch_l") && !has("adductors", "grac_l"));
    CHECK_TRUE(has("sartorius", "sar_r") && has("gracilis", "grac_l"));
}

static void sides_are_read(void)
{
    char base[64];
    CHECK_INT(genu_group_base("glmed1_r", base, sizeof base), GENU_RIGHT);
    CHECK_TEXT(base, "glmed1");
    CHECK_INT(genu_group_base("L_VasLat", base, sizeof base), GENU_LEFT);
    CHECK_TEXT(base, "VasLat");
    CHECK_INT(genu_group_base("soleus_left", base, sizeof base), GENU_LEFT);
    CHECK_TEXT(base, "soleus");
    CHECK_INT(genu_group_base("soleus.r", base, sizeof base), GENU_RIGHT);
    CHECK_TEXT(base, "soleus");
    CHECK_INT(genu_group_base("BIClong", base, sizeof base), -1);
    CHECK_TEXT(base, "BIClong");
    CHECK_INT(genu_group_base("glmed1_r", base, 4), GENU_RIGHT); // cut, never over the end
    CHECK_TEXT(base, "glm");
}

static void selection_follows_the_side(void)
{
    genu_model *m = model_of(mixed);
    CHECK_TEXT(picked(m, "gluteus_medius", GENU_SIDE_BOTH), "glmed1_r glmed2_r glmed1_l");
    CHECK_TEXT(picked(m, "gluteus_medius", GENU_RIGHT), "glmed1_r glmed2_r");
    CHECK_TEXT(picked(m, "gluteus_medius", GENU_LEFT), "glmed1_l");
    CHECK_TEXT(picked(m, "hip_abductors", GENU_RIGHT), "glmed1_r glmed2_r glmin1_r hab_r");
    CHECK_TEXT(picked(m, "vasti", GENU_RIGHT), "R_VasLat");
    CHECK_TEXT(picked(m, "gluteus_maximus", GENU_RIGHT), "GlutMax1_R");
    CHECK_TEXT(picked(m, "glmed2_r", GENU_SIDE_BOTH), "glmed2_r");
    CHECK_TEXT(picked(m, "glmed1", GENU_SIDE_BOTH), "glmed1_r glmed1_l"); // a pair without its side
    CHECK_TEXT(picked(m, "glmed1", GENU_LEFT), "glmed1_l");
    CHECK_TEXT(picked(m, "soleus", GENU_LEFT), "soleus_l");
    genu_model_free(m);
}

static void selection_names_what_is_wrong(void)
{
    genu_model *m = model_of(mixed);
    genu_err err = { 0 };
    int flag[20] = { 0 };
    CHECK_FAILS(genu_group_select(m, "gluteus_medus", GENU_SIDE_BOTH, flag, &err), GENU_E_RANGE,
                err,
                "'gluteus_medus' is neither a muscle group nor a muscle of model 'test', the "
                "nearest is 'gluteus_medius'");
    CHECK_FAILS(genu_group_select(m, "glmed3_r", GENU_SIDE_BOTH, flag, &err), GENU_E_RANGE, err,
                "the nearest is 'glmed1_r'");
    CHECK_FAILS(genu_group_select(m, "soleuss", GENU_SIDE_BOTH, flag, &err), GENU_E_RANGE, err,
                "the group 'soleus' and the muscle 'soleus_r'");
    CHECK_FAILS(genu_group_select(m, "deltoideus_anterior", GENU_SIDE_BOTH, flag, &err),
                GENU_E_RANGE, err, "of model 'test'");
    CHECK_TRUE(strstr(err.msg, "nearest") == NULL);
    CHECK_FAILS(genu_group_select(m, "gracilis", GENU_SIDE_BOTH, flag, &err), GENU_E_RANGE, err,
                "group 'gracilis' (gracilis) matches no muscle of model 'test' by name");
    CHECK_FAILS(genu_group_select(m, "gluteus_minimus", GENU_LEFT, flag, &err), GENU_E_RANGE, err,
                "group 'gluteus_minimus' has no muscle on the left side");
    CHECK_FAILS(genu_group_select(m, "glmed1_r", GENU_LEFT, flag, &err), GENU_E_RANGE, err,
                "muscle 'glmed1_r' is not on the left side");
    for (int i = 0; i < 20; i++)
        CHECK_INT(flag[i], 0);
    genu_model_free(m);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(table_is_sound),
        TEST(every_leg_muscle_has_a_group),
        TEST(reference_models_are_covered),
        TEST(groups_hold_what_they_say),
        TEST(sides_are_read),
        TEST(selection_follows_the_side),
        TEST(selection_names_what_is_wrong),
        CU_TEST_INFO_NULL,
    };
    return test_main("group", tests, argc, argv);
}
