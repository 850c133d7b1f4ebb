#include "sim/catalogue.h"
#include "sim/figure.h"
#include "sim/figure_set.h"
#include "tests/testlib.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A made-up sweep: curves with two peaks, muscles that take over, a corner that cannot be done. */
enum { N_FRAME = 101, N_SIDE = 2, N_MUSCLE = 28, N_COORDINATE = 11 };

static const double BODY_WEIGHT = 735.49875, PERIOD = 1.1, TOE_OFF = 62; // N, s, %

typedef struct sweep {
    int n_strength, n_level;
    double from, to;
    int curves, muscles, events; /* 0: without these */
} sweep;

static const sweep FULL = { 2, 13, 0, 1.2, 1, 1, 1 };

static const char *const SIDE[N_SIDE] = { "right", "left" };
static const char *const MUSCLE[N_MUSCLE / 2] = { "glmed1",  "glmed2", "glmin1",  "tfl",
                                                  "glmax1",  "psoas",  "addlong", "bflh",
                                                  "semimem", "recfem", "vaslat",  "gasmed",
                                                  "soleus",  "tibant" };
static const char *const COORDINATE[N_COORDINATE] = {
    "pelvis_tx",      "hip_flexion_r", "hip_adduction_r", "hip_rotation_r",
    "knee_angle_r",   "ankle_angle_r", "hip_flexion_l",   "hip_adduction_l",
    "hip_rotation_l", "knee_angle_l",  "ankle_angle_l"
};

static int n_scenario(const sweep *w)
{
    int n = 1;
    for (int k = 0; k < w->n_strength; k++)
        n *= w->n_level;
    return n;
}

static double strength(const sweep *w, int k, int scenario)
{
    for (int i = w->n_strength - 1; i > k; i--)
        scenario /= w->n_level;
    int level = scenario % w->n_level;
    return w->n_level < 2 ? w->from
                          : w->from + (w->to - w->from) * level / (double)(w->n_level - 1);
}

// repeats every 100 %
static double bump(double x, double at, double width)
{
    double t = remainder(x - at, 100) / width;
    return exp(-t * t);
}

// percent of the cycle of a side at a frame; the left foot strikes half a cycle later
static double percent(int side, int frame)
{
    double x = 100.0 * frame / (N_FRAME - 1) + 50 * side;
    return side && frame == (N_FRAME - 1) / 2 ? 100 : x > 100 ? x - 100 : x;
}

static double weakness(const sweep *w, int scenario)
{
    double lost[2] = { 0, 0 };
    for (int k = 0; k < w->n_strength && k < 2; k++)
        lost[k] = fmax(1 - strength(w, k, scenario), -0.3);
    return 0.7 * lost[0] + 0.3 * lost[1];
}

static double medial(const sweep *w, int scenario, double x)
{
    double weak = weakness(w, scenario), grow = 0.5 * weak + 0.6 * weak * fabs(weak);
    return BODY_WEIGHT * ((1.75 + 0.6 * grow) * bump(x, 14, 8) + 0.6 * bump(x, 30, 14) +
                          (1.9 + grow) * bump(x, 48, 8) + 0.35 * bump(x, 98, 7) + 0.08);
}

static double lateral(const sweep *w, int scenario, double x)
{
    double grow = weakness(w, scenario);
    return BODY_WEIGHT * ((0.8 - 0.15 * grow) * bump(x, 12, 6) + 0.3 * bump(x, 30, 14) +
                          (0.7 + 0.8 * grow) * bump(x, 51, 7) + 0.25 * bump(x, 97, 6) + 0.05);
}

static double muscle_force(const sweep *w, int scenario, int muscle, double x)
{
    static const double AT[] = { 30, 35, 32, 40, 10, 50, 55, 3, 95, 58, 12, 45, 48, 2 };
    static const double SIZE[] = { 700, 500, 200, 90,  450,  800,  150,
                                   500, 400, 350, 900, 1200, 1900, 400 };
    static const double TAKES[] = { -0.7, -0.7, -0.3, 2, 0.25, -0.2,  0.02,
                                    0.1,  0.03, 1.1,  0, 0.3,  -0.15, 0 };
    int i = muscle % (N_MUSCLE / 2);
    return SIZE[i] * fmax(0, 1 + TAKES[i] * weakness(w, scenario)) * bump(x, AT[i], 14);
}

