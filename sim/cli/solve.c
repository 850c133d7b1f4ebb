#include "sim/cli/solve.h"

#include "sim/cli/cmd.h"
#include "sim/describe.h"
#include "sim/file.h"
#include "sim/parameters.h"
#include "sim/ranks.h"
#include "sim/results.h"
#include "sim/sweep.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

typedef struct solve_args {
    const char *verb;        /* "run" or "sweep"                                      */
    const char *study, *out; /* out NULL: named after the study, in this folder    */
    int threads, force, resume, verbose;
    int shard, n_shard; /* 0 of 0: all                                            */
    int one;            /* 1: the study must have exactly one scenario           */
    char *command;
} solve_args;

static volatile sig_atomic_t stop_asked;

/* The first signal asks to stop after the scenarios in work; the second one ends the program. */
static void on_signal(int number)
{
    stop_asked = number;
    signal(number, SIG_DFL);
}

/* Ctrl-C, and what a batch system sends when the time is up. A reader of our messages who went away
 * must not cost the results. */
static const struct {
    int number;
    void (*handler)(int);
} watched[] = { { SIGINT, on_signal }, { SIGTERM, on_signal }, { SIGPIPE, SIG_IGN } };

enum { N_WATCHED = sizeof watched / sizeof *watched };

static void watch(struct sigaction *before)
{
    for (int i = 0; i < N_WATCHED; i++) {
        struct sigaction action = { .sa_handler = watched[i].handler };
        sigemptyset(&action.sa_mask);
        sigaction(watched[i].number, &action, &before[i]);
    }
}

static void unwatch(const struct sigaction *before)
{
    for (int i = 0; i < N_WATCHED; i++)
        sigaction(watched[i].number, &before[i], NULL);
}

/* A bar with the time left on a terminal, else a line for every tenth and every minute. */
typedef struct bar {
    double start, last_line;
    int tty, last_tenth;
} bar;

/* "4:07", from an hour on "2 h 05 min" */
static const char *time_text(double seconds, char text[32])
{
    int whole = (int)fmin(seconds + 0.5, 1e9);
    if (whole < 3600)
        snprintf(text, 32, "%d:%02d", whole / 60, whole % 60);
    else
        snprintf(text, 32, "%d h %02d min", whole / 3600, whole / 60 % 60);
    return text;
}

static void show_progress(int done, int total, void *context)
{
    bar *b = context;
    double now = genu_trial_clock();
    char left[32];
    time_text((now - b->start) * (total - done) / (done > 0 ? done : 1), left);
    if (b->tty) {
        enum { WIDTH = 30 };
        int filled = (int)((long long)WIDTH * done / total);
        fprintf(stderr, "\r[%.*s%*s] %d of %d scenarios, %s left   ", filled,
                "##############################", WIDTH - filled, "", done, total, left);
        if (done == total)
            fputc('\n', stderr);
        fflush(stderr);
        return;
    }
    int tenth = (int)((long long)10 * done / total);
    if (tenth > b->last_tenth || now - b->last_line > 60) {
        fprintf(stderr, "%d of %d scenarios, %s left\n", done, total, left);
        b->last_line = now;
    }
    b->last_tenth = tenth;
}

/* "a/abductor_strength.yaml" gives "abductor_strength.h5". */
static char *default_out(const char *study)
{
    const char *slash = strrchr(study, '/'), *name = slash ? slash + 1 : study;
    const char *dot = strrchr(name, '.');
    int n = dot && dot > name ? (int)(dot - name) : (int)strlen(name);
    char *out = malloc((size_t)n + 4);
    if (out)
        sprintf(out, "%.*s.h5", n, name);
    return out;
}

/* "scenario 7: knee.spacing 0.04; strength of gluteus_medius right 1.2; soleus 0.5" */
static void print_scenario(const genu_study *study, int scenario)
{
    double value[GENU_PARAMETER_MAX];
    genu_study_values(study, scenario, value);
    printf("scenario %d:", scenario);
    for (int i = 0; i < study->vary.n; i++)
        printf("%s %s %.4g", i ? ";" : "", study->vary.item[i].setting, value[i]);
    for (int e = 0; e < study->strength.n; e++) {
        const genu_parameter *s = &study->strength.item[e];
        printf("%s", e ? "; " : study->vary.n ? "; strength of " : " strength of ");
        for (int i = 0; i < s->muscles.n; i++)
            printf("%s%s", i ? ", " : "", s->muscles.text[i]);
        printf(" %s%.4g",
               s->side == GENU_SIDE_BOTH ? ""
               : s->side == GENU_RIGHT   ? "right "
                                         : "left ",
               value[study->vary.n + e]);
    }
    puts(genu_study_n_parameter(study) ? "" : " full strength");
}

