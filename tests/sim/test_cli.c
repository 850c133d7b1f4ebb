#include "models/base.h"
#include "sim/results.h"
#include "tests/sim/leg_fixture.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The program itself, run through the shell in the test's folder; $G is its path. */

#define GENU_PROGRAM GENU_TEST_BINARY_DIR "/genu"

static const char study[] =
    "model: leg.osim\n"
    "motion: { file: walk.mot, filter: 8 }\n"
    "loads: grf.xml\n"
    "side: right\n"
    "strength:\n"
    "  - { muscles: [gluteus_medius], side: right, from: 0, to: 1.2, steps: 4 }\n"
    "  - { muscles: [gluteus_minimus], side: right, values: [0.5, 1] }\n"
    "output: [curves, muscles]\n";

static genu_err err;
static char out[20000], said[20000]; /* what the last command printed to stdout, to stderr */

static void slurp(const char *name, char *text, size_t room)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", test_folder(), name);
    FILE *f = fopen(path, "r");
    text[f ? fread(text, 1, room - 1, f) : 0] = '\0';
    if (f)
        fclose(f);
}

/* Exit code of a shell command in the test's folder, 128 + n after signal n. */
static int sh(const char *fmt, ...)
{
    char command[3000], line[4000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    snprintf(line, sizeof line, "cd '%s' && { %s\n} >.out 2>.err", test_folder(), command);
    int status = system(line);
    slurp(".out", out, sizeof out);
    slurp(".err", said, sizeof said);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void write_text(const char *name, const char *text)
{
    FILE *f = leg_open(test_folder(), name);
    if (f) {
        fputs(text, f);
        fclose(f);
    }
}

static int fixture_made;

static void fixture(void)
{
    leg_options plain = { 0 };
    if (!fixture_made)
        leg_write(test_folder(), &plain);
    fixture_made = 1;
    write_text("s.yaml", study);
    CHECK_INT(sh("rm -rf *.h5 *.part *.sto *.csv bad.*"), 0);
}

static int has(const char *text, const char *fragment)
{
    if (strstr(text, fragment))
        return 1;
    fprintf(stderr, "'%s' is not in: %s\n", fragment, text);
    return 0;
}

static int count(const char *text, const char *fragment)
{
    int n = 0;
    for (; (text = strstr(text, fragment)); text += strlen(fragment))
        n++;
    return n;
}

/* Nothing half-written is left, and the sentence is said once, to stderr only. */
static void check_refusal(int code, int want, const char *fragment)
{
    CHECK_INT(code, want);
    CHECK_TRUE(has(said, fragment));
    CHECK_INT(count(said, fragment), 1);
    CHECK_TRUE(!strstr(said, "runtime error") && !strstr(said, "Sanitizer"));
    CHECK_INT(sh("ls | grep '[.]part$'"), 1);
}

/* ------------------------------------------------------------------ help and usage */

static void every_verb_has_help_with_an_example(void)
{
    static const char *const verbs[] = { "check",    "run",     "sweep",  "plot",
                                         "compare",  "summary", "show",   "export",
                                         "validate", "merge",   "version" };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        char example[40];
        CHECK_INT(sh("\"$G\" %s --help", verbs[i]), 0);
        CHECK_TRUE(has(out, "example"));
        snprintf(example, sizeof example, ": genu %s", verbs[i]);
        CHECK_TRUE(has(out, example));
        CHECK_TEXT(said, "");
        CHECK_INT(sh("\"$G\" %s --help >a; \"$G\" help %s >b; cmp a b", verbs[i], verbs[i]), 0);
        CHECK_INT(sh("\"$G\" %s --usage | grep -q '^Usage: genu %s'", verbs[i], verbs[i]), 0);
        CHECK_INT(sh("\"$G\" --help | grep -q '^  %s '", verbs[i]), 0);
        CHECK_INT(sh("\"$G\" %s --help >/dev/full", verbs[i]), 1);
    }
    CHECK_INT(sh("\"$G\" version"), 0);
    CHECK_TRUE(has(out, "genu "));
    CHECK_INT(sh("\"$G\" --version"), 0);
}

static void wrong_usage_is_two_and_names_the_nearest(void)
{
    static const struct {
        const char *command, *fragment;
    } wrong[] = {
        { "", "usage: genu VERB" },
        { "swep s.yaml", "unknown verb 'swep'; did you mean 'sweep'?" },
        { "help chek", "unknown verb 'chek'; did you mean 'check'?" },
        { "qqqqqq", "unknown verb 'qqqqqq'" },
        { "sweep --thread 2 s.yaml", "unknown option '--thread'; did you mean '--threads'?" },
        { "run --forse s.yaml", "unknown option '--forse'; did you mean '--force'?" },
        { "export --scenari=1 a.h5", "did you mean '--scenario'?" },
        { "sweep -x s.yaml", "invalid option -- 'x'" },
        { "sweep", "a study file is missing" },
        { "run", "a study file is missing" },
        { "sweep -o", "option requires an argument -- 'o'" },
        { "sweep --output", "option '--output' requires an argument" },
        { "sweep a.yaml b.yaml", "one study file at a time, but there is 'b.yaml', too" },
        { "sweep -j 0 s.yaml", "number of threads is '0', must be 1 to 1024" },
        { "sweep -j two s.yaml", "number of threads is 'two', must be 1 to 1024" },
        { "sweep -j '' s.yaml", "number of threads is '', must be 1 to 1024" },
        { "check", "a file is missing" },
        { "show", "a file is missing" },
        { "show a b c", "'c', too" },
        { "show --census a.osim b", "a census is of a whole model, but there is 'b', too" },
        { "show -d a.h5 status", "a diagnosis is of one scenario of a results file" },
        { "summary", "a results file is missing" },
        { "summary a.h5 b.h5", "one results file at a time, but there is 'b.h5', too" },
        { "validate", "a case file is missing" },
        { "compare a.h5", "two scenarios are needed" },
        { "export", "a results file is missing" },
        { "export a.h5", "the file to write is missing" },
        { "export a.h5 -s -1 -o a.csv", "scenario is '-1', must be a whole number from 0" },
        { "version 2", "takes no argument, but there is '2'" },
    };
    fixture();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int code = sh("\"$G\" %s", wrong[i].command);
        CHECK_TEXT(out, "");
        check_refusal(code, 2, wrong[i].fragment);
    }
}