// as joint moments are, in the direction of the coordinate, Nm
static double moment(int coordinate, double x)
{
    switch (coordinate) {
    case 1:
        return -75 * (0.8 * bump(x, 10, 12) - 1.0 * bump(x, 54, 12) + 0.3 * bump(x, 95, 8));
    case 2:
        return -75 * (0.8 * bump(x, 14, 9) + 0.8 * bump(x, 45, 12) + 0.3 * bump(x, 28, 9));
    case 3:
        return -75 * (0.12 * bump(x, 45, 12) - 0.15 * bump(x, 15, 9));
    case 4:
        return -75 * (0.6 * bump(x, 14, 8) - 0.2 * bump(x, 42, 10) + 0.15 * bump(x, 60, 6));
    case 5:
        return -75 * (1.5 * bump(x, 48, 11) - 0.15 * bump(x, 6, 5));
    default:
        return 0;
    }
}

static genu_status write_dims(genu_writer *w, const sweep *of, genu_err *err)
{
    char text[N_MUSCLE][24];
    const char *name[N_MUSCLE];
    for (int i = 0; i < N_MUSCLE; i++) {
        snprintf(text[i], sizeof text[i], "%s_%c", MUSCLE[i % (N_MUSCLE / 2)],
                 i < N_MUSCLE / 2 ? 'r' : 'l');
        name[i] = text[i];
    }
    genu_status s =
        genu_writer_dim(w, "scenario", n_scenario(of), NULL, NULL, "1", "scenario", err);
    if (!s)
        s = genu_writer_dim(w, "side", N_SIDE, SIDE, NULL, NULL, "side", err);
    if (!s)
        s = genu_writer_dim(w, "frame", N_FRAME, NULL, NULL, "1", "frame", err);
    if (!s)
        s = genu_writer_dim(w, "muscle", N_MUSCLE, name, NULL, NULL, "muscle", err);
    if (!s)
        s = genu_writer_dim(w, "coordinate", N_COORDINATE, COORDINATE, NULL, NULL, "coordinate",
                            err);
    if (!s)
        s = genu_writer_text(w, "title", "Hip abductors in level walking", err);
    if (!s)
        s = genu_writer_text(w, "model", "made_up_leg", err);
    if (!s)
        s = genu_writer_text(w, "model_digest", "0123456789abcdef", err);
    if (!s)
        s = genu_writer_text(w, "program_version", "0.1.0", err);
    return s ? s : genu_writer_number(w, "body_weight", BODY_WEIGHT, err);
}

static genu_status put(genu_writer *w, const sweep *of, const char *name, const double *value,
                       int count, genu_err *err)
{
    genu_status s = genu_catalogue_write(w, name, 0, of->n_strength, err);
    return s ? s : genu_writer_put(w, name, 0, count, value, err);
}

static genu_status write_frames(genu_writer *w, const sweep *of, genu_err *err)
{
    double time[N_FRAME], cycle[N_SIDE * N_FRAME], stance[N_SIDE * N_FRAME];
    static double value[N_COORDINATE * N_FRAME], torque[N_COORDINATE * N_FRAME];
    for (int i = 0; i < N_FRAME; i++)
        time[i] = PERIOD * i / (N_FRAME - 1);
    for (int i = 0; i < N_SIDE * N_FRAME; i++) {
        double x = percent(i / N_FRAME, i % N_FRAME);
        cycle[i] = of->events ? x : NAN;
        stance[i] = of->events && x <= TOE_OFF ? x / TOE_OFF : NAN;
    }
    for (int i = 0; i < N_COORDINATE * N_FRAME; i++) {
        int c = i / N_FRAME;
        value[i] = c == 4 || c == 9 ? 0.4 : 0;
        torque[i] = moment(c > 5 ? c - 5 : c, percent(c > 5, i % N_FRAME));
    }
    genu_status s = put(w, of, "time", time, N_FRAME, err);
    if (!s)
        s = put(w, of, "cycle", cycle, N_SIDE, err);
    if (!s)
        s = put(w, of, "stance", stance, N_SIDE, err);
    if (!s)
        s = put(w, of, "coordinate_value", value, N_COORDINATE, err);
    return s ? s : put(w, of, "joint_moment", torque, N_COORDINATE, err);
}