/* One row of the table: the first and, where there are several, the last scenario. */
static void print_row(const char *side, const char *name, const char *unit, const double *value,
                      int n, const double *body_weight)
{
    printf("%-6s %-24s", side, name);
    for (int i = 0; i < n; i++) {
        if (isnan(value[i]))
            printf(" %12s", "missing");
        else
            printf(" %12.4g", value[i]);
        if (*unit == 'N' && !isnan(value[i]))
            printf(" N (%.2f BW)", value[i] / body_weight[i]);
        else if (i + 1 < n)
            printf("%12s", "");
    }
    putchar('\n');
}

/* Peaks of the first and the last scenario, from the file just written. */
static void print_peaks(const genu_study *study, const char *path)
{
    static const struct {
        const char *name, *unit;
    } rows[] = { { "knee_force_peak", "N" },
                 { "knee_medial_force_peak", "N" },
                 { "knee_lateral_force_peak", "N" },
                 { "knee_medial_share", "" },
                 { "reserve_share", "" } };
    genu_results *r;
    if (genu_results_open(&r, path, NULL) != GENU_OK)
        return;
    int n = study->n_scenario > 1 ? 2 : 1, last = study->n_scenario - 1;
    double bw[2] = { genu_scenario_weight(r, 0), genu_scenario_weight(r, last) };
    genu_dataset side = { 0 };
    print_scenario(study, 0);
    if (n == 2) {
        print_scenario(study, last);
        printf("%-6s %-24s %12s %d %8s %12s %d\n", "knee", "", "scenario", 0, "", "scenario", last);
    }
    if (genu_results_read(r, "side", &side, NULL) == GENU_OK && side.text)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            genu_dataset a = { 0 }, b = { 0 };
            if (genu_results_read_slab(r, rows[i].name, 0, 1, &a, NULL) == GENU_OK &&
                genu_results_read_slab(r, rows[i].name, last, 1, &b, NULL) == GENU_OK)
                for (int k = 0; k < a.dim[1]; k++) {
                    double value[2] = { a.value[k], b.value[k] };
                    print_row(side.text[k], rows[i].name, rows[i].unit, value, n, bw);
                }
            genu_dataset_free(&a);
            genu_dataset_free(&b);
        }
    genu_dataset_free(&side);
    genu_results_close(r);
}

static void report(const genu_trial *t, const solve_args *args, const genu_sweep_info *info,
                   double seconds)
{
    if (args->resume && info->n_found)
        printf("%d of %d scenarios were saved before\n", info->n_found, info->n_scenario);
    else if (args->resume)
        printf("nothing was saved before: started afresh\n");
    printf(
        "%d scenario%s x %d frames: %d solved, %d beyond the muscles (reserve above %.0f %% of a "
        "joint's moment), %d not converged\n",
        info->n_done, info->n_done == 1 ? "" : "s", t->n_frame,
        info->n_done - info->n_weak - info->n_unconverged - info->n_failed, info->n_weak,
        100 * GENU_WEAK_SHARE, info->n_unconverged);
    if (info->n_failed)
        printf("%d could not be computed%s%s\n", info->n_failed, *info->why ? ", the first: " : "",
               info->why);
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("time: %.3f s (files and movement %.3f, frames %.3f, load sharing %.3f, writing %.3f), "
           "memory: %ld MB, vectors: %s\n",
           seconds, t->seconds_read, t->seconds_frames, info->seconds_solve, info->seconds_write,
           used.ru_maxrss / 1000, info->level); // Linux counts it in kB
    if (*t->report)
        printf("%s\n", t->report);
    if (args->n_shard) {
        printf("shard %d of %d: %s; genu merge makes one file of them all\n", args->shard,
               args->n_shard, info->path);
        return;
    }
    print_peaks(t->study, info->path);
    if (!genu_study_varies(t->study, GENU_STAGE_MOVEMENT))
        printf("the movement is assumed to be the same in every scenario\n");
    printf("results: %s\n", info->path);
}

