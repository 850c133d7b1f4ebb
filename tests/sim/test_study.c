#include "models/osim.h"
#include "sim/study.h"
#include "tests/testlib.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static genu_err err;

static genu_status parse(genu_study **s, const char *text, genu_notes *notes)
{
    return genu_study_parse(s, text, strlen(text), "folder/x.yaml", notes, &err);
}

static genu_study *good(const char *text)
{
    genu_study *s;
    CHECK_OK(parse(&s, text, NULL), err);
    return s;
}

#define START "model: m.osim\ntask: t.yaml\n"

/* ------------------------------------------------------------------ good files */

static const char full[] =
    "title: Everything at once\n"
    "model: ../models/leg.osim\n"
    "subject: { mass: 75, height: 1.75 }\n"
    "motion: { file: ik.mot, filter: 0, from: 0.6, to: 1.8 }\n"
    "loads: { file: /data/grf.xml, filter: 20 }\n"
    "side: left\n"
    "lock: [mtp_angle_r, mtp_angle_l]\n"
    "strength:\n"
    "  - { muscles: [gluteus_medius, tfl_r], side: right, from: 0, to: 1.2, steps: 13 }\n"
    "  - { muscles: [soleus], values: [1, 0.7, 0.4] }\n"
    "  - { muscles: [iliopsoas], side: left, value: 0.5 }\n"
    "sharing: { mode: opensim, power: 3, reserve: 0.5, reserves: { hip_flexion_r: 10 },\n"
    "           weights: { soleus: 2, tfl_r: 0.5 }, minimum_activation: 0.02, passive: true }\n"
    "knee: { spacing: 0.05, offset: -0.004, height: -0.03, varus: -6 }\n"
    "frames: 201\n"
    "events:\n"
    "  right: { strike: [0.27, 1.41], off: [0.98] }\n"
    "  left: { strike: [0.8], off: [0.4, 1.5] }\n"
    "output: [muscles]\n"
    "seed: 7\n";

static void every_key_arrives(void)
{
    genu_study *s = good(full);
    CHECK_TEXT(s->title, "Everything at once");
    CHECK_TEXT(s->model, "folder/../models/leg.osim");
    CHECK_NEAR(s->subject.mass, 75, 0, 0);
    CHECK_NEAR(s->subject.height, 1.75, 0, 0);
    CHECK_TRUE(s->task == NULL);
    CHECK_TRUE(isnan(s->change.speed));
    CHECK_TEXT(s->motion.file, "folder/ik.mot");
    CHECK_NEAR(s->motion.filter, 0, 0, 0);
    CHECK_NEAR(s->motion.from, 0.6, 0, 0);
    CHECK_NEAR(s->motion.to, 1.8, 0, 0);
    CHECK_TEXT(s->loads.file, "/data/grf.xml");
    CHECK_NEAR(s->loads.filter, 20, 0, 0);
    CHECK_INT(s->side, GENU_LEFT);
    CHECK_INT(s->lock.n, 2);
    CHECK_TEXT(s->lock.text[1], "mtp_angle_l");
    CHECK_INT(s->strength.n, 3);
    CHECK_INT(s->strength.item[0].muscles.n, 2);
    CHECK_TEXT(s->strength.item[0].muscles.text[1], "tfl_r");
    CHECK_INT(s->strength.item[0].side, GENU_RIGHT);
    CHECK_INT(s->strength.item[1].side, GENU_SIDE_BOTH);
    CHECK_INT(s->strength.item[2].side, GENU_LEFT);
    CHECK_INT(s->sharing.mode, GENU_MODE_OPENSIM);
    CHECK_NEAR(s->sharing.power, 3, 0, 0);
    CHECK_NEAR(s->sharing.reserve, 0.5, 0, 0);
    CHECK_TEXT(s->sharing.reserves.name[0], "hip_flexion_r");
    CHECK_NEAR(s->sharing.reserves.value[0], 10, 0, 0);
    CHECK_INT(s->sharing.weights.n, 2);
    CHECK_NEAR(s->sharing.weights.value[1], 0.5, 0, 0);
    CHECK_NEAR(s->sharing.minimum_activation, 0.02, 0, 0);
    CHECK_INT(s->sharing.passive, 1);
    CHECK_NEAR(s->knee.spacing, 0.05, 0, 0);
    CHECK_NEAR(s->knee.offset, -0.004, 0, 0);
    CHECK_NEAR(s->knee.height, -0.03, 0, 0);
    CHECK_NEAR(s->knee.varus, -6 * GENU_PI / 180, 1e-15, 0); // kept in rad
    CHECK_INT(s->frames, 201);
    CHECK_INT(s->events.right.strike.n, 2);
    CHECK_NEAR(s->events.right.off.value[0], 0.98, 0, 0);
    CHECK_NEAR(s->events.left.off.value[1], 1.5, 0, 0);
    CHECK_INT(s->output, GENU_OUTPUT_MUSCLES);
    CHECK_INT(s->seed, 7);
    CHECK_TEXT(genu_study_text(s), full);
    CHECK_TEXT(s->folder, "folder");
    CHECK_INT(s->n_scenario, 39);
    CHECK_INT(genu_study_mark(s, "strength[1].muscles").line, 10);
    genu_study_free(s);
}