/* ------------------------------------------------------------------ the way it is meant */

static void a_sweep_can_be_shown_checked_and_exported(void)
{
    fixture();
    CHECK_INT(sh("\"$G\" check leg.osim walk.mot grf.xml s.yaml"), 0);
    CHECK_INT(count(out, ": 0 errors, 0 warnings"), 4);
    CHECK_INT(sh("\"$G\" sweep s.yaml"), 0);
    CHECK_TRUE(has(out, "8 scenarios x 181 frames"));
    CHECK_TRUE(has(out, "results: s.h5\n"));
    CHECK_TRUE(has(said, "8 of 8 scenarios"));
    CHECK_TRUE(!strstr(said, "warning") && !strstr(said, "error"));
    CHECK_INT(sh("ls *.part"), 2);
    CHECK_INT(sh("\"$G\" check s.h5"), 0);
    CHECK_TEXT(said, "note: 's.h5': 1 of 8 scenarios are beyond the muscles\n");
    CHECK_INT(sh("\"$G\" show s.h5"), 0);
    CHECK_TRUE(has(out, "command_line     genu sweep s.yaml"));
    CHECK_TRUE(has(out, "knee_medial_force_peak1"));
    CHECK_INT(sh("\"$G\" show s.h5 knee_medial_force_peak | wc -l"), 0);
    CHECK_INT(atoi(out), 9); // a heading, and one line per scenario
    CHECK_INT(sh("\"$G\" export s.h5 -o s.csv && wc -l <s.csv"), 0);
    CHECK_INT(atoi(out), 9);
    CHECK_INT(sh("\"$G\" export s.h5 muscle_force -s 3 -o s.sto && \"$G\" show s.sto"), 0);
    CHECK_TRUE(has(out, "181 rows from 0 to 1.8 s"));
    CHECK_INT(
        sh("{ cat s.yaml; echo 'reactions: [ { joint: knee_r }, { joint: knee_r, on: parent } ]'; "
           "} >t.yaml; \"$G\" sweep t.yaml"),
        0);
    CHECK_INT(sh("\"$G\" export t.h5 reaction_force -s 3 -o r.csv && head -1 r.csv"), 0);
    CHECK_TRUE(has(out, "reaction_force_knee_r_on_tibia_r_in_ground_y"));
    CHECK_TRUE(has(out, "reaction_force_knee_r_on_femur_r_in_ground_y"));
    CHECK_INT(sh("awk -F, 'NR>1 { d = $3+$6; s += d*d }  END { print NR, s }' r.csv"), 0);
    CHECK_TEXT(out, "182 0\n"); // the opposite on the parent
    CHECK_INT(sh("sed 's/output.*/output: [slopes]/' s.yaml >u.yaml; \"$G\" sweep u.yaml && "
                 "\"$G\" plot u.h5 -o figures"),
              0);
    CHECK_TRUE(has(out, "figures/strength_slopes_right.png"));
    CHECK_TRUE(has(out, "figures/slope_rows_right.png"));
    CHECK_INT(sh("\"$G\" show -d s.h5:0"), 0);
    CHECK_TRUE(has(out,
                   "s.h5, scenario 0: gluteus_medius (right) 0 %, gluteus_minimus (right) 50 %\n"
                   "181 of 181 frames converged; moments balance to "));
    CHECK_TRUE(has(out, "saturated: glmin1_r"));
    CHECK_TRUE(has(out, "residual force at the pelvis: at most "));
    CHECK_INT(sh("\"$G\" summary s.h5 -b s.h5 -q knee_force_peak"), 0);
    CHECK_TRUE(has(out, "8 scenarios, of which the muscles can do 7\n"));
    CHECK_INT(sh("\"$G\" compare s.h5:0 s.h5:7"), 0);
    CHECK_INT(sh("\"$G\" show leg.osim"), 0);
    CHECK_TRUE(has(out, "22 muscles"));
    CHECK_TRUE(has(out, "maximal isometric hip-abduction torque"));
    CHECK_INT(sh("\"$G\" show --census leg.osim"), 0);
    CHECK_TRUE(has(out, "22 Thelen2003Muscle"));
    CHECK_TRUE(has(out, "has an effect that genu leaves out or takes otherwise\n  nothing\n"));
    CHECK_TEXT(said, "");
    CHECK_INT(sh("\"$G\" show leg.osim gluteus_medius"), 0);
    CHECK_TRUE(has(out, "glmed1_r (Thelen 2003)") && has(out, "2000 N"));
    CHECK_INT(sh("\"$G\" show s.yaml"), 0);
    CHECK_TRUE(has(out, "scenarios: 8"));
    CHECK_INT(sh("\"$G\" show keys"), 0);
    CHECK_TRUE(has(out, "strength"));
}

