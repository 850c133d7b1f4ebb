#include "sim/sweep_private.h"

#include "sim/sweep_identity.h"
#include "sim/sweep_saved.h"

#include <errno.h>
#include <omp.h>
#include <stdlib.h>
#include <unistd.h>

static genu_status start_hand(sweep_job *j, sweep_hand *h, genu_err *err)
{
    size_t size = 0;
    genu_status s = sweep_block_new(&h->block, j->trial, err);
    if (s)
        return s;
    sweep_file_columns(&h->column, j->trial, h->block);
    for (int i = 0; i < h->column.n; i++)
        size += h->column.column[i].size * GENU_BLOCK;
    h->record = calloc(size, sizeof *h->record);
    if (!h->record)
        return genu_fail(err, GENU_E_MEMORY, "out of memory for %d threads", j->n_hand);
    return GENU_OK;
}

static genu_status start_hands(sweep_job *j, genu_err *err)
{
    genu_status s = GENU_OK;
    j->n_hand = j->settings->threads > 0 ? j->settings->threads : omp_get_max_threads();
    j->hand = calloc((size_t)j->n_hand, sizeof *j->hand);
    if (!j->hand)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    for (int i = 0; i < j->n_hand && !s; i++)
        s = start_hand(j, &j->hand[i], err);
    return s ? s : genu_variants_new(&j->variants, j->trial, j->n_hand, err);
}

static genu_status start_parts(sweep_job *j, genu_err *err)
{
    const genu_sweep_settings *settings = j->settings;
    const sweep_columns *c = &j->hand[0].column;
    genu_identity_of(&j->id, j->trial);
    genu_parts_head head = { .id = j->id,
                             .n_scenario = (uint64_t)j->trial->study->n_scenario,
                             .block_size = GENU_BLOCK,
                             .n_column = (uint64_t)c->n,
                             .shard = (uint64_t)settings->shard,
                             .n_shard = (uint64_t)settings->n_shard,
                             .force = settings->force != 0 };
    return genu_parts_new(&j->parts, &head, c->column, err);
}

/* The command that began it, so that a sweep in two goes leaves the file of a sweep in one. */
static genu_status find_command(sweep_job *j, genu_err *err)
{
    void *image;
    size_t n;
    genu_status s = genu_parts_read_head(j->parts, &j->command, &image, &n, err);
    free(image);
    if (!s && !j->command)
        j->command = genu_strdup(j->settings->command ? j->settings->command : "");
    return s || j->command ? s : genu_fail(err, GENU_E_MEMORY, "out of memory");
}

static genu_status open_file(sweep_job *j, int force, genu_err *err)
{
    genu_status s = sweep_file_open(&j->w, j->trial, &j->id, j->path, force, j->command, err);
    return s ? s : sweep_pour_new(&j->pour, j->w, j->parts, err);
}

static genu_status go_on(sweep_job *j, const sweep_saved *saved, genu_err *err)
{
    genu_status s = sweep_saved_add(saved, j->parts, err);
    const genu_parts_head *head = genu_parts_get_head(j->parts);
    if (s)
        return s;
    // an earlier file that is to be replaced in the end is not the one that we would make
    int replacing = head->force && genu_parts_done(j->parts).block;
    if (!replacing && !access(j->path, F_OK)) {
        s = sweep_saved_result(j->path, head, err);
        j->info->was_complete = s == GENU_OK;
        if (!s)
            genu_parts_remove(j->parts);
        return s;
    }
    s = find_command(j, err);
    return s ? s : open_file(j, replacing, err);
}

static genu_status begin(sweep_job *j, const sweep_saved *saved, genu_err *err)
{
    genu_status s = find_command(j, err);
    if (!s)
        s = open_file(j, j->settings->force, err); // its lock keeps another sweep out
    return s ? s : sweep_saved_clear(saved, j->settings->force, err);
}

/* Rank 0 decides for all. */
static genu_status take_stock(sweep_job *j, genu_err *err)
{
    sweep_saved saved;
    genu_status s = sweep_saved_list(&saved, j->path, err);
    if (!s)
        s = j->settings->resume ? go_on(j, &saved, err) : begin(j, &saved, err);
    sweep_saved_free(&saved);
    return s;
}

static genu_status start_whole(sweep_job *j, genu_err *err)
{
    int rank = genu_ranks_rank();
    genu_status s = rank ? GENU_OK : take_stock(j, err);
    if (genu_ranks_largest((int)s) || s)
        return s ? s : genu_fail(err, GENU_E_IO, "rank %d: the sweep could not start", rank);
    j->info->was_complete = genu_ranks_largest(j->info->was_complete);
    if (j->info->was_complete)
        return GENU_OK;
    j->own = sweep_saved_part(j->path, rank);
    if (!j->own)
        s = genu_fail(err, GENU_E_MEMORY, "out of memory");
    if (!s && rank && j->settings->resume && !access(j->own, F_OK))
        s = genu_parts_add(j->parts, j->own, err);
    if (!s)
        s = genu_parts_write(j->parts, j->own, j->command, NULL, 0, err);
    if (genu_ranks_largest((int)s) && !s)
        s = genu_fail(err, GENU_E_IO, "rank %d: another rank could not start", rank);
    return s;
}

/* What stands in the results file beside the scenarios, so that merging needs nothing else. */
static genu_status make_image(sweep_job *j, void **image, size_t *n, genu_err *err)
{
    genu_writer *w;
    genu_status s = sweep_file_open(&w, j->trial, &j->id, j->own, 1, j->command, err);
    return s ? s : genu_writer_image(w, image, n, err);
}

static genu_status start_shard(sweep_job *j, genu_err *err)
{
    const genu_sweep_settings *settings = j->settings;
    void *image = NULL;
    size_t n = 0;
    if (genu_ranks_count() > 1)
        return genu_fail(err, GENU_E_RANGE,
                         "shards are for where there are no ranks, but there are %d of these",
                         genu_ranks_count());
    j->own = sweep_saved_shard(j->path, settings->shard, settings->n_shard);
    if (!j->own)
        return genu_fail(err, GENU_E_MEMORY, "out of memory");
    sweep_saved one = { &j->own, 1 };
    genu_status s = GENU_OK;
    int exists = !access(j->own, F_OK);
    if (settings->resume && exists)
        s = genu_parts_add(j->parts, j->own, err);
    else if (exists)
        s = sweep_saved_clear(&one, settings->force, err);
    if (!s)
        s = find_command(j, err);
    if (!s)
        s = make_image(j, &image, &n, err);
    if (!s)
        s = genu_parts_write(j->parts, j->own, j->command, image, n, err);
    free(image);
    return s;
}

genu_status sweep_start(sweep_job *j, genu_err *err)
{
    genu_status s = start_hands(j, err);
    if (!s)
        s = start_parts(j, err);
    if (s && genu_ranks_count() > 1)
        (void)genu_ranks_largest((int)s); // the others wait for our word
    if (s)
        return s;
    s = j->settings->n_shard ? start_shard(j, err) : start_whole(j, err);
    if (s || j->info->was_complete)
        return s;
    genu_record found = genu_parts_done(j->parts);
    j->info->n_found = (int)found.n;
    j->info->n_damaged = genu_parts_damaged(j->parts);
    return GENU_OK;
}