static void what_is_left_out_has_its_default(void)
{
    genu_study *s = good(START);
    genu_plateau plateau = genu_plateau_defaults();
    CHECK_TEXT(s->title, "x");
    CHECK_TEXT(s->model, "folder/m.osim");
    CHECK_TEXT(s->task, "folder/t.yaml");
    CHECK_TRUE(s->motion.file == NULL && s->loads.file == NULL);
    CHECK_TRUE(isnan(s->subject.mass) && isnan(s->change.trunk_lean));
    CHECK_INT(s->side, GENU_SIDE_BOTH);
    CHECK_INT(s->lock.n + s->strength.n, 0);
    CHECK_INT(s->n_scenario, 1);
    CHECK_INT(s->sharing.mode, GENU_MODE_GENU);
    CHECK_NEAR(s->sharing.power, 2, 0, 0);
    CHECK_NEAR(s->sharing.reserve, 1, 0, 0);
    CHECK_TRUE(isnan(s->sharing.minimum_activation));
    CHECK_INT(s->sharing.passive, 0);
    CHECK_NEAR(s->knee.spacing, plateau.spacing, 0, 0);
    CHECK_NEAR(s->knee.offset, plateau.offset, 0, 0);
    CHECK_NEAR(s->knee.height, plateau.height, 0, 0);
    CHECK_NEAR(s->knee.varus, 0, 0, 0);
    CHECK_INT(s->frames, 0);
    CHECK_INT(s->output, 0);
    CHECK_INT(s->seed, 1);
    genu_study_free(s);

    s = good("model: m.osim\nmotion: a.mot\nloads: b.xml\n");
    CHECK_TEXT(s->motion.file, "folder/a.mot");
    CHECK_NEAR(s->motion.filter, 6, 0, 0);
    CHECK_TRUE(isnan(s->motion.from) && isnan(s->motion.to));
    CHECK_TEXT(s->loads.file, "folder/b.xml");
    CHECK_NEAR(s->loads.filter, 0, 0, 0);
    genu_study_free(s);

    s = good(START "change: { speed: 1.1, step_width: 0.2, pelvic_obliquity: -5, trunk_lean: 10 }");
    CHECK_NEAR(s->change.speed, 1.1, 0, 0);
    CHECK_NEAR(s->change.step_width, 0.2, 0, 0);
    CHECK_NEAR(s->change.pelvic_obliquity, -5 * GENU_PI / 180, 1e-15, 0);
    CHECK_NEAR(s->change.trunk_lean, 10 * GENU_PI / 180, 1e-15, 0);
    genu_study_free(s);
}

static void spelling_makes_no_difference(void)
{
    static const char *const same[] = {
        START "frames: 101\nside: right\n",
        "\xef\xbb\xbf" START "frames: 101\nside: right\n",
        "model: m.osim\r\ntask: t.yaml\r\nframes: 101\r\nside: right\r\n",
        "{ model: m.osim, task: t.yaml, side: 'right', frames: 1.01e2 }",
        "side: \"right\"\nframes: +101.0\ntask: t.yaml\n\n# comment\nmodel: m.osim",
        START
        "frames: 101\nside: &s right\nstrength: [ { muscles: [soleus], side: *s, value: 1 } ]",
    };
    for (int i = 0; i < 6; i++) {
        genu_study *s = good(same[i]);
        CHECK_TEXT(s->model, "folder/m.osim");
        CHECK_INT(s->frames, 101);
        CHECK_INT(s->side, GENU_RIGHT);
        genu_study_free(s);
    }
    // a comma locale changes nothing, where the machine has one
    if (setlocale(LC_ALL, "de_DE.UTF-8") || setlocale(LC_ALL, "fr_FR.UTF-8")) {
        genu_study *s = good(START "knee: { spacing: 0.05 }\n");
        CHECK_NEAR(s->knee.spacing, 0.05, 0, 0);
        genu_study_free(s);
        setlocale(LC_ALL, "C");
    }
}

static void paths_follow_the_folder(void)
{
    static const struct {
        const char *path, *model, *title;
    } row[] = { { "x.yaml", "m.osim", "x" },
                { "/x.study.yaml", "//m.osim", "x.study" },
                { "a b/c/.yaml", "a b/c/m.osim", ".yaml" } };
    for (int i = 0; i < 3; i++) {
        genu_study *s;
        CHECK_OK(genu_study_parse(&s, START, strlen(START), row[i].path, NULL, &err), err);
        CHECK_TEXT(s->model, row[i].model);
        CHECK_TEXT(s->title, row[i].title);
        genu_study_free(s);
    }
}

/* ------------------------------------------------------------------ bad files */