#define TASK GENU_TEST_SOURCE_DIR "/data/tasks/walk.yaml"

static void a_task_is_told_from_a_study(void)
{
    fixture();
    CHECK_INT(sh("\"$G\" check '%s'", TASK), 0);
    CHECK_TRUE(has(out, ": 0 errors, 0 warnings, 1 note\n"));
    CHECK_INT(sh("\"$G\" show '%s'", TASK), 0);
    CHECK_TRUE(has(out, "speed: ") && has(out, " m/s\n"));
    CHECK_INT(sh("sed 's/^step_width:.*/step_width: 0.5/' '%s' >bad.yaml", TASK), 0);
    check_refusal(sh("\"$G\" show bad.yaml"), 1,
                  "step_width is 0.5, must be a number from 0.05 to 0.2 m");
    check_refusal(sh("\"$G\" sweep bad.yaml"), 1, "kind is no known key");
}

static void figures_are_drawn_where_asked(void)
{
    fixture();
    CHECK_INT(sh("\"$G\" sweep s.yaml && rm -rf 'my figures'"), 0);
    CHECK_INT(sh("\"$G\" plot s.h5 -n knee_load -d 72 -o 'my figures'"), 0);
    CHECK_TEXT(out, "my figures/knee_load_right.png\n");
    CHECK_INT(sh("test -s 'my figures/knee_load_right.png' && rm -r 'my figures'"), 0);
    check_refusal(sh("\"$G\" plot s.h5 -n knee_lod"), 1, "no figure 'knee_lod'");
    check_refusal(sh("\"$G\" plot s.h5 -o s.yaml"), 1, "folder 's.yaml' cannot be made");
    check_refusal(sh("\"$G\" plot nix.h5"), 1, "'nix.h5'");
    check_refusal(sh("\"$G\" plot s.h5 -f bmp"), 1, "figure format 'bmp' is not known");
    check_refusal(sh("\"$G\" plot"), 2, "a results file is missing");
}

static void run_solves_one_scenario(void)
{
    fixture();
    check_refusal(sh("\"$G\" run s.yaml"), 1, "study 's.yaml' has 8 scenarios, not one");
    CHECK_INT(sh("grep -v '^  -\\|^strength' s.yaml >one.yaml; \"$G\" run one.yaml -o one.h5"), 0);
    CHECK_TRUE(has(out, "1 scenario x 181 frames") && has(out, "results: one.h5"));
    CHECK_TEXT(said, "");
}