static genu_status write_strengths(genu_writer *w, const sweep *of, genu_err *err)
{
    static const char *const NAME[] = { "gluteus_medius (right)", "gluteus_minimus (right)",
                                        "psoas (both sides)" };
    int n = n_scenario(of);
    double *x = calloc((size_t)n, sizeof *x);
    genu_status s = GENU_OK;
    for (int k = 0; k < of->n_strength && !s; k++) {
        char name[24];
        snprintf(name, sizeof name, "strength_%d", k + 1);
        for (int i = 0; i < n; i++)
            x[i] = strength(of, k, i);
        s = genu_catalogue_write_strength(w, k + 1, NAME[k], err);
        if (!s)
            s = genu_writer_put(w, name, 0, n, x, err);
    }
    free(x);
    return s;
}

static int is_weak(const sweep *of, int scenario)
{
    return weakness(of, scenario) > 0.85;
}

static double summary(const sweep *of, int which, int scenario)
{
    double peak1 = medial(of, scenario, 14), peak2 = medial(of, scenario, 48);
    double value[] = { fmax(peak1, peak2),
                       peak1,
                       peak2,
                       0.68 - 0.08 * weakness(of, scenario),
                       is_weak(of, scenario) ? 0.12 : 0.001,
                       is_weak(of, scenario) };
    return (which == 1 || which == 2 || which == 3) && !of->events ? NAN : value[which];
}

static genu_status write_summaries(genu_writer *w, const sweep *of, genu_err *err)
{
    static const char *const NAME[] = { "knee_medial_force_peak",  "knee_medial_force_peak1",
                                        "knee_medial_force_peak2", "knee_medial_share",
                                        "reserve_share",           "status" };
    int n = n_scenario(of);
    double *x = calloc((size_t)n * N_SIDE, sizeof *x);
    genu_status s = GENU_OK;
    for (int k = 0; k < 6 && !s; k++) {
        for (int i = 0; i < n * N_SIDE; i++)
            x[i] = summary(of, k, i / N_SIDE);
        s = put(w, of, NAME[k], x, n, err);
    }
    free(x);
    return s;
}

static genu_status write_curves(genu_writer *w, const sweep *of, genu_err *err)
{
    int n = n_scenario(of), m = N_SIDE * N_FRAME;
    double *x = calloc((size_t)n * (size_t)m, sizeof *x);
    for (int i = 0; i < n * m; i++)
        x[i] = medial(of, i / m, percent(i % m / N_FRAME, i % N_FRAME));
    genu_status s = put(w, of, "knee_medial_force", x, n, err);
    for (int i = 0; i < n * m; i++)
        x[i] = lateral(of, i / m, percent(i % m / N_FRAME, i % N_FRAME));
    if (!s)
        s = put(w, of, "knee_lateral_force", x, n, err);
    free(x);
    return s;
}

static genu_status write_muscles(genu_writer *w, const sweep *of, genu_err *err)
{
    int n = n_scenario(of), m = N_MUSCLE * N_FRAME;
    double *x = calloc((size_t)n * (size_t)m, sizeof *x);
    for (int i = 0; i < n * m; i++) {
        int muscle = i % m / N_FRAME;
        x[i] = muscle_force(of, i / m, muscle, percent(muscle >= N_MUSCLE / 2, i % N_FRAME));
    }
    genu_status s = put(w, of, "muscle_force", x, n, err);
    free(x);
    return s;
}

static const char *in_folder(const char *name)
{
    static char path[4][1200];
    static int next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", test_folder(), name);
    return p;
}