static const struct {
    const char *text;
    genu_status status;
    int line;
    const char *fragment;
} bad[] = {
    // keys
    { "modle: m.osim\ntask: t.yaml\n", GENU_E_FORMAT, 1,
      "modle is no known key, the nearest is 'model'" },
    { START "strenght: []\n", GENU_E_FORMAT, 3, "the nearest is 'strength'" },
    { START "spacing: 0.04\n", GENU_E_FORMAT, 3,
      "spacing is no known key here, it belongs in 'knee'" },
    { START "colour: red\n", GENU_E_FORMAT, 3, "those are: title, model, subject, task" },
    { START "knee: { spcing: 0.04 }\n", GENU_E_FORMAT, 3,
      "knee.spcing is no known key, the nearest is 'spacing'" },
    { START "strength:\n  - { muscles: [a], value: 1 }\n  - { muscles: [b], valu: 1 }\n",
      GENU_E_FORMAT, 5, "strength[1].valu is no known key, the nearest is 'value'" },
    { START "side: right\nside: left\n", GENU_E_FORMAT, 4, "key 'side' appears twice" },
    { "task: t.yaml\n", GENU_E_FORMAT, 1, "model is missing (OpenSim model (.osim))" },
    { START "strength: [ { value: 1 } ]\n", GENU_E_FORMAT, 3, "strength[0].muscles is missing" },
    { START "---\nmodel: b\n", GENU_E_FORMAT, 3, "a second document" },
    { "- model\n- task\n", GENU_E_FORMAT, 1, "the file must be a map of keys, as title: ..." },
    { "just text\n", GENU_E_FORMAT, 1, "the file must be a map of keys" },
    { "", GENU_E_FORMAT, 0, "study 'folder/x.yaml': is empty" },

    // numbers
    { START "subject: { mass: 75 kg }\n", GENU_E_FORMAT, 3,
      "subject.mass is '75 kg', must be a number from 20 to 250 kg; write no unit" },
    { START "subject: { mass: 75kg }\n", GENU_E_FORMAT, 3, "write no unit" },
    { START "subject: { mass: \"75\" }\n", GENU_E_FORMAT, 3,
      "is '75' in quotes, must be a number" },
    { START "subject:\n  mass: 75,5\n", GENU_E_FORMAT, 4, "the decimal sign is a point" },
    { START "subject: { mass: nan }\n", GENU_E_RANGE, 3, "subject.mass is nan, must be a number" },
    { START "subject: { mass: .nan }\n", GENU_E_FORMAT, 3, "subject.mass is '.nan', must be" },
    { START "subject: { mass: inf }\n", GENU_E_RANGE, 3, "subject.mass is inf, must be a number" },
    { START "subject: { mass: 0x4B }\n", GENU_E_FORMAT, 3, "is '0x4B', must be a number" },
    { START "subject: { mass: 7_5 }\n", GENU_E_FORMAT, 3, "is '7_5', must be a number" },
    { START "subject: { mass: }\n", GENU_E_FORMAT, 3, "subject.mass has no value" },
    { START "subject: { mass: ~ }\n", GENU_E_FORMAT, 3, "subject.mass has no value" },
    { START "subject: { mass: [75] }\n", GENU_E_FORMAT, 3,
      "subject.mass is a list, must be a number" },
    { START "subject: { height: 175 }\n", GENU_E_RANGE, 3,
      "subject.height is 175, must be a number from 1 to 2.5 m" },
    { START "subject: 75\n", GENU_E_FORMAT, 3, "subject must be a map of keys, as mass: ..." },
    { START "knee: { varus: 15.1 }\n", GENU_E_RANGE, 3, "from -15 to 15 degrees" },
    { START "knee: { spacing: 40 }\n", GENU_E_RANGE, 3,
      "knee.spacing is 40, must be a number from "
      "0.02 to 0.08 m" },
    { START "knee: { offset: -0.021 }\n", GENU_E_RANGE, 3, "from -0.02 to 0.02 m" },
    { START "sharing: { reserve: 0 }\n", GENU_E_RANGE, 3,
      "sharing.reserve is 0, must be a number above 0 and at most 10000 Nm" },
    { START "sharing: { power: 1.9 }\n", GENU_E_RANGE, 3, "from 2 to 20" },
    { START "sharing: { weights: { soleus: -1 } }\n", GENU_E_RANGE, 3,
      "sharing.weights.soleus is -1, must be a number above 0" },
    { START "sharing: { weights: [soleus] }\n", GENU_E_FORMAT, 3,
      "sharing.weights is a list, must be a map of names to numbers" },
    { START "frames: 10\n", GENU_E_RANGE, 3, "frames is 10, must be a whole number from 11" },
    { START "frames: 101.5\n", GENU_E_RANGE, 3, "frames is 101.5, must be a whole number" },
    { START "frames: many\n", GENU_E_FORMAT, 3, "frames is 'many', must be a whole number" },
    { START "seed: 1e10\n", GENU_E_RANGE, 3, "from 0 to 2147483647" },
    { START "change: { speed: 2 }\n", GENU_E_RANGE, 3, "from 0.8 to 1.6 m/s" },

    // words
    { START "side: rihgt\n", GENU_E_FORMAT, 3,
      "side is 'rihgt', must be right, left or both; the nearest is 'right'" },
    { START "side: [right]\n", GENU_E_FORMAT, 3, "side is a list, must be right, left or both" },
    { START "side: Right\n", GENU_E_FORMAT, 3, "the nearest is 'right'" },
    { START "sharing: { mode: cmc }\n", GENU_E_FORMAT, 3, "must be genu or opensim" },
    { START "sharing: { passive: yes }\n", GENU_E_FORMAT, 3, "is 'yes', must be true or false" },
    { START "sharing: { passive: 1 }\n", GENU_E_FORMAT, 3, "is '1', must be true or false" },
    { START "output: curves\n", GENU_E_FORMAT, 3,
      "output is 'curves', must be a list of curves, muscles or slopes" },
    { START "output: [curve]\n", GENU_E_FORMAT, 3,
      "output[0] is 'curve', must be curves, muscles or slopes" },
    { START "output: [curves, curves]\n", GENU_E_FORMAT, 3,
      "output[1] is 'curves', which is there" },
    { START "lock: mtp_angle_r\n", GENU_E_FORMAT, 3, "lock is 'mtp_angle_r', must be a list of" },
    { START "lock: [a, a]\n", GENU_E_FORMAT, 3, "lock[1] is 'a', which is there already" },
    { START "lock: [[a]]\n", GENU_E_FORMAT, 3, "lock[0] is a list, must be" },
    { START "lock:\n", GENU_E_FORMAT, 3, "lock has no value" },
    { "model: { file: m.osim }\ntask: t\n", GENU_E_FORMAT, 1, "model is a map, must be the path" },

    // strength
    { START "strength:\n  - muscles: [a]\n    from: 0\n    to: 1\n    steps: 13.5\n", GENU_E_RANGE,
      7,
      "study 'folder/x.yaml', line 7: strength[0].steps is 13.5, must be a whole number from 1 to "
      "1001" },
    { START "strength: { muscles: [a] }\n", GENU_E_FORMAT, 3, "strength is a map, must be a list" },
    { START "strength: [ 5 ]\n", GENU_E_FORMAT, 3, "strength[0] must be a map of keys" },
    { START "strength: [ { muscles: [], value: 1 } ]\n", GENU_E_RANGE, 3,
      "strength[0].muscles has 0 entries, must have 1 to 500" },
    { START "strength: [ { muscles: [a] } ]\n", GENU_E_FORMAT, 3,
      "strength[0] has none of value, values and from/to/steps, must have exactly one" },
    { START "strength: [ { muscles: [a], value: 1, values: [1] } ]\n", GENU_E_FORMAT, 3,
      "strength[0] has more than one of value, values" },
    { START "strength: [ { muscles: [a], value: 1, steps: 3 } ]\n", GENU_E_FORMAT, 3,
      "more than one of" },
    { START "strength: [ { muscles: [a], from: 1, to: 2 } ]\n", GENU_E_FORMAT, 3,
      "strength[0].steps is missing" },
    { START "strength: [ { muscles: [a], from: 1, to: 2, steps: 1 } ]\n", GENU_E_RANGE, 3,
      "strength[0].steps is 1, must be at least 2 from 1 to 2" },
    { START "strength: [ { muscles: [a], from: 1, to: 1, steps: 5 } ]\n", GENU_E_RANGE, 3,
      "strength[0].steps is 5, must be 1 from 1 to 1" },
    { START "strength: [ { muscles: [a], values: [1, 10.5] } ]\n", GENU_E_RANGE, 3,
      "strength[0].values[1] is 10.5, must be a number from 0 to 10" },
    { START "strength: [ { muscles: [a], values: 1 } ]\n", GENU_E_FORMAT, 3,
      "must be a list of numbers from 0 to 10" },
    { START "strength: [ { muscles: [a], values: [] } ]\n", GENU_E_RANGE, 3,
      "has 0 entries, must have 1 to 1001" },
    { START "strength: [ { muscles: [a], value: -0.1 } ]\n", GENU_E_RANGE, 3, "from 0 to 10" },
    { START "strength:\n"
            "  - { muscles: [a], from: 0, to: 1, steps: 1001 }\n"
            "  - { muscles: [b], from: 0, to: 1, steps: 1001 }\n"
            "  - { muscles: [c], from: 0, to: 1, steps: 1001 }\n",
      GENU_E_RANGE, 3, "strength makes 1003003001 scenarios, must be at most 1000000000" },

    // what belongs together
    { "model: m\n", GENU_E_FORMAT, 1, "neither task nor motion is there" },
    { START "motion: a.mot\n", GENU_E_FORMAT, 3, "task (line 2) and motion are both there" },
    { START "loads: a.xml\n", GENU_E_FORMAT, 3, "loads belongs to a measured motion" },
    { START "events: { right: { strike: [1] } }\n", GENU_E_FORMAT, 3, "events belongs to a" },
    { "model: m\nmotion: a\nchange: { speed: 1 }\n", GENU_E_FORMAT, 3, "change belongs to a task" },
    { "model: m\nmotion: { filter: 6 }\n", GENU_E_FORMAT, 2, "motion.file is missing" },
    { "model: m\nmotion: { file: a, from: 2, to: 1 }\n", GENU_E_RANGE, 2,
      "motion.to is 1 s, must be above motion.from, which is 2 s" },
    { "model: m\nmotion: [a]\n", GENU_E_FORMAT, 2, "motion must be a map of keys, as file: ..." },
    { "model: m\nmotion: a\nloads: { file: b, filter: -1 }\n", GENU_E_RANGE, 3, "0 to 1000 Hz" },
    { "model: m\nmotion: a\nevents: { right: { strike: [1, 1] } }\n", GENU_E_RANGE, 3,
      "events.right.strike[1] is 1 s, must be above the one before, which is 1 s" },
    { "model: m\nmotion: a\nevents: { left: { strike: [1, 2], off: [2.5] } }\n", GENU_E_RANGE, 3,
      "events.left: between the strike at 1 s and the strike at 2 s there are 0 times of off" },
    { "model: m\nmotion: a\nevents: { left: { off: [1, 2] } }\n", GENU_E_RANGE, 3, "must be 1" },
    { "model: m\nmotion: a\nevents: { middle: { off: [1, 2] } }\n", GENU_E_FORMAT, 3,
      "events.middle is no known key" },
};