static void odd_paths_and_locales_change_nothing(void)
{
    fixture();
    CHECK_INT(sh("\"$G\" sweep s.yaml"), 0);
    CHECK_INT(sh("rm -rf 'a b'; mkdir 'a b' && cp *.osim *.mot *.xml 'a b' && "
                 "cp s.yaml \"a b/it's mine.yaml\" && "
                 "\"$G\" sweep \"a b/it's mine.yaml\" -o 'a b/the results.h5'"),
              0);
    CHECK_INT(sh("\"$G\" show 'a b/the results.h5'"), 0);
    CHECK_TRUE(has(out, "genu sweep 'a b/it'\\''s mine.yaml' -o 'a b/the results.h5'"));
    CHECK_INT(sh("\"$G\" export s.h5 -o a.csv && \"$G\" export 'a b/the results.h5' -o b.csv && "
                 "cmp a.csv b.csv"),
              0);
    // named after the study, in the current folder
    CHECK_INT(sh("cd / && \"$G\" sweep \"$OLDPWD/s.yaml\" -F -o \"$OLDPWD/s.h5\""), 0);
    CHECK_INT(sh("LC_ALL=de_DE.UTF-8 LC_NUMERIC=de_DE.UTF-8 \"$G\" sweep s.yaml -o de.h5 && "
                 "LC_ALL=de_DE.UTF-8 \"$G\" export de.h5 -o de.csv && cmp a.csv de.csv"),
              0);
}

/* Every dataset of two files, byte by byte. */
static void compare_files(const char *a, const char *b)
{
    char path[600];
    genu_results *x = NULL, *y = NULL;
    snprintf(path, sizeof path, "%s/%s", test_folder(), a);
    CHECK_OK(genu_results_open(&x, path, &err), err);
    snprintf(path, sizeof path, "%s/%s", test_folder(), b);
    CHECK_OK(genu_results_open(&y, path, &err), err);
    int n = x && y ? genu_results_count(x) : 0;
    CHECK_TRUE(n > 0 && genu_results_count(y) == n);
    for (int i = 0; i < n; i++) {
        genu_dataset u = { 0 }, v = { 0 };
        CHECK_OK(genu_results_read(x, genu_results_name(x, i), &u, &err), err);
        CHECK_OK(genu_results_read(y, genu_results_name(x, i), &v, &err), err);
        CHECK_INT(u.n, v.n);
        if (u.value && v.value && u.n == v.n)
            CHECK_INT(memcmp(u.value, v.value, u.n * sizeof *u.value), 0);
        genu_dataset_free(&u);
        genu_dataset_free(&v);
    }
    genu_results_close(x);
    genu_results_close(y);
}

static void threads_change_no_byte(void)
{
    fixture();
    CHECK_INT(sh("sed 's/steps: 4/steps: 23/' s.yaml >many.yaml"), 0);
    for (int j = 1; j <= 3; j++)
        CHECK_INT(sh("\"$G\" sweep many.yaml -j %d -o j%d.h5", j, j), 0);
    compare_files("j1.h5", "j2.h5");
    compare_files("j1.h5", "j3.h5");
}

/* ------------------------------------------------------------------ bad input */