/* What the sweep has to say, but for the error. */
static void tell(const genu_trial *t, const solve_args *args, const char *out,
                 const genu_sweep_info *info, genu_status s, double seconds)
{
    if (genu_ranks_rank())
        return;
    if (info->n_damaged)
        fprintf(stderr,
                "warning: %d saved block%s of scenarios were cut short or damaged, and are "
                "computed anew\n",
                info->n_damaged, info->n_damaged == 1 ? "" : "s");
    if (s == GENU_OK && info->was_complete)
        printf("'%s' is complete and of this study: nothing is left to do\n", out);
    else if (s == GENU_OK)
        report(t, args, info, seconds);
}

static genu_status sweep(const solve_args *args, const genu_trial *trial, const char *out,
                         double start, genu_err *err)
{
    double now = genu_trial_clock();
    bar b = { .start = now, .last_line = now, .tty = isatty(STDERR_FILENO) };
    int shows = trial->study->n_scenario > 1 && !genu_ranks_rank();
    genu_sweep_settings settings = { .threads = args->threads,
                                     .force = args->force,
                                     .resume = args->resume,
                                     .shard = args->shard,
                                     .n_shard = args->n_shard,
                                     .command = args->command,
                                     .stop = &stop_asked,
                                     .progress = shows ? show_progress : NULL,
                                     .context = &b };
    genu_sweep_info info;
    struct sigaction before[N_WATCHED];
    watch(before);
    genu_status s = genu_sweep(trial, out, &settings, &info, err);
    unwatch(before);
    if (b.tty && s != GENU_OK)
        fputc('\n', stderr);
    tell(trial, args, out, &info, s, genu_trial_clock() - start);
    free(info.path);
    return s;
}

/* With --force a slip as `-o model.osim` would cost the user that file. */
static genu_status check_out(const solve_args *args, const char *out, genu_err *err)
{
    if (genu_file_kind_of(out) != GENU_FILE_RESULTS)
        return genu_fail(err, GENU_E_RANGE, "the results file is '%s', must end in .h5", out);
    if (!args->force && !args->resume && !args->n_shard && !access(out, F_OK))
        return genu_fail(err, GENU_E_IO, "'%s' exists: --force replaces it, -o names another file",
                         out);
    return GENU_OK;
}

/* The study and every file that it names, before anything is computed. */
static genu_status prepare(const solve_args *args, const char *out, genu_study **study,
                           genu_notes *notes, genu_err *err)
{
    genu_status s = genu_study_read(study, args->study, notes, err);
    if (s == GENU_OK && args->one && (*study)->n_scenario != 1)
        s = genu_fail(err, GENU_E_RANGE,
                      "study '%s' has %d scenarios, not one: genu sweep solves them all",
                      args->study, (*study)->n_scenario);
    if (s == GENU_OK)
        s = check_out(args, out, err);
    if (s == GENU_OK)
        s = genu_study_check_files(*study, notes, err);
    genu_file_name_notes(notes, 0, args->study);
    return s;
}

/* A grid with a few more steps than meant fills a disk; better said before than after hours. */
static genu_status check_room(const solve_args *args, const genu_trial *t, const char *out,
                              genu_err *err)
{
    const genu_study *study = t->study;
    const char *slash = strrchr(out, '/');
    char *folder = slash ? strndup(out, (size_t)(slash - out) + 1) : genu_strdup(".");
    struct statvfs disk;
    int known = folder && !statvfs(folder, &disk);
    free(folder);
    double need = genu_sweep_room(t, args->n_shard);
    double free_bytes = known ? (double)disk.f_bavail * (double)disk.f_frsize : 0;
    if (known && !args->resume && need > free_bytes)
        return genu_fail(err, GENU_E_IO,
                         "'%s': %d scenarios x %d frames need about %.3g GB%s, there are %.3g GB "
                         "free; take fewer steps, or leave 'muscles' or 'curves' out of 'output'",
                         out, study->n_scenario, t->n_frame, need / 1e9,
                         args->n_shard ? "" : ", half of it until the file is complete",
                         free_bytes / 1e9);
    return GENU_OK;
}