// a results file; its path is valid for three more calls of in_folder
static const char *made(const char *name, sweep of)
{
    genu_err err = { 0 };
    genu_writer *w;
    const char *path = in_folder(name);
    genu_status s = genu_writer_new(&w, path, 1, &err);
    if (!CHECK_OK(s, err))
        return path;
    s = write_dims(w, &of, &err);
    if (!s)
        s = write_frames(w, &of, &err);
    if (!s)
        s = write_strengths(w, &of, &err);
    if (!s)
        s = write_summaries(w, &of, &err);
    if (!s && of.curves)
        s = write_curves(w, &of, &err);
    if (!s && of.muscles)
        s = write_muscles(w, &of, &err);
    if (CHECK_OK(s, err))
        CHECK_OK(genu_writer_finish(w, &err), err);
    else
        genu_writer_abandon(w);
    return path;
}

static int is_named(const genu_files *files, const char *name)
{
    for (int i = 0; i < files->n; i++) {
        const char *slash = strrchr(files->path[i], '/');
        if (!strcmp(slash ? slash + 1 : files->path[i], name))
            return 1;
    }
    return 0;
}

static int note_says(const genu_notes *notes, const char *fragment)
{
    for (int i = 0; i < notes->n; i++)
        if (strstr(notes->note[i].text, fragment))
            return 1;
    return 0;
}

static void all_figures_are_drawn(void)
{
    genu_err err = { 0 };
    genu_files files = { 0 };
    genu_notes notes = { 0 };
    static genu_norms norms; // constants and one harmonic each
    for (int i = GENU_NORM_HIP_EXTENSION_MOMENT; i < GENU_N_NORM; i++) {
        norms.mean[i].a[0] = 0.3;
        norms.mean[i].a[1] = -0.3;
        norms.sd[i].a[0] = 0.15;
    }
    genu_figure_options o = genu_figure_defaults();
    o.formats = GENU_FORMAT_PNG | GENU_FORMAT_PDF;
    o.norms = &norms;
    o.norm_source = "a made-up norm";
    const char *path = made("sweep.h5", FULL), *folder = in_folder("all");
    CHECK_OK(genu_figures(path, folder, &o, &files, &notes, &err), err);
    // a grid has no indices, and there are slopes only where a study asks for them
    CHECK_INT(files.n, (genu_figure_count() - 3) * N_SIDE * 2);
    CHECK_INT(notes.n, 0);
    for (int i = 0; i < genu_figure_count(); i++) {
        char name[80];
        snprintf(name, sizeof name, "%s_left.pdf", genu_figure_name(i));
        CHECK_TRUE(is_named(&files, name) == (!strstr(name, "indices") && !strstr(name, "slope")));
        CHECK_TRUE(strlen(genu_figure_summary(i)) > 10);
    }
    CHECK_TRUE(genu_figure_name(-1) == NULL && genu_figure_name(99) == NULL);
    for (int i = 0; i < files.n; i++) {
        size_t n = 0;
        char *bytes = test_read_file(files.path[i], &n);
        CHECK_TRUE(n > 4000 && (!memcmp(bytes, "\x89PNG", 4) || !memcmp(bytes, "%PDF", 4)));
        free(bytes);
    }
    genu_files_clear(&files);
    genu_notes_clear(&notes);
}

static void same_file_gives_same_bytes(void)
{
    genu_err err = { 0 };
    genu_files files[2];
    genu_figure_options o = genu_figure_defaults();
    o.formats = GENU_FORMAT_PNG | GENU_FORMAT_SVG | GENU_FORMAT_PDF;
    o.dpi = 100;
    o.only = "knee_load";
    const char *path = made("same.h5", FULL);
    CHECK_OK(genu_figures(path, in_folder("same1"), &o, &files[0], NULL, &err), err);
    CHECK_OK(genu_figures(path, in_folder("same2"), &o, &files[1], NULL, &err), err);
    CHECK_INT(files[0].n, 3 * N_SIDE);
    for (int i = 0; i < files[0].n && i < files[1].n; i++) {
        size_t n[2] = { 0, 0 };
        char *a = test_read_file(files[0].path[i], &n[0]);
        char *b = test_read_file(files[1].path[i], &n[1]);
        CHECK_TRUE(n[0] == n[1] && !memcmp(a, b, n[0]));
        free(a);
        free(b);
    }
    genu_files_clear(&files[0]);
    genu_files_clear(&files[1]);
}