/* `make` spoils one file into bad.*; the study with `key` replaced by `with` is then refused. */
static const struct bad {
    const char *make, *replace, *fragment;
} bad[] = {
    { "true", "s/leg.osim/bad.osim/", "'bad.yaml', line 1: model 'bad.osim' cannot be read" },
    { "head -c 5000 leg.osim >bad.osim", "s/leg.osim/bad.osim/", "not XML: Premature end" },
    { "echo hello >bad.osim", "s/leg.osim/bad.osim/", "'bad.osim', line 1: not XML" },
    { ": >bad.osim", "s/leg.osim/bad.osim/", "'bad.osim', line 1: not XML: Document is empty" },
    { "echo '<html/>' >bad.osim", "s/leg.osim/bad.osim/", "the root element is <html>" },
    { "mkdir -p bad.osim", "s/leg.osim/bad.osim/", "folder" },
    { "sed '0,/ic_force>2000/s//ic_force>0/' leg.osim >bad.osim", "s/leg.osim/bad.osim/",
      "'glmed1_r': <max_isometric_force> is 0, must be > 0" },
    { "sed '0,/fiber_length>[0-9.]*/s//fiber_length>0/' leg.osim >bad.osim", "s/leg.osim/bad.osim/",
      "'glmed1_r': <optimal_fiber_length> is 0, must be > 0" },
    { "sed 's/Thelen2003Muscle/NewMuscle/' leg.osim >bad.osim", "s/leg.osim/bad.osim/",
      "NewMuscle: a kind of muscle whose force cannot be computed" },
    { "sed 's/tibia_r/tbia_r/g' leg.osim >bad.osim", "s/leg.osim/bad.osim/",
      "no body is named tibia or shank with the ending _r" },
    { "true", "s/^side: right/sied: right/",
      "line 4: sied is no known key, the nearest is 'side'" },
    { "true", "s/steps: 4/steps: 4.5/",
      "line 6: strength[0].steps is 4.5, must be a whole number from 1 to 1001" },
    { "true", "s/steps: 4/steps: four/", "line 6: strength[0].steps is 'four', must be a whole" },
    { "true", "s/to: 1.2/to: 12/", "line 6: strength[0].to is 12, must be a number from 0 to 10" },
    { "true", "s/^side: right/side: up/", "line 4: side is 'up', must be right, left or both" },
    { "true", "$a knee: { spacing: 40 }",
      "line 9: knee.spacing is 40, must be a number from 0.02" },
    { "true", "s/\\[curves/[[curves/", "is not YAML" },
    { "true", "s/gluteus_medius/gluteus_medus/", "the nearest is 'gluteus_medius'" },
    { "true", "s/gluteus_medius/gracilis/", "matches no muscle of model 'small_legs'" },
    { "true", "s/filter: 8/filter: 8, from: 1, to: 3/", "line 2: motion: from 1 to 3 s reaches" },
    { "true", "$a frames: 101\\nmotion: x", "line 10: " },
    { "true", "s/walk.mot/bad.mot/", "line 2: motion.file 'bad.mot' cannot be read" },
    { "cut -f1-7,9- walk.mot | sed s/nColumns=15/nColumns=14/ >bad.mot", "s/walk.mot/bad.mot/",
      "'bad.mot' lacks coordinates of the model: 'hip_flexion_r'" },
    { "awk 'NR==30{$5=\"nan\"}1' OFS='\t' walk.mot >bad.mot", "s/walk.mot/bad.mot/",
      "'bad.mot', line 30, time 0.22 s: column 'pelvis_tx' is nan" },
    { "awk 'NR==30{$5=\"inf\"}1' OFS='\t' walk.mot >bad.mot", "s/walk.mot/bad.mot/",
      "column 'pelvis_tx' is inf" },
    { "awk 'NR==30{$1=0.05}1' OFS='\t' walk.mot >bad.mot", "s/walk.mot/bad.mot/",
      "line 30: time 0.05 s comes after 0.21 s" },
    { "awk 'NR==30{print}1' walk.mot | sed s/nRows=181/nRows=182/ >bad.mot", "s/walk.mot/bad.mot/",
      "line 31: time 0.22 s stands twice" },
    { "head -17 walk.mot | sed s/nRows=181/nRows=10/ >bad.mot", "s/walk.mot/bad.mot/",
      "'bad.mot': the record has 10 rows, too short for the filter, which needs" },
    { "head -9 walk.mot | sed s/nRows=181/nRows=2/ >bad.mot", "s/walk.mot/bad.mot/", "2 rows" },
    { "head -c 9000 walk.mot >bad.mot", "s/walk.mot/bad.mot/", "the file is cut off" },
    { "cp leg.osim bad.mot", "s/walk.mot/bad.mot/", "'bad.mot', line 1: " },
    { "sed s/inDegrees=yes// walk.mot >bad.mot", "s/walk.mot/bad.mot/",
      "does not say whether angles are in degrees" },
    { "true", "s/grf.xml/bad.xml/", "line 3: loads.file 'bad.xml' cannot be read" },
    { "sed s/calcn_r/calcn_x/ grf.xml >bad.xml", "s/grf.xml/bad.xml/",
      "applied_to_body is 'calcn_x', which the model lacks, did you mean 'calcn_r'" },
    { "awk 'NR>7{for(i=5;i<8;i++){$i*=1000;$(i+9)*=1000}}1' OFS='\t' grf.mot >bad.mot && "
      "sed s/grf.mot/bad.mot/ grf.xml >bad.xml",
      "s/grf.xml/bad.xml/", "this looks like millimetres" },
    { "sed s/grf.mot/bad.mot/ grf.xml >bad.xml", "s/grf.xml/bad.xml/", "no file 'bad.mot'" },
    { "head -c 500 grf.xml >bad.xml", "s/grf.xml/bad.xml/", "'bad.xml', line 6: not XML" },
    { "sed s/force1_v/forse1_v/ grf.xml >bad.xml", "s/grf.xml/bad.xml/", "nearest: 'force1_vx'" },
    { "head -60 grf.mot | sed s/nRows=191/nRows=53/ >bad.mot && "
      "sed s/grf.mot/bad.mot/ grf.xml >bad.xml",
      "s/grf.xml/bad.xml/", "'from' and 'to' must choose a part that the loads cover" },
};

static void bad_input_is_named_and_costs_nothing(void)
{
    fixture();
    CHECK_INT(sh("\"$G\" sweep s.yaml -o bad0.h5 && cksum bad0.h5 >sum"), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_INT(sh("rm -rf bad.*; %s", bad[i].make), 0);
        CHECK_INT(sh("sed '%s' s.yaml >bad.yaml", bad[i].replace), 0);
        int code = sh("\"$G\" sweep -F bad.yaml -o bad0.h5");
        CHECK_TEXT(out, "");
        check_refusal(code, 1, bad[i].fragment);
        CHECK_INT(sh("cksum bad0.h5 | cmp - sum"), 0);
        CHECK_INT(sh("\"$G\" check bad.yaml"), 1);
        CHECK_TRUE(has(said, bad[i].fragment));
    }
}

