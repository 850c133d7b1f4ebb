#include "sim/sweep.h"

#include "sim/sweep_block.h"
#include "sim/sweep_file.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the threads work with. */
typedef struct team {
    int n;
    sweep_block **block;
    genu_worker **worker;
} team;

static void team_free(team *t)
{
    for (int i = 0; i < t->n; i++) {
        if (t->block)
            sweep_block_free(t->block[i]);
        if (t->worker)
            genu_worker_free(t->worker[i]);
    }
    free(t->block);
    free(t->worker);
}

static genu_status team_new(team *t, const genu_trial *trial, int n, genu_err *err)
{
    t->block = calloc((size_t)n, sizeof *t->block);
    t->worker = calloc((size_t)n, sizeof *t->worker);
    t->n = n;
    if (!t->block || !t->worker)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int i = 0; i < n; i++) {
        genu_status s = sweep_block_new(&t->block[i], trial, err);
        if (s == GENU_OK)
            s = genu_worker_new(&t->worker[i], trial->plan, err);
        if (s != GENU_OK)
            return s;
    }
    return GENU_OK;
}

/* "a/b.h5" becomes "a/b.partial.h5". */
static char *partial_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    if (!dot || (slash && dot < slash))
        dot = path + strlen(path);
    char *name = malloc(strlen(path) + 12);
    if (name)
        sprintf(name, "%.*s.partial%s", (int)(dot - path), path, dot);
    return name;
}

static int stopped(const genu_sweep_settings *settings)
{
    return settings->stop && *settings->stop;
}

/* As many blocks as there are threads at a time; then one thread writes them in order. */
static genu_status run(const genu_trial *trial, genu_writer *w, team *t,
                       const genu_sweep_settings *settings, genu_sweep_info *info, genu_err *err)
{
    int total = info->n_scenario;
    while (info->n_done < total && !stopped(settings)) {
        int n_block = (total - info->n_done + GENU_BLOCK - 1) / GENU_BLOCK;
        n_block = n_block < t->n ? n_block : t->n;
        double start = genu_trial_clock();
#pragma omp parallel for schedule(static, 1) num_threads(t->n)
        for (int i = 0; i < n_block; i++) {
            int first = info->n_done + i * GENU_BLOCK;
            int n = total - first < GENU_BLOCK ? total - first : GENU_BLOCK;
            sweep_block_solve(t->block[i], trial, t->worker[i], first, n);
        }
        double solved = genu_trial_clock();
        for (int i = 0; i < n_block; i++) {
            const sweep_block *b = t->block[i];
            genu_status s = sweep_file_put(w, trial, b, err);
            if (s != GENU_OK)
                return s;
            info->n_done += b->n;
            info->n_weak += b->n_weak;
            info->n_unconverged += b->n_unconverged;
        }
        info->seconds_solve += solved - start;
        info->seconds_write += genu_trial_clock() - solved;
        if (settings->progress)
            settings->progress(info->n_done, total, settings->context);
    }
    return GENU_OK;
}

/* After a stop: what is done goes to OUT.partial.h5. */
static genu_status keep_partial(genu_writer *w, const char *path, genu_sweep_info *info,
                                genu_err *err)
{
    char *name = partial_name(path);
    if (info->n_done == 0 || !name) {
        free(name);
        genu_writer_abandon(w);
        return genu_fail(err, GENU_E_STOPPED, "stopped before the first scenario was done");
    }
    genu_status s = genu_writer_truncate(w, "scenario", info->n_done, err);
    if (s == GENU_OK)
        s = genu_writer_rename(w, name, 1, err);
    if (s != GENU_OK) {
        free(name);
        genu_writer_abandon(w);
        return s;
    }
    s = genu_writer_finish(w, err);
    if (s != GENU_OK) {
        free(name);
        return s;
    }
    info->path = name;
    return genu_fail(err, GENU_E_STOPPED, "stopped after %d of %d scenarios, which are in '%s'",
                     info->n_done, info->n_scenario, name);
}

genu_status genu_sweep(const genu_trial *trial, const char *path,
                       const genu_sweep_settings *settings, genu_sweep_info *info, genu_err *err)
{
    team t = { 0 };
    genu_writer *w = NULL;
    *info = (genu_sweep_info){ .n_scenario = trial->study->n_scenario,
                               .level = genu_plan_level(trial->plan) };
    int threads = settings->threads > 0 ? settings->threads : omp_get_max_threads();
    genu_status s = sweep_file_open(&w, trial, path, settings->force, settings->command, err);
    if (s != GENU_OK)
        return s;
    s = team_new(&t, trial, threads, err);
    if (s == GENU_OK)
        s = run(trial, w, &t, settings, info, err);
    team_free(&t);
    if (s != GENU_OK) {
        genu_writer_abandon(w);
        return s;
    }
    if (info->n_done < info->n_scenario)
        return keep_partial(w, path, info, err);
    s = genu_writer_finish(w, err);
    if (s == GENU_OK && !(info->path = genu_strdup(path)))
        s = genu_fail(err, GENU_E_MEMORY, "out of memory");
    return s;
}