static int solve(const solve_args *args)
{
    double start = genu_trial_clock();
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    genu_study *study = NULL;
    genu_trial *trial = NULL;
    if (!args->one)
        genu_ranks_start();
    int rank = genu_ranks_rank(); // the first speaks for all
    genu_severity least = rank ? GENU_ERROR : args->verbose ? GENU_NOTE : GENU_WARNING;
    char *out = args->out ? genu_strdup(args->out) : default_out(args->study);
    genu_status s = out ? prepare(args, out, &study, &notes, &err)
                        : genu_fail(&err, GENU_E_MEMORY, "out of memory");
    if (s == GENU_OK && study->task && !rank)
        fprintf(stderr, "generating the movement of '%s' for '%s', some seconds\n", study->task,
                study->model);
    if (s == GENU_OK)
        s = genu_trial_new(&trial, study, args->threads, &notes, &err);
    if (s == GENU_OK)
        s = check_room(args, trial, out, &err);
    int code = cmd_end(args->verb, s, &notes, least, &err);
    if (genu_ranks_largest((int)s) && s == GENU_OK)
        code = GENU_EXIT_FAILED; // another rank said why
    else if (s == GENU_OK && (s = sweep(args, trial, out, start, &err)) != GENU_OK) {
        code = cmd_fail(args->verb, &err);
        if (s == GENU_E_STOPPED)
            code = 128 + stop_asked; // as shells have it: 130 for Ctrl-C
    }
    genu_trial_free(trial);
    genu_study_free(study);
    genu_notes_clear(&notes);
    free(out);
    return code;
}

/* The first two are of `sweep` only. */
static const struct argp_option options[] = {
    { "resume", 'R', NULL, 0, "go on from what a sweep that was stopped or killed had saved", 0 },
    { "shard", 'S', "K/N", 0,
      "solve the Kth of N parts only, into OUT.h5.shard-K-of-N; genu merge puts them together", 0 },
    { "output", 'o', "OUT.h5", 0, "results file; default: named after the study, in this folder",
      0 },
    { "threads", 'j', "N", 0, "number of threads; default: all cores. It changes no result", 0 },
    { "force", 'F', NULL, 0, "replace an existing results file, once the new one is complete", 0 },
    { "verbose", 'v', NULL, 0, "print notes on the files that were read, too", 0 },
    { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    solve_args *a = state->input;
    switch (key) {
    case 'o':
        a->out = arg;
        break;
    case 'j': {
        char *end;
        long n = strtol(arg, &end, 10);
        if (*end || n < 1 || n > 1024)
            argp_error(state, "number of threads is '%s', must be 1 to 1024", arg);
        a->threads = (int)n;
        break;
    }
    case 'F':
        a->force = 1;
        break;
    case 'R':
        a->resume = 1;
        break;
    case 'S': {
        int end = 0;
        if (sscanf(arg, "%d/%d%n", &a->shard, &a->n_shard, &end) != 2 || arg[end] || a->shard < 1 ||
            a->shard > a->n_shard)
            argp_error(state, "the shard is '%s', must be K/N with K from 1 to N", arg);
        break;
    }
    case 'v':
        a->verbose = 1;
        break;
    case ARGP_KEY_ARG:
        if (a->study)
            argp_error(state, "one study file at a time, but there is '%s', too", arg);
        a->study = arg;
        break;
    case ARGP_KEY_END:
        if (!a->study)
            argp_error(state, "a study file is missing");
        if (a->force && a->resume)
            argp_error(state, "--force starts afresh and --resume goes on: take one of them");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

int solve_command(const char *verb, int one, const char *help, int argc, char **argv)
{
    const struct argp argp = {
        one ? options + 2 : options, parse, "STUDY", help, NULL, NULL, NULL
    };
    solve_args args = { .verb = verb, .one = one };
    int done;
    args.command = cmd_line(argc, argv);
    int code = cmd_parse(&argp, argc, argv, &args, &done);
    if (!done)
        code = solve(&args);
    free(args.command);
    return code;
}