static void bad_studies_and_results_files_are_named(void)
{
    static const struct {
        const char *make, *command, *fragment;
    } wrong[] = {
        { "true", "sweep nix.yaml", "'nix.yaml': cannot be read: No such file" },
        { "true", "sweep .", "'.': is a folder" },
        { ": >bad.yaml", "sweep bad.yaml", "'bad.yaml': is empty" },
        { "echo hello >bad.yaml", "sweep bad.yaml", "line 1: the file must be a map of keys" },
        { "echo 'model: [leg.osim' >bad.yaml", "sweep bad.yaml", "line 2: is not YAML" },
        { "printf '\\177ELF\\001' >bad.yaml", "sweep bad.yaml", "is not text in UTF-8" },
        { "true", "sweep leg.osim", "'leg.osim', line 1: the file must be a map" },
        { "true", "sweep s.yaml -o nix/x.h5", "folder 'nix' does not exist" },
        { "true", "sweep s.yaml -F -o s.yaml", "'s.yaml', must end in .h5" },
        { "true", "sweep s.yaml -F -o leg.osim", "'leg.osim', must end in .h5" },
        { "mkdir -p bad.h5", "sweep s.yaml -F -o bad.h5", "'bad.h5' is a folder" },
        { "rm -rf bad.h5; cp s.yaml bad.h5", "sweep s.yaml -o bad.h5", "'bad.h5' exists: --force" },
        { "true", "show nix.h5", "'nix.h5': No such file" },
        { "true", "show bad.h5", "'bad.h5' is not an HDF5 file" },
        { "head -c 3000 good.h5 >bad.h5", "show bad.h5", "is cut short: 3000 of" },
        { "true", "check bad.h5", "is cut short: 3000 of" },
        { "true", "export bad.h5 -o x.csv", "is cut short: 3000 of" },
        { "true", "compare good.h5 bad.h5", "is cut short: 3000 of" },
        { "true", "show good.h5 knee_forse_peak", "did you mean 'knee_force_peak'" },
        { "true", "show leg.osim glmed1_x", "the nearest is 'glmed1_" },
        { "true", "show walk.mot time", "only a model or a results file is shown by name" },
        { "true", "show --census walk.mot", "only models, files ending in .osim, have a census" },
        { "true", "show --census keys", "'keys': only models" },
        { "true", "show --census nix.osim", "there is no file 'nix.osim'" },
        { "true", "show grf.xml", "'grf.xml': only files ending in" },
        { "true", "check grf.xml", "'grf.xml': give its model before it" },
        { "true", "check notes.doc", "'notes.doc': only files ending in" },
        { "true", "export good.h5 knee_forse -o x.sto", "did you mean 'knee_force'" },
        { "true", "export good.h5 knee_force -s 8 -o x.sto", "has no scenario 8, they go from 0" },
        { "true", "export good.h5 knee_force -o x.txt", "'x.txt' must end in .sto or .csv" },
        { "echo 1 >x.csv", "export good.h5 -o x.csv", "'x.csv' exists already" },
        { "true", "export good.h5 -o nix/x.csv", "'nix'" },
    };
    fixture();
    CHECK_INT(sh("\"$G\" sweep s.yaml -o good.h5"), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_INT(sh("%s", wrong[i].make), 0);
        check_refusal(sh("\"$G\" %s", wrong[i].command), 1, wrong[i].fragment);
    }
    CHECK_INT(sh("cat x.csv"), 0);
    CHECK_TEXT(out, "1\n");
}

static void all_problems_of_a_study_are_listed(void)
{
    fixture();
    CHECK_INT(sh("sed 's/steps: 4/steps: 0/; $a sharing: { power: 0.5 }\\nsied: left' s.yaml "
                 ">bad.yaml; \"$G\" sweep bad.yaml"),
              1);
    CHECK_INT(count(said, "error: 'bad.yaml', line "), 3);
    CHECK_INT(count(said, "\n"), 3);
}

/* ------------------------------------------------------------------ disks, permissions, pipes */

