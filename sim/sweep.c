#include "sim/sweep.h"

#include "sim/sweep_private.h"
#include "sim/sweep_saved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void job_free(sweep_job *j)
{
    for (int i = 0; i < j->n_hand && j->hand; i++) {
        sweep_block_free(j->hand[i].block);
        free(j->hand[i].record);
    }
    free(j->hand);
    genu_variants_free(j->variants);
    sweep_pour_free(&j->pour);
    genu_writer_abandon(j->w);
    genu_parts_free(j->parts);
    free(j->own);
    free(j->command);
    pthread_mutex_destroy(&j->lock);
    pthread_cond_destroy(&j->more);
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

/* After a stop: what is done without a gap can be looked at in OUT.partial.h5. */
static genu_status write_partial(sweep_job *j, genu_err *err)
{
    char *name = partial_name(j->path);
    genu_status s = name ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "out of memory");
    if (!s)
        s = sweep_pour_some(&j->pour, 1, err);
    int n = sweep_pour_done(&j->pour);
    if (!s && n > 0)
        s = genu_writer_truncate(j->w, "scenario", n, err);
    if (!s && n > 0)
        s = genu_writer_rename(j->w, name, 1, err);
    if (!s && n > 0) {
        genu_writer *w = j->w;
        j->w = NULL;
        s = genu_writer_finish(w, err);
    }
    if (!s && n > 0)
        j->info->path = name;
    else
        free(name);
    return s;
}

static genu_status end_stopped(sweep_job *j, genu_err *err)
{
    genu_err why = { 0 };
    int n = j->info->n_done, total = j->info->n_scenario;
    genu_status s = genu_parts_sync(j->parts, &why);
    if (!s && j->w)
        s = write_partial(j, &why);
    if (s)
        return genu_fail(err, GENU_E_STOPPED,
                         "stopped after %d of %d scenarios; --resume goes on (no partial results "
                         "file: %.200s)",
                         n, total, why.msg);
    if (j->info->path)
        return genu_fail(err, GENU_E_STOPPED,
                         "stopped after %d of %d scenarios, which are in '%s'; --resume goes on", n,
                         total, j->info->path);
    return genu_fail(err, GENU_E_STOPPED,
                     "stopped after %d of %d scenarios, saved in '%s'; --resume goes on", n, total,
                     j->own);
}

/* Nothing to go on from is nothing to leave behind. */
static genu_status end_failed(sweep_job *j, genu_err *err)
{
    genu_err why = { 0 };
    int n = (int)genu_parts_done(j->parts).n;
    if (n == 0) {
        genu_parts_remove(j->parts);
        return genu_fail(err, j->status, "%s", j->err.msg);
    }
    if (genu_parts_sync(j->parts, &why))
        return genu_fail(err, j->status, "%s", j->err.msg);
    return genu_fail(err, j->status, "%.300s; %d of %d scenarios are saved: --resume goes on",
                     j->err.msg, n, j->info->n_scenario);
}

/* What the other ranks saved, too. */
static genu_status take_in_ranks(sweep_job *j, genu_err *err)
{
    sweep_saved saved;
    genu_parts *all = NULL;
    genu_status s = sweep_saved_list(&saved, j->path, err);
    if (!s)
        s = genu_parts_new(&all, genu_parts_get_head(j->parts), genu_parts_columns(j->parts), err);
    if (!s) {
        genu_parts_free(j->parts);
        j->parts = j->pour.p = all;
    }
    if (!s)
        s = sweep_saved_add(&saved, all, err);
    sweep_saved_free(&saved);
    return s;
}

static genu_status finish_file(sweep_job *j, genu_err *err)
{
    genu_status s = sweep_pour_some(&j->pour, 1, err);
    genu_writer *w = j->w;
    if (s)
        return s;
    j->w = NULL;
    s = genu_writer_finish(w, err);
    if (!s && !(j->info->path = genu_strdup(j->path)))
        s = genu_fail(err, GENU_E_MEMORY, "out of memory");
    if (!s)
        genu_parts_remove(j->parts);
    return s;
}