static void what_is_missing_is_named(void)
{
    genu_err err = { 0 };
    genu_files files;
    genu_notes notes = { 0 };
    genu_figure_options o = genu_figure_defaults();
    o.dpi = 72;
    sweep of = FULL;
    of.n_level = 3;
    of.curves = of.muscles = of.events = 0;
    const char *path = made("bare.h5", of);
    CHECK_OK(genu_figures(path, in_folder("bare"), &o, &files, &notes, &err), err);
    CHECK_TRUE(note_says(&notes, "figure 'knee_load' is not drawn: the file has no dataset "
                                 "'knee_medial_force'"));
    CHECK_TRUE(note_says(&notes, "'muscle_forces' is not drawn: the file has no dataset "
                                 "'muscle_force'"));
    CHECK_TRUE(note_says(&notes, "'peak1_map' is not drawn: all its values are missing"));
    CHECK_TRUE(is_named(&files, "peak_map_right.png"));
    CHECK_TRUE(is_named(&files, "joint_moments_right.png"));
    CHECK_INT(files.n, 4);
    CHECK_INT(notes.n, 6); // one each, although there are two sides
    genu_files_clear(&files);
    o.only = "knee_load";
    CHECK_FAILS(genu_figures(path, in_folder("bare"), &o, &files, &notes, &err), GENU_E_SHAPE, err,
                "does not hold what figure 'knee_load' shows");
    genu_files_clear(&files);
    genu_notes_clear(&notes);
}

static void sweeps_of_other_shapes_are_drawn(void)
{
    static const struct {
        const char *name;
        sweep of;
        int n_file;
        const char *note;
    } CASE[] = {
        { "one.h5", { 1, 7, 0.4, 1, 1, 1, 1 }, 16, NULL },
        { "single.h5", { 0, 1, 1, 1, 1, 1, 1 }, 6, "the study changes nothing" },
        { "three.h5", { 3, 3, 0.5, 1, 1, 1, 1 }, 16, NULL },
        { "time.h5", { 1, 3, 0.5, 1, 1, 1, 0 }, 8, "the record holds no stance phase" },
        { "level.h5", { 1, 1, 0.5, 0.5, 1, 1, 1 }, 6, "has only one level" },
    };
    genu_figure_options o = genu_figure_defaults();
    o.dpi = 72;
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        genu_err err = { 0 };
        genu_files files;
        genu_notes notes = { 0 };
        char folder[40];
        snprintf(folder, sizeof folder, "shape%zu", i);
        const char *path = made(CASE[i].name, CASE[i].of);
        CHECK_OK(genu_figures(path, in_folder(folder), &o, &files, &notes, &err), err);
        CHECK_INT(files.n, CASE[i].n_file);
        CHECK_TRUE(CASE[i].note ? note_says(&notes, CASE[i].note) : notes.n == 0);
        genu_files_clear(&files);
        genu_notes_clear(&notes);
    }
}