static void bad_files_are_named(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        genu_study *s;
        genu_notes notes = { 0 };
        err = (genu_err){ 0 };
        CHECK_FAILS(parse(&s, bad[i].text, &notes), bad[i].status, err, bad[i].fragment);
        CHECK_TRUE(s == NULL);
        CHECK_INT(err.status, bad[i].status);
        int first = -1;
        for (int k = notes.n - 1; k >= 0; k--)
            if (notes.note[k].severity == GENU_ERROR)
                first = k;
        CHECK_TRUE(first >= 0);
        if (first >= 0 && notes.note[first].line != bad[i].line) {
            fprintf(stderr, "%s", bad[i].text);
            CHECK_INT(notes.note[first].line, bad[i].line);
        }
        if (first >= 0)
            CHECK_TRUE(strstr(err.msg, notes.note[first].text) != NULL);
        genu_notes_clear(&notes);
    }
}

static void all_problems_are_listed(void)
{
    static const char text[] = "titel: x\n"
                               "model: m.osim\n"
                               "task: t.yaml\n"
                               "side: up\n"
                               "frames: 5\n"
                               "strength:\n"
                               "  - { muscles: [a], values: [1, x, 11] }\n"
                               "  - { muscles: [a], from: 0, steps: 0 }\n"
                               "knee: { spacing: 1, offset: 1 }\n";
    static const int line[] = { 1, 4, 5, 7, 7, 8, 9, 9, 8 };
    genu_notes notes = { 0 };
    genu_study *s;
    CHECK_FAILS(parse(&s, text, &notes), GENU_E_FORMAT, err, "line 1: titel is no known key");
    CHECK_INT(notes.n, 9);
    CHECK_INT(genu_notes_count(&notes, GENU_ERROR), 9);
    for (int i = 0; i < 9 && i < notes.n; i++)
        CHECK_INT(notes.note[i].line, line[i]);
    genu_notes_clear(&notes);
}

