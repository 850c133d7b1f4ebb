#include "models/group.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Patterns hold for names in small letters without side and separators. They cover the models of
 * Delp 1990 (doi:10.1109/10.102791) and gait2392, Arnold 2010 (doi:10.1007/s10439-009-9852-5),
 * Rajagopal 2016 (doi:10.1109/TBME.2016.2586891) and its descendants, the ten-degree gait models,
 * and names written out. What a group holds follows Gray's Anatomy. */
static const genu_group table[] = {
    // hip, lateral
    { "gluteus_medius", "glmed* glutmed* gluteusmed* gmed*", "gluteus medius" },
    { "gluteus_minimus", "glmin* glutmin* gluteusmin* gmin*", "gluteus minimus" },
    { "tensor_fasciae_latae", "tfl* tensorf*", "tensor fasciae latae" },
    { "hip_abductors", "@gluteus_medius @gluteus_minimus hab abd hipabd*",
      "gluteus medius and minimus (not tensor fasciae latae), or one muscle for both" },

    // hip, back and deep
    { "gluteus_maximus", "glmax* glutmax* gluteusmax* gmax*", "gluteus maximus" },
    { "piriformis", "piri* peri", "piriformis" },
    { "gemelli", "gem gemel* gemsup* geminf*", "superior and inferior gemellus" },
    { "obturators", "obt* obext* obint*", "obturator internus and externus" },
    { "quadratus_femoris", "quadfem* quadratusf* qf", "quadratus femoris" },
    { "hip_external_rotators", "@piriformis @gemelli @obturators @quadratus_femoris",
      "the short external rotators of the hip" },

    // hip, front
    { "iliacus", "iliacus*", "iliacus" },
    { "psoas", "psoas*", "psoas major" },
    { "iliopsoas", "@iliacus @psoas iliopsoas* ilpsoas*", "iliacus and psoas, or one for both" },
    { "sartorius", "sar sart*", "sartorius" },

    // hip, medial
    { "adductor_brevis", "addbrev* adductorbrev* addb", "adductor brevis" },
    { "adductor_longus", "addlong* adductorlong* addl", "adductor longus" },
    { "adductor_magnus", "addmag* adductormag* addm", "adductor magnus" },
    { "adductors", "@adductor_brevis @adductor_longus @adductor_magnus adductors had hipadd*",
      "adductor brevis, longus and magnus (not pectineus, gracilis)" },
    { "pectineus", "pect pectin*", "pectineus" },
    { "gracilis", "gra grac*", "gracilis" },

    // thigh, back
    { "biceps_femoris_long", "bflh* bflong* bifemlh* bicfemlh* bicepsfemorislong* bicepsfemorislh*",
      "long head of biceps femoris" },
    { "biceps_femoris_short",
      "bfsh* bfshort* bifemsh* bicfemsh* bicepsfemorisshort* bicepsfemorissh*",
      "short head of biceps femoris" },
    { "biceps_femoris", "@biceps_femoris_long @biceps_femoris_short bifem bicfem bicepsfemoris",
      "biceps femoris, both heads" },
    { "semimembranosus", "semimem* sm", "semimembranosus" },
    { "semitendinosus", "semiten* st", "semitendinosus" },
    { "hamstrings", "@biceps_femoris_long @semimembranosus @semitendinosus hams hamstr*",
      "the hamstrings that cross hip and knee (not the short head of biceps)" },

    // thigh, front
    { "rectus_femoris", "recfem* rectfem* rectusf* rf", "rectus femoris" },
    { "vastus_medialis", "vasmed* vastusmed* vm", "vastus medialis" },
    { "vastus_intermedius", "vasint* vastusint* vi", "vastus intermedius" },
    { "vastus_lateralis", "vaslat* vastuslat* vl", "vastus lateralis" },
    { "vasti", "@vastus_medialis @vastus_intermedius @vastus_lateralis vas vasti*",
      "the three vasti, or one muscle for them" },
    { "quadriceps", "@rectus_femoris @vasti quad quads quadriceps*",
      "rectus femoris and the vasti" },

    // calf
    { "gastrocnemius_medial", "gasmed* gastmed* gastrocmed* gastrocnemiusmed* medgas*",
      "medial head of gastrocnemius" },
    { "gastrocnemius_lateral", "gaslat* gastlat* gastroclat* gastrocnemiuslat* latgas*",
      "lateral head of gastrocnemius" },
    { "gastrocnemius", "@gastrocnemius_medial @gastrocnemius_lateral gas gast gastroc*",
      "gastrocnemius, both heads" },
    { "soleus", "sol soleus*", "soleus" },
    { "triceps_surae", "@gastrocnemius @soleus tricepssurae*", "gastrocnemius and soleus" },
    { "tibialis_posterior", "tibpost* tibialispost* tp", "tibialis posterior" },
    { "toe_flexors", "fdl fhl flexdig* flexhal* flexordig* flexorhal*",
      "long flexors of the toes and of the great toe" },

    // shin
    { "tibialis_anterior", "tibant* tibialisant* ta", "tibialis anterior" },
    { "toe_extensors", "edl ehl extdig* exthal* extensordig* extensorhal*",
      "long extensors of the toes and of the great toe" },
    { "peroneus_brevis", "perbrev* peroneusbrev* fibularisbrev*", "peroneus (fibularis) brevis" },
    { "peroneus_longus", "perlong* peroneuslong* fibularislong*", "peroneus (fibularis) longus" },
    { "peroneus_tertius", "pertert* peroneustert* fibularistert*", "peroneus (fibularis) tertius" },
    { "peroneals", "@peroneus_brevis @peroneus_longus @peroneus_tertius peroneals fibulares",
      "the three peroneal muscles" },

    // trunk
    { "erector_spinae", "ercspn* erspn* erectorsp*", "erector spinae" },
    { "internal_oblique", "intobl* internalobl* obliqueint*", "internal oblique of the abdomen" },
    { "external_oblique", "extobl* externalobl* obliqueext*", "external oblique of the abdomen" },
    { "rectus_abdominis", "rectabd* rectusabd*", "rectus abdominis" },
    { "trunk", "@erector_spinae @internal_oblique @external_oblique @rectus_abdominis",
      "erector spinae and the muscles of the abdomen" },
};