static void wrong_options_are_named(void)
{
    genu_err err = { 0 };
    genu_files files;
    const char *path = made("options.h5", (sweep){ 1, 2, 0.5, 1, 1, 0, 1 });
    genu_figure_options o = genu_figure_defaults();
    o.dpi = 10;
    CHECK_FAILS(genu_figures(path, in_folder("x"), &o, &files, NULL, &err), GENU_E_RANGE, err,
                "dpi is 10, must be from 36 to 1200");
    o = genu_figure_defaults();
    o.formats = 0;
    CHECK_FAILS(genu_figures(path, in_folder("x"), &o, &files, NULL, &err), GENU_E_RANGE, err,
                "must be png, svg or pdf");
    o = genu_figure_defaults();
    o.reserve_limit = 2;
    CHECK_FAILS(genu_figures(path, in_folder("x"), &o, &files, NULL, &err), GENU_E_RANGE, err,
                "reserve limit is 2");
    o = genu_figure_defaults();
    o.only = "kneeload";
    CHECK_FAILS(genu_figures(path, in_folder("x"), &o, &files, NULL, &err), GENU_E_RANGE, err,
                "did you mean 'knee_load'");
    o.only = "banana";
    CHECK_FAILS(genu_figures(path, in_folder("x"), &o, &files, NULL, &err), GENU_E_RANGE, err,
                "there is no figure 'banana'");
    o.only = NULL;
    CHECK_FAILS(genu_figures(in_folder("absent.h5"), in_folder("x"), &o, &files, NULL, &err),
                GENU_E_IO, err, "absent.h5");
    CHECK_INT(files.n, 0);
}

static void bad_folders_are_named(void)
{
    genu_err err = { 0 };
    genu_files files;
    genu_figure_options o = genu_figure_defaults();
    o.dpi = 72;
    const char *path = made("folder.h5", (sweep){ 1, 2, 0.5, 1, 1, 0, 1 });
    CHECK_FAILS(genu_figures(path, path, &o, &files, NULL, &err), GENU_E_IO, err,
                "a file of that name exists");
    CHECK_FAILS(genu_figures(path, in_folder("no/such"), &o, &files, NULL, &err), GENU_E_IO, err,
                "cannot be made: No such file or directory");
    CHECK_TRUE(!mkdir(in_folder("locked"), 0555) || errno == EEXIST);
    int root = !geteuid(); // root may write everywhere
    CHECK_TRUE(!root || !seteuid(65534));
    CHECK_FAILS(genu_figures(path, in_folder("locked"), &o, &files, NULL, &err), GENU_E_IO, err,
                "Permission denied");
    CHECK_TRUE(!root || !seteuid(0));
    CHECK_INT(files.n, 0);
    genu_files_clear(&files);
}

// --- what the figures choose

static void open_set(figure_set *set, const char *path, genu_figure_options *o)
{
    genu_err err = { 0 };
    *o = genu_figure_defaults();
    CHECK_OK(figure_set_open(set, path, o, &err), err);
}

static void levels_are_chosen(void)
{
    genu_err err = { 0 };
    genu_figure_options o;
    figure_set set;
    figure_levels l;
    open_set(&set, made("levels.h5", FULL), &o);
    CHECK_OK(figure_levels_of(&set, 7, &l, &err), err);
    CHECK_INT(l.n, 7);
    for (int i = 0; i < l.n; i++) {
        CHECK_NEAR(l.level[i], 20 * i, 0, 1e-9);
        CHECK_INT(l.scenario[i], 2 * i * 14); // on the diagonal of 13 x 13
    }
    CHECK_INT(l.reference, 5);
    CHECK_TEXT(l.what, "Strength of right gluteus medius and right gluteus minimus");
    CHECK_INT(set.usual, 10 * 14);
    CHECK_TEXT(figure_level_text(&set, &l, 0, 0), "0\xC2\xA0% *");
    CHECK_TEXT(figure_level_text(&set, &l, 5, 0), "100\xC2\xA0%");
    CHECK_OK(figure_three_levels(&set, &l, &err), err);
    CHECK_INT(l.n, 3);
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(l.level[i], 50 * i, 0, 1e-9);
    CHECK_INT(l.reference, 2);
    figure_set_close(&set);
}

static void doubt_follows_the_limit(void)
{
    genu_err err = { 0 };
    figure_set set;
    genu_figure_options o = genu_figure_defaults();
    o.reserve_limit = 0.0005; // below every scenario's share
    CHECK_OK(figure_set_open(&set, made("doubt.h5", FULL), &o, &err), err);
    CHECK_INT(figure_doubtful(&set, 140, 0), 1);
    figure_set_close(&set);
    o.reserve_limit = 0.05;
    CHECK_OK(figure_set_open(&set, in_folder("doubt.h5"), &o, &err), err);
    for (int i = 0; i < set.n_scenario; i++)
        CHECK_INT(figure_doubtful(&set, i, 1), is_weak(&FULL, i));
    figure_set_close(&set);
}