static void long_and_strange_text_is_shown_cut(void)
{
    char text[2000];
    genu_study *s;
    snprintf(text, sizeof text, START "side: \"%059d\xc3\xa9%0900d\"\n", 0, 0);
    CHECK_FAILS(parse(&s, text, NULL), GENU_E_FORMAT, err, "0...', must be right");
    snprintf(text, sizeof text, START "side: \"a\\nb\"\n");
    CHECK_FAILS(parse(&s, text, NULL), GENU_E_FORMAT, err, "side is 'a b', must");
    snprintf(text, sizeof text, START "%0900d: 1\n", 0);
    CHECK_FAILS(parse(&s, text, NULL), GENU_E_FORMAT, err, "0... is no known key");
    CHECK_FAILS(parse(&s, START "lock: &l [*l]\n", NULL), GENU_E_FORMAT, err, "lock[0] is a list");
    CHECK_FAILS(parse(&s, START "strength: &l [{ muscles: *l, value: 1 }]\n", NULL), GENU_E_FORMAT,
                err, "strength[0].muscles[0] is a map");
}

static void notes_tell_what_is_legal_but_odd(void)
{
    genu_notes notes = { 0 };
    genu_study *s;
    CHECK_OK(parse(&s,
                   "model: m\nmotion: a.mot\n"
                   "strength: [ { muscles: [a], values: [1, 0.5, 1] } ]\n"
                   "sharing: { mode: opensim, passive: true, weights: { a: 2 } }\n",
                   &notes),
             err);
    CHECK_INT(notes.n, 5);
    CHECK_INT(genu_notes_count(&notes, GENU_WARNING), 4);
    CHECK_INT(genu_notes_count(&notes, GENU_ERROR), 0);
    if (notes.n == 5) {
        CHECK_TRUE(strstr(notes.note[0].text, "low-passed at 6 Hz") != NULL);
        CHECK_TRUE(strstr(notes.note[1].text, "loads is left out") != NULL);
        CHECK_INT(notes.note[1].line, 2);
        CHECK_TRUE(strstr(notes.note[2].text, "sharing.passive is true") != NULL);
        CHECK_TRUE(strstr(notes.note[3].text, "sharing.weights are given") != NULL);
        CHECK_TRUE(strstr(notes.note[4].text, "strength[0].values holds 1 twice") != NULL);
    }
    genu_notes_clear(&notes);
    genu_study_free(s);

    s = good(full); // says everything: nothing to add but that opensim has neither of two things
    genu_study_free(s);
}

/* ------------------------------------------------------------------ scenarios */

static void the_grid_is_a_product(void)
{
    genu_study *s = good(START "strength:\n"
                               "  - { muscles: [a], values: [1, 0.5] }\n"
                               "  - { muscles: [b], value: 0.3 }\n"
                               "  - { muscles: [c], from: 2, to: 0, steps: 3 }\n");
    static const double want[6][3] = { { 1, 0.3, 2 },   { 1, 0.3, 1 },   { 1, 0.3, 0 },
                                       { 0.5, 0.3, 2 }, { 0.5, 0.3, 1 }, { 0.5, 0.3, 0 } };
    CHECK_INT(s->n_scenario, 6);
    for (int i = 0; i < 6; i++) {
        double factor[3];
        genu_study_values(s, i, factor);
        for (int k = 0; k < 3; k++)
            CHECK_NEAR(factor[k], want[i][k], 0, 0);
    }
    genu_study_free(s);

    // an even row meets its ends and full strength exactly
    s = good(START "strength: [ { muscles: [a], from: 0, to: 1.2, steps: 13 } ]");
    const genu_numbers *f = &s->strength.item[0].values;
    CHECK_INT(f->n, 13);
    CHECK_NEAR(f->value[0], 0, 0, 0);
    CHECK_NEAR(f->value[5], 0.5, 0, 0);
    CHECK_NEAR(f->value[10], 1, 0, 0);
    CHECK_NEAR(f->value[12], 1.2, 0, 0);
    for (int k = 0; k < 13; k++)
        CHECK_NEAR(f->value[k], 0.1 * k, 1e-15, 1e-16);
    genu_study_free(s);

    s = good(START "strength: [ { muscles: [a], from: 0.5, to: 0.5, steps: 1 } ]");
    CHECK_NEAR(s->strength.item[0].values.value[0], 0.5, 0, 0);
    genu_study_free(s);
}