static void count(sweep_job *j)
{
    genu_record done = genu_parts_done(j->parts);
    j->info->n_done = (int)done.n;
    j->info->n_weak = (int)done.n_weak;
    j->info->n_unconverged = (int)done.n_unconverged;
    j->info->n_failed = (int)done.n_failed;
    snprintf(j->info->why, sizeof j->info->why, "%s", j->why.msg);
}

/* All that is left to do when the blocks are there, or as many as there will be. */
static genu_status end(sweep_job *j, genu_err *err)
{
    count(j);
    if (j->status)
        return end_failed(j, err);
    if (j->info->n_done < j->info->n_scenario && sweep_stopped(j) && j->info->n_done > 0)
        return end_stopped(j, err);
    if (j->info->n_done < j->info->n_scenario && sweep_stopped(j)) {
        genu_parts_remove(j->parts);
        return genu_fail(err, GENU_E_STOPPED, "stopped before the first scenario was done");
    }
    if (j->info->n_done < j->info->n_scenario)
        return genu_fail(err, GENU_E_IO,
                         "%d of %d scenarios are saved, another rank failed: --resume goes on",
                         j->info->n_done, j->info->n_scenario);
    if (!j->w)
        return genu_parts_sync(j->parts, err);
    j->status = finish_file(j, &j->err);
    return j->status ? end_failed(j, err) : GENU_OK;
}

/* Rank 0 writes the file when all have saved what they solved. */
static genu_status end_ranks(sweep_job *j, genu_err *err)
{
    int rank = genu_ranks_rank();
    genu_status mine = j->status ? end_failed(j, err) : GENU_OK;
    if (!mine)
        mine = genu_parts_close(j->parts, err);
    (void)genu_ranks_largest((int)mine);
    if (rank == 0 && !mine) {
        j->status = take_in_ranks(j, &j->err);
        mine = end(j, err);
    }
    int worst = genu_ranks_largest((int)mine);
    if (!mine && worst)
        return genu_fail(err, (genu_status)worst, "rank %d: another rank failed", rank);
    return mine;
}

static int count_mine(const sweep_job *j)
{
    int n = 0, total = j->trial->study->n_scenario;
    for (int b = 0; b < genu_parts_n_block(j->parts); b++)
        if (sweep_is_mine(j, b))
            n += total - b * GENU_BLOCK < GENU_BLOCK ? total - b * GENU_BLOCK : GENU_BLOCK;
    return n;
}

static genu_status run(sweep_job *j, genu_err *err)
{
    genu_status s = sweep_start(j, err);
    if (s && j->parts && !genu_parts_done(j->parts).block)
        genu_parts_remove(j->parts); // a head alone is of no use
    if (s || j->info->was_complete)
        return s;
    j->info->n_scenario = count_mine(j);
    double start = genu_trial_clock();
    sweep_work(j);
    s = genu_ranks_count() > 1 ? end_ranks(j, err) : end(j, err);
    if (!s && !j->info->path)
        j->info->path = genu_strdup(j->own);
    j->info->seconds_solve = j->solved - start;
    j->info->seconds_write = genu_trial_clock() - j->solved;
    return s;
}

genu_status genu_sweep(const genu_trial *trial, const char *path,
                       const genu_sweep_settings *settings, genu_sweep_info *info, genu_err *err)
{
    sweep_job j = { .trial = trial,
                    .path = path,
                    .settings = settings,
                    .info = info,
                    .lock = PTHREAD_MUTEX_INITIALIZER,
                    .more = PTHREAD_COND_INITIALIZER };
    *info = (genu_sweep_info){ .n_scenario = trial->study->n_scenario,
                               .level = genu_sharing_level_name(genu_plan_level(trial->plan)) };
    genu_status s = run(&j, err);
    job_free(&j);
    return s;
}

double genu_sweep_room(const genu_trial *trial, int n_shard)
{
    double numbers = 0;
    sweep_columns c;
    sweep_file_columns(&c, trial, NULL);
    for (int i = 0; i < c.n; i++)
        numbers += (double)c.column[i].size;
    double once = numbers * sizeof(double) * trial->study->n_scenario;
    return n_shard ? once / n_shard : 2 * once;
}