static void phase_is_the_cycle_of_its_side(void)
{
    genu_err err = { 0 };
    genu_figure_options o;
    figure_set set;
    figure_phase p;
    open_set(&set, made("phase.h5", FULL), &o);
    for (int side = 0; side < N_SIDE; side++) {
        double *curve, ones[N_FRAME + 2];
        CHECK_OK(figure_phase_of(&set, side, &p, &err), err);
        CHECK_TRUE(p.is_cycle);
        CHECK_INT(p.n, N_FRAME);
        for (int i = 0; i < p.n; i++) {
            CHECK_TRUE(i == 0 || p.x[i] >= p.x[i - 1]);
            ones[i] = 1;
        }
        CHECK_INT(p.n_shade, 1);
        CHECK_NEAR(p.shade[0][0], 0, 0, 1e-9);
        CHECK_NEAR(p.shade[0][1], TOE_OFF, 0, 1e-9);
        // the integral of 1 over stance is its duration
        CHECK_NEAR(figure_impulse(&p, ones), PERIOD * TOE_OFF / 100, 1e-12, 0);
        CHECK_OK(figure_curve(&set, "knee_medial_force", 3, side, &p, 2, &curve, &err), err);
        for (int i = 0; i < p.n; i++)
            CHECK_NEAR(curve[i], 2 * medial(&FULL, 3, p.x[i]), 1e-12, 0);
    }
    figure_set_close(&set);
}

static void time_takes_the_place_of_the_cycle(void)
{
    genu_err err = { 0 };
    genu_figure_options o;
    figure_set set;
    figure_phase p;
    double ones[N_FRAME + 2] = { 0 };
    open_set(&set, made("clock.h5", (sweep){ 1, 2, 0.5, 1, 1, 0, 0 }), &o);
    CHECK_OK(figure_phase_of(&set, 0, &p, &err), err);
    CHECK_TRUE(!p.is_cycle);
    CHECK_TEXT(p.label, "Time (s)");
    CHECK_NEAR(p.hi, PERIOD, 1e-12, 0);
    CHECK_INT(p.n_shade, 0);
    CHECK_TRUE(isnan(figure_impulse(&p, ones)));
    figure_set_close(&set);
}

// --- the other figures

static void two_scenarios_are_compared(void)
{
    genu_err err = { 0 };
    genu_files files;
    genu_figure_options o = genu_figure_defaults();
    const char *a = made("compare_a.h5", FULL);
    const char *b = made("compare_b.h5", (sweep){ 1, 5, 0.2, 1, 1, 0, 1 });
    genu_figure_case first = { a, -1, NULL }, second = { b, 0, NULL };
    CHECK_OK(genu_figure_compare(&first, &second, in_folder("compare"), &o, &files, NULL, &err),
             err);
    CHECK_INT(files.n, N_SIDE);
    genu_files_clear(&files);
    second.scenario = 5;
    CHECK_FAILS(genu_figure_compare(&first, &second, in_folder("compare"), &o, &files, NULL, &err),
                GENU_E_RANGE, err, "has no scenario 5, must be 0 to 4");
    second = (genu_figure_case){ made("compare_c.h5", (sweep){ 1, 2, 0, 1, 0, 0, 1 }), 0, NULL };
    CHECK_FAILS(genu_figure_compare(&first, &second, in_folder("compare"), &o, &files, NULL, &err),
                GENU_E_SHAPE, err, "no dataset 'knee_medial_force' to compare");
    second = (genu_figure_case){ made("compare_c.h5", (sweep){ 1, 2, 0, 1, 1, 0, 0 }), 0, NULL };
    first.results = in_folder("compare_a.h5");
    CHECK_FAILS(genu_figure_compare(&first, &second, in_folder("compare"), &o, &files, NULL, &err),
                GENU_E_SHAPE, err, "only one of them holds a whole gait cycle");
    CHECK_INT(files.n, 0);
}

