#include "sim/cli/solve.h"

#include "sim/cli/cmd.h"
#include "sim/results.h"
#include "sim/sweep.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stop_asked;

/* The first Ctrl-C asks to stop after the scenarios in work; the second one ends the program. */
static void on_interrupt(int number)
{
    stop_asked = 1;
    signal(number, SIG_DFL);
}

/* A bar with the time left on a terminal, else a line for every tenth. */
typedef struct bar {
    double start;
    int tty, last_tenth;
} bar;

static void show_progress(int done, int total, void *context)
{
    bar *b = context;
    double seconds = genu_trial_clock() - b->start;
    int left = (int)(seconds * (total - done) / (done > 0 ? done : 1) + 0.5);
    if (b->tty) {
        enum { WIDTH = 30 };
        int filled = (int)((long long)WIDTH * done / total);
        fprintf(stderr, "\r[%.*s%*s] %d of %d scenarios, %d:%02d left ", filled,
                "##############################", WIDTH - filled, "", done, total, left / 60,
                left % 60);
        if (done == total)
            fputc('\n', stderr);
        fflush(stderr);
        return;
    }
    int tenth = (int)((long long)10 * done / total);
    if (tenth > b->last_tenth)
        fprintf(stderr, "%d of %d scenarios, %d:%02d left\n", done, total, left / 60, left % 60);
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

static double at(const genu_dataset *d, int i)
{
    return d->value[i];
}

/* Peaks of the first, the full-strength and the last scenario, from the file just written. */
static void print_peaks(const char *path)
{
    static const char *const names[] = { "knee_force_peak", "knee_medial_force_peak",
                                         "knee_lateral_force_peak", "knee_medial_share",
                                         "reserve_share" };
    genu_results *r;
    if (genu_results_open(&r, path, NULL) != GENU_OK)
        return;
    double bw = genu_results_number(r, "body_weight");
    genu_dataset side = { 0 };
    if (genu_results_read(r, "side", &side, NULL) == GENU_OK && side.text) {
        printf("%-6s %-28s %12s %12s\n", "knee", "", "first", "last scenario");
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            genu_dataset d = { 0 };
            if (genu_results_read(r, names[i], &d, NULL) != GENU_OK)
                continue;
            int n_side = d.dim[1], last = (d.dim[0] - 1) * n_side, force = i < 3;
            for (int k = 0; k < n_side; k++) {
                double a = at(&d, k), b = at(&d, last + k);
                printf("%-6s %-28s %12.4g %12.4g", side.text[k], names[i], a, b);
                if (force)
                    printf("   N   (%.2f and %.2f BW)", a / bw, b / bw);
                putchar('\n');
            }
            genu_dataset_free(&d);
        }
    }
    genu_dataset_free(&side);
    genu_results_close(r);
}

static void report(const genu_trial *t, const genu_sweep_info *info, double seconds)
{
    printf(
        "%d scenario%s x %d frames: %d solved, %d beyond the muscles (reserve above %.0f %% of a "
        "joint's moment), %d not converged\n",
        info->n_done, info->n_done == 1 ? "" : "s", t->n_frame,
        info->n_done - info->n_weak - info->n_unconverged, info->n_weak, 100 * GENU_WEAK_SHARE,
        info->n_unconverged);
    printf("time: %.2f s (files %.2f, frames %.2f, load sharing %.2f, writing %.2f), vectors: %s\n",
           seconds, t->seconds_read, t->seconds_frames, info->seconds_solve, info->seconds_write,
           info->level);
    print_peaks(info->path);
    printf("the movement is assumed to be the same in every scenario\n");
    printf("results: %s\n", info->path);
}

static genu_status sweep(const solve_args *args, const genu_trial *trial, const char *out,
                         double start, genu_err *err)
{
    bar b = { genu_trial_clock(), isatty(STDERR_FILENO), 0 };
    genu_sweep_settings settings = { .threads = args->threads,
                                     .force = args->force,
                                     .command = args->command,
                                     .stop = &stop_asked,
                                     .progress =
                                         trial->study->n_scenario > 1 ? show_progress : NULL,
                                     .context = &b };
    genu_sweep_info info;
    genu_status s = genu_sweep(trial, out, &settings, &info, err);
    if (b.tty && s != GENU_OK)
        fputc('\n', stderr);
    if (s == GENU_OK)
        report(trial, &info, genu_trial_clock() - start);
    free(info.path);
    return s;
}

int solve(const solve_args *args)
{
    double start = genu_trial_clock();
    genu_err err = { 0 };
    genu_notes notes = { 0 };
    genu_study *study = NULL;
    genu_trial *trial = NULL;
    char *out = args->out ? genu_strdup(args->out) : default_out(args->study);
    genu_status s = genu_study_read(&study, args->study, &notes, &err);
    if (s != GENU_OK) {
        // every problem of the file, each with its line
        cmd_print_notes(&notes, GENU_ERROR, NULL);
    } else if (args->one && study->n_scenario != 1) {
        s = genu_fail(&err, GENU_E_RANGE, "study '%s' has %d scenarios: use genu sweep",
                      args->study, study->n_scenario);
    } else if (!args->force && out && !access(out, F_OK)) {
        s = genu_fail(&err, GENU_E_IO, "'%s' exists: --force replaces it, -o names another file",
                      out);
    }
    if (s == GENU_OK)
        s = genu_trial_new(&trial, study, args->threads, &notes, &err);
    cmd_print_notes(&notes, args->verbose ? GENU_NOTE : GENU_WARNING, NULL);
    if (s == GENU_OK) {
        struct sigaction action = { .sa_handler = on_interrupt }, before;
        sigemptyset(&action.sa_mask);
        sigaction(SIGINT, &action, &before);
        s = sweep(args, trial, out, start, &err);
        sigaction(SIGINT, &before, NULL);
    }
    genu_trial_free(trial);
    genu_study_free(study);
    genu_notes_clear(&notes);
    free(out);
    if (s == GENU_OK)
        return GENU_EXIT_DONE;
    cmd_fail(args->verb, &err);
    return s == GENU_E_STOPPED ? GENU_EXIT_STOPPED : GENU_EXIT_FAILED;
}