static void a_full_disk_is_a_sentence(void)
{
    fixture();
    CHECK_INT(sh("\"$G\" sweep s.yaml && cksum s.h5 >sum"), 0);
    // a file may not grow beyond 100 and 1 blocks: as full a disk as can be had anywhere
    check_refusal(sh("(ulimit -f 100; \"$G\" sweep -F s.yaml)"), 1,
                  "'s.h5.part.0' could not be written");
    check_refusal(sh("(ulimit -f 100; \"$G\" sweep s.yaml -o new.h5)"), 1, "could not be written");
    CHECK_INT(sh("cksum s.h5 | cmp - sum && test ! -e new.h5"), 0);
    check_refusal(sh("(ulimit -f 1; \"$G\" export s.h5 muscle_force -s 0 -o x.sto)"), 1,
                  "'x.sto' could not be written");
    CHECK_INT(sh("test ! -e x.sto"), 0);
    // terabytes, and that is said before anything is computed
    CHECK_INT(sh("sed 's/steps: 4/steps: 1001/; s/values: .0.5, 1./from: 0, to: 1, steps: 1001/; "
                 "7a\\  - { muscles: [soleus], from: 0, to: 1, steps: 9 }\n$a frames: 1001' s.yaml "
                 ">bad.yaml"),
              0);
    check_refusal(sh("\"$G\" sweep bad.yaml -o new.h5"), 1,
                  "9018009 scenarios x 1001 frames need about");
    check_refusal(sh("\"$G\" show leg.osim >/dev/full"), 1, "standard output could not be written");
    check_refusal(sh("\"$G\" version >&-"), 1, "standard output could not be written");
    // the results are there although nobody could be told
    CHECK_INT(sh("\"$G\" sweep s.yaml -o told.h5 >/dev/full"), 1);
    CHECK_INT(sh("\"$G\" check told.h5"), 0);
}

/* As root nothing is forbidden, so the program runs as somebody else there. */
static void a_folder_without_permission_is_a_sentence(void)
{
    fixture();
    const char *as = geteuid() ? "" : "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    CHECK_INT(sh("\"$G\" sweep s.yaml && cksum s.h5 >sum && rm -rf closed && mkdir closed && "
                 "cp leg.osim closed/secret.osim && chmod 0 closed/secret.osim && "
                 "sed s:leg.osim:closed/secret.osim: s.yaml >bad.yaml && chmod 555 closed ."),
              0);
    CHECK_INT(sh("chmod 777 ."), 0);
    if (sh("%s\"$G\" version", as)) {
        printf("skipped: the user 'nobody' cannot run %s\n", GENU_PROGRAM);
    } else {
        int code = sh("%s\"$G\" sweep s.yaml -o closed/x.h5", as);
        check_refusal(code, 1, "'closed/x.h5' cannot be written in folder 'closed': Permission");
        check_refusal(sh("%s\"$G\" export s.h5 -o closed/x.csv", as), 1, "Permission denied");
        check_refusal(sh("%s\"$G\" sweep bad.yaml -o x.h5", as), 1,
                      "'closed/secret.osim' cannot be read: Permission denied");
        check_refusal(sh("%s\"$G\" show closed/secret.osim", as), 1, "Permission denied");
    }
    CHECK_INT(sh("chmod 755 closed && rm -rf closed && chmod 755 . && cksum s.h5 | cmp - sum"), 0);
}

static void a_reader_may_go_away(void)
{
    fixture();
    CHECK_INT(sh("\"$G\" show keys | head -1"), 0);
    CHECK_TEXT(said, "");
    CHECK_INT(sh("\"$G\" sweep s.yaml 2>&1 | true"), 0);
    CHECK_INT(sh("\"$G\" check s.h5"), 0);
    CHECK_INT(sh("\"$G\" sweep s.yaml -o closed.h5 <&- >&- 2>&-"), 1);
    CHECK_INT(sh("\"$G\" check closed.h5"), 0);
    compare_files("s.h5", "closed.h5");
}

/* ------------------------------------------------------------------ stopping */