static void moment_arms_are_drawn(void)
{
    enum { N = 31, MODELS = 3, PANELS = 6 };
    static const char *const MODEL[MODELS] = { "bundled", "model A", "model B" };
    static const char *const PANEL[PANELS] = { "gluteus medius", "gluteus minimus", "psoas",
                                               "rectus femoris", "hamstrings",      "adductors" };
    static double angle[N], arm[PANELS * MODELS * N];
    genu_err err = { 0 };
    genu_files files;
    genu_figure_options o = genu_figure_defaults();
    for (int i = 0; i < N; i++)
        angle[i] = -30 + 4.0 * i;
    for (int i = 0; i < PANELS * MODELS * N; i++) {
        int k = i / (MODELS * N), m = i / N % MODELS;
        arm[i] =
            k == 3 && m == 2 ? NAN : 0.01 * (k - 2) + 0.03 * cos(0.02 * angle[i % N] + 0.1 * m);
    }
    genu_figure_arms f = {
        "Moment arms", "Hip flexion (degrees)", N, MODELS, PANELS, angle, MODEL, PANEL, arm,
        "Made up."
    };
    CHECK_OK(genu_figure_moment_arms(&f, in_folder("arms"), &o, &files, &err), err);
    CHECK_INT(files.n, 1);
    genu_files_clear(&files);
    f.n_model = 8;
    CHECK_FAILS(genu_figure_moment_arms(&f, in_folder("arms"), &o, &files, &err), GENU_E_RANGE, err,
                "8 models, must be at most 7");
    f.n_model = 0;
    CHECK_FAILS(genu_figure_moment_arms(&f, in_folder("arms"), &o, &files, &err), GENU_E_RANGE, err,
                "6 muscles of 0 models");
}

static void charts_check_what_they_get(void)
{
    const double up[] = { 0, 1 }, down[] = { 1, 0 }, z[] = { NAN, NAN, NAN, NAN };
    genu_err err = { 0 };
    genu_canvas *c;
    genu_map map = { .title = "m", .nx = 2, .ny = 2, .x = up, .y = down, .z = z };
    CHECK_FAILS(genu_map_draw(&map, &c, &err), GENU_E_RANGE, err, "rising axes");
    map.y = up;
    CHECK_FAILS(genu_map_draw(&map, &c, &err), GENU_E_RANGE, err, "map 'm' has no finite value");
    map.nx = 1;
    CHECK_FAILS(genu_map_draw(&map, &c, &err), GENU_E_RANGE, err, "must be at least 2 x 2");
    genu_bars bars = { .title = "b", .n = 0, .n_level = 1 };
    CHECK_FAILS(genu_bars_draw(&bars, &c, &err), GENU_E_RANGE, err, "0 bars of 1 levels");
    genu_chart chart = { .title = "p", .n_series = 2 };
    genu_curves curves = { .n_chart = 1, .columns = 1, .chart = &chart, .n_key = 1 };
    CHECK_FAILS(genu_curves_draw(&curves, &c, &err), GENU_E_RANGE, err, "panel 'p' has 2 curves");
    curves.n_chart = 0;
    CHECK_FAILS(genu_curves_draw(&curves, &c, &err), GENU_E_RANGE, err, "0 panels");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(all_figures_are_drawn),
        TEST(same_file_gives_same_bytes),
        TEST(what_is_missing_is_named),
        TEST(sweeps_of_other_shapes_are_drawn),
        TEST(wrong_options_are_named),
        TEST(bad_folders_are_named),
        TEST(levels_are_chosen),
        TEST(doubt_follows_the_limit),
        TEST(phase_is_the_cycle_of_its_side),
        TEST(time_takes_the_place_of_the_cycle),
        TEST(two_scenarios_are_compared),
        TEST(moment_arms_are_drawn),
        TEST(charts_check_what_they_get),
        CU_TEST_INFO_NULL,
    };
    return test_main("figure", tests, argc, argv);
}