enum { N_GROUP = sizeof table / sizeof *table, ROOM = 128 };

int genu_group_count(void)
{
    return N_GROUP;
}

const genu_group *genu_group_at(int i)
{
    return i >= 0 && i < N_GROUP ? &table[i] : NULL;
}

int genu_group_find(const char *name)
{
    for (int i = 0; i < N_GROUP; i++)
        if (!strcmp(table[i].name, name))
            return i;
    return -1;
}

static int is_separator(char c)
{
    return c == '_' || c == '.' || c == '-' || c == ' ';
}

int genu_group_base(const char *muscle, char *base, size_t room)
{
    int side = genu_side_of(muscle);
    const char *start = muscle;
    size_t n = strlen(muscle);
    if (side >= 0) {
        // the same marks that genu_side_of reads: an end _r, .l, right, left, or a start R_, l_
        const char *word = genu_side_name((genu_side)side);
        size_t length = strlen(word);
        int last = tolower((unsigned char)muscle[n - 1]);
        if ((muscle[n - 2] == '_' || muscle[n - 2] == '.') && (last == 'r' || last == 'l'))
            n -= 2;
        else if (n > length && !strcasecmp(muscle + n - length, word))
            n -= length;
        else {
            start += 2;
            n -= 2;
        }
        while (n > 1 && is_separator(start[n - 1]))
            n--;
    }
    snprintf(base, room, "%.*s", (int)n, start);
    return side;
}

/* In small letters, without side and separators. */
static void plain(const char *muscle, char out[ROOM])
{
    char base[ROOM];
    genu_group_base(muscle, base, sizeof base);
    for (const char *c = base; *c; c++)
        if (!is_separator(*c))
            *out++ = (char)tolower((unsigned char)*c);
    *out = '\0';
}

