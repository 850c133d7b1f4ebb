#include "sim/sweep.h"

#include "sim/parts.h"
#include "sim/sweep_pour.h"

#include <stdio.h>
#include <stdlib.h>

/* Which shards are not there, or not finished: "2, 5 and 3 more". */
static void name_missing(genu_parts *p, char *text, size_t size)
{
    int n_shard = (int)genu_parts_get_head(p)->n_shard, n_block = genu_parts_n_block(p);
    size_t used = 0;
    int more = 0;
    for (int k = 0; k < n_shard; k++) {
        int b = k;
        while (b < n_block && genu_parts_has(p, b))
            b += n_shard;
        if (b >= n_block)
            continue;
        if (used + 60 < size)
            used += (size_t)snprintf(text + used, size - used, "%s%d", used ? ", " : "", k + 1);
        else
            more++;
    }
    if (more)
        snprintf(text + used, size - used, " and %d more", more);
}

static genu_status take_in(genu_parts **p, const char *const *shard, int n, genu_err *err)
{
    genu_status s = GENU_OK;
    *p = NULL;
    for (int i = 0; i < n && !s && !*p; i++) // one that was killed at its start holds nothing
        s = genu_parts_new_from(p, shard[i], err);
    if (!s && !*p)
        return genu_fail(err, GENU_E_RANGE, "'%s' holds no scenario", shard[0]);
    if (!s && !genu_parts_get_head(*p)->n_shard)
        s = genu_fail(err, GENU_E_RANGE, "'%s' is no shard: genu sweep --resume goes on with it",
                      shard[0]);
    for (int i = 0; i < n && !s; i++)
        s = genu_parts_add(*p, shard[i], err);
    char text[200] = "";
    genu_record done = s ? (genu_record){ 0 } : genu_parts_done(*p);
    if (!s && done.block < (uint64_t)genu_parts_n_block(*p)) {
        name_missing(*p, text, sizeof text);
        int n_shard = (int)genu_parts_get_head(*p)->n_shard;
        s = genu_fail(err, GENU_E_RANGE,
                      "%d of %d scenarios are here; missing or not finished of %d shards: %s "
                      "(genu sweep --shard K/%d --resume finishes one)",
                      (int)done.n, (int)genu_parts_get_head(*p)->n_scenario, n_shard, text,
                      n_shard);
    }
    return s;
}

static genu_status write_file(genu_parts *p, const char *path, int force, genu_err *err)
{
    genu_writer *w = NULL;
    sweep_pour pour = { 0 };
    char *command;
    void *image;
    size_t n;
    genu_status s = genu_parts_read_head(p, &command, &image, &n, err);
    if (!s)
        s = genu_writer_from_image(&w, path, force, image, n, err);
    free(command);
    free(image);
    if (!s)
        s = sweep_pour_new(&pour, w, p, err);
    if (!s)
        s = sweep_pour_some(&pour, 1, err);
    sweep_pour_free(&pour);
    if (!s)
        return genu_writer_finish(w, err);
    genu_writer_abandon(w);
    return s;
}

genu_status genu_merge(const char *const *shard, int n, const char *path, int force,
                       genu_sweep_info *info, genu_err *err)
{
    genu_parts *p;
    double start = genu_trial_clock();
    *info = (genu_sweep_info){ .level = "" };
    genu_status s = take_in(&p, shard, n, err);
    if (!s)
        s = write_file(p, path, force, err);
    if (!s && !(info->path = genu_strdup(path)))
        s = genu_fail(err, GENU_E_MEMORY, "out of memory");
    if (p) {
        genu_record done = genu_parts_done(p);
        info->n_scenario = (int)genu_parts_get_head(p)->n_scenario;
        info->n_done = (int)done.n;
        info->n_weak = (int)done.n_weak;
        info->n_unconverged = (int)done.n_unconverged;
        info->n_failed = (int)done.n_failed;
        info->n_damaged = genu_parts_damaged(p);
    }
    info->seconds_write = genu_trial_clock() - start;
    genu_parts_free(p);
    return s;
}