static void the_bundled_study_is_the_grid_of_169(void)
{
    genu_study *s;
    genu_notes notes = { 0 };
    genu_status status = genu_study_read(
        &s, GENU_TEST_SOURCE_DIR "/data/studies/abductor_strength.yaml", &notes, &err);
    CHECK_INT(notes.n, 0);
    genu_notes_clear(&notes);
    if (!CHECK_OK(status, err))
        return;
    CHECK_INT(s->n_scenario, 169);
    CHECK_INT(s->side, GENU_RIGHT);
    CHECK_INT(s->frames, 101);
    CHECK_INT(s->output, GENU_OUTPUT_CURVES | GENU_OUTPUT_MUSCLES);
    CHECK_TEXT(s->strength.item[0].muscles.text[0], "gluteus_medius");
    CHECK_TEXT(s->strength.item[1].muscles.text[0], "gluteus_minimus");
    CHECK_TEXT(s->model, GENU_TEST_SOURCE_DIR "/data/studies/../models/lower_limb.osim");
    CHECK_TEXT(s->task, GENU_TEST_SOURCE_DIR "/data/studies/../tasks/walk.yaml");
    double factor[2];
    genu_study_values(s, 168, factor);
    CHECK_NEAR(factor[0], 1.2, 0, 0);
    genu_study_values(s, 13 * 10 + 3, factor);
    CHECK_NEAR(factor[0], 1, 0, 0);
    CHECK_NEAR(factor[1], 0.3, 1e-15, 0);
    genu_study_free(s);
}

/* ------------------------------------------------------------------ against files and models */

static void missing_files_cite_the_line(void)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/x.yaml", test_folder());
    FILE *f = fopen(path, "w");
    fputs("model: x.yaml\n\nmotion: absent.mot\nloads:\n  file: .\n", f);
    fclose(f);
    genu_study *s;
    genu_notes notes = { 0 };
    CHECK_OK(genu_study_read(&s, path, NULL, &err), err);
    CHECK_FAILS(genu_study_check_files(s, &notes, &err), GENU_E_IO, err, "line 3: motion.file '");
    CHECK_TRUE(strstr(err.msg, "absent.mot' cannot be read: No such file or directory") != NULL);
    CHECK_INT(notes.n, 2);
    CHECK_INT(notes.note[1].line, 5);
    CHECK_TRUE(strstr(notes.note[1].text, "is a folder, must be a file") != NULL);
    genu_notes_clear(&notes);
    genu_study_free(s);
    CHECK_FAILS(genu_study_read(&s, "absent.yaml", NULL, &err), GENU_E_IO, err,
                "study 'absent.yaml': cannot be read: No such file or directory");
    CHECK_TRUE(s == NULL);
}

/* Six muscles, three coordinates of which the last follows the first. */
static genu_model *leg(void)
{
    static const char *const muscle[] = { "glmed1_r", "glmed2_r", "glmin1_r",
                                          "glmed1_l", "soleus_r", "soleus_l" };
    static const char *const coord[] = { "knee_angle_r", "mtp_angle_r", "knee_angle_r_beta" };
    genu_model *m = genu_model_new();
    free(m->name);
    m->name = strdup("leg");
    m->muscle = calloc(6, sizeof *m->muscle);
    m->coord = calloc(3, sizeof *m->coord);
    m->n_muscle = 6;
    m->n_coord = 3;
    for (int i = 0; i < 6; i++)
        m->muscle[i].name = strdup(muscle[i]);
    for (int i = 0; i < 3; i++) {
        m->coord[i].name = strdup(coord[i]);
        m->coord[i].leader = i == 2 ? 0 : -1;
    }
    return m;
}

static void names_are_bound_to_a_model(void)
{
    genu_model *m = leg();
    genu_binding *b;
    genu_study *s =
        good(START "lock: [mtp_angle_r]\n"
                   "strength:\n"
                   "  - { muscles: [gluteus_medius, glmed1_r], side: right, values: [1, 0.5] }\n"
                   "  - { muscles: [soleus], values: [0.7, 0.2] }\n"
                   "sharing: { weights: { hip_abductors: 3, soleus_l: 2 }, reserves: { "
                   "knee_angle_r: 5 } }\n");
    CHECK_OK(genu_study_bind(s, m, &b, NULL, &err), err);
    static const int entry[] = { 0, 0, -1, -1, 1, 1 };
    static const double weight[] = { 3, 3, 3, 3, 1, 2 };
    for (int i = 0; i < 6; i++) {
        CHECK_INT(b->entry[i], entry[i]);
        CHECK_INT(b->changed[i], entry[i] >= 0);
        CHECK_NEAR(b->weight[i], weight[i], 0, 0);
    }
    CHECK_INT(b->locked[0], 0);
    CHECK_INT(b->locked[1], 1);
    CHECK_NEAR(b->reserve[0], 5, 0, 0);
    CHECK_NEAR(b->reserve[1], 0, 0, 0);

    static const double want[4][6] = { { 1, 1, 1, 1, 0.7, 0.7 },
                                       { 1, 1, 1, 1, 0.2, 0.2 },
                                       { 0.5, 0.5, 1, 1, 0.7, 0.7 },
                                       { 0.5, 0.5, 1, 1, 0.2, 0.2 } };
    long before = test_allocations();
    double factor[4][6];
    for (int i = 0; i < 4; i++)
        genu_binding_strength(b, s, i, factor[i]);
    CHECK_INT(test_allocations(), before);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 6; k++)
            CHECK_NEAR(factor[i][k], want[i][k], 0, 0);
    free(b);
    genu_study_free(s);
    genu_model_free(m);
}