static int has_plain(int i, const char *name)
{
    char words[ROOM * 2];
    snprintf(words, sizeof words, "%s", table[i].patterns);
    char *rest, *word = strtok_r(words, " ", &rest);
    for (; word; word = strtok_r(NULL, " ", &rest))
        if (*word == '@' ? has_plain(genu_group_find(word + 1), name) : !fnmatch(word, name, 0))
            return 1;
    return 0;
}

int genu_group_has(int i, const char *muscle)
{
    char name[ROOM];
    plain(muscle, name);
    return has_plain(i, name);
}

/* One muscle, or a pair by the name without sides. Returns 0 when there is none of that name. */
static int select_muscle(const genu_model *m, const char *name, int side, int *flag, int *n_flag)
{
    int exact = genu_find_muscle(m, name), n_named = 0;
    for (int i = 0; i < m->n_muscle; i++) {
        char base[ROOM];
        int own = genu_group_base(m->muscle[i].name, base, sizeof base);
        if (exact >= 0 ? i != exact : strcmp(base, name) != 0)
            continue;
        n_named++;
        if (side == GENU_SIDE_BOTH || own == side) {
            flag[i] = 1;
            ++*n_flag;
        }
    }
    return n_named;
}

static int select_group(const genu_model *m, int group, int side, int *flag, int *n_flag)
{
    int n_named = 0;
    for (int i = 0; i < m->n_muscle; i++) {
        const char *name = m->muscle[i].name;
        if (!genu_group_has(group, name))
            continue;
        n_named++;
        if (side == GENU_SIDE_BOTH || genu_side_of(name) == side) {
            flag[i] = 1;
            ++*n_flag;
        }
    }
    return n_named;
}

static genu_status fail_unknown(const genu_model *m, const char *name, genu_err *err)
{
    const char *group = NULL, *muscle = NULL;
    for (int i = 0; i < N_GROUP; i++)
        group = genu_nearest(name, (const char *[]){ group ? group : "", table[i].name }, 2);
    for (int i = 0; i < m->n_muscle; i++)
        muscle = genu_nearest(name, (const char *[]){ muscle ? muscle : "", m->muscle[i].name }, 2);
    const char *model = m->name ? m->name : "";
    const char *what = "is neither a muscle group nor a muscle of model";
    if (group && *group && muscle && *muscle)
        return genu_fail(err, GENU_E_RANGE,
                         "'%s' %s '%s', the nearest are the group '%s' and the muscle '%s'", name,
                         what, model, group, muscle);
    if ((group && *group) || (muscle && *muscle))
        return genu_fail(err, GENU_E_RANGE, "'%s' %s '%s', the nearest is '%s'", name, what, model,
                         group && *group ? group : muscle);
    return genu_fail(err, GENU_E_RANGE, "'%s' %s '%s'", name, what, model);
}

genu_status genu_group_select(const genu_model *m, const char *name, int side, int *flag,
                              genu_err *err)
{
    const char *model = m->name ? m->name : "";
    int n_flag = 0, group = genu_group_find(name);
    int n_named = group >= 0 ? select_group(m, group, side, flag, &n_flag)
                             : select_muscle(m, name, side, flag, &n_flag);
    if (n_flag)
        return GENU_OK;

    // n_named > 0 only where a side was asked for: without one, all that is named is selected
    const char *word = genu_side_name(side == GENU_LEFT ? GENU_LEFT : GENU_RIGHT);
    if (n_named && group >= 0)
        return genu_fail(err, GENU_E_RANGE, "group '%s' has no muscle on the %s side in model '%s'",
                         name, word, model);
    if (n_named)
        return genu_fail(err, GENU_E_RANGE, "muscle '%s' is not on the %s side in model '%s'", name,
                         word, model);
    if (group >= 0)
        return genu_fail(
            err, GENU_E_RANGE,
            "group '%s' (%s) matches no muscle of model '%s' by name; name the muscles "
            "themselves",
            name, table[group].what, model);
    return fail_unknown(m, name, err);
}