/* Start a sweep, wait until it says how far it is, send the signal; its exit code. */
static int stop_sweep(int number)
{
    int ends[2];
    char text[256] = "", log[256];
    if (pipe(ends))
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir(test_folder()) || dup2(ends[1], STDERR_FILENO) < 0)
            _exit(99);
        close(ends[0]);
        signal(number, SIG_DFL);
        execl(GENU_PROGRAM, "genu", "sweep", "-F", "long.yaml", "-o", "long.h5", (char *)NULL);
        _exit(99);
    }
    close(ends[1]);
    if (read(ends[0], text, sizeof text - 1) > 0)
        kill(pid, number);
    CHECK_TRUE(has(text, " scenarios, "));
    said[0] = '\0';
    for (ssize_t n; (n = read(ends[0], log, sizeof log - 1)) > 0;) {
        log[n] = '\0';
        strncat(said, log, sizeof said - strlen(said) - 1);
    }
    close(ends[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void a_stop_keeps_what_is_done(void)
{
    static const struct {
        int number, code;
    } stop[] = { { SIGINT, 130 }, { SIGTERM, 143 } };
    char path[600];
    fixture();
    // ten thousand scenarios, and an earlier file that is ours
    CHECK_INT(sh("sed 's/steps: 4/steps: 100/; s/values: .0.5, 1./from: 0, to: 1, steps: 100/; "
                 "s/^output.*/output: []/' s.yaml >long.yaml && \"$G\" sweep s.yaml -o long.h5 && "
                 "cksum long.h5 >sum"),
              0);
    for (int i = 0; i < 2; i++) {
        CHECK_INT(stop_sweep(stop[i].number), stop[i].code);
        CHECK_TRUE(
            has(said, "of 10000 scenarios, which are in 'long.partial.h5'; --resume goes on"));
        CHECK_INT(sh("cksum long.h5 | cmp - sum"), 0);
        CHECK_INT(sh("ls | grep '[.]part$'"), 1);
        CHECK_INT(sh("\"$G\" check long.partial.h5"), 0);
        CHECK_TRUE(has(said, "warning: 'long.partial.h5': the sweep was stopped: "));
        CHECK_TRUE(has(said, " of 10000 scenarios are here\n"));
    }
    genu_results *r = NULL;
    genu_dataset d = { 0 };
    snprintf(path, sizeof path, "%s/long.partial.h5", test_folder());
    if (CHECK_OK(genu_results_open(&r, path, &err), err) &&
        CHECK_OK(genu_results_read(r, "knee_medial_force_peak", &d, &err), err)) {
        CHECK_TRUE(d.n >= 1000 && d.n < 10000); // the first tenth was reported
        for (size_t i = 0; i < d.n; i++)
            CHECK_TRUE(d.value[i] > 100 && d.value[i] < 1e5);
        genu_dataset_free(&d);
    }
    genu_results_close(r);
}

/* ------------------------------------------------------------------ measured walks */

static void sweep_reference(const char *model, const char *motion, const char *loads,
                            const char *more)
{
    char text[3000], m[600], q[600];
    if (!test_reference(model))
        return;
    snprintf(m, sizeof m, "%s", test_reference(model));
    snprintf(q, sizeof q, "%s", test_reference(motion));
    snprintf(text, sizeof text,
             "model: %s\nmotion: { file: %s, filter: 6%s\nloads: %s\nside: right\nstrength:\n"
             "  - { muscles: [gluteus_medius, gluteus_minimus], side: right, values: [1, 0.4] }\n",
             m, q, more, test_reference(loads));
    write_text("walk.yaml", text);
    CHECK_INT(sh("\"$G\" check walk.yaml"), 0);
    CHECK_INT(sh("\"$G\" sweep -F walk.yaml"), 0);
    CHECK_TRUE(has(out, "2 scenarios x") && has(out, ", 0 not converged"));
    CHECK_INT(sh("\"$G\" check walk.h5 && \"$G\" compare walk.h5:0 walk.h5:1"), 0);
    CHECK_TRUE(has(out, "knee_medial_force_peak"));
    CHECK_INT(sh("\"$G\" show '%s' gluteus_medius", m), 0);
}

static void measured_walks_run_through(void)
{
    fixture();
    sweep_reference("walk_gait2392/subject01_simbody_adjusted.osim",
                    "walk_gait2392/subject01_walk1_ik.mot", "walk_gait2392/subject01_walk1_grf.xml",
                    ", from: 0.6, to: 1.9 }");
    sweep_reference("walk_rajagopal/subject_walk_scaled.osim", "walk_rajagopal/coordinates.sto",
                    "walk_rajagopal/grf_walk.xml",
                    ", from: 0.5, to: 1.2 }\nlock: [mtp_angle_r, mtp_angle_l]");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(every_verb_has_help_with_an_example),
        TEST(wrong_usage_is_two_and_names_the_nearest),
        TEST(a_sweep_can_be_shown_checked_and_exported),
        TEST(a_task_is_told_from_a_study),
        TEST(figures_are_drawn_where_asked),
        TEST(run_solves_one_scenario),
        TEST(odd_paths_and_locales_change_nothing),
        TEST(threads_change_no_byte),
        TEST(bad_input_is_named_and_costs_nothing),
        TEST(bad_studies_and_results_files_are_named),
        TEST(all_problems_of_a_study_are_listed),
        TEST(a_full_disk_is_a_sentence),
        TEST(a_folder_without_permission_is_a_sentence),
        TEST(a_reader_may_go_away),
        TEST(a_stop_keeps_what_is_done),
        TEST(measured_walks_run_through),
        CU_TEST_INFO_NULL,
    };
    setenv("G", GENU_PROGRAM, 1);
    return test_main("cli", tests, argc, argv);
}