static void bind_fails(const char *text, int n_problem, int line, const char *fragment)
{
    genu_model *m = leg();
    genu_binding *b;
    genu_notes notes = { 0 };
    genu_study *s = good(text);
    CHECK_FAILS(genu_study_bind(s, m, &b, &notes, &err), GENU_E_RANGE, err, fragment);
    CHECK_TRUE(b == NULL);
    CHECK_INT(notes.n, n_problem);
    if (notes.n)
        CHECK_INT(notes.note[0].line, line);
    genu_notes_clear(&notes);
    genu_study_free(s);
    genu_model_free(m);
}

static void what_the_model_lacks_cites_the_line(void)
{
    bind_fails(
        START "strength:\n  - muscles:\n    - glmed1_r\n    - gluteus_medus\n    value: 1\n", 1, 6,
        "study 'folder/x.yaml', line 6: strength[0].muscles[1]: 'gluteus_medus' is neither a "
        "muscle group nor a muscle of model 'leg', the nearest is 'gluteus_medius'");
    bind_fails(START "strength: [ { muscles: [gracilis], value: 1 } ]\n", 1, 3,
               "strength[0].muscles[0]: group 'gracilis' (gracilis) matches no muscle");
    bind_fails(START "strength: [ { muscles: [gluteus_minimus], side: left, value: 1 } ]\n", 1, 3,
               "has no muscle on the left side");
    bind_fails(START "strength:\n"
                     "  - { muscles: [gluteus_medius], value: 1 }\n"
                     "  - { muscles: [soleus], value: 1 }\n"
                     "  - { muscles: [hip_abductors], side: right, value: 1 }\n",
               1, 6,
               "muscle 'glmed1_r' (and 1 more) is in strength[0] (line 4) and in strength[2] (line "
               "6), must be in one of them");
    bind_fails(START "strength:\n"
                     "  - { muscles: [glmed1_l], value: 1 }\n"
                     "  - { muscles: [gluteus_medius], value: 1 }\n",
               1, 5, "muscle 'glmed1_l' is in strength[0] (line 4) and in strength[1] (line 5)");
    bind_fails(START "lock: [mtp_angel_r]\n", 1, 3,
               "lock[0]: 'mtp_angel_r' is no coordinate of model 'leg', the nearest is "
               "'mtp_angle_r'");
    bind_fails(START "lock: [knee_angle_r_beta]\n", 1, 3,
               "coordinate 'knee_angle_r_beta' follows 'knee_angle_r', must be an independent one");
    bind_fails(START "sharing:\n  reserves: { elbow: 1 }\n", 1, 4,
               "sharing.reserves.elbow: 'elbow' is no coordinate of model 'leg'");
    bind_fails(START "sharing: { weights: { soleus: 2, soleus_r: 1 } }\n", 1, 3,
               "muscle 'soleus_r' has a weight by 'soleus' and by 'soleus_r'");
    bind_fails(START "reactions:\n  - { joint: knee_r, on: parent }\n", 1, 4,
               "reactions[0].joint: 'knee_r' is no joint of model 'leg'");
    bind_fails(START "sharing: { weights: { soles: 2 } }\nlock: [x]\n", 2, 3,
               "sharing.weights: 'soles' is neither");
}

/* Volumes 1 : 2 : ... : 6 have the mean 3.5; a weight counts beside. */
static void volumes_weigh(void)
{
    genu_model *m = leg();
    genu_binding *b;
    genu_study *s = good(START "sharing: { weighting: volume, weights: { soleus_r: 3 } }\n");
    for (int i = 0; i < 6; i++) {
        m->muscle[i].hill.f_max = 100 * (i + 1);
        m->muscle[i].hill.l_opt = 0.1;
    }
    CHECK_OK(genu_study_bind(s, m, &b, NULL, &err), err);
    for (int i = 0; i < 6; i++)
        CHECK_NEAR(b->weight[i], (i + 1) / 3.5 * (i == 4 ? 3 : 1), 1e-15, 0);
    free(b);
    genu_study_free(s);
    genu_model_free(m);
    CHECK_FAILS(parse(&s, START "sharing: { tendon: elastic }\n", NULL), GENU_E_RANGE, err,
                "line 3: sharing.tendon is elastic, which needs sharing.passive: true");
}

static void an_opposite_side_is_no_overlap(void)
{
    genu_model *m = leg();
    genu_binding *b;
    genu_study *s = good(START "strength:\n"
                               "  - { muscles: [gluteus_medius], side: right, value: 0.5 }\n"
                               "  - { muscles: [gluteus_medius], side: left, value: 0.8 }\n");
    CHECK_OK(genu_study_bind(s, m, &b, NULL, &err), err);
    double factor[6];
    genu_binding_strength(b, s, 0, factor);
    CHECK_NEAR(factor[1], 0.5, 0, 0);
    CHECK_NEAR(factor[2], 1, 0, 0);
    CHECK_NEAR(factor[3], 0.8, 0, 0);
    free(b);
    genu_study_free(s);
    genu_model_free(m);
}

/* The bundled study, on models that it was not written for: three parts of gluteus medius and three
 * of minimus on one side, as those models are drawn. */
static void the_bundled_study_binds_to_other_models(void)
{
    static const char *const path[] = { "models/Rajagopal2016.osim",
                                        "models/gait2392_thelen2003muscle.osim" };
    for (int k = 0; k < 2; k++) {
        const char *file = test_reference(path[k]);
        if (!file)
            return;
        size_t n;
        char *text = test_read_file(file, &n);
        genu_model *m;
        genu_study *s;
        genu_binding *b;
        CHECK_OK(genu_osim_read(text, n, path[k], &m, NULL, &err), err);
        CHECK_OK(genu_study_read(&s, GENU_TEST_SOURCE_DIR "/data/studies/abductor_strength.yaml",
                                 NULL, &err),
                 err);
        CHECK_OK(genu_study_bind(s, m, &b, NULL, &err), err);
        int count[2] = { 0 };
        for (int i = 0; b && i < b->n_muscle; i++)
            if (b->entry[i] >= 0) {
                count[b->entry[i]]++;
                CHECK_INT(genu_side_of(m->muscle[i].name), GENU_RIGHT);
            }
        CHECK_INT(count[0], 3);
        CHECK_INT(count[1], 3);
        free(b);
        genu_study_free(s);
        genu_model_free(m);
        free(text);
    }
}

/* ------------------------------------------------------------------ printing, cut files */

static char *printed(const genu_study *s)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (s)
        genu_study_print(s, f);
    else
        genu_study_print_fields(f);
    fclose(f);
    return text;
}

static void holds(const char *text, const char *fragment)
{
    if (!strstr(text, fragment))
        fprintf(stderr, "lacks \"%s\"\n", fragment);
    CHECK_TRUE(strstr(text, fragment) != NULL);
}

static void the_table_prints_itself(void)
{
    char *text = printed(NULL);
    holds(text,
          "subject.mass                 a number from 20 to 250 kg; left out: as the model is");
    holds(text, "strength[].steps             a whole number from 1 to 1001");
    holds(text, "side                         right, left or both; default: both");
    holds(text,
          "sharing.reserve              a number above 0 and at most 10000 Nm; default: 1 Nm");
    holds(text, "model                        the path of a file; required");
    free(text);

    genu_study *s = good(full);
    text = printed(s);
    holds(text, "knee.varus: -6 degrees\n");
    holds(text, "side: left\n");
    holds(text, "sharing.weights: {soleus: 2, tfl_r: 0.5}\n");
    holds(text, "sharing.passive: true\n");
    holds(text, "strength[1].values: [1, 0.7, 0.4]\n");
    holds(text, "strength[0].muscles: [gluteus_medius, tfl_r]\n");
    holds(text, "output: [muscles]\n");
    holds(text, "change.speed: left out: as in the task\n");
    free(text);
    genu_study_free(s);
}

static void every_cut_of_a_file_ends_well(void)
{
    for (size_t n = 0; n <= sizeof full - 1; n++) {
        genu_study *s;
        genu_notes notes = { 0 };
        if (genu_study_parse(&s, full, n, "x.yaml", &notes, &err))
            CHECK_TRUE(genu_notes_count(&notes, GENU_ERROR) > 0);
        genu_study_free(s);
        genu_notes_clear(&notes);
    }
}

static void every_changed_byte_ends_well(void)
{
    unsigned long long seed = 1;
    for (int k = 0; k < 3000; k++) {
        char text[sizeof full];
        memcpy(text, full, sizeof full);
        for (int j = 0; j < 3; j++)
            text[(size_t)test_random(&seed, 0, sizeof full - 1)] = (char)test_random(&seed, 0, 256);
        genu_study *s;
        genu_status status = genu_study_parse(&s, text, sizeof full - 1, "x.yaml", NULL, &err);
        CHECK_TRUE((s == NULL) == (status != GENU_OK));
        genu_study_free(s);
    }
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(every_key_arrives),
        TEST(what_is_left_out_has_its_default),
        TEST(spelling_makes_no_difference),
        TEST(paths_follow_the_folder),
        TEST(bad_files_are_named),
        TEST(all_problems_are_listed),
        TEST(long_and_strange_text_is_shown_cut),
        TEST(notes_tell_what_is_legal_but_odd),
        TEST(the_grid_is_a_product),
        TEST(the_bundled_study_is_the_grid_of_169),
        TEST(missing_files_cite_the_line),
        TEST(names_are_bound_to_a_model),
        TEST(what_the_model_lacks_cites_the_line),
        TEST(volumes_weigh),
        TEST(an_opposite_side_is_no_overlap),
        TEST(the_bundled_study_binds_to_other_models),
        TEST(the_table_prints_itself),
        TEST(every_cut_of_a_file_ends_well),
        TEST(every_changed_byte_ends_well),
        CU_TEST_INFO_NULL,
    };
    return test_main("study", tests, argc, argv);
}
